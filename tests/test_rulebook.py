"""Finding and reading rule files: by id, by path, from folders of one's own."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from titrate import rulebook
from titrate.errors import RuleError
from titrate.rulefiles.folder import LARGEST_FILE

SHIPPED = Path(__file__).resolve().parent.parent / "rules"
IDS = sorted(path.stem for path in SHIPPED.glob("*.toml"))
SAMPLE = "baclofen-oral-hiccups"


def environment(*folders: Path) -> dict[str, str]:
    """An environment in which `TITRATE_RULES` names these folders."""
    return {rulebook.FOLDERS: os.pathsep.join(str(folder) for folder in folders)}


def own(folder: Path, name: str, drug: str = "samplofen") -> Path:
    """A sound rule file in `folder` that can be told from the shipped one by its drug."""
    folder.mkdir(exist_ok=True)
    text = (SHIPPED / f"{SAMPLE}.toml").read_text(encoding="utf-8").replace('drug = "baclofen"', f'drug = "{drug}"')
    path = folder / f"{name}.toml"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to stand in, far from the checkout."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_shipped_rules_are_known_by_their_file_names(elsewhere: Path) -> None:
    assert sorted(rulebook.known({})) == IDS
    assert "baclofen-oral-spasticity" in IDS


def test_a_rule_carries_its_id_and_the_hash_of_its_bytes() -> None:
    rule = rulebook.load(SAMPLE, {})
    assert rule.id == SAMPLE
    assert rule.sha256 == hashlib.sha256((SHIPPED / f"{SAMPLE}.toml").read_bytes()).hexdigest()


def test_a_folder_of_ones_own_adds_rules(tmp_path: Path) -> None:
    own(tmp_path / "ours", "house-rule")
    known = rulebook.known(environment(tmp_path / "ours"))
    assert sorted(known) == sorted([*IDS, "house-rule"])
    assert rulebook.load("house-rule", environment(tmp_path / "ours")).file.drug == "samplofen"


def test_the_first_folder_wins_and_any_folder_wins_over_the_shipped_rules(tmp_path: Path) -> None:
    own(tmp_path / "one", SAMPLE, "firstofen")
    own(tmp_path / "two", SAMPLE, "secondofen")
    both = environment(tmp_path / "one", tmp_path / "two")
    assert rulebook.load(SAMPLE, both).file.drug == "firstofen"
    assert rulebook.load(SAMPLE, environment(tmp_path / "two", tmp_path / "one")).file.drug == "secondofen"
    assert rulebook.load(SAMPLE, {}).file.drug == "baclofen"


def test_empty_parts_of_the_folder_list_are_no_folder(tmp_path: Path, elsewhere: Path) -> None:
    """A trailing colon must not mean the folder one happens to stand in."""
    own(elsewhere, "stray")
    own(tmp_path / "one", "house-rule")
    listed = {rulebook.FOLDERS: f"{os.pathsep}{tmp_path / 'one'}{os.pathsep}"}
    assert "stray" not in rulebook.known(listed)
    assert "house-rule" in rulebook.known(listed)


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    missing = tmp_path / "nowhere"
    with pytest.raises(RuleError, match=r"TITRATE_RULES names .*nowhere, which is not a folder"):
        rulebook.known(environment(missing))


def test_a_path_is_a_path_and_an_id_is_an_id(tmp_path: Path, elsewhere: Path) -> None:
    """A file in the folder one stands in is never taken for a rule of that id, nor the other way round."""
    own(elsewhere, SAMPLE, "localofen")
    assert rulebook.load(SAMPLE, {}).file.drug == "baclofen"
    assert rulebook.load(f"{SAMPLE}.toml", {}).file.drug == "localofen"
    assert rulebook.load(f"./{SAMPLE}.toml", {}).file.drug == "localofen"
    assert rulebook.load(str(elsewhere / f"{SAMPLE}.toml"), {}).id == SAMPLE


@pytest.mark.parametrize("name", ["missing.toml", "./missing.toml", "folder/", "no/such/file", "x" * 300 + ".toml"])
def test_a_path_without_a_file_is_told(elsewhere: Path, name: str) -> None:
    with pytest.raises(RuleError, match="There is no rule file") as caught:
        rulebook.load(name, {})
    assert caught.value.options
    assert caught.value.exit_code == 3


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("baclofen-oral-hicups", "baclofen-oral-hiccups"),
        ("baclofen-spasticity", "baclofen-oral-spasticity"),
        ("Baclofen-Intrathecal", "baclofen-intrathecal-spasticity"),
    ],
)
def test_an_unknown_id_gets_the_nearest_names(name: str, nearest: str) -> None:
    with pytest.raises(RuleError) as caught:
        rulebook.load(name, {})
    assert f"'{name}'" in caught.value.message
    assert nearest in caught.value.message.partition("nearest names are")[2]


@pytest.mark.parametrize("name", ["", "zzz", "\u00b5", "x" * 5000])
def test_an_id_near_to_nothing_gets_some_names_and_how_to_list_all(name: str) -> None:
    with pytest.raises(RuleError, match="There is no rule") as caught:
        rulebook.load(name, {})
    few = sorted(IDS)[:3]
    assert f"There are {', '.join(few)} and {len(IDS) - 3} more." in caught.value.message
    assert caught.value.options == ("list the rules that are there: titrate rules",)
    assert len(caught.value.message) < 400


def test_a_file_too_large_to_be_a_rule_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "huge.toml"
    with path.open("wb") as file:
        file.truncate(LARGEST_FILE + 1)
    with pytest.raises(RuleError, match=f"larger than {LARGEST_FILE} bytes"):
        rulebook.read(path)


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / "folder.toml").mkdir()
    with pytest.raises(RuleError, match=r"folder\.toml cannot be read: Is a directory"):
        rulebook.read(tmp_path / "folder.toml")
    with pytest.raises(RuleError, match=r"gone\.toml cannot be read: No such file"):
        rulebook.read(tmp_path / "gone.toml")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_a_file_without_permission_is_told(tmp_path: Path) -> None:
    path = own(tmp_path, "locked")
    path.chmod(0)
    with pytest.raises(RuleError, match="Permission denied"):
        rulebook.read(path)


def test_every_fault_of_a_file_is_told_at_once(tmp_path: Path) -> None:
    path = own(tmp_path, "broken")
    text = path.read_text(encoding="utf-8")
    text = text.replace('dose = "5 mg"', 'dose = "5"').replace('daily = "30 mg"', "daily = 30.0")
    path.write_text(text.replace('topic = "food"', 'topic = "foot"'), encoding="utf-8")
    with pytest.raises(RuleError) as caught:
        rulebook.read(path)
    assert len(caught.value.faults) == 3
    assert caught.value.message.startswith("broken.toml has 3 faults:\nbroken.toml: start.dose: ")
    assert caught.value.as_data()["faults"] == list(caught.value.faults)


def test_one_fault_is_one_fault(tmp_path: Path) -> None:
    path = own(tmp_path, "broken")
    path.write_text(path.read_text(encoding="utf-8").replace("format = 1", "format = 2"), encoding="utf-8")
    with pytest.raises(RuleError, match=r"broken\.toml has one fault:"):
        rulebook.read(path)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "format",
        "a = 1979-05-27T07:32:00Z",
        "sources = 3",
        "sources = [1]",
        "[sources]\nlabel = 3",
        "products = 'x'",
        "products = [3]",
        "[[scopes]]\nwhen = 3",
        "[start]\ndose = true",
        "[start]\ndose = ['5 mg']",
        "[start]\ndose = {}\ndaily = nan",
        "[start]\nfrequency = true",
        "[start.response]\ndoses = [5.0]",
        "[slots]\nday = 3",
        "[slots.day]\none = 3\n1 = 3\n2 = [3]",
        "[slots.day]\n1 = [{ name = 'x', at = 07:00:00 }]",
        "[taper]\ndecrease = 3\nlast = 'x'\nduration = 1",
        "[start]\ncite = 'label'",
        "[start]\ncite = { source = ['a'], at = 3, checked = inf }",
    ],
)
def test_no_text_makes_the_reader_fail_otherwise_than_with_faults(text: str) -> None:
    file, faults = rulebook.parse(text.encode(), "odd.toml")
    assert file is None
    assert faults
    assert all(fault.startswith("odd.toml: ") for fault in faults)
