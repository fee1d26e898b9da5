"""What is too large is refused in a moment, with a sentence and the bound; the bounds stand in tests/README.md."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from time import process_time

import pytest

from tests.test_planner import paper
from titrate import plan, rulebook, supply
from titrate.checking import check
from titrate.days import plus
from titrate.errors import FormatError, RequestError, TitrateError
from titrate.formats import csv, foreign, ics, text
from titrate.formats import json as documents
from titrate.proof import proven
from titrate.request import Goal
from titrate.schedule import MOST_LISTED, Schedule
from titrate.typed import Typed

US = rulebook.load("baclofen-oral-spasticity")
ISSUED, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
SECONDS = 5  # of the processor; each takes far less


def planned(goal: Goal = "plan", **options: str | bool) -> Schedule:
    typed = Typed(start="2026-12-01", tz="Europe/London", **options)  # type: ignore[arg-type]
    return plan(US, typed.request(US.id, goal, ISSUED, TODAY))


# --- Ten thousand years ------------------------------------------------------------------------------

LONG = (
    {"target": "20 mg x3", "maintain": "7000 years", "then_stop": True},
    {"target": "20 mg x3", "review": "9999-12-31"},
)
LISTS: dict[str, Callable[[Schedule], object]] = {
    "csv": csv.write,
    "ics": ics.write,
    "ics, one entry for each dose": lambda found: ics.write(found, ics.CalendarOptions(single_events=True)),
    "text, day by day": lambda found: text.write(found, daily=True),
    "supply": supply.of,
}


@pytest.mark.parametrize("options", LONG)
def test_thousands_of_years_are_planned_proved_and_kept_step_by_step(options: dict[str, str | bool]) -> None:
    begun = process_time()
    typed = Typed(start="2026-12-01", **options)  # type: ignore[arg-type]
    schedule = proven(US, typed.request(US.id, "plan", ISSUED, TODAY))
    assert documents.read(documents.write(schedule)) == schedule
    assert process_time() - begun < SECONDS


@pytest.mark.parametrize("options", LONG)
@pytest.mark.parametrize("form", LISTS)
def test_thousands_of_years_are_not_listed_day_by_day(form: str, options: dict[str, str | bool]) -> None:
    schedule, begun = planned("plan", **options), process_time()
    with pytest.raises(FormatError, match=r"are \d{7} days; at most 40000 are listed"):
        LISTS[form](schedule)
    assert process_time() - begun < SECONDS


def test_ten_thousand_years_lie_beyond_the_calendar() -> None:
    """From 10 December 2026, the day of the target, to the end of 9999 are 7973 years and some days."""
    assert planned(target="20 mg x3", maintain="7973 years", then_stop=True).steps
    for years in ("7974 years", "10000 years"):
        with pytest.raises(RequestError, match=f"{years} after 2026-12-10 lies beyond the year 9999"):
            planned(target="20 mg x3", maintain=years, then_stop=True)


def test_the_last_day_that_can_be_listed() -> None:
    """The first day counts: 40,000 days from the first end 39,999 days after it."""
    schedule = planned(target="20 mg x3", review=plus(date(2026, 12, 1), MOST_LISTED).isoformat())
    assert sum(1 for _ in schedule.each_day()) == MOST_LISTED
    assert sum(1 for _ in schedule.each_day(date(2026, 12, 3))) == 3
    with pytest.raises(FormatError, match="are 40001 days"):
        planned(target="20 mg x3", review=plus(date(2026, 12, 1), MOST_LISTED + 1).isoformat()).each_day()


# --- Files of 100 MB, in a process that may use 600 MB -------------------------------------------------

BOUNDED = """
import resource, sys
resource.setrlimit(resource.RLIMIT_AS, (600_000_000, 600_000_000))
from titrate.cli import main
sys.argv[0] = "titrate"
main()
"""
COMMANDS = {
    "rules check ./big.toml": (3, "big.toml is larger than 1000000 bytes"),
    "taper ./big.toml --start 2026-12-01 --from 5mg/day": (3, "big.toml is larger than 1000000 bytes"),
    "explain big.json": (7, "more than 40000000 bytes"),
    "taper big.json --on 2026-12-04": (7, "more than 40000000 bytes"),
    "revise big.json --on 2026-12-04 stop": (7, "more than 40000000 bytes"),
    "supply big.json": (7, "more than 40000000 bytes"),
    "show big.json": (7, "more than 40000000 bytes"),
    "history big.json": (7, "more than 40000000 bytes"),
    "diff big.json big.json": (7, "more than 40000000 bytes"),
    "calendar .": (7, "big.json: It has more than 40000000 bytes"),
    "batch big.csv -o found.jsonl": (7, "is no text"),
    "batch big.jsonl -o found.jsonl": (8, "0 planned and proved, 1 failed (1 format)"),
    "rules show ./big.toml": (3, "big.toml is larger than 1000000 bytes"),
    "rules diff ./big.toml ./big.toml": (3, "big.toml is larger than 1000000 bytes"),
    f"check big.csv --rule {US.id}": (7, "more than 10000000 bytes"),
    f"check big.json --rule {US.id}": (7, "more than 10000000 bytes"),
}


@pytest.mark.parametrize("command", COMMANDS)
def test_a_file_of_100_mb(command: str, tmp_path: Path) -> None:
    for suffix in ("toml", "json", "csv", "jsonl"):
        with (tmp_path / f"big.{suffix}").open("wb") as big:
            big.truncate(100_000_000)
    code, says = COMMANDS[command]
    done = subprocess.run(
        [sys.executable, "-c", BOUNDED, *command.split()],
        cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent)},
    )  # fmt: skip
    assert (done.returncode, says in done.stdout + done.stderr, "Traceback" in done.stderr) == (code, True, False), (
        done.stderr
    )


# --- A dose of a billion pieces ------------------------------------------------------------------------

BILLION = "1000000000 mg x3"


@pytest.mark.parametrize("options", [{"current": BILLION}, {"target": BILLION}])
def test_a_dose_of_a_billion_pieces_is_refused(options: dict[str, str | bool]) -> None:
    begun = process_time()
    with pytest.raises(TitrateError) as refused:
        planned("taper" if "current" in options else "plan", **options)
    assert "calendar" not in refused.value.text()
    assert process_time() - begun < SECONDS


def test_a_rule_whose_maximum_is_a_billion_pieces() -> None:
    """Tablets of 1 mg, and up to 1,000,000,000 mg a day."""
    rule, begun = paper(maximum='daily = "1000000000 mg"'), process_time()
    typed = Typed(start="2026-12-01", target="1000000000 mg x1").request(rule.id, "plan", ISSUED, TODAY)
    with pytest.raises(RequestError, match="at most 200000 are"):
        plan(rule, typed)
    assert process_time() - begun < SECONDS


def test_files_with_a_billion_pieces_are_judged() -> None:
    """A CSV as people write it, and a document whose tablets were changed by hand."""
    given = Typed(start="today").request(US.id, "plan", ISSUED, TODAY)
    begun = process_time()
    sheet = f"date,dose\n2026-12-01,{BILLION}\n2026-12-02,0\n".encode()
    laws = {finding.law for finding in check(foreign.read(sheet, "mg", ()), US, given).findings}
    assert {"maximum", "never abrupt"} <= laws
    document = documents.write(planned(target="20 mg x3")).replace('"count": "1"', '"count": "1000000000"')
    assert '"1000000000"' in document
    laws = {finding.law for finding in check(foreign.read(document.encode(), "mg", ()), US, given).findings}
    assert "makeable" in laws
    assert process_time() - begun < SECONDS


# --- Characters that steer or hide ---------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["=cmd()", "=1+1", "+5", "@x", "\u202e5 mg x3", "5\u200b mg x3", "5 mg x3\x07", "\x1b[2J"]
)
def test_a_cell_that_is_no_dose_is_refused_and_shown_without_what_steers(cell: str) -> None:
    with pytest.raises(FormatError) as refused:
        foreign.read(f"date,dose\n2026-12-01,{cell}\n".encode(), "mg", ())
    said = refused.value.text()
    assert "line 2" in said
    assert all(char.isprintable() or char == "\n" for char in said)


def test_a_label_and_a_rule_with_such_characters_are_shown_by_their_codes() -> None:
    schedule = planned("taper", current="20 mg x3", label="a\x07b\u202ec")
    told = text.write(replace(schedule, rule=replace(schedule.rule, drug="bac\u202elofen")))
    assert "a<U+0007>b<U+202E>c" in told
    assert all(char.isprintable() or char == "\n" for char in told)
    sheet = csv.write(planned("taper", current="20 mg x3", label="=cmd()"))
    assert not any(cell.startswith(("=", "+", "-", "@")) for line in sheet.splitlines() for cell in line.split(","))
