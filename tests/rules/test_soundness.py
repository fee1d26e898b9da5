"""What `titrate rules check` finds in a rule whose file is well written: a sample for each, none in a sound one."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest

from tests.run import titrate
from tests.test_planner import paper
from titrate import rulebook
from titrate.bands import faults
from titrate.quantity import Quantity, Range
from titrate.soundness import STALE, concerns

ROOMS = Path(__file__).resolve().parent.parent / "broken"
SAMPLES = sorted((ROOMS / "unsound").glob("*.toml"))
SHIPPED = Path(__file__).resolve().parent.parent.parent / "rules"
TODAY = date(2026, 11, 23)


def told(path: Path, today: date = TODAY) -> list[str]:
    rule = rulebook.read(path)
    return [f"{'fault' if one.fault else 'warning'}: {one.place}: {one.says}" for one in concerns(rule, today)]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.stem)
def test_each_unsound_rule_is_told_just_that(path: Path) -> None:
    expected = path.read_text(encoding="utf-8").partition("\n")[0].removeprefix("# expect: ").split(" | ")
    (only,) = told(path)
    assert all(words in only for words in expected), only


def test_a_sound_rule_has_nothing() -> None:
    assert len(SAMPLES) > 10
    bases = sorted((ROOMS / "bases").glob("*.toml"))
    assert bases
    for path in bases:
        assert told(path) == []


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.toml")), ids=lambda path: path.stem)
def test_no_shipped_rule_has_a_fault(path: Path) -> None:
    assert [line for line in told(path) if line.startswith("fault")] == []


def test_a_check_is_stale_after_a_year_and_not_on_the_day() -> None:
    (base,) = (path for path in (ROOMS / "bases").glob("*.toml") if path.stem == "sampline-oral-sample")
    checked = date(2026, 11, 23)
    assert told(base, checked + timedelta(days=STALE)) == []
    (stale,) = told(base, checked + timedelta(days=STALE + 1))
    assert "last checked more than a year ago, the oldest on 2026-11-23" in stale


def test_ten_percent_of_a_tenth_of_a_milligram_is_stuck_below_one() -> None:
    """10 % of 1 mg is 0.1 mg, one tablet; of 0.9 mg it is less. Where one may stop from 0.9 mg there is a way."""
    tenths = '[{ name = "tenths", form = "tablet", strength = "0.1 mg", divide = "no" }]'
    falls = 'by = { at-most = "10 %", per = "day" }\nevery = { at-least = "1 day" }'
    common = {"products": tenths, "start": 'dose = "0.5 mg"', "maximum": 'daily = "5 mg"'}
    stuck = paper(**common, decrease=falls, rest='[taper.last]\ndaily = "0.8 mg"\nCITE')
    (found,) = (one for one in concerns(stuck, TODAY) if one.fault)
    assert "there is no way to nothing from 0.9 mg a day" in found.says
    free = paper(**common, decrease=falls, rest='[taper.last]\ndaily = "0.9 mg"\nCITE')
    assert [one for one in concerns(free, TODAY) if one.fault] == []


def between(text: str) -> Range:
    low, high = text.split()
    bounds = {}
    if low[1:]:
        bounds["at_least" if low[0] == "[" else "above"] = Quantity.parse(f"{low[1:]} mg")
    if high[:-1]:
        bounds["at_most" if high[-1] == "]" else "below"] = Quantity.parse(f"{high[:-1]} mg")
    return Range(**bounds)


@pytest.mark.parametrize(
    ("bands", "found"),
    [
        (["( 20]", "(20 )"], []),
        (["( 20)", "[20 )"], []),
        (["(20 )", "( 20]"], []),
        (["( 20]", "[20 )"], [("overlap", "at exactly 20 mg")]),
        (["( 20)", "(20 )"], [("gap", "at exactly 20 mg")]),
        (["( 20]", "[25 )"], [("gap", "between 20 mg and 25 mg")]),
        (["( 25]", "[20 )"], [("overlap", "between 20 mg and 25 mg")]),
        (["( 10]", "(10 20]", "(30 )"], [("gap", "between 20 mg and 30 mg")]),
        (["[5 40]", "[10 20]"], [("overlap", "between 10 mg and 20 mg")]),
        (["[5 40]", "[10 20]", "(40 )"], [("overlap", "between 10 mg and 20 mg")]),
    ],
)
def test_where_bands_meet(bands: list[str], found: list[tuple[str, str]]) -> None:
    assert list(faults([between(band) for band in bands])) == found


def test_the_command_tells_faults_from_warnings(tmp_path: Path) -> None:
    stuck = titrate("rules", "check", str(ROOMS / "unsound" / "a-percent-taper-that-gets-stuck.toml"))
    assert stuck.code == 3
    assert stuck.out.startswith("a-percent-taper-that-gets-stuck.toml: taper: there is no way to nothing")
    stale = titrate("rules", "check", str(ROOMS / "unsound" / "a-stale-check.toml"))
    assert stale.code == 0
    first, second = stale.out.splitlines()
    assert first == "a-stale-check.toml: no faults"
    assert second.startswith("  warning: start: one number was last checked more than a year ago")


def test_a_rule_beside_tests_has_a_case_file(tmp_path: Path) -> None:
    (tmp_path / "rules").mkdir()
    (tmp_path / "tests" / "cases").mkdir(parents=True)
    path = tmp_path / "rules" / "sampline.toml"
    shutil.copy(ROOMS / "bases" / "sampline-oral-sample.toml", path)
    (missing,) = rulebook.uncased(path)
    assert "there is no case file tests/cases/sampline.toml" in missing
    (tmp_path / "tests" / "cases" / "sampline.toml").write_text("")
    assert rulebook.uncased(path) == ()
    assert rulebook.uncased(ROOMS / "bases" / "sampline-oral-sample.toml") == ()


def test_a_rule_in_a_folder_of_ones_own_has_a_case_file_beside_it(tmp_path: Path) -> None:
    path, own = tmp_path / "sampline.toml", {"TITRATE_RULES": str(tmp_path)}
    shutil.copy(ROOMS / "bases" / "sampline-oral-sample.toml", path)
    assert rulebook.uncased(path, {}) == ()
    (missing,) = rulebook.uncased(path, own)
    assert "there is no case file cases/sampline.toml beside it" in missing
    (tmp_path / "cases").mkdir()
    assert rulebook.uncased(path, {}) == (missing,)
    (tmp_path / "cases" / "sampline.toml").write_text("")
    assert rulebook.uncased(path, own) == rulebook.uncased(path, {}) == ()
