"""The planner against the oracle on what rises above a ladder, or by limits in cycles of several days.

`tests/test_oracle_ladders.py` asks the same of ladders alone, and of tapers in cycles.
"""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.oracle import Answer
from tests.oracle_rises import InTurns, OnLadder
from tests.strategies import Limit, Sketch, often, seldom
from tests.test_oracle import agreed as compared
from tests.test_oracle import limit
from titrate.errors import NoSchedule
from titrate.planner import plan
from titrate.quantity import decimal
from titrate.request import Goal

DEEP = os.environ.get("TITRATE_DEEP") == "1"
ANY_FALL = limit("100 %")


def agreed(sketch: Sketch) -> Answer | None:
    """As `tests.test_oracle.agreed`, with the oracle that knows what the problem is about."""
    return compared(sketch, OnLadder if sketch.ladder and sketch.request().goal == "plan" else InTurns)


# --- Random problems ------------------------------------------------------------------------------

# The smallest dose that each tablet makes: (mg, parts).
DOSES = {("5", 1): "5", ("5", 2): "2.5", ("10", 2): "5", ("2", 1): "2", ("10", 1): "10"}


def written(day: list[Fraction]) -> str:
    """A day as one types it."""
    return "/".join(map(decimal, day)) + " mg" if len(day) > 1 else f"{decimal(day[0])} mg x1"


@st.composite
def climbed(draw: st.DrawFn, most: int) -> list[list[Fraction]]:
    """Two to four days in pieces, each above the one before: a dose more, or doses that are larger."""
    day = [Fraction(1)] * draw(st.integers(1, most))
    days = [day]
    for _ in range(draw(st.integers(1, 3))):
        day = list(day)
        if len(day) < most and draw(seldom):
            day.insert(draw(st.sampled_from([0, len(day)])), Fraction(draw(st.integers(1, 2))))
        else:
            raised = draw(st.sets(st.integers(0, len(day) - 1), min_size=1))
            day = [dose + (place in raised) for place, dose in enumerate(day)]
        days.append(day)
    return days


@st.composite
def rises(draw: st.DrawFn, unit: Fraction, by: str, top: Fraction) -> tuple[Limit, ...]:
    """Above a ladder: one limit, or two that meet at an edge."""
    if draw(often):
        return limit(f"{by} mg", every=draw(st.integers(1, 6)))
    edge = f"{decimal(top + unit * draw(st.integers(0, 3)))} mg"
    return (
        Limit(((f"{by} mg", "dose", "current"),), draw(st.integers(1, 6)), ("at-most", edge)),
        Limit(((f"{decimal(unit)} mg", "dose", "current"),), draw(st.integers(1, 6)), ("above", edge)),
    )


@st.composite
def ladders(draw: st.DrawFn) -> Sketch:
    """A ladder of two to four rungs, some of them on alternate days first, with or without rises above it."""
    tablet = draw(st.sampled_from(sorted(DOSES)))
    unit, most = Fraction(DOSES[tablet]), draw(st.sampled_from([1, 2, 2, 3]))
    days = [[dose * unit for dose in day] for day in draw(climbed(most))]
    rungs: list[tuple[tuple[str, ...], int, int | None]] = []
    alternate = draw(seldom)
    for place, day in enumerate(days):
        doses, keep = tuple(map(decimal, day)), draw(st.integers(1, 5))
        if alternate and place == 0:
            rungs.append((doses, 2, draw(st.integers(1, 5))))
        last = place + 1 == len(days)
        rungs.append((doses, 1, None if last and draw(st.booleans()) else keep))
    top = max(max(day) for day in days)
    beyond = [[dose + unit * more for dose in days[-1]] for more in (1, 2, 3, 4)]
    off = [[unit * draw(st.integers(1, 5)) for _ in range(draw(st.integers(1, most)))]]
    target = draw(st.sampled_from([*days, *days, *beyond, *off]))
    rising = draw(often)
    by = decimal(unit * draw(st.integers(1, 2)))
    fall = ANY_FALL if alternate or draw(st.booleans()) else limit(f"{by} mg", every=draw(st.integers(1, 3)))
    asked: dict[str, Any] = {"target": written(target)}
    if draw(seldom):
        asked["target"] = f"{decimal(sum(target, Fraction(0)))} mg/day"
    if draw(st.booleans()):
        now = draw(st.sampled_from([*days, *beyond, *off]))
        asked["current"] = written(now)
        if alternate and draw(seldom) and len(days[0]) == 1:
            asked["current"] = f"{decimal(days[0][0])} mg every 2 days"
    if draw(seldom) and fall is not ANY_FALL:
        asked |= {"maintain": draw(st.integers(1, 6)), "last": f"{decimal(unit * draw(st.integers(1, 4)))} mg"}
    # As many doses as leave at most some 200 days: the oracle looks at every change between two of them.
    count = min(int(top / unit) + draw(st.integers(0, 5)), {1: 12, 2: 12, 3: 5}[most])
    return Sketch(
        tablets=(tablet,), times=(1, most), goal="plan", ladder=tuple(rungs), decrease=fall,
        maximum=f"{decimal(unit * count)} mg",
        increase=draw(rises(unit, by, top)) if rising else (),
        every=draw(st.integers(6, 8)) if draw(seldom) else None,
        split=draw(st.sampled_from(["even", "uneven"])) if draw(seldom) and draw(seldom) else None, **asked,
    )  # fmt: skip


