"""How much a schedule takes from the box: cases from practice, counted on paper."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from tests.build import q
from tests.supply.boxes import FIVE, START, TEN, TWENTY, counts, dispensing, of_days, of_texts, regimen
from titrate import supply
from titrate.errors import RequestError
from titrate.product import Product
from titrate.scale import Scale
from titrate.verifier.supplied import check_supplied

F = Fraction
LADDER = [("5 mg x3", 3), ("10 mg x3", 3), ("15 mg x3", 3), ("20 mg x3", 3)]


def test_a_short_course_of_10_mg_tablets() -> None:
    """40 mg for 5 days, then 30, 20, 10 for 3 days each: 20 + 9 + 6 + 3 = 38 tablets of 10 mg."""
    course = of_texts([("40 mg x1", 5), ("30 mg x1", 3), ("20 mg x1", 3), ("10 mg x1", 3), ("none", 1)], TEN)
    found = supply.of(course, dispensing())
    assert [counts(step.counts) for step in found.steps] == [{"10mg": F(n)} for n in (20, 9, 6, 3)]
    assert counts(found.used) == counts(found.dispensed) == {"10mg": F(38)}
    assert found.left == ()
    assert list(check_supplied(course, found)) == []


def test_three_weeks_of_5_mg_tablets() -> None:
    """75 in the first week, 51 in the second, 24 in the third: 150 tablets of 5 mg."""
    weeks = ((60, 60, 55, 55, 50, 50, 45), (45, 40, 40, 35, 35, 30, 30), (25, 25, 20, 20, 15, 10, 5))
    days = [(f"{dose} mg x1", 1) for week in weeks for dose in week]
    course = of_texts([*days, ("none", 1)], FIVE)
    found = supply.of(course, dispensing(fill="7d"))
    assert counts(found.used) == {"5mg": F(150)}
    assert [counts(tuple(item.piece for item in fill.items)) for fill in found.fills] == [
        {"5mg": F(75)},
        {"5mg": F(51)},
        {"5mg": F(24)},
    ]
    assert list(check_supplied(course, found)) == []


def test_the_first_twelve_days_of_the_oral_ladder_in_halves() -> None:
    """5, 10, 15, 20 mg three times a day for 3 days each, of 10 mg tablets: 4.5 + 9 + 13.5 + 18 = 45 if halves are
    kept. If not, half a tablet is a whole one and one and a half are two: 9 + 9 + 18 + 18 = 54."""
    ladder = of_texts([*LADDER, ("none", 1)], TEN)
    kept = supply.of(ladder, dispensing(keep_halves=True))
    assert [counts(step.counts)["10mg"] for step in kept.steps] == [F(9, 2), 9, F(27, 2), 18]
    assert counts(kept.dispensed) == {"10mg": F(45)}
    thrown = supply.of(ladder, dispensing())
    assert [counts(step.counts)["10mg"] for step in thrown.steps] == [9, 9, 18, 18]
    assert counts(thrown.dispensed) == {"10mg": F(54)}
    for found in (kept, thrown):
        assert list(check_supplied(ladder, found)) == []


def test_an_odd_half_is_left_over() -> None:
    """5 mg three times a day for 3 days are nine halves: five tablets, half a tablet left."""
    course = of_texts([("5 mg x3", 3), ("none", 1)], TEN)
    found = supply.of(course, dispensing(keep_halves=True))
    assert counts(found.dispensed) == {"10mg": F(5)}
    assert [str(piece) for piece in found.left] == ["half a tablet of 10 mg"]


@pytest.mark.parametrize(("parts", "dose", "kept", "thrown"), [(3, "2 mg x1", 3, 7), (4, "4.5 mg x2", 11, 14)])
def test_thirds_and_quarters(parts: int, dose: str, kept: int, thrown: int) -> None:
    """Seven thirds of a 6 mg tablet are 2 and a third, so three tablets; fourteen times three quarters are ten and a
    half, so eleven."""
    six = Product("6mg", "tablet", q("6 mg"), parts=parts)
    course = of_texts([(dose, 7), ("none", 1)], six)
    for keep, count in ((True, kept), (False, thrown)):
        found = supply.of(course, dispensing(keep_halves=keep))
        assert counts(found.dispensed) == {"6mg": F(count)}
        assert list(check_supplied(course, found)) == []


def test_several_strengths_each_by_itself() -> None:
    """30 mg are 20 and 10 mg for 5 days, 20 mg one tablet for 2: 7 tablets of 20 mg and 5 of 10 mg."""
    course = of_texts([("30 mg x1", 5), ("20 mg x1", 2), ("none", 1)], TEN, TWENTY)
    assert counts(supply.of(course).used) == {"20mg": F(7), "10mg": F(5)}


def test_a_liquid_is_counted_in_millilitres() -> None:
    """2.5 mL three times a day for 4 days are 30 mL; of bottles of 100 mL one, 70 mL left."""
    syrup = Product("syrup", "liquid", q("1 mg/mL"), measure=Scale.parse("0.5 mL"))
    course = of_texts([("2.5 mg x3", 4), ("none", 1)], syrup)
    found = supply.of(course, dispensing(pack="syrup=100"))
    assert counts(found.used) == {"syrup": F(30)}
    assert (counts(found.dispensed), found.fills[0].items[0].packs) == ({"syrup": F(100)}, 1)
    assert [str(piece) for piece in found.left] == ["70 mL of 1 mg per mL"]


def test_a_schedule_without_end_is_counted_as_far_as_it_is_listed() -> None:
    """12 weeks from 10 December, 84 days of 6 tablets of 10 mg, after the ladder of 45 less its last 3 days of 18."""
    ladder = of_texts([*LADDER[:3], ("20 mg x3", None)], TEN)
    found = supply.of(ladder, dispensing(keep_halves=True))
    assert found.goes_on
    assert counts(found.used) == {"10mg": F(27) + 84 * 6}


def test_nothing_to_dispense() -> None:
    found = supply.of(of_days([(regimen("none"), 1)]))
    assert (found.used, found.fills, found.left) == ((), (), ())


def test_a_product_that_is_not_used_is_refused() -> None:
    course = of_texts([("10 mg x1", 5), ("none", 1)], TEN)
    with pytest.raises(RequestError, match="takes nothing from 5mg"):
        supply.of(course, dispensing(pack="5mg=28"))
    with pytest.raises(RequestError, match="takes nothing from 5mg"):
        supply.of(course, dispensing(at_hand="5mg=3"))
    with pytest.raises(RequestError, match="there are whole ones, or parts of them, 2 of each"):
        supply.of(course, dispensing(at_hand="10mg=1/3"))
    with pytest.raises(RequestError, match="more than nothing"):
        dispensing(pack="10mg=0")


def test_what_the_request_says_is_at_hand_counts() -> None:
    from titrate.product import Stock

    course = of_texts([("10 mg x1", 5), ("none", 1)], TEN, at_hand=(Stock("10mg", F(2)), Stock("5mg", F(9))))
    found = supply.of(course)
    assert (counts(found.at_hand), counts(found.dispensed)) == ({"10mg": F(2)}, {"10mg": F(3)})
    assert counts(supply.of(course, dispensing(at_hand="10mg=4")).dispensed) == {"10mg": F(1)}


def test_a_revision_is_counted_from_its_first_day() -> None:
    """What was taken before is not counted again."""
    course = of_texts([("10 mg x1", 5), ("none", 1)], TEN)
    later = replace(course, steps=course.steps[1:])
    assert supply.of(later).used == ()
    assert supply.of(course).days.first == START


def test_alternate_days_and_weeks() -> None:
    """25 mg every 2 days for 14 days are 7 tablets; once a week for 28 days are 4, and in fills of 10 days 2, 1 and 1
    (on the 1st and 8th, the 15th, the 22nd)."""
    tablet = Product("25mg", "tablet", q("25 mg"))
    once = regimen("25 mg x1", tablet)
    other_days = of_days([(replace(once, cycle=2), 14), (regimen("none"), 1)])
    weekly = of_days([(replace(once, cycle=7), 28), (regimen("none"), 1)])
    assert counts(supply.of(other_days).used) == {"25mg": F(7)}
    found = supply.of(weekly, dispensing(fill="10d"))
    assert [fill.items[0].piece.count for fill in found.fills] == [2, 1, 1]
    for course, one in ((other_days, supply.of(other_days)), (weekly, found)):
        assert list(check_supplied(course, one)) == []
