"""Whether a cycle of several days is one that may be taken, and runs to its end before the next one begins."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.days import between
from titrate.limit import in_days
from titrate.verifier.case import Case, Finding, Span, found
from titrate.verifier.change import Taken, days_of
from titrate.verifier.ladder import rung_of

LAW = "cycle"


def check_cycle(case: Case) -> Iterator[Finding]:
    """Law 5. Doses on alternate days, or in any longer cycle, only where the rule has them, and in whole cycles."""
    yield from _begun(case)
    for span, later in zip(case.spans, (*case.spans[1:], None), strict=True):
        if span.doses and not _allowed(case, span):
            value = case.written(span.doses)
            yield found(LAW, span.days.first, f"the doses are {value}", value, _limit(case))
        length = span.days.length
        if later is not None and later.doses and length is not None and length % span.cycle:
            value = in_days(length)
            what = f"{case.written(span.doses)} has been taken for {value}"
            yield found(LAW, later.days.first, what, value, f"whole cycles of {in_days(span.cycle)}")


def _begun(case: Case) -> Iterator[Finding]:
    """The first day follows on a whole cycle of what was taken before, as far as that is known."""
    first = case.spans[0].days.first
    before = case.past[-1] if case.past else None
    if before is not None and before.days.length is not None:
        length, taken = before.days.length, before.doses
    elif case.current is not None and case.request.since is not None:
        length, taken = between(case.request.since, first), case.current
    else:
        return
    if length % len(days_of(taken)):
        what = f"{case.written(taken)} has been taken for {in_days(length)}"
        yield found(LAW, first, what, in_days(length), f"whole cycles of {in_days(len(days_of(taken)))}")


def _allowed(case: Case, span: Span) -> bool:
    """A day's regimen where the rule has no other cycle; the rule's own cycle; or one that the patient is on already
    and keeps, or goes down from."""
    ladder = case.limits.descent if span.kind == "taper" else case.limits.ladder
    if span.cycle == case.limits.cycle or rung_of(ladder, span.doses) is not None:
        return True
    return any(span.cycle == len(days_of(before)) for before in _before(case, span))


def _before(case: Case, span: Span) -> Iterator[Taken]:
    if case.current is not None:
        yield case.current
    yield from (past.doses for past in case.past)
    if span.kind == "taper":
        yield from (earlier.doses for earlier in case.spans if earlier.days.first < span.days.first)


def _limit(case: Case) -> str:
    if case.limits.cycle == 1:
        return "doses every day: the rule has no longer cycle"
    return f"doses every {in_days(case.limits.cycle)}"
