"""What is taken on one day: doses at slots, and the pieces they are made of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import time
from typing import Any, ClassVar

from titrate.product import Piece
from titrate.quantity import Quantity, canonical_unit

_TIMES_A_DAY = ("", "once", "twice", "three times", "four times", "five times", "six times")
MOST_A_DAY = 24


@dataclass(frozen=True, slots=True)
class Slot:
    """A time of day at which a dose is taken; `at` is `None` for a continuous infusion."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    name: str
    at: time | None

    def __str__(self) -> str:
        return self.name if self.at is None else f"{self.name} {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class Administration:
    """One dose, when it is taken, and the pieces whose sum it is."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    slot: Slot
    dose: Quantity
    pieces: tuple[Piece, ...]

    def pieces_in_words(self) -> str:
        """`1 tablet of 20 mg and half a tablet of 10 mg`."""
        return " and ".join(str(piece) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Regimen:
    """The administrations of a day in the order of the clock; none at all is a day without the drug.

    `unit` is the unit of every dose, kept so that "nothing" still has a unit: 0 mg.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    unit: str
    administrations: tuple[Administration, ...] = ()

    @property
    def doses(self) -> tuple[Quantity, ...]:
        """The doses in the order of the day."""
        return tuple(administration.dose for administration in self.administrations)

    @property
    def daily(self) -> Quantity:
        """The daily dose: the sum of the doses."""
        return sum(self.doses, Quantity.parse(f"0 {self.unit}"))

    @property
    def frequency(self) -> int:
        """Administrations per day."""
        return len(self.administrations)

    @property
    def continuous(self) -> bool:
        """Whether it is a continuous infusion."""
        return any(administration.slot.at is None for administration in self.administrations)

    @property
    def notation(self) -> str:
        """As one would type it: `20 mg x3`, `5/5/10 mg`, `300 micrograms/day`, `0 mg`."""
        if not self.administrations:
            return f"0 {self.unit}"
        if self.continuous:
            return f"{self.daily.number} {self.unit}/day"
        return notation(self.doses)

    def in_words(self) -> str:
        """`20 mg three times a day`, or slot by slot, or `no dose`."""
        if not self.administrations:
            return "no dose"
        if self.continuous:
            return f"{self.daily} a day as a continuous infusion"
        if len(set(self.doses)) == 1:
            return f"{self.doses[0]} {times_a_day(self.frequency)}"
        parts = [f"{a.dose} {_when(a.slot)}" for a in self.administrations]
        return ", ".join(parts[:-1]) + " and " + parts[-1]


def _when(slot: Slot) -> str:
    if slot.name in ("morning", "afternoon", "evening", "night"):
        return f"in the {slot.name}" if slot.name != "night" else "at night"
    return f"at {slot.name}" if slot.name in ("midday", "noon", "bedtime") else f"({slot})"


def notation(doses: tuple[Quantity, ...]) -> str:
    """Doses as one would type them: `20 mg x3` or `5/5/10 mg`."""
    if len(set(doses)) == 1:
        return f"{doses[0]} x{len(doses)}"
    return "/".join(dose.number for dose in doses) + f" {doses[0].unit}"


def times_a_day(frequency: int) -> str:
    """`three times a day`."""
    words = _TIMES_A_DAY[frequency] if frequency < len(_TIMES_A_DAY) else f"{frequency} times"
    return f"{words} a day"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A regimen as somebody writes it: either the doses in the order of the day, or only the daily dose."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    doses: tuple[Quantity, ...] = ()
    daily: Quantity | None = None

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read `"10 mg x3"`, `"5/5/10 mg"` or `"60 mg/day"`.

        Raises `ValueError` for anything else; a bare `"20 mg"` is refused with both of its readings.
        """
        clean = " ".join(text.replace("\u00d7", "x").split())
        if match := re.fullmatch(r"(.+?) ?x ?(\d{1,3})", clean, re.ASCII):
            return cls._even(Quantity.parse(match[1]), int(match[2]), clean)
        if match := re.fullmatch(r"(\d+(?:\.\d+)?(?: ?/ ?\d+(?:\.\d+)?)+) ?([^\d\s/].*)", clean, re.ASCII):
            doses = tuple(Quantity.parse(f"{number.strip()} {match[2]}") for number in match[1].split("/"))
            return cls._checked(doses, clean)
        if match := re.fullmatch(r"(.+?) ?(?:/ ?day|/ ?d|per day|a day|daily)", clean, re.ASCII):
            daily = Quantity.parse(match[1])
            if daily.amount <= 0:
                raise ValueError(f'"{clean}" is no daily dose; write for example "60 mg/day"')
            return cls(daily=daily)
        bare = Quantity.parse(clean)
        raise ValueError(
            f'"{bare}" can be read in two ways: {bare} at each dose (write for example "{bare} x3") '
            f'or {bare} in the whole day (write "{bare}/day")'
        )

    @classmethod
    def _even(cls, dose: Quantity, count: int, text: str) -> Pattern:
        if not 1 <= count <= MOST_A_DAY:
            raise ValueError(
                f'"{text}" asks for {count} doses a day; 1 to {MOST_A_DAY} are possible, for example "{dose} x3"'
            )
        return cls._checked((dose,) * count, text)

    @classmethod
    def _checked(cls, doses: tuple[Quantity, ...], text: str) -> Pattern:
        if any(dose.amount <= 0 for dose in doses):
            raise ValueError(
                f'"{text}" holds a dose of nothing; write only the doses that are taken, for example "5/10 mg"'
            )
        if len(doses) > MOST_A_DAY:
            raise ValueError(f'"{text[:40]}" has {len(doses)} doses a day; at most {MOST_A_DAY} are possible')
        canonical_unit(doses[0].unit)
        return cls(doses=doses)

    def total(self) -> Quantity:
        """The daily dose."""
        return self.daily if self.daily is not None else sum(self.doses[1:], self.doses[0])

    def __str__(self) -> str:
        return f"{self.daily}/day" if self.daily is not None else notation(self.doses)
