"""Some mutants of some modules, drawn at random: names to give to `mutmut run`.

    .venv/bin/python -m tests.mutation_sample SEED HOW_MANY planner.steps supply ...

so many of each module, the same ones for the same seed and code. mutmut has to have written mutants/ before.
"""

from __future__ import annotations

import json
import random
import sys
from pathlib import Path

MUTANTS = Path(__file__).resolve().parent.parent / "mutants" / "titrate"


def drawn(module: str, seed: int, many: int) -> list[str]:
    """Names of at most `many` mutants of a module, named as below `titrate`."""
    about = MUTANTS.joinpath(*module.split(".")).with_suffix(".py.meta")
    names = sorted(json.loads(about.read_text(encoding="utf-8"))["exit_code_by_key"])
    return sorted(random.Random(seed).sample(names, min(many, len(names))))


if __name__ == "__main__":
    seed, many, *modules = sys.argv[1:]
    for module in modules:
        for name in drawn(module, int(seed), int(many)):
            sys.stdout.write(name + "\n")
