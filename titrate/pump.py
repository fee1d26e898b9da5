"""A pump's reservoir: what is in it, how much of that is not used, and for how long it keeps."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

from titrate.days import Duration
from titrate.errors import RequestError
from titrate.quantity import Quantity


@dataclass(frozen=True, slots=True)
class Pump:
    """All of it is set by the prescriber, from the pump's and the drug's own documents; nothing has a default.

    `concentration` is an amount per mL; `reservoir` and `residual` are mL, the latter stays in the pump when it is
    filled again. `stability` is for how many days the drug may stay in it, the day of the filling included.
    `filled` is the day of the last filling (`None`: the first day of the schedule).
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    concentration: Quantity
    reservoir: Quantity
    residual: Quantity
    stability: Duration
    filled: date | None = None

    @property
    def usable(self) -> Quantity:
        """How much drug one filling gives before the residual volume is reached."""
        unit = self.concentration.unit.split("/")[0]
        return Quantity(self.concentration.amount * (self.reservoir - self.residual).amount, unit)

    def check(self, unit: str) -> None:
        """Whether it makes sense for doses in `unit`. Raises `RequestError` with the option that does not."""
        amount, _, per = self.concentration.unit.partition("/")
        if per != "mL" or self.concentration.amount <= 0:
            raise RequestError(
                f"--concentration {self.concentration} is no amount per mL.", ('--concentration "500 micrograms/mL"',)
            )
        try:
            Quantity(self.concentration.amount, amount).to(unit)
        except ValueError as fault:
            says = f"--concentration {self.concentration} does not fit doses in {unit}: {fault}."
            raise RequestError(says, ('--concentration "500 micrograms/mL"',)) from fault
        for option, volume in (("--reservoir", self.reservoir), ("--residual", self.residual)):
            if volume.unit != "mL" or volume.amount < 0:
                raise RequestError(f"{option} {volume} is no volume in mL.", (f'{option} "20 mL"',))
        if self.residual >= self.reservoir:
            raise RequestError(
                f"The residual volume of {self.residual} leaves nothing of a reservoir of {self.reservoir}.",
                ('for example --reservoir "20 mL" --residual "2 mL"',),
            )
        if self.stability.unit not in ("day", "week"):
            raise RequestError(f"--stability {self.stability} has no fixed length.", ('--stability "77 days"',))
