"""A CSV file as people write it: a row per step (`from,to,morning,noon,...`) or a row per day (`date,dose`).

Cells are separated by commas, semicolons or tabs. Nothing is guessed: what can be read in two ways is refused with
its line and both readings, and so is a column that is not known, because it might say something about the doses.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from io import StringIO
from typing import get_args

from titrate.errors import FormatError
from titrate.foreign import Foreign, ForeignDose, ForeignStep, joined
from titrate.formats.foreign.cells import Amounts, check_weekday, in_letters, parse_day, shown
from titrate.formats.foreign.columns import Column, columns_of
from titrate.formats.foreign.patterns import Said, parse_dose
from titrate.quantity import Quantity
from titrate.regimen import MOST_A_DAY
from titrate.schedule import Kind

# Far more days than a schedule has; it bounds the time, together with the size of the file.
MOST_ROWS = 100_000
LONGEST = 200

_SEPARATORS = {",": "commas", ";": "semicolons", "\t": "tabs"}
_NOTHING = ("", "-", "\u2013", "\u2014")


def read(text: str, unit: str, slots: tuple[str, ...]) -> Foreign:
    """What the rows say. `unit` is that of the rule, `slots` are the names of its times of day.

    Raises `FormatError` with the line, the value, what is allowed or both readings.
    """
    separator, rows = _rows(text)
    line, heading = rows[0]
    columns = columns_of(line, heading, slots)
    table = _Table(columns, Amounts(unit, comma=separator != ","), separator)
    steps = list(table.steps(rows[1:]))
    if not steps:
        raise FormatError(f"line {line}: there is no row below the header; a schedule has at least one day.")
    return Foreign(
        f"a CSV file with a row per {'day' if table.daily_rows else 'step'}",
        joined(steps),
        tuple(column.name for column in columns if column.kind == "slot"),
        read_as=(*table.amounts.noted, *table.noted),
    )


def _rows(text: str) -> tuple[str, list[tuple[int, list[str]]]]:
    """The separator, and the rows that are not empty with their lines."""
    lines = text.splitlines(keepends=True)
    skipped = 1 if lines and lines[0].strip().casefold() in ("sep=;", "sep=,", "sep=\\t") else 0
    heading = next((line for line in lines[skipped:] if line.strip()), "")
    separator = max(_SEPARATORS, key=heading.count)
    if not heading.count(separator):
        raise FormatError(f"{shown(heading.strip())} is no header of a table; one is from,to,morning,noon,evening.")
    cells = csv.reader(StringIO("".join(lines[skipped:]), newline=""), delimiter=separator, strict=True)
    found = []
    try:
        for row in cells:
            if any(cell.strip() for cell in row):
                found.append((cells.line_num + skipped, [cell.strip() for cell in row]))
            if len(found) > MOST_ROWS:
                raise FormatError(f"The file has more than {MOST_ROWS} rows, more than any schedule.")
    except csv.Error as fault:
        raise FormatError(f"line {cells.line_num + skipped}: no CSV: {fault}.") from fault
    if not found:
        raise FormatError("The file has separators and nothing between them.")
    return separator, found


class _Table:
    """The rows below the header."""

    def __init__(self, columns: tuple[Column, ...], amounts: Amounts, separator: str) -> None:
        self.columns = columns
        self.amounts = amounts
        self.separator = separator
        self.daily_rows = any(column.kind == "date" for column in columns)
        self.noted = {
            f'the column "{column.name}" was not read': None for column in columns if column.kind == "ignored"
        }

    def steps(self, rows: list[tuple[int, list[str]]]) -> Iterator[ForeignStep]:
        """Each row as a step, in the order of their days."""
        before: ForeignStep | None = None
        for index, (line, cells) in enumerate(rows):
            try:
                step = self._step(line, cells, last=index == len(rows) - 1)
                if before is not None:
                    self._order(before, step)
            except ValueError as fault:
                raise FormatError(f"line {line}: {fault}.") from fault
            yield step
            before = step

    def _order(self, before: ForeignStep, step: ForeignStep) -> None:
        if self.daily_rows and step.first == before.first:
            raise ValueError(
                f"{in_letters(step.first)} has a row already ({before.place}); it can be a second dose of that day or "
                'a correction; write the doses of a day in one row, such as "5/10 mg"'
            )
        if step.first < before.first:
            raise ValueError(
                f"{in_letters(step.first)} is before {in_letters(before.first)} ({before.place}); "
                "rows stand in the order of their days"
            )

    def _step(self, line: int, cells: list[str], last: bool) -> ForeignStep:
        self._width(cells)
        row = {column: cell for column, cell in zip(self.columns, cells, strict=True) if cell}
        long = next((cell for column, cell in row.items() if len(cell) > LONGEST and column.kind != "ignored"), None)
        if long is not None:
            raise ValueError(f"{shown(long)} is too long for a cell with a day or a dose")
        first, end = self._days(row, last)
        for column, cell in row.items():
            if column.kind == "weekday":
                check_weekday(cell, cell, first)
        said = self._doses(row)
        return ForeignStep(f"line {line}", first, end, said.doses, said.daily, said.bare, _kind(row))

    def _width(self, cells: list[str]) -> None:
        if len(cells) == len(self.columns):
            return
        more = ""
        if self.separator == "," and len(cells) > len(self.columns):
            more = "; a decimal comma makes two cells of one number, so 7,5 is either 7.5 or 7 and 5: write 7.5"
        raise ValueError(f"it has {len(cells)} cells and the header {len(self.columns)}{more}")

    def _days(self, row: dict[Column, str], last: bool) -> tuple[date, date | None]:
        named = {column.kind: cell for column, cell in row.items()}
        if self.daily_rows:
            if "date" not in named:
                raise ValueError("it has no date; write for example 2026-12-01")
            day = parse_day(named["date"])
            return day, day
        if "from" not in named:
            raise ValueError("it does not say from which day; write for example 2026-12-01")
        first = parse_day(named["from"])
        if "to" not in named:
            if not last:
                raise ValueError(
                    "it does not say to which day, and only the last row may have no end; it can be up to the day "
                    "before the next row, or without end"
                )
            return first, None
        end = parse_day(named["to"])
        if end < first:
            raise ValueError(f"it ends on {in_letters(end)}, before it begins on {in_letters(first)}")
        return first, end

    def _doses(self, row: dict[Column, str]) -> Said:
        """What one row says of its doses: slot by slot, as a pattern, or only the daily dose."""
        daily = [self.amounts.amount(cell, c.unit) for c, cell in row.items() if c.kind == "daily"]
        patterns = [parse_dose(cell, self.amounts, c.unit) for c, cell in row.items() if c.kind == "dose"]
        if any(column.kind == "slot" for column in self.columns):
            said = self._slots(row)
            if said is None and not daily:
                raise ValueError("it names no dose; write 0 where none is taken")
            if said is None and daily and not daily[0]:
                said = Said()
            if said is None:
                raise ValueError(f"it has a daily dose of {daily[0]} and no dose in any other column")
        elif patterns:
            said = patterns[0]
        elif daily:
            return Said(daily=daily[0]) if daily[0] else Said()
        else:
            raise ValueError("it names no dose; write 0 where none is taken")
        return _agreed(said, daily[0]) if daily else said

    def _slots(self, row: dict[Column, str]) -> Said | None:
        """The doses of the slot columns; `None` where all of them are empty."""
        doses, empty = [], True
        for column in self.columns:
            cell = row.get(column, "") if column.kind == "slot" else ""
            if column.kind != "slot" or cell in _NOTHING:
                continue
            empty = False
            if "x" in cell.casefold() or "/" in cell:
                raise ValueError(
                    f"{shown(cell)} under {column.name} can be read in two ways, so many doses or so many pieces; "
                    "write the one amount that is taken then"
                )
            dose = self.amounts.amount(cell, column.unit)
            if dose:
                doses.append(ForeignDose(dose, column.name, column.at))
        return None if empty else Said(tuple(doses))


def _agreed(said: Said, daily: Quantity) -> Said:
    """What is said together with the daily dose beside it, which is the sum of the doses."""
    bare = said.bare
    if bare is not None:
        count = daily.to(bare.unit).amount / bare.amount
        # So many doses make the daily dose; one of them may as well be the daily dose itself.
        several = count.denominator == 1 and 1 < count <= MOST_A_DAY
        said = Said((ForeignDose(bare),) * int(count)) if several else Said(daily=bare)
    amounts = [dose.dose for dose in said.doses] or [said.daily or replace(daily, amount=Fraction(0))]
    total = sum((amount.to(daily.unit).amount for amount in amounts), Fraction(0))
    if total != daily.amount:
        raise ValueError(f"its daily dose is {daily}, and its doses make {replace(daily, amount=total)}; one is wrong")
    return said


def _kind(row: dict[Column, str]) -> Kind | None:
    for column, cell in row.items():
        if column.kind == "kind":
            for kind in get_args(Kind):
                if cell.casefold() == kind:
                    return kind  # type: ignore[no-any-return]  # get_args loses the literals
            raise ValueError(f"{shown(cell)} is not allowed under {column.name}; it is {' or '.join(get_args(Kind))}")
    return None
