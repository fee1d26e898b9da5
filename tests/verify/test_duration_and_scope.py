"""Laws 11 and 12, and that the rule is the one that was meant."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest

from tests.verify.ladder import (
    ADULTS,
    LADDER,
    LADDER_RULE,
    PUMP_RULE,
    UP,
    laws,
    q,
    rule_of,
    schedule,
    swapped,
    titration,
)
from titrate.days import Duration
from titrate.errors import RequestError
from titrate.patient import Patient
from titrate.regimen import Administration, Regimen, Slot
from titrate.verifier import verify


def test_taper_duration_14_days_but_not_13() -> None:
    for last, found in ((5, []), (4, [("taper duration", "2026-12-01")])):
        lines = ("3 taper 5 mg x3", "3 taper 5/5 mg", f"{last + 3} taper 5 mg x1", "stop")
        made = schedule(LADDER_RULE, *lines, goal="taper", current="5/10/5 mg")
        assert laws(made, LADDER_RULE) == found


def test_taper_duration_of_a_stop_at_once_is_no_day() -> None:
    made = schedule(LADDER_RULE, "stop", goal="taper", current="5 mg x1")
    assert laws(made, LADDER_RULE) == [("taper duration", "2026-12-01")]


@pytest.mark.parametrize(("last", "found"), [(11, []), (10, [("taper duration", "2026-12-04")])])
def test_taper_duration_does_not_count_a_titration(last: int, found: list[tuple[str, str]]) -> None:
    """Up for three days, and down again: 3 and 11 days."""
    lines = ("3 titration 5 mg x3", "3 taper 5 mg x2", f"{last} taper 5 mg x1", "stop")
    assert laws(schedule(LADDER_RULE, *lines, then_stop=True), LADDER_RULE) == found


def test_taper_duration_counts_from_the_end_of_the_maintenance() -> None:
    """Ten days down, a stay of 20, ten days down: the last taper is ten days, not forty."""
    down = ("3 taper 5 mg x3", "3 taper 5 mg x2", "4 taper 5 mg x1", "stop")
    lines = ("10 taper 15 mg x3", "20 maintenance 10 mg x3", *down)
    made = schedule(LADDER_RULE, *lines, current="20 mg x3", then_stop=True)
    assert laws(made, LADDER_RULE) == [("taper duration", "2026-12-31")]


def test_scope_a_patient_that_the_rule_is_not_for() -> None:
    rule = rule_of(LADDER, ("[start]", ADULTS))
    for age, found in (("18 years", []), ("17 years", [("scope", None)])):
        made = schedule(rule, *UP, "open maintenance 20 mg x3", patient=Patient(age=q(age)))
        assert laws(made, rule) == found


def test_scope_what_was_not_checked_is_not_hidden() -> None:
    rule = rule_of(LADDER, ("[start]", ADULTS))
    made = schedule(rule, *UP, "open maintenance 20 mg x3")
    assert made.not_checked == ("age (not given)",)
    assert laws(made, rule) == []
    assert laws(dataclasses.replace(made, not_checked=()), rule) == [("scope", None)]


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"id": "other"}, {"drug": "otherium"}])
def test_rule_of_another_file(change: dict[str, Any]) -> None:
    made = titration()
    other = dataclasses.replace(made, rule=dataclasses.replace(made.rule, **change))
    assert laws(other, LADDER_RULE) == [("rule", None)]


def test_rule_in_another_unit_and_nothing_else_can_be_checked() -> None:
    made = schedule(PUMP_RULE, "open maintenance 100 micrograms/day", current="100 micrograms/day")
    litres = Administration(Slot("continuous", None), q("1 mL"), made.steps[0].regimen.administrations[0].pieces)
    verdict = verify(swapped(made, 1, regimen=Regimen("mL", (litres,))), PUMP_RULE)
    assert verdict.laws == ("rule",)
    assert [(one.law, str(one.day)) for one in verdict.findings] == [("rule", "2026-12-01")]


def test_rule_units_of_one_kind_convert_exactly() -> None:
    """20 mg written as 0.02 g is the same dose."""
    made = titration()
    grams = tuple(dataclasses.replace(a, dose=a.dose.to("g")) for a in made.steps[3].regimen.administrations)
    assert laws(swapped(made, 4, regimen=Regimen("g", grams)), LADDER_RULE) == []


@pytest.mark.parametrize(
    "asked",
    [{"every": Duration(1, "month")}, {"by": q("5 mL")}, {"current": "5 mL x3"}],
    ids=["every", "by", "current"],
)
def test_a_request_that_does_not_go_with_the_rule_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="does not go with the rule ladder"):
        verify(schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", **asked), LADDER_RULE)


def test_a_fact_that_a_limit_needs_and_nobody_gave() -> None:
    rule = rule_of(LADDER, ('daily = "80 mg"', 'daily = "2 mg/kg/day"'))
    made = titration()
    with pytest.raises(RequestError, match="weight was not given"):
        verify(made, rule)
