"""A FHIR id in an address: letters, digits, dash and dot, at most 64; "$submit" is an operation and no id (FHIR R4 §id)."""

from __future__ import annotations

from werkzeug.routing import BaseConverter


class FhirId(BaseConverter):
    """Matches ids alone, so that an operation called the wrong way is told the right one."""

    regex = r"[A-Za-z0-9\-.]{1,64}"
