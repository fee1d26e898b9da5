"""Every law: good schedules have no finding, and a schedule that breaks one law in one way has exactly that one.

The expectations are arithmetic on the rules below, done on paper: the ladder rises by 5 mg a dose and 15 mg a day
every 3 days and is left the same way; the pump rises by at most 30 % and falls by at most 20 % of the day before.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterator
from datetime import date, time
from fractions import Fraction
from itertools import product as combinations_of
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests import build
from titrate import rulebook
from titrate.days import Days, Duration, plus
from titrate.errors import RequestError, Unsafe
from titrate.limit import By, Change, Frequency, LastStep, Times
from titrate.patient import Patient
from titrate.product import Piece, Product
from titrate.quantity import Quantity, Range
from titrate.reason import Because
from titrate.regimen import Administration, Pattern, Regimen, Slot
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Kind, Schedule, Step
from titrate.verifier import CHECKS, Finding, law_of, verify, wayout
from titrate.verifier.change import Doses, applicable, direction, lays, touches, within
from titrate.verifier.wayout import WaysOut

q = Quantity.parse
START = date(2026, 12, 1)
CITE = '{ source = "label", at = "section 2", checked = 2026-11-23 }'

HEAD = """
format = 1
drug = "testium"
route = "oral"
indication = "tests"
region = "nowhere"
population = "everybody"
status = "draft"

[sources.label]
title = "Label"
publisher = "A publisher"
edition = "2026"
href = "https://example.org"
"""

LADDER = (
    HEAD.replace("format = 1", 'format = 1\nunit = "mg"')
    + """
[[products]]
name = "5mg"
form = "tablet"
strength = "5 mg"
cite = CITE

[[products]]
name = "10mg"
form = "tablet"
strength = "10 mg"
divide = "halves"
cite = CITE

[[products]]
name = "20mg"
form = "tablet"
strength = "20 mg"
divide = "halves"
cite = CITE

[slots]
cite = CITE

[slots.day]
1 = ["evening 20:00"]
2 = ["morning 08:00", "evening 20:00"]
3 = ["morning 08:00", "afternoon 14:00", "evening 20:00"]
4 = ["morning 07:00", "midday 12:00", "afternoon 17:00", "bedtime 22:00"]

[frequency]
times = { at-least = 3, at-most = 4 }
cite = CITE

[start]
dose = "5 mg"
daily = { at-most = "20 mg" }
frequency = 3
cite = CITE

[[increase]]
by = [{ at-most = "5 mg", per = "dose" }, { at-most = "15 mg", per = "day" }]
every = { at-least = "3 days" }
cite = CITE

[maintenance]
dose = { at-least = "10 mg", at-most = "20 mg" }
frequency = { at-least = 3, at-most = 4 }
cite = CITE

[maximum]
dose = "20 mg"
daily = "80 mg"
cite = CITE

[[spacing]]
at-least = "4 hours"
cite = CITE

[[taper.decrease]]
by = [{ at-most = "5 mg", per = "dose" }, { at-most = "15 mg", per = "day" }]
every = { at-least = "3 days" }
cite = CITE

[taper.duration]
at-least = "14 days"
cite = CITE

[taper.last]
daily = "5 mg"
cite = CITE

[taper.frequency]
times = { at-least = 1, at-most = 4 }
cite = CITE
"""
)

PUMP = (
    HEAD.replace("format = 1", 'format = 1\nunit = "micrograms"')
    + """
[[products]]
name = "pump"
form = "infusion"
strength = "1 micrograms"
cite = CITE

[slots]
cite = CITE

[slots.day]
1 = ["continuous"]

[frequency]
times = 1
cite = CITE

[start]
daily = { at-least = "25 micrograms", at-most = "100 micrograms" }
cite = CITE

[[increase]]
by = { at-most = "30 %", per = "day" }
every = { at-least = "24 hours" }
cite = CITE

[maintenance]
daily = { at-least = "50 micrograms", at-most = "1200 micrograms" }
cite = CITE

[maximum]
daily = "2000 micrograms"
cite = CITE

[[taper.decrease]]
by = { at-most = "20 %", per = "day" }
every = { at-least = "24 hours" }
cite = CITE

[taper.last]
daily = "50 micrograms"
cite = CITE
"""
)


RISES = """[[increase]]
by = [{ at-most = "5 mg", per = "dose" }, { at-most = "15 mg", per = "day" }]
every = { at-least = "3 days" }
"""
FALLS = """[[taper.decrease]]
by = [{ at-most = "5 mg", per = "dose" }, { at-most = "15 mg", per = "day" }]
"""
STAYS = """[maintenance]
dose = { at-least = "10 mg", at-most = "20 mg" }
frequency = { at-least = 3, at-most = 4 }
"""
OFTEN = "[frequency]\ntimes = { at-least = 3, at-most = 4 }"
TAPERED = "[taper.frequency]\ntimes = { at-least = 1, at-most = 4 }"
TAPERED_UP_TO_3 = (TAPERED, TAPERED.replace("4", "3"))
LAST = '[taper.last]\ndaily = "5 mg"'
ADULTS = """[[eligible]]
when = { age = { at-least = "18 years" } }
says = "adults"
cite = CITE

