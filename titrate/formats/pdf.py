"""The handout as PDF: the very page of `titrate.formats.html`, laid out for paper by WeasyPrint.

It is tagged, so that a screen reader can read it. The moment in it is that of the request, no clock is read; so the
same schedule gives the same bytes with the same version of WeasyPrint and the same fonts.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Never

from titrate.formats import html

if TYPE_CHECKING:
    from titrate.schedule import Schedule


def write(schedule: Schedule, options: html.HandoutOptions | None = None) -> bytes:
    """The handout as PDF. Raises as `titrate.formats.html.write`, and `FormatError` without WeasyPrint or Pango."""
    return of(html.compose(schedule, options or html.HandoutOptions()))


def of(handout: html.Handout) -> bytes:
    """A handout that was composed, as PDF."""
    import logging

    try:
        from weasyprint import HTML
    except ImportError as fault:
        raise html.missing("pdf", fault) from fault
    except OSError as fault:  # Pango, which is no Python package
        raise html.no_pango(fault) from fault
    logging.getLogger("weasyprint").setLevel(logging.ERROR)
    identifier = hashlib.sha256(handout.html.encode()).hexdigest()[:32].encode()
    page = HTML(string=handout.html, url_fetcher=_nothing)
    made = page.write_pdf(pdf_identifier=identifier, pdf_variant="pdf/ua-1")
    assert isinstance(made, bytes)
    return made


def _nothing(url: str, *_: object, **__: object) -> Never:
    """The page holds all that it needs, so nothing is ever fetched."""
    raise ValueError(f"a handout refers to nothing outside it, not to {url}")
