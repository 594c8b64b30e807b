"""The addresses of the payer's own staff: the worklist, one authorization, decisions, measures, trials of policies. JSON, with a person's token."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.caller import Caller
from fhir_pa.web.desk.theirs import refuse_others
from fhir_pa.web.media_types import JSON, answer, check_accepted, check_content, read_body
from fhir_pa.web.offered import Offered, Payer

Operation = Callable[..., dict[str, Any]]
ONE = "/authorizations/<number>"
TALK, APPEAL = f"{ONE}/peer-to-peers/<int:conversation>", f"{ONE}/appeals/<int:appeal>"


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered) -> Blueprint:
    """The addresses under ``/um``; what stands in an address is handed to its operation in that order, which asks for the role it needs."""
    base = Blueprint("um", __name__, url_prefix="/um")

    def admit() -> Caller:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"))
        caller.must_be_person()
        refuse_others(caller, payer, offered.managing)
        check_accepted()
        return caller

    def reads(path: str, name: str, operation: Operation) -> None:
        base.add_url_rule(path, name, lambda **named: answer(operation(*named.values(), admit(), payer), media_type=JSON), methods=["GET"])

    def counts(path: str, name: str, operation: Operation) -> None:
        base.add_url_rule(path, name, lambda: answer(operation(request.args.to_dict(), admit(), payer), media_type=JSON), methods=["GET"])

    def acts(path: str, name: str, operation: Operation) -> None:
        def act(**named: Any) -> Response:
            caller = admit()
            check_content()
            return answer(operation(*named.values(), read_body(payer.settings.max_body_bytes), caller, payer), media_type=JSON)

        base.add_url_rule(path, name, act, methods=["POST"])

    counts("/worklist", "worklist", offered.worklist.worklist)
    counts("/measures/public", "public", offered.figures.public)
    counts("/measures/watched", "watched", offered.figures.watched)
    counts("/measures/feedback", "feedback", offered.measures.feedback)
    reads("/alerts", "alerts", offered.fall_due.alerts)
    reads("/stays", "stays", offered.stays)
    reads(ONE, "authorization", offered.review.read)
    reads(TALK, "brief", offered.peer_to_peer.brief)
    reads(f"{APPEAL}/packet", "packet", offered.appeal.packet)
    acts("/worklist/owner", "take_several", offered.worklist.take_several)
    acts(f"{ONE}/owner", "take", offered.worklist.take)
    acts(f"{ONE}/decisions", "decide", offered.review.decide)
    acts(f"{ONE}/reopenings", "reopen", offered.review.reopen)
    acts(f"{ONE}/extensions", "extend", offered.review.extend)
    acts(f"{ONE}/questions", "ask", offered.review.ask)
    acts(f"{ONE}/evidence-seen", "let_stand", offered.review.let_stand)
    acts(TALK, "record", offered.peer_to_peer.record)
    acts(f"{ONE}/contacts", "contact", offered.contact)
    acts(f"{ONE}/appeals", "file", offered.appeal.file)
    acts(APPEAL, "act", offered.appeal.act)
    acts(f"{ONE}/uses", "use", offered.status.use)
    acts("/policies/<topic>/trials", "try_on_patient", offered.policy_trial.try_on_patient)

    @base.post(f"{ONE}/alerts/seen")
    def seen(number: str) -> Response:
        return answer(offered.fall_due.seen(number, admit(), payer), media_type=JSON)

    @base.get(f"{ONE}/evidence")
    def search_evidence(number: str) -> Response:
        return answer(offered.search(number, request.args.get("search", ""), admit(), payer), media_type=JSON)

    @base.get(f"{ONE}/letters/<audience>.<form>")
    def letter(number: str, audience: str, form: str) -> Response:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"))
        refuse_others(caller, payer, offered.managing)
        kind, body = offered.letter(number, audience, form, caller, payer)
        return Response(body, content_type=kind)

    return base
