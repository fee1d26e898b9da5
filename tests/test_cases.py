"""Every case file through planner and verifier. `tests/README.md` tells how to read, write and sign a case."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from tests.casefile import CASES, Case, One, cases_in, read, request_of, row, span, told
from titrate.errors import TitrateError
from titrate.formats import text
from titrate.planner import plan
from titrate.rule import Rule
from titrate.rulebook import load
from titrate.schedule import Schedule
from titrate.verifier import verify

FILES = sorted(CASES.glob("*.toml"))
RULES = sorted((CASES.parent.parent / "rules").glob("*.toml"))
ALL = [case for path in FILES for case in cases_in(path)]


@pytest.fixture(scope="module")
def loaded() -> dict[str, Rule]:
    """Each shipped rule, read once."""
    return {path.stem: load(path.stem, {}) for path in RULES}


@pytest.mark.parametrize("case", ALL, ids=str)
def test_case(case: Case, loaded: dict[str, Rule]) -> None:
    rule = loaded[case.rule]
    try:
        schedule = plan(rule, request_of(case))
    except TitrateError as refusal:
        unexpected = f"{case}: {case.one.sentence}\nIt was refused:\n{refusal.text()}"
        assert case.one.refused, unexpected
        missing = [words for words in case.one.refused if words not in _plain(refusal.text())]
        assert not missing, f"{unexpected}\nThe refusal does not say: {missing}"
        return
    assert not case.one.refused, f"{case}: {case.one.sentence}\nIt was not refused; the plan is:\n{told(schedule)}"
    findings = [finding.text() for finding in verify(schedule, rule).findings]
    assert findings == [], f"{case}: the verifier finds {findings}"
    wrong = compared(case.one, schedule)
    assert not wrong, f"{case}: {case.one.sentence}\n{wrong}\nThe plan is:\n{told(schedule)}"


def compared(one: One, schedule: Schedule) -> str:
    """What is not as the case expects it; empty if everything is."""
    start = schedule.request.start
    if one.steps:
        rows = [row(line, start) for line in one.steps]
        if len(rows) != len(schedule.steps):
            return f"{len(rows)} steps are expected, {len(schedule.steps)} were planned."
        for line, expected, step in zip(one.steps, rows, schedule.steps, strict=True):
            opened = step.days.last is None or not step.regimen.administrations
            same = expected.days.first == step.days.first and expected.days.last == (None if opened else step.days.last)
            if not same or not expected.fits(step):
                return f'Not as expected: "{line}".'
    for line in one.days:
        expected = row(line, start)
        for day in expected.days.until(expected.days.last or schedule.listed_until):
            found = schedule.step_of(min(day, schedule.last or day))
            if found is None or not expected.fits(found[1]):
                return f'Not as expected: "{line}", on {day}.'
    if one.ends is not None and schedule.last_dose != span(one.ends, start).first:
        return f"The last dose is expected on {one.ends}, and is on {schedule.last_dose}."
    printed = _plain(text.write(schedule))
    return "".join(f'"{words}" is not printed. ' for words in one.shows if words not in printed)


def _plain(printed: str) -> str:
    """Text without its line ends and indents."""
    return " ".join(printed.split())


# --- The case files themselves --------------------------------------------------------------------------------------


def test_every_shipped_rule_has_a_case_file() -> None:
    assert [path.stem for path in FILES] == [path.stem for path in RULES]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_file_is_that_of_its_rule(path: Path, loaded: dict[str, Rule]) -> None:
    """Its documents are sources of the rule, so each is known with edition and address; its names tell cases apart."""
    file = read(path)
    assert file.rule == path.stem
    titles = {source.title for source in loaded[file.rule].file.sources.values()}
    for case in (*file.cases, *file.tables):
        document = case.expected_from.document
        assert document is None or document in titles, f"{path.name}: {case.name}: no source of the rule: {document}"
    names = [case.name for case in (*file.cases, *file.tables)]
    assert len(names) == len(set(names)), f"{path.name}: two cases have the same name"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_case_file_asks_for_what_is_allowed_and_for_what_is_not(path: Path) -> None:
    refused = [bool(case.one.refused) for case in cases_in(path)]
    assert True in refused, f"{path.name}: nothing in it is refused"
    assert False in refused, f"{path.name}: nothing in it is planned"


CASE = """
rule = "a"
[[cases]]
name = "a case"
sentence = "What it is about."
request = 'plan --start 2026-12-01 --target "20 mg x3"'
steps = ["from day 1: 20 mg x3"]
expected_from = { document = "Label", at = "table 1" }
"""


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (("steps =", "step ="), "cases.0.step\n  Extra inputs are not permitted"),
        (("at = ", "place = "), "expected_from.place\n  Extra inputs"),
        (("rule = ", 'version = 1\nrule = '), "version\n  Extra inputs"),
        (('expected_from = { document = "Label", at = "table 1" }', ""), "cases.0.expected_from\n  Field required"),
        (('{ document = "Label", at = "table 1" }', "{}"), "name the document"),
        ((', at = "table 1"', ""), "go together"),
        (('steps = ["from day 1: 20 mg x3"]', ""), "say either what comes of it"),
        (("steps =", 'refused = ["no"]\nsteps ='), "say either what comes of it"),
        (("about.", "about"), "cases.0.sentence"),
    ],
)  # fmt: skip
def test_a_wrong_case_file_is_refused_with_its_name(change: tuple[str, str], words: str, tmp_path: Path) -> None:
    file = tmp_path / "sample.toml"
    file.write_text(CASE, encoding="utf-8")
    assert read(file).rule == "a"
    assert change[0] in CASE
    file.write_text(CASE.replace(*change), encoding="utf-8")
    with pytest.raises(ValueError, match=re.escape(words)) as refusal:
        read(file)
    assert str(refusal.value).startswith("sample.toml: ")


@pytest.mark.parametrize(
    ("told_days", "first", "last"),
    [
        ("day 1", 1, 1), ("day 4 to 6", 4, 6), ("week 1", 1, 7), ("week 2 to 3", 8, 21), ("from day 10", 10, None),
        ("from week 3", 15, None), ("2026-12-04 to 2026-12-06", 4, 6), ("from 2026-12-10", 10, None),
    ],
)  # fmt: skip
def test_days_of_a_row(told_days: str, first: int, last: int | None) -> None:
    """The first day of the request is day 1, here the first of December."""
    found = span(told_days, date(2026, 12, 1))
    assert (found.first.day, found.last and found.last.day) == (first, last)


@pytest.mark.parametrize("text", ["day", "days 1-3", "day 1 until 3", "from day 1 to 3", "month 1", ""])
def test_days_that_tell_nothing(text: str) -> None:
    with pytest.raises(ValueError, match="tells no days"):
        span(text, date(2026, 12, 1))


WRONG = {
    "a day": ("day 1 to 3: 5 mg x3", "day 1 to 2: 5 mg x3"),
    "a dose": ("day 1 to 3: 5 mg x3", "day 1 to 3: 10 mg x3"),
    "a number of doses": ("day 1 to 3: 5 mg x3", "day 1 to 3: 5 mg x4"),
    "the end": ("from day 4: 10 mg x3", "day 4: 10 mg x3"),
    "a piece": ("5 mg x3", "5 mg x3 (half a tablet of 10 mg)"),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_case_notices_what_is_wrong(name: str, loaded: dict[str, Rule]) -> None:
    """The runner is tried on a plan that is known from the label, with one thing changed in the case at a time."""
    right = One(
        name="the ladder",
        sentence="Two steps.",
        request='plan --start 2026-12-01 --target "10 mg x3"',
        steps=("day 1 to 3: 5 mg x3 (1 tablet of 5 mg)", "from day 4: 10 mg x3"),
        expected_from={"arithmetic": "5 + 5 = 10"},
    )
    rule = loaded["baclofen-oral-spasticity"]
    schedule = plan(rule, request_of(Case("sample.toml", rule.id, right)))
    assert compared(right, schedule) == ""
    old, new = WRONG[name]
    steps = tuple(line.replace(" (1 tablet of 5 mg)", "").replace(old, new) for line in right.steps)
    for field in ("steps", "days"):
        wrong = right.model_copy(update={"steps": (), field: steps})
        assert "Not as expected" in compared(wrong, schedule) or (field == "days" and name in ("a day", "the end"))
