"""JSON Lines: a request or a schedule on one line.

A request has the fields that `titrate schema request` names; only `issued` may be left out. A schedule is the same
document that `titrate.formats.json` writes, with the same SHA-256.

Nothing is converted on the way in: an amount is text with its unit, a date is a date, an unknown key is a fault, and a
key that stands twice is one too.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from typing import Any, Never

from pydantic import TypeAdapter, ValidationError

from titrate.errors import FormatError
from titrate.formats import json as documents
from titrate.formats.fault import shown
from titrate.request import Request
from titrate.schedule import Schedule

MOST_FAULTS = 5
_SCHEMA = "titrate schema request"


@cache
def _requests() -> TypeAdapter[Request]:
    return TypeAdapter(Request)


def write(schedule: Schedule) -> str:
    """The document of record on one line, without a line end. Raises `FormatError` as `titrate.formats.json` does."""
    return documents.on_a_line(schedule)


def read(text: str, issued: datetime) -> Request:
    """The request in `text`; one that does not say when it was issued was issued at `issued`.

    Raises `FormatError` with the place of each fault, up to `MOST_FAULTS` of them.
    """
    document = _parsed(text)
    if not isinstance(document, dict):
        raise FormatError(f"{shown(document)} is no request; it is an object in braces.", (_SCHEMA,))
    document.setdefault("issued", issued.isoformat())
    try:
        found = _requests().validate_json(json.dumps(document), strict=True)
    except ValidationError as invalid:
        _refuse([_sentence(error) for error in invalid.errors(include_url=False)])
    written = _requests().dump_python(found, mode="json")
    _refuse(list(_misread(document, written, "")))
    if found.issued.tzinfo is None:
        _refuse(['issued: it has no offset; write for example "2026-11-23T09:00:00Z"'])
    if any(at.tzinfo is not None or at.second or at.microsecond for at in found.times or ()):
        _refuse(['times: they are whole minutes without an offset, for example "08:00"'])
    # As the plan is named by all that was asked for, the moment has to be written the same way wherever it comes from.
    return replace(found, issued=found.issued.astimezone(UTC))


def _parsed(text: str) -> Any:
    try:
        return json.loads(text, object_pairs_hook=_object, parse_constant=_no_number, parse_float=_no_number)
    except json.JSONDecodeError as fault:
        broken = "; it breaks off here" if fault.pos >= len(text.rstrip()) or "Untermin" in fault.msg else ""
        raise FormatError(f"This is no JSON: column {fault.colno}: {fault.msg}{broken}.") from fault
    except (RecursionError, ValueError) as fault:  # a ValueError: more digits than the interpreter reads
        raise FormatError("This is no request: it is nested too deeply, or holds a number without end.") from fault


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        names = [name for name, _ in pairs]
        repeated = next(name for name in names if names.count(name) > 1)
        raise FormatError(f"The key {shown(repeated)} stands twice; each key may stand once.")
    return found


def _no_number(digits: str) -> Never:
    raise FormatError(f'{digits[:20]} is no amount; amounts are text with a unit, such as "2.5 mg".')


def _sentence(error: Any) -> str:
    """One of pydantic's errors as the place and a sentence."""
    place = ".".join(str(part) for part in error["loc"]) or "the request"
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return f"{place}: is missing"
    if kind == "unexpected_keyword_argument":
        return f"{place}: there is no such key"
    if kind == "value_error":
        return f"{place}: {error['ctx']['error']}"
    if kind == "literal_error":
        return f"{place}: {shown(value)} is not allowed; it is {error['ctx']['expected']}"
    message = str(error["msg"])
    return f"{place}: {shown(value)} is not allowed: {message[:1].lower()}{message[1:]}"


def _misread(document: Any, written: Any, place: str) -> Iterator[str]:
    """Dates that were read from something else, such as the "86400" that passes for 1970-01-02."""
    if isinstance(document, dict):
        for key, part in document.items():
            yield from _misread(part, written[key], f"{place}.{key}" if place else key)
    elif isinstance(document, list):
        for index, part in enumerate(document):
            yield from _misread(part, written[index], f"{place}.{index}")
    elif isinstance(document, str) and isinstance(written, str) and len(written) >= 8:
        length = 10 if written[4:5] == written[7:8] == "-" else 5 if written[2:3] == written[5:6] == ":" else 0
        if document[:length] != written[:length]:
            yield f'{place}: {shown(document)} is not allowed; write "{written}" if that is meant'


def _refuse(faults: list[str]) -> None:
    if faults:
        more = [f"and {len(faults) - MOST_FAULTS} more"] if len(faults) > MOST_FAULTS else []
        lines = (*dict.fromkeys(faults[:MOST_FAULTS]), *more)
        raise FormatError("\n".join(("This is not a request that titrate reads:", *lines)), (_SCHEMA,))
