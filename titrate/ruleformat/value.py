"""The values inside the tables of a rule file: citations, ranges, doses a day, sizes and intervals of a change.

Amounts are text with a unit, so that no number is ever without one. Where the source gives no number, a value says
`silent = true` instead of being left out.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from titrate.days import Duration
from titrate.limit import Per
from titrate.quantity import Quantity
from titrate.rulederived import Bounded, Sized
from titrate.scale import Scale
from titrate.source import Basis


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Table(BaseModel):
    """A table of a rule file: frozen, keys in kebab-case, unknown keys forbidden.

    The text below a field is what an editor, `titrate rules new` and `titrate rules check` say about it
    (`ruleformat.shape.described`). Validators are built when a file is read, for the whole of it at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_kebab, defer_build=True)


def _written(value: Any) -> Any:
    """An amount has to be text. A bare number has no unit, and a decimal one is not exact either."""
    if isinstance(value, str | Quantity):
        return value
    raise ValueError(f'{shown(value)} is no amount; write it as text with its unit, such as "5 mg"')


def _scale(value: Any) -> Any:
    if isinstance(value, str | Scale):
        return value
    raise ValueError(f'{shown(value)} is no measure; write it as text, such as "0.1 mL up to 1 mL, 0.5 mL above"')


def _range(value: Any) -> Any:
    if isinstance(value, dict | RangeTable):
        return value
    if isinstance(value, str):
        return {"at-least": value, "at-most": value}
    raise ValueError(
        f'{shown(value)} is neither an amount nor a range; write text with its unit, such as "5 mg", '
        'or { at-least = "10 mg", at-most = "20 mg" }'
    )


def _times(value: Any) -> Any:
    if isinstance(value, dict | TimesTable):
        return value
    if isinstance(value, int) and not isinstance(value, bool):
        return {"at-least": value, "at-most": value}
    raise ValueError(
        f"{shown(value)} is no number of doses a day; write a whole one, such as 3, or {{ at-least = 3, at-most = 4 }}"
    )


def shown(value: Any) -> str:
    """A value as it may stand in a message: as TOML writes it, and short."""
    if isinstance(value, bool):
        return str(value).lower()
    return f'"{value[:60]}"' if isinstance(value, str) else str(value)[:60]


def weighed(cap: Quantity | None, *bounds: Quantity | None) -> None:
    """Raises `ValueError` for a cap on bounds of which none is counted by weight."""
    if cap is not None and not any(bound is not None and "kg" in bound.unit.split("/")[1:] for bound in bounds):
        raise ValueError(f'cap ({cap}) bounds an amount by weight; write for example "0.3 mg/kg/day" beside it')


def several(value: Any) -> Any:
    """One table where a list of tables is also possible, as a list."""
    return [value] if isinstance(value, dict) else value


# What a rule file may write where a value is read out of it: said to editors (`ruleformat.schema`), checked above.
_AMOUNT = r"^\s*[+-]?(\d+(\.\d+)?|\.\d+)\s*[^\d\s.,+-].*$"
AmountText = Annotated[str, Field(pattern=_AMOUNT)]
Amount = Annotated[Quantity, BeforeValidator(_written, json_schema_input_type=AmountText)]
_MEASURE = r"^\s*\d*\.?\d+ ?mL( up to \d*\.?\d+ ?mL, \d*\.?\d+ ?mL)*( above)?\s*$"
MeasureText = Annotated[str, Field(pattern=_MEASURE)]
Measure = Annotated[Scale, BeforeValidator(_scale, json_schema_input_type=MeasureText)]


class SourceTable(Table):
    """A document that the file cites."""

    title: str = Field(min_length=1)
    """The title, as the document names itself."""
    publisher: str = Field(min_length=1)
    """Who publishes it, or where it was read."""
    edition: str = Field(min_length=1)
    """Revision, date, DOI or set id; "read 2026" where a web page names none."""
    href: str = Field(min_length=1)
    """Its address, or the best that was recorded of it."""


class Cite(Table):
    """Where a number stands, when it was last read there, and how it stands to the source."""

    source: str
    """The name of one of the [sources.*] of the file."""
    at: str = Field(min_length=1)
    """The place in it: section, table, row."""
    checked: date
    """The day on which somebody last read it there: a date, without quotes."""
    basis: Basis = Field(default="stated", json_schema_extra={"enum": ["stated", "computed", "derived"]})
    """How the number stands to the source: stated (printed there), computed from what is printed, or derived."""
    how: str | None = None
    """For computed and derived: the arithmetic, or from what it follows and why that is safe."""

    @model_validator(mode="after")
    def _argued(self) -> Cite:
        if self.basis in ("computed", "derived") and not self.how:
            raise ValueError(
                f'basis = "{self.basis}" needs `how`: the arithmetic, or from what it follows and why that is safe'
            )
        if self.basis == "prescriber":
            raise ValueError('basis = "prescriber" belongs to a request; a rule file says silent = true')
        return self


