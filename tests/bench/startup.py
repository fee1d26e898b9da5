"""How long until a command answers, beside the smallest program that could do it (`hello.py`).

    python -m tests.bench.startup                  processor time, the least of several runs
    python -m tests.bench.startup --instructions   counted by valgrind, the same on a busy machine

The exit status is 1 if a ratio is above `KEPT`: what was reached. The bounds that were asked for are printed beside it.
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
# What is measured, against what, at most so many times as much by the issue, and what was reached, with some room.
RATIOS = (
    ("import titrate", "nothing", 1.3, 1.1),
    ("titrate --help", "hello --help", 1.1, 1.1),
    ("plan, csv", "hello", 1.15, 2.15),
    ("plan, calendar", "hello, icalendar", 1.15, 2.4),
    ("plan, table", "hello, rich.table", 1.15, 2.6),
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
    for name, against, bound, _ in RATIOS:
        told(f"{name} / {against}", found[name] / found[against], bound)
    # Times differ from run to run; only counts are held against what was reached.
    sys.exit(given.instructions and any(found[name] / found[against] > kept for name, against, _, kept in RATIOS))


if __name__ == "__main__":
    main()
