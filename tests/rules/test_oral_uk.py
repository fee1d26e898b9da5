"""baclofen-oral-spasticity-uk against CLINICAL-FACTS 1.1 to 1.6."""

from __future__ import annotations

import pytest

from tests.rules.reading import (
    basis,
    changes,
    last,
    limits,
    maintenance,
    maxima,
    patient,
    products,
    rule,
    starting,
    starts,
    times,
)
from titrate.errors import RequestError

RULE = "baclofen-oral-spasticity-uk"
CHILD = {"age": "10 years", "weight": "40 kg"}
WEIGHT = {"weight": "40 kg"}


def test_the_ladder() -> None:
    """1.1: 5, 10, 15, 20 mg three times a day, 3 days each; not more than 100 mg a day outside hospital."""
    found = starting(RULE)
    assert starts(found) == ["exactly 5 mg | three times a day"]
    assert changes(found.increase) == ["5 mg per dose, 3 days", "15 mg per day, 3 days"]
    assert maxima(found) == ["100 mg a day"]
    assert maintenance(found) == ["at least 30 mg"]
    assert times(found) == ["three to four times a day"]
    assert products(found) == ["10mg: 10 mg /2"]


@pytest.mark.parametrize(
    ("facts", "maximum"),
    [
        ({}, "100 mg a day"),
        ({"setting": "community", "age": "40 years"}, "100 mg a day"),
        ({"setting": "hospital", "age": "40 years"}, "120 mg a day"),
        ({"setting": "hospital", "age": "18 years"}, "120 mg a day"),
        ({"setting": "hospital"}, "100 mg a day"),
        ({"age": "40 years"}, "100 mg a day"),
        ({"setting": "hospital", "age": "215 months", "weight": "50 kg"}, "60 mg a day"),
    ],
)
def test_more_only_for_adults_in_hospital(facts: dict[str, str], maximum: str) -> None:
    assert [one for one in maxima(limits(RULE, **facts)) if not one.startswith("warn")] == [maximum]


def test_the_number_for_hospital_is_not_said_to_be_british() -> None:
    """1.1: the UK text prints no number there; 100 to 120 mg is Novartis core (Singapore)."""
    warned, maximum = limits(RULE, setting="hospital", age="40 years").maximum
    assert (str(warned.daily), warned.level) == ("100 mg", "warn")
    assert maximum.citation.source.id == "novartis-core"
    assert "the UK text prints no number" in maximum.citation.at


def test_the_time_between_doses() -> None:
    """1.1: 6 to 8 hours apart for three doses; four lean on the 4 hours after a late dose (1.5)."""
    found = limits(RULE)
    assert [(str(one.at_least), one.frequency) for one in found.spacing] == [("6 hours", 3), ("4 hours", 4)]
    assert [one.citation.basis for one in found.spacing] == ["stated", "derived"]


def test_the_usual_hours_keep_the_time_between_doses() -> None:
    found = limits(RULE)
    for spacing in found.spacing:
        assert spacing.frequency is not None
        hours = [slot.at.hour for slot in found.slots[spacing.frequency] if slot.at is not None]
        gaps = [(after - before) % 24 for before, after in zip(hours, hours[1:] + hours[:1], strict=True)]
        assert min(gaps) >= spacing.at_least.amount


def test_the_taper() -> None:
    """1.4: at least 1 to 2 weeks; no step in any source."""
    found = limits(RULE)
    assert [limit.at_least for limit in found.taper_duration] == [14]
    assert changes(found.decrease) == ["5 mg per dose, 3 days", "15 mg per day, 3 days"]
    assert last(found) == ["5 mg"]
    assert times(found, taper=True) == ["three to four times a day where at least 15 mg", "once to four times a day"]
    assert basis(found, "decrease") == basis(found, "last_step") == {"derived"}


def test_children_by_weight() -> None:
    """1.2 for 40 kg: 0.3 mg/kg = 12 mg a day; 0.75 to 2 mg/kg = 30 to 80 mg a day; weekly; 2 to 4 doses."""
    found = starting(RULE, **CHILD)
    assert starts(found) == ["at most 12 mg | twice to four times a day"]
    assert maintenance(found) == ["at least 30 mg and at most 80 mg"]
    assert changes(found.increase) == ["silent per day, 7 days"]
    assert times(found) == ["twice to four times a day"]
    assert maxima(found) == ["60 mg a day"]
    assert basis(found, "start") == basis(found, "maintenance") == {"stated"}


