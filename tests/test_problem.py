"""What is searched, and what is said before and after: refusals that contradict nothing, warnings, days of review."""

from __future__ import annotations

from datetime import date, time
from fractions import Fraction
from typing import Any

import pytest

from tests.test_planner import ISSUED, START, asked, paper, steps
from titrate import rulebook
from titrate.days import Duration
from titrate.errors import NoSchedule, RequestError
from titrate.limit import Spacing
from titrate.planner import plan
from titrate.planner.problem import Problem, too_close
from titrate.planner.search import Way, _worth
from titrate.planner.terms import Terms
from titrate.product import Stock
from titrate.pump import Pump
from titrate.quantity import Quantity
from titrate.regimen import Pattern, Slot
from titrate.request import Approval, Request
from titrate.rule import Rule
from titrate.scale import Scale
from titrate.source import Citation, Source

CITED = "(Paper, page 1; checked 2026-11-23)"
SLOW = 'by = { at-most = "1 mg" }\nevery = { at-least = "2 days" }'
TIMES = "{ at-least = 1, at-most = 3 }"
SYRUP = '{ name = "syrup", form = "liquid", strength = "1 mg/mL" }'
ONE = '{ name = "1mg", form = "tablet", strength = "1 mg", divide = "no" }'
TWO = '{ name = "2mg", form = "tablet", strength = "2 mg", divide = "no" }'
NAMED = Approval("taper from above the maximum", "Dr Lang")


def request(rule: Rule, goal: Any = "plan", **options: Any) -> Request:
    for name in ("current", "target"):
        if name in options:
            options[name] = Pattern.parse(options[name])
    return Request(rule.id, goal, **{"start": START, "issued": ISSUED, **options})


def refusal(rule: Rule, goal: Any = "plan", **options: Any) -> str:
    with pytest.raises(NoSchedule) as refused:
        plan(rule, request(rule, goal, **options))
    return refused.value.text()


def fault(rule: Rule, goal: Any = "plan", **options: Any) -> str:
    with pytest.raises(RequestError) as refused:
        plan(rule, request(rule, goal, **options))
    return refused.value.text()


# --- The day of a review -------------------------------------------------------------------------


def test_a_review_on_the_day_on_which_the_target_is_reached_is_too_early() -> None:
    """1 mg on 1 December, 2 mg on the 3rd, 3 mg on the 5th. By 2 mg, or without the 2 days, it were the 3rd."""
    rule = paper(increase=SLOW)
    assert (
        refusal(rule, target="3 mg x1", review=date(2026, 12, 5))
        == f"""No schedule: the target is not reached before the review on Saturday 05 December 2026.
Because the first regimen is 1 mg at one time {CITED},
and a dose rises by at most 1 mg {CITED},
and a dose is kept for at least 2 days before it changes {CITED},
and it is reached on Saturday 05 December 2026.
You could: review later (--review 2026-12-06 or after)."""
    )
    assert asked(rule, target="3 mg x1", review=date(2026, 12, 6)).review == date(2026, 12, 6)


def test_the_review_comes_after_the_stay_that_was_asked_for() -> None:
    assert asked(paper(increase=SLOW), target="3 mg x1", maintain="10 days").review == date(2026, 12, 15)


@pytest.mark.parametrize(
    ("start", "current", "days"),
    [(date(2027, 1, 30), "2 mg x1", 29), (date(2027, 1, 29), "1 mg x1", 30), (date(2027, 1, 28), None, 29)],
)
def test_a_month_at_the_target_is_counted_from_the_day_on_which_it_is_reached(
    start: date, current: str | None, days: int
) -> None:
    """From 30 January to 28 February, which is what is left of a month, are 29 days; from the 29th 30 days. The target
    is reached at once, or on the first day too, since how long is not known; from a start it takes 2 days."""
    now = {} if current is None else {"current": current}
    wanted = request(
        paper(increase=SLOW), start=start, target="2 mg x1", maintain=Duration(1, "month"), then_stop=True, **now
    )
    schedule = plan(paper(increase=SLOW), wanted)
    (stay,) = [step for step in schedule.steps if step.kind == "maintenance"]
    assert stay.days.length == days


