"""The days from the first of a revision to its first change: what is taken now is kept, or gone back to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from titrate.days import Days, in_words, plus
from titrate.errors import RequestError
from titrate.planner.pieces import made
from titrate.planner.problem import Problem
from titrate.planner.terms import Terms
from titrate.reason import Because, Fact
from titrate.regimen import Regimen
from titrate.request import Request
from titrate.revise.course import Run, pattern
from titrate.revise.fresh import Decision
from titrate.revise.when import paced
from titrate.rule import Rule
from titrate.schedule import Kind, Schedule, Step


def until_changed(
    run: Run | None, on: date, planned: Schedule, at: str, rule: Rule, decision: Decision
) -> tuple[Step, ...]:
    """The step from `on` to the first change, on what the request says is taken; none where that begins at once."""
    request = planned.request
    if request.current is None or request.start <= on:
        return ()
    regimen = _as_now(run, request) or _of_products(request, rule)
    if regimen is None:
        raise RequestError(
            f"{request.current} has to be kept until {in_words(plus(request.start, -1))}, "
            "and cannot be made of the products at hand at the times that are asked for.",
            ("use all products of the rule (--products rule)", "--times rule"),
        )
    days = Days(on, plus(request.start, -1))
    says = decision.says
    facts = [Fact(says, request.citation(at))]
    if decision.request.start != request.start:
        says = f"Keep {regimen.in_words()} until it may change" if decision.before is None else says
        facts = [*(facts if decision.before is not None else ()), *_waits(regimen, planned, rule)]
    return (Step(days, _kind(run, regimen, planned, decision), regimen, Because(says, tuple(facts))),)


def _waits(regimen: Regimen, planned: Schedule, rule: Rule) -> Iterator[Fact]:
    """Why nothing changes sooner: the interval that has passed on the first day of the change, or a cap on falls."""
    request = planned.request
    limits, since = rule.limits_for(request.patient, starting=False), request.since or request.start
    change = next((step for step in planned.steps if step.regimen.doses != regimen.doses), planned.steps[0])
    rises = change.regimen.daily > regimen.daily
    changes = paced(limits.increase if rises else limits.decrease, request)
    waited = [one for one in changes if one.every is not None and plus(since, one.every) == request.start]
    told = [one.stay() for one in waited] or [one.size(True) for one in changes if one.within is not None]
    yield from {fact.says: fact for fact in reversed(told) if fact is not None}.values()


def _as_now(run: Run | None, request: Request) -> Regimen | None:
    """What is taken now, just as it is, if it is what is to be kept, at the same times and of products at hand."""
    if run is None or run.regimen is None or pattern(run.regimen) != request.current:
        return None
    for given in run.regimen.administrations:
        if request.products is not None and any(p.product.name not in request.products for p in given.pieces):
            return None
        if request.times is not None and given.slot.at not in request.times:
            return None
    return run.regimen


def _of_products(request: Request, rule: Rule) -> Regimen | None:
    """What is to be kept, made of the products at hand; `None` if they do not make it."""
    problem = Problem.of(rule, Terms.of(rule, request))
    current = problem.current
    if current is None or not problem.grid.makes(current):
        return None
    problem = problem.every(problem.begun)
    (ways,) = made(problem.grid, problem.products, request, [(current, None)])
    return problem.grid.regimen(current, ways, () if request.current is None else request.current.on)


def _kind(run: Run | None, regimen: Regimen, planned: Schedule, decision: Decision) -> Kind:
    """Of what kind the days before the first change are: of that of the way back, or of what comes after them."""
    running = None if run is None else run.kind
    if decision.before is not None and run is not None and run.regimen is not None:
        return "taper" if regimen.daily < run.regimen.daily else "titration"
    change = next((step for step in planned.steps if step.regimen.doses != regimen.doses), None)
    if change is None:
        return planned.steps[0].kind
    if running == "maintenance" and planned.request.goal == "taper":
        return "maintenance"
    rises = change.regimen.daily > regimen.daily
    return "titration" if rises and running != "taper" else "taper"


def merged(steps: tuple[Step, ...]) -> tuple[Step, ...]:
    """The first two as one where nothing changes between them."""
    if len(steps) > 1 and (steps[0].kind, steps[0].regimen) == (steps[1].kind, steps[1].regimen):
        one, other, *rest = steps
        why = replace(other.why, facts=(one.why, *other.why.facts))
        return (replace(other, days=Days(one.days.first, other.days.last), why=why), *rest)
    return steps
