"""What a handout says, in its order and in its language, before the template lays it out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import groupby
from typing import Any, Literal

from titrate.days import Days
from titrate.dispensing import Dispensing
from titrate.formats.fitting import fit
from titrate.formats.html import about, advice, cycles, summary, supply, wording
from titrate.formats.html.chart import Chart, chart, description
from titrate.formats.html.language import Language, word
from titrate.formats.html.references import Place, References, Said, capital
from titrate.frozen import dataclass
from titrate.regimen import Administration, Regimen
from titrate.schedule import Day, Leaving, Schedule, Step

Audience = Literal["patient", "clinician"]
Paper = Literal["a4", "letter"]


@dataclass(frozen=True, slots=True)
class Dose:
    """One administration, or several alike (`each`): when, how much, made of what; `on` which dates, if not all."""

    when: str
    amount: str
    pieces: str
    each: bool = False
    on: str = ""


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step. `number` counts from 1; no doses at all is a step without the drug. `why` is for clinicians.

    `total` is the daily dose; or that of a cycle of several days, whose length is `per`.
    """

    number: int
    kind: str
    dates: str
    length: str
    doses: tuple[Dose, ...]
    total: str
    per: str
    why: Said | None
    stop: bool


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day: its date as text and as `2026-12-01`, and for each slot of its table the dose, or `None`."""

    day: str
    iso: str
    doses: tuple[Dose | None, ...]


@dataclass(frozen=True, slots=True)
class DayTable:
    """The days of one step, all with the same slots."""

    number: int
    dates: str
    slots: tuple[str, ...]
    rows: tuple[DayRow, ...]
    ticked: bool


@dataclass(frozen=True, slots=True)
class Page:
    """Everything on the page, in the order in which it stands there."""

    title: str
    subtitle: str
    drug: str
    dates: str
    identity: str
    draft: bool
    called_off: bool
    urgent: tuple[Said, ...]
    summary: tuple[str, ...]
    changes: tuple[Said, ...]
    warnings: tuple[Said, ...]
    to_do: tuple[tuple[str, Said], ...]
    wide: Chart
    narrow: Chart
    described: str
    days_differ: bool
    steps: tuple[StepRow, ...]
    end: str
    orders: tuple[str, ...]
    pump: tuple[str, ...]
    days: tuple[DayTable, ...]
    days_end: str
    advice: tuple[advice.Topic, ...]
    limits: tuple[Said, ...]
    before: tuple[str, ...]
    not_checked: tuple[Said, ...]
    unstated: tuple[about.Basis, ...]
    facts: tuple[tuple[str, str], ...]
    asked: tuple[tuple[str, str], ...]
    places: tuple[Place, ...]
    label: str
    leaves: Leaving | None


def page(tongue: Language, schedule: Schedule, audience: Audience, dispensing: Dispensing | None = None) -> Page:
    """The page for an audience; with `dispensing` also by when to order more."""
    references = References(tongue)
    drug = tongue.named(schedule.rule.drug, proper=True)
    clinician = audience == "clinician"
    return Page(
        **_numbered(references, schedule, clinician),
        title=_title(tongue, drug),
        subtitle=_subtitle(tongue, schedule),
        drug=capital(drug),
        dates=_dates(tongue, schedule),
        identity=about.identity(tongue, schedule),
        draft=schedule.rule.status == "draft",
        called_off=schedule.called_off,
        summary=summary.sentences(tongue, schedule, drug),
        changes=about.changes(references, schedule),
        wide=chart(tongue, schedule, 700, 320),
        narrow=chart(tongue, schedule, 340, 300),
        described=description(tongue, schedule),
        days_differ=any(step.regimen.cycle > 1 for step in schedule.steps),
        end=_end(tongue, schedule, drug),
        orders=supply.orders(tongue, schedule, dispensing),
        pump=supply.pump(tongue, schedule),
        days=() if schedule.called_off else tuple(_day_tables(tongue, schedule)),
        days_end=_days_end(tongue, schedule),
        before=tuple(about.before(tongue, schedule)),
        not_checked=tuple(references.text(what) for what in schedule.not_checked),
        facts=tuple(about.facts(tongue, schedule, references)),
        asked=tuple(about.asked(tongue, schedule)) if clinician else (),
        places=references.places(),
        label=fit(schedule.request.label or ""),
        leaves=schedule.leaves,
    )


def _numbered(references: References, schedule: Schedule, clinician: bool) -> dict[str, Any]:
    """What cites sources, in the order in which these are numbered, by its place on the page."""
    # Of a plan that was called off nothing is taken, so nothing is told of how to take it.
    notes = () if schedule.called_off else schedule.notes
    urgent = (note for note in notes if note.topic == "never stop suddenly")
    return {
        "urgent": tuple(references.sentence(note.says, note.citation) for note in urgent),
        "warnings": tuple(references.sentence(note.says, note.citation) for note in schedule.warnings),
        "to_do": tuple(_to_do(references, schedule)),
        "steps": tuple(_step_rows(references.tongue, schedule, references if clinician else None)),
        "advice": advice.topics(references, notes, clinician),
        "limits": tuple(references.fact(fact) for fact in schedule.limits) if clinician else (),
        "unstated": tuple(about.unstated(references, schedule, clinician)),
    }


def _to_do(references: References, schedule: Schedule) -> Iterator[tuple[str, Said]]:
    """What a person confirms before a step, and decides on a day or until one: each with its dates."""
    tongue = references.tongue
    for step in schedule.steps:
        for fact in step.checks:
            before = tongue.say("Before {day}, confirm", day=tongue.short(step.days.first))
            yield before, references.fact(fact)
    for due in schedule.due:
        days = wording.span(tongue, Days(due.on, due.last or due.on))
        yield tongue.say("{days}, decide", days=days), references.text(due.says, due.citation)


def _title(tongue: Language, drug: str) -> str:
    return tongue.say("{drug}: your plan", drug=capital(drug))


_ROUTES = {
    "oral": word("by mouth"),
    "subcutaneous": word("under the skin"),
    "intrathecal": word("by a pump, into the fluid around the spinal cord"),
}


def _subtitle(tongue: Language, schedule: Schedule) -> str:
    """How it is taken and what for, in plain words where there are any."""
    rule = schedule.rule
    plain = _ROUTES.get(rule.route, rule.route)
    route = tongue.named(plain)
    indication = tongue.named(rule.indication)
    return capital(tongue.say("{route}, for {indication}", route=route, indication=indication))


def _dates(tongue: Language, schedule: Schedule) -> str:
    """From when to when the plan holds, for the head of every page."""
    if schedule.last is None:
        return tongue.say("from {day}", day=tongue.short(schedule.first))
    return wording.span(tongue, Days(schedule.first, schedule.last))


_KINDS = (word("titration"), word("maintenance"), word("taper"))


def _step_rows(tongue: Language, schedule: Schedule, references: References | None) -> Iterator[StepRow]:
    for number, step in enumerate(schedule.steps, 1):
        stop = schedule.stops and number == len(schedule.steps)
        dates = wording.span(tongue, step.days, schedule.review)
        length = "" if step.days.length is None or stop else tongue.days(step.days.length)
        yield StepRow(
            number,
            tongue.say(step.kind),
            tongue.say("from {day}", day=tongue.short(step.days.first)) if stop else dates,
            length,
            tuple(_doses(tongue, step)),
            tongue.quantity(step.regimen.total),
            "" if step.regimen.cycle == 1 else tongue.days(step.regimen.cycle),
            references.because(step.why) if references is not None else None,
            stop,
        )


def _dose(tongue: Language, given: Administration) -> Dose:
    said = wording.pieces(tongue, given)
    if given.slot.at is None:
        return Dose(wording.slot(tongue, given.slot), said, "")
    return Dose(wording.slot(tongue, given.slot), tongue.quantity(given.dose), said)


def _doses(tongue: Language, step: Step) -> Iterator[Dose]:
    """The doses of a day; of a cycle of several days those of each day that has some, with its dates."""
    days = [day for day in step.regimen.each() if day.administrations]
    dates = cycles.dates(tongue, step.days, step.regimen) or ("",)
    for taken, on in zip(days, dates, strict=False):
        yield from (replace(dose, on=on) for dose in _alike(tongue, taken))


def _alike(tongue: Language, taken: Regimen) -> Iterator[Dose]:
    """The doses of a day; those that are alike one after the other are told together."""
    for _, group in groupby(taken.administrations, key=lambda given: (given.dose, given.pieces)):
        doses = [_dose(tongue, given) for given in group]
        when = tongue.all_of([dose.when for dose in doses])
        yield Dose(when, doses[0].amount, doses[0].pieces, each=len(doses) > 1)


def _end(tongue: Language, schedule: Schedule, drug: str) -> str:
    if schedule.called_off:  # it says nothing of what is taken besides
        return tongue.say("The plan was called off before its first dose: nothing of it is taken.")
    if schedule.stops:
        return tongue.say("No {drug} from {day} on.", drug=drug, day=tongue.long(schedule.steps[-1].days.first))
    if schedule.last is not None:
        return tongue.say("Do not stop on {day}: ask the prescriber.", day=tongue.long(schedule.last))
    return tongue.say("Do not stop: {drug} goes on until the prescriber changes it.", drug=drug)


def _day_tables(tongue: Language, schedule: Schedule) -> Iterator[DayTable]:
    """A table per step, with a column for each time of day at which something is taken in it."""
    days: dict[int, list[Day]] = {}
    for day in schedule.each_day():
        days.setdefault(day.step, []).append(day)
    for number, listed in days.items():
        yield _day_table(tongue, schedule, schedule.steps[number - 1], number, listed)


def _day_table(tongue: Language, schedule: Schedule, step: Step, number: int, listed: list[Day]) -> DayTable:
    slots = sorted(
        {given.slot for day in listed for given in day.regimen.administrations},
        key=lambda slot: (slot.at is None, slot.at),
    )
    rows = []
    for day in listed:
        at = {given.slot: given for given in day.regimen.administrations}
        doses = tuple(_dose(tongue, at[slot]) if slot in at else None for slot in slots)
        rows.append(DayRow(tongue.short(day.date), day.date.isoformat(), doses))
    dates = wording.span(tongue, step.days, schedule.review)
    ticked = not any(day.regimen.continuous for day in listed)
    return DayTable(number, dates, tuple(capital(wording.slot(tongue, slot)) for slot in slots), tuple(rows), ticked)


def _days_end(tongue: Language, schedule: Schedule) -> str:
    """That the list of days is shorter than a plan without end; empty where it is not."""
    if schedule.last is not None:
        return ""
    taken: Regimen = schedule.steps[-1].regimen
    return tongue.say(
        "This list ends on {day}. The medicine does not end: go on with {regimen}, and ask for a new sheet in time.",
        day=tongue.long(schedule.listed_until),
        regimen=wording.regimen(tongue, taken),
    )
