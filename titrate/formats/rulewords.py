"""The limits of a rule one by one, and each in words: what `rules show` and `rules diff` have in common."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from titrate.frozen import dataclass
from titrate.resolution import scope_of
from titrate.rule import Rule
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import join, tables, written
from titrate.ruleformat.value import Cite, Cited, Table
from titrate.ruleformat.when import When

# Not among the values of a table: where they come from, and what the heading says already.
_BESIDE = ("cite", "also", "name", "topic")


@dataclass(frozen=True, slots=True)
class Limit:
    """One cited table of a rule.

    `address` is where it stands: `taper.last`, `products.10mg`, `scopes.dialysis.start`; tables of a list share it.
    `part` is the part of the rule that it belongs to and is inherited with, `place` how `Rule.inherited` calls that.
    """

    address: str
    part: str
    place: str
    table: Cited

    @property
    def nested(self) -> bool:
        """Whether it belongs to a part that is more than this limit: to a scope."""
        return self.address != self.part

    @property
    def title(self) -> str:
        """What it is called within the part that it belongs to: `Taper, last`; `Product 10mg`; `Maximum`."""
        inside = self.address.removeprefix(self.part).lstrip(".")
        key, _, name = self.part.partition(".")
        if not inside and hasattr(self.table, "name"):
            return f"{key.removesuffix('s').capitalize()} {name}"
        return (inside or self.address).replace(".", ", ").capitalize()

    @property
    def whole_title(self) -> str:
        """The same with the part in front: `Scope dialysis, maximum`."""
        if not self.nested:
            return self.title
        key, _, name = self.part.partition(".")
        return f"{key.removesuffix('s').capitalize()} {name}, {self.title.lower()}"


def limits(rule: Rule) -> Iterator[Limit]:
    """Every limit of the rule in the order of the format; after a product or scope those inside it."""
    for key, name, field in written(RuleFile):
        how, value = join(field), getattr(rule.file, name)
        if not any(tables(field.annotation)) or key in ("sources", "remove"):
            continue
        items = value if isinstance(value, tuple) else (value,)
        for index, item in enumerate(items):
            if how == "added":
                yield Limit(f"{key}.{item.topic}", f"{key}.{item.topic}", f"{key}.{index}", item)
            elif how == "named":
                part = f"{key}.{item.name}"
                yield Limit(part, part, part, item)
                yield from inside(item, part, part)
            elif isinstance(item, Cited):
                yield Limit(key, key, key, item)
            elif item is not None:
                yield from inside(item, key)


def inside(table: Table, address: str, part: str | None = None) -> Iterator[Limit]:
    """The limits that a table holds; without `part` each is a part of the rule by itself."""
    for key, name, field in written(type(table)):
        if key in ("cite", "also") or not any(tables(field.annotation)):
            continue
        here, value = f"{address}.{key}", getattr(table, name)
        for item in value if isinstance(value, tuple) else (value,):
            if isinstance(item, Cited):
                yield Limit(here, part or here, part or here, item)
            elif isinstance(item, Table) and join(field) == "parts":
                yield from inside(item, here, part)


def words(table: Table) -> tuple[tuple[str, str], ...]:
    """Every value of a table that is not its default, with its key: `("by", "by at most 5 mg, per dose")`."""
    return tuple((key, told) for key, name, _ in written(type(table)) for told in _told(table, key, name))


def in_words(table: Table) -> str:
    """A table on one line: `dose 5 mg; frequency 3`."""
    return "; ".join(told for _, told in words(table))


def basis(cite: Cite, rule: Rule) -> str:
    """`stated: title of the source, place in it`."""
    return f"{cite.basis}: {rule.file.sources[cite.source].title}, {cite.at}"


def _told(table: Table, key: str, name: str) -> Iterator[str]:
    value, field = getattr(table, name), type(table).model_fields[name]
    shown = key.replace("-", " ")
    if key in _BESIDE or value is None or value == field.default:
        return
    for inner in value if isinstance(value, tuple) else (value,):
        if isinstance(inner, Cited):
            continue
        if isinstance(inner, When):
            yield f"{shown} {scope_of(inner)}"
        elif isinstance(inner, Table):
            if join(field) != "parts":
                yield _bounds(inner, shown)
        elif isinstance(inner, dict):
            yield from (f"{k} a day: {', '.join(map(str, slots))}" for k, slots in inner.items())
        else:
            yield (
                "no number in the source"
                if key == "silent" and inner is True
                else (f"{shown} {inner}" if inner is not True else shown)
            )


def _bounds(table: Table, key: str) -> str:
    """A range in one phrase; any other table value by value."""
    given = {n: getattr(table, n) for n in type(table).model_fields if getattr(table, n) is not None}
    if set(given) == {"at_least", "at_most"} and given["at_least"] == given["at_most"]:
        return f"{key} {given['at_least']}"
    parts = []
    for name, field in type(table).model_fields.items():
        value = getattr(table, name)
        if value is None or (value == field.default and name != "per"):
            continue
        said = {"per": f"per {value}", "of": f"of the {value} one", "silent": "no number in the source"}
        parts.append(said.get(name, f"{(field.alias or name).replace('-', ' ')} {_plain(value)}"))
    return f"{key} {', '.join(parts)}"


def _plain(value: Any) -> str:
    if isinstance(value, Table):
        return _bounds(value, "").strip()
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return str(value)
