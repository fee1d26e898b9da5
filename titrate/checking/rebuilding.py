"""Makes of what a file says a schedule that the laws can be held against. Nothing of its days is changed.

What the file leaves open is decided by the rule where that leaves one answer (one dose a day), told from the days
(`kinds`), or kept apart, so that the laws which need it are not claimed to have been checked.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import time

from titrate.checking.folding import folded
from titrate.checking.kinds import falls_first, kinds
from titrate.checking.products import Hand
from titrate.days import Days, in_words, plus
from titrate.errors import FormatError, RequestError
from titrate.foreign import Foreign, ForeignDose, ForeignStep
from titrate.frozen import dataclass
from titrate.limits import Limits
from titrate.quantity import Quantity
from titrate.reason import Because
from titrate.regimen import MOST_A_DAY, Administration, Pattern, Regimen, Slot
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule, Step
from titrate.verifier.case import typed_in
from titrate.verifier.change import Taken, Turns, every_dose
from titrate.version import VERSION

_WHY = Because("As the file says")


@dataclass(frozen=True, slots=True)
class Rebuilt:
    """A schedule that can be judged, and what is known of it.

    `days_only`: only daily doses are known, and a day's one dose stands for its sum. `timed`: the clock times are
    known. `unsaid`: of some dose the file does not say what it is made of. `unknown_before`: nothing says what was
    taken before a first fall or before a revision, and the schedule's request has the first regimen instead.
    `hand` is what doses can be made of.
    """

    schedule: Schedule
    hand: Hand
    days_only: bool
    timed: bool
    unsaid: bool
    unknown_before: bool


def rebuilt(found: Foreign, rule: Rule, limits: Limits, given: Request) -> Rebuilt:
    """The schedule that `found` tells. `given` is what was said with it: the patient, the regimen before, the pace.

    Raises `FormatError` for an amount that the rule does not make unambiguous, and `RequestError` where what was given
    does not go with the file.
    """
    steps = folded(tuple(_clear(step, limits) for step in found.steps), limits.cycle)
    if found.goes_on:
        steps = (*steps[:-1], replace(steps[-1], last=None))
    steps = _stopped(steps)
    days_only = any(step.daily is not None for step in steps)
    if days_only:
        steps = tuple(_summed(step) for step in steps)
    if given.times is not None and any(dose.continuous for step in steps for dose in step.doses):
        raise RequestError("A continuous infusion has no times of day.", ("leave out --times",))
    timed = all(dose.at is not None or dose.continuous for step in steps for dose in step.doses) and not days_only
    if not timed and given.times is not None and not days_only:
        steps, timed = tuple(_at_times(step, found, given.times) for step in steps), True
    doses = tuple(_doses(step, limits.unit) for step in steps)
    known = None if None in doses else tuple(day for day in doses if day is not None)
    before = _before(given, limits, days_only)
    first = steps[0]
    unknown = before is None and bool(first.doses) and known is not None
    unknown = unknown and (
        found.begun or first.kind == "taper" or (first.kind != "titration" and falls_first(known or (), None))
    )
    hand = Hand.of(limits, given.products, [] if days_only else [dose for step in steps for dose in step.doses])
    built = tuple(_steps(steps, known, before, limits, hand))
    request = replace(
        given,
        start=first.first,
        current=built[0].regimen.pattern if unknown else _current(given, before, limits),
        then_stop=not steps[-1].doses,
        times=given.times if timed else None,
    )
    schedule = Schedule("", 1, VERSION, given.issued, rule.stamp, request, built, not_checked=limits.not_checked)
    unsaid = any(dose.pieces is None for step in steps for dose in step.doses)
    return Rebuilt(schedule, hand, days_only, timed, unsaid, unknown)


def _clear(step: ForeignStep, limits: Limits) -> ForeignStep:
    """The step with its doses, where one dose a day leaves no doubt about them."""
    once = bool(limits.frequency) and all(limit.times.at_most == 1 for limit in limits.frequency)
    amount = step.daily or step.bare
    if amount is not None and once:
        step = replace(step, doses=(ForeignDose(amount),), daily=None, bare=None)
    if step.bare is not None:
        raise FormatError(
            f'{step.place}: "{step.bare}" can be read in two ways: {step.bare} at each dose '
            f'(write for example "{step.bare} x3") or {step.bare} in the whole day (write "{step.bare}/day", or call '
            'the column "daily dose").'
        )
    if len(step.doses) > MOST_A_DAY:
        raise FormatError(f"{step.place}: there are {len(step.doses)} doses a day; at most {MOST_A_DAY} are possible.")
    infusion = bool(limits.products) and all(product.form == "infusion" for product in limits.products)
    if infusion and len(step.doses) == 1 and step.doses[0].at is None and not step.doses[0].slot:
        step = replace(step, doses=(replace(step.doses[0], slot="continuous", continuous=True),))
    return step


def _stopped(steps: tuple[ForeignStep, ...]) -> tuple[ForeignStep, ...]:
    """The steps, the end of the drug as one day without it, however many such days are listed."""
    *earlier, last = steps
    nothing = not last.doses and last.daily is None
    return (*earlier, replace(last, last=last.first)) if nothing else steps


def _summed(step: ForeignStep) -> ForeignStep:
    """The step with its daily dose as its only dose. Raises `FormatError` for doses that have no sum."""
    if step.daily is not None:
        return replace(step, doses=(ForeignDose(step.daily),), daily=None)
    if not step.doses:
        return step
    try:
        total = sum((dose.dose for dose in step.doses[1:]), step.doses[0].dose)
    except ValueError as fault:
        raise FormatError(f"{step.place}: {fault}.") from fault
    return replace(step, doses=(ForeignDose(total),))


def _at_times(step: ForeignStep, found: Foreign, times: Sequence[time]) -> ForeignStep:
    """The step with the clock times that were given for the columns of the table, or else for the doses of a day."""
    clock = sorted(times)
    if found.columns and len(clock) == len(found.columns):
        at = dict(zip(found.columns, clock, strict=True))
        return replace(step, doses=tuple(replace(dose, at=at[dose.slot]) for dose in step.doses))
    if len(clock) != len(step.doses) and step.doses:
        raise RequestError(
            f"--times gives {len(clock)} times, and from {in_words(step.first)} there are {len(step.doses)} doses a "
            f"day ({step.place}); which of them is taken when is not said.",
            ("leave out --times",),
        )
    return replace(step, doses=tuple(replace(dose, at=one) for dose, one in zip(step.doses, clock, strict=False)))


def _doses(step: ForeignStep, unit: str) -> Taken | None:
    """The doses as plain numbers; `None` where they are counted in something else than the rule's."""
    try:
        days = [
            tuple(dose.dose.to(unit).amount for dose in step.on(plus(step.first, number)))
            for number in range(step.cycle)
        ]
    except ValueError:
        return None
    return days[0] if len(days) == 1 else Turns(tuple(days))


