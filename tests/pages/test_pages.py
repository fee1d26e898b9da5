"""Handouts opened in Chromium, on the screen, at the width of a phone and in print preview.

`.ci/pages` installs what is needed and names it in `TITRATE_CHROMIUM`: the command that tells what is on a page
(`look.mjs`). Without it these tests are skipped.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.test_html import ALTERNATE, INFUSION, doses
from tests.test_languages import PLANS, hebrew
from titrate.formats import html
from titrate.formats.html import HandoutOptions
from titrate.formats.html.language import language
from titrate.schedule import Schedule

LOOK = os.environ.get("TITRATE_CHROMIUM")
pytestmark = pytest.mark.skipif(LOOK is None, reason="TITRATE_CHROMIUM is not set; .ci/pages sets it")

NBSP = "\N{NO-BREAK SPACE}"
# Name of a schedule, language, audience, paper.
CASES: dict[str, tuple[str, str, html.Audience, html.Paper]] = {
    "titration": ("us", "en-GB", "patient", "a4"),
    "titration for clinicians": ("us kidneys", "en-US", "clinician", "letter"),
    "taper": ("us taper", "en-GB", "patient", "letter"),
    "taper in German": ("us taper", "de", "patient", "a4"),
    "pump": ("pump", "en-GB", "patient", "a4"),
    "pump in German": ("pump", "de", "clinician", "a4"),
    "revision": ("missed", "en-GB", "patient", "a4"),
    "alternate days": ("alternate days", "en-GB", "patient", "a4"),
    "right to left": ("us taper", "he", "patient", "a4"),
}
every_case = pytest.mark.parametrize("case", CASES)


def of(name: str) -> Schedule:
    named: dict[str, Any] = {"alternate days": lambda: ALTERNATE, "infusion": lambda: INFUSION, **PLANS}
    found: Schedule = named[name]()
    return found


@pytest.fixture(scope="module")
def looked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What is on each page, and the page as it is printed."""
    assert LOOK is not None
    folder = tmp_path_factory.mktemp("pages")
    files = []
    for case, (name, lang, audience, paper) in CASES.items():
        tongue = hebrew(folder) if lang == "he" else language(lang)
        made = html.compose(of(name), HandoutOptions("en-GB", audience, paper), tongue)
        files.append(folder / f"{case.replace(' ', '-')}.html")
        files[-1].write_text(made.html, encoding="utf-8")
    done = subprocess.run([*shlex.split(LOOK), *map(str, files)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    found = json.loads(done.stdout)
    if keep := os.environ.get("PICTURES"):
        shutil.copytree(folder, keep, dirs_exist_ok=True)
    return dict(zip(CASES, found, strict=True))


def english(shown: str, lang: str) -> str:
    """An amount as the CSV writes it."""
    said = re.sub(r"[\u2068\u2069]|א\s|\sת", "", shown).replace(NBSP, " ").replace("\u202f", " ")
    said = said.replace("Mikrogramm", "micrograms").replace("mcg", "micrograms")
    said = re.sub(r"^([\d.,]+ \w+).*", r"\1", said)
    return said.replace(",", ".") if lang == "de" else said


@every_case
@pytest.mark.parametrize("where", ["wide", "narrow", "zoomed", "print"])
def test_every_day_stands_there_once_with_the_doses_of_the_csv(case: str, where: str, looked: dict[str, Any]) -> None:
    name, lang, *_ = CASES[case]
    rows = looked[case][where]["rows"]
    assert len({row["date"] for row in rows}) == len(rows)
    told = {row["date"]: Counter(english(dose, lang) for dose in row["doses"]) for row in rows}
    assert told == doses(of(name))
    if not name.startswith("pump"):
        assert all(row["boxes"] == len(row["doses"]) for row in rows)


@every_case
def test_axe_finds_nothing(case: str, looked: dict[str, Any]) -> None:
    for where in ("wide", "narrow", "zoomed"):
        assert looked[case][where]["faults"] == []


@every_case
def test_nothing_is_wider_than_the_window(case: str, looked: dict[str, Any]) -> None:
    assert looked[case]["zoomed"]["scale"] == 4
    for where in ("wide", "narrow", "zoomed"):
        assert looked[case][where]["wider"] == {"by": 0, "out": []}


@every_case
def test_letters_in_print_are_12_pt_or_more(case: str, looked: dict[str, Any]) -> None:
    assert looked[case]["print"]["smallest"] >= 16


@every_case
def test_nothing_is_fetched_and_nothing_complains(case: str, looked: dict[str, Any]) -> None:
    assert looked[case]["requests"] == []
    assert looked[case]["errors"] == []


@every_case
def test_the_printed_pages_hold_every_day(case: str, looked: dict[str, Any]) -> None:
    """As Chromium prints it: each day once, its doses and their pieces on the same page, which says what it is."""
    if shutil.which("pdftotext") is None:
        pytest.skip("pdftotext is not installed")
    if case == "right to left":
        pytest.skip("pdftotext tells such text in another order")
    name, lang, *_ = CASES[case]
    printed = Path(looked[case]["file"]).with_suffix(".printed.pdf")
    done = subprocess.run(["pdftotext", "-layout", str(printed), "-"], capture_output=True, check=True)
    pages = [page.replace(NBSP, " ").replace("\u202f", " ") for page in done.stdout.decode().split("\f")[:-1]]
    counted = "Seite {} von {}" if lang == "de" else "Page {} of {}"
    found: dict[str, list[str]] = {}
    begun = False
    for number, page in enumerate(pages, 1):
        assert counted.format(number, len(pages)) in page
        lines = page.split("\n")
        assert lines[0].startswith("Baclofen"), lines[0]
        for line, after in zip(lines, [*lines[1:], ""], strict=True):
            if re.match(r"\s*(Day by day|Tag für Tag|When to order more|Wann Nachschub zu bestellen ist)$", line):
                begun = line.strip() in ("Day by day", "Tag für Tag")
            for row in looked[case]["print"]["rows"] if begun else ():
                shown = row["shown"].replace(NBSP, " ")
                if match := re.match(rf"\s*{re.escape(shown)}(?:\s+(.*))?$", line):
                    found.setdefault(row["date"], []).append(match[1] or "")
                    assert not row["boxes"] or re.search(r"\w", after), f"{shown}: its pieces are on another page"
    expected = doses(of(name))
    assert {day for day, told in found.items() if len(told) == 1} == set(expected)
    for day, told in found.items():
        amounts = re.findall(r"[\d.,]+ (?:mg|micrograms|mcg|Mikrogramm)", told[0])
        assert Counter(english(one, lang) for one in amounts) >= expected[day]
