"""The planner beside OR-tools CP-SAT, and how its cost grows with what is asked.

    python -m tests.bench.planner                  how it grows
    python -m tests.bench.planner --solver         beside CP-SAT as well; needs the extra [oracle], and minutes
    python -m tests.bench.planner --instructions   planner and verifier, counted by valgrind

Seconds are processor time, the least of several, taken in turn. Both sides begin with a rule that is read, and work out
what holds for the patient and which doses there are; CP-SAT's model is built and solved in one thread, as `plan` is.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

from tests.bench.measure import PYTHON, has_valgrind, instructions, told
from tests.strategies import Limit, Sketch
from titrate import rulebook
from titrate.days import Duration
from titrate.formats import csv
from titrate.planner import plan
from titrate.regimen import Pattern
from titrate.request import Goal, Request
from titrate.rule import Rule
from titrate.schedule import Schedule

START = date(2026, 12, 1)
SIZES = ("0.1", "0.01", "0.001")
SHIPPED = "baclofen-oral-spasticity"
Problem = tuple[Rule, Request]


def asked(rule: Rule, goal: Goal, **more: Any) -> Request:
    """A request, issued at a fixed moment."""
    issued = datetime(2026, 11, 23, 9, tzinfo=UTC)
    return Request(rule=rule.id, goal=goal, start=START, issued=issued, **more)


def oral(current: str, days: int, **more: Any) -> Problem:
    """Off oral baclofen, the last dose on day `days`."""
    rule = rulebook.load(SHIPPED)
    last = START + timedelta(days=days - 1)
    return rule, asked(rule, "taper", current=Pattern.parse(current), finish_by=last, **more)


def on_a_grid(tablet: str, top: int, days: int | None = None, every: int = 1) -> Problem:
    """Off a drug once a day from `top` mg, by at most 10 % at once, in tablets so small; it stops from 1 mg."""
    falls = (Limit((("10 %", "dose", "current"),), every),)
    rises = (Limit((("1000 mg", "dose", "current"),), 1),)
    rule = Sketch(((tablet, 1),), (1, 1), f"{top} mg", rises, falls, "taper", last="1 mg").rule()
    last = None if days is None else START + timedelta(days=days - 1)
    return rule, asked(rule, "taper", current=Pattern.parse(f"{top} mg x1"), finish_by=last)


def stayed(days: int) -> Problem:
    """Up to 20 mg three times a day, so many days there, and off it again."""
    rule = rulebook.load(SHIPPED)
    stay = Duration(days, "day")
    return rule, asked(rule, "plan", target=Pattern.parse("20 mg x3"), maintain=stay, then_stop=True)


# Problem, the shape of its days, and its length in days: what CP-SAT is asked for is the smallest largest fall.
BESIDE = {
    "oral baclofen, 80 mg a day to nothing in 21 days": (oral("20 mg x4", 21), "uneven", 21),
    "40 mg to nothing by 10 % on a grid of 0.1 mg": (on_a_grid("0.1", 40, 45), "near", 45),
    "oral baclofen, 60 mg a day, last dose on day 35": (oral("20 mg x3", 35), "uneven", 35),
    "three uneven doses, 15/10/20 mg, in 21 days": (oral("15/10/20 mg", 21, split="uneven"), "uneven", 21),
}


def least(work: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The least processor time of each, in seconds."""
    found: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            began = time.process_time()
            run()
            found[name].append(time.process_time() - began)
    return {name: min(each) for name, each in found.items()}


def largest_fall(problem: Problem, schedule: Schedule) -> Fraction:
    """The largest fall of the daily dose from one day to the next, the stop included."""
    current = problem[1].current
    assert current is not None
    daily = [current.total().amount, *(step.regimen.daily.amount for step in schedule.steps)]
    return max(before - after for before, after in pairwise(daily))


def beside_the_solver() -> bool:
    from tests.test_oracle_cpsat import _gentlest

    kept = True
    for name, (problem, shape, length) in BESIDE.items():
        ours_work, theirs = partial(plan, *problem), partial(_gentlest, *problem, shape, length)
        planner, solver = least({"plan": ours_work, "model and solve": theirs}, 5).values()
        solved, ours = _gentlest(*problem, shape, length), largest_fall(problem, plan(*problem))
        assert ours == solved, f"{name}: {ours} and {solved}"
        print(f"{name}: {planner * 1e3:.1f} ms, CP-SAT {solver * 1e3:.0f} ms, both {ours} mg")  # noqa: T201
        kept &= told("  planner / CP-SAT", planner / solver, 0.1)
    return kept


def growth() -> bool:
    grids = {size: on_a_grid(size, 10) for size in SIZES}
    steps = {every: on_a_grid("0.1", 10, every=every) for every in (1, 7, 28)}
    years = {count: stayed(365 * count) for count in (1, 10)}
    two_years = plan(*stayed(600))
    problems = {**{f"grid {k}": p for k, p in grids.items()}, **{f"every {k}": p for k, p in steps.items()},
                **{f"years {k}": p for k, p in years.items()}, "two years": stayed(600)}  # fmt: skip
    work: dict[str, Callable[[], object]] = {name: partial(plan, *problem) for name, problem in problems.items()}
    work["days of two years"] = lambda: csv.write(two_years)
    found = least(work, 5)
    for name, value in found.items():
        print(f"{name:<58} {value * 1e3:7.1f} ms")  # noqa: T201
    kept = True
    for coarse, fine in pairwise(SIZES):
        ratio = found[f"grid {fine}"] / found[f"grid {coarse}"]
        kept &= told(f"ten times the doses: {fine} mg / {coarse} mg", ratio, 12)
    kept &= told("longer steps: 7 days / 1 day", found["every 7"] / found["every 1"], 1.2)
    kept &= told("longer steps: 28 days / 1 day", found["every 28"] / found["every 1"], 1.2)
    kept &= told("ten years / one year", found["years 10"] / found["years 1"], 1.2)
    return kept & told(
        "writing the days of two years / planning them", found["days of two years"] / found["two years"], 1
    )


def counted() -> None:
    """Each as the difference of a program that does it six times and one that does it once."""
    code = "from titrate.verifier import verify\nfrom tests.bench import planner as b\n"
    code += "p = b.{problem}\ns = b.plan(*p)\nfor _ in range({times}):\n    {what}"
    for problem in ("oral('20 mg x4', 21)", "stayed(365)", "on_a_grid('0.1', 10)"):
        for what in ("b.plan(*p)", "verify(s, p[0])"):
            runs = {
                str(times): (PYTHON, "-c", code.format(problem=problem, times=times, what=what)) for times in (0, 5)
            }
            found = instructions(runs)
            print(f"{problem:<28} {what:<20} {(found['5'] - found['0']) / 5e6:8.1f} million instructions")  # noqa: T201


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--solver", action="store_true")
    parser.add_argument("--instructions", action="store_true")
    given = parser.parse_args()
    if given.instructions:
        if not has_valgrind():
            sys.exit("valgrind is not installed")
        counted()
        return
    kept = growth()
    if given.solver:
        kept &= beside_the_solver()
    sys.exit(not kept)


if __name__ == "__main__":
    main()
