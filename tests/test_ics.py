"""Calendar files, as text: what is read here is unfolded by RFC 5545, 3.1, never by the library that wrote it.

Expected doses come from `zoneinfo` and the schedule's own days (`tests/calendars/plans.py`); what calendar
programs make of the same files is shown by `tests/calendars/`.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from bisect import bisect_right
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import build
from tests.calendars import plans
from titrate import zone
from titrate.days import plus
from titrate.errors import RequestError
from titrate.formats.ics import CalendarOptions, advice, wording, write
from titrate.regimen import Pattern
from titrate.schedule import Schedule

Component = dict[str, str]
SINGLE = CalendarOptions(single_events=True)
PUMP = build.schedule(
    ("2026-12-01", 7, "titration", "100 micrograms/day"),
    ("2026-12-08", None, "titration", "120 micrograms/day"),
    review="2027-01-05",
)
UNEVEN = build.schedule(
    ("2026-12-01", 3, "titration", "5 mg x3"),
    ("2026-12-04", 3, "titration", "5/5/10 mg"),
    ("2026-12-07", 3, "titration", "5/10 mg"),
    ("2026-12-10", 3, "titration", "10 mg x2"),
    ("2026-12-13", 3, "maintenance", "10 mg x2"),
    ("2026-12-16", None, "maintenance", "10 mg x4"),
)
LABELLED = build.descent(label="M\u00fctterchen, \u5a66; \U0001f48a" + " \u00e9" * 60, revision=12)
EVERY = {
    "ladder": build.ladder(),
    "reviewed": build.ladder(review="2027-01-19", revision=2),
    "descent": build.descent(current=Pattern.parse("60 mg/day")),
    "labelled": LABELLED,
    "pump": PUMP,
    "uneven": UNEVEN,
    **{tz: plans.year(tz) for tz in plans.HOURS},
}


@cache
def written(name: str, options: CalendarOptions) -> str:
    return write(EVERY[name], options)


def unfolded(text: str) -> list[str]:
    return text.replace("\r\n ", "").split("\r\n")[:-1]


def said(value: str) -> str:
    """A text value without its escapes (RFC 5545, 3.3.11), the no-break spaces made plain."""
    plain = value.replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";").replace("\\\\", "\\")
    return plain.replace("\N{NO-BREAK SPACE}", " ")


def events(text: str) -> list[Component]:
    """Every VEVENT as name (with parameters) and value; an alarm's names begin with `ALARM:`."""
    found: list[Component] = []
    inside = ""
    for line in unfolded(text):
        name, _, value = line.partition(":")
        if name == "BEGIN" and value == "VEVENT":
            found.append({})
        if name == "BEGIN":
            inside = value
        elif name == "END":
            inside = "VEVENT" if value == "VALARM" else ""
        elif inside in ("VEVENT", "VALARM"):
            key = f"ALARM:{name}" if inside == "VALARM" else name
            assert key not in found[-1], f"{key} twice"
            found[-1][key] = value
    return found


def timed(text: str) -> list[Component]:
    return [event for event in events(text) if "DTSTART;VALUE=DATE" not in event]


def all_day(text: str) -> dict[str, str]:
    """Title and text (unescaped) of the all-day events, by day and title."""
    return {
        f"{event['DTSTART;VALUE=DATE']} {said(event['SUMMARY'])}": said(event["DESCRIPTION"])
        for event in events(text)
        if "DTSTART;VALUE=DATE" in event
    }


def starts(event: Component) -> list[datetime]:
    """The UTC instants of a timed event, by its COUNT and by the tzdata package."""
    name = next(key for key in event if key.startswith("DTSTART"))
    tz = name.partition("TZID=")[2].strip('"')
    begin = datetime.strptime(event[name].removesuffix("Z"), "%Y%m%dT%H%M%S").replace(
        tzinfo=plans.package_zone(tz) if tz else UTC
    )
    rule = dict(part.split("=") for part in event.get("RRULE", "FREQ=DAILY;COUNT=1").split(";"))
    assert set(rule) == {"FREQ", "COUNT"}
    return [(begin + timedelta(days=n)).astimezone(UTC) for n in range(int(rule["COUNT"]))]


