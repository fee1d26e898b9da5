"""A refusal names limits that together leave nothing and of which every one counts, and offers only what is possible.

The exact texts are arguments that can be followed on paper with the rule file beside them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from itertools import chain, combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.oracle import Oracle
from tests.strategies import Limit, Sketch, sketches
from tests.test_planner import asked, paper
from titrate import rulebook
from titrate.errors import NoSchedule, RequestError
from titrate.patient import Patient
from titrate.planner import conflict, plan, refusal
from titrate.planner.bounds import bounds, keeping
from titrate.planner.conflict import conflicts
from titrate.planner.refused import Refused
from titrate.planner.steps import within
from titrate.planner.terms import Terms
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.rule import Rule
from titrate.typed import Typed

DEEP = os.environ.get("TITRATE_DEEP") == "1"
ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
US = rulebook.load("baclofen-oral-spasticity")
PUMP = rulebook.load("baclofen-intrathecal-spasticity")


def sets_of(because: Because, known: object) -> list[list[Fact]]:
    """The limits that a refusal names, set by set; what else it says about the case is left out."""
    assert isinstance(known, dict)
    first = [fact for fact in because.facts if isinstance(fact, Fact) and fact in known]
    more = [one for one in because.facts if isinstance(one, Because) and one.facts]  # one without facts is a doubt
    return [first, *chain.from_iterable(sets_of(one, known) for one in more)]


def possible_to_plan(rule: Rule, terms: Terms) -> bool:
    """Whether the planner finds a schedule within these terms."""
    try:
        within(rule, terms)
    except Refused:
        return False
    return True


@settings(
    max_examples=600 if DEEP else 40,  # each asks the oracle or the planner a dozen questions
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(sketches())
def test_a_refusal_names_limits_that_leave_nothing_and_of_which_none_can_be_spared(sketch: Sketch) -> None:
    """Asked of the oracle: with the named limits alone there is nothing, without any one of them there is something."""
    rule, request = sketch.rule(), sketch.request()
    try:
        plan(rule, request)
        assume(False)
    except RequestError:
        assume(False)
    except NoSchedule as refusal:
        because = refusal.because
    assert isinstance(because, Because)
    event(f"sets of {sorted(map(len, sets_of(because, bounds(Terms.of(rule, request)))))}")
    spare_none(rule, Terms.of(rule, request), because)


def spare_none(rule: Rule, terms: Terms, because: Because) -> None:
    """Fails unless the limits that are named leave nothing together, and something without any one of them."""

    def possible(facts: list[Fact]) -> bool:
        return any(possible_within(fewer) for fewer in keeping(terms, facts))

    def possible_within(fewer: Terms) -> bool:
        oracle = Oracle(rule, fewer.request, (fewer.limits, fewer.own))
        # With fewer limits there is more to look at, for the oracle often too much; then the planner is asked.
        if len(oracle.cost) ** (2 if oracle.caps else 1) > 12 or len(oracle.rising_days) > 60:
            return possible_to_plan(rule, fewer)
        return oracle.exists()

    nothing_to_spare(terms, because, possible)


def nothing_to_spare(terms: Terms, because: Because, possible: Callable[[list[Fact]], bool]) -> None:
    """Fails unless each set of limits leaves nothing, and something without any one of them; none is in two sets.

    Where even without any limit there is nothing, only whom the rule is not for may be named, and is not blamed for it.
    """
    sets = sets_of(because, bounds(terms))
    for named in sets:
        assert not possible(named), because.text()
    if not possible([]):
        assert [named for named in sets if named] == [[fact] for fact in terms.limits.refusals], because.text()
        return
    for named in sets:
        assert named, because.text()
        for fact in named:
            assert possible([other for other in named if other is not fact]), f"without {fact}: {because.text()}"
    for index, named in enumerate(sets):
        assert not any(fact in other for other in sets[:index] for fact in named)


def test_a_stop_from_what_is_taken_now_is_a_day_of_a_taper_like_any_other() -> None:
    """4 mg twice a day, where a taper at up to 8 mg a day has one dose a day, and a dose falls by 2 mg at most.

    Two doses are too many for any day of a taper, and one of 4 mg needs the other to fall by 4 mg. With a maximum
    above 6 mg it were 8 mg once a day, with more doses a day 2/2/4 mg, which may fall to 4 mg. From how much it may be
    stopped does not count: 8 mg a day in two doses cannot be kept for the day before the stop either.
    """
    sketch = Sketch(
        tablets=(("2", 1),), times=(1, 2), maximum="6 mg", goal="plan", target="8 mg/day", maintain=1, last="2 mg",
        start=("daily", ("at-most", "2 mg")), increase=(Limit((("2 mg", "dose", "current"),), 1),),
        decrease=(Limit((("2 mg", "dose", "current"),), 1),),
        taper_times=((1, 1, ("at-most", "8 mg")), (1, 2, ("above", "8 mg"))),
    )  # fmt: skip
    with pytest.raises(NoSchedule) as refused:
        plan(sketch.rule(), sketch.request())
    because = refused.value.because
    assert isinstance(because, Because)
    assert [fact.says for fact in because.facts if isinstance(fact, Fact)] == [
        "the maximum is 6 mg at one time",
        "the drug is given once to twice a day",
        "the drug is given once a day where the daily dose is at most 8 mg",
        "a dose falls by at most 2 mg",
    ]
    spare_none(sketch.rule(), Terms.of(sketch.rule(), sketch.request()), because)


@pytest.mark.parametrize(
    ("sets", "expected"),
    [
        ([], [[]]),
        ([{"a"}], [["a"]]),
        ([{"a", "c"}], [["a", "c"]]),
        ([{"a", "b", "c", "d", "e"}], [["a", "b", "c", "d", "e"]]),
        ([{"b"}, {"d", "e"}], [["b"], ["d", "e"]]),
        ([{"a", "b"}, {"b", "c"}], [["a", "b"]]),  # the most telling come first; b is in both
        ([{"a"}, {"b"}, {"c"}, {"d"}], [["a"], ["b"], ["c"]]),  # no more than three are told
        ([{"a", "b", "c"}, {"d", "e"}], [["d", "e"], ["a", "b", "c"]]),  # the fewest before those that come first
        ([{"a", "b", "c"}, {"c", "e"}], [["c", "e"]]),
        ([{"b", "d"}, {"c", "e"}], [["b", "d"], ["c", "e"]]),
    ],
)
def test_sets_of_limits_without_one_in_common(sets: list[set[str]], expected: list[list[str]]) -> None:
    """`sets` are the ways to leave nothing. Without any (first row) no limit is to blame for there being nothing."""
    facts = [Fact(name) for name in "abcde"]

    def possible(kept: object) -> bool:
        assert isinstance(kept, list)
        return bool(sets) and not any(blamed <= {fact.says for fact in kept} for blamed in sets)

    found = conflicts(facts, possible)
    assert [[fact.says for fact in one.facts] for one in found] == expected
    assert all(one.smallest for one in found)


@given(st.lists(st.sets(st.sampled_from("abcdefg"), min_size=1, max_size=5), min_size=1, max_size=6))
def test_the_first_set_is_the_smallest_there_is(sets: list[set[str]]) -> None:
    """Against every set of seven limits, one by one; and nothing is asked twice."""
    facts, questions = [Fact(name) for name in "abcdefg"], []

    def possible(kept: object) -> bool:
        assert isinstance(kept, list)
        questions.append(frozenset(kept))
        return not any(blamed <= {fact.says for fact in kept} for blamed in sets)

    first = conflicts(facts, possible)[0]
    assert len(questions) == len(set(questions))
    every = [set(some) for count in range(1, 8) for some in combinations("abcdefg", count)]
    smallest = next(some for some in every if any(blamed <= some for blamed in sets))
    assert len(first.facts) == len(smallest)
    assert first.smallest
    assert any(blamed <= {fact.says for fact in first.facts} for blamed in sets)


def test_nothing_is_blamed_where_something_is_possible_within_all_limits() -> None:
    assert conflicts([Fact("a"), Fact("b")], lambda kept: True) == [conflict.Conflict([])]


def test_beyond_so_many_questions_no_smaller_set_is_claimed_not_to_be(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conflict, "MOST_ASKED", 0)
    monkeypatch.setattr(refusal, "MOST_ASKED", 0)
    with pytest.raises(NoSchedule) as refused:
        plan(
            US,
            Typed(start="2026-11-23", target="20 mg x3", products="20mg").request(US.id, "plan", ISSUED, ISSUED.date()),
        )
    assert (
        "Whether fewer limits already leave none is not known: after 0 searches titrate stops." in refused.value.text()
    )


# --- Exact texts ------------------------------------------------------------------------------------

LADDER = (
    "(Baclofen tablets USP, prescribing information, Dosage and Administration, schedule 5-10-15-20 mg three times a day;"
    " checked 2026-11-23)"
)
BACKWARDS = (
    "(derived from Baclofen tablets USP, prescribing information, Dosage and Administration; checked 2026-11-23)"
)
FORMULARY = (
    "(British National Formulary for Children 2018-19, baclofen, withdrawal: at least 1 to 2 weeks, longer if symptoms"
    " occur; the longer end is taken; checked 2026-11-23)"
)
LAST = "(derived from Baclofen tablets, prescribing information (Chartwell), How supplied; checked 2026-11-23)"
REFERENCE = "(Baclofen: Uses, Dosage, Side Effects & Safe Acquisition, Dosage & Administration, table, row {}; checked 2026-11-23)"

# ruff: noqa: E501 (the lines of a message are as long as they are)

TEXTS = {
    # 14 days from 23 November, both included, end on 6 December.
    "sooner than a taper may end": (
        "taper",
        {"start": "2026-11-23", "current": "20 mg x3", "finish_by": "2026-12-04"},
        f"""No schedule: 20 mg three times a day cannot be stopped by Friday 04 December 2026.
