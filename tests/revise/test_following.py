"""What follows a decision, what stays, and what is said of it; each worked out on paper."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from tests import build
from tests.revise.acting import ISSUED, LATER, ON_10, PUMP, US, act, d, down, rule, told, up
from titrate import plan, verify
from titrate.days import Duration, plus
from titrate.formats import json as documents
from titrate.patient import Patient
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Changes

CASES: list[tuple[str, str, tuple[str, ...], dict[str, str], list[str]]] = [
    # 10 mg from 4 to 6 December, and 7 days longer: to 13 December; then the rest of the ladder, 3 days a step.
    ("up", "12-06", ("stay", "7d"), {}, ["12-06 10 mg x3", "12-14 15 mg x3", "12-17 20 mg x3 on"]),
    # On the first day of 15 mg the patient is still on 10 mg: that is what is stayed on.
    ("up", "12-07", ("stay", "7d"), {}, ["12-07 10 mg x3", "12-14 15 mg x3", "12-17 20 mg x3 on"]),
    ("up", "12-01", ("shift", "7d"), {},
     ["12-08 5 mg x3", "12-11 10 mg x3", "12-14 15 mg x3", "12-17 20 mg x3 on"]),
    ("up", "12-06", ("shift", "1d"), {}, ["12-06 10 mg x3", "12-08 15 mg x3", "12-11 20 mg x3 on"]),
    # 10 mg had been kept for 3 days on 7 December; back to 5 mg for the 3 days that it was kept before, and up again.
    ("up", "12-07", ("back", "1"), {}, ["12-07 5 mg x3", "12-10 10 mg x3", "12-13 15 mg x3", "12-16 20 mg x3 on"]),
    ("up", "12-07", ("back",), {"kept": "5d"},
     ["12-07 5 mg x3", "12-12 10 mg x3", "12-15 15 mg x3", "12-18 20 mg x3 on"]),
    # A side effect the day after the rise to 15 mg: back to 10 mg at once, which was taken for 3 days before it.
    ("up", "12-08", ("back", "1"), {}, ["12-08 10 mg x3", "12-11 15 mg x3", "12-14 20 mg x3 on"]),
    # Withdrawal the day after the fall to 10 mg: 15 mg again, and then at least 14 days from there.
    ("down", "12-05", ("back", "1"), {},
     ["12-05 15 mg x3", "12-08 10 mg x3", "12-12 5 mg x3", "12-17 5 mg x1", "12-22 0 mg"]),
    ("up", "12-15", ("back", "1"), {"to": "15 mg x3"}, ["12-15 15 mg x3", "12-18 20 mg x3 on"]),
    # 6 days a step: 10 mg, taken since 4 December, may change on 10 December.
    ("up", "12-07", ("slower", "x2"), {}, ["12-07 10 mg x3", "12-10 15 mg x3", "12-16 20 mg x3 on"]),
    # 15 mg, taken since 7 December, may fall on 10 December; 40 mg a day is as even as 10, 15 and 15 mg.
    ("up", "12-08", ("retarget", "40 mg/day"), {}, ["12-08 15 mg x3", "12-10 10/15/15 mg on"]),
    ("up", "12-20", ("retarget", ON_10), {}, ["12-20 15 mg x3", "12-23 10 mg x3 on"]),
    # A dose that is new rises from nothing, by 5 mg every 3 days.
    ("up", "12-20", ("retarget", "20 mg x4"), {},
     ["12-20 5/20/20/20 mg", "12-23 10/20/20/20 mg", "12-26 15/20/20/20 mg", "12-29 20 mg x4 on"]),
    # 60 mg a day, long enough on it: 3 + 3 + 4 + 4 days are the 14 that a taper takes.
    ("up", "12-20", ("stop",), {},
     ["12-20 15 mg x3", "12-23 10 mg x3", "12-26 5 mg x3", "12-30 5 mg x1", "01-03 0 mg"]),
    ("up", "12-08", ("missed", "3d"), {"then": "continue"}, ["12-08 10 mg x3", "12-11 15 mg x3", "12-14 20 mg x3 on"]),
    ("up", "12-08", ("missed", "3d"), {"then": "back"},
     ["12-08 5 mg x3", "12-11 10 mg x3", "12-14 15 mg x3", "12-17 20 mg x3 on"]),
    ("up", "12-08", ("missed", "3d"), {"then": "restart"},
     ["12-08 5 mg x3", "12-11 10 mg x3", "12-14 15 mg x3", "12-17 20 mg x3 on"]),
    ("up", "12-14", ("withheld", "2026-12-12..2026-12-13"), {"to": ON_10},
     ["12-14 10 mg x3", "12-17 15 mg x3", "12-20 20 mg x3 on"]),
    ("up", "12-14", ("withheld", "2026-12-12..2026-12-13"), {"then": "continue"}, ["12-14 20 mg x3 on"]),
    # Withheld on 5 December, taken again on the 6th: 10 mg was kept for one day when 15 mg came on the 7th, and 15 mg
    # counts from that day.
    ("up", "12-08", ("withheld", "2026-12-05"), {}, ["12-08 15 mg x3", "12-10 20 mg x3 on"]),
    # A taper that goes on with what was planned, a week later: no new 14 days.
    ("down", "12-08", ("shift", "7d"), {}, ["12-08 5 mg x3", "12-18 5 mg x1", "12-22 0 mg"]),
    # 15 mg a day to 17 December, then planned anew: 14 days, shared out evenly over 10 and 5 mg a day.
    ("down", "12-08", ("stay", "7d"), {}, ["12-08 5 mg x3", "12-18 5 mg x2", "12-25 5 mg x1", "01-01 0 mg"]),
    # The day of the stop: one dose a day goes on, and there is nothing lower.
    ("down", "12-15", ("stay", "3d"), {}, ["12-15 5 mg x1", "01-01 0 mg"]),
]  # fmt: skip


def test_what_the_prescriber_had_set_is_left_to_the_rule_again() -> None:
    """7 days a step by the prescriber; the rule asks for 3, and 5 mg had been kept for 7 on 8 December."""
    slow = up(every=Duration(7, "day"), products=("5mg",), times=(time(7), time(13), time(21)))
    assert told(slow.steps)[1] == "12-08 10 mg x3"
    found = act(slow, "2026-12-08", "replan", changes=Changes(to_rule=("every", "products", "times")))
    assert told(found.steps) == ["12-08 10 mg x3", "12-11 15 mg x3", "12-14 20 mg x3 on"]
    assert (found.request.every, found.request.products, found.request.times) == (None, None, None)
    assert found.revised is not None
    assert found.revised.says == (
        "Plan again with each dose kept for as long as the rule asks, all products of the rule at hand, "
        "the rule's times of day"
    )
    again = act(slow, "2026-12-08", "products", "rule")
    assert (again.request.every, again.request.products) == (Duration(7, "day"), None)
    assert again.revised is not None
    assert again.revised.says == "From now on all products of the rule are at hand"


def test_a_decision_says_what_was_changed_and_to_what() -> None:
    changes = Changes(
        patient=Patient(setting="hospital"), every=Duration(4, "day"), review=d("2027-02-01"), products=("5mg", "10mg"),
        times=(time(7), time(13), time(21)), split="even", tz="Europe/London", label="Mum",
    )  # fmt: skip
    found = act(up(), "2026-12-08", "replan", changes=changes)
    assert found.revised is not None
    assert found.revised.says == (
        "Plan again with other facts about the patient, each dose kept for at least 4 days, the review on "
        "Monday 01 February 2027, 5mg, 10mg at hand, doses at 07:00, 13:00, 21:00, equal doses, the clock of "
        "Europe/London, the label Mum"
    )


@pytest.mark.parametrize(
    ("which", "on", "action", "options", "steps"), CASES, ids=[f"{c[0]} {c[1]} {' '.join(c[2])} {c[3]}" for c in CASES]
)
def test_what_follows(which: str, on: str, action: tuple[str, ...], options: dict[str, str], steps: list[str]) -> None:
    schedule = up(review=d("2027-01-15")) if which == "up" else down()
    found = act(schedule, f"2026-{on}", *action, **options)
    assert told(found.steps) == steps
    assert found.plan == schedule.plan
    assert (found.revision, found.issued, found.rule) == (2, LATER, schedule.rule)
    assert found.kept() == tuple(
        replace(step, days=step.days.until(plus(d(f"2026-{on}"), -1)))
        for step in schedule.steps
        if step.days.first < d(f"2026-{on}")
    )
    assert verify(found, rule()).findings == ()
    assert documents.read(documents.write(found)) == found


def test_a_revision_says_what_it_supersedes_and_what_was_decided() -> None:
    found = act(up(), "2026-12-06", "stay", "7d")
    assert found.revised is not None
    assert (found.revised.on, found.revised.action) == (d("2026-12-06"), "stay 7d")
    assert found.revised.says == "Stay on 10 mg three times a day 7 days longer, to Sunday 13 December 2026"
    (superseded,) = found.earlier
    assert (superseded.sha256, superseded.revision, superseded.steps) == ("ab" * 32, 1, up().steps)
    assert found.previous() == replace(up(), warnings=(), limits=found.limits)
    assert (
        "whether every dose before Sunday 06 December 2026 was taken as it was planned (not asked)" in found.not_checked
    )
    assert [fact.citation and fact.citation.basis for fact in found.steps[0].why.cited()] == ["prescriber"]


def test_what_follows_is_what_a_fresh_request_plans() -> None:
    """From 14 December on, it is the plan for somebody who takes 10 mg three times a day since 4 December."""
    found = act(up(), "2026-12-06", "stay", "7d")
    fresh = Request(
        US, "plan", d("2026-12-14"), LATER, current=Pattern.parse(ON_10), since=d("2026-12-04"),
        target=Pattern.parse("20 mg x3"),
    )  # fmt: skip
    assert found.request == fresh
    assert found.steps[1:] == plan(rule(), fresh).steps


def test_a_stay_before_the_first_change_says_why() -> None:
    """15 mg is taken since 7 December; on the 8th it may not fall yet."""
    why = act(up(), "2026-12-08", "stop").steps[0].why
    assert why.claim == "Keep 15 mg three times a day until it may change"
    assert [fact.says for fact in why.cited()] == ["a dose is kept for at least 3 days before it changes"]


def test_the_stay_at_the_target_is_shortened_by_what_is_over_and_prolonged() -> None:
    """56 days from 10 December to 3 February; a taper from 4 February, or a week later."""
    schedule = up(maintain=Duration(8, "week"), then_stop=True)
    assert told(schedule.steps)[3:5] == ["12-10 20 mg x3", "02-04 15 mg x3"]
    found = act(schedule, "2027-01-10", "stay", "7d")
    assert told(found.steps)[:2] == ["01-10 20 mg x3", "02-11 15 mg x3"]
    assert [step.kind for step in found.steps[:2]] == ["maintenance", "taper"]
    assert found.request.goal == "taper"
    again = act(found, "2027-02-12", "stay", "2d")
    assert told(again.steps)[:2] == ["02-12 15 mg x3", "02-16 10 mg x3"]
    moved = act(schedule, "2027-01-10", "shift", "7d")
    assert [plus(step.days.first, 7) for step in schedule.steps[4:]] == [step.days.first for step in moved.steps[1:]]


def test_a_shift_before_the_target_moves_the_stay_and_the_stop() -> None:
    schedule = up(maintain=Duration(2, "month"), then_stop=True)
    found = act(schedule, "2026-12-06", "shift", "1d")
    assert [plus(step.days.first, 1) for step in schedule.steps[2:]] == [step.days.first for step in found.steps[1:]]


def test_a_chosen_end_stays_with_stay_and_moves_with_shift() -> None:
    schedule = down(finish_by=d("2027-01-31"))
    assert act(schedule, "2026-12-06", "stay", "7d").last_dose == d("2027-01-31")
    found = act(schedule, "2026-12-06", "shift", "7d")
    assert found.last_dose == d("2027-02-07")
    assert found.request.finish_by == d("2027-02-07")
    facts = [fact.says for step in found.steps for fact in step.why.cited()]
    assert "the last dose is on Sunday 07 February 2027" in facts
    assert not any("31 January" in says for says in facts)


def test_the_review_stays_moves_and_ends() -> None:
    schedule = up(review=d("2027-01-15"))
    assert act(schedule, "2026-12-06", "stay", "7d").review == d("2027-01-15")
    assert act(schedule, "2026-12-06", "shift", "7d").review == d("2027-01-22")
    assert act(schedule, "2027-01-20", "replan").review is None
    assert act(schedule, "2027-01-20", "replan", changes=Changes(review=d("2027-03-01"))).review == d("2027-03-01")


def test_other_facts_times_and_products_hold_from_then_on() -> None:
    changes = Changes(patient=Patient(age=build.q("40 years")), every=Duration(7, "day"), label="slowly")
    found = act(up(patient=Patient(weight=build.q("60 kg"))), "2026-12-06", "replan", changes=changes)
    assert found.request.patient == Patient(age=build.q("40 years"), weight=build.q("60 kg"))
    assert told(found.steps) == ["12-06 10 mg x3", "12-11 15 mg x3", "12-18 20 mg x3 on"]
    assert found.request.label == "slowly"
    clock = Changes(times=(time(7), time(13), time(19)))
    moved = act(up(), "2026-12-06", "replan", changes=clock)
    assert [str(a.slot) for a in moved.steps[0].regimen.administrations] == [
        "morning 07:00", "midday 13:00", "evening 19:00",
    ]  # fmt: skip
    halves = act(up(), "2026-12-06", "products", "10mg")
    assert {p.product.name for s in halves.steps for a in s.regimen.administrations for p in a.pieces} == {"10mg"}
    assert halves.steps[1].regimen.administrations[0].pieces_in_words() == "1 and a half tablets of 10 mg"


def test_a_pump_is_revised_like_tablets() -> None:
    """At most 30 % up a day; the pace is the prescriber's where the rule leaves it."""
    request = Request(
        PUMP, "taper", d("2026-12-01"), ISSUED, current=Pattern.parse("300 micrograms/day"), every=Duration(1, "day")
    )
    schedule = plan(rule(PUMP), request)
    taken = schedule.step_of(d("2026-12-02"))
    assert taken is not None
    found = act(schedule, "2026-12-03", "stay", "5d")
    assert found.steps[0].regimen == taken[1].regimen
    assert found.request.current == Pattern(daily=taken[1].regimen.daily)
    assert verify(found, rule(PUMP)).findings == ()


