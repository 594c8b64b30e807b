"""The member's papers: the letter, and the case file with everything that was sent about a request."""

from __future__ import annotations

from collections.abc import Callable

from flask import Blueprint, Response, g

from fhir_pa.web import papers
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer


def attend(base: Blueprint, payer: Payer, offered: Offered, page: Callable[..., Response], spoken: Callable[[], str]) -> None:
    """Join the addresses to the member page."""

    @base.get("/requests/<number>/letter.<form>")
    def member_letter(number: str, form: str) -> Response:
        kind, body = offered.member_acts.letter(number, form, spoken(), g.session.caller, payer)
        return papers.letter(kind, body)

    @base.get("/requests/<number>/file")
    def case_file(number: str) -> Response:
        told = offered.member_acts.case_file(number, g.session.caller, payer)
        return page("file", **told, twin=f"/member/requests/{number}/file.json", back=f"/member/requests/{number}")

    @base.get("/requests/<number>/file.json")
    def case_file_as_data(number: str) -> Response:
        return answer(offered.member_acts.case_file(number, g.session.caller, payer), media_type=JSON)

    @base.get("/requests/<number>/file/<sha256>")
    def member_resource(number: str, sha256: str) -> Response:
        if sha256.endswith(".json"):
            return answer(offered.member_acts.resource(number, sha256.removesuffix(".json"), g.session.caller, payer)["resource"], media_type=JSON)
        told = offered.member_acts.resource(number, sha256, g.session.caller, payer)
        return page("document", **told, twin=f"/member/requests/{number}/file/{sha256}.json", back=f"/member/requests/{number}/file")

    @base.get("/requests/<number>/file/<sha256>/attachments/<int:position>")
    def member_attachment(number: str, sha256: str, position: int) -> Response:
        kind, body = offered.member_acts.attachment(number, sha256, position, g.session.caller, payer)
        return papers.attachment(kind, body, f"{number}-{position + 1}")
