"""What is told of a day, on schedules written by hand."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.build import DERIVED, ISSUED, STATED, descent, ladder, schedule
from tests.run import titrate
from titrate.days import Days
from titrate.errors import RequestError
from titrate.formats import json as schedules
from titrate.formats.explanation import data, explain, text
from titrate.reason import Because, Fact
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.schedule import Absence, Earlier, Note, Revised, Schedule

PRESCRIBER = Request("r", "plan", ISSUED.date(), ISSUED).citation("--every")


def test_what_is_told_with_every_day() -> None:
    """Who it is for, what was not checked, what to do about a missed dose, that it proves nothing."""
    shown = ladder(label="Mum")
    notes = (
        *shown.notes,
        Note("interaction", "alcohol adds to drowsiness", STATED),
        Note("interaction", "levodopa: hallucinations", STATED, applies=True),
        Note("food", "with milk", STATED),
        Note("missed dose", "wait for 4 hours", STATED, applies=True),
    )
    warnings = (Note("maximum", "60 mg a day is above a maximum in print", DERIVED),)
    written = text.write(explain(replace(shown, notes=notes, warnings=warnings), date(2026, 12, 1)))
    assert written.endswith(
        """\
Never stop suddenly
===================
- Stopping suddenly can cause fits and hallucinations.
    Stated: Tablets label, 2021: section 2; checked Mon 23 Nov 2026.

Missed dose
-----------
- Applies to this patient: wait for 4 hours.
    Stated: Tablets label, 2021: section 2; checked Mon 23 Nov 2026.
- Take it when you remember; never double.
    Derived (no source prints it): the ladder read backwards.
    From: Tablets label, 2021: section 2; checked Mon 23 Nov 2026.

Interaction
-----------
- Applies to this patient: levodopa: hallucinations.
    Stated: Tablets label, 2021: section 2; checked Mon 23 Nov 2026.

Not checked
-----------
- Age (not given).

Sources
-------
- Tablets label, A publisher, 2021: https://example.org/label

