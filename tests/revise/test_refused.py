"""What cannot be decided, why, and what to do instead."""

from __future__ import annotations

import pytest

from tests.revise.acting import ON_10, act, down, refused, up
from titrate.days import Duration
from titrate.revise import Changes


@pytest.mark.parametrize(
    ("on", "action", "options", "words"),
    [
        ("2026-11-30", ("stay", "3d"), {}, ["begins on Tuesday 01 December 2026", "--on 2026-12-01"]),
        ("2026-12-08", ("missed", "3d"), {},
         ["after 3 days without baclofen", "does not say how to go on", "the prescriber has not decided",
          "Never take two doses", "--then continue", "--then back", "--then restart", "--to REGIMEN"]),
        ("2026-12-08", ("missed", "9d"), {"then": "continue"}, ["before the plan, which begins on Tuesday 01"]),
        ("2026-12-06", ("missed", "5d"), {"then": "continue"},
         ["nothing of the plan was taken", "--on 2026-12-01 shift 5d", "--on 2026-12-01 withdraw", "titrate plan"]),
        ("2026-12-06", ("withheld", "2026-12-06..2026-12-08"), {},
         ["Tuesday 08 December 2026 is not before", "an abrupt stop", "stop gradually: stop"]),
        ("2026-12-08", ("withheld", "2026-12-05"), {"then": "continue"}, ["was taken again since", "leave out --then"]),
        # More than before the days without the drug is never gone on with.
        ("2026-12-08", ("missed", "2d"), {"to": "15 mg x3"},
         ["would break the law \u201cseam\u201d", "at most 30 mg a day"]),
        ("2026-12-07", ("back", "2"), {}, ["does not go back so far", "--to REGIMEN"]),
        # From 15 mg to 5 mg is too far for one fall; to 10 mg, which was taken the day before yesterday, it may be.
        ("2026-12-08", ("back", "2"), {},
         ["decrement", "You could: go back less far on Tuesday 08 December 2026 (back 1 --on 2026-12-08)."]),
        ("2026-12-10", ("back", "2"), {},
         ["You could: go back less far on Thursday 10 December 2026 (back 1 --on 2026-12-10)."]),
        ("2026-12-07", ("back",), {"to": "5 mg x1"}, ["would break"]),
        ("2026-12-07", ("back",), {"to": ON_10}, ["is what is taken now"]),
        ("2026-12-01", ("stay", "2d"), {}, ["Nothing is taken yet", "shift 2d"]),
        ("2026-12-20", ("stay", "7d"), {}, ["kept without an end already", "replan --review"]),
        ("2026-12-20", ("shift", "7d"), {}, ["kept without an end already"]),
        ("2026-12-20", ("slower", "x2"), {}, ["kept without an end already"]),
        ("2026-12-06", ("slower",), {}, ["how many times as slow", "slower --every 14d"]),
        ("2026-12-06", ("slower", "x1.5"), {}, ["3 days cannot be multiplied", "slower --every 5d"]),
        ("2026-12-06", ("retarget", "12 mg x3"), {}, ['You could: retarget "10 mg x3"; or retarget "15 mg x3".']),
        ("2026-12-06", ("back",), {"to": "7 mg x3"}, ['No schedule: "7 mg x3" holds 7 mg', "5 mg or 10 mg"]),
        ("2026-12-06", ("products", "5mg,25mg"), {}, ["'25mg'", "--products 5mg"]),
        ("2026-12-06", ("stay", "soon"), {}, ['stay: \'soon\' is no duration', "7d"]),
        ("2026-12-06", ("stay", "2 months"), {}, ["no fixed length"]),
        ("2026-12-06", ("stay",), {}, ["needs something after it", "stay 7d"]),
        ("2026-12-06", ("stop", "7d"), {}, ['"stop" takes nothing after it']),
        ("2026-12-06", ("wean",), {}, ['"wean" is nothing', "stay 7d", "withheld 2026-12-05..2026-12-07"]),
        ("2026-12-06", ("stay", "7d"), {"to": ON_10}, ["--to does not belong"]),
        ("2026-12-06", ("stay", "7d"), {"then": "back"}, ["--then does not belong"]),
        ("2026-12-06", ("stay", "7d"), {"kept": "3d"}, ["--for"]),
        ("2026-12-06", ("missed", "1d"), {"then": "double"}, ["continue, back or restart"]),
        ("2026-12-06", ("missed", "1d"), {"then": "back", "to": ON_10}, ["beside --to"]),
        ("2026-12-06", ("back", "many"), {}, ["no number of steps"]),
        ("2026-12-06", ("withheld", "2026-12-05..2026-12-03"), {}, ["cannot end"]),
    ],
)  # fmt: skip
def test_refusals_say_why_and_what_to_do(
    on: str, action: tuple[str, ...], options: dict[str, str], words: list[str]
) -> None:
    text = refused(up(), on, *action, **options)
    for word in words:
        assert word in text


