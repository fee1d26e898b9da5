"""The days of a stretch and the lawful changes among them, laid out as a graph.

`shortest` lays out only so much as can lie on a shortest way. Days are reached from where the stretch begins, the most
promising first: those that lie on a way which, for all that is known of daily doses (`titrate.planner.line`), can be as
short as any. When the end is reached, what is left over cannot be on a way as short as that.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from titrate.frozen import dataclass
from titrate.planner.line import Bound, Line
from titrate.planner.moves import Doses, Span
from titrate.planner.path import Edges, Graph
from titrate.planner.rate import History, unfolded
from titrate.planner.stretch import Stretch


@dataclass(frozen=True, slots=True)
class Layout:
    """A graph whose nodes are days: node 0 is where the way begins, `graph.last` where it ends.

    `stays(node, after)` is for how many days the day of `node` has to be kept before it may change to the other's;
    0 for what has been kept already, before the way begins.
    """

    nodes: list[Doses]
    graph: Graph
    stays: Callable[[int, int], int]


def shortest(stretch: Stretch, line: Line, bound: Bound | None = None, budget: int | None = None) -> Layout | None:
    """Every shortest way whose changes are within `bound`; `None` if there is none of at most `budget` days."""
    search = _Search(stretch, line, bound)
    return _laid_out(stretch, search.kept) if search.reaches_the_end(budget) else None


def everything(stretch: Stretch, past: History) -> Layout | None:
    """All lawful changes where there are caps on the falls of several days, each day once for each history.

    `past` is what was taken before the stretch begins. `None` if no way leads to the end.
    """
    moves, kept = stretch.moves, dict[Doses, dict[Doses, int]]()
    waiting = list(stretch.begins)
    while waiting:
        day = waiting.pop()
        if day not in kept:
            kept[day] = {after: moves.every(day, after) for after in stretch.all_that_follow(day)}
            waiting += kept[day]
    (begin,), held = stretch.begins, stretch.ends.held
    for day in kept:
        if stretch.over(day) and (day != begin or stretch.begins_on_a_day()):
            kept[day][()] = 0  # for how long it is kept depends on what was taken before, and is worked out below
    kept[begin] = {after: days for after, days in kept[begin].items() if not after or held is None or days <= held}
    laid = _laid_out(stretch, kept)
    nodes, graph, stays = unfolded(laid.nodes, laid.graph, moves, past, stretch.stopping, not stretch.limits.last_step)
    layout = Layout(nodes, graph, lambda node, after: stays[node, after])
    return None if graph.least(lambda node, after: 1) is None else layout


def _laid_out(stretch: Stretch, kept: dict[Doses, dict[Doses, int]]) -> Layout:
    """`kept` has for each day those that may follow, each with how long the day is kept before; `()` is the end."""
    ends, rising = stretch.ends, stretch.moves.rising
    days = {*kept, *(after for afters in kept.values() for after in afters)} - {()}
    first = () if ends.starting else stretch.begins[0]
    inner = sorted(days - {first}, key=lambda day: (sum(day) if rising else -sum(day), day))
    nodes = [first, *inner, ()]
    number = {day: index for index, day in enumerate(inner, 1)} | {(): len(nodes) - 1}
    edges: Edges = {index: [] for index in range(len(nodes) - 1)}
    stays: dict[tuple[int, int], int] = {}
    for day, afters in kept.items():
        node = number[day] if day != first else 0
        edges[node] = sorted(number[after] for after in afters)
        stays |= {(node, number[after]): days for after, days in afters.items()}
    if ends.starting:
        edges[0] = sorted(number[begin] for begin in stretch.begins if begin in number)
        stays |= {(0, begin): 0 for begin in edges[0]}
    return Layout(nodes, Graph(edges, len(nodes) - 1), lambda node, after: stays[node, after])


class _Search:
    """The days that have been reached and, from each, those that are reached soonest by it with how long it is kept."""

    def __init__(self, stretch: Stretch, line: Line, bound: Bound | None) -> None:
        self.kept: dict[Doses, dict[Doses, int]] = defaultdict(dict)
        self._stretch, self._line, self._bound = stretch, line, bound
        self._left = [None if cost is None else cost[0] for cost in line.best(bound).costs]
        self._before: dict[Doses, int] = {}
        # Under the number of days that a way takes at least if it goes on so: a day, and by how many grains it changes.
        # Without any: the way ends there.
        self._waiting: dict[int, list[tuple[Doses, int, Span | None, list[int]]]] = defaultdict(list)

    def reaches_the_end(self, budget: int | None) -> bool:
        """Whether the end is reached in at most `budget` days; then `kept` holds everything on a shortest way."""
        for begin in self._stretch.begins:
            self._reach(begin, 0)
        found = False
        while self._waiting and not found:
            length = min(self._waiting)
            if budget is not None and length > budget:
                return False
            for day, days, span, sizes in self._waiting[length]:  # it grows meanwhile
                if span is None:
                    self.kept[day][()], found = days, True
                    continue
                for after in self._stretch.follows(day, span, sizes):
                    if self._reach(after, self._before[day] + days):
                        self.kept[day][after] = days
            del self._waiting[length]
        return found

    def _reach(self, day: Doses, days: int) -> bool:
        """Whether a day is reached as soon as it can be; if it is reached for the first time, all that leads on waits.

        The days ahead are never overestimated, nor by more than a change takes: what is reached first is reached
        soonest.
        """
        if day in self._before:
            return self._before[day] == days
        self._before[day] = days
        line, total = self._line, sum(day)
        place = line.place_of[total]
        most = total if self._bound is None else self._bound(total)
        for run in line.runs[place]:
            turns: dict[int, list[int]] = defaultdict(list)
            for other in range(run.first, run.last + 1):
                left, size = self._left[other], abs(line.totals[other] - total)
                if self._bound is not None and size > most:
                    break
                if left is not None:
                    turns[days + run.days + left].append(size)
            for length, sizes in turns.items():
                self._waiting[length].append((day, run.days, run.span, sizes))
        closing = line.closing[place]
        if closing is not None and self._stretch.over(day) and (total <= most or not self._stretch.stopping):
            self._waiting[days + closing].append((day, closing, None, []))
        return True
