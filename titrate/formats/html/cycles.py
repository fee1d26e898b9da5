"""A regimen whose days differ: every other day, once a week. Its words, and the dates on which there is a dose."""

from __future__ import annotations

from datetime import date

from titrate.days import Days, between, plus
from titrate.formats.html.language import Language
from titrate.regimen import Regimen

# So many dates of one dose are listed; of more the first ones, and the list of days has all of them.
_MOST = 8
_FIRST = 3
_WEEK = 7


def regimen(tongue: Language, told: list[str], taken: Regimen) -> str:
    """`25 mg every 2 days`, `10 mg and 7.5 mg on alternate days`; `told` has each day of the cycle in words."""
    days = [number for number, day in enumerate(taken.each()) if day.administrations]
    if len(days) == 1 and taken.frequency > 1:
        return tongue.say("{doses}, on one day in {length}", doses=told[days[0]], length=tongue.days(taken.cycle))
    if len(days) == 1:
        return every(tongue, told[days[0]], taken.cycle)
    if taken.cycle == 2:
        return tongue.say("{first} and {second} on alternate days", first=told[0], second=told[1])
    return tongue.say("in turn on {length}: {days}", length=tongue.days(taken.cycle), days="; ".join(told))


def every(tongue: Language, dose: str, cycle: int) -> str:
    """`25 mg every 2 days`, `0.25 mg once a week`, `10 mg every 4 weeks`."""
    if cycle == _WEEK:
        return tongue.say("{dose} once a week", dose=dose)
    if cycle % _WEEK == 0:
        return tongue.say("{dose} every {count} weeks", dose=dose, count=str(cycle // _WEEK))
    return tongue.say("{dose} every {count} days", dose=dose, count=str(cycle))


def dates(tongue: Language, days: Days, taken: Regimen) -> tuple[str, ...]:
    """For each day of the cycle with a dose, on which dates of the step that is; nothing where every day is alike."""
    if taken.cycle == 1:
        return ()
    numbers = sorted({one.day for one in taken.administrations})
    return tuple(_dates(tongue, days, taken.cycle, number) for number in numbers)


def _dates(tongue: Language, days: Days, cycle: int, number: int) -> str:
    first, last = plus(days.first, number - 1), days.last
    if last is not None and first > last:
        return tongue.say("on no day of this step")
    count = None if last is None else between(first, last) // cycle + 1
    if cycle == _WEEK and count != 1:
        return _weekly(tongue, first, count)
    shown = _FIRST if count is None or count > _MOST else count
    listed = [tongue.short(plus(first, cycle * index)) for index in range(shown)]
    if shown == count:
        return tongue.say("on {days}", days=tongue.all_of(listed))
    if count is None:
        return tongue.say("on {days} and so on every {length}", days=", ".join(listed), length=tongue.days(cycle))
    until = tongue.short(plus(first, (count - 1) * cycle))
    return tongue.say(
        "on {days} and so on every {length}, the last time on {last}",
        days=", ".join(listed),
        length=tongue.days(cycle),
        last=until,
    )


def _weekly(tongue: Language, first: date, count: int | None) -> str:
    weekday = tongue.weekday(first)
    if count is None:
        return tongue.say("every {weekday} from {first} on", weekday=weekday, first=tongue.short(first))
    last = tongue.short(plus(first, (count - 1) * _WEEK))
    return tongue.say("every {weekday} from {first} to {last}", weekday=weekday, first=tongue.short(first), last=last)
