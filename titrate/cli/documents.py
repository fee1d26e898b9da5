"""How a command reads schedules that were written as JSON, and what day it is for whoever types it."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from titrate.cli.console import today
from titrate.cli.reading import content_of, shown
from titrate.errors import FormatError, RequestError

if TYPE_CHECKING:
    from titrate.formats.json import Document
    from titrate.schedule import Schedule

_WRITE_ONE = "write one: titrate plan ... -o plan.json"
# A schedule has at most so many characters (`titrate.formats.json`), each of at most 4 bytes.
_MOST_BYTES = 40_000_000
# A document begins with the plan and the revision that it is.
_HEAD = re.compile(rb'\s*\{\s*"plan":\s*"([0-9a-zA-Z_.-]{1,80})",\s*"revision":\s*(\d{1,6})\b')


def day(option: str, text: str) -> date:
    """A day that was typed. Raises `RequestError` that names the option."""
    from titrate.days import parse_date
    from titrate.typed import read

    found = read(option, text, lambda value: parse_date(value, today()))
    assert found is not None
    return found


def document(file: Path) -> Document:
    """The schedule in a file, or in standard input for `-`. Raises `FormatError` that names the file."""
    from titrate.formats import json as schedules

    content = content_of(str(file), _MOST_BYTES)
    try:
        if len(content) > _MOST_BYTES:
            raise FormatError(f"It has more than {_MOST_BYTES} bytes, more than any schedule.")
        return schedules.opened(content.decode("utf-8"))
    except UnicodeDecodeError as fault:
        raise FormatError(f"{shown(str(file))} is no text in UTF-8 (byte {fault.start + 1}).", (_WRITE_ONE,)) from fault
    except FormatError as fault:
        raise FormatError(f"{shown(str(file))}: {fault.message}", fault.options or (_WRITE_ONE,)) from fault


def in_folder(folder: Path) -> list[Path]:
    """What may be schedules in a folder: files that end in .json; none that hide (an editor's or a system's own)."""
    return sorted(path for path in folder.glob("*.json") if not path.name.startswith(".") and not path.is_dir())


def head(file: Path) -> tuple[str, int] | None:
    """The plan and the revision that a file names at its beginning, be the rest as it may; `None` if it does not."""
    try:
        if not file.is_file():  # a pipe would be waited for
            return None
        with file.open("rb") as opened:
            match = _HEAD.match(opened.read(400))
    except OSError:
        return None
    return None if match is None else (match[1].decode("ascii"), int(match[2]))


def check_newest(file: Path, schedule: Schedule) -> None:
    """Raises `RequestError` where a newer revision of the schedule lies beside its file."""
    if str(file) == "-":
        return
    for path in in_folder(file.parent):
        plan, revision = head(path) or ("", 0)
        if plan == schedule.plan and revision > schedule.revision:
            raise RequestError(
                f"{file} is revision {schedule.revision} of plan {plan}, and {path.name} beside it is revision "
                f"{revision} already. Two revisions that replace the same one would leave two plans.",
                (f"revise the newest: titrate revise {path}", "if it does not count, move it to another folder"),
            )


def check_untouched(file: Path, read: Document, accepted: bool) -> None:
    """Raises `FormatError` for a document that was changed by hand, unless that is accepted."""
    if read.edited and not accepted:
        raise FormatError(
            f"{file} was changed after titrate wrote it: its SHA-256 no longer fits. What it says may not be what the "
            "patient was given.",
            ("take the document as it was written", "go on from it as it is now, which is proved anew: --as-edited"),
        )
