"""Spans of days, durations and dates: the only date arithmetic in the package."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, time, timedelta
from typing import Any

from titrate import written
from titrate.frozen import dataclass

_DURATION = re.compile(r"(?P<count>\d{1,6})\s*(?P<unit>[a-z]+)", re.ASCII)
_UNITS = {
    **dict.fromkeys(("d", "day", "days"), "day"),
    **dict.fromkeys(("w", "week", "weeks"), "week"),
    **dict.fromkeys(("month", "months"), "month"),
    **dict.fromkeys(("y", "year", "years"), "year"),
    **dict.fromkeys(("h", "hour", "hours"), "hour"),
}
_IN_DAYS = {"day": 1, "week": 7}

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
WEEKDAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]


@dataclass(frozen=True, slots=True)
class Duration:
    """A whole number of days, weeks, months or years; at least one."""

    count: int
    unit: str

    @classmethod
    def parse(cls, text: str) -> Duration:
        """Read `"3 days"`, `"7d"`, `"8 weeks"`, `"2 months"`, or hours that make whole days (`"24 hours"`).

        Raises `ValueError` for anything else.
        """
        match = _DURATION.fullmatch(text.strip().lower()) if isinstance(text, str) else None
        unit = _UNITS.get(match["unit"]) if match else None
        if match is None or unit is None:
            raise ValueError(f'{str(text)[:60]!r} is no duration; write for example "7d", "3 days" or "8 weeks"')
        count = int(match["count"])
        if unit == "hour":
            if count % 24:
                raise ValueError(
                    f'"{text.strip()}" is not a whole number of days; write for example "24 hours" or "1 day"'
                )
            count, unit = count // 24, "day"
        if count < 1:
            raise ValueError(f'"{text.strip()}" is no time at all; write for example "1 day"')
        return cls(count, unit)

    @property
    def days(self) -> int:
        """The length in days. Raises `ValueError` for months and years, whose length depends on the date."""
        if self.unit not in _IN_DAYS:
            raise ValueError(f'"{self}" has no fixed length; write it in days or weeks')
        return self.count * _IN_DAYS[self.unit]

    def after(self, first: date) -> date:
        """The first day that no longer belongs to the span that begins on `first`.

        Raises `ValueError` beyond the year 9999.
        """
        if self.unit in _IN_DAYS:
            return plus(first, self.days)
        from dateutil.relativedelta import relativedelta

        try:
            moved = first + relativedelta(months=self.count * (12 if self.unit == "year" else 1))
        except (OverflowError, ValueError) as fault:
            raise ValueError(f"{self} after {first} lies beyond the year 9999") from fault
        return moved

    def __str__(self) -> str:
        return f"{self.count} {self.unit}{'' if self.count == 1 else 's'}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return written.schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "string",
            "description": "A whole number of days, weeks, months or years.",
            "examples": ["8 weeks"],
        }


@dataclass(frozen=True, slots=True)
class Days:
    """The days from `first` to `last`, both included; `last` is `None` where there is no end."""

    first: date
    last: date | None

    def __post_init__(self) -> None:
        if self.last is not None and self.last < self.first:
            raise ValueError(f"a span of days cannot end ({self.last}) before it begins ({self.first})")

    @classmethod
    def of(cls, first: date, length: int) -> Days:
        """`length` days (at least one) from `first` on."""
        return cls(first, plus(first, length - 1))

    @property
    def length(self) -> int | None:
        """How many days, or `None` without end."""
        return None if self.last is None else between(self.first, self.last) + 1

    def __contains__(self, day: date) -> bool:
        return self.first <= day and (self.last is None or day <= self.last)

    def __iter__(self) -> Iterator[date]:
        """Every day in order. Raises `ValueError` without end."""
        if self.last is None:
            raise ValueError("a span without end cannot be listed; say until when")
        first = self.first.toordinal()
        yield from map(date.fromordinal, range(first, self.last.toordinal() + 1))

    def until(self, last: date) -> Days:
        """This span, cut so that it ends on `last` at the latest."""
        return Days(self.first, last if self.last is None else min(self.last, last))


def plus(day: date, count: int) -> date:
    """`count` days after `day` (before it, if negative). Raises `ValueError` outside the years 1 to 9999."""
    try:
        return day + timedelta(days=count)
    except OverflowError as fault:
        days = "day" if count == 1 else "days"
        raise ValueError(f"{count} {days} after {day} lies outside the years 1 to 9999") from fault


def between(first: date, second: date) -> int:
    """How many days `second` is after `first`; negative if before."""
    return (second - first).days


def parse_date(text: str, today: date) -> date:
    """Read `2026-12-01`, `today`, `tomorrow` or `+3d` (that long after `today`). Raises `ValueError` otherwise."""
    word = text.strip().lower()
    if word in ("today", "tomorrow"):
        return plus(today, 0 if word == "today" else 1)
    if word.startswith("+"):
        return Duration.parse(word[1:]).after(today)
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", word, re.ASCII):
        try:
            return date.fromisoformat(word)
        except ValueError as fault:
            raise ValueError(f'"{word}" is no day of the calendar ({fault}); write for example 2026-12-01') from fault
    raise ValueError(f"{text[:40]!r} is no date; write for example 2026-12-01, today, tomorrow or +3d")


def parse_time(text: str) -> time:
    """Read a time of day, `08:00`. Raises `ValueError` otherwise."""
    if re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", text.strip(), re.ASCII):
        hour, minute = text.strip().split(":")
        return time(int(hour), int(minute))
    raise ValueError(f"{text[:40]!r} is no time of day; write for example 08:00")


def in_words(day: date) -> str:
    """`Tuesday 01 December 2026`: weekday first, month in letters, so that no two readings are possible."""
    return f"{WEEKDAYS[day.weekday()]} {day.day:02d} {MONTHS[day.month - 1]} {day.year:04d}"


def in_short(day: date) -> str:
    """`Tue 01 Dec 2026`, for tables."""
    return f"{WEEKDAYS[day.weekday()][:3]} {day.day:02d} {MONTHS[day.month - 1][:3]} {day.year:04d}"
