"""Runs the mutants of modules that mutmut wrote, faster than mutmut: seconds a hundred instead of minutes.

    .venv/bin/python -m tests.mutate [--sample HOW_MANY --seed SEED] [--again] planner.moves 'verifier.*' ...

mutmut collects the tests anew for each mutant, and every call of every function asks which mutant is meant. Here the
tests are collected once, each mutant is a fork in which one function has other code, and the tests that caught the
mutant before come first. What mutmut found out is used: the mutants, and which tests reach which function. The results
are written where `mutmut results` and `mutmut show` look for them. Without --again what has a result is not run.
"""

from __future__ import annotations

import argparse
import fnmatch
import gc
import importlib
import inspect
import json
import os
import random
import signal
import sys
import textwrap
import time
import tomllib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import accumulate
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

import pytest

TOP = Path(__file__).resolve().parent.parent
MUTANTS = TOP / "mutants"
SURVIVED, KILLED, NO_TESTS, TIMEOUT = 0, 1, 33, 36
LONGEST = 6.0
"""Seconds that one test may take, or twenty times what it took without a mutant, whatever is more."""


@dataclass
class Room:
    """One mutated module: its results, and where its mutants stand in mutmut's copy of it."""

    name: str
    """Below `titrate`, with dots."""

    def __post_init__(self) -> None:
        self.source = MUTANTS.joinpath("titrate", *self.name.split(".")).with_suffix(".py")
        self.about = json.loads(self.meta.read_text(encoding="utf-8"))
        self.spans = json.loads(Path(f"{self.source}.spans").read_text(encoding="utf-8"))["spans"]
        self.lines = self.source.read_text(encoding="utf-8").split("\n")

    @property
    def meta(self) -> Path:
        return Path(f"{self.source}.meta")

    def results(self) -> dict[str, int | None]:
        results: dict[str, int | None] = self.about["exit_code_by_key"]
        return results

    def save(self) -> None:
        self.meta.write_text(json.dumps(self.about, indent=4), encoding="utf-8")

    def applied(self, mutant: str) -> None:
        """Gives the function that the mutant is of the mutant's code, in this process."""
        module = importlib.import_module(f"titrate.{self.name}")
        mangled = mutant.rpartition(".")[2]
        first, last = self.spans[mangled]
        space = dict(vars(module))
        exec(textwrap.dedent("\n".join(self.lines[first - 1 : last])), space)
        changed = plain(space[mangled])
        original = found(module, mangled.rpartition("__mutmut_")[0])
        if original.__code__.co_freevars != changed.__code__.co_freevars:
            raise ValueError(f"{mutant} reaches out of its function; run it with mutmut")
        original.__code__ = renamed(changed.__code__, original.__code__)
        original.__defaults__ = changed.__defaults__
        original.__kwdefaults__ = changed.__kwdefaults__


def plain(function: Any) -> FunctionType:
    """The function below staticmethod, classmethod, property and caches."""
    function = function.fget if isinstance(function, property) else function
    function = getattr(function, "__func__", function)
    unwrapped: FunctionType = inspect.unwrap(function)
    return unwrapped


def found(module: Any, mangled: str) -> FunctionType:
    """The function that mutmut calls `x_name` or `xǁClassǁname`."""
    if mangled.startswith("x_"):
        return plain(vars(module)[mangled[2:]])
    _, owner, name = mangled.split("ǁ")
    return plain(vars(vars(module)[owner])[name])


def renamed(code: CodeType, like: CodeType) -> CodeType:
    return code.replace(co_name=like.co_name, co_qualname=like.co_qualname)


def rooms(patterns: list[str]) -> list[Room]:
    names = sorted(
        ".".join(about.relative_to(MUTANTS / "titrate").with_suffix("").with_suffix("").parts)
        for about in (MUTANTS / "titrate").rglob("*.py.meta")
    )
    return [Room(name) for name in names if any(fnmatch.fnmatch(name, pattern) for pattern in patterns)]


