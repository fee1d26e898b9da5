"""What differs between two rules, as a table, in words, and as data; with both values and both citations."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from typing import Any

from titrate.formats.rulecompare import CITED, DIFFERS, ONLY_A, ONLY_B, SAME, Comparison, Pair, changes, compare
from titrate.formats.rulewords import Limit, basis, in_words, words
from titrate.formats.sheet import NBSP, fit
from titrate.rule import Rule
from titrate.ruleformat.value import Cite

WIDTH = 98
_COLUMNS = (24, 35, 35)
_NOTHING = "nothing"
_SHORT = 40


def write(a: Rule, b: Rule) -> str:
    """The comparison as text."""
    return "\n".join(line.replace(NBSP, " ").rstrip() for line in _Text(compare(a, b)).lines()) + "\n"


class _Text:
    """The lines of one comparison; citations are numbered in the order in which they come."""

    def __init__(self, found: Comparison) -> None:
        self.found = found
        self.cited: list[str] = []

    def lines(self) -> Iterator[str]:
        found = self.found
        for label, rule in (("A", found.a), ("B", found.b)):
            told = f"{rule.id}: {rule.stamp.title} ({rule.file.region}, {rule.file.status}); sha256 {rule.sha256[:12]}"
            yield from _wrapped(told, f"{label}  ", "   ")
        yield from ("", *_wrapped(_counts(found)))
        differing = found.of(DIFFERS, ONLY_A, ONLY_B)
        if differing or found.heads:
            yield from ("", *self._table(differing))
            yield from self._in_words(differing)
        yield from self._cited_otherwise()
        if found.sources:
            yield from ("", "Sources that differ")
            for name, mine, theirs in found.sources:
                yield from _wrapped(f"{name}: {_both(mine, theirs)}", "  ", "    ")
        if self.cited:
            yield from ("", "Citations")
            for number, told in enumerate(self.cited, 1):
                yield from _wrapped(told, f"  [{number}] ", "      ")

    def _table(self, pairs: tuple[Pair, ...]) -> Iterator[str]:
        yield from _row("limit", "A", "B")
        yield "  ".join("-" * width for width in _COLUMNS)
        for key, mine, theirs in self.found.heads:
            yield from _row(key.capitalize(), mine or _NOTHING, theirs or _NOTHING)
        for pair in pairs:
            yield from _row(pair.title, self._cell(pair.a, self.found.a), self._cell(pair.b, self.found.b))

    def _cell(self, limit: Limit | None, rule: Rule) -> str:
        if limit is None:
            return _NOTHING
        return f"{in_words(limit.table) or 'yes'} {self._mark(limit.table.cite, rule)}"

    def _mark(self, cite: Cite, rule: Rule) -> str:
        told = f"{basis(cite, rule)}; checked {cite.checked}" + (f"; how: {cite.how}" if cite.how else "")
        if told not in self.cited:
            self.cited.append(told)
        return f"[{self.cited.index(told) + 1}]"

    def _in_words(self, pairs: tuple[Pair, ...]) -> Iterator[str]:
        yield from ("", "In words")
        for key, mine, theirs in self.found.heads:
            yield from _wrapped(f"{key.capitalize()}: {_both(mine, theirs)}.", "  ", "    ")
        for pair in pairs:
            if pair.kind == DIFFERS:
                yield from _wrapped(f"{pair.title}: {self._told(pair)}.", "  ", "    ")
        for kind in (ONLY_A, ONLY_B):
            titles = dict.fromkeys(pair.title for pair in pairs if pair.kind == kind)
            if titles:
                yield from _wrapped(f"O{kind[1:]}: {'; '.join(titles)}.", "  ", "    ")

    def _told(self, pair: Pair) -> str:
        assert pair.a is not None
        assert pair.b is not None
        told = [
            f"{change.key.replace('-', ' ')} {_both(change.a, change.b)}{f', {change.more}' if change.more else ''}"
            for change in changes(pair)
        ]
        marks = (self._mark(pair.a.table.cite, self.found.a), self._mark(pair.b.table.cite, self.found.b))
        return f"{'; '.join(told)} {' '.join(dict.fromkeys(marks))}"

    def _cited_otherwise(self) -> Iterator[str]:
        pairs = self.found.of(CITED)
        if pairs:
            yield from ("", "The same values, cited otherwise")
        for pair in pairs:
            assert pair.a is not None
            assert pair.b is not None
            marks = f"{self._mark(pair.a.table.cite, self.found.a)} in A, "
            marks += f"{self._mark(pair.b.table.cite, self.found.b)} in B"
            if pair.a.table.cite == pair.b.table.cite:
                marks = "what else is in print beside it is not the same"
            yield from _wrapped(f"{pair.title}: {in_words(pair.a.table) or 'yes'}; {marks}", "  ", "    ")


def _counts(found: Comparison) -> str:
    """`40 entries: 12 are equal (8 of them cited otherwise), 9 differ, 10 stand only in A, 9 only in B.`"""
    equal, otherwise = len(found.of(SAME, CITED)), len(found.of(CITED))
    beside = f" ({otherwise} of them cited otherwise)" if otherwise else ""
    differ, a, b = (len(found.of(kind)) for kind in (DIFFERS, ONLY_A, ONLY_B))
    said = [f"{equal} {'is' if equal == 1 else 'are'} equal{beside}", f"{differ} differ{'s' if differ == 1 else ''}"]
    said += [f"{a} {'stands' if a == 1 else 'stand'} only in A", f"{b} only in B"]
    count = len(found.pairs)
    return f"{count} entr{'y' if count == 1 else 'ies'}: {', '.join(said)}."


def _both(mine: str | None, theirs: str | None) -> str:
    if mine is None:
        return f"only in B: {theirs}"
    if theirs is None:
        return f"only in A: {mine}"
    if max(len(mine), len(theirs)) > _SHORT or mine.endswith("."):  # a clause of its own
        return f'in A "{mine}", in B "{theirs}"'
    return f"{mine} in A, {theirs} in B"


def _row(*cells: str) -> Iterator[str]:
    """One row of the table, its cells broken into lines."""
    columns = [
        textwrap.wrap(fit(cell), width, break_long_words=True, break_on_hyphens=False) or [""]
        for cell, width in zip(cells, _COLUMNS, strict=True)
    ]
    for index in range(max(map(len, columns))):
        parts = [column[index] if index < len(column) else "" for column in columns]
        yield "  ".join(part.ljust(width) for part, width in zip(parts, _COLUMNS, strict=True))


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    return textwrap.wrap(
        fit(text), WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    )


def as_data(a: Rule, b: Rule) -> dict[str, Any]:
    """The comparison for `--json`."""
    found = compare(a, b)
    return {
        "a": _stamp(a),
        "b": _stamp(b),
        "entries": len(found.pairs),
        "equal": len(found.of(SAME, CITED)),
        "head": [{"key": key, "a": mine, "b": theirs} for key, mine, theirs in found.heads],
        "differences": [_pair(pair, found) for pair in found.pairs if pair.kind != SAME],
        "sources": [{"source": name, "a": mine, "b": theirs} for name, mine, theirs in found.sources],
    }


def _stamp(rule: Rule) -> dict[str, Any]:
    stamp = rule.stamp
    return {"id": rule.id, "sha256": rule.sha256, "title": stamp.title, "region": stamp.region, "status": stamp.status}


def _pair(pair: Pair, found: Comparison) -> dict[str, Any]:
    one = pair.a or pair.b
    assert one is not None
    return {
        "limit": pair.title,
        "address": one.address,
        "kind": pair.kind,
        "a": _side(pair.a, found.a),
        "b": _side(pair.b, found.b),
        "changes": [
            {"key": change.key, "a": change.a, "b": change.b, "more": change.more}
            for change in (changes(pair) if pair.kind == DIFFERS else ())
        ],
    }


def _side(limit: Limit | None, rule: Rule) -> dict[str, Any] | None:
    if limit is None:
        return None
    cite = limit.table.cite
    return {
        "address": limit.address,
        "values": [told for _, told in words(limit.table)],
        "cite": cite.model_dump(mode="json", by_alias=True),
        "source": rule.file.sources[cite.source].model_dump(mode="json", by_alias=True),
    }
