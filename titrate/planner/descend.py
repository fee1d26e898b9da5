"""The way down an explicit ladder: from above to its first rung, then rung by rung, to a lower dose or to a stop.

Above the first rung the falls of any other taper hold. On the ladder there is nothing to choose but the time.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from titrate.days import Duration, between, in_words, plus
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.ladder import Rung, in_short
from titrate.limit import in_days
from titrate.planner import search, why
from titrate.planner.draft import Draft, held_now, target, to_way, too_recent
from titrate.planner.moves import Doses, above_rung, within
from titrate.planner.problem import Problem
from titrate.planner.refused import Refused, Try
from titrate.planner.terms import needs_interval
from titrate.reason import Fact
from titrate.regimen import Pattern
from titrate.request import Request


class Beside(Refused):
    """What is taken lies beside the ladder: its first rung is not reached from there."""


@dataclass(frozen=True, slots=True)
class _Origin:
    """Where a way down begins: `day`, taken every `cycle` days for `held` days (`None`: not known); `on`: the rung that
    it is."""

    day: Doses
    cycle: int
    held: int | None
    on: Rung | None
    maintained: bool

    def words(self, problem: Problem) -> str:
        return why.in_words_of(problem, self.on) if self.on else why.told(problem.every(self.cycle), self.day)


def down_the_ladder(problem: Problem, steps: list[Draft]) -> list[Draft]:
    """The taper after `steps`, or from what is taken now, with the first day without the drug."""
    origin = _origin(problem, steps)
    ladder, first = problem.limits.descent, plus(problem.request.start, sum(step.length or 0 for step in steps))
    # Who is on the last rung keeps it before the stop, as a day of the taper like any other.
    begun = 0 if origin.on is None else min(origin.on.number, len(ladder) - 1)
    rungs = ladder[begun:]
    if origin.on is not None and not origin.on.last:
        _held_long_enough(problem, origin, origin.on)
    keeps = [_keep(problem, rung) for rung in rungs]
    last = rungs[-1]
    idle = last.cycle - max(last.on, default=1)
    lead = _lead(problem, origin)
    lengths = [*(draft.length or 0 for draft in lead), *keeps]
    shortest = max(sum(lengths) - idle, *(limit.at_least for limit in problem.limits.taper_duration), 1)
    wanted = _wanted(problem, first, shortest, origin)
    cycles = [*(draft.cycle for draft in lead), *(rung.cycle for rung in rungs)]
    kept = _stretched(problem, lengths, cycles, wanted + idle)
    falls = [*lead, *_rungs(problem, origin, lead, rungs, keeps)]
    return [*_as_long(problem, falls, lengths, kept, first), _stop(problem, last)]


def down_to_target(problem: Problem) -> list[Draft] | None:
    """The way down to a target that is a rung; `None` where the ladder does not decide: the target lies above it, or
    whoever is beside it goes down without it.

    Raises `Refused` where the ladder does not lead there.
    """
    ladder, origin = problem.limits.descent, _origin(problem, [])
    if origin.on is None and problem.limits.beside_ladder and not _above(problem, origin):
        return None
    top = problem.day_of(ladder[0]) if ladder[0].cycle == problem.limits.cycle else None
    if origin.on is None and top is not None and any(within(top, day) for day in problem.targets):
        if problem.limits.decrease:
            return None
        raise _no_rung(problem, origin)
    first = 0 if origin.on is None else origin.on.number
    aims = [
        rung for rung in ladder[first:]
        if rung.cycle == problem.limits.cycle and not rung.on and problem.day_of(rung) in problem.targets
    ]  # fmt: skip
    if not aims:
        told = [rung for rung in ladder[first:] if rung.cycle == problem.limits.cycle and not rung.on]
        tries = (Try(f'--target "{r.notation}"', _aiming(problem, r)) for r in told)
        claim = f"{problem.request.target} cannot be reached from {origin.words(problem)}"
        raise Refused(claim, (in_short(ladder),), tuple(tries))
    if origin.on is not None:
        _held_long_enough(problem, origin, origin.on)
    lead, between_them = _lead(problem, origin), ladder[first : aims[0].number - 1]
    drafts = [*lead, *_rungs(problem, origin, lead, between_them, [_keep(problem, rung) for rung in between_them])]
    day = problem.day_of(aims[0]) or ()
    return [*drafts, target(problem, None, None, day, sum(draft.length or 0 for draft in drafts), aims[0])]


def _aiming(problem: Problem, rung: Rung) -> Request:
    return replace(problem.request, target=Pattern.parse(rung.notation))


def _origin(problem: Problem, steps: list[Draft]) -> _Origin:
    if not steps:
        assert problem.current is not None
        on = problem.taken_on(problem.limits.descent)
        return _Origin(problem.current, problem.begun, held_now(problem), on, False)
    day, cycle = steps[-1].day, steps[-1].cycle
    rungs = (r for r in problem.limits.descent if r.cycle == cycle and not r.on)
    on = next((rung for rung in rungs if problem.day_of(rung) == day), None)
    return _Origin(day, cycle, steps[-1].length, on, True)


def _no_rung(problem: Problem, origin: _Origin) -> Refused:
    claim = f"{origin.words(problem)} is no rung of the ladder down, so it does not say how to go on"
    return Beside(claim, (in_short(problem.limits.descent),))


def _above(problem: Problem, origin: _Origin) -> bool:
    """Whether falls may lead from there to the first rung."""
    return above_rung(problem.limits.descent[0], problem.grid.table.grain, origin.day, origin.cycle)


def _lead(problem: Problem, origin: _Origin) -> list[Draft]:
    """The falls from above the ladder to its first rung, that one not included, as soon as may be."""
    if origin.on is not None:
        return []
    limits, top = problem.limits, problem.limits.descent[0]
    if not limits.decrease or not _above(problem, origin):
        raise _no_rung(problem, origin)
    first = _made(problem, top)
    needs_interval(limits.decrease, "falls")
    here = replace(problem.every(origin.cycle), current=origin.day, begun=origin.cycle, targets=(first,))
    way = search.reduction(here, problem.shapes, origin.held)
    if way is None:
        later = None if origin.held is None else search.reduction(here, problem.shapes, None)
        if later is not None:
            raise _too_recent(problem, origin, here.falls(origin.day).every(origin.day, later.days[0]))
        claim = f"{origin.words(problem)} cannot be lowered to {top.notation}, the first rung of the ladder down"
        raise Refused(claim, (in_short(limits.descent),))
    return to_way(here, way, here.falls(origin.day), down=True)


def _made(problem: Problem, rung: Rung) -> Doses:
    day = problem.day_of(rung)
    if day is None:
        what = f"rung {rung.number} of the ladder down, {rung.notation}, cannot be made or is not allowed"
        raise Refused(f"{what} for this patient", (rung.fact(),))
    return day


def _keep(problem: Problem, rung: Rung) -> int:
    """For how many days a rung is kept, whole cycles of it. Raises `RequestError` where nobody says so."""
    asked = None if problem.request.every is None else problem.request.every.days
    if rung.keep is None and asked is None:
        raise RequestError(
            f'The source of "{rung.citation.source.title}" does not say how long {rung.notation} is kept, so the '
            "prescriber has to.",
            ('say how long each dose is kept at least, for example --every "7d"',),
        )
    return -(-max(rung.keep or 1, asked or 1) // rung.cycle) * rung.cycle


def _held_long_enough(problem: Problem, origin: _Origin, rung: Rung) -> None:
    """Raises `Refused` where the rung that one is on has not been kept for long enough."""
    least = _keep(problem, rung)
    if origin.held is not None and origin.held < least:
        raise _too_recent(problem, origin, least)


def _too_recent(problem: Problem, origin: _Origin, least: int) -> Refused:
    if not origin.maintained:
        return too_recent(problem.every(origin.cycle), origin.day, least)
    stay = Duration(least, "day")
    longer = Try(f'stay on it for longer (--maintain "{stay}")', replace(problem.request, maintain=stay))
    return Refused(f"{origin.words(problem)} cannot be left after {in_days(origin.held or 0)}", (), (longer,))


def _rungs(
    problem: Problem, origin: _Origin, lead: list[Draft], rungs: tuple[Rung, ...], keeps: list[int]
) -> list[Draft]:
    """The rungs as steps, from the one that comes after `lead` or after where the way begins."""
    before, drafts = origin.words(problem), []
    if lead:
        before = problem.every(lead[-1].cycle).grid.regimen(lead[-1].day).in_words()
    for rung, kept in zip(rungs, keeps, strict=True):
        day = _made(problem, rung)
        reached: list[Fact] = []
        if rung.number == 1 and origin.on is None:
            moves = problem.every(origin.cycle).falls(origin.day)
            reached = why.sizes(moves.changes(lead[-1].day if lead else origin.day, day), falling=True)
        reasons = why.descends(problem, before, rung, kept, reached)
        if rung == origin.on:
            reasons = why.keeps(problem.every(rung.cycle), day, (rung.fact(), *why.kept_on(problem, rung, kept)))
        drafts.append(Draft(day, "taper", kept, reasons, rung.cycle, rung.on))
        before = why.in_words_of(problem, rung)
    return drafts


def _wanted(problem: Problem, first: date, shortest: int, origin: _Origin) -> int:
    """The number of days to the last dose: to the day that was chosen, or the shortest."""
    finish = problem.request.finish_by
    if finish is None:
        return shortest
    if between(first, finish) + 1 < shortest:
        earliest = plus(first, shortest - 1)
        request = replace(problem.request, finish_by=earliest)
        later = Try(f"end on {in_words(earliest)} or later (--finish-by {earliest})", request)
        fact = Fact(
            f"the taper starts on {in_words(first)} and takes {in_days(shortest)} within these limits, so that the "
            f"last dose can be on {in_words(earliest)} at the earliest"
        )
        raise Refused(f"{origin.words(problem)} cannot be stopped by {in_words(finish)}", (fact,), (later,))
    return between(first, finish) + 1


def _stretched(problem: Problem, lengths: list[int], cycles: list[int], total: int) -> list[int]:
    """The lengths with the days that are left shared out: over the steps of every day, or else to the last step."""
    extra, daily = total - sum(lengths), [index for index, cycle in enumerate(cycles) if cycle == 1]
    kept = list(lengths)
    if extra > 0 and daily:
        shared = search.shared_out(sum(lengths[i] for i in daily) + extra, [lengths[i] for i in daily])
        for index, days in zip(daily, shared, strict=True):
            kept[index] = days
    elif extra > 0:
        whole = -(-extra // cycles[-1]) * cycles[-1]
        if whole != extra and problem.request.finish_by is not None:
            later = plus(problem.request.finish_by, whole - extra)
            claim = f"no dose falls on {in_words(problem.request.finish_by)}, since one is taken every"
            request = replace(problem.request, finish_by=later)
            tries = (Try(f"end on {in_words(later)} (--finish-by {later})", request),)
            raise Refused(f"{claim} {in_days(cycles[-1])}", (), tries)
        kept[-1] += whole
    return kept


def _as_long(problem: Problem, falls: list[Draft], lengths: list[int], kept: list[int], first: date) -> list[Draft]:
    """The steps, each kept as long as it is; a longer one says why."""
    total = sum(kept)
    last = plus(first, total - falls[-1].cycle + max(falls[-1].on, default=1) - 1)
    found = []
    for draft, least, days in zip(falls, lengths, kept, strict=True):
        more = why.stretched(problem, last) if days > least else []
        reasons = replace(draft.why, facts=(*draft.why.facts, *more))
        found.append(replace(draft, length=days, why=reasons))
    return found


def _stop(problem: Problem, last: Rung) -> Draft:
    return Draft((), "taper", 1, why.leaves_ladder(problem, last), last.cycle)
