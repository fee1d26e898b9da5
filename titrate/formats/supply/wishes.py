"""What a print says about pieces, liquids and the pump beside the doses."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.days import in_short
from titrate.formats.fitting import fit
from titrate.formats.supply import text
from titrate.limit import in_days
from titrate.product import Piece
from titrate.refill import fillings, per_hour
from titrate.request import Request
from titrate.schedule import Schedule


def of_pieces(request: Request) -> Iterator[str]:
    """What was asked, in clauses."""
    if request.max_pieces is not None:
        yield f"at most {request.max_pieces} piece{'' if request.max_pieces == 1 else 's'} for a dose"
    if request.liquid_below is not None:
        yield f"doses below {request.liquid_below} as a liquid"
    if request.measure is not None:
        yield f"volumes drawn up by {request.measure}"
    if request.at_hand:
        yield f"in the house and used first: {', '.join(map(str, request.at_hand))}"
    pump = request.pump
    if pump is not None:
        named = "a pump" if pump.model is None else f"a {pump.model} pump"
        yield (
            f"{named} with {pump.reservoir} of {pump.concentration}, of which {pump.residual} stay in it, "
            f"and which keeps for {pump.stability}"
        )


def of_dispensing(schedule: Schedule) -> Iterator[str]:
    """How it is dispensed, in clauses; none where nobody said so."""
    dispensing = schedule.dispensing
    if dispensing is None:
        return
    given = (one for step in schedule.steps for one in step.regimen.administrations)
    named = {piece.product.name: piece.product for one in given for piece in one.pieces}
    yield "all at once" if dispensing.fill is None else f"for {dispensing.fill} at a time"
    packs = [Piece(named[one.product], one.count) for one in dispensing.packs if one.product in named]
    if packs:
        yield f"in packs of {', '.join(map(str, packs))}"
    if dispensing.lead:
        yield f"ordered {in_days(dispensing.lead)} before the day before it is needed"
    if dispensing.margin:
        yield f"enough for {in_days(dispensing.margin)} more"
    if dispensing.keep_halves:
        yield "what is left of a divided piece is used for the next dose"


def of_pump(schedule: Schedule) -> Iterator[str]:
    """What a pump gives in a day and in an hour, exactly, and by when it is filled again."""
    if schedule.request.pump is not None:
        yield text.filled_with(schedule.request.pump)
    for step in schedule.steps:
        if step.regimen.continuous:
            day, hour = step.regimen.daily, text.rate(per_hour(step.regimen))
            yield fit(f"From {in_short(step.days.first)}: {day} a day, {hour}.")
    for one in fillings(schedule):
        yield text.told(schedule, one, schedule.issued.date())
