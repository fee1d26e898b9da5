"""What is taken now is above a maximum: refused, and planned down from there if somebody answers for it by name."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from tests.oracle import Oracle
from tests.run import titrate
from tests.strategies import Sketch, mg, sketches
from tests.test_oracle import planned
from tests.test_planner import ISSUED, START, US, asked, paper, steps
from titrate.errors import NoSchedule, RequestError
from titrate.formats import text
from titrate.formats.json import read, write
from titrate.planner.above import exceeded
from titrate.planner.terms import Terms
from titrate.quantity import Quantity
from titrate.regimen import Pattern
from titrate.request import Approval, Request
from titrate.verifier import verify

PRINTED = "80 mg a day, as 20 mg four times a day"
NAMED = Approval("taper from above the maximum", "Dr Lang")
# Falls of 5 mg a dose and 15 mg a day, after 3 days each: 75, 60, 45, 30, 15 and 5 mg a day.
DOWN = [("25 mg x3", 3), ("20 mg x3", 3), ("15 mg x3", 3), ("10 mg x3", 3), ("5 mg x3", 3), ("5 mg x1", 3)]


def test_it_is_refused_with_the_way_to_have_it() -> None:
    """30 mg may become 25 mg, and that is above 20 mg at one time."""
    with pytest.raises(NoSchedule) as refused:
        asked(US, "taper", current="30 mg x3")
    label = "Baclofen tablets USP, prescribing information, Dosage and Administration"
    assert (
        refused.value.text()
        == f"""No schedule: 30 mg x3 cannot be stopped gradually.
Because the maximum is 20 mg at one time and 80 mg a day ({label}: {PRINTED}; checked 2026-11-23),
and a dose falls by at most 5 mg and the daily dose falls by at most 15 mg (derived from {label}; checked 2026-11-23).
You could: have it approved, and say by whom (--approved-by "taper from above the maximum: NAME")."""
    )


def test_where_somebody_answers_for_it_the_falls_of_the_rule_lead_down() -> None:
    schedule = asked(US, "taper", current="30 mg x3", approved=(NAMED,))
    assert steps(schedule)[:-1] == DOWN
    assert schedule.last_dose == date(2026, 12, 18)
    assert read(write(schedule)) == schedule
    printed, begins = " ".join(text.write(schedule).split()), "The way down begins above a maximum"
    maximum = "the maximum is 20 mg at one time and 80 mg a day"
    assert f"{begins}, since more is taken already: {maximum}; Dr Lang answers for it" in printed
    assert "Approved taper from above the maximum: Dr Lang (set by the prescriber)" in printed
    assert str(schedule.maximum) == "80 mg"


def test_down_to_a_lower_dose_that_is_within_the_maximum() -> None:
    schedule = asked(US, current="30 mg x3", target="20 mg x3", approved=(NAMED,))
    assert steps(schedule) == [("25 mg x3", 3), ("20 mg x3", None)]


@pytest.mark.parametrize("target", ["25 mg x3", "30 mg x3", "35 mg x3"])
def test_above_the_maximum_nobody_stays(target: str) -> None:
    with pytest.raises(NoSchedule) as refused:
        asked(US, current="30 mg x3", target=target, approved=(NAMED,))
    assert "the maximum is 20 mg at one time" in refused.value.text()


def test_where_there_is_a_way_within_the_maximum_it_is_taken() -> None:
    """90 mg a day in four doses may become 75 mg, none above 20 mg."""
    schedule = asked(US, "taper", current="25/20/20/25 mg", approved=(NAMED,))
    assert str(schedule.steps[0].regimen.daily) == "75 mg"
    assert max(dose for step in schedule.steps for dose in step.regimen.doses) == Quantity.parse("20 mg")
    assert "goes above" not in text.write(schedule)
    assert "above a maximum" not in text.write(schedule)


def test_a_name_does_not_let_a_dose_rise_above_the_maximum() -> None:
    for current in ("20 mg x3", None):
        with pytest.raises((NoSchedule, RequestError)):
            asked(US, target="25 mg x3", approved=(NAMED,), **({} if current is None else {"current": current}))


def test_the_proof_lets_it_pass_only_on_the_way_down_and_only_with_a_name() -> None:
    schedule = asked(US, "taper", current="30 mg x3", approved=(NAMED,))

    def broken(**changed: object) -> set[str]:
        request = replace(schedule.request, **changed)  # type: ignore[arg-type]
        return {finding.law for finding in verify(replace(schedule, request=request), US).findings}

    assert broken() == set()
    assert broken(approved=()) == {"maximum"}
    assert broken(approved=(Approval("second opinion", "Dr Lang"),)) == {"maximum"}
    first, *rest = schedule.steps
    stays = replace(schedule, steps=(replace(first, kind="maintenance"), *rest))
    assert "maximum" in {finding.law for finding in verify(stays, US).findings}


def test_what_is_taken_now_within_one_maximum_does_not_open_it() -> None:
    """40 mg a day in two doses is above 15 mg at one time, and not above 50 mg a day: 52 mg would be."""
    rule = paper(
        times="{ at-least = 1, at-most = 2 }", maximum='daily = "50 mg"\n\ndose = "15 mg"',
        decrease='by = { at-most = "2 mg" }\nevery = { at-least = "1 day" }',
    )  # fmt: skip
    schedule = asked(rule, "taper", current="20 mg x2", approved=(NAMED,))
    assert [note.says.partition(": ")[2] for note in schedule.warnings] == [
        "the maximum is 15 mg at one time; Dr Lang answers for it"
    ]


# Three maxima of which one only warns, and one that asks for an opinion and is no limit either.
MAXIMA = """dose = "15 mg"

