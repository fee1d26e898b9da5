"""An exact amount and its unit.

Amounts are rational numbers, never floats: 12.5 mg is 25/2 mg. Units of the same dimension convert
exactly (`to`), but are never mixed silently: 1 g plus 1 mg is refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from functools import lru_cache, total_ordering
from typing import Any

from titrate import written
from titrate.frozen import dataclass

# Canonical unit -> (dimension, size in the dimension's smallest unit here).
_UNITS: dict[str, tuple[str, Fraction]] = {
    "kg": ("mass", Fraction(10**9)),
    "g": ("mass", Fraction(10**6)),
    "mg": ("mass", Fraction(10**3)),
    "micrograms": ("mass", Fraction(1)),
    "mL": ("volume", Fraction(1)),
    "L": ("volume", Fraction(1000)),
    "units": ("activity", Fraction(1)),
    "mmol": ("substance", Fraction(1)),
    "%": ("share", Fraction(1)),
    "min": ("hours", Fraction(1)),
    "hours": ("hours", Fraction(60)),
    "day": ("days", Fraction(1)),
    "weeks": ("days", Fraction(7)),
    "months": ("age", Fraction(1)),
    "years": ("age", Fraction(12)),
    "dose": ("dose", Fraction(1)),
    "m2": ("area", Fraction(1)),
    "1.73 m2": ("body surface", Fraction(1)),
}

_ALIASES: dict[str, str] = {
    "milligram": "mg", "milligrams": "mg", "gram": "g", "grams": "g", "kilogram": "kg", "kilograms": "kg",
    "mcg": "micrograms", "microgram": "micrograms", "ug": "micrograms", "\u00b5g": "micrograms",
    "\u03bcg": "micrograms", "ml": "mL", "millilitre": "mL", "millilitres": "mL", "milliliters": "mL",
    "milliliter": "mL", "l": "L", "litre": "L", "litres": "L", "unit": "units", "percent": "%",
    "minute": "min", "minutes": "min", "h": "hours", "hour": "hours", "d": "day", "days": "day",
    "w": "weeks", "week": "weeks", "month": "months", "mo": "months", "year": "years", "y": "years",
    "yr": "years", "yrs": "years", "doses": "dose", "1.73m2": "1.73 m2", "1.73 m\u00b2": "1.73 m2",
    "1.73m\u00b2": "1.73 m2", "m\u00b2": "m2",
}  # fmt: skip

_QUANTITY = re.compile(r"(?P<number>[+-]?\d+(?:\.\d+)?|[+-]?\.\d+)\s*(?P<unit>[^\d\s.,+-].*)?", re.ASCII)
_RATIO = re.compile(r"(?P<over>\d{1,15})/(?P<under>[1-9]\d{0,14}) (?P<unit>[^\d\s.,+-].*)", re.ASCII)
_LONGEST = 60


@total_ordering
@dataclass(frozen=True, slots=True)
class Quantity:
    """`amount` (exact) of `unit` (canonical; a slash reads "per": `mg/kg/day`).

    Adding, subtracting and comparing need the very same unit and raise `ValueError` otherwise; use
    `to` to convert. A float anywhere is a `TypeError`.
    """

    amount: Fraction
    unit: str

    def __post_init__(self) -> None:
        if isinstance(self.amount, float):
            raise TypeError(f"a float cannot hold an amount: {self.amount!r}; write Quantity.parse('2.5 mg')")
        if type(self.amount) is not Fraction:
            object.__setattr__(self, "amount", Fraction(self.amount))

    @classmethod
    def parse(cls, text: str) -> Quantity:
        """Read `"12.5 mg"`. Raises `ValueError` with a sentence for anything else, `TypeError` for a non-text."""
        if not isinstance(text, str):
            raise TypeError(f"an amount is written as text with its unit, such as '5 mg', not as {text!r}")
        return _parse(text)

    @classmethod
    def reread(cls, text: str) -> Quantity:
        """Read what `str` writes: as `parse`, and a ratio where no decimal is exact, such as the `"95/12 years"` of a
        child of 95 months. Raises as `parse` does, also for a ratio that could be written in another way."""
        ratio = _RATIO.fullmatch(text) if isinstance(text, str) else None
        if ratio is not None:
            found = Quantity(Fraction(int(ratio["over"]), int(ratio["under"])), canonical_unit(ratio["unit"]))
            if str(found) == text:
                return found
        return cls.parse(text)

    def to(self, unit: str) -> Quantity:
        """The same amount in another unit of the same dimension, exactly. Raises `ValueError` if there is none."""
        if unit == self.unit:
            return self
        mine, theirs = self.unit.split("/"), unit.split("/")
        if [_UNITS[part][0] for part in mine] != [_UNITS[part][0] for part in theirs]:
            raise ValueError(f"{self} cannot be written in {unit}")
        factor = _UNITS[mine[0]][1] / _UNITS[theirs[0]][1]
        for ours, wanted in zip(mine[1:], theirs[1:], strict=True):
            factor *= _UNITS[wanted][1] / _UNITS[ours][1]
        return Quantity(self.amount * factor, unit)

    def _same(self, other: Quantity) -> Fraction:
        if not isinstance(other, Quantity):
            raise TypeError(f"{self} and {other!r}: only a quantity goes with a quantity")
        if other.unit != self.unit:
            raise ValueError(f"{self} and {other} are in different units")
        return other.amount

    def __add__(self, other: Quantity) -> Quantity:
        return Quantity(self.amount + self._same(other), self.unit)

    def __sub__(self, other: Quantity) -> Quantity:
        return Quantity(self.amount - self._same(other), self.unit)

    def __mul__(self, factor: int | Fraction) -> Quantity:
        if isinstance(factor, float):
            raise TypeError(f"{self} times a float ({factor!r}) is not exact")
        return Quantity(self.amount * factor, self.unit)

    def __lt__(self, other: Quantity) -> bool:
        return self.amount < self._same(other)

    def __bool__(self) -> bool:
        return self.amount != 0

    @property
    def number(self) -> str:
        """The amount as a plain decimal (`12.5`, no trailing zero), or as a ratio (`10/3`) where none is exact."""
        return decimal(self.amount)

    def __str__(self) -> str:
        unit = "microgram" if self.unit == "micrograms" and self.amount == 1 else self.unit
        return f"{self.number} {unit}"

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        return written.schema(cls, cls.reread)

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: Any, handler: Any) -> dict[str, Any]:
        return {
            "type": "string",
            "description": "An exact amount with its unit.",
            "examples": ["12.5 mg", "300 micrograms", "0.3 mg/kg/day"],
        }


def decimal(amount: Fraction) -> str:
    """`amount` as a plain decimal without trailing zeros, or as `numerator/denominator` if it has no end."""
    rest, places = amount.denominator, 0
    while rest % 10 == 0:
        rest, places = rest // 10, places + 1
    for prime in (2, 5):
        while rest % prime == 0:
            rest, places = rest // prime, places + 1
    if rest != 1:
        return f"{amount.numerator}/{amount.denominator}"
    scaled = amount.numerator * 10**places // amount.denominator
    # Text and not `decimal.Decimal`, which rounds beyond the digits of its context.
    sign, digits = ("-" if amount < 0 else ""), str(abs(scaled)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else sign + digits


def canonical_unit(text: str) -> str:
    """`"mcg/day"` becomes `"micrograms/day"`. Raises `ValueError` for a unit that is not known."""
    parts = [part.strip() for part in text.replace(" per ", "/").split("/")]
    found = [part if part in _UNITS else _ALIASES.get(part.lower(), "") for part in parts]
    if not all(found):
        raise ValueError(
            f'"{_short(text)}" is no unit that titrate knows; write for example mg, micrograms, mL, mg/kg/day'
        )
    return "/".join(found)


@lru_cache(maxsize=4096)
def _parse(text: str) -> Quantity:
    stripped = text.strip()
    if len(stripped) > _LONGEST:
        raise ValueError(f'"{_short(stripped)}" is too long for an amount; write for example "5 mg"')
    match = _QUANTITY.fullmatch(stripped)
    if match is None:
        raise ValueError(f'"{_short(stripped)}" is no amount; write for example "5 mg"')
    number, unit = match["number"], match["unit"]
    if not unit:
        raise ValueError(f'"{stripped}" has no unit; write for example "{stripped} mg"')
    return Quantity(Fraction(number), canonical_unit(unit))


def _short(text: str) -> str:
    """`text` fit for a message: printable, at most `_LONGEST` characters."""
    clean = "".join(char if char.isprintable() else "?" for char in text[: _LONGEST + 1])
    return clean if len(clean) <= _LONGEST else clean[:_LONGEST] + "..."


@dataclass(frozen=True, slots=True)
class Range:
    """Bounds on a quantity, in one unit. `at_least` and `at_most` include their value, `above` and `below` do not."""

    at_least: Quantity | None = None
    above: Quantity | None = None
    at_most: Quantity | None = None
    below: Quantity | None = None

    def __post_init__(self) -> None:
        if len({bound.unit for bound in self.bounds}) > 1:
            raise ValueError(f"the bounds {self} are in different units")
        low, high = self.at_least or self.above, self.at_most or self.below
        if low is not None and high is not None and high < low:
            raise ValueError(f"nothing is {self}")

    @classmethod
    def exactly(cls, value: Quantity) -> Range:
        """The range that holds one value."""
        return cls(at_least=value, at_most=value)

    @property
    def bounds(self) -> tuple[Quantity, ...]:
        """The bounds that are given, lowest kind first."""
        return tuple(b for b in (self.at_least, self.above, self.at_most, self.below) if b is not None)

    def __contains__(self, value: Quantity) -> bool:
        return not self.too_low(value) and not self.too_high(value)

    def too_low(self, value: Quantity) -> bool:
        """Whether `value` lies under the lower bound."""
        return (self.at_least is not None and value < self.at_least) or (self.above is not None and value <= self.above)

    def too_high(self, value: Quantity) -> bool:
        """Whether `value` lies over the upper bound."""
        return (self.at_most is not None and value > self.at_most) or (self.below is not None and value >= self.below)

    def map(self, change: Callable[[Quantity], Quantity]) -> Range:
        """The range of the changed bounds, for converting units or multiplying by a weight."""
        new = (None if b is None else change(b) for b in (self.at_least, self.above, self.at_most, self.below))
        return Range(*new)

    def __str__(self) -> str:
        if self.at_least is not None and self.at_least == self.at_most:
            return f"exactly {self.at_least}"
        words = (
            ("at least", self.at_least),
            ("more than", self.above),
            ("at most", self.at_most),
            ("less than", self.below),
        )
        return " and ".join(f"{word} {bound}" for word, bound in words if bound is not None) or "anything"
