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
    """How large one change may be; where there are several, all hold together."""
    every: EveryTable
    """How long the dose before is kept."""
    band: RangeTable | None = None
    """Only where the daily dose before or after, or one in between, lies in it."""


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
    frequency: TimesADay | None = None
    """How many doses on the first day."""
    response: ResponseTable | None = None
    """A start that follows from a test dose."""

    @model_validator(mode="after")
    def _spoken(self) -> StartTable:
        if self.dose is None and self.daily is None and self.response is None:
            raise ValueError("a start needs dose, daily or response")
        return self


class MaintenanceTable(Cited):
    """What one may stay on."""

    dose: Amounts | None = None
    """One dose while staying: an amount or a range."""
    daily: Amounts | None = None
    """The daily dose while staying: an amount or a range."""
    frequency: TimesADay | None = None
    """How many doses a day while staying."""

    @model_validator(mode="after")
    def _spoken(self) -> MaintenanceTable:
        if self.dose is None and self.daily is None:
            raise ValueError("a maintenance range needs dose or daily")
        return self


class MaximumTable(Cited):
    """The largest dose, daily dose, or both. `level = "warn"`: allowed, but said on the schedule."""

    dose: Amount | None = None
    """The largest single dose."""
    daily: Amount | None = None
    """The largest daily dose."""
    level: Literal["limit", "warn"] = "limit"
    """limit (left out: this) is never passed; warn may be passed, and the schedule says so."""

    @model_validator(mode="after")
    def _spoken(self) -> MaximumTable:
        if self.dose is None and self.daily is None:
            raise ValueError("a maximum needs dose, daily or both")
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


class DurationTable(Cited):
    """The least length of a taper, first day to last dose."""

    at_least: Duration
    """The shortest taper from its first day to the last dose, in days or weeks."""

    @model_validator(mode="after")
    def _fixed(self) -> DurationTable:
        _ = self.at_least.days
        return self


class LastTable(Cited):
    """The largest daily dose from which the drug may be stopped."""

    daily: Amount
    """The largest daily dose from which one may stop altogether."""


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


class When(Table):
    """For whom: every condition has to hold."""

    age: RangeTable | None = None
    """A range of ages, in years or months."""
    weight: RangeTable | None = None
    """A range of body weights, in kg."""
    creatinine_clearance: RangeTable | None = None
    """A range of creatinine clearances, in mL/min. Never stands in for eGFR."""
    egfr: RangeTable | None = None
    """A range of eGFR, in mL/min/1.73 m2. Never stands in for the creatinine clearance."""
    dialysis: bool | None = None
    """Whether on dialysis: true or false."""
    taking: tuple[str, ...] | None = None
    """Other medicines, in small letters; one of them is enough."""
    setting: Literal["community", "hospital"] | None = None
    """Where the patient is treated."""
    origin: str | None = None
    """The origin of the condition, in one word such as "spinal"."""

    @model_validator(mode="after")
    def _spoken(self) -> When:
        if not self.model_fields_set:
            raise ValueError('say for whom; for example when = { age = { below = "18 years" } }')
        return self


