"""Law 8: a titration never falls, a taper never rises."""

from __future__ import annotations

from tests.verify.ladder import (
    DOWN,
    LADDER_RULE,
    UP,
    laws,
    schedule,
)


def test_direction_a_titration_that_falls() -> None:
    lines = ("3 titration 10 mg x3", "3 titration 5 mg x3", "open maintenance 10 mg x3")
    made = schedule(LADDER_RULE, *lines, current="5 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]


def test_direction_a_taper_that_rises_in_its_middle() -> None:
    made = schedule(LADDER_RULE, "3 taper 15 mg x3", "3 taper 20 mg x3", *DOWN, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]


def test_direction_a_change_that_rises_and_falls() -> None:
    made = schedule(LADDER_RULE, "3 titration 15/10/15 mg", "open maintenance 10/15/15 mg", current="10 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]


def test_direction_maintenance_is_one_regimen() -> None:
    made = schedule(LADDER_RULE, "3 maintenance 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]
    same = schedule(LADDER_RULE, "3 maintenance 10 mg x3", "open maintenance 10 mg x3", current="10 mg x3")
    assert laws(same, LADDER_RULE) == []


def test_direction_a_taper_step_that_only_stays_is_no_taper() -> None:
    """8 weeks on 20 mg, then "tapering" on 20 mg: the days would be counted as taper without being one."""
    made = schedule(LADDER_RULE, *UP, "9 maintenance 20 mg x3", "3 taper 20 mg x3", *DOWN, then_stop=True)
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-19")]


def test_direction_the_first_step_may_keep_the_current_regimen() -> None:
    made = schedule(LADDER_RULE, "1 taper 20 mg x3", *DOWN, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == []
    up = schedule(LADDER_RULE, "1 titration 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3")
    assert laws(up, LADDER_RULE) == []


def test_direction_two_steps_of_one_kind_may_share_a_regimen() -> None:
    made = schedule(LADDER_RULE, "1 titration 5 mg x3", "2 titration 5 mg x3", "open maintenance 10 mg x3")
    assert laws(made, LADDER_RULE) == []


def test_direction_nothing_can_be_tapered_by_who_takes_nothing() -> None:
    made = schedule(LADDER_RULE, "3 taper 5 mg x3", "3 taper 5 mg x2", "9 taper 5 mg x1", "stop", goal="taper")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-01")]


def test_direction_a_fall_that_turns_into_a_rise_to_the_last_dose() -> None:
    """Down to 10 mg, and then 15 mg without end: the taper rises, whatever its last step is called."""
    made = schedule(
        LADDER_RULE, "3 taper 15 mg x3", "3 taper 10 mg x3", "open maintenance 15 mg x3", current="20 mg x3"
    )
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-07")]
    down = schedule(
        LADDER_RULE, "3 taper 15 mg x3", "3 taper 15 mg x3", "open maintenance 10 mg x3", current="20 mg x3"
    )
    assert laws(down, LADDER_RULE) == []


def test_direction_a_rise_that_turns_into_a_fall_to_the_last_dose() -> None:
    lines = (*UP, "3 titration 15 mg x3", "open maintenance 10 mg x3")
    assert laws(schedule(LADDER_RULE, *lines), LADDER_RULE) == [("direction", "2026-12-13")]


def test_direction_a_stay_ends_what_came_before_it() -> None:
    """Up, 9 days there, down, and there without end: each change goes the way of its own phase."""
    lines = (*UP, "9 maintenance 20 mg x3", "3 taper 15 mg x3", "open maintenance 10 mg x3")
    assert laws(schedule(LADDER_RULE, *lines), LADDER_RULE) == []
