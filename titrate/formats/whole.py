"""What holds a document together as a whole, and no single value in it can promise."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import time
from itertools import pairwise

from titrate.days import between, plus
from titrate.formats import chain
from titrate.formats.fault import Fault, Place, shown
from titrate.quantity import canonical_unit
from titrate.regimen import LONGEST_CYCLE, Regimen
from titrate.schedule import Schedule

_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)


def faults(schedule: Schedule, gaps: bool) -> Iterator[Fault]:
    """What every part of titrate relies on and no single value can promise."""
    if schedule.revision < 1:
        yield ("revision",), f"{schedule.revision} is not allowed; revisions count from 1"
    if schedule.issued.tzinfo is None or schedule.request.issued.tzinfo is None:
        yield ("issued",), 'the moment has no offset; write for example "2026-11-23T09:00:00Z"'
    if not _SHA256.fullmatch(schedule.rule.sha256):
        yield ("rule", "sha256"), f"{shown(schedule.rule.sha256)} is no SHA-256; it has 64 digits of 0-9 and a-f"
    for index, at in enumerate(schedule.request.times or ()):
        yield from _clock(at, ("request", "times", index))
    if not schedule.steps:
        yield ("steps",), "there is none; a schedule has at least one step"
        return
    for index, step in enumerate(schedule.steps):
        yield from _regimen(step.regimen, ("steps", index, "regimen"))
    disordered = [] if gaps else list(_order(schedule))
    yield from disordered
    if not disordered:
        yield from _calendar(schedule)
        yield from chain.faults(schedule, lambda alone: faults(alone, gaps=False))


def _order(schedule: Schedule) -> Iterator[Fault]:
    """Each step begins on the day after the one before; only the last may be without end."""
    for index, (before, after) in enumerate(pairwise(schedule.steps), 1):
        last = before.days.last
        if last is None:
            yield ("steps", index - 1, "days", "last"), "null is not allowed; only the last step may be without end"
        elif between(last, after.days.first) != 1:
            says = f'"{after.days.first}" does not follow "{last}", the last day of the step before'
            yield ("steps", index, "days", "first"), says


def _calendar(schedule: Schedule) -> Iterator[Fault]:
    """Every day that a print names exists."""
    try:
        plus(schedule.listed_until, 1)
        plus(schedule.first, -1)
    except ValueError as fault:
        yield ("steps",), str(fault)


def _regimen(regimen: Regimen, place: Place) -> Iterator[Fault]:
    """Doses are above nothing, in the regimen's unit, in the order of the clock; a continuous infusion is alone."""
    try:
        if canonical_unit(regimen.unit) != regimen.unit:
            yield (*place, "unit"), f'{shown(regimen.unit)} is not allowed; write "{canonical_unit(regimen.unit)}"'
    except ValueError as fault:
        yield (*place, "unit"), str(fault)
    times = [administration.slot.at for administration in regimen.administrations]
    yield from _cycle(regimen, place)
    if None in times and (len(times) > 1 or regimen.cycle > 1):
        yield (*place, "administrations"), "a continuous infusion (at: null) stands alone in a day"
    elif any(
        one.day == other.day and one.slot.at is not None and other.slot.at is not None
        and _minutes(one.slot.at) >= _minutes(other.slot.at)
        for one, other in pairwise(regimen.administrations)
    ):  # fmt: skip
        yield (*place, "administrations"), "they are not in the order of the clock, each at a time of its own"
    for index, administration in enumerate(regimen.administrations):
        here: Place = (*place, "administrations", index)
        if administration.slot.at is not None:
            yield from _clock(administration.slot.at, (*here, "slot", "at"))
        if administration.dose.unit != regimen.unit or administration.dose.amount <= 0:
            yield (*here, "dose"), f'"{administration.dose}" is not allowed; it is in {regimen.unit} and above 0'
        for number, piece in enumerate(administration.pieces):
            sayable = piece.product.measured or piece.count.denominator <= 4
            if piece.count <= 0 or not sayable:
                says = f'"{piece.count}" is not allowed; it is above 0, in whole pieces, halves, thirds or quarters'
                yield (*here, "pieces", number, "count"), says


def _cycle(regimen: Regimen, place: Place) -> Iterator[Fault]:
    """The days of a cycle: each dose on one of them, in order."""
    if not 1 <= regimen.cycle <= LONGEST_CYCLE:
        yield (*place, "cycle"), f"{regimen.cycle} is not allowed; it is 1 to {LONGEST_CYCLE} days"
    days = [administration.day for administration in regimen.administrations]
    for index, day in enumerate(days):
        if not 1 <= day <= regimen.cycle:
            here: Place = (*place, "administrations", index, "day")
            yield here, f"{day} is not allowed; it is a day of the cycle, 1 to {regimen.cycle}"
    if days != sorted(days):
        yield (*place, "administrations"), "they are not in the order of the days of the cycle"


def _clock(at: time, place: Place) -> Iterator[Fault]:
    if at.tzinfo is not None or at.second or at.microsecond:
        yield place, f'"{at}" is not allowed; it is whole minutes without an offset, for example "08:00:00"'


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute
