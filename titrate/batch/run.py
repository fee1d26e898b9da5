"""A file of requests answered, portion by portion, by one process or by several."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from copy import deepcopy
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, TypeVar

from titrate.batch.journal import Journal
from titrate.batch.lines import Line, Lines, Portion
from titrate.batch.tally import Answer, Form, Settings, Tally, Written
from titrate.errors import FormatError

if TYPE_CHECKING:
    from titrate.batch.answer import Desk

Kind = TypeVar("Kind")
# Told after each portion: all that is counted so far, and how many bytes of the requests have been read for it.
Seen = Callable[[Tally, int], None]
# Where records go that need no journal: to a pipe or a screen.
Sink = Callable[[bytes], None]
# Portions that wait for a worker or for their turn to be written, for each worker.
_AHEAD = 3

REQUESTS: dict[str, Form] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv"}
RESULTS: dict[str, Written] = {".jsonl": "jsonl", ".ndjson": "jsonl", ".csv": "csv", ".parquet": "parquet"}


def shard(requests: str | Path, results: str | Path, issued: datetime, resume: bool = False) -> Tally:
    """Answer the requests in one file in this process, and write all records to another, whole or not at all.

    `issued` (UTC) is the moment of the requests that name none. It is a pure function of the requests, the rules and
    that moment: wherever it runs, the bytes are the same. Raises `FormatError` where a file cannot be read or written;
    a request that fails is a record like the others, and counted.
    """
    source, place = Path(requests), Path(results)
    with opened(source) as file:
        return run(
            file, place, form=form_of(source), written=written_of(place), issued=issued, workers=1, resume=resume
        )


def run(
    file: BinaryIO,
    results: Path | Sink,
    *,
    form: Form,
    written: Written,
    issued: datetime,
    workers: int = 1,
    resume: bool = False,
    seen: Seen = lambda tally, byte: None,
) -> Tally:
    """Answer the requests in an open file, with so many processes. Returns what was counted over the whole file.

    Raises `FormatError` where something cannot be read or written; then what is done stays for `resume`.
    """
    lines = Lines(file)
    if written == "parquet":
        from titrate.batch import parquet

        parquet.library()
    names = _columns(lines) if form == "csv" else ()
    settings = Settings(form, names, written, issued)
    first = _header() if written == "csv" else b""
    if not isinstance(results, Path):
        results(first)
        return _streamed(lines, settings, workers, results, seen)
    with Journal.opened(results, settings, resume) as journal:
        if journal.done.line:
            lines.skip(journal.done.line, journal.done.sha256)
        journal.begin(first)
        tally = deepcopy(journal.done.tally)
        seen(tally, lines.byte)
        for portion, answer in answered(lines, journal.settings, workers):
            tally.add(answer.tally)
            journal.add(answer.content, portion, tally)
            seen(tally, portion.until_byte)
        journal.finish()
    return tally


def _columns(lines: Lines) -> tuple[str, ...]:
    from titrate.batch.question import columns

    return columns(lines.one())


def _header() -> bytes:
    from titrate.batch.answer import header

    return header()


def _streamed(lines: Lines, settings: Settings, workers: int, sink: Sink, seen: Seen) -> Tally:
    tally = Tally()
    for portion, answer in answered(lines, settings, workers):
        tally.add(answer.tally)
        sink(answer.content)
        seen(tally, portion.until_byte)
    return tally


def answered(lines: Lines, settings: Settings, workers: int) -> Iterator[tuple[Portion, Answer]]:
    """Each portion and the records of it, in the order of the file."""
    if workers == 1:
        from titrate.batch.answer import Desk

        desk = Desk(settings)
        for portion in lines.portions():
            yield portion, desk.answer(portion.lines)
        return
    waiting: deque[tuple[Portion, Future[Answer]]] = deque()
    # Started anew and not forked: what is open in this process is none of theirs.
    from multiprocessing import get_context

    pool = ProcessPoolExecutor(workers, get_context("spawn"), _begin, (settings,))
    try:
        for portion in lines.portions():
            waiting.append((portion, pool.submit(_answer, portion.lines)))
            if len(waiting) >= workers * _AHEAD:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    except BrokenProcessPool as fault:
        raise FormatError(
            "A worker ended unexpectedly, perhaps for want of memory.", ("go on with --resume and fewer --workers",)
        ) from fault
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _next(waiting: deque[tuple[Portion, Future[Answer]]]) -> tuple[Portion, Answer]:
    portion, future = waiting.popleft()
    return portion, future.result()


# The desk of a worker, which lives as long as its process.
_desk: Desk | None = None


def _begin(settings: Settings) -> None:
    """A worker begins. It leaves an interruption to the process that began it, and ends when that one does."""
    import signal
    import threading

    from titrate.batch.answer import Desk

    global _desk
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _desk = Desk(settings)


def _end_with_parent() -> None:
    from multiprocessing import connection, parent_process

    parent = parent_process()
    if parent is not None:
        connection.wait([parent.sentinel])
        os._exit(1)


def _answer(lines: Iterable[Line]) -> Answer:
    assert _desk is not None
    return _desk.answer(tuple(lines))


def opened(path: Path) -> BinaryIO:
    """The file of requests, open for reading. Raises `FormatError` where it cannot be."""
    try:
        return path.open("rb")
    except (OSError, ValueError) as fault:  # a name that no file can have is a ValueError
        reason = fault.strerror if isinstance(fault, OSError) else fault
        raise FormatError(f"{path} cannot be read: {reason}.") from fault


def form_of(path: Path) -> Form:
    """How a file of requests is written, by its suffix. Raises `FormatError` for an unknown one."""
    return _by_suffix(path, REQUESTS, "requests are read from")


def written_of(path: Path) -> Written:
    """How results are to be written, by the suffix of their file. Raises `FormatError` for an unknown one."""
    return _by_suffix(path, RESULTS, "results are written to")


def _by_suffix(path: Path, known: dict[str, Kind], what: str) -> Kind:
    suffix = path.suffix.lower()
    if suffix not in known:
        raise FormatError(f"{path}: the suffix {path.suffix!r} names no format; {what} {' '.join(known)}.")
    return known[suffix]