# --- What is said about the schedule ---------------------------------------------------------------


def test_for_how_long_it_has_been_taken_is_not_checked_where_nobody_said_it() -> None:
    assert asked(paper(), current="1 mg x1", target="2 mg x1").not_checked == (
        "for how long 1 mg once a day has been taken (not given)",
    )
    assert asked(paper(), current="1 mg x1", target="2 mg x1", since=date(2026, 11, 1)).not_checked == ()
    assert asked(paper(), target="2 mg x1").not_checked == ()


WARN = 'daily = "100 mg"\n\ndaily = "4 mg"\nlevel = "warn"\n\ndose = "3 mg"\nlevel = "warn"'


@pytest.mark.parametrize(
    ("target", "above"),
    [("2 mg x2", []), ("3 mg x1", []), ("3/2 mg", ["4 mg a day"]), ("4 mg x1", ["3 mg at one time"])],
)
def test_a_maximum_in_print_is_a_warning_only_above_it(target: str, above: list[str]) -> None:
    schedule = asked(paper(maximum=WARN, times=TIMES), target=target)
    assert [(note.topic, note.says, note.applies) for note in schedule.warnings] == [
        ("maximum", f"This schedule goes above a maximum in print: the maximum is {amount}", True) for amount in above
    ]
    assert all(note.citation is not None and note.citation.at == "page 1" for note in schedule.warnings)


def test_the_largest_daily_dose_is_the_lowest_that_bars() -> None:
    rule = paper(maximum='daily = "9 mg"\n\ndaily = "7 mg"\n\ndaily = "4 mg"\nlevel = "warn"')
    assert str(asked(rule, target="3 mg x1").maximum) == "7 mg"
    assert asked(paper(maximum='dose = "9 mg"'), target="3 mg x1").maximum is None


def test_above_a_maximum_of_a_dose_the_one_of_the_day_is_still_told() -> None:
    rule = paper(maximum='dose = "5 mg"\n\ndaily = "40 mg"', times=TIMES)
    assert str(asked(rule, "taper", current="7 mg x1", approved=(NAMED,)).maximum) == "40 mg"


def test_a_taper_lists_no_limit_of_a_way_up() -> None:
    def said(schedule: Any) -> set[str]:
        return {fact.says for fact in schedule.limits}

    up = {"the first regimen is 1 mg at one time", "a dose rises by at most 1 mg"}
    assert up <= said(asked(paper(), target="2 mg x1"))
    taper = said(asked(paper(), "taper", current="2 mg x1"))
    assert not up & taper
    assert {"a dose falls by at most 1 mg", "the maximum is 100 mg a day"} <= taper


def test_a_pace_slower_than_any_in_print_is_a_caution_that_cites_it() -> None:
    rule = paper(decrease='by = { at-most = "1 mg" }\nevery = { at-least = "2 days", at-most = "4 days" }')
    (note,) = asked(rule, "taper", current="2 mg x1", every="5 days").warnings
    assert (note.topic, note.applies) == ("caution", True)
    assert note.says == "Each dose is kept for at least 5 days; the source names at most 4 days"
    assert note.citation is not None
    assert note.citation.at == "page 1"
    assert asked(rule, "taper", current="2 mg x1", every="4 days").warnings == ()


# --- Which target --------------------------------------------------------------------------------


def stopped_by(day: int) -> dict[str, Any]:
    return {
        "current": "2 mg x1", "target": "3 mg/day", "maintain": Duration(3, "day"), "then_stop": True,
        "finish_by": date(2026, 12, day),
    }  # fmt: skip


def test_where_one_target_cannot_be_stopped_in_time_another_of_the_same_daily_dose_is_taken() -> None:
    """3 mg for 3 days, then 2 and 1 mg for 2 days each: the last dose is on 7 December. 1 and 2 mg fall together to
    nothing and 1 mg, which is kept for 2 days: on the 5th. On the 4th neither is possible."""
    rule = paper(times=TIMES, decrease=SLOW)
    known = steps(plan(rule, request(rule, **stopped_by(7))))
    assert known == [("3 mg x1", 3), ("2 mg x1", 2), ("1 mg x1", 2), ("0 mg", 1)]
    sooner = steps(plan(rule, request(rule, **stopped_by(5))))
    assert sooner == [("1/2 mg", 3), ("1 mg x1", 2), ("0 mg", 1)]
    text = refusal(rule, **stopped_by(4))
    assert text.startswith("No schedule: 3 mg once a day cannot be stopped by Friday 04 December 2026.")


