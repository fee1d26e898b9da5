"""Days from which one cannot stop gradually, against every fall from every day."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest

from tests.test_planner import ISSUED, START, paper
from tests.test_ways import by, tablets
from titrate.planner.moves import Doses
from titrate.planner.problem import Problem
from titrate.planner.terms import Terms
from titrate.planner.wayout import candidates, stuck
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule

TIMES = "{ at-least = 1, at-most = 2 }"
ONES, COARSE = tablets((1, "no")), tablets((2, "no"), (5, "no"))
OWN_LAST = '[taper.last]\ndaily = "3 mg"\nCITE'


def problem_of(rule: Rule, **options: object) -> Problem:
    options = {"target": Pattern.parse("5 mg x1"), **options}
    request = Request(rule.id, "plan", START, ISSUED, **options)  # type: ignore[arg-type]
    return Problem.of(rule, Terms.of(rule, request))


def every_day(problem: Problem) -> set[Doses]:
    """Every day with as many doses as the rule lets a day have."""
    counts = problem.grid.allowed(problem.limits.frequency)
    return {day for count in counts for day in product(problem.grid.table.doses, repeat=count)}


def lead_nowhere(problem: Problem, days: Iterable[Doses]) -> set[Doses]:
    """Every fall from every day is tried. A taper has no more doses a day than the day on which it begins."""
    all_days, found = every_day(problem), set()
    last = [int(limit.daily.amount / problem.grid.table.grain) for limit in problem.own.last_step]
    for begin in days:
        moves, reached, waiting = problem.falls(begin, problem.own), {begin}, [begin]
        while waiting:
            day = waiting.pop()
            more = {after for after in all_days if len(after) <= len(begin) and moves.lawful(day, after)} - reached
            reached |= more
            waiting += more
        if not any(sum(day) <= last[0] if last else moves.lawful(day, ()) for day in reached):
            found.add(begin)
    return found


WAYS_DOWN = {
    "by one": {"products": ONES, "decrease": by("1 mg")},
    "tablets that are too coarse below": {"products": COARSE, "decrease": by("3 mg")},
    "a day, tablets that are too coarse": {"products": COARSE, "decrease": by("3 mg", per="day")},
    "a day, finer than all doses of a day": {"products": COARSE, "decrease": by("2 mg", per="day")},
    "half of what is taken": {"products": ONES, "decrease": by("50 %"), "rest": OWN_LAST},
    "a third of what is taken": {"products": ONES, "decrease": by("34 %"), "rest": OWN_LAST},
    "half of what was taken": {"products": ONES, "decrease": by('50 %", of = "original')},
    "two fifths of what was taken": {"products": COARSE, "decrease": by('40 %", of = "original')},
    "only from some daily doses": {"products": ONES, "decrease": by("1 mg", band='at-most = "4 mg"')},
    "a fifth from 6 mg down": {
        "products": ONES,
        "decrease": "\n\n".join((by("4 mg", band='above = "6 mg"'), by("20 %", band='at-most = "6 mg"'))),
    },
}


@pytest.mark.parametrize("name", WAYS_DOWN)
@pytest.mark.parametrize("options", [{}, {"by": Quantity.parse("1 mg")}])
def test_the_days_without_a_way_out_are_those_from_which_no_falls_lead_to_nothing(
    name: str, options: dict[str, object]
) -> None:
    """All days together, and each alone. A pace of the prescriber for the way up is none for the way out."""
    problem = problem_of(paper(times=TIMES, maximum='dose = "6 mg"', **WAYS_DOWN[name]), **options)
    days = every_day(problem)
    expected = lead_nowhere(problem, days)
    assert stuck(problem, days) == expected
    for some in ([(3, 1), (2, 5)], [(5, 2), (2,)], [(2, 2), (2,), (5,)]):
        few = {day for day in map(tuple, some) if day in days}
        assert stuck(problem, few) == expected & few


@pytest.mark.parametrize(
    ("current", "target", "expected"),
    [
        (None, "3 mg x1", {(1,), (2,), (3,)}),
        ("1 mg x1", "3 mg x1", {(1,), (2,), (3,)}),
        ("4 mg x1", "2 mg x1", {(4,), (3,), (2,)}),
        ("2 mg x1", "2 mg x1", {(2,)}),
    ],
)
def test_a_way_may_hold_the_days_from_its_beginning_to_the_target(
    current: str | None, target: str, expected: set[Doses]
) -> None:
    problem = problem_of(
        paper(), target=Pattern.parse(target), current=None if current is None else Pattern.parse(current)
    )
    assert candidates(problem, ("near",)) == candidates(problem, ("even", "uneven")) == expected


def test_shapes_with_too_many_days_are_left_out() -> None:
    """60 doses three times a day make 216,000 uneven days."""
    problem = problem_of(paper(times="3", maximum='dose = "60 mg"'), target=Pattern.parse("60 mg x3"))
    assert candidates(problem, ("even", "uneven")) == {(dose,) * 3 for dose in range(1, 61)}


def test_uneven_days_lead_out_where_nearly_even_ones_do_not() -> None:
    """Tablets of 2 and 3 mg, 1 mg less a day, a stop from 6 mg: from 3/3/3 mg over 2/3/3 and 2/2/3 to 2/2/2 mg."""
    last = '[taper.last]\ndaily = "6 mg"\nCITE'
    rule = paper(
        times="3", products=tablets((2, "no"), (3, "no")), start='dose = "2 mg"', maximum='dose = "3 mg"',
        increase=by("1 mg", per="day"), decrease=by("1 mg", per="day"), rest=last,
    )  # fmt: skip
    problem = problem_of(rule, target=Pattern.parse("3 mg x3"))
    assert stuck(problem, {(3, 3, 3)}) == lead_nowhere(problem, [(3, 3, 3)]) == set()
