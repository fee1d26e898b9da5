"""Puts a schedule from elsewhere before the verifier, with what is known of it and nothing more."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, replace
from datetime import date
from itertools import takewhile

from titrate.checking.products import Hand, unmade
from titrate.checking.rebuilding import Rebuilt, rebuilt
from titrate.checking.report import Report
from titrate.errors import RequestError
from titrate.foreign import Foreign
from titrate.limit import Change
from titrate.limits import Limits
from titrate.patient import FACTS, Patient
from titrate.regimen import Regimen
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import RuleStamp, Schedule
from titrate.verifier import CHECKS, Finding, Verdict, law_of, verify
from titrate.verifier.laws import SILENT, Check

_ONCE = re.compile(r"(\d \S+) x1\b")
# What needs more than the sum of a day.
_OF_SINGLE_DOSES = ("frequency", "spacing", "makeable", "way out")


def check(found: Foreign | Schedule, rule: Rule, given: Request) -> Report:
    """Every law that can be held against what was read, and what breaks it.

    `given` is what was said beside the file: the facts about the patient, what was taken before, the pace, the products
    and times; its goal and its first day mean nothing. Raises `FormatError` for what the rule does not make
    unambiguous, `RequestError` where what was given does not go with the file or the rule.
    """
    return _document(found, rule, given) if isinstance(found, Schedule) else _foreign(found, rule, given)


def _document(schedule: Schedule, rule: Rule, given: Request) -> Report:
    """A schedule that carries its own request; what was given takes the place of what that says."""
    request, changed = _together(schedule.request, given)
    if given.since is not None:
        _in_time(request, schedule.first)
    limits = rule.limits_for(request.patient, starting=request.current is None)
    Hand.of(limits, request.products, ())
    same = schedule.rule == rule.stamp
    judged = replace(schedule, rule=rule.stamp, request=request)
    if changed or not same:
        facts = {f"{words} (not given)" for words in FACTS.values()}
        others = () if {"current", "since"} & set(changed) else schedule.not_checked
        judged = replace(judged, not_checked=(*limits.not_checked, *(one for one in others if one not in facts)))
    checks = None if judged.called_off else _checks(judged, limits, () if same else ("rule",))
    verdict = verify(judged, rule, checks, limits)
    findings, silent = _spoken(verdict)
    special = {"current": "--from", "approved": "--approved-by"}
    options = ", ".join(special.get(name, f"--{name.replace('_', '-')}") for name in changed)
    notes = (f"Given beside what the document says, or instead of it: {options}.",) if changed else ()
    return Report(
        "a JSON document of titrate",
        rule.stamp,
        judged,
        False,
        verdict.laws,
        _by_day(findings),
        (*judged.not_checked, *silent, *_no_way_out(judged, limits)),
        (),
        (*_made_from((schedule.rule.id, schedule.rule.sha256), rule.stamp), *notes),
    )


def _foreign(found: Foreign, rule: Rule, given: Request) -> Report:
    """A file that says days and doses only."""
    limits = rule.limits_for(given.patient, starting=False).on_scale(given.measure)
    _in_time(given, found.steps[0].first)
    known = rebuilt(found, rule, limits, given)
    limits, unstarted = _started(rule, known, limits)
    if known.days_only:
        known, limits = _of_days(known, limits)
    checks = _checks(known.schedule, limits, _left_out(known, found, unstarted))
    verdict, doubted = _in_both(verify(known.schedule, rule, checks, limits), known, rule, checks, limits)
    if verdict.laws != ("rule",):
        if known.unsaid and not known.days_only:
            verdict = _with_made(verdict, known, rule, limits)
        not_checked = (*_unsaid(known, given, unstarted), *_no_way_out(known.schedule, limits))
    else:
        not_checked = ("every other law: the doses are counted in something else than those of the rule",)
    findings, silent = _spoken(verdict)
    if known.days_only:
        findings = tuple(map(_daily, findings))
    return Report(
        found.what,
        rule.stamp,
        known.schedule,
        known.days_only,
        verdict.laws,
        _by_day(findings),
        (*limits.not_checked, *not_checked, *doubted, *silent),
        (*found.read_as, *_understood(found, known)),
        () if found.rule is None else tuple(_made_from(found.rule, rule.stamp)),
        tuple(_options(findings, known)),
    )


def _together(own: Request, given: Request) -> tuple[Request, tuple[str, ...]]:
    """The request of a document with what was given in its place, and the names of what that changes."""
    facts = {field.name: getattr(given.patient, field.name) for field in fields(Patient)}
    patient = replace(own.patient, **{name: value for name, value in facts.items() if value is not None})
    names = ("current", "since", "by", "every", "products", "times", "max_pieces", "measure")
    named = {name: getattr(given, name) for name in names}
    named["approved"] = given.approved or None
    request = replace(own, patient=patient, **{name: value for name, value in named.items() if value is not None})
    changed = [name for name in named if getattr(request, name) != getattr(own, name)]
    changed += [name for name in facts if getattr(patient, name) != getattr(own.patient, name)]
    return request, tuple(changed)


def _in_time(given: Request, first: date) -> None:
    if given.since is not None and given.current is None:
        raise RequestError("--since tells how long --from is taken; --from is missing.", ('--from "10 mg x3"',))
    if given.since is not None and given.since >= first:
        raise RequestError(
            f"The patient has what they take now since {given.since}, which is not before the first day, {first}.",
            ("give an earlier --since",),
        )


def _started(rule: Rule, known: Rebuilt, limits: Limits) -> tuple[Limits, str]:
    """The limits with those of a start, if the schedule begins the drug; and why there are none, if so."""
    if known.schedule.request.current is not None:
        return limits, ""
    try:
        return rule.limits_for(known.schedule.request.patient, starting=True), ""
    except RequestError as fault:
        return limits, fault.message


def _of_days(known: Rebuilt, limits: Limits) -> tuple[Rebuilt, Limits]:
    """What of the limits and of the prescriber's pace holds for daily doses, whatever they are divided into."""
    request = known.schedule.request
    every = None if request.every is None else request.every.days
    try:
        limits = limits.paced(request.by, every, request.citation("--by/--every"))
    except ValueError as fault:
        raise RequestError(f"The pace does not go with the rule: {fault}.") from fault
    limits = replace(
        limits,
        start=tuple(replace(one, dose=None, frequency=None) for one in limits.start),
        increase=tuple(map(_change_of_days, limits.increase)),
        decrease=tuple(map(_change_of_days, limits.decrease)),
        descent=(),
        maintenance=tuple(replace(one, dose=None, frequency=None) for one in limits.maintenance),
        maximum=tuple(replace(one, dose=None) for one in limits.maximum),
    )
    paced = replace(known.schedule, request=replace(request, by=None, every=None))
    return replace(known, schedule=paced), limits


