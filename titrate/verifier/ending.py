"""How a schedule ends: at nothing after a last step and a long enough taper, or with a way out from each day."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from titrate.days import between
from titrate.limit import Change, Frequency, LastStep
from titrate.limits import Limits
from titrate.quantity import Quantity
from titrate.verifier.case import Case, Finding, Span, comes_down, found
from titrate.verifier.change import Taken, counts, every_dose
from titrate.verifier.ladder import taken_on
from titrate.verifier.wayout import WaysOut, grades, largest_of, way_out_falls


def check_never_abrupt(case: Case) -> Iterator[Finding]:
    """Law 9. It ends at zero through a permitted last step, or it has no end and says so; it never ends on a dose."""
    law, last = "never abrupt", case.spans[-1]
    for span in case.spans[:-1]:
        if not span.doses:
            yield found(law, span.days.first, "no dose is taken", "no dose", "a dose on every day before the end")
    if last.days.last is None:
        yield from _no_end(case, last)
    elif last.doses:
        value = case.written(last.doses)
        yield found(law, last.days.last, f"the schedule ends on {value}", value, "an end at no dose, or no end")
    elif last.days.length != 1:
        value = f"{last.days.length} days"
        yield found(law, last.days.first, f"the last step lists {value} without a dose", value, "one day")
    for move in case.moves:
        for limit in case.limits.last_step if move.stops else ():
            if case.amount(move.daily_before) > limit.daily:
                value = str(case.amount(move.daily_before))
                what = f"the drug stops from {value} a day"
                yield found(law, move.day, what, value, f"at most {limit.daily} a day", limit.citation)


def _no_end(case: Case, last: Span) -> Iterator[Finding]:
    law, day, review = "never abrupt", last.days.first, case.schedule.review
    if not last.doses:
        yield found(law, day, "a step without end has no dose", "no dose", "one day without a dose, at the end")
    elif last.kind != "maintenance":
        yield found(law, day, f"a {last.kind} step has no end", last.kind, "maintenance where there is no end")
    if review is not None and review < day:
        what = f"the review comes before {case.written(last.doses)} is reached"
        yield found(law, review, what, review.isoformat(), f"{day.isoformat()} or later")


def _tapers(limits: Limits, span: Span) -> bool:
    """Whether a way out is looked for: not from no dose, nor from a number of doses that is a finding in itself."""
    daily, doses = Quantity(span.daily, limits.unit), every_dose(span.doses)
    often = counts(span.doses)
    usual = all(limit.allows(count, daily) for limit in limits.frequency for count in often)
    low = all(limit.allows(count, daily, count) for limit in limits.taper_frequency for count in often)
    return bool(doses) and min(doses) > 0 and (usual or low)


def check_way_out(case: Case) -> Iterator[Finding]:
    """Law 10. From every day of a schedule there is a taper to zero within the rule and with the products at hand."""
    # What is lower than a regimen within the maximum is within it, so the maximum needs no place in the search. A rung
    # further down, on fewer days, may have a larger dose.
    # A taper that stops is its own way out, and its steps are checked as such.
    ends = case.taper_begins
    ahead = [span for span in case.spans if ends is None or span.days.first < ends]
    regimens = {span.doses: span for span in reversed(ahead) if _tapers(case.limits, span)}
    hand = case.request.products
    products = [product for product in case.limits.products if hand is None or product.name in hand]
    falls = way_out_falls(case.own, case.limits, case.request.by is not None)
    citation = falls[0].citation if falls else None
    limits, ladder = case.limits, tuple(map(taken_on, case.limits.descent))
    largest, top = case.amount(largest_of((*regimens, *ladder))), limits.approved(case.request.given).largest_dose()
    above = any(comes_down(case, span, limit) for span in ahead for limit in case.limits.maximum)
    largest = largest if top is None or above else min(largest, top)
    try:
        makes = grades(products, case.limits.unit, largest, case.request.handling())
    except ValueError as fault:
        yield found("way out", None, f"it cannot be told ({fault})", str(largest), "a taper to nothing from every day")
        return
    ordered = sorted(regimens.items(), key=lambda item: item[1].days.first)
    asked = tuple(doses for doses, _ in ordered)
    exist = _exist(limits.unit, falls, limits.last_step, makes, limits.taper_frequency, ladder, asked)
    for (doses, span), exists in zip(ordered, exist, strict=True):
        if not exists:
            value = case.written(doses)
            what = f"no taper leads from {value} to nothing with the products at hand"
            yield found("way out", span.days.first, what, value, "a taper to nothing from every day", citation)


# Schedules over the same regimens have the same ways out, whatever their days are. Kept are the latest of them.
@lru_cache(256)
def _exist(
    unit: str,
    falls: tuple[Change, ...],
    last: tuple[LastStep, ...],
    makes: tuple[Fraction, ...],
    frequency: tuple[Frequency, ...],
    ladder: tuple[Taken, ...],
    regimens: tuple[Taken, ...],
) -> tuple[bool, ...]:
    """Whether there is a way out from each of the regimens, searched for in that order; the rest is as of `WaysOut`."""
    search = WaysOut(unit, falls, last, makes, frequency, ladder)
    return tuple(search.exists(doses) for doses in regimens)


def check_taper_duration(case: Case) -> Iterator[Finding]:
    """Law 11. A taper to nothing is at least as long as the source says, from its first day to the last dose."""
    begins, last_dose = case.taper_begins, case.last_dose
    if begins is None:
        return
    length = 0 if last_dose is None else between(begins, last_dose) + 1
    for limit in case.limits.taper_duration:
        if length < limit.at_least:
            value = f"{length} day{'' if length == 1 else 's'}"
            what = f"a taper of {value} begins"
            yield found("taper duration", begins, what, value, f"at least {limit.at_least} days", limit.citation)
