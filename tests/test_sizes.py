"""How large a change may be and how soon, in every way that a rule can say it; each test says its arithmetic."""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.test_planner import asked, paper, steps
from titrate.errors import NoSchedule
from titrate.patient import Patient
from titrate.quantity import Quantity
from titrate.verifier import verify

EIGHTHS = '[{ name = "3125", form = "tablet", strength = "3.125 mg", divide = "no" }]'
WEEKLY = 'every = { at-least = "7 days" }'


def weighing(kilograms: int) -> Patient:
    return Patient(weight=Quantity.parse(f"{kilograms} kg"))


def doubling(size: str) -> dict[str, str]:
    """3.125 mg tablets, two doses a day, a rise every 14 days."""
    return {
        "products": EIGHTHS,
        "times": "2",
        "start": 'dose = "3.125 mg"\nfrequency = 2',
        "increase": f'by = {{ {size} = "100 %", per = "dose" }}\nevery = {{ at-least = "14 days" }}',
        "maintenance": 'daily = { at-least = "3 mg" }',
        "decrease": 'by = { at-most = "50 mg" }\nevery = { at-least = "1 day" }',
    }


def test_doubling_is_a_rise_of_exactly_the_dose_before() -> None:
    """3.125, 6.25, 12.5, 25 mg twice a day, 14 days each: carvedilol in heart failure goes up like that."""
    expected = [("3.125 mg x2", 14), ("6.25 mg x2", 14), ("12.5 mg x2", 14), ("25 mg x2", None)]
    assert steps(asked(paper(**doubling("exactly")), target="25 mg x2")) == expected
    assert steps(asked(paper(**doubling("at-most")), target="25 mg x2")) == expected


def test_what_doubling_does_not_reach_is_refused_where_it_is_exact() -> None:
    """18.75 mg = 6 x 3.125 is no doubling of anything; at most a doubling is 12.5 to 18.75."""
    with pytest.raises(NoSchedule) as refused:
        asked(paper(**doubling("exactly")), target="18.75 mg x2")
    assert "a dose rises by exactly 100 % of the current one" in refused.value.text()
    reached = [text for text, _ in steps(asked(paper(**doubling("at-most")), target="18.75 mg x2"))]
    assert len(reached) == 4
    assert reached[-1] == "18.75 mg x2"


def test_the_verifier_finds_a_rise_that_is_not_exact() -> None:
    """6.25 to 9.375 is a rise by a half; at most a doubling allows it, exactly a doubling does not."""
    schedule = asked(paper(**doubling("at-most")), current="6.25 mg x2", target="9.375 mg x2")
    (finding,) = verify(schedule, paper(**doubling("exactly"))).findings
    assert finding.law == "increment"
    assert finding.limit == "a rise by exactly 100 % of the current dose"


