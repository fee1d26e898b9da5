"""A calendar that titrate wrote (see `titrate.formats.ics`), back into steps.

What rings is what is taken: the days come from the entries of the doses, one by one or in series. The entries in
which a step begins say what a discreet title hides, the rates of a pump, and that the medicine is stopped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

from titrate.days import MONTHS, WEEKDAYS, Days, between, parse_time, plus
from titrate.errors import FormatError, RequestError
from titrate.foreign import Foreign, ForeignDose, ForeignPiece, ForeignStep, joined
from titrate.formats.foreign import cycles, pieces, printed
from titrate.formats.foreign.cells import check_weekday, in_letters, shown
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.regimen import LONGEST_CYCLE, MOST_A_DAY
from titrate.zone import load

# Three doses a day for seven years, each an entry of its own. It bounds the time that reading takes.
MOST_LINES = 200_000
MOST_DAYS = 4_000_000
# Doses every other day for as many years.
MOST_APART = 20_000
_APART = {("DAILY",): 1, ("WEEKLY",): 7}
_EVERY = re.compile(r"(?:(?P<week>once a week)|every (?P<count>[1-9]\d{0,2}) (?P<unit>days|weeks)): ", re.ASCII)

_UID = re.compile(
    r"(?P<plan>[^@\s]{1,80})-r(?P<revision>\d{1,6})-(?P<day>\d{8})-(?P<name>[^@]{1,200})@titrate", re.ASCII
)
_DAY = rf"(?:{'|'.join(WEEKDAYS)}) \d\d (?:{'|'.join(MONTHS)}) \d{{4}}"
_STEP = re.compile(
    rf"Step (?P<number>\d{{1,6}}) of \d{{1,6}}, (?P<from>from )?(?P<first>{_DAY})"
    rf"(?: to (?P<last>{_DAY})| (?P<only>only)| (?P<open>until reviewed)(?: on {_DAY})?)(?::.*)?\.",
    re.ASCII,
)
_TITLE = re.compile(
    r"(?P<at>\d\d:\d\d) (?P<what>.*) \(r\d{1,6}\)"
    r"(?P<odd>, today at \d\d:\d\d|, the first \d\d:\d\d)?(?:, the last dose)?"
)
_AMOUNT = re.compile(r"(?:.* )?(?P<dose>\d[\d./]* [A-Za-z]+)", re.ASCII)
_GROUP = re.compile(
    r"(?:At|Day (?P<day>[1-9]\d{0,2}) at) (?P<times>[\d:, and]+): (?P<dose>[^,]+?)(?:, that is (?P<pieces>.+))?\."
)
_PUMP = re.compile(r"The pump gives (?P<dose>\S+ \S+) a day as a continuous infusion\.")
_RULE = re.compile(r"Rule (?P<id>[^\s,]+), .*fingerprint (?P<sha>[0-9a-f]{12})\.")


@dataclass(frozen=True, slots=True)
class _Entry:
    """One entry of the calendar, in plain values. `at` is `None` for an all-day one; `count` days in a row."""

    name: str
    revision: str
    day: date
    at: time | None
    count: int
    interval: int
    title: str
    text: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where it stands, for messages."""
        return f"the entry {shown(self.title)} on {in_letters(self.day)}"


@dataclass(frozen=True, slots=True)
class _Told:
    """What the entry of a step's first day says: its doses by time, or the drug stopped."""

    number: str
    step: ForeignStep
    stop: bool


@dataclass(frozen=True, slots=True)
class _Series:
    """One dose on the days from `first` to `last`, both included."""

    first: date
    last: date
    dose: ForeignDose
    open_end: bool
    interval: int = 1

    def apart(self) -> list[_Series]:
        """Its days one by one, where there are days between them."""
        if self.interval == 1:
            return [self]
        count = between(self.first, self.last) // self.interval + 1
        days = (plus(self.first, number * self.interval) for number in range(count))
        return [replace(self, first=day, last=day, interval=1) for day in days]