Because a taper takes at least 14 days {FORMULARY},
and the taper starts on Monday 23 November 2026 and takes 14 days within these limits, so that the last dose can be on Sunday 06 December 2026 at the earliest.
You could: end on Sunday 06 December 2026 or later (--finish-by 2026-12-06).""",
    ),
    # 45, 30, 15 and 5 mg a day for 3 days each are 12 days; the last of them is 4 December.
    "sooner than the falls allow, and sooner than a taper may end": (
        "taper",
        {"start": "2026-11-23", "current": "20 mg x3", "finish_by": "2026-11-27"},
        f"""No schedule: 20 mg three times a day cannot be stopped by Friday 27 November 2026.
Because a taper takes at least 14 days {FORMULARY},
and the taper starts on Monday 23 November 2026 and takes 14 days within these limits, so that the last dose can be on Sunday 06 December 2026 at the earliest.
Without these limits there would still be none.
Because the last dose before stopping is at most 5 mg a day {LAST},
and a dose falls by at most 5 mg and the daily dose falls by at most 15 mg {BACKWARDS},
and a dose is kept for at least 3 days before it changes {BACKWARDS},
and the taper starts on Monday 23 November 2026 and takes 12 days within these limits, so that the last dose can be on Friday 04 December 2026 at the earliest.
You could: end on Sunday 06 December 2026 or later (--finish-by 2026-12-06).""",
    ),
    "a child": (
        "plan",
        {"start": "2026-11-23", "target": "20 mg x3", "age": "8 years"},
        """No schedule: Baclofen, oral, for spasticity is not for this patient.
