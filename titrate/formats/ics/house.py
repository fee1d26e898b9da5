"""What has to be in the house, or in the pump: by when to order, when it runs out, when a pump is filled again."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from titrate.days import in_words, plus
from titrate.dispensing import Dispensing
from titrate.formats.ics import wording
from titrate.frozen import dataclass
from titrate.refill import Filling, fillings
from titrate.schedule import Schedule
from titrate.supply import Fill, Supply, of, used_by

_WEEK = 7


@dataclass(frozen=True, slots=True)
class Reminder:
    """Something to do on a day. `name` tells it from the others of the plan."""

    day: date
    name: str
    title: str
    text: str


def reminders(schedule: Schedule, dispensing: Dispensing | None, today: date, discreet: bool) -> Iterator[Reminder]:
    """Those of the supply, where `dispensing` says how it is dispensed, and of the pump, where there is one.

    A day to order that had passed on the day of issue, `today`, is told on that day. Raises `RequestError` as
    `titrate.supply.of` and `titrate.refill.fillings` do.
    """
    if dispensing is not None:
        supply = of(schedule, used_by(schedule, dispensing))
        for index, fill in enumerate(supply.fills):
            yield _order(schedule, fill, today, discreet)
            if fill.runs_out is not None:
                yield _runs_out(schedule, supply, index, discreet)
        last = supply.fills[-1] if supply.fills else None
        if last is not None and last.next_by is not None:
            yield _order_more(schedule, last, last.next_by, today, discreet)
    for filling in fillings(schedule):
        yield from _refill(schedule, filling, discreet)


def _closing(schedule: Schedule) -> list[str]:
    return [f"Plan {schedule.plan}, revision {schedule.revision}."]


def _late(day: date, today: date) -> list[str]:
    return [f"The latest day was {in_words(day)}."] if day < today else []


def _order(schedule: Schedule, fill: Fill, today: date, discreet: bool) -> Reminder:
    drug = "medicine" if discreet else schedule.rule.drug
    items = [
        f"{item.piece}" + ("" if item.packs is None else f" ({item.packs} pack{'' if item.packs == 1 else 's'})")
        for item in fill.items
    ]
    said = [
        f"Order fill {fill.number} today at the latest: {' and '.join(items)}.",
        *_late(fill.order_by, today),
        f"It is first needed on {in_words(fill.needed)}.",
    ]
    text = wording.fitted(said, wording.warning(schedule), _closing(schedule))
    title = f"Order {drug} today at the latest {wording.tag(schedule)}"
    return Reminder(max(fill.order_by, today), f"order-{fill.number}", title, text)


def _order_more(schedule: Schedule, fill: Fill, by: date, today: date, discreet: bool) -> Reminder:
    """After the last fill that is counted, where the medicine goes on."""
    drug = "medicine" if discreet else schedule.rule.drug
    assert fill.runs_out is not None, fill
    said = [
        "The medicine goes on: ask the prescriber for more today at the latest.",
        *_late(by, today),
        f"What there is runs out on {in_words(fill.runs_out)}.",
    ]
    text = wording.fitted(said, wording.warning(schedule), _closing(schedule))
    return Reminder(
        max(by, today), "order-more", f"Order more {drug} today at the latest {wording.tag(schedule)}", text
    )


def _runs_out(schedule: Schedule, supply: Supply, index: int, discreet: bool) -> Reminder:
    fill = supply.fills[index]
    assert fill.runs_out is not None, fill
    drug = wording.drug(schedule, discreet)
    after = f"fill {fill.number + 1}" if index + 1 < len(supply.fills) else "more"
    said = [
        f"What was dispensed with fill {fill.number} covers today, and not every dose of tomorrow.",
        f"Have {after} in the house today.",
    ]
    text = wording.fitted(said, wording.warning(schedule), _closing(schedule))
    title = f"{drug}: fill {fill.number} runs out today {wording.tag(schedule)}"
    return Reminder(fill.runs_out, f"runs-out-{fill.number}", title, text)


def _refill(schedule: Schedule, filling: Filling, discreet: bool) -> Iterator[Reminder]:
    """The day of the next filling, a week before it, and the day of the alarm."""
    day = filling.days.last
    assert day is not None, filling
    if day == schedule.last_dose:
        return
    pump = "Medicine" if discreet else "Pump"
    because = "the drug keeps no longer" if filling.ends_by == "stability" else "it is nearly empty then"
    said = [
        f"The pump has to be filled again by {in_words(day)}: {because}.",
        "Ring the clinic if there is no appointment.",
    ]
    for name, on, when in (("refill-in-a-week", plus(day, -_WEEK), "in a week"), ("refill", day, "by today")):
        if name == "refill" or on > filling.days.first:
            text = wording.fitted(said, wording.warning(schedule), _closing(schedule))
            title = f"{pump}: fill it again {when} {wording.tag(schedule)}"
            yield Reminder(on, f"{name}-{filling.number}", title, text)
    if filling.alarm is not None and filling.alarm > day:
        alarm = [
            f"If the pump was not filled again by {in_words(day)}, its low-reservoir alarm sounds today.",
            "Then ring the clinic at once.",
        ]
        text = wording.fitted(alarm, wording.warning(schedule), _closing(schedule))
        title = f"{pump}: the alarm would sound today {wording.tag(schedule)}"
        yield Reminder(filling.alarm, f"alarm-{filling.number}", title, text)
