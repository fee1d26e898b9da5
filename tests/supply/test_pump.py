"""When a pump has to be filled again: volumes, rates and days worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from tests.build import q, schedule
from titrate import load, planner, refill, verify
from titrate.days import Duration, plus
from titrate.errors import RequestError
from titrate.formats import json as documents
from titrate.patient import Patient
from titrate.pump import Pump, PumpFact
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Origin, revise
from titrate.schedule import Schedule
from titrate.source import Citation, Source
from titrate.verifier import Finding
from titrate.verifier.asked import check_asked

RULE = "baclofen-intrathecal-spasticity"
ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
START = date(2026, 12, 1)


def pump(
    concentration: str = "500 micrograms/mL",
    reservoir: str = "20 mL",
    residual: str = "2 mL",
    stability: str = "77 days",
    filled: date | None = None,
) -> Pump:
    return Pump(q(concentration), q(reservoir), q(residual), Duration.parse(stability), filled)


def of(*steps: tuple[str, int | None, str, str], **more: Any) -> Schedule:
    return schedule(*steps, **more)


def steady(text: str, **options: Any) -> Schedule:
    return of(("2026-12-01", None, "maintenance", text), pump=pump(**options), review="2027-03-30")


def test_what_can_be_used() -> None:
    """20 mL less 2 mL are 18 mL of 500 micrograms per mL: 9,000 micrograms."""
    assert pump().usable == q("9000 micrograms")


def test_a_stability_of_77_days_comes_before_90_days_to_the_residual_volume() -> None:
    """9,000 micrograms are 90 days at 100 a day: until 28 February. The drug keeps for 77 days, the 77th is 15
    February."""
    first = refill.fillings(steady("100 micrograms/day"))[0]
    assert first.empty == plus(START, 89) == date(2027, 2, 28)
    assert first.keeps == plus(START, 76) == date(2027, 2, 15)
    assert (first.days.last, first.ends_by, first.lasts) == (date(2027, 2, 15), "stability", 77)
    assert first.alarm == date(2027, 2, 28)
    assert first.used == q("7700 micrograms")


def test_without_that_it_lasts_90_days() -> None:
    first = refill.fillings(steady("100 micrograms/day", stability="180 days"))[0]
    assert (first.lasts, first.ends_by, first.alarm) == (90, "residual volume", date(2027, 2, 28))


def test_a_day_that_cannot_be_finished_is_not_begun() -> None:
    """9,000 less 29 x 310 leaves 10 micrograms: 29 whole days, and the alarm on the 30th."""
    first = refill.fillings(steady("310 micrograms/day"))[0]
    assert (first.lasts, first.empty, first.alarm) == (29, plus(START, 28), plus(START, 29))


def test_through_the_steps_of_a_titration() -> None:
    """100, 120, 144 micrograms for 10 days each, then 172: 1,000 + 1,200 + 1,440 = 3,640; 5,360 are 31 days of 172
    (5,332) and 28 micrograms: 61 whole days."""
    titration = of(
        ("2026-12-01", 10, "titration", "100 micrograms/day"),
        ("2026-12-11", 10, "titration", "120 micrograms/day"),
        ("2026-12-21", 10, "titration", "144 micrograms/day"),
        ("2026-12-31", None, "maintenance", "172 micrograms/day"),
        pump=pump(),
        review="2027-03-30",
    )
    first, second = refill.fillings(titration)[:2]
    assert (first.lasts, first.days.last, first.ends_by) == (61, date(2027, 1, 30), "residual volume")
    assert first.used == q("8972 micrograms")
    # filled again on the last day that it covers; 9,000 are 52 days of 172 (8,944)
    assert (second.days.first, second.lasts) == (date(2027, 1, 30), 52)


def test_each_day_is_covered_by_a_filling() -> None:
    found = refill.fillings(steady("100 micrograms/day"))
    for earlier, later in pairwise(found):
        assert earlier.days.last == later.days.first
    assert found[-1].days.last is not None
    assert found[-1].days.last >= date(2027, 3, 29)


def test_a_pump_that_is_stopped_needs_no_more() -> None:
    course = of(
        ("2026-12-01", 10, "taper", "100 micrograms/day"),
        ("2026-12-11", 1, "taper", "none micrograms"),
        pump=pump(),
    )
    (only,) = refill.fillings(course)
    assert (only.days.last, only.empty, only.alarm) == (date(2026, 12, 10), None, None)


def test_a_filling_before_the_schedule_is_not_known() -> None:
    with pytest.raises(RequestError, match="is not known from this schedule"):
        refill.fillings(steady("100 micrograms/day", filled=date(2026, 11, 20)))


def test_a_later_filling() -> None:
    first = refill.fillings(steady("100 micrograms/day", filled=date(2026, 12, 5)))[0]
    assert (first.days.first, first.keeps) == (date(2026, 12, 5), date(2027, 2, 19))


def revised(on: date, **more: Any) -> Schedule:
    """100 micrograms a day from 1 December on, 120 from that day on, over 110 on the first of them."""
    request = Request(
        RULE, "plan", START, ISSUED, current=Pattern.parse("100 micrograms/day"), review=date(2027, 6, 1),
        target=Pattern.parse("100 micrograms/day"), pump=pump(**more),
    )  # fmt: skip
    rule = load(RULE)
    action = Action.parse("retarget", "120 micrograms/day", on)
    return revise(planner.plan(rule, request), rule, action, on, ISSUED, Origin("ab" * 32))


def test_a_revision_goes_on_with_the_filling_that_is_in_the_pump() -> None:
    """9 days of 100 and one of 110 leave 7,990 of 9,000; 66 days of 120 are 7,920: until 14 February, not 9 days
    later. Then 9,000 are 75 days of 120."""
    found = revised(date(2026, 12, 10))
    assert [(s.regimen.daily, s.days.first) for s in found.steps] == [
        (q("110 micrograms"), date(2026, 12, 10)),
        (q("120 micrograms"), date(2026, 12, 11)),
    ]
    first, second = refill.fillings(found)[:2]
    assert (first.days.first, first.days.last, first.ends_by) == (START, date(2027, 2, 14), "residual volume")
    assert (second.days.first, second.lasts) == (date(2027, 2, 14), 75)


def test_of_fillings_before_a_revision_nothing_is_told_any_more() -> None:
    """77 days to 15 February, filled again on that day; the revision of 1 March begins in the second filling."""
    found = refill.fillings(revised(date(2027, 3, 1)))
    assert (found[0].number, found[0].days.first) == (2, date(2027, 2, 15))


def known(what: str, value: str, model: str | None = "Example") -> PumpFact:
    cited = Citation(Source("book", "A book", "Nobody", "1", ""), "page 1", START)
    return PumpFact(what, model, value, cited)  # type: ignore[arg-type]


def test_what_a_rule_says_of_a_pump_is_taken_from_it_with_its_source() -> None:
    facts = (
        known("stability", "11 weeks"),
        known("residual", "2 mL"),
        known("concentration", "500 micrograms/mL", None),
    )
    asked = Pump(q("500 micrograms/mL"), q("20 mL"), None, None, model="example")
    found = asked.completed(facts)
    assert (found.residual, found.keeps) == (q("2 mL"), 77)
    assert [one.what for one in found.sources] == ["stability", "residual", "concentration"]
    own = Pump(q("700 micrograms/mL"), q("20 mL"), q("3 mL"), Duration(70, "day"), model="Example").completed(facts)
    assert (own.residual, own.keeps, own.sources) == (q("3 mL"), 70, ())


@pytest.mark.parametrize(
    ("residual", "stability", "model", "says"),
    [
        (None, None, "Other", "does not know this pump; it has data on Example"),
        (None, "77 days", None, "missing: --residual"),
        (None, "78 days", "Example", "--stability 78 days is longer than the rule says of Example"),
        ("1.9 mL", None, "Example", "--residual 1.9 mL is less than the rule says of Example"),
    ],
)
def test_never_less_careful_than_the_source(
    residual: str | None, stability: str | None, model: str | None, says: str
) -> None:
    volume = None if residual is None else q(residual)
    keeps = None if stability is None else Duration.parse(stability)
    asked = Pump(q("500 micrograms/mL"), q("20 mL"), volume, keeps, model=model)
    with pytest.raises(RequestError, match=says):
        asked.completed((known("stability", "11 weeks"), known("residual", "2 mL")))


def test_the_shipped_rule_knows_two_pumps_and_no_reservoir() -> None:
    """The hospital prints 11 weeks for one pump and 28 days for the other; no source that was read prints a volume."""
    said = {(one.what, one.model, one.value) for one in load(RULE).limits_for(Patient(), starting=False).pump}
    assert said == {
        ("stability", "SynchroMed", "11 weeks"), ("stability", "Infusaid", "28 days"),
        ("residual", "SynchroMed", "2 mL"), ("concentration", None, "500 micrograms/mL"),
        ("concentration", None, "1000 micrograms/mL"), ("concentration", None, "2000 micrograms/mL"),
    }  # fmt: skip
    asked = Pump(q("500 micrograms/mL"), q("20 mL"), None, None, model="SynchroMed")
    request = Request(
        RULE, "plan", START, ISSUED, current=Pattern.parse("100 micrograms/day"), review=date(2027, 3, 30),
        target=Pattern.parse("100 micrograms/day"), pump=asked,
    )  # fmt: skip
    schedule = planner.plan(load(RULE), request)
    first = refill.fillings(schedule)[0]
    assert (first.lasts, first.days.last, first.ends_by) == (77, date(2027, 2, 15), "stability")
    assert documents.read(documents.write(schedule)) == schedule
    assert verify(schedule, load(RULE)).findings == ()
    wrong = replace(schedule.request.pump, stability=Duration(90, "day"))  # type: ignore[type-var]
    (finding,) = _asked_of(schedule, pump=wrong)
    says = "--stability 90 days is longer than the rule says of SynchroMed: the drug keeps for 11 weeks in it ("
    assert finding.says.startswith(f"The pump is filled as it cannot be: {says}")
    assert finding.says.endswith("); the limit is what the rule says of it.")
    assert (finding.day, finding.value) == (None, "90 days")


def test_what_is_said_to_be_a_sources_is_the_rules() -> None:
    """The rule says of this pump that 2 mL stay in it, and not 1 mL."""
    asked = Pump(q("500 micrograms/mL"), q("20 mL"), None, None, model="SynchroMed")
    own = asked.completed(load(RULE).limits_for(Patient(), starting=False).pump)
    less = tuple(replace(one, value="1 mL") if one.what == "residual" else one for one in own.sources)
    request = Request(RULE, "plan", START, ISSUED, current=Pattern.parse("100 micrograms/day"), pump=own,
                      target=Pattern.parse("100 micrograms/day"), review=date(2027, 3, 30))  # fmt: skip
    schedule = planner.plan(load(RULE), request)
    assert _asked_of(schedule, pump=own) == ()
    (finding,) = _asked_of(schedule, pump=replace(own, sources=less))
    assert finding.says == ("Of the pump's residual it is said that it is 1 mL; the limit is what the rule says of it.")
    assert (finding.law, finding.day, finding.value) == ("asked", None, "1 mL")


def _asked_of(schedule: Schedule, **changed: object) -> tuple[Finding, ...]:
    request = replace(schedule.request, **changed)  # type: ignore[arg-type]
    return verify(replace(schedule, request=request), load(RULE), (check_asked,)).findings


def test_nothing_said_nothing_told() -> None:
    assert refill.fillings(of(("2026-12-01", None, "maintenance", "100 micrograms/day"))) == ()


def test_a_reservoir_for_less_than_a_day() -> None:
    with pytest.raises(RequestError, match="does not last beyond"):
        refill.fillings(steady("9500 micrograms/day"))


@pytest.mark.parametrize(
    ("daily", "hourly"),
    [("300", "12.5"), ("800", "100/3"), ("100", "25/6"), ("24", "1"), ("1200", "50")],
)
def test_micrograms_an_hour_are_exact(daily: str, hourly: str) -> None:
    """300 in 24 hours are 12.5 an hour, 800 are 33 and a third."""
    rate = refill.per_hour(of(("2026-12-01", None, "maintenance", f"{daily} micrograms/day")).steps[0].regimen)
    assert (rate.number, rate.unit) == (hourly, "micrograms")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"concentration": "500 micrograms"}, "no amount per mL"),
        ({"concentration": "500 units/mL"}, "does not fit doses in micrograms"),
        ({"reservoir": "20 mg"}, "no volume in mL"),
        ({"residual": "20 mL"}, "leaves nothing"),
        ({"stability": "3 months"}, "no fixed length"),
    ],
)
def test_what_cannot_be_a_pump(options: dict[str, Any], says: str) -> None:
    with pytest.raises(RequestError, match=says):
        pump(**options).check("micrograms")
