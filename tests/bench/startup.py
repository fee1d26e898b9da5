"""How long until a command answers, beside the smallest program that could do it (`hello.py`).

    python -m tests.bench.startup                  processor time, the least of several runs
    python -m tests.bench.startup --instructions   counted by valgrind, the same on a busy machine

Each command has run once before it is measured: modules are compiled, and the rule was read. With counts the exit
status is 1 if a ratio is above its bound.
"""

from __future__ import annotations

import argparse
import sys

from tests.bench.measure import PYTHON, ROOT, Command, has_valgrind, instructions, seconds, told

RULE = str(ROOT / "rules" / "baclofen-oral-spasticity.toml")
HELLO = (PYTHON, str(ROOT / "tests" / "bench" / "hello.py"))
PLAN = (PYTHON, "-m", "titrate", "plan", "baclofen-oral-spasticity", "--start", "2026-12-01", "--target", "20 mg x3")

COMMANDS: dict[str, Command] = {
    "nothing": (PYTHON, "-c", "pass"),
    "import titrate": (PYTHON, "-c", "import titrate"),
    "hello --help": (*HELLO, "--help"),
    "titrate --help": (PYTHON, "-m", "titrate", "--help"),
    "hello": (*HELLO, RULE),
    "plan, csv": (*PLAN, "--format", "csv"),
    "hello, icalendar": (*HELLO, RULE, "icalendar"),
    "plan, calendar": (*PLAN, "--format", "ics", "--tz", "Europe/London"),
    "hello, rich.table": (*HELLO, RULE, "rich.table"),
    "plan, table": (*PLAN, "--format", "table"),
}
# What is measured, against what, and at most so many times as much.
RATIOS = (
    ("import titrate", "nothing", 1.3),
    ("titrate --help", "hello --help", 1.1),
    ("plan, csv", "hello", 1.15),
    ("plan, calendar", "hello, icalendar", 1.15),
    ("plan, table", "hello, rich.table", 1.15),
)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--instructions", action="store_true")
    parser.add_argument("--rounds", type=int, default=15)
    given = parser.parse_args()
    if given.instructions and not has_valgrind():
        sys.exit("valgrind is not installed")
    found: dict[str, float] = dict(instructions(COMMANDS)) if given.instructions else seconds(COMMANDS, given.rounds)
    scale, unit = (1e-6, "million instructions") if given.instructions else (1e3, "ms")
    for name, value in found.items():
        print(f"{name:<58} {value * scale:7.0f} {unit}")  # noqa: T201
    kept = [told(f"{name} / {against}", found[name] / found[against], bound) for name, against, bound in RATIOS]
    # Times differ from run to run; only counts are held against the bounds.
    sys.exit(given.instructions and not all(kept))


if __name__ == "__main__":
    main()
