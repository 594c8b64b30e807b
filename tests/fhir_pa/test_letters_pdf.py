"""Where the typesetter of letters is not installed, a letter says what to install."""

from __future__ import annotations

import sys

import pytest

from fhir_pa.letters.pdf import pdf
from ig_profiles.outcome import Unavailable


def test_a_letter_without_the_typesetter_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "weasyprint", None)
    with pytest.raises(Unavailable, match="libpango-1.0-0"):
        pdf("<p>A letter")
