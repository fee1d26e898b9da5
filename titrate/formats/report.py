"""What checking a schedule from elsewhere brought out, as plain text of at most `WIDTH` columns."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from titrate.days import in_short
from titrate.formats.sheet import NBSP, fit
from titrate.formats.text import WIDTH
from titrate.schedule import Step

if TYPE_CHECKING:
    from titrate.checking import Report
    from titrate.verifier import Finding


def write(report: Report) -> str:
    """The report as text that ends with a line end: what was found first, then what it was held against."""
    return "\n".join(line.replace(NBSP, " ").rstrip() for line in _lines(report)) + "\n"


def _lines(report: Report) -> Iterator[str]:
    yield from _wrapped(_verdict(report))
    for note in report.notes:
        yield from _wrapped(note)
    yield from _findings(report.findings)
    if report.options:
        yield from ("", *_wrapped(f"You could: {'; or '.join(report.options)}."))
    yield from _section("Steps as they were read", ())
    yield from _steps(report)
    yield from _section("Laws that were checked", (), ", ".join(report.laws))
    yield from _section("Not checked", report.not_checked)
    yield from _section("How the file was read", report.read_as)


def _verdict(report: Report) -> str:
    """How many findings there are, in what, and against what."""
    count = len(report.findings)
    found = "No findings" if not count else "One finding" if count == 1 else f"{count} findings"
    rule = report.rule
    draft = "; a draft, no clinician has reviewed it" if rule.status == "draft" else f"; {rule.status}"
    against = f"{rule.id} ({rule.population}, {rule.region}), edition {rule.sha256[:12]}{draft}"
    return f"{found} in {report.what}, checked against {against}."


def _findings(findings: tuple[Finding, ...]) -> Iterator[str]:
    """Each finding once; those that say the same of further days are told together with the first."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.law, finding.value, finding.limit, finding.citation), []).append(finding)
    for alike in groups.values():
        text = alike[0].text()
        days = [finding.day for finding in alike[1:] if finding.day is not None]
        if days:
            text += f" Likewise on {', '.join(in_short(day) for day in days)}."
        yield from ("", *_wrapped(text))


def _steps(report: Report) -> Iterator[str]:
    rows = [(_days(step), _doses(report, step), report.kind_of(step)) for step in report.schedule.steps]
    widths = [max(len(row[column]) for row in rows) for column in range(2)]
    for dates, doses, kind in rows:
        line = f"{dates:<{widths[0]}}  {doses:<{widths[1]}}  {kind}"
        if len(line) <= WIDTH:
            yield line
        else:
            yield from _wrapped(f"{dates}  {doses}  {kind}", then="    ")


def _days(step: Step) -> str:
    first, last = in_short(step.days.first), step.days.last
    if last is None:
        return f"from {first}, no end"
    return first if last == step.days.first else f"{first} to {in_short(last)}"


def _doses(report: Report, step: Step) -> str:
    if not step.regimen.administrations:
        return "no dose"
    if report.days_only:
        return f"{step.regimen.daily} a day"
    return fit(step.regimen.notation)


def _section(title: str, items: Iterable[str], text: str = "") -> Iterator[str]:
    listed = list(items)
    if not listed and not text and title != "Steps as they were read":
        return
    yield from ("", title, "-" * len(title))
    if text:
        yield from _wrapped(text)
    for item in listed:
        yield from _wrapped(item, "- ", "  ")


def _wrapped(text: str, first: str = "", then: str = "") -> list[str]:
    return textwrap.wrap(
        fit(text), WIDTH, initial_indent=first, subsequent_indent=then, break_long_words=False, break_on_hyphens=False
    ) or [first]
