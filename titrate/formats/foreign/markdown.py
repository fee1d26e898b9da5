"""The Markdown that titrate writes (see `titrate.formats.markdown`): the table of steps, and that of days."""

from __future__ import annotations

import re
from collections.abc import Iterator

from titrate.errors import FormatError
from titrate.foreign import Foreign, ForeignDose, ForeignStep
from titrate.formats.foreign import cycles, printed

_STEPS = ("Step", "Kind", "Dates", "Days", "Doses", "Pieces", "Daily dose", "Why")
_DAYS = ("Day", "Date", "Step", "Doses", "Pieces", "Daily dose")
_ESCAPED = re.compile(r"\\(.)")
_BAR = re.compile(r"(?<!\\)(?:\\\\)*\|")

Row = tuple[int, tuple[str, ...]]


def read(text: str) -> Foreign:
    """What the tables say. Raises `FormatError` with the line, the value and what is allowed."""
    lines = text.replace("\N{NO-BREAK SPACE}", " ").splitlines()
    steps = tuple(_step(*row) for row in _table(lines, _STEPS))
    if not steps:
        raise FormatError("The table of steps has no row; a schedule has at least one step.")
    printed.agree(steps, [_day(*row) for row in _table(lines, _DAYS)])
    named = next((found for line in lines[:40] if (found := printed.RULE.search(_plain(line[:2000])))), None)
    return Foreign(
        "a Markdown table of titrate",
        steps,
        (),
        None if named is None else (named["id"], named["sha"]),
        printed.is_begun(lines),
    )


def _table(lines: list[str], headings: tuple[str, ...]) -> Iterator[Row]:
    """The rows of the table with these headings, each with its line; none if there is no such table."""
    first = next((number for number, line in enumerate(lines, 1) if _heads(line, headings)), None)
    if first is None:
        return
    for number, line in enumerate(lines[first + 1 :], first + 2):
        if not line.startswith("|"):
            return
        cells = tuple(cell.strip() for cell in _cells(line))
        if len(cells) != len(headings):
            raise FormatError(f"line {number}: the row has {len(cells)} cells; it has {len(headings)}.")
        yield number, cells


def begins(text: str) -> bool:
    """Whether the text holds a table of steps."""
    return any(_heads(line, _STEPS) for line in text.splitlines())


def _heads(line: str, headings: tuple[str, ...]) -> bool:
    """Whether a line has these headings; programs that set tables straight put spaces around them."""
    return line.startswith("|") and tuple(cell.strip() for cell in line.strip().strip("|").split("|")) == headings


def _cells(line: str) -> list[str]:
    """The cells of a row; a bar behind a backslash is part of its cell."""
    found, begin = [], 1
    for bar in _BAR.finditer(line, 1):
        found.append(line[begin : bar.end() - 1])
        begin = bar.end()
    return found


def _plain(cell: str) -> str:
    """A cell or a line without its escapes."""
    return _ESCAPED.sub(r"\1", cell)


def _step(line: int, cells: tuple[str, ...]) -> ForeignStep:
    _, kind, dates, length, doses, pieces, daily, _ = cells
    try:
        span, _, listed = dates.partition("<br>")
        first, last = printed.days_of(_plain(span), length)
        total, cycle = _plain(daily), 1
        if " in " in total:
            total, _, label = total.partition(" in ")
            cycle = cycles.length(f"in {label}") or 1
        parts = list(_lines(doses, pieces))
        said = [cycles.placed(when) for when, _, _ in parts]
        taken = tuple(printed.dose_of(when, dose, made) for (_, when), (_, dose, made) in zip(said, parts, strict=True))
        printed.check_daily(total, taken)
        if cycle > 1:
            dated = cycles.first_date(_plain(listed))
            day = None if dated is None else printed.parse_short(dated)
            taken = cycles.on_days(taken, [number for number, _ in said], cycle, first, day)
        return ForeignStep(f"line {line}", first, last, taken, kind=printed.kind_of(kind), cycle=cycle)
    except ValueError as fault:
        raise FormatError(f"line {line}: {fault}.") from fault


def _day(line: int, cells: tuple[str, ...]) -> printed.PrintedDay:
    _, day, _, doses, pieces, daily = cells
    try:
        taken: list[ForeignDose] = []
        for parts in _lines(doses, pieces):
            taken.extend(printed.doses_of(*parts))
        printed.check_daily(_plain(daily), taken)
        return printed.PrintedDay(f"line {line}", printed.parse_short(_plain(day)), tuple(taken))
    except ValueError as fault:
        raise FormatError(f"line {line}: {fault}.") from fault


def _lines(doses: str, pieces: str) -> Iterator[tuple[str, str, str]]:
    """The cells of doses and pieces, line by line: when, dose, made of what."""
    if doses == "no dose" and not pieces:
        return
    told, made_of = doses.split("<br>"), pieces.split("<br>")
    if len(told) != len(made_of):
        raise ValueError(f"there are {len(told)} doses and pieces for {len(made_of)}")
    for one, other in zip(told, made_of, strict=True):
        when, found, dose = _plain(one).partition(": ")
        if not found:
            raise ValueError(f'"{one[:60]}" is no dose; one is "morning 08:00: 15 mg"')
        yield when, dose, _plain(other)
