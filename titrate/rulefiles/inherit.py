"""A rule that extends another one: what its file gives, joined with what it inherits.

Joined are the tables as they are written, before anything is read out of them. A rule counts as a row of parts: a
limit is one, and so is every product, scope, source, piece of advice, and every limit of the taper. First the parts
that `remove` names are taken out of the base. Then each part that the file gives takes the place of the inherited
one of the same name, or is added where there is none. A part is never joined with another: it counts as a whole.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from dataclasses import field
from typing import Any

from titrate.frozen import dataclass
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import Join, join, tables, written
from titrate.ruleformat.value import shown

Raw = dict[str, Any]
Fault = tuple[str, str]

# What a file says about itself alone.
OWN = ("format", "extends", "base-sha256", "status", "remove")
# What it repeats of its base, so that it cannot come to extend a rule for something else; and what may not differ.
REPEATED = ("format", "drug", "route", "status")
SAME = ("drug", "route", "unit")
_TAKEN = '"{}" has another source of this name, and inherited numbers may cite it; choose another name'
_FIELDS = {key: rule_field for key, _, rule_field in written(RuleFile)}


@dataclass(frozen=True, slots=True)
class Base:
    """The rule that is extended: its tables as they are written, and which rule gives what it inherits itself."""

    id: str
    raw: Raw
    inherited: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a rule. `name` is its name within `key`, if it has one; `index` its number in a list.

    `origin` is the id of the rule that gives it; `None`: the file itself.
    """

    key: str
    name: str | None
    index: int | None
    value: Any
    origin: str | None

    @property
    def address(self) -> str:
        """How `remove` names it: `start`, `taper.last`, `products.10mg`, `advice.food`."""
        return self.key if self.name is None else f"{self.key}.{self.name}"


@dataclass(frozen=True, slots=True)
class Joined:
    """A whole rule made of a file and its base.

    `inherited` tells for every place that the file does not give which rule does: by address, advice by its number.
    `given` tells where the file has an item that stands elsewhere in the joined list (`products.4`: `products.0`).
    """

    raw: Raw
    inherited: Mapping[str, str]
    given: Mapping[str, str]
    faults: tuple[Fault, ...]

    def where(self, place: str, message: str) -> Fault:
        """A fault of the joined rule as one of the file: its place there, or that it lies in what is inherited."""
        for here, own in self.given.items():
            if place == here or place.startswith(f"{here}."):
                return own + place.removeprefix(here), message
        key, *rest = place.split(".")
        items = self.raw.get(key)
        if rest and rest[0].isdecimal() and isinstance(items, list):
            rest[0] = items[int(rest[0])].get("name", rest[0])
        around = (".".join((key, *rest[:length])) for length in range(len(rest) + 1))
        origin = next((self.inherited[one] for one in around if one in self.inherited), None)
        return place, message if origin is None else f'{message} (inherited from "{origin}")'


def joined(child: Raw, base: Base) -> Joined:
    """The rule that `child` makes of `base`. What is malformed in `child` is left to the check of the file itself."""
    own = list(_parts(child, None, {}))
    left = list(_parts(base.raw, base.id, base.inherited))
    faults = [*_unlike(child, base), *_remove(child, left, own, base)]
    faults += [(one.address, _TAKEN.format(base.id)) for one in own if one.key == "sources" and _differs(one, left)]
    whole = _Whole({key: child[key] for key in OWN if key in child})
    for key, rule_field in _FIELDS.items():
        for part in _in_order([p for p in left if p.key == key], [p for p in own if p.key == key], join(rule_field)):
            whole.add(part, join(rule_field))
    return Joined(whole.raw, whole.inherited, whole.given, tuple(faults))


def addresses(raw: Raw) -> Iterator[str]:
    """Everything that can be removed from a rule, by its address."""
    yield from dict.fromkeys(part.address for part in _parts(raw, None, {}) if _removable(part.key))


def _removable(key: str) -> bool:
    return key in _FIELDS and key not in (*OWN, "sources") and any(tables(_FIELDS[key].annotation))


