"""The way up an explicit ladder: rung by rung, from the first one or from the one that the patient is on.

There is nothing to choose: every rung is taken, in order, for as short a time as the ladder and the prescriber allow.
"""

from __future__ import annotations

import contextlib
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.ladder import Rung, in_short
from titrate.planner import search, why
from titrate.planner.draft import Draft, held_now, target, to_way, too_recent
from titrate.planner.grid import TooMany, lateness
from titrate.planner.moves import Doses, Moves, within
from titrate.planner.problem import Problem
from titrate.planner.refused import Refused, Try
from titrate.planner.terms import needs_interval, needs_size
from titrate.planner.ways import plainness
from titrate.regimen import Pattern


@dataclass(frozen=True, slots=True)
class Climb:
    """The rungs before the target, each with its day and for how many days it is kept; and the rung that the target
    is, or `None` where that lies above the last one: then the last one is among `rungs`, or is what is taken now."""

    rungs: tuple[tuple[Rung, Doses, int], ...]
    target: Rung | None


def climb(problem: Problem) -> Climb | None:
    """The way up to a target; `None` where what is taken now lies above the ladder already.

    Raises `Refused` where the ladder does not lead there, and `RequestError` where nobody says how long a rung is kept.
    """
    ladder, on = problem.limits.ladder, problem.on_rung
    if problem.current is not None and on is None:
        if problem.begun == problem.limits.cycle and above(problem, problem.current):
            if problem.limits.increase:
                return None
            now = why.told(problem, problem.current)
            says = f"{now} lies above the last rung of the ladder, and the rule says nothing about rising from there"
            raise Refused(says, (in_short(ladder),))
        now = problem.every(problem.begun).written(problem.current)
        raise Refused(f"{now} is no rung of the ladder, so it does not say how to go on", (in_short(ladder),))
    first = 1 if on is None else on.number + 1
    days = {rung.number: problem.day_of(rung) for rung in ladder}
    usual = problem.limits.cycle
    aims = [r for r in ladder if r.number >= first and r.cycle == usual and days[r.number] in problem.targets]
    beyond = any(above(problem, target) for target in problem.targets)
    if not aims and not beyond:
        raise _no_rung(problem, on)
    aim = aims[0] if aims else None
    taken = [rung for rung in ladder if first <= rung.number < (len(ladder) + 1 if aim is None else aim.number)]
    return Climb(tuple((rung, _made(days, rung), keep(problem, rung)) for rung in taken), aim)


def above(problem: Problem, day: Doses) -> bool:
    """Whether a day lies above the last rung: no dose of that is larger.

    None does where that is of a longer rhythm: rises are not counted from it.
    """
    last = problem.limits.ladder[-1]
    if last.cycle != problem.limits.cycle:
        return False
    rung = tuple(int(dose.amount / problem.grid.table.grain) for dose in last.doses)
    return day != rung and within(rung, day)


