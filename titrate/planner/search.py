"""The best ways up and down, as days in grains and how long each is kept.

Order for a titration, and for going down to a lower target: soonest at the target; then fewest steps, the number
of doses a day that the source prefers (where it names one), fewest divided pieces, fewest pieces, evenest days
(each summed over one day of every step), the smallest largest relative change (for going down it comes before the
number of steps), larger doses later in the day. For a taper: the last dose as soon as the limits allow, or on the
day that was chosen; then the smallest largest fall (as a share of the dose on which the taper begins: as a share
of the dose before, the last fall is always the whole of it, and tapers could not be told apart); then the most
time in reserve, which is shared out evenly over the steps; then as above.

Without a wish for even or uneven days, days that are nearly even are tried first, and any others only if nothing
is found among them; but where the end of a taper is chosen, all days are searched at once.
"""

from __future__ import annotations

import contextlib
from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from titrate.errors import RequestError
from titrate.limit import Limits
from titrate.planner.grid import lateness, spread
from titrate.planner.moves import Doses, Moves, within
from titrate.planner.path import Edges, Graph
from titrate.planner.problem import Problem
from titrate.quantity import Range


@dataclass(frozen=True, slots=True)
class Way:
    """Days in order, and for how many days each is kept: 0 for a last day that is stayed on (not decided here)."""

    days: tuple[Doses, ...]
    kept: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Map:
    """A graph whose nodes are days: node 0 is where the way begins, `graph.last` where it ends."""

    nodes: list[Doses]
    graph: Graph


def titration(problem: Problem, shapes: tuple[str, ...], held: int | None) -> Way | None:
    """The best way up to a target: from what the patient takes now, whose stay is not part of it, or from a start.

    `held` is for how many days the patient has taken it (`None`: not known, and so not looked at). `None` if there
    is no way in any of the `shapes`. The last day of the way is the target.
    """
    for shape in shapes:
        found = _climb(problem, shape, held)
        if found is not None:
            return found
    return None


def reduction(problem: Problem, shapes: tuple[str, ...], held: int | None) -> Way | None:
    """The best way from what the patient takes now, for `held` days, down to a lower target, or `None`."""
    assert problem.current is not None
    for shape in shapes:
        moves = problem.falls(problem.current)
        laid = _laid(problem, moves, shape, (problem.current,), problem.targets, held)
        if laid is not None:
            return _soonest(problem, laid, moves, gentle_first=True)
    return None


@dataclass(frozen=True, slots=True)
class Taper:
    """What is known of tapers: the least number of days to the last dose, and a way of the wanted length, if any."""

    least: int
    way: Way | None


def taper(problem: Problem, begin: Doses, length: int | None, held: int | None) -> Taper | None:
    """The best taper from `begin`, taken for `held` days before it (`None`: not known), to nothing.

    `length` is the chosen number of days to the last dose (`None`: as few as may be). The way has no place for
    `begin`, unless it is its only day. `None` if there is none at all.
    """
    least: int | None = None
    for shape in _taper_shapes(problem, begin, length):
        moves = problem.falls(begin)
        laid = _laid(problem, moves, shape, (begin,), ((),), held, stop=problem.limits)
        if laid is None:
            continue
        needed = laid.graph.least(_kept(laid, moves))
        if needed is None:
            continue
        shortest = max(needed, 1, *(limit.at_least for limit in problem.limits.taper_duration))
        least = shortest if least is None else min(least, shortest)
        wanted = shortest if length is None else length
        if wanted >= shortest:
            return Taper(least, _gentlest(problem, laid, moves, wanted))
    return None if least is None else Taper(least, None)


def _taper_shapes(problem: Problem, begin: Doses, length: int | None) -> tuple[str, ...]:
    """In which order the shapes of days are tried.

    Where the end is chosen the smallest largest fall is what counts, and lowering one dose after the other makes
    the smallest falls; so all days are searched at once, unless they are too many.
    """
    if length is None or problem.request.split is not None:
        return problem.shapes
    frequencies = problem.grid.allowed(problem.limits.taper_frequency, len(begin))
    few = problem.grid.few((f for f in frequencies if f <= len(begin)), max(begin))
    return ("uneven",) if few else problem.shapes


def stuck(problem: Problem, days: Iterable[Doses]) -> set[Doses]:
    """Those of `days` from which no chain of lawful falls leads to nothing.

    How long the falls take does not matter here, only their size. Falls count shares of the original dose from the
    day itself, and with how many doses a day a taper begins decides how few it may have; days that are alike in
    this are looked at together.
    """
    shared = any(by.of == "original" for change in problem.own.decrease for by in change.by)
    groups: dict[object, set[Doses]] = {}
    for day in days:
        groups.setdefault(day if shared else len(day), set()).add(day)
    lost: set[Doses] = set()
    for group in groups.values():
        for shape in ("near", "uneven"):
            if group:
                group = group - _with_way_out(problem, group, shape)
        lost |= group
    return lost