def test_one_step_back_from_the_first_is_to_what_was_taken_before_the_plan() -> None:
    """5 mg three times a day since November, 10 mg from 1 December on; on the 4th back, for the 3 days of the rule."""
    schedule = up(current=Pattern.parse("5 mg x3"), since=d("2026-11-01"))
    assert told(schedule.steps)[0] == "12-01 10 mg x3"
    found = act(schedule, "2026-12-04", "back", "1")
    assert told(found.steps) == ["12-04 5 mg x3", "12-07 10 mg x3", "12-10 15 mg x3", "12-13 20 mg x3 on"]


def test_one_step_back_after_a_way_back_goes_on_down_the_ladder() -> None:
    """5, 10, 15 mg, back to 10 mg on 8 December; on the 12th one step back is 5 mg, not the 15 mg of before."""
    second = act(up(), "2026-12-08", "back", "1")
    assert told(act(second, "2026-12-11", "back", "1").steps)[:2] == ["12-11 5 mg x3", "12-14 10 mg x3"]


def test_another_target_keeps_how_long_one_stays_and_whether_one_stops() -> None:
    """8 weeks at 60 mg and a stop become 8 weeks at 30 mg and a stop; without a stop they lead to the review."""
    stopping = act(up(maintain=Duration(8, "week"), then_stop=True), "2026-12-06", "retarget", "10 mg x3")
    assert [(step.kind, step.days.length) for step in stopping.steps][:1] == [("maintenance", 56)]
    assert stopping.stops
    going_on = act(up(maintain=Duration(8, "week")), "2026-12-06", "retarget", "10 mg x3")
    assert (going_on.review, going_on.stops) == (d("2027-01-31"), False)
    day = act(
        up(maintain=Duration(8, "week")), "2026-12-06", "retarget", "10 mg x3", changes=Changes(review=d("2027-05-01"))
    )
    assert day.review == d("2027-05-01")
    rising = act(down(), "2026-12-08", "retarget", "10 mg x3")
    assert (rising.review, rising.stops) == (None, False)


def test_planned_again_at_the_target_and_on_the_way_down_the_end_stays_the_end() -> None:
    """20 mg from 10 December to 3 February, 15 mg from the 4th, 10 mg from the 7th on, then at least 14 days in all."""
    schedule = up(maintain=Duration(8, "week"), then_stop=True)
    assert told(act(schedule, "2027-01-10", "replan").steps)[:2] == ["01-10 20 mg x3", "02-04 15 mg x3"]
    late = act(schedule, "2027-02-06", "replan")
    assert told(late.steps)[:2] == ["02-06 15 mg x3", "02-07 10 mg x3"]
    assert late.stops
    assert act(schedule, "2027-01-10", "slower", "x2").steps[1].days.first == d("2027-02-04")
