"""The sentences that the planner makes, read back into a phrase and its values, and said in another language.

A reason reads `a taper takes at least 14 days`. `PHRASES` has it as `a taper takes at least {length}`; what stands in
the place of `{length}` has to be a length, and is written as the language writes one. A text that is none of the
phrases all the way down has no translation, and whoever shows it says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from functools import cache

from titrate.days import MONTHS, WEEKDAYS, Duration
from titrate.formats.fitting import NBSP, visible
from titrate.formats.html import wording
from titrate.formats.html.language import Language, forms, word
from titrate.patient import FACTS
from titrate.quantity import Quantity
from titrate.regimen import Pattern

# What may stand for each placeholder: the part of its name before a digit says of which kind it is.
PHRASES = (
    # Limits.
    word("a dose rises by {range}"),
    word("a dose falls by {range}"),
    word("the daily dose rises by {range}"),
    word("the daily dose falls by {range}"),
    word("{range} of the current one"),
    word("{range} of the original one"),
    word("the source names {count} to {amount}"),
    word("the source names {count} to {length}"),
    word("{said} within {length}"),
    word("{said} where the daily dose is {range}"),
    word("a dose is kept for at least {length} before it changes"),
    word("a dose is kept for at least {length} before it changes where the daily dose is {range}"),
    word("a dose is kept for at least {length} ({said}) before it changes"),
    word("a dose is kept for at least {length} ({said}) before it changes where the daily dose is {range}"),
    word("the first regimen is {said}"),
    word("the maintenance regimen is {said}"),
    word("the maximum is {said}"),
    word("the maximum without what the source asks for above it ({said}) is {said2}"),
    word("{said}; off-label use, taken on by {name}"),
    word("{range} at one time"),
    word("{range} a day"),
    word("given {times}"),
    word("the drug is given {times}"),
    word("the drug is given {times} where the daily dose is {range}"),
    word("two doses are at least {amount} apart"),
    word("two doses are at least {amount} apart when it is taken {times}"),
    word("a taper takes at least {length}"),
    word("the last dose before stopping is at most {amount} a day"),
    word("exactly {amount}"),
    word("at least {amount}"),
    word("more than {amount}"),
    word("at most {amount}"),
    word("less than {amount}"),
    word("{said} and {said2}"),
    word("{said}, {said2}"),
    word("{said} ({said2})"),
    word("{count} x the screening dose of {amount} = {amount2} a day, because it worked for {amount3}"),
    word("{amount} a day x {amount2} = {amount3} a day"),
    word("{amount} x {amount2} = {amount3}"),
    # Claims and requests.
    word("Start: {said}"),
    word("Rise from {said} to {said2}"),
    word("Fall from {said} to {said2}"),
    word("Rise from {amount} to {amount2} a day"),
    word("Fall from {amount} to {amount2} a day"),
    word("Keep {said} before stopping"),
    word("Keep {said} until it may change"),
    word("Stay on {said}"),
    word("Stop after {said}, the last step"),
    word("the target is {pattern}"),
    word("it is kept for {length}"),
    word("the last dose is on {date}"),
    word("This schedule goes above a maximum in print: {said}"),
    word("The way down begins above a maximum, since more is taken already: {said}; {name} answers for it"),
    # What people do beside it: a missed dose, a time without the drug, a second medicine.
    word("if {said}, {said2}"),
    word("the next dose is {range} away"),
    word("the missed dose was due {range} ago"),
    word("you missed {number} doses in a row or more"),
    word("take the missed dose when you remember it"),
    word("leave the missed dose out and take the next one at its usual time"),
    word("ask the prescriber how to go on"),
    word("do not go on by yourself: the drug is begun again at a low dose, so ask the prescriber"),
    word("the source says nothing: ask"),
    word("{said}; then wait at least {amount} before the next dose"),
    word("after {range} without the drug one begins again as at first"),
    word("after {range} without the drug the prescriber says how to go on"),
    word("after {range} without the drug ({number} half-lives of {amount} = {amount2}) one begins again as at first"),
    word("after a significant interruption (the source gives no number) one begins again as at first"),
    word("after a significant interruption (the source gives no number) the prescriber says how to go on"),
    word("{drug}: {said} ({said2}). It is not part of this schedule"),
    word("{count} to {amount} at a time"),
    word("{amount} at a time"),
    word("wait {length}"),
    word("no number in the source"),
    # Regimens.
    word("{amount} {times}"),
    word("{amount} a day as a continuous infusion"),
    word("{amount} a day"),
    word("{said} every {length}"),
    word("{said} once a week"),
    word("the drug is given once a week"),
    word("the drug is given every {length}"),
    word("rung {number} of {number2} of the ladder is {pattern}"),
    word("{said}, on rung {number} of the ladder"),
    word("the ladder goes from {said}"),
    word("rung {number} of {number2} of the ladder down is {pattern}"),
    word("rung {number} of {number2} of the ladder down is {pattern} ({said})"),
    word("rung {number} of {number2} of the ladder is {pattern} ({said})"),
    word("{said}, on rung {number} of the ladder down"),
    word("the ladder down goes from {said}"),
    word("{said}, then {said2}"),
    word("{pattern} for at least {length}"),
    word("{said}, on one day every {length}"),
    word("{said}, on one day once a week"),
    word("{said} and {said2} on alternate days"),
    word("in turn {said}; {said2}"),
    word("in turn on {length}: {said}"),
    word("{said}; {said2}"),
    word("no dose"),
    word("nothing"),
    # What was not checked, and revisions.
    word("{fact} (not given)"),
    word("for how long {said} has been taken (not given)"),
    word("whether every dose before {date} was taken as it was planned (not asked)"),
    word("the days before {date}, planned with another edition of the rule ({name}, sha256 {name2})"),
    word("Stop {drug} gradually, from {said}"),
    word("Stay on {said} {length} longer, to {date}"),
    word("Everything from {date} on comes {length} later"),
    word("Go back from {said} to {said2} for {length} at least, and go on from there"),
    word("Go on more slowly: each dose is kept for at least {length}"),
    word("Go to {pattern} instead of {pattern2}"),
    word("Go to {pattern} instead of stopping"),
    word("Plan again with what is taken now"),
    word("{drug} was not taken on {date} ({how})"),
    word("{drug} was not taken from {date} to {date2} ({how})"),
    word("{said}; what is taken since then goes on"),
    word("{said}; what is taken since then goes on, although the rule says: {said2}"),
    word("The plan is called off before its first dose; nothing of it is taken"),
    word("{said}; the prescriber decided to {said2}"),
    word("go on with {said}"),
    word("go back to {said}"),
    word("start again from the beginning"),
    word("{said}; the end that had been chosen is left open"),
    word("From now on these products are at hand: {name}"),
    word("Plan again with {name}"),
    *wording.AT_SLOT.values(),
)
_FACTS = (
    word("age"), word("weight"), word("creatinine clearance"), word("eGFR"), word("dialysis"), word("other medicines"),
    word("care setting"), word("origin of the spasticity"), word("screening dose"),
    word("how long the screening dose worked"),
)  # fmt: skip
_HOW = (word("missed"), word("withheld"))
_LEAST = {"once": 1, "twice": 2, "three": 3, "four": 4, "five": 5, "six": 6}
_PLACEHOLDER = re.compile(r"\{(\w+?)(\d?)\}")


def translated(tongue: Language, text: str) -> str | None:
    """A text of the program or of a rule in the language, or `None` where it cannot be said in it."""
    plain = "".join(map(visible, text)).replace(NBSP, " ")
    found = tongue.translation(plain) or _sentence(tongue, plain) or tongue.known(plain)
    return None if found is None else tongue.worded(found)


def _sentence(tongue: Language, text: str) -> str | None:
    """`text` as one of the phrases, which have neither a capital at their beginning nor a full stop at their end."""
    bare = text.removesuffix(".")
    for said in (bare, bare[:1].lower() + bare[1:]):
        if (found := next(_readings(tongue, said, {said: None}), None)) is not None:
            begun = found if said == bare else found[:1].upper() + found[1:]
            return begun + text[len(bare) :]
    return None


def _read(tongue: Language, text: str, seen: dict[str, str | None]) -> str | None:
    """`text` as one of the phrases. `seen` holds what was read before, and stops a phrase from holding itself."""
    if text in seen:
        return seen[text]
    seen[text] = None
    found = tongue.translation(text) or next(_readings(tongue, text, seen), None) or tongue.known(text)
    seen[text] = found
    return found


def _readings(tongue: Language, text: str, seen: dict[str, str | None]) -> Iterator[str]:
    for phrase in PHRASES:
        if tongue.known(phrase) is None:
            continue
        for values in _matches(phrase, text):
            said = {name: _value(tongue, name, value, seen) for name, value in values.items()}
            if all(value is not None for value in said.values()):
                yield tongue.say(phrase, **{name: value for name, value in said.items() if value is not None})


def _matches(phrase: str, text: str) -> Iterator[dict[str, str]]:
    """Every way in which `text` is the phrase, its placeholders filled with at least one character."""
    parts = _literals(phrase)
    if text.startswith(parts[0][0]):
        yield from _filled(parts, text, len(parts[0][0]), 1, {})


@cache
def _literals(phrase: str) -> tuple[tuple[str, str], ...]:
    """The literal parts of a phrase, each with the name of the placeholder before it."""
    found, at, name = [], 0, ""
    for match in _PLACEHOLDER.finditer(phrase):
        found.append((phrase[at : match.start()], name))
        at, name = match.end(), match[1] + match[2]
    return (*found, (phrase[at:], name))


def _filled(
    parts: tuple[tuple[str, str], ...], text: str, at: int, index: int, values: dict[str, str]
) -> Iterator[dict[str, str]]:
    if index == len(parts):
        if at == len(text):
            yield values
        return
    literal, name = parts[index]
    if not literal:
        yield {**values, name: text[at:]}
        return
    place = text.find(literal, at + 1)
    while place != -1:
        if index < len(parts) - 1 or place + len(literal) == len(text):
            yield from _filled(parts, text, place + len(literal), index + 1, {**values, name: text[at:place]})
        place = text.find(literal, place + 1)


def _value(tongue: Language, name: str, text: str, seen: dict[str, str | None]) -> str | None:
    kind = name.rstrip("0123456789")
    if kind in ("said", "range"):
        return _amount(tongue, text) or _read(tongue, text, seen) or _pattern(tongue, text)
    try:
        return _KINDS[kind](tongue, text)
    except ValueError:
        return None


def _pattern(tongue: Language, text: str) -> str | None:
    """A regimen as it is typed, such as `25 mg x2`; an amount alone is none."""
    try:
        return wording.pattern(tongue, Pattern.parse(text))
    except ValueError:
        return None


def _number(tongue: Language, text: str) -> str:
    if not re.fullmatch(r"\d+", text, re.ASCII):
        raise ValueError(text)
    return text


def _amount(tongue: Language, text: str) -> str | None:
    try:
        return tongue.quantity(Quantity.parse(text.replace(" per ", "/")))
    except ValueError:
        return None


def length(tongue: Language, text: str) -> str:
    length = Duration.parse(text)
    if str(length) != text:
        raise ValueError(text)
    if length.unit == "day":
        return tongue.days(length.count)
    one, more = _LENGTHS[length.unit]
    return tongue.many(one, more, length.count).replace(" ", NBSP)


_LENGTHS = {
    "week": forms("{count} week", "{count} weeks"),
    "month": forms("{count} month", "{count} months"),
    "year": forms("{count} year", "{count} years"),
}


def _date(tongue: Language, text: str) -> str:
    words = text.split()
    if len(words) != 4 or words[0] not in WEEKDAYS or words[2] not in MONTHS:
        raise ValueError(text)
    return tongue.long(date(int(words[3]), MONTHS.index(words[2]) + 1, int(words[1])))


def _times(tongue: Language, text: str) -> str | None:
    if text in wording.TIMES_A_DAY[1:]:
        return tongue.say(text)
    if match := re.fullmatch(r"(\d+) times a day", text, re.ASCII):
        return wording.times_a_day(tongue, int(match[1]))
    if (match := re.fullmatch(r"(\w+) to (.+)", text)) and match[1] in _LEAST and match[2] in wording.TIMES_A_DAY:
        most = wording.TIMES_A_DAY.index(match[2])
        return tongue.say("{least} to {most} times a day", least=str(_LEAST[match[1]]), most=str(most))
    return None


def _count(tongue: Language, text: str) -> str:
    return tongue.number(Quantity.parse(f"{text} mg").number)


_KINDS: dict[str, Callable[[Language, str], str | None]] = {
    "amount": _amount,
    "dose": _amount,
    "length": length,
    "date": _date,
    "times": _times,
    "count": _count,
    "number": _number,
    "pattern": _pattern,
    "drug": lambda tongue, text: tongue.known(text) or tongue.known(text.lower()) or text,
    "fact": lambda tongue, text: tongue.known(text) if text in FACTS.values() else None,
    "how": lambda tongue, text: tongue.known(text) if text in _HOW else None,
    "name": lambda tongue, text: text,
}
