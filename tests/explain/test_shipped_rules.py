"""Why a day is as it is, in plans of the shipped rules: exact texts, worked out from the rule files by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.run import titrate
from titrate.formats import json as schedules
from titrate.formats.explanation import explain, text

US, UK = "baclofen-oral-spasticity", "baclofen-oral-spasticity-uk"
PUMP, HICCUPS = "baclofen-intrathecal-spasticity", "baclofen-oral-hiccups"
START = ("--start", "2026-12-01")

PLANS: dict[str, tuple[str, ...]] = {
    "up, stay, down": ("plan", US, *START, "--target", "20 mg x3", "--maintain", "4 weeks", "--then-stop"),
    "open": ("plan", US, *START, "--target", "20 mg x3", "--review", "2027-01-05"),
    "chosen end": ("taper", UK, *START, "--from", "20 mg x3", "--since", "2026-11-01", "--finish-by", "2027-01-15"),
    "pump": ("plan", PUMP, *START, "--target", "120 micrograms/day", "--screening-dose", "50 micrograms",
             "--screening-effect", "6 hours"),
    "silent rule": ("plan", HICCUPS, *START, "--target", "10 mg x3", "--by", "5 mg", "--every", "3d"),
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `NAME.json` for each of `PLANS`, made by the command."""
    place = tmp_path_factory.mktemp("plans")
    for name, arguments in PLANS.items():
        ran = titrate(*arguments, "-o", f"{name}.json", cwd=place)
        assert ran.code == 0, ran.err
    return place


