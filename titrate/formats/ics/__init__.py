"""A schedule as an iCalendar file, for import by hand or as a feed that programs read again and again.

RFC 5545 (3.4 the object, 3.6.1 VEVENT, 3.6.5 VTIMEZONE, 3.6.6 VALARM, 3.8.5.3 RRULE) and RFC 7986 (5.1 NAME, 5.4
LAST-MODIFIED, 5.7 REFRESH-INTERVAL, 5.8 SOURCE).

There are two schemes of UIDs, because programs do two different things with an entry whose UID they know already:

- A file for import by hand (`-o plan.ics`) has UIDs of plan, *revision*, day and slot, and what lies ahead. Thunderbird
  and konsolekalendar keep the old entry without a word when a UID comes again, and GNOME refuses the file; so a UID
  never comes again. An older revision that nobody deleted shows both doses, each with its revision in the title.
- A feed (`titrate calendar DIR`: a subscription, a collection on a CalDAV server) has UIDs of plan, day and slot, which
  stay the same over revisions, and holds the days before the newest revision too. Programs that subscribe take the
  whole file for the truth. Evolution, khal and CalDAV servers take an entry over by its UID and remove none; for them
  what a revision dropped stays in the file as STATUS:CANCELLED (see `feed`). SEQUENCE and DTSTAMP of an entry are
  those of the revision that changed it last.

What programs read differently is not used: no METHOD, no UID of the calendar, no RDATE, EXDATE or UNTIL. The
`icalendar` library folds and escapes; values are handed to it as text, because its own date types write a zone called
UTC with TZID and Z together, and a zero duration as P0D.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from titrate.days import in_words, plus
from titrate.errors import RequestError
from titrate.formats.ics import about, feed, wording
from titrate.formats.ics.diary import CalendarOptions, OddDose, entries, odd_doses
from titrate.schedule import Schedule
from titrate.zone import Onset, is_utc, load, oddity, onsets

if TYPE_CHECKING:
    from icalendar import Component

__all__ = ["CalendarOptions", "advice", "write"]

PRODID = "-//titrate//dose titration and taper plans//EN"
# Google quotes 1 MB for a calendar file; Radicale needs a minute for 1,500 events.
_LARGE_FILE = 900_000
_MANY_EVENTS = 1_000
# How often a program should read a feed again.
_REFRESH = "PT6H"
_WEEK = 7


def write(schedule: Schedule, options: CalendarOptions = CalendarOptions()) -> str:  # noqa: B008 (frozen)
    """The calendar file, its lines ended by CRLF; the same schedule and options give the same text on every machine.

    Raises `RequestError` if the request names no time zone and `options.floating` is off, or an unknown zone, and
    `FormatError` for more days than can be listed.
    """
    from icalendar import Calendar

    end = schedule.end_of_list()
    calendar = Calendar()
    name = feed.name_of(schedule, options) if options.feed else wording.calendar_name(schedule, options.discreet)
    _put(calendar, VERSION="2.0", PRODID=PRODID, CALSCALE="GREGORIAN", NAME=name)
    _put(calendar, X_WR_CALNAME=name)
    home = _home(schedule, options)
    if home is not None:
        _put(calendar, X_WR_TIMEZONE=home.key)
    if options.feed:
        _put_feed(calendar, schedule, options)
    shown = feed.dated(schedule, options) if options.feed else _ahead(schedule, options, home)
    for zone in dict.fromkeys(one.zone for one in shown):
        if zone is not None and not is_utc(zone.key):
            first = min(one.entry.day for one in shown)
            calendar.add_component(_timezone(zone, onsets(zone, first, max(end, first))))
    for one in shown:
        calendar.add_component(_event(options, one))
    return bytes(calendar.to_ical()).decode("utf-8")


def _ahead(schedule: Schedule, options: CalendarOptions, home: ZoneInfo | None) -> tuple[feed.Dated, ...]:
    """The entries of a file: what lies ahead, each with a UID of its revision."""
    zone = None if options.floating else home
    return tuple(
        feed.Dated(
            f"{schedule.plan}-r{schedule.revision}-{_date(entry.day)}-{entry.name}@titrate",
            entry,
            schedule.revision,
            schedule.issued,
            zone,
        )
        for entry in entries(schedule, options, zone)
    )


def _put_feed(calendar: Component, schedule: Schedule, options: CalendarOptions) -> None:
    """How often to read it again, when it changed, and where it is."""
    _put(calendar, LAST_MODIFIED=_utc(schedule.issued))
    _put_with(calendar, "REFRESH-INTERVAL", _REFRESH, VALUE="DURATION")
    _put(calendar, X_PUBLISHED_TTL=_REFRESH)
    if options.source is not None:
        _put_with(calendar, "SOURCE", options.source, VALUE="URI")


def advice(schedule: Schedule, options: CalendarOptions, text: str) -> tuple[str, ...]:
    """What to tell whoever exported `text`, in sentences, the most urgent first."""
    home = _home(schedule, options)
    if options.feed:
        odd = () if home is None or options.floating else odd_doses(schedule, home)
        return (*(_odd_dose(schedule, home, one) for one in odd if home is not None), *_size(options, text))
    own = f'Import it into a calendar of its own, called "{wording.calendar_name(schedule, options.discreet)}"'
    said = [f"{own}: one calendar per plan can be deleted as a whole."]
    if schedule.revision > 1:
        said.insert(
            0,
            f"{about.delete_first(schedule, options.discreet)} "
            "Most calendar programs keep the old doses beside the new ones otherwise.",
        )
    if home is not None and not options.floating:
        said += [_odd_dose(schedule, home, odd) for odd in odd_doses(schedule, home)]
    if options.floating:
        said.append(
            "Its times have no zone and follow the device: on a journey a dose comes earlier or later. "
            "Google Calendar and Outlook may read them as times of another zone, "
            "and a dose in an hour that the clock skips or repeats may be missing or double."
        )
    said += _size(options, text)
    if schedule.last is None and schedule.review is None:
        said.append(
            f"The plan has no end and no review day: its doses are listed until {in_words(schedule.listed_until)}. "
            "The medicine goes on after that, and the calendar says so; write the next one in time, "
            "or set a review day (--review DATE)."
        )
    return tuple(said)


def _home(schedule: Schedule, options: CalendarOptions) -> ZoneInfo | None:
    """The patient's home zone; `None` only for floating times. Raises `RequestError`."""
    name = schedule.request.tz
    if name is not None:
        return load(name)
    if options.floating:
        return None
    raise RequestError(
        "A calendar needs to know in which time zone the patient lives, for example --tz Europe/London.",
        ("name the zone (--tz Europe/London)", "let the times follow the device (--floating)"),
    )


