"""The doses as calendar programs read them, against the schedule's own days.

Each program is started by a command in an environment variable; `.ci/calendars` installs the programs and sets them.
Without one its tests are skipped, and say so.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests import build
from tests.calendars import plans
from titrate.formats import ics
from titrate.schedule import Schedule

READERS = ("LIBICAL", "ICALJS", "NODE_ICAL", "RECURRING", "KHAL", "VOBJECT", "RADICALE")
MODES = {"series": ics.CalendarOptions(), "single": ics.CalendarOptions(single_events=True)}
SMALL_HOURS = {
    "skipped": plans.small_hours("2027-03-22", 7),
    "skipped-last-but-one": plans.small_hours("2027-03-22", 8),
    "repeated": plans.small_hours("2027-10-25", 7),
    "repeated-in-the-middle": plans.small_hours("2027-10-25", 14),
    "skipped-in-new-york": plans.small_hours("2027-03-10", 9, "America/New_York", "02:00"),
    "repeated-in-lord-howe": plans.small_hours("2027-03-30", 9, "Australia/Lord_Howe", "01:30"),
}


# What a program gets wrong by itself, whatever the file says.
OLD_ZONES = "goes by its own zone data (ICU), where Morocco still changes its clock, and not by the file's VTIMEZONE"
KNOWN = {
    ("NODE_ICAL", "Africa/Casablanca", "series"): OLD_ZONES,
    ("NODE_ICAL", "Africa/Casablanca", "single"): OLD_ZONES,
    ("LIBICAL", "Africa/Casablanca", "series"): f"steps from day to day with ICU: {OLD_ZONES}",
    ("NODE_ICAL", "backslash"): "reads an escaped backslash before an n as a backslash and a new line",
}
# A year of single events takes khal ten seconds (it reads one such) and Radicale a minute (it reads short plans only).
SLOW: dict[str, tuple[str, ...]] = {"KHAL": ("Europe/London",), "RADICALE": ()}


def known(*key: str) -> tuple[pytest.MarkDecorator, ...]:
    return (pytest.mark.xfail(reason=f"{key[0]}: {KNOWN[key]}"),) if key in KNOWN else ()


YEARS = [
    pytest.param(reader, tz, mode, marks=known(reader, tz, mode))
    for reader in READERS
    for tz in plans.HOURS
    for mode in MODES
    if mode == "series" or tz in SLOW.get(reader, tuple(plans.HOURS))
]


def run(reader: str, path: Path, *words: str) -> str:
    """What a reader prints. It runs in a zone that no plan here is in: a reader that falls back on it is found out."""
    command = os.environ.get(f"TITRATE_{reader}")
    if not command:
        pytest.skip(f"{reader} is not here; .ci/calendars installs it")
    # PYTHONTZPATH: programs in Python that go by the zone's name look into tzdata, not into what the machine has.
    environment = {**os.environ, "TZ": "Pacific/Auckland", "LC_ALL": "C.UTF-8", "PYTHONTZPATH": ""}
    done = subprocess.run(
        [*shlex.split(command), str(path), *words],
        check=False,
        capture_output=True,
        text=True,
        env=environment,
        timeout=300,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


# Each is read by many programs, and a year of single events takes half a second to write.
@cache
def written(schedule: Schedule, options: ics.CalendarOptions) -> bytes:
    return ics.write(schedule, options).encode()


def read(
    reader: str, schedule: Schedule, options: ics.CalendarOptions, folder: Path
) -> tuple[Counter[tuple[str, str]], list[str]]:
    """The doses that a reader finds, and the days on which it says that a step begins."""
    path = folder / "plan.ics"
    path.write_bytes(written(schedule, options))
    lines = [line.split("\t") for line in run(reader, path, plans.FIRST, plans.LAST).splitlines()]
    timed = Counter((when, title.partition("(r1)")[0] + "(r1)") for when, title in lines if "T" in when)
    return timed, sorted(when for when, title in lines if "T" not in when and "From today" in title)


def differences(
    found: Counter[tuple[str, str]], planned: Counter[tuple[str, str]]
) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """The first doses that are lacking, and the first that nobody planned, each as often as it is; none where both are
    alike. What pytest tells of a thousand doses that are an hour off takes it ten minutes to find out."""
    lacking, beyond = ((one - other).elements() for one, other in ((planned, found), (found, planned)))
    return sorted(lacking)[:5], sorted(beyond)[:5]


def test_a_dose_that_is_lacking_moved_or_told_twice_is_a_difference() -> None:
    early, late = ("2026-12-01T08:00:00Z", "5 mg"), ("2026-12-01T09:00:00Z", "5 mg")
    planned = Counter([early, late])
    assert differences(Counter([late, early]), planned) == ([], [])
    assert differences(Counter([early]), planned) == ([late], [])
    assert differences(Counter([early, late, late]), planned) == ([], [late])
    assert differences(Counter([early, (late[0], "10 mg")]), planned) == ([late], [(late[0], "10 mg")])


@pytest.mark.parametrize(("reader", "tz", "mode"), YEARS)
def test_a_year_of_doses_is_read_as_it_was_planned(reader: str, tz: str, mode: str, tmp_path: Path) -> None:
    schedule = plans.year(tz)
    doses, beginnings = read(reader, schedule, MODES[mode], tmp_path)
    assert differences(doses, plans.doses(schedule)) == ([], [])
    assert beginnings == [step.days.first.isoformat() for step in schedule.steps]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("name", SMALL_HOURS)
@pytest.mark.parametrize("reader", READERS)
def test_one_dose_a_day_in_the_small_hours_and_none_after(reader: str, name: str, mode: str, tmp_path: Path) -> None:
    schedule = SMALL_HOURS[name]
    doses, _ = read(reader, schedule, MODES[mode], tmp_path)
    assert differences(doses, plans.doses(schedule)) == ([], [])


@pytest.mark.parametrize("sign", [pytest.param("\\", id="backslash"), ";", ","])
@pytest.mark.parametrize("reader", READERS)
def test_letters_outside_ascii_and_signs_that_are_escaped_come_back(
    reader: str, sign: str, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    if sign == "\\":
        for mark in known(reader, "backslash"):
            request.applymarker(mark)
    path = tmp_path / "plan.ics"
    label = f"M\u00fctterchen{sign}neu \u5a66 \U0001f48a" + " \u00e9" * 40
    path.write_bytes(ics.write(build.descent(label=label)).encode())
    assert f"About the plan: {label}: Baclofen, revision 1" in run(reader, path, plans.FIRST, plans.LAST)


@pytest.mark.parametrize("options", [*MODES.values(), ics.CalendarOptions(discreet=True, remind=10)])
@pytest.mark.parametrize("tz", plans.HOURS)
def test_libical_finds_no_error_and_its_restriction_check_passes(
    tz: str, options: ics.CalendarOptions, tmp_path: Path
) -> None:
    path = tmp_path / "plan.ics"
    path.write_bytes(written(plans.year(tz), options))
    assert run("LIBICAL_CHECK", path) == ""


def test_the_libical_check_sees_what_is_wrong(tmp_path: Path) -> None:
    path = tmp_path / "plan.ics"
    good = ics.write(plans.year("Europe/London"))
    path.write_bytes(good.replace("VERSION:2.0", "VERSION:2.0\r\nMETHOD:REQUEST", 1).encode())
    command = os.environ.get("TITRATE_LIBICAL_CHECK")
    if not command:
        pytest.skip("LIBICAL_CHECK is not here; .ci/calendars installs it")
    done = subprocess.run([*shlex.split(command), str(path)], check=False, capture_output=True, text=True)
    assert done.returncode == 1
    assert "restriction check fails" in done.stdout
