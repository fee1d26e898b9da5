"""Patients' safety in print: every text of every format, for every shipped rule, keeps every rule of the list.

Each rule proves itself first, on samples that break it and on samples that only look as if they did.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest
from rich.console import Console

from tests import print_safety as safety
from tests.build import ISSUED
from tests.test_html import ALTERNATE, WEEKLY, Page
from tests.test_languages import PLANS
from titrate import rulebook, supply
from titrate.formats import html, ics, markdown, table, text
from titrate.formats.explanation import explain
from titrate.formats.explanation import text as explained
from titrate.formats.html import HandoutOptions
from titrate.formats.ics import CalendarOptions
from titrate.formats.supply import labels
from titrate.formats.supply import text as supplies
from titrate.refill import fillings
from titrate.schedule import Schedule

NBSP = "\N{NO-BREAK SPACE}"

BROKEN = [
    (
        safety.trailing_zero,
        ["take 5.0 mg", "2.50 mg", "1,0 mg"],
        ["0.5 mg", "titrate 0.1.0", "at 08:00", "10 mg", "1000"],
    ),
    (safety.no_leading_zero, ["take .5 mg", "(.25 mg)", ",5 mg"], ["0.5 mg", "5 mg.", "5 mg, 3 days"]),
    (safety.no_space_before_unit, ["10mg", "half of 50micrograms", "5mL"], ["10 mg", "T6 or above", "8:00 AM"]),
    (safety.short_micrograms, ["50 µg", "50 μg", "50 ug"], ["50 micrograms", "hug"]),
    (safety.mcg, ["50 mcg"], ["50 micrograms"]),
    (
        safety.latin,
        ["5 mg BID", "5 mg TID", "5 mg QD", "5 mg b.i.d.", "5 mg tds", "5 mg bd"],
        ["twice a day", "bidding", "site.gov.bd"],
    ),
    (safety.slash_for_per, ["5 mg/day", "5 mg/mL", "0.3 mg / kg", "30 mL/min"], ["5 mg per day", "and/or", "2/3"]),
    (safety.date_in_digits, ["2026-12-01", "1/12/2026", "01.12.26"], ["1 December 2026", "1/2", "10-20"]),
    (
        safety.date_without_weekday,
        ["on 1 December 2026", "from 01 Dec 2026", "December 1, 2026", "am 1. Dezember 2026", "1. Dez. 2026"],
        ["Tuesday 01 December 2026", "Tue, 1 Dec 2026", "Tuesday, December 1, 2026", "Di., 1. Dez. 2026", "in May"],
    ),
    (safety.parted, ["take 5\nmg", "take 5\n    micrograms", "20\n% more"], ["take\n5 mg", "step 5\nmorning"]),
    (safety.may_part, ["5 mg", "20 %", "5\nmg"], [f"5{NBSP}mg", "5 tablets"]),
    (safety.truncated, ["take 5 mg in the mor...", "take 5 mg in the mor…"], ["take 5 mg in the morning."]),
    (
        safety.plus_or_ampersand,
        ["1 tablet + half a tablet", "10 mg + 5 mg", "5 mg & 10 mg"],
        ["1 tablet of 10 mg and half a tablet of 5 mg", "+44 20 7946"],
    ),
    (
        safety.step_without_dates,
        ["Step 2: 10 mg three times a day", "Then step 2: titration", "Stufe 2: 10 mg", "Step 1 of 5."],
        [
            "Step 2: Tue 01 Dec 2026 to",
            "Stufe 2: Di., 1. Dez. 2026",
            "Step 3 of 5: from Mon 07 Dec 2026",
            "step by step",
        ],
    ),
]


@pytest.mark.parametrize(("rule", "broken", "right"), BROKEN, ids=[case[0].__name__ for case in BROKEN])
def test_each_rule_finds_what_breaks_it(
    rule: Callable[[str], Iterator[str]], broken: list[str], right: list[str]
) -> None:
    for sample in broken:
        assert list(rule(sample)), f"{rule.__name__} does not find {sample!r}"
        assert list(rule(f"x {sample} y".replace("x \n", "\n"))), sample
    for sample in right:
        assert not list(rule(sample)), f"{rule.__name__} finds {sample!r}"


def test_there_is_a_broken_sample_for_every_rule() -> None:
    assert {*safety.ALWAYS, safety.may_part, safety.mcg} == {case[0] for case in BROKEN}


def test_what_a_source_calls_itself_is_not_ours() -> None:
    shown = WEEKLY
    citation = shown.notes[0].citation
    assert (
        safety.of_ours(f"as {citation.source.title} says: {citation.at}; 5mg", shown) == "as Tablets label says: ; 5mg"
    )


@cache
def schedules() -> dict[str, Schedule]:
    return {"alternate days": ALTERNATE, "weekly": WEEKLY, **{name: plan() for name, plan in PLANS.items()}}


NAMES = ["alternate days", "weekly", *PLANS]


def handout(code: str, audience: html.Audience) -> Callable[[Schedule], str]:
    """The text of a handout, with a line end between its blocks and no-break spaces as they are."""

    def seen(shown: Schedule) -> str:
        page = html.write(shown, HandoutOptions(lang=code, audience=audience))
        body = re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)
        body = re.sub(r"<(?:cite|/cite|span|/span|strong|/strong|a|/a|time|/time)\b[^>]*>", "", body)
        body = re.sub(r"<[^>]+>", "\n", re.sub(r'\w+="[^"]*"', "", body))
        return Page(f"<p>{body}</p>").said[0] if body else ""

    return seen


def terminal(shown: Schedule) -> str:
    out = io.StringIO()
    Console(file=out, width=100, force_terminal=False).print(table.write(shown, True))
    return re.sub(r"[─│┌┐└┘├┤┬┴┼━┃]", "|", out.getvalue())


def calendar(shown: Schedule) -> str:
    """The titles and texts of a calendar, unfolded, without what only programs read."""
    options = CalendarOptions(floating=True)
    lines = re.sub(r"\r\n[ \t]", "", ics.write(shown, options)).split("\r\n")
    told = [line.split(":", 1)[1] for line in lines if re.match(r"(SUMMARY|DESCRIPTION)[;:]", line)]
    return "\n\n".join(dict.fromkeys(told)).replace("\\n", "\n").replace("\\,", ",").replace("\\;", ";")


FORMATS: dict[str, Callable[[Schedule], str]] = {
    "text": lambda shown: text.write(shown, True),
    "markdown": lambda shown: re.sub(r"\\([\W_])", r"\1", markdown.write(shown, True).replace("<br>", "\n")),
    "terminal": terminal,
    "labels": labels.write,
    "supply": lambda shown: supplies.write(shown, supply.of(shown), fillings(shown), ISSUED.date()),
    "explanation": lambda shown: explained.write(explain(shown)),
    "calendar": calendar,
    **{
        f"handout {code} {audience}": handout(code, audience)
        for code in html.LANGUAGES
        for audience in ("patient", "clinician")
    },
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", FORMATS)
def test_every_text_keeps_every_rule(form: str, name: str) -> None:
    shown = schedules()[name]
    written = safety.of_ours(FORMATS[form](shown), shown)
    wrong = {rule.__name__: found for rule in safety.ALWAYS if (found := list(rule(written)))}
    if form == "markdown" or form.startswith("handout"):
        wrong |= {"may part": found} if (found := list(safety.may_part(written))) else {}
    if "en-US" not in form:
        wrong |= {"mcg": found} if (found := list(safety.mcg(written))) else {}
    else:
        wrong |= {"micrograms": found} if (found := re.findall(r".{20}\d.micrograms?\b", written)) else {}
    assert not wrong


def test_the_list_is_walked_for_every_shipped_rule() -> None:
    assert {shown.rule.id for shown in schedules().values()} >= set(rulebook.known())


@pytest.mark.parametrize("form", FORMATS)
def test_doses_that_are_not_daily_name_their_days(form: str) -> None:
    """Of alternate days the dates, of weeks the weekday; on every text that tells of the step."""
    if form in ("calendar", "supply"):
        pytest.skip("the entries of a calendar stand on their own days; a supply tells counts, not doses")
    written = re.sub(rf"[\s|{NBSP}]+", " ", FORMATS[form](ALTERNATE))
    other = re.findall(r"\b(?:Thu|Do\.),? (?:0?3\.?|Dec 3,) (?:Dec|Dez\.)?", written)
    assert other, written[:3000]
    weekly = re.sub(rf"[\s|{NBSP}]+", " ", FORMATS[form](WEEKLY))
    assert re.search(r"Tuesday|Dienstag", weekly)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["text", "markdown", "terminal", "handout en-GB clinician"])
def test_no_sentence_is_cut(form: str, name: str) -> None:
    """Every warning and every piece of advice stands there whole."""
    shown = schedules()[name]
    written = re.sub(rf"[\s|{NBSP}]+", " ", FORMATS[form](shown))
    for note in (*shown.warnings, *shown.notes):
        says = (
            re.sub(rf"[\s{NBSP}]+", " ", note.says)
            .removesuffix(".")
            .replace("mL/min/1.73 m2", "mL per min per 1.73 m2")
        )
        assert says.casefold() in written.casefold(), says
