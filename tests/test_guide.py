"""What a rule says about people: gates, looks, missed doses, restarts, a second medicine."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from rich.console import Console

from tests.revise.acting import LATER, ORIGIN
from tests.test_planner import asked, paper
from titrate.errors import NoSchedule, RequestError
from titrate.foreign import Foreign
from titrate.formats import html, ics, markdown, rulesheet, table, text
from titrate.formats.foreign import read as read_foreign
from titrate.formats.json import read, write
from titrate.patient import Patient
from titrate.quantity import Quantity
from titrate.revise import Action, Changes, revise
from titrate.rule import Rule
from titrate.schedule import Schedule
from titrate.verifier import verify

GATES = """
[[gates]]
before = "start"
says = "the count is 1500 or more"
CITE
[[gates]]
before = "each rise"
says = "the pulse is 55 beats a minute or more"
CITE
[[gates]]
before = "dose"
band = { above = "2 mg" }
says = "the blood pressure was taken"
CITE
"""
LOOKS = """
[[looks]]
after = "6 weeks"
until = "8 weeks"
since = "maximum"
says = "no benefit by then: whether it goes on"
CITE
[[looks]]
after = "28 days"
since = "target"
says = "whether it helps"
CITE
"""
# A weekly drug's words: more than 48 hours to the next dose, less than 48 hours; exactly 48 is in neither.
MISSED = """
[[missed]]
before-next = { above = "48 hours" }
do = "take"
CITE
[[missed]]
before-next = { below = "48 hours" }
do = "skip"
CITE
[[missed]]
in-a-row = 3
do = "ask"
CITE
"""


def restart(keys: str) -> str:
    return f"[[restart]]\n{keys}\nCITE\n"


def rising(rest: str, **more: Any) -> Schedule:
    return asked(paper(rest=rest), target="4 mg x1", **more)


def test_what_is_confirmed_stands_on_the_step_it_belongs_to() -> None:
    """1 mg is the start; 2, 3 and 4 mg are rises; 3 mg is the first dose above 2 mg."""
    said = [[fact.says for fact in step.checks] for step in rising(GATES).steps]
    count, pulse, pressure = "the count is 1500 or more", "the pulse is 55 beats a minute or more", "the blood pressure was taken"  # fmt: skip # noqa: E501
    assert said == [[count], [pulse], [pulse, pressure], [pulse]]


def test_somebody_who_takes_it_already_does_not_start() -> None:
    schedule = rising(GATES, current="1 mg x1")
    assert [fact.says[:9] for fact in schedule.steps[0].checks] == ["the pulse"]


def test_what_goes_on_as_before_neither_rises_nor_falls() -> None:
    falls = GATES + '[[gates]]\nbefore = "each fall"\nsays = "symptoms have gone"\nCITE\n'
    assert [step.checks for step in rising(falls, current="4 mg x1").steps] == [()]


def test_a_gate_before_each_fall_is_none_before_the_stop() -> None:
    rule = paper(rest='[[gates]]\nbefore = "each fall"\nsays = "symptoms have gone"\nCITE')
    schedule = asked(rule, "taper", current="3 mg x1")
    assert [len(step.checks) for step in schedule.steps] == [1, 1, 0]


def test_a_gate_before_the_taper_stands_on_its_first_fall_and_not_on_a_stay() -> None:
    """3 mg is taken for a day of the three that it is kept: two days more, then the first fall."""
    slow = 'by = { at-most = "1 mg" }\nevery = { at-least = "3 days" }'
    rule = paper(rest='[[gates]]\nbefore = "taper"\nsays = "the joints are quiet"\nCITE', decrease=slow)
    schedule = asked(rule, "taper", current="3 mg x1")
    assert [len(step.checks) for step in schedule.steps] == [1, 0, 0]
    stays = asked(rule, target="3 mg x1", current="3 mg x1", then_stop=True, maintain="4 days")
    assert [len(step.checks) for step in stays.steps] == [0, 1, 0, 0]
    assert verify(stays, rule).findings == ()


def test_every_format_shows_it_with_an_empty_box() -> None:
    schedule = rising(GATES)
    shown = io.StringIO()
    Console(file=shown, width=200).print(table.write(schedule))
    box = "\N{BALLOT BOX} Before this step, confirm: the pulse is 55 beats a minute or more"
    for written in (text.write(schedule), markdown.write(schedule), shown.getvalue()):
        assert box in " ".join(written.split())
    assert '<span class="box"></span> <strong>Before' in html.write(schedule)
    calendar = ics.write(replace(schedule, request=replace(schedule.request, tz="Europe/London"))).replace("\r\n ", "")
    assert "Before this step\\, confirm: the pulse is 55 beats a minute or more." in calendar
    assert read(write(schedule)) == schedule


def test_what_is_printed_with_boxes_is_still_read_back() -> None:
    schedule = rising(GATES + LOOKS)
    for written in (text.write(schedule), markdown.write(schedule)):
        found = read_foreign(written.encode(), "mg", ("evening",))
        assert isinstance(found, Foreign)
        assert len(found.steps) == 4


def test_the_proof_finds_a_step_that_hides_what_is_confirmed() -> None:
    rule, schedule = paper(rest=GATES), rising(GATES)
    first, second, *rest = schedule.steps
    hiding = replace(schedule, steps=(first, replace(second, checks=()), *rest))
    (finding,) = verify(hiding, rule).findings
    assert (finding.law, finding.day, finding.limit) == (
        "gates", second.days.first, "the pulse is 55 beats a minute or more",
    )  # fmt: skip


def test_when_somebody_decides_is_counted_from_the_target_and_from_the_maximum() -> None:
    """From 1 December 1, 2, 3, 4 mg, a day each: the target on 4 December, 28 days later is 1 January 2027. With
    a maximum of 4 mg that is reached on 4 December too: 6 to 8 weeks later is 15 to 29 January."""
    (target,) = rising(LOOKS).due
    assert (target.on, target.last, target.says) == (date(2027, 1, 1), None, "whether it helps")
    both = asked(paper(rest=LOOKS, maximum='daily = "4 mg"'), target="4 mg x1")
    assert [(one.on, one.last) for one in both.due] == [
        (date(2027, 1, 15), date(2027, 1, 29)),
        (date(2027, 1, 1), None),
    ]
    printed = " ".join(text.write(both).split())
    assert "Between Fri 15 Jan 2027 and Fri 29 Jan 2027: no benefit by then: whether it goes on [1]." in printed
    calendar = ics.write(replace(both, request=replace(both.request, tz="Europe/London"))).replace("\r\n ", "")
    assert "Paperine: decide how to go on (r1)" in calendar
    assert "DTSTART;VALUE=DATE:20270115" in calendar


def test_what_counts_from_the_start_is_not_for_somebody_who_takes_it_already() -> None:
    """14 days after 1 December are 15 December."""
    looks = '[[looks]]\nafter = "14 days"\nsince = "start"\nsays = "how it is borne"\nCITE\n'
    assert [one.on for one in rising(looks).due] == [date(2026, 12, 15)]
    assert rising(looks, current="1 mg x1").due == ()


def test_what_is_still_due_is_told_after_what_is_due_no_more() -> None:
    """4 mg from 4 December for 40 days: 60 days later it is stopped, 28 days later (1 January) it is not."""
    look = '[[looks]]\nafter = "{} days"\nsince = "target"\nsays = "whether it helps"\nCITE\n'
    found = rising(look.format(60) + look.format(28), maintain="40d", then_stop=True)
    assert [one.on for one in found.due] == [date(2027, 1, 1)]


def test_nobody_decides_about_a_drug_that_is_stopped_by_then() -> None:
    assert rising(LOOKS, maintain="3d", then_stop=True).due == ()
    assert len(rising(LOOKS, maintain="40d", then_stop=True).due) == 1


def test_a_drug_that_is_only_stopped_has_no_target_to_count_from() -> None:
    """From 2 mg: 1 mg for a day, and nothing. What counts from a target or a maximum never begins."""
    assert asked(paper(rest=LOOKS, maximum='daily = "2 mg"'), "taper", current="2 mg x1").due == ()


def test_on_the_first_day_without_the_drug_nobody_decides_about_it() -> None:
    """4 mg from 4 to 9 December, then 3, 2 and 1 mg; the first day without it is the 13th, 9 days after the 4th."""
    look = '[[looks]]\nafter = "{} days"\nsince = "target"\nsays = "whether it helps"\nCITE\n'
    for days, due in ((8, [date(2026, 12, 12)]), (9, [])):
        found = rising(look.format(days), maintain="6d", then_stop=True)
        assert found.steps[-1].days.first == date(2026, 12, 13)
        assert [one.on for one in found.due] == due


def test_whoever_is_on_the_maximum_already_has_not_risen_to_it() -> None:
    """1 mg is kept as the target and once more before the stop; it never rose."""
    rule = paper(
        rest=LOOKS.partition('[[looks]]\nafter = "28')[0].replace("6 weeks", "1 day"), maximum='daily = "1 mg"',
        decrease='by = { at-most = "1 mg" }\nevery = { at-least = "5 days" }',
    )  # fmt: skip
    found = asked(rule, target="1 mg x1", current="1 mg x1", maintain="60d", then_stop=True)
    assert [step.regimen.notation for step in found.steps] == ["1 mg x1", "1 mg x1", "0 mg"]
    assert found.due == ()


def test_a_revision_does_not_put_off_what_is_due() -> None:
    """The target was reached on 4 December; planned again on 10 December, its 28 days still end on 1 January."""
    rule = paper(rest=LOOKS)
    schedule = asked(rule, target="4 mg x1")
    again = revise(schedule, rule, Action.parse("replan", None, date(2026, 12, 10)), date(2026, 12, 10), LATER, ORIGIN,
                   Changes(label="again"))  # fmt: skip
    assert [one.on for one in again.due] == [date(2027, 1, 1)]
    other = revise(schedule, rule, Action.parse("retarget", "3 mg x1", date(2026, 12, 10)), date(2026, 12, 10), LATER,
                   ORIGIN, Changes())  # fmt: skip
    assert [one.on for one in other.due] == [date(2027, 1, 7)]


def missed(rest: str, patient: Patient | None = None) -> list[str]:
    notes = paper(rest=rest).notes_for(patient or Patient())
    return [note.says for note in notes if note.topic == "missed dose"]


def test_a_missed_dose_is_told_case_by_case_and_the_gap_between_two_bands_is_kept() -> None:
    assert missed(MISSED) == [
        "If the next dose is more than 48 hours away, take the missed dose when you remember it.",
        "If the next dose is less than 48 hours away, leave the missed dose out and take the next one at its usual "
        "time.",
        "If you missed 3 doses in a row or more, ask the prescriber how to go on.",
        "If the next dose is exactly 48 hours away, the source says nothing: ask.",
    ]
    assert missed(MISSED.replace("above =", "at-least ="))[-1].startswith("If you missed 3")


def test_the_edge_of_a_band_in_days_is_that_of_one_in_hours() -> None:
    assert not any("says nothing" in says for says in missed(
        MISSED.replace('{ above = "48 hours" }', '{ at-least = "2 days" }')
    ))  # fmt: skip


def test_a_missed_dose_with_a_spacing() -> None:
    (says,) = missed('[[missed]]\nafter-due = { at-most = "1 hours" }\ndo = "take"\nspacing = "4 hours"\nCITE')
    assert says == (
        "If the missed dose was due at most 1 hours ago, take the missed dose when you remember it; then wait at "
        "least 4 hours before the next dose."
    )


def after_gap(rule: Rule, days: str, patient: Patient | None = None, **options: str) -> Schedule:
    """The plan of 1 to 4 mg from 1 December on, after days without the drug before 20 December."""
    schedule = asked(rule, target="4 mg x1", patient=patient or Patient())
    action = Action.parse("missed", days, date(2026, 12, 20), **options)
    return revise(schedule, rule, action, date(2026, 12, 20), LATER, ORIGIN, Changes())


def test_after_so_long_it_begins_again_as_the_rule_says() -> None:
    """At 20:00 every day: after one missed day the last dose was 48 hours ago on the 20th; after two 72 hours."""
    rule = paper(rest=restart('after = { above = "48 hours" }\nto = "start"'))
    again = after_gap(rule, "2d")
    assert [step.regimen.notation for step in again.steps] == ["1 mg x1", "2 mg x1", "3 mg x1", "4 mg x1"]
    assert again.revised is not None
    assert "so it begins again from the start (after more than 48 hours without the drug" in again.revised.says
    with pytest.raises(NoSchedule, match="the prescriber has not decided") as refused:
        after_gap(rule, "1d")
    assert "48 hours since the last dose" in refused.value.text()
    assert after_gap(rule, "1d", then="continue").steps[0].regimen.notation == "4 mg x1"


def test_nobody_goes_on_where_the_rule_begins_again() -> None:
    rule = paper(rest=restart('after = { at-least = "48 hours" }\nto = "start"'))
    assert after_gap(rule, "1d").steps[0].regimen.notation == "1 mg x1"
    decisions: tuple[dict[str, str], ...] = ({"then": "continue"}, {"then": "back"}, {"to": "3 mg x1"})
    for options in decisions:
        with pytest.raises(NoSchedule, match="it begins again from the start, and something else was asked for"):
            after_gap(rule, "2d", Patient(), **options)


def test_half_lives_are_those_of_the_patient() -> None:
    """Five half-lives of 14 hours are 70, of 25 hours 125: after two missed days (72 hours) the first begins."""
    rest = restart('half-lives = 5\nhalf-life = "14 hours"\nto = "start"\nwhen = { taking = ["carbamazepine"] }')
    rule = paper(rest=rest)
    assert after_gap(rule, "2d", Patient(taking=("carbamazepine",))).steps[0].regimen.notation == "1 mg x1"
    with pytest.raises(NoSchedule, match="has not decided"):
        after_gap(rule, "2d", Patient(taking=()))
    slow = paper(rest=restart('half-lives = 5\nhalf-life = "25 hours"\nto = "start"'))
    with pytest.raises(NoSchedule, match=r"5 half-lives of 25 hours = 125 hours\) one begins again"):
        after_gap(slow, "2d")


def test_an_interruption_without_a_number_is_for_the_prescriber_to_judge() -> None:
    rule = paper(rest=restart('silent = true\nto = "start"\nsays = "one may go up faster"'))
    with pytest.raises(NoSchedule) as refused:
        after_gap(rule, "2d")
    assert "after a significant interruption (the source gives no number) one begins again as at first" in (
        refused.value.text()
    )
    assert after_gap(rule, "2d", then="restart").steps[0].regimen.notation == "1 mg x1"


def test_a_second_medicine_and_a_dose_besides_are_advice_with_numbers() -> None:
    rest = """
