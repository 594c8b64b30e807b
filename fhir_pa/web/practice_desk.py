"""The provider desk: sign-in, first page, lists, look-up and measures, and every page below them joined; each has a JSON twin."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import practice_seats
from fhir_pa.web import errors, practice_case, sign_in
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Payer
from fhir_pa.web.offered_to_practices import ForPractices, Json
from fhir_pa.web.page import asset
from fhir_pa.web.pareto_chart import pareto_chart
from fhir_pa.web.practice_page import AT, framed, page, turned
from ig_profiles.outcome import Refusal, Unprocessable

BELOW = (f"{AT}/requests/", f"{AT}/lists/", f"{AT}/measures", f"{AT}/look-up")


def blueprint(payer: Payer, authenticator: Authenticator, offered: ForPractices) -> Blueprint:
    """The addresses under ``/practice`` for people; ``/practice/status`` is for systems, and elsewhere."""
    base = Blueprint("practice-desk", __name__, url_prefix=AT)
    directory = payer.directory
    entrance = sign_in.Entrance(AT, "fhir_pa_practice", BELOW, practice_seats(directory), directory.practice_people, lambda *a, **k: page(*a, **_frame(k)))
    sign_in.attend(base, entrance, payer, authenticator)
    practice_case.attend(base, payer, offered)

    def _frame(words: dict[str, Any]) -> dict[str, Any]:
        return {**framed(payer, ""), **words}

    @base.get("")
    def desk() -> Response:
        return page("desk", **framed(payer, "desk"), **offered.watched.desk(g.caller, payer), twin=f"{AT}/desk.json")

    @base.get("/desk.json")
    def desk_as_data() -> Response:
        return answer(offered.watched.desk(g.caller, payer), media_type=JSON)

    @base.get("/lists/<name>")
    def listed(name: str) -> Response:
        asked = request.args.to_dict()
        if name.endswith(".json"):
            return answer(offered.watched.listed(name.removesuffix(".json"), asked, g.caller, payer), media_type=JSON)
        told = offered.watched.listed(name, asked, g.caller, payer)
        path = f"{AT}/lists/{name}"
        return page("list", **framed(payer, "lists"), **told, turned=lambda **more: turned(path, **more), twin=turned(f"{path}.json"))

    def asked_of(name: str, template: str, question: Callable[..., Json]) -> None:
        """A page that answers what its address asks; what cannot be read is told beside its field."""

        def shown() -> Response:
            told: Json = {"at": "", "asked": request.args.to_dict(), "found": None}
            wrong: dict[str, list[str]] = {}
            status, more = 200, request.query_string.decode()
            try:
                told = question(request.args.to_dict(), g.caller, payer)
            except Unprocessable as refusal:
                wrong = {each.expression or "": [*wrong.get(each.expression or "", []), each.text] for each in refusal.issues}
                status = errors.status_of(refusal, "other")
                if template == "measures":
                    told = question({}, g.caller, payer)
            more_ = {"chart": pareto_chart(told["causes"])} if template == "measures" else {}
            return page(template, status, **framed(payer, name), **told, **more_, wrong=wrong, twin=f"{AT}/{name}.json{f'?{more}' if more else ''}")

        base.add_url_rule(f"/{name}", name, shown, methods=["GET"])
        base.add_url_rule(f"/{name}.json", f"{name}_as_data", lambda: answer(question(request.args.to_dict(), g.caller, payer), media_type=JSON))

    asked_of("look-up", "look_up", lambda *told: offered.look_up(*told))
    asked_of("measures", "measures", lambda *told: offered.measures(*told))
    base.get("/assets/<name>")(asset)

    @base.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        status = errors.status_of(refusal, "other")
        if request.path.endswith(".json") or status >= 500:
            told = errors.refused(refusal, "other", g.request_id)
            return Response(told.body, told.status, content_type=told.media_type)
        return page("stopped", status, **framed(payer, ""), issues=[each.text for each in refusal.issues])

    return base
