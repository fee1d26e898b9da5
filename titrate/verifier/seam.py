"""Whether a revision follows on from what it supersedes: the days before it are told as they were.

The days themselves are proved with the schedule that planned them; the first change after the seam like any other
change, from what the request says is taken. Here the request is held against the days.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from titrate.days import between, in_words, plus
from titrate.quantity import Quantity
from titrate.schedule import Absence, Revised, Schedule, Step, another_edition
from titrate.verifier.case import Case, Finding, found
from titrate.verifier.change import NOTHING, Taken, Turns, daily

LAW = "seam"


def check_seam(case: Case) -> Iterator[Finding]:
    """A revision keeps the days before it, and goes on from what was taken then."""
    schedule = case.schedule
    previous, revised = schedule.previous(), schedule.revised
    if previous is None and revised is None:
        if schedule.revision != 1:
            value = f"revision {schedule.revision}"
            yield found(LAW, None, f"{value} names nothing that it supersedes", value, "the revision before it")
        return
    if previous is None or revised is None:
        what = "the schedule tells only half of how it came about"
        yield found(LAW, None, what, "one of earlier and revised", "both, or neither")
        return
    if schedule.revision != previous.revision + 1:
        value = f"revision {schedule.revision}"
        what = f"{value} supersedes revision {previous.revision}"
        yield found(LAW, None, what, value, f"revision {previous.revision + 1}")
    yield from _first_day(case, previous, revised.on)
    yield from _reported(schedule, revised)
    yield from _before(case, revised.on)
    if previous.rule.sha256 != case.rule.sha256:
        told = another_edition(previous, revised.on)
        if told not in schedule.not_checked:
            yield found("scope", None, f"the schedule hides that this was not checked: {told}", told, "to say so")


def _first_day(case: Case, previous: Schedule, on: date) -> Iterator[Finding]:
    """It holds from a day of the one that it supersedes on, without a gap."""
    begun = previous.steps[0].days.first if previous.revised is None else previous.revised.on
    ended = previous.last
    if on < begun or (ended is not None and on > ended):
        limit = f"a day from {begun.isoformat()} to {'any later one' if ended is None else ended.isoformat()}"
        yield found(LAW, on, f"the revision begins on {on.isoformat()}", on.isoformat(), limit)
    first = case.spans[0].days.first
    waits = case.request.current is None and not case.schedule.kept()
    if first < on or (first > on and not waits):
        yield found(LAW, on, f"the first step begins on {first.isoformat()}", first.isoformat(), on.isoformat())


def _reported(schedule: Schedule, revised: Revised) -> Iterator[Finding]:
    """What was reported as not taken is over, and was planned to be taken."""
    planned = schedule.kept()
    for absence in revised.absences:
        first, last = absence.days.first, absence.days.last
        value = f"{first.isoformat()} to {'no end' if last is None else last.isoformat()}"
        if last is None or last >= revised.on or not planned or first < planned[0].days.first:
            limit = f"days of the plan before {revised.on.isoformat()}"
            yield found(LAW, first, f"{value} were reported as not taken", value, limit)


def _before(case: Case, on: date) -> Iterator[Finding]:
    """What is taken on the day before, and since when, is what the days say."""
    request, steps = case.request, case.schedule.kept()
    if not steps:
        first = case.schedule.chain()[0].request
        if (request.current, request.since) != (first.current, first.since):
            value = f"{request.current} since {request.since}"
            what = f"the revision goes on from {value}"
            yield found(LAW, on, what, value, f"{first.current} since {first.since}, as before the plan")
        return
    taken = _taken(case, steps, case.schedule.absences, plus(on, -1))
    if taken is None:
        yield from _after_a_gap(case, steps, on)
    elif taken != case.current:
        value = case.written(case.current) if case.current is not None else "nothing"
        limit = f"{case.written(taken)}, as on the day before"
        yield found(LAW, on, f"the revision goes on from {value}", value, limit)
    elif request.since is None or request.since < _since(case, steps, taken, on):
        value = "not known" if request.since is None else request.since.isoformat()
        begun = _since(case, steps, taken, on)
        what = f"the day since which {case.written(taken)} is taken is {value}"
        yield found(LAW, on, what, value, f"{begun.isoformat()}, as the days say")


def _after_a_gap(case: Case, steps: tuple[Step, ...], on: date) -> Iterator[Finding]:
    """After days without the drug: as somebody who begins, or with no more than was taken before them, from today."""
    request = case.request
    if request.current is None:
        return
    last = _last_taken(case, steps)
    first = case.spans[0]
    if request.since != on or first.doses != case.current:
        value = f"{case.written(first.doses)}, taken since {request.since}"
        what = f"after days without the drug the plan goes on with {value}"
        yield found(LAW, on, what, value, f"what is taken from {in_words(on)} on")
    if first.daily > last:
        value = str(case.amount(first.daily))
        limit = f"at most {case.amount(last)} a day, as before"
        yield found(LAW, on, f"after days without the drug the daily dose is {value}", value, limit)


def _taken(case: Case, steps: tuple[Step, ...], absences: tuple[Absence, ...], day: date) -> Taken | None:
    """What is taken on a day before the revision, seen from the day after; `None` where it is nothing or not known."""
    if any(day in absence.days for absence in absences):
        return None
    for step in steps:
        if day in step.days:
            return _seen(case, step, plus(day, 1)) or None
    return None


def _seen(case: Case, step: Step, day: date) -> Taken:
    """What a step gives, its cycle as it stands on that day."""
    regimen = step.regimen.turned(between(step.days.first, day))
    days = tuple(tuple(_number(case, dose) for dose in one.doses) for one in regimen.each())
    return days[0] if len(days) == 1 else Turns(days)


def _number(case: Case, dose: Quantity) -> Fraction:
    """A dose in the unit of the rule; one in another kind of unit is as good as none."""
    try:
        return dose.to(case.limits.unit).amount
    except ValueError:
        return NOTHING


def _since(case: Case, steps: tuple[Step, ...], taken: Taken, on: date) -> date:
    """The first day of those that end on the day before the revision and on which all doses were the same.

    Where that goes back to before the plan, it is as the first request has it.
    """
    gone = [one.days.last for one in case.schedule.absences if one.days.last is not None and one.days.last < on]
    begun = on
    for step in reversed(steps):
        if _seen(case, step, on) != taken:
            return begun
        within = [last for last in gone if last >= step.days.first and last < begun]
        if within:
            return plus(max(within), 1)
        begun = step.days.first
    first = case.schedule.chain()[0].request
    same = first.current is not None and first.current.days() == tuple(day.doses for day in steps[0].regimen.each())
    infusion = first.current is not None and steps[0].regimen.continuous
    if infusion and first.current is not None:
        same = first.current.total() == steps[0].regimen.daily
    return min(begun, first.since) if same and first.since is not None else begun


def _last_taken(case: Case, steps: tuple[Step, ...]) -> Fraction:
    """The daily dose of the last day of these steps on which anything was taken."""
    for step in reversed(steps):
        assert step.days.last is not None, step
        day = step.days.last
        while day >= step.days.first:
            taken = _taken(case, steps, case.schedule.absences, day)
            if taken is not None:
                return daily(taken)
            day = min(one.days.first for one in case.schedule.absences if day in one.days)
            day = plus(day, -1)
    return NOTHING
