"""Days without the drug, for every rule that says something about them, and drugs that are not taken every day.

The hours and days are counted on paper; 1 December 2026 is a Tuesday.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from tests.build import q
from titrate import load, plan, verify
from titrate.days import Duration
from titrate.errors import NoSchedule, RequestError
from titrate.patient import Patient
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Origin, revise
from titrate.rulefiles.folder import known
from titrate.schedule import Schedule

ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LAMOTRIGINE, SEMAGLUTIDE, ROPINIROLE = (
    "lamotrigine-oral-epilepsy", "semaglutide-subcutaneous-weight", "ropinirole-oral-parkinson",
)  # fmt: skip
ADULT = q("40 years")


@cache
def planned(name: str, target: str, taking: tuple[str, ...] = (), **more: Any) -> Schedule:
    patient = Patient(age=ADULT, taking=taking)
    request = Request(name, "plan", date(2026, 12, 1), ISSUED, target=Pattern.parse(target), patient=patient, **more)
    return plan(load(name), request)


def act(schedule: Schedule, on: str, name: str, value: str | None = None, **options: str) -> Schedule:
    action, day = Action.parse(name, value, date.fromisoformat(on), **options), date.fromisoformat(on)
    found = revise(schedule, load(schedule.rule.id), action, day, ISSUED, Origin("ab" * 32))
    assert verify(found, load(schedule.rule.id)).findings == ()
    return found


def refused(*arguments: Any, **options: Any) -> str:
    with pytest.raises((NoSchedule, RequestError)) as caught:
        act(*arguments, **options)
    return caught.value.text()


def weekly() -> Schedule:
    """0.25 mg every Tuesday from 1 December on, 0.5 mg from the 29th on, and so on every 4 weeks."""
    return planned(SEMAGLUTIDE, "2.4 mg every week", by=q("0.75 mg"), every=Duration(28, "day"))


def test_the_rules_that_say_something_about_days_without_the_drug() -> None:
    """A rule that comes to say something new gets its cases here."""
    said = {name for name in known() for file in (load(name).file,) if file.restart or file.missed}
    assert said == {
        LAMOTRIGINE, SEMAGLUTIDE, ROPINIROLE, f"{ROPINIROLE}-uk", "baclofen-oral-spasticity-uk",
        "baclofen-oral-spasticity-children",
    }  # fmt: skip


# --- Lamotrigine: more than five half-lives ------------------------------------------------------------------------


def test_after_five_half_lives_lamotrigine_is_begun_again_and_before_that_somebody_decides() -> None:
    """Beside no other medicine, in two doses a day from the fifth week on: on 18 January after 6 days 12 + 6 x 24 = 156
    hours without it, more than 127; after 4 days 108."""
    schedule = planned(LAMOTRIGINE, "112.5 mg x2")
    run = schedule.step_of(date(2027, 1, 11))
    assert run is not None
    assert run[1].regimen.frequency == 2
    again = act(schedule, "2027-01-18", "missed", "6d")
    assert again.steps[0].regimen.notation == schedule.steps[0].regimen.notation
    assert again.revised is not None
    assert "5 half-lives of 25.4 hours = 127 hours" in again.revised.says
    assert "something else was asked for" in refused(schedule, "2027-01-18", "missed", "6d", then="continue")
    text = refused(schedule, "2027-01-18", "missed", "4d")
    assert "does not say how to go on, and the prescriber has not decided" in text
    assert "more than 127 hours" in text
    assert "this was 108 hours since the last dose" in text
    on = act(schedule, "2027-01-18", "missed", "4d", then="continue")
    assert on.request.since == date(2027, 1, 18)


def test_beside_an_inducer_it_is_begun_again_sooner() -> None:
    """63 hours: two days without it are 12 + 48 = 60, three are 84."""
    schedule = planned(LAMOTRIGINE, "150 mg x2", ("carbamazepine",))
    assert "this was 60 hours" in refused(schedule, "2027-01-20", "missed", "2d")
    assert act(schedule, "2027-01-20", "missed", "3d").steps[0].regimen == schedule.steps[0].regimen


def test_of_days_that_were_taken_again_since_it_is_said_what_the_rule_says() -> None:
    schedule = planned(LAMOTRIGINE, "112.5 mg x2")
    found = act(schedule, "2027-01-12", "withheld", "2027-01-04..2027-01-09")
    assert found.revised is not None
    assert "what is taken since then goes on, although the rule says: after more than 127 hours" in found.revised.says
    found = act(schedule, "2027-01-12", "withheld", "2027-01-09")
    assert found.revised is not None
    assert "although" not in found.revised.says


# --- Semaglutide: doses in a row, once a week ----------------------------------------------------------------------


def test_after_one_missed_dose_a_week_the_prescriber_decides() -> None:
    text = refused(weekly(), "2026-12-15", "missed", "7d")
    assert "the prescriber has not decided" in text
    assert "If the next dose is exactly 48 hours away, the source says nothing: ask." in text
    assert "in a row" not in text
    on = act(weekly(), "2026-12-15", "missed", "7d", then="continue")
    assert [(str(s.days.first), s.regimen.notation) for s in on.steps[:2]] == [
        ("2026-12-15", "0.25 mg every 7 days"), ("2027-01-12", "0.5 mg every 7 days"),
    ]  # fmt: skip


def test_after_two_in_a_row_nobody_goes_on_with_as_much() -> None:
    """On 8 and 15 December nothing; the label begins again from a lower dose and names none."""
    text = refused(weekly(), "2026-12-22", "missed", "14d")
    assert "of 2 doses in a row it says" in text
    assert "--then continue" not in text
    for option, value in (("then", "continue"), ("to", "0.25 mg every week")):
        text = refused(weekly(), "2026-12-22", "missed", "14d", **{option: value})
        assert "2 doses of semaglutide were missed in a row, and to go on with as much as before was asked for" in text
    again = act(weekly(), "2026-12-22", "missed", "14d", then="restart")
    assert [str(step.days.first) for step in again.steps[:2]] == ["2026-12-22", "2027-01-19"]
    # On 0.5 mg since 29 December: nothing on 5 and 12 January, and 0.25 mg from the 19th on.
    lower = act(weekly(), "2027-01-19", "missed", "14d", to="0.25 mg every week")
    assert lower.steps[0].regimen.notation == "0.25 mg every 7 days"


def test_days_on_which_no_dose_was_due_are_not_missed() -> None:
    text = refused(weekly(), "2026-12-12", "missed", "3d")
    assert "No dose was due from Wednesday 09 December 2026 to Friday 11 December 2026" in text


# --- Ropinirole: an interruption without a number; UK: single doses only ------------------------------------------


def test_an_interruption_without_a_number_is_for_the_prescriber() -> None:
    schedule = planned(ROPINIROLE, "1 mg x3")
    text = refused(schedule, "2026-12-20", "missed", "3d")
    assert "a significant interruption (the source gives no number)" in text
    assert "it may have to be begun again from the first dose" in text
    assert act(schedule, "2026-12-20", "missed", "3d", then="restart").steps[0].regimen.notation == "0.25 mg x3"


def test_what_is_said_of_single_doses_decides_nothing_about_days() -> None:
    schedule = planned("baclofen-oral-spasticity-uk", "10 mg x3")
    text = refused(schedule, "2026-12-05", "missed", "2d")
    assert "it speaks of single missed doses" in text
    assert "the prescriber has not decided" in text


@pytest.mark.parametrize(
    ("name", "target", "more"),
    [
        ("baclofen-oral-spasticity", "20 mg x3", {}),
        ("carvedilol-oral-heart-failure", "12.5 mg x2", {"by": q("12.5 mg"), "every": Duration(14, "day")}),
    ],
)
def test_where_a_rule_is_silent_the_prescriber_decides(name: str, target: str, more: dict[str, Any]) -> None:
    schedule = planned(name, target, **more)
    assert "the prescriber has not decided" in refused(schedule, "2026-12-08", "missed", "3d")
    for then in ("continue", "restart"):
        assert act(schedule, "2026-12-08", "missed", "3d", then=then).steps[0].days.first == date(2026, 12, 8)


# --- Not every day --------------------------------------------------------------------------------------------------


def test_what_is_taken_once_a_week_is_put_off_by_whole_weeks() -> None:
    for action in ("shift", "stay"):
        text = refused(weekly(), "2027-01-05", action, "1d")
        assert "cycle of 7 days; 1 day later it would not" in text
        assert f"You could: {action} 7d." in text
        found = act(weekly(), "2027-01-05", action, "7d")
        # 0.5 mg from 29 December on for 4 weeks, to 25 January, and a week longer
        assert str(found.steps[1].days.first) == "2027-02-02"


def test_a_dose_that_one_goes_back_to_is_taken_for_whole_weeks() -> None:
    found = act(weekly(), "2027-01-05", "back", "1", kept="10d")
    assert found.steps[0].days.length == 28
    assert "for 14 days at least" in found.steps[0].why.claim
