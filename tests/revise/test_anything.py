"""Whatever is decided, in any order: the past stays, and the whole is lawful."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.build import q
from tests.revise.acting import ISSUED, PUMP, act, d, down, rule, up
from tests.revise.test_days_without import LAMOTRIGINE, ROPINIROLE, SEMAGLUTIDE, planned
from titrate import plan, verify
from titrate.days import Duration, plus
from titrate.errors import NoSchedule, RequestError
from titrate.formats import json as documents
from titrate.pump import Pump
from titrate.regimen import Pattern, Regimen
from titrate.request import Request
from titrate.schedule import Schedule, Step


def of_pump() -> Schedule:
    """From 100 to 150 micrograms a day, by 15 % a day at most."""
    request = Request(
        PUMP, "plan", d("2026-12-01"), ISSUED, current=Pattern.parse("100 micrograms/day"), every=Duration(3, "day"),
        target=Pattern.parse("150 micrograms/day"), review=d("2027-03-01"),
        pump=Pump(q("500 micrograms/mL"), q("20 mL"), q("2 mL"), Duration(77, "day")),
    )  # fmt: skip
    return plan(rule(PUMP), request)


ACTIONS = st.one_of(
    st.tuples(st.just("stay"), st.integers(1, 20).map(lambda n: f"{n}d")),
    st.tuples(st.just("shift"), st.integers(1, 20).map(lambda n: f"{n}d")),
    st.tuples(st.just("back"), st.integers(1, 3).map(str)),
    st.tuples(st.just("slower"), st.sampled_from(["x2", "x3"])),
    st.tuples(st.just("retarget"), st.sampled_from(["10 mg x3", "40 mg/day", "20 mg x4", "15/10/20 mg"])),
    st.tuples(st.sampled_from(["stop", "replan", "withdraw"]), st.none()),
    st.tuples(st.just("missed"), st.integers(1, 4).map(lambda n: f"{n}d")),
    st.tuples(st.just("products"), st.sampled_from(["10mg", "5mg", "5mg,10mg,20mg"])),
)
# Ladders, alternate days, once a week, a pump: what the actions do there, in whole cycles and rung by rung.
OTHERS = st.sampled_from(
    [
        planned(SEMAGLUTIDE, "2.4 mg every week", by=q("0.75 mg"), every=Duration(28, "day")),
        planned(LAMOTRIGINE, "112.5 mg x2"),
        planned(LAMOTRIGINE, "150 mg x2", ("carbamazepine",)),
        planned(ROPINIROLE, "1 mg x3"),
        of_pump(),
    ]
)
PLANS = st.sampled_from(
    [
        up(),
        up(review=d("2027-01-15")),
        up(maintain=Duration(8, "week"), then_stop=True),
        up(current=Pattern.parse("5 mg x3"), since=d("2026-11-01")),
        down(),
        down(finish_by=d("2027-01-31")),
        down(every=Duration(7, "day")),
    ]
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan_=PLANS, moves=st.lists(st.tuples(st.integers(0, 40), ACTIONS, st.sampled_from(["continue", "back"])),
                                   min_size=1, max_size=3))  # fmt: skip
def test_whatever_is_decided_the_past_stays_and_the_whole_is_lawful(
    plan_: Schedule, moves: list[tuple[int, tuple[str, str | None], str]]
) -> None:
    _hold(plan_, moves)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(plan_=OTHERS, moves=st.lists(st.tuples(st.integers(0, 60), ACTIONS, st.sampled_from(["continue", "back"])),
                                    min_size=1, max_size=3))  # fmt: skip
def test_the_same_on_ladders_in_cycles_and_for_a_pump(
    plan_: Schedule, moves: list[tuple[int, tuple[str, str | None], str]]
) -> None:
    _hold(plan_, moves)


def _hold(plan_: Schedule, moves: list[tuple[int, tuple[str, str | None], str]]) -> int:
    """How many of the moves were made; the others were refused."""
    schedule, on, made = plan_, plan_.first, 0
    lived: dict[date, Regimen] = {}
    for ahead, (name, value), then in moves:
        on = plus(on, ahead)
        try:
            found = act(schedule, on.isoformat(), name, value, **({"then": then} if name == "missed" else {}))
        except (NoSchedule, RequestError):
            continue
        assert verify(found, rule(found.rule.id)).findings == ()
        assert documents.read(documents.write(found)) == found
        assert found.steps[0].days.first >= on
        lived |= {day.date: day.regimen for day in schedule.each_day(plus(on, -1))}
        assert set(lived) == {plus(plan_.first, n) for n in range((on - plan_.first).days)}
        assert _each_day(found.kept()) == lived
        schedule, made = found, made + 1
    return made


def _each_day(steps: Iterable[Step]) -> dict[date, Regimen]:
    """What is taken on each day: of a week's regimen, the one dose on its day and nothing on the six others."""
    return {
        day: taken[at % len(taken)]
        for step in steps
        for taken in [step.regimen.each()]
        for at, day in enumerate(step.days)
    }


def test_a_week_is_kept_day_by_day() -> None:
    plan_ = planned(SEMAGLUTIDE, "2.4 mg every week", by=q("0.75 mg"), every=Duration(28, "day"))
    assert _hold(plan_, [(84, ("back", "1"), "continue"), (7, ("stay", "7d"), "continue")]) == 2
