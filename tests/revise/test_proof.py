"""A revision is proved as a whole: the past, the seam, and what follows."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

import pytest

from tests import build
from tests.revise.acting import ISSUED, LATER, ORIGIN, act, d, refused, rule, told, up
from titrate import plan, verify
from titrate.days import Days
from titrate.regimen import Pattern
from titrate.request import Request
from titrate.revise import Action, Changes, revise
from titrate.rule import Rule
from titrate.schedule import Absence, Schedule, another_edition


def laws(schedule: Schedule, by: Rule | None = None) -> set[str]:
    return {finding.law for finding in verify(schedule, by or rule()).findings}


def broken() -> dict[str, tuple[Schedule, set[str]]]:
    """A good revision, each time with one thing that is not so."""
    good = act(up(), "2026-12-06", "stay", "7d")
    assert good.revised is not None
    one = good.earlier[0]
    later = replace(good.revised, on=d("2026-12-07"))
    away = replace(good.revised, absences=(Absence(Days(d("2026-12-06"), d("2026-12-07")), "missed"),))
    steep = replace(one, steps=(one.steps[0], replace(one.steps[1], regimen=build.regimen("15 mg x3")), *one.steps[2:]))
    return {
        "the day before": (replace(good, request=replace(good.request, current=Pattern.parse("5 mg x3"))), {"seam"}),
        "since when": (replace(good, request=replace(good.request, since=d("2026-12-01"))), {"seam"}),
        "not said since when": (replace(good, request=replace(good.request, since=None)), {"seam"}),
        "a day left out": (replace(good, revised=later), {"seam"}),
        "days that are not over": (replace(good, revised=away), {"seam"}),
        "the number": (replace(good, revision=3), {"seam"}),
        "what it supersedes": (replace(good, earlier=()), {"seam"}),
        "how it came about": (replace(good, revised=None), {"seam"}),
        "a first version that is not": (replace(up(), revision=2), {"seam"}),
        # In the past itself: 5 mg to 15 mg in one rise. The seam sees another dose as well.
        "a past that was never lawful": (replace(good, earlier=(steep,)), {"increment", "seam"}),
    }


@pytest.mark.parametrize("name", broken())
def test_each_law_of_a_revision(name: str) -> None:
    schedule, expected = broken()[name]
    found = laws(schedule)
    assert expected <= found
    assert found <= expected | {"asked", "interval"}


def test_the_rest_of_a_good_revision_is_looked_at_like_any_schedule() -> None:
    good = act(up(), "2026-12-06", "stay", "7d")
    steep = replace(good.steps[1], regimen=build.regimen("20 mg x3"))
    assert "increment" in laws(replace(good, steps=(good.steps[0], steep, *good.steps[2:])))


def test_the_night_between_past_and_future_is_a_night_too() -> None:
    """The UK rule wants 6 hours between two of three doses. After 23:30 a dose at 02:00 comes after 2.5 hours, one at
    06:00 after 6.5; it is the first night only, since from then on the doses are 8 hours apart."""
    uk = "baclofen-oral-spasticity-uk"
    request = Request(uk, "plan", d("2026-12-01"), ISSUED, target=Pattern.parse("20 mg x3"),
                      times=(time(7, 30), time(15, 30), time(23, 30)))  # fmt: skip
    schedule = plan(rule(uk), request)
    text = refused(schedule, "2026-12-06", "replan", changes=Changes(times=(time(2), time(10), time(18))))
    assert "would break the law “spacing”" in text
    assert "two doses are 2.5 hours apart" in text
    assert act(schedule, "2026-12-06", "replan", changes=Changes(times=(time(6), time(14), time(22)))).revision == 2


def test_another_edition_of_the_rule_is_said() -> None:
    newer = replace(rule(), sha256="cd" * 32)
    second = revise(up(), newer, Action.parse("stop", None, d("2026-12-05")), d("2026-12-10"), LATER, ORIGIN)
    says = another_edition(up(), d("2026-12-10"))
    assert says in second.not_checked
    assert laws(second, newer) == set()
    hidden = replace(second, not_checked=tuple(one for one in second.not_checked if one != says))
    assert laws(hidden, newer) == {"scope"}


def test_a_cap_on_falls_looks_back_over_the_seam() -> None:
    """At most 25 % within 14 days: 20 mg once a day became 15 mg on 1 December; 12.5 mg may come on the 15th."""
    from tests.strategies import CITE
    from titrate.rulebook import parse

    text = f"""
format = 1
drug = "testium"
route = "oral"
indication = "tests"
region = "nowhere"
population = "everybody"
status = "draft"
unit = "mg"
[sources.label]
title = "Label"
publisher = "A publisher"
edition = "2026"
href = "https://example.org"
[[products]]
name = "2.5mg"
form = "tablet"
strength = "2.5 mg"
{CITE}
[slots]
{CITE}
[slots.day]
1 = ["evening 20:00"]
[frequency]
times = 1
{CITE}
[start]
dose = "5 mg"
{CITE}
[[increase]]
by = {{ at-most = "5 mg", per = "dose" }}
every = {{ at-least = "2 days" }}
{CITE}
[maintenance]
dose = {{ at-least = "2.5 mg", at-most = "40 mg" }}
{CITE}
[maximum]
dose = "40 mg"
{CITE}
[taper.last]
daily = "7.5 mg"
{CITE}
[[taper.decrease]]
by = {{ at-most = "5 mg", per = "dose" }}
every = {{ at-least = "2 days" }}
{CITE}
[[taper.rate]]
at-most = "25 %"
within = "14 days"
{CITE}
"""
    file, faults = parse(text.encode(), "testium.toml")
    assert faults == ()
    assert file is not None
    capped = Rule("testium", "0" * 64, file)
    request = Request(
        "testium", "plan", d("2026-12-01"), ISSUED, current=Pattern.parse("20 mg x1"), since=d("2026-10-01"),
        target=Pattern.parse("15 mg x1"),
    )  # fmt: skip
    schedule = plan(capped, request)
    assert told(schedule.steps) == ["12-01 15 mg x1 on"]
    second = revise(schedule, capped, Action.parse("retarget", "12.5 mg x1", d("2026-12-05")), d("2026-12-05"), LATER,
                    ORIGIN)  # fmt: skip
    assert told(second.steps) == ["12-05 15 mg x1", "12-15 12.5 mg x1 on"]
    assert "within 14 days" in " ".join(fact.says for fact in second.steps[0].why.cited())
    hasty = replace(
        second, request=replace(second.request, start=d("2026-12-05")), steps=(
            replace(second.steps[1], days=Days(d("2026-12-05"), None)),
        ),
    )  # fmt: skip
    assert laws(hasty, capped) == {"rate"}
