"""Whether doses follow the clock and lie far enough apart, over midnight too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from titrate.days import plus
from titrate.frozen import dataclass
from titrate.limit import Spacing
from titrate.quantity import Quantity
from titrate.verifier.case import Case, Finding, Span, found

_DAY = 24 * 60


def check_spacing(case: Case) -> Iterator[Finding]:
    """Law 5. Doses follow the clock, and no two are closer than the rule allows, not over midnight either."""
    last: _Dose | None = None
    for span in case.past[-1:]:
        # The night between the days of an earlier revision and the first of this one.
        last = _last(_clock(span) or [], span)
    for span in case.spans:
        clock, first = _clock(span), span.days.first
        if clock is None or any(later.minutes <= dose.minutes for dose, later in pairwise(clock)):
            times = ", ".join(str(administration.slot) for administration in span.regimen.administrations)
            yield found("spacing", first, f"the doses are taken at {times}", times, "clock times that ascend")
            last = None
            continue
        # The night between two regimens belongs to both.
        yield from _nearer(case, last, clock[:1], first)
        for dose, later in pairwise(_cycle_and_on(clock, span)):
            yield from _nearer(case, dose, [later], _day_of(dose, span))
        last = _last(clock, span)


@dataclass(frozen=True, slots=True)
class _Dose:
    """When a dose is taken, in minutes after the midnight before the first day of its span or of the next one, and how
    many doses its day has."""

    minutes: int
    count: int


def _cycle_and_on(clock: list[_Dose], span: Span) -> list[_Dose]:
    """The doses of one cycle and the first of the next, as far as the span reaches."""
    length = span.days.length
    again = [_Dose(dose.minutes + _DAY * span.cycle, dose.count) for dose in clock[:1]]
    return [dose for dose in (*clock, *again) if length is None or dose.minutes < _DAY * length]


def _day_of(dose: _Dose, span: Span) -> date:
    """The day on which two doses too close together are told: that of the earlier one, in the first cycle."""
    return plus(span.days.first, dose.minutes // _DAY)


def _last(clock: list[_Dose], span: Span) -> _Dose | None:
    """The last dose of a span, in minutes after the midnight at its end (so they are negative)."""
    length = span.days.length
    if length is None:
        return None
    end, apart = _DAY * length, _DAY * span.cycle
    # In each slot the last dose before the end of the span: so many whole cycles after the first.
    last = ((dose.minutes + apart * (-((dose.minutes - end) // apart) - 1), dose.count) for dose in clock)
    found = [_Dose(minutes - end, count) for minutes, count in last if minutes >= 0]
    return max(found, key=lambda dose: dose.minutes, default=None)


def _nearer(case: Case, dose: _Dose | None, later: list[_Dose], day: date) -> Iterator[Finding]:
    if dose is not None and case.limits.spacing:
        for one in later:
            yield from _too_close(case.limits.spacing, one.minutes - dose.minutes, day, {dose.count, one.count})


def _too_close(limits: tuple[Spacing, ...], minutes: int, day: date, counts: set[int]) -> Iterator[Finding]:
    gap = Quantity(Fraction(minutes, 60), "hours")
    for limit in limits:
        if (limit.frequency is None or limit.frequency in counts) and gap < limit.at_least:
            least = f"at least {limit.at_least}"
            yield found("spacing", day, f"two doses are {gap} apart", str(gap), least, limit.citation)


def _clock(span: Span) -> list[_Dose] | None:
    """The doses of one cycle in the order given; none for a continuous infusion.

    `None` where an infusion and doses at clock times stand side by side.
    """
    times = [administration.slot.at for administration in span.regimen.administrations]
    if times == [None]:
        return []
    days = [administration.day for administration in span.regimen.administrations]
    found = []
    for at, day in zip(times, days, strict=True):
        if at is None:
            return None
        found.append(_Dose(at.hour * 60 + at.minute + _DAY * (day - 1), days.count(day)))
    return found
