"""The revision itself: the days before stay as they were, what follows is planned, and the whole is proved.

What follows is planned like any other request, from what is taken on the day before. Where that may not change
yet, it is kept until it may.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, datetime

from titrate.days import in_words, plus
from titrate.errors import NoSchedule, RequestError
from titrate.planner import guidance, plan, possible
from titrate.reason import Because
from titrate.request import Request
from titrate.revise import lead, when
from titrate.revise.action import Action
from titrate.revise.changes import Changes
from titrate.revise.course import Course
from titrate.revise.decision import decided
from titrate.revise.fresh import Decision, fresh, taper
from titrate.revise.offer import in_words_of_revise
from titrate.revise.record import Origin, following, not_checked, proved
from titrate.revise.withdrawal import begins_with_nothing, day_of, instead, withdrawn
from titrate.rule import Rule
from titrate.schedule import Due, Leaving, Revised, Schedule

Planner = Callable[[Rule, Request], Schedule]


def revise(
    schedule: Schedule,
    rule: Rule,
    action: Action,
    on: date,
    issued: datetime,
    origin: Origin,
    changes: Changes = Changes(),  # noqa: B008 (frozen)
) -> Schedule:
    """The next revision of `schedule`, from `on` on, proved together with everything that it supersedes.

    Raises `RequestError` for a day or an action that does not go with the schedule, and `NoSchedule` where nothing
    lawful follows, with the reasons.
    """

    def again(other: Action, day: date) -> Schedule:
        return _first_lawful(schedule, rule, other, day, issued, origin, changes, _unargued)

    if action.name == "withdraw" or (action.name == "stop" and begins_with_nothing(schedule, on)):
        try:
            return withdrawn(schedule, rule, action, on, issued, origin)
        except NoSchedule as refusal:
            raise _with_other_ways(refusal, schedule, day_of(schedule, on), again) from refusal
    try:
        return _first_lawful(schedule, rule, action, on, issued, origin, changes, plan)
    except NoSchedule as refusal:
        if action.name != "back":
            raise
        raise _with_ways_back(refusal, Course.of(schedule, on), action, rule, again) from refusal


def _unargued(rule: Rule, request: Request) -> Schedule:
    """As `plan`, but a refusal has no reasons: for days that are tried, and of which nothing is told."""
    found = possible(rule, request)
    if found is None:
        raise NoSchedule(Because("No schedule"))
    return found


def _first_lawful(
    schedule: Schedule, rule: Rule, action: Action, on: date, issued: datetime, origin: Origin, changes: Changes,
    planner: Planner,
) -> Schedule:  # fmt: skip
    """The revision in which what follows changes on the first day on which that is lawful; `planner` is asked last."""
    when.check_day(schedule, on)
    if action.name not in ("missed", "withheld"):
        when.check_cycle(schedule, on)
    course = Course.of(schedule, on)
    decision = decided(course, action, changes, rule, issued)
    revised = Revised(on, action.typed, decision.says, decision.absences)
    draft = following(schedule, rule, decision.request, decision.moved, origin, revised)

    def begun(start: date, chosen: Planner) -> Schedule:
        return proved(_revision(draft, schedule, decision, start, action, rule, chosen), rule, action)

    return _soonest(when.starts(Course.of(schedule, on, decision.absences), decision, rule), begun, planner)


def _soonest(starts: tuple[date, ...], begun: Callable[[date, Planner], Schedule], planner: Planner) -> Schedule:
    """The schedule that begins to change on the first of `starts` on which that is lawful; the last one is refused with
    its reasons, if `planner` gives any."""
    with in_words_of_revise():
        for start in starts[:-1]:
            with contextlib.suppress(NoSchedule):
                return begun(start, _unargued)
        return begun(starts[-1], planner)


def _with_ways_back(
    refusal: NoSchedule, course: Course, action: Action, rule: Rule, again: Callable[[Action, date], Schedule]
) -> NoSchedule:
    """The refusal of a way back with the first day on which it is lawful, or else with a shorter way; or as it is."""
    because, schedule = refusal.because, course.schedule
    if not isinstance(because, Because):
        return refusal
    since = course.since or course.on
    later = sorted({plus(since, every) for every in when.intervals(when.changes_of(schedule.request, rule))})
    days = [day for day in later if course.on < day and (schedule.last is None or day <= schedule.last)]
    for other, day in _ways_back(action, course.on, days):
        try:
            again(other, day)
        except (NoSchedule, RequestError):
            continue
        what, typed = ("go back", "") if other == action else ("go back less far", f"{other.typed} ")
        keep = "" if day == course.on else f"keep {course.current} until then, and "
        option = f"{keep}{what} on {in_words(day)} ({typed}--on {day})"
        return NoSchedule(replace(because, options=(*because.options, option)))
    return refusal


def _with_other_ways(
    refusal: NoSchedule, schedule: Schedule, on: date, again: Callable[[Action, date], Schedule]
) -> NoSchedule:
    """The refusal to call a plan off with those ways that are lawful."""
    options = []
    for says, other in instead(schedule, on):
        with contextlib.suppress(NoSchedule, RequestError):
            again(other, on)
            options.append(says)
    because = refusal.because
    return NoSchedule(replace(because, options=tuple(options))) if isinstance(because, Because) else refusal


def _ways_back(action: Action, on: date, days: list[date]) -> Iterator[tuple[Action, date]]:
    """The same on later days; then fewer changes back, on the same day and later."""
    yield from ((action, day) for day in days)
    for count in range((action.count or 1) - 1, 0, -1):
        yield from ((replace(action, typed=f"back {count}", count=count), day) for day in (on, *days))


def way_out(schedule: Schedule, rule: Rule, on: date, issued: datetime, changes: Changes = Changes()) -> Schedule:  # noqa: B008
    """The taper from `on`, or from the first day after it on which it may begin, as a plan of its own.

    It changes nothing in `schedule`. Raises `RequestError` and `NoSchedule` as `revise` does.
    """
    when.check_day(schedule, on)
    course = Course.of(schedule, on)
    if course.current is None or course.away:
        raise RequestError(f"Nothing is taken on {in_words(plus(on, -1))}, so there is nothing to taper.")
    request = replace(changes.applied(taper(fresh(course, issued))), start=on, finish_by=changes.finish_by)
    decision = Decision(request, "Keep what is taken until it may fall")

    leaves = Leaving(schedule.plan, schedule.revision)

    def begun(start: date, planner: Planner) -> Schedule:
        planned = planner(rule, replace(request, start=start))
        first = lead.until_changed(course.now, on, planned, "taper", rule, decision)
        return proved(
            replace(planned, steps=(*first, *planned.steps), leaves=leaves, dispensing=schedule.dispensing), rule, None
        )

    return _soonest(when.starts(course, decision, rule), begun, plan)


def _revision(
    draft: Schedule, superseded: Schedule, decision: Decision, start: date, action: Action, rule: Rule, planner: Planner
) -> Schedule:
    """The draft with its steps, from `start` on as planned (or taken over), before that as they are now."""
    assert draft.revised is not None
    request = replace(decision.request, start=start)
    if decision.moved:
        planned = replace(
            superseded, steps=decision.moved, request=request, review=request.review, notes=superseded.notes
        )
    else:
        planned = planner(rule, request)
        request = replace(request, pump=planned.request.pump)
    course = Course.of(superseded, draft.revised.on, decision.absences)
    first = lead.until_changed(course.now, draft.revised.on, planned, action.typed, rule, decision)
    if decision.before is not None:
        current, since = decision.before
        request = replace(request, start=draft.revised.on, current=current, since=since)
    return replace(
        draft,
        request=request,
        steps=lead.merged((*first, *planned.steps)),
        review=planned.review,
        not_checked=(*planned.not_checked, *not_checked(draft)),
        warnings=planned.warnings,
        due=tuple(_due(draft, superseded, planned, rule)),
        notes=rule.notes_for(request.patient),
        limits=planned.limits,
        maximum=planned.maximum,
    )


def _due(draft: Schedule, superseded: Schedule, planned: Schedule, rule: Rule) -> Iterator[Due]:
    """The days on which somebody decides. What was due already while the target stays the same is due on that day."""
    assert draft.revised is not None
    request = planned.request
    limits = rule.limits_for(request.patient, starting=False).approved(request.given)
    same = superseded.request.target == request.target
    known = {one.says: one for one in superseded.due if same and one.on > draft.revised.on}
    for one in guidance.due(planned.steps, request.current is None, limits):
        before = known.get(one.says)
        yield before if before is not None and before.on < one.on else one
