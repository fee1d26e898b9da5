"""What came out of checking a schedule from elsewhere."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from titrate.frozen import dataclass
from titrate.schedule import RuleStamp, Schedule, Step
from titrate.verifier import Finding


@dataclass(frozen=True, slots=True)
class Report:
    """`schedule` is what was read from `what`, as it was judged with `rule`; `days_only`: its doses are daily doses.

    `laws` are those that were checked, `findings` what breaks them, by day; without findings they are all kept.
    `not_checked` and `read_as` (how the file was understood) are clauses, `notes` and `options` (things to try) too.
    """

    what: str
    rule: RuleStamp
    schedule: Schedule
    days_only: bool
    laws: tuple[str, ...]
    findings: tuple[Finding, ...]
    not_checked: tuple[str, ...]
    read_as: tuple[str, ...]
    notes: tuple[str, ...] = ()
    options: tuple[str, ...] = ()

    def kind_of(self, step: Step) -> str:
        """What a step is; `unchanged` for one at the beginning that keeps what is taken already."""
        current = self.schedule.request.current
        kept = current is not None and step.kind == "titration" and step.regimen.doses == current.doses
        return "unchanged" if kept else step.kind

    def as_data(self) -> dict[str, Any]:
        """The report for `--json`."""
        return {
            "read": self.what,
            "rule": asdict(self.rule),
            "steps": [
                {
                    "first": step.days.first.isoformat(),
                    "last": None if step.days.last is None else step.days.last.isoformat(),
                    "kind": self.kind_of(step),
                    "doses": None if self.days_only else [str(dose) for dose in step.regimen.doses],
                    "daily_dose": str(step.regimen.daily),
                }
                for step in self.schedule.steps
            ],
            "laws": list(self.laws),
            "findings": [finding.as_data() for finding in self.findings],
            "not_checked": list(self.not_checked),
            "read_as": list(self.read_as),
            "notes": list(self.notes),
            "options": list(self.options),
        }