@st.composite
def by_daily_dose(draw: st.DrawFn, doses: list[str], cycle: int) -> tuple[Limit, ...]:
    """In a cycle: one limit, of a dose or of the daily dose, which is an average; or two that meet at one."""
    averages = [decimal(Fraction(dose) / 2) for dose in doses] if cycle == 2 else ["0.5", "1", "1.5", "2", "3", "5"]

    def one(band: tuple[str, str] | None) -> Limit:
        by: Any = st.sampled_from([f"{doses[0]} mg", f"{doses[1]} mg", "50 %", "100 %"]).map(
            lambda b: (b, "dose", "current")
        )
        if draw(seldom):
            by = st.sampled_from([*(f"{each} mg" for each in averages), "50 %"]).map(lambda b: (b, "day", "original"))
        return Limit((draw(by),), draw(st.integers(1, 15)), band)

    if draw(often):
        return (one(None),)
    edge = f"{draw(st.sampled_from(averages))} mg"
    return one(("at-most", edge)), one(("above", edge))


@st.composite
def turns(draw: st.DrawFn) -> Sketch:
    """A rule whose regimens go for two days or a week: up, down, or to a stop, by limits or up a ladder; with bands,
    caps, a dose from which one may stop, a least duration, and a day that was chosen for the last dose."""
    cycle, tablet = draw(st.sampled_from([2, 7])), draw(st.sampled_from(sorted(DOSES)))
    unit = Fraction(DOSES[tablet])
    every, doses = "every week" if cycle == 7 else "every 2 days", [decimal(unit * count) for count in range(1, 7)]
    goal: Goal = draw(st.sampled_from(("plan", "plan", "taper", "taper")))
    asked: dict[str, Any] = {}
    if goal == "plan":
        asked["target"] = f"{draw(st.sampled_from(doses))} mg {every}"
        if draw(seldom):
            asked["maintain"] = cycle * draw(st.integers(1, 3))
    if goal == "taper" or draw(st.booleans()):
        asked["current"] = f"{draw(st.sampled_from(doses))} mg {every}"
    if (goal == "taper" or "maintain" in asked) and draw(st.booleans()):
        asked["length"] = draw(st.integers(1, 12)) * cycle + (draw(st.integers(0, 2)) if draw(seldom) else 1)
    ladder: list[tuple[tuple[str, ...], int, int | None]] = []
    if draw(seldom):
        counts = sorted(draw(st.sets(st.integers(0, 4), min_size=2, max_size=4)))
        ladder = [((doses[count],), 1, draw(st.integers(1, 15))) for count in counts]
    caps: tuple[Any, ...] = ()
    if not ladder and draw(st.booleans()):
        amount = draw(st.sampled_from(["20 %", "40 %", "60 %", "1 mg", "2 mg"]))
        caps = ((amount, draw(st.sampled_from(["current", "original"])), draw(st.integers(2, 30))),)
    return Sketch(
        tablets=(tablet,), times=(1, 1), goal=goal, cycle=cycle, maximum=f"{draw(st.sampled_from(doses[2:]))} mg",
        start=draw(st.sampled_from([("dose", ("at-most", f"{doses[1]} mg")), ("daily", ("at-most", "2 mg"))])),
        maintenance=draw(st.sampled_from([("dose", ("at-most", f"{doses[5]} mg")), ("daily", ("at-most", "3 mg"))])),
        increase=draw(by_daily_dose(doses, cycle)), decrease=draw(by_daily_dose(doses, cycle)), ladder=tuple(ladder),
        caps=caps, last=draw(st.sampled_from(["0.5 mg", "1 mg", "3 mg"])) if draw(seldom) else None,
        duration=draw(st.integers(1, 60)) if draw(seldom) else None,
        every=15 + draw(st.integers(0, 8)) if draw(seldom) else None, **asked,
    )  # fmt: skip


def tried(examples: int) -> settings:
    """Settings with so many examples, and ten times as many in the deep profile."""
    return settings(max_examples=examples * (10 if DEEP else 1), deadline=None, suppress_health_check=list(HealthCheck))


