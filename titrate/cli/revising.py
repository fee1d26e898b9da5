"""`revise`, `history` and `diff`: a schedule that has begun, changed; and what was changed, when, and by what."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from titrate.cli.console import local_zone, note, now, out, today, told
from titrate.cli.documents import check_newest, check_untouched, day, document
from titrate.cli.options import (
    BOX,
    CALENDAR,
    DAY,
    ERRORS,
    HANDOUT,
    PACE,
    PATIENT,
    PUMP,
    SUPPLY,
    WRITTEN,
    Format,
    Text,
    offering,
    rule_names,
)
from titrate.cli.writing import deliver, format_of
from titrate.errors import FormatError, RequestError

if TYPE_CHECKING:
    from titrate.revise import Changes
    from titrate.schedule import Schedule

# As `titrate.revise.Action` has them; here for a shell that completes one, which waits for nothing else.
ACTIONS = ("stay", "back", "slower", "retarget", "stop", "missed", "withheld", "shift", "products", "replan",
           "withdraw")  # fmt: skip


def actions(incomplete: str) -> list[str]:
    return [name for name in ACTIONS if name.startswith(incomplete)]


File = Annotated[Path, typer.Argument(metavar="SCHEDULE.json", help="A schedule that titrate wrote; - is read too.")]
On = Annotated[str, typer.Option("--on", help="First day of the revision. The days before it stay as they were.")]
RulePath = Annotated[
    Text, typer.Option("--rule", help="The rule, where it is not found by its name.", autocompletion=rule_names)
]
Edited = Annotated[bool, typer.Option("--as-edited", help="Go on from a document that was changed by hand.")]


@offering(PACE, PATIENT, BOX, PUMP, DAY, WRITTEN, CALENDAR, SUPPLY, HANDOUT, ERRORS)
def revise(
    schedule: File,
    action: Annotated[str, typer.Argument(help="stay, back, slower, retarget, stop, missed, withheld, shift, "
                                               "products, replan or withdraw.", autocompletion=actions)],
    value: Annotated[Text, typer.Argument(help='What goes with it: 7d, 1, x2, "40 mg/day", 3d, DAY..DAY, 1d, 5mg.')]
    = None,
    *,
    on: On,
    to: Annotated[Text, typer.Option(help='With back, missed, withheld: the regimen to go to, "10 mg x3".')] = None,
    then: Annotated[Text, typer.Option(help="With missed, withheld: continue, back or restart.")] = None,
    kept: Annotated[Text, typer.Option("--for", help="How long a dose that one goes back to is kept at least.")] = None,
    review: Annotated[Text, typer.Option(help='When the prescriber looks again: a day, or "8 weeks".')] = None,
    rule: RulePath = None,
    as_edited: Edited = False,
    **options: Any,
) -> None:  # fmt: skip
    """Change a schedule that has begun, from a day on: a new document, which names the one it supersedes."""
    said = {"action": action, "value": value, "to": to, "then": then, "kept": kept}
    options |= {**said, "review": review, "rule": rule, "as_edited": as_edited}
    with told(options["as_json"]):
        shown = options["format"]
        formats = {path: format_of(path) for path in options["output"] or ()}
        found = _revised(schedule, day("--on", on), options, wants_zone=Format.ics in {*formats.values(), shown})
        deliver(found, formats, shown, options, new=[path for path, name in formats.items() if name is Format.json])


def _revised(file: Path, on: date, options: dict[str, object], wants_zone: bool) -> Schedule:
    """The revision that the options ask for; what has to be known besides is said on standard error."""
    from titrate import rulebook
    from titrate.revise import Action, Origin, revise

    read = document(file)
    check_untouched(file, read, bool(options["as_edited"]))
    check_newest(file, read.schedule)
    if wants_zone and not options["floating"] and read.schedule.request.tz is None and options["tz"] is None:
        options["tz"] = local_zone()
        note(f"The calendar is in the time zone of this machine, {options['tz']}; --tz names another.")
    typed = {name: _text(options[name]) for name in ("value", "to", "then", "kept")}
    action = Action.parse(str(options["action"]), typed["value"], today(), typed["to"], typed["then"], typed["kept"])
    rule = rulebook.load(str(options["rule"] or read.schedule.rule.id))
    changes = _changes(options, on)
    found = revise(read.schedule, rule, action, on, now(), Origin(read.sha256, read.edited), changes)
    _notes(read.schedule, found)
    return found


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _changes(options: dict[str, object], on: date) -> Changes:
    """What else was typed that is to be different from now on."""
    from titrate.revise import LEFT_TO_THE_RULE, THE_RULE, Changes
    from titrate.typed import Typed

    to_rule = tuple(name for name in LEFT_TO_THE_RULE if options[name] == THE_RULE)
    told = {name: options[name] for name in Typed.__dataclass_fields__ if name in options and name not in to_rule}
    typed = Typed(**{**told, "start": on.isoformat()})  # type: ignore[arg-type]
    return Changes.typed(typed.request("", "plan", now(), today()), to_rule)


def _notes(before: Schedule, after: Schedule) -> None:
    """What whoever decides has to know besides."""
    from titrate.days import in_words

    on = after.first if after.revised is None else after.revised.on
    if before.rule.sha256 != after.rule.sha256:
        note(f"The rule {after.rule.id} is another edition than the one that the schedule was made from.")
    if before.review is not None and after.review is None and not after.stops:
        note(f"The review of {in_words(before.review)} is over; name the next one with --review DATE.")
    if on < today():
        note(
            f"{in_words(on)} has passed: for the days since then the new plan is right only if that is what was taken."
        )


def history(
    files: Annotated[list[Path], typer.Argument(metavar="FILE...", help="Schedules that titrate wrote.")],
    as_json: Annotated[bool, typer.Option("--json", help="Write the list, and errors, as JSON.")] = False,
) -> None:
    """List the revisions of a plan: what was decided when, and whether the documents fit together."""
    with told(as_json):
        from titrate.formats import history as listing

        found: list[listing.Named] = []
        faults: list[str] = []
        for file in files:
            try:
                found.append(listing.Named(str(file), document(file)))
            except FormatError as fault:
                faults.append(fault.message)
        if found:
            out(_json(listing.data(found)) if as_json else listing.write(found))
        listed = [entry for entries in listing.plans(found).values() for entry in entries]
        faults += [f"{fault}." for entry in listed for fault in entry.faults]
        if faults:
            raise FormatError("\n".join(faults))


def diff(
    before: Annotated[Path, typer.Argument(metavar="A", help="A schedule that titrate wrote.")],
    after: Annotated[Path, typer.Argument(metavar="B", help="Another one.")],
    patient: Annotated[bool, typer.Option("--patient", help="Only what to take differently, in sentences.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Write the differences, and errors, as JSON.")] = False,
) -> None:
    """Say what changes from one schedule to another, and from which day on."""
    with told(as_json):
        from titrate.formats import difference

        one, other = document(before), document(after)
        for file, read in ((before, one), (after, other)):
            if read.edited:
                note(f"{file} was changed after titrate wrote it: its SHA-256 no longer fits.")
        a, b = one.schedule, other.schedule
        if (a.rule.drug, a.rule.route) != (b.rule.drug, b.rule.route):
            raise RequestError(
                f"{before} is about {a.rule.drug} ({a.rule.route}), {after} about {b.rule.drug} ({b.rule.route}); "
                "their days cannot be compared."
            )
        if a.plan != b.plan:
            note(f"These are two plans, {a.plan} and {b.plan}.")
        elif a.revision > b.revision:
            note(f"{before} is the newer revision: this is what would change on the way back to {after}.")
        out(_json(difference.data(a, b)) if as_json else difference.write(a, b, patient))


def _json(data: object) -> str:
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


def card(file: Path, on: str | None, options: dict[str, object]) -> None:
    """The way out of a schedule from any of its days, as a plan of its own; the schedule stays as it is."""
    with told(bool(options["as_json"])):
        for name in ("start", "current", "since"):
            if options[name] is not None:
                option = {"current": "from"}.get(name, name)
                raise RequestError(f"--{option} does not go with a schedule, which says that itself.", ("--on DAY",))
        if on is None:
            raise RequestError("A schedule can be left on any of its days; say on which.", ("for example --on today",))
        from titrate import rulebook
        from titrate.revise import way_out

        outputs: list[Path] = list(options["output"] or [])  # type: ignore[call-overload]
        formats = {path: format_of(path) for path in outputs}
        read, left = document(file), day("--on", on)
        if read.edited:
            note(f"{file} was changed after titrate wrote it: its SHA-256 no longer fits.")
        rule = rulebook.load(read.schedule.rule.id)
        found = way_out(read.schedule, rule, left, now(), _changes(options, left))
        deliver(found, formats, options["format"], options)  # type: ignore[arg-type]
