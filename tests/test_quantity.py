"""Exact amounts: what is read, what is refused, what is printed."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from titrate.quantity import Quantity, Range, canonical_unit, decimal
from titrate.source import Citation, Source

q = Quantity.parse


@pytest.mark.parametrize(
    ("text", "amount", "unit", "shown"),
    [
        ("12.5 mg", Fraction(25, 2), "mg", "12.5 mg"),
        ("5mg", Fraction(5), "mg", "5 mg"),
        ("5.0 mg", Fraction(5), "mg", "5 mg"),
        (".5 mg", Fraction(1, 2), "mg", "0.5 mg"),
        ("0.1 mL", Fraction(1, 10), "mL", "0.1 mL"),
        ("50 mcg", Fraction(50), "micrograms", "50 micrograms"),
        ("1 µg", Fraction(1), "micrograms", "1 microgram"),
        ("0.3 mg/kg/day", Fraction(3, 10), "mg/kg/day", "0.3 mg/kg/day"),
        ("5 mg per dose", Fraction(5), "mg/dose", "5 mg/dose"),
        ("45 mL/min/1.73m2", Fraction(45), "mL/min/1.73 m2", "45 mL/min/1.73 m2"),
        ("10 %", Fraction(10), "%", "10 %"),
        ("1000 mg", Fraction(1000), "mg", "1000 mg"),
        ("0.000001 g", Fraction(1, 10**6), "g", "0.000001 g"),
    ],
)
def test_reading_and_printing(text: str, amount: Fraction, unit: str, shown: str) -> None:
    assert (q(text).amount, q(text).unit, str(q(text))) == (amount, unit, shown)
    assert q(str(q(text))) == q(text)


@pytest.mark.parametrize(
    "text", ["", "mg", "5", "5 apples", "5 mg mg", "1e3 mg", "5,5 mg", "1/3 mg", "nan mg", "5 mg/", "٥ mg"]
)
def test_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"no amount|no unit"):
        q(text)


def test_a_long_text_is_refused_and_not_repeated() -> None:
    with pytest.raises(ValueError, match="too long") as refusal:
        q("9" * 10_000 + " mg")
    assert len(str(refusal.value)) < 200
    assert q("9" * 57 + " mg").amount == 10**57 - 1  # 60 characters
    with pytest.raises(ValueError, match="too long"):
        q("9" * 58 + " mg")


def test_spaces_around_an_amount_mean_nothing() -> None:
    assert q("  5 mg\n") == q("5 mg")


def test_a_whole_number_becomes_exact() -> None:
    """So that a quarter of it is a quarter, and not a float."""
    assert type(Quantity(5, "mg").amount) is Fraction  # type: ignore[arg-type]
    assert str(Quantity(5, "mg") * Fraction(1, 4)) == "1.25 mg"  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "amount", "unit"),
    [
        ("95/12 years", Fraction(95, 12), "years"),
        ("10/3 mg/kg/day", Fraction(10, 3), "mg/kg/day"),
        ("12.5 mg", Fraction(25, 2), "mg"),
    ],
)
def test_what_is_written_as_a_ratio_reads_back(text: str, amount: Fraction, unit: str) -> None:
    assert Quantity.reread(text) == Quantity(amount, unit)
    assert str(Quantity.reread(text)) == text


@pytest.mark.parametrize("text", ["20/6 mg", "6/3 mg", "10/3 mcg", "10/0 mg", "10/3 apples", "10/3"])
def test_a_ratio_is_read_only_as_it_is_written(text: str) -> None:
    with pytest.raises(ValueError, match="is no "):
        Quantity.reread(text)


def test_only_text_is_read_again() -> None:
    with pytest.raises(TypeError, match=r"not as 5$"):
        Quantity.reread(5)  # type: ignore[arg-type]


def test_floats_are_refused() -> None:
    with pytest.raises(TypeError, match=r"a float cannot hold an amount: 0\.5"):
        Quantity(0.5, "mg")  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^5 mg times a float \(0\.5\) is not exact$"):
        q("5 mg") * 0.5  # type: ignore[operator]
    with pytest.raises(TypeError, match=r"as text with its unit, such as '5 mg', not as 5\.0$"):
        q(5.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"^5 mg and 5: only a quantity goes with a quantity$"):
        q("5 mg") + 5  # type: ignore[operator]


def test_only_nothing_is_false() -> None:
    assert not q("0 mg")
    assert q("1 mg")
    assert q("0.5 mg")


def test_unlike_units_do_not_mix() -> None:
    for mixed in (lambda: q("1 g") + q("1 mg"), lambda: q("1 g") - q("1 mg"), lambda: q("1 g") < q("1 mg")):
        with pytest.raises(ValueError, match="different units"):
            mixed()
    assert q("1 g") != q("1000 mg")
    assert q("1 g").to("mg") == q("1000 mg")
    assert q("25 micrograms").to("mg") == q("0.025 mg")
    assert q("1 mg/mL").to("micrograms/mL") == q("1000 micrograms/mL")
    assert q("18 months").to("years") == q("1.5 years")
    with pytest.raises(ValueError, match="cannot be written in"):
        q("1 mL").to("mg")
    with pytest.raises(ValueError, match="cannot be written in"):
        q("1 mg").to("mg/day")


@pytest.mark.parametrize(
    ("given", "unit", "wanted"),
    [
        ("1 mg/mL", "mg/L", "1000 mg/L"),  # a litre has 1,000 mL
        ("1 mg/L", "mg/mL", "0.001 mg/mL"),
        ("1 mg/mL", "micrograms/L", "1000000 micrograms/L"),
        ("0.3 mg/kg/day", "micrograms/g/weeks", "2.1 micrograms/g/weeks"),  # 0.3 micrograms per g, 7 days a week
    ],
)
def test_units_under_a_per_convert_the_other_way(given: str, unit: str, wanted: str) -> None:
    assert q(given).to(unit) == q(wanted)


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("mg per kg per day", "mg/kg/day"),
        ("mg / kg", "mg/kg"),
        ("MCG", "micrograms"),
        ("\u03bcg/day", "micrograms/day"),
        ("Hour", "hours"),
        ("1.73m\u00b2", "1.73 m2"),
    ],
)
def test_units_have_one_name(text: str, unit: str) -> None:
    assert canonical_unit(text) == unit


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("app\x07les", "app?les"),
        ("a" * 60, "a" * 60),
        ("a" * 61, "a" * 60 + "..."),
        ("mg/apples", "mg/apples"),
        ("", ""),
    ],
)
def test_an_unknown_unit_is_shown_fit_for_a_message(text: str, shown: str) -> None:
    with pytest.raises(ValueError, match="is no unit") as refused:
        canonical_unit(text)
    told = f'"{shown}" is no unit that titrate knows; write for example mg, micrograms, mL, mg/kg/day'
    assert str(refused.value) == told


def test_in_documents_an_amount_is_text() -> None:
    adapter = TypeAdapter(Quantity)
    assert adapter.validate_json('"12.50 mg"') == q("12.5 mg")
    assert adapter.validate_python(q("5 mg")) == q("5 mg")
    assert adapter.dump_json(q("0.5 mg")) == b'"0.5 mg"'
    assert adapter.json_schema() == {
        "type": "string",
        "description": "An exact amount with its unit.",
        "examples": ["12.5 mg", "300 micrograms", "0.3 mg/kg/day"],
    }


@given(st.fractions(max_denominator=1000), st.fractions(max_denominator=1000))
def test_sums_are_exact(one: Fraction, other: Fraction) -> None:
    assert (Quantity(one, "mg") + Quantity(other, "mg")) - Quantity(other, "mg") == Quantity(one, "mg")


@pytest.mark.parametrize(
    ("amount", "text"),
    [(Fraction(1, 8), "0.125"), (Fraction(10, 3), "10/3"), (Fraction(-1, 20), "-0.05"), (Fraction(7), "7"),
     (Fraction(0), "0"),
     (Fraction(10**30 + 1, 10**30), "1.000000000000000000000000000001"), (Fraction(1, 6), "1/6"), (Fraction(3,
     10), "0.3")],
)  # fmt: skip
def test_decimals(amount: Fraction, text: str) -> None:
    assert decimal(amount) == text


@given(st.integers(-(10**40), 10**40), st.integers(0, 40))
def test_a_decimal_reads_back(digits: int, places: int) -> None:
    assert Fraction(decimal(Fraction(digits, 10**places))) == Fraction(digits, 10**places)


def test_ranges_include_what_they_say() -> None:
    closed = Range(at_least=q("10 mg"), at_most=q("20 mg"))
    assert [q(f"{n} mg") in closed for n in (9, 10, 20, 21)] == [False, True, True, False]
    opened = Range(above=q("10 mg"), below=q("20 mg"))
    assert [q(f"{n} mg") in opened for n in (10, 11, 19, 20)] == [False, True, True, False]
    assert str(closed) == "at least 10 mg and at most 20 mg"
    assert str(opened) == "more than 10 mg and less than 20 mg"
    assert str(Range.exactly(q("5 mg"))) == "exactly 5 mg"
    assert str(Range(at_least=q("5 mg"))) == "at least 5 mg"
    assert str(Range()) == "anything"
    with pytest.raises(ValueError, match="the bounds at least 1 g and at most 20 mg are in different units"):
        Range(at_least=q("1 g"), at_most=q("20 mg"))
    with pytest.raises(ValueError, match="nothing is"):
        Range(at_least=q("21 mg"), at_most=q("20 mg"))


def test_a_range_is_changed_bound_by_bound() -> None:
    grams = Range(above=q("1000 mg"), below=q("2000 mg")).map(lambda bound: bound.to("g"))
    assert grams == Range(above=q("1 g"), below=q("2 g"))
    assert Range(at_least=q("1 mg")).map(lambda bound: bound * 3) == Range(at_least=q("3 mg"))


def test_a_citation_names_its_basis_unless_it_is_stated() -> None:
    from datetime import date

    source = Source("label", "Label", "Publisher", "2021", "https://example.org")
    assert str(Citation(source, "section 2", date(2026, 11, 23))) == "Label, section 2; checked 2026-11-23"
    derived = Citation(source, "section 2", date(2026, 11, 23), "derived", "so")
    assert str(derived) == "derived from Label, section 2; checked 2026-11-23"


def test_as_fine_as_can_be_the_number_is_exact() -> None:
    """2 to the 60th and 5 to the 60th have more digits than a float holds; together they are ten to the 60th."""
    assert decimal(Fraction(1, 10**60)) == "0." + "0" * 59 + "1"
    assert decimal(Fraction(3, 5**60)) == "0." + str(3 * 2**60).rjust(60, "0")
    assert decimal(Fraction(3, 2**60)) == "0." + str(3 * 5**60).rjust(60, "0")


def test_a_document_holds_what_is_written_where_no_decimal_is_exact() -> None:
    """A child of 95 months: nobody types 95/12 years, but a document says it, and is read again."""
    adapter = TypeAdapter(Quantity)
    written = adapter.dump_json(Quantity(Fraction(95, 12), "years"))
    assert written == b'"95/12 years"'
    assert adapter.validate_json(written) == adapter.validate_python("95/12 years") == q("95 months").to("years")
