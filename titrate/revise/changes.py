"""What else is different from a day on than what a schedule that has begun was asked for."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, time

from titrate.days import Duration, in_words
from titrate.frozen import dataclass
from titrate.patient import Patient
from titrate.product import Stock
from titrate.pump import Pump
from titrate.quantity import Quantity
from titrate.request import Approval, Request, Split
from titrate.scale import Scale

# What the prescriber may have set, and can leave to the rule again by typing its name with this word: `--every rule`.
THE_RULE = "rule"
LEFT_TO_THE_RULE = ("by", "every", "products", "times")
_NO_OPTION_OF_THE_NAME = {
    "split": "--even or --uneven",
    "pump": "what is known of the pump",
    "approved": "--approved-by",
    "patient": "other facts about the patient",
}
# What it is called where it is left to the rule.
_OF_THE_RULE = {
    "by": "changes as large as the rule allows",
    "every": "each dose kept for as long as the rule asks",
    "products": "all products of the rule at hand",
    "times": "the rule's times of day",
}


@dataclass(frozen=True, slots=True)
class Changes:
    """What else is different from now on; `None` where it stays as it was. Facts about the patient are added to those
    that are known. `to_rule` names what the prescriber had set and now leaves to the rule again."""

    patient: Patient | None = None
    by: Quantity | None = None
    every: Duration | None = None
    finish_by: date | None = None
    review: date | None = None
    products: tuple[str, ...] | None = None
    times: tuple[time, ...] | None = None
    split: Split | None = None
    tz: str | None = None
    label: str | None = None
    max_pieces: int | None = None
    at_hand: tuple[Stock, ...] | None = None
    measure: Scale | None = None
    liquid_below: Quantity | None = None
    pump: Pump | None = None
    approved: tuple[Approval, ...] | None = None
    to_rule: tuple[str, ...] = ()

    @classmethod
    def typed(cls, request: Request, to_rule: tuple[str, ...] = ()) -> Changes:
        """Those of a request that holds nothing but what was typed."""
        told = {one.name: getattr(request, one.name) for one in fields(cls) if one.name != "to_rule"}
        return cls(
            **{name: None if value in (Patient(), ()) else value for name, value in told.items()}, to_rule=to_rule
        )

    def applied(self, request: Request) -> Request:
        """The request with these changes."""
        new = {one.name: getattr(self, one.name) for one in fields(self) if one.name not in ("patient", "to_rule")}
        told = {name: value for name, value in new.items() if value is not None} | dict.fromkeys(self.to_rule)
        if self.patient is not None:
            facts = {one.name: getattr(self.patient, one.name) for one in fields(Patient)}
            known = {name: value for name, value in facts.items() if value is not None}
            told["patient"] = replace(request.patient, **known)
        if self.approved is not None:
            new_ones = {one.asks.casefold() for one in self.approved}
            before = (one for one in request.approved if one.asks.casefold() not in new_ones)
            told["approved"] = (*before, *self.approved)
        return replace(request, **told)

    @property
    def options(self) -> str:
        """What is different, by the options that say so."""
        given = (name for name in _NAMES if getattr(self, name) is not None or name in self.to_rule)
        return ", ".join(_NO_OPTION_OF_THE_NAME.get(name) or f"--{name.replace('_', '-')}" for name in given)

    @property
    def words(self) -> str:
        """What is different, as a part of a sentence; nothing if nothing is."""
        days = {"the last dose": self.finish_by, "the review": self.review}
        said = [
            "other facts about the patient" if self.patient is not None else "",
            f"at most {self.by} at once" if self.by is not None else "",
            f"each dose kept for at least {self.every}" if self.every is not None else "",
            *(f"{what} on {in_words(day)}" for what, day in days.items() if day is not None),
            f"{', '.join(self.products)} at hand" if self.products is not None else "",
            f"doses at {', '.join(f'{at:%H:%M}' for at in self.times)}" if self.times is not None else "",
            {"even": "equal doses", "uneven": "doses that may differ", None: ""}[self.split],
            f"the clock of {self.tz}" if self.tz is not None else "",
            f"the label {self.label}" if self.label is not None else "",
            f"at most {self.max_pieces} pieces for a dose" if self.max_pieces is not None else "",
            f"{', '.join(map(str, self.at_hand))} left" if self.at_hand is not None else "",
            f"volumes of {self.measure}" if self.measure is not None else "",
            f"doses below {self.liquid_below} measured" if self.liquid_below is not None else "",
            "another filling of the pump" if self.pump is not None else "",
            ", ".join(map(str, self.approved or ())),
            *(_OF_THE_RULE[name] for name in self.to_rule),
        ]
        return ", ".join(part for part in said if part)


_NAMES = tuple(one.name for one in fields(Changes) if one.name != "to_rule")
