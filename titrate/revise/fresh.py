"""The fresh request from a day of a schedule: from what is taken then to where the schedule goes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Literal

from titrate.days import plus
from titrate.frozen import dataclass
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise.course import Course, pattern
from titrate.schedule import Absence, Step

Phase = Literal["before", "maintenance", "taper"]


@dataclass(frozen=True, slots=True)
class Decision:
    """`request` is what to plan: up to its start what it says is taken now goes on. `says` is what was decided, as a
    sentence without its full stop.

    `before` is what was taken before (and since when) where that is something else: one goes back to a dose.
    `moved` are steps that are not planned anew but taken over.
    """

    request: Request
    says: str
    absences: tuple[Absence, ...] = ()
    before: tuple[Pattern | None, date | None] | None = None
    moved: tuple[Step, ...] = ()


def fresh(course: Course, issued: datetime) -> Request:
    """The fresh request from what is taken now to where the schedule goes."""
    schedule, old = course.schedule, course.schedule.request
    # What was in the house when the plan began has been used since.
    request = replace(old, start=course.on, issued=issued, current=course.current, since=course.since, at_hand=())
    if old.pump is not None and old.pump.filled is None:
        # It was filled on the first day of the plan, and not again on that of the revision.
        request = replace(request, pump=replace(old.pump, filled=schedule.first))
    phase, end = _phase(course)
    if old.goal == "taper":
        return request
    if phase == "taper" or (phase == "maintenance" and old.then_stop):
        return replace(taper(request), start=max(course.on, plus(end, 1)) if end is not None else course.on)
    if old.then_stop:
        return request
    if phase == "before" and old.maintain is not None:
        return request
    review = schedule.review if schedule.review is not None and schedule.review > course.on else None
    return replace(request, maintain=None, review=review)


def _phase(course: Course) -> tuple[Phase, date | None]:
    """Where in the schedule what was taken last stands; in the stay at the target, also the last day of that."""
    schedule, run = course.schedule, course.now
    stays = [index for index, step in enumerate(schedule.steps, 1) if step.kind == "maintenance"]
    found = None if run is None else schedule.step_of(run.last)
    if found is None or not stays:
        return "before", None
    begins = stays[-1]
    while begins - 1 in stays:
        begins -= 1
    if found[0] < begins:
        return "before", None
    return ("taper", None) if found[0] > stays[-1] else ("maintenance", schedule.steps[stays[-1] - 1].days.last)


def taper(request: Request) -> Request:
    """The same request with nothing left to do but to stop."""
    return replace(request, goal="taper", target=None, maintain=None, then_stop=False, review=None)


def whole_cycles(days: int, taken: Pattern) -> int:
    """So many days, or more, so that they are whole cycles of what is taken then."""
    return -(-days // taken.cycle) * taken.cycle


def now(course: Course) -> str:
    """What is taken now, in words."""
    run = course.now
    if run is not None and run.regimen is not None:
        return run.regimen.in_words()
    return "nothing" if course.current is None else str(course.current)


def told(course: Course, to: Pattern) -> str:
    """A regimen in words where the plan had it, else as it was written."""
    for run in course.runs:
        if run.regimen is not None and pattern(run.regimen) == to:
            return run.regimen.in_words()
    return str(to)
