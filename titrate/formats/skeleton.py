"""A rule file to be filled in: every table and key of the format with what it means, and no number anywhere.

Read off the models, so that a new field of the format appears here by itself. A value that has to be filled in is
`"?"`, which `titrate rules check` refuses; what may be left out stands behind a `#` without a space.
"""

from __future__ import annotations

import json
import textwrap
from collections.abc import Iterator

from pydantic.fields import FieldInfo

from titrate.formats.rulewords import in_words, limits
from titrate.rule import Rule
from titrate.rulefiles.fault import BLANK
from titrate.rulefiles.inherit import REPEATED
from titrate.ruleformat.file import RISING, RuleFile
from titrate.ruleformat.shape import choices, described, holds, join, meaning, plain, single, tables, written
from titrate.ruleformat.value import Also, Cited, Table

WIDTH = 98
_BLANK = f'"{BLANK}"'
_ABOUT = (
    'A rule file of titrate. What stands as "?" has to be filled in: `titrate rules check FILE` says what is left. '
    "What stands behind a # without a space may be left out: take the # away to use it. A table in [[double brackets]] "
    "may come several times.",
    "Fill in what the source prints, and name the place. Where it prints no number write silent = true, or take the "
    "table out; never guess one. The rules that came with titrate show how it looks, and their README.md teaches it.",
)
_ABOUT_EXTENDING = (
    "What is not given here is inherited from {base}, with its citations. A table that is given takes the place of the "
    "inherited one as a whole: a product, a scope or a source that of the same name; advice is added to the inherited "
    'one. What stands as "?" has to be filled in; what stands behind a # without a space is an offer: take the # away '
    "to use it, or delete it.",
)
_LABEL, _PROTOCOL = "label", "protocol"
# The keys of every table with numbers: explained once, and written last.
_BESIDE = ("cite", "also")
# What a protocol says of itself and does not inherit, besides what every file has to say.
_OF_ITSELF = ("extends", "base-sha256", *REPEATED, "region")


def write(drug: str, route: str | None = None, indication: str | None = None) -> str:
    """A whole rule file for `drug`. Texts are of printable characters."""
    given = {"drug": drug, "route": route, "indication": indication}
    return _text(_Skeleton({key: text for key, text in given.items() if text is not None}, _LABEL).lines())


def extending(base: Rule, indication: str | None = None) -> str:
    """A short file that changes `base`; what is inherited stands in it as comments."""
    given = {"extends": base.id, "drug": base.file.drug, "route": base.file.route}
    if indication is not None:
        given["indication"] = indication
    return _text(_Skeleton(given, _PROTOCOL, base).lines())


def _text(lines: Iterator[str]) -> str:
    return "\n".join(lines) + "\n"


