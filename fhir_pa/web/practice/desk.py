"""The provider desk: sign-in, first page, lists, look-up and measures, and every page below them joined; each has a JSON twin."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import practice_seats
from fhir_pa.web import errors, fragment, sign_in
from fhir_pa.web.desk.pareto_chart import pareto_chart
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Payer
from fhir_pa.web.page import asset, trouble
from fhir_pa.web.practice import case as practice_case
from fhir_pa.web.practice.offered import ForPractices
from fhir_pa.web.practice.page import AT, framed, fresh, page, part, turned
from ig_profiles.outcome import Refusal, Unprocessable

BELOW = (f"{AT}/requests/", f"{AT}/lists/", f"{AT}/measures", f"{AT}/look-up")
ROWS = 25  # shown on the page behind each number; all of them stand in its JSON twin


def blueprint(payer: Payer, authenticator: Authenticator, offered: ForPractices) -> Blueprint:
    """The addresses under ``/practice`` for people; ``/practice/status`` is for systems, and elsewhere."""
    base = Blueprint("practice-desk", __name__, url_prefix=AT)

    def at_the_door(template: str, status: int = 200, /, **words: Any) -> Response:
        return page(template, status, **{**framed(payer, ""), **words})

    directory = payer.directory
    entrance = sign_in.Entrance(AT, "fhir_pa_practice", BELOW, practice_seats(directory), directory.practice_people, at_the_door)
    sign_in.attend(base, entrance, payer, authenticator)
    practice_case.attend(base, payer, offered)

    @base.get("")
    def desk() -> Response:
        told = offered.watched.desk(g.caller, payer)
        return fresh(told, AT, lambda tag: page("desk", **framed(payer, "desk"), **told, tag=tag, twin=f"{AT}/desk.json"))

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
        here_at = turned(path)
        words = {**framed(payer, "lists"), **told, "turned": lambda **more: turned(path, **more), "twin": turned(f"{path}.json"), "here_at": here_at}

        def show(tag: str) -> Response:
            if fragment.wanted() != "listed":
                return page("list", **words, tag=tag)
            return fragment.moved_to(here_at, part("listed", **words, tag=tag, pressed=fragment.pressed()))

        return fresh(told, here_at, show)

    @base.get("/look-up")
    def look_up() -> Response:
        asked, wrong, status = request.args.to_dict(), {}, 200
        try:
            told = offered.look_up(asked, g.caller, payer)
        except Unprocessable as refusal:
            told, wrong, status = {"asked": asked, "found": None}, _by_field(refusal), errors.status_of(refusal, "other")
        return page("look_up", status, **framed(payer, "look-up"), **told, wrong=wrong, twin=_twin("look-up"))

    @base.get("/look-up.json")
    def look_up_as_data() -> Response:
        return answer(offered.look_up(request.args.to_dict(), g.caller, payer), media_type=JSON)

    @base.get("/measures")
    def measures() -> Response:
        wrong, status = {}, 200
        try:
            told = offered.measures(request.args.to_dict(), g.caller, payer, ROWS)
        except Unprocessable as refusal:
            told, wrong, status = offered.measures({}, g.caller, payer, ROWS), _by_field(refusal), errors.status_of(refusal, "other")
        chart = pareto_chart(told["causes"])
        return page("measures", status, **framed(payer, "measures"), **told, chart=chart, wrong=wrong, twin=_twin("measures"))

    @base.get("/measures.json")
    def measures_as_data() -> Response:
        return answer(offered.measures(request.args.to_dict(), g.caller, payer), media_type=JSON)

    base.get("/assets/<name>")(asset)

    @base.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        status = errors.status_of(refusal, "other")
        if request.path.endswith(".json") or status >= 500:
            told = errors.refused(refusal, "other", g.request_id)
            return Response(told.body, told.status, content_type=told.media_type)
        if fragment.asked():
            return trouble([each.text for each in refusal.issues], status)
        return page("stopped", status, **framed(payer, ""), issues=[each.text for each in refusal.issues])

    return base


def _by_field(refusal: Refusal) -> dict[str, list[str]]:
    """What cannot be read, by the field it stands in."""
    return {field: [each.text for each in refusal.issues if each.expression == field] for field in {each.expression for each in refusal.issues} if field}


def _twin(name: str) -> str:
    """The same question, answered as data."""
    asked = request.query_string.decode()
    return f"{AT}/{name}.json{f'?{asked}' if asked else ''}"
