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
from fractions import Fraction
from itertools import pairwise

from titrate.frozen import dataclass
from titrate.planner.grid import lateness
from titrate.planner.moves import Doses
from titrate.planner.problem import Problem
from titrate.planner.rate import History
from titrate.planner.stretch import Ends, Stretch, starting_days
from titrate.planner.ways import plainness, ways_of


@dataclass(frozen=True, slots=True)
class Way:
    """Days in order, and for how many days each is kept: 0 for a last day that is stayed on (not decided here).

    `least` is for how many days each has to be kept at least.
    """

    days: tuple[Doses, ...]
    kept: tuple[int, ...]
    least: tuple[int, ...]

    @classmethod
    def taken(cls, steps: Sequence[tuple[Doses, int]]) -> Way:
        """Each day kept as long as it has to be."""
        days, least = zip(*steps, strict=True)
        return cls(days, least, least)


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
    ends, before = Ends((problem.current,), problem.targets, held), ((sum(problem.current), 1),)
    for shape in shapes:
        found = ways_of(Stretch(problem, problem.falls(problem.current), shape, ends), before).soonest()
        if found is not None:
            return Way.taken(found)
    return None


@dataclass(frozen=True, slots=True)
class Taper:
    """The way of the wanted length; or, where there is none, `days` is the least number that a taper takes.

    All are days of whole cycles. Where doses are taken every day it is the number of days to the last dose.
    """

    way: Way | None
    days: int


def taper(problem: Problem, begin: Doses, length: int | None, held: int | None, past: History) -> Taper | None:
    """The best taper from `begin`, taken for `held` days before it (`None`: not known), to nothing.

    `past` has the daily doses before it, that of `begin` included, and how long ago each was last taken.

    `length` is the chosen number of days, of whole cycles (`None`: as few as may be). The way has no place for
    `begin`, unless it is its only day. `None` if there is none at all.
    """
    cycle, needed = problem.grid.cycle, list[int]()
    least = max(cycle, *(whole(limit.at_least, cycle) for limit in problem.limits.taper_duration), 1)
    for shape in _taper_shapes(problem, begin, length):
        ways = ways_of(Stretch(problem, problem.falls(begin), shape, Ends((begin,), (), held)), past)
        days, steps = length, None
        if days is not None and days >= least:
            steps = ways.gentlest(days)
        if steps is None and (quickest := ways.least()) is not None:
            days = max(quickest, least)
            needed.append(days)
            steps = ways.gentlest(days) if length is None else None
        if steps is not None and days is not None:
            way = Way.taken(steps)
            shared = shared_out(days // cycle, tuple(kept // cycle for kept in way.least))
            return Taper(Way(way.days, tuple(count * cycle for count in shared), way.least), days)
    return Taper(None, min(needed)) if needed else None


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
        ends = Ends((problem.current,), problem.targets, held)
        found = ways_of(Stretch(problem, problem.rises(problem.current), shape, ends)).soonest()
        return None if found is None else Way.taken(found)
    starts = starting_days(problem, shape)
    # A share of the dose on which the rise begins depends on the start, so then each start is a search of its own.
    shared = any(change.by_original for change in problem.limits.increase)
    ways = []
    for begins in [(start,) for start in starts] if shared else [starts] if starts else []:
        ends = Ends(begins, problem.targets, starting=True)
        found = ways_of(Stretch(problem, problem.rises(begins[0]), shape, ends)).soonest()
        if found is not None:
            ways.append(Way.taken(found))
    return min(ways, key=lambda way: _worth(problem, way), default=None) if len(ways) > 1 else next(iter(ways), None)


def _worth(problem: Problem, way: Way) -> tuple[int | Fraction, ...]:
    """A titration that starts afresh, by the stated order; the smaller the better."""
    plain = plainness(problem)
    rises = [Fraction(sum(after) - sum(before), sum(before)) for before, after in pairwise(way.days)]
    return (
        sum(way.kept),
        *map(sum, zip(*map(plain, way.days), strict=True)),
        max(rises, default=Fraction(0)),
        sum(map(lateness, way.days)),
    )


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
