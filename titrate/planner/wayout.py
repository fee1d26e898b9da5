"""Whether one can stop gradually from a day, and which days a way may hold that have no such way out."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable

from titrate.errors import RequestError
from titrate.planner.moves import Doses
from titrate.planner.problem import Problem
from titrate.planner.stretch import Ends, Stretch, starting_days


def stuck(problem: Problem, days: Iterable[Doses]) -> set[Doses]:
    """Those of `days` from which no chain of lawful falls leads to nothing.

    How long the falls take does not matter here, only their size. Falls count shares of the original dose from the
    day itself, and with how many doses a day a taper begins decides how few it may have; days that are alike in
    this are looked at together.
    """
    ladder, lost = problem.own.descent, set[Doses]()
    if ladder:
        rungs = {problem.day_of(rung): problem.goes_on(rung) for rung in ladder if rung.cycle == problem.grid.cycle}
        lost = {day for day in days if not rungs.get(day, bool(problem.own.decrease))}
        days = [day for day in days if day not in rungs and day not in lost]
    shared = any(change.by_original for change in problem.own.decrease)
    groups: dict[object, set[Doses]] = {}
    for day in days:
        groups.setdefault(day if shared else len(day), set()).add(day)
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
            if starts:
                ends = Ends(starts, problem.targets, starting=problem.current is None)
                found |= set(starts) | Stretch(problem, moves, shape, ends).days()
    return found


def _with_way_out(problem: Problem, days: set[Doses], shape: str) -> set[Doses]:
    """Those of `days` from which lawful falls lead to nothing over days of `shape`; they are alike as `stuck` says."""
    begin = max(days, key=lambda day: (max(day, default=0), day))
    stretch = Stretch(problem, problem.falls(max(days), problem.own), shape, Ends((begin,)), problem.own)
    known: dict[Doses, bool] = {day: True for day in days if stretch.over(day)}
    if len(known) == len(days):
        return days
    stretch.check_size()

    def ends_well(start: Doses) -> bool:
        """Depth first, the largest fall first: where there is a way out, it is mostly the first that is tried."""
        way = [(start, stretch.all_that_follow(start))]
        while way:
            here, falls = way[-1]
            if known.get(here) or stretch.over(here):
                known.update((day, True) for day, _ in way)
                return True
            after = next((day for day in falls if known.get(day) is not False), None)
            if after is None:
                known[here] = False
                way.pop()
            else:
                way.append((after, stretch.all_that_follow(after)))
        return False

    return {day for day in days if ends_well(day)}
