"""rules/README.md teaches the whole format, and what it shows is so."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from titrate.product import Form
from titrate.rulefile import Topic
from titrate.rulevalue import Table

RULES = Path(__file__).resolve().parent.parent.parent / "rules"
README = (RULES / "README.md").read_text(encoding="utf-8")


def keys() -> set[str]:
    """Every key that some table of a rule file knows."""
    found: set[str] = set()
    todo: list[type[Table]] = [Table]
    while todo:
        table = todo.pop()
        found |= {field.alias or name for name, field in table.model_fields.items()}
        todo += table.__subclasses__()
    return found


def examples() -> list[str]:
    """The blocks of TOML in the text, without those that are cut short by an ellipsis."""
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", README, re.MULTILINE)
    return [block for block in blocks if "..." not in block]


def test_the_search_for_a_key_can_fail() -> None:
    assert not re.search(r"\bparameter\b", README)


@pytest.mark.parametrize("key", sorted(keys()))
def test_every_key_is_taught(key: str) -> None:
    assert re.search(rf"(?<![\w-]){re.escape(key)}(?![\w-])", README), key


@pytest.mark.parametrize("word", sorted({*get_args(Topic), *get_args(Form)}))
def test_every_topic_and_form_is_named(word: str) -> None:
    assert word in " ".join(README.split())


def test_the_examples_are_toml() -> None:
    assert len(examples()) > 5
    for block in examples():
        assert tomllib.loads("\n".join(line[4:] for line in block.splitlines()))


def test_every_shipped_rule_is_listed() -> None:
    listed = re.findall(r"^\| `([a-z]+-[a-z]+-[a-z-]+)` \|", README, re.MULTILINE)
    assert sorted(listed) == sorted(path.stem for path in RULES.glob("*.toml"))


def test_the_text_is_plain() -> None:
    """Sentences that somebody who does not write programs can follow: none is longer than 45 words."""
    prose = re.sub(r"(?m)^(    .*|\|.*|#.*)$", "", README)
    sentences = re.split(r"(?<=[.!?:])\s+", " ".join(prose.split()))
    assert [sentence for sentence in sentences if len(sentence.split()) > 45] == []
