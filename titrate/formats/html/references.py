"""What a page says with its source: texts with marks, and the list of the places that are cited."""

from __future__ import annotations

from dataclasses import field

from titrate.formats.fitting import fit, visible
from titrate.formats.html.language import Language
from titrate.formats.html.phrases import translated
from titrate.frozen import dataclass
from titrate.reason import Because, Fact
from titrate.source import Citation


@dataclass(frozen=True, slots=True)
class Mark:
    """Which cited place, counted from 1, and how the number stands to it (empty where the source prints it)."""

    number: int | None
    basis: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """A text with its marks. `foreign`: it is in English, because the language of the page has no words for it."""

    says: str
    foreign: bool = False
    marks: tuple[Mark, ...] = ()
    applies: bool = False
    more: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Place:
    """One cited place. `repeated`: the source stands further up in full, so that its title is enough."""

    number: int
    title: str
    published: str
    at: str
    checked: str
    href: str
    repeated: bool


@dataclass(slots=True)
class References:
    """Says texts in a language, and numbers the places that they cite in the order in which they are first cited."""

    tongue: Language
    cited: list[Citation] = field(default_factory=list)

    def text(self, english: str, *citations: Citation | None, applies: bool = False) -> Said:
        """A text of the program or of a rule in the language of the page, with a mark for each citation."""
        found = translated(self.tongue, english)
        if found is None:
            self.tongue.missed[english] = None
        marks = tuple(self.mark(one) for one in citations if one is not None)
        return Said(self.tongue.shown(english) if found is None else found, found is None, marks, applies)

    def mark(self, citation: Citation) -> Mark:
        """The mark of one citation."""
        if citation.basis == "prescriber":
            return Mark(None, "prescriber")
        places = [(known.source, known.at, known.checked) for known in self.cited]
        place = (citation.source, citation.at, citation.checked)
        if place not in places:
            self.cited.append(citation)
            places.append(place)
        return Mark(places.index(place) + 1, "" if citation.basis == "stated" else citation.basis)

    def sentence(self, english: str, *citations: Citation | None, applies: bool = False) -> Said:
        """The same as a sentence: a capital at its beginning. The full stop stands after the marks."""
        said = self.text(english, *citations, applies=applies)
        return Said(capital(said.says).removesuffix("."), said.foreign, said.marks, said.applies)

    def because(self, why: Because) -> Said:
        """A claim with what it follows from."""
        facts: list[Said] = []
        marks: list[Mark] = []
        for fact in why.facts:
            if isinstance(fact, Because):
                facts.append(self.because(fact))
            elif fact.says.casefold() == why.claim.casefold():
                marks += [self.mark(fact.citation)] if fact.citation is not None else []
            else:
                facts.append(self.fact(fact))
        claim = self.sentence(why.claim)
        return Said(claim.says, claim.foreign, tuple(marks), more=tuple(facts))

    def fact(self, fact: Fact) -> Said:
        """A fact with its mark."""
        return self.text(fact.says, fact.citation)

    def places(self) -> tuple[Place, ...]:
        """The cited places by their numbers."""
        found: list[Place] = []
        for number, citation in enumerate(self.cited, 1):
            source = citation.source
            seen = any(earlier.source == source for earlier in self.cited[: number - 1])
            published = f"{fit(source.publisher)}, {fit(source.edition)}"
            href = "".join(map(visible, source.href)).strip()
            checked = self.tongue.short(citation.checked)
            found.append(Place(number, fit(source.title), published, fit(citation.at), checked, href, seen))
        return tuple(found)


def capital(text: str) -> str:
    """`text` with a capital at its beginning."""
    return text[:1].upper() + text[1:]
