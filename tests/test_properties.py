"""Laws that hold for every request, tried on the rules that come with titrate, for random patients.

Each test quotes the law it checks. Every schedule that is planned on the way is verified, and how many there
were is printed at the end. `TITRATE_DEEP=1` plans at least 10,000.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tests.casefile import CASES, cases_in, request_of
from tests.oracle import near
from tests.test_check import WRITERS
from tests.test_refusal import nothing_to_spare
from titrate.checking import check
from titrate.days import Duration, between, plus
from titrate.errors import NoSchedule, RequestError
from titrate.formats import csv, foreign, json
from titrate.limits import Limits
from titrate.patient import Patient
from titrate.planner import plan
from titrate.planner.bounds import keeping
from titrate.planner.refused import Refused
from titrate.planner.steps import within
from titrate.planner.terms import Terms
from titrate.quantity import Quantity
from titrate.reason import Because
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.rule import Rule
from titrate.rulebook import known, read
from titrate.schedule import Schedule
from titrate.verifier import verify

DEEP = os.environ.get("TITRATE_DEEP") == "1"
ENOUGH = 10_000
RULES = {name: read(path) for name, path in known({}).items()}
COUNTED = {"planned": 0, "refused": 0}


def tried(examples: int) -> settings:
    """Settings with so many examples, and many times as many in the deep profile."""
    return settings(
        max_examples=examples * (40 if DEEP else 1),
        deadline=None,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )


@pytest.fixture(scope="module", autouse=True)
def _count(request: pytest.FixtureRequest) -> Iterator[None]:
    yield
    reporter = request.config.pluginmanager.get_plugin("terminalreporter")
    capture = request.config.pluginmanager.get_plugin("capturemanager")
    if reporter is None or capture is None:
        return
    with capture.global_and_fixture_disabled():
        reporter.write_line(f"\n{COUNTED['planned']} schedules planned and verified, {COUNTED['refused']} refused")


def planned(request: Request) -> Schedule | None:
    """The verified schedule; `None` where there is none. A request that lacks something raises `RequestError`."""
    rule = RULES[request.rule]
    try:
        # Without the argument of a refusal, which takes ten times as long; it has tests of its own.
        schedule = within(rule, Terms.of(rule, request))
    except Refused:
        COUNTED["refused"] += 1
        return None
    findings = [finding.says for finding in verify(schedule, rule).findings]
    assert findings == [], [f"{s.days.first} {s.kind} {s.regimen.notation}" for s in schedule.steps]
    COUNTED["planned"] += 1
    return schedule


def offered(request: Request) -> Schedule | None:
    """As `planned`, and `None` too where the request contradicts the rule, or lacks what it needs."""
    try:
        return planned(request)
    except RequestError:
        COUNTED["refused"] += 1
        return None


# --- Patients and requests ------------------------------------------------------------------------


def amounts(numbers: st.SearchStrategy[int], unit: str) -> st.SearchStrategy[Quantity]:
    """Whole amounts of a unit."""
    return numbers.map(lambda number: Quantity(Fraction(number), unit))


@st.composite
def patients(draw: st.DrawFn, rule: str) -> Patient:
    """Adults mostly, with what a rule may ask about, given or not."""
    clearance = draw(st.none() | st.none() | amounts(st.integers(10, 120), "mL/min"))
    if rule == "baclofen-intrathecal-spasticity":
        return Patient(
            age=draw(amounts(st.integers(4, 80), "years")),
            origin=draw(st.sampled_from([None, "spinal", "cerebral"])),
            screening_dose=draw(amounts(st.sampled_from([25, 50, 75, 100]), "micrograms")),
            screening_effect=draw(amounts(st.integers(2, 20), "hours")),
        )
    if rule == "baclofen-oral-spasticity-uk" and draw(st.integers(0, 3)) == 0:
        age = draw(st.integers(1, 17))
        return Patient(
            age=Quantity(Fraction(age), "years"), weight=Quantity(Fraction(8 + age * 3), "kg"),
            creatinine_clearance=clearance,
        )  # fmt: skip
    return Patient(
        age=draw(st.none() | amounts(st.integers(18, 90), "years")),
        weight=draw(st.none() | amounts(st.integers(40, 110), "kg")),
        creatinine_clearance=clearance,
        setting=draw(st.sampled_from([None, None, "community", "hospital"])),
        taking=draw(st.sampled_from([None, (), ("alcohol",), ("amitriptyline", "morphine")])),
    )


@st.composite
def regimens(draw: st.DrawFn, rule: str, daily: bool = True) -> Pattern:
    """Doses that make sense under the rule; or a daily dose."""
    if rule == "baclofen-intrathecal-spasticity":
        return Pattern.parse(f"{draw(st.integers(2, 40)) * 25} micrograms/day")
    doses = [5 * draw(st.integers(1, 2 if "hiccups" in rule else 4))] * draw(st.integers(1, 4))
    if draw(st.integers(0, 3)) == 0:
        doses[draw(st.integers(0, len(doses) - 1))] = 5
    if daily and draw(st.booleans()):
        return Pattern.parse(f"{sum(doses)} mg/day")
    return Pattern.parse("/".join(map(str, doses)) + " mg" if len(doses) > 1 else f"{doses[0]} mg x1")


# The rules for which requests are made up from nothing; for the others the requests of their case files are varied.
MADE_UP = (
    "baclofen-intrathecal-spasticity",
    "baclofen-oral-hiccups",
    "baclofen-oral-spasticity",
    "baclofen-oral-spasticity-uk",
)


@cache
def asked(rule: str) -> tuple[Request, ...]:
    """The requests of the case file of a rule."""
    return tuple(map(request_of, cases_in(CASES / f"{rule}.toml")))


@st.composite
def varied(draw: st.DrawFn, exact: bool = False, ends: bool = True) -> Request:
    """A request as a case file has it, on another day, with another way out or another target of that file; `exact`
    and `ends` as in `requests`."""
    rule = draw(st.sampled_from(sorted(set(RULES) - set(MADE_UP))))
    seed = draw(st.sampled_from(asked(rule)))
    start = date.fromordinal(date(2026, 1, 1).toordinal() + draw(st.integers(0, 1500)))

    def moved(day: date | None) -> date | None:
        return None if day is None else plus(start, between(seed.start, day))

    finish = moved(seed.finish_by) if ends else None
    request = replace(seed, start=start, since=moved(seed.since), finish_by=finish, review=None)
    targets = [one.target for one in asked(rule) if one.target is not None and (one.target.doses or not exact)]
    if request.goal == "plan":
        assume(targets)
        stays = None if finish is None else seed.maintain
        request = replace(
            request,
            target=draw(st.sampled_from(targets)),
            maintain=stays,
            then_stop=finish is not None and seed.then_stop,
        )
    if ends and request.goal == "plan" and draw(st.integers(0, 2)) == 0:
        return replace(request, maintain=Duration(draw(st.integers(1, 12)), "week"), then_stop=True)
    return request


def anything(exact: bool = False, ends: bool = True) -> st.SearchStrategy[Request]:
    """A request under any rule that comes with titrate: made up from nothing, or as its case file has it. Under the
    rules of the latter a plan takes up to a second; the deep profile draws one of those in ten."""
    made_up, from_cases = requests(exact, ends), varied(exact, ends)
    return st.integers(0, 9 if DEEP else 1).flatmap(lambda number: made_up if number else from_cases)


@st.composite
def askew(draw: st.DrawFn) -> Request:
    """A request of a case file with what does not belong there: doses of another case, or that nothing makes, other
    times of day, the prescriber's own pace. Most are refused."""
    rule = draw(st.sampled_from(sorted(set(RULES) - set(MADE_UP))))
    request = replace(draw(st.sampled_from(asked(rule))), review=None)
    unit = RULES[rule].file.unit
    taken = [one for seed in asked(rule) for one in (seed.current, seed.target) if one is not None]
    taken += [Pattern.parse(f"{dose} {unit} x{times}") for dose in (5, 10, 25) for times in (1, 2)]
    if request.goal == "plan":
        request = replace(request, target=draw(st.sampled_from(taken)))
    if request.goal == "taper" or draw(st.booleans()):
        request = replace(request, current=draw(st.sampled_from(taken)))
    return replace(
        request,
        by=draw(st.sampled_from([request.by, request.by, Quantity.parse(f"5 {unit}/dose"), Quantity.parse("10 %")])),
        every=draw(st.sampled_from([request.every, request.every, Duration(7, "day"), Duration(14, "day")])),
        times=draw(st.sampled_from([None, None, (time(7), time(13), time(21))])),
        split=draw(st.sampled_from([request.split, "even"])),
    )


