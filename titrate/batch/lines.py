"""A file of requests in portions of whole lines, however long it is."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from typing import BinaryIO

from titrate.errors import FormatError
from titrate.frozen import dataclass

# A request takes a few hundred bytes.
LONGEST = 100_000
# How much is planned at once by a worker: enough that handing it over costs nothing, and little enough to be seen.
MOST_LINES = 64
MOST_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class Line:
    """One line without its line end. `number` counts from 1, the header of a CSV too. `whole`: it had a line end."""

    number: int
    content: bytes
    whole: bool

    @property
    def too_long(self) -> bool:
        """Whether only the beginning of it was read."""
        return len(self.content) > LONGEST


@dataclass(frozen=True, slots=True)
class Portion:
    """Some lines, and what had been read of the file after them: so many lines and bytes, and their SHA-256."""

    lines: tuple[Line, ...]
    until_line: int
    until_byte: int
    sha256: str


class Lines:
    """Reads a file of bytes, a line at a time."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.line = 0
        self.byte = 0

    def one(self) -> Line | None:
        """The next line, or `None` at the end of the file."""
        content = self._read()
        whole = content.endswith(b"\n")
        if not content:
            return None
        kept = content
        while not whole and content:  # the rest of a line that is too long is passed over
            content = self._read()
            whole = content.endswith(b"\n")
        self.line += 1
        return Line(self.line, kept.removesuffix(b"\n").removesuffix(b"\r"), whole)

    def _read(self) -> bytes:
        try:
            content = self._file.readline(LONGEST + 3)
        except OSError as fault:
            raise FormatError(f"The requests cannot be read any further: {fault.strerror}.") from fault
        self._hash.update(content)
        self.byte += len(content)
        return content

    def portions(self, most: int = MOST_LINES) -> Iterator[Portion]:
        """The lines from here to the end, at most so many at once."""
        found: list[Line] = []
        size = 0
        while (line := self.one()) is not None:
            found.append(line)
            size += len(line.content)
            if len(found) == most or size > MOST_BYTES:
                yield self._portion(found)
                found, size = [], 0
        if found:
            yield self._portion(found)

    def _portion(self, found: list[Line]) -> Portion:
        return Portion(tuple(found), self.line, self.byte, self._hash.copy().hexdigest())

    def skip(self, lines: int, sha256: str) -> None:
        """Pass over lines that are done. Raises `FormatError` where they are not the same any more."""
        while self.line < lines:
            if self.one() is None:
                break
        if self.line != lines or (lines and self._hash.hexdigest() != sha256):
            raise FormatError(
                f"The requests are not those of the interrupted run: the first {lines} lines differ.",
                ("give the same file again, or begin anew without --resume",),
            )
