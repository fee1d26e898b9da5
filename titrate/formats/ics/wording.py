"""What a calendar says to a patient: titles short enough for a lock screen, texts of at most about 500 characters.

Nothing is cut off: a text that would grow too long gives up whole sentences and says where they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime

from titrate.days import between, in_words, plus
from titrate.formats import occasions
from titrate.frozen import dataclass
from titrate.product import Piece
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import Administration, Regimen, Slot, every, times_a_day
from titrate.schedule import Due, Schedule, Step
from titrate.source import Citation
from titrate.zone import Oddity

# Longer texts are legal, but several programs show only the first lines of them.
LONGEST_TEXT = 500
_MORE = "The printed plan says more."
_NEVER_SUDDENLY = "Never stop suddenly."

_UNIT = r"(?:mg|g|kg|micrograms?|mcg|mL|L|units?|mmol)"
_PER = re.compile(rf"\b{_UNIT}(?:/(?:mg|g|kg|mL|L|day|dose|week|hour|h|min|m2))+(?![A-Za-z])", re.ASCII)
_COUNTED = r"(?:%|tablets?|capsules?|packets?|injections?|days?|weeks?)"
_NUMBER_AND_UNIT = re.compile(rf"(?<![\w.-])(\d+(?:\.\d+)?) ?({_UNIT}|{_COUNTED})(?![A-Za-z])", re.ASCII)


def plain(text: str) -> str:
    """`text` with "per" written out between units: `5 mg per mL`."""
    return _PER.sub(lambda match: match[0].replace("/", " per "), text)


def unbroken(text: str) -> str:
    """`text` with no-break spaces between numbers and units. For texts: titles keep the space that every font has."""
    return _NUMBER_AND_UNIT.sub("\\1\N{NO-BREAK SPACE}\\2", text)


def slug(text: str) -> str:
    """`text` in letters, digits and hyphens of ASCII, different for different texts of that kind."""
    return "".join(
        char if char.isascii() and char.isalnum() else "-" if char in " -" else f"u{ord(char):x}" for char in text
    )


def drug(schedule: Schedule, discreet: bool = False) -> str:
    """`Baclofen`, or `Medicine`."""
    return "Medicine" if discreet else schedule.rule.drug.capitalize()


def calendar_name(schedule: Schedule, discreet: bool, revision: int | None = None) -> str:
    """`Mum: Baclofen, revision 1`; by default of the schedule's own revision."""
    label = "".join(char if char.isprintable() else " " for char in schedule.request.label or "").strip()
    name = f"{drug(schedule, discreet)}, revision {schedule.revision if revision is None else revision}"
    return f"{label}: {name}" if label else name


def tag(schedule: Schedule) -> str:
    """`(r1)`."""
    return f"(r{schedule.revision})"


def dose_title(schedule: Schedule, administration: Administration, discreet: bool) -> str:
    """`08:00 Baclofen 10 mg (r1)`, or `08:00 Medicine (r1)`: a shifted hour or an old revision can be seen."""
    what = drug(schedule, discreet) if discreet else f"{drug(schedule)} {administration.dose}"
    return f"{administration.slot.at:%H:%M} {what} {tag(schedule)}"


def dose_text(schedule: Schedule, number: int, administration: Administration, tz: str | None) -> str:
    """Step, its dates, the pieces, plan, revision, what that replaces, the zone (`None`: floating)."""
    parts = [
        f"Take {_pieces(administration.pieces) or administration.dose}.",
        f"Step {number} of {len(schedule.steps)}, {step_dates(schedule, number)}: "
        f"{schedule.steps[number - 1].regimen.in_words()}.",
    ]
    if _notes(schedule, "never stop suddenly"):
        parts.append(_NEVER_SUDDENLY)
    parts.append(f"Plan {schedule.plan}, revision {schedule.revision}.{replaces(schedule)}")
    parts.append(f"Time of {tz}." if tz else "The time follows the device.")
    return "\n".join(parts)


def called_off(schedule: Schedule, discreet: bool) -> tuple[str, str]:
    """Title and text of the only entry of a plan that was called off before its first dose."""
    text = f"Nothing of the plan is taken.\nPlan {schedule.plan}, revision {schedule.revision}.{replaces(schedule)}"
    return f"{drug(schedule, discreet)}: the plan was called off {tag(schedule)}", text