Because this rule is for adults and children from 12 years; below 12 years safety is not established (MPR, Fleqsuvy (baclofen) monograph, children, safety below 12 years; checked 2026-11-23).""",
    ),
    # Halves of 20 mg are 10 mg; the start is 5 mg.
    "only large tablets at hand": (
        "plan",
        {"start": "2026-11-23", "target": "20 mg x3", "products": "20mg"},
        f"""No schedule: 20 mg x3 cannot be reached from a permitted start.
Because the first regimen is 5 mg at one time, given three times a day {REFERENCE.format(1)},
and the products at hand are 20 mg tablet (can be divided) (set by the prescriber).
You could: use all products of the rule (leave out --products).""",
    ),
    "too few times of day": (
        "plan",
        {"start": "2026-11-23", "target": "15 mg x3", "times": "08:00,12:00"},
        """No schedule: 15 mg x3 is not a regimen to stay on under this rule.
Because the times of day are 08:00, 12:00 (set by the prescriber),
and 2 times of day are too few for 3 doses a day.
You could: use the rule's own times of day (leave out --times).""",
    ),
    # 5, 10 and 15 mg for 3 days each from 23 November: 20 mg from 2 December.
    "a review before the target": (
        "plan",
        {"start": "2026-11-23", "target": "20 mg x3", "review": "2026-11-28"},
        f"""No schedule: the target is not reached before the review on Saturday 28 November 2026.
Because the first regimen is 5 mg at one time, given three times a day {REFERENCE.format(1)},
and a dose rises by at most 5 mg {LADDER},
and a dose is kept for at least 3 days before it changes {LADDER},
and it is reached on Wednesday 02 December 2026.
You could: review later (--review 2026-12-03 or after).""",
    ),
    # Taken since 22 November, to be kept for 3 days: the first fall is on 25 November.
    "too soon after the last change": (
        "taper",
        {"start": "2026-11-23", "current": "20 mg x3", "since": "2026-11-22"},
        f"""No schedule: 20 mg three times a day is too recent to change on Monday 23 November 2026.
Because the last dose before stopping is at most 5 mg a day {LAST},
and a dose is kept for at least 3 days before it changes {BACKWARDS},
and what is taken now is taken since Sunday 22 November 2026 (set by the prescriber).
You could: start on Wednesday 25 November 2026 or later (--start 2026-11-25).""",
    ),
}