def test_a_day_like_any_other_of_that_daily_dose_is_no_way_up() -> None:
    """From 3 mg once a day to 1 and 2 mg: no rise leads there, since a dose would have to fall."""
    assert (
        refusal(paper(times=TIMES), current="3 mg x1", target="1/2 mg")
        == """No schedule: 1/2 mg cannot be reached from 3 mg once a day.
Because no dose of the day may fall on the way up."""
    )


def test_equal_doses_stay_equal_on_the_way_and_at_the_start() -> None:
    """By 1 mg a day one of two doses at a time would have to rise; and from 3 mg a day one would have to be 1 mg."""
    day = 'by = { at-most = "1 mg", per = "day" }\nevery = { at-least = "1 day" }'
    by_day = paper(times="2", increase=day, start='daily = { at-most = "3 mg" }')
    assert "the doses of a day are all equal" in refusal(by_day, current="1 mg x2", target="2 mg x2", split="even")
    assert "the doses of a day are all equal" in refusal(by_day, target="2 mg x2", split="even")
    assert steps(asked(by_day, current="1 mg x2", target="2 mg x2")) == [("1/2 mg", 1), ("2 mg x2", None)]


def test_a_rise_by_the_dose_on_which_it_began_starts_where_it_is_soonest_at_the_target() -> None:
    """By the whole of the first dose: from 1 mg to 2, 3 and 4 mg, from 2 mg to 4 mg at once."""
    whole = 'by = { at-most = "100 %", of = "original" }\nevery = { at-least = "1 day" }'
    rule = paper(start='dose = { at-most = "2 mg" }', increase=whole)
    assert steps(asked(rule, target="4 mg x1")) == [("2 mg x1", 1), ("4 mg x1", None)]


def test_what_a_way_up_is_worth() -> None:
    """Days, steps, frequency (none preferred), divided, pieces, unevenness, the largest rise, late doses."""
    rule = paper(times=TIMES)
    problem = Problem.of(rule, Terms.of(rule, request(rule, target="5 mg x1")))
    assert _worth(problem, Way(((1,), (3,), (4,)), (2, 3, 0), (2, 3, 0))) == (5, 3, 0, 0, 8, 0, Fraction(2), 0)
    assert _worth(problem, Way(((2, 1),), (0,), (0,))) == (0, 1, 0, 0, 3, 1, Fraction(0), 2)


# --- Caps over several days ------------------------------------------------------------------------


def test_on_the_way_down_to_a_target_a_cap_counts_what_is_taken_now() -> None:
    """At most 2 mg in 7 days: 6 mg, taken until 30 November, to 4 mg on 1 December and to 2 mg on the 8th."""
    rule = paper(
        decrease='by = { at-most = "3 mg" }\nevery = { at-least = "1 day" }',
        rest='[[taper.rate]]\nat-most = "2 mg"\nwithin = "7 days"\nCITE',
    )
    assert steps(asked(rule, current="6 mg x1", target="2 mg x1")) == [("4 mg x1", 7), ("2 mg x1", None)]


def test_a_cap_that_leaves_no_way_down_is_told() -> None:
    rule = paper(
        products=f"[{TWO}]", start='dose = "2 mg"',
        increase='by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }',
        decrease='by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }',
        rest='[[taper.rate]]\nat-most = "1 mg"\nwithin = "7 days"\nCITE',
    )  # fmt: skip
    for goal, options in (("plan", {"current": "6 mg x1", "target": "2 mg x1"}), ("taper", {"current": "6 mg x1"})):
        assert "the daily dose falls by at most 1 mg within 7 days" in refusal(rule, goal, **options)


