"""The one door through which a schedule leaves: planned, then proved by a second, independent piece of code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from titrate.dispensing import Dispensing
from titrate.errors import Unsafe
from titrate.planner import plan
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify

if TYPE_CHECKING:
    from titrate.supply import Supply


def proven(rule: Rule, request: Request) -> Schedule:
    """The best schedule for `request` within `rule`, after every law was checked on its days.

    Raises `RequestError` and `NoSchedule` as `plan` does, and `Unsafe` if the planner should ever be wrong.
    """
    return proved(plan(rule, request), rule)


def proved(schedule: Schedule, rule: Rule) -> Schedule:
    """The schedule, after every law was checked on its days. Raises `Unsafe` with what breaks one."""
    verdict = verify(schedule, rule)
    if verdict.findings:
        raise Unsafe("The planned schedule breaks a law and is not shown. Please report this.", verdict.findings)
    return schedule


def supplied(schedule: Schedule, dispensing: Dispensing) -> Supply:
    """What the schedule takes from the box, after it was counted a second time in another way.

    Raises `RequestError` as `titrate.supply.of` does, and `Unsafe` if a day should ever lie beyond what is dispensed.
    """
    from titrate.supply import of
    from titrate.verifier.supplied import check_supplied

    supply = of(schedule, dispensing)
    findings = tuple(check_supplied(schedule, supply))
    if findings:
        raise Unsafe("What is to be dispensed does not cover the schedule. Please report this.", findings)
    return supply