class ProductTable(Cited):
    """One strength of one form. `divide` is how it may be divided; `measure` the smallest volume of a liquid.
    `when`: it is offered only to these patients, and not where that cannot be told; without it, to everybody."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")
    """Short and unique, as it is typed after --products: "10mg"."""
    form: Form
    """What one takes."""
    strength: Amount
    """The amount in one piece; of a liquid per mL ("1 mg/mL"); of a pump the smallest step per day."""
    divide: Literal["no", "halves", "thirds", "quarters"] = "no"
    """How a tablet may be divided; left out: no."""
    measure: Amount | None = None
    """Liquids only: the smallest volume that can be drawn up, in mL."""
    when: When | None = None
    """Offered only to these patients, and not where that cannot be told; left out: to everybody."""

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
    """The patients whom the rule is for."""
    says: str = Field(min_length=1)
    """Completes "This rule is for ..."; a refusal prints it."""


class ScopeTable(Cited):
    """What differs for some patients. A limit given here takes the place of the rule's own; where several scopes
    that fit give the same limit, all of theirs hold together. `refuse` refuses, `caution` is shown."""

    name: str = Field(min_length=1)
    """What to call these patients, unique in the file."""
    when: When
    """The patients for whom it holds."""
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(several)] = ()
    """For them: doses a day."""
    start: StartTable | None = None
    """For them: the first day."""
    increase: Annotated[tuple[ChangeTable, ...], BeforeValidator(several)] = ()
    """For them: going up."""
    maintenance: MaintenanceTable | None = None
    """For them: what one may stay on."""
    maximum: Annotated[tuple[MaximumTable, ...], BeforeValidator(several)] = ()
    """For them: never more."""
    spacing: Annotated[tuple[SpacingTable, ...], BeforeValidator(several)] = ()
    """For them: hours between two doses."""
    taper: TaperTable | None = None
    """For them: going down. A part that is left out stays as it is in the rule."""
    unsuitable: tuple[Form, ...] = ()
    """Forms that these patients cannot have."""
    refuse: str | None = None
    """A clause that ends it: no schedule for them, because of this."""
    caution: str | None = None
    """A clause that is shown on their schedules."""


Topic = Literal[
    "never stop suddenly", "missed dose", "food", "contraindication", "caution", "interaction", "side effect", "review",
    "kidneys", "older people", "children", "pregnancy", "switching", "pump", "stopping at once",
]  # fmt: skip


class AdviceTable(Cited):
    """Something to show with every schedule, in our own words. `with` names what an interaction is with."""

    topic: Topic
    """What it is about."""
    says: str = Field(min_length=1)
    """One or two sentences in our own words."""
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """For an interaction: the words, in small letters, that match what the patient takes."""


def _slot(text: Any) -> Any:
    if not isinstance(text, str):
        return text
    name, _, at = text.rpartition(" ")
    if text == "continuous":
        return Slot("continuous", None)
    if not name:
        raise ValueError(f'"{text}" is no slot; write a name and a time, for example "morning 08:00"')
    return Slot(name, parse_time(at))


SlotText = Annotated[str, Field(pattern=r"^(continuous|.+ \d\d?:\d\d)$")]
SlotOfDay = Annotated[Slot, BeforeValidator(_slot, json_schema_input_type=SlotText)]


class SlotsTable(Cited):
    """The usual slots of a day, by the number of administrations."""

    day: dict[int, tuple[SlotOfDay, ...]] = Field(min_length=1)
    """The usual times for each number of doses a day that the rule allows: 2 = ["morning 08:00", "evening 20:00"]."""

    @model_validator(mode="after")
    def _counted(self) -> SlotsTable:
        for frequency, slots in self.day.items():
            if len(slots) != frequency:
                raise ValueError(f"{len(slots)} slots are given for {frequency} doses a day")
            clock = [slot.at for slot in slots if slot.at is not None]
            if clock != sorted(set(clock)):
                raise ValueError(f"the slots for {frequency} doses a day are not in the order of the clock")
        return self


class RemoveTable(Cited):
    """Inherited parts that do not hold in a rule that extends another one, and who says so."""

    what: tuple[str, ...] = Field(min_length=1)
    """What does not hold any more: "spacing", "taper.last", "products.20mg", "scopes.NAME", "advice.food"."""


class RuleFile(Table):
    """A whole rule file: one drug, route, indication and authority.

    One that `extends` another gives what differs; `titrate.inherit` makes a whole file of both.
    """

    format: Literal[1]
    """The version of this format: 1."""
    extends: str | None = Field(default=None, min_length=1)
    """The id of the rule that this one changes. What the file does not give is inherited from there."""
    base_sha256: str | None = Field(default=None, pattern=r"^[0-9a-f]{12,64}$")
    """The hash of the rule that is extended, 12 digits or more: another edition of it is then refused."""
    drug: str = Field(min_length=1)
    """The name of the drug, in small letters."""
    atc: str | None = None
    """Its ATC code."""
    route: str = Field(min_length=1)
    """How it is given: oral, intrathecal ..."""
    indication: str = Field(min_length=1)
    """What it is given for."""
    region: str = Field(min_length=1)
    """Whose label or protocol it is: US, UK, the name of a clinic ..."""
    population: str = Field(min_length=1)
    """For whom, in words for people."""
    status: Literal["draft", "reviewed"]
    """draft, until a clinician has put their name to it; then reviewed."""
    unit: Literal["g", "mg", "micrograms", "mL", "units", "mmol"]
    """The unit in which every dose of the file is counted."""
    remove: Annotated[tuple[RemoveTable, ...], BeforeValidator(several)] = ()
    """What an extended rule no longer says, with the reason."""
    sources: dict[str, SourceTable] = Field(min_length=1)
    """The documents that are cited: a table [sources.NAME] for each."""
    eligible: Annotated[tuple[EligibleTable, ...], BeforeValidator(several)] = ()
    """Whom the rule is for. A patient is refused only if the fact was given and does not fit."""
    products: tuple[ProductTable, ...] = Field(min_length=1)
    """What is in the box: every strength with its score line. No dose is ever rounded to fit."""
    slots: SlotsTable
    """The usual hours."""
    frequency: Annotated[tuple[FrequencyTable, ...], BeforeValidator(several), Field(min_length=1)]
    """Doses a day."""
    start: StartTable
    """The first day."""
    increase: Annotated[tuple[ChangeTable, ...], BeforeValidator(several), Field(min_length=1)]
    """Going up; where there are several, all hold together."""
    maintenance: MaintenanceTable
    """What one may stay on."""
    maximum: Annotated[tuple[MaximumTable, ...], BeforeValidator(several), Field(min_length=1)]
    """Never more than this."""
    spacing: Annotated[tuple[SpacingTable, ...], BeforeValidator(several)] = ()
    """The least time between two doses."""
    taper: TaperTable
    """Going down."""
    scopes: tuple[ScopeTable, ...] = ()
    """What differs for some patients: by age, weight, kidneys, other medicines, setting."""
    advice: tuple[AdviceTable, ...] = ()
    """What is shown with every schedule, in our own words."""
