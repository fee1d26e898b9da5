"""CSV: one row per administration, read back strictly."""

from __future__ import annotations

import csv
from dataclasses import replace
from datetime import date, time
from fractions import Fraction
from io import StringIO

import pytest

from tests.build import descent, ladder, q, schedule
from titrate.errors import FormatError
from titrate.formats import csv as format_csv
from titrate.product import Piece, Product
from titrate.regimen import Administration, Regimen, Slot
from titrate.schedule import Schedule

HEADER = "date,weekday,day,step,kind,slot,time,dose,unit,pieces,daily_dose"


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(text)))


def with_dose(administration: Administration) -> Schedule:
    """One open step with this one administration."""
    whole = ladder()
    step = whole.steps[-1]
    changed = replace(step, regimen=Regimen(administration.dose.unit, (administration,)))
    return replace(whole, steps=(changed,))


def test_the_header_and_the_first_rows_of_the_ladder() -> None:
    lines = format_csv.write(ladder()).split("\n")
    assert lines[0] == HEADER
    assert lines[1] == "2026-12-01,Tuesday,1,1,titration,morning,08:00,5,mg,1 tablet of 5 mg,15"
    assert lines[2] == "2026-12-01,Tuesday,1,1,titration,afternoon,14:00,5,mg,1 tablet of 5 mg,15"
    assert lines[4].startswith("2026-12-02,Wednesday,2,1,titration,morning,08:00,")
    assert lines[-1] == ""
    assert "\r" not in "".join(lines)


def test_a_day_without_a_dose_is_one_row_with_dose_0() -> None:
    last = format_csv.write(descent()).splitlines()[-1]
    assert last == "2026-12-16,Wednesday,16,6,taper,,,0,mg,,0"


def test_it_says_what_each_day_says() -> None:
    shown = descent()
    written = rows(format_csv.write(shown))
    expected = [
        (day.date.isoformat(), str(day.number), str(day.step), day.kind, given.slot.name, given.dose.number)
        for day in shown.each_day()
        for given in day.regimen.administrations
    ]
    found = [(r["date"], r["day"], r["step"], r["kind"], r["slot"], r["dose"]) for r in written if r["dose"] != "0"]
    assert found == expected
    # 3 days of 3 doses three times over, 3 days of 2, 3 days of 1, and the day without
    assert len(written) == 27 + 6 + 3 + 1
    # 45, 30, 15, 10 and 5 mg a day for 3 days each
    assert sum(Fraction(row["dose"]) for row in written) == 3 * (45 + 30 + 15 + 10 + 5)


def test_an_open_schedule_is_listed_until_the_day_asked_for() -> None:
    assert rows(format_csv.write(ladder(), until=date(2026, 12, 12)))[-1]["date"] == "2026-12-12"
    assert rows(format_csv.write(ladder()))[-1]["date"] == "2027-03-03"  # 12 weeks from 10 December
    with pytest.raises(FormatError, match="2026-11-30"):
        format_csv.write(ladder(), until=date(2026, 11, 30))


def test_an_infusion_has_no_time_and_decimals_are_plain() -> None:
    shown = schedule(("2026-12-01", None, "maintenance", "300 micrograms/day"))
    first = rows(format_csv.write(shown))[0]
    assert (first["time"], first["slot"], first["dose"], first["unit"]) == ("", "continuous", "300", "micrograms")
    half = Product("5mg", "tablet", q("5 mg"), parts=2)
    split = with_dose(Administration(Slot("morning", time(8)), q("12.5 mg"), (Piece(half, Fraction(5, 2)),)))
    row = rows(format_csv.write(split))[0]
    assert (row["dose"], row["pieces"], row["daily_dose"]) == ("12.5", "2 and a half tablets of 5 mg", "12.5")


def test_a_dose_that_is_no_decimal_is_refused() -> None:
    third = Product("10mg", "tablet", q("10 mg"), parts=3)
    pieces = (Piece(third, Fraction(1, 3)),)
    shown = with_dose(Administration(Slot("morning", time(8)), q("10 mg") * Fraction(1, 3), pieces))
    with pytest.raises(FormatError, match="10/3 mg"):
        format_csv.write(shown)


@pytest.mark.parametrize("name", ["=1+1", "+x", "-x", "@x", "\tx", "'x", "''=x", 'a "b", c', "line\nbreak", "x"])
def test_a_slot_is_never_a_formula_and_reads_back(name: str) -> None:
    pieces = (Piece(Product("5mg", "tablet", q("5 mg")), Fraction(1)),)
    shown = with_dose(Administration(Slot(name, time(8)), q("5 mg"), pieces))
    text = format_csv.write(shown)
    assert not rows(text)[0]["slot"].startswith(("=", "+", "-", "@", "\t"))
    assert format_csv.read(text)[0].doses[0].slot == name


