"""What `explain` refuses: damaged files, days outside the schedule, doses that do not add up."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from fractions import Fraction
from pathlib import Path

import pytest

from tests.build import descent, ladder, q, schedule
from tests.run import CLOCK, Ran, titrate
from titrate.errors import FormatError, RequestError
from titrate.formats import json as schedules
from titrate.formats.explanation import explain
from titrate.product import Piece
from titrate.schedule import Schedule


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a schedule without end, and one that stops."""
    (tmp_path / "open.json").write_text(schedules.write(ladder()), encoding="utf-8")
    (tmp_path / "taper.json").write_text(schedules.write(descent()), encoding="utf-8")
    return tmp_path


def given(content: bytes, *arguments: str) -> Ran:
    """`titrate explain - ...` with `content` on standard input."""
    done = subprocess.run(
        [sys.executable, "-m", "titrate", "explain", "-", *arguments],
        input=content,
        capture_output=True,
        env={
            **os.environ,
            "PYTHONPATH": str(Path(__file__).resolve().parent.parent.parent),
            "SOURCE_DATE_EPOCH": CLOCK,
        },
        timeout=120,
        check=False,
    )
    return Ran(done.returncode, done.stdout.decode("utf-8"), done.stderr.decode("utf-8"))


def test_a_dash_is_standard_input(folder: Path) -> None:
    content = (folder / "open.json").read_bytes()
    assert (
        given(content, "--day", "2026-12-05").out
        == titrate("explain", "open.json", "--day", "2026-12-05", cwd=folder).out
    )


def damaged() -> Iterator[tuple[str, bytes, tuple[str, ...]]]:
    """Each damage: what it is, the bytes, words that the message must hold."""
    good = schedules.write(descent()).encode()
    yield "nothing", b"", ("empty",)
    yield "broken off", good[: good.index(b'"tablet"') + 4], ("line", "breaks off")
    yield "another encoding", good.decode().encode("utf-16"), ("UTF-8", "byte 1")
    yield "a table", b"date,dose\n2026-12-01,5 mg\n", ("no JSON", "line 1")
    yield "a dose without unit", good.replace(b'"dose": "15 mg"', b'"dose": "15"', 1), ("steps[0]", '"15 mg"')
    yield "a gap", good.replace(b'"first": "2026-12-04"', b'"first": "2026-12-05"', 1), ("steps[1]", "does not follow")
    yield "a number", good.replace(b'"revision": 1', b'"revision": 1.5', 1), ("revision",)
    yield "too much", b" " * 40_000_001, ("more than 40000000 bytes",)


@pytest.mark.parametrize(("content", "words"), [case[1:] for case in damaged()], ids=[case[0] for case in damaged()])
def test_a_damaged_file(content: bytes, words: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "plan.json").write_bytes(content)
    ran = titrate("explain", "plan.json", "--day", "2026-12-05", cwd=tmp_path)
    assert (ran.code, ran.out) == (7, "")
    assert ran.err.startswith("plan.json")
    assert "Traceback" not in ran.err
    for word in (*words, "-o plan.json"):
        assert word in ran.err
    assert given(content).err.startswith("standard input")


def test_a_place_that_cannot_be_read(tmp_path: Path) -> None:
    for name, reason in (("none.json", "No such file"), (".", "Is a directory")):
        ran = titrate("explain", name, cwd=tmp_path)
        assert (ran.code, ran.out) == (7, "")
        assert ran.err.startswith(f"{name} cannot be read: {reason}")


@pytest.mark.parametrize("count", [Fraction(2), Fraction(1, 2), None])
def test_pieces_that_do_not_make_their_dose_are_not_shown(count: Fraction | None) -> None:
    """15 mg as two tablets of 15 mg's 10 mg, as half of it, as nothing."""
    shown = descent()
    morning, *rest = shown.steps[0].regimen.administrations
    pieces = () if count is None else (Piece(morning.pieces[0].product, count),)
    regimen = replace(shown.steps[0].regimen, administrations=(replace(morning, pieces=pieces), *rest))
    shown = replace(shown, steps=(replace(shown.steps[0], regimen=regimen), *shown.steps[1:]))
    with pytest.raises(FormatError, match=r"Step 1, morning 08:00: the dose is 15 mg, and .+ is \d+ mg\.$"):
        explain(shown)


def test_pieces_of_another_unit_are_not_shown() -> None:
    shown = descent()
    morning, *rest = shown.steps[0].regimen.administrations
    product = replace(morning.pieces[0].product, strength=q("15 mL"))
    regimen = replace(
        shown.steps[0].regimen, administrations=(replace(morning, pieces=(Piece(product, Fraction(1)),)), *rest)
    )
    with pytest.raises(FormatError, match="morning 08:00: the pieces do not make 15 mg: 15 mL cannot be written in mg"):
        explain(replace(shown, steps=(replace(shown.steps[0], regimen=regimen), *shown.steps[1:])))


@pytest.mark.parametrize(
    ("shown", "day", "words"),
    [
        (descent(), "2026-11-30", "from Tuesday 01 December 2026 to Wednesday 16 December 2026, the first day without"),
        (descent(), "2026-12-17", "--day 2026-12-16"),
        (ladder(), "2026-11-30", "begins on Tuesday 01 December 2026 and has no end"),
        (schedule(("2026-12-01", 3, "titration", "5 mg x3")), "2026-12-04", "to Thursday 03 December 2026."),
    ],
)
def test_days_outside_the_schedule(shown: Schedule, day: str, words: str) -> None:
    with pytest.raises(RequestError) as refused:
        explain(shown, date.fromisoformat(day))
    assert words in refused.value.text()
    assert "--day 2026-12-01" in refused.value.text()


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("open.json", "--day", "2026-11-30"), 4, ("Monday 30 November 2026", "--day 2026-12-01")),
        (("open.json", "--day", "today"), 4, ("Monday 23 November 2026",)),
        (("open.json", "--day", "10.12.2026"), 4, ("--day", "10.12.2026", "2026-12-01")),
        (("open.json", "--day", "2026-02-30"), 4, ("--day", "2026-02-30")),
        (("open.json", "--dya", "2026-12-05"), 2, ("--dya",)),
        ((), 2, ("SCHEDULE",)),
    ],
)
def test_bad_requests(folder: Path, arguments: tuple[str, ...], code: int, words: tuple[str, ...]) -> None:
    ran = titrate("explain", *arguments, cwd=folder)
    assert (ran.code, ran.out) == (code, "")
    for word in words:
        assert word in ran.err


def test_errors_as_json(folder: Path) -> None:
    ran = titrate("explain", "taper.json", "--day", "2027-02-01", "--json", cwd=folder)
    error = json.loads(ran.err)
    assert (ran.code, ran.out, error["exit_code"], error["error"]) == (4, "", 4, "request")
    assert error["options"] == [
        "ask for its first day (--day 2026-12-01)",
        "ask for its last day (--day 2026-12-16)",
    ]
