"""Every command and program in the README does what the README shows.

`python -m tests.test_readme` writes the real output into the README; look at it before you commit it.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import CLOCK

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
CONSOLE = re.compile(r"```console\n(.*?)```", re.DOTALL)
PROGRAM = re.compile(r"```python\n((?:(?!```).)*)```\n\n```text\n(.*?)```", re.DOTALL)


def run(command: str, folder: Path) -> str:
    """What the command prints, on both streams, with `titrate` being the one of this checkout."""
    home = folder / "bin"
    home.mkdir(exist_ok=True)
    script = home / "titrate"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m titrate "$@"\n', encoding="utf-8")
    script.chmod(0o755)
    environment = {
        **os.environ,
        "PATH": f"{home}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT),
        "SOURCE_DATE_EPOCH": CLOCK,
    }
    done = subprocess.run(
        ["sh", "-c", command],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    return done.stdout.decode("utf-8")


def blocks() -> list[tuple[str, str]]:
    """Each console block as its command and the output that the README shows."""
    found = []
    for block in CONSOLE.findall(README.read_text(encoding="utf-8")):
        first, _, shown = block.partition("\n")
        assert first.startswith("$ "), first
        found.append((first[2:], shown))
    return found


def printed(program: str) -> str:
    stream = io.StringIO()
    with contextlib.redirect_stdout(stream):
        exec(compile(program, "README.md", "exec"), {})
    return stream.getvalue()


@pytest.mark.parametrize(("command", "shown"), blocks(), ids=[command for command, _ in blocks()])
def test_commands(command: str, shown: str, tmp_path: Path) -> None:
    assert run(command, tmp_path) == shown


def test_library_use() -> None:
    program, shown = PROGRAM.findall(README.read_text(encoding="utf-8"))[0]
    assert printed(program) == shown


def test_the_readme_has_two_set_up_commands() -> None:
    text = README.read_text(encoding="utf-8")
    assert re.findall(r"<!-- setup: (\w+) -->", text) == ["schedule", "tests"]


def test_every_option_is_documented() -> None:
    """Each option of `plan` and `taper` stands in the README."""
    from tests.run import titrate

    text = README.read_text(encoding="utf-8")
    for command in ("plan", "taper"):
        helped = titrate(command, "--help", COLUMNS="200").out
        for option in set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", helped)) - {"--help", "--output", "--no-dialysis"}:
            assert f"{option}" in text, f"{option} of titrate {command} is not in the README"


def write() -> None:
    """Put the real output into the README."""
    import tempfile

    text = README.read_text(encoding="utf-8")
    with tempfile.TemporaryDirectory() as folder:
        for command, shown in blocks():
            old, new = (
                f"```console\n$ {command}\n{shown}```",
                f"```console\n$ {command}\n{run(command, Path(folder))}```",
            )
            text = text.replace(old, new)
    text = PROGRAM.sub(lambda match: f"```python\n{match[1]}```\n\n```text\n{printed(match[1])}```", text)
    README.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    write()