def candidates(problem: Problem, shapes: tuple[str, ...]) -> set[Doses]:
    """Every day that a way to the target may hold, in shapes that are not too many to be listed."""
    found = set(problem.targets)
    for shape in shapes:
        with contextlib.suppress(RequestError):
            starts = starting_days(problem, shape) if problem.current is None else (problem.current,)
            down = problem.current is not None and sum(problem.current) > max(map(sum, problem.targets))
            moves = (problem.falls if down else problem.rises)(problem.current or ())
            found |= set(starts) | (_between(problem, moves, shape, starts, problem.targets) if starts else set())
    return found


def _climb(problem: Problem, shape: str, held: int | None) -> Way | None:
    if problem.current is not None:
        moves = problem.rises(problem.current)
        laid = _laid(problem, moves, shape, (problem.current,), problem.targets, held)
        return None if laid is None else _soonest(problem, laid, moves, gentle_first=False)
    starts = starting_days(problem, shape)
    # A share of the dose on which the rise begins depends on the start, so then each start is a search of its own.
    shared = any(by.of == "original" for change in problem.limits.increase for by in change.by)
    ways = []
    for begins in [(start,) for start in starts] if shared else [starts] if starts else []:
        moves = problem.rises(begins[0])
        laid = _laid(problem, moves, shape, begins, problem.targets, None)
        if laid is not None:
            ways.append(_soonest(problem, laid, moves, gentle_first=False))
    return min(ways, key=lambda way: _worth(problem, way), default=None)


def _worth(problem: Problem, way: Way) -> tuple[int | Fraction, ...]:
    """A titration that starts afresh, by the stated order; the smaller the better."""
    grid, prefer = problem.grid, _preferred(problem)
    rises = [Fraction(sum(after) - sum(before), sum(before)) for before, after in pairwise(way.days)]
    return (
        sum(way.kept),
        len(way.days),
        sum(abs(len(day) - prefer) for day in way.days) if prefer is not None else 0,
        sum(map(grid.divided, way.days)),
        sum(map(grid.handled, way.days)),
        sum(map(spread, way.days)),
        max(rises, default=Fraction(0)),
        sum(map(lateness, way.days)),
    )


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


def _laid(
    problem: Problem,
    moves: Moves,
    shape: str,
    begins: tuple[Doses, ...],
    ends: tuple[Doses, ...],
    held: int | None,
    stop: Limits | None = None,
) -> _Map | None:
    """The days between `begins` and `ends` with the lawful changes between them, or `None` if no way leads through.

    Node 0 is what is taken already, for `held` days, or stands before the days of `begins` on which one may start;
    the last node stands behind those of `ends`, or is the day without the drug if it is to `stop`.
    """
    already = problem.current is not None or stop is not None
    between = _between(problem, moves, shape, begins, ends) | {day for day in ends if day}
    between = between - set(begins) if already else between | set(begins)
    if stop is None:
        between -= problem.barred
    ordered = sorted(between, key=lambda day: (sum(day) if moves.rising else -sum(day), day))
    nodes = [begins[0] if already else (), *ordered, ()]
    last = len(nodes) - 1
    edges = _edges(nodes, moves, range(1, last))
    if already:
        lawful = (index for index in range(1, last) if moves.lawful(nodes[0], nodes[index]))
        edges[0] = [i for i in lawful if held is None or moves.every(nodes[0], nodes[i]) <= held]
    else:
        edges[0] = [index for index in range(1, last) if nodes[index] in begins]
    for index in range(1, last):
        if may_stop(nodes[index], moves, stop, problem) if stop else nodes[index] in ends:
            edges[index].append(last)
    # To stop from what is taken already it is kept first, so the products have to make it.
    if stop and may_stop(begins[0], moves, stop, problem) and problem.grid.makes(begins[0]):
        edges[0].append(last)
    graph = Graph(edges, last)
    return None if graph.least(lambda node, after: 1) is None else _Map(nodes, graph)


