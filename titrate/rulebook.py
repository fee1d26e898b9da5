"""Finds and reads rule files, and reports every fault of a file at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from titrate.errors import RuleError
from titrate.rule import Rule
from titrate.rulefiles.folder import FOLDERS, content_of, folders, known

if TYPE_CHECKING:
    from titrate.rulefiles.reader import Reader
    from titrate.ruleformat.file import RuleFile

__all__ = ["FOLDERS", "base_of", "find", "folders", "known", "load", "parse", "read", "recall"]

# So many names fit into a message where none is near; all of them are listed elsewhere.
_FEW = 3
_LIST = "list the rules that are there: titrate rules"


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
    raise RuleError(f"There is no rule {name[:80]!r}.{_nearest(name, rules)}", options=(_LIST,))


def _nearest(name: str, rules: Iterable[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, list(rules), n=3, cutoff=0.4)
    if near:
        return f" The nearest names are {', '.join(near)}."
    there = list(rules)
    few = ", ".join(there[:_FEW]) + (f" and {len(there) - _FEW} more" if len(there) > _FEW else "")
    return f" There are {few or 'none'}."


def load(name: str, environment: Mapping[str, str] = os.environ) -> Rule:
    """The rule of that id or path. Raises `RuleError` with every fault of the file."""
    return read(find(name, environment), environment)


def recall(name: str, environment: Mapping[str, str] = os.environ) -> Rule:
    """The rule of that id or path, for planning and verifying alone: as it was kept when it was last read, if nothing
    has changed since (`rulefiles.kept`). Raises `RuleError` with every fault of the file."""
    from titrate.rulefiles import kept as copies

    def base(name: str, path: Path) -> Path:
        return base_of(name, path, environment)

    path = find(name, environment)
    kept = copies.find(path, content_of(path), base)
    if kept is None:
        kept = read(path, environment)
        copies.keep(kept, path, base)
    return kept


def read(path: Path, environment: Mapping[str, str] = os.environ) -> Rule:
    """The rule in the file at `path`. Raises `RuleError` with every fault of the file."""
    from titrate.rulefiles.reader import counted

    done = _reader(environment).read(content_of(path), path)
    if done.rule is None:
        raise RuleError(f"{path.name} has {counted(done.faults)}:", done.faults)
    return done.rule


def parse(
    content: bytes, path: str | Path, environment: Mapping[str, str] = os.environ
) -> tuple[RuleFile | None, tuple[str, ...]]:
    """The rule file in `content` as if it stood at `path`, and all its faults as `name: key.path: message`."""
    done = _reader(environment).read(content, Path(path))
    return done.file, done.faults


def uncased(path: Path, environment: Mapping[str, str] = os.environ) -> tuple[str, ...]:
    """What is missing of the case file of a rule: among the tests where the rules lie beside tests, and beside the file
    where a folder is named in `TITRATE_RULES` or has case files already. Elsewhere none is looked for."""
    folder = path.resolve().parent
    tests, beside = folder.parent / "tests" / "cases", folder / "cases"
    ours = any(folder == Path(part).resolve() for part in environment.get(FOLDERS, "").split(os.pathsep) if part)
    if folder.name == "rules" and tests.is_dir():
        cases, named = tests, f"tests/cases/{path.name}"
    elif ours or beside.is_dir():
        cases, named = beside, f"cases/{path.name} beside it"
    else:
        return ()
    if (cases / path.name).is_file():
        return ()
    return (f"there is no case file {named}, so nobody has written down what is expected of it",)


def base_of(name: str, path: Path, environment: Mapping[str, str] = os.environ) -> Path:
    """The file of the rule that the one at `path` extends: beside it, then in the folders, in their order.

    A rule of the same id is the next one that the file hides: in the folders after its own. Raises `RuleError`.
    """
    rules, here = known(environment), path.parent.resolve()
    places = folders(environment)
    if name != path.stem:
        places = (path.parent, *places)
    else:
        own = [index for index, folder in enumerate(places) if folder.resolve() == here]
        places = places[own[0] + 1 :] if own else places
    for folder in places:
        if os.path.isfile(folder / f"{name}.toml"):  # unlike Path.is_file, also for a name that no file can have
            return folder / f"{name}.toml"
    if name == path.stem:
        raise RuleError(f'"{name}" is this file itself, and no folder behind its own has another rule of that name')
    beside = sorted(one.stem for one in path.parent.glob("*.toml") if one.stem != path.stem)
    raise RuleError(f'there is no rule "{name[:80]}".{_nearest(name, dict.fromkeys((*beside, *rules)))}')


def _reader(environment: Mapping[str, str]) -> Reader:
    from titrate.rulefiles.reader import Reader

    return Reader(lambda name, path: base_of(name, path, environment))
