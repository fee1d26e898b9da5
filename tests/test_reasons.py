"""Why each step is this high and this long: the exact text, with the page on which each limit stands.

The rules are written here, for no real drug, and each of their limits is on a page of its own, so that a reason that
cites the wrong one is seen. Days and doses are worked out on paper; 1 December 2026 is a Tuesday.
"""

from __future__ import annotations

import re
from datetime import date
from itertools import count
from pathlib import Path

import pytest

from tests.test_descent import FEWER, TABLETS, WIDER, down, of
from tests.test_ladder import DAILY, WEEKLY, asked, proven, written
from tests.test_planner import FIVES, paper, steps
from tests.test_planner import asked as on_paper
from titrate.days import Duration
from titrate.errors import NoSchedule, RequestError, TitrateError
from titrate.patient import Patient
from titrate.planner import plan
from titrate.reason import Fact
from titrate.regimen import Pattern
from titrate.schedule import Schedule

Said = tuple[str, int | None]  # a limit, and its page (`None`: set by the prescriber)


def paged(body: str) -> str:
    """The tables of a rule, the first limit on page 11, the next on page 12, and so on."""
    pages = count(11)
    return re.sub(
        "CITE", lambda _: f'cite = {{ source = "book", at = "page {next(pages)}", checked = 2026-11-23 }}', body
    )


def because(claim: str, *facts: Said) -> str:
    """The whole reason."""
    by = [f"(A book, page {page}; checked 2026-11-23)" if page else "(set by the prescriber)" for _, page in facts]
    return (
        f"{claim}.\nBecause " + ",\nand ".join(f"{says} {one}" for (says, _), one in zip(facts, by, strict=True)) + "."
    )


def reasons(schedule: Schedule) -> list[str]:
    return [step.why.text() for step in schedule.steps]


def lengths(schedule: Schedule) -> list[int | None]:
    return [step.days.length for step in schedule.steps]


# --- Up a ladder ------------------------------------------------------------------------------------

# Page 11 how often, 12 to 15 the rungs, 16 the rise, 17 the range to stay in. The last rung is kept for 3 days at
# least, and 5 days before a rise above it.
SHORT = paged(
    DAILY.replace('evening 50 mg"\nkeep = { at-least = "7 days" }', 'evening 50 mg"\nkeep = { at-least = "3 days" }')
)
KEPT = "a dose is kept for at least {} before it changes, on rung {} of the ladder"
STAYED = ("the maintenance regimen is at least 25 mg and at most 150 mg a day", 17)
RISE = ("the daily dose rises by at most 25 mg", 16)
FIVE = ("a dose is kept for at least 5 days before it changes", 16)


def test_up_a_ladder_and_above_it(tmp_path: Path) -> None:
    found = proven(written(tmp_path, SHORT), asked("125 mg/day"))
    assert lengths(found) == [14, 7, 3, 5, 5, None]
    assert reasons(found) == [
        because(
            "Start: 25 mg every 2 days",
            ("rung 1 of 4 of the ladder is 25 mg every 2 days", 12), (KEPT.format("14 days", 1), 12),
        ),
        because(
            "Rise from 25 mg every 2 days to 25 mg once a day",
            ("rung 2 of 4 of the ladder is 25 mg x1", 13), (KEPT.format("7 days", 2), 13),
        ),
        because(
            "Rise from 25 mg once a day to 25 mg twice a day",
            ("rung 3 of 4 of the ladder is 25 mg x2", 14), (KEPT.format("3 days", 3), 14),
        ),
        because(
            "Rise from 25 mg twice a day to 25 mg in the morning and 50 mg in the evening",
            ("rung 4 of 4 of the ladder is 25/50 mg", 15), (KEPT.format("3 days", 4), 15), FIVE,
        ),
        because("Rise from 75 mg to 100 mg a day", RISE, FIVE),
        because(
            "Stay on 50 mg in the morning and 75 mg in the evening", ("the target is 125 mg/day", None), STAYED, RISE
        ),
    ]  # fmt: skip


def test_a_last_rung_that_is_kept_long_enough_for_a_rise_says_nothing_of_it(tmp_path: Path) -> None:
    """5 days are enough for both, and 6 are more than the rise asks for."""
    last = 'evening 50 mg"\nkeep = { at-least = "7 days" }'
    for days in (5, 6):
        body = DAILY.replace(last, last.replace("7", str(days)))
        found = proven(written(tmp_path, paged(body)), asked("100 mg/day"))
        assert lengths(found)[3] == days
        assert reasons(found)[3] == because(
            "Rise from 25 mg twice a day to 25 mg in the morning and 50 mg in the evening",
            ("rung 4 of 4 of the ladder is 25/50 mg", 15), (KEPT.format(f"{days} days", 4), 15),
        )  # fmt: skip


