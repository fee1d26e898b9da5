"""Why a day of a schedule, or each of its steps, is as it is: told from the schedule alone.

`text` writes the explanation for people, `data` for programs.

Nothing is planned or proved here. Reasons are the schedule's own, each with the place that it comes from; what was
taken before and what changes next is read off the steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from titrate.days import in_words, plus
from titrate.errors import FormatError, RequestError
from titrate.formats.sheet import fit
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.regimen import Pattern, times_a_day
from titrate.schedule import Absence, Note, Schedule, Step

# A step's reasons stand in one list; how a sentence begins tells what it is a reason for. A sentence that begins
# otherwise is shown without saying which.
_HEIGHT = (
    "a dose falls", "a dose rises", "the daily dose falls", "the daily dose rises", "the first regimen is",
    "the last dose before stopping", "the maintenance regimen is", "the maximum is", "the target is",
)  # fmt: skip
_LENGTH = ("a dose is kept", "a taper takes", "it is kept", "the last dose is on")

# What is said with every day; other notes only where they apply to the patient.
_ALWAYS = ("never stop suddenly", "missed dose")


@dataclass(frozen=True, slots=True)
class Taken:
    """What is taken before or after a step, in words, in a cycle of so many days. `day` is its last day before the
    step, its first day after it; `since` its first day, where the request says so."""

    words: str
    daily: Quantity
    day: date
    since: date | None = None
    cycle: int = 1


@dataclass(frozen=True, slots=True)
class Told:
    """One step, or one day in it (`day`; `None`: the whole step), and what bears on it. `number` counts from 1.

    `before` is `None` where nothing was taken, `after` where nothing is planned. `height` says why the doses are this
    high, `length` why the step lasts this long, `other` holds reasons that do not tell which of both they are for.
    """

    number: int
    step: Step
    day: date | None
    before: Taken | None
    after: Taken | None
    height: tuple[Fact, ...]
    length: tuple[Fact, ...]
    other: tuple[Fact, ...]
    stop: bool


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is told of a schedule, and what has to be said with it. `more` are the topics of the notes left out.

    `schedule` is the revision that held on the day that is told; `later` the next one, if there is one. `edited`: the
    document was changed after titrate wrote it. `absence` is a report that nothing was taken on the day.
    """

    schedule: Schedule
    told: tuple[Told, ...]
    notes: tuple[Note, ...]
    more: tuple[str, ...]
    edited: bool = False
    later: Schedule | None = None
    absence: Absence | None = None

    @property
    def replaced(self) -> date | None:
        """The day from which the later revision holds."""
        return None if self.later is None else _begun(self.later)


def explain(schedule: Schedule, day: date | None = None, edited: bool = False) -> Explanation:
    """The explanation of `day`, or of every step in turn; a day before a revision is told as it was planned then.

    Raises `RequestError` for a day outside the schedule, `FormatError` where what is told of a dose would not agree.
    """
    later = None
    held = schedule
    while day is not None and day < _begun(held) and (previous := held.previous()) is not None:
        later, held = held, previous
    _agree(held)
    notes = tuple(note for note in held.notes if note.applies or note.topic in _ALWAYS)
    more = tuple(dict.fromkeys(note.topic for note in held.notes if note not in notes))
    numbers = range(1, len(held.steps) + 1)
    absence = None
    if day is not None:
        found = held.step_of(day)
        if found is None:
            raise _outside(schedule, day)
        numbers = range(found[0], found[0] + 1)
        absence = next((one for one in schedule.absences if day in one.days), None)
    told = tuple(_told(held, number, day) for number in numbers)
    return Explanation(held, told, notes, more, edited, later, absence)


def _begun(schedule: Schedule) -> date:
    """The day from which a schedule holds."""
    return schedule.first if schedule.revised is None else schedule.revised.on


def _agree(schedule: Schedule) -> None:
    """Raises `FormatError` where pieces do not make their dose: two amounts for one dose are never shown."""
    for number, step in enumerate(schedule.steps, 1):
        for given in step.regimen.administrations:
            here = f"Step {number}, {given.slot}"
            try:
                made = sum((piece.amount.to(given.dose.unit) for piece in given.pieces), given.dose * 0)
            except ValueError as fault:
                raise FormatError(f"{here}: the pieces do not make {given.dose}: {fault}.") from fault
            if made != given.dose:
                pieces = given.pieces_in_words() or "nothing"
                raise FormatError(f"{here}: the dose is {given.dose}, and {pieces} is {made}.")


def _outside(schedule: Schedule, day: date) -> RequestError:
    first, last = schedule.chain()[0].first, schedule.last
    if last is None:
        span = f"begins on {in_words(first)} and has no end"
    elif schedule.stops:
        span = f"runs from {in_words(first)} to {in_words(last)}, the first day without {fit(schedule.rule.drug)}"
    else:
        span = f"runs from {in_words(first)} to {in_words(last)}"
    options = [f"ask for its first day (--day {first})"]
    options += [f"ask for its last day (--day {last})"] if last is not None else []
    return RequestError(f"{in_words(day)} is no day of this schedule, which {span}.", tuple(options))


def _told(schedule: Schedule, number: int, day: date | None) -> Told:
    step = schedule.steps[number - 1]
    height, length, other = _sorted(tuple(_facts(step.why)))
    stop = schedule.stops and number == len(schedule.steps)
    return Told(number, step, day, _before(schedule, number), _after(schedule, number), height, length, other, stop)


def _sorted(facts: tuple[Fact, ...]) -> tuple[tuple[Fact, ...], ...]:
    """The reasons for the height, for the length, and the others. A limit that is named again bears on the length."""
    first = {fact: index for index, fact in reversed(list(enumerate(facts)))}
    height: list[Fact] = []
    length: list[Fact] = []
    other: list[Fact] = []
    for index, fact in enumerate(facts):
        if fact.says.startswith(_LENGTH) or (fact.says.startswith(_HEIGHT) and first[fact] < index):
            length.append(fact)
        else:
            (height if fact.says.startswith(_HEIGHT) else other).append(fact)
    return tuple(height), tuple(length), tuple(other)


def _facts(because: Because) -> Iterator[Fact]:
    """The reasons in reading order; an argument among them is its claim, then its own reasons."""
    for fact in because.facts:
        if isinstance(fact, Fact):
            yield fact
        else:
            yield Fact(fact.claim)
            yield from _facts(fact)


def _before(schedule: Schedule, number: int) -> Taken | None:
    step = schedule.steps[number - 1]
    eve = plus(step.days.first, -1)
    if number > 1:
        regimen = schedule.steps[number - 2].regimen
        return Taken(regimen.in_words(), regimen.daily, eve, cycle=regimen.cycle)
    request = schedule.request
    if request.current is None:
        return None
    words = _in_words(request.current, step.regimen.continuous)
    return Taken(words, request.current.total(), eve, request.since, request.current.cycle)


def _in_words(pattern: Pattern, continuous: bool) -> str:
    if pattern.daily is not None:
        return f"{pattern.daily} a day" + (" as a continuous infusion" if continuous else "")
    if pattern.cycle > 1:
        return str(pattern)
    if len(set(pattern.doses)) == 1:
        return f"{pattern.doses[0]} {times_a_day(len(pattern.doses))}"
    doses = [str(dose) for dose in pattern.doses]
    return f"{', '.join(doses[:-1])} and {doses[-1]} in the course of the day"


def _after(schedule: Schedule, number: int) -> Taken | None:
    if number == len(schedule.steps):
        return None
    step = schedule.steps[number]
    return Taken(step.regimen.in_words(), step.regimen.daily, step.days.first, cycle=step.regimen.cycle)