[start]"""


def rule_of(text: str = LADDER, *swaps: tuple[str, str]) -> Rule:
    """A rule from text, after swapping pieces of it; each piece has to be there exactly once."""
    for old, new in swaps:
        assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in the rule"
        text = text.replace(old, new)
    content = text.replace("CITE", CITE).encode()
    file, faults = rulebook.parse(content, "ladder.toml")
    assert file is not None, faults
    assert not faults
    return Rule("ladder", hashlib.sha256(content).hexdigest(), file)


def steps_of(lines: tuple[str, ...], rule: Rule) -> tuple[Step, ...]:
    """`"3 titration 5 mg x3"`, `"open maintenance 20 mg x3"`, `"stop"`; one after the other from `START` on."""
    steps: list[Step] = []
    first = START
    products = rule.limits_for(Patient(weight=q("70 kg")), starting=False).products
    for line in ("1 taper none mg" if line == "stop" else line for line in lines):
        length, kind, text = line.split(" ", 2)
        days = Days(first, None) if length == "open" else Days.of(first, int(length))
        steps.append(Step(days, _kind(kind), build.regimen(text, products), Because("It is so")))
        first = plus(first, days.length or 1)
    return tuple(steps)


def _kind(word: str) -> Kind:
    assert word in ("titration", "maintenance", "taper")
    return word  # type: ignore[return-value]


def schedule(rule: Rule, *lines: str, review: date | None = None, **asked: Any) -> Schedule:
    """A schedule for a request; `current` and `target` are written as one would type them."""
    for name in ("current", "target"):
        if isinstance(asked.get(name), str):
            asked[name] = Pattern.parse(asked[name])
    asked.setdefault("goal", "plan")
    asked.setdefault("start", START)
    request = Request(rule=rule.id, issued=build.ISSUED, **asked)
    missing = rule.limits_for(request.patient, starting=False).not_checked
    return Schedule(
        "0123456789ab", 1, "0.1.0", build.ISSUED, rule.stamp, request, steps_of(lines, rule), review, missing
    )


def swapped(of: Schedule, number: int, **changes: Any) -> Schedule:
    """The schedule with its step `number` (from 1) changed."""
    steps = list(of.steps)
    steps[number - 1] = dataclasses.replace(steps[number - 1], **changes)
    return dataclasses.replace(of, steps=tuple(steps))


def laws(of: Schedule, rule: Rule) -> list[tuple[str, str | None]]:
    """What is found, as (law, day)."""
    verdict = verify(of, rule)
    assert {finding.law for finding in verdict.findings} <= set(verdict.laws)
    return [(found.law, None if found.day is None else found.day.isoformat()) for found in verdict.findings]


LADDER_RULE = rule_of()
PUMP_RULE = rule_of(PUMP)
UP = ("3 titration 5 mg x3", "3 titration 10 mg x3", "3 titration 15 mg x3")
DOWN = (
    "3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3", "3 taper 5 mg x2", "3 taper 5 mg x1", "stop",
)  # fmt: skip


def titration() -> Schedule:
    """5, 10, 15 mg three times a day for 3 days each, then 20 mg three times a day without end."""
    return schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", target="20 mg x3", split="even")


def taper(**asked: Any) -> Schedule:
    """From 20 mg three times a day to nothing in 15 days; the last dose on 15 December."""
    asked = {"goal": "taper", "current": "20 mg x3", **asked}
    return schedule(LADDER_RULE, *DOWN, **asked)


def round_trip(*, stay: int = 56, maintain: Duration | None = None, **asked: Any) -> Schedule:
    """Up to 60 mg a day, 8 weeks there, and down to nothing."""
    maintain = maintain or Duration(8, "week")
    asked = {"target": "60 mg/day", "maintain": maintain, "then_stop": True, **asked}
    return schedule(LADDER_RULE, *UP, f"{stay} maintenance 20 mg x3", *DOWN, **asked)


def infusion(*daily: int, kind: str = "titration", **asked: Any) -> Schedule:
    """One day on each of the daily doses but the last, which has no end."""
    lines = [f"1 {kind} {amount} micrograms/day" for amount in daily[:-1]]
    return schedule(PUMP_RULE, *lines, f"open maintenance {daily[-1]} micrograms/day", **asked)


GOOD: dict[str, tuple[Callable[[], Schedule], Rule]] = {
    "titration without end": (titration, LADDER_RULE),
    "from a current regimen": (
        lambda: schedule(LADDER_RULE, "3 titration 15 mg x3", "open maintenance 20 mg x3", current="10 mg x3"),
        LADDER_RULE,
    ),
    "up, stay, down": (round_trip, LADDER_RULE),
    "taper": (taper, LADDER_RULE),
    "to a lower dose": (
        lambda: schedule(LADDER_RULE, "3 taper 15 mg x3", "open maintenance 10 mg x3", current="20 mg x3"),
        LADDER_RULE,
    ),
    "infusion up: 130 % of 169 is 219.7": (lambda: infusion(100, 130, 169, 219), PUMP_RULE),
    "infusion down to nothing: 80 % of 52 is 41.6": (
        lambda: schedule(
            PUMP_RULE,
            *(f"1 taper {daily} micrograms/day" for daily in (80, 64, 52, 42)),
            "1 taper none micrograms",
            goal="taper",
            current="100 micrograms/day",
        ),
        PUMP_RULE,
    ),
    "uneven": (
        lambda: schedule(
            LADDER_RULE,
            "3 titration 5 mg x3", "3 titration 5/5/10 mg", "3 titration 10/5/15 mg", "3 titration 10/10/15 mg",
            "open maintenance 15 mg x3",
        ),
        LADDER_RULE,
    ),
    "a fourth dose that is built up": (
        lambda: schedule(
            LADDER_RULE,
            "3 titration 20/20/20/5 mg", "3 titration 20/20/20/10 mg", "3 titration 20/20/20/15 mg",
            "open maintenance 20 mg x4",
            current="20 mg x3", target="20 mg x4",
        ),
        LADDER_RULE,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", GOOD)
def test_a_good_schedule_has_no_finding(name: str) -> None:
    made, rule = GOOD[name]
    assert laws(made(), rule) == []


def test_every_law_is_named_once_and_in_order_whatever_is_found() -> None:
    names = (
        "covered", "start", "increment", "decrement", "interval", "maximum", "frequency", "spacing", "maintenance",
        "makeable", "direction", "never abrupt", "way out", "taper duration", "scope", "rule", "asked",
    )  # fmt: skip
    assert verify(titration(), LADDER_RULE).laws == names
    assert tuple(map(law_of, CHECKS)) == names
    assert all(check.__doc__ for check in CHECKS)


# Law 1, covered.


def test_covered_a_day_without_a_step() -> None:
    """Step 2 is 4 to 6 December; moved by a day it is 5 to 7, and step 3 from 8 December on."""
    good = titration()
    moved = good
    for number, (first, length) in enumerate((("2026-12-05", 3), ("2026-12-08", 3), ("2026-12-11", None)), 2):
        day = date.fromisoformat(first)
        moved = swapped(moved, number, days=Days(day, None) if length is None else Days.of(day, length))
    assert laws(moved, LADDER_RULE) == [("covered", "2026-12-04")]


def test_covered_a_day_with_two_steps() -> None:
    longer = swapped(titration(), 1, days=Days.of(START, 4))
    assert laws(longer, LADDER_RULE) == [("covered", "2026-12-04")]


def test_covered_a_step_without_end_before_another() -> None:
    assert laws(swapped(titration(), 1, days=Days(START, None)), LADDER_RULE) == [("covered", "2026-12-04")]


def test_covered_a_schedule_without_steps_is_told_so_alone() -> None:
    verdict = verify(dataclasses.replace(titration(), steps=()), LADDER_RULE)
    assert (verdict.laws, [finding.law for finding in verdict.findings]) == (("covered",), ["covered"])


# Law 2, start.


@pytest.mark.parametrize(
    ("first", "found"),
    [
        ("5 mg x3", []),
        ("10/5/5 mg", ["start"]),  # a dose over 5 mg; 20 mg a day is still allowed
        ("5 mg x4", ["start"]),  # four doses, where the start has three
        ("10/10/5 mg", ["start", "start"]),  # and 25 mg a day
    ],
)
def test_start_is_within_the_range_where_the_patient_takes_nothing(first: str, found: list[str]) -> None:
    # A rise goes straight to the maintenance: from 5 mg x3 the day may gain 15 mg, from the others less.
    last = "10/10/10/10 mg" if first.endswith("x4") else "10 mg x3"
    rule = rule_of(LADDER, (RISES, RISES.replace("15 mg", "20 mg")))
    made = schedule(rule, f"3 titration {first}", f"open maintenance {last}")
    assert laws(made, rule) == [(law, "2026-12-01") for law in found]


def test_start_from_a_daily_dose_whose_parts_are_not_known() -> None:
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="60 mg/day")
    assert laws(made, LADDER_RULE) == [("start", "2026-12-01")]


def test_start_the_range_does_not_bind_who_is_on_the_drug() -> None:
    assert laws(schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3"), LADDER_RULE) == []


# Law 3, increment.


def test_increment_by_dose() -> None:
    """5/5/10 to 5/5/20 is 10 mg in one dose, and 10 mg in the day."""
    made = schedule(LADDER_RULE, "3 titration 10/10/10 mg", "3 titration 10/10/20 mg", "open maintenance 15/15/20 mg",
                    current="10 mg x3")  # fmt: skip
    assert laws(made, LADDER_RULE) == [("increment", "2026-12-04")]


def test_increment_by_day() -> None:
    """Four doses that rise by 5 mg each are 20 mg a day, 5 mg too much; by 5, 5, 5 and 0 they are 15 mg."""
    good = schedule(LADDER_RULE, "3 titration 15/15/15/10 mg", "open maintenance 15 mg x4", current="10 mg x4")
    assert laws(good, LADDER_RULE) == []
    made = schedule(LADDER_RULE, "open maintenance 15 mg x4", current="10 mg x4")
    assert laws(made, LADDER_RULE) == [("increment", "2026-12-01")]


def test_increment_a_new_dose_begins_at_5_mg_and_not_at_10() -> None:
    for dose, found in (("5", []), ("10", [("increment", "2026-12-01")])):
        made = schedule(LADDER_RULE, f"open maintenance 20/20/20/{dose} mg", current="20 mg x3")
        rest = [("maintenance", "2026-12-01")] if dose == "5" else []
        assert laws(made, LADDER_RULE) == found + rest


def test_increment_any_pairing_of_the_doses_will_do() -> None:
    """5/10 into 5/10/10 is lawful as a new 5 mg, 5 to 10 mg, 10 mg; read as a new third dose of 10 mg it is not."""
    five = (By(q("5 mg"), "dose"),)
    assert within(five, _doses(10, 15), _doses(5, 10, 15), ())
    assert within(five, _doses(5, 10), _doses(5, 10, 5), ())
    assert within(five, _doses(5, 10), _doses(5, 10, 10), ())
    assert not within(five, _doses(10, 20), _doses(10, 20, 10), ())
    assert not within(five, _doses(5), _doses(10, 10), ())


def test_increment_a_share_of_nothing_is_nothing() -> None:
    """A new dose is never lawful by percent of each dose; by percent of the day it may be."""
    assert within((By(q("50 %"), "dose"),), _doses(10, 20), _doses(15, 30), ())
    assert not within((By(q("49 %"), "dose"),), _doses(10, 20), _doses(15, 30), ())
    assert not within((By(q("100 %"), "dose"),), _doses(10), _doses(10, 1), ())
    assert within((By(q("10 %"), "day"),), _doses(10), _doses(10, 1), ())


@pytest.mark.parametrize(("daily", "found"), [(219, []), (220, [("increment", "2026-12-04")])])
def test_increment_a_percentage_is_never_rounded_up(daily: int, found: list[tuple[str, str]]) -> None:
    """130 % of 169 is 219.7: 219 is allowed, 220 is not."""
    assert laws(infusion(100, 130, 169, daily), PUMP_RULE) == found


def _banded(edge: str) -> Rule:
    """Up to 30 mg a day 15 mg at once; beyond the edge 5 mg at once."""
    band = (
        '[[increase]]\nby = {{ at-most = "{by} mg", per = "day" }}\n'
        'every = {{ at-least = "{days} days" }}\nband = {{ {edge} }}\n'
    )
    low = band.format(by=15, days=3, edge='at-most = "30 mg"')
    return rule_of(LADDER, (RISES, low + "cite = CITE\n\n" + band.format(by=5, days=7, edge=edge)))


@pytest.mark.parametrize(
    ("edge", "current", "to", "found"),
    [
        ('at-least = "50 mg"', "10 mg x3", "15 mg x3", []),  # 30 to 45: only the lower band
        ('at-least = "45 mg"', "10 mg x3", "15 mg x3", ["increment"]),  # onto the edge: both
        ('at-least = "40 mg"', "10 mg x3", "15 mg x3", ["increment"]),  # over the edge: both
        ('above = "45 mg"', "10 mg x3", "15 mg x3", []),  # onto an edge that the band leaves out: only the lower one
        ('at-least = "40 mg"', "15 mg x3", "15/15/20 mg", []),  # 45 to 50, 5 mg
        ('at-least = "40 mg"', "15 mg x3", "15/20/20 mg", ["increment"]),  # 45 to 55
    ],
)
def test_increment_a_step_that_touches_an_edge_keeps_the_limits_of_both_sides(
    edge: str, current: str, to: str, found: list[str]
) -> None:
    rule = _banded(edge)
    made = schedule(rule, f"open maintenance {to}", current=current)
    assert laws(made, rule) == [(law, "2026-12-01") for law in found]


def test_increment_and_interval_where_the_rule_is_silent() -> None:
    """Silent about both: the request has to bring them; then its own pace is the limit."""
    silent = rule_of(LADDER, (RISES, "[[increase]]\nby = { silent = true }\nevery = { silent = true }\n"))
    lines = ("3 titration 5 mg x3", "open maintenance 10 mg x3")
    assert laws(schedule(silent, *lines), silent) == [("increment", "2026-12-04"), ("interval", "2026-12-04")]
    assert laws(schedule(silent, *lines, by=q("5 mg"), every=Duration(3, "day")), silent) == []
    assert laws(schedule(silent, *lines, by=q("5 mg")), silent) == [("interval", "2026-12-04")]
    assert laws(schedule(silent, *lines, every=Duration(3, "day")), silent) == [("increment", "2026-12-04")]
    assert laws(schedule(silent, *lines, by=q("4 mg"), every=Duration(4, "day")), silent) == [
        ("increment", "2026-12-04"),
        ("interval", "2026-12-04"),
    ]


def test_increment_the_pace_of_the_request_binds_and_cites_the_prescriber() -> None:
    made = schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", by=q("10 mg/day"))
    found = verify(made, LADDER_RULE).findings
    assert [(one.law, str(one.day)) for one in found] == [
        ("increment", "2026-12-04"), ("increment", "2026-12-07"), ("increment", "2026-12-10"),
    ]  # fmt: skip
    assert found[0].citation is not None
    assert found[0].citation.basis == "prescriber"


# Law 4, decrement.


def test_decrement_60_to_30_in_one_step() -> None:
    """20 to 10 mg a dose breaks 5 mg a dose, 60 to 30 mg a day breaks 15 mg a day."""
    made = schedule(LADDER_RULE, "6 taper 10 mg x3", *DOWN[2:], goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("decrement", "2026-12-01"), ("decrement", "2026-12-01")]


def test_decrement_by_dose_alone() -> None:
    """20/20/20 to 20/20/10: 10 mg in one dose, within 15 mg a day."""
    lines = ("3 taper 20/20/10 mg", "3 taper 15/15/10 mg", *DOWN[1:])
    made = schedule(LADDER_RULE, *lines, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("decrement", "2026-12-01")]


def test_decrement_a_dose_of_5_mg_may_be_left_out_and_one_of_10_may_not() -> None:
    good = schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10/10/10/5 mg")
    bad = schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10/10/10/10 mg")
    assert laws(good, LADDER_RULE) == []
    assert laws(bad, LADDER_RULE) == [("decrement", "2026-12-01")]


@pytest.mark.parametrize(("daily", "found"), [(52, []), (51, [("decrement", "2026-12-03")])])
def test_decrement_a_percentage_is_of_the_day_before(daily: int, found: list[tuple[str, str]]) -> None:
    """80 % of 64 is 51.2: 52 is allowed, 51 is not."""
    assert laws(infusion(80, 64, daily, kind="taper", current="100 micrograms/day"), PUMP_RULE) == found


ORIGINAL = (
    (FALLS, '[[taper.decrease]]\nby = { at-most = "25 %", per = "day", of = "original" }\n'),
    (LAST, LAST.replace("5 mg", "20 mg")),
    ('at-least = "14 days"', 'at-least = "9 days"'),
)


def test_decrement_a_percentage_of_the_original_is_of_the_dose_at_which_the_taper_began() -> None:
    """25 % of 80 mg a day is 20 mg: 80, 60, 40, 20, nothing; 25 mg at once is too much."""
    rule = rule_of(LADDER, *ORIGINAL)
    good = ("3 taper 20 mg x3", "3 taper 20 mg x2", "3 taper 20 mg x1", "stop")
    assert laws(schedule(rule, *good, goal="taper", current="20 mg x4"), rule) == []
    bad = ("3 taper 20 mg x3", "3 taper 20/15 mg", "3 taper 20 mg x1", "stop")
    assert laws(schedule(rule, *bad, goal="taper", current="20 mg x4"), rule) == [("decrement", "2026-12-04")]


def test_decrement_after_a_stay_the_original_is_the_maintenance_dose() -> None:
    """From 80 mg a day 20 mg; after a stay on 60 mg a day only 15 mg, so 60 to 40 is too much there."""
    rule = rule_of(LADDER, *ORIGINAL)
    down = ("3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3", "stop")
    good = schedule(rule, "9 maintenance 20 mg x3", *down, current="20 mg x4", then_stop=True)
    assert laws(good, rule) == []
    steep = ("3 taper 20 mg x2", "3 taper 15 mg x2", "3 taper 15 mg x1", "stop")
    bad = schedule(rule, "9 maintenance 20 mg x3", *steep, current="20 mg x4", then_stop=True)
    assert laws(bad, rule) == [("decrement", "2026-12-10")]


def test_decrement_a_percentage_of_the_original_dose_is_of_its_largest() -> None:
    """Half of 20 mg, the largest dose of 20/10 mg, is 10 mg at each dose, whatever that dose is."""
    half = (By(q("50 %"), "dose", "original"),)
    assert within(half, _doses(20, 10), _doses(10), _doses(20, 10))  # 10 left out, or 20 -> 10 and 10 left out
    assert not within(half, _doses(20, 11), _doses(9), _doses(20, 10))
    assert within(half, _doses(12, 10), _doses(2), _doses(20, 10))


def test_decrement_to_nothing_is_a_fall_where_the_rule_gives_no_last_step() -> None:
    rule = rule_of(LADDER, ('[taper.last]\ndaily = "5 mg"\ncite = CITE\n', ""))
    assert laws(schedule(rule, *DOWN, goal="taper", current="20 mg x3"), rule) == []
    early = schedule(rule, "3 taper 15 mg x3", "3 taper 10 mg x3", "3 taper 5 mg x3", "6 taper 10 mg x1", "stop",
                     goal="taper", current="20 mg x3")  # fmt: skip
    assert ("decrement", "2026-12-16") in laws(early, rule)


# Laws 3 and 4, interval.


@pytest.mark.parametrize(("days", "found"), [(3, []), (2, [("interval", "2026-12-03")])])
def test_interval_a_rise_after_3_days_but_not_after_2(days: int, found: list[tuple[str, str]]) -> None:
    made = schedule(LADDER_RULE, f"{days} titration 5 mg x3", "open maintenance 10 mg x3")
    assert laws(made, LADDER_RULE) == found


def test_interval_a_fall_after_2_days() -> None:
    made = schedule(LADDER_RULE, "3 taper 15 mg x3", "2 taper 10 mg x3", "4 taper 5 mg x3", *DOWN[3:], goal="taper",
                    current="20 mg x3")  # fmt: skip
    assert laws(made, LADDER_RULE) == [("interval", "2026-12-06")]


def test_interval_the_last_dose_is_kept_too() -> None:
    lines = ("4 taper 15 mg x3", *DOWN[1:4], "2 taper 5 mg x1", "stop")
    made = schedule(LADDER_RULE, *lines, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("interval", "2026-12-16")]


def test_interval_equal_days_count_together_whatever_their_kind() -> None:
    """1 day titration and 2 days maintenance on 10 mg are 3 days on 10 mg."""
    made = schedule(LADDER_RULE, "3 titration 5 mg x3", "1 titration 10 mg x3", "2 maintenance 10 mg x3",
                    "3 titration 15 mg x3", "open maintenance 20 mg x3")  # fmt: skip
    assert laws(made, LADDER_RULE) == []


@pytest.mark.parametrize(
    ("since", "found"),
    [(None, []), ("2026-11-28", []), ("2026-11-29", [("interval", "2026-12-01")])],
)
def test_interval_what_was_taken_before_counts_if_known(since: str | None, found: list[tuple[str, str]]) -> None:
    """28, 29 and 30 November are three days; from the 29th on it is two."""
    begun = None if since is None else date.fromisoformat(since)
    made = schedule(LADDER_RULE, "open maintenance 15 mg x3", current="10 mg x3", since=begun)
    assert laws(made, LADDER_RULE) == found


@pytest.mark.parametrize(
    ("since", "found"),
    [(None, []), ("2026-11-29", []), ("2026-11-30", [("interval", "2026-12-02")])],
)
def test_interval_a_first_step_that_stays_goes_on_counting(since: str | None, found: list[tuple[str, str]]) -> None:
    """29 and 30 November and 1 December are three days."""
    begun = None if since is None else date.fromisoformat(since)
    made = schedule(LADDER_RULE, "1 titration 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3", since=begun)
    assert laws(made, LADDER_RULE) == found


def test_interval_a_new_regimen_does_not_inherit_the_days_of_the_old_one() -> None:
    made = schedule(LADDER_RULE, "2 titration 15 mg x3", "open maintenance 20 mg x3", current="10 mg x3",
                    since=date(2026, 1, 1))  # fmt: skip
    assert laws(made, LADDER_RULE) == [("interval", "2026-12-03")]


def test_interval_days_do_not_add_up_over_a_gap() -> None:
    """10 mg on 1 and 2 December, nothing said about the 3rd, 10 mg on the 4th and 5th: two days in a row."""
    made = schedule(LADDER_RULE, "2 titration 15 mg x3", "2 titration 15 mg x3", "open maintenance 20 mg x3",
                    current="15 mg x3")  # fmt: skip
    gap = swapped(swapped(made, 2, days=Days.of(date(2026, 12, 4), 2)), 3, days=Days(date(2026, 12, 6), None))
    assert laws(gap, LADDER_RULE) == [("covered", "2026-12-03"), ("interval", "2026-12-06")]


def test_interval_both_sides_of_an_edge() -> None:
    """At 45 mg a day, beyond the edge, a regimen is kept for 7 days."""
    rule = _banded('at-least = "45 mg"')
    for days, found in ((7, []), (6, [("interval", "2026-12-07")])):
        made = schedule(rule, f"{days} titration 15 mg x3", "open maintenance 15/15/20 mg", current="10/15/15 mg")
        assert laws(made, rule) == found


@pytest.mark.parametrize(
    ("days", "band", "found"),
    [
        (6, 'at-most = "5 mg"', []),
        (7, 'at-most = "5 mg"', [("interval", "2026-12-25")]),
        (9, 'at-most = "4 mg"', [("interval", "2026-12-25")]),
    ],
)
def test_interval_on_stopping_is_that_of_every_band_down_to_nothing(
    days: int, band: str, found: list[tuple[str, str]]
) -> None:
    """5 mg once a day, kept for 6 days: a band up to 5 mg binds it, and one up to 4 mg too: 0 lies in it."""
    low = (
        '[[taper.decrease]]\nby = { at-most = "80 mg", per = "day" }\n'
        f'every = {{ at-least = "{days} days" }}\nband = {{ {band} }}\ncite = CITE\n\n[taper.duration]'
    )
    rule = rule_of(LADDER, ("[taper.duration]", low))
    made = schedule(rule, *DOWN[:3], "9 taper 5 mg x2", "6 taper 5 mg x1", "stop", goal="taper", current="20 mg x3")
    assert laws(made, rule) == found


# Law 5, maximum, frequency, spacing.


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


def _at(of: Schedule, number: int, *times: str) -> Schedule:
    old = of.steps[number - 1].regimen.administrations
    new = tuple(
        dataclasses.replace(a, slot=Slot(f"dose {at}", time.fromisoformat(at)))
        for a, at in zip(old, times, strict=True)
    )
    return swapped(of, number, regimen=Regimen("mg", new))


@pytest.mark.parametrize(
    ("times", "found"),
    [
        (("08:00", "12:00", "20:00"), []),
        (("08:00", "11:59", "20:00"), [("spacing", "2026-12-10")]),
        (("03:00", "12:00", "23:00"), []),  # 23:00 to 03:00 is 4 hours
        (("02:59", "12:00", "23:00"), [("spacing", "2026-12-10")]),  # a minute less
        (("12:00", "08:00", "20:00"), [("spacing", "2026-12-10")]),  # not in the order of the clock
        (("08:00", "08:00", "20:00"), [("spacing", "2026-12-10")]),
    ],
)
def test_spacing(times: tuple[str, ...], found: list[tuple[str, str]]) -> None:
    assert laws(_at(titration(), 4, *times), LADDER_RULE) == found


def test_spacing_over_the_night_between_two_regimens() -> None:
    """20:00 on 9 December to 00:00 on the 10th is 4 hours; from 20:01 it is less, and the 10th is named."""
    early = _at(titration(), 4, "00:00", "08:00", "16:00")
    assert laws(early, LADDER_RULE) == []
    late = _at(early, 3, "08:00", "14:00", "20:01")
    assert laws(late, LADDER_RULE) == [("spacing", "2026-12-10")]


def test_spacing_the_night_after_a_single_day_is_the_next_regimens() -> None:
    """23:00 to 00:30 would be an hour and a half, but on the next day the first dose is at 08:00."""
    made = schedule(LADDER_RULE, "1 titration 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3")
    assert laws(_at(made, 1, "00:30", "12:00", "23:00"), LADDER_RULE) == []
    assert laws(_at(made, 2, "00:30", "12:00", "23:00"), LADDER_RULE) == [("spacing", "2026-12-02")]


def test_spacing_that_is_for_another_number_of_doses_does_not_apply() -> None:
    for frequency, found in ((4, []), (3, [("spacing", f"2026-12-{day}") for day in ("01", "04", "07", "10")])):
        rule = rule_of(LADDER, ('at-least = "4 hours"', f'at-least = "7 hours"\nfrequency = {frequency}'))
        made = schedule(rule, *UP, "open maintenance 20 mg x3")
        # 08:00, 14:00 and 20:00 are twice 6 hours apart.
        assert laws(made, rule) == [one for one in found for _ in range(2)]


def test_spacing_an_infusion_beside_a_dose_is_no_regimen() -> None:
    made = _at(titration(), 4, "08:00", "14:00", "20:00")
    first, second, third = made.steps[3].regimen.administrations
    odd = Regimen("mg", (first, second, dataclasses.replace(third, slot=Slot("continuous", None))))
    assert laws(swapped(made, 4, regimen=odd), LADDER_RULE) == [("spacing", "2026-12-10"), ("makeable", "2026-12-10")]


def test_spacing_the_clock_is_kept_where_the_rule_has_no_spacing_too() -> None:
    rule = rule_of(LADDER, ('[[spacing]]\nat-least = "4 hours"\ncite = CITE\n', ""))
    made = schedule(rule, *UP, "open maintenance 20 mg x3")
    assert laws(_at(made, 4, "07:59", "08:00", "20:00"), rule) == []
    assert laws(_at(made, 4, "08:00", "07:59", "20:00"), rule) == [("spacing", "2026-12-10")]
    assert laws(_at(made, 4, "08:00", "08:00", "20:00"), rule) == [("spacing", "2026-12-10")]


# Law 6, maintenance.


def test_maintenance_below_its_range() -> None:
    made = schedule(LADDER_RULE, "open maintenance 10/10/5 mg", current="5/10/5 mg")
    assert laws(made, LADDER_RULE) == [("maintenance", "2026-12-01")]
    assert laws(schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10/10/5 mg"), LADDER_RULE) == []


def test_maintenance_daily_range_of_an_infusion() -> None:
    assert laws(infusion(49, current="49 micrograms/day"), PUMP_RULE) == [("maintenance", "2026-12-01")]
    assert laws(infusion(50, current="49 micrograms/day"), PUMP_RULE) == []


# Law 7, makeable.


def _made_of(number: int, *pieces: Piece) -> Schedule:
    made = titration()
    first, *rest = made.steps[number - 1].regimen.administrations
    return swapped(made, number, regimen=Regimen("mg", (dataclasses.replace(first, pieces=pieces), *rest)))


FIVE, TEN, TWENTY = build.TABLETS


@pytest.mark.parametrize(
    ("pieces", "found"),
    [
        ((Piece(TWENTY, Fraction(1)),), 0),
        ((Piece(TEN, Fraction(3, 2)), Piece(FIVE, Fraction(1))), 0),
        ((Piece(TEN, Fraction(1)),), 1),  # 10 mg are not 20 mg
        ((), 1),
        ((Piece(TEN, Fraction(1)), Piece(TEN, Fraction(1))), 1),  # one product twice
        ((Piece(TEN, Fraction(7, 4)), Piece(FIVE, Fraction(1, 2))), 2),  # quarters of halves, halves of wholes
        ((Piece(TWENTY, Fraction(3, 4)), Piece(FIVE, Fraction(1))), 1),  # a fourth where only halves exist
        ((Piece(TWENTY, Fraction(3, 2)), Piece(TEN, Fraction(-1))), 1),
        ((Piece(TWENTY, Fraction(1)), Piece(TEN, Fraction(0))), 1),
        ((Piece(dataclasses.replace(FIVE, parts=2), Fraction(4)),), 1),  # the rule's 5 mg tablet is not divided
        ((Piece(Product("2mg", "tablet", q("2 mg")), Fraction(10)),), 1),
    ],
)
def test_makeable(pieces: tuple[Piece, ...], found: int) -> None:
    assert laws(_made_of(4, *pieces), LADDER_RULE) == [("makeable", "2026-12-10")] * found


def test_makeable_from_what_is_at_hand() -> None:
    """20 mg made of a 20 mg tablet, where only 5 and 10 mg tablets are at hand: once for each of three doses."""
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", products=("5mg", "10mg"))
    assert laws(made, LADDER_RULE) == [("makeable", "2026-12-01")] * 3


def test_makeable_a_dose_of_nothing_is_no_dose() -> None:
    nothing = Administration(Slot("night", time(23, 59)), q("0 mg"), ())
    made = titration()
    four = Regimen("mg", (*made.steps[3].regimen.administrations[:2], nothing))
    asked = dataclasses.replace(made, request=dataclasses.replace(made.request, target=None, split=None))
    found = laws(swapped(asked, 4, regimen=four), LADDER_RULE)
    # The maintenance begins at 10 mg a dose, and from 15/15/15 to 20/20/0 mg two doses rise and one falls.
    assert [law for law, _ in found] == ["maintenance", "makeable", "direction"]


def test_makeable_a_piece_counted_in_something_else_than_the_dose() -> None:
    spoon = Product("spoon", "packet", q("5 mL"))
    assert laws(_made_of(4, Piece(spoon, Fraction(4))), LADDER_RULE) == [("makeable", "2026-12-10")]


@pytest.mark.parametrize(
    ("pieces", "limit"),
    [
        ((Piece(TWENTY, Fraction(3, 4)), Piece(FIVE, Fraction(1))), "pieces divided into 2 at most"),
        ((Piece(TEN, Fraction(3, 2)), Piece(TWENTY, Fraction(0)), Piece(FIVE, Fraction(1))), "more than nothing of it"),
        ((Piece(TEN, Fraction(1)), Piece(FIVE, Fraction(2)), Piece(TWENTY, Fraction(1, 4))), "exactly 20 mg"),
        ((Piece(FIVE, Fraction(1, 2)), Piece(TEN, Fraction(7, 4))), "whole pieces"),
    ],
)
def test_makeable_says_what_a_piece_has_to_be(pieces: tuple[Piece, ...], limit: str) -> None:
    assert verify(_made_of(4, *pieces), LADDER_RULE).findings[0].limit == limit


def test_makeable_a_billion_pieces() -> None:
    """Told, and not counted one by one."""
    made = titration()
    first, *rest = made.steps[3].regimen.administrations
    huge = dataclasses.replace(first, dose=q("10000000000 mg"), pieces=(Piece(TEN, Fraction(10**9)),))
    found = {law for law, _ in laws(swapped(made, 4, regimen=Regimen("mg", (huge, *rest))), LADDER_RULE)}
    assert {"maximum", "increment"} <= found
    assert "makeable" not in found


LIQUID = ('[[products]]\nname = "5mg"\nform = "tablet"\nstrength = "5 mg"',
          '[[products]]\nname = "syrup"\nform = "liquid"\nstrength = "1 mg/mL"\nmeasure = "0.5 mL"')  # fmt: skip


@pytest.mark.parametrize(("millilitres", "found"), [("10", 0), ("9.5", 1), ("9.75", 2)])
def test_makeable_a_liquid_is_drawn_up_in_whole_measures(millilitres: str, found: int) -> None:
    """With half a 20 mg tablet 10 mL are 20 mg; 9.5 mL are not, and 9.75 mL cannot be measured either."""
    rule = rule_of(LADDER, LIQUID)
    syrup = rule.limits_for(Patient(), False).products[0]
    made = schedule(rule, "open maintenance 20 mg x3", current="20 mg x3")
    first, *rest = made.steps[0].regimen.administrations
    pieces = (Piece(TWENTY, Fraction(1, 2)), Piece(syrup, Fraction(millilitres)))
    new = Regimen("mg", (dataclasses.replace(first, pieces=pieces), *rest))
    assert laws(swapped(made, 1, regimen=new), rule) == [("makeable", "2026-12-01")] * found


def test_makeable_an_infusion_is_set_in_whole_steps_and_has_no_clock_time() -> None:
    good = infusion(100, current="100 micrograms/day")
    pump = PUMP_RULE.limits_for(Patient(), False).products[0]
    half = Administration(Slot("continuous", None), q("100.5 micrograms"), (Piece(pump, Fraction(201, 2)),))
    assert laws(swapped(good, 1, regimen=Regimen("micrograms", (half,))), PUMP_RULE) == [("makeable", "2026-12-01")]
    clock = Administration(Slot("morning", time(8)), q("100 micrograms"), (Piece(pump, Fraction(100)),))
    assert laws(swapped(good, 1, regimen=Regimen("micrograms", (clock,))), PUMP_RULE) == [("makeable", "2026-12-01")]


# Law 8, direction.


def test_direction_a_titration_that_falls() -> None:
    lines = ("3 titration 10 mg x3", "3 titration 5 mg x3", "open maintenance 10 mg x3")
    made = schedule(LADDER_RULE, *lines, current="5 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]


def test_direction_a_taper_that_rises_in_its_middle() -> None:
    made = schedule(LADDER_RULE, "3 taper 15 mg x3", "3 taper 20 mg x3", *DOWN, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]


def test_direction_a_change_that_rises_and_falls() -> None:
    made = schedule(LADDER_RULE, "3 titration 15/10/15 mg", "open maintenance 10/15/15 mg", current="10 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]


def test_direction_maintenance_is_one_regimen() -> None:
    made = schedule(LADDER_RULE, "3 maintenance 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-04")]
    same = schedule(LADDER_RULE, "3 maintenance 10 mg x3", "open maintenance 10 mg x3", current="10 mg x3")
    assert laws(same, LADDER_RULE) == []


def test_direction_a_taper_step_that_only_stays_is_no_taper() -> None:
    """8 weeks on 20 mg, then "tapering" on 20 mg: the days would be counted as taper without being one."""
    made = schedule(LADDER_RULE, *UP, "9 maintenance 20 mg x3", "3 taper 20 mg x3", *DOWN, then_stop=True)
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-19")]


def test_direction_the_first_step_may_keep_the_current_regimen() -> None:
    made = schedule(LADDER_RULE, "1 taper 20 mg x3", *DOWN, goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == []
    up = schedule(LADDER_RULE, "1 titration 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3")
    assert laws(up, LADDER_RULE) == []


def test_direction_two_steps_of_one_kind_may_share_a_regimen() -> None:
    made = schedule(LADDER_RULE, "1 titration 5 mg x3", "2 titration 5 mg x3", "open maintenance 10 mg x3")
    assert laws(made, LADDER_RULE) == []


def test_direction_nothing_can_be_tapered_by_who_takes_nothing() -> None:
    made = schedule(LADDER_RULE, "3 taper 5 mg x3", "3 taper 5 mg x2", "9 taper 5 mg x1", "stop", goal="taper")
    assert laws(made, LADDER_RULE) == [("direction", "2026-12-01")]


# Law 9, never abrupt.


def test_never_abrupt_an_end_on_a_dose() -> None:
    """Kept until a review on 31 December, and then nothing: 60 mg a day stopped by a calendar that runs out."""
    made = swapped(titration(), 4, days=Days(date(2026, 12, 10), date(2026, 12, 30)))
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-30")]


def test_never_abrupt_a_stop_from_60_mg_a_day() -> None:
    """From 5 mg a day one may stop, from 60 not; the taper before it is none, so it lasts 0 days."""
    made = schedule(LADDER_RULE, *UP, "9 maintenance 20 mg x3", "stop", then_stop=True)
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-19"), ("taper duration", "2026-12-19")]


@pytest.mark.parametrize(("last", "found"), [("5 mg x1", []), ("5 mg x2", [("never abrupt", "2026-12-16")])])
def test_never_abrupt_the_last_step_is_at_most_what_the_rule_permits(last: str, found: list[tuple[str, str]]) -> None:
    made = schedule(LADDER_RULE, *DOWN[:4], f"3 taper {last}", "stop", goal="taper", current="20 mg x3")
    assert laws(made, LADDER_RULE) == found


def test_never_abrupt_every_other_day() -> None:
    lines = ("1 maintenance 20 mg x3", "1 taper none mg", "open maintenance 20 mg x3")
    made = schedule(LADDER_RULE, *lines, current="20 mg x3")
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-02")]


def test_never_abrupt_a_last_step_of_several_days_without_a_dose() -> None:
    made = taper()
    assert laws(swapped(made, 6, days=Days.of(date(2026, 12, 16), 2)), LADDER_RULE) == [("never abrupt", "2026-12-16")]
    endless = swapped(made, 6, days=Days(date(2026, 12, 16), None))
    assert laws(endless, LADDER_RULE) == [("never abrupt", "2026-12-16")]


def test_never_abrupt_only_maintenance_has_no_end() -> None:
    made = schedule(LADDER_RULE, "3 titration 5 mg x3", "open titration 10 mg x3")
    assert laws(made, LADDER_RULE) == [("never abrupt", "2026-12-04")]


@pytest.mark.parametrize(
    ("review", "found"), [(date(2026, 12, 10), []), (date(2026, 12, 9), [("never abrupt", "2026-12-09")])]
)
def test_never_abrupt_a_review_before_the_open_step_is_reached(review: date, found: list[tuple[str, str]]) -> None:
    assert laws(dataclasses.replace(titration(), review=review), LADDER_RULE) == found


# Law 10, way out.


def test_way_out_tablets_too_coarse_to_fall_by_5_mg() -> None:
    """20 mg tablets in halves make 10 mg steps; a dose may fall by 5 mg. With halves of 10 mg it can."""
    for hand, found in ((("20mg",), [("way out", "2026-12-01")]), (("20mg", "10mg"), [])):
        made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", products=hand)
        assert laws(made, LADDER_RULE) == found


@pytest.mark.parametrize(("last", "found"), [(4, []), (3, [("way out", "2026-12-01"), ("way out", "2026-12-02")])])
def test_way_out_a_percentage_gets_stuck_on_a_coarse_grid(last: int, found: list[tuple[str, str]]) -> None:
    """20 % of 5 is 1, so 4 can be reached in steps of 1; 20 % of 4 is less than 1, so 3 cannot."""
    rule = rule_of(PUMP, ('daily = "50 micrograms"', f'daily = "{last} micrograms"'))
    made = schedule(rule, "1 titration 100 micrograms/day", "open maintenance 130 micrograms/day")
    assert laws(made, rule) == found


def test_way_out_the_pace_of_the_request_does_not_close_it() -> None:
    """By 2.5 mg a dose a patient on 5 mg tablets could not rise at all; down the rule's own 5 mg count."""
    made = schedule(LADDER_RULE, "open maintenance 10 mg x3", current="10 mg x3", by=q("2.5 mg"))
    assert laws(made, LADDER_RULE) == []


