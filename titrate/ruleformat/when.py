"""For whom a rule file, or a part of it, is."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from titrate.ruleformat.value import Cited, RangeTable, Table


class When(Table):
    """For whom: every condition has to hold."""

    age: RangeTable | None = None
    """A range of ages, in years or months."""
    weight: RangeTable | None = None
    """A range of body weights, in kg."""
    creatinine_clearance: RangeTable | None = None
    """A range of creatinine clearances, in mL/min. Never stands in for eGFR."""
    egfr: RangeTable | None = None
    """A range of eGFR, in mL/min/1.73 m2. Never stands in for the creatinine clearance."""
    dialysis: bool | None = None
    """Whether on dialysis: true or false."""
    taking: tuple[str, ...] | None = None
    """Other medicines, in small letters; one of them is enough."""
    not_taking: tuple[str, ...] | None = None
    """Other medicines of which none may be taken, in small letters."""
    setting: Literal["community", "hospital"] | None = None
    """Where the patient is treated."""
    origin: str | None = None
    """The origin of the condition, in one word such as "spinal"."""

    @model_validator(mode="after")
    def _spoken(self) -> When:
        if not self.model_fields_set:
            raise ValueError('say for whom; for example when = { age = { below = "18 years" } }')
        return self


class EligibleTable(Cited):
    """Whom the rule is for. `says` completes "This rule is for ...", and is what a refusal prints."""

    when: When
    """The patients whom the rule is for."""
    says: str = Field(min_length=1)
    """Completes "This rule is for ..."; a refusal prints it."""
