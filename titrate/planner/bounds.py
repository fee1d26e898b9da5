"""Everything that a schedule has to keep, limit by limit, each with the fact that names it; and the terms with
only some of the limits in force, for asking which of them together leave nothing.

A limit that is not in force leaves everything open that it closes: a maximum goes up to what is asked for, a change
may be of any size or come the next day, the drug may be stopped from any dose. Where a number of doses a day is left
open there are times of day for as many as are asked for, and where it is left open what the products make, every
multiple of their smallest piece can be had. About what the rule is silent and the prescriber too, any answer may be
given: it closes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace
from datetime import time
from fractions import Fraction
from functools import reduce
from math import gcd
from typing import Any

from titrate.days import Duration, in_words
from titrate.ladder import in_short
from titrate.limit import Change, LastStep, Maximum
from titrate.limits import Limits
from titrate.planner.phase import doses_of, is_rung_alone
from titrate.planner.terms import Terms
from titrate.product import Form, Product
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import Slot
from titrate.request import Request

Part = tuple[str, int]  # a field of the limits (or a wish of the request), and which of its entries

# The fields of the limits whose entries can be left out one by one, in the order in which refusals tell them.
_PLAIN = ("maintenance", "start", "frequency", "taper_frequency", "spacing", "taper_duration")
_CHANGES = ("increase", "decrease")


def bounds(terms: Terms) -> dict[Fact, tuple[Part, ...]]:
    """Every limit and every wish that closes something, as a fact, with its parts; the most telling first.

    Limits that read the same (one table that serves two purposes) are one.
    """
    found: dict[Fact, tuple[Part, ...]] = {}
    for part, fact in _facts(terms):
        found[fact] = (*found.get(fact, ()), part)
    return found


def _facts(terms: Terms) -> Iterator[tuple[Part, Fact]]:
    limits, request = _spoken(terms.limits), terms.request
    yield from ((("refusals", index), fact) for index, fact in enumerate(limits.refusals))
    for index, maximum in enumerate(limits.maximum):
        if maximum.bars:
            yield ("maximum", index), maximum.fact()
    for name in _PLAIN:
        yield from (((name, index), limit.fact()) for index, limit in enumerate(getattr(limits, name)))
    yield from ((("last_step", index), limit.fact()) for index, limit in enumerate(limits.last_step))
    for name in _CHANGES:
        for index, change in enumerate(getattr(limits, name)):
            for what, fact in (("size", change.size(name == "decrease")), ("stay", change.stay())):
                if fact is not None:
                    yield (f"{name} {what}", index), fact
    if limits.ladder:
        yield ("ladder", 0), in_short(limits.ladder)
    if limits.descent:
        yield ("descent", 0), in_short(limits.descent)
    if limits.products:
        yield ("products", 0), made_of(limits)
    yield from _wishes(request, limits.products)


def _wishes(request: Request, products: tuple[Product, ...]) -> Iterator[tuple[Part, Fact]]:
    if request.products is not None:
        named = listed(product for product in products if product.name in request.products)
        yield ("hand", 0), Fact(f"the products at hand are {named}", request.citation("--products"))
    if request.times is not None:
        times = ", ".join(f"{at:%H:%M}" for at in request.times)
        yield ("times", 0), Fact(f"the times of day are {times}", request.citation("--times"))
    if request.max_pieces is not None:
        says = f"a dose is made of at most {request.max_pieces} piece{'' if request.max_pieces == 1 else 's'}"
        yield ("pieces", 0), Fact(says, request.citation("--max-pieces"))
    if request.liquid_below is not None:
        says = f"doses below {request.liquid_below} are measured as a liquid, and only they"
        yield ("liquid", 0), Fact(says, request.citation("--liquid-below"))
    if request.split == "even":
        yield ("split", 0), Fact("the doses of a day are all equal", request.citation("--even"))
    if request.since is not None:
        says = f"what is taken now is taken since {in_words(request.since)}"
        yield ("since", 0), Fact(says, request.citation("--since"))


def made_of(limits: Limits) -> Fact:
    """The products of the rule, as a fact."""
    return Fact(f"the products of the rule are {listed(limits.products)}")


def listed(products: Iterable[Product]) -> str:
    """`5 mg tablet, 10 mg tablet (can be divided)`."""
    return ", ".join(str(product) + (" (can be divided)" if product.parts > 1 else "") for product in products)


def keeping(terms: Terms, kept: Collection[Fact]) -> tuple[Terms, ...]:
    """The terms with only the limits and wishes of `kept` in force: there is a schedule if one of these has one.

    They are two where the products of the rule are left open: these products, and every multiple in days of equal
    doses (days of unequal ones would be too many to search). To a target of unequal doses those do not lead.
    """
    known = bounds(terms)
    parts = {part for fact, places in known.items() if fact in kept for part in places}
    request = terms.request
    if ("hand", 0) not in parts:
        request = replace(request, products=None)
    if ("times", 0) not in parts:
        request = replace(request, times=None)
    if ("pieces", 0) not in parts:
        request = replace(request, max_pieces=None)
    if ("liquid", 0) not in parts:
        request = replace(request, liquid_below=None)
    if ("split", 0) not in parts and request.split == "even":
        request = replace(request, split=None)
    if ("since", 0) not in parts:
        request = replace(request, since=None)
    if request.every is None and any(rung.keep is None for rung in (*terms.limits.ladder, *terms.limits.descent)):
        request = replace(request, every=Duration(1, "day"))
    limits, own = (_keeping(_spoken(limits), parts, terms.request) for limits in (terms.limits, terms.own))
    fewer = replace(terms, request=request, limits=limits, own=own)
    given = ("products", 0) in parts or request.products is not None or not limits.products
    unequal = request.target is not None and len(set(request.target.doses)) > 1 and not _has_unequal_rungs(fewer)
    return (fewer,) if given or unequal else (fewer, _of_anything(fewer))


def _of_anything(terms: Terms) -> Terms:
    """The terms with a product more, which makes whatever one likes, in equal doses unless a ladder has others."""
    request = terms.request if _has_unequal_rungs(terms) else replace(terms.request, split="even")
    anything = _any(terms.limits.products, terms.limits.unit, terms.request)
    limits, own = (replace(limits, products=(*limits.products, anything)) for limits in (terms.limits, terms.own))
    return replace(terms, request=request, limits=limits, own=own)


def _has_unequal_rungs(terms: Terms) -> bool:
    rungs = (*terms.limits.ladder, *terms.limits.descent)
    return any(len(set(day)) > 1 for rung in rungs for day in rung.days)


def _spoken(limits: Limits) -> Limits:
    """The limits without what neither the rule nor the prescriber says."""

    def spoken(change: Change) -> Change:
        return replace(change, by=tuple(by for by in change.by if by.at_most is not None), silent_every=False)

    return replace(
        limits,
        increase=tuple(map(spoken, limits.increase)),
        decrease=tuple(map(spoken, limits.decrease)),
    )


def _keeping(limits: Limits, parts: set[Part], request: Request) -> Limits:
    largest, roof = _roof(limits, request)
    if request.current is not None and is_rung_alone(request.current, limits):
        parts = parts | {("descent", 0)}  # without the ladder that they are on nothing could be said of their days

    def among(name: str, open_instead: Callable[[Any], Any] | None = None) -> tuple[Any, ...]:
        """The entries in force; in place of the others what leaves everything open, if anything has to stand there."""
        entries = enumerate(getattr(limits, name))
        if open_instead is None:
            return tuple(entry for index, entry in entries if (name, index) in parts)
        return tuple(entry if (name, index) in parts else open_instead(entry) for index, entry in entries)

    def high(maximum: Maximum) -> Maximum:
        if not maximum.bars:
            return maximum
        dose = None if maximum.dose is None else max(maximum.dose, largest)
        return replace(maximum, dose=dose, daily=None if maximum.daily is None else max(maximum.daily, roof))

    def high_enough(last: LastStep) -> LastStep:
        return replace(last, daily=max(last.daily, roof))

    tops = among("maximum", high)
    if limits.largest_dose() is None:
        tops = (*tops, Maximum(request.citation("--target"), largest, roof))
    last_step = among("last_step", high_enough)
    if limits.descent and ("descent", 0) not in parts:
        last_step = (LastStep(roof, limits.descent[-1].citation),)
    plain: dict[str, Any] = {name: among(name) for name in ("refusals", *_PLAIN)}
    return replace(
        limits,
        **plain,
        slots=limits.slots if len(plain["frequency"]) == len(limits.frequency) else _any_slots(limits, request),
        ladder=limits.ladder if ("ladder", 0) in parts else (),
        descent=limits.descent if ("descent", 0) in parts else (),
        maximum=tops,
        last_step=last_step,
        increase=_changes(limits.increase, "increase", parts),
        decrease=_changes(limits.decrease, "decrease", parts),
    )


def _changes(changes: tuple[Change, ...], name: str, parts: set[Part]) -> tuple[Change, ...]:
    return tuple(
        replace(
            change,
            by=change.by if (f"{name} size", index) in parts else (),
            every=change.every if (f"{name} stay", index) in parts else None,
            within=change.within if (f"{name} size", index) in parts else None,
        )
        for index, change in enumerate(changes)
    )


def _any_slots(limits: Limits, request: Request) -> dict[int, tuple[Slot, ...]]:
    """The slots of the rule, and as many, spread over the day, as there are doses in what is taken or asked for."""
    slots = dict(limits.slots)
    if any(slot.at is None for day in slots.values() for slot in day):
        return slots
    for pattern in (request.current, request.target):
        if pattern is not None and pattern.doses and set(pattern.on) <= {1}:
            count = len(pattern.doses)
            spread = tuple(Slot(f"dose {place + 1}", time(24 * place // count)) for place in range(count))
            slots.setdefault(count, spread)
    return slots


def _roof(limits: Limits, request: Request) -> tuple[Quantity, Quantity]:
    """The largest dose and daily dose that any schedule needs: that of what is taken now or of what is asked for."""
    days = _days(limits.unit, request)
    return max(map(max, days)), max(sum(doses[1:], doses[0]) for doses in days)


def _days(unit: str, request: Request) -> list[tuple[Quantity, ...]]:
    """The doses of what is taken now and of what is asked for. Raises `RequestError` where they are of another unit."""
    patterns = (("--from", request.current), ("--target", request.target))
    return [doses_of(pattern, unit, option) for option, pattern in patterns if pattern is not None]


def _any(products: tuple[Product, ...], unit: str, request: Request) -> Product:
    """A product that makes every multiple of the smallest piece and of what is asked for."""
    smallest = [grade.to(unit).amount for product in products for grade in product.grades]
    smallest += [dose.amount for doses in _days(unit, request) for dose in doses if dose.amount]
    form: Form = "infusion" if products[0].form == "infusion" else "tablet"
    return Product("any", form, Quantity(reduce(_common, smallest), unit))


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The largest amount of which both are multiples."""
    return Fraction(gcd(one.numerator * other.denominator, other.numerator * one.denominator),
                    one.denominator * other.denominator)  # fmt: skip
