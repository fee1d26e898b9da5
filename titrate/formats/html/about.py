"""What a handout says about itself: what it replaces, what it rests on, what was asked, and which document it is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC

from titrate.difference import Difference, differences
from titrate.formats.fitting import fit
from titrate.formats.html import wording
from titrate.formats.html.language import Language, word
from titrate.formats.html.references import References, Said, capital
from titrate.frozen import dataclass
from titrate.patient import FACTS, as_said
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.schedule import Schedule

_DRAFT = word("draft: no clinician has reviewed this rule")
# Words that a request or a patient may hold.
_WORDS = (word("community"), word("hospital"), word("spinal"), word("cerebral"))
_BASES = {
    "derived": word("Worked out from what sources say, because none prints it"),
    "computed": word("Calculated from what a source prints"),
    "prescriber": word("Set by the prescriber"),
}


@dataclass(frozen=True, slots=True)
class Basis:
    """What the plan rests on that no source prints as it stands; `how` says from what it follows."""

    heading: str
    items: tuple[tuple[Said, Said | None], ...]


def identity(tongue: Language, schedule: Schedule) -> str:
    """`Plan 8bd269294264, revision 1`."""
    return tongue.say("Plan {plan}, revision {revision}", plan=fit(schedule.plan), revision=str(schedule.revision))


def unstated(references: References, schedule: Schedule, clinician: bool) -> Iterator[Basis]:
    """What the steps rest on that no source prints as it stands, by basis, each once."""
    facts = [fact for step in schedule.steps for fact in step.why.cited()]
    for basis, heading in _BASES.items():
        items: dict[str, tuple[Said, Said | None]] = {}
        for fact in facts:
            if fact.citation is not None and fact.citation.basis == basis and fact.says not in items:
                items[fact.says] = _with_how(references, fact, clinician)
        if items:
            yield Basis(references.tongue.say(heading), tuple(items.values()))


def _with_how(references: References, fact: Fact, clinician: bool) -> tuple[Said, Said | None]:
    assert fact.citation is not None, fact
    how = references.sentence(fact.citation.how) if clinician and fact.citation.how else None
    said = references.sentence(fact.says, None if fact.citation.basis == "prescriber" else fact.citation)
    return said, how


def changes(references: References, schedule: Schedule) -> tuple[Said, ...]:
    """What to take differently than the superseded revision said, day by day."""
    previous = schedule.previous()
    if previous is None:
        return ()
    tongue = references.tongue
    found = [Said(_change(tongue, one)) for one in differences(previous, schedule)]
    return tuple(found) or (Said(tongue.say("No dose changes on any day.")),)


def _change(tongue: Language, one: Difference) -> str:
    when = wording.span(tongue, one.days)
    if one.reported:
        return tongue.say("{dates}: nothing was taken, as it was reported", dates=when)
    old = tongue.say("nothing planned") if one.before is None else wording.regimen(tongue, one.before)
    new = tongue.say("nothing planned") if one.after is None else wording.regimen(tongue, one.after)
    if old == new:
        return tongue.say(
            "{dates}: {regimen}, as before, but at other times or in other pieces", dates=when, regimen=new
        )
    return tongue.say("{dates}: {new}, instead of {old}", dates=when, new=new, old=old)


def before(tongue: Language, schedule: Schedule) -> Iterator[str]:
    """What was planned for the days before a revision, and which of them were reported as not taken."""
    for step in schedule.kept():
        regimen = wording.regimen(tongue, step.regimen)
        yield tongue.say("{dates}: {regimen}, as planned", dates=wording.span(tongue, step.days), regimen=regimen)
    for absence in schedule.absences:
        dates, how = wording.span(tongue, absence.days), tongue.say(absence.how)
        yield tongue.say("{dates}: nothing was taken ({how}, as somebody reported)", dates=dates, how=how)


def facts(tongue: Language, schedule: Schedule, references: References) -> Iterator[tuple[str, str]]:
    """Which document this is."""
    rule = schedule.rule
    population = tongue.named(rule.population)
    region = tongue.named(rule.region)
    bases = tongue.all_of([fit(one) for one in rule.extends])
    named = tongue.say("{rule}, extends {bases}", rule=fit(rule.id), bases=bases) if bases else fit(rule.id)
    revision = tongue.say("revision {number}", number=str(schedule.revision))
    yield tongue.say("Plan"), f"{fit(schedule.plan)}, {revision}"
    yield tongue.say("Replaces"), _replaces(tongue, schedule)
    if schedule.leaves is not None:
        left = tongue.say("revision {number}", number=str(schedule.leaves.revision))
        yield tongue.say("Way out of"), f"{fit(schedule.leaves.plan)}, {left}"
    if schedule.revised is not None:
        said, whose = references.sentence(schedule.revised.says), tongue.say("set by the prescriber")
        yield tongue.say("Decided"), f"{said.says} ({whose})"
    yield tongue.say("Rule"), f"{named} ({population}; {region})"
    yield tongue.say("Fingerprint of the rule"), f"SHA-256 {fit(rule.sha256)}"
    status = _DRAFT if rule.status == "draft" else rule.status
    yield tongue.say("Status of the rule"), tongue.named(status)
    issued = schedule.issued.astimezone(UTC)
    moment = f"{tongue.short(issued.date())}, {tongue.clock(issued.time())} UTC"
    yield tongue.say("Made"), tongue.say("{moment}, by titrate {version}", moment=moment, version=fit(schedule.version))
    if schedule.request.tz:
        yield tongue.say("Time zone"), fit(schedule.request.tz)


def _replaces(tongue: Language, schedule: Schedule) -> str:
    if schedule.revision == 1:
        return tongue.say("nothing (first version)")
    number = str(schedule.revision - 1)
    if schedule.revised is None:
        return tongue.say("revision {number} of this plan", number=number)
    one, day = schedule.earlier[-1], tongue.short(schedule.revised.on)
    said = tongue.say("revision {number} of this plan, from {day} on", number=number, day=day)
    edited = tongue.say("somebody had changed it after titrate wrote it")
    return f"{said} (SHA-256 {fit(one.sha256[:12])}{f'; {edited}' if one.edited else ''})"


def asked(tongue: Language, schedule: Schedule) -> Iterator[tuple[str, str]]:
    """What the prescriber asked for, and what is known of the patient."""
    request = schedule.request
    for name, words in FACTS.items():
        value = getattr(request.patient, name)
        if value is not None:
            yield capital(tongue.say(words)), _known(tongue, value)
    if request.current is not None and schedule.revised is None:
        yield tongue.say("Taken now"), wording.pattern(tongue, request.current)
    if request.since is not None:
        yield tongue.say("Since"), tongue.short(request.since)
    if request.target is not None:
        yield tongue.say("Target"), wording.pattern(tongue, request.target)
    if request.finish_by is not None:
        yield tongue.say("Last dose asked for"), tongue.short(request.finish_by)
    if request.by is not None:
        yield tongue.say("Largest change asked for"), tongue.quantity(request.by)
    if request.every is not None:
        from titrate.formats.html.phrases import length

        yield tongue.say("Least time between changes asked for"), length(tongue, str(request.every))
    if request.products is not None:
        yield tongue.say("Products at hand"), tongue.all_of([fit(one) for one in request.products])


def _known(tongue: Language, value: object) -> str:
    if isinstance(value, Quantity):
        return tongue.quantity(as_said(value))
    if isinstance(value, bool):
        return tongue.say("yes") if value else tongue.say("no")
    if isinstance(value, tuple):
        return tongue.all_of([tongue.named(one, proper=True) for one in value]) if value else tongue.say("none")
    return tongue.named(str(value))
