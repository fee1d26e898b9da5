"""JSON: the document of record. What is written here reads back to an equal schedule.

RFC 8259, UTF-8, keys in the order in which the value types declare them. A document is at most
`LARGEST` characters long. Nothing is converted on the way in: an amount is text with its unit, a number
is a whole number, a date is a date, an unknown key is a fault; and a key that stands twice is one too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from typing import Any, Literal, Never

from pydantic import TypeAdapter, ValidationError
from pydantic_core import PydanticSerializationError

from titrate.errors import FormatError
from titrate.formats import seal, whole
from titrate.formats.fault import Fault, Place, shown, written
from titrate.frozen import dataclass
from titrate.request import Request
from titrate.schedule import Schedule

VERSION = 1
# Bounds on what is read, so that no file can exhaust the memory. A step takes about 3,000 characters and 100
# values, so a schedule that changes every day for eight years still fits.
LARGEST = 10_000_000
MOST_VALUES = 300_000
DEEPEST = 60
MOST_FAULTS = 20
# From here on faults are counted, not listed: even the list of them would not fit.
TOO_MANY_FAULTS = 5_000

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_COUNT = re.compile(r"\d{1,15}(\.\d{1,15}|/[1-9]\d{0,14})?", re.ASCII)
_DATE = re.compile(r"\d{4}-\d\d-\d\d(T.*)?", re.ASCII)
_TIME = re.compile(r"\d\d:\d\d(:.*)?", re.ASCII)
_SHA256 = re.compile(r"[0-9a-f]{64}", re.ASCII)
# What a document leaves out: a cycle of one day, and the day of a dose in it. Both come last in their objects.
_ONE_DAY = re.compile(r',\n *(?:"cycle": 1|"day": 1|"on": \[\])(?=\n)')
_ONE_DAY_ON_A_LINE = re.compile(r',"(?:cycle":1|day":1|on":\[\])(?=})')
# pydantic's names for a value of the wrong kind, and what we say instead.
_WANTED = {
    "string_type": "text in double quotes",
    "int_type": "a whole number without quotes",
    "int_from_float": "a whole number without quotes",
    "bool_type": "true or false",
    "tuple_type": "a list in square brackets",
    "dataclass_type": "an object in braces",
    "date_type": 'a date, for example "2026-12-01"',
    "date_parsing": 'a date, for example "2026-12-01"',
    "date_from_datetime_parsing": 'a date, for example "2026-12-01"',
    "date_from_datetime_inexact": 'a date, for example "2026-12-01"',
    "datetime_type": 'a moment, for example "2026-11-23T09:00:00Z"',
    "datetime_parsing": 'a moment, for example "2026-11-23T09:00:00Z"',
    "datetime_from_date_parsing": 'a moment, for example "2026-11-23T09:00:00Z"',
    "time_type": 'a time of day, for example "08:00:00"',
    "time_parsing": 'a time of day, for example "08:00:00"',
    "fraction_parsing": 'a count written as text, for example "2" or "3/2"',
}

What = Literal["schedule", "request"]


class _Repeated(dict[str, Any]):
    """An object in which a key stood more than once."""

    key = ""


@cache
def _schedules() -> TypeAdapter[Schedule]:
    return TypeAdapter(Schedule)


def write(schedule: Schedule) -> str:
    """The document, indented by 1, with a line end at its end; its last key is its own SHA-256 (`formats.seal`).

    Raises `FormatError` for text that is no Unicode.
    """
    return seal.put(_ONE_DAY.sub("", _dumped(schedule, indent=1)))


def on_a_line(schedule: Schedule) -> str:
    """The same document on one line, without white space and without a line end. Raises `FormatError` as `write`."""
    return seal.put_on_a_line(_ONE_DAY_ON_A_LINE.sub("", _dumped(schedule)))


def _dumped(schedule: Schedule, indent: int | None = None) -> str:
    try:
        return _schedules().dump_json(schedule, indent=indent).decode()
    except PydanticSerializationError as fault:
        raise FormatError(f"The schedule cannot be written as JSON: {fault}.") from fault


def schema(what: What) -> dict[str, Any]:
    """The JSON Schema (2020-12) of a schedule or of a request, as this version reads them."""
    adapter: TypeAdapter[Any] = _schedules() if what == "schedule" else TypeAdapter(Request)
    found = {"$schema": _DIALECT, **adapter.json_schema(), "title": f"titrate {what}, format {VERSION}"}
    if what == "schedule":
        found["properties"][seal.KEY] = {"type": "string", "pattern": f"^{_SHA256.pattern}$"}
    return found


@dataclass(frozen=True, slots=True)
class Document:
    """A schedule as it was read: `sha256` is that of the document, `edited`: it was changed after titrate wrote it.

    A document of a titrate that wrote no SHA-256 yet does not tell whether it was changed.
    """

    schedule: Schedule
    sha256: str
    edited: bool


def read(text: str, gaps: bool = False) -> Schedule:
    """The schedule that `write` wrote; with `gaps` also one whose steps leave days out or overlap, to be judged.

    Raises `FormatError`, with up to `MOST_FAULTS` faults and the place of each, for anything else. It says
    nothing about whether the schedule is safe: that is for `titrate.verify`.
    """
    return opened(text, gaps).schedule


def opened(text: str, gaps: bool = False) -> Document:
    """The same, with what the document says of itself."""
    document = _parse(text)
    _refuse(list(_hazards(document)))
    _refuse(list(_version(document)))
    sha256, said = seal.of(document), document.pop(seal.KEY, None)
    if said is not None and not (isinstance(said, str) and _SHA256.fullmatch(said)):
        _refuse([((seal.KEY,), f"{shown(said)} is no SHA-256; it has 64 digits of 0-9 and a-f")])
    try:
        schedule = _schedules().validate_json(json.dumps(document), strict=True)
    except ValidationError as invalid:
        if invalid.error_count() > TOO_MANY_FAULTS:
            raise FormatError(f"This is not a schedule that titrate wrote: {invalid.error_count()} faults.") from None
        errors = invalid.errors(include_url=False)
        _refuse([_sentence(error) for error in errors if _meant(document, error["loc"])])
        raise FormatError(f"The document is no schedule: {errors[0]['msg']}.") from invalid
    _refuse(list(_misread(document, _schedules().dump_python(schedule, mode="json"), ())))
    _refuse(list(whole.faults(schedule, gaps)))
    return Document(schedule, sha256, said is not None and said != sha256)


def _refuse(faults: list[Fault]) -> None:
    """Raise one `FormatError` for all faults, if there are any."""
    if not faults:
        return
    lines = list(dict.fromkeys(f"{written(place)}: {says}" for place, says in faults))
    if len(lines) > MOST_FAULTS:
        lines = [*lines[:MOST_FAULTS], f"and {len(lines) - MOST_FAULTS} more"]
    raise FormatError("\n".join(("This is not a schedule that titrate wrote:", *lines)))


def _parse(text: str) -> Any:
    """The text as plain values. Raises `FormatError` where it is no JSON, too large or too deep."""
    if len(text) > LARGEST:
        raise FormatError(f"The document has {len(text)} characters; a schedule has at most {LARGEST}.")
    try:
        return json.loads(
            text.removeprefix("\ufeff"), object_pairs_hook=_object, parse_constant=_no_number, parse_int=_integer
        )
    except json.JSONDecodeError as fault:
        if not text.strip():
            raise FormatError("The document is empty; a schedule begins with {.") from fault
        broken = " (the text breaks off here)" if fault.pos >= len(text.rstrip()) or "Untermin" in fault.msg else ""
        where = f"line {fault.lineno}, column {fault.colno}"
        raise FormatError(f"The document is no JSON: {where}: {fault.msg}{broken}.") from fault
    except RecursionError as fault:
        raise FormatError(f"The document is nested too deeply; a schedule has at most {DEEPEST} levels.") from fault


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    names = [name for name, _ in pairs]
    repeated = _Repeated(found)
    repeated.key = next(name for name in names if names.count(name) > 1)
    return repeated


def _no_number(name: str) -> Never:
    raise FormatError(f'The document is no JSON: {name} is no number; amounts are text with a unit, such as "5 mg".')


def _integer(digits: str) -> int:
    if len(digits) > 18:
        raise FormatError(f"The document holds a number of {len(digits)} digits ({digits[:18]}...), more than 18.")
    return int(digits)


def _hazards(document: Any) -> Iterator[Fault]:
    """What has to be found before the values are looked at: repeated keys, too much, too deep, unsafe to convert."""
    pending: list[tuple[Place, Any]] = [((), document)]
    seen = 0
    while pending:
        place, value = pending.pop()
        if not isinstance(value, dict | list):
            if isinstance(value, str) and any("\ud800" <= char <= "\udfff" for char in value):
                yield place, f"{shown(value)} holds half a character (a lone surrogate); write whole characters"
            continue
        seen += len(value)
        if seen > MOST_VALUES or len(place) > DEEPEST:
            yield place[:6], f"too much: a schedule has at most {MOST_VALUES} values on {DEEPEST} levels"
            return
        if isinstance(value, _Repeated):
            yield place, f"the key {shown(value.key)} stands twice; each key may stand once"
        inside = list(value.items() if isinstance(value, dict) else enumerate(value))
        for key, part in inside:
            if isinstance(key, str) and any("\ud800" <= char <= "\udfff" for char in key):
                yield place, f"the key {shown(key)} holds half a character (a lone surrogate)"
            if key == "count" and (not isinstance(part, str) or not _COUNT.fullmatch(part)):
                yield (*place, key), f'{shown(part)} is no count; it is written as text, for example "2" or "3/2"'
        pending.extend(((*place, key), part) for key, part in reversed(inside))


def _version(document: Any) -> Iterator[Fault]:
    if not isinstance(document, dict):
        yield (), f"it is {shown(document)}; a schedule is an object in braces"
    elif "format" not in document:
        yield ("format",), f"is missing; this version of titrate reads format {VERSION}"
    elif type(document["format"]) is not int or document["format"] != VERSION:
        found = shown(document["format"])
        newer = isinstance(document["format"], int) and document["format"] > VERSION
        hint = "a newer titrate wrote it, and can read it" if newer else "the titrate that wrote it can read it"
        yield (
            ("format",),
            f"{found} is not a format that this version of titrate reads; it reads format {VERSION}; {hint}",
        )


def _meant(document: Any, place: Place) -> bool:
    """Whether an error concerns the kind of reason that was meant.

    A reason is a `Fact` or a `Because`. pydantic tries both and reports both; only a `Because` has a claim.
    """
    value = document
    for part in place:
        if part in ("Fact", "Because"):
            because = isinstance(value, dict) and ("claim" in value or "facts" in value)
            if (part == "Because") != because:
                return False
        elif isinstance(value, dict):
            value = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
    return True


def _sentence(error: Any) -> Fault:
    """One of pydantic's errors as the place and a sentence: the value, and what is allowed."""
    place: Place = tuple(part for part in error["loc"] if part not in ("Fact", "Because"))
    kind, value = error["type"], error["input"]
    if kind == "missing":
        return place, "is missing; every schedule that titrate writes has it"
    if kind == "unexpected_keyword_argument":
        return place, f"there is no such key; allowed here are {', '.join(_allowed(error['loc'][:-1]))}"
    if kind == "literal_error":
        return place, f"{shown(value)} is not allowed; it is {error['ctx']['expected']}"
    if kind in _WANTED:
        return place, f"{shown(value)} is not allowed; write {_WANTED[kind]}"
    if kind == "value_error":
        return place, str(error["ctx"]["error"])
    return place, f"{shown(value)}: {error['msg']}"


