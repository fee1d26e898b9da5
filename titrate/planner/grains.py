"""Amounts as whole grains: what is compared often is compared as whole numbers."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor

from titrate.quantity import Range


def whole_grains(bounds: Range | None, grain: Fraction) -> tuple[int, int | None]:
    """The least and the largest number of grains in a range, both included (`None`: no largest). All of them are in it.

    The range is in the unit of `grain`.
    """
    if bounds is None:
        return 0, None
    low, high = 0, None
    if bounds.at_least is not None:
        low = ceil(bounds.at_least.amount / grain)
    if bounds.above is not None:
        low = max(low, floor(bounds.above.amount / grain) + 1)
    if bounds.at_most is not None:
        high = floor(bounds.at_most.amount / grain)
    if bounds.below is not None:
        below = ceil(bounds.below.amount / grain) - 1
        high = below if high is None else min(high, below)
    return low, high
