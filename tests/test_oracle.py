"""The planner against a slow and obvious one, in both directions, on random small problems.

What the planner finds is lawful and as good as the best there is; where it refuses, there is nothing.
`TITRATE_DEEP=1` asks ten times as many.
"""

from __future__ import annotations

import os
from fractions import Fraction

import pytest
from hypothesis import HealthCheck, event, given, settings

from tests.oracle import Answer, Oracle, laid_into, lateness, near, shared
from tests.strategies import Limit, Sketch, sketches
from titrate.errors import NoSchedule, RequestError
from titrate.planner import plan
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule

DEEP = os.environ.get("TITRATE_DEEP") == "1"
F = Fraction


def planned(rule: Rule, request: Request) -> tuple[Schedule | None, str]:
    """The planner's schedule, or why it refuses."""
    try:
        return plan(rule, request), ""
    except (NoSchedule, RequestError) as refusal:
        return None, refusal.text()


def agreed(sketch: Sketch, kind: type[Oracle] = Oracle) -> Answer | None:
    """What planner and that kind of oracle both say is the best; fails where they differ."""
    from titrate.verifier import verify

    rule, request = sketch.rule(), sketch.request()
    oracle = kind(rule, request)
    best = oracle.best()
    assert oracle.exists() == (best is not None)
    schedule, refused = planned(rule, request)
    if schedule is None:
        assert best is None, f"refused, but there is a schedule worth {best}: {refused}"
        return None
    steps = [f"{s.days.first} {s.days.length} {s.kind} {s.regimen.notation}" for s in schedule.steps]
    assert oracle.faults(schedule) == [], steps
    assert best is not None, f"the oracle finds nothing, the planner {steps}"
    assert oracle.worth(schedule) == best, steps
    assert [finding.says for finding in verify(schedule, rule).findings] == [], steps
    return best


