"""From a rule and a request to the best schedule, or to the reasons why there is none.

`plan` is a pure function: no clock, no file, no chance. The same rule and request give the same schedule.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from titrate.days import Days, in_words, plus
from titrate.errors import RequestError
from titrate.limit import ABOVE_MAXIMUM, in_days
from titrate.planner import guidance, pieces, search, wayout, why
from titrate.planner.above import coming_down
from titrate.planner.climb import climb, up_the_ladder
from titrate.planner.descend import Beside, down_the_ladder, down_to_target
from titrate.planner.draft import Draft, held_now, target, to_way, too_recent
from titrate.planner.ending import to_nothing
from titrate.planner.grid import TooMany
from titrate.planner.moves import Doses
from titrate.planner.moves import within as within_doses
from titrate.planner.problem import Problem
from titrate.planner.refused import Refused, Try
from titrate.planner.terms import Terms, needs_interval, needs_size
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Note, Schedule, Step
from titrate.version import VERSION


def plan(rule: Rule, request: Request) -> Schedule:
    """The best schedule for `request` within `rule`; `titrate.planner.search` states what is best.

    Raises `RequestError` where the request contradicts itself or lacks what the rule needs, and `NoSchedule`
    where nothing satisfies both: with the limits that together leave nothing, and with ways out that were tried.
    """

    def again(other: Request) -> Schedule:
        return within(rule, Terms.of(rule, other))

    try:
        terms = Terms.of(rule, request)
        try:
            return within(rule, terms)
        except Refused as refused:
            from titrate.planner.refusal import argued

            raise argued(terms, refused, lambda fewer: within(rule, fewer), again) from None
        except TooMany as fault:
            from titrate.planner.refusal import too_large

            raise too_large(request, terms.limits.products, fault, again) from None
    except ValueError as fault:
        raise RequestError(f"The plan does not fit into the calendar: {fault}.") from fault


def possible(rule: Rule, request: Request) -> Schedule | None:
    """What `plan` returns, or `None` where it raises `NoSchedule`; no argument is worked out, which takes long.

    Raises `RequestError` as `plan` does.
    """
    try:
        return within(rule, Terms.of(rule, request))
    except Refused:
        return None
    except ValueError as fault:
        raise RequestError(f"The plan does not fit into the calendar: {fault}.") from fault


def within(rule: Rule, terms: Terms) -> Schedule:
    """The best schedule within `terms`. Raises `Refused`, and `RequestError` and `ValueError` as `plan` does.

    Above a maximum only where there is none within it, from what is above it already.
    """
    try:
        return _of_any_form(rule, terms)
    except Refused as refused:
        down = coming_down(terms)
        if down is None:
            raise
        try:
            return _of_any_form(rule, down)
        except (Refused, RequestError):
            raise refused from None


def _of_any_form(rule: Rule, terms: Terms) -> Schedule:
    """Pieces and a liquid go together into one dose only where there is no schedule otherwise."""
    forms = {product.measured for product in terms.limits.products}
    if len(forms) < 2:
        return _planned(Problem.of(rule, terms))
    try:
        return _planned(Problem.of(rule, terms, mixed=False))
    except Refused as refused:
        try:
            return _planned(Problem.of(rule, terms))
        except (Refused, RequestError):
            raise refused from None


def _planned(problem: Problem) -> Schedule:
    """The schedule whose way to the target has the first shape of days that lets the whole of the request be met."""
    first: Refused | None = None
    for skipped in range(len(problem.shapes) if problem.request.goal == "plan" else 1):
        try:
            return _in_shapes(problem, problem.shapes[skipped:])
        except Refused as refusal:
            first = first or refusal
    assert first is not None
    raise first


def _in_shapes(problem: Problem, shapes: tuple[str, ...]) -> Schedule:
    """The schedule with the best target (a daily dose may leave several) from which the rest can be met."""
    request = problem.request
    if request.goal == "taper":
        return _schedule(problem, tuple(_off(problem, [])))
    first: Refused | None = None
    while problem.targets:
        try:
            steps = _with_way_out(problem, shapes)
        except Refused as refusal:
            raise first or refusal from None
        try:
            return _schedule(problem, (*steps, *(_off(problem, steps) if request.then_stop else ())))
        except Refused as refusal:
            first = first or refusal
            problem = replace(problem, targets=tuple(day for day in problem.targets if day != steps[-1].day))
    assert first is not None
    raise first


def _off(problem: Problem, steps: list[Draft]) -> list[Draft]:
    """The taper after these steps, with the first day without the drug. Where the rule also says how one falls and from
    where one may stop, whoever is beside its ladder down goes down without it."""
    if not problem.limits.descent:
        return to_nothing(problem, steps)
    try:
        return down_the_ladder(problem, steps)
    except Beside:
        if not problem.limits.beside_ladder:
            raise
    return to_nothing(replace(problem, terms=problem.terms.without_descent()), steps)


def _with_way_out(problem: Problem, shapes: tuple[str, ...]) -> list[Draft]:
    """The way to the target over days from which one can stop gradually. A taper is its own way out.

    Days without a way out are rare, so they are looked for only where the best way holds one; then the best
    way without any of them is sought.
    """
    needs_size(problem.own.decrease, "fall")
    lost: Refused | None = None
    while True:
        try:
            steps = _to_target(problem, shapes)
        except Refused:
            if lost is not None:
                raise lost from None
            raise
        stuck = _stuck(problem, steps)
        if not stuck:
            return steps
        if problem.limits.ladder:
            # There is no other way up a ladder.
            told = next(problem.every(draft.cycle).written(draft.day) for draft in steps if draft.day in stuck)
            raise Refused(f"from {told} there would be no way to stop the drug gradually")
        assert stuck - problem.barred, "barred days came back; this would never end"
        day = min(stuck, key=sum)
        lost = lost or Refused(f"from {why.told(problem, day)} there would be no way to stop the drug gradually")
        all_stuck = wayout.stuck(problem, wayout.candidates(problem, shapes)) | stuck
        left = tuple(target for target in problem.targets if target not in all_stuck)
        if not left:
            raise lost
        problem = replace(problem, barred=problem.barred | all_stuck, targets=left)


def _stuck(problem: Problem, steps: list[Draft]) -> set[Doses]:
    """The days of these steps from which one cannot stop gradually."""
    cycles = {draft.cycle for draft in steps}
    return {
        day
        for cycle in cycles
        for day in wayout.stuck(problem.every(cycle), {draft.day for draft in steps if draft.cycle == cycle})
    }


def _to_target(problem: Problem, shapes: tuple[str, ...]) -> list[Draft]:
    """Up or down to the target, and the target itself."""
    request, current, targets = problem.request, problem.current, problem.targets
    usual = problem.begun == problem.limits.cycle
    if current is not None and current in targets and usual:
        return [target(problem, None, None, current, 0)]
    down = current is not None and all(
        sum(target) * problem.begun < sum(current) * problem.limits.cycle for target in targets
    )
    if problem.limits.ladder and not down:
        climbed = climb(problem)
        if climbed is not None:
            return up_the_ladder(problem, shapes, climbed)
    if down and problem.limits.descent:
        lowered = down_to_target(problem)
        if lowered is not None:
            return lowered
    if current is not None and not usual:
        now = problem.every(problem.begun).written(current)
        raise Refused(f"{request.target} cannot be reached from {now}: it is taken in another rhythm")
    changes = problem.limits.decrease if down else problem.limits.increase
    needs_size(changes, "fall" if down else "rise")
    needs_interval(changes, "falls" if down else "rises")
    seek = search.reduction if down else search.titration
    beside = tuple(_beside(problem, down))
    way = None if beside else seek(problem, shapes, held_now(problem))
    if way is None:
        later = None
        if not beside and held_now(problem) is not None:
            with contextlib.suppress(TooMany):  # then what is wrong is told in other words
                later = seek(problem, shapes, None)
        if later is not None and current is not None:
            moves = problem.falls(current) if down else problem.rises(current)
            raise too_recent(problem, current, moves.every(current, later.days[0]))
        origin = "a permitted start" if current is None else why.told(problem, current)
        raise Refused(f"{request.target} cannot be reached from {origin}", beside)
    moves = problem.falls(current or ()) if down else problem.rises(current or way.days[0])
    drafts = to_way(problem, way, moves, down)
    before = drafts[-1].day if drafts else current
    spent = sum(draft.length or 0 for draft in drafts)
    return [*drafts, target(problem, moves, before, way.days[-1], spent)]


def _beside(problem: Problem, down: bool) -> Iterator[Fact]:
    """That no target lies in the direction of the way: each has a dose that would have to go the other way."""
    current = problem.current
    if current is None:
        return
    if down and not any(within_doses(target, current) for target in problem.targets):
        yield Fact("no dose of the day may rise on the way down")
    if not down and not any(within_doses(current, target) for target in problem.targets):
        yield Fact("no dose of the day may fall on the way up")


def _schedule(problem: Problem, drafts: tuple[Draft, ...]) -> Schedule:
    request, rule = problem.request, problem.rule
    steps: list[Step] = []
    first = request.start
    taken = [(draft.day, draft.dose_days) for draft in drafts]
    ways = pieces.made(problem.grid, problem.products, request, taken)
    for draft, made in zip(drafts, ways, strict=True):
        days = Days(first, None) if draft.length is None else Days.of(first, draft.length)
        regimen = problem.every(draft.cycle).grid.regimen(draft.day, made, draft.on)
        steps.append(Step(days, draft.kind, regimen, draft.why))
        if days.last is not None:
            first = plus(days.last, 1)
    review = _review(request, steps[-1])
    before = None if problem.current is None else problem.every(problem.begun).grid.daily(problem.current)
    steps = list(guidance.with_checks(steps, before, problem.limits))
    return Schedule(
        plan=named(rule, request),
        revision=1,
        version=VERSION,
        issued=request.issued,
        rule=rule.stamp,
        request=request,
        steps=tuple(steps),
        review=review,
        not_checked=_not_checked(problem),
        warnings=tuple(_warnings(problem, drafts)),
        notes=rule.notes_for(request.patient),
        limits=problem.limits.facts(rising=request.goal == "plan"),
        maximum=_largest_daily(problem),
        due=tuple(guidance.due(tuple(steps), problem.current is None, problem.limits)),
    )


def named(rule: Rule, request: Request) -> str:
    """By what the plan is known, over all its revisions."""
    return hashlib.sha256(f"{rule.sha256} {request.identity}".encode()).hexdigest()[:12]


def _review(request: Request, last: Step) -> date | None:
    """When the prescriber looks again. Raises `Refused` where that is before the last step, which has no end."""
    reached, review = last.days.first, request.review
    if request.maintain is not None and not request.then_stop:
        review = request.maintain.after(reached)
    if review is None or review > reached or last.days.last is not None:
        return review
    after = plus(reached, 1)
    later = Try(f"review later (--review {after} or after)", replace(request, review=after, maintain=None))
    raise Refused(
        f"the target is not reached before the review on {in_words(review)}",
        (Fact(f"it is reached on {in_words(reached)}"),),
        (later,),
    )


def _not_checked(problem: Problem) -> tuple[str, ...]:
    listed = problem.limits.not_checked
    if problem.current is not None and problem.request.since is None:
        told = why.told(problem.every(problem.begun), problem.current)
        listed += (f"for how long {told} has been taken (not given)",)
    return listed


def _warnings(problem: Problem, drafts: tuple[Draft, ...]) -> Iterator[Note]:
    """Cautions for this patient, and maxima in print that the schedule goes above."""
    for caution in problem.limits.cautions:
        if caution.citation is not None:
            yield Note("caution", caution.says, caution.citation, applies=True)
    yield from _slower(problem, drafts)
    daily = max(problem.grid.table.dose(sum(draft.day)) for draft in drafts)
    dose = max(problem.grid.table.dose(max(draft.day, default=0)) for draft in drafts)
    for limit in problem.limits.maximum:
        over = (limit.daily is not None and daily > limit.daily) or (limit.dose is not None and dose > limit.dose)
        if over and not limit.bars:
            says = f"This schedule goes above a maximum in print: {limit.fact().says}"
            if limit in (replace(one, level="warn") for one in problem.terms.above):
                by = problem.request.given[ABOVE_MAXIMUM]
                begins = "The way down begins above a maximum, since more is taken already"
                says = f"{begins}: {limit.fact().says}; {by} answers for it"
            elif limit.approved_by is not None:
                given = f"the source asks for this: {limit.asks}; given by {limit.approved_by}"
                says = f"This schedule goes above {limit.amounts()}, where {given}"
            yield Note("maximum", says, limit.citation, applies=True)


def _largest_daily(problem: Problem) -> Quantity | None:
    """The largest daily dose of the rule, also where the way down begins above it."""
    limits, above = problem.limits, problem.terms.above
    if above:  # they bar what is stayed on; the last maximum is not the rule's, but what is taken now
        limits = replace(limits, maximum=(*limits.maximum[:-1], *above))
    return limits.largest_daily()


def _slower(problem: Problem, drafts: tuple[Draft, ...]) -> Iterator[Note]:
    """Where the prescriber's pace is slower than the source names at all."""
    every = problem.request.every
    kinds = {draft.kind for draft in drafts}
    changes = (problem.own.increase if "titration" in kinds else ()) + (
        problem.own.decrease if "taper" in kinds else ()
    )
    for change in changes:
        if every is not None and change.longest is not None and every.days > change.longest:
            says = f"Each dose is kept for at least {in_days(every.days)}; the source names at most"
            yield Note("caution", f"{says} {in_days(change.longest)}", change.citation, applies=True)
