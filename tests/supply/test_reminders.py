"""Days to order, to have more in the house, and to fill a pump: in the calendar and on the screen."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from tests.build import q, schedule
from tests.run import titrate
from tests.supply.boxes import TEN, dispensing, of_texts
from titrate.days import Duration
from titrate.dispensing import Dispensing
from titrate.formats.ics import CalendarOptions, write
from titrate.formats.ics.house import reminders
from titrate.pump import Pump

ISSUED = date(2026, 11, 23)


def told(found: object) -> list[tuple[str, str]]:
    return [(str(one.day), one.title) for one in found]  # type: ignore[attr-defined]


def test_each_fill_is_ordered_and_runs_out() -> None:
    """One tablet a day for 60 days in fills of 28, ordered 5 days before the day before it is needed."""
    course = of_texts([("10 mg x1", 60), ("none", 1)], TEN)
    assert told(reminders(course, dispensing(fill="28d", lead=5), ISSUED, discreet=False)) == [
        ("2026-11-25", "Order baclofen today at the latest (r1)"),
        ("2026-12-28", "Baclofen: fill 1 runs out today (r1)"),
        ("2026-12-23", "Order baclofen today at the latest (r1)"),
        ("2027-01-25", "Baclofen: fill 2 runs out today (r1)"),
        ("2027-01-20", "Order baclofen today at the latest (r1)"),
    ]


def test_the_text_says_how_much_and_when_it_is_needed() -> None:
    course = of_texts([("10 mg x1", 20), ("none", 1)], TEN)
    (order,) = reminders(course, dispensing(pack="10mg=28", lead=5), ISSUED, discreet=True)
    assert order.title == "Order medicine today at the latest (r1)"
    assert order.text.split("\n") == [
        "Order fill 1 today at the latest: 28 tablets of 10 mg (1 pack).",
        "It is first needed on Tuesday 01 December 2026.",
        "Stopping suddenly can cause fits and hallucinations.",
        "Plan 0123456789ab, revision 1.",
    ]


def test_a_day_to_order_that_has_passed_is_told_on_the_day_of_issue() -> None:
    course = of_texts([("10 mg x1", 20), ("none", 1)], TEN)
    (order,) = reminders(course, dispensing(lead=14), ISSUED, discreet=False)
    assert order.day == ISSUED
    assert "The latest day was Monday 16 November 2026." in order.text


def test_the_medicine_goes_on_after_the_last_fill() -> None:
    course = of_texts([("10 mg x1", None)], TEN, review="2026-12-29")
    assert told(reminders(course, dispensing(lead=3), ISSUED, discreet=False))[-2:] == [
        ("2026-12-28", "Baclofen: fill 1 runs out today (r1)"),
        ("2026-12-25", "Order more baclofen today at the latest (r1)"),
    ]


def test_a_pump_is_filled_again() -> None:
    """77 days of stability from 1 December end on 15 February; the residual volume would be reached on the 28th."""
    pump = Pump(q("500 micrograms/mL"), q("20 mL"), q("2 mL"), Duration(77, "day"))
    course = schedule(
        ("2026-12-01", None, "maintenance", "100 micrograms/day"), pump=pump, review="2027-02-15"
    )  # fmt: skip
    assert told(reminders(course, None, ISSUED, discreet=False)) == [
        ("2027-02-08", "Pump: fill it again in a week (r1)"),
        ("2027-02-15", "Pump: fill it again by today (r1)"),
        ("2027-02-28", "Pump: the alarm would sound today (r1)"),
    ]
    assert told(reminders(course, None, ISSUED, discreet=True))[0][1] == "Medicine: fill it again in a week (r1)"


def test_in_the_file_only_if_asked_for() -> None:
    course = of_texts([("10 mg x1", 60), ("none", 1)], TEN)
    plain = write(course)
    asked = write(course, CalendarOptions(dispensing=Dispensing(fill=Duration(28, "day"))))
    assert "SUMMARY:Order" not in plain
    assert asked.count("SUMMARY:Order baclofen today at the latest (r1)") == 3
    assert "UID:0123456789ab-r1-20261130-order-1@titrate" in asked
    assert asked == write(course, CalendarOptions(dispensing=Dispensing(fill=Duration(28, "day"))))


def test_packs_of_other_plans_are_left_out_of_a_calendar() -> None:
    """A folder holds several plans; `titrate supply` refuses what its one schedule does not use."""
    course = of_texts([("10 mg x1", 20), ("none", 1)], TEN)
    one, other = dispensing(pack="10mg=28"), dispensing(pack="7mg=5")
    wishes = replace(one, packs=(*one.packs, *other.packs))
    assert "28 tablets" in next(iter(reminders(course, wishes, ISSUED, discreet=False))).text


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reminders")


PLAN = ("plan", "baclofen-oral-spasticity", "--start", "2026-12-01", "--target", "20 mg x3", "--products", "10mg")


def test_a_plan_tells_what_is_urgent(folder: Path) -> None:
    wishes = ("--fill", "28d", "--lead", "9d", "--tz", "Europe/London")
    ran = titrate(*PLAN, "--review", "8 weeks", *wishes, "-o", "plan.json", cwd=folder)
    assert ran.code == 0
    assert "Fill 1 had to be ordered by Saturday 21 November 2026, which has passed: order it today." in ran.err
    said = "Fill 1 runs out on Monday 28 December 2026, before the end: order fill 2 by Saturday 19 December 2026."
    assert said in ran.err
    assert "The medicine goes on: what is counted here runs out on" in ran.err


def test_a_feed_follows_a_revision(folder: Path) -> None:
    """The order of the first version is cancelled or moved; nothing of it stays as it was."""
    first = titrate("calendar", ".", "--fill", "28d", "--lead", "5d", cwd=folder)
    assert first.code == 0, first.err
    (path,) = folder.glob("*.ics")
    before = path.read_bytes().decode()
    assert before.count("SUMMARY:Order") == 3
    revised = titrate("revise", "plan.json", "stay", "7d", "--on", "2026-12-06", "-o", "plan-r2.json", cwd=folder)
    assert revised.code == 0, revised.err
    assert titrate("calendar", ".", "--fill", "28d", "--lead", "5d", cwd=folder).code == 0
    after = path.read_bytes().decode().replace("\r\n ", "")
    live = [e for e in after.split("BEGIN:VEVENT") if "SUMMARY:Order" in e]
    assert live
    assert all("(r2)" in event and "SEQUENCE:2" in event for event in live)
    assert "SUMMARY:Cancelled: Order baclofen today at the latest (r1)" in after


def test_what_is_wrong_is_told_before_anything_is_written(folder: Path) -> None:
    ran = titrate(*PLAN, "--pack", "7mg=28", "-o", "wrong.json", cwd=folder)
    assert ran.code == 4
    assert "--pack 7mg=28: the schedule takes nothing from 7mg" in ran.err
    assert not (folder / "wrong.json").exists()
