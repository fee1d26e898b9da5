"""What is taken in one repeating cycle, usually a day: doses at slots, and the pieces they are made of.

A cycle of several days (alternate days, a week) says for each dose on which of its days it is taken.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from fractions import Fraction
from typing import Any, ClassVar

from titrate.frozen import dataclass
from titrate.product import Piece
from titrate.quantity import Quantity, canonical_unit

_TIMES_A_DAY = ("", "once", "twice", "three times", "four times", "five times", "six times")
MOST_A_DAY = 24
# A dose every year is the rarest that anybody gives.
LONGEST_CYCLE = 366
_WEEK = 7


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
    """One dose, when it is taken, and the pieces whose sum it is; `day` is the day of the cycle, counted from 1."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    slot: Slot
    dose: Quantity
    pieces: tuple[Piece, ...]
    day: int = 1

    def pieces_in_words(self) -> str:
        """`1 tablet of 20 mg and half a tablet of 10 mg`."""
        return " and ".join(str(piece) for piece in self.pieces)


@dataclass(frozen=True, slots=True)
class Regimen:
    """The administrations of a cycle of `cycle` days, by day and then by the clock; none at all is no drug.

    `unit` is the unit of every dose, kept so that "nothing" still has a unit: 0 mg.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    unit: str
    administrations: tuple[Administration, ...] = ()
    cycle: int = 1

    @property
    def doses(self) -> tuple[Quantity, ...]:
        """The doses in the order of the cycle."""
        return tuple(administration.dose for administration in self.administrations)

    @property
    def total(self) -> Quantity:
        """The sum of the doses of a whole cycle."""
        return sum(self.doses, Quantity.parse(f"0 {self.unit}"))

    @property
    def daily(self) -> Quantity:
        """The daily dose; of a cycle of several days their exact average."""
        return self.total if self.cycle == 1 else self.total * Fraction(1, self.cycle)

    @property
    def worst(self) -> Quantity:
        """The largest daily dose of all its days."""
        return self.daily if self.cycle == 1 else max(day.daily for day in self.each())

    @property
    def frequency(self) -> int:
        """Administrations in a cycle."""
        return len(self.administrations)

    @property
    def continuous(self) -> bool:
        """Whether it is a continuous infusion."""
        return any(administration.slot.at is None for administration in self.administrations)

    def on(self, number: int) -> Regimen:
        """What is taken on one day of the cycle, as a day's regimen; beyond the last day (from 1) it begins again."""
        if self.cycle == 1:
            return self
        day = (number - 1) % self.cycle + 1
        taken = (replace(one, day=1) for one in self.administrations if one.day == day)
        return Regimen(self.unit, tuple(taken))

    def each(self) -> tuple[Regimen, ...]:
        """The days of the cycle in order, each as a day's regimen."""
        return tuple(self.on(number) for number in range(1, self.cycle + 1))

    def turned(self, days: int) -> Regimen:
        """The same as seen from so many days later on: the cycle begins with another of its days."""
        if days % self.cycle == 0:
            return self
        moved = (replace(one, day=(one.day - 1 - days) % self.cycle + 1) for one in self.administrations)
        return Regimen(self.unit, tuple(sorted(moved, key=lambda one: one.day)), self.cycle)

    @property
    def pattern(self) -> Pattern:
        """The same as somebody would write it. There has to be a dose."""
        if self.continuous:
            return Pattern(daily=self.daily)
        if self.cycle == 1:
            return Pattern(doses=self.doses)
        return Pattern(doses=self.doses, cycle=self.cycle, on=tuple(one.day for one in self.administrations))

    @property
    def notation(self) -> str:
        """As one would type it: `20 mg x3`, `5/5/10 mg`, `300 micrograms/day`, `25 mg every 2 days`, `0 mg`."""
        if not self.administrations:
            return f"0 {self.unit}"
        return f"{self.daily.number} {self.unit}/day" if self.continuous else str(self.pattern)

    def in_words(self) -> str:
        """`20 mg three times a day`, or slot by slot, `25 mg every 2 days`, or `no dose`."""
        if not self.administrations:
            return "no dose"
        if self.continuous:
            return f"{self.daily} a day as a continuous infusion"
        return self._day_in_words() if self.cycle == 1 else self._cycle_in_words()

    def _day_in_words(self) -> str:
        if len(set(self.doses)) == 1:
            return f"{self.doses[0]} {times_a_day(self.frequency)}"
        parts = [f"{a.dose} {_when(a.slot)}" for a in self.administrations]
        return ", ".join(parts[:-1]) + " and " + parts[-1]

    def _cycle_in_words(self) -> str:
        taken = [day for day in self.each() if day.administrations]
        single = all(day.frequency == 1 for day in taken)
        told = [str(day.doses[0]) if single and day.doses else day.in_words() for day in self.each()]
        if len(taken) == 1:
            which = next(one.day for one in self.administrations)
            comma = "" if single else ", on one day"
            return f"{told[which - 1]}{comma} {every(self.cycle)}"
        if self.cycle == 2:
            return f"{told[0]} and {told[1]} on alternate days" if single else f"in turn {told[0]}; {told[1]}"
        return f"in turn on {self.cycle} days: {'; '.join(told)}"


