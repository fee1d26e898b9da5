"""What to take differently from one schedule to another, in sentences that whoever takes it can follow."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.days import Days, in_words
from titrate.difference import Difference
from titrate.formats import occasions
from titrate.formats.fitting import fit
from titrate.regimen import Regimen, Slot, times_a_day
from titrate.schedule import Schedule

_IN_THE = ("morning", "afternoon", "evening")
_AT = ("midday", "noon", "bedtime", "night")


def sentences(before: Schedule, after: Schedule, found: tuple[Difference, ...]) -> list[str]:
    """What is different from which day on, for whoever takes it."""
    if after.called_off and not before.called_off:
        return ["The plan was called off before its first dose: take nothing of it."]
    if not found:
        return ["No dose changes on any day."]
    drug = after.rule.drug
    said = [sentence(one, drug) for one in found]
    if not before.stops and after.stops and after.last_dose is not None:
        said.append(fit(f"The last dose is on {in_words(after.last_dose)}; until now there was no last one."))
    return said


def sentence(one: Difference, drug: str) -> str:
    """`From Tuesday 08 December 2026 take 10 mg instead of 15 mg in the evening.`"""
    when = _when(one.days)
    old, new = one.before, one.after
    if one.reported:
        return fit(f"{when} nothing was taken, as it was reported.")
    if new is None:
        return fit(f"{when} nothing is planned{'' if old is None else f'; before it was {told(old, drug)}'}.")
    if old is None:
        return fit(f"{when} take {told(new, drug)}; before nothing was planned for it.")
    if not new.administrations:
        return fit(f"{when} take no {drug} any more, instead of {old.in_words()}.")
    if max(old.cycle, new.cycle) > 1:
        return fit(f"{when} {_other_rhythm(one.days, old, new)}.")
    if not old.administrations:
        return fit(f"{when} take {new.in_words()}; before it was no {drug}.")
    return fit(f"{when} {_change(old, new)}.")


def _other_rhythm(days: Days, old: Regimen, new: Regimen) -> str:
    """What to do differently where one of both is not the same every day: the whole of it, and on which days."""
    on = occasions.told(days, new).partition(": ")[2]
    same = bool(old.administrations) and old.pattern == new.pattern
    what = "the same in other pieces or at other times: " if same else ""
    return f"take {what}{new.in_words()}{f' ({on})' if on else ''}, instead of {old.in_words()}"


def _when(days: Days) -> str:
    if days.length == 1:
        return f"On {in_words(days.first)}"
    if days.last is None:
        return f"From {in_words(days.first)}"
    return f"From {in_words(days.first)} to {in_words(days.last)}"


def told(regimen: Regimen, drug: str) -> str:
    """A regimen in words, or `no baclofen`."""
    return regimen.in_words() if regimen.administrations else f"no {drug}"


def _change(old: Regimen, new: Regimen) -> str:
    """What to do differently; dose by dose where that is shorter than the whole day."""
    if old.continuous or new.continuous:
        return f"the pump gives {new.in_words()} instead of {old.in_words()}"
    if old.doses == new.doses and _slots(old) == _slots(new):
        return f"take the same doses in other pieces: {_pieces(new)}, instead of {_pieces(old)}"
    if old.doses == new.doses:
        moved = zip(old.administrations, new.administrations, strict=True)
        times = [f"at {b.slot.at:%H:%M} instead of {a.slot.at:%H:%M}" for a, b in moved if a.slot.at != b.slot.at]
        return f"take the same doses at other times: {_and(times)}"
    alike = len(set(old.doses)) == len(set(new.doses)) == 1
    if alike and _slots(old) == _slots(new):
        return f"take {new.doses[0]} instead of {old.doses[0]}, {times_a_day(new.frequency)}"
    clauses = list(_dose_by_dose(old, new))
    if len(clauses) > 2:
        return f"take {new.in_words()}, instead of {old.in_words()}"
    return ", and ".join(clauses)


def _dose_by_dose(old: Regimen, new: Regimen) -> Iterator[str]:
    """A clause for each dose that is other, new, or left out; doses that change alike are told together."""
    before = {given.slot: given for given in old.administrations}
    after = {given.slot: given for given in new.administrations}
    other: dict[tuple[str, str], list[Slot]] = {}
    for slot, given in after.items():
        if slot in before and before[slot].dose != given.dose:
            other.setdefault((str(given.dose), str(before[slot].dose)), []).append(slot)
    for (now, was), slots in other.items():
        yield f"take {now} instead of {was} {_and([_in_the(slot) for slot in slots])}"
    for slot, given in after.items():
        if slot not in before:
            yield f"take {given.dose} {_in_the(slot)} as well"
    for slot, given in before.items():
        if slot not in after:
            yield f"leave out the {given.dose} {_in_the(slot)}"


def _in_the(slot: Slot) -> str:
    if slot.name in _IN_THE:
        return f"in the {slot.name}"
    if slot.name in _AT:
        return f"at {slot.name}"
    return f"at {slot.at:%H:%M}" if slot.at is not None else slot.name


def _slots(regimen: Regimen) -> tuple[Slot, ...]:
    return tuple(given.slot for given in regimen.administrations)


def _pieces(regimen: Regimen) -> str:
    """Of what the doses are made; said once where they are all alike."""
    said = dict.fromkeys(given.pieces_in_words() for given in regimen.administrations)
    if len(said) == 1:
        return next(iter(said))
    return _and([f"{given.pieces_in_words()} {_in_the(given.slot)}" for given in regimen.administrations])


def _and(parts: list[str]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part) if parts else ""