class _Skeleton:
    """The lines of one file. Every kind of table is explained where it comes first."""

    def __init__(self, given: dict[str, str], source: str, base: Rule | None = None) -> None:
        self.given = given
        self.source = source
        self.base = base
        self.explained: set[type[Table]] = set()

    def lines(self) -> Iterator[str]:
        yield "#:schema schema.json"
        for text in _ABOUT if self.base is None else _ABOUT_EXTENDING:
            yield from _comment(text.replace("{base}", self.base.id if self.base else ""))
        yield ""
        tabled = []
        for key, _, field in described(RuleFile):
            if next(tables(field.annotation), None) is not None:
                tabled.append((key, field))
            elif key in _OF_ITSELF if self.base is not None else key not in ("extends", "base-sha256"):
                yield from self._value(key, field, optional=key not in self.given and self._optional(key, field))
        for key, field in tabled:
            if key == "remove" and self.base is None:
                continue
            yield from self._section(key, field)

    def _optional(self, key: str, field: FieldInfo) -> bool:
        """Whether a key of the head may be left out."""
        return not field.is_required()

    def _section(self, key: str, field: FieldInfo) -> Iterator[str]:
        """A table of the file under a heading, with what is inherited there."""
        table = next(tables(field.annotation))
        yield from ("", f"# --- {key} ".ljust(WIDTH, "-"))
        yield from _comment(field.description or "")
        for told in self._inherited(key):
            yield from _comment(f"Inherited: {told}", "#     ")
        needed = field.is_required() or key in RISING
        optional = not needed if self.base is None else key != "sources"
        if join(field) != "parts":
            yield from self._table(f"{key}.{self.source}" if holds(field.annotation, dict) else key, field, optional)
            return
        for name, _, part in described(table):
            yield ""
            # Of a list there may be none; a single table is left out only on purpose.
            several = holds(part.annotation, tuple) and part is not next(iter(table.model_fields.values()))
            yield from _comment(part.description or "")
            yield from self._table(f"{key}.{name}", part, optional or several)

    def _inherited(self, key: str) -> Iterator[str]:
        """What the base says under a key."""
        if self.base is None:
            return
        if key == "sources":
            yield ", ".join(self.base.file.sources)
        found = [one for one in limits(self.base) if one.address.partition(".")[0] == key and not one.nested]
        if any(one.address.count(".") and join(RuleFile.model_fields[key]) != "parts" for one in found):
            yield ", ".join(dict.fromkeys(one.address for one in found))
            return
        for one in found:
            yield f"{one.address}: {in_words(one.table)}" if "." in one.address else in_words(one.table)

    def _table(self, key: str, field: FieldInfo, optional: bool) -> Iterator[str]:
        """One table with its keys; a list of tables as one of them."""
        table, mark = next(tables(field.annotation)), "#" if optional else ""
        yield f"{mark}[[{key}]]" if holds(field.annotation, tuple) else f"{mark}[{key}]"
        known = self.base is not None or table in self.explained
        self.explained.add(table)
        needed, last, beside = _needed(table), [], []
        for name, _, inner in sorted(described(table), key=lambda one: one[0] in _BESIDE):
            kind = next(tables(inner.annotation), None)
            if kind is not None and name != "also" and (issubclass(kind, Cited) or join(inner) == "parts"):
                beside.append(name)
            elif holds(inner.annotation, dict):
                last.append((name, inner))
            elif name in needed or not (known or (name == "also" and Also in self.explained)):
                yield from self._value(name, inner, optional or name not in needed, mark, not known)
        if beside and not known:
            yield from _comment(f"It may also give {', '.join(beside)}: as [{key}.{beside[0]}] and so on.")
        for name, inner in last:
            yield from _comment(inner.description or "") if not known else ()
            yield from (f"{mark}[{key}.{name}]", f"{mark}{_BLANK} = [{_BLANK}]")

    def _value(self, key: str, field: FieldInfo, optional: bool, mark: str = "", explain: bool = True) -> Iterator[str]:
        """One key with its value, below what it means."""
        inner = next(tables(field.annotation), None)
        if explain and not (key in _BESIDE and inner in self.explained):
            yield from _comment(meaning(field))
        if (
            explain
            and inner is not None
            and inner not in self.explained
            and not plain(field.annotation, field.metadata)
        ):
            self.explained.add(inner)
            for name, _, one in described(inner):
                yield from _comment(f"{name}: {meaning(one)}", "#     ")
        yield f"{'#' if optional else mark}{key} = {self._written(key, field)}"

    def _written(self, key: str, field: FieldInfo) -> str:
        if key in self.given:
            return json.dumps(self.given[key], ensure_ascii=False)
        known = choices(field.annotation)
        if len(known) == 1 and field.is_required():
            return json.dumps(known[0])
        if key == "status":
            return json.dumps(known[0])
        return _blank(field)


def _blank(field: FieldInfo) -> str:
    """The value of a key that has to be filled in: a table on one line, a list of one, or the mark itself."""
    table = next(tables(field.annotation), None)
    if table is None or plain(field.annotation, field.metadata):
        return f"[{_BLANK}]" if holds(field.annotation, tuple) else _BLANK
    inner = ", ".join(f"{name} = {_blank(one)}" for name, _, one in written(table) if name in _needed(table))
    several = holds(field.annotation, tuple) and not single(field)
    return f"[{{ {inner} }}]" if several else f"{{ {inner} }}"


def _needed(table: type[Table]) -> set[str]:
    """The keys that a table needs. Where all besides the citation may be left out, one of them is: the first."""
    needed = {key for key, _, field in written(table) if field.is_required()}
    if needed <= {"cite"}:
        needed.add(next(key for key, _, _ in written(table) if key not in ("cite", "also")))
    return needed


def _comment(text: str, mark: str = "# ") -> list[str]:
    return textwrap.wrap(
        text, WIDTH, initial_indent=mark, subsequent_indent=mark, break_long_words=False, break_on_hyphens=False
    )
