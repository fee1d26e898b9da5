"""The planner beside OR-tools CP-SAT, and how its cost grows with what is asked.

    python -m tests.bench.planner                  how it grows
    python -m tests.bench.planner --solver         beside CP-SAT as well; needs the extra [oracle], and minutes
    python -m tests.bench.planner --instructions   planner and verifier, counted by valgrind, beside what was reached

Seconds are processor time, the least of several, taken in turn. Both sides begin with a rule that is read, and work out
what holds for the patient and which doses there are; CP-SAT's model is built and solved in one thread, as `plan` is.
"""

from __future__ import annotations

import argparse
import gc
import os
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from functools import partial
from itertools import pairwise
from typing import Any

from tests.bench.measure import PYTHON, has_valgrind, of_forks, told
from tests.strategies import Limit, Sketch
from titrate import rulebook
from titrate.days import Duration
from titrate.formats import csv
from titrate.planner import plan
from titrate.regimen import Pattern
from titrate.request import Goal, Request
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify

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


def forget() -> None:
    """Empty whatever the package remembers between one call and the next, so that each is measured as the first."""
    for name, module in list(sys.modules.items()):
        if name.startswith("titrate."):
            for value in list(vars(module).values()):
                if hasattr(value, "cache_clear") and hasattr(value, "cache_parameters"):
                    value.cache_clear()


def least(work: Mapping[str, Callable[[], object]], rounds: int) -> dict[str, float]:
    """The least processor time of each, in seconds."""
    found: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(rounds):
        for name, run in work.items():
            forget()
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


# What is counted, and how many million instructions were reached for planning and for proving it.
COUNTED: dict[str, tuple[Callable[[], Problem], float, float]] = {
    "oral baclofen, 80 mg a day to nothing in 21 days": (lambda: oral("20 mg x4", 21), 24, 16),
    "up to 20 mg x3, a year there, and off it": (lambda: stayed(365), 18.5, 32),
    "10 mg to nothing by 10 % on a grid of 0.1 mg": (lambda: on_a_grid("0.1", 10), 22, 21),
}
ROOM = 1.1
# How many million `yardstick` took then. Another Python takes more or fewer for that too.
YARDSTICK = 20.5


def yardstick() -> int:
    """Work of the sort that planner and verifier do, and that no change of theirs alters."""
    days = [tuple(Fraction(dose, 4) for dose in range(day, day + 3)) for day in range(200)]
    sums = {day: sum(day, Fraction(0)) for day in days}
    return sum(1 for day, total in sums.items() if sorted(day)[-1] <= total / 2 or all(dose > 40 for dose in day))


def counting() -> None:
    """Plan and prove everything once. Then a process for nothing, one for the yardstick, and one for each of these
    again, of which nothing is remembered; their numbers are printed."""
    work: list[Callable[[], object]] = [lambda: None, yardstick]
    for make, _, _ in COUNTED.values():
        problem = make()
        schedule = plan(*problem)
        verify(schedule, problem[0])
        work += [partial(plan, *problem), partial(verify, schedule, problem[0])]
    gc.collect()
    gc.disable()  # when it next collects depends on all that went before
    for run in work:
        forked = os.fork()
        if not forked:
            forget()
            run()
            os._exit(0)
        os.waitpid(forked, 0)
        print(forked)  # noqa: T201


def counted() -> bool:
    """Planner and verifier beside what was reached; whether all keep to it."""
    nothing, measure, *found = of_forks((PYTHON, "-c", "from tests.bench.planner import counting; counting()"))
    counts, kept, scale = iter(found), True, (measure - nothing) / YARDSTICK
    print(f"yardstick: {(measure - nothing) / 1e6:.1f} million instructions")  # noqa: T201
    for name, (_, *reached) in COUNTED.items():
        for what, millions in zip(("planned", "proved"), reached, strict=True):
            spent = next(counts) - nothing
            print(f"{name}, {what}: {spent / 1e6:.1f} million instructions")  # noqa: T201
            kept &= told("  of what was reached", spent / (millions * scale), ROOM)
    return kept


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--solver", action="store_true")
    parser.add_argument("--instructions", action="store_true")
    given = parser.parse_args()
    if given.instructions:
        if not has_valgrind():
            sys.exit("valgrind is not installed")
        sys.exit(not counted())
    kept = growth()
    if given.solver:
        kept &= beside_the_solver()
    sys.exit(not kept)


if __name__ == "__main__":
    main()