def _change_of_days(change: Change) -> Change:
    return replace(change, by=tuple(one for one in change.by if one.per == "day"))


def _left_out(known: Rebuilt, found: Foreign, unstarted: str) -> tuple[str, ...]:
    """The laws for which too little is known. Nothing was asked for but, maybe, the times of day."""
    clock = any(dose.at is not None for step in found.steps for dose in step.doses)
    compared = clock and known.schedule.request.times is not None
    return (
        "rule",
        "gates",  # what is confirmed stands in a document of titrate alone
        "seam",  # no earlier revision is known
        "supply",  # nothing says how it is dispensed
        *(() if compared or known.schedule.request.max_pieces is not None else ("asked",)),
        *(("start",) if known.unknown_before or unstarted else ()),
        *(() if known.timed else ("spacing",)),
        *(("makeable",) if known.unsaid else ()),
        *(_OF_SINGLE_DOSES if known.days_only else ()),
    )


def _checks(schedule: Schedule, limits: Limits, left_out: Iterable[str]) -> tuple[Check, ...]:
    """The checks to make. No way out is looked for where neither rule nor request says how far a dose may fall."""
    silent = ("way out",) if _falls_silent(schedule, limits) else ()
    without = (*left_out, *silent)
    return tuple(one for one in CHECKS if law_of(one) not in without)


def _falls_silent(schedule: Schedule, limits: Limits) -> bool:
    return schedule.request.by is None and any(by.at_most is None for change in limits.decrease for by in change.by)


def _no_way_out(schedule: Schedule, limits: Limits) -> Iterator[str]:
    if _falls_silent(schedule, limits):
        yield "way out: the rule does not say how far a dose may fall (--by not given)"


def _spoken(verdict: Verdict) -> tuple[tuple[Finding, ...], tuple[str, ...]]:
    """The findings, and apart from them what neither the rule nor the request has a number for."""
    silent = {finding.law: None for finding in verdict.findings if finding.limit == SILENT}
    option = {"interval": "--every"}
    missing = tuple(f"{law}: the rule has no number for it ({option.get(law, '--by')} not given)" for law in silent)
    return tuple(finding for finding in verdict.findings if finding.limit != SILENT), missing


