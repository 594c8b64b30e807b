"""The reviewers' desk: sign-in and worklist, and every page below them joined; each page has a JSON twin."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import staff_seats
from fhir_pa.auth.directory import CASEWORK, LINES_OF_BUSINESS, TAKES
from fhir_pa.web import errors, sign_in
from fhir_pa.web.desk import case as desk_case
from fhir_pa.web.desk import evidence as desk_evidence
from fhir_pa.web.desk import operator as desk_operator
from fhir_pa.web.desk import policies as desk_policies
from fhir_pa.web.desk.forms import body_of
from fhir_pa.web.desk.page import page, see
from fhir_pa.web.desk.theirs import refuse_others
from fhir_pa.web.desk.twins import framed
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from fhir_pa.web.page import asset
from fhir_pa.web.public import LINES
from ig_profiles.outcome import Refusal, Unprocessable

PER_PAGE = "25"
FILTERS = ("waits_for", "line", "role", "specialty", "owner", "urgent", "overdue", "q")
ALERTS = 5


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered, timings: desk_operator.Timings) -> Blueprint:
    """The addresses under ``/desk``."""
    base = Blueprint("desk", __name__, url_prefix="/desk")
    directory = payer.directory
    entrance = sign_in.Entrance("/desk", "fhir_pa_desk", ("/desk/cases/", "/desk/policies", "/desk/operator"), staff_seats(directory), directory.people, page)
    sign_in.attend(base, entrance, payer, authenticator)
    base.before_request(lambda: refuse_others(g.caller, payer, offered.managing) if g.get("caller") else None)
    desk_case.attend(base, payer, offered)
    desk_evidence.attend(base, payer, offered)
    desk_policies.attend(base, payer, offered)
    desk_operator.attend(base, payer, offered, timings)

    @base.get("")
    def worklist() -> Response:
        return show()

    def show(changed: dict[str, Any] | None = None, wrong: str = "", status: int = 200) -> Response:
        if not g.caller.holds(*CASEWORK):
            return see(f"/desk/{'operator' if g.caller.holds('operator') else 'policies'}")
        asked = _asked()
        told = offered.worklist.worklist(asked, g.caller, payer)
        ringing = list({each["number"]: each for each in offered.fall_due.alerts(g.caller, payer)["alerts"]}.values())  # the latest of each case
        return page(
            "worklist",
            status,
            **framed(payer, "worklist"),
            **told,
            alerts=ringing[:ALERTS],
            more_alerts=max(0, len(ringing) - ALERTS),
            asked=asked,
            changed=changed,
            wrong=wrong,
            takes=g.caller.holds(*TAKES),
            people=[each for each in payer.directory.people if set(TAKES) & set(each.roles)],
            lines=[(line, LINES[line]) for line in LINES_OF_BUSINESS],
            turned=lambda **changed: _address({**asked, "page": "1", **changed}),
            twin=_address(asked, "/desk/worklist.json"),
        )

    @base.get("/worklist.json")
    def worklist_as_data() -> Response:
        return answer(offered.worklist.worklist(_asked(), g.caller, payer), media_type=JSON)

    @base.post("")
    def take_several() -> Response:
        try:
            return show(offered.worklist.take_several(body_of("several", request.form), g.caller, payer))
        except Unprocessable as refusal:
            return show(wrong=refusal.issues[0].text, status=errors.status_of(refusal, "other"))

    @base.post("/cases/<number>/owner")
    def take(number: str) -> Response:
        offered.worklist.take(number, body_of("owner", request.form), g.caller, payer)
        to = "/desk" if request.form.get("then") == "worklist" else f"/desk/cases/{number}?done=owner"
        return see(to)

    @base.post("/cases/<number>/seen")
    def seen(number: str) -> Response:
        offered.fall_due.seen(number, g.caller, payer)
        return see("/desk")

    base.get("/assets/<name>")(asset)

    @base.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        status = errors.status_of(refusal, "other")
        if request.path.endswith(".json") or status >= 500:
            told = errors.refused(refusal, "other", g.request_id)
            return Response(told.body, told.status, content_type=told.media_type)
        return page("stopped", status, **framed(payer, ""), issues=[each.text for each in refusal.issues])

    return base


def _asked() -> dict[str, str]:
    wanted = {name: request.args[name] for name in (*FILTERS, "page") if request.args.get(name)}
    return {**wanted, "per_page": PER_PAGE}


def _address(asked: dict[str, str], path: str = "/desk") -> str:
    told = {name: value for name, value in asked.items() if value and (name, value) != ("page", "1") and name != "per_page"}
    return f"{path}?{urlencode(told)}" if told else path
