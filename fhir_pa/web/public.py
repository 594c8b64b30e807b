"""The plan's public pages: what needs authorization, every policy with its editions, the yearly figures; each page with a JSON twin."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, request
from jinja2 import Environment, PackageLoader, StrictUndefined

from fhir_pa.auth.directory import LINES_OF_BUSINESS
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from ig_profiles.outcome import NotFound

CSP = "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
KEPT = "public, max-age=300"
_PAGES = Environment(loader=PackageLoader("fhir_pa.web"), undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
LINES = {"medicare-advantage": "Medicare Advantage", "medicaid": "Medicaid", "commercial-erisa": "Employer plans", "qhp": "Marketplace plans"}
_PAGES.filters["line"] = lambda line: LINES.get(line, line)
_STYLE = files("fhir_pa.web").joinpath("assets/plan.css").read_bytes()


def blueprint(payer: Payer, offered: Offered) -> Blueprint:
    """The addresses under ``/plan``; anybody may read them."""
    base = Blueprint("public", __name__, url_prefix="/plan")

    def page(template: str, here: str, twin: str, told: dict[str, Any]) -> Response:
        words = {"here": here, "twin": twin, "lines": LINES_OF_BUSINESS, "year": payer.clock().year, **told}
        return _kept(Response(_PAGES.get_template(template).render(words), mimetype="text/html"))

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
        if name != "plan.css":
            raise NotFound(f"There is no '{name}' here.")
        return _kept(Response(_STYLE, mimetype="text/css"))

    return base


def _kept(response: Response) -> Response:
    """What is public may be kept a while; a page loads nothing but its own style."""
    response.headers["Cache-Control"] = KEPT
    if response.mimetype == "text/html":
        response.headers["Content-Security-Policy"] = CSP
    return response
