"""A calendar over all revisions of a plan: what stays the same keeps its UID, what changed has a higher SEQUENCE.

The entries are those that the calendar held after each revision, looked at in order. An entry has the number (SEQUENCE)
and the moment (DTSTAMP) of the last revision that changed it, so that the days of earlier revisions stay as they were
to the letter. One that a revision dropped stays as a cancelled one: a program that takes entries over by their UID and
never removes any (Evolution, khal, a file put on a CalDAV server again) then shows no dose of an older plan, even if it
missed the revision that dropped it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

from titrate.days import plus
from titrate.formats.ics import wording
from titrate.formats.ics.diary import CalendarOptions, Entry, entries, followed, taken_away
from titrate.frozen import dataclass
from titrate.schedule import Schedule
from titrate.zone import load

# Entries of which a plan has one at a time: they move when their day does.
_SINGLE = ("about-", "review", "ends-in-a-week", "ended")


@dataclass(frozen=True, slots=True)
class Dated:
    """An entry as a calendar writes it: `revision` and `issued` are those of its last change. `zone` is `None` for
    floating times."""

    uid: str
    entry: Entry
    revision: int
    issued: datetime
    zone: ZoneInfo | None
    cancelled: bool = False


def dated(schedule: Schedule, options: CalendarOptions) -> tuple[Dated, ...]:
    """Every entry of the feed of a schedule, in the order of its day; what is cancelled comes last.

    Raises `RequestError` for an unknown time zone.
    """
    live: dict[str, Dated] = {}
    dropped: dict[str, Dated] = {}
    for revision in schedule.chain():
        held = dict(_held(revision, schedule, options))
        for uid, one in live.items():
            if uid not in held:
                dropped[uid] = replace(one, revision=revision.revision, issued=revision.issued, cancelled=True)
        for uid in held:
            dropped.pop(uid, None)
        live = {uid: _unless_same(live.get(uid), one) for uid, one in held.items()}
    takes = "Nothing of it is taken." if schedule.called_off else "Take what the calendar says for the day."
    left = [_cancelled(one, options, takes) for one in dropped.values()]
    return (*sorted(live.values(), key=_order), *sorted(left, key=_order))


def _order(one: Dated) -> tuple[date, str]:
    return one.entry.day, one.uid


def _unless_same(before: Dated | None, now: Dated) -> Dated:
    """What was there already, if nothing about it changed."""
    same = before is not None and (before.entry, before.zone) == (now.entry, now.zone)
    return before if before is not None and same else now


def _held(schedule: Schedule, newest: Schedule, options: CalendarOptions) -> Iterator[tuple[str, Dated]]:
    """What the calendar of one revision held: the days that were followed before it, then its own."""
    chain = schedule.chain()
    for earlier, later in pairwise(chain):
        assert later.revised is not None, later
        zone = _zone(earlier, newest, options)
        for entry in followed(earlier, options, zone, plus(later.revised.on, -1), schedule.absences):
            yield _uid(schedule, entry), Dated(_uid(schedule, entry), entry, schedule.revision, schedule.issued, zone)
    zone = _zone(schedule, newest, options)
    reported = (
        taken_away(one, absence, options)
        for one in chain
        if one.revised is not None
        for absence in one.revised.absences
    )
    for entry in (*reported, *entries(schedule, options, zone)):
        yield _uid(schedule, entry), Dated(_uid(schedule, entry), entry, schedule.revision, schedule.issued, zone)


def _zone(schedule: Schedule, newest: Schedule, options: CalendarOptions) -> ZoneInfo | None:
    """The zone in which the times of a revision are meant; where it named none, that of the newest."""
    name = schedule.request.tz or newest.request.tz
    return None if options.floating or name is None else load(name)


def _uid(schedule: Schedule, entry: Entry) -> str:
    """Of plan, day and what the entry is; of what there is once in a plan, without the day."""
    if entry.name.startswith(_SINGLE):
        return f"{schedule.plan}-{entry.name}@titrate"
    name = "step" if entry.name.startswith("step-") else entry.name
    day = entry.day
    return f"{schedule.plan}-{day.year:04d}{day:%m%d}-{name}@titrate"


def _cancelled(one: Dated, options: CalendarOptions, takes: str) -> Dated:
    """A dropped entry, once and silent, with a title that says so wherever the status is not looked at."""
    text = f"Revision {one.revision} of the plan cancelled this. {takes}\n"
    was = "" if options.discreet else f"It was: {one.entry.title}."
    title = f"Cancelled: {one.entry.title}"
    entry = replace(one.entry, title=title, text=(text + was).strip(), count=1, rings=False)
    return replace(one, entry=entry)


def name_of(schedule: Schedule, options: CalendarOptions) -> str:
    """What a program calls the calendar; it stays the same over revisions, which titles show."""
    return wording.calendar_name(schedule, options.discreet).removesuffix(f", revision {schedule.revision}")