def _before(given: Request, limits: Limits, days_only: bool) -> Taken | None:
    """What is taken on the day before the first, as far as that was given."""
    pattern = given.current
    if pattern is None:
        return None
    once = bool(limits.frequency) and all(limit.times.at_most == 1 for limit in limits.frequency)
    if pattern.daily is not None and not days_only and not once:
        raise RequestError(
            f'--from: "{pattern}" does not say the single doses, so the first change cannot be judged.',
            ('write them dose by dose, for example --from "20 mg x3"',),
        )
    try:
        if pattern.daily is not None or days_only:
            return (pattern.total().to(limits.unit).amount,)
        return typed_in(pattern, limits.unit)
    except ValueError as fault:
        says = f'--from "{pattern}" does not fit the rule, which counts in {limits.unit}: {fault}.'
        raise RequestError(says) from fault


def _current(given: Request, before: Taken | None, limits: Limits) -> Pattern | None:
    """What was given, dose by dose."""
    if before is None or given.current is None:
        return None
    doses = tuple(Quantity(dose, limits.unit) for dose in every_dose(before))
    return Pattern(doses=doses, cycle=given.current.cycle, on=given.current.on)


def _steps(
    steps: tuple[ForeignStep, ...], known: tuple[Taken, ...] | None, before: Taken | None, limits: Limits, hand: Hand
) -> Iterator[Step]:
    # In another unit than the rule's nothing can be told.
    derived = kinds(known or ((),) * len(steps), before, steps[-1].last is None)
    for step, kind in zip(steps, derived, strict=True):
        unit = limits.unit if known is not None or not step.doses else step.doses[0].dose.unit
        taken = tuple(_administration(index, dose, unit, hand) for index, dose in enumerate(step.doses))
        yield Step(Days(step.first, step.last), step.kind or kind, Regimen(unit, taken, step.cycle), _WHY)


def _administration(index: int, dose: ForeignDose, unit: str, hand: Hand) -> Administration:
    # Where no time is known any will do, in the order of the day: no law that looks at the clock is then checked.
    at = dose.at if dose.at is not None or dose.continuous else time(index)
    amount = dose.dose
    with suppress(ValueError):  # the verifier says so
        amount = amount.to(unit)
    return Administration(Slot(dose.slot or "dose", at), amount, hand.pieces(dose), dose.day)
