"""Finds and reads rule files, and reports every fault of a file at once."""

from __future__ import annotations

import difflib
import hashlib
import os
import tomllib
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from titrate.errors import RuleError
from titrate.quantity import Quantity
from titrate.rule import Rule, product_of, scope_of
from titrate.rulefile import ProductTable, ResponseTable, RuleFile, SpacingTable, When
from titrate.rulevalue import ByTable, RangeTable, Table, shown

# A rule file is a page or two of text; anything of this size is something else.
LARGEST_FILE = 1_000_000
FOLDERS = "TITRATE_RULES"
_LIST = "list the rules that are there: titrate rules"


def folders(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where rules are looked for, in order: the folders of `TITRATE_RULES`, then the rules that came with titrate."""
    own = tuple(Path(part) for part in environment.get(FOLDERS, "").split(os.pathsep) if part)
    here = Path(__file__).resolve().parent
    shipped = here / "rules" if (here / "rules").is_dir() else here.parent / "rules"
    return (*own, shipped)


def known(environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """Every rule file by its id. A rule in an earlier folder hides one of the same id in a later folder.

    Raises `RuleError` for a folder of `TITRATE_RULES` that is not there.
    """
    found: dict[str, Path] = {}
    for folder in folders(environment):
        if not folder.is_dir():
            raise RuleError(f"{FOLDERS} names {folder}, which is not a folder.")
        for path in sorted(folder.glob("*.toml"), key=lambda path: path.stem):
            found.setdefault(path.stem, path)
    return found


def find(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The file of a rule, by id or by path (anything that ends in `.toml` or holds a slash).

    Raises `RuleError` with the nearest names for an unknown one.
    """
    if name.endswith(".toml") or os.sep in name or "/" in name:
        if os.path.isfile(name):  # unlike Path.is_file, also for a name that no file can have
            return Path(name)
        raise RuleError(f"There is no rule file {name[:80]!r}.", options=(_LIST,))
    rules = known(environment)
    if name in rules:
        return rules[name]
    near = difflib.get_close_matches(name, rules, n=3, cutoff=0.4)
    nearest = f" The nearest names are {', '.join(near)}." if near else f" There are {', '.join(rules) or 'none'}."
    raise RuleError(f"There is no rule {name[:80]!r}.{nearest}", options=(_LIST,))


def load(name: str, environment: Mapping[str, str] = os.environ) -> Rule:
    """The rule of that id or path. Raises `RuleError` with every fault of the file."""
    return read(find(name, environment))


def read(path: Path) -> Rule:
    """The rule in the file at `path`. Raises `RuleError` with every fault of the file."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RuleError(f"{path} is larger than {LARGEST_FILE} bytes, and so no rule file.")
        content = path.read_bytes()
    except OSError as fault:
        raise RuleError(f"{path} cannot be read: {fault.strerror}.") from fault
    file, faults = parse(content, path.name)
    if faults or file is None:
        count = "one fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise RuleError(f"{path.name} has {count}:", faults)
    return Rule(path.stem, hashlib.sha256(content).hexdigest(), file)


def parse(content: bytes, name: str) -> tuple[RuleFile | None, tuple[str, ...]]:
    """The rule file in `content`, and all its faults as `name: key.path: message`."""
    try:
        file, faults = _parsed(content)
    except UnicodeDecodeError as fault:
        return None, (f"{name}: byte {fault.start} is not UTF-8 text; save the file as UTF-8",)
    except RecursionError:
        return None, (f"{name}: tables are nested too deeply",)
    except tomllib.TOMLDecodeError as fault:
        return None, (f"{name}: this is not TOML: {fault}",)
    except ValueError:  # the interpreter's own limit
        return None, (f"{name}: this is not TOML: a number has too many digits",)
    return file, tuple(_printable(f"{name}: {place}: {message}") for place, message in dict.fromkeys(faults))


def _parsed(content: bytes) -> tuple[RuleFile | None, list[tuple[str, str]]]:
    raw = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    faults = list(_unknown_sources(raw))
    try:
        file = RuleFile.model_validate(raw)
    except ValidationError as error:
        # An array of which no item is sound counts as empty for pydantic; the items' own faults say it.
        own = (fault for fault in error.errors() if fault["type"] != "too_short" or not fault["input"])
        return None, faults + [_told(fault, raw) for fault in own]
    return file, faults or list(_contradictions(file, raw))


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in line)


def _told(fault: Any, raw: Any) -> tuple[str, str]:
    """One fault of pydantic as a place and a sentence with the offending value."""
    place = _place(fault["loc"], raw)
    kind, message, value = fault["type"], str(fault["msg"]), fault["input"]
    if kind == "missing":
        return place, "is missing" + _EXAMPLES.get(str(fault["loc"][-1]), "")
    if kind == "extra_forbidden":
        near = difflib.get_close_matches(str(fault["loc"][-1]), _keys(), n=1)
        return place, f"is not a key that belongs here{f'; did you mean {near[0]}?' if near else ''}"
    if kind == "value_error":
        return place, message.removeprefix("Value error, ")
    if kind in ("model_type", "dict_type", "tuple_type", "list_type"):
        wanted = "a table" if kind in ("model_type", "dict_type") else "a table or an array"
        return place, f"{shown(value)} stands where {wanted} is expected{_EXAMPLES.get(str(fault['loc'][-1]), '')}"
    if kind.startswith("date"):
        return place, f"{shown(value)} is no date; write for example 2026-11-23, without quotes"
    if kind == "string_type":
        return place, f'{shown(value)} is not text; write it in quotes, "..."'
    if kind in ("string_too_short", "too_short"):
        return place, "is empty"
    if kind == "string_pattern_mismatch":
        return place, f'{shown(value)} is no name; use letters, digits, dots, plus and hyphens, for example "10mg"'
    if kind == "literal_error":
        return place, f"{shown(value)} is not known here; it should be {fault['ctx']['expected']}"
    message = message.removeprefix("Input ")
    return place, f"{shown(value)}: {message[:1].lower() + message[1:]}"


# What a missing or mistaken table may look like.
_EXAMPLES = {
    "cite": '; write for example cite = { source = "label", at = "section 2", checked = 2026-11-23 }',
    "by": '; write for example by = { at-most = "5 mg", per = "dose" }, or by = { silent = true }',
    "every": '; write for example every = { at-least = "3 days" }, or every = { silent = true }',
    "times": "; write for example times = 3",
    "when": '; write for example when = { age = { below = "18 years" } }',
    "age": '; write for example age = { at-least = "8 years", below = "18 years" }',
    "weight": '; write for example weight = { below = "33 kg" }',
    "maximum": '; write for example [maximum] daily = "80 mg"',
    "sources": "; write for example [sources.label] with title, publisher, edition and href",
}


def _place(loc: tuple[Any, ...], raw: Any) -> str:
    """Where a fault stands, in the keys that the file itself uses.

    A table may stand for an array of one, and a text for a range; the steps into what is not written are left out.
    """
    parts, here = [], raw
    for step in loc:
        if isinstance(here, list) and isinstance(step, int):
            here = here[step] if step < len(here) else None
            parts.append(str(step))
        elif isinstance(step, str) and step != "[key]" and isinstance(here, dict):
            here = here.get(step)
            parts.append(step)
        elif not isinstance(here, dict):
            break
    return ".".join(parts) or "file"


def _keys() -> set[str]:
    """Every key of a rule file, for guessing what a misspelt one was meant to be."""
    found: set[str] = set()
    todo: list[type[Table]] = [Table]
    while todo:
        table = todo.pop()
        found |= {field.alias or name for name, field in table.model_fields.items()}
        todo += table.__subclasses__()
    return found


def _unknown_sources(raw: Any) -> Iterator[tuple[str, str]]:
    """Citations of sources that the file does not list, found in the raw text so that nothing else hides them."""
    listed = raw.get("sources")
    sources = tuple(listed) if isinstance(listed, dict) else ()

    def walk(value: Any, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            cited = value.get("source")
            if place.endswith("cite") and isinstance(cited, str) and cited not in sources:
                names = ", ".join(sources) or "there are none"
                yield f"{place}.source", f'"{cited}" is not one of the sources of this file ({names})'
            for key, inner in value.items():
                yield from walk(inner, f"{place}.{key}" if place else str(key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from walk(inner, f"{place}.{index}")

    yield from walk(raw, "")


def _contradictions(file: RuleFile, raw: Any) -> Iterator[tuple[str, str]]:
    """What is wrong only when the tables of a file are read together."""
    names = [product.name for product in file.products]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"products.{index}.name", f'"{name}" is the name of two products'
    for index, product in enumerate(file.products):
        yield from _product(product, file.unit, f"products.{index}")
    for place, message in _amounts(file, file.unit, ""):
        yield _place(tuple(int(step) if step.isdecimal() else step for step in place.split(".")), raw), message
    yield from _slots(file)
    scoped = ((f"scopes.{index}.maximum", scope.maximum) for index, scope in enumerate(file.scopes) if scope.maximum)
    for place, maxima in (("maximum", file.maximum), *scoped):
        if not any(m.level == "limit" for m in maxima):
            yield place, 'no maximum has level = "limit"; a schedule needs a bound'
    if not file.taper.decrease:
        yield "taper.decrease", "is missing; where no source gives a step, say silent = true, or derive one"


def _product(product: ProductTable, unit: str, place: str) -> Iterator[tuple[str, str]]:
    if product.measure is not None and (product.measure.unit != "mL" or product.measure.amount <= 0):
        yield f"{place}.measure", f'"{product.measure}" is no volume to draw up; write for example "0.5 mL"'
        return
    try:
        product_of(product).smallest.to(unit)
    except ValueError:
        yield f"{place}.strength", f'"{product.strength}" is not in {unit}, the unit of this file'


# What an amount under such a key may be counted per: the weight, and the time that the key itself means.
_PER = {"dose": "dose", "daily": "day", "band": "day", "doses": "dose"}


def _amounts(value: Any, unit: str, place: str) -> Iterator[tuple[str, str]]:
    """Amounts that are not in the file's unit, or not above zero, or counted per something that does not belong."""
    if isinstance(value, tuple):
        for index, inner in enumerate(value):
            yield from _amounts(inner, unit, f"{place}.{index}")
    elif isinstance(value, When):
        try:
            scope_of(value)
        except ValueError as fault:
            yield place, str(fault)
    elif isinstance(value, ByTable):
        if value.at_most is not None and value.at_most.unit != "%":
            yield from _amount(value.at_most, unit, value.per, f"{place}.at-most")
    elif isinstance(value, SpacingTable | ResponseTable):
        yield from _hours(value, unit, place)
    elif isinstance(value, Table):
        for name, field in type(value).model_fields.items():
            inner, key = getattr(value, name), field.alias or name
            here = f"{place}.{key}" if place else key
            if key not in _PER:
                yield from _amounts(inner, unit, here)
            elif isinstance(inner, Quantity):
                yield from _amount(inner, unit, _PER[key], here)
            elif isinstance(inner, RangeTable):
                if inner.at_least is not None and inner.at_least == inner.at_most:
                    yield from _amount(inner.at_least, unit, _PER[key], here)
                    continue
                for side in ("at_least", "above", "at_most", "below"):
                    if (bound := getattr(inner, side)) is not None:
                        yield from _amount(bound, unit, _PER[key], f"{here}.{side.replace('_', '-')}")


def _hours(table: SpacingTable | ResponseTable, unit: str, place: str) -> Iterator[tuple[str, str]]:
    """Times that have to be hours of a day."""
    bounds = (table.at_least,) if isinstance(table, SpacingTable) else table.long_effect.range().bounds
    for bound in bounds:
        try:
            fits = 0 < bound.to("hours").amount <= 24
        except ValueError:
            fits = False
        if not fits:
            key = "at-least" if isinstance(table, SpacingTable) else "long-effect"
            yield f"{place}.{key}", f'"{bound}" is no time within a day; write for example "6 hours"'
    if isinstance(table, ResponseTable):
        for index, dose in enumerate(table.doses):
            yield from _amount(dose, unit, "dose", f"{place}.doses.{index}")


def _amount(amount: Quantity, unit: str, per: str, place: str) -> Iterator[tuple[str, str]]:
    head, *counted = amount.unit.split("/")
    try:
        Quantity(amount.amount, head).to(unit)
    except ValueError:
        yield place, f'"{amount}" is not in {unit}, the unit of this file'
        return
    if counted not in ([], ["kg"], [per], ["kg", per]):
        yield place, f'"{amount}" is not an amount per {per}; write for example "5 {unit}" or "0.3 {unit}/kg/{per}"'
    elif amount.amount <= 0:
        yield place, f'"{amount}" is not above zero; write for example "5 {unit}"'


def _slots(file: RuleFile) -> Iterator[tuple[str, str]]:
    tables = [*file.frequency, *file.taper.frequency, *(t for scope in file.scopes for t in scope.frequency)]
    tables += [table for scope in file.scopes if scope.taper is not None for table in scope.taper.frequency]
    allowed = {times for table in tables for times in range(table.times.at_least, table.times.at_most + 1)}
    for times in sorted(allowed - set(file.slots.day)):
        yield (
            f"slots.day.{times}",
            f'is missing, and the rule allows {times} doses a day; write for example {times} = ["morning 08:00", ...]',
        )