def test_way_out_where_the_rule_is_silent_the_pace_of_the_request_counts() -> None:
    silent = rule_of(LADDER, (FALLS, "[[taper.decrease]]\nby = { silent = true }\n"))
    for by, found in ((None, [("way out", "2026-12-01")]), ("5 mg", []), ("4 mg", [("way out", "2026-12-01")])):
        made = schedule(silent, "open maintenance 10 mg x3", current="10 mg x3", by=None if by is None else q(by))
        assert laws(made, silent) == found


def test_way_out_where_the_rule_is_silent_about_the_day() -> None:
    silent = rule_of(LADDER, (FALLS, '[[taper.decrease]]\nby = { silent = true, per = "day" }\n'))
    made = schedule(silent, "open maintenance 10 mg x3", current="10 mg x3")
    assert laws(made, silent) == [("way out", "2026-12-01")]


def test_way_out_percent_of_the_original_is_of_the_regimen_itself() -> None:
    """25 % of 30 mg a day is 7.5 mg, a tablet of 5 mg; 25 % of 15 mg is 3.75 mg, and a tablet is too much."""
    for current, last, found in (("10 mg x3", 5, []), ("5 mg x3", 5, ["way out"]), ("5 mg x3", 15, [])):
        rule = rule_of(LADDER, ORIGINAL[0], (LAST, LAST.replace("5", str(last))),
                       ('dose = { at-least = "10 mg"', 'dose = { at-least = "5 mg"'))  # fmt: skip
        made = schedule(rule, f"open maintenance {current}", current=current)
        assert laws(made, rule) == [(law, "2026-12-01") for law in found]