def _between(
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


def may_stop(day: Doses, moves: Moves, limits: Limits, problem: Problem) -> bool:
    """Whether the drug may be stopped from that day: within the last step, or within the falls if there is none."""
    if not limits.last_step:
        return moves.lawful(day, ())
    return all(problem.grid.daily(day) <= last.daily for last in limits.last_step)


def _edges(nodes: list[Doses], moves: Moves, inner: range) -> Edges:
    """The lawful changes among the inner nodes, which are in the order of the moves."""
    sums = [abs(sum(nodes[index])) * (1 if moves.rising else -1) for index in inner]
    most = max((len(nodes[index]) for index in inner), default=0)
    edges: Edges = {}
    for index in inner:
        day = nodes[index]
        end = inner.start + bisect_right(sums, sums[index - inner.start] + moves.reach(day, most))
        first = inner.start + bisect_right(sums, sums[index - inner.start])
        if most == 1:
            edges[index] = list(range(first, _last_lawful(nodes, moves, day, first, end)))
        else:
            edges[index] = [other for other in range(first, end) if moves.lawful(day, nodes[other])]
    return edges


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


def _kept(laid: _Map, moves: Moves) -> Callable[[int, int], int]:
    """For how many days the day of the first node has to be kept before the change to the second.

    What the patient takes already has been kept before; but if it is the only day of a taper it is kept here.
    """
    last, nodes = laid.graph.last, laid.nodes

    def kept(node: int, after: int) -> int:
        if node == 0 and after != last:
            return 0
        return moves.every(nodes[node], nodes[after])

    return kept


def _soonest(problem: Problem, laid: _Map, moves: Moves, gentle_first: bool) -> Way:
    nodes, last = laid.nodes, laid.graph.last

    def kept(node: int, after: int) -> int:
        return 0 if node == 0 or after == last else moves.every(nodes[node], nodes[after])

    def share(node: int, after: int) -> Fraction:
        before = sum(nodes[node])
        return Fraction(abs(sum(nodes[after]) - before), before) if before and after != last else Fraction(0)

    graph = laid.graph.keep_least(kept)
    if gentle_first:
        graph = graph.keep_smallest_largest(share)
    graph = _plainest(problem, graph, nodes)
    if not gentle_first:
        graph = graph.keep_smallest_largest(share)
    graph = graph.keep_least(lambda node, after: lateness(nodes[after]))
    way = graph.first_way()
    days = tuple(nodes[index] for index in way[1:-1])
    lengths = tuple(kept(node, after) for node, after in pairwise(way[1:]))
    return Way(days, lengths)


def _plainest(problem: Problem, graph: Graph, nodes: list[Doses]) -> Graph:
    grid, last = problem.grid, graph.last
    graph = graph.keep_least(lambda node, after: 0 if after == last else 1)
    prefer = _preferred(problem)
    if prefer is not None:
        graph = graph.keep_least(lambda node, after: 0 if after == last else abs(len(nodes[after]) - prefer))
    graph = graph.keep_least(lambda node, after: grid.divided(nodes[after]))
    graph = graph.keep_least(lambda node, after: grid.handled(nodes[after]))
    return graph.keep_least(lambda node, after: spread(nodes[after]))


def _preferred(problem: Problem) -> int | None:
    """The number of doses a day that the source prefers, if it names one."""
    return next((limit.times.prefer for limit in problem.limits.frequency if limit.times.prefer), None)


def _gentlest(problem: Problem, laid: _Map, moves: Moves, length: int) -> Way:
    nodes, kept = laid.nodes, _kept(laid, moves)
    graph = laid.graph.keep_smallest_largest_within(
        lambda node, after: sum(nodes[node]) - sum(nodes[after]), kept, length
    )
    graph = _plainest(problem, graph.keep_least(kept), nodes)
    graph = graph.keep_least(lambda node, after: lateness(nodes[after]))
    way = graph.first_way()
    inner = way[1:-1] or way[:1]
    least = [kept(node, after) for node, after in zip(inner, [*inner[1:], way[-1]], strict=True)]
    return Way(tuple(nodes[index] for index in inner), shared_out(length, least))


def shared_out(total: int, least: list[int]) -> tuple[int, ...]:
    """`total` days over steps that need at least `least` days each: as evenly as may be, odd days to later steps."""
    lengths = [max(days, 1) for days in least]
    rest = total - sum(lengths)
    while rest > 0:
        low = min(lengths)
        shortest = [index for index, days in enumerate(lengths) if days == low]
        higher = [days for days in lengths if days > low]
        lift = min(higher) - low if higher else rest
        each = min(lift, rest // len(shortest))
        if each == 0:
            shortest, each = shortest[-rest:], 1
        for index in shortest:
            lengths[index] += each
        rest -= each * len(shortest)
    return tuple(lengths)


def _with_way_out(problem: Problem, days: set[Doses], shape: str) -> set[Doses]:
    """Those of `days` from which lawful falls lead to nothing over days of `shape`; they are alike as `stuck` says."""
    grid, limits, begun = problem.grid, problem.own, len(next(iter(days)))
    moves = problem.falls(max(days), limits)
    top, largest = max(map(sum, days)), max(map(max, days))
    found = grid.days(grid.allowed(limits.taper_frequency, begun), shape, largest, 1, top)
    taken = {day for day in found if len(day) <= begun and grid.fits(day, limits.taper_frequency, begun)}
    nodes = sorted(taken | days, key=lambda day: (-sum(day), day))
    edges = _edges(nodes, moves, range(len(nodes)))
    out: set[int] = set()
    for index in reversed(range(len(nodes))):
        falls_to = (after for after in edges[index] if nodes[after] in taken)
        if may_stop(nodes[index], moves, limits, problem) or any(after in out for after in falls_to):
            out.add(index)
    return {nodes[index] for index in out} & days
