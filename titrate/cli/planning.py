"""`plan` and `taper`: read the options, plan and prove, write."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from titrate.cli.console import local_zone, note, now, today, told
from titrate.cli.options import (
    Age,
    ApprovedBy,
    AsJson,
    AtHand,
    Audience,
    By,
    Clearance,
    Concentration,
    Current,
    Daily,
    Dialysis,
    Discreet,
    Egfr,
    Every,
    Fill,
    Filled,
    FinishBy,
    Floating,
    Format,
    FormatName,
    ForWhom,
    KeepHalves,
    Label,
    Lang,
    Lead,
    LiquidBelow,
    Margin,
    MaxPieces,
    Measure,
    OnPaper,
    Origin,
    Out,
    Pack,
    Paper,
    Products,
    PumpModel,
    Remind,
    Reservoir,
    Residual,
    RuleName,
    ScreeningDose,
    ScreeningEffect,
    Setting,
    Since,
    Single,
    Stability,
    Start,
    Taking,
    Text,
    Times,
    Tz,
    Uneven,
    Weight,
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
    max_pieces: MaxPieces = None,
    at_hand: AtHand = None,
    measure: Measure = None,
    liquid_below: LiquidBelow = None,
    concentration: Concentration = None,
    reservoir: Reservoir = None,
    residual: Residual = None,
    stability: Stability = None,
    filled: Filled = None,
    pump: PumpModel = None,
    times: Times = None,
    uneven: Uneven = None,
    tz: Tz = None,
    label: Label = None,
    approved_by: ApprovedBy = None,
    output: Out = None,
    format: FormatName = None,
    daily: Daily = False,
    floating: Floating = False,
    single_events: Single = False,
    discreet: Discreet = False,
    remind: Remind = None,
    fill: Fill = None,
    pack: Pack = None,
    lead: Lead = None,
    margin: Margin = None,
    keep_halves: KeepHalves = None,
    audience: ForWhom = Audience.patient,
    paper: OnPaper = Paper.a4,
    lang: Lang = "en-GB",
    as_json: AsJson = False,
) -> None:
    """Plan the way to a dose: the rise (or fall) to it, the stay, and the taper if it is to stop."""
    _make("plan", locals())


def taper(
    rule: RuleOrSchedule,
    start: Annotated[Text, typer.Option(help="First day on which something changes: 2026-12-01, today, +3d.")] = None,
    on: Annotated[Text, typer.Option("--on", help="With SCHEDULE.json: the day from which to taper.")] = None,
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
    max_pieces: MaxPieces = None,
    at_hand: AtHand = None,
    measure: Measure = None,
    liquid_below: LiquidBelow = None,
    concentration: Concentration = None,
    reservoir: Reservoir = None,
    residual: Residual = None,
    stability: Stability = None,
    filled: Filled = None,
    pump: PumpModel = None,
    times: Times = None,
    uneven: Uneven = None,
    tz: Tz = None,
    label: Label = None,
    approved_by: ApprovedBy = None,
    output: Out = None,
    format: FormatName = None,
    daily: Daily = False,
    floating: Floating = False,
    single_events: Single = False,
    discreet: Discreet = False,
    remind: Remind = None,
    fill: Fill = None,
    pack: Pack = None,
    lead: Lead = None,
    margin: Margin = None,
    keep_halves: KeepHalves = None,
    audience: ForWhom = Audience.patient,
    paper: OnPaper = Paper.a4,
    lang: Lang = "en-GB",
    as_json: AsJson = False,
) -> None:
    """Plan the way from what is taken now to nothing, never abruptly; or out of a schedule, from any of its days."""
    options = locals()
    on = options.pop("on")
    if rule.lower().endswith(".json") or rule == "-":
        from titrate.cli.revising import card

        card(Path(rule), on, options)
    elif on is not None:
        raise typer.BadParameter("it belongs to a schedule (titrate taper SCHEDULE.json --on DAY)", param_hint="--on")
    elif start is None:
        raise typer.BadParameter("it is missing; for example --start 2026-12-01", param_hint="--start")
    else:
        _make("taper", options)


def _make(goal: Goal, options: dict[str, object]) -> None:
    """Both planning commands: read the options, plan and prove, write."""
    from titrate.typed import Typed

    rule = str(options.pop("rule"))
    outputs: list[Path] = list(options.pop("output") or [])  # type: ignore[call-overload]
    shown: Format | None = options.pop("format")  # type: ignore[assignment]
    names = Typed.__dataclass_fields__
    style = {name: options[name] for name in options if name not in names}
    typed = Typed(**{name: value for name, value in options.items() if name in names})  # type: ignore[arg-type]
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
