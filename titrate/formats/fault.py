"""A fault of a document: where it is and what is said of it, fit for a message."""

from __future__ import annotations

import json

Place = tuple[str | int, ...]
Fault = tuple[Place, str]


def written(place: Place) -> str:
    """`steps[2].regimen.unit`."""
    text = "".join(f"[{part}]" if isinstance(part, int) else f".{shown(part)[1:-1]}" for part in place)
    return text.removeprefix(".") or "the document"


def shown(value: object) -> str:
    """A value fit for a message: one line of ASCII, at most 60 characters."""
    if isinstance(value, dict | list):
        return "an object" if isinstance(value, dict) else "a list"
    text = json.dumps(value if isinstance(value, str | int | float | None) else str(value))
    return text if len(text) <= 60 else text[:56] + '..."'
