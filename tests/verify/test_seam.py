"""What a revision takes over from the days before it, word for word.

The plan is 5, 10, 15 mg three times a day from 1, 4, 7 December on, and 20 mg from the 10th. On 8 December it is
revised: 15 mg three times a day stays, without end.
"""

from __future__ import annotations

import dataclasses
from datetime import date
from typing import Any

import pytest

from tests.verify.ladder import (
    LADDER,
    LADDER_RULE,
    PUMP_RULE,
    START,
    UP,
    at,
    laws,
    rule_of,
    schedule,
    swapped,
    taper,
    titration,
)
from tests.verify.revision import ON, earlier_of, off, revised
from tests.verify.words import FRI, MON, TUE, Cases, Expected, is_found
from titrate.days import Days, plus
from titrate.regimen import Pattern
from titrate.rule import Rule
from titrate.schedule import Absence, Revised, Schedule
from titrate.verifier import verify

DAY = "Tuesday 08 December 2026"


def changed(of: Schedule, **changes: Any) -> Schedule:
    return dataclasses.replace(of, **changes)


def other_rule() -> Schedule:
    good = revised()
    return changed(good, earlier=(dataclasses.replace(good.earlier[0], rule=PUMP_RULE.stamp),))


def seam(day: str, clause: str, value: str, limit: str) -> Expected:
    return ("seam", day, clause, value, limit, "")


NOV_20 = date(2026, 11, 20)


def on_10(**asked: Any) -> Schedule:
    """Somebody on 10 mg three times a day who stays there for six days, and then takes 15 mg."""
    return schedule(LADDER_RULE, "6 titration 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3", **asked)


def later_on_10(before: Schedule, since: date | None, on: date = date(2026, 12, 4)) -> Schedule:
    """Such a plan, revised on its way: 10 mg stays."""
    return revised("open maintenance 10 mg x3", current="10 mg x3", since=since, on=on, before=before)


def later_start() -> Schedule:
    """Revised on the very first day: it begins two days later."""
    return revised("3 titration 5 mg x3", "open maintenance 10 mg x3", on=date(2026, 12, 1), current=None, since=None,
                   first=date(2026, 12, 3), start=date(2026, 12, 3))  # fmt: skip


