"""Whether the bands of one kind of limit meet: where two hold at once, and where none does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from titrate.quantity import Quantity, Range

# Where a band ends: the amount, and on which side of it (0: just before it, 1: just after it).
Edge = tuple[Fraction, int]


def ends(band: Range) -> tuple[Edge | None, Edge | None]:
    """From where to where a band goes; `None` where it has no bound."""
    low: Edge | None = None
    if band.at_least is not None or band.above is not None:
        bound = band.at_least or band.above
        assert bound is not None
        low = (bound.amount, 0 if band.at_least is not None else 1)
    high: Edge | None = None
    if band.at_most is not None or band.below is not None:
        bound = band.at_most or band.below
        assert bound is not None
        high = (bound.amount, 1 if band.at_most is not None else 0)
    return low, high


def faults(bands: Sequence[Range]) -> Iterator[tuple[str, str]]:
    """`gap` or `overlap`, each with the amounts in words, between neighbours among `bands` of one unit."""
    unit = bands[0].bounds[0].unit
    nowhere: Edge = (Fraction(-1), 0)
    ordered = sorted(map(ends, bands), key=lambda band: band[0] or nowhere)
    reached = ordered[0][1]
    for low, high in ordered[1:]:
        if reached is None or (low is None or low < reached):
            yield "overlap", _between(low, reached if high is None or reached is None else min(reached, high), unit)
        elif low > reached:
            yield "gap", _between(reached, low, unit)
        if reached is not None and (high is None or high > reached):
            reached = high


def _between(low: Edge | None, high: Edge | None, unit: str) -> str:
    """`at 20 mg`, `between 10 mg and 15 mg`, `from 20 mg up`."""
    if low is None or high is None:
        edge = low or high
        return "everywhere" if edge is None else f"{'up to' if low is None else 'from'} {Quantity(edge[0], unit)}"
    if low[0] == high[0]:
        return f"at exactly {Quantity(low[0], unit)}"
    return f"between {Quantity(low[0], unit)} and {Quantity(high[0], unit)}"
