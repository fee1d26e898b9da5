"""What is found of an explicit ladder, up and down, word for word; each rung cites a row of its own.

Up: 5, 10 and 15 mg three times a day, 3 days each; about the last rung the source is silent, as it may be. Down: 15, 10
and 5 mg three times a day, and about the 10 mg it is silent.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.verify.ladder import LADDER, LAST, START, rule_of, schedule, swapped
from titrate.days import Duration
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify
from titrate.verifier.ladder import check_ladder
from titrate.verifier.laws import check_increment

SOURCE = 'cite = { source = "label", at = "row ROW", checked = 2026-11-23 }'


def rung(table: str, dose: int, row: int, keep: str) -> str:
    take = ", ".join(f"{slot} {dose} mg" for slot in ("morning", "afternoon", "evening"))
    return f'[[{table}]]\ntake = "{take}"\n{keep}\n{SOURCE.replace("ROW", str(row))}\n\n'


THREE, SILENT = 'keep = { at-least = "3 days" }', "keep = { silent = true }"
STARTS = LADDER[LADDER.index("[start]") : LADDER.index("[[increase]]")]
DURATION = '[taper.duration]\nat-least = "14 days"\ncite = CITE\n'
NO_LAST = (LAST + "\ncite = CITE\n", "")


def up(second: str = THREE) -> Rule:
    rungs = rung("ladder", 5, 1, THREE) + rung("ladder", 10, 2, second) + rung("ladder", 15, 3, "")
    return rule_of(LADDER, (STARTS, rungs))


def down(*more: tuple[str, str], third: str = THREE) -> Rule:
    rungs = rung("taper.ladder", 15, 4, THREE) + rung("taper.ladder", 10, 5, SILENT) + rung("taper.ladder", 5, 6, third)
    return rule_of(LADDER, (DURATION, rungs), *more)


def said(rule: Rule, made: Schedule) -> list[tuple[date | None, str, str, str]]:
    """Day, sentence, value, limit."""
    findings = verify(made, rule, (check_ladder,)).findings
    assert {one.law for one in findings} <= {"ladder"}
    return [(one.day, one.says, one.value, one.limit) for one in findings]


def one(day: int, clause: str, value: str, limit: str, row: int | str) -> tuple[date, str, str, str]:
    cited = f"Label, row {row}; checked 2026-11-23" if isinstance(row, int) else row
    on = date(2026, 12, day)
    return (on, f"On {on:%A} {on:%d} December 2026 {clause}; the limit is {limit} ({cited}).", value, limit)


FROM_5 = ("2 titration 5 mg x3", "open maintenance 10 mg x3")
NOT_GIVEN = "not given: the rule is silent and the request does not say"


def test_a_ladder_begins_on_its_first_rung() -> None:
    rule = up()
    assert said(rule, schedule(rule, "open maintenance 10 mg x3")) == [
        one(1, "it begins with 10 mg x3", "10 mg x3", "5 mg x3, the first rung", 1)
    ]
    assert said(rule, schedule(rule, "open maintenance 5 mg x3")) == []


def test_one_climbs_from_a_rung_to_the_next() -> None:
    rule = up()
    assert said(rule, schedule(rule, "open maintenance 10 mg x3", current="6 mg x3")) == [
        one(1, "the doses go from 6 mg x3 to 10 mg x3", "6 mg x3 to 10 mg x3", "a rise from a rung of the ladder", 1)
    ]
    assert said(rule, schedule(rule, "3 titration 5 mg x3", "open maintenance 15 mg x3")) == [
        one(4, "the doses go from 5 mg x3 to 15 mg x3", "5 mg x3 to 15 mg x3", "10 mg x3, the next rung", 2)
    ]


def test_a_rung_is_kept_for_as_long_as_the_rule_and_the_prescriber_say() -> None:
    rule = up()
    left = "rung 1, 5 mg x3, is left after"
    assert said(rule, schedule(rule, *FROM_5)) == [one(3, f"{left} 2 days", "2 days", "at least 3 days", 1)]
    since = schedule(rule, "open maintenance 10 mg x3", current="5 mg x3", since=START)
    assert said(rule, since) == [one(1, f"{left} 0 days", "0 days", "at least 3 days", 1)]
    slower = schedule(rule, "3 titration 5 mg x3", "open maintenance 10 mg x3", every=Duration(4, "day"))
    assert said(rule, slower) == [one(4, f"{left} 3 days", "3 days", "at least 4 days", "set by the prescriber")]
    (finding,) = verify(slower, rule, (check_ladder,)).findings
    assert finding.citation == slower.request.citation("--every")


def test_a_rung_about_which_rule_and_prescriber_are_silent() -> None:
    """The last one of a ladder up may be left by the limits of any rise; of a ladder down it is not."""
    rule = up(second=SILENT)
    lines = ("9 titration 10 mg x3", "open maintenance 15 mg x3")
    assert said(rule, schedule(rule, *lines, current="5 mg x3")) == [
        one(10, "rung 2, 10 mg x3, is left after 9 days", "9 days", NOT_GIVEN, 2)
    ]
    assert said(rule, schedule(rule, *lines, current="5 mg x3", every=Duration(9, "day"))) == []
    above = schedule(rule, "9 titration 15 mg x3", "open maintenance 20 mg x3", current="15 mg x3")
    assert said(rule, above) == []
    ends = down(NO_LAST, third=SILENT)
    stays = schedule(ends, "9 taper 5 mg x3", "stop", goal="taper", current="5 mg x3", since=date(2026, 11, 30))
    assert said(ends, stays) == [one(10, "rung 3, 5 mg x3, is left after 10 days", "10 days", NOT_GIVEN, 6)]


def test_one_goes_down_from_a_rung_to_the_next() -> None:
    """Every fall is looked at, after one that began beside the ladder too: 1 day on 5 mg is too short."""
    rule = down(NO_LAST)
    lines = ("3 taper 10 mg x3", "1 taper 5 mg x3", "stop")
    assert said(rule, schedule(rule, *lines, goal="taper", current="12 mg x3")) == [
        one(1, "the doses go from 12 mg x3 to 10 mg x3", "12 mg x3 to 10 mg x3",
            "a fall from a rung of the ladder down", 4),
        one(4, "rung 2, 10 mg x3, is left after 3 days", "3 days", NOT_GIVEN, 5),
        one(5, "rung 3, 5 mg x3, is left after 1 day", "1 day", "at least 3 days", 6),
    ]  # fmt: skip
    skipped = schedule(rule, "3 taper 5 mg x3", "stop", goal="taper", current="15 mg x3")
    assert said(rule, skipped) == [
        one(1, "the doses go from 15 mg x3 to 5 mg x3", "15 mg x3 to 5 mg x3", "10 mg x3, the next rung", 5)
    ]


def test_one_stops_after_the_last_rung() -> None:
    rule = down(NO_LAST)
    early = schedule(rule, "stop", goal="taper", current="10 mg x3", every=Duration(1, "day"))
    assert said(rule, early) == [
        one(1, "the doses go from 10 mg x3 to 0 mg", "10 mg x3 to 0 mg", "5 mg x3, the next rung", 6)
    ]
    on = schedule(rule, "3 taper 5 mg x3", "3 taper 5 mg x2", "stop", goal="taper", current="10 mg x3",
                  every=Duration(3, "day"))  # fmt: skip
    assert said(rule, on)[0] == one(
        4, "the doses go from 5 mg x3 to 5 mg x2", "5 mg x3 to 5 mg x2", "no dose, after the last rung", 6
    )


def test_from_above_the_ladder_one_comes_to_its_first_rung() -> None:
    rule = down(NO_LAST)
    past = schedule(rule, "3 taper 10 mg x3", "stop", goal="taper", current="20 mg x3", every=Duration(3, "day"))
    assert said(rule, past)[0] == one(
        1, "the doses go from 20 mg x3 to 10 mg x3", "20 mg x3 to 10 mg x3", "a fall from a rung of the ladder down", 4
    )
    first = schedule(rule, "3 taper 15 mg x3", "open maintenance 15 mg x3", goal="taper", current="20 mg x3")
    assert said(rule, first) == []


def test_a_day_without_the_drug_is_no_fall_of_the_ladder() -> None:
    """It is abrupt in itself, and that is found."""
    rule = down(NO_LAST)
    made = schedule(rule, "3 taper 15 mg x3", "1 taper none mg", "open maintenance 15 mg x3", current="15 mg x3")
    assert said(rule, made) == []
    assert ("never abrupt", date(2026, 12, 4)) in {(found.law, found.day) for found in verify(made, rule).findings}


def test_above_a_ladder_each_rise_is_measured() -> None:
    """Three rungs, and then from 15 mg three times a day to 20 mg four times: 35 mg a day, where 15 mg may be."""
    rule = up()
    lines = ("3 titration 5 mg x3", "3 titration 10 mg x3", "3 titration 15 mg x3", "open maintenance 20 mg x4")
    found = verify(schedule(rule, *lines), rule, (check_increment,)).findings
    assert [(finding.day, finding.limit) for finding in found] == [
        (date(2026, 12, 10), "a rise by at most 5 mg a dose"),
        (date(2026, 12, 10), "a rise by at most 15 mg a day"),
    ]


TURNING = """[[taper.ladder]]
take = "evening 10 mg"
keep = { at-least = "7 days" }
cite = CITE