[[linked]]
medicine = "oral baclofen"
by = { at-least = "25 %", at-most = "50 %" }
says = "it is lowered once the pump runs"
CITE
[[linked]]
medicine = "the other one"
wait = "36 hours"
says = "it is stopped first"
CITE
[[supplement]]
dose = { at-least = "125 mg", at-most = "350 mg" }
after = "each dialysis"
when = { dialysis = true }
CITE
"""
    notes = paper(rest=rest).notes_for(Patient(dialysis=True))
    assert [(note.topic, note.says) for note in notes] == [
        ("switching", "Oral baclofen: it is lowered once the pump runs (25 to 50 % at a time). "
                      "It is not part of this schedule."),
        ("switching", "The other one: it is stopped first (wait 36 hours). It is not part of this schedule."),
        ("kidneys", "After each dialysis: 125 to 350 mg besides. It is not part of this "
                    "schedule."),
    ]  # fmt: skip
    assert len(paper(rest=rest).notes_for(Patient())) == 2
    assert "dialysis (not given)" in paper(rest=rest).limits_for(Patient(), starting=True).not_checked


def test_conversions_are_printed_with_the_rule() -> None:
    rest = """
[[conversions]]
name = "to the long-acting form"
one-way = true
pairs = [{ from = "3.125 mg x2", to = "10 mg x1" }, { from = "6.25 mg x2", to = "20 mg x1" }]
CITE
"""
    shown = " ".join(rulesheet.write(paper(rest=rest), date(2026, 11, 23)).split())
    assert "Conversion to the long-acting form: one way; pairs from 3.125 mg x2, to 10 mg x1" in shown


OLDER = (
    '[[scopes]]\nname = "older people"\nwhen = { age = { at-least = "65 years" } }\nsilent = ["start", "maximum"]\nCITE'
)


def test_no_number_for_some_patients_is_said_and_nothing_is_filled_in() -> None:
    rule = paper(rest=OLDER)
    schedule = asked(rule, target="2 mg x1", patient=Patient(age=Quantity.parse("70 years")))
    assert [note.says for note in schedule.warnings] == [
        "for older people the source gives no number (start); what holds for everybody holds here",
        "for older people the source gives no number (maximum); what holds for everybody holds here",
    ]
    assert asked(rule, target="2 mg x1", patient=Patient(age=Quantity.parse("64 years"))).warnings == ()
    assert "No number in the source: start, maximum" in rulesheet.write(rule, date(2026, 11, 23))


def test_no_number_for_a_start_begins_nobody() -> None:
    rule = paper(start="silent = true")
    with pytest.raises(RequestError, match='The source "Paper" gives no number for a start'):
        asked(rule, target="2 mg x1")
    assert asked(rule, current="1 mg x1", target="2 mg x1").steps
    assert "Start: no number in the source" in rulesheet.write(rule, date(2026, 11, 23))


def test_no_number_for_the_end_is_said() -> None:
    """Without a length and a last step a taper falls to nothing as it falls anywhere else, 1 mg a day."""
    rule = paper(
        maintenance="silent = true",
        rest="[taper.duration]\nsilent = true\nCITE\n[taper.last]\nsilent = true\nCITE",
    )
    schedule = asked(rule, "taper", current="3 mg x1")
    assert [step.regimen.notation for step in schedule.steps] == ["2 mg x1", "1 mg x1", "0 mg"]
    assert [note.says for note in schedule.warnings] == [
        "the source gives no number for what one stays on",
        "the source gives no length of a taper",
        "the source names no dose from which one may stop",
    ]


def test_a_scope_without_a_number_does_not_loosen_the_rule() -> None:
    silent = (
        '[[scopes]]\nname = "some"\nwhen = { dialysis = true }\nCITE\n[scopes.taper.duration]\nsilent = true\nCITE\n'
        '[taper.duration]\nat-least = "14 days"\nCITE'
    )
    limits = paper(rest=silent).limits_for(Patient(dialysis=True), starting=False)
    assert [limit.at_least for limit in limits.taper_duration] == [14]


def test_a_gate_before_the_taper_stands_on_its_first_fall_alone() -> None:
    """Not on the rise, not on the falls that follow; and where it is not shown, the proof finds it."""
    rule = paper(rest='[[gates]]\nbefore = "taper"\nsays = "for how long it was taken is known"\nCITE')
    schedule = asked(rule, target="3 mg x1", maintain="7d", then_stop=True)
    shown = [bool(step.checks) for step in schedule.steps]
    falls = [index for index, step in enumerate(schedule.steps) if step.kind == "taper"]
    assert len(falls) > 1
    assert [index for index, one in enumerate(shown) if one] == falls[:1]
    hidden = replace(schedule, steps=tuple(replace(step, checks=()) for step in schedule.steps))
    (finding,) = verify(hidden, rule).findings
    assert (finding.law, finding.day) == ("gates", schedule.steps[falls[0]].days.first)
