"""Good schedules have no finding, small and large, and every law was looked at."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date

import pytest

from tests.verify.ladder import (
    LADDER_RULE,
    PUMP_RULE,
    infusion,
    laws,
    round_trip,
    schedule,
    swapped,
    taper,
    titration,
)
from titrate.days import Days, plus
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import CHECKS, law_of, verify

GOOD: dict[str, tuple[Callable[[], Schedule], Rule]] = {
    "titration without end": (titration, LADDER_RULE),
    "from a current regimen": (
        lambda: schedule(LADDER_RULE, "3 titration 15 mg x3", "open maintenance 20 mg x3", current="10 mg x3"),
        LADDER_RULE,
    ),
    "up, stay, down": (round_trip, LADDER_RULE),
    "taper": (taper, LADDER_RULE),
    "to a lower dose": (
        lambda: schedule(LADDER_RULE, "3 taper 15 mg x3", "open maintenance 10 mg x3", current="20 mg x3"),
        LADDER_RULE,
    ),
    "infusion up: 130 % of 169 is 219.7": (lambda: infusion(100, 130, 169, 219), PUMP_RULE),
    "infusion down to nothing: 80 % of 52 is 41.6": (
        lambda: schedule(
            PUMP_RULE,
            *(f"1 taper {daily} micrograms/day" for daily in (80, 64, 52, 42)),
            "1 taper none micrograms",
            goal="taper",
            current="100 micrograms/day",
        ),
        PUMP_RULE,
    ),
    "uneven": (
        lambda: schedule(
            LADDER_RULE,
            "3 titration 5 mg x3", "3 titration 5/5/10 mg", "3 titration 10/5/15 mg", "3 titration 10/10/15 mg",
            "open maintenance 15 mg x3",
        ),
        LADDER_RULE,
    ),
    "a fourth dose that is built up": (
        lambda: schedule(
            LADDER_RULE,
            "3 titration 20/20/20/5 mg", "3 titration 20/20/20/10 mg", "3 titration 20/20/20/15 mg",
            "open maintenance 20 mg x4",
            current="20 mg x3", target="20 mg x4",
        ),
        LADDER_RULE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_good_schedule_has_no_finding(name: str) -> None:
    made, rule = GOOD[name]
    assert laws(made(), rule) == []


def test_every_law_is_named_once_and_in_order_whatever_is_found() -> None:
    names = (
        "covered", "start", "increment", "decrement", "ladder", "interval", "rate", "maximum", "approval", "frequency",
        "spacing", "cycle", "maintenance", "makeable", "direction", "never abrupt", "way out", "taper duration",
        "scope", "rule", "asked", "gates", "seam", "supply",
    )  # fmt: skip
    assert verify(titration(), LADDER_RULE).laws == names
    assert tuple(map(law_of, CHECKS)) == names
    assert all(check.__doc__ for check in CHECKS)


def test_ten_years_day_by_day() -> None:
    """As a list of days is read: every day a step of its own."""
    made = titration()
    stay = made.steps[3]
    days = tuple(dataclasses.replace(stay, days=Days.of(plus(stay.days.first, n), 1)) for n in range(3650))
    end = dataclasses.replace(stay, days=Days(plus(stay.days.first, 3650), None))
    assert laws(dataclasses.replace(made, steps=(*made.steps[:3], *days, end)), LADDER_RULE) == []


def test_the_last_day_of_the_calendar() -> None:
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", start=date(9999, 12, 31))
    last = swapped(made, 1, days=Days(date(9999, 12, 31), None))
    assert laws(last, LADDER_RULE) == []
    first = dataclasses.replace(last, request=dataclasses.replace(last.request, start=date(1, 1, 1)))
    assert laws(swapped(first, 1, days=Days(date(1, 1, 1), None)), LADDER_RULE) == []
