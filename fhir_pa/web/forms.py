"""The DTR addresses below a FHIR base: packages, the next question, error reports, value sets, and what policies publish.

Chapter: DTR payer service (dtr.md §1.2): the operations answer at the type, at the system level and for one form.
"""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from fhir_pa.auth.caller import Caller
from fhir_pa.web.media_types import answer_resource
from fhir_pa.web.offered import Offered, Operation, Payer
from questionnaires.package_request import Guide

PUBLISHED = ("Questionnaire", "Library", "ValueSet")


def add_forms(base: Blueprint, payer: Payer, offered: Offered, admit: Callable[[str], Caller], admit_body: Callable[[str], tuple[Caller, bytes]]) -> None:
    """Put the addresses on a base; ``admit`` and ``admit_body`` let a caller in for an operation, or refuse."""

    def package(guide: Guide, identity: str = "") -> Response:
        caller, body = admit_body("questionnaire_package")
        named = {"identity": identity} if identity else {}
        return answer_resource(offered.questionnaire_package(body, guide, caller, payer, **named), guide)

    def offer(name: str, operation: Operation) -> Callable[..., Response]:
        def perform(guide: Guide, identity: str = "") -> Response:
            caller, body = admit_body(name)
            return answer_resource(operation(body, guide, caller, payer), guide)

        return perform

    operations = {
        "questionnaire-package": package,
        "next-question": offer("next_question", offered.next_question),
        "log-questionnaire-errors": offer("log_questionnaire_errors", offered.log_questionnaire_errors),
    }
    for name, perform in operations.items():
        for path in (f"/Questionnaire/${name}", f"/${name}", f"/Questionnaire/<identity>/${name}"):
            base.add_url_rule(path, name, perform, methods=["POST"])

    @base.route("/ValueSet/$expand", methods=["GET", "POST"], defaults={"identity": ""})
    @base.route("/ValueSet/<identity>/$expand", methods=["GET", "POST"])
    def expand(guide: Guide, identity: str) -> Response:
        asked = request.args.to_dict(flat=False)
        if request.method == "POST":
            _, body = admit_body("expand")
            asked |= offered.expand.parameters_of(body, guide, payer)
        else:
            admit("expand")
        return answer_resource(offered.expand.expand(asked, identity, payer), guide)

    for kind in PUBLISHED:
        _publish(base, kind, payer, offered, admit)


def _publish(base: Blueprint, kind: str, payer: Payer, offered: Offered, admit: Callable[[str], Caller]) -> None:
    def search(guide: Guide) -> Response:
        admit(f"search {kind}")
        return answer_resource(offered.published.search(kind, request.args.to_dict(flat=False), guide, payer), guide)

    def read(guide: Guide, identity: str) -> Response:
        admit(f"read {kind}")
        return answer_resource(offered.published.read(kind, identity, guide, payer), guide)

    base.add_url_rule(f"/{kind}", f"search {kind}", search, methods=["GET"])
    base.add_url_rule(f"/{kind}/<fhir_id:identity>", f"read {kind}", read, methods=["GET"])
