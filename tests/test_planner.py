"""The planner on cases worked out on paper. Each test says the arithmetic its expectation comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import pairwise
from typing import Any

import pytest

from titrate import rulebook
from titrate.days import Duration
from titrate.errors import NoSchedule, RequestError
from titrate.patient import Patient
from titrate.planner import plan, rate
from titrate.planner.search import shared_out
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify

US = rulebook.load("baclofen-oral-spasticity")
ISSUED = datetime(2026, 11, 23, 9, tzinfo=UTC)
START = date(2026, 12, 1)

CITE = 'cite = { source = "paper", at = "page 1", checked = 2026-11-23 }'
DERIVED = 'cite = { source = "paper", at = "page 1", checked = 2026-11-23, basis = "derived", how = "on paper" }'


def paper(
    *,
    products: str = '[{ name = "1mg", form = "tablet", strength = "1 mg", divide = "no" }]',
    times: str = "1",
    start: str = 'dose = "1 mg"',
    increase: str = 'by = { at-most = "1 mg" }\nevery = { at-least = "1 day" }',
    maintenance: str = 'daily = { at-least = "1 mg" }',
    maximum: str = 'daily = "100 mg"',
    decrease: str = 'by = { at-most = "1 mg" }\nevery = { at-least = "1 day" }',
    rest: str = "",
) -> Rule:
    """A rule of one page, in mg. `increase`, `decrease` and `maximum` may be several tables, with an empty line
    between."""
    listed = products.replace(" }", f", {CITE} }}")
    several = "\n".join(f"[[increase]]\n{table}\n{CITE}" for table in increase.split("\n\n"))
    maxima = "\n".join(f"[[maximum]]\n{table}\n{CITE}" for table in maximum.split("\n\n"))
    falls = "\n".join(f"[[taper.decrease]]\n{table}\n{DERIVED}" for table in decrease.split("\n\n"))
    text = f"""