def odd_hour(title: str, text: str, clock: datetime, oddity: Oddity) -> tuple[str, str]:
    """Title and text of a dose whose hour the clock skips or repeats; `clock` is what it shows when the dose is due."""
    if oddity == "skipped":
        said = f"On this day the clock goes forward and skips this time: take the dose when it shows {clock:%H:%M}."
        return f"{title}, today at {clock:%H:%M}", f"{said}\n{text}"
    said = f"On this day the clock goes back and shows {clock:%H:%M} twice: take it the first time, and only once."
    return f"{title}, the first {clock:%H:%M}", f"{said}\n{text}"


def last_dose(schedule: Schedule, title: str, text: str) -> tuple[str, str]:
    """Title and text of the last dose of all: that it is the last, and why that is safe."""
    take, *rest = (line for line in text.split("\n") if line != _NEVER_SUDDENLY)
    said = [take, "This is the last dose of the plan."]
    return f"{title}, the last dose", fitted(said, _why_it_may_end(schedule, places=False), rest)


def step_title(schedule: Schedule, number: int, discreet: bool) -> str:
    """`Baclofen. From today: 10 mg instead of 5 mg, three times a day (r1)`."""
    step = schedule.steps[number - 1]
    if discreet:
        stop = "From today: no medicine of this plan"
        return f"{'Medicine: a new step begins today' if step.regimen.administrations else stop} {tag(schedule)}"
    if not step.regimen.administrations:
        until = ""
        if number < len(schedule.steps) and step.days.last is not None:
            until = f" until {in_words(step.days.last)}"
        return f"From today: no {schedule.rule.drug}{until} {tag(schedule)}"
    return f"{drug(schedule)}. From today: {change(schedule, number)} {tag(schedule)}"


def change(schedule: Schedule, number: int) -> str:
    """What is taken from a step's first day on, and instead of what: `10 mg instead of 5 mg, three times a day`."""
    now = schedule.steps[number - 1].regimen
    before = _before(schedule, number)
    if before is None:
        return now.in_words()
    if before.words == now.in_words():
        moved = before.slots is not None and before.slots != _slots(now)
        return f"{now.in_words()}, at other times" if moved else f"still {now.in_words()}"
    if before.rhythm is not None and before.rhythm == _rhythm(now):
        if now.continuous:
            return f"{_amount(now)} a day instead of {before.amount} a day (continuous infusion)"
        return f"{_amount(now)} instead of {before.amount}, {before.rhythm}"
    comma = "," if " and " in now.in_words() else ""
    return f"{now.in_words()}{comma} instead of {before.words}"


@dataclass(frozen=True, slots=True)
class _Before:
    """What was taken before a step: in words, its amount if one amount says it, its rhythm, its slots if known."""

    words: str
    amount: str = ""
    rhythm: str | None = None
    slots: tuple[Slot, ...] | None = None


def _before(schedule: Schedule, number: int) -> _Before | None:
    if number > 1:
        regimen = schedule.steps[number - 2].regimen
        if not regimen.administrations:
            return _Before(f"no {schedule.rule.drug}")
        return _Before(regimen.in_words(), _amount(regimen), _rhythm(regimen), _slots(regimen))
    current = schedule.request.current
    if current is None or not current.total():
        return None
    if current.daily is not None:
        if schedule.steps[0].regimen.continuous:
            return _Before(f"{current.daily} a day as a continuous infusion", str(current.daily), "continuous")
        return _Before(f"{current.daily} a day")
    if current.cycle > 1:
        rhythm = every(current.cycle) if len(current.doses) == 1 else None
        return _Before(str(current), str(current.doses[0]), rhythm)
    if len(set(current.doses)) == 1:
        rhythm = times_a_day(len(current.doses))
        return _Before(f"{current.doses[0]} {rhythm}", str(current.doses[0]), rhythm)
    return _Before(f"{_and([str(dose) for dose in current.doses])} in the course of the day")


def _amount(regimen: Regimen) -> str:
    return str(regimen.daily if regimen.continuous else regimen.doses[0])


def _rhythm(regimen: Regimen) -> str | None:
    """Two regimens of one rhythm differ in one amount only; a day with different doses has none."""
    if regimen.continuous:
        return "continuous"
    if regimen.cycle > 1:
        return every(regimen.cycle) if regimen.frequency == 1 else None
    return times_a_day(regimen.frequency) if len(set(regimen.doses)) == 1 else None


def _slots(regimen: Regimen) -> tuple[Slot, ...]:
    return tuple(administration.slot for administration in regimen.administrations)


def step_dates(schedule: Schedule, number: int) -> str:
    """`Tuesday 01 December 2026 to Thursday 03 December 2026`, or `... only`, or `from ... until reviewed`."""
    days = schedule.steps[number - 1].days
    if days.last is None:
        on = f" on {in_words(schedule.review)}" if schedule.review and schedule.review > days.first else ""
        return f"from {in_words(days.first)} until reviewed{on}"
    if days.length == 1:
        return f"{in_words(days.first)} only"
    return f"{in_words(days.first)} to {in_words(days.last)}"


