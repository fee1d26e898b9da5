"""What changes from one schedule to another, in sentences that somebody can follow, as a table, and as data."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from titrate.days import in_short, in_words
from titrate.difference import Difference, differences
from titrate.formats.changes import sentence, sentences, told
from titrate.formats.fitting import NBSP, fit
from titrate.formats.text import WIDTH
from titrate.regimen import Regimen
from titrate.schedule import Schedule

_COLUMN = 24


def write(before: Schedule, after: Schedule, patient: bool = False) -> str:
    """The text, in lines of at most `WIDTH` columns; for the patient only the sentences."""
    found = differences(before, after)
    lines = [] if patient else [*_heading(before, after), ""]
    title = fit(f"{after.rule.drug.capitalize()}: what changes") if patient else "What changes"
    lines += [title, "-" * len(title)]
    for says in (*sentences(before, after, found), *(() if patient else _besides(before, after))):
        lines += textwrap.wrap(says, WIDTH, initial_indent="- ", subsequent_indent="  ", break_on_hyphens=False)
    if found and not patient:
        lines += ["", *_table(before, after, found)]
    if patient:
        lines += ["", *_closing(after)]
    return "\n".join(line.replace(NBSP, " ").rstrip() for line in lines) + "\n"


def data(before: Schedule, after: Schedule) -> dict[str, Any]:
    """The same for `--json`: the days, both regimens as one would type them, and the sentences."""
    found = differences(before, after)
    return {
        "before": {"plan": before.plan, "revision": before.revision},
        "after": {"plan": after.plan, "revision": after.revision},
        "differences": [
            {
                "first": one.days.first.isoformat(),
                "last": None if one.days.last is None else one.days.last.isoformat(),
                "before": None if one.before is None else one.before.notation,
                "after": None if one.after is None else one.after.notation,
                "says": _plain(sentence(one, after.rule.drug)),
            }
            for one in found
        ],
        "besides": [_plain(says) for says in _besides(before, after)],
    }


def _plain(text: str) -> str:
    return text.replace(NBSP, " ")


def _heading(before: Schedule, after: Schedule) -> Iterator[str]:
    yield fit(after.rule.title)
    yield "=" * len(fit(after.rule.title))
    yield ""
    for name, one in (("Before", before), ("After", after)):
        yield fit(f"{name:<8}plan {one.plan}, revision {one.revision}, issued {in_short(one.issued.date())}")
    for says in _decisions(before, after):
        yield from textwrap.wrap(
            fit(f"{says} (set by the prescriber)"), WIDTH, initial_indent="Decided ",
            subsequent_indent=" " * 8, break_on_hyphens=False,
        )  # fmt: skip


def _decisions(before: Schedule, after: Schedule) -> list[str]:
    """What was decided on the way from one to the other; of two plans, what was decided last."""
    newer = [one for one in after.chain() if before.plan != after.plan or one.revision > before.revision]
    says = [one.revised.says for one in newer if one.revised is not None]
    return says if before.plan == after.plan else says[-1:]


def _besides(before: Schedule, after: Schedule) -> Iterator[str]:
    """What else is different: the end, the review, what is at hand, the rule."""
    if before.last_dose is not None and after.last_dose is None:
        yield fit(f"There is no last dose any more; it was to be on {in_words(before.last_dose)}.")
    elif before.last_dose is not None and after.last_dose is not None and before.last_dose != after.last_dose:
        yield fit(f"The last dose is on {in_words(after.last_dose)} instead of {in_words(before.last_dose)}.")
    if before.review is not None and after.review is None:
        yield fit(f"The review on {in_words(before.review)} falls away.")
    elif after.review is not None and after.review != before.review:
        instead = "" if before.review is None else f" instead of {in_words(before.review)}"
        yield fit(f"The review is on {in_words(after.review)}{instead}.")
    if before.request.target != after.request.target:
        instead = "now it is to stop" if after.request.target is None else f"now it is {after.request.target}"
        yield fit(f"The target was {_value(before.request.target)}; {instead}.")
    for what, key in (
        ("The products at hand", "products"),
        ("The least time on each dose", "every"),
        ("The largest change at once", "by"),
        ("The time zone", "tz"),
        ("The label", "label"),
    ):
        old, new = getattr(before.request, key), getattr(after.request, key)
        if old != new:
            yield fit(f"{what}: {_value(new)} instead of {_value(old)}.")
    if before.request.patient != after.request.patient:
        yield "Other facts about the patient are known."
    if before.rule.sha256 != after.rule.sha256:
        yield fit(f"The rule is another edition: {after.rule.id}, sha256 {after.rule.sha256[:12]}.")


def _value(value: object) -> str:
    if value is None:
        return "none"
    return ", ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _table(before: Schedule, after: Schedule, found: tuple[Difference, ...]) -> Iterator[str]:
    """One row per difference: the days, what was, what is."""
    yield _row("Days", f"Before (revision {before.revision})", f"After (revision {after.revision})")
    yield _row("-" * _COLUMN, "-" * _COLUMN, "-" * _COLUMN)
    drug = after.rule.drug
    for one in found:
        last = one.days.last
        until = "" if last == one.days.first else " on" if last is None else f" to {in_short(last)}"
        new = "not taken (reported)" if one.reported else _cell(one.after, drug)
        cells = (f"{in_short(one.days.first)}{until}", _cell(one.before, drug), new)
        wrapped = [textwrap.wrap(fit(cell), _COLUMN, break_on_hyphens=False) or [""] for cell in cells]
        for line in range(max(map(len, wrapped))):
            yield _row(*(cell[line] if line < len(cell) else "" for cell in wrapped))


def _cell(regimen: Regimen | None, drug: str) -> str:
    return "nothing planned" if regimen is None else told(regimen, drug)


def _row(*cells: str) -> str:
    return "  ".join(f"{cell:<{_COLUMN}}" for cell in cells).rstrip()


def _closing(after: Schedule) -> Iterator[str]:
    yield "Every other day stays as it was."
    for note in after.notes:
        if note.topic == "never stop suddenly":
            yield from textwrap.wrap(fit(note.says), WIDTH, break_on_hyphens=False)
    yield from textwrap.wrap(
        fit(f"Plan {after.plan}, revision {after.revision}. Ask the prescriber if anything is not clear."), WIDTH
    )
