"""A rule that remembers: what it plans is what the planner plans for that very request, whatever was asked before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from tests import casefile
from tests.batch.asking import write_table
from titrate import planner, rulebook
from titrate.batch import remembered, shard
from titrate.batch.remembered import Remembered
from titrate.errors import NoSchedule, RequestError, TitrateError
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule

FILES = sorted(casefile.CASES.glob("*.toml"))
RULE = "baclofen-oral-spasticity"


@cache
def rule() -> Rule:
    return rulebook.load(RULE)


def asked(**more: object) -> Request:
    request = Request(
        rule=RULE,
        goal="taper",
        start=date(2026, 12, 1),
        issued=datetime(2026, 11, 23, 9, 30, tzinfo=UTC),
        current=Pattern.parse("20 mg x3"),
    )
    return replace(request, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_case_asked_again_on_other_days(path: Path) -> None:
    """Each request of the case files, and the same of another patient, on another day, at another moment."""
    for case in casefile.cases_in(path):
        request = casefile.request_of(case)
        own = rulebook.load(request.rule)
        kept = Remembered(own)
        later = request.start + timedelta(days=400)
        others = replace(request, start=later, issued=request.issued + timedelta(hours=3), label="another", tz="UTC")
        for one in (request, others, request):
            wanted = _said(planner.possible, own, one)
            if wanted is not None:  # a refusal takes long; two are asked for below
                assert _said(Remembered.plan, kept, one) == wanted, case


def _said(plans: Callable[[Any, Request], Schedule | None], rule: Rule, request: Request) -> object:
    """A schedule, none, or what was raised."""
    try:
        return plans(rule, request)
    except TitrateError as fault:
        return fault.as_data()


def test_a_refusal_speaks_of_the_days_that_were_asked_about() -> None:
    kept = Remembered(rule())
    for start in (date(2026, 12, 1), date(2027, 2, 3)):
        request = asked(start=start, finish_by=start + timedelta(days=3))
        with pytest.raises(NoSchedule) as refused:
            planner.plan(rule(), request)
        with pytest.raises(NoSchedule) as again:
            kept.plan(request)
        assert again.value.as_data() == refused.value.as_data()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({}, {"current": Pattern.parse("15 mg x3")}),
        ({}, {"times": (time(7), time(13), time(19))}),
        ({"finish_by": date(2026, 12, 31)}, {"finish_by": date(2027, 1, 31)}),
        ({"since": date(2026, 11, 1)}, {"since": date(2026, 11, 2), "start": date(2026, 12, 2)}),
        ({}, {"max_pieces": 1}),
        ({}, {"products": ("10mg",)}),
        ({}, {"issued": datetime(2026, 11, 24, tzinfo=UTC)}),
    ],
)
def test_what_bears_on_the_plan_is_another_question(one: dict[str, object], other: dict[str, object]) -> None:
    kept = Remembered(rule())
    for more in (one, other):
        assert kept.plan(asked(**more)) == planner.plan(rule(), asked(**more))


def test_what_is_moved_to_a_wrong_day_is_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each schedule is proved on its own days, also one whose question was asked before."""
    monkeypatch.setattr(remembered, "_later", lambda step, by: step.days)
    requests, results = tmp_path / "r.csv", tmp_path / "r.jsonl"
    write_table(requests, 1)
    assert shard(requests, results, datetime(2026, 11, 23, tzinfo=UTC)).failed == {"unsafe": 1}
    assert "asked: " in results.read_text()


def test_beyond_the_calendar_it_says_so() -> None:
    kept, last = Remembered(rule()), asked(start=date(9999, 12, 30))
    kept.plan(asked())
    with pytest.raises(RequestError, match="does not fit into the calendar"):
        kept.plan(last)