def read_doses(text: str) -> Counter[tuple[str, str]]:
    found: Counter[tuple[str, str]] = Counter()
    for event in timed(text):
        title = said(event["SUMMARY"]).partition("(r1)")[0] + "(r1)"
        found.update((f"{when:%Y-%m-%dT%H:%M:%SZ}", title) for when in starts(event))
    return found


# --- the text itself -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "options", [CalendarOptions(), SINGLE, CalendarOptions(floating=True), CalendarOptions(discreet=True)]
)
@pytest.mark.parametrize("name", EVERY)
def test_every_line_ends_with_crlf_and_is_at_most_75_octets_of_utf8(name: str, options: CalendarOptions) -> None:
    octets = written(name, options).encode("utf-8")
    assert octets.endswith(b"END:VCALENDAR\r\n")
    lines = octets.split(b"\r\n")
    assert not any(b"\r" in line or b"\n" in line for line in lines)
    assert max(map(len, lines)) <= 75
    for line in lines:
        line.decode("utf-8")


@pytest.mark.parametrize("options", [CalendarOptions(), SINGLE])
@pytest.mark.parametrize("name", EVERY)
def test_what_programs_read_differently_is_not_there(name: str, options: CalendarOptions) -> None:
    lines = unfolded(written(name, options))
    names = [line.split(":")[0].split(";")[0] for line in lines]
    assert not {"METHOD", "RDATE", "EXDATE", "ORGANIZER", "RECURRENCE-ID"} & set(names)
    assert not any("UNTIL=" in line for line in lines if line.startswith("RRULE"))
    assert not any("TZID=" in line and line.endswith("Z") for line in lines)
    assert "UID" not in names[: names.index("BEGIN", 1)]


def test_the_head_of_a_file() -> None:
    lines = unfolded(write(build.ladder(label="Mum")))
    assert lines[: lines.index("BEGIN:VTIMEZONE")] == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//titrate//dose titration and taper plans//EN",
        "CALSCALE:GREGORIAN",
        "NAME:Mum: Baclofen\\, revision 1",
        "X-WR-CALNAME:Mum: Baclofen\\, revision 1",
        "X-WR-TIMEZONE:Europe/London",
    ]


@pytest.mark.parametrize("name", EVERY)
def test_every_event_has_its_properties_and_a_uid_of_its_own(name: str) -> None:
    schedule = EVERY[name]
    found = events(written(name, CalendarOptions()))
    assert len({event["UID"] for event in found}) == len(found)
    for event in found:
        assert event["UID"].startswith(f"0123456789ab-r{schedule.revision}-")
        assert event["DTSTAMP"] == event["LAST-MODIFIED"] == "20261123T090000Z"
        assert event["SEQUENCE"] == str(schedule.revision)
        assert (event["STATUS"], event["TRANSP"], event["CLASS"]) == ("CONFIRMED", "TRANSPARENT", "PRIVATE")
        assert event["CATEGORIES"] == "Medicine"
        assert f"(r{schedule.revision})" in event["SUMMARY"] or event["SUMMARY"].startswith("About the plan")
        assert len(said(event["DESCRIPTION"])) <= 500


def test_a_dose_says_step_dates_pieces_plan_revision_and_zone() -> None:
    event = timed(write(build.ladder(revision=2)))[6]
    assert event["DTSTART;TZID=Europe/London"] == "20261207T080000"
    assert (event["DURATION"], event["RRULE"]) == ("PT15M", "FREQ=DAILY;COUNT=3")
    assert event["SUMMARY"] == "08:00 Baclofen 15 mg (r2)"
    assert said(event["DESCRIPTION"]).split("\n") == [
        "Take 1 tablet of 10 mg and 1 tablet of 5 mg.",
        "Step 3 of 4, Monday 07 December 2026 to Wednesday 09 December 2026: 15 mg three times a day.",
        "Never stop suddenly.",
        "Plan 0123456789ab, revision 2. It replaces revision 1.",
        "Time of Europe/London.",
    ]
    assert "15\N{NO-BREAK SPACE}mg three" in event["DESCRIPTION"]


