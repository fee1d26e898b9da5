"""What is said of pieces, of how a schedule ends, and of the rule and the request, word for word."""

from __future__ import annotations

import dataclasses
from datetime import date, time
from fractions import Fraction
from typing import Any

import pytest

from tests import build
from tests.verify.ladder import (
    ADULTS,
    DOWN,
    LADDER,
    LADDER_RULE,
    PUMP_RULE,
    UP,
    infusion,
    q,
    round_trip,
    rule_of,
    schedule,
    swapped,
    taper,
    titration,
)
from tests.verify.words import CITED, MON, THU, TUE, Cases, Made, is_found, kept, on
from titrate.days import Days, Duration
from titrate.patient import Patient
from titrate.product import Piece, Product
from titrate.regimen import Administration, Regimen, Slot
from titrate.rule import Rule
from titrate.schedule import Schedule

FIVE, TEN, TWENTY = build.TABLETS
ADULT_RULE = rule_of(LADDER, ("[start]", ADULTS))


def made_of(*pieces: Piece, **asked: Any) -> tuple[Made, Rule]:
    """The first dose of 20 mg on 10 December, made of other pieces."""

    def made() -> Schedule:
        good = schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3", **asked)
        first, *rest = good.steps[3].regimen.administrations
        return swapped(good, 4, regimen=Regimen("mg", (dataclasses.replace(first, pieces=pieces), *rest)))

    return made, LADDER_RULE


def stepped(number: int, base: Made = titration, rule: Rule = LADDER_RULE, **changes: Any) -> tuple[Made, Rule]:
    return lambda: swapped(base(), number, **changes), rule


def stamped(**changes: Any) -> tuple[Made, Rule]:
    good = titration()
    return lambda: dataclasses.replace(good, rule=dataclasses.replace(good.rule, **changes)), LADDER_RULE


def nothing_at_night() -> Schedule:
    made = schedule(LADDER_RULE, *UP, "open maintenance 20 mg x3")
    night = Administration(Slot("night", time(23, 59)), q("0 mg"), ())
    return swapped(made, 4, regimen=Regimen("mg", (*made.steps[3].regimen.administrations[:2], night)))


def infusion_at_eight() -> Schedule:
    made = infusion(100, current="100 micrograms/day")
    (given,) = made.steps[0].regimen.administrations
    clock = Administration(Slot("morning", time(8)), given.dose, given.pieces)
    return swapped(made, 1, regimen=Regimen("micrograms", (clock,)))


def in_millilitres() -> Schedule:
    made = infusion(100, current="100 micrograms/day")
    litres = Administration(Slot("continuous", None), q("1 mL"), made.steps[0].regimen.administrations[0].pieces)
    return swapped(made, 1, regimen=Regimen("mL", (litres,)))


