"""All shipped rules at once: each leads up, stays and leads down, and keeps what sources disagree on.

Requests are taken from the case files, so that a new rule is covered as soon as it has one.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.casefile import CASES, cases_in, request_of
from tests.rules.test_citations import FILES, tables, whole
from titrate.days import Duration
from titrate.errors import TitrateError
from titrate.planner import plan
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule
from titrate.rulebook import load
from titrate.schedule import Schedule
from titrate.verifier import verify


def proved(rule: Rule, request: Request) -> Schedule:
    schedule = plan(rule, request)
    assert verify(schedule, rule).findings == ()
    return schedule


def first_planned(rule: Rule) -> Schedule:
    """The schedule of the first case of a rule that is planned."""
    for case in cases_in(CASES / f"{rule.id}.toml"):
        if not case.one.refused:
            return proved(rule, request_of(case))
    raise AssertionError(f"{rule.id}: no case is planned")


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_leads_down_to_nothing(path: Path) -> None:
    """From the largest daily dose of its first case, at the rule's own pace; a silent rule needs the prescriber's."""
    rule = load(path.stem, {})
    schedule = first_planned(rule)
    request = schedule.request
    silent = any(change.silent_every for change in rule.limits_for(request.patient, starting=False).decrease)
    top = max((step.regimen for step in schedule.steps), key=lambda regimen: regimen.daily)
    down = proved(
        rule,
        Request(
            rule=rule.id,
            goal="taper",
            start=request.start,
            issued=request.issued,
            current=Pattern.parse(top.notation),
            patient=request.patient,
            by=request.by,
            every=request.every or (Duration(7, "day") if silent else None),
        ),
    )
    assert down.stops
    daily = [step.regimen.daily for step in down.steps]
    assert daily == sorted(daily, reverse=True)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_rule_begins_a_drug_only_where_it_says_how(path: Path) -> None:
    rule = load(path.stem, {})
    request = replace(first_planned(rule).request, goal="plan", current=None, since=None, finish_by=None)
    if rule.file.start is None and not rule.file.ladder:
        with pytest.raises(TitrateError, match=r"nothing about starting|needs a target"):
            plan(rule, replace(request, target=request.target or request.current))


# Section 4 of the facts: where sources disagree, the rule that takes one number keeps the others in words beside it.
KEPT = [
    ("baclofen-oral-spasticity", ("100 mg a day, more only in hospital", "100 to 120 mg a day", "30 to 75 mg a day")),
    ("baclofen-oral-spasticity", ("up to 60 mg a day", "slowly, without a number", "about 1 to 2 weeks")),
    ("baclofen-oral-spasticity-uk", ("80 mg a day, as 20 mg four times", "200 mg a day above 8 years", "12 years")),
    ("baclofen-oral-spasticity-children", ("200 mg a day above 8 years", "80 mg a day from 12 years")),
    ("baclofen-intrathecal-spasticity", ("up to 2000", "24 to 1199", "not to exceed 1000")),
    ("ropinirole-oral-parkinson", ("1.5 to 3 mg a day more each week",)),
    ("ropinirole-oral-parkinson-uk", ("1.5 mg a day weekly up to 9 mg a day",)),
    ("prednisolone-oral-polymyalgia", ("2.5 mg less every 4 weeks",)),
    ("sertraline-oral-depression", ("200, 150, 100, 50, 25 mg and stop",)),
    ("sertraline-oral-depression-scotland", ("such as 50 %",)),
    ("morphine-oral-tapering", ("about 10 % a month",)),
]


@pytest.mark.parametrize(("name", "printed"), KEPT)
def test_what_other_sources_print_is_kept_beside_the_number(name: str, printed: tuple[str, ...]) -> None:
    (path,) = [path for path in FILES if path.stem == name]
    beside = " | ".join(
        table["says"] for place, table in tables(whole(path)) if ".also." in f"{place}." and "says" in table
    )
    assert [words for words in printed if words not in beside] == [], beside