def test_the_ladder_is_told_once_and_what_the_products_do_not_make_apart() -> None:
    """5 mg once a day is no rung, no dose to stay on and no sum of tablets of 10, 20 and 30 mg: three sets of one."""
    rule = rulebook.load("apremilast-oral-psoriasis")
    request = Typed(
        start="2026-12-01", age="45 years", target="5 mg x1", by="5 mg/dose", every="3d", times="07:00,13:00,21:00"
    ).request(rule.id, "plan", ISSUED, ISSUED.date())  # fmt: skip
    with pytest.raises(NoSchedule) as refused:
        plan(rule, request)
    because = refused.value.because
    assert isinstance(because, Because)
    named = sets_of(because, bounds(Terms.of(rule, request)))
    assert [[fact.says.split(" ")[1] for fact in one] for one in named] == [["maintenance"], ["ladder"], ["products"]]
    assert refused.value.text().count("the ladder goes from") == 1


@pytest.mark.parametrize("name", TEXTS)
def test_the_exact_text(name: str) -> None:
    goal, options, text = TEXTS[name]
    typed = Typed(**options)  # type: ignore[arg-type]
    with pytest.raises(NoSchedule) as refused:
        plan(US, typed.request(US.id, goal, ISSUED, ISSUED.date()))  # type: ignore[arg-type]
    assert refused.value.text() == text


OTEZLA = "(Otezla, dosage and administration (US label), table 1, {}; checked 2026-11-23)"
RUNGS = "10 mg x1, then 10 mg x2, then 10/20 mg, then 20 mg x2, then 20/30 mg, each for at least 1 day, then 30 mg x2"
# Under rules with ladders, and with fewer times of day than are asked for.
OTHER_TEXTS = {
    # 5 mg is no dose of 30 mg, no rung, and no sum of tablets: each is enough.
    "a dose that is on no ladder": (
        "apremilast-oral-psoriasis",
        {"target": "5 mg x1", "by": "5mg/dose", "every": "3d", "times": "07:00,13:00,21:00"},
        f"""No schedule: 5 mg x1 is not a regimen to stay on under this rule.
Because the maintenance regimen is 30 mg at one time, given twice a day {OTEZLA.format("day 6 and thereafter: 30 mg twice a day")}.
Without these limits there would still be none.
Because the ladder goes from {RUNGS} {OTEZLA.format("day 1")}.
Without these limits there would still be none.
Because the products of the rule are 10 mg tablet, 20 mg tablet, 30 mg tablet,
and they do not make 5 mg; the nearest dose is 10 mg.""",
    ),
    # Two doses a day cannot become one without one of them falling, whatever the rule says.
    "a child, for whom it could not be done as an adult either": (
        "apremilast-oral-psoriasis",
        {"current": "10 mg x2", "target": "30 mg x1", "age": "17 years", "by": "5mg", "every": "3d"},
        """No schedule: Apremilast, oral, for psoriasis and psoriatic arthritis is not for this patient.
Because this rule is for adults; children have a titration table of their own (Otezla, dosage and administration (US label), adults, table 1; children by weight, a table of their own; checked 2026-11-23).
Without these limits there would still be none.
Because no dose of the day may fall on the way up.""",
    ),
    "one dose that is no dose of two": (
        "apremilast-oral-psoriasis",
        {"current": "20 mg x2", "target": "30 mg x1", "by": "5mg", "every": "3d"},
        """No schedule: 30 mg x1 cannot be reached from 20 mg twice a day.
Because no dose of the day may rise on the way down.""",
    ),
    # The rule has times of day for two doses only: that it is given twice a day says the same.
    "once a day instead of twice": (
        "carvedilol-oral-heart-failure",
        {"target": "12.5 mg x1"},
        """No schedule: 12.5 mg x1 is not a regimen to stay on under this rule.
Because the maintenance regimen is at least 3.125 mg at one time, given twice a day (derived from Tacar (carvedilol), dosage, chronic heart failure: up to the highest dose that is tolerated; checked 2026-11-23).
Without these limits there would still be none.
Because the first regimen is 3.125 mg at one time, given twice a day (MPR, Coreg (carvedilol) monograph, heart failure: 3.125 mg twice a day for 2 weeks; checked 2026-11-23).
Without these limits there would still be none.
Because the drug is given twice a day (MPR, Coreg (carvedilol) monograph, adult dosage: twice a day; checked 2026-11-23).
You could: --target "3.125 mg x2".""",
    ),
}


@pytest.mark.parametrize("name", OTHER_TEXTS)
def test_the_exact_text_of_a_refusal_under_another_rule(name: str) -> None:
    rule, options, text = OTHER_TEXTS[name]
    typed = Typed(start="2026-12-01", **options)  # type: ignore[arg-type]
    with pytest.raises(NoSchedule) as refused:
        plan(rulebook.load(rule), typed.request(rule, "plan", ISSUED, ISSUED.date()))
    assert refused.value.text() == text


