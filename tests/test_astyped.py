"""Options that are taken as they were typed come out as typer makes them; a wrong name is told in our words."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import pytest
import typer
from typer.core import TyperCommand
from typer.testing import CliRunner

from titrate.cli import astyped


class Colour(StrEnum):
    """Some words to choose from."""

    red = "red"
    blue = "blue"


SEEN: list[dict[str, Any]] = []


def command(
    name: str,
    text: Annotated[str | None, typer.Option()] = None,
    other: Annotated[str, typer.Option()] = "usual",
    colour: Annotated[Colour | None, typer.Option()] = None,
    usual: Annotated[Colour, typer.Option()] = Colour.red,
    count: Annotated[int | None, typer.Option(min=1)] = None,
    yes: Annotated[bool, typer.Option()] = False,
    maybe: Annotated[bool | None, typer.Option("--maybe/--no-maybe")] = None,
    where: Annotated[Path | None, typer.Option()] = None,
    many: Annotated[list[str] | None, typer.Option()] = None,
    files: Annotated[list[Path] | None, typer.Option()] = None,
) -> None:
    """Something with options of each kind."""
    SEEN.append(locals())


def ran(cls: type[TyperCommand], arguments: list[str]) -> tuple[int, str, Any]:
    """How a command ends, what it says, and what it was given."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(cls=cls)(command)
    SEEN.clear()
    done = CliRunner().invoke(app, arguments)
    return done.exit_code, done.output, [(key, type(value), value) for seen in SEEN for key, value in seen.items()]


@pytest.mark.parametrize("typed", [
    "a", "", "a --text b", "a --text=", "--text b", "a --other c", "a --colour red",
    "a --usual blue", "a --count 3", "a --count 0", "a --count x", "a --yes", "a --maybe",
    "a --no-maybe",
    "a --where there", "a --where .", "a --many b --many c", "a --many=", "a --files x --files y", "a --nothing", "a b",
    "--help",
])  # fmt: skip
def test_it_comes_out_as_typer_makes_it(typed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert ran(astyped.Command, typed.split()) == ran(TyperCommand, typed.split())


def test_what_is_typed_reaches_the_command() -> None:
    _, _, seen = ran(astyped.Command, ["a", "--text", "b", "--colour", "blue", "--files", "x", "--no-maybe"])
    given = {key: value for key, _, value in seen}
    assert (given["name"], given["text"], given["colour"], given["files"], given["maybe"]) == (
        "a", "b", Colour.blue, [Path("x")], False,
    )  # fmt: skip


@pytest.mark.parametrize("typed", ["a --colour green", "a --colour RED", "a --usual green"])
def test_a_wrong_name_is_told_with_the_right_ones(typed: str) -> None:
    """typer's own words begin with "Value error"."""
    ended, said, seen = ran(astyped.Command, typed.split())
    assert (ended, seen) == (2, [])
    assert f"Invalid value for '{typed.split()[1]}': '{typed.split()[2]}' is not one of red, blue." in said
