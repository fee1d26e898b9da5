"""What the tables of titrate have in common, Markdown and plain text: dates, doses, pieces, back into steps.

Functions raise `ValueError` with a sentence that has no full stop; who calls them knows the line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import get_args

from titrate.days import MONTHS, between, in_short, parse_time, plus
from titrate.errors import FormatError
from titrate.foreign import ForeignDose, ForeignPiece, ForeignStep
from titrate.formats.foreign import pieces
from titrate.formats.foreign.cells import check_weekday, shown
from titrate.frozen import dataclass
from titrate.schedule import Kind

_SHORT = {name[:3]: number for number, name in enumerate(MONTHS, 1)}
_DATE = r"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) \d\d [A-Z][a-z]{2} \d{4}"
_DATES = re.compile(
    rf"(?P<from>from )?(?P<first>{_DATE})(?: to (?P<last>{_DATE}))?"
    rf"(?P<open>, continue until reviewed(?: on {_DATE})?)?",
    re.ASCII,
)
_LENGTH = re.compile(r"(\d{1,7}) days?", re.ASCII)
_SLOT = re.compile(r"(?:(?P<name>.{1,60}) )?(?P<at>\d\d:\d\d)", re.ASCII)
_ALIKE = re.compile(r"\d\d:\d\d(?:, \d\d:\d\d)* and \d\d:\d\d", re.ASCII)
_INFUSION = "continuous infusion"
EACH = " each time"
REVISION = re.compile(r"(?:- \*\*Plan:\*\*|Plan) .*, revision (?P<number>\d{1,6})", re.ASCII)
RULE = re.compile(r"(?P<id>\S+) \(.*?sha256 (?P<sha>[0-9a-f]{12})")


@dataclass(frozen=True, slots=True)
class PrintedDay:
    """One row of a list of days."""

    place: str
    day: date
    doses: tuple[ForeignDose, ...]


def parse_short(text: str) -> date:
    """`Tue 01 Dec 2026`."""
    weekday, day, month, year = text.split(" ")
    try:
        found = date(int(year), _SHORT[month], int(day))
    except (KeyError, ValueError) as fault:
        raise ValueError(f"{shown(text)} is no day of the calendar") from fault
    check_weekday(text, weekday, found)
    return found


def days_of(dates: str, length: str) -> tuple[date, date | None]:
    """First and last day of a step; the day of a stop stands for itself. Dates and length have to agree."""
    match = _DATES.fullmatch(dates)
    if match is None:
        raise ValueError(f'{shown(dates)} are no dates of a step; one is "Tue 01 Dec 2026 to Thu 03 Dec 2026"')
    first = parse_short(match["first"])
    if match["open"]:
        last, said = None, "no end"
    else:
        last = parse_short(match["last"] or match["first"])
        if last < first:
            raise ValueError(f"{shown(dates)} end before they begin")
        said = "stop" if match["from"] else f"{between(first, last) + 1}"
    counted = _LENGTH.fullmatch(length)
    if said != (counted[1] if counted else length):
        meant = f"{said} days" if said.isdigit() else said
        raise ValueError(f"the dates {shown(dates)} are {meant}, and beside them stands {shown(length)}; one is wrong")
    return first, last


def dose_of(when: str, dose: str, made_of: str) -> ForeignDose:
    """One administration: `morning 08:00`, `15 mg`, `1 tablet of 15 mg`."""
    amount = pieces.quantity(dose)
    if when == _INFUSION:
        # The pieces of an infusion are printed without the amount, which stands beside them.
        told = pieces.parse(f"{dose} {made_of}" if made_of == "over 24 hours" else made_of)
        return ForeignDose(amount, "continuous", None, True, told)
    match = _SLOT.fullmatch(when)
    if match is None:
        raise ValueError(f'{shown(when)} is no time of day; one is "morning 08:00"')
    return ForeignDose(amount, match["name"] or "", parse_time(match["at"]), False, _made_of(made_of))


def _made_of(text: str) -> tuple[ForeignPiece, ...] | None:
    return pieces.parse(text) if text else None


def doses_of(when: str, dose: str, made_of: str) -> tuple[ForeignDose, ...]:
    """A line of a list of days: one administration, or several alike (`08:00, 14:00 and 20:00`)."""
    if not _ALIKE.fullmatch(when):
        return (dose_of(when, dose, made_of),)
    return tuple(dose_of(at, dose, made_of.removesuffix(EACH)) for at in when.replace(" and ", ", ").split(", "))


def kind_of(text: str) -> Kind:
    """`taper`."""
    for kind in get_args(Kind):
        if text == kind:
            return kind  # type: ignore[no-any-return]  # get_args loses the literals
    raise ValueError(f"{shown(text)} is no kind of step; it is {' or '.join(get_args(Kind))}")


def check_daily(daily: str, doses: Sequence[ForeignDose]) -> None:
    """Whether the daily dose that is printed is the sum of the doses."""
    said = pieces.quantity(daily)
    total = sum((dose.dose.to(said.unit).amount for dose in doses), Fraction(0))
    if total != said.amount:
        made = replace(said, amount=total)
        raise ValueError(f"the daily dose is printed as {said}, and the doses make {made}; one is wrong")


def is_begun(lines: Sequence[str]) -> bool:
    """Whether it is a revision of a schedule that began before."""
    found = next((match for line in lines[:60] if (match := REVISION.fullmatch(line[:500].rstrip()))), None)
    return found is not None and int(found["number"]) > 1


def agree(steps: Iterable[ForeignStep], days: Sequence[PrintedDay]) -> None:
    """Whether the list of days says the same as the steps. Raises `FormatError` with the first difference.

    Days that no step covers, and steps that overlap, are left to the laws.
    """
    known = tuple(steps)
    if any(before.last is None or after.first <= before.last for before, after in pairwise(known)):
        return
    begins = [step.first for step in known]

    def step_of(day: date) -> ForeignStep | None:
        at = bisect_right(begins, day) - 1
        last = known[at].last if at >= 0 else date.min
        return known[at] if at >= 0 and (last is None or day <= last) else None

    for row in days:
        step = step_of(row.day)
        if step is not None and list(map(_bare, row.doses)) != list(map(_bare, step.on(row.day))):
            raise FormatError(
                f"{row.place}: {in_short(row.day)} lists {_told(row.doses)}, and {step.place} gives "
                f"{_told(step.on(row.day))} on that day; one is wrong."
            )
    for before, after in pairwise(days):
        if after.day <= before.day:
            raise FormatError(f"{after.place}: {in_short(after.day)} is not after {in_short(before.day)}.")
        if after.day != plus(before.day, 1) and step_of(plus(before.day, 1)) is not None:
            raise FormatError(f"{after.place}: {in_short(plus(before.day, 1))} is missing in the list of days.")
    ended = step_of(plus(days[-1].day, 1)) if days and days[-1].day < date.max else None
    if ended is not None and ended.last is not None:
        raise FormatError(f"{days[-1].place}: the list of days ends on {in_short(days[-1].day)}, before the steps do.")


def _bare(dose: ForeignDose) -> ForeignDose:
    """The dose without the name of its slot, which a list of days leaves out."""
    return replace(dose, slot="")


def _told(doses: Sequence[ForeignDose]) -> str:
    told = [f"{dose.dose}{'' if dose.at is None else f' at {dose.at:%H:%M}'}" for dose in doses]
    return " and ".join(told) or "no dose"
