"""Which limits together leave nothing: a set from which none can be left out without a schedule being possible."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from titrate.reason import Fact

Possible = Callable[[Sequence[Fact]], bool]

# How many sets that have nothing in common are told; a reader who has mended these will ask again.
MOST_SETS = 3


def conflicts(facts: Sequence[Fact], possible: Possible) -> list[list[Fact]]:
    """Sets of limits, each of which alone leaves nothing, without a limit in common; each in the order of `facts`.

    `possible` tells whether there is a schedule with only some limits in force. In each set every limit counts:
    without any one of them there is a schedule. At least one set, which is empty if no limit is to blame at all.
    """
    left: list[Fact] = list(facts)
    found: list[list[Fact]] = []
    while not found or (found[-1] and len(found) < MOST_SETS and not possible(left)):
        # The most telling come first; the search drops from the end what it can do without.
        blamed = _smallest([], [], left, possible) if possible([]) else []
        found.append([fact for fact in facts if fact in blamed])
        left = [fact for fact in left if fact not in blamed]
    return found


def _smallest(kept: list[Fact], added: list[Fact], asked: list[Fact], possible: Possible) -> list[Fact]:
    """Of `asked` (which with `kept` leaves nothing) a part of which nothing can be spared, so that with `kept` it
    still leaves nothing. `added` is what was put into `kept` last; without it `kept` leaves something.

    QuickXplain (Junker 2004, "QUICKXPLAIN: preferred explanations and relaxations for over-constrained problems"):
    it halves, so that for a few limits to blame out of many it asks few questions.
    """
    if added and not possible(kept):
        return []
    if len(asked) == 1:
        return asked
    half = len(asked) // 2
    first, second = asked[:half], asked[half:]
    of_second = _smallest([*kept, *first], first, second, possible)
    of_first = _smallest([*kept, *of_second], of_second, first, possible)
    return [*of_first, *of_second]
