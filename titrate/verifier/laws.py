"""Proves a schedule against a rule, law by law, from its days alone.

Nothing here knows how a schedule was found, and the reasons that its steps carry are never read. Each
law is one small `check_*`; the tuple `CHECKS` is the contract. Days with one regimen are looked at
together, so that a step without end, or one of a thousand years, costs no more than a day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import fields
from fractions import Fraction
from itertools import pairwise

from titrate.days import between, plus
from titrate.frozen import dataclass
from titrate.limit import OFF_LABEL, By, Change, Times
from titrate.limits import Limits
from titrate.quantity import Quantity, Range
from titrate.regimen import times_a_day
from titrate.rule import Rule
from titrate.schedule import Kind, Schedule
from titrate.source import Citation
from titrate.verifier.asked import check_asked
from titrate.verifier.calledoff import check_called_off
from titrate.verifier.case import Case, Finding, Move, Span, comes_down, found
from titrate.verifier.change import Direction, applicable, counts, every_dose, within, worst
from titrate.verifier.cycle import check_cycle
from titrate.verifier.ending import check_never_abrupt, check_taper_duration, check_way_out
from titrate.verifier.gates import check_gates
from titrate.verifier.ladder import check_ladder, climbs, descends, next_down
from titrate.verifier.pieces import check_makeable
from titrate.verifier.rate import check_rate
from titrate.verifier.seam import check_seam
from titrate.verifier.spacing import check_spacing
from titrate.verifier.supplied import check_supply

__all__ = ["CHECKS", "Finding", "Verdict", "verify"]

Check = Callable[[Case], Iterator[Finding]]

SILENT = "not given: the rule is silent and the request does not say"
TAPERS = "the rule tells only how to taper,"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Every law that was checked, in order, and what was found; without findings the schedule is lawful."""

    laws: tuple[str, ...]
    findings: tuple[Finding, ...]


def verify(
    schedule: Schedule, rule: Rule, checks: tuple[Check, ...] | None = None, own: Limits | None = None
) -> Verdict:
    """What breaks the laws in `schedule`, measured with `rule`.

    Of a schedule from elsewhere less may be known: then only these `checks` are made, and `own` stands for the limits
    that the rule has for the patient.

    Raises `RequestError` where a limit needs a fact that the request lacks, or the request does not go
    with the rule. A schedule without steps, or in another unit than the rule's, is told so and nothing
    more is checked: there is nothing that the other laws could be held against. Of a revision everything that
    it supersedes is proved as well, as far as it was planned with this very rule file.
    """
    request = schedule.request
    previous = schedule.previous()
    before = checks
    if checks is None:
        checks = OF_CALLED_OFF if schedule.called_off else CHECKS
    own = own or rule.limits_for(request.patient, starting=request.current is None)
    if not schedule.steps:
        nothing = found("covered", None, "the schedule has no step", "no day", "at least one day")
        return Verdict(("covered",), (nothing,))
    if foreign := tuple(_foreign(schedule, own.unit)):
        return Verdict(("rule",), foreign)
    case = Case.of(schedule, rule, own)
    findings = [finding for check in checks for finding in check(case)]
    if previous is not None and previous.rule.sha256 == rule.sha256:
        findings += [finding for finding in verify(previous, rule, before).findings if finding not in findings]
    return Verdict(tuple(map(law_of, checks)), tuple(findings))


def law_of(check: Check) -> str:
    """The name of the law that a check is for: `check_way_out` is for "way out"."""
    return check.__name__.removeprefix("check_").replace("_", " ")


def _foreign(schedule: Schedule, unit: str) -> Iterator[Finding]:
    """The steps whose doses are in a unit that cannot be converted to the rule's."""
    for step in schedule.steps:
        for written in (step.regimen.unit, *(dose.unit for dose in step.regimen.doses)):
            try:
                Quantity(Fraction(1), written).to(unit)
            except (KeyError, ValueError):
                yield found("rule", step.days.first, f"doses are in {written}", written, f"{unit}, as in the rule")
                break


