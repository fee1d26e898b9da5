"""What is in the box and when it is taken: the products and the slots of a rule file."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from titrate.days import parse_time
from titrate.product import Form
from titrate.regimen import Slot
from titrate.ruleformat.value import Amount, Cited, Measure
from titrate.ruleformat.when import When


class ProductTable(Cited):
    """One strength of one form. `divide` is how it may be divided; `measure` the volumes of a liquid.
    `when`: it is offered only to these patients, and not where that cannot be told; without it, to everybody."""

    name: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9.+-]*$")
    """Short and unique, as it is typed after --products: "10mg"."""
    form: Form
    """What one takes."""
    strength: Amount
    """The amount in one piece; of a liquid per mL ("1 mg/mL"); of a pump the smallest step per day."""
    divide: Literal["no", "halves", "thirds", "quarters"] = "no"
    """How a tablet may be divided; left out: no."""
    measure: Measure | None = None
    """Liquids only: the volumes that can be drawn up. Left out: 0.1 mL up to 1 mL, 0.5 mL above."""
    when: When | None = None
    """Offered only to these patients, and not where that cannot be told; left out: to everybody."""

    @model_validator(mode="after")
    def _sound(self) -> ProductTable:
        if self.strength.amount <= 0:
            raise ValueError(f"a strength of {self.strength} makes no dose")
        if self.form != "liquid" and self.measure is not None:
            raise ValueError(f"a {self.form} is not measured; `measure` belongs to a liquid")
        if self.form == "liquid" and not self.strength.unit.endswith("/mL"):
            raise ValueError(
                f'the strength of a liquid is an amount per mL, for example "1 mg/mL", not "{self.strength}"'
            )
        if self.divide != "no" and self.form not in ("tablet",):
            raise ValueError(f"a {self.form} cannot be divided")
        return self


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
