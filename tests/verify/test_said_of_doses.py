"""What is said of doses that break a limit, word for word."""

from __future__ import annotations

import dataclasses
from datetime import time
from typing import Any

import pytest

from tests.verify.ladder import (
    DOWN,
    FALLS,
    LADDER,
    LADDER_RULE,
    OFTEN,
    PUMP_RULE,
    RISES,
    START,
    STAYS,
    UP,
    infusion,
    q,
    rule_of,
    schedule,
    swapped,
    titration,
)
from tests.verify.words import CITED, FRI, PRESCRIBED, THU, TUE, Cases, Made, is_found, kept, on
from titrate import product
from titrate.days import Days
from titrate.regimen import Regimen, Slot
from titrate.rule import Rule
from titrate.schedule import Schedule

SILENT = "not given: the rule is silent and the request does not say"
SILENT_RULE = rule_of(LADDER, (RISES, "[[increase]]\nby = { silent = true }\nevery = { silent = true }\n"))
SHARE = rule_of(LADDER, (FALLS, '[[taper.decrease]]\nby = { at-most = "20 %", of = "original" }\n'))
BANDED = rule_of(LADDER, (OFTEN, '[frequency]\ntimes = 4\nband = { at-least = "40 mg" }'))
WIDE_STAYS = rule_of(LADDER, (STAYS, STAYS.replace('"20 mg"', '"30 mg"').replace("4", "5")))
DAILY_STAYS = rule_of(LADDER, (STAYS, '[maintenance]\ndaily = { at-least = "30 mg", at-most = "50 mg" }\n'))


def at(*times: str) -> tuple[Made, Rule]:
    """The last step of the titration at other times of day; nothing else is asked for."""

    def made() -> Schedule:
        good = schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3")
        old = good.steps[3].regimen.administrations
        new = tuple(
            dataclasses.replace(a, slot=Slot("dose", time.fromisoformat(t))) for a, t in zip(old, times, strict=True)
        )
        return swapped(good, 4, regimen=Regimen("mg", new))

    return made, LADDER_RULE


def stepped(number: int, base: Made = titration, rule: Rule = LADDER_RULE, **changes: Any) -> tuple[Made, Rule]:
    return lambda: swapped(base(), number, **changes), rule


