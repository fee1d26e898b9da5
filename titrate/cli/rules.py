"""`rules` and `schema`: what is known, and what a document looks like."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from titrate.cli.console import now, out, told
from titrate.cli.options import RuleName
from titrate.errors import RuleError

app = typer.Typer(invoke_without_command=True, help="List, show and check rule files.")


@app.callback()
def rules(context: typer.Context) -> None:
    """One line per rule: id, drug, route, indication, status."""
    if context.invoked_subcommand is not None:
        return
    with told():
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
            out("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
        if broken:
            raise RuleError("\n".join(broken))


@app.command("show")
def show_rule(rule: RuleName) -> None:
    """Every limit of a rule with its basis, source, place, and how long ago it was checked."""
    with told():
        from titrate import rulebook
        from titrate.formats import rulesheet

        out(rulesheet.write(rulebook.load(rule), now().date()))


@app.command("check")
def check_rules(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Without: all known rules.")] = None,
) -> None:
    """All faults of each file; the exit status is 0 only if there are none."""
    with told():
        from titrate import rulebook

        faulty = False
        for path in files or rulebook.known().values():
            try:
                rulebook.read(rulebook.find(str(path)) if files else path)
                out(f"{path.name}: no faults\n")
            except RuleError as fault:
                faulty = True
                out("\n".join(fault.faults or (fault.message,)) + "\n")
        if faulty:
            raise typer.Exit(RuleError.exit_code)


class Document(StrEnum):
    """What has a JSON Schema."""

    schedule = "schedule"
    rule = "rule"
    request = "request"


def schema(document: Annotated[Document, typer.Argument(help="schedule, rule or request.")]) -> None:
    """Print the JSON Schema of a document."""
    with told():
        if document is Document.rule:
            from titrate.rulefile import RuleFile

            described = {"$schema": "https://json-schema.org/draft/2020-12/schema", **RuleFile.model_json_schema()}
        else:
            from titrate.formats import json as schedules

            described = schedules.schema("schedule" if document is Document.schedule else "request")
        out(json.dumps(described, indent=1, ensure_ascii=False) + "\n")
