"""Whether a plan that was called off leaves nobody without a dose: none in it, and none before it."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.verifier.case import Case, Finding, found

LAW = "called off"


def check_called_off(case: Case) -> Iterator[Finding]:
    """A plan ends with nothing at once only for somebody who took nothing before it; one day without a dose says so."""
    day, before = case.spans[0].days.first, case.schedule.chain()[0].request.current
    if before is not None:
        what = f"a plan for somebody who takes {before} is called off, and no dose is left"
        yield found("never abrupt", day, what, "no dose", f"a taper from {before}, or {before} going on")
    if len(case.spans) != 1 or case.spans[0].days.length != 1:
        # Without a dose there is no step without end: called off is only what stops.
        last = str(case.spans[-1].days.last)
        yield found(LAW, day, f"a plan that was called off still has days to {last}", last, "one day without a dose")
