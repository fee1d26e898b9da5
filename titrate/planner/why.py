"""Why each step is this high and this long, told from the limits that made it so."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from titrate.days import in_words
from titrate.ladder import Rung
from titrate.limit import Change
from titrate.planner.moves import Doses, Moves
from titrate.planner.problem import Problem
from titrate.planner.search import Way
from titrate.reason import Because, Fact


def starts(problem: Problem, day: Doses, stay: Iterable[Fact]) -> Because:
    """The first regimen of somebody who begins."""
    facts = [limit.fact() for limit in problem.limits.start]
    return Because(f"Start: {problem.grid.in_words(day)}", (*facts, *stay))


def climbs(problem: Problem, before: str | None, rung: Rung, stay: int | None) -> Because:
    """A rung of a ladder; `before` is the regimen before it in words, `stay` for how many days it is kept."""
    words = in_words_of(problem, rung)
    claim = f"Start: {words}" if before is None else f"Rise from {before} to {words}"
    return Because(claim, (rung.fact(), *(kept_on(problem, rung, stay) if stay is not None else ())))


def kept_on(problem: Problem, rung: Rung, stay: int) -> list[Fact]:
    """Why a rung is not left sooner: the ladder, or the prescriber's own interval."""
    facts = [fact for fact in (rung.stay(stay),) if fact is not None]
    if not facts and problem.request.every is not None:
        says = f"a dose is kept for at least {problem.request.every} before it changes"
        facts.append(Fact(says, problem.request.citation("--every")))
    return facts


def descends(problem: Problem, before: str, rung: Rung, stay: int, reached: Iterable[Fact] = ()) -> Because:
    """A rung of a ladder down; `reached` are the limits of the fall to its first rung from above."""
    words = in_words_of(problem, rung)
    return Because(f"Fall from {before} to {words}", (*reached, rung.fact(), *kept_on(problem, rung, stay)))


def in_words_of(problem: Problem, rung: Rung) -> str:
    """What is taken on a rung, in words; as one would type it where the products at hand do not make it."""
    day = problem.day_of(rung)
    return rung.notation if day is None else problem.every(rung.cycle).grid.regimen(day, on=rung.on).in_words()


def rises(problem: Problem, moves: Moves, before: Doses, day: Doses, stay: Iterable[Fact]) -> Because:
    """A step of a titration."""
    claim = f"Rise from {_change(problem, before, day)}"
    return Because(claim, (*sizes(moves.changes(before, day), falling=False), *stay))


def falls(problem: Problem, moves: Moves, before: Doses, day: Doses, stay: Iterable[Fact]) -> Because:
    """A step of a taper."""
    claim = f"Fall from {_change(problem, before, day)}"
    return Because(claim, (*sizes(moves.changes(before, day), falling=True), *stay))


def keeps(problem: Problem, day: Doses, stay: Iterable[Fact]) -> Because:
    """A first step of a taper on what the patient takes already, where there is nothing lower but nothing."""
    return Because(f"Keep {told(problem, day)} before stopping", tuple(stay))


def maintains(
    problem: Problem, moves: Moves | None, before: Doses | None, day: Doses, rung: Rung | None = None
) -> Because:
    """The dose that was asked for, and how it was reached; `rung` is the rung of a ladder that it is."""
    request = problem.request
    target = Fact(f"the target is {request.target}", request.citation("--target"))
    facts = [target, *(limit.fact() for limit in problem.limits.maintenance)]
    if rung is not None:
        facts.append(rung.fact())
    elif moves is not None and before:
        facts += sizes(moves.changes(before, day), falling=not moves.rising)
    if request.maintain is not None:
        facts.append(Fact(f"it is kept for {request.maintain}", request.citation("--maintain")))
    return Because(f"Stay on {told(problem, day)}", tuple(facts))


def stops(problem: Problem, moves: Moves, before: Doses) -> Because:
    """The first day without the drug."""
    limits = problem.limits
    facts = [limit.fact() for limit in limits.last_step] or sizes(moves.changes(before, ()), falling=True)
    facts += [limit.fact() for limit in limits.taper_duration]
    return Because(f"Stop after {told(problem, before)}, the last step", tuple(facts))


def leaves_ladder(problem: Problem, last: Rung) -> Because:
    """The first day without the drug, after the last rung of a ladder down."""
    facts = [last.fact(), *(limit.fact() for limit in problem.limits.taper_duration)]
    return Because(f"Stop after {in_words_of(problem, last)}, the last step", tuple(facts))


def stays(moves: Moves, way: Way, index: int, after: Doses) -> list[Fact]:
    """Why a step is not shorter: the interval before the next change, or a cap on falls over several days."""
    day, least = way.days[index], way.least[index]
    facts = interval(moves, day, after)
    if least > moves.every(day, after):
        caps = (change for change in moves.changes(day, after) if change.within is not None)
        facts += [fact for change in caps if (fact := change.size(True)) is not None]
    return facts


def interval(moves: Moves, day: Doses, after: Doses) -> list[Fact]:
    """For how long a day is kept before the change: the limit that asks for the most, also where whole cycles of it
    are more days than it says."""
    longest = max(moves.changes(day, after), key=lambda change: change.every or 0, default=None)
    fact = None if longest is None else longest.stay()
    return [] if fact is None else [fact]


def stretched(problem: Problem, last_dose: date) -> list[Fact]:
    """Why a taper is longer than its intervals need: the day that was chosen, or the longest duration of the rule."""
    request, durations = problem.request, problem.limits.taper_duration
    if request.finish_by is not None:
        return [Fact(f"the last dose is on {in_words(last_dose)}", request.citation("--finish-by"))]
    longest = max((limit.at_least for limit in durations), default=None)
    return [limit.fact() for limit in durations if limit.at_least == longest]


def sizes(changes: Iterable[Change], falling: bool) -> list[Fact]:
    """How large the change may be, from every limit that bears on it."""
    return [fact for change in changes if (fact := change.size(falling)) is not None]


def _change(problem: Problem, before: Doses, day: Doses) -> str:
    """Both days in words; by their daily doses where the doses of a day differ and stand beside it anyway."""
    if len(set(before)) == len(set(day)) == 1:
        return f"{told(problem, before)} to {told(problem, day)}"
    return f"{problem.grid.daily(before)} to {problem.grid.daily(day)} a day"


def told(problem: Problem, day: Doses) -> str:
    """A day in words; also one that the products at hand do not make."""
    if not day:
        return "nothing"
    if len(day) in problem.grid.slots and all(dose in problem.grid.table.cost for dose in day):
        return problem.grid.in_words(day)
    return problem.written(day)
