"""The revision itself: the days before stay as they were, what follows is planned, and the whole is proved.

What follows is planned like any other request, from what is taken on the day before. Where that may not change
yet, it is kept until it may.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime

from titrate.days import Days, between, in_words, plus
from titrate.errors import NoSchedule, RequestError
from titrate.limit import Change
from titrate.planner import guidance, plan, possible
from titrate.planner.pieces import made
from titrate.planner.problem import Problem
from titrate.planner.terms import Terms
from titrate.reason import Because, Fact
from titrate.regimen import Regimen
from titrate.request import Request
from titrate.revise.action import Action
from titrate.revise.changes import Changes
from titrate.revise.course import Course, Run, pattern
from titrate.revise.decision import decided
from titrate.revise.fresh import Decision, fresh, taper
from titrate.revise.offer import in_words_of_revise
from titrate.rule import Rule
from titrate.schedule import Due, Earlier, Kind, Leaving, Revised, Schedule, Step, another_edition
from titrate.verifier import Finding, verify
from titrate.version import VERSION

Planner = Callable[[Rule, Request], Schedule]


@dataclass(frozen=True, slots=True)
class Origin:
    """The document that a schedule was read from: its SHA-256, and whether it was changed after titrate wrote it."""

    sha256: str
    edited: bool = False


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
    _check_day(schedule, on)
    if action.name not in ("missed", "withheld"):
        _check_cycle(schedule, on)
    course = Course.of(schedule, on)
    decision = decided(course, action, changes, rule, issued)
    draft = Schedule(
        plan=schedule.plan,
        leaves=schedule.leaves,
        revision=schedule.revision + 1,
        version=VERSION,
        issued=issued,
        rule=rule.stamp,
        request=decision.request,
        steps=decision.moved,
        earlier=(*schedule.earlier, _superseded(schedule, origin)),
        revised=Revised(on, action.typed, decision.says, decision.absences),
    )

    def begun(start: date, chosen: Planner) -> Schedule:
        return _proved(_revision(draft, schedule, decision, start, action, rule, chosen), rule, action)

    return _soonest(_starts(Course.of(schedule, on, decision.absences), decision, rule), begun, planner)


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
    later = sorted({plus(since, every) for every in _intervals(_changes(schedule.request, rule))})
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


def _ways_back(action: Action, on: date, days: list[date]) -> Iterator[tuple[Action, date]]:
    """The same on later days; then fewer changes back, on the same day and later."""
    yield from ((action, day) for day in days)
    for count in range((action.count or 1) - 1, 0, -1):
        yield from ((replace(action, typed=f"back {count}", count=count), day) for day in (on, *days))


def way_out(schedule: Schedule, rule: Rule, on: date, issued: datetime, changes: Changes = Changes()) -> Schedule:  # noqa: B008
    """The taper from `on`, or from the first day after it on which it may begin, as a plan of its own.

    It changes nothing in `schedule`. Raises `RequestError` and `NoSchedule` as `revise` does.
    """
    _check_day(schedule, on)
    course = Course.of(schedule, on)
    if course.current is None or course.away:
        raise RequestError(f"Nothing is taken on {in_words(plus(on, -1))}, so there is nothing to taper.")
    request = replace(changes.applied(taper(fresh(course, issued))), start=on, finish_by=changes.finish_by)
    decision = Decision(request, "Keep what is taken until it may fall")

    leaves = Leaving(schedule.plan, schedule.revision)

    def begun(start: date, planner: Planner) -> Schedule:
        planned = planner(rule, replace(request, start=start))
        lead = _lead(course.now, on, planned, "taper", rule, decision)
        return _proved(replace(planned, steps=(*lead, *planned.steps), leaves=leaves), rule, None)

    return _soonest(_starts(course, decision, rule), begun, plan)


def _check_day(schedule: Schedule, on: date) -> None:
    """Raises `RequestError` unless `on` is a day on which a revision of the schedule can begin."""
    first = schedule.first if schedule.revised is None else schedule.revised.on
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


def _check_cycle(schedule: Schedule, on: date) -> None:
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


def _superseded(schedule: Schedule, origin: Origin) -> Earlier:
    return Earlier(
        sha256=origin.sha256,
        revision=schedule.revision,
        version=schedule.version,
        issued=schedule.issued,
        rule=schedule.rule,
        request=schedule.request,
        steps=schedule.steps,
        review=schedule.review,
        not_checked=schedule.not_checked,
        revised=schedule.revised,
        edited=origin.edited,
    )


def _starts(course: Course, decision: Decision, rule: Rule) -> tuple[date, ...]:
    """The days on which a change may be lawful, the soonest first: that of the request, and those after it on which an
    interval has passed or a fall has left the days that a cap counts."""
    request = decision.request
    if decision.moved or request.current is None:
        return (request.start,)
    changes = _changes(request, rule)
    since = request.since or request.start
    days = {plus(since, every) for every in _intervals(changes)}
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


def _changes(request: Request, rule: Rule) -> tuple[Change, ...]:
    """The limits on changes, the prescriber's own interval included."""
    limits = rule.limits_for(request.patient, starting=False)
    rungs = (Change((), rung.keep, rung.citation) for rung in limits.ladder)
    return _paced((*limits.increase, *limits.decrease, *rungs), request)


def _paced(changes: tuple[Change, ...], request: Request) -> tuple[Change, ...]:
    if request.every is None or request.every.unit not in ("day", "week"):
        return changes
    return (*changes, Change((), request.every.days, request.citation("--every")))


