"""The SHA-256 of a document: what changes it, what does not, and how a reader tells."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.build import ladder
from tests.revise.acting import act, up
from titrate.errors import FormatError
from titrate.formats import json as documents
from titrate.formats import seal


def test_it_is_that_of_the_document_without_it_keys_sorted_no_spaces() -> None:
    document: dict[str, Any] = {"b": ["\u00e9", 1], "a": None, "sha256": "whatever"}
    assert seal.of(document) == hashlib.sha256('{"a":null,"b":["\u00e9",1]}'.encode()).hexdigest()


def test_a_document_ends_with_it_and_fits_it() -> None:
    text = documents.write(ladder())
    document = json.loads(text)
    assert list(document)[-1] == "sha256"
    assert document["sha256"] == seal.of(document)
    read = documents.opened(text)
    assert (read.schedule, read.sha256, read.edited) == (ladder(), document["sha256"], False)


@pytest.mark.parametrize("key", ["label", "tz"])
def test_any_change_is_seen_and_the_document_still_read(key: str) -> None:
    document = json.loads(documents.write(ladder()))
    document["request"][key] = "Europe/Paris"
    read = documents.opened(json.dumps(document))
    assert read.edited
    assert read.sha256 == seal.of(document) != document["sha256"]
    assert documents.read(json.dumps(document)) == read.schedule


def test_layout_and_order_of_keys_are_no_change() -> None:
    document = json.loads(documents.write(ladder()))
    assert not documents.opened(json.dumps(document, indent=7, sort_keys=True)).edited


def test_a_document_without_one_does_not_tell() -> None:
    document = json.loads(documents.write(ladder()))
    del document["sha256"]
    assert not documents.opened(json.dumps(document)).edited


@pytest.mark.parametrize("value", ["abc", 7, None, "G" * 64, "A" * 64])
def test_what_is_no_sha256_is_refused(value: object) -> None:
    document = json.loads(documents.write(ladder()))
    document["sha256"] = value
    if value is None:
        assert not documents.opened(json.dumps(document)).edited
        return
    with pytest.raises(FormatError, match=r"sha256: .* is no SHA-256"):
        documents.opened(json.dumps(document))


CHAIN: dict[str, tuple[Callable[[dict[str, Any]], object], str]] = {
    "no first day": (lambda d: d.update(revised=None), "revised: null is not allowed"),
    "no document": (lambda d: d["earlier"][0].update(sha256="xy"), "earlier[0].sha256: it is no SHA-256"),
    "a gap in the past": (
        lambda d: d["earlier"][0]["steps"].pop(1),
        'earlier[0].steps[1].days.first: "2026-12-07" does not follow "2026-12-03"',
    ),
    "no step in the past": (lambda d: d["earlier"][0].update(steps=[]), "earlier[0].steps: there is none"),
    "too early": (lambda d: d["revised"].update(on="2026-11-30"), 'revised.on: "2026-11-30" is before "2026-12-01"'),
    "another number": (lambda d: d.update(revision=5), "revision: 5 is not allowed; it supersedes revision 1"),
    "endless days off": (
        lambda d: d["revised"].update(absences=[{"days": {"first": "2026-12-02", "last": None}, "how": "missed"}]),
        "revised.absences[0].days.last: null is not allowed",
    ),
    "a first version that came about": (
        lambda d: d["earlier"][0].update(revised=d["revised"]),
        "earlier[0].revised: what it supersedes is missing",
    ),
    "an unknown key": (lambda d: d["earlier"][0].update(x=1), "earlier[0].x: there is no such key"),
}


@pytest.mark.parametrize("name", CHAIN)
def test_a_chain_that_cannot_be_is_refused_with_its_place(name: str) -> None:
    change, words = CHAIN[name]
    document = json.loads(documents.write(act(up(), "2026-12-06", "stay", "7d")))
    change(document)
    with pytest.raises(FormatError) as caught:
        documents.read(json.dumps(document))
    assert words in caught.value.message


def test_a_revision_of_nothing_is_refused() -> None:
    good = act(up(), "2026-12-06", "stay", "7d")
    with pytest.raises(FormatError, match="what it supersedes is missing"):
        documents.read(documents.write(replace(good, earlier=())))
