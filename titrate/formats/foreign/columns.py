"""The header of a CSV file that somebody wrote: what each column says."""

from __future__ import annotations

import re
from datetime import time
from itertools import pairwise
from typing import Literal

from titrate.days import parse_time
from titrate.errors import FormatError
from titrate.formats.foreign.cells import known_unit, shown
from titrate.frozen import dataclass

Means = Literal["date", "from", "to", "slot", "dose", "daily", "kind", "weekday", "ignored"]

_NAMES: dict[str, Means] = {
    "date": "date", "from": "from", "start": "from", "first day": "from", "to": "to", "until": "to", "end": "to",
    "last day": "to", "dose": "dose", "doses": "dose", "regimen": "dose", "daily dose": "daily", "daily": "daily",
    "total": "daily", "daily total": "daily", "total daily dose": "daily", "dose a day": "daily",
    "dose per day": "daily", "kind": "kind", "weekday": "weekday", "note": "ignored", "notes": "ignored",
    "comment": "ignored", "comments": "ignored", "step": "ignored", "week": "ignored",
}  # fmt: skip
# The order of the day; names of one rank may stand in any order.
_RANKS = {
    "early morning": 0, "breakfast": 1, "morning": 1, "noon": 2, "midday": 2, "lunch": 2, "afternoon": 3,
    "dinner": 4, "evening": 4, "night": 5, "bedtime": 5, "at bedtime": 5, "at night": 5,
}  # fmt: skip
_BRACKETS = re.compile(r"(?P<name>.*?) ?[(\[] ?(?P<unit>[^)\]]{1,20}?) ?[)\]]", re.ASCII)
_A_DAY = re.compile(
    r"(?:daily )?dose ?[(\[]?(?P<unit>[^)\]/ ]{1,20}) ?(?:/ ?|a |per )day[)\]]?", re.ASCII | re.IGNORECASE
)
_CLOCK = re.compile(r"(?:(?P<name>.+) )?(?P<at>\d{1,2}:\d\d)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Column:
    """One column: what it says, its name as written, the unit in its header, for a slot its time if that is named."""

    kind: Means
    name: str
    unit: str | None = None
    at: time | None = None


def columns_of(line: int, cells: list[str], slots: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns of a table with days and doses. Raises `FormatError` for a header that is not one."""
    known = tuple(dict.fromkeys((*_RANKS, *(slot.casefold() for slot in slots))))
    columns = tuple(_column(line, cell, known) for cell in cells)
    for kind in ("date", "from", "to", "dose", "daily", "kind", "weekday"):
        _once(line, columns, kind)
    kinds = {column.kind for column in columns}
    if ("date" in kinds) == ("from" in kinds) or ("from" in kinds) != ("to" in kinds):
        raise _fault(line, "it needs the columns from and to (a row per step), or date (a row per day)")
    if not kinds & {"slot", "dose", "daily"}:
        raise _fault(line, "it has no column with doses")
    if {"slot", "dose"} <= kinds:
        raise _fault(line, "it has both a column for the doses of a day and columns for times of day; leave out one")
    _in_order(line, [column for column in columns if column.kind == "slot"])
    return columns


def _fault(line: int, says: str) -> FormatError:
    return FormatError(
        f"line {line}: {says}.",
        ("write for example from,to,morning,noon,evening,bedtime", "write for example date,dose"),
    )


def _column(line: int, cell: str, slots: tuple[str, ...]) -> Column:
    words = " ".join(cell.replace("_", " ").split())
    if (day := _A_DAY.fullmatch(words)) is not None:
        words = f"daily dose ({day['unit']})"
    name, unit = _with_unit(words)
    folded = name.casefold()
    if folded in _NAMES:
        return Column(_NAMES[folded], name, unit)
    if folded in slots:
        return Column("slot", name, unit)
    if match := _CLOCK.fullmatch(name):
        try:
            return Column("slot", name, unit, parse_time(match["at"]))
        except ValueError as fault:
            raise FormatError(f"line {line}: {fault}.") from fault
    if not words:
        raise _fault(line, "a column has no name")
    known = ", ".join(dict.fromkeys((*(n for n, means in _NAMES.items() if means != "slot"), *slots)))
    raise _fault(line, f"{shown(cell)} is no column that is known; known are {known}, and times such as 08:00")


def _with_unit(words: str) -> tuple[str, str | None]:
    """The name, and the unit behind it: `morning (mg)`, `dose mg`."""
    match = _BRACKETS.fullmatch(words)
    name, unit = (match["name"], match["unit"]) if match else words.rpartition(" ")[::2]
    try:
        return (name, known_unit(unit)) if name else (words, None)
    except ValueError:
        return words, None


def _once(line: int, columns: tuple[Column, ...], kind: str) -> None:
    named = [column.name for column in columns if column.kind == kind]
    if len(named) > 1:
        raise _fault(line, f"the columns {' and '.join(map(shown, named))} mean the same")


def _in_order(line: int, slots: list[Column]) -> None:
    """Columns of times stand in the order of the day."""
    if len({(column.name.casefold(), column.at) for column in slots}) != len(slots):
        raise _fault(line, "a time of day stands twice")
    if len({column.at is None for column in slots}) > 1:
        raise _fault(line, "some times of day have a clock time and others have none")
    for before, after in pairwise(slots):
        if before.at is not None and after.at is not None:
            late = before.at >= after.at
        else:
            ranks = _RANKS.get(before.name.casefold()), _RANKS.get(after.name.casefold())
            late = ranks[0] is not None and ranks[1] is not None and ranks[0] > ranks[1]
        if late:
            raise _fault(line, f"{shown(after.name)} stands after {shown(before.name)}; write them in the day's order")
