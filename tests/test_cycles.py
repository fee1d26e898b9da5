"""Regimens that repeat after more than a day: alternate days, weeks.

Worked out on paper; 1 December 2026 is a Tuesday.
"""

from __future__ import annotations

import re
from datetime import date

import pytest

from tests.build import q, regimen, schedule
from titrate.difference import differences
from titrate.formats import csv, json, markdown, text
from titrate.formats.ics import CalendarOptions
from titrate.formats.ics import write as calendar
from titrate.regimen import Pattern, Regimen
from titrate.schedule import Schedule


def every_other_day() -> Schedule:
    """10 mg every 2 days for a fortnight, then 10 mg every day, without end."""
    return schedule(
        ("2026-12-01", 14, "titration", "10 mg every 2 days"), ("2026-12-15", None, "maintenance", "10 mg x1")
    )


def weekly() -> Schedule:
    """10 mg every Tuesday three times, then 5 mg twice, then nothing."""
    return schedule(
        ("2026-12-01", 21, "taper", "10 mg every week"),
        ("2026-12-22", 14, "taper", "5 mg every week"),
        ("2027-01-05", 1, "taper", "none mg"),
    )


@pytest.mark.parametrize(
    ("typed", "written", "words"),
    [
        ("15 mg every 2 days", "15 mg every 2 days", "15 mg every 2 days"),
        ("15 mg every other day", "15 mg every 2 days", "15 mg every 2 days"),
        ("15 mg on alternate days", "15 mg every 2 days", "15 mg every 2 days"),
        ("5 mg once a week", "5 mg every 7 days", "5 mg once a week"),
        ("5 mg every 2 weeks", "5 mg every 14 days", "5 mg every 2 weeks"),
        ("10/5 mg on alternate days", "10 mg x1, 5 mg x1 in turn", "10 mg and 5 mg on alternate days"),
        ("10 mg x1, 0 mg in turn", "10 mg every 2 days", "10 mg every 2 days"),
        ("10 mg x1, 10 mg x1 in turn", "10 mg x1", None),
        ("10 mg x1, 5 mg x1, 10 mg x1, 5 mg x1 in turn", "10 mg x1, 5 mg x1 in turn", None),
        ("5 mg x2 every 3 days", "5 mg x2 every 3 days", None),
        ("0.5 mg x1, 0.25 mg x1 in turn", "0.5 mg x1, 0.25 mg x1 in turn", None),
        ("5/10 mg, 0.0 mg in turn", "5/10 mg, 0 mg in turn", None),
    ],
)
def test_what_is_typed_is_written_and_read_again(typed: str, written: str, words: str | None) -> None:
    pattern = Pattern.parse(typed)
    assert str(pattern) == written
    assert Pattern.parse(written) == pattern
    if words is not None:
        assert regimen(typed).in_words() == words
        assert regimen(typed).notation == written


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("10/5 mg every 2 days", "can be read in two ways: all doses on one day"),
        ("10/5/5 mg on alternate days", "can be read in two ways"),
        ("5 mg twice a week", "does not say which dose is taken on which day"),
        ("5 mg/week", "does not say which dose is taken on which day"),
        ("5 mg biweekly", "does not say which dose is taken on which day"),
        ("20 mg/day every 2 days", "does not say the doses"),
        ("10 mg every 1 days", 'is every day; write "10 mg x1"'),
        ("10 mg every 900 days", "a cycle of 900 days; at most 366"),
        ("0 mg, 0 mg in turn", "needs doses"),
        ("10 mg x1 in turn", "has to name 2 to 366 days"),
        ("10 mg, 5 mg in turn", "can be read in two ways"),
    ],
)
def test_what_is_ambiguous_is_refused(typed: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        Pattern.parse(typed)


def test_a_day_of_a_cycle_and_its_average() -> None:
    turns = regimen("10/5 mg on alternate days")
    assert [str(day.daily) for day in turns.each()] == ["10 mg", "5 mg"]
    assert (turns.total, turns.daily) == (q("15 mg"), q("7.5 mg"))
    assert turns.on(4) == turns.on(2)
    assert turns.turned(1).notation == "5 mg x1, 10 mg x1 in turn"
    assert turns.turned(2) == turns
    assert str(regimen("10 mg every week").daily) == "10/7 mg"


def test_the_name_of_a_plan_does_not_change_where_there_is_no_cycle() -> None:
    assert repr(Pattern.parse("5 mg x2")).startswith("Pattern(doses=(Quantity(")
    assert "cycle" not in repr(Pattern.parse("5 mg x2"))
    assert "cycle=2" in repr(Pattern.parse("5 mg every 2 days"))


def test_each_day_has_its_own_doses() -> None:
    days = [day.regimen.notation for day in every_other_day().each_day(date(2026, 12, 16))]
    assert days == ["10 mg x1", "0 mg"] * 7 + ["10 mg x1"] * 2
    rows = csv.read(csv.write(every_other_day(), date(2026, 12, 15)))
    assert [day.date.day for day in rows if day.doses] == [1, 3, 5, 7, 9, 11, 13, 15]


def test_the_last_dose_is_the_last_one_that_is_taken() -> None:
    assert weekly().last_dose == date(2026, 12, 29)
    assert weekly().last == date(2027, 1, 5)


def test_json_reads_back_and_says_nothing_of_cycles_where_there_are_none() -> None:
    for one in (every_other_day(), weekly()):
        assert json.read(json.write(one)) == one
    plain = json.write(schedule(("2026-12-01", None, "maintenance", "5 mg x3")))
    assert '"cycle"' not in plain
    assert '"day"' not in plain
    assert json.write(every_other_day()).count('"cycle": 2') == 1


def test_print_names_the_dates_and_weekdays() -> None:
    said = text.write(every_other_day())
    assert "in 2 days" in said
    assert "Days: every 2 days: on Tue 01 Dec 2026, Thu 03 Dec 2026, Sat 05 Dec 2026,\n" in said
    assert "and Sun 13 Dec 2026." in said
    assert "Days: once a week: on Tuesdays from Tue 01 Dec 2026 to Tue 15 Dec 2026." in text.write(weekly())
    assert "once a week: on Tuesdays from Tue" in markdown.write(weekly()).replace("\N{NO-BREAK SPACE}", " ")


def test_a_calendar_has_a_series_with_its_own_interval() -> None:
    assert "RRULE:FREQ=DAILY;COUNT=7;INTERVAL=2" in calendar(every_other_day(), CalendarOptions())
    week = calendar(weekly(), CalendarOptions())
    # The last dose of all is an entry of its own.
    assert "RRULE:FREQ=WEEKLY;COUNT=3" in week
    assert week.count("SUMMARY:20:00 Baclofen 5 mg (r1)\\, the last dose") == 1
    assert "DTSTART;TZID=Europe/London:20261229T200000" in week
    single = calendar(every_other_day(), CalendarOptions(single_events=True))
    assert [day for day in range(1, 15) if f"202612{day:02d}T200000" in single] == [1, 3, 5, 7, 9, 11, 13]


def test_two_schedules_are_compared_day_by_day_whatever_the_day_a_step_begins_on() -> None:
    parted = schedule(
        ("2026-12-01", 6, "titration", "10 mg every 2 days"), ("2026-12-07", 8, "titration", "10 mg every 2 days"),
        ("2026-12-15", None, "maintenance", "10 mg x1"),
    )  # fmt: skip
    assert differences(every_other_day(), parted) == ()
    shifted = schedule(
        ("2026-12-01", 7, "titration", "10 mg every 2 days"), ("2026-12-08", 7, "titration", "10 mg every 2 days"),
        ("2026-12-15", None, "maintenance", "10 mg x1"),
    )  # fmt: skip
    (found,) = differences(every_other_day(), shifted)
    assert (found.days.first, found.days.last) == (date(2026, 12, 8), date(2026, 12, 14))


def test_no_dose_is_a_cycle_of_nothing() -> None:
    assert Regimen("mg").each() == (Regimen("mg"),)
    assert Regimen("mg").turned(3) == Regimen("mg")
