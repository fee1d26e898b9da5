"""What the prescriber asks for."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any, ClassVar, Literal

from titrate.days import Duration
from titrate.patient import Patient
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.source import Citation, Source

Goal = Literal["plan", "taper"]
Split = Literal["even", "uneven"]


@dataclass(frozen=True, slots=True)
class Request:
    """One request for a schedule. `start` is the first day on which something changes.

    `goal` "plan" goes to `target` and stays there (for `maintain`, then off the drug if `then_stop`); "taper"
    goes from `current` to nothing. `current` is what the patient takes now, `since` from which day;
    `finish_by` the day of the last dose. `by` and `every` are the prescriber's own pace. `products` and `times`
    narrow what is at hand and when it is taken. `issued` is when the request was made (UTC): it stamps what is
    written, so that one request always gives the same bytes.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    rule: str
    goal: Goal
    start: date
    issued: datetime
    current: Pattern | None = None
    since: date | None = None
    target: Pattern | None = None
    maintain: Duration | None = None
    then_stop: bool = False
    finish_by: date | None = None
    review: date | None = None
    by: Quantity | None = None
    every: Duration | None = None
    patient: Patient = field(default_factory=Patient)
    products: tuple[str, ...] | None = None
    times: tuple[time, ...] | None = None
    split: Split | None = None
    tz: str | None = None
    label: str | None = None

    def citation(self, at: str) -> Citation:
        """What a number that the prescriber set cites: this request."""
        day = self.issued.date()
        source = Source("request", "the request", "the prescriber", day.isoformat(), "")
        return Citation(source, at, day, "prescriber")
