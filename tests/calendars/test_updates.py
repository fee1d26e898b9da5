"""Feeds as calendar programs read them: version 1, then the revisions, then the stop.

Some programs read a file and remember nothing (a subscription is no more than that to them); others keep a calendar,
take each version over in turn, and are asked after each what they show. Both have to show the doses of that version on
every day, to the minute. As in `test_programs.py`, a program that is not installed is skipped, and says so.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from tests.calendars.revisions import COURSES, DAYTIME, Course, called_off, expected, versions
from tests.calendars.test_programs import differences, run
from titrate.days import plus
from titrate.formats import ics
from titrate.schedule import Schedule

READ_AFRESH = ("LIBICAL", "ICALJS", "NODE_ICAL", "RECURRING", "VOBJECT")
# A CalDAV server with a client library; a subscription of vdirsyncer, read with khal; files imported into khal; a
# subscription of Evolution Data Server; files imported into it.
KEEP = ("CALDAV", "VDIRSYNCER", "KHAL_IMPORT", "EDS", "EDS_IMPORT")
# These take up to twenty seconds for a plan.
SLOW = ("CALDAV", "VDIRSYNCER", "KHAL_IMPORT")
FEED = ics.CalendarOptions(feed=True)
ALL = {**COURSES, **{f"{name}-by-day": course for name, course in DAYTIME.items()}}


def span(schedules: tuple[Schedule, ...]) -> tuple[str, str]:
    """From before the first day to after the last that any of the versions lists."""
    last = max(schedule.listed_until for schedule in schedules)
    return plus(schedules[0].first, -10).isoformat(), plus(last, 30).isoformat()


def written(schedules: tuple[Schedule, ...], folder: Path, options: ics.CalendarOptions = FEED) -> list[Path]:
    paths = []
    for number, schedule in enumerate(schedules, 1):
        paths.append(folder / f"{number}.ics")
        paths[-1].write_bytes(ics.write(schedule, options).encode())
    return paths


def shown(lines: list[str]) -> tuple[Counter[tuple[str, str]], list[str]]:
    """The doses, and the days on which a step begins; what says that it is cancelled is neither."""
    found: Counter[tuple[str, str]] = Counter()
    begins = []
    for line in lines:
        when, _, title = line.partition("\t")
        if title.startswith("Cancelled: "):
            continue
        if "T" in when:
            found[when, title.partition(")")[0] + ")"] += 1
        elif "From today" in title:
            begins.append(when)
    return found, sorted(begins)


def begins_of(schedule: Schedule) -> list[str]:
    """The first days of all steps that were followed or lie ahead."""
    steps = (*schedule.kept(), *schedule.steps)
    return [step.days.first.isoformat() for step in steps if step.days.first <= schedule.listed_until]


def kept(reader: str, paths: list[Path], first: str, last: str) -> list[list[str]]:
    """What a program that keeps a calendar shows after each file."""
    blocks: list[list[str]] = []
    for line in run(reader, paths[0], *map(str, paths[1:]), first, last).splitlines():
        if line.startswith("# "):
            blocks.append([])
        else:
            blocks[-1].append(line)
    assert len(blocks) == len(paths)
    return blocks


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("reader", READ_AFRESH)
def test_each_version_read_afresh_shows_its_own_doses(reader: str, name: str, tmp_path: Path) -> None:
    schedules = versions(ALL[name])
    for schedule, path in zip(schedules, written(schedules, tmp_path), strict=True):
        doses, begins = shown(run(reader, path, *span(schedules)).splitlines())
        assert differences(doses, expected(schedule)) == ([], []), schedule.revision
        assert begins == begins_of(schedule), schedule.revision


@pytest.mark.parametrize(
    ("reader", "name"), [(reader, name) for reader in KEEP for name in (COURSES if reader in SLOW else ALL)]
)
def test_a_calendar_that_is_kept_shows_each_version_in_turn(reader: str, name: str, tmp_path: Path) -> None:
    schedules = versions(ALL[name])
    blocks = kept(reader, written(schedules, tmp_path), *span(schedules))
    for schedule, lines in zip(schedules, blocks, strict=True):
        doses, begins = shown(lines)
        assert differences(doses, expected(schedule)) == ([], []), schedule.revision
        assert begins == begins_of(schedule), schedule.revision


@pytest.mark.parametrize("reader", KEEP)
def test_a_calendar_that_missed_two_revisions_shows_the_stop(reader: str, tmp_path: Path) -> None:
    course: Course = DAYTIME["london-spring"]
    schedules = versions(course)[::3]
    blocks = kept(reader, written(schedules, tmp_path), *span(versions(course)))
    for schedule, lines in zip(schedules, blocks, strict=True):
        assert differences(shown(lines)[0], expected(schedule)) == ([], [])


@pytest.mark.parametrize("reader", [*KEEP, *READ_AFRESH])
def test_of_a_plan_that_was_called_off_nothing_is_left(reader: str, tmp_path: Path) -> None:
    """Neither a dose nor a day on which a step begins, be it read afresh or kept from version 1."""
    schedules = called_off(DAYTIME["london-spring"])
    paths = written(schedules, tmp_path)
    if reader in KEEP:
        blocks = kept(reader, paths, *span(schedules))
    else:
        blocks = [run(reader, path, *span(schedules)).splitlines() for path in paths]
    before, after = map(shown, blocks)
    assert before[0] == expected(schedules[0])
    assert after == (Counter(), [])


@pytest.mark.parametrize("reader", [*KEEP, "LIBICAL"])
def test_a_traveller_sees_the_times_of_the_clock_on_the_wrist(reader: str, tmp_path: Path) -> None:
    """Floating times: the programs are asked in UTC, so that a time is the same number there."""
    schedules = versions(DAYTIME["london-spring"], floating=True)
    paths = written(schedules, tmp_path, ics.CalendarOptions(feed=True, floating=True))
    if reader in KEEP:
        blocks = kept(reader, paths, *span(schedules))
    else:
        blocks = [run(reader, path, *span(schedules)).splitlines() for path in paths]
    for schedule, lines in zip(schedules, blocks, strict=True):
        assert differences(shown(lines)[0], expected(schedule)) == ([], [])


@pytest.mark.parametrize("name", ALL)
def test_libical_finds_no_error_in_any_version(name: str, tmp_path: Path) -> None:
    options = ics.CalendarOptions(feed=True, source="https://example.org/calendars/plan.ics")
    for path in written(versions(ALL[name]), tmp_path, options):
        assert run("LIBICAL_CHECK", path) == ""
