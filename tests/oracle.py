"""A slow and obvious second planner, for small problems: what is lawful, and what the best schedule is worth.

Written from the laws alone. It shares nothing with planner or verifier but the value types: rules, limits,
quantities, requests and schedules. Doses are plain fractions; a day is a tuple of doses in the order of the
clock, `()` is a day without the drug. Every day that the products make is listed, every change between two
days is tried, and of the ways to the goal only those are dropped that are worse in every single respect.

Covered: titration from a start or from a current regimen; going down to a lower target; tapers to nothing,
with or without a chosen last day, with or without a largest last dose; a plan that stays and then stops;
bands on changes and on frequencies; absolute and percent limits per dose and per day, of the current and of
the original dose; caps on all falls within some days (there every single way is looked at, so the problem has to be
smaller still); even, nearly even and uneven days; the prescriber's own pace; fewer products; the way out.

Not covered: going down under such a cap to a dose that is stopped from later; times of day and spacing, `since`,
infusions, limits about which a rule is silent, months and years as durations (their length depends on the date).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cached_property
from itertools import combinations, pairwise, product
from math import floor

from titrate.days import between, plus
from titrate.limit import By, Change, Frequency, LastStep
from titrate.limits import Limits
from titrate.product import Product
from titrate.quantity import Quantity, Range
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Kind, Schedule

Day = tuple[Fraction, ...]
NOTHING: Day = ()
# How far from even the days of a phase had to be: in the order in which they are tried.
NEAR, UNEVEN, UNCHANGED = 0, 1, 2


@dataclass(frozen=True)
class Kept:
    """One day's doses, kept for `days` days (`None`: without end)."""

    day: Day
    days: int | None
    kind: Kind


@dataclass(frozen=True)
class Worth:
    """What a way through some days costs, each summed over one day of every step; less is better everywhere.

    `time` is the sum of the intervals that have to be kept, `biggest` the largest change of the daily dose,
    `unwanted` by how many doses a day the number differs from the one that the source prefers.
    """

    time: int
    steps: int
    unwanted: int
    divided: int
    pieces: int
    spread: Fraction
    biggest: Fraction
    lateness: Fraction

    def after(self, time: int, change: Fraction, rest: Worth) -> Worth:
        """This day (kept for `time`, left by a change of that size) and then `rest`."""
        return Worth(
            self.time + time + rest.time,
            self.steps + rest.steps,
            self.unwanted + rest.unwanted,
            self.divided + rest.divided,
            self.pieces + rest.pieces,
            self.spread + rest.spread,
            max(self.biggest, change, rest.biggest),
            self.lateness + rest.lateness,
        )

    def everywhere(self) -> tuple[Fraction | int, ...]:
        """Every respect in which it can be better or worse."""
        return (self.time, self.biggest, *self.rest())

    def rest(self) -> tuple[Fraction | int, ...]:
        """What is compared after the time and the largest change, in that order."""
        return (self.steps, self.unwanted, self.divided, self.pieces, self.spread, self.lateness)


FREE = Worth(0, 0, 0, 0, 0, Fraction(0), Fraction(0), Fraction(0))
Key = tuple[Fraction | int, ...]


@dataclass(frozen=True)
class Answer:
    """The best there is: how good the way to the target is, and how good the way off the drug."""

    to_target: Key | None
    to_nothing: Key | None


# --- What can be taken ----------------------------------------------------------------------------


def doses_of(products: Iterable[Product], unit: str, largest: Fraction) -> dict[Fraction, tuple[int, int]]:
    """Every dose up to `largest` with (pieces to divide, pieces to handle) of the best way to make it."""
    made: dict[Fraction, tuple[int, int]] = {Fraction(0): (0, 0)}
    for one in products:
        strength, smallest = one.strength.to(unit).amount, Fraction(1, one.parts)
        more: dict[Fraction, tuple[int, int]] = {}
        for dose, (divided, pieces) in made.items():
            count = Fraction(0)
            while dose + count * strength <= largest:
                broken = 0 if count.denominator == 1 else 1
                cost = (divided + broken, pieces + floor(count) + broken)
                total = dose + count * strength
                more[total] = min(cost, more.get(total, cost))
                count += smallest
        made = more
    del made[Fraction(0)]
    return made


def near(day: Day) -> bool:
    """All doses equal, or all but one, which is smaller."""
    return sum(1 for dose in day if dose != max(day)) <= 1


def even(day: Day) -> bool:
    """All doses equal."""
    return len(set(day)) <= 1


