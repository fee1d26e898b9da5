"""Which step is titration, maintenance or taper, told from the doses alone where a file does not say.

A schedule rises first and falls then. Where it turns is chosen so that the fewest changes go against that, and of
several such days the earliest one: so a dose that rises in the middle of a taper stays one of the taper, and is found.
- What comes before the turn is titration; the last of it, if the dose had risen to it, is maintenance: the plateau
  before a fall.
- What comes after it is taper, to the end. A last step without end is maintenance.
- A first step that only keeps what is taken before the fall is none of the schedule's own doing: it is called a
  titration, which asks nothing of a dose that does not change.
- Where nothing changes before the drug ends, all of it is the taper: the dose is kept, and then left out.
- Days without the drug between two doses go with the step before them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from titrate.schedule import Kind
from titrate.verifier.change import Direction, Taken, daily, direction


def falls_first(doses: Sequence[Taken], before: Taken | None) -> bool:
    """Whether the first change of the schedule is a fall; ending the drug is one."""
    known = () if before is None else (before,)
    steps = [*known, *(day for day in doses[:-1] if day), *doses[-1:]]
    for one, other in pairwise(steps):
        if (way := _way(one, other)) != "none":
            return way == "fall"
    return False


def kinds(doses: Sequence[Taken], before: Taken | None, goes_on: bool) -> tuple[Kind, ...]:
    """The kind of each step, in order.

    `before` is taken on the day before the first (`None`: not known, or nothing), `goes_on` whether the last step
    has no end.
    """
    taken = [index for index, day in enumerate(doses) if day]
    taper: Kind = "taper"
    if not taken:
        return (taper,) * len(doses)
    ways = _ways([doses[index] for index in taken], before, falls_first(doses, before))
    open_end = goes_on and bool(doses[-1])
    if not doses[-1] and not {"rise", "fall"} & set(ways):
        return (taper,) * len(doses)
    found = _phases(ways[:-1] if open_end else ways, plateau=not open_end)
    if open_end:
        found.append("maintenance")
    of_step: dict[int, Kind] = dict(zip(taken, found, strict=True))
    for index in range(len(doses)):
        if index not in of_step:
            of_step[index] = "taper" if index > taken[-1] else of_step.get(index - 1, found[0])
    return tuple(of_step[index] for index in range(len(doses)))


def _way(one: Taken, other: Taken) -> Direction:
    """A rise or a fall of the doses; where some rise and others fall, of the daily dose."""
    way = direction(one, other)
    if way != "neither":
        return way
    before, after = daily(one), daily(other)
    return "rise" if after > before else "fall" if after < before else "neither"


def _ways(doses: Sequence[Taken], before: Taken | None, falling: bool) -> list[Direction]:
    """How each step is come to. Nothing before the first is a rise to it, unless the schedule begins with a fall."""
    first: Direction = ("none" if falling else "rise") if before is None else _way(before, doses[0])
    return [first, *(_way(one, other) for one, other in pairwise(doses))]


def _phases(ways: Sequence[Direction], plateau: bool) -> list[Kind]:
    """The kind of each step by the way to it; `plateau`: where nothing falls, the last rise leads to maintenance."""
    turn = _turn(ways)
    falls = next((index for index in range(turn, len(ways)) if ways[index] == "fall"), len(ways))
    found: list[Kind] = ["titration" if index < falls else "taper" for index in range(len(ways))]
    if falls < len(ways) or plateau:
        top = falls - 1
        while top >= 0 and ways[top] == "none":
            top -= 1
        if top >= 0 and ways[top] == "rise":
            found[top:falls] = ["maintenance"] * (falls - top)
    return found


def _turn(ways: Sequence[Direction]) -> int:
    """How many of the ways belong to the rise, so that the fewest go against it or against the fall after it."""
    wrong = sum(way == "rise" for way in ways)
    best, fewest = 0, wrong
    for index, way in enumerate(ways, 1):
        wrong += (way == "fall") - (way == "rise")
        if wrong < fewest:
            best, fewest = index, wrong
    return best
