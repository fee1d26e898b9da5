"""Laws 1 and 2: every day has one regimen, and the first day is one to start with."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from tests.verify.ladder import (
    LADDER,
    LADDER_RULE,
    RISES,
    START,
    laws,
    rule_of,
    schedule,
    swapped,
    titration,
)
from titrate.days import Days
from titrate.verifier import verify


def test_covered_a_day_without_a_step() -> None:
    """Step 2 is 4 to 6 December; moved by a day it is 5 to 7, and step 3 from 8 December on."""
    good = titration()
    moved = good
    for number, (first, length) in enumerate((("2026-12-05", 3), ("2026-12-08", 3), ("2026-12-11", None)), 2):
        day = date.fromisoformat(first)
        moved = swapped(moved, number, days=Days(day, None) if length is None else Days.of(day, length))
    assert laws(moved, LADDER_RULE) == [("covered", "2026-12-04")]


def test_covered_a_day_with_two_steps() -> None:
    longer = swapped(titration(), 1, days=Days.of(START, 4))
    assert laws(longer, LADDER_RULE) == [("covered", "2026-12-04")]


def test_covered_a_step_without_end_before_another() -> None:
    assert laws(swapped(titration(), 1, days=Days(START, None)), LADDER_RULE) == [("covered", "2026-12-04")]


def test_covered_a_schedule_without_steps_is_told_so_alone() -> None:
    verdict = verify(dataclasses.replace(titration(), steps=()), LADDER_RULE)
    assert (verdict.laws, [finding.law for finding in verdict.findings]) == (("covered",), ["covered"])


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("5 mg x3", []),
        ("10/5/5 mg", ["start"]),  # a dose over 5 mg; 20 mg a day is still allowed
        ("5 mg x4", ["start"]),  # four doses, where the start has three
        ("10/10/5 mg", ["start", "start"]),  # and 25 mg a day
    ],
)
def test_start_is_within_the_range_where_the_patient_takes_nothing(first: str, found: list[str]) -> None:
    # A rise goes straight to the maintenance: from 5 mg x3 the day may gain 15 mg, from the others less.
    last = "10/10/10/10 mg" if first.endswith("x4") else "10 mg x3"
    rule = rule_of(LADDER, (RISES, RISES.replace("15 mg", "20 mg")))
    made = schedule(rule, f"3 titration {first}", f"open maintenance {last}")
    assert laws(made, rule) == [(law, "2026-12-01") for law in found]


def test_start_from_a_daily_dose_whose_parts_are_not_known() -> None:
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="60 mg/day")
    assert laws(made, LADDER_RULE) == [("start", "2026-12-01")]


def test_start_the_range_does_not_bind_who_is_on_the_drug() -> None:
    assert laws(schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3"), LADDER_RULE) == []


def test_start_without_a_dose_is_no_start() -> None:
    made = schedule(LADDER_RULE, "1 titration none mg", "3 titration 5 mg x3", "open maintenance 10 mg x3")
    told = [(one.value, one.limit) for one in verify(made, LADDER_RULE).findings if one.law == "start"]
    assert told == [("no dose", "three times a day")]
