"""Doses, pieces, times and spans of days in the words of a language."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from titrate.days import Days
from titrate.formats.fitting import NBSP
from titrate.formats.html import cycles
from titrate.formats.html.language import Language, forms, word
from titrate.product import Piece
from titrate.quantity import Quantity
from titrate.regimen import Administration, Pattern, Regimen, Slot

_WHOLE = {
    "tablet": forms("{count} tablet of {strength}", "{count} tablets of {strength}"),
    "capsule": forms("{count} capsule of {strength}", "{count} capsules of {strength}"),
    "packet": forms("{count} packet of {strength}", "{count} packets of {strength}"),
    "injection": forms("{count} injection of {strength}", "{count} injections of {strength}"),
}
_PART = {
    Fraction(1, 2): word("half a tablet of {strength}"),
    Fraction(1, 3): word("a third of a tablet of {strength}"),
    Fraction(2, 3): word("two thirds of a tablet of {strength}"),
    Fraction(1, 4): word("a quarter of a tablet of {strength}"),
    Fraction(3, 4): word("three quarters of a tablet of {strength}"),
}
_WHOLE_AND_PART = {
    Fraction(1, 2): forms("{count} tablet and a half of {strength}", "{count} tablets and a half of {strength}"),
    Fraction(1, 3): forms("{count} tablet and a third of {strength}", "{count} tablets and a third of {strength}"),
    Fraction(2, 3): forms(
        "{count} tablet and two thirds of {strength}", "{count} tablets and two thirds of {strength}"
    ),
    Fraction(1, 4): forms("{count} tablet and a quarter of {strength}", "{count} tablets and a quarter of {strength}"),
    Fraction(3, 4): forms(
        "{count} tablet and three quarters of {strength}", "{count} tablets and three quarters of {strength}"
    ),
}
TIMES_A_DAY = (
    "", word("once a day"), word("twice a day"), word("three times a day"), word("four times a day"),
    word("five times a day"), word("six times a day"),
)  # fmt: skip
AT_SLOT = {
    "morning": word("{dose} in the morning"),
    "midday": word("{dose} at midday"),
    "noon": word("{dose} at noon"),
    "afternoon": word("{dose} in the afternoon"),
    "evening": word("{dose} in the evening"),
    "bedtime": word("{dose} at bedtime"),
    "night": word("{dose} at night"),
}


def pieces(tongue: Language, administration: Administration) -> str:
    """`1 tablet of 20 mg and half a tablet of 10 mg`."""
    return tongue.all_of([piece(tongue, one) for one in administration.pieces])


def piece(tongue: Language, one: Piece) -> str:
    """`2 tablets of 10 mg`, `half a tablet of 10 mg`, `5 mL of 1 mg per mL`, `300 micrograms over 24 hours`."""
    form, strength = one.product.form, tongue.quantity(one.product.strength)
    if form == "infusion":
        return tongue.say("{amount} over 24 hours", amount=tongue.quantity(one.amount))
    if form == "liquid":
        volume = tongue.quantity(Quantity(one.count, "mL"))
        return tongue.say("{volume} of {strength}", volume=volume, strength=strength)
    whole, part = int(one.count), one.count - int(one.count)
    if not part:
        said = tongue.many(*_WHOLE[form], whole, strength=strength)
    elif whole:
        said = tongue.many(*_WHOLE_AND_PART[part], whole, strength=strength)
    else:
        return tongue.say(_PART[part], strength=strength)
    number, space, rest = said.partition(" ")
    return f"{number}{NBSP if space else ''}{rest}"


def times_a_day(tongue: Language, frequency: int) -> str:
    """`three times a day`."""
    if frequency < len(TIMES_A_DAY):
        return tongue.say(TIMES_A_DAY[frequency])
    return tongue.say("{count} times a day", count=str(frequency))


def regimen(tongue: Language, taken: Regimen) -> str:
    """`20 mg three times a day`, or slot by slot, or `no dose`."""
    if not taken.administrations:
        return tongue.say("no dose")
    if taken.continuous:
        return tongue.say("{amount} a day as a continuous infusion", amount=tongue.quantity(taken.daily))
    if taken.cycle > 1:
        single = all(day.frequency < 2 for day in taken.each())
        told = [tongue.quantity(day.doses[0]) if single and day.doses else regimen(tongue, day) for day in taken.each()]
        return cycles.regimen(tongue, told, taken)
    if len(set(taken.doses)) == 1:
        return evenly(tongue, taken.doses[0], taken.frequency)
    return tongue.all_of([_at_slot(tongue, given) for given in taken.administrations])


def evenly(tongue: Language, dose: Quantity, frequency: int) -> str:
    """`20 mg three times a day`."""
    return f"{tongue.quantity(dose)} {times_a_day(tongue, frequency)}"


def _at_slot(tongue: Language, given: Administration) -> str:
    dose, name = tongue.quantity(given.dose), given.slot.name
    return tongue.say(AT_SLOT[name], dose=dose) if name in AT_SLOT else f"{dose} ({slot(tongue, given.slot)})"


def pattern(tongue: Language, typed: Pattern) -> str:
    """A regimen as it was typed: `20 mg three times a day`, `60 mg a day`, or its doses one after the other."""
    if typed.daily is not None:
        return tongue.say("{amount} a day", amount=tongue.quantity(typed.daily))
    if typed.cycle > 1:
        days = typed.days()
        return cycles.regimen(tongue, [_day(tongue, day, days) for day in days], _bare(typed))
    if len(set(typed.doses)) == 1:
        return evenly(tongue, typed.doses[0], len(typed.doses))
    return tongue.say(
        "{doses} in the course of the day", doses=tongue.all_of([tongue.quantity(d) for d in typed.doses])
    )


def _day(tongue: Language, doses: tuple[Quantity, ...], days: tuple[tuple[Quantity, ...], ...]) -> str:
    """One day of a cycle; a single dose is told alone where no day has more than one."""
    if not doses:
        return tongue.say("no dose")
    if all(len(day) < 2 for day in days):
        return tongue.quantity(doses[0])
    return (
        evenly(tongue, doses[0], len(doses))
        if len(set(doses)) == 1
        else tongue.all_of([tongue.quantity(dose) for dose in doses])
    )


def _bare(typed: Pattern) -> Regimen:
    """The days of a typed cycle as a regimen of which nobody knows the hours or the pieces."""
    at = zip(typed.doses, typed.on, strict=True)
    doses = tuple(Administration(Slot("", None), dose, (), day) for dose, day in at)
    return Regimen(typed.doses[0].unit, doses, typed.cycle)


def slot(tongue: Language, given: Slot) -> str:
    """`morning 08:00`, or that it is a continuous infusion."""
    if given.at is None:
        return tongue.say("continuous infusion")
    name = tongue.named(given.name)
    return f"{name} {tongue.clock(given.at)}"


def span(tongue: Language, days: Days, review: date | None = None) -> str:
    """`Tue, 1 Dec 2026 to Thu, 3 Dec 2026`, the one day, or from when it goes on until it is reviewed."""
    first = tongue.short(days.first)
    if days.last is None:
        if review is None or review <= days.first:
            return tongue.say("from {day}, until the prescriber changes it", day=first)
        return tongue.say("from {day}, until it is reviewed on {review}", day=first, review=tongue.short(review))
    if days.last == days.first:
        return first
    return tongue.say("{first} to {last}", first=first, last=tongue.short(days.last))
