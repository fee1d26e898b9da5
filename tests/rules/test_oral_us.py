"""baclofen-oral-spasticity against CLINICAL-FACTS 1.1, 1.3, 1.4 and 1.6, and rows 1 and 2 of the reference document."""

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
)  # fmt: skip

RULE = "baclofen-oral-spasticity"


def test_the_ladder_of_the_label() -> None:
    """1.1: 5 mg three times a day, 5 mg more per dose every 3 days (15 mg a day), 80 mg a day as 20 mg four times."""
    found = starting(RULE)
    assert starts(found) == ["exactly 5 mg | three times a day"]
    assert changes(found.increase) == ["5 mg per dose, 3 days", "15 mg per day, 3 days"]
    assert maxima(found) == ["20 mg a dose", "80 mg a day"]
    assert maintenance(found) == ["at least 10 mg and at most 20 mg | three to four times a day"]
    assert times(found) == ["three to four times a day"]


def test_what_is_printed_and_what_is_not() -> None:
    found = starting(RULE)
    assert basis(found, "start") == {"stated"}
    assert [change.citation.basis for change in found.increase] == ["stated", "computed"]
    assert basis(found, "maximum") == {"stated"}
    assert basis(found, "decrease") == {"derived"}
    assert basis(found, "taper_duration") == {"stated"}
    assert basis(found, "last_step") == {"derived"}


def test_the_taper() -> None:
    """1.4: at least 1 to 2 weeks, no step in any source."""
    found = limits(RULE)
    assert [limit.at_least for limit in found.taper_duration] == [14]
    assert changes(found.decrease) == ["5 mg per dose, 3 days", "15 mg per day, 3 days"]
    assert last(found) == ["5 mg"]
    assert times(found, taper=True) == ["three to four times a day where at least 15 mg", "once to four times a day"]


def test_a_fall_is_never_larger_than_a_rise() -> None:
    """The derived step leans on the ladder; if somebody changes the one, the other has to be thought about."""
    found = limits(RULE)
    assert changes(found.decrease) == changes(found.increase)


def test_the_tablets() -> None:
    """1.6: 5 mg without a line, 10 and 20 mg bisected, 15 mg named without a line."""
    assert products(limits(RULE)) == ["5mg: 5 mg", "10mg: 10 mg /2", "15mg: 15 mg", "20mg: 20 mg /2"]


@pytest.mark.parametrize(
    ("age", "refused"),
    [("11 years", True), ("143 months", True), ("12 years", False), ("144 months", False), ("90 years", False)],
)
def test_below_twelve_years_is_not_established(age: str, refused: bool) -> None:
    found = limits(RULE, age=age)
    assert bool(found.refusals) == refused
    assert all("12 years" in fact.says for fact in found.refusals)


# Creatinine clearance: start, rise a day, range, largest daily dose. 15 and 80 mg times 2/3, 1/2 and 1/3, downward.
MILD = ("at most 10 mg", "10 mg per day, 3 days", "at most 50 mg", "50 mg a day")
MODERATE = ("at most 5 mg", "5 mg per day, 3 days", "at most 40 mg", "40 mg a day")
SEVERE = ("at most 5 mg", "5 mg per day, 3 days", "at most 25 mg", "25 mg a day")


@pytest.mark.parametrize(
    ("clearance", "bands"),
    [
        ("5 mL/min", [SEVERE]),
        ("29.9 mL/min", [SEVERE]),
        ("30 mL/min", [MODERATE]),
        ("49.9 mL/min", [MODERATE]),
        ("50 mL/min", [MILD, MODERATE]),
        ("50.1 mL/min", [MILD]),
        ("80 mL/min", [MILD]),
    ],
)
def test_the_kidneys_in_the_bands_as_printed(clearance: str, bands: list[tuple[str, str, str, str]]) -> None:
    """1.3, Vlavonou: 1/3 less at 50 to 80, 1/2 at 30 to 50, 2/3 below 30. Both bands hold where they touch."""
    found = starting(RULE, creatinine_clearance=clearance)
    assert starts(found) == [band[0] for band in bands]
    assert changes(found.increase) == [text for band in bands for text in ("5 mg per dose, 3 days", band[1])]
    assert maintenance(found) == [band[2] for band in bands]
    assert sorted(set(maxima(found))) == sorted({"20 mg a dose", *(band[3] for band in bands)})
    assert basis(found, "start") == basis(found, "increase") == {"computed"}
    assert len(found.cautions) == len(bands)


@pytest.mark.parametrize(
    ("clearance", "largest"), [("29.9 mL/min", 25), ("30 mL/min", 40), ("50 mL/min", 40), ("50.1 mL/min", 50)]
)
def test_where_two_bands_hold_the_smaller_dose_decides(clearance: str, largest: int) -> None:
    daily = limits(RULE, creatinine_clearance=clearance).largest_daily()
    assert daily is not None
    assert daily.amount == largest


@pytest.mark.parametrize("clearance", ["80.1 mL/min", "120 mL/min"])
def test_sound_kidneys_have_the_rule_itself(clearance: str) -> None:
    found = starting(RULE, creatinine_clearance=clearance)
    assert maxima(found) == ["20 mg a dose", "80 mg a day"]
    assert starts(found) == ["exactly 5 mg | three times a day"]
    assert found.cautions == ()


def test_poor_kidneys_take_fewer_doses_only_where_three_are_too_much() -> None:
    found = limits(RULE, creatinine_clearance="20 mL/min")
    assert times(found) == [
        "once to four times a day where less than 15 mg",
        "three to four times a day where at least 15 mg",
    ]


def test_egfr_is_not_creatinine_clearance() -> None:
    found = limits(RULE, egfr="20 mL/min/1.73 m2")
    assert maxima(found) == ["20 mg a dose", "80 mg a day"]
    assert "creatinine clearance (not given)" in found.not_checked


def test_dialysis_is_refused_with_the_number_that_is_printed() -> None:
    """1.3, Canada: about 5 mg a day."""
    (refusal,) = limits(RULE, dialysis=True).refusals
    assert "5 mg a day" in refusal.says
    assert refusal.citation is not None
    assert refusal.citation.source.id == "canada"
    assert limits(RULE, dialysis=False).refusals == ()


def test_what_nobody_gave_is_listed() -> None:
    unknown = ["age", "creatinine clearance", "dialysis", "other medicines"]
    assert limits(RULE).not_checked == tuple(f"{fact} (not given)" for fact in unknown)
    everything = limits(RULE, age="40 years", creatinine_clearance="90 mL/min", dialysis=False, taking=())
    assert everything.not_checked == ()


@pytest.mark.parametrize(
    "word", ["alcohol", "Diazepam", "OPIOIDS", "amitriptyline", "levodopa", "phenelzine", "lisinopril"]
)
def test_an_interaction_is_marked(word: str) -> None:
    marked = [note for note in rule(RULE).notes_for(patient(taking=(word,))) if note.applies]
    assert [note.topic for note in marked] == ["interaction"]
    assert not any(note.applies for note in rule(RULE).notes_for(patient(taking=("paracetamol",))))


def test_what_other_countries_print_is_kept_beside_it() -> None:
    """Section 4, 1: 80, 100, 100 to 120 mg a day, never averaged."""
    file = rule(RULE).file
    assert file.maintenance is not None
    beside = [also.says for table in file.maximum for also in table.also]
    assert any("100 mg a day" in says for says in beside)
    assert any("100 to 120 mg a day" in says for says in beside)
    assert any("30 to 75 mg" in also.says for also in file.maintenance.also)
