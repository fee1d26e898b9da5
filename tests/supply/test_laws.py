"""Laws that hold for every schedule that is planned, for random requests to the rules that come with titrate."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.test_properties import requests
from titrate import supply
from titrate.days import Duration
from titrate.dispensing import Dispensing
from titrate.errors import RequestError
from titrate.planner.refused import Refused
from titrate.planner.steps import within
from titrate.planner.terms import Terms
from titrate.product import Product
from titrate.request import Request
from titrate.rulebook import load
from titrate.schedule import Schedule
from titrate.verifier.supplied import check_supplied


def planned(request: Request) -> Schedule:
    rule = load(request.rule)
    try:
        return within(rule, Terms.of(rule, request))  # without the argument of a refusal, which takes ten times as long
    except (Refused, RequestError):
        assume(False)
        raise


@settings(deadline=None, max_examples=25, suppress_health_check=list(HealthCheck))
@given(requests(), st.integers(7, 60), st.booleans())
def test_pieces_and_counts(request: Request, fill: int, keep: bool) -> None:
    """Pieces sum to the dose exactly on every day; counts over steps equal counts over days; no day lies beyond what
    is dispensed."""
    schedule = planned(request)
    taken: dict[Product, Fraction] = {}
    for day in schedule.each_day():
        for given_ in day.regimen.administrations:
            made = sum((piece.amount.to(given_.dose.unit).amount for piece in given_.pieces), Fraction(0))
            assert made == given_.dose.amount
            for piece in given_.pieces:
                count = piece.count if keep or piece.product.measured else piece.count.__ceil__()
                if piece.product.form != "infusion":
                    taken[piece.product] = taken.get(piece.product, Fraction(0)) + count
    found = supply.of(schedule, Dispensing(fill=Duration(fill, "day"), keep_halves=keep, lead=3))
    by_step: dict[Product, Fraction] = {}
    for step in found.steps:
        for piece in step.counts:
            by_step[piece.product] = by_step.get(piece.product, Fraction(0)) + piece.count
    assert by_step == taken == {piece.product: piece.count for piece in found.used}
    assert list(check_supplied(schedule, found)) == []
