"""baclofen-oral-hiccups against CLINICAL-FACTS 1.8 and row 4 of the reference document."""

from __future__ import annotations

import pytest

from tests.rules.reading import (
    basis,
    changes,
    last,
    limits,
    maintenance,
    maxima,
    products,
    rule,
    starting,
    starts,
    times,
)

RULE = "baclofen-oral-hiccups"


def test_what_the_reference_document_prints() -> None:
    """5 to 10 mg two or three times a day, by mouth; start low."""
    found = starting(RULE)
    assert starts(found) == ["exactly 5 mg | twice to three times a day"]
    assert maintenance(found) == ["at least 5 mg and at most 10 mg | twice to three times a day"]
    assert times(found) == ["twice to three times a day"]
    assert maxima(found) == ["10 mg a dose", "30 mg a day"]
    assert [maximum.citation.basis for maximum in found.maximum] == ["stated", "computed"]


def test_the_document_is_silent_on_steps() -> None:
    found = limits(RULE)
    assert changes(found.increase) == changes(found.decrease) == ["silent per dose, silent"]
    assert basis(found, "increase") == basis(found, "decrease") == {"stated"}


def test_the_taper_has_a_length_and_an_end() -> None:
    found = limits(RULE)
    assert [limit.at_least for limit in found.taper_duration] == [14]
    assert last(found) == ["5 mg"]
    assert times(found, taper=True) == ["twice to three times a day where at least 10 mg", "once to three times a day"]
    assert basis(found, "taper_duration") == basis(found, "last_step") == {"derived"}


def test_the_tablets() -> None:
    assert products(limits(RULE)) == ["5mg: 5 mg", "10mg: 10 mg /2", "15mg: 15 mg", "20mg: 20 mg /2"]


@pytest.mark.parametrize(
    ("clearance", "daily"),
    [
        ("29.9 mL/min", {"10 mg a day"}),
        ("30 mL/min", {"15 mg a day"}),
        ("50 mL/min", {"15 mg a day", "20 mg a day"}),
        ("80 mL/min", {"20 mg a day"}),
        ("80.1 mL/min", {"30 mg a day"}),
    ],
)
def test_the_kidneys(clearance: str, daily: set[str]) -> None:
    """1.3, Vlavonou: 30 mg x 2/3, 1/2, 1/3."""
    assert set(maxima(limits(RULE, creatinine_clearance=clearance))) == {"10 mg a dose", *daily}


@pytest.mark.parametrize(("age", "refused"), [("17 years", True), ("18 years", False)])
def test_adults_only_is_our_reading(age: str, refused: bool) -> None:
    found = limits(RULE, age=age)
    assert bool(found.refusals) == refused
    assert all(fact.citation is not None and fact.citation.basis == "derived" for fact in found.refusals)


def test_dialysis_is_refused() -> None:
    assert len(limits(RULE, dialysis=True).refusals) == 1


def test_it_is_said_to_be_off_label() -> None:
    file = rule(RULE).file
    assert "off-label" in file.indication
    assert any("off-label" in advice.says for advice in file.advice)


def test_palliative_doses_are_kept_beside_it() -> None:
    """1.8, New Zealand: 5 mg three times a day, every 3 days up to 10 to 20 mg three times a day."""
    file = rule(RULE).file
    assert file.maintenance is not None
    assert any("10 to 20 mg three times a day" in also.says for also in file.maintenance.also)
    assert any("every 3 days" in also.says for table in file.increase for also in table.also)


def test_what_nobody_gave_is_listed() -> None:
    unknown = ["age", "creatinine clearance", "dialysis", "other medicines"]
    assert limits(RULE).not_checked == tuple(f"{fact} (not given)" for fact in unknown)
