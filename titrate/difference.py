"""What differs between two schedules, day by day: which doses, at which times, of which pieces."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from titrate.days import Days, between, plus
from titrate.frozen import dataclass
from titrate.regimen import Regimen
from titrate.schedule import Schedule

# What is taken on days in a row; a regimen without doses where the drug is not taken, `None` where nothing is said.
Stretch = tuple[Days, Regimen | None]


@dataclass(frozen=True, slots=True)
class Difference:
    """Days on which two schedules say different things; `None` where one says nothing of them.

    `reported`: the later schedule does not plan these days, it tells that nothing was taken.
    """

    days: Days
    before: Regimen | None
    after: Regimen | None
    reported: bool = False


def differences(before: Schedule, after: Schedule) -> tuple[Difference, ...]:
    """All days on which `after` says something else than `before`, in order, neighbours alike as one."""
    one, other = list(_course(before)), list(_course(after))
    found: list[Difference] = []
    for days in _pieces(one, other):
        old, new = _from(one, days.first), _from(other, days.first)
        if old == new:
            continue
        reported = any(days.first in absence.days for absence in after.absences)
        joins = found and found[-1].days.last is not None and plus(found[-1].days.last, 1) == days.first
        if joins and (*_later(found[-1], days.first), found[-1].reported) == (old, new, reported):
            found[-1] = replace(found[-1], days=Days(found[-1].days.first, days.last))
        else:
            found.append(Difference(days, old, new, reported))
    return tuple(found)


def _course(schedule: Schedule) -> Iterator[Stretch]:
    """Everything a schedule says of its days, those of earlier revisions included; after the stop it is nothing."""
    steps = (*schedule.kept(), *schedule.steps)
    unit = steps[-1].regimen.unit
    for step in steps:
        first, last = step.days.first, step.days.last
        end = schedule.stops and step is steps[-1]
        for gone in sorted((one.days for one in schedule.absences), key=lambda days: days.first):
            if gone.last is None or gone.last < first or (last is not None and gone.first > last):
                continue
            if gone.first > first:
                yield Days(first, plus(gone.first, -1)), step.regimen.turned(between(step.days.first, first))
            upto = gone.last if last is None else min(gone.last, last)
            yield Days(max(first, gone.first), upto), Regimen(unit)
            first = plus(upto, 1)
        if last is None or first <= last:
            yield Days(first, None if end else last), step.regimen.turned(between(step.days.first, first))


def _pieces(one: list[Stretch], other: list[Stretch]) -> Iterator[Days]:
    """The days of both, parted wherever one of them changes; the last has no end where one of them has none."""
    both = [days for days, _ in (*one, *other)]
    begins = {days.first for days in both} | {plus(days.last, 1) for days in both if days.last is not None}
    ordered = sorted(begins)
    for place, first in enumerate(ordered):
        last = plus(ordered[place + 1], -1) if place + 1 < len(ordered) else None
        if last is not None or any(days.last is None for days in both):
            yield Days(first, last)


def _from(course: list[Stretch], day: date) -> Regimen | None:
    """What the stretch of that day says, its cycle as it stands on the day."""
    found = next(((days, regimen) for days, regimen in course if day in days), None)
    if found is None or found[1] is None:
        return None
    return found[1].turned(between(found[0].first, day))


def _later(one: Difference, day: date) -> tuple[Regimen | None, Regimen | None]:
    """Both regimens of a difference, their cycles as they stand on a later day."""
    days = between(one.days.first, day)
    return (
        None if one.before is None else one.before.turned(days),
        None if one.after is None else one.after.turned(days),
    )
