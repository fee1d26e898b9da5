"""Other languages: every text has its translation, every language writes dates, numbers and units in its own way."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from tests import catalogues
from tests.build import STATED, descent, ladder, q, schedule
from tests.casefile import CASES, cases_in, request_of
from tests.test_html import Page
from titrate import rulebook
from titrate.days import Duration
from titrate.formats import html
from titrate.formats.html import HandoutOptions
from titrate.formats.html.language import LANGUAGES, Language
from titrate.formats.html.phrases import PHRASES, translated
from titrate.patient import Patient
from titrate.planner import plan
from titrate.proof import proven
from titrate.reason import Because, Fact
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Changes, Origin, revise
from titrate.schedule import Note, Schedule

NBSP = "\N{NO-BREAK SPACE}"
ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DAY = date(2026, 12, 1)


def test_every_language_has_a_catalogue() -> None:
    assert sorted(set(LANGUAGES.values()) - {"en_GB"}) == catalogues.languages()


@pytest.mark.parametrize("language", catalogues.languages())
def test_every_text_has_its_translation(language: str) -> None:
    assert catalogues.missing(language) == []


@pytest.mark.parametrize("language", catalogues.languages())
def test_a_translation_has_the_places_and_the_numbers_of_its_text(language: str) -> None:
    """A number that a translation drops or changes would be another dose."""
    for entry in catalogues.catalogue(language):
        if not entry.id:
            continue
        ids = entry.id if isinstance(entry.id, tuple) else (entry.id,)
        strings = entry.string if isinstance(entry.string, tuple) else (entry.string,)
        for string in strings:
            places = re.findall(r"\{\w+\}", string)
            assert sorted(places) == sorted(re.findall(r"\{\w+\}", ids[-1])), ids
            if entry.string != "In an emergency call 911, and show this sheet.":
                assert numbers(string) == numbers(ids[-1]), ids


def numbers(text: str) -> list[str]:
    """The numbers of a text, with points, in order of size of their digits; without those in placeholders."""
    bare = re.sub(r"\{\w+\}", "", text).replace("²", "2")
    return sorted(number.replace(",", ".") for number in re.findall(r"\d+(?:[.,]\d+)?", bare))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("en-GB", ["Tuesday, 1 December 2026", "Tue, 1 Dec 2026", "morning 08:00", "2.5 micrograms", "When to ring"]),
        ("en-US", ["Tuesday, December 1, 2026", "Tue, Dec 1, 2026", "morning 8:00\u202fAM", "2.5 mcg", "When to call"]),
        (
            "de",
            ["Dienstag, 1. Dezember 2026", "Di., 1. Dez. 2026", "morgens 08:00", "2,5 Mikrogramm", "Wann Sie anrufen"],
        ),
    ],
)
def test_dates_numbers_and_units(code: str, words: list[str]) -> None:
    shown = descent(patient=Patient(screening_dose=q("2.5 micrograms")))
    written = Page(html.write(shown, HandoutOptions(lang=code, audience="clinician"))).text.replace(NBSP, " ")
    for word in words:
        assert " ".join(word.split()) in " ".join(written.split())
    assert "microgram" not in written or code == "en-GB"


def test_a_phrase_is_read_whole_or_not_at_all() -> None:
    german = Language("de", "de")
    said = "a dose falls by at most 2.5 mg and the daily dose falls by at most 15 mg"
    assert (
        translated(german, said)
        == f"eine Dosis sinkt um höchstens 2,5{NBSP}mg und die Tagesdosis sinkt um höchstens 15{NBSP}mg"
    )
    assert translated(german, "a taper takes at least 14 days") == f"das Ausschleichen dauert mindestens 14{NBSP}Tage"
    assert translated(german, "a taper takes at least a fortnight") is None
    assert translated(german, "a dose falls by at most 2.5 mg and nobody knows why") is None


def test_every_phrase_is_one_that_can_be_read_back() -> None:
    german = Language("de", "de")
    for phrase in PHRASES:
        filled = phrase
        for name, value in {
            "amount3": "6 hours", "amount2": "10 mg", "amount": "5 mg", "said2": "no dose", "said": "no dose",
            "length": "3 days", "range": "at least 5 mg", "times": "twice a day", "count": "2", "pattern2": "5 mg x3",
            "pattern": "10 mg x3", "date2": "Friday 04 December 2026", "date": "Tuesday 01 December 2026",
            "fact": "age", "number2": "6", "number": "1",
            "name2": "b", "name": "a", "drug": "baclofen", "how": "missed", "dose": "5 mg",
        }.items():  # fmt: skip
            filled = filled.replace(f"{{{name}}}", value)
        assert "{" not in filled
        assert translated(german, filled) is not None, filled


def planned(rule: str, **request: object) -> Schedule:
    loaded = rulebook.load(rule)
    return proven(loaded, Request(loaded.id, start=DAY, issued=ISSUED, **request))  # type: ignore[arg-type]


def revised(actions: list[tuple[str, str | None, date]], **more: str) -> Schedule:
    rule = rulebook.load("baclofen-oral-spasticity")
    shown = planned(rule.id, goal="plan", target=Pattern.parse("20 mg x3"))
    for name, value, on in actions:
        action = Action.parse(name, value, on, None, more.get("then"), None)
        shown = revise(shown, rule, action, on, ISSUED, Origin("ab" * 32, False), Changes())
    return shown


ADULT = Patient(age=q("45 years"), weight=q("70 kg"), taking=("levodopa",), dialysis=False, setting="hospital")
PLANS: dict[str, Callable[[], Schedule]] = {
    "us": lambda: planned("baclofen-oral-spasticity", goal="plan", target=Pattern.parse("20 mg x3"), patient=ADULT),
    "us kidneys": lambda: planned(
        "baclofen-oral-spasticity",
        goal="plan",
        target=Pattern.parse("10 mg x3"),
        patient=replace(ADULT, creatinine_clearance=q("45 mL/min")),
    ),
    "us taper": lambda: planned("baclofen-oral-spasticity", goal="taper", current=Pattern.parse("20 mg x3")),
    "uk": lambda: planned("baclofen-oral-spasticity-uk", goal="plan", target=Pattern.parse("20 mg x3"), patient=ADULT),
    "hiccups": lambda: planned(
        "baclofen-oral-hiccups",
        goal="plan",
        target=Pattern.parse("10 mg x3"),
        by=q("5 mg"),
        every=Duration(7, "day"),
        patient=ADULT,
    ),
    "pump": lambda: planned(
        "baclofen-intrathecal-spasticity",
        goal="plan",
        target=Pattern.parse("150 micrograms/day"),
        every=Duration(7, "day"),
        patient=Patient(
            age=q("45 years"), origin="spinal", screening_dose=q("50 micrograms"), screening_effect=q("6 hours")
        ),
    ),
    "pump taper": lambda: planned(
        "baclofen-intrathecal-spasticity",
        goal="taper",
        current=Pattern.parse("100 micrograms/day"),
        every=Duration(7, "day"),
    ),
    "stay": lambda: revised([("stay", "7d", date(2026, 12, 6))]),
    "shift": lambda: revised([("shift", "2d", date(2026, 12, 6))]),
    "back": lambda: revised([("back", "1", date(2026, 12, 10))]),
    "slower": lambda: revised([("slower", "x2", date(2026, 12, 6))]),
    "retarget": lambda: revised([("retarget", "30 mg/day", date(2026, 12, 8))]),
    "stop": lambda: revised([("stop", None, date(2026, 12, 8))]),
    "missed": lambda: revised([("missed", "1d", date(2026, 12, 8))], then="continue"),
    "products": lambda: revised([("products", "10mg,20mg", date(2026, 12, 8))]),
    "replan": lambda: revised([("replan", None, date(2026, 12, 8))]),
}


def of_case(path: Path) -> Schedule:
    """What is planned for the first case of a rule that is not refused."""
    case = next(case for case in cases_in(path) if not case.one.refused)
    return plan(rulebook.load(path.stem), request_of(case))


# A rule that has no plan above is walked with its first case.
PLANS |= {path.stem: partial(of_case, path) for path in sorted(CASES.glob("*.toml"))}


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS.keys())
def test_no_english_sentence_is_left_in_a_german_handout(plan: Callable[[], Schedule]) -> None:
    shown = plan()
    for audience in ("patient", "clinician"):
        made = html.compose(shown, HandoutOptions(lang="de", audience=audience))
        assert made.untranslated == ()
        assert "None" not in made.html
        without_sources = re.sub(r'<span lang="en".*?</span>', "", made.html, flags=re.DOTALL)
        text = Page(without_sources).text
        assert not re.findall(r"\b(?:the|and|with|from|is|of|not|dose)\b", text), re.findall(
            r".{30}\b(?:the|and|with|is)\b.{30}", text
        )


def test_sentences_of_a_rule_of_ones_own_are_told_of() -> None:
    """Never silently mixed: the page marks them, says so, and so does the command."""
    own = Note("food", "Take it with a glass of water.", STATED)
    shown = replace(ladder(), notes=(own,))
    made = html.compose(shown, HandoutOptions(lang="de"))
    assert own.says in made.untranslated
    assert '<span lang="en" dir="ltr">Take it with a glass of water</span>' in made.html
    assert "Nicht übersetzt." in made.html
    assert html.compose(shown, HandoutOptions()).untranslated == ()


def test_reasons_that_nobody_translated_are_told_of() -> None:
    shown = ladder()
    strange = Because("The moon is full", (Fact("a dose rises by at most 5 mg", STATED),))
    shown = replace(shown, steps=tuple(replace(step, why=strange) for step in shown.steps))
    made = html.compose(shown, HandoutOptions(lang="de", audience="clinician"))
    assert "The moon is full" in made.untranslated


HEBREW = """msgid ""
msgstr ""
"Content-Type: text/plain; charset=utf-8\\n"
"Plural-Forms: nplurals=2; plural=(n != 1);\\n"
"""


def hebrew(folder: Path) -> Language:
    """A made-up catalogue in letters that run from right to left: each text between two Hebrew letters."""
    place = folder / "he" / "LC_MESSAGES" / "titrate.po"
    place.parent.mkdir(parents=True)
    entries = [HEBREW]
    for message in catalogues.texts():
        said = [f"א {one} ת".replace("\\", "\\\\").replace('"', '\\"') for one in message]
        ids = [one.replace("\\", "\\\\").replace('"', '\\"') for one in message]
        if len(message) == 2:
            entries.append(f'msgid "{ids[0]}"\nmsgid_plural "{ids[1]}"\nmsgstr[0] "{said[0]}"\nmsgstr[1] "{said[1]}"\n')
        else:
            entries.append(f'msgid "{ids[0]}"\nmsgstr "{said[0]}"\n')
    place.write_text("\n".join(entries), encoding="utf-8")
    return Language("he", "he", folder)


def test_a_page_from_right_to_left(tmp_path: Path) -> None:
    """The page says its direction, and each amount stands apart, so that "5 mg" is never read as "mg 5"."""
    shown = schedule(("2026-12-01", 3, "taper", "5/5/10 mg"), ("2026-12-04", 1, "taper", "none mg"), label="Mum")
    shown = replace(shown, notes=(Note("food", "the last dose before stopping is at most 5 mg a day", STATED),))
    made = html.compose(shown, HandoutOptions(), hebrew(tmp_path))
    assert '<html lang="he" dir="rtl">' in made.html
    page = Page(made.html)
    amounts = re.findall(r"(.)5\u00a0", made.html)
    assert amounts
    assert set(amounts) <= {"\N{FIRST STRONG ISOLATE}", "1"}
    assert "<U+" not in page.text
    assert page.text.count("\N{FIRST STRONG ISOLATE}") == page.text.count("\N{POP DIRECTIONAL ISOLATE}")
    assert "@top-right" in made.html
    for direction in ("left", "right"):
        assert f"margin-{direction}" not in made.html
        assert f"padding-{direction}" not in made.html
        assert f"text-align: {direction}" not in made.html