@st.composite
def requests(draw: st.DrawFn, exact: bool = False, ends: bool = True) -> Request:
    """A request made up from nothing, any of its options given or not. `exact`: targets as doses; without `ends`,
    nothing after the target."""
    rule = draw(st.sampled_from(MADE_UP))
    infusion = rule == "baclofen-intrathecal-spasticity"
    taper = draw(st.integers(0, 2)) == 0
    start = date(2026, 1, 1).toordinal() + draw(st.integers(0, 1500))
    request = Request(
        rule=rule,
        goal="taper" if taper else "plan",
        start=date.fromordinal(start),
        issued=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        patient=draw(patients(rule)),
        split=draw(st.sampled_from([None, None, None, "even"])),
        label=draw(st.sampled_from([None, "ward 3"])),
    )
    silent = infusion or rule == "baclofen-oral-hiccups"
    if silent or draw(st.integers(0, 2)) == 0:
        request = replace(request, every=Duration(draw(st.integers(7 if "uk" in rule else 3, 10)), "day"))
    if (silent and not infusion) or draw(st.integers(0, 3)) == 0:
        amount = f"{draw(st.sampled_from([5, 10]))} %" if infusion else "5 mg/dose"
        request = replace(request, by=Quantity.parse(amount))
    if not infusion and draw(st.integers(0, 5)) == 0:
        request = replace(request, times=(time(7), time(13), time(21)))
    if taper:
        finish = plus(request.start, draw(st.integers(10, 120))) if ends and draw(st.booleans()) else None
        return replace(request, current=draw(regimens(rule, daily=False)), finish_by=finish)
    request = replace(request, target=draw(regimens(rule, daily=not exact)))
    if draw(st.integers(0, 3)) == 0:
        request = replace(request, current=draw(regimens(rule, daily=False)))
    if ends and draw(st.integers(0, 2)) == 0:
        return replace(request, maintain=Duration(draw(st.integers(1, 12)), "week"), then_stop=True)
    return request


