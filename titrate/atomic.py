"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import stat
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

from titrate.errors import FormatError
from titrate.frozen import dataclass

# The files beside their places are called `.plan.json.0123456789ab.part`.
_PART = r"[0-9a-f]{12}"


def write_all(texts: Mapping[Path, str | bytes], new: Collection[Path] = ()) -> tuple[Path, ...]:
    """Write every text (UTF-8, line ends as they are) and everything in bytes to its path, or none of them.

    Each goes to a new file beside its place first and is moved there when all are complete on the disk. Something
    that is not a regular file (a device, a pipe) is written directly. The paths in `new` must not exist yet: of
    several programs that write one of them at the same time, one does, and the others change nothing. Returns what
    `cleared` removed. Raises `FormatError` with the path and the system's reason.
    """
    waiting: list[_Part] = []
    only = {Path(os.path.realpath(path)) for path in new}
    left = cleared(texts)
    try:
        for path, text in texts.items():
            place = Path(os.path.realpath(path))
            if place.exists() and not place.is_file():
                _write_special(place, text)
                continue
            waiting.append(_Part.beside(place))
            waiting[-1].write(text)
        waiting.sort(key=lambda part: part.place not in only)
        while waiting:
            waiting[0].move(waiting[0].place in only)
            waiting.pop(0).close()
    except OSError as fault:
        for part in waiting:
            part.drop()
        if isinstance(fault, FileExistsError) and waiting and waiting[0].place in only:
            taken = next(path for path in texts if Path(os.path.realpath(path)) == waiting[0].place)
            raise FormatError(
                f"{taken} is there already, and no document is ever overwritten. Nothing was written.",
                ("write to a new file, for example -o plan-r2.json",),
            ) from fault
        shown = fault.filename if fault.filename and not str(fault.filename).endswith(".part") else None
        name = shown or next((str(p) for p in texts if waiting and Path(os.path.realpath(p)) == waiting[-1].place), "")
        raise FormatError(
            f"{name or ', '.join(map(str, texts))} cannot be written: {fault.strerror}. Nothing was written.",
            ("write to another place, for example -o ~/plan.json",),
        ) from fault
    return left


def cleared(paths: Iterable[Path]) -> tuple[Path, ...]:
    """Remove what runs that were killed have left beside these files, and return what was removed.

    A file that another program is still writing is locked by it, and stays; so does everything where the system or the
    disk knows no locks.
    """
    found: list[Path] = []
    for place in {Path(os.path.realpath(path)) for path in paths}:
        name = re.compile(rf"\.{re.escape(place.name[:100])}\.{_PART}\.part")
        with contextlib.suppress(OSError):
            beside = sorted(one for one in place.parent.iterdir() if name.fullmatch(one.name))
            found += [one for one in beside if _abandoned(one)]
    return tuple(found)


def _abandoned(part: Path) -> bool:
    """Whether nobody writes that file any more; then it is removed."""
    try:
        descriptor = os.open(part, os.O_RDWR)
    except OSError:
        return False
    try:
        if not _lock(descriptor, wait=False):
            return False
        part.unlink()
    except OSError:
        return False
    else:
        return True
    finally:
        os.close(descriptor)


def _lock(descriptor: int, wait: bool) -> bool:
    """Take the lock of an open file; whether this program has it now. Raises nothing."""
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if wait else fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # another program has it, or the disk has no locks
        return False
    return True


@dataclass(slots=True)
class _Part:
    """A file that is written beside its place. It is locked while it is there."""

    path: Path
    place: Path
    file: BinaryIO

    @classmethod
    def beside(cls, place: Path) -> _Part:
        mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666
        while True:
            path = place.with_name(f".{place.name[:100]}.{secrets.token_hex(6)}.part")
            descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            _lock(descriptor, wait=True)
            # Between the two another program may have taken it for one that was left behind, and removed it.
            if os.fstat(descriptor).st_nlink:
                return cls(path, place, open(descriptor, "wb"))
            os.close(descriptor)

    def write(self, text: str | bytes) -> None:
        self.file.write(_bytes(text))
        self.file.flush()
        os.fsync(self.file.fileno())

    def move(self, new: bool) -> None:
        """Raises `FileExistsError` where the place has to be `new` and is not."""
        if new:
            _put_new(self.path, self.place)
        else:
            os.replace(self.path, self.place)

    def close(self) -> None:
        self.file.close()

    def drop(self) -> None:
        with contextlib.suppress(OSError):
            self.path.unlink()
        with contextlib.suppress(OSError):
            self.file.close()


def _put_new(beside: Path, place: Path) -> None:
    """Move a file to a place that must be free. Raises `FileExistsError` where it is not."""
    try:
        os.link(beside, place)
    except FileExistsError:
        raise
    except OSError:
        # No hard links on this disk: take the place with an empty file first, which fails if another was quicker.
        os.close(os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL))
        try:
            os.replace(beside, place)
        except OSError:
            os.unlink(place)
            raise
        return
    os.unlink(beside)


@contextlib.contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Wait until no other program does the same in `folder`, where the system can tell."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        _lock(descriptor, wait=True)
        yield
    finally:
        os.close(descriptor)


def _write_special(place: Path, text: str | bytes) -> None:
    with open(place, "wb") as file:
        file.write(_bytes(text))


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else text
