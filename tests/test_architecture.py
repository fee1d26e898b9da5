"""Imports run one way, and what is not allowed in the package is not there."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "titrate"

# Each module may import from the floors below its own, and from its own floor only what is listed as neighbours.
FLOORS: tuple[tuple[str, ...], ...] = (
    ("errors", "version", "written", "frozen", "ruleformat", "rulefiles"),
    ("atomic",),
    ("quantity", "days", "rulefiles.folder"),
    ("scale", "rulederived"),
    ("source", "product"),
    ("reason",),
    ("patient", "regimen", "pump"),
    ("limit", "ruleformat.value", "bands"),
    ("ladder", "guide", "ruleformat.limit", "ruleformat.ladder", "ruleformat.when", "ruleformat.advice"),
    ("limits", "ruleformat.taper", "ruleformat.box", "ruleformat.guide", "ruleformat.pump"),
    ("ruleformat.scope",),
    ("ruleformat.file", "ruleformat.shape"),
    ("request", "zone", "rulefiles.inherit", "rulefiles.fault", "dispensing", "rulereading"),
    ("schedule", "resolution"),
    ("rule", "foreign", "difference", "supply", "refill"),
    ("rulefiles.contradiction", "ruleformat.schema", "rulefiles.kept"),
    ("rulefiles.reader", "planner.phase"),
    ("rulebook", "planner.grains", "planner.terms", "planner.refused", "planner.conflict", "verifier.change"),
    ("planner.moves",),
    (
        "planner.path",
        "planner.grid",
        "planner.bounds",
        "planner.guidance",
        "planner.above",
        "verifier.case",
        "verifier.wayout",
    ),
    (
        "planner.problem",
        "planner.rate",
        "planner.refusal",
        "verifier.pieces",
        "verifier.rate",
        "verifier.asked",
        "verifier.seam",
        "verifier.gates",
        "verifier.spacing",
        "verifier.ladder",
        "verifier.cycle",
        "verifier.supplied",
        "verifier.calledoff",
    ),
    ("planner.stretch", "planner.pieces", "verifier.ending"),
    ("planner.line", "verifier.laws"),
    ("planner.layout",),
    ("planner.ways",),
    ("planner.search", "planner.wayout", "verifier"),
    ("planner.why",),
    ("planner.draft",),
    ("planner.climb", "planner.ending"),
    ("planner.descend",),
    ("planner.steps",),
    ("planner",),
    ("checking.kinds", "checking.products", "checking.folding", "soundness"),
    ("checking.rebuilding", "checking.report"),
    ("checking.judging",),
    ("checking",),
    ("revise.action", "revise.changes", "revise.course"),
    ("revise.fresh", "revise.offer"),
    ("revise.gap",),
    ("revise.decision", "revise.when", "revise.record"),
    ("revise.lead", "revise.withdrawal"),
    ("revise.planning",),
    ("revise",),
    ("proof", "typed"),
    ("batch.lines", "batch.columns", "batch.remembered", "batch.tally"),
    ("batch.parquet", "batch.question"),
    ("batch.answer",),
    ("batch.journal",),
    ("batch.run",),
    ("batch",),
    ("cli.console",),
    ("cli.options", "cli.astyped"),
    ("cli.writing", "cli.reading"),
    ("cli.documents",),
    ("cli.revising",),
    ("cli.batching",),
    (
        "cli.calendars",
        "cli.checking",
        "cli.explaining",
        "cli.showing",
        "cli.asking",
        "cli.planning",
        "cli.rules",
        "cli.supplying",
    ),
    ("cli",),
    ("__main__",),
)
NEIGHBOURS = {("ruleformat.value", "limit"), ("verifier.cycle", "verifier.ladder")}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def name_of(path: Path) -> str:
    """`planner.grid`, and `planner` for the `__init__` of a package."""
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    return ".".join(parts[:-1] if len(parts) > 1 and parts[-1] == "__init__" else parts)


def file_of(name: str) -> Path | None:
    """The file of a module of the package, or `None`."""
    place = PACKAGE / name.replace(".", "/")
    return next((path for path in (place.with_suffix(".py"), place / "__init__.py") if path.is_file()), None)


def imports(path: Path) -> set[str]:
    """The modules of the package that a file imports, at the top or inside a function, but not for types alone."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    typing_only = {
        id(inner)
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    found: set[str] = set()
    for node in ast.walk(tree):
        if id(node) in typing_only:
            continue
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "titrate":
            inside = node.module.removeprefix("titrate").lstrip(".")
            for alias in node.names:
                whole = f"{inside}.{alias.name}".lstrip(".")
                found.add(whole if file_of(whole) else inside)
        if isinstance(node, ast.Import):
            found |= {alias.name.removeprefix("titrate.") for alias in node.names if alias.name.startswith("titrate.")}
    return found - {""}


