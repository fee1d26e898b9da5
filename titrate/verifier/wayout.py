"""The way out: whether a taper to nothing exists from a regimen, whatever time it takes.

A lawful fall may also be taken in portions. If 20 to 10 is lawful and 15 can be made, so are 20 to 15
and 15 to 10: each portion is no larger than the whole, passes over no band that the whole does not
pass over, and takes no larger share of what it starts from (15 to 10 is a smaller share of 15 than 20
to 10 is of 20). It is therefore enough to look at the smallest portions: one dose goes to the next
lower dose that can be made, or is left out if there is none. Only where such a portion ends on a regimen
that may not be taken (too many doses, or one that cannot be made), it is one with the portions after it.
The order of the doses within the day plays no part, so a regimen is kept in descending order.
In a cycle of several days a portion lowers one dose of one of its days, and the cycle stays.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import field, replace
from fractions import Fraction
from itertools import islice

from titrate.frozen import dataclass
from titrate.limit import Change, Frequency, LastStep
from titrate.limits import Limits
from titrate.product import ANY, Handling, Product, makeable
from titrate.quantity import Quantity
from titrate.verifier.change import (
    NOTHING,
    Doses,
    Taken,
    Turns,
    applicable,
    counts,
    daily,
    every_dose,
    leads_down,
    within,
)

# More falls than this are not looked at for one regimen. It is far above what tablets and pumps need, and
# bounds the time where fine liquids, several doses and bands meet; what is not found within it counts as none.
LARGEST_SEARCH = 20_000


def way_out_falls(own: Limits, paced: Limits, asked: bool) -> tuple[Change, ...]:
    """The limits on the falls of a way out: the rule's `own`, and where they are silent the prescriber's pace.

    `asked`: whether the request brings an amount; it is then the last limit of `paced`.
    """
    if not asked or not own.decrease:
        return own.decrease
    (pace,) = paced.decrease[-1].by
    return tuple(
        replace(change, by=tuple(pace if by.at_most is None else by for by in change.by)) for change in own.decrease
    )


def grades(products: Sequence[Product], unit: str, largest: Quantity, handling: Handling = ANY) -> Doses:
    """Every dose up to `largest`, included, that `products` make as `handling` says, ascending; none without products.

    Raises `ValueError` where they are too many to be listed.
    """
    if not products:
        return ()
    table = makeable(products, unit, largest, handling=handling)
    return tuple(table.grain * count for count in table.doses)


@dataclass
class WaysOut:
    """The search, and what it has found so far for every regimen that it came by.

    `falls` and `last` are the limits of falls and of the last step, `grades` the doses that can be
    made, ascending, `frequency` how many doses a day a taper may have; all in `unit`. `ladder` has the rungs of a way
    down, which then has to be reached at its first one.
    """

    unit: str
    falls: tuple[Change, ...]
    last: tuple[LastStep, ...]
    grades: Doses
    frequency: tuple[Frequency, ...]
    ladder: tuple[Taken, ...] = ()
    _made: frozenset[Fraction] = field(init=False, repr=False)
    _steady: bool = field(init=False, repr=False)
    _looked: int = field(default=0, repr=False)
    _known: dict[tuple[Taken, int], dict[Taken, bool]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        self._made = frozenset(self.grades)
        # What one dose may do depends on the other doses only by bands and by a share of the current day. Without
        # these no portion closes the way for another, so all orders of them end alike, and one is enough.
        shares = [by for change in self.falls for by in change.by if by.per == "day" and by.of == "current"]
        bands = [limit.band for limit in self.falls] + [limit.band for limit in self.frequency]
        # On the way to the first rung of a ladder the order does matter.
        self._steady = (
            not self.ladder
            and not any(bands)
            and all(by.at_most is not None and by.at_most.unit != "%" for by in shares)
        )

    def exists(self, regimen: Taken) -> bool:
        """Whether a chain of lawful falls leads from `regimen` to nothing."""
        if self.ladder and (regimen in self.ladder or not self.falls):
            return self._goes_on_from(regimen)
        start = _ordered(regimen)
        # Only a share of the original dose, or a band of such shares, makes the answer for one regimen depend on where
        # a taper began.
        original: Taken = start if any(change.by_original for change in self.falls) else ()
        # With how many doses a day a taper began decides how few it may have.
        begun = max(counts(start))
        known = self._known.setdefault((original, begun), {})
        came_from: dict[Taken, Taken | None] = {start: None}
        left = [start]
        self._looked = 0
        while left and self._looked < LARGEST_SEARCH:
            here = left.pop()
            if known.get(here) or self._may_stop(here, original or here):
                _mark(here, came_from, known)
                return True
            if here in known:
                continue
            for lower in islice(self._next_lower(here, original or here, begun), 1 if self._steady else None):
                if lower not in came_from:
                    came_from[lower] = here
                    left.append(lower)
        # Cut off, the search tells nothing about the regimens on its way.
        known.update(dict.fromkeys(came_from if self._looked < LARGEST_SEARCH else [start], False))
        return False

    def _may_stop(self, regimen: Taken, original: Taken) -> bool:
        """Whether the drug may be stopped from `regimen`, or a ladder down begins with it."""
        if self.ladder:
            top = _ordered(self.ladder[0])
            if regimen == top:
                return self._goes_on_from(self.ladder[0])
            if not self.last or leads_down(regimen, top):
                return False
        if self.last:
            return all(self._quantity(regimen) <= step.daily for step in self.last)
        return self._may_fall(regimen, (), original)

    def _goes_on_from(self, regimen: Taken) -> bool:
        """Whether it is a rung of the ladder, and all that follow it can be made."""
        if regimen not in self.ladder:
            return False
        rungs = self.ladder[self.ladder.index(regimen) :]
        return all(self._made.issuperset(every_dose(rung)) for rung in rungs)

    def _next_lower(self, regimen: Taken, original: Taken, begun: int) -> Iterator[Taken]:
        """The regimens that the smallest lawful falls from `regimen` lead to; the most promising ones last."""
        left, seen = [regimen], {regimen}
        while left and self._looked < LARGEST_SEARCH:
            for lower in self._lowered(left.pop()):
                if lower not in seen and self._may_fall(regimen, lower, original):
                    seen.add(lower)
                    if self._may_be_taken(lower, begun):
                        yield lower
                    else:
                        left.append(lower)

    def _lowered(self, regimen: Taken) -> Iterator[Taken]:
        """The regimens in which one dose is the next lower one that can be made, or left out if there is none."""
        if not isinstance(regimen, Turns):
            yield from self._lowered_day(regimen)
            return
        for number, day in enumerate(regimen.days):
            # A day's only dose is left out where there is no lower one, unless it is the last of the cycle.
            lowered = tuple(self._lowered_day(day)) or (((),) if day else ())
            turns = (Turns((*regimen.days[:number], lower, *regimen.days[number + 1 :])) for lower in lowered)
            yield from (lower for lower in turns if every_dose(lower))

    def _lowered_day(self, regimen: Doses) -> Iterator[Doses]:
        for dose in dict.fromkeys(reversed(regimen)):
            at, lower = regimen.index(dose), self._grade_below(dose)
            rest = (*regimen[:at], *regimen[at + 1 :])
            if rest or lower:
                yield tuple(sorted((*rest, lower), reverse=True)) if lower else rest

    def _may_be_taken(self, regimen: Taken, begun: int) -> bool:
        """Whether a taper may have so many doses a day, and each of them can be made."""
        quantity, often = self._quantity(regimen), counts(regimen)
        allowed = all(limit.allows(count, quantity, begun) for limit in self.frequency for count in often)
        return allowed and self._made.issuperset(every_dose(regimen))

    def _may_fall(self, regimen: Taken, lower: Taken, original: Taken) -> bool:
        """Whether the limits of falls allow going from `regimen` to `lower` at once."""
        self._looked += 1
        limits = applicable(self.falls, daily(regimen), daily(lower), daily(original))
        return within([by for limit in limits for by in limit.by], regimen, lower, original)

    def _quantity(self, regimen: Taken) -> Quantity:
        return Quantity(daily(regimen), self.unit)

    def _grade_below(self, dose: Fraction) -> Fraction:
        """The largest dose below `dose` that can be made, or 0."""
        at = bisect_left(self.grades, dose)
        return self.grades[at - 1] if at else NOTHING


def _ordered(regimen: Taken) -> Taken:
    """The regimen with the doses of each day in descending order."""
    if isinstance(regimen, Turns):
        return Turns(tuple(tuple(sorted(day, reverse=True)) for day in regimen.days))
    return tuple(sorted(regimen, reverse=True))


def _mark(here: Taken, came_from: dict[Taken, Taken | None], known: dict[Taken, bool]) -> None:
    """Note that there is a way out from `here`, and so from every regimen on the way to it."""
    regimen: Taken | None = here
    while regimen is not None:
        known[regimen] = True
        regimen = came_from[regimen]


def largest_of(regimens: Iterable[Taken]) -> Fraction:
    """The largest dose of all; 0 if there is none."""
    return max((dose for regimen in regimens for dose in every_dose(regimen)), default=NOTHING)
