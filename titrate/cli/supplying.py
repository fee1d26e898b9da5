"""`supply`: what to dispense for a schedule, when each fill runs out, and when to order the next."""

from __future__ import annotations

import json
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from titrate.cli.console import note, out, put, today, told
from titrate.cli.documents import document
from titrate.cli.options import AsJson, AtHand, Fill, KeepHalves, Lead, Margin, Pack
from titrate.errors import RequestError

if TYPE_CHECKING:
    from titrate.refill import Filling
    from titrate.schedule import Schedule
    from titrate.supply import Supply


class SupplyFormat(StrEnum):
    """What a supply can be written as."""

    table = "table"
    csv = "csv"
    json = "json"
    labels = "labels"


SUFFIXES = {".txt": SupplyFormat.table, ".csv": SupplyFormat.csv, ".json": SupplyFormat.json}


def supply(
    schedule: Annotated[
        Path, typer.Argument(metavar="SCHEDULE.json", help="A schedule that titrate wrote; - is read too.")
    ],
    fill: Fill = None,
    pack: Pack = None,
    lead: Lead = None,
    margin: Margin = None,
    keep_halves: KeepHalves = None,
    at_hand: AtHand = None,
    labels: Annotated[bool, typer.Option("--labels", help="Only a text per step that a pharmacy can print.")] = False,
    format: Annotated[SupplyFormat | None, typer.Option("--format", help="Write this to standard output.")] = None,
    output: Annotated[
        list[Path] | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write to FILE (.txt .csv .json). May be repeated."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """What to dispense: per product the count per step, per fill and in all, and until when each fill lasts."""
    with told(as_json):
        from titrate.formats.supply import urgent
        from titrate.proof import supplied
        from titrate.refill import fillings
        from titrate.supply import used_by
        from titrate.typed import dispensing

        formats = {path: _format_of(path) for path in output or ()}
        read = document(schedule)
        kept = None if read.schedule.dispensing is None else used_by(read.schedule, read.schedule.dispensing)
        wishes = dispensing(fill, pack, lead, margin, keep_halves, at_hand, kept)
        if read.edited:
            note(f"{schedule} was changed after titrate wrote it: its SHA-256 no longer fits.")
        found, pump = supplied(read.schedule, wishes), fillings(read.schedule)
        for sentence in urgent.sentences(read.schedule, found, pump, today()):
            note(sentence)
        if labels and format is not None:
            raise RequestError("--labels writes the labels; --format writes something else.", ("leave out one",))
        shown = SupplyFormat.labels if labels else format or (None if formats else SupplyFormat.table)
        texts = {path: _writer(name)(read.schedule, found, pump) for path, name in formats.items()}
        if texts:
            put(dict(texts))
            note(f"Wrote {', '.join(str(path) for path in texts)}.")
        if shown is not None:
            out(_writer(shown)(read.schedule, found, pump))


def _format_of(path: Path) -> SupplyFormat:
    if path.suffix.lower() not in SUFFIXES:
        raise RequestError(
            f"-o {path}: the suffix {path.suffix!r} names no format; a supply is written as {' '.join(SUFFIXES)}.",
            ("for example -o supply.csv",),
        )
    return SUFFIXES[path.suffix.lower()]


def _writer(name: SupplyFormat) -> Callable[[Schedule, Supply, tuple[Filling, ...]], str]:
    if name is SupplyFormat.table:
        from titrate.formats.supply import text

        return lambda schedule, supply, fillings: text.write(schedule, supply, fillings, today())
    if name is SupplyFormat.labels:
        from titrate.formats.supply import labels

        return lambda schedule, supply, fillings: labels.write(schedule)
    from titrate.formats.supply import data

    if name is SupplyFormat.csv:
        return data.csv_text
    return lambda schedule, supply, fillings: (
        json.dumps(data.as_data(schedule, supply, fillings), indent=1, ensure_ascii=False) + "\n"
    )
