"""Ladders and cycles of several days against a slow and obvious planner of their own, in both directions.

`Sketch` is a rule with a ladder (some rungs on alternate days), or of a drug that is taken once in so many days. What
may be done is worked out here from the laws alone: up a ladder there is one way, every rung in turn for as long as
it has to be; down, every chain of smaller doses is tried. Planner and verifier share only the value types with it.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations, pairwise, product

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.oracle import doses_of
from tests.strategies import ISSUED, START
from tests.test_ladder import CITE, HEAD
from titrate.days import Duration, plus
from titrate.errors import NoSchedule, RequestError
from titrate.planner import plan
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule
from titrate.rulebook import parse
from titrate.schedule import Schedule
from titrate.verifier import verify

DEEP = os.environ.get("TITRATE_DEEP") == "1"
Day = tuple[int, ...]  # doses in mg in the order of the clock


@dataclass(frozen=True)
class Rung:
    """What is taken every `cycle` days, and for how many days it is kept at least (0: the source does not say)."""

    day: Day
    cycle: int
    keep: int


def products_of(tablets: tuple[tuple[int, int], ...]) -> str:
    """The tables of tablets of so many mg, whole or (2 parts) in halves."""
    return "".join(
        f'[[products]]\nname = "{mg}mg"\nform = "tablet"\nstrength = "{mg} mg"\n'
        f'divide = "{"halves" if parts == 2 else "no"}"\n{CITE}'
        for mg, parts in tablets
    )


@dataclass(frozen=True)
class Sketch:
    """A small rule and what is asked of it. `cycle` is the rule's; `tablets` are (mg, parts); a fall is at most
    `by[0]` (mg, or percent of what there is) counted by `by[1]`, after `every` days; `current` is a day
    and its cycle."""

    tablets: tuple[tuple[int, int], ...]
    most: int
    ladder: tuple[Rung, ...] = ()
    cycle: int = 1
    by: tuple[str, str] = ("100 %", "day")
    every: int = 1
    duration: int = 0
    current: tuple[Day, int] | None = None
    held: int | None = None
    target: Day | None = None
    pace: int | None = None
    end: int | None = None

    def rule(self) -> Rule:
        """The rule, read from its text."""
        products = products_of(self.tablets)
        head, _, slots = HEAD.partition('[[products]]\nname = "25mg"')
        text = head.replace(
            'unit = "mg"\n', f'unit = "mg"\ncycle = "{self.cycle} days"\n' if self.cycle > 1 else 'unit = "mg"\n'
        )
        text += products + "[slots]" + slots.partition("[slots]")[2]
        text += f"[frequency]\ntimes = {{ at-least = 1, at-most = {1 if self.cycle > 1 else 2} }}\n{CITE}"
        for rung in self.ladder:
            names = ("evening",) if len(rung.day) == 1 else ("morning", "evening")
            take = ", ".join(f"{name} {mg} mg" for name, mg in zip(names, rung.day, strict=True))
            text += f'[[ladder]]\ntake = "{take}"\n'
            text += f'cycle = "{rung.cycle} days"\n' if rung.cycle != self.cycle else ""
            text += (f'keep = {{ at-least = "{rung.keep} days" }}\n' if rung.keep else "") + CITE
        text += f'[maintenance]\ndose = {{ at-least = "1 mg" }}\n{CITE}[maximum]\ndose = "{self.most} mg"\n{CITE}'
        text += f'[taper.decrease]\nby = {{ at-most = "{self.by[0]}", per = "{self.by[1]}" }}\n'
        text += f'every = {{ at-least = "{self.every} days" }}\n{CITE}'
        text += f'[taper.duration]\nat-least = "{self.duration} days"\n{CITE}' if self.duration else ""
        content = text.replace("CITE\n", CITE).encode()
        file, faults = parse(content, "sketch.toml")
        assert file is not None, (faults, text)
        return Rule("sketch", hashlib.sha256(content).hexdigest(), file)

    def request(self) -> Request:
        """What is asked of it."""
        return Request(
            rule="sketch", goal="taper" if self.target is None else "plan", start=START, issued=ISSUED,
            current=None if self.current is None else Pattern.parse(typed(*self.current)),
            since=None if self.held is None else plus(START, -self.held),
            target=None if self.target is None else Pattern.parse(typed(self.target, self.cycle)),
            every=None if self.pace is None else Duration(self.pace, "day"),
            finish_by=None if self.end is None else plus(START, self.end),
        )  # fmt: skip


def typed(day: Day, cycle: int) -> str:
    """A day as one types it."""
    doses = f"{'/'.join(map(str, day))} mg" if len(day) > 1 else f"{day[0]} mg x1"
    return doses if cycle == 1 else f"{doses.removesuffix(' x1')} every {cycle} days"


# --- What may be done -----------------------------------------------------------------------------

Taken = tuple[Fraction, ...]
Steps = list[tuple[Taken, int, int | None]]  # doses, taken every so many days, for how many days
Key = tuple[Fraction | int, ...]


def whole(days: int, cycle: int) -> int:
    """So many days, or more, that whole cycles have passed."""
    while days % cycle:
        days += 1
    return days


def exact(day: Day) -> Taken:
    """The same as fractions."""
    return tuple(map(Fraction, day))


class Obvious:
    """One sketch, looked at without haste."""

    def __init__(self, sketch: Sketch) -> None:
        self.sketch = sketch
        products = sketch.rule().limits_for(sketch.request().patient, starting=True).products
        self.cost = doses_of(products, "mg", Fraction(sketch.most))
        self.whole_range = doses_of(products, "mg", Fraction(20))
        self.every = max(sketch.every, sketch.pace or 0)
        self._out: dict[tuple[Taken, int], bool] = {}

    def falls(self, before: Taken, after: Taken, cycle: int) -> bool:
        """Whether this day may become that one; a daily dose is the average of the cycle."""
        amount, per = self.sketch.by
        share, most = amount.endswith("%"), Fraction(amount.split()[0])
        for places in combinations(range(len(before)), len(after)):
            laid = [Fraction(0)] * len(before)
            for place, dose in zip(places, after, strict=True):
                laid[place] = dose
            pairs = [(sum(before) / cycle, sum(laid) / cycle)] if per == "day" else list(zip(before, laid, strict=True))
            sized = all(old - new <= (most * old / 100 if share else most) for old, new in pairs)
            if sized and sum(after) < sum(before) and all(b >= a for b, a in zip(before, laid, strict=True)):
                return True
        return False

    def leads_out(self, day: Taken, cycle: int) -> bool:
        """Whether falls lead from this day to nothing. Each day is looked at once."""
        if (day, cycle) not in self._out:
            lower = (low for count in range(1, len(day) + 1) for low in product(self.cost, repeat=count))
            self._out[day, cycle] = self.falls(day, (), cycle) or any(
                self.falls(day, low, cycle) and self.leads_out(low, cycle) for low in lower if sum(low) < sum(day)
            )
        return self._out[day, cycle]

    def keep(self, rung: Rung) -> int:
        """For how many days a rung is kept; 0 where nobody says."""
        return whole(max(rung.keep, self.sketch.pace or 0), rung.cycle)

    def up(self) -> Steps | None:
        """The one way up: every rung in turn, and the target."""
        ladder, current = self.sketch.ladder, self.sketch.current
        first = 0
        if current is not None:
            on = [place for place, rung in enumerate(ladder) if (rung.day, rung.cycle) == current]
            if not on:
                return None
            first = on[0] + 1
        aims = [
            place
            for place, rung in enumerate(ladder)
            if place >= first and rung.day == self.sketch.target and rung.cycle == self.sketch.cycle
        ]
        if not aims:
            return None
        held = self.sketch.held
        if current is not None and held is not None and not 0 < self.keep(ladder[first - 1]) <= held:
            return None
        taken = ladder[first : aims[0]]
        if not all(self.keep(rung) for rung in taken):
            return None
        steps: Steps = [(exact(rung.day), rung.cycle, self.keep(rung)) for rung in taken]
        return [*steps, (exact(ladder[aims[0]].day), self.sketch.cycle, None)]

    def chains(self, begin: Fraction, end: Fraction, cycle: int) -> list[list[Fraction]]:
        """Every chain of single doses that fall from `begin` (not included) to just above `end`, by lawful falls."""
        between = sorted((dose for dose in self.cost if end < dose < begin), reverse=True)
        stops = [begin, *between, end]
        may = {(a, b) for a, b in combinations(stops, 2) if self.falls((a,), (b,) if b else (), cycle)}
        found = []

        def onward(chain: list[Fraction]) -> None:
            if (chain[-1], end) in may:
                found.append(chain[1:])
            for lower in between:
                if (chain[-1], lower) in may:
                    onward([*chain, lower])

        onward([begin])
        return found

    def down(self, begin: Fraction, target: Fraction, cycle: int) -> Key | None:
        """What the best way down to a target is worth; what is taken now was kept before."""
        interval, held = whole(self.every, cycle), self.sketch.held
        if held is not None and held < interval:
            return None
        keys = []
        for chain in self.chains(begin, target, cycle):
            falls = [(a - b) / a for a, b in pairwise([begin, *chain, target])]
            if all(self.leads_out((dose,), cycle) for dose in (*chain, target)):
                keys.append((interval * len(chain), max(falls), *self.worth([*chain, target])))
        return min(keys, default=None)

    def off(self, begin: Fraction, cycle: int) -> Key | None:
        """What the best taper is worth: its days, its largest fall, the days that it needs, its pieces."""
        interval, held, end = whole(self.every, cycle), self.sketch.held, self.sketch.end
        if end is not None and end % cycle:
            return None
        # A taper lasts to its last dose, and that is taken on the first day of a cycle.
        least = whole(max(self.sketch.duration, 1) + cycle - 1, cycle)
        ways = [chain for chain in self.chains(begin, Fraction(0), cycle) if chain]
        if held is not None and held < interval:
            ways = []
        for one in (ways, [[begin]] if begin in self.cost and self.falls((begin,), (), cycle) else []):
            keys = []
            for chain in one:
                need = interval * len(chain)
                days = max(need, least) if end is None else end + cycle
                if days >= max(need, least):
                    seen = [begin, *chain, Fraction(0)] if chain != [begin] else [begin, Fraction(0)]
                    biggest = max((a - b) / begin for a, b in pairwise(seen))
                    keys.append((days, biggest, need, *self.worth(chain)))
            if keys:
                return min(keys)
        return None

    def worth(self, chain: list[Fraction]) -> tuple[int, int, int]:
        """Steps, divided pieces, pieces."""
        costs = [self.cost[dose] for dose in chain]
        return len(chain), sum(cost[0] for cost in costs), sum(cost[1] for cost in costs)

    def best(self) -> Steps | Key | None:
        """The way up, or what the best way down or off is worth; `None` where there is none."""
        sketch, current, target = self.sketch, self.sketch.current, self.sketch.target
        if current is not None and not all(dose in self.whole_range for dose in exact(current[0])):
            return None  # what no product makes was mistyped
        if target is None:
            assert current is not None
            return self.off(Fraction(current[0][0]), current[1])
        if not all(dose in self.cost for dose in exact(target)):
            return None
        found: Steps | Key | None
        if current == (target, sketch.cycle):
            found = [(exact(target), sketch.cycle, None)]
        elif current is not None and sum(target) * current[1] < sum(current[0]) * sketch.cycle:
            if current[1] != sketch.cycle or len(current[0]) > 1 or len(target) > 1:
                return None
            return self.down(Fraction(current[0][0]), Fraction(target[0]), sketch.cycle)
        else:
            found = self.up()
        if found is None or not all(dose in self.cost for day, _, _ in found for dose in day):
            return None
        return found if all(self.leads_out(day, cycle) for day, cycle, _ in found) else None


# --- The planner against it -----------------------------------------------------------------------


def steps_of(schedule: Schedule) -> Steps:
    """The steps of a schedule as plain values."""
    return [
        (tuple(dose.to("mg").amount for dose in step.regimen.doses), step.regimen.cycle, step.days.length)
        for step in schedule.steps
    ]


def planned(rule: Rule, request: Request) -> tuple[Schedule | None, str]:
    """The planner's schedule, or why it refuses."""
    try:
        return plan(rule, request), ""
    except (NoSchedule, RequestError) as refusal:
        return None, refusal.text()


