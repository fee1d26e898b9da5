"""The table of an explicit ladder in a rule file: a titration rung by rung, as its source prints it."""

from __future__ import annotations

import re

from pydantic import Field, model_validator

from titrate.days import Duration
from titrate.quantity import Quantity
from titrate.regimen import LONGEST_CYCLE
from titrate.rulevalue import Cited, EveryTable

_DOSE = re.compile(r"(?P<slot>\S.*?) (?P<dose>[\d.]+ ?[^\d\s,]+)", re.ASCII)


class RungTable(Cited):
    """One rung of a ladder. The rungs follow each other as they stand; none is left out on the way up."""

    take: str = Field(json_schema_extra={"pattern": r"^[^,\d]+ [\d.]+ ?[^\d\s,]+(, [^,\d]+ [\d.]+ ?[^\d\s,]+)*$"})
    """The doses of a day, each after the name of its slot, with commas between them."""
    cycle: Duration | None = None
    """Only where it is not taken every day: how many days or weeks later it is taken again."""
    keep: EveryTable | None = None
    """How long it is kept before the next rung; left out only on the last one."""

    @model_validator(mode="after")
    def _sound(self) -> RungTable:
        if self.cycle is not None and not 2 <= self.cycle.days <= LONGEST_CYCLE:
            says = f"it is 2 to {LONGEST_CYCLE} days, and left out for every day"
            raise ValueError(f"a cycle of {self.cycle} cannot be; {says}")
        _ = self.doses
        return self

    @property
    def doses(self) -> tuple[tuple[str, Quantity], ...]:
        """Each slot with its dose. Raises `ValueError` for text that is neither."""
        found = []
        for part in self.take.split(", "):
            match = _DOSE.fullmatch(part.strip())
            if match is None:
                raise ValueError(f'"{part}" is no slot and its dose; write for example "evening 25 mg"')
            found.append((match["slot"], Quantity.parse(match["dose"])))
        return tuple(found)
