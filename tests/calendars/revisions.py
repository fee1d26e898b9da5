"""A plan that is revised and then stopped, over the clock changes of its zone, and the doses that its feed stands for.

The days and doses are worked out by `expected` from the steps alone; instants come from `zoneinfo`.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo

from tests.calendars import plans
from titrate import load, plan
from titrate.days import plus
from titrate.formats import json as documents
from titrate.regimen import Pattern, Regimen
from titrate.request import Request
from titrate.revise import Action, Origin, revise
from titrate.schedule import Schedule

ISSUED = datetime(2026, 2, 20, 9, 0, tzinfo=UTC)


@dataclass(frozen=True)
class Course:
    """Zone, first day, times of day. The clock changes on `changes`, a day of version 1 and of the second revision; of
    the taper too if `early`, when everything is decided sooner."""

    tz: str
    first: str
    times: tuple[str, ...]
    changes: str
    early: bool = False


# The ladder of the US label begins 9 days before the clock changes. One of the times is in the hour that is skipped or
# repeated, or nearest to it.
COURSES = {
    "london-spring": Course("Europe/London", "2026-03-20", ("01:30", "09:30", "17:30"), "2026-03-29"),
    "london-autumn": Course("Europe/London", "2026-10-16", ("01:30", "09:30", "17:30"), "2026-10-25"),
    "new-york-spring": Course("America/New_York", "2026-02-27", ("02:30", "10:30", "18:30"), "2026-03-08"),
    "new-york-autumn": Course("America/New_York", "2026-10-23", ("01:30", "09:30", "17:30"), "2026-11-01"),
    "kathmandu": Course("Asia/Kathmandu", "2026-03-20", ("01:30", "09:30", "17:30"), "2026-03-29"),
}
# The same, stopped before the clock changes.
COURSES |= {f"{name}-stopped": replace(course, early=True) for name, course in COURSES.items() if name != "kathmandu"}
DAYTIME = {
    "london-spring": Course("Europe/London", "2026-03-20", ("08:00", "14:00", "20:00"), "2026-03-29"),
    "new-york-autumn": Course("America/New_York", "2026-10-23", ("08:00", "14:00", "20:00"), "2026-11-01"),
}


@cache
def versions(course: Course, floating: bool = False) -> tuple[Schedule, Schedule, Schedule, Schedule]:
    """Version 1; 4 days longer on 10 mg, from the sixth day on; 2 days missed, and gone on after them; the stop.

    The days missed are over a day before the clock changes, and the stop is decided 3 days after that. `early`: the
    stay is decided on the fifth day, 2 days are missed after it, and the stop is decided the day before the change.
    """
    stay, missed, stop = (4, 6, 8) if course.early else (5, 8, 12)
    first = date.fromisoformat(course.first)
    rule = load("baclofen-oral-spasticity")
    request = Request(
        rule.id, "plan", first, ISSUED, target=Pattern.parse("20 mg x3"), tz=None if floating else course.tz,
        times=tuple(time.fromisoformat(at) for at in course.times),
    )  # fmt: skip

    def then(schedule: Schedule, ahead: int, name: str, value: str | None, how: str | None = None) -> Schedule:
        origin = Origin(documents.opened(documents.write(schedule)).sha256)
        on = plus(first, ahead)
        issued = datetime.combine(on, time(7), UTC)
        return revise(schedule, rule, Action.parse(name, value, on, then=how), on, issued, origin)

    one = plan(rule, request)
    two = then(one, stay, "stay", "4d")
    three = then(two, missed, "missed", "2d", "continue")
    return one, two, three, then(three, stop, "stop", None)


@cache
def called_off(course: Course) -> tuple[Schedule, Schedule]:
    """Version 1, and that it is called off two days before its first dose."""
    (one, *_), first = versions(course), date.fromisoformat(course.first)
    origin, issued = (
        Origin(documents.opened(documents.write(one)).sha256),
        datetime.combine(plus(first, -2), time(7), UTC),
    )
    return one, revise(one, load(one.rule.id), Action.parse("withdraw", None, first), plus(first, -2), issued, origin)


def taken(schedule: Schedule, last: date) -> dict[date, tuple[int, Regimen]]:
    """What each day of the plan up to `last` says, with the revision that says so; nothing on days without the drug."""
    found: dict[date, tuple[int, Regimen]] = {}
    for one in schedule.chain():
        begun = one.first if one.revised is None else one.revised.on
        found = {day: said for day, said in found.items() if day < begun}
        for step in one.steps:
            found |= dict.fromkeys(step.days.until(max(last, step.days.first)), (one.revision, step.regimen))
    return {day: said for day, said in found.items() if not any(day in one.days for one in schedule.absences)}


def expected(schedule: Schedule) -> Counter[tuple[str, str]]:
    """The instant and the title (up to the revision) of every dose that the newest calendar of a plan shows."""
    tz = schedule.request.tz
    zone: ZoneInfo = plans.package_zone(tz or "UTC")
    found: Counter[tuple[str, str]] = Counter()
    for day, (revision, regimen) in taken(schedule, schedule.listed_until).items():
        for given in regimen.administrations:
            assert given.slot.at is not None
            instant = datetime.combine(day, given.slot.at, tzinfo=zone).astimezone(UTC)
            found[f"{instant:%Y-%m-%dT%H:%M:%SZ}", f"{given.slot.at:%H:%M} Baclofen {given.dose} (r{revision})"] += 1
    return found