@pytest.mark.parametrize("rate", ["", '[[taper.rate]]\nat-most = "4 mg"\nwithin = "2 days"\nCITE'])
def test_what_is_taken_now_need_not_be_a_day_of_the_taper(rate: str) -> None:
    """3 mg cannot be made of tablets of 2 mg, so it is not kept before the stop, though 3 mg may be left at once."""
    three = 'by = { at-most = "3 mg" }\nevery = { at-least = "1 day" }'
    rule = paper(products=f"[{ONE}, {TWO}]", decrease=three, rest=rate)
    schedule = asked(rule, "taper", current="3 mg x1", products=("2mg",))
    assert steps(schedule) == [("2 mg x1", 1), ("0 mg", 1)]


# --- Two doses a day are too close -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("times", "hours", "frequency", "close"),
    [
        (("08:00", "20:00"), "12 hours", None, False),
        (("08:00", "19:59"), "12 hours", None, True),
        (("08:00", "20:01"), "12 hours", None, True),  # 11 hours 59 minutes until 08:00
        (("08:00", "12:30", "20:00"), "4.5 hours", None, False),
        (("08:00", "12:29", "20:00"), "4.5 hours", None, True),
        (("00:30", "12:00"), "11.5 hours", None, False),
        (("08:00", "10:00"), "6 hours", 2, True),
        (("08:00", "10:00"), "6 hours", 3, False),
        (("08:00", "10:00", "20:00"), "6 hours", 3, True),
        (("08:00",), "48 hours", None, False),
        (("08:00",), "48 hours", 1, False),
    ],
)
def test_the_gaps_of_a_day_and_the_night(
    times: tuple[str, ...], hours: str, frequency: int | None, close: bool
) -> None:
    cite = Citation(Source("paper", "T", "P", "1", "https://example.org"), "page 1", date(2026, 11, 23))
    day = tuple(Slot(at, time.fromisoformat(at)) for at in times)
    assert too_close(day, Spacing(Quantity.parse(hours), cite, frequency)) is close


# --- What contradicts the rule is said, with what is allowed -----------------------------------------

PUMP = Pump(Quantity.parse("1 mg/mL"), Quantity.parse("20 mL"), Quantity.parse("2 mL"), Duration(90, "day"))
BOTH = paper(products=f"[{TWO}, {SYRUP}]")
SOLID = paper(products=f"[{ONE}, {TWO}]")
FAULTS: dict[str, tuple[Rule, dict[str, Any], str]] = {
    "products": (SOLID, {"products": ("3mg", "4mg")},
        "The rule has no product '3mg', '4mg' for this patient.\nYou could: choose from --products 1mg,2mg."),
    "no product": (SOLID, {"products": ()},
        "The rule has no product of that name for this patient.\nYou could: choose from --products 1mg,2mg."),
    "at hand": (SOLID, {"at_hand": (Stock("3mg", Fraction(4)),)},
        "--at-hand 3mg=4: 3mg is not one of the products to plan with.\nYou could: choose from 1mg, 2mg."),
    "measure": (SOLID, {"measure": Scale.parse("0.5 mL")},
        '--measure "0.5 mL": none of these products is a liquid.\nYou could: leave it out.'),
    "liquid below, in millilitres": (BOTH, {"liquid_below": Quantity.parse("5 mL")},
        '--liquid-below: 5 mL cannot be written in mg.\nYou could: --liquid-below "10 mg".'),
    "liquid below, without a liquid": (SOLID, {"liquid_below": Quantity.parse("5 mg")},
        "--liquid-below 5 mg: the products are all tablet; it takes both forms to change from one to the other.\n"
        "You could: leave it out."),
    "liquid below, of a liquid alone": (BOTH, {"liquid_below": Quantity.parse("5 mg"), "products": ("syrup",)},
        "--liquid-below 5 mg: the products are all liquid; it takes both forms to change from one to the other.\n"
        "You could: leave it out."),
    "a pump": (SOLID, {"pump": PUMP},
        "The products of this rule are not given by a pump.\nYou could: leave out --concentration."),
    "times": (SOLID, {"times": (time(14), time(8))},
        "--times: the times 14:00, 08:00 are not in the order of the clock, each once.\n"
        "You could: for example --times 07:00,13:00,21:00."),
}  # fmt: skip


