"""Caps on all falls within several days: how long each day is kept, against a calendar filled in day by day."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise

import pytest

from titrate.limit import By, Change
from titrate.planner.moves import Doses, Moves
from titrate.planner.path import Graph
from titrate.planner.rate import History, unfolded
from titrate.quantity import Quantity
from titrate.source import Citation, Source

CITED = Citation(Source("paper", "T", "P", "1", "https://example.org"), "page 1", date(2026, 11, 23))
DAYS: tuple[Doses, ...] = ((9,), (7,), (6,), (4,), (2,), (1,))
EVERY = 2


def cap(amount: str, within: int, of: str = "current") -> Change:
    return Change((By(Quantity.parse(amount), "day", of),), None, CITED, within=within)  # type: ignore[arg-type]


PACE = Change((), EVERY, CITED)
CAPS = {
    "an amount in a week": (cap("5 mg", 7),),
    "half of the first dose in 5 days": (cap("50 %", 5, "original"),),
    "half of what it was in 4 days": (cap("50 %", 4),),
    "one in few days and one in many": (cap("3 mg", 3), cap("6 mg", 8)),
    "one that leaves no fall by more than a dose": (cap("2 mg", 6),),
}
PASTS: tuple[History, ...] = (((9, 1),), ((9, 1), (12, 3)), ((9, 1), (11, 2), (14, 6)), ((9, 1), (12, 8)))


def room(change: Change, before: int) -> Fraction:
    """The largest fall from `before` within the days of a cap."""
    (by,) = change.by
    assert by.at_most is not None
    if by.at_most.unit != "%":
        return by.at_most.amount
    return by.at_most.amount / 100 * (DAYS[0][0] if by.of == "original" else before)


def kept(
    way: tuple[Doses, ...], caps: tuple[Change, ...], past: History, stopping: bool, capped: bool
) -> tuple[int, ...] | None:
    """How many days each dose of a way is kept, as few as may be: on day 0 the first of them is taken, or kept on where
    there is no other. A dose may be taken on a day where no cap finds a day too near on which too much more was taken.
    """
    calendar = {-ago: dose for dose, ago in past}
    here, day, found = way[0], 0, list[int]()
    for number, after in enumerate(way[1:], 1):
        last = number == len(way) - 1
        if last and not stopping:
            return (*found, 0)
        begins = day if number > 1 or last else None  # what is taken already has been kept already
        if begins is not None:
            for _ in range(EVERY):
                calendar[day] = sum(here)
                day += 1
        while not (last and not capped) and any(
            calendar.get(day - back, 0) - sum(after) > room(one, calendar.get(day - back, 0))
            for one in caps
            for back in range(1, (one.within or 0) + 1)
            if day - back in calendar
        ):
            if begins is None:
                return None
            calendar[day] = sum(here)
            day += 1
            assert day < 200
        found.append(0 if begins is None else day - begins)
        here = after
    return tuple(found)


def ways(graph: Graph, node: int = 0) -> list[list[int]]:
    if node == graph.last:
        return [[node]]
    return [[node, *rest] for after in graph.edges.get(node, ()) for rest in ways(graph, after)]


@pytest.mark.parametrize("name", CAPS)
@pytest.mark.parametrize("past", PASTS, ids=str)
@pytest.mark.parametrize(("stopping", "capped"), [(True, True), (True, False), (False, True)])
def test_every_way_is_kept_as_the_calendar_says(name: str, past: History, stopping: bool, capped: bool) -> None:
    """Every way over some of the days, from the first to the end; each once, and those that are never allowed not."""
    caps = CAPS[name]
    moves = Moves((PACE, *caps), Fraction(1), DAYS[0], rising=False)
    nodes: list[Doses] = [*DAYS, ()]
    end = len(DAYS)
    lawful = {(one, other) for one, other in combinations(range(end + 1), 2) if moves.lawful(nodes[one], nodes[other])}
    stops = {(one, end) for one in range(end)}
    lawful = lawful - stops | ({(end - 1, end)} if not stopping else stops if not capped else lawful & stops)
    edges = {one: [other for other in range(one + 1, end + 1) if (one, other) in lawful] for one in range(end)}
    days, graph, stays = unfolded(nodes, Graph(edges, end), moves, past, stopping, capped)
    found = {}
    for way in ways(graph):
        doses = tuple(days[node] for node in way)
        assert doses not in found
        found[doses] = tuple(stays[pair] for pair in pairwise(way))
    expected = {}
    middles = [some for count in range(end) for some in combinations(DAYS[1:], count)]
    for middle in middles:
        days_of: tuple[Doses, ...] = (DAYS[0], *middle, ())
        if all((nodes.index(one), nodes.index(other)) in lawful for one, other in pairwise(days_of)):
            expected[days_of] = kept(days_of, caps, past, stopping, capped)
    assert found == {days_of: each for days_of, each in expected.items() if each is not None}