def _in_both(
    verdict: Verdict, known: Rebuilt, rule: Rule, checks: tuple[Check, ...], limits: Limits
) -> tuple[Verdict, tuple[str, ...]]:
    """What is found whether the first dose was taken before already or is where the taper begins; and the laws of the
    rest. Only where that is not known there are two readings."""
    steps = known.schedule.steps
    same = list(takewhile(lambda step: step.regimen.doses == steps[0].regimen.doses, steps))
    if not known.unknown_before or not verdict.findings or same[0].kind != "titration":
        return verdict, ()
    other = (*(replace(step, kind="taper") for step in same), *steps[len(same) :])
    again = verify(replace(known.schedule, steps=other), rule, checks, limits)
    kept = {(finding.law, finding.limit) for finding in again.findings}
    found = tuple(finding for finding in verdict.findings if (finding.law, finding.limit) in kept)
    lost = dict.fromkeys(finding.law for finding in verdict.findings if finding not in found)
    doubted = tuple(f"{law}: it depends on what was taken before the first day (--from not given)" for law in lost)
    laws = tuple(law for law in verdict.laws if law not in lost or any(finding.law == law for finding in found))
    return Verdict(laws, found), doubted


def _with_made(verdict: Verdict, known: Rebuilt, rule: Rule, limits: Limits) -> Verdict:
    """The verdict with what doses are made of: whether the pieces that are named are right, and the others possible."""
    made = tuple(one for one in CHECKS if law_of(one) == "makeable")
    named = tuple(
        replace(step, regimen=Regimen(step.regimen.unit, tuple(a for a in step.regimen.administrations if a.pieces)))
        for step in known.schedule.steps
    )
    findings = verify(replace(known.schedule, steps=named), rule, made, limits).findings
    laws = tuple(law_of(one) for one in CHECKS if law_of(one) in (*verdict.laws, "makeable"))
    return Verdict(laws, (*verdict.findings, *findings, *unmade(known.schedule, known.hand)))


def _daily(finding: Finding) -> Finding:
    """The finding about a day of which only the sum is known: `60 mg/day`, where one dose would be `60 mg x1`."""
    says, value = (_ONCE.sub(r"\1/day", text) for text in (finding.says, finding.value))
    return replace(finding, says=says, value=value)


def _by_day(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Each once (two doses of a day may break a law alike), by day, what concerns the whole first."""
    return tuple(sorted(dict.fromkeys(findings), key=lambda finding: finding.day or date.min))


def _unsaid(known: Rebuilt, given: Request, unstarted: str) -> Iterator[str]:
    """What was not checked because neither the file nor the request tells it."""
    if known.unknown_before:
        yield "start, and the change on the first day: what was taken before is not known (--from not given)"
    if unstarted:
        yield f"start: {unstarted.removesuffix('.')}"
    if given.current is not None and given.since is None:
        yield f"for how long {given.current} had been taken (--since not given)"
    if known.days_only:
        yield (
            "each dose, how many there are a day, how far apart they are, what they are made of, and the way out: "
            "the file has daily doses only"
        )
    elif not known.timed:
        yield "spacing: the file names no clock times (--times not given)"


def _understood(found: Foreign, known: Rebuilt) -> Iterator[str]:
    """How the file was understood where it leaves something open."""
    if any(step.kind is None for step in found.steps):
        yield "what is titration, maintenance and taper is told from the days"
    if known.schedule.request.current is None:
        yield "nothing was taken before the first day (--from not given)"
    if known.unsaid and not known.days_only:
        yield "the file does not say what each dose is made of, so that every product at hand was tried"


def _options(findings: Iterable[Finding], known: Rebuilt) -> Iterator[str]:
    if known.schedule.request.current is None and any(finding.law == "start" for finding in findings):
        yield 'say what was taken before, if there was something (for example --from "10 mg x3")'


def _made_from(named: tuple[str, str], stamp: RuleStamp) -> Iterator[str]:
    """That the file was made from another rule, or another edition of it. `named` may hold a part of the hash."""
    rule, sha256 = named
    if rule != stamp.id or not stamp.sha256.startswith(sha256):
        yield (
            f"The schedule was made from {rule}, edition {sha256[:12]}; "
            f"it was checked against {stamp.id}, edition {stamp.sha256[:12]}."
        )
