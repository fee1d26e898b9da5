"""Completion as the shells ask for it: rule names, options, actions; what it costs; and in bash itself."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from tests.terminal import ROOT
from titrate.cli.revising import ACTIONS
from titrate.revise.action import Name

US = "baclofen-oral-spasticity"
TWO = ["ropinirole-oral-parkinson", "ropinirole-oral-parkinson-uk"]
RUN = "import sys; sys.argv = ['titrate']; from titrate.cli import main; main()"
LOADED = "import atexit, json, sys; atexit.register(lambda: print(json.dumps(sorted(sys.modules)), file=sys.stderr));"


def answered(shell: str, line: str, code: str = RUN, **environment: str) -> subprocess.CompletedProcess[str]:
    """What titrate answers when a shell asks how `line` could go on."""
    asked = {
        "bash": {"COMP_WORDS": line, "COMP_CWORD": str(len(line.split(" ")) - 1)},
        "zsh": {"_TYPER_COMPLETE_ARGS": line},
        "fish": {"_TYPER_COMPLETE_ARGS": line, "_TYPER_COMPLETE_FISH_ACTION": "get-args"},
    }[shell]
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60,
        env={**os.environ, "PYTHONPATH": ROOT, "_TITRATE_COMPLETE": f"complete_{shell}", **asked, **environment},
    )  # fmt: skip


def words(shell: str, line: str, **environment: str) -> list[str]:
    """The words that are offered; fish gets a help after a tab."""
    return [one.partition("\t")[0] for one in answered(shell, line, **environment).stdout.splitlines() if one]


@pytest.mark.parametrize("shell", ["bash", "fish"])
@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("titrate plan rop", TWO),
        ("titrate taper baclofen-oral-h", ["baclofen-oral-hiccups"]),
        ("titrate rules show baclofen-i", ["baclofen-intrathecal-spasticity"]),
        ("titrate check plan.csv --rule baclofen-i", ["baclofen-intrathecal-spasticity"]),
        (f"titrate plan {US} --sc", ["--screening-dose", "--screening-effect"]),
        ("titrate rev", ["revise"]),
        ("titrate revise plan.json sh", ["shift"]),
        ("titrate plan zzz", []),
    ],
)
def test_what_is_offered(shell: str, line: str, offered: list[str]) -> None:
    assert words(shell, line) == offered


def test_zsh_is_answered_in_its_own_words() -> None:
    assert answered("zsh", "titrate plan rop").stdout == (f"""_arguments '*: :(("{TWO[0]}"\n"{TWO[1]}"))'\n""")
    assert answered("zsh", "titrate plan zzz").stdout == "_files\n"
    assert '"--screening-dose":"Intrathecal screening dose' in answered("zsh", f"titrate plan {US} --sc").stdout


def test_rules_of_one_s_own_are_offered_and_a_missing_folder_is_quiet(tmp_path: Path) -> None:
    (tmp_path / "our-rule.toml").write_text("", encoding="utf-8")
    assert words("bash", "titrate plan our", TITRATE_RULES=str(tmp_path)) == ["our-rule"]
    done = answered("bash", "titrate plan our", TITRATE_RULES=str(tmp_path / "none"))
    assert (done.stdout.strip(), done.stderr) == ("", "")


@pytest.mark.parametrize("line", ["titrate plan bacl", "titrate check plan.csv --rule bacl", "titrate revise p.json s"])
def test_completing_a_name_reads_no_rule_and_plans_nothing(line: str) -> None:
    loaded = json.loads(answered("bash", line, LOADED + RUN).stderr)
    for module in ("titrate.planner", "titrate.verifier", "titrate.revise", "titrate.rulebook", "titrate.rule",
                   "icalendar", "tomllib", "rich"):  # fmt: skip
        assert module not in loaded
    assert "titrate.cli.options" in loaded


def test_the_actions_are_those_that_there_are() -> None:
    assert get_args(Name) == ACTIONS


@pytest.mark.skipif(shutil.which("bash") is None, reason="there is no bash")
def test_in_bash_itself(tmp_path: Path) -> None:
    """The script that is installed, sourced; then what bash would offer for a line."""
    program = tmp_path / "titrate"
    program.write_text(f"#!{sys.executable}\n{RUN.replace('; ', chr(10))}\n", encoding="utf-8")
    program.chmod(0o755)
    script = (
        "source <(_TITRATE_COMPLETE=source_bash titrate); COMP_WORDS=(titrate plan rop); COMP_CWORD=2; "
        '_titrate_completion titrate; printf "%s\\n" "${COMPREPLY[@]}"'
    )
    done = subprocess.run(
        ["bash", "--norc", "-c", script], capture_output=True, text=True, check=False,
        env={**os.environ, "PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": ROOT},
    )  # fmt: skip
    assert done.stdout.splitlines() == TWO, done.stderr
