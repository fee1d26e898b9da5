"""How a schedule is dispensed: what a pharmacy and a prescriber agree on once, and what is kept with the schedule."""

from __future__ import annotations

from typing import Any, ClassVar

from titrate.days import Duration
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.product import Stock


@dataclass(frozen=True, slots=True)
class Dispensing:
    """How a schedule is dispensed.

    `fill` is for how long each fill lasts (`None`: one for all of it), `packs` how much is in a pack, `lead` how many
    days before the day on which it is first needed a fill has to be ordered at the latest, besides the day before
    that; `margin` for how many days more each fill lasts, for a late refill or a slower taper. `keep_halves`: what is
    left of a divided piece is used for the next dose; otherwise it is thrown away. `at_hand` is what is in the house
    on the first day (`None`: what the request says).
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    fill: Duration | None = None
    packs: tuple[Stock, ...] = ()
    lead: int = 0
    margin: int = 0
    keep_halves: bool = False
    at_hand: tuple[Stock, ...] | None = None

    def __post_init__(self) -> None:
        for option, stocks in (("--pack", self.packs), ("--at-hand", self.at_hand or ())):
            names = [one.product for one in stocks]
            wrong = next((one for one in stocks if one.count <= 0 or names.count(one.product) > 1), None)
            if wrong is not None:
                raise RequestError(f"{option} {wrong}: each product once, and more than nothing of it.")
