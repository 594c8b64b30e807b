"""The typesetter of letters is loaded before the first reader waits for it, and its absence stops no server."""

from __future__ import annotations

import sys

import pytest

from fhir_pa.letters.pdf import pdf, warm_up
from ig_profiles.outcome import Unavailable


def test_a_server_starts_without_the_typesetter_and_a_letter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    warm_up()
    with pytest.raises(Unavailable, match="libpango-1.0-0"):
        pdf("<p>A letter")


def test_warming_up_sets_a_page_in_the_fonts_of_letters(monkeypatch: pytest.MonkeyPatch) -> None:
    pages: list[str] = []
    monkeypatch.setattr("fhir_pa.letters.pdf.pdf", pages.append)
    warm_up()
    (page,) = pages
    assert 'system-ui, "DejaVu Sans", sans-serif' in page and "<h1>" in page
