"""Laws 3 and 4: nothing changes sooner than the rule allows."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from tests.verify.ladder import (
    DOWN,
    LADDER,
    LADDER_RULE,
    banded,
    laws,
    rule_of,
    schedule,
    swapped,
)
from tests.verify.revision import revised
from titrate.days import Days
from titrate.schedule import Schedule


@pytest.mark.parametrize(("days", "found"), [(3, []), (2, [("interval", "2026-12-03")])])
def test_interval_a_rise_after_3_days_but_not_after_2(days: int, found: list[tuple[str, str]]) -> None:
    made = schedule(LADDER_RULE, f"{days} titration 5 mg x3", "open maintenance 10 mg x3")
    assert laws(made, LADDER_RULE) == found


def test_interval_a_fall_after_2_days() -> None:
    made = schedule(LADDER_RULE, "3 taper 15 mg x3", "2 taper 10 mg x3", "4 taper 5 mg x3", *DOWN[3:], goal="taper",
                    current="20 mg x3")  # fmt: skip
    assert laws(made, LADDER_RULE) == [("interval", "2026-12-06")]


def test_interval_the_last_dose_is_kept_too() -> None:
    lines = ("4 taper 15 mg x3", *DOWN[1:4], "2 taper 5 mg x1", "stop")
    made = schedule(LADDER_RULE, *lines, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("interval", "2026-12-16")]


def test_interval_equal_days_count_together_whatever_their_kind() -> None:
    """1 day titration and 2 days maintenance on 10 mg are 3 days on 10 mg."""
    made = schedule(LADDER_RULE, "3 titration 5 mg x3", "1 titration 10 mg x3", "2 maintenance 10 mg x3",
                    "3 titration 15 mg x3", "open maintenance 20 mg x3")  # fmt: skip
    assert laws(made, LADDER_RULE) == []


@pytest.mark.parametrize(
    ("since", "found"),
    [(None, []), ("2026-11-28", []), ("2026-11-29", [("interval", "2026-12-01")])],
)
def test_interval_what_was_taken_before_counts_if_known(since: str | None, found: list[tuple[str, str]]) -> None:
    """28, 29 and 30 November are three days; from the 29th on it is two."""
    begun = None if since is None else date.fromisoformat(since)
    made = schedule(LADDER_RULE, "open maintenance 15 mg x3", current="10 mg x3", since=begun)
    assert laws(made, LADDER_RULE) == found


@pytest.mark.parametrize(
    ("since", "found"),
    [(None, []), ("2026-11-29", []), ("2026-11-30", [("interval", "2026-12-02")])],
)
def test_interval_a_first_step_that_stays_goes_on_counting(since: str | None, found: list[tuple[str, str]]) -> None:
    """29 and 30 November and 1 December are three days."""
    begun = None if since is None else date.fromisoformat(since)
    made = schedule(LADDER_RULE, "1 titration 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3", since=begun)
    assert laws(made, LADDER_RULE) == found


def test_interval_a_new_regimen_does_not_inherit_the_days_of_the_old_one() -> None:
    made = schedule(LADDER_RULE, "2 titration 15 mg x3", "open maintenance 20 mg x3", current="10 mg x3",
                    since=date(2026, 1, 1))  # fmt: skip
    assert laws(made, LADDER_RULE) == [("interval", "2026-12-03")]


def test_interval_days_do_not_add_up_over_a_gap() -> None:
    """10 mg on 1 and 2 December, nothing said about the 3rd, 10 mg on the 4th and 5th: two days in a row."""
    made = schedule(LADDER_RULE, "2 titration 15 mg x3", "2 titration 15 mg x3", "open maintenance 20 mg x3",
                    current="15 mg x3")  # fmt: skip
    gap = swapped(swapped(made, 2, days=Days.of(date(2026, 12, 4), 2)), 3, days=Days(date(2026, 12, 6), None))
    assert laws(gap, LADDER_RULE) == [("covered", "2026-12-03"), ("interval", "2026-12-06")]


def test_interval_both_sides_of_an_edge() -> None:
    """At 45 mg a day, beyond the edge, a regimen is kept for 7 days."""
    rule = banded('at-least = "45 mg"')
    for days, found in ((7, []), (6, [("interval", "2026-12-07")])):
        made = schedule(rule, f"{days} titration 15 mg x3", "open maintenance 15/15/20 mg", current="10/15/15 mg")
        assert laws(made, rule) == found


@pytest.mark.parametrize(
    ("days", "band", "found"),
    [
        (6, 'at-most = "5 mg"', []),
        (7, 'at-most = "5 mg"', [("interval", "2026-12-25")]),
        (9, 'at-most = "4 mg"', [("interval", "2026-12-25")]),
    ],
)
def test_interval_on_stopping_is_that_of_every_band_down_to_nothing(
    days: int, band: str, found: list[tuple[str, str]]
) -> None:
    """5 mg once a day, kept for 6 days: a band up to 5 mg binds it, and one up to 4 mg too: 0 lies in it."""
    low = (
        '[[taper.decrease]]\nby = { at-most = "80 mg", per = "day" }\n'
        f'every = {{ at-least = "{days} days" }}\nband = {{ {band} }}\ncite = CITE\n\n[taper.duration]'
    )
    rule = rule_of(LADDER, ("[taper.duration]", low))
    made = schedule(rule, *DOWN[:3], "9 taper 5 mg x2", "6 taper 5 mg x1", "stop", goal="taper", current="20 mg x3")
    assert laws(made, rule) == found


def not_borne(regimen: str = "5 mg x3", **more: Any) -> Schedule:
    """10 mg x3 was taken on 4 December alone, after three days of 5 mg x3, and is left on the 5th."""
    asked: dict[str, Any] = {"on": date(2026, 12, 5), "current": "10 mg x3", "since": date(2026, 12, 4), **more}
    return revised(f"open maintenance {regimen}", **asked)


def test_interval_what_is_not_borne_is_taken_back_at_once() -> None:
    """Three days between two changes; but the way back to the dose before does not wait."""
    assert changes(not_borne()) == []


@pytest.mark.parametrize("regimen", ["10/10/5 mg", "5/5/10 mg", "15 mg x3"])
def test_interval_only_the_way_back_does_not_wait(regimen: str) -> None:
    assert changes(not_borne(regimen)) == [("interval", "2026-12-05")]


def test_interval_what_was_taken_back_is_not_taken_back_in_its_turn() -> None:
    """5, 10, 5 and 10 again after a day: that is a rise like any other, and too soon. After three days it is not."""
    for day, found in ((6, [("interval", "2026-12-06")]), (7, [("interval", "2026-12-07")]), (8, [])):
        again = not_borne("10 mg x3", on=date(2026, 12, day), current="5 mg x3", since=date(2026, 12, 5),
                          before=not_borne())  # fmt: skip
        assert changes(again) == found


def test_interval_one_goes_back_only_in_a_revision_and_only_on_its_first_day() -> None:
    lines = ("3 titration 5 mg x3", "1 titration 10 mg x3", "open maintenance 5 mg x3")
    assert ("interval", "2026-12-05") in laws(schedule(LADDER_RULE, *lines), LADDER_RULE)
    later = revised("1 titration 10 mg x3", "open maintenance 5 mg x3", on=date(2026, 12, 4),
                    current="5 mg x3", since=date(2026, 12, 1))  # fmt: skip
    assert ("interval", "2026-12-05") in laws(later, LADDER_RULE)


def changes(made: Schedule) -> list[tuple[str, str | None]]:
    """What is found, but for that 15 mg a day is too little to stay on."""
    return [one for one in laws(made, LADDER_RULE) if one[0] != "maintenance"]