def test_each_rise_above_a_ladder_has_the_limits_that_bear_on_it(tmp_path: Path) -> None:
    """Up to 100 mg after 5 days, above that after 9: 100 mg are kept for 9 days; 125 mg are reached by the second."""
    rise = '[[increase]]\nby = { at-most = "25 mg", per = "day" }\n'
    rises = f'{rise}every = {{ at-least = "5 days" }}\nband = {{ at-most = "100 mg" }}\nCITE\n'
    rises += f'{rise}every = {{ at-least = "9 days" }}\nband = {{ above = "100 mg" }}\nCITE\n'
    body = DAILY.partition("[increase]")[0] + rises + DAILY[DAILY.index("[maintenance]") :]
    found = proven(written(tmp_path, paged(body)), asked("150 mg/day"))
    low = ("the daily dose rises by at most 25 mg where the daily dose is at most 100 mg", 16)
    high = ("the daily dose rises by at most 25 mg where the daily dose is more than 100 mg", 17)
    nine = ("a dose is kept for at least 9 days before it changes where the daily dose is more than 100 mg", 17)
    assert lengths(found)[3:] == [7, 9, 9, None]
    assert reasons(found)[4:] == [
        because("Rise from 75 mg to 100 mg a day", low, nine),
        because("Rise from 100 mg to 125 mg a day", low, high, nine),
        because("Stay on 75 mg twice a day", ("the target is 150 mg/day", None), (STAYED[0], 18), high),
    ]


def test_a_stay_of_a_month_above_a_ladder_is_counted_from_its_own_first_day(tmp_path: Path) -> None:
    """14 + 7 + 3 + 5 + 5 days from 20 January on are over on 22 February; the month to 23 March has 28 days."""
    request = asked("125 mg/day", start=date(2027, 1, 20), then_stop=True, maintain=Duration(1, "month"))
    assert lengths(proven(written(tmp_path, SHORT), request))[:6] == [14, 7, 3, 5, 5, 28]


def test_after_alternate_days_and_a_stay_the_taper_is_of_every_day(tmp_path: Path) -> None:
    """From 25 mg there is nothing lower but nothing: it is kept for the 10 days of a taper, each day."""
    request = asked(
        "25 mg x1", current=Pattern.parse("25 mg every 2 days"), then_stop=True, maintain=Duration(15, "day")
    )
    found = proven(written(tmp_path, SHORT), request)
    assert [(step.regimen.notation, step.days.length) for step in found.steps] == [
        ("25 mg x1", 15), ("25 mg x1", 10), ("0 mg", 1),
    ]  # fmt: skip


def test_a_stay_that_is_no_whole_cycles_is_offered_as_the_nearest_that_are(tmp_path: Path) -> None:
    """Every 3 days: 10 days are between 9 and 12, and 21 days are three weeks."""
    rule = written(tmp_path, WEEKLY, cycle="3 days")
    for days, near in ((10, ("9 days", "12 days")), (20, ("18 days", "3 weeks")), (2, ("3 days",))):
        with pytest.raises(RequestError) as caught:
            plan(rule, asked("100 mg every 3 days", maintain=Duration(days, "day"), then_stop=True))
        assert caught.value.options == tuple(f'--maintain "{one}"' for one in near)


def test_from_one_rung_to_another_at_the_prescribers_pace(tmp_path: Path) -> None:
    request = asked("25/50 mg", current=Pattern.parse("25 mg x1"), every=Duration(9, "day"))
    found = proven(written(tmp_path, SHORT), request)
    assert lengths(found) == [9, None]
    assert [one.citation for one in found.steps[0].why.facts if isinstance(one, Fact)][-1] == request.citation(
        "--every"
    )
    assert reasons(found) == [
        because(
            "Rise from 25 mg once a day to 25 mg twice a day",
            ("rung 3 of 4 of the ladder is 25 mg x2", 14),
            ("a dose is kept for at least 9 days before it changes", None),
        ),
        because(
            "Stay on 25 mg in the morning and 50 mg in the evening",
            ("the target is 25/50 mg", None), STAYED, ("rung 4 of 4 of the ladder is 25/50 mg", 15),
        ),
    ]  # fmt: skip