daily = "40 mg"

dose = "10 mg"
level = "warn"

daily = "20 mg"
level = "approval"
asks = "second opinion\""""


@pytest.mark.parametrize(
    ("current", "over"),
    [
        ("15 mg x2", []),
        ("16/1 mg", ["15 mg at one time"]),
        ("15/15/10 mg", []),  # 40 mg
        ("15/15/11 mg", ["40 mg a day"]),
        ("16/16/16 mg", ["15 mg at one time", "40 mg a day"]),
        (None, []),
    ],
)
def test_which_maxima_are_exceeded(current: str | None, over: list[str]) -> None:
    """What only warns, or asks for an opinion, is not what one comes down from."""
    rule = paper(times="{ at-least = 1, at-most = 3 }", maximum=MAXIMA)
    taken = None if current is None else Pattern.parse(current)
    request = Request(rule.id, "plan", START, ISSUED, current=taken, target=Pattern.parse("1 mg x1"))
    assert [limit.amounts() for limit in exceeded(Terms.of(rule, request))] == over


def test_who_answers_for_the_maximum_gives_no_second_opinion() -> None:
    """80 mg a day at most, above 60 mg an opinion. From 90 mg by 10 mg a day: 80 and 70 mg are above 60."""
    ten = 'by = { at-most = "10 mg" }\nevery = { at-least = "1 day" }'
    opinion = 'daily = "60 mg"\nlevel = "approval"\nasks = "second opinion"'
    rule = paper(
        products='[{ name = "10mg", form = "tablet", strength = "10 mg", divide = "no" }]',
        start='dose = "10 mg"', increase=ten, decrease=ten, maximum=f'daily = "80 mg"\n\n{opinion}',
    )  # fmt: skip
    with pytest.raises(NoSchedule):
        asked(rule, "taper", current="90 mg x1", approved=(NAMED,))
    given = (NAMED, Approval("second opinion", "Dr Roth"))
    assert steps(asked(rule, "taper", current="90 mg x1", approved=given))[:2] == [("80 mg x1", 1), ("70 mg x1", 1)]


def test_what_is_taken_now_is_then_the_maximum_and_set_by_whoever_asks() -> None:
    schedule = asked(US, "taper", current="30 mg x3", approved=(NAMED,))
    maxima = [(fact.says, fact.citation) for fact in schedule.limits if fact.says.startswith("the maximum")]
    (says, citation) = maxima[-1]
    assert says == "the maximum is 30 mg at one time and 90 mg a day"
    assert citation is not None
    assert (citation.at, citation.basis) == ("--approved-by", "prescriber")


def test_at_the_command_line() -> None:
    words = ["taper", "baclofen-oral-spasticity", "--start", "2026-12-01", "--from", "30 mg x3"]
    refused = titrate(*words)
    assert refused.code == 5
    offered = refused.err.partition("(")[2].rpartition("--approved-by ")[2].partition(")")[0].strip('"')
    done = titrate(*words, "--approved-by", offered.replace("NAME", "Dr Lang"), "--format", "csv")
    assert done.code == 0
    assert "2026-12-01,Tuesday,1,1,taper,morning,08:00,25,mg" in done.out


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(sketches(goals=("taper",)), st.integers(1, 4))
def test_finds_the_best_or_nothing_with_a_maximum_of_what_is_taken_now(sketch: Sketch, lower: int) -> None:
    """Within the maximum if that can be, and else as if the maximum were what is taken now."""
    request = replace(sketch.request(), approved=(NAMED,))
    assert request.current is not None
    doses = [dose.amount for dose in request.current.doses]
    below = sorted({amount for amount in Oracle(sketch.rule(), request).cost if amount < max(doses)})
    assume(below and sketch.daily_maximum is None and sketch.opinion is None)
    low = replace(sketch, maximum=mg(below[-min(lower, len(below))]))
    wide = replace(sketch, maximum=mg(max(doses)))
    within = Oracle(low.rule(), request).best()
    oracle = Oracle((low if within else wide).rule(), request)
    best = within or oracle.best()
    schedule, refused = planned(low.rule(), request)
    event("within the maximum" if within else "refused" if best is None else "from above it")
    assert (schedule is None) == (best is None), (refused, best)
    if schedule is not None:
        assert oracle.faults(schedule) == []
        assert oracle.worth(schedule) == best
        assert [finding.says for finding in verify(schedule, low.rule()).findings] == []
