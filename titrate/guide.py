"""What a rule says about people, resolved for one patient: gates, looks, restarts, and what a missed dose means."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

from titrate.frozen import dataclass
from titrate.quantity import Quantity, Range
from titrate.reason import Fact
from titrate.source import Citation

Before = Literal["start", "each rise", "taper", "each fall", "dose"]
Since = Literal["start", "target", "maximum"]


def hours(time: Quantity) -> Quantity:
    """A time in hours; a day has 24. Raises `ValueError` for what is no time."""
    if time.unit in ("day", "weeks"):
        return Quantity(time.to("day").amount * 24, "hours")
    return time.to("hours")


@dataclass(frozen=True, slots=True)
class Gate:
    """What a person confirms before the steps that `before` names; `band` are daily doses, for `dose` alone."""

    before: Before
    says: str
    citation: Citation
    band: Range | None = None

    def fact(self) -> Fact:
        """What is confirmed, as a fact."""
        return Fact(self.says, self.citation)


@dataclass(frozen=True, slots=True)
class Look:
    """A day on which somebody decides: `after` days after that which `since` names, or up to `until` days after it."""

    since: Since
    after: int
    until: int | None
    says: str
    citation: Citation


@dataclass(frozen=True, slots=True)
class Restart:
    """What happens after a time without the drug, in hours since the last dose (`None`: the source gives no number).

    `to` start: from the beginning. `how` is the arithmetic behind the time, if any; `says` what the source adds.
    """

    after: Range | None
    to: Literal["start", "ask"]
    citation: Citation
    how: str | None = None
    says: str | None = None

    def fact(self) -> Fact:
        """The rule as a fact."""
        time = "a significant interruption (the source gives no number)" if self.after is None else str(self.after)
        told = f" ({self.how})" if self.how else ""
        then = "one begins again as at first" if self.to == "start" else "the prescriber says how to go on"
        more = f"; {self.says}" if self.says else ""
        return Fact(
            f"after {time}{'' if self.after is None else ' without the drug'}{told} {then}{more}", self.citation
        )


@dataclass(frozen=True, slots=True)
class Missed:
    """What to do about a missed dose in one case; ranges are times."""

    do: Literal["take", "skip", "ask", "restart"]
    citation: Citation
    before_next: Range | None = None
    after_due: Range | None = None
    in_a_row: int | None = None
    spacing: Quantity | None = None

    def sentence(self) -> str:
        """The case as a sentence to the patient."""
        cases = [f"the next dose is {_away(self.before_next)} away"] if self.before_next is not None else []
        cases += [f"the missed dose was due {_away(self.after_due)} ago"] if self.after_due is not None else []
        cases += [f"you missed {self.in_a_row} doses in a row or more"] if self.in_a_row is not None else []
        then = {
            "take": "take the missed dose when you remember it",
            "skip": "leave the missed dose out and take the next one at its usual time",
            "ask": "ask the prescriber how to go on",
            "restart": "do not go on by yourself: the drug is begun again at a low dose, so ask the prescriber",
        }[self.do]
        gap = f"; then wait at least {self.spacing} before the next dose" if self.spacing is not None else ""
        told = f"if {' and '.join(cases)}, {then}" if cases else then
        return f"{told[:1].upper()}{told[1:]}{gap}."


def spanned(amount: Range) -> str:
    """`5 mg`; `25 to 50 %` where both ends are printed."""
    low, high = amount.at_least, amount.at_most
    if low is not None and high is not None and low != high:
        return f"{low.number} to {high}"
    return str(amount).replace("exactly ", "")


def _away(time: Range) -> str:
    return str(time).replace("exactly ", "")


def open_edges(cases: Sequence[Missed]) -> Iterator[tuple[str, Citation]]:
    """Times about which the cases together say nothing though they name them, as sentences: they are not smoothed."""
    for name, told in (
        ("before_next", "the next dose is exactly {} away"),
        ("after_due", "the missed dose was due exactly {} ago"),
    ):
        ranges = [(range_, case) for case in cases if (range_ := getattr(case, name)) is not None]
        edges = {hours(bound).amount: (bound, case) for range_, case in ranges for bound in range_.bounds}
        for edge, (bound, case) in sorted(edges.items()):
            at = Quantity(edge, "hours")
            if not any(at in range_.map(hours) for range_, _ in ranges):
                yield f"If {told.format(bound)}, the source says nothing: ask.", case.citation
