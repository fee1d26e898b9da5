"""The limits of a rule, resolved for one patient: every bound with where it comes from.

A `Limits` holds, for each kind of limit, every one that applies. All of them have to be satisfied
together, so where two scopes of a rule both speak, the narrower one decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Literal

from titrate.product import Product
from titrate.quantity import Quantity, Range
from titrate.reason import Fact
from titrate.regimen import Slot, times_a_day
from titrate.source import Citation

Per = Literal["dose", "day"]


@dataclass(frozen=True, slots=True)
class Times:
    """How many administrations a day, both included."""

    at_least: int
    at_most: int

    def __contains__(self, frequency: int) -> bool:
        return self.at_least <= frequency <= self.at_most

    def __str__(self) -> str:
        if self.at_least == self.at_most:
            return times_a_day(self.at_least)
        return f"{times_a_day(self.at_least).removesuffix(' a day')} to {times_a_day(self.at_most)}"


@dataclass(frozen=True, slots=True)
class By:
    """The largest change in one go, included: an amount, or a percentage of the dose before (`current`) or of the
    dose on which the phase began (`original`). `at_most` is `None` where the source is silent."""

    at_most: Quantity | None
    per: Per = "dose"
    of: Literal["current", "original"] = "current"

    def __str__(self) -> str:
        if self.at_most is None:
            return "by an amount that no source gives"
        if self.at_most.unit == "%":
            whole = "the daily dose" if self.per == "day" else "each dose"
            return f"by at most {self.at_most} of {'the original' if self.of == 'original' else 'the current'} {whole[4:].strip()}"
        return f"by at most {self.at_most} {'a day' if self.per == 'day' else 'per dose'}"


@dataclass(frozen=True, slots=True)
class Change:
    """How large a change may be and how many days the dose before has to be kept (`every`; `None`: silent).

    It applies to a change that touches `band`, a range of daily doses: one end in it, or passing over it.
    """

    by: tuple[By, ...]
    every: int | None
    citation: Citation
    band: Range | None = None
    silent_every: bool = False


@dataclass(frozen=True, slots=True)
class Start:
    """Where a titration may begin: bounds on each dose, on the daily dose and on the frequency, where given."""

    citation: Citation
    dose: Range | None = None
    daily: Range | None = None
    frequency: Times | None = None
    how: str | None = None


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What one may stay on: bounds on each dose, on the daily dose and on the frequency, where given."""

    citation: Citation
    dose: Range | None = None
    daily: Range | None = None
    frequency: Times | None = None


@dataclass(frozen=True, slots=True)
class Maximum:
    """The largest dose and daily dose, included. Above a `warn` a schedule may go, but says so."""

    citation: Citation
    dose: Quantity | None = None
    daily: Quantity | None = None
    level: Literal["limit", "warn"] = "limit"


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many administrations a day are allowed."""

    times: Times
    citation: Citation


@dataclass(frozen=True, slots=True)
class Spacing:
    """The least hours between two doses, included; for days with `frequency` doses, or for all if that is `None`."""

    at_least: Quantity
    citation: Citation
    frequency: int | None = None


@dataclass(frozen=True, slots=True)
class TaperDuration:
    """The least number of days from the first day of a taper to the last dose, both included."""

    at_least: int
    citation: Citation


@dataclass(frozen=True, slots=True)
class LastStep:
    """The largest daily dose, included, from which the drug may be stopped."""

    daily: Quantity
    citation: Citation


@dataclass(frozen=True, slots=True)
class Limits:
    """Every limit that applies to one patient, in one unit of dose.

    `refusals` say why the patient is not one the rule is for (empty: they are); `not_checked` names
    what a scope needed and nobody gave; `slots` has a day's slots by frequency.
    """

    unit: str
    products: tuple[Product, ...]
    slots: dict[int, tuple[Slot, ...]]
    slots_citation: Citation
    frequency: tuple[Frequency, ...]
    start: tuple[Start, ...]
    increase: tuple[Change, ...]
    maintenance: tuple[Maintenance, ...]
    maximum: tuple[Maximum, ...]
    spacing: tuple[Spacing, ...]
    decrease: tuple[Change, ...]
    taper_frequency: tuple[Frequency, ...]
    taper_duration: tuple[TaperDuration, ...]
    last_step: tuple[LastStep, ...]
    refusals: tuple[Fact, ...] = ()
    cautions: tuple[Fact, ...] = ()
    not_checked: tuple[str, ...] = field(default=())

    def largest_dose(self) -> Quantity:
        """The largest single dose that any maximum leaves (a daily maximum bounds a dose too)."""
        bounds = [m.dose for m in self.maximum if m.level == "limit" and m.dose is not None]
        bounds += [m.daily for m in self.maximum if m.level == "limit" and m.daily is not None]
        return min(bounds)

    def largest_daily(self) -> Quantity | None:
        """The largest daily dose, or `None` where only single doses are bounded."""
        bounds = [m.daily for m in self.maximum if m.level == "limit" and m.daily is not None]
        return min(bounds, default=None)

    def paced(self, by: Quantity | None, every: int | None, citation: Citation) -> Limits:
        """These limits together with the prescriber's own pace, which fills in what the rule is silent about.

        `by` is an amount per dose (`mg/dose`), per day (`mg/day`), a percentage, or a plain amount, which is read the way
        the rule counts its own. The rule's limits stay; so the pace can only become slower or smaller.
        """
        return replace(
            self,
            increase=_paced(self.increase, self.unit, by, every, citation),
            decrease=_paced(self.decrease, self.unit, by, every, citation),
        )


def _paced(
    changes: tuple[Change, ...], unit: str, by: Quantity | None, every: int | None, citation: Citation
) -> tuple[Change, ...]:
    if not changes or (by is None and every is None):
        return changes
    bys = () if by is None else (_read_by(by, unit, changes[0].by[0].per),)
    spoken = tuple(
        replace(
            change,
            by=tuple(b for b in change.by if b.at_most is not None or not bys),
            silent_every=change.silent_every and every is None,
        )
        for change in changes
    )
    return (*spoken, Change(bys, every, citation))


def _read_by(by: Quantity, unit: str, per: Per) -> By:
    amount, _, counted = by.unit.partition("/")
    if amount == "%":
        return By(by, per)
    plain = Quantity(by.amount, amount).to(unit)
    return By(plain, "day" if counted == "day" else "dose" if counted == "dose" else per)
