"""The ordered steps of a plan, from its first day to its last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from typing import Any, ClassVar, Literal, NamedTuple

from titrate.days import Days, Duration, between, in_words, plus
from titrate.dispensing import Dispensing
from titrate.errors import FormatError
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.regimen import Regimen
from titrate.request import Request
from titrate.source import Citation

Kind = Literal["titration", "maintenance", "taper"]

# How far a schedule without an end is listed day by day where no review day was given. It bounds a
# file, not a treatment: whatever lists days also says that the medicine goes on.
LISTED = Duration(12, "week")
# More days than this are not listed one by one: longer than anybody takes a drug, and a slip of the hand.
MOST_LISTED = 40_000


@dataclass(frozen=True, slots=True)
class RuleStamp:
    """Which rule a schedule was made from, exactly: `sha256` is that of the bytes of the rule file.

    `extends` are the ids of the rules that it builds on, the nearest first; then `sha256` covers their files too.
    """

    id: str
    sha256: str
    drug: str
    route: str
    indication: str
    region: str
    population: str
    status: str
    extends: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """`Baclofen, oral, for spasticity`."""
        return f"{self.drug.capitalize()}, {self.route}, for {self.indication}"


@dataclass(frozen=True, slots=True)
class Note:
    """Something from the rule that is shown with the schedule. `applies` marks what fits a fact that was given.

    What is for an `audience` "clinician" is left out of what a patient is handed.
    """

    topic: str
    says: str
    citation: Citation
    applies: bool = False
    audience: Literal["everyone", "clinician"] = "everyone"


@dataclass(frozen=True, slots=True)
class Step:
    """One regimen kept for a span of days, and why. The last step of a schedule may have no end.

    The first day is the first of the regimen's cycle. `checks` are what a person confirms before it begins.
    """

    days: Days
    kind: Kind
    regimen: Regimen
    why: Because
    checks: tuple[Fact, ...] = ()

    def on(self, day: date) -> Regimen:
        """What is taken on one of its days."""
        return self.regimen.on(between(self.days.first, day) + 1)

    def dose_days(self, until: date) -> Iterator[date]:
        """The days up to `until` (included) on which there is a dose."""
        taken = {one.day for one in self.regimen.administrations}
        if taken:
            cycle = self.regimen.cycle
            yield from (d for d in self.days.until(until) if between(self.days.first, d) % cycle + 1 in taken)


@dataclass(frozen=True, slots=True)
class Due:
    """A day on which somebody decides something, up to `last` where the source leaves some days for it.

    `says` is a clause without a full stop.
    """

    on: date
    says: str
    citation: Citation
    last: date | None = None


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which the drug was not taken, as somebody reported them afterwards; nobody plans such days."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    days: Days
    how: Literal["missed", "withheld"]


@dataclass(frozen=True, slots=True)
class Revised:
    """How a revision came about. It holds from `on`; the days before that stay as they were.

    `action` is what was decided as one would type it (`stay 7d`), `says` the same as a sentence without its full
    stop. `absences` are days before `on` that were reported with it.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    on: date
    action: str
    says: str
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Earlier:
    """A revision that a later one took the place of. Its steps stand as they were planned, to the last one; only those
    before the first day of the next revision were followed.

    `sha256` is that of the document it was read from (see `titrate.formats.json`); `edited`: that document had been
    changed after titrate wrote it. Warnings and notes are not kept.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    sha256: str
    revision: int
    version: str
    issued: datetime
    rule: RuleStamp
    request: Request
    steps: tuple[Step, ...]
    review: date | None = None
    not_checked: tuple[str, ...] = ()
    revised: Revised | None = None
    edited: bool = False
    dispensing: Dispensing | None = None


@dataclass(frozen=True, slots=True)
class Leaving:
    """The schedule that a way-out card leads out of, which stays as it is."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    plan: str
    revision: int


