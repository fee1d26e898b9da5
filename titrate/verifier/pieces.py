"""Whether each dose is exactly the sum of its pieces, and the pieces are ones that can be had."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import time
from fractions import Fraction

from titrate.product import Piece
from titrate.quantity import decimal
from titrate.regimen import Administration
from titrate.verifier.case import Case, Finding, found
from titrate.verifier.change import NOTHING, every_dose


def check_makeable(case: Case) -> Iterator[Finding]:
    """Law 7. Each dose is exactly the sum of its pieces, each piece divided only as its product allows."""
    for span in case.spans:
        for administration, dose in zip(span.regimen.administrations, every_dose(span.doses), strict=True):
            for what, value, limit in _unmakeable(case, administration, dose):
                yield found("makeable", span.days.first, what, value, limit)


def _unmakeable(case: Case, administration: Administration, dose: Fraction) -> Iterator[tuple[str, str, str]]:
    """What is wrong with one dose, as (clause, value, limit)."""
    written, pieces = case.amount(dose), administration.pieces
    if dose <= 0:
        yield f"a dose is {written}", str(written), "more than nothing"
    products = [piece.product for piece in pieces]
    if any(product in products[:index] for index, product in enumerate(products)):
        yield f"a dose of {written} counts one product twice", _listed(pieces), "each product once"
    try:
        total = sum((piece.amount.to(case.limits.unit).amount for piece in pieces), NOTHING)
    except (KeyError, ValueError):
        yield f"a dose of {written} is made of {_listed(pieces)}", _listed(pieces), f"pieces in {case.limits.unit}"
        return
    if total != dose:
        made = str(case.amount(total))
        yield f"a dose of {written} is made of {made} ({_listed(pieces)})", made, f"exactly {written}"
    for piece in pieces:
        limit = _wrong_piece(case, piece, administration.slot.at)
        if limit is not None:
            yield f"a dose of {written} holds {_listed((piece,))}", _listed((piece,)), limit


def _wrong_piece(case: Case, piece: Piece, at: time | None) -> str | None:
    """What one piece has to keep and does not."""
    product, hand = piece.product, case.request.products
    if product not in case.limits.products:
        return "a product of the rule: " + ", ".join(known.name for known in case.limits.products)
    if hand is not None and product.name not in hand:
        return "a product at hand: " + ", ".join(hand)
    if piece.count <= 0:
        return "more than nothing of it"
    if (product.form == "infusion") != (at is None):
        return "an infusion that runs all day, or pieces at a clock time"
    if product.measure is not None:
        return None if piece.count in product.measure else f"whole multiples of {product.measure}"
    if (piece.count * product.parts).denominator == 1:
        return None
    return f"pieces divided into {product.parts} at most" if product.parts > 1 else "whole pieces"


def _listed(pieces: tuple[Piece, ...]) -> str:
    """Pieces in bare numbers, which can also say what cannot be: `0.3 x 10 mg tablet`."""
    return " and ".join(f"{decimal(piece.count)} x {piece.product}" for piece in pieces) or "nothing"