@dataclass
class Run:
    """Runs inside of pytest, in the place of its own loop over the tests."""

    mutants: list[tuple[Room, str]]
    workers: int
    tests: dict[str, set[str]]
    seconds: dict[str, float]
    budget: float
    first: tuple[str, ...]
    caught: dict[str, list[str]] = field(default_factory=dict)
    """By room, which tests caught its mutants, the latest first."""

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        items = {item.nodeid: item for item in session.items}
        gc.collect()
        gc.freeze()
        self.must_pass([item for name, item in items.items() if name not in self.seconds])
        running: dict[int, tuple[Room, str, int]] = {}
        waiting = iter(self.mutants)
        done = 0
        for room, mutant in self.next_of(waiting, items):
            while len(running) >= self.workers:
                done += self.one_ended(running, done)
            out, into = os.pipe()
            pid = os.fork()
            if pid == 0:
                os.close(out)
                self.child(room, mutant, self.ordered(room, mutant, items), into)
            os.close(into)
            running[pid] = (room, mutant, out)
        while running:
            done += self.one_ended(running, done)
        return True

    def must_pass(self, new: list[pytest.Item]) -> None:
        """Stops where a test fails that mutmut has not run: it would notice everything."""
        out, into = os.pipe()
        pid = os.fork()
        if pid == 0:
            self.child(None, "", new, into)
        _, status = os.waitpid(pid, 0)
        os.close(into)
        if os.waitstatus_to_exitcode(status) != SURVIVED:
            raise pytest.UsageError(f"without any mutant fails: {os.read(out, 10_000).decode()}")
        os.close(out)

    def next_of(self, waiting: Iterator[tuple[Room, str]], items: dict[str, pytest.Item]) -> Iterator[tuple[Room, str]]:
        """The mutants that some test reaches; of the others it is noted that none does."""
        for room, mutant in waiting:
            if self.ordered(room, mutant, items):
                yield room, mutant
            else:
                room.results()[mutant] = NO_TESTS
                room.save()

    def ordered(self, room: Room, mutant: str, items: dict[str, pytest.Item]) -> list[pytest.Item]:
        """The tests that reach it: those that caught its neighbours, then `first`, then the fast ones.

        Of a test that is newer than what mutmut found out nothing is known: it may reach anything.
        """
        reach = self.tests.get(mutant.rpartition("__mutmut_")[0], set()) | (items.keys() - self.seconds.keys())
        before = self.caught.get(room.name, [])[:12]
        latest = [name for name in before if name in reach]
        rest = sorted(
            reach.difference(latest), key=lambda name: (not name.startswith(self.first), self.took(name), name)
        )
        sums = accumulate(0.0 if name.startswith(self.first) else self.took(name) for name in rest)
        rest = [name for name, spent in zip(rest, sums, strict=True) if spent <= self.budget]
        return [items[name] for name in latest + rest if name in items]

    def took(self, name: str) -> float:
        """Seconds without a mutant, as far as mutmut knows."""
        return self.seconds.get(name, 0.0)

    def child(self, room: Room | None, mutant: str, tests: list[pytest.Item], into: int) -> None:
        """Ends the process: with 0 if every test passes, 1 if one does not, 36 if one takes too long."""
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        signal.signal(signal.SIGALRM, lambda *_: os._exit(TIMEOUT))
        if room is not None:
            room.applied(mutant)
        seen = Seen()
        for test in tests[:1]:
            test.config.pluginmanager.register(seen)
        for at, test in enumerate(tests):
            signal.setitimer(signal.ITIMER_REAL, max(LONGEST, 20 * self.took(test.nodeid)))
            test.config.hook.pytest_runtest_protocol(item=test, nextitem=tests[at + 1] if at + 1 < len(tests) else None)
            if seen.failed:
                os.write(into, test.nodeid.encode())
                os._exit(KILLED)
        os._exit(SURVIVED)

    def one_ended(self, running: dict[int, tuple[Room, str, int]], done: int) -> int:
        pid, status = os.wait()
        room, mutant, out = running.pop(pid)
        by = os.read(out, 10_000).decode()
        os.close(out)
        code = os.waitstatus_to_exitcode(status)
        room.results()[mutant] = code
        room.save()
        if by:
            names = self.caught.setdefault(room.name, [])
            with suppress(ValueError):
                names.remove(by)
            names.insert(0, by)
        word = {SURVIVED: "survived", KILLED: "noticed", TIMEOUT: "too long"}.get(code, f"ended with {code}")
        sys.stderr.write(f"{done + 1}/{len(self.mutants)} {mutant} {word} {by}\n")
        return 1


class Seen:
    failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.failed = self.failed or report.failed


def chosen(asked: argparse.Namespace) -> Iterator[tuple[Room, str]]:
    if asked.names:
        wanted = set(Path(asked.names).read_text(encoding="utf-8").split())
        yield from ((room, name) for room in rooms(asked.rooms) for name in room.results() if name in wanted)
        return
    for room in rooms(asked.rooms):
        names = sorted(room.results())
        if asked.sample is not None:
            random.Random(asked.seed).shuffle(names)
            names = names[: asked.sample]
        for name in names:
            result = room.results()[name]
            if asked.again or result is None or (asked.survivors and result in (SURVIVED, NO_TESTS)):
                yield room, name


def main(arguments: list[str]) -> None:
    about = argparse.ArgumentParser(prog="python -m tests.mutate")
    about.add_argument("rooms", nargs="+", help="modules below titrate, * allowed: 'planner.*'")
    about.add_argument("--names", help="a file that names the mutants to run")
    about.add_argument("--sample", type=int, help="so many of each module")
    about.add_argument("--seed", type=int, default=3)
    about.add_argument("--again", action="store_true", help="also those that have a result")
    about.add_argument("--survivors", action="store_true", help="also those that survived")
    about.add_argument("--budget", type=float, default=float("inf"), help="seconds of tests a mutant meets at most")
    about.add_argument("--first", nargs="*", default=[], help="how the names of tests begin that a mutant meets first")
    about.add_argument("--workers", type=int, default=os.cpu_count())
    asked = about.parse_args(arguments)
    mutmut = tomllib.loads((TOP / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["mutmut"]
    known = json.loads((MUTANTS / "mutmut-stats.json").read_text(encoding="utf-8"))
    tests = {name: set(reached) for name, reached in known["tests_by_mangled_function_name"].items()}
    run = Run(list(chosen(asked)), asked.workers, tests, known["duration_by_test"], asked.budget, tuple(asked.first))
    began = time.monotonic()
    os.chdir(TOP)
    options = [
        "-s",
        "--tb=no",
        "--assert=plain",
        "--override-ini=addopts=",
        "-p",
        "no:randomly",
        *mutmut["pytest_add_cli_args"],
    ]
    pytest.main([*options, *mutmut["pytest_add_cli_args_test_selection"]], plugins=[run])
    sys.stderr.write(f"{len(run.mutants)} in {time.monotonic() - began:.0f} seconds\n")


if __name__ == "__main__":
    main(sys.argv[1:])
