"""A plan that is called off before its first dose: nothing of it is taken, and nothing of it is left in a calendar.

That is lawful because nothing was taken. Who took the drug before the plan goes on with it, or stops gradually.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from titrate.days import Days, in_words
from titrate.errors import NoSchedule, RequestError
from titrate.reason import Because, Fact
from titrate.regimen import Pattern, Regimen
from titrate.revise import when
from titrate.revise.action import Action
from titrate.revise.course import Course
from titrate.revise.fresh import now
from titrate.revise.record import Origin, following, not_checked, proved
from titrate.rule import Rule
from titrate.schedule import Revised, Schedule, Step


def begins_with_nothing(schedule: Schedule, on: date) -> bool:
    """Whether no dose of a plan was due before `on` and nothing was taken before the plan, so that there is nothing to
    stop from."""
    return not schedule.called_off and Course.of(schedule, day_of(schedule, on)).current is None


def withdrawn(schedule: Schedule, rule: Rule, action: Action, on: date, issued: datetime, origin: Origin) -> Schedule:
    """The revision that calls the plan off, from `on` on, or from its first day if that is later.

    Raises `RequestError` where a dose of it was due before that, and `NoSchedule` where the patient comes from a
    regimen that would be left without a dose.
    """
    on = day_of(schedule, on)
    course = Course.of(schedule, on)
    _check(schedule, course, rule)
    says = "The plan is called off before its first dose; nothing of it is taken"
    request = replace(schedule.request, issued=issued)
    why = Because(says, (Fact(says, request.citation(action.typed)),))
    nothing = Step(Days.of(on, 1), "taper", Regimen(schedule.steps[0].regimen.unit), why)
    draft = following(schedule, rule, request, (nothing,), origin, Revised(on, action.typed, says))
    notes = rule.notes_for(request.patient)
    return proved(replace(draft, notes=notes, not_checked=tuple(not_checked(draft))), rule, action)


def day_of(schedule: Schedule, on: date) -> date:
    """From which day on a plan is called off: `on`, or the first day from which it holds if that is later."""
    return max(on, when.begins(schedule))


def _check(schedule: Schedule, course: Course, rule: Rule) -> None:
    """Raises `RequestError` or `NoSchedule` unless nothing was taken, before the plan or of it."""
    when.check_going_on(schedule)
    first = schedule.chain()[0]
    if course.now is not None:
        raise RequestError(
            f"{now(course)} is taken on the day before {in_words(course.on)}: a plan can be called off only before its "
            "first dose.",
            (
                "stop gradually: stop",
                f"if nothing of it was taken: --on {first.first} withdraw",
            ),
        )
    if first.request.current is not None:
        raise NoSchedule(_left_without(schedule, first.request.current, rule))


def _left_without(schedule: Schedule, current: Pattern, rule: Rule) -> Because:
    """Why a plan for somebody who takes the drug is not called off, and what can be done instead."""
    facts = (
        Fact(f"{current} is taken before the plan, which is the only one for the days after it"),
        *(
            Fact(f'the rule says: "{note.says}"', note.citation)
            for note in rule.notes_for(schedule.request.patient)
            if note.topic == "never stop suddenly" and note.audience == "everyone"
        ),
    )
    claim = "No schedule: with the plan called off nothing would be taken, and that would be an abrupt stop"
    return Because(claim, facts)


def instead(schedule: Schedule, on: date) -> tuple[tuple[str, Action], ...]:
    """What else can be done for somebody who takes the drug before the plan, each with how to say it."""
    current = schedule.chain()[0].request.current
    if current is None:
        return ()
    taper = schedule.request.goal == "taper"
    ways = (
        ("go on with what is taken now", Action.parse("retarget", str(current), on)),
        ("begin the taper later", Action.parse("shift", "7d", on)) if taper else
        ("stop gradually", Action.parse("stop", None, on)),
    )  # fmt: skip
    return tuple((f"{what}: --on {on} {action.typed}", action) for what, action in ways)
