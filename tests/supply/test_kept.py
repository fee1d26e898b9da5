"""How a schedule is dispensed is kept with it: what is made of it later need not be told again."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from tests.revise.acting import act, up
from tests.run import titrate
from titrate import verify
from titrate.days import Duration
from titrate.dispensing import Dispensing
from titrate.formats import html, ics
from titrate.formats import json as documents
from titrate.product import Stock
from titrate.rulebook import load
from titrate.schedule import Schedule
from titrate.supply import Supply, of

WISHES = Dispensing(Duration(28, "day"), (Stock("10mg", Fraction(84)),), 5, 7, True)
PLAN = ("plan", "baclofen-oral-spasticity", "--start", "2026-12-01", "--target", "20 mg x3", "--products", "10mg")
TYPED = ("--fill", "28d", "--pack", "10mg=84", "--lead", "5d", "--margin", "7d", "--keep-halves")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = titrate(*PLAN, "--review", "8 weeks", "--tz", "Europe/London", *TYPED, "-o", "plan.json", cwd=tmp_path)
    assert made.code == 0, made.err
    return tmp_path


def test_the_document_keeps_it_under_its_seal(folder: Path) -> None:
    text = (folder / "plan.json").read_text(encoding="utf-8")
    read = documents.opened(text)
    assert (read.schedule.dispensing, read.edited) == (WISHES, False)
    assert documents.opened(text.replace('"lead": 5', '"lead": 4')).edited
    assert verify(read.schedule, load("baclofen-oral-spasticity")).findings == ()


def test_a_document_without_it_is_read(folder: Path) -> None:
    data = json.loads((folder / "plan.json").read_text(encoding="utf-8"))
    del data["dispensing"], data["sha256"]
    assert documents.read(json.dumps(data)).dispensing is None


def test_what_is_written_later_needs_no_options(folder: Path) -> None:
    """4.5 + 9 + 13.5 for 9 days and 19 of 6, and 7 days more of 6 are 183: 3 packs of 84. The day before 1 December
    less 5 days is 25 November."""
    supply = titrate("supply", "plan.json", cwd=folder)
    assert "252 tablets of 10 mg, in 3 packs" in supply.out
    assert "order by Wed 25 Nov 2026" in supply.out
    shown = titrate("show", "plan.json", "-o", "plan.html", "-o", "plan.ics", "-o", "plan.txt", cwd=folder)
    assert shown.code == 0, shown.err
    assert "order fill 2 by Sunday 03 January 2027" in shown.err
    assert "Order by Wednesday, 25 November 2026: 252 tablets" in (folder / "plan.html").read_text("utf-8").replace(
        "\u00a0", " "
    )
    assert (folder / "plan.ics").read_text("utf-8").count("SUMMARY:Order baclofen today") == 2
    text = " ".join((folder / "plan.txt").read_text("utf-8").split())
    assert "Dispensed for 28 days at a time; in packs of 84 tablets of 10 mg; ordered 5 days before" in text
    feed = titrate("calendar", ".", cwd=folder)
    assert feed.code == 0, feed.err
    (path,) = folder.glob("????????????.ics")
    assert path.read_text("utf-8").count("SUMMARY:Order baclofen today") == 2


def test_what_is_typed_later_takes_its_place(folder: Path) -> None:
    supply = titrate("supply", "plan.json", "--fill", "14d", "--no-keep-halves", cwd=folder)
    # half a tablet on each of 9 times is 9 whole ones, 9 of 10 mg, 18 for 15 mg, 30 for 5 days of 20 mg
    assert "9 tablets of 10 mg" in supply.out
    assert "A divided tablet counts as a whole one" in " ".join(supply.out.split())
    assert "in 1 pack\n" in supply.out
    ran = titrate(
        "revise", "plan.json", "stay", "7d", "--on", "2026-12-06", "--lead", "9d", "-o", "r2.json", cwd=folder
    )
    assert ran.code == 0, ran.err
    later = documents.read((folder / "r2.json").read_text(encoding="utf-8"))
    assert later.dispensing == replace(WISHES, lead=9)
    assert later.earlier[0].dispensing == WISHES


def test_the_proof_of_a_schedule_counts_its_supply(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a piece less in the only fill a day lies beyond it. Where nothing is said of it none is counted."""
    kept = replace(up(), dispensing=WISHES)
    rule = load("baclofen-oral-spasticity")
    assert verify(kept, rule).findings == ()
    assert "supply" in verify(kept, rule).laws

    def less(schedule: Schedule, dispensing: Dispensing) -> Supply:
        found = of(schedule, replace(dispensing, fill=None, packs=(), margin=0))
        (fill,) = found.fills
        item = replace(fill.items[0], piece=replace(fill.items[0].piece, count=fill.items[0].piece.count - 1))
        return replace(found, fills=(replace(fill, items=(item, *fill.items[1:])),))

    monkeypatch.setattr("titrate.supply.of", less)  # where the proof looks for it, late
    assert {finding.law for finding in verify(kept, rule).findings} == {"supply"}
    assert verify(up(), rule).findings == ()


def test_packs_of_what_is_no_longer_used_are_kept_and_not_counted(folder: Path) -> None:
    """From 10 mg tablets to 5 mg ones, and back: the pack of 84 is of the first."""
    for number, products in ((2, "5mg"), (3, "10mg")):
        before = "plan.json" if number == 2 else "r2.json"
        ran = titrate(
            "revise",
            before,
            "products",
            products,
            "--on",
            "2026-12-06",
            "-o",
            f"r{number}.json",
            "-o",
            "x.ics",
            cwd=folder,
        )
        assert ran.code == 0, ran.err
        assert ("packs of 84" in titrate("show", f"r{number}.json", cwd=folder).out) == (number == 3)
    assert "in 3 packs" in titrate("supply", "r3.json", cwd=folder).out
    ran = titrate("show", "r2.json", "-o", "y.html", cwd=folder)
    assert ran.code == 0, ran.err


def test_it_names_no_plan_and_bears_on_no_dose() -> None:
    plain, kept = up(), replace(up(), dispensing=WISHES)
    assert kept.plan == plain.plan
    assert act(kept, "2026-12-06", "stay", "7d").steps == act(plain, "2026-12-06", "stay", "7d").steps


def test_each_revision_of_a_feed_cancels_the_orders_of_the_one_before() -> None:
    """Revision 1 was dispensed for 14 days at a time, revision 2 for 28: nothing of the first is left as it was."""
    feed = ics.CalendarOptions(feed=True)
    one = replace(up(tz="Europe/London"), dispensing=Dispensing(Duration(14, "day")))
    two = replace(act(one, "2026-12-06", "stay", "7d"), dispensing=Dispensing(Duration(28, "day")))
    before = [e for e in ics.write(one, feed).replace("\r\n ", "").split("BEGIN:VEVENT") if "SUMMARY:Order" in e]
    after = ics.write(two, feed).replace("\r\n ", "").split("BEGIN:VEVENT")
    uids = {line for e in before for line in e.splitlines() if line.startswith("UID:")}
    assert len(uids) >= 6
    for uid in uids:
        (event,) = [e for e in after if f"{uid}\r\n" in e]
        assert "(r2)" in event or "STATUS:CANCELLED" in event


def test_a_handout_of_a_library_shows_it() -> None:
    page = html.compose(replace(up(), dispensing=Dispensing(Duration(28, "day"))), html.HandoutOptions()).html
    assert "Order by" in page
    assert "Order by" not in html.compose(up(), html.HandoutOptions()).html
