"""The tables of limits in a rule file: changes, start, maintenance, maximum, frequency, spacing."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from titrate.quantity import Quantity
from titrate.ruleformat.value import (
    Amount,
    Amounts,
    ByTable,
    Cited,
    EveryTable,
    RangeTable,
    Table,
    TimesADay,
    several,
    weighed,
)


def _ends(*ranges: RangeTable | None) -> tuple[Quantity, ...]:
    """All bounds of these ranges."""
    return tuple(bound for one in ranges if one is not None for bound in one.range().bounds)


class ChangeTable(Cited):
    """An increase or decrease, for the daily doses of `band` or for all."""

    by: Annotated[tuple[ByTable, ...], BeforeValidator(several), Field(min_length=1)]
    """How large one change may be; where there are several, all hold together."""
    every: EveryTable
    """How long the dose before is kept."""
    band: RangeTable | None = None
    """Only where the daily dose before or after, or one in between, lies in it. Of a taper it may be a range in %:
    shares of the daily dose on which the taper began."""


class ResponseTable(Table):
    """A start that follows from an earlier response: a multiple of the screening dose that worked."""

    times: int = Field(ge=1)
    """How many times the test dose that worked, over 24 hours."""
    times_after_long_effect: int = Field(ge=1)
    """How many times the test dose instead, if it worked for long."""
    long_effect: RangeTable
    """What long means: a range of hours."""
    doses: tuple[Amount, ...] = Field(min_length=1)
    """The test doses that there are."""


class StartTable(Cited):
    """The first regimen."""

    dose: Amounts | None = None
    """One dose on the first day: an amount or a range."""
    daily: Amounts | None = None
    """The daily dose on the first day: an amount or a range."""
    cap: Amount | None = None
    """Of a dose or daily dose by weight: never more than this amount, whatever the weight."""
    frequency: TimesADay | None = None
    """How many doses on the first day."""
    response: ResponseTable | None = None
    """A start that follows from a test dose."""
    silent: bool = False
    """true instead where the source gives no number: nobody is begun by this rule."""

    @model_validator(mode="after")
    def _spoken(self) -> StartTable:
        if (self.dose is None and self.daily is None and self.response is None) != self.silent:
            raise ValueError("a start needs dose, daily or response; or silent = true and none of them")
        weighed(self.cap, *_ends(self.dose, self.daily))
        return self


class MaintenanceTable(Cited):
    """What one may stay on."""

    dose: Amounts | None = None
    """One dose while staying: an amount or a range."""
    daily: Amounts | None = None
    """The daily dose while staying: an amount or a range."""
    cap: Amount | None = None
    """Of a dose or daily dose by weight: never more than this amount, whatever the weight."""
    frequency: TimesADay | None = None
    """How many doses a day while staying."""
    silent: bool = False
    """true instead of dose and daily where the source gives no number."""

    @model_validator(mode="after")
    def _spoken(self) -> MaintenanceTable:
        if (self.dose is None and self.daily is None) != self.silent:
            raise ValueError("a maintenance range needs dose or daily; or silent = true and none of them")
        weighed(self.cap, *_ends(self.dose, self.daily))
        return self


class MaximumTable(Cited):
    """The largest dose, daily dose, or both, and what happens above it."""

    dose: Amount | None = None
    """The largest single dose."""
    daily: Amount | None = None
    """The largest daily dose."""
    cap: Amount | None = None
    """Of a dose or daily dose by weight: never more than this amount, whatever the weight."""
    level: Literal["limit", "warn", "approval"] = "limit"
    """limit (left out: this) is never passed; warn may be passed, and the schedule says so; approval is passed only
    where the request names who gave what the source asks for."""
    asks: str | None = Field(default=None, pattern=r"^[^:\s][^:]*$")
    """For approval: what the source asks for, in a word or two without a colon, such as "second opinion"."""
    silent: bool = False
    """true instead of dose and daily where the source names no largest dose: what the prescriber asks for is the most,
    and the schedule says so."""

    @model_validator(mode="after")
    def _spoken(self) -> MaximumTable:
        if (self.dose is None and self.daily is None) != self.silent:
            raise ValueError("a maximum needs dose, daily or both; or silent = true and none of them")
        if self.silent and self.level != "limit":
            raise ValueError(f'silent and level = "{self.level}" say two things; leave the level out')
        if (self.level == "approval") != (self.asks is not None):
            raise ValueError(
                'level = "approval", and only that, needs asks: what the source asks for ("second opinion")'
            )
        weighed(self.cap, self.dose, self.daily)
        return self


class FrequencyTable(Cited):
    """How many administrations a day are allowed, on days whose daily dose lies in `band` or on all."""

    times: TimesADay
    """How many doses a day: a number, or a range of numbers."""
    band: RangeTable | None = None
    """Only on days with such a daily dose."""


class SpacingTable(Cited):
    """The least time between two doses, in hours."""

    at_least: Amount
    """The shortest time between two doses, in hours."""
    frequency: int | None = Field(default=None, ge=1, le=24)
    """Only on days with that many doses."""
