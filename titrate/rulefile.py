"""The shape of a rule file: pydantic models of its tables. Unknown keys are refused, everything is frozen.

A table with numbers carries its citation.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from titrate.days import Duration, parse_time
from titrate.product import Form
from titrate.regimen import Slot
from titrate.rulevalue import (
    Amount,
    Amounts,
    ByTable,
    Cited,
    EveryTable,
    RangeTable,
    SourceTable,
    Table,
    TimesADay,
    several,
)


class ChangeTable(Cited):
    """An increase or decrease, for the daily doses of `band` or for all."""

    by: Annotated[tuple[ByTable, ...], BeforeValidator(several), Field(min_length=1)]
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

    decrease: Annotated[tuple[ChangeTable, ...], BeforeValidator(several)] = ()
    duration: DurationTable | None = None
    last: LastTable | None = None
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(several)] = ()


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
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(several)] = ()
    start: StartTable | None = None
    increase: Annotated[tuple[ChangeTable, ...], BeforeValidator(several)] = ()
    maintenance: MaintenanceTable | None = None
    maximum: Annotated[tuple[MaximumTable, ...], BeforeValidator(several)] = ()
    spacing: Annotated[tuple[SpacingTable, ...], BeforeValidator(several)] = ()
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
    eligible: Annotated[tuple[EligibleTable, ...], BeforeValidator(several)] = ()
    products: tuple[ProductTable, ...] = Field(min_length=1)
    slots: SlotsTable
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(several), Field(min_length=1)]
    start: StartTable
    increase: Annotated[tuple[ChangeTable, ...], BeforeValidator(several), Field(min_length=1)]
    maintenance: MaintenanceTable
    maximum: Annotated[tuple[MaximumTable, ...], BeforeValidator(several), Field(min_length=1)]
    spacing: Annotated[tuple[SpacingTable, ...], BeforeValidator(several)] = ()
    taper: TaperTable
    scopes: tuple[ScopeTable, ...] = ()
    advice: tuple[AdviceTable, ...] = ()
