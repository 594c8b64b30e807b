"""Pages of what was received and what is sent: one resource, its attached documents, a search in all of them, the letters."""

from __future__ import annotations

from urllib.parse import urlencode

from flask import Blueprint, Response, g, request

from fhir_pa.web import fragment, papers
from fhir_pa.web.desk.page import page, part
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the addresses to the desk."""

    @base.get("/cases/<number>/evidence")
    def search(number: str) -> Response:
        told = offered.search(number, request.args.get("search", ""), g.caller, payer)
        if fragment.wanted() == "found":
            return part("places", **told)
        words = {"here": "", "plan": payer.directory.insurer.name, "session": g.session, "me": g.caller.person}
        return page("found", **words, **told, twin=f"/desk/cases/{number}/evidence.json?{urlencode({'search': told['sought']})}")

    @base.get("/cases/<number>/evidence.json")
    def search_as_data(number: str) -> Response:
        return answer(offered.search(number, request.args.get("search", ""), g.caller, payer), media_type=JSON)

    @base.get("/cases/<number>/evidence/<sha256>")
    def resource(number: str, sha256: str) -> Response:
        if sha256.endswith(".json"):
            return answer(offered.evidence.resource(number, sha256.removesuffix(".json"), g.caller, payer)["resource"], media_type=JSON)
        told = offered.evidence.resource(number, sha256, g.caller, payer)
        words = {"here": "", "plan": payer.directory.insurer.name, "session": g.session, "me": g.caller.person}
        return page("evidence", **words, **told, twin=f"/desk/cases/{number}/evidence/{sha256}.json")

    @base.get("/cases/<number>/evidence/<sha256>/attachments/<int:position>")
    def attachment(number: str, sha256: str, position: int) -> Response:
        kind, body = offered.evidence.attachment(number, sha256, position, g.caller, payer)
        return papers.attachment(kind, body, f"{number}-{position + 1}")

    @base.get("/cases/<number>/letters/<audience>.<form>")
    def letter(number: str, audience: str, form: str) -> Response:
        kind, body = offered.letter(number, audience, form, g.caller, payer)
        return papers.letter(kind, body)
