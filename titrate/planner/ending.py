"""The taper of a schedule: from what is taken, or was maintained, to the first day without the drug."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from titrate.days import Duration, between, in_words, plus
from titrate.limit import in_days
from titrate.planner import search, why
from titrate.planner.draft import Draft, held_now, too_recent
from titrate.planner.moves import Doses, Moves
from titrate.planner.problem import Problem
from titrate.planner.rate import History
from titrate.planner.refused import Refused, Try
from titrate.planner.search import Way
from titrate.planner.terms import needs_interval
from titrate.reason import Fact


def to_nothing(problem: Problem, steps: list[Draft]) -> list[Draft]:
    """The taper, from what is taken now or from the dose that was maintained, with the first day without the drug."""
    request = problem.request
    begin = steps[-1].day if steps else problem.current
    assert begin is not None
    problem = problem.every(steps[-1].cycle if steps else problem.begun)
    needs_interval(problem.limits.decrease, "falls")
    first = plus(request.start, sum(step.length or 0 for step in steps))
    length = _until(problem, first)
    held, past = steps[-1].length if steps else held_now(problem), past_of(problem, steps)
    found = search.taper(problem, begin, length, held, past)
    if found is None:
        raise _held_too_short(problem, begin, held, past, bool(steps)) or Refused(
            f"{why.told(problem, begin)} cannot be stopped gradually"
        )
    if found.way is None:
        raise _too_soon(problem, begin, first, found.days)
    way, moves = found.way, problem.falls(begin)
    return [
        *_falling(problem, moves, begin, way, first),
        Draft((), "taper", 1, why.stops(problem, moves, way.days[-1]), problem.grid.cycle),
    ]


def _until(problem: Problem, first: date) -> int | None:
    """The number of days of whole cycles that end with the dose of the chosen day, if one was chosen."""
    finish, cycle = problem.request.finish_by, problem.grid.cycle
    if finish is None:
        return None
    days = between(first, finish)
    if days % cycle:
        near = [plus(first, days // cycle * cycle + more) for more in (0, cycle)]
        tries = [
            Try(f"end on {in_words(day)} (--finish-by {day})", replace(problem.request, finish_by=day)) for day in near
        ]
        claim = f"no dose falls on {in_words(finish)}, since one is taken every {in_days(cycle)}"
        raise Refused(claim, (), tuple(tries))
    return days + cycle


def past_of(problem: Problem, steps: list[Draft]) -> History:
    """The daily doses before the taper, each with how many days before its first day it was last taken."""
    ago, past = 1, []
    cycle = problem.grid.cycle
    for step in reversed(steps):
        past.append((-(-sum(step.day) * cycle // step.cycle), ago))
        ago += step.length or 0
    if problem.current is None:
        return tuple(past)
    return (*past, (-(-sum(problem.current) * cycle // problem.begun), ago))


def _falling(problem: Problem, moves: Moves, begin: Doses, way: Way, first: date) -> Iterator[Draft]:
    total = sum(way.kept)
    last_dose = plus(first, total - problem.grid.cycle)
    before = begin
    for index, (day, length) in enumerate(zip(way.days, way.kept, strict=True)):
        after = way.days[index + 1] if index + 1 < len(way.days) else ()
        stay = why.stays(moves, way, index, after)
        if length > way.least[index]:
            stay += why.stretched(problem, last_dose)
        reasons = why.keeps(problem, day, stay) if day == begin else why.falls(problem, moves, before, day, stay)
        yield Draft(day, "taper", length, reasons, problem.grid.cycle)
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
        return too_recent(problem, begin, every)
    stay = Duration(every, "day")
    longer = Try(f'stay on it for longer (--maintain "{stay}")', replace(problem.request, maintain=stay))
    return Refused(f"{why.told(problem, begin)} cannot be left after {in_days(held or 0)}", (), (longer,))


def _too_soon(problem: Problem, begin: Doses, first: date, least: int) -> Refused:
    request = problem.request
    assert request.finish_by is not None
    earliest = plus(first, least - problem.grid.cycle)
    so_that = f"so that the last dose can be on {in_words(earliest)} at the earliest"
    later = Try(f"end on {in_words(earliest)} or later (--finish-by {earliest})", replace(request, finish_by=earliest))
    return Refused(
        f"{why.told(problem, begin)} cannot be stopped by {in_words(request.finish_by)}",
        (Fact(f"the taper starts on {in_words(first)} and takes {in_days(least)} within these limits, {so_that}"),),
        (later,),
    )
