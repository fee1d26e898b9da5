"""What was typed, read into a request: every value by name, so that an error can say which option is wrong."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any, TypeVar

from titrate.days import Duration, parse_date, parse_time
from titrate.dispensing import Dispensing
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.patient import Patient, Setting
from titrate.product import Stock
from titrate.pump import Pump
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Approval, Goal, Request, Split
from titrate.scale import Scale

Read = TypeVar("Read")


@dataclass(frozen=True, slots=True)
class Typed:
    """The options of `plan` and `taper` as text; `None` where an option was not typed."""

    start: str
    current: str | None = None
    since: str | None = None
    target: str | None = None
    maintain: str | None = None
    then_stop: bool = False
    finish_by: str | None = None
    review: str | None = None
    by: str | None = None
    every: str | None = None
    age: str | None = None
    weight: str | None = None
    creatinine_clearance: str | None = None
    egfr: str | None = None
    dialysis: bool | None = None
    taking: str | None = None
    setting: str | None = None
    origin: str | None = None
    screening_dose: str | None = None
    screening_effect: str | None = None
    products: str | None = None
    times: str | None = None
    uneven: bool | None = None
    tz: str | None = None
    label: str | None = None
    max_pieces: int | None = None
    at_hand: str | None = None
    measure: str | None = None
    liquid_below: str | None = None
    concentration: str | None = None
    reservoir: str | None = None
    residual: str | None = None
    stability: str | None = None
    filled: str | None = None
    pump: str | None = None
    approved_by: Sequence[str] | None = None

    def request(self, rule: str, goal: Goal, issued: datetime, today: date) -> Request:
        """The request. `issued` is its moment (UTC), `today` the day that "today" means.

        Raises `RequestError` that names the option, the value, what is allowed and an example.
        """

        def day(option: str, text: str | None) -> date | None:
            return read(option, text, lambda value: parse_date(value, today))

        start = day("--start", self.start)
        assert start is not None
        split: Split | None = None if self.uneven is None else "uneven" if self.uneven else "even"
        return Request(
            rule=rule,
            goal=goal,
            start=start,
            issued=issued,
            current=read("--from", self.current, Pattern.parse),
            since=day("--since", self.since),
            target=read("--target", self.target, Pattern.parse),
            maintain=read("--maintain", self.maintain, Duration.parse),
            then_stop=self.then_stop,
            finish_by=day("--finish-by", self.finish_by),
            review=self._review(start, day),
            by=read("--by", self.by, _pace),
            every=read("--every", self.every, Duration.parse),
            patient=self.patient(),
            products=read("--products", self.products, listed),
            times=read("--times", self.times, _clock),
            split=split,
            tz=read("--tz", self.tz, known_zone),
            label=self.label,
            max_pieces=self.max_pieces,
            at_hand=read("--at-hand", self.at_hand, stocks) or (),
            measure=read("--measure", self.measure, Scale.parse),
            liquid_below=read("--liquid-below", self.liquid_below, Quantity.parse),
            pump=self._pump(day),
            approved=tuple(
                filter(None, (read("--approved-by", text, Approval.parse) for text in self.approved_by or ()))
            ),
        )

    def _approved(self) -> tuple[Approval, ...]:
        found = (read("--approved-by", text, Approval.parse) for text in self.approved_by or ())
        return tuple(one for one in found if one is not None)

    def _pump(self, day: Callable[[str, str | None], date | None]) -> Pump | None:
        """The filling of a pump: all of it, or nothing; nothing about a pump has a default. What stays in it and for
        how long it keeps may be left to a rule that knows the pump."""
        concentration = read("--concentration", self.concentration, Quantity.parse)
        reservoir = read("--reservoir", self.reservoir, Quantity.parse)
        residual = read("--residual", self.residual, Quantity.parse)
        stability = read("--stability", self.stability, Duration.parse)
        filled = day("--filled", self.filled)
        model = self.pump.strip() if self.pump is not None else None
        if concentration and reservoir and (model or (residual is not None and stability)):
            return Pump(concentration, reservoir, residual, stability, filled, model)
        named = ("--concentration", "--reservoir", "--residual", "--stability", "--filled")
        given = (self.concentration, self.reservoir, self.residual, self.stability, self.filled)
        needed = 2 if model else 4
        missing = [name for name, value in zip(named[:needed], given[:needed], strict=True) if not value]
        if not any(given) and not model:
            return None
        raise RequestError(
            f"A pump needs all of what is known of it; missing: {', '.join(missing)}.",
            ('--concentration "500 micrograms/mL" --reservoir "20 mL" --residual "2 mL" --stability "77 days"',),
        )

    def _review(self, start: date, day: Callable[[str, str | None], date | None]) -> date | None:
        """A review may also be given as a time after the start: `8 weeks`."""
        if self.review is None:
            return None
        try:
            return Duration.parse(self.review).after(start)
        except ValueError:
            return day("--review", self.review)

    def patient(self) -> Patient:
        """The facts about the patient that were typed."""
        try:
            return Patient(
                age=read("--age", self.age, _in("years")),
                weight=read("--weight", self.weight, _in("kg")),
                creatinine_clearance=read("--creatinine-clearance", self.creatinine_clearance, _in("mL/min")),
                egfr=read("--egfr", self.egfr, _in("mL/min/1.73m2")),
                dialysis=self.dialysis,
                taking=read("--taking", self.taking, _medicines),
                setting=read("--setting", self.setting, _setting),
                origin=read("--origin", self.origin, _origin),
                screening_dose=read("--screening-dose", self.screening_dose, _in("micrograms")),
                screening_effect=read("--screening-effect", self.screening_effect, _in("hours")),
            )
        except ValueError as fault:
            raise RequestError(f"The patient: {fault}.") from fault


def read(option: str, text: str | None, reader: Callable[[str], Read]) -> Read | None:
    """`text` read by `reader`, or `None`. Raises `RequestError` that names the option."""
    if text is None:
        return None
    try:
        return reader(text)
    except ValueError as fault:
        raise RequestError(f"{option}: {fault}.") from fault


def stocks(text: str) -> tuple[Stock, ...]:
    """`10mg=12, solution=150mL`: how much there is of each product, in pieces and parts of them or in mL."""
    return tuple(Stock(name, count) for name, count in map(counted, listed(text)))


def dispensing(
    fill: str | None,
    pack: str | None,
    lead: str | None,
    margin: str | None,
    keep_halves: bool | None,
    at_hand: str | None = None,
    kept: Dispensing | None = None,
) -> Dispensing:
    """How a schedule is dispensed: what was typed, and else what is `kept` with it.

    Raises `RequestError` that names the option.
    """
    told: dict[str, Any] = {
        "fill": read("--fill", fill, Duration.parse),
        "packs": read("--pack", pack, stocks),
        "lead": read("--lead", lead, _days),
        "margin": read("--margin", margin, _days),
        "keep_halves": keep_halves,
        "at_hand": read("--at-hand", at_hand, stocks),
    }
    return replace(kept or Dispensing(), **{name: value for name, value in told.items() if value is not None})


def dispensing_if_asked(
    fill: str | None,
    pack: str | None,
    lead: str | None,
    margin: str | None,
    keep_halves: bool | None,
    kept: Dispensing | None = None,
) -> Dispensing | None:
    """The same beside other things that are written, where what is at hand is the request's to say; `None` where
    nothing about it was typed or kept."""
    if not (fill or pack or lead or margin) and keep_halves is None:
        return kept
    return dispensing(fill, pack, lead, margin, keep_halves, None, kept)


def _days(text: str) -> int:
    return Duration.parse(text).days


def counted(text: str) -> tuple[str, Fraction]:
    """`10mg=84`, `10mg=12.5`, `solution=300mL`: a product by its name, and how much of it."""
    match = re.fullmatch(r"([A-Za-z0-9][A-Za-z0-9.+-]*) ?= ?(\d{1,7}(?:\.\d{1,4}|/[1-4])?)(?: ?mL)?", text, re.ASCII)
    if match is None:
        raise ValueError(f'"{text[:40]}" is no product and how much of it; write for example "10mg=84"')
    return match[1], Fraction(match[2])


def listed(text: str) -> tuple[str, ...]:
    """`10mg, 20mg` as its parts."""
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _in(unit: str) -> Callable[[str], Quantity]:
    """A reader of amounts that names `unit` where none was typed."""

    def reader(text: str) -> Quantity:
        if text.strip().replace(".", "", 1).isdigit():
            raise ValueError(f'"{text}" has no unit; write for example "{text.strip()} {unit}"')
        return Quantity.parse(text)

    return reader


def _medicines(text: str) -> tuple[str, ...]:
    return () if text.strip().casefold() == "none" else listed(text)


def _clock(text: str) -> tuple[time, ...]:
    return tuple(parse_time(part) for part in listed(text))


def _pace(text: str) -> Quantity:
    pace = Quantity.parse(text)
    if pace.amount <= 0:
        raise ValueError(f'"{text}" is no change at all; write for example "5 mg"')
    if pace.unit.partition("/")[2] not in ("", "day", "dose"):
        raise ValueError(f'"{text}" counts in {pace.unit}; write for example "5 mg per dose", "15 mg/day" or "10 %"')
    return pace


def _setting(text: str) -> Setting:
    settings: dict[str, Setting] = {"community": "community", "hospital": "hospital"}
    if text in settings:
        return settings[text]
    raise ValueError(f'"{text}" is no setting; it is community or hospital')


def _origin(text: str) -> str:
    if text not in ("spinal", "cerebral"):
        raise ValueError(f'"{text}" is no origin of spasticity; it is spinal or cerebral')
    return text


def known_zone(text: str) -> str:
    """A name of the IANA time zones. Raises `ValueError` with the nearest names."""
    from titrate.zone import names

    if text in names():
        return text
    from difflib import get_close_matches

    near = get_close_matches(text, names(), n=3, cutoff=0.5)
    example = " or ".join(near) or "Europe/London"
    raise ValueError(f'"{text[:40]}" is no time zone; write for example {example}')


def minutes_before(text: object) -> int:
    """How long before a dose to ring, `10m`, `1h` or `2 hours`, in minutes; 0 for `None`. Raises `RequestError`."""
    if text is None:
        return 0
    match = re.fullmatch(r"(\d{1,4}) ?(m|min|minutes?|h|hours?)", str(text).strip(), re.ASCII)
    if match is None:
        raise RequestError(f"--remind: {str(text)[:40]!r} is no time before a dose; write for example 10m or 1h.")
    return int(match[1]) * (60 if match[2].startswith("h") else 1)


assert {field.name for field in fields(Patient)} <= {field.name for field in fields(Typed)}
