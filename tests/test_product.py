"""Which doses products make, and out of which pieces."""

from __future__ import annotations

from fractions import Fraction
from itertools import product as combinations_of

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from titrate import product as product_module
from titrate.errors import RequestError
from titrate.product import LARGEST_TABLE, Handling, Piece, Product, Stock, makeable
from titrate.quantity import Quantity
from titrate.scale import Scale

q = Quantity.parse
FIVE = Product("5mg", "tablet", q("5 mg"))
TEN = Product("10mg", "tablet", q("10 mg"), parts=2)
TWENTY = Product("20mg", "tablet", q("20 mg"), parts=2)
SYRUP = Product("syrup", "liquid", q("1 mg/mL"), measure=Scale.parse("0.5 mL"))
DROPS = Product("drops", "liquid", q("1 mg/mL"), measure=Scale.parse("2 mL"))


def made(dose: str, *products: Product) -> str:
    table = makeable(products, "mg", q("100 mg"))
    grains = table.grains(q(dose))
    return "nothing" if grains is None else " and ".join(map(str, table.pieces(grains)))


@pytest.mark.parametrize(
    ("dose", "products", "pieces"),
    [
        ("5 mg", (FIVE, TEN), "1 tablet of 5 mg"),
        ("5 mg", (TEN,), "half a tablet of 10 mg"),
        ("15 mg", (TEN,), "1 and a half tablets of 10 mg"),
        ("15 mg", (FIVE, TEN), "1 tablet of 10 mg and 1 tablet of 5 mg"),
        ("40 mg", (TEN, TWENTY), "2 tablets of 20 mg"),
        ("30 mg", (TEN, TWENTY), "1 tablet of 20 mg and 1 tablet of 10 mg"),
        ("10 mg", (TWENTY, FIVE), "2 tablets of 5 mg"),  # two whole ones before a divided one
        ("7 mg", (FIVE, TEN), "nothing"),
        ("5 mg", (Product("20mg", "tablet", q("20 mg"), parts=4),), "a quarter of a tablet of 20 mg"),
        ("15 mg", (Product("20mg", "tablet", q("20 mg"), parts=4),), "three quarters of a tablet of 20 mg"),
        ("25 mg", (Product("20mg", "tablet", q("20 mg"), parts=4),), "1 and a quarter tablets of 20 mg"),
        ("2.5 mg", (SYRUP,), "2.5 mL of 1 mg per mL"),
        ("12 mg", (SYRUP, TEN), "12 mL of 1 mg per mL"),  # one thing to take, not two
        ("0.25 mg", (SYRUP,), "nothing"),
        ("10 mg", (SYRUP, TEN), "1 tablet of 10 mg"),  # a tablet where a liquid is no better
        ("3 mg", (DROPS, FIVE), "nothing"),  # drops in steps of 2 mg
        ("7 mg", (DROPS, FIVE), "1 tablet of 5 mg and 2 mL of 1 mg per mL"),
        ("11 mg", (DROPS, FIVE), "1 tablet of 5 mg and 6 mL of 1 mg per mL"),
    ],
)
def test_pieces(dose: str, products: tuple[Product, ...], pieces: str) -> None:
    assert made(dose, *products) == pieces


def test_a_capsule_is_never_divided() -> None:
    capsule = Product("300mg", "capsule", q("300 mg"))
    table = makeable([capsule], "mg", q("900 mg"))
    assert [str(table.dose(grains)) for grains in table.doses] == ["300 mg", "600 mg", "900 mg"]


def test_an_infusion_is_set_not_counted() -> None:
    pump = Product("pump", "infusion", q("1 micrograms"))
    table = makeable([pump], "micrograms", q("1200 micrograms"))
    assert len(table.doses) == 1200
    assert str(table.pieces(300)[0]) == "300 micrograms over 24 hours"
    assert table.cost[300] == (0, 1)
    assert (str(pump), str(TEN), str(SYRUP)) == ("continuous infusion", "10 mg tablet", "1 mg/mL liquid")


