"""`titrate show`: on a terminal, in a pipe, without colours, without block characters; and nothing is lost."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run import titrate
from tests.terminal import ROOT, typed
from titrate.formats import json as documents
from titrate.formats import text

US = "baclofen-oral-spasticity"
COLOUR = re.compile(r"\x1b\[(?:\d+;)*(?:3[0-7]|38;|9[0-7])")


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A taper, and a plan that has been revised; made once, and only read."""
    folder = tmp_path_factory.mktemp("planned")
    for arguments in (
        ("taper", US, "--start", "2026-12-01", "--from", "20 mg x3", "-o", "taper.json"),
        ("plan", US, "--start", "2026-12-01", "--target", "20 mg x3", "-o", "plan.json"),
        ("revise", "plan.json", "--on", "2026-12-08", "stay", "7d", "-o", "r2.json"),
    ):
        assert titrate(*arguments, cwd=folder).code == 0
    return folder


def words(shown: str) -> set[str]:
    """Every word but addresses, without lines, brackets and the signs that draw; none that is longer than a column."""
    shown = re.sub(r"https?://\S+(\n +\S*[/=]\S*)*", " ", shown)
    plain = re.sub(r"[│└┴─━█░▁▂▃▄▅▆▇▶|+#:>=()\[\],.-]+", " ", shown)
    return {word for word in plain.split() if len(word) < 14}


@pytest.mark.parametrize("columns", [80, 50, 120])
@pytest.mark.parametrize("name", ["taper.json", "r2.json"])
def test_on_a_terminal_nothing_that_the_text_says_is_lost(planned: Path, name: str, columns: int) -> None:
    shown = typed("show", name, cwd=planned, columns=columns)
    assert shown.code == 0
    assert max(len(line.rstrip()) for line in shown.text.splitlines()) <= columns
    plain = text.write(documents.read((planned / name).read_text(encoding="utf-8")))
    assert words(plain) - {"Steps", "Then"} <= words(shown.text) | {"step"}
    squeezed = "".join(shown.text.split())
    assert all(address.rstrip(";") in squeezed for address in re.findall(r"https?://\S+", plain))
    assert "…" not in shown.text
    assert "█" in shown.text
    assert COLOUR.search(shown.raw)


def test_no_colour_where_none_is_wanted(planned: Path) -> None:
    plain = typed("show", "taper.json", cwd=planned)
    for environment in ({"NO_COLOR": "1"}, {"TERM": "dumb"}):
        shown = typed("show", "taper.json", cwd=planned, environment=environment)
        assert COLOUR.search(shown.raw) is None
        assert shown.text == plain.text


def test_a_terminal_that_knows_ascii_only_gets_ascii(planned: Path) -> None:
    shown = typed("show", "r2.json", cwd=planned, environment={"PYTHONIOENCODING": "ascii"})
    assert shown.code == 0
    assert shown.text.isascii()
    assert "60 mg |" in shown.text
    assert "::::" in shown.text


def test_in_a_pipe_it_is_plain_text_with_the_chart(planned: Path) -> None:
    ran = titrate("show", "r2.json", cwd=planned)
    assert (ran.code, ran.err) == (0, "")
    assert "\x1b" not in ran.out
    assert "\nDaily dose\n----------\n60 mg │" in ran.out
    assert "Before this revision" in ran.out
    assert max(len(line) for line in ran.out.splitlines() if "https://" not in line) <= 78
    ascii_only = titrate("show", "r2.json", cwd=planned, PYTHONIOENCODING="ascii").out
    assert "\nDaily dose\n----------\n60 mg |" in ascii_only
    daily = titrate("show", "r2.json", "--daily", cwd=planned).out
    assert "\nDays\n----\n" in daily


def test_standard_input_and_what_is_no_schedule(planned: Path, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "titrate", "show", "-"], input=(planned / "taper.json").read_bytes(),
        capture_output=True, check=False, cwd=ROOT,
    )  # fmt: skip
    assert done.returncode == 0
    assert "45 mg │" in done.stdout.decode()
    ran = titrate("show", "none.json", cwd=planned)
    assert (ran.code, ran.out) == (7, "")
    assert "none.json cannot be read: No such file or directory." in ran.err
    changed = Path(shutil.copy(planned / "taper.json", tmp_path))
    changed.write_text(changed.read_text(encoding="utf-8").replace('"label": null', '"label": "Mum"', 1))
    ran = titrate("show", "taper.json", cwd=tmp_path)
    assert ran.code == 0
    assert "its SHA-256 no longer fits" in ran.err
