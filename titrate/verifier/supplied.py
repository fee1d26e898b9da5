"""Whether what is dispensed covers every day: counted again, dose by dose, from the boxes as they are opened."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING

from titrate.days import plus
from titrate.errors import FormatError, RequestError
from titrate.product import Piece, Product
from titrate.quantity import decimal
from titrate.schedule import Day, Schedule
from titrate.verifier.case import Case, Finding, found
from titrate.verifier.change import NOTHING

if TYPE_CHECKING:
    from titrate.supply import Supply

LAW = "supply"


def check_supply(case: Case) -> Iterator[Finding]:
    """Where it is said how the schedule is dispensed, no day lies beyond that, and the counts agree."""
    schedule, dispensing = case.schedule, case.schedule.dispensing
    if dispensing is None:
        return
    from titrate.supply import of, used_by

    try:
        yield from check_supplied(schedule, of(schedule, used_by(schedule, dispensing)))
    except (RequestError, FormatError) as fault:
        yield found(
            LAW,
            None,
            f"what is dispensed cannot be counted: {fault.message.rstrip('.')}",
            "no count",
            "a count of every day",
        )


def check_supplied(schedule: Schedule, supply: Supply) -> Iterator[Finding]:
    """No day lies beyond what was dispensed before it, and the counts over steps and fills are those over the days."""
    days = [day for day in schedule.each_day(supply.days.last) if day.regimen.administrations]
    yield from _counts(days, supply)
    yield from _covered(days, supply)
    for fill in supply.fills:
        lead = supply.dispensing.lead
        if fill.order_by >= plus(fill.needed, -lead):
            value, limit = fill.order_by.isoformat(), f"before {fill.needed.isoformat()}, less {lead} days"
            yield found(LAW, fill.needed, f"fill {fill.number} is ordered on {value}", value, limit)


def _counts(days: list[Day], supply: Supply) -> Iterator[Finding]:
    """The sums: of the days, of the steps, of the fills and what is left."""
    taken: dict[Product, Fraction] = {}
    for day in days:
        for piece in _taken(day):
            count = _count(piece, supply)
            taken[piece.product] = taken.get(piece.product, NOTHING) + count
    by_step = _sums(piece for step in supply.steps for piece in step.counts)
    for what, sums in (("the steps", by_step), ("all", _sums(supply.used))):
        for product in {**taken, **sums}:
            told, counted = sums.get(product, NOTHING), taken.get(product, NOTHING)
            if told != counted:
                value = _told(Piece(product, told))
                yield found(LAW, None, f"{what} together take {value}", value, _told(Piece(product, counted)))
    have = _sums((*supply.at_hand, *(item.piece for fill in supply.fills for item in fill.items)))
    left = _sums(supply.left)
    for product, count in have.items():
        rest = count - taken.get(product, NOTHING)
        if left.get(product, NOTHING) != rest:
            value = _told(Piece(product, left.get(product, NOTHING)))
            yield found(LAW, None, f"{value} would be left", value, _told(Piece(product, rest)))


def _taken(day: Day) -> Iterator[Piece]:
    for given in day.regimen.administrations:
        yield from (piece for piece in given.pieces if piece.product.form != "infusion")


def _count(piece: Piece, supply: Supply) -> Fraction:
    """How much of the box a piece takes: a divided one as a whole one, unless what is left of it is kept."""
    if piece.product.measured or supply.dispensing.keep_halves:
        return piece.count
    return Fraction(int(piece.count) + piece.divided)


def _sums(pieces: Iterable[Piece]) -> dict[Product, Fraction]:
    sums: dict[Product, Fraction] = {}
    for piece in pieces:
        sums[piece.product] = sums.get(piece.product, NOTHING) + piece.count
    return sums


def _covered(days: list[Day], supply: Supply) -> Iterator[Finding]:
    """Dose by dose: whole pieces from the boxes, parts from one that was divided before if there is enough of it."""
    boxes = {piece.product: Fraction(int(piece.count)) for piece in supply.at_hand}
    open_ = {piece.product: piece.count - int(piece.count) for piece in supply.at_hand}
    waiting = list(supply.fills)
    for day in days:
        while waiting and waiting[0].needed <= day.date:
            for item in waiting.pop(0).items:
                boxes[item.piece.product] = boxes.get(item.piece.product, NOTHING) + item.piece.count
        for piece in _taken(day):
            if not _take(piece, boxes, open_, supply.dispensing.keep_halves):
                yield _short(day.date, piece)
                return


def _take(piece: Piece, boxes: dict[Product, Fraction], open_: dict[Product, Fraction], keeps: bool) -> bool:
    """Take one dose's piece; whether there was enough."""
    product = piece.product
    if product.measured:
        boxes[product] = boxes.get(product, NOTHING) + open_.pop(product, NOTHING) - piece.count
        return boxes[product] >= 0
    whole, part = int(piece.count), piece.count - int(piece.count)
    left = open_.get(product, NOTHING) if keeps else NOTHING
    if part > left:
        whole, left = whole + 1, left + 1
    boxes[product] = boxes.get(product, NOTHING) - whole
    open_[product] = left - part
    return boxes[product] >= 0


def _short(day: date, piece: Piece) -> Finding:
    value = _told(piece)
    return found(LAW, day, f"{value} are taken, and there is not so much in the house", value, "what was dispensed")


def _told(piece: Piece) -> str:
    """In bare numbers, which can also say what cannot be: `-3 x 10 mg tablet`."""
    return f"{decimal(piece.count)} x {piece.product}"
