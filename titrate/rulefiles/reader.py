"""Reads one rule file, joined with what it extends, into a rule or into all of its faults."""

from __future__ import annotations

import hashlib
import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from titrate.errors import RuleError
from titrate.frozen import dataclass
from titrate.rule import Rule, together
from titrate.rulefiles.contradiction import contradictions, unknown_sources
from titrate.rulefiles.fault import BLANK, told, unfilled
from titrate.rulefiles.folder import content_of
from titrate.rulefiles.inherit import REPEATED, Base, joined
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import join, written
from titrate.ruleformat.value import shown

# A clinic's rule on a hospital's on a country's: who reads more files than that to know one dose?
DEEPEST = 3

_HASH = re.compile("[0-9a-f]{12,64}")

Raw = dict[str, Any]
Fault = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """A rule file that was read: as it is written (joined with what it extends), and as a rule if it has no faults.

    `file` is also there where the tables are sound one by one and contradict each other.
    """

    raw: Raw
    file: RuleFile | None
    rule: Rule | None
    faults: tuple[str, ...]


def counted(faults: tuple[str, ...]) -> str:
    """`one fault`, `3 faults`."""
    return "one fault" if len(faults) == 1 else f"{len(faults)} faults"


class _Endless(RuleError):
    """Rules that extend each other in a circle, or too many of them."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rule files. `base_of` finds the file of a rule that the one at a path extends, or raises `RuleError`."""

    base_of: Callable[[str, Path], Path]

    def read(self, content: bytes, path: Path, chain: tuple[Path, ...] = ()) -> Read:
        """The rule in `content`, which stands at `path`; `chain` are the files that extend it, the outermost first."""
        try:
            raw = tomllib.loads(content.decode("utf-8"), parse_float=Decimal)
            return self._extended(raw, content, path, chain) if "extends" in raw else _alone(raw, content, path)
        except UnicodeDecodeError as fault:
            why = f"byte {fault.start} is not UTF-8 text; save the file as UTF-8"
        except RecursionError:
            why = "tables are nested too deeply"
        except tomllib.TOMLDecodeError as fault:
            why = f"this is not TOML: {fault}"
        except ValueError:  # the interpreter's own limit
            why = "this is not TOML: a number has too many digits"
        return Read({}, None, None, (f"{path.name}: {why}",))

    def _extended(self, raw: Raw, content: bytes, path: Path, chain: tuple[Path, ...]) -> Read:
        """A rule that names a base. Only tables that are sound by themselves are joined and read together."""
        _, faults = _validated(raw, partial=True)
        found = self._base(raw["extends"], path, chain)
        if isinstance(found, RuleError):
            faults.append(("extends", found.args[0].partition("\n")[0]))
            return Read(raw, None, None, (*_lines(path, _with_blanks(raw, faults)), *found.faults))
        if found is None or found.rule is None:  # it does not say what it extends, and the faults say so
            return Read(raw, None, None, _lines(path, _with_blanks(raw, faults)))
        base = found.rule
        whole = joined(raw, Base(base.id, found.raw, base.inherited))
        faults += [*whole.faults, *_pinned(raw, base), *unknown_sources(raw, _sources(whole.raw))]
        if faults := _with_blanks(raw, faults):
            return Read(whole.raw, None, None, _lines(path, faults))
        file, faults = _validated(whole.raw)
        faults = faults if file is None else list(contradictions(file, whole.raw))
        lines = _lines(path, (whole.where(*fault) for fault in faults))
        rule = None if file is None or lines else Rule(path.stem, together(content, base), file, base, whole.inherited)
        return Read(whole.raw, file, rule, lines)

    def _base(self, name: Any, path: Path, chain: tuple[Path, ...]) -> Read | RuleError | None:
        """The rule that is extended, or why there is none; `None` where the file does not name one."""
        if not isinstance(name, str) or not name or name.startswith(BLANK):
            return None
        try:
            if name.endswith(".toml") or "/" in name or "\\" in name:
                raise RuleError(f"{shown(name)} is a path; a rule that is extended is named by its id, without .toml")
            place = self.base_of(name, path)
            _go_on(place, (*chain, path))
            read = self.read(content_of(place), place, (*chain, path))
        except _Endless as fault:
            if chain:  # told of the file that was asked for, not of one in the middle
                raise
            return fault
        except RuleError as fault:
            return fault
        if read.rule is None:
            return RuleError(f"{shown(name)} has {counted(read.faults)} of its own", read.faults)
        return read