def test_a_child_falls_no_more_than_it_began_with_and_no_sooner_than_it_rose() -> None:
    found = limits(RULE, **CHILD)
    assert changes(found.decrease) == ["12 mg per day, 7 days", "6 mg per dose, 7 days"]
    assert sorted(last(found)) == ["12 mg", "5 mg"]
    assert [limit.at_least for limit in found.taper_duration] == [14]
    assert basis(found, "decrease") == basis(found, "last_step") == {"derived"}


@pytest.mark.parametrize(
    ("age", "maximum"),
    [
        ("1 month", "40 mg a day"),
        ("7 years", "40 mg a day"),
        ("95 months", "40 mg a day"),
        ("8 years", "40 mg a day"),
        ("97 months", "60 mg a day"),
        ("17 years", "60 mg a day"),
        ("215 months", "60 mg a day"),
        ("18 years", "100 mg a day"),
    ],
)
def test_the_largest_dose_by_age(age: str, maximum: str) -> None:
    """1.2: 40 mg a day below 8 years, 60 mg above; exactly 8 stands in neither, has the smaller, and is told."""
    assert maxima(limits(RULE, age=age, weight="20 kg")) == [maximum]


def test_exactly_eight_years_is_said_to_be_our_reading() -> None:
    (scope,) = [scope for scope in rule(RULE).file.scopes if scope.name == "children up to 8 years"]
    assert scope.cite.basis == "derived"
    assert scope.cite.how is not None
    assert "exactly 8" in scope.cite.how
    assert any(
        "exactly 8 years the smaller holds" in one.says for one in limits(RULE, age="8 years", **WEIGHT).cautions
    )
    assert not any("exactly 8" in one.says for one in limits(RULE, age="97 months", **WEIGHT).cautions)


def test_a_child_without_a_weight_is_asked_for_it() -> None:
    with pytest.raises(RequestError, match="the weight was not given"):
        starting(RULE, age="10 years")


@pytest.mark.parametrize(
    ("weight", "made_from"),
    [
        ("4 kg", ["solution-fine: 1 mg/mL by 0.5 mL"]),
        ("14.9 kg", ["solution-fine: 1 mg/mL by 0.5 mL"]),
        ("15 kg", ["solution: 1 mg/mL by 1 mL"]),
        ("32.9 kg", ["solution: 1 mg/mL by 1 mL"]),
        ("33 kg", ["10mg: 10 mg /2", "solution: 1 mg/mL by 1 mL"]),
        ("33.9 kg", ["10mg: 10 mg /2", "solution: 1 mg/mL by 1 mL"]),
        ("34 kg", ["10mg: 10 mg /2"]),
        ("80 kg", ["10mg: 10 mg /2"]),
    ],
)
@pytest.mark.parametrize("age", [None, "9 years"])
def test_tablets_are_unsuitable_below_33_kg(weight: str, made_from: list[str], age: str | None) -> None:
    """1.2 and 1.6. It does not depend on the age, which may be unknown."""
    found = limits(RULE, weight=weight, **({} if age is None else {"age": age}))
    assert products(found) == made_from


@pytest.mark.parametrize(("egfr", "warned"), [("14.9 mL/min/1.73 m2", True), ("15 mL/min/1.73 m2", False)])
def test_egfr_below_15_only_if_the_benefit_outweighs_the_risk(egfr: str, warned: bool) -> None:
    """1.3, BNFC 2018-19."""
    found = limits(RULE, egfr=egfr)
    assert any("benefit outweighs the risk" in fact.says for fact in found.cautions) == warned
    assert maxima(found) == ["100 mg a day"]


@pytest.mark.parametrize(
    ("clearance", "maximum", "start"),
    [
        ("29.9 mL/min", ["30 mg a day"], ["at most 5 mg"]),
        ("30 mL/min", ["50 mg a day"], ["at most 5 mg"]),
        ("50 mL/min", ["50 mg a day", "65 mg a day"], ["at most 10 mg", "at most 5 mg"]),
        ("80 mL/min", ["65 mg a day"], ["at most 10 mg"]),
        ("80.1 mL/min", ["100 mg a day"], ["exactly 5 mg | three times a day"]),
    ],
)
def test_the_kidneys(clearance: str, maximum: list[str], start: list[str]) -> None:
    """1.3, Vlavonou: 100 mg x 2/3, 1/2, 1/3 downward to a multiple of 5 mg."""
    found = starting(RULE, creatinine_clearance=clearance)
    assert maxima(found) == maximum
    assert starts(found) == start


