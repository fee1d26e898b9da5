"""What a proof looks at, a schedule's days beside the limits for its patient, and what it says about them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import date
from fractions import Fraction
from itertools import groupby, pairwise
from typing import Any

from titrate.days import Days, between, in_words, plus
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.limit import ABOVE_MAXIMUM, Maximum
from titrate.limits import Limits
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import Pattern, Regimen, in_turn
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Kind, Schedule
from titrate.source import Citation
from titrate.verifier.change import Direction, Doses, Taken, Turns, daily, days_of, direction, every_dose, worst


@dataclass(frozen=True, slots=True)
class Finding:
    """One law broken on one day (`None`: by the schedule as a whole).

    `says` is a full sentence with the day in words, the offending `value`, the `limit` and its source.
    """

    law: str
    day: date | None
    says: str
    value: str
    limit: str
    citation: Citation | None = None

    def text(self) -> str:
        """The law and the sentence."""
        return f"{self.law}: {self.says}"

    def as_data(self) -> dict[str, Any]:
        """The finding for `--json`; the source is left out where the limit has none."""
        day = None if self.day is None else self.day.isoformat()
        told = Fact(self.says, self.citation).as_data()
        return {"law": self.law, "day": day, "value": self.value, "limit": self.limit, **told}


def found(law: str, day: date | None, what: str, value: str, limit: str, citation: Citation | None = None) -> Finding:
    """A finding; `what` is a clause that holds `value`, for example "the daily dose is 85 mg"."""
    when = f"On {in_words(day)} " if day is not None else ""
    sentence = f"{when}{what}; the limit is {Fact(limit, citation)}."
    return Finding(law, day, sentence[:1].upper() + sentence[1:], value, limit, citation)


@dataclass(frozen=True, slots=True)
class Span:
    """Days with one regimen, as a step has them. `doses` are in the rule's unit, in the order of the clock."""

    days: Days
    kind: Kind
    regimen: Regimen
    doses: Taken
    daily: Fraction = field(init=False, compare=False)
    """The daily dose; of a cycle of several days their average."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "daily", daily(self.doses))

    @property
    def cycle(self) -> int:
        """How many days its cycle has."""
        return len(days_of(self.doses))


@dataclass(frozen=True, slots=True)
class Move:
    """What happens on the first day of `span`, seen from the day before.

    `before` was taken then, in a step of kind `left` (`None`: before the schedule), and for `held` whole
    days (`None`: not known). `original` was taken when the rise or fall that this belongs to began.
    `stops`: the drug ends here.
    """

    span: Span
    before: Taken
    left: Kind | None
    held: int | None
    original: Taken
    direction: Direction
    stops: bool
    daily_before: Fraction = field(init=False, compare=False)
    """The daily dose on the day before."""
    daily_original: Fraction = field(init=False, compare=False)
    """The daily dose on which the rise or fall began."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "daily_before", daily(self.before))
        object.__setattr__(self, "daily_original", daily(self.original))

    @property
    def day(self) -> date:
        """The first day after the change."""
        return self.span.days.first

    @property
    def between_doses(self) -> bool:
        """Whether it goes from doses to doses, or ends the drug.

        A day without the drug anywhere else is abrupt in itself, and no limit of a change says how to come
        to it or back from it.
        """
        return self.stops or bool(self.before and self.span.doses)


