"""The schedule is the one that was asked for."""

from __future__ import annotations

import dataclasses
from datetime import date, time
from fractions import Fraction
from typing import Any

import pytest

from tests import build
from tests.verify.ladder import (
    DOWN,
    LADDER_RULE,
    UP,
    laws,
    q,
    round_trip,
    schedule,
    swapped,
    taper,
)
from titrate.days import Duration
from titrate.product import Piece, Product
from titrate.regimen import Regimen
from titrate.scale import Scale
from titrate.schedule import Schedule
from titrate.verifier import verify
from titrate.verifier.asked import check_asked


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"target": "20 mg x3"}, []),
        ({"target": "60 mg/day"}, []),
        ({"target": "0.06 g/day"}, []),
        ({"target": "15 mg x4"}, [("asked", "2026-12-10")]),
        ({"target": "59 mg/day"}, [("asked", "2026-12-10")]),
        ({"target": "60 mL/day"}, [("asked", "2026-12-10")]),
        ({"then_stop": True}, [("asked", None)]),
        ({"goal": "taper"}, [("asked", None)]),
        ({"finish_by": date(2026, 12, 31)}, [("asked", None)]),
        ({"start": date(2026, 12, 2)}, [("asked", "2026-12-01")]),
        ({"times": (time(8), time(14), time(20))}, []),
        ({"times": (time(8), time(14), time(21))}, [("asked", f"2026-12-{day}") for day in ("01", "04", "07", "10")]),
    ],
)
def test_asked_of_a_titration(asked: dict[str, Any], found: list[tuple[str, str | None]]) -> None:
    assert laws(schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", **asked), LADDER_RULE) == found


def test_asked_a_stop_that_nobody_asked_for() -> None:
    assert laws(taper(goal="plan"), LADDER_RULE) == [("asked", None)]


def test_asked_a_target_that_is_never_kept() -> None:
    assert laws(taper(target="20 mg x3"), LADDER_RULE) == [("asked", None)]


@pytest.mark.parametrize(("day", "found"), [(15, []), (14, ["asked"]), (16, ["asked"])])
def test_asked_the_day_of_the_last_dose(day: int, found: list[str]) -> None:
    made = taper(finish_by=date(2026, 12, day))
    assert laws(made, LADDER_RULE) == [(law, "2026-12-15") for law in found]


@pytest.mark.parametrize(
    ("stay", "maintain", "found"),
    [
        (56, "8 weeks", []),
        (55, "8 weeks", ["asked"]),
        (57, "8 weeks", ["asked"]),
        (62, "2 months", []),  # 10 December to 9 February: 22 + 31 + 9 days
        (61, "2 months", ["asked"]),
    ],
)
def test_asked_how_long_to_stay(stay: int, maintain: str, found: list[str]) -> None:
    made = round_trip(stay=stay, maintain=Duration.parse(maintain))
    assert laws(made, LADDER_RULE) == [(law, "2026-12-10") for law in found]


def test_asked_how_long_is_told_in_days() -> None:
    (finding,) = verify(round_trip(stay=55), LADDER_RULE).findings
    assert (finding.value, finding.limit) == ("55 days", "exactly 8 weeks, as asked")
    assert finding.text() == (
        "asked: On Thursday 10 December 2026 the maintenance lasts 55 days; the limit is exactly 8 weeks, as asked."
    )


def test_asked_how_long_a_stay_in_two_steps_lasts() -> None:
    """4 weeks and 4 weeks are 8 weeks; from the first day of the first to the last day of the last."""

    def stay(*parts: int) -> Schedule:
        lines = (f"{part} maintenance 20 mg x3" for part in parts)
        return schedule(
            LADDER_RULE, *UP, *lines, *DOWN, target="60 mg/day", then_stop=True, maintain=Duration(8, "week")
        )

    assert laws(stay(28, 28), LADDER_RULE) == []
    assert laws(stay(28, 27), LADDER_RULE) == [("asked", "2026-12-10")]
    assert laws(stay(56, 7), LADDER_RULE) == [("asked", "2026-12-10")]


def test_asked_a_stay_that_never_ends_or_never_begins() -> None:
    stop: dict[str, Any] = {"then_stop": True, "maintain": Duration(8, "week")}
    assert laws(schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", **stop), LADDER_RULE) == [("asked", None)]
    assert laws(schedule(LADDER_RULE, *DOWN, current="20 mg x3", **stop), LADDER_RULE) == []


def test_asked_equal_doses() -> None:
    lines = ("3 titration 10/10/15 mg", "open maintenance 15 mg x3")
    made = schedule(LADDER_RULE, *lines, current="10 mg x3", split="even")
    assert laws(made, LADDER_RULE) == [("asked", "2026-12-01")]


SYRUP = Product("syrup", "liquid", q("1 mg/mL"), measure=Scale.parse("1 mL"))
FIVE, TEN, TWENTY = build.TABLETS


def made_of(*pieces: Piece, **wishes: Any) -> list[tuple[str, str, str]]:
    """What is found of a dose of 20 mg on 10 December, made of these pieces: sentence, value, limit."""
    good = schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", **wishes)
    first, *rest = good.steps[3].regimen.administrations
    made = swapped(good, 4, regimen=Regimen("mg", (dataclasses.replace(first, pieces=pieces), *rest)))
    findings = verify(made, LADDER_RULE, (check_asked,)).findings
    return [(one.says, one.value, one.limit) for one in findings if one.day == date(2026, 12, 10)]


def test_asked_of_how_many_pieces_a_dose_is_made() -> None:
    assert made_of(Piece(TEN, Fraction(2)), max_pieces=2) == []
    limit = "at most 2, as asked"
    says = f"On Thursday 10 December 2026 a dose is made of 4 tablets of 5 mg; the limit is {limit}."
    assert made_of(Piece(FIVE, Fraction(4)), max_pieces=2) == [(says, "4 pieces", limit)]


def test_asked_what_is_measured() -> None:
    """From 20 mg on there are pieces and nothing else; below 20.5 mg a liquid and nothing else."""
    tablet, both = (Piece(TWENTY, Fraction(1)),), (Piece(TEN, Fraction(1)), Piece(SYRUP, Fraction(10)))
    liquid = (Piece(SYRUP, Fraction(20)),)
    words = {tablet: "1 tablet of 20 mg", liquid: "20 mL of 1 mg per mL",
             both: "1 tablet of 10 mg and 10 mL of 1 mg per mL"}  # fmt: skip
    for edge, fits in (("20 mg", tablet), ("20.5 mg", liquid)):
        limit = f"a liquid below {edge}, and pieces from there on, as asked"
        for pieces, made in words.items():
            says = f"On Thursday 10 December 2026 a dose is made of {made}; the limit is {limit}."
            found = {one for one in made_of(*pieces, liquid_below=q(edge)) if one[1] == made}
            assert found == (set() if pieces == fits else {(says, made, limit)}), (edge, made)
