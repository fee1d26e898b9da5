"""What a rule file says beside its limits: advice in our own words."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from titrate.ruleformat.value import Cited

Topic = Literal[
    "never stop suddenly", "missed dose", "food", "contraindication", "caution", "interaction", "side effect", "review",
    "kidneys", "older people", "children", "pregnancy", "switching", "pump", "stopping at once",
]  # fmt: skip


class AdviceTable(Cited):
    """Something to show with every schedule, in our own words. `with` names what an interaction is with."""

    topic: Topic
    """What it is about."""
    says: str = Field(min_length=1)
    """One or two sentences in our own words."""
    with_: tuple[str, ...] = Field(default=(), alias="with")
    """For an interaction: the words, in small letters, that match what the patient takes."""
    audience: Literal["everyone", "clinician"] = "everyone"
    """Who needs it: what is for a clinician is left out of what a patient is handed."""
