# ruff: noqa: T201 (what it prints is what it is for)
"""Keeps a calendar on a CalDAV server (Radicale) up to date from feeds, and reads it with a client library (caldav).

caldav_reader FEED... FIRST LAST: each feed is taken over in turn, every entry put under its UID and none removed, as a
program that imports does. After each a line `# n`, then a line for each occurrence that is not cancelled: UTC instant
or date, tab, summary.
"""

import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from pathlib import Path

import caldav  # type: ignore[import-not-found,import-untyped,unused-ignore]
import icalendar


@contextmanager
def server(folder: str) -> Iterator[str]:
    """A Radicale on this machine alone; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "radicale", f"--storage-filesystem-folder={folder}", "--auth-type=none",
        f"--server-hosts=127.0.0.1:{port}", "--logging-level=critical",
    ]  # fmt: skip
    running = subprocess.Popen(command)
    try:
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
                break
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}/"
    finally:
        running.terminate()
        running.wait()


def items(path: str) -> Iterator[str]:
    """Each event of a feed as an object of its own, with the zones."""
    whole = icalendar.Calendar.from_ical(Path(path).read_bytes())
    for event in whole.walk("VEVENT"):
        alone = icalendar.Calendar()
        alone.add("VERSION", "2.0")
        alone.add("PRODID", "-//test//test//EN")
        for zone in whole.walk("VTIMEZONE"):
            alone.add_component(zone)
        alone.add_component(event)
        yield alone.to_ical().decode("utf-8")


*paths, first, last = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder, server(folder) as address:
    client = caldav.DAVClient(url=address, username="somebody", password="")
    calendar = client.principal().make_calendar(name="plan")
    for number, path in enumerate(paths, 1):
        for item in items(path):
            calendar.save_event(item)
        print(f"# {number}")
        begin, end = (datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC) for day in (first, last))
        for found in calendar.search(start=begin, end=end, event=True, expand=True):
            for event in found.icalendar_instance.walk("VEVENT"):
                if event.get("STATUS") == "CANCELLED":
                    continue
                when = event["DTSTART"].dt
                timed = isinstance(when, datetime)
                aware = when.replace(tzinfo=UTC) if timed and when.tzinfo is None else when
                shown = f"{aware.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if timed else when.isoformat()
                print(f"{shown}\t{event['SUMMARY']}")