def _parts(raw: Raw, rule: str | None, inherited: Mapping[str, str]) -> Iterator[Part]:
    """The parts of a rule in the order of the format; `rule` is its id where it is a base."""
    for key, rule_field in _FIELDS.items():
        if key in OWN or key not in raw:
            continue
        how, value = join(rule_field), raw[key]
        named: list[tuple[str | None, int | None, Any]] = []
        if how == "whole":
            named = [(None, None, value)]
        elif isinstance(value, dict):
            named = [(name, None, inner) for name, inner in value.items()]
        elif isinstance(value, list):
            label = "topic" if how == "added" else "name"
            items = [(index, item) for index, item in enumerate(value) if isinstance(item, dict)]
            named = [(item[label], index, item) for index, item in items if isinstance(item.get(label), str)]
        for name, index, inner in named:
            place = _place(key, name, index, how)
            yield Part(key, name, index, inner, None if rule is None else inherited.get(place, rule))


def _place(key: str, name: str | None, index: int | None, how: Join) -> str:
    if name is None:
        return key
    return f"{key}.{index}" if how == "added" else f"{key}.{name}"


def _in_order(left: list[Part], own: list[Part], how: Join) -> Iterator[Part]:
    """The inherited parts of a key, with the file's own in the place of those of the same name; then the new ones."""
    if how == "added":
        yield from (*left, *own)
        return
    for part in left:
        mine = [one for one in own if one.name == part.name]
        yield from mine or [part]
    yield from (one for one in own if one.name not in {part.name for part in left})


@dataclass(slots=True)
class _Whole:
    """The joined rule while it is put together."""

    raw: Raw
    inherited: dict[str, str] = field(default_factory=dict)
    given: dict[str, str] = field(default_factory=dict)

    def add(self, part: Part, how: Join) -> None:
        index = None
        if part.name is None:
            self.raw[part.key] = part.value
        elif part.index is None:
            self.raw.setdefault(part.key, {})[part.name] = part.value
        else:
            items = self.raw.setdefault(part.key, [])
            index = len(items)
            items.append(part.value)
        if part.origin is not None:
            self.inherited[_place(part.key, part.name, index, how)] = part.origin
        elif index is not None:
            self.given[f"{part.key}.{index}"] = f"{part.key}.{part.index}"


def _differs(part: Part, left: list[Part]) -> bool:
    return any(one.address == part.address and one.value != part.value for one in left)


def _unlike(child: Raw, base: Base) -> Iterator[Fault]:
    for key in SAME:
        mine, theirs = child.get(key), base.raw.get(key)
        if isinstance(mine, str) and mine != theirs:
            yield key, f'{shown(mine)} is not that of "{base.id}", which is {shown(theirs)}'


def _remove(child: Raw, left: list[Part], own: list[Part], base: Base) -> Iterator[Fault]:
    """Take what the file removes out of `left`, and tell what cannot be."""
    removes = child.get("remove", [])
    for index, remove in enumerate([removes] if isinstance(removes, dict) else removes):
        what = remove.get("what") if isinstance(remove, dict) else None
        for number, address in enumerate(what if isinstance(what, list) else ()):
            if not isinstance(address, str):
                continue
            gone = [part for part in left if address in (part.key, part.address) and _removable(part.key)]
            needed = address in _FIELDS and _FIELDS[address].is_required() and not any(p.key == address for p in own)
            if gone and not needed:
                left[:] = [part for part in left if part not in gone]
                continue
            place = "remove" if isinstance(removes, dict) else f"remove.{index}"
            yield f"{place}.what.{number}", _stays(address, bool(gone), base)


def _stays(address: str, there: bool, base: Base) -> str:
    """Why something cannot be removed."""
    key, instead = address.partition(".")[0], "and it takes the place of the inherited one"
    if there:
        return f"a rule cannot do without {shown(address)}; give [{address}], {instead}"
    if key == "sources":
        return f"{shown(address)} stays; a source is left by citing it no more"
    if key != address and key in base.raw and _removable(key) and join(_FIELDS[key]) == "whole":
        return f"{shown(address)} is not removed alone; give [{key}] as it should be, {instead}"
    known = list(addresses(base.raw))
    if address in known:
        return f"{shown(address)} is removed already"
    near = difflib.get_close_matches(address, known, n=3)
    among = f"the nearest are {', '.join(near)}" if near else f"there are {', '.join(known)}"
    return f'{shown(address)} is not among what is inherited from "{base.id}"; {among}'
