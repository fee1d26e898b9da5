"""Where a number comes from."""

from __future__ import annotations

from datetime import date
from typing import Literal

from titrate.frozen import dataclass

# How a number stands to its source: the source prints it; it is arithmetic on what the source
# prints; no source prints it and the file says from what it follows; the prescriber set it.
Basis = Literal["stated", "computed", "derived", "prescriber"]


@dataclass(frozen=True, slots=True)
class Source:
    """A document. `edition` is what its publisher calls it, or the date it was updated."""

    id: str
    title: str
    publisher: str
    edition: str
    href: str

    def __str__(self) -> str:
        return f"{self.title} ({self.publisher}, {self.edition})"


@dataclass(frozen=True, slots=True)
class Citation:
    """A place in a source, when it was last read there, and the basis of the number.

    `how` holds the arithmetic of a computed number, or from what a derived one follows and why that is safe.
    """

    source: Source
    at: str
    checked: date
    basis: Basis = "stated"
    how: str | None = None

    def __str__(self) -> str:
        place = f"{self.source.title}, {self.at}"
        if self.basis == "stated":
            return f"{place}; checked {self.checked}"
        return f"{self.basis} from {place}; checked {self.checked}"