def test_the_base_of_a_percentage_switches_at_a_share_of_the_original_dose() -> None:
    """10 % of the original 100 mg a week until 30 mg are left, then 10 % of what remains, in whole mg: 3 from 30,
    2 from 27 to 20, 1 from 19. From 9 mg a tenth is less than a tablet, so the drug is stopped from there."""
    rule = paper(
        decrease=f'by = {{ at-most = "10 %", per = "day", of = "original" }}\n{WEEKLY}\nband = {{ above = "30 %" }}\n\n'
        f'by = {{ at-most = "10 %", per = "day" }}\n{WEEKLY}\nband = {{ below = "30 %" }}',
        rest='[taper.last]\ndaily = "9 mg"\nCITE',
    )
    schedule = asked(rule, "taper", current="100 mg x1")
    doses = [int(step.regimen.daily.amount) for step in schedule.steps]
    assert doses[:8] == [90, 80, 70, 60, 50, 40, 30, 27]
    assert all(before - after <= before // 10 for before, after in pairwise(doses[6:-1]))
    # 27 to 19 in falls of 2 is four steps, 19 to 9 in falls of 1 is ten, and the stop is one.
    assert len(doses) == 8 + 4 + 10 + 1
    assert all(step.days.length == 7 for step in schedule.steps[:-1])
    facts = [fact.says for step in schedule.steps for fact in step.why.cited()]
    assert any("where the daily dose is more than 30 % of the original one" in says for says in facts)


def test_the_same_dose_has_another_base_where_the_taper_began_lower() -> None:
    """Of an original 40 mg the threshold is 12 mg, and a tenth of the original is 4 mg: 40, 36, 32 ... 16, 12."""
    rule = paper(
        decrease=f'by = {{ at-most = "10 %", per = "day", of = "original" }}\n{WEEKLY}\nband = {{ above = "30 %" }}\n\n'
        f'by = {{ at-most = "10 %", per = "day" }}\n{WEEKLY}\nband = {{ below = "30 %" }}',
        rest='[taper.last]\ndaily = "9 mg"\nCITE',
    )
    doses = [int(step.regimen.daily.amount) for step in asked(rule, "taper", current="40 mg x1").steps]
    assert doses == [36, 32, 28, 24, 20, 16, 12, 11, 10, 9, 0]


def test_a_percentage_in_print_as_a_range_binds_by_its_larger_end() -> None:
    """5 to 10 % of 100 mg: the first fall is 10 mg, and the reason names both ends."""
    rule = paper(
        decrease=f'by = {{ at-least = "5 %", at-most = "10 %", per = "day" }}\n{WEEKLY}',
        rest='[taper.last]\ndaily = "90 mg"\nCITE',
    )
    first = asked(rule, "taper", current="100 mg x1").steps[0]
    assert first.regimen.notation == "90 mg x1"
    says = [fact.says for fact in first.why.cited()]
    assert "the daily dose falls by at most 10 % of the current one (the source names 5 to 10 %)" in says


def test_an_interval_in_print_as_a_range_binds_by_its_shorter_end() -> None:
    """3 to 7 days: without a wish 3, with one of 5 days 5 and nothing to say; 10 days are slower than the source."""
    rule = paper(increase='by = { at-most = "1 mg" }\nevery = { at-least = "3 days", at-most = "7 days" }')
    plain = asked(rule, target="3 mg x1")
    assert [length for _, length in steps(plain)] == [3, 3, None]
    says = [fact.says for fact in plain.steps[0].why.cited()]
    assert "a dose is kept for at least 3 days (the source names 3 to 7 days) before it changes" in says
    assert plain.warnings == ()
    slower = asked(rule, target="3 mg x1", every="5d")
    assert [length for _, length in steps(slower)] == [5, 5, None]
    assert slower.warnings == ()
    (warning,) = asked(rule, target="3 mg x1", every="10d").warnings
    assert warning.says == "Each dose is kept for at least 10 days; the source names at most 7 days"


def by_weight() -> dict[str, str]:
    return {
        "start": 'daily = "0.3 mg/kg/day"\ncap = "10 mg"',
        "increase": 'by = { at-most = "0.1 mg/kg/dose", cap = "4 mg" }\nevery = { at-least = "1 day" }',
        "maintenance": 'daily = { at-least = "0.1 mg/kg/day", at-most = "1 mg/kg/day" }\ncap = "40 mg"',
        "maximum": 'daily = "2 mg/kg/day"\ncap = "40 mg"',
        "decrease": 'by = { at-most = "5 mg" }\nevery = { at-least = "1 day" }',
    }


def test_amounts_by_weight_and_their_caps() -> None:
    """20 kg: start 6, rises of 2, up to 20 (1 mg/kg) and never above 40 mg. 50 kg: 15 and 5 mg are capped at 10 and 4,
    and so is the maximum of 100 mg at 40."""
    rule = paper(**by_weight())
    light = asked(rule, target="12 mg x1", patient=weighing(20))
    assert [text for text, _ in steps(light)] == ["6 mg x1", "8 mg x1", "10 mg x1", "12 mg x1"]
    assert any("0.3 mg per kg a day x 20 kg = 6 mg a day" in fact.says for fact in light.steps[0].why.cited())
    heavy = asked(rule, target="18 mg x1", patient=weighing(50))
    assert [text for text, _ in steps(heavy)] == ["10 mg x1", "14 mg x1", "18 mg x1"]
    says = " ".join(fact.says for fact in heavy.steps[0].why.cited())
    assert "0.3 mg per kg a day x 50 kg = 15 mg a day, but never more than 10 mg a day" in says
    limits = rule.limits_for(weighing(50), starting=True)
    assert str(limits.largest_daily()) == "40 mg"
    assert str(rule.limits_for(weighing(15), starting=True).largest_daily()) == "30 mg"


def test_above_the_cap_there_is_no_schedule() -> None:
    with pytest.raises(NoSchedule, match="never more than 40 mg a day"):
        asked(paper(**by_weight()), target="41 mg x1", patient=weighing(50))
