"""Law 3: no rise is larger than the rule allows."""

from __future__ import annotations

import pytest

from tests.verify.ladder import (
    LADDER,
    LADDER_RULE,
    PUMP_RULE,
    RISES,
    UP,
    banded,
    doses,
    infusion,
    laws,
    q,
    rule_of,
    schedule,
)
from titrate.days import Duration
from titrate.limit import By
from titrate.verifier import verify
from titrate.verifier.change import within


def test_increment_by_dose() -> None:
    """5/5/10 to 5/5/20 is 10 mg in one dose, and 10 mg in the day."""
    made = schedule(LADDER_RULE, "3 titration 10/10/10 mg", "3 titration 10/10/20 mg", "open maintenance 15/15/20 mg",
                    current="10 mg x3")  # fmt: skip
    assert laws(made, LADDER_RULE) == [("increment", "2026-12-04")]


def test_increment_by_day() -> None:
    """Four doses that rise by 5 mg each are 20 mg a day, 5 mg too much; by 5, 5, 5 and 0 they are 15 mg."""
    good = schedule(LADDER_RULE, "3 titration 15/15/15/10 mg", "open maintenance 15 mg x4", current="10 mg x4")
    assert laws(good, LADDER_RULE) == []
    made = schedule(LADDER_RULE, "open maintenance 15 mg x4", current="10 mg x4")
    assert laws(made, LADDER_RULE) == [("increment", "2026-12-01")]


def test_increment_a_new_dose_begins_at_5_mg_and_not_at_10() -> None:
    for dose, found in (("5", []), ("10", [("increment", "2026-12-01")])):
        made = schedule(LADDER_RULE, f"open maintenance 20/20/20/{dose} mg", current="20 mg x3")
        rest = [("maintenance", "2026-12-01")] if dose == "5" else []
        assert laws(made, LADDER_RULE) == found + rest


def test_increment_any_pairing_of_the_doses_will_do() -> None:
    """5/10 into 5/10/10 is lawful as a new 5 mg, 5 to 10 mg, 10 mg; read as a new third dose of 10 mg it is not."""
    five = (By(q("5 mg"), "dose"),)
    assert within(five, doses(10, 15), doses(5, 10, 15), ())
    assert within(five, doses(5, 10), doses(5, 10, 5), ())
    assert within(five, doses(5, 10), doses(5, 10, 10), ())
    assert not within(five, doses(10, 20), doses(10, 20, 10), ())
    assert not within(five, doses(5), doses(10, 10), ())


def test_increment_a_share_of_nothing_is_nothing() -> None:
    """A new dose is never lawful by percent of each dose; by percent of the day it may be."""
    assert within((By(q("50 %"), "dose"),), doses(10, 20), doses(15, 30), ())
    assert not within((By(q("49 %"), "dose"),), doses(10, 20), doses(15, 30), ())
    assert not within((By(q("100 %"), "dose"),), doses(10), doses(10, 1), ())
    assert within((By(q("10 %"), "day"),), doses(10), doses(10, 1), ())


@pytest.mark.parametrize(("daily", "found"), [(219, []), (220, [("increment", "2026-12-04")])])
def test_increment_a_percentage_is_never_rounded_up(daily: int, found: list[tuple[str, str]]) -> None:
    """130 % of 169 is 219.7: 219 is allowed, 220 is not."""
    assert laws(infusion(100, 130, 169, daily), PUMP_RULE) == found


@pytest.mark.parametrize(
    ("edge", "current", "to", "found"),
    [
        ('at-least = "50 mg"', "10 mg x3", "15 mg x3", []),  # 30 to 45: only the lower band
        ('at-least = "45 mg"', "10 mg x3", "15 mg x3", ["increment"]),  # onto the edge: both
        ('at-least = "40 mg"', "10 mg x3", "15 mg x3", ["increment"]),  # over the edge: both
        ('above = "45 mg"', "10 mg x3", "15 mg x3", []),  # onto an edge that the band leaves out: only the lower one
        ('at-least = "40 mg"', "15 mg x3", "15/15/20 mg", []),  # 45 to 50, 5 mg
        ('at-least = "40 mg"', "15 mg x3", "15/20/20 mg", ["increment"]),  # 45 to 55
    ],
)
def test_increment_a_step_that_touches_an_edge_keeps_the_limits_of_both_sides(
    edge: str, current: str, to: str, found: list[str]
) -> None:
    rule = banded(edge)
    made = schedule(rule, f"open maintenance {to}", current=current)
    assert laws(made, rule) == [(law, "2026-12-01") for law in found]


def test_increment_and_interval_where_the_rule_is_silent() -> None:
    """Silent about both: the request has to bring them; then its own pace is the limit."""
    silent = rule_of(LADDER, (RISES, "[[increase]]\nby = { silent = true }\nevery = { silent = true }\n"))
    lines = ("3 titration 5 mg x3", "open maintenance 10 mg x3")
    assert laws(schedule(silent, *lines), silent) == [("increment", "2026-12-04"), ("interval", "2026-12-04")]
    assert laws(schedule(silent, *lines, by=q("5 mg"), every=Duration(3, "day")), silent) == []
    assert laws(schedule(silent, *lines, by=q("5 mg")), silent) == [("interval", "2026-12-04")]
    assert laws(schedule(silent, *lines, every=Duration(3, "day")), silent) == [("increment", "2026-12-04")]
    assert laws(schedule(silent, *lines, by=q("4 mg"), every=Duration(4, "day")), silent) == [
        ("increment", "2026-12-04"),
        ("interval", "2026-12-04"),
    ]


def test_increment_the_pace_of_the_request_binds_and_cites_the_prescriber() -> None:
    made = schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", by=q("10 mg/day"))
    found = verify(made, LADDER_RULE).findings
    assert [(one.law, str(one.day)) for one in found] == [
        ("increment", "2026-12-04"), ("increment", "2026-12-07"), ("increment", "2026-12-10"),
    ]  # fmt: skip
    assert found[0].citation is not None
    assert found[0].citation.basis == "prescriber"