def step_text(schedule: Schedule, number: int) -> str:
    """What a step is, its doses and pieces, why; or, for the stop, when the last dose was and why it may end there."""
    step = schedule.steps[number - 1]
    closing = [f"Plan {schedule.plan}, revision {schedule.revision}.{replaces(schedule)}"]
    if not step.regimen.administrations:
        if number < len(schedule.steps):
            return fitted([f"No {schedule.rule.drug}: {step_dates(schedule, number)}."], _why(step), closing)
        ended = f"The last dose was on {in_words(schedule.last_dose or plus(step.days.first, -1))}."
        said = [f"From today you take no {schedule.rule.drug}.", ended, "Ring the prescriber if you feel worse."]
        return fitted(said, _why_it_may_end(schedule), closing)
    heading = f"Step {number} of {len(schedule.steps)}, {step_dates(schedule, number)}."
    on = [f"Days: {occasions.told(step.days, step.regimen)}."] if step.regimen.cycle > 1 else []
    checks = [f"Before this step, confirm: {fact.says}." for fact in step.checks]
    said = [heading, *on, *_day_in_words(step.regimen), *checks]
    return fitted(said, [*safety(schedule), *_why(step)], closing)


def _day_in_words(regimen: Regimen) -> list[str]:
    """Which dose at which time, of which pieces; doses alike are told together."""
    if regimen.continuous:
        return [f"The pump gives {regimen.in_words()}."]
    several = len({administration.day for administration in regimen.administrations}) > 1
    groups: dict[tuple[int, Quantity, str], list[str]] = {}
    for administration in regimen.administrations:
        key = (administration.day, administration.dose, _pieces(administration.pieces))
        groups.setdefault(key, []).append(f"{administration.slot.at:%H:%M}")
    return [
        f"{f'Day {day} at' if several else 'At'} {_and(times)}: {dose}{f', that is {pieces}' if pieces else ''}."
        for (day, dose, pieces), times in groups.items()
    ]


def _and(parts: Sequence[str]) -> str:
    """`a, b and c`."""
    return " and ".join(part for part in (", ".join(parts[:-1]), parts[-1]) if part)


def _pieces(pieces: Sequence[Piece]) -> str:
    return " and ".join(str(piece) for piece in pieces)


def review_title(schedule: Schedule, day: date, stopped: bool, discreet: bool) -> str:
    """What to do on the review day, or to arrange on a day before it."""
    when = "today" if day == schedule.review else "in a week"
    task = "ring the prescriber" if stopped else "do not stop; ring the prescriber"
    return f"{drug(schedule, discreet)} review {when}: {task} {tag(schedule)}"


def review_text(schedule: Schedule, day: date, stopped: bool, runs_out: bool) -> str:
    """The same in full: what to keep taking, and that the calendar may end while the medicine does not."""
    assert schedule.review is not None, schedule
    said = [f"The prescriber wants to look again on {in_words(schedule.review)}."]
    if day != schedule.review:
        said.append("Ring now for an appointment, if you have none.")
    else:
        said.append("Ring the prescriber today, if you have no appointment.")
    if not stopped:
        if runs_out:
            said.append("The doses in this calendar end on the day before the review; the medicine does not end.")
        said.append(f"Do not stop: {_keep(schedule, schedule.review)} until the prescriber says otherwise.")
    return fitted(said, warning(schedule), [f"Plan {schedule.plan}, revision {schedule.revision}."])


def due_title(schedule: Schedule, discreet: bool) -> str:
    """`Baclofen: decide how to go on (r1)`."""
    return f"{drug(schedule, discreet)}: decide how to go on {tag(schedule)}"


def due_text(schedule: Schedule, due: Due) -> str:
    """What is decided, by when, where that comes from."""
    until = [] if due.last is None else [f"Decide by {in_words(due.last)}."]
    said = [f"For the prescriber: {due.says}.", *until, f"Until then {_keep(schedule, due.on)}."]
    closing = [f"Plan {schedule.plan}, revision {schedule.revision}."]
    return fitted(said, [*warning(schedule), f"Source: {_place(due.citation)}."], closing)


def end_title(schedule: Schedule, day: date, ended: date, discreet: bool) -> str:
    """That the calendar ends and the medicine does not."""
    medicine = "the medicine" if discreet else schedule.rule.drug
    when = "has ended" if day == ended else "ends in a week"
    return f"This calendar {when}; {medicine} does not end: do not stop, ring the prescriber {tag(schedule)}"


