"""Schedules from elsewhere: what `check` finds in them, what it refuses to read, and what it lets pass."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.run import CLOCK, titrate
from titrate import rulebook
from titrate.checking import Report, check
from titrate.checking.kinds import kinds
from titrate.days import Days
from titrate.errors import FormatError, RequestError
from titrate.formats import csv, foreign, ics, markdown, report, text
from titrate.formats import json as documents
from titrate.proof import proven
from titrate.request import Goal
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.typed import Typed

US, UK = "baclofen-oral-spasticity", "baclofen-oral-spasticity-uk"
PUMP, HICCUPS = "baclofen-intrathecal-spasticity", "baclofen-oral-hiccups"
ISSUED, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
STEPS = "from,to,morning,noon,evening\n"
NEVER_NOTHING = "a dose on every day before the end"


def read(written: str | bytes, rule: Rule, **options: str | bool) -> Report:
    """What checking a file brings out; `options` are those of the command."""
    slots = tuple(slot.name for day in rule.file.slots.day.values() for slot in day)
    content = written.encode() if isinstance(written, str) else written
    given = Typed(start="today", **options).request(rule.id, "plan", ISSUED, TODAY)  # type: ignore[arg-type]
    return check(foreign.read(content, rule.file.unit, slots), rule, given)


def found(written: str | bytes, rule: str = US, **options: str | bool) -> list[tuple[str, str | None, str, str]]:
    """Law, day, value and limit of every finding."""
    findings = read(written, rulebook.load(rule), **options).findings
    return [(f.law, None if f.day is None else f.day.isoformat(), f.value, f.limit) for f in findings]


def refused(written: str | bytes, rule: str = US, **options: str | bool) -> str:
    with pytest.raises(FormatError) as caught:
        read(written, rulebook.load(rule), **options)
    return caught.value.text()


def planned(rule: str, goal: Goal = "plan", **options: str | bool) -> Schedule:
    loaded = rulebook.load(rule)
    typed = Typed(start="2026-12-01", tz="Europe/London", **options)  # type: ignore[arg-type]
    return proven(loaded, typed.request(loaded.id, goal, ISSUED, TODAY))


# --- What has to be caught -----------------------------------------------------------------------

# Lawful from the day on which 15 mg three times a day is taken: 45, 30, 15, 5 mg a day; 14 days until the last dose.
TAPER = """2026-12-04,2026-12-06,15,15,15
2026-12-07,2026-12-09,10,10,10
2026-12-10,2026-12-13,5,5,5
2026-12-14,2026-12-17,,,5
2026-12-18,,0,0,0
"""


def test_a_lawful_taper_has_no_findings() -> None:
    shown = read(STEPS + "2026-12-01,2026-12-03,20,20,20\n" + TAPER, rulebook.load(US), current="20 mg x3")
    assert shown.findings == ()
    assert [shown.kind_of(step) for step in shown.schedule.steps] == ["unchanged", *["taper"] * 5]
    assert "asked" not in shown.laws
    assert "spacing: the file names no clock times (--times not given)" in shown.not_checked
    assert "for how long 20 mg x3 had been taken (--since not given)" in shown.not_checked


@pytest.mark.parametrize(
    "written",
    [
        STEPS + "2026-12-01,2026-12-31,20,20,20\n2027-01-01,,0,0,0\n",
        STEPS + "2026-12-01,2026-12-31,20,20,20\n2027-01-01,2027-01-01,0,0,0\n",
        "from;to;dose\n2026-12-01;2026-12-31;20 mg x3\n2027-01-01;;stop\n",
        "date,dose\n2026-12-30,20 mg x3\n2026-12-31,20/20/20 mg\n2027-01-01,0\n2027-01-02,0\n",
        "date,daily_dose\n2026-12-30,60\n2026-12-31,60\n2027-01-01,0\n",
        "date,morning,noon,evening,daily dose\n2026-12-31,20,20,20,60\n2027-01-01,,,,0\n",
    ],
)
def test_a_stop_from_60_mg_a_day_on_a_review_date(written: str) -> None:
    never = [one for one in found(written) if one[0] == "never abrupt"]
    assert never == [("never abrupt", "2027-01-01", "60 mg", "at most 5 mg a day")]


def test_a_stop_from_60_mg_a_day_after_a_month_breaks_one_law() -> None:
    assert found(STEPS + "2026-12-01,2026-12-31,20,20,20\n2027-01-01,,0,0,0\n") == [
        ("never abrupt", "2027-01-01", "60 mg", "at most 5 mg a day")
    ]


def test_a_file_that_just_ends_on_a_dose() -> None:
    assert found(STEPS + "2026-12-01,2026-12-31,20,20,20\n", current="20 mg x3") == [
        ("never abrupt", "2026-12-31", "20 mg x3", "an end at no dose, or no end")
    ]


def test_60_to_30_in_one_step() -> None:
    written = STEPS + "2026-12-01,2026-12-09,20,20,20\n2026-12-10,,10,10,10\n"
    assert found(written) == [
        ("decrement", "2026-12-10", "20 mg x3 to 10 mg x3", "a fall by at most 5 mg a dose"),
        ("decrement", "2026-12-10", "20 mg x3 to 10 mg x3", "a fall by at most 15 mg a day"),
    ]
    assert found("date,daily dose\n2026-12-01,60 mg\n2026-12-02,30 mg\n2026-12-03,0\n")[0] == (
        "decrement", "2026-12-02", "60 mg/day to 30 mg/day", "a fall by at most 15 mg a day",
    )  # fmt: skip


def test_a_fourth_of_a_tablet_where_only_halves_exist() -> None:
    """The smallest tablet that can be divided has 10 mg: its half is 5 mg, and so is the smallest tablet."""
    written = STEPS + "2026-12-01,,10,10,12.5\n"
    limit = "10 mg or 15 mg, the nearest that can be made of 5mg, 10mg, 15mg, 20mg"
    assert ("makeable", "2026-12-01", "12.5 mg", limit) in found(written, current="10 mg x3")
    low = found(STEPS + "2026-12-01,,10,10,2.5\n", current="10 mg x3", products="10mg")
    assert ("makeable", "2026-12-01", "2.5 mg", "5 mg, the nearest that can be made of 10mg") in low


def test_a_printed_fourth_of_a_tablet() -> None:
    written = csv.write(planned(US, target="10 mg x3", review="2026-12-10"))
    changed = written.replace("morning,08:00,5,mg,1 tablet of 5 mg,15", "morning,08:00,5,mg,two quarters,15")
    assert "does not say what a dose is made of" in refused(changed)
    changed = written.replace(
        "2026-12-01,Tuesday,1,1,titration,morning,08:00,5,mg,1 tablet of 5 mg,15",
        "2026-12-01,Tuesday,1,1,titration,morning,08:00,5,mg,a quarter of a tablet of 20 mg,15",
    )
    assert found(changed) == [("makeable", "2026-12-01", "0.25 x 20 mg tablet", "pieces divided into 2 at most")]
    changed = written.replace("morning,08:00,5,mg,1 tablet of 5 mg,15", "morning,08:00,5,mg,1 capsule of 5 mg,15", 1)
    assert found(changed) == [
        ("makeable", "2026-12-01", "1 x 5 mg capsule", "a product of the rule: 5mg, 10mg, 15mg, 20mg")
    ]


@pytest.mark.parametrize(
    "written",
    [
        STEPS + "2026-12-01,2026-12-03,20,20,20\n" + TAPER.replace("2026-12-10,", "2026-12-11,"),
        "date,dose\n"
        + "".join(f"2026-12-{day:02d},20 mg x3\n" for day in range(1, 4))
        + "".join(f"2026-12-{day:02d},15 mg x3\n" for day in range(4, 7))
        + "".join(f"2026-12-{day:02d},10 mg x3\n" for day in range(7, 10))
        + "".join(f"2026-12-{day:02d},5 mg x3\n" for day in range(11, 14))
        + "".join(f"2026-12-{day:02d},5 mg x1\n" for day in range(14, 18))
        + "2026-12-18,0\n",
    ],
)
def test_an_uncovered_day_between_steps(written: str) -> None:
    assert found(written) == [("covered", "2026-12-10", "no regimen", "one regimen a day")]


def test_a_day_that_two_steps_cover() -> None:
    written = STEPS + "2026-12-01,2026-12-04,20,20,20\n" + TAPER
    assert found(written) == [("covered", "2026-12-04", "two regimens", "one regimen a day")]


def test_an_uncovered_day_in_a_document_is_a_finding_and_for_others_a_fault() -> None:
    taper = planned(US, "taper", current="20 mg x3")
    first, second, *rest = taper.steps
    later = replace(second, days=Days(date(2026, 12, 5), second.days.last))
    written = documents.write(replace(taper, steps=(first, later, *rest)))
    with pytest.raises(FormatError, match='"2026-12-05" does not follow "2026-12-03"'):
        documents.read(written)
    assert ("covered", "2026-12-04", "no regimen", "one regimen a day") in found(written)


def test_an_uncovered_day_in_a_tidy_csv_is_a_finding_and_for_others_a_fault() -> None:
    lines = csv.write(planned(US, "taper", current="20 mg x3")).splitlines(keepends=True)
    written = "".join(line for line in lines if not line.startswith("2026-12-08"))
    with pytest.raises(FormatError, match="2026-12-09 does not follow 2026-12-07"):
        csv.read(written)
    assert found(written) == [
        ("covered", "2026-12-08", "no regimen", "one regimen a day"),
        ("interval", "2026-12-11", "2 days", "at least 3 days"),  # 5 mg x3 is known for 09 and 10 December only
    ]


def test_an_uncovered_day_in_a_calendar() -> None:
    written = ics.write(planned(US, "taper", current="20 mg x3"), ics.CalendarOptions(single_events=True))
    events = written.split("BEGIN:VEVENT")
    kept = [event for event in events if "DTSTART;TZID=Europe/London:20261208T" not in event]
    assert len(events) - len(kept) == 3
    assert found("BEGIN:VEVENT".join(kept), current="20 mg x3") == [
        ("covered", "2026-12-08", "no regimen", "one regimen a day"),
        ("interval", "2026-12-11", "2 days", "at least 3 days"),
    ]


def test_a_dose_that_rises_in_the_middle_of_a_taper() -> None:
    written = STEPS + "2026-12-01,2026-12-03,20,20,20\n" + TAPER.replace("2026-12-10,2026-12-13,5,5,5", "2026-12-10,2026-12-13,10,10,15")  # fmt: skip # noqa: E501
    told = [one for one in found(written, current="20 mg x3") if one[0] == "direction"]
    assert told == [("direction", "2026-12-10", "10 mg x3 to 10/10/15 mg", "a fall")]
    beyond = TAPER.replace("2026-12-10,2026-12-13,5,5,5", "2026-12-10,2026-12-13,20,20,25")
    told = [one for one in found(STEPS + beyond, current="20 mg x3") if one[0] == "direction"]
    assert told == [("direction", "2026-12-10", "10 mg x3 to 20/20/25 mg", "a fall")]


def test_85_mg_a_day() -> None:
    assert found("from,to,daily dose\n2026-12-01,,85\n", current="80 mg/day") == [
        ("maximum", "2026-12-01", "85 mg", "at most 80 mg a day")
    ]
    slots = "from,to,06:00,10:00,14:00,18:00,22:00\n2026-12-01,,20,20,20,20,5\n"
    assert found(slots, current="20 mg x4") == [
        ("maximum", "2026-12-01", "85 mg", "at most 80 mg a day"),
        ("frequency", "2026-12-01", "five times a day", "three to four times a day"),
        ("maintenance", "2026-12-01", "5 mg", "at least 10 mg and at most 20 mg a dose"),
        ("maintenance", "2026-12-01", "five times a day", "three to four times a day"),
    ]


def test_a_rise_after_2_days() -> None:
    written = STEPS + "2026-12-01,2026-12-02,5,5,5\n2026-12-03,,10,10,10\n"
    # The label's ladder bounds each dose, and, added up, the day; both name the 3 days.
    assert found(written) == [("interval", "2026-12-03", "2 days", "at least 3 days")] * 2
    assert found(written.replace("12-02,", "12-03,").replace("12-03,,", "12-04,,")) == []


def test_every_other_day() -> None:
    days = [f"2026-12-{day:02d},{'10 mg x3' if day % 2 else '0'}" for day in range(1, 8)]
    told = found("date,dose\n" + "\n".join(days) + "\n", current="10 mg x3")
    turns = "10 mg x3 every 2 days"
    assert told == [
        ("decrement", "2026-12-01", f"10 mg x3 to {turns}", "a fall by at most 5 mg a dose"),
        ("cycle", "2026-12-01", turns, "doses every day: the rule has no longer cycle"),
        ("never abrupt", "2026-12-07", turns, "an end at no dose, or no end"),
    ]


def test_days_without_a_dose_that_do_not_repeat() -> None:
    days = [f"2026-12-{day:02d},{'0' if day in (2, 6) else '10 mg x3'}" for day in range(1, 8)]
    told = found("date,dose\n" + "\n".join(days) + "\n", current="10 mg x3")
    assert [one for one in told if one[2] == "no dose"] == [
        ("never abrupt", f"2026-12-0{day}", "no dose", NEVER_NOTHING) for day in (2, 6)
    ]
    assert told[-1] == ("never abrupt", "2026-12-07", "10 mg x3", "an end at no dose, or no end")


def test_a_rule_for_adults_and_a_child() -> None:
    """The US label: below 12 years safety is not established."""
    written = STEPS + "2026-12-01,2026-12-03,5,5,5\n2026-12-04,,10,10,10\n"
    limit = "this rule is for adults and children from 12 years; below 12 years safety is not established"
    assert found(written, age="8 years") == [("scope", None, US, limit)]
    assert found(written, age="12 years") == []


WRITERS: dict[str, Callable[[Schedule], str]] = {
    "markdown": lambda schedule: markdown.write(schedule),
    "days": lambda schedule: markdown.write(schedule, daily=True),
    "text": lambda schedule: text.write(schedule),
    "text days": lambda schedule: text.write(schedule, daily=True),
    "tidy": lambda schedule: csv.write(schedule),
    "calendar": lambda schedule: ics.write(schedule),
    "discreet": lambda schedule: ics.write(schedule, ics.CalendarOptions(discreet=True)),
    "single": lambda schedule: ics.write(schedule, ics.CalendarOptions(single_events=True)),
    "floating": lambda schedule: ics.write(schedule, ics.CalendarOptions(floating=True)),
}


@pytest.mark.parametrize("name", WRITERS)
def test_printed_tablets_that_do_not_add_up(name: str) -> None:
    """10 mg are printed as one tablet of 20 mg, everywhere."""
    schedule = planned(US, target="10 mg x3", review="2026-12-20")
    written = WRITERS[name](schedule).replace("\r\n ", "")
    changed = written.replace("1 tablet of 10 mg", "1 tablet of 20 mg").replace(
        "1\N{NO-BREAK SPACE}tablet of 10\N{NO-BREAK SPACE}mg", "1 tablet of 20 mg"
    )
    changed = changed.replace("1 tablet of 10\N{NO-BREAK SPACE}mg", "1 tablet of 20\N{NO-BREAK SPACE}mg")
    assert found(written) == []
    assert found(changed) == [("makeable", "2026-12-04", "20 mg", "exactly 10 mg")]


def test_a_document_whose_tablets_do_not_add_up() -> None:
    written = documents.write(planned(US, target="10 mg x3"))
    assert found(written) == []
    assert found(written.replace('"count": "1"', '"count": "2"', 1)) == [
        ("makeable", "2026-12-01", "10 mg", "exactly 5 mg")
    ]


# --- What passes ---------------------------------------------------------------------------------

PLANS: tuple[tuple[str, Goal, dict[str, str | bool]], ...] = (
    (US, "plan", {"target": "60 mg/day", "maintain": "8 weeks", "then_stop": True}),
    (US, "plan", {"current": "10 mg x3", "target": "20 mg x4"}),
    (US, "plan", {"current": "20 mg x4", "target": "10 mg x3", "maintain": "3 weeks", "then_stop": True}),
    (US, "plan", {"target": "10 mg x3", "creatinine_clearance": "45 mL/min", "by": "5 mg/day", "every": "7d"}),
    (US, "taper", {"current": "20 mg x4", "since": "2026-10-01"}),
    (US, "taper", {"current": "5 mg x1"}),
    (US, "taper", {"current": "20/20/10 mg", "finish_by": "2027-02-01"}),
    (US, "taper", {"current": "20/20/10 mg", "uneven": True, "times": "01:30,12:00,21:00"}),
    (UK, "plan", {"target": "20 mg/day", "age": "6 years", "weight": "20 kg", "by": "5 mg/day", "maintain": "4 weeks",
                  "then_stop": True}),
    (UK, "plan", {"target": "10 mg/day", "age": "2 years", "weight": "12 kg", "by": "2 mg/day"}),
    (UK, "taper", {"current": "20 mg x3", "finish_by": "2027-04-30", "times": "01:30,09:30,17:30"}),
    (HICCUPS, "plan", {"target": "10 mg x3", "by": "5 mg", "every": "3d"}),
    (HICCUPS, "taper", {"current": "10 mg x3", "by": "5 mg", "every": "3d"}),
    (PUMP, "plan", {"target": "300 micrograms/day", "screening_dose": "50 micrograms", "screening_effect": "6 hours"}),
    (PUMP, "plan", {"current": "100 micrograms/day", "target": "200 micrograms/day", "maintain": "4 weeks",
                    "then_stop": True, "every": "7d"}),
    (PUMP, "taper", {"current": "300 micrograms/day", "every": "1d"}),
)  # fmt: skip
OF_PLANS = ("target", "maintain", "then_stop", "finish_by", "review", "uneven")


@pytest.mark.parametrize(("rule", "goal", "options"), PLANS)
def test_what_is_planned_passes_in_every_format(rule: str, goal: Goal, options: dict[str, str | bool]) -> None:
    schedule = planned(rule, goal, **options)
    given = {name: value for name, value in options.items() if name not in OF_PLANS}
    loaded = rulebook.load(rule)
    assert read(documents.write(schedule), loaded).findings == ()
    for name, writer in WRITERS.items():
        shown = read(writer(schedule), loaded, **given)
        assert shown.findings == (), name
        ends = [(step.days.first, step.days.last) for step in shown.schedule.steps]
        assert ends == [(step.days.first, step.days.last) for step in schedule.steps], name
        doses = [step.regimen.doses for step in shown.schedule.steps]
        assert doses == [step.regimen.doses for step in schedule.steps], name
        pieces = [[one.pieces for one in step.regimen.administrations] for step in shown.schedule.steps]
        assert pieces == [[one.pieces for one in step.regimen.administrations] for step in schedule.steps], name


@pytest.mark.parametrize(("rule", "options"), [(rule, options) for rule, goal, options in PLANS if goal == "taper"])
def test_a_taper_passes_without_what_was_taken_before(rule: str, options: dict[str, str | bool]) -> None:
    schedule = planned(rule, "taper", **options)
    given = {name: value for name, value in options.items() if name not in (*OF_PLANS, "current", "since")}
    for name, writer in WRITERS.items():
        assert read(writer(schedule), rulebook.load(rule), **given).findings == (), name


def test_what_depends_on_the_regimen_before_is_not_checked() -> None:
    """A calendar does not tell whether its first dose is new. 45 mg for 3 days, 11 days more: a taper of 14 or 11."""
    written = ics.write(planned(US, "taper", current="20 mg x3"))
    shown = read(written, rulebook.load(US))
    assert shown.findings == ()
    assert "taper duration" not in shown.laws
    assert "taper duration: it depends on what was taken before the first day (--from not given)" in shown.not_checked
    assert found(written, current="15 mg x3") == [("taper duration", "2026-12-04", "11 days", "at least 14 days")]
    assert found(written, current="20 mg x3") == []
    assert "taper duration" in read(written, rulebook.load(US), current="20 mg x3").laws


def test_findings_stand_in_the_order_of_their_days() -> None:
    written = STEPS + "2026-12-01,2026-12-02,5,5,5\n2026-12-03,2026-12-09,25,10,10\n2026-12-11,,10,10,10\n"
    days = [one[1] or "" for one in found(written, age="8 years")]
    assert days == sorted(days)
    assert len(set(days)) == 4


def test_a_schedule_that_changes_with_the_clock_passes() -> None:
    """The doses at 01:30 and 02:30 fall into the hours that London and New York skip and repeat."""
    for tz, times in (("Europe/London", "01:30,13:00,21:00"), ("America/New_York", "02:30,13:00,21:00")):
        loaded = rulebook.load(US)
        typed = Typed(start="2027-02-25", current="20 mg x3", tz=tz, finish_by="2027-12-01", times=times)
        schedule = proven(loaded, typed.request(US, "taper", ISSUED, TODAY))
        assert found(ics.write(schedule), current="20 mg x3", times=times) == []


# --- Titration, maintenance, taper from the days ---------------------------------------------------


@pytest.mark.parametrize(
    ("daily", "before", "goes_on", "expected"),
    [
        ((15, 30, 45), None, True, "titration titration maintenance"),
        ((15, 30, 45, 30, 15, 0), None, False, "titration titration maintenance taper taper taper"),
        ((45, 30, 0), 60, False, "taper taper taper"),
        ((60, 45, 30, 0), 60, False, "titration taper taper taper"),
        ((60, 45, 30, 0), None, False, "titration taper taper taper"),
        ((45, 30, 35, 15, 0), 60, False, "taper taper taper taper taper"),
        ((45, 30, 75, 15, 0), 60, False, "taper taper taper taper taper"),
        ((15, 30, 15, 30, 45, 0), None, False, "titration titration titration titration maintenance taper"),
        ((60, 45), 60, True, "titration maintenance"),
        ((60, 0), None, False, "taper taper"),
        ((60, 45, 50, 0), 60, False, "titration taper taper taper"),
        ((30, 15, 0), 15, False, "maintenance taper taper"),
        ((60,), None, True, "maintenance"),
        ((60, 45, 30), 60, False, "titration taper taper"),
        ((30, 0, 30, 0, 30), 30, False, "titration titration titration titration titration"),
        ((0, 0), None, False, "taper taper"),
        ((15, 30, 30, 15, 0), None, False, "titration maintenance maintenance taper taper"),
    ],
)
def test_kinds(daily: tuple[int, ...], before: int | None, goes_on: bool, expected: str) -> None:
    from fractions import Fraction

    doses = [(Fraction(day),) if day else () for day in daily]
    known = None if before is None else (Fraction(before),)
    assert " ".join(kinds(doses, known, goes_on)) == expected


# --- What cannot be read ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("date,dose\n03/04/2026,10 mg x3\n", 'line 2: "03/04/2026" can be read in two ways, 3 April 2026 or 4 March'),
        ("date,dose\n01.02.2026,10 mg x3\n", 'line 2: "01.02.2026" can be read in two ways, 1 February 2026 or 2 Jan'),
        ("date,dose\n01/12/26,10 mg x3\n", 'line 2: "01/12/26" has a year of two digits'),
        ("date,dose\n46357,10 mg x3\n", 'line 2: "46357" is the number that a spreadsheet has for a day'),
        ("date,dose\n2026-02-30,10 mg x3\n", 'line 2: "2026-02-30" is no day of the calendar'),
        ("date,dose\nMon 01 Dec 2026,10 mg x3\n", "1 December 2026 is a Tuesday; either the weekday or the date"),
        ("date,weekday,dose\n2026-12-01,Monday,10 mg x3\n", "1 December 2026 is a Tuesday"),
        ("date,dose\n2026-12-01,10 mg\n", '"10 mg" can be read in two ways: 10 mg at each dose (write for example "10 '
         'mg x3") or 10 mg in the whole day'),
        ("date,dose_mg\n2026-12-01,10\n", '"10 mg" can be read in two ways'),
        ("date,dose\n2026-12-01,10\n", '"10 mg" can be read in two ways'),
        ('date,dose\n2026-12-01,"7,5 mg x3"\n', '"7,5" can be read in two ways, 7.5 or 7 and 5'),
        (STEPS + "2026-12-01,,7,5,10,10\n", "line 2: it has 6 cells and the header 5; a decimal comma makes two"),
        (STEPS + "2026-12-01,,10,10\n", "line 2: it has 4 cells and the header 5"),
        ("from;to;morning\n2026-12-01;;1,500\n", '"1,500" can be read in two ways, 1.5 or 1500'),
        ("from;to;morning\n2026-12-01;;1.500\n", '"1.500" can be read in two ways, 1.5 or 1500'),
        ("from;to;morning;noon\n2026-12-01;;7,5;7.5\n", '"7.5" has a decimal point, and other numbers of this file'),
        (STEPS + "2026-12-01,,10,10,\n2026-12-05,,5,5,5\n", "line 2: it does not say to which day, and only the last"),
        (STEPS + "2026-12-05,2026-12-01,10,10,10\n", "line 2: it ends on 1 December 2026, before it begins"),
        (STEPS + "2026-12-05,2026-12-06,5,5,5\n2026-12-01,,5,5,5\n", "line 3: 1 December 2026 is before 5 December"),
        ("date,dose\n2026-12-01,5 mg x3\n2026-12-01,5 mg x3\n", "line 3: 1 December 2026 has a row already (line 2)"),
        (STEPS + "2026-12-01,2026-12-03,,,\n", "line 2: it names no dose; write 0 where none is taken"),
        (STEPS + "2026-12-01,,5 mg x2,5,5\n", '"5 mg x2" under morning can be read in two ways'),
        (STEPS + "2026-12-01,,1/2,5,5\n", '"1/2" under morning can be read in two ways'),
        ("date,dose\n2026-12-01,1/2 mg\n", '"1/2 mg" can be read in two ways, two doses (1 and then 2) or a part'),
        ("date,dose\n2026-12-01,5/10\n", '"5/10" can be read in two ways'),
        ("date,dose\n2026-12-01,3 x 10 mg\n", '"3 x 10 mg" can be read in two ways'),
        ("date,dose\n2026-12-01,10x3\n", '"10x3" can be read in two ways'),
        ("date,dose\n2026-12-01,10 mg TID\n", '"10 mg TID" holds an abbreviation that is easily misread'),
        ("date,dose\n2026-12-01,1-0-1\n", '"1-0-1" is no dose; dose by dose is written "5/5/10 mg"'),
        ("date,dose\n2026-12-01,one tablet\n", '"one tablet" is no dose'),
        ("date,dose\n2026-12-01,-5 mg x3\n", '"-5 mg" is no dose'),
        ("date,dose\n2026-12-01,=1+1\n", '"=1+1" is no dose'),
        ("date,dose\n2026-12-01,10 % x3\n", '"%" is no unit of a dose'),
        ("date,dose\n2026-12-01,10 mg x99\n", "asks for 99 doses a day; 1 to 24 are possible"),
        ("from,to,morning (mg)\n2026-12-01,,5 g\n", "can be read as 5 g or as 5 mg"),
        ("from,to,evening,morning\n2026-12-01,,5,5\n", '"morning" stands after "evening"'),
        ("from,to,morning,morning\n2026-12-01,,5,5\n", "a time of day stands twice"),
        ("from,to,20:00,08:00\n2026-12-01,,5,5\n", '"08:00" stands after "20:00"'),
        ("from,to,morning,20:00\n2026-12-01,,5,5\n", "some times of day have a clock time and others have none"),
        ("from,to,morning,daily dose\n2026-12-01,,,5\n", "a daily dose of 5 mg and no dose in any other column"),
        ("from,morning\n2026-12-01,5\n", "line 1: it needs the columns from and to"),
        ("date,to,dose\n2026-12-01,,5 mg x3\n", "line 1: it needs the columns from and to"),
        ("from,to\n2026-12-01,\n", "line 1: it has no column with doses"),
        ("date,dose,as needed\n2026-12-01,5 mg x3,5\n", '"as needed" is no column that is known'),
        ("date,dose,daily dose\n2026-12-01,5 mg x3,20\n", "its daily dose is 20 mg, and its doses make 15 mg"),
        ("date,dose\n", "line 1: there is no row below the header"),
        ('date,dose\n2026-12-01,"5 mg x3\n', "no CSV"),
        ("date\n2026-12-01\n", "this does not begin as a schedule does"),
        ("", "The file is empty"),
        ("  \n\n", "The file is empty"),
        (b"\xff\xfed\x00a\x00", "The file is UTF-16 text"),
        (b"date,dose\n2026-12-01,5 \xb5g x3\n", "line 2: byte 24 of the file is not UTF-8"),
        (b"date,dose\n2026-12-01,5\x00\n", "line 2: a zero byte"),
        ("{", "The document is no JSON: line 1, column 2"),
        ("[]", "a schedule is an object in braces"),
        ("BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n", "is not one that titrate wrote"),
    ],
)  # fmt: skip
def test_what_is_refused(written: str | bytes, says: str) -> None:
    assert says in refused(written)


@pytest.mark.parametrize(
    ("written", "same_as"),
    [
        ("\ufefffrom,to,morning,noon,evening\r\n2026-12-01,,10,10,10\r\n", None),
        ("sep=;\nfrom;to;morning;noon;evening\n2026-12-01;;10,0;10;10\n", None),
        ("from\tto\tmorning\tnoon\tevening\n2026-12-01\t\t10\t10\t10\n", None),
        ("From,To,Morning (mg),Noon (mg),Evening (mg)\n2026-12-01,,10,10,10\n", None),
        ("from,to,morning_mg,noon_mg,evening_mg\n2026-12-01,,10,10,10\n", None),
        ("from,to,dose\n2026-12-01,,10 mg x3\n", None),
        ("from,to,dose\n2026-12-01,,10/10/10\n", None),
        ("from,to,dose\n2026-12-01,,10 mg three times a day\n", None),
        ("from,to,dose,note\n13/12/2026,,10 mg x3,with food\n", "2026-12-13"),
        ("from,to,dose\n1 Dec 2026,,10 mg x3\n", None),
        ('from,to,dose\n"Tuesday, December 1, 2026",,10000 micrograms x3\n', None),
        ("from,to,morning,noon,evening,daily dose\n2026-12-01,,10,10,10,30\n", None),
        ("from,to,dose,daily dose\n2026-12-01,,10,30\n", None),
        ("start,end,morning,noon,evening\n2026-12-01,,10 mg,0.01 g,10\n", None),
    ],
)
def test_many_ways_to_write_the_same(written: str, same_as: str | None) -> None:
    shown = read(written, rulebook.load(US), current="10 mg x3")
    assert shown.findings == ()
    (step,) = shown.schedule.steps
    assert (step.days.first.isoformat(), step.days.last) == (same_as or "2026-12-01", None)
    assert step.regimen.notation == "10 mg x3"


def test_a_number_without_a_unit_counts_in_mg_only_where_the_rule_does() -> None:
    assert '"300" has no unit and can be read in two ways, 300 mg or 300 micrograms' in refused(
        "date,dose\n2026-12-01,300\n", PUMP
    )
    shown = read("from,to,dose\n2026-12-01,,300 micrograms\n", rulebook.load(PUMP), current="300 micrograms/day")
    assert shown.findings == ()
    assert shown.schedule.steps[0].regimen.continuous
    assert shown.read_as[:1] != ("numbers without a unit are in mg",)


def test_doses_in_another_kind_of_unit() -> None:
    assert found("from,to,dose\n2026-12-01,,10 mL x3\n") == [("rule", "2026-12-01", "mL", "mg, as in the rule")]


def test_more_than_can_be_a_schedule(tmp_path: Path) -> None:
    rows = "".join(f"{Days.of(date(2026, 1, 1), day + 1).last},{5 if day % 2 else 10} mg x3\n" for day in range(1_001))
    assert "1001 steps; a schedule has at most 1000" in refused("date,dose\n" + rows)
    assert "more than 10000000 bytes" in refused(b"x" * 10_000_001)
    assert "is too long for a cell" in refused("date,dose\n2026-12-01," + "9" * 10_000 + "\n")
    assert found("from,to,dose\n0001-01-01,9999-12-31,10 mg x3\n", current="10 mg x3") == [
        ("never abrupt", "9999-12-31", "10 mg x3", "an end at no dose, or no end")
    ]
    (huge,) = (one for one in found("from,to,dose\n2026-12-01,,999999999 mg x3\n") if one[0] == "makeable")
    assert huge[2] == "999999999 mg"


# --- Files of titrate that somebody changed --------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "old", "new", "says"),
    [
        ("markdown", "Tue 01 Dec 2026 to", "Wed 01 Dec 2026 to", "is a Tuesday"),
        ("markdown", "3 days", "4 days", 'are 3 days, and beside them stands "4 days"'),
        ("markdown", "| 15 mg |", "| 20 mg |", "printed as 20 mg, and the doses make 15 mg"),
        ("days", "| 2 | Wed 02 Dec 2026 | 1 | 08:00, ", "| 2 | Wed 02 Dec 2026 | 1 | 07:00, ",
         "Wed 02 Dec 2026 lists 5 mg at 07:00"),
        ("text", "morning 08:00    ", "morning 8 o'clock ", "is no time of day"),
        ("text", "(3 days, titration)", "(3 days, rising)", '"rising" is no kind of step'),
        ("text days", "  2  Wed 02 Dec 2026", "  2  Thu 03 Dec 2026", "Wed 02 Dec 2026 is missing in the list of days"),
        ("tidy", "2026-12-02,Wednesday,2,1,titration,morning,08:00,5,mg,1 tablet of 5 mg,15",
         "2026-12-02,Wednesday,2,1,titration,morning,08:00,5,mg,1 tablet of 5 mg,20", "differs from 20"),
        ("calendar", "DTSTART;TZID=Europe/London:20261201T080000", "DTSTART;TZID=Europe/London:20261201T090000",
         "rings at 09:00, and its title says 08:00"),
        ("calendar", "FREQ=DAILY;COUNT=3", "FREQ=WEEKLY;COUNT=3", "recurs otherwise than on so many days in a row"),
        ("calendar", "-r1-20261201-morning", "-r2-20261201-morning", "several plans or revisions"),
        ("calendar", "UID:", "UID:x", "several plans or revisions"),
    ],
)  # fmt: skip
def test_what_contradicts_itself_is_refused(name: str, old: str, new: str, says: str) -> None:
    written = WRITERS[name](planned(US, target="10 mg x3", review="2026-12-20")).replace("\u00a0", " ")
    assert old in written
    assert says in refused(written.replace(old, new, 1))


def test_a_calendar_without_its_last_entry_ends_on_a_dose() -> None:
    written = ics.write(planned(US, "taper", current="20 mg x3"))
    events = written.split("BEGIN:VEVENT")
    kept = [event for event in events if "step-5@titrate" not in event]
    assert len(events) - len(kept) == 1
    ended = "BEGIN:VEVENT".join(kept) + ("END:VCALENDAR\r\n" if "END:VCALENDAR" not in kept[-1] else "")
    assert found(ended, current="20 mg x3") == [
        ("never abrupt", "2026-12-14", "5 mg x1", "an end at no dose, or no end")
    ]


def test_a_markdown_stop_that_was_brought_forward() -> None:
    """45 mg a day, and then nothing: the label's smallest dose is 5 mg."""
    lines = markdown.write(planned(US, "taper", current="20 mg x3")).splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(("| then 2", "| then 3", "| then 4"))]
    assert [one for one in found("".join(kept), current="20 mg x3") if one[0] in ("never abrupt", "covered")] == [
        ("covered", "2026-12-04", "no regimen", "one regimen a day"),
        ("never abrupt", "2026-12-15", "45 mg", "at most 5 mg a day"),
    ]


