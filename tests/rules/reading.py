"""What a rule says for one patient, as short texts that can be held against a page of the source."""

from __future__ import annotations

from titrate.limit import Change
from titrate.limits import Limits
from titrate.patient import Patient
from titrate.quantity import Quantity
from titrate.rule import Rule
from titrate.rulebook import load


def rule(name: str) -> Rule:
    """A shipped rule, whatever `TITRATE_RULES` says."""
    return load(name, {})


def patient(**facts: str | bool | tuple[str, ...]) -> Patient:
    """A patient, with amounts written as text."""
    words = ("setting", "origin")
    read = {
        fact: Quantity.parse(value) if isinstance(value, str) and fact not in words else value
        for fact, value in facts.items()
    }
    return Patient(**read)  # type: ignore[arg-type]


def limits(name: str, /, **facts: str | bool | tuple[str, ...]) -> Limits:
    """The limits of a shipped rule for such a patient, who already takes the drug."""
    return rule(name).limits_for(patient(**facts), starting=False)


def starting(name: str, /, **facts: str | bool | tuple[str, ...]) -> Limits:
    """The limits of a shipped rule for such a patient, who begins the drug."""
    return rule(name).limits_for(patient(**facts), starting=True)


def changes(found: tuple[Change, ...]) -> list[str]:
    """`5 mg per dose, 3 days`; a part that the source is silent about reads `silent`."""
    told = []
    for change in found:
        every = "silent" if change.every is None else f"{change.every} days"
        told += [f"{'silent' if by.at_most is None else by.at_most} per {by.per}, {every}" for by in change.by]
    return told


def starts(found: Limits) -> list[str]:
    """The first day: dose, daily dose and frequency, those that are bounded."""
    return [
        " | ".join(str(part) for part in (start.dose, start.daily, start.frequency) if part is not None)
        for start in found.start
    ]


def maintenance(found: Limits) -> list[str]:
    """What one may stay on: dose, daily dose and frequency, those that are bounded."""
    return [
        " | ".join(str(part) for part in (one.dose, one.daily, one.frequency) if part is not None)
        for one in found.maintenance
    ]


def maxima(found: Limits) -> list[str]:
    """`20 mg a dose`, `80 mg a day`, and `warn` before those that only warn."""
    told = []
    for one in found.maximum:
        level = "" if one.level == "limit" else "warn "
        told += [f"{level}{one.dose} a dose"] if one.dose is not None else []
        told += [f"{level}{one.daily} a day"] if one.daily is not None else []
    return sorted(told)


def times(found: Limits, taper: bool = False) -> list[str]:
    """How often a day, with the daily doses for which that holds."""
    tables = found.taper_frequency if taper else found.frequency
    return [f"{one.times}{'' if one.band is None else f' where {one.band}'}" for one in tables]


def products(found: Limits) -> list[str]:
    """Name, strength and into how many parts a piece may be divided."""
    told = []
    for one in found.products:
        parts = f" /{one.parts}" if one.parts > 1 else ""
        told.append(f"{one.name}: {one.strength}{parts}" + (f" by {one.measure}" if one.measure else ""))
    return told


def last(found: Limits) -> list[str]:
    """The largest daily dose from which one may stop."""
    return [str(step.daily) for step in found.last_step]


def basis(found: Limits, kind: str) -> set[str]:
    """How the numbers of one kind of limit stand to their sources."""
    return {one.citation.basis for one in getattr(found, kind)}
