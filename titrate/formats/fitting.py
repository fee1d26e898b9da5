"""Texts fit to be shown: nothing in them steers a terminal, a number and its unit stay together, "per" is a word."""

from __future__ import annotations

import re
import unicodedata

from titrate.days import WEEKDAYS

NBSP = "\N{NO-BREAK SPACE}"

_UNIT = r"(?:kg|g|mg|micrograms?|mL|L|units?|mmol|%|min|hours?|h|day|weeks?|months?|years?|dose|1\.73 m2|m2)"
_SLASH = re.compile(rf"(?<![\w/.]){_UNIT}(?:/{_UNIT})+(?![\w/])")
# `10mg`, as products are named, is too easily read as 100 g.
_NO_SPACE = re.compile(r"(?<![\w.-])(\d+(?:\.\d+)?)((?:kg|g|mg|mcg|micrograms?|mL|units?|mmol)\b)")
_BEFORE_UNIT = re.compile(r"(?<=\d) (?=[^\W\d_]|%)")
_DATE = re.compile(rf"\b((?:{'|'.join(day[:3] for day in WEEKDAYS)})\w*) (\d\d?)[ {NBSP}]([A-Z][a-z]+) (\d{{4}})\b")
# Joiners shape letters in some scripts and in emoji; they neither steer nor hide anything.
_JOINERS = ("\u200c", "\u200d")


def fit(text: str) -> str:
    """`text` fit to be shown on one line: control and direction characters out, numbers joined to their units."""
    return joined("".join(map(visible, text)))


def joined(text: str) -> str:
    """A text without characters that steer: its numbers joined to their units, "per" as a word."""
    worded = _SLASH.sub(lambda match: match[0].replace("/", " per "), " ".join(text.split(" ")).strip())
    apart = _BEFORE_UNIT.sub(NBSP, _NO_SPACE.sub(rf"\1{NBSP}\2", worded))
    return _DATE.sub(rf"\1{NBSP}\2{NBSP}\3{NBSP}\4", apart)


def visible(char: str) -> str:
    """The character; a space for one that breaks lines; its code for one that could steer a terminal or hide text."""
    category = unicodedata.category(char)
    if char.isspace() or category in ("Zl", "Zp"):
        return " "
    if category in ("Cc", "Cf", "Cs", "Co", "Cn") and char not in _JOINERS:
        return f"<U+{ord(char):04X}>"
    return char
