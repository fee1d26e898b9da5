"""The best way through a graph, against every way there is: small random graphs, all ways listed one by one."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from titrate.planner.path import Edges, Graph

Numbers = dict[tuple[int, int], int]


@st.composite
def graphs(draw: st.DrawFn) -> tuple[Edges, int, Numbers, Numbers]:
    """Edges that lead upward among at most seven nodes, with two numbers on each edge."""
    last = draw(st.integers(1, 6))
    pairs = [(one, other) for one in range(last) for other in range(one + 1, last + 1)]
    kept = draw(st.lists(st.sampled_from(pairs), min_size=1, unique=True))
    small = st.integers(0, 3)
    edges: Edges = {}
    for one, other in kept:
        edges.setdefault(one, []).append(other)
    return edges, last, {pair: draw(small) for pair in pairs}, {pair: draw(small) for pair in pairs}


def ways(graph: Graph, node: int = 0) -> list[list[int]]:
    """Every way from a node to the last."""
    if node == graph.last:
        return [[node]]
    return [[node, *rest] for after in graph.edges.get(node, ()) for rest in ways(graph, after)]


def total(way: list[int], numbers: Numbers) -> int:
    return sum(numbers[pair] for pair in pairwise(way))


def largest(way: list[int], numbers: Numbers) -> int:
    return max(numbers[pair] for pair in pairwise(way))


@settings(max_examples=300, deadline=None)
@given(graphs(), st.integers(0, 8))
def test_each_pass_keeps_the_best_ways_and_no_others(drawn: tuple[Edges, int, Numbers, Numbers], budget: int) -> None:
    edges, last, times, sizes = drawn
    graph = Graph(edges, last)
    every = ways(graph)

    def time(one: int, other: int) -> int:
        return times[one, other]

    def size(one: int, other: int) -> int:
        return sizes[one, other]

    assert graph.least(time) == min((total(way, times) for way in every), default=None)
    small = [way for way in every if largest(way, sizes) <= 1]
    within = graph.least(time, lambda one, other: sizes[one, other] <= 1)
    assert within == min((total(way, times) for way in small), default=None)
    assume(every)
    shortest = min(total(way, times) for way in every)
    assert sorted(ways(graph.keep_least(time))) == sorted(way for way in every if total(way, times) == shortest)
    smallest = min(largest(way, sizes) for way in every)
    gentle = graph.keep_smallest_largest(lambda one, other: Fraction(sizes[one, other], 7))
    assert sorted(ways(gentle)) == sorted(way for way in every if largest(way, sizes) == smallest)
    assert graph.first_way() == min(every)
    soon = [way for way in every if total(way, times) <= budget]
    if soon:
        bound = min(largest(way, sizes) for way in soon)
        kept = graph.keep_smallest_largest_within(size, time, budget)
        assert sorted(ways(kept)) == sorted(way for way in every if largest(way, sizes) <= bound)


def test_a_graph_without_a_way() -> None:
    assert Graph({0: [1], 1: []}, 2).least(lambda one, other: 1) is None


def test_a_node_that_nothing_leads_to_ends_no_search() -> None:
    graph = Graph({0: [2], 1: [3], 2: [3]}, 3)
    assert graph.least(lambda one, other: 1) == 2
    assert graph.keep_smallest_largest(lambda one, other: 1).first_way() == [0, 2, 3]
    assert graph.keep_least(lambda one, other: 1).first_way() == [0, 2, 3]
    assert graph.keep_least(lambda one, other: 1).reached() == {0, 2, 3}


def test_the_smallest_largest_edge_is_that_of_the_best_way_whichever_is_looked_at_last() -> None:
    """Over 1 the largest is 2, over 2 it is 5; both lead to 3, the worse one last."""
    sizes = {(0, 1): 2, (0, 2): 5, (1, 3): 1, (2, 3): 1, (3, 4): 1}
    graph = Graph({0: [1, 2], 1: [3], 2: [3], 3: [4]}, 4)
    kept = graph.keep_smallest_largest(lambda one, other: sizes[one, other])
    assert kept.edges == {0: [1], 1: [3], 2: [3], 3: [4]}


def test_an_edge_that_is_too_large_hides_none_of_its_neighbours() -> None:
    graph = Graph({0: [1, 2], 1: [2]}, 2)
    assert graph.least(lambda one, other: 1, lambda one, other: (one, other) != (0, 1)) == 1