def test_way_out_fewer_doses_than_a_taper_may_have_are_not_passed_through() -> None:
    """Three doses a day at least, and 5 mg a day at most before nothing: 5 mg three times a day is the bottom."""
    three = (TAPERED, "[taper.frequency]\ntimes = 3")
    for last, found in ((15, []), (14, [("way out", "2026-12-01")])):
        rule = rule_of(LADDER, three, (LAST, LAST.replace("5", str(last))))
        made = schedule(rule, "open maintenance 20 mg x3", current="20 mg x3")
        assert laws(made, rule) == found


def test_way_out_from_more_doses_a_day_than_a_taper_may_have() -> None:
    """The fourth dose has to go at once: 5 mg may, 10 mg may not."""
    rule = rule_of(LADDER, TAPERED_UP_TO_3, (STAYS, STAYS.replace("10 mg", "5 mg")))
    for regimen, found in (("10/10/10/5 mg", []), ("10 mg x4", [("way out", "2026-12-01")])):
        made = schedule(rule, f"open maintenance {regimen}", current=regimen)
        assert laws(made, rule) == found


def _doses(*amounts: int) -> Doses:
    return tuple(map(Fraction, amounts))


def _search(made: tuple[int, ...], last: int, *falls: Change) -> WaysOut:
    often = Frequency(Times(1, 2), build.STATED)
    return WaysOut("mg", falls, (LastStep(q(f"{last} mg"), build.STATED),), _doses(*made), (often,))


