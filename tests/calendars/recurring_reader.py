# ruff: noqa: T201 (what it prints is what it is for)
"""Reads a calendar with recurring-ical-events: one line per occurrence, UTC instant or date, tab, summary."""

import sys
from datetime import UTC, date, datetime
from pathlib import Path

import icalendar
import recurring_ical_events  # type: ignore[import-not-found,import-untyped,unused-ignore]

path, first, last = sys.argv[1:]
calendar = icalendar.Calendar.from_ical(Path(path).read_bytes())
for event in recurring_ical_events.of(calendar).between(date.fromisoformat(first), date.fromisoformat(last)):
    start = event["DTSTART"].dt
    shown = f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if isinstance(start, datetime) else start.isoformat()
    print(f"{shown}\t{event['SUMMARY']}")
