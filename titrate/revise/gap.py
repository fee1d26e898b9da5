"""How a plan goes on after days without the drug: those days are facts, what follows them is somebody's decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from fractions import Fraction

from titrate.days import Days, between, in_words, plus
from titrate.errors import NoSchedule, RequestError
from titrate.guide import Missed
from titrate.limit import in_days
from titrate.quantity import Quantity
from titrate.reason import Because, Fact
from titrate.request import Request
from titrate.revise.action import Action
from titrate.revise.changes import Changes
from titrate.revise.course import Course, Run
from titrate.revise.fresh import Decision, fresh, now, told, whole_cycles
from titrate.rule import Rule
from titrate.schedule import Absence


def after_days_without(course: Course, action: Action, changes: Changes, rule: Rule, issued: datetime) -> Decision:
    """The decision after `missed` or `withheld` days.

    Raises `NoSchedule` where neither the rule nor the prescriber says how to go on, `RequestError` for days that
    cannot be.
    """
    absence = _absence(course, action)
    course = Course.of(course.schedule, course.on, (absence,))
    says = f"{rule.file.drug.capitalize()} was not taken {_dates(absence.days)} ({absence.how})"
    if course.now is None:
        raise RequestError(f"{says}, so nothing of the plan was taken at all.", tuple(_begun_anew(course)))
    request = changes.applied(fresh(course, issued))
    if not course.away:
        if action.then or action.to:
            raise RequestError(
                f"{says}, and was taken again since; there is nothing to decide about going on.",
                ("leave out --then and --to",),
            )
        although = _begins_again(Course.of(course.schedule, _day_after(absence), (absence,)), request, rule)
        told = "" if although is None else f", although the rule says: {although}"
        return Decision(request, f"{says}; what is taken since then goes on{told}", (absence,))
    _check_in_a_row(course, action, absence, request, rule)
    begins = _begins_again(course, request, rule)
    if begins is not None and action.then is None and action.to is None:
        action = replace(action, then="restart")
    elif begins is not None and action.then != "restart":
        raise NoSchedule(Because(
            f"No schedule: after {in_days(absence.days.length or 0)} without {rule.file.drug} it begins again from the "
            "start, and something else was asked for",
            (begins,),
            ("start again from the beginning (--then restart)", "stop: make a new plan, or none"),
        ))  # fmt: skip
    chosen = _gone_on(course, action, request)
    if chosen is None:
        raise _undecided(course, absence, request, rule)
    if begins is not None:
        return Decision(chosen[0], f"{says}; so it begins again from the start ({begins})", (absence,))
    return Decision(chosen[0], f"{says}; the prescriber decided to {chosen[1]}", (absence,))


def _check_in_a_row(course: Course, action: Action, absence: Absence, request: Request, rule: Rule) -> None:
    """Raises `RequestError` where no dose was due, `NoSchedule` where so many were missed in a row that the rule lets
    nobody go on with the dose of before."""
    count = _doses_missed(course, absence)
    if not count:
        raise RequestError(
            f"No dose was due {_dates(absence.days)}, so none was missed and nothing has to change.",
            ("give the days on which doses were due", "stay longer: stay 7d"),
        )
    row = _in_a_row(count, request, rule)
    goes_on = action.then == "continue" or (
        action.to is not None and course.current is not None and action.to.total() >= course.current.total()
    )
    if row is not None and row.do == "restart" and goes_on:
        raise NoSchedule(Because(
            f"No schedule: {_doses(count)} of {rule.file.drug} were missed in a row, and to go on with as much as "
            "before was asked for",
            (Fact(f'the rule says: "{row.sentence()}"', row.citation),),
            tuple(_ways_on(course, request, row)),
        ))  # fmt: skip


def _doses_missed(course: Course, absence: Absence) -> int:
    """How many doses were due on those days."""
    steps = (*course.schedule.kept(), *course.schedule.steps)
    return sum(len(step.on(day).administrations) for day in absence.days for step in steps if day in step.days)


def _in_a_row(count: int, request: Request, rule: Rule) -> Missed | None:
    """What the rule says where so many doses were missed in a row; of several the case of the most."""
    cases = [one for one in rule.limits_for(request.patient, starting=False).missed if one.in_a_row is not None]
    return max((one for one in cases if (one.in_a_row or 0) <= count), key=lambda one: one.in_a_row or 0, default=None)


def _doses(count: int) -> str:
    return f"{count} dose{'' if count == 1 else 's'}"


def _day_after(absence: Absence) -> date:
    assert absence.days.last is not None
    return plus(absence.days.last, 1)


def _begins_again(course: Course, request: Request, rule: Rule) -> Fact | None:
    """What the rule says where the time without the drug was so long that it begins again; `None` where it does not."""
    gone = _hours_without(course, request)
    if request.goal == "taper" or gone is None:
        return None
    for restart in rule.limits_for(request.patient, starting=False).restarts:
        if restart.to == "start" and restart.after is not None and gone in restart.after:
            return restart.fact()
    return None


def _hours_without(course: Course, request: Request) -> Quantity | None:
    """How long nothing was taken: from the last dose to the first one on the day of the revision.

    `None` where the times are not known. On both days the doses come at the times of before.
    """
    run = course.now
    if run is None or run.regimen is None:
        return None
    times = [one.slot.at for one in run.regimen.administrations if one.slot.at is not None]
    if not times:
        return None
    last_day = max(day for day in run.days if day in set(_dose_days(run)))
    first, last = min(times), max(times)
    minutes = (first.hour - last.hour) * 60 + first.minute - last.minute
    return Quantity(Fraction(between(last_day, course.on) * 24 * 60 + minutes, 60), "hours")


def _dose_days(run: Run) -> Iterator[date]:
    """The days of a run on which there was a dose."""
    assert run.regimen is not None
    taken = {one.day for one in run.regimen.administrations}
    for day in run.days:
        if between(run.days.first, day) % run.regimen.cycle + 1 in taken:
            yield day


def _absence(course: Course, action: Action) -> Absence:
    """The days that are reported. Raises `RequestError` unless the plan had begun and they are over."""
    begun, on = course.schedule.chain()[0].first, course.on
    days = action.absent if action.days is None else Days(plus(on, -action.days), plus(on, -1))
    assert days is not None
    assert days.last is not None
    if days.last >= on:
        raise RequestError(
            f"{in_words(days.last)} is not before {in_words(on)}. Days without the drug are facts about the past; "
            "a schedule never plans them, because that would be an abrupt stop.",
            ("give the first day after them with --on", "stop gradually: stop"),
        )
    if days.first < begun:
        raise RequestError(
            f"{in_words(days.first)} is before the plan, which begins on {in_words(begun)}.",
            (f"report days from {begun} on",),
        )
    return Absence(days, "missed" if action.name == "missed" else "withheld")


def _begun_anew(course: Course) -> Iterator[str]:
    """What to do where nothing of a plan was taken: it begins later, or, for somebody on the drug, is another one."""
    first = course.schedule.chain()[0]
    if first.request.current is None and course.schedule.revised is None:
        yield f"begin later: --on {first.first} shift {between(first.first, course.on)}d"
        yield f"call it off: --on {first.first} withdraw"
    yield "make a new plan: titrate plan, or titrate taper"


def _dates(days: Days) -> str:
    assert days.last is not None
    return f"on {in_words(days.first)}" if days.length == 1 else f"from {in_words(days.first)} to {in_words(days.last)}"


def _gone_on(course: Course, action: Action, request: Request) -> tuple[Request, str] | None:
    """The request after days without the drug, and what was decided; `None` where nobody has decided."""
    on = course.on
    if action.then == "restart":
        if request.goal == "taper":
            raise RequestError(
                "What is being stopped cannot start again from the beginning.", ("--then continue", "--then back")
            )
        return replace(request, current=None, since=None, start=on), "start again from the beginning"
    to = {"continue": course.current, "back": course.back(1), None: action.to}[action.then]
    if action.then == "back" and to is None:
        raise RequestError("There is no step before this one to go back to.", ("--to REGIMEN",))
    if to is None:
        return None
    kept = plus(on, whole_cycles(action.kept or 1, to))
    word = "go on with" if action.then == "continue" else "go back to"
    return replace(request, current=to, since=on, start=max(kept, request.start)), f"{word} {told(course, to)}"


def _undecided(course: Course, absence: Absence, request: Request, rule: Rule) -> NoSchedule:
    """The rule speaks of single doses, if at all; what to do after whole days is for the prescriber to say."""
    length = absence.days.length
    assert length is not None
    claim = (
        f"No schedule: after {in_days(length)} without {rule.file.drug} the rule {rule.id} does not say how to go on, "
        "and the prescriber has not decided"
    )
    limits, gone = rule.limits_for(request.patient, starting=False), _told(_hours_without(course, request))
    count = _doses_missed(course, absence)
    row = _in_a_row(count, request, rule)
    several = {one.sentence() for one in limits.missed if one.in_a_row is not None}
    several |= {f"{says[:1].upper()}{says[1:]}." for says in (restart.fact().says for restart in limits.restarts)}
    says = tuple(
        Fact(f'it speaks of single missed doses: "{note.says}"', note.citation)
        for note in rule.notes_for(request.patient)
        if note.topic == "missed dose" and note.says not in several
    )
    if row is not None:
        says += (Fact(f'of {_doses(count)} in a row it says: "{row.sentence()}"', row.citation),)
    says += tuple(
        Fact(f"it says that {restart.fact().says}, and this was {gone}", restart.citation)
        for restart in limits.restarts
    )
    return NoSchedule(Because(claim, says, tuple(_ways_on(course, request, row))))


def _told(gone: Quantity | None) -> str:
    return "for a time that is not known to the hour" if gone is None else f"{gone} since the last dose"


def _ways_on(course: Course, request: Request, row: Missed | None) -> Iterator[str]:
    """The decisions that can be typed; `row` is what the rule says of so many missed doses."""
    lower = row is not None and row.do == "restart"
    if not lower:
        yield f"go on with {now(course)} (--then continue)"
    before, last = course.back(1), course.current
    if before is not None and last is not None and before.total() <= last.total():
        yield f"go back to {told(course, before)} and on from there (--then back)"
    if request.goal == "plan":
        yield "start again from the beginning (--then restart)"
    yield f"go on with another dose, {'lower' if lower else 'no higher'} than before (--to REGIMEN)"