def test_way_out_the_order_matters_under_a_share_of_the_day() -> None:
    """Half of a day. 3/1 mg: without the 1 mg, 3 to 1 is two thirds. But 3/1 to 1/1 is half, and then 1/1 to 1 is."""
    half = Change((By(q("50 %"), "day"),), None, build.STATED)
    assert _search((1, 3), 1, half).exists(_doses(3, 1))
    assert not _search((1, 3), 1, half).exists(_doses(3))


def test_way_out_the_order_matters_around_a_band() -> None:
    """2 mg a dose, but 1 mg on coming to or passing 6 mg a day. From 6/3 mg the 6 has to fall first: 4/3, 4/2,
    3/2, 2/2. With 6/2 mg, at 8 mg a day, nothing goes any more: 4/2 and 6 are both 2 mg down onto 6 mg a day."""
    free = Change((By(q("2 mg"), "dose"),), None, build.STATED)
    slow = Change((By(q("1 mg"), "dose"),), None, build.STATED, Range.exactly(q("6 mg")))
    assert _search((2, 3, 4, 6), 4, free, slow).exists(_doses(6, 3))
    assert not _search((2, 3, 4, 6), 4, free, slow).exists(_doses(6, 2))


def test_way_out_a_search_that_is_cut_off_finds_none_and_settles_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    step = Change((By(q("1 mg"), "dose"),), None, build.STATED)
    search = _search(tuple(range(1, 10)), 1, step)
    monkeypatch.setattr(wayout, "LARGEST_SEARCH", 5)
    assert not search.exists(_doses(9))
    assert search.exists(_doses(5))  # four falls; on the way of the search before
    assert search.exists(_doses(6))  # one more fall, and then it is known


