"""What holds a document and the revisions before it together, and no single value can promise."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from itertools import pairwise

from titrate.formats.fault import Fault, Place
from titrate.schedule import Earlier, Schedule

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def faults(schedule: Schedule, alone: Callable[[Schedule], Iterable[Fault]]) -> Iterator[Fault]:
    """The revisions before this one, each sound by itself (`alone`), and each begun no sooner than the one before."""
    revisions: tuple[Earlier | Schedule, ...] = (*schedule.earlier, schedule)
    places: list[Place] = [("earlier", index) for index in range(len(schedule.earlier))]
    places.append(())
    for place, one in zip(places, schedule.earlier, strict=False):
        if not _SHA256.fullmatch(one.sha256):
            yield (*place, "sha256"), "it is no SHA-256; it has 64 digits of 0-9 and a-f"
        yield from (((*place, *inside), says) for inside, says in alone(_alone(schedule, one)))
    if revisions[0].revised is not None:
        yield (*places[0], "revised"), "what it supersedes is missing in earlier"
    for place, (before, after) in zip(places[1:], pairwise(revisions), strict=True):
        yield from (((*place, *inside), says) for inside, says in _joined(before, after))


def _alone(schedule: Schedule, one: Earlier) -> Schedule:
    """An earlier revision as if there had been none before it."""
    return replace(
        schedule,
        revision=one.revision,
        issued=one.issued,
        rule=one.rule,
        request=one.request,
        steps=one.steps,
        review=one.review,
        earlier=(),
        revised=None,
    )


def _joined(before: Earlier | Schedule, after: Earlier | Schedule) -> Iterator[Fault]:
    """One revision and the one before it."""
    revised, begun = after.revised, _begun(before)
    if revised is None:
        yield ("revised",), "null is not allowed: it supersedes an earlier revision, and says since when"
        return
    if begun is not None and revised.on < begun:
        yield ("revised", "on"), f'"{revised.on}" is before "{begun}", on which the one before it begins'
    if after.revision != before.revision + 1:
        yield ("revision",), f"{after.revision} is not allowed; it supersedes revision {before.revision}"
    for index, absence in enumerate(revised.absences):
        if absence.days.last is None:
            yield ("revised", "absences", index, "days", "last"), "null is not allowed; such days are over"


def _begun(one: Earlier | Schedule) -> date | None:
    """From which day on a revision holds."""
    if one.revised is not None:
        return one.revised.on
    return one.steps[0].days.first if one.steps else None