# --- What is known, and what is not ----------------------------------------------------------------


def test_another_edition_of_the_rule_is_said() -> None:
    schedule = planned(US, "taper", current="20 mg x3")
    stamp = replace(schedule.rule, sha256="ab" * 32)
    loaded = rulebook.load(US)
    shown = read(documents.write(replace(schedule, rule=stamp)), loaded)
    assert shown.findings == ()
    assert shown.notes == (
        f"The schedule was made from {US}, edition abababababab; "
        f"it was checked against {US}, edition {loaded.sha256[:12]}.",
    )
    for writer in WRITERS.values():
        written = writer(replace(schedule, rule=stamp))
        told = read(written, loaded, current="20 mg x3").notes
        assert told == (() if written.startswith("date,") else shown.notes)


def test_a_document_and_what_was_given_beside_it() -> None:
    written = documents.write(planned(US, target="10 mg x3"))
    shown = read(written, rulebook.load(US), age="8 years")
    assert [finding.law for finding in shown.findings] == ["scope"]
    assert shown.notes == ("Given beside what the document says, or instead of it: --age.",)
    assert "age (not given)" not in shown.not_checked
    assert "asked" in shown.laws


def test_nothing_is_claimed_to_have_been_checked_that_was_not() -> None:
    shown = read("date,daily dose\n2026-12-01,60\n2026-12-02,45\n2026-12-03,0\n", rulebook.load(US))
    assert not {"asked", "start", "frequency", "spacing", "makeable", "way out", "rule"} & set(shown.laws)
    assert any(one.startswith("each dose, how many there are a day") for one in shown.not_checked)
    written = STEPS + "2026-12-01,,10,10,10\n"
    assert "spacing" in read(written, rulebook.load(US), current="10 mg x3", times="08:00,13:00,20:00").laws
    silent = read(STEPS + "2026-12-01,2026-12-05,5,5,5\n2026-12-06,,10,10,10\n", rulebook.load(HICCUPS))
    assert silent.findings == ()
    assert "increment: the rule has no number for it (--by not given)" in silent.not_checked
    assert "interval: the rule has no number for it (--every not given)" in silent.not_checked
    assert "way out: the rule does not say how far a dose may fall (--by not given)" in silent.not_checked


