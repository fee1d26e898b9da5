"""The schedule is the one that was asked for."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from tests.verify.ladder import (
    DOWN,
    LADDER_RULE,
    UP,
    laws,
    round_trip,
    schedule,
    taper,
)
from titrate.days import Duration
from titrate.schedule import Schedule
from titrate.verifier import verify


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
