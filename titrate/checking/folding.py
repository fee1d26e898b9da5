"""Days that repeat, told from a list of days: every other day, once a week."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from titrate.days import between, plus
from titrate.foreign import ForeignDose, ForeignStep

# Longer cycles are not told from days: nothing would repeat within a schedule.
_LONGEST = 35


def folded(steps: Sequence[ForeignStep], usual: int) -> tuple[ForeignStep, ...]:
    """The steps, days that repeat as one step with a cycle: twice at least, or once in the cycle of `usual` days."""
    found: list[ForeignStep] = []
    index = 0
    while index < len(steps):
        cycle, taken, rest = _repeating(steps, index, usual)
        if cycle == 1:
            found.append(steps[index])
            index += 1
            continue
        found.append(_cycle(steps[index:taken], cycle, rest))
        index = taken
        if rest is not None:
            steps = (*steps[:index], rest, *steps[index:])
    return tuple(found)


def _repeating(steps: Sequence[ForeignStep], index: int, usual: int) -> tuple[int, int, ForeignStep | None]:
    """The cycle that begins with a step, the number of the first step after it, and what is left of the one before
    that; a cycle of 1 where nothing repeats."""
    days, last = _days(steps, index)
    cycles = dict.fromkeys((usual, *range(2, _LONGEST + 1))) if usual > 1 else range(2, _LONGEST + 1)
    for cycle in cycles:
        pattern = days[:cycle]
        if len(pattern) < cycle or len({_taken(steps[number]) for number in pattern}) < 2:
            continue
        run = cycle
        while run < len(days) and _taken(steps[days[run]]) == _taken(steps[days[run - cycle]]):
            run += 1
        whole = run // cycle * cycle
        if whole < (cycle if cycle == usual else 2 * cycle):
            continue
        if run == len(days) and days[-1] == len(steps) - 1:
            whole = run  # the list may end in the middle of a cycle
        return cycle, *_rest(steps, index, whole)
    return 1, last, None


def _days(steps: Sequence[ForeignStep], index: int) -> tuple[list[int], int]:
    """For each day from a step on the number of its step, up to a gap or a step that is longer than any cycle."""
    days: list[int] = []
    for number in range(index, len(steps)):
        step = steps[number]
        follows = number == index or plus(steps[number - 1].last or step.first, 1) == step.first
        if not follows or step.cycle > 1 or step.daily is not None or step.bare is not None:
            break
        count = 2 * _LONGEST if step.last is None else between(step.first, step.last) + 1
        days += [number] * min(count, 2 * _LONGEST)
        if count > _LONGEST:
            break
    return days, index + 1


def _taken(step: ForeignStep) -> tuple[ForeignDose, ...]:
    return step.doses


def _rest(steps: Sequence[ForeignStep], index: int, whole: int) -> tuple[int, ForeignStep | None]:
    """The first step after `whole` days, and what is left of a step that reaches beyond them."""
    end = plus(steps[index].first, whole - 1)
    for number in range(index, len(steps)):
        last = steps[number].last
        if last is not None and last <= end:
            continue
        if steps[number].first > end:
            return number, None
        return number + 1, replace(steps[number], first=plus(end, 1))
    return len(steps), None


def _cycle(steps: Sequence[ForeignStep], cycle: int, rest: ForeignStep | None) -> ForeignStep:
    """One step of the days of a cycle, as often as they repeat."""
    first = steps[0].first
    doses: list[ForeignDose] = []
    for day in range(cycle):
        step = next(s for s in steps if s.first <= plus(first, day) and (s.last is None or plus(first, day) <= s.last))
        doses += [replace(dose, day=day + 1) for dose in step.doses]
    last = steps[-1].last if rest is None else plus(rest.first, -1)
    return replace(steps[0], last=last, doses=tuple(doses), cycle=cycle)
