"""The steps of a schedule while it is put together: days in grains, for how long each is kept, and why."""

from __future__ import annotations

from dataclasses import replace

from titrate.days import Duration, between, in_words, plus
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.ladder import Rung
from titrate.limit import in_days
from titrate.planner import why
from titrate.planner.moves import Doses, Moves
from titrate.planner.problem import Problem
from titrate.planner.refused import Refused, Try
from titrate.planner.search import Way
from titrate.reason import Because
from titrate.schedule import Kind


@dataclass(frozen=True, slots=True)
class Draft:
    """A step before it has pieces: its day is taken every `cycle` days; `length` in days, `None` without end.

    Where doses are taken on several days of the cycle, `day` has them all and `on` the day (from 1) of each.
    """

    day: Doses
    kind: Kind
    length: int | None
    why: Because
    cycle: int
    on: tuple[int, ...] = ()

    @property
    def dose_days(self) -> int | None:
        """On how many of its days there are doses: on the first of each cycle; `None` without end."""
        return None if self.length is None else -(-self.length // self.cycle)


def to_way(problem: Problem, way: Way, moves: Moves, down: bool) -> list[Draft]:
    """The steps of a way but its last day, from what is taken now or from a start."""
    drafts: list[Draft] = []
    before = problem.current
    for index, day in enumerate(way.days[:-1]):
        stay = why.stays(moves, way, index, way.days[index + 1])
        if before is None:
            reasons = why.starts(problem, day, stay)
        else:
            reasons = (why.falls if down else why.rises)(problem, moves, before, day, stay)
        kind: Kind = "taper" if down else "titration"
        drafts.append(Draft(day, kind, way.kept[index], reasons, problem.grid.cycle))
        before = day
    return drafts


def target(
    problem: Problem, moves: Moves | None, before: Doses | None, day: Doses, spent: int, rung: Rung | None = None
) -> Draft:
    request, length, cycle = problem.request, None, problem.limits.cycle
    if request.then_stop and request.maintain is not None:
        first = plus(request.start, spent)
        length = between(first, request.maintain.after(first))
        if length % cycle:
            near = [days for days in (length // cycle * cycle, -(-length // cycle) * cycle) if days]
            raise RequestError(
                f"--maintain {request.maintain} is {in_days(length)}, and the drug is taken every {in_days(cycle)}: "
                "a stay has to be whole cycles.",
                tuple(f'--maintain "{_weeks(days)}"' for days in near),
            )
    return Draft(day, "maintenance", length, why.maintains(problem, moves, before, day, rung), cycle)


def _weeks(days: int) -> Duration:
    return Duration(days // 7, "week") if days % 7 == 0 else Duration(days, "day")


def held_now(problem: Problem) -> int | None:
    """For how many days what the patient takes now has been taken before the start, where it is known since when."""
    since = problem.request.since
    return None if since is None else between(since, problem.request.start)


def too_recent(problem: Problem, current: Doses, every: int) -> Refused:
    request = problem.request
    assert request.since is not None
    start = plus(request.since, every)
    later = Try(f"start on {in_words(start)} or later (--start {start})", replace(request, start=start))
    return Refused(f"{why.told(problem, current)} is too recent to change on {in_words(request.start)}", (), (later,))
