"""`titrate rules diff`: what differs between two rules, with both values and both citations; equal things counted."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.run import titrate
from titrate import rulebook
from titrate.formats import rulediff
from titrate.formats.rulecompare import CITED, DIFFERS, ONLY_A, ONLY_B, SAME, Comparison, compare
from titrate.formats.rulewords import in_words, limits
from titrate.rule import Rule

SAMPLE = Path(__file__).parent / "broken" / "bases" / "sampline-oral-sample.toml"
SOUND = SAMPLE.read_text(encoding="utf-8")
A = rulebook.read(SAMPLE, {})
US, UK = (rulebook.load(name, {}) for name in ("baclofen-oral-spasticity", "baclofen-oral-spasticity-uk"))


def edition(folder: Path, *changes: tuple[str, str]) -> Rule:
    """The sample with these texts replaced; each has to be there."""
    text = SOUND
    for old, new in changes:
        assert old in text, old
        text = text.replace(old, new, 1)
    path = folder / "edition.toml"
    path.write_text(text, encoding="utf-8")
    return rulebook.read(path, {})


def kinds(found: Comparison) -> dict[str, int]:
    """How many entries there are of each kind that is there."""
    return {kind: len(found.of(kind)) for kind in (SAME, CITED, DIFFERS, ONLY_A, ONLY_B) if found.of(kind)}


def test_a_rule_differs_in_nothing_from_itself() -> None:
    found = compare(A, A)
    assert kinds(found) == {SAME: len(list(limits(A)))}
    assert not found.heads
    assert not found.sources
    # A product, slots, frequency, start, increase, maintenance, maximum, spacing, step down, last step, scope, food.
    assert "12 entries: 12 are equal, 0 differ, 0 stand only in A, 0 only in B." in rulediff.write(A, A)


def test_one_number_is_one_difference_with_both_values_and_both_citations(tmp_path: Path) -> None:
    old = 'daily = "40 mg"\ncite = { source = "label", at = "section 2"'
    new = 'daily = "35 mg"\ncite = { source = "label", at = "section 2.1"'
    b = edition(tmp_path, (old, new))
    assert kinds(compare(A, b)) == {SAME: 11, DIFFERS: 1}
    text = rulediff.write(A, b)
    assert "Maximum: daily 40 mg in A, 35 mg in B, 5 mg less in B [1] [2]." in text
    assert re.search(r"(?m)^Maximum +daily 40 mg \[1\] +daily 35 mg \[2\]$", text)
    assert "[1] stated: A label, section 2; checked 2026-11-23" in text
    assert "[2] stated: A label, section 2.1; checked 2026-11-23" in text


def test_the_same_number_from_another_place_counts_as_equal_and_is_said(tmp_path: Path) -> None:
    old = 'daily = "40 mg"\ncite = { source = "label", at = "section 2", checked = 2026-11-23'
    b = edition(tmp_path, (old, old.replace("11-23", "11-20")))
    assert kinds(compare(A, b)) == {SAME: 11, CITED: 1}
    text = rulediff.write(A, b)
    assert "12 entries: 12 are equal (1 of them cited otherwise), 0 differ" in text
    assert "Maximum: daily 40 mg; [1] in A, [2] in B" in text


def test_what_stands_in_one_alone_is_told_on_its_side(tmp_path: Path) -> None:
    spacing = SOUND[SOUND.index("[spacing]") : SOUND.index("[[scopes]]")]
    b = edition(tmp_path, (spacing, ""))
    for a, b_, kind, row in ((A, b, ONLY_A, r"Spacing +at least 6 hours \[1\] +nothing"),
                             (b, A, ONLY_B, r"Spacing +nothing +at least 6 hours \[1\]")):  # fmt: skip
        assert kinds(compare(a, b_)) == {SAME: 11, kind: 1}
        assert re.search(f"(?m)^{row}$", rulediff.write(a, b_))
        assert f"O{kind[1:]}: Spacing." in rulediff.write(a, b_)


def test_heads_and_sources_are_compared(tmp_path: Path) -> None:
    b = edition(tmp_path, ('region = "nowhere"', 'region = "elsewhere"'), ('edition = "2026"', 'edition = "2027"'))
    text = " ".join(rulediff.write(A, b).split())
    assert "Region: nowhere in A, elsewhere in B." in text
    assert (
        'label: in A "A label, A publisher, 2026; https://example.org/label", in B "A label, A publisher, 2027;' in text
    )


def test_a_scope_of_another_name_for_the_same_patients_is_the_same_scope(tmp_path: Path) -> None:
    b = edition(tmp_path, ('name = "children"', 'name = "below 18 years"'))
    found = compare(A, b)
    assert kinds(found) == {SAME: 12}
    assert "Scope children (in B: Scope below 18 years)" in [pair.title for pair in found.pairs]


def test_among_several_tables_the_like_ones_are_compared(tmp_path: Path) -> None:
    """Two maxima on each side, in another order, one of them changed."""
    cite = 'cite = { source = "label", at = "section 2", checked = 2026-11-23 }\n'
    one = f'[maximum]\ndaily = "40 mg"\n{cite}'
    two = [f'[[maximum]]\n{key} = "{value} mg"\n{cite}' for key, value in (("daily", 40), ("dose", 20), ("dose", 15))]
    a = edition(tmp_path, (one, two[0] + two[1]))
    b = edition(tmp_path, (one, two[2] + two[0]))
    found = compare(a, b)
    assert kinds(found) == {SAME: 12, DIFFERS: 1}
    assert "Maximum: dose 20 mg in A, 15 mg in B, 5 mg less in B" in rulediff.write(a, b)


def test_sentences_of_advice_are_not_paired_at_random(tmp_path: Path) -> None:
    cite = 'cite = { source = "label", at = "section 2", checked = 2026-11-23 }\n'
    more = "".join(f'\n[[advice]]\ntopic = "caution"\nsays = "Caution {number}."\n{cite}' for number in (1, 2))
    a = edition(tmp_path, ("\n[[advice]]", more.replace("Caution", "Mind") + "\n[[advice]]"))
    b = edition(tmp_path, ("\n[[advice]]", more + "\n[[advice]]"))
    assert kinds(compare(a, b)) == {SAME: 12, ONLY_A: 2, ONLY_B: 2}


def test_the_united_states_and_the_united_kingdom() -> None:
    """The numbers are those of the two labels: 80 mg a day and 100 mg a day, 6 hours apart only in the UK."""
    text = " ".join(rulediff.write(US, UK).split())
    assert "Maximum: dose only in A: 20 mg; daily 80 mg in A, 100 mg in B, 20 mg more in B" in text
    assert "Product 20 mg" in text.partition("Only in A:")[2].partition("Only in B:")[0]
    assert "Scope adults in hospital" in text.partition("Only in B:")[2]
    assert "Start: dose 5 mg; frequency 3;" in text.partition("The same values, cited otherwise")[2]


@pytest.mark.parametrize(("a", "b"), [(US, UK), (UK, US), (US, A)])
def test_every_entry_of_both_is_somewhere_exactly_once(a: Rule, b: Rule) -> None:
    pairs = compare(a, b).pairs
    assert sorted(id(pair.a.table) for pair in pairs if pair.a) == sorted(id(one.table) for one in limits(a))
    assert sorted(id(pair.b.table) for pair in pairs if pair.b) == sorted(id(one.table) for one in limits(b))
    for pair in pairs:
        same = pair.a is not None and pair.b is not None and in_words(pair.a.table) == in_words(pair.b.table)
        assert same == (pair.kind in (SAME, CITED)), pair.title


def test_the_text_fits_a_terminal_and_parts_no_number_from_its_unit() -> None:
    text = rulediff.write(US, UK)
    assert [line for line in text.splitlines() if len(line) > 98 and "https://" not in line] == []
    assert not re.findall(r"\d\n +(?:mg|mL|kg|hours|days|years)\b", text)
    assert not re.findall(r"mg/(?:kg|day|mL|dose)", text)


def test_the_command_and_its_data(tmp_path: Path) -> None:
    (tmp_path / "sample.toml").write_text(SOUND.replace('"40 mg"', '"35 mg"'), encoding="utf-8")
    (tmp_path / "before.toml").write_text(SOUND, encoding="utf-8")
    done = titrate("rules", "diff", "./before.toml", "sample.toml", "--json", cwd=tmp_path)
    assert (done.code, done.err) == (0, "")
    data = json.loads(done.out)
    assert (data["entries"], data["equal"], data["head"], data["sources"]) == (12, 11, [], [])
    (one,) = data["differences"]
    assert (one["limit"], one["address"], one["kind"]) == ("Maximum", "maximum", "differs")
    assert one["changes"] == [{"key": "daily", "a": "40 mg", "b": "35 mg", "more": "5 mg less in B"}]
    assert one["a"]["values"] == ["daily 40 mg"]
    cite = {"source": "label", "at": "section 2", "checked": "2026-11-23", "basis": "stated", "how": None}
    assert one["b"]["cite"] == cite
    assert one["b"]["source"]["title"] == "A label"


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("baclofen-oral-spasticity", "baclofen-oral-spasticity-us"), 3, "The nearest names are"),
        (("baclofen-oral-spasticity",), 2, "B"),
        (("./none.toml", "baclofen-oral-spasticity"), 3, "There is no rule file './none.toml'"),
    ],
)
def test_wrong_input_is_told(tmp_path: Path, arguments: tuple[str, ...], code: int, says: str) -> None:
    done = titrate("rules", "diff", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert says in done.err
    assert "Traceback" not in done.err


def test_an_error_as_data(tmp_path: Path) -> None:
    done = titrate("rules", "diff", "nothing", "baclofen-oral-spasticity", "--json", cwd=tmp_path)
    assert (done.code, json.loads(done.err)["error"]) == (3, "rule")
