"""The course of a plan up to a day: what was taken until then, and for how long, as far as anyone said."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from titrate.days import Days, between, plus
from titrate.frozen import dataclass
from titrate.regimen import Pattern, Regimen
from titrate.schedule import Absence, Kind, Schedule, Step


@dataclass(frozen=True, slots=True)
class Run:
    """Days in a row with the same doses, or without any: `regimen` is `None` where they were reported as not taken.

    `days` always has a last day. `kind` is that of the last step in it.
    """

    days: Days
    regimen: Regimen | None
    kind: Kind

    @property
    def last(self) -> date:
        """The last of its days."""
        assert self.days.last is not None, self
        return self.days.last


@dataclass(frozen=True, slots=True)
class Course:
    """What was taken of a plan from its first day to the day before `on`, as `schedule` and `absences` tell it.

    `runs` is empty where the plan begins on `on`.
    """

    schedule: Schedule
    on: date
    runs: tuple[Run, ...]

    @classmethod
    def of(cls, schedule: Schedule, on: date, absences: tuple[Absence, ...] = ()) -> Course:
        """`absences` are reported now, besides those that the schedule has already."""
        before = plus(on, -1)
        steps = [*schedule.kept(), *(step for step in schedule.steps if step.days.first < on)]
        away = sorted((one.days for one in (*schedule.absences, *absences)), key=lambda days: days.first)
        pieces = [piece for step in steps for piece in _without(step, step.days.until(before), away)]
        return cls(schedule, on, tuple(_joined(pieces)))

    @property
    def away(self) -> bool:
        """Whether nothing was taken on the day before."""
        return bool(self.runs) and self.runs[-1].regimen is None

    @property
    def now(self) -> Run | None:
        """What was taken last: up to the day before, or before days without the drug; `None` before the first day."""
        return next((run for run in reversed(self.runs) if run.regimen is not None), None)

    @property
    def current(self) -> Pattern | None:
        """What the patient takes on the day before, or took last; before the first day what the request said."""
        run = self.now
        return self.schedule.chain()[0].request.current if run is None else pattern(run.regimen)

    @property
    def since(self) -> date | None:
        """Since which day that is taken, as far as it is known."""
        first, run = self.schedule.chain()[0].request, self.now
        if run is None:
            return first.since
        goes_on = run is self.runs[0] and first.current == pattern(run.regimen)
        return first.since or run.days.first if goes_on else run.days.first

    @property
    def until(self) -> date | None:
        """The last day on which the schedule keeps the dose of the day before; `None` if it never changes again."""
        run = self.now
        last: date | None = plus(self.on, -1)
        for step in self.schedule.steps:
            if step.days.last is not None and step.days.last < self.on:
                continue
            if run is None or run.regimen is None or pattern(step.regimen) != pattern(run.regimen):
                break
            last = step.days.last
        return last

    def back(self, count: int) -> Pattern | None:
        """What was taken `count` changes before, or before the plan; `None` where nothing is known so far back.

        A dose that one came back to stands where it stood first: after 5, 10, 15 and 10 mg, one back is 5 mg.
        """
        first = self.schedule.chain()[0].request.current
        steps = [] if first is None else [first]
        for taken in (pattern(run.regimen) for run in self.runs if run.regimen is not None):
            if taken is not None:
                steps[steps.index(taken) if taken in steps else len(steps) :] = [taken]
        return steps[-1 - count] if count < len(steps) else None


def pattern(regimen: Regimen | None) -> Pattern | None:
    """A regimen as somebody would write it; `None` for none."""
    if regimen is None or not regimen.administrations:
        return None
    return regimen.pattern


def _without(step: Step, days: Days, away: list[Days]) -> Iterator[Run]:
    """The days of a step, parted where nothing was taken. `away` is in order and has no overlaps."""
    first, last = days.first, days.last
    assert last is not None, step
    for gone in away:
        assert gone.last is not None, gone
        if gone.last < first or gone.first > last:
            continue
        if gone.first > first:
            yield Run(Days(first, plus(gone.first, -1)), _from(step, first), step.kind)
        end = min(gone.last, last)
        yield Run(Days(max(gone.first, first), end), None, step.kind)
        first = plus(end, 1)
        if first > last:
            return
    yield Run(Days(first, last), _from(step, first), step.kind)


def _from(step: Step, day: date) -> Regimen:
    """The regimen of a step as its cycle stands on one of its days."""
    return step.regimen.turned(between(step.days.first, day))


def _joined(runs: list[Run]) -> Iterator[Run]:
    """Neighbours with the same doses as one; of their regimens the later."""
    held: Run | None = None
    for run in runs:
        since = 0 if held is None else between(held.days.first, run.days.first)
        if held is not None and pattern(_turned(held.regimen, since)) == pattern(run.regimen):
            held = Run(Days(held.days.first, run.last), _turned(run.regimen, -since), run.kind)
            continue
        if held is not None:
            yield held
        held = run
    if held is not None:
        yield held


def _turned(regimen: Regimen | None, days: int) -> Regimen | None:
    return None if regimen is None else regimen.turned(days)
