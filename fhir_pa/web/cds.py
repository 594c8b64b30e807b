"""The CDS Hooks addresses: discovery, services and feedback, open to browsers by CORS.

CDS Hooks 2.0; crd.md §1.3, §1.10, §1.12. Registered once per generation, and once more without one, as an alias of 2.0.
"""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from cds_hooks.dialect import dialect_of
from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.caller import Caller
from fhir_pa.web.front import certificate_of_caller
from fhir_pa.web.media_types import JSON, answer, check_accepted, check_content, read_body
from fhir_pa.web.offered import Offered, Payer
from fhir_pa.wiring import GENERATIONS
from ig_profiles.json import parse
from ig_profiles.outcome import Refusal
from questionnaires.package_request import Guide

BASES = {**{f"/{base}/cds-services": guide for guide, base in GENERATIONS.items()}, "/cds-services": "2.0.1"}


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered) -> Blueprint:
    """The addresses, to be registered with a ``url_prefix`` and ``url_defaults={"guide": …}``."""
    base = Blueprint("cds", __name__)

    @base.get("")
    @base.get("/")
    def discovery(guide: Guide) -> Response:
        check_accepted()
        return answer(offered.hook.discovery(guide, payer), media_type=JSON)

    def admit() -> tuple[Caller, bytes]:
        body = read_body(payer.settings.max_body_bytes)
        under = certificate_of_caller(payer.settings)
        g.caller = caller = authenticator.hook(request.headers.get("Authorization"), request.path, body, under)
        authenticator.pace.take(caller.id)
        return caller, body

    @base.post("/<service_id>")
    def hook(guide: Guide, service_id: str) -> Response:
        caller, body = admit()
        check_content()
        check_accepted()
        return answer(offered.hook.hook(service_id, body, guide, caller, payer), media_type=JSON)

    @base.post("/<service_id>/feedback")
    def feedback(guide: Guide, service_id: str) -> Response:
        caller, body = admit()
        check_content()
        offered.hook.feedback(service_id, body, caller, payer)
        return Response(status=200, mimetype=JSON)

    @base.route("", methods=["OPTIONS"], defaults={"rest": ""})
    @base.route("/<path:rest>", methods=["OPTIONS"])
    def preflight(guide: Guide, rest: str) -> Response:
        asked = Response(status=204)
        asked.headers["Access-Control-Allow-Methods"] = "GET, POST, OPTIONS"
        asked.headers["Access-Control-Allow-Headers"] = "Authorization, Content-Type"
        asked.headers["Access-Control-Max-Age"] = "600"
        return asked

    return base


def base_of(path: str) -> str | None:
    """The CDS base this path lies under, or None."""
    return next((prefix for prefix in BASES if path == prefix or path.startswith(prefix + "/")), None)


def allow_origin(response: Response, origins: tuple[str, ...]) -> None:
    """Lets a browser page of an allowed origin read the answer, refusals too; discovery, which says nothing of anybody, every page."""
    origin = request.headers.get("Origin")
    if request.path.rstrip("/") in BASES:
        response.headers["Access-Control-Allow-Origin"] = "*"
    elif origin and origin in origins:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = "Retry-After, X-Request-Id"
    response.vary.add("Origin")


def dialect_spoken(body: bytes, default: str) -> str:
    """Which guide version a hook call asks to be answered in, as far as it can be read: only the status of a refusal hangs on it."""
    try:
        return "2.0.1" if dialect_of(parse(body), "2.0" if default == "2.0.1" else "2.2") == "2.0" else "2.2"
    except Refusal:
        return default