def test_the_prescribers_pace_is_held_against_the_file() -> None:
    written = STEPS + "2026-12-01,2026-12-03,5,5,5\n2026-12-04,,10,10,10\n"
    assert found(written, every="7d") == [("interval", "2026-12-04", "3 days", "at least 7 days")]
    told = [one for one in found(written, HICCUPS, by="2 mg", every="3d") if one[0] == "increment"]
    assert told == [("increment", "2026-12-04", "5 mg x3 to 10 mg x3", "a rise by at most 2 mg a dose")]
    daily = "date,daily dose\n" + "".join(f"2026-12-0{day},{15 if day < 4 else 30}\n" for day in range(1, 7))
    told = [one for one in found(daily, every="7d", by="5 mg/day") if one[0] != "never abrupt"]
    assert told == [
        ("increment", "2026-12-04", "15 mg/day to 30 mg/day", "a rise by at most 5 mg a day"),
        ("interval", "2026-12-04", "3 days", "at least 7 days"),
    ]


def test_a_markdown_table_that_was_set_straight() -> None:
    written = markdown.write(planned(US, "taper", current="20 mg x3"))
    straight = [line.replace(" | ", "     |  ") if line.startswith("|") else line for line in written.splitlines()]
    assert found("\r\n".join(straight), current="20 mg x3") == []


