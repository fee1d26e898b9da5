"""A rule that was kept gives what the rule gives as it is read; whatever has changed is read again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.casefile import CASES, cases_in, request_of
from titrate import rulebook
from titrate.errors import RequestError, RuleError
from titrate.resolution import CONDITIONS
from titrate.rule import Rule
from titrate.rulefiles import kept as rulekept
from titrate.rulefiles.kept import Plain
from titrate.ruleformat.when import When

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "rules"
ALL = sorted(path.stem for path in SHIPPED.glob("*.toml"))
SAMPLE = "baclofen-oral-spasticity"


@pytest.fixture
def kept_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder in which copies are kept, and nothing else is."""
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "cache"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    return tmp_path / "cache"


def copies(folder: Path) -> list[Path]:
    return sorted(folder.rglob("*.kept.json"))


def is_kept(rule: Rule) -> bool:
    return isinstance(rule.file, Plain)


def said(rule: Rule, patient: Any, starting: bool) -> tuple[Any, ...]:
    """All that a rule says for a patient, or why it says nothing."""
    try:
        return (rule.limits_for(patient, starting), rule.notes_for(patient), rule.stamp)
    except RequestError as refusal:
        return (str(refusal), rule.stamp)


@pytest.mark.parametrize("name", ALL)
def test_a_kept_rule_says_what_the_rule_says_for_the_patients_of_all_its_cases(name: str, kept_there: Path) -> None:
    read = rulebook.load(name, {})
    assert not is_kept(rulebook.recall(name, {}))  # nothing is there the first time
    kept = rulebook.recall(name, {})
    assert is_kept(kept)
    patients = list(dict.fromkeys(request_of(case).patient for case in cases_in(CASES / f"{name}.toml")))
    assert patients
    for patient in patients:
        for starting in (True, False):
            assert said(kept, patient, starting) == said(read, patient, starting)


def test_the_conditions_of_a_patient_are_those_that_a_rule_can_set() -> None:
    assert list(CONDITIONS) == list(When.model_fields)


def test_a_rule_that_changed_is_read_again(tmp_path: Path, kept_there: Path) -> None:
    path = tmp_path / "ours.toml"
    shutil.copy(SHIPPED / f"{SAMPLE}.toml", path)
    rulebook.recall(str(path), {})
    assert is_kept(rulebook.recall(str(path), {}))
    text = path.read_text(encoding="utf-8")
    assert text.count('daily = "80 mg"') == 1
    path.write_text(text.replace('daily = "80 mg"', 'daily = "70 mg"'), encoding="utf-8")
    again = rulebook.recall(str(path), {})
    assert not is_kept(again)
    assert str(again.file.maximum[0].daily) == "70 mg"
    newest = rulebook.recall(str(path), {})
    assert is_kept(newest)
    assert str(newest.file.maximum[0].daily) == "70 mg"


def test_a_rule_that_became_faulty_is_refused(tmp_path: Path, kept_there: Path) -> None:
    path = tmp_path / "ours.toml"
    shutil.copy(SHIPPED / f"{SAMPLE}.toml", path)
    rulebook.recall(str(path), {})
    path.write_text(path.read_text(encoding="utf-8").replace('"80 mg"', '"80"'), encoding="utf-8")
    with pytest.raises(RuleError):
        rulebook.recall(str(path), {})


@pytest.mark.parametrize("place", [0, 70, 2000, -1], ids=["hash", "edition", "a number", "end"])
def test_a_damaged_copy_is_not_used(place: int, kept_there: Path) -> None:
    rulebook.recall(SAMPLE, {})
    (copy,) = copies(kept_there)
    content = bytearray(copy.read_bytes())
    content[place] ^= 1
    copy.write_bytes(content)
    assert not is_kept(rulebook.recall(SAMPLE, {}))
    assert is_kept(rulebook.recall(SAMPLE, {}))  # it was kept anew


@pytest.mark.parametrize("content", [b"", b"\n", b"{}", b"\xff" * 90, b"[" * 100_000])
def test_what_is_no_copy_is_not_used(content: bytes, kept_there: Path) -> None:
    rulebook.recall(SAMPLE, {})
    (copy,) = copies(kept_there)
    copy.write_bytes(content)
    assert not is_kept(rulebook.recall(SAMPLE, {}))


