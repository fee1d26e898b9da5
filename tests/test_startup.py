"""What a command imports before it answers, and that the list of commands says what the commands say."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import pytest
import typer

from tests.test_architecture import FLOORS, floor
from titrate.cli import COMMANDS

ROOT = Path(__file__).resolve().parent.parent

# What `import typer` and a typer command with one option load by themselves.
TYPER = {"typer", "rich", "shellingham", "annotated_doc", "pydantic", "pydantic_core", "annotated_types",
         "typing_extensions", "typing_inspection", "pygments", "markdown_it", "mdurl", "click", "colorama",
         "attr"}  # fmt: skip
RICH = {"rich", "pygments", "markdown_it", "mdurl", "attr"}  # rich takes attrs along where it is installed
# Neither a plan nor the list of rules needs pydantic where the rules were read before.
WITHOUT_PYDANTIC = {"typer", "shellingham", "annotated_doc"}
HELP = {"titrate.cli", "titrate.version"}
# Reading a rule: whatever lies below the room that finds and reads rule files.
RULE = {name.split(".")[0] for names in FLOORS[: floor("rulebook")] for name in names}
RULE = {name for name in RULE if name not in ("planner", "verifier")} | {"rulebook"}
# Planning with it, and proving what was planned.
PLANNED = HELP | {f"titrate.{name}" for name in RULE | {"planner", "proof", "typed", "verifier"}}
# What a schedule is written as; most formats tell of earlier revisions.
FORMATS = {"titrate.formats", "titrate.difference"}
RULES = HELP | {f"titrate.{name}" for name in RULE}

PLAN = ("plan", "baclofen-oral-spasticity", "--start", "2026-12-01", "--target", "20 mg x3")
# Each command, what it may load of the package (the second part of a name counts), and what of other libraries.
MAY: tuple[tuple[tuple[str, ...], set[str], set[str]], ...] = (
    (("--help",), HELP, TYPER),
    (("--version",), HELP, TYPER - RICH),
    (("rules",), RULES, WITHOUT_PYDANTIC),
    (("rules", "show", "baclofen-oral-spasticity"), RULES | FORMATS, TYPER - RICH),
    ((*PLAN, "--format", "csv"), PLANNED | FORMATS, WITHOUT_PYDANTIC),
    ((*PLAN, "--format", "text"), PLANNED | FORMATS, WITHOUT_PYDANTIC),
    ((*PLAN, "--format", "json"), PLANNED | FORMATS, TYPER - RICH),
    (
        (*PLAN, "--format", "ics", "--tz", "Europe/London"),
        PLANNED | FORMATS | {"titrate.zone"},
        WITHOUT_PYDANTIC | {"icalendar", "dateutil", "tzdata", "six"},
    ),
    # Without a terminal a table is text, and so the command itself needs no rich.
    ((*PLAN, "--format", "table"), PLANNED | FORMATS, WITHOUT_PYDANTIC | RICH),
    (("explain", "nothing.json"), RULES | FORMATS, TYPER - RICH),
)


@pytest.fixture(scope="module")
def compiled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of compiled modules, with the rules kept by the first command that read them."""
    folder = tmp_path_factory.mktemp("compiled")
    loaded(("rules",), folder)
    return folder


def loaded(arguments: tuple[str, ...], compiled: Path) -> set[str]:
    """Every module that the command loads beyond those of Python itself."""
    code = (
        "import sys, json\n"
        "before = set(sys.modules)\n"
        "sys.argv[0] = 'titrate'\n"
        "from titrate.cli import main\n"
        "try:\n    main()\n"
        "except SystemExit:\n    pass\n"
        "print(json.dumps(sorted(set(sys.modules) - before)), file=sys.stderr)"
    )
    around = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    around |= {"PYTHONWARNINGS": "default", "PYTHONPYCACHEPREFIX": str(compiled)}
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True, text=True, cwd=ROOT, check=True,
        env={**around, "SOURCE_DATE_EPOCH": "1795424400"},
    )  # fmt: skip
    names: list[str] = json.loads(done.stderr.splitlines()[-1])
    python = {*sys.stdlib_module_names, "typing.io", "typing.re"}
    return {name for name in names if name.split(".")[0] not in python and name != "titrate" and name[0] != "_"}


@pytest.mark.parametrize(
    ("arguments", "own", "others"), MAY, ids=lambda value: " ".join(value[:2]) if isinstance(value, tuple) else ""
)
def test_a_command_loads_no_more_than_it_needs(
    arguments: tuple[str, ...], own: set[str], others: set[str], compiled: Path
) -> None:
    found = loaded(arguments, compiled)
    ours = {".".join(name.split(".")[:2]) for name in found if name.startswith("titrate.")}
    assert ours - own - {"titrate.atomic"} == set()
    assert {name.split(".")[0] for name in found if not name.startswith("titrate.")} - others == set()


def test_help_loads_the_module_of_no_command(compiled: Path) -> None:
    found = loaded(("--help",), compiled)
    assert {name for name in found if name.startswith("titrate.cli.")} == {"titrate.cli.astyped"}


def test_a_command_loads_no_other_command(compiled: Path) -> None:
    formats = {name for name in loaded((*PLAN, "--format", "csv"), compiled) if name.startswith("titrate.formats.")}
    assert formats == {"titrate.formats.csv"}


def test_a_plan_loads_nothing_for_what_it_is_not(compiled: Path) -> None:
    """It is not dispensed, revises nothing, and is not refused."""
    others = {"titrate.supply", "titrate.refill", "titrate.cli.revising", "titrate.planner.refusal"}
    others |= {"titrate.rulefiles.reader", "titrate.ruleformat.file", "titrate.ruleformat.value"}  # its rule was kept
    assert loaded((*PLAN, "--format", "csv"), compiled) & others == set()


@pytest.mark.parametrize("name", COMMANDS)
def test_the_list_says_what_the_command_says_itself(name: str) -> None:
    """The list is printed without the modules of the commands, so each first sentence stands there a second time."""
    place, says = COMMANDS[name]
    module, _, inside = place.partition(".")
    found = getattr(import_module(f"titrate.cli.{module}"), inside)
    told = found.info.help if isinstance(found, typer.Typer) else inspect.getdoc(found)
    assert isinstance(told, str)
    assert told.partition("\n")[0] == says
