"""`check`: whether a schedule from elsewhere keeps the laws of a rule."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from titrate.cli.console import now, out, today, told
from titrate.cli.options import (
    NOW,
    PATIENT,
    SCREENING,
    ApprovedBy,
    By,
    Every,
    MaxPieces,
    Measure,
    Products,
    Text,
    offering,
    rule_names,
)
from titrate.cli.reading import content_of, shown
from titrate.errors import FormatError, Unsafe

if TYPE_CHECKING:
    from titrate.checking import Report
    from titrate.request import Request
    from titrate.rule import Rule


# Of what else can be asked for, that by which a schedule can be judged.
_JUDGED = {
    "by": By, "every": Every, "products": Products, "max_pieces": MaxPieces, "measure": Measure,
    "approved_by": ApprovedBy,
}  # fmt: skip


@offering(NOW, PATIENT, SCREENING, _JUDGED)
def check(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE",
            help="JSON, CSV, Markdown, text or a calendar that titrate wrote, or a CSV with the columns "
            "from,to,morning,noon,evening,bedtime or date,dose. - is standard input.",
        ),
    ],
    rule: Annotated[
        str,
        typer.Option(
            "--rule",
            metavar="RULE",
            help="A rule by its id (titrate rules), or the path of a file.",
            autocompletion=rule_names,
        ),
    ],
    times: Annotated[
        Text, typer.Option(help="When the doses are taken, where the file does not say: 07:00,13:00,21:00.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Write the report, or an error, as JSON.")] = False,
    **options: Any,
) -> None:
    """Check a schedule from elsewhere against a rule: every law that it breaks, and what could not be checked.

    The exit status is 0 without findings and 6 with some.
    """
    with told(as_json):
        from titrate import checking, rulebook
        from titrate.formats import foreign, report

        loaded = rulebook.load(rule)
        given = _given(loaded.id, {"times": times, **options})
        content = content_of(file, foreign.LARGEST)
        try:
            found = checking.check(foreign.read(content, loaded.file.unit, _slots(loaded)), loaded, given)
        except FormatError as fault:
            raise FormatError(f"{shown(file)}: {fault.message}", fault.options) from fault
        out(_as_json(file, found) if as_json else report.write(found))
        if found.findings:
            raise typer.Exit(Unsafe.exit_code)


def _slots(rule: Rule) -> tuple[str, ...]:
    """The names of the rule's times of day."""
    return tuple(dict.fromkeys(slot.name for day in rule.file.slots.day.values() for slot in day))


def _given(rule: str, options: dict[str, Any]) -> Request:
    """What was typed beside the file. The goal and the first day are the file's to say, and mean nothing here."""
    from titrate.typed import Typed

    return Typed(start="today", **options).request(rule, "plan", now(), today())


def _as_json(file: str, found: Report) -> str:
    return json.dumps({"file": shown(file), **found.as_data()}, indent=1, ensure_ascii=False) + "\n"
