"""`explain`: why a day of a schedule is as it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from titrate.cli import documents
from titrate.cli.console import out, told
from titrate.cli.options import Text


def explain(
    file: Annotated[Path, typer.Argument(metavar="SCHEDULE.json", help="A schedule in JSON; - is standard input.")],
    day: Annotated[Text, typer.Option(help="2026-12-10, today, tomorrow, +3d. Without: every step in turn.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the explanation, or an error, as JSON.")] = False,
) -> None:
    """Tell why a day of a schedule, or each of its steps, is as it is, from the schedule alone."""
    with told(as_json):
        from titrate.formats import explanation
        from titrate.formats.explanation import data, text

        wanted = None if day is None else documents.day("--day", day)
        read = documents.document(file)
        found = explanation.explain(read.schedule, wanted, read.edited)
        out(json.dumps(data.write(found), indent=1, ensure_ascii=False) + "\n" if as_json else text.write(found))
