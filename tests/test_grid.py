"""The days that products can make, and amounts as whole grains; counted on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from fractions import Fraction

import pytest

from tests.test_planner import paper
from titrate.errors import RequestError
from titrate.limit import Frequency, Times
from titrate.patient import Patient
from titrate.planner.grains import whole_grains
from titrate.planner.grid import Grid, TooMany, daily_doses, lateness, slots_at, spread
from titrate.product import LARGEST_TABLE, Product, makeable
from titrate.quantity import Quantity, Range
from titrate.source import Citation, Source

HALVES = Product("5mg", "tablet", Quantity(Fraction(5), "mg"), 2)


def mg(amount: str) -> Quantity:
    return Quantity.parse(f"{amount} mg")


@pytest.mark.parametrize(
    ("bounds", "grains"),
    [
        (None, (0, None)),
        (Range(), (0, None)),
        (Range(at_least=mg("5")), (2, None)),
        (Range(at_least=mg("5.1")), (3, None)),
        (Range(above=mg("5")), (3, None)),
        (Range(above=mg("5.1")), (3, None)),
        (Range(at_least=mg("10"), above=mg("5")), (4, None)),
        (Range(at_most=mg("7.5")), (0, 3)),
        (Range(at_most=mg("7.4")), (0, 2)),
        (Range(below=mg("7.5")), (0, 2)),
        (Range(below=mg("7.6")), (0, 3)),
        (Range(at_most=mg("5"), below=mg("10")), (0, 2)),
        (Range(at_most=mg("10"), below=mg("5")), (0, 1)),
        (Range(above=mg("5"), below=mg("10")), (3, 3)),
    ],
    ids=str,
)
def test_a_range_in_grains_of_two_and_a_half(bounds: Range | None, grains: tuple[int, int | None]) -> None:
    """2.5, 5, 7.5 and 10 mg are 1, 2, 3 and 4 grains."""
    assert whole_grains(bounds, Fraction(5, 2)) == grains


def grid(cycle: int = 1, largest: int = 8, daily: int | None = None) -> Grid:
    """Halves of tablets of 5 mg, up to 20 mg a dose: a grain is 2.5 mg."""
    slots = slots_at((time(8), time(14), time(20)))
    return Grid(makeable([HALVES], "mg", mg("20")), slots, largest, daily, cycle)


@pytest.mark.parametrize(
    ("shape", "days"),
    [
        ("even", {(1, 1, 1), (2, 2, 2)}),
        ("near", {(1, 1, 1), (2, 2, 2), (1, 2, 2), (2, 1, 2), (2, 2, 1)}),
        ("uneven", {(a, b, c) for a in (1, 2) for b in (1, 2) for c in (1, 2)}),
    ],
)
def test_the_days_of_each_shape(shape: str, days: set[tuple[int, ...]]) -> None:
    """Of 2.5 and 5 mg three times a day. Each day once."""
    found = grid().days([3], shape, 2, 0, 100)
    assert (len(found), set(found)) == (len(days), days)


def test_a_single_dose_has_one_shape() -> None:
    for shape in ("even", "near", "uneven"):
        assert grid().days([1], shape, 3, 0, 100) == [(1,), (2,), (3,)]


def test_daily_doses_from_and_to_include_their_ends_and_keep_the_maximum() -> None:
    assert grid().days([1], "even", 8, 2, 4) == [(2,), (3,), (4,)]
    assert grid(daily=3).days([1], "even", 8, 2, 4) == [(2,), (3,)]
    assert grid(largest=2).days([1], "even", 8, 1, 4) == [(1,), (2,)]


@pytest.mark.parametrize(
    ("frequencies", "shape", "sums"),
    [
        ([1], "uneven", {1, 4}),
        ([2], "even", {2, 8}),
        ([2], "near", {2, 5, 8}),
        ([3], "near", {3, 9, 12}),  # 4 + 4 + 1; but not 4 + 1 + 1
        ([3], "uneven", {3, 6, 9, 12}),
        ([1, 2], "even", {1, 2, 4, 8}),
        ([1, 2], "uneven", {1, 2, 4, 5, 8}),
    ],
)
def test_the_daily_doses_of_one_and_four_grains(frequencies: list[int], shape: str, sums: set[int]) -> None:
    assert daily_doses([1, 4], frequencies, shape) == sums


def test_how_many_days_are_searched() -> None:
    """20,000 days of one dose are searched, and one more is not; 27 doses three times are 19,683 days, 28 are 21,952.

    Nearly even: 117 doses are 117 + 3 x 117 x 116 / 2 = 20,475 days, 115 are 115 + 3 x 115 x 114 / 2 = 19,780.
    """
    of = grid()
    for doses, frequency, shape in (
        (20_000, 1, "uneven"), (20_000, 3, "even"), (27, 3, "uneven"), (115, 3, "near"), (141, 2, "uneven"),
    ):  # fmt: skip
        of.check_size(doses, [frequency], shape)
    for doses, frequency, shape, days in (
        (20_001, 1, "near", 20_001), (20_001, 3, "even", 20_001), (28, 3, "uneven", 21_952), (117, 3, "near", 20_475),
        (142, 2, "uneven", 20_164), (142, 2, "near", 20_164),
    ):  # fmt: skip
        with pytest.raises(TooMany) as refusal:
            of.check_size(doses, [frequency], shape)
        assert refusal.value.message == (
            f"{doses} possible doses at {frequency} times a day make {days} different days; "
            "titrate searches at most 20000."
        )


def test_few_days_are_searched_at_once() -> None:
    """Eight doses three times a day are 512 days, and 64 twice; both together 576."""
    assert grid().few([2, 3], 8)
    assert grid().few([1] * 250, 8)  # 2,000, and 2,008 are too many
    assert not grid().few([1] * 251, 8)
    wide = Grid(makeable([HALVES], "mg", mg("35")), {}, 14, None)
    assert not wide.few([3], 14)  # 14 x 14 x 14 = 2744
    assert wide.few([3], 12)  # 1728
    assert not wide.few([2, 3], 12 + 1)


def test_an_uneven_day_and_a_late_one() -> None:
    assert [spread(day) for day in ((4,), (4, 4), (4, 1, 2))] == [0, 0, 3]
    assert lateness((5,)) == 0
    assert lateness((1, 1, 2)) < lateness((1, 2, 1)) < lateness((2, 1, 1))
    assert lateness((2, 1)) - lateness((1, 2)) == 1


def test_the_daily_dose_of_what_is_taken_once_a_week() -> None:
    assert grid().daily((2, 1)) == mg("7.5")
    assert grid(cycle=7).daily((7,)) == mg("2.5")  # 17.5 mg in seven days
    assert grid(cycle=2).daily((2,)) == mg("2.5")


def test_what_can_be_taken() -> None:
    of = grid(largest=6, daily=9)
    assert of.makes((6,))
    assert not of.makes((7,))
    assert of.makes((3, 3, 3))
    assert not of.makes((3, 3, 4))
    assert not of.makes((1, 1, 1, 1))  # no slots for four doses
    assert not of.makes((0, 1))


def test_of_days_of_another_shape_only_that_shape_is_counted() -> None:
    """28 doses three times a day are 28 even days and 28 + 3 x 28 x 27 / 2 = 1162 nearly even ones; any are 21,952."""
    of = Grid(makeable([HALVES], "mg", mg("70")), slots_at((time(8), time(14), time(20))), 28, None)
    assert len(of.days([3], "even", 28, 0, 84)) == 28
    assert len(of.days([3], "near", 28, 0, 84)) == 1162
    with pytest.raises(TooMany):
        of.days([3], "uneven", 28, 0, 84)


def test_a_grid_of_limits_has_their_maxima_in_grains_and_their_cycle() -> None:
    rule = paper(maximum='dose = "5 mg"\n\ndaily = "8 mg"', times="{ at-least = 1, at-most = 3 }")
    limits = replace(rule.limits_for(Patient(), starting=True), cycle=3)
    halves = Product("1mg", "tablet", mg("1"), 2)
    of = Grid.of(limits, (halves,), limits.slots)
    assert (of.table.grain, of.largest_dose, of.largest_daily, of.cycle) == (Fraction(1, 2), 10, 16, 3)
    single = replace(limits, maximum=limits.maximum[:1])
    assert (Grid.of(single, (halves,), limits.slots).largest_daily) is None


def test_products_that_make_too_many_doses_are_told() -> None:
    """1 microgram up to 1 g are a million."""
    rule = paper(maximum='dose = "1000 mg"')
    limits = rule.limits_for(Patient(), starting=True)
    with pytest.raises(RequestError) as refused:
        Grid.of(limits, (Product("fine", "tablet", mg("0.001")),), limits.slots)
    assert refused.value.message == (
        "These products cannot be planned with: doses up to 1000 mg in steps of 0.001 mg are 1000000; "
        f"at most {LARGEST_TABLE} are."
    )


def test_how_often_counts_daily_doses_also_where_a_day_comes_once_a_week() -> None:
    """Up to two doses where the average is at most 2.5 mg a day, 17.5 mg or seven grains a week, and one above."""
    cite = Citation(Source("paper", "T", "P", "1", "https://example.org"), "page 1", date(2026, 11, 23))
    often = (
        Frequency(Times(1, 2), cite, Range(at_most=mg("2.5"))),
        Frequency(Times(1, 1), cite, Range(above=mg("2.5"))),
    )
    weekly = grid(cycle=7)
    assert [weekly.fits(day, often) for day in ((7,), (3, 4), (4, 4), (8,), (1, 1, 1))] == [
        True,
        True,
        False,
        True,
        False,
    ]


def test_slots_are_named_for_the_time_of_day() -> None:
    """A name that stands for two of them is none."""
    found = slots_at((time(8), time(9), time(20)))
    assert [(slot.name, slot.at) for slot in found[3]] == [
        ("dose 1", time(8)), ("dose 2", time(9)), ("evening", time(20)),
    ]  # fmt: skip
    names = [slots_at((at,))[1][0].name for at in (
        time(3, 59), time(4), time(10, 59), time(11), time(14), time(18), time(21, 29), time(21, 30),
    )]  # fmt: skip
    assert names == ["night", "morning", "morning", "midday", "afternoon", "evening", "evening", "bedtime"]


def test_fewer_doses_are_spread_over_the_times_and_a_single_one_is_the_last() -> None:
    hours = {
        frequency: [slot.at.hour for slot in slots if slot.at is not None]
        for frequency, slots in slots_at((time(6), time(10), time(16), time(22))).items()
    }
    assert hours == {1: [22], 2: [6, 22], 3: [6, 16, 22], 4: [6, 10, 16, 22]}


@pytest.mark.parametrize("times", [(time(14), time(8)), (time(8), time(8))])
def test_times_are_in_the_order_of_the_clock(times: tuple[time, ...]) -> None:
    written = ", ".join(f"{at.hour:02}:00" for at in times)
    with pytest.raises(ValueError, match=f"^the times {written} are not in the order of the clock, each once$"):
        slots_at(times)
