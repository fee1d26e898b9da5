"""The days that products can make: every tuple of doses that a schedule may be built from, in whole grains."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from datetime import time
from fractions import Fraction
from itertools import product as every_combination
from types import MappingProxyType

from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.limit import Frequency
from titrate.limits import Limits
from titrate.planner.grains import whole_grains
from titrate.planner.moves import Doses
from titrate.product import ANY, Handling, Makeable, Piece, Product, makeable
from titrate.quantity import Quantity
from titrate.regimen import Administration, Regimen, Slot

# How a day may be divided, from strictest to loosest. "near": all doses equal, or all but one, which is
# smaller: so a dose that is added is built up, and one that is left out is let down, by itself.
SHAPES = ("even", "near", "uneven")

# More possible days than this are not searched; the request is refused instead, with this number.
MOST_DAYS = 20_000
# A taper with a chosen end searches all days at once only where they are at most so many: it takes seconds beyond.
MOST_AT_ONCE = 2_000


class TooMany(RequestError):
    """There are more different days than are searched."""

    def __init__(self, doses: int, frequency: int, days: int) -> None:
        super().__init__(
            f"{doses} possible doses at {frequency} times a day make {days} different days; "
            f"titrate searches at most {MOST_DAYS}."
        )


def largest(limits: Limits) -> Quantity:
    """The largest single dose. Of a rule without a maximum `Terms` bounds it by what is taken now."""
    top = limits.largest_dose()
    assert top is not None
    return top


@dataclass(frozen=True, slots=True)
class Grid:
    """What can be taken: `table` has the makeable doses in grains, `slots` the slots of a day by frequency.

    A day is taken every `cycle` days.
    """

    table: Makeable
    slots: dict[int, tuple[Slot, ...]]
    largest_dose: int
    largest_daily: int | None
    cycle: int = 1
    _words: dict[tuple[Doses, int], str] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(
        cls, limits: Limits, products: tuple[Product, ...], slots: dict[int, tuple[Slot, ...]], handling: Handling = ANY
    ) -> Grid:
        """The grid of the products at hand, whose doses are made as `handling` says.

        Its grain also counts what the rule's other products make, since the patient may be on one of them now.
        Raises `RequestError` if there are too many doses to plan with.
        """
        top = largest(limits)
        try:
            grades = tuple(grade for product in limits.products for grade in product.grades)
            table = makeable(products, limits.unit, top, grades, handling)
        except ValueError as fault:
            raise RequestError(f"These products cannot be planned with: {fault}.") from fault
        daily = limits.largest_daily()
        whole = None if daily is None else int(daily.to(limits.unit).amount / table.grain)
        return cls(table, slots, int(top.to(limits.unit).amount / table.grain), whole, limits.cycle)

    def allowed(self, frequencies: tuple[Frequency, ...], begun: int | None = None) -> tuple[int, ...]:
        """The frequencies that have slots and that the limits allow at some daily dose at least, ascending."""
        return tuple(
            f
            for f in sorted(self.slots)
            if all(f in limit.times or limit.band is not None or f == begun for limit in frequencies)
        )

    def fits(self, day: Doses, frequencies: tuple[Frequency, ...]) -> bool:
        """Whether the products make every dose of the day, none is above a maximum, and they are as many as allowed."""
        return self.fitting(frequencies)(day)

    def fitting(self, frequencies: tuple[Frequency, ...], begun: int | None = None) -> Callable[[Doses], bool]:
        """`fits` for many days: what does not depend on the day is worked out once, in whole grains.

        `begun` is the frequency with which a taper began, as `Frequency.allows` has it.
        """
        grain = self.table.grain / self.cycle
        bounds = []
        for limit in frequencies:
            least = limit.times.at_least if begun is None else min(limit.times.at_least, begun)
            bounds.append((least, limit.times.at_most, *whole_grains(limit.band, grain)))

        def fits(day: Doses) -> bool:
            total, count = sum(day), len(day)
            for least, most, low, high in bounds:
                if not least <= count <= most and low <= total and (high is None or total <= high):
                    return False
            return self.makes(day)

        return fits

    def makes(self, day: Doses) -> bool:
        """Whether the products make every dose of the day, there are slots for them, and none is above a maximum."""
        return (
            len(day) in self.slots
            and (self.largest_daily is None or sum(day) <= self.largest_daily)
            and all(dose <= self.largest_dose and dose in self.table.cost for dose in day)
        )

    def choice(self, largest: int) -> list[int]:
        """The doses up to `largest` that days can be made of, ascending."""
        top = min(largest, self.largest_dose)
        return list(self.table.doses[: bisect_right(self.table.doses, top)])

    def days(self, frequencies: Sequence[int], shape: str, largest: int, low: int, high: int) -> list[Doses]:
        """Every day of that shape, with doses up to `largest` and a daily dose from `low` to `high` (all included).

        Raises `TooMany` where there are more than `MOST_DAYS`.
        """
        top = min(high, self.largest_daily if self.largest_daily is not None else high)
        doses = self.choice(largest)
        self.check_size(len(doses), frequencies, shape)
        return [day for f in frequencies for day in _shaped(doses, f, shape) if low <= sum(day) <= top]

    def few(self, frequencies: Iterable[int], largest: int) -> bool:
        """Whether all days with doses up to `largest` are few enough to be searched at once."""
        doses = sum(1 for dose in self.table.doses if dose <= min(largest, self.largest_dose))
        days: int = sum(doses**frequency for frequency in frequencies)
        return days <= MOST_AT_ONCE

    def check_size(self, doses: int, frequencies: Iterable[int], shape: str) -> None:
        """Raises `TooMany` where days of that shape, made of so many different doses, are more than `MOST_DAYS`."""
        for frequency in frequencies:
            count = doses if shape == "even" or frequency == 1 else doses**frequency
            if shape == "near" and frequency > 1:
                count = doses + frequency * doses * (doses - 1) // 2
            if count > MOST_DAYS:
                raise TooMany(doses, frequency, count)

    def regimen(
        self, day: Doses, ways: Mapping[int, tuple[Piece, ...]] = MappingProxyType({}), on: tuple[int, ...] = ()
    ) -> Regimen:
        """The day as a regimen, each dose made as `ways` says, or else in the best way by itself. `on` has the day of
        the cycle of each dose, where they are not all taken on the first."""
        taken: dict[int, list[int]] = {}
        for dose, number in zip(day, on or (1,) * len(day), strict=True):
            taken.setdefault(number, []).append(dose)
        administrations = (
            Administration(slot, self.table.dose(dose), ways.get(dose) or self.table.pieces(dose), number)
            for number, doses in taken.items()
            for slot, dose in zip(self.slots.get(len(doses), ()), doses, strict=True)
        )
        return Regimen(self.table.unit, tuple(administrations), self.cycle if day else 1)

    def in_words(self, day: Doses) -> str:
        """The day as a regimen in words; it has to have doses, and there have to be slots for them."""
        if (day, self.cycle) not in self._words:
            taken = zip(self.slots[len(day)], day, strict=True)
            administrations = tuple(Administration(slot, self.table.dose(dose), ()) for slot, dose in taken)
            regimen = Regimen(self.table.unit, administrations, self.cycle)
            self._words[day, self.cycle] = regimen.in_words()
        return self._words[day, self.cycle]

    def daily(self, day: Doses) -> Quantity:
        """The daily dose; where the day is not taken every day, their average."""
        return self.table.dose(sum(day)) if self.cycle == 1 else self.table.dose(sum(day)) * Fraction(1, self.cycle)


def _shaped(doses: list[int], frequency: int, shape: str) -> Iterable[Doses]:
    if shape == "uneven" and frequency > 1:
        yield from every_combination(doses, repeat=frequency)
        return
    for dose in doses:
        yield (dose,) * frequency
    if shape == "even" or frequency == 1:
        return
    for dose in doses:
        for small in doses:
            if small < dose:
                for place in range(frequency):
                    yield (dose,) * place + (small,) + (dose,) * (frequency - place - 1)


def daily_doses(doses: Sequence[int], frequencies: Iterable[int], shape: str) -> set[int]:
    """The daily doses of all days of that shape."""
    found: set[int] = set()
    for frequency in frequencies:
        if shape == "even" or frequency == 1:
            found.update(dose * frequency for dose in doses)
        elif shape == "near":
            found.update(dose * (frequency - 1) + small for dose in doses for small in doses if small <= dose)
        else:
            sums = {0}
            for _ in range(frequency):
                sums = {total + dose for total in sums for dose in doses}
            found |= sums
    return found


def spread(day: Doses) -> int:
    """How uneven a day is: its largest dose less its smallest."""
    return max(day) - min(day) if len(day) > 1 else 0


def lateness(day: Doses) -> int:
    """Smaller the later in the day the larger doses are."""
    return sum(dose * (len(day) - place) for place, dose in enumerate(day, 1))


_DAYTIMES = (
    (time(4), "morning"),
    (time(11), "midday"),
    (time(14), "afternoon"),
    (time(18), "evening"),
    (time(21, 30), "bedtime"),
)


def slots_at(
    times: tuple[time, ...], usual: Mapping[int, tuple[Slot, ...]] = MappingProxyType({})
) -> dict[int, tuple[Slot, ...]]:
    """The slots of days with 1 .. n doses at n `times`. Fewer doses stand where they stand among the `usual` slots of n
    doses; where those do not tell, they are spread, and a single one is the last.

    Raises `ValueError` if the times are not in the order of the clock.
    """
    if list(times) != sorted(set(times)):
        written = ", ".join(f"{at:%H:%M}" for at in times)
        raise ValueError(f"the times {written} are not in the order of the clock, each once")
    names = [_daytime(at) for at in times]
    named = [name if names.count(name) == 1 else f"dose {index}" for index, name in enumerate(names, 1)]
    slots = [Slot(name, at) for name, at in zip(named, times, strict=True)]
    return {
        frequency: tuple(slots[place] for place in _places(frequency, len(slots), usual))
        for frequency in range(1, len(slots) + 1)
    }


def _places(frequency: int, most: int, usual: Mapping[int, tuple[Slot, ...]]) -> list[int]:
    of_all = [slot.name for slot in usual.get(most, ())]
    told = [slot.name for slot in usual.get(frequency, ())]
    if told and set(told) <= set(of_all):
        return [of_all.index(name) for name in told]
    if frequency == 1:
        return [most - 1]
    half = (frequency - 1) // 2
    return [(index * (most - 1) + half) // (frequency - 1) for index in range(frequency)]


def _daytime(at: time) -> str:
    return next((name for since, name in reversed(_DAYTIMES) if at >= since), "night")