def keep(problem: Problem, rung: Rung) -> int:
    """For how many days a rung is kept before the next one, at least. Raises `RequestError` where nobody says so."""
    asked = None if problem.request.every is None else problem.request.every.days
    if rung.keep is None and asked is None:
        if rung.last:
            return rung.cycle
        raise RequestError(
            f'The source of "{rung.citation.source.title}" does not say how long {rung.notation} is kept, so the '
            "prescriber has to.",
            ('say how long each dose is kept at least, for example --every "7d"',),
        )
    longest = max(rung.keep or 1, asked or 1)
    return -(-longest // rung.cycle) * rung.cycle


def _made(days: dict[int, Doses | None], rung: Rung) -> Doses:
    day = days[rung.number]
    if day is None:
        what = f"rung {rung.number} of the ladder, {rung.notation}, cannot be made or is not allowed for this patient"
        raise Refused(what, (rung.fact(),))
    return day


def _no_rung(problem: Problem, on: Rung | None) -> Refused:
    """The target lies on no rung ahead; the nearest ones that one may stay on are offered."""
    origin = "the beginning of the ladder" if on is None else why.told(problem.every(on.cycle), problem.current or ())
    first = 1 if on is None else on.number + 1
    ahead = [rung for rung in problem.limits.ladder if rung.cycle == problem.limits.cycle and rung.number >= first]
    tries = [Try(f'--target "{r.notation}"', replace(problem.request, target=Pattern.parse(r.notation))) for r in ahead]
    claim = f"{problem.request.target} cannot be reached from {origin}"
    return Refused(claim, (in_short(problem.limits.ladder),), tuple(tries))


def up_the_ladder(problem: Problem, shapes: tuple[str, ...], climbed: Climb) -> list[Draft]:
    """The rungs, then the target: a rung, or what lies above the last one."""
    on, held = problem.on_rung, held_now(problem)
    if on is not None and held is not None and held < keep(problem, on) and problem.current is not None:
        if climbed.target is None and not climbed.rungs:
            _rises_later(problem, shapes, problem.current, keep(problem, on))
        raise too_recent(problem.every(on.cycle), problem.current, keep(problem, on))
    drafts: list[Draft] = []
    before = None if on is None else why.in_words_of(problem, on)
    for rung, day, kept in climbed.rungs:
        reasons = why.climbs(problem, before, rung, kept)
        drafts.append(Draft(day, "titration", kept, reasons, rung.cycle))
        before = problem.every(rung.cycle).grid.in_words(day)
    if climbed.target is not None:
        day = problem.day_of(climbed.target) or ()
        spent = sum(draft.length or 0 for draft in drafts)
        return [*drafts, target(problem, None, None, day, spent, climbed.target)]
    return _above_the_ladder(problem, shapes, drafts)


def _above_the_ladder(problem: Problem, shapes: tuple[str, ...], drafts: list[Draft]) -> list[Draft]:
    """From the last rung on, by the limits of any other rise."""
    limits, last = problem.limits, problem.limits.ladder[-1]
    needs_size(limits.increase, "rise")
    needs_interval(limits.increase, "rises")
    day = drafts[-1].day if drafts else problem.current
    assert day is not None
    from_last = replace(problem, current=day, begun=limits.cycle)
    way = None
    if limits.increase and drafts:
        way = _soonest(from_last, shapes, drafts[-1].length or 0)
    elif limits.increase:
        way = search.titration(from_last, shapes, held_now(problem))
    if way is None:
        if not drafts:
            _rises_later(from_last, shapes, day, 1)
        says = f"{problem.request.target} lies above the last rung of the ladder, {last.notation}"
        raise Refused(f"{says}, and cannot be reached from there", (in_short(limits.ladder),))
    moves = from_last.rises(day)
    if drafts:
        drafts = [*drafts[:-1], _kept_for_a_rise(drafts[-1], moves, way.days[0])]
    more = to_way(from_last, way, moves, down=False)
    before = more[-1].day if more else day
    spent = sum(draft.length or 0 for draft in (*drafts, *more))
    return [*drafts, *more, target(from_last, moves, before, way.days[-1], spent)]


def _kept_for_a_rise(draft: Draft, moves: Moves, after: Doses) -> Draft:
    """The last rung, kept for as long as the first rise above it asks for too; where that is longer it is told."""
    every = moves.every(draft.day, after)
    if every <= (draft.length or 0):
        return draft
    facts = (*draft.why.facts, *why.interval(moves, draft.day, after))
    return replace(draft, length=every, why=replace(draft.why, facts=facts))


def _rises_later(problem: Problem, shapes: tuple[str, ...], day: Doses, kept: int) -> None:
    """Raises `Refused` with the day from which one may rise above the last rung, where that is only too recent; it is
    kept for `kept` days at least."""
    later = None
    if problem.limits.increase and held_now(problem) is not None:
        with contextlib.suppress(TooMany):  # then what is wrong is told in other words
            later = search.titration(problem, shapes, None)
    if later is not None:
        raise too_recent(problem, day, max(kept, problem.rises(day).every(day, later.days[0])))


def _soonest(problem: Problem, shapes: tuple[str, ...], kept: int) -> search.Way | None:
    """The best way from the last rung, which is kept for `kept` days at least, on to a target.

    A search does not count how long that rung is kept, which a first rise may make longer. So there is one search for
    each of the times after which it may rise, and the sooner at the target, that time included, is the better.
    """
    assert problem.current is not None
    cycle, moves, plain = problem.limits.cycle, problem.rises(problem.current), plainness(problem)
    whole = {-(-(change.every or 1) // cycle) * cycle for change in problem.limits.increase}
    for shape in shapes:
        found: list[tuple[tuple[int | Fraction, ...], search.Way]] = []
        for held in sorted({max(kept, days) for days in (kept, *whole)}):
            way = search.titration(problem, (shape,), held)
            if way is not None:
                taken = (problem.current, *way.days)
                largest = max(Fraction(sum(b) - sum(a), sum(a)) for a, b in pairwise(taken))
                time = max(kept, moves.every(problem.current, way.days[0])) + sum(way.kept)
                costs = map(sum, zip(*map(plain, way.days), strict=True))
                found.append(((time, *costs, largest, sum(map(lateness, way.days))), way))
        if found:
            return min(found, key=lambda one: one[0])[1]
    return None
