"""Each law bites: for each of them a schedule that is broken in one way, and in which nothing else is found."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from tests.revise.acting import act, rule, up
from tests.test_approval import GRADED, OPINION
from tests.test_guide import GATES, rising
from tests.test_planner import asked, paper
from tests.verify.ladder import (
    ADULTS,
    CITE,
    DOWN,
    LADDER,
    LADDER_RULE,
    LAST,
    START,
    STAYS,
    UP,
    at,
    laws,
    q,
    rule_of,
    schedule,
    swapped,
    titration,
)
from tests.verify.revision import revised
from titrate.days import Days
from titrate.dispensing import Dispensing
from titrate.patient import Patient
from titrate.product import Stock
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import CHECKS, law_of, verify
from titrate.verifier.laws import OF_CALLED_OFF

Broken = tuple[Schedule, Rule]

TURNS = "15 mg x3, 10 mg x3 in turn"
RUNGS = LADDER.replace(f"{LAST}\ncite = CITE\n", "") + "".join(
    f'[[taper.ladder]]\ntake = "{take}"\nkeep = {{ at-least = "3 days" }}\ncite = CITE\n'
    for take in ("morning 5 mg, afternoon 5 mg, evening 5 mg", "morning 5 mg, evening 5 mg", "evening 5 mg")
)
CAPPED = f'{LADDER}\n[taper.rate]\nat-most = "29 mg"\nof = "current"\nwithin = "4 days"\ncite = {CITE}\n'


def of(*lines: str, by: Rule = LADDER_RULE, **more: Any) -> Broken:
    return schedule(by, *lines, **more), by


def unapproved() -> Broken:
    """18 mg a day, above a grade of 12 mg that somebody approved; that somebody is taken away."""
    graded = paper(**GRADED)
    made = asked(graded, target="18 mg x1", approved=(OPINION,))
    return dataclasses.replace(made, request=dataclasses.replace(made.request, approved=())), graded


def unconfirmed() -> Broken:
    made = rising(GATES)
    return swapped(made, 1, checks=()), paper(rest=GATES)


BROKEN: dict[str, Callable[[], Broken]] = {
    "covered: the first step is a day longer": lambda: (swapped(titration(), 1, days=Days.of(START, 4)), LADDER_RULE),
    "start: with a dose of 10 mg": lambda: of("3 titration 10/5/5 mg", "open maintenance 10 mg x3"),
    "increment: 20 mg a day at once": lambda: of("open maintenance 15 mg x4", current="10 mg x4"),
    "decrement: 10 mg in a dose": lambda: of(
        "3 taper 20/20/10 mg", "3 taper 15/15/10 mg", *DOWN[1:], goal="taper", current="20 mg x3"
    ),
    "ladder: a rung is left out": lambda: of(
        *DOWN[:3], "6 taper 5 mg x1", "stop", goal="taper", current="20 mg x3", by=rule_of(RUNGS)
    ),
    "interval: a rise after two days": lambda: of("2 titration 5 mg x3", "open maintenance 10 mg x3"),
    "rate: 30 mg in four days": lambda: of(*DOWN, goal="taper", current="20 mg x3", by=rule_of(CAPPED)),
    "maximum: 25 mg at once": lambda: of(
        "open maintenance 25 mg x3", current="25 mg x3", by=rule_of(LADDER, (STAYS, STAYS.replace("20", "25")))
    ),
    "approval: nobody gave it": unapproved,
    "frequency: two doses a day": lambda: of(
        "open maintenance 10 mg x2", current="10 mg x2", by=rule_of(LADDER, (STAYS, STAYS.replace("3", "2")))
    ),
    "spacing: a minute less than four hours": lambda: (at(titration(), 4, "08:00", "11:59", "20:00"), LADDER_RULE),
    "cycle: days in turn": lambda: of(f"open maintenance {TURNS}", current="10 mg x3"),
    "maintenance: a dose of 5 mg": lambda: of("open maintenance 10/10/5 mg", current="5/10/5 mg"),
    "makeable: of a product that is not at hand": lambda: of(
        "open maintenance 20 mg x3", current="20 mg x3", products=("5mg", "10mg")
    ),
    "direction: a titration that falls": lambda: of(
        "3 titration 10 mg x3", "3 titration 5 mg x3", "open maintenance 10 mg x3", current="5 mg x3"
    ),
    "never abrupt: the days run out on a dose": lambda: (
        swapped(titration(), 4, days=Days(date(2026, 12, 10), date(2026, 12, 30))), LADDER_RULE
    ),
    "way out: tablets too coarse to fall": lambda: of(
        "open maintenance 20 mg x3", current="20 mg x3", products=("20mg",)
    ),
    "taper duration: no day": lambda: of("stop", goal="taper", current="5 mg x1"),
    "scope: a child": lambda: of(
        *UP, "open maintenance 20 mg x3",
        by=rule_of(LADDER, ("[start]", ADULTS)), patient=Patient(age=q("17 years")),
    ),
    "rule: another file": lambda: (
        dataclasses.replace(titration(), rule=dataclasses.replace(titration().rule, sha256="0" * 64)), LADDER_RULE
    ),
    "asked: another dose": lambda: of(*UP, "open maintenance 20 mg x3", target="59 mg/day"),
    "gates: what is to be confirmed is not said": unconfirmed,
    "seam: a revision left out": lambda: (dataclasses.replace(revised(), revision=3), LADDER_RULE),
    "supply: what is at hand cannot be counted": lambda: (
        dataclasses.replace(titration(), dispensing=Dispensing(at_hand=(Stock("10mg", Fraction(1, 3)),))), LADDER_RULE
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_a_schedule_that_is_broken_in_one_way_is_found_for_that_alone(name: str) -> None:
    made, measure = BROKEN[name]()
    assert {law for law, _ in laws(made, measure)} == {name.partition(":")[0]}


def test_no_law_is_without_such_a_schedule() -> None:
    assert [name.partition(":")[0] for name in BROKEN] == [law_of(check) for check in CHECKS]


def test_called_off_cannot_be_broken_alone() -> None:
    """Of a plan that was called off one day without a dose is left. Two such days are an end that is no last step too:
    with "called off" always "never abrupt" is found."""
    assert [law_of(check) for check in OF_CALLED_OFF if check not in CHECKS] == ["called off"]
    called = act(up(), "2026-11-25", "withdraw")
    assert verify(called, rule()).findings == ()
    longer = swapped(called, 1, days=Days.of(called.first, 2))
    assert {finding.law for finding in verify(longer, rule()).findings} == {"called off", "never abrupt"}