def read(text: str) -> Foreign:
    """What the entries say. Raises `FormatError` with the entry, the value and what is allowed."""
    entries = _entries(text)
    told = [one for entry in entries if entry.at is None and (one := _told(entry)) is not None]
    doses = [entry for entry in entries if entry.at is not None]
    by_number = {one.number: one.step for one in told}
    series = sorted((_series(entry, by_number) for entry in doses), key=lambda one: one.first)
    cycled = [one for one in told if one.step.cycle > 1]
    apart = [one for each in series for one in each.apart()]
    if len(apart) > MOST_APART:
        raise FormatError(
            f"The calendar has {len(apart)} doses that do not follow each other; at most {MOST_APART} do."
        )
    steps = list(joined(_swept([one for one in apart if not any(_covers(other, one) for other in cycled)])))
    steps += [_agreed(one, [each for each in apart if _covers(one, each)]) for one in cycled]
    steps.sort(key=lambda step: step.first)
    steps += [one.step for one in told if any(dose.continuous for dose in one.step.doses)]
    steps += [one.step for one in told if one.stop]
    if not steps:
        raise FormatError("The calendar has no dose; a schedule has at least one day.")
    lines = (line for entry in entries for line in entry.text)
    named = next((found for line in lines if (found := _RULE.fullmatch(line))), None)
    rule = None if named is None else (named["id"], named["sha"])
    begun = int(entries[0].revision.rpartition(" ")[2]) > 1
    return Foreign("a calendar of titrate", tuple(sorted(steps, key=lambda step: step.first)), (), rule, begun)


def _entries(text: str) -> list[_Entry]:
    from icalendar import Calendar

    if text.count("\n") > MOST_LINES:
        raise FormatError(f"The calendar has more than {MOST_LINES} lines, more than any that titrate writes.")
    try:
        calendar = Calendar.from_ical(text.encode())  # as text it might be taken for a path
    except (ValueError, LookupError, AttributeError, TypeError) as fault:  # what the library meets in broken text
        raise FormatError(f"The file is no calendar that can be read ({shown(str(fault))}).") from fault
    if "-//titrate//" not in str(calendar.get("PRODID", "")):
        raise FormatError("The calendar is not one that titrate wrote; only those can be checked.")
    home = str(calendar.get("X-WR-TIMEZONE", ""))
    found = [_entry(event, home) for event in calendar.walk("VEVENT")]
    if len({entry.revision for entry in found}) > 1:
        raise FormatError("The calendar holds several plans or revisions, so it is not said which doses are taken.")
    return found


def _entry(event: Any, home: str) -> _Entry:
    title, uid = _text(event, "SUMMARY"), _text(event, "UID")
    match = _UID.fullmatch(uid)
    if match is None:
        raise FormatError(f"The calendar has an entry {shown(title)} (UID {shown(uid)}) that titrate did not write.")
    fault = FormatError(f"The entry {shown(title)} (UID {shown(uid)}) is not as titrate writes it")
    odd = next((name for name in ("RDATE", "EXDATE", "RECURRENCE-ID", "EXRULE") if name in event), None)
    # A property that cannot be read stands among the errors, and raises one when it is looked at.
    begins = None if event.errors else getattr(event.get("DTSTART"), "dt", None)
    if odd is not None or not isinstance(begins, date):
        raise FormatError(f"{fault.message}: {odd or 'it has no day that can be read'}.")
    try:
        count, interval = _count(event)
        wall = _wall(begins, home)
    except (ValueError, OverflowError, RequestError) as wrong:
        raise FormatError(f"{fault.message}: {wrong}.") from wrong
    lines = tuple(_text(event, "DESCRIPTION").split("\n"))
    revision = f"{match['plan']} {match['revision']}"
    if not isinstance(wall, datetime):
        return _Entry(match["name"], revision, wall, None, count, interval, title, lines)
    at = wall.replace(second=0, microsecond=0).time()
    return _Entry(match["name"], revision, wall.date(), at, count, interval, title, lines)


def _text(event: Any, name: str) -> str:
    value = event.get(name, "")
    return str(value).replace("\N{NO-BREAK SPACE}", " ") if isinstance(value, str) else ""


