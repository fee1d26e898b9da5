"""What a print of a schedule says, before any format lays it out: `text`, `markdown` and `table` all show one `Sheet`.

Every string in a sheet is fit to be shown: nothing in it can steer a terminal or turn the direction of
reading, a number and its unit are joined by a no-break space, "per" is a word. Texts that come from outside (a
label, a rule) pass through `fit` and cannot get round it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date
from itertools import groupby

from titrate.days import Days, in_short
from titrate.difference import differences
from titrate.formats import occasions
from titrate.formats.changes import sentences
from titrate.formats.fitting import NBSP, fit
from titrate.formats.references import References
from titrate.formats.supply import wishes
from titrate.frozen import dataclass
from titrate.limit import in_days
from titrate.patient import FACTS, Patient, as_said
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.regimen import Administration, Regimen
from titrate.schedule import Kind, Note, Schedule, Step

__all__ = ["BLANK", "NBSP", "DayRow", "DoseLine", "Section", "Sheet", "StepRow", "fit", "sheet"]

BLANK = "_" * 20
# An empty box, for what a person confirms.
BOX = "\N{BALLOT BOX}"

# What comes first among the notes; topics that are not named here follow in the order of the rule.
_FIRST_TOPICS = ("never stop suddenly", "missed dose", "food", "interaction", "contraindication", "caution")
_BASES = {
    "derived": "Derived (no source prints it)",
    "computed": "Computed from what a source prints",
    "prescriber": "Set by the prescriber",
}


@dataclass(frozen=True, slots=True)
class DoseLine:
    """One administration, or several alike told together: when, how much, made of what."""

    when: str
    dose: str
    pieces: str


@dataclass(frozen=True, slots=True)
class StepRow:
    """One step. `number` counts from 1; no doses at all is a step without the drug.

    `per` is what `daily` counts: the daily dose, or the dose of a cycle, whose dates are in `on` (else it is empty).
    """

    number: int
    kind: Kind
    dates: str
    length: str
    doses: tuple[DoseLine, ...]
    daily: str
    why: str
    per: str = "daily dose"
    on: str = ""
    checks: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DayRow:
    """One day. `number` and `step` count from 1; no doses at all is a day without the drug."""

    number: int
    date: str
    step: int
    doses: tuple[DoseLine, ...]
    daily: str


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and paragraphs below it; `urgent` ones are made to be seen."""

    title: str
    items: tuple[str, ...]
    urgent: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything that is shown, in the order in which it is shown; `days` is empty unless days were asked for."""

    title: str
    facts: tuple[tuple[str, str], ...]
    warnings: tuple[Section, ...]
    steps: tuple[StepRow, ...]
    end: str
    days: tuple[DayRow, ...]
    days_end: str
    sections: tuple[Section, ...]
    closing: str = "This schedule supports a decision of the prescriber; it makes none."


def _short(day: date) -> str:
    return in_short(day).replace(" ", NBSP)


def sheet(schedule: Schedule, daily: bool = False) -> Sheet:
    """The sheet of `schedule`, with a row per day if `daily`."""
    references = References()
    warnings = tuple(_sentence(note.says, references.mark(note.citation)) for note in schedule.warnings)
    steps = tuple(_step_row(schedule, number, references) for number in range(1, len(schedule.steps) + 1))
    pump = tuple(wishes.of_pump(schedule))
    sections = [
        *([Section("Pump refills", pump)] if pump else []),
        *_due(schedule, references),
        *_changed(schedule),
        *_before(schedule),
        *_notes(() if schedule.called_off else schedule.notes, references),
    ]
    if schedule.not_checked:
        sections.append(Section("Not checked", tuple(fit(what) for what in schedule.not_checked)))
    sections.extend(_unstated(schedule, references))
    if references.cited:
        sections.append(Section("Sources", tuple(references.listed())))
    return Sheet(
        title=fit(schedule.rule.title),
        facts=tuple(_facts(schedule)),
        warnings=(Section("Warnings", warnings, urgent=True),) if warnings else (),
        steps=steps,
        end=_end(schedule),
        days=tuple(_day_rows(schedule)) if daily else (),
        days_end=_days_end(schedule) if daily else "",
        sections=tuple(sections),
    )


def _facts(schedule: Schedule) -> Iterator[tuple[str, str]]:
    rule, request = schedule.rule, schedule.request
    if request.label:
        yield "Label", fit(request.label)
    if given := ", ".join(_given(request.patient)):
        yield "Patient", given
    extends = f", extends {' and '.join(rule.extends)}" if rule.extends else ""
    yield "Rule", fit(f"{rule.id} ({rule.population}, {rule.region}){extends}, sha256 {rule.sha256[:12]}")
    yield "Status", "draft: no clinician has reviewed this rule" if rule.status == "draft" else fit(rule.status)
    yield "Plan", fit(f"{schedule.plan}, revision {schedule.revision}")
    yield "Replaces", _replaces(schedule)
    if schedule.leaves is not None:
        left = f"plan {schedule.leaves.plan}, revision {schedule.leaves.revision}"
        yield "Way out of", fit(f"{left}; followed instead of it, and only when the prescriber says so")
    for one in request.approved:
        yield "Approved", fit(f"{one} (set by the prescriber)")
    if schedule.revised is not None:
        yield "Decided", fit(f"{schedule.revised.says} (set by the prescriber)")
    issued = schedule.issued.astimezone(UTC)
    yield "Issued", f"{_short(issued.date())}, {issued:%H:%M} UTC, by titrate {fit(schedule.version)}"
    if request.tz:
        yield "Clock", fit(request.tz)
    if how := "; ".join(wishes.of_dispensing(schedule)):
        yield "Dispensed", fit(how)
    if asked := "; ".join(wishes.of_pieces(request)):
        yield "Asked", fit(f"{asked} (set by the prescriber)")
    yield "Prepared by", BLANK


def _given(patient: Patient) -> Iterator[str]:
    """What was said about the patient, in words."""
    for name, words in FACTS.items():
        value = getattr(patient, name)
        if value is None:
            continue
        if isinstance(value, tuple):
            yield f"{words}: {fit(' and '.join(value)) if value else 'none'}"
        elif isinstance(value, bool):
            yield f"{words}: {'yes' if value else 'no'}"
        else:
            yield f"{words} {fit(str(as_said(value) if isinstance(value, Quantity) else value))}"


def _replaces(schedule: Schedule) -> str:
    if schedule.revision == 1:
        return "nothing (first version)"
    replaced = f"revision {schedule.revision - 1} of this plan"
    if schedule.revised is None:
        return replaced
    one = schedule.earlier[-1]
    edited = ", which somebody had changed after titrate wrote it" if one.edited else ""
    return fit(f"{replaced} (sha256 {one.sha256[:12]}){edited}, from {_short(schedule.revised.on)} on")


def _changed(schedule: Schedule) -> Iterator[Section]:
    """What to take differently than the superseded revision said."""
    previous = schedule.previous()
    if previous is not None:
        yield Section("What changes", tuple(sentences(previous, schedule, differences(previous, schedule))))


def _before(schedule: Schedule) -> Iterator[Section]:
    """What was planned for the days before a revision, and which of them were reported as not taken."""
    items = [f"{_span(step.days)}: {fit(step.regimen.in_words())}, as planned" for step in schedule.kept()]
    items += [f"{_span(one.days)}: nothing was taken ({one.how}, as somebody reported)" for one in schedule.absences]
    if items:
        yield Section("Before this revision", tuple(items))


def _span(days: Days) -> str:
    """`Tue 01 Dec 2026 to Thu 03 Dec 2026`, or the one day."""
    first, last = _short(days.first), days.last
    return first if last is None or last == days.first else f"{first} to{NBSP}{_short(last)}"


def _step_row(schedule: Schedule, number: int, references: References) -> StepRow:
    step = schedule.steps[number - 1]
    stop = schedule.stops and number == len(schedule.steps)
    return StepRow(
        number,
        step.kind,
        _dates(step, schedule.review, stop),
        "stop" if stop else _length(step.days.length),
        tuple(_lines_of(step.regimen)),
        fit(str(step.regimen.total)),
        _why(step.why, references),
        "daily dose" if step.regimen.cycle == 1 else fit(f"in {in_days(step.regimen.cycle)}"),
        fit(occasions.told(step.days, step.regimen)),
        tuple(f"{BOX} Before this step, confirm: {_marked(fact, references)}" for fact in step.checks),
    )


def _lines_of(regimen: Regimen) -> Iterator[DoseLine]:
    """A line for each dose; in a cycle with doses on several days it says on which one."""
    several = len({one.day for one in regimen.administrations}) > 1
    for one in regimen.administrations:
        line = _dose_line([one])
        yield replace(line, when=fit(f"day {one.day}, {line.when}")) if several else line


def _dates(step: Step, review: date | None, stop: bool) -> str:
    """`Tue 01 Dec 2026 to Thu 03 Dec 2026`; without end: `from Thu 10 Dec 2026, continue until reviewed`."""
    first, last = _short(step.days.first), step.days.last
    if stop:
        return f"from{NBSP}{first}"
    if last is None:
        return f"from{NBSP}{first}, {_until(review)}"
    return _span(step.days)


def _until(review: date | None) -> str:
    return "continue until reviewed" + (f" on {_short(review)}" if review is not None else "")


def _length(length: int | None) -> str:
    return "no end" if length is None else f"{length}{NBSP}day{'' if length == 1 else 's'}"


def _dose_line(alike: list[Administration]) -> DoseLine:
    """One administration with its slot; several with their times, said once."""
    one = alike[0]
    if one.slot.at is None:
        when = "continuous infusion"
    elif len(alike) == 1:
        when = str(one.slot)
    else:
        times = [f"{administration.slot.at:%H:%M}" for administration in alike]
        when = f"{', '.join(times[:-1])} and {times[-1]}"
    each = " each time" if len(alike) > 1 else ""
    dose, pieces = str(one.dose), one.pieces_in_words()
    if one.slot.at is None:
        pieces = pieces.removeprefix(f"{dose} ")
    return DoseLine(fit(when), fit(dose), fit(pieces) + each)


def _day_rows(schedule: Schedule) -> Iterator[DayRow]:
    lines: dict[tuple[int, Regimen], tuple[DoseLine, ...]] = {}
    for number, step in enumerate(schedule.steps, 1):
        for taken in step.regimen.each():
            groups = groupby(taken.administrations, key=lambda given: (given.dose, given.pieces))
            lines[number, taken] = tuple(_dose_line(list(alike)) for _, alike in groups)
    for day in schedule.each_day():
        doses = lines[day.step, day.regimen]
        yield DayRow(day.number, _short(day.date), day.step, doses, fit(str(day.regimen.daily)))


def _why(because: Because, references: References) -> str:
    """The claim and what it follows from in one sentence, with the numbers of the sources; then its sub-arguments."""
    claim, marks, clauses, more = because.claim, "", [], []
    for fact in because.facts:
        if isinstance(fact, Because):
            more.append(_why(fact, references))
        elif fact.says.casefold() == claim.casefold():
            marks += references.mark(fact.citation)
        else:
            clauses.append(fit(fact.says) + references.mark(fact.citation))
    reasons = f", because {' and '.join(clauses)}" if clauses else ""
    return " ".join((f"{fit(claim)}{marks}{reasons}.", *more))


def _sentence(says: str, mark: str) -> str:
    """A note and its mark, with one full stop after both."""
    return f"{_capital(fit(says)).removesuffix('.')}{mark}."


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _end(schedule: Schedule) -> str:
    """What happens after the last step: the stop, or that there is none."""
    last = schedule.steps[-1]
    look = f" The prescriber looks again on {_short(schedule.review)}." if schedule.review is not None else ""
    if schedule.called_off:
        return "The plan was called off before its first dose: nothing of it is taken."
    if schedule.stops and schedule.last_dose is not None:
        if len(schedule.steps) == 1:
            return f"No dose from {_short(last.days.first)}.{look}"
        return f"No dose from {_short(last.days.first)}; last dose on {_short(schedule.last_dose)}.{look}"
    if last.days.last is None:
        goes_on = f"{fit(schedule.rule.drug)} goes on until the prescriber changes it"
        return f"{_capital(_until(schedule.review))}. Do not stop: this schedule has no end, and {goes_on}."
    ends = f"This schedule ends on {_short(last.days.last)} with a dose, and nothing is planned after it."
    return f"{ends} Do not stop: ask the prescriber."


def _days_end(schedule: Schedule) -> str:
    """That a list of days is shorter than a schedule without end; empty where it is not."""
    if schedule.last is not None:
        return ""
    goes_on = f"{fit(schedule.steps[-1].regimen.in_words())}, {_until(schedule.review)}"
    return f"The list ends on {_short(schedule.listed_until)}; the medicine does not: {goes_on}."


def _unstated(schedule: Schedule, references: References) -> Iterator[Section]:
    """What the steps rest on that no source prints as it stands, by basis, each once."""
    facts = [fact for step in schedule.steps for fact in step.why.cited()]
    for basis, title in _BASES.items():
        found = [fact for fact in facts if fact.citation is not None and fact.citation.basis == basis]
        items = tuple(dict.fromkeys(_how(fact, references) for fact in found))
        if items:
            yield Section(title, items)


def _marked(fact: Fact, references: References) -> str:
    return f"{fit(fact.says).removesuffix('.')}{references.mark(fact.citation)}."


def _due(schedule: Schedule, references: References) -> Iterator[Section]:
    """The days on which somebody decides whether it goes on."""
    items = []
    for one in schedule.due:
        days = f"On {_short(one.on)}" if one.last is None else f"Between {_short(one.on)} and {_short(one.last)}"
        items.append(f"{BOX} {days}: {_marked(Fact(one.says, one.citation), references)}")
    if items:
        yield Section("To decide", tuple(items))


def _how(fact: Fact, references: References) -> str:
    assert fact.citation is not None, fact
    mark = "" if fact.citation.basis == "prescriber" else references.mark(fact.citation)
    how = f": {fit(fact.citation.how).removesuffix('.')}" if fact.citation.how else ""
    return f"{_capital(fit(fact.says))}{mark}{how}."


def _notes(notes: tuple[Note, ...], references: References) -> Iterator[Section]:
    """The notes by topic; within a topic what applies to this patient comes first, and says so."""
    topics = list(dict.fromkeys(note.topic for note in notes))
    named = [topic for topic in _FIRST_TOPICS if topic in topics]
    for topic in (*named, *(topic for topic in topics if topic not in named)):
        of_topic = sorted((note for note in notes if note.topic == topic), key=lambda note: not note.applies)
        urgent = topic == "never stop suddenly"
        yield Section(_capital(fit(topic)), tuple(_note(n, references) for n in of_topic), urgent)


def _note(note: Note, references: References) -> str:
    basis, how = note.citation.basis.capitalize(), note.citation.how
    more = f" {basis}: {fit(how).removesuffix('.')}." if how else ""
    applies = "Applies to this patient: " if note.applies else ""
    return f"{applies}{_sentence(note.says, references.mark(note.citation))}{more}"
