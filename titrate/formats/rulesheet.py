"""A rule as text: every limit with its basis, its source and the place in it, and the age of the last check."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator
from datetime import date
from typing import Any

from titrate.days import between
from titrate.limit import in_days
from titrate.rule import Rule, scope_of
from titrate.rulefile import RuleFile, ScopeTable
from titrate.rulevalue import Cite, Cited, Table

WIDTH = 98
_APART = ("sources", "scopes", "advice", "products", "eligible")


def write(rule: Rule, today: date) -> str:
    """The whole rule, as of `today`."""
    return "\n".join(_lines(rule, today)) + "\n"


def _lines(rule: Rule, today: date) -> Iterator[str]:
    file = rule.file
    yield f"{rule.id}: {rule.stamp.title}"
    yield f"{file.region}; {file.population}; status: {file.status}; sha256 {rule.sha256[:12]}"
    for table in file.eligible:
        yield from _limit(f"For: {table.says}", table, rule, today)
    for name, value in _limits(file):
        yield from _limit(name, value, rule, today)
    for product in file.products:
        yield from _limit(f"Product {product.name}", product, rule, today)
    for scope in file.scopes:
        yield from _scope(scope, rule, today)
    yield from ("", "Advice")
    for advice in file.advice:
        yield from _wrapped(f"{advice.topic.capitalize()}: {advice.says}", "  ")
        yield from _citation(advice.cite, rule, today)
    yield from ("", "Sources")
    for name, source in file.sources.items():
        yield from _wrapped(f"{name}: {source.title}, {source.publisher}, {source.edition}; {source.href}", "  ")


def _limits(table: RuleFile | ScopeTable) -> Iterator[tuple[str, Cited]]:
    """Every cited limit of the rule or of a scope, with its name; a taper's parts each by themselves."""
    for name in type(table).model_fields:
        if name in _APART:
            continue
        value = getattr(table, name)
        if name == "taper" and value is not None:
            for part in type(value).model_fields:
                for inner in _several(getattr(value, part)):
                    yield f"Taper, {part}", inner
            continue
        for inner in _several(value):
            yield name.capitalize(), inner


def _several(value: Any) -> Iterator[Cited]:
    for inner in value if isinstance(value, tuple) else (value,):
        if isinstance(inner, Cited):
            yield inner


def _scope(scope: ScopeTable, rule: Rule, today: date) -> Iterator[str]:
    yield ""
    yield from _wrapped(f"Only for {scope.name} ({scope_of(scope.when)})", "")
    for text in (scope.refuse, scope.caution):
        if text:
            yield from _wrapped(f"{'Refused' if text is scope.refuse else 'Caution'}: {text}", "  ")
    if scope.unsuitable:
        yield f"  Unsuitable: {', '.join(scope.unsuitable)}"
    yield from _citation(scope.cite, rule, today)
    for name, value in _limits(scope):
        yield from ("  " + line for line in _limit(name, value, rule, today) if line)


def _limit(name: str, table: Cited, rule: Rule, today: date) -> Iterator[str]:
    yield ""
    told = "; ".join(_told(table))
    yield from _wrapped(f"{name}: {told}" if told and not name.startswith("For:") else name, "")
    yield from _citation(table.cite, rule, today)
    for also in table.also:
        yield from _wrapped(f"also in print: {also.says}", "  ")
        yield from _citation(also.cite, rule, today, "    ")


def _told(table: Table, inside: str = "") -> Iterator[str]:
    """Every value of a table by its key: `dose at-least 10 mg`."""
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        if name in ("cite", "also", "name", "says") or value is None or value == field.default:
            continue
        key = f"{inside} {(field.alias or name)}".strip()
        for inner in value if isinstance(value, tuple) else (value,):
            if isinstance(inner, Table):
                yield from _bounds(inner, key)
            elif isinstance(inner, dict):
                yield from (f"{k} a day: {', '.join(map(str, slots))}" for k, slots in inner.items())
            else:
                yield f"{key} {inner}" if inner is not True else key


def _bounds(table: Table, key: str) -> Iterator[str]:
    """A range in one phrase; any other table value by value."""
    given = {n: getattr(table, n) for n in type(table).model_fields if getattr(table, n) is not None}
    if set(given) == {"at_least", "at_most"} and given["at_least"] == given["at_most"]:
        yield f"{key} {given['at_least']}"
        return
    parts = []
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        if value is None or (value == field.default and name != "per"):
            continue
        words = {"per": f"per {value}", "of": f"of the {value} one", "silent": "no number in the source"}
        parts.append(words.get(name, f"{(field.alias or name).replace('-', ' ')} {_plain(value)}"))
    yield f"{key} {', '.join(parts)}"


def _plain(value: Any) -> str:
    if isinstance(value, Table):
        return ", ".join(_bounds(value, "")).strip()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)


def _citation(cite: Cite, rule: Rule, today: date, indent: str = "  ") -> Iterator[str]:
    source = rule.file.sources[cite.source]
    age = between(cite.checked, today)
    checked = "today" if age == 0 else f"{in_days(age)} ago" if age > 0 else "in the future"
    told = f"{cite.basis}: {source.title}, {cite.at}; checked {cite.checked} ({checked})"
    yield from _wrapped(told, indent)
    if cite.how:
        yield from _wrapped(f"how: {cite.how}", indent)


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
