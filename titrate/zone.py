"""A home time zone and its clock changes, as a calendar has to spell them out (RFC 5545, 3.6.5).

The zone comes from the tzdata package and never from the machine, so that the same plan gives the same bytes
everywhere. Its yearly rule is the footer of its TZif file (RFC 8536, 3.3), the last line, such as
`GMT0BST,M3.5.0/1,M10.5.0`.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from functools import lru_cache
from importlib.resources import files
from typing import Literal
from zoneinfo import ZoneInfo

from titrate.errors import RequestError
from titrate.frozen import dataclass

Oddity = Literal["skipped", "repeated"]

# python-vobject, and so Radicale, ignores a zone none of whose sub-components begins before 2000.
_BEFORE_ANY_PLAN = 1970
# A zone ahead of UTC or behind it would leave the years 1 to 9999 that a date can have.
_FIRST_YEAR, _LAST_YEAR = 2, 9998
_WEEKDAYS = ("SU", "MO", "TU", "WE", "TH", "FR", "SA")
_CHANGE = r"M(\d{1,2})\.([1-5])\.([0-6])(?:/([+-]?\d{1,3})(?::(\d\d))?)?"
_FOOTER = re.compile(rf"[^,]+,{_CHANGE},{_CHANGE}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Yearly:
    """A day of every year: the `week`-th (5: last) `weekday` (0: Sunday) of `month`, `minutes` after its midnight."""

    month: int
    week: int
    weekday: int
    minutes: int

    @property
    def day(self) -> str:
        """As RFC 5545 writes it: `-1SU`, `2SU`."""
        return f"{-1 if self.week == 5 else self.week}{_WEEKDAYS[self.weekday]}"

    def of(self, year: int) -> datetime:
        """The moment in `year`, on the clock before the change."""
        first = datetime.combine(date(year, self.month, 1), time())
        days = (self.weekday - (first.weekday() + 1)) % 7 + 7 * (self.week - 1)
        moment = first + timedelta(days=days)
        if moment.month != self.month:
            moment -= timedelta(days=7)
        return moment + timedelta(minutes=self.minutes)


@dataclass(frozen=True, slots=True)
class Onset:
    """From `begins` (on the clock before) the clock is `after` ahead of UTC, and no longer `before`.

    With `yearly` that is so in every year from then on. `name` is what the zone calls its time after it: `BST`.
    """

    begins: datetime
    before: timedelta
    after: timedelta
    name: str
    yearly: Yearly | None = None

    @property
    def is_daylight(self) -> bool:
        """Whether the clock goes forward. (Ireland's law has it the other way round; no reader does.)"""
        return self.after > self.before


def names() -> tuple[str, ...]:
    """Every zone of tzdata that is a place or an offset, in its order."""
    listed = files("tzdata").joinpath("zones").read_text("utf-8").split()
    return tuple(name for name in listed if name not in ("Factory", "localtime", "posixrules"))


@lru_cache(maxsize=8)
def load(name: str) -> ZoneInfo:
    """The zone called `name`. Raises `RequestError` that offers the nearest names if there is none."""
    known = names()
    if name not in known:
        by_lower = {each.lower(): each for each in known}
        cities = {each.rpartition("/")[2].lower(): each for each in known}
        word = name[:60].strip().lower().replace(" ", "_")
        near = [by_lower[match] for match in get_close_matches(word, by_lower, n=3, cutoff=0.6)]
        near += [cities[match] for match in get_close_matches(word.rpartition("/")[2], cities, n=2, cutoff=0.8)]
        shown = "".join(char if char.isprintable() else "?" for char in name[:60])
        raise RequestError(
            f'"{shown}" is no time zone that titrate knows; write a region and a city, for example Europe/London.',
            tuple(f"--tz {each}" for each in dict.fromkeys(near)),
        )
    with files("tzdata").joinpath("zoneinfo", *name.split("/")).open("rb") as file:
        return ZoneInfo.from_file(file, key=name)


@lru_cache(maxsize=8)
def footer(name: str) -> str:
    """The last line of the TZif file of a known zone: the rule that holds after its last listed change."""
    content = files("tzdata").joinpath("zoneinfo", *name.split("/")).read_bytes()
    return content.rstrip(b"\n").rpartition(b"\n")[2].decode("ascii")


def is_utc(name: str) -> bool:
    """Whether the zone is UTC itself, whose times are written with a Z and without any zone."""
    return footer(name) == "UTC0"


def oddity(zone: tzinfo, wall: datetime) -> Oddity | None:
    """Whether the clock skips or repeats the naive time `wall`; `None` for nearly every time."""
    early, late = (wall.replace(tzinfo=zone, fold=fold).utcoffset() for fold in (0, 1))
    if early is None or late is None or early == late:
        return None
    return "skipped" if early < late else "repeated"


def instant(zone: tzinfo, wall: datetime) -> datetime:
    """The UTC instant of the naive time `wall` (RFC 5545, 3.3.5).

    A skipped time is read with the offset before the gap; of a repeated one it is the first.
    """
    return wall.replace(tzinfo=zone, fold=0).astimezone(UTC)


def onsets(zone: ZoneInfo, first: date, last: date) -> tuple[Onset, ...]:
    """What a VTIMEZONE has to say so that it is right from a year before `first` to a year after `last`, at least.

    One yearly onset each way where the zone's own rule describes every change of these years and can be said
    as one RRULE; otherwise one onset for each change, after one that holds from 1970 on.
    """
    years = range(max(first.year - 1, _FIRST_YEAR), min(last.year + 1, _LAST_YEAR) + 1)
    changes = _changes(zone, years)
    match = _FOOTER.fullmatch(footer(zone.key))
    if match and changes:
        yearly = _yearly(changes, (_read(match.groups()[:5]), _read(match.groups()[5:])), years)
        if yearly:
            return yearly
    start = datetime(years[0], 1, 1, tzinfo=UTC)
    offset = _offset(zone, start)
    begins = datetime.combine(date(min(_BEFORE_ANY_PLAN, years[0]), 1, 1), time())
    base = Onset(begins, offset, offset, start.astimezone(zone).tzname() or "")
    return (base, *changes)


def _read(parts: tuple[str | None, ...]) -> Yearly:
    """A rule of the footer: month, week, weekday, and the time, 02:00 where it gives none (POSIX)."""
    month, week, weekday, hours, minutes = parts
    clock = int(hours or 2) * 60
    clock += int(minutes or 0) * (-1 if (hours or "").startswith("-") else 1)
    return Yearly(int(month or 0), int(week or 0), int(weekday or 0), clock)


def _yearly(changes: tuple[Onset, ...], rules: tuple[Yearly, Yearly], years: range) -> tuple[Onset, ...]:
    """The two rules as yearly onsets, or nothing unless they give exactly `changes` and each stays within its day."""
    found = []
    for rule in rules:
        moments = [rule.of(year) for year in years]
        mine = [change for change in changes if change.begins in moments]
        alike = {(change.before, change.after, change.name) for change in mine}
        if len(mine) != len(moments) or len(alike) != 1 or not 0 <= rule.minutes < 24 * 60:
            return ()
        before, after, name = alike.pop()
        found.append(Onset(rule.of(min(_BEFORE_ANY_PLAN, years[0])), before, after, name, rule))
    if len(changes) != 2 * len(years):
        return ()
    return tuple(sorted(found, key=lambda onset: onset.begins))


def _changes(zone: ZoneInfo, years: range) -> tuple[Onset, ...]:
    """Every change of the offset within `years`, in order; no zone has ever had two on one day."""
    found = []
    low = datetime(years[0], 1, 1, tzinfo=UTC)
    end = datetime(years[-1] + 1, 1, 1, tzinfo=UTC)
    after = _offset(zone, low)
    while low < end:
        high = low + timedelta(days=1)
        before, after = after, _offset(zone, high)
        if before != after:
            moment = _first_with(zone, low, high)
            begins = (moment + before).replace(tzinfo=None)
            found.append(Onset(begins, before, after, moment.astimezone(zone).tzname() or ""))
        low = high
    return tuple(found)


def _first_with(zone: ZoneInfo, low: datetime, high: datetime) -> datetime:
    """The first second after `low` at which the zone has the offset that it has at `high`."""
    wanted = _offset(zone, high)
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        low, high = (low, middle) if _offset(zone, middle) == wanted else (middle, high)
    return high


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta(0)
