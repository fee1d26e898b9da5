"""A schedule in a few plain sentences, for whoever takes the medicine."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from titrate.formats.html import wording
from titrate.formats.html.language import Language
from titrate.schedule import Schedule, Step


def sentences(tongue: Language, schedule: Schedule, drug: str) -> tuple[str, ...]:
    """What is taken now, where it goes and when, and what happens at the end."""
    pump = any(step.regimen.continuous for step in schedule.steps)
    return (*_now(tongue, schedule, pump), *_phases(tongue, schedule, pump), *_end(tongue, schedule, drug, pump))


def _now(tongue: Language, schedule: Schedule, pump: bool) -> Iterator[str]:
    current = schedule.request.current
    if current is None or not current.total() or schedule.revised is not None:
        return  # the request of a revision says from what it goes on; what was taken before it is told elsewhere
    taken = wording.pattern(tongue, current)
    yield (
        tongue.say("Now the pump gives {regimen}.", regimen=taken)
        if pump
        else tongue.say("Now you take {regimen}.", regimen=taken)
    )


def _phases(tongue: Language, schedule: Schedule, pump: bool) -> Iterator[str]:
    """One sentence for each stretch of steps of a kind."""
    taken = [step for step in schedule.steps if step.regimen.administrations]
    for kind, group in groupby(taken, key=lambda step: step.kind):
        steps = list(group)
        first = tongue.long(steps[0].days.first)
        to = wording.regimen(tongue, steps[0].regimen)
        if kind == "maintenance":
            yield _stay(tongue, steps[-1], pump)
        else:
            yield _one(tongue, first, to, pump)
            if len(steps) > 1 and kind == "titration":
                yield tongue.say("Then the dose goes up step by step.")
            elif len(steps) > 1:
                last = wording.regimen(tongue, steps[-1].regimen)
                yield tongue.say("Then the dose goes down step by step, to {regimen}.", regimen=last)


def _one(tongue: Language, first: str, to: str, pump: bool) -> str:
    if pump:
        return tongue.say("From {day} the pump gives {regimen}.", day=first, regimen=to)
    return tongue.say("From {day} you take {regimen}.", day=first, regimen=to)


def _stay(tongue: Language, step: Step, pump: bool) -> str:
    first, to = tongue.long(step.days.first), wording.regimen(tongue, step.regimen)
    if step.days.last is None:
        if pump:
            return tongue.say("From {day} the pump stays at {regimen}.", day=first, regimen=to)
        return tongue.say("From {day} you stay on {regimen}.", day=first, regimen=to)
    last = tongue.long(step.days.last)
    if pump:
        return tongue.say("From {day} to {last} the pump stays at {regimen}.", day=first, last=last, regimen=to)
    return tongue.say("From {day} to {last} you stay on {regimen}.", day=first, last=last, regimen=to)


def _end(tongue: Language, schedule: Schedule, drug: str, pump: bool) -> Iterator[str]:
    if schedule.called_off:
        yield tongue.say("The plan was called off before its first dose: nothing of it is taken.")
    elif schedule.stops and schedule.last_dose is not None:
        first = tongue.long(schedule.steps[-1].days.first)
        if len(schedule.steps) > 1:
            yield tongue.say("The last dose is on {day}.", day=tongue.long(schedule.last_dose))
        if pump:
            yield tongue.say("From {day} the pump gives no {drug}.", day=first, drug=drug)
        else:
            yield tongue.say("From {day} you take no {drug}.", day=first, drug=drug)
    elif schedule.last is not None:
        yield tongue.say(
            "This plan ends on {day} with a dose, and nothing is planned after it. Do not stop: ask the prescriber.",
            day=tongue.long(schedule.last),
        )
    else:
        yield tongue.say(
            "This plan has no last day. Do not stop: {drug} goes on until the prescriber changes it.", drug=drug
        )
    if schedule.review is not None:
        yield tongue.say("The prescriber looks again on {day}.", day=tongue.long(schedule.review))