def test_a_ladder_is_argued_about_where_nobody_says_how_large_a_rise_above_it_is() -> None:
    """With kidneys like these gabapentin has no size of a rise. Without the ladder nothing can be searched then."""
    rule = rulebook.load("gabapentin-oral-postherpetic-neuralgia")
    typed = Typed(start="2026-12-01", target="25 mg x1", creatinine_clearance="20 mL/min", every="7d")
    with pytest.raises(NoSchedule, match="25 mg x1 is not a regimen to stay on"):
        plan(rule, typed.request(rule.id, "plan", ISSUED, ISSUED.date()))


# --- What is not known is said -----------------------------------------------------------------------------

# 150 doses, from 1 to 150 mg, twice a day are 22,500 days; more than 20,000 are not searched.
MANY = "is not known: 150 possible doses at 2 times a day make 22500 different days; titrate searches at most 20000."
TIMES = "{ at-least = 1, at-most = 2 }"
SLOW = 'by = { at-most = "1 mg", per = "day" }\nevery = { at-least = "1 day" }'


def test_a_limit_of_which_it_is_not_known_whether_it_counts() -> None:
    """From 300 mg a day by 1 mg a day; two equal doses fall by 2 mg at least, so equal days tell nothing."""
    with pytest.raises(NoSchedule) as refused:
        asked(paper(times=TIMES, decrease=SLOW), "taper", current="150 mg x2")
    assert (
        refused.value.text()
        == f"""No schedule: 150 mg x2 cannot be stopped gradually.
Because the maximum is 100 mg a day (Paper, page 1; checked 2026-11-23),
and the daily dose falls by at most 1 mg (derived from Paper, page 1; checked 2026-11-23).
Whether there is a schedule without "the maximum is 100 mg a day" {MANY}"""
    )


def test_not_even_without_any_limit_it_is_known_whether_there_is_a_schedule() -> None:
    with pytest.raises(NoSchedule) as refused:
        asked(paper(times=TIMES), target="150/149 mg", split="uneven")
    assert (
        refused.value.text()
        == f"""No schedule: 150/149 mg is not a regimen to stay on under this rule.
Because the maximum is 100 mg a day (Paper, page 1; checked 2026-11-23).
Whether there is a schedule without any limit {MANY}
You could: --target "50 mg x2"."""
    )


def test_whether_fewer_limits_leave_nothing_is_not_known() -> None:
    """3 mg a day less are 1 mg less a dose, or another size where days may be uneven: 28 ** 3 of them, up to 7 mg."""
    rule = rulebook.load("ropinirole-oral-parkinson-uk")
    typed = Typed(start="2026-12-01", age="60 years", current="7 mg x3", target="5 mg x1", uneven=False)
    with pytest.raises(NoSchedule) as refused:
        plan(rule, typed.request(rule.id, "plan", ISSUED, ISSUED.date()))
    assert refused.value.text().splitlines()[-2] == (
        "Whether fewer limits already leave none is not known: 28 possible doses at 3 times a day make 21952 different "
        "days; titrate searches at most 20000."
    )


def test_what_nobody_said_closes_nothing() -> None:
    """The rule names neither size nor interval of a rise above its ladder. Whatever these were, the maximum would
    leave nothing; and without it there is a schedule for some of them, so that nothing else is named."""
    rule = rulebook.load("gabapentin-oral-postherpetic-neuralgia")
    typed = Typed(start="2026-12-01", age="45 years", creatinine_clearance="45 mL/min", target="300 mg x3")
    with pytest.raises(NoSchedule) as refused:
        plan(rule, typed.request(rule.id, "plan", ISSUED, ISSUED.date()))
    assert "not known" not in refused.value.text()
    assert [fact.says for fact in refused.value.because.facts] == ["the drug is given once to twice a day"]  # type: ignore[attr-defined]


# --- Problems that were once refused in other words, or not argued about at all -----------------------------------


def test_what_could_only_be_reached_by_a_dose_that_rises_is_not_searched_for() -> None:
    """Two doses of 25 mg never become three of 4 mg on the way down, whatever the days between. It was said that these
    are too many to be searched."""
    rule = rulebook.load("ropinirole-oral-parkinson")
    typed = Typed(start="2026-12-01", age="60 years", current="25 mg x2", target="4 mg x3")
    with pytest.raises(NoSchedule) as refused:
        plan(rule, typed.request(rule.id, "plan", ISSUED, ISSUED.date()))
    assert (
        refused.value.text()
        == """No schedule: 4 mg x3 cannot be reached from 25 mg twice a day.
Because no dose of the day may rise on the way down."""
    )


