"""What the doses of a whole schedule are made of: of the best ways to make each dose those that go together best.

For each dose only the best ways are looked at: fewest divided pieces, then fewest pieces (`titrate.product.Makeable`).
Among them the schedule as a whole needs the fewest different strengths, those at hand counted as being in the house
already; of as few strengths the larger ones. Where both pieces and a liquid are at hand there is one change between
them: from the smallest dose on from which all larger ones are made of whole pieces, these are, and what is smaller is
measured, by one strength of liquid if one makes it all.

What is at hand is used first: a step for which it lasts is made of it alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import combinations
from math import ceil

from titrate.planner.grid import Grid
from titrate.planner.moves import Doses
from titrate.product import Makeable, Piece, Product, makeable
from titrate.request import Request

Way = tuple[Piece, ...]
Ways = dict[int, Way]

# More strengths than these are not tried in every combination: the larger ones are taken.
_MOST_STRENGTHS = 12


def made(
    grid: Grid, products: Sequence[Product], request: Request, days: Sequence[tuple[Doses, int | None]]
) -> list[Ways]:
    """For each step, given as its day and on how many days that is taken, what each of its doses is made of."""
    stock = _at_hand(products, request)
    of_stock = [_of_stock(grid, request, stock, day, times) for day, times in days]
    rest = {dose for (day, _), ways in zip(days, of_stock, strict=True) if ways is None for dose in day}
    best = _best(grid.table, rest, frozenset(stock))
    return [best if ways is None else ways for ways in of_stock]


def _at_hand(products: Sequence[Product], request: Request) -> dict[Product, Fraction]:
    """What is left in the house of the products that may be used."""
    named = {product.name: product for product in products}
    return {named[one.product]: one.count for one in request.at_hand}


def _of_stock(
    grid: Grid, request: Request, stock: dict[Product, Fraction], day: Doses, times: int | None
) -> Ways | None:
    """What a step is made of if it is made of what is at hand alone, which is then taken from `stock`.

    `None` where that does not make its doses, or does not last for it. A piece that is divided counts as a whole one.
    """
    left = [product for product, count in stock.items() if count > 0]
    if not left or times is None or not day:
        return None
    largest = grid.table.dose(max(day))
    table = makeable(left, grid.table.unit, largest, (grid.table.dose(1),), request.handling(mixed=False))
    grains = {dose: table.grains(grid.table.dose(dose)) for dose in day}
    own = [grain for grain in grains.values() if grain is not None]
    if len(own) < len(grains):
        return None
    best = _best(table, own, frozenset(left))
    ways = {dose: best[grain] for dose, grain in grains.items() if grain is not None}
    used: dict[Product, Fraction] = {}
    for dose in day:
        for piece in ways[dose]:
            count = piece.count if piece.product.measured else Fraction(ceil(piece.count))
            used[piece.product] = used.get(piece.product, Fraction(0)) + count * times
    if any(count > stock[product] for product, count in used.items()):
        return None
    for product, count in used.items():
        stock[product] -= count
    return ways


def _best(table: Makeable, doses: Iterable[int], in_house: frozenset[Product]) -> Ways:
    """The way for each dose, in grains."""
    choices = _in_one_form(table, sorted(set(doses), reverse=True))
    for strengths in _sets(choices, in_house):
        found = {dose: next((way for way in ways if _uses(way) <= strengths), None) for dose, ways in choices.items()}
        if None not in found.values():
            return {dose: way for dose, way in found.items() if way is not None}
    return {dose: ways[0] for dose, ways in choices.items()}


def _uses(way: Way) -> frozenset[Product]:
    return frozenset(piece.product for piece in way)


def _in_one_form(table: Makeable, descending: Sequence[int]) -> dict[int, tuple[Way, ...]]:
    """The best ways of each dose; from the largest one that is measured on, all smaller ones are too if they can be."""
    choices: dict[int, tuple[Way, ...]] = {}
    measured = False
    for dose in descending:
        ways = table.ways(dose)
        measured = measured or any(piece.product.form == "liquid" for piece in ways[0])
        choices[dose] = (table.measured(dose) or ways) if measured else ways
    return choices


def _sets(choices: dict[int, tuple[Way, ...]], in_house: frozenset[Product]) -> Iterator[frozenset[Product]]:
    """Sets of strengths, those first that need the fewest besides what is in the house, then the fewest at all."""
    used = {product for ways in choices.values() for way in ways for product in _uses(way)}
    ordered = sorted(used, key=lambda product: (-product.strength.amount, product.name))
    if len(ordered) > _MOST_STRENGTHS:
        return
    sets = [chosen for size in range(len(ordered) + 1) for chosen in combinations(ordered, size)]
    for chosen in sorted(sets, key=lambda one: (sum(1 for p in one if p not in in_house), len(one))):
        yield frozenset(chosen)
