"""What is in the box, and which doses a set of products can make exactly."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from fractions import Fraction
from functools import lru_cache
from math import gcd, lcm
from typing import Any, ClassVar, Literal

from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.quantity import Quantity, decimal
from titrate.scale import Scale

Form = Literal["tablet", "capsule", "packet", "injection", "liquid", "infusion"]

# More doses than this make no sensible table; a request that needs them is refused, with this number.
LARGEST_TABLE = 200_000
# Doses of pieces by volumes that are tried where neither makes a dose alone.
MOST_MIXED = 2_000_000
# Tables of so few grains are kept, the latest of them: it is nearly always the same products that are asked about.
_SMALL = 500
_TABLES = 32

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

    `strength` is the amount in one piece (tablet, capsule, packet, injection), in 1 mL (liquid), or the smallest
    amount per day that can be set (infusion). `parts` is into how many equal parts a piece may be
    divided (1: not at all). `measure` says which volumes can be drawn up, for a liquid only.
    """

    name: str
    form: Form
    strength: Quantity
    parts: int = 1
    measure: Scale | None = None

    @property
    def measured(self) -> bool:
        """Whether any amount on a grid can be taken from it, rather than whole pieces or parts of them."""
        return self.form in ("liquid", "infusion")

    @property
    def smallest(self) -> Quantity:
        """The smallest dose it makes."""
        return self.grades[0]

    @property
    def grades(self) -> tuple[Quantity, ...]:
        """Amounts of which every dose made from it alone is a whole multiple of one; the smallest first."""
        if self.measure is not None:
            unit = self.strength.unit.split("/")[0]
            return tuple(Quantity(self.strength.amount * step, unit) for step in self.measure.steps)
        return (self.strength * Fraction(1, self.parts),)

    def runs(self, largest: Fraction) -> Iterator[tuple[Fraction, range]]:
        """The volumes (or settings) of a measured product that make a dose up to `largest` (an amount in its own
        unit): a step, and which multiples of it; ascending."""
        most = largest / self.strength.amount
        if self.measure is not None:
            yield from self.measure.runs(most)
        else:
            yield Fraction(1), range(1, int(most) + 1)

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
class Stock:
    """What is left in the house of a product, named as after `--products`: pieces and parts of them, or mL."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    product: str
    count: Fraction

    def check(self, option: str, product: Product) -> None:
        """Raises `RequestError` where it counts parts into which the product is not divided."""
        if not product.measured and (self.count * product.parts).denominator != 1:
            parts = "whole ones" + ("" if product.parts == 1 else f", or parts of them, {product.parts} of each")
            raise RequestError(f"{option} {self}: of {product} there are {parts}.", (f"{option} {self.product}=12",))

    def __str__(self) -> str:
        return f"{self.product}={decimal(self.count)}"


Cost = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Handling:
    """How doses may be made. `most`: of how many pieces one dose at most (a part and a measured volume count as one).

    `liquid_below`: smaller doses are measured, and only they. `mixed`: whether pieces and a measured volume may go
    together into one dose, where neither makes it alone.
    """

    most: int | None = None
    liquid_below: Quantity | None = None
    mixed: bool = True


ANY = Handling()


@dataclass(frozen=True, slots=True)
class Makeable:
    """Every dose that a set of products makes, up to a largest one.

    A dose is a whole number of grains; `grain` is in `unit`. `doses` ascend, without 0. `cost` gives
    (pieces to divide, pieces to handle) of the best way to make a dose: of pieces or of a liquid before a mixture of
    both, fewest divided, pieces before a liquid, fewest pieces.
    """

    unit: str
    grain: Fraction
    doses: tuple[int, ...]
    cost: dict[int, Cost]
    _products: tuple[Product, ...] = field(repr=False, compare=False)
    _of_pieces: Mapping[int, Cost] = field(repr=False, compare=False)
    _measured: Mapping[int, tuple[Product, ...]] = field(repr=False, compare=False)
    _ways: dict[int, tuple[tuple[Piece, ...], ...]] = field(default_factory=dict, repr=False, compare=False)
    _doses: dict[int, Quantity] = field(default_factory=dict, repr=False, compare=False)

    def grains(self, dose: Quantity) -> int | None:
        """How many grains the dose is, or `None` if these products cannot make it."""
        count = dose.to(self.unit).amount / self.grain
        return int(count) if count.denominator == 1 and int(count) in self.cost else None

    def dose(self, grains: int) -> Quantity:
        """The dose of so many grains."""
        if grains not in self._doses:
            self._doses[grains] = Quantity(self.grain * grains, self.unit)
        return self._doses[grains]

    def pieces(self, grains: int) -> tuple[Piece, ...]:
        """The pieces of a makeable dose, whole and divided parts of one product together, larger strengths first.

        Of the best ways that of the larger pieces.
        """
        return self.ways(grains)[0]

    def ways(self, grains: int) -> tuple[tuple[Piece, ...], ...]:
        """All best ways to make a makeable dose; those of larger pieces first."""
        if grains not in self._ways:
            cost = self.cost[grains]
            if self._of_pieces.get(grains) == cost:
                self._ways[grains] = self._in_pieces(grains, cost)
            elif grains in self._measured:
                self._ways[grains] = self.measured(grains)
            else:
                self._ways[grains] = tuple(self._mixed(grains, cost))
        return self._ways[grains]

    def measured(self, grains: int) -> tuple[tuple[Piece, ...], ...]:
        """The ways to make a dose of one measured product alone; none where there is none."""
        return tuple((self._volume(product, grains),) for product in self._measured.get(grains, ()))

    def _in_pieces(self, grains: int, cost: Cost) -> tuple[tuple[Piece, ...], ...]:
        whole = [product for product in self._products if not product.measured]
        whole.sort(key=lambda product: (-product.strength.to(self.unit).amount, product.name))
        parts = [int(product.smallest.to(self.unit).amount / self.grain) for product in whole]
        return tuple(_composed(list(zip(whole, parts, strict=True)), grains, cost))

    def _mixed(self, grains: int, cost: Cost) -> Iterator[tuple[Piece, ...]]:
        rest_cost = (cost[0], cost[1] - 1)
        for product in self._products:
            if not product.measured:
                continue
            for amount in _drawn(product, self.unit, self.grain, grains - 1):
                if self._of_pieces.get(grains - amount) == rest_cost:
                    for way in self._in_pieces(grains - amount, rest_cost):
                        yield (*way, self._volume(product, amount))

    def _volume(self, product: Product, grains: int) -> Piece:
        return Piece(product, self.grain * grains / _strength(product, self.unit))

    def nearest(self, dose: Quantity) -> tuple[Quantity, ...]:
        """The makeable doses next below and next above `dose`, those that exist."""
        wanted = dose.to(self.unit).amount / self.grain
        below = [grains for grains in self.doses if grains < wanted]
        above = [grains for grains in self.doses if grains > wanted]
        return tuple(self.dose(grains) for grains in (*below[-1:], *above[:1]))


def _composed(products: Sequence[tuple[Product, int]], rest: int, cost: Cost) -> Iterator[tuple[Piece, ...]]:
    """Every way to make `rest` grains of so many divided and so many pieces in all; most of the first product first.

    The products, each with how many grains its smallest part has, come in falling order of their strength.
    """
    divided, handled = cost
    if not rest:
        if cost == (0, 0):
            yield ()
        return
    if not products or rest > handled * products[0][1] * products[0][0].parts:
        return
    (first, size), *others = products
    strength, next_one = size * first.parts, others[0][1] * others[0][0].parts if others else 0
    # Of fewer pieces of the first product the others would be too many, even if all were of the next strength.
    fewest = max(0, -((handled * next_one - rest) // (strength - next_one)) - 1) if strength > next_one else 0
    for whole in range(min(handled, rest // strength), fewest - 1, -1):
        for part in range(first.parts - 1, -1, -1):
            broken = 1 if part else 0
            left = rest - strength * whole - size * part
            if left < 0 or broken > divided or whole + broken > handled:
                continue
            for way in _composed(others, left, (divided - broken, handled - whole - broken)):
                yield (Piece(first, whole + Fraction(part, first.parts)), *way) if whole or part else way


def makeable(
    products: Sequence[Product],
    unit: str,
    largest: Quantity,
    others: Sequence[Quantity] = (),
    handling: Handling = ANY,
) -> Makeable:
    """Every dose up to `largest` (included) that `products` make, in `unit`.

    The grain is fine enough to count `others` too, doses that need not be makeable.

    Raises `ValueError` when there are no products, or when the doses up to `largest` are more than
    `LARGEST_TABLE` grains.
    """
    if not products:
        raise ValueError("there is no product to make a dose from")
    smallest = [grade.to(unit).amount for product in products for grade in product.grades]
    smallest += [other.to(unit).amount for other in others]
    grain = Fraction(gcd(*(s.numerator * (lcm(*(t.denominator for t in smallest)) // s.denominator) for s in smallest)),
                     lcm(*(t.denominator for t in smallest)))  # fmt: skip
    top = int(largest.to(unit).amount / grain)
    if top > LARGEST_TABLE:
        raise ValueError(
            f"doses up to {largest} in steps of {Quantity(grain, unit)} are {top}; at most {LARGEST_TABLE} are"
        )
    table = _table if top <= _SMALL else _table.__wrapped__
    return table(tuple(products), unit, grain, top, handling)


@lru_cache(_TABLES)
def _table(products: tuple[Product, ...], unit: str, grain: Fraction, top: int, handling: Handling) -> Makeable:
    edge = None if handling.liquid_below is None else handling.liquid_below.to(unit).amount / grain
    pieces = _of_pieces([p for p in products if not p.measured], unit, grain, top, handling.most)
    pieces = {dose: cost for dose, cost in pieces.items() if edge is None or dose >= edge}
    measured: dict[int, tuple[Product, ...]] = {}
    for product in products:
        for dose in _drawn(product, unit, grain, top) if product.measured else ():
            if edge is None or dose < edge:
                measured[dose] = (*measured.get(dose, ()), product)
    cost = dict.fromkeys(measured, (0, 1))
    cost.update({dose: best for dose, best in pieces.items() if dose not in cost or best[0] == 0})
    if handling.mixed and edge is None:
        cost.update(_of_both(products, unit, grain, top, pieces, cost, handling.most))
    return Makeable(unit, grain, tuple(sorted(cost)), cost, products, pieces, measured)


def _strength(product: Product, unit: str) -> Fraction:
    """How much of the drug is in 1 mL, or in one setting of an infusion."""
    return Quantity(product.strength.amount, product.strength.unit.split("/")[0]).to(unit).amount


def _drawn(product: Product, unit: str, grain: Fraction, top: int) -> Iterator[int]:
    """Each dose up to `top` that a volume of a measured product makes, ascending; in grains."""
    strength = _strength(product, unit)
    for step, multiples in product.runs(grain * top * product.strength.amount / strength):
        grains = int(step * strength / grain)
        yield from range(multiples.start * grains, multiples.stop * grains, grains)


def _of_pieces(products: list[Product], unit: str, grain: Fraction, top: int, most: int | None) -> dict[int, Cost]:
    """The doses made of countable pieces, at most `most` of them, with the cost of the best way.

    Every part of a piece is an item of its own that costs one division. Two parts of one product are
    never cheaper than what they make together, so a best way holds at most one part of each product.
    """
    items: dict[int, Cost] = {}
    for product in products:
        for part in range(1, product.parts + 1):
            size = int(product.strength.to(unit).amount * part / product.parts / grain)
            items[size] = min(items.get(size, (1, 1)), (0 if part == product.parts else 1, 1))
    found: dict[int, Cost] = {0: (0, 0)}
    sizes = [(size, *cost) for size, cost in items.items()]
    for grains in range(1, top + 1):
        best = None
        for size, divided, handled in sizes:
            before = found.get(grains - size)
            if before is not None:
                cost = (before[0] + divided, before[1] + handled)
                if best is None or cost < best:
                    best = cost
        if best is not None:
            found[grains] = best
    del found[0]
    if most is None or all(handled <= most for _, handled in found.values()):
        return found
    return _of_few(items, top, most)


def _of_few(items: dict[int, Cost], top: int, most: int) -> dict[int, Cost]:
    """The same for at most `most` pieces: the fewest divided, however many whole ones could do without."""
    layer, found = {0: 0}, dict[int, Cost]()
    for handled in range(1, most + 1):
        after: dict[int, int] = {}
        for grains, divided in layer.items():
            for size, cost in items.items():
                total = grains + size
                if total <= top and after.get(total, most + 1) > divided + cost[0]:
                    after[total] = divided + cost[0]
        for grains, divided in after.items():
            found[grains] = min(found.get(grains, (divided, handled)), (divided, handled))
        layer = after
    return found


def _of_both(
    products: Sequence[Product],
    unit: str,
    grain: Fraction,
    top: int,
    pieces: Mapping[int, Cost],
    alone: Mapping[int, Cost],
    most: int | None,
) -> dict[int, Cost]:
    """The doses that take pieces and a measured volume together, because neither makes them alone."""
    found: dict[int, Cost] = {}
    volumes = sum(1 for product in products if product.measured for _ in _drawn(product, unit, grain, top))
    if len(pieces) * volumes > MOST_MIXED:
        raise ValueError(f"{len(pieces)} doses of pieces and {volumes} volumes are too many to be put together")
    for product in products if pieces else ():
        for amount in _drawn(product, unit, grain, top) if product.measured else ():
            for dose, (divided, handled) in pieces.items():
                total = dose + amount
                if total > top or total in alone or (most is not None and handled >= most):
                    continue
                found[total] = min(found.get(total, (divided, handled + 1)), (divided, handled + 1))
    return found
