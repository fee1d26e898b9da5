"""Files for `check` mutated at random: a report or a clear refusal, never a traceback, never a hang."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime
from functools import cache

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from titrate import rulebook
from titrate.checking import check
from titrate.errors import FormatError, TitrateError
from titrate.formats import csv, foreign, ics, markdown, report, text
from titrate.formats import json as documents
from titrate.proof import proven
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.typed import Typed

MANY = 20 if os.environ.get("TITRATE_DEEP") == "1" else 1
ISSUED, TODAY = datetime(2026, 11, 23, 9, tzinfo=UTC), date(2026, 11, 23)
US, PUMP = "baclofen-oral-spasticity", "baclofen-intrathecal-spasticity"
CALM = settings(max_examples=150 * MANY, deadline=30_000, suppress_health_check=[HealthCheck.too_slow])


@cache
def loaded(name: str) -> tuple[Rule, tuple[str, ...]]:
    rule = rulebook.load(name)
    return rule, tuple(slot.name for day in rule.file.slots.day.values() for slot in day)


@cache
def planned(name: str) -> Schedule:
    rule, _ = loaded(name)
    current = "20 mg x3" if name == US else "100 micrograms/day"
    typed = Typed(start="2026-12-01", current=current, every="3d", tz="Europe/London")
    return proven(rule, typed.request(rule.id, "taper", ISSUED, TODAY))


@cache
def files() -> tuple[tuple[str, str], ...]:
    """Every form of file, with the rule it goes with."""
    found = []
    for name in (US, PUMP):
        plan = planned(name)
        found += [(name, documents.write(plan)), (name, csv.write(plan)), (name, markdown.write(plan, daily=True))]
        found += [(name, text.write(plan, daily=True)), (name, ics.write(plan))]
        found += [(name, ics.write(plan, ics.CalendarOptions(discreet=True, single_events=True)))]
    found.append((US, "from,to,morning,noon,evening\n2026-12-01,2026-12-03,5,5,5\n2026-12-04,,10,10,10\n"))
    found.append((US, "date;dose;note\n2026-12-01;7,5 mg x3;a\n2026-12-02;5/5/10 mg;b\n2026-12-03;0;c\n"))
    found.append((PUMP, "date,daily_dose\n2026-12-01,300 micrograms\n2026-12-02,250 micrograms\n2026-12-03,0\n"))
    return tuple(found)


def told(name: str, content: bytes, current: str | None = None) -> str:
    """What checking says, as a report or as a refusal."""
    rule, slots = loaded(name)
    given: Request = Typed(start="today", current=current).request(rule.id, "plan", ISSUED, TODAY)
    try:
        found = check(foreign.read(content, rule.file.unit, slots), rule, given)
    except TitrateError as refusal:
        return refusal.text()
    assert found.as_data()["laws"]
    return report.write(found)


WORDS = st.sampled_from(
    """0|1|5|7,5|7.5|10|1.500|999999999999999|-5|1e9|x|/|,|;|-|=|@|(|)|\\|:|\t|\r|\n|\r\n|2026-12-01|2026-12-04|03/04/2026
    |9999-12-31|0001-01-01|Tue 01 Dec 2026|to|from|only|until|5 mg x3|10 mg|60 mg/day|5/5/10 mg|300 micrograms
    |1 tablet of 5 mg|half a tablet of 10 mg|mL|taper|maintenance|date,dose|from,to,morning|COUNT=99999999
    |RRULE:FREQ=DAILY;COUNT=3|BEGIN:VEVENT|\x00|\u202e|\ufeff|\u0665|\u00a0|\ud7ff|a <br> b""".replace(
        "\n    |", "|"
    ).split("|")
)


@CALM
@given(
    which=st.integers(0, 14),
    cuts=st.lists(
        st.tuples(st.integers(0, 10**6), st.integers(0, 60), st.one_of(WORDS, st.text(max_size=6))),
        min_size=1,
        max_size=4,
    ),
)
def test_no_changed_file_ends_in_a_traceback(which: int, cuts: list[tuple[int, int, str]]) -> None:
    name, written = files()[which]
    for place, length, instead in cuts:
        at = place % (len(written) + 1)
        written = written[:at] + instead + written[at + length :]
    said = told(name, written.encode("utf-8", "surrogatepass"))
    assert said.strip()
    assert len(said) < 200_000


@CALM
@given(which=st.integers(0, 14), lines=st.lists(st.tuples(st.integers(0, 10**4), st.integers(0, 10**4)), max_size=4))
def test_no_file_with_lines_moved_ends_in_a_traceback(which: int, lines: list[tuple[int, int]]) -> None:
    """A line is put in the place of another, or taken out where both are the same: gaps, overlaps, repeated headers."""
    name, written = files()[which]
    found = written.splitlines(keepends=True)
    for one, other in lines:
        one, other = one % len(found), other % len(found)
        found[one] = "" if one == other else found[other]
    assert told(name, "".join(found).encode()).strip()


@CALM
@given(
    heading=st.sampled_from(
        (
            "date,dose",
            "from,to,morning,noon,evening,bedtime",
            "date;daily dose",
            "from;to;dose;kind",
            "date,08:00,20:00",
        )
    ),
    rows=st.lists(st.lists(st.one_of(WORDS, st.text(max_size=5)), min_size=1, max_size=7), max_size=8),
    current=st.sampled_from((None, "10 mg x3", "60 mg/day")),
)
@example("date,dose", [["2026-12-01", "999999999999999 mg x24"]], None)
@example("from,to,morning,noon,evening,bedtime", [["0001-01-01", "", "5", "5", "5", "5"]], "10 mg x3")
@example("from;to;dose;kind", [["0001-01-01", "9999-12-31", "5 mg x3", "taper"], ["9999-12-31", "", "0", ""]], None)
def test_no_table_ends_in_a_traceback(heading: str, rows: list[list[str]], current: str | None) -> None:
    separator = ";" if ";" in heading else ","
    written = "\n".join((heading, *(separator.join(row) for row in rows)))
    for name in (US, PUMP):
        assert told(name, written.encode("utf-8", "surrogatepass"), current).strip()


@CALM
@given(content=st.binary(max_size=300))
def test_no_bytes_end_in_a_traceback(content: bytes) -> None:
    assert told(US, content).strip()


@pytest.mark.parametrize(
    "content",
    [
        b"x" * 10_000_001,
        b"date,dose\n" + b"2026-12-01,5 mg x3\n" * 400_000,
        b"date,dose\n2026-12-01," + b"5/" * 200_000 + b"5 mg\n",
        b"date,dose\n2026-12-01,\"" + b"5 " * 100_000,
        b"," * 5_000_000,
        b"from,to,morning\n" + b" " * 9_000_000,
        b"\n" * 9_000_000 + b"date,dose\n",
        b"[" * 1_000_000,
        b'{"a":' * 100_000,
        b"| Step | Kind | Dates | Days | Doses | Pieces | Daily dose | Why |\n| --- |\n" + b"| a " * 1_000_000,
        b"| Step | Kind | Dates | Days | Doses | Pieces | Daily dose | Why |\n| --- |\n" + b"| a |\n" * 1_000_000,
        b"Step 1: " + b"a " * 9_000,
        b"Step 1: a (1 day, taper)\n" + b"    " + b"a  " * 6_000 + b"\n",
        b"Step 1: a\n" * 500_000,
        b"BEGIN:VCALENDAR\r\n" + b"X-A:b\r\n" * 400_000,
        b"BEGIN:VCALENDAR\r\nPRODID:-//titrate//\r\nX-WR-TIMEZONE:America/Lima\r\nBEGIN:VEVENT\r\nUID:a-r1-00010101-b@titrate"
        b"\r\nDTSTART:00010101T000000Z\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n",
        b"BEGIN:VCALENDAR\r\nPRODID:-//titrate//\r\n" + b"BEGIN:VEVENT\r\n" * 3_000,
        b"BEGIN:VCALENDAR\r\nPRODID:-//titrate//\r\n" + b"BEGIN:VEVENT\r\nEND:VEVENT\r\n" * 60_000,
    ],
    ids=lambda content: f"{content[:20]!r} {len(content)}",
)  # fmt: skip
def test_large_files_are_refused(content: bytes) -> None:
    rule, slots = loaded(US)
    with pytest.raises(FormatError) as caught:
        foreign.read(content, rule.file.unit, slots)
    assert len(caught.value.text()) < 3_000
