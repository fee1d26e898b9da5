"""On which days the doses of a longer cycle are taken, in words: weekdays where it goes by weeks, dates otherwise."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from titrate.days import WEEKDAYS, Days, between, in_short, plus
from titrate.regimen import Regimen, every

# So many dates of one dose are listed; of more the first ones.
_MOST = 8
_FIRST = 3
_WEEK = 7


def told(days: Days, regimen: Regimen) -> str:
    """`every 2 days: on Tue 01 Dec 2026, Thu 03 Dec 2026 and Sat 05 Dec 2026`; empty where every day is alike."""
    taken = sorted({one.day for one in regimen.administrations})
    if regimen.cycle == 1 or not taken:
        return ""
    which = [f"{f'day {day} ' if len(taken) > 1 else ''}{_dates(days, regimen.cycle, day)}" for day in taken]
    return f"{every(regimen.cycle)}: {'; '.join(which)}"


def _dates(days: Days, cycle: int, day: int) -> str:
    first, last = plus(days.first, day - 1), days.last
    if last is not None and first > last:
        return "on no day of this step"
    count = None if last is None else between(first, last) // cycle + 1
    if count == 1:
        return f"on {in_short(first)}"
    if cycle % _WEEK == 0:
        until = "" if count is None else f" to {in_short(plus(first, (count - 1) * cycle))}"
        return f"on {WEEKDAYS[first.weekday()]}s from {in_short(first)}{until}"
    listed = list(_listed(first, cycle, count))
    if count is None or count > _MOST:
        until = "" if count is None else f" until {in_short(plus(first, (count - 1) * cycle))}"
        return f"on {', '.join(listed)} and so on{until}"
    return f"on {', '.join(listed[:-1])} and {listed[-1]}"


def _listed(first: date, cycle: int, count: int | None) -> Iterator[str]:
    shown = _FIRST if count is None or count > _MOST else count
    return (in_short(plus(first, number * cycle)) for number in range(shown))
