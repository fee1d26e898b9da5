"""The museum of broken rule files: each names in its first line the words that its faults must contain."""

from __future__ import annotations

from pathlib import Path

import pytest

from titrate.rulebook import parse

ROOMS = Path(__file__).parent.parent / "broken"
MUSEUM = sorted(ROOMS.glob("*.toml"))
# Sound files that some of the broken ones extend.
BASES = {"TITRATE_RULES": str(ROOMS / "bases")}

# The shape of a fault, `file: key.path: message`. A file that is no TOML at all has no keys to name.
WITHOUT_KEY = ("this is not TOML", "is not UTF-8", "nested too deeply")


def expected(content: bytes) -> list[str]:
    """The words of the first line, `# expect: words | more words`."""
    first = content.split(b"\n", 1)[0].decode("utf-8")
    assert first.startswith("# expect: "), first
    return [words.strip() for words in first.removeprefix("# expect: ").split(" | ")]


@pytest.mark.parametrize("path", MUSEUM, ids=lambda path: path.stem)
def test_each_broken_file_is_told_its_faults(path: Path) -> None:
    content = path.read_bytes()
    _, faults = parse(content, path, BASES)
    text = "\n".join(faults)
    assert faults
    assert not [words for words in expected(content) if words not in text], text


@pytest.mark.parametrize("path", MUSEUM, ids=lambda path: path.stem)
def test_each_fault_names_file_and_key_once_and_in_plain_words(path: Path) -> None:
    _, faults = parse(path.read_bytes(), path, BASES)
    assert len(set(faults)) == len(faults)
    own = {path.name, *(f"{word}.toml" for word in path.read_text("utf-8", "replace").split('"') if word.isascii())}
    for fault in faults:
        file, _, rest = fault.partition(": ")
        assert file in own
        assert any(words in rest for words in WITHOUT_KEY) or rest.partition(": ")[2], fault
        assert fault.isprintable()
        assert len(fault) < 400
        for jargon in ("validation", "Input should", "RangeTable", "tuple", "Decimal(", "instance of"):
            assert jargon not in fault


def test_the_museum_is_open() -> None:
    assert len(MUSEUM) > 110


@pytest.mark.parametrize("path", sorted((ROOMS / "bases").glob("*.toml")), ids=lambda path: path.stem)
def test_what_the_broken_files_extend_is_sound(path: Path) -> None:
    file, faults = parse(path.read_bytes(), path, BASES)
    assert faults == ()
    assert file is not None


def test_an_exhibit_differs_from_a_sound_file_only_in_its_fault() -> None:
    """The museum proves nothing if its files are broken in a second way: without its fault, one loads."""
    broken = (Path(__file__).parent.parent / "broken" / "unit-missing.toml").read_bytes()
    assert b'dose = "5"' in broken
    file, faults = parse(broken.replace(b'dose = "5"', b'dose = "5 mg"'), "mended.toml")
    assert not faults
    assert file is not None


def test_two_faults_are_both_told_and_nothing_else() -> None:
    _, faults = parse((Path(__file__).parent.parent / "broken" / "two-faults.toml").read_bytes(), "two-faults.toml")
    assert [fault.split(": ")[1] for fault in faults] == ["start.dose", "maximum.daily"]
