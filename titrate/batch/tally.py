"""What is counted of a run, how it is read and written, and what goes back and forth between its processes.

It imports little: the process that hands out requests to workers needs no more than this.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import field
from datetime import datetime
from typing import Any, Literal

from titrate.errors import FormatError
from titrate.frozen import dataclass

Form = Literal["jsonl", "csv"]
Written = Literal["jsonl", "csv", "parquet"]


@dataclass(frozen=True, slots=True)
class Settings:
    """How requests are read and written. `issued` (UTC, whole seconds) is the moment of those that name none."""

    form: Form
    names: tuple[str, ...]
    written: Written
    issued: datetime


@dataclass(slots=True)
class Tally:
    """How many requests there were, how many failed with which kind of error, and the rules (with their SHA-256) that
    the others were planned with."""

    requests: int = 0
    failed: Counter[str] = field(default_factory=Counter)
    rules: dict[str, str] = field(default_factory=dict)

    @property
    def failures(self) -> int:
        """How many failed."""
        return self.failed.total()

    def as_data(self) -> dict[str, Any]:
        """The counts, to be kept as JSON."""
        return {"requests": self.requests, "failed": dict(self.failed), "rules": self.rules}

    @classmethod
    def of(cls, data: dict[str, Any]) -> Tally:
        """The counts that `as_data` told."""
        return cls(data["requests"], Counter(data["failed"]), dict(data["rules"]))

    def add(self, other: Tally) -> None:
        """Count those of `other` too. Raises `FormatError` where a rule is not the same any more."""
        self.requests += other.requests
        self.failed += other.failed
        for name, sha256 in other.rules.items():
            if self.rules.setdefault(name, sha256) != sha256:
                raise FormatError(
                    f"The rule {name} was changed while its schedules were made: {self.rules[name][:12]} became "
                    f"{sha256[:12]}. Schedules of two editions are not put into one file.",
                    ("begin anew without --resume",),
                )


@dataclass(frozen=True, slots=True)
class Answer:
    """The records of some requests as bytes, in their order, and what they were."""

    content: bytes
    tally: Tally
