"""Plain text, Markdown and the terminal's table: one content, safe to read, whole at every width."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest
from rich.console import Console

from tests.build import DERIVED, ISSUED, STATED, descent, ladder, q, schedule
from titrate.formats import markdown, table, text
from titrate.formats.sheet import fit, sheet
from titrate.patient import Patient
from titrate.reason import Because, Fact
from titrate.request import Request
from titrate.schedule import Note, Schedule

NBSP = "\N{NO-BREAK SPACE}"
PRESCRIBER = Request("r", "plan", ISSUED.date(), ISSUED).citation("--every")
INFUSION = schedule(
    ("2026-12-01", 3, "titration", "300 micrograms/day"),
    ("2026-12-04", None, "maintenance", "330 micrograms/day"),
    review="2027-01-05",
)
UNEVEN = schedule(("2026-12-01", 3, "titration", "5/5/10 mg"), ("2026-12-04", None, "maintenance", "15/25/10 mg"))


def full() -> Schedule:
    """The ladder with reasons of every basis, warnings, interactions and a patient."""
    shown = ladder(label="Mum", patient=Patient(age=q("45 years"), taking=("levodopa",)))
    why = Because(
        "The dose rises to the next one",
        (Fact("a dose rises by at most 5 mg", STATED), Fact("half of it is safe", DERIVED), Fact("7 days", PRESCRIBER)),
    )
    notes = (
        Note("caution", "driving", STATED),
        Note("interaction", "alcohol adds to drowsiness", STATED),
        Note("interaction", "levodopa: hallucinations", STATED, applies=True),
        *shown.notes,
    )
    warnings = (Note("maximum", "60 mg a day is above 0.3 mg/kg/day", STATED),)
    return replace(shown, notes=notes, warnings=warnings, steps=tuple(replace(s, why=why) for s in shown.steps))


def terminal(shown: Schedule, width: int = 100, daily: bool = False) -> str:
    out = io.StringIO()
    Console(file=out, width=width, force_terminal=False).print(table.write(shown, daily))
    return out.getvalue()


def flat(written: str) -> str:
    """Without line breaks, columns and markup, to look for words that a layout may have folded."""
    bare = re.sub(r"\\([\W_])", r"\1", written.replace("<br>", " ").replace(NBSP, " "))
    return " ".join(re.sub(r"[─*|]", " ", bare).split())


WRITERS: dict[str, Callable[[Schedule, bool], str]] = {
    "text": text.write,
    "markdown": markdown.write,
    "wide table": lambda shown, daily: terminal(shown, 400, daily),
    "narrow": lambda shown, daily: terminal(shown, 70, daily),
}
every_format = pytest.mark.parametrize("write", WRITERS.values(), ids=WRITERS.keys())


@every_format
@pytest.mark.parametrize(
    "words",
    [
        "Baclofen, oral, for spasticity",
        "Mum",
        "age 45 years, other medicines: levodopa",
        "baclofen-oral-spasticity (adults, US), sha256 abababababab",
        "draft: no clinician has reviewed this rule",
        "0123456789ab, revision 1",
        "nothing (first version)",
        "Mon 23 Nov 2026, 09:00 UTC, by titrate 0.1.0",
        "Prepared by",
        "Tue 01 Dec 2026 to Thu 03 Dec 2026",
        "Fri 04 Dec 2026 to Sun 06 Dec 2026",
        "from Thu 10 Dec 2026, continue until reviewed",
        "3 days",
        "morning 08:00",
        "1 tablet of 10 mg and 1 tablet of 5 mg",
        "45 mg",
        "a dose rises by at most 5 mg [1] and half of it is safe [1, derived] and 7 days (set by the prescriber).",
        "Derived (no source prints it)",
        "Half of it is safe [1, derived]: the ladder read backwards.",
        "Set by the prescriber",
        "Continue until reviewed. Do not stop: ",
        "60 mg a day is above 0.3 mg per kg per day [1].",
        "Never stop suddenly",
        "Missed dose",
        "age (not given)",
        "[1] Tablets label, A publisher, 2021: section 2; checked Mon 23 Nov 2026",
        "https://example.org/label",
        "supports a decision",
    ],
)
def test_every_format_says(write: Callable[[Schedule, bool], str], words: str) -> None:
    assert words in flat(write(full(), False))


@every_format
def test_the_stop_is_said_and_dated(write: Callable[[Schedule, bool], str]) -> None:
    written = flat(write(descent(), False))
    assert "No dose from Wed 16 Dec 2026; last dose on Tue 15 Dec 2026." in written
    assert "Do not stop" not in written


@every_format
def test_a_review_day_is_said(write: Callable[[Schedule, bool], str]) -> None:
    written = flat(write(INFUSION, False))
    assert "from Fri 04 Dec 2026, continue until reviewed on Tue 05 Jan 2027" in written
    assert "continuous infusion" in written
    assert "300 micrograms" in written
    assert "over 24 hours" in written


@every_format
def test_days_are_listed_when_asked_for(write: Callable[[Schedule, bool], str]) -> None:
    written = flat(write(descent(), True))
    for day in range(1, 17):  # 1 to 16 December 2026
        assert re.search(rf"\b{day},? [A-Z][a-z]{{2}} {day:02d} Dec 2026", written)
    assert "Mon 21 Dec" not in written
    assert "08:00, 14:00 and 20:00: 15 mg" in written
    assert "each time" in written
    assert "the medicine does not" in flat(write(ladder(), True))


def test_markdown_has_one_row_per_step_and_one_per_day() -> None:
    lines = markdown.write(descent(), daily=True).splitlines()
    rows = [line for line in lines if re.match(r"\| (then )?\d+ \|", line)]
    assert len(rows) == 6 + 16
    assert len({line.count("|") for line in rows[:6]}) == 1
    assert rows[0].startswith(
        f"| 1 | taper | Tue{NBSP}01{NBSP}Dec{NBSP}2026 to{NBSP}Thu{NBSP}03{NBSP}Dec{NBSP}2026 | 3{NBSP}days |"
    )


def test_steps_are_joined_by_then() -> None:
    assert "Then step 2: Fri 04 Dec 2026" in text.write(ladder())
    assert "| then 2 | " in markdown.write(ladder())
    assert "then 2" in flat(terminal(ladder(), 60).replace("Then step", "then"))


def test_notes_come_in_the_order_of_their_weight() -> None:
    titles = [section.title for section in sheet(full()).sections]
    assert titles == [
        "Never stop suddenly", "Missed dose", "Interaction", "Caution", "Not checked",
        "Derived (no source prints it)", "Set by the prescriber", "Sources",
    ]  # fmt: skip
    interactions = next(section for section in sheet(full()).sections if section.title == "Interaction")
    assert interactions.items[0].startswith("Applies to this patient: Levodopa")


def test_a_later_revision_says_what_it_replaces() -> None:
    assert "revision 1 of this plan" in text.write(ladder(revision=2))


def test_a_place_cited_later_has_a_number_of_its_own_and_its_source_once() -> None:
    shown = ladder()
    other = replace(STATED, at="section 3")
    listed = sheet(replace(shown, notes=(*shown.notes, Note("food", "with food", other)))).sections[-1].items
    assert listed[1] == f"[2] Tablets label (as [1]): section 3; checked Mon{NBSP}23{NBSP}Nov{NBSP}2026"


def test_a_claim_that_is_its_own_fact_is_said_once() -> None:
    assert sheet(ladder()).steps[0].why == f"A dose rises by at most 5{NBSP}mg{NBSP}[1]."


@pytest.mark.parametrize("shown", [full(), descent(), INFUSION, UNEVEN], ids=["full", "descent", "infusion", "uneven"])
@pytest.mark.parametrize("daily", [False, True])
def test_plain_text_keeps_its_width_and_its_units(shown: Schedule, daily: bool) -> None:
    written = text.write(shown, daily)
    assert NBSP not in written
    for line in written.splitlines():
        assert len(line) <= 78
        assert line == line.rstrip()
    assert not re.search(r"\d\n +(mg|micrograms|days|tablets?)\b", written), "a number was parted from its unit"


@pytest.mark.parametrize("shown", [full(), descent(), INFUSION, UNEVEN], ids=["full", "descent", "infusion", "uneven"])
@pytest.mark.parametrize("width", [40, 60, 75, 76, 80, 109, 110, 120, 200])
def test_the_table_loses_nothing_at_any_width(shown: Schedule, width: int) -> None:
    written = terminal(shown, width, daily=True)
    assert "\u2026" not in written
    assert "\ue000" not in written
    assert max(map(len, written.splitlines())) <= width
    wanted = re.findall(r"[\w:.]+", flat(terminal(shown, 1000)))
    have = re.findall(r"[\w:.]+", flat(written))
    assert set(wanted) - set(have) <= {"Days", "Daily", "1", "Step", "Dates", "Doses", "and", "pieces", "Why", "then"}
    for amount in {f"{line.dose}" for step in sheet(shown).steps for line in step.doses}:
        assert amount.replace(NBSP, " ") in written, "a number was parted from its unit"


@every_format
@pytest.mark.parametrize("daily", [False, True])
def test_dangerous_notation_never_appears(write: Callable[[Schedule, bool], str], daily: bool) -> None:
    for shown in (full(), descent(), INFUSION, UNEVEN):
        written = flat(write(shown, daily))
        assert not re.search(r"\d\.\d*0 (mg|micrograms)", written), "trailing zero"
        assert not re.search(r"(?<!\d)\.\d+ (mg|micrograms)", written), "no leading zero"
        assert not re.search(r"\d(mg|micrograms|mL)\b", written), "no space before the unit"
        assert not re.search(r"\b(BID|TID|QD|QID|mcg|µg)\b", written)
        assert not re.search(r"\b(mg|kg|mL|micrograms)/", written)
        assert not re.search(r"\d{4}-\d\d-\d\d", written), "a month in digits"


HOSTILE = (
    "\x1b[2J\x07 \u202egnp\u202c \u2066x\u2069 \ue000 [bold]b[/bold] | "
    "<script>x</script> ![i](http://e.org) `c`\r\n\u2028# h"
)


@every_format
def test_a_label_cannot_steer_a_terminal(write: Callable[[Schedule, bool], str]) -> None:
    written = write(ladder(label=HOSTILE), False)
    for char in "\x1b\x07\r\u202e\u202c\u2066\u2069\u2028\ue000":
        assert char not in written
    assert "<U+001B>" in flat(written)
    assert "<U+202E>" in flat(written)
    assert "[bold]b[/bold]" in flat(written).replace("<U+E000>", "")


def test_a_label_cannot_bring_markup_into_markdown() -> None:
    line = next(line for line in markdown.write(ladder(label=HOSTILE)).splitlines() if line.startswith("- **Label:**"))
    said = line.removeprefix("- **Label:** ")
    bare = re.sub(r"\\.", "", said)  # what is left when everything escaped is gone
    assert not re.search(r"[<>|`*_\[\]]|://", bare)


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("5 mg", f"5{NBSP}mg"),
        ("0.3 mg/kg/day in 4", f"0.3{NBSP}mg per kg per day in 4"),
        ("below 15 mL/min/1.73 m2", f"below 15{NBSP}mL per min per 1.73{NBSP}m2"),
        ("and/or", "and/or"),
        ("https://example.org/mg/day", "https://example.org/mg/day"),
        ("on Tuesday 01 December 2026", f"on Tuesday{NBSP}01{NBSP}December{NBSP}2026"),
        ("a\tb\nc", "a b c"),
        ("\u06cc\u200c\u0645", "\u06cc\u200c\u0645"),
        ("a\u200bb\ufeff", "a<U+200B>b<U+FEFF>"),
        ("   ", ""),
    ],
)
def test_fit(given: str, shown: str) -> None:
    assert fit(given) == shown


def test_the_same_schedule_gives_the_same_text() -> None:
    assert text.write(full(), True) == text.write(full(), True)


def test_rich_is_imported_by_the_table_alone() -> None:
    code = "import sys; from titrate.formats import csv, markdown, text; sys.exit('rich' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
