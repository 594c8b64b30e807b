"""The addresses of what looks back and of the figures of utilization management. JSON, with the token of a person or of a provider's system."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.caller import Caller
from fhir_pa.web.desk.theirs import refuse_others
from fhir_pa.web.managing import Managing
from fhir_pa.web.media_types import JSON, answer, check_accepted, check_content, read_body
from fhir_pa.web.offered import Payer

ONE = "/um/authorizations/<number>"
DEMAND = f"{ONE}/recoupments/<int:recoupment>"
CSV = "text/csv"


def blueprint(payer: Payer, authenticator: Authenticator, managing: Managing) -> Blueprint:
    """The addresses; what stands in an address is handed to its operation in that order. Who may what is the operation's to say."""
    base = Blueprint("management", __name__)

    def admit() -> Caller:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"))
        refuse_others(caller, payer, managing)
        return caller

    def counts(path: str, name: str, operation: Callable[..., dict[str, Any]]) -> None:
        def count() -> Response:
            caller = admit()
            check_accepted()
            return answer(operation(request.args.to_dict(), caller, payer), media_type=JSON)

        base.add_url_rule(path, name, count, methods=["GET"])

    def acts(path: str, name: str, operation: Callable[..., dict[str, Any]], status: int = 200) -> None:
        def act(**named: Any) -> Response:
            caller = admit()
            check_accepted()
            if request.mimetype != CSV:
                check_content()
            return answer(operation(*named.values(), read_body(payer.settings.max_body_bytes), caller, payer), status, media_type=JSON)

        base.add_url_rule(path, name, act, methods=["POST"])

    acts("/facility/admissions", "admission", managing.admission, 201)
    acts("/um/claims", "claims", managing.claims)
    acts(f"{ONE}/recoupments", "demand", managing.demand)
    acts(DEMAND, "demand_became", managing.demand_became)
    counts("/um/measures/four", "four", managing.four)
    counts("/um/measures/variation", "variation", managing.variation)
    counts("/um/measures/missing", "missing", managing.missing)
    counts("/um/measures/causes", "causes", managing.causes)
    counts("/um/measures/population", "population", managing.population)
    counts("/um/measures/ages", "ages", managing.ages)
    counts("/um/measures/agreement", "agreement", managing.agreement)
    counts("/um/second-readings", "second_readings", managing.second_readings)
    acts("/um/second-readings", "draw", managing.draw, 201)
    acts("/um/second-readings/<identity>", "read", managing.read)
    counts("/um/follow-ups", "follow_ups", managing.follow_ups)
    acts("/um/follow-ups", "follow_up", managing.follow_up, 201)
    acts("/um/follow-ups/<identity>", "followed", managing.followed)
    acts(f"{ONE}/referrals", "refer", managing.refer)
    acts(f"{ONE}/early-ends", "end_early", managing.end_early)
    acts(f"{ONE}/acknowledgements", "acknowledged", managing.acknowledged)
    acts(f"{ONE}/looks", "ask_for_review", managing.ask_for_review)
    counts("/practice/measures/four", "practice_four", managing.four)

    @base.get("/um/second-readings/<identity>")
    def blind(identity: str) -> Response:
        return answer(managing.blind(identity, admit(), payer), media_type=JSON)

    @base.get(f"{ONE}/episode")
    def episode(number: str) -> Response:
        return answer(managing.episode(number, admit(), payer), media_type=JSON)

    @base.get(f"{DEMAND}.<form>")
    def notice(number: str, recoupment: int, form: str) -> Response:
        kind, body = managing.demand_notice(number, recoupment, form, admit(), payer)
        return Response(body, content_type=kind)

    return base