The schedule in print says more: interaction, food.
It tells what the schedule says. titrate check proves a schedule against its
rule.
This schedule supports a decision of the prescriber; it makes none.
"""
    )
    assert "Label        Mum\n" in written
    assert "Rule         baclofen-oral-spasticity (adults, US), sha256 abababababab\n" in written
    assert "Prepared by  ____________________\n" in written
    warned = "Warnings\n========\n- 60 mg a day is above a maximum in print.\n    Derived"
    assert written.index(warned) < written.index("Tuesday 01 December 2026\n---")


@pytest.mark.parametrize(
    ("current", "wanted"),
    [
        (None, "Before: no baclofen.\n"),
        (Pattern.parse("20 mg x3"), "Before: 20 mg three times a day (60 mg a day), until Monday 30 November 2026.\n"),
        (
            Pattern.parse("20/20/10 mg"),
            "Before: 20 mg, 20 mg and 10 mg in the course of the day (50 mg a day), until\n",
        ),
        (Pattern.parse("60 mg/day"), "Before: 60 mg a day, until Monday 30 November 2026.\n"),
        (Pattern.parse("5 mg x1"), "Before: 5 mg once a day, until Monday 30 November 2026.\n"),
    ],
)
def test_what_was_taken_before_the_first_day(current: Pattern | None, wanted: str) -> None:
    assert wanted in text.write(explain(descent(current=current), date(2026, 12, 1)))


def test_the_arithmetic_of_a_change() -> None:
    """45 mg a day on 1 December, after 60 mg; 15 mg on 7 December, after 30 mg; the same where nothing changes."""
    taken = Pattern.parse("20 mg x3")
    written = text.write(explain(descent(current=taken), date(2026, 12, 1))).replace("\n", " ")
    assert "The daily dose falls by 15 mg, from 60 mg to 45 mg." in written
    assert "falls by 15 mg, from 30 mg to 15 mg." in text.write(explain(descent(), date(2026, 12, 7))).replace(
        "\n", " "
    )
    same = descent(current=Pattern.parse("15 mg x3"))
    assert "The daily dose stays at 45 mg." in text.write(explain(same, date(2026, 12, 1)))
    grams = descent(current=Pattern.parse("0.02 g x3"))
    assert "from 60 mg to 45 mg." in text.write(explain(grams, date(2026, 12, 1))).replace("\n", " ")


def reasoned(*facts: Fact | Because) -> Schedule:
    """A schedule whose first step has these reasons."""
    shown = descent()
    first = replace(shown.steps[0], why=Because("Fall from 60 mg to 45 mg a day", facts))
    return replace(shown, steps=(first, *shown.steps[1:]))


def test_reasons_that_are_missing_are_said_to_be_missing() -> None:
    written = text.write(explain(reasoned(), date(2026, 12, 1)))
    assert written.count("The schedule gives no reason for it.") == 2


def test_reasons_of_another_kind_are_shown_without_saying_for_what() -> None:
    inner = Because("No tablet is smaller", (Fact("the tablets are 5 mg", DERIVED),))
    shown = reasoned(Fact("a dose falls by at most 5 mg", STATED), Fact("the moon is full", PRESCRIBER), inner)
    step = explain(shown, date(2026, 12, 1)).told[0]
    assert [fact.says for fact in step.height] == ["a dose falls by at most 5 mg"]
    assert [fact.says for fact in step.other] == ["the moon is full", "No tablet is smaller", "the tablets are 5 mg"]
    written = text.write(explain(shown, date(2026, 12, 1)))
    assert "Further reasons\n---------------\n- The moon is full.\n    Set by the prescriber (--every) on" in written
    assert "- No tablet is smaller.\n- The tablets are 5 mg.\n    Derived" in written
    assert "no reason" not in written


def test_a_cap_over_several_days_is_a_reason_for_both() -> None:
    """The planner names it once for the height and, where it makes a step longer, once more for the length."""
    cap = Fact("the daily dose falls by at most 25 % of the current one within 14 days", STATED)
    stay = Fact("a dose is kept for at least 3 days before it changes", STATED)
    (once,) = explain(reasoned(cap, stay), date(2026, 12, 1)).told
    (twice,) = explain(reasoned(cap, stay, cap), date(2026, 12, 1)).told
    assert (once.height, once.length, once.other) == ((cap,), (stay,), ())
    assert (twice.height, twice.length, twice.other) == ((cap,), (stay, cap), ())


def test_the_source_of_a_derived_number_is_listed_and_a_prescriber_is_none() -> None:
    other = replace(DERIVED, source=replace(DERIVED.source, title="Another label", href="https://example.org/other"))
    shown = replace(reasoned(Fact("a dose falls by at most 5 mg", other), Fact("it is kept", PRESCRIBER)), notes=())
    listed = text.write(explain(shown, date(2026, 12, 1))).partition("\nSources\n-------\n")[2]
    assert listed.startswith("- Another label, A publisher, 2021: https://example.org/other\n\n")
    (told,) = data.write(explain(shown, date(2026, 12, 1)))["explained"]
    assert told["why_this_high"][0]["href"] == "https://example.org/other"
    assert told["why_this_long"] == [{
        "says": "it is kept", "source": "request", "title": "the request", "edition": "2026-11-23", "at": "--every",
        "checked": "2026-11-23", "basis": "prescriber",
    }]  # fmt: skip


def test_as_data_without_a_day() -> None:
    shown = schedule(
        ("2026-12-01", 3, "titration", "300 micrograms/day"),
        ("2026-12-04", None, "maintenance", "330 micrograms/day"),
        current=Pattern.parse("250 micrograms/day"),
        since=date(2026, 11, 2),
    )
    found = data.write(explain(shown))
    first, last = found["explained"]
    assert "date" not in first
    assert first["before"] == {
        "taken": "250 micrograms a day as a continuous infusion",
        "daily_dose": "250 micrograms",
        "day": "2026-11-30",
        "since": "2026-11-02",
    }
    dose = {"slot": "continuous", "time": None, "dose": "300 micrograms", "pieces": "300 micrograms over 24 hours"}
    assert first["doses"] == [dose]
    assert (last["last"], last["length"], last["after"], found["last"]) == (None, None, None, None)


def test_a_file_that_was_changed_is_told_with_a_warning(tmp_path: Path) -> None:
    """The label is changed: nothing is broken, but the file is no longer what titrate wrote."""
    written = schedules.write(descent(label="Mum"))
    for label, warned in (("Mum", 0), ("Dad", 1)):
        (tmp_path / "plan.json").write_text(written.replace('"Mum"', f'"{label}"'), encoding="utf-8")
        ran = titrate("explain", "plan.json", cwd=tmp_path)
        assert ran.out.replace("\n", " ").count("This file was changed after titrate wrote it") == warned
        found = json.loads(titrate("explain", "plan.json", "--json", cwd=tmp_path).out)
        assert found["edited"] is bool(warned)


def revised() -> Schedule:
    """The ladder, of which 4 December was missed, and from 6 December on 10 mg three times a day."""
    first = ladder()
    kept = Earlier("ab" * 32, 1, first.version, first.issued, first.rule, first.request, first.steps)
    missed = Absence(Days.of(date(2026, 12, 4), 1), "missed")
    now = schedule(("2026-12-06", None, "maintenance", "10 mg x3"), current=Pattern.parse("10 mg x3"),
                   since=date(2026, 12, 5), revision=2)  # fmt: skip
    decided = Revised(date(2026, 12, 6), "retarget 10 mg x3", "The target is 10 mg x3", (missed,))
    return replace(now, earlier=(kept,), revised=decided)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-12-02", "Day 2 of the schedule. Step 1 of 4: "),
        ("2026-12-02", "Next: 10 mg three times a day (30 mg a day), from Friday 04 December 2026.\n"
                       "Revised: what was planned from Sunday 06 December 2026 on was replaced by\nrevision 2.\n"),
        ("2026-12-02", "Plan         0123456789ab, revision 1\n"),
        ("2026-12-04", "Reported afterwards: nothing was taken on this day (missed).\nRevised: "),
        ("2026-12-06", "Plan         0123456789ab, revision 2\n"),
        ("2026-12-06", "Before: 10 mg three times a day (30 mg a day), since\nSaturday 05 December 2026.\n"),
        ("2026-12-06", "Revised: days before Sunday 06 December 2026 were planned by earlier\n"
                       "revisions; --day tells them.\n"),
    ],
)  # fmt: skip
def test_days_of_a_revised_plan(day: str, wanted: str) -> None:
    written = text.write(explain(revised(), date.fromisoformat(day)))
    assert wanted in written
    assert ("Reported afterwards" in written) is (day == "2026-12-04")


def test_days_on_which_a_revision_plans_nothing_yet_are_not_told_from_the_one_before() -> None:
    """It holds from 6 December on, and its first step begins on the 8th."""
    later = revised()
    later = replace(later, steps=(replace(later.steps[0], days=Days(date(2026, 12, 8), None)),))
    assert data.write(explain(later, date(2026, 12, 5)))["replaced"] == "2026-12-06"
    with pytest.raises(RequestError, match="Monday 07 December 2026 is no day of this schedule"):
        explain(later, date(2026, 12, 7))


def test_days_of_a_revised_plan_as_data() -> None:
    missed = data.write(explain(revised(), date(2026, 12, 4)))
    assert (missed["revision"], missed["replaced"], missed["explained"][0]["reported"]) == (1, "2026-12-06", "missed")
    now = data.write(explain(revised(), date(2026, 12, 7)))
    assert (now["revision"], now["replaced"], now["explained"][0]["reported"]) == (2, None, None)
    with pytest.raises(RequestError, match="begins on Tuesday 01 December 2026 and has no end"):
        explain(revised(), date(2026, 11, 30))


def test_a_day_without_the_drug_on_the_way_is_no_stop() -> None:
    """Nobody plans such a day, but a file may hold one."""
    shown = schedule(
        ("2026-12-01", 3, "taper", "5 mg x1"), ("2026-12-04", 1, "taper", "none mg"), ("2026-12-05", None,
        "maintenance", "5 mg x1"),
    )  # fmt: skip
    written = text.write(explain(shown, date(2026, 12, 4)))
    assert "    no dose\n" in written
    assert "Why it stops here" not in written
    assert "Next: 5 mg once a day, from Saturday 05 December 2026.\n" in written


def test_nothing_in_a_file_can_steer_a_terminal() -> None:
    hostile = "\x1b[2J\u202egnp\u2028"
    shown = reasoned(Fact(f"a dose falls {hostile}", replace(STATED, at=hostile)), Fact(hostile))
    shown = replace(shown, notes=(Note(hostile, hostile, STATED, applies=True),), not_checked=(hostile,))
    written = text.write(explain(shown, date(2026, 12, 1)))
    assert not any(char in written for char in "\x1b\u202e\u2028")
    assert "<U+001B>" in written
