"""On which days a revision can begin, and on which of them something may change."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from titrate.days import between, in_words, plus
from titrate.errors import RequestError
from titrate.limit import Change
from titrate.request import Request
from titrate.revise.course import Course
from titrate.revise.fresh import Decision
from titrate.rule import Rule
from titrate.schedule import Schedule


def begins(schedule: Schedule) -> date:
    """The first day from which a revision holds, or that of a first version."""
    return schedule.first if schedule.revised is None else schedule.revised.on


def check_going_on(schedule: Schedule) -> None:
    """Raises `RequestError` where the plan was called off."""
    if schedule.called_off:
        raise RequestError(
            "The plan was called off before its first dose; nothing of it goes on.",
            ("begin again with a new plan: titrate plan",),
        )


def check_day(schedule: Schedule, on: date) -> None:
    """Raises `RequestError` unless `on` is a day on which a revision of the schedule can begin."""
    check_going_on(schedule)
    first = begins(schedule)
    if on < first:
        what = "The schedule" if schedule.revised is None else f"Revision {schedule.revision}"
        raise RequestError(
            f"{what} begins on {in_words(first)}; {in_words(on)} is before that, and the past is never rewritten.",
            (f"--on {first} or later",),
        )
    if schedule.last is not None and on > schedule.last:
        last = schedule.last
        raise RequestError(
            f"The schedule ended: there is no dose from {in_words(last)} on, so on {in_words(on)} there is nothing "
            "to change.",
            ("begin again with a new plan: titrate plan",),
        )


def check_cycle(schedule: Schedule, on: date) -> None:
    """Raises `RequestError` in the middle of a cycle: a dose then would come too soon after the last one."""
    found = schedule.step_of(on)
    if found is None or on == found[1].days.first:
        return
    _, step = found
    cycle, since = step.regimen.cycle, between(step.days.first, on)
    if since % cycle:
        following, before = plus(on, cycle - since % cycle), plus(on, -(since % cycle))
        raise RequestError(
            f"On {in_words(on)} no dose is due: {step.regimen.in_words()} is taken, last begun on {in_words(before)}. "
            "A change comes with the next dose.",
            (f"--on {following}, which is {in_words(following)}",),
        )


def starts(course: Course, decision: Decision, rule: Rule) -> tuple[date, ...]:
    """The days on which a change may be lawful, the soonest first: that of the request, and those after it on which an
    interval has passed or a fall has left the days that a cap counts."""
    request = decision.request
    if decision.moved or request.current is None:
        return (request.start,)
    changes = changes_of(request, rule)
    since = request.since or request.start
    days = {plus(since, every) for every in intervals(changes)}
    for change in changes:
        if change.within is not None:
            days |= {plus(day, change.within) for run in course.runs for day in (run.days.first, plus(run.last, 1))}
    days = {_begun_anew(course, request.start, day) for day in days}
    return (request.start, *sorted(day for day in days if day > request.start))


def _begun_anew(course: Course, start: date, day: date) -> date:
    """The day, or the first after it on which whole cycles have passed since `start`."""
    run = course.now
    cycle = 1 if run is None or run.regimen is None else run.regimen.cycle
    return plus(day, -between(start, day) % cycle)


def changes_of(request: Request, rule: Rule) -> tuple[Change, ...]:
    """The limits on changes, the prescriber's own interval included."""
    limits = rule.limits_for(request.patient, starting=False)
    rungs = (Change((), rung.keep, rung.citation) for rung in (*limits.ladder, *limits.descent))
    return paced((*limits.increase, *limits.decrease, *rungs), request)


def paced(changes: tuple[Change, ...], request: Request) -> tuple[Change, ...]:
    if request.every is None or request.every.unit not in ("day", "week"):
        return changes
    return (*changes, Change((), request.every.days, request.citation("--every")))


def intervals(changes: tuple[Change, ...]) -> Iterator[int]:
    yield from (change.every for change in changes if change.every is not None)
