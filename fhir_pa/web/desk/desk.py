"""The reviewers' desk: sign-in, and every page behind it joined; each page has a JSON twin."""

from __future__ import annotations

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import staff_seats
from fhir_pa.web import errors, fragment, sign_in
from fhir_pa.web.desk import agreement as desk_agreement
from fhir_pa.web.desk import beside as desk_beside
from fhir_pa.web.desk import case as desk_case
from fhir_pa.web.desk import episode as desk_episode
from fhir_pa.web.desk import evidence as desk_evidence
from fhir_pa.web.desk import operator as desk_operator
from fhir_pa.web.desk import policies as desk_policies
from fhir_pa.web.desk import worklist as desk_worklist
from fhir_pa.web.desk.page import page
from fhir_pa.web.desk.theirs import refuse_others
from fhir_pa.web.desk.twins import framed
from fhir_pa.web.offered import Offered, Payer
from fhir_pa.web.page import asset, trouble
from ig_profiles.outcome import Refusal

BELOW = ("/desk/cases/", "/desk/policies", "/desk/operator", "/desk/admissions", "/desk/demands", "/desk/follow-ups")


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered, timings: desk_operator.Timings) -> Blueprint:
    """The addresses under ``/desk``."""
    base = Blueprint("desk", __name__, url_prefix="/desk")
    directory = payer.directory
    entrance = sign_in.Entrance("/desk", "fhir_pa_desk", BELOW, staff_seats(directory), directory.people, page)
    sign_in.attend(base, entrance, payer, authenticator)
    base.before_request(lambda: refuse_others(g.caller, payer, offered.managing) if g.get("caller") else None)
    desk_worklist.attend(base, payer, offered)
    desk_case.attend(base, payer, offered)
    desk_evidence.attend(base, payer, offered)
    desk_episode.attend(base, payer, offered)
    desk_beside.attend(base, payer, offered)
    desk_policies.attend(base, payer, offered)
    desk_agreement.attend(base, payer, offered)
    desk_operator.attend(base, payer, offered, timings)

    base.get("/assets/<name>")(asset)

    @base.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        status = errors.status_of(refusal, "other")
        if request.path.endswith(".json") or status >= 500:
            told = errors.refused(refusal, "other", g.request_id)
            return Response(told.body, told.status, content_type=told.media_type)
        if fragment.asked():
            return trouble([each.text for each in refusal.issues], status)
        return page("stopped", status, **framed(payer, ""), issues=[each.text for each in refusal.issues])

    return base
