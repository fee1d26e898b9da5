"""What is said of a dose that falls too far over several days, word for word.

`DOWN` goes from 60 mg a day to 45 on 1 December, 30 on the 4th, 15 on the 7th, 10 on the 10th, 5 on the 13th and to
nothing on the 16th. On the 4th, the day before the first of two falls is 30 November: four days.
"""

from __future__ import annotations

from datetime import date

import pytest

from tests.verify.ladder import DOWN, LADDER, PUMP, laws, rule_of, schedule, swapped
from tests.verify.revision import off, revised
from tests.verify.words import CITED, FRI, MON, THU, Expected, is_found
from titrate.days import Days
from titrate.rule import Rule
from titrate.schedule import Absence
from titrate.verifier import verify

LAST = '[taper.last]\ndaily = "5 mg"\ncite = CITE\n'
SUN = "Sunday 13 December 2026"


def capped(at_most: str, within: int, of: str = "current", *swaps: tuple[str, str]) -> Rule:
    cap = (
        f'[[taper.rate]]\nat-most = "{at_most}"\nwithin = "{within} days"\nof = "{of}"\ncite = CITE\n\n[taper.duration]'
    )
    return rule_of(LADDER, ("[taper.duration]", cap), *swaps)


def fast(day: str, falls: str, days: int, limit: str) -> Expected:
    value = f"{falls} in {days} days"
    return ("rate", day, f"the daily dose has gone from {value}", value, limit, CITED)


@pytest.mark.parametrize(
    ("cap", "found"),
    [
        (("15 mg", 3), []),  # no two falls within three days
        (("30 mg", 6), []),  # two falls
        (("15 mg", 4), [(FRI, "60 mg to 30 mg", 4), (MON, "45 mg to 15 mg", 4), (THU, "30 mg to 10 mg", 4)]),
        # Of several spans the one with the largest fall is told, and once: on the 7th that from 60 mg, not from 45.
        (("29 mg", 7), [(FRI, "60 mg to 30 mg", 4), (MON, "60 mg to 15 mg", 7), (THU, "45 mg to 10 mg", 7)]),
        (("44 mg", 7), [(MON, "60 mg to 15 mg", 7)]),
        (("45 mg", 7), []),
    ],
)
def test_an_amount(cap: tuple[str, int], found: list[tuple[str, str, int]]) -> None:
    rule = capped(*cap)
    limit = f"a fall by at most {cap[0]} a day within {cap[1]} days"
    case = (lambda: schedule(rule, *DOWN, goal="taper", current="20 mg x3"), rule)
    is_found((case, [fast(*one, limit) for one in found]))


@pytest.mark.parametrize(
    ("of", "share", "found"),
    [
        # Half of 60, 45, 30 and 15 mg is 30, 22.5, 15 and 7.5 mg; they fall by 30, 30, 20 and 10 mg.
        ("current", "50 %", [(MON, "45 mg to 15 mg", 4), (THU, "30 mg to 10 mg", 4), (SUN, "15 mg to 5 mg", 4)]),
        # 50 % of the 60 mg on which the taper began is 30 mg, 49 % is 29.4 mg.
        ("original", "50 %", []),
        ("original", "49 %", [(FRI, "60 mg to 30 mg", 4), (MON, "45 mg to 15 mg", 4)]),
    ],
)
def test_a_share(of: str, share: str, found: list[tuple[str, str, int]]) -> None:
    rule = capped(share, 4, of)
    limit = f"a fall by at most {share} of the {of} daily dose within 4 days"
    case = (lambda: schedule(rule, *DOWN, goal="taper", current="20 mg x3"), rule)
    is_found((case, [fast(*one, limit) for one in found]))


