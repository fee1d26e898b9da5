"""A million requests need no more memory than a thousand."""

from __future__ import annotations

import gc
from datetime import UTC, datetime

from tests.batch.asking import HEADER, row
from titrate.batch.answer import Desk
from titrate.batch.lines import Line
from titrate.batch.tally import Settings


def test_what_refers_to_itself_is_let_go_after_some_portions() -> None:
    """Python's own collector is off here, as it is in effect when much is kept: it waits until that has grown by a
    quarter."""
    desk = Desk(Settings("csv", tuple(HEADER.split(",")), "jsonl", datetime(2026, 11, 23, tzinfo=UTC)))
    counted = []
    gc.collect()
    gc.disable()
    try:
        for portion in range(24):
            desk.answer([Line(number + 1, row(number).encode(), True) for number in range(40, 60)])
            if portion % 4 == 3:
                counted.append(len(gc.get_objects()))
    finally:
        gc.enable()
    assert counted[-1] - counted[0] < 100, counted