def check_covered(case: Case) -> Iterator[Finding]:
    """Law 1. Every day from first to last has exactly one regimen; no gap, no overlap."""
    for earlier, later in pairwise(case.spans):
        last, first = earlier.days.last, later.days.first
        if last is None or first <= last:
            yield found("covered", first, "two steps apply", "two regimens", "one regimen a day")
        elif between(last, first) > 1:
            yield found("covered", plus(last, 1), "no step applies", "no regimen", "one regimen a day")


def check_start(case: Case) -> Iterator[Finding]:
    """Law 2. It starts within the start range, or exactly at the regimen that the patient is on."""
    first = case.spans[0]
    if case.request.current is None:
        if not case.limits.start and not case.limits.ladder:
            value = case.written(first.doses)
            yield found("start", first.days.first, f"it starts with {value}", value, f"{TAPERS} not how to start")
        for limit in case.limits.start:
            yield from _outside(case, "start", first, limit.citation, limit.dose, limit.daily, limit.frequency)
    elif case.current is None:
        value = str(case.request.current)
        what = f"the doses that make up {value} are not known, so the first change cannot be judged"
        yield found("start", first.days.first, what, value, "a current regimen written dose by dose")


def check_increment(case: Case) -> Iterator[Finding]:
    """Law 3. No rise is larger than the rule allows."""
    yield from _too_large(case, "increment", "rise", case.limits.increase)
    for move in case.moves if not case.limits.increase else ():
        if move.direction == "rise" and move.between_doses and not case.takes_back(move):
            value = f"{case.written(move.before)} to {case.written(move.span.doses)}"
            if not case.limits.ladder:
                yield found("increment", move.day, f"the doses go from {value}", value, f"{TAPERS} not how to rise")
            elif not climbs(case, move):
                last = case.limits.ladder[-1]
                limit = f"{last.notation}, the last rung of the ladder"
                yield found("increment", move.day, f"the doses go from {value}", value, limit, last.citation)


def check_decrement(case: Case) -> Iterator[Finding]:
    """Law 4. No fall is larger than the rule allows; the last one to nothing only where no last step is given."""
    single = tuple(limit for limit in case.limits.decrease if limit.within is None)
    yield from _too_large(case, "decrement", "fall", single)


def _too_large(case: Case, law: str, way: Direction, changes: tuple[Change, ...]) -> Iterator[Finding]:
    for move in case.moves:
        if move.direction != way or not move.between_doses or (move.stops and case.limits.last_step):
            continue
        if climbs(case, move) or descends(case, move):
            continue
        limits = applicable(changes, move.daily_before, move.span.daily, move.daily_original)
        bounds = [(by, limit.citation) for limit in limits for by in limit.by]
        broken = [one for one in bounds if not within((one[0],), move.before, move.span.doses, move.original)]
        # One by one is as good as all at once: a share leaves no dose to begin or end, so only one pairing of the
        # doses, and of several amounts the smallest decides in every pairing. Only an exact size may need its own.
        if not broken and not within((by for by, _ in bounds), move.before, move.span.doses, move.original):
            broken = [one for one in bounds if one[0].exactly]
        for by, citation in broken:
            value = f"{case.written(move.before)} to {case.written(move.span.doses)}"
            yield found(law, move.day, f"the doses go from {value}", value, _largest(way, by), citation)


def _largest(way: Direction, by: By) -> str:
    """`a rise by at most 5 mg a dose`, `a fall by at most 20 % of the current daily dose`."""
    if by.at_most is None:
        return SILENT
    bound = f"a {way} by {'exactly' if by.exactly else 'at most'} {by.at_most}"
    if by.at_most.unit.startswith("%"):
        return f"{bound} of the {by.of} {'daily dose' if by.per == 'day' else 'dose'}"
    return f"{bound} a {by.per}"