def test_from_the_last_rung_to_above_it(tmp_path: Path) -> None:
    """The last rung is kept for 3 days, and for 5 before a rise; 4 days are one too few, and so are 2."""
    rule, now = written(tmp_path, SHORT), Pattern.parse("25/50 mg")
    found = proven(rule, asked("125 mg/day", current=now, since=date(2026, 11, 26)))
    assert [(step.regimen.notation, step.days.length) for step in found.steps] == [("50 mg x2", 5), ("50/75 mg", None)]
    assert reasons(found)[0] == because("Rise from 75 mg to 100 mg a day", RISE, FIVE)
    for since, start in ((date(2026, 11, 27), "2026-12-02"), (date(2026, 11, 29), "2026-12-04")):
        with pytest.raises(NoSchedule) as caught:
            plan(rule, asked("125 mg/day", current=now, since=since))
        assert f"(--start {start})" in caught.value.text()


# --- A drug that is taken once a week ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("intervals", "told"),
    [
        (("10 days",), ("10 days", 17)),
        (("10 days", "14 days"), ("14 days", 18)),
        (("2 weeks", "9 days"), ("14 days", 17)),
    ],
)
def test_days_that_are_no_whole_weeks_are_told_as_they_are_in_print(
    tmp_path: Path, intervals: tuple[str, ...], told: Said
) -> None:
    """9, 10 and 14 days are two doses a week apart; the longest in print is the one that asks for as much."""
    table = '[[taper.decrease]]\nby = { at-most = "50 mg", per = "dose" }\nevery = { at-least = "NUMBER" }\nCITE\n'
    body = WEEKLY.partition("[taper.decrease]")[0] + "".join(table.replace("NUMBER", one) for one in intervals)
    found = proven(
        written(tmp_path, paged(body), cycle="1 week"), asked(None, current=Pattern.parse("100 mg every week"))
    )
    assert lengths(found) == [14, 1]
    falls = tuple(("a dose falls by at most 50 mg", page) for page, _ in enumerate(intervals, 17))
    day, page = told
    assert reasons(found)[0] == because(
        "Fall from 100 mg once a week to 50 mg once a week",
        *falls, (f"a dose is kept for at least {day} before it changes", page),
    )  # fmt: skip


def test_above_a_last_rung_of_another_rhythm_nothing_is_counted(tmp_path: Path) -> None:
    """25 mg every 2 days are 12.5 mg a day; 50 mg a day would be a rise by three times as much, not by 25 mg."""
    one = DAILY.partition("[[ladder]]")[0] + '[[ladder]]\ntake = "evening 25 mg"\ncycle = "2 days"\nCITE\n'
    rule = written(tmp_path, one + "[increase]" + DAILY.partition("[increase]")[2])
    for current, origin in ((None, "the beginning of the ladder"), ("25 mg every 2 days", "25 mg every 2 days")):
        with pytest.raises(NoSchedule) as caught:
            plan(rule, asked("50 mg x1", current=None if current is None else Pattern.parse(current)))
        assert f"50 mg x1 cannot be reached from {origin}" in caught.value.text()
    with pytest.raises(NoSchedule, match="50 mg x1 is no rung of the ladder"):
        plan(rule, asked("75 mg x1", current=Pattern.parse("50 mg x1")))


# --- Down a ladder ----------------------------------------------------------------------------------

# Page 12 how often, 13 the fall, 14 to 17 the rungs, 18 what is added behind them.
RUNGS = ["10 mg x1", "10 mg x1, 7.5 mg x1 in turn", "10 mg every 2 days", "10 mg every 3 days"]
WORDS = ["10 mg once a day", "10 mg and 7.5 mg on alternate days", "10 mg every 2 days", "10 mg every 3 days"]
FALL = ("the daily dose falls by at most 10 mg", 13)
SEVEN = ("a dose is kept for at least 7 days before it changes", 13)
CHOSEN = ("the last dose is on Monday 25 January 2027", None)


def rung(number: int) -> Said:
    return f"rung {number} of 4 of the ladder down is {RUNGS[number - 1]}", 13 + number


def kept(number: int) -> Said:
    days = 7 if number < 3 else 14
    return (
        f"a dose is kept for at least {days} days before it changes, on rung {number} of the ladder down",
        13 + number,
    )


def fell(number: int, *more: Said) -> str:
    return because(f"Fall from {WORDS[number - 2]} to {WORDS[number - 1]}", rung(number), kept(number), *more)