@pytest.mark.parametrize(
    "shown",
    [ladder(), descent(), schedule(("2026-12-01", None, "maintenance", "300 micrograms/day"))],
    ids=["ladder", "descent", "infusion"],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_it_reads_back_to_the_same_days(shown: Schedule, line_end: str) -> None:
    days = format_csv.read(format_csv.write(shown).replace("\n", line_end))
    assert [(d.date, d.number, d.step, d.kind, d.daily) for d in days] == [
        (d.date, d.number, d.step, d.kind, d.regimen.daily) for d in shown.each_day()
    ]
    assert [[(dose.slot, dose.at, dose.dose, dose.pieces) for dose in d.doses] for d in days] == [
        [(a.slot.name, a.slot.at, a.dose, a.pieces_in_words()) for a in d.regimen.administrations]
        for d in shown.each_day()
    ]


# Row 2 of the descent is `2026-12-01,Tuesday,1,1,taper,morning,08:00,15,mg,...,45`, row 3 the afternoon.
@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (HEADER, "date,dose", ["line 1", "date,dose", HEADER]),
        (",45\n", "\n", ["line 2", "10 cells", "11"]),
        ("2026-12-01", "2026-13-01", ["line 2, date", "2026-13-01"]),
        ("2026-12-01", "1 Dec 2026", ["line 2, date", "1 Dec 2026"]),
        ("Tuesday", "Monday", ["line 2, weekday", "Monday", "Tuesday"]),
        (",1,1,taper", ",2,1,taper", ["line 3", "number"]),
        (",1,1,taper", ",0,1,taper", ["line 2, day", "'0'"]),
        (",1,1,taper", ",1,one,taper", ["line 2, step", "'one'"]),
        ("taper", "wean", ["line 2, kind", "wean", "titration or maintenance or taper"]),
        ("08:00", "8am", ["line 2, time", "8am", "08:00"]),
        ("08:00", "24:00", ["line 2, time", "24:00"]),
        ("08:00", "14:00", ["line 3, time", "14:00"]),
        ("08:00", "", ["line 3, time", "alone"]),
        ("08:00,15,mg", "08:00,15.0,mg", ["line 2, dose", "15.0", "12.5"]),
        ("08:00,15,mg", "08:00,-15,mg", ["line 2, dose", "-15"]),
        ("08:00,15,mg", "08:00,1e1,mg", ["line 2, dose", "1e1"]),
        ("08:00,15,mg", "08:00,٣,mg", ["line 2, dose"]),
        ("08:00,15,mg", "08:00,0,mg", ["line 2, dose", "'0'", "above 0"]),
        ("08:00,15,mg", "08:00,10,mg", ["line 2, daily_dose", "45 mg", "40 mg"]),
        ("08:00,15,mg", "08:00,15,mcg", ["line 2, unit", "mcg"]),
        ("08:00,15,mg", "08:00,15,spoons", ["line 2, unit", "spoons"]),
        ("morning,08:00", ",08:00", ["line 2, slot", "morning"]),
        ("1 tablet", '"1 tablet', ["no CSV"]),
    ],
)
def test_each_fault_is_named_with_its_line(old: str, new: str, says: list[str]) -> None:
    good = format_csv.write(descent())
    assert old in good
    with pytest.raises(FormatError) as caught:
        format_csv.read(good.replace(old, new, 1))
    assert caught.value.exit_code == 7
    for words in says:
        assert words in caught.value.message


@pytest.mark.parametrize(
    ("drop", "says"),
    [
        (slice(1, 4), "line 2, day: 2"),  # the first day
        (slice(4, 7), "line 5, date: 2026-12-03 does not follow 2026-12-01"),
        (slice(1, None), "there is no row"),
        (slice(0, None), "line 1"),
    ],
)
def test_days_follow_each_other_from_the_first(drop: slice, says: str) -> None:
    lines = format_csv.write(descent()).splitlines()
    del lines[drop]
    with pytest.raises(FormatError, match=says):
        format_csv.read("\n".join(lines))


def test_a_row_without_a_dose_stands_alone() -> None:
    text = format_csv.write(descent())
    with pytest.raises(FormatError, match="two rows with dose 0"):
        format_csv.read(text + text.splitlines()[-1] + "\n")


def test_a_file_that_is_too_large_is_refused() -> None:
    with pytest.raises(FormatError, match="10000001"):
        format_csv.read("x" * 10_000_001)
