"""The planner against a constraint solver (OR-tools CP-SAT): the same small problems, written as equations.

Two optima have to be equal: how soon a titration reaches its target, and the smallest largest fall of a taper
that ends on a chosen day. Nothing here enumerates days or ways; the model says what a change may be.
`TITRATE_DEEP=1` compares ten times as many.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from math import lcm
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.oracle_rises import day_of, in_turns, lies_on, whole
from tests.strategies import Limit, Sketch, sketches
from tests.test_oracle_rises import ladders, turns
from titrate.days import between
from titrate.errors import NoSchedule
from titrate.ladder import Rung
from titrate.limit import By, Change, Frequency
from titrate.limits import Limits
from titrate.planner import plan
from titrate.product import makeable
from titrate.quantity import Quantity, Range
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule

# Why all of this may be skipped stands in the list of skipped tests (pytest -rs).
cp_model: Any = pytest.importorskip(
    "ortools.sat.python.cp_model",
    reason="OR-tools is not installed; it is needed for this test only (pip install ortools)",
)

DEEP = os.environ.get("TITRATE_DEEP") == "1"
CASES = settings(
    max_examples=300 if DEEP else 40,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large],
)


@dataclass(frozen=True)
class _Step:
    """One day of the model: its doses in order, the used ones first; how many, their sum, the largest."""

    doses: list[Any]
    used: list[Any]
    daily: Any
    largest: Any


class _Model:
    """Days that follow each other by rises or falls, as integers: every amount is a whole number of grains."""

    def __init__(self, rule: Rule, request: Request, rising: bool, shape: str) -> None:
        starting = request.current is None
        every = None if request.every is None else request.every.days
        own = rule.limits_for(request.patient, starting)
        self.limits: Limits = in_turns(own.paced(request.by, every, request.citation("--by")))
        self.cycle = own.cycle
        self.approved = {one.asks for one in request.approved}
        self.rising, self.shape, self.unit = rising, shape, rule.file.unit
        at_hand = [p for p in own.products if request.products is None or p.name in request.products]
        largest = own.approved(request.given).largest_dose()
        assert largest is not None
        table = makeable(at_hand, self.unit, largest)
        doses = [table.dose(grains).amount for grains in table.doses]
        self.current = None if request.current is None else [d.amount for d in request.current.doses]
        wanted = [] if request.target is None else [d.amount for d in request.target.doses]
        amounts = [*doses, *(self.current or []), *wanted, *self._bounds()]
        self.scale = lcm(*(amount.denominator for amount in amounts))
        self.grains = [self._whole(dose) for dose in doses]
        self.most = max([*own.slots, len(self.current or ())])
        self.top = max([*self.grains, *(self._whole(dose) for dose in self.current or ())])
        self.daily_top = self.top * self.most
        self.cp: Any = cp_model.CpModel()

    def _bounds(self) -> Iterator[Fraction]:
        limits = self.limits
        for change in (*limits.increase, *limits.decrease):
            yield from (b.at_most.amount for b in change.by if b.at_most is not None and b.at_most.unit != "%")
            yield from (b.amount for b in (change.band.bounds if change.band else ()) if b.unit != "%")
        ranges = [r for start in limits.start for r in (start.dose, start.daily) if r is not None]
        ranges += [r for stay in limits.maintenance for r in (stay.dose, stay.daily) if r is not None]
        ranges += [f.band for f in (*limits.frequency, *limits.taper_frequency) if f.band is not None]
        yield from (bound.amount for one in ranges for bound in one.bounds)
        yield from (bound.amount for m in limits.maximum for bound in (m.dose, m.daily) if bound is not None)
        yield from (step.daily.amount for step in limits.last_step)

    def _whole(self, amount: Fraction) -> int:
        return int(amount * self.scale)

    # --- days

    def step(self) -> _Step:
        """A day about which nothing is known yet, perhaps without any dose."""
        cp = self.cp
        allowed = sorted({0, *self.grains, *(self._whole(dose) for dose in self.current or ())})
        doses = [cp.NewIntVarFromDomain(cp_model.Domain.FromValues(allowed), "") for _ in range(self.most)]
        used = [cp.NewBoolVar("") for _ in doses]
        for dose, is_used in zip(doses, used, strict=True):
            cp.Add(dose > 0).OnlyEnforceIf(is_used)
            cp.Add(dose == 0).OnlyEnforceIf(is_used.Not())
        for one, other in pairwise(used):
            cp.AddImplication(other, one)
        daily, largest = cp.NewIntVar(0, self.daily_top, ""), cp.NewIntVar(0, self.top, "")
        cp.Add(daily == sum(doses))
        cp.AddMaxEquality(largest, doses)
        return _Step(doses, used, daily, largest)

    def fix(self, step: _Step, day: list[Fraction]) -> None:
        """This very day."""
        padded = [self._whole(dose) for dose in day] + [0] * (self.most - len(day))
        for variable, value in zip(step.doses, padded, strict=True):
            self.cp.Add(variable == value)

    def takeable(self, step: _Step, frequencies: tuple[Frequency, ...], when: Any, begun: int | None = None) -> None:
        """Where `when` holds: made of the products at hand, within the maxima and the frequency."""
        cp = self.cp
        for dose in step.doses:
            own = cp_model.Domain.FromValues([0, *self.grains])
            cp.AddLinearExpressionInDomain(dose, own).OnlyEnforceIf(when)
        count = sum(step.used)
        cp.Add(count <= max(self.limits.slots)).OnlyEnforceIf(when)
        for maximum in self.limits.maximum:
            if maximum.level == "approval" and maximum.asks in self.approved:
                continue
            if maximum.dose is not None:
                cp.Add(step.largest <= self._whole(maximum.dose.amount)).OnlyEnforceIf(when)
            if maximum.daily is not None:
                cp.Add(step.daily <= self._whole(maximum.daily.amount)).OnlyEnforceIf(when)
        for one in frequencies:
            inside = when if one.band is None else self._both(when, self._in_band(one.band, step.daily, step.daily))
            least = one.times.at_least if begun is None else min(begun, one.times.at_least)
            cp.Add(count >= least).OnlyEnforceIf(inside)
            cp.Add(count <= one.times.at_most).OnlyEnforceIf(inside)

    def shaped(self, step: _Step, when: Any) -> None:
        """Where `when` holds: as even as the days between the ends of a phase have to be."""
        if self.shape == "uneven":
            return
        smaller = []
        for dose, used in zip(step.doses, step.used, strict=True):
            less = self.cp.NewBoolVar("")
            self.cp.Add(dose == step.largest).OnlyEnforceIf([used, less.Not()])
            smaller.append(less)
        self.cp.Add(sum(smaller) <= (1 if self.shape == "near" else 0)).OnlyEnforceIf(when)

    def within(self, step: _Step, dose: Range | None, daily: Range | None) -> None:
        """Each dose and the daily dose in a range."""
        for bounds, values in ((dose, list(zip(step.doses, step.used, strict=True))), (daily, [(step.daily, None)])):
            for value, used in values if bounds is not None else ():
                for constraint in self._inside(bounds, value):
                    self.cp.Add(constraint) if used is None else self.cp.Add(constraint).OnlyEnforceIf(used)

    def _inside(self, bounds: Range | None, value: Any) -> Iterator[Any]:
        assert bounds is not None
        if bounds.at_least is not None:
            yield value >= self._whole(bounds.at_least.amount)
        if bounds.above is not None:
            yield value > self._whole(bounds.above.amount)
        if bounds.at_most is not None:
            yield value <= self._whole(bounds.at_most.amount)
        if bounds.below is not None:
            yield value < self._whole(bounds.below.amount)

    def _in_band(self, band: Range, low: Any, high: Any, original: Any = None) -> Any:
        """True wherever some daily dose from `low` to `high` lies in the band; one in % is of shares of `original`."""
        cp, reached, left = self.cp, self.cp.NewBoolVar(""), self.cp.NewBoolVar("")
        floor, ceiling = band.at_least or band.above, band.at_most or band.below

        def times(bound: Quantity) -> tuple[int, Any]:
            """By how much a dose has to be multiplied to be compared, and with what."""
            if bound.unit != "%":
                return 1, self._whole(bound.amount)
            return 100 * bound.amount.denominator, bound.amount.numerator * original

        if floor is None:
            cp.Add(reached == 1)
        else:
            factor, edge = times(floor)
            under = factor * high < edge if band.at_least is not None else factor * high <= edge
            cp.Add(under).OnlyEnforceIf(reached.Not())
        if ceiling is None:
            cp.Add(left == 1)
        else:
            factor, edge = times(ceiling)
            over = factor * low > edge if band.at_most is not None else factor * low >= edge
            cp.Add(over).OnlyEnforceIf(left.Not())
        return self._both(reached, left)

    def _both(self, one: Any, other: Any) -> Any:
        both = self.cp.NewBoolVar("")
        self.cp.AddBoolOr([one.Not(), other.Not(), both])
        return both

    # --- changes

    def change(self, before: _Step, after: _Step, original: _Step, when: Any, sized: Any) -> Any:
        """Where `when` holds, a change in the right direction; where `sized` does too, not too large. Its interval."""
        cp = self.cp
        small, large = (before, after) if self.rising else (after, before)
        cp.Add(small.daily < large.daily).OnlyEnforceIf(when)
        laid = self._laid(small, large, when)
        for part, all_of in zip(laid, large.doses, strict=True):
            cp.Add(part <= all_of).OnlyEnforceIf(when)
        changes = (*self.limits.increase, *self.limits.decrease)
        longest = whole(max([1, *((c.every or 0) + (c.within or 0) for c in changes)]), self.cycle)
        interval, turns = cp.NewIntVar(0, longest, ""), cp.NewIntVar(0, longest, "")
        cp.Add(interval == self.cycle * turns)
        cp.Add(interval == 0).OnlyEnforceIf(when.Not())
        cp.Add(interval >= 1).OnlyEnforceIf(when)
        changes = self.limits.increase if self.rising else self.limits.decrease
        for one in changes:
            bears = (
                when
                if one.band is None
                else self._both(when, self._in_band(one.band, small.daily, large.daily, original.daily))
            )
            if one.every is not None:
                cp.Add(interval >= one.every).OnlyEnforceIf(bears)
            self._sizes(one, (small, laid, large), original, self._both(bears, sized))
        return interval

    def _laid(self, small: _Step, large: _Step, when: Any) -> list[Any]:
        """The doses of the smaller day at the places of the larger one, in their order; 0 where there is none."""
        cp, places = self.cp, range(self.most)
        at = [[cp.NewBoolVar("") for _ in places] for _ in places]
        laid = [cp.NewIntVar(0, self.top, "") for _ in places]
        for i in places:
            cp.Add(sum(at[i]) == small.used[i]).OnlyEnforceIf(when)
            for j in places:
                cp.Add(laid[j] == small.doses[i]).OnlyEnforceIf(at[i][j])
                cp.AddImplication(at[i][j], large.used[j])
                for later in range(i + 1, self.most):
                    for place in range(j + 1):
                        cp.AddBoolOr([at[i][j].Not(), at[later][place].Not()])
        for j in places:
            column = [at[i][j] for i in places]
            cp.Add(sum(column) <= 1)
            cp.Add(laid[j] == 0).OnlyEnforceIf([one.Not() for one in column])
        return laid

    def _sizes(self, change: Change, ends: tuple[_Step, list[Any], _Step], original: _Step, when: Any) -> None:
        small, laid, large = ends
        for by in change.by:
            if by.per == "day":
                base = original.daily if by.of == "original" else small.daily if self.rising else large.daily
                self._size(by, large.daily - small.daily, base, when)
                continue
            for part, all_of in zip(laid, large.doses, strict=True):
                base = original.largest if by.of == "original" else part if self.rising else all_of
                self._size(by, all_of - part, base, when)

    def _size(self, by: By, size: Any, base: Any, when: Any) -> None:
        assert by.at_most is not None
        amount = by.at_most.amount
        if by.exactly:
            changes, whole = self.cp.NewBoolVar(""), self._whole(amount)
            self.cp.Add(size == 0).OnlyEnforceIf(changes.Not())
            share = (100 * amount.denominator * size) == (amount.numerator * base)
            self.cp.Add(share if by.at_most.unit == "%" else size == whole).OnlyEnforceIf([when, changes])
            self.cp.Add(size <= 0).OnlyEnforceIf([when, changes.Not()])
            return
        if by.at_most.unit == "%":
            self.cp.Add(100 * amount.denominator * size <= amount.numerator * base).OnlyEnforceIf(when)
        else:
            self.cp.Add(size <= self._whole(amount)).OnlyEnforceIf(when)

    def capped(self, ends: tuple[_Step, _Step], original: _Step, days: Any, when: Any) -> None:
        """Falls over several days: where they are larger together than a cap allows, more `days` lie between."""
        earlier, later = ends
        for cap in self.limits.decrease:
            for by in cap.by if cap.within is not None else ():
                small = self.cp.NewBoolVar("")
                base = original.daily if by.of == "original" else earlier.daily
                self._size(by, earlier.daily - later.daily, base, small)
                self.cp.Add(days > cap.within).OnlyEnforceIf([when, small.Not()])

    def least(self, goal: Any) -> int | None:
        """The smallest value of `goal`, or `None` where nothing satisfies the model."""
        self.cp.Minimize(goal)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = 1
        solver.parameters.max_time_in_seconds = 120
        status = solver.Solve(self.cp)
        if status == cp_model.INFEASIBLE:
            return None
        assert status == cp_model.OPTIMAL, solver.StatusName(status)
        return int(solver.Value(goal))


def _soonest(rule: Rule, request: Request, shape: str, rungs: tuple[Rung, ...] = ()) -> int | None:
    """After how many days a titration reaches its target; it begins with these `rungs` of a ladder, if there are."""
    model = _Model(rule, request, True, shape)
    cp, limits = model.cp, model.limits
    assert request.target is not None
    count = model.most * len(model.grains) + 1
    steps = [model.step() for _ in range(count + 1)]
    moving = [cp.NewBoolVar("") for _ in range(count)]
    time = []
    for place, (before, after, moves) in enumerate(zip(steps, steps[1:], moving, strict=False)):
        interval = model.change(before, after, steps[0], moves, moves)
        for one, other in zip(before.doses, after.doses, strict=True):
            cp.Add(one == other).OnlyEnforceIf(moves.Not())
        if place:
            cp.AddImplication(moves, moving[place - 1])
        if not place and rungs:  # the last rung is kept for as long as a ladder wants it, and as a change from it does
            kept = cp.NewIntVar(_keep(request, rungs[-1]), 1000, "")
            cp.Add(kept >= interval)
            time.append(kept + sum(_keep(request, rung) for rung in rungs[:-1]))
        # Days from which there is a further change lie between the ends, unless it is what the patient takes now.
        elif place or request.current is None:
            model.shaped(before, moves)
            model.takeable(before, limits.frequency, moves)
            time.append(interval)
    model.fix(steps[-1], [dose.amount for dose in request.target.doses])
    always = cp.NewConstant(1)
    model.takeable(steps[-1], limits.frequency, always)
    for maintenance in limits.maintenance:
        model.within(steps[-1], maintenance.dose, maintenance.daily)
    for rung in rungs:
        taken = model.step() if rung is not rungs[-1] else steps[0]
        model.fix(taken, [dose.amount for dose in rung.doses])
        model.takeable(taken, limits.frequency, always)
    if model.current is not None and not rungs:
        model.fix(steps[0], model.current)
    for start in limits.start:
        model.within(steps[0], start.dose, start.daily)
        if start.frequency is not None:
            cp.Add(sum(steps[0].used) >= start.frequency.at_least)
            cp.Add(sum(steps[0].used) <= start.frequency.at_most)
    return model.least(sum(time))


def _keep(request: Request, rung: Rung) -> int:
    """For how many days a rung is kept at least."""
    asked = 1 if request.every is None else request.every.days
    return whole(max(rung.keep or 1, asked), rung.cycle)


def _up(rule: Rule, request: Request, shape: str) -> int | None:
    """The same of a rule with a ladder: over every rung ahead to the target, which is one, or lies above the last."""
    assert request.target is not None
    ladder = rule.limits_for(request.patient, request.current is None).ladder
    wanted, ahead = request.target.doses, ladder
    if request.current is not None:
        now = (request.current.doses, request.current.cycle)
        on = next((rung.number for rung in ladder if (rung.doses, rung.cycle) == now), None)
        ahead = ladder[on:] if on is not None else ()
        above = lies_on(day_of(ladder[-1]), tuple(dose.amount for dose in request.current.doses))
        if on is None and (not above or now[1] > 1):
            return None
    aim = next((place for place, rung in enumerate(ahead) if (rung.doses, rung.cycle) == (wanted, 1)), None)
    passed = ahead if aim is None else ahead[:aim]
    if request.split == "even" and any(len(set(rung.doses)) > 1 for rung in passed):
        return None
    if aim is None:
        beyond = lies_on(day_of(ladder[-1]), tuple(dose.amount for dose in wanted)) and wanted != ladder[-1].doses
        return _soonest(rule, request, shape, passed) if beyond and rule.file.increase else None
    model = _Model(rule, request, True, shape)
    for rung in (*passed, ahead[aim]):
        step = model.step()
        model.fix(step, [dose.amount for dose in rung.doses])
        model.takeable(step, model.limits.frequency, model.cp.NewConstant(1))
    for maintenance in model.limits.maintenance:
        model.within(step, maintenance.dose, maintenance.daily)
    kept = [model.cp.NewIntVar(_keep(request, rung), 1000, "") for rung in passed]
    return model.least(sum(kept))


def _gentlest(rule: Rule, request: Request, shape: str, length: int) -> Fraction | None:
    """The smallest largest fall of a taper whose last dose is on day `length`, in so many days of whole cycles."""
    model = _Model(rule, request, False, shape)
    if (length - 1) % model.cycle:
        return None  # no dose is taken on that day
    length += model.cycle - 1
    cp, limits = model.cp, model.limits
    assert model.current is not None
    count = min(model.most * (len(model.grains) + 1), length // model.cycle)
    steps = [model.step() for _ in range(count + 2)]
    model.fix(steps[0], model.current)
    alive = [cp.NewBoolVar("") for _ in steps]
    largest, time = cp.NewIntVar(0, model.daily_top, ""), []
    for step, lives in zip(steps, alive, strict=True):
        cp.Add(step.daily > 0).OnlyEnforceIf(lives)
        cp.Add(step.daily == 0).OnlyEnforceIf(lives.Not())
    cp.Add(alive[1] == 1)  # what is taken now is kept only where there is nothing else: that is not asked here
    cp.Add(alive[-1] == 0)
    for place, (before, after) in enumerate(pairwise(steps)):
        # Where the rule says from which dose the drug may be stopped, the last fall may be of any size.
        sized = alive[place + 1] if limits.last_step else cp.NewConstant(1)
        interval = model.change(before, after, steps[0], alive[place], sized)
        cp.AddImplication(alive[place + 1], alive[place])
        cp.Add(before.daily - after.daily <= largest)
        for last in limits.last_step:
            stopping = [alive[place], alive[place + 1].Not()]
            cp.Add(before.daily <= int(last.daily.amount * model.scale)).OnlyEnforceIf(stopping)
        if place:
            time.append(interval)
            model.shaped(before, alive[place])
            model.takeable(before, limits.taper_frequency, alive[place], len(model.current))
    cp.Add(sum(time) <= length)
    # The last step has no interval of its own place; behind the drug's end no time is counted.
    first_days = [sum(time[:place]) for place in range(len(steps) - 1)]
    for later in range(1, len(steps) - 1):
        bears = alive[later] if limits.last_step else alive[later - 1]
        for earlier in range(later):
            left = first_days[earlier] - 1 if earlier else -1
            model.capped((steps[earlier], steps[later]), steps[0], first_days[later - 1] - left, bears)
    if any(length < duration.at_least for duration in limits.taper_duration):
        return None
    found = model.least(largest)
    return None if found is None else Fraction(found, model.scale)


def _shapes(request: Request) -> tuple[str, ...]:
    return ("near", "uneven") if request.split is None else (request.split,)


def _planned(rule: Rule, request: Request) -> Schedule | None:
    try:
        return plan(rule, request)
    except NoSchedule:
        return None


# From every day the drug can be left at once: the way out is not a matter for this model.
ANY_FALL = (Limit((("1000 mg", "day", "current"),), 1),)


@CASES
@given(sketches(("up",)))
def test_a_titration_is_as_soon_as_the_solver_says(sketch: Sketch) -> None:
    _as_soon(replace(sketch, decrease=ANY_FALL, caps=(), last=None, taper_times=(), by=None), _soonest)


@CASES
@given(sketches(("taper",)), st.integers(3, 30))
def test_a_taper_is_as_gentle_as_the_solver_says(sketch: Sketch, length: int) -> None:
    sketch = replace(sketch, length=length)
    rule, request = sketch.rule(), sketch.request()
    assert request.current is not None
    gentlest = next((f for s in _shapes(request)[-1:] if (f := _gentlest(rule, request, s, length)) is not None), None)
    schedule = _planned(rule, request)
    if gentlest is None:
        # Nothing lower on the way: refused, or kept as it is and then stopped.
        assert schedule is None or schedule.steps[0].regimen.doses == request.current.doses
        return
    assert schedule is not None, gentlest
    assert _falls(schedule, request.current) == gentlest


@CASES
@given(turns())
def test_in_cycles_a_titration_is_as_soon_as_the_solver_says(sketch: Sketch) -> None:
    assume(sketch.goal == "plan" and not sketch.ladder)
    sketch = replace(sketch, decrease=ANY_FALL, caps=(), last=None, maintain=None, length=None)
    _as_soon(sketch, _soonest)


@CASES
@given(ladders())
def test_up_a_ladder_it_is_as_soon_as_the_solver_says(sketch: Sketch) -> None:
    _as_soon(replace(sketch, decrease=ANY_FALL, last=None, maintain=None), _up)


def _as_soon(sketch: Sketch, solver: Callable[[Rule, Request, str], int | None]) -> None:
    rule, request = sketch.rule(), sketch.request()
    target, current = request.target, request.current
    assert target is not None
    assume(target.daily is None and (current is None or current.total() < target.total()))
    assume(sketch.split != "even" or len(set(target.doses)) == 1)
    soonest = next((found for s in _shapes(request) if (found := solver(rule, request, s)) is not None), None)
    schedule = _planned(rule, request)
    event("refused" if soonest is None else "planned")
    assert (soonest is None) == (schedule is None), soonest
    if schedule is not None:
        reached = next(step.days.first for step in schedule.steps if step.kind == "maintenance")
        assert between(request.start, reached) == soonest


@CASES
@given(turns(), st.integers(1, 12))
def test_in_cycles_a_taper_is_as_gentle_as_the_solver_says(sketch: Sketch, turns: int) -> None:
    assume(sketch.goal == "taper")
    length = turns * sketch.cycle + 1
    rule, request = (drawn := replace(sketch, length=length, ladder=())).rule(), drawn.request()
    assert request.current is not None
    gentlest = _gentlest(rule, request, "uneven", length)
    schedule = _planned(rule, request)
    event("refused" if gentlest is None else "planned")
    if gentlest is None:
        assert schedule is None or schedule.steps[0].regimen.doses == request.current.doses
        return
    assert schedule is not None, gentlest
    assert _falls(schedule, request.current) * sketch.cycle == gentlest


def _falls(schedule: Schedule, current: Pattern) -> Fraction:
    daily: list[Quantity] = [current.total(), *(step.regimen.daily for step in schedule.steps)]
    return max(one.amount - other.amount for one, other in pairwise(daily))
