"""Whether the daily dose falls too far over several days, however many falls make it up."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from titrate.days import between, plus
from titrate.limit import By, Change, in_days
from titrate.verifier.case import Case, Finding, Move, found
from titrate.verifier.change import daily, room

LAW = "rate"


def check_rate(case: Case) -> Iterator[Finding]:
    """Law 4. Within any number of days that a cap names, the daily dose falls by no more than it allows."""
    caps = [(limit, limit.within) for limit in case.limits.decrease if limit.within is not None]
    for move in case.moves if caps else ():
        if move.stops and case.limits.last_step:
            continue
        if not move.span.doses and not move.stops:
            continue  # a day without the drug is abrupt in itself
        for limit, within in caps:
            yield from _too_fast(case, move, limit, within)


def _too_fast(case: Case, move: Move, limit: Change, within: int) -> Iterator[Finding]:
    """The largest fall to the daily dose of `move` within so many days, if it is too large."""
    original = daily(move.original)
    for dose, last in sorted(_before(case, move), reverse=True):
        days = between(last, move.day)
        if not 1 <= days <= within:
            continue
        for by in limit.by:
            if dose - move.span.daily > room(by, dose, original):
                value = f"{case.amount(dose)} to {case.amount(move.span.daily)} in {in_days(days)}"
                what = f"the daily dose has gone from {value}"
                yield found(LAW, move.day, what, value, _most(by, within), limit.citation)
                return


def _before(case: Case, move: Move) -> Iterator[tuple[Fraction, date]]:
    """The daily doses before a change, each with the last day on which it was taken."""
    for span in case.past:
        if span.days.last is not None:
            yield span.daily, span.days.last
    if case.current is not None:
        yield daily(case.current), plus(case.spans[0].days.first, -1)
    for span in case.spans:
        if span.days.last is not None and span.days.last < move.day:
            yield span.daily, span.days.last


def _most(by: By, within: int) -> str:
    share = f" of the {by.of} daily dose" if by.at_most is not None and by.at_most.unit == "%" else " a day"
    return f"a fall by at most {by.at_most}{share} within {in_days(within)}"
