"""Everything our own server says is valid in its own guide generation: a listener on every answer of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, request
from flask.testing import FlaskClient

from ig_profiles import json
from ig_profiles.outcome import Issue
from ig_profiles.reading import many, one
from ig_profiles.registry import open_set
from ig_profiles.resource_text import read_resource
from ig_profiles.validator import validate

SENT_BY_OTHERS = ("/fhir/Claim",)  # a provider's own Claims come back as they were sent
GUIDES = {"/v2.0/": "2.0.1", "/v2.2/": "2.2", "/cds-services": "2.0.1"}
SPOKEN = {"2.0": "2.0.1", "2.1": "", "2.2": "2.2"}  # of 2.1, between them, no profiles are at hand


@contextmanager
def heard(app: Flask) -> Iterator[FlaskClient]:
    """A client of this application; at the end, fails with every error found in what the application said."""
    wrong = overheard(app)
    yield app.test_client()
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def overheard(app: Flask) -> list[str]:
    """Every error found in what this application says from now on, at any address; the list grows."""
    wrong: list[str] = []

    @app.after_request
    def listen(response: Response) -> Response:
        guide = next((guide for base, guide in GUIDES.items() if request.path.startswith(base)), None)
        if response.status_code >= 400 and "cds-services/" in request.path or request.path.endswith(SENT_BY_OTHERS):
            return response
        if guide and response.mimetype in ("application/fhir+json", "application/fhir+xml") and response.data:
            wrong.extend(told(issue, response) for issue in faults(read_resource(response.data, guide), guide))
        elif guide and response.mimetype == "application/json" and "cds-services/" in request.path and response.data:
            wrong.extend(told(issue, response) for issue in annotated(json.parse(response.data), guide))
        return response

    return wrong


def annotated(answer: Any, base: str) -> list[Issue]:
    """The errors in what we added to the orders of a hook's answer; what the EHR sent is the EHR's."""
    asked = one(json.parse(request.get_data()), "extension", "davinci-crd.requestedVersion")
    guide = SPOKEN.get(asked, base) if isinstance(asked, str) else base
    orders = many(answer, "systemActions", "resource") if guide else []
    return [issue for order in orders for issue in faults(order, guide) if ".extension[" in (issue.expression or "")]


def faults(resource: Any, guide: str) -> list[Issue]:
    """The errors in a resource by the strict reading of this generation."""
    return [issue for issue in validate(resource, open_set(guide), strict=True) if issue.severity in ("fatal", "error")]


def told(issue: Issue, response: Response) -> str:
    """One line about an issue and the answer it is in."""
    about = f"[{issue.message_id}, {issue.constraint}, {issue.profile}]"
    return f"{request.method} {request.path} -> {response.status_code}: {issue.expression}: {issue.text} {about}"
