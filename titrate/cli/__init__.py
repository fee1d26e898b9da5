"""The command line: each command reads, calls, writes. The clock, files and printing belong here.

A command's module is imported when the command is typed, and not for the list of all of them.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from titrate.cli.astyped import Command, Group
from titrate.version import VERSION

# Each command: the module of this package and the name in it, and the first sentence of its help as the list shows it.
COMMANDS = {
    "plan": (
        "planning.plan",
        "Plan the way to a dose: the rise (or fall) to it, the stay, and the taper if it is to stop.",
    ),
    "taper": (
        "planning.taper",
        "Plan the way from what is taken now to nothing, never abruptly; or out of a schedule, from any of its days.",
    ),
    "revise": (
        "revising.revise",
        "Change a schedule that has begun, from a day on: a new document, which names the one it supersedes.",
    ),
    "history": (
        "revising.history",
        "List the revisions of a plan: what was decided when, and whether the documents fit together.",
    ),
    "diff": ("revising.diff", "Say what changes from one schedule to another, and from which day on."),
    "supply": (
        "supplying.supply",
        "What to dispense: per product the count per step, per fill and in all, and until when each fill lasts.",
    ),
    "calendar": (
        "calendars.calendar",
        "Keep one calendar (.ics) per plan in a folder, of its newest revision; programs that subscribe to it follow.",
    ),
    "show": (
        "showing.show",
        "Show a schedule with a chart of the daily dose: coloured on a terminal, plain where it is piped. Or write it.",
    ),
    "explain": (
        "explaining.explain",
        "Tell why a day of a schedule, or each of its steps, is as it is, from the schedule alone.",
    ),
    "check": (
        "checking.check",
        "Check a schedule from elsewhere against a rule: every law that it breaks, and what could not be checked.",
    ),
    "batch": (
        "batching.batch",
        "Plan and prove a file of requests, one per line, and write a record for each, in their order.",
    ),
    "schema": ("rules.schema", "Print the JSON Schema of a document."),
    "rules": ("rules.app", "List, show, check, compare and begin rule files."),
}
_SETTINGS = {"help_option_names": ["-h", "--help"]}


def command(name: str) -> Any:
    """The command as it is: its module is imported."""
    module, _, inside = COMMANDS[name][0].partition(".")
    found = getattr(import_module(f"titrate.cli.{module}"), inside)
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, cls=_Plan if name == "plan" else Command)(found)
    return typer.main.get_command(alone)


class _Plan(Command):
    """`plan`, which asks on a terminal where nothing was typed after it."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        if not args and sys.stdin.isatty() and sys.stdout.isatty():
            args = import_module("titrate.cli.asking").asked_or_told()
        return super().parse_args(ctx, args)


class _Commands(Group):
    """All commands by name and help, until one of them is typed."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        for name, (_, says) in COMMANDS.items():
            self.add_command(TyperCommand(name, help=says), name)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] in COMMANDS:
            self.add_command(command(args[0]), args[0])
        return super().resolve_command(ctx, args)


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings=_SETTINGS,
    help="Plan dose titrations and tapers from cited rules. It supports a decision; it makes none.",
)


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        typer.echo(f"titrate {VERSION}")
        raise typer.Exit


def main() -> None:
    """The entry point of the `titrate` command."""
    app()
