"""Caps on all falls within a number of days: what a change may be then depends on the days before, not on one alone.

So the same day is laid out several times, once for each history that still matters when it begins. A fall that comes
too soon after others waits, which is never worse: waiting as little as each change allows makes every later change
as early as it can be.
"""

from __future__ import annotations

from titrate.errors import RequestError
from titrate.planner.moves import Doses, Moves
from titrate.planner.path import Edges, Graph

# Earlier daily doses in grains, each with how many days before the day that is looked at it was last taken.
History = tuple[tuple[int, int], ...]

# More days with different histories than this are not searched; the request is refused instead, with this number.
MOST_STATES = 20_000


def unfolded(
    nodes: list[Doses], graph: Graph, moves: Moves, past: History, stopping: bool, capped: bool
) -> tuple[list[Doses], Graph, dict[tuple[int, int], int]]:
    """The days again, once for each history, with for how many days each is kept at least before each change.

    `past` is what was taken before the first day of the way, that of node 0 included. `stopping`: the way ends
    without the drug; `capped`: the caps hold for the fall to nothing too. Raises `RequestError` where there are more
    than `MOST_STATES`.
    """
    # What is taken already may change on the first day itself, so that a cap looks back one day further than later on.
    begun = tuple((level, ago) for level, ago in past if ago <= moves.longest_window)
    states: dict[tuple[int, History], None] = {(0, begun): None}
    stays: dict[tuple[tuple[int, History], tuple[int, History]], int] = {}
    # Every change leads to a node of a higher number, so each state is complete when its node is reached.
    waiting: list[list[History]] = [[] for _ in range(graph.last + 1)]
    waiting[0] = [begun]
    for node in range(graph.last):
        for history in waiting[node]:
            for after in graph.edges.get(node, ()):
                kept = _kept(nodes, node, after, history, moves, graph.last, stopping, capped)
                if kept is None:
                    continue
                left = () if after == graph.last else _later(history, kept, sum(nodes[node]), node == 0, moves)
                if (after, left) not in states:
                    states[after, left] = None
                    waiting[after].append(left)
                stays[(node, history), (after, left)] = kept
        if len(states) > MOST_STATES:
            raise RequestError(
                f"A cap on falls over several days makes more than {MOST_STATES} different courses; "
                "titrate does not search that many.",
                ("keep each dose for longer (--every)", "ask for equal doses (--even)"),
            )
    return _numbered(nodes, list(states), stays, graph.last)


def _kept(
    nodes: list[Doses], node: int, after: int, history: History, moves: Moves, last: int, stopping: bool, capped: bool
) -> int | None:
    """How long the day of `node` is kept before the change, or `None` where the change is never allowed.

    What was taken before the way began has been kept already, unless it is all there is before the end.
    """
    if after == last and not stopping:
        return 0
    begun = node == 0 and after != last
    kept = 0 if begun else moves.every(nodes[node], nodes[after])
    if after == last and not capped:
        return kept
    for daily, ago in history:
        for days in moves.windows(daily, sum(nodes[after])):
            if ago + kept <= days:
                if begun:
                    return None
                kept = moves.whole(days - ago + 1)
    return kept


def _later(history: History, kept: int, daily: int, begun: bool, moves: Moves) -> History:
    """What still matters `kept` days later, when a day of `daily` grains has been left."""
    earlier = tuple((level, ago + kept) for level, ago in history)
    return _still(earlier if begun else (*earlier, (daily, 1)), moves)


def _still(history: History, moves: Moves) -> History:
    """The part of a history that a cap can still look back on when the next change comes, a day later at least."""
    return tuple((level, ago) for level, ago in history if ago < moves.longest_window)


def _numbered(
    nodes: list[Doses],
    states: list[tuple[int, History]],
    stays: dict[tuple[tuple[int, History], tuple[int, History]], int],
    last: int,
) -> tuple[list[Doses], Graph, dict[tuple[int, int], int]]:
    states = sorted(states, key=lambda state: state[0])
    numbers = {state: number for number, state in enumerate(states)}
    end = numbers.get((last, ()), len(states))
    edges: Edges = {}
    kept: dict[tuple[int, int], int] = {}
    for (one, other), days in stays.items():
        edges.setdefault(numbers[one], []).append(numbers[other])
        kept[numbers[one], numbers[other]] = days
    days_of = [nodes[node] for node, _ in states] + ([()] if end == len(states) else [])
    return days_of, Graph(edges, end), kept
