"""An explanation as plain values, for `--json`."""

from __future__ import annotations

from datetime import UTC, date
from typing import Any

from titrate.days import between
from titrate.formats.explanation import Explanation, Taken, Told
from titrate.reason import Fact
from titrate.regimen import Administration
from titrate.schedule import Note
from titrate.source import Citation

FORMAT = 1


def write(explanation: Explanation) -> dict[str, Any]:
    """The explanation as plain values; amounts are text with their unit, days ISO 8601."""
    schedule = explanation.schedule
    rule = schedule.rule
    return {
        "format": FORMAT,
        "plan": schedule.plan,
        "revision": schedule.revision,
        "version": schedule.version,
        "issued": schedule.issued.astimezone(UTC).isoformat(),
        "rule": {"id": rule.id, "sha256": rule.sha256, "title": rule.title, "status": rule.status},
        "first": schedule.first.isoformat(),
        "last": _iso(schedule.last),
        "review": _iso(schedule.review),
        "edited": explanation.edited,
        "replaced": _iso(explanation.replaced),
        "explained": [_told_as_data(explanation, told) for told in explanation.told],
        "warnings": [_note_as_data(note) for note in schedule.warnings],
        "notes": [_note_as_data(note) for note in explanation.notes],
        "more_notes": list(explanation.more),
        "not_checked": list(schedule.not_checked),
    }


def _told_as_data(explanation: Explanation, told: Told) -> dict[str, Any]:
    days, regimen = told.step.days, told.step.regimen
    data: dict[str, Any] = {}
    if told.day is not None:
        data["date"] = told.day.isoformat()
        data["day"] = between(explanation.schedule.first, told.day) + 1
        data["day_of_step"] = between(days.first, told.day) + 1
        data["reported"] = None if explanation.absence is None else explanation.absence.how
    return data | {
        "step": told.number,
        "steps": len(explanation.schedule.steps),
        "kind": told.step.kind,
        "first": days.first.isoformat(),
        "last": _iso(days.last),
        "length": days.length,
        "stop": told.stop,
        "taken": regimen.in_words(),
        "doses": [_dose_as_data(given, regimen.cycle) for given in regimen.administrations],
        "daily_dose": str(regimen.daily),
        **({} if regimen.cycle == 1 else {"cycle": regimen.cycle}),
        "before": _taken_as_data(told.before),
        "after": _taken_as_data(told.after),
        "claim": told.step.why.claim,
        "why_this_high": [_fact_as_data(fact) for fact in told.height],
        "why_this_long": [_fact_as_data(fact) for fact in told.length],
        "other_reasons": [_fact_as_data(fact) for fact in told.other],
    }


def _iso(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _dose_as_data(given: Administration, cycle: int) -> dict[str, Any]:
    at = given.slot.at
    return ({} if cycle == 1 else {"day_of_cycle": given.day}) | {
        "slot": given.slot.name,
        "time": None if at is None else f"{at:%H:%M}",
        "dose": str(given.dose),
        "pieces": given.pieces_in_words(),
    }


def _taken_as_data(taken: Taken | None) -> dict[str, Any] | None:
    if taken is None:
        return None
    found = {"taken": taken.words, "daily_dose": str(taken.daily), "day": taken.day.isoformat()}
    return found | ({"since": taken.since.isoformat()} if taken.since is not None else {})


def _fact_as_data(fact: Fact) -> dict[str, Any]:
    return fact.as_data() | _how_as_data(fact.citation)


def _note_as_data(note: Note) -> dict[str, Any]:
    return {"topic": note.topic, "applies": note.applies, **_fact_as_data(Fact(note.says, note.citation))}


def _how_as_data(citation: Citation | None) -> dict[str, Any]:
    if citation is None or citation.basis == "prescriber":
        return {}
    source = {"publisher": citation.source.publisher, "href": citation.source.href}
    return source | ({"how": citation.how} if citation.how else {})
