"""What pydantic finds wrong in a rule file, told as a place and a sentence for the person who wrote it."""

from __future__ import annotations

import difflib
from collections.abc import Iterator
from typing import Any

from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import described, holds, meaning, tables
from titrate.ruleformat.value import Table, shown

# What stands where a value is still to be filled in: text that begins with it never passes.
BLANK = "?"


def told(fault: Any, raw: Any) -> tuple[str, str]:
    """One fault of pydantic as a place and a sentence with the offending value."""
    place = place_of(fault["loc"], raw)
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
        return place, f"{shown(value)} is no {_PATTERNS.get(str(fault['loc'][-1]), _NAME)}"
    if kind == "literal_error":
        return place, f"{shown(value)} is not known here; it should be {fault['ctx']['expected']}"
    message = message.removeprefix("Input ")
    return place, f"{shown(value)}: {message[:1].lower() + message[1:]}"


# What a text that has a form of its own looks like.
_NAME = 'name; use letters, digits, dots, plus and hyphens, for example "10mg"'
_PATTERNS = {
    "base-sha256": "hash; write the 12 digits of 0-9 and a-f that `titrate rules show` prints of that rule",
    "asks": 'word or two without a colon, for example "second opinion"',
}

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


def place_of(loc: tuple[Any, ...], raw: Any) -> str:
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


def unfilled(raw: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str, str]]:
    """Values that are still to be filled in, each with what belongs there."""
    if isinstance(raw, dict):
        for key, inner in raw.items():
            if key.startswith(BLANK):
                yield from _unfilled(key, (*place, key))
            yield from unfilled(inner, (*place, key))
    elif isinstance(raw, list):
        for index, inner in enumerate(raw):
            yield from unfilled(inner, (*place, index))
    elif isinstance(raw, str) and raw.lstrip().startswith(BLANK):
        yield from _unfilled(raw, place)


def _unfilled(text: str, place: tuple[str | int, ...]) -> Iterator[tuple[str, str]]:
    belongs = description(place)
    yield ".".join(map(str, place)), f"is still {shown(text)}{f'. Fill in: {belongs}' if belongs else ''}"


def description(place: tuple[str | int, ...]) -> str | None:
    """What the format says about the innermost key of a place; `None` for one that it does not know."""
    here: list[type[Table]] = [RuleFile]
    found, named = None, False
    for step in place:
        if named or isinstance(step, int):
            named = False
            continue
        fields = [field for table in here for key, _, field in described(table) if key == step]
        if not fields:
            return None
        found, here = meaning(fields[0]), list(tables(fields[0].annotation))
        named = holds(fields[0].annotation, dict)
    return found
