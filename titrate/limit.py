"""The kinds of limit of a rule, resolved for one patient: every bound with where it comes from."""

from __future__ import annotations

from typing import Literal

from titrate.frozen import dataclass
from titrate.quantity import Quantity, Range
from titrate.reason import Fact
from titrate.regimen import every, times_a_day
from titrate.source import Citation

Per = Literal["dose", "day"]

# What a prescriber takes on by name where the source says that a use is not established.
OFF_LABEL = "off-label use"
# What a prescriber answers for by name where more is taken already than the rule allows: going down from there.
ABOVE_MAXIMUM = "taper from above the maximum"


def in_days(count: int) -> str:
    """`1 day`, `3 days`."""
    return f"{count} day{'' if count == 1 else 's'}"


def _bounds(dose: Range | None, daily: Range | None, frequency: Times | None) -> str:
    parts = [f"{dose} at one time"] if dose is not None else []
    parts += [f"{daily} a day"] if daily is not None else []
    parts += [f"given {frequency}"] if frequency is not None else []
    return ", ".join(parts).replace("exactly ", "")


@dataclass(frozen=True, slots=True)
class Times:
    """How many administrations a day, or in a cycle of so many days, both included; `prefer` is the number that the
    source prefers, if any."""

    at_least: int
    at_most: int
    prefer: int | None = None
    cycle: int = 1

    def __contains__(self, frequency: int) -> bool:
        return self.at_least <= frequency <= self.at_most

    def __str__(self) -> str:
        if self.cycle > 1:
            often = "once" if self.at_least == self.at_most == 1 else f"{self.at_least} to {self.at_most} times"
            return f"{often} {every(self.cycle)}".replace("once once", "once")
        if self.at_least == self.at_most:
            return times_a_day(self.at_least)
        least = times_a_day(self.at_least).removesuffix(" a day").removesuffix(" times")
        return f"{least} to {times_a_day(self.at_most)}"


@dataclass(frozen=True, slots=True)
class By:
    """The largest change in one go, included: an amount, or a percentage of the dose before (`current`) or of the
    dose on which the phase began (`original`). `at_most` is `None` where the source is silent.

    `exactly`: a dose (or the daily dose) that changes, changes by just so much; only rises are bounded so. `at_least`
    is the smaller end of a range in print, which binds nothing; `how` is the arithmetic behind an amount, if any.
    """

    at_most: Quantity | None
    per: Per = "dose"
    of: Literal["current", "original"] = "current"
    exactly: bool = False
    at_least: Quantity | None = None
    how: str | None = None

    def in_words(self, verb: str) -> str:
        """`a dose falls by at most 10 % of the current one (the source names 5 to 10 %)`; `verb` is how it goes."""
        share = "" if self.at_most is None or self.at_most.unit != "%" else f" of the {self.of} one"
        bound = f"by {'exactly' if self.exactly else 'at most'} {self.at_most}{share}"
        beside = [] if self.at_least is None else [f"the source names {self.at_least.number} to {self.at_most}"]
        beside += [] if self.how is None else [self.how]
        told = f" ({'; '.join(beside)})" if beside else ""
        return f"{'the daily dose' if self.per == 'day' else 'a dose'} {verb} {bound}{told}"


@dataclass(frozen=True, slots=True)
class Change:
    """How large a change may be and how many days the dose before has to be kept (`every`; `None`: silent).

    `longest` is the longer end of a range of intervals in print, which binds nothing.

    It applies to a change that touches `band`, a range of daily doses: one end in it, or passing over it. A band in %
    is one of shares of the daily dose on which the phase began; only falls have such bands. With
    `within` it is a cap on all changes of the daily dose together: those that come into force on any so many days in
    a row (their days counted, first and last included), measured from the daily dose before them.
    """

    by: tuple[By, ...]
    every: int | None
    citation: Citation
    band: Range | None = None
    silent_every: bool = False
    within: int | None = None
    longest: int | None = None

    @property
    def by_original(self) -> bool:
        """Whether it matters on which day the phase began."""
        shares = self.band is not None and any(bound.unit == "%" for bound in self.band.bounds)
        return shares or any(by.of == "original" for by in self.by)

    def band_at(self, original: Quantity) -> Range | None:
        """The band as daily doses; `original` is the one on which the phase began."""
        if self.band is None or not any(bound.unit == "%" for bound in self.band.bounds):
            return self.band
        return self.band.map(lambda share: original * (share.amount / 100))

    @property
    def silent(self) -> bool:
        """Whether an amount or an interval is needed that neither the rule nor the prescriber gave."""
        return self.silent_every or any(by.at_most is None for by in self.by)

    def size(self, falling: bool) -> Fact | None:
        """How large one change may be, as a fact."""
        if not self.by:
            return None
        parts = [by.in_words("falls" if falling else "rises") for by in self.by]
        together = "" if self.within is None else f" within {in_days(self.within)}"
        return Fact(" and ".join(parts) + together + self._where(), self.citation)

    def stay(self) -> Fact | None:
        """How long the dose before has to be kept, as a fact."""
        if not self.every:
            return None
        longer = "" if self.longest is None else f" (the source names {self.every} to {in_days(self.longest)})"
        says = f"a dose is kept for at least {in_days(self.every)}{longer} before it changes{self._where()}"
        return Fact(says, self.citation)

    def _where(self) -> str:
        if self.band is None:
            return ""
        shares = any(bound.unit == "%" for bound in self.band.bounds)
        return f" where the daily dose is {self.band}{' of the original one' if shares else ''}"


