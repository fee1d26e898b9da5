"""rules/README.md teaches the whole format, and what it shows is so.

`python -m tests.rules.test_readme` writes the real output of its commands into it; look at it before you commit it.
"""

from __future__ import annotations

import re
import tempfile
import tomllib
from pathlib import Path
from typing import get_args

import pytest

from tests.test_readme import run
from titrate import rulebook
from titrate.product import Form
from titrate.ruleformat.advice import Topic
from titrate.ruleformat.value import Table

RULES = Path(__file__).resolve().parent.parent.parent / "rules"
README = (RULES / "README.md").read_text(encoding="utf-8")

FENCED = re.compile(r"(?ms)^```.*?^```$")
# A command with its output, or a file that the reader is told to write.
STEP = re.compile(r"```console\n\$ (?P<command>.*)\n(?P<shown>(?:.*\n)*?)```|"
                  r"<!-- file: (?P<name>\S+) -->\n```toml\n(?P<text>(?:.*\n)*?)```")  # fmt: skip


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
    blocks = re.findall(r"(?:^    .*\n|^\n(?=    ))+", FENCED.sub("", README), re.MULTILINE)
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
    prose = re.sub(r"(?m)^(    .*|\|.*|#.*|<!--.*)$", "", FENCED.sub("", README))
    sentences = re.split(r"(?<=[.!?:])\s+", " ".join(prose.split()))
    assert [sentence for sentence in sentences if len(sentence.split()) > 45] == []


def follow(text: str, folder: Path) -> list[tuple[str, str, str]]:
    """Do what the text says, from an empty folder: each command with what the text shows and what it prints."""
    done = []
    for step in STEP.finditer(text):
        if step["name"]:
            (folder / step["name"]).write_text(step["text"], encoding="utf-8")
        else:
            done.append((step["command"], step["shown"], run(step["command"], folder)))
    return done


def test_the_worked_example_works(tmp_path: Path) -> None:
    done = follow(README, tmp_path)
    assert len(done) > 8
    for command, shown, printed in done:
        assert printed == shown, command


def test_the_worked_example_leaves_sound_rules(tmp_path: Path) -> None:
    """Whatever the commands print: the files that the page shows have no faults."""
    follow(README, tmp_path)
    files = sorted(tmp_path.glob("*.toml"))
    assert [path.stem for path in files] == ["fictalin-oral-itching", "ward-fictalin"]
    assert [rulebook.read(path, {}).file.drug for path in files] == ["fictalin", "fictalin"]


def test_the_protocol_that_is_shown_is_sound(tmp_path: Path) -> None:
    """The example of `extends`, which only takes products out of a shipped rule, and invents no number."""
    (block,) = [one for one in examples() if "[[remove]]" in one]
    path = tmp_path / "ours.toml"
    path.write_text("\n".join(line[4:] for line in block.splitlines()), encoding="utf-8")
    rule = rulebook.read(path, {})
    assert [product.name for product in rule.file.products] == ["5mg", "10mg"]


def write() -> None:
    """Put the real output into the text."""
    with tempfile.TemporaryDirectory() as folder:
        printed = {command: output for command, _, output in follow(README, Path(folder))}

    def block(step: re.Match[str]) -> str:
        command = step["command"]
        return f"```console\n$ {command}\n{printed[command]}```" if command else step[0]

    (RULES / "README.md").write_text(STEP.sub(block, README), encoding="utf-8")


if __name__ == "__main__":
    write()
