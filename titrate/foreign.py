"""A schedule from elsewhere as its file says it: nothing is put right, and what a file does not say stays unsaid."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, time
from fractions import Fraction

from titrate.days import between
from titrate.frozen import dataclass
from titrate.product import Form
from titrate.quantity import Quantity
from titrate.schedule import Kind

# A schedule that changes every day for nearly three years. More is no schedule, and would take long to judge.
MOST_STEPS = 1_000


@dataclass(frozen=True, slots=True)
class ForeignPiece:
    """`count` pieces or parts of them (3/2), or mL of a liquid; an infusion has count 1 and its amount as strength."""

    count: Fraction
    form: Form
    strength: Quantity

    @property
    def amount(self) -> Quantity:
        """How much drug that is."""
        return Quantity(self.strength.amount * self.count, self.strength.unit.split("/")[0])


@dataclass(frozen=True, slots=True)
class ForeignDose:
    """One dose, on a day of the cycle (from 1).

    `slot` is empty and `at` is `None` where the file names no time, `pieces` where it names none.
    """

    dose: Quantity
    slot: str = ""
    at: time | None = None
    continuous: bool = False
    pieces: tuple[ForeignPiece, ...] | None = None
    day: int = 1


@dataclass(frozen=True, slots=True)
class ForeignStep:
    """What the file says of the days from `first` to `last`, both included (`None`: no end is said).

    `doses` are in the order of the day; none is a day without the drug. Instead of them there may be only the
    `daily` dose, or a `bare` amount of which the file does not say whether it is each dose or the daily one.
    `place` is where it stands, for messages: `line 4`.
    """

    place: str
    first: date
    last: date | None
    doses: tuple[ForeignDose, ...] = ()
    daily: Quantity | None = None
    bare: Quantity | None = None
    kind: Kind | None = None
    cycle: int = 1

    def on(self, day: date) -> tuple[ForeignDose, ...]:
        """The doses of one of its days."""
        if self.cycle == 1:
            return self.doses
        number = between(self.first, day) % self.cycle + 1
        return tuple(replace(dose, day=1) for dose in self.doses if dose.day == number)

    def like(self, other: ForeignStep) -> bool:
        """Whether both say the same of their days."""
        said = (self.doses, self.daily, self.bare, self.kind, self.cycle)
        return said == (other.doses, other.daily, other.bare, other.kind, other.cycle)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file that was read: `what` it is ("a CSV file with a row per day"), and its steps in the order of the file.

    `columns` are the times of day that a table has columns for. `rule` is the id of the rule that the file names
    and the beginning of its SHA-256. `begun`: it is a revision of a schedule that began before.
    `read_as` says in clauses how the file was understood. `goes_on`: its last step has no end.
    """

    what: str
    steps: tuple[ForeignStep, ...]
    columns: tuple[str, ...] = ()
    rule: tuple[str, str] | None = None
    begun: bool = False
    read_as: tuple[str, ...] = ()
    goes_on: bool = False


def joined(steps: Iterable[ForeignStep]) -> tuple[ForeignStep, ...]:
    """The steps, those that follow each other without a gap and say the same made one."""
    found: list[ForeignStep] = []
    for step in steps:
        before = found[-1] if found else None
        follows = before is not None and before.last is not None and between(before.last, step.first) == 1
        if before is not None and follows and before.like(step):
            found[-1] = replace(before, last=step.last)
        else:
            found.append(step)
    return tuple(found)
