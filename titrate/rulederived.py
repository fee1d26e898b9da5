"""What a table of a rule file tells beyond its fields: the range of its bounds, the doses of a rung.

A table is one of pydantic's models where the file was just read, and a plain one where it was kept
(`rulefiles.kept`). Both tell the same, so it stands here, apart from both.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from titrate.quantity import Quantity, Range

SlotDoses = tuple[tuple[str, Quantity], ...]

_DOSE = re.compile(r"(?P<slot>\S.*?) (?P<dose>[\d.]+ ?[^\d\s,;]+)", re.ASCII)
NOTHING = "nothing"


class Bounded:
    """A table of bounds on a quantity."""

    if TYPE_CHECKING:
        at_least: Quantity | None
        above: Quantity | None
        at_most: Quantity | None
        below: Quantity | None

    def range(self) -> Range:
        """The bounds as a plain value. Raises `ValueError` for unlike units and empty ranges."""
        return Range(self.at_least, self.above, self.at_most, self.below)


class Sized:
    """A table of how large one change may be."""

    if TYPE_CHECKING:
        at_most: Quantity | None
        exactly: Quantity | None

    @property
    def most(self) -> Quantity | None:
        """The largest change, whether smaller ones are allowed or not; `None` where the source is silent."""
        return self.at_most if self.exactly is None else self.exactly


class Taken:
    """A table of the doses of a day, or of several days in turn."""

    if TYPE_CHECKING:
        take: str

    @property
    def days(self) -> tuple[SlotDoses, ...]:
        """The days that are named, in order, each with its slots and their doses. Raises `ValueError` for other
        text."""
        return tuple(() if day.strip() == NOTHING else _day(day) for day in self.take.split(";"))

    @property
    def doses(self) -> tuple[Quantity, ...]:
        """All doses of the cycle in order."""
        return tuple(dose for day in self.days for _, dose in day)

    @property
    def on(self) -> tuple[int, ...]:
        """For each dose the day of the cycle on which it is taken, counted from 1."""
        return tuple(number for number, day in enumerate(self.days, 1) for _ in day)


def _day(text: str) -> SlotDoses:
    found = []
    for part in text.split(","):
        match = _DOSE.fullmatch(part.strip())
        if match is None:
            raise ValueError(f'"{part.strip()}" is no slot and its dose; write for example "evening 25 mg"')
        found.append((match["slot"], Quantity.parse(match["dose"])))
    return tuple(found)
