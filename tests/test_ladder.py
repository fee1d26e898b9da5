"""Explicit ladders, and drugs that are taken every so many days: planned, proved, refused, revised.

The rules are written here, for no real drug; 1 December 2026 is a Tuesday.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import combinations, pairwise
from pathlib import Path
from random import Random

import pytest

from tests.build import ISSUED
from titrate import rulebook
from titrate.checking import check
from titrate.days import Days, Duration, plus
from titrate.errors import NoSchedule, RequestError, TitrateError
from titrate.formats import csv, json, markdown, text
from titrate.formats.foreign import calendar as calendars
from titrate.formats.foreign import markdown as markdowns
from titrate.formats.foreign import text as texts
from titrate.formats.foreign import tidycsv
from titrate.formats.ics import CalendarOptions
from titrate.formats.ics import write as calendar
from titrate.planner import plan
from titrate.product import Stock
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Origin, revise
from titrate.rule import Rule
from titrate.schedule import Schedule, Step
from titrate.soundness import concerns
from titrate.verifier import verify

HEAD = """
format = 1
drug = "examplium"
route = "oral"
indication = "an example"
region = "nowhere"
population = "readers"
status = "draft"
unit = "mg"

[sources.book]
title = "A book"
publisher = "Nobody"
edition = "1"
href = "shelf 3"