def test_the_first_day_says_rule_edition_maker_and_what_was_not_checked() -> None:
    about = [f"{key}\n{text}" for key, text in all_day(write(build.ladder(revision=2))).items() if "About" in key]
    assert all(page.startswith("20261201 About the plan: Baclofen, revision 2") for page in about)
    text = "\n".join(about)
    for words in (
        "Baclofen, oral, for spasticity.", "Rule baclofen-oral-spasticity,", "Prepared by: ____",
        "It replaces revision 1.", "made on Monday 23 November 2026 with titrate 0.1.0",
        'Delete the calendar "Baclofen, revision 1" before importing revision 2.',
        "Not checked: age (not given).", "Stopping suddenly can cause fits", "Take it when you remember; never double.",
        "Source: Tablets label (A publisher, 2021).", "one calendar per plan",
    ):  # fmt: skip
        assert words in text


# --- doses and clock changes -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("options", [CalendarOptions(), SINGLE])
@pytest.mark.parametrize("tz", plans.HOURS)
def test_the_doses_of_a_year_are_those_of_the_schedule(tz: str, options: CalendarOptions) -> None:
    assert read_doses(written(tz, options)) == plans.doses(EVERY[tz])


@settings(max_examples=40, deadline=None)
@given(
    tz=st.sampled_from(sorted(plans.HOURS)),
    first=st.dates(date(2026, 10, 1), date(2027, 11, 30)),
    length=st.integers(1, 40),
    minutes=st.sets(st.integers(0, 24 * 4 - 1), min_size=2, max_size=2),
)
def test_any_taper_at_any_hours_is_read_as_it_was_planned(tz: str, first: date, length: int, minutes: set[int]) -> None:
    stop = plus(first, length)
    times = tuple(f"{quarter // 4:02d}:{quarter % 4 * 15:02d}" for quarter in sorted(minutes))
    schedule = build.schedule(
        (first.isoformat(), length, "taper", "5 mg x2"), (stop.isoformat(), 1, "taper", "none mg"), tz=tz, times=times
    )
    assert read_doses(write(schedule)) == plans.doses(schedule)


def test_a_skipped_dose_is_one_instant_and_says_what_the_clock_shows() -> None:
    """The clock goes from 01:00 GMT to 02:00 BST on 28 March 2027: 01:30 with the offset before is 01:30 UTC."""
    found = timed(write(plans.small_hours("2027-03-26", 5)))
    assert [(next(k for k in e if k.startswith("DTSTART")), e.get("RRULE")) for e in found] == [
        ("DTSTART;TZID=Europe/London", "FREQ=DAILY;COUNT=2"),
        ("DTSTART", None),
        ("DTSTART;TZID=Europe/London", None),
        ("DTSTART;TZID=Europe/London", None),
    ]
    assert found[1]["DTSTART"] == "20270328T013000Z"
    assert said(found[1]["SUMMARY"]) == "01:30 Baclofen 5 mg (r1), today at 02:30"
    assert "take the dose when it shows 02:30" in said(found[1]["DESCRIPTION"])


def test_a_repeated_dose_is_the_first_one() -> None:
    """The clock goes from 02:00 BST to 01:00 GMT on 31 October 2027: the first 01:30 is 00:30 UTC."""
    found = [event for event in timed(write(plans.small_hours("2027-10-29", 5))) if "DTSTART" in event]
    assert [event["DTSTART"] for event in found] == ["20271031T003000Z"]
    assert said(found[0]["SUMMARY"]) == "01:30 Baclofen 5 mg (r1), the first 01:30"
    assert "only once" in said(found[0]["DESCRIPTION"])


def test_floating_times_have_no_zone() -> None:
    text = write(plans.year("Europe/London"), CalendarOptions(floating=True))
    assert "VTIMEZONE" not in text
    assert "TZID" not in text
    assert "X-WR-TIMEZONE:Europe/London" in text
    assert all(not event["DTSTART"].endswith("Z") for event in timed(text))
    assert "X-WR-TIMEZONE" not in write(build.ladder(tz=None), CalendarOptions(floating=True))


