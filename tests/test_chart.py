"""The chart of the daily dose, worked out on paper: eight rows for the largest, and the others in proportion."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests import build
from tests.revise.acting import act, d, up
from titrate.days import Days
from titrate.formats.chart import HEIGHT, chart
from titrate.schedule import Absence, Revised, Schedule


def picture(schedule: Schedule, width: int = 40, blocks: bool = False) -> list[str]:
    return [label + columns for label, columns in chart(schedule, width, blocks).rows]


def below(schedule: Schedule, width: int = 40, blocks: bool = False) -> str:
    return " ".join(chart(schedule, width, blocks).below).replace("\u00a0", " ")


def test_a_ladder_of_four_steps() -> None:
    """15, 30, 45 of 60 mg are 2, 4, 6 of 8 rows. 9 days, and as many as 14 of the step without an end: 23 columns."""
    assert picture(build.ladder()) == [
        "60 mg |         ##############",
        "      |         ##############",
        "45 mg |      #################",
        "      |      #################",
        "30 mg |   ####################",
        "      |   ####################",
        "15 mg |#######################",
        "      |#######################",
        " 0 mg ++--+--+--+------------->",
    ]
    assert below(build.ladder()) == (
        "Tue 01 Dec 2026 to Wed 23 Dec 2026; a column is one day, and + where a step begins. "
        "> it goes on, until reviewed."
    )
    assert below(build.ladder(review="2027-01-15")).endswith("> it goes on, until reviewed on Fri 15 Jan 2027.")


def test_the_same_in_blocks_is_as_high_as_eighths_of_a_row_say() -> None:
    """45, 30, 15, 10, 5 of 45 mg: 64 eighths, then 42 2/3, 21 1/3, 14 2/9, 7 1/9, each rounded up."""
    rows = picture(build.descent(), blocks=True)
    heights = {}
    for column, daily in zip((0, 6, 12, 18, 24, 30), (45, 30, 15, 10, 5, 0), strict=True):
        heights[daily] = sum(" ▁▂▃▄▅▆▇█".index(row[len("45 mg │") + column]) for row in rows[:HEIGHT])
    assert heights == {45: 64, 30: 43, 15: 22, 10: 15, 5: 8, 0: 0}
    assert rows[HEIGHT].startswith(" 0 mg └┴─────┴─────┴")
    assert not rows[HEIGHT].endswith("▶")


def test_the_smallest_dose_is_seen() -> None:
    shown = build.schedule(("2026-12-01", 3, "taper", "20 mg x4"), ("2026-12-04", 3, "taper", "5 mg x1"),
                           ("2026-12-07", 1, "taper", "none mg"))  # fmt: skip
    assert picture(shown)[HEIGHT - 1].startswith(" 5 mg |")
    assert picture(shown)[HEIGHT - 1].rstrip().endswith("#" * 18)


@pytest.mark.parametrize("width", [20, 40, 78, 120])
@pytest.mark.parametrize("blocks", [True, False])
def test_a_long_plan_fits_every_width_and_says_what_a_column_is(width: int, blocks: bool) -> None:
    long = build.schedule(("2026-12-01", 200, "titration", "5 mg x3"), ("2027-06-19", 165, "taper", "5 mg x1"),
                          ("2027-12-01", 1, "taper", "none mg"))  # fmt: skip
    rows = picture(long, width, blocks)
    assert len({len(row) for row in rows}) == 1
    assert len(rows[0]) <= width
    columns = len(rows[0]) - len("15 mg |")
    days = -(-366 // min(width - 8, 64))
    assert columns == -(-366 // days)
    assert f"a column is {days} days (their average)" in below(long, width, blocks)
    assert all(ord(sign) < 128 for row in rows for sign in row) is not blocks


def test_every_other_day_is_a_comb() -> None:
    """10 mg every 2 days: a dose, no dose, a dose, no dose."""
    shown = build.schedule(("2026-12-01", 4, "taper", "10 mg x1"), ("2026-12-05", 4, "taper", "10 mg every 2 days"),
                           ("2026-12-09", 1, "taper", "none mg"))  # fmt: skip
    assert picture(shown)[0] == "10 mg |" + "###" * 4 + "###   ###   " + "   "


def test_days_before_a_revision_are_drawn_apart_and_missed_ones_are_empty() -> None:
    """10 mg from 4 December on, missed on the 6th and the 7th; gone on with on the 8th."""
    found = act(up(), "2026-12-08", "missed", "2d", then="continue")
    bottom = picture(found)[HEIGHT - 1].partition("|")[2]
    assert bottom == ":" * 5 + "  " + "#" * (len(bottom) - 7)
    assert ": before this revision, as it was planned." in below(found)
    assert "before this revision" not in below(up())


def test_a_revision_that_begins_later_leaves_the_days_between_empty() -> None:
    later = act(up(), "2026-12-01", "shift", "2d")
    assert picture(later)[HEIGHT - 1].partition("|")[2].startswith("#")
    gap = replace(up(), revised=Revised(d("2026-12-01"), "x", "x", (Absence(Days.of(date(2026, 12, 2), 1), "missed"),)))
    assert picture(gap)[HEIGHT - 1].partition("|")[2].startswith("# #")
