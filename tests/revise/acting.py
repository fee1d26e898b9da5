"""Two plans on the US label, and what is done to them.

The US label: 5, 10, 15, 20 mg three times a day, kept for 3 days each at least; a dose falls by at most 5 mg, the daily
dose by at most 15 mg, every 3 days; a taper takes at least 14 days; the last dose before the end is at most 5 mg a day.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pytest

from titrate import load, plan
from titrate.errors import NoSchedule, RequestError
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Changes, Origin, revise
from titrate.rule import Rule
from titrate.schedule import Schedule, Step

US = "baclofen-oral-spasticity"
PUMP = "baclofen-intrathecal-spasticity"
ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
LATER = datetime(2026, 12, 5, 16, 30, tzinfo=UTC)
ORIGIN = Origin("ab" * 32)


def d(text: str) -> date:
    return date.fromisoformat(text)


@cache
def rule(name: str = US) -> Rule:
    return load(name)


@cache
def up(**more: object) -> Schedule:
    """5, 10, 15 mg three times a day from 1, 4, 7 December on, 20 mg three times a day from 10 December on."""
    request = Request(US, "plan", d("2026-12-01"), ISSUED, target=Pattern.parse("20 mg x3"), **more)  # type: ignore[arg-type]
    return plan(rule(), request)


@cache
def down(**more: object) -> Schedule:
    """From 60 mg a day: 45 from 1, 30 from 4, 15 from 7, 5 from 11 December on, nothing from 15 December on."""
    request = Request(US, "taper", d("2026-12-01"), ISSUED, current=Pattern.parse("20 mg x3"), **more)  # type: ignore[arg-type]
    return plan(rule(), request)


def act(schedule: Schedule, on: str, name: str, value: str | None = None, **options: Any) -> Schedule:
    """The revision; of `options`, `changes` are `Changes` and the others belong to the action."""
    changes = options.pop("changes", Changes())
    action = Action.parse(name, value, d("2026-12-05"), **options)
    return revise(schedule, rule(schedule.rule.id), action, d(on), LATER, ORIGIN, changes)


ON_10 = "10 mg x3"


def told(steps: tuple[Step, ...]) -> list[str]:
    """`12-06 10 mg x3`: the first days and the doses; the last day after it where there is no end."""
    return [
        f"{step.days.first:%m-%d} {step.regimen.notation}" + (" on" if step.days.last is None else "") for step in steps
    ]


def refused(*arguments: Any, **options: Any) -> str:
    with pytest.raises((NoSchedule, RequestError)) as caught:
        act(*arguments, **options)
    return caught.value.text()
