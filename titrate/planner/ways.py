"""The best way through one stretch, by the order that `titrate.planner.search` states.

`ways_of` chooses how it is looked for. What is found is the same whichever is used; they differ in what they can be
used for, and in how long it takes.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from itertools import pairwise
from operator import add
from typing import Protocol

from titrate.planner.grid import TooMany, lateness, spread
from titrate.planner.layout import Layout, everything, shortest
from titrate.planner.line import Best, Bound, Cost, Line, first_that_holds
from titrate.planner.moves import Doses
from titrate.planner.path import Graph
from titrate.planner.problem import Problem
from titrate.planner.rate import History
from titrate.planner.stretch import Stretch

# Days in order, each with how many days it is kept at least: 0 for one that is stayed on.
Steps = Sequence[tuple[Doses, int]]


class Ways(Protocol):
    """The ways through a stretch; one down to nothing does not hold where it begins, unless that is all there is."""

    def least(self) -> int | None:
        """The least number of days, `None` if there is no way."""

    def soonest(self) -> Steps | None:
        """The best way to a target, which is its last day; `None` if there is none."""

    def gentlest(self, length: int) -> Steps | None:
        """The best way down to nothing of at most `length` days, `None` if there is none."""


def ways_of(stretch: Stretch, past: History = ()) -> Ways:
    """The ways through a stretch; `past` is what was taken before it, for caps on falls over several days.

    Raises `TooMany` where its days are too many to be searched, and their daily doses alone do not tell that there is
    no way.
    """
    try:
        stretch.check_size()
    except TooMany:
        if stretch.summable and not Line(stretch).leads:
            return _Nowhere()
        raise
    if stretch.moves.longest_window:
        return _Capped(stretch, past)
    return _OneDose(stretch) if stretch.doses == 1 else _Several(stretch)


def plainness(problem: Problem) -> Callable[[Doses], Cost]:
    """What a day adds to a schedule, the smaller the better, in the order in which it counts: a step; by how much the
    number of doses differs from the one that the source prefers; divided pieces; pieces; unevenness."""
    prefer = next((limit.times.prefer for limit in problem.limits.frequency if limit.times.prefer), None)
    cost = problem.grid.table.cost

    def of(day: Doses) -> Cost:
        unwanted = 0 if prefer is None else abs(len(day) - prefer)
        divided = handled = 0
        for dose in day:
            one = cost[dose]
            divided, handled = divided + one[0], handled + one[1]
        return 1, unwanted, divided, handled, spread(day)

    return of


class _Nowhere:
    """Where even the daily doses do not lead from one end to the other."""

    def least(self) -> None:
        return None

    def soonest(self) -> None:
        return None

    def gentlest(self, length: int) -> None:
        return None


class _OneDose:
    """Where each day has one dose: the daily doses in a line are all there is."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch, self._line = stretch, Line(stretch)
        plain, already = plainness(stretch.problem), self._line.already
        self._alone = [
            (0,) * 5 if already and not place else plain((total,)) for place, total in enumerate(self._line.totals)
        ]

    def least(self) -> int | None:
        return self._line.least()

    def gentlest(self, length: int) -> Steps | None:
        bound = self._line.tightest(length)
        if bound is None:
            return None
        way = self._way(self._line.best(lambda total: bound, self._alone), 0)
        return self._kept(way[1:] or way)

    def soonest(self) -> Steps | None:
        best = self._line.best(None, self._alone)
        begin = self._begin(best)
        if begin is None:
            return None
        # On the way down the largest change counts before all else but the days; on the way up, after all else.
        count = None if self._stretch.moves.rising else 1
        wanted = self._worth(best, begin)[:count]
        whole = max(self._line.totals) ** 2  # shares that differ at all differ by a part of it

        def within(parts: int) -> Bound:
            return lambda total: parts * total // whole

        low, high, probe = 0, self._largest(best, begin, whole), None
        while low < high:
            probe = high - 1 if probe is None else (low + high) // 2
            other = self._line.best(within(probe), self._alone)
            start = self._begin(other)
            if start is not None and self._worth(other, start)[:count] == wanted:
                high = self._largest(other, start, whole)
            else:
                low = probe + 1
        best = self._line.best(within(high), self._alone)
        begin = self._begin(best)
        assert begin is not None
        way = self._way(best, begin)
        return self._kept(way[1:] if self._line.already else way)

    def _begin(self, best: Best) -> int | None:
        """The place at which the best way begins: the first one, or the best of those at which one may start."""
        if self._line.already:
            return None if best.costs[0] is None else 0
        places = [self._line.place_of[sum(day)] for day in self._stretch.begins]
        found = [place for place in sorted(places) if best.costs[place] is not None]
        return min(found, key=lambda place: self._worth(best, place), default=None)

    def _worth(self, best: Best, place: int) -> Cost:
        cost = best.costs[place]
        assert cost is not None
        return cost[0], *map(add, cost[1:], self._alone[place])

    def _largest(self, best: Best, begin: int, whole: int) -> int:
        """The largest change of the way from `begin` as a share of the dose before, in parts of `whole`, upward."""
        totals = [self._line.totals[place] for place in self._way(best, begin)]
        return max((-(-abs(after - before) * whole // before) for before, after in pairwise(totals)), default=0)

    def _way(self, best: Best, place: int) -> list[int]:
        way = []
        while place >= 0:
            way.append(place)
            place = best.after[place]
        return way

    def _kept(self, way: list[int]) -> Steps:
        days = [(self._line.totals[place],) for place in way]
        every, stopping = self._stretch.moves.every, self._stretch.stopping
        last = every(days[-1], ()) if stopping else 0
        return [*((day, every(day, after)) for day, after in pairwise(days)), (days[-1], last)]


class _Graphs:
    """Ways as they are taken from a graph whose ways are equally long, or of which only the shortest are wanted."""

    def __init__(self, stretch: Stretch) -> None:
        self._stretch, self._plain = stretch, plainness(stretch.problem)

    def _best_of(self, laid: Layout) -> Steps:
        nodes, graph = laid.nodes, laid.graph.keep_least(laid.stays)
        gentle_first = not self._stretch.stopping and not self._stretch.moves.rising
        last = graph.last

        def share(node: int, after: int) -> Fraction:
            before = sum(nodes[node])
            return Fraction(abs(sum(nodes[after]) - before), before) if before and after != last else Fraction(0)

        if gentle_first:
            graph = graph.keep_smallest_largest(share)
        plain = {node: self._plain(nodes[node]) for node in graph.reached() if node not in (0, last)}
        plain[last] = (0,) * 5
        for which in range(5):
            graph = graph.keep_least(partial(_of, plain, which))
        if self._stretch.moves.rising:
            graph = graph.keep_smallest_largest(share)
        graph = graph.keep_least(lambda node, after: lateness(nodes[after]))
        way = graph.first_way()
        taken = way[1:-1] or way[:1]
        return [(nodes[one], laid.stays(one, other)) for one, other in pairwise([*taken, last])]


def _of(plain: dict[int, Cost], which: int, node: int, after: int) -> int:
    return plain[after][which]


class _Several(_Graphs):
    """Where days have several doses: days are reached one from the other, the most promising first."""

    def __init__(self, stretch: Stretch) -> None:
        super().__init__(stretch)
        self._line = Line(stretch)

    def least(self) -> int | None:
        laid = shortest(self._stretch, self._line)
        return None if laid is None else laid.graph.least(laid.stays)

    def soonest(self) -> Steps | None:
        laid = shortest(self._stretch, self._line)
        return None if laid is None else self._best_of(laid)

    def gentlest(self, length: int) -> Steps | None:
        low, high = self._line.tightest(length), self._line.totals[0]
        found: dict[int, Layout] = {}

        def holds(bound: int) -> bool:
            laid = shortest(self._stretch, self._line, lambda total: bound, length)
            if laid is not None:
                found[bound] = laid
            return laid is not None

        if low is None or not (holds(low) or holds(high)):
            return None
        bound = low if low in found else first_that_holds(holds, low + 1, high, low + 1)
        return self._best_of(found[bound])


class _Capped(_Graphs):
    """Where caps on falls over several days make the days before count: all days with all their histories."""

    def __init__(self, stretch: Stretch, past: History) -> None:
        super().__init__(stretch)
        self._laid = everything(stretch, past)

    def least(self) -> int | None:
        return None if self._laid is None else self._laid.graph.least(self._laid.stays)

    def soonest(self) -> Steps | None:
        return None if self._laid is None else self._best_of(self._laid)

    def gentlest(self, length: int) -> Steps | None:
        least = self.least()
        if self._laid is None or least is None or least > length:
            return None
        nodes, stays = self._laid.nodes, self._laid.stays
        graph: Graph = self._laid.graph.keep_smallest_largest_within(
            lambda node, after: sum(nodes[node]) - sum(nodes[after]), stays, length
        )
        return self._best_of(Layout(nodes, graph, stays))
