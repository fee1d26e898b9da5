"""The catalogues of other languages: which texts there are, and that each has its translation.

`python -m tests.catalogues` looks for the texts of the handout (its code, its templates, and the sentences of the rule
files), and writes every catalogue anew: known translations are kept, new texts are added without one, what is no longer
said is dropped. It ends with an error as long as a text lacks its translation.
"""

from __future__ import annotations

import io
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po, write_po

from titrate.formats.html.language import CATALOGUES

ROOT = Path(__file__).resolve().parent.parent
HANDOUT = ROOT / "titrate" / "formats" / "html"
# How the code marks a text: looked up later, looked up here, looked up in one of two forms.
KEYWORDS: dict[str, Any] = {"word": None, "say": None, "many": (1, 2), "forms": (1, 2)}
# A language whose words are those of the program but for some: texts that it does not mention are right as they are.
PARTIAL = ("en_US",)
# The keys of a rule file whose values are sentences or names that a schedule shows.
SHOWN = ("says", "caution", "how", "indication", "population", "region", "drug", "medicine")
# Keys under which nothing is shown on a schedule.
UNSEEN = ("also", "eligible", "sources", "products")


def texts() -> dict[tuple[str, ...], list[str]]:
    """Every text that is to be translated, with its plural if it has one, and the files that it stands in."""
    found: dict[tuple[str, ...], list[str]] = {}
    for path in sorted(HANDOUT.rglob("*")):
        if path.suffix in (".py", ".jinja"):
            for message in _of_program(path):
                found.setdefault(message, []).append(path.relative_to(ROOT).as_posix())
    for path in sorted((ROOT / "rules").glob("*.toml")):
        for text in _of_rule(path):
            found.setdefault((text,), []).append(path.relative_to(ROOT).as_posix())
    return {message: sorted(set(places)) for message, places in found.items()}


def _of_program(path: Path) -> Iterator[tuple[str, ...]]:
    method = "python" if path.suffix == ".py" else "jinja2.ext:babel_extract"
    with path.open("rb") as file:
        options = {"encoding": "utf-8", "trim_blocks": "true", "lstrip_blocks": "true", "silent": "false"}
        for _, message, _, _ in extract(method, file, KEYWORDS, (), options):
            yield message if isinstance(message, tuple) else (message,)


def _of_rule(path: Path) -> Iterator[str]:
    """The sentences that a schedule made from the rule can show, and the names of its times of day."""
    rule = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=str)
    for slots in rule.get("slots", {}).get("day", {}).values():
        for slot in slots:
            yield slot.rpartition(" ")[0] if slot[-1:].isdigit() else slot
    yield from _sentences(rule)


def _sentences(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for one in value:
            yield from _sentences(one)
    elif isinstance(value, dict):
        for key, one in value.items():
            if isinstance(one, str) and key in SHOWN:
                yield one
            elif key not in UNSEEN:
                yield from _sentences(one)


def catalogue(language: str) -> Catalog:
    """The catalogue of a language as it stands in the tree."""
    with _path(language).open("rb") as file:
        return read_po(file, locale=language)


def missing(language: str) -> list[str]:
    """Every text without a translation, in whole or in one of its forms."""
    written = catalogue(language)
    lacking = []
    for message in texts():
        entry = written.get(message[0])
        said = (
            () if entry is None or entry.fuzzy else entry.string if isinstance(entry.string, tuple) else (entry.string,)
        )
        if not said or not all(said):
            lacking.append(message[0])
    return [] if language in PARTIAL else lacking


def unknown(language: str) -> list[str]:
    """What the catalogue translates although nobody says it."""
    said = {message[0] for message in texts()}
    ids = [entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in catalogue(language) if entry.id]
    return [text for text in ids if text not in said]


def renewed(language: str) -> str:
    """The catalogue with the texts of today, in the order of their files."""
    old = catalogue(language)
    new = Catalog(locale=language, project="titrate", charset="utf-8", fuzzy=False)
    for message, places in sorted(texts().items(), key=lambda item: (item[1], item[0])):
        entry = old.get(message[0])
        if entry is None and language in PARTIAL:
            continue
        string = entry.string if entry is not None else ("", "") if len(message) == 2 else ""
        new.add(message if len(message) == 2 else message[0], string, locations=[(place, None) for place in places])
    out = io.BytesIO()
    write_po(out, new, width=120, omit_header=False, include_lineno=False)
    return "\n".join(line for line in out.getvalue().decode().split("\n") if not _dated(line))


def _dated(line: str) -> bool:
    return line.startswith(("#", '"POT-Creation', '"PO-Revision', '"Last-Translator', '"Generated-By')) and not (
        line.startswith(("#: ", "#, "))
    )


def _path(language: str) -> Path:
    return CATALOGUES / language / "LC_MESSAGES" / "titrate.po"


def languages() -> list[str]:
    """Every language that has a catalogue."""
    return sorted(path.name for path in CATALOGUES.iterdir() if path.is_dir())


if __name__ == "__main__":
    lacking = 0
    for name in languages():
        text = renewed(name)
        _path(name).write_text(text, encoding="utf-8")
        for one in missing(name):
            lacking += 1
            sys.stderr.write(f"{name}: no translation of: {one}\n")
    sys.exit(1 if lacking else 0)
