"""Whether a schedule shows all that a person has to confirm, each on its step."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from titrate.guide import Gate
from titrate.verifier.case import Case, Finding, Span, found
from titrate.verifier.change import daily as daily_of

LAW = "gates"


def check_gates(case: Case) -> Iterator[Finding]:
    """What the rule wants confirmed before a step stands on that step."""
    shown = {step.days.first: {fact.says for fact in step.checks} for step in case.schedule.steps}
    unknown = case.current is None and case.request.current is not None
    taken = None if case.current is None else daily_of(case.current)
    fallen = False
    for index, span in enumerate(case.spans):
        for gate in case.limits.gates if index or not unknown else ():
            first = gate.before == "taper" and not fallen and taken is not None and span.daily < taken
            if (first or _due(gate, span, taken, case)) and gate.says not in shown[span.days.first]:
                what = "the schedule does not say what has to be confirmed before the step"
                yield found(LAW, span.days.first, what, "nothing", gate.says, gate.citation)
        fallen = fallen or (taken is not None and span.daily < taken)
        taken = span.daily


def _due(gate: Gate, span: Span, taken: Fraction | None, case: Case) -> bool:
    """Whether the gate stands before this step; `taken` is the daily dose on the day before (`None`: nothing yet)."""
    if gate.before == "dose":
        assert gate.band is not None
        inside = case.amount(span.daily) in gate.band
        return inside and (taken is None or case.amount(taken) not in gate.band)
    if taken is None:
        return gate.before == "start"
    if gate.before == "each rise":
        return span.daily > taken
    return gate.before == "each fall" and 0 < span.daily < taken
