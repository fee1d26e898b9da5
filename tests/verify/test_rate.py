"""Law 4: over several days together the dose falls by no more than a cap allows."""

from __future__ import annotations

from datetime import date

import pytest

from tests.verify.ladder import DOWN, LADDER, PUMP, infusion, laws, rule_of, schedule
from titrate.verifier import verify
from titrate.verifier.rate import check_rate


def capped(text: str, at_most: str, within: int, of: str = "current") -> str:
    """A rule with a cap more."""
    cite = '{ source = "label", at = "section 2", checked = 2026-11-23 }'
    return f'{text}\n[taper.rate]\nat-most = "{at_most}"\nof = "{of}"\nwithin = "{within} days"\ncite = {cite}\n'


@pytest.mark.parametrize(
    ("at_most", "within", "found"),
    [
        ("30 mg", 4, []),
        ("29 mg", 3, []),
        # 60 mg was last taken on 30 November; 30 mg begins on 4 December, 4 days later. From 45 (last on the 3rd)
        # to 15 (the 7th) likewise; from 30 (the 6th) to 10 (the 10th) it is 20 mg.
        ("29 mg", 4, [("rate", "2026-12-04"), ("rate", "2026-12-07")]),
        ("20 mg", 4, [("rate", "2026-12-04"), ("rate", "2026-12-07")]),
        ("19 mg", 4, [("rate", "2026-12-04"), ("rate", "2026-12-07"), ("rate", "2026-12-10")]),
        # A single fall counts too.
        ("14 mg", 1, [("rate", "2026-12-01"), ("rate", "2026-12-04"), ("rate", "2026-12-07")]),
    ],
)
def test_the_days_of_a_cap_are_counted_from_the_last_day_before(
    at_most: str, within: int, found: list[tuple[str, str]]
) -> None:
    """60, 45, 30, 15, 10, 5 mg a day, each for 3 days from 1 December."""
    rule = rule_of(capped(LADDER, at_most, within))
    assert laws(schedule(rule, *DOWN, goal="taper", current="20 mg x3"), rule) == found


def test_a_share_is_of_the_dose_before_the_first_of_the_falls_or_of_the_original() -> None:
    """100 (until 30 November), 80, 64 from 2 December: 36 less in 2 days, of 100 that is 36 %."""
    made = infusion(80, 64, kind="taper", current="100 micrograms/day")

    def too_fast(share: str) -> list[tuple[str, str | None]]:
        return [one for one in laws(made, rule_of(capped(PUMP, share, 3))) if one[0] == "rate"]

    assert too_fast("36 %") == []
    assert too_fast("35 %") == [("rate", "2026-12-02")]


def test_the_words() -> None:
    rule = rule_of(capped(LADDER, "29 mg", 4))
    findings = verify(schedule(rule, *DOWN, goal="taper", current="20 mg x3"), rule).findings
    assert findings[0].text() == (
        "rate: On Friday 04 December 2026 the daily dose has gone from 60 mg to 30 mg in 4 days; "
        "the limit is a fall by at most 29 mg a day within 4 days (Label, section 2; checked 2026-11-23)."
    )


def test_falls_after_a_day_without_the_drug_are_looked_at() -> None:
    """45 mg until 3 December, a day without, and 15 mg from the 5th: 30 mg less in 2 days."""
    rule = rule_of(capped(LADDER, "29 mg", 4))
    lines = ("3 taper 15 mg x3", "1 taper none mg", "3 taper 5 mg x3", "stop")
    made = schedule(rule, *lines, goal="taper", current="20 mg x3")
    found = verify(made, rule, (check_rate,)).findings
    assert [(one.day, one.value) for one in found] == [(date(2026, 12, 5), "45 mg to 15 mg in 2 days")]
