"""An explicit ladder: the regimens of a titration, or of a taper, as a source prints them, one after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from titrate.frozen import dataclass
from titrate.limit import in_days
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import in_turn
from titrate.source import Citation


@dataclass(frozen=True, slots=True)
class Rung:
    """One regimen of a ladder: the doses of a cycle of `cycle` days in their order, and `on` which of its days (from 1)
    each is taken. Without `on` all are taken on the first day.

    It is kept for at least `keep` days before the next one (`None`: the source does not say). `longest` is the longer
    end of a range in print, which binds nothing. `number` counts from 1, of all `of` rungs; `down`: of a way down.
    `how` is the arithmetic of doses by weight.
    """

    doses: tuple[Quantity, ...]
    cycle: int
    keep: int | None
    citation: Citation
    number: int
    of: int
    longest: int | None = None
    on: tuple[int, ...] = ()
    down: bool = False
    how: str | None = None

    @property
    def last(self) -> bool:
        """Whether there is none after it."""
        return self.number == self.of

    @property
    def days(self) -> tuple[tuple[Quantity, ...], ...]:
        """The doses of each day of the cycle."""
        if not self.on:
            return (self.doses, *((),) * (self.cycle - 1))
        taken = list(zip(self.doses, self.on, strict=True))
        return tuple(tuple(dose for dose, day in taken if day == number) for number in range(1, self.cycle + 1))

    def taken_in(self, days: tuple[tuple[Quantity, ...], ...]) -> bool:
        """Whether those are its days (in its unit), whichever of them the cycle was begun with."""
        return any((*self.days[first:], *self.days[:first]) == days for first in range(self.cycle))

    @property
    def notation(self) -> str:
        """As one would type it: `25/50 mg`, `25 mg every 2 days`, `10 mg x1, 7.5 mg x1 in turn`."""
        return in_turn(self.days, self.doses[0].unit)

    @property
    def _ladder(self) -> str:
        return "ladder down" if self.down else "ladder"

    def fact(self) -> Fact:
        """What the rung is, as a fact."""
        how = f" ({self.how})" if self.how else ""
        return Fact(f"rung {self.number} of {self.of} of the {self._ladder} is {self.notation}{how}", self.citation)

    def stay(self, every: int) -> Fact | None:
        """How long it is kept, as a fact; none where the prescriber asks for more. `every` is how long, in whole
        cycles."""
        if not self.keep or every > -(-self.keep // self.cycle) * self.cycle:
            return None
        longer = "" if self.longest is None else f" (the source names {self.keep} to {in_days(self.longest)})"
        says = f"a dose is kept for at least {in_days(self.keep)}{longer} before it changes"
        return Fact(f"{says}, on rung {self.number} of the {self._ladder}", self.citation)


def merged(rungs: Sequence[Rung]) -> tuple[Rung, ...]:
    """The rungs, those that came out alike by weight as one that is kept as long as all of them; numbered anew."""
    found: list[Rung] = []
    for rung in rungs:
        before = found[-1] if found else None
        if before is not None and (before.days, before.cycle) == (rung.days, rung.cycle):
            both = None if before.keep is None or rung.keep is None else before.keep + rung.keep
            found[-1] = replace(before, keep=both, longest=None)
        else:
            found.append(rung)
    return tuple(replace(rung, number=number, of=len(found)) for number, rung in enumerate(found, 1))


def as_fact(ladder: Sequence[Rung]) -> Fact:
    """The whole ladder, as a fact."""
    rungs = [rung.notation + (f" for at least {in_days(rung.keep)}" if rung.keep else "") for rung in ladder]
    return Fact(f"the {ladder[0]._ladder} goes from {', then '.join(rungs)}", ladder[0].citation)


def in_short(ladder: Sequence[Rung]) -> Fact:
    """The whole ladder, as a fact; how long its rungs are kept is told once where it is the same for all but the last,
    about which a ladder may be silent."""
    keeps = {rung.keep for rung in ladder[:-1]}
    keep = keeps.pop() if len(keeps) == 1 else None
    if len(ladder) < 3 or keep is None or ladder[-1].keep not in (keep, None):
        return as_fact(ladder)
    rungs, last = [rung.notation for rung in ladder[:-1]], ladder[-1]
    each = f"each for at least {in_days(keep)}"
    told = [*rungs, f"{last.notation}, {each}"] if last.keep else [*rungs[:-1], f"{rungs[-1]}, {each}", last.notation]
    return Fact(f"the {ladder[0]._ladder} goes from {', then '.join(told)}", ladder[0].citation)
