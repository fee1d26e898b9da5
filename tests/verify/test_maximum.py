"""Laws 5 and 6: the maxima, the number of doses a day, what one may stay on."""

from __future__ import annotations

from datetime import time

import pytest

from tests import build
from tests.verify.ladder import (
    LADDER,
    LADDER_RULE,
    OFTEN,
    PUMP_RULE,
    STAYS,
    TAPERED_UP_TO_3,
    infusion,
    laws,
    rule_of,
    schedule,
    swapped,
)
from titrate.regimen import Administration, Regimen, Slot
from titrate.verifier import verify


def test_maximum_85_mg_a_day() -> None:
    wide = rule_of(
        LADDER,
        (OFTEN, OFTEN.replace("4", "5")),
        ("[slots.day]", '[slots.day]\n5 = ["a 06:00", "b 10:00", "c 14:00", "d 18:00", "e 22:00"]'),
        (STAYS, STAYS.replace("4", "5").replace("10 mg", "5 mg")),
    )
    made = schedule(wide, "open maintenance 20 mg x4", current="20 mg x4")
    five = Regimen("mg", tuple(
        Administration(Slot(str(hour), time(hour)), a.dose, a.pieces)
        for hour, a in zip((6, 10, 14, 18, 22), (*made.steps[0].regimen.administrations,
                                                 build.regimen("5 mg x1").administrations[0]), strict=True)
    ))  # fmt: skip
    assert laws(swapped(made, 1, regimen=five), wide) == [("maximum", "2026-12-01")]
    assert laws(made, wide) == []


@pytest.mark.parametrize(("level", "found"), [("limit", [("maximum", "2026-12-04")]), ("warn", [])])
def test_maximum_of_one_dose_and_a_warning_is_none(level: str, found: list[tuple[str, str]]) -> None:
    """25 mg against a maximum of 20 mg a dose; above a "warn" one may go."""
    rule = rule_of(
        LADDER,
        (STAYS, STAYS.replace("20 mg", "25 mg")),
        ('[maximum]\ndose = "20 mg"\ndaily = "80 mg"\ncite = CITE',
         '[[maximum]]\ndose = "25 mg"\ndaily = "90 mg"\ncite = CITE\n'
         f'[[maximum]]\ndose = "20 mg"\ncite = CITE\nlevel = "{level}"'),
    )  # fmt: skip
    made = schedule(rule, "3 titration 20 mg x3", "open maintenance 20/20/25 mg", current="20/20/15 mg")
    assert laws(made, rule) == found


def test_frequency_of_a_titration_and_of_a_taper() -> None:
    """A taper may go down to one dose a day, a maintenance not below three."""
    rule = rule_of(LADDER, (STAYS, STAYS.replace("3", "2")))
    down = ("3 taper 10/5 mg", "3 taper 10 mg x1", "14 taper 5 mg x1", "stop")
    good = schedule(rule, *down, goal="taper", current="10/10 mg")
    assert laws(good, rule) == []
    assert laws(schedule(rule, "open maintenance 10 mg x2", current="10 mg x2"), rule) == [("frequency", "2026-12-01")]
    rising = schedule(rule, "3 titration 15/10 mg", "open maintenance 15/10/5 mg", current="10 mg x2")
    assert laws(rising, rule)[0] == ("frequency", "2026-12-01")


def test_frequency_of_a_taper_has_its_own_limit() -> None:
    rule = rule_of(LADDER, TAPERED_UP_TO_3)
    made = schedule(rule, "3 taper 15/10/10/10 mg", "open maintenance 10 mg x4", current="15/15/10/10 mg")
    assert ("frequency", "2026-12-01") in laws(made, rule)


def test_frequency_within_a_band_of_daily_doses() -> None:
    """From 40 mg a day on in four doses: 45 mg in three is not allowed there, 30 mg in three is."""
    four = rule_of(LADDER, (OFTEN, '[frequency]\ntimes = 4\nband = { at-least = "40 mg" }'))
    assert laws(schedule(four, "open maintenance 10 mg x3", current="10 mg x3"), four) == []
    made = schedule(four, "open maintenance 15 mg x3", current="15 mg x3")
    (finding,) = verify(made, four).findings
    assert (finding.law, finding.value) == ("frequency", "three times a day")
    assert finding.limit == "four times a day where the daily dose is at least 40 mg"
    plain = rule_of(LADDER, (STAYS, STAYS.replace("3", "2")))
    (finding,) = verify(schedule(plain, "open maintenance 10 mg x2", current="10 mg x2"), plain).findings
    assert finding.limit == "three to four times a day"


def test_maintenance_below_its_range() -> None:
    made = schedule(LADDER_RULE, "open maintenance 10/10/5 mg", current="5/10/5 mg")
    assert laws(made, LADDER_RULE) == [("maintenance", "2026-12-01")]
    assert laws(schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10/10/5 mg"), LADDER_RULE) == []


def test_maintenance_daily_range_of_an_infusion() -> None:
    assert laws(infusion(49, current="49 micrograms/day"), PUMP_RULE) == [("maintenance", "2026-12-01")]
    assert laws(infusion(50, current="49 micrograms/day"), PUMP_RULE) == []
