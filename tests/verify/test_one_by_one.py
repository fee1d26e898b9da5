"""Single clauses of the laws: each with a schedule for which it alone makes the difference."""

from __future__ import annotations

from datetime import date

import pytest

from tests.verify.ladder import (
    LADDER,
    LADDER_RULE,
    ORIGINAL,
    RISES,
    START,
    STAYS,
    TAPERED,
    q,
    rule_of,
    schedule,
    swapped,
    titration,
)
from tests.verify.revision import off, revised
from titrate.days import Days, Duration
from titrate.regimen import Administration, Regimen
from titrate.request import Approval
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify
from titrate.verifier.case import past_of
from titrate.verifier.cycle import check_cycle
from titrate.verifier.ending import check_way_out
from titrate.verifier.laws import (
    Check,
    check_decrement,
    check_direction,
    check_frequency,
    check_increment,
    check_interval,
    check_maintenance,
    check_maximum,
)

TURNS = "15 mg x3, 10 mg x3 in turn"


def found(check: Check, made: Schedule, rule: Rule = LADDER_RULE) -> list[tuple[int, str, str]]:
    """Day of December 2026, value, limit."""
    findings = verify(made, rule, (check,)).findings
    return [(one.day.day if one.day else 0, one.value, one.limit) for one in findings]


# --- A revision -------------------------------------------------------------------------------------------------


def test_of_a_revision_the_same_laws_are_checked_in_what_it_supersedes() -> None:
    """The plan before left 5 mg after 2 days. Whoever asks for the direction alone is not told that."""
    before = schedule(LADDER_RULE, "2 titration 5 mg x3", "4 titration 10 mg x3", "open maintenance 15 mg x3")
    made = revised(before=before)
    assert found(check_interval, made) == [(3, "2 days", "at least 3 days")]
    assert found(check_direction, made) == []


def test_only_the_first_change_of_a_revision_may_take_the_last_one_back() -> None:
    """5, 10, 15 mg until 7 December. From the 8th a day on 10 mg, a day on 15 mg, and 20 mg: up again one waits."""
    made = revised("1 taper 10 mg x3", "1 titration 15 mg x3", "open maintenance 20 mg x3")
    assert found(check_interval, made) == [(9, "1 day", "at least 3 days"), (10, "1 day", "at least 3 days")]


def test_a_way_back_that_was_decided_is_followed_by_a_rise() -> None:
    """Only of a revision: a plan of its own does not go down first and then up."""
    lines = ("3 taper 10 mg x3", "open maintenance 15 mg x3")
    assert found(check_direction, revised(*lines)) == []
    assert found(check_direction, schedule(LADDER_RULE, *lines, current="15 mg x3")) == [
        (4, "10 mg x3 to 15 mg x3", "a fall")
    ]


def test_a_taper_that_has_changed_nothing_yet_goes_no_way() -> None:
    kept = schedule(LADDER_RULE, "3 taper 15 mg x3", "open maintenance 20 mg x3", current="15 mg x3")
    assert found(check_direction, kept) == []


@pytest.mark.parametrize("kept", [("9 taper 15 mg x3",), ("3 taper 15 mg x3", "6 taper 15 mg x3"),
                                  ("4 taper 15 mg x3", "5 taper 10 mg x3")])  # fmt: skip
def test_a_share_of_the_original_is_of_the_dose_on_which_the_taper_began(kept: tuple[str, ...]) -> None:
    """A quarter of 60 mg a day is 15 mg: 45, 30, 15 mg, also where the plan was revised on the way."""
    rule = rule_of(LADDER, *ORIGINAL)
    before = schedule(rule, *kept, "open maintenance 5 mg x3", goal="taper", current="20 mg x3")
    now, next_one, too_low = (
        ("10 mg x3", "5 mg x3", "5/5 mg") if len(kept) > 1 and "10" in kept[1] else ("15 mg x3", "10 mg x3", "10/5 mg")
    )
    for regimen, broken in ((next_one, False), (too_low, True)):
        made = revised(f"open maintenance {regimen}", rule=rule, before=before, current=now)
        findings = [one for one in found(check_decrement, made, rule) if one[0] == 8]
        assert bool(findings) is broken, regimen


def test_days_that_lead_up_to_a_revision_begin_after_those_that_were_not_taken() -> None:
    """5 mg until the 3rd, 10 mg until the 6th, 15 mg on the 7th; on the 4th nothing was taken."""
    days = [one.days for one in past_of(revised(absences=off(4, 4)), "mg")]
    assert days == [Days(date(2026, 12, 5), date(2026, 12, 6)), Days.of(date(2026, 12, 7), 1)]


