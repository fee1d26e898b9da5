"""What the doses of a file are made of: the products that it names, or those at hand that make the dose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction

from titrate.errors import RequestError
from titrate.foreign import ForeignDose, ForeignPiece
from titrate.frozen import dataclass
from titrate.limits import Limits
from titrate.product import Makeable, Piece, Product, makeable
from titrate.quantity import Quantity
from titrate.schedule import Schedule
from titrate.verifier.case import Finding, found

LAW = "makeable"


@dataclass(frozen=True, slots=True)
class Hand:
    """The products at hand, those of the rule for this patient, and every dose that the former make.

    `table` is `None` where no dose has to be made, or where they are too many to be told (`why` says so).
    """

    products: tuple[Product, ...]
    known: tuple[Product, ...]
    unit: str
    table: Makeable | None
    why: str = ""

    @classmethod
    def of(cls, limits: Limits, names: Sequence[str] | None, doses: Iterable[ForeignDose]) -> Hand:
        """Raises `RequestError` for a product that the rule does not have."""
        named = {product.name: product for product in limits.products}
        unknown = [name for name in names or () if name not in named]
        if unknown or names == ():
            raise RequestError(
                f"The rule has no product {', '.join(map(repr, unknown)) or 'of that name'} for this patient.",
                (f"choose from --products {','.join(named)}",),
            )
        products = tuple(product for name, product in named.items() if names is None or name in names)
        try:
            wanted = [dose.dose.to(limits.unit) for dose in doses if dose.pieces is None]
            table = makeable(products, limits.unit, _beyond(max(wanted), products)) if wanted else None
        except ValueError as fault:
            return cls(products, limits.products, limits.unit, None, str(fault))
        return cls(products, limits.products, limits.unit, table)

    def pieces(self, dose: ForeignDose) -> tuple[Piece, ...]:
        """The pieces that the file names, or the best that make the dose; none where nothing does."""
        if dose.pieces is not None:
            counts: dict[Product, Fraction] = {}
            for piece in dose.pieces:
                product, count = self._known(piece)
                counts[product] = counts.get(product, Fraction(0)) + count
            return tuple(Piece(product, count) for product, count in counts.items())
        grains = None if self.table is None else self._grains(dose)
        return () if self.table is None or grains is None else self.table.pieces(grains)

    def _grains(self, dose: ForeignDose) -> int | None:
        assert self.table is not None
        try:
            return self.table.grains(dose.dose.to(self.unit))
        except ValueError:
            return None

    def _known(self, piece: ForeignPiece) -> tuple[Product, Fraction]:
        """The product of the rule that the file means, first one at hand, and how many of it."""
        for product in (*self.products, *self.known):
            unit = product.strength.unit
            if product.form != piece.form or piece.strength.unit.count("/") != unit.count("/"):
                continue
            try:
                strength = piece.strength.to(unit)
            except ValueError:
                continue
            if piece.form == "infusion":
                return product, strength.amount / product.strength.amount
            if strength == product.strength:
                return product, piece.count
        return Product("", piece.form, piece.strength), piece.count


def _beyond(dose: Quantity, products: Iterable[Product]) -> Quantity:
    """More than `dose` by so much that the next larger one which can be made is among them."""
    return max((dose + product.smallest.to(dose.unit) * product.parts for product in products), default=dose)


def unmade(schedule: Schedule, hand: Hand) -> Iterator[Finding]:
    """The doses that nothing at hand makes, where the file does not say what they are made of."""
    for step in schedule.steps:
        doses = [one.dose for one in step.regimen.administrations if not one.pieces]
        for dose in dict.fromkeys(doses):
            yield _unmade(step.days.first, dose, hand)


def _unmade(day: date, dose: Quantity, hand: Hand) -> Finding:
    names = ", ".join(product.name for product in hand.products)
    if hand.table is None:
        return found(LAW, day, f"a dose is {dose}, and whether it can be made cannot be told ({hand.why})",
                     str(dose), f"a dose that is made of {names or 'a product of the rule'}")  # fmt: skip
    near = " or ".join(map(str, hand.table.nearest(dose)))
    limit = f"{near}, the nearest that can be made of {names}" if near else f"a dose that is made of {names}"
    return found(LAW, day, f"a dose is {dose}", str(dose), limit)