[[taper.ladder]]
take = "evening 10 mg"
cycle = "2 days"
keep = { at-least = "14 days" }
cite = CITE

[[taper.ladder]]
take = "evening 10 mg"
cycle = "3 days"
keep = { at-least = "14 days" }
cite = CITE

"""
EVERY_2, EVERY_3 = "10 mg x1 every 2 days", "10 mg x1 every 3 days"


def begun_late(rule: Rule, *lines: str, turned: dict[int, int]) -> list[tuple[str, str]]:
    """What is found of a taper in which these steps are listed from a later day of their cycle on; value and limit."""
    made = schedule(rule, *lines, goal="taper", current="10 mg x1")
    for number, days in turned.items():
        made = swapped(made, number, regimen=made.steps[number - 1].regimen.turned(days))
    return [(one.value, one.limit) for one in verify(made, rule, (check_ladder,)).findings]


def test_where_one_may_stop_beside_the_ladder_it_is_not_left_and_not_passed_by() -> None:
    """One may stop from 10 mg a day, the first rung too; who is on it, or comes from above it, goes down the ladder."""
    rule = rule_of(LADDER, (DURATION, TURNING), (LAST, LAST.replace("5", "10")))
    for current, line, limit in (
        ("10 mg x1", "stop", "10 mg every 2 days, the next rung"),
        ("15 mg x1", "3 taper 5 mg x1", "a fall from a rung of the ladder down"),
    ):
        made = schedule(rule, line, *(["stop"] if line != "stop" else []), goal="taper", current=current)
        assert [(found[0], found[3]) for found in said(rule, made)] == [(START, limit)]
    beside = schedule(rule, "3 taper 5 mg x1", "stop", goal="taper", current="7.5 mg x1")
    assert said(rule, beside) == []


@pytest.mark.parametrize("days", [12, 13, 14])
def test_a_dose_of_the_day_before_may_belong_to_the_days_in_turn(days: int) -> None:
    """10 mg every day, and from then on every second day: listed from the first day without a dose on, the dose of the
    day before is of the cycle, so that 13 days are 14. Of a day with another dose it is not."""
    rule = rule_of(LADDER, (DURATION, TURNING))
    lines = ("7 taper 10 mg x1", f"{days} taper {EVERY_2}", f"15 taper {EVERY_3}")
    short = [(f"{days} days", "at least 14 days")]
    assert begun_late(rule, *lines, turned={2: 1}) == (short if days < 13 else [])
    assert begun_late(rule, *lines, turned={}) == (short if days < 14 else [])
    other = ("7 taper 5 mg x1", *lines[1:])
    assert [one for one in begun_late(rule, *other, turned={2: 1}) if one[1] == "at least 14 days"] == (
        short if days < 14 else []
    )


@pytest.mark.parametrize("days", [11, 12, 13])
def test_two_days_before_may_belong_to_three_in_turn(days: int) -> None:
    """Every second day until a day with a dose; two days without one, and a dose again: the cycle of three days began
    on the day without a dose before the last one, so that 12 days are 14. A step of the same days is counted once."""
    rule = rule_of(LADDER, (DURATION, TURNING))
    lines = ("7 taper 10 mg x1", f"14 taper {EVERY_2}")
    for listed in (f"{days} taper {EVERY_3}",), (f"6 taper {EVERY_3}", f"{days - 6} taper {EVERY_3}"):
        turned = dict.fromkeys((2, *range(3, 3 + len(listed))), 1)
        made = begun_late(rule, *lines, *listed, "7 taper 5 mg x1", turned=turned)
        assert ((f"{days} days", "at least 14 days") in made) is (days < 12), listed


def test_days_of_one_cycle_in_two_steps_are_counted_once() -> None:
    """6 and 6 days of 10 mg every third day are 12, and 6 and 8 are 14; the days before, 10 mg each, are none of it."""
    rule = rule_of(LADDER, (DURATION, TURNING))
    for days, short in ((6, True), (8, False)):
        lines = ("7 taper 10 mg x1", f"6 taper {EVERY_3}", f"{days} taper {EVERY_3}", "7 taper 5 mg x1")
        found = begun_late(rule, *lines, turned={})
        assert ((f"{6 + days} days", "at least 14 days") in found) is short
