"""The whole web application: every address joined, every refusal turned into an answer, the same headers on everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Response, g, request
from werkzeug.exceptions import HTTPException

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.backend_services import TokenRefused
from fhir_pa.auth.key_ring import KeyRing
from fhir_pa.auth.pace import Pace
from fhir_pa.auth.tokens import Mint
from fhir_pa.configuration import LOOPBACK
from fhir_pa.outbound.guarded import Limits, fetch
from fhir_pa.web import auditors, cds, discovery, errors, fhir, management, probes, public, reviewers, shortcuts
from fhir_pa.web.address import Address
from fhir_pa.web.desk import desk
from fhir_pa.web.fhir_id import FhirId
from fhir_pa.web.media_types import check_length, written
from fhir_pa.web.member import member
from fhir_pa.web.offered import Offered, Payer
from fhir_pa.web.practice import desk as practice_desk
from fhir_pa.web.practice import status as practices
from fhir_pa.web.telemetry import Telemetry
from ig_profiles.outcome import Forbidden, Refusal, Unauthenticated, Unavailable

_SECURITY_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
}
KEYS = Limits(connect=2, read=3, total=4, max_bytes=512 * 1024)  # to read a JWK Set, while a clinician waits


def create_app(payer: Payer, offered: Offered) -> Flask:
    """The application that serves this payer with these operations."""
    settings = payer.settings
    app = Flask("fhir_pa", static_folder=None)
    app.url_rule_class = Address
    app.url_map.converters["fhir_id"] = FhirId
    app.url_map.strict_slashes = False
    app.url_map.merge_slashes = False
    app.url_map.redirect_defaults = False
    app.config.update(MAX_CONTENT_LENGTH=settings.max_body_bytes + 1, PROVIDE_AUTOMATIC_OPTIONS=False)
    authenticator = authenticator_for(payer)
    telemetry = Telemetry(settings.log == "json")

    app.register_blueprint(discovery.blueprint(payer, authenticator))
    app.register_blueprint(probes.blueprint(payer, telemetry))
    app.register_blueprint(reviewers.blueprint(payer, authenticator, offered))
    app.register_blueprint(desk.blueprint(payer, authenticator, offered, telemetry.timings))
    app.register_blueprint(public.blueprint(payer, offered))
    app.register_blueprint(shortcuts.blueprint())
    app.register_blueprint(member.blueprint(payer, authenticator, offered))
    app.register_blueprint(practices.blueprint(payer, authenticator, offered))
    app.register_blueprint(practice_desk.blueprint(payer, authenticator, offered.practice))
    app.register_blueprint(auditors.blueprint(payer, authenticator, offered))
    app.register_blueprint(management.blueprint(payer, authenticator, offered.managing))
    fhir_base = fhir.blueprint(payer, authenticator, offered)
    for generation, guide in fhir.GENERATIONS.items():
        app.register_blueprint(fhir_base, name=f"fhir-{guide.replace('.', '-')}", url_prefix=f"/{generation}/fhir", url_defaults={"guide": guide})
    cds_base = cds.blueprint(payer, authenticator, offered)
    for number, (prefix, guide) in enumerate(cds.BASES.items()):
        app.register_blueprint(cds_base, name=f"cds-{number}", url_prefix=prefix, url_defaults={"guide": guide})

    @app.before_request
    def hear() -> None:
        telemetry.begin()
        if (settings.open or settings.local_people) and _host_called() not in LOOPBACK:
            raise Forbidden("This server lets in anybody on this machine, and answers only calls to localhost or 127.0.0.1.")
        check_length(settings.max_body_bytes)

    @app.after_request
    def finish(response: Response) -> Response:
        for name, value in _SECURITY_HEADERS.items():
            response.headers.setdefault(name, value)
        if settings.public_url.startswith("https://"):
            response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
        if cds.base_of(request.path):
            cds.allow_origin(response, settings.cds_origins)
        return telemetry.end(response)

    @app.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        harmless = isinstance(refusal, Unauthenticated | Unavailable)
        telemetry.refused(type(refusal).__name__, refusal.issues[0].text if harmless else "")
        return _response(errors.refused(refusal, _door(), g.request_id, _outcome))

    @app.errorhandler(TokenRefused)
    def refuse_token(refusal: TokenRefused) -> Response:
        telemetry.refused(refusal.error, refusal.description)
        return _response(errors.token_refused(refusal))

    @app.errorhandler(HTTPException)
    def refuse_request(error: HTTPException) -> Response:
        refusal, headers = errors.from_http(error)
        telemetry.refused(type(refusal).__name__)
        return _response(errors.refused(refusal, _door(), g.request_id, _outcome), headers)

    @app.errorhandler(Exception)
    def fail(error: Exception) -> Response:
        telemetry.failed(error)
        return _response(errors.failed(500, _door(), g.request_id))

    return app


def authenticator_for(payer: Payer) -> Authenticator:
    """Who knows this payer's callers; JWK Sets are read only from the very URLs the configuration names."""
    settings = payer.settings
    return Authenticator(
        directory=payer.directory,
        ring=KeyRing(lambda url: fetch(url, [url], limits=KEYS, private_networks=settings.private_networks).body, payer.clock),
        once=payer.memory,
        mint=Mint(payer.memory, settings.public_url, payer.clock),
        clock=payer.clock,
        pace=Pace(settings.requests_per_second, settings.burst, payer.clock),
        public_url=settings.public_url,
        open=settings.open,
        strict_replay=settings.cds_strict_replay,
    )


def _host_called() -> str | None:
    """The host name the caller used; a page that had its own name lead here (DNS rebinding) is known by it."""
    try:
        return urlsplit(f"//{request.host}").hostname
    except ValueError:
        return None


def _door() -> errors.Door:
    base = cds.base_of(request.path)
    if base:
        return "cds 2.2" if cds.dialect_spoken(g.get("body", b""), cds.BASES[base]) == "2.2" else "cds 2.0.1"
    return "fhir" if fhir.guide_at(request.path) else "other"


def _outcome(outcome: dict[str, Any], door: errors.Door) -> tuple[bytes, str]:
    """A refusal's OperationOutcome in the format the caller wants, where there is a choice."""
    guide = fhir.guide_at(request.path)
    return written(outcome, guide) if guide else errors.in_json(outcome, door)


def _response(answer: errors.Answer, headers: Mapping[str, str] | None = None) -> Response:
    response = Response(answer.body, answer.status, content_type=answer.media_type)
    response.headers.update({**answer.headers, **(headers or {})})
    return response
