"""What the prescriber asks for."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field, fields
from datetime import date, datetime, time
from typing import Any, ClassVar, Literal

from titrate.days import Duration
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.patient import Patient
from titrate.product import Handling, Stock
from titrate.pump import Pump
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.scale import Scale
from titrate.source import Citation, Source

Goal = Literal["plan", "taper"]
Split = Literal["even", "uneven"]


@dataclass(frozen=True, slots=True)
class Approval:
    """Something that the source asks for above some dose or for some patients (`asks`), and who gave it (`by`)."""

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    asks: str
    by: str

    @classmethod
    def parse(cls, text: str) -> Approval:
        """Read `second opinion: Dr Lang`. Raises `ValueError` where one of the two is missing."""
        asks, _, by = (part.strip() for part in text.partition(":"))
        if not asks or not by:
            raise ValueError(
                f'"{text[:60]}" does not say both what was asked for and who gave it; '
                'write for example "second opinion: Dr Lang"'
            )
        return cls(asks, by)

    def __str__(self) -> str:
        return f"{self.asks}: {self.by}"


@dataclass(frozen=True, slots=True)
class Request:
    """One request for a schedule. `start` is the first day on which something changes.

    `goal` "plan" goes to `target` and stays there (for `maintain`, then off the drug if `then_stop`); "taper"
    goes from `current` to nothing. `current` is what the patient takes now, `since` from which day;
    `finish_by` the day of the last dose. `by` and `every` are the prescriber's own pace. `products` and `times`
    narrow what is at hand and when it is taken. `max_pieces` is of how many pieces a dose is made at most;
    doses smaller than `liquid_below` are measured and only they; `measure` says which volumes can be drawn up;
    `at_hand` is used first. `pump` is the filling of a pump. `approved` is who gave what the source
    asks for. `issued` is when the request was made (UTC): it stamps
    what is written, so that one request always gives the same bytes.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    rule: str
    goal: Goal
    start: date
    issued: datetime
    current: Pattern | None = None
    since: date | None = None
    target: Pattern | None = None
    maintain: Duration | None = None
    then_stop: bool = False
    finish_by: date | None = None
    review: date | None = None
    by: Quantity | None = None
    every: Duration | None = None
    patient: Patient = field(default_factory=Patient)
    products: tuple[str, ...] | None = None
    times: tuple[time, ...] | None = None
    split: Split | None = None
    tz: str | None = None
    label: str | None = None
    max_pieces: int | None = field(default=None, repr=False)
    at_hand: tuple[Stock, ...] = field(default=(), repr=False)
    measure: Scale | None = field(default=None, repr=False)
    liquid_below: Quantity | None = field(default=None, repr=False)
    pump: Pump | None = field(default=None, repr=False)
    approved: tuple[Approval, ...] = field(default=(), repr=False)

    @property
    def identity(self) -> str:
        """All that is asked for, as a text that a wish which nobody made does not change."""
        later = {one.name: getattr(self, one.name) for one in fields(self) if not one.repr}
        return repr(self) + "".join(f" {name}={value!r}" for name, value in later.items() if value)

    def check(self) -> None:
        """Whether the request makes sense by itself. Raises `RequestError` with what contradicts what."""
        for wrong, message, way_out in (*self._goal_faults(), *self._day_faults(), *self._piece_faults()):
            if wrong:
                raise RequestError(message, (way_out,))

    def _goal_faults(self) -> Iterator[tuple[bool, str, str]]:
        """What is missing for where it goes, or too much: whether it is so, the sentence, a way out."""
        taper, stops = self.goal == "taper", self.goal == "taper" or self.then_stop
        yield taper and self.current is None, "A taper needs what the patient takes now.", '--from "20 mg x3"'
        yield (
            taper and bool(self.target or self.maintain or self.then_stop),
            "A taper goes to nothing: it has no target and nothing to maintain.",
            'to go down to a lower dose and stay there: titrate plan RULE --from "20 mg x4" --target "10 mg x3"',
        )
        yield not taper and self.target is None, "A plan needs a target.", '--target "20 mg x3" or --target "60 mg/day"'
        yield (
            self.then_stop and self.maintain is None,
            "To stop after a while, say how long to stay.",
            '--maintain "8 weeks"',
        )
        yield (
            self.finish_by is not None and not stops,
            "A day of the last dose (--finish-by) was given for a plan that does not stop.",
            'add --maintain "8 weeks" --then-stop',
        )
        yield (
            self.review is not None and stops,
            "A review day (--review) belongs to a plan without an end; this one stops.",
            "leave out --review",
        )
        yield (
            self.review is not None and self.maintain is not None and not stops,
            "The review day was given twice: with --review, and as the end of --maintain.",
            "leave out one of them",
        )

    def _day_faults(self) -> Iterator[tuple[bool, str, str]]:
        """What cannot be about its days, likewise."""
        yield (
            self.review is not None and self.review <= self.start,
            f"The review on {self.review} is not after the start on {self.start}.",
            "give a later day with --review",
        )
        yield (
            self.since is not None and self.current is None,
            "--since tells how long --from is taken; --from is missing.",
            '--from "10 mg x3"',
        )
        yield (
            self.since is not None and self.since >= self.start,
            f"The patient has what they take now since {self.since}, which is not before the start on {self.start}.",
            "give an earlier --since or a later --start",
        )
        yield (
            self.finish_by is not None and self.finish_by < self.start,
            f"The last dose on {self.finish_by} would be before the start on {self.start}.",
            "give a later --finish-by",
        )

    def _piece_faults(self) -> Iterator[tuple[bool, str, str]]:
        """What cannot be about pieces, likewise."""
        few = self.max_pieces is not None and self.max_pieces < 1
        yield few, f"--max-pieces {self.max_pieces} makes no dose at all.", "--max-pieces 4"
        names = [stock.product for stock in self.at_hand]
        twice = next((name for name in names if names.count(name) > 1), None)
        yield twice is not None, f"--at-hand names {twice} twice.", f"add the two up, --at-hand {twice}=12"
        below = next((str(stock) for stock in self.at_hand if stock.count <= 0), None)
        yield below is not None, f"--at-hand {below} is nothing.", "leave it out"
        edge = self.liquid_below
        yield (
            edge is not None and edge.amount <= 0,
            f"--liquid-below {edge} is below no dose.",
            '--liquid-below "10 mg"',
        )

    def handling(self, mixed: bool = True) -> Handling:
        """How a dose may be made; `mixed`: also of pieces and a measured volume together."""
        return Handling(self.max_pieces, self.liquid_below, mixed)

    @property
    def given(self) -> dict[str, str]:
        """Who gave what the source asks for, by what it is in lower case."""
        return {one.asks.casefold(): one.by for one in self.approved}

    def citation(self, at: str) -> Citation:
        """What a number that the prescriber set cites: this request."""
        day = self.issued.date()
        source = Source("request", "the request", "the prescriber", day.isoformat(), "")
        return Citation(source, at, day, "prescriber")
