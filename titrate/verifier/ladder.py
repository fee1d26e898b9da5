"""Whether a titration goes up an explicit ladder, or a taper down one, rung by rung, and stays on each for as long as
it has to."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from titrate.days import between, plus
from titrate.ladder import Rung
from titrate.limit import in_days
from titrate.verifier.case import Case, Finding, Move, found
from titrate.verifier.change import Taken, Turns, days_of, direction, leads_down

LAW = "ladder"


def check_ladder(case: Case) -> Iterator[Finding]:
    """Laws 3 and 4. An explicit ladder begins on its first rung, leaves out none, and leaves none too soon."""
    yield from _falls(case)
    if not case.limits.ladder:
        return
    bottom, first = case.limits.ladder[0], case.spans[0]
    if case.request.current is None and first.doses != taken_on(bottom):
        value = case.written(first.doses)
        limit = f"{bottom.notation}, the first rung"
        yield found(LAW, first.days.first, f"it begins with {value}", value, limit, bottom.citation)
    for move in case.moves:
        if move.direction == "rise" and move.before and not case.takes_back(move):
            yield from _rise(case, move)


def _rise(case: Case, move: Move) -> Iterator[Finding]:
    value = f"{case.written(move.before)} to {case.written(move.span.doses)}"
    here = rung_of(case.limits.ladder, move.before)
    if here is None:
        if climbs(case, move):
            what, limit = f"the doses go from {value}", "a rise from a rung of the ladder"
            yield found(LAW, move.day, what, value, limit, case.limits.ladder[0].citation)
        return
    if not here.last:
        following = case.limits.ladder[here.number]
        if move.span.doses != taken_on(following):
            limit = f"{following.notation}, the next rung"
            yield found(LAW, move.day, f"the doses go from {value}", value, limit, following.citation)
    yield from _too_soon(case, move, here)


def _too_soon(case: Case, move: Move, here: Rung) -> Iterator[Finding]:
    if move.held is None:
        return
    held = move.held + _beside(case, move)
    asked = None if case.request.every is None else case.request.every.days
    value = in_days(max(move.held, 0))
    what = f"rung {here.number}, {here.notation}, is left after {value}"
    if here.keep is None and asked is None and (here.down or not here.last):
        limit = "not given: the rule is silent and the request does not say"
        yield found(LAW, move.day, what, value, limit, here.citation)
    for days, citation in ((here.keep, here.citation), (asked, case.request.citation("--every"))):
        if days is not None and held < days:
            yield found(LAW, move.day, what, value, f"at least {in_days(days)}", citation)


def _falls(case: Case) -> Iterator[Finding]:
    for move in case.moves:
        if not descends(case, move):
            continue
        value = f"{case.written(move.before)} to {case.written(move.span.doses)}"
        here = rung_of(case.limits.descent, move.before)
        if here is None:
            limit = "a fall from a rung of the ladder down"
            citation = case.limits.descent[0].citation
            yield found(LAW, move.day, f"the doses go from {value}", value, limit, citation)
            continue
        following = None if here.last else case.limits.descent[here.number]
        after = rung_of(case.limits.descent, move.span.doses) if move.span.doses else None
        if after != following or (following is None and move.span.doses):
            limit = "no dose, after the last rung" if following is None else f"{following.notation}, the next rung"
            yield found(LAW, move.day, f"the doses go from {value}", value, limit, (following or here).citation)
        yield from _too_soon(case, move, here)


def descends(case: Case, move: Move) -> bool:
    """Whether a fall is one that the ladder down decides about: from one of its rungs, or to below its first one."""
    ladder = case.limits.descent
    if not ladder or not move.before or move.direction in ("rise", "none"):
        return False
    if not move.span.doses and not move.stops:
        return False  # a day without the drug is abrupt in itself
    top, after = taken_on(ladder[0]), move.span.doses
    without = case.limits.last_step and case.limits.decrease
    if without and move.before not in map(taken_on, ladder) and not leads_down(move.before, top):
        return rung_of(ladder, move.before) is not None  # beside the ladder one falls and stops without it
    above = bool(after) and (after == top or direction(top, after) == "rise")
    return rung_of(ladder, move.before) is not None or not above or not case.limits.decrease


def next_down(case: Case, move: Move) -> bool:
    """Whether a change leads from one rung of the ladder down to the next. It is a fall, however their days lie."""
    here = rung_of(case.limits.descent, move.before)
    after = rung_of(case.limits.descent, move.span.doses)
    return here is not None and after is not None and after.number == here.number + 1


def _beside(case: Case, move: Move) -> int:
    """How many days beside a cycle of several days are as if they belonged to it.

    A list of days does not tell whether a dose on the day before belongs to it too (10 mg every day, then every second
    day), nor whether the days without a dose after its last one do, where the drug stops.
    """
    index = case.spans.index(move.span)
    if index == 0 or not isinstance(move.before, Turns):
        return 0
    many, cycle, length, begun = 0, move.before.days, case.spans[index - 1].days.length or 0, index - 1
    while begun and case.spans[begun - 1].doses == move.before:
        begun -= 1  # a step of the same days is counted already
    first = case.spans[begun].days.first
    while many + 1 < len(cycle) and _taken_at(case, begun, plus(first, -many - 1)) == cycle[-many - 1]:
        many += 1
    while move.stops and not cycle[length % len(cycle)]:
        many, length = many + 1, length + 1
    return many


def _taken_at(case: Case, before: int, day: date) -> tuple[Fraction, ...] | None:
    """The doses of one day before the span of that number, or `None` where they are not known."""
    for span in case.spans[:before]:
        if day in span.days:
            days = days_of(span.doses)
            return days[between(span.days.first, day) % len(days)]
    return None


def climbs(case: Case, move: Move) -> bool:
    """Whether a rise is one that the ladder decides about: not one from its last rung or from above it."""
    ladder = case.limits.ladder
    if not ladder or move.direction != "rise":
        return False
    top = taken_on(ladder[-1])
    return not (move.before == top or direction(top, move.before) == "rise")


def rung_of(ladder: Sequence[Rung], taken: Taken) -> Rung | None:
    """The rung on which that is taken, whichever day its cycle begins with; `None` if there is none."""
    turned = [taken]
    if isinstance(taken, Turns):
        turned = [Turns((*taken.days[days:], *taken.days[:days])) for days in range(len(taken.days))]
    return next((rung for rung in ladder if taken_on(rung) in turned), None)


def taken_on(rung: Rung) -> Taken:
    """What is taken on a rung."""
    days = tuple(tuple(dose.amount for dose in day) for day in rung.days)
    return days[0] if rung.cycle == 1 else Turns(days)