def _obvious(regimen: Doses, search: WaysOut, original: Doses, known: dict[Doses, bool]) -> bool:
    """The same question, asked of every lower regimen there is, one by one; asked twice, answered once."""
    if regimen not in known:
        known[regimen] = _stops(regimen, search, original) or any(
            within(_bys(search, regimen, lower), regimen, lower, original) and _obvious(lower, search, original, known)
            for lower in _lower_regimens(regimen, search, len(original))
        )
    return known[regimen]


def _stops(regimen: Doses, search: WaysOut, original: Doses) -> bool:
    if search.last:
        return all(sum(regimen) <= step.daily.amount for step in search.last)
    return within(_bys(search, regimen, ()), regimen, (), original)


def _lower_regimens(regimen: Doses, search: WaysOut, begun: int) -> Iterator[Doses]:
    choices = [(Fraction(0), *(made for made in search.grades if made <= dose)) for dose in regimen]
    for choice in combinations_of(*choices):
        lower = tuple(dose for dose in choice if dose)
        daily = Quantity(Fraction(sum(lower)), "mg")
        if lower and lower != regimen and all(limit.allows(len(lower), daily, begun) for limit in search.frequency):
            yield lower


def _bys(search: WaysOut, before: Doses, after: Doses) -> list[By]:
    limits = applicable(search.falls, Fraction(sum(before)), Fraction(sum(after)))
    return [by for limit in limits for by in limit.by]


