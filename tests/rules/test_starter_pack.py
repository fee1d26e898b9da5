"""The starter pack of apremilast: the tablets of each strength that its table asks for, counted on paper."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from tests.build import ISSUED
from titrate import rulebook, supply
from titrate.days import Duration
from titrate.dispensing import Dispensing
from titrate.planner import plan
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.schedule import Schedule
from titrate.verifier import verify

RULE = rulebook.load("apremilast-oral-psoriasis")


def fourteen_days() -> Schedule:
    request = Request(
        RULE.id, "plan", date(2026, 12, 1), ISSUED, target=Pattern.parse("30 mg x2"), tz="Europe/London",
        by=Quantity.parse("30 mg"), every=Duration(1, "day"), review=date(2026, 12, 15),
    )  # fmt: skip
    schedule = plan(RULE, request)
    assert verify(schedule, RULE).findings == ()
    return schedule


def test_the_pack_holds_27_tablets_of_three_strengths() -> None:
    """10 mg on days 1, 2, 2, 3: four; 20 mg on days 3, 4, 4, 5: four; 30 mg on day 5, twice on days 6 to 14: 1 + 18."""
    pieces: dict[str, Fraction] = {}
    for day in fourteen_days().each_day(date(2026, 12, 14)):
        for one in day.regimen.administrations:
            for piece in one.pieces:
                pieces[piece.product.name] = pieces.get(piece.product.name, Fraction(0)) + piece.count
    assert pieces == {"10mg": 4, "20mg": 4, "30mg": 19}
    assert sum(pieces.values()) == 27


def test_supply_counts_them_too() -> None:
    found = supply.of(fourteen_days(), Dispensing())
    assert {piece.product.name: piece.count for piece in found.used} == {"10mg": 4, "20mg": 4, "30mg": 19}
