# ruff: noqa: T201 (what it prints is what it is for)
"""Imports a feed into khal by hand, again and again: khal takes entries over by their UID and removes none.

khal_import_reader KHAL FEED... FIRST LAST. After each a line `# n`, then a line for each occurrence that is not
cancelled: UTC instant or date, tab, summary.
"""

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

khal, *paths, first, last = sys.argv[1:]
with tempfile.TemporaryDirectory() as home:
    (Path(home) / "plan").mkdir()
    config = Path(home) / "config"
    config.write_text(CONFIG.format(home=home))
    command = [khal, "-c", str(config)]
    for number, path in enumerate(paths, 1):
        subprocess.run([*command, "import", "--batch", path], check=True, stdout=subprocess.DEVNULL)
        listed = subprocess.run(
            [*command, "list", "--day-format", "", "--format", "{all-day}\t{cancelled}\t{start-long-full}\t{title}",
             first, last],
            check=True, capture_output=True, text=True,
        )  # fmt: skip
        print(f"# {number}")
        for line in listed.stdout.splitlines():
            all_day, cancelled, start, title = line.split("\t")
            if not cancelled.strip():
                print(f"{start[:10] if all_day == 'True' else start}\t{title}")
