"""`calendar`: one feed per plan in a folder, kept up to date."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import quote

import typer

from titrate.cli.console import local_zone, note, out, put, say_cleared, told
from titrate.cli.documents import document, head, in_folder
from titrate.cli.options import (
    AsJson,
    Discreet,
    Fill,
    Floating,
    KeepHalves,
    Lead,
    Margin,
    Pack,
    Remind,
    Single,
    Text,
    Tz,
)
from titrate.errors import FormatError, RequestError, TitrateError
from titrate.frozen import dataclass

if TYPE_CHECKING:
    from titrate.dispensing import Dispensing
    from titrate.formats.ics import CalendarOptions
    from titrate.formats.json import Document
    from titrate.schedule import Schedule

_SEQUENCE = re.compile(r"^SEQUENCE:(\d{1,9})\r?$", re.MULTILINE)


def calendar(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="A folder with schedules (.json).")],
    to: Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Write the calendars there instead.")] = None,
    url: Annotated[Text, typer.Option(help="Where the folder with the calendars is found: https://...")] = None,
    tz: Tz = None,
    floating: Floating = False,
    single_events: Single = False,
    discreet: Discreet = False,
    remind: Remind = None,
    fill: Fill = None,
    pack: Pack = None,
    lead: Lead = None,
    margin: Margin = None,
    keep_halves: KeepHalves = None,
    as_json: AsJson = False,
) -> None:
    """Keep one calendar (.ics) per plan in a folder, of its newest revision; programs that subscribe to it follow.

    Where a calendar cannot be written the one that was there stays as it is, and the exit status is that of the error.
    """
    with told(as_json):
        from titrate.atomic import alone
        from titrate.formats.ics import CalendarOptions
        from titrate.typed import dispensing_if_asked, known_zone, minutes_before, read

        wishes = partial(dispensing_if_asked, fill, pack, lead, margin, keep_halves)
        wishes(None)  # what is typed wrong is told before anything is read
        options = CalendarOptions(floating, single_events, discreet, minutes_before(remind), feed=True)
        zone = read("--tz", tz, known_zone)
        place = to or folder
        for one in (folder, place):
            if not one.is_dir():
                way = f"name the folder that it is in: {one.parent}" if one.exists() else f"make it first: mkdir {one}"
                raise FormatError(f"{one} is no folder.", (way,))
        with alone(place):
            failures = _kept(folder, place, options, wishes, zone, url)
        if failures:
            raise _together(failures)


@dataclass(frozen=True, slots=True)
class _Found:
    """A document in the folder."""

    path: Path
    read: Document

    @property
    def schedule(self) -> Schedule:
        return self.read.schedule


Wishes = Callable[["Dispensing | None"], "Dispensing | None"]


def _kept(
    folder: Path, place: Path, options: CalendarOptions, wishes: Wishes, zone: str | None, url: str | None
) -> list[TitrateError]:
    """Write what changed, tell of every plan, and return what could not be done."""
    from titrate.atomic import cleared

    found, unread = _documents(folder)
    if not found and not unread:
        raise FormatError(f"{folder} holds no schedule.", (f"write one: titrate plan ... -o {folder / 'plan.json'}",))
    plans = _by_plan(found)
    last = {plan: max(one.schedule.revision for one in documents) for plan, documents in plans.items()}
    failures: list[TitrateError] = [one.told(last) for one in unread]
    texts: dict[Path, str] = {}
    lines: list[str] = []
    for plan, documents in plans.items():
        path = place / f"{plan}.ics"
        try:
            newest = _newest(documents)
            if any(one.plan == plan and one.counts(last) for one in unread):
                continue  # it is told why this calendar is not written
            text = _text(newest, path, _supplied(newest.schedule, options, wishes), zone, url)
        except TitrateError as failure:
            failures.append(failure)
            continue
        same = path.is_file() and path.read_bytes() == text.encode("utf-8")
        if not same:
            texts[path] = text
        lines.append(_line(path, newest, options, "as it was" if same else "written"))
    say_cleared(cleared(place / f"{plan}.ics" for plan in plans))
    put(texts)
    for line in lines:
        out(line + "\n")
    _orphans(place, {one.schedule.plan for one in found} | {one.plan for one in unread})
    return failures


def _together(failures: list[TitrateError]) -> TitrateError:
    """All that could not be done as one error; the exit status is that of the last."""
    if len(failures) == 1:
        return failures[0]
    *before, last = failures
    texts = (*(failure.text() for failure in before), last.message)
    return type(last)("\n".join(texts), last.options) if isinstance(last, RequestError | FormatError) else last


def _orphans(place: Path, plans: set[str]) -> None:
    """Tell of calendars whose schedules are gone: whoever subscribed still sees them."""
    from titrate.formats.ics import PRODID

    for path in sorted(place.glob("*.ics")):
        with path.open("rb") as opened:
            ours = f"PRODID:{PRODID}".encode() in opened.read(400)
        if ours and path.stem not in plans and re.fullmatch(r"[0-9a-f]{12}", path.stem):
            note(f"{path.name} has no schedule in the folder any more. It stays as it is until somebody removes it.")


@dataclass(frozen=True, slots=True)
class _Unread:
    """A file that cannot be read, with the plan and the revision that it names at its beginning, as far as it does."""

    fault: FormatError
    plan: str
    revision: int

    def counts(self, last: dict[str, int]) -> bool:
        """Whether it may be the newest of its plan; `last` has the newest revisions that can be read."""
        return self.revision >= last.get(self.plan, 0)

    def told(self, last: dict[str, int]) -> FormatError:
        """What is wrong with it, and what that means for the calendar."""
        calendar = "It has no calendar."
        if self.plan:
            left = "is not written" if self.counts(last) else f"shows revision {last[self.plan]}, which is newer"
            calendar = f"The calendar of plan {self.plan} {left}."
        apart = "\n" if "\n" in self.fault.message else " "
        ways = ("move it to another folder", *(way for way in self.fault.options if "titrate plan" not in way))
        return FormatError(f"{self.fault.message}{apart}{calendar}", ways)


def _documents(folder: Path) -> tuple[list[_Found], list[_Unread]]:
    """The schedules in the folder, and what is wrong with the other JSON files."""
    found: list[_Found] = []
    unread: list[_Unread] = []
    for path in in_folder(folder):
        try:
            if path.exists() and not path.is_file():
                raise FormatError(f"{path} is no regular file.")
            one = _Found(path, document(path))
            if one.schedule.leaves is not None and one.schedule.revision == 1:
                note(
                    f"{path.name} is a way-out card, which nobody follows unless the prescriber says so: it has no "
                    "calendar here. Its own is written with titrate show -o card.ics."
                )
                continue
            found.append(one)
        except FormatError as fault:
            unread.append(_Unread(fault, *(head(path) or ("", 0))))
    return found, unread


def _by_plan(found: list[_Found]) -> dict[str, list[_Found]]:
    """The documents of each plan. Raises nothing: a plan's name is checked where its calendar is written."""
    plans: dict[str, list[_Found]] = {}
    for one in found:
        plans.setdefault(one.schedule.plan, []).append(one)
    return plans


