"""The columns of many schedules in one table: those of the tidy CSV, and which request each row is of.

A request that failed has one row, with its line and its last three columns filled in.
"""

from __future__ import annotations

from titrate.formats import csv as tidy

BEFORE = ("line", "plan", "label")
AFTER = ("error", "exit_code", "message")
HEADER = (*BEFORE, *tidy.HEADER, *AFTER)
