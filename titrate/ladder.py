"""An explicit ladder: the regimens of a titration as a source prints them, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from titrate.limit import in_days
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import in_turn
from titrate.source import Citation


@dataclass(frozen=True, slots=True)
class Rung:
    """One regimen of a ladder: the doses of a day in the order of the clock, taken every `cycle` days.

    It is kept for at least `keep` days before the next one (`None`: the source does not say). `longest` is the longer
    end of a range in print, which binds nothing. `number` counts from 1, of all `of` rungs.
    """

    doses: tuple[Quantity, ...]
    cycle: int
    keep: int | None
    citation: Citation
    number: int
    of: int
    longest: int | None = None

    @property
    def last(self) -> bool:
        """Whether there is none above it."""
        return self.number == self.of

    @property
    def notation(self) -> str:
        """As one would type it: `25/50 mg`, `25 mg every 2 days`."""
        return in_turn((self.doses, *((),) * (self.cycle - 1)), self.doses[0].unit)

    def fact(self) -> Fact:
        """What the rung is, as a fact."""
        return Fact(f"rung {self.number} of {self.of} of the ladder is {self.notation}", self.citation)

    def stay(self, every: int) -> Fact | None:
        """How long it is kept, as a fact; `every` is the longer of `keep` and what the prescriber asks for."""
        if not self.keep or every > self.keep:
            return None
        longer = "" if self.longest is None else f" (the source names {self.keep} to {in_days(self.longest)})"
        says = f"a dose is kept for at least {in_days(self.keep)}{longer} before it changes"
        return Fact(f"{says}, on rung {self.number} of the ladder", self.citation)


def as_fact(ladder: Sequence[Rung]) -> Fact:
    """The whole ladder, as a fact."""
    rungs = [rung.notation + (f" for at least {in_days(rung.keep)}" if rung.keep else "") for rung in ladder]
    return Fact(f"the ladder goes from {', then '.join(rungs)}", ladder[0].citation)