def test_a_copy_that_another_titrate_kept_is_not_used(kept_there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rulebook.recall(SAMPLE, {})
    assert is_kept(rulebook.recall(SAMPLE, {}))
    monkeypatch.setattr(rulekept, "VERSION", "another")
    assert not is_kept(rulebook.recall(SAMPLE, {}))


def test_another_rule_of_the_same_name_has_a_copy_of_its_own(tmp_path: Path, kept_there: Path) -> None:
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        shutil.copy(SHIPPED / f"{SAMPLE}.toml", tmp_path / folder / "ours.toml")
        rulebook.recall(str(tmp_path / folder / "ours.toml"), {})
    assert len(copies(kept_there)) == 2


def test_a_rule_is_read_again_where_one_that_it_extends_has_changed(tmp_path: Path, kept_there: Path) -> None:
    base, rule = tmp_path / "baclofen-oral-spasticity-uk.toml", tmp_path / "baclofen-oral-spasticity-children.toml"
    for path in (base, rule):
        shutil.copy(SHIPPED / path.name, path)
    read = rulebook.recall(str(rule), {})
    kept = rulebook.recall(str(rule), {})
    assert (is_kept(read), is_kept(kept)) == (False, True)
    assert kept.stamp == read.stamp
    assert (kept.base and kept.base.id, dict(kept.inherited)) == (read.base and read.base.id, dict(read.inherited))
    base.write_text(base.read_text(encoding="utf-8") + "# another edition\n", encoding="utf-8")
    again = rulebook.recall(str(rule), {})
    assert not is_kept(again)
    assert again.sha256 != kept.sha256
    base.unlink()  # the shipped one is found instead, and it is the first edition
    assert rulebook.recall(str(rule), {}).sha256 == kept.sha256


def test_a_rule_whose_base_is_gone_is_refused(tmp_path: Path, kept_there: Path) -> None:
    text = (SHIPPED / "baclofen-oral-spasticity-children.toml").read_text(encoding="utf-8")
    base, rule = tmp_path / "ground.toml", tmp_path / "ours.toml"
    shutil.copy(SHIPPED / "baclofen-oral-spasticity-uk.toml", base)
    rule.write_text(text.replace('extends = "baclofen-oral-spasticity-uk"', 'extends = "ground"'), encoding="utf-8")
    rulebook.recall(str(rule), {})
    assert is_kept(rulebook.recall(str(rule), {}))
    base.unlink()
    with pytest.raises(RuleError, match="ground"):
        rulebook.recall(str(rule), {})


def test_nothing_is_kept_where_python_keeps_nothing(kept_there: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    rulebook.recall(SAMPLE, {})
    assert copies(kept_there) == []


def test_a_folder_that_cannot_be_written_does_no_harm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a file").write_text("in the way", encoding="utf-8")
    monkeypatch.setattr(sys, "pycache_prefix", str(tmp_path / "a file"))
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for _ in range(2):
        assert rulebook.recall(SAMPLE, {}).id == SAMPLE


def test_beside_the_rule_it_is_kept_in_the_folder_of_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "pycache_prefix", None)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    shutil.copy(SHIPPED / f"{SAMPLE}.toml", tmp_path / "ours.toml")
    rulebook.recall(str(tmp_path / "ours.toml"), {})
    assert sorted(str(one.relative_to(tmp_path)) for one in tmp_path.rglob("*") if one.is_file()) == [
        os.path.join("__pycache__", "ours.kept.json"),
        "ours.toml",
    ]


def test_a_copy_that_would_not_give_the_same_rule_is_not_kept(
    kept_there: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual = rulekept._written

    def wrong(value: Any) -> Any:
        return {"quantity": "8 mg"} if str(value) == "80 mg" else usual(value)

    monkeypatch.setattr(rulekept, "_written", wrong)
    rulebook.recall(SAMPLE, {})
    assert copies(kept_there) == []


def test_nothing_of_a_kept_rule_can_be_set(kept_there: Path) -> None:
    rulebook.recall(SAMPLE, {})
    kept: Any = rulebook.recall(SAMPLE, {})
    with pytest.raises(AttributeError):
        kept.file.maximum[0].daily = None
    with pytest.raises(AttributeError):
        _ = kept.file.maximum[0].dailly


@pytest.mark.parametrize("arguments", [
    ("plan", SAMPLE, "--start", "2026-12-01", "--target", "20 mg x3", "--format", "json"),
    ("taper", SAMPLE, "--start", "2026-12-01", "--from", "20 mg x4", "--format", "json"),
    ("plan", SAMPLE, "--start", "2026-12-01", "--target", "100 mg/day"),
])  # fmt: skip
def test_the_command_writes_the_same_bytes_from_a_kept_rule(arguments: tuple[str, ...], tmp_path: Path) -> None:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    around = {**kept, "PYTHONPYCACHEPREFIX": str(tmp_path), "SOURCE_DATE_EPOCH": "1795424400"}
    done = []
    for _ in range(2):
        ran = subprocess.run([sys.executable, "-m", "titrate", *arguments], capture_output=True, env=around, cwd=ROOT)
        done.append((ran.returncode, ran.stdout, ran.stderr))
    assert done[0] == done[1]
    assert len(copies(tmp_path)) == 1