def _alone(raw: Raw, content: bytes, path: Path) -> Read:
    """A rule that extends no other."""
    file, faults = _validated(raw)
    faults = [*unknown_sources(raw, _sources(raw)), *faults]
    if file is not None and not faults:
        faults = list(contradictions(file, raw))
    faults = _with_blanks(raw, faults)
    rule = None if file is None or faults else Rule(path.stem, hashlib.sha256(content).hexdigest(), file)
    return Read(raw, file, rule, _lines(path, faults))


def _validated(raw: Raw, partial: bool = False) -> tuple[RuleFile | None, list[Fault]]:
    """The tables of a file one by one; with `partial` those that may be inherited need not be there."""
    try:
        return RuleFile.model_validate(raw), []
    except ValidationError as error:
        # An array of which no item is sound counts as empty for pydantic; the items' own faults say it.
        own = [fault for fault in error.errors() if fault["type"] != "too_short" or not fault["input"]]
    return None, [told(fault, raw) for fault in own if not (partial and _inheritable(fault))]


def _inheritable(fault: Any) -> bool:
    """Whether pydantic misses something that a rule may leave to the one that it extends."""
    key, *inside = fault["loc"]
    parts = {key for key, _, field in written(RuleFile) if join(field) == "parts"}
    return fault["type"] == "missing" and key not in REPEATED and (not inside or (key in parts and len(inside) == 1))


def _go_on(place: Path, chain: tuple[Path, ...]) -> None:
    """Raises `_Endless` where a rule would extend itself in the end, or too many others."""
    names = " extends ".join(f'"{one.stem}"' for one in (*chain, place))
    if place.resolve() in {one.resolve() for one in chain}:
        raise _Endless(f"this goes in a circle: {names}")
    if len(chain) > DEEPEST:
        raise _Endless(f"this goes too deep: {names}; at most {DEEPEST} rules may stand below one another")


def _pinned(raw: Raw, base: Rule) -> Iterator[Fault]:
    """Whether the base is the edition of it that the file was written for."""
    pin, known = raw.get("base-sha256"), base.sha256[:12]
    if isinstance(pin, str) and _HASH.fullmatch(pin) and not base.sha256.startswith(pin):
        yield (
            "base-sha256",
            f'{shown(pin)} is not the hash of "{base.id}", which begins with {known}. Another edition of it may differ '
            f"in what is inherited: compare the two (titrate rules diff), and then write the new hash",
        )
    if pin is None and raw.get("status") == "reviewed":
        yield (
            "base-sha256",
            "is missing; a reviewed rule says which edition of the inherited one was reviewed with it: "
            f'base-sha256 = "{known}"',
        )


def _sources(raw: Raw) -> tuple[str, ...]:
    listed = raw.get("sources")
    return tuple(listed) if isinstance(listed, dict) else ()


def _with_blanks(raw: Raw, faults: list[Fault]) -> list[Fault]:
    """The faults, and in the place of those of a value that is not filled in yet what belongs there."""
    blanks = dict(unfilled(raw))
    return [*blanks.items(), *(fault for fault in faults if fault[0] not in blanks)]


def _lines(path: Path, faults: Iterable[Fault]) -> tuple[str, ...]:
    return tuple(_printable(f"{path.name}: {place}: {message}") for place, message in dict.fromkeys(faults))


def _printable(line: str) -> str:
    return "".join(char if char.isprintable() else "?" for char in line)
