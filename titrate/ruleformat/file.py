"""The shape of a rule file as a whole. Unknown keys are refused, everything is frozen.

A table with numbers carries its citation. The tables are in `limit`, `ladder` and `taper` (limits), `box` (products and
slots), `when` and `scope` (patients), `guide` (what people do), `pump` and `advice`; the values inside them in `value`.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from titrate.days import Duration
from titrate.regimen import LONGEST_CYCLE
from titrate.ruleformat.advice import AdviceTable
from titrate.ruleformat.box import ProductTable, SlotsTable
from titrate.ruleformat.guide import (
    ConversionTable,
    GateTable,
    LinkedTable,
    LookTable,
    MissedTable,
    RestartTable,
    SupplementTable,
)
from titrate.ruleformat.ladder import RungTable
from titrate.ruleformat.limit import (
    ChangeTable,
    FrequencyTable,
    MaintenanceTable,
    MaximumTable,
    SpacingTable,
    StartTable,
)
from titrate.ruleformat.pump import PumpTable
from titrate.ruleformat.scope import ScopeTable
from titrate.ruleformat.taper import TaperTable
from titrate.ruleformat.value import Cited, SourceTable, Table, several
from titrate.ruleformat.when import EligibleTable

# The tables that tell how a dose rises and where it may stay. They go together, since each bounds the others.
RISING = ("start", "increase", "maintenance", "maximum")


class RemoveTable(Cited):
    """Inherited parts that do not hold in a rule that extends another one, and who says so."""

    what: tuple[str, ...] = Field(min_length=1)
    """What does not hold any more: "spacing", "taper.last", "products.20mg", "scopes.NAME", "advice.food"."""


class RuleFile(Table):
    """A whole rule file: one drug, route, indication and authority.

    One that `extends` another gives what differs; the two are joined into a whole file.
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
    cycle: Duration | None = None
    """For a drug that is not taken every day: how many days or weeks later it is taken again."""
    needs: tuple[Literal["age", "weight", "creatinine-clearance", "egfr", "dialysis", "taking", "setting"], ...] = ()
    """The facts about a patient without which nothing is planned, since the rule decides by them."""
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
    start: StartTable | None = None
    """The first day. Left out beside a ladder, which begins with its first rung; and, with increase, maintenance and
    maximum, where the source is about tapering only."""
    increase: Annotated[tuple[ChangeTable, ...], BeforeValidator(several)] = ()
    """Going up; where there are several, all hold together. Beside a ladder: above its last rung. Left out where the
    source is about tapering only."""
    ladder: Annotated[tuple[RungTable, ...], BeforeValidator(several)] = ()
    """The way up rung by rung, where the source prints it so."""
    maintenance: MaintenanceTable | None = None
    """What one may stay on. Left out only where the source is about tapering only."""
    maximum: Annotated[tuple[MaximumTable, ...], BeforeValidator(several)] = ()
    """Never more than this. Left out only where the source is about tapering only."""
    spacing: Annotated[tuple[SpacingTable, ...], BeforeValidator(several)] = ()
    """The least time between two doses."""
    taper: TaperTable
    """Going down."""
    gates: tuple[GateTable, ...] = ()
    """What a person confirms before a step."""
    looks: tuple[LookTable, ...] = ()
    """When somebody decides whether it goes on."""
    missed: tuple[MissedTable, ...] = ()
    """What to do about a missed dose, case by case."""
    restart: tuple[RestartTable, ...] = ()
    """What happens after a time without the drug."""
    linked: tuple[LinkedTable, ...] = ()
    """A second medicine that changes with this one."""
    supplement: tuple[SupplementTable, ...] = ()
    """A dose besides the schedule, such as after dialysis."""
    pump: tuple[PumpTable, ...] = ()
    """What sources say of the pumps that the drug is given by."""
    conversions: tuple[ConversionTable, ...] = ()
    """How one form is changed for another."""
    scopes: tuple[ScopeTable, ...] = ()
    """What differs for some patients: by age, weight, kidneys, other medicines, setting."""
    advice: tuple[AdviceTable, ...] = ()
    """What is shown with every schedule, in our own words."""

    @model_validator(mode="after")
    def _sound(self) -> RuleFile:
        if self.cycle is not None and not 2 <= self.cycle.days <= LONGEST_CYCLE:
            raise ValueError(f"a cycle of {self.cycle} cannot be; it is 2 to {LONGEST_CYCLE} days")
        return self