class Day(NamedTuple):
    """One day of a schedule, and what is taken on it. `number` counts from 1; `step` likewise."""

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

    A revision (`revised` says of what kind) plans from one day on. Its `steps` are those from that day on, planned
    for its own `request`; the days before are in `earlier`, the oldest revision first, the superseded one last.

    A way-out card is a plan of its own; `leaves` says out of which schedule it leads. `dispensing` is how it is
    dispensed, if anybody said so; it bears on no dose.

    `limits` are those of the rule and of the request that bound it, for whoever reads it; `maximum` is the largest
    daily dose among them, included, where there is one. `titrate.verify` looks at neither.
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
    earlier: tuple[Earlier, ...] = ()
    revised: Revised | None = None
    limits: tuple[Fact, ...] = ()
    maximum: Quantity | None = None
    due: tuple[Due, ...] = ()
    leaves: Leaving | None = None
    dispensing: Dispensing | None = None
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
    def called_off(self) -> bool:
        """Whether it was called off before its first dose: neither it nor the days before it have any."""
        steps = (*self.kept(), *self.steps) if self.revised is not None and self.stops else ()
        return bool(steps) and not any(step.regimen.administrations for step in steps)

    @property
    def last_dose(self) -> date | None:
        """The day of the last dose, where the schedule stops the drug; there is none where it was called off."""
        if not self.stops or self.called_off:
            return None
        before = plus(self.steps[-1].days.first, -1)
        if len(self.steps) == 1:
            return before
        last, regimen = self.steps[-2], self.steps[-2].regimen
        since = between(last.days.first, before)
        ago = ((since - one.day + 1) % regimen.cycle for one in regimen.administrations)
        return plus(before, -min(ago, default=0))

    @property
    def listed_until(self) -> date:
        """The last day that a list of days shows: the last, that before the review, or `LISTED` into an open step."""
        if self.last is not None:
            return self.last
        opened = self.steps[-1].days.first
        if self.review is not None and self.review > opened:
            return plus(self.review, -1)
        return plus(LISTED.after(opened), -1)

    def end_of_list(self, until: date | None = None) -> date:
        """The last day that is listed, no later than `until`. Raises `FormatError` for more than `MOST_LISTED` days."""
        end = min(day for day in (until or self.listed_until, self.last) if day is not None)
        if between(self.first, end) >= MOST_LISTED:
            raise FormatError(
                f"From {in_words(self.first)} to {in_words(end)} are {between(self.first, end) + 1} days; at most "
                f"{MOST_LISTED} are listed one by one.",
                ("look at the dates of the plan", "a document has them step by step: -o plan.json"),
            )
        return end

    def each_day(self, until: date | None = None) -> Iterator[Day]:
        """Every day up to `until` (included; by default `listed_until`), with the doses of that day.

        Days of a step on which the same is taken share one regimen. Raises `FormatError` for more than `MOST_LISTED`
        days.
        """
        return self._days(self.end_of_list(until))

    def _days(self, end: date) -> Iterator[Day]:
        for index, step in enumerate(self.steps, 1):
            if step.days.first > end:
                return
            taken, kind, before = step.regimen.each(), step.kind, between(self.first, step.days.first) + 1
            for number, day in enumerate(step.days.until(end)):
                yield Day(day, before + number, index, kind, taken[number % len(taken)])

    def step_of(self, day: date) -> tuple[int, Step] | None:
        """The step (numbered from 1) that `day` belongs to, or `None` outside the schedule."""
        for index, step in enumerate(self.steps, 1):
            if day in step.days:
                return index, step
        return None

    def previous(self) -> Schedule | None:
        """The schedule that this one supersedes, whole but for its warnings and due days; `None` for a first version.

        Its notes and limits are those of this schedule.
        """
        if not self.earlier:
            return None
        *before, last = self.earlier
        return replace(
            self,
            revision=last.revision,
            version=last.version,
            issued=last.issued,
            rule=last.rule,
            request=last.request,
            steps=last.steps,
            review=last.review,
            not_checked=last.not_checked,
            warnings=(),
            due=(),
            earlier=tuple(before),
            revised=last.revised,
            dispensing=last.dispensing,
        )

    def chain(self) -> tuple[Schedule, ...]:
        """This schedule and all that it supersedes, the first version first."""
        previous = self.previous()
        return (self,) if previous is None else (*previous.chain(), self)

    @property
    def absences(self) -> tuple[Absence, ...]:
        """All days that were reported as not taken, by this revision or an earlier one."""
        records = (*(one.revised for one in self.earlier), self.revised)
        return tuple(absence for record in records if record is not None for absence in record.absences)

    def kept(self) -> tuple[Step, ...]:
        """The steps that were followed before this revision: as they were planned, cut where the next revision began.

        Days that were reported as not taken are in it as they were planned; `absences` has them.
        """
        found: list[Step] = []
        revisions: tuple[Earlier | Schedule, ...] = (*self.earlier, self)
        for one, later in pairwise(revisions):
            cut = later.steps[0].days.first if later.revised is None else later.revised.on
            for step in one.steps:
                if step.days.first < cut:
                    found.append(replace(step, days=step.days.until(plus(cut, -1))))
        return tuple(found)


def another_edition(previous: Schedule, on: date) -> str:
    """What is not checked of a revision from `on` on whose past was planned with another edition of the rule file."""
    return (
        f"the days before {in_words(on)}, planned with another edition of the rule ({previous.rule.id}, "
        f"sha256 {previous.rule.sha256[:12]})"
    )
