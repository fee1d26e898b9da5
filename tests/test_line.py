"""Days that are made one from the other, and the best way along a line, against all days and all ways looked at."""

from __future__ import annotations

from itertools import pairwise, product

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.strategies import Sketch, sketches
from tests.test_planner import ISSUED, START, paper
from titrate.errors import RequestError
from titrate.planner.line import Cost, Line, first_that_holds
from titrate.planner.moves import Doses, Moves, within
from titrate.planner.problem import Problem
from titrate.planner.refused import Refused
from titrate.planner.stretch import Ends, Stretch
from titrate.planner.terms import Terms
from titrate.regimen import Pattern
from titrate.request import Request

FEW = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


def problem_of(sketch: Sketch) -> Problem:
    rule, request = sketch.rule(), sketch.request()
    try:
        return Problem.of(rule, Terms.of(rule, request))
    except (Refused, RequestError):
        assume(False)
        raise


def stretch_of(problem: Problem, shape: str) -> Stretch:
    """The way up or down to the target from what is taken now, or down to nothing."""
    current = problem.current
    assert current is not None
    assume(not problem.targets or all(sum(target) != sum(current) for target in problem.targets))
    rising = bool(problem.targets) and sum(problem.targets[0]) > sum(current)
    moves = (problem.rises if rising else problem.falls)(current)
    return Stretch(problem, moves, shape, Ends((current,), problem.targets))


def shaped(day: Doses, shape: str) -> bool:
    smaller = sum(1 for dose in day if dose != max(day))
    return shape == "uneven" or smaller <= (1 if shape == "near" else 0)


@FEW
@given(sketches(("taper", "down", "up")), st.sampled_from(["even", "near", "uneven"]))
def test_the_days_that_follow_are_those_to_which_a_change_is_lawful(sketch: Sketch, shape: str) -> None:
    assume(sketch.current is not None)
    problem = problem_of(sketch)
    stretch = stretch_of(problem, shape)
    doses = problem.grid.table.doses
    days = {day for count in problem.grid.slots for day in product(doses, repeat=count) if shaped(day, shape)}
    days = {day for day in days | set(problem.targets) if len(day) <= stretch.doses and stretch.takes(day)}
    current, rising = problem.current, stretch.moves.rising
    assert current is not None
    days = {day for day in days if (within(current, day) if rising else within(day, current))}
    for before in [current, *sorted(days)[::7]]:
        near = [day for day in days if abs(sum(day) - sum(before)) <= stretch.largest_change(sum(before))]
        lawful = {day for day in near if stretch.moves.lawful(before, day)}
        found = list(stretch.all_that_follow(before))
        assert sorted(found) == sorted(lawful)
        falls = [abs(sum(day) - sum(before)) for day in found]
        assert falls == sorted(falls, reverse=True)


def every_way(line: Line, moves: Moves, place: int, bound: int) -> list[tuple[list[int], int]]:
    """Every way from a place to the end over changes within `bound`, with its days."""
    total, found = line.totals[place], []
    closing = line.closing[place]
    if closing is not None and (not line.stretch.stopping or total <= bound):
        found.append(([place], closing))
    for later in range(place + 1, len(line.totals)):
        after = line.totals[later]
        if abs(after - total) <= bound and moves.lawful((total,), (after,)):
            days = moves.every((total,), (after,)) if place else 0
            found += [([place, *rest], days + more) for rest, more in every_way(line, moves, later, bound)]
    return found


@FEW
@given(sketches(("taper", "down", "up")), st.integers(1, 40))
def test_the_best_way_along_a_line_is_the_best_of_all(sketch: Sketch, bound: int) -> None:
    assume(sketch.current is not None)
    problem = problem_of(sketch)
    stretch = stretch_of(problem, "uneven")
    assume(stretch.doses == 1)
    line = Line(stretch)
    assume(len(line.totals) <= 14)
    alone: list[Cost] = [(total % 3, total % 5) for total in line.totals]

    def cost(way: list[int], days: int) -> Cost:
        return days, *(sum(alone[place][which] for place in way[1:]) for which in (0, 1))

    ways = every_way(line, stretch.moves, 0, bound)
    best = line.best(lambda total: bound, alone)
    assert best.costs[0] == min((cost(*way) for way in ways), default=None)
    if ways:
        place, found = 0, [0]
        while best.after[place] >= 0:
            place = best.after[place]
            found.append(place)
        equal = [way for way in ways if cost(*way) == best.costs[0]]
        assert found == min((way for way, _ in equal), key=lambda way: [*way, len(line.totals)])
    if stretch.stopping:
        for length in (5, 9, 20):
            soon = [way for way, days in every_way(line, stretch.moves, 0, line.totals[0]) if days <= length]
            largest = [max(a - b for a, b in pairwise([*(line.totals[p] for p in way), 0])) for way in soon]
            assert line.tightest(length) == min(largest, default=None)