def _odd_dose(schedule: Schedule, zone: ZoneInfo, odd: OddDose) -> str:
    """What happens to one dose in a skipped or repeated hour, and which hour would avoid that."""
    shown = odd.instant.astimezone(zone)
    happens = (
        f"the clock in {zone.key} skips that time, so it is written for {shown:%H:%M}"
        if odd.oddity == "skipped"
        else f"the clock in {zone.key} shows that time twice, so it is written for the first"
    )
    other = _usual_time(schedule, zone, odd)
    hint = f" A dose at {other} never meets this." if other else ""
    return f"The dose at {odd.wall:%H:%M} on {in_words(odd.wall.date())}: {happens}.{hint}"


def _usual_time(schedule: Schedule, zone: ZoneInfo, odd: OddDose) -> str | None:
    """The nearest time by whole hours, later first, on the same day, that the clock has once on every listed day."""
    days = [day.date for day in schedule.each_day()]
    for distance in range(1, 24):
        for hour in (odd.wall.hour + distance, odd.wall.hour - distance):
            if 0 <= hour < 24:
                time = odd.wall.time().replace(hour=hour)
                if not any(oddity(zone, datetime.combine(day, time)) for day in days):
                    return f"{time:%H:%M}"
    return None


def _size(options: CalendarOptions, text: str) -> list[str]:
    size, events = len(text.encode("utf-8")), text.count("BEGIN:VEVENT\r\n")
    if size <= _LARGE_FILE and events <= _MANY_EVENTS:
        return []
    remedy = " Series (without --single-events) take a small part of that." if options.single_events else ""
    return [
        f"The file has {events} events and {-(-size // 1000)} kB: Google Calendar refuses files above 1 MB, "
        f"and several programs become slow above 1,000 events.{remedy}"
    ]


