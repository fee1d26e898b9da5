"""What can be decided about a schedule that has begun, as a prescriber would type it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Literal, TypeVar, get_args

from titrate.days import Days, Duration, between, parse_date
from titrate.errors import RequestError
from titrate.frozen import dataclass
from titrate.regimen import Pattern

Name = Literal["stay", "back", "slower", "retarget", "stop", "missed", "withheld", "shift", "products", "replan",
               "withdraw"]  # fmt: skip
Then = Literal["continue", "back", "restart"]
Read = TypeVar("Read")

# What comes after the name of an action: an example, or nothing where nothing may come.
EXAMPLES: dict[Name, str] = {
    "stay": "7d",
    "back": "1",
    "slower": "x2",
    "retarget": '"40 mg/day"',
    "stop": "",
    "missed": "3d",
    "withheld": "2026-12-05..2026-12-07",
    "shift": "1d",
    "products": "5mg,10mg",
    "replan": "",
    "withdraw": "",
}


@dataclass(frozen=True, slots=True)
class Action:
    """One decision. `typed` is how it was typed, `name` what it is; of the rest each action has what it needs.

    `days` is a number of days (stay, shift, missed), `count` of changes back, `factor` how many times as slow, `to` a
    regimen (retarget, back, or what to go on with after days without the drug), `absent` days that were withheld,
    `products` what is at hand; `then` is how to go on after days without the drug; `kept` for how many days at
    least a dose that one goes back to is kept.
    """

    name: Name
    typed: str
    days: int | None = None
    count: int | None = None
    factor: Fraction | None = None
    to: Pattern | None = None
    absent: Days | None = None
    products: tuple[str, ...] | None = None
    then: Then | None = None
    kept: int | None = None

    @classmethod
    def parse(
        cls,
        name: str,
        value: str | None,
        today: date,
        to: str | None = None,
        then: str | None = None,
        kept: str | None = None,
    ) -> Action:
        """Read an action, its value, and its options `--to`, `--then` and `--for`.

        Raises `RequestError` with what is allowed and an example. `today` is the day that "today" means.
        """
        known = next((one for one in EXAMPLES if one == name), None)
        if known is None:
            listed = ", ".join(f"{one} {example}".strip() for one, example in EXAMPLES.items())
            raise RequestError(f'"{name[:40]}" is nothing that can be done to a schedule; there are: {listed}.')
        words = [known, *([_quoted(value)] if value else [])]
        for option, said in (("--to", to), ("--then", then), ("--for", kept)):
            words += [option, _quoted(said)] if said else []
        action = _with_value(cls(known, " ".join(words)), value, today, to)
        return _with_options(action, to, then, kept)


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _with_value(action: Action, value: str | None, today: date, to: str | None) -> Action:
    """The action with what its value says."""
    name = action.name
    if not EXAMPLES[name] and value:
        raise RequestError(f'"{name}" takes nothing after it, and "{value[:40]}" was typed.')
    if name == "back":
        return action if to and not value else replace(action, count=_read(name, value or "1", _count))
    if name == "slower":
        return replace(action, factor=_read(name, value, _factor)) if value else action
    if not EXAMPLES[name]:
        return action
    if not value:
        raise RequestError(f'"{name}" needs something after it.', (f"for example {name} {EXAMPLES[name]}",))
    if name == "retarget":
        return replace(action, to=_read(name, value, Pattern.parse))
    if name == "withheld":
        return replace(action, absent=_read(name, value, lambda text: _span(text, today)))
    if name == "products":
        return replace(action, products=tuple(part.strip() for part in value.split(",") if part.strip()))
    return replace(action, days=_read(name, value, lambda text: Duration.parse(text).days))


def _with_options(action: Action, to: str | None, then: str | None, kept: str | None) -> Action:
    """The action with what `--to`, `--then` and `--for` say, where they belong to it."""
    name = action.name
    if to is not None:
        if name not in ("back", "missed", "withheld"):
            raise RequestError(f'--to does not belong to "{name}"; it says what to go back to, or to go on with.')
        action = replace(action, to=_read("--to", to, Pattern.parse))
    if then is not None:
        if name not in ("missed", "withheld"):
            raise RequestError(f'--then does not belong to "{name}"; it says how to go on after days without the drug.')
        words = get_args(Then)
        if then not in words or to is not None:
            both = f" (beside --to {to})" if to is not None else ""
            raise RequestError(
                f'--then "{then[:40]}"{both} is not allowed; it is {", ".join(words[:-1])} or {words[-1]}, '
                'or --to "10 mg x3" instead.'
            )
        action = replace(action, then=next(word for word in words if word == then))
    if kept is not None:
        if name != "back" and action.then != "back" and to is None:
            raise RequestError("--for says how long a dose that one goes back to is kept; nothing goes back here.")
        action = replace(action, kept=_read("--for", kept, lambda text: Duration.parse(text).days))
    return action


def _read(what: str, text: str, reader: Callable[[str], Read]) -> Read:
    try:
        return reader(text)
    except ValueError as fault:
        raise RequestError(f"{what}: {fault}.") from fault


def _count(text: str) -> int:
    if not re.fullmatch(r"[1-9]\d{0,2}", text.strip(), re.ASCII):
        raise ValueError(f'"{text[:40]}" is no number of steps; write for example "back 1", or --to "10 mg x3"')
    return int(text)


def _factor(text: str) -> Fraction:
    match = re.fullmatch(r"[x\u00d7] ?(\d{1,3}(?:\.\d{1,3})?)", text.strip(), re.ASCII)
    if match is None or Fraction(match[1]) <= 1:
        raise ValueError(f'"{text[:40]}" is not how many times as slow; write for example "x2", or --every 14d')
    return Fraction(match[1])


def _span(text: str, today: date) -> Days:
    first, dots, last = text.partition("..")
    days = Days(parse_date(first, today), parse_date(last, today)) if dots else Days.of(parse_date(text, today), 1)
    assert days.last is not None
    if between(days.first, days.last) > 10_000:
        raise ValueError(f'"{text[:40]}" are more days than any plan has')
    return days