def agreed(sketch: Sketch) -> Steps | Key | None:
    """What both say is the best; fails where they differ."""
    obvious, rule, request = Obvious(sketch), sketch.rule(), sketch.request()
    best = obvious.best()
    schedule, refused = planned(rule, request)
    if schedule is None:
        assert best is None, f"refused, but there is {best}: {refused}"
        return None
    steps = steps_of(schedule)
    assert [finding.says for finding in verify(schedule, rule).findings] == [], steps
    assert best is not None, f"nothing is lawful, the planner says {steps}"
    if isinstance(best, list):
        assert steps == best
        return best
    chain = [day[0] for day, _, _ in steps if day]
    lengths = [length or 0 for day, _, length in steps if day]
    assert sketch.current is not None
    begin, cycle = Fraction(sketch.current[0][0]), sketch.current[1]
    interval = whole(obvious.every, cycle)
    assert all(each == cycle for day, each, _ in steps if day)
    if sketch.target is None:
        seen = [begin, *chain, Fraction(0)] if chain != [begin] else [begin, Fraction(0)]
        assert all(length >= interval and length % cycle == 0 for length in lengths)
        share = max((a - b) / begin for a, b in pairwise(seen))
        assert (sum(lengths), share, interval * len(chain), *obvious.worth(chain)) == best, steps
        assert schedule.last_dose == plus(START, sum(lengths) - cycle)
    else:
        fall = max((a - b) / a for a, b in pairwise([begin, *chain]))
        assert (sum(lengths[:-1]), fall, *obvious.worth(chain)) == best, steps
    return best


