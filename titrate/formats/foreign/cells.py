"""Days and amounts as people write them. What can be read in two ways is refused, with both readings.

Every function raises `ValueError` with a sentence that has no full stop; who calls it knows the line.
"""

from __future__ import annotations

import re
from dataclasses import field
from datetime import date
from fractions import Fraction

from titrate.days import MONTHS, WEEKDAYS
from titrate.frozen import dataclass
from titrate.quantity import Quantity, canonical_unit, decimal

_YEAR_FIRST = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", re.ASCII)
_SHORT_YEAR = re.compile(r"\d{1,2}([-/.])\d{1,2}\1\d{2}", re.ASCII)
_DAY_WORDS = re.compile(r"(?:([a-z]+),? )?(\d{1,2})(?:st|nd|rd|th)? ([a-z]+),? (\d{4})", re.ASCII)
_MONTH_WORDS = re.compile(r"(?:([a-z]+),? )?([a-z]+) (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})", re.ASCII)
_SERIAL = re.compile(r"[34]\d{4}", re.ASCII)
_NUMBER = re.compile(r"\d{1,15}(?:[.,]\d{1,30})?", re.ASCII)
_AMOUNT = re.compile(r"([\d.,]+) ?([^\d\s.,+=-].{0,30})?", re.ASCII)
_EXAMPLE = "write for example 2026-12-01"
# What a dose can be counted in; any of its units is converted exactly.
_KINDS_OF_UNIT = ("mg", "mL", "units", "mmol")


def shown(text: str) -> str:
    """A cell fit for a message: printable, short, in quotation marks."""
    clean = "".join(char if char.isprintable() else "?" for char in text[:61])
    return f'"{clean if len(clean) <= 60 else clean[:60] + "..."}"'


def in_letters(day: date) -> str:
    """`3 April 2026`."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year:04d}"


def parse_day(text: str) -> date:
    """A day of the calendar that can be read in one way only."""
    word = " ".join(text.split()).casefold()
    if match := _YEAR_FIRST.fullmatch(word):
        return _only(text, _dates(match[1], (match[3], match[4])))
    if match := _YEAR_LAST.fullmatch(word):
        return _only(text, _dates(match[4], (match[3], match[1]), (match[1], match[3])))
    if _SHORT_YEAR.fullmatch(word):
        raise ValueError(f"{shown(text)} has a year of two digits; {_EXAMPLE}")
    if match := _DAY_WORDS.fullmatch(word):
        return _in_words(text, match[1], match[3], match[2], match[4])
    if match := _MONTH_WORDS.fullmatch(word):
        return _in_words(text, match[1], match[2], match[3], match[4])
    if _SERIAL.fullmatch(word):
        raise ValueError(f"{shown(text)} is the number that a spreadsheet has for a day; {_EXAMPLE}")
    raise ValueError(f"{shown(text)} is no day; {_EXAMPLE}")


def _dates(year: str, *month_and_day: tuple[str, str]) -> list[date]:
    """The days that exist among the readings, each once."""
    found = []
    for month, day in month_and_day:
        try:
            found.append(date(int(year), int(month), int(day)))
        except ValueError:
            continue
    return list(dict.fromkeys(found))


def _only(text: str, readings: list[date]) -> date:
    if not readings:
        raise ValueError(f"{shown(text)} is no day of the calendar; {_EXAMPLE}")
    if len(readings) > 1:
        both = " or ".join(map(in_letters, readings))
        raise ValueError(
            f"{shown(text)} can be read in two ways, {both}; write {' or '.join(day.isoformat() for day in readings)}"
        )
    return readings[0]


def _in_words(text: str, weekday: str | None, month: str, day: str, year: str) -> date:
    months = [number for number, name in enumerate(MONTHS, 1) if month in (name.casefold(), name[:3].casefold())]
    if not months:
        raise ValueError(f"{shown(text)} is no day; {_EXAMPLE}")
    found = _only(text, _dates(year, (str(months[0]), day)))
    if weekday is not None:
        check_weekday(text, weekday, found)
    return found


def check_weekday(text: str, weekday: str, day: date) -> None:
    """Whether the weekday that stands with a day is its own."""
    own = WEEKDAYS[day.weekday()]
    if weekday.casefold() not in (own.casefold(), own[:3].casefold()):
        raise ValueError(f"{shown(text)}: {in_letters(day)} is a {own}; either the weekday or the date is wrong")


@dataclass
class Amounts:
    """Reads the amounts of one file. `unit` is the unit of the rule, `comma` whether a decimal comma is possible.

    A number without a unit counts in mg, as such tables do, if the rule does too. `noted` are the assumptions that
    were made; all decimals of a file are written in one way.
    """

    unit: str
    comma: bool
    noted: dict[str, None] = field(default_factory=dict)
    _mark: str = ""

    def amount(self, text: str, heading: str | None = None) -> Quantity:
        """`7.5 mg`, or `7.5` under a heading that names the unit or in mg."""
        match = _AMOUNT.fullmatch(" ".join(text.split()))
        if match is None:
            raise ValueError(f'{shown(text)} is no dose; write for example "7.5 mg"')
        return self.counted(self.number(match[1]), match[2], heading)

    def counted(self, number: Fraction, unit: str | None, heading: str | None) -> Quantity:
        """`number` in the unit that stands with it, over it, or in mg."""
        if unit is not None:
            named = known_unit(unit)
            if heading is not None and named != heading:
                written = f"{decimal(number)} {named}"
                raise ValueError(
                    f"{shown(written)} stands in a column in {heading}; it can be read as {written} "
                    f"or as {decimal(number)} {heading}"
                )
            return Quantity(number, named)
        if heading is not None:
            return Quantity(number, heading)
        if not number:
            return Quantity(number, self.unit)
        if self.unit != "mg":
            plain = decimal(number)
            raise ValueError(
                f"{shown(plain)} has no unit and can be read in two ways, {plain} mg or {plain} {self.unit}; "
                f'write "{plain} {self.unit}" if that is meant'
            )
        self.noted["numbers without a unit are in mg"] = None
        return Quantity(number, "mg")

    def number(self, text: str) -> Fraction:
        """A plain decimal number, with a point, or with a comma where that cannot be a separator."""
        if not _NUMBER.fullmatch(text):
            raise ValueError(f"{shown(text)} is no plain number; write for example 7.5")
        mark = "," if "," in text else "." if "." in text else ""
        whole, _, part = text.partition(mark) if mark else (text, "", "")
        point = f"{whole}.{part}"
        if mark == "," and not self.comma:
            raise ValueError(f"{shown(text)} can be read in two ways, {point} or {whole} and {part}; write {point}")
        if len(part) == 3 and not whole.startswith("0") and len(whole) <= 3:
            raise ValueError(
                f"{shown(text)} can be read in two ways, {decimal(Fraction(point))} or {whole}{part}; "
                f"write {whole}{part} or {point}0"
            )
        if mark and self._mark not in ("", mark):
            raise ValueError(
                f"{shown(text)} has a decimal {'point' if mark == '.' else 'comma'}, and other numbers of this file "
                f"the other; write all decimals in one way"
            )
        self._mark = mark or self._mark
        return Fraction(point) if mark else Fraction(text)


def known_unit(text: str) -> str:
    """The unit of a dose as titrate writes it."""
    unit = canonical_unit(text)
    for kind in _KINDS_OF_UNIT:
        try:
            Quantity(Fraction(1), unit).to(kind)
        except ValueError:
            continue
        return unit
    raise ValueError(f"{shown(text)} is no unit of a dose; write for example mg")
