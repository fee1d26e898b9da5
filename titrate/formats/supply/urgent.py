"""What must not be missed about the supply, whatever it is written as: sentences for whoever dispenses."""

from __future__ import annotations

from datetime import date

from titrate.days import in_words
from titrate.refill import Filling
from titrate.schedule import Schedule
from titrate.supply import Supply


def sentences(schedule: Schedule, supply: Supply, fillings: tuple[Filling, ...], today: date) -> list[str]:
    """Days to order and to fill a pump that have passed on `today`, when the first fill runs out, and that the medicine
    goes on."""
    said = [
        f"Fill {fill.number} had to be ordered by {in_words(fill.order_by)}, which has passed: order it today."
        for fill in supply.late(today)
    ]
    if len(supply.fills) > 1:
        first, second = supply.fills[0], supply.fills[1]
        assert first.runs_out is not None or first.next_by is None
        if first.runs_out is not None and first.next_by is not None and second.order_by >= today:
            said.append(
                f"Fill 1 runs out on {in_words(first.runs_out)}, before the end: order fill 2 by "
                f"{in_words(first.next_by)}."
            )
    if supply.goes_on and supply.fills:
        last = supply.fills[-1]
        if last.runs_out is not None and last.next_by is not None:
            said.append(
                f"The medicine goes on: what is counted here runs out on {in_words(last.runs_out)}; "
                f"order more by {in_words(last.next_by)}."
            )
    said += [
        f"The pump had to be filled again by {in_words(one.days.last)}, which has passed: ring the clinic today."
        for one in fillings[:1]
        if one.days.last is not None and one.days.last < today and one.days.last != schedule.last_dose
    ]
    if any(step.regimen.continuous for step in schedule.steps) and not fillings:
        said.append(
            "Nothing was said about the pump, so when it has to be filled again is not known: plan with "
            "--concentration, --reservoir, --residual and --stability."
        )
    return said
