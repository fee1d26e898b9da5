"""The supply for programs: tidy CSV with a row per count, and JSON.

CSV (RFC 4180, lines end in LF): what a row counts stands in `what`. `step`: what one step takes; `used`: all steps
together; `at hand`; `fill`: what one fill brings; `dispensed`: all fills together; `left`: what is there at the end;
`filling`: one filling of a pump, in mL of the whole reservoir. Columns that say nothing of a row are empty.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from io import StringIO
from typing import Any

from titrate.formats.supply.labels import labels
from titrate.product import Piece
from titrate.quantity import decimal
from titrate.refill import Filling, per_hour
from titrate.schedule import Schedule
from titrate.supply import Fill, Supply

HEADER = (
    "what", "number", "from", "to", "product", "form", "strength", "count", "unit", "packs", "order_by", "needed",
    "runs_out", "next_by", "refill_by", "alarm",
)  # fmt: skip


def csv_text(schedule: Schedule, supply: Supply, fillings: tuple[Filling, ...]) -> str:
    """The rows under `HEADER`. A count that no plain decimal writes (a third) is written as a fraction in words of
    its parts: `1 and 1 third`."""
    text = StringIO()
    writer = csv.DictWriter(text, HEADER, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_rows(schedule, supply, fillings))
    return text.getvalue()


def _rows(schedule: Schedule, supply: Supply, fillings: tuple[Filling, ...]) -> Iterator[dict[str, str]]:
    whole = {"from": _day(supply.days.first), "to": _day(supply.days.last)}
    for step in supply.steps:
        span = {"number": str(step.number), "from": _day(step.days.first), "to": _day(step.days.last)}
        yield from ({"what": "step", **span, **_count(piece)} for piece in step.counts)
    yield from ({"what": "used", **whole, **_count(piece)} for piece in supply.used)
    yield from ({"what": "at hand", **_count(piece)} for piece in supply.at_hand)
    for fill in supply.fills:
        told = _fill(fill)
        for item in fill.items:
            yield {"what": "fill", **told, **_count(item.piece), "packs": "" if item.packs is None else str(item.packs)}
    yield from ({"what": "dispensed", **whole, **_count(piece)} for piece in supply.dispensed)
    yield from ({"what": "left", "to": whole["to"], **_count(piece)} for piece in supply.left)
    pump = schedule.request.pump
    for filling in fillings if pump is not None else ():
        assert pump is not None
        yield {
            "what": "filling",
            "number": str(filling.number),
            "from": _day(filling.days.first),
            "to": _day(filling.days.last),
            "form": "infusion",
            "strength": f"{pump.concentration.number} {pump.concentration.unit.replace('/', ' per ')}",
            "count": pump.reservoir.number,
            "unit": "mL",
            "refill_by": _day(_refill_by(schedule, filling)),
            "alarm": _day(filling.alarm),
        }


def _refill_by(schedule: Schedule, filling: Filling) -> date | None:
    """The day by the end of which it is filled again; `None` where the drug is stopped first."""
    last = filling.days.last
    return None if schedule.last_dose is not None and last == schedule.last_dose else last


def _day(day: date | None) -> str:
    return "" if day is None else day.isoformat()


def _fill(fill: Fill) -> dict[str, str]:
    return {
        "number": str(fill.number),
        "from": _day(fill.days.first),
        "to": _day(fill.days.last),
        "order_by": _day(fill.order_by),
        "needed": _day(fill.needed),
        "runs_out": _day(fill.runs_out),
        "next_by": _day(fill.next_by),
    }


def _count(piece: Piece) -> dict[str, str]:
    product = piece.product
    return {
        "product": product.name,
        "form": product.form,
        "strength": f"{product.strength.number} {product.strength.unit.replace('/', ' per ')}",
        "count": _number(piece),
        "unit": "mL" if product.form == "liquid" else product.form,
    }


def _number(piece: Piece) -> str:
    """A spreadsheet would read 10/3 as a date."""
    text = decimal(piece.count)
    if "/" not in text:
        return text
    whole, part = int(piece.count), piece.count - int(piece.count)
    return f"{whole} and {part.numerator} of {part.denominator} parts"


def as_data(schedule: Schedule, supply: Supply, fillings: tuple[Filling, ...]) -> dict[str, Any]:
    """The supply as JSON: days as `2026-12-01`, counts as text (`"9"`, `"9/2"`)."""
    wishes = supply.dispensing
    return {
        "plan": schedule.plan,
        "revision": schedule.revision,
        "first": _day(supply.days.first),
        "last": _day(supply.days.last),
        "goes_on": supply.goes_on,
        "fill": None if wishes.fill is None else str(wishes.fill),
        "lead_days": wishes.lead,
        "margin_days": wishes.margin,
        "keep_halves": wishes.keep_halves,
        "packs": {one.product: decimal(one.count) for one in wishes.packs},
        "at_hand": _counts(supply.at_hand),
        "steps": [
            {"number": s.number, "first": _day(s.days.first), "last": _day(s.days.last), "counts": _counts(s.counts)}
            for s in supply.steps
        ],
        "used": _counts(supply.used),
        "fills": [_fill_data(fill) for fill in supply.fills],
        "dispensed": _counts(supply.dispensed),
        "left": _counts(supply.left),
        "fillings": [_filling(schedule, one) for one in fillings],
        "rates": [
            {"step": n, "per_day": str(s.regimen.daily), "per_hour": str(per_hour(s.regimen))}
            for n, s in enumerate(schedule.steps, 1)
            if s.regimen.continuous
        ],
        "labels": [
            {"number": one.number, "heading": one.heading, "text": one.text, "warning": one.warning}
            for one in labels(schedule)
        ],
    }


def _counts(pieces: tuple[Piece, ...]) -> list[dict[str, str]]:
    return [{"product": piece.product.name, "count": decimal(piece.count), "says": str(piece)} for piece in pieces]


def _fill_data(fill: Fill) -> dict[str, Any]:
    days = {name: value or None for name, value in _fill(fill).items() if name != "number"}
    items = [
        {**counted, "packs": item.packs}
        for item, counted in zip(fill.items, _counts(tuple(item.piece for item in fill.items)), strict=True)
    ]
    return {"number": fill.number, **days, "items": items}


def _filling(schedule: Schedule, filling: Filling) -> dict[str, Any]:
    return {
        "number": filling.number,
        "filled": _day(filling.days.first),
        "refill_by": _day(_refill_by(schedule, filling)) or None,
        "because": filling.ends_by,
        "days": filling.lasts,
        "empty": _day(filling.empty) or None,
        "keeps_until": _day(filling.keeps),
        "alarm": _day(filling.alarm) or None,
        "used": str(filling.used),
    }
