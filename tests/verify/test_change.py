"""The arithmetic of one change."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.verify.ladder import (
    doses,
    q,
)
from titrate.quantity import Range
from titrate.verifier.change import Turns, direction, lays, touches, within


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ((10, 10), (10, 10), "none"),
        ((10, 10), (10, 15), "rise"),
        ((10, 10), (10, 5), "fall"),
        ((10, 10), (15, 5), "neither"),
        ((10, 5), (5, 10), "neither"),
        ((10, 5), (5, 10, 5), "rise"),
        ((5, 10, 5), (10, 5), "fall"),
        ((20, 20, 20), (15, 15, 15, 15), "neither"),
        ((), (5,), "rise"),
        ((5,), (), "fall"),
    ],
)
def test_direction_of_a_change(before: tuple[int, ...], after: tuple[int, ...], way: str) -> None:
    assert direction(doses(*before), doses(*after)) == way


def test_laying_keeps_the_order() -> None:
    assert lays(doses(1, 2), doses(1, 5, 2), lambda one, other: one in (other, 0))
    assert not lays(doses(2, 1), doses(1, 2), lambda one, other: one in (other, 0))
    assert not lays(doses(1, 1), doses(1), lambda one, other: True)


def test_within_is_never_for_a_change_that_both_rises_and_falls() -> None:
    assert not within((), doses(10, 10), doses(5, 20), ())
    assert not within((), doses(10, 10), doses(5, 15), ())
    assert not within((), doses(10, 10), doses(15, 1), ())
    assert within((), doses(10, 10), doses(15, 10), ())
    assert within((), doses(10, 10), doses(1, 10), ())


@pytest.mark.parametrize(
    ("band", "low", "high", "touched"),
    [
        (None, 0, 0, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 0, 9, False),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 0, 10, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 0, 30, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 20, 30, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 21, 30, False),
        (Range(above=q("10 mg"), below=q("20 mg")), 20, 30, False),
        (Range(above=q("10 mg"), below=q("20 mg")), 5, 10, False),
        (Range(above=q("10 mg"), below=q("20 mg")), 5, 11, True),
        (Range(at_least=q("0 mg")), 0, 5, True),
    ],
)
def test_touching_a_band(band: Range | None, low: int, high: int, touched: bool) -> None:
    assert touches(band, Fraction(low), Fraction(high)) is touched


def turns(*daily: int) -> Turns:
    return Turns(tuple(doses(one) for one in daily))


def test_cycles_of_other_lengths_are_compared_until_they_meet_again() -> None:
    """5 and 10 mg in turn, then 6, 11 and 6 mg: on three days each dose is more, on the fourth it is 6 after 10 mg."""
    assert direction(turns(5, 10), turns(6, 11, 6)) == "neither"
    assert not within((), turns(5, 10), turns(6, 11, 6), ())
    assert direction(turns(5, 10), turns(10, 11, 10)) == "rise"
    assert direction(turns(10, 11, 10), turns(5, 10)) == "fall"


def test_cycles_that_meet_again_only_after_years_are_not_compared() -> None:
    """8 and 125 days come together after 1000 days, 7 and 143 after 1001."""
    assert direction(turns(*[10] * 8), turns(*[5] * 125)) == "fall"
    assert direction(turns(*[10] * 7), turns(*[5] * 143)) == "neither"
