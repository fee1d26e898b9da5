"""The plain text that titrate writes (see `titrate.formats.text`): the steps, and the list of days."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import field
from datetime import date

from titrate.errors import FormatError
from titrate.foreign import Foreign, ForeignDose, ForeignStep
from titrate.formats.foreign import cycles, pieces, printed
from titrate.formats.foreign.cells import shown
from titrate.frozen import dataclass

BEGINS = re.compile(r"^(?:Step|Then step) \d+: ", re.MULTILINE | re.ASCII)
_HEADING = re.compile(r"(?:Step|Then step) \d+: (?P<dates>.+) \((?P<length>[^()]+), (?P<kind>\w+)\)", re.ASCII)
_DOSE = re.compile(r" {4}(?P<when>\S(?:.*?\S)?) {2,}(?P<dose>\S(?:.*?\S)?)(?: {2,}(?P<pieces>\S.*))?")
_CONTINUES = re.compile(r" {9,}(?P<pieces>\S.*)")
_DAY = re.compile(
    r" *\d+  (?P<day>[A-Z][a-z]{2} \d\d [A-Z][a-z]{2} \d{4})  +\d+  +(?P<daily>\S+ \S+)  (?P<told>\S.*)", re.ASCII
)
_FURTHER = re.compile(r" {20,}(?P<told>\S.*)")

Line = tuple[int, str]


def read(text: str) -> Foreign:
    """What the text says. Raises `FormatError` with the line, the value and what is allowed."""
    lines = [line.rstrip() for line in text.replace("\N{NO-BREAK SPACE}", " ").splitlines()]
    steps = tuple(_steps(lines))
    if not steps:
        raise FormatError("The text has no step; a schedule has at least one.")
    printed.agree(steps, list(_days(lines)))
    # A long name of a rule runs over several lines.
    named = printed.RULE.search(" ".join(line.strip() for line in lines[:20]).partition(" Rule ")[2].strip())
    return Foreign(
        "a text of titrate", steps, (), None if named is None else (named["id"], named["sha"]), printed.is_begun(lines)
    )


def _steps(lines: list[str]) -> Iterator[ForeignStep]:
    numbers = [index for index, line in enumerate(lines) if BEGINS.match(line)]
    for index in numbers:
        block: list[Line] = []
        for number, line in enumerate(lines[index:], index + 1):
            if not line:
                break
            block.append((number, line))
        try:
            yield _step(index + 1, block)
        except ValueError as fault:
            raise FormatError(f"line {index + 1}: {fault}.") from fault


def _step(number: int, block: list[Line]) -> ForeignStep:
    # A heading may run over several lines.
    headings = [" ".join(line.strip() for _, line in block[: count + 1]) for count in range(min(len(block), 4))]
    found = ((count, match) for count, text in enumerate(headings, 1) if (match := _HEADING.fullmatch(text)))
    used, match = next(found, (0, None))
    if match is None:
        heading = headings[0]
        raise ValueError(f"{shown(heading)} does not begin a step as titrate writes it")
    first, last = printed.days_of(match["dates"], match["length"])
    told = _Told(block[used:])
    if told.daily is None:
        raise ValueError("the step has no line with its daily dose")
    doses = told.doses(first)
    printed.check_daily(told.daily, doses)
    return ForeignStep(f"line {number}", first, last, doses, kind=printed.kind_of(match["kind"]), cycle=told.cycle)


@dataclass
class _Told:
    """What the lines of a step say: its doses, their sum, and in a longer cycle the dates."""

    block: list[Line]
    daily: str | None = None
    cycle: int = 1
    dates: str = ""
    lines: list[list[str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._read()

    def doses(self, first: date) -> tuple[ForeignDose, ...]:
        """The doses, in a longer cycle on their days."""
        said = [cycles.placed(when) for when, _, _ in self.lines]
        doses = tuple(
            printed.dose_of(when, dose, made) for (_, when), (_, dose, made) in zip(said, self.lines, strict=True)
        )
        if self.cycle == 1:
            return doses
        dated = cycles.first_date(self.dates)
        day = None if dated is None else printed.parse_short(dated)
        return cycles.on_days(doses, [number for number, _ in said], self.cycle, first, day)

    def _read(self) -> None:
        """The lines up to the reasons."""
        told = self.lines
        for number, line in self.block:
            if line.startswith("    Why: "):
                break
            if self.dates or line.startswith("    Days: "):
                self.dates += f"{line.strip()} "
                continue
            self._line(number, line, told)

    def _line(self, number: int, line: str, told: list[list[str]]) -> None:
        if told and (more := _CONTINUES.fullmatch(line)):
            told[-1][2] = f"{told[-1][2]} {more['pieces']}".strip()
        elif line.strip() == "no dose":
            return
        elif match := _DOSE.fullmatch(line):
            cycle = cycles.length(match["when"])
            if match["when"] == "daily dose" or cycle is not None:
                self.daily, self.cycle = match["dose"], cycle or 1
                return
            told.append([match["when"], match["dose"], match["pieces"] or ""])
        else:
            raise FormatError(f"line {number}: {shown(line.strip())} is no dose as titrate writes it.")


def _days(lines: list[str]) -> Iterator[printed.PrintedDay]:
    rows: list[tuple[int, re.Match[str], list[str]]] = []
    for number, line in enumerate(lines, 1):
        if match := _DAY.fullmatch(line):
            rows.append((number, match, [match["told"]]))
        elif rows and rows[-1][0] + len(rows[-1][2]) == number and (more := _FURTHER.fullmatch(line)):
            rows[-1][2].append(more["told"])
    for number, match, told in rows:
        try:
            doses = tuple(_told(" ".join(told)))
            printed.check_daily(match["daily"], doses)
            yield printed.PrintedDay(f"line {number}", printed.parse_short(match["day"]), doses)
        except ValueError as fault:
            raise FormatError(f"line {number}: {fault}.") from fault


def _told(text: str) -> Iterator[ForeignDose]:
    """The doses of a day one after the other: `08:00 and 14:00: 15 mg, 1 tablet of 15 mg each time`."""
    if text == "no dose":
        return
    while text:
        when, _, rest = text.partition(": ")
        dose, found, rest = rest.partition(", ")
        if not found:
            raise ValueError(f"{shown(text)} is no dose as titrate writes it")
        end = len("over 24 hours") if rest.startswith("over 24 hours") else pieces.first(rest)[1]
        end += len(printed.EACH) if rest.startswith(printed.EACH, end) else 0
        yield from printed.doses_of(when, dose, rest[:end])
        text = rest[end:].lstrip()
