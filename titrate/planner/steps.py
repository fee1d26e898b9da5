"""From a rule and a request to the best schedule, or to the reasons why there is none.

`plan` is a pure function: no clock, no file, no chance. The same rule and request give the same schedule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from titrate.days import Days, Duration, between, in_words, plus
from titrate.errors import RequestError
from titrate.limit import in_days
from titrate.planner import guidance, pieces, search, wayout, why
from titrate.planner.moves import Doses, Moves
from titrate.planner.problem import Problem
from titrate.planner.rate import History
from titrate.planner.refusal import argued
from titrate.planner.refused import Refused, Try
from titrate.planner.search import Way
from titrate.planner.terms import Terms, needs_interval
from titrate.reason import Because, Fact
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Kind, Note, Schedule, Step
from titrate.version import VERSION


def plan(rule: Rule, request: Request) -> Schedule:
    """The best schedule for `request` within `rule`; `titrate.planner.search` states what is best.

    Raises `RequestError` where the request contradicts itself or lacks what the rule needs, and `NoSchedule`
    where nothing satisfies both: with the limits that together leave nothing, and with ways out that were tried.
    """
    try:
        terms = Terms.of(rule, request)
        try:
            return within(rule, terms)
        except Refused as refused:
            raise argued(
                terms,
                refused,
                lambda fewer: within(rule, fewer),
                lambda other: within(rule, Terms.of(rule, other)),
            ) from None
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

    Pieces and a liquid go together into one dose only where there is no schedule otherwise.
    """
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
        return _schedule(problem, tuple(_to_nothing(problem, [])))
    first: Refused | None = None
    while problem.targets:
        try:
            steps = _with_way_out(problem, shapes)
        except Refused as refusal:
            raise first or refusal from None
        try:
            return _schedule(problem, (*steps, *(_to_nothing(problem, steps) if request.then_stop else ())))
        except Refused as refusal:
            first = first or refusal
            problem = replace(problem, targets=tuple(day for day in problem.targets if day != steps[-1].day))
    assert first is not None
    raise first


def _with_way_out(problem: Problem, shapes: tuple[str, ...]) -> list[_Draft]:
    """The way to the target over days from which one can stop gradually. A taper is its own way out.

    Days without a way out are rare, so they are looked for only where the best way holds one; then the best
    way without any of them is sought.
    """
    lost: Refused | None = None
    while True:
        try:
            steps = _to_target(problem, shapes)
        except Refused:
            if lost is not None:
                raise lost from None
            raise
        stuck = wayout.stuck(problem, {draft.day for draft in steps})
        if not stuck:
            return steps
        assert stuck - problem.barred, "barred days came back; this would never end"
        day = min(stuck, key=sum)
        lost = lost or Refused(f"from {why.told(problem, day)} there would be no way to stop the drug gradually")
        all_stuck = wayout.stuck(problem, wayout.candidates(problem, shapes)) | stuck
        left = tuple(target for target in problem.targets if target not in all_stuck)
        if not left:
            raise lost
        problem = replace(problem, barred=problem.barred | all_stuck, targets=left)


@dataclass(frozen=True, slots=True)
class _Draft:
    """A step before it has pieces: `length` in days, `None` without end."""

    day: Doses
    kind: Kind
    length: int | None
    why: Because


def _to_target(problem: Problem, shapes: tuple[str, ...]) -> list[_Draft]:
    """Up or down to the target, and the target itself."""
    request, current, targets = problem.request, problem.current, problem.targets
    if current is not None and current in targets:
        return [_target(problem, None, None, current, 0)]
    down = current is not None and all(sum(target) < sum(current) for target in targets)
    changes = problem.limits.decrease if down else problem.limits.increase
    needs_interval(changes, "falls" if down else "rises")
    seek = search.reduction if down else search.titration
    way = seek(problem, shapes, _held(problem))
    if way is None:
        later = None if _held(problem) is None else seek(problem, shapes, None)
        if later is not None and current is not None:
            moves = problem.falls(current) if down else problem.rises(current)
            raise _too_recent(problem, current, moves.every(current, later.days[0]))
        origin = "a permitted start" if current is None else why.told(problem, current)
        raise Refused(f"{request.target} cannot be reached from {origin}", tuple(_direction(problem, down)))
    moves = problem.falls(current or ()) if down else problem.rises(current or way.days[0])
    drafts: list[_Draft] = []
    before = current
    for index, day in enumerate(way.days[:-1]):
        stay = why.stays(moves, way, index, way.days[index + 1])
        if before is None:
            reasons = why.starts(problem, day, stay)
        else:
            reasons = (why.falls if down else why.rises)(problem, moves, before, day, stay)
        drafts.append(_Draft(day, "taper" if down else "titration", way.kept[index], reasons))
        before = day
    spent = sum(draft.length or 0 for draft in drafts)
    return [*drafts, _target(problem, moves, before, way.days[-1], spent)]


