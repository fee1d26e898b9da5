"""How programs are measured: side by side in one run, so that the noise of the machine meets all of them.

Seconds are processor time of the program (user and system), the least of several runs, taken in turn (A B A B ...).
Instructions are counted by valgrind; they hardly differ from run to run, also on a busy machine.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
Command = Sequence[str]


@contextmanager
def surroundings() -> Iterator[dict[str, str]]:
    """Environment variables in which every program finds its modules compiled, and hashes alike."""
    with tempfile.TemporaryDirectory() as folder:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "COLUMNS"))}
        yield {**kept, "PYTHONPYCACHEPREFIX": folder, "PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": "1795424400"}


def seconds(commands: Mapping[str, Command], rounds: int) -> dict[str, float]:
    """The least processor time of each command, in seconds."""
    found: dict[str, list[float]] = {name: [] for name in commands}
    with surroundings() as around:
        for turn in range(rounds + 1):  # the first one compiles
            for name, command in commands.items():
                spent = _spent(command, around)
                if turn:
                    found[name].append(spent)
    return {name: min(each) for name, each in found.items()}


def _spent(command: Command, around: Mapping[str, str]) -> float:
    process = subprocess.Popen(
        command, env=dict(around), cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, f"{' '.join(command)} ended with {process.returncode}"
    return usage.ru_utime + usage.ru_stime


def instructions(commands: Mapping[str, Command]) -> dict[str, int]:
    """How many instructions each command takes, by valgrind."""
    counted = {}
    with surroundings() as around:
        for name, command in commands.items():
            _spent(command, around)  # compiles
            done = _counted(command, around)
            match = re.search(r"I\s+refs:\s+([\d,]+)", done.stderr)
            assert match is not None, done.stderr
            counted[name] = int(match[1].replace(",", ""))
    return counted


def of_forks(command: Command) -> list[int]:
    """How many instructions each process takes that a command forks and whose number it prints, in that order.

    What the command did before a fork counts for each, so only their differences say something.
    """
    with surroundings() as around:
        _spent(command, around)  # compiles
        done = _counted(command, around)
    found = dict(re.findall(r"==(\d+)== I\s+refs:\s+([\d,]+)", done.stderr))
    return [int(found[pid].replace(",", "")) for pid in done.stdout.split()]


def _counted(command: Command, around: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    counter = ("valgrind", "--tool=cachegrind", "--cache-sim=no", "--cachegrind-out-file=/dev/null")
    return subprocess.run((*counter, *command), env=dict(around), cwd=ROOT, capture_output=True, text=True, check=True)


def has_valgrind() -> bool:
    return shutil.which("valgrind") is not None


def told(what: str, ratio: float, bound: float) -> bool:
    """Print a ratio beside its bound; whether it keeps to it."""
    kept = ratio <= bound
    print(f"{what:<58} {ratio:7.2f}   at most {bound:g}{'' if kept else '   ABOVE'}")  # noqa: T201
    return kept


PYTHON = sys.executable