# --- zones -----------------------------------------------------------------------------------------------------------


def offsets(text: str) -> tuple[list[datetime], list[timedelta], list[timedelta]]:
    """The onsets of a VTIMEZONE up to 2045 in UTC, in order, and the offsets before and after each."""
    found, part = [], dict[str, str]()
    for line in unfolded(text):
        name, _, value = line.partition(":")
        if line in ("BEGIN:STANDARD", "BEGIN:DAYLIGHT"):
            part = {}
        elif line in ("END:STANDARD", "END:DAYLIGHT"):
            before, after = (
                timedelta(hours=int(part[key][1:3]), minutes=int(part[key][3:5]), seconds=int(part[key][5:] or 0))
                * (-1 if part[key][0] == "-" else 1)
                for key in ("TZOFFSETFROM", "TZOFFSETTO")
            )
            begin = datetime.strptime(part["DTSTART"], "%Y%m%dT%H%M%S")  # noqa: DTZ007 (local time by RFC 5545)
            rule = part.get("RRULE", "FREQ=DAILY;COUNT=1")
            moments = rrulestr(f"{rule};UNTIL=20450101T000000" if "COUNT" not in rule else rule, dtstart=begin)
            found += [((moment - before).replace(tzinfo=UTC), before, after) for moment in moments]
        part[name] = value
    found.sort()
    return [each[0] for each in found], [each[1] for each in found], [each[2] for each in found]


def unlike(name: str, first: date, last: date) -> list[str]:
    """Where the VTIMEZONE that is written for `name` is not what the zone itself says, from `first` to `last`."""
    begin, stop = plus(first, 366), plus(last, -366)
    schedule = build.schedule(
        (begin.isoformat(), (stop - begin).days, "taper", "5 mg x1"), (stop.isoformat(), 1, "taper", "none mg"), tz=name
    )
    home = plans.package_zone(name)
    text = write(schedule)
    if "BEGIN:VTIMEZONE" not in text:
        return [] if name.removeprefix("Etc/") in ("UTC", "UCT", "Universal", "Zulu") else [name]
    onsets, befores, afters = offsets(text)
    midnight = datetime.combine(first, datetime.min.time(), UTC)
    faults = []
    for day in range((last - first).days):
        moment = midnight + timedelta(days=day)
        if afters[bisect_right(onsets, moment) - 1] != moment.astimezone(home).utcoffset():
            faults.append(f"{name} {moment}")
    for onset, before, after in zip(onsets, befores, afters, strict=True):
        if midnight <= onset < midnight + timedelta(days=(last - first).days):
            shown = [(onset - timedelta(seconds=back)).astimezone(home).utcoffset() for back in (1, 0)]
            if shown != [before, after]:
                faults.append(f"{name} {onset}: {before} to {after}, not {shown}")
    return faults


@pytest.mark.parametrize("first", ["2025-11-20", "2036-03-01"])
def test_the_vtimezone_of_every_zone_is_the_zone_a_year_before_and_after(first: str) -> None:
    """A day at a time, and to the second at every change; zones that are copies of one another are looked at once."""
    seen: dict[bytes, str] = {}
    for name in zone.names():
        seen.setdefault(files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes(), name)
    start = date.fromisoformat(first)
    faults = [fault for name in seen.values() for fault in unlike(name, start, plus(start, 3 * 365))]
    assert faults == []
    assert len(seen) > 300


def test_a_zone_with_a_yearly_rule_is_one_standard_and_one_daylight_from_1970_on() -> None:
    text = write(plans.year("Europe/London"))
    begins = [line for line in unfolded(text) if line.startswith("DTSTART:1970")]
    assert begins == ["DTSTART:19700329T010000", "DTSTART:19701025T020000"]
    assert "RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3" in text
    assert "RRULE:FREQ=YEARLY;BYDAY=2SU;BYMONTH=3" in write(plans.year("America/New_York"))


