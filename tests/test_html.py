"""The handout as text: every day once, nothing from outside, nothing that a text could break."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from tests.build import STATED, descent, ladder, schedule
from titrate.errors import FormatError, RequestError
from titrate.formats import csv as tidy
from titrate.formats import html
from titrate.formats.html import HandoutOptions
from titrate.patient import Patient
from titrate.schedule import Note, Schedule

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
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        self.addresses += [
            named[name] or "" for name in ("src", "href", "xlink:href", "action", "data") if name in named
        ]
        if tag == "time":
            self.days.append((named["datetime"] or "", []))
        if tag == "td" and self.days and "role" in named:
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
        (descent(), "From Tuesday, 1 December 2026 the dose goes down in 5 steps, to 5 mg once a day."),
        (ladder(), "From Thursday, 10 December 2026 you stay on 20 mg three times a day."),
        (ladder(), "This plan has no last day. Do not stop: baclofen goes on until the prescriber changes it."),
        (ladder(review="2027-01-05"), "The prescriber looks again on Tuesday, 5 January 2027."),
        (INFUSION, "From Friday, 4 December 2026 the pump stays at 330 micrograms a day as a continuous infusion."),
        (ladder(), "This list ends on"),
        (WEEKLY, "every Tuesday from Tue, 1 Dec 2026 to Tue, 15 Dec 2026"),
        (WEEKLY, "From Tuesday, 1 December 2026 the dose goes down in 2 steps, to 5 mg once a week."),
        (WEEKLY, "The last dose is on Tuesday, 29 December 2026."),
        (WEEKLY, "10 mg in 7 days"),
        (ALTERNATE, "From Tuesday, 1 December 2026 you take 10 mg every 2 days."),
        (
            ALTERNATE,
            "on Tue, 1 Dec 2026, Thu, 3 Dec 2026, Sat, 5 Dec 2026, Mon, 7 Dec 2026, Wed, 9 Dec 2026, "
            "Fri, 11 Dec 2026 and Sun, 13 Dec 2026",
        ),
        (ALTERNATE, "on Wed, 16 Dec 2026, Fri, 18 Dec 2026, Sun, 20 Dec 2026 and so on"),
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
    from titrate.supply import Dispensing

    course = ladder()
    plain = html.write(course)
    asked = html.write(course, HandoutOptions(dispensing=Dispensing(lead=5)))
    assert "When to order more" not in plain
    told = asked.replace("\N{NO-BREAK SPACE}", " ")
    assert (
        "Order by Wednesday, 25 November 2026: 252 tablets of 20 mg, 18 tablets of 10 mg and 18 tablets of 5 mg" in told
    )
    assert "The medicine goes on: ask for more by" in told
