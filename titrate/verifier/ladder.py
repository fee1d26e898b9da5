"""Whether a titration goes up an explicit ladder rung by rung, and stays on each for as long as it has to."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.ladder import Rung
from titrate.limit import in_days
from titrate.verifier.case import Case, Finding, Move, found
from titrate.verifier.change import Taken, Turns, daily, direction

LAW = "ladder"


def check_ladder(case: Case) -> Iterator[Finding]:
    """Law 3. Where the source prints a ladder it begins on the first rung, leaves out none, and none too soon."""
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
    here = rung_of(case, move.before)
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
    asked = None if case.request.every is None else case.request.every.days
    value = in_days(max(move.held, 0))
    what = f"rung {here.number}, {here.notation}, is left after {value}"
    if here.keep is None and asked is None and not here.last:
        limit = "not given: the rule is silent and the request does not say"
        yield found(LAW, move.day, what, value, limit, here.citation)
    for days, citation in ((here.keep, here.citation), (asked, case.request.citation("--every"))):
        if days is not None and move.held < days:
            yield found(LAW, move.day, what, value, f"at least {in_days(days)}", citation)


def climbs(case: Case, move: Move) -> bool:
    """Whether a rise is one that the ladder decides about: not one from its last rung or from above it."""
    ladder = case.limits.ladder
    if not ladder or move.direction != "rise":
        return False
    top = taken_on(ladder[-1])
    return not (move.before == top or (direction(top, move.before) == "rise" and daily(move.before) > daily(top)))


def rung_of(case: Case, taken: Taken) -> Rung | None:
    """The rung on which that is taken, if there is one."""
    return next((rung for rung in case.limits.ladder if taken_on(rung) == taken), None)


def taken_on(rung: Rung) -> Taken:
    """What is taken on a rung."""
    doses = tuple(dose.amount for dose in rung.doses)
    return doses if rung.cycle == 1 else Turns((doses, *((),) * (rung.cycle - 1)))