@dataclass(frozen=True, slots=True)
class Start:
    """Where a titration may begin: bounds on each dose, on the daily dose and on the frequency, where given."""

    citation: Citation
    dose: Range | None = None
    daily: Range | None = None
    frequency: Times | None = None
    how: str | None = None

    def fact(self) -> Fact:
        """Where a titration begins, as a fact."""
        how = f" ({self.how})" if self.how else ""
        return Fact(f"the first regimen is {_bounds(self.dose, self.daily, self.frequency)}{how}", self.citation)


@dataclass(frozen=True, slots=True)
class Maintenance:
    """What one may stay on: bounds on each dose, on the daily dose and on the frequency, where given."""

    citation: Citation
    dose: Range | None = None
    daily: Range | None = None
    frequency: Times | None = None
    how: str | None = None

    def fact(self) -> Fact:
        """What one may stay on, as a fact."""
        how = f" ({self.how})" if self.how else ""
        return Fact(f"the maintenance regimen is {_bounds(self.dose, self.daily, self.frequency)}{how}", self.citation)


@dataclass(frozen=True, slots=True)
class Maximum:
    """The largest dose and daily dose, included. Above a `warn` a schedule may go, but says so; above an `approval`
    only where what the source `asks` for was given, `approved_by` whom."""

    citation: Citation
    dose: Quantity | None = None
    daily: Quantity | None = None
    level: Literal["limit", "warn", "approval"] = "limit"
    how: str | None = None
    asks: str | None = None
    approved_by: str | None = None

    @property
    def bars(self) -> bool:
        """Whether no schedule may go above it."""
        return self.level == "limit" or (self.level == "approval" and self.approved_by is None)

    def amounts(self) -> str:
        """`20 mg at one time and 80 mg a day`, those that are bounded."""
        parts = [f"{self.dose} at one time"] if self.dose is not None else []
        parts += [f"{self.daily} a day"] if self.daily is not None else []
        return " and ".join(parts)

    def fact(self) -> Fact:
        """The bound as a fact."""
        without = f" without what the source asks for above it ({self.asks})" if self.level == "approval" else ""
        how = f" ({self.how})" if self.how else ""
        return Fact(f"the maximum{without} is {self.amounts()}{how}", self.citation)


@dataclass(frozen=True, slots=True)
class Frequency:
    """How many administrations a day are allowed, on days whose daily dose lies in `band` (`None`: on all)."""

    times: Times
    citation: Citation
    band: Range | None = None

    def allows(self, frequency: int, daily: Quantity, begun: int | None = None) -> bool:
        """Whether a day with so many administrations and that daily dose keeps to it.

        `begun` is the frequency with which a taper began: somebody who takes fewer doses a day than the rule's least
        goes on with that many, since a taper adds none.
        """
        if self.band is not None and daily not in self.band:
            return True
        least = self.times.at_least if begun is None else min(self.times.at_least, begun)
        return least <= frequency <= self.times.at_most

    def fact(self) -> Fact:
        """The bound as a fact."""
        where = "" if self.band is None else f" where the daily dose is {self.band}"
        return Fact(f"the drug is given {self.times}{where}", self.citation)


@dataclass(frozen=True, slots=True)
class Spacing:
    """The least hours between two doses, included; for days with `frequency` doses, or for all if that is `None`."""

    at_least: Quantity
    citation: Citation
    frequency: int | None = None

    def fact(self) -> Fact:
        """The bound as a fact."""
        where = "" if self.frequency is None else f" when it is taken {times_a_day(self.frequency)}"
        return Fact(f"two doses are at least {self.at_least} apart{where}", self.citation)


@dataclass(frozen=True, slots=True)
class TaperDuration:
    """The least number of days from the first day of a taper to the last dose, both included."""

    at_least: int
    citation: Citation

    def fact(self) -> Fact:
        """The bound as a fact."""
        return Fact(f"a taper takes at least {in_days(self.at_least)}", self.citation)


@dataclass(frozen=True, slots=True)
class LastStep:
    """The largest daily dose, included, from which the drug may be stopped."""

    daily: Quantity
    citation: Citation

    def fact(self) -> Fact:
        """The bound as a fact."""
        return Fact(f"the last dose before stopping is at most {self.daily} a day", self.citation)
