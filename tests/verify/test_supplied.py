"""What is dispensed covers every day: each count wrong by itself, and in which words that is said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from math import ceil

import pytest

from tests.build import q
from tests.supply.boxes import FIVE, TEN, TWENTY, dispensing, of_texts
from tests.verify.ladder import LADDER_RULE, PUMP_RULE, infusion, titration
from titrate import supply
from titrate.days import Days, plus
from titrate.dispensing import Dispensing
from titrate.product import Piece, Product
from titrate.scale import Scale
from titrate.schedule import Schedule
from titrate.supply import Fill, Item, Supply
from titrate.verifier import verify
from titrate.verifier.supplied import check_supplied, check_supply

SYRUP = Product("syrup", "liquid", q("1 mg/mL"), measure=Scale.parse("0.5 mL"))
THIRDS = Product("6mg", "tablet", q("6 mg"), parts=3)
QUARTERS = Product("8mg", "tablet", q("8 mg"), parts=4)
# 5 mg three times a day for 3 days: nine halves of 10 mg.
HALVES = of_texts([("5 mg x3", 3), ("none", 1)], TEN)


def with_stock(schedule: Schedule, product: Product, stock: Fraction, keep: bool = True) -> Supply:
    """As counted, but with so much at hand and nothing dispensed."""
    found = supply.of(schedule, dispensing(keep_halves=keep))
    used = sum((piece.count for piece in found.used if piece.product == product), Fraction(0))
    return replace(found, at_hand=(Piece(product, stock),), fills=(), left=(Piece(product, stock - used),))


def said(schedule: Schedule, found: Supply) -> list[tuple[str, date | None, str, str, str]]:
    return [(one.law, one.day, one.says, one.value, one.limit) for one in check_supplied(schedule, found)]


def told(says: str, value: str, limit: str, day: date | None = None) -> tuple[str, date | None, str, str, str]:
    return ("supply", day, f"{says}; the limit is {limit}.", value, limit)


def test_of_a_count_that_is_wrong_both_counts_are_told() -> None:
    good = supply.of(HALVES, dispensing(keep_halves=True))
    (step, *rest), four, other = good.steps, Piece(TEN, Fraction(4)), Piece(TWENTY, Fraction(1))
    right, tablets = "4.5 x 10 mg tablet", "x 10 mg tablet"
    steps = (replace(step, counts=(four,)), *rest)
    assert said(HALVES, replace(good, steps=steps)) == [
        told(f"The steps together take 4 {tablets}", f"4 {tablets}", right)
    ]
    assert said(HALVES, replace(good, steps=())) == [
        told(f"The steps together take 0 {tablets}", f"0 {tablets}", right)
    ]
    assert said(HALVES, replace(good, used=(four,))) == [told(f"All together take 4 {tablets}", f"4 {tablets}", right)]
    assert said(HALVES, replace(good, used=(*good.used, other))) == [
        told("All together take 1 x 20 mg tablet", "1 x 20 mg tablet", "0 x 20 mg tablet")
    ]


def test_of_what_would_be_left_both_counts_are_told() -> None:
    """Five tablets are dispensed and four and a half taken. Of a product that nothing takes all is left."""
    good = supply.of(HALVES, dispensing(keep_halves=True))
    half, three = "0.5 x 10 mg tablet", (Piece(FIVE, Fraction(3)),)
    assert said(HALVES, replace(good, left=())) == [told("0 x 10 mg tablet would be left", "0 x 10 mg tablet", half)]
    assert said(HALVES, replace(good, left=(Piece(TEN, Fraction(2)),))) == [
        told("2 x 10 mg tablet would be left", "2 x 10 mg tablet", half)
    ]
    assert said(HALVES, replace(good, at_hand=three, left=(*good.left, *three))) == []
    assert said(HALVES, replace(good, at_hand=three)) == [
        told("0 x 5 mg tablet would be left", "0 x 5 mg tablet", "3 x 5 mg tablet")
    ]


@pytest.mark.parametrize(("by", "late"), [(24, False), (25, False), (26, True), (27, True)])
def test_a_fill_is_ordered_so_long_before_the_day_before_it_is_needed(by: int, late: bool) -> None:
    """Needed on 1 December and under way for 5 days: it has to be there on 30 November, so ordered on the 25th."""
    good = supply.of(HALVES, dispensing(keep_halves=True, lead=5))
    (fill,) = good.fills
    other = replace(good, fills=(replace(fill, order_by=date(2026, 11, by)),))
    says, limit = f"On Tuesday 01 December 2026 fill 1 is ordered on 2026-11-{by}", "before 2026-12-01, less 5 days"
    assert said(HALVES, other) == ([told(says, f"2026-11-{by}", limit, date(2026, 12, 1))] if late else [])


def days_of(schedule: Schedule) -> Iterator[tuple[date, Piece]]:
    """Each piece of each day, from the steps of one day each cycle."""
    for step in schedule.steps:
        for number in range(step.days.length or 0):
            for given in step.regimen.administrations:
                yield from ((plus(step.days.first, number), piece) for piece in given.pieces)


def first_short(schedule: Schedule, stock: Fraction, keep: bool) -> date | None:
    """The first day on which more was taken so far than there was; a part is a whole one if none is kept."""
    taken, there = Fraction(0), stock
    for day, piece in days_of(schedule):
        taken += piece.count if keep or piece.product.measured else ceil(piece.count)
        if taken > (there if keep or piece.product.measured else int(there)):
            return day
    return None


COURSES = [
    (TEN, of_texts([("5 mg x3", 3), ("15 mg x2", 2), ("10 mg x1", 2), ("none", 1)], TEN)),
    (TEN, HALVES),
    (THIRDS, of_texts([("4 mg x3", 2), ("2 mg x2", 2), ("10 mg x1", 2), ("6 mg x1", 1), ("none", 1)], THIRDS)),
    (QUARTERS, of_texts([("6 mg x2", 2), ("2 mg x3", 2), ("14 mg x1", 2), ("8 mg x1", 1), ("none", 1)], QUARTERS)),
    (SYRUP, of_texts([("2.5 mg x3", 2), ("4 mg x1", 2), ("none", 1)], SYRUP)),
]


@pytest.mark.parametrize(("product", "course"), COURSES)
@pytest.mark.parametrize("keep", [True, False])
def test_the_first_day_that_is_short_against_adding_up(product: Product, course: Schedule, keep: bool) -> None:
    """For every stock from nothing to more than enough, in the smallest parts there are."""
    part = Fraction(1, 2) if product.measured else Fraction(1, product.parts)
    needed = sum((ceil(piece.count) for _, piece in days_of(course)), 0) + 1
    for number in range(1, int(needed / part)):
        found = check_supplied(course, with_stock(course, product, number * part, keep))
        short = [one.day for one in found if "not so much in the house" in one.says]
        expected = first_short(course, number * part, keep)
        assert short == ([] if expected is None else [expected]), number * part


def test_what_is_short_is_told() -> None:
    """Of four tablets nine halves are one too many, on the third day."""
    says = "On Thursday 03 December 2026 0.5 x 10 mg tablet are taken, and there is not so much in the house"
    assert said(HALVES, with_stock(HALVES, TEN, Fraction(4))) == [
        told(says, "0.5 x 10 mg tablet", "what was dispensed", date(2026, 12, 3))
    ]


@pytest.mark.parametrize(("needed", "short"), [(2, None), (3, None), (4, 3)])
def test_what_is_there_stays_there_when_more_comes(needed: int, short: int | None) -> None:
    """One tablet a day from 1 to 4 December: two at hand, two more that come on the 2nd, on the 3rd or too late."""
    course = of_texts([("10 mg x1", 4), ("none", 1)], TEN)
    day, two = date(2026, 12, needed), Piece(TEN, Fraction(2))
    fill = Fill(1, Days.of(day, 2), (Item(two),), day, plus(day, -1), None, None)
    found = replace(with_stock(course, TEN, Fraction(2)), fills=(fill,), left=())
    assert [one[1] for one in said(course, found)] == ([] if short is None else [date(2026, 12, short)])


def test_of_a_schedule_that_says_how_it_is_dispensed_it_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the counts were other ones than those of the days, it would be told."""
    good = replace(titration(), dispensing=Dispensing())
    assert verify(good, LADDER_RULE, (check_supply,)).findings == ()
    true = supply.of

    def fewer(schedule: Schedule, wishes: Dispensing) -> Supply:
        found = true(schedule, wishes)
        return replace(found, used=found.used[1:])

    monkeypatch.setattr(supply, "of", fewer)
    assert [one.law for one in verify(good, LADDER_RULE, (check_supply,)).findings] == ["supply"]


def test_what_cannot_be_counted_is_told() -> None:
    """Tablets of 10 mg have halves and no thirds."""
    odd = replace(titration(), dispensing=dispensing(at_hand="10mg=1/3"))
    (finding,) = verify(odd, LADDER_RULE, (check_supply,)).findings
    fault = "--at-hand 10mg=1/3: of 10 mg tablet there are whole ones, or parts of them, 2 of each"
    says = f"What is dispensed cannot be counted: {fault}; the limit is a count of every day."
    assert (finding.law, finding.day, finding.says, finding.value) == ("supply", None, says, "no count")


@pytest.mark.parametrize(("product", "course"), COURSES)
def test_where_nothing_is_there_the_first_dose_is_short(product: Product, course: Schedule) -> None:
    nothing = replace(with_stock(course, product, Fraction(1)), at_hand=(), left=())
    assert [one[1] for one in said(course, nothing)] == [date(2026, 12, 1)]


def test_what_a_pump_gives_is_not_counted_here() -> None:
    given = replace(infusion(100, current="100 micrograms/day"), dispensing=Dispensing())
    assert verify(given, PUMP_RULE, (check_supply,)).findings == ()
