"""What people do beside a schedule: what is confirmed before which step, and on which days somebody decides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

from titrate.days import plus
from titrate.limits import Limits
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.schedule import Due, Step


def with_checks(steps: list[Step], before: Quantity | None, limits: Limits) -> Iterator[Step]:
    """The steps, each with what a person confirms before it. `before` is the daily dose taken on the day before the
    first (`None`: the drug begins)."""
    taken, fallen = before, False
    if not limits.gates:
        yield from steps
        return
    for step in steps:
        yield replace(step, checks=tuple(_checks(step.regimen.daily, taken, fallen, limits)))
        fallen = fallen or (taken is not None and step.regimen.daily < taken)
        taken = step.regimen.daily


def _checks(daily: Quantity, taken: Quantity | None, fallen: bool, limits: Limits) -> Iterator[Fact]:
    for gate in limits.gates:
        entered = gate.band is not None and daily in gate.band and (taken is None or taken not in gate.band)
        due = {
            "start": taken is None,
            "each rise": taken is not None and daily > taken,
            "taper": taken is not None and daily < taken and not fallen,
            "each fall": taken is not None and daily < taken and bool(daily),
            "dose": entered,
        }[gate.before]
        if due:
            yield gate.fact()


def due(steps: tuple[Step, ...], starts: bool, limits: Limits) -> Iterator[Due]:
    """The days on which somebody decides, as far as the drug is still taken then. `starts`: the drug begins."""
    for look in limits.looks:
        since = _since(steps, starts, limits)[look.since]
        if since is None:
            continue
        on, end = plus(since.days.first, look.after), steps[-1]
        if end.days.last is not None and on >= end.days.first:
            continue
        last = None if look.until is None else plus(since.days.first, look.until)
        yield Due(on, look.says, look.citation, last)


def _since(steps: tuple[Step, ...], starts: bool, limits: Limits) -> dict[str, Step | None]:
    """The steps from whose first day it may count."""
    largest = limits.largest_daily()
    risen = [later for earlier, later in pairwise(steps) if later.regimen.daily > earlier.regimen.daily]
    return {
        "start": steps[0] if starts else None,
        "target": next((step for step in steps if step.kind == "maintenance"), None),
        "maximum": next((step for step in risen if step.regimen.daily == largest), None),
    }
