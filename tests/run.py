"""Runs the real command in a process of its own, with the clock set."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

# 2026-11-23 09:00 UTC: the only thing about the world that a test sets.
CLOCK = "1795424400"


@dataclass(frozen=True)
class Ran:
    """What a command did."""

    code: int
    out: str
    err: str


def titrate(*arguments: str, cwd: Path | None = None, stdout: int | None = None, **environment: str) -> Ran:
    """`titrate` with these arguments, in the folder `cwd`."""
    root = str(Path(__file__).resolve().parent.parent)
    inherited = {k: v for k, v in os.environ.items() if k not in ("TITRATE_RULES", "TZ", "COLUMNS", "FORCE_COLOR")}
    path = os.pathsep.join(filter(None, (root, inherited.get("PYTHONPATH"))))
    done = subprocess.run(
        [sys.executable, "-m", "titrate", *arguments],
        cwd=cwd,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        env={**inherited, "PYTHONPATH": path, "SOURCE_DATE_EPOCH": CLOCK, "PYTHONHASHSEED": "random", **environment},
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, (done.stdout or b"").decode("utf-8"), done.stderr.decode("utf-8"))
