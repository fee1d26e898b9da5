"""A text per step that a pharmacy can print: what to take, when, from which day to which, and what comes then."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.days import in_words, plus
from titrate.formats import occasions
from titrate.formats.fitting import fit
from titrate.frozen import dataclass
from titrate.product import Piece
from titrate.regimen import Administration
from titrate.schedule import Schedule, Step

_AT = {"morning": "in the morning", "afternoon": "in the afternoon", "evening": "in the evening", "night": "at night"}
_NAMED = ("midday", "noon", "bedtime")


@dataclass(frozen=True, slots=True)
class Label:
    """The label of one step: `number` counts from 1, `heading` names what it is of, `text` is the direction."""

    number: int
    of: int
    heading: str
    text: str
    warning: str


def labels(schedule: Schedule) -> tuple[Label, ...]:
    """A label for each step in which something is taken, in order. A pump's steps have none: nobody takes them."""
    taken = [step for step in schedule.steps if step.regimen.administrations and not step.regimen.continuous]
    warning = " ".join(fit(note.says) for note in schedule.notes if note.topic == "never stop suddenly")
    return tuple(
        Label(number, len(taken), _heading(schedule, step), _text(schedule, step, number, len(taken)), warning)
        for number, step in enumerate(taken, 1)
    )


def _heading(schedule: Schedule, step: Step) -> str:
    """`Baclofen 10 mg tablets`, or `Baclofen 20 mg tablets and 10 mg tablets`."""
    products = dict.fromkeys(piece.product for given in step.regimen.administrations for piece in given.pieces)
    names = [f"{p.strength} {p.form}" + ("" if p.measured else "s") for p in products]
    return fit(f"{schedule.rule.drug.capitalize()} {' and '.join(names)}")


def _text(schedule: Schedule, step: Step, number: int, of: int) -> str:
    pieces = {piece.product for given in step.regimen.administrations for piece in given.pieces}
    several = len({given.day for given in step.regimen.administrations}) > 1
    doses = [
        f"{_made(given, len(pieces) == 1)} {_when(given)}{f' of day {given.day}' if several else ''}"
        for given in step.regimen.administrations
    ]
    listed = f"{', '.join(doses[:-1])} and {doses[-1]}" if len(doses) > 1 else doses[0]
    rhythm = occasions.told(step.days, step.regimen)
    on = f", {rhythm}" if rhythm else ""
    return fit(f"Take {listed}{on}, {_dates(schedule, step)}{_then(schedule, step, number, of)}")


def _made(given: Administration, alone: bool) -> str:
    """`1 tablet (10 mg)`, `half a tablet (5 mg)`; where there are several strengths each is named."""
    piece = given.pieces[0]
    if len(given.pieces) > 1 or piece.product.measured or not alone:
        in_all = " in all" if len(given.pieces) > 1 or piece.count > 1 else ""
        return f"{given.pieces_in_words()} ({given.dose}{'' if piece.product.measured else in_all})"
    return f"{_count(piece)} ({given.dose}{' in all' if piece.count > 1 else ''})"


def _count(piece: Piece) -> str:
    """`half a tablet`, `1 and a half tablets`: the words of a piece without its strength."""
    words, of, _ = str(piece).rpartition(" of ")
    assert of, piece
    return words


def _when(given: Administration) -> str:
    name = given.slot.name
    if name in _AT:
        return _AT[name]
    return f"at {name}" if name in _NAMED else f"at {given.slot.at:%H:%M}"


def _dates(schedule: Schedule, step: Step) -> str:
    first, last = step.days.first, step.days.last
    if last is None:
        review = schedule.review
        until = f" on {in_words(review)}" if review is not None and review > first else ""
        return f"from {in_words(first)} until the prescriber looks again{until}"
    return f"on {in_words(first)} only" if first == last else f"from {in_words(first)} to {in_words(last)}"


def _then(schedule: Schedule, step: Step, number: int, of: int) -> str:
    """What comes after the step."""
    last = step.days.last
    if last is None:
        return ". Do not stop before that."
    after = schedule.step_of(plus(last, 1))
    if after is None or not after[1].regimen.administrations:
        return ", then no more. This is the end of the plan." if number == of else ", then nothing for a time."
    return f", then as label {number + 1} of {of} says, from {in_words(after[1].days.first)}."


def write(schedule: Schedule) -> str:
    """All labels as plain text, each a paragraph, with what they are of above it. A number and its unit are joined by
    no-break spaces, so that no printer parts them at a line end."""
    return "\n".join(_written(schedule))


def _written(schedule: Schedule) -> Iterator[str]:
    for label in labels(schedule):
        yield f"Label {label.number} of {label.of}: {label.heading}"
        yield label.text
        if label.warning:
            yield label.warning
        yield f"Plan {fit(schedule.plan)}, revision {schedule.revision}."
        yield ""
