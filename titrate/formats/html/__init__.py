"""The handout: one self-contained page of HTML, for the screen and for paper.

It needs no network and no script. The same schedule, language, audience and paper give the same bytes.
"""

from __future__ import annotations

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING

from titrate.dispensing import Dispensing
from titrate.errors import FormatError
from titrate.formats.fitting import NBSP, fit
from titrate.formats.html.language import LANGUAGES, Language, language
from titrate.formats.html.page import Audience, Page, Paper, page
from titrate.formats.html.references import capital
from titrate.frozen import dataclass

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

    from titrate.schedule import Schedule

__all__ = ["LANGUAGES", "Audience", "Handout", "HandoutOptions", "Paper", "compose", "write"]

_HERE = Path(__file__).resolve().parent
_PAPERS = {"a4": "A4", "letter": "letter"}


@dataclass(frozen=True, slots=True)
class HandoutOptions:
    """The language by its code (`LANGUAGES`), for whom it is, and the paper it is printed on.

    `dispensing` is how it is dispensed, if not as the schedule says: with the days by which to order more.
    """

    lang: str = "en-GB"
    audience: Audience = "patient"
    paper: Paper = "a4"
    dispensing: Dispensing | None = None


@dataclass(frozen=True, slots=True)
class Handout:
    """The page, and every text that stands in it in English because its language has no words for it."""

    html: str
    untranslated: tuple[str, ...] = ()


def write(schedule: Schedule, options: HandoutOptions | None = None) -> str:
    """The page as text that ends with a line end.

    Raises `RequestError` for an unknown language, `FormatError` where the libraries of the extra `handout` are missing.
    """
    return compose(schedule, options or HandoutOptions()).html


def compose(schedule: Schedule, options: HandoutOptions, tongue: Language | None = None) -> Handout:
    """The page with what could not be translated; in `tongue`, if given, instead of the language of the options."""
    try:
        import babel  # noqa: F401 (what follows needs it)
        import jinja2  # noqa: F401
    except ImportError as fault:
        raise missing("handout", fault) from fault
    spoken = tongue or language(options.lang)
    shown = page(spoken, schedule, options.audience, options.dispensing or schedule.dispensing)
    template = _environment().get_template("page.html.jinja")
    text = template.render(
        page=shown,
        say=spoken.say,
        capital=capital,
        nbsp=NBSP,
        lang=spoken.code,
        direction=spoken.direction,
        patient=options.audience == "patient",
        version=fit(schedule.version),
        issued=schedule.issued.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        style=_style(spoken, shown, options.paper),
        untranslated=lambda: bool(spoken.missed),
    )
    return Handout(text.lstrip(), () if spoken.english else tuple(spoken.missed))


def missing(extra: str, fault: ImportError) -> FormatError:
    """What to say where a library of an extra is not installed."""
    return FormatError(
        f"This format needs {fault.name or 'a library'}, which is not installed.",
        (f"install it: pip install 'titrate[{extra}]', or in a checkout pip install '.[{extra}]'",),
    )


def no_pango(fault: OSError) -> FormatError:
    """What to say where WeasyPrint is installed and the library that it draws with is not."""
    return FormatError(
        f"PDF needs the library Pango, which is not installed ({str(fault).splitlines()[0]}).",
        ("install it: apt install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0", "write HTML: -o plan.html"),
    )


def _environment() -> Environment:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def _style(tongue: Language, shown: Page, paper: Paper) -> Markup:
    """The style sheet, with what stands at the head and the foot of every printed page."""
    from markupsafe import Markup

    number = tongue.say("Page {page} of {pages}")
    before, _, rest = number.partition("{page}")
    between, _, after = rest.partition("{pages}")
    counted = f"{_quoted(before)} counter(page) {_quoted(between)} counter(pages) {_quoted(after)}"
    start, end = ("left", "right") if tongue.direction == "ltr" else ("right", "left")
    boxes = {
        f"top-{start}": _quoted(shown.drug),
        f"top-{end}": _quoted(shown.dates),
        f"bottom-{start}": _quoted(shown.identity),
        f"bottom-{end}": counted,
    }
    font = 'font: 12pt "Liberation Sans", Arial, Helvetica, "Noto Sans", "DejaVu Sans", sans-serif;'
    margins = "\n".join(f"  @{place} {{ content: {content}; {font} }}" for place, content in boxes.items())
    at_page = f"@page {{\n  size: {_PAPERS[paper]}; margin: 20mm 15mm;\n{margins}\n}}"
    return Markup(f"{(_HERE / 'style.css').read_text(encoding='utf-8')}\n{at_page}")


def _quoted(text: str) -> str:
    """`text` as a string of CSS that cannot end early, also not at `</style>`."""
    escaped = "".join(char if char.isalnum() or char in " .,:" else f"\\{ord(char):x} " for char in text)
    return f'"{escaped}"'
