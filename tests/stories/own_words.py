"""Everything our own server says is valid in its own guide generation: a listener on every answer of the stories."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, request
from flask.testing import FlaskClient

from ig_profiles.outcome import Issue
from ig_profiles.registry import open_set
from ig_profiles.resource_text import read_resource
from ig_profiles.validator import validate

GUIDES = {"/v2.0/fhir": "2.0.1", "/v2.2/fhir": "2.2"}


@contextmanager
def heard(app: Flask) -> Iterator[FlaskClient]:
    """A client of this application; at the end, fails with every error found in what the application said."""
    wrong: list[str] = []

    @app.after_request
    def listen(response: Response) -> Response:
        guide = next((guide for base, guide in GUIDES.items() if request.path.startswith(base)), None)
        if guide and response.mimetype in ("application/fhir+json", "application/fhir+xml") and response.data:
            found = faults(read_resource(response.data, guide), guide)
            wrong.extend(f"{request.method} {request.path} -> {response.status_code}: {said(issue)}" for issue in found)
        return response

    yield app.test_client()
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def faults(resource: Any, guide: str) -> list[Issue]:
    """The errors in a resource by the strict reading of this generation."""
    return [issue for issue in validate(resource, open_set(guide), strict=True) if issue.severity in ("fatal", "error")]


def said(issue: Issue) -> str:
    """One line about an issue."""
    return f"{issue.expression}: {issue.text} [{issue.message_id}, {issue.constraint}, {issue.profile}]"
