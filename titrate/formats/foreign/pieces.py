"""What a dose is made of, from words back into pieces: `1 and a half tablets of 10 mg and 1 tablet of 5 mg`."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import get_args

from titrate.foreign import ForeignPiece
from titrate.formats.foreign.cells import known_unit, shown
from titrate.product import Form
from titrate.quantity import Quantity

_PARTS = {
    "half": Fraction(1, 2),
    "a half": Fraction(1, 2),
    "a third": Fraction(1, 3),
    "two thirds": Fraction(2, 3),
    "a quarter": Fraction(1, 4),
    "a fourth": Fraction(1, 4),
    "three quarters": Fraction(3, 4),
}
_PART = "|".join(sorted(_PARTS, key=len, reverse=True))
_NUMBER = r"\d{1,7}(?:\.\d{1,15}|/[1-9]\d{0,6})?"
_FORMS = "|".join(form for form in get_args(Form) if form not in ("liquid", "infusion"))
_UNIT = r"[A-Za-z%]{1,20}"
_PIECE = re.compile(
    rf"(?:(?P<count>{_NUMBER})(?: and (?P<more>{_PART}))?|(?P<part>{_PART}))(?: of)?(?: an?)? "
    rf"(?P<form>{_FORMS})s? of (?P<strength>{_NUMBER} {_UNIT})",
    re.ASCII,
)
_LIQUID = re.compile(rf"(?P<count>{_NUMBER}) mL of (?P<strength>{_NUMBER}) (?P<unit>{_UNIT}) per mL", re.ASCII)
_INFUSION = re.compile(rf"(?P<amount>{_NUMBER} {_UNIT}) over 24 hours", re.ASCII)
_EXAMPLE = 'write for example "1 tablet of 10 mg and half a tablet of 5 mg"'


def parse(text: str) -> tuple[ForeignPiece, ...]:
    """All pieces of a dose. Raises `ValueError` for anything else."""
    pieces, end = first(text)
    if end != len(text):
        raise ValueError(f"{shown(text)} does not say what a dose is made of; {_EXAMPLE}")
    return pieces


def first(text: str) -> tuple[tuple[ForeignPiece, ...], int]:
    """The pieces that `text` begins with, and where they end. Raises `ValueError` where there are none."""
    found: list[ForeignPiece] = []
    end = 0
    while True:
        piece, end = _next(text, end)
        found.append(piece)
        if not any(pattern.match(text, end + 5) for pattern in (_PIECE, _LIQUID, _INFUSION)) or not text.startswith(
            " and ", end
        ):
            return tuple(found), end
        end += len(" and ")


def _next(text: str, start: int) -> tuple[ForeignPiece, int]:
    if match := _PIECE.match(text, start):
        count = number(match["count"]) if match["count"] else Fraction(0)
        count += _PARTS.get(match["more"] or match["part"] or "", Fraction(0))
        form: Form = next(form for form in get_args(Form) if form == match["form"])
        return ForeignPiece(count, form, quantity(match["strength"])), match.end()
    if match := _LIQUID.match(text, start):
        strength = Quantity(number(match["strength"]), f"{known_unit(match['unit'])}/mL")
        return ForeignPiece(number(match["count"]), "liquid", strength), match.end()
    if match := _INFUSION.match(text, start):
        return ForeignPiece(Fraction(1), "infusion", quantity(match["amount"])), match.end()
    raise ValueError(f"{shown(text[start:])} does not say what a dose is made of; {_EXAMPLE}")


def number(text: str) -> Fraction:
    """A count or an amount as titrate prints it: `2`, `2.5`, or `10/3` where no decimal is exact."""
    return Fraction(text)


def quantity(text: str) -> Quantity:
    """An amount as titrate prints it, `15 mg` or `10/3 mg`. Raises `ValueError` for anything else."""
    match = re.fullmatch(rf"({_NUMBER}) ({_UNIT})", text, re.ASCII)
    if match is None:
        raise ValueError(f'{shown(text)} is no dose; write for example "15 mg"')
    return Quantity(number(match[1]), known_unit(match[2]))