def test_down_to_a_ladder_and_down_it(tmp_path: Path) -> None:
    """As in tests/test_descent.py: a week more than there has to be is shared out over the steps of every day."""
    found = proven(of(tmp_path, paged(TABLETS + WIDER)), down("25 mg x1", finish_by=date(2027, 1, 25)))
    assert lengths(found) == [10, 11, 8, 14, 15, 1]
    assert reasons(found) == [
        because("Fall from 25 mg once a day to 15 mg once a day", FALL, SEVEN, CHOSEN),
        because("Fall from 15 mg once a day to 10 mg once a day", FALL, rung(1), kept(1), CHOSEN),
        fell(2), fell(3), fell(4),
        because("Stop after 10 mg every 3 days, the last step", rung(4)),
    ]  # fmt: skip


def test_on_the_last_rung_already(tmp_path: Path) -> None:
    found = proven(of(tmp_path, paged(TABLETS + WIDER)), down("10 mg every 3 days", every=Duration(20, "day")))
    assert lengths(found) == [21, 1]
    assert reasons(found) == [
        because(
            "Keep 10 mg every 3 days before stopping",
            rung(4), ("a dose is kept for at least 20 days before it changes", None),
        ),
        because("Stop after 10 mg every 3 days, the last step", rung(4)),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("current", "days", "expected", "last"),
    [
        # 8 + 14 + 15, the last dose on day 35; day 40 is none, day 41 is: two cycles of three days more.
        ("10 mg x1", 40, [8, 14, 21, 1], date(2027, 1, 10)),
        # 7 + 7 before them, the last dose on day 49; 11 days more for the two, 5 and 6.
        ("25 mg x1", 60, [12, 13, 8, 14, 15, 1], date(2027, 1, 29)),
        ("10 mg x1", 35, [8, 14, 15, 1], date(2027, 1, 4)),
    ],
)
def test_a_ladder_is_gone_down_as_slowly_as_a_taper_has_to_last(
    current: str, days: int, expected: list[int], last: date, tmp_path: Path
) -> None:
    """Where two scopes fit, both ask for a time; the longer one is why."""
    scope = '[[scopes]]\nname = "{0}"\nwhen = {{ taking = ["{0}"] }}\nCITE\n[scopes.taper.duration]\n'
    body = f'{scope.format("one")}at-least = "9 days"\nCITE\n{scope.format("two")}at-least = "{days} days"\nCITE\n'
    found = proven(of(tmp_path, paged(TABLETS + WIDER + body)), down(current, patient=Patient(taking=("one", "two"))))
    assert lengths(found) == expected
    assert found.last_dose == last
    long, nine = (f"a taper takes at least {days} days", 21), ("a taper takes at least 9 days", 19)
    longer = () if days == 35 else (long,)
    if current == "10 mg x1":
        assert reasons(found)[:3] == [fell(2), fell(3), fell(4, *longer)]
    else:
        assert reasons(found)[:3] == [
            because("Fall from 25 mg once a day to 15 mg once a day", FALL, SEVEN, *longer),
            because("Fall from 15 mg once a day to 10 mg once a day", FALL, rung(1), kept(1), *longer),
            fell(2),
        ]
    assert reasons(found)[-1] == because("Stop after 10 mg every 3 days, the last step", rung(4), nine, long)


BANDS = """
[[taper.decrease]]
by = { at-most = "10 mg", per = "day" }
every = { at-least = "3 days" }
band = { above = "15 mg" }
CITE
[[taper.decrease]]
by = { at-most = "5 mg", per = "day" }
every = { at-least = "7 days" }
band = { at-most = "15 mg" }
CITE
"""
BANDED = TABLETS + BANDS + "[[taper.ladder]]" + WIDER.partition("[[taper.ladder]]")[2]


def test_each_fall_above_a_ladder_has_the_limits_that_bear_on_it(tmp_path: Path) -> None:
    """Falls of up to 10 mg after 3 days above 15 mg, of up to 5 mg after 7 days at 15 mg and below, and those across
    the edge by both. From 35 mg to 10 mg takes three days on the way down, and no three of them are kept for less than
    3 + 7 + 7 days; 25, 17.5 and 12.5 mg have the smallest largest fall, 30 % (25, 20, 15 mg have 33 %)."""
    found = proven(of(tmp_path, paged(BANDED)), down("35 mg x1"))
    high, low = ("the daily dose falls by at most 10 mg where the daily dose is more than 15 mg", 13), (
        "the daily dose falls by at most 5 mg where the daily dose is at most 15 mg", 14,
    )  # fmt: skip
    three = ("a dose is kept for at least 3 days before it changes where the daily dose is more than 15 mg", 13)
    seven = ("a dose is kept for at least 7 days before it changes where the daily dose is at most 15 mg", 14)
    assert [(step.regimen.notation, step.days.length) for step in found.steps][:4] == [
        ("25 mg x1", 3), ("17.5 mg x1", 7), ("12.5 mg x1", 7), ("10 mg x1", 7),
    ]  # fmt: skip
    first = ("rung 1 of 4 of the ladder down is 10 mg x1", 15)
    stay = ("a dose is kept for at least 7 days before it changes, on rung 1 of the ladder down", 15)
    assert reasons(found)[:4] == [
        because("Fall from 35 mg once a day to 25 mg once a day", high, three),
        because("Fall from 25 mg once a day to 17.5 mg once a day", high, seven),
        because("Fall from 17.5 mg once a day to 12.5 mg once a day", high, low, seven),
        because("Fall from 12.5 mg once a day to 10 mg once a day", low, first, stay),
    ]