def test_a_cycle_before_a_revision_is_counted_by_the_days_of_the_plan() -> None:
    """From 1 to 7 December are 7 days, whatever was taken before."""
    before = schedule(LADDER_RULE, f"open maintenance {TURNS}", current=TURNS)
    made = revised(before=before, current=TURNS, since=date(2026, 11, 24))
    assert found(check_cycle, made) == [(8, "7 days", "whole cycles of 2 days")]


# --- Numbers of doses -------------------------------------------------------------------------------------------


def test_how_often_a_taper_may_be_taken_depends_on_how_it_began() -> None:
    """Three doses a day at least. Who begins with two stays on two; who begins with three does not come to two."""
    rule = rule_of(LADDER, (TAPERED, TAPERED.replace("1", "3")))
    two = ("3 taper 10 mg x2", "3 taper 5 mg x2", "stop")
    for current, days in (("15 mg x2", []), ("10 mg x3", [1, 4])):
        made = schedule(rule, *two, goal="taper", current=current)
        assert [(day, value) for day, value, _ in found(check_frequency, made, rule)] == [
            (day, "twice a day") for day in days
        ]


def test_a_taper_after_a_day_without_the_drug_has_no_number_of_doses_to_keep() -> None:
    """That day is abrupt in itself, and is found as such."""
    rule = rule_of(LADDER, (TAPERED, TAPERED.replace("1", "3")))
    made = schedule(rule, "1 taper none mg", "3 taper 5 mg x1", "stop", goal="taper", current="5 mg x3")
    assert found(check_frequency, made, rule) == []


# --- Cycles and several doses -----------------------------------------------------------------------------------


def test_the_maximum_of_a_day_is_that_of_the_worst_and_the_range_one_stays_in_that_of_all() -> None:
    """20 mg four times and 5 mg three times in turn: 80 and 15 mg, 47.5 mg on average."""
    lines = "open maintenance 20 mg x4, 5 mg x3 in turn"
    for most, over in ((79, [(1, "80 mg", "at most 79 mg a day")]), (80, [])):
        rule = rule_of(LADDER, ('daily = "80 mg"', f'daily = "{most} mg"'))
        assert found(check_maximum, schedule(rule, lines), rule) == over
    for most, over in ((47, [(1, "47.5 mg", "at most 47 mg a day")]), (48, [])):
        rule = rule_of(LADDER, (STAYS, f'[maintenance]\ndaily = {{ at-most = "{most} mg" }}\n'))
        assert found(check_maintenance, schedule(rule, lines), rule) == over


def test_of_several_doses_out_of_range_the_first_is_told() -> None:
    made = schedule(LADDER_RULE, "open maintenance 25/30/10 mg")
    assert found(check_maximum, made) == [(1, "25 mg", "at most 20 mg a dose")]


def test_each_number_of_doses_of_a_cycle_is_looked_at() -> None:
    rule = rule_of(LADDER, (STAYS, '[maintenance]\ndose = { at-least = "5 mg" }\nfrequency = 3\n'))
    made = schedule(rule, "open maintenance 10 mg x3, 10 mg x4 in turn")
    assert [value for _, value, _ in found(check_maintenance, made, rule)] == ["four times a day"]


def test_two_exact_sizes_that_only_different_pairings_keep_are_both_told() -> None:
    """From 5 mg to 5 and 10 mg: the new dose is the 10 mg, or the 5 mg while the old one rises by 5 mg. By exactly
    10 mg a dose it is the first, by exactly 5 mg the second, and by both it is none."""
    exact = '[[increase]]\nby = {{ exactly = "{} mg", per = "dose" }}\nevery = {{ at-least = "3 days" }}\n'
    rule = rule_of(LADDER, (RISES, exact.format(5) + "cite = CITE\n\n" + exact.format(10)))
    made = schedule(rule, "open maintenance 5/10 mg", current="5 mg x1")
    assert found(check_increment, made, rule) == [
        (1, "5 mg x1 to 5/10 mg", f"a rise by exactly {size} mg a dose") for size in (5, 10)
    ]
    for size in (5, 10):
        alone = rule_of(LADDER, (RISES, exact.format(size)))
        assert found(check_increment, schedule(alone, "open maintenance 5/10 mg", current="5 mg x1"), alone) == []


