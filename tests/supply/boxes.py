"""Schedules made by hand of given boxes, for counting."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

from tests.build import SLOTS, q, schedule
from titrate.days import Days, Duration, plus
from titrate.dispensing import Dispensing
from titrate.product import Piece, Product, Stock, makeable
from titrate.regimen import Administration, Pattern, Regimen
from titrate.schedule import Schedule, Step

START = date(2026, 12, 1)
FIVE = Product("5mg", "tablet", q("5 mg"))
TEN = Product("10mg", "tablet", q("10 mg"), parts=2)
TWENTY = Product("20mg", "tablet", q("20 mg"), parts=2)


def regimen(text: str, *products: Product) -> Regimen:
    """`"5 mg x3"` or `"40 mg x1"` of these products, or `"none"`."""
    if text == "none":
        return Regimen("mg")
    doses = Pattern.parse(text).doses
    table = makeable(products, "mg", max(doses))
    return Regimen(
        "mg",
        tuple(
            Administration(slot, dose, table.pieces(table.grains(dose) or 0))
            for slot, dose in zip(SLOTS[len(doses)], doses, strict=True)
        ),
    )


def of_days(regimens: list[tuple[Regimen, int | None]], review: str | None = None, **request: object) -> Schedule:
    """Steps with these regimens, each for so many days (`None`: without end), from 1 December 2026 on."""
    steps, first = [], START
    why = schedule(("2026-12-01", None, "taper", "5 mg x1")).steps[0].why
    for one, length in regimens:
        last = None if length is None else plus(first, length - 1)
        steps.append(Step(Days(first, last), "maintenance" if length is None else "taper", one, why))
        first = first if length is None else plus(first, length)
    whole = schedule(("2026-12-01", None, "taper", "5 mg x1"), review=review, **request)  # type: ignore[arg-type]
    return replace(whole, steps=tuple(steps))


def of_texts(steps: list[tuple[str, int | None]], *products: Product, **more: object) -> Schedule:
    """The same from texts, all made of these products."""
    return of_days([(regimen(text, *products), length) for text, length in steps], **more)  # type: ignore[arg-type]


def dispensing(**options: object) -> Dispensing:
    """`fill="28d"`, `pack="10mg=84"`, `at_hand="10mg=12"` as text, the rest as it is."""
    told = dict(options)
    if "fill" in told:
        told["fill"] = Duration.parse(str(told["fill"]))
    for short, name in (("pack", "packs"), ("at_hand", "at_hand")):
        if short in told:
            product, _, count = str(told.pop(short)).partition("=")
            told[name] = (Stock(product, Fraction(count)),)
    return Dispensing(**told)  # type: ignore[arg-type]


def counts(pieces: tuple[Piece, ...]) -> dict[str, Fraction]:
    """By the name of the product."""
    return {piece.product.name: piece.count for piece in pieces}