@settings(
    max_examples=1500 if DEEP else 300,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
@given(sketches())
def test_the_planner_finds_the_best_or_there_is_nothing(sketch: Sketch) -> None:
    best = agreed(sketch)
    event("refused" if best is None else "planned")


def limit(amount: str, per: str = "dose", of: str = "current", every: int = 1) -> tuple[Limit, ...]:
    """One limit for all daily doses."""
    return (Limit(((amount, per, of),), every),)  # type: ignore[arg-type]  # literals


# Problems on which planner and oracle once differed, as small as Hypothesis could make them.
ONCE_DIFFERENT = {
    "a share of the original dose, where there is more than one start": Sketch(
        tablets=(("2", 1), ("3", 1)), times=(1, 1), maximum="7 mg", goal="plan", target="6 mg/day",
        start=("daily", ("at-most", "4 mg")), increase=limit("50 %", of="original"), decrease=limit("2 mg"),
    ),
    "a share of the original dose, which only the higher start makes large enough": Sketch(
        tablets=(("2", 1),), times=(1, 1), maximum="8 mg", goal="plan", target="6 mg x1",
        start=("daily", ("at-most", "4 mg")), decrease=limit("2 mg"),
        increase=(Limit((("2 mg", "dose", "current"),), 1, ("at-most", "2 mg")),
                  Limit((("50 %", "dose", "original"),), 1, ("above", "2 mg"))),
    ),
    "the first day is the target, and less even than the days between": Sketch(
        tablets=(("2", 1), ("3", 1)), times=(1, 3), maximum="4 mg", goal="plan", target="10 mg/day",
        start=("dose", ("at-most", "4 mg")), increase=limit("2 mg"), decrease=limit("2 mg"),
    ),
    "fewer doses a day are taken now than the rule's least": Sketch(
        tablets=(("2", 1),), times=(2, 2), maximum="6 mg", goal="taper", current="4 mg x1",
        increase=limit("2 mg"), decrease=limit("4 mg"),
    ),
    "only a stop from what is taken now is left, which the tablets cannot make": Sketch(
        tablets=(("5", 1),), times=(1, 1), maximum="5 mg", goal="taper", current="4 mg x1",
        increase=limit("2 mg"), decrease=limit("4 mg"),
    ),
    "only a stop from what is taken now is left, in more doses a day than a taper may have there": Sketch(
        tablets=(("2", 1),), times=(1, 2), maximum="6 mg", goal="taper", current="4/4 mg", last="8 mg",
        increase=limit("2 mg"), decrease=limit("2 mg"),
        taper_times=((1, 1, ("at-most", "8 mg")), (1, 2, ("above", "8 mg"))),
    ),
    "going down, a smaller largest change counts before fewer pieces": Sketch(
        tablets=(("2", 1), ("3", 1)), times=(1, 1), maximum="7 mg", goal="plan", current="7 mg x1", target="2 mg/day",
        increase=limit("2 mg"), decrease=limit("4 mg"),
    ),
    "the soonest target has no way out, another one has": Sketch(
        tablets=(("2", 2),), times=(1, 3), maximum="3 mg", goal="plan", target="3 mg/day",
        start=("dose", ("at-most", "1 mg")), increase=limit("1 mg"), decrease=limit("1 mg", per="day"),
        taper_times=((1, 1, ("at-most", "2 mg")), (1, 3, ("above", "2 mg"))),
    ),
    "the most even target has no way out by shares of the dose on which a taper would begin": Sketch(
        tablets=(("2", 1),), times=(1, 2), maximum="6 mg", goal="plan", current="4/4 mg", target="4 mg/day",
        increase=limit("2 mg"), decrease=limit("50 %", of="original"),
    ),
    "nothing lies between the target and nothing, and the stay is shorter than the interval": Sketch(
        tablets=(("5", 1),), times=(1, 1), maximum="5 mg", goal="plan", target="5 mg x1", maintain=1,
        start=("dose", ("at-most", "5 mg")), increase=limit("5 mg"), decrease=limit("5 mg", every=3),
    ),
    "something lies between, but the stay is too short to fall to it; stopping is lawful after staying on": Sketch(
        tablets=(("5", 2),), times=(1, 1), maximum="5 mg", goal="plan", target="5 mg x1", maintain=1,
        start=("dose", ("at-most", "5 mg")), increase=limit("5 mg"), decrease=limit("5 mg", every=3),
    ),
    "of several targets one can be stopped from at once, after staying on": Sketch(
        tablets=(("5", 2),), times=(1, 3), maximum="7.5 mg", goal="plan", target="7.5 mg/day", maintain=1,
        start=("daily", ("at-most", "5 mg")), increase=limit("2.5 mg", every=2), decrease=limit("2.5 mg", every=2),
    ),
    "only uneven days lead to the target soon enough to stop on the day that was chosen": Sketch(
        tablets=(("3", 3),), times=(3, 3), maximum="3 mg", goal="plan", target="3 mg x3", maintain=1, length=5,
        start=("daily", ("at-most", "3 mg")), decrease=limit("9 mg", per="day"),
        increase=(Limit((("2 mg", "day", "current"), ("1 mg", "dose", "current")), 1),),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONCE_DIFFERENT)
def test_problems_that_were_once_answered_differently(name: str) -> None:
    agreed(ONCE_DIFFERENT[name])


# The oracle itself, on problems that can be done by hand.


def test_a_ladder_by_hand() -> None:
    """5 mg three times a day, +5 mg a dose every 3 days: 15 mg a dose is reached after two rises, on day 7."""
    ladder = Sketch(
        tablets=(("5", 1),), times=(3, 3), maximum="20 mg", goal="plan", target="15 mg x3",
        start=("dose", ("at-most", "5 mg")), increase=limit("5 mg", every=3), decrease=limit("5 mg"), last="15 mg",
    )  # fmt: skip
    # Near, after 6 days, 3 steps, none divided, 3 + 6 + 9 pieces, even, at most doubled; 15 + 30 + 45 mg of lateness.
    assert agreed(ladder) == Answer((0, 6, 3, 0, 0, 18, 0, 1, 90), None)


def test_a_taper_by_hand() -> None:
    """From 20 mg once a day by 5 mg every 3 days: 15, 10 and 5 mg are kept, and over 14 days two of them longer."""
    taper = Sketch(
        tablets=(("5", 1),), times=(1, 1), maximum="20 mg", goal="taper", current="20 mg x1", duration=14,
        increase=limit("5 mg"), decrease=limit("5 mg", every=3),
    )  # fmt: skip
    assert agreed(taper) == Answer(None, (0, 14, F(1, 4), 9, 3, 0, 0, 6, 0, 0))
    assert shared(14, [3, 3, 3]) == [4, 5, 5]
    assert shared(14, [3, 7, 3]) == [3, 7, 4]


def test_an_edge_is_not_jumped_over() -> None:
    """Up to 10 mg a day by 10 mg, above it by 5 mg: 10 mg may become 15 mg, not 20 mg."""
    increase = (Limit((("10 mg", "day", "current"),), 1, ("at-most", "10 mg")),
                Limit((("5 mg", "day", "current"),), 1, ("above", "10 mg")))  # fmt: skip
    jump = Sketch(
        tablets=(("10", 1), ("20", 1)), times=(1, 1), maximum="20 mg", goal="plan", target="20 mg x1",
        start=("dose", ("at-most", "10 mg")), increase=increase, decrease=limit("20 mg"),
    )  # fmt: skip
    assert agreed(jump) is None


def test_words_of_the_oracle() -> None:
    assert near((F(5), F(5), F(10))) is False
    assert near((F(10), F(5), F(10))) is True
    assert lateness((F(5), F(5), F(10))) == 15
    assert list(laid_into((F(5),), (F(5), F(10)))) == [(F(5), F(0)), (F(0), F(5))]
