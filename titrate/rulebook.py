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
from titrate.product import makeable
from titrate.rule import Rule, product_of, scope_of
from titrate.rulefile import RuleFile

# A rule file is a page or two of text; anything of this size is something else.
LARGEST_FILE = 1_000_000
FOLDERS = "TITRATE_RULES"


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
        for path in sorted(folder.glob("*.toml")):
            found.setdefault(path.stem, path)
    return found


def find(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """The file of a rule, by id or by path (anything that ends in `.toml` or holds a slash).

    Raises `RuleError` with the nearest names for an unknown one.
    """
    if name.endswith(".toml") or os.sep in name or "/" in name:
        path = Path(name)
        if path.is_file():
            return path
        raise RuleError(f"There is no rule file {name!r}.", options=("list the rules that are there: titrate rules",))
    rules = known(environment)
    if name in rules:
        return rules[name]
    near = difflib.get_close_matches(name, rules, n=3, cutoff=0.4)
    nearest = f" The nearest names are {', '.join(near)}." if near else f" There are {', '.join(rules) or 'none'}."
    raise RuleError(f"There is no rule {name!r}.{nearest}", options=("list the rules that are there: titrate rules",))


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
        raw = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
    except UnicodeDecodeError as fault:
        return None, (f"{name}: byte {fault.start} is not UTF-8 text",)
    except tomllib.TOMLDecodeError as fault:
        return None, (f"{name}: this is not TOML: {fault}",)
    except RecursionError:
        return None, (f"{name}: tables are nested too deeply",)
    faults = list(_unknown_sources(raw))
    file = None
    try:
        file = RuleFile.model_validate(raw)
    except ValidationError as error:
        faults += [_told(fault) for fault in error.errors()]
    if file is not None and not faults:
        faults += list(_contradictions(file))
    return file, tuple(f"{name}: {place}: {message}" for place, message in faults)


def _told(fault: Any) -> tuple[str, str]:
    """One fault of pydantic as a place and a sentence with the offending value."""
    place = ".".join(str(part) for part in fault["loc"]) or "file"
    kind, message, value = fault["type"], str(fault["msg"]), fault["input"]
    if kind == "missing":
        return place, "is missing"
    if kind == "extra_forbidden":
        return place, "is not a key of a rule file here; is it misspelt?"
    if kind == "value_error":
        return place, message.removeprefix("Value error, ")
    if isinstance(value, dict | list):
        return place, message[:1].lower() + message[1:]
    return place, f"{str(value)[:60]!r}: {message[:1].lower() + message[1:]}"


def _unknown_sources(raw: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Citations of sources that the file does not list, found in the raw text so that nothing else hides them."""
    sources = raw.get("sources", {}) if isinstance(raw, dict) else {}
    names = ", ".join(sources) if isinstance(sources, dict) else ""

    def walk(value: Any, place: str) -> Iterator[tuple[str, str]]:
        if isinstance(value, dict):
            cited = value.get("source")
            if place.endswith("cite") and isinstance(cited, str) and cited not in sources:
                yield (
                    f"{place}.source",
                    f'"{cited}" is not one of the sources of this file ({names or "there are none"})',
                )
            for key, inner in value.items():
                yield from walk(inner, f"{place}.{key}" if place else str(key))
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                yield from walk(inner, f"{place}.{index}")

    yield from walk(raw, place)


def _contradictions(file: RuleFile) -> Iterator[tuple[str, str]]:
    """What is wrong only when the tables of a file are read together."""
    names = [product.name for product in file.products]
    for index, name in enumerate(names):
        if name in names[:index]:
            yield f"products.{index}.name", f'"{name}" is the name of two products'
    for index, product in enumerate(file.products):
        try:
            makeable((product_of(product),), file.unit, product_of(product).smallest.to(file.unit))
        except (ValueError, KeyError):
            yield f"products.{index}.strength", f'"{product.strength}" is not in {file.unit}, the unit of this file'
    yield from _units(file.model_dump(), file.unit, "")
    yield from _slots(file)
    if not any(m.level == "limit" for m in file.maximum):
        yield "maximum", 'no maximum has level = "limit"; a schedule needs a bound'
    if not file.taper.decrease:
        yield "taper.decrease", "is missing; where no source gives a step, say silent = true, or derive one"
    for index, scope in enumerate(file.scopes):
        try:
            scope_of(scope.when)
        except ValueError as fault:
            yield f"scopes.{index}.when", str(fault)


def _units(value: Any, unit: str, place: str) -> Iterator[tuple[str, str]]:
    """Doses that are in no mass, volume or share that fits the file's unit."""
    dosed = ("dose", "daily", "by", "band")
    if isinstance(value, dict):
        for key, inner in value.items():
            here = f"{place}.{key}" if place else str(key)
            if key in dosed:
                yield from _doses(inner, unit, here)
            elif key not in ("sources", "products", "when", "cite"):
                yield from _units(inner, unit, here)
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _units(inner, unit, f"{place}.{index}")


def _doses(value: Any, unit: str, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _doses(inner, unit, f"{place}.{key.replace('_', '-')}")
    elif isinstance(value, list | tuple):
        for index, inner in enumerate(value):
            yield from _doses(inner, unit, f"{place}.{index}")
    elif hasattr(value, "unit") and hasattr(value, "amount") and value.unit != "%":
        head = type(value)(value.amount, value.unit.split("/")[0])
        try:
            head.to(unit)
        except ValueError:
            yield place, f'"{value}" is not in {unit}, the unit of this file'


def _slots(file: RuleFile) -> Iterator[tuple[str, str]]:
    tables = [*file.frequency, *file.taper.frequency, *(t for scope in file.scopes for t in scope.frequency)]
    tables += [table for scope in file.scopes if scope.taper is not None for table in scope.taper.frequency]
    for table in tables:
        for frequency in range(table.times.at_least, table.times.at_most + 1):
            if frequency not in file.slots.day:
                yield f"slots.day.{frequency}", f"is missing; the rule allows {frequency} doses a day"
                return