def every(cycle: int) -> str:
    """`every 2 days`, `once a week`, `every 4 weeks`."""
    if cycle % _WEEK:
        return f"every {cycle} days"
    return "once a week" if cycle == _WEEK else f"every {cycle // _WEEK} weeks"


def _when(slot: Slot) -> str:
    if slot.name in ("morning", "afternoon", "evening", "night"):
        return f"in the {slot.name}" if slot.name != "night" else "at night"
    return f"at {slot.name}" if slot.name in ("midday", "noon", "bedtime") else f"({slot})"


def notation(doses: tuple[Quantity, ...]) -> str:
    """The doses of a day as one would type them: `20 mg x3` or `5/5/10 mg`."""
    if len(set(doses)) == 1:
        return f"{doses[0]} x{len(doses)}"
    return "/".join(dose.number for dose in doses) + f" {doses[0].unit}"


def in_turn(days: Sequence[tuple[Quantity, ...]], unit: str) -> str:
    """The days of a cycle as one would type them: `25 mg every 2 days`, `10 mg x1, 7.5 mg x1 in turn`."""
    if len(days) == 1:
        return notation(days[0]) if days[0] else f"0 {unit}"
    if days[0] and not any(days[1:]) and len(set(days[0])) == 1:
        return f"{days[0][0] if len(days[0]) == 1 else notation(days[0])} every {len(days)} days"
    return ", ".join(notation(doses) if doses else f"0 {unit}" for doses in days) + " in turn"


def times_a_day(frequency: int) -> str:
    """`three times a day`."""
    words = _TIMES_A_DAY[frequency] if frequency < len(_TIMES_A_DAY) else f"{frequency} times"
    return f"{words} a day"


_EVERY = re.compile(
    r"(?P<day>.+?),? (?:(?P<other>every (?:other|second) day)|(?P<alternate>on alternate days)"
    r"|(?P<week>every week|once a week|once weekly|weekly)|every (?P<count>[1-9]\d{0,2}) (?P<unit>days|weeks))",
    re.ASCII,
)
_UNCLEAR = re.compile(r".*\b(?:week|weekly|weeks|biweekly|fortnightly|fortnight|month|monthly|alternate|other)\b.*")


