"""Files of requests for the tests and benchmarks of `batch`: many different ones, the same each time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

RULE = "baclofen-oral-spasticity"
HEADER = "rule,goal,start,from,target,finish-by,label"
START = date(2026, 12, 1)


def row(number: int) -> str:
    """A line of a CSV: tapers and titrations in turn. Every tenth fails: its dose has no unit, or one in a thousand
    is to end too soon (to tell why takes as long as fifty plans)."""
    start = START + timedelta(days=number % 300)
    label = f"patient {number}"
    if number % 10 == 9 and number % 1_000 != 49:
        return f"{RULE},taper,{start},20 x3,,,{label}"
    if number % 10 == 9:
        return f'{RULE},taper,{start},20 mg x3,,{start + timedelta(days=3)},"{label}, too soon"'
    if number % 2:
        return f"{RULE},plan,{start},,{5 * (1 + number % 4)} mg x3,,{label}"
    return f"{RULE},taper,{start},{5 * (1 + number // 2 % 4)} mg x3,,,{label}"


def table(count: int) -> str:
    """A whole CSV."""
    return "".join(f"{line}\n" for line in (HEADER, *map(row, range(count))))


def document(number: int) -> str:
    """A line of JSON: tapers, without a moment of their own."""
    start = START + timedelta(days=number % 300)
    current = {"doses": [f"{5 * (1 + number % 4)} mg"] * 3}
    return json.dumps({"rule": RULE, "goal": "taper", "start": start.isoformat(), "current": current})


def write_table(path: Path, count: int) -> None:
    """The CSV, a line at a time."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"{line}\n" for line in _lines(count))


def _lines(count: int) -> Iterator[str]:
    yield HEADER
    yield from map(row, range(count))
