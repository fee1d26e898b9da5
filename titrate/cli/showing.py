"""`show`: a schedule that was written as JSON, as the terminal shows it, or written in another format."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from titrate.cli.console import note, out, told
from titrate.cli.documents import document
from titrate.cli.options import (
    AsJson,
    Audience,
    Daily,
    Discreet,
    Floating,
    Format,
    ForWhom,
    Lang,
    OnPaper,
    Out,
    Paper,
    Remind,
    Single,
)
from titrate.cli.writing import deliver, format_of
from titrate.cli.writing import show as on_terminal
from titrate.errors import FormatError

if TYPE_CHECKING:
    from titrate.formats.json import Document

_BLOCKS = "\u2588\u2581\u2591\u2502\u2514\u2500\u2534\u25b6"


def show(
    file: Annotated[Path, typer.Argument(metavar="SCHEDULE.json", help="A schedule in JSON; - is standard input.")],
    output: Out = None,
    daily: Daily = False,
    floating: Floating = False,
    single_events: Single = False,
    discreet: Discreet = False,
    remind: Remind = None,
    audience: ForWhom = Audience.patient,
    paper: OnPaper = Paper.a4,
    lang: Lang = "en-GB",
    as_json: AsJson = False,
) -> None:
    """Show a schedule with a chart of the daily dose: coloured on a terminal, plain where it is piped. Or write it."""
    style = locals()
    with told(as_json):
        formats = {path: format_of(path) for path in output or ()}
        read = document(file)
        if formats:
            _check(file, read, formats)
            deliver(read.schedule, formats, None, style)
            return
        if read.edited:
            note(f"{file} was changed after titrate wrote it: its SHA-256 no longer fits.")
        if sys.stdout.isatty():
            on_terminal(read.schedule, daily, charted=True)
            return
        from titrate.formats import text

        out(text.write(read.schedule, daily, "blocks" if _can_draw() else "ascii"))


def _check(file: Path, read: Document, formats: dict[Path, Format]) -> None:
    """Raises `FormatError` for what would pass off a changed document as one that was proved."""
    if read.edited:
        raise FormatError(
            f"{file} was changed after titrate wrote it, and what it says now was never proved. Nothing was written.",
            ("take the document as it was written", "check what it says: titrate check FILE --rule RULE"),
        )
    if Format.json in formats.values():
        raise FormatError(f"{file} is the document in JSON already; copy the file.", ("for example -o plan.html",))


def _can_draw() -> bool:
    """Whether whoever reads standard output knows block characters."""
    try:
        _BLOCKS.encode(sys.stdout.encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True
