"""Files that are written whole or not at all."""

from __future__ import annotations

import contextlib
import os
import secrets
import stat
from collections.abc import Mapping
from pathlib import Path

from titrate.errors import FormatError


def write_all(texts: Mapping[Path, str]) -> None:
    """Write every text (UTF-8, line ends as they are) to its path, or none of them.

    Each goes to a new file beside its place first and is moved there when all are complete on the disk. Something
    that is not a regular file (a device, a pipe) is written directly. Raises `FormatError` with the path and the
    system's reason.
    """
    waiting: list[tuple[Path, Path]] = []
    try:
        for path, text in texts.items():
            place = Path(os.path.realpath(path))
            if place.exists() and not place.is_file():
                _write_special(place, text)
                continue
            beside = place.with_name(f".{place.name[:100]}.{secrets.token_hex(6)}.part")
            waiting.append((beside, place))
            _write_new(beside, place, text)
        while waiting:
            beside, place = waiting[0]
            os.replace(beside, place)
            waiting.pop(0)
    except OSError as fault:
        for beside, _ in waiting:
            with contextlib.suppress(OSError):
                beside.unlink()
        shown = fault.filename if fault.filename and not str(fault.filename).endswith(".part") else None
        name = shown or next((str(p) for p in texts if waiting and Path(os.path.realpath(p)) == waiting[-1][1]), "")
        raise FormatError(
            f"{name or ', '.join(map(str, texts))} cannot be written: {fault.strerror}. Nothing was written.",
            ("write to another place, for example -o ~/plan.json",),
        ) from fault


def _write_new(beside: Path, place: Path, text: str) -> None:
    mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else 0o666
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "w", encoding="utf-8", newline="") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())


def _write_special(place: Path, text: str) -> None:
    with open(place, "w", encoding="utf-8", newline="") as file:
        file.write(text)
