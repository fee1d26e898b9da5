"""The facts about a patient that scope a rule."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from titrate.frozen import dataclass
from titrate.quantity import Quantity, Range

FACTS: dict[str, str] = {
    "age": "age",
    "weight": "weight",
    "creatinine_clearance": "creatinine clearance",
    "egfr": "eGFR",
    "dialysis": "dialysis",
    "taking": "other medicines",
    "setting": "care setting",
    "origin": "origin of the spasticity",
    "screening_dose": "screening dose",
    "screening_effect": "how long the screening dose worked",
}
UNITS: dict[str, str] = {
    "age": "years",
    "weight": "kg",
    "creatinine_clearance": "mL/min",
    "egfr": "mL/min/1.73 m2",
    "screening_effect": "hours",
}

# What a fact is said in where its own unit has no decimal for it: 95 months, and not 95/12 years.
_FINER = {"years": "months", "hours": "min"}

# How one types a fact.
EXAMPLES: dict[str, str] = {
    "age": '--age "40 years"',
    "weight": '--weight "40 kg"',
    "creatinine_clearance": '--creatinine-clearance "60 mL/min"',
    "egfr": '--egfr "60 mL/min/1.73 m2"',
    "dialysis": "--dialysis or --no-dialysis",
    "taking": "--taking NAME, or --taking none",
    "setting": "--setting community",
}

Setting = Literal["community", "hospital"]


@dataclass(frozen=True, slots=True)
class Patient:
    """What is known; `None` is "not given", which is never the same as "normal".

    `age` in years, `weight` in kg, `creatinine_clearance` in mL/min, `egfr` in mL/min/1.73 m2,
    `taking` the other medicines by name (an empty tuple: none), `screening_dose` the intrathecal test
    dose that worked and `screening_effect` for how many hours. Raises `ValueError` for a wrong unit or a
    value that is not above zero.
    """

    __pydantic_config__: ClassVar[Any] = {"extra": "forbid"}

    age: Quantity | None = None
    weight: Quantity | None = None
    creatinine_clearance: Quantity | None = None
    egfr: Quantity | None = None
    dialysis: bool | None = None
    taking: tuple[str, ...] | None = None
    setting: Setting | None = None
    origin: str | None = None
    screening_dose: Quantity | None = None
    screening_effect: Quantity | None = None

    def __post_init__(self) -> None:
        for fact, unit in UNITS.items():
            value: Quantity | None = getattr(self, fact)
            if value is None:
                continue
            try:
                converted = value.to(unit)
            except ValueError as fault:
                raise ValueError(f'{FACTS[fact]} "{value}" is not in {unit}; write for example "40 {unit}"') from fault
            if converted.amount < 0 or (converted.amount == 0 and fact not in ("age", "creatinine_clearance", "egfr")):
                raise ValueError(f'{FACTS[fact]} "{value}" cannot be; write for example "40 {unit}"')
            object.__setattr__(self, fact, converted)


def as_said(fact: Quantity) -> Quantity:
    """A fact about a patient in a unit in which it is a decimal, where there is one."""
    return fact.to(_FINER[fact.unit]) if "/" in fact.number and fact.unit in _FINER else fact


@dataclass(frozen=True, slots=True)
class Condition:
    """One thing that must hold of a patient: a fact in a range, or a fact that is one of some words; `none`: that is
    none of these words."""

    fact: str
    within: Range | None = None
    words: tuple[str, ...] = ()
    none: bool = False

    def holds(self, patient: Patient) -> bool | None:
        """True, False, or `None` where the fact was not given."""
        value = getattr(patient, self.fact)
        if value is None:
            return None
        if self.within is not None:
            return value in self.within
        if isinstance(value, tuple):
            taken = {word.casefold() for word in value}
            return any(word.casefold() in taken for word in self.words) != self.none
        return str(value).casefold() in {word.casefold() for word in self.words}

    def __str__(self) -> str:
        if self.within is not None:
            return f"{FACTS[self.fact]} {self.within}"
        if self.words in (("True",), ("False",)):
            return f"{'' if self.words == ('True',) else 'no '}{FACTS[self.fact]}"
        return f"{FACTS[self.fact]}{', none of:' if self.none else ''} {' or '.join(self.words)}"


@dataclass(frozen=True, slots=True)
class Scope:
    """The patients whom every condition fits."""

    conditions: tuple[Condition, ...] = ()

    def fits(self, patient: Patient) -> bool | None:
        """True, False, or `None` where it cannot be told because a fact was not given."""
        answers = [condition.holds(patient) for condition in self.conditions]
        if False in answers:
            return False
        return None if None in answers else True

    def missing(self, patient: Patient) -> tuple[str, ...]:
        """The facts that are needed to tell, and were not given; empty where it can be told anyway."""
        if self.fits(patient) is not None:
            return ()
        return tuple(c.fact for c in self.conditions if c.holds(patient) is None)

    def __str__(self) -> str:
        return " and ".join(str(condition) for condition in self.conditions)
