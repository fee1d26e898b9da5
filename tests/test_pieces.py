"""What a whole schedule is made of: the order of preference, what was asked for, and the change of form."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.test_planner import ISSUED, START, US, paper
from titrate import planner
from titrate.errors import NoSchedule, RequestError
from titrate.planner import pieces
from titrate.product import Handling, Piece, Product, Stock, makeable
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule
from titrate.scale import Scale
from titrate.schedule import Schedule
from titrate.verifier import verify

q = Quantity.parse


def taper(rule: Rule, current: str, **more: Any) -> Schedule:
    """The proved taper from what is taken now."""
    request = Request(rule.id, "taper", START, ISSUED, current=Pattern.parse(current), **more)
    schedule = planner.plan(rule, request)
    assert verify(schedule, rule).findings == ()
    return schedule


def told(schedule: Schedule) -> list[str]:
    """Each step as what one dose of it is made of; here all doses of a day are alike."""
    return [step.regimen.administrations[0].pieces_in_words() for step in schedule.steps if step.regimen.doses]


def tablets(*strengths: int, divide: str = "no") -> str:
    rows = (
        f'{{ name = "{s}mg", form = "tablet", strength = "{s} mg", divide = "{divide}" }}' for s in strengths
    )  # fmt: skip
    return f"[{', '.join(rows)}]"


SYRUP = '{ name = "syrup", form = "liquid", strength = "1 mg/mL" }'


# --- Fewest different strengths --------------------------------------------------------------------


def test_the_fewest_strengths_over_the_whole_schedule() -> None:
    """30 mg are two tablets either way, 20 and 10 or 15 and 15; 15 mg needs the 15 mg tablet, so one strength does."""
    rule = paper(products=tablets(10, 15, 20), decrease='by = { at-most = "15 mg" }\nevery = { at-least = "1 day" }')
    assert told(taper(rule, "45 mg x1")) == ["2 tablets of 15 mg", "1 tablet of 15 mg"]


def test_strengths_at_hand_are_in_the_house_already() -> None:
    """30 mg alone is 20 and 10 mg, the larger first, or 15 and 15: with 15 mg at hand that is one strength fewer."""
    rule = paper(products=tablets(10, 15, 20), decrease='by = { at-most = "30 mg" }\nevery = { at-least = "1 day" }')
    stock = (Stock("15mg", Fraction(1)),)  # too few to last for any step, so only the strength counts
    assert told(taper(rule, "60 mg x1", at_hand=stock)) == ["2 tablets of 15 mg"]


def test_a_strength_that_is_not_in_the_house_counts() -> None:
    """12 mg are 6 and 6, one strength, or 8 and 4: where these two are in the house already, nothing new is needed."""
    four, six, eight = (Product(f"{s}mg", "tablet", Quantity(Fraction(s), "mg")) for s in (4, 6, 8))
    table = makeable([four, six, eight], "mg", q("12 mg"))
    twelve = table.grains(q("12 mg")) or 0
    assert [str(p) for p in pieces._best(table, [twelve], frozenset())[twelve]] == ["2 tablets of 6 mg"]
    at_home = pieces._best(table, [twelve], frozenset({four, eight}))[twelve]
    assert [str(p) for p in at_home] == ["1 tablet of 8 mg", "1 tablet of 4 mg"]


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.tuples(st.integers(1, 9), st.sampled_from([1, 2])), min_size=2, max_size=4, unique_by=lambda t: t[0]),
    st.sets(st.integers(1, 24), min_size=1, max_size=4),
    st.data(),
)
def test_against_every_choice(strengths: list[tuple[int, int]], doses: set[int], data: st.DataObject) -> None:
    """Each dose in a best way; of all such choices none needs fewer strengths besides those at hand, nor fewer."""
    products = [Product(f"{s}mg", "tablet", Quantity(Fraction(s), "mg"), parts) for s, parts in strengths]
    house = frozenset(data.draw(st.sets(st.sampled_from(products))))
    table = makeable(products, "mg", q("24 mg"))
    makes = {dose: table.grains(Quantity(Fraction(dose), "mg")) for dose in doses}
    grains = [grain for grain in makes.values() if grain is not None]
    chosen = pieces._best(table, grains, house)
    used = {piece.product for way in chosen.values() for piece in way}
    for grain in grains:
        cost = (sum(p.divided for p in chosen[grain]), sum(p.handled for p in chosen[grain]))
        assert cost == table.cost[grain]
        assert sum((p.amount.amount for p in chosen[grain]), Fraction(0)) == table.dose(grain).amount
    for size in range(len(products) + 1):
        for allowed in combinations(products, size):
            alone = {g: any(all(p.product in allowed for p in way) for way in table.ways(g)) for g in grains}
            if all(alone.values()):
                ours = (len(used - house), len(used))
                assert ours <= (len(set(allowed) - house), len(allowed))


# --- At hand ---------------------------------------------------------------------------------------


def test_what_is_at_hand_is_used_first_for_the_steps_for_which_it_lasts() -> None:
    """40, 30, 20, 10 mg for 3 days each are 12, 9, 6 and 3 tablets of 10 mg, and there are 18."""
    rule = paper(products=tablets(10, 20), decrease='by = { at-most = "10 mg" }\nevery = { at-least = "3 days" }')
    stock = (Stock("10mg", Fraction(18)),)
    assert told(taper(rule, "50 mg x1", at_hand=stock)) == [
        "4 tablets of 10 mg",  # 12 of the 18
        "1 tablet of 20 mg and 1 tablet of 10 mg",  # 9 would be needed, 6 are left
        "2 tablets of 10 mg",  # 6 of the 6
        "1 tablet of 10 mg",
    ]


TEN_IN_THREE = 'by = { at-most = "10 mg" }\nevery = { at-least = "3 days" }'


def test_what_is_used_up_is_used_no_more() -> None:
    """20 mg for 3 days are the 6 tablets of 10 mg; 10 mg are then two of 5 mg, which are at hand too."""
    rule = paper(products=tablets(5, 10), decrease=TEN_IN_THREE)
    stock = (Stock("10mg", Fraction(6)), Stock("5mg", Fraction(100)))
    assert told(taper(rule, "30 mg x1", at_hand=stock)) == ["2 tablets of 10 mg", "2 tablets of 5 mg"]


def test_the_last_tablet_is_used_too_and_a_half_of_it_is_all_of_it() -> None:
    """5 mg for one day: a tablet, or half of the one of 10 mg that is left. For two days it does not last."""
    ten = '{ name = "10mg", form = "tablet", strength = "10 mg", divide = "halves" }'
    for days, made in ((1, "half a tablet of 10 mg"), (2, "1 tablet of 5 mg")):
        falls = f'by = {{ at-most = "5 mg" }}\nevery = {{ at-least = "{days} days" }}'
        rule = paper(products=f"{tablets(5)[:-1]}, {ten}]", decrease=falls)
        assert told(taper(rule, "10 mg x1", at_hand=(Stock("10mg", Fraction(1)),))) == [made]


@pytest.mark.parametrize(("count", "made"), [(12, "2 tablets of 5 mg"), (11, "1 tablet of 10 mg")])
def test_every_dose_of_a_day_uses_what_is_at_hand(count: int, made: str) -> None:
    """10 mg twice a day for 3 days are twelve tablets of 5 mg."""
    rule = paper(products=tablets(5, 10), times="{ at-least = 1, at-most = 2 }", decrease=TEN_IN_THREE)
    assert told(taper(rule, "20 mg x2", at_hand=(Stock("5mg", Fraction(count)),)))[0] == made


@pytest.mark.parametrize(("volume", "made"), [("7.5", "2.5 mL of 1 mg per mL"), ("7", "1 tablet of 2.5 mg")])
def test_of_a_liquid_at_hand_the_very_volume_counts(volume: str, made: str) -> None:
    """2.5 mL on each of 3 days are 7.5 mL, not three times three."""
    tablet = '{ name = "2.5mg", form = "tablet", strength = "2.5 mg", divide = "no" }'
    falls = 'by = { at-most = "2.5 mg" }\nevery = { at-least = "3 days" }'
    rule = paper(products=f"[{tablet}, {SYRUP}]", start='dose = "2.5 mg"', decrease=falls)
    assert told(taper(rule, "5 mg x1", at_hand=(Stock("syrup", Fraction(volume)),), products=("2.5mg", "syrup"))) == [
        made
    ]


def test_what_is_at_hand_is_taken_as_it_was_wished() -> None:
    """20 mg are four tablets of 5 mg, which are at hand, but a dose may have two pieces. 10 mg are two of them."""
    rule = paper(products=tablets(5, 10), decrease=TEN_IN_THREE)
    assert told(taper(rule, "30 mg x1", at_hand=(Stock("5mg", Fraction(99)),), max_pieces=2)) == [
        "2 tablets of 10 mg",
        "2 tablets of 5 mg",
    ]


@pytest.mark.parametrize(
    ("others", "made"), [(9, ["2 tablets of 6 mg"]), (10, ["1 tablet of 8 mg", "1 tablet of 4 mg"])]
)
def test_of_more_than_twelve_strengths_the_larger_ones_are_taken(others: int, made: list[str]) -> None:
    """12 mg are 8 and 4 or 6 and 6. With nine others that makes twelve strengths, which are tried in every way."""
    alone = [Product(f"{s}mg", "tablet", q(f"{s} mg")) for s in range(51, 51 + others)]
    several = [Product(f"{s}mg", "tablet", q(f"{s} mg")) for s in (4, 6, 8)]
    table = makeable([*several, *alone], "mg", q("70 mg"))
    doses = {table.grains(q(f"{dose} mg")) or 0 for dose in (12, *range(51, 51 + others))}
    best = pieces._best(table, doses, frozenset())
    assert set(best) == doses
    assert [str(piece) for piece in best[table.grains(q("12 mg")) or 0]] == made


def test_at_hand_has_to_be_a_product_of_the_rule() -> None:
    rule = paper(products=tablets(10))
    with pytest.raises(RequestError, match="15mg is not one of the products"):
        taper(rule, "10 mg x1", at_hand=(Stock("15mg", Fraction(5)),))


# --- At most so many pieces ------------------------------------------------------------------------


def test_at_most_so_many_pieces_before_none_divided() -> None:
    """15 mg whole are three tablets of 5 mg; of two pieces at most they are one and a half of 10 mg."""
    products = [Product("5mg", "tablet", q("5 mg")), Product("10mg", "tablet", q("10 mg"), parts=2)]
    few = makeable([products[1]], "mg", q("40 mg"), handling=Handling(most=2))
    assert [str(few.dose(g)) for g in few.doses] == ["5 mg", "10 mg", "15 mg", "20 mg"]
    both = makeable(products, "mg", q("40 mg"), handling=Handling(most=2))
    assert both.cost[both.grains(q("15 mg")) or 0] == (0, 2)
    # 25 mg: whole they are three pieces (10, 10, 5), and two cannot make it however they are divided
    assert both.grains(q("25 mg")) is None


def test_a_divided_piece_where_whole_ones_are_too_many() -> None:
    """6 mg are three of 2 mg, none divided; two pieces at most: 4 and half of 4."""
    products = [Product("2mg", "tablet", q("2 mg")), Product("4mg", "tablet", q("4 mg"), parts=2)]
    plenty = makeable(products, "mg", q("12 mg"))
    assert plenty.cost[plenty.grains(q("6 mg")) or 0] == (0, 2)  # 4 and 2
    only = [Product("4mg", "tablet", q("4 mg"), parts=2), Product("1mg", "tablet", q("1 mg"))]
    whole, few = makeable(only, "mg", q("12 mg")), makeable(only, "mg", q("12 mg"), handling=Handling(most=2))
    assert [str(p) for p in whole.pieces(whole.grains(q("6 mg")) or 0)] == ["1 tablet of 4 mg", "2 tablets of 1 mg"]
    assert [str(p) for p in few.pieces(few.grains(q("6 mg")) or 0)] == ["1 and a half tablets of 4 mg"]


def test_too_few_pieces_are_a_reason() -> None:
    request = Request(US.id, "plan", START, ISSUED, target=Pattern.parse("20 mg x3"), products=("10mg",), max_pieces=1)
    with pytest.raises(NoSchedule) as refused:
        planner.plan(US, request)
    text = refused.value.text()
    assert "a dose is made of at most 1 piece (set by the prescriber)" in text
    assert "(leave out --max-pieces)" in text


def test_the_proof_counts_pieces() -> None:
    request = Request(US.id, "plan", START, ISSUED, target=Pattern.parse("20 mg x3"), products=("10mg",))
    schedule = planner.plan(US, request)
    asked = replace(schedule, request=replace(request, max_pieces=1))
    found = [(f.law, str(f.day), f.value, f.limit) for f in verify(asked, US).findings if f.law == "asked"]
    # 15 mg is 1 and a half tablets, 20 mg are 2
    assert found[0] == ("asked", "2026-12-07", "2 pieces", "at most 1, as asked")
    assert {day for _, day, _, _ in found} == {"2026-12-07", "2026-12-10"}


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({"max_pieces": 0}, "makes no dose"),
        ({"at_hand": (Stock("10mg", Fraction(1)), Stock("10mg", Fraction(2)))}, "names 10mg twice"),
        ({"at_hand": (Stock("10mg", Fraction(0)),)}, "is nothing"),
        ({"liquid_below": q("0 mg")}, "below no dose"),
        ({"liquid_below": q("5 mg")}, "the products are all tablet"),
        ({"measure": Scale.parse("0.5 mL")}, "none of these products is a liquid"),
    ],
)
def test_what_contradicts_itself(more: dict[str, Any], says: str) -> None:
    with pytest.raises(RequestError, match=says):
        taper(paper(products=tablets(10)), "10 mg x1", **more)


def test_no_way_to_make_a_dose_takes_a_piece_away() -> None:
    """8 mg are half of a 10 mg tablet and 3 mg; one of 18 mg less half of 20 mg would be as many pieces."""
    strengths = {20: 2, 18: 1, 10: 2, 3: 1}
    stock = [Product(f"{s}mg", "tablet", q(f"{s} mg"), parts=parts) for s, parts in strengths.items()]
    table = makeable(stock, "mg", q("20 mg"))
    (way,) = table.ways(table.grains(q("8 mg")) or 0)
    assert [(piece.product.name, piece.count) for piece in way] == [("10mg", Fraction(1, 2)), ("3mg", Fraction(1))]


def test_a_liquid_makes_all_but_the_smallest_piece() -> None:
    """6 mg of at most two: 1 mL of 5 mg and a tablet of 1 mg; six tablets are too many, and 1.2 mL are not measured."""
    strong = Product("strong", "liquid", q("5 mg/mL"), measure=Scale.parse("1 mL"))
    table = makeable([Product("1mg", "tablet", q("1 mg")), strong], "mg", q("10 mg"), handling=Handling(2))
    (way,) = table.ways(table.grains(q("6 mg")) or 0)
    assert [(piece.product.name, piece.count) for piece in way] == [("1mg", Fraction(1)), ("strong", Fraction(1))]


# --- Liquids and mixed forms -----------------------------------------------------------------------

FALL_BY_A_FIFTH = 'by = { at-most = "4 mg" }\nevery = { at-least = "3 days" }'


def both_forms(*strengths: int) -> Rule:
    return paper(products=f"{tablets(*strengths)[:-1]}, {SYRUP}]", decrease=FALL_BY_A_FIFTH)


def test_tablets_down_to_a_dose_and_a_liquid_below() -> None:
    """20, 16, 12, 8, 4, nothing, by 4 mg: no tablet of 10 mg makes 16 or 12 mg, so from there on it is the liquid.
    10 mg would be a tablet again, and is not: there is one change."""
    schedule = taper(both_forms(10), "24 mg x1")
    assert told(schedule)[0] == "2 tablets of 10 mg"
    assert all(words.endswith("mL of 1 mg per mL") for words in told(schedule)[1:])


def test_below_the_first_liquid_dose_all_is_liquid() -> None:
    """20 mg are two tablets and 16 mg the liquid; 10 mg would be one tablet, and is 10 mL."""
    syrup = Product("syrup", "liquid", q("1 mg/mL"), measure=Scale.parse("0.5 mL"))
    table = makeable([Product("10mg", "tablet", q("10 mg")), syrup], "mg", q("20 mg"))
    grains = [table.grains(q(f"{dose} mg")) or 0 for dose in (20, 16, 10)]
    best = pieces._best(table, grains, frozenset())
    assert [str(best[grain][0]) for grain in grains] == [
        "2 tablets of 10 mg",
        "16 mL of 1 mg per mL",
        "10 mL of 1 mg per mL",
    ]


def test_the_dose_below_which_it_is_a_liquid_may_be_named() -> None:
    rule = paper(products=f"{tablets(2)[:-1]}, {SYRUP}]", decrease=FALL_BY_A_FIFTH)
    assert told(taper(rule, "16 mg x1")) == ["6 tablets of 2 mg", "4 tablets of 2 mg", "2 tablets of 2 mg"]
    named = taper(rule, "16 mg x1", liquid_below=q("10 mg"))
    assert told(named) == ["6 tablets of 2 mg", "8 mL of 1 mg per mL", "4 mL of 1 mg per mL"]
    other = replace(named, request=replace(named.request, liquid_below=q("4 mg")))
    assert [f.day for f in verify(other, rule).findings if f.law == "asked"] == [date(2026, 12, 4), date(2026, 12, 7)]


def test_one_dose_of_a_tablet_and_a_liquid_is_on_neither_side_of_the_edge() -> None:
    """Below 10 mg all is liquid, from there on nothing is: 12 and 8 mg that are partly 2 mL fit neither."""
    rule = paper(products=f"{tablets(2)[:-1]}, {SYRUP}]", decrease=FALL_BY_A_FIFTH)
    named = taper(rule, "16 mg x1", liquid_below=q("10 mg"))
    tablet = named.steps[0].regimen.administrations[0].pieces[0]
    liquid = named.steps[1].regimen.administrations[0].pieces[0]
    for number, count in ((0, 5), (1, 3)):
        step = named.steps[number]
        (dose,) = step.regimen.administrations
        mixed = replace(dose, pieces=(replace(tablet, count=Fraction(count)), replace(liquid, count=Fraction(2))))
        steps = list(named.steps)
        steps[number] = replace(step, regimen=replace(step.regimen, administrations=(mixed,)))
        findings = verify(replace(named, steps=tuple(steps)), rule).findings
        assert [f.day for f in findings if f.law == "asked"] == [step.days.first]


def test_one_strength_of_liquid() -> None:
    """12 mg are 12 mL of 1 mg per mL or 6 mL of 2; 1 mg is 1 mL or half a millilitre: one bottle is enough."""
    strong = '{ name = "strong", form = "liquid", strength = "2 mg/mL" }'
    rule = paper(products=f"[{SYRUP}, {strong}]", decrease=FALL_BY_A_FIFTH)
    schedule = taper(rule, "13 mg x1")
    used = {p.product.name for step in schedule.steps for a in step.regimen.administrations for p in a.pieces}
    assert len(used) == 1


def test_of_two_bottles_the_stronger() -> None:
    weak, strong = (Product(name, "liquid", q(f"{name} mg/mL"), measure=Scale.parse("1 mL")) for name in ("1", "2"))
    table = makeable([weak, strong], "mg", q("20 mg"))
    twelve, six = (table.grains(q(dose)) or 0 for dose in ("12 mg", "6 mg"))
    best = pieces._best(table, [twelve, six], frozenset())
    assert [str(best[dose][0]) for dose in (twelve, six)] == ["6 mL of 2 mg per mL", "3 mL of 2 mg per mL"]
    assert str(pieces._best(table, [twelve], frozenset({weak}))[twelve][0]) == "12 mL of 1 mg per mL"


def test_a_mixture_only_where_nothing_else_is_possible() -> None:
    """Drops by 2 mL make even doses, tablets of 5 mg multiples of 5: 7 mg is a tablet and 2 mL. It is taken only
    where there is no other schedule: to 7 mg there is none, to 6 mg there is."""
    drops = '{ name = "drops", form = "liquid", strength = "1 mg/mL", measure = "2 mL" }'
    rule = paper(
        products=f"{tablets(5)[:-1]}, {drops}]",
        start='dose = { at-most = "10 mg" }',
        increase='by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }',
        decrease='by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }',
    )

    def to(target: str) -> list[str]:
        return told(planner.plan(rule, Request(rule.id, "plan", START, ISSUED, target=Pattern.parse(target))))

    assert to("7 mg x1")[-1] == "1 tablet of 5 mg and 2 mL of 1 mg per mL"
    assert to("6 mg x1")[-1] == "6 mL of 1 mg per mL"


def test_a_slower_way_without_mixtures_comes_first() -> None:
    """From 2 mg to 12 by 5: over 7 mg, a mixture, it takes two rises; without one it takes three."""
    drops = '{ name = "drops", form = "liquid", strength = "1 mg/mL", measure = "2 mL" }'
    rule = paper(
        products=f"{tablets(5)[:-1]}, {drops}]",
        start='dose = "2 mg"',
        increase='by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }',
        decrease='by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }',
    )
    ways = told(planner.plan(rule, Request(rule.id, "plan", START, ISSUED, target=Pattern.parse("12 mg x1"))))
    assert len(ways) == 4
    assert not [words for words in ways if " and " in words]


def test_the_usual_syringe_where_the_rule_names_none() -> None:
    """0.7 mg of 1 mg per mL can be drawn up, 1.2 mg cannot; 1.5 mg can."""
    rule = paper(products=f"[{SYRUP}]")
    (syrup,) = rule.limits_for(Request(rule.id, "taper", START, ISSUED).patient, starting=False).products
    table = makeable([syrup], "mg", q("3 mg"))
    assert [table.grains(q(dose)) is not None for dose in ("0.7 mg", "1.2 mg", "1.5 mg")] == [True, False, True]
    assert str(table.pieces(table.grains(q("0.7 mg")) or 0)[0]) == "0.7 mL of 1 mg per mL"


def test_the_request_may_name_another_syringe() -> None:
    """By whole millilitres 2, 1 and nothing; by 0.1 mL other doses could be made, and the proof would find them."""
    rule = paper(products=f"[{SYRUP}]", decrease='by = { at-most = "0.5 mg" }\nevery = { at-least = "1 day" }')
    fine = taper(rule, "1.5 mg x1", measure=Scale.parse("0.25 mL"))
    assert told(fine)[0] in ("1 mL of 1 mg per mL", "1.25 mL of 1 mg per mL")
    coarse = replace(fine, request=replace(fine.request, measure=Scale.parse("2 mL")))
    assert {f.law for f in verify(coarse, rule).findings} >= {"makeable"}


@settings(deadline=None, max_examples=40)
@given(
    st.integers(1, 200), st.sampled_from(["0.5 mL", "0.1 mL up to 1 mL, 0.5 mL above", "0.2 mL up to 1 mL, 1 mL above"])
)
def test_every_dose_of_a_table_is_its_pieces(tenths: int, measure: str) -> None:
    syrup = Product("syrup", "liquid", q("2 mg/mL"), measure=Scale.parse(measure))
    table = makeable([Product("3mg", "tablet", q("3 mg"), parts=3), syrup], "mg", q("20 mg"))
    grains = table.grains(Quantity(Fraction(tenths, 10), "mg"))
    if grains is not None:
        for way in table.ways(grains):
            assert sum((piece.amount.amount for piece in way), Fraction(0)) == Fraction(tenths, 10)
            assert all(piece.count in syrup.measure for piece in way if piece.product == syrup)  # type: ignore[operator]


def test_a_piece_of_a_liquid_says_its_strength() -> None:
    syrup = Product("syrup", "liquid", q("1 mg/mL"), measure=Scale.parse("0.5 mL"))
    assert str(Piece(syrup, Fraction(5, 2))) == "2.5 mL of 1 mg per mL"
