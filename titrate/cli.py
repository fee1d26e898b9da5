"""The command line: each command reads, calls, writes. The clock, files and printing belong here."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import time as clock
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from titrate.errors import FormatError, RequestError, RuleError, TitrateError
from titrate.version import VERSION

if TYPE_CHECKING:
    from titrate.request import Goal
    from titrate.schedule import Schedule
    from titrate.typed import Typed

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Plan dose titrations and tapers from cited rules. It supports a decision; it makes none.",
)
rules_app = typer.Typer(invoke_without_command=True, help="List, show and check rule files.")
app.add_typer(rules_app, name="rules")


class Format(StrEnum):
    """What a schedule can be written as."""

    table = "table"
    text = "text"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    ics = "ics"


SUFFIXES = {".txt": Format.text, ".md": Format.markdown, ".csv": Format.csv, ".json": Format.json, ".ics": Format.ics}

# Each option once, for `plan` and `taper` alike.
RuleName = Annotated[
    str, typer.Argument(metavar="RULE", help="A rule by its id (titrate rules), or the path of a file.")
]
Start = Annotated[str, typer.Option(help="First day on which something changes: 2026-12-01, today, tomorrow, +3d.")]
Text = str | None
Current = Annotated[Text, typer.Option("--from", help='What is taken now: "10 mg x3" or dose by dose "5/5/10 mg".')]
Since = Annotated[Text, typer.Option(help="Since which day that is taken.")]
FinishBy = Annotated[Text, typer.Option(help="The day of the last dose.")]
By = Annotated[Text, typer.Option(help='Largest change at once: "5 mg per dose", "15 mg/day", "10 %".')]
Every = Annotated[Text, typer.Option(help='How long each dose is kept at least: "7d". Never less than the rule says.')]
Age = Annotated[Text, typer.Option(help='"45 years" or "18 months".')]
Weight = Annotated[Text, typer.Option(help='"40 kg".')]
Clearance = Annotated[Text, typer.Option("--creatinine-clearance", help='"45 mL/min".')]
Egfr = Annotated[Text, typer.Option(help='"45 mL/min/1.73m2".')]
Dialysis = Annotated[bool | None, typer.Option("--dialysis/--no-dialysis", help="Whether on dialysis.")]
Taking = Annotated[Text, typer.Option(help="Other medicines, with commas between; or none.")]
Setting = Annotated[Text, typer.Option(help="community or hospital.")]
Origin = Annotated[Text, typer.Option(help="Origin of the spasticity: spinal or cerebral.")]
ScreeningDose = Annotated[Text, typer.Option(help='Intrathecal screening dose that worked: "50 micrograms".')]
ScreeningEffect = Annotated[Text, typer.Option(help='How long it worked: "6 hours".')]
Products = Annotated[Text, typer.Option(help="What is at hand: 10mg,20mg.")]
Times = Annotated[Text, typer.Option(help="When it is taken: 07:00,13:00,21:00.")]
Uneven = Annotated[
    bool | None,
    typer.Option("--uneven/--even", help="Doses of a day may differ, or never do. Without: as equal as can be."),
]
Tz = Annotated[Text, typer.Option("--tz", help="Time zone for the calendar: Europe/London.")]
Label = Annotated[Text, typer.Option(help="A name for the plan, printed with it.")]
Out = Annotated[
    list[Path] | None,
    typer.Option("-o", "--output", metavar="FILE", help="Write to FILE (.json .csv .md .txt .ics). May be repeated."),
]
FormatName = Annotated[Format | None, typer.Option("--format", help="Write this to standard output.")]
Daily = Annotated[bool, typer.Option("--daily", help="One row per day, besides one per step.")]
Floating = Annotated[bool, typer.Option("--floating", help="Calendar: times follow the traveller.")]
Single = Annotated[bool, typer.Option("--single-events", help="Calendar: one event per dose.")]
Discreet = Annotated[bool, typer.Option("--discreet", help="Calendar: titles without drug and dose.")]
Remind = Annotated[Text, typer.Option(help="Calendar: how long before a dose to ring, such as 10m.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write errors as JSON.")]


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        print(f"titrate {VERSION}")
        raise typer.Exit


@app.command()
def plan(
    rule: RuleName,
    start: Start,
    target: Annotated[Text, typer.Option(help='Where to go: "20 mg x3", "5/5/10 mg" or "60 mg/day".')] = None,
    current: Current = None,
    since: Since = None,
    maintain: Annotated[Text, typer.Option(help='How long to stay there: "8 weeks".')] = None,
    then_stop: Annotated[bool, typer.Option("--then-stop", help="Taper to nothing afterwards.")] = False,
    finish_by: FinishBy = None,
    review: Annotated[Text, typer.Option(help='When the prescriber looks again: a day, or "8 weeks".')] = None,
    by: By = None,
    every: Every = None,
    age: Age = None,
    weight: Weight = None,
    creatinine_clearance: Clearance = None,
    egfr: Egfr = None,
    dialysis: Dialysis = None,
    taking: Taking = None,
    setting: Setting = None,
    origin: Origin = None,
    screening_dose: ScreeningDose = None,
    screening_effect: ScreeningEffect = None,
    products: Products = None,
    times: Times = None,
    uneven: Uneven = None,
    tz: Tz = None,
    label: Label = None,
    output: Out = None,
    format: FormatName = None,
    daily: Daily = False,
    floating: Floating = False,
    single_events: Single = False,
    discreet: Discreet = False,
    remind: Remind = None,
    as_json: AsJson = False,
) -> None:
    """Plan the way to a dose: the rise (or fall) to it, the stay, and the taper if it is to stop."""
    _make("plan", locals())


@app.command()
def taper(
    rule: RuleName,
    start: Start,
    current: Current = None,
    since: Since = None,
    finish_by: FinishBy = None,
    by: By = None,
    every: Every = None,
    age: Age = None,
    weight: Weight = None,
    creatinine_clearance: Clearance = None,
    egfr: Egfr = None,
    dialysis: Dialysis = None,
    taking: Taking = None,
    setting: Setting = None,
    origin: Origin = None,
    products: Products = None,
    times: Times = None,
    uneven: Uneven = None,
    tz: Tz = None,
    label: Label = None,
    output: Out = None,
    format: FormatName = None,
    daily: Daily = False,
    floating: Floating = False,
    single_events: Single = False,
    discreet: Discreet = False,
    remind: Remind = None,
    as_json: AsJson = False,
) -> None:
    """Plan the way from what is taken now to nothing, never abruptly."""
    _make("taper", locals())


@rules_app.callback()
def rules(context: typer.Context) -> None:
    """One line per rule: id, drug, route, indication, status."""
    if context.invoked_subcommand is not None:
        return
    with _told():
        from titrate import rulebook

        rows, broken = [], []
        for path in rulebook.known().values():
            try:
                rule = rulebook.read(path)
                rows.append((rule.id, rule.file.drug, rule.file.route, rule.file.indication, rule.file.status))
            except RuleError as fault:
                broken.append(fault.text())
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            _out("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
        if broken:
            raise RuleError("\n".join(broken))


@rules_app.command("show")
def show_rule(rule: RuleName) -> None:
    """Every limit of a rule with its basis, source, place, and how long ago it was checked."""
    with _told():
        from titrate import rulebook
        from titrate.formats import rulesheet

        _out(rulesheet.write(rulebook.load(rule), _now().date()))


@rules_app.command("check")
def check_rules(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Without: all known rules.")] = None,
) -> None:
    """All faults of each file; the exit status is 0 only if there are none."""
    with _told():
        from titrate import rulebook

        faulty = False
        for path in files or rulebook.known().values():
            try:
                rulebook.read(rulebook.find(str(path)) if files else path)
                _out(f"{path.name}: no faults\n")
            except RuleError as fault:
                faulty = True
                _out("\n".join(fault.faults or (fault.message,)) + "\n")
        if faulty:
            raise typer.Exit(RuleError.exit_code)


class Document(StrEnum):
    """What has a JSON Schema."""

    schedule = "schedule"
    rule = "rule"
    request = "request"


@app.command()
def schema(document: Annotated[Document, typer.Argument(help="schedule, rule or request.")]) -> None:
    """Print the JSON Schema of a document."""
    with _told():
        if document is Document.rule:
            from titrate.rulefile import RuleFile

            described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **RuleFile.model_json_schema()}
        else:
            from titrate.formats import json as schedules

            described = schedules.schema("schedule" if document is Document.schedule else "request")
        _out(json.dumps(described, indent=1, ensure_ascii=False) + "\n")


def _make(goal: Goal, options: dict[str, object]) -> None:
    """Both planning commands: read the options, plan and prove, write."""
    from titrate.typed import Typed

    rule = str(options.pop("rule"))
    outputs: list[Path] = list(options.pop("output") or [])  # type: ignore[call-overload]
    shown: Format | None = options.pop("format")  # type: ignore[assignment]
    names = Typed.__dataclass_fields__
    style = {name: options[name] for name in options if name not in names}
    typed = Typed(**{name: value for name, value in options.items() if name in names})  # type: ignore[arg-type]
    with _told(bool(style.get("as_json"))):
        formats = {path: _format_of(path) for path in outputs}
        schedule = _planned(
            goal, rule, typed, needs_zone=Format.ics in {*formats.values(), shown} and not style["floating"]
        )
        _deliver(schedule, formats, shown, style)


def _planned(goal: Goal, rule: str, typed: Typed, needs_zone: bool) -> Schedule:
    from dataclasses import replace

    if needs_zone and typed.tz is None:
        typed = replace(typed, tz=_local_zone())
        _note(f"The calendar is in the time zone of this machine, {typed.tz}; --tz names another.")
    from titrate import rulebook
    from titrate.proof import proven

    loaded = rulebook.load(rule)
    issued = _now()
    today = issued.date() if "SOURCE_DATE_EPOCH" in os.environ else datetime.now().date()  # noqa: DTZ005 (the user's day)
    return proven(loaded, typed.request(loaded.id, goal, issued, today))


def _deliver(schedule: Schedule, formats: dict[Path, Format], shown: Format | None, style: dict[str, object]) -> None:
    from titrate.atomic import write_all

    texts = {path: _written(schedule, name, style) for path, name in formats.items()}
    if texts:
        write_all(texts)
        _note(f"Wrote {', '.join(str(path) for path in texts)}.")
    if shown is Format.table or (shown is None and not texts and sys.stdout.isatty()):
        from rich.console import Console

        from titrate.formats import table

        Console().print(table.write(schedule, bool(style["daily"])))
    elif shown is not None or not texts:
        _out(_written(schedule, shown or Format.text, style))
    if schedule.last is None and Format.csv in {*formats.values(), shown}:
        _note(f"The schedule has no end; its days are listed to {schedule.listed_until}. The medicine goes on.")


def _written(schedule: Schedule, name: Format, style: dict[str, object]) -> str:
    """The schedule in one format; notes on a calendar go to standard error."""
    import importlib

    if name is Format.ics:
        from titrate.formats import ics
        from titrate.typed import minutes_before

        options = ics.CalendarOptions(
            bool(style["floating"]),
            bool(style["single_events"]),
            bool(style["discreet"]),
            minutes_before(style["remind"]),
        )
        text = ics.write(schedule, options)
        for sentence in ics.advice(schedule, options, text):
            _note(sentence)
        return text
    module = importlib.import_module(f"titrate.formats.{'text' if name is Format.table else name.value}")
    text = module.write(schedule) if name in (Format.csv, Format.json) else module.write(schedule, bool(style["daily"]))
    assert isinstance(text, str)
    return text


def _format_of(path: Path) -> Format:
    if path.suffix.lower() not in SUFFIXES:
        raise RequestError(
            f"-o {path}: the suffix {path.suffix!r} names no format; titrate writes {' '.join(SUFFIXES)}.",
            ("for example -o plan.json",),
        )
    return SUFFIXES[path.suffix.lower()]


def _local_zone() -> str:
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


def _now() -> datetime:
    """The moment of the request in whole seconds, UTC. `SOURCE_DATE_EPOCH` sets it, for output that can be repeated."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    if epoch is not None and not epoch.isdigit():
        raise RequestError(f"SOURCE_DATE_EPOCH is {epoch[:40]!r}; it is a number of seconds since 1970.")
    try:
        return datetime.fromtimestamp(int(epoch) if epoch is not None else int(clock.time()), UTC)
    except (OverflowError, ValueError, OSError) as fault:
        raise RequestError(f"SOURCE_DATE_EPOCH is {str(epoch)[:40]!r}, beyond the calendar.") from fault


def _out(text: str) -> None:
    """Write to standard output, as UTF-8 with the line ends as they are."""
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # Whoever reads has seen enough; keep Python from complaining again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    except OSError as fault:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise FormatError(f"Standard output cannot be written: {fault.strerror}.") from fault


def _note(sentence: str) -> None:
    print(sentence, file=sys.stderr)


@contextlib.contextmanager
def _told(as_json: bool = False) -> Iterator[None]:
    """Tell an error in sentences on standard error (or as JSON) and exit with its code."""
    try:
        yield
    except TitrateError as error:
        if as_json:
            _note(json.dumps(error.as_data(), indent=1, ensure_ascii=False))
        else:
            _note(error.text())
        raise typer.Exit(error.exit_code) from None


def main() -> None:
    """The entry point of the `titrate` command."""
    app()
