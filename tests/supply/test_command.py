"""`titrate supply` as it is typed."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.run import Ran, titrate


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the oral ladder in 10 mg tablets, kept for 12 days in all and more, and a pump."""
    place = tmp_path_factory.mktemp("supply")
    ladder = ("plan", "baclofen-oral-spasticity", "--start", "2026-12-01", "--target", "20 mg x3")
    made = titrate(*ladder, "--products", "10mg", "--review", "2026-12-13", "-o", "plan.json", cwd=place)
    assert made.code == 0, made.err
    pump = titrate(
        "plan", "baclofen-intrathecal-spasticity", "--start", "2026-12-01", "--from", "100 micrograms/day", "--target",
        "120 micrograms/day", "--origin", "spinal", "--setting", "hospital", "--concentration", "500 micrograms/mL",
        "--reservoir", "20 mL", "--residual", "2 mL", "--stability", "77 days", "--review", "2027-06-01",
        "-o", "pump.json", cwd=place,
    )  # fmt: skip
    assert pump.code == 0, pump.err
    return place


def supply(folder: Path, *arguments: str) -> Ran:
    ran = titrate("supply", *arguments, cwd=folder)
    assert "Traceback" not in ran.err
    return ran


def test_the_first_twelve_days(folder: Path) -> None:
    """45 tablets of 10 mg, with the halves that are kept; 54 without."""
    kept, thrown = supply(folder, "plan.json", "--keep-halves"), supply(folder, "plan.json")
    assert "in all                                      45 tablets of 10 mg" in kept.out
    assert "in all                                      54 tablets of 10 mg" in thrown.out


def test_every_format_says_the_same(folder: Path) -> None:
    wishes = ("--fill", "7d", "--pack", "10mg=28", "--lead", "5d", "--margin", "3d", "--keep-halves")
    table = supply(folder, "plan.json", *wishes)
    rows = list(csv.DictReader(io.StringIO(supply(folder, "plan.json", *wishes, "--format", "csv").out)))
    data = json.loads(supply(folder, "plan.json", *wishes, "--format", "json").out)
    used = [row for row in rows if row["what"] == "used"]
    assert [(row["product"], row["count"]) for row in used] == [("10mg", "45")]
    assert [(one["product"], one["count"]) for one in data["used"]] == [("10mg", "45")]
    # the ladder to the 7th day is 4.5 + 9 + 4.5 = 18, three days more of it are 9 and 6 = 15: 33, two packs
    fills = [row for row in rows if row["what"] == "fill"]
    assert (fills[0]["count"], fills[0]["packs"]) == ("56", "2")
    assert [fill["order_by"] for fill in data["fills"]] == [row["order_by"] for row in fills]
    assert "56 tablets of 10 mg, in 2 packs" in table.out
    assert "order by Wed 25 Nov 2026" in table.out


def test_files(folder: Path) -> None:
    ran = supply(folder, "plan.json", "-o", "supply.csv", "-o", "supply.json", "-o", "supply.txt")
    assert (ran.code, ran.out) == (0, "")
    assert "Wrote supply.csv, supply.json, supply.txt." in ran.err
    assert supply(folder, "plan.json", "-o", "supply.ods").code == 4


def test_labels(folder: Path) -> None:
    out = supply(folder, "plan.json", "--labels").out.replace("\N{NO-BREAK SPACE}", " ")
    assert out.startswith("Label 1 of 4: Baclofen 10 mg tablets\nTake half a tablet (5 mg) in the morning, ")
    assert out.count("Do not stop suddenly") == 4


def test_days_that_have_passed_are_told(folder: Path) -> None:
    """It is 23 November: 9 days before the first dose were on the 21st."""
    ran = supply(folder, "plan.json", "--lead", "9d")
    assert "Fill 1 had to be ordered by Saturday 21 November 2026, which has passed: order it today." in ran.err
    assert "(this day has passed: order it today)" in ran.out


def test_the_pump(folder: Path) -> None:
    out = " ".join(supply(folder, "pump.json").out.split())
    assert "20 mL in it (set by the prescriber); 500 micrograms per mL (MPR, Gablofen" in out
    assert (
        "2 mL stay in it, so 9000 micrograms can be used (set by the prescriber); it keeps for 77 days (set by" in out
    )
    assert "120 micrograms a day 5 micrograms an hour" in out
    # 110 and 74 x 120 are 8,990 of 9,000: 75 whole days, until 13 February, and the alarm on the day after
    assert "Filling 1, of Tue 01 Dec 2026: 75 days. Fill it again by Saturday 13 February 2027" in out
    assert "the drug keeps until Mon 15 Feb 2027. The low-reservoir alarm would sound on Sun 14 Feb 2027." in out
    assert "high fever" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("plan.json", "--fill", "soon"), "--fill: 'soon' is no duration"),
        (("plan.json", "--pack", "84"), '--pack: "84" is no product and how much of it'),
        (("plan.json", "--pack", "5mg=28"), "the schedule takes nothing from 5mg"),
        (("plan.json", "--labels", "--format", "csv"), "--labels writes the labels"),
        (("nothing.json",), "cannot be read"),
    ],
)
def test_what_is_refused(folder: Path, arguments: tuple[str, ...], says: str) -> None:
    ran = supply(folder, *arguments)
    assert ran.code in (4, 7)
    assert says in ran.err