def test_a_dose_that_is_too_recent_is_told_so_where_there_are_many_days() -> None:
    """Taken for 6 days, to be kept for 7. Uneven days would be too many to be searched, and that was all it said."""
    rule = rulebook.load("ropinirole-oral-parkinson-uk")
    typed = Typed(start="2026-12-01", age="60 years", current="0.5 mg x3", since="2026-11-25", target="8 mg x3")
    with pytest.raises(NoSchedule, match="too recent to change on Tuesday 01 December 2026") as refused:
        plan(rule, typed.request(rule.id, "plan", ISSUED, ISSUED.date()))
    assert "(--start 2026-12-02)" in refused.value.text()


@pytest.mark.parametrize(
    ("goal", "options", "text"),
    [
        (
            "plan",
            {"target": "1.7 mg x1"},
            """No schedule: --target "1.7 mg x1" has another cycle than the rule, which takes doses every 7 days.
You could: write one dose every 7 days, if that is what is meant (--target "1.7 mg every 7 days").""",
        ),
        (
            "plan",
            {"current": "1 mg x1", "target": "1.7 mg x1"},
            """No schedule: --from "1 mg x1" has another cycle than the rule, which takes doses every 7 days.
You could: write one dose every 7 days, if that is what is meant (--from "1 mg every 7 days" --target "1.7 mg every 7 days").""",
        ),
        # 10 mg is no dose of this drug, and two doses a day are not meant as one a week.
        (
            "plan",
            {"target": "10 mg x1"},
            'No schedule: --target "10 mg x1" has another cycle than the rule, which takes doses every 7 days.',
        ),
        (
            "taper",
            {"current": "1.7 mg x2"},
            'No schedule: --from "1.7 mg x2" has another cycle than the rule, which takes doses every 7 days.',
        ),
    ],
)
def test_a_daily_dose_under_a_weekly_rule(goal: str, options: dict[str, str], text: str) -> None:
    rule = rulebook.load("semaglutide-subcutaneous-weight")
    typed = Typed(start="2026-12-01", age="40 years", by="0.5 mg", every="28d", **options)  # type: ignore[arg-type]
    with pytest.raises(NoSchedule) as refused:
        plan(rule, typed.request(rule.id, goal, ISSUED, ISSUED.date()))  # type: ignore[arg-type]
    assert refused.value.text() == text


def test_in_a_cycle_a_daily_maximum_is_named_and_the_nearest_doses_are_those_of_a_cycle() -> None:
    """20 mg on one day of the week are above 10 mg a day, though less than 3 mg a day on average: no limit was blamed, and
    5 mg were called the nearest dose."""
    by = (Limit((("5 mg", "dose", "current"),), 1),)
    sketch = Sketch(
        tablets=(("5", 1),), times=(1, 1), maximum="40 mg", daily_maximum="10 mg", goal="plan", cycle=7,
        target="20 mg every week", start=("dose", ("at-most", "5 mg")), maintenance=("dose", ("at-most", "40 mg")),
        increase=by, decrease=by,
    )  # fmt: skip
    with pytest.raises(NoSchedule) as refused:
        plan(sketch.rule(), sketch.request())
    assert (
        refused.value.text()
        == """No schedule: 20 mg every 7 days is not a regimen to stay on under this rule.
Because the maximum is 10 mg a day (T, section 2; checked 2026-11-23).
You could: --target "10 mg every 7 days"."""
    )


def test_a_weekly_dose_under_a_daily_rule_is_never_offered_every_day() -> None:
    with pytest.raises(NoSchedule) as refused:
        asked(paper(), target="2 mg every week")
    assert refused.value.because.options == ()  # type: ignore[attr-defined]


def test_of_too_many_days_those_are_offered_that_can_be_searched() -> None:
    """150 even and odd doses twice a day are too many; without the tablet of 1 mg they are 75. Equal days do not lead
    to 150/148 mg, and so are not offered."""
    by_two = 'by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }'
    rule = paper(
        products=f"[{OF_ONE}, {OF_TWO}]", times=TIMES, start='dose = "2 mg"', increase=by_two, decrease=by_two,
        maximum='daily = "400 mg"',
    )  # fmt: skip
    with pytest.raises(RequestError) as refused:
        asked(rule, target="150/148 mg", split="uneven")
    assert refused.value.text() == (
        "150 possible doses at 2 times a day make 22500 different days; titrate searches at most 20000.\n"
        "You could: name fewer products (--products 2mg)."
    )


# --- What the prescriber wishes is a limit like any other ------------------------------------------------