BANDED: dict[str, dict[str, str]] = {
    "slow below 7 mg": {
        "decrease": 'by = { at-most = "4 mg" }\nevery = { at-least = "1 day" }\nband = { at-least = "7 mg" }\n\n'
        'by = { at-most = "3 mg" }\nevery = { at-least = "3 days" }\nband = { below = "7 mg" }',
    },
    "slow above 7 mg": {
        "decrease": 'by = { at-most = "2 mg" }\nevery = { at-least = "4 days" }\nband = { above = "7 mg" }\n\n'
        'by = { at-most = "4 mg" }\nevery = { at-least = "1 day" }\nband = { at-most = "7 mg" }',
    },
    "four bands, of which some overlap": {
        "decrease": 'by = { at-most = "2 mg" }\nevery = { at-least = "2 days" }\n'
        'band = { at-least = "5 mg", below = "8 mg" }\n\n'
        'by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }\nband = { at-least = "8 mg" }\n\n'
        'by = { at-most = "50 %" }\nevery = { at-least = "1 day" }\nband = { above = "2 mg" }\n\n'
        'by = { at-most = "3 mg", per = "day" }\nevery = { at-least = "1 day" }\nband = { at-most = "2 mg" }',
    },
}


@pytest.mark.parametrize("name", BANDED)
@pytest.mark.parametrize("bound", [2, 3, 4, 11])
def test_the_best_way_over_the_edges_of_bands_is_the_best_of_all(name: str, bound: int) -> None:
    """From 11 mg to nothing: the smallest falls reach into one band, larger ones into another."""
    rule = paper(**BANDED[name])
    request = Request(rule.id, "taper", START, ISSUED, current=Pattern.parse("11 mg x1"))
    problem = Problem.of(rule, Terms.of(rule, request))
    stretch = Stretch(problem, problem.falls((11,)), "uneven", Ends(((11,),)))
    line = Line(stretch)
    alone: list[Cost] = [(total % 3, total % 5) for total in line.totals]
    ways = [
        ((days, *(sum(alone[place][which] for place in way[1:]) for which in (0, 1))), [*way, len(line.totals)])
        for way, days in every_way(line, stretch.moves, 0, bound)
    ]
    best = line.best(lambda total: bound, alone)
    assert best.costs[0] == min((cost for cost, _ in ways), default=None)
    place, found = 0, [0]
    while best.after[place] >= 0:
        place = best.after[place]
        found.append(place)
    assert not ways or [*found, len(line.totals)] == min(ways)[1]
    for length in (4, 6, 9, 20):
        soon = [way for way, days in every_way(line, stretch.moves, 0, line.totals[0]) if days <= length]
        largest = [max(a - b for a, b in pairwise([*(line.totals[p] for p in way), 0])) for way in soon]
        tightest = line.tightest(length)
        assert (tightest, type(tightest)) == (min(largest, default=None), int if largest else type(None))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40), st.integers(-5, 50))
def test_the_first_number_that_holds(low: int, more: int, first: int, guess: int) -> None:
    high = low + more
    asked = []

    def holds(number: int) -> bool:
        assert low <= number <= high
        asked.append(number)
        return number >= min(low + first, high)

    assert first_that_holds(holds, low, high, guess) == min(low + first, high)
    assert len(asked) <= 14


def test_the_first_number_that_holds_wherever_it_is_and_whatever_is_guessed() -> None:
    """Every case of up to ten numbers. `holds` is asked of none outside, and is known to hold for the last."""
    for low, high in ((0, 0), (1, 2), (1, 9), (3, 12)):
        for first in range(low, high + 1):
            for guess in range(low - 2, high + 3):
                asked = []

                def holds(number: int, low: int = low, high: int = high, first: int = first) -> bool:
                    assert low <= number <= high
                    asked.append(number)  # noqa: B023
                    return number >= first

                found = first_that_holds(holds, low, high, guess)
                assert found == first
                if guess == first > low:
                    assert len(asked) <= 2
