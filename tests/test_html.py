"""The handout as text: every day once, nothing from outside, nothing that a text could break."""

from __future__ import annotations

import csv
import io
import re
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.build import STATED, descent, ladder, schedule
from tests.run import titrate
from titrate.errors import FormatError, RequestError
from titrate.formats import csv as tidy
from titrate.formats import html
from titrate.formats.html import HandoutOptions
from titrate.patient import Patient
from titrate.schedule import Leaving, Note, Schedule

NBSP = "\N{NO-BREAK SPACE}"
INFUSION = schedule(
    ("2026-12-01", 3, "titration", "300 micrograms/day"),
    ("2026-12-04", None, "maintenance", "330 micrograms/day"),
    review="2027-01-05",
)
UNEVEN = schedule(
    ("2026-12-01", 3, "taper", "5/5/10 mg"),
    ("2026-12-04", 4, "taper", "5 mg x1"),
    ("2026-12-08", 1, "taper", "none mg"),
)
ALTERNATE = schedule(
    ("2026-12-01", 14, "titration", "10 mg every 2 days"),
    ("2026-12-15", None, "maintenance", "10/5 mg on alternate days"),
)
WEEKLY = schedule(
    ("2026-12-01", 21, "taper", "10 mg every week"),
    ("2026-12-22", 14, "taper", "5 mg every week"),
    ("2027-01-05", 1, "taper", "none mg"),
)
SCHEDULES = {
    "alternate": ALTERNATE,
    "weekly": WEEKLY,
    "ladder": ladder(),
    "descent": descent(),
    "infusion": INFUSION,
    "uneven": UNEVEN,
}
every_schedule = pytest.mark.parametrize("shown", SCHEDULES.values(), ids=SCHEDULES.keys())
everyone = pytest.mark.parametrize("audience", ["patient", "clinician"])


