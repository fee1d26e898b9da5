"""What a rule says nothing about: one that tells only how to taper neither begins a drug nor raises its dose, and one
whose source names no largest dose leaves that to the prescriber."""

from __future__ import annotations

from dataclasses import replace

from titrate.errors import RequestError
from titrate.limit import Maximum
from titrate.limits import Limits
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule


def doses_of(pattern: Pattern, unit: str, option: str) -> tuple[Quantity, ...]:
    """The doses of a pattern, or its daily dose alone, in `unit`. Raises `RequestError` where they are of another."""
    try:
        return tuple(dose.to(unit) for dose in pattern.doses or (pattern.total(),))
    except ValueError as fault:
        raise RequestError(f'{option} "{pattern}" does not fit this rule, which counts in {unit}: {fault}.') from fault


def is_rung_alone(pattern: Pattern, limits: Limits) -> bool:
    """Whether the pattern is neither taken every day nor on one day of its cycle, and is a rung of the ladder down:
    then only that ladder says how it goes on."""
    usual = pattern.cycle == limits.cycle == 1 or set(pattern.on) == {1}
    if usual or pattern.daily is not None or not limits.descent:
        return False
    days = replace(pattern, doses=doses_of(pattern, limits.unit, "--from")).days()
    return any(rung.taken_in(days) for rung in limits.descent)


def bounded(rule: Rule, limits: Limits, request: Request) -> Limits:
    """The limits; of a rule that says nothing about rising bounded by what is taken now, of one that names no largest
    dose by what is asked for.

    Raises `RequestError` where such a rule is asked to begin the drug or to raise its dose.
    """
    if limits.refusals:
        return limits
    if limits.increase or limits.ladder:
        return limits if limits.largest_dose() is not None else _asked_for(limits, request)
    only = f"The rule {rule.id} tells only how to taper: its sources say nothing about"
    if request.current is None:
        raise RequestError(f"{only} starting.", ('say what is taken now, for example --from "20 mg x1"',))
    now = doses_of(request.current, limits.unit, "--from")
    asked = () if request.target is None else doses_of(request.target, limits.unit, "--target")
    if asked and asked != now and sum(asked[1:], asked[0]) >= sum(now[1:], now[0]):
        raise RequestError(
            f"{only} a rise from {request.current} to {request.target}.",
            ("ask for a lower --target", "plan the rise with a rule that tells how to rise (titrate rules)"),
        )
    if limits.largest_dose() is not None:
        return limits
    top = Maximum(request.citation("--from; the rule says nothing about rising"), max(now), sum(now[1:], now[0]))
    return replace(limits, maximum=(*limits.maximum, top))


def _asked_for(limits: Limits, request: Request) -> Limits:
    """The limits where the source names no largest dose: that of what is asked for, or taken now, is the most."""
    patterns = [("--from", request.current), ("--target", request.target)]
    totals = [sum(d[1:], d[0]) for option, p in patterns if p is not None for d in (doses_of(p, limits.unit, option),)]
    if not totals:
        return limits
    top = Maximum(request.citation("--target; the source names no largest dose"), daily=max(totals))
    return replace(limits, maximum=(*limits.maximum, top))
