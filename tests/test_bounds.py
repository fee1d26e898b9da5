"""What a schedule has to keep, limit by limit: each is told, each can be left open by itself, nothing else with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from tests.strategies import Limit, Sketch
from tests.test_planner import paper
from titrate import rulebook
from titrate.days import Duration
from titrate.errors import NoSchedule, RequestError
from titrate.limits import Limits
from titrate.patient import Patient
from titrate.planner import plan
from titrate.planner.bounds import bounds, keeping
from titrate.planner.terms import Terms
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule

ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
START = date(2026, 12, 1)
BOTH = (
    '[{ name = "2mg", form = "tablet", strength = "2 mg", divide = "no" }, '
    '{ name = "syrup", form = "liquid", strength = "1 mg/mL" }]'
)
RATE = '[[taper.rate]]\nat-most = "5 mg"\nwithin = "7 days"\nCITE\n'
RULE = paper(
    products=BOTH,
    times="{ at-least = 1, at-most = 3 }",
    start='dose = "2 mg"',
    increase='by = { at-most = "3 mg" }\nevery = { at-least = "4 days" }',
    maintenance='daily = { at-least = "2 mg", at-most = "9 mg" }',
    maximum='dose = "5 mg"\n\ndaily = "10 mg"',
    decrease='by = { at-most = "2 mg" }\nevery = { at-least = "3 days" }',
    rest=f'{RATE}[taper.last]\ndaily = "1 mg"\nCITE\n[taper.duration]\nat-least = "14 days"\nCITE\n'
    '[[spacing]]\nat-least = "4 hours"\nCITE',
)


def terms(rule: Rule = RULE, target: str = "4 mg x2", current: str | None = None, **wishes: Any) -> Terms:
    now = None if current is None else Pattern.parse(current)
    return Terms.of(rule, Request(rule.id, "plan", START, ISSUED, target=Pattern.parse(target), current=now, **wishes))


def only(of: Terms, *said: str) -> Terms:
    """The terms with only the limits in force that say so; of those with any product at all the first, without it."""
    known = [fact for fact in bounds(of) if fact.says in said]
    assert {fact.says for fact in known} == set(said)
    return keeping(of, known)[0]


def without(of: Terms, said: str) -> Terms:
    """The terms with all limits in force but one."""
    kept = [fact for fact in bounds(of) if fact.says != said]
    assert len(kept) == len(bounds(of)) - 1, said
    return keeping(of, kept)[0]


WISHES: dict[str, tuple[str, dict[str, Any], str]] = {
    "products": (
        "the products at hand are 2 mg tablet", {"products": ("2mg",)}, "--products"),
    "times": ("the times of day are 07:00, 19:30", {"times": (time(7), time(19, 30))}, "--times"),
    "max_pieces": ("a dose is made of at most 2 pieces", {"max_pieces": 2}, "--max-pieces"),
    "liquid_below": (
        "doses below 3 mg are measured as a liquid, and only they",
        {"liquid_below": Quantity.parse("3 mg")}, "--liquid-below"),
    "split": ("the doses of a day are all equal", {"split": "even"}, "--even"),
    "since": (
        "what is taken now is taken since Sunday 29 November 2026", {"since": date(2026, 11, 29)}, "--since"),
}  # fmt: skip
ALL = {name: value for _, wish, _ in WISHES.values() for name, value in wish.items()}


@pytest.mark.parametrize("name", WISHES)
def test_each_wish_is_a_limit_that_cites_its_option_and_is_left_open_by_itself(name: str) -> None:
    says, _, option = WISHES[name]
    asked = terms(current="2 mg x2", **ALL)
    (fact,) = [fact for fact in bounds(asked) if fact.says == says]
    assert fact.citation is not None
    assert (fact.citation.at, fact.citation.basis) == (option, "prescriber")
    alone, others = only(asked, says).request, without(asked, says).request
    for other in WISHES:
        wished = getattr(asked.request, other)
        assert getattr(alone, other) == (wished if other == name else None)
        assert getattr(others, other) == (None if other == name else wished)


def test_a_wish_that_nobody_made_is_no_limit() -> None:
    said = [fact.says for fact in bounds(terms(current="2 mg x2"))]
    assert not {says for says, _, _ in WISHES.values()} & set(said)
    assert len(said) == len(bounds(terms(current="2 mg x2", **ALL))) - len(WISHES)


def test_uneven_days_are_no_limit_and_stay_as_they_were_asked_for() -> None:
    assert only(terms(split="uneven")).request.split == "uneven"


# --- Each limit of the rule ------------------------------------------------------------------------


def test_every_limit_of_the_rule_is_told_in_the_order_of_a_refusal() -> None:
    assert [fact.says for fact in bounds(terms())] == [
        "the maximum is 5 mg at one time",
        "the maximum is 10 mg a day",
        "the maintenance regimen is at least 2 mg and at most 9 mg a day",
        "the first regimen is 2 mg at one time",
        "the drug is given once to three times a day",
        "two doses are at least 4 hours apart",
        "a taper takes at least 14 days",
        "the last dose before stopping is at most 1 mg a day",
        "a dose rises by at most 3 mg",
        "a dose is kept for at least 4 days before it changes",
        "a dose falls by at most 2 mg",
        "a dose is kept for at least 3 days before it changes",
        "the daily dose falls by at most 5 mg within 7 days",
        "the products of the rule are 2 mg tablet, 1 mg/mL liquid",
    ]


def sizes(limits: Limits) -> dict[str, object]:
    """What each limit of a size bounds, in words; an amount that is open is missing."""
    rise, (fall, cap) = limits.increase[0], limits.decrease
    return {
        "a dose rises by at most 3 mg": tuple(str(by.at_most) for by in rise.by),
        "a dose is kept for at least 4 days before it changes": rise.every,
        "a dose falls by at most 2 mg": tuple(str(by.at_most) for by in fall.by),
        "a dose is kept for at least 3 days before it changes": fall.every,
        "the daily dose falls by at most 5 mg within 7 days": (
            tuple(str(by.at_most) for by in cap.by), cap.within),
    }  # fmt: skip


OPEN: dict[str, object] = dict.fromkeys(sizes(RULE.limits_for(Patient(), starting=True)), ())
OPEN["a dose is kept for at least 4 days before it changes"] = None
OPEN["a dose is kept for at least 3 days before it changes"] = None
OPEN["the daily dose falls by at most 5 mg within 7 days"] = ((), None)


@pytest.mark.parametrize("said", OPEN)
def test_a_size_and_an_interval_are_open_without_each_other(said: str) -> None:
    asked = terms()
    in_force = sizes(asked.limits)
    assert in_force["a dose falls by at most 2 mg"] == ("2 mg",)
    for limits in (only(asked, said).limits, only(asked, said).own):
        assert sizes(limits) == {**OPEN, said: in_force[said]}
    for limits in (without(asked, said).limits, without(asked, said).own):
        assert sizes(limits) == {**in_force, said: OPEN[said]}


def test_a_maximum_that_is_open_goes_up_to_what_is_asked_for_and_no_further() -> None:
    """Asked for are 7 mg three times a day, taken are 8 mg once: 8 mg at one time and 21 mg a day."""
    asked = terms(target="7 mg x3", current="8 mg x1")

    def maxima(of: Terms) -> list[str]:
        return [limit.amounts() for limit in of.limits.maximum]

    dose, daily = "the maximum is 5 mg at one time", "the maximum is 10 mg a day"
    assert maxima(only(asked)) == ["8 mg at one time", "21 mg a day"]
    assert maxima(only(asked, dose)) == ["5 mg at one time", "21 mg a day"]
    assert maxima(only(asked, daily)) == ["8 mg at one time", "10 mg a day"]
    assert maxima(only(terms(target="7 mg/day"))) == ["7 mg at one time", "10 mg a day"]


def test_from_how_much_it_may_be_stopped_is_open_up_to_what_is_taken() -> None:
    last = "the last dose before stopping is at most 1 mg a day"
    asked = terms(target="3 mg x2", current="4 mg x3")
    assert [str(limit.daily) for limit in only(asked).limits.last_step] == ["12 mg"]
    assert [str(limit.daily) for limit in only(asked, last).limits.last_step] == ["1 mg"]


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("the maintenance regimen is at least 2 mg and at most 9 mg a day", "maintenance"),
        ("the first regimen is 2 mg at one time", "start"),
        ("the drug is given once to three times a day", "frequency"),
        ("two doses are at least 4 hours apart", "spacing"),
        ("a taper takes at least 14 days", "taper_duration"),
    ],
)
def test_any_other_limit_is_left_out(said: str, name: str) -> None:
    asked = terms()
    assert getattr(only(asked).limits, name) == ()
    assert getattr(only(asked, said).limits, name) == getattr(asked.limits, name) != ()
    assert getattr(without(asked, said).limits, name) == ()


def test_where_it_is_open_how_often_it_is_taken_there_are_times_for_what_is_asked_for() -> None:
    """The rule has times for up to three doses. Of five the hours are 0, 4.8, 9.6, 14.4 and 19.2, rounded down."""
    often = "the drug is given once to three times a day"
    asked = terms(target="1 mg x5", current="1 mg x4")
    assert set(only(asked, often).limits.slots) == {1, 2, 3}
    slots = only(asked).limits.slots
    assert {count: slots[count] for count in (1, 2, 3)} == asked.limits.slots
    assert [slot.at for slot in slots[4]] == [time(0), time(6), time(12), time(18)]
    assert [slot.at for slot in slots[5]] == [time(0), time(4), time(9), time(14), time(19)]
    assert len({slot.name for slot in slots[5]}) == 5


# --- Any product at all ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("products", "target", "current", "strength"),
    [
        ('[{ name = "4mg", form = "tablet", strength = "4 mg", divide = "no" }]', "6 mg x1", None, "2 mg"),
        ('[{ name = "4mg", form = "tablet", strength = "4 mg", divide = "no" }]', "6 mg x1", "9 mg x1", "1 mg"),
        ('[{ name = "5mg", form = "tablet", strength = "5 mg", divide = "halves" }]', "4 mg x1", None, "0.5 mg"),
        ('[{ name = "4mg", form = "tablet", strength = "4 mg", divide = "no" }]', "8 mg x1", "8/4 mg", "4 mg"),
        ('[{ name = "4mg", form = "tablet", strength = "4 mg", divide = "no" }]', "4 mg x1", "4/6 mg", "2 mg"),
        ('[{ name = "4mg", form = "tablet", strength = "4 mg", divide = "no" }]', "7 mg/day", None, "1 mg"),
    ],
)
def test_what_any_product_makes(products: str, target: str, current: str | None, strength: str) -> None:
    """The largest amount of which the smallest piece and all that is taken or asked for are multiples."""
    rule = paper(products=products, times="{ at-least = 1, at-most = 3 }", start='dose = "4 mg"')
    asked = terms(rule, target, current)
    own, anything = keeping(asked, [])
    for limits, more in ((own.limits, anything.limits), (own.own, anything.own)):
        assert limits.products == asked.limits.products
        assert more.products[:-1] == asked.limits.products
        assert (str(more.products[-1].strength), more.products[-1].form) == (strength, "tablet")
    assert (own.request.split, anything.request.split) == (None, "even")


def test_to_doses_that_are_not_equal_days_of_equal_doses_do_not_lead() -> None:
    """So what any product might make is not looked at."""
    asked = terms(target="2/4 mg")
    assert [of.limits.products for of in keeping(asked, [])] == [asked.limits.products]
    assert len(keeping(terms(target="3 mg x2", current="2/4 mg"), [])) == 2


def test_any_product_of_a_pump_is_one_of_a_pump() -> None:
    rule = rulebook.load("baclofen-intrathecal-spasticity")
    request = Request(rule.id, "plan", START, ISSUED, target=Pattern.parse("300 micrograms/day"))
    asked = Terms.of(rule, replace(request, current=Pattern.parse("250 micrograms/day")))
    assert keeping(asked, [])[1].limits.products[-1].form == "infusion"


def test_the_products_are_open_only_where_neither_the_rule_nor_the_prescriber_narrows_them() -> None:
    asked = terms(products=("2mg",))
    at_hand, of_rule = (
        next(fact for fact in bounds(asked) if fact.says.startswith(f"the products {what}"))
        for what in ("at hand", "of the rule")
    )
    assert [len(keeping(asked, kept)) for kept in ([], [at_hand], [of_rule], [at_hand, of_rule])] == [2, 1, 1, 1]


def laddered(*rungs: tuple[tuple[str, ...], int, int | None]) -> Sketch:
    return Sketch(
        tablets=(("5", 1),), times=(1, 3), maximum="40 mg", goal="plan", target="20 mg x1", ladder=rungs,
        increase=(Limit((("5 mg", "dose", "current"),), 1),), decrease=(Limit((("5 mg", "dose", "current"),), 1),),
    )  # fmt: skip


def test_days_of_a_ladder_that_are_not_even_stay_so_whatever_the_products() -> None:
    uneven, even = laddered((("5", "10"), 1, 3), (("10",), 1, None)), laddered((("5",), 1, 3), (("10", "10"), 1, 3))
    for sketch, split in ((uneven, None), (even, "even")):
        asked = Terms.of(sketch.rule(), sketch.request())
        ladder = [fact for fact in bounds(asked) if fact.says.startswith("the ladder goes from")]
        assert keeping(asked, ladder)[1].request.split == split
        assert keeping(asked, [])[1].request.split == "even"


@pytest.mark.parametrize(
    ("keep", "every", "expected"),
    [
        (None, None, Duration(1, "day")),  # the source is silent and so is the prescriber: it closes nothing
        (None, Duration(3, "day"), Duration(3, "day")),
        (2, None, None),
    ],
)
def test_how_long_a_rung_is_kept_where_nobody_says_it(
    keep: int | None, every: Duration | None, expected: Duration | None
) -> None:
    sketch = laddered((("5",), 1, keep), (("10",), 1, 2))
    asked = Terms.of(sketch.rule(), replace(sketch.request(), every=every))
    assert only(asked).request.every == expected


def test_the_ladder_is_a_limit_of_its_own() -> None:
    sketch = laddered((("5",), 1, 3), (("10",), 1, 3))
    asked = Terms.of(sketch.rule(), sketch.request())
    (ladder,) = [fact for fact in bounds(asked) if fact.says.startswith("the ladder goes from")]
    assert only(asked).limits.ladder == ()
    assert keeping(asked, [ladder])[0].limits.ladder == asked.limits.ladder != ()


# --- In a refusal ----------------------------------------------------------------------------------

CITED = "(Paper, page 1; checked 2026-11-23)"
DERIVED = "(derived from Paper, page 1; checked 2026-11-23)"


def refusal(rule: Rule, goal: Any, **options: Any) -> str:
    with pytest.raises(NoSchedule) as refused:
        plan(rule, Request(rule.id, goal, START, ISSUED, **options))
    return refused.value.text()


def tapering(second: int, falls: str, last: str) -> Rule:
    """Tablets of 3 mg and of another strength."""
    tablets = ", ".join(
        f'{{ name = "{mg}mg", form = "tablet", strength = "{mg} mg", divide = "no" }}' for mg in (3, second)
    )
    return paper(
        products=f"[{tablets}]", start='dose = "3 mg"',
        increase='by = { at-most = "3 mg" }\nevery = { at-least = "1 day" }',
        decrease=f'by = {{ at-most = "{falls}" }}\nevery = {{ at-least = "1 day" }}',
        rest=f'[taper.last]\ndaily = "{last}"\nCITE',
    )  # fmt: skip


def test_a_last_dose_that_no_tablet_makes() -> None:
    """Of 3 and 4 mg the smallest is 3 mg, and the last dose is at most 2 mg. Any falls there may be do not help."""
    assert (
        refusal(tapering(4, "3 mg", "2 mg"), "taper", current=Pattern.parse("9 mg x1"))
        == f"""No schedule: 9 mg once a day cannot be stopped gradually.
