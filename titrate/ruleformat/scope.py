"""What differs for some patients: the scopes of a rule file."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field

from titrate.product import Form
from titrate.ruleformat.ladder import RungTable
from titrate.ruleformat.limit import (
    ChangeTable,
    FrequencyTable,
    MaintenanceTable,
    MaximumTable,
    SpacingTable,
    StartTable,
)
from titrate.ruleformat.taper import TaperTable
from titrate.ruleformat.value import Cited, several
from titrate.ruleformat.when import When


class ScopeTable(Cited):
    """What differs for some patients. A limit given here takes the place of the rule's own; where several scopes
    that fit give the same limit, all of theirs hold together. `refuse` refuses, `not-established` refuses until a
    prescriber takes it on, `caution` is shown."""

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
    ladder: Annotated[tuple[RungTable, ...], BeforeValidator(several)] = ()
    """For them: the way up rung by rung, in the place of any other one."""
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
    silent: tuple[Literal["start", "increase", "maintenance", "maximum", "frequency", "taper"], ...] = ()
    """What the source changes for them without a number: the rule's own limit holds, and their schedules say so."""
    not_established: str | None = None
    """A clause: what is not established for them. No schedule, unless somebody takes on the off-label use by name."""
    refuse: str | None = None
    """A clause that ends it: no schedule for them, because of this."""
    caution: str | None = None
    """A clause that is shown on their schedules."""
