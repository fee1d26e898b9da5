"""Which doses products make, and out of which pieces."""

from __future__ import annotations

from fractions import Fraction
from itertools import product as combinations_of

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from titrate import product as product_module
from titrate.product import LARGEST_TABLE, Piece, Product, makeable
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
