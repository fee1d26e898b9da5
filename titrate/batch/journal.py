"""What is done of a run, kept so that an interruption loses nothing and nothing is done twice.

Records go to `RESULTS.part`. After each portion `RESULTS.part.log` gets a line: how much of the requests has been
answered and how long the part then was. What stands in the part behind the last such line is cut off when the run goes
on. At the end the part becomes `RESULTS`, whole.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator
from dataclasses import asdict, field
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO, Self

from titrate.batch.lines import Portion
from titrate.batch.tally import Settings, Tally
from titrate.errors import FormatError
from titrate.frozen import dataclass
from titrate.version import VERSION


@dataclass(frozen=True, slots=True)
class Done:
    """So many lines of the requests are answered, of this SHA-256; the records of them are the first `size` bytes."""

    line: int = 0
    sha256: str = ""
    size: int = 0
    tally: Tally = field(default_factory=Tally)


class Journal:
    """The part and its log, open for writing; one run at a time."""

    def __init__(self, results: Path, settings: Settings, log: BinaryIO, done: Done) -> None:
        self.results, self.settings, self.done = results, settings, done
        self._log = log
        self._part = _part(results).open("ab")

    @classmethod
    @contextlib.contextmanager
    def opened(cls, results: Path, settings: Settings, resume: bool) -> Iterator[Self]:
        """The journal of a new run, or with `resume` that of the one that was interrupted.

        Raises `FormatError` where there is one and it was not asked for, or none, or it cannot be written.
        """
        part, log_path = _part(results), _log(results)
        if not resume and part.exists():
            raise FormatError(
                f"{part} is of a run that was interrupted.",
                ("go on with it: --resume", f"begin anew: rm {part} {log_path}"),
            )
        if resume and not part.exists() and results.exists():
            raise FormatError(f"There is nothing to resume: {results} is complete.", ("begin anew without --resume",))
        try:
            with log_path.open("r+b" if resume and log_path.exists() else "w+b") as log:
                _alone(log, results)
                done, kept = _read(log, part, settings)
                journal = cls(results, kept, log, done)
                with journal._part:
                    journal._cut()
                    yield journal
        except OSError as fault:
            raise _unwritable(results, fault) from fault

    def _cut(self) -> None:
        """Take away what no line of the log speaks of."""
        self._part.truncate(self.done.size)
        if self.done.line == 0:
            self._log.seek(0)
            self._log.truncate()
            self._write_log({"titrate": VERSION, **asdict(self.settings), "issued": self.settings.issued.isoformat()})

    def begin(self, content: bytes) -> None:
        """Put what stands before all records, if nothing does yet."""
        if self.done.size == 0 and content:
            self._part.write(content)
            self.done = Done(size=len(content))

    def add(self, content: bytes, portion: Portion, tally: Tally) -> None:
        """Keep the records of a portion; `tally` counts all up to here. Raises `FormatError` where that fails."""
        try:
            self._part.write(content)
            self._part.flush()
            os.fsync(self._part.fileno())
            size = self.done.size + len(content)
            self._write_log(
                {"line": portion.until_line, "sha256": portion.sha256, "size": size, "tally": tally.as_data()}
            )
        except OSError as fault:
            raise _unwritable(self.results, fault) from fault
        self.done = Done(portion.until_line, portion.sha256, size, tally)

    def _write_log(self, entry: dict[str, Any]) -> None:
        self._log.write(json.dumps(entry).encode() + b"\n")
        self._log.flush()
        os.fsync(self._log.fileno())

    def finish(self) -> None:
        """The part becomes the results."""
        part = _part(self.results)
        self._part.flush()
        os.fsync(self._part.fileno())
        if self.settings.written == "parquet":
            from titrate.batch.parquet import join

            beside = self.results.with_name(f"{self.results.name}.part.parquet")
            join(part, beside)
            os.replace(beside, self.results)
            part.unlink()
        else:
            os.replace(part, self.results)
        _log(self.results).unlink()


def _part(results: Path) -> Path:
    return results.with_name(f"{results.name}.part")


def _log(results: Path) -> Path:
    return results.with_name(f"{results.name}.part.log")


def _unwritable(results: Path, fault: OSError) -> FormatError:
    return FormatError(
        f"{results} cannot be written: {fault.strerror}. What is done so far is in {_part(results).name}.",
        ("see to it, and go on with --resume",),
    )


def _alone(log: BinaryIO, results: Path) -> None:
    """Raises `FormatError` where another run writes the same results."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return
    try:
        fcntl.flock(log, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        raise FormatError(f"{results} is being written by another run.", ("write to another file",)) from fault


def _read(log: BinaryIO, part: Path, settings: Settings) -> tuple[Done, Settings]:
    """What the log says is done, and the settings that it was done with: those of the run that began it."""
    entries = list(_entries(log))
    if not entries:
        return Done(), settings
    begun, kept_to = entries[0]
    if begun.get("titrate") != VERSION:
        raise FormatError(f"{part} was made by titrate {begun.get('titrate')}; this is {VERSION}.", (f"rm {part}*",))
    if (begun["form"], tuple(begun["names"]), begun["written"]) != (settings.form, settings.names, settings.written):
        raise FormatError(f"{part} was made from another file, or in another format.", ("give the same options again",))
    kept = Settings(settings.form, settings.names, settings.written, datetime.fromisoformat(begun["issued"]))
    size = part.stat().st_size if part.exists() else 0
    done = Done()
    for entry, end in entries[1:]:
        if entry["size"] <= size:
            done, kept_to = Done(entry["line"], entry["sha256"], entry["size"], Tally.of(entry["tally"])), end
    log.truncate(kept_to)
    log.seek(kept_to)
    return done, kept


def _entries(log: BinaryIO) -> Iterator[tuple[dict[str, Any], int]]:
    """The lines of a log up to the first that is not whole, each with where it ends."""
    log.seek(0)
    end = 0
    for line in log:
        if not line.endswith(b"\n"):
            return
        end += len(line)
        yield json.loads(line), end
