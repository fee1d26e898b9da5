"""The one door through which a schedule leaves: planned, then proved by a second, independent piece of code."""

from __future__ import annotations

from titrate.errors import Unsafe
from titrate.planner import plan
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify


def proven(rule: Rule, request: Request) -> Schedule:
    """The best schedule for `request` within `rule`, after every law was checked on its days.

    Raises `RequestError` and `NoSchedule` as `plan` does, and `Unsafe` if the planner should ever be wrong.
    """
    schedule = plan(rule, request)
    verdict = verify(schedule, rule)
    if verdict.findings:
        raise Unsafe("The planned schedule breaks a law and is not shown. Please report this.", verdict.findings)
    return schedule