def test_a_text_with_broken_lines_and_one_with_days_cut_off() -> None:
    written = text.write(planned(US, "taper", current="20 mg x3"), daily=True)
    broken = written.replace(
        "15 mg  1 tablet of 15 mg", "15 mg  1 tablet of 10 mg and half\n" + " " * 29 + "a tablet of 10 mg"
    )
    assert broken != written
    steps = broken.partition("\nDays\n")[0]
    assert found(steps, current="20 mg x3") == []
    short = "\n".join(line for line in written.splitlines() if not line.startswith((" 14  ", " 15  ")))
    assert "the list of days ends on Sun 13 Dec 2026, before the steps do" in refused(short)


def test_a_discreet_calendar_without_its_steps_has_the_tablets() -> None:
    """15 mg are 1 tablet of 10 mg and 1 of 5 mg."""
    schedule = planned(US, "taper", current="20 mg x3", products="5mg,10mg")
    events = ics.write(schedule, ics.CalendarOptions(discreet=True)).split("BEGIN:VEVENT")
    kept = [event for event in events if "-step-" not in event or "-step-5@" in event]
    if "END:VCALENDAR" not in kept[-1]:
        kept[-1] += "END:VCALENDAR\r\n"
    shown = read("BEGIN:VEVENT".join(kept), rulebook.load(US), current="20 mg x3")
    assert len(kept) == len(events) - 4
    assert shown.findings == ()
    assert shown.schedule.steps[0].regimen.notation == "15 mg x3"


