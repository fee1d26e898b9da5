"""The best way through a stretch, against every way there is, each weighed as `titrate.planner.search` says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise, product

import pytest

from tests.oracle import doses_of
from tests.test_planner import ISSUED, START, asked, paper, steps
from titrate.errors import TitrateError
from titrate.planner.moves import Doses
from titrate.planner.problem import Problem
from titrate.planner.stretch import Ends, Stretch, starting_days
from titrate.planner.terms import Terms
from titrate.planner.ways import Steps, ways_of
from titrate.product import Product
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule

Key = tuple[Fraction | int, ...]
TIMES = "{ at-least = 1, at-most = 2 }"
PREFERRED = "{ at-least = 1, at-most = 2, prefer = 2 }"


def tablets(*made: tuple[int, str]) -> str:
    listed = (f'{{ name = "{mg}mg", form = "tablet", strength = "{mg} mg", divide = "{how}" }}' for mg, how in made)
    return f"[{', '.join(listed)}]"


def by(most: str, every: int = 1, band: str = "", per: str = "dose") -> str:
    how = f'by = {{ at-most = "{most}", per = "{per}" }}\nevery = {{ at-least = "{every} days" }}'
    return f"{how}\nband = {{ {band} }}" if band else how


BANDED = "\n\n".join((by("4 mg", 3, 'at-least = "6 mg"'), by("2 mg", 2, 'below = "6 mg"')))
PLAIN = {"products": tablets((1, "no")), "increase": BANDED, "decrease": BANDED}
MIXED = {"products": tablets((2, "halves"), (5, "no")), "increase": by("3 mg"), "decrease": by("3 mg", 2)}
SHARES = {"products": tablets((1, "no"), (4, "halves")), "increase": by("60 %"), "decrease": by("60 %", 2)}
TWICE = {"products": tablets((2, "halves")), "increase": by("1 mg", 2), "decrease": by("2 mg", 2)}
DAILY = {**TWICE, "increase": by("2 mg", 2, per="day"), "decrease": by("3 mg", 2, per="day")}
LARGER = {**TWICE, "products": tablets((2, "no"), (3, "no")), "increase": by("3 mg"), "decrease": by("3 mg")}


def rule_of(maximum: int, times: str, **tables: str) -> Rule:
    return paper(maximum=f'dose = "{maximum} mg"', maintenance='daily = { at-most = "30 mg" }', times=times, **tables)


def stretch_of(rule: Rule, current: str | None, target: str | None, shape: str) -> Stretch:
    request = Request(
        rule.id,
        "taper" if target is None else "plan",
        START,
        ISSUED,
        current=None if current is None else Pattern.parse(current),
        target=None if target is None else Pattern.parse(target),
    )
    problem = Problem.of(rule, Terms.of(rule, request))
    if problem.current is None:
        return Stretch(
            problem, problem.rises(()), shape, Ends(starting_days(problem, shape), problem.targets, None, True)
        )
    rising = bool(problem.targets) and sum(problem.targets[0]) > sum(problem.current)
    moves = (problem.rises if rising else problem.falls)(problem.current)
    return Stretch(problem, moves, shape, Ends((problem.current,), problem.targets))


def every_way(stretch: Stretch) -> Iterator[list[tuple[Doses, int]]]:
    """Every way, the day that is taken already among it; each day with how long it is kept at least."""
    days, moves, already = stretch.days() | set(stretch.ends.ends), stretch.moves, not stretch.ends.starting
    following = {day: [after for after in days if moves.lawful(day, after)] for day in days | set(stretch.begins)}

    def ways(day: Doses) -> Iterator[list[tuple[Doses, int]]]:
        if stretch.stopping:
            if moves.lawful(day, ()):
                yield [(day, moves.every(day, ()))]
        elif day in stretch.ends.ends:
            yield [(day, 0)]
            return
        for after in following[day]:
            for rest in ways(after):
                yield [(day, moves.every(day, after)), *rest]

    for begin in stretch.begins:
        for way in ways(begin):
            yield [(begin, 0 if len(way) > 1 else way[0][1]), *way[1:]] if already else way


@cache
def prices(products: tuple[Product, ...]) -> dict[Fraction, tuple[int, int]]:
    """Divided pieces and pieces of every dose."""
    return doses_of(products, "mg", Fraction(30))


def weighed(stretch: Stretch, way: list[tuple[Doses, int]]) -> Key:
    """The way, the day that is taken already first, in the order in which it is compared."""
    problem, rising = stretch.problem, stretch.moves.rising
    made = prices(problem.products)
    already = not stretch.ends.starting
    new = [day for day, _ in (way[1:] if already else way)]
    prefer = next((limit.times.prefer for limit in problem.limits.frequency), None)
    grain = problem.grid.table.grain
    costs = [made[dose * grain] for day in new for dose in day]
    worth: Key = (
        len(new),
        sum(abs(len(day) - prefer) for day in new) if prefer else 0,
        sum(divided for divided, _ in costs),
        sum(pieces for _, pieces in costs),
        sum(max(day) - min(day) for day in new),
    )
    late = sum(dose * (len(day) - place) for day in new for place, dose in enumerate(day, 1))
    days, sums = sum(kept for _, kept in way), [sum(day) for day, _ in way]
    if stretch.stopping:
        return max(one - other for one, other in pairwise([*sums, 0])), days, *worth, late
    share = max((Fraction(abs(one - other), one) for one, other in pairwise(sums)), default=Fraction(0))
    return (days, *worth, share, late) if rising else (days, share, *worth, late)


def whole(stretch: Stretch, found: Steps | None) -> list[tuple[Doses, int]] | None:
    """With the day that is taken already, which is left out unless it is the only one."""
    if found is None:
        return None
    begin = stretch.begins[0]
    return list(found) if stretch.ends.starting or found[0][0] == begin else [(begin, 0), *found]


CASES = [
    (rule_of(12, "1", **PLAIN), "1 mg x1", "12 mg x1"),
    (rule_of(12, "1", **PLAIN), None, "11 mg x1"),
    (rule_of(12, "1", **PLAIN), "12 mg x1", "1 mg x1"),
    (rule_of(12, "1", **MIXED), "1 mg x1", "12 mg x1"),
    (rule_of(12, "1", **MIXED, start='dose = { at-most = "3 mg" }'), None, "10 mg x1"),
    (rule_of(12, "1", **MIXED), "12 mg x1", "2 mg x1"),
    (rule_of(12, "1", **SHARES), "2 mg x1", "12 mg x1"),
    (rule_of(12, "1", **SHARES), "12 mg x1", "2 mg x1"),
    (rule_of(3, TIMES, **TWICE), "1 mg x1", "3 mg x2"),
    (rule_of(3, TIMES, **TWICE), "3 mg x2", "1 mg x2"),
    (rule_of(3, TIMES, **TWICE), "3 mg x2", "1 mg x1"),
    (rule_of(3, PREFERRED, **TWICE), "1 mg x1", "3 mg x2"),
    (rule_of(3, PREFERRED, **TWICE), "1 mg x1", "3 mg x1"),
    (rule_of(3, PREFERRED, **TWICE, start='dose = "1 mg"'), None, "4 mg/day"),
    (rule_of(4, PREFERRED, **DAILY), "1 mg x1", "4 mg/day"),
    (rule_of(3, PREFERRED, **DAILY), "3 mg x2", "2 mg/day"),
    (rule_of(4, TIMES, **DAILY), "4 mg x2", "2 mg/day"),
    (rule_of(5, TIMES, **LARGER), "2 mg x1", "5 mg x2"),
    (rule_of(5, TIMES, **LARGER), "5 mg x2", "2 mg/day"),
]


@pytest.mark.parametrize(("rule", "current", "target"), CASES)
@pytest.mark.parametrize("shape", ["near", "uneven"])
def test_the_best_way_to_a_target_is_the_best_of_all(rule: Rule, current: str | None, target: str, shape: str) -> None:
    stretch = stretch_of(rule, current, target, shape)
    all_ways = [weighed(stretch, way) for way in every_way(stretch)]
    assert all_ways
    ways = ways_of(stretch)
    found = whole(stretch, ways.soonest())
    assert found is not None
    assert weighed(stretch, found) == min(all_ways)
    assert found[-1][1] == 0
    assert ways.least() == min(all_ways)[0]


TAPERS = [
    (rule_of(12, "1", **PLAIN), "12 mg x1"),
    (rule_of(12, "1", **MIXED), "9 mg x1"),
    (rule_of(12, "1", **PLAIN), "2 mg x1"),
    (rule_of(3, TIMES, **TWICE), "3 mg x2"),
    (rule_of(3, PREFERRED, **TWICE), "3 mg x2"),
    (rule_of(3, TIMES, **DAILY), "2/3 mg"),
    (rule_of(4, TIMES, **LARGER), "2/4 mg"),
    (rule_of(5, TIMES, **LARGER), "3 mg x2"),
    (rule_of(3, "2", **TWICE), "3 mg x2"),
]


@pytest.mark.parametrize(("rule", "current"), TAPERS)
@pytest.mark.parametrize("shape", ["near", "uneven"])
def test_the_gentlest_way_to_nothing_is_the_gentlest_of_all(rule: Rule, current: str, shape: str) -> None:
    stretch = stretch_of(rule, current, None, shape)
    all_ways = [weighed(stretch, way) for way in every_way(stretch)]
    ways = ways_of(stretch)
    assert ways.least() == min((key[1] for key in all_ways), default=None)
    for length in range(1, 26):
        best = min((key for key in all_ways if key[1] <= length), default=None)
        found = whole(stretch, ways.gentlest(length))
        assert (None if found is None else weighed(stretch, found)) == best


def test_with_a_cap_the_gentlest_way_has_the_smallest_falls() -> None:
    """From 6 mg in two days: 4 mg and 2 mg, each a fall of 2 mg; 3 mg and then anything would be a fall of 3 mg."""
    rule = paper(
        decrease='by = { at-most = "3 mg" }\nevery = { at-least = "1 day" }',
        rest='[[taper.rate]]\nat-most = "6 mg"\nwithin = "3 days"\nCITE',
    )
    found = asked(rule, "taper", current="6 mg x1", finish_by=date(2026, 12, 2))
    assert steps(found) == [("4 mg x1", 1), ("2 mg x1", 1), ("0 mg", 1)]


def test_where_days_are_too_many_their_daily_doses_tell_whether_there_is_a_way() -> None:
    """150 doses three times a day. From 1 mg by 1 mg a way leads to 450 mg, but it is not searched; where nothing rises
    by less than 1 mg and a rise is at most 0.5 mg there is none, which needs no search."""
    most = {"times": "3", "products": tablets((1, "no")), "maximum": 'dose = "150 mg"', "start": 'dose = "1 mg"'}
    with pytest.raises(TitrateError, match="different days"):
        ways_of(stretch_of(paper(**most, increase=by("1 mg")), "1 mg x3", "150 mg x3", "uneven"))
    none = ways_of(stretch_of(paper(**most, increase=by("0.5 mg")), "1 mg x3", "150 mg x3", "uneven"))
    assert (none.least(), none.soonest()) == (None, None)


@pytest.mark.parametrize("shape", ["even", "near", "uneven"])
@pytest.mark.parametrize(("current", "target"), [("1 mg x3", "4 mg x3"), ("4 mg x3", "1 mg x3"), ("4 mg x3", None)])
def test_the_days_that_follow_are_all_days_of_the_shape_to_which_a_change_is_lawful(
    current: str, target: str | None, shape: str
) -> None:
    """Even: one dose. Near: all doses the same, or all but one, which is smaller. Uneven: any."""
    moves = {"increase": by("2 mg"), "decrease": by("2 mg")}
    rule = rule_of(4, "{ at-least = 1, at-most = 3 }", products=tablets((1, "no")), **moves)
    stretch = stretch_of(rule, current, target, shape)
    smaller = {"even": 0, "near": 1, "uneven": 2}[shape]
    days = [
        day
        for count in (1, 2, 3)
        for day in product(range(1, 5), repeat=count)
        if sum(dose < max(day) for dose in day) <= smaller and stretch.takes(day)
    ]
    for before in days:
        expected = [day for day in days if stretch.moves.lawful(before, day)]
        assert sorted(stretch.all_that_follow(before)) == sorted(expected)
