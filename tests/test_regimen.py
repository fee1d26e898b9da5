"""Regimens: as people write them, in words, in the notation that reads back."""

from __future__ import annotations

from datetime import time

import pytest

from tests import build
from tests.build import TABLETS, q
from titrate.product import makeable
from titrate.regimen import Administration, Pattern, Regimen, Slot, notation, times_a_day


@pytest.mark.parametrize(
    ("written", "words", "shown"),
    [
        ("5 mg x3", "5 mg three times a day", "5 mg x3"),
        ("5 mg x1", "5 mg once a day", "5 mg x1"),
        ("5/5/10 mg", "5 mg in the morning, 5 mg in the afternoon and 10 mg in the evening", "5/5/10 mg"),
        ("5/10 mg", "5 mg in the morning and 10 mg in the evening", "5/10 mg"),
        ("5/10/10/20 mg", "5 mg in the morning, 10 mg at midday, 10 mg in the afternoon and 20 mg at bedtime",
         "5/10/10/20 mg"),
        ("300 micrograms/day", "300 micrograms a day as a continuous infusion", "300 micrograms/day"),
        ("1 micrograms/day", "1 microgram a day as a continuous infusion", "1 micrograms/day"),
        ("none mg", "no dose", "0 mg"),
    ],
)  # fmt: skip
def test_in_words_and_in_notation(written: str, words: str, shown: str) -> None:
    regimen = build.regimen(written)
    assert (regimen.in_words(), regimen.notation) == (words, shown)


@pytest.mark.parametrize(
    ("name", "when"),
    [
        ("morning", "in the morning"),
        ("afternoon", "in the afternoon"),
        ("evening", "in the evening"),
        ("night", "at night"),
        ("midday", "at midday"),
        ("noon", "at noon"),
        ("bedtime", "at bedtime"),
        ("dose 2", "(dose 2 08:30)"),
    ],
)
def test_a_slot_in_words(name: str, when: str) -> None:
    slot = Slot(name, time(8, 30))
    doses = (Administration(slot, q("5 mg"), ()), Administration(Slot("last", time(22)), q("10 mg"), ()))
    assert Regimen("mg", doses).in_words() == f"5 mg {when} and 10 mg (last 22:00)"
    assert (str(slot), str(Slot("continuous", None))) == (f"{name} 08:30", "continuous")


def test_what_a_day_adds_up_to() -> None:
    uneven, pump, none = build.regimen("5/5/10 mg"), build.regimen("300 micrograms/day"), build.regimen("none mg")
    assert (uneven.daily, uneven.frequency, uneven.continuous) == (q("20 mg"), 3, False)
    assert uneven.doses == (q("5 mg"), q("5 mg"), q("10 mg"))
    assert (pump.daily, pump.frequency, pump.continuous) == (q("300 micrograms"), 1, True)
    assert (none.daily, none.frequency, none.continuous) == (q("0 mg"), 0, False)


def test_pieces_in_words() -> None:
    table = makeable(TABLETS, "mg", q("40 mg"))
    pieces = table.pieces(table.grains(q("35 mg")) or 0)
    given = Administration(Slot("morning", time(8)), q("35 mg"), pieces)
    assert given.pieces_in_words() == "1 tablet of 20 mg and 1 tablet of 10 mg and 1 tablet of 5 mg"


@pytest.mark.parametrize(
    ("frequency", "words"),
    [(1, "once a day"), (2, "twice a day"), (3, "three times a day"), (6, "six times a day"), (7, "7 times a day")],
)
def test_times_a_day(frequency: int, words: str) -> None:
    assert times_a_day(frequency) == words


def test_notation() -> None:
    assert notation((q("5 mg"), q("5 mg"))) == "5 mg x2"
    assert notation((q("12.5 mg"), q("5 mg"))) == "12.5/5 mg"


@pytest.mark.parametrize(
    ("text", "shown"),
    [("10 mg x3", "10 mg x3"), ("10mg ×3", "10 mg x3"), ("10 mg x 3", "10 mg x3"), ("5/5/10 mg", "5/5/10 mg"),
     ("5 / 5 / 10 mg", "5/5/10 mg"), ("20/20 mg", "20 mg x2"), ("60 mg/day", "60 mg/day"), ("60 mg a day", "60 mg/day"),
     ("60 mg per day", "60 mg/day"), ("60mg daily", "60 mg/day"), ("12.5/25 mg", "12.5/25 mg"),
     ("300 mcg/day", "300 micrograms/day")],
)  # fmt: skip
def test_regimens_as_written(text: str, shown: str) -> None:
    assert str(Pattern.parse(text)) == shown
    assert Pattern.parse(str(Pattern.parse(text))) == Pattern.parse(text)


def test_a_bare_dose_is_refused_with_both_readings() -> None:
    with pytest.raises(ValueError, match="two ways") as refusal:
        Pattern.parse("20 mg")
    assert '"20 mg x3"' in str(refusal.value)
    assert '"20 mg/day"' in str(refusal.value)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("0 mg x3", '"0 mg x3" holds a dose of nothing; write only the doses that are taken, for example "5/10 mg"'),
        ("5/0/10 mg", '"5/0/10 mg" holds a dose of nothing; write only the doses that are taken, '
                      'for example "5/10 mg"'),
        ("10 mg x25", '"10 mg x25" asks for 25 doses a day; 1 to 24 are possible, for example "10 mg x3"'),
        ("10 mg x0", '"10 mg x0" asks for 0 doses a day; 1 to 24 are possible, for example "10 mg x3"'),
        ("0 mg/day", '"0 mg/day" is no daily dose; write for example "60 mg/day"'),
        ("1/" * 24 + "1 mg", f'"{"1/" * 20}" has 25 doses a day; at most 24 are possible'),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_regimen_is_said(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=r".") as refused:
        Pattern.parse(text)
    assert str(refused.value) == says


@pytest.mark.parametrize(
    ("text", "count", "total"),
    [("1 mg x1", 1, "1 mg"), ("0.5 mg x24", 24, "12 mg"), ("1/" * 23 + "1 mg", 24, "24 mg"), ("5/10/20 mg", 3, "35 mg"),
     ("60 mg/day", 0, "60 mg"), ("0.5 mg/day", 0, "0.5 mg")],
)  # fmt: skip
def test_the_daily_dose_of_a_regimen_as_written(text: str, count: int, total: str) -> None:
    pattern = Pattern.parse(text)
    assert (len(pattern.doses), str(pattern.total())) == (count, total)


@pytest.mark.parametrize(
    "text",
    [
        "x3",
        "10 x3",
        "0 mg x3",
        "5/0/10 mg",
        "10 mg x0",
        "10 mg x25",
        "-5 mg x3",
        "0 mg/day",
        "5/5/10",
        "",
        "/",
        "10 mg x\u0663",
    ],
)
def test_no_regimens(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        Pattern.parse(text)