def test_a_zone_whose_rule_is_no_day_of_its_month_lists_its_changes() -> None:
    """Nuuk changes at 23:00 on the day before the last Sunday of March, and that day is no BYDAY."""
    text = write(plans.year("America/Nuuk"))
    assert "RRULE:FREQ=YEARLY" not in text
    assert "DTSTART:19700101T000000\r\n" in text
    assert text.count("BEGIN:DAYLIGHT") == 4  # the springs of 2025 to 2028


def test_utc_is_written_with_z_and_no_zone() -> None:
    text = write(plans.year("UTC"))
    assert "VTIMEZONE" not in text
    assert all(event["DTSTART"].endswith("Z") for event in timed(text))


@pytest.mark.parametrize(
    ("tz", "offered"),
    [("Europe/Londn", "Europe/London"), ("europe/london", "Europe/London"), ("New York", "America/New_York")],
)
def test_an_unknown_zone_is_refused_and_near_ones_are_offered(tz: str, offered: str) -> None:
    with pytest.raises(RequestError, match="is no time zone that titrate knows") as caught:
        write(build.ladder(tz=tz))
    assert f"--tz {offered}" in caught.value.options


@pytest.mark.parametrize("tz", ["../../../etc/passwd", "/etc/localtime", "", "x" * 10_000, "Factory", "\x00"])
def test_what_is_no_zone_is_refused(tz: str) -> None:
    with pytest.raises(RequestError):
        write(build.ladder(tz=tz))


def test_without_a_zone_only_floating_times_are_possible() -> None:
    with pytest.raises(RequestError, match="--tz Europe/London"):
        write(build.ladder(tz=None))


# --- alarms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("remind", "trigger"), [(0, "PT0S"), (10, "-PT10M"), (90, "-PT90M")])
def test_a_dose_has_one_alarm_that_shows_its_title(remind: int, trigger: str) -> None:
    for event in timed(write(build.ladder(), CalendarOptions(remind=remind))):
        assert (event["ALARM:ACTION"], event["ALARM:TRIGGER"]) == ("DISPLAY", trigger)
        assert event["ALARM:DESCRIPTION"] == event["SUMMARY"]


def test_doses_before_the_day_of_issue_have_no_alarm() -> None:
    """Issued at 09:00 UTC on 23 November 2026, so also in London; the first step runs from 20 October to 18 March."""
    noon = [e for e in timed(write(plans.year("Europe/London"))) if e["SUMMARY"].startswith("12:00")]
    assert [(e["DTSTART;TZID=Europe/London"], e["RRULE"], "ALARM:TRIGGER" in e) for e in noon[:2]] == [
        ("20261020T120000", "FREQ=DAILY;COUNT=34", False),
        ("20261123T120000", "FREQ=DAILY;COUNT=116", True),
    ]


def test_the_day_of_issue_is_that_of_the_home_zone() -> None:
    """09:00 UTC on 23 November is still 22 November in Pago Pago, which is 11 hours behind."""
    noon = [e for e in timed(write(build.ladder(tz="Pacific/Pago_Pago"))) if "ALARM:TRIGGER" not in e]
    assert noon == []
    early = plans.small_hours("2026-11-20", 5, "Pacific/Pago_Pago")
    quiet = [e["RRULE"] for e in timed(write(early)) if "ALARM:TRIGGER" not in e]
    assert quiet == ["FREQ=DAILY;COUNT=2"]  # 20 and 21 November


def test_all_day_events_have_no_alarm() -> None:
    assert not any("ALARM:TRIGGER" in e for e in events(write(build.ladder())) if "DTSTART;VALUE=DATE" in e)


@pytest.mark.parametrize("remind", [-1, 1440])
def test_an_alarm_after_the_dose_or_days_before_is_refused(remind: int) -> None:
    with pytest.raises(RequestError, match="--remind 10m"):
        CalendarOptions(remind=remind)


# --- days to note ----------------------------------------------------------------------------------------------------


