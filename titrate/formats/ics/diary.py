"""What a calendar of a schedule holds, before any calendar format writes it: doses to take, days to note.

Everything here says something to a patient. Titles are read on a lock screen and in a month view; texts are read
when an entry is opened. `--discreet` hides drug and dose in titles, in the calendar's name and in what an alarm
shows; texts keep the detail, because without it the right dose could not be taken.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from itertools import groupby
from zoneinfo import ZoneInfo

from titrate.days import between, in_words, plus
from titrate.dispensing import Dispensing
from titrate.errors import RequestError
from titrate.formats.ics import about, house, wording
from titrate.frozen import dataclass
from titrate.regimen import Administration
from titrate.schedule import Absence, Schedule, Step
from titrate.zone import Oddity, instant, oddity

_WEEK = 7


@dataclass(frozen=True, slots=True)
class CalendarOptions:
    """How a calendar is written. `remind` is how many minutes before a dose its alarm rings, 0 for at its time.

    `floating`: times without a zone, which follow the device; `single_events`: one event per dose instead of
    series; `discreet`: titles without drug and dose. `feed`: a calendar that programs read again and again, with the
    days of earlier revisions; `source` is its address where that is known. `dispensing` is how it is dispensed, if not
    as the schedule says: there are days to order, and days on which a fill runs out.

    Raises `RequestError` for a `remind` outside a day.
    """

    floating: bool = False
    single_events: bool = False
    discreet: bool = False
    remind: int = 0
    feed: bool = False
    source: str | None = None
    dispensing: Dispensing | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.remind < 24 * 60:
            raise RequestError(
                f"A reminder {self.remind} minutes before a dose is not possible; it is 0 to 1439 minutes, "
                "for example --remind 10m."
            )


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a calendar: all day where `begins` is a date, else on `count` days from `begins` on, `interval`
    days apart.

    `begins` as a naive datetime is the time on the patient's clock, as an aware one an instant in UTC. `name` tells
    it from the other entries of its day; `rings` says whether there is an alarm, which shows `title`.
    """

    name: str
    day: date
    begins: date | datetime
    title: str
    text: str
    count: int = 1
    rings: bool = False
    interval: int = 1


@dataclass(frozen=True, slots=True)
class OddDose:
    """A dose at a time that the clock skips or repeats on its day."""

    wall: datetime
    oddity: Oddity
    instant: datetime


def entries(schedule: Schedule, options: CalendarOptions, zone: ZoneInfo | None) -> Iterator[Entry]:
    """Every entry, step by step, then the days on which somebody has to act. `zone` is `None` for floating times.

    Of a plan that was called off there is nothing in a feed, and in a file a note that says so.
    """
    if schedule.called_off:
        if not options.feed:
            yield _all_day(schedule.first, "called-off", *wording.called_off(schedule, options.discreet))
        return
    yield from _about(schedule, options)
    for number, step in enumerate(schedule.steps, 1):
        if step.days.first > schedule.listed_until:
            break
        yield _beginning(schedule, options, number)
        yield from _of_step(schedule, options, zone, number, step.days.until(schedule.listed_until), final=True)
    yield from _review(schedule, options)
    yield from _due(schedule, options)
    yield from _end_of_list(schedule, options)
    today = _day_of_issue(schedule, zone)
    for one in house.reminders(schedule, options.dispensing or schedule.dispensing, today, options.discreet):
        yield _all_day(one.day, one.name, one.title, one.text)


def followed(
    schedule: Schedule, options: CalendarOptions, zone: ZoneInfo | None, until: date, away: Iterable[Absence]
) -> Iterator[Entry]:
    """The entries of a schedule that was followed to the day `until`, without the days on which nothing was taken.

    They are those of `entries`, but what reaches to `until` is cut there.
    """
    gone = {day for one in away if one.days.first <= until for day in one.days.until(until)}
    for number, step in enumerate(schedule.steps, 1):
        if step.days.first > until:
            return
        days = step.days.until(until)
        cut = replace(
            schedule,
            steps=(*schedule.steps[: number - 1], replace(step, days=days), *schedule.steps[number:]),
        )
        yield _beginning(cut, options, number)
        yield from _of_step(cut, options, zone, number, (day for day in days if day not in gone), final=False)


def taken_away(schedule: Schedule, absence: Absence, options: CalendarOptions) -> Entry:
    """The days on which nothing was taken, as they were reported with a schedule."""
    first, last, length = absence.days.first, absence.days.last, absence.days.length
    assert last is not None, absence
    assert length is not None, absence
    drug = wording.drug(schedule, options.discreet)
    title = f"{drug} was not taken: {absence.how}, as somebody reported (r{schedule.revision})"
    days = in_words(first) if last == first else f"{in_words(first)} to {in_words(last)}"
    text = f"{days}: nothing was taken.\nPlan {schedule.plan}."
    return replace(_all_day(first, "away", title, text), count=length)


def odd_doses(schedule: Schedule, zone: ZoneInfo) -> tuple[OddDose, ...]:
    """The listed doses that fall into an hour the clock of `zone` skips or repeats, in order."""
    found = []
    for day in schedule.each_day():
        for administration in day.regimen.administrations:
            if administration.slot.at is not None:
                wall = datetime.combine(day.date, administration.slot.at)
                what = oddity(zone, wall)
                if what is not None:
                    found.append(OddDose(wall, what, instant(zone, wall)))
    return tuple(found)


def _all_day(day: date, name: str, title: str, text: str) -> Entry:
    return Entry(name, day, day, wording.plain(title), wording.unbroken(wording.plain(text)))


