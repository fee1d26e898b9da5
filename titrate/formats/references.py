"""The numbered sources of a sheet: a mark behind what is said, and the list at its end."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import field

from titrate.days import in_short
from titrate.formats.fitting import NBSP, fit, visible
from titrate.frozen import dataclass
from titrate.source import Citation


@dataclass(slots=True)
class References:
    """The numbers of the places that are cited, given in the order in which they are first cited."""

    cited: list[Citation] = field(default_factory=list)

    def mark(self, citation: Citation | None) -> str:
        """` [2]`, ` [2, derived]`, ` (set by the prescriber)`, or nothing where nothing is cited."""
        if citation is None:
            return ""
        if citation.basis == "prescriber":
            return " (set by the prescriber)"
        places = [(known.source, known.at, known.checked) for known in self.cited]
        place = (citation.source, citation.at, citation.checked)
        if place not in places:
            self.cited.append(citation)
            places.append(place)
        number = places.index(place) + 1
        return f"{NBSP}[{number}]" if citation.basis == "stated" else f"{NBSP}[{number}, {citation.basis}]"

    def listed(self) -> Iterator[str]:
        """One paragraph per place, the source in full where it is cited first, its address last."""
        first: dict[object, int] = {}
        for number, citation in enumerate(self.cited, 1):
            source = citation.source
            at, checked = fit(citation.at), f"checked {in_short(citation.checked).replace(' ', NBSP)}"
            if source in first:
                yield f"[{number}] {fit(source.title)} (as [{first[source]}]): {at}; {checked}"
                continue
            first[source] = number
            address = f" {''.join(map(visible, source.href)).strip()}".rstrip()
            said = f"{fit(source.title)}, {fit(source.publisher)}, {fit(source.edition)}"
            yield f"[{number}] {said}: {at}; {checked}{address}"