def _intervals(changes: tuple[Change, ...]) -> Iterator[int]:
    yield from (change.every for change in changes if change.every is not None)


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
    course = Course.of(superseded, draft.revised.on, decision.absences)
    lead = _lead(course.now, draft.revised.on, planned, action.typed, rule, decision)
    if decision.before is not None:
        current, since = decision.before
        request = replace(request, start=draft.revised.on, current=current, since=since)
    return replace(
        draft,
        request=request,
        steps=_merged((*lead, *planned.steps)),
        review=planned.review,
        not_checked=(*planned.not_checked, *_not_checked(draft)),
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


def _not_checked(draft: Schedule) -> Iterator[str]:
    previous, revised = draft.previous(), draft.revised
    assert previous is not None
    assert revised is not None
    if draft.kept():
        yield f"whether every dose before {in_words(revised.on)} was taken as it was planned (not asked)"
    if previous.rule.sha256 != draft.rule.sha256:
        yield another_edition(previous, revised.on)


def _lead(run: Run | None, on: date, planned: Schedule, at: str, rule: Rule, decision: Decision) -> tuple[Step, ...]:
    """The step from `on` to the first change, on what the request says is taken; none where that begins at once."""
    request = planned.request
    if request.current is None or request.start <= on:
        return ()
    regimen = _as_now(run, request) or _of_products(request, rule)
    if regimen is None:
        raise RequestError(
            f"{request.current} has to be kept until {in_words(plus(request.start, -1))}, "
            "and cannot be made of the products at hand at the times that are asked for.",
            ("use all products of the rule (--products rule)", "--times rule"),
        )
    days = Days(on, plus(request.start, -1))
    says = decision.says
    facts = [Fact(says, request.citation(at))]
    if decision.request.start != request.start:
        says = f"Keep {regimen.in_words()} until it may change" if decision.before is None else says
        facts = [*(facts if decision.before is not None else ()), *_waits(regimen, planned, rule)]
    return (Step(days, _kind(run, regimen, planned, decision), regimen, Because(says, tuple(facts))),)


def _waits(regimen: Regimen, planned: Schedule, rule: Rule) -> Iterator[Fact]:
    """Why nothing changes sooner: the interval that has passed on the first day of the change, or a cap on falls."""
    request = planned.request
    limits, since = rule.limits_for(request.patient, starting=False), request.since or request.start
    change = next((step for step in planned.steps if step.regimen.doses != regimen.doses), planned.steps[0])
    rises = change.regimen.daily > regimen.daily
    changes = _paced(limits.increase if rises else limits.decrease, request)
    waited = [one for one in changes if one.every is not None and plus(since, one.every) == request.start]
    told = [one.stay() for one in waited] or [one.size(True) for one in changes if one.within is not None]
    yield from {fact.says: fact for fact in reversed(told) if fact is not None}.values()


def _as_now(run: Run | None, request: Request) -> Regimen | None:
    """What is taken now, just as it is, if it is what is to be kept, at the same times and of products at hand."""
    if run is None or run.regimen is None or pattern(run.regimen) != request.current:
        return None
    for given in run.regimen.administrations:
        if request.products is not None and any(p.product.name not in request.products for p in given.pieces):
            return None
        if request.times is not None and given.slot.at not in request.times:
            return None
    return run.regimen


def _of_products(request: Request, rule: Rule) -> Regimen | None:
    """What is to be kept, made of the products at hand; `None` if they do not make it."""
    problem = Problem.of(rule, Terms.of(rule, request))
    current = problem.current
    if current is None or not problem.grid.makes(current):
        return None
    problem = problem.every(problem.begun)
    (ways,) = made(problem.grid, problem.products, request, [(current, None)])
    return problem.grid.regimen(current, ways)


def _kind(run: Run | None, regimen: Regimen, planned: Schedule, decision: Decision) -> Kind:
    """Of what kind the days before the first change are: of that of the way back, or of what comes after them."""
    running = None if run is None else run.kind
    if decision.before is not None and run is not None and run.regimen is not None:
        return "taper" if regimen.daily < run.regimen.daily else "titration"
    change = next((step for step in planned.steps if step.regimen.doses != regimen.doses), None)
    if change is None:
        return planned.steps[0].kind
    if running == "maintenance" and planned.request.goal == "taper":
        return "maintenance"
    rises = change.regimen.daily > regimen.daily
    return "titration" if rises and running != "taper" else "taper"


def _merged(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The first two as one where nothing changes between them."""
    if len(steps) > 1 and (steps[0].kind, steps[0].regimen) == (steps[1].kind, steps[1].regimen):
        one, other, *rest = steps
        why = replace(other.why, facts=(one.why, *other.why.facts))
        return (replace(other, days=Days(one.days.first, other.days.last), why=why), *rest)
    return steps


def _proved(schedule: Schedule, rule: Rule, action: Action | None) -> Schedule:
    """The schedule, if it breaks no law. Raises `NoSchedule` with every finding otherwise."""
    findings = verify(schedule, rule).findings
    if not findings:
        return schedule
    asked = "The taper" if action is None else f'"{action.typed}"'
    claim = f"No schedule: {asked} would break {_laws(findings)}"
    raise NoSchedule(Because(claim, tuple(Because(finding.says.removesuffix(".")) for finding in findings)))


def _laws(findings: tuple[Finding, ...]) -> str:
    laws = list(dict.fromkeys(finding.law for finding in findings))
    return f"the law \u201c{laws[0]}\u201d" if len(laws) == 1 else f"the laws {', '.join(laws)}"
