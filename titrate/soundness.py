"""What is wrong with a rule although its file is well written: what it cannot do, and what has grown old.

A fault makes a rule unusable or unsafe: a dose that nobody can come down from, a maintenance that nobody reaches, a
change that no limit bounds. A warning is for the person who keeps the rule.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from fractions import Fraction
from typing import Any

from titrate.bands import faults as faults_of_bands
from titrate.days import Duration, between
from titrate.errors import NoSchedule, RequestError
from titrate.frozen import dataclass
from titrate.limits import Limits
from titrate.patient import Patient
from titrate.planner import plan
from titrate.quantity import Quantity, Range
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.resolution import scope_of
from titrate.rule import Rule
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.value import Cite, RangeTable, Table
from titrate.ruleformat.when import When
from titrate.verifier.ladder import taken_on
from titrate.verifier.wayout import WaysOut, grades

# A number that nobody has looked up for so many days may have changed.
STALE = 365
# So many doses a day, and so many doses of each, are looked at; far more than tablets make below a maximum.
MOST_DOSES = 400
MOST_TARGETS = 3
# The limits that a scope may give; two scopes with bands of one fact are compared where they give the same.
_SCOPED = ("start", "increase", "maintenance", "maximum", "frequency", "spacing", "taper")
# Some patient, where the limits depend on one.
_WEIGHT = Quantity.parse("50 kg")
_SOME: dict[str, Any] = {
    "age": Quantity.parse("40 years"),
    "weight": _WEIGHT,
    "creatinine_clearance": Quantity.parse("100 mL/min"),
    "egfr": Quantity.parse("100 mL/min/1.73 m2"),
    "dialysis": False,
    "taking": (),
    "setting": "community",
}
# Some day: how far a dose can be reached does not depend on it.
_DAY = date(2024, 1, 1)


@dataclass(frozen=True, slots=True)
class Concern:
    """One thing that is wrong. `place` is the key that it concerns; `fault`: the rule cannot be used like that."""

    place: str
    says: str
    fault: bool


def concerns(rule: Rule, today: date) -> Iterator[Concern]:
    """Everything about a rule, as of `today`. What depends on a patient is looked at for one of some weight, and, for
    each scope that changes a limit, for one whom it fits."""
    yield from _stale(rule, today)
    yield from _bands(rule.file)
    patient = somebody(rule)
    if patient is None:
        says = "what can be reached and left is not looked at: the limits depend on more than a weight"
        yield Concern("start", says, fault=False)
        return
    found: dict[str, None] = {}
    usual = rule.limits_for(patient, starting=True)
    for place, one in (("", patient), *_of_scopes(rule)):
        for concern in _for_one(rule, one, usual if place else None):
            if concern.says not in found:
                found[concern.says] = None
                yield Concern(f"{place}{concern.place}", concern.says, concern.fault)


def _for_one(rule: Rule, patient: Patient, usual: Limits | None) -> Iterator[Concern]:
    """What cannot be made, left or reached with the limits of one patient; what is so with the `usual` limits, too, is
    not looked at again."""
    limits = rule.limits_for(patient, starting=True)
    if limits.refusals:
        return
    unmade = list(_unmade(limits))
    yield from unmade
    if unmade:
        return
    stuck = [] if usual is not None and _leaves_as(limits, usual) else list(_no_way_out(limits))
    yield from stuck
    if not stuck:
        yield from _unreached(rule, patient, limits)


def _leaves_as(limits: Limits, usual: Limits) -> bool:
    """Whether there is a way out from every dose because there is one from each of the usual limits."""
    alike = ("products", "frequency", "taper_frequency", "decrease", "descent", "last_step", "start")
    tops = [(limits.largest_dose(), usual.largest_dose()), (limits.largest_daily(), usual.largest_daily())]
    lower = all(own == other or (own is not None and (other is None or own <= other)) for own, other in tops)
    return lower and all(getattr(limits, name) == getattr(usual, name) for name in alike)


def _of_scopes(rule: Rule) -> Iterator[tuple[str, Patient]]:
    """For each scope that changes a limit, and can be fitted, a patient whom it fits, with its place."""
    for index, scope in enumerate(rule.file.scopes):
        changes = any(getattr(scope, kind) for kind in (*_SCOPED, "ladder")) or scope.unsuitable
        patient = somebody(rule, whom(scope.when)) if changes and not scope.refuse else None
        if patient is not None and scope_of(scope.when).fits(patient):
            yield f"scopes.{index}.", patient


def whom(when: When) -> Patient:
    """A patient of whom all of `when` is true, and nothing more is known."""
    facts: dict[str, Any] = {}
    for fact in When.model_fields:
        value: Any = getattr(when, fact)
        if isinstance(value, RangeTable):
            facts[fact] = _inside(value)
        elif fact == "taking" and value is not None:
            facts[fact] = value[:1]
        elif fact == "not_taking" and value is not None:
            facts.setdefault("taking", ())
        elif value is not None:
            facts[fact] = value
    return Patient(**facts)


def _inside(table: RangeTable) -> Quantity:
    """Some amount within a range: an end that belongs to it, or one between its ends."""
    ends = [end for end in (table.at_least, table.at_most) if end is not None]
    if ends:
        return ends[0]
    if table.above is not None and table.below is not None:
        return (table.above + table.below.to(table.above.unit)) * Fraction(1, 2)
    return table.above * Fraction(3, 2) if table.above is not None else (table.below or _WEIGHT) * Fraction(1, 2)


def somebody(rule: Rule, known: Patient | None = None) -> Patient | None:
    """A patient for whom the limits can be told: one about whom only `known` is known and what the rule needs, or else
    of some weight."""
    known = known or Patient()
    needed = {fact: _SOME[fact] for fact in (name.replace("-", "_") for name in rule.file.needs)}
    known = replace(known, **{fact: value for fact, value in needed.items() if getattr(known, fact) is None})
    some = [known, replace(known, weight=known.weight or _WEIGHT)]
    response = None if rule.file.start is None else rule.file.start.response
    if response is not None:
        some.append(replace(some[1], screening_dose=response.doses[0], screening_effect=Quantity.parse("1 hours")))
    for patient in some:
        try:
            rule.limits_for(patient, starting=True)
        except RequestError:
            continue
        return patient
    return None


def _stale(rule: Rule, today: date) -> Iterator[Concern]:
    """Citations that were last checked long ago, or are said to have been checked in the future."""
    old = sorted((cite.checked, place) for place, cite in _cites(rule.file, "") if between(cite.checked, today) > STALE)
    if old:
        count = "one number was" if len(old) == 1 else f"{len(old)} numbers were"
        says = f"{count} last checked more than a year ago, the oldest on {old[0][0]}; read the source again"
        yield Concern(old[0][1], says, fault=False)
    for place, cite in _cites(rule.file, ""):
        if cite.checked > today:
            yield Concern(place, f"was checked on {cite.checked}, which is in the future", fault=False)


def _cites(value: Any, place: str) -> Iterator[tuple[str, Cite]]:
    """Every citation with the key that it stands under."""
    if isinstance(value, Cite):
        yield place.removesuffix(".cite"), value
    elif isinstance(value, Table):
        for name, field in type(value).model_fields.items():
            key = field.alias or name
            yield from _cites(getattr(value, name), f"{place}.{key}" if place else key)
    elif isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _cites(inner, f"{place}.{index}")


def _bands(file: RuleFile) -> Iterator[Concern]:
    """Bands of one list that overlap (both limits hold there) or leave a gap (no limit holds there)."""
    lists: list[tuple[str, Iterable[Any], bool]] = [
        ("increase", file.increase, True),
        ("taper.decrease", file.taper.decrease, True),
        ("frequency", file.frequency, True),
        ("taper.frequency", file.taper.frequency, True),
    ]
    for place, tables, fatal in lists:
        bands = [None if table.band is None else table.band.range() for table in tables]
        yield from _among(place, [band for band in bands if band is not None], fatal and None not in bands)
    found: dict[str, None] = {}
    for kind in _SCOPED:
        for fact in When.model_fields:
            scopes = (
                scope.when for scope in file.scopes if getattr(scope, kind) and scope.when.model_fields_set == {fact}
            )
            ranges = [bounds.range() for when in scopes if isinstance(bounds := getattr(when, fact), RangeTable)]
            for concern in _among(f"scopes, {fact.replace('_', '-')}", ranges, fatal=False):
                if concern.says not in found:
                    found[concern.says] = None
                    yield concern


def _among(place: str, bands: list[Range], fatal: bool) -> Iterator[Concern]:
    if len(bands) < 2 or len({band.bounds[0].unit for band in bands}) > 1:
        return
    for kind, where in faults_of_bands(bands):
        if kind == "overlap":
            yield Concern(place, f"bands overlap {where}; all limits hold there together", fault=False)
        else:
            yield Concern(place, f"bands leave a gap {where}; nothing bounds a change or a day there", fatal)


def _unmade(limits: Limits) -> Iterator[Concern]:
    """The first rung of a ladder that the products do not make, or that another limit forbids."""
    for rung in (*limits.ladder, *limits.descent):
        try:
            makes = grades(limits.products, limits.unit, max(rung.doses))
        except ValueError:
            return
        wrong = [dose for dose in rung.doses if dose.amount not in makes]
        if wrong:
            says = f"rung {rung.number}, {rung.notation}, cannot be made: no product makes {wrong[0]}"
            yield Concern("taper.ladder" if rung.down else "ladder", says, fault=True)
            return


def _no_way_out(limits: Limits) -> Iterator[Concern]:
    """The smallest dose from which falls of the rule's own sizes do not lead to nothing."""
    if not limits.products or any(by.at_most is None for change in limits.decrease for by in change.by):
        return  # the prescriber brings the size
    single = limits.largest_dose()
    if single is None:
        return  # a rule that only tells how to taper bounds no dose
    largest = limits.largest_daily()
    try:
        makes = grades(limits.products, limits.unit, single)
    except ValueError:
        return
    ladder = tuple(map(taken_on, limits.descent))
    search = WaysOut(limits.unit, limits.decrease, limits.last_step, makes, limits.taper_frequency, ladder)
    for dose in makes[:MOST_DOSES]:
        for frequency in sorted(limits.slots):
            day = Quantity(dose * frequency, limits.unit)
            allowed = all(one.allows(frequency, day) for one in limits.frequency)
            # Below the first rung of a ladder down only what a titration can begin with or come by matters.
            allowed = allowed and not (limits.descent and _below_start(limits, Quantity(dose, limits.unit), day))
            if allowed and (largest is None or day <= largest) and not search.exists((dose,) * frequency):
                yield Concern("taper", _stuck(limits, dose, day, makes[0]), fault=True)
                return


