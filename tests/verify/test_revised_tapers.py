"""A revision goes on with the rise or fall that it found: a share of the original dose stays one of the same dose."""

from __future__ import annotations

from datetime import date

from tests.verify.ladder import LADDER, ORIGINAL, laws, rule_of, schedule
from tests.verify.revision import revised

# A day falls by at most 25 % of the one on which the fall began; one may stop from 20 mg a day after nine days.
QUARTER = rule_of(LADDER, *ORIGINAL)
HALF = rule_of(LADDER, *((old, new.replace("25 %", "50 %")) for old, new in ORIGINAL))


def test_a_taper_that_was_begun_is_measured_from_where_it_began() -> None:
    """25 % of 80 mg is 20 mg: 60, and after the revision 40, 20, nothing. 25 % of the 60 mg would be 15 mg."""
    down = ("3 taper 20 mg x3", "3 taper 20 mg x2", "3 taper 20 mg x1", "stop")
    before = schedule(QUARTER, *down, goal="taper", current="20 mg x4")
    made = revised(*down[1:], rule=QUARTER, before=before, on=date(2026, 12, 4), current="20 mg x3",
                   since=date(2026, 12, 1), goal="taper")  # fmt: skip
    assert laws(made, QUARTER) == []


def test_after_a_stay_it_is_measured_from_the_stay() -> None:
    """After a stay on 60 mg 25 % are 15 mg, so 60 to 40 is too much on the day of the revision."""
    lines = ("9 maintenance 20 mg x3", "3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3", "stop")
    before = schedule(QUARTER, *lines, current="20 mg x4", then_stop=True)
    for down, found in (
        (("3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3", "stop"), []),
        (("3 taper 20 mg x2", "3 taper 15/10 mg", "3 taper 10 mg x1", "stop"), [("decrement", "2026-12-06")]),
    ):
        made = revised(*down, rule=QUARTER, before=before, on=date(2026, 12, 6), current="20 mg x3",
                       since=date(2026, 12, 1), goal="taper")  # fmt: skip
        assert laws(made, QUARTER) == found


def test_a_stay_between_two_falls_begins_anew() -> None:
    """80 to 60 mg, a stay, 45 mg; revised. 25 % of 60 mg are 15 mg: 45 to 30 is lawful, to 25 it is not."""
    lines = ("3 taper 20 mg x3", "3 maintenance 20 mg x3", "3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3")
    before = schedule(QUARTER, *lines, "stop", current="20 mg x4", then_stop=True)
    for fall, found in (("15/15 mg", []), ("15/10 mg", [("decrement", "2026-12-10")])):
        made = revised(f"3 taper {fall}", "3 taper 15 mg x1", "stop", rule=QUARTER, before=before,
                       on=date(2026, 12, 10), current="15 mg x3", since=date(2026, 12, 7), goal="taper")  # fmt: skip
        assert laws(made, QUARTER) == found


def test_a_fall_after_a_rise_is_measured_from_the_top() -> None:
    """45 up to 60 mg, down to 30 mg; revised. 50 % of 60 mg are 30 mg: 30 to 5 mg is lawful. Of 45 it would not be."""
    lines = ("3 titration 20 mg x3", "3 taper 10 mg x3", "8 taper 5 mg x1", "stop")
    before = schedule(HALF, *lines, current="15 mg x3", then_stop=True)
    made = revised(*lines[2:], rule=HALF, before=before, on=date(2026, 12, 7), current="10 mg x3",
                   since=date(2026, 12, 4), goal="taper")  # fmt: skip
    assert laws(made, HALF) == []
