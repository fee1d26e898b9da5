"""By when to order more, and when a pump is filled again, in the words of a handout."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.dispensing import Dispensing
from titrate.formats.html import wording
from titrate.formats.html.language import Language
from titrate.refill import Filling, fillings, per_hour
from titrate.schedule import Schedule
from titrate.supply import Fill, Supply, of, used_by


def orders(tongue: Language, schedule: Schedule, dispensing: Dispensing | None) -> tuple[str, ...]:
    """A sentence or two for each fill; none where nobody said how it is dispensed."""
    if dispensing is None:
        return ()
    supply = of(schedule, used_by(schedule, dispensing))
    return tuple(_orders(tongue, supply))


def _orders(tongue: Language, supply: Supply) -> Iterator[str]:
    for fill in supply.fills:
        ordered = tongue.say("Order by {day}: {pieces}.", day=tongue.long(fill.order_by), pieces=_items(tongue, fill))
        needed = tongue.long(fill.needed)
        if fill.runs_out is None:
            lasts = tongue.say("It is first needed on {day} and lasts to the end.", day=needed)
        else:
            out = tongue.long(fill.runs_out)
            lasts = tongue.say("It is first needed on {day} and runs out on {day2}.", day=needed, day2=out)
        yield f"{ordered} {lasts}"
    last = supply.fills[-1] if supply.fills else None
    if last is not None and last.next_by is not None:
        yield tongue.say("The medicine goes on: ask for more by {day}.", day=tongue.long(last.next_by))


def _items(tongue: Language, fill: Fill) -> str:
    told = []
    for item in fill.items:
        said = wording.piece(tongue, item.piece)
        if item.packs is not None:
            packs = tongue.many("{count} pack", "{count} packs", item.packs)
            said = f"{said} ({packs})"
        told.append(said)
    return tongue.all_of(told)


def pump(tongue: Language, schedule: Schedule) -> tuple[str, ...]:
    """What a pump gives in a day and in an hour, exactly, and by when it is filled again."""
    rates = [
        tongue.say(
            "From {day}: {amount} a day, that is {amount2} an hour.",
            day=tongue.long(step.days.first),
            amount=tongue.quantity(step.regimen.daily),
            amount2=tongue.quantity(per_hour(step.regimen)),
        )
        for step in schedule.steps
        if step.regimen.continuous
    ]
    return (*rates, *(said for one in fillings(schedule) for said in _filling(tongue, schedule, one)))


def _filling(tongue: Language, schedule: Schedule, filling: Filling) -> Iterator[str]:
    day = filling.days.last
    if day is None or day == schedule.last_dose:
        return
    said = tongue.say("The pump has to be filled again by {day}.", day=tongue.long(day))
    if filling.alarm is not None and filling.alarm > day:
        alarm = tongue.say("If it is not, its low-reservoir alarm sounds on {day}.", day=tongue.long(filling.alarm))
        said = f"{said} {alarm}"
    yield said
