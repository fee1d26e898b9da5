"""What can go wrong, and the exit code that says so.

Every error here is a sentence for a person: the offending value, where it stands, what is allowed,
an example. A traceback is never the answer to bad input.
"""

from __future__ import annotations

from typing import Any, ClassVar, Protocol


class Argument(Protocol):
    """Something that can be told as an argument: reasons first, ways out last."""

    def text(self) -> str: ...

    def as_data(self) -> dict[str, Any]: ...


class TitrateError(Exception):
    """The root of every error that titrate raises on purpose.

    `message` is one or more full sentences. `options` are things to try, each as one would type it.
    """

    kind: ClassVar[str] = "error"
    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, options: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.message = message
        self.options = options

    def text(self) -> str:
        """The whole error in sentences, for standard error."""
        if not self.options:
            return self.message
        return self.message + "\nYou could: " + "; or ".join(self.options) + "."

    def as_data(self) -> dict[str, Any]:
        """The same as `text`, for `--json`."""
        return {
            "error": self.kind,
            "exit_code": self.exit_code,
            "message": self.message,
            "options": list(self.options),
        }


class RuleError(TitrateError):
    """A rule file is malformed, or no rule has the name that was asked for.

    `faults` are all faults of the file, one line each, `file: key.path: message`.
    """

    kind = "rule"
    exit_code = 3

    def __init__(self, message: str, faults: tuple[str, ...] = (), options: tuple[str, ...] = ()) -> None:
        super().__init__("\n".join((message, *faults)), options)
        self.faults = faults

    def as_data(self) -> dict[str, Any]:
        return {**super().as_data(), "faults": list(self.faults)}


class RequestError(TitrateError):
    """The request contradicts itself, or lacks what the rule needs."""

    kind = "request"
    exit_code = 4


class NoSchedule(TitrateError):
    """Nothing satisfies rule and request together. `because` carries the argument."""

    kind = "no schedule"
    exit_code = 5

    def __init__(self, because: Argument) -> None:
        super().__init__(because.text())
        self.because = because

    def as_data(self) -> dict[str, Any]:
        argument = self.because.as_data()
        return {**super().as_data(), "options": argument.pop("options", []), "because": argument}


class Unsafe(TitrateError):
    """A schedule breaks a law. `findings` name law, day, value and limit."""

    kind = "unsafe"
    exit_code = 6

    def __init__(self, message: str, findings: tuple[Argument, ...]) -> None:
        super().__init__("\n".join((message, *(finding.text() for finding in findings))))
        self.findings = findings

    def as_data(self) -> dict[str, Any]:
        return {**super().as_data(), "findings": [finding.as_data() for finding in self.findings]}


class FormatError(TitrateError):
    """A file to read is not what it should be, or a file cannot be written."""

    kind = "format"
    exit_code = 7
