"""When a pump has to be filled again, through the steps of a schedule.

A filling ends on the earlier of two days: the last one before the end of which the residual volume is not reached, and
the last one on which the drug still keeps. The day of the filling counts as a whole day of it, so that a day may be
too early and is never too late.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import chain
from typing import Literal

from titrate.days import Days, Duration, between, in_words, plus
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.regimen import Regimen
from titrate.schedule import Schedule

# No pump runs for longer; what is left after that does not bound the filling.
_LONGEST = Duration(5, "year")
MOST_FILLINGS = 1_000

Why = Literal["residual volume", "stability"]


@dataclass(frozen=True, slots=True)
class Filling:
    """One filling of the reservoir, used on `days` (both included): by the end of the last it has to be filled again.

    `ends_by` says why it ends there. `empty` is the last day before the end of which the residual volume is not
    reached, `keeps` the last on which the drug keeps. `alarm` is the day on which the residual volume is reached if
    nobody fills the pump, and with it a low-reservoir alarm that is set to that volume. `empty` and `alarm` are
    `None` where the schedule stops the drug before that. `used` is what is given on `days`.
    """

    number: int
    days: Days
    ends_by: Why
    empty: date | None
    keeps: date
    alarm: date | None
    used: Quantity

    @property
    def lasts(self) -> int:
        """For how many days it is used."""
        assert self.days.last is not None
        return between(self.days.first, self.days.last) + 1


def per_hour(regimen: Regimen) -> Quantity:
    """The rate of a continuous infusion, exactly: 100 micrograms a day are 25/6 micrograms an hour."""
    return regimen.daily * Fraction(1, 24)


def fillings(schedule: Schedule) -> tuple[Filling, ...]:
    """The fillings from the one that is in the pump on the first day to the last day (a schedule without
    end: as far as it is listed); none where the request says nothing about a pump. Of those before a revision it is
    taken that the pump was filled again when it was due.

    Raises `RequestError` where the pump was filled before anything is known of what it has given since, and where one
    filling does not last for a day.
    """
    if schedule.request.pump is None:
        return ()
    return tuple(one for one in _fillings(schedule) if one.days.last is None or one.days.last >= schedule.first)


def _fillings(schedule: Schedule) -> Iterator[Filling]:
    pump = schedule.request.pump
    assert pump is not None
    begins = pump.filled or schedule.first
    last = schedule.last_dose or schedule.listed_until
    usable, keeps_for = pump.usable.to(schedule.steps[0].regimen.unit), pump.keeps
    number = 0
    while begins <= last and number < MOST_FILLINGS:
        number += 1
        keeps = plus(begins, keeps_for - 1)
        empty, alarm = _empty(schedule, begins, usable)
        ends = keeps if empty is None else min(empty, keeps)
        if ends <= begins and ends < last:
            raise RequestError(
                f"A filling with {pump.usable} to use does not last beyond {in_words(begins)}, its first day.",
                ("a higher --concentration, a larger --reservoir",),
            )
        ends_by: Why = "stability" if empty is None or keeps < empty else "residual volume"
        stops = schedule.last is not None and ends >= last
        days = Days(begins, last if stops else ends)
        used = sum((regimen.daily for day, regimen in _given(schedule, begins) if day in days), usable * 0)
        yield Filling(number, days, ends_by, empty, keeps, alarm, used)
        if stops:
            return
        # It is filled again on that day, which is then the first day of the new filling.
        begins = ends


def _empty(schedule: Schedule, begins: date, usable: Quantity) -> tuple[date | None, date | None]:
    """The last day of a filling before the end of which the residual volume is not reached, and the day on which it
    is."""
    given, before = usable * 0, plus(begins, -1)
    for day, regimen in _given(schedule, begins):
        given += regimen.daily
        if given == usable:
            return day, day
        if given > usable:
            return before, day
        before = day
    return None, None


def _given(schedule: Schedule, begins: date) -> Iterator[tuple[date, Regimen]]:
    """What the pump gives on each day from `begins` on, the days before a revision as they were planned."""
    kept = ((day, step.regimen) for step in schedule.kept() if step.days.last is not None for day in step.days)
    later = ((day.date, day.regimen) for day in schedule.each_day(_LONGEST.after(max(begins, schedule.first))))
    known = False
    for day, regimen in chain(kept, later):
        if day == begins:
            known = True
        if day >= begins:
            if not known:
                raise RequestError(
                    f"What the pump has given between its filling on {in_words(begins)} and {in_words(day)} is not "
                    "known from this schedule.",
                    ("give a later --filled, or leave it out: it is filled on the first day then",),
                )
            yield day, regimen