def test_a_way_back_is_not_taken_back_in_its_turn() -> None:
    """15 mg from 7 December, back to 10 mg on the 8th: on the 9th neither 15 mg again, nor 5 mg, before 3 days."""
    second = act(up(), "2026-12-08", "back", "1")
    for on, to in (("2026-12-09", "15 mg x3"), ("2026-12-09", "5 mg x3"), ("2026-12-10", "5 mg x3")):
        assert "would break the law \u201cinterval\u201d" in refused(second, on, "back", to=to)
    assert "keep 10 mg x3 until then, and go back on Friday 11 December 2026" in refused(
        second, "2026-12-09", "back", "1"
    )
    assert act(second, "2026-12-11", "back", "1").steps[0].regimen.notation == "5 mg x3"


def test_products_that_leave_no_way_out_are_refused() -> None:
    """Halves of 20 mg go down to 10 mg at one time, and the last dose is at most 5 mg a day."""
    text = refused(up(), "2026-12-09", "products", "20mg")
    assert "no way to stop the drug gradually" in text
    assert "use all products of the rule (--products rule)" in text


def test_of_what_is_offered_after_days_without_the_drug_nothing_is_more_than_before() -> None:
    """In a taper the step before was higher, and is never gone back to after a gap."""
    text = refused(down(), "2026-12-06", "missed", "2d")
    assert "--then continue" in text
    assert "--to REGIMEN" in text
    assert "--then back" not in text
    assert "--then restart" not in text


def test_a_patient_who_missed_the_first_days_of_a_taper_needs_another_plan() -> None:
    text = refused(down(), "2026-12-03", "missed", "2d")
    assert "nothing of the plan was taken at all" in text
    assert "shift" not in text


def test_a_taper_that_has_ended_and_one_that_cannot_start_again() -> None:
    assert "there is no dose from Tuesday 15 December 2026 on" in refused(down(), "2026-12-16", "stay", "3d")
    assert "cannot start again from the beginning" in refused(down(), "2026-12-08", "missed", "1d", then="restart")


def test_a_revision_before_the_one_that_it_supersedes_is_refused() -> None:
    second = act(up(), "2026-12-06", "stay", "7d")
    assert "Revision 2 begins on Sunday 06 December 2026" in refused(second, "2026-12-05", "stop")


def test_what_is_moved_is_not_planned_anew() -> None:
    text = refused(up(), "2026-12-06", "shift", "1d", changes=Changes(every=Duration(7, "day")))
    assert "--every cannot go with it" in text
    assert "stay 1d" in text


def test_after_days_without_the_drug_somebody_has_to_say_how_to_go_on() -> None:
    second = act(up(), "2026-12-08", "missed", "3d", then="continue")
    assert "Nothing was taken on Monday 07 December 2026" in refused(second, "2026-12-08", "stop")
