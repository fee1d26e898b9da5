"""The advice of a rule, by what somebody with the sheet in their hand looks for."""

from __future__ import annotations

from titrate.formats.html.language import word
from titrate.formats.html.references import References, Said
from titrate.frozen import dataclass
from titrate.schedule import Note

# Heading, topics, and whether it stands on the patient's sheet although the rule says nothing of it.
_HEADINGS = (
    (word("If you miss a dose"), ("missed dose",)),
    (word("Food and drink"), ("food",)),
    (word("What must not be mixed with it without asking"), ("interaction",)),
    (word("Side effects"), ("side effect",)),
    (word("Your pump"), ("pump",)),
    (word("Stopping at once"), ("stopping at once",)),
    (word("Who must not take it, and who has to be careful"), ("contraindication", "caution", "pregnancy")),
    (word("Kidneys"), ("kidneys",)),
    (word("Children and older people"), ("children", "older people")),
    (word("Changing to or from another medicine"), ("switching",)),
    (word("Looking again"), ("review",)),
)


@dataclass(frozen=True, slots=True)
class Topic:
    """A heading and what the rule says under it; `key` names it in the page."""

    key: str
    heading: str
    items: tuple[Said, ...]


def topics(references: References, notes: tuple[Note, ...], clinician: bool) -> tuple[Topic, ...]:
    """What the rule says, by heading; what applies to this patient first. What the rule keeps for clinicians stands
    on their page only."""
    found = []
    for heading, names in _HEADINGS:
        of_topic = [note for note in notes if note.topic in names and (clinician or note.audience != "clinician")]
        of_topic.sort(key=lambda note: not note.applies)
        if of_topic:
            items = tuple(references.sentence(n.says, n.citation, applies=n.applies) for n in of_topic)
            found.append(Topic(names[0].replace(" ", "-"), references.tongue.say(heading), items))
    return tuple(found)
