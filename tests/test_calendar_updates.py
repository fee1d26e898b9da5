"""Feeds: what a calendar shows after version 1, revisions and the stop, to each kind of program that reads them.

The files are read as text here (see `test_ics.py`); real programs read them in `tests/calendars/test_updates.py`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from tests.calendars import revisions
from tests.calendars.revisions import COURSES, DAYTIME, expected, versions
from tests.test_ics import Component, events, said, starts, unfolded
from titrate.days import plus
from titrate.formats.ics import CalendarOptions, advice, write
from titrate.schedule import Schedule

FEED = CalendarOptions(feed=True)
ALL = [pytest.param(course, id=name) for name, course in COURSES.items()]
Shown = dict[str, Component]
Program = Callable[[Shown, list[Component]], Shown]


def read(schedule: Schedule, options: CalendarOptions = FEED) -> list[Component]:
    return events(write(schedule, options))


def subscribed(shown: Shown, found: list[Component]) -> Shown:
    """A program that takes the file for the whole truth."""
    return {event["UID"]: event for event in found}


def imported(shown: Shown, found: list[Component]) -> Shown:
    """A program that takes over what is new or has a higher SEQUENCE, and removes nothing."""
    newer = {
        event["UID"]: event
        for event in found
        if event["UID"] not in shown or int(event["SEQUENCE"]) > int(shown[event["UID"]]["SEQUENCE"])
    }
    return {**shown, **newer}


def overwritten(shown: Shown, found: list[Component]) -> Shown:
    """A program that takes over everything whatever its SEQUENCE, and removes nothing."""
    return {**shown, **{event["UID"]: event for event in found}}


def doses(shown: Shown) -> Counter[tuple[str, str]]:
    """Instant and title of every dose that is not cancelled."""
    found: Counter[tuple[str, str]] = Counter()
    for event in shown.values():
        if event["STATUS"] != "CANCELLED" and "DTSTART;VALUE=DATE" not in event:
            title = said(event["SUMMARY"]).partition(")")[0] + ")"
            found.update((f"{when:%Y-%m-%dT%H:%M:%SZ}", title) for when in starts(event))
    return found


@pytest.mark.parametrize("program", [subscribed, imported, overwritten])
@pytest.mark.parametrize("course", ALL)
def test_after_each_version_every_program_shows_the_doses_of_that_version(
    course: revisions.Course, program: object
) -> None:
    assert callable(program)
    shown: Shown = {}
    for schedule in versions(course):
        shown = program(shown, read(schedule))
        assert doses(shown) == expected(schedule), schedule.revision


@pytest.mark.parametrize("skipped", [(1,), (2,), (1, 2)])
@pytest.mark.parametrize("program", [imported, overwritten])
def test_a_version_that_was_never_read_leaves_nothing_behind(program: Program, skipped: tuple[int, ...]) -> None:
    shown: Shown = {}
    for index, schedule in enumerate(versions(COURSES["london-spring"])):
        if index not in skipped:
            shown = program(shown, read(schedule))
            assert doses(shown) == expected(schedule)


@pytest.mark.parametrize("course", ALL)
def test_an_older_file_that_is_read_again_changes_nothing_where_sequences_count(course: revisions.Course) -> None:
    shown: Shown = {}
    for schedule in versions(course):
        shown = imported(shown, read(schedule))
    again = imported(shown, read(versions(course)[0]))
    assert doses(again) == expected(versions(course)[3])


def test_the_days_are_those_of_the_decisions() -> None:
    """Worked out on paper: 5 mg on 20 to 22 March, 10 mg from the 23rd on, instead of 25 March 4 days longer, to the
    29th; missed on the 26th and 27th and gone on with from the 28th; on 1 April 15 mg had been begun the day before."""
    course = COURSES["london-spring"]
    last = versions(course)[3]
    found = {day: regimen.notation for day, (_, regimen) in revisions.taken(last, last.listed_until).items()}
    march = {day.day: text for day, text in found.items() if day.month == 3}
    assert march == {
        20: "5 mg x3", 21: "5 mg x3", 22: "5 mg x3", 23: "10 mg x3", 24: "10 mg x3", 25: "10 mg x3", 28: "10 mg x3",
        29: "10 mg x3", 30: "10 mg x3", 31: "15 mg x3",
    }  # fmt: skip
    # 15 mg since 31 March may fall on 3 April; a taper takes 14 days.
    assert [found[date(2026, 4, day)] for day in (1, 2, 3)] == ["15 mg x3", "15 mg x3", "10 mg x3"]
    assert last.stops
    assert last.last_dose is not None
    assert (last.last_dose - date(2026, 4, 1)).days + 1 >= 14


@pytest.mark.parametrize("course", ALL)
def test_what_stays_the_same_stays_to_the_letter(course: revisions.Course) -> None:
    """The first step was over when the plan was revised: its events are those of version 1."""
    first, *_, last = (read(schedule) for schedule in versions(course))
    third_day = plus(date.fromisoformat(course.first), 3).strftime("%Y%m%d")
    old = [e for e in first if e["UID"].split("-")[1].isdigit() and e["UID"].split("-")[1] < third_day]
    assert len(old) >= 4
    for event in old:
        assert event in last


def test_a_series_that_was_cut_keeps_its_uid_and_has_the_number_of_the_revision() -> None:
    one, two, *_ = versions(DAYTIME["london-spring"])
    uid = f"{one.plan}-20260323-morning-0800@titrate"
    before, after = ({e["UID"]: e for e in read(schedule)}[uid] for schedule in (one, two))
    assert (before["RRULE"], before["SEQUENCE"]) == ("FREQ=DAILY;COUNT=3", "1")
    assert (after["RRULE"], after["SEQUENCE"]) == ("FREQ=DAILY;COUNT=2", "2")
    assert after["DTSTAMP"] == after["LAST-MODIFIED"] == "20260325T070000Z"
    assert "Monday 23 March 2026 to Tuesday 24 March 2026" in said(after["DESCRIPTION"])


def test_what_was_dropped_is_cancelled_silent_and_says_so() -> None:
    one, two, *_ = versions(DAYTIME["london-spring"])
    dropped = {e["UID"]: e for e in read(two) if e["STATUS"] == "CANCELLED"}
    event = dropped[f"{one.plan}-20260326-morning-0800@titrate"]
    assert said(event["SUMMARY"]) == "Cancelled: 08:00 Baclofen 15 mg (r1)"
    assert (event["SEQUENCE"], event["DTSTAMP"]) == ("2", "20260325T070000Z")
    assert "RRULE" not in event
    assert not any(name.startswith("ALARM") for name in event)
    assert said(event["DESCRIPTION"]).split("\n") == [
        "Revision 2 of the plan cancelled this. Take what the calendar says for the day.",
        "It was: 08:00 Baclofen 15 mg (r1).",
    ]
    live = {e["UID"] for e in read(two) if e["STATUS"] == "CONFIRMED"}
    assert not live & set(dropped)
    uids = [e["UID"] for e in read(one)]
    assert set(uids) <= live | set(dropped)


def test_what_was_dropped_stays_cancelled_with_the_number_of_the_revision_that_dropped_it() -> None:
    *_, last = versions(DAYTIME["london-spring"])
    numbers = {e["UID"]: e["SEQUENCE"] for e in read(last) if e["STATUS"] == "CANCELLED"}
    assert numbers[f"{last.plan}-20260326-morning-0800@titrate"] == "2"
    assert "4" in numbers.values()


def test_days_without_the_drug_are_facts_and_hold_no_dose() -> None:
    _, _, three, _ = versions(DAYTIME["london-spring"])
    (event,) = [e for e in read(three) if "not taken" in e["SUMMARY"]]
    assert (event["DTSTART;VALUE=DATE"], event["RRULE"]) == ("20260326", "FREQ=DAILY;COUNT=2")
    assert said(event["SUMMARY"]) == "Baclofen was not taken: missed, as somebody reported (r3)"
    assert "Thursday 26 March 2026 to Friday 27 March 2026: nothing was taken." in said(event["DESCRIPTION"])
    assert not [when for when, _ in doses(subscribed({}, read(three))) if when.startswith(("2026-03-26", "2026-03-27"))]


def test_the_head_of_a_feed() -> None:
    _, two, *_ = versions(DAYTIME["london-spring"])
    text = write(two, CalendarOptions(feed=True, source="https://example.org/feeds/plan.ics"))
    lines = unfolded(text)
    assert lines[: lines.index("BEGIN:VTIMEZONE")] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//titrate//dose titration and taper plans//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Baclofen",
        "X-WR-CALNAME:Baclofen",
        "LAST-MODIFIED:20260325T070000Z",
        "REFRESH-INTERVAL;VALUE=DURATION:PT6H",
        "SOURCE;VALUE=URI:https://example.org/feeds/plan.ics",
        "X-PUBLISHED-TTL:PT6H",
        "X-WR-TIMEZONE:Europe/London",
    ]
    assert "METHOD" not in text


def test_a_feed_says_that_it_changes_by_itself_and_what_was_decided() -> None:
    _, two, *_ = versions(DAYTIME["london-spring"])
    about = " ".join(said(e["DESCRIPTION"]) for e in read(two) if e["SUMMARY"].startswith("About"))
    assert "This calendar changes by itself when the plan is revised." in about
    assert "From Wednesday 25 March 2026 on: Stay on 10 mg three times a day 4 days longer" in about
    assert "Delete the calendar" not in about
    assert f"{two.plan}-about-1@titrate" in [e["UID"] for e in read(two) if e["SUMMARY"].startswith("About")]


@pytest.mark.parametrize("course", ALL)
def test_uids_are_unique_and_no_line_is_too_long(course: revisions.Course) -> None:
    for schedule in versions(course):
        uids = [event["UID"] for event in read(schedule)]
        assert len(uids) == len(set(uids))
        octets = write(schedule, FEED).encode()
        assert max(map(len, octets.split(b"\r\n"))) <= 75


def test_a_traveller_has_floating_times_in_every_revision() -> None:
    options = CalendarOptions(feed=True, floating=True)
    shown: Shown = {}
    for schedule in versions(DAYTIME["london-spring"], floating=True):
        text = write(schedule, options)
        assert "TZID" not in text
        shown = imported(shown, events(text))
        found = doses(shown)
        assert found == expected(schedule)


def test_who_moves_has_both_zones_in_the_feed() -> None:
    """Until the revision the doses were taken by the clock of London, from then on by that of New York."""
    one, two, *_ = versions(DAYTIME["london-spring"])
    moved = replace(two, request=replace(two.request, tz="America/New_York"))
    text = write(moved, FEED)
    assert text.count("BEGIN:VTIMEZONE") == 2
    clock = {when[:13]: title for when, title in doses(subscribed({}, events(text)))}
    assert clock["2026-03-24T08"].startswith("08:00")  # 08:00 in London, still winter
    assert clock["2026-03-25T12"].startswith("08:00")  # 08:00 in New York, already summer
    assert one.request.tz == "Europe/London"


def test_discreet_feeds_hide_drug_and_dose_in_what_is_cancelled_too() -> None:
    options = CalendarOptions(feed=True, discreet=True)
    for schedule in versions(DAYTIME["london-spring"]):
        for line in unfolded(write(schedule, options)):
            if line.startswith(("SUMMARY", "NAME", "X-WR-CALNAME", "UID")):
                assert "baclofen" not in line.lower()
                assert " mg" not in line
        assert not any("It was" in event["DESCRIPTION"] for event in events(write(schedule, options)))


def test_single_events_are_updated_likewise() -> None:
    options = CalendarOptions(feed=True, single_events=True)
    shown: Shown = {}
    for schedule in versions(COURSES["london-spring"]):
        shown = imported(shown, events(write(schedule, options)))
        assert doses(shown) == expected(schedule)
        assert not any("RRULE" in event for event in shown.values() if "DTSTART;VALUE=DATE" not in event)


def test_files_for_import_by_hand_keep_their_own_scheme() -> None:
    """A revision imported beside a forgotten older one: no UID comes twice, and only what lies ahead is in it."""
    one, two, *_ = versions(DAYTIME["london-spring"])
    first, second = (events(write(schedule)) for schedule in (one, two))
    assert not {e["UID"] for e in first} & {e["UID"] for e in second}
    assert all(e["UID"].startswith(f"{two.plan}-r2-") for e in second)
    assert min(e["UID"].split("-")[2] for e in second) == "20260325"
    assert "From Wednesday 25 March 2026 on" in " ".join(said(e["DESCRIPTION"]) for e in second)


def test_advice_on_a_feed_is_only_about_odd_hours() -> None:
    *_, last = versions(COURSES["london-spring"])
    assert advice(last, FEED, write(last, FEED)) == ()
    one = versions(COURSES["london-spring"])[0]
    assert "the clock in Europe/London skips that time" in advice(one, FEED, write(one, FEED))[0]
