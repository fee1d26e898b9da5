"""What is in the box, and which doses a set of products can make exactly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import gcd, lcm
from typing import Literal

from titrate.quantity import Quantity, decimal

Form = Literal["tablet", "capsule", "packet", "liquid", "infusion"]

# More doses than this make no sensible table; a request that needs them is refused, with this number.
LARGEST_TABLE = 200_000

_PARTS = {
    Fraction(1, 2): "half",
    Fraction(1, 3): "a third",
    Fraction(2, 3): "two thirds",
    Fraction(1, 4): "a quarter",
    Fraction(3, 4): "three quarters",
}


@dataclass(frozen=True, slots=True)
class Product:
    """One strength of one form.

    `strength` is the amount in one piece (tablet, capsule, packet), in 1 mL (liquid), or the smallest
    amount per day that can be set (infusion). `parts` is into how many equal parts a piece may be
    divided (1: not at all). `measure` is the smallest volume that can be drawn up, for a liquid only.
    """

    name: str
    form: Form
    strength: Quantity
    parts: int = 1
    measure: Quantity | None = None

    @property
    def measured(self) -> bool:
        """Whether any amount on a grid can be taken from it, rather than whole pieces or parts of them."""
        return self.form in ("liquid", "infusion")

    @property
    def smallest(self) -> Quantity:
        """The smallest dose it makes; every dose made from it alone is a whole multiple."""
        if self.form == "liquid" and self.measure is not None:
            return Quantity(self.strength.amount * self.measure.amount, self.strength.unit.split("/")[0])
        return self.strength * Fraction(1, self.parts)

    def __str__(self) -> str:
        if self.form == "infusion":
            return "continuous infusion"
        return f"{self.strength} {self.form}"


@dataclass(frozen=True, slots=True)
class Piece:
    """`count` of a product: whole pieces and a part (3/2 tablets), mL of a liquid, or settings of an infusion."""

    product: Product
    count: Fraction

    @property
    def amount(self) -> Quantity:
        """How much drug that is, exactly."""
        unit = self.product.strength.unit.split("/")[0]
        return Quantity(self.product.strength.amount * self.count, unit)

    @property
    def divided(self) -> int:
        """How many pieces have to be divided for it: 0 or 1."""
        return 0 if self.product.measured or self.count.denominator == 1 else 1

    @property
    def handled(self) -> int:
        """How many things are taken into the hand: whole pieces, and one for a part or a measured volume."""
        return 1 if self.product.measured else int(self.count) + self.divided

    def __str__(self) -> str:
        """In words: `2 tablets of 10 mg`, `half a tablet of 10 mg`, `1 and a half tablets of 10 mg`."""
        if self.product.form == "infusion":
            return f"{self.amount} over 24 hours"
        if self.product.form == "liquid":
            unit = self.product.strength.unit.replace("/", " per ")
            return f"{decimal(self.count)} mL of {self.product.strength.number} {unit}"
        whole, part = int(self.count), self.count - int(self.count)
        form, strength = self.product.form, self.product.strength
        if not part:
            return f"{whole} {form}{'' if whole == 1 else 's'} of {strength}"
        if whole:
            return f"{whole} and {_PARTS[part].replace('half', 'a half')} {form}s of {strength}"
        return f"{_PARTS[part]}{' a' if part == Fraction(1, 2) else ' of a'} {form} of {strength}"


@dataclass(frozen=True, slots=True)
class Makeable:
    """Every dose that a set of products makes, up to a largest one.

    A dose is a whole number of grains; `grain` is in `unit`. `doses` ascend, without 0. `cost` gives
    (pieces to divide, pieces to handle) of the best way to make a dose: fewest divided, then fewest
    pieces, then larger pieces first.
    """

    unit: str
    grain: Fraction
    doses: tuple[int, ...]
    cost: dict[int, tuple[int, int]]
    _way: dict[int, tuple[Piece, ...]] = field(repr=False, compare=False)
    _made_from: dict[int, tuple[int, Product, Fraction]] = field(repr=False, compare=False)

    def grains(self, dose: Quantity) -> int | None:
        """How many grains the dose is, or `None` if these products cannot make it."""
        count = dose.to(self.unit).amount / self.grain
        return int(count) if count.denominator == 1 and int(count) in self.cost else None

    def dose(self, grains: int) -> Quantity:
        """The dose of so many grains."""
        return Quantity(self.grain * grains, self.unit)

    def pieces(self, grains: int) -> tuple[Piece, ...]:
        """The pieces of a makeable dose, whole and divided parts of one product together, larger strengths first."""
        if grains not in self._way:
            counts: dict[Product, Fraction] = {}
            left = grains
            while left:
                before, product, count = self._made_from[left]
                counts[product] = counts.get(product, Fraction(0)) + count
                left = before
            ordered = sorted(counts, key=lambda product: (-product.strength.amount, product.name))
            self._way[grains] = tuple(Piece(product, counts[product]) for product in ordered)
        return self._way[grains]

    def nearest(self, dose: Quantity) -> tuple[Quantity, ...]:
        """The makeable doses next below and next above `dose`, those that exist."""
        wanted = dose.to(self.unit).amount / self.grain
        below = [grains for grains in self.doses if grains < wanted]
        above = [grains for grains in self.doses if grains > wanted]
        return tuple(self.dose(grains) for grains in (*below[-1:], *above[:1]))


def makeable(products: Sequence[Product], unit: str, largest: Quantity, others: Sequence[Quantity] = ()) -> Makeable:
    """Every dose up to `largest` (included) that `products` make, in `unit`.

    The grain is fine enough to count `others` too, doses that need not be makeable.

    Raises `ValueError` when there are no products, or when the doses up to `largest` are more than
    `LARGEST_TABLE` grains.
    """
    if not products:
        raise ValueError("there is no product to make a dose from")
    smallest = [product.smallest.to(unit).amount for product in products]
    smallest += [other.to(unit).amount for other in others]
    grain = Fraction(gcd(*(s.numerator * (lcm(*(t.denominator for t in smallest)) // s.denominator) for s in smallest)),
                     lcm(*(t.denominator for t in smallest)))  # fmt: skip
    top = int(largest.to(unit).amount / grain)
    if top > LARGEST_TABLE:
        raise ValueError(
            f"doses up to {largest} in steps of {Quantity(grain, unit)} are {top}; at most {LARGEST_TABLE} are"
        )
    cost: dict[int, tuple[int, int]] = {0: (0, 0)}
    made_from: dict[int, tuple[int, Product, Fraction]] = {}
    _add_pieces([p for p in products if not p.measured], unit, grain, top, cost, made_from)
    for product in products:
        if product.measured:
            _add_measured(product, unit, grain, top, cost, made_from)
    del cost[0]
    return Makeable(unit, grain, tuple(sorted(cost)), cost, {}, made_from)


def _add_pieces(
    products: list[Product],
    unit: str,
    grain: Fraction,
    top: int,
    cost: dict[int, tuple[int, int]],
    made_from: dict[int, tuple[int, Product, Fraction]],
) -> None:
    """Fill in the doses made of countable pieces.

    Every part of a piece is an item of its own that costs one division. Two parts of one product are
    never cheaper than what they make together, so a best way holds at most one part of each product.
    """
    items: list[tuple[int, tuple[int, int], Product, Fraction]] = []
    for product in products:
        for part in range(1, product.parts + 1):
            count = Fraction(part, product.parts)
            size = int(product.strength.to(unit).amount * count / grain)
            items.append((size, (0 if count == 1 else 1, 1), product, count))
    items.sort(key=lambda item: (-item[0], item[1], item[2].name))
    for grains in range(1, top + 1):
        for size, (divided, handled), product, part_of in items:
            before = cost.get(grains - size)
            if before is None:
                continue
            total = (before[0] + divided, before[1] + handled)
            if grains not in cost or total < cost[grains]:
                cost[grains] = total
                made_from[grains] = (grains - size, product, part_of)


def _add_measured(
    product: Product,
    unit: str,
    grain: Fraction,
    top: int,
    cost: dict[int, tuple[int, int]],
    made_from: dict[int, tuple[int, Product, Fraction]],
) -> None:
    """Fill in the doses that a measured product makes, alone or on top of what could be made before."""
    size = int(product.smallest.to(unit).amount / grain)
    per_measure = product.measure.amount if product.measure is not None else Fraction(1)
    best: dict[int, tuple[tuple[int, int], int]] = {}
    for grains in range(top + 1):
        rest = grains % size
        here = cost.get(grains)
        if rest in best:
            (divided, handled), base = best[rest]
            total = (divided, handled + 1)
            if here is None or total < here:
                cost[grains] = total
                made_from[grains] = (base, product, per_measure * ((grains - base) // size))
        if here is not None and (rest not in best or here < best[rest][0]):
            best[rest] = (here, grains)
