"""How finely a volume can be drawn up: the marks of a syringe."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from titrate import written
from titrate.frozen import dataclass
from titrate.quantity import Quantity, decimal

_STRETCH = re.compile(r"(?P<step>.+?)(?: (?:up )?to (?P<up_to>.+?))?(?: above)?", re.ASCII)
_EXAMPLE = 'write for example "0.5 mL" or "0.1 mL up to 1 mL, 0.5 mL above"'
_MOST = 5


@dataclass(frozen=True, slots=True)
class Stretch:
    """Volumes in mL `above` one volume (not included) and `up_to` another (included; `None`: no end), by `step`."""

    above: Fraction
    up_to: Fraction | None
    step: Fraction

    def __contains__(self, volume: Fraction) -> bool:
        inside = self.above < volume and (self.up_to is None or volume <= self.up_to)
        return inside and (volume / self.step).denominator == 1

    def first(self) -> Fraction:
        """The smallest volume of the stretch."""
        return (self.above // self.step + 1) * self.step


@dataclass(frozen=True, slots=True)
class Scale:
    """The volumes that can be drawn up: in each stretch the whole multiples of its step, counted from nothing."""

    stretches: tuple[Stretch, ...]

    @classmethod
    def parse(cls, text: str) -> Scale:
        """Read `"0.5 mL"`, or `"0.1 mL up to 1 mL, 0.5 mL above"`. Raises `ValueError` for anything else."""
        if not isinstance(text, str):
            raise ValueError(f"{text!r:.60} is no measure; {_EXAMPLE}")
        found: list[Stretch] = []
        parts = [part.strip() for part in text.split(",")]
        for index, part in enumerate(parts):
            match = _STRETCH.fullmatch(part)
            if match is None or len(parts) > _MOST or (match["up_to"] is None) != (index == len(parts) - 1):
                raise ValueError(f'"{text[:60]}" is no measure; {_EXAMPLE}')
            above = Fraction(0) if not found else found[-1].up_to or Fraction(0)
            up_to = None if match["up_to"] is None else _volume(match["up_to"], text)
            step = _volume(match["step"], text)
            if up_to is not None and (up_to <= above or (up_to / step).denominator != 1):
                says = f"{decimal(up_to)} mL is no mark of it"
                raise ValueError(f'"{text[:60]}" does not fit together: {says}; {_EXAMPLE}')
            found.append(Stretch(above, up_to, step))
        return cls(tuple(found))

    def __contains__(self, volume: Fraction) -> bool:
        """Whether that many mL can be drawn up exactly."""
        return any(volume in stretch for stretch in self.stretches)

    @property
    def finest(self) -> Fraction:
        """The smallest volume, in mL."""
        return self.stretches[0].step

    @property
    def steps(self) -> tuple[Fraction, ...]:
        """The step of each stretch, in mL."""
        return tuple(stretch.step for stretch in self.stretches)

    def runs(self, largest: Fraction) -> Iterator[tuple[Fraction, range]]:
        """For each stretch its step, and of which multiples of it the volumes up to `largest` (included) are."""
        for stretch in self.stretches:
            end = largest if stretch.up_to is None else min(stretch.up_to, largest)
            yield stretch.step, range(int(stretch.first() / stretch.step), int(end / stretch.step) + 1)

    def volumes(self, largest: Fraction) -> Iterator[Fraction]:
        """Every volume up to `largest` (included), ascending."""
        for step, multiples in self.runs(largest):
            yield from (step * multiple for multiple in multiples)

    def __str__(self) -> str:
        parts = [
            f"{decimal(one.step)} mL" + ("" if one.up_to is None else f" up to {decimal(one.up_to)} mL")
            for one in self.stretches
        ]
        return ", ".join(parts) + (" above" if len(parts) > 1 else "")

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return written.schema(cls)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "string",
            "description": "The volumes that can be drawn up.",
            "examples": ["0.5 mL", "0.1 mL up to 1 mL, 0.5 mL above"],
        }


def _volume(text: str, whole: str) -> Fraction:
    quantity = Quantity.parse(text)
    if quantity.unit != "mL" or quantity.amount <= 0:
        raise ValueError(f'"{whole[:60]}" is no volume to draw up; {_EXAMPLE}')
    return quantity.amount


# The marks of the usual oral syringes, taken where neither the rule nor the request names others.
USUAL = Scale.parse("0.1 mL up to 1 mL, 0.5 mL above")