@dataclass(frozen=True, slots=True, repr=False)
class Pattern:
    """A regimen as somebody writes it: either the doses in the order of the day, or only the daily dose.

    Of a cycle of several days `on` has for each dose the day of the cycle, counted from 1.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    doses: tuple[Quantity, ...] = ()
    daily: Quantity | None = None
    cycle: int = 1
    on: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if self.cycle == 1 and not self.on:
            return
        fits = len(self.on) == len(self.doses) and list(self.on) == sorted(self.on) and self.daily is None
        if not fits or not 2 <= self.cycle <= LONGEST_CYCLE or not all(1 <= day <= self.cycle for day in self.on):
            raise ValueError(
                f"a cycle of {self.cycle} days with {len(self.doses)} doses on the days {list(self.on)} cannot be"
            )

    def __repr__(self) -> str:
        # A plan is named after its request; of a day's pattern this says what it said before there were cycles.
        more = "" if self.cycle == 1 else f", cycle={self.cycle!r}, on={self.on!r}"
        return f"Pattern(doses={self.doses!r}, daily={self.daily!r}{more})"

    @classmethod
    def parse(cls, text: str) -> Pattern:
        """Read `"10 mg x3"`, `"5/5/10 mg"`, `"60 mg/day"`, `"25 mg every 2 days"`, `"0.25 mg every week"`,
        `"10/7.5 mg on alternate days"` or, day by day, `"10 mg x2, 5 mg x2, 0 mg in turn"`.

        Raises `ValueError` for anything else; a bare `"20 mg"` is refused with both of its readings.
        """
        clean = " ".join(text.replace("\u00d7", "x").split())
        if clean.endswith(" in turn"):
            return cls._in_turn(clean)
        if match := _EVERY.fullmatch(clean):
            return cls._every(match, clean)
        if _UNCLEAR.fullmatch(clean):
            raise ValueError(
                f'"{clean[:60]}" does not say which dose is taken on which day; write for example '
                '"25 mg every 2 days", "0.5 mg every week", or day by day "10 mg x1, 7.5 mg x1 in turn"'
            )
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
    def _every(cls, match: re.Match[str], text: str) -> Pattern:
        """A day's doses every so many days; of two doses on alternate days one each day."""
        day = match["day"]
        bare = "/" not in day and " x" not in day
        parts = cls.parse(f"{day} x1" if bare else day)
        if parts.daily is not None or parts.cycle != 1:
            raise ValueError(f'"{text}" does not say the doses; write for example "25 mg every 2 days"')
        count = int(match["count"] or (1 if match["week"] else 2))
        cycle = count * (_WEEK if match["week"] or match["unit"] == "weeks" else 1)
        if cycle == 1:
            raise ValueError(f'"{text}" is every day; write "{parts}"')
        if cycle > LONGEST_CYCLE:
            raise ValueError(f'"{text}" is a cycle of {cycle} days; at most {LONGEST_CYCLE} are possible')
        if "/" not in day:
            return cls(doses=parts.doses, cycle=cycle, on=(1,) * len(parts.doses))
        if match["alternate"] and len(parts.doses) == 2:
            return cls(doses=parts.doses, cycle=2, on=(1, 2))
        one, *more = (f"{dose} x1" for dose in parts.doses)
        same_day = ", ".join((str(parts), *(f"0 {parts.doses[0].unit}" for _ in range(min(cycle, 4) - 1))))
        raise ValueError(
            f'"{text}" can be read in two ways: all doses on one day (write day by day, for example "{same_day} in '
            f'turn") or one of them each day (write "{", ".join((one, *more))} in turn")'
        )

    @classmethod
    def _in_turn(cls, text: str) -> Pattern:
        """Day by day; a day without the drug is `0 mg`."""
        days = [part.strip() for part in text.removesuffix(" in turn").split(",")]
        if not 2 <= len(days) <= LONGEST_CYCLE:
            raise ValueError(
                f'"{text[:60]}" has to name 2 to {LONGEST_CYCLE} days, for example "10 mg x1, 0 mg in turn"'
            )
        doses: list[Quantity] = []
        on: list[int] = []
        for number, day in enumerate(days, 1):
            if re.fullmatch(r"0(?:\.0+)? ?[^\d.].*", day, re.ASCII):
                Quantity.parse(day)
                continue
            parts = cls.parse(day)
            if parts.daily is not None or parts.cycle != 1:
                raise ValueError(f'"{day}" does not say the doses of a day; write for example "10 mg x1"')
            doses += parts.doses
            on += [number] * len(parts.doses)
        if not doses or len({dose.unit for dose in doses}) > 1:
            raise ValueError(f'"{text[:60]}" needs doses, all in one unit, for example "10 mg x1, 0 mg in turn"')
        return cls(doses=tuple(doses), cycle=len(days), on=tuple(on))._shortest()

    def _shortest(self) -> Pattern:
        """The same in the shortest cycle that says it: three equal days in turn are one."""
        days = self.days()
        for length in range(1, self.cycle):
            if self.cycle % length == 0 and days == days[:length] * (self.cycle // length):
                kept = [(dose, day) for dose, day in zip(self.doses, self.on, strict=True) if day <= length]
                if length == 1:
                    return Pattern(doses=days[0])
                return Pattern(doses=tuple(d for d, _ in kept), cycle=length, on=tuple(day for _, day in kept))
        return self

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

    def days(self) -> tuple[tuple[Quantity, ...], ...]:
        """The doses of each day of the cycle. Of a pattern that says only a daily dose there are none."""
        if self.cycle == 1:
            return (self.doses,)
        taken = list(zip(self.doses, self.on, strict=True))
        return tuple(tuple(dose for dose, day in taken if day == number) for number in range(1, self.cycle + 1))

    def total(self) -> Quantity:
        """The daily dose; of a cycle of several days their exact average."""
        if self.daily is not None:
            return self.daily
        whole = sum(self.doses[1:], self.doses[0])
        return whole if self.cycle == 1 else whole * Fraction(1, self.cycle)

    def __str__(self) -> str:
        if self.daily is not None:
            return f"{self.daily}/day"
        return in_turn(self.days(), self.doses[0].unit)