CASES: Cases = {
    "a dose of nothing": (
        (nothing_at_night, LADDER_RULE),
        [("maintenance", THU, "a dose is 0 mg", "0 mg", "at least 10 mg and at most 20 mg a dose", CITED),
         ("makeable", THU, "a dose is 0 mg", "0 mg", "more than nothing", ""),
         ("direction", THU, "the doses of a maintenance step go from 15 mg x3 to 20/20/0 mg", "15 mg x3 to 20/20/0 mg",
          "a change in which all doses rise or all fall", "")],
    ),
    "a product counted twice": (
        made_of(Piece(TEN, Fraction(1)), Piece(TEN, Fraction(1))),
        [("makeable", THU, "a dose of 20 mg counts one product twice", "1 x 10 mg tablet and 1 x 10 mg tablet",
          "each product once", "")],
    ),
    "pieces of another unit": (
        made_of(Piece(Product("spoon", "packet", q("5 mL")), Fraction(4))),
        [("makeable", THU, "a dose of 20 mg is made of 4 x 5 mL packet", "4 x 5 mL packet", "pieces in mg", "")],
    ),
    "pieces that do not add up": (
        made_of(Piece(TEN, Fraction(1)), Piece(FIVE, Fraction(1))),
        [("makeable", THU, "a dose of 20 mg is made of 15 mg (1 x 10 mg tablet and 1 x 5 mg tablet)", "15 mg",
          "exactly 20 mg", "")],
    ),
    "no pieces": (
        made_of(),
        [("makeable", THU, "a dose of 20 mg is made of 0 mg (nothing)", "0 mg", "exactly 20 mg", "")],
    ),
    "a product that the rule does not have": (
        made_of(Piece(Product("2mg", "tablet", q("2 mg")), Fraction(10))),
        [("makeable", THU, "a dose of 20 mg holds 10 x 2 mg tablet", "10 x 2 mg tablet",
          "a product of the rule: 5mg, 10mg, 20mg", "")],
    ),
    "a product that is not at hand": (
        made_of(Piece(FIVE, Fraction(4)), products=("10mg", "20mg")),
        [("makeable", day, f"a dose of {dose} holds {count} x 5 mg tablet", f"{count} x 5 mg tablet",
          "a product at hand: 10mg, 20mg", "")
         for day, dose, count, times in ((TUE, "5 mg", 1, 3), (MON, "15 mg", 1, 3), (THU, "20 mg", 4, 1))
         for _ in range(times)],
    ),
    "less than nothing of a product": (
        made_of(Piece(TWENTY, Fraction(3, 2)), Piece(TEN, Fraction(-1))),
        [("makeable", THU, "a dose of 20 mg holds -1 x 10 mg tablet", "-1 x 10 mg tablet", "more than nothing of it",
          "")],
    ),
    "an infusion at a clock time": (
        (infusion_at_eight, PUMP_RULE),
        [("makeable", TUE, "a dose of 100 micrograms holds 100 x continuous infusion", "100 x continuous infusion",
          "an infusion that runs all day, or pieces at a clock time", "")],
    ),
    "a quarter where there are halves": (
        made_of(Piece(TWENTY, Fraction(3, 4)), Piece(FIVE, Fraction(1))),
        [("makeable", THU, "a dose of 20 mg holds 0.75 x 20 mg tablet", "0.75 x 20 mg tablet",
          "pieces divided into 2 at most", "")],
    ),
    "a half where there are whole ones": (
        made_of(Piece(FIVE, Fraction(1, 2)), Piece(TEN, Fraction(7, 4))),
        [("makeable", THU, "a dose of 20 mg holds 0.5 x 5 mg tablet", "0.5 x 5 mg tablet", "whole pieces", ""),
         ("makeable", THU, "a dose of 20 mg holds 1.75 x 10 mg tablet", "1.75 x 10 mg tablet",
          "pieces divided into 2 at most", "")],
    ),
    "a day without a dose": (
        on(LADDER_RULE, "1 maintenance 20 mg x3", "1 taper none mg", "open maintenance 20 mg x3", current="20 mg x3"),
        [("never abrupt", "Wednesday 02 December 2026", "no dose is taken", "no dose",
          "a dose on every day before the end", "")],
    ),
    "an end on a dose": (
        stepped(4, days=Days(date(2026, 12, 10), date(2026, 12, 30))),
        [("never abrupt", "Wednesday 30 December 2026", "the schedule ends on 20 mg x3", "20 mg x3",
          "an end at no dose, or no end", "")],
    ),
    "two days without a dose": (
        stepped(6, base=taper, days=Days.of(date(2026, 12, 16), 2)),
        [("never abrupt", "Wednesday 16 December 2026", "the last step lists 2 days without a dose", "2 days",
          "one day", "")],
    ),
    "no dose without end": (
        stepped(6, base=taper, days=Days(date(2026, 12, 16), None)),
        [("never abrupt", "Wednesday 16 December 2026", "a step without end has no dose", "no dose",
          "one day without a dose, at the end", "")],
    ),
    "a stop from too much": (
        on(LADDER_RULE, *DOWN[:4], "3 taper 5 mg x2", "stop", goal="taper", current="20 mg x3"),
        [("never abrupt", "Wednesday 16 December 2026", "the drug stops from 10 mg a day", "10 mg",
          "at most 5 mg a day", CITED)],
    ),
    "a review too early": (
        (lambda: dataclasses.replace(titration(), review=date(2026, 12, 9)), LADDER_RULE),
        [("never abrupt", "Wednesday 09 December 2026", "the review comes before 20 mg x3 is reached", "2026-12-09",
          "2026-12-10 or later", "")],
    ),
    "a child": (
        on(ADULT_RULE, *UP, "open maintenance 20 mg x3", patient=Patient(age=q("17 years"))),
        [("scope", "", "the patient is not one that the rule is for", "ladder", "this rule is for adults", CITED)],
    ),
    "an age that is hidden": (
        (lambda: dataclasses.replace(schedule(ADULT_RULE, *UP, "open maintenance 20 mg x3"), not_checked=()),
         ADULT_RULE),
        [("scope", "", "the schedule hides that this was not checked: age (not given)", "age (not given)",
          "to say so", "")],
    ),
    "another rule": (
        stamped(drug="otherium"),
        [("rule", "", "the schedule names the drug otherium", "otherium", "testium, as in the rule", "")],
    ),
    "another unit": (
        (in_millilitres, PUMP_RULE),
        [("rule", TUE, "doses are in mL", "mL", "micrograms, as in the rule", "")],
    ),
    "another first day": (
        on(LADDER_RULE, *UP, "open maintenance 20 mg x3", start=date(2026, 11, 30)),
        [("asked", TUE, "the schedule begins", "2026-12-01", "2026-11-30, as asked", "")],
    ),
    "another target": (
        on(LADDER_RULE, *UP, "open maintenance 20 mg x3", target="15 mg x4"),
        [("asked", THU, "the maintenance is 20 mg x3", "20 mg x3", "15 mg x4, as asked", "")],
    ),
    "a target that is never kept": (
        (lambda: taper(target="20 mg x3"), LADDER_RULE),
        [("asked", "", "nothing is maintained", "no maintenance", "20 mg x3, as asked", "")],
    ),
    "a stay too short": (
        (lambda: round_trip(stay=55), LADDER_RULE),
        [("asked", THU, "the maintenance lasts 55 days", "55 days", "exactly 8 weeks, as asked", "")],
    ),
    "a stay beyond the calendar": (
        (lambda: round_trip(maintain=Duration(8000, "year")), LADDER_RULE),
        [("asked", THU, "the maintenance lasts 56 days", "56 days", "exactly 8000 years, as asked", "")],
    ),
    "no stop": (
        on(LADDER_RULE, *UP, "open maintenance 20 mg x3", goal="taper"),
        [("asked", "", "the drug goes on", "goes on", "a stop, as asked", "")],
    ),
    "a stop": (
        (lambda: taper(goal="plan"), LADDER_RULE),
        [("asked", "", "the drug stops", "stops", "no end, as asked", "")],
    ),
    "another last dose": (
        (lambda: taper(finish_by=date(2026, 12, 16)), LADDER_RULE),
        [("asked", "Tuesday 15 December 2026", "the day of the last dose is 2026-12-15", "2026-12-15",
          "2026-12-16, as asked", "")],
    ),
    "no last dose": (
        on(LADDER_RULE, *UP, "open maintenance 20 mg x3", finish_by=date(2026, 12, 16)),
        [("asked", "", "the day of the last dose is none", "none", "2026-12-16, as asked", "")],
    ),
    "another time of day": (
        kept("10 mg x3", times=(time(8), time(14), time(21))),
        [("asked", TUE, "a dose is taken at evening 20:00", "evening 20:00", "08:00, 14:00, 21:00, as asked", "")],
    ),
    "unequal doses": (
        kept("10/10/15 mg", split="even"),
        [("asked", TUE, "the doses are 10/10/15 mg", "10/10/15 mg", "equal doses, as asked", "")],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_what_is_found_word_for_word(name: str) -> None:
    is_found(CASES[name])
