"""Two rules to measure schedules with, and schedules for them.

The ladder rises by 5 mg a dose and 15 mg a day every 3 days and is left the same way; the pump rises by at most
30 % and falls by at most 20 % of the day before. What the tests expect is arithmetic on these, done on paper.
"""

from __future__ import annotations

import dataclasses
import hashlib
from datetime import date, time
from fractions import Fraction
from typing import Any

from tests import build
from titrate import rulebook
from titrate.days import Days, Duration, plus
from titrate.patient import Patient
from titrate.quantity import Quantity
from titrate.reason import Because
from titrate.regimen import Pattern, Regimen, Slot
from titrate.request import Request
from titrate.rule import Rule
from titrate.schedule import Kind, Schedule, Step
from titrate.verifier import verify
from titrate.verifier.change import Doses

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
ORIGINAL = (
    (FALLS, '[[taper.decrease]]\nby = { at-most = "25 %", per = "day", of = "original" }\n'),
    (LAST, LAST.replace("5 mg", "20 mg")),
    ('at-least = "14 days"', 'at-least = "9 days"'),
)


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


def at(of: Schedule, number: int, *times: str) -> Schedule:
    """The schedule with its step `number` (from 1) taken at other times of day."""
    old = of.steps[number - 1].regimen.administrations
    new = tuple(
        dataclasses.replace(a, slot=Slot(f"dose {at}", time.fromisoformat(at)))
        for a, at in zip(old, times, strict=True)
    )
    return swapped(of, number, regimen=Regimen("mg", new))


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


def doses(*amounts: int) -> Doses:
    return tuple(map(Fraction, amounts))


def banded(edge: str) -> Rule:
    """Up to 30 mg a day 15 mg at once; beyond the edge 5 mg at once."""
    band = (
        '[[increase]]\nby = {{ at-most = "{by} mg", per = "day" }}\n'
        'every = {{ at-least = "{days} days" }}\nband = {{ {edge} }}\n'
    )
    low = band.format(by=15, days=3, edge='at-most = "30 mg"')
    return rule_of(LADDER, (RISES, low + "cite = CITE\n\n" + band.format(by=5, days=7, edge=edge)))
