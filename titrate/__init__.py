"""titrate: dose titration and taper plans from cited rules, proven before anyone sees them.

The public names are imported when they are first used, so that `import titrate` costs next to nothing.
"""

from __future__ import annotations

# `typing` costs more to import than everything else here.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from titrate.days import Days, Duration
    from titrate.errors import FormatError, NoSchedule, RequestError, RuleError, TitrateError, Unsafe
    from titrate.patient import Patient
    from titrate.planner import plan
    from titrate.proof import proven
    from titrate.quantity import Quantity
    from titrate.regimen import Pattern, Regimen
    from titrate.request import Request
    from titrate.rule import Rule
    from titrate.rulebook import load
    from titrate.schedule import Schedule, Step
    from titrate.verifier import Finding, Verdict, verify

_HOMES = {
    "days": ("Days", "Duration"),
    "errors": ("FormatError", "NoSchedule", "RequestError", "RuleError", "TitrateError", "Unsafe"),
    "patient": ("Patient",),
    "planner": ("plan",),
    "proof": ("proven",),
    "quantity": ("Quantity",),
    "regimen": ("Pattern", "Regimen"),
    "request": ("Request",),
    "rule": ("Rule",),
    "rulebook": ("load",),
    "schedule": ("Schedule", "Step"),
    "verifier": ("Finding", "Verdict", "verify"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "Days",
    "Duration",
    "Finding",
    "FormatError",
    "NoSchedule",
    "Patient",
    "Pattern",
    "Quantity",
    "Regimen",
    "Request",
    "RequestError",
    "Rule",
    "RuleError",
    "Schedule",
    "Step",
    "TitrateError",
    "Unsafe",
    "Verdict",
    "load",
    "plan",
    "proven",
    "verify",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module 'titrate' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"titrate.{_HOME[name]}"), name)
    globals()[name] = value
    return value