def _of_step(
    schedule: Schedule, options: CalendarOptions, zone: ZoneInfo | None, number: int, days: Iterable[date], final: bool
) -> Iterator[Entry]:
    """The doses of a step on these of its days; `final`: the last dose of all may be among them."""
    step, listed = schedule.steps[number - 1], tuple(days)
    if not step.regimen.continuous:
        cycle = step.regimen.cycle
        for administration in step.regimen.administrations:
            days = tuple(d for d in listed if between(step.days.first, d) % cycle + 1 == administration.day)
            last = final and _is_last(schedule, step, administration)
            if days:
                yield from _doses(schedule, options, zone, number, administration, days, last)


def _doses(
    schedule: Schedule,
    options: CalendarOptions,
    zone: ZoneInfo | None,
    number: int,
    administration: Administration,
    listed: tuple[date, ...],
    last: bool,
) -> Iterator[Entry]:
    """The doses of one slot on these days of one step; `last`: they are those of the slot of the last dose of all.

    A series ends before, and begins again after, a dose in a skipped or repeated hour (readers disagree on those),
    the last dose of all (it says so), the day of issue (doses before it have no alarm), and days left out.
    """
    at = administration.slot.at
    assert at is not None, administration
    today = _day_of_issue(schedule, zone)
    cycle = schedule.steps[number - 1].regimen.cycle
    counted = {day: between(listed[0], day) // cycle - place for place, day in enumerate(listed)}

    def alone(day: date) -> bool:
        odd = zone is not None and oddity(zone, datetime.combine(day, at)) is not None
        return odd or options.single_events or (last and day == schedule.last_dose)

    for _, run in groupby(listed, key=lambda day: (day >= today, counted[day], day if alone(day) else None)):
        days = tuple(run)
        begins = datetime.combine(days[0], at)
        title = wording.dose_title(schedule, administration, options.discreet)
        text = wording.dose_text(schedule, number, administration, None if options.floating else schedule.request.tz)
        if zone is not None and (what := oddity(zone, begins)) is not None:
            begins = instant(zone, begins)
            title, text = wording.odd_hour(title, text, begins.astimezone(zone), what)
        if last and days[0] == schedule.last_dose:
            title, text = wording.last_dose(schedule, title, text)
        name = wording.slug(f"{administration.slot.name}-{at:%H%M}")
        text = wording.unbroken(wording.plain(text))
        yield Entry(name, days[0], begins, wording.plain(title), text, len(days), days[0] >= today, cycle)


def _is_last(schedule: Schedule, step: Step, administration: Administration) -> bool:
    """Whether the last dose before the drug is stopped is one of these."""
    last = schedule.last_dose
    if last is None or last not in step.days:
        return False
    return administration.slot == step.on(last).administrations[-1].slot


def _day_of_issue(schedule: Schedule, zone: ZoneInfo | None) -> date:
    issued = schedule.issued
    stamped = issued if issued.tzinfo is not None else issued.replace(tzinfo=UTC)
    return stamped.astimezone(zone or UTC).date()


def _about(schedule: Schedule, options: CalendarOptions) -> Iterator[Entry]:
    """Which plan this is, from which rule, what was not checked: what every print of a schedule says."""
    title = f"About the plan: {wording.calendar_name(schedule, options.discreet)}"
    for number, text in enumerate(about.pages(schedule, options.discreet, options.feed), 1):
        more = "" if number == 1 else f", page {number}"
        yield _all_day(schedule.first, f"about-{number}", title + more, text)


def _beginning(schedule: Schedule, options: CalendarOptions, number: int) -> Entry:
    step = schedule.steps[number - 1]
    title = wording.step_title(schedule, number, options.discreet)
    return _all_day(step.days.first, f"step-{number}", title, wording.step_text(schedule, number))


def _stopped(schedule: Schedule, day: date) -> bool:
    """Whether the drug has been stopped for good by `day`."""
    final = schedule.steps[-1]
    return not final.regimen.administrations and day >= final.days.first


def _review(schedule: Schedule, options: CalendarOptions) -> Iterator[Entry]:
    """The review day and the day a week before it, if the plan has begun by then."""
    review = schedule.review
    if review is None:
        return
    stopped = _stopped(schedule, review)
    runs_out = plus(schedule.listed_until, 1) == review and not stopped
    for name, day in (("review-in-a-week", plus(review, -_WEEK)), ("review", review)):
        if name == "review" or day > schedule.first:
            title = wording.review_title(schedule, day, stopped, options.discreet)
            text = wording.review_text(schedule, day, stopped, runs_out)
            yield _all_day(day, name, title, text)


def _due(schedule: Schedule, options: CalendarOptions) -> Iterator[Entry]:
    """The days on which somebody decides whether it goes on."""
    for number, one in enumerate(schedule.due, 1):
        title, text = wording.due_title(schedule, options.discreet), wording.due_text(schedule, one)
        yield _all_day(one.on, f"due-{number}", title, text)


def _end_of_list(schedule: Schedule, options: CalendarOptions) -> Iterator[Entry]:
    """The first day that the calendar no longer lists, and a week before it, where the medicine goes on after it."""
    ended = plus(schedule.listed_until, 1)
    if ended == schedule.review or _stopped(schedule, schedule.listed_until):
        return
    for name, day in (("ends-in-a-week", plus(ended, -_WEEK)), ("ended", ended)):
        if name == "ended" or day > schedule.first:
            title = wording.end_title(schedule, day, ended, options.discreet)
            yield _all_day(day, name, title, wording.end_text(schedule, ended))