def test_clock_times_that_are_too_close() -> None:
    """The UK rule: 4 hours between doses taken more often than three times a day, else 6."""
    written = "from,to,08:00,10:00,20:00\n2026-12-01,,10,10,10\n"
    told = [one for one in found(written, UK, current="10 mg x3") if one[0] == "spacing"]
    assert told[0][1:3] == ("2026-12-01", "2 hours")
    same = STEPS + "2026-12-01,,10,10,10\n"
    assert [one[2] for one in found(same, UK, current="10 mg x3", times="08:00,10:00,20:00")] == ["2 hours"]
    told = found(text.write(planned(US, target="10 mg x3")), times="07:00,13:00,19:00")
    assert told[0] == ("asked", "2026-12-01", "morning 08:00", "07:00, 13:00, 19:00, as asked")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"current": "60 mg/day"}, "does not say the single doses"),
        ({"current": "20 mL x3"}, "does not fit the rule, which counts in mg"),
        ({"since": "2026-11-01"}, "--from is missing"),
        ({"current": "10 mg x3", "since": "2026-12-01"}, "not before the first day, 2026-12-01"),
        ({"products": "30mg"}, "The rule has no product '30mg'"),
        ({"times": "08:00,12:00"}, "--times gives 2 times, and from Tuesday 01 December 2026 there are 3 doses a day"),
        ({"by": "5 mL", "current": "10 mg x3"}, "does not go with the rule"),
    ],
)
def test_options_that_do_not_go_with_the_file(options: dict[str, str | bool], says: str) -> None:
    with pytest.raises(RequestError) as caught:
        read(STEPS + "2026-12-01,,10,10,10\n", rulebook.load(US), **options)
    assert says in caught.value.text()


