"""What a rule file says about people and not about sizes: what a person confirms, when somebody looks again, doses that
were missed, a restart, a second medicine.

None of it is judged by the program: it is shown where it belongs, with its source.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from titrate.days import Duration
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.ruleformat.value import Amount, Amounts, Cited, RangeTable, Table
from titrate.ruleformat.when import When

_TIMES = {"min", "hours", "day", "weeks"}


def _of_time(*values: Quantity | RangeTable | None) -> None:
    """Raises `ValueError` for what is no time."""
    for value in values:
        for bound in value.range().bounds if isinstance(value, RangeTable) else (value,):
            if bound is not None and (bound.unit not in _TIMES or bound.amount <= 0):
                raise ValueError(f'"{bound}" is no time; write it in min, hours, days or weeks')


class GateTable(Cited):
    """Something that a person confirms before a step: a laboratory value, a pulse, a response. It is shown on the step
    with an empty box, and never evaluated."""

    before: Literal["start", "each rise", "taper", "each fall", "dose"]
    """The step that it belongs to; taper: the first fall; dose: the first one whose daily dose lies in `band`."""
    band: RangeTable | None = None
    """For dose: the daily doses before which it is confirmed."""
    says: str = Field(min_length=1)
    """What is confirmed, as a clause in our own words, with the value that the source names."""
    when: When | None = None
    """Only for these patients; left out: for all."""

    @model_validator(mode="after")
    def _banded(self) -> GateTable:
        if (self.before == "dose") != (self.band is not None):
            raise ValueError('before = "dose", and only that, needs a band; write for example band = { above = "..." }')
        return self


class LookTable(Cited):
    """A day on which somebody decides whether it goes on. It stands on the schedule and in the calendar."""

    after: Duration
    """How long after the day that `since` names, in days or weeks."""
    until: Duration | None = None
    """The longer end, where the source prints a range."""
    since: Literal["start", "target", "maximum"]
    """From which day it counts: the first one, the first at the target, the first at the largest daily dose."""
    says: str = Field(min_length=1)
    """What is decided then, as a clause in our own words."""

    @model_validator(mode="after")
    def _ordered(self) -> LookTable:
        if self.until is not None and self.until.days < self.after.days:
            raise ValueError(f"until ({self.until}) is before after ({self.after})")
        _ = self.after.days
        return self


class MissedTable(Cited):
    """What to do about a missed dose, in one case. Cases that the tables leave open stay open, and are said."""

    before_next: Amounts | None = None
    """Only where the next dose is this far away: a time, or a range of them."""
    after_due: Amounts | None = None
    """Only where the missed dose was due this long ago: a time, or a range of them."""
    in_a_row: int | None = Field(default=None, ge=1)
    """Only where at least so many doses in a row were missed."""
    do: Literal["take", "skip", "ask", "restart"]
    """take it when it is remembered; skip it and go on as usual; ask the prescriber; restart it at a low dose."""
    spacing: Amount | None = None
    """For take: the shortest time then to the next dose."""
    when: When | None = None
    """Only for these patients; left out: for all."""

    @model_validator(mode="after")
    def _sound(self) -> MissedTable:
        if self.spacing is not None and self.do != "take":
            raise ValueError(f'spacing ({self.spacing}) belongs to do = "take"')
        _of_time(self.before_next, self.after_due, self.spacing)
        return self


class RestartTable(Cited):
    """What happens after a time without the drug. `titrate revise` with missed or withheld days does what it says."""

    after: Amounts | None = None
    """How long the drug was not taken: a range of times since the last dose."""
    half_lives: int | None = Field(default=None, ge=1)
    """Instead: more than so many half-lives since the last dose."""
    half_life: Amount | None = None
    """For half-lives: the half-life, in hours; for other patients (`when`) give a table of their own."""
    silent: bool = False
    """true instead, where the source names an interruption and no number for it."""
    to: Literal["start", "ask"]
    """start: begin again as at first, whether faster or not; ask: the prescriber says how to go on."""
    says: str | None = None
    """What the source adds, as a clause in our own words: that one may go up faster, or with how low a dose."""
    when: When | None = None
    """Only for these patients; left out: for all."""

    @model_validator(mode="after")
    def _spoken(self) -> RestartTable:
        if sum((self.after is not None, self.half_lives is not None, self.silent)) != 1:
            raise ValueError("give one of after, half-lives or silent = true")
        if (self.half_lives is None) != (self.half_life is None):
            raise ValueError("half-lives and half-life belong together")
        _of_time(self.after, self.half_life)
        return self


class LinkedTable(Cited):
    """A second medicine that changes with this one. It is advice with numbers: shown, and never planned."""

    medicine: str = Field(min_length=1)
    """The second medicine."""
    by: Amounts | None = None
    """By how much it changes at a time: an amount, a share in %, or a range of them."""
    wait: Amount | None = None
    """How long to wait between the two."""
    silent: bool = False
    """true instead of by and wait, where the source names no number."""
    says: str = Field(min_length=1)
    """What happens to it and when, as a clause in our own words."""

    @model_validator(mode="after")
    def _spoken(self) -> LinkedTable:
        if (self.by is None and self.wait is None) != self.silent:
            raise ValueError("give by or wait, or silent = true where the source names no number")
        _of_time(self.wait)
        return self


class SupplementTable(Cited):
    """A dose besides the schedule, such as after dialysis. It is advice with a number: shown, and never planned."""

    dose: Amounts
    """The dose: an amount or a range."""
    after: str = Field(min_length=1)
    """After what it is given, in words such as "each dialysis"."""
    when: When | None = None
    """Only for these patients; left out: for all."""


def _regimen(text: str) -> str:
    Pattern.parse(text)
    return text


RegimenText = Annotated[str, AfterValidator(_regimen)]


class PairTable(Table):
    """One row of a conversion: what was taken, and what is taken instead."""

    from_: RegimenText = Field(alias="from")
    """The regimen before, as one types it."""
    to: RegimenText
    """The regimen instead, as one types it."""


class ConversionTable(Cited):
    """How one form is changed for another. It is data for people: `titrate rules show` prints it."""

    name: str = Field(min_length=1)
    """From which form to which, unique in the file."""
    one_way: bool
    """true where the source gives it for this direction only."""
    pairs: tuple[PairTable, ...] = Field(min_length=1)
    """The rows: a regimen before and the one instead."""