_shares = st.sampled_from((10, 20, 25, 34, 50, 67, 100)).map(lambda n: q(f"{n} %"))
_amounts = st.one_of(st.integers(1, 8).map(lambda n: q(f"{n} mg")), _shares)
_one_by = st.builds(By, _amounts, st.sampled_from(("dose", "day")), st.sampled_from(("current", "original")))
_band = st.one_of(
    st.none(),
    st.integers(1, 15).map(lambda n: Range(at_most=q(f"{n} mg"))),
    st.integers(1, 15).map(lambda n: Range(above=q(f"{n} mg"))),
)


@given(
    bounds=st.lists(_one_by, min_size=2, max_size=3),
    before=st.lists(st.integers(1, 9), min_size=1, max_size=3),
    after=st.lists(st.integers(1, 9), min_size=1, max_size=4),
)
def test_bounds_that_hold_one_by_one_hold_together(bounds: list[By], before: list[int], after: list[int]) -> None:
    change = (_doses(*before), _doses(*after), _doses(*before))
    assert within(bounds, *change) == all(within((by,), *change) for by in bounds)


_falls = st.lists(
    st.builds(Change, st.lists(_one_by, min_size=1, max_size=2).map(tuple), st.none(), st.just(build.STATED), _band),
    min_size=1,
    max_size=3,
).map(tuple)


@settings(deadline=None)  # the slow side is slow on purpose
@given(
    falls=_falls,
    last=st.one_of(st.just(()), st.integers(0, 9).map(lambda n: (LastStep(q(f"{n} mg"), build.STATED),))),
    made=st.sets(st.integers(1, 9), min_size=1, max_size=5),
    times=st.tuples(st.integers(1, 2), st.integers(2, 3)),
    band=_band,
    regimen=st.lists(st.integers(1, 9), min_size=1, max_size=3).map(lambda doses: _doses(*doses)),
)
def test_way_out_in_smallest_portions_is_as_good_as_in_any(
    falls: tuple[Change, ...],
    last: tuple[LastStep, ...],
    made: set[int],
    times: tuple[int, int],
    band: Range | None,
    regimen: Doses,
) -> None:
    frequency = Frequency(Times(*times), build.STATED, band)
    search = WaysOut("mg", falls, last, _doses(*sorted(made)), (frequency,))
    assert search.exists(regimen) == _obvious(regimen, search, regimen, {})


# Law 11, taper duration.


def test_taper_duration_14_days_but_not_13() -> None:
    for last, found in ((5, []), (4, [("taper duration", "2026-12-01")])):
        lines = ("3 taper 5 mg x3", "3 taper 5/5 mg", f"{last + 3} taper 5 mg x1", "stop")
        made = schedule(LADDER_RULE, *lines, goal="taper", current="5/10/5 mg")
        assert laws(made, LADDER_RULE) == found


def test_taper_duration_of_a_stop_at_once_is_no_day() -> None:
    made = schedule(LADDER_RULE, "stop", goal="taper", current="5 mg x1")
    assert laws(made, LADDER_RULE) == [("taper duration", "2026-12-01")]


def test_taper_duration_counts_from_the_end_of_the_maintenance() -> None:
    """Ten days down, a stay of 20, ten days down: the last taper is ten days, not forty."""
    down = ("3 taper 5 mg x3", "3 taper 5 mg x2", "4 taper 5 mg x1", "stop")
    lines = ("10 taper 15 mg x3", "20 maintenance 10 mg x3", *down)
    made = schedule(LADDER_RULE, *lines, current="20 mg x3", then_stop=True)
    assert laws(made, LADDER_RULE) == [("taper duration", "2026-12-31")]


# Law 12, scope.


def test_scope_a_patient_that_the_rule_is_not_for() -> None:
    rule = rule_of(LADDER, ("[start]", ADULTS))
    for age, found in (("18 years", []), ("17 years", [("scope", None)])):
        made = schedule(rule, *UP, "open maintenance 20 mg x3", patient=Patient(age=q(age)))
        assert laws(made, rule) == found


def test_scope_what_was_not_checked_is_not_hidden() -> None:
    rule = rule_of(LADDER, ("[start]", ADULTS))
    made = schedule(rule, *UP, "open maintenance 20 mg x3")
    assert made.not_checked == ("age (not given)",)
    assert laws(made, rule) == []
    assert laws(dataclasses.replace(made, not_checked=()), rule) == [("scope", None)]


# The rule itself.


@pytest.mark.parametrize("change", [{"sha256": "0" * 64}, {"id": "other"}, {"drug": "otherium"}])
def test_rule_of_another_file(change: dict[str, str]) -> None:
    made = titration()
    other = dataclasses.replace(made, rule=dataclasses.replace(made.rule, **change))
    assert laws(other, LADDER_RULE) == [("rule", None)]