def beginnings(schedule: Schedule) -> list[str]:
    return [key[9:] for key in all_day(write(schedule)) if "rom today" in key]


def test_a_step_begins_with_what_changes() -> None:
    assert beginnings(build.ladder()) == [
        "Baclofen. From today: 5 mg three times a day (r1)",
        "Baclofen. From today: 10 mg instead of 5 mg, three times a day (r1)",
        "Baclofen. From today: 15 mg instead of 10 mg, three times a day (r1)",
        "Baclofen. From today: 20 mg instead of 15 mg, three times a day (r1)",
    ]
    assert beginnings(UNEVEN) == [
        "Baclofen. From today: 5 mg three times a day (r1)",
        "Baclofen. From today: 5 mg in the morning, 5 mg in the afternoon and 10 mg in the evening, "
        "instead of 5 mg three times a day (r1)",
        "Baclofen. From today: 5 mg in the morning and 10 mg in the evening, "
        "instead of 5 mg in the morning, 5 mg in the afternoon and 10 mg in the evening (r1)",
        "Baclofen. From today: 10 mg twice a day instead of 5 mg in the morning and 10 mg in the evening (r1)",
        "Baclofen. From today: still 10 mg twice a day (r1)",
        "Baclofen. From today: 10 mg four times a day instead of 10 mg twice a day (r1)",
    ]


@pytest.mark.parametrize(
    ("current", "title"),
    [
        ("20 mg x3", "15 mg instead of 20 mg, three times a day"),
        ("15 mg x3", "still 15 mg three times a day"),
        ("15 mg x4", "15 mg three times a day instead of 15 mg four times a day"),
        ("60 mg/day", "15 mg three times a day instead of 60 mg a day"),
        ("20/10/30 mg", "15 mg three times a day instead of 20 mg, 10 mg and 30 mg in the course of the day"),
    ],
)
def test_the_first_step_is_told_against_what_the_patient_takes_now(current: str, title: str) -> None:
    assert beginnings(build.descent(current=Pattern.parse(current)))[0] == f"Baclofen. From today: {title} (r1)"


def test_an_all_day_event_ends_on_the_day_after() -> None:
    for event in events(write(build.ladder())):
        if "DTSTART;VALUE=DATE" in event:
            first = date.fromisoformat(event["DTSTART;VALUE=DATE"])
            assert date.fromisoformat(event["DTEND;VALUE=DATE"]) == plus(first, 1)


def test_the_last_dose_says_so_and_why_that_is_safe() -> None:
    text = write(build.descent())
    last = timed(text)[-1]
    assert last["DTSTART;TZID=Europe/London"] == "20261215T200000"
    assert "RRULE" not in last
    assert said(last["SUMMARY"]) == "20:00 Baclofen 5 mg (r1), the last dose"
    assert said(last["DESCRIPTION"]).split("\n")[:4] == [
        "Take 1 tablet of 5 mg.",
        "This is the last dose of the plan.",
        "Why it is safe to end here: the daily dose has come down step by step from 45 mg to 5 mg in 15 days.",
        "A dose rises by at most 5 mg.",
    ]
    assert said(last["DESCRIPTION"]).split("\n")[4] == "Because a dose rises by at most 5 mg."
    assert sum("the last dose" in e["SUMMARY"] for e in timed(text)) == 1
    noted = all_day(text)["20261216 From today: no baclofen (r1)"]
    assert "The last dose was on Tuesday 15 December 2026." in noted
    assert "Why it is safe to end here" in noted
    assert "Stop." not in text
    assert not any("do not stop" in key for key in all_day(text))


def test_the_fall_is_counted_from_what_the_patient_took_before_the_plan() -> None:
    last = timed(write(build.descent(current=Pattern.parse("20 mg x3"))))[-1]
    assert "has come down step by step from 60 mg to 5 mg in 15 days." in said(last["DESCRIPTION"])


