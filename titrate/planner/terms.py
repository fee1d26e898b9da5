"""What a schedule has to keep: the request, and the limits of the rule together with the prescriber's own pace."""

from __future__ import annotations

from dataclasses import replace

from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.limit import ABOVE_MAXIMUM, OFF_LABEL, Change, Maximum, in_days
from titrate.limits import Limits
from titrate.planner.phase import bounded
from titrate.quantity import Quantity
from titrate.request import Request
from titrate.rule import Rule


@dataclass(frozen=True, slots=True)
class Terms:
    """`limits` are the rule's together with the prescriber's pace; `own` the rule's alone, with the prescriber's
    pace only where the rule is silent: it decides whether there is a way out. `once`: the rule leaves one dose a day,
    so that a daily dose says the whole of a day. `above` are maxima that a day on the way down may be above, but none
    that is stayed on."""

    request: Request
    limits: Limits
    own: Limits
    once: bool
    above: tuple[Maximum, ...] = ()

    @classmethod
    def of(cls, rule: Rule, request: Request) -> Terms:
        """Raises `RequestError` where the request contradicts itself, lacks something, or is faster than the rule."""
        request.check()
        _asked_for(rule, request)
        resolved = rule.limits_for(request.patient, starting=request.current is None).approved(request.given)
        if request.pump is not None:
            request = replace(request, pump=request.pump.completed(resolved.pump))
        resolved = resolved.on_scale(request.measure)
        try:
            limits, own = _paced(bounded(rule, replace(resolved, refusals=()), request), request)
        except RequestError:
            if not resolved.refusals:
                raise
            # To somebody whom the rule is not for that is said, and not what the request lacks.
            limits = own = resolved
        limits, own = (replace(one, refusals=resolved.refusals) for one in (limits, own))
        return cls(request, limits, own, all(limit.times.at_most == 1 for limit in limits.frequency))

    def without_descent(self) -> Terms:
        """These terms without a ladder down."""
        limits, own = (replace(limits, descent=()) for limits in (self.limits, self.own))
        return replace(self, limits=limits, own=own)


def _asked_for(rule: Rule, request: Request) -> None:
    """Raises `RequestError` for an approval of something that the rule asks for nowhere."""
    file = rule.file
    tables = [*file.maximum, *(table for scope in file.scopes for table in scope.maximum)]
    known = dict.fromkeys(table.asks for table in tables if table.asks is not None)
    if any(scope.not_established for scope in file.scopes):
        known[OFF_LABEL] = None
    if request.current is not None:
        known[ABOVE_MAXIMUM] = None
    for one in request.approved:
        if one.asks.casefold() not in {asks.casefold() for asks in known}:
            there = f"it asks for {', '.join(known)}" if known else "it asks for none"
            raise RequestError(
                f'--approved-by "{one}": the rule {rule.id} asks for no {one.asks[:60]}; {there}.',
                (f'--approved-by "{next(iter(known))}: {one.by}"' if known else "leave out --approved-by",),
            )


def _paced(limits: Limits, request: Request) -> tuple[Limits, Limits]:
    every = None
    if request.every is not None:
        try:
            every = request.every.days
        except ValueError as fault:
            raise RequestError(f"--every: {fault}.") from fault
    try:
        _not_faster(limits, request, every)
        paced = limits.paced(request.by, every, request.citation("--by and --every"))
    except ValueError as fault:
        raise RequestError(f'--by "{request.by}" does not fit this rule: {fault}.') from fault
    own = paced if any(change.silent for change in limits.decrease) else limits
    rising = request.goal == "plan"
    rises = paced.increase if rising and not paced.ladder else ()  # above a ladder they may not be needed
    needs_size(rises, "rise")
    needs_size(paced.decrease, "fall")
    return paced, own


def needs_size(changes: tuple[Change, ...], what: str) -> None:
    """Raises `RequestError` where neither the rule nor the prescriber says how large a change is."""
    if any(by.at_most is None for change in changes for by in change.by):
        raise RequestError(
            f"The source of {_silent_source(changes)} gives no size of one {what}, so the prescriber has to.",
            ('say by how much the dose may change, for example --by "5 mg" --every "7d"',),
        )


def _silent_source(changes: tuple[Change, ...]) -> str:
    """The document that is silent."""
    silent = next((change for change in changes if change.silent), changes[0])
    return f'"{silent.citation.source.title}"'


def needs_interval(changes: tuple[Change, ...], what: str) -> None:
    """Raises `RequestError` where neither the rule nor the prescriber says how long a dose is kept."""
    if any(change.silent_every for change in changes):
        raise RequestError(
            f"The source of {_silent_source(changes)} does not say how long a dose is kept before it {what}, "
            "so the prescriber has to.",
            ('say how long each dose is kept at least, for example --every "7d"',),
        )


def _not_faster(limits: Limits, request: Request, every: int | None) -> None:
    """The prescriber's pace may be slower or smaller than the rule's, never faster."""
    changes = (*(limits.increase if request.goal == "plan" else ()), *limits.decrease)
    intervals = [change for change in changes if change.every is not None]
    if every is not None and intervals:
        slowest = min(intervals, key=lambda change: change.every or 0)
        if slowest.every is not None and every < slowest.every:
            fact = slowest.stay()
            raise RequestError(
                f"--every {request.every} is faster than the rule allows: {fact}.",
                (f'--every "{in_days(slowest.every)}" or more',),
            )
    if request.by is None:
        return
    unit, _, per = request.by.unit.partition("/")
    for group in (limits.increase if request.goal == "plan" else (), limits.decrease):
        meant = per or (group[0].by[0].per if group else "")
        single = [change for change in group if change.within is None]
        bounds = [b.at_most for c in single for b in c.by if b.at_most is not None and b.per == meant]
        same = [b for b in bounds if (b.unit == "%") == (unit == "%")]
        if same and Quantity(request.by.amount, unit).to(same[0].unit) > max(same):
            raise RequestError(
                f"--by {request.by} is more than the rule allows, which is {max(same)} "
                f"{'a day' if meant == 'day' else 'per dose'}.",
                (f'--by "{max(same)}" or less',),
            )
