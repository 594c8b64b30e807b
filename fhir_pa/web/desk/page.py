"""How a page of the reviewers' desk is made, and a part of one."""

from __future__ import annotations

from typing import Any

from flask import Response

from fhir_pa.web import page as pages
from fhir_pa.web.page import see


def page(template: str, status: int = 200, /, **words: Any) -> Response:
    """The page of this template of the desk."""
    return pages.page(f"desk/{template}", status, **words)


def part(template: str, status: int = 200, /, **words: Any) -> Response:
    """The part of a page that this template of the desk makes."""
    return pages.part(f"desk/{template}", status, **words)


__all__ = ["page", "part", "see"]
