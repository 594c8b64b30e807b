"""The plan's public pages: what needs authorization, every policy with its editions, the yearly figures; each page with a JSON twin."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, request

from fhir_pa.auth.directory import LINES_OF_BUSINESS
from fhir_pa.web.language import language_of, others, remember
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from fhir_pa.web.spoken import Teller, pages, times
from fhir_pa.words.said import Translated
from ig_profiles.outcome import NotFound

CSP = "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
KEPT = "public, max-age=300"
LINES = {"medicare-advantage": "Medicare Advantage", "medicaid": "Medicaid", "commercial-erisa": "Employer plans", "qhp": "Marketplace plans"}
_SHELF = files("fhir_pa.web").joinpath("assets")
_ASSETS = {name: (kind, _SHELF.joinpath(name).read_bytes()) for name, kind in (("plan.css", "text/css"), ("icon.svg", "image/svg+xml"))}


def blueprint(payer: Payer, offered: Offered) -> Blueprint:
    """The addresses under ``/plan``; anybody may read them."""
    base = Blueprint("public", __name__, url_prefix="/plan")

    def page(template: str, here: str, twin: str, told: dict[str, Any]) -> Response:
        language = language_of()
        known = Translated(language, _spoken(told, language))
        teller = Teller(language)
        framed = {"language": language, "others": others(language), "tell": lambda english: teller.tell(known(english)), "teller": teller}
        framed |= times(language, payer.settings.time_zone)
        words = {"here": here, "twin": twin, "lines": LINES_OF_BUSINESS, "year": payer.clock().year, **framed, **told}
        response = _kept(Response(pages(language).get_template(template).render(words), mimetype="text/html"))
        return remember(response, payer.settings.public_url.startswith("https://"))

    @base.get("")
    def services() -> Response:
        return page("services.html.j2", "services", "/plan/services.json", offered.published_plan.services(request.args.to_dict(), payer))

    @base.get("/services.json")
    def services_as_data() -> Response:
        return _kept(answer(offered.published_plan.services(request.args.to_dict(), payer), media_type=JSON))

    @base.get("/policies/<topic>")
    def policy(topic: str) -> Response:
        if topic.endswith(".json"):
            return _kept(answer(offered.published_plan.policy(topic.removesuffix(".json"), payer), media_type=JSON))
        return page("policy.html.j2", "policy", f"/plan/policies/{topic}.json", offered.published_plan.policy(topic, payer))

    @base.get("/figures/<year>")
    def figures(year: str) -> Response:
        asked = request.args.to_dict()
        if year.endswith(".json"):
            return _kept(answer(offered.published_plan.figures(year.removesuffix(".json"), asked, payer), media_type=JSON))
        line = f"?line={asked['line']}" if asked.get("line") in LINES_OF_BUSINESS else ""
        return page("figures.html.j2", "figures", f"/plan/figures/{year}.json{line}", offered.published_plan.figures(year, asked, payer))

    @base.get("/assets/<name>")
    def asset(name: str) -> Response:
        kind, body = _ASSETS.get(name, ("", b""))
        if not kind:
            raise NotFound(f"There is no '{name}' here.")
        return _kept(Response(body, mimetype=kind))

    return base


def _spoken(told: dict[str, Any], language: str) -> dict[str, str]:
    """What the policies on this page say, in this language."""
    spoken = [told, *told.get("policies", ())]
    return {english: said for each in spoken for english, said in each.get("translations", {}).get(language, {}).items()}


def _kept(response: Response) -> Response:
    """What is public may be kept a while; a page loads nothing but its own style."""
    response.headers["Cache-Control"] = KEPT
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = CSP
    return response
