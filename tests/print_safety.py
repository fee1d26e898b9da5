"""What a text for people must never do, as functions that find it. "Patients' safety in print", one function per rule.

Each takes a text as a reader sees it and yields what is wrong. What a source calls itself, and its own words for the
place in it, are theirs and are taken out before (`of_ours`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from titrate.days import MONTHS, WEEKDAYS
from titrate.formats.fitting import fit
from titrate.schedule import Schedule

NBSP = "\N{NO-BREAK SPACE}"
SPACE = rf"[ {NBSP}\u202f\n]"
UNITS = r"(?:kg|mg|mcg|g|micrograms?|Mikrogramm|mL|ml|L|units?|Einheiten|mmol)"
COUNTED = r"(?:tablets?|Tabletten?|capsules?|Kapseln?|packets?|Beutel|days?|Tage?|weeks?|Wochen?|hours?|Stunden?)"
_GERMAN_DAYS = ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag")
_GERMAN_MONTHS = (
    "Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August", "September", "Oktober", "November",
    "Dezember", "Jan.", "Feb.", "Apr.", "Aug.", "Sept.", "Okt.", "Nov.", "Dez.",
)  # fmt: skip
MONTH = "|".join(sorted({*MONTHS, *(m[:3] for m in MONTHS), "Sept", *_GERMAN_MONTHS}, key=len, reverse=True)).replace(
    ".", r"\."
)
WEEKDAY = "|".join(
    {*WEEKDAYS, *(day[:3] for day in WEEKDAYS), *_GERMAN_DAYS, *(rf"{day[:2]}\." for day in _GERMAN_DAYS)}
)
DATE = rf"(?:\d\d?\.?{SPACE}(?:{MONTH})\.?|(?:{MONTH}){SPACE}\d\d?,){SPACE}\d{{4}}"


def found(pattern: str, text: str, flags: int = 0) -> Iterator[str]:
    for match in re.finditer(pattern, text, flags):
        yield text[max(0, match.start() - 25) : match.end() + 25]


def trailing_zero(text: str) -> Iterator[str]:
    """`5.0 mg` is read as 50 mg."""
    yield from found(r"(?<![\d.,])\d+[.,]\d*0(?![\d.,])(?!:)", text)


def no_leading_zero(text: str) -> Iterator[str]:
    """`.5 mg` is read as 5 mg."""
    yield from found(r"(?:^|(?<=[\s(]))[.,]\d", text)


def no_space_before_unit(text: str) -> Iterator[str]:
    """`10mg` is read as 100 g."""
    yield from found(rf"\d{UNITS}\b", text)


def short_micrograms(text: str) -> Iterator[str]:
    """`µg` is read as mg. In the United States `mcg` is the safe way."""
    yield from found(r"[µμ]g\b|\bug\b", text)


def mcg(text: str) -> Iterator[str]:
    """`mcg` elsewhere than in the United States."""
    yield from found(r"\bmcg\b", text)


def latin(text: str) -> Iterator[str]:
    """`QD` is read as QID."""
    yield from found(r"(?<![\w.])(?:BID|TID|QID|QD|QOD|PRN|[bB]\.i\.d|[tT]\.i\.d|[qQ]\.d|bd|tds|qds|o\.d)\b", text)


def slash_for_per(text: str) -> Iterator[str]:
    """`/` is read as the digit 1."""
    per = r"(?:kg|mg|g|mL|ml|L|day|dose|h|hour|min|week|m2|Tag|Dosis)"
    yield from found(rf"(?:\b{UNITS}|\bdoses?)\s*/\s*{per}\b", text)


def date_in_digits(text: str) -> Iterator[str]:
    """`04/05/2026` is two days."""
    yield from found(r"\b\d{4}-\d\d-\d\d\b|\b\d{1,2}[./]\d{1,2}[./]\d{2,4}\b", text)


def date_without_weekday(text: str) -> Iterator[str]:
    """A weekday catches a mistaken day."""
    yield from found(rf"(?<!\w){DATE}", re.sub(rf"(?:{WEEKDAY}),?{SPACE}{DATE}", "", text))


def parted(text: str) -> Iterator[str]:
    """A number at the end of a line, its unit at the beginning of the next."""
    yield from found(rf"\d\n\s*(?:{UNITS}|%)(?!\w)", text)


def may_part(text: str) -> Iterator[str]:
    """The same, where whoever shows the text breaks its lines."""
    yield from found(rf"\d[ \n](?:{UNITS}|%)(?!\w)", text)


def truncated(text: str) -> Iterator[str]:
    """What was cut off may be the dose."""
    yield from found(r"\.\.\.|…|\[cut\]", text)


def plus_or_ampersand(text: str) -> Iterator[str]:
    """`+` between pieces is read as 4; steps are joined by "then", doses at the same time by "and"."""
    yield from found(rf"(?:{UNITS}|{COUNTED})\s*[+&]", text)


def step_without_dates(text: str) -> Iterator[str]:
    """A step without its dates cannot be followed."""
    flat = text.replace("\n", " ")
    for match in re.finditer(r"\b(?:[Ss]tep|Stufe) \d+(?: of \d+| von \d+)?(?: \||:|,|\.)", flat):
        after = flat[match.end() : match.end() + 60]
        if not re.match(rf"[ |*]*(?:\w+[ |]+)?(?:from|ab)?{SPACE}*(?:{WEEKDAY})", after):
            yield flat[match.start() : match.end() + 60]


ALWAYS: tuple[Callable[[str], Iterator[str]], ...] = (
    trailing_zero,
    no_leading_zero,
    no_space_before_unit,
    short_micrograms,
    latin,
    slash_for_per,
    date_in_digits,
    date_without_weekday,
    parted,
    truncated,
    plus_or_ampersand,
    step_without_dates,
)


def of_ours(text: str, shown: Schedule) -> str:
    """`text` without what a source calls itself, its own words for a place in it, and its address."""
    citations = [note.citation for note in (*shown.notes, *shown.warnings)]
    for one in shown.chain():
        facts = [fact for step in one.steps for fact in step.why.cited()]
        citations += [fact.citation for fact in (*facts, *one.limits) if fact.citation is not None]
    theirs = {
        said for c in citations for said in (c.source.title, c.source.publisher, c.source.edition, c.source.href, c.at)
    }
    bare = text
    # What holds neither a number nor a slash breaks no rule, and may be among our own words too.
    for said in sorted(theirs, key=len, reverse=True):
        for form in (said, fit(said)):
            if re.search(r"\d|/", form):
                words = r"\s+(?:\|\s+)?".join(re.escape(word) for word in re.split(r"\s+", form))
                bare = re.sub(words, "", bare)
    return bare