def test_a_schedule_with_a_review_day_says_do_not_stop_on_it_and_a_week_before() -> None:
    noted = all_day(write(build.ladder(review="2027-01-19")))
    before = noted["20270112 Baclofen review in a week: do not stop; ring the prescriber (r1)"]
    today = noted["20270119 Baclofen review today: do not stop; ring the prescriber (r1)"]
    for text in (before, today):
        assert "The prescriber wants to look again on Tuesday 19 January 2027." in text
        assert "Do not stop: keep taking 20 mg three times a day until the prescriber says otherwise." in text
        assert "The doses in this calendar end on the day before the review; the medicine does not end." in text
    assert not any("This calendar" in key for key in noted)


@pytest.mark.parametrize(("review", "days"), [("2026-12-12", ["20261205", "20261212"]), ("2026-12-08", ["20261208"])])
def test_a_week_before_the_review_is_told_only_after_the_first_day(review: str, days: list[str]) -> None:
    """The plan begins on 1 December 2026, a week before 8 December."""
    noted = all_day(write(build.ladder(review=review)))
    assert [key[:8] for key in noted if "review" in key] == days


def test_a_schedule_without_end_and_review_says_that_the_medicine_goes_on() -> None:
    """The open step begins on 10 December 2026; 84 days of it are listed, the last on 3 March 2027."""
    text = write(build.ladder())
    assert max(when for event in timed(text) for when in starts(event)).date() == date(2027, 3, 3)
    noted = all_day(text)
    for key in (
        "20270225 This calendar ends in a week; baclofen does not end: do not stop, ring the prescriber (r1)",
        "20270304 This calendar has ended; baclofen does not end: do not stop, ring the prescriber (r1)",
    ):
        assert "doses up to and including Wednesday 03 March 2027" in noted[key]
        assert "Do not stop: keep taking 20 mg three times a day" in noted[key]
        assert "ask for the next calendar" in noted[key]


def test_a_review_before_the_open_step_leaves_the_list_with_its_own_end() -> None:
    noted = all_day(write(build.ladder(review="2026-12-05")))
    today = noted["20261205 Baclofen review today: do not stop; ring the prescriber (r1)"]
    assert "keep taking 10 mg three times a day" in today
    assert any(key.startswith("20270304 This calendar has ended") for key in noted)
    assert not any("review in a week" in key for key in noted)


def test_a_pump_has_rates_and_no_clock() -> None:
    text = write(PUMP)
    assert timed(text) == []
    assert beginnings(PUMP) == [
        "Baclofen. From today: 100 micrograms a day as a continuous infusion (r1)",
        "Baclofen. From today: 120 micrograms a day instead of 100 micrograms a day (continuous infusion) (r1)",
    ]
    noted = all_day(text)["20270105 Baclofen review today: do not stop; ring the prescriber (r1)"]
    assert "the pump goes on with 120 micrograms a day as a continuous infusion" in noted


def test_discreet_titles_and_names_hide_drug_and_dose() -> None:
    for schedule in EVERY.values():
        for line in unfolded(write(schedule, CalendarOptions(discreet=True))):
            shown = line.startswith(("SUMMARY", "NAME", "X-WR-CALNAME", "CATEGORIES", "UID"))
            if shown:
                assert "baclofen" not in line.lower()
                assert " mg" not in line
                assert "micrograms" not in line
    event = timed(write(build.ladder(), CalendarOptions(discreet=True)))[0]
    assert event["SUMMARY"] == event["ALARM:DESCRIPTION"] == "08:00 Medicine (r1)"


def test_a_slash_never_stands_for_per_and_dates_have_their_weekday() -> None:
    assert wording.plain("2.5 mL of 1 mg/mL, 0.3 mg/kg/day in Europe/London") == (
        "2.5 mL of 1 mg per mL, 0.3 mg per kg per day in Europe/London"
    )
    for event in events(write(build.ladder(review="2027-01-19"))):
        assert "2026-" not in event["DESCRIPTION"].replace("0123456789ab", "")


# --- size, bytes, advice ---------------------------------------------------------------------------------------------