def _count(event: Any) -> tuple[int, int]:
    """On how many days, and how many days apart. Raises `ValueError` for a series of another kind."""
    series = event.get("RRULE")
    if series is None:
        return 1, 1
    known = isinstance(series, dict) and {"FREQ", "COUNT"} <= set(series) <= {"FREQ", "COUNT", "INTERVAL"}
    apart = _APART.get(tuple(series["FREQ"])) if known else None
    count, interval = (series["COUNT"], series.get("INTERVAL", [1])) if apart else ([], [])
    if len(count) != 1 or len(interval) != 1 or not isinstance(count[0], int) or not isinstance(interval[0], int):
        raise ValueError("it recurs otherwise than on so many days")
    if not 1 <= count[0] <= MOST_DAYS or not 1 <= interval[0] * (apart or 1) <= LONGEST_CYCLE:
        raise ValueError(f"it recurs {str(count[0])[:20]} times, {str(interval[0])[:20]} apart")
    return count[0], interval[0] * (apart or 1)


def _wall(begins: date | datetime, home: str) -> date | datetime:
    """The time on the patient's clock; an instant in UTC is told by the clock of the home zone."""
    if not isinstance(begins, datetime) or begins.tzinfo is None:
        return begins
    offset = begins.utcoffset()
    if str(begins.tzinfo) == "UTC" and offset is not None and home:
        return begins.astimezone(load(home)).replace(tzinfo=None)
    return begins.replace(tzinfo=None)


def _told(entry: _Entry) -> _Told | None:
    """What an all-day entry says of a step; `None` where it is about something else."""
    if not entry.name.startswith("step-"):
        return None
    number = entry.name.removeprefix("step-")
    if entry.text[0].startswith("From today you take no "):
        return _Told(number, ForeignStep(entry.place, entry.day, entry.day), True)
    match = _STEP.fullmatch(entry.text[0])
    if match is None:
        return None
    try:
        first, last = _dates(match)
        doses, cycle = _on_days(first, tuple(_at_times(entry.text)), entry.text)
    except ValueError as fault:
        raise FormatError(f"{entry.place}: {fault}.") from fault
    if first != entry.day:
        raise FormatError(
            f"{entry.place}: its text says that the step begins on {in_letters(first)}; one of both days is wrong."
        )
    return _Told(number, ForeignStep(entry.place, first, last, doses, cycle=cycle), False)


def _on_days(first: date, doses: tuple[ForeignDose, ...], lines: Iterable[str]) -> tuple[tuple[ForeignDose, ...], int]:
    """The doses on the days of their cycle, and its length, if the text of the step has dates: `Days: ...`."""
    line = next((line.removeprefix("Days: ") for line in lines if line.startswith("Days: ")), None)
    if line is None:
        return doses, 1
    match = _EVERY.match(line)
    if match is None:
        raise ValueError(f"{shown(line)} are no days as titrate writes them")
    cycle = 7 if match["week"] else int(match["count"]) * (7 if match["unit"] == "weeks" else 1)
    dated = cycles.first_date(line)
    day = None if dated is None else printed.parse_short(dated)
    said = [dose.day or None for dose in doses]
    return cycles.on_days(doses, said, cycle, first, day), cycle


def _covers(told: _Told, one: _Series) -> bool:
    """Whether a dose falls into the days of a step."""
    return told.step.first <= one.first and (told.step.last is None or one.first <= told.step.last)


def _agreed(told: _Told, doses: list[_Series]) -> ForeignStep:
    """A step with a cycle, if its doses ring on just those days that its text tells."""
    step = told.step
    end = max((one.last for one in doses), default=step.first) if step.last is None else step.last
    rung = sorted((day, one.dose.dose, one.dose.at or time.min) for one in doses for day in Days(one.first, one.last))
    days = list(Days(step.first, end))
    said = sorted((day, dose.dose, dose.at or time.min) for day in days for dose in step.on(day))
    if rung != said:
        raise FormatError(f"{step.place}: its text tells other days or doses than the entries that ring.")
    return step


def _dates(match: re.Match[str]) -> tuple[date, date | None]:
    first = _in_words(match["first"])
    if match["open"]:
        return first, None
    last = first if match["only"] else _in_words(match["last"])
    if last < first:
        raise ValueError("its step ends before it begins")
    return first, last


