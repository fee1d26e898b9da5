"""The handout on paper: the same days and doses on every page, and on each page what it is and which page of how many.

The pages are read back with pdftotext (poppler), an independent program; without it these tests are skipped.
"""

from __future__ import annotations

import builtins
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from tests.build import STATED, ladder, schedule
from tests.test_html import doses
from titrate.errors import FormatError
from titrate.formats import html, pdf
from titrate.formats.html import HandoutOptions
from titrate.schedule import Note, Schedule

NBSP = "\N{NO-BREAK SPACE}"
LONG = schedule(
    *((f"2026-{month:02d}-01", None if month == 12 else days, "titration", f"{5 * n} mg x3")
      for n, (month, days) in enumerate(((9, 30), (10, 31), (11, 30), (12, 0)), 1)),
    review="2027-01-05",
)  # fmt: skip


@pytest.fixture(autouse=True)
def _drawn() -> None:
    """WeasyPrint needs Pango, which not every machine has."""
    try:
        pdf.write(ladder())
    except FormatError as missing:
        pytest.skip(missing.message)


def read(document: bytes, folder: Path, *options: str) -> list[str]:
    """The pages as text, spaces plain."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed (apt install poppler-utils)")
    (folder / "plan.pdf").write_bytes(document)
    done = subprocess.run(["pdftotext", *options, "plan.pdf", "-"], cwd=folder, capture_output=True, check=True)
    return [page.replace(NBSP, " ") for page in done.stdout.decode().split("\f")[:-1]]


@pytest.mark.parametrize("paper", ["a4", "letter"])
@pytest.mark.parametrize("lang", ["en-GB", "de"])
def test_every_page_says_what_it_is(paper: html.Paper, lang: str, tmp_path: Path) -> None:
    pages = read(pdf.write(LONG, HandoutOptions(lang=lang, paper=paper)), tmp_path, "-layout")
    first, counted = (
        ("Tue, 1 Sept 2026", "Page {} of {}") if lang == "en-GB" else ("Di., 1. Sept. 2026", "Seite {} von {}")
    )
    assert len(pages) > 4
    for number, page in enumerate(pages, 1):
        assert "Baclofen" in page.split("\n")[0]
        assert first in page.split("\n")[0]
        assert counted.format(number, len(pages)) in page
        assert "0123456789ab" in page


@pytest.mark.parametrize("paper", ["a4", "letter"])
def test_every_day_is_on_paper_once_with_its_doses(paper: html.Paper, tmp_path: Path) -> None:
    text = "\n".join(read(pdf.write(LONG, HandoutOptions(paper=paper)), tmp_path, "-layout"))
    told: dict[str, list[str]] = {}
    for line in text[text.index("Day by day") :].split("\n"):
        if match := re.match(r"\s*(\w{3}, \d+ \w+ \d{4})((?: +\d+ mg)+)\s*$", line):
            assert match[1] not in told
            told[match[1]] = re.findall(r"\d+ mg", match[2])
    assert list(told.values()) == [sorted(day.elements()) for day in doses(LONG).values()]


@pytest.mark.parametrize(("paper", "size"), [("a4", "595"), ("letter", "612")])
def test_the_paper_is_the_one_that_was_asked_for(paper: html.Paper, size: str, tmp_path: Path) -> None:
    if shutil.which("pdfinfo") is None:
        pytest.skip("pdfinfo is not installed (apt install poppler-utils)")
    (tmp_path / "plan.pdf").write_bytes(pdf.write(ladder(), HandoutOptions(paper=paper)))
    done = subprocess.run(["pdfinfo", "plan.pdf"], cwd=tmp_path, capture_output=True, check=True)
    assert re.search(rf"Page size: +{size}", done.stdout.decode())
    assert re.search(r"Tagged: +yes", done.stdout.decode())


@pytest.mark.parametrize("fault", [ImportError("no", name="weasyprint"), OSError("cannot load library 'libpango'")])
def test_without_the_library_it_says_how_to_install_it(fault: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *rest: object) -> object:
        if name == "weasyprint":
            raise fault
        return real(name, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(FormatError, match="not installed") as refused:
        pdf.write(ladder())
    assert re.search(r"pip install 'titrate\[pdf\]'|apt install libpango", refused.value.text())


def test_the_same_schedule_gives_the_same_bytes() -> None:
    shown: Schedule = ladder()
    assert pdf.write(shown) == pdf.write(shown)


def test_a_sentence_and_its_source_fill_their_lines(tmp_path: Path) -> None:
    """Held to its last word by a space that does not break, a mark made WeasyPrint break after the first word."""
    notes = tuple(Note("food", f"Eat{n} {'a ' * n}pear", STATED) for n in range(20, 60))
    pages = read(pdf.write(replace(LONG, notes=notes)), tmp_path, "-layout")
    assert len(re.findall(r"Eat\d+ a ", "\n".join(pages))) == len(notes)
