"""`plan` and `taper`: read the options, plan and prove, write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from titrate.cli.console import local_zone, note, now, today, told
from titrate.cli.options import (
    BOX,
    CALENDAR,
    DAY,
    ERRORS,
    HANDOUT,
    NOW,
    PACE,
    PATIENT,
    PUMP,
    SCREENING,
    SUPPLY,
    WRITTEN,
    Format,
    RuleName,
    Start,
    Text,
    offering,
    rule_names,
)
from titrate.cli.writing import deliver, format_of

if TYPE_CHECKING:
    from titrate.request import Goal
    from titrate.schedule import Schedule
    from titrate.typed import Typed

RuleOrSchedule = Annotated[
    str,
    typer.Argument(
        metavar="RULE|SCHEDULE.json",
        help="A rule by its id (titrate rules), or the path of a file; or a schedule, to be left by --on.",
        autocompletion=rule_names,
    ),
]


# What `plan` and `taper` offer alike.
_BOTH = (PATIENT, BOX, PUMP, DAY, WRITTEN, CALENDAR, SUPPLY, HANDOUT, ERRORS)


@offering(NOW, PACE, SCREENING, *_BOTH)
def plan(
    rule: RuleName,
    start: Start,
    target: Annotated[Text, typer.Option(help='Where to go: "20 mg x3", "5/5/10 mg" or "60 mg/day".')] = None,
    maintain: Annotated[Text, typer.Option(help='How long to stay there: "8 weeks".')] = None,
    then_stop: Annotated[bool, typer.Option("--then-stop", help="Taper to nothing afterwards.")] = False,
    review: Annotated[Text, typer.Option(help='When the prescriber looks again: a day, or "8 weeks".')] = None,
    **options: Any,
) -> None:
    """Plan the way to a dose: the rise (or fall) to it, the stay, and the taper if it is to stop."""
    way = {"start": start, "target": target, "maintain": maintain, "then_stop": then_stop, "review": review}
    _make("plan", rule, {**way, **options})


@offering(NOW, PACE, *_BOTH)
def taper(
    rule: RuleOrSchedule,
    start: Annotated[Text, typer.Option(help="First day on which something changes: 2026-12-01, today, +3d.")] = None,
    on: Annotated[Text, typer.Option("--on", help="With SCHEDULE.json: the day from which to taper.")] = None,
    **options: Any,
) -> None:
    """Plan the way from what is taken now to nothing, never abruptly; or out of a schedule, from any of its days."""
    if rule.lower().endswith(".json") or rule == "-":
        from titrate.cli.revising import card

        card(Path(rule), on, {"start": start, **options})
    elif on is not None:
        raise typer.BadParameter("it belongs to a schedule (titrate taper SCHEDULE.json --on DAY)", param_hint="--on")
    elif start is None:
        raise typer.BadParameter("it is missing; for example --start 2026-12-01", param_hint="--start")
    else:
        _make("taper", rule, {"start": start, **options})


def _make(goal: Goal, rule: str, options: dict[str, Any]) -> None:
    """Both planning commands: read the options, plan and prove, write."""
    from titrate.typed import Typed

    outputs: list[Path] = options.pop("output") or []
    shown: Format | None = options.pop("format")
    names = Typed.__dataclass_fields__
    style = {name: options[name] for name in options if name not in names}
    typed = Typed(**{name: value for name, value in options.items() if name in names})
    with told(bool(style.get("as_json"))):
        formats = {path: format_of(path) for path in outputs}
        schedule = _planned(
            goal, rule, typed, needs_zone=Format.ics in {*formats.values(), shown} and not style["floating"]
        )
        deliver(schedule, formats, shown, style)


def _planned(goal: Goal, rule: str, typed: Typed, needs_zone: bool) -> Schedule:
    from dataclasses import replace

    if needs_zone and typed.tz is None:
        typed = replace(typed, tz=local_zone())
        note(f"The calendar is in the time zone of this machine, {typed.tz}; --tz names another.")
    from titrate import rulebook
    from titrate.proof import proven

    loaded = rulebook.recall(rule)
    return proven(loaded, typed.request(loaded.id, goal, now(), today()))
