"""The revisions of a plan as a list: what was decided when, from which day on, and which document says so."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from titrate.days import in_short
from titrate.formats.fitting import NBSP, fit
from titrate.formats.json import Document
from titrate.formats.text import WIDTH
from titrate.frozen import dataclass
from titrate.schedule import Schedule


@dataclass(frozen=True, slots=True)
class Named:
    """A document and the name of its file."""

    name: str
    document: Document

    @property
    def schedule(self) -> Schedule:
        return self.document.schedule


@dataclass(frozen=True, slots=True)
class Entry:
    """One revision of a plan: as the newest document tells it, with the files that hold it and what is wrong."""

    schedule: Schedule
    sha256: str | None
    files: tuple[str, ...]
    faults: tuple[str, ...]


def plans(documents: list[Named]) -> dict[str, tuple[Entry, ...]]:
    """Every revision that is told of, by plan, the oldest first."""
    by_plan: dict[str, list[Named]] = {}
    for one in documents:
        by_plan.setdefault(one.schedule.plan, []).append(one)
    return {plan: tuple(_entries(found)) for plan, found in by_plan.items()}


def _entries(found: list[Named]) -> Iterator[Entry]:
    newest = max(found, key=lambda one: one.schedule.revision)
    told = {one.revision: one.sha256 for one in newest.schedule.earlier}
    chain = {one.revision: one for one in newest.schedule.chain()}
    for revision in sorted({*chain, *(one.schedule.revision for one in found)}):
        held = [one for one in found if one.schedule.revision == revision]
        known = told.get(revision)
        shown = chain.get(revision) or held[0].schedule
        sha256 = known or (held[0].document.sha256 if held else None)
        yield Entry(shown, sha256, tuple(one.name for one in held), tuple(_faults(held, newest, known)))


def _faults(held: list[Named], newest: Named, known: str | None) -> Iterator[str]:
    """What does not fit: documents that were changed, that differ, or that are not the one that was superseded."""
    for one in held:
        if one.document.edited:
            yield f"{one.name} was changed after titrate wrote it: its SHA-256 no longer fits"
        elif known is not None and one.document.sha256 != known:
            newer = f"{newest.name} (revision {newest.schedule.revision})"
            yield f"{one.name} is not the document that {newer} goes back to, which has sha256 {known[:12]}"
    if known is None and len({one.document.sha256 for one in held}) > 1:
        names = " and ".join(one.name for one in held)
        yield f"{names} are both revision {held[0].schedule.revision}, and they differ"
    for earlier in newest.schedule.earlier:
        if earlier.edited and held and earlier.revision == held[0].schedule.revision:
            yield "it had been changed by hand when the next revision was made"


def write(documents: list[Named]) -> str:
    """The list, in lines of at most `WIDTH` columns."""
    lines: list[str] = []
    for plan, entries in plans(documents).items():
        newest = entries[-1].schedule
        label = f", {newest.request.label}" if newest.request.label else ""
        title = fit(f"Plan {plan}: {newest.rule.title}{label}")
        lines += [*([""] if lines else []), *textwrap.wrap(title, WIDTH), ""]
        for entry in entries:
            lines += _told(entry)
    return "\n".join(line.replace(NBSP, " ") for line in lines) + "\n"


def _told(entry: Entry) -> Iterator[str]:
    one = entry.schedule
    on = one.first if one.revised is None else one.revised.on
    what = "First version" if one.revised is None else f"{one.revised.says} (set by the prescriber)"
    begins = fit(f"Revision {one.revision}, from {in_short(on)} on, issued {in_short(one.issued.date())}")
    yield from textwrap.wrap(begins, WIDTH)
    yield from textwrap.wrap(fit(f"{what}."), WIDTH, initial_indent="  ", subsequent_indent="  ")
    sha256 = "" if entry.sha256 is None else f", sha256 {entry.sha256[:12]}"
    where = ", ".join(entry.files) or "no file was given; a later document tells of it"
    yield from textwrap.wrap(
        fit(f"{where}{sha256}, rule {one.rule.id}, sha256 {one.rule.sha256[:12]}"), WIDTH,
        initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False, break_long_words=False,
    )  # fmt: skip
    for fault in entry.faults:
        yield from textwrap.wrap(
            fit(f"Careful: {fault}."), WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False
        )


def data(documents: list[Named]) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        plan: [
            {
                "revision": one.schedule.revision,
                "on": (one.schedule.first if one.schedule.revised is None else one.schedule.revised.on).isoformat(),
                "issued": one.schedule.issued.isoformat(),
                "action": None if one.schedule.revised is None else one.schedule.revised.action,
                "says": None if one.schedule.revised is None else one.schedule.revised.says,
                "sha256": one.sha256,
                "rule": {"id": one.schedule.rule.id, "sha256": one.schedule.rule.sha256},
                "files": list(one.files),
                "faults": list(one.faults),
            }
            for one in entries
        ]
        for plan, entries in plans(documents).items()
    }
