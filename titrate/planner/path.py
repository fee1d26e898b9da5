"""The best way through a graph without cycles, by several criteria one after the other.

Each pass keeps only the edges that lie on some way that is best so far, so a later criterion is compared only
among ways that are equal on all the ones before. A sum and a largest edge need different passes: one
pass over a pair (largest, sum) would throw away ways that only become best further on.
"""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

Edges = dict[int, list[int]]
Measure = Callable[[int, int], int]
Size = Callable[[int, int], "int | Fraction"]


class Graph:
    """Nodes 0 .. `last`, numbered so that every edge leads upward; ways lead from 0 to `last`."""

    def __init__(self, edges: Edges, last: int) -> None:
        self.edges = edges
        self.last = last

    def least(self, measure: Measure, within: Callable[[int, int], bool] | None = None) -> int | None:
        """The least sum of `measure` over a way whose edges all are `within`, or `None` if there is no way."""
        return self._from_start(measure, within).get(self.last)

    def _from_start(self, measure: Measure, within: Callable[[int, int], bool] | None = None) -> dict[int, int]:
        best = {0: 0}
        for node in sorted(self.edges):
            here = best.get(node)
            if here is None:
                continue
            for after in self.edges[node]:
                if within is not None and not within(node, after):
                    continue
                total = here + measure(node, after)
                known = best.get(after)
                if known is None or total < known:
                    best[after] = total
        return best

    def keep_least(self, measure: Measure) -> Graph:
        """The same graph without the edges that lie on no way of least sum. There has to be a way."""
        ahead = self._from_start(measure)
        behind = {self.last: 0}
        for node in sorted(self.edges, reverse=True):
            sums = [measure(node, after) + behind[after] for after in self.edges[node] if after in behind]
            if sums:
                behind[node] = min(sums)
        optimum = behind[0]
        kept = {
            node: [a for a in afters if a in behind and ahead[node] + measure(node, a) + behind[a] == optimum]
            for node, afters in self.edges.items()
            if node in ahead and node in behind and ahead[node] + behind[node] == optimum
        }
        return Graph(kept, self.last)

    def keep_smallest_largest(self, size: Size) -> Graph:
        """The same graph without the edges that are larger than the smallest possible largest edge of a way."""
        best: dict[int, int | Fraction] = {0: 0}
        for node in sorted(self.edges):
            here = best.get(node)
            if here is None:
                continue
            for after in self.edges[node]:
                worst = max(here, size(node, after))
                known = best.get(after)
                if known is None or worst < known:
                    best[after] = worst
        return self.keep(lambda node, after: size(node, after) <= best[self.last])

    def keep_smallest_largest_within(self, size: Measure, measure: Measure, budget: int) -> Graph:
        """Likewise, among the ways whose sum of `measure` is at most `budget`. There has to be one."""
        sizes = sorted({size(node, after) for node, afters in self.edges.items() for after in afters})
        low, high = 0, len(sizes) - 1
        while low < high:
            middle = (low + high) // 2
            least = self.least(measure, lambda node, after, bound=sizes[middle]: size(node, after) <= bound)  # type: ignore[misc]
            if least is not None and least <= budget:
                high = middle
            else:
                low = middle + 1
        return self.keep(lambda node, after: size(node, after) <= sizes[low])

    def keep(self, wanted: Callable[[int, int], bool]) -> Graph:
        """The same graph with only the wanted edges."""
        return Graph({n: [a for a in afters if wanted(n, a)] for n, afters in self.edges.items()}, self.last)

    def reached(self) -> set[int]:
        """Every node from which or to which an edge leads."""
        return {*self.edges, *(after for afters in self.edges.values() for after in afters)}

    def first_way(self) -> list[int]:
        """The way that takes the lowest numbered node at every turn, from 0 to `last`. There has to be a way."""
        leads = {self.last}
        for node in sorted(self.edges, reverse=True):
            if any(after in leads for after in self.edges[node]):
                leads.add(node)
        way = [0]
        while way[-1] != self.last:
            way.append(min(after for after in self.edges[way[-1]] if after in leads))
        return way
