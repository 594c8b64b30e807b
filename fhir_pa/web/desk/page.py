"""How a page of the reviewers' desk is made."""

from __future__ import annotations

from typing import Any

from flask import Response

from fhir_pa.web import page as pages
from fhir_pa.web.page import see

CLOCKS = frozenset({"worklist", "case", "clocks"})  # the pages on which due times go on


def page(template: str, status: int = 200, /, **words: Any) -> Response:
    """The page of this template of the desk."""
    return pages.page(f"desk/{template}", status, clocks=template in CLOCKS, **words)


__all__ = ["page", "see"]
