"""Markdown (CommonMark with the tables of GitHub), for notes and records that are rendered later.

Every text is escaped, so that a label can neither break a table nor bring in a link, a picture or HTML.
Within a cell a line ends in `<br>`, the only line break that such tables have.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from titrate.formats.sheet import DayRow, DoseLine, Section, Sheet, StepRow, sheet
from titrate.schedule import Schedule

_STEP_HEADINGS = ("Step", "Kind", "Dates", "Days", "Doses", "Pieces", "Daily dose", "Why")
_DAY_HEADINGS = ("Day", "Date", "Step", "Doses", "Pieces", "Daily dose")

_SPECIAL = re.compile(r"[\\`*_\[\]<>|~#]|&(?=#?\w+;)|://|(?<=\bwww)\.|@")
_ADDRESS = re.compile(r"https?://[^\s<>\"|\\`]+$")


def write(schedule: Schedule, daily: bool = False) -> str:
    """The schedule as Markdown that ends with a line end; with a table of its days if `daily`."""
    return "\n".join(_lines(sheet(schedule, daily))) + "\n"


def _lines(shown: Sheet) -> Iterator[str]:
    yield from (f"# {escaped(shown.title)}", "")
    yield from (f"- **{name}:** {escaped(value)}" for name, value in shown.facts)
    for section in shown.warnings:
        yield from _section(section)
    yield from ("", "## Steps", "")
    yield from _table(_STEP_HEADINGS, (_step(step) for step in shown.steps))
    yield from ("", f"**{escaped(shown.end)}**")
    if shown.days:
        yield from ("", "## Days", "")
        yield from _table(_DAY_HEADINGS, (_day(day) for day in shown.days))
        yield from ("", f"**{escaped(shown.days_end)}**") if shown.days_end else ()
    for section in shown.sections:
        yield from _section(section)
    yield from ("", f"*{escaped(shown.closing)}*")


def escaped(text: str) -> str:
    """`text` so that Markdown shows it as it is, also where it could begin a link or an entity."""
    return _SPECIAL.sub(lambda match: {"://": ":\\//", ".": "\\.", "@": "\\@"}.get(match[0], f"\\{match[0]}"), text)


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {escaped(section.title)}", "")
    strong = "**" if section.urgent else ""
    for item in section.items:
        address = _ADDRESS.search(item)
        said = item if address is None else item[: address.start()]
        link = "" if address is None else f"<{address[0]}>"
        yield f"- {strong}{escaped(said)}{strong}{link}"


def _table(headings: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield _row(headings)
    yield _row(tuple("---" for _ in headings))
    for row in rows:
        yield _row(row)


def _row(cells: tuple[str, ...]) -> str:
    return "| " + " | ".join(cells) + " |"


def _step(step: StepRow) -> tuple[str, ...]:
    number = str(step.number) if step.number == 1 else f"then {step.number}"
    dates = "<br>".join(map(escaped, filter(None, (step.dates, step.on))))
    daily = step.daily if step.per == "daily dose" else f"{step.daily} {step.per}"
    why = "<br>".join(map(escaped, (step.why, *step.checks)))
    return number, step.kind, dates, step.length, *_doses(step.doses), escaped(daily), why


def _day(day: DayRow) -> tuple[str, ...]:
    return str(day.number), escaped(day.date), str(day.step), *_doses(day.doses), escaped(day.daily)


def _doses(lines: tuple[DoseLine, ...]) -> tuple[str, str]:
    """The cell of the doses and the cell of their pieces, line by line beside each other."""
    if not lines:
        return "no dose", ""
    return "<br>".join(escaped(f"{line.when}: {line.dose}") for line in lines), "<br>".join(
        escaped(line.pieces) for line in lines
    )
