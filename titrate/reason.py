"""The tree of reasons behind a step or a refusal, and its one renderer."""

from __future__ import annotations

from typing import Any

from titrate.frozen import dataclass
from titrate.source import Citation


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that is so: `says` is a clause without a full stop; `citation` is where it comes from, if anywhere."""

    says: str
    citation: Citation | None = None

    def __str__(self) -> str:
        if self.citation is None:
            return self.says
        if self.citation.basis == "prescriber":
            return f"{self.says} (set by the prescriber)"
        return f"{self.says} ({self.citation})"

    def as_data(self) -> dict[str, Any]:
        """The fact for `--json`."""
        data: dict[str, Any] = {"says": self.says}
        if self.citation is not None:
            data |= {
                "source": self.citation.source.id,
                "title": self.citation.source.title,
                "edition": self.citation.source.edition,
                "at": self.citation.at,
                "checked": self.citation.checked.isoformat(),
                "basis": self.citation.basis,
            }
        return data


@dataclass(frozen=True, slots=True)
class Because:
    """A claim (a full sentence without its full stop) and what it follows from; `options` are ways out to type."""

    claim: str
    facts: tuple[Fact | Because, ...] = ()
    options: tuple[str, ...] = ()

    def text(self) -> str:
        """The argument in sentences: the claim, "Because ... and ...", what one could do."""
        return "\n".join(self._lines())

    def _lines(self) -> list[str]:
        lines = [self.claim + "."]
        clauses = [str(fact) for fact in self.facts if isinstance(fact, Fact)]
        if clauses:
            lines.append("Because " + ",\nand ".join(clauses) + ".")
        for fact in self.facts:
            if isinstance(fact, Because):
                lines.extend(fact._lines())
        if self.options:
            lines.append("You could: " + "; or ".join(self.options) + ".")
        return lines

    def as_data(self) -> dict[str, Any]:
        """The argument for `--json`."""
        return {
            "claim": self.claim,
            "because": [fact.as_data() for fact in self.facts],
            "options": list(self.options),
        }

    def cited(self) -> tuple[Fact, ...]:
        """Every fact of the tree, in reading order."""
        found: list[Fact] = []
        for fact in self.facts:
            found.extend((fact,) if isinstance(fact, Fact) else fact.cited())
        return tuple(found)
