"""How many verified plans a second, whether memory stays as it is, and what a second worker brings.

    python -m tests.bench.batch [--few 500] [--many 5000]

`--few 1000 --many 1000000` is the measurement that was asked for; it takes about an hour of processor time.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.batch.asking import write_table
from tests.bench.measure import PYTHON, ROOT, told


def ran(requests: Path, results: str, *options: str) -> tuple[float, float, int]:
    """Seconds on the clock, seconds of processor time, and the largest memory (kB) of a run, its workers included."""
    command = [PYTHON, "-m", "titrate", "batch", str(requests), "-o", results, *options]
    kept = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    began = time.perf_counter()
    process = subprocess.Popen(command, cwd=ROOT, env=kept, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    spent = time.perf_counter() - began
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode in (0, 8), process.returncode
    return spent, usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--few", type=int, default=500)
    parser.add_argument("--many", type=int, default=5_000)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        few, many = Path(folder) / "few.csv", Path(folder) / "many.csv"
        write_table(few, given.few)
        write_table(many, given.many)
        out = str(Path(folder) / "o.jsonl")
        ran(few, out)
        _, small, low = ran(few, out)
        alone, large, high = ran(many, out)
        both, together, _ = ran(many, out, "--workers", "2")
    planned = given.many * 9 // 10
    print(f"{planned} verified plans in {large:.1f} s of processor time: {planned / large:.0f} a second per core")  # noqa: T201
    kept = told(f"memory, {given.many} requests / {given.few}", high / low, 1.2)
    kept &= told("time per plan, likewise", (large / given.many) / (small / given.few), 1.3)
    told("processor time, two workers / one", together / large, 1.11)
    print(f"on the clock two workers are {alone / both:.2f} x as fast as one; at least 1.8 on two idle cores")  # noqa: T201
    sys.exit(not kept)


if __name__ == "__main__":
    main()