def end_text(schedule: Schedule, ended: date) -> str:
    """The same in full: until when doses are listed, what to keep taking, and to ask for the next calendar."""
    said = [
        f"This calendar lists doses up to and including {in_words(plus(ended, -1))}. "
        f"The calendar ends there; the medicine does not.",
        f"Do not stop: {_keep(schedule, ended)} until the prescriber says otherwise.",
        "Ring the prescriber and ask for the next calendar.",
    ]
    return fitted(said, warning(schedule), [f"Plan {schedule.plan}, revision {schedule.revision}."])


def _keep(schedule: Schedule, day: date) -> str:
    """`keep taking 20 mg three times a day`, as far as the schedule says what is taken on `day`."""
    if day < schedule.first:
        return "keep taking what you take now"
    found = schedule.step_of(day)
    step = found[1] if found else schedule.steps[-1]
    if not step.regimen.administrations:
        return f"keep to the plan (no {schedule.rule.drug} on this day)"
    if step.regimen.continuous:
        return f"the pump goes on with {step.regimen.in_words()}"
    return f"keep taking {step.regimen.in_words()}"


def replaces(schedule: Schedule) -> str:
    """` It replaces revision 1.`, or nothing."""
    return f" It replaces revision {schedule.revision - 1}." if schedule.revision > 1 else ""


def _notes(schedule: Schedule, topic: str) -> list[str]:
    return [note.says for note in schedule.notes if note.topic == topic]


def warning(schedule: Schedule) -> list[str]:
    """What the rule says about stopping suddenly, in sentences."""
    return [_sentence(note) for note in _notes(schedule, "never stop suddenly")]


def safety(schedule: Schedule) -> list[str]:
    """What the rule says about stopping suddenly and about a missed dose."""
    return [_sentence(note) for note in (*_notes(schedule, "never stop suddenly"), *_notes(schedule, "missed dose"))]


def _sentence(says: str) -> str:
    return says if says.endswith((".", "!", "?")) else says + "."


def _why(step: Step, places: bool = True) -> list[str]:
    """The reasons of a step: its claim, then each fact, with the place it comes from if `places`."""
    facts = [_with_place(fact) if places else fact.says for fact in step.why.cited()]
    return [_sentence(step.why.claim), *(f"Because {fact}." for fact in facts)]


def _with_place(fact: Fact) -> str:
    return fact.says if fact.citation is None else f"{fact.says} ({_place(fact.citation)})"


def _place(citation: Citation) -> str:
    if citation.basis == "prescriber":
        return "set by the prescriber"
    place = f"{citation.source.title}, {citation.at}"
    return place if citation.basis == "stated" else f"{citation.basis} from {place}"


def _why_it_may_end(schedule: Schedule, places: bool = True) -> list[str]:
    """How far the dose has come down, read off the steps, and the reasons of the step that ends it."""
    taken = [step for step in schedule.steps if step.regimen.administrations]
    fall = taken[-1:]
    for step in reversed(taken[:-1]):
        if step.regimen.daily <= fall[0].regimen.daily:
            break
        fall.insert(0, step)
    said = []
    top, bottom = fall[0], fall[-1]
    current = schedule.request.current
    before = top.regimen.daily
    if current is not None and top is schedule.steps[0]:
        before = max(before, current.total().to(before.unit))
    if max(top.regimen.cycle, bottom.regimen.cycle) > 1 and top is not bottom:
        come = f"from {top.regimen.in_words()} to {bottom.regimen.in_words()}"
        said.append(f"Why it is safe to end here: the dose has come down step by step {come}.")
    elif before > bottom.regimen.daily and bottom.days.last is not None:
        length = between(top.days.first, bottom.days.last) + 1
        said.append(
            f"Why it is safe to end here: the daily dose has come down step by step from {before} "
            f"to {bottom.regimen.daily} in {length} days."
        )
    reasons = _why(schedule.steps[-1], places)
    return [*said, *(reasons if said else [f"Why it is safe to end here: {reasons[0]}", *reasons[1:]])]


def fitted(said: Iterable[str], more: Iterable[str], closing: Iterable[str] = ()) -> str:
    """`said`, those sentences of `more` that stay within `LONGEST_TEXT` with the rest, and `closing`, line by line.

    Where a sentence of `more` was left out, the text says that there is more to read.
    """
    lines, last, left_out = list(said), list(closing), False
    for sentence in more:
        if len("\n".join((*lines, sentence, _MORE, *last))) > LONGEST_TEXT:
            left_out = True
        else:
            lines.append(sentence)
    return "\n".join((*lines, *([_MORE] if left_out else []), *last))