def floor(name: str) -> int:
    return next(index for index, names in enumerate(FLOORS) if name in names)


FORMATS_MAY = {name for names in FLOORS[:15] for name in names}


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_imports_run_one_way(path: Path) -> None:
    name = name_of(path)
    for imported in imports(path):
        if name == "__init__":
            continue
        if name.startswith("formats"):
            assert imported.startswith("formats.") or imported in FORMATS_MAY, f"{name} imports {imported}"
        elif imported.startswith("formats"):
            assert name.startswith(("cli", "batch")), f"{name} imports {imported}"
        else:
            below = floor(imported) < floor(name) or (name, imported) in NEIGHBOURS
            assert below, f"{name} imports {imported}, which does not lie below it"


def reaches(name: str) -> set[str]:
    """Everything that a module imports, directly or not."""
    seen: set[str] = set()
    waiting = [name]
    while waiting:
        current = waiting.pop()
        path = file_of(current)
        for imported in imports(path) - seen if path is not None else ():
            seen.add(imported)
            waiting.append(imported)
    return seen


def test_the_verifier_shares_nothing_with_the_planner() -> None:
    assert not [name for name in reaches("verifier") if name.startswith("planner") or name == "proof"]
    assert not [name for name in reaches("planner") if name.startswith("verifier")]


def test_no_format_reaches_planner_verifier_or_rule_files() -> None:
    for path in (PACKAGE / "formats").rglob("*.py"):
        reached = reaches(name_of(path))
        assert not [name for name in reached if name.split(".")[0] in ("planner", "verifier", "rulebook", "proof")], (
            path
        )


def test_every_module_has_a_floor() -> None:
    known = {name for names in FLOORS for name in names} | {"__init__"}
    for path in modules():
        name = name_of(path)
        assert name in known or name.startswith("formats"), f"{name} is on no floor of tests/test_architecture.py"


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_no_float_rounding_or_clock(path: Path) -> None:
    """Amounts are exact, and only the command line knows what time it is."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    # difflib's cutoff is a likeness of names, no amount.
    likeness = {id(word.value) for node in ast.walk(tree) if isinstance(node, ast.Call) for word in node.keywords
                if word.arg == "cutoff"}  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            assert node.func.id not in {"float", "round"}, f"{name_of(path)}:{node.lineno}: {node.func.id}("
        if isinstance(node, ast.Constant) and isinstance(node.value, float) and id(node) not in likeness:
            pytest.fail(f"{name_of(path)}:{node.lineno}: the float {node.value}")
        if (
            isinstance(node, ast.Attribute)
            and node.attr in {"now", "today", "utcnow", "time"}
            and not name_of(path).startswith("cli")
        ):
            called = isinstance(node.value, ast.Name) and node.value.id in {"datetime", "date", "clock", "time"}
            assert not called or node.attr == "time", f"{name_of(path)}:{node.lineno}: .{node.attr} reads the clock"


DRUGS = ("baclofen", "lioresal", "gablofen", "gabapentin", "diazepam", "sertraline", "clozapine")


@pytest.mark.parametrize("path", modules(), ids=name_of)
def test_no_drug_in_code(path: Path) -> None:
    """Adding a drug needs no code, so no code knows a drug. Help texts and docstrings may give an example."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in docstrings:
            found = [drug for drug in DRUGS if drug in node.value.casefold()]
            assert not found, f"{name_of(path)}:{node.lineno}: {found}"


def test_import_is_cheap() -> None:
    """`import titrate` loads nothing but itself until a name is used."""
    import subprocess
    import sys

    code = (
        "import sys; import titrate; print([m for m in sys.modules if m.startswith(('titrate.', 'pydantic', 'rich'))])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert done.stdout.strip() == "[]"
