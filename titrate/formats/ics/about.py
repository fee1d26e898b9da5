"""What a calendar says of itself: which plan it is, from which rule, what was not checked, how to keep it."""

from __future__ import annotations

from collections.abc import Sequence

from titrate.days import in_words
from titrate.formats.ics import wording
from titrate.schedule import Schedule


def pages(schedule: Schedule, discreet: bool, feed: bool) -> list[str]:
    """What every print of a schedule says of itself, on as many pages as it takes."""
    rule = schedule.rule
    sentences = [
        f"{rule.title}.",
        f"Rule {rule.id}, for {rule.population}, {rule.region}, {rule.status}; fingerprint {rule.sha256[:12]}.",
        f"Plan {schedule.plan}, revision {schedule.revision}, made on {in_words(schedule.issued.date())} "
        f"with titrate {schedule.version}.{wording.replaces(schedule) or ' It replaces nothing.'}",
        "Prepared by: ____________________",
        "It supports a decision of the prescriber; it makes none.",
    ]
    sentences += [f"Approved: {one}." for one in schedule.request.approved]
    if schedule.revised is not None:
        sentences.append(f"From {in_words(schedule.revised.on)} on: {schedule.revised.says}.")
    sentences += _use(schedule, discreet, feed)
    sentences += [f"Not checked: {', '.join(schedule.not_checked)}."] if schedule.not_checked else []
    sentences += wording.safety(schedule)
    cited = [fact for step in schedule.steps for fact in step.why.cited() if fact.citation is not None]
    for basis, words in (("prescriber", "Set by the prescriber"), ("derived", "Derived, printed by no source"),
                         ("computed", "Computed from what a source prints")):  # fmt: skip
        said = dict.fromkeys(fact.says for fact in cited if fact.citation and fact.citation.basis == basis)
        sentences += [f"{words}: {'; '.join(said)}."] if said else []
    sources = [fact.citation.source for fact in cited if fact.citation and fact.citation.basis != "prescriber"]
    sentences += [f"Source: {source}." for source in dict.fromkeys(sources)]
    return _pages(sentences)


def _use(schedule: Schedule, discreet: bool, feed: bool) -> list[str]:
    """How to keep it: a file is imported once, a feed is read again and again."""
    if feed:
        return ["This calendar changes by itself when the plan is revised."]
    keep = ["Keep it in a calendar of its own: one calendar per plan."]
    return [*keep, delete_first(schedule, discreet)] if schedule.revision > 1 else keep


def delete_first(schedule: Schedule, discreet: bool) -> str:
    """What to do with the calendar before this one."""
    before = wording.calendar_name(schedule, discreet, schedule.revision - 1)
    return f'Delete the calendar "{before}" before importing revision {schedule.revision}.'


def _pages(sentences: Sequence[str]) -> list[str]:
    """`sentences` on pages of at most `wording.LONGEST_TEXT` characters; a longer sentence has a page of its own."""
    pages: list[str] = []
    for sentence in sentences:
        if pages and len(pages[-1]) + 1 + len(sentence) <= wording.LONGEST_TEXT:
            pages[-1] += f"\n{sentence}"
        else:
            pages.append(sentence)
    return pages
