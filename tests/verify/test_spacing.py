"""Law 5: the hours between two doses."""

from __future__ import annotations

import dataclasses

import pytest

from tests.verify.ladder import (
    DOWN,
    LADDER,
    LADDER_RULE,
    UP,
    at,
    laws,
    rule_of,
    schedule,
    swapped,
    titration,
)
from titrate.regimen import Regimen, Slot


@pytest.mark.parametrize(
    ("times", "found"),
    [
        (("08:00", "12:00", "20:00"), []),
        (("08:00", "11:59", "20:00"), [("spacing", "2026-12-10")]),
        (("03:00", "12:00", "23:00"), []),  # 23:00 to 03:00 is 4 hours
        (("02:59", "12:00", "23:00"), [("spacing", "2026-12-10")]),  # a minute less
        (("12:00", "08:00", "20:00"), [("spacing", "2026-12-10")]),  # not in the order of the clock
        (("08:00", "08:00", "20:00"), [("spacing", "2026-12-10")]),
    ],
)
def test_spacing(times: tuple[str, ...], found: list[tuple[str, str]]) -> None:
    assert laws(at(titration(), 4, *times), LADDER_RULE) == found


def test_spacing_over_the_night_between_two_regimens() -> None:
    """20:00 on 9 December to 00:00 on the 10th is 4 hours; from 20:01 it is less, and the 10th is named."""
    early = at(titration(), 4, "00:00", "08:00", "16:00")
    assert laws(early, LADDER_RULE) == []
    late = at(early, 3, "08:00", "14:00", "20:01")
    assert laws(late, LADDER_RULE) == [("spacing", "2026-12-10")]


def test_spacing_the_night_after_a_single_day_is_the_next_regimens() -> None:
    """23:00 to 00:30 would be an hour and a half, but on the next day the first dose is at 08:00."""
    made = schedule(LADDER_RULE, "1 titration 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3")
    assert laws(at(made, 1, "00:30", "12:00", "23:00"), LADDER_RULE) == []
    assert laws(at(made, 1, "00:00", "12:00", "23:00"), LADDER_RULE) == []
    assert laws(at(made, 2, "00:30", "12:00", "23:00"), LADDER_RULE) == [("spacing", "2026-12-02")]


def test_spacing_that_is_for_another_number_of_doses_does_not_apply() -> None:
    for frequency, found in ((4, []), (3, [("spacing", f"2026-12-{day}") for day in ("01", "04", "07", "10")])):
        rule = rule_of(LADDER, ('at-least = "4 hours"', f'at-least = "7 hours"\nfrequency = {frequency}'))
        made = schedule(rule, *UP, "open maintenance 20 mg x3")
        # 08:00, 14:00 and 20:00 are twice 6 hours apart.
        assert laws(made, rule) == [one for one in found for _ in range(2)]


def test_spacing_an_infusion_beside_a_dose_is_no_regimen() -> None:
    made = at(titration(), 4, "08:00", "14:00", "20:00")
    first, second, third = made.steps[3].regimen.administrations
    odd = Regimen("mg", (first, second, dataclasses.replace(third, slot=Slot("continuous", None))))
    assert laws(swapped(made, 4, regimen=odd), LADDER_RULE) == [("spacing", "2026-12-10"), ("makeable", "2026-12-10")]


def test_spacing_the_clock_is_kept_where_the_rule_has_no_spacing_too() -> None:
    rule = rule_of(LADDER, ('[[spacing]]\nat-least = "4 hours"\ncite = CITE\n', ""))
    made = schedule(rule, *UP, "open maintenance 20 mg x3")
    assert laws(at(made, 4, "07:59", "08:00", "20:00"), rule) == []
    assert laws(at(made, 4, "08:00", "07:59", "20:00"), rule) == [("spacing", "2026-12-10")]
    assert laws(at(made, 4, "08:00", "08:00", "20:00"), rule) == [("spacing", "2026-12-10")]


def test_spacing_is_looked_at_on_every_day_even_after_one_against_the_clock() -> None:
    odd = at(at(titration(), 1, "12:00", "08:00", "20:00"), 4, "08:00", "11:59", "20:00")
    assert laws(odd, LADDER_RULE) == [("spacing", "2026-12-01"), ("spacing", "2026-12-10")]


def test_spacing_the_night_between_two_regimens_belongs_to_both_numbers_of_doses() -> None:
    """12 hours between two doses a day. From 21:00 with three doses to 08:00 with two it is 11 hours."""
    rule = rule_of(LADDER, ('at-least = "4 hours"', 'at-least = "12 hours"\nfrequency = 2'))
    for evening, found in (("20:00", []), ("21:00", [("spacing", "2026-12-10")])):
        made = schedule(rule, *DOWN, goal="taper", current="20 mg x3")
        assert laws(at(made, 3, "08:00", "14:00", evening), rule) == found
