"""The oracle for what is not taken every day alike: explicit ladders up, and rules whose regimens are a week or so.

On a ladder every rung follows in order, each for as long as it has to be; so the ways to a target are few, and what
lies above the last rung is looked at as `tests.oracle` does it. A day that is taken every so many days is its doses,
as any other; how long it is kept is counted in whole cycles.

Covered: rungs of one day or of alternate days; a target on a rung, between rungs or above the last one; from
nothing, from a rung, from off the ladder; going down again, and tapers, from days that are taken every day; rules
in cycles of one length, with bands of daily doses, caps, a least duration and a chosen end. Not covered: ladders down
(`tests/test_oracle_descents.py`), a taper or a lower target from alternate days (all that is asked of those is whether
the drug could be stopped gradually, where any fall is lawful).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction

from tests.oracle import NEAR, Answer, Day, Kept, Key, Oracle, Worth, even, laid_into, total
from titrate.ladder import Rung
from titrate.limit import Change
from titrate.limits import Limits
from titrate.quantity import Quantity, Range
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule


def day_of(rung: Rung) -> Day:
    """The doses of a rung, as plain fractions."""
    return tuple(dose.amount for dose in rung.doses)


def lies_on(small: Day, large: Day) -> bool:
    """Whether a day can be laid into a larger one so that no dose is above the one it lies on."""
    return len(small) <= len(large) and any(
        all(a <= b for a, b in zip(laid, large, strict=True)) for laid in laid_into(small, large)
    )


def whole(days: int, cycle: int) -> int:
    """So many days, or more, that whole cycles have passed."""
    return -(-days // cycle) * cycle


def in_turns(limits: Limits) -> Limits:
    """The limits as they bear on the doses of a cycle, taken on its first day."""
    cycle = limits.cycle

    def more(daily: Range | None) -> Range | None:
        return None if daily is None else daily.map(lambda bound: bound * cycle)

    return replace(
        limits,
        increase=tuple(change_in_turns(change, cycle) for change in limits.increase),
        decrease=tuple(change_in_turns(change, cycle) for change in limits.decrease),
        start=tuple(replace(one, daily=more(one.daily)) for one in limits.start),
        maintenance=tuple(replace(one, daily=more(one.daily)) for one in limits.maintenance),
        frequency=tuple(replace(one, band=more(one.band)) for one in limits.frequency),
        taper_frequency=tuple(replace(one, band=more(one.band)) for one in limits.taper_frequency),
        last_step=tuple(replace(one, daily=one.daily * cycle) for one in limits.last_step),
        taper_duration=tuple(
            replace(one, at_least=whole(one.at_least - 1, cycle) + cycle) for one in limits.taper_duration
        ),
    )


def change_in_turns(change: Change, cycle: int) -> Change:
    """A limit on changes of the daily dose as one on those of a cycle; shares are the same."""
    by = tuple(
        replace(one, at_most=one.at_most * cycle)
        if one.at_most is not None and one.per == "day" and one.at_most.unit != "%"
        else one
        for one in change.by
    )
    band = change.band
    return replace(change, by=by, band=band and band.map(lambda edge: edge if edge.unit == "%" else edge * cycle))


class InTurns(Oracle):
    """A rule in which every regimen goes for `limits.cycle` days. What it says of a daily dose is said of an average,
    so of so many times as much in a cycle; and a taper has whole cycles, the one of its last dose included."""

    def __init__(self, rule: Rule, request: Request, limits: tuple[Limits, Limits] | None = None) -> None:
        super().__init__(rule, request, limits)
        self.cycle = self.limits.cycle
        self.limits = in_turns(self.limits)
        self.own_decrease = tuple(change_in_turns(change, self.cycle) for change in self.own_decrease)
        self.caps = [change for change in self.limits.decrease if change.within is not None]

    def taper(self, begin: Day, kept: int | None, length: int | None) -> Key | None:
        """The best taper; on a chosen day there has to be a dose."""
        if length is None:
            return super().taper(begin, kept, None)
        return None if (length - 1) % self.cycle else super().taper(begin, kept, length - 1 + self.cycle)

    def interval(self, before: Day, after: Day, original: Day) -> int:
        """In whole cycles."""
        return whole(super().interval(before, after, original), self.cycle)


class OnLadder(InTurns):
    """A rule with a ladder up, asked for a plan."""

    cycles: tuple[int, ...] = ()  # those of the steps of the schedule that is looked at

    @property
    def ladder(self) -> tuple[Rung, ...]:
        """Its rungs, ascending."""
        return self.limits.ladder

    @property
    def targets(self) -> list[Day]:
        """The days that satisfy the target; a rung with the daily dose that was asked for is one, however uneven."""
        found, wanted = list(super().targets), self.request.target
        if wanted is not None and wanted.daily is not None:
            daily = wanted.daily.to(self.unit).amount
            found += [
                day_of(rung) for rung in self.ladder
                if rung.cycle == self.limits.cycle and total(day_of(rung)) == daily and self.maintainable(day_of(rung))
                and (self.request.split != "even" or even(day_of(rung)))
            ]  # fmt: skip
        return list(dict.fromkeys(found))

    def good(self, rung: Rung) -> bool:
        """Whether the rung may be taken, and left for nothing."""
        day = day_of(rung)
        average = Quantity(total(day) / rung.cycle, self.unit) if self.limits.cycle == 1 else None
        return (
            len(day) in self.limits.slots
            and all(dose in self.cost and (self.most_a_dose is None or dose <= self.most_a_dose) for dose in day)
            and (self.most_a_day is None or total(day) <= self.most_a_day)
            and all(average is None or f.allows(len(day), average, None) for f in self.limits.frequency)
            and (self.request.split != "even" or even(day))
            and (rung.cycle != self.limits.cycle or self.way_out(day))
        )

    def kept(self, rung: Rung) -> int:
        """For how many days a rung is kept at least."""
        every = 1 if self.request.every is None else self.request.every.days
        return -(-max(rung.keep or 1, every) // rung.cycle) * rung.cycle

    def begins(self) -> int | None:
        """How many rungs are behind whoever begins; `None` where there is no way on."""
        if self.current is None:
            return 0
        assert self.request.current is not None
        for rung in self.ladder:
            if (day_of(rung), rung.cycle) == (self.current, self.request.current.cycle):
                return rung.number
        return None

    def above(self, day: Day) -> bool:
        """Whether a day lies above the last rung."""
        top = day_of(self.ladder[-1])
        return day != top and lies_on(top, day)

    def ways(self, shape: Callable[[Day], bool]) -> Iterator[tuple[Worth, Day]]:
        """What every way up to a target is worth."""
        done = self.begins()
        if done is None:
            yield from self._beyond([], shape) if self.current is not None and self.above(self.current) else ()
            return
        passed: list[Rung] = []
        for rung in self.ladder[done:]:
            if not self.good(rung):
                return
            if rung.cycle == self.limits.cycle and day_of(rung) in self.targets:
                time = sum(map(self.kept, passed))
                yield replace(self._sum([*map(day_of, passed), day_of(rung)]), time=time), day_of(rung)
                return
            passed.append(rung)
        yield from self._beyond(passed, shape)

    def _beyond(self, passed: list[Rung], shape: Callable[[Day], bool]) -> Iterator[tuple[Worth, Day]]:
        """The ways from what is taken after these rungs, by the limits of rises, to targets above the ladder."""
        day = day_of(passed[-1]) if passed else self.current
        if not self.limits.increase or day is None:
            return
        targets, before = set(filter(self.above, self.targets)), sum(map(self.kept, passed[:-1]))
        seen: dict[Day, list[tuple[Worth, Day]]] = {}
        for first in self._next(day, day, True, shape, targets):
            stay = max(self.kept(passed[-1]), self.interval(day, first, day)) if passed else 0
            change = (total(first) - total(day)) / total(day)
            for rest, target in self._onward(first, day, True, shape, targets, seen):
                way = self._sum(list(map(day_of, passed))).after(before + stay, Fraction(0), rest)
                yield replace(way, biggest=max(change, rest.biggest)), target

    def best(self) -> Answer | None:
        """What the best schedule is worth, or `None` where there is none."""
        if self.climbs:
            for tried, shape in self._shapes():
                answers: list[tuple[Key, Key, Answer]] = []
                for way, target in self.ways(shape):
                    key = self.key(tried, way, target)
                    off = self._then_off(way.time, target) if self.request.then_stop else ()
                    if off is not None:
                        answers.append((key, off, Answer(key, off or None)))
                if answers:
                    return min(answers, key=lambda answer: answer[:2])[2]
            return None
        return super().best()

    @property
    def climbs(self) -> bool:
        """Whether the way leads up; down it leads as without a ladder."""
        if self.current is None:
            return True
        assert self.request.current is not None
        if self.current in self.targets and self.request.current.cycle == self.limits.cycle:
            return False
        now = total(self.current) / self.request.current.cycle
        return not self.targets or any(total(target) / self.limits.cycle >= now for target in self.targets)

    def key(self, tried: int, way: Worth, target: Day) -> Key:
        """A way by the stated order; on a ladder the largest change is not chosen."""
        on_ladder = any(day_of(rung) == target for rung in self.ladder)
        return self._target_key(NEAR if on_ladder else tried, replace(way, biggest=Fraction(0)), target)

    def _worth_to_target(self, kept: list[Kept]) -> Key:
        if not self.climbs:
            return super()._worth_to_target(kept)
        days = [one.day for one in kept]
        time = sum(one.days for one in kept[:-1] if one.days is not None)
        free = [day for day in days[:-1] if all(day_of(rung) != day for rung in self.ladder)]
        return self.key(self._tried(free), replace(self._sum(days), time=time), days[-1])

    def faults(self, schedule: Schedule) -> list[str]:
        """Everything about a schedule that is not as it must be."""
        self.cycles = tuple(step.regimen.cycle for step in schedule.steps)
        return super().faults(schedule)

    def _faults_to_target(self, kept: list[Kept], stops: bool) -> Iterator[str]:
        if not self.climbs:
            yield from super()._faults_to_target(kept, stops)
            return
        if kept[-1].day not in self.targets:
            yield f"{kept[-1].day} is not the target"
        expected = self.request.maintain.days if stops and self.request.maintain is not None else None
        if kept[-1].days != expected:
            yield f"the target is kept for {kept[-1].days} days, not for {expected}"
        done, original = self.begins(), self.current
        if done is None:
            if original is None or not self.above(original):
                yield f"{original} is on no ladder"
                return
            done = len(self.ladder)
        for place, (one, cycle) in enumerate(zip(kept, self.cycles, strict=False)):
            if done < len(self.ladder):
                rung = self.ladder[done]
                if (day_of(rung), rung.cycle) != (one.day, cycle):
                    yield f"{one.day} every {cycle} days is not rung {rung.number}"
                if one is not kept[-1] and ((one.days or 0) < self.kept(rung) or (one.days or 0) % cycle):
                    yield f"rung {rung.number} is kept for {one.days} days"
                if not self.good(rung):
                    yield f"rung {rung.number} may not be taken"
                done, original = done + 1, one.day
                continue
            before = kept[place - 1].day if place else self.current
            assert before is not None
            assert original is not None
            yield from self._bad_day(one.day, self.limits.frequency)
            if not self.rises(before, one.day, original):
                yield f"{before} may not become {one.day}"
            if place and (kept[place - 1].days or 0) < self.interval(before, one.day, original):
                yield f"{before} is kept too short before {one.day}"
            if not self.way_out(one.day):
                yield f"no way out of {one.day}"