def _below_start(limits: Limits, dose: Quantity, day: Quantity) -> bool:
    """Whether every start is higher, so that no titration comes by."""
    least = [(s.dose.at_least if s.dose else None, s.daily.at_least if s.daily else None) for s in limits.start]
    return any((one is not None and dose < one) or (daily is not None and day < daily) for one, daily in least)


def _stuck(limits: Limits, dose: Fraction, day: Quantity, smallest: Fraction) -> str:
    """Why there is no way out from a day of equal doses, as far as it can be told in a sentence."""
    shares = [by for change in limits.decrease for by in change.by if by.at_most is not None and by.at_most.unit == "%"]
    last = min((step.daily for step in limits.last_step), default=None)
    says = f"there is no way to nothing from {day} a day (in doses of {Quantity(dose, limits.unit)})"
    if limits.descent:
        top = limits.descent[0].notation
        return f"{says}: no fall leads to {top}, the first rung of the ladder down; give taper.decrease, or more rungs"
    if shares:
        share = min(shares, key=lambda by: by.at_most.amount if by.at_most is not None else 0)
        says += f": a taper by {share.at_most} gets stuck where that is less than {Quantity(smallest, limits.unit)}, "
        says += "the smallest piece"
        says += "" if last is None else f", above the last step of {last} a day"
    return f"{says}; name a last step (taper.last) that is high enough, a smaller product, or larger falls"