def _event(options: CalendarOptions, one: feed.Dated) -> Component:
    from icalendar import Event
    from icalendar.prop import vRecur

    event, entry = Event(), one.entry
    stamp = _utc(one.issued)
    _put(event, UID=one.uid, DTSTAMP=stamp, LAST_MODIFIED=stamp, SEQUENCE=str(one.revision))
    if isinstance(entry.begins, datetime):
        _put_start(event, entry.begins, one.zone)
        _put(event, DURATION="PT15M")
    else:
        for name, day in (("DTSTART", entry.begins), ("DTEND", plus(entry.begins, 1))):
            _put_with(event, name, _date(day), VALUE="DATE")
    if entry.count > 1:
        event["RRULE"] = vRecur({**_rhythm(entry.interval), "COUNT": entry.count})
    _put(event, SUMMARY=entry.title, DESCRIPTION=entry.text, CATEGORIES="Medicine")
    _put(event, STATUS="CANCELLED" if one.cancelled else "CONFIRMED", TRANSP="TRANSPARENT", CLASS="PRIVATE")
    if entry.rings:
        event.add_component(_alarm(entry.title, options.remind))
    return event


def _rhythm(interval: int) -> dict[str, str | int]:
    """FREQ and, where it is more than 1, INTERVAL of a series: by weeks where the days are whole weeks apart."""
    freq, apart = ("WEEKLY", interval // _WEEK) if interval % _WEEK == 0 else ("DAILY", interval)
    return {"FREQ": freq} if apart == 1 else {"FREQ": freq, "INTERVAL": apart}


def _alarm(title: str, minutes: int) -> Component:
    """One alarm that shows the title, at the start or before it; Outlook misreads a positive trigger."""
    from icalendar import Alarm

    alarm = Alarm()
    _put(alarm, ACTION="DISPLAY", DESCRIPTION=title, TRIGGER=f"-PT{minutes}M" if minutes else "PT0S")
    return alarm


def _timezone(zone: ZoneInfo, changes: tuple[Onset, ...]) -> Component:
    """A sub-component per onset, with a yearly RRULE where there is one; never RDATE, which Thunderbird misreads."""
    from icalendar import Timezone, TimezoneDaylight, TimezoneStandard
    from icalendar.prop import vRecur

    described = Timezone()
    _put(described, TZID=zone.key)
    for onset in changes:
        part: Component = TimezoneDaylight() if onset.is_daylight else TimezoneStandard()
        _put(part, DTSTART=_local(onset.begins), TZNAME=onset.name)
        _put(part, TZOFFSETFROM=_offset(onset.before), TZOFFSETTO=_offset(onset.after))
        if onset.yearly is not None:
            part["RRULE"] = vRecur(FREQ="YEARLY", BYMONTH=onset.yearly.month, BYDAY=onset.yearly.day)
        described.add_component(part)
    return described


def _put_start(event: Component, begins: datetime, zone: ZoneInfo | None) -> None:
    """DTSTART: an instant with Z, or a time on the clock with TZID; a floating time has neither."""
    if begins.tzinfo is not None:
        _put(event, DTSTART=_utc(begins))
    elif zone is None:
        _put(event, DTSTART=_local(begins))
    elif is_utc(zone.key):
        _put(event, DTSTART=_local(begins) + "Z")
    else:
        _put_with(event, "DTSTART", _local(begins), TZID=zone.key)


def _put(component: Component, **values: str) -> None:
    """Properties without parameters; an underscore in a name stands for a hyphen."""
    for name, value in values.items():
        _put_with(component, name.replace("_", "-"), value)


def _put_with(component: Component, name: str, value: str, **parameters: str) -> None:
    from icalendar.prop import vText

    text = vText(value)
    for parameter, said in parameters.items():
        text.params[parameter] = said
    component[name] = text


def _date(day: date) -> str:
    return f"{day.year:04d}{day:%m%d}"


def _local(moment: datetime) -> str:
    return f"{_date(moment)}T{moment:%H%M%S}"


def _utc(moment: datetime) -> str:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return _local(aware.astimezone(UTC)) + "Z"


def _offset(ahead: timedelta) -> str:
    """`+0545`, `-0330`, `+002144` (seconds only where there are some)."""
    seconds = abs(ahead) // timedelta(seconds=1)
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    return f"{'-' if ahead < timedelta(0) else '+'}{hours:02d}{minutes:02d}" + (f"{rest:02d}" if rest else "")
