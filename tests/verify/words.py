"""How findings are expected: word for word."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.verify.ladder import LADDER_RULE, schedule
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify

CITED = " (Label, section 2; checked 2026-11-23)"
PRESCRIBED = " (set by the prescriber)"
TUE, FRI, MON, THU = (
    "Tuesday 01 December 2026", "Friday 04 December 2026", "Monday 07 December 2026", "Thursday 10 December 2026",
)  # fmt: skip

Made = Callable[[], Schedule]
# Law, day, what is found, value, limit, what the limit cites.
Expected = tuple[str, str, str, str, str, str]
Cases = dict[str, tuple[tuple[Made, Rule], list[Expected]]]


def on(rule: Rule, *lines: str, **asked: Any) -> tuple[Made, Rule]:
    """A schedule of these lines."""
    return lambda: schedule(rule, *lines, **asked), rule


def kept(regimen: str, rule: Rule = LADDER_RULE, **asked: Any) -> tuple[Made, Rule]:
    """Somebody who stays on what they take."""
    return on(rule, f"open maintenance {regimen}", current=regimen, **asked)


def is_found(case: tuple[tuple[Made, Rule], list[Expected]]) -> None:
    """Asserts that exactly this is found, in these words."""
    (made, rule), expected = case
    findings = verify(made(), rule).findings
    assert [finding.text() for finding in findings] == [_told(one) for one in expected]
    assert [(finding.value, finding.limit) for finding in findings] == [one[3:5] for one in expected]


def _told(expected: Expected) -> str:
    law, day, clause, _, limit, cited = expected
    sentence = f"On {day} {clause}" if day else clause[:1].upper() + clause[1:]
    return f"{law}: {sentence}; the limit is {limit}{cited}."
