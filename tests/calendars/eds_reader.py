# ruff: noqa: T201 (what it prints is what it is for)
"""Reads feeds with Evolution Data Server, whose calendars Evolution and GNOME Calendar show.

dbus-run-session python3 eds_reader HOW FEED... FIRST LAST, with a HOME of its own. HOW is `subscribe` (a web server
shows each feed in turn at one address) or `import` (each is imported into one local calendar, as Evolution does it:
entries are taken over by their UID, none is removed). After each a line `# n`, then a line for each occurrence that is
not cancelled: UTC instant or date, tab, summary.
"""

import shutil
import sys
import tempfile
import threading
import time
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import gi  # type: ignore[import-not-found,import-untyped,unused-ignore]

for name, version in (("EDataServer", "1.2"), ("ECal", "2.0"), ("ICalGLib", "3.0")):
    gi.require_version(name, version)
from gi.repository import ECal, EDataServer, ICalGLib  # type: ignore[import-not-found,unused-ignore]  # noqa: E402


class Quiet(SimpleHTTPRequestHandler):
    """Shows the files of a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


def imported() -> Any:
    """A client of a new calendar of this machine."""
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = EDataServer.Source.new(None, None)
    source.set_display_name("Plan")
    source.set_parent("local-stub")
    source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR).set_backend_name("local")
    registry.commit_source_sync(source, None)
    known = registry.ref_source(source.get_uid())
    return ECal.Client.connect_sync(known, ECal.ClientSourceType.EVENTS, 1, None)


def connected(port: int) -> Any:
    """A client of a new subscription."""
    registry = EDataServer.SourceRegistry.new_sync(None)
    source = EDataServer.Source.new(None, None)
    source.set_display_name("Plan")
    source.set_parent("webcal-stub")
    source.get_extension(EDataServer.SOURCE_EXTENSION_CALENDAR).set_backend_name("webcal")
    place = source.get_extension(EDataServer.SOURCE_EXTENSION_WEBDAV_BACKEND)
    place.set_resource_path("/plan.ics")
    host = source.get_extension(EDataServer.SOURCE_EXTENSION_AUTHENTICATION)
    host.set_host("127.0.0.1")
    host.set_port(port)
    host.set_method("none")
    source.get_extension(EDataServer.SOURCE_EXTENSION_SECURITY).set_secure(False)
    source.get_extension(EDataServer.SOURCE_EXTENSION_OFFLINE).set_stay_synchronized(True)
    registry.commit_source_sync(source, None)
    known = registry.ref_source(source.get_uid())
    return ECal.Client.connect_sync(known, ECal.ClientSourceType.EVENTS, 1, None)


def synchronised(client: Any, number: int) -> None:
    """Let the server read the feed again, and wait until it has.

    Before every feed an entry of the test's own is put into it, which tells that this one was read.
    """
    client.refresh_sync(None)
    for _ in range(600):
        done, found = client.get_object_list_as_comps_sync(f'(contains? "summary" "version {number} read")', None)
        if done and found:
            return
        time.sleep(0.1)
    sys.exit(f"feed {number} was not read within a minute")


def occurrences(client: Any, first: str, last: str) -> list[str]:
    """What is shown: every occurrence of every entry."""
    begin, end = (int(time.mktime(time.strptime(f"{day} UTC", "%Y-%m-%d %Z"))) for day in (first, last))
    found: list[str] = []

    def one(component: Any, start: Any, _end: Any, _data: Any, _cancellable: Any) -> bool:
        if component.get_status() != ICalGLib.PropertyStatus.CANCELLED:
            if start.is_date():
                when = f"{start.get_year():04d}-{start.get_month():02d}-{start.get_day():02d}"
            else:
                zone = start.get_timezone()
                seconds = start.as_timet_with_zone(zone) if zone is not None else start.as_timet()
                when = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
            found.append(f"{when}\t{component.get_summary()}")
        return True

    client.generate_instances_sync(begin, end, None, one, None)
    return found


MARK = """BEGIN:VEVENT\r\nUID:mark@test\r\nDTSTAMP:20260101T000000Z\r\nDTSTART:20200101T000000Z\r\n\
SUMMARY:version {number} read\r\nSEQUENCE:{number}\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n"""


def subscribe(paths: list[str], first: str, last: str) -> None:
    """A web server shows each feed in turn at one address."""
    with (
        tempfile.TemporaryDirectory() as web,
        ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=web)) as server,
    ):
        threading.Thread(target=server.serve_forever, daemon=True).start()
        client = None
        for number, path in enumerate(paths, 1):
            text = Path(path).read_bytes().decode("utf-8").removesuffix("END:VCALENDAR\r\n")
            (Path(web) / "new.ics").write_bytes((text + MARK.format(number=number)).encode("utf-8"))
            shutil.move(Path(web) / "new.ics", Path(web) / "plan.ics")
            client = client or connected(server.server_port)
            synchronised(client, number)
            show(client, number, first, last)
        server.shutdown()


def by_hand(paths: list[str], first: str, last: str) -> None:
    """Each feed is imported into one calendar; the method is the one that Evolution's importer sets."""
    client = imported()
    for number, path in enumerate(paths, 1):
        whole = ICalGLib.Component.new_from_string(Path(path).read_bytes().decode("utf-8"))
        whole.set_method(ICalGLib.PropertyMethod.PUBLISH)
        client.receive_objects_sync(whole, ECal.OperationFlags.NONE, None)
        show(client, number, first, last)


def show(client: Any, number: int, first: str, last: str) -> None:
    """Print what is shown now."""
    print(f"# {number}")
    for line in sorted(occurrences(client, first, last)):
        print(line)


how, *files, begin_day, end_day = sys.argv[1:]
(subscribe if how == "subscribe" else by_hand)(files, begin_day, end_day)
