"""Which limits together leave nothing: as few as may be, so that without any one something is possible."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from titrate.frozen import dataclass
from titrate.reason import Fact

Possible = Callable[[Sequence[Fact]], bool]

# How many sets that have nothing in common are told; a reader who has mended these will ask again.
MOST_SETS = 3
# How many questions may be asked in search of a smaller set than the one that is known.
MOST_ASKED = 100


@dataclass(frozen=True, slots=True)
class Conflict:
    """Limits that together leave nothing, while without any one of them something is possible; `smallest`: it was
    shown that no fewer of the limits that were looked at leave nothing."""

    facts: list[Fact]
    smallest: bool = True


def conflicts(facts: Sequence[Fact], possible: Possible) -> list[Conflict]:
    """Sets of limits, each of which alone leaves nothing, without a limit in common; each in the order of `facts`.

    `possible` tells whether there is a schedule with only some limits in force; it is asked once for each set of
    them. Each set is the smallest among the limits that are left. At least one set, which is empty if no limit is to
    blame: there is nothing even without any, or something with all of them.
    """
    asked = _Asked(possible)
    left: list[Fact] = list(facts)
    found: list[Conflict] = []
    while not found or (found[-1].facts and len(found) < MOST_SETS and not asked(left)):
        found.append(_smallest(left, asked) if asked([]) and not asked(left) else Conflict([]))
        left = [fact for fact in left if fact not in found[-1].facts]
    return found


class _Asked:
    """What was asked is not asked again."""

    def __init__(self, possible: Possible) -> None:
        self._possible = possible
        self._answers: dict[frozenset[Fact], bool] = {}

    def __call__(self, facts: Sequence[Fact]) -> bool:
        kept = frozenset(facts)
        if kept not in self._answers:
            self._answers[kept] = self._possible(facts)
        return self._answers[kept]

    def __len__(self) -> int:
        return len(self._answers)

    def left_out(self, facts: Sequence[Fact]) -> list[frozenset[Fact]]:
        """What each set that leaves something lacks of `facts`."""
        return [frozenset(facts) - kept for kept, answer in self._answers.items() if answer]


def _smallest(facts: list[Fact], asked: _Asked) -> Conflict:
    """The smallest part of `facts` that leaves nothing, as they all do.

    Whatever leaves nothing holds a limit of those that any set which leaves something has left out. So one asks about
    the fewest limits of which this is true. Either they leave nothing, and are the smallest set; or they leave
    something, and what is left out of that, once it has been made as large as may be, is one thing more to go by
    (Ignatiev, Previti, Liffiton, Marques-Silva 2015, "Smallest MUS extraction with minimal hitting set dualization").
    """
    known = _irreducible([], [], facts, asked)
    left_out, enough = asked.left_out(facts), len(asked) + MOST_ASKED
    while len(asked) < enough:
        fewest = _fewest(facts, left_out, len(known) - 1)
        if fewest is None:
            return Conflict([fact for fact in facts if fact in known])
        if not asked(fewest):
            known = _irreducible([], [], fewest, asked)
        else:
            grown = _grown(fewest, [fact for fact in reversed(facts) if fact not in fewest], asked)
            left_out.append(frozenset(facts).difference(grown))
    return Conflict([fact for fact in facts if fact in known], smallest=False)


def _fewest(facts: list[Fact], left_out: list[frozenset[Fact]], most: int) -> list[Fact] | None:
    """The fewest of `facts`, at most `most`, with one in each of `left_out`; of several those that come first."""
    for count in range(most + 1):
        found = set(_touching(frozenset(), left_out, count))
        if found:
            return [facts[place] for place in min(sorted(map(facts.index, one)) for one in found)]
    return None


def _touching(chosen: frozenset[Fact], left_out: list[frozenset[Fact]], more: int) -> Iterator[frozenset[Fact]]:
    """Every way to choose up to `more` limits besides, until there is one in each of `left_out`."""
    untouched = next((one for one in left_out if not chosen & one), None)
    if untouched is None:
        yield chosen
    elif more:
        for fact in untouched:
            yield from _touching(chosen | {fact}, left_out, more - 1)


def _grown(kept: list[Fact], more: list[Fact], asked: _Asked) -> list[Fact]:
    """`kept`, which leaves something, and as many of `more` as go with it, the first of them first."""
    if not more or asked([*kept, *more]):
        return [*kept, *more]
    if len(more) == 1:
        return kept
    half = len(more) // 2
    return _grown(_grown(kept, more[:half], asked), more[half:], asked)


def _irreducible(kept: list[Fact], added: list[Fact], facts: list[Fact], asked: _Asked) -> list[Fact]:
    """Of `facts` (which with `kept` leave nothing) a part of which nothing can be spared, so that with `kept` it
    still leaves nothing. `added` is what was put into `kept` last; without it `kept` leaves something. The first of
    `facts` are kept rather than the last.

    QuickXplain (Junker 2004, "QUICKXPLAIN: preferred explanations and relaxations for over-constrained problems"):
    it halves, so that for a few limits to blame out of many it asks few questions.
    """
    if added and not asked(kept):
        return []
    if len(facts) == 1:
        return facts
    half = len(facts) // 2
    first, second = facts[:half], facts[half:]
    of_second = _irreducible([*kept, *first], first, second, asked)
    of_first = _irreducible([*kept, *of_second], of_second, first, asked)
    return [*of_first, *of_second]
