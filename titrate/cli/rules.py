"""`rules` and `schema`: what is known, how a rule of one's own begins, and what a document looks like."""

from __future__ import annotations

import contextlib
import json
import os
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from titrate.cli.astyped import Command, Group
from titrate.cli.console import note, now, out, put, told
from titrate.cli.options import RuleName, rule_names
from titrate.errors import RequestError, RuleError

if TYPE_CHECKING:
    from titrate.rule import Rule

app = typer.Typer(
    cls=Group,
    invoke_without_command=True,
    add_completion=False,
    help="List, show, check, compare and begin rule files.",
)


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
                rule = rulebook.recall(str(path))
                rows.append((rule.id, rule.file.drug, rule.file.route, rule.file.indication, rule.file.status))
            except RuleError as fault:
                broken.append(fault.text())
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        for row in rows:
            out("  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() + "\n")
        if broken:
            raise RuleError("\n".join(broken))


@app.command("show", cls=Command)
def show_rule(rule: RuleName) -> None:
    """Every limit of a rule with its basis, source, place, and how long ago it was checked."""
    with told():
        from titrate import rulebook
        from titrate.formats import rulesheet

        out(rulesheet.write(rulebook.load(rule), now().date()))


@app.command("check", cls=Command)
def check_rules(
    files: Annotated[list[Path] | None, typer.Argument(metavar="[FILE]...", help="Without: all known rules.")] = None,
) -> None:
    """All faults of each file; the exit status is 0 only if there are none. Warnings are printed too."""
    with told():
        from titrate import rulebook, soundness
        from titrate.formats import rulesheet

        faulty = False
        for path in files or rulebook.known().values():
            try:
                rule = rulebook.read(rulebook.find(str(path)) if files else path)
                found = list(soundness.concerns(rule, now().date()))
                faults = [f"{path.name}: {one.place}: {one.says}" for one in found if one.fault]
                warnings = [f"  warning: {one.place}: {one.says}" for one in found if not one.fault]
                warnings += [f"  warning: {says}" for says in rulebook.uncased(path)]
                faulty = faulty or bool(faults)
                out("\n".join(faults or [f"{path.name}: no faults"]) + "\n" + rulesheet.summary(rule))
                out("".join(f"{line}\n" for line in warnings))
            except RuleError as fault:
                faulty = True
                out("\n".join(fault.faults or (fault.message,)) + "\n")
        if faulty:
            raise typer.Exit(RuleError.exit_code)


@app.command("new", cls=Command)
def new_rule(
    drug: Annotated[str, typer.Argument(metavar="DRUG", help="The name of the drug.")],
    route: Annotated[str | None, typer.Option(help="How it is given: oral.")] = None,
    indication: Annotated[str | None, typer.Option(help="What it is given for.")] = None,
    extends: Annotated[
        str | None,
        typer.Option(
            metavar="RULE",
            help="A short file that changes this rule: a protocol of one's own.",
            autocompletion=rule_names,
        ),
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("-o", "--output", metavar="FILE", help="Write to a new FILE, drug-route-indication.toml."),
    ] = None,
) -> None:
    """A rule file to be filled in, with comments; nothing in it passes before it is."""
    with told():
        from titrate import rulebook
        from titrate.formats import skeleton

        _printable({"DRUG": drug, "--route": route, "--indication": indication})
        if output is not None:
            _new(output)
        if extends is None:
            text = skeleton.write(drug, route, indication)
        else:
            base = rulebook.load(extends)
            _same(drug, route, base)
            if output is not None:
                _finds(output, rulebook.find(extends))
            text = skeleton.extending(base, indication)
        if output is None:
            out(text)
        else:
            _write_beside_schema(output, text)


def _printable(texts: dict[str, str | None]) -> None:
    for name, text in texts.items():
        if text is not None and (not text.strip() or not text.isprintable() or text.startswith("?")):
            raise RequestError(
                f"{name} is {text[:60]!r}; it is a word or two that can be printed, without a leading ?."
            )


def _new(path: Path) -> None:
    """A skeleton never takes the place of a file: somebody may have filled it in."""
    if path.suffix != ".toml":
        raise RequestError(f"-o {path}: a rule file ends in .toml.", (f"-o {path.stem or 'my-rule'}.toml",))
    if os.path.lexists(path):  # unlike Path.exists, also for a name that no file can have
        raise RequestError(f"-o {path}: this file is there already, and is not replaced.", ("choose another name",))


def _same(drug: str, route: str | None, base: Rule) -> None:
    for name, mine, theirs in (("DRUG", drug, base.file.drug), ("--route", route, base.file.route)):
        if mine is not None and mine != theirs:
            raise RequestError(
                f"{name} is {mine!r}, and the rule {base.id} is for {theirs!r}; they have to be the same."
            )


def _finds(path: Path, base: Path) -> None:
    """The file at `path` names its base by the id, and has to find this one by it and no other."""
    from titrate import rulebook

    beside = (f"-o {base.parent / path.name}", f"name its folder: {rulebook.FOLDERS}={base.parent}")
    try:
        found = rulebook.base_of(base.stem, path)
    except RuleError as fault:
        raise RequestError(f"From {path}, {base} would not be found: {fault.message}", beside) from fault
    if found.resolve() != base.resolve():
        raise RequestError(f"From {path}, the rule {base.stem} is {found}, and not {base}.", beside)


def _write_beside_schema(path: Path, text: str) -> None:
    """The file, and the schema that it names, so that an editor helps from the first key on."""
    from titrate.ruleformat import schema as ruleschema

    schema_path = path.with_name("schema.json")
    wanted = ruleschema.text()
    there = os.path.lexists(schema_path)
    put({path: text} if there else {path: text, schema_path: wanted})
    note(f"Wrote {path}{'' if there else f' and {schema_path} (for editors)'}.")
    with contextlib.suppress(OSError):
        if there and schema_path.read_bytes() != wanted.encode():
            note(f"{schema_path} is of another version of titrate. You could: titrate schema rule > {schema_path}")
    note(f"Fill it in; what is left: titrate rules check {path}")


@app.command("diff", cls=Command)
def diff_rules(
    a: Annotated[
        str, typer.Argument(metavar="A", help="A rule by its id, or the path of a file.", autocompletion=rule_names)
    ],
    b: Annotated[
        str,
        typer.Argument(
            metavar="B",
            help="Another one: of another country, or another edition.",
            autocompletion=rule_names,
        ),
    ],
    as_json: Annotated[bool, typer.Option("--json", help="Write the differences, or an error, as JSON.")] = False,
) -> None:
    """What differs between two rules, limit by limit, with both values and both citations."""
    with told(as_json):
        from titrate import rulebook
        from titrate.formats import rulediff

        left, right = rulebook.load(a), rulebook.load(b)
        if as_json:
            out(json.dumps(rulediff.as_data(left, right), indent=1, ensure_ascii=False) + "\n")
        else:
            out(rulediff.write(left, right))


class Document(StrEnum):
    """What has a JSON Schema."""

    schedule = "schedule"
    rule = "rule"
    request = "request"


def schema(document: Annotated[Document, typer.Argument(help="schedule, rule or request.")]) -> None:
    """Print the JSON Schema of a document."""
    with told():
        if document is Document.rule:
            from titrate.ruleformat import schema as ruleschema

            out(ruleschema.text())
            return
        from titrate.formats import json as schedules

        described = schedules.schema("schedule" if document is Document.schedule else "request")
        out(json.dumps(described, indent=1, ensure_ascii=False) + "\n")