def test_an_infusion_has_no_times() -> None:
    with pytest.raises(RequestError, match="has no times of day"):
        read("from,to,dose\n2026-12-01,,300 micrograms\n", rulebook.load(PUMP), times="08:00")


def test_findings_that_repeat_themselves_are_told_once() -> None:
    days = [f"2026-12-{day:02d},{'0' if day in (2, 6) else '10 mg x3'}" for day in range(1, 8)]
    shown = read("date,dose\n" + "\n".join(days) + "\n", rulebook.load(US), current="10 mg x3")
    told = " ".join(report.write(shown).split())
    assert told.startswith("3 findings in a CSV file with a row per day, checked against")
    assert "Likewise on Sun 06 Dec 2026." in told
    assert told.count("a dose on every day before the end") == 1


# --- The command -----------------------------------------------------------------------------------


def test_the_report(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(STEPS + "2026-12-01,2026-12-02,5,5,5\n2026-12-03,,10,10,10\n", "utf-8")
    ran = titrate("check", "plan.csv", "--rule", US, cwd=tmp_path)
    assert (ran.code, ran.err) == (6, "")
    assert ran.out.startswith("2 findings in a CSV file with a row per step, checked against\nbaclofen-oral-spastic")
    told = " ".join(ran.out.split())
    assert "interval: On Thursday 03 December 2026 the dose changes after 2 days of 5 mg x3; the limit is at" in told
    assert "Tue 01 Dec 2026 to Wed 02 Dec 2026  5 mg x3   titration\n" in ran.out
    assert "from Thu 03 Dec 2026, no end        10 mg x3  maintenance\n" in ran.out
    assert "\nNot checked\n-----------\n- age (not given)\n" in ran.out
    assert all(len(line) <= 78 for line in ran.out.splitlines())


def test_the_report_as_data(tmp_path: Path) -> None:
    (tmp_path / "plan.csv").write_text(STEPS + "2026-12-01,2026-12-02,5,5,5\n2026-12-03,,10,10,10\n", "utf-8")
    ran = titrate("check", "plan.csv", "--rule", US, "--json", cwd=tmp_path)
    assert (ran.code, ran.err) == (6, "")
    data = json.loads(ran.out)
    finding, other = data["findings"]
    assert (other["value"], other["basis"]) == ("2 days", "computed")
    assert (finding["law"], finding["day"], finding["value"], finding["limit"]) == (
        "interval", "2026-12-03", "2 days", "at least 3 days",
    )  # fmt: skip
    assert (finding["source"], finding["basis"]) == ("us-tablets", "stated")
    assert data["file"] == "plan.csv"
    assert data["steps"][1] == {
        "first": "2026-12-03", "last": None, "kind": "maintenance", "doses": ["10 mg"] * 3, "daily_dose": "30 mg",
    }  # fmt: skip
    assert "interval" in data["laws"]
    assert "age (not given)" in data["not_checked"]


def test_exit_codes_and_streams(tmp_path: Path) -> None:
    good = tmp_path / "good.csv"
    good.write_text(STEPS + "2026-12-01,2026-12-03,5,5,5\n2026-12-04,,10,10,10\n", "utf-8")
    ran = titrate("check", str(good), "--rule", US)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("No findings in a CSV file")
    (tmp_path / "bare.csv").write_text("date,dose\n2026-12-01,10\n", "utf-8")
    for arguments, code, says in (
        ((str(tmp_path / "bare.csv"), "--rule", US), 7, "bare.csv: line 2: "),
        ((str(tmp_path / "none.csv"), "--rule", US), 7, "No such file"),
        ((str(tmp_path), "--rule", US), 7, "Is a directory"),
        (("/dev/zero", "--rule", US), 7, "more than 10000000 bytes"),
        ((str(good), "--rule", "nothing"), 3, "There is no rule 'nothing'"),
        ((str(good), "--rule", US, "--from", "20 mg"), 4, "can be read in two ways"),
        ((str(good), "--rule", US, "--products", "1mg"), 4, "no product '1mg'"),
        ((str(good),), 2, "--rule"),
    ):
        ran = titrate("check", *arguments)
        assert (ran.code, ran.out) == (code, ""), arguments
        assert says in ran.err, arguments
        assert "Traceback" not in ran.err
    ran = titrate("check", str(tmp_path / "bare.csv"), "--rule", US, "--json")
    assert (ran.code, ran.out) == (7, "")
    assert json.loads(ran.err)["error"] == "format"


def test_standard_input() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "titrate", "check", "-", "--rule", US, "--age", "8 years"],
        input=(STEPS + "2026-12-01,2026-12-03,5,5,5\n2026-12-04,,10,10,10\n").encode(),
        capture_output=True,
        env={"PYTHONPATH": str(Path(__file__).resolve().parent.parent), "SOURCE_DATE_EPOCH": CLOCK, "PATH": ""},
        check=False,
    )
    assert done.returncode == 6
    assert b"scope: The patient is not one that the rule is for" in done.stdout


