"""Where rule files lie, and their bytes. What they say is not read here: completing a name costs next to nothing."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from titrate.errors import RuleError

FOLDERS = "TITRATE_RULES"
# A rule file is a page or two of text; anything of this size is something else.
LARGEST_FILE = 1_000_000


def folders(environment: Mapping[str, str] = os.environ) -> tuple[Path, ...]:
    """Where rules are looked for, in order: the folders of `TITRATE_RULES`, then the rules that came with titrate."""
    own = tuple(Path(part) for part in environment.get(FOLDERS, "").split(os.pathsep) if part)
    here = Path(__file__).resolve().parent.parent
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


def content_of(path: Path) -> bytes:
    """The bytes of a rule file. Raises `RuleError` for one that cannot be read or is too large to be a rule."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            raise RuleError(f"{path} is larger than {LARGEST_FILE} bytes, and so no rule file.")
        return path.read_bytes()
    except OSError as fault:
        raise RuleError(f"{path} cannot be read: {fault.strerror}.") from fault
