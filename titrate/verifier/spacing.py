"""Whether doses follow the clock and lie far enough apart, over midnight too."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from titrate.limit import Spacing
from titrate.quantity import Quantity
from titrate.verifier.case import Case, Finding, Span, found


def check_spacing(case: Case) -> Iterator[Finding]:
    """Law 5. Doses follow the clock, and no two are closer than the rule allows, not over midnight either."""
    yield from _night_before(case)
    for span, later in zip(case.spans, (*case.spans[1:], None), strict=True):
        clock, day = _clock(span), span.days.first
        if clock is None or any(second <= first for first, second in pairwise(clock)):
            times = ", ".join(str(administration.slot) for administration in span.regimen.administrations)
            yield found("spacing", day, f"the doses are taken at {times}", times, "clock times that ascend")
            continue
        frequency = {len(clock)}
        gaps = [(second - first, day, frequency) for first, second in pairwise(clock)]
        if clock and span.days.length != 1:
            gaps.append((24 - clock[-1] + clock[0], day, frequency))
        tomorrow = (_clock(later) or []) if later is not None else []
        if clock and tomorrow and later is not None:
            # The night between two regimens belongs to both.
            gaps.append((24 - clock[-1] + tomorrow[0], later.days.first, frequency | {len(tomorrow)}))
        for hours, on, counts in gaps:
            yield from _too_close(case.limits.spacing, hours, on, counts)


def _night_before(case: Case) -> Iterator[Finding]:
    """The night between the days of an earlier revision and the first of this one."""
    first = case.spans[0]
    for earlier in case.past[-1:]:
        evening, morning = _clock(earlier), _clock(first)
        if evening and morning:
            counts = {len(evening), len(morning)}
            yield from _too_close(case.limits.spacing, 24 - evening[-1] + morning[0], first.days.first, counts)


def _too_close(limits: tuple[Spacing, ...], hours: Fraction, day: date, counts: set[int]) -> Iterator[Finding]:
    gap = Quantity(hours, "hours")
    for limit in limits:
        if (limit.frequency is None or limit.frequency in counts) and gap < limit.at_least:
            least = f"at least {limit.at_least}"
            yield found("spacing", day, f"two doses are {gap} apart", str(gap), least, limit.citation)


def _clock(span: Span) -> list[Fraction] | None:
    """The hours after midnight at which doses are taken, in the order given; none for a continuous infusion.

    `None` where an infusion and doses at clock times stand side by side.
    """
    times = [administration.slot.at for administration in span.regimen.administrations]
    if times == [None]:
        return []
    return None if None in times else [Fraction(at.hour * 60 + at.minute, 60) for at in times if at is not None]
