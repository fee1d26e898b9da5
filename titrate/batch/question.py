"""One line of a file of requests, read into a request: JSON with the fields of a request, or CSV with the options."""

from __future__ import annotations

import csv
import difflib
from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

from titrate.batch.lines import LONGEST, Line
from titrate.batch.tally import Form
from titrate.errors import FormatError, RequestError
from titrate.frozen import dataclass
from titrate.request import Goal, Request
from titrate.typed import Typed

# Columns of a CSV: named as the options of `plan` and `taper`, beside the rule and whether to plan or to taper.
_FIXED = ("rule", "goal")
_OPTIONS = {"from" if field.name == "current" else field.name.replace("_", "-"): field.name for field in fields(Typed)}
_KINDS = {name: next(str(f.type) for f in fields(Typed) if f.name == field) for name, field in _OPTIONS.items()}
_YES_OR_NO = {"yes": True, "true": True, "no": False, "false": False}
COLUMNS = (*_FIXED, *_OPTIONS)


def columns(line: Line | None) -> tuple[str, ...]:
    """The columns that the first line of a CSV names. Raises `FormatError` for an unknown, missing or repeated one."""
    if line is None:
        raise FormatError("The file is empty; the first line of a CSV names its columns.", (_EXAMPLE,))
    names = tuple(cell.strip().replace("_", "-") for cell in _cells(line, first=True))
    for index, name in enumerate(names):
        if name not in COLUMNS:
            near = difflib.get_close_matches(name, COLUMNS, n=1)
            meant = f"; did you mean {near[0]}?" if near else f"; there are {', '.join(COLUMNS)}."
            raise FormatError(f"line 1: {name[:40]!r} is no column that titrate knows{meant}", (_EXAMPLE,))
        if name in names[:index]:
            raise FormatError(f"line 1: the column {name} stands twice.")
    missing = [name for name in (*_FIXED, "start") if name not in names]
    if missing:
        raise FormatError(f"line 1: the column {missing[0]} is missing.", (_EXAMPLE,))
    return names


_EXAMPLE = "rule,goal,start,from,target"


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the lines of a file. `names` are the columns of a CSV, `issued` is the moment (UTC) of its requests, and of
    those in JSON that name none. `rule_id` tells the id of the rule that was named, or raises `RuleError`."""

    form: Form
    names: tuple[str, ...]
    issued: datetime
    rule_id: Callable[[str], str]

    def read(self, line: Line) -> Request:
        """The request in a line. Raises `FormatError`, `RequestError` or `RuleError`."""
        if line.too_long:
            raise FormatError(f"The line is longer than {LONGEST} bytes; a request is one line of text.")
        if not line.content.strip():
            raise FormatError("The line is empty; each line holds one request.")
        return self._json(line) if self.form == "jsonl" else self._csv(line)

    def _json(self, line: Line) -> Request:
        from titrate.formats import lines

        return lines.read(_text(line), self.issued)

    def _csv(self, line: Line) -> Request:
        if not line.whole:
            raise FormatError(
                "The last line has no line end, so that it may have been cut off.", ("end it with a line end",)
            )
        cells = _cells(line)
        if len(cells) != len(self.names):
            raise FormatError(f"The line has {len(cells)} cells; the first line names {len(self.names)} columns.")
        given = {name: cell.strip() for name, cell in zip(self.names, cells, strict=True) if cell.strip()}
        for name in (*_FIXED, "start"):
            if name not in given:
                raise RequestError(f"{name} is missing.")
        goal, rule = _goal(given.pop("goal")), self.rule_id(given.pop("rule"))
        options: dict[str, Any] = {_OPTIONS[name]: _converted(name, text) for name, text in given.items()}
        typed = Typed(**options)
        return typed.request(rule, goal, self.issued, self.issued.date())


def _goal(text: str) -> Goal:
    goals: dict[str, Goal] = {"plan": "plan", "taper": "taper"}
    if text not in goals:
        raise RequestError(f"goal is {text[:40]!r}; it is plan or taper.")
    return goals[text]


def _converted(name: str, text: str) -> str | bool | int:
    """The text of a cell; that of a switch as a truth value, that of a number as one."""
    kind = _KINDS[name]
    if kind.startswith("bool"):
        if text.casefold() not in _YES_OR_NO:
            raise RequestError(f"{name} is {text[:40]!r}; it is yes or no.")
        return _YES_OR_NO[text.casefold()]
    if kind.startswith("int"):
        if not (text.isascii() and text.isdigit() and len(text) < 7):
            raise RequestError(f"{name} is {text[:40]!r}; it is a whole number.")
        return int(text)
    return text


def _cells(line: Line, first: bool = False) -> list[str]:
    """The cells of a line; none of them holds a line end."""
    text = _text(line)
    if first and ";" in text and "," not in text:
        raise FormatError("line 1: the columns are separated by semicolons; titrate reads commas.", (_EXAMPLE,))
    try:
        return next(csv.reader([text], strict=True))
    except csv.Error as fault:
        raise FormatError(f"This is no line of a CSV: {fault}. A cell holds no line end.") from fault


def _text(line: Line) -> str:
    try:
        text = line.content.decode("utf-8-sig" if line.number == 1 else "utf-8")
    except UnicodeDecodeError as fault:
        raise FormatError(f"The line is no text in UTF-8 (byte {fault.start + 1} of it).") from fault
    if "\0" in text:
        raise FormatError("The line holds a zero byte; it is no text.")
    return text
