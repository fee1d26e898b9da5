"""Cycles of several days in what titrate prints: how long they are, and on which days the doses of a step are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from titrate.days import between
from titrate.foreign import ForeignDose

_TOTAL = re.compile(r"in (?P<days>[1-9]\d{0,2}) days", re.ASCII)
_DAY = re.compile(r"day (?P<day>[1-9]\d{0,2}), (?P<when>.+)", re.ASCII)
_DATE = re.compile(r"[A-Z][a-z]{2} \d\d [A-Z][a-z]{2} \d{4}", re.ASCII)


def length(label: str) -> int | None:
    """Of how many days a cycle is, from what its sum is called: `in 7 days`."""
    match = _TOTAL.fullmatch(label)
    return None if match is None else int(match["days"])


def placed(when: str) -> tuple[int | None, str]:
    """`day 2, morning 08:00` as the day of the cycle and the time; `None` where no day is said."""
    match = _DAY.fullmatch(when)
    return (None, when) if match is None else (int(match["day"]), match["when"])


def first_date(text: str) -> str | None:
    """The first date in the list of dates of a step."""
    found = _DATE.search(text)
    return None if found is None else found[0]


def on_days(
    doses: Sequence[ForeignDose], said: Sequence[int | None], cycle: int, first: date, dated: date | None
) -> tuple[ForeignDose, ...]:
    """The doses with the days of the cycle on which they are taken: as it is said, or from the first date.

    Raises `ValueError` where a day lies outside the cycle.
    """
    only = 1 if dated is None else between(first, dated) % cycle + 1
    days = [only if day is None else day for day in said]
    if any(day > cycle for day in days):
        raise ValueError(f"a dose is on day {max(days)} of a cycle of {cycle} days")
    return tuple(replace(dose, day=day) for dose, day in zip(doses, days, strict=True))