def check_interval(case: Case) -> Iterator[Finding]:
    """Laws 3 and 4. No rise and no fall comes sooner than the rule allows, but one that takes the last change back."""
    for move in case.moves:
        if move.direction not in ("rise", "fall") or not move.between_doses or move.held is None:
            continue
        if climbs(case, move) or descends(case, move) or case.takes_back(move):
            continue
        changes = case.limits.increase if move.direction == "rise" else case.limits.decrease
        for limit in applicable(changes, move.daily_before, move.span.daily, move.daily_original):
            least = limit.every
            if limit.silent_every if least is None else move.held < least:
                value = f"{max(move.held, 0)} day{'' if move.held == 1 else 's'}"
                what = f"the dose changes after {value} of {case.written(move.before)}"
                bound = SILENT if least is None else f"at least {least} days"
                yield found("interval", move.day, what, value, bound, limit.citation)


def check_maximum(case: Case) -> Iterator[Finding]:
    """Law 5. No dose and no daily dose is above the maximum, but on a way down from above that is answered for."""
    for span in case.spans:
        for limit in case.limits.maximum:
            if limit.level == "limit" and not comes_down(case, span, limit):
                dose = None if limit.dose is None else Range(at_most=limit.dose)
                daily = None if limit.daily is None else Range(at_most=limit.daily)
                yield from _outside(case, "maximum", span, limit.citation, dose, daily)


def check_approval(case: Case) -> Iterator[Finding]:
    """Law 5. No dose is above what needs somebody's approval, unless the request names who gave it."""
    given = {one.asks.casefold() for one in case.request.approved}
    for limit in case.limits.maximum:
        if limit.asks is None or limit.asks.casefold() in given:
            continue
        for span in case.spans:
            each = next(
                (d for d in map(case.amount, every_dose(span.doses)) if limit.dose is not None and d > limit.dose), None
            )
            daily = case.amount(worst(span.doses)) if limit.daily is not None else None
            bound = f"{limit.amounts()} without what the source asks for above it ({limit.asks})"
            if each is not None:
                yield found("approval", span.days.first, f"a dose is {each}", str(each), bound, limit.citation)
            if daily is not None and limit.daily is not None and daily > limit.daily:
                what = f"the daily dose is {daily}"
                yield found("approval", span.days.first, what, str(daily), bound, limit.citation)


def check_frequency(case: Case) -> Iterator[Finding]:
    """Law 5. The number of doses a day is one that the rule allows, for a taper one that it allows in tapers.

    A taper that begins with fewer doses a day than the rule's least may go on with them.
    """
    began = {id(m.span): max(counts(m.original or m.before), default=0) for m in case.moves if m.span.kind == "taper"}
    for span in case.spans:
        limits = case.limits.taper_frequency if span.kind == "taper" else case.limits.frequency
        for limit, often in ((limit, often) for limit in limits for often in counts(span.doses)):
            if not limit.allows(often, case.amount(span.daily), began.get(id(span))):
                value = times_a_day(often)
                where = "" if limit.band is None else f" where the daily dose is {limit.band}"
                what = f"the drug is taken {value}"
                yield found("frequency", span.days.first, what, value, f"{limit.times}{where}", limit.citation)


def _outside(
    case: Case,
    law: str,
    span: Span,
    citation: Citation,
    dose: Range | None = None,
    daily: Range | None = None,
    frequency: Times | None = None,
) -> Iterator[Finding]:
    """What of a regimen lies outside these bounds: the first such dose, the daily dose, the frequency."""
    day = span.days.first
    if dose is not None:
        wrong = [each for each in map(case.amount, dict.fromkeys(every_dose(span.doses))) if each not in dose]
        for each in wrong[:1]:
            yield found(law, day, f"a dose is {each}", str(each), f"{dose} a dose", citation)
    if daily is not None:
        total = case.amount(worst(span.doses) if law == "maximum" else span.daily)
        if total not in daily:
            yield found(law, day, f"the daily dose is {total}", str(total), f"{daily} a day", citation)
    for often in (counts(span.doses) or (0,)) if frequency is not None else ():
        if frequency is None or often in frequency:
            continue
        value = times_a_day(often) if often else "no dose"
        yield found(law, day, f"the drug is taken {value}", value, str(frequency), citation)


