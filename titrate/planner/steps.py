"""From a rule and a request to the best schedule, or to the reasons why there is none.

`plan` is a pure function: no clock, no file, no chance. The same rule and request give the same schedule.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from titrate.days import Days, between, in_words, plus
from titrate.errors import NoSchedule, RequestError
from titrate.limit import Change, in_days
from titrate.planner import search, why
from titrate.planner.moves import Doses, Moves
from titrate.planner.problem import Problem, needs_interval
from titrate.planner.search import Way
from titrate.reason import Because, Fact
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Kind, Note, Schedule, Step
from titrate.version import VERSION


def plan(rule: Rule, request: Request) -> Schedule:
    """The best schedule for `request` within `rule`; `titrate.planner.search` states what is best.

    Raises `RequestError` where the request contradicts itself or lacks what the rule needs, and `NoSchedule`
    where nothing satisfies both, with reasons and with ways out that were tried.
    """
    try:
        return _planned(Problem.of(rule, request))
    except NoSchedule as refusal:
        because = refusal.because
        if not isinstance(because, Because) or because.options:
            raise
        options = tuple(_ways_out(rule, request))
        raise NoSchedule(replace(because, options=options)) from None
    except ValueError as fault:
        raise RequestError(f"The plan does not fit into the calendar: {fault}.") from fault


def _ways_out(rule: Rule, request: Request) -> Iterator[str]:
    """Requests that ask for a little less, those that have a schedule, as one would type them."""
    tries = (
        ("allow doses of unequal size (--uneven)", request.split == "even", replace(request, split="uneven")),
        ("use all products of the rule (leave out --products)", bool(request.products),
         replace(request, products=None)),
        ("use the rule's own times of day (leave out --times)", bool(request.times), replace(request, times=None)),
        ("go at the rule's own pace (leave out --by and --every)", bool(request.by or request.every),
         replace(request, by=None, every=None)),
    )  # fmt: skip
    for text, matters, other in tries:
        if matters:
            try:
                _planned(Problem.of(rule, other))
            except (NoSchedule, RequestError, ValueError):
                continue
            yield text


def _planned(problem: Problem) -> Schedule:
    """The schedule whose way to the target has the first shape of days that lets the whole of the request be met."""
    first: NoSchedule | None = None
    for skipped in range(len(problem.shapes) if problem.request.goal == "plan" else 1):
        try:
            return _in_shapes(problem, problem.shapes[skipped:])
        except NoSchedule as refusal:
            first = first or refusal
    assert first is not None
    raise first


def _in_shapes(problem: Problem, shapes: tuple[str, ...]) -> Schedule:
    """The schedule with the best target (a daily dose may leave several) from which the rest can be met."""
    request = problem.request
    if request.goal == "taper":
        return _schedule(problem, tuple(_to_nothing(problem, [])))
    first: NoSchedule | None = None
    while problem.targets:
        try:
            steps = _with_way_out(problem, shapes)
        except NoSchedule as refusal:
            raise first or refusal from None
        try:
            return _schedule(problem, (*steps, *(_to_nothing(problem, steps) if request.then_stop else ())))
        except NoSchedule as refusal:
            first = first or refusal
            problem = replace(problem, targets=tuple(day for day in problem.targets if day != steps[-1].day))
    assert first is not None
    raise first


def _with_way_out(problem: Problem, shapes: tuple[str, ...]) -> list[_Draft]:
    """The way to the target over days from which one can stop gradually. A taper is its own way out.

    Days without a way out are rare, so they are looked for only where the best way holds one; then the best
    way without any of them is sought.
    """
    lost: NoSchedule | None = None
    while True:
        try:
            steps = _to_target(problem, shapes)
        except NoSchedule:
            if lost is not None:
                raise lost from None
            raise
        stuck = search.stuck(problem, {draft.day for draft in steps})
        if not stuck:
            return steps
        lost = lost or NoSchedule(_no_way_out(problem, min(stuck, key=sum)))
        all_stuck = search.stuck(problem, search.candidates(problem, shapes)) | stuck
        left = tuple(target for target in problem.targets if target not in all_stuck)
        if not left:
            raise lost
        problem = replace(problem, barred=problem.barred | all_stuck, targets=left)


def _no_way_out(problem: Problem, day: Doses) -> Because:
    return Because(
        f"No schedule: from {why.told(problem, day)} there would be no way to stop the drug gradually",
        (*why.sizes(problem.own.decrease, falling=True), *(limit.fact() for limit in problem.own.last_step)),
    )


@dataclass(frozen=True, slots=True)
class _Draft:
    """A step before it has pieces: `length` in days, `None` without end."""

    day: Doses
    kind: Kind
    length: int | None
    why: Because


def _to_target(problem: Problem, shapes: tuple[str, ...]) -> list[_Draft]:
    """Up or down to the target, and the target itself."""
    current, targets = problem.current, problem.targets
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
            raise NoSchedule(_too_recent(problem, current, moves, later.days[0]))
        raise NoSchedule(_unreachable(problem, down))
    moves = problem.falls(current or ()) if down else problem.rises(current or way.days[0])
    drafts: list[_Draft] = []
    before = current
    for index, day in enumerate(way.days[:-1]):
        stay = why.stay_before(_longest(moves, day, way.days[index + 1]))
        if before is None:
            reasons = why.starts(problem, day, stay)
        else:
            reasons = (why.falls if down else why.rises)(problem, moves, before, day, stay)
        drafts.append(_Draft(day, "taper" if down else "titration", way.kept[index], reasons))
        before = day
    spent = sum(draft.length or 0 for draft in drafts)
    return [*drafts, _target(problem, moves, before, way.days[-1], spent)]


def _target(problem: Problem, moves: Moves | None, before: Doses | None, day: Doses, spent: int) -> _Draft:
    request, length = problem.request, None
    if request.then_stop and request.maintain is not None:
        first = plus(request.start, spent)
        length = between(first, request.maintain.after(first))
    return _Draft(day, "maintenance", length, why.maintains(problem, moves, before, day))


def _longest(moves: Moves, before: Doses, after: Doses) -> tuple[Change, ...]:
    """The limits on this change whose interval is the longest."""
    every = moves.every(before, after)
    return tuple(change for change in moves.changes(before, after) if change.every == every)


def _held(problem: Problem) -> int | None:
    """For how many days what the patient takes now has been taken before the start, where it is known since when."""
    since = problem.request.since
    return None if since is None else between(since, problem.request.start)


def _too_recent(problem: Problem, current: Doses, moves: Moves, day: Doses) -> Because:
    request, every = problem.request, moves.every(current, day)
    assert request.since is not None
    earliest = plus(request.since, every)
    return Because(
        f"No schedule: {why.told(problem, current)} is too recent to change on {in_words(request.start)}",
        (
            Fact(f"it is taken since {in_words(request.since)}", request.citation("--since")),
            *why.stay_before(_longest(moves, current, day)),
        ),
        (f"start on {in_words(earliest)} or later (--start {earliest})",),
    )


def _unreachable(problem: Problem, down: bool) -> Because:
    request, current = problem.request, problem.current
    limits = problem.limits
    changes = limits.decrease if down else limits.increase
    origin = "a permitted start" if current is None else why.told(problem, current)
    facts = [] if current is not None else [limit.fact() for limit in limits.start]
    facts += why.sizes(changes, falling=down)
    facts += [limit.fact() for limit in (limits.taper_frequency if down else limits.frequency)]
    if not down and current is not None:
        facts.append(Fact("no dose of the day may fall on the way up"))
    facts.append(Fact(f"the products at hand are {', '.join(str(product) for product in problem.products)}"))
    return Because(f"No schedule: {request.target} cannot be reached from {origin}", tuple(facts))


def _to_nothing(problem: Problem, steps: list[_Draft]) -> list[_Draft]:
    """The taper, from what is taken now or from the dose that was maintained, with the first day without the drug."""
    request = problem.request
    begin = steps[-1].day if steps else problem.current
    assert begin is not None
    needs_interval(problem.limits.decrease, "falls")
    first = plus(request.start, sum(step.length or 0 for step in steps))
    length = None if request.finish_by is None else between(first, request.finish_by) + 1
    held = steps[-1].length if steps else _held(problem)
    found = search.taper(problem, begin, length, held)
    if found is None:
        raise NoSchedule(_held_too_short(problem, begin, held, bool(steps)) or _no_taper(problem, begin))
    if found.way is None:
        raise NoSchedule(_too_soon(problem, begin, first, found.least))
    way, moves = found.way, problem.falls(begin)
    return [
        *_falling(problem, moves, begin, way, first),
        _Draft((), "taper", 1, why.stops(problem, moves, way.days[-1])),
    ]


def _falling(problem: Problem, moves: Moves, begin: Doses, way: Way, first: date) -> Iterator[_Draft]:
    total = sum(way.kept)
    last_dose = plus(first, total - 1)
    needed = sum(moves.every(day, after) for day, after in zip(way.days, [*way.days[1:], ()], strict=True))
    before = begin
    for index, (day, length) in enumerate(zip(way.days, way.kept, strict=True)):
        after = way.days[index + 1] if index + 1 < len(way.days) else ()
        stay = why.stay_before(_longest(moves, day, after))
        if length > moves.every(day, after):
            stay += why.stretched(problem, total, needed, last_dose)
        reasons = why.keeps(problem, day, stay) if day == begin else why.falls(problem, moves, before, day, stay)
        yield _Draft(day, "taper", length, reasons)
        before = day


def _held_too_short(problem: Problem, begin: Doses, held: int | None, maintained: bool) -> Because | None:
    """The argument, if there were a taper had `begin` only been taken for longer."""
    later = None if held is None else search.taper(problem, begin, None, None)
    if later is None or later.way is None:
        return None
    moves, after = problem.falls(begin), later.way.days[0]
    if not maintained:
        return _too_recent(problem, begin, moves, after)
    every = moves.every(begin, after)
    return Because(
        f"No schedule: {why.told(problem, begin)} cannot be left after {in_days(held or 0)}",
        tuple(why.stay_before(_longest(moves, begin, after))),
        (f'stay on it for longer (--maintain "{in_days(every)}")',),
    )


def _no_taper(problem: Problem, begin: Doses) -> Because:
    limits = problem.limits
    return Because(
        f"No schedule: {why.told(problem, begin)} cannot be stopped gradually",
        (
            *why.sizes(limits.decrease, falling=True),
            *(limit.fact() for limit in limits.last_step),
            *(limit.fact() for limit in limits.maximum if limit.level == "limit"),
            *(limit.fact() for limit in limits.taper_frequency),
            Fact(f"the products at hand are {', '.join(str(product) for product in problem.products)}"),
        ),
    )


def _too_soon(problem: Problem, begin: Doses, first: date, least: int) -> Because:
    request, limits = problem.request, problem.limits
    assert request.finish_by is not None
    earliest = plus(first, least - 1)
    facts = [limit.fact() for limit in limits.taper_duration if limit.at_least == least]
    if not facts:
        facts = [*why.sizes(limits.decrease, falling=True), *why.stay_before(limits.decrease)]
        facts.append(Fact(f"these falls take {in_days(least)}"))
    facts.append(
        Fact(
            f"the taper starts on {in_words(first)}, so that the last dose can be on {in_words(earliest)}"
            " at the earliest"
        )
    )
    return Because(
        f"No schedule: {why.told(problem, begin)} cannot be stopped by {in_words(request.finish_by)}",
        tuple(facts),
        (f"end on {in_words(earliest)} or later (--finish-by {earliest})",),
    )


def _schedule(problem: Problem, drafts: tuple[_Draft, ...]) -> Schedule:
    request, rule = problem.request, problem.rule
    steps: list[Step] = []
    first = request.start
    for draft in drafts:
        days = Days(first, None) if draft.length is None else Days.of(first, draft.length)
        steps.append(Step(days, draft.kind, problem.grid.regimen(draft.day), draft.why))
        if days.last is not None:
            first = plus(days.last, 1)
    review = request.review
    if request.maintain is not None and not request.then_stop:
        review = request.maintain.after(steps[-1].days.first)
    if review is not None and review <= steps[-1].days.first and steps[-1].days.last is None:
        raise NoSchedule(
            Because(
                f"No schedule: the target is not reached before the review on {in_words(review)}",
                (Fact(f"it is reached on {in_words(steps[-1].days.first)}"),),
                (f"review later (--review {plus(steps[-1].days.first, 1)} or after)",),
            )
        )
    return Schedule(
        plan=hashlib.sha256(f"{rule.sha256} {request!r}".encode()).hexdigest()[:12],
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
    daily = max(problem.grid.daily(draft.day) for draft in drafts)
    dose = max(problem.grid.table.dose(max(draft.day, default=0)) for draft in drafts)
    for limit in problem.limits.maximum:
        over = (limit.daily is not None and daily > limit.daily) or (limit.dose is not None and dose > limit.dose)
        if limit.level == "warn" and over:
            fact = limit.fact()
            says = f"This schedule goes above a maximum in print: {fact.says}"
            yield Note("maximum", says, limit.citation, applies=True)
