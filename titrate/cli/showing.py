"""`show`: a schedule that was written as JSON, as the terminal shows it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from titrate.cli.console import note, out, told
from titrate.cli.documents import document
from titrate.cli.options import AsJson, Daily
from titrate.cli.writing import show as on_terminal

_BLOCKS = "\u2588\u2581\u2591\u2502\u2514\u2500\u2534\u25b6"


def show(
    file: Annotated[Path, typer.Argument(metavar="SCHEDULE.json", help="A schedule in JSON; - is standard input.")],
    daily: Daily = False,
    as_json: AsJson = False,
) -> None:
    """Show a schedule with a chart of the daily dose: coloured on a terminal, plain text where it is piped."""
    with told(as_json):
        read = document(file)
        if read.edited:
            note(f"{file} was changed after titrate wrote it: its SHA-256 no longer fits.")
        if sys.stdout.isatty():
            on_terminal(read.schedule, daily, charted=True)
            return
        from titrate.formats import text

        out(text.write(read.schedule, daily, "blocks" if _can_draw() else "ascii"))


def _can_draw() -> bool:
    """Whether whoever reads standard output knows block characters."""
    try:
        _BLOCKS.encode(sys.stdout.encoding)
    except (LookupError, UnicodeEncodeError):
        return False
    return True
