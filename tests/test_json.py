"""JSON: what is written reads back equal; whatever else is read gives a sentence with its place, never a traceback."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.build import descent, ladder, q, schedule
from titrate.days import Duration
from titrate.errors import FormatError
from titrate.formats import csv as format_csv
from titrate.formats import json as format_json
from titrate.formats import markdown, text
from titrate.formats.sheet import NBSP
from titrate.patient import Patient
from titrate.reason import Because, Fact
from titrate.regimen import Pattern
from titrate.schedule import Schedule

FULL = ladder(
    label="Mum \u00e9\u4e2d \U0001f600 \x1b[31m \u202e",
    review="2027-03-01",
    current=Pattern.parse("5/5/10 mg"),
    target=Pattern.parse("60 mg/day"),
    maintain=Duration(8, "week"),
    by=q("2.5 mg"),
    every=Duration(7, "day"),
    patient=Patient(age=q("45 years"), taking=("levodopa",), setting="hospital", dialysis=False),
    products=("5mg", "10mg"),
)
INFUSION = schedule(
    ("2026-12-01", 3, "titration", "300 micrograms/day"), ("2026-12-04", None, "maintenance", "330 micrograms/day")
)
UNEVEN = schedule(("2026-12-01", 3, "titration", "5/5/10 mg"), ("2026-12-04", None, "maintenance", "15/25/10 mg"))

Change = Callable[[dict[str, Any]], object]


def document(shown: Schedule = FULL) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(format_json.write(shown))
    return found


def refusal(text: str) -> str:
    with pytest.raises(FormatError) as caught:
        format_json.read(text)
    assert caught.value.exit_code == 7
    return caught.value.message


@pytest.mark.parametrize(
    "shown", [ladder(), descent(), FULL, INFUSION, UNEVEN], ids=["up", "down", "full", "pump", "uneven"]
)
def test_it_reads_back_equal(shown: Schedule) -> None:
    written = format_json.write(shown)
    assert format_json.read(written) == shown
    assert format_json.write(format_json.read(written)) == written
    assert written.endswith("}\n")


def test_reasons_may_be_nested() -> None:
    inner = Because("The dose stays", (Fact("an interval is 3 days"), Because("Nothing else fits")), ("--every 7d",))
    whole = ladder()
    shown = replace(whole, steps=(replace(whole.steps[0], why=Because("Why", (inner,))), *whole.steps[1:]))
    assert format_json.read(format_json.write(shown)) == shown


def test_the_document_says_what_the_schedule_is() -> None:
    found = document()
    assert list(found)[:3] == ["plan", "revision", "version"]
    assert found["format"] == 1
    assert found["steps"][0]["days"] == {"first": "2026-12-01", "last": "2026-12-03"}
    given_first = found["steps"][0]["regimen"]["administrations"][0]
    assert given_first["dose"] == "5 mg"
    assert given_first["pieces"][0]["count"] == "1"
    assert "\u00e9\u4e2d" in format_json.write(FULL)


def test_a_byte_order_mark_and_another_layout_are_no_faults() -> None:
    assert format_json.read("\ufeff" + json.dumps(document())) == FULL


def pieces(d: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = given_(d)["pieces"][0]
    return found


def given_(d: dict[str, Any], index: int = 0) -> dict[str, Any]:
    found: dict[str, Any] = d["steps"][0]["regimen"]["administrations"][index]
    return found


def reason(d: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = d["steps"][1]["why"]
    return found


FAULTS: list[tuple[Change, list[str]]] = [
    (lambda d: d.update(colour=1), ["colour: there is no such key", "plan, revision"]),
    (lambda d: d["steps"][2].update(colour=1), ["steps[2].colour: ", "days, kind, regimen, why"]),
    (lambda d: d["steps"][2]["days"].update(x=1), ["steps[2].days.x: ", "first, last"]),
    (lambda d: d["rule"].update(x=1), ["rule.x: "]),
    (lambda d: d["request"]["patient"].update(shoe="44"), ["request.patient.shoe: ", "age, weight"]),
    (lambda d: d["notes"][0]["citation"]["source"].update(x=1), ["notes[0].citation.source.x: ", "id, title"]),
    (lambda d: pieces(d)["product"].update(x=1), ["pieces[0].product.x: ", "name, form, strength"]),
    (lambda d: reason(d)["facts"][0].update(x=1), ["steps[1].why.facts[0].x: there is no such key", "says, citation"]),
    (lambda d: reason(d)["facts"].append({"claim": 3}), ["steps[1].why.facts[1].claim: 3 is not allowed"]),
    (lambda d: reason(d)["facts"].append(7), ["steps[1].why.facts[1]: 7 is not allowed"]),
    (lambda d: d["steps"][1].pop("regimen"), ["steps[1].regimen: is missing"]),
    (lambda d: d.update(revision="1"), ['revision: "1" is not allowed; write a whole number']),
    (lambda d: d.update(revision=1.0), ["revision: 1.0 is not allowed"]),
    (lambda d: d.update(revision=True), ["revision: true is not allowed"]),
    (lambda d: d.update(revision=0), ["revision: 0 is not allowed; revisions count from 1"]),
    (lambda d: d["request"].update(then_stop="yes"), ['request.then_stop: "yes"', "true or false"]),
    (lambda d: d.update(steps={}), ["steps: an object is not allowed", "list"]),
    (lambda d: d.update(steps=[]), ["steps: there is none"]),
    (lambda d: d.update(plan=None), ["plan: null is not allowed", "text"]),
    (lambda d: d["steps"][0].update(kind="wean"), ["steps[0].kind: ", "wean", "'titration', 'maintenance' or 'taper'"]),
    (lambda d: given_(d).update(dose="5"), ["steps[0].regimen.administrations[0].dose: ", '"5" has no unit']),
    (lambda d: given_(d).update(dose=5), ["administrations[0].dose: 5 is not allowed"]),
    (lambda d: given_(d).update(dose="0 mg"), ['administrations[0].dose: "0 mg"', "above 0"]),
    (lambda d: given_(d).update(dose="5 micrograms"), ["5 micrograms", "it is in mg"]),
    (lambda d: given_(d)["slot"].update(at="8"), ['slot.at: "8" is not allowed', "08:00"]),
    (lambda d: given_(d)["slot"].update(at="08:00:30"), ["slot.at: ", "whole minutes"]),
    (lambda d: given_(d)["slot"].update(at="08:00:00Z"), ["slot.at: ", "without an offset"]),
    (lambda d: given_(d)["slot"].update(at=None), ["administrations: ", "continuous infusion", "alone"]),
    (lambda d: given_(d, 1)["slot"].update(at="07:00:00"), ["administrations: ", "order of the clock"]),
    (lambda d: pieces(d).update(count="1e999999999"), ["pieces[0].count: ", "1e999999999", "3/2"]),
    (lambda d: pieces(d).update(count=0.5), ["pieces[0].count: 0.5 is no count"]),
    (lambda d: pieces(d).update(count="1/0"), ["pieces[0].count: "]),
    (lambda d: pieces(d).update(count="1/7"), ['pieces[0].count: "1/7"', "quarters"]),
    (lambda d: pieces(d)["product"].update(form="pill"), ["product.form: ", "pill", "tablet"]),
    (lambda d: d["steps"][0]["regimen"].update(unit="mcg"), ['steps[0].regimen.unit: "mcg"', "micrograms"]),
    (lambda d: d["steps"][0]["regimen"].update(unit="spoons"), ["steps[0].regimen.unit: ", "spoons"]),
    (lambda d: d["steps"][0]["days"].update(first="20261201"), ['days.first: "20261201"', "2026-12-01"]),
    (lambda d: d["steps"][0]["days"].update(first="1796083200"), ['days.first: "1796083200"']),
    (lambda d: d.update(issued=1796083200), ["issued: 1796083200"]),
    (lambda d: d.update(issued="2026-11-23T09:00:00"), ["issued: ", "no offset"]),
    (lambda d: d["steps"][0]["days"].update(first="2026-12-09"), ["steps[0].days: ", "2026-12-09", "2026-12-03"]),
    (lambda d: d["steps"][1]["days"].update(first="2026-12-05"), ['steps[1].days.first: "2026-12-05" does not follow']),
    (lambda d: d["steps"][1]["days"].update(last=None), ["steps[1].days.last: null", "only the last step"]),
    (lambda d: d["rule"].update(sha256="beef"), ['rule.sha256: "beef"', "64"]),
    (lambda d: d["request"]["patient"].update(age="3 kg"), ["request.patient: ", "3 kg", "years"]),
    (lambda d: d["request"].update(maintain="soon"), ["request.maintain: ", "soon", "8 weeks"]),
    (lambda d: d["request"].update(times=["08:00:30"]), ["request.times[0]: "]),
    (lambda d: d.pop("format"), ["format: is missing", "format 1"]),
    (lambda d: d.update(format=2), ["format: 2 is not a format"]),
    (lambda d: d.update(format=True), ["format: true is not a format"]),
]


@pytest.mark.parametrize(("change", "says"), FAULTS)
def test_each_fault_is_named_with_its_place(change: Change, says: list[str]) -> None:
    changed = document()
    change(changed)
    message = refusal(json.dumps(changed))
    for words in says:
        assert words in message


def test_all_faults_are_told_together_up_to_twenty() -> None:
    changed = document()
    changed.update(plan=None, colour=1)
    changed["steps"][0]["kind"] = "wean"
    message = refusal(json.dumps(changed))
    assert all(place in message for place in ("plan: ", "colour: ", "steps[0].kind: "))
    changed["not_checked"] = [1] * 50
    message = refusal(json.dumps(changed))
    assert len(message.splitlines()) == 1 + 20 + 1
    assert message.endswith("and 33 more")
    changed["not_checked"] = [1] * 6000
    assert "6003 faults" in refusal(json.dumps(changed))


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        (format_json.write(FULL)[:3000], "breaks off"),
        (format_json.write(FULL)[:-3], "breaks off"),
        (format_json.write(FULL) + "{}", "Extra data"),
        ("[]", "it is a list"),
        ("7", "it is 7"),
        ('{"format": 1, "format": 1}', 'the key "format" stands twice'),
        ('{"format": NaN}', "NaN is no number"),
        ('{"format": -Infinity}', "-Infinity is no number"),
        ('{"format": 1, "plan": 1e999}', "plan: Infinity"),
        ('{"format": ' + "9" * 5000 + "}", "5000 digits"),
        ('{"format": 1, "plan": "\\ud800"}', "plan: "),
        ('{"format": 1, "plan": "\ud800"}', "lone surrogate"),
        ('{"format": 1, "\\udfff": 2}', "lone surrogate"),
        ('{"format": 1, "plan": "\x00"}', "line 1"),
        ("[" * 100_000, "nested too deeply"),
        ('{"a":' * 5_000, "nested too deeply"),
        ("[" * 80 + "]" * 80, "60 levels"),
        ('{"format": 1, "steps": [' + "1," * 300_000 + "1]}", "300000 values"),
        ("x" * 10_000_001, "10000001 characters"),
        ("\u0660", "line 1"),
    ],
    ids=range(22),
)
def test_text_that_is_no_document(document: str, says: str) -> None:
    assert says in refusal(document)


def test_a_reason_nested_beyond_all_reason() -> None:
    changed = document()
    why: dict[str, Any] = {"claim": "x"}
    for _ in range(100):
        why = {"claim": "x", "facts": [why]}
    changed["steps"][0]["why"] = why
    assert "60 levels" in refusal(json.dumps(changed))


def test_days_at_the_end_of_the_calendar() -> None:
    late = schedule(("9999-12-30", None, "maintenance", "5 mg x3"))
    assert "9999" in refusal(format_json.write(late))
    early = schedule(("0001-01-01", 1, "taper", "none mg"))
    assert "0001-01-01" in refusal(format_json.write(early))


def test_a_label_that_is_no_unicode_is_not_written() -> None:
    with pytest.raises(FormatError, match="cannot be written as JSON"):
        format_json.write(ladder(label="\ud800"))


def test_the_schemas() -> None:
    found = format_json.schema("schedule")
    assert found["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert found["title"] == "titrate schedule, format 1"
    assert set(document()) == set(found["properties"])
    assert all(definition.get("additionalProperties", False) is False for definition in found["$defs"].values())
    assert set(document()["request"]) == set(format_json.schema("request")["properties"])


regimens = st.sampled_from(["5 mg x3", "5/10/15 mg", "10 mg x2", "25 mg x1", "300 micrograms/day", "none mg"])
labels = st.none() | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)


@given(
    lengths=st.lists(st.tuples(st.integers(1, 400), regimens), max_size=5),
    label=labels,
    at=st.dates(date(1, 1, 2), date(9990, 1, 1)),
    open_end=st.booleans(),
)
def test_whatever_is_written_reads_back_equal(
    lengths: list[tuple[int, str]], label: str | None, at: date, open_end: bool
) -> None:
    steps: list[tuple[str, int | None, str, str]] = []
    for length, doses in lengths:
        steps.append((at.isoformat(), length, "titration", doses))
        at = date.fromordinal(at.toordinal() + length)
    steps.append((at.isoformat(), None if open_end else 1, "maintenance", "5 mg x3" if open_end else "none mg"))
    shown = schedule(*steps, label=label)
    assert format_json.read(format_json.write(shown)) == shown


LIKELY = ["5 mg", "2.5 mL", "9999-12-31", "0001-01-01", "1/3", "7/2", "08:00", "%", "liquid", "infusion", "prescriber"]
junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.sampled_from(LIKELY),
    lambda inside: st.lists(inside, max_size=3) | st.dictionaries(st.text(max_size=5), inside, max_size=3),
    max_leaves=5,
)


@settings(max_examples=300, suppress_health_check=[HealthCheck.too_slow])
@given(st.data(), junk)
def test_a_document_with_anything_in_any_place_reads_or_is_refused(data: st.DataObject, value: object) -> None:
    changed: Any = document()
    place: Any = changed
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            break
        key = data.draw(st.sampled_from(keys))
        if not isinstance(place[key], dict | list) or data.draw(st.integers(0, 5)) == 0:
            if data.draw(st.booleans()):
                del place[key]
            else:
                place[key] = value
            break
        place = place[key]
    with suppress(FormatError):
        shown = format_json.read(json.dumps(changed))
        assert format_json.read(format_json.write(shown)) == shown
        # what was read can be shown
        assert text.write(shown)
        assert markdown.write(shown)
        assert format_csv.write(shown, until=shown.first)


@settings(max_examples=200)
@given(st.data())
def test_text_with_a_bite_out_of_it_reads_or_is_refused(data: st.DataObject) -> None:
    whole = format_json.write(descent())
    first = data.draw(st.integers(0, len(whole)))
    last = data.draw(st.integers(first, min(len(whole), first + 50)))
    with suppress(FormatError):
        format_json.read(whole[:first] + data.draw(st.text(max_size=4)) + whole[last:])


def test_an_age_in_months_comes_back() -> None:
    """95 months are 7 years and 11 twelfths: no decimal is that, so the document holds a ratio."""
    shown = ladder()
    child = replace(shown, request=replace(shown.request, patient=Patient(age=q("95 months"))))
    document = format_json.write(child)
    assert '"95/12 years"' in document
    assert format_json.read(document) == child
    for other in ("190/24 years", "90/12 years", "95/12  years", "95/0 years", "-95/12 years", "95/12"):
        with pytest.raises(FormatError):
            format_json.read(document.replace('"95/12 years"', f'"{other}"'))
    assert "age 95 months" in text.write(child).replace(NBSP, " ")
