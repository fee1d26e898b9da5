"""The tables of a taper in a rule file: its decreases, its length, the dose from which one may stop."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, model_validator

from titrate.days import Duration
from titrate.ruleformat.ladder import RungTable
from titrate.ruleformat.limit import ChangeTable, FrequencyTable
from titrate.ruleformat.value import Amount, Cited, Table, several


class DurationTable(Cited):
    """The least length of a taper, first day to last dose."""

    at_least: Duration | None = None
    """The shortest taper from its first day to the last dose, in days or weeks."""
    silent: bool = False
    """true instead of at-least where the source gives no length."""

    @model_validator(mode="after")
    def _fixed(self) -> DurationTable:
        if (self.at_least is None) != self.silent:
            raise ValueError('give either at-least (for example "14 days") or silent = true')
        if self.at_least is not None:
            _ = self.at_least.days
        return self


class LastTable(Cited):
    """The largest daily dose from which the drug may be stopped."""

    daily: Amount | None = None
    """The largest daily dose from which one may stop altogether."""
    silent: bool = False
    """true instead of daily where the source names no such dose: the drug then falls to nothing like any other fall."""

    @model_validator(mode="after")
    def _spoken(self) -> LastTable:
        if (self.daily is None) != self.silent:
            raise ValueError('give either daily (for example "5 mg") or silent = true')
        return self


class RateTable(Cited):
    """The largest fall of the daily dose within any `within` days in a row, all falls on these days together.

    A percentage is of the daily dose before the first of these falls (`of = "current"`), or of the one on which the
    taper began (`of = "original"`).
    """

    at_most: Amount
    """The largest fall of the daily dose: an amount, or a share in %."""
    of: Literal["current", "original"] = "current"
    """Of what a share is taken: of the current daily dose, or of the original one of the taper."""
    within: Duration
    """The days in a row whose falls count together, in days or weeks."""

    @model_validator(mode="after")
    def _sound(self) -> RateTable:
        if self.at_most.amount <= 0:
            raise ValueError(f"at-most ({self.at_most}) allows no fall at all")
        _ = self.within.days
        return self


class TaperTable(Table):
    """Falling. In a scope, a part that is left out stays as it is in the rule."""

    decrease: Annotated[tuple[ChangeTable, ...], BeforeValidator(several)] = ()
    """How far and how fast a dose may fall."""
    rate: Annotated[tuple[RateTable, ...], BeforeValidator(several)] = ()
    """The largest fall within a span of days, all falls on these days together."""
    duration: DurationTable | None = None
    """The shortest taper; left out only where no source gives a length."""
    last: LastTable | None = None
    """The dose from which one may stop; left out only where no source gives one."""
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(several)] = ()
    """How many doses a day while falling; left out: as in [frequency]."""
    ladder: Annotated[tuple[RungTable, ...], BeforeValidator(several)] = ()
    """The way down rung by rung, to the dose after which the drug stops: fewer doses a day, doses every second day.
    Above the first rung decrease holds; without it, the ladder is the whole way down."""