@tried(40)
@given(ladders())
def test_up_a_ladder_the_planner_finds_the_best_or_there_is_nothing(sketch: Sketch) -> None:
    event("refused" if agreed(sketch) is None else "planned")


@tried(60)
@given(turns())
def test_in_cycles_the_planner_finds_the_best_or_there_is_nothing(sketch: Sketch) -> None:
    event("refused" if agreed(sketch) is None else "planned")


# Problems on which planner and oracle once differed.
ONCE_DIFFERENT = {
    "a daily dose that among even days is no rung, and among uneven ones is": Sketch(
        tablets=(("10", 1),), times=(1, 2), maximum="30 mg", goal="plan", target="40 mg/day", increase=(),
        ladder=((("20", "10"), 1, 1), (("30", "10"), 1, None)), decrease=ANY_FALL,
    ),
    # 10 mg may become 15 mg after a day and that 25 mg after six; to 20 mg it has to be kept for six days itself.
    "how long the last rung is kept counts for how soon the target above it is reached": Sketch(
        tablets=(("10", 2),), times=(1, 1), maximum="25 mg", goal="plan", target="25 mg x1", decrease=ANY_FALL,
        increase=(Limit((("10 mg", "dose", "current"),), 1, ("at-most", "15 mg")),
                  Limit((("10 mg", "dose", "current"),), 6, ("above", "15 mg"))),
        ladder=((("5",), 1, 1), (("10",), 1, 1)),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONCE_DIFFERENT)
def test_problems_that_were_once_answered_differently(name: str) -> None:
    assert agreed(ONCE_DIFFERENT[name]) is not None


def test_equal_doses_are_asked_for_and_a_rung_has_others() -> None:
    """Found by CP-SAT: 10/20 mg were planned on the way, and only the proof refused them."""
    ladder = Sketch(
        tablets=(("10", 1),), times=(1, 2), maximum="20 mg", goal="plan", target="20/20 mg", increase=(), split="even",
        ladder=((("10",), 1, 1), (("20",), 1, 1), (("10", "20"), 1, 1), (("20", "20"), 1, 1)), decrease=ANY_FALL,
    )  # fmt: skip
    assert agreed(ladder) is None
    with pytest.raises(NoSchedule) as refused:
        plan(ladder.rule(), ladder.request())
    assert "the doses of a day are all equal (set by the prescriber)" in refused.value.text()
    assert refused.value.text().endswith("You could: allow doses of unequal size (--uneven).")
    assert agreed(replace(ladder, split=None)) is not None


# The oracle itself, on problems that can be done by hand.


def test_a_ladder_that_begins_on_alternate_days_by_hand() -> None:
    """5 mg every 2 days for at least 3 days are two whole cycles, 4 days; then 5 mg for 2 days: 10 mg after 6 days."""
    ladder = Sketch(
        tablets=(("5", 1),), times=(1, 1), maximum="10 mg", goal="plan", target="10 mg x1", increase=(),
        ladder=((("5",), 2, 3), (("5",), 1, 2), (("10",), 1, None)), decrease=ANY_FALL,
    )  # fmt: skip
    # Near, 6 days, 3 steps, none divided, 1 + 1 + 2 tablets.
    assert agreed(ladder) == Answer((0, 6, 3, 0, 0, 4, 0, 0, 0), None)
    assert agreed(replace(ladder, target="15 mg x1", maximum="15 mg")) is None  # the ladder ends at 10 mg


def test_above_a_ladder_by_hand() -> None:
    """From 10 mg, the last rung, by 5 mg every 3 days to 20 mg: 1 day of 5 mg, 3 of 10 mg and 3 of 15 mg."""
    ladder = Sketch(
        tablets=(("5", 1),), times=(1, 1), maximum="20 mg", goal="plan", target="20 mg x1",
        increase=limit("5 mg", every=3), ladder=((("5",), 1, 1), (("10",), 1, 2)), decrease=ANY_FALL,
    )  # fmt: skip
    assert agreed(ladder) == Answer((0, 7, 4, 0, 0, 10, 0, 0, 0), None)


def test_a_weekly_drug_by_hand() -> None:
    """By 5 mg every 8 days, which are two weeks: 15 mg a week after four weeks; 1, 2 and 3 tablets; once doubled."""
    weekly = Sketch(
        tablets=(("5", 1),), times=(1, 1), maximum="15 mg", goal="plan", target="15 mg every week", cycle=7,
        start=("dose", ("at-most", "5 mg")), maintenance=("dose", ("at-most", "15 mg")),
        increase=limit("5 mg", every=8), decrease=limit("5 mg"),
    )  # fmt: skip
    assert agreed(weekly) == Answer((0, 28, 3, 0, 0, 6, 0, 1, 0), None)
