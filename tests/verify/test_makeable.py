"""Law 7: each dose is the sum of its pieces, each piece divided only as its product allows."""

from __future__ import annotations

import dataclasses
from datetime import time
from fractions import Fraction

import pytest

from tests import build
from tests.verify.ladder import (
    LADDER,
    LADDER_RULE,
    PUMP_RULE,
    infusion,
    laws,
    q,
    rule_of,
    schedule,
    swapped,
    titration,
)
from titrate.patient import Patient
from titrate.product import Piece, Product
from titrate.regimen import Administration, Regimen, Slot
from titrate.schedule import Schedule
from titrate.verifier import verify


def _made_of(number: int, *pieces: Piece) -> Schedule:
    made = titration()
    first, *rest = made.steps[number - 1].regimen.administrations
    return swapped(made, number, regimen=Regimen("mg", (dataclasses.replace(first, pieces=pieces), *rest)))


FIVE, TEN, TWENTY = build.TABLETS


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ((Piece(TWENTY, Fraction(1)),), 0),
        ((Piece(TEN, Fraction(3, 2)), Piece(FIVE, Fraction(1))), 0),
        ((Piece(TEN, Fraction(1)),), 1),  # 10 mg are not 20 mg
        ((), 1),
        ((Piece(TEN, Fraction(1)), Piece(TEN, Fraction(1))), 1),  # one product twice
        ((Piece(TEN, Fraction(7, 4)), Piece(FIVE, Fraction(1, 2))), 2),  # quarters of halves, halves of wholes
        ((Piece(TWENTY, Fraction(3, 4)), Piece(FIVE, Fraction(1))), 1),  # a fourth where only halves exist
        ((Piece(TWENTY, Fraction(3, 2)), Piece(TEN, Fraction(-1))), 1),
        ((Piece(TWENTY, Fraction(1)), Piece(TEN, Fraction(0))), 1),
        ((Piece(dataclasses.replace(FIVE, parts=2), Fraction(4)),), 1),  # the rule's 5 mg tablet is not divided
        ((Piece(Product("2mg", "tablet", q("2 mg")), Fraction(10)),), 1),
    ],
)
def test_makeable(pieces: tuple[Piece, ...], found: int) -> None:
    assert laws(_made_of(4, *pieces), LADDER_RULE) == [("makeable", "2026-12-10")] * found


def test_makeable_from_what_is_at_hand() -> None:
    """20 mg made of a 20 mg tablet, where only 5 and 10 mg tablets are at hand: once for each of three doses."""
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", products=("5mg", "10mg"))
    assert laws(made, LADDER_RULE) == [("makeable", "2026-12-01")] * 3


def test_makeable_a_dose_of_nothing_is_no_dose() -> None:
    nothing = Administration(Slot("night", time(23, 59)), q("0 mg"), ())
    made = titration()
    four = Regimen("mg", (*made.steps[3].regimen.administrations[:2], nothing))
    asked = dataclasses.replace(made, request=dataclasses.replace(made.request, target=None, split=None))
    found = laws(swapped(asked, 4, regimen=four), LADDER_RULE)
    # The maintenance begins at 10 mg a dose, and from 15/15/15 to 20/20/0 mg two doses rise and one falls.
    assert [law for law, _ in found] == ["maintenance", "makeable", "direction"]


def test_makeable_a_piece_counted_in_something_else_than_the_dose() -> None:
    spoon = Product("spoon", "packet", q("5 mL"))
    assert laws(_made_of(4, Piece(spoon, Fraction(4))), LADDER_RULE) == [("makeable", "2026-12-10")]


@pytest.mark.parametrize(
    ("pieces", "limit"),
    [
        ((Piece(TWENTY, Fraction(3, 4)), Piece(FIVE, Fraction(1))), "pieces divided into 2 at most"),
        ((Piece(TEN, Fraction(3, 2)), Piece(TWENTY, Fraction(0)), Piece(FIVE, Fraction(1))), "more than nothing of it"),
        ((Piece(TEN, Fraction(1)), Piece(FIVE, Fraction(2)), Piece(TWENTY, Fraction(1, 4))), "exactly 20 mg"),
        ((Piece(FIVE, Fraction(1, 2)), Piece(TEN, Fraction(7, 4))), "whole pieces"),
    ],
)
def test_makeable_says_what_a_piece_has_to_be(pieces: tuple[Piece, ...], limit: str) -> None:
    assert verify(_made_of(4, *pieces), LADDER_RULE).findings[0].limit == limit


def test_makeable_a_billion_pieces() -> None:
    """Told, and not counted one by one."""
    made = titration()
    first, *rest = made.steps[3].regimen.administrations
    huge = dataclasses.replace(first, dose=q("10000000000 mg"), pieces=(Piece(TEN, Fraction(10**9)),))
    found = {law for law, _ in laws(swapped(made, 4, regimen=Regimen("mg", (huge, *rest))), LADDER_RULE)}
    assert {"maximum", "increment"} <= found
    assert "makeable" not in found


LIQUID = ('[[products]]\nname = "5mg"\nform = "tablet"\nstrength = "5 mg"',
          '[[products]]\nname = "syrup"\nform = "liquid"\nstrength = "1 mg/mL"\nmeasure = "0.5 mL"')  # fmt: skip


@pytest.mark.parametrize(("millilitres", "found"), [("10", 0), ("9.5", 1), ("9.75", 2)])
def test_makeable_a_liquid_is_drawn_up_in_whole_measures(millilitres: str, found: int) -> None:
    """With half a 20 mg tablet 10 mL are 20 mg; 9.5 mL are not, and 9.75 mL cannot be measured either."""
    rule = rule_of(LADDER, LIQUID)
    syrup = rule.limits_for(Patient(), False).products[0]
    made = schedule(rule, "open maintenance 20 mg x3", current="20 mg x3")
    first, *rest = made.steps[0].regimen.administrations
    pieces = (Piece(TWENTY, Fraction(1, 2)), Piece(syrup, Fraction(millilitres)))
    new = Regimen("mg", (dataclasses.replace(first, pieces=pieces), *rest))
    assert laws(swapped(made, 1, regimen=new), rule) == [("makeable", "2026-12-01")] * found


def test_makeable_half_a_milligram_is_a_dose() -> None:
    rule = rule_of(LADDER, LIQUID, ('dose = { at-least = "10 mg", at-most', "dose = { at-most"))
    assert laws(schedule(rule, "open maintenance 0.5 mg x3", current="0.5 mg x3"), rule) == []


def test_makeable_an_infusion_is_set_in_whole_steps_and_has_no_clock_time() -> None:
    good = infusion(100, current="100 micrograms/day")
    pump = PUMP_RULE.limits_for(Patient(), False).products[0]
    half = Administration(Slot("continuous", None), q("100.5 micrograms"), (Piece(pump, Fraction(201, 2)),))
    assert laws(swapped(good, 1, regimen=Regimen("micrograms", (half,))), PUMP_RULE) == [("makeable", "2026-12-01")]
    clock = Administration(Slot("morning", time(8)), q("100 micrograms"), (Piece(pump, Fraction(100)),))
    assert laws(swapped(good, 1, regimen=Regimen("micrograms", (clock,))), PUMP_RULE) == [("makeable", "2026-12-01")]
