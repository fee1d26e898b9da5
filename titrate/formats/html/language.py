"""One language of a handout: its catalogue, and how it writes numbers, units, dates and times.

The texts of the program are British English and are their own catalogue. Other languages stand in
`titrate/locale/LANGUAGE/LC_MESSAGES/titrate.po`, in the format of gettext. Dates, times and the decimal sign are
those of the Unicode CLDR, by Babel.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence
from dataclasses import field
from datetime import date, time
from functools import cached_property, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from titrate.days import MONTHS, WEEKDAYS
from titrate.errors import RequestError
from titrate.formats.fitting import NBSP, fit, joined
from titrate.frozen import dataclass
from titrate.quantity import Quantity

if TYPE_CHECKING:
    from babel import Locale
    from babel.support import Translations

CATALOGUES = Path(__file__).resolve().parent.parent.parent / "locale"
# The languages that can be asked for, and the locale of each. The first is the language of the program itself.
LANGUAGES = {"en-GB": "en_GB", "en-US": "en_US", "de": "de"}
_SOURCE = "en-GB"
# What English in the United States writes otherwise than the catalogue of its own words can say.
_MICROGRAMS = re.compile(rf"(?<=\d[ {NBSP}])micrograms?\b")
# A date as the texts of the program have it: `Tuesday 01 December 2026`.
_DATE = re.compile(rf"\b(?:{'|'.join(WEEKDAYS)}){NBSP}(\d\d?){NBSP}({'|'.join(MONTHS)}){NBSP}(\d{{4}})\b")
_ISOLATED = "\N{FIRST STRONG ISOLATE}{}\N{POP DIRECTIONAL ISOLATE}"


def word(message: str) -> str:
    """The message as it is: it marks one for the catalogues that is looked up later."""
    return message


def forms(one: str, more: str) -> tuple[str, str]:
    """The forms of a message for one and for more, likewise."""
    return one, more


# Units, each as it follows a number.
_UNITS = (
    word("kg"), word("g"), word("mg"), word("micrograms"), word("microgram"), word("mL"), word("L"), word("units"),
    word("mmol"), word("%"), word("min"), word("hours"), word("day"), word("weeks"), word("months"), word("years"),
    word("dose"), word("m2"), word("1.73 m2"),
)  # fmt: skip
_ONE = {"micrograms": "microgram"}


def language(code: str) -> Language:
    """The language that `code` names, such as `de`. Raises `RequestError` for one that there is no catalogue of."""
    if code not in LANGUAGES:
        raise RequestError(
            f"--lang {code[:40]}: there is no such language; there are {', '.join(LANGUAGES)}.",
            ("for example --lang de",),
        )
    return Language(code, LANGUAGES[code], CATALOGUES)


@dataclass(frozen=True)
class Language:
    """A language by its code (BCP 47), the locale it is written by, and the folder of its catalogue.

    `missed` collects every text that the catalogue lacks and that was shown in English for that reason.
    """

    code: str
    locale_name: str
    folder: Path = CATALOGUES
    missed: dict[str, None] = field(default_factory=dict, compare=False)

    @cached_property
    def locale(self) -> Locale:
        from babel import Locale

        return Locale.parse(self.locale_name)

    @property
    def english(self) -> bool:
        """Whether a text without a translation is one in this language all the same."""
        return str(self.locale.language) == "en"

    @property
    def direction(self) -> str:
        """`ltr` or `rtl`."""
        return str(self.locale.text_direction)

    @cached_property
    def _catalogue(self) -> Translations | None:
        return (
            None if self.code == _SOURCE else catalogue(self.folder / self.locale_name / "LC_MESSAGES" / "titrate.po")
        )

    def say(self, message: str, **values: str) -> str:
        """The message in this language, with its values, which are in this language already."""
        said = self.known(message)
        if said is None:
            self.missed[message] = None
            said = message
        return said.format(**values) if values else said

    def many(self, one: str, more: str, count: int, **values: str) -> str:
        """The form of the message for so many, with `{count}` and its values."""
        said = (one if count == 1 else more) if self._catalogue is None else self._catalogue.ungettext(one, more, count)
        if said in (one, more) and not self.english:
            self.missed[one] = None
        return said.format(count=str(count), **values)

    def known(self, text: str) -> str | None:
        """The translation of a whole text, or `None` where the catalogue has none. English is one of itself."""
        return self.translation(text) or (text if self.english else None)

    def translation(self, text: str) -> str | None:
        """What the catalogue has for a whole text, or `None`."""
        found = None if self._catalogue is None else self._catalogue.gettext(text)
        return str(found) if found is not None and (found != text or text in _same(self._catalogue)) else None

    def named(self, text: str, proper: bool = False) -> str:
        """A name from a rule or a request in this language, fit to be shown; a `proper` name needs no translation."""
        found = self.known(text)
        if found is None and not proper:
            self.missed[text] = None
        return self.shown(text if found is None else found)

    def all_of(self, parts: Sequence[str]) -> str:
        """`a, b and c`."""
        if len(parts) < 2:
            return "".join(parts)
        return self.say("{first} and {last}", first=", ".join(parts[:-1]), last=parts[-1])

    def number(self, digits: str) -> str:
        """A plain decimal with the decimal sign of the language; digits are not grouped, so none can be misread."""
        from babel.numbers import get_decimal_symbol

        return digits.replace(".", str(get_decimal_symbol(self.locale)))

    def quantity(self, amount: Quantity) -> str:
        """`2,5 mg`: the number and its unit, which never part; isolated where the text runs from right to left."""
        unit = _ONE.get(amount.unit, amount.unit) if amount.amount == 1 else amount.unit
        per = self.say("per")
        units = f"{NBSP}{per}{NBSP}".join(self.say(part) for part in unit.split("/"))
        said = f"{self.number(amount.number)}{NBSP}{units}"
        return self.isolated(said.replace(" ", NBSP))

    def isolated(self, text: str) -> str:
        """`text` kept together in its own direction of reading, where that of the page is from right to left."""
        return text if self.direction == "ltr" else _ISOLATED.format(text)

    def days(self, count: int) -> str:
        """`3 days`."""
        return self.many("{count} day", "{count} days", count).replace(" ", NBSP)

    def long(self, day: date) -> str:
        """`Tuesday, 1 December 2026`: the weekday first, the month in letters."""
        from babel.dates import format_date

        weekday, space, rest = str(format_date(day, "full", self.locale)).partition(" ")
        return weekday + space + rest.replace(" ", NBSP)

    def short(self, day: date) -> str:
        """`Tue, 1 Dec 2026`, which never parts."""
        from babel.dates import format_skeleton

        return str(format_skeleton("yMMMEd", day, locale=self.locale)).replace(" ", NBSP)

    def weekday(self, day: date) -> str:
        """`Tuesday`."""
        from babel.dates import get_day_names

        return str(get_day_names("wide", locale=self.locale)[day.weekday()])

    def clock(self, at: time) -> str:
        """`08:00`, or `8:00 AM`."""
        from babel.dates import format_time

        return self.isolated(str(format_time(at, "short", locale=self.locale)).replace(" ", NBSP))

    def shown(self, text: str) -> str:
        """A text fit to be shown; its dates (and micrograms, in the United States) as the language has them."""
        return self.worded(fit(text))

    def worded(self, text: str) -> str:
        """The same of a text that nothing steers but the directions of reading that the page itself has set."""
        fitted = _DATE.sub(self._redated, joined(text))
        return _MICROGRAMS.sub("mcg", fitted) if self.locale_name == "en_US" else fitted

    def _redated(self, match: re.Match[str]) -> str:
        return self.long(date(int(match[3]), MONTHS.index(match[2]) + 1, int(match[1])))


@lru_cache(maxsize=8)
def catalogue(path: Path) -> Translations:
    """The catalogue in a file of gettext, its fuzzy entries left out."""
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po
    from babel.support import Translations

    with path.open("rb") as file:
        read = read_po(file)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


@lru_cache(maxsize=8)
def _same(translations: Translations | None) -> frozenset[str]:
    """The messages that are written alike in English and in the language, such as `mg`."""
    entries = getattr(translations, "_catalog", {})
    return frozenset(key for key, value in entries.items() if isinstance(key, str) and key == value)
