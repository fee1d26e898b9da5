"""Plans over the clock changes of their zones, and the doses they stand for, by `zoneinfo` alone."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from zoneinfo import ZoneInfo

from tests import build
from titrate.days import plus
from titrate.schedule import Schedule

# Zone and times of day; those in the small hours meet hours that the clock skips or repeats in 2026 and 2027.
HOURS = {
    "Europe/London": ("01:30", "12:00", "22:00"),
    "America/New_York": ("01:30", "02:30", "22:00"),
    "America/Nuuk": ("00:30", "12:00", "23:30"),
    "Asia/Kathmandu": ("01:30", "12:00", "22:00"),
    "Australia/Lord_Howe": ("01:45", "02:15", "22:00"),
    "Africa/Cairo": ("00:30", "12:00", "23:30"),
    "Africa/Casablanca": ("02:30", "12:00", "22:00"),
    "America/St_Johns": ("01:30", "02:30", "22:00"),
    "UTC": ("01:30", "12:00", "22:00"),
}
FIRST, LAST = "2026-10-01", "2028-01-31"


@cache
def year(tz: str) -> Schedule:
    """A bit more than a year from October 2026 on; the day of issue lies in its first step."""
    return build.schedule(
        ("2026-10-20", 150, "titration", "5 mg x3"),
        ("2027-03-19", 120, "titration", "10 mg x3"),
        ("2027-07-17", None, "maintenance", "20 mg x3"),
        tz=tz,
        times=HOURS[tz],
        review="2027-12-05",
    )


def small_hours(first: str, length: int, tz: str = "Europe/London", at: str = "01:30") -> Schedule:
    """One dose a day at `at`, for `length` days from `first` on, then none: the law of one dose a day at its barest."""
    stop = plus(datetime.fromisoformat(first).date(), length)
    return build.schedule(
        (first, length, "taper", "5 mg x1"), (stop.isoformat(), 1, "taper", "none mg"), tz=tz, times=(at,)
    )


def package_zone(name: str) -> ZoneInfo:
    """A zone of the tzdata package; the machine's own zones may be years older."""
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


def doses(schedule: Schedule) -> Counter[tuple[str, str]]:
    """The UTC instant and the title of every dose up to the revision, which is where a title may go on.

    A skipped time is read with the offset before the gap and a repeated one is the first (fold 0 means both).
    """
    zone = package_zone(schedule.request.tz or "UTC")
    found: Counter[tuple[str, str]] = Counter()
    for day in schedule.each_day():
        for given in day.regimen.administrations:
            assert given.slot.at is not None
            instant = datetime.combine(day.date, given.slot.at, tzinfo=zone).astimezone(UTC)
            found[f"{instant:%Y-%m-%dT%H:%M:%SZ}", f"{given.slot.at:%H:%M} Baclofen {given.dose} (r1)"] += 1
    return found
