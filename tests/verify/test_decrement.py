"""Law 4: no fall is larger than the rule allows."""

from __future__ import annotations

import pytest

from tests.verify.ladder import (
    DOWN,
    LADDER,
    LADDER_RULE,
    ORIGINAL,
    PUMP_RULE,
    doses,
    infusion,
    laws,
    q,
    rule_of,
    schedule,
)
from titrate.limit import By
from titrate.verifier.change import within


def test_decrement_60_to_30_in_one_step() -> None:
    """20 to 10 mg a dose breaks 5 mg a dose, 60 to 30 mg a day breaks 15 mg a day."""
    made = schedule(LADDER_RULE, "6 taper 10 mg x3", *DOWN[2:], goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("decrement", "2026-12-01"), ("decrement", "2026-12-01")]


def test_decrement_by_dose_alone() -> None:
    """20/20/20 to 20/20/10: 10 mg in one dose, within 15 mg a day."""
    lines = ("3 taper 20/20/10 mg", "3 taper 15/15/10 mg", *DOWN[1:])
    made = schedule(LADDER_RULE, *lines, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("decrement", "2026-12-01")]


def test_decrement_a_dose_of_5_mg_may_be_left_out_and_one_of_10_may_not() -> None:
    good = schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10/10/10/5 mg")
    bad = schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10/10/10/10 mg")
    assert laws(good, LADDER_RULE) == []
    assert laws(bad, LADDER_RULE) == [("decrement", "2026-12-01")]


@pytest.mark.parametrize(("daily", "found"), [(52, []), (51, [("decrement", "2026-12-03")])])
def test_decrement_a_percentage_is_of_the_day_before(daily: int, found: list[tuple[str, str]]) -> None:
    """80 % of 64 is 51.2: 52 is allowed, 51 is not."""
    assert laws(infusion(80, 64, daily, kind="taper", current="100 micrograms/day"), PUMP_RULE) == found


def test_decrement_a_percentage_of_the_original_is_of_the_dose_at_which_the_taper_began() -> None:
    """25 % of 80 mg a day is 20 mg: 80, 60, 40, 20, nothing; 25 mg at once is too much."""
    rule = rule_of(LADDER, *ORIGINAL)
    good = ("3 taper 20 mg x3", "3 taper 20 mg x2", "3 taper 20 mg x1", "stop")
    assert laws(schedule(rule, *good, goal="taper", current="20 mg x4"), rule) == []
    bad = ("3 taper 20 mg x3", "3 taper 20/15 mg", "3 taper 20 mg x1", "stop")
    assert laws(schedule(rule, *bad, goal="taper", current="20 mg x4"), rule) == [("decrement", "2026-12-04")]


def test_decrement_after_a_stay_the_original_is_the_maintenance_dose() -> None:
    """From 80 mg a day 20 mg; after a stay on 60 mg a day only 15 mg, so 60 to 40 is too much there."""
    rule = rule_of(LADDER, *ORIGINAL)
    down = ("3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3", "stop")
    good = schedule(rule, "9 maintenance 20 mg x3", *down, current="20 mg x4", then_stop=True)
    assert laws(good, rule) == []
    steep = ("3 taper 20 mg x2", "3 taper 15 mg x2", "3 taper 15 mg x1", "stop")
    bad = schedule(rule, "9 maintenance 20 mg x3", *steep, current="20 mg x4", then_stop=True)
    assert laws(bad, rule) == [("decrement", "2026-12-10")]


def test_decrement_a_percentage_of_the_original_dose_is_of_its_largest() -> None:
    """Half of 20 mg, the largest dose of 20/10 mg, is 10 mg at each dose, whatever that dose is."""
    half = (By(q("50 %"), "dose", "original"),)
    assert within(half, doses(20, 10), doses(10), doses(20, 10))  # 10 left out, or 20 -> 10 and 10 left out
    assert not within(half, doses(20, 11), doses(9), doses(20, 10))
    assert within(half, doses(12, 10), doses(2), doses(20, 10))


def test_decrement_to_nothing_is_a_fall_where_the_rule_gives_no_last_step() -> None:
    rule = rule_of(LADDER, ('[taper.last]\ndaily = "5 mg"\ncite = CITE\n', ""))
    assert laws(schedule(rule, *DOWN, goal="taper", current="20 mg x3"), rule) == []
    early = schedule(rule, "3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3", "6 taper 10 mg x1", "stop",
                     goal="taper", current="20 mg x3")  # fmt: skip
    assert ("decrement", "2026-12-16") in laws(early, rule)
