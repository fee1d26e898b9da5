"""The shape of a rule file: pydantic models of its tables. Unknown keys are refused, everything is frozen.

Amounts are text with a unit, so that no number is ever without one. A table with numbers carries its
citation. Where the source gives no number, the table says `silent = true` instead of leaving it out.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from titrate.days import Duration, parse_time
from titrate.limit import Per
from titrate.product import Form
from titrate.quantity import Quantity, Range
from titrate.regimen import Slot
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


def _several(value: Any) -> Any:
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


class ChangeTable(Cited):
    """An increase or decrease, for the daily doses of `band` or for all."""

    by: Annotated[tuple[ByTable, ...], BeforeValidator(_several), Field(min_length=1)]
    every: EveryTable
    band: RangeTable | None = None


class ResponseTable(Table):
    """A start that follows from an earlier response: a multiple of the screening dose that worked."""

    times: int = Field(ge=1)
    times_after_long_effect: int = Field(ge=1)
    long_effect: RangeTable
    doses: tuple[Amount, ...] = Field(min_length=1)


class StartTable(Cited):
    """The first regimen."""

    dose: Amounts | None = None
    daily: Amounts | None = None
    frequency: TimesADay | None = None
    response: ResponseTable | None = None

    @model_validator(mode="after")
    def _spoken(self) -> StartTable:
        if self.dose is None and self.daily is None and self.response is None:
            raise ValueError("a start needs dose, daily or response")
        return self


class MaintenanceTable(Cited):
    """What one may stay on."""

    dose: Amounts | None = None
    daily: Amounts | None = None
    frequency: TimesADay | None = None

    @model_validator(mode="after")
    def _spoken(self) -> MaintenanceTable:
        if self.dose is None and self.daily is None:
            raise ValueError("a maintenance range needs dose or daily")
        return self


class MaximumTable(Cited):
    """The largest dose, daily dose, or both. `level = "warn"`: allowed, but said on the schedule."""

    dose: Amount | None = None
    daily: Amount | None = None
    level: Literal["limit", "warn"] = "limit"

    @model_validator(mode="after")
    def _spoken(self) -> MaximumTable:
        if self.dose is None and self.daily is None:
            raise ValueError("a maximum needs dose, daily or both")
        return self


class FrequencyTable(Cited):
    """How many administrations a day are allowed, on days whose daily dose lies in `band` or on all."""

    times: TimesADay
    band: RangeTable | None = None


class SpacingTable(Cited):
    """The least time between two doses, in hours."""

    at_least: Amount
    frequency: int | None = Field(default=None, ge=1, le=24)


class DurationTable(Cited):
    """The least length of a taper, first day to last dose."""

    at_least: Duration

    @model_validator(mode="after")
    def _fixed(self) -> DurationTable:
        _ = self.at_least.days
        return self


class LastTable(Cited):
    """The largest daily dose from which the drug may be stopped."""

    daily: Amount


class TaperTable(Table):
    """Falling. In a scope, a part that is left out stays as it is in the rule."""

    decrease: Annotated[tuple[ChangeTable, ...], BeforeValidator(_several)] = ()
    duration: DurationTable | None = None
    last: LastTable | None = None
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(_several)] = ()


class When(Table):
    """For whom: every condition has to hold."""

    age: RangeTable | None = None
    weight: RangeTable | None = None
    creatinine_clearance: RangeTable | None = None
    egfr: RangeTable | None = None
    dialysis: bool | None = None
    taking: tuple[str, ...] | None = None
    setting: Literal["community", "hospital"] | None = None
    origin: str | None = None

    @model_validator(mode="after")
    def _spoken(self) -> When:
        if not self.model_fields_set:
            raise ValueError('say for whom; for example when = { age = { below = "18 years" } }')
        return self


class ProductTable(Cited):
    """One strength of one form. `divide` is how it may be divided; `measure` the smallest volume of a liquid.
    `when`: it is offered only to these patients, and not where that cannot be told; without it, to everybody."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")
    form: Form
    strength: Amount
    divide: Literal["no", "halves", "thirds", "quarters"] = "no"
    measure: Amount | None = None
    when: When | None = None

    @model_validator(mode="after")
    def _sound(self) -> ProductTable:
        if self.strength.amount <= 0:
            raise ValueError(f"a strength of {self.strength} makes no dose")
        if (self.form == "liquid") != (self.measure is not None):
            raise ValueError(
                'a liquid, and only a liquid, needs `measure`, the smallest volume that can be drawn up ("0.5 mL")'
            )
        if self.form == "liquid" and not self.strength.unit.endswith("/mL"):
            raise ValueError(
                f'the strength of a liquid is an amount per mL, for example "1 mg/mL", not "{self.strength}"'
            )
        if self.divide != "no" and self.form not in ("tablet",):
            raise ValueError(f"a {self.form} cannot be divided")
        return self


