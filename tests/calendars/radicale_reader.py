# ruff: noqa: T201 (what it prints is what it is for)
"""Reads a calendar as a CalDAV client of Radicale does: it is put there whole and an expanded report is asked for.

One line per occurrence: UTC instant or date, tab, summary. The server runs inside this process, without a network.
"""

import io
import sys
import tempfile
import xml.etree.ElementTree as ET
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from wsgiref.util import setup_testing_defaults

import vobject  # type: ignore[import-not-found,import-untyped,unused-ignore]
from radicale import Application, config  # type: ignore[import-not-found,import-untyped,unused-ignore]

REPORT = """<?xml version="1.0"?>
<C:calendar-query xmlns:D="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav">
<D:prop><C:calendar-data><C:expand start="{first}T000000Z" end="{last}T000000Z"/></C:calendar-data></D:prop>
<C:filter><C:comp-filter name="VCALENDAR"><C:comp-filter name="VEVENT">
<C:time-range start="{first}T000000Z" end="{last}T000000Z"/>
</C:comp-filter></C:comp-filter></C:filter></C:calendar-query>"""


def ask(application: Application, method: str, body: bytes, **headers: str) -> bytes:
    """The answer's body; exits with the status line unless it is a success."""
    status = ""

    def start_response(line: str, _headers: object) -> None:
        nonlocal status
        status = line

    environ = {
        "REQUEST_METHOD": method, "PATH_INFO": "/somebody/plan/", "CONTENT_LENGTH": str(len(body)), "REMOTE_ADDR": "",
        "HTTP_AUTHORIZATION": "Basic " + b64encode(b"somebody:").decode(), "wsgi.input": io.BytesIO(body), **headers,
    }  # fmt: skip
    setup_testing_defaults(environ)
    answer = b"".join(application(environ, start_response))
    if not status.startswith("2"):
        sys.exit(f"{method}: {status} {answer[:300]!r}")
    return answer


path, first, last = sys.argv[1:]
with tempfile.TemporaryDirectory() as folder:
    settings = config.load()
    settings.update({
        "storage": {"filesystem_folder": folder}, "auth": {"type": "none"}, "logging": {"level": "critical"},
    }, "reader", privileged=True)  # fmt: skip
    server = Application(settings)
    ask(server, "PUT", Path(path).read_bytes(), CONTENT_TYPE="text/calendar; charset=utf-8")
    report = REPORT.format(first=first.replace("-", ""), last=last.replace("-", "")).encode()
    answer = ask(server, "REPORT", report, CONTENT_TYPE="text/xml", HTTP_DEPTH="1")
for data in ET.fromstring(answer).iter("{urn:ietf:params:xml:ns:caldav}calendar-data"):
    for event in vobject.readOne(data.text).vevent_list:
        start = (event.contents.get("recurrence-id") or [event.dtstart])[0].value
        # The occurrences of a series come back in UTC, an event that does not recur in its own zone.
        timed = isinstance(start, datetime)
        shown = f"{start.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if timed else start.isoformat()
        print(f"{shown}\t{event.summary.value}")
