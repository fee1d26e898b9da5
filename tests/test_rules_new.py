"""`titrate rules new`: a file that teaches, and that passes nothing before it is filled in."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.run import titrate
from titrate import rulebook
from titrate.formats import skeleton
from titrate.rulebook import parse
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import described, written
from titrate.ruleformat.value import Table

BASES = Path(__file__).parent / "broken" / "bases"
BASE = rulebook.read(BASES / "sampline-oral-sample.toml", {})
FRESH = skeleton.write("sampline", "oral", "a sample")
PROTOCOL = skeleton.extending(BASE)
WHERE = {rulebook.FOLDERS: str(BASES)}


def offered(text: str) -> str:
    """The file with everything that it offers taken up: each `#` without a space taken away."""
    return re.sub(r'(?m)^#(?=[\w\["])', "", text)


def blanks(value: Any) -> int:
    """How many values (or keys) are to be filled in."""
    if isinstance(value, dict):
        return sum((key == "?") + blanks(inner) for key, inner in value.items())
    if isinstance(value, list):
        return sum(map(blanks, value))
    return int(value == "?")


def values(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [one for inner in value.values() for one in values(inner)]
    if isinstance(value, list):
        return [one for inner in value for one in values(inner)]
    return [value]


def models() -> list[type[Table]]:
    """Every kind of table."""
    found, todo = [], [Table]
    while todo:
        table = todo.pop()
        found.append(table)
        todo += table.__subclasses__()
    return found


@pytest.mark.parametrize("table", models(), ids=lambda table: table.__name__)
def test_every_key_of_the_format_says_what_it_means(table: type[Table]) -> None:
    """The text stands below the field; editors, the skeleton and the messages show it."""
    for key, _, field in described(table):
        assert field.description, f"{table.__name__}: {key}"
        assert field.description.endswith((".", "...", '"')), field.description


@pytest.mark.parametrize("text", [FRESH, offered(FRESH), PROTOCOL, offered(PROTOCOL)], ids=range(4))
def test_it_is_refused_for_its_blanks_and_for_nothing_else(text: str) -> None:
    _, faults = parse(text.encode(), BASES / "fresh.toml", WHERE)
    assert len(faults) == blanks(tomllib.loads(text))
    assert [fault for fault in faults if 'is still "?". Fill in: ' not in fault] == []


@pytest.mark.parametrize("text", [FRESH, offered(FRESH)], ids=["fresh", "offered"])
def test_no_value_is_given_but_what_was_asked_for(text: str) -> None:
    given = [one for one in values(tomllib.loads(text)) if one != "?"]
    assert given == [1, "sampline", "oral", "a sample", "draft"]


def test_a_protocol_gives_no_more_than_what_it_extends() -> None:
    given = [one for one in values(tomllib.loads(offered(PROTOCOL))) if one != "?"]
    assert given == [1, "sampline-oral-sample", "sampline", "oral", "draft"]
    assert len(PROTOCOL.splitlines()) < len(FRESH.splitlines())


def test_every_key_of_the_file_is_there() -> None:
    raw = tomllib.loads(offered(FRESH))
    assert set(raw) == {key for key, _, _ in written(RuleFile)} - {"extends", "base-sha256", "remove"}
    for key, table in (("start", raw["start"]), ("maximum", raw["maximum"][0]), ("products", raw["products"][0])):
        model = next(one for one in models() if one.__name__.lower().startswith(key.removesuffix("s")))
        assert {*table, "also"} == {key for key, _, _ in written(model)}, key
    assert set(tomllib.loads(offered(PROTOCOL))) >= {"extends", "base-sha256", "remove", "maximum", "sources"}


def test_the_schema_stands_in_the_first_line_and_no_line_is_long() -> None:
    for text in (FRESH, PROTOCOL):
        assert text.startswith("#:schema schema.json\n# ")
        assert [line for line in text.splitlines() if line.startswith("# ") and len(line) > 98] == []
        assert all(line == line.rstrip() for line in text.splitlines())


def test_the_comments_hold_no_number_that_could_be_taken_for_a_dose() -> None:
    """What a comment shows as an example must not be copied into a rule."""
    said = [line for line in FRESH.splitlines() if line.startswith("# ")]
    doses = re.findall(r"\b[\d.]+ ?(?:mg|g|micrograms|%|days?|weeks?|hours?)\b(?!/mL)", "\n".join(said))
    assert set(doses) == {"10mg", "24 hours"}, doses  # a name of a product, and what a test dose is counted over


SOUND = (BASES / "sampline-oral-sample.toml").read_text(encoding="utf-8")
VALUE = re.compile(r'(?<== )("[^"\n]*"|\d{4}-\d\d-\d\d|\d+)|(?<=\[)"[^"\n]*"(?=[,\]])')
SPOTS = [match.span() for match in VALUE.finditer(SOUND)]


def test_there_are_values_to_blank() -> None:
    assert len(SPOTS) > 70
    assert rulebook.read(BASES / "sampline-oral-sample.toml", {})


@pytest.mark.parametrize("spot", SPOTS, ids=[f"{SOUND[a:b]}@{a}" for a, b in SPOTS])
def test_a_single_blank_anywhere_is_refused(spot: tuple[int, int]) -> None:
    """A file that was filled in, but for one value."""
    first, last = spot
    _, faults = parse((SOUND[:first] + '"?"' + SOUND[last:]).encode(), "nearly.toml", {})
    assert [fault for fault in faults if 'is still "?". Fill in: ' in fault], faults


# --- the command ---------------------------------------------------------------------------------


def test_the_command_prints_or_writes(tmp_path: Path) -> None:
    printed = titrate("rules", "new", "sampline", "--route", "oral", "--indication", "a sample", cwd=tmp_path)
    assert (printed.code, printed.out, printed.err) == (0, FRESH, "")
    assert not list(tmp_path.iterdir())
    done = titrate("rules", "new", "sampline", "-o", "sampline-oral.toml", cwd=tmp_path)
    assert done.code == 0
    assert done.err == (
        "Wrote sampline-oral.toml and schema.json (for editors).\n"
        "Fill it in; what is left: titrate rules check sampline-oral.toml\n"
    )
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == titrate("schema", "rule").out
    left = titrate("rules", "check", "sampline-oral.toml", cwd=tmp_path)
    assert left.code == 3
    assert 'sampline-oral.toml: route: is still "?". Fill in: How it is given' in left.out


def test_a_protocol_of_ones_own(tmp_path: Path) -> None:
    arguments = ("rules", "new", "baclofen", "--extends", "baclofen-oral-spasticity")
    done = titrate(*arguments, "-o", "ours.toml", cwd=tmp_path)
    assert done.code == 0
    text = (tmp_path / "ours.toml").read_text(encoding="utf-8")
    assert 'extends = "baclofen-oral-spasticity"' in text
    assert "#     Inherited: dose 20 mg; daily 80 mg" in text
    # Whoever changes nothing but says whose it is has a rule.
    text = text.replace('region = "?"', 'region = "Our clinic"')
    text = re.sub(r'(?ms)^\[sources\.protocol\].*?href = "\?"\n', "", text)
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    assert titrate("rules", "check", "ours.toml", cwd=tmp_path).code == 0


def test_a_file_is_never_replaced_and_a_schema_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "mine.toml").write_text("filled in", encoding="utf-8")
    done = titrate("rules", "new", "sampline", "-o", "mine.toml", cwd=tmp_path)
    assert (done.code, done.out) == (4, "")
    assert done.err.startswith("-o mine.toml: this file is there already, and is not replaced.")
    assert (tmp_path / "mine.toml").read_text(encoding="utf-8") == "filled in"
    done = titrate("rules", "new", "sampline", "-o", "other.toml", cwd=tmp_path)
    assert done.code == 0
    assert "schema.json is of another version of titrate. You could: titrate schema rule > schema.json" in done.err
    assert (tmp_path / "schema.json").read_text(encoding="utf-8") == "{}"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("sampline", "-o", "sampline.txt"), 4, "a rule file ends in .toml"),
        (("sampline", "-o", "nowhere/sampline.toml"), 7, "Nothing was written"),
        (("sampline", "-o", "x" * 300 + ".toml"), 7, "Nothing was written"),
        (("",), 4, "DRUG is ''"),
        (("? sampline",), 4, "DRUG is '? sampline'"),
        (("samp\nline",), 4, r"DRUG is 'samp\nline'"),
        (("sampline", "--route", "\x1b[2J"), 4, "--route is"),
        (("sampline", "--extends", "baclofen-oral-spasticity"), 4, "DRUG is 'sampline', and the rule"),
        (("baclofen", "--route", "rectal", "--extends", "baclofen-oral-spasticity"), 4, "--route is 'rectal'"),
        (("baclofen", "--extends", "baclofen-oral-spastic"), 3, "The nearest names are"),
        ((), 2, "DRUG"),
    ],
)
def test_wrong_input_is_told_in_sentences(tmp_path: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = titrate("rules", "new", *arguments, cwd=tmp_path)
    assert done.code == code
    assert done.out == ""
    assert says in done.err
    assert "Traceback" not in done.err
    assert not list(tmp_path.iterdir())


def test_a_protocol_is_not_begun_where_its_base_would_not_be_found(tmp_path: Path) -> None:
    (tmp_path / "there").mkdir()
    (tmp_path / "here").mkdir()
    (tmp_path / "there" / "sample.toml").write_text(SOUND, encoding="utf-8")
    new = ("rules", "new", "sampline", "--extends", "there/sample.toml", "-o")
    done = titrate(*new, "here/ours.toml", cwd=tmp_path)
    assert (done.code, list((tmp_path / "here").iterdir())) == (4, [])
    assert done.err.startswith("From here/ours.toml, there/sample.toml would not be found: there is no rule")
    assert "-o there/ours.toml; or name its folder: TITRATE_RULES=there." in done.err
    assert titrate(*new, "here/ours.toml", cwd=tmp_path, TITRATE_RULES="there").code == 0
    assert titrate(*new, "there/ours.toml", cwd=tmp_path).code == 0
    (tmp_path / "here" / "sample.toml").write_text(SOUND, encoding="utf-8")
    done = titrate(*new, "here/other.toml", cwd=tmp_path)
    assert (done.code, done.err.split("\n")[0]) == (
        4, "From here/other.toml, the rule sample is here/sample.toml, and not there/sample.toml.",
    )  # fmt: skip


@pytest.mark.parametrize("name", ['quote"backslash\\', "grüne Tropfen", "O'Drug"])
def test_any_name_that_can_be_printed_stays_as_it_is(name: str) -> None:
    assert tomllib.loads(skeleton.write(name))["drug"] == name
