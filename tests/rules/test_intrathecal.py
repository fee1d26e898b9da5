"""baclofen-intrathecal-spasticity against CLINICAL-FACTS 1.7 and row 3 of the reference document."""

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

RULE = "baclofen-intrathecal-spasticity"


def test_what_the_reference_document_prints() -> None:
    """50 to 1200 micrograms, once daily as a continuous infusion."""
    found = limits(RULE)
    assert maintenance(found) == ["at least 50 micrograms and at most 1200 micrograms"]
    assert basis(found, "maintenance") == {"stated"}
    assert times(found) == ["once a day"]
    assert products(found) == ["pump: 1 microgram"]
    assert [slot.at for slot in found.slots[1]] == [None]


def test_sources_that_print_another_maximum() -> None:
    """1000 is a warning (Medscape); 1200 binds (reference); 2000 (CHEO, BC) is kept beside it."""
    assert maxima(limits(RULE)) == ["1200 micrograms a day", "warn 1000 micrograms a day"]
    beside = " ".join(also.says for table in rule(RULE).file.maximum for also in table.also)
    assert "2000 from 12 years" in beside


@pytest.mark.parametrize(
    ("age", "expected"),
    [
        ("4 years", ["1000 micrograms a day"]),
        ("143 months", ["1000 micrograms a day"]),
        ("12 years", ["1200 micrograms a day", "warn 1000 micrograms a day"]),
        ("40 years", ["1200 micrograms a day", "warn 1000 micrograms a day"]),
    ],
)
def test_children_up_to_1000(age: str, expected: list[str]) -> None:
    """CHEO: children up to 1000 micrograms a day."""
    assert maxima(limits(RULE, age=age)) == expected


def test_what_other_sources_print_as_the_range() -> None:
    maintenance = rule(RULE).file.maintenance
    assert maintenance is not None
    beside = " ".join(also.says for also in maintenance.also)
    for printed in ("300 to 800", "90 to 703", "24 to 1199", "100 to 300"):
        assert printed in beside


@pytest.mark.parametrize(
    ("dose", "effect", "start"),
    [
        ("25 micrograms", "4 hours", "exactly 50 micrograms"),
        ("50 micrograms", "4 hours", "exactly 100 micrograms"),
        ("75 micrograms", "6 hours", "exactly 150 micrograms"),
        ("100 micrograms", "8 hours", "exactly 200 micrograms"),
        ("50 micrograms", "8 hours", "exactly 100 micrograms"),
        ("50 micrograms", "8.5 hours", "exactly 50 micrograms"),
        ("50 micrograms", "481 min", "exactly 50 micrograms"),
        ("100 micrograms", "12 hours", "exactly 100 micrograms"),
        ("0.05 mg", "6 hours", "exactly 100 micrograms"),
    ],
)
def test_the_start_follows_from_the_screening(dose: str, effect: str, start: str) -> None:
    """Twice the dose that worked over 24 hours; once, if it worked for more than 8 hours."""
    assert starts(starting(RULE, screening_dose=dose, screening_effect=effect)) == [start]


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({}, "the dose was not given"),
        ({"screening_dose": "50 micrograms"}, "how long it worked was not given"),
        ({"screening_dose": "60 micrograms", "screening_effect": "6 hours"}, "is no screening dose"),
        ({"screening_dose": "200 micrograms", "screening_effect": "6 hours"}, "25 micrograms, 50 micrograms"),
        ({"screening_dose": "1 mL", "screening_effect": "6 hours"}, "screening dose is wrong"),
    ],
)
def test_no_start_without_a_screening(facts: dict[str, str], words: str) -> None:
    with pytest.raises(RequestError, match=words):
        starting(RULE, **facts)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        ({}, "15 % per day, 1 days"),
        ({"origin": "cerebral", "age": "40 years"}, "15 % per day, 1 days"),
        ({"origin": "spinal", "age": "40 years"}, "30 % per day, 1 days"),
        ({"origin": "Spinal", "age": "18 years"}, "30 % per day, 1 days"),
        ({"origin": "spinal", "age": "17 years"}, "15 % per day, 1 days"),
        ({"origin": "spinal", "age": "215 months"}, "15 % per day, 1 days"),
        ({"origin": "spinal"}, "15 % per day, 1 days"),
        ({"age": "40 years"}, "15 % per day, 1 days"),
    ],
)
def test_percent_steps(facts: dict[str, str], step: str) -> None:
    """Spinal adult 10 to 30 %, cerebral or child 5 to 15 %, once in 24 hours. The strictest, where it is not known."""
    found = limits(RULE, **facts)
    assert changes(found.increase) == [step]
    assert [by.of for change in found.increase for by in change.by] == ["current"]
    assert basis(found, "increase") == {"stated"}


def test_the_taper_is_derived_and_its_pace_is_not_invented() -> None:
    """1.7 prints 10 to 20 % less at refills, for side effects; no pace and no length of a taper."""
    found = limits(RULE)
    assert changes(found.decrease) == ["20 % per day, silent"]
    assert basis(found, "decrease") == {"derived"}
    assert all(change.silent for change in found.decrease)
    assert found.taper_duration == ()


@pytest.mark.parametrize(
    ("facts", "rates"),
    [({}, ["50 micrograms"]), ({"age": "18 years"}, ["50 micrograms"]), ({"age": "17 years"}, ["25 micrograms"])],
)
def test_the_last_rate(facts: dict[str, str], rates: list[str]) -> None:
    found = limits(RULE, **facts)
    assert last(found) == rates
    assert basis(found, "last_step") == {"derived"}


@pytest.mark.parametrize(("age", "refused"), [("3 years", True), ("47 months", True), ("4 years", False)])
def test_from_four_years(age: str, refused: bool) -> None:
    assert bool(limits(RULE, age=age).refusals) == refused


def test_what_nobody_gave_is_listed() -> None:
    unknown = ["age", "other medicines", "origin of the spasticity"]
    assert limits(RULE).not_checked == tuple(f"{fact} (not given)" for fact in unknown)
    assert "origin of the spasticity (not given)" not in limits(RULE, age="10 years").not_checked


def test_the_boxed_warning_is_told() -> None:
    """Fever, mental state, rebound, rigidity, muscle, organs, death; refills and alarms; who is at risk."""
    file = rule(RULE).file
    warning = " ".join(advice.says for advice in file.advice if advice.topic in ("never stop suddenly", "pump"))
    told = ("kill", "high fever", "consciousness", "rebound", "rigidity", "muscle", "organs", "refill", "alarm", "T6")
    assert [word for word in told if word not in warning] == []


def test_oral_weaning_is_told() -> None:
    """CMSC 2015: one drug at a time, oral baclofen first, 25 to 50 % at a time."""
    (told,) = (note.says for note in rule(RULE).notes_for(patient()) if note.topic == "switching")
    assert "25 to 50 %" in told
    assert "one at a time" in told
