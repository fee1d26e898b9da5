"""Revisions written by hand, of a plan that has begun."""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

from tests.verify.ladder import LADDER_RULE, schedule, titration
from titrate.days import Days
from titrate.rule import Rule
from titrate.schedule import Absence, Earlier, Revised, Schedule

ON = date(2026, 12, 8)


def off(first: int, last: int | None) -> tuple[Absence, ...]:
    """Days of December 2026 reported as missed."""
    return (Absence(Days(date(2026, 12, first), None if last is None else date(2026, 12, last)), "missed"),)


def earlier_of(of: Schedule) -> Earlier:
    return Earlier("ab" * 32, of.revision, of.version, of.issued, of.rule, of.request, of.steps,
                   not_checked=of.not_checked, revised=of.revised)  # fmt: skip


def revised(
    *lines: str, rule: Rule = LADDER_RULE, on: date = ON, first: date | None = None, absences: tuple[Absence, ...] = (),
    before: Schedule | None = None, **asked: Any,
) -> Schedule:  # fmt: skip
    """The revision, whose steps begin on `first`, or on the day from which it holds."""
    asked = {"current": "15 mg x3", "since": date(2026, 12, 7), "start": on, **asked}
    made = schedule(rule, *(lines or ("open maintenance 15 mg x3",)), **asked)
    shift = (first or on) - made.first
    steps = tuple(
        dataclasses.replace(step, days=Days(step.days.first + shift, step.days.last and step.days.last + shift))
        for step in made.steps
    )
    earlier = before or titration()
    return dataclasses.replace(
        made,
        revision=earlier.revision + 1,
        steps=steps,
        earlier=(*earlier.earlier, earlier_of(earlier)),
        revised=Revised(on, "stay 7d", "The dose stays", absences),
    )