def spread(day: Day) -> Fraction:
    """The largest dose less the smallest."""
    return max(day) - min(day)


def lateness(day: Day) -> Fraction:
    """Every dose times the number of doses after it: small where the large doses come late."""
    return sum((dose * (len(day) - 1 - place) for place, dose in enumerate(day)), Fraction(0))


# --- How one day may follow another ---------------------------------------------------------------


def total(day: Day) -> Fraction:
    """The daily dose."""
    return sum(day, Fraction(0))


def laid_into(small: Day, large: Day) -> Iterator[Day]:
    """`small` with zeros put in, in every way that keeps its order, so that it is as long as `large`."""
    for places in combinations(range(len(large)), len(small)):
        padded = [Fraction(0)] * len(large)
        for place, dose in zip(places, small, strict=True):
            padded[place] = dose
        yield tuple(padded)


def touching(changes: Iterable[Change], one: Day, other: Day, original: Day) -> list[Change]:
    """The limits whose band holds a daily dose between those of two days, both included.

    A band in % is one of shares of the daily dose of `original`, on which the phase began.
    """
    low, high = sorted((total(one), total(other)))
    return [c for c in changes if c.band is None or touched(c.band, low, high, total(original))]


def touched(band: Range, low: Fraction, high: Fraction, original: Fraction) -> bool:
    """Whether `band` holds an amount from `low` to `high`, both included."""

    def at(bound: Quantity | None) -> Fraction | None:
        if bound is None:
            return None
        return bound.amount * original / 100 if bound.unit == "%" else bound.amount

    least, above, most, below = map(at, (band.at_least, band.above, band.at_most, band.below))
    return (
        (least is None or high >= least)
        and (above is None or high > above)
        and (most is None or low <= most)
        and (below is None or low < below)
    )


def small_enough(by: By, before: Day, after: Day, original: Day) -> bool:
    """Whether a change of doses that stand at the same places keeps to `by`."""
    assert by.at_most is not None, "limits about which a rule is silent are not covered"
    if by.per == "day":
        sizes = [abs(total(after) - total(before))]
        bases = [total(before) if by.of == "current" else total(original)]
    else:
        sizes = [abs(b - a) for a, b in zip(before, after, strict=True)]
        bases = list(before) if by.of == "current" else [max(original)] * len(before)
    if by.exactly:
        wanted = [by.at_most.amount * base / 100 if by.at_most.unit == "%" else by.at_most.amount for base in bases]
        return all(size in (0, exact) for size, exact in zip(sizes, wanted, strict=True))
    if by.at_most.unit == "%":
        return all(size * 100 <= by.at_most.amount * base for size, base in zip(sizes, bases, strict=True))
    return all(size <= by.at_most.amount for size in sizes)


def of_original(changes: Iterable[Change]) -> bool:
    """Whether it matters on which day the phase began; what is remembered about a change depends on it then."""
    return any(by.of == "original" for change in changes for by in change.by) or any(
        bound.unit == "%" for change in changes if change.band is not None for bound in change.band.bounds
    )


