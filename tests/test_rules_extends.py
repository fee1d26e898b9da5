"""A rule that extends another one: what is joined, what is inherited, what is removed, and how it can be told."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from tests.run import titrate
from titrate import rulebook
from titrate.errors import RuleError
from titrate.patient import Patient
from titrate.rule import Rule
from titrate.rulefiles.inherit import addresses
from titrate.ruleformat.file import RuleFile
from titrate.ruleformat.shape import join

BASES = Path(__file__).parent / "broken" / "bases"
BASE = "sampline-oral-sample"
HEAD = f"""format = 1
extends = "{BASE}"
drug = "sampline"
route = "oral"
status = "draft"

[sources.protocol]
title = "A protocol"
publisher = "A clinic"
edition = "2026"
href = "shelf 3"
"""
CITE = 'cite = { source = "protocol", at = "page 2", checked = 2026-11-23 }\n'
MAXIMUM = f'\n[maximum]\ndaily = "30 mg"\n{CITE}'
CAPSULE = f'\n[[products]]\nname = "2mg"\nform = "capsule"\nstrength = "2 mg"\n{CITE}'


def removing(*what: str) -> str:
    """A table that takes these parts out."""
    return f"\n[[remove]]\nwhat = {list(what)}\n{CITE}".replace("'", '"')


@pytest.fixture
def base() -> Rule:
    return rulebook.read(BASES / f"{BASE}.toml", {})


def rule(folder: Path, body: str, name: str = "ours", head: str = HEAD) -> Rule:
    """The rule that a file with this body makes of the base."""
    path = folder / f"{name}.toml"
    path.write_text(head + body, encoding="utf-8")
    return rulebook.read(path, {rulebook.FOLDERS: str(BASES)})


def unlike(one: RuleFile, other: RuleFile) -> set[str]:
    """The keys in which two rules differ."""
    return {name for name in RuleFile.model_fields if getattr(one, name) != getattr(other, name)}


def test_a_file_that_gives_nothing_inherits_everything(tmp_path: Path, base: Rule) -> None:
    found = rule(tmp_path, "", head=HEAD.partition("[sources")[0])
    assert unlike(found.file, base.file) == {"extends"}


def test_a_table_takes_the_place_of_the_inherited_one_as_a_whole(tmp_path: Path, base: Rule) -> None:
    """The base's first day has a frequency; the file's has none, and so there is none."""
    found = rule(tmp_path, f'\n[start]\ndose = "2.5 mg"\n{CITE}')
    assert unlike(found.file, base.file) == {"extends", "sources", "start"}
    assert base.file.start is not None
    assert found.file.start is not None
    assert base.file.start.frequency is not None
    assert found.file.start.frequency is None
    assert found.file.start.cite.source == "protocol"


def test_one_table_takes_the_place_of_a_list_and_a_list_that_of_one_table(tmp_path: Path, base: Rule) -> None:
    several = f'\n[[maximum]]\ndose = "10 mg"\n{CITE}{MAXIMUM.replace("[maximum]", "[[maximum]]")}'
    first = rule(tmp_path, several, "first")
    assert [len(one.file.maximum) for one in (base, first)] == [1, 2]
    second = rulebook.read(tmp_path / "first.toml", {rulebook.FOLDERS: str(BASES)})
    (tmp_path / "second.toml").write_text(HEAD.replace(BASE, "first") + MAXIMUM, encoding="utf-8")
    second = rulebook.read(tmp_path / "second.toml", {rulebook.FOLDERS: str(BASES)})
    assert [str(one.daily) for one in second.file.maximum] == ["30 mg"]


def test_a_taper_is_joined_part_by_part(tmp_path: Path, base: Rule) -> None:
    found = rule(tmp_path, f'\n[taper.last]\ndaily = "2.5 mg"\n{CITE}')
    assert str(found.file.taper.last and found.file.taper.last.daily) == "2.5 mg"
    assert found.file.taper.decrease == base.file.taper.decrease


def test_products_and_scopes_are_joined_by_name(tmp_path: Path, base: Rule) -> None:
    quarters = CAPSULE.replace("2mg", "10mg").replace("capsule", "tablet").replace('"2 mg"', '"10 mg"')
    scope = f'\n[[scopes]]\nname = "older"\nwhen = {{ age = {{ at-least = "80 years" }} }}\n{CITE}'
    found = rule(tmp_path, CAPSULE + quarters + scope)
    assert [product.name for product in base.file.products] == ["10mg"]
    assert [(p.name, p.divide, p.cite.source) for p in found.file.products] == [
        ("10mg", "no", "protocol"),  # in its old place, and as a whole: the base's has halves
        ("2mg", "no", "protocol"),
    ]
    assert [one.name for one in found.file.scopes] == ["children", "older"]


def test_a_scope_of_the_same_name_is_replaced_as_a_whole(tmp_path: Path) -> None:
    first = f'\n[[scopes]]\nname = "children"\nwhen = {{ age = {{ below = "18 years" }} }}\ncaution = "c"\n{CITE}'
    found = rule(tmp_path, first)
    assert [(one.name, one.caution, one.cite.source) for one in found.file.scopes] == [("children", "c", "protocol")]


def test_sources_are_united_and_advice_is_added(tmp_path: Path) -> None:
    advice = f'\n[[advice]]\ntopic = "food"\nsays = "Take it with food."\n{CITE}'
    found = rule(tmp_path, advice)
    assert list(found.file.sources) == ["label", "protocol"]
    assert [one.says for one in found.file.advice] == ["It may be taken with food.", "Take it with food."]
    replaced = rule(tmp_path, removing("advice.food") + advice)
    assert [one.says for one in replaced.file.advice] == ["Take it with food."]


def test_the_same_source_may_stand_in_both(tmp_path: Path) -> None:
    text = (BASES / f"{BASE}.toml").read_text(encoding="utf-8")
    label = text[text.index("[sources.label]") : text.index("[[products]]")]
    assert list(rule(tmp_path, label + MAXIMUM).file.sources) == ["label", "protocol"]


@pytest.mark.parametrize(
    ("what", "gone"),
    [
        (("spacing",), {"spacing"}),
        (("taper.last",), {"taper"}),
        (("scopes.children",), {"scopes"}),
        (("scopes",), {"scopes"}),
        (("advice.food", "spacing"), {"advice", "spacing"}),
    ],
)
def test_what_is_removed_is_gone_and_nothing_else(
    tmp_path: Path, base: Rule, what: tuple[str, ...], gone: set[str]
) -> None:
    found = rule(tmp_path, removing(*what))
    assert unlike(found.file, base.file) == {"extends", "sources", "remove", *gone}
    assert found.file.taper.decrease == base.file.taper.decrease


def test_a_product_is_removed_by_name_and_all_of_them_by_key(tmp_path: Path) -> None:
    one = rule(tmp_path, removing("products.10mg") + CAPSULE)
    all_of_them = rule(tmp_path, removing("products") + CAPSULE)
    assert [[p.name for p in found.file.products] for found in (one, all_of_them)] == [["2mg"], ["2mg"]]


def test_without_any_product_left_there_is_no_rule(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match="products: is missing"):
        rule(tmp_path, removing("products.10mg"))


def test_everything_that_can_be_removed_has_an_address() -> None:
    raw = {
        "drug": "x",
        "sources": {"label": {}},
        "start": {},
        "taper": {"last": {}, "decrease": {}},
        "products": [{"name": "10mg"}, {"name": "20mg"}],
        "advice": [{"topic": "food"}, {"topic": "food"}],
    }
    assert list(addresses(raw)) == [
        "products.10mg", "products.20mg", "start", "taper.last", "taper.decrease", "advice.food",
    ]  # fmt: skip


def test_every_table_of_the_format_joins_in_a_known_way() -> None:
    """Whoever adds a key sees here how a protocol will override it."""
    ways = {key: join(field) for key, field in RuleFile.model_fields.items()}
    assert {key for key, way in ways.items() if way == "parts"} == {"taper"}
    assert {key for key, way in ways.items() if way == "named"} == {"sources", "products", "scopes", "conversions"}
    assert {key for key, way in ways.items() if way == "added"} == {"advice"}


def test_it_says_for_each_part_where_it_comes_from(tmp_path: Path) -> None:
    rule(tmp_path, MAXIMUM + CAPSULE, "middle")
    (tmp_path / "top.toml").write_text(
        HEAD.replace(BASE, "middle") + f'\n[taper.last]\ndaily = "2.5 mg"\n{CITE}', encoding="utf-8"
    )
    top = rulebook.read(tmp_path / "top.toml", {rulebook.FOLDERS: str(BASES)})
    assert [one.id for one in top.bases] == ["middle", BASE]
    given = {"maximum": "middle", "products.2mg": "middle", "products.10mg": BASE, "start": BASE, "advice.0": BASE,
             "taper.decrease": BASE, "scopes.children": BASE, "sources.label": BASE}  # fmt: skip
    assert {place: top.inherited[place] for place in given} == given
    assert "taper.last" not in top.inherited


def test_what_a_base_removes_is_not_removed_again(tmp_path: Path) -> None:
    rule(tmp_path, removing("spacing"), "middle")
    (tmp_path / "top.toml").write_text(HEAD.replace(BASE, "middle") + MAXIMUM, encoding="utf-8")
    top = rulebook.read(tmp_path / "top.toml", {rulebook.FOLDERS: str(BASES)})
    assert (top.file.spacing, top.file.remove, top.file.extends) == ((), (), "middle")
    shown = titrate("rules", "show", "./top.toml", cwd=tmp_path, TITRATE_RULES=str(BASES)).out
    assert "Removed by middle\n  Spacing: at least 6 hours (in sampline-oral-sample)" in shown
    assert "Removed by top" not in shown


@pytest.mark.parametrize("name", ["x" * 5000, "a\\u0000b", "\u00b5", "..", "a\\nb", "*", " "])
def test_no_name_of_a_base_makes_the_reader_fail_otherwise_than_with_faults(tmp_path: Path, name: str) -> None:
    with pytest.raises(RuleError) as caught:
        rule(tmp_path, MAXIMUM, head=HEAD.replace(BASE, name))
    (fault,) = caught.value.faults
    assert fault.startswith("ours.toml: extends: there is no rule ")
    assert fault.isprintable()
    assert len(fault) < 400


def test_a_protocol_is_never_reviewed_by_inheritance(tmp_path: Path) -> None:
    text = (BASES / f"{BASE}.toml").read_text(encoding="utf-8").replace('"draft"', '"reviewed"')
    (tmp_path / f"{BASE}.toml").write_text(text, encoding="utf-8")
    assert rule(tmp_path, MAXIMUM).file.status == "draft"
    with pytest.raises(RuleError, match="status: is missing"):
        rule(tmp_path, MAXIMUM, head=HEAD.replace('status = "draft"\n', ""))


def test_a_reviewed_protocol_holds_only_for_the_base_that_was_reviewed(tmp_path: Path, base: Rule) -> None:
    head = HEAD.replace('"draft"', f'"reviewed"\nbase-sha256 = "{base.sha256[:12]}"')
    assert rule(tmp_path, MAXIMUM, head=head).file.status == "reviewed"
    text = (BASES / f"{BASE}.toml").read_text(encoding="utf-8")
    (tmp_path / f"{BASE}.toml").write_text(text + "# another edition\n", encoding="utf-8")
    with pytest.raises(RuleError, match=r"base-sha256: .* is not the hash of"):
        rule(tmp_path, MAXIMUM, head=head)


# --- the hash ------------------------------------------------------------------------------------


def test_the_hash_is_that_of_both_hashes(tmp_path: Path, base: Rule) -> None:
    """Reckoned here by another program than titrate."""
    found = rule(tmp_path, MAXIMUM)
    sums = ["sha256sum", str(tmp_path / "ours.toml"), str(BASES / f"{BASE}.toml")]
    done = subprocess.run(sums, capture_output=True, text=True, check=True)
    lines = "".join(line.split()[0] + "\n" for line in done.stdout.splitlines())
    again = subprocess.run(["sha256sum"], input=lines, capture_output=True, text=True, check=True)
    assert found.sha256 == again.stdout.split()[0]
    assert base.sha256 == hashlib.sha256((BASES / f"{BASE}.toml").read_bytes()).hexdigest()


def test_the_hash_changes_with_the_file_and_with_each_base(tmp_path: Path) -> None:
    for path in BASES.glob("*.toml"):
        (tmp_path / path.name).write_bytes(path.read_bytes())
    hashes = {rulebook.read(tmp_path / "layer-3.toml", {}).sha256}
    for name in ("layer-3", "layer-2", "layer-1", BASE):
        with (tmp_path / f"{name}.toml").open("a", encoding="utf-8") as file:
            file.write("# one line more\n")
        hashes.add(rulebook.read(tmp_path / "layer-3.toml", {}).sha256)
    assert len(hashes) == 5


# --- where the base is found ---------------------------------------------------------------------


def sound(folder: Path, name: str, population: str) -> None:
    """A base that can be told from others by its population."""
    folder.mkdir(exist_ok=True)
    text = (BASES / f"{BASE}.toml").read_text(encoding="utf-8")
    (folder / f"{name}.toml").write_text(text.replace('"adults"', f'"{population}"'), encoding="utf-8")


def test_the_folder_of_the_file_comes_first_then_the_folders_in_order(tmp_path: Path) -> None:
    (tmp_path / "here").mkdir()
    path = tmp_path / "here" / "ours.toml"
    path.write_text(HEAD + MAXIMUM, encoding="utf-8")
    environment = {rulebook.FOLDERS: os.pathsep.join(str(tmp_path / one) for one in ("one", "two"))}
    for folder in ("two", "one", "here"):
        (tmp_path / "one").mkdir(exist_ok=True)
        sound(tmp_path / folder, BASE, folder)
        assert rulebook.read(path, environment).file.population == folder


def test_a_rule_can_extend_the_one_that_it_hides(tmp_path: Path) -> None:
    """One folder's rule on the next folder's, all of one name, from whichever of them one begins."""
    for folder in ("one", "two"):
        (tmp_path / folder).mkdir()
        head = HEAD.replace("[sources", f'region = "{folder}"\n\n[sources')
        (tmp_path / folder / f"{BASE}.toml").write_text(head + MAXIMUM, encoding="utf-8")
    sound(tmp_path / "three", BASE, "the last")
    folders = [str(tmp_path / one) for one in ("one", "two", "three")]
    environment = {rulebook.FOLDERS: os.pathsep.join(folders)}
    first = rulebook.load(BASE, environment)
    assert [one.file.region for one in (first, *first.bases)] == ["one", "two", "nowhere"]
    second = rulebook.read(tmp_path / "two" / f"{BASE}.toml", environment)
    assert [one.file.region for one in (second, *second.bases)] == ["two", "nowhere"]
    assert second.file.population == "the last"


def test_a_folder_of_rules_that_is_not_there_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ours.toml"
    path.write_text(HEAD, encoding="utf-8")
    with pytest.raises(RuleError, match=r"extends: TITRATE_RULES names .*nowhere, which is not a folder"):
        rulebook.read(path, {rulebook.FOLDERS: str(tmp_path / "nowhere")})


def test_a_base_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    (tmp_path / f"{BASE}.toml").write_bytes(b"\xff")
    with pytest.raises(RuleError, match="has one fault of its own") as caught:
        rule(tmp_path, MAXIMUM)
    assert caught.value.faults[1].startswith(f"{BASE}.toml: byte 0 is not UTF-8")


# --- what comes of it ----------------------------------------------------------------------------


def test_what_is_inherited_keeps_its_citation_and_holds_for_a_patient(tmp_path: Path, base: Rule) -> None:
    found = rule(tmp_path, MAXIMUM).limits_for(Patient(), starting=True)
    before = base.limits_for(Patient(), starting=True)
    assert found.start == before.start
    assert found.increase == before.increase
    assert [(str(one.daily), one.citation.source.title) for one in found.maximum] == [("30 mg", "A protocol")]


def test_the_stamp_says_what_it_extends(tmp_path: Path, base: Rule) -> None:
    found = rule(tmp_path, MAXIMUM)
    assert found.stamp.extends == (BASE,)
    assert found.stamp.sha256 == found.sha256
    assert base.stamp.extends == ()


SHIPPED = "baclofen-oral-spasticity"
CLINIC = HEAD.replace(BASE, SHIPPED).replace("sampline", "baclofen")


def test_show_says_what_is_inherited_replaced_and_removed(tmp_path: Path) -> None:
    """A clinic that has no 20 mg tablets, and no number of its own: the maximum is the label's, said by itself."""
    text = CLINIC + removing("products.20mg") + f'\n[maximum]\ndaily = "80 mg"\n{CITE}'
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    shown = titrate("rules", "show", "./ours.toml", cwd=tmp_path).out
    assert f"extends {SHIPPED} (draft; sha256 " in shown
    limits = dict(part.split("\n", 1) for part in shown.split("\n\n")[1:] if "\n" in part)
    assert f"inherited from {SHIPPED}" in limits["Start: dose 5 mg; frequency 3"]
    assert (
        f"given by ours, in place of: Maximum: dose 20 mg; daily 80 mg (in {SHIPPED})" in limits["Maximum: daily 80 mg"]
    )
    assert "Product 20 mg: form tablet" in limits["Removed by ours"]
    assert "stated: A protocol, page 2" in limits["Removed by ours"]
    assert "Product 20mg" not in limits
    assert "Product 10 mg: form tablet; strength 10 mg; divide halves" in limits


