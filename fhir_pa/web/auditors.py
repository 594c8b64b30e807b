"""The addresses of auditors: kept hook calls, assertions, and who looked at them. JSON, with a person's token."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.caller import Caller
from fhir_pa.web.media_types import JSON, answer, check_accepted
from fhir_pa.web.offered import Offered, Payer


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered) -> Blueprint:
    """Beside the reviewers' addresses under ``/um``."""
    base = Blueprint("audit", __name__, url_prefix="/um")

    def admit() -> Caller:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"))
        caller.must_be_staff()
        check_accepted()
        return caller

    @base.get("/hook-calls")
    def hook_calls() -> Response:
        return answer(offered.hook_audit.search(request.args.to_dict(), admit(), payer), media_type=JSON)

    @base.get("/hook-calls/<call_id>")
    def hook_call(call_id: str) -> Response:
        return answer(offered.hook_audit.read(call_id, admit(), payer), media_type=JSON)

    @base.get("/assertions/<assertion_id>")
    def assertion(assertion_id: str) -> Response:
        return answer(offered.hook_audit.assertion(assertion_id, admit(), payer), media_type=JSON)

    @base.get("/looks")
    def looks() -> Response:
        return answer(offered.hook_audit.looks(admit(), payer), media_type=JSON)

    return base