def _unreached(rule: Rule, patient: Patient, limits: Limits) -> Iterator[Concern]:
    """That no regimen of the maintenance range is reached from the start."""
    if not limits.start or any(by.at_most is None for change in limits.increase for by in change.by):
        return  # nothing to begin with, or the prescriber brings the size
    every = Duration(1, "day") if any(change.silent_every for change in limits.increase) else None
    refusal = ""
    for target in _targets(limits):
        request = Request(rule.id, "plan", _DAY, datetime(2024, 1, 1, tzinfo=UTC), target=target, every=every,
                          patient=patient, approved=())  # fmt: skip
        try:
            plan(rule, request)
        except NoSchedule as refused:
            refusal = refusal or refused.message.partition("\n")[0]
        except RequestError:
            return
        else:
            return
    if refusal:
        yield Concern("start", f"no regimen to stay on is reached from it; for example: {refusal}", fault=True)


def _targets(limits: Limits) -> Iterator[Pattern]:
    """Some regimens of equal doses in the maintenance range, from the smallest on."""
    single = limits.largest_dose()
    try:
        makes = () if single is None else grades(limits.products, limits.unit, single)
    except ValueError:
        return
    found = 0
    for dose in makes[:MOST_DOSES]:
        for frequency in sorted(limits.slots):
            one, day = Quantity(dose, limits.unit), Quantity(dose * frequency, limits.unit)
            stays = all(
                (m.dose is None or one in m.dose)
                and (m.daily is None or day in m.daily)
                and (m.frequency is None or frequency in m.frequency)
                for m in limits.maintenance
            )
            if stays and all(limit.allows(frequency, day) for limit in limits.frequency):
                found += 1
                infusion = all(slot.at is None for slot in limits.slots[frequency])
                yield Pattern(daily=day) if infusion else Pattern(doses=(one,) * frequency)
                if found == MOST_TARGETS:
                    return