class Oracle:
    """One rule and one request, looked at without haste."""

    cycle = 1  # every how many days what is called a day here is taken

    def __init__(self, rule: Rule, request: Request, limits: tuple[Limits, Limits] | None = None) -> None:
        """`limits` in place of those of the rule: with the prescriber's pace, and without it."""
        self.request = request
        self.unit = rule.file.unit
        every = None if request.every is None else request.every.days
        if limits is None:
            own = rule.limits_for(request.patient, starting=request.current is None)
            limits = (own.paced(request.by, every, request.citation("--by")), own)
        self.limits, own = limits
        self.own_decrease = own.decrease
        given = {one.asks for one in request.approved}
        maxima = [m for m in own.maximum if m.level == "limit" or (m.level == "approval" and m.asks not in given)]
        self.most_a_dose = min((m.dose.amount for m in maxima if m.dose is not None), default=None)
        self.most_a_day = min((m.daily.amount for m in maxima if m.daily is not None), default=None)
        bounds = [bound for bound in (self.most_a_dose, self.most_a_day) if bound is not None]
        at_hand = [p for p in own.products if request.products is None or p.name in request.products]
        self.cost = doses_of(at_hand, self.unit, min(bounds))
        self.current: Day | None = None
        if request.current is not None:
            self.current = tuple(dose.to(self.unit).amount for dose in request.current.doses)
        self.caps = [change for change in self.limits.decrease if change.within is not None]
        self._moves: dict[tuple[bool, bool, Day, Day, Day], bool] = {}
        self._out: dict[tuple[Day, int, Day], bool] = {}
        self._falling_days: dict[int, list[Day]] = {}
        self.time_only = False

    # --- days

    def takeable(self, day: Day, frequencies: tuple[Frequency, ...], begun: int | None = None) -> bool:
        """Whether products, maxima, slots and frequency allow the day. `begun`: doses a day where a taper began."""
        return (
            len(day) in self.limits.slots
            and all(dose in self.cost for dose in day)
            and (self.most_a_dose is None or max(day) <= self.most_a_dose)
            and (self.most_a_day is None or total(day) <= self.most_a_day)
            and all(f.allows(len(day), Quantity(total(day), self.unit), begun) for f in frequencies)
        )

    def _days(self, frequencies: tuple[Frequency, ...], begun: int | None = None) -> list[Day]:
        doses = sorted(self.cost)
        every = (day for count in self.limits.slots for day in product(doses, repeat=count))
        return [day for day in every if self.takeable(day, frequencies, begun)]

    @cached_property
    def rising_days(self) -> list[Day]:
        """Every day that a titration may use."""
        return self._days(self.limits.frequency)

    def falling_days(self, begin: Day) -> list[Day]:
        """Every day that a taper from `begin` may use."""
        if len(begin) not in self._falling_days:
            self._falling_days[len(begin)] = self._days(self.limits.taper_frequency, len(begin))
        return self._falling_days[len(begin)]

    def starts(self, day: Day) -> bool:
        """Whether a titration may begin with this day."""
        return self.takeable(day, self.limits.frequency) and all(
            self._within(day, s.dose, s.daily) and (s.frequency is None or len(day) in s.frequency)
            for s in self.limits.start
        )

    def maintainable(self, day: Day) -> bool:
        """Whether one may stay on this day."""
        return self.takeable(day, self.limits.frequency) and all(
            self._within(day, m.dose, m.daily) and (m.frequency is None or len(day) in m.frequency)
            for m in self.limits.maintenance
        )

    def _within(self, day: Day, dose: object, daily: object) -> bool:
        amounts = [Quantity(one, self.unit) for one in day]
        each = dose is None or all(amount in dose for amount in amounts)  # type: ignore[operator]  # a Range
        return each and (daily is None or Quantity(total(day), self.unit) in daily)  # type: ignore[operator]

    @cached_property
    def targets(self) -> list[Day]:
        """The days that the request may mean, and on which one may stay."""
        wanted = self.request.target
        assert wanted is not None
        if wanted.daily is None:
            day = tuple(dose.to(self.unit).amount for dose in wanted.doses)
            # Uneven doses and --even contradict each other.
            return [day] if self.maintainable(day) and (even(day) or self.request.split != "even") else []
        daily = wanted.daily.to(self.unit).amount
        days = [day for day in self.rising_days if total(day) == daily and self.maintainable(day)]
        if self.request.split == "uneven":
            return days
        if self.request.split == "even":
            return [day for day in days if even(day)]
        evenest = {len(d): min(spread(e) for e in days if len(e) == len(d)) for d in days}
        return [day for day in days if spread(day) == evenest[len(day)]]

    # --- changes

    def _sized(self, changes: tuple[Change, ...], before: Day, after: Day, original: Day) -> bool:
        """Whether one way to lay the smaller day into the larger keeps to every limit that bears on the change."""
        if before == after:
            return False
        rising = total(after) > total(before)
        small, large = (before, after) if rising else (after, before)
        limits = [by for change in touching(changes, before, after, original) for by in change.by]
        for laid in laid_into(small, large):
            if any(a > b for a, b in zip(laid, large, strict=True)):
                continue
            old, new = (laid, large) if rising else (large, laid)
            if all(small_enough(by, old, new, original) for by in limits):
                return True
        return False

    def rises(self, before: Day, after: Day, original: Day) -> bool:
        """Whether the daily dose may rise so far at once."""
        return total(after) > total(before) and self._known(True, True, before, after, original)

    def falls(self, before: Day, after: Day, original: Day, paced: bool = True) -> bool:
        """Whether the daily dose may fall so far at once; `paced` with the prescriber's own limits."""
        return total(after) < total(before) and self._known(False, paced, before, after, original)

    def _known(self, rising: bool, paced: bool, before: Day, after: Day, original: Day) -> bool:
        changes = self.limits.increase if rising else self.limits.decrease if paced else self.own_decrease
        key = (rising, paced, before, after, original if of_original(changes) else NOTHING)
        if key not in self._moves:
            self._moves[key] = self._sized(changes, before, after, original)
        return self._moves[key]

    def stops(self, day: Day, original: Day, paced: bool = True) -> bool:
        """Whether the drug may be stopped after this day."""
        last: tuple[LastStep, ...] = self.limits.last_step
        if last:
            return all(total(day) <= step.daily.amount for step in last)
        return self.falls(day, NOTHING, original, paced)

    def interval(self, before: Day, after: Day, original: Day) -> int:
        """How many days `before` has to be kept before it becomes `after`, in a phase that began on `original`."""
        changes = self.limits.increase if total(after) > total(before) else self.limits.decrease
        return max([1, *(c.every for c in touching(changes, before, after, original) if c.every is not None)])

    def too_fast(self, earlier: Day, later: Day, days: int, original: Day) -> bool:
        """Whether a cap forbids so large a fall of the daily dose within so many days."""
        return total(later) < total(earlier) and any(
            days <= (cap.within or 0) and not all(small_enough(by, earlier, later, original) for by in cap.by)
            for cap in self.caps
        )

    def lengths(self, begin: Day, days: list[Day], end: Day | None) -> list[int] | None:
        """How long each of these days, one after the other from `begin`, is kept at least; each changed as soon as it
        may be.

        `end` is what follows the last of them; `None`: it is stayed on, which is not counted. `None` if the first
        of them comes too soon.
        """
        today, taken, found = 0, [(begin, -1)], []
        if any(self.too_fast(day, days[0], today - last, begin) for day, last in taken):
            return None
        for place, day in enumerate(days):
            after = days[place + 1] if place + 1 < len(days) else end
            if after is None:
                break
            free = after == NOTHING and bool(self.limits.last_step)
            change = today + self.interval(day, after, begin)
            now = [*taken, (day, change - 1)]
            while not free and any(self.too_fast(one, after, change - last, begin) for one, last in now[:-1]):
                change += self.cycle
            taken.append((day, change - 1))
            found.append(change - today)
            today = change
        return found

    def way_out(self, day: Day) -> bool:
        """Whether falls of the rule's own sizes lead from this day to nothing."""
        return self._leads_out(day, day)

    def _leads_out(self, day: Day, original: Day) -> bool:
        key = (day, len(original), original if of_original(self.own_decrease) else NOTHING)
        if key not in self._out:
            self._out[key] = self.stops(day, original, paced=False) or any(
                self._leads_out(lower, original)
                for lower in self.falling_days(original)
                if self.falls(day, lower, original, paced=False)
            )
        return self._out[key]

    # --- ways

    def _alone(self, day: Day) -> Worth:
        costs = [self.cost[dose] for dose in day]
        preferred = [f.times.prefer for f in self.limits.frequency if f.times.prefer is not None]
        return Worth(
            time=0,
            steps=1,
            unwanted=sum(abs(len(day) - number) for number in preferred[:1]),
            divided=sum(cost[0] for cost in costs),
            pieces=sum(cost[1] for cost in costs),
            spread=spread(day),
            biggest=Fraction(0),
            lateness=lateness(day),
        )

    def _shapes(self) -> list[tuple[int, Callable[[Day], bool]]]:
        """What the days between the ends of a phase may look like, in the order in which it is tried."""
        if self.request.split == "even":
            return [(NEAR, even)]
        anything = (UNEVEN, lambda day: True)
        return [anything] if self.request.split == "uneven" else [(NEAR, near), anything]

    def _to_targets(self, shape: Callable[[Day], bool]) -> list[tuple[Worth, Day]]:
        """What the ways to every target are worth, from the first day that is planned."""
        targets = set(self.targets)
        if self.current is None:
            found = []
            memory: dict[Day, list[tuple[Worth, Day]]] = {}
            for first in self.rising_days:
                if self.starts(first) and (shape(first) or first in targets):
                    if of_original(self.limits.increase):
                        memory = {}
                    found += self._onward(first, first, True, shape, targets, memory)
            return found
        if self.current in targets:
            return [(self._alone(self.current), self.current)] if self.way_out(self.current) else []
        rising = all(total(target) > total(self.current) for target in targets)
        if self.caps and not rising:
            return [
                way for first in self._next(self.current, self.current, False, shape, targets)
                for way in self._every_way_down([self.current, first], shape, targets)
            ]  # fmt: skip
        found = []
        seen: dict[Day, list[tuple[Worth, Day]]] = {}
        for first in self._next(self.current, self.current, rising, shape, targets):
            change = abs(total(first) - total(self.current)) / total(self.current)
            for rest, target in self._onward(first, self.current, rising, shape, targets, seen):
                found.append((FREE.after(0, change, rest), target))
        return found

    def _next(
        self, day: Day, original: Day, rising: bool, shape: Callable[[Day], bool], targets: set[Day]
    ) -> Iterator[Day]:
        """Every day that may follow on the way to the targets."""
        between_ends = self.rising_days if rising else self.falling_days(original)
        moves = self.rises if rising else self.falls
        for after in dict.fromkeys((*between_ends, *targets)):
            if (shape(after) or after in targets) and moves(day, after, original):
                yield after

    def _onward(
        self,
        day: Day,
        original: Day,
        rising: bool,
        shape: Callable[[Day], bool],
        targets: set[Day],
        seen: dict[Day, list[tuple[Worth, Day]]],
    ) -> list[tuple[Worth, Day]]:
        """What the ways from `day` (included) to each target are worth."""
        if not self.way_out(day):
            return []
        if day in targets:
            return [(self._alone(day), day)]
        if day not in seen:
            found = []
            for after in self._next(day, original, rising, shape, targets):
                time, change = self.interval(day, after, original), abs(total(after) - total(day)) / total(day)
                for rest, target in self._onward(after, original, rising, shape, targets, seen):
                    found.append((self._alone(day).after(time, change, rest), target))
            seen[day] = [
                (worth, target)
                for target in targets
                for worth in self._worth_keeping([worth for worth, reached in found if reached == target])
            ]
        return seen[day]

    def _off(
        self, day: Day, original: Day, shape: Callable[[Day], bool], seen: dict[Day, list[Worth]]
    ) -> list[Worth]:  # fmt: skip
        """What the ways from `day` (included) to nothing are worth; the largest fall as a share of `original`."""
        if day not in seen:
            found = []
            if self.stops(day, original):
                time, change = self.interval(day, NOTHING, original), total(day) / total(original)
                found.append(self._alone(day).after(time, change, FREE))
            for lower in self.falling_days(original):
                if shape(lower) and self.falls(day, lower, original):
                    time, change = self.interval(day, lower, original), (total(day) - total(lower)) / total(original)
                    found += [
                        self._alone(day).after(time, change, rest) for rest in self._off(lower, original, shape, seen)
                    ]
            seen[day] = self._worth_keeping(found)
        return seen[day]

    def _taper_ways(self, begin: Day, kept: int | None, shape: Callable[[Day], bool]) -> list[Worth]:
        """Every way from `begin` (not included) to nothing. `kept`: how long `begin` has been kept, if that counts."""
        seen: dict[Day, list[Worth]] = {}
        found = []
        if self.caps:
            firsts = [day for day in self.falling_days(begin) if shape(day) and self.falls(begin, day, begin)]
            soon_enough = [day for day in firsts if kept is None or self.interval(begin, day, begin) <= kept]
            return [way for first in soon_enough for way in self._every_way_off(begin, [first], shape)]
        for first in self.falling_days(begin):
            if shape(first) and self.falls(begin, first, begin) and (
                kept is None or self.interval(begin, first, begin) <= kept
            ):  # fmt: skip
                change = (total(begin) - total(first)) / total(begin)
                found += [FREE.after(0, change, rest) for rest in self._off(first, begin, shape, seen)]
        return found

    def _every_way_off(self, begin: Day, days: list[Day], shape: Callable[[Day], bool]) -> Iterator[Worth]:
        """Every way that goes on from `days`, taken one after the other since `begin`, to nothing."""
        if self.stops(days[-1], begin) and (lengths := self.lengths(begin, days, NOTHING)) is not None:
            falls = [(total(a) - total(b)) / total(begin) for a, b in pairwise([begin, *days, NOTHING])]
            yield replace(self._sum(days), time=sum(lengths), biggest=max(falls))
        for lower in self.falling_days(begin):
            if shape(lower) and self.falls(days[-1], lower, begin):
                yield from self._every_way_off(begin, [*days, lower], shape)

    def _every_way_down(
        self, days: list[Day], shape: Callable[[Day], bool], targets: set[Day]
    ) -> Iterator[tuple[Worth, Day]]:
        """Every way that goes on from `days` (the current one first) down to a target."""
        if not self.way_out(days[-1]):
            return
        if days[-1] in targets:
            lengths = self.lengths(days[0], days[1:], None)
            if lengths is not None:
                falls = [(total(a) - total(b)) / total(a) for a, b in pairwise(days)]
                yield replace(self._sum(days[1:]), time=sum(lengths), biggest=max(falls)), days[-1]
            return
        for after in self._next(days[-1], days[0], False, shape, targets):
            yield from self._every_way_down([*days, after], shape, targets)

    def taper(self, begin: Day, kept: int | None, length: int | None) -> Key | None:
        """The best taper from `begin`, over exactly `length` days where that was chosen."""
        least = max((d.at_least for d in self.limits.taper_duration), default=1)
        if length is not None and length < least:
            return None
        # Where the end is chosen, all days are searched at once.
        at_once = length is not None and self.request.split is None
        for tried, shape in self._shapes()[-1:] if at_once else self._shapes():
            ways = [w for w in self._taper_ways(begin, kept, shape) if length is None or w.time <= length]
            if ways:
                return min(self._taper_key(tried, way, least, length) for way in ways)
        if self.stops(begin, begin) and self.takeable(begin, self.limits.taper_frequency, len(begin)):
            time = self.interval(begin, NOTHING, begin)
            if length is None or time <= length:
                way = self._alone(begin).after(time, Fraction(1), FREE)
                return self._taper_key(UNCHANGED, way, least, length)
        return None

    @staticmethod
    def _taper_key(tried: int, way: Worth, least: int, length: int | None) -> Key:
        days = max(way.time, least) if length is None else length
        return (tried, days, way.biggest, way.time, *way.rest())

    def _target_key(self, tried: int, way: Worth, target: Day) -> Key:
        *before, late = way.rest()
        if self.current is not None and total(target) < total(self.current):
            return (tried, way.time, way.biggest, *before, late)
        return (tried, way.time, *before, way.biggest, late)

    def _worth_keeping(self, found: list[Worth]) -> list[Worth]:
        """Those of the ways from one day on that may still turn out to be the best."""
        if self.time_only:
            return sorted(found, key=lambda worth: worth.time)[:1]
        return undominated(found)

    # --- the questions

    def exists(self) -> bool:
        """Whether there is any schedule. Of the ways from a day on only the quickest counts then: whatever comes after
        it has the more time for it."""
        self.time_only = True
        found = self.best() is not None
        self.time_only = False
        return found

    def best(self) -> Answer | None:
        """What the best schedule is worth, or `None` where there is none."""
        request = self.request
        if self.limits.refusals:
            return None
        if request.goal == "taper":
            assert self.current is not None
            length = None if request.finish_by is None else between(request.start, request.finish_by) + 1
            found = self.taper(self.current, None, length)
            return None if found is None else Answer(None, found)
        for tried, shape in self._shapes():
            answers: list[tuple[Key, Key, Answer]] = []
            for way, target in self._to_targets(shape):
                key = self._target_key(tried, way, target)
                if not request.then_stop:
                    answers.append((key, (), Answer(key, None)))
                elif (off := self._then_off(way.time, target)) is not None:
                    answers.append((key, off, Answer(key, off)))
            if answers:
                return min(answers, key=lambda answer: answer[:2])[2]
        return None

    def _then_off(self, time: int, target: Day) -> Key | None:
        request = self.request
        assert request.maintain is not None
        stay = request.maintain.days
        first = plus(request.start, time + stay)
        length = None if request.finish_by is None else between(first, request.finish_by) + 1
        return None if length is not None and length < 1 else self.taper(target, stay, length)

    def worth(self, schedule: Schedule) -> Answer:
        """What a lawful schedule is worth, in the same terms."""
        kept = kept_of(schedule)
        stay = next((index for index, one in enumerate(kept) if one.kind == "maintenance"), None)
        to_target = None if stay is None else self._worth_to_target(kept[: stay + 1])
        off = kept[0 if stay is None else stay + 1 :]
        begin = self.current if stay is None else kept[stay].day
        assert begin is not None or not off
        return Answer(to_target, self._worth_off(off, begin) if off and begin is not None else None)

    def _worth_to_target(self, kept: list[Kept]) -> Key:
        days = [one.day for one in kept]
        seen = days if self.current is None or self.current == days[0] else [self.current, *days]
        way = self._sum(days)
        biggest = max((abs(total(b) - total(a)) / total(a) for a, b in pairwise(seen)), default=Fraction(0))
        time = sum(one.days for one in kept[:-1] if one.days is not None)
        tried = self._tried(days[:-1])
        return self._target_key(tried, replace(way, time=time, biggest=biggest), days[-1])

    def _worth_off(self, off: list[Kept], begin: Day) -> Key:
        days = [one.day for one in off if one.day]
        at_once = self.request.finish_by is not None and self.request.split is None
        tried = UNCHANGED if days == [begin] else UNEVEN if at_once else self._tried(days)
        way = self._sum(days)
        falls = [total(a) - total(b) for a, b in pairwise([begin, *days, NOTHING])]
        time = sum(self._needs(begin, days))
        length = sum(one.days for one in off if one.day and one.days is not None)
        share = max(falls) / total(begin)
        return (tried, length, share, time, *way.rest())

    def _needs(self, begin: Day, days: list[Day]) -> list[int]:
        if not self.caps or days == [begin]:
            return [self.interval(a, b, begin) for a, b in pairwise([*days, NOTHING])]
        return self.lengths(begin, days, NOTHING) or [self.interval(begin, days[0], begin)]

    def _tried(self, days: list[Day]) -> int:
        return NEAR if self.request.split != "uneven" and all(near(day) for day in days) else UNEVEN

    def _sum(self, days: list[Day]) -> Worth:
        way = FREE
        for day in days:
            way = self._alone(day).after(0, Fraction(0), way)
        return way

    def faults(self, schedule: Schedule) -> list[str]:
        """Everything about a schedule that is not as it must be; empty where it is lawful and what was asked for."""
        return list(self._faults(schedule))

    def _faults(self, schedule: Schedule) -> Iterator[str]:
        request, kept = self.request, kept_of(schedule)
        if schedule.first != request.start:
            yield f"it begins on {schedule.first}, not on {request.start}"
        for one, other in pairwise(schedule.steps):
            if one.days.last is None or plus(one.days.last, 1) != other.days.first:
                yield f"a gap or an overlap before {other.days.first}"
        yield from self._pieces(schedule)
        yield from self._caps_broken(kept)
        stops = request.goal == "taper" or request.then_stop
        if any(not one.day for one in kept[:-1]) or stops != (not kept[-1].day):
            yield "a day without the drug where there should be none, or none at the end"
            return
        if stops and kept[-1].days != 1:
            yield "the last step is not one day without the drug"
        stay = [index for index, one in enumerate(kept) if one.kind == "maintenance"]
        if len(stay) != (1 if request.goal == "plan" else 0):
            yield f"{len(stay)} steps of maintenance"
            return
        if stay:
            yield from self._faults_to_target(kept[: stay[0] + 1], stops)
        off = kept[stay[0] + 1 :] if stay else kept
        if stops:
            begin = kept[stay[0]].day if stay else self.current
            assert begin is not None
            yield from self._faults_off(off, begin, kept[stay[0]].days if stay else None)
            if request.finish_by is not None and schedule.last_dose != request.finish_by:
                yield f"the last dose is on {schedule.last_dose}, not on {request.finish_by}"
        elif off:
            yield "something comes after a stay without end"

    def _pieces(self, schedule: Schedule) -> Iterator[str]:
        for step in schedule.steps:
            for one in step.regimen.administrations:
                amount = sum((piece.amount.to(self.unit).amount for piece in one.pieces), Fraction(0))
                divisible = all(piece.count * piece.product.parts % 1 == 0 for piece in one.pieces)
                cost = (sum(p.divided for p in one.pieces), sum(p.handled for p in one.pieces))
                if amount != one.dose.to(self.unit).amount or not divisible:
                    yield f"{one.dose} is not {one.pieces_in_words()}"
                elif cost != self.cost.get(amount):
                    yield f"{one.dose} could be made of fewer pieces than {one.pieces_in_words()}"

    def _caps_broken(self, kept: list[Kept]) -> Iterator[str]:
        """Every two days of the schedule, the one before it included, between which the dose falls too fast."""
        if not self.caps:
            return
        days = [self.current] if self.current is not None else []
        originals = [self.current or kept[0].day] * len(days)
        for one in kept:
            length = one.days if one.days is not None else max(cap.within or 0 for cap in self.caps)
            days += [one.day] * length
            originals += [originals[-1] if originals else one.day] * length
            if one.kind == "maintenance":  # a fall that follows begins there
                originals[-1] = one.day
        for place, later in enumerate(days):
            if later == NOTHING and self.limits.last_step:
                continue
            for back in range(1, place + 1):
                if self.too_fast(days[place - back], later, back, originals[place - 1]):
                    yield f"the dose falls too fast in the {back} days to day {place}"

    def _faults_to_target(self, kept: list[Kept], stops: bool) -> Iterator[str]:
        days = [one.day for one in kept]
        request = self.request
        wanted = self.targets
        if days[-1] not in wanted:
            yield f"{days[-1]} is not the target"
        expected = request.maintain.days if stops and request.maintain is not None else None
        if kept[-1].days != expected:
            yield f"the target is kept for {kept[-1].days} days, not for {expected}"
        if self.current is None:
            original = days[0]
            if not self.starts(days[0]):
                yield f"{days[0]} is no start"
            rising = True
        else:
            original = self.current
            rising = total(days[-1]) > total(self.current)
            days = days if days == [self.current] else [self.current, *days]
        for one in kept[:-1]:
            if one.kind != ("titration" if rising else "taper"):
                yield f"{one.day} is called {one.kind}"
            if rising:
                yield from self._bad_day(one.day, self.limits.frequency)
            else:
                yield from self._bad_day(one.day, self.limits.taper_frequency, len(original))
        for before, after in pairwise(days):
            if not (self.rises if rising else self.falls)(before, after, original):
                yield f"{before} may not become {after}"
        least = None if rising or not self.caps or len(days) < 2 else self.lengths(days[0], days[1:], None)
        for place, (one, other) in enumerate(pairwise(kept)):
            need = self.interval(one.day, other.day, original) if least is None else least[place]
            if one.days is None or one.days < need:
                yield f"{one.day} is kept for {one.days} days, too short"
        for one in kept:
            if not self.way_out(one.day):
                yield f"no way out of {one.day}"

    def _bad_day(
        self, day: Day, frequencies: tuple[Frequency, ...], begun: int | None = None, as_it_is: bool = False
    ) -> Iterator[str]:
        if not self.takeable(day, frequencies, begun):
            yield f"{day} cannot or may not be taken"
        if self.request.split == "even" and not even(day) and not as_it_is:
            yield f"{day} is not even"

    def _faults_off(self, off: list[Kept], begin: Day, stayed: int | None) -> Iterator[str]:
        days = [one.day for one in off if one.day]
        if any(one.kind != "taper" for one in off):
            yield "a step of a taper is called something else"
        if not days:
            yield "stopped at once"
            return
        for day in days:
            yield from self._bad_day(day, self.limits.taper_frequency, len(begin), as_it_is=day == begin)
        if days != [begin]:
            for before, after in pairwise([begin, *days]):
                if not self.falls(before, after, begin):
                    yield f"{before} may not become {after}"
            if stayed is not None and stayed < self.interval(begin, days[0], begin):
                yield f"{begin} is kept for {stayed} days, too short"
        if not self.stops(days[-1], begin):
            yield f"{days[-1]} is too much to stop from"
        needs = self._needs(begin, days)
        lengths = [one.days or 0 for one in off if one.day]
        if any(length < need for length, need in zip(lengths, needs, strict=True)):
            yield f"{lengths} days are too short for {needs}"
        if sum(lengths) < max((d.at_least for d in self.limits.taper_duration), default=1):
            yield f"{sum(lengths)} days are too short for a taper"
        turns = shared(sum(lengths) // self.cycle, [need // self.cycle for need in needs])
        if lengths != [count * self.cycle for count in turns]:
            yield f"{lengths} days are not shared out evenly over {needs}"


def shared(length: int, needs: list[int]) -> list[int]:
    """`length` days over steps that each need some: one after the other to the shortest, the latest of several."""
    lengths = list(needs)
    while sum(lengths) < length:
        shortest = max(place for place, days in enumerate(lengths) if days == min(lengths))
        lengths[shortest] += 1
    return lengths


def undominated(found: list[Worth]) -> list[Worth]:
    """Without those that another one equals or beats in every respect: whatever follows, they are never better."""
    best: dict[tuple[Fraction | int, ...], Worth] = {}
    for worth in sorted(found, key=Worth.everywhere):
        mine = worth.everywhere()
        if not any(all(a <= b for a, b in zip(theirs, mine, strict=True)) for theirs in best):
            best[mine] = worth
    return list(best.values())


def kept_of(schedule: Schedule) -> list[Kept]:
    """The steps of a schedule as plain doses."""
    unit = schedule.steps[0].regimen.unit
    return [
        Kept(tuple(dose.to(unit).amount for dose in step.regimen.doses), step.days.length, step.kind)
        for step in schedule.steps
    ]
