"""CSV: one row per administration, for spreadsheets and statistics programs.

RFC 4180, except that lines end in LF. The columns are `HEADER`; a day without a dose has one row with dose
0 and an empty slot, time and pieces. A text that a spreadsheet would run as a formula (it begins with =, +,
-, @ or a tab) is preceded by an apostrophe, and so is one that begins with an apostrophe, so that
reading always takes exactly one away.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from datetime import date, time
from fractions import Fraction
from io import StringIO
from itertools import groupby, pairwise
from typing import TypeVar, get_args

from titrate.days import WEEKDAYS, between, parse_time
from titrate.errors import FormatError
from titrate.frozen import dataclass
from titrate.quantity import Quantity, canonical_unit
from titrate.regimen import Regimen
from titrate.schedule import Day, Kind, Schedule

HEADER = ("date", "weekday", "day", "step", "kind", "slot", "time", "dose", "unit", "pieces", "daily_dose")
LARGEST = 10_000_000
T = TypeVar("T")

_RUN_AS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "'")
_NUMBER = re.compile(r"(0|[1-9]\d{0,14})(\.\d{0,29}[1-9])?", re.ASCII)
_COUNT = re.compile(r"[1-9]\d{0,6}", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_CLOCK = re.compile(r"\d\d:\d\d", re.ASCII)


@dataclass(frozen=True, slots=True)
class CsvDose:
    """One administration as the file says it; `at` is `None` for a continuous infusion."""

    slot: str
    at: time | None
    dose: Quantity
    pieces: str


@dataclass(frozen=True, slots=True)
class CsvDay:
    """One day as the file says it. `number` and `step` count from 1; no doses at all is a day without the drug."""

    date: date
    number: int
    step: int
    kind: Kind
    daily: Quantity
    doses: tuple[CsvDose, ...]


def write(schedule: Schedule, until: date | None = None) -> str:
    """Every day up to `until` (included; by default as far as the schedule lists its days).

    Raises `FormatError` where a dose is no plain decimal (a third of a tablet may make 10/3 mg), and where
    `until` lies before the first day.
    """
    if until is not None and until < schedule.first:
        raise FormatError(f"The schedule begins on {schedule.first}; a list until {until} would be empty.")
    # Rows are put together from text: nothing before the slot ever needs quoting.
    lines = [",".join(HEADER) + "\n"]
    for day, ends in _each_day(schedule, until, _quoted):
        before = ",".join((*_cells(day), ""))
        lines += [before + end for end in ends]
    return "".join(lines)


def rows(schedule: Schedule, until: date | None = None) -> Iterator[tuple[str, ...]]:
    """The cells of every row, as `write` writes them. Raises `FormatError` for a dose that is no plain decimal."""
    for day, doses in _each_day(schedule, until, lambda regimen: tuple(_doses(regimen))):
        before = _cells(day)
        for cells in doses:
            yield before + cells


def _cells(day: Day) -> tuple[str, ...]:
    """The cells before the slot."""
    return day.date.isoformat(), WEEKDAYS[day.date.weekday()], str(day.number), str(day.step), day.kind


def _each_day(schedule: Schedule, until: date | None, of: Callable[[Regimen], T]) -> Iterator[tuple[Day, T]]:
    """Each day with what is made `of` its regimen, once for all days that share one."""
    # What is known is kept beside its regimen, so that no other one can come to have its id.
    known: dict[int, tuple[Regimen, T]] = {}
    for day in schedule.each_day(until):
        if id(day.regimen) not in known:
            known[id(day.regimen)] = day.regimen, of(day.regimen)
        yield day, known[id(day.regimen)][1]


def _quoted(regimen: Regimen) -> list[str]:
    """The text from the slot on, for each dose of a day."""
    texts = []
    for cells in _doses(regimen):
        text = StringIO()
        csv.writer(text, lineterminator="\n").writerow(cells)
        texts.append(text.getvalue())
    return texts


def _doses(regimen: Regimen) -> Iterator[tuple[str, ...]]:
    """The cells from the slot on, for each dose of a day."""
    unit, daily = regimen.unit, _number(regimen.daily)
    if not regimen.administrations:
        yield ("", "", "0", unit, "", daily)
    for administration in regimen.administrations:
        at = administration.slot.at
        yield (
            guarded(administration.slot.name),
            "" if at is None else f"{at:%H:%M}",
            _number(administration.dose),
            unit,
            guarded(administration.pieces_in_words()),
            daily,
        )


def _number(dose: Quantity) -> str:
    if "/" in dose.number:
        raise FormatError(
            f"{dose} cannot be written as CSV: it is no plain decimal, "
            f"and a spreadsheet would read {dose.number} as a date.",
            ("write JSON or Markdown instead (-o plan.json)",),
        )
    return dose.number


def guarded(text: str) -> str:
    return "'" + text if text.startswith(_RUN_AS_FORMULA) else text


def read(text: str, gaps: bool = False) -> tuple[CsvDay, ...]:
    """The days of a file in the format that `write` writes; line ends may be CR LF as well.

    With `gaps` days may be left out, to be judged, and the numbers of days and steps are not looked at.

    Raises `FormatError` at the first fault, with its line, the value and what is allowed. It says nothing about
    whether the doses are safe.
    """
    if len(text) > LARGEST:
        raise FormatError(f"The file has {len(text)} characters; a schedule has at most {LARGEST}.")
    lines = csv.reader(StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    try:
        rows = [(lines.line_num, row) for row in lines]
    except csv.Error as fault:
        raise FormatError(f"line {lines.line_num}: no CSV: {fault}.") from fault
    if not rows or tuple(rows[0][1]) != HEADER:
        found = ",".join(rows[0][1])[:200] if rows else ""
        raise FormatError(f"line 1: {found!r} is not the header; it is {','.join(HEADER)}.")
    parsed = [_Row.read(line, cells) for line, cells in rows[1:]]
    days: list[CsvDay] = []
    for _, group in groupby(parsed, key=lambda row: row.date):
        days.append(_day(list(group), days[-1] if days else None, gaps))
    if not days:
        raise FormatError("line 2: there is no row; a schedule has at least one day.")
    return tuple(days)


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of the file, its cells converted and each of them right by itself."""

    line: int
    date: date
    number: int
    step: int
    kind: Kind
    slot: str
    at: time | None
    dose: Quantity
    pieces: str
    daily: Quantity

    @classmethod
    def read(cls, line: int, cells: list[str]) -> _Row:
        if len(cells) != len(HEADER):
            raise FormatError(f"line {line}: it has {len(cells)} cells; a row has {len(HEADER)}.")
        cell = _Cells(line, dict(zip(HEADER, cells, strict=True)))
        row = cls(
            line,
            cell.day(),
            cell.count("day"),
            cell.count("step"),
            cell.kind(),
            cell.text("slot"),
            cell.clock(),
            cell.quantity("dose"),
            cell.text("pieces"),
            cell.quantity("daily_dose"),
        )
        if not row.dose and (row.slot or row.at is not None or row.pieces):
            raise cell.fault("dose", "above 0 where there is a slot, a time or pieces")
        if row.dose and not row.slot:
            raise cell.fault("slot", "a name where there is a dose, for example morning")
        return row


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of one line by column; each method converts one, or raises `FormatError`."""

    line: int
    cells: dict[str, str]

    def fault(self, column: str, allowed: str) -> FormatError:
        return FormatError(f"line {self.line}, {column}: {self.cells[column][:60]!r} is not allowed; it is {allowed}.")

    def day(self) -> date:
        text = self.cells["date"]
        try:
            day = date.fromisoformat(text) if _DATE.fullmatch(text) else None
        except ValueError:
            day = None
        if day is None:
            raise self.fault("date", "a day of the calendar, for example 2026-12-01")
        if self.cells["weekday"] != WEEKDAYS[day.weekday()]:
            raise self.fault("weekday", f"{WEEKDAYS[day.weekday()]}, because that is the weekday of {day}")
        return day

    def count(self, column: str) -> int:
        if not _COUNT.fullmatch(self.cells[column]):
            raise self.fault(column, "a whole number from 1 on")
        return int(self.cells[column])

    def kind(self) -> Kind:
        for kind in get_args(Kind):
            if self.cells["kind"] == kind:
                return kind  # type: ignore[no-any-return]  # get_args loses the literals
        raise self.fault("kind", " or ".join(get_args(Kind)))

    def clock(self) -> time | None:
        text = self.cells["time"]
        try:
            return None if not text else parse_time(text if _CLOCK.fullmatch(text) else "")
        except ValueError:
            raise self.fault("time", "a time of day, for example 08:00, or empty for a continuous infusion") from None

    def text(self, column: str) -> str:
        return self.cells[column].removeprefix("'")

    def quantity(self, column: str) -> Quantity:
        if not _NUMBER.fullmatch(self.cells[column]):
            raise self.fault(column, "a plain decimal without a trailing zero, for example 12.5")
        unit = self.cells["unit"]
        try:
            known = canonical_unit(unit) == unit
        except ValueError:
            known = False
        if not known:
            raise self.fault("unit", "a unit as titrate writes it, for example mg or micrograms")
        return Quantity(Fraction(self.cells[column]), unit)


def _day(rows: list[_Row], before: CsvDay | None, gaps: bool) -> CsvDay:
    """The rows of one day as a day that follows `before`, or `FormatError`."""
    first = rows[0]
    for row in rows[1:]:
        for column in ("number", "step", "kind", "daily"):
            if getattr(row, column) != getattr(first, column):
                raise FormatError(
                    f"line {row.line}: {column} {getattr(row, column)} differs from {getattr(first, column)}, "
                    f"which an earlier row of {row.date} says; all rows of a day agree."
                )
    _check_order(first, before, gaps)
    doses = tuple(CsvDose(row.slot, row.at, row.dose, row.pieces) for row in rows if row.dose)
    if doses and len(doses) != len(rows):
        raise FormatError(f"line {first.line}: {first.date} has a row with dose 0 beside others; it stands alone.")
    if not doses and len(rows) > 1:
        raise FormatError(f"line {rows[1].line}: {first.date} has two rows with dose 0; a day without a dose has one.")
    _check_clock(rows)
    total = sum((dose.dose.amount for dose in doses), Fraction(0))
    if total != first.daily.amount:
        daily = Quantity(total, first.daily.unit)
        raise FormatError(f"line {first.line}, daily_dose: {first.daily} is not the sum of the doses, {daily}.")
    return CsvDay(first.date, first.number, first.step, first.kind, first.daily, doses)


def _check_order(row: _Row, before: CsvDay | None, gaps: bool) -> None:
    """Days follow each other and count from 1; steps count from 1 and never go back or leave one out."""
    if gaps and (before is None or between(before.date, row.date) > 0):
        return
    day, step = (1, 1) if before is None else (before.number + 1, before.step)
    if before is not None and between(before.date, row.date) != 1:
        raise FormatError(f"line {row.line}, date: {row.date} does not follow {before.date}; every day has a row.")
    if row.number != day:
        raise FormatError(f"line {row.line}, day: {row.number} is not allowed; it is {day}, counted from 1.")
    if row.step != step and (before is None or row.step != step + 1):
        allowed = f"{step}" if before is None else f"{step} or {step + 1}"
        raise FormatError(f"line {row.line}, step: {row.step} is not allowed; it is {allowed}.")


def _check_clock(rows: list[_Row]) -> None:
    """The rows of a day are in the order of the clock; a continuous infusion stands alone."""
    for before, row in pairwise(rows):
        if before.at is None or row.at is None:
            raise FormatError(f"line {row.line}, time: a continuous infusion (no time) stands alone in a day.")
        if (row.at.hour, row.at.minute) <= (before.at.hour, before.at.minute):
            raise FormatError(f"line {row.line}, time: {row.at:%H:%M} is not after {before.at:%H:%M}, the row before.")
