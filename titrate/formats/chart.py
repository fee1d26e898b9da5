"""A small chart of the daily dose in characters, for a terminal: a column per day, or per so many days.

Everything in it is counted in whole eighths of a character, exactly. It says nothing by colour. It rounds up, so that a
dose is never drawn as none; the doses themselves stand in the table.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from titrate.days import between, in_short, plus
from titrate.formats.fitting import fit
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.schedule import Schedule, Step

HEIGHT = 8
WIDEST = 64
_NARROWEST = 8
# A step without an end is drawn for so many days at least, and for as many as there are days before it.
_OPEN_DAYS = 14


@dataclass(frozen=True, slots=True)
class _Signs:
    """What the chart is drawn with. `eighths` are the tops of columns from nothing to a whole character."""

    eighths: str
    past: str
    side: str
    corner: str
    base: str
    tick: str
    on: str


_BLOCKS = _Signs(" ▁▂▃▄▅▆▇█", "░", "│", "└", "─", "┴", "▶")
_ASCII = _Signs(" ########", ":", "|", "+", "-", "+", ">")


@dataclass(frozen=True, slots=True)
class _Day:
    """One day: what is taken, whether it is before this revision, whether a step begins on it."""

    date: date
    daily: Fraction
    past: bool = False
    begins: bool = False


@dataclass(frozen=True, slots=True)
class _Column:
    """Days in a row: the average of their daily doses, whether they are past, whether a step begins in them."""

    daily: Fraction
    past: bool
    begins: bool

    @classmethod
    def of(cls, days: list[_Day]) -> _Column:
        average = sum((day.daily for day in days), Fraction(0)) / len(days)
        return cls(average, days[-1].past, any(day.begins for day in days))


@dataclass(frozen=True, slots=True)
class Chart:
    """`rows` are a label (all equally wide, with the line beside it) and columns; `below` are sentences about them."""

    rows: tuple[tuple[str, str], ...]
    below: tuple[str, ...]


def chart(schedule: Schedule, width: int, blocks: bool) -> Chart:
    """The daily dose over the days that were followed and those ahead, at most `width` characters wide.

    `blocks`: with block characters; otherwise ASCII.
    """
    steps = (*schedule.kept(), *schedule.steps)
    last = _last(schedule, steps[0].days.first)
    days = list(_days(schedule, steps, last))
    signs = _BLOCKS if blocks else _ASCII
    most = max(day.daily for day in days)
    names = _names({day.daily for day in days}, most, steps[0].regimen.unit)
    wide = max(map(len, names.values()))
    room = max(min(width - wide - 3, WIDEST), _NARROWEST)
    each = -(-len(days) // room)
    columns = [_Column.of(days[at : at + each]) for at in range(0, len(days), each)]
    drawn = max(1, min(3, room // len(columns)))
    rows = [
        (f"{names.get(row, ''):>{wide}} {signs.side}", "".join(_cell(one, row, most, signs) * drawn for one in columns))
        for row in range(HEIGHT, 0, -1)
    ]
    base = "".join((signs.tick if one.begins else signs.base) + signs.base * (drawn - 1) for one in columns)
    rows.append((f"{names[0]:>{wide}} {signs.corner}", base + (signs.on if schedule.last is None else "")))
    return Chart(tuple(rows), tuple(_below(schedule, days[0].date, last, each, signs)))


def _last(schedule: Schedule, first: date) -> date:
    """The last day that is drawn. Of a step without an end only the beginning is."""
    if schedule.last is not None:
        return schedule.last
    opened = schedule.steps[-1].days.first
    return min(schedule.listed_until, plus(opened, max(_OPEN_DAYS, between(first, opened)) - 1))


def _days(schedule: Schedule, steps: tuple[Step, ...], last: date) -> Iterator[_Day]:
    """Every day from the first of `steps` to `last`; one that belongs to none of them, or was missed, has no dose."""
    begun = schedule.first if schedule.revised is None else schedule.revised.on
    unit, expected = steps[0].regimen.unit, steps[0].days.first
    for step in steps:
        while expected < step.days.first:
            yield _Day(expected, Fraction(0), expected < begun)
            expected = plus(expected, 1)
        taken = [regimen.daily.to(unit).amount for regimen in step.regimen.each()]
        for number, day in enumerate(step.days.until(last)):
            away = any(day in absence.days for absence in schedule.absences)
            yield _Day(day, Fraction(0) if away else taken[number % len(taken)], day < begun, number == 0)
            expected = plus(day, 1)


def _eighths(daily: Fraction, most: Fraction) -> int:
    """How high a daily dose is drawn; rounded up, so that any is seen."""
    return -(-daily.numerator * HEIGHT * 8 * most.denominator // (daily.denominator * most.numerator)) if most else 0


def _cell(column: _Column, row: int, most: Fraction, signs: _Signs) -> str:
    """The character of a column in a row, counted from 1 at the bottom."""
    filled = min(max(_eighths(column.daily, most) - (row - 1) * 8, 0), 8)
    return signs.past if column.past and filled else signs.eighths[filled]


def _names(dailies: set[Fraction], most: Fraction, unit: str) -> dict[int, str]:
    """The doses that are written beside the rows in which their columns end, the largest first; below all stands 0."""
    names = {0: f"0 {unit}"}
    for daily in sorted(dailies, reverse=True):
        row = -(-_eighths(daily, most) // 8)
        if daily and row not in names:
            names[row] = str(Quantity(daily, unit))
    return names


def _below(schedule: Schedule, first: date, last: date, each: int, signs: _Signs) -> Iterator[str]:
    """What the columns are, and what of the schedule is not in the picture."""
    column = "one day" if each == 1 else f"{each} days (their average)"
    yield fit(f"{in_short(first)} to {in_short(last)}; a column is {column}, and {signs.tick} where a step begins.")
    if schedule.kept():
        yield fit(f"{signs.past} before this revision, as it was planned.")
    if schedule.last is None:
        until = "until reviewed" if schedule.review is None else f"until reviewed on {in_short(schedule.review)}"
        yield fit(f"{signs.on} it goes on, {until}.")
