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
from titrate.quantity import Quantity, Range
from titrate.source import Basis


def _kebab(name: str) -> str:
    return name.replace("_", "-")


class Table(BaseModel):
    """A table of a rule file: frozen, keys in kebab-case, unknown keys forbidden."""

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=_kebab)


def _written(value: Any) -> Any:
    """An amount has to be text. A bare number has no unit, and a decimal one is not exact either."""
    if isinstance(value, str | Quantity):
        return value
    raise ValueError(f'{shown(value)} is no amount; write it as text with its unit, such as "5 mg"')


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


def several(value: Any) -> Any:
    """One table where a list of tables is also possible, as a list."""
    return [value] if isinstance(value, dict) else value


Amount = Annotated[Quantity, BeforeValidator(_written)]


class SourceTable(Table):
    """A document that the file cites."""

    title: str = Field(min_length=1)
    publisher: str = Field(min_length=1)
    edition: str = Field(min_length=1)
    href: str = Field(min_length=1)


class Cite(Table):
    """Where a number stands, when it was last read there, and how it stands to the source."""

    source: str
    at: str = Field(min_length=1)
    checked: date
    basis: Basis = "stated"
    how: str | None = None

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
    cite: Cite


class Cited(Table):
    """A table with numbers."""

    cite: Cite
    also: tuple[Also, ...] = ()


class RangeTable(Table):
    """Bounds on a quantity; plain text stands for exactly that value."""

    at_least: Amount | None = None
    above: Amount | None = None
    at_most: Amount | None = None
    below: Amount | None = None

    @model_validator(mode="after")
    def _sound(self) -> RangeTable:
        if not self.range().bounds:
            raise ValueError('a range needs a bound; write for example { at-least = "10 mg", at-most = "20 mg" }')
        return self

    def range(self) -> Range:
        """The bounds as a plain value. Raises `ValueError` for unlike units and empty ranges."""
        return Range(self.at_least, self.above, self.at_most, self.below)


Amounts = Annotated[RangeTable, BeforeValidator(_range)]


class TimesTable(Table):
    """Administrations per day, both included; a plain number stands for exactly that many.

    `prefer` is the number that the source prefers among them: equal schedules are told apart by it.
    """

    at_least: int = Field(ge=1, le=24)
    at_most: int = Field(ge=1, le=24)
    prefer: int | None = None

    @model_validator(mode="after")
    def _ordered(self) -> TimesTable:
        if self.at_most < self.at_least:
            raise ValueError(f"at-most ({self.at_most}) is less than at-least ({self.at_least})")
        if self.prefer is not None and not self.at_least <= self.prefer <= self.at_most:
            raise ValueError(
                f"prefer ({self.prefer}) is not between at-least ({self.at_least}) and at-most ({self.at_most})"
            )
        return self


TimesADay = Annotated[TimesTable, BeforeValidator(_times)]


class ByTable(Table):
    """How large one change may be. `per` also tells how a plain `--by` is read where the source is silent."""

    at_most: Amount | None = None
    silent: bool = False
    per: Per = "dose"
    of: Literal["current", "original"] = "current"

    @model_validator(mode="after")
    def _spoken(self) -> ByTable:
        if (self.at_most is None) != self.silent:
            raise ValueError('give either at-most (for example "5 mg") or silent = true')
        if self.at_most is not None and self.at_most.amount <= 0:
            raise ValueError(f"at-most ({self.at_most}) allows no change at all")
        return self


class EveryTable(Table):
    """How long the dose before has to be kept."""

    at_least: Duration | None = None
    silent: bool = False

    @model_validator(mode="after")
    def _spoken(self) -> EveryTable:
        if (self.at_least is None) != self.silent:
            raise ValueError('give either at-least (for example "3 days") or silent = true')
        if self.at_least is not None:
            _ = self.at_least.days
        return self
