"""Whether one can stop gradually from a day, and which days a way may hold that have no such way out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from titrate.errors import RequestError
from titrate.planner.layout import changes_from, days_between, may_stop, starting_days
from titrate.planner.moves import Doses
from titrate.planner.problem import Problem


def stuck(problem: Problem, days: Iterable[Doses]) -> set[Doses]:
    """Those of `days` from which no chain of lawful falls leads to nothing.

    How long the falls take does not matter here, only their size. Falls count shares of the original dose from the
    day itself, and with how many doses a day a taper begins decides how few it may have; days that are alike in
    this are looked at together.
    """
    shared = any(change.by_original for change in problem.own.decrease)
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
            found |= set(starts) | (days_between(problem, moves, shape, starts, problem.targets) if starts else set())
    return found


def _with_way_out(problem: Problem, days: set[Doses], shape: str) -> set[Doses]:
    """Those of `days` from which lawful falls lead to nothing over days of `shape`; they are alike as `stuck` says."""
    grid, limits, begun = problem.grid, problem.own, len(next(iter(days)))
    moves = problem.falls(max(days), limits)
    top, largest = max(map(sum, days)), max(map(max, days))
    found = grid.days(grid.allowed(limits.taper_frequency, begun), shape, largest, 1, top)
    taken = {day for day in found if len(day) <= begun and grid.fits(day, limits.taper_frequency, begun)}
    nodes = sorted(taken | days, key=lambda day: (-sum(day), day))
    lawful = changes_from(nodes, moves, range(len(nodes)))
    known: dict[int, bool] = {}

    def ends_well(start: int) -> bool:
        """Depth first, the largest fall first: where there is a way out, it is mostly the first that is tried."""
        way = [(start, lawful(start))]
        while way:
            here, falls = way[-1]
            if known.get(here) or may_stop(nodes[here], moves, limits, problem):
                known.update((index, True) for index, _ in way)
                return True
            after = next((index for index in falls if nodes[index] in taken and known.get(index) is not False), None)
            if after is None:
                known[here] = False
                way.pop()
            else:
                way.append((after, lawful(after)))
        return False

    return {day for index, day in enumerate(nodes) if day in days and ends_well(index)}
