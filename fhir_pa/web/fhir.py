"""The FHIR addresses of one guide generation: metadata, PAS, DTR, Subscription and attachment operations.

One blueprint, registered once per generation (pas.md §1.1: a base for each).
"""

from __future__ import annotations

from flask import Blueprint, Response, g, request
from flask.typing import ResponseReturnValue

from fhir_pa import wiring
from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.caller import Caller
from fhir_pa.web.cases import add_cases
from fhir_pa.web.forms import add_forms
from fhir_pa.web.front import certificate_of_caller
from fhir_pa.web.media_types import FHIR_FORMATS, answer_resource, check_accepted, check_agreement, check_content, read_body
from fhir_pa.web.offered import Offered, Operation, Payer
from questionnaires.package_request import Guide

GENERATIONS = {base: guide for guide, base in wiring.GENERATIONS.items()}


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered) -> Blueprint:
    """The addresses, to be registered with a ``url_prefix`` and ``url_defaults={"guide": …}``."""
    base = Blueprint("fhir", __name__)

    def admit(operation: str) -> Caller:
        g.caller = caller = authenticator.bearer(request.headers.get("Authorization"), certificate_of_caller(payer.settings))
        authenticator.pace.take(caller.id)
        caller.must_be_allowed(operation)
        check_accepted(FHIR_FORMATS)
        return caller

    def admit_body(operation: str) -> tuple[Caller, bytes]:
        caller = admit(operation)
        check_content(FHIR_FORMATS)
        body = read_body(payer.settings.max_body_bytes)
        check_agreement(body)
        return caller, body

    def offer(name: str, operation: Operation, *paths: str) -> None:
        """An operation that takes a resource and answers one: POST, 200."""

        def perform(guide: Guide) -> Response:
            caller, body = admit_body(name)
            return answer_resource(operation(body, guide, caller, payer), guide)

        for path in paths:
            base.add_url_rule(path, name, perform, methods=["POST"])

    offer("submit", offered.submit, "/Claim/$submit")
    offer("inquire", offered.inquire, "/Claim/$inquire")
    offer("submit_attachment", offered.submit_attachment, "/$submit-attachment")
    add_cases(base, payer, offered, admit)
    add_forms(base, payer, offered, admit, admit_body)

    @base.post("/<kind>/$validate")
    def validate(guide: str, kind: str) -> Response:
        caller, body = admit_body("validate")
        return answer_resource(offered.validate(body, kind, request.args.get("profile"), guide, caller, payer), guide)

    @base.get("/metadata")
    def metadata(guide: Guide) -> Response:
        check_accepted(FHIR_FORMATS)
        return answer_resource(offered.metadata(guide, payer), guide)

    @base.post("/Subscription")
    def subscribe_create(guide: Guide) -> Response:
        caller, body = admit_body("subscribe.create")
        made = offered.subscribe.create(body, guide, caller, payer)
        created = answer_resource(made, guide, 201)
        created.headers["Location"] = f"{payer.settings.public_url}{request.path}/{made['id']}"
        return created

    @base.get("/Subscription")
    def subscribe_search(guide: Guide) -> Response:
        caller = admit("subscribe.search")
        return answer_resource(offered.subscribe.search(request.args.to_dict(flat=False), guide, caller, payer), guide)

    @base.get("/Subscription/<identity>")
    def subscribe_read(guide: Guide, identity: str) -> Response:
        caller = admit("subscribe.read")
        return answer_resource(offered.subscribe.read(identity, guide, caller, payer), guide)

    @base.put("/Subscription/<identity>")
    def subscribe_update(guide: Guide, identity: str) -> Response:
        caller, body = admit_body("subscribe.update")
        return answer_resource(offered.subscribe.update(identity, body, guide, caller, payer), guide)

    @base.delete("/Subscription/<identity>")
    def subscribe_delete(guide: Guide, identity: str) -> ResponseReturnValue:
        offered.subscribe.delete(identity, guide, admit("subscribe.delete"), payer)
        return "", 204

    @base.route("/Subscription/$status", methods=["GET", "POST"], defaults={"identity": ""})
    @base.route("/Subscription/<identity>/$status", methods=["GET", "POST"])
    def subscribe_status(guide: Guide, identity: str) -> Response:
        caller = admit("subscribe.status")
        identities = (identity,) if identity else tuple(request.args.getlist("id"))
        return answer_resource(offered.subscribe.status(identities, guide, caller, payer), guide)

    @base.route("/Subscription/<identity>/$events", methods=["GET", "POST"])
    def subscribe_events(guide: Guide, identity: str) -> Response:
        asked = request.args.to_dict(flat=False)
        if request.method == "POST":
            caller, body = admit_body("subscribe.events")
            asked |= offered.expand.parameters_of(body, guide, payer)
        else:
            caller = admit("subscribe.events")
        return answer_resource(offered.subscribe.events(identity, asked, guide, caller, payer), guide)

    return base


def guide_at(path: str) -> str | None:
    """The guide spoken at this path: that of the FHIR base it lies under, or None."""
    return next((guide for base, guide in GENERATIONS.items() if path.startswith(f"/{base}/fhir")), None)
