"""The addresses at which a system reads back and searches what it submitted, below a FHIR base (FHIR R4 §read, §search)."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, request

from fhir_pa.auth.caller import Caller
from fhir_pa.web.media_types import answer_resource
from fhir_pa.web.offered import Offered, Payer
from questionnaires.package_request import Guide

KEPT = ("ClaimResponse", "Claim", "Bundle", "Task", "CommunicationRequest", "Communication")


def add_cases(base: Blueprint, payer: Payer, offered: Offered, admit: Callable[[str], Caller]) -> None:
    """Put the addresses on a base; ``admit`` lets a caller in for an operation, or refuses."""
    for kind in KEPT:
        _add(base, kind, payer, offered, admit)


def _add(base: Blueprint, kind: str, payer: Payer, offered: Offered, admit: Callable[[str], Caller]) -> None:
    def search(guide: Guide) -> Response:
        caller = admit(f"search {kind}")
        asked = request.args.to_dict(flat=False)
        if request.method == "POST":
            for name, values in request.form.to_dict(flat=False).items():
                asked.setdefault(name, []).extend(values)
        return answer_resource(offered.cases.search(kind, asked, guide, caller, payer), guide)

    def read(guide: Guide, identity: str) -> Response:
        return answer_resource(offered.cases.read(kind, identity, guide, admit(f"read {kind}"), payer), guide)

    base.add_url_rule(f"/{kind}", f"search {kind}", search, methods=["GET"])
    base.add_url_rule(f"/{kind}/_search", f"search {kind}", search, methods=["POST"])
    base.add_url_rule(f"/{kind}/<fhir_id:identity>", f"read {kind}", read, methods=["GET"])