TWICE = {"times": "2", "start": 'dose = "1 mg"\nfrequency = 2'}
OF_TWO = '{ name = "2mg", form = "tablet", strength = "2 mg", divide = "no" }'
OF_ONE = '{ name = "1mg", form = "tablet", strength = "1 mg", divide = "no" }'
SYRUP = '{ name = "syrup", form = "liquid", strength = "1 mg/mL" }'
STAYS = "No schedule: {} is not a regimen to stay on under this rule."
PAPER = "(Paper, page 1; checked 2026-11-23)"
WISHES: dict[str, tuple[dict[str, str], dict[str, Any], str]] = {
    "four tablets, of which there may be three": (
        {},
        {"target": "4 mg x1", "max_pieces": 3},
        f"""{STAYS.format("4 mg x1")}
Because a dose is made of at most 3 pieces (set by the prescriber),
and they do not make 4 mg; the nearest dose is 3 mg.
You could: --target "3 mg x1"; or allow more pieces (leave out --max-pieces).""",
    ),
    "an odd daily dose of even tablets": (
        {
            "products": f"[{OF_TWO}]",
            "start": 'dose = "2 mg"',
            "increase": 'by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }',
            "decrease": 'by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }',
            "times": "{ at-least = 1, at-most = 2 }",
        },
        {"target": "7 mg/day"},
        f"""{STAYS.format("7 mg/day")}
Because the products of the rule are 2 mg tablet,
and every dose they make is a multiple of 2 mg.
You could: --target "6 mg x1"; or --target "8 mg x1".""",
    ),
    "two tablets, of which there may be one": (
        {},
        {"target": "2 mg x1", "max_pieces": 1},
        f"""{STAYS.format("2 mg x1")}
Because a dose is made of at most 1 piece (set by the prescriber),
and they do not make 2 mg; the nearest dose is 1 mg.
You could: --target "1 mg x1"; or allow more pieces (leave out --max-pieces).""",
    ),
    "an odd dose of even tablets": (
        {"products": f"[{OF_ONE}, {OF_TWO}]"},
        {"target": "3 mg x1", "products": ("2mg",)},
        f"""{STAYS.format("3 mg x1")}
Because the products at hand are 2 mg tablet (set by the prescriber),
and they do not make 3 mg; the nearest doses are 2 mg and 4 mg.
You could: use all products of the rule (leave out --products).""",
    ),
    "an odd day in two equal doses": (
        TWICE,
        {"target": "3 mg/day", "split": "even"},
        f"""{STAYS.format("3 mg/day")}
Because the drug is given twice a day {PAPER},
and the doses of a day are all equal (set by the prescriber).
You could: --target "1 mg x2"; or --target "2 mg x2"; or allow doses of unequal size (--uneven).""",
    ),
    "a gap of 6 hours where 9 are needed": (
        {**TWICE, "rest": '[[spacing]]\nat-least = "9 hours"\nCITE'},
        {"target": "2 mg x2", "times": (time(8), time(14))},
        f"""{STAYS.format("2 mg x2")}
Because two doses are at least 9 hours apart {PAPER},
and the times of day are 08:00, 14:00 (set by the prescriber).
You could: use the rule's own times of day (leave out --times).""",
    ),
    "3 mg of the tablet alone": (
        {"products": f"[{OF_TWO}, {SYRUP}]"},
        {"target": "3 mg x1", "liquid_below": Quantity.parse("3 mg")},
        f"""{STAYS.format("3 mg x1")}
Because the products of the rule are 2 mg tablet, 1 mg/mL liquid,
and doses below 3 mg are measured as a liquid, and only they (set by the prescriber),
and they do not make 3 mg; the nearest doses are 2.5 mg and 4 mg.
You could: --target "2.5 mg x1"; or let every dose be a liquid or pieces (leave out --liquid-below).""",
    ),
    "an odd day above the maximum, which unequal doses do not help": (
        {
            **TWICE,
            "increase": 'by = { at-most = "1 mg", per = "day" }\nevery = { at-least = "1 day" }',
            "maximum": 'daily = "4 mg"',
        },
        {"target": "5 mg/day", "split": "even"},
        f"""{STAYS.format("5 mg/day")}
Because the maximum is 4 mg a day {PAPER}.
Without these limits there would still be none.
Because the first regimen is 1 mg at one time, given twice a day {PAPER},
and the doses of a day are all equal (set by the prescriber).""",
    ),
    "a maximum about which the source is silent": (
        {"products": f"[{OF_TWO}]", "start": 'dose = "2 mg"', "maximum": "silent = true"},
        {"target": "3 mg x1"},
        f"""{STAYS.format("3 mg x1")}
Because the products of the rule are 2 mg tablet,
and they do not make 3 mg; the nearest dose is 2 mg.""",
    ),
    "somebody whom the rule is not for, and a source that is silent": (
        {
            "increase": "by = { silent = true }\nevery = { silent = true }",
            "rest": '[[scopes]]\nname = "on dialysis"\nwhen = { dialysis = true }\nrefuse = "it is to be avoided"\nCITE',
        },
        {"target": "3 mg x1", "patient": Patient(dialysis=True)},
        f"""No schedule: Paperine, oral, for tests is not for this patient.
Because it is to be avoided {PAPER}.""",
    ),
    "two days too soon": (
        {"increase": 'by = { at-most = "1 mg" }\nevery = { at-least = "5 days" }'},
        {"target": "2 mg x1", "current": "1 mg x1", "since": date(2026, 11, 29)},
        f"""No schedule: 1 mg once a day is too recent to change on Tuesday 01 December 2026.
Because a dose is kept for at least 5 days before it changes {PAPER},
and what is taken now is taken since Sunday 29 November 2026 (set by the prescriber).
You could: start on Friday 04 December 2026 or later (--start 2026-12-04).""",
    ),
}