def test_every_step_in_a_foreign_unit_is_told() -> None:
    def in_millilitres(made: Schedule, number: int) -> Schedule:
        given = made.steps[number - 1].regimen.administrations
        litres = tuple(Administration(a.slot, q("1 mL"), a.pieces) for a in given)
        return swapped(made, number, regimen=Regimen("mL", litres))

    findings = verify(in_millilitres(in_millilitres(titration(), 2), 3), LADDER_RULE).findings
    assert [(one.law, one.day, one.value) for one in findings] == [
        ("rule", date(2026, 12, day), "mL") for day in (4, 7)
    ]


# --- Down from above a maximum ----------------------------------------------------------------------------------

NAMED = (Approval("taper from above the maximum", "Dr Lang"),)
DOSE_OR_DAY = 'dose = "20 mg"\ndaily = "80 mg"'


@pytest.mark.parametrize(
    ("most", "current", "line", "over"),
    [
        # Above the maximum of a day or of a dose already, one comes down from there, where somebody answers for it.
        ('daily = "70 mg"', "20 mg x4", "20/20/20/15 mg", "75 mg"),
        ('dose = "20 mg"', "30 mg x3", "25 mg x3", "25 mg"),
        # Exactly the maximum is not above it.
        ('daily = "80 mg"', "20 mg x4", "25/20/20/20 mg", None),
        ('dose = "20 mg"', "20 mg x3", "25 mg x3", None),
        (DOSE_OR_DAY, "20 mg x4", "25/20/20/20 mg", None),
    ],
)
def test_only_who_is_above_a_maximum_already_comes_down_from_above_it(
    most: str, current: str, line: str, over: str | None
) -> None:
    rule = rule_of(LADDER, (DOSE_OR_DAY, most))
    made = schedule(rule, f"3 taper {line}", "open maintenance 10 mg x3", current=current, approved=NAMED)
    unnamed = schedule(rule, f"3 taper {line}", "open maintenance 10 mg x3", current=current)
    assert bool(found(check_maximum, made, rule)) is (over is None)
    assert over is None or [value for _, value, _ in found(check_maximum, unnamed, rule)] == [over]


def test_way_out_from_above_a_maximum_is_over_doses_above_it() -> None:
    """From 30 mg a dose falls by 5 mg: to 25 mg, which is above 20 mg too, and not to 20 mg at once."""
    lines = ("3 taper 30 mg x3", "3 taper 25 mg x3", "open maintenance 20 mg x3")
    made = schedule(LADDER_RULE, *lines, current="35 mg x3", approved=NAMED)
    assert found(check_way_out, made) == []


def test_a_pace_that_the_prescriber_set_cites_the_request() -> None:
    """2.5 mg a dose every 9 days, where the rule has 5 mg every 3 days; a change on the first day, after none."""
    made = schedule(
        LADDER_RULE, "open maintenance 15 mg x3", current="10 mg x3", since=START, by=q("2.5 mg"),
        every=Duration(9, "day"),
    )  # fmt: skip
    own = made.request.citation("--by/--every")
    findings = verify(made, LADDER_RULE, (check_increment, check_interval)).findings
    assert [(one.limit, one.value) for one in findings if one.citation == own] == [
        ("a rise by at most 2.5 mg a dose", "10 mg x3 to 15 mg x3"), ("at least 9 days", "0 days"),
    ]  # fmt: skip


def test_a_share_of_the_original_within_one_plan() -> None:
    """A quarter of 60 mg is 15 mg, also where a step keeps the dose; after a stay on 45 mg it is 11.25 mg."""
    rule = rule_of(LADDER, *ORIGINAL)
    for kind, broken in (("taper", False), ("maintenance", True)):
        lines = ("3 taper 15 mg x3", f"3 {kind} 15 mg x3", "3 taper 10 mg x3", "open maintenance 10 mg x3")
        made = schedule(rule, *lines, goal="taper", current="20 mg x3")
        assert [day for day, _, _ in found(check_decrement, made, rule)] == ([7] if broken else [])


def test_a_stay_before_a_revision_ends_the_taper_before_it() -> None:
    """From 60 to 45 mg, a stay, and from 8 December on 30 mg: 15 mg less, where a quarter of 45 mg is 11.25 mg."""
    rule = rule_of(LADDER, *ORIGINAL)
    before = schedule(rule, "3 taper 15 mg x3", "open maintenance 15 mg x3", goal="taper", current="20 mg x3")
    made = revised("3 taper 10 mg x3", "open maintenance 10 mg x3", rule=rule, before=before)
    assert [(day, value) for day, value, _ in found(check_decrement, made, rule)] == [(8, "15 mg x3 to 10 mg x3")]