def ready(schedule: Schedule) -> int:
    """How many days it takes to the target, or to the last dose where there is no target."""
    for step in schedule.steps:
        if step.kind == "maintenance":
            return between(schedule.first, step.days.first)
    assert schedule.last_dose is not None
    return between(schedule.first, schedule.last_dose) + 1


def comparable(narrow: Schedule) -> bool:
    """Whether a plan within wider limits is never slower than this one.

    Uneven days are only tried where nearly even ones lead nowhere, and stopping from what is taken now only where
    nothing else does. Wider limits may open the way that is tried first, and that one may take longer.
    """
    kept = narrow.steps if narrow.request.goal == "taper" else narrow.steps[:1]
    current = narrow.request.current
    direct = narrow.request.goal == "taper" and current is not None and kept[0].regimen.doses == current.doses
    days = [tuple(dose.amount for dose in step.regimen.doses) for step in narrow.steps if step.kind != "maintenance"]
    return not direct and all(near(day) for day in days if day)


# --- Laws -----------------------------------------------------------------------------------------


@settings(max_examples=300 if DEEP else 50, deadline=None, suppress_health_check=list(HealthCheck))
@given(varied())
def test_requests_as_the_case_files_have_them_are_lawful(request: Request) -> None:
    """Under the rules of other drugs, and those with ladders and cycles."""
    _lawful_and_without_loss(request)


@tried(100)
@given(requests())
def test_every_schedule_is_lawful_and_written_and_read_without_loss(request: Request) -> None:
    _lawful_and_without_loss(request)


def _lawful_and_without_loss(request: Request) -> None:
    """Same request, same bytes; every format that reads back gives an equal schedule; rows add up to the daily dose."""
    schedule = offered(request)
    if schedule is None:
        return
    again = planned(request)
    assert again is not None
    assert json.write(again) == json.write(schedule)
    assert json.read(json.write(schedule)) == schedule
    days = list(schedule.each_day())
    rows = csv.read(csv.write(schedule))
    assert [(row.date, row.daily) for row in rows] == [(day.date, day.regimen.daily) for day in days]
    for row in rows:
        assert sum((one.dose.amount for one in row.doses), Fraction(0)) == row.daily.amount


@tried(12)
@given(anything())
def test_every_format_that_reads_back_gives_the_same_days_doses_and_pieces(request: Request) -> None:
    """CSV, Markdown, text and calendar, as `check` reads them; and none of what titrate wrote breaks a law there."""
    schedule = offered(replace(request, tz="Europe/London"))
    if schedule is None:
        return
    rule = RULES[request.rule]
    slots = tuple(slot.name for day in rule.file.slots.day.values() for slot in day)
    beside = replace(request, goal="plan", target=None, split=None, finish_by=None, maintain=None, then_stop=False)
    for name, written in WRITERS.items():
        read_back = foreign.read(written(schedule).encode(), rule.file.unit, slots)
        shown = check(read_back, rule, beside)
        assert shown.findings == (), name
        assert (shown.schedule.last, shown.schedule.stops) == (schedule.last, schedule.stops), name
        assert told(shown.schedule, schedule.listed_until) == told(schedule, schedule.listed_until), name


def told(schedule: Schedule, until: date) -> list[tuple[object, ...]]:
    """What a file that reads back has to keep of each day; which step it belongs to is not in all of them."""
    return [
        (day.date, [(one.slot.at, one.dose, one.pieces) for one in day.regimen.administrations])
        for day in schedule.each_day(until)
    ]