def test_what_is_taken_now_is_kept_for_the_first_fall_and_not_for_a_later_one(tmp_path: Path) -> None:
    """The first fall from 25 mg may stay above 15 mg: 3 days are enough, from 29 November on until 2 December."""
    rule = of(tmp_path, BANDED)
    with pytest.raises(NoSchedule) as caught:
        plan(rule, down("25 mg x1", since=date(2026, 11, 29)))
    assert "(--start 2026-12-02)" in caught.value.text()
    assert proven(rule, down("25 mg x1", since=date(2026, 11, 28))).steps[0].regimen.daily.amount > 15


def test_to_a_target_on_a_ladder_down(tmp_path: Path) -> None:
    """From above it to the first rung, which is reached by falls; or from the first of three rungs to the last."""
    (tmp_path / "wide").mkdir()
    request = asked("10 mg x1", current=Pattern.parse("25 mg x1"))
    found = proven(of(tmp_path / "wide", paged(TABLETS + WIDER)), request)
    assert lengths(found) == [7, None]
    assert reasons(found) == [
        because("Fall from 25 mg once a day to 15 mg once a day", FALL, SEVEN),
        because("Stay on 10 mg once a day", ("the target is 10 mg x1", None), FALL),
    ]
    fewer = of(tmp_path, paged(TABLETS + FEWER))
    found = proven(fewer, asked("10 mg x1", current=Pattern.parse("10 mg x3")))
    rungs = [(f"rung {n} of 3 of the ladder down is 10 mg x{4 - n}", 12 + n) for n in (2, 3)]
    assert reasons(found) == [
        because(
            "Fall from 10 mg three times a day to 10 mg twice a day",
            rungs[0], ("a dose is kept for at least 4 days before it changes, on rung 2 of the ladder down", 14),
        ),
        because("Stay on 10 mg once a day", ("the target is 10 mg x1", None), rungs[1]),
    ]  # fmt: skip


def test_beside_a_ladder_down_no_lower_target_is_reached(tmp_path: Path) -> None:
    """7.5 mg is below the first rung, and the rule has no last step: nobody goes down without the ladder."""
    with pytest.raises(NoSchedule) as caught:
        plan(of(tmp_path, TABLETS + WIDER), asked("5 mg x1", current=Pattern.parse("7.5 mg x1")))
    assert caught.value.text().startswith("No schedule: 5 mg x1 cannot be reached from 7.5 mg once a day.")


def test_a_chosen_end_after_a_stay_counts_from_the_end_of_the_stay(tmp_path: Path) -> None:
    """From 8 December 8 + 14 + 15 days, the last dose on 11 January; on the 14th it is one cycle of three days more."""
    request = asked(
        "10 mg x1", current=Pattern.parse("10 mg x1"), then_stop=True, maintain=Duration(7, "day"),
        finish_by=date(2027, 1, 14),
    )  # fmt: skip
    found = proven(of(tmp_path, TABLETS + WIDER), request)
    assert lengths(found) == [7, 8, 14, 18, 1]
    assert found.last_dose == date(2027, 1, 14)


def test_a_rung_is_kept_before_a_lower_target_too(tmp_path: Path) -> None:
    """Two a day are kept for 4 days: taken since 28 November, until 2 December."""
    fewer, now = of(tmp_path, TABLETS + FEWER), Pattern.parse("10 mg x2")
    with pytest.raises(NoSchedule) as caught:
        plan(fewer, asked("10 mg x1", current=now, since=date(2026, 11, 28)))
    assert "10 mg twice a day is too recent to change" in caught.value.text()
    assert "(--start 2026-12-02)" in caught.value.text()
    assert lengths(proven(fewer, asked("10 mg x1", current=now, since=date(2026, 11, 27)))) == [None]


