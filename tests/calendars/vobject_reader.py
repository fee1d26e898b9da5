# ruff: noqa: T201 (what it prints is what it is for)
"""Reads a calendar with python-vobject: one line per occurrence, UTC instant or date, tab, summary.

The rule set that vobject makes is walked in the event's own zone, as a CalDAV server does for an expanded report.
"""

import sys
from datetime import UTC, datetime
from pathlib import Path

import vobject  # type: ignore[import-not-found,import-untyped,unused-ignore]

calendar = vobject.readOne(Path(sys.argv[1]).read_bytes().decode("utf-8"))
for event in calendar.vevent_list:
    start = event.dtstart.value
    starts = list(event.getrruleset(addRDate=True)) if "rrule" in event.contents else [start]
    for each in starts:
        when = each
        if isinstance(start, datetime):
            when = each if each.tzinfo else each.replace(tzinfo=start.tzinfo)
            print(f"{when.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}\t{event.summary.value}")
        else:
            print(f"{start.isoformat()}\t{event.summary.value}")