@pytest.mark.parametrize("name", WISHES)
def test_a_wish_that_is_to_blame_is_named_and_the_way_without_it_offered(name: str) -> None:
    tables, wishes, text = WISHES[name]
    with pytest.raises(NoSchedule) as refused:
        asked(paper(**tables), **wishes)
    assert refused.value.text() == text


@pytest.mark.parametrize(
    ("day", "offers"),
    [
        (5, "You could: end on Thursday 10 December 2026 or later (--finish-by 2026-12-10); "
            "or go at the rule's own pace (leave out --by and --every)."),
        (1, "You could: end on Thursday 10 December 2026 or later (--finish-by 2026-12-10)."),
    ],
)  # fmt: skip
def test_the_rules_own_pace_is_offered_where_it_is_fast_enough(day: int, offers: str) -> None:
    """2 mg and 1 mg for 5 days each: the last dose is on the 10th; for a day each it is on the 2nd, not on the 1st."""
    with pytest.raises(NoSchedule) as refused:
        asked(paper(), "taper", current="3 mg x1", every="5 days", finish_by=date(2026, 12, day))
    assert refused.value.text().splitlines()[-1] == offers


def test_the_rules_own_times_are_not_offered_where_they_do_not_help() -> None:
    """The rule has times for up to three doses a day, 6 hours apart; 9 hours are needed."""
    rule = paper(times="3", start='dose = "1 mg"\nfrequency = 3', rest='[[spacing]]\nat-least = "9 hours"\nCITE')
    with pytest.raises(NoSchedule) as refused:
        asked(rule, target="2 mg x3", times=(time(8), time(12), time(20)))
    assert "--times" not in refused.value.text()
    with pytest.raises(NoSchedule):
        asked(rule, target="2 mg x3")


# --- What is offered is possible ----------------------------------------------------------------------

OPTION = re.compile(r'--([a-z-]+) (?:"([^"]+)"|(\d{4}-\d\d-\d\d))')
FIELDS = {"finish-by": "finish_by"}
REFUSED = [
    *((goal, options) for goal, options, _ in TEXTS.values()),
    ("plan", {"start": "2026-11-23", "target": "25 mg x3"}),
    ("plan", {"start": "2026-11-23", "target": "7 mg x3"}),
    ("plan", {"start": "2026-11-23", "target": "20 mg x3", "maintain": "1 days", "then_stop": True}),
    ("plan", {"start": "2026-11-23", "target": "40 mg/day", "uneven": False}),
    ("plan", {"start": "2026-11-23", "target": "20 mg x3", "maintain": "4 weeks", "then_stop": True,
              "finish_by": "2027-01-01"}),
    ("taper", {"start": "2026-11-23", "current": "20 mg x3", "every": "30 days", "finish_by": "2026-12-20"}),
]  # fmt: skip


@pytest.mark.parametrize(("goal", "options"), REFUSED)
def test_what_is_offered_is_possible_when_it_is_typed(goal: str, options: dict[str, object]) -> None:
    with pytest.raises(NoSchedule) as refused:
        plan(US, Typed(**options).request(US.id, goal, ISSUED, ISSUED.date()))  # type: ignore[arg-type]
    assert isinstance(refused.value.because, Because)
    for offered in refused.value.because.options:
        other = dict(options)
        for left_out in re.findall(r"--([a-z]+)", offered.partition("leave out")[2]):
            other.pop(left_out, None)
        if "--uneven" in offered:
            other["uneven"] = True
        for option, text, day in () if "leave out" in offered else OPTION.findall(offered):
            other[FIELDS.get(option, option)] = text or day
        assert other != options, offered
        plan(US, Typed(**other).request(US.id, goal, ISSUED, ISSUED.date()))  # type: ignore[arg-type]
