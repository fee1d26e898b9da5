"""Tables for a terminal, by rich. From `NARROW` columns on there are tables; below, the same one thing under another.

Nothing is cut off: what does not fit is folded, and the lines never part a number from its unit.
"""

from __future__ import annotations

from collections.abc import Iterator

from rich import box
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table
from rich.text import Text

from titrate.formats.sheet import NBSP, DayRow, DoseLine, Section, Sheet, StepRow, sheet
from titrate.schedule import Schedule

NARROW = 76
WIDE = 110
WIDEST = 150
_DATES = len("from Thu 10 Dec 2026,")

# rich breaks lines at no-break spaces too, so another character stands for them until the lines are made. It is
# private, and a sheet shows private characters of a label by their code; so this one cannot occur.
_GLUE = "\ue000"


class _Shown:
    """A sheet that lays itself out for the width of whatever console it is printed on."""

    def __init__(self, shown: Sheet, schedule: Schedule | None) -> None:
        self._sheet = shown
        self._charted = schedule

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        drawn = [] if self._charted is None else list(_chart(self._charted, options))
        whole = Group(*_parts(self._sheet, options.max_width, drawn))
        for segment in console.render(whole, options.update(highlight=False)):
            yield Segment(segment.text.replace(_GLUE, " "), segment.style, segment.control)


def write(schedule: Schedule, daily: bool = False, charted: bool = False) -> RenderableType:
    """Something that `rich.console.Console.print` prints; with a table of the days if `daily`, a chart if `charted`."""
    return _Shown(sheet(schedule, daily), schedule if charted else None)


def _chart(schedule: Schedule, options: ConsoleOptions) -> Iterator[RenderableType]:
    """The chart of the daily dose; its one colour can be read on dark and on light, and means nothing."""
    from titrate.formats.chart import chart

    drawn = chart(schedule, options.max_width, blocks=not options.ascii_only)
    yield Text()
    yield _text("Daily dose", "bold")
    for label, columns in drawn.rows[:-1]:
        ahead = Text(columns)
        ahead.highlight_regex(r"[^ ░:]+", "magenta")
        yield Text.assemble(_text(label), ahead)
    yield Text("".join(drawn.rows[-1]))
    for says in drawn.below:
        yield _text(says, "dim")


def _parts(shown: Sheet, width: int, drawn: list[RenderableType]) -> Iterator[RenderableType]:
    yield _text(shown.title, "bold underline")
    yield Text()
    yield _facts(shown.facts)
    for section in shown.warnings:
        yield from _section(section)
    yield from drawn
    if width >= NARROW:  # such a table begins with an empty line of its own
        yield _steps(shown.steps, width)
    else:
        yield Group(Text(), *map(_stacked, shown.steps))
    yield _text(shown.end, "bold")
    if shown.days:
        yield _days(shown.days) if width >= NARROW else Group(Text(), *map(_stacked_day, shown.days))
    if shown.days_end:
        yield _text(shown.days_end, "bold")
    for section in shown.sections:
        yield from _section(section)
    yield Text()
    yield _text(shown.closing, "italic")


def _text(text: str, style: str = "") -> Text:
    return Text(text.replace(NBSP, _GLUE), style, overflow="fold")


def _facts(facts: tuple[tuple[str, str], ...]) -> Table:
    grid = Table.grid(padding=(0, 2, 0, 0))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in facts:
        grid.add_row(_text(name, "dim"), _text(value))
    return grid


def _section(section: Section) -> Iterator[RenderableType]:
    yield Text()
    yield _text(section.title, "bold red" if section.urgent else "bold")
    for item in section.items:
        grid = Table.grid(padding=(0, 1, 0, 0))
        grid.add_column(no_wrap=True)
        grid.add_column(overflow="fold")
        grid.add_row(Text("-"), _text(item, "bold" if section.urgent else ""))
        yield grid


def _table() -> Table:
    return Table(box=box.SIMPLE_HEAD, show_lines=True, header_style="bold", pad_edge=False, expand=True)


def _steps(steps: tuple[StepRow, ...], width: int) -> Table:
    """A row per step; on a wide console the days and the daily dose have columns of their own."""
    table = _table()
    table.add_column("Step", width=4)
    table.add_column("Dates", width=_DATES if width < WIDEST else None)
    if width >= WIDE:
        table.add_column("Days", no_wrap=True)
    table.add_column("Doses and pieces", ratio=5, overflow="fold")
    if width >= WIDE:
        table.add_column("Daily dose", no_wrap=True)
    table.add_column("Why", ratio=5, overflow="fold")
    for step in steps:
        number = _text(f"{step.number}" if step.number == 1 else f"then {step.number}")
        doses, why = _doses(step.doses), _why(step)
        dates = "\n".join(filter(None, (step.dates, step.on)))
        if width >= WIDE:
            length = _text(f"{step.length}\n{step.kind}")
            table.add_row(number, _text(dates), length, doses, _total(step), why)
        else:
            below = _text(f"{dates}\n{step.length}\n{step.kind}")
            table.add_row(number, below, Text("\n").join((doses, _daily(step))), why)
    return table


def _why(step: StepRow) -> Text:
    """The reasons, and below them what is confirmed before the step."""
    return Text("\n").join((_text(step.why, "dim"), *(_text(check, "bold") for check in step.checks)))


def _daily(step: StepRow) -> Text:
    return Text.assemble(_text(f"{step.per}: "), _text(step.daily, "bold"))


def _total(step: StepRow) -> Text:
    """The dose in a column for daily doses; of a longer cycle it says so."""
    more = () if step.per == "daily dose" else (_text(f"\n{step.per}"),)
    return Text.assemble(_text(step.daily, "bold"), *more)


def _doses(lines: tuple[DoseLine, ...]) -> Text:
    """A line for each dose: when, how much, made of what."""
    if not lines:
        return _text("no dose", "bold")
    return Text("\n").join(
        Text.assemble(_text(f"{line.when}: "), _text(line.dose, "bold"), _text(f", {line.pieces}")) for line in lines
    )


def _days(days: tuple[DayRow, ...]) -> Table:
    table = _table()
    table.show_lines = False
    table.add_column("Day", no_wrap=True, justify="right")
    table.add_column("Date", no_wrap=True)
    table.add_column("Step", no_wrap=True, justify="right")
    table.add_column("Doses and pieces", ratio=1, overflow="fold")
    table.add_column("Daily dose", no_wrap=True)
    for day in days:
        cells = (_text(str(day.number)), _text(day.date), _text(str(day.step)))
        table.add_row(*cells, _doses(day.doses), _text(day.daily, "bold"))
    return table


def _stacked(step: StepRow) -> RenderableType:
    name = f"Step {step.number}" if step.number == 1 else f"Then step {step.number}"
    on = (_text(f"Days: {step.on}."),) if step.on else ()
    below = Group(_doses(step.doses), _daily(step), *on, _text("Why: ", "dim") + _why(step))
    heading = _text(f"{name}: {step.dates} ({step.length}, {step.kind})", "bold")
    return Group(heading, Padding(below, (0, 0, 1, 2)))


def _stacked_day(day: DayRow) -> RenderableType:
    heading = _text(f"Day {day.number}, {day.date}, step {day.step}: {day.daily}", "bold")
    return Group(heading, Padding(_doses(day.doses), (0, 0, 0, 2)))
