"""Law 9: a schedule ends at nothing through a permitted last step, or says that it has no end."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from tests.verify.ladder import (
    DOWN,
    LADDER_RULE,
    UP,
    laws,
    schedule,
    swapped,
    taper,
    titration,
)
from titrate.days import Days


def test_never_abrupt_an_end_on_a_dose() -> None:
    """Kept until a review on 31 December, and then nothing: 60 mg a day stopped by a calendar that runs out."""
    made = swapped(titration(), 4, days=Days(date(2026, 12, 10), date(2026, 12, 30)))
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-30")]


def test_never_abrupt_a_stop_from_60_mg_a_day() -> None:
    """From 5 mg a day one may stop, from 60 not; the taper before it is none, so it lasts 0 days."""
    made = schedule(LADDER_RULE, *UP, "9 maintenance 20 mg x3", "stop", then_stop=True)
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-19"), ("taper duration", "2026-12-19")]


@pytest.mark.parametrize(("last", "found"), [("5 mg x1", []), ("5 mg x2", [("never abrupt", "2026-12-16")])])
def test_never_abrupt_the_last_step_is_at_most_what_the_rule_permits(last: str, found: list[tuple[str, str]]) -> None:
    made = schedule(LADDER_RULE, *DOWN[:4], f"3 taper {last}", "stop", goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == found


def test_never_abrupt_every_other_day() -> None:
    lines = ("1 maintenance 20 mg x3", "1 taper none mg", "open maintenance 20 mg x3")
    made = schedule(LADDER_RULE, *lines, current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-02")]


def test_never_abrupt_a_last_step_of_several_days_without_a_dose() -> None:
    made = taper()
    assert laws(swapped(made, 6, days=Days.of(date(2026, 12, 16), 2)), LADDER_RULE) == [("never abrupt", "2026-12-16")]
    endless = swapped(made, 6, days=Days(date(2026, 12, 16), None))
    assert laws(endless, LADDER_RULE) == [("never abrupt", "2026-12-16")]


def test_never_abrupt_only_maintenance_has_no_end() -> None:
    made = schedule(LADDER_RULE, "3 titration 5 mg x3", "open titration 10 mg x3")
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-04")]


@pytest.mark.parametrize(
    ("review", "found"), [(date(2026, 12, 10), []), (date(2026, 12, 9), [("never abrupt", "2026-12-09")])]
)
def test_never_abrupt_a_review_before_the_open_step_is_reached(review: date, found: list[tuple[str, str]]) -> None:
    assert laws(dataclasses.replace(titration(), review=review), LADDER_RULE) == found
