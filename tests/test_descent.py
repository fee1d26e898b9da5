"""Explicit ladders down: fewer doses a day, longer intervals between doses, several days in turn. Planned, proved,
refused, revised; and rungs by weight, rounded as the source rounds.

The rules are written here, for no real drug; 1 December 2026 is a Tuesday. Expectations are worked out on paper.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, time
from pathlib import Path

import pytest

from tests.build import ISSUED
from tests.test_ladder import DAILY, asked, findings, moved, proven, told, written
from titrate import rulebook
from titrate.checking import check
from titrate.days import Days, Duration
from titrate.errors import NoSchedule, RequestError, TitrateError
from titrate.formats import csv, json, markdown, text
from titrate.formats.foreign import calendar as calendars
from titrate.formats.foreign import markdown as markdowns
from titrate.formats.foreign import text as texts
from titrate.formats.foreign import tidycsv
from titrate.formats.ics import CalendarOptions
from titrate.formats.ics import write as calendar
from titrate.patient import Patient
from titrate.planner import plan
from titrate.quantity import Quantity
from titrate.reason import Fact
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Origin, revise
from titrate.rule import Rule
from titrate.soundness import concerns
from titrate.verifier import verify

TABLETS = """
[[products]]
name = "10mg"
form = "tablet"
strength = "10 mg"
divide = "quarters"
CITE
[frequency]
times = { at-least = 1, at-most = 3 }
CITE
"""
WIDER = """
[[taper.decrease]]
by = { at-most = "10 mg", per = "day" }
every = { at-least = "7 days" }
CITE
[[taper.ladder]]
take = "evening 10 mg"
keep = { at-least = "7 days" }
CITE
[[taper.ladder]]
take = "evening 10 mg; evening 7.5 mg"
keep = { at-least = "7 days" }
CITE
[[taper.ladder]]
take = "evening 10 mg"
cycle = "2 days"
keep = { at-least = "14 days" }
CITE
[[taper.ladder]]
take = "evening 10 mg"
cycle = "3 days"
keep = { at-least = "14 days" }
CITE
"""
RATE = '[taper.rate]\nat-most = "25 %"\nwithin = "14 days"\nCITE\n'
FEWER = """
[[taper.ladder]]
take = "morning 10 mg, afternoon 10 mg, evening 10 mg"
keep = { at-least = "1 day" }
CITE
[[taper.ladder]]
take = "morning 10 mg, evening 10 mg"
keep = { at-least = "4 days" }
CITE
[[taper.ladder]]
take = "evening 10 mg"
keep = { at-least = "3 days" }
CITE
"""


def of(folder: Path, body: str, more: str = "", name: str = "example") -> Rule:
    """A rule with three slots for three doses a day."""
    rule_body = body.replace("[frequency]", '3 = ["morning 08:00", "afternoon 14:00", "evening 20:00"]\n[frequency]')
    # The slots stand at the end of the head, so that a line more of them comes first.
    slots, _, rest = rule_body.partition("[frequency]")
    line = '3 = ["morning 08:00", "afternoon 14:00", "evening 20:00"]\n'
    return written(folder, line + slots.replace(line, "") + "[frequency]" + rest, more, name)


@pytest.fixture
def wider(tmp_path: Path) -> Rule:
    return of(tmp_path, TABLETS + WIDER)


@pytest.fixture
def fewer(tmp_path: Path) -> Rule:
    return of(tmp_path, TABLETS + FEWER)


def down(current: str, **more: object) -> Request:
    return asked(None, current=Pattern.parse(current), **more)


TAIL = ["10 mg x1, 7.5 mg x1 in turn", "10 mg every 2 days", "10 mg every 3 days", "0 mg"]


# --- The way ----------------------------------------------------------------------------------------


def test_from_above_to_the_first_rung_and_then_rung_by_rung(wider: Rule) -> None:
    """45, 35, 25, 15 mg a day by at most 10 mg a week; then 7 days, 4 x 2, 7 x 2 and 5 x 3. The last dose is on the
    63rd day, 1 February: two days without one end its cycle."""
    found = proven(wider, down("20/25 mg"))
    assert [(length, s.regimen.daily) for (_, length, _), s in zip(told(found)[:4], found.steps, strict=False)] == [
        (7, Quantity.parse("35 mg")), (7, Quantity.parse("25 mg")), (7, Quantity.parse("15 mg")),
        (7, Quantity.parse("10 mg")),
    ]  # fmt: skip
    assert told(found)[4:] == [
        ("2026-12-29", 8, TAIL[0]), ("2027-01-06", 14, TAIL[1]), ("2027-01-20", 15, TAIL[2]), ("2027-02-04", 1, "0 mg"),
    ]  # fmt: skip
    assert found.last_dose == date(2027, 2, 1)


def test_each_day_has_the_dose_of_its_turn(wider: Rule) -> None:
    days = [str(day.regimen.daily) for day in proven(wider, down("10 mg x1")).each_day()]
    assert days[:8] == ["10 mg", "7.5 mg"] * 4
    assert days[8:12] == ["10 mg", "0 mg", "10 mg", "0 mg"]
    assert days[22:28] == ["10 mg", "0 mg", "0 mg", "10 mg", "0 mg", "0 mg"]


def test_fewer_doses_a_day_and_the_doses_stay(fewer: Rule) -> None:
    """Three a day, then two for 4 days, one for 3, and no dose: 4 + 3 = 7 days."""
    found = proven(fewer, down("10 mg x3"))
    assert told(found) == [("2026-12-01", 4, "10 mg x2"), ("2026-12-05", 3, "10 mg x1"), ("2026-12-08", 1, "0 mg")]
    assert [slot.name for slot in (a.slot for a in found.steps[0].regimen.administrations)] == ["morning", "evening"]


@pytest.mark.parametrize(
    ("current", "rest"),
    [
        ("10 mg x1", TAIL),
        ("10 mg x1, 7.5 mg x1 in turn", TAIL[1:]),
        ("10 mg every 2 days", TAIL[2:]),
        ("10 mg every 3 days", TAIL[2:]),
    ],
)
def test_from_the_rung_that_is_taken_now(wider: Rule, current: str, rest: list[str]) -> None:
    """Who is on the last rung keeps it for its time before the stop."""
    assert [step.regimen.notation for step in proven(wider, down(current)).steps] == rest


def test_a_slower_pace_is_the_prescribers(wider: Rule) -> None:
    """15 days on each: 16 in turns of two, 15 in turns of three."""
    found = proven(wider, down("10 mg x1", every=Duration(15, "day")))
    assert [step.days.length for step in found.steps] == [16, 16, 15, 1]


def test_a_chosen_end_is_met_by_the_steps_of_every_day(wider: Rule) -> None:
    """From 25 mg the soonest is 15 mg for 7 days, 10 mg for 7, and 8 + 14 + 15: the last dose on day 49, 18 January. A
    week later there are 7 days more for 15 and 10 mg, 10 and 11 days; the rungs of several days keep their times."""
    soonest = proven(wider, down("25 mg x1"))
    assert soonest.last_dose == date(2027, 1, 18)
    later = proven(wider, down("25 mg x1", finish_by=date(2027, 1, 25)))
    assert later.last_dose == date(2027, 1, 25)
    assert [step.days.length for step in later.steps] == [10, 11, 8, 14, 15, 1]


def test_to_a_target_on_the_ladder_or_above_it(fewer: Rule, wider: Rule) -> None:
    stay = asked("10 mg x1", current=Pattern.parse("10 mg x3"))
    assert told(proven(fewer, stay)) == [("2026-12-01", 4, "10 mg x2"), ("2026-12-05", None, "10 mg x1")]
    above = asked("15 mg x1", current=Pattern.parse("25 mg x1"))
    assert told(proven(wider, above)) == [("2026-12-01", None, "15 mg x1")]
    both = replace(above, maintain=Duration(2, "week"), then_stop=True)
    assert [step.regimen.notation for step in proven(wider, both).steps] == ["15 mg x1", "10 mg x1", *TAIL]


def test_a_stay_of_a_month_is_counted_from_its_own_first_day(fewer: Rule) -> None:
    """Four days of 10 mg twice a day from 29 January on; the month from 2 February to 2 March has 28 days."""
    stay = asked("10 mg x1", current=Pattern.parse("10 mg x3"), start=date(2027, 1, 29), then_stop=True,
                 maintain=Duration(1, "month"))  # fmt: skip
    assert told(proven(fewer, stay))[:2] == [("2027-01-29", 4, "10 mg x2"), ("2027-02-02", 28, "10 mg x1")]


def test_days_that_are_left_are_whole_cycles_of_the_last_rung(wider: Rule) -> None:
    """From 10 mg 8 + 14 + 15 days, the last dose on 4 January; one cycle of three days more, and it is on the 7th."""
    found = proven(wider, down("10 mg x1", finish_by=date(2027, 1, 7)))
    assert [step.days.length for step in found.steps] == [8, 14, 18, 1]
    assert "the last dose is on Thursday 07 January 2027" in [
        fact.says for fact in found.steps[2].why.facts if isinstance(fact, Fact)
    ]
    assert found.last_dose == date(2027, 1, 7)


def test_above_the_ladder_a_fall_comes_from_the_dose_before(wider: Rule) -> None:
    """15 mg come before the 10 mg of the first rung; and the fall to them is one of at most 10 mg, by its own limit."""
    first = proven(wider, down("20/25 mg")).steps[3]
    assert [fact.says for fact in first.why.facts if isinstance(fact, Fact)] == [
        "the daily dose falls by at most 10 mg",
        "rung 1 of 4 of the ladder down is 10 mg x1",
        "a dose is kept for at least 7 days before it changes, on rung 1 of the ladder down",
    ]
    assert "15 mg" in first.why.text()
    assert "25 mg" not in first.why.text()


# --- Refused ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "more", "says"),
    [
        ("7.5 mg x1", {}, "7.5 mg once a day is no rung of the ladder down"),
        ("10 mg every 4 days", {}, "10 mg every 4 days is no rung of the ladder down"),
        ("10 mg x1", {"since": date(2026, 11, 28)}, "--start 2026-12-05"),
        ("10 mg every 2 days", {"since": date(2026, 11, 21)}, "--start 2026-12-05"),
        ("10 mg x1", {"finish_by": date(2027, 1, 3)}, "--finish-by 2027-01-04"),
        ("10 mg x1", {"finish_by": date(2027, 1, 5)}, "no dose falls on Tuesday 05 January 2027"),
        ("20 mg x1", {"target": Pattern.parse("7.5 mg x1"), "goal": "plan"}, '--target "10 mg x1"'),
    ],
)
def test_where_it_does_not_lead(wider: Rule, current: str, more: dict[str, object], says: str) -> None:
    """From 10 mg 8 + 14 + 15 days, the last dose on day 35, 4 January; a day later there is none."""
    request = replace(down(current), **more)  # type: ignore[arg-type]
    with pytest.raises(NoSchedule) as caught:
        plan(wider, request)
    assert says in caught.value.text()
    assert "the ladder down goes from 10 mg x1 for at least 7 days, then" in caught.value.text()


def test_what_is_above_the_ladder_is_kept_long_enough_too(wider: Rule) -> None:
    """Three days are less than the seven of a fall, and of the rung; four more days, or a stay of seven."""
    with pytest.raises(NoSchedule) as caught:
        plan(wider, down("20/25 mg", since=date(2026, 11, 28)))
    assert "a dose is kept for at least 7 days before it changes" in caught.value.text()
    assert "--start 2026-12-05" in caught.value.text()
    stay = asked("10 mg x1", current=Pattern.parse("10 mg x1"), then_stop=True, maintain=Duration(3, "day"))
    with pytest.raises(NoSchedule) as caught:
        plan(wider, stay)
    assert "10 mg once a day cannot be left after 3 days." in caught.value.text()
    assert 'stay on it for longer (--maintain "7 days")' in caught.value.text()
    proven(wider, replace(stay, maintain=Duration(7, "day")))


def test_a_ladder_alone_says_nothing_about_what_is_above_it(fewer: Rule) -> None:
    for current in ("20 mg x3", "20 mg x1"):
        with pytest.raises(NoSchedule, match="no rung of the ladder down"):
            plan(fewer, down(current))
    with pytest.raises(NoSchedule, match="no rung of the ladder down"):
        plan(fewer, asked("15 mg x3", current=Pattern.parse("20 mg x3")))


def test_a_rung_about_which_the_source_is_silent(tmp_path: Path) -> None:
    rule = of(tmp_path, TABLETS + FEWER.replace('keep = { at-least = "4 days" }', "keep = { silent = true }"))
    with pytest.raises(RequestError, match="does not say how long 10 mg x2 is kept"):
        plan(rule, down("10 mg x3"))
    found = proven(rule, down("10 mg x3", every=Duration(5, "day")))
    assert [step.days.length for step in found.steps] == [5, 5, 1]


def test_a_rung_that_the_products_at_hand_do_not_make(wider: Rule) -> None:
    with pytest.raises(NoSchedule):
        plan(wider, down("25 mg x1", products=("25mg",)))


def test_from_days_in_turn_the_reason_is_not_their_rhythm(wider: Rule) -> None:
    """On the second rung already: 14 days of the third, and of the fourth one dose every 3 days from 15 December on. So
    doses fall on 27 December (the least: 13 days, and two without a dose are of the last cycle), 30 December, … and on
    5, 8 and 11 January."""
    turns = "10 mg x1, 7.5 mg x1 in turn"
    assert proven(wider, down(turns, finish_by=date(2027, 1, 8))).last_dose == date(2027, 1, 8)
    with pytest.raises(NoSchedule) as between_two:
        plan(wider, down(turns, finish_by=date(2027, 1, 7)))
    assert between_two.value.text() == (
        "No schedule: no dose falls on Thursday 07 January 2027, since one is taken every 3 days.\n"
        "You could: end on Friday 08 January 2027 (--finish-by 2027-01-08)."
    )
    with pytest.raises(NoSchedule) as too_soon:
        plan(wider, down(turns, finish_by=date(2026, 12, 26)))
    assert too_soon.value.text() == (
        "No schedule: 10 mg and 7.5 mg on alternate days cannot be stopped by Saturday 26 December 2026.\n"
        "Because the taper starts on Tuesday 01 December 2026 and takes 27 days within these limits, so that the last "
        "dose can be on Sunday 27 December 2026 at the earliest.\n"
        "You could: end on Sunday 27 December 2026 or later (--finish-by 2026-12-27)."
    )


# --- What the laws find -----------------------------------------------------------------------------


def test_a_rung_left_too_soon(wider: Rule) -> None:
    good = proven(wider, down("10 mg x1"))
    assert findings(moved(good, 8, 12, 15, 1), wider) == [("ladder", "12 days")]
    assert findings(moved(good, 8, 14, 12, 1), wider) == [("ladder", "12 days")]
    assert findings(moved(good, 8, 16, 18, 1), wider) == []


def test_days_without_a_dose_after_the_last_one_belong_to_the_last_rung(wider: Rule) -> None:
    """10 mg every third day for 14 days. The last rung follows a day without a dose, which may belong to it. After 10
    days two more are of its cycle: 13. After 11 days one is: 13. After 13 days two are: 16."""
    good = proven(wider, down("10 mg x1"))
    assert findings(moved(good, 8, 14, 10, 1), wider) == [("ladder", "10 days")]
    assert findings(moved(good, 8, 14, 11, 1), wider) == [("ladder", "11 days")]
    assert findings(moved(good, 8, 14, 13, 1), wider) == []


def test_a_rung_left_out(wider: Rule) -> None:
    good = proven(wider, down("10 mg x1"))
    assert findings(moved(good, 8, 15, 1, without=1), wider)[0] == (
        "ladder", "10 mg x1, 7.5 mg x1 in turn to 10 mg every 3 days",
    )  # fmt: skip
    assert findings(moved(good, 8, 14, 1, without=2), wider) == [("ladder", "10 mg every 2 days to 0 mg")]


def test_below_the_first_rung_from_above_it(wider: Rule) -> None:
    good = proven(wider, down("15 mg x1"))
    assert findings(moved(good, 8, 14, 15, 1, without=0), wider) == [
        ("ladder", "15 mg x1 to 10 mg x1, 7.5 mg x1 in turn")
    ]


def test_a_cycle_that_is_broken_off_or_none_of_the_ladder(wider: Rule, fewer: Rule) -> None:
    good = proven(wider, down("10 mg x1"))
    assert ("cycle", "7 days") in findings(moved(good, 7, 14, 15, 1), wider)
    every_other = [replace(s, regimen=replace(s.regimen, cycle=2)) if index == 0 else s
                   for index, s in enumerate(proven(fewer, down("10 mg x3")).steps)]  # fmt: skip
    other = replace(proven(fewer, down("10 mg x3")), steps=tuple(every_other))
    assert {"cycle", "ladder"} <= {law for law, _ in findings(other, fewer)}


UP = """
[[increase]]
by = { at-most = "10 mg", per = "dose" }
every = { at-least = "7 days" }
CITE
[start]
dose = "10 mg"
frequency = { at-least = 1, at-most = 2 }
CITE
[maintenance]
dose = { at-least = "10 mg" }
CITE
[[maximum]]
daily = "60 mg"
CITE
"""


def test_the_way_out_is_to_the_ladder(tmp_path: Path) -> None:
    """Where falls lead to the first rung, there is a way out from above it. A ladder alone has one only from its own
    rungs: from 20 mg once a day there is none."""
    rule = of(tmp_path, TABLETS + WIDER + UP)
    up = proven(rule, asked("20 mg x2"))
    assert up.steps[-1].regimen.notation == "20 mg x2"
    assert not [one for one in concerns(rule, ISSUED.date()) if one.fault]
    (tmp_path / "small").mkdir()
    small = of(tmp_path / "small", TABLETS + WIDER.replace('"10 mg", per = "day"', '"1 mg", per = "day"') + UP)
    higher = proven(rule, asked("20 mg x1"))  # by 1 mg at most no tablet of quarters (2.5 mg) leads on from 20 mg
    assert ("way out", "20 mg x1") in findings(replace(higher, rule=small.stamp), small)
    with pytest.raises(NoSchedule, match="no way to stop the drug gradually"):
        plan(small, asked("20 mg x1"))
    (tmp_path / "two").mkdir()
    two = of(tmp_path / "two", TABLETS + FEWER + UP)
    assert ("way out", "20 mg x1") in findings(replace(proven(rule, asked("20 mg x1")), rule=two.stamp), two)
    with pytest.raises(NoSchedule, match="no way to stop the drug gradually"):
        plan(two, asked("20 mg x1"))
    assert any(one.fault and "no way to nothing" in one.says for one in concerns(two, ISSUED.date()))


# --- Revised, written, read again --------------------------------------------------------------------


def test_what_is_written_reads_back_and_breaks_no_law(wider: Rule) -> None:
    schedule = proven(wider, down("15 mg x1"))
    assert json.read(json.write(schedule)) == schedule
    given = replace(schedule.request, target=None)
    read = {
        "text": texts.read(text.write(schedule)),
        "markdown": markdowns.read(markdown.write(schedule)),
        "csv": tidycsv.read(csv.write(schedule)),
        "calendar": calendars.read(calendar(schedule, CalendarOptions())),
    }
    for name, foreign in read.items():
        report = check(foreign, wider, given)
        assert report.findings == (), name
        taken = [(day.date, day.regimen.daily) for day in report.schedule.each_day()]
        written_ = [(day.date, day.regimen.daily) for day in schedule.each_day()]
        # A list of doses does not tell where a cycle ends, so it may stop on the day after the last dose.
        assert taken == written_[: len(taken)], name
        assert not any(daily for _, daily in written_[len(taken) :]), name


def test_a_revision_stays_on_a_rung_and_goes_on_from_it(wider: Rule) -> None:
    """On 6 January 10 mg every 2 days begins; four weeks more of it are 14 + 28 days."""
    schedule = proven(wider, down("20/25 mg"))
    stay = Action.parse("stay", "28d", date(2027, 1, 10))
    later = revise(schedule, wider, stay, date(2027, 1, 10), ISSUED, Origin("0" * 64))
    assert verify(later, wider).findings == ()
    assert [step.regimen.notation for step in later.steps] == TAIL[1:]
    assert later.steps[1].days.first == date(2027, 2, 17)


# --- The file ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('take = "evening 10 mg; evening 7.5 mg"', 'take = "evening 10 mg; evening 12.5 mg"', "is not below the rung"),
        ('cycle = "3 days"', 'cycle = "2 days"', "is not below the rung before"),
        ("[[taper.decrease]]", f"{RATE}[[taper.decrease]]", "taper.rate: a ladder down says"),
        ('cycle = "3 days"\nkeep = { at-least = "14 days" }', 'cycle = "3 days"', "taper.ladder.3.keep: is missing"),
        ('take = "evening 10 mg; evening 7.5 mg"', 'take = "evening 10 mg; morning 7.5 mg"', "are taken at evening"),
        ('take = "evening 10 mg; evening 7.5 mg"', 'take = "nothing; nothing"', "is no dose at all"),
    ],
)  # fmt: skip
def test_what_cannot_be_of_a_ladder_down(tmp_path: Path, old: str, new: str, says: str) -> None:
    assert old in WIDER
    with pytest.raises(TitrateError) as caught:
        of(tmp_path, TABLETS + WIDER.replace(old, new))
    assert says in caught.value.text()


def test_several_days_in_turn_belong_to_a_way_down(tmp_path: Path) -> None:
    body = DAILY.replace('take = "evening 25 mg"\ncycle = "2 days"', 'take = "evening 25 mg; nothing"')
    with pytest.raises(TitrateError, match="a rung on the way up has all its doses on one day of its cycle") as caught:
        written(tmp_path, body)
    assert "ladder.0.take" in caught.value.text()


def test_beside_the_ladder_one_stops_where_the_rule_says_from_where(tmp_path: Path) -> None:
    """7.5 mg is below the first rung; one may stop from it or from less, after a week: of all ways that take a week
    7.5, 5, 0 mg has the smallest largest fall. From a rung and from above the first one the ladder goes on."""
    rule = of(tmp_path, TABLETS + WIDER + '[taper.last]\ndaily = "10 mg"\nCITE\n')
    assert told(proven(rule, down("7.5 mg x1"))) == [("2026-12-01", 7, "5 mg x1"), ("2026-12-08", 1, "0 mg")]
    assert [step.days.length for step in proven(rule, down("5 mg x2")).steps] == [7, 1]
    good = proven(rule, down("15 mg x1"))
    assert [step.regimen.notation for step in good.steps] == ["10 mg x1", *TAIL]
    at_once = moved(replace(good, steps=(good.steps[0], good.steps[-1])), 7, 1)
    assert findings(at_once, rule) == [("ladder", "10 mg x1 to 0 mg")]


def test_a_rung_of_days_in_turn_is_one_from_whichever_of_its_days_it_was_begun(tmp_path: Path) -> None:
    """Beside the ladder one may stop from 10 mg. 7.5 and 10 mg in turn is a rung, begun on the other day: 10 mg
    every 2 days comes next, and whoever stops at once leaves out two rungs."""
    rule = of(tmp_path, TABLETS + WIDER + '[taper.last]\ndaily = "10 mg"\nCITE\n')
    good = proven(rule, down("10 mg x1, 7.5 mg x1 in turn"))
    other = Pattern.parse("7.5 mg x1, 10 mg x1 in turn")
    nothing = replace(good.steps[-1], days=Days.of(good.first, 1))
    at_once = replace(good, request=replace(good.request, current=other), steps=(nothing,))
    assert findings(at_once, rule) == [("ladder", "7.5 mg x1, 10 mg x1 in turn to 0 mg")]
    as_typed = ["7.5 mg x1, 10 mg x1 in turn", "0.0075 g x1, 0.01 g x1 in turn", "0 mg, 10 mg x1 in turn"]
    for current, rest in zip(as_typed, (TAIL[1:], TAIL[1:], TAIL[2:]), strict=True):
        assert [step.regimen.notation for step in proven(rule, down(current)).steps] == rest


def test_a_day_of_nothing_in_turn_is_a_longer_rhythm(tmp_path: Path) -> None:
    """10 mg and nothing in turn are 10 mg every 2 days: 20 mg every 2 days fall to that by 5 mg a day."""
    ladder = '[[taper.ladder]]\ntake = "evening 10 mg; nothing"\nkeep = { at-least = "14 days" }\nCITE\n'
    rule = of(tmp_path, TABLETS + WIDER.partition("[[taper.ladder]]")[0] + ladder)
    found = proven(rule, down("20 mg every 2 days"))
    assert [step.regimen.notation for step in found.steps] == ["10 mg every 2 days", "0 mg"]


# --- By weight -----------------------------------------------------------------------------------------

_RUNGS = (
    ('take = "evening 25 mg"\ncycle = "2 days"', 'take = "evening 0.5 mg/kg"\nround = "down"'),
    ('take = "evening 25 mg"\nkeep', 'take = "evening 1 mg/kg"\nround = "down"\nkeep'),
    ('take = "morning 25 mg, evening 25 mg"', 'take = "morning 1 mg/kg, evening 1 mg/kg"\nround = "down"'),
    ('take = "morning 25 mg, evening 50 mg"', 'take = "morning 75 mg, evening 75 mg"'),
)
BY_WEIGHT = DAILY
for _old, _new in _RUNGS:
    assert _old in BY_WEIGHT
    BY_WEIGHT = BY_WEIGHT.replace(_old, _new)


@pytest.mark.parametrize(
    ("weight", "rungs"),
    [
        ("50 kg", ["25 mg x1", "50 mg x1", "50 mg x2", "75 mg x2"]),  # 25 and 50 mg to the milligram
        ("74 kg", ["25 mg x1", "50 mg x1", "50 mg x2", "75 mg x2"]),  # 37 and 74 mg, rounded down
        ("75 kg", ["25 mg x1", "75 mg x1", "75 mg x2"]),  # 37.5 and 75 mg; rungs 3 and 4 are the same
    ],
)
def test_rungs_by_weight_are_rounded_down_where_the_source_rounds(
    tmp_path: Path, weight: str, rungs: list[str]
) -> None:
    rule = written(tmp_path, BY_WEIGHT)
    patient = Patient(weight=Quantity.parse(weight))
    found = proven(rule, asked(rungs[-1], patient=patient))
    assert [step.regimen.notation for step in found.steps] == rungs
    assert found.steps[0].days.length == 14
    if weight == "74 kg":
        told_ = " ".join(fact.says for fact in found.steps[0].why.facts)  # type: ignore[union-attr]
        assert "0.5 mg per kg x 74 kg = 37 mg, rounded down to 25 mg" in told_


def test_a_weight_is_asked_for_and_one_too_small_is_refused(tmp_path: Path) -> None:
    rule = written(tmp_path, BY_WEIGHT)
    with pytest.raises(RequestError, match="the weight was not given"):
        plan(rule, asked("75 mg x2"))
    with pytest.raises(RequestError, match="for this weight that is nothing"):
        plan(rule, asked("75 mg x2", patient=Patient(weight=Quantity.parse("49 kg"))))


def test_without_rounding_a_dose_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    rule = written(tmp_path, BY_WEIGHT.replace('round = "down"\n', ""))
    with pytest.raises(NoSchedule, match="rung 1 of the ladder, 37 mg x1, cannot be made"):
        plan(rule, asked("75 mg x2", patient=Patient(weight=Quantity.parse("74 kg"))))


# --- A source without a number, a fact that is needed, hours of one's own ------------------------------


def test_a_maximum_about_which_the_source_is_silent(tmp_path: Path) -> None:
    """What is asked for is the most then, and the schedule says that the source names none."""
    rule = written(tmp_path, DAILY.replace('[maximum]\ndaily = "150 mg"', "[maximum]\nsilent = true"))
    found = proven(rule, asked("75 mg x2"))
    assert found.steps[-1].regimen.notation == "75 mg x2"
    assert "the source names no largest dose" in [note.says for note in found.warnings]
    assert max(step.regimen.daily for step in found.steps) == Quantity.parse("150 mg")
    assert not [one for one in concerns(rule, ISSUED.date()) if one.fault]


def test_a_fact_without_which_nothing_is_planned(tmp_path: Path) -> None:
    written(tmp_path, DAILY)
    path = tmp_path / "example.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('unit = "mg"\n', 'unit = "mg"\nneeds = ["egfr"]\n'))
    needing = rulebook.read(path, {})
    with pytest.raises(RequestError, match="decides by this, and it was not given: eGFR") as caught:
        plan(needing, asked("25 mg x1"))
    assert caught.value.options == ('say it, for example --egfr "60 mL/min/1.73 m2"',)
    proven(needing, asked("25 mg x1", patient=Patient(egfr=Quantity.parse("60 mL/min/1.73 m2"))))
    assert not [one for one in concerns(needing, ISSUED.date()) if one.fault]


@pytest.mark.parametrize(("first", "hours"), [("evening 20:00", ["21:00"]), ("morning 08:00", ["07:00"])])
def test_a_single_dose_stands_where_the_rule_has_it(tmp_path: Path, first: str, hours: list[str]) -> None:
    path = tmp_path / "example.toml"
    written(tmp_path, DAILY)
    text_ = path.read_text(encoding="utf-8").replace('1 = ["evening 20:00"]', f'1 = ["{first}"]')
    path.write_text(text_.replace('take = "evening 25 mg"', f'take = "{first.partition(" ")[0]} 25 mg"'))
    head = rulebook.read(path, {})
    found = proven(head, asked("25 mg x2", times=(time(7), time(21))))
    assert [f"{one.slot.at:%H:%M}" for one in found.steps[0].regimen.administrations] == hours
    assert [f"{one.slot.at:%H:%M}" for one in found.steps[-1].regimen.administrations] == ["07:00", "21:00"]
