"""Which change from one day's doses to the next is lawful: each border from both sides. A grain is 1 mg unless said."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import product
from typing import Literal

import pytest

from titrate.limit import By, Change, Per
from titrate.planner.moves import Doses, Moves, laid_into, within
from titrate.quantity import Quantity, Range
from titrate.source import Citation, Source

CITED = Citation(Source("paper", "T", "P", "1", "https://example.org"), "page 1", date(2026, 11, 23))
Of = Literal["current", "original"]


def by(amount: str, per: Per = "dose", of: Of = "current") -> By:
    return By(Quantity.parse(amount), per, of)


def mg(amount: int) -> Quantity:
    return Quantity(Fraction(amount), "mg")


def moves(
    *changes: Change, rising: bool = False, original: Doses = (), grain: Fraction = Fraction(1)
) -> Moves:  # fmt: skip
    return Moves(changes, grain, original, rising)


def change(*bys: By, every: int | None = 1, band: Range | None = None, within: int | None = None) -> Change:
    return Change(bys, every, CITED, band, within=within)


@pytest.mark.parametrize(
    ("size", "before", "after", "lawful"),
    [
        (by("5 mg"), (20, 20), (15, 15), True),
        (by("5 mg"), (20, 20), (14, 20), False),
        (by("5 mg", "day"), (20, 20), (15, 20), True),
        (by("5 mg", "day"), (20, 20), (17, 17), False),
        (by("25 %"), (20, 8), (15, 6), True),
        (by("25 %"), (20, 8), (15, 5), False),  # a quarter of 8 mg is 2 mg
        (by("33 %"), (10,), (7,), True),
        (by("29 %"), (10,), (7,), False),  # 2.9 mg; never rounded up
        (by("25 %", "day"), (20, 20), (10, 20), True),
        (by("25 %", "day"), (20, 20), (9, 20), False),
        (by("5 mg"), (20, 20), (20, 20), False),  # no change
        (by("5 mg"), (20, 20), (21, 19), False),  # one rises
        (by("5 mg"), (20,), (15, 5), False),  # a dose that is new on the way down
        (by("5 mg"), (10, 5), (10,), True),  # the 5 mg are left out
        (by("5 mg"), (5, 10), (10,), True),
        (by("4 mg"), (5, 10), (10,), False),
        (by("5 mg"), (5, 10), (5,), True),  # 10 mg become 5 mg, and the other 5 mg are left out
        (by("5 mg"), (6, 10), (5,), False),
        (by("5 mg"), (5,), (), True),
        (by("5 mg"), (6,), (), False),
        (by("5 mg"), (5, 5), (), True),
    ],
)
def test_a_fall_from_both_sides_of_its_border(size: By, before: Doses, after: Doses, lawful: bool) -> None:
    assert moves(change(size)).lawful(before, after) is lawful


@pytest.mark.parametrize(
    ("size", "before", "after", "lawful"),
    [
        (by("5 mg"), (10, 10), (15, 15), True),
        (by("5 mg"), (10, 10), (16, 10), False),
        (by("5 mg"), (10,), (10, 5), True),  # new from nothing
        (by("50 %"), (10,), (10, 5), False),  # every share of nothing is nothing
        (by("50 %"), (10,), (15,), True),
        (by("50 %", "day"), (10,), (10, 5), True),
        (by("50 %", "day"), (10,), (10, 6), False),
        (by("5 mg"), (10, 10), (10,), False),
        (by("5 mg"), (), (5,), True),
    ],
)
def test_a_rise_from_both_sides_of_its_border(size: By, before: Doses, after: Doses, lawful: bool) -> None:
    assert moves(change(size), rising=True).lawful(before, after) is lawful


def test_a_share_of_the_original_dose_stays_as_large_as_it_was() -> None:
    """From 40/20 mg: 25 % of the daily dose are 15 mg, of the largest dose 10 mg, at every later fall."""
    day = moves(change(by("25 %", "day", "original")), original=(40, 20))
    assert day.lawful((20, 20), (20, 5))
    assert not day.lawful((20, 20), (20, 4))
    dose = moves(change(by("25 %", "dose", "original")), original=(40, 20))
    assert dose.lawful((20, 20), (10, 10))
    assert not dose.lawful((20, 20), (9, 20))


def test_all_limits_count_at_once() -> None:
    both = moves(change(by("10 mg"), by("10 mg", "day")), change(by("50 %"), every=4))
    assert both.lawful((20, 10), (15, 5))
    assert not both.lawful((20, 10), (15, 4))
    assert not both.lawful((20, 10), (11, 8))
    assert both.every((20, 10), (15, 5)) == 4


BANDS = (
    change(by("10 mg", "day"), every=2, band=Range(at_most=mg(20))),
    change(by("5 mg", "day"), every=5, band=Range(above=mg(20), below=mg(40))),
    change(by("20 mg", "day"), every=1, band=Range(at_least=mg(40))),
)


@pytest.mark.parametrize(
    ("before", "after", "lawful", "every"),
    [
        (20, 10, True, 2),  # wholly in the lowest band
        (20, 9, False, 2),
        (21, 16, True, 5),  # over the edge: both bands bear on it
        (21, 15, False, 5),
        (25, 20, True, 5),
        (39, 34, True, 5),
        (40, 35, True, 5),  # begins on an edge that the highest band includes, and goes into the one below
        (40, 34, False, 5),
        (60, 40, True, 1),  # ends on it
        (60, 39, False, 5),
    ],
)
def test_a_change_keeps_the_limits_of_every_band_it_touches(before: int, after: int, lawful: bool, every: int) -> None:
    banded = moves(*BANDS)
    assert banded.lawful((before,), (after,)) is lawful
    assert banded.every((before,), (after,)) == every


def test_a_band_that_is_entered_at_its_edge_and_a_limit_without_a_band() -> None:
    """From 40 mg a day on by 2 mg, elsewhere by 10 mg: nothing goes from 35 mg to 40 mg."""
    fine = change(by("2 mg", "day"), every=3, band=Range(at_least=mg(40)))
    rise = moves(change(by("10 mg", "day")), fine, rising=True)
    assert rise.lawful((25,), (35,))
    assert not rise.lawful((25,), (36,))
    assert rise.lawful((35,), (39,))
    assert not rise.lawful((35,), (40,))
    assert rise.lawful((38,), (40,))
    assert (rise.every((35,), (39,)), rise.every((38,), (40,))) == (1, 3)


def test_which_limits_bear_on_a_change() -> None:
    assert moves(*BANDS).changes((25,), (20,)) == BANDS[:2]
    assert moves(*BANDS).changes((60,), (40,)) == BANDS[2:]


def test_a_day_is_kept_for_a_day_at_least() -> None:
    assert moves(change(by("5 mg"), every=None)).every((10,), (5,)) == 1
    assert moves().every((10,), (5,)) == 1
    assert moves(BANDS[0]).every((60,), (50,)) == 1


def test_amounts_count_in_grains() -> None:
    """A grain is 2.5 mg: 5 mg are two of them, and the edges of bands are in mg."""
    fine = moves(*BANDS, grain=Fraction(5, 2))
    assert fine.lawful((10,), (8,))  # 25 to 20 mg
    assert not fine.lawful((10,), (7,))  # 25 to 17.5 mg
    assert fine.lawful((8,), (4,))  # 20 to 10 mg
    assert not moves(change(by("4 mg")), grain=Fraction(5, 2)).lawful((4,), (2,))  # 5 mg; 4 mg are one whole grain


def test_how_far_back_a_cap_looks() -> None:
    """At most 10 mg in 7 days, and half of the original 40 mg in 30."""
    capped = moves(
        change(by("10 mg", "day"), every=None, within=7),
        change(by("50 %", "day", "original"), every=None, within=30),
        original=(40,),
    )
    assert capped.longest_window == 30
    assert [list(capped.windows(40, later)) for later in (30, 29, 20, 19)] == [[], [7], [7], [7, 30]]
    # Of the original dose, whatever it has become: from 30 mg it is 20 mg too.
    assert [list(capped.windows(30, later)) for later in (20, 10, 9)] == [[], [7], [7, 30]]
    current = moves(change(by("25 %", "day"), every=None, within=14))
    assert [list(current.windows(40, 30)), list(current.windows(40, 29))] == [[], [14]]
    assert moves(change(by("5 mg"))).longest_window == 0


def test_a_cap_and_a_band_in_shares_count_from_the_daily_dose_on_which_it_began() -> None:
    """From 20 mg twice a day half are 20 mg a day: not half of one dose. A grain of 2.5 mg makes no difference."""
    half = Quantity(Fraction(50), "%")
    cap = moves(change(by("50 %", "day", "original"), every=None, within=7), original=(20, 20))
    assert [list(cap.windows(40, later)) for later in (20, 19)] == [[], [7]]
    for grains, grain in ((40, Fraction(1)), (16, Fraction(5, 2))):
        slow = change(by("5 mg", "day"), every=9, band=Range(below=half))
        banded = moves(slow, original=(grains // 2, grains // 2), grain=grain)
        five, lowest = int(5 / grain), int(20 / grain)  # 20 mg a day are no less than half
        assert banded.every((lowest + five,), (lowest,)) == 1
        assert banded.every((lowest,), (lowest - five,)) == 9


def test_what_must_be_an_exact_share_allows_nothing_where_no_whole_grain_is_it() -> None:
    """A quarter of 20 mg is 5 mg; a quarter of 10 mg is 2.5 mg, and no whole number of grains of 1 mg."""
    quarter = moves(change(By(Quantity(Fraction(25), "%"), "day", exactly=True)))
    assert [after for after in range(1, 20) if quarter.lawful((20,), (after,))] == [15]
    assert [after for after in range(1, 10) if quarter.lawful((10,), (after,))] == []
    assert [after for after in range(1, 10) if quarter.lawful((2,), (1,))] == []
    half = moves(change(By(Quantity.parse("2.5 mg"), exactly=True)))
    assert [after for after in range(1, 10) if half.lawful((10,), (after,))] == []
    fine = moves(change(By(Quantity.parse("2.5 mg"), exactly=True)), grain=Fraction(5, 2))
    assert [after for after in range(1, 4) if fine.lawful((4,), (after,))] == [3]


def test_a_share_of_an_original_dose_that_was_none_is_none() -> None:
    for per in ("day", "dose"):
        whole = moves(change(by("100 %", per, "original")), rising=True)
        assert not whole.lawful((), (1,))
        assert not whole.lawful((4,), (5,))


def test_what_is_taken_once_a_week_changes_by_seven_times_as_much() -> None:
    """1 mg a day is 7 mg a week, and 10 days are two weeks. A band of up to 2 mg a day is one of up to 14 mg a week."""

    def weekly(*changes: Change, rising: bool = False) -> Moves:
        return Moves(changes, Fraction(1), (), rising, cycle=7)

    day = weekly(change(by("1 mg", "day"), every=10))
    assert day.lawful((20,), (13,))
    assert not day.lawful((20,), (12,))
    assert day.every((20,), (13,)) == 14
    assert [day.whole(days) for days in (1, 7, 8, 14)] == [7, 7, 14, 14]
    assert weekly().every((20,), (13,)) == 7
    dose = weekly(change(by("1 mg"), every=7))
    assert dose.lawful((20,), (19,))
    assert not dose.lawful((20,), (18,))
    assert dose.every((20,), (19,)) == 7
    low = change(by("7 mg"), every=1, band=Range(at_most=mg(2)))
    high = change(by("2 mg"), every=1, band=Range(above=mg(2)))
    rise = weekly(low, high, rising=True)
    assert rise.lawful((7,), (14,))
    assert not rise.lawful((10,), (15,))
    assert not rise.lawful((14,), (17,))
    assert rise.lawful((15,), (17,))


SEVERAL = (
    (change(by("3 mg")),),
    (change(by("3 mg", "day")),),
    (change(by("50 %")), change(by("4 mg", "day"))),
    (change(by("50 %", "dose", "original")),),
    (change(by("34 %", "day", "original")),),
    (change(by("2 mg", "day"), band=Range(at_most=mg(6))), change(by("100 %"))),
)


@pytest.mark.parametrize("changes", SEVERAL)
@pytest.mark.parametrize("rising", [False, True])
def test_every_lawful_change_is_in_a_span(changes: tuple[Change, ...], rising: bool) -> None:
    """What lies in none is never looked at, so a lawful change there would be lost. `every` has to be the same."""
    days = [day for count in (1, 2, 3) for day in product(range(1, 5), repeat=count)]
    found = moves(*changes, rising=rising, original=(4, 4))
    for before, after in product(days, days):
        if found.lawful(before, after):
            size = abs(sum(after) - sum(before))
            spans = [span for span in found.spans(sum(before), 3, 12) if span.least <= size <= span.most]
            assert [span.bearing.every for span in spans] == [found.every(before, after)]


SINGLE = (
    *SEVERAL,
    BANDS,
    (change(by("10 mg", "day")), change(by("2 mg", "day"), every=3, band=Range(at_least=mg(40)))),
    (change(by("30 %", "day"), every=2, band=Range(above=mg(10), below=mg(30))), change(by("7 mg"))),
    (change(By(mg(5), exactly=True)), change(by("50 %", "day"), every=4, band=Range(at_most=mg(20)))),
    (change(By(Quantity(Fraction(25), "%"), "day", exactly=True)),),
    (change(By(mg(5), "day", exactly=True), band=Range(at_least=mg(20))), change(by("7 mg", "day"))),
    (change(by("2 mg", "day"), every=5, band=Range(below=mg(1))), change(by("7 mg"))),  # the fall to nothing alone
)


@pytest.mark.parametrize("changes", SINGLE)
@pytest.mark.parametrize("rising", [False, True])
def test_with_one_dose_a_day_the_lawful_changes_are_those_in_spans(changes: tuple[Change, ...], rising: bool) -> None:
    found = moves(*changes, rising=rising, original=(45,))
    for before, few in product(range(1, 50), (False, True)):
        most = 3 if few and (rising or before > 3) else 60 - before if rising else before
        after = [(before + size if rising else before - size) for size in range(1, most + 1)]
        lawful = [later for later in after if found.lawful((before,), (later,) if later else ())]
        spans = list(found.spans(before, 1, most))
        sizes = [size for span in spans for size in range(span.least, span.most + 1)]
        assert [(before + size if rising else before - size) for size in sizes] == lawful
        kept = [span.bearing.every for span in spans for _ in range(span.least, span.most + 1)]
        assert kept == [found.every((before,), (later,) if later else ()) for later in lawful]


def test_a_day_is_laid_into_a_longer_one_in_every_order() -> None:
    assert list(laid_into((5, 7), 3)) == [(5, 7, 0), (5, 0, 7), (0, 5, 7)]
    assert list(laid_into((5, 7), 2)) == [(5, 7)]
    assert within((5, 7), (5, 6, 7))
    assert not within((7, 5), (5, 6, 7))
    assert within((5, 7), (5, 7))
    assert not within((5, 8), (5, 7))
    assert not within((1, 1), (9,))
