"""A pump's reservoir: what is in it, how much of that is not used, and for how long it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, replace
from datetime import date
from typing import Any, ClassVar, Literal

from titrate.days import Duration
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.source import Citation

About = Literal["stability", "residual", "reservoir", "concentration"]
_COMPLETE = '--concentration "500 micrograms/mL" --reservoir "20 mL" --residual "2 mL" --stability "77 days"'


@dataclass(frozen=True, slots=True)
class PumpFact:
    """What a source says of a pump (`model` `None`: of every one): `value` is the number with its unit."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    what: About
    model: str | None
    value: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Pump:
    """The filling of a pump. What a source says of it is in `sources`; the rest is set by the prescriber, from the
    pump's and the drug's own documents. Nothing has a default.

    `concentration` is an amount per mL; `reservoir` and `residual` are mL, the latter stays in the pump when it is
    filled again. `stability` is for how many days the drug may stay in it, the day of the filling included.
    `filled` is the day of the last filling (`None`: the first day of the schedule). `model` is the name of a pump that
    the rule knows; then `residual` and `stability` may be left to the rule (`None`, before `completed`).
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    concentration: Quantity
    reservoir: Quantity
    residual: Quantity | None
    stability: Duration | None
    filled: date | None = None
    model: str | None = field(default=None, repr=False)
    sources: tuple[PumpFact, ...] = field(default=(), repr=False)

    def completed(self, known: tuple[PumpFact, ...]) -> Pump:
        """With what the rule says of this pump, and where that comes from.

        Raises `RequestError` for a pump that the rule does not know, for what is still missing, and for a longer
        stability or a smaller residual volume than the source of the rule gives for the pump.
        """
        mine = {one.what: one for one in known if one.model is not None and _same(one.model, self.model)}
        if self.model is not None and not mine:
            names = ", ".join(dict.fromkeys(one.model for one in known if one.model is not None))
            there = f"it has data on {names}" if names else "it has data on none"
            raise RequestError(f"--pump {self.model[:40]}: the rule does not know this pump; {there}.", (_COMPLETE,))
        residual, stability = self.residual, self.stability
        if residual is None and "residual" in mine:
            residual = Quantity.parse(mine["residual"].value)
        if stability is None and "stability" in mine:
            stability = Duration.parse(mine["stability"].value)
        missing = [f"--{name}" for name, value in (("residual", residual), ("stability", stability)) if value is None]
        if missing:
            raise RequestError(f"A pump needs all of what is known of it; missing: {', '.join(missing)}.", (_COMPLETE,))
        found = replace(self, residual=residual, stability=stability)
        found._check_safe(mine)
        return replace(found, sources=tuple(found._said(known)))

    def _check_safe(self, mine: dict[About, PumpFact]) -> None:
        """Never less careful than the source."""
        assert self.residual is not None
        assert self.stability is not None
        if "stability" in mine and self.stability.days > Duration.parse(mine["stability"].value).days:
            fact = Fact(f"the drug keeps for {mine['stability'].value} in it", mine["stability"].citation)
            raise RequestError(f"--stability {self.stability} is longer than the rule says of {self.model}: {fact}.")
        if "residual" in mine and self.residual < Quantity.parse(mine["residual"].value):
            fact = Fact(f"{mine['residual'].value} stay in it", mine["residual"].citation)
            raise RequestError(f"--residual {self.residual} is less than the rule says of {self.model}: {fact}.")

    def _said(self, known: tuple[PumpFact, ...]) -> Iterator[PumpFact]:
        """Those of the numbers of this pump that are a source's."""
        for one in known:
            if one.model is None or _same(one.model, self.model):
                value = getattr(self, one.what)
                read = Duration.parse(one.value) if one.what == "stability" else Quantity.parse(one.value)
                if value == read:
                    yield one

    def fact(self, what: About, says: str) -> Fact:
        """One of its numbers, as `says` tells it, with its source, or none where the prescriber set it."""
        return Fact(says, next((one.citation for one in self.sources if one.what == what), None))

    @property
    def usable(self) -> Quantity:
        """How much drug one filling gives before the residual volume is reached."""
        unit = self.concentration.unit.split("/")[0]
        assert self.residual is not None
        return Quantity(self.concentration.amount * (self.reservoir - self.residual).amount, unit)

    @property
    def keeps(self) -> int:
        """For how many days the drug keeps in it."""
        assert self.stability is not None
        return self.stability.days

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
        assert self.residual is not None
        assert self.stability is not None
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


def _same(one: str, other: str | None) -> bool:
    return other is not None and one.casefold() == other.strip().casefold()
