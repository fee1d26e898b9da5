"""A rule that remembers what it said and what was planned with it: many requests ask the same of it, on other days.

What is kept is bounded, so that a million requests need no more memory than a thousand. What is planned is moved to the
days that are asked about; it is proved for each request anew.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from titrate.days import Days, plus
from titrate.errors import TitrateError
from titrate.limits import Limits
from titrate.patient import Patient
from titrate.planner import plan, possible
from titrate.planner.steps import named
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Note, RuleStamp, Schedule, Step

# Of so many sorts of patients and requests, the latest ones. What is kept of one takes some ten thousand bytes.
_PATIENTS = 64
_QUESTIONS = 128
# The day on which everything begins that is planned to be moved: any that leaves room for a treatment after it.
_SOME_DAY = date(2001, 1, 1)


class Remembered(Rule):
    """The same rule. What it says is worked out once and given again, as it was."""

    _limits: Callable[[Patient, bool], Limits]
    _notes: Callable[[Patient], tuple[Note, ...]]
    _stamp: RuleStamp
    _planned: Callable[[Request], Schedule | None]

    def __init__(self, rule: Rule) -> None:
        super().__init__(**{field.name: getattr(rule, field.name) for field in fields(rule)})
        said: dict[str, Any] = {
            "_limits": lru_cache(_PATIENTS)(rule.limits_for),
            "_notes": lru_cache(_PATIENTS)(rule.notes_for),
            "_stamp": rule.stamp,
            "_planned": lru_cache(_QUESTIONS)(lambda question: possible(self, question)),
        }
        self.__dict__.update(said)  # past the lock of a frozen value

    @property
    def stamp(self) -> RuleStamp:
        """As of the rule."""
        return self._stamp

    def limits_for(self, patient: Patient, starting: bool) -> Limits:
        """As of the rule. What it raises is not kept, but raised anew."""
        return self._limits(patient, starting)

    def notes_for(self, patient: Patient) -> tuple[Note, ...]:
        """As of the rule."""
        return self._notes(patient)

    def plan(self, request: Request) -> Schedule:
        """What `titrate.planner.plan` returns or raises for this rule and `request`."""
        if request.pump is None:
            try:
                found = self._planned(_question(request))
                if found is not None:
                    return _moved(found, self, request)
            except (TitrateError, ValueError, OverflowError):
                pass  # it is told of the days that were asked about
        return plan(self, request)


def _question(request: Request) -> Request:
    """The request without what does not bear on what is planned: whom it is about, at which moment it was made, and
    where it names no other day, when it starts."""
    days = (request.since, request.finish_by, request.review, request.maintain)
    start = _SOME_DAY if days == (None, None, None, None) else request.start
    # What the prescriber sets cites the day of the request.
    issued = datetime.combine(request.issued.date(), time(), UTC)
    return replace(request, start=start, issued=issued, label=None, tz=None)


def _moved(found: Schedule, rule: Rule, request: Request) -> Schedule:
    """The schedule of a question as that of a request that asks it. Raises `ValueError` beyond the calendar."""
    by = (request.start - found.request.start) // timedelta(days=1)
    steps, due = found.steps, found.due
    if by:
        steps = tuple(replace(step, days=_later(step, by)) for step in steps)
        due = tuple(replace(one, on=plus(one.on, by), last=one.last and plus(one.last, by)) for one in due)
    return replace(found, plan=named(rule, request), issued=request.issued, request=request, steps=steps, due=due)


def _later(step: Step, by: int) -> Days:
    return Days(plus(step.days.first, by), step.days.last and plus(step.days.last, by))
