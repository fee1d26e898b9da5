"""Rungs and days that the products or a limit forbid, and the shortest way over days of several doses."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from heapq import heappop, heappush
from random import Random
from typing import Any

import pytest

from tests.test_planner import asked, paper, steps
from tests.test_problem import NAMED, fault, refusal, request
from titrate.days import Duration
from titrate.errors import RequestError
from titrate.ladder import Rung
from titrate.limit import Frequency, Times
from titrate.patient import Patient
from titrate.planner import plan, possible
from titrate.planner.layout import shortest
from titrate.planner.line import Line
from titrate.planner.moves import Doses
from titrate.planner.problem import Problem
from titrate.planner.refused import Refused
from titrate.planner.search import Way, _taper_shapes, _worth
from titrate.planner.steps import within
from titrate.planner.stretch import Ends, Stretch
from titrate.planner.terms import Terms
from titrate.quantity import Quantity, Range
from titrate.reason import Fact
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.source import Citation, Source

CITED = Citation(Source("paper", "T", "P", "1", "https://example.org"), "page 1", date(2026, 11, 23))
TIMES = "{ at-least = 1, at-most = 3 }"
TABLETS = (
    '[{ name = "2mg", form = "tablet", strength = "2 mg", divide = "no" }, '
    '{ name = "3mg", form = "tablet", strength = "3 mg", divide = "no" }]'
)


def problem_of(rule: Rule, goal: Any = "plan", **options: Any) -> Problem:
    return Problem.of(rule, Terms.of(rule, request(rule, goal, **options)))


def rung(*doses: str, cycle: int = 1, number: int = 1, **more: Any) -> Rung:
    return Rung(tuple(map(Quantity.parse, doses)), cycle, 7, CITED, number, 3, **more)


# --- Rungs -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "doses"),
    [
        (rung("2 mg"), (2,)),
        (rung("2 mg", "3 mg"), (2, 3)),
        (rung("1 mg"), None),  # no sum of tablets of 2 and 3 mg
        (rung("2 mg", "1 mg"), None),
        (rung("2.5 mg"), None),
        (rung("2 mg", "2.5 mg"), None),
        (rung("5 mg"), (5,)),  # the largest dose
        (rung("6 mg"), None),
        (rung("2 mg", "6 mg"), None),
        (rung("5 mg", "5 mg"), None),  # 10 mg a day are above 9 mg
        (rung("4 mg", "5 mg"), (4, 5)),
        (rung("3 mg", "3 mg", "3 mg"), (3, 3, 3)),
        (rung("2 mg", "2 mg", "2 mg", "2 mg"), None),  # there are times for three doses a day
        (rung("5 mg", "4 mg", cycle=2, on=(1, 2)), (5, 4)),
        (rung("5 mg", "5 mg", cycle=2, on=(1, 2)), (5, 5)),  # of each day 5 mg
        (rung("5 mg", "5 mg", cycle=2), None),  # both on the same day
        (rung("2 mg", "2 mg", "2 mg", "2 mg", cycle=2, on=(1, 1, 2, 2)), (2, 2, 2, 2)),
    ],
)  # fmt: skip
def test_a_rung_is_a_day_where_the_products_make_it_and_every_limit_allows_it(one: Rung, doses: Doses | None) -> None:
    rule = paper(products=TABLETS, times=TIMES, start='dose = "2 mg"', maximum='dose = "5 mg"\n\ndaily = "9 mg"')
    assert problem_of(rule, target="4 mg x1").day_of(one) == doses


def test_without_a_maximum_of_the_day_the_doses_alone_count() -> None:
    rule = paper(products=TABLETS, times=TIMES, start='dose = "2 mg"', maximum='dose = "5 mg"')
    problem = problem_of(rule, target="4 mg x1")
    assert problem.day_of(rung("5 mg", "5 mg", "5 mg")) == (5, 5, 5)
    assert problem.day_of(rung("6 mg")) is None


def test_where_even_days_are_asked_for_a_rung_is_one_only_if_it_is_even() -> None:
    rule = paper(times=TIMES)
    for split, uneven in (("even", None), ("uneven", (1, 2)), (None, (1, 2))):
        problem = problem_of(rule, target="2 mg x1", split=split)
        assert problem.day_of(rung("1 mg", "2 mg")) == uneven
        assert problem.day_of(rung("1 mg", "1 mg")) == (1, 1)
        assert problem.day_of(rung("2 mg")) == (2,)
        # One dose on each day of two is even, whatever the next day's is.
        assert problem.day_of(rung("1 mg", "2 mg", cycle=2, on=(1, 2))) == (1, 2)


def test_a_rung_may_have_fewer_doses_than_usual_but_not_more() -> None:
    """At most two a day on the way up, at most one while it falls."""
    rule = paper(times="{ at-least = 2, at-most = 2 }", rest="[taper.frequency]\ntimes = 1\nCITE")
    problem = problem_of(rule, target="2 mg x2")
    assert problem.day_of(rung("2 mg")) == (2,)
    assert problem.day_of(rung("2 mg", "2 mg")) == (2, 2)
    assert problem.day_of(rung("2 mg", "2 mg", "2 mg")) is None
    assert problem.day_of(rung("2 mg", down=True)) == (2,)
    assert problem.day_of(rung("2 mg", "2 mg", down=True)) is None


def test_a_number_of_doses_by_the_daily_dose_counts_for_a_rung_by_its_average() -> None:
    """Up to 4 mg a day at most once, above it up to three times. 3 and 3 mg every second day are 3 mg a day."""
    problem = problem_of(paper(times=TIMES), target="2 mg x1")
    four = Quantity.parse("4 mg")
    often = Frequency(Times(1, 1), CITED, Range(at_most=four)), Frequency(Times(1, 3), CITED, Range(above=four))
    problem = replace(problem, terms=replace(problem.terms, limits=replace(problem.limits, frequency=often)))
    assert problem.day_of(rung("2 mg", "2 mg")) is None
    assert problem.day_of(rung("2 mg", "3 mg")) == (2, 3)
    assert problem.day_of(rung("3 mg", "3 mg")) == (3, 3)
    assert problem.day_of(rung("3 mg", "3 mg", cycle=2)) is None


def test_a_way_down_goes_on_where_every_rung_from_there_is_a_day() -> None:
    """1 mg is no sum of tablets of 2 and 3 mg: who is past the rung of 1 mg goes on, who is before it does not."""
    rule = paper(products=TABLETS, start='dose = "2 mg"')
    problem = problem_of(rule, target="4 mg x1")
    made = {1: "4 mg", 2: "3 mg", 3: "2 mg"}
    for missing in (0, 1, 2, 3):
        ladder = tuple(rung("1 mg" if n == missing else dose, number=n) for n, dose in made.items())
        limits = replace(problem.limits, descent=ladder)
        laddered = replace(problem, terms=replace(problem.terms, limits=limits))
        assert [laddered.goes_on(one) for one in ladder] == [missing < n for n in made], missing


# --- The pace of the prescriber, and the way out -------------------------------------------------------

SLOWLY = 'every = { at-least = "3 days" }'


def test_a_way_out_keeps_to_the_rule_and_not_to_a_pace_that_is_slower() -> None:
    rule = paper(decrease=f'by = {{ at-most = "3 mg" }}\n{SLOWLY}')
    terms = Terms.of(rule, request(rule, "taper", current="3 mg x1", by=Quantity.parse("1 mg")))
    assert [str(by.at_most) for change in terms.limits.decrease for by in change.by] == ["3 mg", "1 mg"]
    assert [str(by.at_most) for change in terms.own.decrease for by in change.by] == ["3 mg"]


def test_where_the_rule_is_silent_a_way_out_keeps_to_the_pace_of_the_prescriber() -> None:
    rule = paper(decrease=f"by = {{ silent = true }}\n{SLOWLY}")
    terms = Terms.of(rule, request(rule, "taper", current="3 mg x1", by=Quantity.parse("1 mg")))
    assert [str(by.at_most) for change in terms.own.decrease for by in change.by] == ["1 mg"]


def test_without_its_ladder_down_neither_the_plan_nor_a_way_out_has_one() -> None:
    terms = problem_of(paper(), target="2 mg x1").terms
    ladder = (rung("2 mg"), rung("1 mg", number=2))
    limits, own = (replace(one, descent=ladder) for one in (terms.limits, terms.own))
    bare = replace(terms, limits=limits, own=own).without_descent()
    assert (bare.limits.descent, bare.own.descent) == ((), ())
    assert (bare.limits, bare.own, bare.request) == (terms.limits, terms.own, terms.request)


# --- What a way is worth, and which days are searched ----------------------------------------------------


def test_a_rise_is_worth_its_share_of_the_dose_before() -> None:
    """From 4 to 6 mg by a half, from 6 to 8 mg by a third."""
    problem = problem_of(paper(), target="8 mg x1")
    assert _worth(problem, Way(((4,), (6,), (8,)), (2, 2, 0), (2, 2, 0)))[-2] == Fraction(1, 2)
    assert _worth(problem, Way(((4,), (5,), (8,)), (2, 2, 0), (2, 2, 0)))[-2] == Fraction(3, 5)


@pytest.mark.parametrize(
    ("times", "begin", "length", "split", "shapes"),
    [
        (TIMES, (5, 5), None, None, ("near", "uneven")),  # the end is not chosen
        (TIMES, (5, 5), 20, "even", ("even",)),
        (TIMES, (5, 5), 20, "uneven", ("uneven",)),
        (TIMES, (5, 5), 20, None, ("uneven",)),  # 5 and 25 days
        (TIMES, (43, 43), 20, None, ("uneven",)),  # 43 and 1849 days: 1892 are at most 2000
        (TIMES, (44, 44), 20, None, ("uneven",)),  # 44 and 1936: 1980
        (TIMES, (45, 45), 20, None, ("near", "uneven")),  # 45 and 2025: 2070
        (TIMES, (1, 45), 20, None, ("near", "uneven")),
        (TIMES, (45,), 20, None, ("uneven",)),  # 45: one dose a day stays one
        ("{ at-least = 2, at-most = 3 }", (60,), 20, None, ("uneven",)),  # goes on with one dose a day
        ("3", (44, 44), 20, None, ("uneven",)),  # with two doses, as it began: 1936
        ("3", (45, 45), 20, None, ("near", "uneven")),
        ("2", (44, 44), 20, None, ("uneven",)),
        ("2", (45, 45), 20, None, ("near", "uneven")),  # 2025
    ],
)  # fmt: skip
def test_all_days_are_searched_at_once_where_the_end_is_chosen_and_they_are_few(
    times: str, begin: Doses, length: int | None, split: Any, shapes: tuple[str, ...]
) -> None:
    now = "/".join(map(str, begin)) + " mg" if len(begin) > 1 else f"{begin[0]} mg x1"
    problem = problem_of(paper(times=times), "taper", current=now, split=split)
    assert _taper_shapes(problem, begin, length) == shapes


# --- The shortest way over days of several doses -----------------------------------------------------------


def soonest(stretch: Stretch) -> int | None:
    """How many days the shortest way takes, by looking at every day that can be reached, the soonest first."""
    (begin,) = stretch.begins
    waiting, done = [(0, begin)], set[Doses]()
    while waiting:
        days, day = heappop(waiting)
        if day in done:
            continue
        done.add(day)
        if day != begin and stretch.over(day):
            return days
        for after in stretch.all_that_follow(day):
            heappush(waiting, (days + (0 if day == begin else stretch.moves.every(day, after)), after))
    return None


def some_way(draw: Random) -> tuple[Rule, str, str]:
    """Tablets that leave gaps, two bands of changes with times of their own, and two days of two or three doses."""
    strengths = draw.sample((2, 3, 5, 7), draw.choice((2, 3)))
    products = ", ".join(
        f'{{ name = "{mg}mg", form = "tablet", strength = "{mg} mg", divide = "no" }}' for mg in strengths
    )
    edge, per = draw.randrange(5, 12), draw.choice(("dose", "day"))
    bands = (f'below = "{edge} mg"', f'at-least = "{edge} mg"')
    changes = "\n\n".join(
        f'by = {{ at-most = "{draw.randrange(2, 6)} mg", per = "{per}" }}\n'
        f'every = {{ at-least = "{draw.randrange(1, 6)} days" }}\nband = {{ {band} }}'
        for band in bands
    )
    made = [n for n in range(2, 13) if any(n == sum(pair) for pair in sums(strengths))]
    count = draw.choice((2, 3))
    low, high = sorted([[draw.choice(made) for _ in range(count)] for _ in range(2)], key=sum)
    rule = paper(
        products=f"[{products}]", times=TIMES, start=f'dose = "{made[0]} mg"', increase=changes, decrease=changes,
        maintenance='daily = { at-least = "1 mg" }', maximum='dose = "12 mg"',
    )  # fmt: skip
    return rule, written(low), written(high)


def sums(strengths: list[int]) -> list[tuple[int, ...]]:
    few = range(7)
    a, b, *c = strengths
    return [(x * a, y * b, z * sum(c)) for x in few for y in few for z in few]


def written(day: list[int]) -> str:
    return "/".join(map(str, day)) + " mg"


@pytest.mark.parametrize("seed", range(6))
def test_the_shortest_way_over_days_of_several_doses_is_found_within_its_budget_and_no_other(seed: int) -> None:
    draw, tried = Random(seed), 0
    for _ in range(25):
        rule, low, high = some_way(draw)
        if sum(Fraction(x) for x in low[:-3].split("/")) == sum(Fraction(x) for x in high[:-3].split("/")):
            continue
        for current, target in ((low, high), (high, low)):
            problem = problem_of(rule, current=current, target=target)
            (begin,), rising = (problem.current,), current == low
            assert begin is not None
            moves = (problem.rises if rising else problem.falls)(begin)
            for shape in ("near", "uneven"):
                stretch = Stretch(problem, moves, shape, Ends((begin,), problem.targets))
                line, least = Line(stretch), soonest(stretch)
                found = shortest(stretch, line)
                told = (seed, current, target, shape)
                assert (found is None) is (least is None), told
                if found is None or least is None:
                    continue
                tried += 1
                assert found.graph.least(found.stays) == least, told
                assert shortest(stretch, line, budget=least) is not None, told
                assert least == 0 or shortest(stretch, line, budget=least - 1) is None, told
    assert tried > 5


# --- What the prescriber has to say, and what is told of it -------------------------------------------------


@pytest.mark.parametrize(
    ("goal", "way", "silent", "what"),
    [
        ("plan", {"target": "3 mg x1"}, "increase", "rise"),
        ("plan", {"target": "3 mg x1"}, "decrease", "fall"),  # a way out has to be there
        ("taper", {"current": "3 mg x1"}, "decrease", "fall"),
    ],
)
def test_a_size_about_which_the_source_is_silent_is_asked_for(
    goal: str, way: dict[str, str], silent: str, what: str
) -> None:
    rule = paper(**{silent: f"by = {{ silent = true }}\n{SLOWLY}"})
    assert fault(rule, goal, **way) == (
        f'The source of "Paper" gives no size of one {what}, so the prescriber has to.\n'
        'You could: say by how much the dose may change, for example --by "5 mg" --every "7d".'
    )


@pytest.mark.parametrize(
    ("way", "silent", "what"),
    [
        ({"target": "3 mg x1"}, "increase", "rises"),
        ({"current": "3 mg x1", "target": "1 mg x1"}, "decrease", "falls"),
    ],
)
def test_a_stay_about_which_the_source_is_silent_is_asked_for(way: dict[str, str], silent: str, what: str) -> None:
    """Only the way that is gone is asked about."""
    rule = paper(**{silent: 'by = { at-most = "1 mg" }\nevery = { silent = true }'})
    assert fault(rule, **way) == (
        f'The source of "Paper" does not say how long a dose is kept before it {what}, so the prescriber has to.\n'
        'You could: say how long each dose is kept at least, for example --every "7d".'
    )
    other = "falls" if what == "rises" else "rises"
    turned = {"current": "3 mg x1", "target": "1 mg x1"} if other == "falls" else {"target": "3 mg x1"}
    assert steps(plan(rule, request(rule, **turned)))[-1][1] is None


def test_a_pace_that_does_not_go_with_the_rule() -> None:
    assert fault(paper(), target="3 mg x1", every=Duration(1, "month")) == (
        '--every: "1 month" has no fixed length; write it in days or weeks.'
    )
    assert fault(paper(), target="3 mg x1", by=Quantity.parse("1 mg/hour")) == (
        '--by "1 mg/hours" does not fit this rule: 1 mg/hours is counted neither per day nor per dose.'
    )


def test_a_pace_of_the_prescriber_cites_the_request() -> None:
    schedule = asked(paper(), target="2 mg x1", by="1 mg", every="5 days")
    own = {(fact.says, fact.citation.at) for fact in schedule.limits
           if fact.citation is not None and fact.citation.basis == "prescriber"}  # fmt: skip
    assert own == {
        ("a dose rises by at most 1 mg", "--by and --every"),
        ("a dose falls by at most 1 mg", "--by and --every"),
        ("a dose is kept for at least 5 days before it changes", "--by and --every"),
    }


@pytest.mark.parametrize("of", [plan, possible])
def test_a_plan_that_ends_after_the_last_year_is_a_fault_of_the_request(of: Any) -> None:
    rule = paper()
    with pytest.raises(RequestError, match=r"^The plan does not fit into the calendar: .* outside the years 1 to 9999"):
        of(rule, request(rule, target="3 mg x1", start=date(9999, 12, 30)))


def test_what_is_possible_is_what_is_planned_and_nothing_otherwise() -> None:
    rule = paper()
    wanted = request(rule, target="3 mg x1")
    assert possible(rule, wanted) == plan(rule, wanted)
    assert possible(rule, request(rule, current="3 mg x1", target="200 mg x1")) is None
    assert len(plan(rule, wanted).plan) == 12


# --- On the way down to a target -----------------------------------------------------------------------------

FALLS = (
    'by = { at-most = "3 mg" }\nevery = { at-least = "2 days" }\nband = { above = "4 mg" }\n\n'
    'by = { at-most = "2 mg" }\nevery = { at-least = "2 days" }\nband = { at-most = "4 mg" }'
)


def told(schedule: Schedule, number: int) -> set[str]:
    return {fact.says for fact in schedule.steps[number].why.facts if isinstance(fact, Fact)}


def test_each_fall_on_the_way_to_a_target_cites_the_limit_of_what_was_taken_before() -> None:
    """Above 4 mg by 3 mg, at and below it by 2 mg: the last fall, to 1 mg, begins at 3 mg or less."""
    schedule = asked(paper(decrease=FALLS), current="9 mg x1", target="1 mg x1")
    assert [day for day, _ in steps(schedule)][-1] == "1 mg x1"
    last = {says for says in told(schedule, -1) if "falls" in says}
    assert last == {"a dose falls by at most 2 mg where the daily dose is at most 4 mg"}


def test_what_is_taken_too_recently_to_be_lowered_is_told_with_the_time_of_a_fall() -> None:
    rule = paper(decrease='by = { at-most = "50 %", of = "original" }\nevery = { at-least = "7 days" }')
    text = refusal(rule, current="4 mg x1", target="2 mg x1", since=date(2026, 11, 29))
    assert "a dose is kept for at least 7 days before it changes" in text
    assert text.endswith("You could: start on Sunday 06 December 2026 or later (--start 2026-12-06).")


def test_a_way_down_from_above_a_maximum_is_a_warning_that_names_who_answers() -> None:
    rule = paper(maximum='daily = "8 mg"')
    (note,) = plan(rule, request(rule, "taper", current="10 mg x1", approved=(NAMED,))).warnings
    assert (note.topic, note.applies) == ("maximum", True)
    assert note.says == (
        "The way down begins above a maximum, since more is taken already: the maximum is 8 mg a day; "
        "Dr Lang answers for it"
    )


@pytest.mark.parametrize("target", ["2 mg every 7 days", "3 mg every 7 days"])
def test_a_lower_dose_once_a_week_is_reached_by_falls(target: str) -> None:
    """By 1 mg every 14 days, where a dose would rise by 1 mg every 7 days: from 4 mg to 3 and 2 mg."""
    head = '[{ name = "1mg", form = "tablet", strength = "1 mg", divide = "no" }]\ncycle = "1 week"'
    rule = paper(
        products=head, maintenance='dose = { at-least = "1 mg" }', maximum='dose = "9 mg"',
        increase='by = { at-most = "1 mg" }\nevery = { at-least = "7 days" }',
        decrease='by = { at-most = "1 mg" }\nevery = { at-least = "14 days" }',
    )  # fmt: skip
    schedule = asked(rule, current="4 mg every 7 days", target=target)
    ways = {"3 mg every 7 days": [], "2 mg every 7 days": [("3 mg every 7 days", 14)]}
    assert steps(schedule) == [*ways[target], (target, None)]
    assert "a dose falls by at most 1 mg" in told(schedule, -1)


def test_where_the_first_shape_of_days_ends_too_late_the_next_one_is_tried() -> None:
    """Of tablets of 2, 5 and 7 mg, by 2 mg at most: 6, 9 and 7 mg to 7, 10 and 9 mg and on to 9, 12 and 10 mg, 5 days
    each, so that the target is reached on 6 December. With doses that are equal but for a smaller one it takes a day
    more of 5 days, until the 11th. The target is kept for 5 days, and the taper takes at least a day."""
    made = ", ".join(f'{{ name = "{mg}mg", form = "tablet", strength = "{mg} mg", divide = "no" }}' for mg in (2, 5, 7))
    rule = paper(
        products=f"[{made}]", times=TIMES, start='dose = "2 mg"', maximum='dose = "12 mg"',
        increase='by = { at-most = "2 mg" }\nevery = { at-least = "5 days" }',
        decrease='by = { at-most = "12 mg" }\nevery = { at-least = "1 day" }',
    )  # fmt: skip

    def reached(day: int) -> list[tuple[str, int | None]]:
        by: dict[str, Any] = {"maintain": "5 days", "then_stop": True, "finish_by": date(2026, 12, day)}
        return steps(asked(rule, current="6/9/7 mg", target="9/12/10 mg", **by))[:3]

    assert reached(11)[:2] == [("7/10/9 mg", 5), ("9/12/10 mg", 5)]
    assert reached(16)[1:] == [("7/10/10 mg", 5), ("9/12/10 mg", 5)]
    by = {"maintain": Duration(5, "day"), "then_stop": True, "finish_by": date(2026, 12, 10)}
    assert "cannot be stopped by Thursday 10 December 2026" in refusal(
        rule, current="6/9/7 mg", target="9/12/10 mg", **by
    )


def test_a_caution_for_this_patient_is_a_warning_that_cites_it() -> None:
    rule = paper(
        rest='[[scopes]]\nname = "children"\nwhen = { age = { below = "18 years" } }\ncaution = "less may do"\nCITE'
    )
    (note,) = asked(rule, target="2 mg x1", patient=Patient(age=Quantity.parse("10 years"))).warnings
    assert (note.topic, note.says, note.applies) == ("caution", "less may do", True)
    assert note.citation is not None
    assert note.citation.at == "page 1"
    assert asked(rule, target="2 mg x1", patient=Patient(age=Quantity.parse("40 years"))).warnings == ()


def test_the_offer_of_a_later_review_is_the_same_request_with_that_day() -> None:
    rule = paper(increase='by = { at-most = "1 mg" }\nevery = { at-least = "2 days" }')
    wanted = request(rule, target="3 mg x1", review=date(2026, 12, 5))
    with pytest.raises(Refused) as refused:
        within(rule, Terms.of(rule, wanted))
    (offer,) = refused.value.tries
    assert offer.request == replace(wanted, review=date(2026, 12, 6))
