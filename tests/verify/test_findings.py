"""What a finding says."""

from __future__ import annotations

import json

from tests.verify.ladder import (
    LADDER_RULE,
    PUMP_RULE,
    UP,
    infusion,
    schedule,
)
from titrate.errors import Unsafe
from titrate.verifier import Finding, verify


def test_a_finding_says_day_value_limit_and_source() -> None:
    made = schedule(LADDER_RULE, "2 titration 5 mg x3", "open maintenance 10 mg x3")
    (finding,) = verify(made, LADDER_RULE).findings
    assert finding.text() == (
        "interval: On Thursday 03 December 2026 the dose changes after 2 days of 5 mg x3; "
        "the limit is at least 3 days (Label, section 2; checked 2026-11-23)."
    )
    assert finding.as_data() == {
        "law": "interval",
        "day": "2026-12-03",
        "value": "2 days",
        "limit": "at least 3 days",
        "says": finding.says,
        "source": "label",
        "title": "Label",
        "edition": "2026",
        "at": "section 2",
        "checked": "2026-11-23",
        "basis": "stated",
    }
    assert json.loads(json.dumps(finding.as_data())) == finding.as_data()


def test_findings_are_the_arguments_of_the_error_unsafe() -> None:
    findings = verify(schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", goal="taper"), LADDER_RULE).findings
    error = Unsafe("It breaks a law.", findings)
    assert error.text() == "It breaks a law.\nasked: The drug goes on; the limit is a stop, as asked."
    assert error.as_data()["findings"][0]["day"] is None


def _change_of(finding: Finding) -> tuple[str, str]:
    return finding.value, finding.limit


def test_the_value_and_limit_of_a_change() -> None:
    made = schedule(LADDER_RULE, "open maintenance 15 mg x4", current="10 mg x4")
    assert list(map(_change_of, verify(made, LADDER_RULE).findings)) == [
        ("10 mg x4 to 15 mg x4", "a rise by at most 15 mg a day")
    ]


def test_one_day_is_one_day() -> None:
    made = schedule(LADDER_RULE, "1 titration 5 mg x3", "open maintenance 10 mg x3")
    assert [finding.value for finding in verify(made, LADDER_RULE).findings] == ["1 day"]
    short = schedule(LADDER_RULE, "3 taper 5 mg x1", "stop", goal="taper", current="5/5 mg")
    assert [finding.value for finding in verify(short, LADDER_RULE).findings] == ["3 days"]
    shorter = schedule(
        LADDER_RULE, "3 maintenance 10 mg x3", "1 taper 5 mg x1", "stop", current="10 mg x3", then_stop=True
    )
    assert ("taper duration", "1 day") in [(found.law, found.value) for found in verify(shorter, LADDER_RULE).findings]


def test_a_missing_way_out_cites_the_limit_on_falls() -> None:
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", products=("20mg",))
    (finding,) = verify(made, LADDER_RULE).findings
    assert finding.citation is not None
    assert finding.citation.at == "section 2"


def test_the_limit_of_a_share() -> None:
    (finding,) = verify(infusion(80, 64, 51, kind="taper", current="100 micrograms/day"), PUMP_RULE).findings
    assert finding.limit == "a fall by at most 20 % of the current daily dose"
