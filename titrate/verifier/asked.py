"""Whether a schedule is the one that was asked for."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.days import between, plus
from titrate.errors import RequestError
from titrate.verifier.case import Case, Finding, Span, found, typed_in
from titrate.verifier.change import Taken, daily, days_of, every_dose

LAW = "asked"


def check_asked(case: Case) -> Iterator[Finding]:
    """The schedule does what the request asks: target, stay, end, first day, times, split, pieces."""
    yield from _first_day(case)
    yield from _target(case)
    yield from _stay(case)
    yield from _end(case)
    yield from _each_day(case)
    yield from _pieces(case)
    yield from _pump(case)


def _first_day(case: Case) -> Iterator[Finding]:
    """It begins on the day that was asked for; before that day there may be stays on what is taken already."""
    first, start = case.spans[0].days.first, case.request.start
    begun = [span for span in case.spans if span.days.first < start]
    if first > start or any(span.doses != case.current for span in begun):
        yield found(LAW, first, "the schedule begins", first.isoformat(), f"{start.isoformat()}, as asked")


def _target(case: Case) -> Iterator[Finding]:
    target = case.request.target
    if target is None:
        return
    stays = [span for span in case.spans if span.kind == "maintenance"]
    if not stays:
        yield found(LAW, None, "nothing is maintained", "no maintenance", f"{target}, as asked")
    for span in stays:
        if not _matches(case, span.doses):
            value = case.written(span.doses)
            yield found(LAW, span.days.first, f"the maintenance is {value}", value, f"{target}, as asked")


def _matches(case: Case, doses: Taken) -> bool:
    """Whether doses are the target's: each of them in order, or the daily dose if only that was asked for."""
    target, unit = case.request.target, case.limits.unit
    assert target is not None
    try:
        if target.daily is not None:
            return daily(doses) == target.daily.to(unit).amount
        return doses == typed_in(target, unit)
    except ValueError:
        return False


def _stay(case: Case) -> Iterator[Finding]:
    """With a stop to follow, the maintenance lasts exactly as long as was asked for."""
    asked = case.request.maintain
    stays: list[Span] = [span for span in case.spans if span.kind == "maintenance"]
    if asked is None or not case.request.then_stop or not stays or stays[-1].days.last is None:
        return
    first, last = stays[0].days.first, stays[-1].days.last
    try:
        wanted = plus(asked.after(first), -1)
    except ValueError:
        wanted = None
    if last != wanted:
        value = f"{between(first, last) + 1} days"
        yield found(LAW, first, f"the maintenance lasts {value}", value, f"exactly {asked}, as asked")


def _end(case: Case) -> Iterator[Finding]:
    request = case.request
    if case.stops != (request.goal == "taper" or request.then_stop):
        value, limit = ("stops", "no end") if case.stops else ("goes on", "a stop")
        yield found(LAW, None, f"the drug {value}", value, f"{limit}, as asked")
    elif request.finish_by is not None and case.last_dose != request.finish_by:
        value = "none" if case.last_dose is None else case.last_dose.isoformat()
        limit = f"{request.finish_by.isoformat()}, as asked"
        yield found(LAW, case.last_dose, f"the day of the last dose is {value}", value, limit)


def _each_day(case: Case) -> Iterator[Finding]:
    times, even = case.request.times, case.request.split == "even"
    for span in case.spans:
        other = [a.slot for a in span.regimen.administrations if times is not None and a.slot.at not in times]
        if times is not None and other:
            asked = ", ".join(f"{at:%H:%M}" for at in times)
            yield found(LAW, span.days.first, f"a dose is taken at {other[0]}", str(other[0]), f"{asked}, as asked")
        if even and any(len(set(day)) > 1 for day in days_of(span.doses)):
            value = case.written(span.doses)
            yield found(LAW, span.days.first, f"the doses are {value}", value, "equal doses, as asked")


def _pieces(case: Case) -> Iterator[Finding]:
    """No dose is made of more pieces than were asked for, and what is to be measured is."""
    most, edge = case.request.max_pieces, case.request.liquid_below
    if most is None and edge is None:
        return
    below = None if edge is None else edge.to(case.limits.unit).amount
    for span in case.spans:
        for administration, dose in zip(span.regimen.administrations, every_dose(span.doses), strict=True):
            made, day = administration.pieces_in_words(), span.days.first
            count = sum(piece.handled for piece in administration.pieces)
            if most is not None and count > most:
                yield found(LAW, day, f"a dose is made of {made}", f"{count} pieces", f"at most {most}, as asked")
            measured = [piece.product.form == "liquid" for piece in administration.pieces]
            if below is not None and (all if dose < below else any)(measured) != (dose < below):
                limit = f"a liquid below {edge}, and pieces from there on, as asked"
                yield found(LAW, day, f"a dose is made of {made}", made, limit)


def _pump(case: Case) -> Iterator[Finding]:
    """What is said to be a source's is the rule's, and a pump that it knows is filled no less carefully."""
    pump = case.request.pump
    if pump is None:
        return
    for told in pump.sources:
        if told not in case.own.pump:
            limit = "what the rule says of it"
            yield found(LAW, None, f"of the pump's {told.what} it is said that it is {told.value}", told.value, limit)
    try:
        pump.completed(case.own.pump)
    except RequestError as fault:
        what = f"the pump is filled as it cannot be: {fault.message.rstrip('.')}"
        yield found(LAW, None, what, str(pump.stability), "what the rule says of it")
