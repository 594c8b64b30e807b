"""The addresses of practices besides FHIR: one plain question, one plain answer. JSON, with an access token of their system."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.web.media_types import JSON, answer, check_accepted
from fhir_pa.web.offered import Offered, Payer


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered) -> Blueprint:
    """The addresses under ``/practice``."""
    base = Blueprint("practice", __name__, url_prefix="/practice")

    @base.get("/status")
    def status() -> Response:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"))
        check_accepted()
        return answer(offered.status.status(request.args, caller, payer), media_type=JSON)

    return base