@pytest.mark.parametrize("name", FAULTS)
def test_what_does_not_go_with_the_rule_is_told_with_what_does(name: str) -> None:
    rule, options, text = FAULTS[name]
    assert fault(rule, target="2 mg x1", **options) == text


def test_an_infusion_has_no_times_of_day() -> None:
    rule = rulebook.load("baclofen-intrathecal-spasticity")
    assert (
        fault(rule, current="250 micrograms/day", target="300 micrograms/day", times=(time(8),))
        == "A continuous infusion has no times of day.\nYou could: leave out --times."
    )


def test_a_dose_that_is_taken_now_and_that_no_product_makes() -> None:
    assert (
        refusal(paper(products=f"[{TWO}]", start='dose = "2 mg"'), "taper", current="3 mg x1")
        == """No schedule: --from "3 mg x1" holds 3 mg, which no product of the rule makes.
Because the products of the rule are 2 mg tablet.
You could: check the dose; the nearest that can be made: 2 mg or 4 mg."""
    )


def test_the_nearest_regimens_to_stay_on_have_as_few_doses_as_there_may_be() -> None:
    """5.5 mg a day are no sum of tablets of 1 mg: 5 mg once and 6 mg once are as near as 2 mg three times a day."""
    text = refusal(paper(times=TIMES, maximum='daily = "9 mg"'), target="5.5 mg/day")
    assert text.endswith('You could: --target "5 mg x1"; or --target "6 mg x1".')


def test_a_stay_below_the_maximum_that_is_exceeded_may_be_at_its_very_edge() -> None:
    rule = paper(maximum='dose = "5 mg"\n\ndaily = "8 mg"', times=TIMES)
    at = {"current": "6 mg x2", "approved": (NAMED,)}
    assert steps(plan(rule, request(rule, **at, target="4 mg x2")))[-1] == ("4 mg x2", None)
    assert steps(plan(rule, request(rule, **at, target="5 mg x1")))[-1] == ("5 mg x1", None)
    for target in ("6 mg x1", "5/4 mg"):
        assert "is not a regimen to stay on" in refusal(rule, **at, target=target)
    with_daily = paper(maximum='daily = "8 mg"', times=TIMES)
    assert steps(plan(with_daily, request(with_daily, **at, target="4 mg x2")))[-1] == ("4 mg x2", None)


@pytest.mark.parametrize(
    ("goal", "per", "wish", "text"),
    [
        ("plan", "dose", "2 mg",
         '--by 2 mg is more than the rule allows, which is 1 mg per dose.\nYou could: --by "1 mg" or less.'),
        ("plan", "day", "2 mg",
         '--by 2 mg is more than the rule allows, which is 1 mg a day.\nYou could: --by "1 mg" or less.'),
        ("plan", "dose", "1 mg", None),
        ("taper", "dose", "2 mg", None),  # the rule falls by 3 mg, and only rises by 1 mg
        ("taper", "dose", "4 mg",
         '--by 4 mg is more than the rule allows, which is 3 mg per dose.\nYou could: --by "3 mg" or less.'),
        ("plan", "dose", "1 mL", '--by "1 mL" does not fit this rule: 1 mL cannot be written in mg.'),
    ],
)  # fmt: skip
def test_a_size_of_the_prescriber_is_held_against_the_way_it_goes(
    goal: str, per: str, wish: str, text: str | None
) -> None:
    rule = paper(
        increase=f'by = {{ at-most = "1 mg", per = "{per}" }}\nevery = {{ at-least = "3 days" }}',
        decrease='by = { at-most = "3 mg" }\nevery = { at-least = "3 days" }',
    )
    way = {"target": "3 mg x1"} if goal == "plan" else {"current": "3 mg x1"}
    if text is None:
        plan(rule, request(rule, goal, by=Quantity.parse(wish), **way))
    else:
        assert fault(rule, goal, by=Quantity.parse(wish), **way) == text
    cited = CITED if goal == "plan" else CITED.replace("(", "(derived from ")
    assert fault(rule, goal, every=Duration(2, "day"), **way) == (
        f"--every 2 days is faster than the rule allows: "
        f"a dose is kept for at least 3 days before it changes {cited}.\n"
        'You could: --every "3 days" or more.'
    )
