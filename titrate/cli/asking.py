"""What `titrate plan` asks for on a terminal when nothing was typed after it: a few questions, and then the command."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import typer

from titrate.cli.console import now, today, told
from titrate.errors import RequestError, RuleError

if TYPE_CHECKING:
    from titrate.request import Request
    from titrate.rule import Rule

_NONE = ("", "nothing", "none", "no")
_OPTION = re.compile(r'--([a-z-]+) "([^"]+)"')
# What is always asked for, in this order; what the rule asks for besides is told by its own refusals.
_QUESTIONS = {
    "from": "What is taken now? For example 10 mg x3, or 5/5/10 mg dose by dose. Enter: nothing.",
    "target": "Where to go? For example 20 mg x3, or 60 mg/day.",
    "start": "On which day does something change first? For example 2026-12-01, tomorrow, +3d. Enter: today.",
}
# What some rules ask for besides.
_BESIDES = {
    "by": "By how much may a dose change at once?",
    "every": "How long is each dose kept at least?",
    "screening-dose": "Which screening dose worked?",
    "screening-effect": "For how long did it work?",
}


def asked() -> list[str]:
    """The arguments of `plan` as somebody would type them, from what is answered; the command is shown.

    Each answer is read at once, and asked for again with the reason where it cannot be. Raises `typer.Abort` where the
    input ends.
    """
    name, rule = _rule()
    answers: dict[str, str] = {}
    for option, question in _QUESTIONS.items():
        _ask(option, question, answers, needed=option == "target")
    while more := _more(rule, answers):
        before = dict(answers)
        for option, question in more.items():
            _ask(option, question, answers)
        if answers == before:
            break  # nothing new was said; the command says what is wrong
    typed = [part for option, text in answers.items() if text for part in (f"--{option}", text)]
    typer.echo(f"\nThis is the same as:\n\n    {shlex.join(['titrate', 'plan', name, *typed])}\n")
    return [name, *typed]


def asked_or_told() -> list[str]:
    """The same, where a folder of rules that is not there is told as by any other command."""
    with told():
        return asked()
    raise AssertionError  # `told` leaves by an exit


def _rule() -> tuple[str, Rule]:
    """The rule that is chosen, and how it was named."""
    from titrate import rulebook

    rules = list(rulebook.known())
    typer.echo("Which rule? A number, an id, or the path of a file.")
    for number, name in enumerate(rules, 1):
        typer.echo(f"  {number}  {name}")
    while True:
        answer = _answer()
        if answer.isdecimal() and 0 < int(answer) <= len(rules):
            answer = rules[int(answer) - 1]
        try:
            return answer, rulebook.load(answer)
        except RuleError as fault:
            typer.echo(fault.text())


def _ask(option: str, question: str, answers: dict[str, str], needed: bool = False) -> None:
    """Ask until the answer can be read; what is not needed may be left out."""
    typer.echo(question)
    while True:
        text = _answer()
        if text.casefold() in _NONE:
            text = "today" if option == "start" else ""
        if needed and not text:
            typer.echo('It is needed. To stop what is taken: titrate taper RULE --from "10 mg x3" --start DAY')
            continue
        try:
            read = _request("", {**answers, option: text})
        except RequestError as fault:
            typer.echo(fault.text())
            continue
        # As a date, so that the command means the same tomorrow.
        answers[option] = read.start.isoformat() if option == "start" else text
        return


def _answer() -> str:
    try:
        return input("> ").strip()
    except (EOFError, KeyboardInterrupt):
        typer.echo()
        raise typer.Abort from None


def _request(rule: str, answers: dict[str, str]) -> Request:
    """What was answered so far as a request. Raises `RequestError` as the options do."""
    from titrate.typed import Typed

    fields = {_field(option): text for option, text in answers.items() if text}
    return Typed(**{"start": "today", **fields}).request(rule, "plan", now(), today())  # type: ignore[arg-type]


def _field(option: str) -> str:
    return "current" if option == "from" else option.replace("-", "_")


def _more(rule: Rule, answers: dict[str, str]) -> dict[str, str]:
    """What has to be asked besides: an option that the rule asks for, or an answer that does not go with it."""
    from titrate.planner import possible
    from titrate.typed import Typed

    try:
        possible(rule, _request(rule.id, answers))
    except RequestError as fault:
        for way in fault.options:
            named = {option: example for option, example in _OPTION.findall(way) if option not in answers}
            if named and all(_field(option) in Typed.__dataclass_fields__ for option in named):
                typer.echo(fault.message)
                return {
                    option: f"{_BESIDES.get(option, f'--{option}?')} For example {example}. Enter: leave it out."
                    for option, example in named.items()
                }
        wrong = [option for option in answers if f"--{option}" in fault.text()]
        if wrong:
            typer.echo(fault.text())
        return {option: _QUESTIONS.get(option, f"--{option}?") for option in wrong[:1]}
    return {}
