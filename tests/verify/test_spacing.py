"""Law 5: the hours between two doses."""

from __future__ import annotations

import dataclasses
from datetime import date, time

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
from tests.verify.revision import revised
from titrate.regimen import Regimen, Slot
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify
from titrate.verifier.spacing import check_spacing


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


def test_spacing_over_the_night_after_the_days_of_an_earlier_revision() -> None:
    """The plan began from nothing; until 7 December the last dose is at 23:59, from the 8th on the first at 03:00."""
    before = at(schedule(LADDER_RULE, "open maintenance 15 mg x3"), 1, "08:00", "14:00", "23:59")
    for first, found in (("03:59", []), ("03:58", [date(2026, 12, 8)])):
        made = at(revised(before=before), 1, first, "12:00", "20:00")
        assert spaced(made, LADDER_RULE) == found
    near = at(revised(before=before), 1, "00:30", "03:30", "20:00")
    # 23:59 to 00:30, and 00:30 to 03:30. From 23:59 to 03:30 is no pair: a dose lies between.
    assert spaced(near, LADDER_RULE) == [date(2026, 12, 8)] * 2


def test_spacing_the_night_before_another_regimen_belongs_to_the_number_of_doses_before_it_too() -> None:
    """5 hours between three doses a day. From 20:00 with three to 00:59 with two it is a minute less."""
    rule = rule_of(LADDER, ('at-least = "4 hours"', 'at-least = "5 hours"\nfrequency = 3'))
    made = schedule(rule, *DOWN, goal="taper", current="20 mg x3")
    assert spaced(at(made, 4, "01:00", "12:00"), rule) == []
    assert spaced(at(made, 4, "00:59", "12:00"), rule) == [date(2026, 12, 10)]


@pytest.mark.parametrize(("evening", "found"), [("23:00", []), ("23:01", [date(2026, 12, 2)])])
def test_spacing_in_a_cycle_the_day_of_the_earlier_dose_is_named(evening: str, found: list[date]) -> None:
    """5 hours between the doses of a day with three. The first day has three from 04:00 on, the second two: the night
    after the second day is too short, and it belongs to the first day of the next cycle as well."""
    rule = rule_of(LADDER, ('at-least = "4 hours"', 'at-least = "5 hours"\nfrequency = 3'))
    made = schedule(rule, "open maintenance 10 mg x3, 10 mg x2 in turn")
    regimen = made.steps[0].regimen
    times = ("04:00", "10:00", "20:00", "08:00", evening)
    slots = [Slot(f"dose {at}", time.fromisoformat(at)) for at in times]
    taken = [dataclasses.replace(a, slot=s) for a, s in zip(regimen.administrations, slots, strict=True)]
    assert spaced(swapped(made, 1, regimen=dataclasses.replace(regimen, administrations=tuple(taken))), rule) == found


def spaced(made: Schedule, rule: Rule) -> list[date | None]:
    return [one.day for one in verify(made, rule, (check_spacing,)).findings if one.day and one.day >= made.first]