def test_one_day_more_than_there_has_to_be(tmp_path: Path) -> None:
    """2 + 3 days end on 5 December; the odd day goes to the shortest step, which alone says so."""
    body = TABLETS + FEWER.replace('"4 days"', '"2 days"')
    found = proven(of(tmp_path, body), down("10 mg x3", finish_by=date(2026, 12, 6)))
    assert lengths(found) == [3, 3, 1]
    chosen = "the last dose is on Sunday 06 December 2026 (set by the prescriber)"
    assert [chosen in one for one in reasons(found)] == [True, False, False]
    cited = [fact.citation for fact in found.steps[0].why.facts if isinstance(fact, Fact)][-1]
    assert cited == found.request.citation("--finish-by")


# --- Refused on a ladder ----------------------------------------------------------------------------

WIDE_LADDER = (
    "Because the ladder down goes from 10 mg x1 for at least 7 days, then 10 mg x1, 7.5 mg x1 in turn for at least 7 "
    "days, then 10 mg every 2 days for at least 14 days, then 10 mg every 3 days for at least 14 days (A book, page "
    "14; checked 2026-11-23)"
)


def refused(rule_text: str, folder: Path, **more: object) -> str:
    rule = of(folder, paged(rule_text))
    with pytest.raises(TitrateError) as caught:
        plan(rule, down(**more))  # type: ignore[arg-type]
    return caught.value.text()


def test_falls_that_do_not_lead_to_the_first_rung(tmp_path: Path) -> None:
    """By 1 mg at most no quarter of a tablet, 2.5 mg, leads on; for how long it was taken is not to blame."""
    small = TABLETS + WIDER.replace('"10 mg", per = "day"', '"1 mg", per = "day"')
    expected = (
        "No schedule: 20 mg once a day cannot be lowered to 10 mg x1, the first rung of the ladder down.\n"
        "Because the daily dose falls by at most 1 mg (A book, page 13; checked 2026-11-23),\n"
        f"and{WIDE_LADDER.removeprefix('Because')}."
    )
    assert refused(small, tmp_path, current="20 mg x1") == expected
    assert refused(small, tmp_path, current="20 mg x1", since=date(2026, 11, 1)) == expected


def test_a_rung_of_the_way_down_that_no_product_makes(tmp_path: Path) -> None:
    body = TABLETS + WIDER.replace("evening 7.5 mg", "evening 7 mg")
    said = refused(body, tmp_path, current="10 mg x1").splitlines()
    what = "10 mg x1, 7 mg x1 in turn"
    assert (
        said[0] == f"No schedule: rung 2 of the ladder down, {what}, cannot be made or is not allowed for this patient."
    )
    assert said[-1] == f"and rung 2 of 4 of the ladder down is {what} (A book, page 15; checked 2026-11-23)."


def test_a_rung_of_the_way_down_about_which_the_source_is_silent(tmp_path: Path) -> None:
    body = TABLETS + FEWER.replace('keep = { at-least = "4 days" }', "keep = { silent = true }")
    assert refused(body, tmp_path, current="10 mg x3") == (
        'The source of "A book" does not say how long 10 mg x2 is kept, so the prescriber has to.\n'
        'You could: say how long each dose is kept at least, for example --every "7d".'
    )


def test_a_target_to_which_the_ladder_down_does_not_lead(tmp_path: Path) -> None:
    rule = of(tmp_path, paged(TABLETS + WIDER))
    with pytest.raises(NoSchedule) as caught:
        plan(rule, asked("7.5 mg x1", current=Pattern.parse("20 mg x1")))
    assert caught.value.text() == (
        "No schedule: 7.5 mg x1 cannot be reached from 20 mg once a day.\n"
        f'{WIDE_LADDER}.\nYou could: --target "10 mg x1".'
    )


def test_a_rate_and_a_ladder_down_do_not_go_together_in_a_scope_either(tmp_path: Path) -> None:
    """The ladder of a scope goes beside the rate of the rule, which its rungs were not measured by."""
    scope = '[[scopes]]\nname = "beside the other"\nwhen = { taking = ["otherine"] }\nCITE\n'
    scope += FEWER.replace("[[taper.ladder]]", "[[scopes.taper.ladder]]")
    rate = '[taper.rate]\nat-most = "25 %"\nwithin = "14 days"\nCITE\n'
    with pytest.raises(TitrateError) as caught:
        of(tmp_path, TABLETS + BANDS + rate, scope)
    assert "scopes.0.taper.ladder: a ladder down says itself how fast it goes" in caught.value.text()
    of(tmp_path, TABLETS + BANDS, scope)


# --- Without a ladder -------------------------------------------------------------------------------

