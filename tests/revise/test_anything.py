"""Whatever is decided, in any order: the past stays, and the whole is lawful."""

from __future__ import annotations

from datetime import date

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.revise.acting import act, d, down, rule, up
from titrate import verify
from titrate.days import Duration, plus
from titrate.errors import NoSchedule, RequestError
from titrate.formats import json as documents
from titrate.regimen import Pattern, Regimen
from titrate.schedule import Schedule

ACTIONS = st.one_of(
    st.tuples(st.just("stay"), st.integers(1, 20).map(lambda n: f"{n}d")),
    st.tuples(st.just("shift"), st.integers(1, 20).map(lambda n: f"{n}d")),
    st.tuples(st.just("back"), st.integers(1, 3).map(str)),
    st.tuples(st.just("slower"), st.sampled_from(["x2", "x3"])),
    st.tuples(st.just("retarget"), st.sampled_from(["10 mg x3", "40 mg/day", "20 mg x4", "15/10/20 mg"])),
    st.tuples(st.sampled_from(["stop", "replan"]), st.none()),
    st.tuples(st.just("missed"), st.integers(1, 4).map(lambda n: f"{n}d")),
    st.tuples(st.just("products"), st.sampled_from(["10mg", "5mg", "5mg,10mg,20mg"])),
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
    schedule, on = plan_, plan_.first
    lived: dict[date, Regimen] = {}
    for ahead, (name, value), then in moves:
        on = plus(on, ahead)
        try:
            found = act(schedule, on.isoformat(), name, value, **({"then": then} if name == "missed" else {}))
        except (NoSchedule, RequestError):
            continue
        assert verify(found, rule()).findings == ()
        assert documents.read(documents.write(found)) == found
        assert found.steps[0].days.first >= on
        lived |= {day.date: day.regimen for day in schedule.each_day(plus(on, -1))}
        assert set(lived) == {plus(plan_.first, n) for n in range((on - plan_.first).days)}
        assert {day: step.regimen for step in found.kept() for day in step.days} == lived
        schedule = found
