"""Plain text, for pipes, files and mail: lines of at most `WIDTH` columns, except for an address that is longer."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Literal

from titrate.formats.sheet import NBSP, DoseLine, Section, Sheet, StepRow, sheet
from titrate.schedule import Schedule

WIDTH = 78
_INDENT = " " * 4


def write(schedule: Schedule, daily: bool = False, picture: Literal["blocks", "ascii"] | None = None) -> str:
    """The schedule as text that ends with a line end; with a list of its days if `daily`, and a chart as `picture`.

    Spaces are plain: a number and its unit stay on one line because the lines are broken here.
    """
    lines = [line.replace(NBSP, " ").rstrip() for line in _lines(sheet(schedule, daily), _drawn(schedule, picture))]
    return "\n".join(lines) + "\n"


def _drawn(schedule: Schedule, picture: Literal["blocks", "ascii"] | None) -> list[str]:
    if picture is None:
        return []
    from titrate.formats.chart import chart

    drawn = chart(schedule, WIDTH, picture == "blocks")
    below = [line for says in drawn.below for line in _wrapped(says)]
    return [*_heading("Daily dose"), *(label + columns for label, columns in drawn.rows), *below]


def _lines(shown: Sheet, drawn: list[str]) -> Iterator[str]:
    yield from (shown.title, "=" * len(shown.title), "")
    width = max(len(name) for name, _ in shown.facts) + 2
    for name, value in shown.facts:
        yield from _wrapped(value, f"{name:<{width}}", " " * width)
    for section in shown.warnings:
        yield from _section(section)
    yield from drawn
    yield from _heading("Steps")
    lines = [line for step in shown.steps for line in step.doses]
    for step in shown.steps:
        yield from _step(step, lines)
    yield from _wrapped(shown.end)
    if shown.days:
        yield from _days(shown)
    for section in shown.sections:
        yield from _section(section)
    yield from ("", shown.closing)


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """`text` on lines that begin with `first`, further ones with `then`; it breaks at plain spaces only."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    ) or [first]


def _heading(title: str, line: str = "-") -> tuple[str, ...]:
    return ("", title, line * len(title))


def _section(section: Section) -> Iterator[str]:
    yield from _heading(section.title, "=" if section.urgent else "-")
    for item in section.items:
        yield from _wrapped(item, "- ", "  ")


def _step(step: StepRow, lines: list[DoseLine]) -> Iterator[str]:
    """One step: its dates, a line per dose in columns that all steps share, the daily dose, why."""
    name = f"Step {step.number}" if step.number == 1 else f"Then step {step.number}"
    yield from _wrapped(f"{name}: {step.dates} ({step.length}, {step.kind})", then=_INDENT)
    slot = max(len(step.per), len("daily dose"), *(len(line.when) for line in lines), 0)
    dose = max(len(step.daily), *(len(line.dose) for line in lines), 0)
    if not step.doses:
        yield f"{_INDENT}no dose"
    for line in step.doses:
        before = f"{_INDENT}{line.when:<{slot}}  {line.dose:>{dose}}  "
        yield from _wrapped(line.pieces, before, " " * len(before))
    yield f"{_INDENT}{step.per:<{slot}}  {step.daily:>{dose}}"
    if step.on:
        yield from _wrapped(f"Days: {step.on}.", _INDENT, _INDENT)
    yield from _wrapped(f"Why: {step.why}", _INDENT, _INDENT)
    for check in step.checks:
        yield from _wrapped(check, _INDENT, f"{_INDENT}  ")
    yield ""


def _days(shown: Sheet) -> Iterator[str]:
    yield from _heading("Days")
    daily = max(len("Daily dose"), *(len(day.daily) for day in shown.days))
    number = max(3, len(str(shown.days[-1].number)))
    yield f"{'Day':>{number}}  {'Date':<15}  Step  {'Daily dose':>{daily}}  Doses"
    for day in shown.days:
        before = f"{day.number:>{number}}  {day.date:<15}  {day.step:>4}  {day.daily:>{daily}}  "
        for told in [f"{line.when}: {line.dose}, {line.pieces}" for line in day.doses] or ["no dose"]:
            yield from _wrapped(told, before, " " * len(before))
            before = " " * len(before)
    if shown.days_end:
        yield from ("", *_wrapped(shown.days_end))