TWO_BANDS = {
    "increase": 'by = { at-most = "1 mg" }\nevery = { at-least = "2 days" }\nband = { below = "3 mg" }\n\n'
    'by = { at-most = "1 mg" }\nevery = { at-least = "5 days" }\nband = { at-least = "3 mg" }',
    "decrease": 'by = { at-most = "1 mg" }\nevery = { at-least = "2 days" }\nband = { above = "3 mg" }\n\n'
    'by = { at-most = "1 mg" }\nevery = { at-least = "5 days" }\nband = { at-most = "3 mg" }',
}
CITED, DERIVED = "(Paper, page 1; checked 2026-11-23)", "(derived from Paper, page 1; checked 2026-11-23)"
LOW, HIGH = " where the daily dose is less than 3 mg", " where the daily dose is at least 3 mg"
ABOVE, BELOW = " where the daily dose is more than 3 mg", " where the daily dose is at most 3 mg"


def told(claim: str, *facts: str) -> str:
    return f"{claim}.\nBecause " + ",\nand ".join(facts) + "."


def by(way: str, band: str) -> str:
    return f"a dose {way} by at most 1 mg{band} {DERIVED if way == 'falls' else CITED}"


def for_days(days: int, band: str, cited: str) -> str:
    return f"a dose is kept for at least {days} days before it changes{band} {cited}"


TO_THREE = [
    told("Rise from 1 mg once a day to 2 mg once a day", by("rises", LOW), for_days(5, HIGH, CITED)),
    told("Rise from 2 mg once a day to 3 mg once a day", by("rises", LOW), by("rises", HIGH), for_days(5, HIGH, CITED)),
]
STAY = ("the target is {} (set by the prescriber)", f"the maintenance regimen is at least 1 mg a day {CITED}")
AT_FOUR = told("Stay on 4 mg once a day", STAY[0].format("4 mg x1"), STAY[1], by("rises", HIGH))
TO_TWO = [
    told("Fall from 5 mg once a day to 4 mg once a day", by("falls", ABOVE), for_days(5, BELOW, DERIVED)),
    told(
        "Fall from 4 mg once a day to 3 mg once a day",
        by("falls", ABOVE), by("falls", BELOW), for_days(5, BELOW, DERIVED),
    ),
    told("Fall from 3 mg once a day to 2 mg once a day", by("falls", BELOW), for_days(5, BELOW, DERIVED)),
]  # fmt: skip


def test_each_step_has_the_limits_that_bear_on_its_own_change() -> None:
    """2 days below 3 mg and 5 from 3 mg on the way up; 2 days above 3 mg and 5 from 3 mg down on the way down. A change
    from one into the other satisfies both."""
    rule = paper(**TWO_BANDS)
    up = on_paper(rule, target="4 mg x1")
    start = told("Start: 1 mg once a day", f"the first regimen is 1 mg at one time {CITED}", for_days(2, LOW, CITED))
    assert steps(up) == [("1 mg x1", 2), ("2 mg x1", 5), ("3 mg x1", 5), ("4 mg x1", None)]
    assert reasons(up) == [start, *TO_THREE, AT_FOUR]
    assert reasons(on_paper(rule, target="4 mg x1", current="1 mg x1")) == [*TO_THREE, AT_FOUR]
    down_ = on_paper(rule, target="1 mg x1", current="6 mg x1")
    assert steps(down_) == [("5 mg x1", 2), ("4 mg x1", 5), ("3 mg x1", 5), ("2 mg x1", 5), ("1 mg x1", None)]
    assert reasons(down_) == [
        told("Fall from 6 mg once a day to 5 mg once a day", by("falls", ABOVE), for_days(2, ABOVE, DERIVED)),
        *TO_TWO,
        told("Stay on 1 mg once a day", STAY[0].format("1 mg x1"), STAY[1], by("falls", BELOW)),
    ]


STOP = told("Stop after 1 mg once a day, the last step", by("falls", BELOW))


def test_each_step_of_a_taper_has_the_limits_that_bear_on_its_own_change() -> None:
    rule = paper(**TWO_BANDS)
    off = on_paper(rule, "taper", current="6 mg x1")
    assert steps(off)[:2] == [("5 mg x1", 2), ("4 mg x1", 5)]
    first = told("Fall from 6 mg once a day to 5 mg once a day", by("falls", ABOVE), for_days(2, ABOVE, DERIVED))
    last = told("Fall from 2 mg once a day to 1 mg once a day", by("falls", BELOW), for_days(5, BELOW, DERIVED))
    assert reasons(off) == [first, *TO_TWO, last, STOP]
    keep = told("Keep 1 mg once a day before stopping", for_days(5, BELOW, DERIVED))
    assert reasons(on_paper(rule, "taper", current="1 mg x1")) == [keep, STOP]


