"""What is wrong in a rule file only when its tables are read together: sources, units, slots, bounds."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from fractions import Fraction
from itertools import combinations
from typing import Any

from titrate.quantity import Quantity, decimal
from titrate.resolution import product_of, scope_of
from titrate.rulefiles.fault import place_of
from titrate.ruleformat.box import ProductTable
from titrate.ruleformat.file import RISING, RuleFile
from titrate.ruleformat.ladder import RungTable
from titrate.ruleformat.limit import ResponseTable, SpacingTable
from titrate.ruleformat.shape import holds, join, written
from titrate.ruleformat.taper import RateTable
from titrate.ruleformat.value import ByTable, RangeTable, Table, shown
from titrate.ruleformat.when import When

# What a rule with a ladder can do without.
_UNLESS_LADDER = ("start", "increase")
# So many names of sources fit into a message.
_MANY = 6


def unknown_sources(raw: Any, sources: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Citations of other `sources` than these, found in the raw text so that nothing else hides them."""

    def walk(value: Any, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            cited = value.get("source")
            if place.endswith("cite") and isinstance(cited, str) and cited not in sources:
                yield (
                    f"{place}.source",
                    f"{shown(cited)} is not one of the sources of this file ({_some(cited, sources)})",
                )
            for key, inner in value.items():
                yield from walk(inner, f"{place}.{key}" if place else str(key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from walk(inner, f"{place}.{index}")

    yield from walk(raw, "")


def _some(cited: str, sources: tuple[str, ...]) -> str:
    """The names of the sources; of many only the nearest."""
    if len(sources) <= _MANY:
        return ", ".join(sources) or "there are none"
    near = difflib.get_close_matches(cited, sources, n=3)
    return f"the nearest are {', '.join(near)}" if near else f"it has {len(sources)}, such as {', '.join(sources[:3])}"


def contradictions(file: RuleFile, raw: Any) -> Iterator[tuple[str, str]]:
    """What is wrong only when the tables of a file are read together."""
    yield from _alone(file)
    yield from _names(file)
    yield from _phases(file)
    for index, product in enumerate(file.products):
        yield from _product(product, file.unit, f"products.{index}")
    for place, message in _amounts(file, file.unit, ""):
        yield place_of(tuple(int(step) if step.isdecimal() else step for step in place.split(".")), raw), message
    yield from _slots(file)
    for place, message in _directions(file):
        yield place_of(tuple(int(step) if step.isdecimal() else step for step in place.split(".")), raw), message
    scoped = ((f"scopes.{index}.maximum", scope.maximum) for index, scope in enumerate(file.scopes) if scope.maximum)
    for place, maxima in (("maximum", file.maximum), *scoped):
        if maxima and not any(m.level == "limit" for m in maxima):
            yield place, 'no maximum has level = "limit"; a schedule needs a bound'
    yield from _ladders(file)
    if file.cycle is not None:
        yield from _not_daily(file)
    if not file.taper.decrease and not file.taper.ladder:
        yield "taper.decrease", "is missing; where no source gives a step, say silent = true, or derive one"


def _alone(file: RuleFile) -> Iterator[tuple[str, str]]:
    """What has sense only beside `extends`."""
    for key, given in (("remove", file.remove), ("base-sha256", file.base_sha256)):
        if given and file.extends is None:
            yield key, "belongs to a rule that extends another one; this one does not (extends is missing)"


def _phases(file: RuleFile) -> Iterator[tuple[str, str]]:
    """Rising is told whole or not at all: a rise without a maximum would be bounded by nothing."""
    if file.start is not None or file.increase or file.ladder:
        for key in RISING:
            if not getattr(file, key) and not (file.ladder and key in _UNLESS_LADDER):
                yield key, f"is missing; a rule that says how a dose rises needs [{'], ['.join(RISING)}]"
        return
    for index, scope in enumerate(file.scopes):
        for key in (*_UNLESS_LADDER, "ladder"):
            if getattr(scope, key):
                yield f"scopes.{index}.{key}", f"has no sense where the rule itself has no [{key}] and only tapers"


def _names(file: RuleFile) -> Iterator[tuple[str, str]]:
    """Names that stand twice in one list."""
    for key, name, field in written(RuleFile):
        if join(field) == "named" and holds(field.annotation, tuple):
            names = [one.name for one in getattr(file, name)]
            for index, one in enumerate(names):
                if one in names[:index]:
                    yield f"{key}.{index}.name", f'"{one}" is the name of two {key}'


def _product(product: ProductTable, unit: str, place: str) -> Iterator[tuple[str, str]]:
    try:
        smallest = product_of(product).smallest.to(unit)
    except ValueError:
        yield f"{place}.strength", f'"{product.strength}" is not in {unit}, the unit of this file'
        return
    if "/" in decimal(smallest.amount):
        says = f'{product.divide} of "{product.strength}" are {smallest}, which no decimal writes exactly'
        yield f"{place}.divide", f'{says}; write for example "no" or "halves"'


# What an amount under such a key may be counted per: the weight, and the time that the key itself means.
_PER = {"dose": "dose", "daily": "day", "band": "day", "doses": "dose", "cap": None}


def _amounts(value: Any, unit: str, place: str) -> Iterator[tuple[str, str]]:
    """Amounts that are not in the file's unit, or not above zero, or counted per something that does not belong."""
    if isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _amounts(inner, unit, f"{place}.{index}")
    elif isinstance(value, When):
        try:
            scope_of(value)
        except ValueError as fault:
            yield place, str(fault)
    elif isinstance(value, RateTable):
        if value.at_most.unit != "%":
            yield from _amount(value.at_most, unit, "day", f"{place}.at-most")
    elif isinstance(value, ByTable):
        for key, bound in (("at-most", value.at_most), ("exactly", value.exactly), ("at-least", value.at_least)):
            if bound is not None and bound.unit != "%":
                yield from _amount(bound, unit, value.per, f"{place}.{key}")
        if value.cap is not None:
            yield from _amount(value.cap, unit, None, f"{place}.cap")
    elif isinstance(value, SpacingTable | ResponseTable):
        yield from _hours(value, unit, place)
    elif isinstance(value, Table):
        for name, field in type(value).model_fields.items():
            inner, key = getattr(value, name), field.alias or name
            here = f"{place}.{key}" if place else key
            if key == "band" and isinstance(inner, RangeTable) and inner.range().bounds[0].unit == "%":
                continue  # shares of the original dose; `_directions` says where they may stand
            if key not in _PER:
                yield from _amounts(inner, unit, here)
            elif isinstance(inner, Quantity):
                yield from _amount(inner, unit, _PER[key], here)
            elif isinstance(inner, RangeTable):
                if inner.at_least is not None and inner.at_least == inner.at_most:
                    yield from _amount(inner.at_least, unit, _PER[key], here)
                    continue
                for side in ("at_least", "above", "at_most", "below"):
                    if (bound := getattr(inner, side)) is not None:
                        yield from _amount(bound, unit, _PER[key], f"{here}.{side.replace('_', '-')}")


def _directions(file: RuleFile) -> Iterator[tuple[str, str]]:
    """What belongs only to rises, or only to falls."""
    parts = [("", file.increase, file.taper.decrease, (*file.frequency, *file.taper.frequency))]
    for index, scope in enumerate(file.scopes):
        taper = ((), ()) if scope.taper is None else (scope.taper.decrease, scope.taper.frequency)
        parts.append((f"scopes.{index}.", scope.increase, taper[0], (*scope.frequency, *taper[1])))
    for before, rises, falls, often in parts:
        for index, change in enumerate(rises):
            if change.band is not None and change.band.range().bounds[0].unit == "%":
                says = "a band in % is one of shares of the daily dose on which a taper began; write a band in amounts"
                yield f"{before}increase.{index}.band", says
        for index, change in enumerate(falls):
            for number, by in enumerate(change.by):
                if by.exactly is not None:
                    says = "bounds rises only, since a fall may always be smaller; write at-most"
                    yield f"{before}taper.decrease.{index}.by.{number}.exactly", says
        for index, one in enumerate(often):
            if one.band is not None and one.band.range().bounds[0].unit == "%":
                yield f"{before}frequency.{index}.band", "a number of doses a day goes by daily doses, not by shares"


def _hours(table: SpacingTable | ResponseTable, unit: str, place: str) -> Iterator[tuple[str, str]]:
    """Times that have to be hours of a day."""
    bounds = (table.at_least,) if isinstance(table, SpacingTable) else table.long_effect.range().bounds
    for bound in bounds:
        try:
            fits = 0 < bound.to("hours").amount <= 24
        except ValueError:
            fits = False
        if not fits:
            key = "at-least" if isinstance(table, SpacingTable) else "long-effect"
            yield f"{place}.{key}", f'"{bound}" is no time within a day; write for example "6 hours"'
    if isinstance(table, ResponseTable):
        for index, dose in enumerate(table.doses):
            yield from _amount(dose, unit, "dose", f"{place}.doses.{index}")


def _amount(amount: Quantity, unit: str, per: str | None, place: str) -> Iterator[tuple[str, str]]:
    head, *counted = amount.unit.split("/")
    try:
        Quantity(amount.amount, head).to(unit)
    except ValueError:
        yield place, f'"{amount}" is not in {unit}, the unit of this file'
        return
    if per is None and counted:
        yield place, f'"{amount}" is not a plain amount; write for example "5 {unit}"'
    elif per is not None and counted not in ([], ["kg"], [per], ["kg", per]):
        yield place, f'"{amount}" is not an amount per {per}; write for example "5 {unit}" or "0.3 {unit}/kg/{per}"'
    elif amount.amount <= 0:
        yield place, f'"{amount}" is not above zero; write for example "5 {unit}"'


def _ladders(file: RuleFile) -> Iterator[tuple[str, str]]:
    """What cannot be of a ladder: other slots than the usual ones, a rung that does not go on the same way."""
    ups = [("ladder", file.ladder), *((f"scopes.{i}.ladder", scope.ladder) for i, scope in enumerate(file.scopes))]
    tapers = [("taper", file.taper)]
    tapers += [(f"scopes.{i}.taper", scope.taper) for i, scope in enumerate(file.scopes) if scope.taper is not None]
    downs = [(f"{place}.ladder", taper.ladder) for place, taper in tapers]
    for down, ladders in ((False, ups), (True, downs)):
        for place, rungs in ladders:
            yield from _rungs(rungs, file, place, down)
    for place, taper in tapers:
        if (taper.ladder or file.taper.ladder) and taper.rate:
            yield f"{place}.rate", "a ladder down says itself how fast it goes; leave this out"
        elif taper.ladder and file.taper.rate:
            yield f"{place}.ladder", "a ladder down says itself how fast it goes; leave out [taper.rate] of the rule"
        rungs, last = taper.ladder or file.taper.ladder, taper.last or file.taper.last
        if rungs and last and last.daily and (taper.ladder or taper.last):
            yield from _beside(rungs, last.daily, file, f"{place}.{'last' if taper.last else 'ladder'}")


def _beside(rungs: tuple[RungTable, ...], last: Quantity, file: RuleFile, place: str) -> Iterator[tuple[str, str]]:
    """That the ladder stops from more than `last` a day, or that who goes down without it may come upon a rung."""
    if any(_rung(rungs[-1], file, place, down=True)) or any(_amount(last, file.unit, "day", place)):
        return  # what is wrong with these is told where they stand
    by_weight, doses = _plain(rungs[-1], file)
    stops_from = sum(doses[1:], doses[0]) * Fraction(1, _cycle_of(rungs[-1], file))
    head, *counted = last.unit.split("/")
    if not by_weight and "kg" not in counted and stops_from > Quantity(last.amount, head).to(file.unit):
        yield place, f"the ladder stops from {stops_from} a day, which is above {last}"
    usual = 1 if file.cycle is None else file.cycle.days
    met = next((rung for rung in rungs[1:] if len(rung.days) == 1 and _cycle_of(rung, file) == usual), None)
    if met is not None:
        says = f'who is beside the ladder stops without it, and might come upon its rung "{met.take}" on the way'
        yield place, f"{says}; leave out [taper.last], or the rungs of every day after the first one"


def _rungs(rungs: tuple[RungTable, ...], file: RuleFile, place: str, down: bool) -> Iterator[tuple[str, str]]:
    before: RungTable | None = None
    for index, rung in enumerate(rungs):
        here = f"{place}.{index}"
        faults = list(_rung(rung, file, here, down))
        yield from faults
        if rung.keep is None and (down or index + 1 < len(rungs)):
            yield f"{here}.keep", 'is missing; how long the rung is kept, for example { at-least = "7 days" }'
        if before is not None and not faults and not (_below if down else _above)(rung, before, file):
            yield (
                f"{here}.take",
                f'"{rung.take}" is not {"below" if down else "above"} the rung before, "{before.take}"',
            )
        before = None if faults else rung


def _not_daily(file: RuleFile) -> Iterator[tuple[str, str]]:
    """What counts by days in a rule whose regimens are longer."""
    for place, table in (("start", file.start), ("maintenance", file.maintenance), ("taper.last", file.taper.last)):
        if table is not None and getattr(table, "daily", None) is not None:
            yield f"{place}.daily", f"the drug is taken every {file.cycle}; give the dose"
    for index, one in enumerate(file.maximum):
        if one.daily is not None:
            yield f"maximum.{index}.daily", f"the drug is taken every {file.cycle}; give the dose"
    for index, often in enumerate(file.frequency):
        if often.times.at_most > 1:
            yield f"frequency.{index}.times", f"the drug is taken every {file.cycle}, so there is one dose each time"


def _rung(rung: RungTable, file: RuleFile, place: str, down: bool) -> Iterator[tuple[str, str]]:
    for dose in rung.doses:
        yield from _amount(dose, file.unit, "dose", f"{place}.take")
    if len(rung.days) > 1 and not down:
        says = "a rung on the way up has all its doses on one day of its cycle; write that day, and cycle beside it"
        yield f"{place}.take", f'"{rung.take}" names {len(rung.days)} days; {says}'
    for names in ([slot for slot, _ in day] for day in rung.days if day):
        usual = [slot.name for slot in file.slots.day.get(len(names), ())]
        if names != usual:
            said = f"are taken at {' and '.join(usual)}" if usual else "have no slots"
            yield f"{place}.take", f"{len(names)} doses a day {said} (slots.day), not at {' and '.join(names)}"
    if file.cycle is None:
        return
    if len(rung.days) > 1 or (rung.cycle is not None and not down):
        yield f"{place}.cycle", f"every regimen of this rule goes for {file.cycle}; leave it out"
    elif rung.cycle is not None and rung.cycle.days % file.cycle.days:
        yield f"{place}.cycle", f"a cycle of {rung.cycle} is not one of whole cycles of this rule, {file.cycle}"


def _cycle_of(rung: RungTable, file: RuleFile) -> int:
    usual = 1 if file.cycle is None else file.cycle.days
    return len(rung.days) if len(rung.days) > 1 else usual if rung.cycle is None else rung.cycle.days


def _plain(rung: RungTable, file: RuleFile) -> tuple[bool, list[Quantity]]:
    """Whether the doses of a rung go by weight, and the doses without that."""
    heads = [(dose.unit.split("/")[0], dose) for dose in rung.doses]
    by_weight = any("kg" in dose.unit.split("/")[1:] for dose in rung.doses)
    return by_weight, [Quantity(dose.amount, head).to(file.unit) for head, dose in heads]


def _above(rung: RungTable, before: RungTable, file: RuleFile) -> bool:
    """Whether no dose falls from one rung to the next, and something rises."""
    low, high = (_cycle_of(r, file) for r in (before, rung))
    (old_weighs, smaller), (new_weighs, larger) = (_plain(r, file) for r in (before, rung))
    if old_weighs != new_weighs:
        return True  # which is more depends on the weight
    if low % high or len(larger) < len(smaller) or (smaller, low) == (larger, high):
        return False
    ways = combinations(larger, len(smaller))
    return any(all(a <= b for a, b in zip(smaller, way, strict=True)) for way in ways)


def _below(rung: RungTable, before: RungTable, file: RuleFile) -> bool:
    """Whether the daily dose falls from one rung to the next (that of several days is their average), and no dose is
    larger than the largest one before."""
    (old_weighs, larger), (new_weighs, smaller) = (_plain(r, file) for r in (before, rung))
    if old_weighs != new_weighs:
        return True
    old, new = (sum(d.amount for d in doses) / _cycle_of(r, file) for doses, r in ((larger, before), (smaller, rung)))
    return new < old and max(smaller) <= max(larger)


def _slots(file: RuleFile) -> Iterator[tuple[str, str]]:
    tables = [*file.frequency, *file.taper.frequency, *(t for scope in file.scopes for t in scope.frequency)]
    tables += [table for scope in file.scopes if scope.taper is not None for table in scope.taper.frequency]
    allowed = {times for table in tables for times in range(table.times.at_least, table.times.at_most + 1)}
    for times in sorted(allowed - set(file.slots.day)):
        yield (
            f"slots.day.{times}",
            f'is missing, and the rule allows {times} doses a day; write for example {times} = ["morning 08:00", ...]',
        )
