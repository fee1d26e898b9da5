"""`titrate plan` without arguments, in a real pseudo-terminal: it asks, checks each answer, and shows the command."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest

from tests.run import titrate
from tests.terminal import Shown, typed

PROMPT = "> "


def answered(*answers: str, cwd: Path | None = None, environment: dict[str, str] | None = None) -> Shown:
    said = tuple((PROMPT, f"{answer}\r") for answer in answers)
    return typed("plan", answers=said, cwd=cwd, environment=environment)


def command(shown: Shown) -> list[str]:
    """The command that was shown, as a shell would part it."""
    found = re.search(r"This is the same as:\n\n    (titrate .*)\n", shown.text)
    assert found is not None, shown.text
    return shlex.split(found[1])


def plan_of(text: str) -> str:
    found = re.search(r"Plan +([0-9a-f]{12}), revision 1", text)
    assert found is not None, text
    return found[1]


def test_the_questions_the_command_and_the_schedule() -> None:
    shown = answered("baclofen-oral-spasticity", "5 mg x3", "20 mg x3", "+8d")
    assert shown.code == 0
    assert command(shown) == [
        "titrate", "plan", "baclofen-oral-spasticity", "--from", "5 mg x3", "--target", "20 mg x3",
        "--start", "2026-12-01",
    ]  # fmt: skip
    before, _, after = shown.text.partition("This is the same as:")
    assert [line for line in before.splitlines() if line.endswith((".", "?")) and not line.startswith(" ")] == [
        "Which rule? A number, an id, or the path of a file.",
        "What is taken now? For example 10 mg x3, or 5/5/10 mg dose by dose. Enter: nothing.",
        "Where to go? For example 20 mg x3, or 60 mg/day.",
        "On which day does something change first? For example 2026-12-01, tomorrow, +3d. Enter: today.",
    ]
    assert "Tue 01 Dec 2026" in after
    pasted = titrate(*command(shown)[1:])
    assert pasted.code == 0
    assert plan_of(pasted.out) == plan_of(shown.text)


def test_what_cannot_be_read_is_told_as_by_the_option_and_asked_again() -> None:
    shown = answered("nope", "baclofen-oral-spasticity", "20 mg", "", "", "20 mg x3", "soon", "")
    assert shown.code == 0
    for words in (
        "There is no rule 'nope'.",
        '--from: "20 mg" can be read in two ways',
        "It is needed. To stop what is taken: titrate taper RULE",
        "--start: 'soon' is no date",
    ):
        assert words in shown.text
    assert command(shown)[2:] == ["baclofen-oral-spasticity", "--target", "20 mg x3", "--start", "2026-11-23"]
    for words, arguments in (
        ('--from: "20 mg"', ("--from", "20 mg", "--start", "today")),
        ("--start: 'soon' is no date", ("--start", "soon")),
    ):
        assert words in titrate("plan", "baclofen-oral-spasticity", "--target", "20 mg x3", *arguments).err


def test_where_the_rule_is_silent_it_asks_for_what_the_rule_asks_for() -> None:
    shown = answered("baclofen-oral-hiccups", "", "10 mg x3", "", "5 mg", "7", "7d")
    assert shown.code == 0
    assert "gives no size of one rise, so the prescriber has to." in shown.text
    assert "By how much may a dose change at once? For example 5 mg." in shown.text
    assert "--every: '7' is no duration" in shown.text
    assert command(shown)[-4:] == ["--by", "5 mg", "--every", "7d"]


def test_an_answer_that_does_not_fit_the_rule_is_asked_for_again() -> None:
    shown = answered("baclofen-oral-spasticity", "", "20 mL x3", "", "20 mg x3")
    assert shown.code == 0
    assert '--target "20 mL x3" does not fit this rule' in shown.text
    assert command(shown)[3:5] == ["--target", "20 mg x3"]


def test_a_refusal_is_told_after_the_command() -> None:
    shown = answered("baclofen-oral-spasticity", "", "12 mg x3", "")
    assert shown.code == 5
    assert shown.text.index("This is the same as:") < shown.text.index("No schedule: 12 mg x3")


def test_a_path_is_quoted(tmp_path: Path) -> None:
    folder = tmp_path / "my rules"
    folder.mkdir()
    rules = Path(__file__).resolve().parent.parent / "rules"
    shutil.copy(rules / "baclofen-oral-spasticity.toml", folder / "baclofen-oral-spasticity.toml")
    shown = answered("my rules/baclofen-oral-spasticity.toml", "", "20 mg x3", "", cwd=tmp_path)
    assert shown.code == 0
    assert command(shown)[2] == "my rules/baclofen-oral-spasticity.toml"
    assert "'my rules/" in shown.text


@pytest.mark.parametrize("key", ["\x04", "\x03"])
def test_who_has_enough_leaves(key: str) -> None:
    shown = typed("plan", answers=((PROMPT, "1\r"), (PROMPT, key)))
    assert shown.code == 1
    assert "Aborted" in shown.text
    assert "Traceback" not in shown.text


def test_without_a_terminal_or_with_an_argument_it_stays_a_usage_error() -> None:
    ran = titrate("plan")
    assert (ran.code, ran.out) == (2, "")
    assert "Missing argument 'RULE'" in ran.err
    shown = typed("plan", "--even")
    assert shown.code == 2
    assert "Which rule?" not in shown.text


def test_a_folder_of_rules_that_is_not_there_is_told() -> None:
    shown = typed("plan", environment={"TITRATE_RULES": "/nowhere"})
    assert shown.code == 3
    assert "TITRATE_RULES names /nowhere, which is not a folder." in shown.text