def _allowed(place: Place) -> list[str]:
    """The keys of the object at `place`, in which `Fact` and `Because` stand after the index of a reason."""
    whole = _schedules().json_schema()
    node = whole
    for part in (*place, None):
        options = [node, *node.get("anyOf", ())]
        reference = next((option["$ref"] for option in options if "$ref" in option), None)
        node = whole["$defs"][reference.rpartition("/")[2]] if reference else node
        node = node.get("items", node) if isinstance(part, int) else node
        if isinstance(part, str):
            node = whole["$defs"][part] if part in ("Fact", "Because") else node["properties"].get(part, node)
    return list(node.get("properties", ()))


def _misread(document: Any, written: Any, place: Place) -> Iterator[Fault]:
    """Dates and times that were read from something else, such as the "86400" that passes for 1970-01-02."""
    if isinstance(document, dict):
        for key, part in document.items():
            yield from _misread(part, written[key], (*place, key))
    elif isinstance(document, list):
        for index, part in enumerate(document):
            yield from _misread(part, written[index], (*place, index))
    elif isinstance(document, str) and document != written and isinstance(written, str):
        length = 10 if _DATE.fullmatch(written) else 5 if _TIME.fullmatch(written) else 0
        if document[:length] != written[:length]:
            yield place, f'{shown(document)} is not allowed; write "{written}" if that is meant'
