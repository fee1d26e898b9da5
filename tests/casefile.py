"""Case files: what a rule has to give, in the words of whoever signs it. `tests/README.md` teaches the format.

Nothing here computes a dose. It reads a case, puts the request the way the command line would, and says the schedule
that came of it in the same few words as the case, so that both can be held side by side.
"""

from __future__ import annotations

import re
import shlex
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from titrate.cli import command
from titrate.days import Days
from titrate.regimen import Administration, Pattern, Regimen
from titrate.request import Request
from titrate.schedule import Schedule, Step
from titrate.typed import Typed

CASES = Path(__file__).resolve().parent / "cases"
ISSUED = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


class Strict(BaseModel):
    """A table whose unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ExpectedFrom(Strict):
    """Where an expectation is from: a place in a document that the rule cites, arithmetic on paper, or both."""

    document: str | None = None
    """The title of one of the sources of the rule, as the rule file has it."""
    at: str | None = None
    """The place in it: section, table, row."""
    arithmetic: str | None = None
    """What was reckoned on paper."""

    @model_validator(mode="after")
    def _named(self) -> ExpectedFrom:
        if self.document is None and self.arithmetic is None:
            raise ValueError("name the document and the place in it, or the arithmetic")
        if (self.document is None) != (self.at is None):
            raise ValueError("a document and the place in it (`at`) go together")
        return self


class Told(Strict):
    """What every case says."""

    name: str = Field(min_length=3)
    sentence: str = Field(pattern=r"[.]$")
    patient: dict[str, str | bool | tuple[str, ...]] = {}
    """Facts about the patient, each named as its option is."""
    request: str = Field(pattern=r"^(plan|taper) ")
    """The command and its options, without rule and patient."""
    expected_from: ExpectedFrom


class One(Told):
    """One request and what comes of it."""

    steps: tuple[str, ...] = ()
    """The whole plan, step by step."""
    days: tuple[str, ...] = ()
    """Some days of it."""
    ends: str | None = None
    """The day of the last dose: "day 14", or a date."""
    shows: tuple[str, ...] = ()
    """Words that have to stand in what is printed."""
    allowed: bool = False
    """true: there is a plan; what it looks like is not the subject."""
    refused: tuple[str, ...] = ()
    """Words that have to stand in the refusal."""

    @model_validator(mode="after")
    def _expects(self) -> One:
        if bool(self.refused) == bool(self.steps or self.days or self.ends or self.shows or self.allowed):
            raise ValueError(
                "say either what comes of it (steps, days, ends, shows, allowed) or that it is refused (refused)"
            )
        return self


class Rows(Told):
    """The same request for several patients or options: a Markdown table whose columns are named as options are.

    The last column is `expected`: `allowed`, `refused: words`, or days such as `day 1: 5 mg x3`.
    """

    rows: str


class CaseFile(Strict):
    """All cases of one rule."""

    rule: str
    cases: tuple[One, ...] = ()
    tables: tuple[Rows, ...] = ()


@dataclass(frozen=True)
class Case:
    """One request with what is expected of it; a row of a table is one too."""

    file: str
    rule: str
    one: One

    def __str__(self) -> str:
        return f"{self.file}: {self.one.name}"


def read(path: Path) -> CaseFile:
    """A case file. Raises `ValueError` that names the file and each place that is wrong."""
    try:
        return CaseFile.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
    except (ValidationError, tomllib.TOMLDecodeError) as fault:
        raise ValueError(f"{path.name}: {fault}") from fault


def cases_in(path: Path) -> Iterator[Case]:
    """Every case of a file, each row of a table as a case of its own."""
    file = read(path)
    for one in file.cases:
        yield Case(path.name, file.rule, one)
    for table in file.tables:
        for number, row in enumerate(_rows(path.name, table), 1):
            yield Case(path.name, file.rule, _as_case(path.name, table, row, number))


def _rows(file: str, table: Rows) -> list[dict[str, str]]:
    """The rows of a Markdown table by the names of its columns."""
    cells = [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in table.rows.strip().splitlines()
        if not re.fullmatch(r"[|\s:-]+", line)
    ]
    head, *rows = cells
    if head[-1] != "expected" or not rows or any(len(row) != len(head) for row in rows):
        raise ValueError(f'{file}: {table.name}: every row has as many cells as the head, and the last is "expected"')
    return [dict(zip(head, row, strict=True)) for row in rows]


def _as_case(file: str, table: Rows, row: dict[str, str], number: int) -> One:
    expected = row.pop("expected")
    options = " ".join(_option(name, value) for name, value in row.items() if value)
    found: dict[str, Any] = {"refused": (expected.removeprefix("refused: "),)}
    if expected == "allowed":
        found = {"allowed": True}
    elif not expected.startswith("refused: "):
        found = {"days": tuple(part.strip() for part in expected.split(";"))}
    return One(
        name=f"{table.name}, row {number} ({', '.join(f'{name} {value}' for name, value in row.items() if value)})",
        sentence=table.sentence,
        patient=table.patient,
        request=f"{table.request} {options}",
        expected_from=table.expected_from,
        **found,
    )


def _option(name: str, value: str) -> str:
    """An option as one types it; a fact that is true or false is an option without a value."""
    if value in ("yes", "no"):
        return f"--{name}" if value == "yes" else f"--no-{name}"
    return shlex.join((f"--{name}", value))


def request_of(case: Case) -> Request:
    """The request of a case, its options read by the command itself."""
    goal, *options = shlex.split(case.one.request)
    for name, value in case.one.patient.items():
        text = ("yes" if value else "no") if isinstance(value, bool) else value
        options += shlex.split(_option(name, text if isinstance(text, str) else ",".join(text) or "none"))
    read_by = command(goal)
    typed = read_by.make_context(goal, [case.rule, *options]).params
    known = {name: value for name, value in typed.items() if name in Typed.__dataclass_fields__}
    assert goal in ("plan", "taper")
    return Typed(**known).request(case.rule, goal, ISSUED, ISSUED.date())  # type: ignore[arg-type]


# --- What a schedule says, in the words of a case -------------------------------------------------------------------


@dataclass(frozen=True)
class Row:
    """`day 1 to 3: 5 mg x3 (1 tablet of 5 mg)`, read."""

    days: Days
    what: str
    pieces: str | None

    def fits(self, step: Step) -> bool:
        """Whether the regimen of a step, and where given its pieces, is that of the row. Its days are not looked at."""
        return _same_doses(self.what, step.regimen) and (
            self.pieces is None or {one.pieces_in_words() for one in step.regimen.administrations} == {self.pieces}
        )


def row(text: str, start: date) -> Row:
    """Read a row. Days are counted from `start`, which is day 1; weeks likewise."""
    when, colon, what = text.partition(": ")
    pieces = None
    if match := re.fullmatch(r"([^(]+) \(([^()]+)\)", what):
        what, pieces = match.groups()
    if not colon or not what.strip():
        raise ValueError(f'"{text}" is no row; write for example "day 1 to 3: 5 mg x3" or "from day 10: no dose"')
    return Row(span(when.strip(), start), what.strip(), pieces)


def span(text: str, start: date) -> Days:
    """`day 1 to 3`, `day 4`, `week 1 to 2`, `from day 10`, `2026-12-01 to 2026-12-03`, `from 2026-12-10`."""
    match = re.fullmatch(r"(from )?(?:(day|week) (\d+)|(\d{4}-\d\d-\d\d))(?: to (\d+|\d{4}-\d\d-\d\d))?", text)
    if match is None or (match[1] and match[5]):
        raise ValueError(f'"{text}" tells no days; write for example "day 1 to 3", "week 2" or "from day 10"')
    opened, unit, number, day, end = match.groups()
    if day is not None:
        first = date.fromisoformat(day)
        return Days(first, None if opened else date.fromisoformat(end or day))
    length = 7 if unit == "week" else 1
    first = start + timedelta(days=(int(number) - 1) * length)
    return Days(first, None if opened else start + timedelta(days=int(end or number) * length - 1))


def _same_doses(what: str, regimen: Regimen) -> bool:
    """Whether a regimen is what is written: `5 mg x3`, `15 mg/day`, `morning 5 mg, evening 10 mg`, `no dose`."""
    if what in (regimen.notation, regimen.in_words()):
        return True
    if what == "no dose":
        return not regimen.administrations
    if what[0].isdigit():
        pattern = Pattern.parse(what)
        daily = pattern.daily
        return regimen.doses == pattern.doses if daily is None else regimen.daily == daily.to(regimen.unit)
    return [_told(one) for one in regimen.administrations] == [part.strip() for part in what.split(",")]


def _told(one: Administration) -> str:
    return f"{one.slot.name} {one.dose}"


def told(schedule: Schedule) -> str:
    """A schedule as a case would write it, for whoever compares."""
    lines = []
    for step in schedule.steps:
        first = (step.days.first - schedule.first).days + 1
        last = None if step.days.last is None else (step.days.last - schedule.first).days + 1
        opened = last is None or not step.regimen.administrations
        days = f"from day {first}" if opened else f"day {first}" if first == last else f"day {first} to {last}"
        lines.append(f'    "{days}: {step.regimen.notation if step.regimen.administrations else "no dose"}",')
    return "\n".join(lines)
