# ruff: noqa: T201 (what it prints is what it is for)
"""Subscribes to a feed with vdirsyncer, and reads it with khal.

vdirsyncer_reader VDIRSYNCER KHAL FEED... FIRST LAST: a web server shows each feed in turn at one address. After each
a line `# n`, then a line for each occurrence that is not cancelled: UTC instant or date, tab, summary.
"""

import shutil
import subprocess
import sys
import tempfile
import threading
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

SYNC = """\
[general]
status_path = "{home}/status"
[pair plan]
a = "feed"
b = "local"
collections = null
[storage feed]
type = "http"
url = "http://127.0.0.1:{port}/plan.ics"
[storage local]
type = "filesystem"
path = "{home}/plan"
fileext = ".ics"
"""
SHOW = """\
[calendars]
[[plan]]
path = {home}/plan
type = calendar
[locale]
local_timezone = UTC
default_timezone = UTC
timeformat = %H:%M:%S
dateformat = %Y-%m-%d
longdateformat = %Y-%m-%d
datetimeformat = %Y-%m-%dT%H:%M:%SZ
longdatetimeformat = %Y-%m-%dT%H:%M:%SZ
[default]
default_calendar = plan
[sqlite]
path = {home}/khal.db
"""


class Quiet(SimpleHTTPRequestHandler):
    """Shows the files of a folder and says nothing."""

    def log_message(self, format: str, *args: object) -> None:
        pass


vdirsyncer, khal, *paths, first, last = sys.argv[1:]
with tempfile.TemporaryDirectory() as home, tempfile.TemporaryDirectory() as web:
    (Path(home) / "plan").mkdir()
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=web)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        sync, show = Path(home) / "sync", Path(home) / "show"
        sync.write_text(SYNC.format(home=home, port=server.server_port))
        show.write_text(SHOW.format(home=home))
        for number, path in enumerate(paths, 1):
            shutil.copy(path, Path(web) / "plan.ics")
            for words in (("discover",), ("sync",)) if number == 1 else (("sync",),):
                subprocess.run([vdirsyncer, "-c", str(sync), *words], check=True, capture_output=True)
            listed = subprocess.run(
                [khal, "-c", str(show), "list", "--day-format", "", "--format",
                 "{all-day}\t{cancelled}\t{start-long-full}\t{title}", first, last],
                check=True, capture_output=True, text=True,
            )  # fmt: skip
            print(f"# {number}")
            for line in listed.stdout.splitlines():
                all_day, cancelled, start, title = line.split("\t")
                if not cancelled.strip():
                    print(f"{start[:10] if all_day == 'True' else start}\t{title}")
        server.shutdown()
