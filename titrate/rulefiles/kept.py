"""A rule as it was read, kept for the next command.

To read a rule file takes longer than to plan from it: TOML is parsed, each table is validated, and all of them are
searched for contradictions. What comes of it is kept where Python keeps its compiled modules, under the same switches:
in `__pycache__` beside the file, or below `PYTHONPYCACHEPREFIX`; nowhere with `PYTHONDONTWRITEBYTECODE`.

It is used only where no byte of the rule file, of one that it extends, of titrate, or of the copy itself has changed;
otherwise the file is read. The tables of a kept rule are plain ones, for planning, verifying and naming it; whoever
shows, compares or checks a rule reads the file.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from titrate.days import Duration, parse_time
from titrate.errors import FormatError, RuleError
from titrate.quantity import Quantity
from titrate.regimen import Slot
from titrate.rule import Rule, together
from titrate.rulederived import Bounded, Sized, Taken
from titrate.rulefiles.folder import content_of
from titrate.scale import Scale
from titrate.version import VERSION

if TYPE_CHECKING:
    from titrate.ruleformat.file import RuleFile


class Plain:
    """A table of a rule file with all of its fields, those that were left out too. Nothing can be set or added."""

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"a kept rule is not changed: {name}")


class _Bounds(Plain, Bounded):
    pass


class _By(Plain, Sized):
    pass


class _Rung(Plain, Taken):
    pass


_KINDS: dict[str, type[Plain]] = {"RangeTable": _Bounds, "ByTable": _By, "RungTable": _Rung}
# Values that are one text: how each is called in a copy.
_TEXTS: dict[str, Any] = {
    "quantity": Quantity.parse,
    "duration": Duration.parse,
    "scale": Scale.parse,
    "date": date.fromisoformat,
}
_NAMES = {Quantity: "quantity", Duration: "duration", Scale: "scale", date: "date"}


def find(path: Path, content: bytes, base_of: Callable[[str, Path], Path]) -> Rule | None:
    """The rule in the file at `path`, which holds `content`, if a copy of just that was kept.

    `base_of` finds the file of a rule that the one at a path extends, or raises `RuleError`.
    """
    try:
        digest, _, copy = _place(path).read_bytes().partition(b"\n")
        if hashlib.sha256(copy).hexdigest().encode() != digest:
            return None
        found = json.loads(copy, object_hook=_value)
        file, base = cast("RuleFile", found["file"]), None
        if file.extends is not None:
            place = base_of(file.extends, path)
            base = find(place, content_of(place), base_of)
            if base is None:
                return None
        sha256 = hashlib.sha256(content).hexdigest() if base is None else together(content, base)
        if found["titrate"] != _edition() or found["sha256"] != sha256:
            return None
    except (OSError, ValueError, RuleError):  # none, or one that cannot be read; what is wrong is told when it is read
        return None
    return Rule(path.stem, sha256, file, base, found["inherited"])


def keep(rule: Rule, path: Path, base_of: Callable[[str, Path], Path]) -> None:
    """Keep a copy of a rule that was read from `path`, and of those that it extends, if one may be written there and
    gives the same rule."""
    if sys.dont_write_bytecode:
        return
    from titrate.atomic import write_all

    if rule.base is not None and rule.file.extends is not None:
        keep(rule.base, base_of(rule.file.extends, path), base_of)
    with contextlib.suppress(OSError, FormatError):
        inherited = _written(dict(rule.inherited))
        found = {"titrate": _edition(), "sha256": rule.sha256, "inherited": inherited, "file": _written(rule.file)}
        copy = json.dumps(found, ensure_ascii=False).encode()
        if not _alike(json.loads(copy, object_hook=_value)["file"], rule.file):
            return
        place = _place(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        write_all({place: hashlib.sha256(copy).hexdigest().encode() + b"\n" + copy})


def _place(path: Path) -> Path:
    """Where the copy of a rule file is kept."""
    whole = Path(os.path.realpath(path))
    prefix = sys.pycache_prefix
    folder = whole.parent / "__pycache__" if prefix is None else Path(prefix, *whole.parent.parts[1:])
    return folder / f"{whole.stem}.kept.json"


def _edition() -> list[Any]:
    """What tells this code from any other: the version and, for those who change it, its files."""
    here = Path(__file__).parent
    files: list[tuple[str, int, int]] = []
    for folder in (here.parent, here, here.parent / "ruleformat"):
        with os.scandir(folder) as entries:
            seen = ((one.name, one.stat()) for one in entries if one.name.endswith(".py"))
            files += sorted((name, stat.st_size, stat.st_mtime_ns) for name, stat in seen)
    return [VERSION, *(" ".join(map(str, one)) for one in files)]


def _written(value: Any) -> Any:
    """A value of a rule file as JSON has it. Raises `TypeError` for one that is not known here."""
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, tuple):
        return [_written(one) for one in value]
    if isinstance(value, dict):
        return {"map": [[key, _written(one)] for key, one in value.items()]}
    if isinstance(value, Slot):
        return {"slot": value.name, "at": None if value.at is None else value.at.isoformat("minutes")}
    if type(value) in _NAMES:
        return {_NAMES[type(value)]: str(value)}
    fields = type(value).model_fields
    return {"table": type(value).__name__, **{name: _written(getattr(value, name)) for name in fields}}


def _value(found: dict[str, Any]) -> Any:
    """What `_written` wrote as a JSON object."""
    kind = next(iter(found))
    if kind == "table":
        table = object.__new__(_KINDS.get(found.pop("table"), Plain))
        table.__dict__.update((name, tuple(one) if type(one) is list else one) for name, one in found.items())
        return table
    if kind in _TEXTS:
        return _TEXTS[kind](found[kind])
    if kind == "slot":
        return Slot(found["slot"], None if found["at"] is None else parse_time(found["at"]))
    if kind == "map":
        return {key: tuple(one) if type(one) is list else one for key, one in found["map"]}
    return found


def _alike(kept: Any, read: Any) -> bool:
    """Whether a kept value is the one that was read."""
    if isinstance(kept, Plain):
        return all(_alike(getattr(kept, name), getattr(read, name)) for name in type(read).model_fields)
    if isinstance(kept, tuple | dict) and type(kept) is type(read) and len(kept) == len(read):
        ours, theirs = (list(one.items()) if isinstance(one, dict) else list(one) for one in (kept, read))
        return all(_alike(one, other) for one, other in zip(ours, theirs, strict=True))
    return type(kept) is type(read) and bool(kept == read)
