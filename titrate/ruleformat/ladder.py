"""The table of an explicit ladder in a rule file: a way up or down rung by rung, as its source prints it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from titrate.days import Duration
from titrate.limit import in_days
from titrate.regimen import LONGEST_CYCLE
from titrate.rulederived import NOTHING, Taken
from titrate.ruleformat.value import Cited, EveryTable

_ONE = r"[^,;\d]+ [\d.]+ ?[^\d\s,;]+"
_DAY = rf"({NOTHING}|{_ONE}(, {_ONE})*)"


class RungTable(Taken, Cited):
    """One rung of a ladder. The rungs follow each other as they stand; none is left out on the way."""

    take: str = Field(json_schema_extra={"pattern": rf"^{_DAY}(; {_DAY})*$"})
    """The doses of a day, each after the name of its slot, with commas between them. On the way down also several days
    in turn, with semicolons between them, or "nothing" on one of them."""
    cycle: Duration | None = None
    """Only where it is not taken every day: how many days or weeks later it is taken again."""
    keep: EveryTable | None = None
    """How long it is kept before the next rung; left out only on the last one of a way up."""
    round: Literal["down"] | None = None
    """Of doses by weight, where the source rounds them: down to the largest dose that can be made."""

    @model_validator(mode="after")
    def _sound(self) -> RungTable:
        length = len(self.days) if self.cycle is None else self.cycle.days
        if self.cycle is not None and len(self.days) > 1:
            raise ValueError(f"a cycle of {self.cycle} and {len(self.days)} days in turn say two things; leave one out")
        if (length != 1 or self.cycle is not None) and not 2 <= length <= LONGEST_CYCLE:
            says = f"it is 2 to {LONGEST_CYCLE} days, and left out for every day"
            raise ValueError(f"a cycle of {self.cycle or in_days(length)} cannot be; {says}")
        if not self.doses:
            raise ValueError(f'"{self.take}" is no dose at all; the drug stops after the last rung by itself')
        if self.round is not None and not any("kg" in dose.unit.split("/")[1:] for dose in self.doses):
            raise ValueError('round belongs to doses by weight, such as "morning 0.15 mg/kg"')
        return self
