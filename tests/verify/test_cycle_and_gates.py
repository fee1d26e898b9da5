"""Laws of cycles of several days, and of what a person confirms: each broken alone, and just not broken."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from tests.test_guide import GATES, rising
from tests.test_planner import asked, paper
from tests.verify.ladder import LADDER, LADDER_RULE, laws, rule_of, schedule
from tests.verify.words import TUE, is_found, on
from titrate.days import Days, plus
from titrate.regimen import Pattern
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify
from titrate.verifier.cycle import check_cycle
from titrate.verifier.gates import check_gates

# Each day is 5 mg a dose from 10 mg x3, which the ladder allows; so nothing but the cycle is wrong.
TURNS = "15 mg x3, 10 mg x3 in turn"


def test_cycle_days_in_turn_where_the_rule_has_every_day() -> None:
    is_found(
        (
            on(LADDER_RULE, f"open maintenance {TURNS}", current="10 mg x3"),
            [("cycle", TUE, f"the doses are {TURNS}", TURNS, "doses every day: the rule has no longer cycle", "")],
        )
    )


def test_cycle_that_is_taken_already_may_be_kept() -> None:
    assert laws(schedule(LADDER_RULE, f"open maintenance {TURNS}", current=TURNS), LADDER_RULE) == []


def test_cycle_is_left_at_its_end() -> None:
    """Two days each: 6 days are three cycles, 5 are not."""
    whole = schedule(LADDER_RULE, f"6 titration {TURNS}", "open maintenance 15 mg x3", current=TURNS)
    assert laws(whole, LADDER_RULE) == []
    day = "Sunday 06 December 2026"
    is_found(
        (
            on(LADDER_RULE, f"5 titration {TURNS}", "open maintenance 15 mg x3", current=TURNS),
            [("cycle", day, f"{TURNS} has been taken for 5 days", "5 days", "whole cycles of 2 days", "")],
        )
    )


def test_cycle_before_the_first_day_is_a_whole_one() -> None:
    """From 25 November to 30 November are 6 days, from 26 November 5."""
    lines = ("open maintenance 15 mg x3",)
    assert laws(schedule(LADDER_RULE, *lines, current=TURNS, since=date(2026, 11, 25)), LADDER_RULE) == []
    assert laws(schedule(LADDER_RULE, *lines, current=TURNS), LADDER_RULE) == []
    is_found(
        (
            on(LADDER_RULE, *lines, current=TURNS, since=date(2026, 11, 26)),
            [("cycle", TUE, f"{TURNS} has been taken for 5 days", "5 days", "whole cycles of 2 days", "")],
        )
    )


def test_cycle_that_a_taper_keeps_from_the_days_before_it() -> None:
    """Up a ladder whose rung is every second day, and from there down by 5 mg a dose every second day. To stay on that
    is another thing, and so is every third day."""
    rung = (
        '[[ladder]]\ntake = "morning 15 mg, afternoon 15 mg, evening 15 mg"\ncycle = "2 days"\n'
        'keep = { at-least = "2 days" }\ncite = CITE\n\n'
    )
    start = LADDER[LADDER.index("[start]") : LADDER.index("[[increase]]")]
    rule = rule_of(LADDER, (start, rung))

    def found(after: str) -> list[tuple[str, date | None]]:
        made = schedule(rule, "2 titration 15 mg x3 every 2 days", after)
        return [(one.law, one.day) for one in verify(made, rule, (check_cycle,)).findings]

    assert found("4 taper 10 mg x3 every 2 days") == []
    assert found("4 maintenance 10 mg x3 every 2 days") == [("cycle", date(2026, 12, 3))]
    assert found("6 taper 10 mg x3 every 3 days") == [("cycle", date(2026, 12, 3))]


COUNT, PULSE, PRESSURE = (
    "the count is 1500 or more", "the pulse is 55 beats a minute or more", "the blood pressure was taken",
)  # fmt: skip


@pytest.mark.parametrize(("number", "hidden"), [(1, [COUNT]), (2, [PULSE]), (3, [PULSE, PRESSURE]), (4, [PULSE])])
def test_gates_that_a_step_hides(number: int, hidden: list[str]) -> None:
    """1, 2, 3, 4 mg: the start, three rises, and 3 mg is the first dose above 2 mg."""
    rule, good = paper(rest=GATES), rising(GATES)
    steps = [dataclasses.replace(s, checks=()) if s is good.steps[number - 1] else s for s in good.steps]
    findings = verify(dataclasses.replace(good, steps=tuple(steps)), rule).findings
    day = date(2026, 12, number)
    assert [(one.law, one.day, one.limit) for one in findings] == [("gates", day, says) for says in hidden]


def test_gates_before_each_fall_but_not_before_the_stop() -> None:
    rule = paper(rest='[[gates]]\nbefore = "each fall"\nsays = "symptoms have gone"\nCITE')
    good = asked(rule, "taper", current="3 mg x1")
    bare = tuple(dataclasses.replace(step, checks=()) for step in good.steps)
    findings = verify(dataclasses.replace(good, steps=bare), rule).findings
    assert [(one.law, one.day, one.limit) for one in findings] == [
        ("gates", date(2026, 12, day), "symptoms have gone") for day in (1, 2)
    ]


def test_a_gate_is_found_word_for_word_with_its_source() -> None:
    rule, good = paper(rest=GATES), rising(GATES)
    steps = [dataclasses.replace(s, checks=()) if s is good.steps[0] else s for s in good.steps]
    (finding,) = verify(dataclasses.replace(good, steps=tuple(steps)), rule).findings
    what = "On Tuesday 01 December 2026 the schedule does not say what has to be confirmed before the step"
    assert finding.text().startswith(f"gates: {what}; the limit is {COUNT} (")
    assert finding.citation is not None
    assert finding.value == "nothing"


TAPER_GATE = '[[gates]]\nbefore = "taper"\nsays = "the joints are quiet"\nCITE'


def test_a_gate_before_the_taper_stands_on_the_first_fall_alone() -> None:
    """3 mg, 2 mg, 1 mg, stop: the taper begins with 2 mg on the second day of a plan that stays a day on 3 mg."""
    rule = paper(rest=TAPER_GATE)
    good = asked(rule, "taper", current="3 mg x1")
    bare = tuple(dataclasses.replace(step, checks=()) for step in good.steps)
    three = rising("").steps[2].regimen
    stayed = dataclasses.replace(bare[0], days=Days.of(good.first, 1), kind="maintenance", regimen=three)
    later = [dataclasses.replace(one, days=moved(one.days, 1)) for one in bare]
    found = gates_of(dataclasses.replace(good, steps=(stayed, *later)), rule)
    assert found == [(date(2026, 12, 2), "the joints are quiet")]


def test_of_a_daily_dose_that_does_not_say_how_it_is_taken_nothing_starts() -> None:
    """Somebody who takes 3 mg a day, doses not told, starts nothing; nor is it known whether the first day falls."""
    rule, good = paper(rest=GATES), rising(GATES)
    steps = tuple(dataclasses.replace(step, checks=()) for step in good.steps)
    known = dataclasses.replace(good, steps=steps)
    unknown = dataclasses.replace(known, request=dataclasses.replace(good.request, current=Pattern.parse("3 mg/day")))
    assert [says for day, says in gates_of(known, rule) if day == good.first] == [COUNT]
    assert [says for day, says in gates_of(unknown, rule) if day == good.first] == []
    assert [says for day, says in gates_of(unknown, rule) if day == date(2026, 12, 2)] == [PULSE]


def gates_of(schedule: Schedule, rule: Rule) -> list[tuple[date | None, str]]:
    return [(one.day, one.limit) for one in verify(schedule, rule, (check_gates,)).findings]


def moved(days: Days, by: int) -> Days:
    return Days(plus(days.first, by), days.last and plus(days.last, by))
