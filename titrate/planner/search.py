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

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from titrate.planner.grid import lateness, spread
from titrate.planner.layout import Layout, laid_out, starting_days
from titrate.planner.moves import Doses
from titrate.planner.path import Graph
from titrate.planner.problem import Problem
from titrate.planner.rate import History


@dataclass(frozen=True, slots=True)
class Way:
    """Days in order, and for how many days each is kept: 0 for a last day that is stayed on (not decided here).

    `least` is for how many days each has to be kept at least.
    """

    days: tuple[Doses, ...]
    kept: tuple[int, ...]
    least: tuple[int, ...]


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
        past = ((sum(problem.current), 1),)
        laid = laid_out(problem, moves, shape, (problem.current,), problem.targets, held, past)
        if laid is not None:
            return _soonest(problem, laid, gentle_first=True)
    return None


@dataclass(frozen=True, slots=True)
class Taper:
    """What is known of tapers: the least number of days, all of whole cycles, and a way of the wanted length, if any.

    Where doses are taken every day it is the number of days to the last dose.
    """

    least: int
    way: Way | None


def taper(problem: Problem, begin: Doses, length: int | None, held: int | None, past: History) -> Taper | None:
    """The best taper from `begin`, taken for `held` days before it (`None`: not known), to nothing.

    `past` has the daily doses before it, that of `begin` included, and how long ago each was last taken.

    `length` is the chosen number of days, of whole cycles (`None`: as few as may be). The way has no place for
    `begin`, unless it is its only day. `None` if there is none at all.
    """
    least: int | None = None
    for shape in _taper_shapes(problem, begin, length):
        moves = problem.falls(begin)
        laid = laid_out(problem, moves, shape, (begin,), ((),), held, past, stop=problem.limits)
        if laid is None:
            continue
        needed = laid.graph.least(laid.stays)
        if needed is None:
            continue
        cycle = problem.grid.cycle
        shortest = max(needed, cycle, *(whole(limit.at_least, cycle) for limit in problem.limits.taper_duration))
        least = shortest if least is None else min(least, shortest)
        wanted = shortest if length is None else length
        if wanted >= shortest:
            return Taper(least, _gentlest(problem, laid, wanted))
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


def _climb(problem: Problem, shape: str, held: int | None) -> Way | None:
    if problem.current is not None:
        moves = problem.rises(problem.current)
        laid = laid_out(problem, moves, shape, (problem.current,), problem.targets, held)
        return None if laid is None else _soonest(problem, laid, gentle_first=False)
    starts = starting_days(problem, shape)
    # A share of the dose on which the rise begins depends on the start, so then each start is a search of its own.
    shared = any(change.by_original for change in problem.limits.increase)
    ways = []
    for begins in [(start,) for start in starts] if shared else [starts] if starts else []:
        moves = problem.rises(begins[0])
        laid = laid_out(problem, moves, shape, begins, problem.targets, None)
        if laid is not None:
            ways.append(_soonest(problem, laid, gentle_first=False))
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


def _soonest(problem: Problem, laid: Layout, gentle_first: bool) -> Way:
    nodes, last = laid.nodes, laid.graph.last

    def share(node: int, after: int) -> Fraction:
        before = sum(nodes[node])
        return Fraction(abs(sum(nodes[after]) - before), before) if before and after != last else Fraction(0)

    graph = laid.graph.keep_least(laid.stays)
    if gentle_first:
        graph = graph.keep_smallest_largest(share)
    graph = _plainest(problem, graph, nodes)
    if not gentle_first:
        graph = graph.keep_smallest_largest(share)
    graph = graph.keep_least(lambda node, after: lateness(nodes[after]))
    way = graph.first_way()
    days = tuple(nodes[index] for index in way[1:-1])
    lengths = tuple(laid.stays(node, after) for node, after in pairwise(way[1:]))
    return Way(days, lengths, lengths)


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


def _gentlest(problem: Problem, laid: Layout, length: int) -> Way:
    nodes, stays = laid.nodes, laid.stays
    graph = laid.graph.keep_smallest_largest_within(
        lambda node, after: sum(nodes[node]) - sum(nodes[after]), stays, length
    )
    graph = _plainest(problem, graph.keep_least(stays), nodes)
    graph = graph.keep_least(lambda node, after: lateness(nodes[after]))
    way = graph.first_way()
    inner = way[1:-1] or way[:1]
    least = tuple(stays(node, after) for node, after in zip(inner, [*inner[1:], way[-1]], strict=True))
    cycle = problem.grid.cycle
    shared = shared_out(length // cycle, tuple(days // cycle for days in least))
    return Way(tuple(nodes[index] for index in inner), tuple(count * cycle for count in shared), least)


def whole(days: int, cycle: int) -> int:
    """How many days of whole cycles there are where the last dose is on the day of that number, or later."""
    return (-(-(days - 1) // cycle) + 1) * cycle


def shared_out(total: int, least: Sequence[int]) -> tuple[int, ...]:
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
