"""The supply as plain text in tables, for pipes, files and terminals."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Sequence
from datetime import date

from titrate.days import Days, in_short, in_words
from titrate.formats.fitting import NBSP, fit
from titrate.product import Piece
from titrate.pump import Pump
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.refill import Filling, per_hour
from titrate.schedule import Schedule
from titrate.supply import Fill, Supply

WIDTH = 78


def write(schedule: Schedule, supply: Supply, fillings: tuple[Filling, ...], today: date) -> str:
    """All of it; `today` tells which days to order have passed."""
    lines = [line.replace(NBSP, " ").rstrip() for line in _lines(schedule, supply, fillings, today)]
    return "\n".join(lines) + "\n"


def _lines(schedule: Schedule, supply: Supply, fillings: tuple[Filling, ...], today: date) -> Iterator[str]:
    title = f"Supply: {fit(schedule.rule.title)}"
    yield from (title, "=" * len(title), "")
    yield from _wrapped(f"Plan {fit(schedule.plan)}, revision {schedule.revision}. {_until(schedule, supply)}")
    if supply.used:
        yield from _wrapped(_said(schedule, supply))
        yield from _steps(supply)
        yield from _of_fills(supply, today)
        left = ", ".join(map(_counted, supply.left)) or "nothing"
        yield from _wrapped(f"Left over on {in_short(supply.days.last or supply.days.first)}: {left}.")
    if fillings:
        yield from _pump(schedule, fillings, today)
    elif any(step.regimen.continuous for step in schedule.steps):
        yield from ("", *_rates(schedule), "")
        yield from _wrapped("When the pump is filled again is not known: nothing was said about the pump.")
    for note in schedule.notes:
        if note.topic == "never stop suddenly":
            yield from ("", *_wrapped(fit(note.says)))


def _until(schedule: Schedule, supply: Supply) -> str:
    if schedule.called_off:
        return "It was called off before its first dose: nothing is dispensed."
    first, last = in_short(supply.days.first), in_short(supply.days.last or supply.days.first)
    if not supply.goes_on:
        return f"From {first} to the last dose on {last}."
    review = " the day before the review on " if schedule.review is not None else ""
    named = f",{review}{in_short(schedule.review)}" if schedule.review is not None else ""
    return f"From {first} to {last}{named}. The medicine goes on after that; do not let it run out."


def _said(schedule: Schedule, supply: Supply) -> str:
    wishes = supply.dispensing
    given = (one for step in schedule.steps for one in step.regimen.administrations)
    said = []
    if any(piece.divided for one in given for piece in one.pieces):
        said.append(
            "What is left of a divided tablet is kept and used for the next dose."
            if wishes.keep_halves
            else "A divided tablet counts as a whole one: what is left of it is not used (--keep-halves uses it)."
        )
    if supply.at_hand:
        said.append(f"In the house already: {', '.join(map(_counted, supply.at_hand))}; it is used first.")
    if wishes.margin:
        said.append(f"Each fill lasts {_in_days(wishes.margin)} longer, for a late refill or a slower taper.")
    return " ".join(said)


def _in_days(count: int) -> str:
    return f"{count} day{'' if count == 1 else 's'}"


def _counted(piece: Piece) -> str:
    return fit(str(piece))


def _steps(supply: Supply) -> Iterator[str]:
    yield from ("", "Used", "----")
    rows = [
        (f"step {step.number}" if index == 0 else "", _span(step.days) if index == 0 else "", _counted(piece))
        for step in supply.steps
        for index, piece in enumerate(step.counts)
    ]
    rows += [("in all" if index == 0 else "", "", _counted(piece)) for index, piece in enumerate(supply.used)]
    yield from _columns(rows)


def _span(days: Days) -> str:
    last = days.last or days.first
    return in_short(days.first) if last == days.first else f"{in_short(days.first)} to {in_short(last)}"


def _of_fills(supply: Supply, today: date) -> Iterator[str]:
    yield from ("", "Fills", "-----")
    if not supply.fills:
        yield "None: what is in the house lasts."
    for fill in supply.fills:
        passed = " (this day has passed: order it today)" if fill.order_by < today else ""
        yield from _wrapped(f"Fill {fill.number}: order by {in_short(fill.order_by)}{passed}; {_lasts(fill, supply)}")
        for item in fill.items:
            packs = "" if item.packs is None else f", in {item.packs} pack{'' if item.packs == 1 else 's'}"
            yield f"    {_counted(item.piece)}{packs}"
    if supply.fills:
        yield from _wrapped(f"In all: {', '.join(map(_counted, supply.dispensed))}.")


def _lasts(fill: Fill, supply: Supply) -> str:
    needed = f"first needed on {in_short(fill.needed)}"
    if fill.runs_out is None:
        return f"{needed}, lasts to the end."
    assert fill.next_by is not None, fill
    more = "" if fill.number < len(supply.fills) else f", so that more has to be ordered by {in_short(fill.next_by)}"
    return f"{needed}, runs out on {in_short(fill.runs_out)}{more}."


def rate(quantity: Quantity) -> str:
    """`12.5 micrograms an hour`, or `25/6 micrograms an hour (4 and 1/6)`, exactly."""
    whole, part = int(quantity.amount), quantity.amount - int(quantity.amount)
    mixed = f" ({whole} and {part.numerator}/{part.denominator})" if "/" in quantity.number and whole else ""
    return f"{quantity} an hour{mixed}"


def _rates(schedule: Schedule) -> Iterator[str]:
    rows = [
        (f"step {number}", in_short(step.days.first), f"{step.regimen.daily} a day", rate(per_hour(step.regimen)))
        for number, step in enumerate(schedule.steps, 1)
        if step.regimen.continuous
    ]
    yield from _columns([tuple(map(fit, row)) for row in rows])


def _pump(schedule: Schedule, fillings: Sequence[Filling], today: date) -> Iterator[str]:
    pump = schedule.request.pump
    assert pump is not None
    yield from ("", "Pump", "----")
    yield from _wrapped(filled_with(pump))
    yield from _rates(schedule)
    yield ""
    for filling in fillings:
        yield from _wrapped(told(schedule, filling, today))


def filled_with(pump: Pump) -> str:
    """What is in a pump, what of it can be used and for how long it keeps, each with its source."""
    facts = (
        pump.fact("reservoir", f"{pump.reservoir} in it"),
        pump.fact("concentration", f"{pump.concentration}"),
        pump.fact("residual", f"{pump.residual} stay in it, so {pump.usable} can be used"),
        pump.fact("stability", f"it keeps for {pump.stability}"),
    )
    if not pump.sources:
        volume, concentration, *rest = (fact.says for fact in facts)
        told = f"{volume.removesuffix(' in it')} of {concentration}; {'; '.join(rest)}"
        return fit(f"{told} (all set by the prescriber).")
    named = "" if pump.model is None else f"{pump.model}: "
    return fit(f"{named}{'; '.join(map(_with_source, facts))}.")


def _with_source(fact: Fact) -> str:
    return f"{fact.says} (set by the prescriber)" if fact.citation is None else str(fact)


def told(schedule: Schedule, filling: Filling, today: date) -> str:
    """For how long a filling is used, by when the pump is filled again and why, when the alarm would sound."""
    first, last = filling.days.first, filling.days.last
    assert last is not None, filling
    head = f"Filling {filling.number}, of {in_short(first)}: {_in_days(filling.lasts)}."
    if schedule.last_dose == last:
        return fit(f"{head} It lasts to the end on {in_short(last)}.")
    passed = " (this day has passed: ring the clinic today)" if last < today else ""
    empty = "" if filling.empty is None else f"; the residual volume would be reached on {in_short(filling.empty)}"
    keeps = f"; the drug keeps until {in_short(filling.keeps)}"
    why = "because of its stability" + empty if filling.ends_by == "stability" else "before it is empty" + keeps
    alarm = "" if filling.alarm is None else f" The low-reservoir alarm would sound on {in_short(filling.alarm)}."
    return fit(f"{head} Fill it again by {in_words(last)}{passed}, {why}.{alarm}")


def _columns(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    table = list(rows)
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _wrapped(text: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, break_long_words=False, break_on_hyphens=False)
