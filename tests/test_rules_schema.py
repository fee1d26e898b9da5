"""rules/schema.json: it is current, a validator accepts it, and editors complete and check by it.

The validator (jsonschema) and the editors' tools (taplo, tombi) are used where they are installed; .ci/run does.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from datetime import date, time
from pathlib import Path
from typing import Any

import pytest

from tests.lsp import Editor
from tests.run import titrate
from titrate.ruleformat import schema as ruleschema

ROOT = Path(__file__).resolve().parent.parent
RULES = sorted((ROOT / "rules").glob("*.toml"))
BROKEN = ROOT / "tests" / "broken"
SOUND = [*RULES, *sorted((BROKEN / "bases").glob("*.toml"))]
SCHEMA = ROOT / "rules" / "schema.json"

# What a schema can see of the mistakes in the museum: keys, kinds, words, and texts that have a form.
SEEN = (
    "advice-on-unknown-topic", "basis-prescriber", "basis-unknown", "blank-dose", "blank-form", "checked-is-no-date",
    "cite-missing", "cite-without-place", "dose-is-a-float", "drug-is-a-number", "every-missing",
    "extends-without-drug", "format-of-the-future", "key-in-snake-case", "key-unknown", "maximum-is-a-number",
    "maximum-missing", "override-without-cite", "product-of-unknown-form", "remove-as-text", "remove-without-cite",
    "setting-unknown", "slot-without-time", "sources-is-a-number", "table-unknown", "times-is-a-float", "unit-missing",
)  # fmt: skip


def tool(name: str) -> str:
    """The path of a program: beside this Python, or on the path; skips the test where there is none."""
    beside = shutil.which(name, path=str(Path(sys.executable).parent))
    found = beside or shutil.which(name)
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


def tables(value: Any, place: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every table of the schema with its place."""
    if isinstance(value, dict):
        yield place, value
        for key, inner in value.items():
            yield from tables(inner, f"{place}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from tables(inner, f"{place}/{index}")


def test_the_file_is_what_the_models_say() -> None:
    """If this fails: titrate schema rule > rules/schema.json"""
    assert SCHEMA.read_text(encoding="utf-8") == ruleschema.text()


def test_the_command_prints_the_file() -> None:
    assert titrate("schema", "rule").out == SCHEMA.read_text(encoding="utf-8")


def test_every_key_is_described_and_no_other_is_allowed() -> None:
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    described = 0
    for place, table in tables(schema):
        if place.endswith("/properties"):
            for key, inner in table.items():
                # Where both would say the same, only the table says it.
                there = schema["$defs"].get(inner.get("$ref", "").rpartition("/")[2], {})
                assert len(inner.get("description", there.get("description", ""))) > 10, f"{place}/{key}"
                described += 1
        if "properties" in table and not place.endswith("/properties"):
            assert table["additionalProperties"] is False, place
        assert table.get("type") != "null", place
        assert table.get("default", "") is not None, place
    assert described > 100


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_every_shipped_rule_names_the_schema(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("#:schema schema.json\n")


# --- a validator ---------------------------------------------------------------------------------


def as_json(value: Any) -> Any:
    """A TOML document as JSON, as the editors' tools take it: dates are text."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date | time) else value


def complaints(path: Path) -> list[str]:
    """What the validator has against a rule file."""
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    schema = json.loads(SCHEMA.read_text(encoding="utf-8"))
    dialect = jsonschema.Draft202012Validator
    dialect.check_schema(schema)
    validator = dialect(schema, format_checker=dialect.FORMAT_CHECKER)
    raw = as_json(tomllib.loads(path.read_text(encoding="utf-8")))
    return [f"{fault.json_path}: {fault.message}" for fault in validator.iter_errors(raw)]


@pytest.mark.parametrize("path", SOUND, ids=lambda path: path.stem)
def test_the_validator_passes_what_is_sound(path: Path) -> None:
    assert complaints(path) == []


@pytest.mark.parametrize("name", SEEN)
def test_the_validator_finds_what_a_schema_can_see(name: str) -> None:
    assert complaints(BROKEN / f"{name}.toml") != []


def test_shorthands_pass_and_what_looks_like_them_does_not(tmp_path: Path) -> None:
    text = (BROKEN / "bases" / "sampline-oral-sample.toml").read_text(encoding="utf-8")
    times, dose, by = (
        "times = { at-least = 1, at-most = 2 }",
        'dose = "5 mg"',
        'by = { at-most = "5 mg", per = "dose" }',
    )
    path = tmp_path / "sample.toml"
    for old, new, passes in (
        (times, "times = 2", True),
        (times, "times = 0", False),
        (times, 'times = "2"', False),
        (dose, 'dose = { at-least = "5 mg", below = "7.5 mg" }', True),
        (dose, 'dose = ".5mg"', True),
        (dose, 'dose = "mg"', False),
        (dose, 'dose = ["5 mg"]', False),
        (by, f"by = [{by.removeprefix('by = ')}, {by.removeprefix('by = ')}]", True),
        (by, "by = []", False),
        ("2026-11-23", '"2026-11-23"', True),
        ("2026-11-23", '"in November"', False),
    ):
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert (complaints(path) == []) == passes, new


# --- editors -------------------------------------------------------------------------------------


def taplo(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [tool("taplo"), "lint", "--no-auto-config", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_taplo_passes_every_shipped_rule_by_its_first_line(path: Path) -> None:
    done = taplo(str(path))
    assert done.returncode == 0, done.stderr


def test_taplo_reads_the_first_line(tmp_path: Path) -> None:
    """The test above proves nothing if the schema that the line names is not used."""
    shutil.copy(SCHEMA, tmp_path / "schema.json")
    broken = tmp_path / "broken.toml"
    text = (BROKEN / "key-unknown.toml").read_text(encoding="utf-8")
    broken.write_text(text, encoding="utf-8")
    assert taplo(str(broken)).returncode == 0
    broken.write_text(f"#:schema schema.json\n{text}", encoding="utf-8")
    done = taplo(str(broken))
    assert done.returncode != 0
    assert "byy" in done.stderr


@pytest.mark.parametrize("name", SEEN)
def test_taplo_flags_what_a_schema_can_see(name: str) -> None:
    done = taplo("--schema", SCHEMA.as_uri(), str(BROKEN / f"{name}.toml"))
    assert done.returncode != 0
    assert "error: " in done.stderr


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.stem)
def test_tombi_passes_every_shipped_rule(path: Path) -> None:
    done = subprocess.run(
        [tool("tombi"), "lint", "--offline", str(path)], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


OPEN = """#:schema schema.json
format = 1

[increase]

[[products]]
name = "10mg"

[start.cite]

[taper.last]

"""


def test_an_editor_completes_and_explains(tmp_path: Path) -> None:
    shutil.copy(SCHEMA, tmp_path / "schema.json")
    with Editor([tool("tombi"), "lsp", "--offline"], tmp_path) as editor:
        editor.open("mine.toml", OPEN)
        assert {"drug", "extends", "maximum", "taper"} <= set(editor.offers(2))
        assert {"by", "every", "band", "cite"} <= set(editor.offers(4))
        assert {"form", "strength", "divide"} <= set(editor.offers(7))
        assert {"source", "at", "checked", "basis", "how"} <= set(editor.offers(9))
        assert {"daily", "cite"} <= set(editor.offers(11))
        assert "Short and unique, as it is typed after --products" in editor.says(6)
