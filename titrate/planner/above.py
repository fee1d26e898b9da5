"""What is taken now is above a maximum: the way down from there, if somebody answers for it by name.

No rule says how to come down from more than it allows. To fall below the maximum at once may be a larger fall than the
rule allows too, and then its limits leave nothing. Its falls are kept and the maximum is not: but only on the way
down, only where there is no way within it, and only for whoever takes more already.
"""

from __future__ import annotations

from dataclasses import replace

from titrate.limit import ABOVE_MAXIMUM, Maximum
from titrate.limits import Limits
from titrate.planner.phase import doses_of
from titrate.planner.terms import Terms
from titrate.quantity import Quantity


def exceeded(terms: Terms) -> tuple[Maximum, ...]:
    """The maxima that what is taken now is above."""
    if terms.request.current is None:
        return ()
    largest, whole = _now(terms)
    return tuple(
        limit
        for limit in terms.limits.maximum
        if limit.level == "limit"
        and ((limit.dose is not None and largest > limit.dose) or (limit.daily is not None and whole > limit.daily))
    )


def coming_down(terms: Terms) -> Terms | None:
    """The terms with what is taken now as the maximum, and the maxima below it kept for what is stayed on. `None` where
    it is within the maxima, or nobody answers for it."""
    over = exceeded(terms)
    if not over or ABOVE_MAXIMUM not in terms.request.given:
        return None
    now = Maximum(terms.request.citation("--approved-by"), *_now(terms))

    def widened(limits: Limits) -> Limits:
        maxima = (replace(one, level="warn") if one in over else one for one in limits.maximum)
        return replace(limits, maximum=(*maxima, now))

    return replace(terms, limits=widened(terms.limits), own=widened(terms.own), above=over)


def _now(terms: Terms) -> tuple[Quantity, Quantity]:
    """The largest dose and the daily dose of what is taken now."""
    assert terms.request.current is not None
    doses = doses_of(terms.request.current, terms.limits.unit, "--from")
    return max(doses), sum(doses[1:], doses[0])
