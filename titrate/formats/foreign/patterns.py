"""The doses of a day in one cell: `10 mg x3`, `5/5/10 mg`, `10 mg three times a day`, `60 mg/day`, `0`."""

from __future__ import annotations

import re

from titrate.foreign import ForeignDose
from titrate.formats.foreign.cells import Amounts, shown
from titrate.frozen import dataclass
from titrate.quantity import Quantity
from titrate.regimen import MOST_A_DAY, times_a_day

_NONE = ("none", "no dose", "stop", "-", "\u2013", "\u2014")
_ABBREVIATED = re.compile(r".*\b(?:od|qd|bd|bid|tds|tid|qds|qid|qod|prn|nocte|mane)\b.*")
_TIMES = re.compile(r"(?P<dose>.+?) ?x ?(?P<count>\d{1,3})", re.ASCII)
_TIMES_FIRST = re.compile(r"\d{1,3} ?x ?\d.*", re.ASCII)
_SERIES = re.compile(r"(?P<numbers>[\d.,]+(?: ?/ ?[\d.,]+)+)(?: ?(?P<unit>[^\d\s/.,+-][^/]*))?", re.ASCII)
_DASHES = re.compile(r"[\d.,]+(?: ?- ?[\d.,]+)+.*", re.ASCII)
_DAILY = re.compile(r"(?P<dose>.+?) ?(?:/ ?day|/ ?d|per day|a day|daily)", re.ASCII)
_OFTEN = {times_a_day(count).removesuffix(" a day"): count for count in range(1, 7)}
_IN_WORDS = re.compile(rf"(?P<dose>.+?),? (?P<often>{'|'.join(_OFTEN)}) (?:a day|daily|per day)")
# With two numbers these look like a part of a piece.
_LIKE_PARTS = (("1", "2"), ("1", "3"), ("2", "3"), ("1", "4"), ("3", "4"))


@dataclass(frozen=True, slots=True)
class Said:
    """The doses of a day in their order; or only their sum; or an amount of which it is not said which of both."""

    doses: tuple[ForeignDose, ...] = ()
    daily: Quantity | None = None
    bare: Quantity | None = None


def parse_dose(text: str, amounts: Amounts, heading: str | None) -> Said:
    """What one cell says. Raises `ValueError` with both readings where there are two."""
    word = " ".join(text.replace("\u00d7", "x").replace("X", "x").split())
    folded = word.casefold()
    if folded in _NONE:
        return Said()
    if _ABBREVIATED.fullmatch(folded):
        raise ValueError(f'{shown(text)} holds an abbreviation that is easily misread; write for example "10 mg x3"')
    if match := _IN_WORDS.fullmatch(folded):
        return _often(text, amounts.amount(match["dose"], heading), _OFTEN[match["often"]])
    if _TIMES_FIRST.fullmatch(word):
        raise ValueError(
            f"{shown(text)} can be read in two ways, so many doses a day or so many pieces at once; "
            'write "10 mg x3" for three doses of 10 mg a day'
        )
    if match := _TIMES.fullmatch(word):
        return _often(text, amounts.amount(match["dose"], heading), int(match["count"]))
    if match := _SERIES.fullmatch(word):
        return _series(text, amounts, match, heading)
    if _DASHES.fullmatch(word):
        raise ValueError(f'{shown(text)} is no dose; dose by dose is written "5/5/10 mg"')
    if match := _DAILY.fullmatch(word):
        daily = amounts.amount(match["dose"], heading)
        return Said(daily=daily) if daily else Said()
    bare = amounts.amount(word, heading)
    return Said(bare=bare) if bare else Said()


def _often(text: str, dose: Quantity, count: int) -> Said:
    if not 1 <= count <= MOST_A_DAY:
        raise ValueError(f"{shown(text)} asks for {count} doses a day; 1 to {MOST_A_DAY} are possible")
    return Said((ForeignDose(dose),) * count) if dose else Said()


def _series(text: str, amounts: Amounts, match: re.Match[str], heading: str | None) -> Said:
    numbers = tuple(part.strip() for part in match["numbers"].split("/"))
    if numbers in _LIKE_PARTS or (len(numbers) == 2 and match["unit"] is None and heading is None):
        raise ValueError(
            f"{shown(text)} can be read in two ways, two doses ({numbers[0]} and then {numbers[1]}) or a part "
            f"({numbers[0]} of {numbers[1]}); write a part as a decimal, and two doses in columns of their own"
        )
    if len(numbers) > MOST_A_DAY:
        raise ValueError(f"{shown(text)} has {len(numbers)} doses a day; at most {MOST_A_DAY} are possible")
    doses = [amounts.counted(amounts.number(part), match["unit"], heading) for part in numbers]
    return Said(tuple(ForeignDose(dose) for dose in doses if dose))