def steps_of(count: int, length: int) -> Schedule:
    """`count` steps of `length` days with four doses a day, then none."""
    firsts = [plus(date(2026, 12, 1), n * length).isoformat() for n in range(count + 1)]
    doses = ("10 mg x4", "5/10/5/10 mg")
    steps = [(firsts[n], length, "taper", doses[n % 2]) for n in range(count)]
    return build.schedule(*steps, (firsts[-1], 1, "taper", "none mg"))


def test_a_year_of_four_doses_a_day_in_26_steps_is_below_100_kb() -> None:
    assert len(write(steps_of(26, 14)).encode()) < 100_000


def test_series_take_at_most_a_fifteenth_of_single_events() -> None:
    """With 26 steps of 14 days that cannot be: each series stands for 14 doses. Twelve steps of 30 days can."""
    schedule = steps_of(12, 30)
    series, single = (len(write(schedule, options).encode()) for options in (CalendarOptions(), SINGLE))
    assert series * 15 <= single


SCRIPT = """
import hashlib
from tests import build
from tests.calendars import plans
from titrate.formats.ics import CalendarOptions, write
for schedule in (build.ladder(label="M\\u00fctterchen"), build.descent(), plans.year("America/Nuuk")):
    for options in (CalendarOptions(), CalendarOptions(single_events=True, discreet=True, remind=10)):
        print(hashlib.sha256(write(schedule, options).encode()).hexdigest())
"""


@pytest.mark.parametrize(("tz", "seed"), [("UTC", "0"), ("Pacific/Auckland", "1"), ("America/St_Johns", "4711")])
def test_the_same_plan_gives_the_same_bytes(tz: str, seed: str) -> None:
    environment = {**os.environ, "TZ": tz, "PYTHONHASHSEED": seed, "PYTHONTZPATH": ""}
    root = Path(__file__).parent.parent
    command = [sys.executable, "-c", SCRIPT]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=root, env=environment)
    here = [
        hashlib.sha256(write(schedule, options).encode()).hexdigest()
        for schedule in (build.ladder(label="M\u00fctterchen"), build.descent(), plans.year("America/Nuuk"))
        for options in (CalendarOptions(), CalendarOptions(single_events=True, discreet=True, remind=10))
    ]
    assert done.stdout.split() == here


def test_the_module_is_cheap_until_a_calendar_is_written() -> None:
    code = "import sys, titrate.formats.ics; print('icalendar' in sys.modules)"
    root = Path(__file__).parent.parent
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "False"


def test_advice_for_a_first_export_and_for_a_revision() -> None:
    first = build.ladder(review="2027-01-19")
    said_first = advice(first, CalendarOptions(), write(first))
    assert len(said_first) == 1
    assert said_first[0].startswith('Import it into a calendar of its own, called "Baclofen, revision 1"')
    second = build.ladder(review="2027-01-19", revision=2, label="Mum")
    said_second = advice(second, CalendarOptions(discreet=True), write(second))
    assert said_second[0].startswith('Delete the calendar "Mum: Medicine, revision 1" before importing revision 2.')


def test_advice_names_a_dose_in_a_skipped_hour_and_another_hour() -> None:
    schedule = plans.small_hours("2027-03-22", 7)
    sentences = advice(schedule, CalendarOptions(), write(schedule))
    assert sentences[1] == (
        "The dose at 01:30 on Sunday 28 March 2027: the clock in Europe/London skips that time, "
        "so it is written for 02:30. A dose at 02:30 never meets this."
    )
    assert not any("clock in" in s for s in advice(schedule, CalendarOptions(floating=True), ""))


def test_advice_on_size_on_floating_times_and_on_a_plan_without_end() -> None:
    schedule = plans.year("Europe/London")
    text = write(schedule, SINGLE)
    count = len(events(text))
    assert any(f"The file has {count} events and " in sentence for sentence in advice(schedule, SINGLE, text))
    assert not any("The file has" in sentence for sentence in advice(schedule, CalendarOptions(), write(schedule)))
    floating = advice(build.ladder(tz=None), CalendarOptions(floating=True), "")
    assert any("follow the device" in sentence for sentence in floating)
    assert any("listed until Wednesday 03 March 2027" in sentence for sentence in floating)
