"""A rule whose source is about tapering only: it has no start, no increase, and neither begins a drug nor raises it."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.build import ISSUED
from tests.test_planner import paper
from titrate import rulebook
from titrate.errors import NoSchedule, RequestError
from titrate.formats import rulesheet, skeleton
from titrate.patient import Patient
from titrate.planner import plan
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Origin, revise
from titrate.rule import Rule
from titrate.rulebook import parse
from titrate.verifier import verify
from titrate.verifier.laws import check_increment, check_start

SAMPLE = Path(__file__).parent / "broken" / "bases" / "sampline-oral-sample.toml"
SOUND = SAMPLE.read_text(encoding="utf-8")
RISING = ("start", "increase", "maintenance", "maximum")
WHOLE = rulebook.read(SAMPLE, {})


def without(*tables: str) -> str:
    """The sample without these tables."""
    text = SOUND
    for table in tables:
        text, count = re.subn(rf"\n\[{table}\]\n.*?\n(?=\n)", "", text, flags=re.DOTALL)
        assert count == 1, table
    return text


@pytest.fixture
def tapering(tmp_path: Path) -> Rule:
    path = tmp_path / "sampline-oral-sample.toml"
    path.write_text(without(*RISING), encoding="utf-8")
    return rulebook.read(path, {})


def request(goal: str, current: str | None = None, target: str | None = None) -> Request:
    return Request(
        rule="sampline-oral-sample",
        goal="taper" if goal == "taper" else "plan",
        start=date(2026, 12, 1),
        issued=datetime(2026, 11, 23, 9, tzinfo=UTC),
        current=None if current is None else Pattern.parse(current),
        target=None if target is None else Pattern.parse(target),
    )


def steps(rule: Rule, asked: Request) -> list[str]:
    schedule = plan(rule, asked)
    assert verify(schedule, rule).findings == ()
    return [f"{step.days.first.day} {step.regimen.notation}" for step in schedule.steps]


def test_it_tapers_as_the_whole_rule_does(tapering: Rule) -> None:
    """5 mg a dose every 3 days: 15 mg twice, 10 mg twice, one more fall, 5 mg once, and nothing on day 13."""
    found = steps(tapering, request("taper", "20 mg x2"))
    assert found[:2] == ["1 15 mg x2", "4 10 mg x2"]
    assert found[-2:] == ["10 5 mg x1", "13 0 mg"]
    assert steps(WHOLE, request("taper", "20 mg x2")) == found


def test_what_is_taken_now_may_be_more_than_any_rule_would_rise_to(tapering: Rule) -> None:
    assert steps(tapering, request("taper", "100 mg x1"))[:2] == ["1 95 mg x1", "4 90 mg x1"]


def test_it_goes_down_to_a_lower_dose_and_stays(tapering: Rule) -> None:
    assert steps(tapering, request("plan", "20 mg x2", "10 mg x2")) == ["1 15 mg x2", "4 10 mg x2"]
    assert steps(tapering, request("plan", "20 mg x2", "20 mg x2")) == ["1 20 mg x2"]


@pytest.mark.parametrize(
    ("current", "target", "words"),
    [
        (None, "10 mg x2", "nothing about starting"),
        ("10 mg x2", "15 mg x2", "nothing about a rise from 10 mg x2 to 15 mg x2"),
        ("10 mg x2", "5/15 mg", "nothing about a rise from 10 mg x2 to 5/15 mg"),
        ("10 mg x2", "21 mg/day", "nothing about a rise"),
        ("1 mL x2", "5 mg x1", '--from "1 mL x2" does not fit this rule'),
    ],
)
def test_it_neither_begins_nor_raises(current: str | None, target: str, words: str, tapering: Rule) -> None:
    with pytest.raises(RequestError, match=re.escape(words)):
        plan(tapering, request("plan", current, target))


def test_what_to_do_instead_is_said(tapering: Rule) -> None:
    only = "The rule sampline-oral-sample tells only how to taper: its sources say nothing about"
    for asked, text in (
        (
            request("plan", None, "10 mg x2"),
            f'{only} starting.\nYou could: say what is taken now, for example --from "20 mg x1".',
        ),
        (
            request("plan", "10 mg x2", "15 mg x2"),
            f"{only} a rise from 10 mg x2 to 15 mg x2.\n"
            "You could: ask for a lower --target; or plan the rise with a rule that tells how to rise (titrate rules).",
        ),
        (
            request("plan", "10 mg x2", "1 mL x2"),
            '--target "1 mL x2" does not fit this rule, which counts in mg: 1 mL cannot be written in mg.',
        ),
    ):
        with pytest.raises(RequestError) as refused:
            plan(tapering, asked)
        assert refused.value.text() == text


def test_what_is_taken_now_is_the_most_and_said_to_be_so(tapering: Rule) -> None:
    schedule = plan(tapering, request("taper", "20/15 mg"))
    (most,) = [fact for fact in schedule.limits if fact.says.startswith("the maximum")]
    assert most.says == "the maximum is 20 mg at one time and 35 mg a day"
    assert most.citation is not None
    assert (most.citation.at, most.citation.basis) == ("--from; the rule says nothing about rising", "prescriber")
    assert str(schedule.maximum) == "35 mg"


def test_where_the_source_names_no_largest_dose_it_is_what_is_asked_for_or_taken() -> None:
    rule = paper(maximum="silent = true", times="{ at-least = 1, at-most = 2 }")
    for current, target, daily in (
        (None, "3 mg x2", "6 mg"),
        ("2/3 mg", "3 mg x1", "5 mg"),
        ("1 mg x1", "4 mg x1", "4 mg"),
    ):
        schedule = plan(rule, replace(request("plan", current, target), rule="paper"))
        (most,) = [fact for fact in schedule.limits if fact.says.startswith("the maximum")]
        assert most.says == f"the maximum is {daily} a day"
        assert most.citation is not None
        assert (most.citation.at, most.citation.basis) == (
            "--target; the source names no largest dose", "prescriber",
        )  # fmt: skip
    for current, target, option in (("1 mL x1", "1 mg x1", "--from"), ("1 mg x1", "1 mL x1", "--target")):
        with pytest.raises(RequestError, match=f'{option} "1 mL x1" does not fit this rule, which counts in mg'):
            plan(rule, replace(request("plan", current, target), rule="paper"))


def test_a_patient_whom_it_is_not_for_is_told_so(tmp_path: Path) -> None:
    """Nothing bounds the search for them: no maximum, and no pace was looked at."""
    adults = '[[eligible]]\nwhen = { age = { at-least = "18 years" } }\nsays = "adults"\n'
    cite = 'cite = { source = "label", at = "1", checked = 2026-11-23 }\n\n[[advice]]'
    path = tmp_path / "sampline-oral-sample.toml"
    path.write_text(without(*RISING).replace("[[advice]]", adults + cite), encoding="utf-8")
    child = Patient(age=Quantity.parse("17 years"))
    asked = [request("taper", "10 mg x2"), request("plan", "10 mg x2", "10 mg x2"), request("plan", None, "10 mg x2")]
    for one in asked:
        with pytest.raises(NoSchedule, match="this rule is for adults"):
            plan(rulebook.read(path, {}), replace(one, patient=child))


def test_the_verifier_lets_no_start_and_no_rise_pass(tapering: Rule) -> None:
    """Lawful schedules of the whole rule, held against the one that tells only how to taper."""

    def found(current: str | None, target: str) -> list[str]:
        """The laws that are broken, but for the one that asks for the very rule that a schedule was made from."""
        findings = verify(plan(WHOLE, request("plan", current, target)), tapering).findings
        told = [finding for finding in findings if finding.law != "rule"]
        assert all("tells only how to taper" in finding.text() for finding in told)
        return [finding.law for finding in told]

    day = "On Tuesday 01 December 2026"
    begun, *_ = verify(plan(WHOLE, request("plan", None, "10 mg x2")), tapering, (check_start,)).findings
    assert (begun.day, begun.value) == (date(2026, 12, 1), "5 mg x2")
    silent = "the limit is the rule tells only how to taper, not how to"
    assert begun.says == f"{day} it starts with 5 mg x2; {silent} start."
    (risen,) = verify(plan(WHOLE, request("plan", "10 mg x2", "15 mg x2")), tapering, (check_increment,)).findings
    change = "10 mg x2 to 15 mg x2"
    assert (risen.day, risen.value) == (date(2026, 12, 1), change)
    assert risen.says == f"{day} the doses go from {change}; {silent} rise."
    assert found(None, "10 mg x2") == ["start", "increment"]
    assert found("10 mg x2", "15 mg x2") == ["increment"]
    assert found("15 mg x2", "10 mg x2") == []


@pytest.mark.parametrize("left_out", RISING)
def test_how_to_rise_is_told_whole_or_not_at_all(left_out: str) -> None:
    """A rise without a maximum would be bounded by nothing."""
    _, faults = parse(without(left_out).encode(), "sampline-oral-sample.toml")
    assert [fault.split(": ")[1] for fault in faults] == [left_out]
    assert "a rule that says how a dose rises needs [start], [increase], [maintenance], [maximum]" in faults[0]


def test_a_maximum_and_a_range_to_stay_in_may_be_kept() -> None:
    file, faults = parse(without("start", "increase").encode(), "sampline-oral-sample.toml")
    assert faults == ()
    assert file is not None
    assert file.maximum


def test_a_scope_does_not_bring_in_through_the_back_what_the_rule_has_not() -> None:
    start = '[scopes.start]\ndose = "5 mg"\ncite = { source = "label", at = "1", checked = 2026-11-23 }\n\n[[advice]]'
    text = without(*RISING).replace("[[advice]]", start)
    _, faults = parse(text.encode(), "sampline-oral-sample.toml")
    assert len(faults) == 1
    assert "scopes.0.start: has no sense" in faults[0]


def test_a_protocol_may_keep_only_the_taper_of_a_rule(tmp_path: Path) -> None:
    (tmp_path / SAMPLE.name).write_text(SOUND, encoding="utf-8")
    path = tmp_path / "ward-taper.toml"
    removed = ", ".join(f'"{table}"' for table in RISING)
    path.write_text(
        'format = 1\nextends = "sampline-oral-sample"\ndrug = "sampline"\nroute = "oral"\nstatus = "draft"\n'
        f"[[remove]]\nwhat = [{removed}]\n"
        'cite = { source = "label", at = "the ward only tapers", checked = 2026-11-23 }\n',
        encoding="utf-8",
    )
    ward = rulebook.read(path, {})
    assert (ward.file.start, ward.file.increase) == (None, ())


def test_a_new_rule_still_has_every_table_to_fill_in() -> None:
    written = skeleton.write("fictalin")
    for table in RISING:
        assert re.search(rf"^\[+{table}\]+$", written, re.MULTILINE), table
    assert tomllib.loads(written)


def test_rules_show_says_it(tapering: Rule) -> None:
    assert "tells only how to taper" in rulesheet.write(tapering, date(2026, 11, 23))
    assert "tells only how to taper" not in rulesheet.write(WHOLE, date(2026, 11, 23))


def test_after_a_relapse_one_goes_back_to_the_dose_before() -> None:
    """15 mg, 12.5 mg for 21 days from 1 December, 10 mg from 22 December. Symptoms on 10 January: 12.5 mg again, for
    21 days from then on, and 10 mg from 31 January. No other rise is lawful."""
    rule = rulebook.load("prednisolone-oral-polymyalgia")
    request = Request(
        rule.id, "taper", date(2026, 12, 1), ISSUED, current=Pattern.parse("15 mg x1"), tz="Europe/London"
    )
    on = date(2027, 1, 10)
    schedule = revise(plan(rule, request), rule, Action.parse("back", None, on), on, ISSUED, Origin("0" * 64))
    assert verify(schedule, rule).findings == ()
    assert [(str(s.days.first), s.regimen.notation) for s in schedule.steps[:2]] == [
        ("2027-01-10", "12.5 mg x1"), ("2027-01-31", "10 mg x1"),
    ]  # fmt: skip
    first = schedule.steps[0]
    (given,) = first.regimen.administrations
    higher = replace(first.regimen, administrations=(replace(given, dose=Quantity.parse("15 mg")),))
    found = verify(replace(schedule, steps=(replace(first, regimen=higher), *schedule.steps[1:])), rule).findings
    assert "increment" in {finding.law for finding in found}