@pytest.mark.parametrize(("within", "found"), [(14, []), (15, [("rate", "2026-12-15")])])
def test_the_stop_is_a_fall_where_the_rule_gives_no_last_step(within: int, found: list[tuple[str, str]]) -> None:
    """10 mg on 30 November, 5 mg for 14 days, nothing on 15 December: 10 mg in 15 days, and at most 9 mg."""
    lines = ("14 taper 5 mg x1", "stop")
    rule = capped("9 mg", within, "current", (LAST, ""))
    assert laws(schedule(rule, *lines, goal="taper", current="5/5 mg"), rule) == found
    with_last = capped("9 mg", within)
    assert laws(schedule(with_last, *lines, goal="taper", current="5/5 mg"), with_last) == []


def test_days_that_are_not_the_drugs_are_abrupt_and_not_fast() -> None:
    rule = capped("15 mg", 4, "current", (LAST, ""))
    lines = ("1 maintenance 20 mg x3", "1 taper none mg", "open maintenance 20 mg x3")
    assert laws(schedule(rule, *lines, current="20 mg x3"), rule) == [("never abrupt", "2026-12-02")]


def test_somebody_who_begins_has_fallen_from_nothing_but_what_the_schedule_says() -> None:
    """5 mg for three days, 10 mg for three days, then 20 mg a day: 10 mg less than the 30 mg before."""
    lines = ("3 titration 5 mg x3", "3 titration 10 mg x3", "open taper 10/5/5 mg")
    for cap, found in (("10 mg", []), ("9 mg", ["rate"])):
        rule = capped(cap, 30)
        assert [law for law, _ in laws(schedule(rule, *lines), rule)] == [*found, "never abrupt"]


def test_a_step_that_has_no_end_was_not_left() -> None:
    """A step without end before another is a finding of its own; nothing is measured from its last day."""
    rule = capped("1 mg", 4)
    made = schedule(rule, "3 maintenance 15 mg x3", "open maintenance 15 mg x3", current="15 mg x3")
    endless = swapped(made, 1, days=Days(date(2026, 12, 1), None))
    assert "rate" not in [law for law, _ in laws(endless, rule)]


SLOW = ("6 taper 15 mg x3", "6 taper 10 mg x3", "6 taper 5 mg x3", "6 taper 5 mg x1", "stop")


@pytest.mark.parametrize(("missed", "found"), [((), [("rate", "2026-12-04")]), (off(2, 2), [])])
def test_falls_before_a_revision_count_unless_days_were_missed(
    missed: tuple[Absence, ...], found: list[tuple[str, str]]
) -> None:
    """60 mg on 30 November, 45 mg from 1 December; revised on the 4th to 30 mg: 30 mg in four days."""
    rule = capped("15 mg", 4)
    before = schedule(rule, *SLOW, goal="taper", current="20 mg x3")
    made = revised("open maintenance 10 mg x3", rule=rule, before=before, on=date(2026, 12, 4), current="15 mg x3",
                   since=date(2026, 12, 3 if missed else 1), absences=missed)  # fmt: skip
    assert laws(made, rule) == (found if not missed else [("interval", "2026-12-04")])
    if found:
        (finding,) = verify(made, rule).findings
        assert finding.value == "60 mg to 30 mg in 4 days"


def test_falls_of_an_infusion_before_a_revision_count() -> None:
    """100 micrograms a day on 30 November, 80 on 1 December, 64 from the 2nd: 36 in two days, and 20 % are 20."""
    cap = '[[taper.rate]]\nat-most = "20 %"\nwithin = "2 days"\ncite = CITE\n\n[taper.last]'
    rule = rule_of(PUMP, ("[taper.last]", cap))
    before = schedule(rule, "5 taper 80 micrograms/day", "open maintenance 64 micrograms/day",
                      current="100 micrograms/day")  # fmt: skip
    made = revised("open maintenance 64 micrograms/day", before=before, on=date(2026, 12, 2),
                   current="80 micrograms/day", rule=rule, since=date(2026, 12, 1))  # fmt: skip
    (finding,) = verify(made, rule).findings
    assert (finding.law, finding.value) == ("rate", "100 micrograms to 64 micrograms in 2 days")
