"""PDF: a letter's page as a document to print and post, tagged so that a screen reader can follow it."""

from __future__ import annotations

from ig_profiles.outcome import Unavailable


def pdf(page: str) -> bytes:
    """The page as PDF. Raises Unavailable where Pango, which sets the text, is not installed."""
    try:
        from weasyprint import HTML  # loads Pango, which is not on every machine and not needed for the rest
    except (ImportError, OSError) as error:
        raise Unavailable("PDF needs Pango (Debian: libpango-1.0-0, libpangoft2-1.0-0). Ask for HTML, or install it.") from error
    return bytes(HTML(string=page, url_fetcher=_nothing).write_pdf(pdf_variant="pdf/ua-1"))


def _nothing(url: str, timeout: int = 0, ssl_context: object = None) -> dict[str, object]:
    """A letter loads nothing, whatever somebody may have written into a name."""
    raise ValueError(f"A letter loads nothing, and certainly not {url}.")