def test_rule_in_another_unit_and_nothing_else_can_be_checked() -> None:
    made = schedule(PUMP_RULE, "open maintenance 100 micrograms/day", current="100 micrograms/day")
    litres = Administration(Slot("continuous", None), q("1 mL"), made.steps[0].regimen.administrations[0].pieces)
    verdict = verify(swapped(made, 1, regimen=Regimen("mL", (litres,))), PUMP_RULE)
    assert verdict.laws == ("rule",)
    assert [(one.law, str(one.day)) for one in verdict.findings] == [("rule", "2026-12-01")]


def test_rule_units_of_one_kind_convert_exactly() -> None:
    """20 mg written as 0.02 g is the same dose."""
    made = titration()
    grams = tuple(dataclasses.replace(a, dose=a.dose.to("g")) for a in made.steps[3].regimen.administrations)
    assert laws(swapped(made, 4, regimen=Regimen("g", grams)), LADDER_RULE) == []


# What was asked for.


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


def test_asked_a_stay_that_never_ends_or_never_begins() -> None:
    stop: dict[str, Any] = {"then_stop": True, "maintain": Duration(8, "week")}
    assert laws(schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", **stop), LADDER_RULE) == [("asked", None)]
    assert laws(schedule(LADDER_RULE, *DOWN, current="20 mg x3", **stop), LADDER_RULE) == []


def test_asked_equal_doses() -> None:
    lines = ("3 titration 10/10/15 mg", "open maintenance 15 mg x3")
    made = schedule(LADDER_RULE, *lines, current="10 mg x3", split="even")
    assert laws(made, LADDER_RULE) == [("asked", "2026-12-01")]


# What a finding says.


def test_a_finding_says_day_value_limit_and_source() -> None:
    made = schedule(LADDER_RULE, "2 titration 5 mg x3", "open maintenance 10 mg x3")
    (finding,) = verify(made, LADDER_RULE).findings
    assert finding.text() == (
        "interval: On Thursday 03 December 2026 the dose changes after 2 days of 5 mg x3; "
        "the limit is at least 3 days (Label, section 2; checked 2026-11-23)."
    )
    assert finding.as_data() == {
        "law": "interval",
        "day": "2026-12-03",
        "value": "2 days",
        "limit": "at least 3 days",
        "says": finding.says,
        "source": "label",
        "title": "Label",
        "edition": "2026",
        "at": "section 2",
        "checked": "2026-11-23",
        "basis": "stated",
    }
    assert json.loads(json.dumps(finding.as_data())) == finding.as_data()


def test_findings_are_the_arguments_of_the_error_unsafe() -> None:
    findings = verify(schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", goal="taper"), LADDER_RULE).findings
    error = Unsafe("It breaks a law.", findings)
    assert error.text() == "It breaks a law.\nasked: The drug goes on; the limit is a stop, as asked."
    assert error.as_data()["findings"][0]["day"] is None


def _change_of(finding: Finding) -> tuple[str, str]:
    return finding.value, finding.limit


def test_the_value_and_limit_of_a_change() -> None:
    made = schedule(LADDER_RULE, "open maintenance 15 mg x4", current="10 mg x4")
    assert list(map(_change_of, verify(made, LADDER_RULE).findings)) == [
        ("10 mg x4 to 15 mg x4", "a rise by at most 15 mg a day")
    ]


def test_one_day_is_one_day() -> None:
    made = schedule(LADDER_RULE, "1 titration 5 mg x3", "open maintenance 10 mg x3")
    assert [finding.value for finding in verify(made, LADDER_RULE).findings] == ["1 day"]
    short = schedule(LADDER_RULE, "3 taper 5 mg x1", "stop", goal="taper", current="5/5 mg")
    assert [finding.value for finding in verify(short, LADDER_RULE).findings] == ["3 days"]
    shorter = schedule(
        LADDER_RULE, "3 maintenance 10 mg x3", "1 taper 5 mg x1", "stop", current="10 mg x3", then_stop=True
    )
    assert ("taper duration", "1 day") in [(found.law, found.value) for found in verify(shorter, LADDER_RULE).findings]


def test_a_missing_way_out_cites_the_limit_on_falls() -> None:
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", products=("20mg",))
    (finding,) = verify(made, LADDER_RULE).findings
    assert finding.citation is not None
    assert finding.citation.at == "section 2"


def test_the_limit_of_a_share() -> None:
    (finding,) = verify(infusion(80, 64, 51, kind="taper", current="100 micrograms/day"), PUMP_RULE).findings
    assert finding.limit == "a fall by at most 20 % of the current daily dose"


# Requests that do not go with the rule.


@pytest.mark.parametrize(
    "asked",
    [{"every": Duration(1, "month")}, {"by": q("5 mL")}, {"current": "5 mL x3"}],
    ids=["every", "by", "current"],
)
def test_a_request_that_does_not_go_with_the_rule_is_refused(asked: dict[str, Any]) -> None:
    with pytest.raises(RequestError, match="does not go with the rule ladder"):
        verify(schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", **asked), LADDER_RULE)


def test_a_fact_that_a_limit_needs_and_nobody_gave() -> None:
    rule = rule_of(LADDER, ('daily = "80 mg"', 'daily = "2 mg/kg/day"'))
    made = titration()
    with pytest.raises(RequestError, match="weight was not given"):
        verify(made, rule)


# Sizes.


def test_ten_years_day_by_day() -> None:
    """As a list of days is read: every day a step of its own."""
    made = titration()
    stay = made.steps[3]
    days = tuple(dataclasses.replace(stay, days=Days.of(plus(stay.days.first, n), 1)) for n in range(3650))
    end = dataclasses.replace(stay, days=Days(plus(stay.days.first, 3650), None))
    assert laws(dataclasses.replace(made, steps=(*made.steps[:3], *days, end)), LADDER_RULE) == []


def test_the_last_day_of_the_calendar() -> None:
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3", start=date(9999, 12, 31))
    last = swapped(made, 1, days=Days(date(9999, 12, 31), None))
    assert laws(last, LADDER_RULE) == []
    first = dataclasses.replace(last, request=dataclasses.replace(last.request, start=date(1, 1, 1)))
    assert laws(swapped(first, 1, days=Days(date(1, 1, 1), None)), LADDER_RULE) == []


# The arithmetic of one change.


@pytest.mark.parametrize(
    ("before", "after", "way"),
    [
        ((10, 10), (10, 10), "none"),
        ((10, 10), (10, 15), "rise"),
        ((10, 10), (10, 5), "fall"),
        ((10, 10), (15, 5), "neither"),
        ((10, 5), (5, 10), "neither"),
        ((10, 5), (5, 10, 5), "rise"),
        ((5, 10, 5), (10, 5), "fall"),
        ((20, 20, 20), (15, 15, 15, 15), "neither"),
        ((), (5,), "rise"),
        ((5,), (), "fall"),
    ],
)
def test_direction_of_a_change(before: tuple[int, ...], after: tuple[int, ...], way: str) -> None:
    assert direction(_doses(*before), _doses(*after)) == way


def test_laying_keeps_the_order() -> None:
    assert lays(_doses(1, 2), _doses(1, 5, 2), lambda one, other: one in (other, 0))
    assert not lays(_doses(2, 1), _doses(1, 2), lambda one, other: one in (other, 0))
    assert not lays(_doses(1, 1), _doses(1), lambda one, other: True)


def test_within_is_never_for_a_change_that_both_rises_and_falls() -> None:
    assert not within((), _doses(10, 10), _doses(5, 20), ())
    assert not within((), _doses(10, 10), _doses(5, 15), ())
    assert not within((), _doses(10, 10), _doses(15, 1), ())
    assert within((), _doses(10, 10), _doses(15, 10), ())
    assert within((), _doses(10, 10), _doses(1, 10), ())


@pytest.mark.parametrize(
    ("band", "low", "high", "touched"),
    [
        (None, 0, 0, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 0, 9, False),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 0, 10, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 0, 30, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 20, 30, True),
        (Range(at_least=q("10 mg"), at_most=q("20 mg")), 21, 30, False),
        (Range(above=q("10 mg"), below=q("20 mg")), 20, 30, False),
        (Range(above=q("10 mg"), below=q("20 mg")), 5, 10, False),
        (Range(above=q("10 mg"), below=q("20 mg")), 5, 11, True),
        (Range(at_least=q("0 mg")), 0, 5, True),
    ],
)
def test_touching_a_band(band: Range | None, low: int, high: int, touched: bool) -> None:
    assert touches(band, Fraction(low), Fraction(high)) is touched
