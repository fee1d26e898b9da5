"""Two rules side by side: which limits are the same, which differ, which stand in one of them alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from titrate.formats.rulewords import Limit, limits, words
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.rule import Rule
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import tables, written
from titrate.ruleformat.value import RangeTable, SourceTable, Table

# How a pair of limits stands: their values are the same, and so is what is cited; or only the values; or neither.
SAME, CITED, DIFFERS, ONLY_A, ONLY_B = "same", "cited otherwise", "differs", "only in A", "only in B"


@dataclass(frozen=True, slots=True)
class Pair:
    """A limit of the rule A and the one of the rule B that answers to it; one of the two may be missing."""

    a: Limit | None
    b: Limit | None
    kind: str

    @property
    def title(self) -> str:
        """What it is called, and what it is called in B if that is something else."""
        one = self.a or self.b
        assert one is not None
        there = self.b.whole_title if self.b is not None else one.whole_title
        return one.whole_title if one.whole_title == there else f"{one.whole_title} (in B: {there})"


@dataclass(frozen=True, slots=True)
class Change:
    """One value in which two limits differ. `more` says by how much B's is larger or smaller, where that has sense."""

    key: str
    a: str | None
    b: str | None
    more: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that two rules say, side by side. `heads` and `sources` hold what differs: (name, in A, in B)."""

    a: Rule
    b: Rule
    heads: tuple[tuple[str, str | None, str | None], ...]
    pairs: tuple[Pair, ...]
    sources: tuple[tuple[str, str | None, str | None], ...]

    def of(self, *kinds: str) -> tuple[Pair, ...]:
        """The pairs of these kinds."""
        return tuple(pair for pair in self.pairs if pair.kind in kinds)


def compare(a: Rule, b: Rule) -> Comparison:
    """The two rules limit by limit, in the order of A, with what stands in B alone beside its neighbours."""
    left, right = list(limits(a)), list(limits(b))
    renamed = _renamed(left, right)
    groups: dict[str, tuple[list[Limit], list[Limit]]] = defaultdict(lambda: ([], []))
    for limit in left:
        groups[limit.address][0].append(limit)
    for limit in right:
        part = renamed.get(limit.part, limit.part)
        groups[part + limit.address.removeprefix(limit.part)][1].append(limit)
    order = {key: index for index, (key, _, _) in enumerate(written(RuleFile))}
    pairs = [pair for address in sorted(groups, key=lambda one: order[one.partition(".")[0]])
             for pair in _pairs(*groups[address])]  # fmt: skip
    return Comparison(a, b, tuple(_heads(a.file, b.file)), tuple(pairs), tuple(_sources(a.file, b.file)))


def changes(pair: Pair) -> Iterator[Change]:
    """The values in which the two limits of a pair differ, key by key."""
    assert pair.a is not None
    assert pair.b is not None
    mine, theirs = _by_key(pair.a.table), _by_key(pair.b.table)
    for key in dict.fromkeys((*mine, *theirs)):
        one, other = mine.get(key), theirs.get(key)
        if one != other:
            yield Change(key, one, other, _more(_value(pair.a.table, key), _value(pair.b.table, key)))


def _renamed(left: list[Limit], right: list[Limit]) -> dict[str, str]:
    """Parts of B that have another name in A and are for the same patients: their part in A."""
    names = {limit.part for limit in left} & {limit.part for limit in right}
    found: dict[str, str] = {}
    for theirs in right:
        when = getattr(theirs.table, "when", None)
        if theirs.nested or theirs.part in names or when is None or not hasattr(theirs.table, "name"):
            continue
        alike = [
            mine.part
            for mine in left
            if not mine.nested
            and mine.part not in names
            and type(mine.table) is type(theirs.table)
            and getattr(mine.table, "when", None) == when
        ]
        if len(alike) == 1 and alike[0] not in found.values():
            found[theirs.part] = alike[0]
    return found


def _pairs(left: list[Limit], right: list[Limit]) -> Iterator[Pair]:
    """The limits at one address, each with the one that is most like it; what is like nothing stays alone."""
    rest, waiting = list(right), []
    for mine in left:
        same = next((one for one in rest if words(one.table) == words(mine.table)), None)
        if same is None:
            waiting.append(mine)
            continue
        rest.remove(same)
        alike = (mine.table.cite, mine.table.also) == (same.table.cite, same.table.also)
        yield Pair(mine, same, SAME if alike else CITED)
    for mine in waiting:
        best = max(rest, key=lambda one: _likeness(mine, one), default=None)
        alone = best is not None and _only(mine, best, waiting, rest)
        if best is not None and (alone or _likeness(mine, best)[0]):
            rest.remove(best)
            yield Pair(mine, best, DIFFERS)
        else:
            yield Pair(mine, None, ONLY_A)
    yield from (Pair(None, theirs, ONLY_B) for theirs in rest)


def _likeness(mine: Limit, theirs: Limit) -> tuple[int, bool]:
    """How many values two limits share, and whether they speak of the same keys."""
    return len(set(words(mine.table)) & set(words(theirs.table))), _keys(mine) == _keys(theirs)


def _only(mine: Limit, theirs: Limit, waiting: list[Limit], rest: list[Limit]) -> bool:
    """Whether two limits that share no value can only mean each other: one against one, or by what they speak of."""
    if len(waiting) == len(rest) == 1:
        return True
    speak = [sum(_keys(one) == _keys(mine) for one in among) for among in (waiting, rest)]
    return speak == [1, 1] and _keys(theirs) == _keys(mine)


def _keys(limit: Limit) -> set[str]:
    return {key for key, _ in words(limit.table)}


def _heads(a: RuleFile, b: RuleFile) -> Iterator[tuple[str, str | None, str | None]]:
    """What the two say of themselves, where it differs: (key, in A, in B)."""
    for key, name, field in written(RuleFile):
        mine, theirs = getattr(a, name), getattr(b, name)
        if not any(tables(field.annotation)) and mine != theirs:
            yield key, None if mine is None else str(mine), None if theirs is None else str(theirs)


def _sources(a: RuleFile, b: RuleFile) -> Iterator[tuple[str, str | None, str | None]]:
    for name in dict.fromkeys((*a.sources, *b.sources)):
        mine, theirs = a.sources.get(name), b.sources.get(name)
        if mine != theirs:
            yield name, _document(mine), _document(theirs)


def _document(source: SourceTable | None) -> str | None:
    return None if source is None else f"{source.title}, {source.publisher}, {source.edition}; {source.href}"


def _by_key(table: Table) -> dict[str, str]:
    """The values of a table in words by their keys, without the key in front."""
    found: dict[str, list[str]] = defaultdict(list)
    for key, told in words(table):
        found[key].append(told.removeprefix(key.replace("-", " ")).strip() or "yes")
    return {key: " and ".join(values) for key, values in found.items()}


def _value(table: Table, key: str) -> Any:
    """The value under a key as it was read; of a range that is one amount, this amount."""
    value = next(getattr(table, name) for one, name, _ in written(type(table)) if one == key)
    if isinstance(value, RangeTable) and value.at_least == value.at_most:
        return value.at_least
    return value


def _more(mine: Any, theirs: Any) -> str | None:
    if not isinstance(mine, Quantity) or not isinstance(theirs, Quantity):
        return None
    if mine.unit != theirs.unit:
        return None
    return f"{theirs - mine} more in B" if theirs > mine else f"{mine - theirs} less in B"
