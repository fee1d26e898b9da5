"""Which change from one day's doses to the next a set of limits allows. All in whole grains.

A day is a tuple of doses in the order of the clock; the empty tuple is a day without the drug. Where the
number of doses changes, the smaller day is laid into the larger one in every order-preserving way; a
dose that is new rises from nothing, a dose that is left out falls to nothing. No dose may move the
other way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from itertools import combinations

from titrate.limit import By, Change
from titrate.quantity import Quantity, Range

Doses = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Allowance:
    """A `By` in grains: `amount`, or `share` of a base. Percentages are compared exactly, so never rounded up; `exact`
    is the amount where it may be no whole number of grains."""

    by: By
    amount: int | None
    share: Fraction
    exact: Fraction | None = None

    def room(self, base: int) -> int:
        """The largest change in whole grains for a dose (or daily dose) of `base`."""
        if self.amount is not None:
            return self.amount
        return self.share.numerator * base // self.share.denominator

    def allows(self, size: int, base: int) -> bool:
        """Whether a change of `size` grains may be made from `base`; no change at all always may."""
        if not self.by.exactly or size == 0:
            return size <= self.room(base)
        if self.exact is not None:
            return size == self.exact
        return size * self.share.denominator == self.share.numerator * base


@dataclass(frozen=True, slots=True)
class _Pace:
    change: Change
    band: Range | None
    per_day: tuple[_Allowance, ...]
    per_dose: tuple[_Allowance, ...]
    every: int


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
        self._original = original
        self._paces = tuple(self._pace(change) for change in changes)
        self._banded = any(pace.change.band is not None for pace in self._paces)
        self._longest = max((pace.every for pace in self._paces), default=cycle)
        self._caps = tuple((pace, pace.change.within) for pace in self._paces if pace.change.within is not None)
        self.longest_window = max((days for _, days in self._caps), default=0)

    def _pace(self, change: Change) -> _Pace:
        allowances = []
        for by in change.by:
            assert by.at_most is not None
            percent = by.at_most.unit == "%"
            exact = None if percent else by.at_most.amount / (self._daily if by.per == "day" else self._grain)
            amount = None if exact is None else int(exact)
            allowances.append(_Allowance(by, amount, by.at_most.amount / 100, exact))
        return _Pace(
            change,
            change.band_at(Quantity(sum(self._original) * self._daily, "of the day")),
            tuple(a for a in allowances if a.by.per == "day"),
            tuple(a for a in allowances if a.by.per == "dose"),
            self.whole(max(change.every or 0, 1)),
        )

    @property
    def monotone(self) -> bool:
        """Whether a change is lawful wherever a larger one of the same dose is; not so where it has to be exact."""
        return not any(allowance.by.exactly for pace in self._paces for allowance in (*pace.per_day, *pace.per_dose))

    def whole(self, days: int) -> int:
        """So many days, or more, so that whole cycles have passed."""
        return -(-days // self.cycle) * self.cycle

    def _touching(self, low: int, high: int) -> tuple[_Pace, ...]:
        """The paces whose band holds a daily dose between `low` and `high`, both included."""
        if not self._banded:
            return self._paces
        return tuple(pace for pace in self._paces if self._touches(pace, low * self._daily, high * self._daily))

    @staticmethod
    def _touches(pace: _Pace, low: Fraction, high: Fraction) -> bool:
        band = pace.band
        if band is None:
            return True
        return not (
            (band.at_least is not None and high < band.at_least.amount)
            or (band.above is not None and high <= band.above.amount)
            or (band.at_most is not None and low > band.at_most.amount)
            or (band.below is not None and low >= band.below.amount)
        )

    def changes(self, before: Doses, after: Doses) -> tuple[Change, ...]:
        """The limits that bear on this change."""
        low, high = sorted((sum(before), sum(after)))
        return tuple(pace.change for pace in self._touching(low, high))

    def every(self, before: Doses, after: Doses) -> int:
        """How many days `before` has to be kept before this change; a day at least."""
        if not self._banded:
            return self._longest
        low, high = sorted((sum(before), sum(after)))
        return max((pace.every for pace in self._touching(low, high)), default=self.cycle)

    def windows(self, earlier: int, later: int) -> Iterator[int]:
        """For each cap over several days that a fall between these daily doses breaks: how many days it looks back."""
        for pace, days in self._caps:
            for allowance in pace.per_day:
                base = sum(self._original) if allowance.by.of == "original" else earlier
                if earlier - later > allowance.room(base):
                    yield days

    def reach(self, before: Doses, most: int) -> int:
        """No lawful change from `before` moves the daily dose by more than this; `most` is the most doses in a day."""
        total, room = sum(before), sum(before) if not self.rising else None
        for pace in self._paces:
            if pace.change.band is not None:
                continue
            for allowance in pace.per_day:
                base = sum(self._original) if allowance.by.of == "original" else total
                room = allowance.room(base) if room is None else min(room, allowance.room(base))
            for allowance in pace.per_dose:
                base = max(self._original, default=0) if allowance.by.of == "original" else max(before, default=0)
                per_day = allowance.room(base) * max(most, len(before))
                room = per_day if room is None else min(room, per_day)
        return 2**62 if room is None else room

    def lawful(self, before: Doses, after: Doses) -> bool:
        """Whether this change is allowed. It has to be a change, and in the direction of these moves."""
        small, big = (before, after) if self.rising else (after, before)
        if len(small) > len(big) or small == big:
            return False
        low, high = sum(small), sum(big)
        paces = self._touching(low, high)
        for pace in paces:
            for allowance in pace.per_day:
                base = sum(self._original) if allowance.by.of == "original" else sum(before)
                if not allowance.allows(high - low, base):
                    return False
        per_dose = [allowance for pace in paces for allowance in pace.per_dose]
        return any(self._fits(laid, big, per_dose) for laid in laid_into(small, len(big)))

    def _fits(self, small: Doses, big: Doses, per_dose: list[_Allowance]) -> bool:
        if any(low > high for low, high in zip(small, big, strict=True)):
            return False
        before = small if self.rising else big
        for allowance in per_dose:
            original = max(self._original, default=0) if allowance.by.of == "original" else None
            for index, base in enumerate(before):
                if not allowance.allows(big[index] - small[index], base if original is None else original):
                    return False
        return True


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
