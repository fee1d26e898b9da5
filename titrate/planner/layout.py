"""The days that may lie between two ends of a way, and the lawful changes among them, laid out as a graph."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from titrate.limits import Limits
from titrate.planner.moves import Doses, Moves, within
from titrate.planner.path import Edges, Graph
from titrate.planner.problem import Problem
from titrate.planner.rate import History, unfolded
from titrate.quantity import Range


@dataclass(frozen=True, slots=True)
class Layout:
    """A graph whose nodes are days: node 0 is where the way begins, `graph.last` where it ends.

    `stays(node, after)` is for how many days the day of `node` has to be kept before it may change to the other's;
    0 for what has been kept already, before the way begins.
    """

    nodes: list[Doses]
    graph: Graph
    stays: Callable[[int, int], int]


def laid_out(
    problem: Problem,
    moves: Moves,
    shape: str,
    begins: tuple[Doses, ...],
    ends: tuple[Doses, ...],
    held: int | None,
    past: History = (),
    stop: Limits | None = None,
) -> Layout | None:
    """The days between `begins` and `ends` with the lawful changes between them, or `None` if no way leads through.

    Node 0 is what is taken already, for `held` days and after what `past` tells, or stands before the days of
    `begins` on which one may start; the last node stands behind those of `ends`, or is the day without the drug if
    it is to `stop`.
    """
    already = problem.current is not None or stop is not None
    between = days_between(problem, moves, shape, begins, ends) | {day for day in ends if day}
    between = between - set(begins) if already else between | set(begins)
    if stop is None:
        between -= problem.barred
    ordered = sorted(between, key=lambda day: (sum(day) if moves.rising else -sum(day), day))
    nodes = [begins[0] if already else (), *ordered, ()]
    last = len(nodes) - 1
    edges = changes_among(nodes, moves, range(1, last))
    if already:
        lawful = (index for index in range(1, last) if moves.lawful(nodes[0], nodes[index]))
        edges[0] = [i for i in lawful if held is None or moves.every(nodes[0], nodes[i]) <= held]
    else:
        edges[0] = [index for index in range(1, last) if nodes[index] in begins]
    for index in range(1, last):
        if may_stop(nodes[index], moves, stop, problem) if stop else nodes[index] in ends:
            edges[index].append(last)
    # To stop from what is taken already it is kept first, as a day of the taper like any other.
    if stop and may_stop(begins[0], moves, stop, problem) and _may_taper(problem, begins[0]):
        edges[0].append(last)
    graph = Graph(edges, last)
    if moves.longest_window:
        capped = stop is not None and not stop.last_step
        nodes, graph, kept = unfolded(nodes, graph, moves, past, stop is not None, capped)
        layout = Layout(nodes, graph, lambda node, after: kept[node, after])
    else:
        layout = Layout(nodes, graph, _stays(nodes, moves, last, stop is not None))
    return None if graph.least(lambda node, after: 1) is None else layout


def _stays(nodes: list[Doses], moves: Moves, last: int, stopping: bool) -> Callable[[int, int], int]:
    """The intervals. What is taken already has been kept before, unless it is the only day before the drug stops."""

    def stays(node: int, after: int) -> int:
        if (node == 0 and not (stopping and after == last)) or (after == last and not stopping):
            return 0
        return moves.every(nodes[node], nodes[after])

    return stays


def days_between(
    problem: Problem, moves: Moves, shape: str, begins: tuple[Doses, ...], ends: tuple[Doses, ...]
) -> set[Doses]:
    """The days of `shape` that may be taken, above one end and below the other."""
    lows, highs = (begins, ends) if moves.rising else (ends, begins)
    frequencies = problem.limits.frequency if moves.rising else problem.limits.taper_frequency
    begun = None if moves.rising else len(begins[0])
    grid, largest = problem.grid, max(max(day, default=0) for day in highs)
    found = grid.days(grid.allowed(frequencies, begun), shape, largest, min(map(sum, lows)), max(map(sum, highs)))
    return {
        day
        for day in found
        if grid.fits(day, frequencies, begun)
        and any(within(low, day) for low in lows)
        and any(within(day, high) for high in highs)
    }


def _may_taper(problem: Problem, begin: Doses) -> bool:
    return problem.grid.fits(begin, problem.limits.taper_frequency, len(begin))


def may_stop(day: Doses, moves: Moves, limits: Limits, problem: Problem) -> bool:
    """Whether the drug may be stopped from that day: within the last step, or within the falls if there is none."""
    if not limits.last_step:
        return moves.lawful(day, ())
    return all(problem.grid.daily(day) <= last.daily for last in limits.last_step)


def changes_among(nodes: list[Doses], moves: Moves, inner: range) -> Edges:
    """The lawful changes among the inner nodes, which are in the order of the moves."""
    lawful = changes_from(nodes, moves, inner)
    return {index: list(lawful(index))[::-1] for index in inner}


def changes_from(nodes: list[Doses], moves: Moves, inner: range) -> Callable[[int], Iterator[int]]:
    """The same from one node at a time, the largest change first: told one by one, so that whoever needs only the
    first of them does not wait for all."""
    sums = [abs(sum(nodes[index])) * (1 if moves.rising else -1) for index in inner]
    most = max((len(nodes[index]) for index in inner), default=0)

    def lawful(index: int) -> Iterator[int]:
        day = nodes[index]
        end = inner.start + bisect_right(sums, sums[index - inner.start] + moves.reach(day, most))
        first = inner.start + bisect_right(sums, sums[index - inner.start])
        if most == 1 and moves.monotone:
            return reversed(range(first, _last_lawful(nodes, moves, day, first, end)))
        return (other for other in reversed(range(first, end)) if moves.lawful(day, nodes[other]))

    return lawful


def _last_lawful(nodes: list[Doses], moves: Moves, day: Doses, first: int, end: int) -> int:
    """With one dose a day a larger change is never lawful where a smaller one is not, so the border can be bisected."""
    low, high = first, end
    while low < high:
        middle = (low + high) // 2
        if moves.lawful(day, nodes[middle]):
            low = middle + 1
        else:
            high = middle
    return low


def starting_days(problem: Problem, shape: str) -> tuple[Doses, ...]:
    """The days on which the rule lets a titration begin."""
    grid, limits = problem.grid, problem.limits
    frequencies = [
        f for f in grid.allowed(limits.frequency) if all(s.frequency is None or f in s.frequency for s in limits.start)
    ]
    top = max(map(sum, problem.targets))
    largest = max(max(day) for day in problem.targets)
    for start in limits.start:
        largest = min(largest, _grains_below(problem, start.dose, largest))
        top = min(top, _grains_below(problem, start.daily, top))
    days = {
        *grid.days(frequencies, shape, largest, 1, top),
        *(day for day in problem.targets if len(day) in frequencies),
    }
    return tuple(sorted(day for day in days if _may_start(problem, day)))


def _grains_below(problem: Problem, bounds: Range | None, otherwise: int) -> int:
    bound = None if bounds is None else bounds.at_most or bounds.below
    return otherwise if bound is None else int(bound.amount / problem.grid.table.grain)


def _may_start(problem: Problem, day: Doses) -> bool:
    grid = problem.grid
    return grid.fits(day, problem.limits.frequency) and all(
        (start.dose is None or all(grid.table.dose(dose) in start.dose for dose in day))
        and (start.daily is None or grid.daily(day) in start.daily)
        for start in problem.limits.start
    )
