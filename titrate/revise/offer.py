"""What the planner says, as one types it to `revise`: an action, or an option that `revise` has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from titrate.errors import NoSchedule, RequestError
from titrate.reason import Because, Fact

# What the planner says to whoever makes a plan, and what it is called where one is revised.
_CALLED = (
    (re.compile(r"--target(?= \")"), "retarget"),
    (re.compile(r"--from (?=\")"), ""),
    (re.compile(r"leave out --by and --every"), "--by rule --every rule"),
    (re.compile(r"leave out (--products|--times)"), r"\1 rule"),
)
# The first day follows from the days before it, and how long a dose is kept from the actions.
_NOT_HERE = re.compile(r"--(start|maintain)\b")


@contextmanager
def in_words_of_revise() -> Iterator[None]:
    """Whatever is refused inside names no option that only `plan` and `taper` have."""
    try:
        yield
    except NoSchedule as refusal:
        because = refusal.because
        raise (NoSchedule(_because(because)) if isinstance(because, Because) else refusal) from refusal
    except RequestError as fault:
        raise RequestError(_called(fault.message), _offered(fault.options)) from fault


def _because(because: Because) -> Because:
    facts = tuple(_fact(one) if isinstance(one, Fact) else _because(one) for one in because.facts)
    return replace(because, claim=_called(because.claim), facts=facts, options=_offered(because.options))


def _fact(fact: Fact) -> Fact:
    return replace(fact, says=_called(fact.says))


def _offered(options: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_called(option) for option in options if not _NOT_HERE.search(option))


def _called(text: str) -> str:
    for planning, revising in _CALLED:
        text = planning.sub(revising, text)
    return text