@dataclass(frozen=True, slots=True)
class Case:
    """A schedule, the limits it has to keep, and its days, worked out once for all checks.

    `own` are the rule's limits for this patient, `limits` these together with the prescriber's pace.
    There is at least one span. `current` is what the patient takes on the day before the first (`None`:
    nothing, or nothing that can be told). `past` are the days of earlier revisions that lead up to the first
    without a break.
    """

    schedule: Schedule
    rule: Rule
    own: Limits
    limits: Limits
    current: Taken | None
    spans: tuple[Span, ...]
    moves: tuple[Move, ...]
    past: tuple[Span, ...] = ()

    @classmethod
    def of(cls, schedule: Schedule, rule: Rule, own: Limits) -> Case:
        """The case of a schedule that has steps, all in units that convert to the rule's.

        Raises `RequestError` for a pace or a current regimen that does not go with the rule.
        """
        request, unit = schedule.request, own.unit
        own = own.on_scale(request.measure)
        spans = tuple(Span(s.days, s.kind, s.regimen, taken_in(s.regimen, unit)) for s in schedule.steps)
        try:
            every = None if request.every is None else request.every.days
            limits = own.paced(request.by, every, request.citation("--by/--every"))
            current = _current(request, spans, own)
        except ValueError as fault:
            raise RequestError(f"The request does not go with the rule {rule.id}: {fault}.") from fault
        past = past_of(schedule, unit)
        moves = tuple(_moves(spans, current, request.since, _phase(past)))
        return cls(schedule, rule, own, limits, current, spans, moves, past)

    @property
    def request(self) -> Request:
        """What was asked for."""
        return self.schedule.request

    @property
    def stops(self) -> bool:
        """Whether the last step is without the drug."""
        return not self.spans[-1].doses

    @property
    def taper_begins(self) -> date | None:
        """The first day of the taper that ends the drug: of the last taper steps in a row. `None` without a stop.

        It may lie in the past: a taper that was revised on its way did not begin anew.
        """
        if not self.stops:
            return None
        begins = self.spans[-1].days.first
        for span in reversed((*self.past, *self.spans)):
            if span.kind != "taper":
                break
            begins = span.days.first
        return begins

    @property
    def last_dose(self) -> date | None:
        """The day of the last dose, if the schedule stops the drug and there is a dose before that."""
        if not self.stops or len(self.spans) < 2 or (last := self.spans[-2].days.last) is None:
            return None
        before, cycle = self.spans[-2], days_of(self.spans[-2].doses)
        at = between(before.days.first, last)
        ago = next((days for days in range(len(cycle)) if cycle[(at - days) % len(cycle)]), 0)
        return plus(last, -ago)

    def takes_back(self, move: Move) -> bool:
        """Whether it is the first change of a revision and leads back to what was taken up to the last one.

        How long a dose is kept is about going on. After a step that is not borne one goes back to the dose of the
        days before it, to which the body is used, and does not wait. That way back is not taken back in its turn.
        """
        first = self.spans[0]
        if move.span is not first or self.schedule.revised is None or not self.past:
            return False
        runs = [doses for doses, _ in groupby(span.doses for span in self.past)]
        again = len(runs) > 2 and runs[-3] == runs[-1]
        return len(runs) > 1 and not again and (runs[-2], runs[-1]) == (first.doses, move.before)

    def amount(self, dose: Fraction) -> Quantity:
        """A plain number in the unit of the rule."""
        return Quantity(dose, self.limits.unit)

    def written(self, doses: Taken) -> str:
        """Doses as one would type them."""
        return in_turn([tuple(map(self.amount, day)) for day in days_of(doses)], self.limits.unit)


def in_unit(doses: tuple[Quantity, ...], unit: str) -> Doses:
    """Doses as plain numbers. Raises `ValueError` for a dose of another kind than `unit`."""
    return tuple(dose.to(unit).amount for dose in doses)


def _together(days: Iterable[tuple[Quantity, ...]], unit: str) -> Taken:
    found = tuple(in_unit(doses, unit) for doses in days)
    return found[0] if len(found) == 1 else Turns(found)


def taken_in(regimen: Regimen, unit: str) -> Taken:
    """What a regimen gives, as plain numbers. Raises `ValueError` for a dose of another kind than `unit`."""
    return _together((day.doses for day in regimen.each()), unit)


def typed_in(pattern: Pattern, unit: str) -> Taken:
    """The same of doses as somebody wrote them."""
    return _together(pattern.days(), unit)