class EligibleTable(Cited):
    """Whom the rule is for. `says` completes "This rule is for ...", and is what a refusal prints."""

    when: When
    says: str = Field(min_length=1)


class ScopeTable(Cited):
    """What differs for some patients. A limit given here takes the place of the rule's own; where several scopes
    that fit give the same limit, all of theirs hold together. `refuse` refuses, `caution` is shown."""

    name: str = Field(min_length=1)
    when: When
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(_several)] = ()
    start: StartTable | None = None
    increase: Annotated[tuple[ChangeTable, ...], BeforeValidator(_several)] = ()
    maintenance: MaintenanceTable | None = None
    maximum: Annotated[tuple[MaximumTable, ...], BeforeValidator(_several)] = ()
    spacing: Annotated[tuple[SpacingTable, ...], BeforeValidator(_several)] = ()
    taper: TaperTable | None = None
    unsuitable: tuple[Form, ...] = ()
    refuse: str | None = None
    caution: str | None = None


Topic = Literal[
    "never stop suddenly", "missed dose", "food", "contraindication", "caution", "interaction", "side effect", "review",
    "kidneys", "older people", "children", "pregnancy", "switching", "pump", "stopping at once",
]  # fmt: skip


class AdviceTable(Cited):
    """Something to show with every schedule, in our own words. `with` names what an interaction is with."""

    topic: Topic
    says: str = Field(min_length=1)
    with_: tuple[str, ...] = Field(default=(), alias="with")


def _slot(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    name, _, at = text.rpartition(" ")
    if text == "continuous":
        return Slot("continuous", None)
    if not name:
        raise ValueError(f'"{text}" is no slot; write a name and a time, for example "morning 08:00"')
    return Slot(name, parse_time(at))


class SlotsTable(Cited):
    """The usual slots of a day, by the number of administrations."""

    day: dict[int, tuple[Annotated[Slot, BeforeValidator(_slot)], ...]] = Field(min_length=1)

    @model_validator(mode="after")
    def _counted(self) -> SlotsTable:
        for frequency, slots in self.day.items():
            if len(slots) != frequency:
                raise ValueError(f"{len(slots)} slots are given for {frequency} doses a day")
            clock = [slot.at for slot in slots if slot.at is not None]
            if clock != sorted(set(clock)):
                raise ValueError(f"the slots for {frequency} doses a day are not in the order of the clock")
        return self


class RuleFile(Table):
    """A whole rule file: one drug, route, indication and authority."""

    format: Literal[1]
    drug: str = Field(min_length=1)
    atc: str | None = None
    route: str = Field(min_length=1)
    indication: str = Field(min_length=1)
    region: str = Field(min_length=1)
    population: str = Field(min_length=1)
    status: Literal["draft", "reviewed"]
    unit: Literal["g", "mg", "micrograms", "mL", "units", "mmol"]
    sources: dict[str, SourceTable] = Field(min_length=1)
    eligible: Annotated[tuple[EligibleTable, ...], BeforeValidator(_several)] = ()
    products: tuple[ProductTable, ...] = Field(min_length=1)
    slots: SlotsTable
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(_several), Field(min_length=1)]
    start: StartTable
    increase: Annotated[tuple[ChangeTable, ...], BeforeValidator(_several), Field(min_length=1)]
    maintenance: MaintenanceTable
    maximum: Annotated[tuple[MaximumTable, ...], BeforeValidator(_several), Field(min_length=1)]
    spacing: Annotated[tuple[SpacingTable, ...], BeforeValidator(_several)] = ()
    taper: TaperTable
    scopes: tuple[ScopeTable, ...] = ()
    advice: tuple[AdviceTable, ...] = ()
