# ruff: noqa: T201 (what it prints is what it is for)
"""Reads a calendar with khal (`import`, then `list`): one line per occurrence, UTC instant or date, tab, summary."""

import subprocess
import sys
import tempfile
from pathlib import Path

CONFIG = """\
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

command, path, first, last = sys.argv[1:]
with tempfile.TemporaryDirectory() as home:
    (Path(home) / "plan").mkdir()
    config = Path(home) / "config"
    config.write_text(CONFIG.format(home=home))
    khal = [command, "-c", str(config)]
    subprocess.run([*khal, "import", "--batch", path], check=True, stdout=subprocess.DEVNULL)
    listed = subprocess.run(
        [*khal, "list", "--day-format", "", "--format", "{all-day}\t{start-long-full}\t{title}", first, last],
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    for line in listed.stdout.splitlines():
        all_day, start, title = line.split("\t")
        print(f"{start[:10] if all_day == 'True' else start}\t{title}")
