"""The rule files as data: every number cited, every source used, every argument made.

A check that never fires proves nothing, so each one is first run on a sample that is broken in that way.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from titrate.rulebook import parse
from titrate.rulefiles.inherit import Base, joined

RULES = Path(__file__).resolve().parent.parent.parent / "rules"
FILES = sorted(RULES.glob("*.toml"))
TODAY = date(2026, 11, 28)

# Places of CLINICAL-FACTS that are graded E (they show that sources disagree, and bound nothing), or not to be cited.
NEVER_CITED = (
    "ellviva", "nephronpower", "ausdoc", "wholehealthmd", "dm3sbd", "criticalcarenorthampton", "resab.fr",
    "mdtodate", "buybaclofen", "genericzanaflex",
)  # fmt: skip
# Read only as an abstract (tier D): good for arithmetic that says so, never for a limit that it "states".
ABSTRACTS = ("vlavonou",)
LIMITS = ("start", "increase", "maintenance", "maximum", "spacing", "frequency", "decrease", "duration", "last")

Raw = dict[str, Any]
Check = Callable[[Raw, str], list[str]]


def tables(value: Any, place: str = "") -> Iterator[tuple[str, Raw]]:
    """Every table of a file with its place, outermost first."""
    if isinstance(value, dict):
        yield place, value
        for key, inner in value.items():
            yield from tables(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from tables(inner, f"{place}.{index}")


def cites(raw: Raw) -> Iterator[tuple[str, Raw]]:
    """Every citation with its place."""
    return ((place, table) for place, table in tables(raw) if place.rpartition(".")[2] == "cite")


def uncited(raw: Raw, name: str) -> list[str]:
    """Numbers that stand in no table with a citation."""
    found: list[str] = []

    def walk(value: Any, place: str, cited: bool) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, f"{place}.{key}" if place else key, cited or "cite" in value)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                walk(inner, f"{place}.{index}", cited)
        elif not cited and (isinstance(value, int | Decimal) or re.search(r"\d", str(value))):
            found.append(f"{name}: {place}: {value} has no citation")

    # `population` says in words what `eligible` cites, `cycle` how often what `frequency` cites comes.
    for key, value in raw.items():
        if key not in ("format", "atc", "sources", "population", "cycle"):
            walk(value, key, False)
    return found


def unused(raw: Raw, name: str) -> list[str]:
    """Sources that are listed and never cited."""
    used = {table["source"] for _, table in cites(raw)}
    return [f"{name}: sources.{source} is never cited" for source in raw["sources"] if source not in used]


def unknown(raw: Raw, name: str) -> list[str]:
    """Citations of a source that is not listed."""
    return [
        f"{name}: {place}: {table['source']}" for place, table in cites(raw) if table["source"] not in raw["sources"]
    ]


def unaddressed(raw: Raw, name: str) -> list[str]:
    """Sources without an address, or with one that is not bare: one address, with nothing around it."""
    found = []
    for source, table in raw["sources"].items():
        href = table["href"]
        bare = re.fullmatch(r"https://[^\s<>]+", href) if "://" in href else len(href) > 5 and href.strip() == href
        if not bare:
            found.append(f"{name}: sources.{source}.href: {href}")
    return found


def not_to_be_cited(raw: Raw, name: str) -> list[str]:
    """Sources of a kind that bounds nothing."""
    return [
        f"{name}: sources.{source}: {bad}"
        for source, table in raw["sources"].items()
        for bad in NEVER_CITED
        if bad in " ".join(table.values()).lower()
    ]


def from_the_future(raw: Raw, name: str) -> list[str]:
    """Checks that cannot have happened yet."""
    return [f"{name}: {place}: {table['checked']}" for place, table in cites(raw) if table["checked"] > TODAY]


def unargued(raw: Raw, name: str) -> list[str]:
    """A computed number without arithmetic, a derived one without a sentence, an argument for a stated one."""
    found = []
    for place, table in cites(raw):
        basis, how = table.get("basis", "stated"), table.get("how", "")
        if basis == "computed" and not re.search(r"\d.*=.*\d", how):
            found.append(f"{name}: {place}: computed, and shows no arithmetic: {how!r}")
        if basis == "derived" and len(how.split()) < 12:
            found.append(f"{name}: {place}: derived, and hardly says from what: {how!r}")
        if basis == "stated" and how:
            found.append(f"{name}: {place}: stated, and yet argued: {how!r}")
    return found


def miscalculated(raw: Raw, name: str) -> list[str]:
    """Products and quotients in `how` that do not come out."""
    found = []
    number = r"\d+(?:\.\d+)?(?: \d+/\d+|/\d+)?"
    sums = re.compile(rf"({number}) (?:\w+(?:/\w+)? )?([x/]) ({number})(?: [a-z]+)*? = ({number})")
    for place, table in cites(raw):
        for left, sign, right, result in sums.findall(table.get("how", "")):
            one, two, three = (sum(Fraction(part) for part in text.split()) for text in (left, right, result))
            if (one * two if sign == "x" else one / two) != three:
                found.append(f"{name}: {place}: {left} {sign} {right} is not {result}")
    return found


def over_trusted(raw: Raw, name: str) -> list[str]:
    """Limits that a paper read only as an abstract is said to state."""
    return [
        f"{name}: {place}: {table['source']}"
        for place, table in cites(raw)
        if table["source"] in ABSTRACTS
        and any(part in LIMITS for part in place.split("."))
        and table.get("basis", "stated") == "stated"
    ]


def ill_spoken(raw: Raw, name: str) -> list[str]:
    """Advice that is no sentence; clauses (refusals, cautions, what another source says) that are one."""
    found = []
    for place, table in tables(raw):
        advice = place.startswith("advice") and "topic" in table
        for key in ("says", "refuse", "caution"):
            text = table.get(key)
            if text is not None and (text.endswith(".") != advice or text.strip() != text or "  " in text):
                found.append(f"{name}: {place}.{key}: {text}")
    return found


def doubled_interactions(raw: Raw, name: str) -> list[str]:
    """A medicine that two interactions name, or names that are not in small letters, as they are compared."""
    words = [word for advice in raw.get("advice", []) for word in advice.get("with", [])]
    return [f"{name}: {word}" for word in words if words.count(word) > 1 or word != word.casefold() or not word]


CITE = 'cite = { source = "label", at = "section 2", checked = 2026-11-23 }'
SOURCE = '[sources.label]\ntitle = "A"\npublisher = "B"\nedition = "C"\nhref = "https://example.org/a"\n'

CHECKS: dict[str, tuple[Check, str]] = {
    "a number without a citation": (uncited, f'{SOURCE}[start]\ndose = "5 mg"\n'),
    "a source that nobody cites": (unused, SOURCE),
    "a citation of nothing": (unknown, f"[sources]\n[start]\n{CITE}\n"),
    "an address with words around it": (unaddressed, SOURCE.replace("https://", "see https://")),
    "an empty address": (unaddressed, SOURCE.replace("https://example.org/a", "")),
    "a source that bounds nothing": (not_to_be_cited, SOURCE.replace("example.org", "nephronpower.com")),
    "a check in the future": (from_the_future, f"{SOURCE}[start]\n{CITE.replace('11-23', '11-29')}\n"),
    "computed without arithmetic": (unargued, '[start.cite]\nbasis = "computed"\nhow = "it follows"\n'),
    "derived without an argument": (unargued, '[start.cite]\nbasis = "derived"\nhow = "it seems safe"\n'),
    "stated and argued": (unargued, '[start.cite]\nhow = "5 x 3 = 15"\n'),
    "arithmetic that is wrong": (miscalculated, '[start.cite]\nhow = "80 mg x 1/3 = 26 1/3 mg a day"\n'),
    "a quotient that is wrong": (miscalculated, '[start.cite]\nhow = "60 mg / 0.75 mg per kg = 81 kg"\n'),
    "an abstract that states a limit": (over_trusted, '[maximum.cite]\nsource = "vlavonou"\n'),
    "advice that is no sentence": (ill_spoken, '[[advice]]\ntopic = "food"\nsays = "with food"\n'),
    "a refusal that is a sentence": (ill_spoken, '[[scopes]]\nrefuse = "No."\n'),
    "an interaction twice": (doubled_interactions, '[[advice]]\nwith = ["alcohol", "alcohol"]\n'),
    "an interaction in capitals": (doubled_interactions, '[[advice]]\nwith = ["Alcohol"]\n'),
}


@pytest.mark.parametrize("name", CHECKS)
def test_the_check_finds_what_it_looks_for(name: str) -> None:
    check, broken = CHECKS[name]
    assert check(tomllib.loads(broken, parse_float=Decimal), "sample"), name


def own(path: Path) -> Raw:
    """The tables of a rule file as they stand in it."""
    return tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)


def whole(path: Path) -> Raw:
    """The tables of a rule, those that it inherits included."""
    raw = own(path)
    if "extends" not in raw:
        return raw
    return joined(raw, Base(raw["extends"], whole(path.with_name(f"{raw['extends']}.toml")), {})).raw


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
@pytest.mark.parametrize("name", CHECKS)
def test_every_rule_file_passes(name: str, path: Path) -> None:
    """A rule may inherit a source that nothing cites any more; of what stands in its own file everything is needed."""
    check, _ = CHECKS[name]
    assert check(own(path) if check is unused else whole(path), path.name) == []


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_loads_without_a_fault(path: Path) -> None:
    file, faults = parse(path.read_bytes(), path, {})
    assert faults == ()
    assert file is not None
    assert file.status == "draft"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_name_of_a_file_says_drug_route_and_indication(path: Path) -> None:
    raw = tomllib.loads(path.read_text(encoding="utf-8"))
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", path.stem)
    named = f"{raw['drug']}-{raw['route']}-".replace(" ", "-")
    assert path.stem.startswith(named)
    about = path.stem.removeprefix(named).split("-")[0]
    assert about in raw["indication"].casefold()


def test_the_arithmetic_is_really_read() -> None:
    """The check on sums must find the sums: this file is known to hold some of each kind."""
    found = 0
    for path in FILES:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        for _, table in cites(raw):
            if table.get("basis") == "computed":
                wrong = re.sub(r"= (\d+)", lambda match: f"= {int(match[1]) + 1}", table["how"])
                assert miscalculated({"x": {"cite": {**table, "how": wrong}}}, path.name), table["how"]
                found += 1
    assert found > 20


# What some drafts do not say, and why not. Whoever adds it takes it out here.
NOT_SAID: dict[str, dict[str, str]] = {
    "apremilast-oral-psoriasis": {
        "caution": "of its label the table of doses, the kidneys and how to swallow the tablets were read, no warning",
        "review": "nothing that was read names a time after which its benefit is looked at",
        "never stop suddenly": "the label that was read says nothing about stopping",
    },
    "clonidine-extended-release-oral-attention-deficit": {
        "caution": "its sources were read for doses, taper and exchange; the one warning among them, that it is not "
        "exchanged milligram for milligram, stands under switching",
    },
    "gabapentin-oral-postherpetic-neuralgia": {
        "caution": "its label was read for doses, kidneys and stopping; the warning about kidneys stands under kidneys",
        "review": "the label titrates as needed and names no time; above 1800 mg a day the maximum warns instead",
    },
    "lamotrigine-oral-epilepsy": {
        "review": "the label names no day on which somebody looks again; a rash is told at once, which is the caution",
    },
    "semaglutide-subcutaneous-weight": {
        "caution": "of its label doses, delay and missed doses were read, no warning",
        "review": "that a rise is put off where it is not tolerated is confirmed before each rise (a gate) instead",
        "never stop suddenly": "the label that was read says nothing about stopping",
    },
    "topiramate-oral-epilepsy": {
        "caution": "its sources were read for tables, kidneys and withdrawal; fits are warned of beside stopping",
    },
    "topiramate-oral-migraine": {
        "caution": "its sources were read for tables, kidneys and withdrawal; fits are warned of beside stopping",
    },
}


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_rule_says_what_a_patient_has_to_know(path: Path) -> None:
    """That it is not stopped suddenly, what to watch and when to look again; a rule that raises a dose says more."""
    raw = whole(path)
    topics = {advice["topic"] for advice in raw["advice"]}
    assert {"never stop suddenly", "caution", "review"} - topics == set(NOT_SAID.get(path.stem, ()))
    assert "contraindication" in topics or "start" not in raw
    if raw["drug"] == "baclofen":
        assert {"stopping at once", "interaction", "side effect", "kidneys"} <= topics
        assert {"missed dose", "food"} <= topics or raw["route"] == "intrathecal"


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_no_line_is_too_long_to_read(path: Path) -> None:
    lines = path.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if len(line) > 300] == []
    assert all(line == line.rstrip() and "\t" not in line for line in lines)
