"""An explanation for people: plain text, in lines of at most `WIDTH` columns (an address may be longer)."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from titrate.days import between, in_short, in_words
from titrate.formats.explanation import Explanation, Taken, Told
from titrate.formats.sheet import NBSP, Sheet, fit, sheet
from titrate.formats.text import WIDTH
from titrate.limit import in_days
from titrate.reason import Fact
from titrate.schedule import Schedule
from titrate.source import Citation

_INDENT = " " * 4
_PROOF = "It tells what the schedule says. titrate check proves a schedule against its rule."


def write(explanation: Explanation) -> str:
    """The explanation, with a line end at its end. Spaces are plain; no line ends between a number and its unit."""
    lines = [line.replace(NBSP, " ").rstrip() for line in _lines(explanation)]
    return "\n".join(lines) + "\n"


def _lines(explanation: Explanation) -> Iterator[str]:
    schedule = explanation.schedule
    shown = sheet(schedule)
    yield from (shown.title, "=" * len(shown.title), "")
    width = max(len(name) for name, _ in shown.facts) + 2
    for name, value in shown.facts:
        yield from _wrapped(value, f"{name:<{width}}", " " * width)
    if warnings := [*_edited(explanation), *(Fact(note.says, note.citation) for note in schedule.warnings)]:
        yield from _section("Warnings", warnings, "=")
    for told in explanation.told:
        yield from _told(explanation, shown, told)
    for topic in dict.fromkeys(note.topic for note in explanation.notes):
        notes = sorted((note for note in explanation.notes if note.topic == topic), key=lambda note: not note.applies)
        said = [Fact(("applies to this patient: " if n.applies else "") + n.says, n.citation) for n in notes]
        yield from _section(_capital(fit(topic)), said, "=" if topic == "never stop suddenly" else "-")
    if schedule.not_checked:
        yield from _section("Not checked", [Fact(what) for what in schedule.not_checked])
    yield from _sources(explanation)
    yield ""
    if explanation.more:
        yield from _wrapped(f"The schedule in print says more: {', '.join(map(fit, explanation.more))}.")
    yield from _wrapped(_PROOF)
    yield shown.closing


def _edited(explanation: Explanation) -> Iterator[Fact]:
    if explanation.edited:
        yield Fact("This file was changed after titrate wrote it; what it says may not be what the patient was given")


def _told(explanation: Explanation, shown: Sheet, told: Told) -> Iterator[str]:
    """One step or day: where it lies, what is taken, what was and what comes, why."""
    schedule = explanation.schedule
    row = shown.steps[told.number - 1]
    of = f"{told.number} of {len(schedule.steps)}"
    span = f"{row.dates} ({row.length}, {told.step.kind})"
    if told.day is None:
        yield from _heading(f"Step {of}")
        yield from _wrapped(f"{span}.")
    else:
        yield from _heading(in_words(told.day))
        number, inside = between(schedule.first, told.day) + 1, between(told.step.days.first, told.day) + 1
        length = told.step.days.length
        yield from _wrapped(
            f"Day {number} of the schedule. Step {of}: {span}."
            + (f" Day {inside} of this step." if length != 1 else "")
        )
    yield ""
    yield from _doses(shown, told)
    yield ""
    yield from _wrapped(f"Before: {_before(schedule, told)}.")
    yield from _wrapped(f"Next: {shown.end if told.after is None else _next(told.after)}")
    if schedule.review is not None:
        yield from _wrapped(_review(schedule.review, told.day))
    for sentence in _afterwards(explanation):
        yield from _wrapped(sentence)
    yield from _why(schedule, told)


def _afterwards(explanation: Explanation) -> Iterator[str]:
    """What came after this was planned: days that were not taken, a revision; and that there are days before."""
    schedule, later, replaced = explanation.schedule, explanation.later, explanation.replaced
    if explanation.absence is not None:
        yield f"Reported afterwards: nothing was taken on this day ({explanation.absence.how})."
    if later is not None and replaced is not None:
        yield f"Revised: what was planned from {_long(replaced)} on was replaced by revision {later.revision}."
    elif schedule.revised is not None:
        yield f"Revised: days before {_long(schedule.revised.on)} were planned by earlier revisions; --day tells them."


def _doses(shown: Sheet, told: Told) -> Iterator[str]:
    row = shown.steps[told.number - 1]
    if not row.doses:
        yield f"{_INDENT}no dose"
    when = max((len(line.when) for line in row.doses), default=0)
    when = max(when, len(row.per), len("daily dose"))
    dose = max(len(row.daily), *(len(line.dose) for line in row.doses), 0)
    for line in row.doses:
        before = f"{_INDENT}{line.when:<{when}}  {line.dose:>{dose}}  "
        yield from _wrapped(line.pieces, before, " " * len(before))
    yield f"{_INDENT}{row.per:<{when}}  {row.daily:>{dose}}"
    if row.on:
        yield from _wrapped(f"Days: {row.on}.", _INDENT, _INDENT)
    if told.day is not None and row.on:
        today = told.step.on(told.day)
        yield from _wrapped(f"On this day: {fit(today.in_words())}.", _INDENT, _INDENT)


def _before(schedule: Schedule, told: Told) -> str:
    before = told.before
    if before is None:
        return f"no {fit(schedule.rule.drug)}"
    if before.since is not None:
        return f"{_amount(before)}, since {_long(before.since)}"
    return f"{_amount(before)}, until {_long(before.day)}"


def _next(after: Taken) -> str:
    return f"{_amount(after)}, from {_long(after.day)}."


def _amount(taken: Taken) -> str:
    """In words, with the daily dose where the words do not hold it."""
    whole = {
        "no dose",
        f"{taken.daily} once a day",
        f"{taken.daily} a day",
        f"{taken.daily} a day as a continuous infusion",
    }
    return fit(taken.words if taken.words in whole or taken.cycle > 1 else f"{taken.words} ({taken.daily} a day)")


def _review(review: date, day: date | None) -> str:
    if day is None or day < review:
        return f"Review: the prescriber looks again on {_long(review)}."
    if day == review:
        return "Review: the prescriber looks again on this day."
    return f"Review: due on {_long(review)}, before this day. If it has not been, ring the prescriber; do not stop."


def _why(schedule: Schedule, told: Told) -> Iterator[str]:
    """Why this high, why this long; for the stop, why it may stop."""
    claim = f"{_capital(fit(told.step.why.claim))}."
    if told.stop:
        yield from _section("Why it stops here", (*told.height, *told.length, *told.other), lead=claim)
        return
    yield from _section("Why this high", told.height, lead=claim + _change(told) + _silent(told.height, told))
    silent = _silent(told.length, told) if told.step.days.last is not None else ""
    yield from _section("Why this long", told.length, lead=_how_long(schedule, told) + silent)
    if told.other:
        yield from _section("Further reasons", told.other)


def _silent(facts: Sequence[Fact], told: Told) -> str:
    """That the schedule gives no reason, where it gives none."""
    return "" if facts or told.other else " The schedule gives no reason for it."


def _change(told: Told) -> str:
    """The arithmetic of the change into this step."""
    now = told.step.regimen.daily
    if told.before is None:
        return ""
    before = told.before.daily.to(now.unit)
    if told.before.cycle > 1 or told.step.regimen.cycle > 1:
        return ""
    if before == now:
        return " " + fit(f"The daily dose stays at {now}.")
    by = now - before if now > before else before - now
    return " " + fit(f"The daily dose {'rises' if now > before else 'falls'} by {by}, from {before} to {now}.")


def _how_long(schedule: Schedule, told: Told) -> str:
    length = told.step.days.length
    if length is None:
        on = f" on {_long(schedule.review)}" if schedule.review is not None else ""
        return f"No end is planned: it continues until reviewed{on}."
    return fit(f"The step lasts {in_days(length)}.")


def _sources(explanation: Explanation) -> Iterator[str]:
    """Every source that was named, once, with its publisher and address."""
    facts = [fact for told in explanation.told for fact in (*told.height, *told.length, *told.other)]
    cited: list[Citation | None] = [note.citation for note in (*explanation.schedule.warnings, *explanation.notes)]
    cited = [*(fact.citation for fact in facts), *cited]
    sources = dict.fromkeys(c.source for c in cited if c is not None and c.basis != "prescriber")
    if not sources:
        return
    yield from _heading("Sources")
    for source in sources:
        said = f"{fit(source.title)}, {fit(source.publisher)}, {fit(source.edition)}"
        yield from _wrapped(f"{said}: {fit(source.href)}" if source.href else said, "- ", "  ")


def _section(title: str, facts: Iterable[Fact], line: str = "-", lead: str = "") -> Iterator[str]:
    """A heading, a first sentence, and a paragraph per fact with where it comes from."""
    yield from _heading(title, line)
    if lead:
        yield from _wrapped(lead)
    for fact in facts:
        yield from _wrapped(f"{_capital(fit(fact.says)).removesuffix('.')}.", "- ", "  ")
        if fact.citation is not None:
            for sentence in _origin(fact.citation):
                yield from _wrapped(sentence, _INDENT, _INDENT)


def _origin(citation: Citation) -> Iterator[str]:
    """The basis, with the arithmetic or the reasoning; the source, its edition, the place in it, when it was read."""
    checked = _short(citation.checked)
    if citation.basis == "prescriber":
        yield f"Set by the prescriber ({fit(citation.at)}) on {checked}."
        return
    place = f"{fit(citation.source.title)}, {fit(citation.source.edition)}: {fit(citation.at)}; checked {checked}."
    if citation.basis == "stated":
        yield f"Stated: {place}"
        return
    name = "Derived (no source prints it)" if citation.basis == "derived" else _capital(citation.basis)
    yield f"{name}: {fit(citation.how).removesuffix('.')}." if citation.how else f"{name}."
    yield f"From: {place}"


def _heading(title: str, line: str = "-") -> tuple[str, ...]:
    return ("", title, line * len(title))


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    """`text` on lines that begin with `first`, further ones with `then`; it breaks at plain spaces only."""
    return textwrap.wrap(
        text, WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    ) or [first]


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _short(day: date) -> str:
    return in_short(day).replace(" ", NBSP)


def _long(day: date) -> str:
    return in_words(day).replace(" ", NBSP)
