"""The options of the commands, each once, and the groups in which several commands offer them."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer


class Format(StrEnum):
    """What a schedule can be written as."""

    table = "table"
    text = "text"
    markdown = "markdown"
    csv = "csv"
    json = "json"
    ics = "ics"
    html = "html"
    pdf = "pdf"


SUFFIXES = {
    ".txt": Format.text, ".md": Format.markdown, ".csv": Format.csv, ".json": Format.json, ".ics": Format.ics,
    ".html": Format.html, ".pdf": Format.pdf,
}  # fmt: skip


class Audience(StrEnum):
    """For whom a handout is."""

    patient = "patient"
    clinician = "clinician"


class Paper(StrEnum):
    """What a handout is printed on."""

    a4 = "a4"
    letter = "letter"


def rule_names(incomplete: str) -> list[str]:
    """The ids of the rules, for a shell that completes one; none where there is a fault, which the command tells."""
    from titrate.errors import RuleError
    from titrate.rulefiles.folder import known

    try:
        return [name for name in known() if name.startswith(incomplete)]
    except RuleError:
        return []


# Each option once, for `plan` and `taper` alike.
RuleName = Annotated[
    str,
    typer.Argument(
        metavar="RULE", help="A rule by its id (titrate rules), or the path of a file.", autocompletion=rule_names
    ),
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
MaxPieces = Annotated[int | None, typer.Option(help="Of how many pieces one dose is made at most.")]
AtHand = Annotated[Text, typer.Option(help="How much is left in the house, which is used first: 10mg=12,5mg=30.")]
Measure = Annotated[
    Text, typer.Option(help='Liquids: the volumes that can be drawn up, "0.1 mL up to 1 mL, 0.5 mL above".')
]
LiquidBelow = Annotated[Text, typer.Option(help='Smaller doses are a liquid, larger ones pieces: "10 mg".')]
Fill = Annotated[Text, typer.Option("--fill", help="Supply: for how long each fill lasts, such as 28d.")]
Pack = Annotated[Text, typer.Option("--pack", help="Supply: how much is in a pack: 10mg=84,solution=300mL.")]
Lead = Annotated[Text, typer.Option("--lead", help="Supply: how long before it is needed to order, such as 5d.")]
Margin = Annotated[
    Text,
    typer.Option("--margin", help="Supply: how much longer a fill lasts, for a late refill or slower taper: 7d."),
]
KeepHalves = Annotated[
    bool | None,
    typer.Option(
        "--keep-halves/--no-keep-halves", help="Supply: what is left of a divided piece is used for the next dose."
    ),
]
Concentration = Annotated[Text, typer.Option(help='Pump: what is in it, "500 micrograms/mL".')]
Reservoir = Annotated[Text, typer.Option(help='Pump: how much it holds, "20 mL".')]
Residual = Annotated[Text, typer.Option(help='Pump: how much stays in it when it is filled again, "2 mL".')]
Stability = Annotated[Text, typer.Option(help='Pump: for how long the drug keeps in it, "77 days".')]
PumpModel = Annotated[
    Text, typer.Option("--pump", help="Pump: which one it is, where the rule knows it; then it says what stays in it.")
]
Filled = Annotated[Text, typer.Option(help="Pump: the day of the last filling. Without: the first day.")]
Products = Annotated[Text, typer.Option(help="What is at hand: 10mg,20mg.")]
Times = Annotated[Text, typer.Option(help="When it is taken: 07:00,13:00,21:00.")]
Uneven = Annotated[
    bool | None,
    typer.Option("--uneven/--even", help="Doses of a day may differ, or never do. Without: as equal as can be."),
]
Tz = Annotated[Text, typer.Option("--tz", help="Time zone for the calendar: Europe/London.")]
Label = Annotated[Text, typer.Option(help="A name for the plan, printed with it.")]
ApprovedBy = Annotated[
    list[str] | None,
    typer.Option(
        metavar="WHAT: WHO", help='Who gave what the source asks for: "second opinion: Dr Lang". May be repeated.'
    ),
]
Out = Annotated[
    list[Path] | None,
    typer.Option(
        "-o", "--output", metavar="FILE", help="Write to FILE (.json .csv .md .txt .ics .html .pdf). May be repeated."
    ),
]
FormatName = Annotated[Format | None, typer.Option("--format", help="Write this to standard output.")]
Daily = Annotated[bool, typer.Option("--daily", help="One row per day, besides one per step.")]
Floating = Annotated[bool, typer.Option("--floating", help="Calendar: times follow the traveller.")]
Single = Annotated[bool, typer.Option("--single-events", help="Calendar: one event per dose.")]
Discreet = Annotated[bool, typer.Option("--discreet", help="Calendar: titles without drug and dose.")]
Remind = Annotated[Text, typer.Option(help="Calendar: how long before a dose to ring, such as 10m.")]
ForWhom = Annotated[Audience, typer.Option("--audience", help="Handout: in plain words, or with limits and reasons.")]
OnPaper = Annotated[Paper, typer.Option("--paper", help="Handout: the paper it is printed on.")]
Lang = Annotated[str, typer.Option("--lang", metavar="LANG", help="Handout: its language: en-GB, en-US, de.")]
AsJson = Annotated[bool, typer.Option("--json", help="Write errors as JSON.")]

# Groups of options by their names in the code. What is not typed is `None`, but for `USUAL`.
NOW = {"current": Current, "since": Since}
PACE = {"finish_by": FinishBy, "by": By, "every": Every}
PATIENT = {
    "age": Age, "weight": Weight, "creatinine_clearance": Clearance, "egfr": Egfr, "dialysis": Dialysis,
    "taking": Taking, "setting": Setting, "origin": Origin,
}  # fmt: skip
SCREENING = {"screening_dose": ScreeningDose, "screening_effect": ScreeningEffect}
BOX = {
    "products": Products, "max_pieces": MaxPieces, "at_hand": AtHand, "measure": Measure, "liquid_below": LiquidBelow,
}  # fmt: skip
PUMP = {
    "concentration": Concentration, "reservoir": Reservoir, "residual": Residual, "stability": Stability,
    "filled": Filled, "pump": PumpModel,
}  # fmt: skip
DAY = {"times": Times, "uneven": Uneven, "tz": Tz, "label": Label, "approved_by": ApprovedBy}
WRITTEN = {"output": Out, "format": FormatName}
CALENDAR = {"daily": Daily, "floating": Floating, "single_events": Single, "discreet": Discreet, "remind": Remind}
SUPPLY = {"fill": Fill, "pack": Pack, "lead": Lead, "margin": Margin, "keep_halves": KeepHalves}
HANDOUT = {"audience": ForWhom, "paper": OnPaper, "lang": Lang}
ERRORS = {"as_json": AsJson}
USUAL: dict[str, Any] = {
    "daily": False, "floating": False, "single_events": False, "discreet": False,
    "audience": Audience.patient, "paper": Paper.a4, "lang": "en-GB", "as_json": False,
}  # fmt: skip


def offering(*groups: Mapping[str, Any]) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds the options of these groups to a command, which is given them by name as `**options`."""

    def offered(command: Callable[..., None]) -> Callable[..., None]:
        own = inspect.signature(command, eval_str=True)
        parameters = [one for one in own.parameters.values() if one.kind is not inspect.Parameter.VAR_KEYWORD]
        for group in groups:
            parameters += [
                inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=USUAL.get(name), annotation=annotation)
                for name, annotation in group.items()
            ]
        command.__signature__ = own.replace(parameters=parameters)  # type: ignore[attr-defined]
        return command

    return offered
