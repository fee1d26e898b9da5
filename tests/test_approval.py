"""What needs somebody's approval: doses above a graded maximum, and uses that are not established."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tests.run import titrate
from tests.test_planner import asked, paper, steps
from titrate.errors import NoSchedule, RequestError
from titrate.formats import text
from titrate.formats.ics import about
from titrate.formats.json import read, write
from titrate.patient import Patient
from titrate.quantity import Quantity
from titrate.request import Approval
from titrate.verifier import verify

OPINION, PANEL = Approval("second opinion", "Dr Lang"), Approval("panel", "the panel of 3 December")
# 12, 18 and 30 mg: the grades of the French rule for alcohol, a tenth of each.
GRADED = {
    "maximum": 'daily = "12 mg"\nlevel = "approval"\nasks = "second opinion"\n\n'
    'daily = "18 mg"\nlevel = "approval"\nasks = "panel"\n\ndaily = "30 mg"',
    "increase": 'by = { at-most = "10 mg" }\nevery = { at-least = "1 day" }',
    "decrease": 'by = { at-most = "10 mg" }\nevery = { at-least = "1 day" }',
}
CHILDREN = """
[[scopes]]
name = "children below 12 years"
when = { age = { below = "12 years" } }
not-established = "safety below 12 years"
CITE
[[scopes]]
name = "on dialysis"
when = { dialysis = true }
refuse = "it is to be avoided on dialysis"
CITE
"""
CITED = "Paper, page 1; checked 2026-11-23"


def child() -> Patient:
    return Patient(age=Quantity.parse("8 years"))


def test_up_to_the_first_grade_nobody_is_asked() -> None:
    schedule = asked(paper(**GRADED), target="12 mg x1")
    assert steps(schedule)[-1] == ("12 mg x1", None)
    assert schedule.warnings == ()


@pytest.mark.parametrize(
    ("target", "missing", "option"),
    [
        ("13 mg x1", "second opinion", '--approved-by "second opinion: NAME")'),
        ("19 mg x1", "panel", '--approved-by "second opinion: NAME" --approved-by "panel: NAME")'),
    ],
)
def test_above_a_grade_it_is_refused_with_the_way_to_have_it(target: str, missing: str, option: str) -> None:
    with pytest.raises(NoSchedule) as refused:
        asked(paper(**GRADED), target=target)
    said = refused.value.text()
    assert f"the maximum without what the source asks for above it ({missing}) is" in said
    assert option in said
    assert "the maximum is 30 mg" not in said


def test_the_approval_of_one_grade_is_none_of_the_next() -> None:
    assert steps(asked(paper(**GRADED), target="18 mg x1", approved=(OPINION,)))[-1] == ("18 mg x1", None)
    for approved in ((OPINION,), (PANEL,)):
        with pytest.raises(NoSchedule):
            asked(paper(**GRADED), target="19 mg x1", approved=approved)
    assert steps(asked(paper(**GRADED), target="30 mg x1", approved=(OPINION, PANEL)))[-1] == ("30 mg x1", None)


def test_above_the_last_grade_nobody_can_approve() -> None:
    with pytest.raises(NoSchedule, match="the maximum is 30 mg a day") as refused:
        asked(paper(**GRADED), target="31 mg x1", approved=(OPINION, PANEL))
    assert "--approved-by" not in refused.value.text()


def test_who_approved_is_kept_and_printed() -> None:
    schedule = asked(paper(**GRADED), target="18 mg x1", approved=(OPINION,))
    assert read(write(schedule)) == schedule
    assert json.loads(write(schedule))["request"]["approved"] == [{"asks": "second opinion", "by": "Dr Lang"}]
    printed = " ".join(text.write(schedule).split())
    assert "Approved second opinion: Dr Lang (set by the prescriber)" in printed
    assert (
        "This schedule goes above 12 mg a day, where the source asks for this: second opinion; given by Dr Lang [1]."
        in printed
    )
    assert "Approved: second opinion: Dr Lang." in "\n".join(about.pages(schedule, discreet=False, feed=False))


def test_the_proof_finds_what_nobody_approved() -> None:
    rule = paper(**GRADED)
    schedule = asked(rule, target="18 mg x1", approved=(OPINION,))
    unapproved = replace(schedule, request=replace(schedule.request, approved=()))
    findings = verify(unapproved, rule).findings
    assert {finding.law for finding in findings} == {"approval"}
    assert findings[0].value == "18 mg"
    assert findings[0].limit == "12 mg a day without what the source asks for above it (second opinion)"
    other = replace(schedule, request=replace(schedule.request, approved=(PANEL,)))
    assert {finding.law for finding in verify(other, rule).findings} == {"approval"}


def test_the_approval_of_one_grade_hides_no_other_from_the_proof() -> None:
    """19 mg is above 12 and above 18 mg; a second opinion is there, and no panel."""
    rule = paper(**GRADED)
    schedule = asked(rule, target="19 mg x1", approved=(OPINION, PANEL))
    (finding,) = verify(replace(schedule, request=replace(schedule.request, approved=(OPINION,))), rule).findings
    day = schedule.steps[-1].days.first
    assert (finding.law, finding.day, finding.value) == ("approval", day, "19 mg")
    assert finding.says == (
        f"On {day:%A} {day:%d} December 2026 the daily dose is 19 mg; the limit is 18 mg a day without what the source "
        f"asks for above it (panel) ({CITED})."
    )


def test_a_single_dose_may_need_approval_too() -> None:
    rule = paper(maximum='dose = "4 mg"\nlevel = "approval"\nasks = "second opinion"\n\ndose = "9 mg"', times="2",
                 start='dose = "2 mg"\nfrequency = 2')  # fmt: skip
    with pytest.raises(NoSchedule, match="is 4 mg at one time"):
        asked(rule, target="5 mg x2")
    schedule = asked(rule, target="5 mg x2", approved=(OPINION,))
    unapproved = replace(schedule, request=replace(schedule.request, approved=()))
    (finding,) = verify(unapproved, rule).findings
    day = schedule.steps[-1].days.first
    assert (finding.law, finding.day, finding.value) == ("approval", day, "5 mg")
    assert finding.says == (
        f"On {day:%A} {day:%d} December 2026 a dose is 5 mg; the limit is 4 mg at one time without what the source "
        f"asks for above it (second opinion) ({CITED})."
    )
    assert verify(asked(rule, target="4 mg x2"), rule).findings == ()


def test_what_the_rule_asks_for_nowhere_is_said() -> None:
    with pytest.raises(
        RequestError, match="the rule paper asks for no oracle; it asks for second opinion, panel"
    ) as told:
        asked(paper(**GRADED), target="5 mg x1", approved=(Approval("oracle", "Pythia"),))
    assert told.value.options == ('--approved-by "second opinion: Pythia"',)
    with pytest.raises(RequestError, match="it asks for none"):
        asked(paper(), target="5 mg x1", approved=(OPINION,))


def test_a_use_that_is_not_established_waits_for_a_prescriber_who_takes_it_on() -> None:
    rule = paper(rest=CHILDREN)
    with pytest.raises(NoSchedule, match="not established: safety below 12 years") as refused:
        asked(rule, target="3 mg x1", patient=child())
    assert '--approved-by "off-label use: NAME"' in refused.value.text()
    schedule = asked(rule, target="3 mg x1", patient=child(), approved=(Approval("off-label use", "Dr Lang"),))
    (warning,) = schedule.warnings
    assert warning.says == "not established: safety below 12 years; off-label use, taken on by Dr Lang"
    unapproved = replace(schedule, request=replace(schedule.request, approved=()))
    assert [finding.law for finding in verify(unapproved, rule).findings] == ["scope"]


def test_what_is_to_be_avoided_nobody_can_take_on() -> None:
    with pytest.raises(NoSchedule, match="it is to be avoided on dialysis") as refused:
        asked(paper(rest=CHILDREN), target="3 mg x1", patient=Patient(dialysis=True),
              approved=(Approval("off-label use", "Dr Lang"),))  # fmt: skip
    assert "--approved-by" not in refused.value.text()


def test_the_proof_finds_what_is_to_be_avoided_beside_what_somebody_took_on() -> None:
    rule, taken_on = paper(rest=CHILDREN), (Approval("off-label use", "Dr Lang"),)
    schedule = asked(rule, target="3 mg x1", patient=child(), approved=taken_on)
    both = replace(schedule.request, patient=replace(child(), dialysis=True))
    findings = verify(replace(schedule, request=both, not_checked=()), rule).findings
    assert [(finding.law, finding.limit) for finding in findings] == [("scope", "it is to be avoided on dialysis")]


def test_the_name_of_a_plan_without_approval_is_what_it_was() -> None:
    """A request of an older titrate makes the same plan under the same name; who approved makes it another one."""
    plain = asked(paper(**GRADED), target="12 mg x1")
    approved = asked(paper(**GRADED), target="12 mg x1", approved=(OPINION,))
    assert plain.plan != approved.plan
    assert "approved" not in repr(plain.request)


def test_at_the_command_line() -> None:
    done = titrate(
        "plan", "baclofen-oral-spasticity", "--start", "2026-12-01", "--target", "20 mg x3", "--approved-by", "me"
    )
    assert done.code == 4
    assert '"me" does not say both what was asked for and who gave it' in done.err