def test_check_says_what_a_protocol_does_and_whom_it_does_not_reach(tmp_path: Path) -> None:
    """The inherited kidneys' maxima take the place of the file's own for these patients; that must not stay unsaid."""
    text = CLINIC + removing("scopes.dialysis") + f'\n[maximum]\ndaily = "80 mg"\n{CITE}'
    (tmp_path / "ours.toml").write_text(text, encoding="utf-8")
    done = titrate("rules", "check", "ours.toml", cwd=tmp_path)
    said = " ".join(done.out.split())
    assert done.code == 0
    assert said.startswith(f"ours.toml: no faults extends {SHIPPED} (sha256 ")
    assert "replaces: maximum removes: scopes.dialysis" in said
    assert "note: the inherited maximum also said dose 20 mg; this file's does not" in said
    assert 'inherited "scopes.kidneys mildly impaired" its own maximum holds' in said
    assert "dose 20 mg; daily 50 mg" in said


def test_a_plan_from_a_protocol_cites_both_and_says_what_it_extends(tmp_path: Path) -> None:
    slower = f'\n[increase]\nby = {{ at-most = "5 mg", per = "dose" }}\nevery = {{ at-least = "7 days" }}\n{CITE}'
    (tmp_path / "ours.toml").write_text(CLINIC + slower, encoding="utf-8")
    arguments = ("./ours.toml", "--start", "2026-12-01", "--target", "10 mg x3", "--format", "text")
    text = " ".join(titrate("plan", *arguments, cwd=tmp_path).out.split())
    assert f"extends {SHIPPED}" in text
    assert "A protocol, A clinic, 2026: page 2" in text
    assert "Baclofen tablets USP, prescribing information" in text
    # From 5 mg three times a day on 1 December, the next step a week later.
    assert "Then step 2: from Tue 08 Dec 2026" in text
