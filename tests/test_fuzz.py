"""Input mutated at random: a clear error or an answer, never a traceback, never a hang."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from tests.casefile import CASES, cases_in, request_of
from titrate import rulebook
from titrate.errors import TitrateError, Unsafe
from titrate.proof import proven
from titrate.request import Goal, Request
from titrate.rule import Rule
from titrate.typed import Typed

MANY = 20 if os.environ.get("TITRATE_DEEP") == "1" else 1
ISSUED = datetime(2026, 11, 23, 9, tzinfo=UTC)
TODAY = date(2026, 11, 23)
FOLDER = Path(__file__).resolve().parent.parent / "rules"
FILES = {path.stem: path.read_bytes() for path in sorted(FOLDER.glob("*.toml"))}
RULES = {name: rulebook.load(name) for name in FILES}

# Words that mean something somewhere, so that a random request gets past the first check now and then.
PLAIN = tuple(
    """
    20 mg x3|10 mg x3|5/5/10 mg|60 mg/day|20 mg|0 mg x3|-5 mg x3|1e9 mg x3|999999999999 mg x3|0.0000001 mg x3
    300 micrograms/day|1 g x3|20 mL x3|5 mg x99|5 mg x0|x||=cmd()|../../etc/passwd|2026-12-01|2026-02-30
    9999-12-31|0001-01-01|today|tomorrow|+3d|+999999d|+9999y|7d|8 weeks|0 days|-1d|3 hours|24 hours
    1000000 weeks|1 month|10 %|200 %|0 %|5 mg/day|5 mg per dose|5 mg/kg|45 years|11 years|18 months|3 years
    10 kg|33 kg|0 kg|40|14 mL/min|45 mL/min/1.73m2|none|alcohol,diazepam|hospital|community|spinal|cerebral
    50 mcg|6 hours|9 hours|10mg|5mg,20mg|,|07:00,13:00,21:00|25:00|08:00,08:00|Europe/London|Mars/Olympus
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)
ODD = (" ", "\x00", "\u202e20 mg x3", "\u0662\u0660 mg x3", "20 mg x\u00b3", "20\u00a0mg x3", "a" * 5000)

TEXTS = st.one_of(st.sampled_from((*PLAIN, *ODD)), st.text(max_size=12))
# What the command line or the columns of a batch have read as something else than text already.
KINDS = {name: st.booleans() for name in ("then_stop", "dialysis", "uneven")} | {"max_pieces": st.integers(-2, 40)}
FREE = st.fixed_dictionaries(
    {"start": st.one_of(st.just("2026-12-01"), TEXTS)},
    optional={f.name: KINDS.get(f.name, TEXTS) for f in fields(Typed) if f.name != "start"},
)


def refused(ask: Callable[[], object]) -> str | None:
    """What a refusal says; `None` without one. A schedule that the verifier rejects is the planner's fault."""
    try:
        ask()
    except Unsafe:
        raise
    except TitrateError as refusal:
        return refusal.text()
    return None


@settings(max_examples=400 * MANY, deadline=30_000, suppress_health_check=[HealthCheck.too_slow])
@given(rule=st.sampled_from(sorted(RULES)), goal=st.sampled_from(("plan", "taper")), typed=FREE)
@example("baclofen-oral-spasticity", "plan", {"start": "2026-12-01", "target": "20 mg x3", "maintain": "1000000 weeks"})
@example("baclofen-oral-spasticity", "taper", {"start": "2026-12-01", "current": "20 mg x3", "finish_by": "9999-12-31"})
def test_no_request_ends_in_a_traceback(rule: str, goal: Goal, typed: dict[str, object]) -> None:
    options = Typed(**typed)  # type: ignore[arg-type]
    told = refused(lambda: proven(RULES[rule], options.request(rule, goal, ISSUED, TODAY)))
    assert told is None or told.strip()


@settings(max_examples=150 * MANY, deadline=30_000, suppress_health_check=[HealthCheck.too_slow])
@given(
    name=st.sampled_from(sorted(FILES)),
    cuts=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 40), st.one_of(st.binary(max_size=8), st.sampled_from(
            (b'"', b"[", b"]", b"=", b"\n", b"0", b"-1", b'"20 kg"', b"true", b"1e400", b"nan", b"{", b"}",
            b"'''", b"\xff")
        ))),
        min_size=1,
        max_size=3,
    ),
)  # fmt: skip
def test_no_rule_file_ends_in_a_traceback(name: str, cuts: list[tuple[int, int, bytes]]) -> None:
    content = FILES[name]
    for place, length, instead in cuts:
        at = place % (len(content) + 1)
        content = content[:at] + instead + content[at + length :]
    file, faults = rulebook.parse(content, "mutated.toml")
    assert file is not None or faults
    for fault in faults:
        assert fault.startswith("mutated.toml: ")
        assert len(fault) < 2000
    if file is not None and not faults:
        rule = Rule("mutated", "0" * 64, file)
        told = refused(lambda: proven(rule, replace(planned_by(name), rule="mutated")))
        assert told is None or told.strip()


@cache
def planned_by(name: str) -> Request:
    """The request of the first case of a rule that is planned."""
    return request_of(next(case for case in cases_in(CASES / f"{name}.toml") if not case.one.refused))


@pytest.mark.parametrize("depth", [100, 100_000])
def test_deeply_nested_tables(depth: int) -> None:
    file, faults = rulebook.parse(b"a = " + b"[" * depth + b"]" * depth, "deep.toml")
    assert file is None
    assert faults