[[products]]
name = "25mg"
form = "tablet"
strength = "25 mg"
CITE
[slots]
CITE
[slots.day]
1 = ["evening 20:00"]
2 = ["morning 08:00", "evening 20:00"]
"""
CITE = 'cite = { source = "book", at = "page 1", checked = 2026-11-23 }\n'
DAILY = """
[frequency]
times = { at-least = 1, at-most = 2 }
CITE
[[ladder]]
take = "evening 25 mg"
cycle = "2 days"
keep = { at-least = "14 days" }
CITE
[[ladder]]
take = "evening 25 mg"
keep = { at-least = "7 days" }
CITE
[[ladder]]
take = "morning 25 mg, evening 25 mg"
keep = { at-least = "3 days" }
CITE
[[ladder]]
take = "morning 25 mg, evening 50 mg"
keep = { at-least = "7 days" }
CITE
[increase]
by = { at-most = "25 mg", per = "day" }
every = { at-least = "5 days" }
CITE
[maintenance]
daily = { at-least = "25 mg", at-most = "150 mg" }
CITE
[maximum]
daily = "150 mg"
CITE
[taper.decrease]
by = { at-most = "50 mg", per = "day" }
every = { at-least = "4 days" }
CITE
[taper.duration]
at-least = "10 days"
CITE
"""
WEEKLY = """
[frequency]
times = 1
CITE
[[ladder]]
take = "evening 25 mg"
keep = { at-least = "4 weeks" }
CITE
[[ladder]]
take = "evening 50 mg"
keep = { at-least = "10 days" }
CITE
[[ladder]]
take = "evening 100 mg"
CITE
[maintenance]
dose = { at-least = "50 mg", at-most = "100 mg" }
CITE
[maximum]
dose = "100 mg"
CITE
[taper.decrease]
by = { at-most = "50 mg", per = "dose" }
every = { at-least = "2 weeks" }
CITE
[taper.duration]
at-least = "25 days"
CITE
"""


def written(folder: Path, body: str, more: str = "", name: str = "example", **head: str) -> Rule:
    added = "".join(f'{key} = "{value}"\n' for key, value in head.items())
    whole = (HEAD.replace('unit = "mg"\n', f'unit = "mg"\n{added}') + body + more).replace("CITE", CITE)
    path = folder / f"{name}.toml"
    path.write_text(whole, encoding="utf-8")
    return rulebook.read(path, {})


@pytest.fixture
def daily(tmp_path: Path) -> Rule:
    return written(tmp_path, DAILY)


@pytest.fixture
def weekly(tmp_path: Path) -> Rule:
    return written(tmp_path, WEEKLY, cycle="1 week")


def asked(target: str | None, **more: object) -> Request:
    goal = "plan" if target else "taper"
    pattern = None if target is None else Pattern.parse(target)
    fields = {"tz": "Europe/London", "start": date(2026, 12, 1), "issued": ISSUED, **more}
    return Request("example", goal, target=pattern, **fields)  # type: ignore[arg-type]


def proven(rule: Rule, request: Request) -> Schedule:
    schedule = plan(rule, request)
    assert verify(schedule, rule).findings == ()
    return schedule


def told(schedule: Schedule) -> list[tuple[str, int | None, str]]:
    return [(str(s.days.first), s.days.length, s.regimen.notation) for s in schedule.steps]


# --- Up -------------------------------------------------------------------------------------------


FIFTY = """
[[products]]
name = "50mg"
form = "tablet"
strength = "50 mg"
divide = "halves"
CITE
"""


@pytest.mark.parametrize(("body", "head", "count"), [(DAILY, {}, 7), (WEEKLY, {"cycle": "1 week"}, 4)])
def test_what_is_at_hand_is_counted_by_the_days_with_a_dose(
    tmp_path: Path, body: str, head: dict[str, str], count: int
) -> None:
    """The first rung is 25 mg on 7 of 14 days, or on 4 of 28: so many halves of 50 mg tablets, each of a whole one."""
    rule = written(tmp_path, FIFTY + body, **head)
    target = "25/50 mg" if count == 7 else "50 mg every week"
    for left, pieces in ((count, "half a tablet of 50 mg"), (count - 1, "1 tablet of 25 mg")):
        request = asked(target, at_hand=(Stock("50mg", Fraction(left)),))
        assert proven(rule, request).steps[0].regimen.administrations[0].pieces_in_words() == pieces


def test_every_rung_in_order_for_as_long_as_it_has_to_be(daily: Rule) -> None:
    assert told(proven(daily, asked("25/50 mg"))) == [
        ("2026-12-01", 14, "25 mg every 2 days"),
        ("2026-12-15", 7, "25 mg x1"),
        ("2026-12-22", 3, "25 mg x2"),
        ("2026-12-25", None, "25/50 mg"),
    ]


def test_a_slower_pace_is_the_prescribers(daily: Rule) -> None:
    """9 days each, in whole cycles: 14 days are enough on alternate days, 9 on the others."""
    slower = proven(daily, asked("25/50 mg", every=Duration(9, "day")))
    assert [step.days.length for step in slower.steps] == [14, 9, 9, None]
    slower = proven(daily, asked("25/50 mg", every=Duration(15, "day")))
    assert [step.days.length for step in slower.steps] == [16, 15, 15, None]


def test_above_the_last_rung_by_the_limits_of_a_rise(daily: Rule) -> None:
    """From 75 mg a day by 25 mg a day: the last rung is kept for its 7 days, and 100 mg for the 5 of the interval."""
    found = told(proven(daily, asked("125 mg/day")))
    assert [(length, notation) for _, length, notation in found[3:]] == [
        (7, "25/50 mg"), (5, "50 mg x2"), (None, "50/75 mg"),
    ]  # fmt: skip


def test_from_the_rung_that_is_taken_now(daily: Rule) -> None:
    since = date(2026, 11, 27)
    found = told(proven(daily, asked("25 mg x2", current=Pattern.parse("25 mg x1"), since=date(2026, 11, 24))))
    assert found == [("2026-12-01", None, "25 mg x2")]
    with pytest.raises(NoSchedule) as caught:
        plan(daily, asked("25 mg x2", current=Pattern.parse("25 mg x1"), since=since))
    assert "25 mg once a day is too recent" in caught.value.text()
    assert "--start 2026-12-04" in caught.value.text()


def test_from_alternate_days(daily: Rule) -> None:
    request = asked("25 mg x1", current=Pattern.parse("25 mg every 2 days"), since=date(2026, 11, 17))
    assert told(proven(daily, request)) == [("2026-12-01", None, "25 mg x1")]


@pytest.mark.parametrize(
    ("target", "current", "says"),
    [
        ("50 mg x2", "50 mg x1", "50 mg x1 is no rung of the ladder"),
        ("50 mg x1", None, "50 mg x1 cannot be reached from the beginning of the ladder"),
        ("25 mg x2", "25 mg every 3 days", "25 mg x2 cannot be reached from 25 mg every 3 days"),
        ("25 mg every 2 days", None, "has another cycle than the rule"),
    ],
)
def test_what_the_ladder_does_not_lead_to_is_refused(daily: Rule, target: str, current: str | None, says: str) -> None:
    with pytest.raises(NoSchedule) as caught:
        plan(daily, asked(target, current=None if current is None else Pattern.parse(current)))
    assert says in caught.value.text()


def test_a_stay_of_a_month_is_counted_from_its_own_first_day(daily: Rule) -> None:
    """14 and 7 days from 20 January on; the month from 10 February to 10 March has 28 days."""
    found = proven(daily, asked("25 mg x2", start=date(2027, 1, 20), then_stop=True, maintain=Duration(1, "month")))
    assert told(found)[2][:2] == ("2027-02-10", 28)


def test_a_refusal_names_the_ladder_and_offers_its_rungs(daily: Rule) -> None:
    with pytest.raises(NoSchedule) as caught:
        plan(daily, asked("50 mg x1"))
    said = caught.value.text()
    assert "the ladder goes from 25 mg every 2 days for at least 14 days, then 25 mg x1 for at least 7 days" in said
    assert '--target "25 mg x1"' in said


@pytest.mark.parametrize(
    ("current", "rungs"),
    [(None, ["25 mg x1", "25 mg x2", "25/50 mg"]), ("25 mg x1", ["25 mg x2", "25/50 mg"]), ("25 mg x2", ["25/50 mg"])],
)
def test_all_rungs_ahead_are_offered(daily: Rule, current: str | None, rungs: list[str]) -> None:
    """The first one, on alternate days, is not one to stay on."""
    with pytest.raises(NoSchedule) as caught:
        plan(daily, asked("50/25 mg", current=None if current is None else Pattern.parse(current)))
    offers = "; or ".join(f'--target "{rung}"' for rung in rungs)
    assert f"You could: {offers}." in caught.value.text()


def test_a_ladder_alone_bears_nothing_above_it(tmp_path: Path) -> None:
    """The ladder of the weekly drug ends at 75 mg here, and no other rise is in the rule."""
    rule = written(tmp_path, WEEKLY.replace('take = "evening 100 mg"', 'take = "evening 75 mg"'), cycle="1 week")
    with pytest.raises(NoSchedule) as caught:
        plan(rule, asked("100 mg every week"))
    assert "100 mg every 7 days lies above the last rung of the ladder, 75 mg every 7 days" in caught.value.text()


def test_why_a_dose_above_the_ladder_is_as_high_as_it_is(daily: Rule) -> None:
    last = proven(daily, asked("125 mg/day")).steps[-1]
    assert "the daily dose rises by at most 25 mg" in last.why.text()


def test_a_rung_that_cannot_be_made_is_not_left_out(tmp_path: Path) -> None:
    body = DAILY.replace("evening 50 mg", "evening 60 mg")
    rule = written(tmp_path, body)
    with pytest.raises(NoSchedule) as caught:
        plan(rule, asked("100 mg/day"))
    assert "rung 4 of the ladder, 25/60 mg, cannot be made" in caught.value.text()


def test_a_scope_has_a_ladder_of_its_own(tmp_path: Path) -> None:
    scope = """
