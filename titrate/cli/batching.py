"""`batch`: a file of requests, each planned and proved, to a file of records."""

from __future__ import annotations

import contextlib
import os
import shlex
import sys
import time as clock
from collections.abc import Callable, Iterator
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO

import typer

from titrate.cli.console import note, now, told
from titrate.cli.options import AsJson
from titrate.errors import FormatError, RequestError

if TYPE_CHECKING:
    from titrate.batch import Tally
    from titrate.batch.run import Seen

# The exit status where some of the requests failed; each record says the status that it would have had alone.
SOME_FAILED = 8
INTERRUPTED = 130


class Requests(StrEnum):
    """How requests are written."""

    jsonl = "jsonl"
    csv = "csv"


class Results(StrEnum):
    """How results are written."""

    jsonl = "jsonl"
    csv = "csv"
    parquet = "parquet"


def batch(
    requests: Annotated[
        Path,
        typer.Argument(
            metavar="REQUESTS",
            help="One request per line: JSON Lines (titrate schema request), or CSV with a column per option. "
            "- is standard input.",
        ),
    ],
    output: Annotated[
        Path,
        typer.Option("-o", "--output", metavar="RESULTS", help=".jsonl, .csv or .parquet; - is standard output."),
    ],
    input_format: Annotated[
        Requests | None, typer.Option("--input", help="How the requests are written. Without: by the suffix.")
    ] = None,
    format: Annotated[
        Results | None, typer.Option("--format", help="How the results are written. Without: by the suffix.")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="So many processes at once.")] = 1,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with a run that was interrupted.")] = False,
    as_json: AsJson = False,
) -> None:
    """Plan and prove a file of requests, one per line, and write a record for each, in their order.

    A request that fails becomes a record with its error and line; the others go on. The exit status is 0 if none
    failed and 8 if some did.
    """
    with told(as_json):
        from titrate.batch.run import form_of, run, written_of

        if (str(requests) == "-" and input_format is None) or (str(output) == "-" and format is None):
            raise RequestError("- has no suffix that says how it is written.", ("--input jsonl", "--format csv"))
        form = input_format.value if input_format is not None else form_of(requests)
        written = format.value if format is not None else written_of(output)
        _check(requests, output, written, resume)
        with _opened(requests) as file, _watched(requests, file) as seen:
            target = _sink(output)
            try:
                tally = run(
                    file, target, form=form, written=written, issued=now(), workers=workers, resume=resume, seen=seen
                )
            except KeyboardInterrupt:
                _interrupted(output)
                raise typer.Exit(INTERRUPTED) from None
        note(_summary(tally, output))
        if tally.failures:
            raise typer.Exit(SOME_FAILED)


def _check(requests: Path, output: Path, written: str, resume: bool) -> None:
    """Raises `RequestError` for what does not go together."""
    if str(output) == "-":
        if resume:
            raise RequestError("--resume needs a file of results; nothing is kept of what went to standard output.")
        if written == "parquet":
            raise RequestError("Parquet is written to a file.", ("-o results.parquet",))
        return
    with contextlib.suppress(OSError):
        if str(requests) != "-" and os.path.samefile(requests, output):
            raise RequestError(f"{output} is the file of requests itself.", ("-o results.jsonl",))
    if output.is_dir():
        raise FormatError(f"{output} is a folder; results are written to a file.", ("-o results.jsonl",))
    if not output.parent.is_dir():
        raise FormatError(f"{output} cannot be written: there is no folder {output.parent}.")


@contextlib.contextmanager
def _opened(requests: Path) -> Iterator[BinaryIO]:
    from titrate.batch.run import opened

    if str(requests) != "-":
        with opened(requests) as file:
            yield file
        return
    if sys.stdin is None:  # it was closed before the program began
        raise FormatError("Standard input is closed; there are no requests to read.")
    yield sys.stdin.buffer


def _sink(output: Path) -> Path | Callable[[bytes], None]:
    """A file by its path; standard output, a pipe or a device as something that takes what comes."""
    if str(output) == "-":
        return _written
    if output.exists() and not output.is_file():
        device = output.open("wb", buffering=0)

        def write(content: bytes) -> None:
            try:
                device.write(content)
            except OSError as fault:
                raise FormatError(f"{output} cannot be written: {fault.strerror}.") from fault

        return write
    return output


def _written(content: bytes) -> None:
    """To standard output. Whoever reads and has seen enough ends the run."""
    try:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FormatError(f"Standard output cannot be written: {fault.strerror}.") from fault


def _interrupted(output: Path) -> None:
    if str(output) == "-":
        note("Interrupted.")
        return
    again = [one for one in sys.argv[1:] if one != "--resume"]
    note(f"Interrupted. What is done stays. Go on with: titrate {shlex.join(again)} --resume")


def _summary(tally: Tally, output: Path) -> str:
    planned = tally.requests - tally.failures
    which = ", ".join(f"{count:,} {kind}" for kind, count in sorted(tally.failed.items()))
    failed = f", {tally.failures:,} failed ({which})" if tally.failures else ""
    counted = "1 request" if tally.requests == 1 else f"{tally.requests:,} requests"
    where = "" if str(output) == "-" else f" Wrote {output}."
    return f"{counted}: {planned:,} planned and proved{failed}.{where}"


@contextlib.contextmanager
def _watched(requests: Path, file: BinaryIO) -> Iterator[Seen]:
    """On a terminal a bar with the rate and the time that is left; otherwise nothing."""
    if not sys.stderr.isatty():
        yield lambda tally, byte: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    size = os.fstat(file.fileno()).st_size if str(requests) != "-" else 0
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    began: list[tuple[int, int]] = []
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task("", total=size or None)

        def seen(tally: Tally, byte: int) -> None:
            if not began:  # what an earlier run did does not count for the rate
                began.append((tally.requests, clock.monotonic_ns()))
            requests, since = began[0]
            nanoseconds = max(clock.monotonic_ns() - since, 1)
            rate = (tally.requests - requests) * 1_000_000_000 // nanoseconds
            failed = f", {tally.failures:,} failed" if tally.failures else ""
            progress.update(task, completed=byte, description=f"{tally.requests:,} requests{failed}, {rate:,} a second")

        yield seen
