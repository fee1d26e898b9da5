"""The command line: each command reads, calls, writes. The clock, files and printing belong here."""

from __future__ import annotations

from typing import Annotated

import typer

from titrate.cli import calendars, checking, explaining, planning, revising, rules
from titrate.version import VERSION

app = typer.Typer(
    no_args_is_help=True,
    add_completion=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="Plan dose titrations and tapers from cited rules. It supports a decision; it makes none.",
)
app.add_typer(rules.app, name="rules")
app.command()(planning.plan)
app.command()(planning.taper)
app.command()(revising.revise)
app.command()(revising.history)
app.command()(revising.diff)
app.command()(calendars.calendar)
app.command()(explaining.explain)
app.command()(checking.check)
app.command()(rules.schema)


@app.callback(invoke_without_command=True)
def _main(version: Annotated[bool, typer.Option("--version", help="Show the version.")] = False) -> None:
    if version:
        print(f"titrate {VERSION}")
        raise typer.Exit


def main() -> None:
    """The entry point of the `titrate` command."""
    app()