[[scopes]]
name = "beside the other"
when = { taking = ["otherine"] }
CITE
[[scopes.ladder]]
take = "evening 25 mg"
keep = { at-least = "5 days" }
CITE
[[scopes.ladder]]
take = "evening 50 mg"
CITE
"""
    rule = written(tmp_path, DAILY, scope)
    from titrate.patient import Patient

    beside = asked("50 mg x1", patient=Patient(taking=("otherine",)))
    assert told(proven(rule, beside)) == [("2026-12-01", 5, "25 mg x1"), ("2026-12-06", None, "50 mg x1")]
    both = rule.file.scopes[0].model_copy(update={"name": "twice"})
    twice = replace(rule, file=rule.file.model_copy(update={"scopes": (rule.file.scopes[0], both)}))
    with pytest.raises(RequestError, match="both fit this patient"):
        plan(twice, beside)


def test_a_rung_about_which_the_source_is_silent(tmp_path: Path) -> None:
    rule = written(tmp_path, DAILY.replace('keep = { at-least = "3 days" }', "keep = { silent = true }"))
    with pytest.raises(RequestError) as told:
        plan(rule, asked("25/50 mg"))
    assert told.value.message == (
        'The source of "A book" does not say how long 25 mg x2 is kept, so the prescriber has to.'
    )
    assert told.value.options == ('say how long each dose is kept at least, for example --every "7d"',)
    found = proven(rule, asked("25/50 mg", every=Duration(4, "day")))
    assert [step.days.length for step in found.steps] == [14, 7, 4, None]


# --- Down -----------------------------------------------------------------------------------------


def test_a_taper_stays_in_the_cycle_that_it_begins_in(daily: Rule) -> None:
    """The last dose is on the tenth day or later, and falls on a day of the cycle: day 11, of 12 days."""
    schedule = proven(daily, asked(None, current=Pattern.parse("50 mg every 2 days"), since=date(2026, 11, 1)))
    assert {step.regimen.cycle for step in schedule.steps[:-1]} == {2}
    assert schedule.last_dose == date(2026, 12, 11)
    assert schedule.last == date(2026, 12, 13)


def test_a_weekly_drug_counts_in_weeks(weekly: Rule) -> None:
    """10 days are two weeks; 25 days to the last dose are 29 (doses on days 1, 8, 15, 22, 29)."""
    up = proven(weekly, asked("100 mg every week", maintain=Duration(8, "week"), then_stop=True))
    assert [(s.days.length, s.regimen.notation) for s in up.steps[:3]] == [
        (28, "25 mg every 7 days"), (14, "50 mg every 7 days"), (56, "100 mg every 7 days"),
    ]  # fmt: skip
    assert {s.days.first.weekday() for s in up.steps} == {1}
    taper = proven(weekly, asked(None, current=Pattern.parse("100 mg every week")))
    assert taper.last_dose == date(2026, 12, 29)
    assert sum(step.days.length or 0 for step in taper.steps[:-1]) == 35


def test_days_that_are_no_days_of_a_dose(weekly: Rule) -> None:
    current = Pattern.parse("100 mg every week")
    with pytest.raises(NoSchedule) as caught:
        plan(weekly, asked(None, current=current, finish_by=date(2027, 1, 10)))
    assert "no dose falls on Sunday 10 January 2027" in caught.value.text()
    assert "--finish-by 2027-01-12" in caught.value.text()
    assert proven(weekly, asked(None, current=current, finish_by=date(2027, 1, 12))).last_dose == date(2027, 1, 12)
    with pytest.raises(
        RequestError, match="is 30 days, and the drug is taken every 7 days: a stay has to be whole cycles"
    ) as caught_:
        plan(weekly, asked("100 mg every week", maintain=Duration(30, "day"), then_stop=True))
    assert caught_.value.options == ('--maintain "4 weeks"', '--maintain "5 weeks"')


@pytest.mark.parametrize("target", ["100 mg x1", "100 mg/day"])
def test_a_daily_target_of_a_weekly_drug_is_refused(weekly: Rule, target: str) -> None:
    with pytest.raises(NoSchedule, match="has another cycle than the rule, which takes doses every 7 days"):
        plan(weekly, asked(target))


def test_more_doses_on_the_day_of_the_week_are_refused_by_the_number_of_doses(weekly: Rule) -> None:
    """Three doses on one day of the week: the rule has times of day for one. That it allows only one is the reason,
    and then that no rung has three."""
    with pytest.raises(NoSchedule) as refused:
        plan(weekly, asked("50 mg x3 every week"))
    facts = [line for line in refused.value.text().splitlines() if line.startswith("Because")]
    assert facts[0] == "Because the drug is given once a week (A book, page 1; checked 2026-11-23)."
    assert [fact[:29] for fact in facts[1:]] == ["Because the ladder goes from "]


# --- What the laws find -----------------------------------------------------------------------------


def moved(schedule: Schedule, *lengths: int | None, without: int | None = None) -> Schedule:
    """The steps one after the other for other lengths, one of them left out."""
    steps: list[Step] = []
    first = schedule.first
    kept = [step for index, step in enumerate(schedule.steps) if index != without]
    for step, length in zip(kept, lengths, strict=True):
        last = None if length is None else plus(first, length - 1)
        steps.append(replace(step, days=Days(first, last)))
        first = first if last is None else plus(last, 1)
    return replace(schedule, steps=tuple(steps))


def findings(schedule: Schedule, rule: Rule) -> list[tuple[str, str]]:
    return [(finding.law, finding.value) for finding in verify(schedule, rule).findings]


def test_a_rung_left_too_soon(daily: Rule) -> None:
    good = proven(daily, asked("25/50 mg"))
    assert findings(moved(good, 14, 6, 3, None), daily) == [("ladder", "6 days")]
    assert findings(moved(good, 12, 7, 3, None), daily) == [("ladder", "12 days")]
    assert findings(moved(good, 16, 8, 4, None), daily) == []


def test_a_rise_too_soon_above_the_ladder(daily: Rule) -> None:
    """100 mg are kept for 5 days, by the limits of any other rise; the rungs before them go by the ladder."""
    good = proven(daily, asked("125 mg/day"))
    assert findings(moved(good, 14, 7, 3, 7, 4, None), daily) == [("interval", "4 days")]


def test_a_pace_of_the_prescriber_that_is_not_kept(daily: Rule) -> None:
    good = proven(daily, asked("25/50 mg", every=Duration(9, "day")))
    assert findings(moved(good, 14, 8, 9, None), daily) == [("ladder", "8 days")]


def test_a_rung_left_out(daily: Rule) -> None:
    good = proven(daily, asked("25/50 mg"))
    assert findings(moved(good, 14, 7, None, without=2), daily) == [("ladder", "25 mg x1 to 25/50 mg")]


def test_a_start_on_another_rung(daily: Rule) -> None:
    good = proven(daily, asked("25/50 mg"))
    assert findings(moved(good, 7, 3, None, without=0), daily) == [("ladder", "25 mg x1")]


def test_a_rise_from_no_rung(daily: Rule) -> None:
    good = proven(daily, asked("25 mg x2", current=Pattern.parse("25 mg x1")))
    other = replace(good, request=replace(good.request, current=Pattern.parse("25/0.5 mg")))
    assert ("ladder", "25/0.5 mg to 25 mg x2") in findings(other, daily)


def test_a_rise_above_a_ladder_that_ends(weekly: Rule, tmp_path: Path) -> None:
    body = WEEKLY.replace('take = "evening 100 mg"', 'take = "evening 75 mg"')
    ends = written(tmp_path, body, cycle="1 week")
    good = proven(weekly, asked("100 mg every week", current=Pattern.parse("50 mg every week")))
    request = replace(good.request, current=Pattern.parse("75 mg every week"))
    found = verify(replace(good, request=request, rule=ends.stamp), ends).findings
    (one,) = found
    assert (one.law, one.day, one.value) == ("increment", good.first, "75 mg every 7 days to 100 mg every 7 days")
    assert one.says == (
        "On Tuesday 01 December 2026 the doses go from 75 mg every 7 days to 100 mg every 7 days; "
        "the limit is 75 mg every 7 days, the last rung of the ladder (A book, page 1; checked 2026-11-23)."
    )


def test_a_cycle_that_is_broken_off(daily: Rule, weekly: Rule) -> None:
    good = proven(daily, asked("25/50 mg"))
    assert findings(moved(good, 15, 7, 3, None), daily) == [("cycle", "15 days")]
    week = proven(weekly, asked("100 mg every week"))
    assert findings(moved(week, 30, 14, None), weekly) == [("cycle", "30 days")]


def test_a_cycle_that_the_rule_does_not_have(daily: Rule) -> None:
    good = proven(daily, asked("25/50 mg"))
    every_other = [replace(s, regimen=replace(s.regimen, cycle=2)) if s.days.last is None else s for s in good.steps]
    found = findings(replace(good, steps=tuple(every_other)), daily)
    assert ("cycle", "25/50 mg, 0 mg in turn") in found


def test_a_cycle_that_is_not_that_of_the_rule(weekly: Rule) -> None:
    good = proven(weekly, asked("100 mg every week"))
    every_other = [replace(s, regimen=replace(s.regimen, cycle=2)) if s.days.last is None else s for s in good.steps]
    found = [one for one in verify(replace(good, steps=tuple(every_other)), weekly).findings if one.law == "cycle"]
    assert [(one.value, one.limit) for one in found] == [("100 mg every 2 days", "doses every 7 days")]


def test_the_maximum_is_that_of_the_worst_day(weekly: Rule) -> None:
    """125 mg a week are less than 18 mg a day on average."""
    good = proven(weekly, asked("100 mg every week"))
    last = good.steps[-1]
    (given,) = last.regimen.administrations
    more = replace(
        given, dose=Quantity.parse("125 mg"), pieces=(replace(given.pieces[0], count=given.pieces[0].count + 1),)
    )
    found = findings(
        replace(good, steps=(*good.steps[:-1], replace(last, regimen=replace(last.regimen, administrations=(more,))))),
        weekly,
    )
    assert ("maximum", "125 mg") in found


# --- Revised, written, read again -------------------------------------------------------------------


def test_a_revision_begins_with_a_dose(weekly: Rule) -> None:
    schedule = proven(weekly, asked("100 mg every week"))
    origin, stay = Origin("0" * 64), Action.parse("stay", "4w", date(2026, 12, 10))
    with pytest.raises(RequestError, match="no dose is due") as caught:
        revise(schedule, weekly, stay, date(2026, 12, 10), ISSUED, origin)
    assert caught.value.options == ("--on 2026-12-15, which is Tuesday 15 December 2026",)
    later = revise(schedule, weekly, stay, date(2026, 12, 15), ISSUED, origin)
    assert told(later)[:2] == [("2026-12-15", 42, "25 mg every 7 days"), ("2027-01-26", 14, "50 mg every 7 days")]
    assert later.last_dose is None


@pytest.mark.parametrize("which", ["daily", "weekly"])
def test_what_is_written_reads_back_and_breaks_no_law(which: str, request: pytest.FixtureRequest) -> None:
    rule: Rule = request.getfixturevalue(which)
    target = "25/50 mg" if which == "daily" else "100 mg every week"
    schedule = proven(rule, asked(target, review=date(2027, 3, 9)))
    assert json.read(json.write(schedule)) == schedule
    given = replace(schedule.request, target=None, current=None)
    read = {
        "text": texts.read(text.write(schedule)),
        "days": texts.read(text.write(schedule, daily=True)),
        "markdown": markdowns.read(markdown.write(schedule)),
        "csv": tidycsv.read(csv.write(schedule)),
        "calendar": calendars.read(calendar(schedule, CalendarOptions())),
        "single": calendars.read(calendar(schedule, CalendarOptions(single_events=True))),
    }
    for name, foreign in read.items():
        report = check(foreign, rule, given)
        assert report.findings == (), name
        assert [s.regimen.notation for s in report.schedule.steps] == [s.regimen.notation for s in schedule.steps], name


def test_bad_files_are_told(tmp_path: Path) -> None:
    """What only the tables together say; one mistake each is in tests/broken."""
    with pytest.raises(TitrateError, match="is missing; a rule that says how a dose rises needs"):
        written(tmp_path, DAILY.replace('[maximum]\ndaily = "150 mg"\nCITE\n', ""))


def test_rules_check_finds_a_rung_that_no_product_makes(tmp_path: Path) -> None:
    rule = written(tmp_path, DAILY.replace("evening 50 mg", "evening 60 mg"))
    told = [concern.says for concern in concerns(rule, ISSUED.date())]
    assert "rung 4, 25/60 mg, cannot be made: no product makes 60 mg" in told


def test_a_rise_above_a_ladder_of_a_rule_that_names_no_other_is_refused(tmp_path: Path) -> None:
    """The ladder ends at 25/50 mg and without a table of increases nothing says how far a dose above it may rise."""
    lines = DAILY.split("[increase]\n")
    only = written(tmp_path, lines[0] + lines[1].partition('every = { at-least = "5 days" }\nCITE\n')[2])
    with pytest.raises(NoSchedule, match="lies above the last rung of the ladder, and the rule says nothing"):
        plan(only, asked("75 mg x2", current=Pattern.parse("50 mg x2")))


# --- Above the ladder, against every way there is ---------------------------------------------------

HALVES = """
[[products]]
name = "10mg"
form = "tablet"
strength = "10 mg"
divide = "halves"
CITE
"""
Rise = tuple[int, int, int | None, int | None]  # by at most so many mg, after so many days, from and up to so many mg


def above(rises: tuple[Rise, ...], kept: int) -> str:
    """5 mg every 2 days, 5 mg for 2 days, 10 mg for `kept`, and these rises; tablets of 25 mg, of 10 mg and halves."""
    text_ = "[frequency]\ntimes = 1\nCITE\n"
    text_ += '[[ladder]]\ntake = "evening 5 mg"\ncycle = "2 days"\nkeep = { at-least = "4 days" }\nCITE\n'
    for dose, days in ((5, 2), (10, kept)):
        text_ += f'[[ladder]]\ntake = "evening {dose} mg"\nkeep = {{ at-least = "{days} days" }}\nCITE\n'
    for by, every, low, high in rises:
        text_ += f'[[increase]]\nby = {{ at-most = "{by} mg", per = "day" }}\nevery = {{ at-least = "{every} days" }}\n'
        edges = [f'{key} = "{edge} mg"' for key, edge in (("at-least", low), ("at-most", high)) if edge is not None]
        text_ += f"band = {{ {', '.join(edges)} }}\nCITE\n" if edges else "CITE\n"
    text_ += '[maintenance]\ndaily = { at-least = "5 mg" }\nCITE\n[maximum]\ndaily = "60 mg"\nCITE\n'
    return text_ + '[taper.decrease]\nby = { at-most = "100 %", per = "day" }\nevery = { at-least = "1 day" }\nCITE\n'


def pieces_of(dose: int) -> tuple[int, int]:
    """The fewest halves, and then the fewest pieces, of tablets of 25 mg and of 10 mg that make it."""
    left = [(number, dose - 25 * number) for number in range(dose // 25 + 1)]
    return min((rest % 10 // 5, number + -(-rest // 10)) for number, rest in left)


def ways_above(rises: tuple[Rise, ...], kept: int, target: int) -> dict[tuple[int, ...], tuple[tuple[int, ...], Key]]:
    """Every chain of doses from 10 mg to the target: for how many days each is kept, and what the chain is worth."""
    between = list(range(15, target, 5))
    found = {}
    for count in range(len(between) + 1):
        for chosen in combinations(between, count):
            chain, lengths = (10, *chosen, target), []
            for before, after in pairwise(chain):
                bear = [r for r in rises if (r[2] is None or after >= r[2]) and (r[3] is None or before <= r[3])]
                if not bear or after - before > min(by for by, *_ in bear):
                    break
                lengths.append(max(every for _, every, *_ in bear))
            else:
                lengths[0] = max(lengths[0], kept)
                halves, pieces = (sum(some) for some in zip(*map(pieces_of, chain[1:]), strict=True))
                largest = max(Fraction(after - before, before) for before, after in pairwise(chain))
                found[chain] = tuple(lengths), (sum(lengths), len(chain), halves, pieces, largest)
    return found


Key = tuple[int, int, int, int, Fraction]
EDGES: tuple[tuple[tuple[Rise, ...], int, int], ...] = (
    # 10 mg are kept for 7 days in any case: 8 days before the larger first rise are one day more, not five.
    (((20, 3, None, 15), (20, 8, 20, None)), 7, 30),
    (((5, 3, None, 15), (15, 8, 20, 40), (20, 2, 45, None)), 7, 50),
    (((10, 4, None, None),), 6, 40),
    (((10, 4, None, None),), 2, 35),
    (((5, 2, None, 20), (15, 9, 20, None)), 1, 45),
    # As soon by another first rise, in more steps; or in as many, with a half.
    (((10, 3, None, 15), (15, 7, 20, 35), (20, 4, 40, None)), 2, 45),
    (((20, 4, None, 15), (10, 8, 20, 35), (20, 4, 40, None)), 3, 45),
    (((20, 7, None, 15), (15, 9, 20, 30), (20, 7, 35, None)), 7, 45),
)


@pytest.mark.parametrize("number", range(40))
def test_above_a_ladder_the_best_of_all_ways_is_taken(number: int, tmp_path: Path) -> None:
    """Soonest at the target, with the time of the last rung in it; then fewest steps, fewest halves, fewest pieces, the
    smallest largest rise."""
    if number < len(EDGES):
        rises, kept, target = EDGES[number]
    else:
        draw = Random(number)
        edge, other = sorted(draw.sample(range(15, 45, 5), 2))
        bands = [(None, edge), (edge + 5, None)] if draw.random() < 0.5 else [
            (None, edge), (edge + 5, other), (other + 5, None),
        ]  # fmt: skip
        rises = tuple((draw.choice([5, 10, 15, 20]), draw.randint(1, 9), low, high) for low, high in bands)
        kept, target = draw.randint(1, 9), draw.choice(range(20, 55, 5))
    ways = ways_above(rises, kept, target)
    rule = written(tmp_path, HALVES + above(rises, kept))
    if not ways:
        with pytest.raises(NoSchedule):
            plan(rule, asked(f"{target} mg x1"))
        return
    steps = proven(rule, asked(f"{target} mg x1")).steps
    assert [(step.regimen.notation, step.days.length) for step in steps[:2]] == [
        ("5 mg every 2 days", 4),
        ("5 mg x1", 2),
    ]
    chain = tuple(int(step.regimen.daily.amount) for step in steps[2:])
    lengths = tuple(step.days.length for step in steps[2:-1])
    assert lengths == ways[chain][0]
    assert ways[chain][1] == min(worth for _, worth in ways.values())
