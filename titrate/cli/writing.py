"""How a command delivers a schedule: to files, whole or not at all, or to standard output."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Collection
from dataclasses import replace
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING

from titrate.cli.console import note, out, put, today
from titrate.cli.options import SUFFIXES, Audience, Format, Paper
from titrate.errors import RequestError

if TYPE_CHECKING:
    from titrate.dispensing import Dispensing
    from titrate.schedule import Schedule

# So many texts without a translation are shown; the others are counted.
_MOST_SHOWN = 5


def deliver(
    schedule: Schedule,
    formats: dict[Path, Format],
    shown: Format | None,
    style: dict[str, object],
    new: Collection[Path] = (),
) -> None:
    """Write the schedule to files, or to standard output. The files in `new` must not exist yet."""
    wishes = _dispensing(style, schedule)
    schedule = replace(schedule, dispensing=wishes)
    if wishes is not None:
        from titrate.supply import used_by

        # A pack of something that the schedule does not use is a slip if it was typed just now.
        tell_of_supply(schedule, wishes if style.get("pack") else used_by(schedule, wishes))
    texts = {path: _written(schedule, name, style) for path, name in formats.items()}
    if texts:
        put(texts, new)
        note(f"Wrote {', '.join(str(path) for path in texts)}.")
    if shown is Format.table or (shown is None and not texts and sys.stdout.isatty()):
        show(schedule, bool(style["daily"]), charted=False)
    elif shown is not None or not texts:
        out(_written(schedule, shown or Format.text, style))
    if not {Format.html, Format.pdf} & {*formats.values(), shown} and _asked_for_a_handout(style):
        note("--lang, --audience and --paper are for the handout (-o plan.html, -o plan.pdf); the rest is as it was.")
    if schedule.last is None and Format.csv in {*formats.values(), shown}:
        note(f"The schedule has no end; its days are listed to {schedule.listed_until}. The medicine goes on.")


def show(schedule: Schedule, daily: bool, charted: bool) -> None:
    """The table on the terminal. A sign that the terminal cannot show is told by its code, not left out."""
    from rich.console import Console

    from titrate.formats import table

    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    Console().print(table.write(schedule, daily, charted))


def _dispensing(style: dict[str, object], schedule: Schedule) -> Dispensing | None:
    """How it is dispensed, if anything about that was typed or is kept with the schedule."""
    from titrate.typed import dispensing_if_asked

    def typed(name: str) -> str | None:
        return None if style.get(name) is None else str(style[name])

    halves = style.get("keep_halves")
    keeps = None if halves is None else bool(halves)
    kept = schedule.dispensing
    return dispensing_if_asked(typed("fill"), typed("pack"), typed("lead"), typed("margin"), keeps, kept)


def tell_of_supply(schedule: Schedule, wishes: Dispensing) -> None:
    """Count what is dispensed twice, and tell what must not be missed about it on standard error.

    Raises `RequestError` and `Unsafe` as `titrate.proof.supplied` does.
    """
    from titrate.formats.supply import urgent
    from titrate.proof import supplied
    from titrate.refill import fillings

    for sentence in urgent.sentences(schedule, supplied(schedule, wishes), fillings(schedule), today()):
        note(sentence)


def _asked_for_a_handout(style: dict[str, object]) -> bool:
    usual = {"lang": "en-GB", "audience": Audience.patient, "paper": Paper.a4}
    return any(style.get(name, value) != value for name, value in usual.items())


def _handout(schedule: Schedule, name: Format, style: dict[str, object]) -> str | bytes:
    """The handout as a page or as PDF; what stands in it in another language than asked for goes to standard error."""
    from titrate.formats import html

    audience, paper = Audience(str(style["audience"])), Paper(str(style["paper"]))
    options = html.HandoutOptions(str(style["lang"]), audience.value, paper.value, schedule.dispensing)
    made = html.compose(schedule, options)
    if made.untranslated:
        note(f"{len(made.untranslated)} texts have no translation and stand in the handout in English, first of all:")
        for text in made.untranslated[:_MOST_SHOWN]:
            note(f"- {text}")
    if name is Format.html:
        return made.html
    from titrate.formats import pdf

    return pdf.of(made)


def _written(schedule: Schedule, name: Format, style: dict[str, object]) -> str | bytes:
    """The schedule in one format; notes on a calendar or a handout go to standard error."""
    if name is Format.ics:
        from titrate.formats import ics
        from titrate.typed import minutes_before

        options = ics.CalendarOptions(
            bool(style["floating"]),
            bool(style["single_events"]),
            bool(style["discreet"]),
            minutes_before(style["remind"]),
            dispensing=schedule.dispensing,
        )
        text = ics.write(schedule, options)
        for sentence in ics.advice(schedule, options, text):
            note(sentence)
        return text
    if name in (Format.html, Format.pdf):
        return _handout(schedule, name, style)
    module = importlib.import_module(f"titrate.formats.{'text' if name is Format.table else name.value}")
    text = module.write(schedule) if name in (Format.csv, Format.json) else module.write(schedule, bool(style["daily"]))
    assert isinstance(text, str)
    return text


def format_of(path: Path) -> Format:
    if path.suffix.lower() not in SUFFIXES:
        raise RequestError(
            f"-o {path}: the suffix {path.suffix!r} names no format; titrate writes {' '.join(SUFFIXES)}.",
            ("for example -o plan.json",),
        )
    return SUFFIXES[path.suffix.lower()]