def _current(request: Request, spans: tuple[Span, ...], limits: Limits) -> Taken | None:
    """What is taken on the day before the first. A daily dose tells it only of a continuous infusion."""
    if request.current is None:
        return None
    if request.current.daily is None:
        return typed_in(request.current, limits.unit)
    infusion = all(product.form == "infusion" for product in limits.products)
    if infusion or any(span.regimen.continuous for span in spans):
        return in_unit((request.current.daily,), limits.unit)
    return None


def past_of(schedule: Schedule, unit: str) -> tuple[Span, ...]:
    """The days of earlier revisions and the one before them, but none up to days that were reported as not taken.

    None at all where they are counted in another unit.
    """
    gone = max((one.days.last for one in schedule.absences if one.days.last is not None), default=None)
    try:
        found = list(_taken_before(schedule, unit)) if gone is None else []
        for step in schedule.kept():
            first, last = step.days.first, step.days.last
            if gone is None or last is None or last > gone:
                days = step.days if gone is None or first > gone else Days(plus(gone, 1), last)
                regimen = step.regimen.turned(between(first, days.first))
                found.append(Span(days, step.kind, regimen, taken_in(regimen, unit)))
    except ValueError:
        return ()
    return tuple(found)


def _taken_before(schedule: Schedule, unit: str) -> Iterator[Span]:
    """What was taken on the day before a plan that has been revised began, as far as it was said dose by dose."""
    kept, current = schedule.kept(), schedule.chain()[0].request.current
    if not kept or current is None:
        return
    before = Days.of(plus(kept[0].days.first, -1), 1)
    if current.daily is None:
        yield Span(before, "maintenance", Regimen(unit), typed_in(current, unit))
    elif kept[0].regimen.continuous:
        yield Span(before, "maintenance", Regimen(unit), in_unit((current.daily,), unit))


Phase = tuple[Direction, Taken]


def _phase(past: tuple[Span, ...]) -> Phase:
    """Which way the doses went when the past ended, and the doses on which that began."""
    phase: Phase = ("none", ())
    for earlier, later in pairwise(past):
        way = direction(earlier.doses, later.doses)
        if way != "none" and (way != phase[0] or earlier.kind == "maintenance"):
            phase = (way, earlier.doses)
    return ("none", ()) if past and past[-1].kind == "maintenance" else phase


def _moves(spans: tuple[Span, ...], current: Taken | None, since: date | None, phase: Phase) -> Iterator[Move]:
    """What happens on the first day of each span; on the very first only if something was taken before it.

    `phase`: which way the doses were going before that.
    """
    before, left = current, None
    held = None if since is None else between(since, spans[0].days.first)
    for index, span in enumerate(spans):
        if before is not None:
            way = direction(before, span.doses)
            # A rise or a fall begins after a stay, and where one turns into the other.
            if way != "none" and (way != phase[0] or left == "maintenance"):
                phase = (way, before)
            stops = not span.doses and index == len(spans) - 1
            yield Move(span, before, left, held, phase[1], way, stops)
        follows = index == 0 or _follows(spans[index - 1], span)
        already = held if follows and span.doses == before else 0
        held = None if already is None or span.days.length is None else already + span.days.length
        before, left = span.doses, span.kind


def _follows(earlier: Span, later: Span) -> bool:
    """Whether the days of `later` begin on the day after those of `earlier`."""
    return earlier.days.last is not None and between(earlier.days.last, later.days.first) == 1


def comes_down(case: Case, span: Span, limit: Maximum) -> bool:
    """Whether the span belongs to a way down that begins at once from what is above this maximum already, and somebody
    answers for that by name. That it never rises is a law of its own."""
    now = case.current
    if not now or all(one.asks.casefold() != ABOVE_MAXIMUM for one in case.request.approved):
        return False
    dose, whole = case.amount(max(every_dose(now))), case.amount(worst(now))
    above = (limit.dose is not None and dose > limit.dose) or (limit.daily is not None and whole > limit.daily)
    return above and all(one.kind == "taper" for one in case.spans if one.days.first <= span.days.first)