CASES: Cases = {
    "no step": (
        (lambda: dataclasses.replace(titration(), steps=()), LADDER_RULE),
        [("covered", "", "the schedule has no step", "no day", "at least one day", "")],
    ),
    "two steps on a day": (
        stepped(1, days=Days.of(START, 4)),
        [("covered", FRI, "two steps apply", "two regimens", "one regimen a day", "")],
    ),
    "a day without a step": (
        stepped(1, days=Days.of(START, 2), base=lambda: schedule(LADDER_RULE, "3 maintenance 10 mg x3",
                "open maintenance 10 mg x3", current="10 mg x3")),
        [("covered", "Thursday 03 December 2026", "no step applies", "no regimen", "one regimen a day", "")],
    ),
    "a start that is too high": (
        on(LADDER_RULE, "3 titration 10/10/5 mg", "open maintenance 10 mg x3"),
        [("start", TUE, "a dose is 10 mg", "10 mg", "exactly 5 mg a dose", CITED),
         ("start", TUE, "the daily dose is 25 mg", "25 mg", "at most 20 mg a day", CITED)],
    ),
    "a start that is too often": (
        on(LADDER_RULE, "3 titration 5 mg x4", "open maintenance 5/10/10/10 mg", target="35 mg/day"),
        [("start", TUE, "the drug is taken four times a day", "four times a day", "three times a day", CITED),
         ("maintenance", FRI, "a dose is 5 mg", "5 mg", "at least 10 mg and at most 20 mg a dose", CITED)],
    ),
    "a start from parts that are not known": (
        on(LADDER_RULE, "open maintenance 20 mg x3", current="60 mg/day"),
        [("start", TUE, "the doses that make up 60 mg/day are not known, so the first change cannot be judged",
          "60 mg/day", "a current regimen written dose by dose", "")],
    ),
    "a dose that rises too far": (
        on(LADDER_RULE, "open maintenance 10/10/20 mg", current="10 mg x3"),
        [("increment", TUE, "the doses go from 10 mg x3 to 10/10/20 mg", "10 mg x3 to 10/10/20 mg",
          "a rise by at most 5 mg a dose", CITED)],
    ),
    "a day that rises too far for the prescriber": (
        on(LADDER_RULE, "open maintenance 15 mg x3", current="10 mg x3", by=q("10 mg/day")),
        [("increment", TUE, "the doses go from 10 mg x3 to 15 mg x3", "10 mg x3 to 15 mg x3",
          "a rise by at most 10 mg a day", PRESCRIBED)],
    ),
    "a rise of a size that nobody gave": (
        on(SILENT_RULE, "3 titration 5 mg x3", "open maintenance 10 mg x3"),
        [("increment", FRI, "the doses go from 5 mg x3 to 10 mg x3", "5 mg x3 to 10 mg x3", SILENT, CITED),
         ("interval", FRI, "the dose changes after 3 days of 5 mg x3", "3 days", SILENT, CITED)],
    ),
    "a daily dose that falls too far": (
        (lambda: infusion(80, 64, 51, kind="taper", current="100 micrograms/day"), PUMP_RULE),
        [("decrement", "Thursday 03 December 2026", "the doses go from 64 micrograms x1 to 51 micrograms x1",
          "64 micrograms x1 to 51 micrograms x1", "a fall by at most 20 % of the current daily dose", CITED)],
    ),
    "a dose that falls too far": (
        on(SHARE, "open maintenance 10/15/15 mg", current="15 mg x3"),
        [("decrement", TUE, "the doses go from 15 mg x3 to 10/15/15 mg", "15 mg x3 to 10/15/15 mg",
          "a fall by at most 20 % of the original dose", CITED),
         ("way out", TUE, "no taper leads from 10/15/15 mg to nothing with the products at hand", "10/15/15 mg",
          "a taper to nothing from every day", CITED)],
    ),
    "a fall too soon": (
        on(LADDER_RULE, "1 taper 15 mg x3", "open maintenance 10 mg x3", current="20 mg x3"),
        [("interval", "Wednesday 02 December 2026", "the dose changes after 1 day of 15 mg x3", "1 day",
          "at least 3 days", CITED)],
    ),
    "a dose and a day above the maximum": (
        kept("25/25/25/25 mg", WIDE_STAYS),
        [("maximum", TUE, "a dose is 25 mg", "25 mg", "at most 20 mg a dose", CITED),
         ("maximum", TUE, "the daily dose is 100 mg", "100 mg", "at most 80 mg a day", CITED),
         ("way out", TUE, "no taper leads from 25 mg x4 to nothing with the products at hand", "25 mg x4",
          "a taper to nothing from every day", CITED)],
    ),
    "too few doses a day": (
        kept("10 mg x2", rule_of(LADDER, (STAYS, STAYS.replace("3", "2")))),
        [("frequency", TUE, "the drug is taken twice a day", "twice a day", "three to four times a day", CITED)],
    ),
    "too few doses a day for so much": (
        kept("15 mg x3", BANDED),
        [("frequency", TUE, "the drug is taken three times a day", "three times a day",
          "four times a day where the daily dose is at least 40 mg", CITED)],
    ),
    "doses too close together": (
        at("08:00", "11:30", "20:00"),
        [("spacing", THU, "two doses are 3.5 hours apart", "3.5 hours", "at least 4 hours", CITED)],
    ),
    "doses against the clock": (
        at("12:00", "08:00", "20:00"),
        [("spacing", THU, "the doses are taken at dose 12:00, dose 08:00, dose 20:00",
          "dose 12:00, dose 08:00, dose 20:00", "clock times that ascend", "")],
    ),
    "a maintenance with too small a dose and too seldom": (
        kept("10/5 mg", rule_of(LADDER, (OFTEN, OFTEN.replace("3", "2")))),
        [("maintenance", TUE, "a dose is 5 mg", "5 mg", "at least 10 mg and at most 20 mg a dose", CITED),
         ("maintenance", TUE, "the drug is taken twice a day", "twice a day", "three to four times a day", CITED)],
    ),
    "a maintenance outside its daily range": (
        kept("20 mg x3", DAILY_STAYS),
        [("maintenance", TUE, "the daily dose is 60 mg", "60 mg", "at least 30 mg and at most 50 mg a day", CITED)],
    ),
    "a taper of nothing": (
        on(LADDER_RULE, "9 taper 5 mg x3", "3 taper 5 mg x2", "3 taper 5 mg x1", "stop", goal="taper"),
        [("direction", TUE, "a taper begins at 5 mg x3", "5 mg x3", "a fall from a current regimen", "")],
    ),
    "a titration that falls": (
        on(LADDER_RULE, "3 titration 15 mg x3", "open titration 10 mg x3", current="10 mg x3"),
        [("direction", FRI, "the doses of a titration step go from 15 mg x3 to 10 mg x3", "15 mg x3 to 10 mg x3",
          "a rise", ""),
         ("never abrupt", FRI, "a titration step has no end", "titration", "maintenance where there is no end", "")],
    ),
    "a taper that rises": (
        on(LADDER_RULE, "3 taper 15 mg x3", "3 taper 20 mg x3", *DOWN, goal="taper", current="20 mg x3"),
        [("direction", FRI, "the doses of a taper step go from 15 mg x3 to 20 mg x3", "15 mg x3 to 20 mg x3", "a fall",
          "")],
    ),
    "a change that rises and falls": (
        on(LADDER_RULE, "3 titration 15/10/15 mg", "open maintenance 10/15/15 mg", current="10 mg x3"),
        [("direction", FRI, "the doses of a maintenance step go from 15/10/15 mg to 10/15/15 mg",
          "15/10/15 mg to 10/15/15 mg", "a change in which all doses rise or all fall", "")],
    ),
    "two maintenances": (
        on(LADDER_RULE, "3 maintenance 10 mg x3", "open maintenance 15 mg x3", current="10 mg x3"),
        [("direction", FRI, "the doses of a maintenance step go from 10 mg x3 to 15 mg x3", "10 mg x3 to 15 mg x3",
          "one regimen", "")],
    ),
    "no way out": (
        kept("20 mg x3", products=("20mg",)),
        [("way out", TUE, "no taper leads from 20 mg x3 to nothing with the products at hand", "20 mg x3",
          "a taper to nothing from every day", CITED)],
    ),
    "a taper too short": (
        on(LADDER_RULE, "3 taper 5 mg x3", "3 taper 5/5 mg", "7 taper 5 mg x1", "stop", goal="taper",
           current="5/10/5 mg"),
        [("taper duration", TUE, "a taper of 13 days begins", "13 days", "at least 14 days", CITED)],
    ),
    "a taper of no day": (
        on(LADDER_RULE, "stop", goal="taper", current="5 mg x1"),
        [("taper duration", TUE, "a taper of 0 days begins", "0 days", "at least 14 days", CITED)],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_word_for_word(name: str) -> None:
    is_found(CASES[name])


def test_a_search_that_is_too_large_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """5, 10, 15 and 20 mg are four doses."""
    made = schedule(LADDER_RULE, "open maintenance 20 mg x3", current="20 mg x3")
    monkeypatch.setattr(product, "LARGEST_TABLE", 3)
    what = "it cannot be told (doses up to 20 mg in steps of 5 mg are 4; at most 3 are)"
    is_found(((lambda: made, LADDER_RULE), [("way out", "", what, "20 mg", "a taper to nothing from every day", "")]))
