"""What a decision about a schedule that has begun asks for: a fresh request from what is taken then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from titrate.days import Days, Duration, between, in_words, plus
from titrate.errors import RequestError
from titrate.limit import in_days
from titrate.reason import Fact
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise.action import Action
from titrate.revise.changes import THE_RULE, Changes
from titrate.revise.course import Course, pattern
from titrate.revise.fresh import Decision, fresh, now, taper, told, whole_cycles
from titrate.revise.gap import after_days_without
from titrate.rule import Rule
from titrate.schedule import Step


def decided(course: Course, action: Action, changes: Changes, rule: Rule, issued: datetime) -> Decision:
    """The decision that `action` is on the course of a plan, or `RequestError` where it does not go with it.

    Raises `NoSchedule` where days without the drug need a decision that nobody has made.
    """
    base = changes.applied(fresh(course, issued))
    if action.name in ("missed", "withheld"):
        return after_days_without(course, action, changes, rule, issued)
    if course.away:
        raise RequestError(
            f"Nothing was taken on {in_words(plus(course.on, -1))}, the day before; say how to go on after that.",
            ("for example missed 3d --then continue",),
        )
    if action.name == "stay":
        return _stay(course, action, base)
    if action.name == "shift":
        return _shift(course, action, changes, base)
    if action.name == "back":
        return _back(course, action, base)
    if action.name == "slower":
        return _slower(course, action, changes, base, rule)
    if action.name == "retarget":
        return _retarget(course, action, changes, base)
    if action.name == "stop":
        stopped = replace(taper(base), start=course.on, finish_by=changes.finish_by)
        return Decision(stopped, f"Stop {rule.file.drug} gradually, from {now(course)}")
    if action.products == (THE_RULE,):
        return Decision(replace(base, products=None), "From now on all products of the rule are at hand")
    if action.products is not None:
        listed = ", ".join(action.products)
        return Decision(replace(base, products=action.products), f"From now on these products are at hand: {listed}")
    return Decision(base, f"Plan again with {changes.words or 'what is taken now'}")


def _stay(course: Course, action: Action, base: Request) -> Decision:
    assert action.days is not None
    until = _until(course, action)
    if course.current is None:
        raise RequestError(
            f"Nothing is taken yet on {in_words(plus(course.on, -1))}, so there is nothing to stay on.",
            (f"to begin later: shift {action.days}d",),
        )
    _check_cycles(course, action)
    last = plus(until, action.days)
    says = f"Stay on {now(course)} {in_days(action.days)} longer, to {in_words(last)}"
    return Decision(replace(base, start=plus(last, 1)), says)


def _check_cycles(course: Course, action: Action) -> None:
    """Raises `RequestError` where so many days more are no whole cycles of what is taken now."""
    assert action.days is not None
    run = course.now
    cycle = 1 if run is None or run.regimen is None else run.regimen.cycle
    if action.days % cycle:
        whole = -(-action.days // cycle) * cycle
        raise RequestError(
            f'"{action.typed}": {now(course)} is taken, so that the next dose comes on the day of its cycle of {cycle} '
            f"days; {in_days(action.days)} later it would not.",
            (f"{action.name} {whole}d",),
        )


def _until(course: Course, action: Action) -> date:
    """The last day of the step that the day before belongs to. Raises `RequestError` where it has no end."""
    if course.until is None:
        raise RequestError(
            f'"{action.typed}": {now(course)} is kept without an end already, so no change can come later.',
            ("to move the day of review: replan --review DATE", "to go elsewhere: retarget REGIMEN, or stop"),
        )
    return course.until


def _shift(course: Course, action: Action, changes: Changes, base: Request) -> Decision:
    """All steps that are to come, later by so many days, with the chosen end and the review."""
    assert action.days is not None
    if changes != replace(Changes(), patient=changes.patient, tz=changes.tz, label=changes.label):
        raise RequestError(
            f'"{action.typed}" moves what was planned as it is, so {changes.options} cannot go with it.',
            (f"plan anew and later: stay {action.days}d",),
        )
    count, schedule, old = action.days, course.schedule, course.schedule.request
    until = _until(course, action)
    _check_cycles(course, action)
    ahead = [step for step in schedule.steps if step.days.first > until]
    moved = tuple(_later(step, count, old) for step in ahead)
    request = replace(
        base,
        start=plus(until, count + 1),
        finish_by=None if old.finish_by is None else plus(old.finish_by, count),
        review=None if base.goal == "taper" or base.then_stop or not schedule.review else plus(schedule.review, count),
        maintain=None,
    )
    stays = [step.days.length for step in moved if step.kind == "maintenance"]
    if request.then_stop and None not in stays:
        request = replace(request, maintain=Duration(sum(length or 0 for length in stays), "day"))
    return Decision(request, f"Everything from {in_words(plus(until, 1))} on comes {in_days(count)} later", moved=moved)


def _later(step: Step, count: int, old: Request) -> Step:
    """A step `count` days later, also where its reasons name the day that was chosen as the last."""
    first, last = step.days.first, step.days.last
    days = Days(plus(first, count), None if last is None else plus(last, count))
    if old.finish_by is None:
        return replace(step, days=days)
    was, will = in_words(old.finish_by), in_words(plus(old.finish_by, count))
    facts = tuple(replace(f, says=f.says.replace(was, will)) if isinstance(f, Fact) else f for f in step.why.facts)
    return replace(step, days=days, why=replace(step.why, facts=facts))


def _back(course: Course, action: Action, base: Request) -> Decision:
    to = action.to if action.count is None else course.back(action.count)
    if to is None:
        raise RequestError(
            f'"{action.typed}": the plan does not go back so far from {now(course)}.',
            ("say what to go back to: back --to REGIMEN", "stop gradually: stop"),
        )
    if to == course.current:
        raise RequestError(f'"{action.typed}": {to} is what is taken now.', ("stay longer: stay 7d",))
    kept = whole_cycles(action.kept or _kept(course, to), to)
    says = f"Go back from {now(course)} to {told(course, to)} for {in_days(kept)} at least, and go on from there"
    request = replace(base, current=to, since=course.on, start=plus(course.on, kept))
    return Decision(request, says, before=(course.current, course.since))


def _kept(course: Course, to: Pattern) -> int:
    """For how many days a dose was kept the last time; 1 if it is new (the rule will make it longer)."""
    for run in reversed(course.runs):
        if pattern(run.regimen) == to:
            return between(run.days.first, run.last) + 1
    return 1


def _slower(course: Course, action: Action, changes: Changes, base: Request, rule: Rule) -> Decision:
    if course.until is None:
        _until(course, action)
    every = base.every if action.factor is None else _slowed(action, base, rule)
    if every is None or (action.factor is None and changes.every is None):
        raise RequestError(
            '"slower" needs how many times as slow, or how long each dose is kept.', ("slower x2", "slower --every 14d")
        )
    slow = replace(base, every=every, finish_by=changes.finish_by)
    end = "" if base.finish_by is None or changes.finish_by else "; the end that had been chosen is left open"
    return Decision(slow, f"Go on more slowly: each dose is kept for at least {every}{end}")


def _slowed(action: Action, base: Request, rule: Rule) -> Duration:
    """So many times the interval of the request, or the longest of the rule."""
    assert action.factor is not None
    limits = rule.limits_for(base.patient, starting=False)
    falling = base.goal == "taper" or base.then_stop
    changes = (*(limits.increase if base.goal == "plan" else ()), *(limits.decrease if falling else ()))
    known = [change.every for change in changes if change.every is not None]
    interval = base.every.days if base.every is not None else max(known, default=None)
    if interval is None:
        raise RequestError(
            f'"{action.typed}": neither the rule nor the prescriber has said how long a dose is kept, '
            "so it cannot be multiplied.",
            ("slower --every 14d",),
        )
    days = interval * action.factor
    if days.denominator != 1:
        raise RequestError(
            f'"{action.typed}": {in_days(interval)} cannot be multiplied like that to whole days.',
            (f"slower --every {int(days) + 1}d",),
        )
    return Duration(int(days), "day")


def _retarget(course: Course, action: Action, changes: Changes, base: Request) -> Decision:
    old = course.schedule.request
    stops = old.goal == "plan" and old.then_stop
    request = replace(
        base,
        goal="plan",
        start=course.on,
        target=action.to,
        then_stop=stops,
        maintain=old.maintain if old.goal == "plan" and changes.review is None else None,
        finish_by=changes.finish_by or (old.finish_by if stops else None),
        review=changes.review or (None if stops or old.maintain else base.review),
    )
    instead = f"{old.target}" if old.target is not None else "stopping"
    return Decision(request, f"Go to {action.to} instead of {instead}")
