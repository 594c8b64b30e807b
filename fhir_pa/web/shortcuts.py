"""Short addresses people remember and type, each leading on to the page it means."""

from __future__ import annotations

from flask import Blueprint, Response

from fhir_pa.web.page import see

LEADS_TO = {"/policies": "/desk/policies", "/operator": "/desk/operator"}


def blueprint() -> Blueprint:
    """The addresses; whoever follows one signs in there."""
    base = Blueprint("shortcuts", __name__)

    def leading(to: str) -> Response:
        return see(to)

    for short, to in LEADS_TO.items():
        base.add_url_rule(short, f"to {to}", leading, defaults={"to": to}, methods=["GET"])
    return base