format = 1
drug = "paperine"
route = "oral"
indication = "tests"
region = "nowhere"
population = "everybody"
status = "draft"
unit = "mg"
products = {listed}
[sources.paper]
title = "Paper"
publisher = "nobody"
edition = "1"
href = "https://example.org"
[slots]
{CITE}
[slots.day]
1 = ["evening 20:00"]
2 = ["morning 08:00", "evening 20:00"]
3 = ["morning 08:00", "afternoon 14:00", "evening 20:00"]
[frequency]
times = {times}
{CITE}
[start]
{start}
{CITE}
{several}
[maintenance]
{maintenance}
{CITE}
{maxima}
{falls}
{rest.replace("CITE", CITE)}
"""
    file, faults = rulebook.parse(text.encode(), "paper.toml")
    assert file is not None, faults
    assert not faults, faults
    return Rule("paper", "0" * 64, file)


def asked(rule: Rule, goal: str = "plan", **options: Any) -> Schedule:
    """The schedule for a request in short form, after the verifier has agreed to it."""
    for name in ("current", "target"):
        if name in options:
            options[name] = Pattern.parse(options[name])
    for name in ("every", "maintain"):
        if name in options:
            options[name] = Duration.parse(options[name])
    if "by" in options:
        options["by"] = Quantity.parse(options["by"])
    schedule = plan(rule, Request(rule.id, goal, START, ISSUED, **options))  # type: ignore[arg-type]
    assert verify(schedule, rule).findings == ()
    return schedule


def steps(schedule: Schedule) -> list[tuple[str, int | None]]:
    return [(step.regimen.notation, step.days.length) for step in schedule.steps]


def test_the_ladder_of_the_label() -> None:
    """Baclofen tablets USP: 5, 10, 15, 20 mg three times a day, 3 days each."""
    expected = [("5 mg x3", 3), ("10 mg x3", 3), ("15 mg x3", 3), ("20 mg x3", None)]
    assert steps(asked(US, target="20 mg x3")) == expected
    assert steps(asked(US, target="60 mg/day")) == expected


def test_a_fourth_dose_is_built_up_by_itself() -> None:
    """From 20 mg x3 a new dose of 20 mg rises from nothing by 5 mg at a time: 5, 10, 15, 20."""
    schedule = asked(US, current="20 mg x3", target="20 mg x4")
    assert steps(schedule) == [("5/20/20/20 mg", 3), ("10/20/20/20 mg", 3), ("15/20/20/20 mg", 3), ("20 mg x4", None)]


def test_an_odd_daily_dose_is_divided_as_evenly_as_the_tablets_allow() -> None:
    """50 mg in three doses of 5 mg steps: 15, 15 and 20, the larger one last."""
    assert steps(asked(US, target="50 mg/day"))[-1] == ("15/15/20 mg", None)


def test_a_greedy_climb_gets_stuck_where_an_exact_one_does_not() -> None:
    """Tablets of 4 and 6 mg make 4, 6, 8, 10, 12 ...; from 10 mg on a rise is at most 3 mg. From 4 mg the largest
    first rise (+5) leads to 8 mg, and 8 -> 10 -> 12: three rises, like 4 -> 6 -> ... -> 12; but 9 mg tablets
    add 9, and 4 -> 9 is the greedy choice; from 9 a rise of at most 3 (it touches 10) leads only to 10 and 12.
    """
    rule = paper(
        products='[{ name = "4mg", form = "tablet", strength = "4 mg", divide = "no" }, '
        '{ name = "9mg", form = "tablet", strength = "9 mg", divide = "no" }]',
        start='dose = "4 mg"',
        increase='by = { at-most = "5 mg" }\nevery = { at-least = "2 days" }\nband = { below = "10 mg" }\n\n'
        'by = { at-most = "4 mg" }\nevery = { at-least = "2 days" }\nband = { at-least = "10 mg" }',
        decrease='by = { at-most = "9 mg" }\nevery = { at-least = "1 day" }',
    )
    # Doses: 4, 8, 9, 12, 13, 16 ... From 4 greedily to 9 (+5), then 13 (+4), and 13 -> 16 (+3): 16 after three rises.
    # 16 is reached the other way by 4 -> 8 -> 12 -> 16, three rises too; 12 is reached by 4 -> 8 -> 12 in two,
    # greedily by 4 -> 9 -> 12 in two as well. 17 = 8 + 9 is reached in three only by 4 -> 9 -> 13 -> 17.
    assert [text for text, _ in steps(asked(rule, target="17 mg x1"))] == ["4 mg x1", "9 mg x1", "13 mg x1", "17 mg x1"]
    assert len(steps(asked(rule, target="16 mg x1"))) == 4


def test_a_rise_over_the_edge_of_a_band_satisfies_both_sides() -> None:
    """At most 4 mg below 10 mg, at most 2 mg from 10 mg. From 8 mg the limit of the dose alone would allow 12 mg;
    8 -> 10 touches both and is 2 mg, so it is allowed; 8 -> 11 and 8 -> 12 are not. 4, 8, 10, 12: four steps."""
    rule = paper(
        start='dose = "4 mg"',
        increase='by = { at-most = "4 mg" }\nevery = { at-least = "1 day" }\nband = { below = "10 mg" }\n\n'
        'by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }\nband = { at-least = "10 mg" }',
    )
    doses = [step.regimen.daily.amount for step in asked(rule, target="12 mg x1").steps]
    assert len(doses) == 4
    for before, after in pairwise(doses):
        assert after - before <= (2 if after >= 10 else 4)


def test_percentages_are_rounded_down() -> None:
    """10 % of 19 mg is 1.9 mg: with whole milligrams the rise is 1 mg, to 20; 10 % of 20 mg is exactly 2 mg, to 22."""
    rule = paper(
        start='dose = "19 mg"',
        increase='by = { at-most = "10 %" }\nevery = { at-least = "1 day" }',
        decrease='by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }',
    )
    assert [text for text, _ in steps(asked(rule, target="22 mg x1"))] == ["19 mg x1", "20 mg x1", "22 mg x1"]


def test_the_longest_interval_of_the_limits_that_touch_decides() -> None:
    """2 days below 3 mg, 5 days from 3 mg: 1 (2 days), 2 (touches 3: 5 days), 3 (5 days), 4."""
    rule = paper(
        increase='by = { at-most = "1 mg" }\nevery = { at-least = "2 days" }\nband = { below = "3 mg" }\n\n'
        'by = { at-most = "1 mg" }\nevery = { at-least = "5 days" }\nband = { at-least = "3 mg" }'
    )
    assert steps(asked(rule, target="4 mg x1")) == [("1 mg x1", 2), ("2 mg x1", 5), ("3 mg x1", 5), ("4 mg x1", None)]


def test_a_taper_takes_at_least_as_long_as_the_rule_says() -> None:
    """From 5 mg once a day there is nothing lower but nothing: it is kept for the 14 days of the taper."""
    assert steps(asked(US, "taper", current="5 mg x1")) == [("5 mg x1", 14), ("0 mg", 1)]


def test_a_chosen_end_is_the_day_of_the_last_dose_and_the_falls_are_small() -> None:
    """From 6 mg with falls of up to 3 mg in 12 days: six falls of 1 mg leave five steps: 12 = 2 + 2 + 2 + 3 + 3."""
    rule = paper(decrease='by = { at-most = "3 mg" }\nevery = { at-least = "2 days" }')
    schedule = asked(rule, "taper", current="6 mg x1", finish_by=date(2026, 12, 12))
    assert steps(schedule) == [
        ("5 mg x1", 2),
        ("4 mg x1", 2),
        ("3 mg x1", 2),
        ("2 mg x1", 3),
        ("1 mg x1", 3),
        ("0 mg", 1),
    ]
    assert schedule.last_dose == date(2026, 12, 12)


def test_a_long_taper_lowers_one_dose_after_the_other() -> None:
    """60 mg in 62 days: twelve falls of 5 mg leave eleven steps; 62 = 4 x 5 + 7 x 6. Every day has three doses
    down to 15 mg, because the source prints no fewer, and below it one dose less at a time."""
    schedule = asked(US, "taper", current="20 mg x3", finish_by=date(2027, 1, 31))
    daily = [int(step.regimen.daily.amount) for step in schedule.steps]
    assert daily == [55, 50, 45, 40, 35, 30, 25, 20, 15, 10, 5, 0]
    assert [step.days.length for step in schedule.steps] == [5] * 4 + [6] * 7 + [1]
    assert [step.regimen.frequency for step in schedule.steps] == [3] * 9 + [2, 1, 0]


def test_the_largest_fall_is_smallest_before_anything_else_is_compared() -> None:
    """From 7 mg with three steps of 2 days in 7 days: four falls of 7 mg in all, so the largest is at least 2 mg."""
    rule = paper(decrease='by = { at-most = "5 mg" }\nevery = { at-least = "2 days" }')
    schedule = asked(rule, "taper", current="7 mg x1", finish_by=date(2026, 12, 7))
    doses = [7, *(int(step.regimen.daily.amount) for step in schedule.steps)]
    assert max(before - after for before, after in pairwise(doses)) == 2
    assert len(schedule.steps) == 4


def test_the_soonest_taper_uses_the_largest_falls_it_needs_and_no_larger() -> None:
    """Without a chosen end, from 6 mg by at most 2 mg: 4, 2, nothing; the last step may be at most 2 mg."""
    rule = paper(
        decrease='by = { at-most = "2 mg" }\nevery = { at-least = "3 days" }',
        rest='[taper.last]\ndaily = "2 mg"\nCITE',
    )
    assert steps(asked(rule, "taper", current="6 mg x1")) == [("4 mg x1", 3), ("2 mg x1", 3), ("0 mg", 1)]


def test_percent_of_the_original_and_of_the_current_dose() -> None:
    """10 % of the original 20 mg is 2 mg at every fall; 50 % of the current 8 mg is 4, of 4 is 2, of 2 is 1."""
    original = paper(
        decrease='by = { at-most = "10 %", of = "original" }\nevery = { at-least = "1 day" }',
        rest='[taper.last]\ndaily = "2 mg"\nCITE',
    )
    doses = [step.regimen.daily.amount for step in asked(original, "taper", current="20 mg x1").steps]
    assert doses == [18, 16, 14, 12, 10, 8, 6, 4, 2, 0]
    current = paper(
        decrease='by = { at-most = "50 %" }\nevery = { at-least = "1 day" }', rest='[taper.last]\ndaily = "1 mg"\nCITE'
    )
    doses = [step.regimen.daily.amount for step in asked(current, "taper", current="8 mg x1").steps]
    assert doses == [4, 2, 1, 0]


def test_halves_are_used_only_where_they_are_needed() -> None:
    """Equal ways up differ in divided tablets: 10 mg halved or 5 mg whole make the same 5 mg."""
    schedule = asked(US, target="10 mg x3")
    assert all(
        piece.divided == 0 for step in schedule.steps for a in step.regimen.administrations for piece in a.pieces
    )
    only_ten = asked(US, target="10 mg x3", products=("10mg",))
    assert [str(p) for p in only_ten.steps[0].regimen.administrations[0].pieces] == ["half a tablet of 10 mg"]


def test_maintain_then_stop() -> None:
    """Nine days up, 56 days (8 weeks) of 20 mg x3, then at least 14 days down."""
    schedule = asked(US, target="60 mg/day", maintain="8 weeks", then_stop=True)
    kinds = [step.kind for step in schedule.steps]
    assert kinds == sorted(kinds, key=["titration", "maintenance", "taper"].index)
    stay = next(step for step in schedule.steps if step.kind == "maintenance")
    assert (stay.days.first, stay.days.length) == (date(2026, 12, 10), 56)
    falling = sum(step.days.length or 0 for step in schedule.steps if step.kind == "taper") - 1
    assert falling >= 14
    assert schedule.stops


def test_maintain_without_stopping_sets_the_review() -> None:
    schedule = asked(US, target="20 mg x3", maintain="8 weeks")
    assert schedule.last is None
    assert schedule.review == date(2027, 2, 4)


def test_a_review_comes_after_the_day_on_which_the_target_is_reached() -> None:
    """Three steps of three days: 20 mg x3 is reached on 10 December, and there is nothing to review before the 11th."""
    assert asked(US, target="20 mg x3", review=date(2026, 12, 11)).review == date(2026, 12, 11)
    with pytest.raises(NoSchedule, match="not reached before the review on Thursday 10 December 2026"):
        asked(US, target="20 mg x3", review=date(2026, 12, 10))


def test_down_to_a_lower_target_is_a_taper_that_stays() -> None:
    """80 mg a day to 60 mg a day: the fourth dose is let down by 5 mg at a time, or all doses fall."""
    schedule = asked(US, current="20 mg x4", target="20 mg x3")
    assert [step.kind for step in schedule.steps][-1] == "maintenance"
    assert {step.kind for step in schedule.steps[:-1]} == {"taper"}
    assert schedule.last is None


def test_what_is_taken_already_is_kept_for_the_interval_where_it_is_known() -> None:
    asked(US, current="10 mg x3", target="15 mg x3", since=date(2026, 11, 28))
    with pytest.raises(NoSchedule, match="--start 2026-12-02"):
        asked(US, current="10 mg x3", target="15 mg x3", since=date(2026, 11, 29))


def test_no_way_out_is_refused() -> None:
    """Rises of 10 mg, falls of at most 4 mg, tablets of 5 mg: one could go up and never come down."""
    rule = paper(
        products='[{ name = "5mg", form = "tablet", strength = "5 mg", divide = "no" }]',
        start='dose = "5 mg"',
        increase='by = { at-most = "10 mg" }\nevery = { at-least = "1 day" }',
        decrease='by = { at-most = "4 mg" }\nevery = { at-least = "1 day" }',
    )
    with pytest.raises(NoSchedule, match="no way to stop"):
        asked(rule, target="10 mg x1")


def test_a_day_without_a_way_out_is_avoided_on_the_way() -> None:
    """Falls of at most 45 % of the dose a taper begins on, and a stop from 4 mg. From 8 mg that is 3.6 mg, too little
    for 8 -> 4; from 9 mg it is 4.05 mg, enough for 9 -> 8 -> 4. So 4, 9, 12 although 4, 8, 12 divides no tablet."""
    rule = paper(
        products='[{ name = "4mg", form = "tablet", strength = "4 mg", divide = "no" }, '
        '{ name = "18mg", form = "tablet", strength = "18 mg", divide = "halves" }]',
        start='dose = "4 mg"',
        increase='by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }',
        decrease='by = { at-most = "45 %", of = "original" }\nevery = { at-least = "1 day" }',
        rest='[taper.last]\ndaily = "4 mg"\nCITE',
    )
    assert [text for text, _ in steps(asked(rule, target="12 mg x1"))] == ["4 mg x1", "9 mg x1", "12 mg x1"]


def test_a_percent_taper_without_a_last_step_cannot_end() -> None:
    """10 % of the current dose never reaches nothing, so the way out is refused too."""
    rule = paper(decrease='by = { at-most = "10 %" }\nevery = { at-least = "1 day" }')
    with pytest.raises(NoSchedule):
        asked(rule, "taper", current="10 mg x1")


def test_a_fact_decides_a_limit_and_its_absence_is_told() -> None:
    assert "age (not given)" in asked(US, target="20 mg x3").not_checked
    grown = asked(US, target="20 mg x3", patient=Patient(age=Quantity.parse("40 years")))
    assert "age (not given)" not in grown.not_checked
    with pytest.raises(NoSchedule, match="12 years"):
        asked(US, target="20 mg x3", patient=Patient(age=Quantity.parse("143 months")))
    asked(US, target="20 mg x3", patient=Patient(age=Quantity.parse("144 months")))


def test_the_pace_of_the_prescriber_is_never_faster() -> None:
    assert steps(asked(US, target="20 mg x3", every="7d"))[0] == ("5 mg x3", 7)
    with pytest.raises(RequestError, match="at least 3 days"):
        asked(US, target="20 mg x3", every="2d")
    with pytest.raises(RequestError, match="5 mg per dose"):
        asked(US, target="20 mg x3", by="6 mg")
    slow = asked(US, target="10 mg x3", by="5 mg/day")
    daily = [int(step.regimen.daily.amount) for step in slow.steps]
    assert daily == [15, 20, 25, 30]


def test_a_pace_in_percent_is_never_read_as_an_amount() -> None:
    """10 % of 30 mg is 3 mg, less than the smallest tablet: nothing can rise; 50 % of 10 mg a dose is 5 mg."""
    for by in ("10 %", "10 %/day", "10 % per dose"):
        with pytest.raises(NoSchedule):
            asked(US, current="10 mg x3", target="15 mg x3", by=by)
    assert steps(asked(US, current="10 mg x3", target="15 mg x3", by="50 % per dose"))[-1] == ("15 mg x3", None)
    with pytest.raises(RequestError, match="neither per day nor per dose"):
        asked(US, current="10 mg x3", target="15 mg x3", by="1 mg/kg")


def test_equal_doses_only_or_any() -> None:
    with pytest.raises(NoSchedule, match="--uneven"):
        asked(US, target="20 mg x4", split="even")
    quick = asked(US, target="20 mg x4", split="uneven")
    assert len(quick.steps) < len(asked(US, target="20 mg x4").steps)


@pytest.mark.parametrize(
    ("total", "least", "expected"),
    [(10, [1, 1, 1], (3, 3, 4)), (9, [3, 3, 3], (3, 3, 3)), (14, [3, 9, 2], (3, 9, 2)), (15, [3, 9, 2], (3, 9, 3)),
     (20, [1, 9, 1], (5, 9, 6)), (14, [3], (14,)), (11, [0, 0], (5, 6)),
     (9, [1, 2], (4, 5)), (12, [1, 3, 2], (4, 4, 4))],
)  # fmt: skip
def test_spare_days_are_shared_out_evenly(total: int, least: list[int], expected: tuple[int, ...]) -> None:
    assert shared_out(total, least) == expected


def test_the_same_request_gives_the_same_schedule() -> None:
    assert asked(US, "taper", current="20 mg x4") == asked(US, "taper", current="20 mg x4")


def test_times_are_those_that_were_asked_for() -> None:
    from datetime import time

    schedule = asked(US, "taper", current="20 mg x3", times=(time(7), time(13), time(21)))
    assert [a.slot.at for a in schedule.steps[0].regimen.administrations] == [time(7), time(13), time(21)]
    assert [a.slot.at for a in schedule.steps[-2].regimen.administrations] == [time(21)]


def test_a_request_for_more_days_than_are_searched_is_refused() -> None:
    many = paper(times="3", products='[{ name = "1mg", form = "tablet", strength = "1 mg", divide = "no" }]',
                 start='dose = "1 mg"\nfrequency = 3')  # fmt: skip
    with pytest.raises(RequestError, match="at most 20000"):
        plan(many, replace(Request("paper", "plan", START, ISSUED, target=Pattern.parse("30 mg x3")), split="uneven"))


RATE = '[taper.rate]\nat-most = "10 mg"\nwithin = "7 days"\nCITE'
# With tablets of 1 mg there were tens of thousands of histories, and a refusal asks for them again and again.
FIVES: dict[str, Any] = {
    "products": '[{ name = "5mg", form = "tablet", strength = "5 mg", divide = "no" }]',
    "start": 'dose = "5 mg"',
    "decrease": 'by = { at-most = "10 mg" }\nevery = { at-least = "4 days" }',
    "rest": RATE,
}


def test_a_cap_on_falls_within_a_week_makes_a_fall_wait() -> None:
    """30 mg, falls of up to 10 mg every 4 days, together at most 10 mg in any 7 days: 10 mg at once on 1, 8 and 15
    December (30 mg in less than 15 days leaves no other way), so the last dose is on the 14th."""
    rule = paper(**FIVES)
    assert steps(asked(rule, "taper", current="30 mg x1")) == [("20 mg x1", 7), ("10 mg x1", 7), ("0 mg", 1)]
    with pytest.raises(NoSchedule, match="--finish-by 2026-12-14"):
        asked(rule, "taper", current="30 mg x1", finish_by=date(2026, 12, 13))


def test_under_a_cap_the_first_fall_comes_when_the_dose_was_kept_long_enough() -> None:
    """Four days of 30 mg, from 27 to 30 November, are enough for a fall on 1 December; three are not."""
    rule = paper(**FIVES)
    found = asked(rule, "taper", current="30 mg x1", since=date(2026, 11, 27))
    assert steps(found) == [("20 mg x1", 7), ("10 mg x1", 7), ("0 mg", 1)]
    with pytest.raises(NoSchedule, match="--start 2026-12-02"):
        asked(rule, "taper", current="30 mg x1", since=date(2026, 11, 28))


def test_a_cap_looks_back_over_a_stay() -> None:
    """Down to 20 mg on 1 December, then off: in the 7 days from the 1st to the 7th 10 mg have fallen already, so that a
    fall on the 7th, after 6 days, is one too many, and one on the 8th is not."""
    rule = paper(**FIVES)
    stay: dict[str, Any] = {"current": "30 mg x1", "target": "20 mg x1", "then_stop": True}
    for days in (4, 6):
        with pytest.raises(NoSchedule) as refused:
            asked(rule, maintain=f"{days} days", **stay)
        assert "the daily dose falls by at most 10 mg within 7 days" in refused.value.text()
    assert steps(asked(rule, maintain="7 days", **stay)) == [("20 mg x1", 7), ("10 mg x1", 7), ("0 mg", 1)]


COARSE: dict[str, Any] = {
    "products": '[{ name = "25mg", form = "tablet", strength = "25 mg", divide = "no" }]',
    "start": 'dose = "25 mg"',
    "increase": 'by = { at-most = "25 mg" }\nevery = { at-least = "1 day" }',
    "decrease": 'by = { at-most = "25 %", of = "original" }\nevery = { at-least = "1 day" }',
    "rest": '[taper.last]\ndaily = "25 mg"\nCITE',
}


def test_a_reduction_does_not_pass_through_a_dose_that_one_cannot_stop_from() -> None:
    """A quarter of 100 mg is one tablet, a quarter of 75 mg or of 50 mg is none: a taper that begins on one of these
    gets nowhere. 25 mg may be stopped at once, but from 100 mg it can only be reached over the two."""
    rule = paper(**COARSE)
    assert steps(asked(rule, "taper", current="100 mg x1"))[-1] == ("0 mg", 1)
    with pytest.raises(NoSchedule, match="there would be no way to stop the drug gradually"):
        asked(rule, target="25 mg x1", current="100 mg x1")
    assert steps(asked(rule, target="25 mg x1", current="25 mg x1")) == [("25 mg x1", None)]


def test_a_longer_stay_is_offered_only_where_it_leads_to_an_end() -> None:
    """3 mg on 3 December, kept for 5 days, 2 mg and 1 mg for 5 each: the last dose is on the 17th. 2 days are too few
    in any case; 5 are offered unless the last dose has to be on the 16th."""
    rule = paper(decrease='by = { at-most = "1 mg" }\nevery = { at-least = "5 days" }')
    stay: dict[str, Any] = {"target": "3 mg x1", "then_stop": True}
    assert steps(asked(rule, maintain="5 days", finish_by=date(2026, 12, 17), **stay))[-2:] == [
        ("1 mg x1", 5), ("0 mg", 1),
    ]  # fmt: skip
    offer = 'stay on it for longer (--maintain "5 days")'
    for finish, offers in ((None, offer), (date(2026, 12, 17), offer), (date(2026, 12, 16), None)):
        with pytest.raises(NoSchedule, match="3 mg once a day cannot be left after 2 days") as refused:
            asked(rule, maintain="2 days", finish_by=finish, **stay)
        assert (offer in refused.value.text()) == (offers is not None)


def test_the_day_that_was_chosen_is_why_a_step_is_long() -> None:
    """3, 2, 1 mg a day each would end on 2 December; 12 December was asked for."""
    found = asked(paper(), "taper", current="3 mg x1", finish_by=date(2026, 12, 12))
    assert found.last_dose == date(2026, 12, 12)
    assert "the last dose is on Saturday 12 December 2026 (set by the prescriber)" in found.steps[0].why.text()


@pytest.mark.parametrize(
    ("by", "says", "option"),
    [
        ("{ silent = true }", 'The source of "Paper" gives no size of one rise, so the prescriber has to.',
         'say by how much the dose may change, for example --by "5 mg" --every "7d"'),
        ('{ at-most = "1 mg" }',
         'The source of "Paper" does not say how long a dose is kept before it rises, so the prescriber has to.',
         'say how long each dose is kept at least, for example --every "7d"'),
    ],
)  # fmt: skip
def test_what_a_source_does_not_say_is_asked_for(by: str, says: str, option: str) -> None:
    with pytest.raises(RequestError) as told:
        asked(paper(increase=f"by = {by}\nevery = {{ silent = true }}"), target="3 mg x1")
    assert told.value.message == says
    assert told.value.options == (option,)


@pytest.mark.parametrize(
    ("daily", "doses"),
    [("60 mg/day", "20 mg x3"), ("0.06 g/day", "20 mg x3"), ("50 mg/day", "15/15/20 mg"), ("57 mg/day", "1/1/2 mg")],
)
def test_a_daily_dose_is_to_be_written_dose_by_dose(daily: str, doses: str) -> None:
    """Tablets of 5 mg, three times a day: as even as they allow. 57 mg are none of them."""
    with pytest.raises(RequestError) as told:
        asked(US, "taper", current=daily)
    assert told.value.message == f'--from "{daily}" does not say how the day is divided.'
    assert told.value.options == (f'write the doses in the order of the day, for example --from "{doses}"',)


def test_doses_that_the_products_do_not_make_are_told_with_the_nearest() -> None:
    """Tablets of 2 mg, at most 4 mg a day: 3 mg lies between two doses, 1 mg has only one beside it."""
    two = paper(products='[{ name = "2mg", form = "tablet", strength = "2 mg", divide = "no" }]', start='dose = "2 mg"',
                increase='by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }', maximum='daily = "4 mg"',
                decrease='by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }')  # fmt: skip
    for target, near in (("3 mg x1", "3 mg; the nearest doses are 2 mg and 4 mg."), ("1 mg x1", "1 mg; the nearest dose is 2 mg.")):  # fmt: skip # noqa: E501
        with pytest.raises(NoSchedule) as refused:
            asked(two, target=target)
        assert f"they do not make {near}" in refused.value.text()


def test_more_courses_than_are_searched_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rate, "MOST_STATES", 3)
    with pytest.raises(RequestError) as told:
        asked(paper(**FIVES), "taper", current="30 mg x1")
    assert told.value.message == (
        "A cap on falls over several days makes more than 3 different courses; titrate does not search that many."
    )
    assert told.value.options == ("keep each dose for longer (--every)", "ask for equal doses (--even)")


@pytest.mark.parametrize("way", ["increase", "decrease"])
def test_a_pace_slower_than_the_source_names_is_told(way: str) -> None:
    """1 to 7 days in the source: 7 are within, 10 are not, on the way up and on the way down."""
    rule = paper(**{way: 'by = { at-most = "1 mg" }\nevery = { at-least = "1 day", at-most = "7 days" }'})
    wishes: dict[str, Any] = {"target": "3 mg x1"} if way == "increase" else {"goal": "taper", "current": "3 mg x1"}
    assert asked(rule, every="7 days", **wishes).warnings == ()
    (told,) = asked(rule, every="10 days", **wishes).warnings
    assert told.says == "Each dose is kept for at least 10 days; the source names at most 7 days"


def kept_longer(edge: int, long: int, short: int) -> str:
    """Changes by 3 mg a dose; where they touch `edge` mg a day or more a dose is kept for `long` days, else `short`."""
    size = 'by = { at-most = "3 mg", per = "dose" }\nevery = { at-least = "%d days" }\nband = { %s = "%d mg" }'
    return "\n\n".join((size % (long, "at-least", edge), size % (short, "below", edge)))


def test_a_day_that_is_kept_long_does_not_hide_a_shorter_way_over_another() -> None:
    """From 1 mg twice to 2 mg and 5 mg: 4 mg more in a dose, so over a day between. From 6 mg a day on a dose is kept
    for 9 days, and so is the one before: 9 and 9 days over a day of 6 mg, 2 and 9 over a smaller one."""
    rule = paper(times="2", start='dose = "1 mg"\nfrequency = 2', increase=kept_longer(6, 9, 2))
    assert [length for _, length in steps(asked(rule, target="2/5 mg"))] == [2, 9, None]


def test_a_last_dose_that_is_kept_long_does_not_hide_a_shorter_end() -> None:
    """2 mg twice, and one may stop from there. From 3 mg a day on a dose is kept for 4 days, below that for 3: it is
    over soonest after 3 days on less than 3 mg."""
    last = '[taper.last]\ndaily = "4 mg"\nCITE\n[taper.frequency]\ntimes = { at-least = 1, at-most = 2 }\nCITE'
    rule = paper(times="2", start='dose = "1 mg"\nfrequency = 2', decrease=kept_longer(3, 4, 3), rest=last)
    assert [length for _, length in steps(asked(rule, "taper", current="2/2 mg"))] == [3, 1]


def test_a_pace_is_held_against_the_source_only_where_the_dose_goes_that_way() -> None:
    """The source names at most 7 days for falls, and nothing for rises: a titration at 10 days is no slower than it."""
    falls = 'by = { at-most = "1 mg" }\nevery = { at-least = "1 day", at-most = "7 days" }'
    assert asked(paper(decrease=falls), every="10 days", target="3 mg x1").warnings == ()
    assert asked(paper(increase=falls), "taper", every="10 days", current="3 mg x1").warnings == ()


# --- Which days a way may hold --------------------------------------------------------------------------

ONE_AND_TWO = (
    '[{ name = "1mg", form = "tablet", strength = "1 mg", divide = "no" }, '
    '{ name = "2mg", form = "tablet", strength = "2 mg", divide = "no" }]'
)
TWO_A_DAY = {
    "times": "2",
    "start": 'dose = "1 mg"\nfrequency = 2',
    "decrease": 'by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }',
}
BY_DAY = 'by = { at-most = "1 mg", per = "day" }\nevery = { at-least = "1 day" }'


def test_with_equal_doses_alone_no_day_on_the_way_is_uneven() -> None:
    """By 1 mg a day two doses rise one after the other; both at once would be 2 mg."""
    rule = paper(**TWO_A_DAY, increase=BY_DAY)
    between = [day for day, _ in steps(asked(rule, target="2 mg x2"))]
    assert between in (["1 mg x2", "1/2 mg", "2 mg x2"], ["1 mg x2", "2/1 mg", "2 mg x2"])
    with pytest.raises(NoSchedule):
        asked(rule, target="2 mg x2", split="even")
    by_two = paper(**TWO_A_DAY, increase=BY_DAY.replace("1 mg", "2 mg"))
    assert [day for day, _ in steps(asked(by_two, target="2 mg x2", split="even"))] == ["1 mg x2", "2 mg x2"]
    down = paper(**{**TWO_A_DAY, "decrease": BY_DAY}, rest='[taper.last]\ndaily = "2 mg"\nCITE')
    assert steps(asked(down, "taper", current="2 mg x2"))[0][0] in ("1/2 mg", "2/1 mg")
    with pytest.raises(NoSchedule):
        asked(down, "taper", current="2 mg x2", split="even")


def test_with_equal_doses_alone_no_start_is_uneven() -> None:
    """3 mg a day in two doses are 1 and 2 mg."""
    rule = paper(**{**TWO_A_DAY, "start": 'daily = "3 mg"\nfrequency = 2'})
    assert steps(asked(rule, target="2 mg x2"))[0][0] in ("1/2 mg", "2/1 mg")
    with pytest.raises(NoSchedule):
        asked(rule, target="2 mg x2", split="even")


def test_whoever_takes_fewer_doses_than_the_rule_rises_over_days_of_the_rule() -> None:
    """Once a day is not of the rule: from 1 mg the next day has two doses, though one of 2 mg were fewer tablets."""
    rule = paper(**TWO_A_DAY, products=ONE_AND_TWO, increase=BY_DAY)
    found = [day for day, _ in steps(asked(rule, current="1 mg x1", target="2 mg x2"))]
    assert found in (["1 mg x2", "1/2 mg", "2 mg x2"], ["1 mg x2", "2/1 mg", "2 mg x2"])


def test_how_often_it_is_taken_while_falling_does_not_count_while_it_rises() -> None:
    """Twice a day up, and once a day down: from 2 mg twice a day 2 mg may be left out at once."""
    rule = paper(**TWO_A_DAY, increase=BY_DAY, rest="[taper.frequency]\ntimes = 1\nCITE")
    found = steps(asked(rule, target="2 mg x2", maintain="1 day", then_stop=True))
    assert [day for day, _ in found][:1] == ["1 mg x2"]
    assert found[2][0] == "2 mg x2"
    assert all(day.endswith("x1") or day == "0 mg" for day, _ in found[3:])