def told(folder: Path, plan: str, day: str) -> str:
    """What is told of a day, without what stands above its date and from the notes on."""
    ran = titrate("explain", f"{plan}.json", "--day", day, cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    body = ran.out.partition("Prepared by  ____________________\n\n")[2]
    return body.partition("\n\nNever stop suddenly\n")[0] + "\n"


LABEL = "Baclofen tablets USP, prescribing information, 2021-02-08"

# The US label: 5 mg more per dose every 3 days, so 5 mg from 1, 10 from 4, 15 from 7, 20 from 10 December 2026.
SECOND_STEP = f"""\
Saturday 05 December 2026
-------------------------
Day 5 of the schedule. Step 2 of 9: Fri 04 Dec 2026 to Sun 06 Dec 2026
(3 days, titration). Day 2 of this step.

    morning 08:00    10 mg  1 tablet of 10 mg
    afternoon 14:00  10 mg  1 tablet of 10 mg
    evening 20:00    10 mg  1 tablet of 10 mg
    daily dose       30 mg

Before: 5 mg three times a day (15 mg a day), until Thursday 03 December 2026.
Next: 15 mg three times a day (45 mg a day), from Monday 07 December 2026.

Why this high
-------------
Rise from 5 mg three times a day to 10 mg three times a day. The daily dose
rises by 15 mg, from 15 mg to 30 mg.
- A dose rises by at most 5 mg.
    Stated: {LABEL}: Dosage
    and Administration, schedule 5-10-15-20 mg three times a day; checked
    Mon 23 Nov 2026.
- The daily dose rises by at most 15 mg.
    Computed: 5 mg x 3 doses = 15 mg a day; it bounds the day also where a
    fourth dose is added.
    From: {LABEL}: Dosage
    and Administration, schedule 5-10-15-20 mg three times a day; checked
    Mon 23 Nov 2026.

Why this long
-------------
The step lasts 3 days.
- A dose is kept for at least 3 days before it changes.
    Stated: {LABEL}: Dosage
    and Administration, schedule 5-10-15-20 mg three times a day; checked
    Mon 23 Nov 2026.
"""

# Four weeks from 10 December end on 6 January; 14 days of taper end on 20 January 2027: nothing is taken on the 21st.
STOP = """\
Thursday 21 January 2027
------------------------
Day 52 of the schedule. Step 9 of 9: from Thu 21 Jan 2027 (stop, taper).

    no dose
    daily dose  0 mg

Before: 5 mg once a day, until Wednesday 20 January 2027.
Next: No dose from Thu 21 Jan 2027; last dose on Wed 20 Jan 2027.

Why it stops here
-----------------
Stop after 5 mg once a day, the last step.
- The last dose before stopping is at most 5 mg a day.
    Derived (no source prints it): no source says from which dose to stop;
    5 mg once a day is the smallest dose that the tablets make, a third of the
    starting dose.
    From: Baclofen tablets, prescribing information (Chartwell), Rev 02/2023:
    How supplied; checked Mon 23 Nov 2026.
- A taper takes at least 14 days.
    Stated: British National Formulary for Children 2018-19, 2018-19:
    baclofen, withdrawal: at least 1 to 2 weeks, longer if symptoms occur; the
    longer end is taken; checked Mon 23 Nov 2026.
"""

# 46 days for the twelve falls of 5 mg from 60 mg to 5 mg a day and to nothing: eleven steps, 4 days for the first.
FIRST_FALL = """\
Wednesday 02 December 2026
--------------------------
Day 2 of the schedule. Step 1 of 12: Tue 01 Dec 2026 to Fri 04 Dec 2026
(4 days, taper). Day 2 of this step.

    morning 08:00    15 mg  1 and a half tablets of 10 mg
    afternoon 14:00  20 mg  2 tablets of 10 mg
    evening 20:00    20 mg  2 tablets of 10 mg
    daily dose       55 mg

Before: 20 mg three times a day (60 mg a day), since Sunday 01 November 2026.
Next: 10 mg in the morning, 20 mg in the afternoon and 20 mg in the evening
(50 mg a day), from Saturday 05 December 2026.
"""

# Twice the screening dose of 50 micrograms; at most 15 % more a day, so a day on 105 to 115 before 120, evenest 110.
SECOND_RATE = """\
Wednesday 02 December 2026
--------------------------
Day 2 of the schedule. Step 2 of 3: Wed 02 Dec 2026 (1 day, titration).

    continuous infusion  110 micrograms  over 24 hours
    daily dose           110 micrograms

Before: 100 micrograms a day as a continuous infusion, until
Tuesday 01 December 2026.
Next: 120 micrograms a day as a continuous infusion, from
Thursday 03 December 2026.

Why this high
-------------
Rise from 100 micrograms a day as a continuous infusion to 110 micrograms a
day as a continuous infusion. The daily dose rises by 10 micrograms, from
100 micrograms to 110 micrograms.
- The daily dose rises by at most 15 % of the current one.
    Stated: Medscape, baclofen intrathecal, dosing, drug page 343335, read
    2026: titration: none in the first 24 hours after the start; then 5 to
    15 % once in 24 hours (cerebral origin; children); checked
    Mon 23 Nov 2026.
"""

# The document prints no step for hiccups: both numbers are the prescriber's.
PRESCRIBED = """\
Why this long
-------------
The step lasts 3 days.
- A dose is kept for at least 3 days before it changes.
    Set by the prescriber (--by and --every) on Mon 23 Nov 2026.
"""


@pytest.mark.parametrize(
    ("plan", "day", "wanted"),
    [
        ("up, stay, down", "2026-12-05", SECOND_STEP),
        ("up, stay, down", "2027-01-21", STOP),
        ("chosen end", "2026-12-02", FIRST_FALL),
        ("pump", "2026-12-02", SECOND_RATE),
        ("silent rule", "2026-12-01", PRESCRIBED),
    ],
    ids=lambda value: value if len(value) < 20 else "",
)
def test_a_day_is_told(folder: Path, plan: str, day: str, wanted: str) -> None:
    assert wanted in told(folder, plan, day)


@pytest.mark.parametrize(
    ("day", "wanted"),
    [
        ("2026-12-05", "Review: the prescriber looks again on Tuesday 05 January 2027.\n"),
        ("2027-01-04", "Review: the prescriber looks again on Tuesday 05 January 2027.\n"),
        ("2027-01-05", "Review: the prescriber looks again on this day.\n"),
        ("2027-01-06", "Review: due on Tuesday 05 January 2027, before this day. If it has not been,\n"),
        ("2029-12-10", "Day 1106 of the schedule. Step 4 of 4: "),  # 1,105 days after 1 December 2026
        ("2029-12-10", "No end is planned: it continues until reviewed on Tuesday 05 January 2027.\n"),
        ("9999-12-31", "Next: Continue until reviewed on Tue 05 Jan 2027. Do not stop: this schedule\n"),
    ],
)
def test_days_of_a_step_without_end(folder: Path, day: str, wanted: str) -> None:
    assert wanted in told(folder, "open", day)


@pytest.mark.parametrize("plan", PLANS)
def test_every_step_says_why_it_is_this_high_and_this_long(folder: Path, plan: str) -> None:
    """And every reason says where it comes from."""
    shown = schedules.read((folder / f"{plan}.json").read_text(encoding="utf-8"))
    steps = explain(shown).told
    assert [step.number for step in steps] == list(range(1, len(shown.steps) + 1))
    for step in steps:
        assert step.height, f"step {step.number} does not say why it is this high"
        assert step.length or step.step.days.last is None, f"step {step.number} does not say why it is this long"
        assert not step.other
        assert all(fact.citation is not None for fact in (*step.height, *step.length))
    written = text.write(explain(shown))
    assert written.count("\nWhy this high\n") + written.count("\nWhy it stops here\n") == len(steps)
    assert "no reason" not in written


def test_without_a_day_every_step_is_told_in_turn(folder: Path) -> None:
    ran = titrate("explain", "up, stay, down.json", cwd=folder)
    places = [ran.out.index(f"\nStep {number} of 9\n") for number in range(1, 10)]
    assert places == sorted(places)
    assert ran.out.count("\nNot checked\n") == ran.out.count("\nSources\n") == 1
    assert "https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid=b4f2f888-979a-6f54-e053-2a95a90a95a3" in ran.out


@pytest.mark.parametrize(("typed", "heading"), [("+8d", "Tuesday 01 December"), ("+1 month", "Wednesday 23 December")])
def test_relative_days_use_the_clock(folder: Path, typed: str, heading: str) -> None:
    """The clock says 23 November 2026."""
    assert told(folder, "open", typed).startswith(heading)


def test_as_data(folder: Path) -> None:
    ran = titrate("explain", "up, stay, down.json", "--day", "2026-12-05", "--json", cwd=folder)
    assert (ran.code, ran.err) == (0, "")
    found: dict[str, Any] = json.loads(ran.out)
    document = json.loads((folder / "up, stay, down.json").read_text(encoding="utf-8"))
    assert (found["format"], found["plan"], found["revision"]) == (1, document["plan"], 1)
    assert found["rule"]["sha256"] == document["rule"]["sha256"]
    assert (found["first"], found["last"], found["review"]) == ("2026-12-01", "2027-01-21", None)
    assert found["not_checked"] == document["not_checked"]
    assert {note["topic"] for note in found["notes"]} == {"never stop suddenly", "missed dose"}
    assert "food" in found["more_notes"]
    (day,) = found["explained"]
    label = {
        "source": "us-tablets",
        "title": "Baclofen tablets USP, prescribing information",
        "edition": "2021-02-08",
        "at": "Dosage and Administration, schedule 5-10-15-20 mg three times a day",
        "checked": "2026-11-23",
        "publisher": "DailyMed",
        "href": "https://dailymed.nlm.nih.gov/dailymed/lookup.cfm?setid=b4f2f888-979a-6f54-e053-2a95a90a95a3",
    }
    how = "5 mg x 3 doses = 15 mg a day; it bounds the day also where a fourth dose is added"
    tablet = "1 tablet of 10 mg"
    assert day == {
        "date": "2026-12-05",
        "day": 5,
        "day_of_step": 2,
        "reported": None,
        "step": 2,
        "steps": 9,
        "kind": "titration",
        "first": "2026-12-04",
        "last": "2026-12-06",
        "length": 3,
        "stop": False,
        "taken": "10 mg three times a day",
        "doses": [
            {"slot": "morning", "time": "08:00", "dose": "10 mg", "pieces": tablet},
            {"slot": "afternoon", "time": "14:00", "dose": "10 mg", "pieces": tablet},
            {"slot": "evening", "time": "20:00", "dose": "10 mg", "pieces": tablet},
        ],
        "daily_dose": "30 mg",
        "before": {"taken": "5 mg three times a day", "daily_dose": "15 mg", "day": "2026-12-03"},
        "after": {"taken": "15 mg three times a day", "daily_dose": "45 mg", "day": "2026-12-07"},
        "claim": "Rise from 5 mg three times a day to 10 mg three times a day",
        "why_this_high": [
            {"says": "a dose rises by at most 5 mg", "basis": "stated", **label},
            {"says": "the daily dose rises by at most 15 mg", "basis": "computed", "how": how, **label},
        ],
        "why_this_long": [{"says": "a dose is kept for at least 3 days before it changes", "basis": "stated", **label}],
        "other_reasons": [],
    }


@pytest.mark.parametrize("plan", PLANS)
def test_print_is_safe(folder: Path, plan: str) -> None:
    written = titrate("explain", f"{plan}.json", cwd=folder).out
    assert all(len(line) <= 78 or "https://" in line for line in written.splitlines())
    assert not any(line != line.rstrip() for line in written.splitlines())
    for wrong in ("BID", "TID", "QD", "mcg", ".0 mg", "mg/", "\u00a0", "\u2026"):
        assert wrong not in written
