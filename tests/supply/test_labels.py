"""The text that a pharmacy prints, word for word."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from tests.build import q
from tests.supply.boxes import FIVE, TEN, TWENTY, of_days, of_texts, regimen
from titrate.formats.fitting import NBSP
from titrate.formats.supply.labels import labels
from titrate.product import Product
from titrate.regimen import Administration, Regimen, Slot
from titrate.scale import Scale
from titrate.schedule import Schedule


def texts(schedule: Schedule) -> list[str]:
    return [label.text.replace(NBSP, " ") for label in labels(schedule)]


def test_the_words_of_a_label() -> None:
    course = of_texts([("10/5/10 mg", 3), ("5 mg x1", 1), ("none", 1)], TEN)
    assert texts(course) == [
        "Take 1 tablet (10 mg) in the morning, half a tablet (5 mg) in the afternoon and 1 tablet (10 mg) in the "
        "evening, from Tuesday 01 December 2026 to Thursday 03 December 2026, then as label 2 of 2 says, from Friday "
        "04 December 2026.",
        "Take half a tablet (5 mg) in the evening, on Friday 04 December 2026 only, then no more. This is the end of "
        "the plan.",
    ]
    assert [label.heading.replace(NBSP, " ") for label in labels(course)] == ["Baclofen 10 mg tablets"] * 2


def test_several_tablets_say_what_they_are_in_all() -> None:
    """2 tablets (20 mg) could be read as two tablets of 20 mg."""
    assert texts(of_texts([("20 mg x1", 2), ("none", 1)], TEN))[0].startswith(
        "Take 2 tablets (20 mg in all) in the evening, from"
    )


def test_several_strengths_are_named() -> None:
    course = of_texts([("35/5 mg", 2), ("none", 1)], FIVE, TEN, TWENTY)
    assert texts(course)[0].startswith(
        "Take 1 tablet of 20 mg and 1 tablet of 10 mg and 1 tablet of 5 mg (35 mg in all) in the morning and 1 tablet "
        "of 5 mg (5 mg) in the evening, from"
    )


def test_a_volume_never_stands_without_its_concentration() -> None:
    syrup = Product("syrup", "liquid", q("1 mg/mL"), measure=Scale.parse("0.5 mL"))
    course = of_texts([("2.5 mg x2", 2), ("none", 1)], syrup)
    (label,) = labels(course)
    assert label.heading.replace(NBSP, " ") == "Baclofen 1 mg per mL liquid"
    assert texts(course)[0].startswith("Take 2.5 mL of 1 mg per mL (2.5 mg) in the morning and 2.5 mL of 1 mg per mL")


def test_without_end_it_says_not_to_stop() -> None:
    course = of_texts([("10 mg x1", None)], TEN, review="2027-01-26")
    assert texts(course) == [
        "Take 1 tablet (10 mg) in the evening, from Tuesday 01 December 2026 until the prescriber looks again on "
        "Tuesday 26 January 2027. Do not stop before that."
    ]


def test_a_time_without_a_usual_name() -> None:
    (piece,) = regimen("10 mg x1", TEN).administrations[0].pieces
    given = Administration(Slot("first dose", time(6, 30)), q("10 mg"), (piece,))
    assert "at 06:30" in texts(of_days([(Regimen("mg", (given,)), None)]))[0]


def test_a_weekly_dose_names_its_weekday() -> None:
    once = regimen("10 mg x1", TEN)
    assert texts(of_days([(replace(once, cycle=7), 28), (regimen("none"), 1)]))[0].startswith(
        "Take 1 tablet (10 mg) in the evening, once a week: on Tuesdays from Tue 01 Dec 2026 to Tue 22 Dec 2026, from "
        "Tuesday 01 December 2026 to Monday 28 December 2026, then no more."
    )
