"""One stretch of a schedule and the days it may hold: up to a target, down to a lower one, or down to nothing.

Days are not listed but made: from each day those that may follow it, out of the doses that each of its doses may
become. So what is never reached costs nothing.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import accumulate, combinations

from titrate.frozen import dataclass
from titrate.limits import Limits
from titrate.planner.grains import whole_grains
from titrate.planner.grid import daily_doses
from titrate.planner.moves import Bearing, Doses, Moves, Span, above_rung, within
from titrate.planner.problem import Problem

# Sums of doses that are worked out to tell every daily dose of a stretch; it takes a second or so.
MOST_SUMS = 2_000_000


@dataclass(frozen=True, slots=True)
class Ends:
    """Where a stretch begins and ends, and for how many days what is taken already has been taken (`None`: not known).

    `begins` is the one day that is taken already, or, for a titration that starts, the days on which it may start
    (`starting`). `ends` are the days at which it is over; none where it goes down to nothing.
    """

    begins: tuple[Doses, ...]
    ends: tuple[Doses, ...] = ()
    held: int | None = None
    starting: bool = False


class Stretch:
    """`shape` is that of the days between the ends (`titrate.planner.grid.SHAPES`); `limits` are what they keep to."""

    def __init__(self, problem: Problem, moves: Moves, shape: str, ends: Ends, limits: Limits | None = None) -> None:
        self.problem, self.moves, self.shape, self.ends = problem, moves, shape, ends
        self.limits = limits or problem.limits
        self.stopping = not ends.ends
        self._ends = frozenset(ends.ends)
        self._barred = frozenset() if self.stopping else problem.barred
        self.begins = tuple(day for day in ends.begins if not ends.starting or self._may_start(day))
        grid, high = problem.grid, ends.ends if moves.rising else ends.begins
        begun = None if moves.rising else len(ends.begins[0])
        allowed = self.limits.frequency if moves.rising else self.limits.taper_frequency
        self.doses = max(map(len, (*self.begins, *ends.ends)))
        self._largest = max(max(day, default=0) for day in high)
        self.frequencies = [f for f in grid.allowed(allowed, begun) if f <= self.doses]
        self._choice = grid.choice(self._largest)
        self._fits = grid.fitting(allowed, begun)
        self._taken: dict[Doses, bool] = {}
        self._became: dict[tuple[Bearing, int], Sequence[int]] = {}
        self._last = self._last_daily()

    def _last_daily(self) -> int | None:
        """The largest daily dose, in grains, from which the drug may be stopped; `None` where the falls say so."""
        grain = self.problem.grid.table.grain / self.problem.grid.cycle
        return min((int(last.daily.amount / grain) for last in self.limits.last_step), default=None)

    def check_size(self) -> None:
        """Raises `TooMany` where the days of the shape are too many to be searched."""
        self.problem.grid.check_size(len(self._choice), self.frequencies, self.shape)

    @property
    def summable(self) -> bool:
        """Whether the daily doses of these days can be told in a moment."""
        most, work = max(self.frequencies, default=1), len(self._choice)
        return self.shape != "uneven" or work * min(work**most, most * max(self._choice, default=1)) <= MOST_SUMS

    def daily_doses(self) -> list[int]:
        """Every daily dose that a day of the stretch may have, in the order of the moves, what is taken already first.

        There may be some among them that no day has.
        """
        found = daily_doses(self._choice, self.frequencies, self.shape) | set(map(sum, self.ends.ends))
        if self.ends.starting:
            return sorted(found | set(map(sum, self.begins)))
        (begin,) = map(sum, self.begins)
        if self.moves.rising:
            return [begin, *sorted(total for total in found if total > begin)]
        return [begin, *sorted((total for total in found if total < begin), reverse=True)]

    def days(self) -> set[Doses]:
        """Every day that may be taken between the ends, also those to which no way leads."""
        begins, sums = self.begins, [sum(day) for day in (*self.begins, *self.ends.ends)]
        low, high = 0 if self.stopping else min(sums), max(sums)
        found = self.problem.grid.days(self.frequencies, self.shape, self._largest, low, high)
        rising = self.moves.rising
        beside = (day for day in found if any(within(*((b, day) if rising else (day, b))) for b in begins))
        return {day for day in beside if self.takes(day)}

    def takes(self, day: Doses) -> bool:
        """Whether the day may be taken on the way, and does not lie beyond where that leads."""
        if day not in self._taken:
            self._taken[day] = self._may_take(day)
        return self._taken[day]

    def _may_take(self, day: Doses) -> bool:
        if day in self._barred:
            return False
        if day in self._ends or (self.ends.starting and day in self.begins):
            return True
        return self._fits(day) and (self.stopping or self._leads_on(day))

    def _leads_on(self, day: Doses) -> bool:
        """Whether the day does not lie beyond every end."""
        rising = self.moves.rising
        return any(within(*((day, end) if rising else (end, day))) for end in self._ends)

    def _may_start(self, day: Doses) -> bool:
        return day not in self._barred and self._leads_on(day)

    def begins_on_a_day(self) -> bool:
        """Whether what is taken already may be a day of a taper like any other."""
        return self._fits(self.begins[0])

    def _without_ladder(self, day: Doses) -> bool:
        """Whether one goes down from that day beside the ladder, because falls do not lead to its first rung."""
        grid = self.problem.grid
        return self.limits.beside_ladder and not above_rung(self.limits.descent[0], grid.table.grain, day, grid.cycle)

    def over(self, day: Doses) -> bool:
        """Whether the stretch may end after that day: at a target, or by stopping the drug."""
        if not self.stopping:
            return day in self._ends
        if self.limits.descent and not self._without_ladder(day):
            top, same = self.limits.descent[0], self.limits.descent[0].cycle == self.problem.grid.cycle
            # The ladder down goes on from its first rung.
            return same and day == self.problem.day_of(top) and self.problem.goes_on(top)
        return self.may_stop(sum(day)) if self._last is not None else self.moves.lawful(day, ())

    def may_stop(self, total: int, spans: Iterable[Span] = ()) -> bool:
        """Whether some day of that daily dose may be the last one; with one dose a day, whether it may.

        `spans` are the changes of that daily dose.
        """
        if self._last is not None:
            return total <= self._last
        return any(span.least <= total <= span.most for span in spans)

    def follows(self, day: Doses, span: Span, sizes: Collection[int]) -> list[Doses]:
        """The days that may follow, with a daily dose that differs by one of `sizes`, in grains, all within `span`."""
        total, least, most = sum(day), min(sizes), max(sizes)
        if self.moves.rising:
            made = self._raised(day, span.bearing, total + least, total + most)
        else:
            made = self._filled([self._lower(dose, span.bearing) for dose in day], total - most, total - least)
        made += [end for end in self._ends if least <= abs(sum(end) - total) <= most and self.moves.lawful(day, end)]
        return [after for after in dict.fromkeys(made) if abs(sum(after) - total) in sizes and self.takes(after)]

    def all_that_follow(self, day: Doses) -> Iterator[Doses]:
        """Every day that may follow, the largest change first."""
        spans = list(self.moves.spans(sum(day), self.doses, self.largest_change(sum(day))))
        for span in reversed(spans):
            found = self.follows(day, span, range(span.least, span.most + 1))
            yield from sorted(found, key=sum, reverse=self.moves.rising)

    def largest_change(self, total: int) -> int:
        """No change of a daily dose of `total` is larger, since it would lead beyond the end."""
        return max(map(sum, self.ends.ends)) - total if self.moves.rising else total

    def _lower(self, dose: int, bearing: Bearing) -> Sequence[int]:
        """What a dose may become on the way down: itself, lower ones, and 0 where it may be left out."""
        if (bearing, dose) not in self._became:
            least, most = bearing.by_dose(dose)
            left_out = [0] if least <= dose <= most else []
            lower = self._among(max(dose - most, 1), dose - least)
            self._became[bearing, dose] = [*left_out, *lower, *self._among(dose, dose)]
        return self._became[bearing, dose]

    def _higher(self, dose: int, bearing: Bearing) -> Sequence[int]:
        """What a dose may become on the way up: itself, or higher ones; a new one (0) only these."""
        if (bearing, dose) not in self._became:
            least, most = bearing.by_dose(dose)
            self._became[bearing, dose] = [*self._among(dose, dose), *self._among(dose + least, dose + most)]
        return self._became[bearing, dose]

    def _among(self, low: int, high: int) -> Sequence[int]:
        """The doses that can be made from `low` to `high`, both included, ascending."""
        return self._choice[bisect_left(self._choice, low) : bisect_right(self._choice, high)]

    def _raised(self, day: Doses, bearing: Bearing, low: int, high: int) -> list[Doses]:
        made = []
        for frequency in self.frequencies:
            for places in combinations(range(frequency), len(day)):
                laid = [0] * frequency
                for place, dose in zip(places, day, strict=True):
                    laid[place] = dose
                made += self._filled([self._higher(dose, bearing) for dose in laid], low, high)
        return made

    def _filled(self, choices: list[Sequence[int]], low: int, high: int) -> list[Doses]:
        """Every day of the shape with one of its choices at each place, and a daily dose from `low` to `high`."""
        if not all(choices):
            return []
        fewest = [*accumulate((min(choice) for choice in reversed(choices)), initial=0)][::-1]
        most = [*accumulate((max(choice) for choice in reversed(choices)), initial=0)][::-1]
        days: list[tuple[Doses, int]] = [((), 0)]
        for place, choice in enumerate(choices, 1):
            least, highest = low - most[place], high - fewest[place]
            days = [
                ((*day, dose) if dose else day, total + dose)
                for day, total in days
                for dose in self._alike(day, choice)
                if least <= total + dose <= highest
            ]
        return [day for day, _ in days if day]

    def _alike(self, day: Doses, choice: Sequence[int]) -> Sequence[int]:
        """The doses that may stand behind those of `day` in a day of the shape; a dose that is left out always may."""
        if self.shape == "uneven" or not day:
            return choice
        top = max(day)
        if self.shape == "even" or min(day) < top:
            return [dose for dose in choice if dose in (0, top)]
        return [dose for dose in choice if dose <= top] if len(day) > 1 else choice


def starting_days(problem: Problem, shape: str) -> tuple[Doses, ...]:
    """The days on which the rule lets a titration begin."""
    grid, limits = problem.grid, problem.limits
    frequencies = [
        f for f in grid.allowed(limits.frequency) if all(s.frequency is None or f in s.frequency for s in limits.start)
    ]
    dose_grain, daily_grain = grid.table.grain, grid.table.grain / grid.cycle
    each = [whole_grains(start.dose, dose_grain) for start in limits.start]
    daily = [whole_grains(start.daily, daily_grain) for start in limits.start]
    most_each, most_daily = ([high for _, high in bounds if high is not None] for bounds in (each, daily))
    largest = min([max(max(day, default=0) for day in problem.targets), *most_each])
    top = min([max(map(sum, problem.targets)), *most_daily])
    fits = grid.fitting(limits.frequency)
    days = {
        *grid.days(frequencies, shape, largest, 1, top),
        *(day for day in problem.targets if len(day) in frequencies),
    }
    return tuple(
        sorted(
            day
            for day in days
            if all(low <= min(day, default=0) and (high is None or max(day, default=0) <= high) for low, high in each)
            and all(low <= sum(day) and (high is None or sum(day) <= high) for low, high in daily)
            and fits(day)
        )
    )