def _newest(documents: list[_Found]) -> _Found:
    """The newest revision of a plan. Raises `FormatError` where it was changed by hand or there are two."""
    revision = max(one.schedule.revision for one in documents)
    newest = [one for one in documents if one.schedule.revision == revision]
    if len({one.read.sha256 for one in newest}) > 1:
        names = " and ".join(one.path.name for one in newest)
        raise FormatError(
            f"{names} are both revision {revision} of plan {newest[0].schedule.plan}, and they differ. Its calendar "
            "stays as it is.",
            ("move the one that does not count to another folder",),
        )
    one = newest[0]
    if one.read.edited:
        raise FormatError(
            f"{one.path} was changed after titrate wrote it: its SHA-256 no longer fits. The calendar of plan "
            f"{one.schedule.plan} stays as it is.",
            ("take the document as it was written", f"make a revision: titrate revise {one.path} --as-edited ..."),
        )
    return one


def _supplied(schedule: Schedule, options: CalendarOptions, wishes: Wishes) -> CalendarOptions:
    """With how the schedule is dispensed, where that was typed; what is dispensed is counted a second time.

    Raises `RequestError` and `Unsafe` as `titrate.proof.supplied` does.
    """
    asked = wishes(schedule.dispensing)
    if asked is None:
        return options
    from titrate.proof import supplied
    from titrate.supply import used_by

    supplied(schedule, used_by(schedule, asked))
    return options if asked == schedule.dispensing else replace(options, dispensing=asked)


def _text(newest: _Found, path: Path, options: CalendarOptions, zone: str | None, url: str | None) -> str:
    """The feed of a schedule. Raises `FormatError` rather than to go back to an older revision."""
    from titrate.formats import ics

    schedule = newest.schedule
    if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", schedule.plan):
        raise FormatError(
            f"{newest.path}: {schedule.plan[:80]!r} is no name of a plan; it has letters and digits only."
        )
    shown = _shown(path)
    if shown > schedule.revision:
        raise FormatError(
            f"{path} shows revision {shown}, and {newest.path.name} is only revision {schedule.revision}: a calendar "
            "never goes back. It stays as it is.",
            ("put the newest document into the folder", f"remove {path}, if that revision does not count"),
        )
    if schedule.request.tz is None and not options.floating:
        named = zone or local_zone()
        if zone is None:
            note(f"{newest.path.name} names no time zone; its calendar is in that of this machine, {named}.")
        schedule = replace(schedule, request=replace(schedule.request, tz=named))
    if url is not None:
        options = replace(options, source=f"{_address(url)}/{quote(path.name)}")
    text = ics.write(schedule, options)
    for sentence in ics.advice(schedule, options, text):
        note(f"{path.name}: {sentence}")
    return text


def _address(url: str) -> str:
    if not re.fullmatch(r"(https?|webcals?)://[!-~]{1,500}", url):
        raise RequestError(f"--url: {url[:60]!r} is no address; write for example https://example.org/calendars")
    return url.rstrip("/")


def _shown(path: Path) -> int:
    """The revision that a calendar shows now; 0 if there is none yet."""
    try:
        text = path.read_bytes().decode("utf-8", "replace")
    except FileNotFoundError:
        return 0
    except OSError as fault:
        raise FormatError(f"{path} cannot be read: {fault.strerror}.") from fault
    return max((int(number) for number in _SEQUENCE.findall(text)), default=0)


def _line(path: Path, newest: _Found, options: CalendarOptions, what: str) -> str:
    from titrate.formats.ics.wording import calendar_name

    name = calendar_name(newest.schedule, options.discreet)
    return f"{path.name}  {name}  from {newest.path.name}  {what}"
