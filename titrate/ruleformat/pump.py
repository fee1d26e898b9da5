"""What sources say of a pump: what is in it, how much stays in it, and for how long the drug keeps."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from titrate.days import Duration
from titrate.quantity import Quantity
from titrate.ruleformat.value import Cited


class PumpTable(Cited):
    """One number about a pump. A request that names the pump takes it from here, with its source."""

    what: Literal["stability", "residual", "reservoir", "concentration"]
    """stability: for how long the drug keeps in it; residual: how much stays in it when it is filled again; reservoir:
    how much it holds; concentration: one that there is."""
    model: str | None = Field(default=None, min_length=1)
    """Of which pump it is told, by its name; left out: of every one."""
    value: str = Field(min_length=1)
    """The number with its unit: a time, a volume, or an amount in a volume."""

    @model_validator(mode="after")
    def _sound(self) -> PumpTable:
        if self.what == "stability":
            if Duration.parse(self.value).unit not in ("day", "week"):
                raise ValueError(f'"{self.value}" has no fixed length; write days or weeks')
            return self
        unit = Quantity.parse(self.value).unit
        if unit != "mL" and self.what != "concentration":
            raise ValueError(f'"{self.value}" is no volume; write mL')
        if not unit.endswith("/mL") and self.what == "concentration":
            raise ValueError(f'"{self.value}" is no amount per mL; write for example "500 micrograms/mL"')
        return self