def test_a_measured_volume_is_one_thing_and_nothing_is_divided() -> None:
    measured, tablets = Piece(SYRUP, Fraction(5, 2)), Piece(TEN, Fraction(5, 2))
    assert (str(measured.amount), measured.divided, measured.handled) == ("2.5 mg", 0, 1)
    assert (str(tablets.amount), tablets.divided, tablets.handled) == ("25 mg", 1, 3)


def test_of_ways_with_as_many_pieces_the_one_with_larger_pieces_first() -> None:
    """11 mg are 7 and 2 and 2, not 5 and 5 and 1."""
    whole = tuple(Product(f"{n}mg", "tablet", Quantity(Fraction(n), "mg")) for n in (1, 2, 5, 7))
    assert made("11 mg", *whole) == "1 tablet of 7 mg and 2 tablets of 2 mg"
    assert made("11 mg", *reversed(whole)) == "1 tablet of 7 mg and 2 tablets of 2 mg"


def test_other_doses_are_counted_and_not_made() -> None:
    """7 mg and 0.0085 g are counted in grains of half a milligram; 5 mg tablets do not make them."""
    table = makeable([FIVE], "mg", q("20 mg"), [q("7 mg"), q("0.0085 g")])
    assert table.dose(1) == q("0.5 mg")
    assert [str(table.dose(grains)) for grains in table.doses] == ["5 mg", "10 mg", "15 mg", "20 mg"]
    assert (table.grains(q("7 mg")), table.grains(q("10 mg"))) == (None, 20)


def test_nearest() -> None:
    table = makeable([FIVE], "mg", q("20 mg"))
    assert [str(dose) for dose in table.nearest(q("12 mg"))] == ["10 mg", "15 mg"]
    assert [str(dose) for dose in table.nearest(q("3 mg"))] == ["5 mg"]
    assert [str(dose) for dose in table.nearest(q("10 mg"))] == ["5 mg", "15 mg"]
    assert [str(dose) for dose in table.nearest(q("99 mg"))] == ["20 mg"]


def test_too_many_doses_are_refused_with_the_number() -> None:
    with pytest.raises(ValueError, match=str(LARGEST_TABLE)):
        makeable([SYRUP], "mg", q("1000000 mg"))
    with pytest.raises(ValueError, match=r"^there is no product to make a dose from$"):
        makeable([], "mg", q("1 mg"))


