"""The addresses of the payer's own staff: the worklist, one authorization, decisions, reopenings, extensions, measures. JSON, with a person's token."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.caller import Caller
from fhir_pa.web.media_types import JSON, answer, check_accepted, check_content, read_body
from fhir_pa.web.offered import Offered, Payer


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered) -> Blueprint:
    """The addresses under ``/um``."""
    base = Blueprint("um", __name__, url_prefix="/um")

    def admit() -> Caller:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"))
        caller.must_be_staff()
        check_accepted()
        return caller

    def admit_body() -> tuple[Caller, bytes]:
        caller = admit()
        check_content()
        return caller, read_body(payer.settings.max_body_bytes)

    @base.get("/worklist")
    def worklist() -> Response:
        return answer(offered.worklist.worklist(request.args.to_dict(), admit(), payer), media_type=JSON)

    @base.post("/authorizations/<number>/owner")
    def take(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.worklist.take(number, body, caller, payer), media_type=JSON)

    @base.get("/measures/public")
    def public() -> Response:
        return answer(offered.figures.public(request.args.to_dict(), admit(), payer), media_type=JSON)

    @base.get("/measures/watched")
    def watched() -> Response:
        return answer(offered.figures.watched(request.args.to_dict(), admit(), payer), media_type=JSON)

    @base.get("/measures/feedback")
    def feedback() -> Response:
        return answer(offered.measures.feedback(request.args.to_dict(), admit(), payer), media_type=JSON)

    @base.get("/alerts")
    def alerts() -> Response:
        return answer(offered.fall_due.alerts(admit(), payer), media_type=JSON)

    @base.get("/stays")
    def stays() -> Response:
        return answer(offered.stays(admit(), payer), media_type=JSON)

    @base.post("/authorizations/<number>/alerts/seen")
    def seen(number: str) -> Response:
        return answer(offered.fall_due.seen(number, admit(), payer), media_type=JSON)

    @base.get("/authorizations/<number>")
    def authorization(number: str) -> Response:
        return answer(offered.review.read(number, admit(), payer), media_type=JSON)

    @base.post("/authorizations/<number>/decisions")
    def decide(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.review.decide(number, body, caller, payer), media_type=JSON)

    @base.post("/authorizations/<number>/reopenings")
    def reopen(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.review.reopen(number, body, caller, payer), media_type=JSON)

    @base.post("/authorizations/<number>/extensions")
    def extend(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.review.extend(number, body, caller, payer), media_type=JSON)

    @base.post("/authorizations/<number>/questions")
    def ask(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.review.ask(number, body, caller, payer), media_type=JSON)

    @base.post("/authorizations/<number>/evidence-seen")
    def let_stand(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.review.let_stand(number, body, caller, payer), media_type=JSON)

    @base.get("/authorizations/<number>/peer-to-peers/<int:conversation>")
    def brief(number: str, conversation: int) -> Response:
        return answer(offered.peer_to_peer.brief(number, conversation, admit(), payer), media_type=JSON)

    @base.post("/authorizations/<number>/peer-to-peers/<int:conversation>")
    def record(number: str, conversation: int) -> Response:
        caller, body = admit_body()
        return answer(offered.peer_to_peer.record(number, conversation, body, caller, payer), media_type=JSON)

    @base.post("/authorizations/<number>/contacts")
    def contact(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.contact(number, body, caller, payer), media_type=JSON)

    @base.post("/authorizations/<number>/appeals")
    def file(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.appeal.file(number, body, caller, payer), media_type=JSON)

    @base.post("/authorizations/<number>/appeals/<int:appeal>")
    def act(number: str, appeal: int) -> Response:
        caller, body = admit_body()
        return answer(offered.appeal.act(number, appeal, body, caller, payer), media_type=JSON)

    @base.get("/authorizations/<number>/appeals/<int:appeal>/packet")
    def packet(number: str, appeal: int) -> Response:
        return answer(offered.appeal.packet(number, appeal, admit(), payer), media_type=JSON)

    @base.get("/authorizations/<number>/letters/<audience>.<form>")
    def letter(number: str, audience: str, form: str) -> Response:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"))
        kind, body = offered.letter(number, audience, form, caller, payer)
        return Response(body, content_type=kind)

    @base.post("/authorizations/<number>/uses")
    def use(number: str) -> Response:
        caller, body = admit_body()
        return answer(offered.status.use(number, body, caller, payer), media_type=JSON)

    return base
