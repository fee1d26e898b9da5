"""Fills: what each brings, until when it lasts, and when the next has to be ordered. All days counted on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.build import SLOTS
from tests.supply.boxes import FIVE, TEN, TWENTY, counts, dispensing, of_days, of_texts, regimen
from titrate import supply
from titrate.days import Duration
from titrate.dispensing import Dispensing
from titrate.errors import RequestError
from titrate.product import Piece, Product, Stock
from titrate.quantity import Quantity
from titrate.regimen import Administration, Regimen
from titrate.schedule import Schedule
from titrate.supply import Supply
from titrate.verifier.supplied import check_supplied

F = Fraction
NONE = Regimen("mg")


def day(month: int, number: int, year: int = 2026) -> date:
    return date(year, month, number)


def steady(days: int | None, **more: Any) -> Schedule:
    """One tablet of 10 mg a day."""
    return of_texts([("10 mg x1", days), *([] if days is None else [("none", 1)])], TEN, **more)


def told(found: Supply) -> list[tuple[Any, ...]]:
    """Of each fill: how much, first needed, order by, runs out, order more by."""
    return [(*(item.piece.count for item in f.items), f.needed, f.order_by, f.runs_out, f.next_by) for f in found.fills]


def test_packs_and_stocks_of_other_plans_are_left_out() -> None:
    """Two plans in one folder: one takes tablets of 10 mg, the other of 20 mg."""
    packs, boxes = (Stock("10mg", F(30)), Stock("20mg", F(84))), (Stock("20mg", F(5)), Stock("10mg", F(7)))
    both = Dispensing(fill=Duration(28, "day"), packs=packs, at_hand=boxes)
    assert supply.used_by(steady(60), both) == replace(both, packs=packs[:1], at_hand=boxes[1:])
    assert supply.used_by(steady(60), replace(both, at_hand=None)) == replace(both, packs=packs[:1], at_hand=None)


@pytest.mark.parametrize(
    ("wishes", "says"),
    [
        (Dispensing(packs=(Stock("20mg", F(84)),)), "--pack 20mg=84: the schedule takes nothing from 20mg."),
        (Dispensing(at_hand=(Stock("20mg", F(5)),)), "--at-hand 20mg=5: the schedule takes nothing from 20mg."),
    ],
)
def test_packs_and_stocks_that_are_not_used_are_refused(wishes: Dispensing, says: str) -> None:
    with pytest.raises(RequestError) as told:
        supply.of(steady(60), wishes)
    assert (told.value.message, told.value.options) == (says, ("choose from 10mg",))


def test_fills_of_four_weeks() -> None:
    """60 days from 1 December: 28 tablets last until the 28th, 28 more until 25 January, 4 to the end. To order: the
    day before it is needed, 5 days earlier: for 1 December that is 25 November."""
    found = supply.of(steady(60), dispensing(fill="28d", lead=5))
    assert told(found) == [
        (28, day(12, 1), day(11, 25), day(12, 28), day(12, 23)),
        (28, day(12, 29), day(12, 23), day(1, 25, 2027), day(1, 20, 2027)),
        (4, day(1, 26, 2027), day(1, 20, 2027), None, None),
    ]
    assert [fill.days.length for fill in found.fills] == [28, 28, 4]


def test_whole_packs() -> None:
    """Packs of 30: the first lasts until 30 December, so the next is needed on the 31st, and two more days are left."""
    found = supply.of(steady(58), dispensing(fill="28d", pack="10mg=30"))
    assert told(found) == [
        (30, day(12, 1), day(11, 30), day(12, 30), day(12, 30)),
        (30, day(12, 31), day(12, 30), None, None),
    ]
    assert [item.packs for fill in found.fills for item in fill.items] == [1, 1]
    assert counts(found.left) == {"10mg": F(2)}


def test_what_is_at_hand_comes_first() -> None:
    """12 tablets last until 12 December; the first fill of 28 days brings 16."""
    found = supply.of(steady(40), dispensing(fill="28d", at_hand="10mg=12", lead=2))
    assert told(found) == [
        (16, day(12, 13), day(12, 10), day(12, 28), day(12, 26)),
        (12, day(12, 29), day(12, 26), None, None),
    ]


def test_enough_at_hand_needs_no_fill() -> None:
    found = supply.of(steady(10), dispensing(fill="28d", at_hand="10mg=12"))
    assert (found.fills, counts(found.left)) == ((), {"10mg": F(2)})


def test_a_margin_for_a_late_refill() -> None:
    """7 days more than 28 are 35 tablets, until 4 January; ordered so that the next is there 7 days before that."""
    found = supply.of(steady(56), dispensing(fill="28d", margin=7, lead=5))
    assert told(found)[0] == (35, day(12, 1), day(11, 25), day(1, 4, 2027), day(12, 23))
    # and at the end 7 days more of the last dose: 56 + 7 - 35
    assert told(found)[1][0] == 28
    assert counts(found.left) == {"10mg": F(7)}


def test_the_margin_is_that_of_the_larger_need() -> None:
    """From 29 December two tablets a day: a margin of 7 days is 14, more than 7 of the step that ends."""
    course = of_texts([("10 mg x1", 28), ("10 mg x2", 28), ("none", 1)], TEN)
    assert told(supply.of(course, dispensing(fill="28d", margin=7)))[0][0] == 42
    falling = of_texts([("10 mg x2", 28), ("10 mg x1", 28), ("none", 1)], TEN)
    assert told(supply.of(falling, dispensing(fill="28d", margin=7)))[0][0] == 70  # 56 and 7 days more of two


def test_a_fill_for_the_margin_alone_is_there_before_a_slower_taper_needs_it() -> None:
    """20 mg (2 tablets of 10 mg) for 14 days are 28, 10 mg for 8 days are 8, then tablets of 5 mg: 40 at hand last to
    22 December as planned. With the first step 7 days longer 42 are taken by the 21st: 2 are needed from the 15th on,
    and ordered 2 days before the day before. No tablet of 5 mg comes with them, so that it still runs out on the
    22nd."""
    steps: list[tuple[Regimen, int | None]] = [(regimen("20 mg x1", TEN), 14), (regimen("10 mg x1", TEN), 8)]
    course = of_days([*steps, (regimen("5 mg x1", FIVE), 14), (NONE, 1)])
    found = supply.of(course, dispensing(fill="14d", margin=7, lead=2, at_hand="10mg=40"))
    assert told(found)[0] == (2, day(12, 15), day(12, 12), day(12, 22), day(12, 13))
    assert list(check_supplied(course, found)) == []


def test_the_first_product_to_run_out_decides() -> None:
    """20 and 10 mg, 14 days each: the 10 mg tablets are first needed on 15 December, those of 20 mg on the 1st."""
    course = of_texts([("20 mg x1", 14), ("10 mg x1", 14), ("none", 1)], TEN, TWENTY)
    found = supply.of(course, dispensing(fill="14d"))
    assert told(found) == [
        (14, day(12, 1), day(11, 30), day(12, 14), day(12, 14)),
        (14, day(12, 15), day(12, 14), None, None),
    ]


def test_without_end_the_last_fill_runs_out_and_the_medicine_goes_on() -> None:
    """To the day before the review on 29 December: 28 tablets, the next needed on that day."""
    found = supply.of(steady(None, review="2026-12-29"), dispensing(lead=3))
    assert found.goes_on
    assert told(found) == [(28, day(12, 1), day(11, 27), day(12, 28), day(12, 25))]


def test_days_that_have_passed() -> None:
    """Ordered by 25 November: on the 25th it is not late, on the 26th it is."""
    found = supply.of(steady(28), dispensing(lead=5))
    assert [fill.number for fill in found.late(day(11, 25))] == []
    assert [fill.number for fill in found.late(day(11, 26))] == [1]


# --- Laws ------------------------------------------------------------------------------------------

TABLETS = [Product(f"{s}mg", "tablet", Quantity(F(s), "mg"), p) for s, p in ((1, 1), (4, 2), (6, 3), (8, 4))]
SYRUP = Product("syrup", "liquid", Quantity.parse("1 mg/mL"))


@st.composite
def regimens(draw: st.DrawFn) -> Regimen:
    """One to three doses of one or two products."""
    doses = []
    for slot in SLOTS[draw(st.integers(1, 3))]:
        products = draw(st.lists(st.sampled_from([*TABLETS, SYRUP]), min_size=1, max_size=2, unique=True))
        made = tuple(Piece(p, F(draw(st.integers(1, 3 * p.parts)), p.parts)) for p in products)
        doses.append(Administration(slot, Quantity(sum((p.amount.amount for p in made), F(0)), "mg"), made))
    return Regimen("mg", tuple(doses))


@st.composite
def schedules(draw: st.DrawFn) -> Schedule:
    steps: list[tuple[Regimen, int | None]] = [
        (draw(regimens()), draw(st.integers(1, 40))) for _ in range(draw(st.integers(1, 4)))
    ]
    if draw(st.booleans()):
        return of_days([*steps, (Regimen("mg"), 1)])
    return of_days([*steps, (draw(regimens()), None)])


@st.composite
def dispensings(draw: st.DrawFn, schedule: Schedule) -> Dispensing:
    used = [piece.product for piece in supply.of(schedule).used]
    some = st.lists(st.sampled_from(used), max_size=2, unique=True) if used else st.just([])
    return Dispensing(
        fill=draw(st.none() | st.integers(1, 60).map(lambda n: Duration(n, "day"))),
        packs=tuple(Stock(p.name, F(draw(st.integers(1, 100)))) for p in draw(some)),
        lead=draw(st.integers(0, 14)),
        margin=draw(st.integers(0, 14)),
        keep_halves=draw(st.booleans()),
        at_hand=tuple(Stock(p.name, F(draw(st.integers(1, 80)), p.parts)) for p in draw(some)),
    )


@settings(deadline=None, max_examples=60)
@given(st.data())
def test_no_day_lies_beyond_what_is_dispensed(data: st.DataObject) -> None:
    """Counted again dose by dose; the sums over steps, days and fills agree; whole pieces, whole packs."""
    schedule = data.draw(schedules())
    wishes = data.draw(dispensings(schedule))
    found = supply.of(schedule, wishes)
    assert list(check_supplied(schedule, found)) == []
    packs = {one.product: one.count for one in wishes.packs}
    for fill in found.fills:
        for item in fill.items:
            pack = packs.get(item.piece.product.name)
            assert item.piece.product.measured or item.piece.count.denominator == 1
            assert pack is None or item.packs == item.piece.count / pack
    for earlier, later in pairwise(found.fills):
        assert earlier.days.last is not None
        assert earlier.days.last < later.days.first
        for_the_margin = earlier.runs_out == later.runs_out
        assert earlier.runs_out is None or earlier.runs_out < later.needed or for_the_margin


@settings(deadline=None, max_examples=40)
@given(st.data())
def test_a_tablet_less_is_found(data: st.DataObject) -> None:
    """Without packs, margin and what is at hand nothing is to spare: one piece less and a day is not covered."""
    schedule = data.draw(schedules())
    keep = data.draw(st.booleans())
    found = supply.of(schedule, Dispensing(fill=Duration(10, "day"), keep_halves=keep))
    if not found.fills:
        return
    number = data.draw(st.integers(0, len(found.fills) - 1))
    fill = found.fills[number]
    item = fill.items[0]
    fewer = replace(item, piece=replace(item.piece, count=item.piece.count - 1))
    fills = (*found.fills[:number], replace(fill, items=(fewer, *fill.items[1:])), *found.fills[number + 1 :])
    laws = {finding.law for finding in check_supplied(schedule, replace(found, fills=fills))}
    assert laws == {"supply"}


@pytest.mark.parametrize(
    "change",
    [
        lambda found: {"used": tuple(replace(p, count=p.count + 1) for p in found.used)},
        lambda found: {"steps": found.steps[1:]},
        lambda found: {"left": (Piece(TEN, F(1)),)},
        lambda found: {"fills": (replace(found.fills[0], order_by=found.fills[0].needed), *found.fills[1:])},
        lambda found: {"fills": (replace(found.fills[0], needed=day(12, 5)), *found.fills[1:])},
    ],
    ids=["used", "steps", "left", "ordered too late", "comes too late"],
)
def test_each_wrong_count_is_found(change: Any) -> None:
    schedule = of_texts([("10 mg x2", 20), ("10 mg x1", 20), ("none", 1)], TEN)
    found = supply.of(schedule, dispensing(fill="28d"))
    assert list(check_supplied(schedule, found)) == []
    assert list(check_supplied(schedule, replace(found, **change(found))))


@pytest.mark.parametrize("keep", [True, False])
def test_a_day_of_half_tablets_that_no_box_covers(keep: bool) -> None:
    """28 halves in fills of 14 days: the first is used up on 14 December, and the second comes a day too late."""
    schedule = of_texts([("5 mg x1", 28), ("none", 1)], TEN)
    found = supply.of(schedule, Dispensing(fill=Duration(14, "day"), keep_halves=keep))
    first, second = found.fills
    assert [fill.items[0].piece.count for fill in found.fills] == ([7, 7] if keep else [14, 14])
    late = replace(found, fills=(first, replace(second, needed=day(12, 16))))
    assert [finding.day for finding in check_supplied(schedule, late)] == [day(12, 15)]