seldom = st.sampled_from([False, False, True])


def rises(before: Day, after: Day) -> bool:
    """Whether no dose of the day falls."""
    if len(before) == len(after):
        return all(b <= a for b, a in zip(before, after, strict=True))
    return len(before) < len(after) and before[0] <= max(after)


@st.composite
def sketches(draw: st.DrawFn) -> Sketch:
    """A ladder that is taken every day (with rungs on alternate days), or a drug that is taken every so many days."""
    cycle = draw(st.sampled_from([1, 1, 2, 3, 7]))
    tablets = tuple(draw(st.lists(st.sampled_from([(2, 1), (2, 2), (3, 1), (4, 2), (5, 1)]), min_size=1, max_size=2,
                                  unique_by=lambda one: one[0])))  # fmt: skip
    parts = [mg // pieces for mg, pieces in tablets]
    can_be_made = [mg for mg in range(1, 11) if any(mg % part == 0 for part in parts)]
    doses = st.integers(1, 10) if draw(seldom) and draw(seldom) else st.sampled_from(can_be_made)
    days = st.lists(doses, min_size=1, max_size=1 if cycle > 1 else 2).map(tuple)
    rungs: dict[Fraction, Rung] = {}
    for _ in range(draw(st.integers(1, 4))):
        every = draw(st.sampled_from([1, 1, 2, 3])) if cycle == 1 else cycle
        day = draw(days) if every == cycle else (draw(doses),)
        keep = 0 if draw(seldom) and draw(seldom) else draw(st.integers(1, 16))
        rungs.setdefault(Fraction(sum(day), every), Rung(day, every, keep))
    ladder: tuple[Rung, ...] = ()
    for _, rung in sorted(rungs.items()):
        if not ladder or (ladder[-1].cycle % rung.cycle == 0 and rises(ladder[-1].day, rung.day)):
            ladder = (*ladder, rung)
    goal = draw(st.sampled_from(["up", "up", "down", "taper"]))
    current: tuple[Day, int] | None = None
    if goal != "up" or draw(seldom):
        rung = draw(st.sampled_from(ladder))
        current = (rung.day, rung.cycle) if draw(st.booleans()) else (draw(days), cycle)
        if goal == "taper" and len(current[0]) > 1:
            current = ((max(current[0]),), draw(st.sampled_from([2, 3])))
    on_rung = [rung.day for rung in ladder if rung.cycle == cycle]
    target = draw(st.sampled_from(on_rung) if on_rung and draw(st.sampled_from([True, True, False])) else days)
    every = draw(st.integers(1, 9))
    return Sketch(
        tablets=tablets, most=draw(st.integers(4 if draw(seldom) else 8, 12)), ladder=ladder, cycle=cycle,
        by=(draw(st.sampled_from(["1 mg", "2 mg", "3 mg", "6 mg", "6 mg", "50 %", "100 %"])),
            draw(st.sampled_from(["dose", "day"]))),
        every=every, duration=draw(st.sampled_from([0, 0, 5, 20])), current=current,
        held=None if current is None or not draw(seldom) else draw(st.integers(1, 6)) * current[1],
        target=None if goal == "taper" else target,
        pace=every + draw(st.integers(0, 9)) if draw(seldom) else None,
        end=draw(st.integers(1, 60)) if goal == "taper" and draw(st.booleans()) else None,
    )  # fmt: skip


@settings(max_examples=1500 if DEEP else 100, deadline=None, suppress_health_check=list(HealthCheck))
@given(sketches())
def test_ladders_and_cycles_are_planned_as_they_have_to_be_or_there_is_nothing(sketch: Sketch) -> None:
    current, target = sketch.current, sketch.target
    if current is not None and target is not None and sum(target) * current[1] < sum(current[0]) * sketch.cycle:
        assume(len(current[0]) == len(target) == 1)  # falls of several doses a day are the subject of `test_oracle.py`
    best = agreed(sketch)
    event("refused" if best is None else "up" if isinstance(best, list) else "down")


# Problems on which the two once differed, or where a law is read one way of two.
ONCE_DIFFERENT = {
    "above the ladder, and no rise is named there": (
        Sketch(tablets=((2, 1),), most=10, ladder=(Rung((2,), 1, 1), Rung((4,), 1, 1)), by=("6 mg", "dose"),
               current=((6,), 1), target=(8,)),
        None,
    ),
    # Doses on day 1, 3 … 19 would end on day 19; the taper takes 20 days with the dose on day 21, 22 of whole cycles.
    "a taper on alternate days lasts to its last dose": (
        Sketch(tablets=((2, 2),), most=4, ladder=(Rung((1,), 2, 1),), cycle=2, by=("1 mg", "dose"), duration=20,
               current=((1,), 2)),
        (22, Fraction(1), 2, 1, 1, 1),
    ),
    # 10 days of a rung every week are two weeks; every 3 days 5 days are 6.
    "a rung is kept for whole cycles": (
        Sketch(tablets=((5, 1),), most=10, ladder=(Rung((5,), 7, 10), Rung((10,), 7, 1)), cycle=7, by=("5 mg", "dose"),
               target=(10,)),
        [((Fraction(5),), 7, 14), ((Fraction(10),), 7, None)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", ONCE_DIFFERENT)
def test_problems_by_hand(name: str) -> None:
    sketch, expected = ONCE_DIFFERENT[name]
    assert agreed(sketch) == expected
