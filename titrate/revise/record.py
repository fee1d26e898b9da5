"""The document of a revision: the one that it supersedes, what it goes on with, and what it leaves unchecked."""

from __future__ import annotations

from collections.abc import Iterator

from titrate.days import in_words
from titrate.errors import NoSchedule
from titrate.frozen import dataclass
from titrate.reason import Because
from titrate.request import Request
from titrate.revise.action import Action
from titrate.rule import Rule
from titrate.schedule import Earlier, Revised, Schedule, Step, another_edition
from titrate.verifier import Finding, verify
from titrate.version import VERSION


@dataclass(frozen=True, slots=True)
class Origin:
    """The document that a schedule was read from: its SHA-256, and whether it was changed after titrate wrote it."""

    sha256: str
    edited: bool = False


def superseded_by(schedule: Schedule, origin: Origin) -> Earlier:
    return Earlier(
        sha256=origin.sha256,
        revision=schedule.revision,
        version=schedule.version,
        issued=schedule.issued,
        rule=schedule.rule,
        request=schedule.request,
        steps=schedule.steps,
        review=schedule.review,
        not_checked=schedule.not_checked,
        revised=schedule.revised,
        edited=origin.edited,
        dispensing=schedule.dispensing,
    )


def following(
    schedule: Schedule, rule: Rule, request: Request, steps: tuple[Step, ...], origin: Origin, revised: Revised
) -> Schedule:
    """The revision that follows `schedule`, with the steps that are decided so far; nothing of it is proved yet."""
    return Schedule(
        plan=schedule.plan,
        leaves=schedule.leaves,
        dispensing=schedule.dispensing,
        revision=schedule.revision + 1,
        version=VERSION,
        issued=request.issued,
        rule=rule.stamp,
        request=request,
        steps=steps,
        earlier=(*schedule.earlier, superseded_by(schedule, origin)),
        revised=revised,
    )


def not_checked(draft: Schedule) -> Iterator[str]:
    previous, revised = draft.previous(), draft.revised
    assert previous is not None
    assert revised is not None
    if draft.kept():
        yield f"whether every dose before {in_words(revised.on)} was taken as it was planned (not asked)"
    if previous.rule.sha256 != draft.rule.sha256:
        yield another_edition(previous, revised.on)


def proved(schedule: Schedule, rule: Rule, action: Action | None) -> Schedule:
    """The schedule, if it breaks no law. Raises `NoSchedule` with every finding otherwise."""
    findings = verify(schedule, rule).findings
    if not findings:
        return schedule
    typed = "" if action is None else action.typed
    asked = "The taper" if action is None else f"\u201c{typed}\u201d" if '"' in typed else f'"{typed}"'
    claim = f"No schedule: {asked} would break {_laws(findings)}"
    raise NoSchedule(Because(claim, tuple(Because(finding.says.removesuffix(".")) for finding in findings)))


def _laws(findings: tuple[Finding, ...]) -> str:
    laws = list(dict.fromkeys(finding.law for finding in findings))
    return f"the law \u201c{laws[0]}\u201d" if len(laws) == 1 else f"the laws {', '.join(laws)}"