TOLD = (
    "the days before Tuesday 08 December 2026, planned with another edition of the rule (ladder, sha256 "
    f"{PUMP_RULE.sha256[:12]})"
)
CASES: Cases = {
    "a first version that is not": (
        (lambda: changed(titration(), revision=2), LADDER_RULE),
        [seam("", "revision 2 names nothing that it supersedes", "revision 2", "the revision before it")],
    ),
    "no word of what was decided": (
        (lambda: changed(revised(), revised=None), LADDER_RULE),
        [seam("", "the schedule tells only half of how it came about", "one of earlier and revised",
              "both, or neither")],
    ),
    "no word of what was before": (
        (lambda: changed(revised(), earlier=()), LADDER_RULE),
        [seam("", "the schedule tells only half of how it came about", "one of earlier and revised",
              "both, or neither")],
    ),
    "a number left out": (
        (lambda: changed(revised(), revision=3), LADDER_RULE),
        [seam("", "revision 3 supersedes revision 1", "revision 3", "revision 2")],
    ),
    "a day before the plan": (
        (lambda: revised(on=date(2026, 11, 30), current=None, since=None, first=date(2026, 12, 8),
                         start=date(2026, 12, 8)), LADDER_RULE),
        [("start", DAY, "a dose is 15 mg", "15 mg", "exactly 5 mg a dose",
          " (Label, section 2; checked 2026-11-23)"),
         ("start", DAY, "the daily dose is 45 mg", "45 mg", "at most 20 mg a day",
          " (Label, section 2; checked 2026-11-23)"),
         seam("Monday 30 November 2026", "the revision begins on 2026-11-30", "2026-11-30",
              "a day from 2026-12-01 to any later one")],
    ),
    "a first step that begins later": (
        (lambda: revised(first=date(2026, 12, 9)), LADDER_RULE),
        [("asked", "Wednesday 09 December 2026", "the schedule begins", "2026-12-09", "2026-12-08, as asked", ""),
         seam(DAY, "the first step begins on 2026-12-09", "2026-12-09", "2026-12-08")],
    ),
    "a report of a day that is not over": (
        (lambda: revised(absences=(Absence(Days(ON, ON), "missed"),)), LADDER_RULE),
        [seam(DAY, "2026-12-08 to 2026-12-08 were reported as not taken", "2026-12-08 to 2026-12-08",
              "days of the plan before 2026-12-08")],
    ),
    "a report of a day before the plan": (
        (lambda: revised(absences=(Absence(Days(date(2026, 11, 30), date(2026, 11, 30)), "missed"),)), LADDER_RULE),
        [seam("Monday 30 November 2026", "2026-11-30 to 2026-11-30 were reported as not taken",
              "2026-11-30 to 2026-11-30", "days of the plan before 2026-12-08")],
    ),
    "another dose": (
        (lambda: revised("open maintenance 10 mg x3", current="10 mg x3"), LADDER_RULE),
        [seam(DAY, "the revision goes on from 10 mg x3", "10 mg x3", "15 mg x3, as on the day before")],
    ),
    "since when is not said": (
        (lambda: revised(since=None), LADDER_RULE),
        [seam(DAY, "the day since which 15 mg x3 is taken is not known", "not known",
              "2026-12-07, as the days say")],
    ),
    "since too early a day": (
        (lambda: revised(since=date(2026, 12, 6)), LADDER_RULE),
        [seam(DAY, "the day since which 15 mg x3 is taken is 2026-12-06", "2026-12-06",
              "2026-12-07, as the days say")],
    ),
    "more than before a day that was missed": (
        (lambda: revised("open maintenance 20 mg x3", current="20 mg x3", since=ON, absences=off(7, 7)),
         LADDER_RULE),
        [seam(DAY, "after days without the drug the daily dose is 60 mg", "60 mg", "at most 30 mg a day, as before")],
    ),
    "a day that was missed counted as taken": (
        (lambda: revised("open maintenance 10 mg x3", current="10 mg x3", since=date(2026, 12, 5),
                         absences=off(7, 7)), LADDER_RULE),
        [seam(DAY, "after days without the drug the plan goes on with 10 mg x3, taken since 2026-12-05",
              "10 mg x3, taken since 2026-12-05", "what is taken from Tuesday 08 December 2026 on")],
    ),
    "nothing, where something was taken": (
        (lambda: revised("3 titration 5 mg x3", "open maintenance 10 mg x3", current=None, since=None), LADDER_RULE),
        [seam(DAY, "the revision goes on from nothing", "nothing", "15 mg x3, as on the day before")],
    ),
    "a day before the revision that it supersedes": (
        (lambda: revised(before=revised(), on=date(2026, 12, 7), since=ON), LADDER_RULE),
        [seam(MON, "the revision begins on 2026-12-07", "2026-12-07", "a day from 2026-12-08 to any later one"),
         seam(MON, "the revision goes on from 15 mg x3", "15 mg x3", "10 mg x3, as on the day before")],
    ),
    "a day after the end": (
        (lambda: revised("3 titration 5 mg x3", "open maintenance 10 mg x3", before=taper(), on=date(2026, 12, 18),
                         current=None, since=None), LADDER_RULE),
        [seam("Friday 18 December 2026", "the revision begins on 2026-12-18", "2026-12-18",
              "a day from 2026-12-01 to 2026-12-16")],
    ),
    "a report without end": (
        (lambda: revised("open maintenance 10 mg x3", current="10 mg x3", since=ON, absences=off(7, None)),
         LADDER_RULE),
        [seam(MON, "2026-12-07 to no end were reported as not taken", "2026-12-07 to no end",
              "days of the plan before 2026-12-08")],
    ),
    "another dose on the first day of the plan": (
        (lambda: revised("open maintenance 15 mg x3", on=date(2026, 12, 1), current="15 mg x3", since=NOV_20,
                         before=on_10(since=NOV_20)), LADDER_RULE),
        [seam(TUE, "the revision goes on from 15 mg x3 since 2026-11-20", "15 mg x3 since 2026-11-20",
              "10 mg x3 since 2026-11-20, as before the plan")],
    ),
    "since a day before what was taken before the plan": (
        (lambda: later_on_10(on_10(since=NOV_20), date(2026, 11, 19)), LADDER_RULE),
        [seam(FRI, "the day since which 10 mg x3 is taken is 2026-11-19", "2026-11-19",
              "2026-11-20, as the days say")],
    ),
    "since a day before the plan, of which nothing is known": (
        (lambda: later_on_10(on_10(), NOV_20), LADDER_RULE),
        [seam(FRI, "the day since which 10 mg x3 is taken is 2026-11-20", "2026-11-20",
              "2026-12-01, as the days say")],
    ),
    "since a day that was missed": (
        (lambda: revised(on=date(2026, 12, 9), since=date(2026, 12, 7), absences=off(7, 7)), LADDER_RULE),
        [seam("Wednesday 09 December 2026", "the day since which 15 mg x3 is taken is 2026-12-07", "2026-12-07",
              "2026-12-08, as the days say")],
    ),
    "since a day before one that was missed before": (
        (lambda: revised(absences=off(5, 5), since=date(2026, 12, 6)), LADDER_RULE),
        [seam(DAY, "the day since which 15 mg x3 is taken is 2026-12-06", "2026-12-06",
              "2026-12-07, as the days say")],
    ),
    "a report of days to come": (
        (lambda: revised(absences=off(8, None)), LADDER_RULE),
        [seam(DAY, "2026-12-08 to no end were reported as not taken", "2026-12-08 to no end",
              "days of the plan before 2026-12-08")],
    ),
    "a new beginning that leaves days out": (
        (lambda: revised("3 titration 5 mg x3", "open maintenance 10 mg x3", current=None, since=None,
                         absences=off(1, 7), first=date(2026, 12, 9), start=date(2026, 12, 9)), LADDER_RULE),
        [seam(DAY, "the first step begins on 2026-12-09", "2026-12-09", "2026-12-08")],
    ),
    "days of another edition that are hidden": (
        (other_rule, LADDER_RULE),
        [("scope", "", f"the schedule hides that this was not checked: {TOLD}", TOLD, "to say so", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_word_for_word(name: str) -> None:
    is_found(CASES[name])


@pytest.mark.parametrize(
    "good",
    [
        revised(),
        revised("2 titration 15 mg x3", "open maintenance 20 mg x3"),  # 7, 8 and 9 December are three days
        changed(other_rule(), not_checked=(TOLD,)),
        revised(before=revised(), on=date(2026, 12, 20)),  # revision 3, after twelve days more on 15 mg
        revised("9 titration 10 mg x3", "open maintenance 15 mg x3", on=date(2026, 12, 6),
                current=Pattern.parse("10 mg x3"), since=date(2026, 12, 4)),
        revised("3 titration 5 mg x3", "open maintenance 10 mg x3", on=date(2026, 12, 1), current=None, since=None),
        later_start(),
        revised("3 titration 5 mg x3", "open maintenance 10 mg x3", on=date(2026, 12, 2), current=None, since=None,
                first=date(2026, 12, 4), start=date(2026, 12, 4), before=later_start()),
        revised("1 titration 5 mg x3", "open maintenance 10 mg x3", on=date(2026, 12, 3), current="5 mg x3",
                since=date(2026, 12, 1)),
        revised("2 taper 5 mg x1", "stop", goal="taper", before=taper(), on=date(2026, 12, 16), current="5 mg x1",
                since=date(2026, 12, 13)),
    ],
    ids=["it stays", "it goes on", "another edition, told", "twice", "longer", "on the first day", "begun later",
         "begun later still", "on the way of the first step", "on the last day"],
)  # fmt: skip
def test_a_good_revision_has_no_finding(good: Schedule) -> None:
    assert [finding.text() for finding in verify(good, LADDER_RULE).findings] == []


@pytest.mark.parametrize(
    "good",
    [
        # Missed on the 7th: what was taken last are the 10 mg of the 6th.
        revised("open maintenance 10 mg x3", since=ON, current="10 mg x3", absences=off(7, 7)),
        # Missed from the 5th to the 7th: what was taken last are the 10 mg of the 4th, the first day on them.
        revised("open maintenance 10 mg x3", since=ON, current="10 mg x3", absences=off(5, 7)),
        # Missed on the 6th alone: 15 mg are taken since the 7th.
        revised(absences=off(6, 6)),
        # Missed on the 7th, taken on the 8th: since the 8th.
        revised(on=date(2026, 12, 9), since=ON, absences=off(7, 7)),
        # Nothing was ever taken: it begins anew.
        revised("3 titration 5 mg x3", "open maintenance 10 mg x3", current=None, since=None, absences=off(1, 7)),
        # One missed day in each of two steps; the later one counts.
        revised(on=date(2026, 12, 10), since=date(2026, 12, 9), absences=(*off(5, 5), *off(8, 8))),
    ],
)
def test_days_that_were_missed(good: Schedule) -> None:
    assert [finding.text() for finding in verify(good, LADDER_RULE).findings] == []


@pytest.mark.parametrize(
    ("good", "rule"),
    [
        (later_on_10(on_10(since=NOV_20), NOV_20), LADDER_RULE),
        (later_on_10(on_10(), date(2026, 12, 1)), LADDER_RULE),
        (later_on_10(on_10(since=NOV_20), date(2026, 11, 30)), LADDER_RULE),  # later than it is so is safe
    ],
)
def test_what_was_taken_before_the_plan_counts_where_it_is_known(good: Schedule, rule: Rule) -> None:
    assert [finding.text() for finding in verify(good, rule).findings] == []


def test_tablets_before_the_plan_are_the_same_only_dose_by_dose() -> None:
    """5/10/15 mg are 30 mg a day like 10 mg three times a day, and are something else."""
    before = schedule(
        LADDER_RULE, "6 titration 10 mg x3", "open maintenance 15 mg x3", current="5/10/15 mg", since=NOV_20
    )
    found = verify(later_on_10(before, NOV_20), LADDER_RULE).findings
    assert "2026-12-01, as the days say" in [finding.limit for finding in found if finding.law == "seam"]


@pytest.mark.parametrize(
    ("since", "found"),
    [(NOV_20, None), (date(2026, 11, 19), "2026-11-20, as the days say")],
)
def test_an_infusion_that_ran_before_the_plan(since: date, found: str | None) -> None:
    lines = ("6 titration 100 micrograms/day", "open maintenance 130 micrograms/day")
    asked: dict[str, Any] = {"current": "100 micrograms/day"}
    before = schedule(PUMP_RULE, *lines, since=NOV_20, **asked)
    late = date(2026, 12, 4)
    made = schedule(PUMP_RULE, "open maintenance 100 micrograms/day", since=since, start=late, **asked)
    made = swapped(made, 1, days=Days(late, None))
    made = changed(made, revision=2, earlier=(earlier_of(before),), revised=Revised(late, "stay 7d", "It stays"))
    assert [finding.limit for finding in verify(made, PUMP_RULE).findings] == ([] if found is None else [found])


@pytest.mark.parametrize(("missed", "last", "found"), [
    ((), 14, []),  # the taper began on 1 December: fourteen days on the 14th
    ((), 13, ["taper duration"]),
    (off(2, 2), 16, []),  # after a missed day on the 3rd, in the middle of a step: on the 16th
    (off(2, 2), 15, ["taper duration"]),
    (off(4, 4), 18, []),  # on the first day of a step: it begins on the 5th
    (off(4, 4), 17, ["taper duration"]),
    (off(3, 3), 17, []),  # after a missed day it begins on the 4th: fourteen days on the 17th
    (off(3, 3), 16, ["taper duration"]),
])  # fmt: skip
def test_a_taper_that_was_begun_counts_unless_days_were_missed(
    missed: tuple[Absence, ...], last: int, found: list[str]
) -> None:
    lines = ("3 taper 5 mg x3", f"{last - 9} taper 5 mg x1", "stop")
    begins = max((plus(one.days.last, 1) for one in missed if one.days.last is not None), default=START)
    made = revised(*lines, goal="taper", before=taper(), on=date(2026, 12, 7), current="10 mg x3",
                   since=max(begins, date(2026, 12, 4)), absences=missed)  # fmt: skip
    # 10 mg on the 5th and 6th alone would also be too short a time on it; that is another law.
    lengths = [one for one in laws(made, LADDER_RULE) if one[0] != "interval"]
    assert lengths == [(law, begins.isoformat()) for law in found]


def test_the_night_between_two_revisions() -> None:
    """20:30 on 7 December to midnight is 3.5 hours; from 20:00 it is 4. Only the last day before counts."""
    rule = rule_of(LADDER, ('at-least = "4 hours"', 'at-least = "4 hours"\nfrequency = 3'))
    for evening, found in (("20:00", []), ("20:30", [("spacing", "2026-12-08")])):
        before = schedule(rule, *UP, "open maintenance 20 mg x3", target="20 mg x3")
        before = at(at(before, 2, "08:00", "14:00", "23:00"), 3, "08:00", "14:00", evening)
        assert laws(at(revised(rule=rule, before=before), 1, "00:00", "08:00", "16:00"), rule) == found