def test_the_largest_table_is_still_made(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten steps of 5 mg."""
    monkeypatch.setattr(product_module, "LARGEST_TABLE", 10)
    assert len(makeable([FIVE], "mg", q("50 mg")).doses) == 10
    with pytest.raises(ValueError, match=r"^doses up to 55 mg in steps of 5 mg are 11; at most 10 are$"):
        makeable([FIVE], "mg", q("55 mg"))


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(1, 12), st.sampled_from([1, 2, 3, 4])),
        min_size=1,
        max_size=3,
        unique_by=lambda item: item[0],
    ),
    st.integers(1, 40),
)
def test_the_best_way_against_trying_everything(strengths: list[tuple[int, int]], dose: int) -> None:
    """Fewest divided pieces, then fewest pieces, among all ways to take whole pieces and one part of each product."""
    products = [Product(f"{s}mg", "tablet", Quantity(Fraction(s), "mg"), parts) for s, parts in strengths]
    table = makeable(products, "mg", q("40 mg"))
    counts = [[Fraction(n, p.parts) for n in range(dose * p.parts // int(p.strength.amount) + 1)] for p in products]
    best = None
    for way in combinations_of(*counts):
        pieces = [Piece(p, count) for p, count in zip(products, way, strict=True) if count]
        if sum((piece.amount.amount for piece in pieces), Fraction(0)) == dose:
            cost = (sum(piece.divided for piece in pieces), sum(piece.handled for piece in pieces))
            best = cost if best is None else min(best, cost)
    grains = table.grains(Quantity(Fraction(dose), "mg"))
    assert (None if grains is None else table.cost[grains]) == best
    if grains is not None:
        pieces = list(table.pieces(grains))
        assert sum((piece.amount.amount for piece in pieces), Fraction(0)) == dose
        assert len({piece.product for piece in pieces}) == len(pieces)


@pytest.mark.parametrize(
    ("strength", "unit", "largest", "doses"),
    [
        ("2 mg/mL", "mg", "10 mg", ["2", "4", "6", "8", "10"]),
        ("0.5 mg/mL", "mg", "2 mg", ["0.5", "1", "1.5", "2"]),
        ("0.5 mg/mL", "micrograms", "1500 micrograms", ["500", "1000", "1500"]),
        ("250 micrograms/mL", "mg", "1 mg", ["0.25", "0.5", "0.75", "1"]),
    ],
)
def test_every_dose_of_a_liquid_up_to_the_largest_and_none_above(
    strength: str, unit: str, largest: str, doses: list[str]
) -> None:
    """Whole millilitres."""
    table = makeable([Product("syrup", "liquid", q(strength), measure=Scale.parse("1 mL"))], unit, q(largest))
    assert [table.dose(grains).number for grains in table.doses] == doses


# What is in the house, and how it may be made: whole and divided pieces of one or several strengths, in whatever order;
# liquids with the marks of a syringe; a limit to how many things one dose may be; and an edge below which one measures.
HALVES_OF_4 = Product("4mg", "tablet", q("4 mg"), parts=2)
QUARTERS_OF_8 = Product("8mg", "tablet", q("8 mg"), parts=4)
THIRDS_OF_9 = Product("9mg", "tablet", q("9 mg"), parts=3)
TWO, THREE = Product("2mg", "capsule", q("2 mg")), Product("3mg", "capsule", q("3 mg"))
EIGHT = Product("8mg-whole", "tablet", q("8 mg"))
FINE = Product("fine", "liquid", q("1 mg/mL"), measure=Scale.parse("1 mL up to 3 mL, 2 mL above"))
COARSE = Product("coarse", "liquid", q("5 mg/mL"), measure=Scale.parse("1 mL"))
ANYHOW = (
    (HALVES_OF_4,), (TWO, THREE), (QUARTERS_OF_8, TWO), (TWO, QUARTERS_OF_8), (EIGHT, QUARTERS_OF_8),
    (THREE, HALVES_OF_4, QUARTERS_OF_8), (THIRDS_OF_9, HALVES_OF_4), (FINE,), (FINE, COARSE), (COARSE, EIGHT),
    (HALVES_OF_4, COARSE), (FINE, EIGHT, THREE), (THIRDS_OF_9, COARSE), (FINE, TWO, COARSE),
    (QUARTERS_OF_8, THREE, FIVE),
)  # fmt: skip
TOP = 26
EVERY_WAY = [
    (products, Handling(most, None if below is None else q(f"{below} mg"), mixed))
    for products in ANYHOW
    for most in (None, 1, 2, 3, 4)
    for below, mixed in ((None, True), (None, False), (8, True))
]
Way = tuple[Piece, ...]


def _counts(product: Product) -> list[Fraction]:
    """How much of one product may be in a dose: from nothing to what makes the largest one."""
    per, most = (1, 3) if product is FINE else (product.parts, 99)
    found = [Fraction(n, per) for n in range(int(TOP / product.strength.amount * per) + 1)]
    return [count for count in found if count <= most or count % 2 == 0]


def _tried(products: tuple[Product, ...], handling: Handling) -> dict[int, dict[tuple[bool, int, bool, int], set[Way]]]:
    """Every dose, and by what it costs every way to make it: pieces and liquid together, divided, a liquid, handled."""
    found: dict[int, dict[tuple[bool, int, bool, int], set[Way]]] = {}
    for counts in combinations_of(*map(_counts, products)):
        way = tuple(Piece(product, count) for product, count in zip(products, counts, strict=True) if count)
        dose = sum((piece.amount.amount for piece in way), Fraction(0))
        liquid, handled = [piece.product.measured for piece in way], sum(piece.handled for piece in way)
        both = len(set(liquid)) > 1
        if not way or dose > TOP or sum(liquid) > 1 or (both and not handling.mixed):
            continue
        if handling.most is not None and handled > handling.most:
            continue
        if handling.liquid_below is not None and (both or any(liquid) != (dose < handling.liquid_below.amount)):
            continue
        cost = (both, sum(piece.divided for piece in way), any(liquid), handled)
        found.setdefault(int(dose), {}).setdefault(cost, set()).add(way)
    return found


@pytest.mark.parametrize("products", ANYHOW, ids=lambda products: "+".join(one.name for one in products))
def test_every_dose_and_all_best_ways_against_trying_everything(products: tuple[Product, ...]) -> None:
    """Pieces or a liquid before both, fewest divided, pieces before a liquid, fewest pieces; all ways that are best."""
    for _, handling in [one for one in EVERY_WAY if one[0] == products]:
        tried = _tried(products, handling)
        table = makeable(products, "mg", Quantity(Fraction(TOP), "mg"), handling=handling)
        made = {int(table.dose(grains).amount): grains for grains in table.doses}
        assert sorted(made) == sorted(tried), handling
        for dose, ways in tried.items():
            best = min(ways)
            assert table.cost[made[dose]] == (best[1], best[3]), (handling, dose)
            listed = table.ways(made[dose])
            assert set(map(frozenset, listed)) == set(map(frozenset, ways[best])), (handling, dose)
            assert len(listed) == len(ways[best]), (handling, dose)


def test_of_a_product_no_more_than_what_is_written_is_divided() -> None:
    """14.6 mg are half of 24 mg and 2.6 mg. A whole third of 9 mg, and one third more, would be two things, not one."""
    products = [
        Product("24mg", "tablet", q("24 mg"), parts=2),
        Product("9mg", "tablet", q("9 mg"), parts=3),
        Product("7mg", "tablet", q("7 mg")),
        Product("2.6mg", "tablet", q("2.6 mg")),
    ]
    table = makeable(products, "mg", q("14.6 mg"))
    (way,) = table.ways(table.doses[-1])
    assert " and ".join(map(str, way)) == "half a tablet of 24 mg and 1 tablet of 2.6 mg"


def test_as_many_doses_of_pieces_by_volumes_as_can_be_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    """2, 4 and 6 mg of capsules by 5 mg of a liquid are three; up to 10 mg they are five by two."""
    monkeypatch.setattr(product_module, "MOST_MIXED", 3)
    table = makeable([TWO, COARSE], "mg", q("7 mg"))
    assert [table.dose(grains).number for grains in table.doses] == ["2", "4", "5", "6", "7"]
    with pytest.raises(ValueError, match=r"^5 doses of pieces and 2 volumes are too many to be put together$"):
        makeable([TWO, COARSE], "mg", q("10 mg"))


@pytest.mark.parametrize(
    ("product", "count", "parts"),
    [
        (FIVE, Fraction(3, 2), "5 mg tablet there are whole ones"),
        (TEN, Fraction(3, 4), "10 mg tablet there are whole ones, or parts of them, 2 of each"),
    ],
)
def test_what_is_left_in_the_house_is_counted_in_parts_that_there_are(
    product: Product, count: Fraction, parts: str
) -> None:
    stock = Stock(product.name, count)
    with pytest.raises(RequestError) as refused:
        stock.check("--at-hand", product)
    assert refused.value.message == f"--at-hand {stock}: of {parts}."
    assert refused.value.options == (f"--at-hand {product.name}=12",)
    Stock(product.name, Fraction(3, product.parts)).check("--at-hand", product)
    Stock("syrup", Fraction(1, 7)).check("--at-hand", SYRUP)
