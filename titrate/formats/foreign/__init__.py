"""Reads a schedule from elsewhere: what titrate writes, but for the table of a terminal, and CSV as people write it.

`cells` are days and amounts, `columns` the header and `patterns` the doses of a CSV that somebody wrote
(`simplecsv`); `pieces` are tablets in words; `printed` is what `markdown` and `text` have in common. `tidycsv` and
`calendar` read what titrate writes as CSV and iCalendar. Nothing is put right: that days are missing or tablets do not
add up is for the laws to say. A JSON document is a schedule already.
"""

from __future__ import annotations

from titrate.errors import FormatError
from titrate.foreign import MOST_STEPS, Foreign
from titrate.formats import csv, json
from titrate.formats.foreign import calendar, markdown, simplecsv, text, tidycsv
from titrate.schedule import Schedule

# In bytes, which are at least as many as characters.
LARGEST = min(json.LARGEST, csv.LARGEST)
# Longer lines stand in no text that titrate writes; they bound the time it takes to understand one.
LONGEST_LINE = 20_000
MOST_LINES = 500_000

_MARKS = ((b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"))
_KNOWN = (
    "give JSON, CSV, Markdown, plain text or a calendar of titrate (-o plan.json and so on)",
    "give a CSV file with the columns from,to,morning,noon,evening,bedtime or date,dose",
)


def read(content: bytes, unit: str, slots: tuple[str, ...]) -> Foreign | Schedule:
    """What the file says. `unit` is that of the rule, `slots` are the names of its times of day.

    Raises `FormatError` with the place, the value and what is allowed, for ambiguous values with both readings.
    """
    found = _read(_decoded(content), unit, slots)
    if len(found.steps) > MOST_STEPS:
        raise FormatError(f"The file has {len(found.steps)} steps; a schedule has at most {MOST_STEPS}.")
    return found


def _decoded(content: bytes) -> str:
    if len(content) > LARGEST:
        raise FormatError(f"The file has more than {LARGEST} bytes, more than any schedule.")
    for mark, name in _MARKS:
        if content.startswith(mark):
            raise FormatError(f"The file is {name} text; save it as UTF-8.")
    try:
        decoded = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content.count(b"\n", 0, fault.start) + 1
        raise FormatError(f"line {line}: byte {fault.start + 1} of the file is not UTF-8; save it as UTF-8.") from fault
    if not decoded.strip():
        raise FormatError("The file is empty.", _KNOWN)
    if decoded.count("\n") > MOST_LINES:
        raise FormatError(f"The file has more than {MOST_LINES} lines, more than any schedule.")
    if "\0" in decoded:
        line = decoded.count("\n", 0, decoded.index("\0")) + 1
        raise FormatError(f"line {line}: a zero byte; this is no text.", _KNOWN)
    return decoded


def _read(decoded: str, unit: str, slots: tuple[str, ...]) -> Foreign | Schedule:
    """The form is told by how the text begins, whatever the file is called."""
    start = decoded.lstrip()
    if start.startswith(("{", "[")):
        return json.read(decoded, gaps=True)
    if start[:15].upper() == "BEGIN:VCALENDAR":
        return calendar.read(decoded)
    heading = start.splitlines()[0].rstrip()
    if heading.startswith(",".join(csv.HEADER[:4])):
        return tidycsv.read(decoded)
    if markdown.begins(decoded):
        return markdown.read(_in_lines(decoded))
    if text.BEGINS.search(decoded):
        return text.read(_in_lines(decoded))
    if len(heading) <= LONGEST_LINE and any(separator in heading for separator in ",;\t"):
        return simplecsv.read(decoded, unit, slots)
    raise FormatError("line 1: this does not begin as a schedule does.", _KNOWN)


def _in_lines(decoded: str) -> str:
    for number, line in enumerate(decoded.splitlines(), 1):
        if len(line) > LONGEST_LINE:
            raise FormatError(f"line {number}: it has {len(line)} characters; at most {LONGEST_LINE} are read.")
    return decoded