def _in_words(text: str) -> date:
    """`Tuesday 01 December 2026`."""
    weekday, day, month, year = text.split(" ")
    try:
        found = date(int(year), MONTHS.index(month) + 1, int(day))
    except ValueError as fault:
        raise ValueError(f"{shown(text)} is no day of the calendar") from fault
    check_weekday(text, weekday, found)
    return found


def _at_times(lines: Iterable[str]) -> Iterator[ForeignDose]:
    """The doses that the text of a step names: `At 08:00 and 20:00: 15 mg, that is 1 tablet of 15 mg.`"""
    for line in lines:
        if match := _PUMP.fullmatch(line):
            made_of = pieces.parse(f"{match['dose']} over 24 hours")
            yield ForeignDose(pieces.quantity(match["dose"]), "continuous", None, True, made_of)
        elif match := _GROUP.fullmatch(line):
            made_of_pieces = pieces.parse(match["pieces"]) if match["pieces"] else None
            day = int(match["day"] or 0)
            for at in match["times"].replace(" and ", ", ").split(", "):
                yield ForeignDose(pieces.quantity(match["dose"]), "", parse_time(at), False, made_of_pieces, day or 1)


def _series(entry: _Entry, by_number: dict[str, ForeignStep]) -> _Series:
    """The dose of one entry, on its days."""
    assert entry.at is not None
    title = _TITLE.fullmatch(entry.title)
    take = next((line for line in entry.text if line.startswith("Take ")), "")
    told = next((found for line in entry.text if (found := _STEP.fullmatch(line))), None)
    if title is None or told is None or not take:
        raise FormatError(f"{entry.place} is not a dose as titrate writes it.")
    at = parse_time(title["at"])
    if title["odd"] is None and at != entry.at:
        raise FormatError(f"{entry.place} rings at {entry.at:%H:%M}, and its title says {title['at']}; one is wrong.")
    try:
        made_of, taken = _taken(take.removeprefix("Take ").removesuffix("."))
        named = _AMOUNT.fullmatch(title["what"])
        step = by_number.get(told["number"])
        if entry.interval > 1 and (step is None or step.cycle != entry.interval):
            raise ValueError("it recurs otherwise than on so many days in a row")
        hidden = [dose.dose for dose in step.doses if dose.at == at] if step is not None else []
        dose = pieces.quantity(named["dose"]) if named else hidden[0] if hidden else taken
        last = plus(plus(entry.day, (entry.count - 1) * entry.interval + 1), -1)  # there is a day after it
    except ValueError as fault:
        raise FormatError(f"{entry.place}: {fault}.") from fault
    open_end = told["open"] is not None
    return _Series(entry.day, last, ForeignDose(dose, "", at, False, made_of), open_end, entry.interval)


def _taken(text: str) -> tuple[tuple[ForeignPiece, ...] | None, Quantity]:
    """What is taken: pieces and their sum, or only an amount."""
    try:
        made_of = pieces.parse(text)
    except ValueError:
        return None, pieces.quantity(text)
    return made_of, sum((piece.amount for piece in made_of[1:]), made_of[0].amount)


def _swept(series: list[_Series]) -> Iterator[ForeignStep]:
    """Stretches of days with the same doses, in order; days without any entry belong to none.

    The last stretch has no end if its entries say that the medicine goes on.
    """
    if not series:
        return
    edges = sorted({one.first for one in series} | {plus(one.last, 1) for one in series})
    active: list[_Series] = []
    waiting = list(reversed(series))
    for edge, following in zip(edges, [*edges[1:], None], strict=True):
        active = [one for one in active if one.last >= edge]
        while waiting and waiting[-1].first <= edge:
            active.append(waiting.pop())
        if len(active) > MOST_A_DAY:
            raise FormatError(f"{in_letters(edge)} has {len(active)} doses; at most {MOST_A_DAY} are possible.")
        if not active or following is None:
            continue
        doses = tuple(sorted((one.dose for one in active), key=lambda dose: dose.at or time.min))
        step = ForeignStep(in_letters(edge), edge, plus(following, -1), doses)
        goes_on = following == edges[-1] and all(one.open_end for one in active)
        yield replace(step, last=None) if goes_on else step
