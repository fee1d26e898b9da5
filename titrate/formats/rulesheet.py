"""A rule as text: every limit with its basis, its source and the place in it, and the age of the last check.

Of a rule that extends another one it says for each limit which rule it comes from, and what it takes the place of.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from datetime import date

from titrate.days import between
from titrate.formats.rulewords import Limit, basis, in_words, limits, words
from titrate.formats.sheet import NBSP, fit
from titrate.limit import in_days
from titrate.resolution import scope_of
from titrate.rule import Rule
from titrate.ruleformat.advice import AdviceTable
from titrate.ruleformat.scope import ScopeTable
from titrate.ruleformat.value import Cite
from titrate.ruleformat.when import EligibleTable

WIDTH = 98


def write(rule: Rule, today: date) -> str:
    """The whole rule, as of `today`."""
    return "\n".join(line.replace(NBSP, " ").rstrip() for line in _lines(rule, today)) + "\n"


def summary(rule: Rule) -> str:
    """What a rule does with the one that it extends, a line each; nothing for one that stands alone."""
    if rule.base is None:
        return ""
    before = {limit.address for limit in limits(rule.base)}
    own = dict.fromkeys(one.address for one in limits(rule) if one.place not in rule.inherited and not one.nested)
    advised = [one for one in own if one.startswith("advice.")]
    said = {
        "replaces": [one for one in own if one in before and one not in advised],
        "adds": [one for one in own if one not in before or one in advised],
        "removes": [what for table in rule.file.remove for what in table.what],
    }
    lines = [f"extends {rule.base.id} (sha256 {rule.base.sha256[:12]}), whose other parts are inherited"]
    lines += [f"{word}: {', '.join(names)}" for word, names in said.items() if names]
    lines += [f"note: {note}" for note in (*_unsaid(rule, rule.base, said["replaces"]), *_overtaken(rule, own))]
    return "".join(line.replace(NBSP, " ") + "\n" for text in lines for line in _wrapped(text, "  "))


def _unsaid(rule: Rule, base: Rule, replaced: list[str]) -> Iterator[str]:
    """What a limit bounded in the base, and the one in its place bounds no more."""
    for address in replaced:
        spoken = {key for one in limits(rule) if one.address == address for key, _ in words(one.table)}
        gone = [told for one in limits(base) if one.address == address for key, told in words(one.table)
                if key not in spoken]  # fmt: skip
        if gone:
            yield f"the inherited {address} also said {' and '.join(gone)}; this file's does not"


def _overtaken(rule: Rule, own: Iterable[str]) -> Iterator[str]:
    """Inherited scopes whose own limit holds in the place of one that the file gives."""
    found: dict[tuple[str, str], list[str]] = {}
    for limit in limits(rule):
        inside = limit.address.removeprefix(f"{limit.part}.")
        if limit.nested and limit.place in rule.inherited and inside in own:
            found.setdefault((limit.part, inside), []).append(in_words(limit.table))
    for (part, inside), told in found.items():
        yield (
            f'for the patients of the inherited "{part}" its own {inside} holds in the place of this file\'s: '
            f"{'; '.join(told)}. Where that is not meant, give this scope too"
        )


def _lines(rule: Rule, today: date) -> Iterator[str]:
    file = rule.file
    yield from _wrapped(f"{rule.id}: {rule.stamp.title}", "")
    yield from _wrapped(f"{file.region}; {file.population}; status: {file.status}; sha256 {rule.sha256[:12]}", "")
    for base in rule.bases:
        yield from _wrapped(f"extends {base.id} ({base.file.status}; sha256 {base.sha256[:12]})", "")
    if file.start is None and not file.ladder:
        yield from _wrapped("It tells only how to taper: nothing in it begins the drug or raises its dose.", "")
    inherited = list(limits(rule.base)) if rule.base is not None else []
    advised = False
    for limit in limits(rule):
        if isinstance(limit.table, AdviceTable) and not advised:
            advised = True
            yield from ("", "Advice")
        yield from _limit(limit, rule, inherited, today)
    yield from _removed(rule, today)
    yield from ("", "Sources")
    for name, source in file.sources.items():
        href = "".join(filter(str.isprintable, source.href))
        yield from _wrapped(f"{name}: {source.title}, {source.publisher}, {source.edition};", "  ", href)


def _limit(limit: Limit, rule: Rule, inherited: list[Limit], today: date) -> Iterator[str]:
    """One limit: its values, where they come from, what else is in print, and from which rule it is."""
    table = limit.table
    indent = "  " if limit.nested or isinstance(table, AdviceTable) else ""
    if not indent:
        yield ""
    yield from _wrapped(_heading(limit), indent)
    if isinstance(table, ScopeTable):
        yield from _scope(table)
    yield from _citation(table.cite, rule, today, indent + "  ")
    for also in table.also:
        yield from _wrapped(f"also in print: {also.says}", indent + "  ")
        yield from _citation(also.cite, rule, today, indent + "    ")
    if rule.base is not None and not limit.nested:
        yield from _wrapped(_origin(limit, rule, rule.base, inherited), indent + "  ")


def _heading(limit: Limit) -> str:
    """`Maximum: daily 80 mg`; what the rule says of itself, of a product, of some patients and to everybody."""
    table, told = limit.table, in_words(limit.table)
    if isinstance(table, EligibleTable):
        return f"For: {table.says}"
    if isinstance(table, ScopeTable):
        return f"Only for {table.name} ({scope_of(table.when)})"
    if isinstance(table, AdviceTable):
        return f"{table.topic.capitalize()}: {table.says}"
    return f"{limit.title}: {told}" if told else limit.title


def _scope(scope: ScopeTable) -> Iterator[str]:
    """What a scope says besides its limits."""
    silent = ", ".join(scope.silent)
    told = (
        ("Refused", scope.refuse),
        ("Not established", scope.not_established),
        ("No number in the source", silent),
        ("Caution", scope.caution),
    )
    for word, text in told:
        if text:
            yield from _wrapped(f"{word}: {text}", "  ")
    if scope.unsuitable:
        yield from _wrapped(f"Unsuitable: {', '.join(scope.unsuitable)}", "  ")


def _origin(limit: Limit, rule: Rule, base: Rule, inherited: list[Limit]) -> str:
    """Whether a limit is inherited and from which rule, or what it takes the place of."""
    if limit.place in rule.inherited:
        return f"inherited from {rule.inherited[limit.place]}"
    before = [_heading(one) for one in inherited if one.address == limit.address]
    if isinstance(limit.table, AdviceTable):
        return f"given by {rule.id}"
    if not before:
        return f"given by {rule.id}; {base.id} has none"
    return f"given by {rule.id}, in place of: {'; '.join(before)} (in {base.id})"


def _removed(rule: Rule, today: date) -> Iterator[str]:
    """What the rule, or one that it extends, takes out of what it inherits, and who says so."""
    for one in (rule, *rule.bases):
        if one.base is None or not one.file.remove:
            continue
        yield from ("", f"Removed by {one.id}")
        there = list(limits(one.base))
        for table in one.file.remove:
            for what in table.what:
                for limit in there:
                    if what in (limit.address, limit.address.partition(".")[0]) and not limit.nested:
                        yield from _wrapped(f"{_heading(limit)} (in {one.base.id})", "  ")
            yield from _citation(table.cite, one, today, "    ")


def _citation(cite: Cite, rule: Rule, today: date, indent: str) -> Iterator[str]:
    age = between(cite.checked, today)
    checked = "today" if age == 0 else f"{in_days(age)} ago" if age > 0 else "in the future"
    yield from _wrapped(f"{basis(cite, rule)}; checked {cite.checked} ({checked})", indent)
    if cite.how:
        yield from _wrapped(f"how: {cite.how}", indent)


def _wrapped(text: str, indent: str, address: str = "") -> list[str]:
    """`text` on lines that break at no number and its unit and steer no terminal; then an address as it is."""
    return textwrap.wrap(
        f"{fit(text)} {address}".rstrip(),
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
