"""The daily doses of a stretch in a line, and the best way along it by several sums at once.

The changes that one daily dose may make lead to unbroken runs of others: from each dose to the next one, and so on,
as far as the limits let it. So a best way is found from the end on in one pass: of each run only its best dose counts,
and that is found at once, however long the run is. The cost grows with the number of doses, not with its square.

Where each day has one dose the line is all there is to search. Where days have several it tells how soon, at best,
one can get from a daily dose to the end: no change of a day is lawful whose daily dose may not change so far.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Sequence
from operator import add
from typing import NamedTuple

from titrate.frozen import dataclass
from titrate.planner.moves import UNBOUNDED, Span
from titrate.planner.stretch import Stretch

# What a way costs: its days first, then whatever else is summed, in order of importance. Less is better.
Cost = tuple[int, ...]
# The largest change that is wanted from a daily dose on, in grains.
Bound = Callable[[int], int]


class Run(NamedTuple):
    """The places `first` to `last`, both included, that may follow a place which was kept for `days` days."""

    first: int
    last: int
    days: int
    span: Span


@dataclass(frozen=True, slots=True)
class Best:
    """For each place the cost of the best way on from there, its own days included, and where that goes next.

    The cost is `None` where no way leads to the end; the next place is `END` where the way ends.
    """

    costs: list[Cost | None]
    after: list[int]


END = -1


class Line:
    """`totals` are daily doses in the order of the moves; the first is what is taken already, if anything is.

    Changes from there cost no days: it has been kept already.
    """

    def __init__(self, stretch: Stretch) -> None:
        self.stretch = stretch
        self.moves = stretch.moves
        self.already = not stretch.ends.starting
        totals = stretch.daily_doses()
        if stretch.doses == 1:
            begin, rest = (totals[:1], totals[1:]) if self.already else ([], totals)
            totals = [*begin, *(total for total in rest if stretch.takes((total,)))]
        self.totals = totals
        self._keys = totals if self.moves.rising else [-total for total in totals]
        self.place_of = {total: place for place, total in enumerate(totals)}
        self.runs: list[list[Run]] = []
        self.closing: list[int | None] = []
        goals = set(map(sum, stretch.ends.ends))
        for place, total in enumerate(totals):
            spans = list(self.moves.spans(total, stretch.doses, stretch.largest_change(total)))
            self.runs.append([run for span in spans if (run := self._run(place, span)) is not None])
            if stretch.stopping:
                may = stretch.may_stop(total, spans) and (place or not self.already or stretch.begins_on_a_day())
                self.closing.append(self.moves.every((total,), ()) if may else None)
            else:
                self.closing.append(0 if total in goals else None)
        # Where runs begin that do not follow at once, which is at the edges of bands, and up to where they go at most.
        self._marked: dict[int, int] = {}
        for place, runs in enumerate(self.runs):
            for run in runs:
                if run.first > place + 1:
                    self._marked[run.first] = max(run.last, self._marked.get(run.first, 0))

    def _run(self, place: int, span: Span) -> Run | None:
        key, days = self._keys[place], span.bearing.every
        first = place + 1 if span.least == 1 else bisect_left(self._keys, key + span.least)
        last = bisect_right(self._keys, key + span.most, first) - 1
        if last < first:
            return None
        if place or not self.already:
            return Run(first, last, days, span)
        held = self.stretch.ends.held
        return Run(first, last, 0, span) if held is None or days <= held else None

    def best(self, bound: Bound | None = None, alone: Sequence[Cost] | None = None) -> Best:
        """The best ways over changes within `bound`; `alone` is what each place costs by itself, without its days.

        Among equal ones that whose next place comes first.
        """
        costs: list[Cost | None] = [None] * len(self.totals)
        after = [END] * len(self.totals)
        nearest, marked = _Nearest([], []), dict[int, _Nearest]()
        nothing = (0,) * (len(alone[0]) if alone else 0)
        for place in range(len(self.totals) - 1, -1, -1):
            total, best = self.totals[place], None
            most = UNBOUNDED if bound is None else bound(total)
            for run in self.runs[place]:
                last = run.last
                if most < run.span.most:
                    last = bisect_right(self._keys, self._keys[place] + most) - 1
                found = (nearest if run.first == place + 1 else marked[run.first]).least(last)
                if found is not None:
                    cost, then = found
                    cost = (cost[0] + run.days, *cost[1:])
                    if best is None or cost < best:
                        best, after[place] = cost, then
            days = self.closing[place]
            if days is not None and (total <= most or not self.stretch.stopping):
                cost = (days, *nothing)
                if best is None or cost < best:
                    best, after[place] = cost, END
            costs[place] = best
            if best is not None:
                nearest.put(place, best if alone is None else (best[0], *map(add, best[1:], alone[place])))
            if place in self._marked:
                marked[place] = nearest.up_to(self._marked[place])
        return Best(costs, after)

    def least(self, bound: Bound | None = None) -> int | None:
        """The least number of days of a way within `bound`, `None` if there is none; it starts at the first place."""
        cost = self.best(bound).costs[0]
        return None if cost is None else cost[0]

    @property
    def leads(self) -> bool:
        """Whether a way leads to the end from where one begins, or from one of the days on which one may start."""
        costs = self.best().costs
        begins = [0] if self.already else [self.place_of[sum(day)] for day in self.stretch.begins]
        return any(costs[place] is not None for place in begins)

    def tightest(self, length: int) -> int | None:
        """The smallest bound on all changes under which there is a way of at most `length` days, if there is any."""

        def holds(bound: int) -> bool:
            least = self.least(lambda total: bound)
            return least is not None and least <= length

        high = self.totals[0]
        if self._straight(high, length):
            high = first_that_holds(lambda bound: self._straight(bound, length), 1, high, high // length)
        elif not holds(high):
            return None
        return first_that_holds(holds, 1, high, high)

    def _straight(self, most: int, length: int) -> bool:
        """Whether to go as far as one may at each change, `most` grains, leads to nothing in at most `length` days.

        Mostly it does if any way does; and it costs a few changes instead of all.
        """
        place, days = 0, 0
        while days <= length:
            closing = self.closing[place]
            if closing is not None and self.totals[place] <= most:
                return days + closing <= length
            for run in reversed(self.runs[place]):
                last = min(run.last, bisect_right(self._keys, self._keys[place] + most) - 1)
                if last >= run.first:
                    place, days = last, days + run.days
                    break
            else:
                return False
        return False


@dataclass(slots=True)
class _Nearest:
    """The least of costs that are put in from the last place to the first, over a run from the newest place on.

    Only places are kept than which no place before them is as good: `places` (negative, so that they ascend) and
    their `costs`, which ascend too.
    """

    places: list[int]
    costs: list[Cost]

    def put(self, place: int, cost: Cost) -> None:
        while self.costs and self.costs[-1] >= cost:
            self.costs.pop()
            self.places.pop()
        self.costs.append(cost)
        self.places.append(-place)

    def least(self, last: int) -> tuple[Cost, int] | None:
        """The least cost up to the place `last`, included, and the first place that has it."""
        index = bisect_left(self.places, -last)
        return (self.costs[index], -self.places[index]) if index < len(self.places) else None

    def up_to(self, last: int) -> _Nearest:
        """What there is now, for runs that begin at the newest place and go no further than `last`."""
        index = bisect_left(self.places, -last)
        return _Nearest(self.places[index:], self.costs[index:])


def first_that_holds(holds: Callable[[int], bool], low: int, high: int, guess: int) -> int:
    """The least number from `low` to `high` for which `holds`; it does for `high`, and for all above one that does.

    A `guess` that is right costs two questions, one that is near a few.
    """
    stride = 1
    if guess >= high or (guess >= low and holds(guess)):
        high = min(guess, high)
        while low < high and holds(max(high - stride, low)):
            high, stride = max(high - stride, low), stride * 2
        low = max(low, high - stride + 1)
    else:
        low = max(low, guess + 1)
        while low < high and not holds(min(low + stride - 1, high)):
            low, stride = min(low + stride, high), stride * 2
        high = min(low + stride - 1, high)
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if holds(middle) else (middle + 1, high)
    return low