class Page(HTMLParser):
    """The text of a page, the cells of its tables of days, and every address in it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.days: list[tuple[str, list[str]]] = []
        self.addresses: list[str] = []
        self.said: list[str] = []
        self._open: list[str] = []
        self._cell: list[str] | None = None
        self._listing = False
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [
            named[name] or "" for name in ("src", "href", "xlink:href", "action", "data") if name in named
        ]
        if tag == "time":
            self.days.append((named["datetime"] or "", []))
        if tag == "table":
            self._listing = "days" in (named.get("class") or "").split()
        if tag == "td" and self._listing:
            self._cell = []
        self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag == "td" and self._cell is not None:
            self.days[-1][1].append(" ".join("".join(self._cell).split()))
            self._cell = None

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(f"{data} ")
        if not self._open or self._open[-1] not in ("style",):
            self.said.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.said).split())


def doses(shown: Schedule) -> dict[str, Counter[str]]:
    """What the CSV says of each day."""
    found: dict[str, Counter[str]] = {}
    for row in csv.DictReader(io.StringIO(tidy.write(shown))):
        of_day = found.setdefault(row["date"], Counter())
        if row["dose"] != "0":
            of_day[f"{row['dose']} {row['unit']}"] += 1
    return found


@every_schedule
@everyone
def test_every_day_stands_there_once_with_the_doses_of_the_csv(shown: Schedule, audience: html.Audience) -> None:
    page = Page(html.write(shown, HandoutOptions(audience=audience)))
    assert len(page.days) == len({day for day, _ in page.days})
    told = {
        day: Counter(match[0] for cell in cells if (match := re.match(r"[\d.]+ \w+", cell)) is not None)
        for day, cells in page.days
    }
    assert told == doses(shown)


@every_schedule
def test_the_page_needs_nothing_from_outside(shown: Schedule) -> None:
    written = html.write(shown)
    assert not re.search(r"<(script|link|iframe|img|object|embed|base)\b", written, re.IGNORECASE)
    assert not re.search(r"url\(|@import", written)
    assert all(address.startswith("#") for address in Page(written).addresses)


@every_schedule
def test_references_lead_to_a_source(shown: Schedule) -> None:
    written = html.write(shown, HandoutOptions(audience="clinician"))
    identities = re.findall(r'\bid="([^"]+)"', written)
    assert len(identities) == len(set(identities))
    for target in re.findall(r'href="#([^"]+)"', written):
        assert target in identities
    for names in re.findall(r'aria-labelledby="([^"]+)"', written):
        assert set(names.split()) <= set(identities)


def test_the_same_schedule_gives_the_same_bytes() -> None:
    assert html.write(ladder()) == html.write(ladder())


HOSTILE = '</style><script>alert("1")</script><img src=x onerror=alert(1)>\u202e"quoted" & {{ 7 * 7 }}'


def test_nothing_that_comes_from_outside_breaks_the_page() -> None:
    shown = ladder(label=HOSTILE)
    rule = replace(shown.rule, drug=HOSTILE, indication=HOSTILE, route=HOSTILE, id=HOSTILE, population=HOSTILE)
    shown = replace(shown, rule=rule, notes=(Note("missed dose", HOSTILE, STATED),), plan=HOSTILE)
    written = html.write(shown, HandoutOptions(audience="clinician"))
    assert "<script" not in written
    assert "<img" not in written
    assert written.count("</style>") == 1
    assert "\u202e" not in written
    assert "{{ 7 * 7 }}" in written


@pytest.mark.parametrize(
    ("shown", "words"),
    [
        (descent(), "The last dose is on Tuesday, 15 December 2026."),
        (descent(), "From Wednesday, 16 December 2026 you take no baclofen."),
        (descent(), "Then the dose goes down step by step, to 5 mg once a day."),
        (ladder(), "From Thursday, 10 December 2026 you stay on 20 mg three times a day."),
        (ladder(), "This plan has no last day. Do not stop: baclofen goes on until the prescriber changes it."),
        (ladder(review="2027-01-05"), "The prescriber looks again on Tuesday, 5 January 2027."),
        (INFUSION, "From Friday, 4 December 2026 the pump stays at 330 micrograms a day as a continuous infusion."),
        (ladder(), "This list ends on"),
        (WEEKLY, "every Tuesday from Tue, 1 Dec 2026 to Tue, 15 Dec 2026"),
        (WEEKLY, "Then the dose goes down step by step, to 5 mg once a week."),
        (WEEKLY, "The last dose is on Tuesday, 29 December 2026."),
        (WEEKLY, "10 mg in 7 days"),
        (ALTERNATE, "From Tuesday, 1 December 2026 you take 10 mg every 2 days."),
        (
            ALTERNATE,
            "on Tue, 1 Dec 2026, Thu, 3 Dec 2026, Sat, 5 Dec 2026, Mon, 7 Dec 2026, Wed, 9 Dec 2026, "
            "Fri, 11 Dec 2026 and Sun, 13 Dec 2026",
        ),
        (ALTERNATE, "on Wed, 16 Dec 2026, Fri, 18 Dec 2026, Sun, 20 Dec 2026 and so on every 2 days"),
        (ladder(), "Take it when you remember; never double"),
        (ladder(), "age (not given)"),
        (ladder(), "Plan: 0123456789ab, revision 1"),
        (ladder(), "SHA-256 " + "ab" * 32),
        (ladder(label="Mum"), "Mum"),
    ],
)
def test_what_the_page_says(shown: Schedule, words: str) -> None:
    assert words in Page(html.write(shown)).text.replace(NBSP, " ")


def test_jargon_and_reasons_are_for_clinicians() -> None:
    shown = ladder(patient=Patient(taking=("levodopa",)))
    notes = (*shown.notes, Note("pump", "A panel begins with 500 micrograms per mL.", STATED, audience="clinician"))
    shown = replace(shown, notes=notes)
    patient = Page(html.write(shown)).text
    clinician = Page(html.write(shown, HandoutOptions(audience="clinician"))).text
    for words in ("A panel begins", "Why each step", "titration", "levodopa"):
        assert words in clinician
        assert words not in patient


def test_an_unknown_language_is_refused_with_those_that_there_are() -> None:
    with pytest.raises(RequestError, match=r"--lang xx: .*en-GB, en-US, de"):
        html.write(ladder(), HandoutOptions(lang="xx"))


@pytest.mark.parametrize("library", ["jinja2", "babel"])
def test_without_the_extra_it_says_how_to_install_it(library: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(FormatError) as refused:
        html.write(ladder())
    assert library in refused.value.message
    assert "pip install 'titrate[handout]'" in refused.value.text()


def test_the_handout_says_by_when_to_order_more() -> None:
    """84 days of 3 tablets of 20 mg are 252; 9 days of the steps before; 30 November less 5 days."""
    from titrate.dispensing import Dispensing

    course = ladder()
    plain = html.write(course)
    asked = html.write(course, HandoutOptions(dispensing=Dispensing(lead=5)))
    assert "When to order more" not in plain
    told = asked.replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "Order by Wednesday, 25 November 2026: 252 tablets of 20 mg, 18 tablets of 10 mg and 18 tablets of 5 mg" in told
    )
    assert "The medicine goes on: ask for more by" in told


TAPER = ("taper", "baclofen-oral-spasticity", "--start", "2026-12-01", "--from", "20 mg x3")


def test_the_command_writes_it(tmp_path: Path) -> None:
    ran = titrate(*TAPER, "--lang", "de", "--audience", "clinician", "-o", "plan.html", cwd=tmp_path)
    assert (ran.code, ran.out, ran.err) == (0, "", "Wrote plan.html.\n")
    written = (tmp_path / "plan.html").read_text(encoding="utf-8")
    assert "Warum jede Stufe so ist" in written
    assert titrate(*TAPER, "--lang", "de", "--audience", "clinician", "--format", "html").out == written


def test_an_unknown_language_writes_nothing(tmp_path: Path) -> None:
    ran = titrate(*TAPER, "--lang", "tlh", "-o", "plan.html", cwd=tmp_path)
    assert ran.code == 4
    assert "en-GB, en-US, de" in ran.err
    assert not list(tmp_path.iterdir())


def test_a_language_for_another_format_is_told_to_count_for_nothing(tmp_path: Path) -> None:
    ran = titrate(*TAPER, "--lang", "de", "-o", "plan.csv", cwd=tmp_path)
    assert ran.code == 0
    assert "--lang, --audience and --paper are for the handout" in ran.err


def test_other_formats_load_none_of_its_libraries(tmp_path: Path) -> None:
    code = (
        "import sys; from titrate.cli import main; sys.argv[1:] = sys.argv[1:]\n"
        "try: main()\nexcept SystemExit: pass\n"
        "print([m for m in sys.modules if m.split('.')[0] in ('jinja2', 'babel', 'weasyprint')])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, *TAPER, "-o", str(tmp_path / "plan.csv")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"


def test_nothing_is_told_by_colour_alone() -> None:
    """Every colour is a grey, but that of links, which are underlined as well."""
    written = html.write(ladder(review="2027-01-05"))
    colours = set(re.findall(r"#[0-9a-f]{3,6}\b", written.split("</style>")[0])) | set(
        re.findall(r'(?:fill|stroke)="(#[0-9a-f]+)"', written)
    )
    assert colours - {"#003c8f"} == {one for one in colours if len(set(one[1:])) == 1 or one[1:3] * 3 == one[1:]}
    assert "text-decoration: none" not in written.split("@media print")[0]


def test_a_document_becomes_a_handout(tmp_path: Path) -> None:
    """The same page as the plan wrote itself, so that it never disagrees with the calendar."""
    assert titrate(*TAPER, "-o", "plan.json", "-o", "plan.html", cwd=tmp_path).code == 0
    ran = titrate("show", "plan.json", "-o", "again.html", "-o", "again.md", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "Wrote again.html, again.md.\n")
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "plan.html").read_bytes()
    refused = titrate("show", "plan.json", "-o", "again.json", cwd=tmp_path)
    assert refused.code == 7
    assert "JSON already" in refused.err


def test_a_changed_document_becomes_none(tmp_path: Path) -> None:
    assert titrate(*TAPER, "-o", "plan.json", cwd=tmp_path).code == 0
    written = (tmp_path / "plan.json").read_text(encoding="utf-8")
    (tmp_path / "plan.json").write_text(written.replace('"dose": "5 mg"', '"dose": "50 mg"', 1), encoding="utf-8")
    ran = titrate("show", "plan.json", "-o", "plan.html", cwd=tmp_path)
    assert ran.code == 7
    assert "was changed after titrate wrote it" in ran.err
    assert not (tmp_path / "plan.html").exists()


def test_a_way_out_says_of_which_plan_and_leaves_the_name_blank() -> None:
    card = html.write(replace(descent(), leaves=Leaving("0123456789ab", 2)))
    assert "This sheet is the way out of plan 0123456789ab, revision 2." in card
    assert '<dt>Name</dt><dd><span class="blank"></span></dd>' in card
    assert "For stopping only." not in html.write(descent())