Because the last dose before stopping is at most 2 mg a day {CITED},
and the products of the rule are 3 mg tablet, 4 mg tablet."""
    )


def test_a_fall_that_no_tablet_makes_counts_since_one_may_not_stop_at_once() -> None:
    """Of 3 and 7 mg: from 9 mg to 7 and to 6 mg, and from there to neither 5 nor 4 mg. Without the last dose
    one might stop from 9 mg, without the falls go 6, 3, and with other tablets 7, 5, 3 mg."""
    assert (
        refusal(tapering(7, "2 mg", "3 mg"), "taper", current=Pattern.parse("9 mg x1"))
        == f"""No schedule: 9 mg once a day cannot be stopped gradually.
Because the last dose before stopping is at most 3 mg a day {CITED},
and a dose falls by at most 2 mg {DERIVED},
and the products of the rule are 3 mg tablet, 7 mg tablet."""
    )


def test_to_somebody_whom_the_rule_is_not_for_a_silent_source_is_no_limit_either_way() -> None:
    silent = "by = { silent = true }\nevery = { silent = true }"
    avoid = '[[scopes]]\nname = "on dialysis"\nwhen = { dialysis = true }\nrefuse = "it is to be avoided"\nCITE'
    rule = paper(
        times="{ at-least = 1, at-most = 3 }", increase=silent, decrease=silent, maximum="silent = true", rest=avoid
    )
    request = Request(rule.id, "plan", START, ISSUED, target=Pattern.parse("2 mg x3"), patient=Patient(dialysis=True))
    asked = Terms.of(rule, request)
    assert not [fact for fact in bounds(asked) if "by" in fact.says.split() or "kept" in fact.says]
    (top,) = only(asked).limits.maximum
    assert (top.amounts(), top.citation.at) == ("2 mg at one time and 6 mg a day", "--target")
    avoided = Fact("it is to be avoided", asked.limits.refusals[0].citation)
    assert asked.limits.refusals == (avoided,)
    assert refusal(rule, "plan", target=request.target, patient=request.patient) == (
        f"No schedule: Paperine, oral, for tests is not for this patient.\nBecause it is to be avoided {CITED}."
    )


def test_a_dose_in_another_unit_is_told_also_to_somebody_whom_the_rule_is_not_for() -> None:
    """It was said that the plan does not fit into the calendar."""
    avoid = '[[scopes]]\nname = "on dialysis"\nwhen = { dialysis = true }\nrefuse = "it is to be avoided"\nCITE'
    rule = paper(rest=avoid)
    request = Request(rule.id, "plan", START, ISSUED, target=Pattern.parse("5 mL x1"), patient=Patient(dialysis=True))
    with pytest.raises(RequestError) as refused:
        plan(rule, request)
    assert refused.value.message == (
        '--target "5 mL x1" does not fit this rule, which counts in mg: 5 mL cannot be written in mg.'
    )
