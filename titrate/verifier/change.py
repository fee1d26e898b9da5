"""One change of dose: which way it goes, and whether the limits of a rule allow one that large.

Doses are plain exact numbers here, in the unit of the rule and in the order of the clock; a day
without the drug is the empty tuple.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import Literal

from titrate.limit import By, Change
from titrate.quantity import Quantity, Range

Doses = tuple[Fraction, ...]
Direction = Literal["rise", "fall", "none", "neither"]

NOTHING = Fraction(0)


def lays(fewer: Doses, more: Doses, fits: Callable[[Fraction, Fraction], bool]) -> bool:
    """Whether `fewer` can be laid on `more` in order so that `fits(dose of fewer, dose of more)` holds for each pair.

    A dose of `more` that nothing is laid on pairs with 0: it begins or ends with the change.
    """
    laid = {0}  # in how many ways it can stand so far: the number of doses of `fewer` that are laid
    for dose in more:
        onto = {count + 1 for count in laid if count < len(fewer) and fits(fewer[count], dose)}
        laid = onto | (laid if fits(NOTHING, dose) else set())
    return len(fewer) in laid


def direction(before: Doses, after: Doses) -> Direction:
    """`rise` if no dose falls, `fall` if no dose rises, `none` if nothing changes, `neither` otherwise."""
    if before == after:
        return "none"
    if lays(before, after, lambda old, new: old <= new):
        return "rise"
    return "fall" if lays(after, before, lambda new, old: new <= old) else "neither"


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


def within(bys: Iterable[By], before: Doses, after: Doses, original: Doses) -> bool:
    """Whether a rise or fall keeps all of `bys` at once, in at least one way of pairing its doses.

    Never for a change that is neither a rise nor a fall.
    """
    bounds, largest = tuple(bys), max(original, default=NOTHING)
    old_day, new_day, original_day = sum(before, NOTHING), sum(after, NOTHING), sum(original, NOTHING)
    size = abs(new_day - old_day)
    if not all(keeps(by, size, old_day, original_day) for by in bounds if by.per == "day"):
        return False
    singles = [by for by in bounds if by.per == "dose"]

    def kept(old: Fraction, new: Fraction) -> bool:
        return all(keeps(by, abs(new - old), old, largest) for by in singles)

    if new_day > old_day:
        return lays(before, after, lambda old, new: old <= new and kept(old, new))
    return lays(after, before, lambda new, old: new <= old and kept(old, new))
