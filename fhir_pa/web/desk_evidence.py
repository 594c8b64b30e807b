"""Pages of what was received and what is sent: one resource, its attached documents, the letters."""

from __future__ import annotations

import base64
import hashlib
import re

from flask import Blueprint, Response, g

from fhir_pa.web.desk_page import page
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer

_STYLE = re.compile(rb"<style>(.*?)</style>", re.S)
INLINE = frozenset({"image/jpeg", "image/png", "text/plain"})


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the addresses to the desk."""

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
        response = Response(body, content_type=kind + ("; charset=utf-8" if kind == "text/plain" else ""))
        response.headers["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
        way, ending = ("inline" if kind in INLINE else "attachment"), kind.rpartition("/")[2]
        response.headers["Content-Disposition"] = f'{way}; filename="{number}-{position + 1}.{"bin" if ending == "octet-stream" else ending}"'
        return response

    @base.get("/cases/<number>/letters/<audience>.<form>")
    def letter(number: str, audience: str, form: str) -> Response:
        kind, body = offered.letter(number, audience, form, g.caller, payer)
        response = Response(body, content_type=kind)
        response.headers["Content-Security-Policy"] = f"default-src 'none'; style-src {_styles(body)}; base-uri 'none'; frame-ancestors 'none'"
        return response


def _styles(body: bytes) -> str:
    """The letter's own style, by its fingerprint: nothing else may style the page."""
    return " ".join(f"'sha256-{base64.b64encode(hashlib.sha256(each).digest()).decode()}'" for each in _STYLE.findall(body)) or "'none'"
