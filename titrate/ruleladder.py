"""The table of an explicit ladder in a rule file: a way up or down rung by rung, as its source prints it."""

from __future__ import annotations

import re
from typing import Literal

from pydantic import Field, model_validator

from titrate.days import Duration
from titrate.limit import in_days
from titrate.quantity import Quantity
from titrate.regimen import LONGEST_CYCLE
from titrate.rulevalue import Cited, EveryTable

_DOSE = re.compile(r"(?P<slot>\S.*?) (?P<dose>[\d.]+ ?[^\d\s,;]+)", re.ASCII)
_NOTHING = "nothing"
_ONE = r"[^,;\d]+ [\d.]+ ?[^\d\s,;]+"
_DAY = rf"({_NOTHING}|{_ONE}(, {_ONE})*)"

SlotDoses = tuple[tuple[str, Quantity], ...]


class RungTable(Cited):
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

    @property
    def days(self) -> tuple[SlotDoses, ...]:
        """The days that are named, in order, each with its slots and their doses. Raises `ValueError` for other
        text."""
        return tuple(() if day.strip() == _NOTHING else _day(day) for day in self.take.split(";"))

    @property
    def doses(self) -> tuple[Quantity, ...]:
        """All doses of the cycle in order."""
        return tuple(dose for day in self.days for _, dose in day)

    @property
    def on(self) -> tuple[int, ...]:
        """For each dose the day of the cycle on which it is taken, counted from 1."""
        return tuple(number for number, day in enumerate(self.days, 1) for _ in day)


def _day(text: str) -> SlotDoses:
    found = []
    for part in text.split(","):
        match = _DOSE.fullmatch(part.strip())
        if match is None:
            raise ValueError(f'"{part.strip()}" is no slot and its dose; write for example "evening 25 mg"')
        found.append((match["slot"], Quantity.parse(match["dose"])))
    return tuple(found)
