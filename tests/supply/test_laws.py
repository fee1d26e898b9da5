"""Laws that hold for every schedule that is planned, for the rules that come with titrate."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from math import ceil

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.test_properties import DEEP, RULES, asked, requests, varied
from titrate import supply
from titrate.days import Duration, plus
from titrate.dispensing import Dispensing
from titrate.errors import RequestError
from titrate.planner.refused import Refused
from titrate.planner.steps import within
from titrate.planner.terms import Terms
from titrate.product import Piece, Product, Stock
from titrate.request import Request
from titrate.schedule import Schedule
from titrate.verifier.supplied import check_supplied


def planned(request: Request) -> Schedule:
    rule = RULES[request.rule]
    try:
        return within(rule, Terms.of(rule, request))  # without the argument of a refusal, which takes ten times as long
    except (Refused, RequestError):
        assume(False)
        raise


def counted(schedule: Schedule, keep: bool) -> dict[Product, Fraction]:
    """What the days take, each dose by itself; on the way the pieces of each are added up."""
    taken: dict[Product, Fraction] = {}
    last = schedule.listed_until
    for day in (plus(schedule.first, number) for number in range((last - schedule.first).days + 1)):
        step = next(step for step in schedule.steps if day in step.days)
        number = (day - step.days.first).days % step.regimen.cycle + 1
        for dose in (one for one in step.regimen.administrations if one.day == number):
            made = sum((piece.amount.to(dose.dose.unit).amount for piece in dose.pieces), Fraction(0))
            assert made == dose.dose.amount, day
            for piece in (piece for piece in dose.pieces if piece.product.form != "infusion"):
                count = piece.count if keep or piece.product.measured else Fraction(ceil(piece.count))
                taken[piece.product] = taken.get(piece.product, Fraction(0)) + count
    return taken


def summed(pieces: tuple[Piece, ...]) -> dict[Product, Fraction]:
    found: dict[Product, Fraction] = {}
    for piece in pieces:
        found[piece.product] = found.get(piece.product, Fraction(0)) + piece.count
    return found


def hold(schedule: Schedule, wishes: Dispensing) -> None:
    """Pieces sum to the dose exactly on every day; counts over steps equal counts over days; no day lies beyond what
    is dispensed; nothing is dispensed that is neither taken nor left."""
    taken = counted(schedule, wishes.keep_halves)
    found = supply.of(schedule, supply.used_by(schedule, wishes))
    assert summed(tuple(piece for step in found.steps for piece in step.counts)) == taken == summed(found.used)
    assert list(check_supplied(schedule, found)) == []
    there = summed((*found.at_hand, *found.dispensed))
    assert {product: there[product] - count for product, count in taken.items() if there[product] != count} == {
        product: count for product, count in summed(found.left).items() if product in taken
    }
    for fill in found.fills:
        assert fill.order_by < fill.needed
        assert fill.runs_out is None or fill.runs_out >= fill.needed, fill.number


wishes = st.builds(
    Dispensing,
    fill=st.none() | st.integers(7, 60).map(lambda days: Duration(days, "day")),
    lead=st.integers(0, 7),
    margin=st.integers(0, 10),
    keep_halves=st.booleans(),
)


@settings(deadline=None, max_examples=200 if DEEP else 25, suppress_health_check=list(HealthCheck))
@given(requests() | varied(), wishes)
def test_pieces_and_counts(request: Request, how: Dispensing) -> None:
    hold(planned(request), how)


@pytest.mark.parametrize("name", sorted(RULES))
def test_pieces_and_counts_of_every_rule(name: str) -> None:
    """What the case file of each rule asks for, ladders and drugs that are not taken every day among them."""
    tried = 0
    for request in asked(name):
        rule = RULES[name]
        try:
            schedule = within(rule, Terms.of(rule, request))
        except (Refused, RequestError):
            continue
        tried += 1
        products = list(counted(schedule, True))
        packs = tuple(Stock(product.name, Fraction(28)) for product in products)
        stock = tuple(Stock(product.name, Fraction(5)) for product in products)
        for keep in (True, False):
            hold(schedule, Dispensing(None, (), 0, 0, keep))
            hold(schedule, Dispensing(Duration(28, "day"), packs, 5, 7, keep, stock))
        if tried == 12:
            break
    assert tried


def test_the_rules_have_ladders_and_cycles() -> None:
    """So that the two tests above are about them as well."""
    cycles, ladders = set(), set()
    for name, rule in RULES.items():
        for request in asked(name)[:8]:
            try:
                schedule = within(rule, Terms.of(rule, request))
            except (Refused, RequestError):
                continue
            cycles |= {step.regimen.cycle for step in schedule.steps}
            starting = request.current is None
            ladders |= {name} if rule.limits_for(request.patient, starting).ladder else set()
    assert {1, 2, 7} <= cycles
    assert len(ladders) >= 4


@settings(deadline=None, max_examples=20, suppress_health_check=list(HealthCheck))
@given(requests(), st.integers(1, 60))
def test_what_is_at_hand_is_used_up_before_anything_is_ordered(request: Request, count: int) -> None:
    """A fill is first needed on the first day that the box at home does not cover."""
    schedule = planned(request)
    products = list(counted(schedule, False))
    assume(len(products) == 1)
    stock = (Stock(products[0].name, Fraction(count)),)
    found = supply.of(schedule, Dispensing(at_hand=stock))
    used = Fraction(0)
    for day in schedule.each_day():
        pieces = [piece for given in day.regimen.administrations for piece in given.pieces]
        used += sum((p.count if p.product.measured else Fraction(ceil(p.count)) for p in pieces), Fraction(0))
        if used > count:
            assert found.fills[0].needed == day.date
            return
    assert found.fills == () or schedule.last is None


def test_a_wrong_sum_is_noticed() -> None:
    """The test itself: a piece more than the dose is made of does not pass."""
    schedule = next(
        one
        for one in (within(RULES[r.rule], Terms.of(RULES[r.rule], r)) for r in asked("baclofen-oral-spasticity")[:1])
    )
    step = schedule.steps[0]
    first, *rest = step.regimen.administrations
    more = replace(first, pieces=(*first.pieces, first.pieces[0]))
    steps = (replace(step, regimen=replace(step.regimen, administrations=(more, *rest))), *schedule.steps[1:])
    with pytest.raises(AssertionError):
        hold(replace(schedule, steps=steps), Dispensing())
