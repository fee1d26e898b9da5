"""Requests planned and proved, and the record of each: a schedule, or why there is none."""

from __future__ import annotations

import csv
import gc
import json
from collections.abc import Iterator, Sequence
from dataclasses import field, replace
from io import StringIO
from typing import Any

from titrate import rulebook
from titrate.batch import parquet
from titrate.batch.columns import HEADER
from titrate.batch.lines import Line
from titrate.batch.question import Reader
from titrate.batch.remembered import Remembered
from titrate.batch.tally import Answer, Settings, Tally, Written
from titrate.errors import RuleError, TitrateError
from titrate.formats import csv as tidy
from titrate.formats import lines as documents
from titrate.frozen import dataclass
from titrate.proof import proved
from titrate.schedule import Schedule

# After so many portions (some hundred requests) the memory is tidied, which takes as long as a handful of requests.
_TIDIED_AFTER = 4


@dataclass(slots=True)
class Desk:
    """Answers requests. Each rule is read once, when it is first asked for; so a desk serves one run."""

    settings: Settings
    _rules: dict[str, Remembered | RuleError] = field(default_factory=dict)
    _portions: int = 0

    def answer(self, lines: Sequence[Line]) -> Answer:
        """The records of these lines."""
        settings, tally = self.settings, Tally()
        reader = Reader(settings.form, settings.names, settings.issued, lambda name: self._rule(name).id)
        records: list[Any] = []
        for line in lines:
            tally.requests += 1
            try:
                request = reader.read(line)
                rule = self._rule(request.rule)
                schedule = proved(rule.plan(replace(request, rule=rule.id)), rule)
                tally.rules[rule.id] = rule.sha256
                records.append(_record(line, schedule, settings.written))
            except TitrateError as error:
                tally.failed[error.kind] += 1
                records.append(_failure(line, error, settings.written))
        self._tidied()
        return Answer(_joined(records, settings.written), tally)

    def _tidied(self) -> None:
        """Now and then whatever refers to itself is let go: Python waits ever longer with that, and memory grows."""
        self._portions += 1
        if self._portions % _TIDIED_AFTER == 0:
            gc.collect()

    def _rule(self, name: str) -> Remembered:
        """The rule of that id or path. Raises `RuleError`, the same each time."""
        if name not in self._rules:
            try:
                found: Remembered | RuleError = Remembered(rulebook.load(name))
            except RuleError as fault:
                found = fault
            if len(self._rules) > 1_000:  # names that somebody made up by the million
                self._rules.clear()
            self._rules[name] = found
        known = self._rules[name]
        if isinstance(known, RuleError):
            raise known
        return known


def _record(line: Line, schedule: Schedule, written: Written) -> Any:
    if written == "jsonl":
        return documents.write(schedule).encode()
    if written == "parquet":
        parquet.check(schedule)
    before = (str(line.number), schedule.plan, tidy.guarded(schedule.request.label or ""))
    return [(*before, *row, "", "", "") for row in tidy.rows(schedule)]


def _failure(line: Line, error: TitrateError, written: Written) -> Any:
    if written == "jsonl":
        return json.dumps({"line": line.number, **error.as_data()}, ensure_ascii=True, separators=(",", ":")).encode()
    blank = ("",) * len(tidy.HEADER)
    message = tidy.guarded(error.message.replace("\n", " "))  # a row is a line
    return [(str(line.number), "", "", *blank, error.kind, str(error.exit_code), message)]


def _joined(records: Sequence[Any], written: Written) -> bytes:
    if written == "jsonl":
        return b"\n".join((*records, b""))
    rows = (row for record in records for row in record)
    if written == "parquet":
        return parquet.portion(list(rows))
    return as_csv(rows)


def header() -> bytes:
    """The first line of a CSV of many schedules."""
    return as_csv([HEADER])


def as_csv(rows: Iterator[tuple[str, ...]] | Sequence[tuple[str, ...]]) -> bytes:
    """Rows of cells as lines of a CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