SUFFIXES = (".json", ".csv", ".md", ".txt", ".ics")


def outputs(name: str) -> list[str]:
    return [argument for suffix in SUFFIXES for argument in ("-o", f"{name}{suffix}")]


@pytest.mark.parametrize(
    "revision",
    [
        ("--on", "2026-12-05", "stay", "7d"),
        ("--on", "2026-12-07", "missed", "2d", "--then", "continue"),
        ("--on", "2026-12-08", "retarget", "30 mg/day"),
    ],
)
def test_what_the_command_writes_the_command_accepts(revision: tuple[str, ...], tmp_path: Path) -> None:
    taper = ("taper", US, "--start", "2026-12-01", "--from", "20 mg x3", "--tz", "UTC")
    for arguments in ((*taper, *outputs("plan")), ("revise", "plan.json", *revision, *outputs("new"))):
        ran = titrate(*arguments, cwd=tmp_path)
        assert ran.code == 0, ran.err
    for suffix in SUFFIXES:
        ran = titrate("check", f"plan{suffix}", "--rule", US, "--from", "20 mg x3", cwd=tmp_path)
        assert (ran.code, ran.err) == (0, ""), (suffix, ran.out)
        ran = titrate("check", f"new{suffix}", "--rule", US, cwd=tmp_path)
        assert (ran.code, ran.err) == (0, ""), (suffix, ran.out)
        assert "was made from" not in ran.out, suffix