def test_children_and_kidneys_hold_together() -> None:
    found = starting(RULE, creatinine_clearance="20 mL/min", **CHILD)
    assert sorted(maxima(found)) == ["30 mg a day", "60 mg a day"]
    assert sorted(starts(found)) == ["at most 12 mg | twice to four times a day", "at most 5 mg"]


def test_dialysis_is_refused() -> None:
    (refusal,) = limits(RULE, dialysis=True).refusals
    assert "5 mg a day" in refusal.says


def test_what_nobody_gave_is_listed() -> None:
    unknown = ["age", "weight", "creatinine clearance", "eGFR", "dialysis", "other medicines", "care setting"]
    assert limits(RULE).not_checked == tuple(f"{fact} (not given)" for fact in unknown)


def test_a_setting_is_not_missed_where_it_would_change_nothing() -> None:
    """More than 100 mg a day is for adults, so the setting of a child is not asked for."""
    assert "care setting (not given)" not in limits(RULE, **CHILD).not_checked
    assert "care setting (not given)" in limits(RULE, age="40 years").not_checked


def test_other_schemes_for_children_are_kept_beside_it() -> None:
    """Section 4, 4: 60 (SmPC), 200 (BC Children's), 80 from age 12 (US) mg a day."""
    (scope,) = [scope for scope in rule(RULE).file.scopes if scope.name == "children above 8 years"]
    beside = " ".join(also.says for table in scope.maximum for also in table.also)
    assert "200 mg" in beside
    assert "80 mg a day from 12 years" in beside


def test_above_what_is_printed_for_outside_a_hospital_the_schedule_says_so() -> None:
    warned = [one for one in maxima(limits(RULE, setting="hospital", age="40 years")) if one.startswith("warn")]
    assert warned == ["warn 100 mg a day"]


def test_no_benefit_is_looked_for_6_to_8_weeks_after_the_maximum() -> None:
    """1.1: within 6 to 8 weeks of reaching the maximum it is decided whether to go on (Novartis core)."""
    (look,) = limits(RULE).looks
    assert (look.since, look.after, look.until, look.citation.source.id) == ("maximum", 42, 56, "novartis-core")


def test_a_late_dose_of_a_child_is_4_hours_from_the_next() -> None:
    """1.5: Medicines for Children."""
    late = [note.says for note in rule(RULE).notes_for(patient(age="8 years")) if "4 hours" in note.says]
    assert late == ["Take the missed dose when you remember it; then wait at least 4 hours before the next dose."]
    assert not [note for note in rule(RULE).notes_for(patient(age="18 years")) if "4 hours" in note.says]


@pytest.mark.parametrize("which", [RULE, "baclofen-oral-spasticity-children"])
def test_for_a_child_with_poor_kidneys_no_source_has_a_number(which: str) -> None:
    """1.3: the formulary of children says smaller and names no number; Vlavonou's shares are from one study of adults.
    Both stand side by side, and neither rule carries the adults' share over to a child."""
    edges = {"80 mL/min": 1, "80.1 mL/min": 0}
    for clearance, refused in edges.items():
        facts = limits(which, **CHILD, creatinine_clearance=clearance)
        told = [fact for fact in facts.refusals if "a child whose kidneys are impaired" in fact.says]
        assert len(told) == refused
    (scope,) = [one for one in rule(which).file.scopes if one.name == "children whose kidneys are impaired"]
    assert scope.cite.source == "bnfc"
    assert "without a number" in scope.cite.at
    assert [also.cite.source for also in scope.also] == ["vlavonou"]
    assert not limits(RULE, age="40 years", creatinine_clearance="60 mL/min").refusals


def test_the_edges_of_kidney_bands_are_those_of_each_source() -> None:
    """Section 4, 3: 80/50/30 mL/min (Vlavonou), eGFR below 15 (formulary), dialysis about 5 mg a day (Canada)."""
    scopes = {one.name: one for one in rule(RULE).file.scopes}
    bands = {
        name: (one.when.creatinine_clearance.range(), one.cite.source)
        for name, one in scopes.items()
        if one.when.creatinine_clearance is not None and one.when.age is None
    }
    assert {name: (str(band), source) for name, (band, source) in bands.items()} == {
        "kidneys mildly impaired": ("at least 50 mL/min and at most 80 mL/min", "vlavonou"),
        "kidneys moderately impaired": ("at least 30 mL/min and at most 50 mL/min", "vlavonou"),
        "kidneys severely impaired": ("less than 30 mL/min", "vlavonou"),
    }
    assert scopes["eGFR below 15"].cite.source == "bnfc"
    assert "5 mg a day" in str(scopes["dialysis"].refuse)
    assert scopes["dialysis"].cite.source == "canada"
