"""Figures at the desk: what is watched; what waits to be read a second time, one such decision without its outcome, and how often two agree."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.web import errors
from fhir_pa.web.desk.page import page, see
from fhir_pa.web.desk.twins import framed, turned, twin
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from ig_profiles.json import dump
from ig_profiles.outcome import Refusal

HERE = "agreement"


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the addresses to the desk."""
    managing = offered.managing

    def overview() -> dict[str, Any]:
        asked = request.args.to_dict()
        names = {person.id: person.name for person in payer.directory.people}
        return {**managing.agreement(asked, g.caller, payer), **managing.second_readings(asked, g.caller, payer), "names": names, "done": asked.get("done", "")}

    def watched() -> dict[str, Any]:
        asked = {name: request.args.get(name, "") for name in ("since", "until")}
        return {**offered.figures.watched(asked, g.caller, payer), "asked": asked}

    twin(base, payer, "/figures", "watched", "figures", watched)
    twin(base, payer, "/agreement", "agreement", HERE, overview)

    def show(identity: str, refusal: Refusal | None = None) -> Response:
        wrong = [issue.text for issue in refusal.issues] if refusal else []
        status = errors.status_of(refusal, "other") if refusal else 200
        words = {**managing.blind(identity, g.caller, payer), **framed(payer, HERE), "wrong": wrong, "filled": request.form}
        return page("second_reading", status, **words, twin=turned(f"{request.path}.json"))

    @base.get("/agreement/<identity>")
    def second_reading(identity: str) -> Response:
        return show(identity)

    @base.get("/agreement/<identity>.json")
    def second_reading_as_data(identity: str) -> Response:
        return answer(managing.blind(identity, g.caller, payer), media_type=JSON)

    @base.post("/agreement/<identity>")
    def read(identity: str) -> Response:
        said = {name: request.form.get(name, "") for name in ("word", "because")}
        try:
            told = managing.read(identity, dump(said), g.caller, payer)
        except Refusal as refusal:
            return show(identity, refusal)
        return see(f"/desk/agreement?done={'agree' if told['agrees'] else 'differ'}")

    @base.post("/agreement")
    def draw() -> Response:
        each = request.form.get("each", "")
        managing.draw(dump({"each": int(each) if each.isdecimal() else 0, "since": request.form.get("since", "")}), g.caller, payer)
        return see("/desk/agreement")