def _direction(problem: Problem, down: bool) -> Iterator[Fact]:
    if not down and problem.current is not None:
        yield Fact("no dose of the day may fall on the way up")


def _target(problem: Problem, moves: Moves | None, before: Doses | None, day: Doses, spent: int) -> _Draft:
    request, length = problem.request, None
    if request.then_stop and request.maintain is not None:
        first = plus(request.start, spent)
        length = between(first, request.maintain.after(first))
    return _Draft(day, "maintenance", length, why.maintains(problem, moves, before, day))


def _held(problem: Problem) -> int | None:
    """For how many days what the patient takes now has been taken before the start, where it is known since when."""
    since = problem.request.since
    return None if since is None else between(since, problem.request.start)


def _too_recent(problem: Problem, current: Doses, every: int) -> Refused:
    request = problem.request
    assert request.since is not None
    start = plus(request.since, every)
    later = Try(f"start on {in_words(start)} or later (--start {start})", replace(request, start=start))
    return Refused(f"{why.told(problem, current)} is too recent to change on {in_words(request.start)}", (), (later,))


def _to_nothing(problem: Problem, steps: list[_Draft]) -> list[_Draft]:
    """The taper, from what is taken now or from the dose that was maintained, with the first day without the drug."""
    request = problem.request
    begin = steps[-1].day if steps else problem.current
    assert begin is not None
    needs_interval(problem.limits.decrease, "falls")
    first = plus(request.start, sum(step.length or 0 for step in steps))
    length = None if request.finish_by is None else between(first, request.finish_by) + 1
    held, past = steps[-1].length if steps else _held(problem), _past(problem, steps)
    found = search.taper(problem, begin, length, held, past)
    if found is None:
        raise _held_too_short(problem, begin, held, past, bool(steps)) or Refused(
            f"{why.told(problem, begin)} cannot be stopped gradually"
        )
    if found.way is None:
        raise _too_soon(problem, begin, first, found.least)
    way, moves = found.way, problem.falls(begin)
    return [
        *_falling(problem, moves, begin, way, first),
        _Draft((), "taper", 1, why.stops(problem, moves, way.days[-1])),
    ]


def _past(problem: Problem, steps: list[_Draft]) -> History:
    """The daily doses before the taper, each with how many days before its first day it was last taken."""
    ago, past = 1, []
    for step in reversed(steps):
        past.append((sum(step.day), ago))
        ago += step.length or 0
    return tuple(past if problem.current is None else [*past, (sum(problem.current), ago)])


def _falling(problem: Problem, moves: Moves, begin: Doses, way: Way, first: date) -> Iterator[_Draft]:
    total = sum(way.kept)
    last_dose = plus(first, total - 1)
    before = begin
    for index, (day, length) in enumerate(zip(way.days, way.kept, strict=True)):
        after = way.days[index + 1] if index + 1 < len(way.days) else ()
        stay = why.stays(moves, way, index, after)
        if length > way.least[index]:
            stay += why.stretched(problem, total, sum(way.least), last_dose)
        reasons = why.keeps(problem, day, stay) if day == begin else why.falls(problem, moves, before, day, stay)
        yield _Draft(day, "taper", length, reasons)
        before = day


