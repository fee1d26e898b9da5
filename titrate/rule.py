"""A rule: a rule file with its name and hash, and what it says for one patient."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from titrate.frozen import dataclass
from titrate.limits import Limits
from titrate.patient import Patient
from titrate.resolution import Resolution
from titrate.rulereading import citation_of
from titrate.schedule import Note, RuleStamp
from titrate.source import Citation

if TYPE_CHECKING:
    from titrate.ruleformat.file import RuleFile
    from titrate.ruleformat.value import Cite


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that was read. `id` is its file name without suffix, `sha256` the hash of the file's bytes.

    Where it extends another rule, `base` is that one, `file` holds what both say together, `inherited` tells which
    rule gives each place of it that this one's file does not, and `sha256` covers both (`together`).
    """

    id: str
    sha256: str
    file: RuleFile
    base: Rule | None = None
    inherited: Mapping[str, str] = field(default_factory=dict)

    @property
    def bases(self) -> tuple[Rule, ...]:
        """The rules that it extends, the nearest first."""
        return () if self.base is None else (self.base, *self.base.bases)

    @property
    def stamp(self) -> RuleStamp:
        """What a schedule keeps of the rule it was made from."""
        f = self.file
        bases = tuple(base.id for base in self.bases)
        return RuleStamp(self.id, self.sha256, f.drug, f.route, f.indication, f.region, f.population, f.status, bases)

    def citation(self, cite: Cite) -> Citation:
        """A citation with its source in full."""
        return citation_of(self.file, cite)

    def limits_for(self, patient: Patient, starting: bool) -> Limits:
        """Every limit that holds for `patient`.

        `starting`: whether the patient begins the drug, so that the start has to be resolved. Raises
        `RequestError` where a limit that applies depends on a fact that was not given.
        """
        return Resolution(self.id, self.file, patient).limits(starting)

    def notes_for(self, patient: Patient) -> tuple[Note, ...]:
        """The advice of the rule; what fits a medicine that the patient takes is marked."""
        taking = {word.casefold() for word in patient.taking or ()}
        advised = tuple(
            Note(
                advice.topic,
                advice.says,
                self.citation(advice.cite),
                any(word.casefold() in taking for word in advice.with_),
                advice.audience,
            )
            for advice in self.file.advice
        )
        extra = Resolution(self.id, self.file, patient).notes()
        patients = ("missed dose",)
        more = (
            Note(topic, says, citation, audience="everyone" if topic in patients else "clinician")
            for topic, says, citation in extra
        )
        return (*advised, *more)


def together(content: bytes, base: Rule) -> str:
    """The hash of a rule that extends `base`: that of two lines, the hash of its own bytes and that of its base."""
    return hashlib.sha256(f"{hashlib.sha256(content).hexdigest()}\n{base.sha256}\n".encode()).hexdigest()