def test_the_steps_that_are_longer_for_a_chosen_end_say_so_and_no_others() -> None:
    """2 + 4 x 5 days from 6 mg end on 22 December. Two days more go to the shortest step, 5 mg."""
    found = on_paper(paper(**TWO_BANDS), "taper", current="6 mg x1", finish_by=date(2026, 12, 24))
    assert [days for _, days in steps(found)] == [4, 5, 5, 5, 5, 1]
    chosen = "the last dose is on Thursday 24 December 2026 (set by the prescriber)"
    assert reasons(found)[0] == told(
        "Fall from 6 mg once a day to 5 mg once a day", by("falls", ABOVE), for_days(2, ABOVE, DERIVED), chosen
    )
    assert [chosen in one for one in reasons(found)] == [True, *[False] * 5]


def test_a_step_is_as_long_as_its_own_next_change_asks_for() -> None:
    """From 1 mg on there are 9 days before the stop, and from 2 mg on 5 before a fall to 1 mg."""
    last = 'by = { at-most = "1 mg" }\nevery = { at-least = "9 days" }\nband = { below = "1 mg" }'
    rule = paper(increase=TWO_BANDS["increase"], decrease=f"{TWO_BANDS['decrease']}\n\n{last}")
    found = on_paper(rule, "taper", current="3 mg x1")
    assert steps(found) == [("2 mg x1", 5), ("1 mg x1", 9), ("0 mg", 1)]
    nine = for_days(9, " where the daily dose is less than 1 mg", DERIVED)
    assert reasons(found)[:2] == [
        told("Fall from 3 mg once a day to 2 mg once a day", by("falls", BELOW), for_days(5, BELOW, DERIVED)),
        told("Fall from 2 mg once a day to 1 mg once a day", by("falls", BELOW), nine),
    ]


def test_a_cap_that_makes_nothing_longer_is_no_reason_for_the_length() -> None:
    """After 8 days the cap of 7 days has nothing to say."""
    rule = paper(**{**FIVES, "decrease": 'by = { at-most = "10 mg" }\nevery = { at-least = "8 days" }'})
    ten, cap = (
        f"a dose falls by at most 10 mg {DERIVED}",
        f"the daily dose falls by at most 10 mg within 7 days {CITED}",
    )
    found = on_paper(rule, "taper", current="20 mg x1")
    assert reasons(found)[0] == told(
        "Fall from 20 mg once a day to 10 mg once a day", ten, cap, for_days(8, "", DERIVED)
    )


def test_a_cap_over_several_days_is_why_a_step_is_longer_than_its_interval() -> None:
    cap = f"the daily dose falls by at most 10 mg within 7 days {CITED}"
    ten, four = f"a dose falls by at most 10 mg {DERIVED}", for_days(4, "", DERIVED)
    assert reasons(on_paper(paper(**FIVES), "taper", current="30 mg x1")) == [
        told("Fall from 30 mg once a day to 20 mg once a day", ten, cap, four, cap),
        told("Fall from 20 mg once a day to 10 mg once a day", ten, cap, four, cap),
        told("Stop after 10 mg once a day, the last step", ten, cap),
    ]


def test_what_cannot_be_stopped_is_named() -> None:
    """A tenth of 5 mg is no tablet of 1 mg, however long it was taken."""
    rule = paper(decrease='by = { at-most = "10 %" }\nevery = { at-least = "5 days" }')
    expected = told(
        "No schedule: 5 mg once a day cannot be stopped gradually",
        f"a dose falls by at most 10 % of the current one {DERIVED}",
    )
    for since in (None, date(2026, 11, 29), date(2026, 10, 1)):
        with pytest.raises(NoSchedule) as caught:
            on_paper(rule, "taper", current="5 mg x1", since=since)
        assert caught.value.text() == expected


def test_what_the_prescriber_set_is_cited_by_its_option() -> None:
    rule = paper(**TWO_BANDS)
    found = on_paper(rule, target="2 mg x1", current="1 mg x1", maintain="9 days", then_stop=True)
    stay = next(step for step in found.steps if "Stay on" in step.why.text())
    kept = "it is kept for 9 days (set by the prescriber)"
    assert stay.why.text().startswith(
        told("Stay on 2 mg once a day", STAY[0].format("2 mg x1"), STAY[1], by("rises", LOW), kept)[:-1]
    )
    cited = [(one.says, one.citation.at) for one in stay.why.facts if isinstance(one, Fact) and one.citation]
    assert ("the target is 2 mg x1", "--target") in cited
    assert ("it is kept for 9 days", "--maintain") in cited