def _held_too_short(
    problem: Problem, begin: Doses, held: int | None, past: History, maintained: bool
) -> Refused | None:
    """The refusal, if there were a taper had `begin` only been taken for longer."""
    latest = tuple((daily, ago) for daily, ago in past if ago == 1)
    later = None if held is None else search.taper(problem, begin, None, None, latest)
    if later is None or later.way is None:
        return None
    every = problem.falls(begin).every(begin, later.way.days[0])
    if not maintained:
        return _too_recent(problem, begin, every)
    stay = Duration(every, "day")
    longer = Try(f'stay on it for longer (--maintain "{stay}")', replace(problem.request, maintain=stay))
    return Refused(f"{why.told(problem, begin)} cannot be left after {in_days(held or 0)}", (), (longer,))


def _too_soon(problem: Problem, begin: Doses, first: date, least: int) -> Refused:
    request = problem.request
    assert request.finish_by is not None
    earliest = plus(first, least - 1)
    so_that = f"so that the last dose can be on {in_words(earliest)} at the earliest"
    later = Try(f"end on {in_words(earliest)} or later (--finish-by {earliest})", replace(request, finish_by=earliest))
    return Refused(
        f"{why.told(problem, begin)} cannot be stopped by {in_words(request.finish_by)}",
        (Fact(f"the taper starts on {in_words(first)} and takes {in_days(least)} within these limits, {so_that}"),),
        (later,),
    )


def _schedule(problem: Problem, drafts: tuple[_Draft, ...]) -> Schedule:
    request, rule = problem.request, problem.rule
    steps: list[Step] = []
    first = request.start
    ways = pieces.made(problem.grid, problem.products, request, [(draft.day, draft.length) for draft in drafts])
    for draft, made in zip(drafts, ways, strict=True):
        days = Days(first, None) if draft.length is None else Days.of(first, draft.length)
        steps.append(Step(days, draft.kind, problem.grid.regimen(draft.day, made), draft.why))
        if days.last is not None:
            first = plus(days.last, 1)
    review = request.review
    if request.maintain is not None and not request.then_stop:
        review = request.maintain.after(steps[-1].days.first)
    if review is not None and review <= steps[-1].days.first and steps[-1].days.last is None:
        reached = steps[-1].days.first
        after = plus(reached, 1)
        later = Try(f"review later (--review {after} or after)", replace(request, review=after, maintain=None))
        raise Refused(
            f"the target is not reached before the review on {in_words(review)}",
            (Fact(f"it is reached on {in_words(reached)}"),),
            (later,),
        )
    before = None if problem.current is None else problem.grid.daily(problem.current)
    steps = list(guidance.with_checks(steps, before, problem.limits))
    return Schedule(
        plan=hashlib.sha256(f"{rule.sha256} {request.identity}".encode()).hexdigest()[:12],
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
        maximum=problem.limits.largest_daily(),
        due=tuple(guidance.due(tuple(steps), problem.current is None, problem.limits)),
    )


def _not_checked(problem: Problem) -> tuple[str, ...]:
    listed = problem.limits.not_checked
    if problem.current is not None and problem.request.since is None:
        listed += (f"for how long {why.told(problem, problem.current)} has been taken (not given)",)
    return listed


def _warnings(problem: Problem, drafts: tuple[_Draft, ...]) -> Iterator[Note]:
    """Cautions for this patient, and maxima in print that the schedule goes above."""
    for caution in problem.limits.cautions:
        if caution.citation is not None:
            yield Note("caution", caution.says, caution.citation, applies=True)
    yield from _slower(problem, drafts)
    daily = max(problem.grid.daily(draft.day) for draft in drafts)
    dose = max(problem.grid.table.dose(max(draft.day, default=0)) for draft in drafts)
    for limit in problem.limits.maximum:
        over = (limit.daily is not None and daily > limit.daily) or (limit.dose is not None and dose > limit.dose)
        if over and not limit.bars:
            says = f"This schedule goes above a maximum in print: {limit.fact().says}"
            if limit.approved_by is not None:
                given = f"the source asks for this: {limit.asks}; given by {limit.approved_by}"
                says = f"This schedule goes above {limit.amounts()}, where {given}"
            yield Note("maximum", says, limit.citation, applies=True)


def _slower(problem: Problem, drafts: tuple[_Draft, ...]) -> Iterator[Note]:
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
