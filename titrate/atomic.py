"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path

from titrate.errors import FormatError


def write_all(texts: Mapping[Path, str | bytes], new: Collection[Path] = ()) -> None:
    """Write every text (UTF-8, line ends as they are) and everything in bytes to its path, or none of them.

    Each goes to a new file beside its place first and is moved there when all are complete on the disk. Something
    that is not a regular file (a device, a pipe) is written directly. The paths in `new` must not exist yet: of
    several programs that write one of them at the same time, one does, and the others change nothing. Raises
    `FormatError` with the path and the system's reason.
    """
    waiting: list[tuple[Path, Path]] = []
    only = {Path(os.path.realpath(path)) for path in new}
    try:
        for path, text in texts.items():
            place = Path(os.path.realpath(path))
            if place.exists() and not place.is_file():
                _write_special(place, text)
                continue
            beside = place.with_name(f".{place.name[:100]}.{secrets.token_hex(6)}.part")
            waiting.append((beside, place))
            _write_new(beside, place, text)
        waiting.sort(key=lambda pair: pair[1] not in only)
        while waiting:
            beside, place = waiting[0]
            if place in only:
                _put_new(beside, place)
            else:
                os.replace(beside, place)
            waiting.pop(0)
    except OSError as fault:
        for beside, _ in waiting:
            with contextlib.suppress(OSError):
                beside.unlink()
        if isinstance(fault, FileExistsError) and waiting[0][1] in only:
            taken = next(path for path in texts if Path(os.path.realpath(path)) == waiting[0][1])
            raise FormatError(
                f"{taken} is there already, and no document is ever overwritten. Nothing was written.",
                ("write to a new file, for example -o plan-r2.json",),
            ) from fault
        shown = fault.filename if fault.filename and not str(fault.filename).endswith(".part") else None
        name = shown or next((str(p) for p in texts if waiting and Path(os.path.realpath(p)) == waiting[-1][1]), "")
        raise FormatError(
            f"{name or ', '.join(map(str, texts))} cannot be written: {fault.strerror}. Nothing was written.",
            ("write to another place, for example -o ~/plan.json",),
        ) from fault


def _write_new(beside: Path, place: Path, text: str | bytes) -> None:
    mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as file:
        file.write(_bytes(text))
        file.flush()
        os.fsync(file.fileno())


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
    try:
        import fcntl
    except ImportError:  # no such locks on this system
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network disk without locks
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _write_special(place: Path, text: str | bytes) -> None:
    with open(place, "wb") as file:
        file.write(_bytes(text))


def _bytes(text: str | bytes) -> bytes:
    return text.encode("utf-8") if isinstance(text, str) else text
