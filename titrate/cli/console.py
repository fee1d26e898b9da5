"""What a command shares with the world: the clock, the time zone, standard output, and how an error is told."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time as clock
from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, date, datetime
from pathlib import Path

import typer

from titrate.errors import FormatError, RequestError, TitrateError


def local_zone() -> str:
    """The time zone of this machine by name."""
    from titrate.zone import names

    known = names()
    places = [os.environ.get("TZ", "").removeprefix(":")]
    with contextlib.suppress(OSError):
        places.append(Path("/etc/timezone").read_text(encoding="utf-8").strip())
    with contextlib.suppress(OSError):
        places.append(os.readlink("/etc/localtime").partition("zoneinfo/")[2])
    for name in places:
        if name in known:
            return name
    raise RequestError("A calendar needs a time zone, and this machine does not name its own.", ("--tz Europe/London",))


def now() -> datetime:
    """The moment of the request in whole seconds, UTC. `SOURCE_DATE_EPOCH` sets it, for output that can be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None and not epoch.isdigit():
        raise RequestError(f"SOURCE_DATE_EPOCH is {epoch[:40]!r}; it is a number of seconds since 1970.")
    try:
        return datetime.fromtimestamp(int(epoch) if epoch is not None else int(clock.time()), UTC)
    except (OverflowError, ValueError, OSError) as fault:
        raise RequestError(f"SOURCE_DATE_EPOCH is {str(epoch)[:40]!r}, beyond the calendar.") from fault


def today() -> date:
    """The day that "today" means: that of the user, or of `SOURCE_DATE_EPOCH`."""
    return now().date() if "SOURCE_DATE_EPOCH" in os.environ else datetime.now().date()  # noqa: DTZ005 (the user's day)


def out(text: str | bytes) -> None:
    """Write to standard output, text as UTF-8 with the line ends as they are."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8") if isinstance(text, str) else text)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; keep Python from complaining again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FormatError(f"Standard output cannot be written: {fault.strerror}.") from fault


def note(sentence: str) -> None:
    typer.echo(sentence, err=True)


def put(texts: Mapping[Path, str | bytes], new: Collection[Path] = ()) -> None:
    """Write files whole or not at all, as `titrate.atomic.write_all`, and say what was in the way."""
    from titrate.atomic import write_all

    say_cleared(write_all(texts, new))


def say_cleared(left: Collection[Path]) -> None:
    """Tell which unfinished files were removed."""
    for path in left:
        note(f"Removed {path.name}: a run that was interrupted had left it unfinished.")


@contextlib.contextmanager
def told(as_json: bool = False) -> Iterator[None]:
    """Tell an error in sentences on standard error (or as JSON) and exit with its code."""
    try:
        yield
    except TitrateError as error:
        if as_json:
            note(json.dumps(error.as_data(), indent=1, ensure_ascii=False))
        else:
            note(error.text())
        raise typer.Exit(error.exit_code) from None
