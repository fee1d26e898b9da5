"""One change of dose: which way it goes, and whether the limits of a rule allow one that large.

Doses are plain exact numbers here, in the unit of the rule and in the order of the clock; a day
without the drug is the empty tuple. What is taken in a cycle of several days are `Turns`. Two cycles are
compared day by day, whichever day of the one meets the first day of the other, and by their average daily doses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import lru_cache
from math import lcm
from typing import Literal

from titrate.frozen import dataclass
from titrate.limit import By, Change
from titrate.quantity import Quantity, Range

Doses = tuple[Fraction, ...]
Direction = Literal["rise", "fall", "none", "neither"]

NOTHING = Fraction(0)
# Two cycles that come together again only after so many days are not compared day by day.
_LONGEST = 1_000
# Of so many changes is remembered what was found: a few hundred bytes each.
_REMEMBERED = 2_048


@dataclass(frozen=True, slots=True, order=True)
class Turns:
    """The days of a cycle of two days or more, in order."""

    days: tuple[Doses, ...]


Taken = Doses | Turns


def days_of(taken: Taken) -> tuple[Doses, ...]:
    """The days of the cycle; of a day's regimen that day."""
    return taken.days if isinstance(taken, Turns) else (taken,)


def every_dose(taken: Taken) -> Doses:
    """All doses of the cycle, in order."""
    return tuple(dose for day in days_of(taken) for dose in day)


def daily(taken: Taken) -> Fraction:
    """The daily dose; of a cycle of several days their average."""
    if isinstance(taken, Turns):
        return sum(every_dose(taken), NOTHING) / len(taken.days)
    return sum(taken, NOTHING)


def worst(taken: Taken) -> Fraction:
    """The largest daily dose of all days."""
    return max(sum(day, NOTHING) for day in days_of(taken))


def counts(taken: Taken) -> tuple[int, ...]:
    """How many doses there are on the days that have any, each number once."""
    return tuple(sorted({len(day) for day in days_of(taken) if day}))


def _side_by_side(one: Taken, other: Taken) -> Iterator[tuple[tuple[Doses, Doses], ...]]:
    """The days of both beside each other, for each day of `other` that may meet the first one of `one`."""
    mine, theirs = days_of(one), days_of(other)
    length = lcm(len(mine), len(theirs))
    for start in range(len(theirs) if length <= _LONGEST else 0):
        yield tuple((mine[day % len(mine)], theirs[(day + start) % len(theirs)]) for day in range(length))


def lays(fewer: Doses, more: Doses, fits: Callable[[Fraction, Fraction], bool]) -> bool:
    """Whether `fewer` can be laid on `more` in order so that `fits(dose of fewer, dose of more)` holds for each pair.

    A dose of `more` that nothing is laid on pairs with 0: it begins or ends with the change.
    """
    laid = {0}  # in how many ways it can stand so far: the number of doses of `fewer` that are laid
    for dose in more:
        onto = {count + 1 for count in laid if count < len(fewer) and fits(fewer[count], dose)}
        laid = onto | (laid if fits(NOTHING, dose) else set())
    return len(fewer) in laid


@lru_cache(_REMEMBERED)
def direction(before: Taken, after: Taken) -> Direction:
    """`rise` if no dose falls, `fall` if no dose rises, `none` if nothing changes, `neither` otherwise."""
    if isinstance(before, Turns) or isinstance(after, Turns):
        return _direction_of_turns(before, after)
    if before == after:
        return "none"
    if lays(before, after, lambda old, new: old <= new):
        return "rise"
    return "fall" if lays(after, before, lambda new, old: new <= old) else "neither"


def _direction_of_turns(before: Taken, after: Taken) -> Direction:
    found: Direction = "neither"
    for pairs in _side_by_side(before, after):
        ways = {direction(old, new) for old, new in pairs} - {"none"}
        if not ways:
            return "none"
        if len(ways) == 1 and found == "neither":
            found = ways.pop()
    return found


def leads_down(taken: Taken, top: Taken) -> bool:
    """Whether falls may lead to the first rung of a ladder: it is below, in the same rhythm, with one day of doses."""
    days = days_of(top)
    return len(days_of(taken)) == len(days) and sum(map(bool, days)) == 1 and direction(top, taken) == "rise"


def touches(band: Range | None, low: Fraction, high: Fraction) -> bool:
    """Whether `band` holds a daily dose from `low` to `high`, both included; no band is touched by everything.

    So a step that crosses an edge, or lands on one that the band includes, keeps the limits of both sides; a step
    that begins on an edge which the band leaves out ("below 15 mg") has already left it.
    """
    if band is None:
        return True
    return (
        (band.at_least is None or high >= band.at_least.amount)
        and (band.above is None or high > band.above.amount)
        and (band.at_most is None or low <= band.at_most.amount)
        and (band.below is None or low < band.below.amount)
    )


def applicable(changes: Iterable[Change], one: Fraction, other: Fraction, original: Fraction) -> tuple[Change, ...]:
    """The limits that apply to a change between these two daily doses, in either order.

    `original` is the daily dose on which the phase began, of which some bands are shares.
    """
    low, high, began = min(one, other), max(one, other), Quantity(original, "a day")
    return tuple(change for change in changes if touches(change.band_at(began), low, high))


def room(by: By, current: Fraction, original: Fraction) -> Fraction:
    """By how much something may change that is `current` now and was `original` when the phase began.

    Where a source is silent, that is nothing at all.
    """
    if by.at_most is None:
        return NOTHING
    if by.at_most.unit.startswith("%"):
        return by.at_most.amount * (original if by.of == "original" else current) / 100
    return by.at_most.amount


def keeps(by: By, size: Fraction, current: Fraction, original: Fraction) -> bool:
    """Whether something that is `current` now may change by `size`; where nothing changes it always may."""
    most = room(by, current, original)
    return size in (NOTHING, most) if by.exactly else size <= most


def within(bys: Iterable[By], before: Taken, after: Taken, original: Taken) -> bool:
    """Whether a rise or fall keeps all of `bys` at once, in at least one way of pairing its doses.

    Never for a change that is neither a rise nor a fall.
    """
    return _within(tuple(bys), before, after, original)


# The same changes come again and again, within a schedule and from one to the next.
@lru_cache(_REMEMBERED)
def _within(bounds: tuple[By, ...], before: Taken, after: Taken, original: Taken) -> bool:
    largest = max(every_dose(original), default=NOTHING)
    old_day, new_day, original_day = daily(before), daily(after), daily(original)
    size = abs(new_day - old_day)
    if not all(keeps(by, size, old_day, original_day) for by in bounds if by.per == "day"):
        return False
    singles = [by for by in bounds if by.per == "dose"]

    def kept(old: Fraction, new: Fraction) -> bool:
        return all(keeps(by, abs(new - old), old, largest) for by in singles)

    def lies(old: Doses, new: Doses) -> bool:
        if new_day > old_day:
            return lays(old, new, lambda low, high: low <= high and kept(low, high))
        return lays(new, old, lambda low, high: low <= high and kept(high, low))

    if not isinstance(before, Turns) and not isinstance(after, Turns):
        return lies(before, after)
    return any(all(lies(old, new) for old, new in pairs) for pairs in _side_by_side(before, after))