@tried(60)
@given(anything(), st.integers(1, 800))
def test_shift_the_start_and_the_plan_shifts(request: Request, days: int) -> None:
    shifted = replace(
        request,
        start=plus(request.start, days),
        since=None if request.since is None else plus(request.since, days),
        finish_by=None if request.finish_by is None else plus(request.finish_by, days),
    )
    before, after = offered(request), offered(shifted)
    assert (before is None) == (after is None)
    if before is None or after is None:
        return
    assert [(plus(s.days.first, days), s.days.length, s.kind, s.regimen) for s in before.steps] == [
        (s.days.first, s.days.length, s.kind, s.regimen) for s in after.steps
    ]


def limits_of(request: Request, starting: bool) -> Limits:
    """What the rule allows the patient; where a fact is not given without which it tells nothing, nothing is asked."""
    try:
        return RULES[request.rule].limits_for(request.patient, starting)
    except RequestError:
        assume(False)
        raise


def own_pace(request: Request) -> int:
    """The shortest interval of the rule on the way that is asked for; 1 where it names none."""
    limits = limits_of(request, request.current is None)
    changes = (*(limits.increase if request.goal == "plan" else ()), *limits.decrease)
    return min((change.every for change in changes if change.every is not None), default=1)


@tried(60)
@given(anything(ends=False), st.integers(0, 7), st.sampled_from(["2.5 mg/day", "5 mg/dose", "5 mg/day", "10 mg/day"]))
def test_narrower_limits_never_give_a_faster_plan(request: Request, longer: int, smaller: str) -> None:
    """`--every` longer, `--by` smaller: what still can be planned could be planned before, and as soon."""
    every = Duration((own_pace(request) if request.every is None else request.every.days) + longer, "day")
    narrowed = replace(request, every=every)
    if request.by is None or not request.by.unit.startswith("%"):
        by = Quantity.parse(smaller)
        if request.by is not None:
            by = min(by, request.by) if by.unit == request.by.unit else request.by
        narrowed = replace(narrowed, by=by)
    elif longer % 2:
        narrowed = replace(narrowed, by=Quantity(request.by.amount / 2, request.by.unit))
    _never_faster(narrowed, request)


@tried(60)
@given(anything(exact=True, ends=False), st.data())
def test_more_products_never_make_it_impossible_or_slower(request: Request, data: st.DataObject) -> None:
    """Whatever some of the products allow, all of them allow, and as soon."""
    names = [product.name for product in limits_of(request, False).products]
    names = [name for name in names if request.products is None or name in request.products]
    assume(names)
    some = data.draw(st.sets(st.sampled_from(names), min_size=1))
    _never_faster(replace(request, products=tuple(name for name in names if name in some)), request)


def _never_faster(narrow: Request, wide: Request) -> None:
    slow = offered(narrow)
    if slow is None:
        return
    try:
        fast = planned(wide)
    except RequestError:
        return  # a rule may be silent about what only the narrower request brings
    assert fast is not None, [f"{s.days.first} {s.kind} {s.regimen.notation}" for s in slow.steps]
    if comparable(slow):
        assert ready(fast) <= ready(slow)


def test_enough_schedules_were_planned() -> None:
    """Stands last. A strategy that only makes requests that are refused would let everything above pass."""
    if "PYTEST_XDIST_WORKER" in os.environ and not DEEP:
        pytest.skip("several processes, of which each counts its own schedules; the deep profile runs in one")
    assert COUNTED["planned"] >= (ENOUGH if DEEP else 200), COUNTED


@settings(max_examples=60 if DEEP else 10, deadline=None, suppress_health_check=list(HealthCheck))
@given(requests())
def test_every_refusal_names_limits_of_which_none_can_be_spared(request: Request) -> None:
    """Over the shipped rules; `tests/test_refusal.py` asks the same of random rules, and of the oracle."""
    _spares_none(request)


@settings(max_examples=200 if DEEP else 12, deadline=None, suppress_health_check=list(HealthCheck))
@given(askew())
def test_every_refusal_under_the_rules_of_other_drugs_names_none_that_can_be_spared(request: Request) -> None:
    """Those with ladders and cycles too."""
    _spares_none(request)


def _spares_none(request: Request) -> None:
    rule = RULES[request.rule]
    because = None
    try:
        plan(rule, request)
    except RequestError:
        pass
    except NoSchedule as refusal:
        because = refusal.because
    assume(isinstance(because, Because))
    assert isinstance(because, Because)
    terms = Terms.of(rule, request)
    nothing_to_spare(terms, because, lambda facts: possible(rule, keeping(terms, facts)))


def possible(rule: Rule, either: Iterable[Terms]) -> bool:
    """Whether there is a schedule within one of these terms, or so many ways that nobody can tell."""
    for terms in either:
        with contextlib.suppress(Refused):
            with contextlib.suppress(RequestError, ValueError):
                within(rule, terms)
            return True
    return False
