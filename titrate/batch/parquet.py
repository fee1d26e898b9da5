"""Many schedules as Parquet: the rows of the CSV with types, an empty cell as null. Needs the extra `[parquet]`.

Parquet cannot be gone on with after an interruption, so portions are kept as Arrow streams, each after its length, and
become one file at the end. Doses are decimal numbers with six places, never floats.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from titrate.batch.columns import HEADER
from titrate.errors import FormatError
from titrate.schedule import Schedule

PLACES = 6
_DIGITS = 18
_NUMBERS = ("line", "day", "step", "exit_code")
_AMOUNTS = ("dose", "daily_dose")
# What keeps a spreadsheet from running a text does not belong into a typed table.
_GUARDED = ("label", "slot", "pieces", "message")
_LENGTH = 8


def library() -> Any:
    """pyarrow. Raises `FormatError` where it is not installed."""
    try:
        import pyarrow.parquet
    except ImportError as fault:
        raise FormatError("Parquet needs pyarrow.", ("pip install 'titrate[parquet]'", "-o results.csv")) from fault
    return pyarrow


def check(schedule: Schedule) -> None:
    """Raises `FormatError` where a dose has more digits than the columns hold; none is ever rounded."""
    for step in schedule.steps:
        for dose in (*step.regimen.doses, *(one.daily for one in step.regimen.each())):
            whole, _, places = dose.number.partition(".")
            if "/" in dose.number or len(whole) > _DIGITS - PLACES or len(places) > PLACES:
                raise FormatError(
                    f"{dose} cannot be written as Parquet: an amount has at most {PLACES} places after the point.",
                    ("write JSON Lines instead (-o results.jsonl)",),
                )


def _schema() -> Any:
    arrow = library()
    kinds = {
        **dict.fromkeys(_NUMBERS, arrow.int64()),
        **dict.fromkeys(_AMOUNTS, arrow.decimal128(_DIGITS, PLACES)),
        "date": arrow.date32(),
    }
    return arrow.schema([(name, kinds.get(name, arrow.string())) for name in HEADER])


def portion(rows: Sequence[tuple[str, ...]]) -> bytes:
    """Rows of cells as one Arrow stream after its length."""
    arrow, schema = library(), _schema()
    columns = []
    for index, field in enumerate(schema):
        cells = [row[index] or None for row in rows]
        if field.name in _GUARDED:
            cells = [cell and cell.removeprefix("'") for cell in cells]
        columns.append(arrow.array(cells, arrow.string()).cast(field.type))
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, schema) as writer:
        writer.write_batch(arrow.record_batch(columns, schema=schema))
    content: bytes = sink.getvalue().to_pybytes()
    return len(content).to_bytes(_LENGTH, "big") + content


def join(part: Path, place: Path) -> None:
    """One Parquet file of all the portions in `part`, a portion at a time."""
    arrow = library()
    with arrow.parquet.ParquetWriter(place, _schema(), compression="zstd") as writer:
        for content in _portions(part):
            writer.write_table(arrow.ipc.open_stream(content).read_all())


def _portions(part: Path) -> Iterator[bytes]:
    with part.open("rb") as file:
        while head := file.read(_LENGTH):
            yield file.read(int.from_bytes(head, "big"))
