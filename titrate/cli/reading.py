"""Reads the file that a command was given."""

from __future__ import annotations

import sys
from pathlib import Path

from titrate.errors import FormatError


def shown(file: str) -> str:
    """The file as a message names it."""
    return "standard input" if file == "-" else file


def content_of(file: str, most: int) -> bytes:
    """The bytes of a file, or of standard input for `-`.

    Of a file with more than `most` bytes one more than that is read, so that whoever looks can see that there are more.
    Raises `FormatError` where it cannot be read.
    """
    try:
        if file == "-":
            return sys.stdin.buffer.read(most + 1)
        with Path(file).open("rb") as opened:
            return opened.read(most + 1)
    except (OSError, ValueError) as fault:  # a name that no file can have is a ValueError
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise FormatError(f"{shown(file)} cannot be read: {reason}.") from fault