class Also(Table):
    """What another source prints about the same thing, kept beside the number and never averaged into it."""

    says: str = Field(min_length=1)
    """What that source prints, as a clause in our own words."""
    cite: Cite
    """Where it prints that."""


class Cited(Table):
    """A table with numbers."""

    cite: Cite
    """Where the numbers of this table come from."""
    also: tuple[Also, ...] = ()
    """What other sources print about the same thing. It binds nothing and is never averaged."""


class RangeTable(Bounded, Table):
    """Bounds on a quantity; plain text stands for exactly that value."""

    at_least: Amount | None = None
    """The smallest value, included."""
    above: Amount | None = None
    """The values begin above this one, which is not included."""
    at_most: Amount | None = None
    """The largest value, included."""
    below: Amount | None = None
    """The values end below this one, which is not included."""

    @model_validator(mode="after")
    def _sound(self) -> RangeTable:
        if not self.range().bounds:
            raise ValueError('a range needs a bound; write for example { at-least = "10 mg", at-most = "20 mg" }')
        return self


Amounts = Annotated[RangeTable, BeforeValidator(_range, json_schema_input_type=AmountText | RangeTable)]


class TimesTable(Table):
    """Administrations per day, both included; a plain number stands for exactly that many.

    `prefer` is the number that the source prefers among them: equal schedules are told apart by it.
    """

    at_least: int = Field(ge=1, le=24)
    """The smallest number of doses a day, included."""
    at_most: int = Field(ge=1, le=24)
    """The largest number of doses a day, included."""
    prefer: int | None = None
    """The number that the source prefers among them."""

    @model_validator(mode="after")
    def _ordered(self) -> TimesTable:
        if self.at_most < self.at_least:
            raise ValueError(f"at-most ({self.at_most}) is less than at-least ({self.at_least})")
        if self.prefer is not None and not self.at_least <= self.prefer <= self.at_most:
            raise ValueError(
                f"prefer ({self.prefer}) is not between at-least ({self.at_least}) and at-most ({self.at_most})"
            )
        return self


_Number = Annotated[int, Field(ge=1, le=24)]
TimesADay = Annotated[TimesTable, BeforeValidator(_times, json_schema_input_type=_Number | TimesTable)]


class ByTable(Sized, Table):
    """How large one change may be. `per` also tells how a plain `--by` is read where the source is silent."""

    at_most: Amount | None = None
    """The largest change at once: an amount, or a share in %; "100 %" of a rise is at most a doubling."""
    exactly: Amount | None = None
    """Rises only, instead of at-most: what changes, changes by just that; "100 %" doubles it."""
    at_least: Amount | None = None
    """Beside at-most: the smaller end, where the source prints a range. It is shown and binds nothing."""
    silent: bool = False
    """true instead of at-most where the source gives no number: the request has to bring it."""
    per: Per = "dose"
    """What changes by that much: each dose, or the daily dose."""
    of: Literal["current", "original"] = "current"
    """Of what a share is taken: of the current dose, which is the one before the change, or of the original one of the
    phase."""
    cap: Amount | None = None
    """Of a change by weight: never more than this amount, whatever the weight."""

    @model_validator(mode="after")
    def _spoken(self) -> ByTable:
        if sum((self.at_most is not None, self.exactly is not None, self.silent)) != 1:
            if self.exactly is not None:
                raise ValueError("exactly stands alone; take out at-most and silent, which say something else")
            raise ValueError('give either at-most (for example "5 mg") or silent = true')
        most = self.most
        if most is not None and most.amount <= 0:
            raise ValueError(f"{'at-most' if self.exactly is None else 'exactly'} ({most}) allows no change at all")
        if self.at_least is not None and (
            self.at_most is None or self.at_least.unit != self.at_most.unit or self.at_least > self.at_most
        ):
            raise ValueError(
                f'at-least ({self.at_least}) is the smaller end of a range; write at-most = "10 %" beside it'
            )
        weighed(self.cap, most)
        return self


class EveryTable(Table):
    """How long the dose before has to be kept."""

    at_least: Duration | None = None
    """The shortest time, in days or weeks."""
    at_most: Duration | None = None
    """The longer end, where the source prints a range. It is shown; a slower pace is allowed, and said."""
    silent: bool = False
    """true instead of at-least where the source gives no number: the request has to bring it."""

    @model_validator(mode="after")
    def _spoken(self) -> EveryTable:
        if (self.at_least is None) != self.silent:
            raise ValueError('give either at-least (for example "3 days") or silent = true')
        if self.at_most is not None and (self.at_least is None or self.at_most.days < self.at_least.days):
            raise ValueError(
                f'at-most ({self.at_most}) is the longer end of a range; write at-least = "3 days" beside it'
            )
        if self.at_least is not None:
            _ = self.at_least.days
        return self
