"""Write down in the journal what others call at one of our servers: which paths, and who it is that calls."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime

from flask import Flask, Response, g, request

from fhir_pa.provider.test_ehr.journal import APP, BROWSER, PAYER, Journal
from fhir_pa.provider.test_ehr.redaction import claims_of
from fhir_pa.provider.wire import AGENT, Call

Caller = Callable[[], str | None]


def overhear(server: Flask, called: str, caller: Caller, journal: Journal) -> None:
    """Every call of this server for which ``caller`` names somebody goes into the journal."""

    @server.before_request
    def begin() -> None:
        g.began = (datetime.now(UTC), time.perf_counter())
        request.get_data(cache=True)

    @server.after_request
    def heard(answer: Response) -> Response:
        who = caller()
        if who:
            at, began = g.began
            took = (time.perf_counter() - began) * 1000
            told, said = tuple(request.headers.items()), tuple(answer.headers.items())
            journal.keep(who, called, Call(request.method, request.url, told, request.get_data(), answer.status_code, said, answer.get_data(), at, took))
        return answer


def at_the_ehr() -> str | None:
    """Who calls the EHR: the payer, an app or the browser; None for its own pages and what it reads for itself.

    The payer and an app prove themselves with tokens of this EHR; an app's names the person who works with it.
    """
    path, ours = request.path, request.headers.get("User-Agent") == AGENT
    somebody = "fhirUser" in claims_of(request.headers.get("Authorization", "").removeprefix("Bearer "))
    if path == "/oauth/authorize":
        return BROWSER
    if path in ("/oauth/token", "/oauth/jwks.json", "/fhir/.well-known/smart-configuration"):
        return APP
    if path.startswith("/fhir/"):
        return APP if somebody else None if ours else PAYER
    return PAYER if path == "/jwks.json" or path.startswith("/notifications/") else None


def at_the_app() -> str | None:
    """The browser's steps of a SMART launch; the rest of the app's pages is its own business."""
    return BROWSER if request.path in ("/launch", "/callback") else None

