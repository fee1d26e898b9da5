"""Which change from one day's doses to the next a set of limits allows. All in whole grains.

A day is a tuple of doses in the order of the clock; the empty tuple is a day without the drug. Where the
number of doses changes, the smaller day is laid into the larger one in every order-preserving way; a
dose that is new rises from nothing, a dose that is left out falls to nothing. No dose may move the
other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from itertools import combinations
from typing import NamedTuple

from titrate.frozen import dataclass
from titrate.ladder import Rung
from titrate.limit import By, Change
from titrate.planner.grains import whole_grains
from titrate.quantity import Quantity

Doses = tuple[int, ...]

# A number of grains that no dose has: where nothing bounds a change.
UNBOUNDED = 2**62


@dataclass(frozen=True, slots=True)
class _Allowance:
    """A `By` in grains: `amount`, or so many `parts` of `whole` of a base, which is the `original` dose or the current.

    Percentages are compared exactly, so never rounded up; `exact` is the amount where it may be no whole number.
    """

    original: bool
    exactly: bool
    amount: int | None
    parts: int
    whole: int
    exact: Fraction | None

    def room(self, base: int) -> int:
        """The largest change in whole grains for a dose (or daily dose) of `base`."""
        return self.amount if self.amount is not None else self.parts * base // self.whole

    def very(self, base: int) -> tuple[int, int]:
        """The one change that may be made, as the least and the largest; no number lies between where there is none."""
        exact = self.exact if self.exact is not None else Fraction(self.parts * base, self.whole)
        return (int(exact), int(exact)) if exact.denominator == 1 else (1, 0)


@dataclass(frozen=True, slots=True, eq=False)
class _Pace:
    """A `Change` in grains; it bears on changes that touch a daily dose from `low` to `high` (`None`: no end)."""

    change: Change
    low: int
    high: int | None
    per_day: tuple[_Allowance, ...]
    per_dose: tuple[_Allowance, ...]
    every: int


@dataclass(frozen=True, slots=True, eq=False)
class Bearing:
    """The limits that bear on a change, taken together: `every` is for how many days the day before is kept.

    `original` is what limits on shares of the original dose count from: its daily dose, and the largest dose of it.
    """

    every: int
    per_day: tuple[_Allowance, ...]
    per_dose: tuple[_Allowance, ...]
    original: tuple[int, int]

    def by_day(self, total: int) -> tuple[int, int]:
        """The least and the largest change of a daily dose of `total`, both included."""
        return _narrowest(self.per_day, total, self.original[0])

    def by_dose(self, dose: int) -> tuple[int, int]:
        """Likewise of a single dose, which may also stay as it is."""
        return _narrowest(self.per_dose, dose, self.original[1])

    def together(self, total: int, doses: int) -> tuple[int, int]:
        """Likewise of a daily dose of `total`, for what is said of its doses, so many or fewer.

        Of one dose it is the very border; of several some such changes may not be lawful.
        """
        if doses == 1:
            return self.by_dose(total)
        most = UNBOUNDED
        for one in self.per_dose:
            shared = one.amount is None and not one.original
            most = min(most, one.room(total) if shared else doses * one.room(self.original[1]))
        return 1, most


def _narrowest(allowances: tuple[_Allowance, ...], current: int, original: int) -> tuple[int, int]:
    least, most = 1, UNBOUNDED
    for one in allowances:
        base = original if one.original else current
        if one.exactly:
            low, high = one.very(base)
            least = max(least, low)
        else:
            high = one.amount if one.amount is not None else one.parts * base // one.whole
        most = high if high < most else most
    return least, most


class Span(NamedTuple):
    """Changes of a daily dose by `least` to `most` grains (both included) on which the same limits bear."""

    least: int
    most: int
    bearing: Bearing


class Moves:
    """The lawful changes in one direction, under every one of `changes`.

    `original` is the day on which the phase begins, for percentages of the original dose. A `Change` that is still
    silent about its amount or interval allows nothing; the planner asks for it before it comes here. The doses are
    taken every `cycle` days, so that what is said of a daily dose holds for so many times as much.
    """

    def __init__(self, changes: Iterable[Change], grain: Fraction, original: Doses, rising: bool, cycle: int = 1):
        self.rising = rising
        self.cycle = cycle
        self._grain = grain
        self._daily = grain / cycle
        self._original = (sum(original), max(original, default=0))
        self._paces = tuple(self._pace(change) for change in changes)
        self._banded = any(pace.low or pace.high is not None for pace in self._paces)
        self._bearings: dict[tuple[_Pace, ...], Bearing] = {}
        self._all = self._together(self._paces)
        self._caps = tuple((pace, pace.change.within) for pace in self._paces if pace.change.within is not None)
        self.longest_window = max((days for _, days in self._caps), default=0)

    def _pace(self, change: Change) -> _Pace:
        band = change.band_at(Quantity(self._original[0] * self._daily, "of the day"))
        low, high = whole_grains(band, self._daily)
        per_day = tuple(_allowance(by, self._daily) for by in change.by if by.per == "day")
        per_dose = tuple(_allowance(by, self._grain) for by in change.by if by.per == "dose")
        return _Pace(change, low, high, per_day, per_dose, self.whole(max(change.every or 0, 1)))

    def _together(self, paces: tuple[_Pace, ...]) -> Bearing:
        return Bearing(
            max((pace.every for pace in paces), default=self.cycle),
            tuple(allowance for pace in paces for allowance in pace.per_day),
            tuple(allowance for pace in paces for allowance in pace.per_dose),
            self._original,
        )

    def whole(self, days: int) -> int:
        """So many days, or more, so that whole cycles have passed."""
        return -(-days // self.cycle) * self.cycle

    def _touching(self, low: int, high: int) -> tuple[_Pace, ...]:
        """The paces whose band holds a daily dose between `low` and `high`, both included."""
        return tuple(p for p in self._paces if high >= p.low and (p.high is None or low <= p.high))

    def _bearing(self, before: int, after: int) -> Bearing:
        """What bears on a change between these daily doses."""
        if not self._banded:
            return self._all
        low, high = (before, after) if before <= after else (after, before)
        paces = self._touching(low, high)
        if paces not in self._bearings:
            self._bearings[paces] = self._together(paces)
        return self._bearings[paces]

    def changes(self, before: Doses, after: Doses) -> tuple[Change, ...]:
        """The limits that bear on this change."""
        low, high = sorted((sum(before), sum(after)))
        return tuple(pace.change for pace in self._touching(low, high))

    def every(self, before: Doses, after: Doses) -> int:
        """How many days `before` has to be kept before this change; a day at least."""
        return self._bearing(sum(before), sum(after)).every

    def windows(self, earlier: int, later: int) -> Iterator[int]:
        """For each cap over several days that a fall between these daily doses breaks: how many days it looks back."""
        for pace, days in self._caps:
            for allowance in pace.per_day:
                base = self._original[0] if allowance.original else earlier
                if earlier - later > allowance.room(base):
                    yield days

    def spans(self, total: int, doses: int, most: int) -> Iterator[Span]:
        """The changes of a daily dose of `total`, by `most` grains or less, in days of so many `doses` or fewer.

        The smallest come first. Every lawful change is in a span; with one dose a day everything in it is lawful.
        """
        if not self._banded:
            (low, high), (least, last) = self._all.by_day(total), self._all.together(total, doses)
            low, high = max(low, least), min(high, last, most)
            if low <= high:
                yield Span(low, high, self._all)
            return
        begins = [1, *self._borders(total)]
        for index, least in enumerate(begins):
            bearing = self._bearing(total, total + least if self.rising else total - least)
            (low, high), each = bearing.by_day(total), bearing.together(total, doses)
            below = begins[index + 1] - 1 if index + 1 < len(begins) else most
            low, high = max(low, least, each[0]), min(high, most, below, each[1])
            if low <= high:
                yield Span(low, high, bearing)

    def _borders(self, total: int) -> list[int]:
        """From which sizes on a change of `total` reaches into one more band; ascending, without 1."""
        if self.rising:
            return sorted({pace.low - total for pace in self._paces if pace.low - total > 1})
        reached = {total - pace.high for pace in self._paces if pace.high is not None}
        return sorted(size for size in reached if 1 < size <= total)

    def lawful(self, before: Doses, after: Doses) -> bool:
        """Whether this change is allowed. It has to be a change, and in the direction of these moves."""
        small, big = (before, after) if self.rising else (after, before)
        if len(small) > len(big) or small == big:
            return False
        bearing = self._bearing(sum(before), sum(after))
        least, most = bearing.by_day(sum(before))
        size = sum(big) - sum(small)
        if size and not least <= size <= most:
            return False
        return any(self._fits(laid, big, bearing) for laid in laid_into(small, len(big)))

    def _fits(self, small: Doses, big: Doses, bearing: Bearing) -> bool:
        for low, high in zip(small, big, strict=True):
            least, most = bearing.by_dose(low if self.rising else high)
            if low != high and not least <= high - low <= most:
                return False
        return True


def _allowance(by: By, grain: Fraction) -> _Allowance:
    """`by` in grains. One that is still silent about its amount has to be filled in before."""
    assert by.at_most is not None
    share, exact = by.at_most.amount / 100, None if by.at_most.unit == "%" else by.at_most.amount / grain
    amount = None if exact is None else int(exact)
    return _Allowance(by.of == "original", by.exactly, amount, share.numerator, share.denominator, exact)


@lru_cache(maxsize=1024)
def _places(length: int, count: int) -> tuple[tuple[int, ...], ...]:
    return tuple(combinations(range(length), count))


def laid_into(small: Doses, length: int) -> Iterable[Doses]:
    """`small` spread over `length` places in order, with 0 in the places that stay empty; every way to do it."""
    if len(small) == length:
        return (small,)
    ways = []
    for places in _places(length, len(small)):
        laid = [0] * length
        for place, dose in zip(places, small, strict=True):
            laid[place] = dose
        ways.append(tuple(laid))
    return ways


def within(small: Doses, big: Doses) -> bool:
    """Whether `small` can be laid into `big` so that no dose is above the one it lies on."""
    if len(small) > len(big):
        return False
    return any(all(s <= b for s, b in zip(laid, big, strict=True)) for laid in laid_into(small, len(big)))


def above_rung(rung: Rung, grain: Fraction, day: Doses, cycle: int) -> bool:
    """Whether falls may lead from that day, taken every `cycle` days, to a rung: no dose rises, the rhythm stays."""
    doses = tuple(-int(-dose.amount // grain) for dose in rung.doses)
    return cycle == rung.cycle and not rung.on and within(doses, day)