def check_maintenance(case: Case) -> Iterator[Finding]:
    """Law 6. The dose one stays on lies in the maintenance range."""
    for span in case.spans:
        for limit in case.limits.maintenance if span.kind == "maintenance" else ():
            yield from _outside(case, "maintenance", span, limit.citation, limit.dose, limit.daily, limit.frequency)


_MEANT: dict[Kind, Direction] = {"titration": "rise", "maintenance": "none", "taper": "fall"}


def check_direction(case: Case) -> Iterator[Finding]:
    """Law 8. A titration never falls, a taper never rises, and maintenance is one regimen.

    That holds for the last change too, which leads to the dose one stays on.
    """
    first = case.spans[0]
    if case.request.current is None and first.kind == "taper":
        value = case.written(first.doses)
        yield found("direction", first.days.first, f"a taper begins at {value}", value, "a fall from a current regimen")
    going: Direction = "none"  # which way the steps before were to go, once they changed anything
    for move in case.moves:
        # Where there is nothing lower but nothing, a taper is to keep the dose before and to stop from it.
        only_step = case.stops and case.spans[-2:-1] == (move.span,) and move.direction == "none"
        limit = None if next_down(case, move) else _wrong_way(move, going)
        if limit is not None and move.between_doses and not only_step:
            value = f"{case.written(move.before)} to {case.written(move.span.doses)}"
            yield found("direction", move.day, f"the doses of a {move.span.kind} step go from {value}", value, limit)
        meant = _MEANT[move.span.kind]
        # A revision may begin with a way back, decided by the prescriber, before the dose goes on as it did.
        decided = move.left is None and case.schedule.revised is not None
        going = "none" if meant == "none" or decided else going if move.direction == "none" else meant


def _wrong_way(move: Move, going: Direction) -> str | None:
    """What a change into a step of that kind, after steps that were `going` that way, has to be and is not."""
    kind, way = move.span.kind, move.direction
    if way == "neither":
        return "a change in which all doses rise or all fall"
    if kind == "maintenance":
        if move.left == "maintenance" and way != "none":
            return "one regimen"
        return f"a {going}" if {going, way} == {"rise", "fall"} else None
    meant = _MEANT[kind]
    # The first step may keep the current regimen, and two steps of one kind may follow each other unchanged.
    if way == meant or (way == "none" and move.left in (None, kind)):
        return None
    return f"a {meant}"


def check_scope(case: Case) -> Iterator[Finding]:
    """Law 12. The patient is one the rule is for, and what could not be checked about them is not hidden."""
    taken_on = any(one.asks.casefold() == OFF_LABEL for one in case.request.approved)
    for refusal in case.limits.refusals:
        if taken_on and refusal in case.limits.unestablished:
            continue
        what = "the patient is not one that the rule is for"
        yield found("scope", None, what, case.rule.id, refusal.says, refusal.citation)
    for missing in case.limits.not_checked:
        if missing not in case.schedule.not_checked:
            what = f"the schedule hides that this was not checked: {missing}"
            yield found("scope", None, what, missing, "to say so")


def check_rule(case: Case) -> Iterator[Finding]:
    """The schedule was made from this very rule file; proved against another, nothing is proved."""
    stamp = case.rule.stamp
    for name in (field.name for field in fields(stamp)):
        value, limit = getattr(case.schedule.rule, name), getattr(stamp, name)
        if value != limit:
            yield found("rule", None, f"the schedule names the {name} {value}", value, f"{limit}, as in the rule")


CHECKS: tuple[Check, ...] = (
    check_covered,
    check_start,
    check_increment,
    check_decrement,
    check_ladder,
    check_interval,
    check_rate,
    check_maximum,
    check_approval,
    check_frequency,
    check_spacing,
    check_cycle,
    check_maintenance,
    check_makeable,
    check_direction,
    check_never_abrupt,
    check_way_out,
    check_taper_duration,
    check_scope,
    check_rule,
    check_asked,
    check_gates,
    check_seam,
    check_supply,
)

# Of a plan that was called off before its first dose nothing is asked but that nobody is left without one.
OF_CALLED_OFF: tuple[Check, ...] = (check_covered, check_never_abrupt, check_called_off, check_rule, check_seam)
