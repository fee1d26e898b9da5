"""The ordered steps of a plan, from its first day to its last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, ClassVar, Literal

from titrate.days import Days, Duration, between, plus
from titrate.reason import Because
from titrate.regimen import Regimen
from titrate.request import Request
from titrate.source import Citation

Kind = Literal["titration", "maintenance", "taper"]

# How far a schedule without an end is listed day by day where no review day was given. It bounds a
# file, not a treatment: whatever lists days also says that the medicine goes on.
LISTED = Duration(12, "week")


@dataclass(frozen=True, slots=True)
class RuleStamp:
    """Which rule a schedule was made from, exactly: `sha256` is that of the bytes of the rule file."""

    id: str
    sha256: str
    drug: str
    route: str
    indication: str
    region: str
    population: str
    status: str

    @property
    def title(self) -> str:
        """`Baclofen, oral, for spasticity`."""
        return f"{self.drug.capitalize()}, {self.route}, for {self.indication}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something from the rule that is shown with the schedule. `applies` marks what fits a fact that was given."""

    topic: str
    says: str
    citation: Citation
    applies: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """One regimen kept for a span of days, and why. The last step of a schedule may have no end."""

    days: Days
    kind: Kind
    regimen: Regimen
    why: Because


@dataclass(frozen=True, slots=True)
class Day:
    """One day of a schedule. `number` counts from 1; `step` likewise."""

    date: date
    number: int
    step: int
    kind: Kind
    regimen: Regimen


@dataclass(frozen=True, slots=True)
class Schedule:
    """Steps that follow each other without gap or overlap.

    It ends with a step of one day without the drug (`stops`), or its last step has no end and is kept until
    `review` ("until reviewed" where that is `None`). `plan` names the plan over all its revisions.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    plan: str
    revision: int
    version: str
    issued: datetime
    rule: RuleStamp
    request: Request
    steps: tuple[Step, ...]
    review: date | None = None
    not_checked: tuple[str, ...] = ()
    warnings: tuple[Note, ...] = ()
    notes: tuple[Note, ...] = ()
    format: Literal[1] = 1

    @property
    def first(self) -> date:
        """The first day."""
        return self.steps[0].days.first

    @property
    def last(self) -> date | None:
        """The last day, which is without the drug; `None` where the schedule has no end."""
        return self.steps[-1].days.last

    @property
    def stops(self) -> bool:
        """Whether it ends with the drug stopped."""
        return self.last is not None and not self.steps[-1].regimen.administrations

    @property
    def last_dose(self) -> date | None:
        """The day of the last dose, where the schedule stops the drug."""
        return plus(self.steps[-1].days.first, -1) if self.stops else None

    @property
    def listed_until(self) -> date:
        """The last day that a list of days shows: the last, that before the review, or `LISTED` into an open step."""
        if self.last is not None:
            return self.last
        opened = self.steps[-1].days.first
        if self.review is not None and self.review > opened:
            return plus(self.review, -1)
        return plus(LISTED.after(opened), -1)

    def each_day(self, until: date | None = None) -> Iterator[Day]:
        """Every day up to `until` (included; by default `listed_until`). All days of a step share its regimen."""
        end = until or self.listed_until
        for index, step in enumerate(self.steps, 1):
            if step.days.first > end:
                return
            for day in step.days.until(end):
                yield Day(day, between(self.first, day) + 1, index, step.kind, step.regimen)

    def step_of(self, day: date) -> tuple[int, Step] | None:
        """The step (numbered from 1) that `day` belongs to, or `None` outside the schedule."""
        for index, step in enumerate(self.steps, 1):
            if day in step.days:
                return index, step
        return None
