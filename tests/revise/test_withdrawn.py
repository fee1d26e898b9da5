"""A plan that is called off before its first dose: nothing of it is left, and nobody is left without a dose."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Literal

import pytest

from tests import build
from tests.revise.acting import act, d, down, refused, rule, told, up
from tests.test_ics import events, said
from titrate import supply, verify
from titrate.days import Days, plus
from titrate.dispensing import Dispensing
from titrate.formats import csv, html, text
from titrate.formats import json as documents
from titrate.formats.html import HandoutOptions
from titrate.formats.ics import CalendarOptions, write
from titrate.regimen import Pattern
from titrate.schedule import Schedule
from titrate.verifier.laws import OF_CALLED_OFF

FEED = CalendarOptions(feed=True)


def laws(schedule: Schedule) -> set[str]:
    return {finding.law for finding in verify(schedule, rule()).findings}


@pytest.mark.parametrize(
    ("on", "action"),
    [("2026-11-25", "withdraw"), ("2026-12-01", "withdraw"), ("2026-11-25", "stop"), ("2026-12-01", "stop")],
)
def test_a_plan_is_called_off_before_its_first_dose(on: str, action: str) -> None:
    """Nothing is taken before the plan, and its first dose is on 1 December: nothing is left of it."""
    found = act(up(), on, action)
    assert found.called_off
    assert told(found.steps) == ["12-01 0 mg"]
    assert (found.first, found.last, found.last_dose) == (d("2026-12-01"), d("2026-12-01"), None)
    assert verify(found, rule()).findings == ()
    assert documents.read(documents.write(found)) == found


def test_a_plan_that_was_put_off_is_called_off_on_any_day_before_it_begins() -> None:
    second = act(up(), "2026-12-01", "shift", "7d")
    found = act(second, "2026-12-05", "withdraw")
    assert (found.called_off, found.first, found.revision) == (True, d("2026-12-05"), 3)
    assert laws(found) == set()


def test_after_the_first_dose_it_is_stopped_gradually() -> None:
    message = refused(up(), "2026-12-04", "withdraw")
    assert "5 mg three times a day is taken on the day before Friday 04 December 2026" in message
    assert "stop gradually: stop" in message
    assert "--on 2026-12-01 withdraw" in message
    assert not act(up(), "2026-12-04", "stop").called_off


def test_who_comes_from_a_regimen_is_never_left_without_a_dose() -> None:
    message = refused(down(), "2026-11-25", "withdraw")
    assert "nothing would be taken, and that would be an abrupt stop" in message
    assert "20 mg x3 is taken before the plan" in message
    assert '--on 2026-12-01 retarget "20 mg x3"' in message
    assert "--on 2026-12-01 shift 7d" in message
    assert told(act(down(), "2026-12-01", "retarget", "20 mg x3").steps) == ["12-01 20 mg x3 on"]
    rising = up(current=Pattern.parse("5 mg x3"), since=d("2026-11-01"))
    message = refused(rising, "2026-12-01", "withdraw")
    # 15 mg a day is less than the 40 mg that one may stay on, so that is not offered.
    assert "You could: stop gradually: --on 2026-12-01 stop." in message
    assert not act(rising, "2026-12-01", "stop").called_off


def test_what_was_called_off_does_not_go_on() -> None:
    found = act(up(), "2026-11-25", "withdraw")
    for action in (("replan",), ("stop",), ("withdraw",), ("shift", "3d"), ("retarget", "10 mg x3")):
        assert "was called off before its first dose" in refused(found, "2026-12-01", *action)


def test_in_the_feed_everything_is_cancelled_and_nothing_is_left() -> None:
    found = act(up(tz="Europe/London"), "2026-11-25", "withdraw")
    before, after = events(write(up(tz="Europe/London"), FEED)), events(write(found, FEED))
    assert {event["UID"] for event in after} == {event["UID"] for event in before}
    assert {event["STATUS"] for event in after} == {"CANCELLED"}
    assert {event["SEQUENCE"] for event in after} == {"2"}
    assert not any(name.startswith("ALARM") for event in after for name in event)
    assert all("Nothing of it is taken." in said(event["DESCRIPTION"]) for event in after)


@pytest.mark.parametrize("audience", ["patient", "clinician"])
def test_a_handout_says_nothing_of_how_to_take_what_was_called_off(audience: Literal["patient", "clinician"]) -> None:
    usual, page = (
        html.write(one, HandoutOptions(audience=audience)) for one in (up(), act(up(), "2026-11-25", "withdraw"))
    )
    takes = (
        "Never stop suddenly", "Tick each dose", "If you miss a dose", "When to ring", "Side effects", "<svg",
        "Day by day",
    )  # fmt: skip
    assert [one for one in takes if one not in usual] == []
    assert [one for one in takes if one in page] == []
    assert "No baclofen from" not in page  # that would be an order to stop
    assert "The plan was called off before its first dose: nothing of it is taken." in page
    assert "Throw the older one away." in page


def test_a_file_says_only_that_it_was_called_off() -> None:
    (event,) = events(write(act(up(tz="Europe/London"), "2026-11-25", "withdraw")))
    assert said(event["SUMMARY"]) == "Baclofen: the plan was called off (r2)"
    assert "RRULE" not in event


def test_what_is_printed_and_dispensed() -> None:
    found = act(up(), "2026-11-25", "withdraw")
    assert "The plan was called off before its first dose: take nothing of it." in " ".join(text.write(found).split())
    assert "last dose" not in text.write(found)
    assert csv.write(found).splitlines()[1:] == ["2026-12-01,Tuesday,1,1,taper,,,0,mg,,0"]
    assert supply.of(found, Dispensing()).fills == ()


GOOD = act(up(), "2026-11-25", "withdraw")
TUE = "On Tuesday 01 December 2026 "


def with_earlier(**changed: Any) -> Schedule:
    """The plan that was called off, where what was asked for at first is changed."""
    (one,) = GOOD.earlier
    return replace(GOOD, earlier=(replace(one, request=replace(one.request, **changed)),))


def test_somebody_who_takes_it_is_left_without_a_dose() -> None:
    """That the revision says nobody takes it does not help: the first request says what was taken."""
    taken = with_earlier(current=Pattern.parse("20 mg x3"))
    limit = "a taper from 20 mg x3, or 20 mg x3 going on"
    what = "a plan for somebody who takes 20 mg x3 is called off, and no dose is left"
    found = [one for one in verify(taken, rule(), OF_CALLED_OFF).findings if one.value == "no dose"]
    assert [(one.text(), one.day, one.limit) for one in found] == [
        (f"never abrupt: {TUE}{what}; the limit is {limit}.", d("2026-12-01"), limit)
    ]


def test_not_even_from_a_dose_that_one_may_stop_from() -> None:
    """5 mg a day may be the last step of a taper; but nobody planned one, and the law is broken by this alone."""
    taken = with_earlier(current=Pattern.parse("5 mg x1"))
    found = [one for one in verify(taken, rule(), OF_CALLED_OFF).findings if one.law == "never abrupt"]
    assert [(one.law, one.limit) for one in found] == [("never abrupt", "a taper from 5 mg x1, or 5 mg x1 going on")]


@pytest.mark.parametrize("parts", [(2,), (1, 1)], ids=["two days", "two steps"])
def test_what_was_called_off_has_one_day(parts: tuple[int, ...]) -> None:
    first, steps = d("2026-12-01"), []
    for length in parts:
        steps.append(replace(GOOD.steps[0], days=Days.of(first, length)))
        first = plus(first, length)
    findings = verify(replace(GOOD, steps=tuple(steps)), rule()).findings
    assert [(one.text(), one.day, one.value) for one in findings if one.law == "called off"] == [
        (
            f"called off: {TUE}a plan that was called off still has days to 2026-12-02; "
            "the limit is one day without a dose.",
            d("2026-12-01"),
            "2026-12-02",
        )
    ]
    # The other law says of the same day that no dose is taken on it, or that it is listed twice.
    assert {one.law for one in findings} == {"called off", "never abrupt"}


def otherwise() -> dict[str, tuple[Schedule, set[str]]]:
    """What is no plan that was called off: it is proved as any other, so nobody gets away with it."""
    step = GOOD.steps[0]
    return {
        "after a dose": (
            replace(GOOD, revised=replace(GOOD.revised, on=d("2026-12-04")),  # type: ignore[type-var]
                    steps=(replace(step, days=Days.of(d("2026-12-04"), 1)),)), {"seam"},
        ),
        "a dose after all": (replace(GOOD, steps=(replace(step, regimen=build.regimen("5 mg x3")),)), {"never abrupt"}),
        "no revision": (replace(GOOD, revised=None, earlier=(), revision=1), {"asked"}),
    }  # fmt: skip


@pytest.mark.parametrize("name", otherwise())
def test_what_was_not_called_off_is_proved_as_any_other(name: str) -> None:
    schedule, expected = otherwise()[name]
    assert not schedule.called_off
    assert expected <= laws(schedule)
