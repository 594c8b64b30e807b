"""Beside reviews, at the desk: notices of admission, demands for money back and follow-ups, each a list, one case's page, and its acts."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from fhir_pa.web import errors, papers
from fhir_pa.web.desk import beside_forms as forms
from fhir_pa.web.desk.page import page, see
from fhir_pa.web.desk.twins import Told, framed, turned
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from ig_profiles.json import dump
from ig_profiles.outcome import Conflict, Forbidden, NotFound, Refusal, Unprocessable

HERE = "beside"
MENDABLE = (Unprocessable, Conflict, Forbidden, NotFound)
DONE = {
    "recorded": "The admission is on file and its case is open.",
    "demanded": "The demand is written. Its notice can be printed below.",
    "moved": "What became of the demand is on file.",
    "opened": "The follow-up is open.",
    "take": "It is in your hands.",
    "note": "Your note is kept.",
    "done": "It is done.",
    "decline": "It is declined, and says why.",
    "look": "A reviewer is asked to look at the case again. What was decided stays until somebody decides anew.",
}


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the addresses to the desk."""
    managing = offered.managing

    def asked() -> dict[str, str]:
        return request.args.to_dict()

    def called() -> dict[str, str]:
        """What people of the plan and systems of facilities are called, by their ids."""
        systems = {each.id: each.name for each in payer.directory.clients}
        return systems | {each.id: each.name for each in payer.directory.people}

    def show(template: str, path: str, told: Told, act: str = "", refusal: Refusal | None = None) -> Response:
        """The page: what is told, and what of a form was refused, each fault by the field it stands beside."""
        status = errors.status_of(refusal, "other") if refusal else 200
        heard = {"act": act if refusal else "", "wrong": _by_field(refusal), "done": DONE.get(request.args.get("done", ""), "")}
        here = {**framed(payer, HERE), "twin": turned(f"{path}.json"), "turned": lambda **more: turned(path, **more)}
        return page(template, status, **told, **heard, **here, filled=request.form if refusal else MultiDict(), names=called())

    def twin(path: str, template: str, operation: Callable[..., Told]) -> None:
        """GET the path as a page and, with .json, as data; ``operation`` takes what stands in the address by name."""
        base.add_url_rule(path, template, lambda **named: show(template, request.path, operation(**named)), methods=["GET"])
        base.add_url_rule(f"{path}.json", f"{template}_as_data", lambda **named: answer(operation(**named), media_type=JSON), methods=["GET"])

    def act(way: Callable[[], Any], back: Callable[[Any], str], again: Callable[[Refusal], Response]) -> Response:
        """Do it and go on, or show the form again with what is wrong."""
        try:
            return see(back(way()))
        except MENDABLE as refusal:
            return again(refusal)

    # --- notices of admission
    twin("/admissions", "admissions", lambda: managing.admissions(asked(), g.caller, payer))
    twin("/admissions/<number>", "admission", lambda number: managing.admitted(number, g.caller, payer))

    def admit(refusal: Refusal | None = None) -> Response:
        told = managing.admissions({}, g.caller, payer)
        if not told["may_record"]:
            raise Forbidden(f"{g.caller.name} may not record an admission: that takes a clerk, a nurse or a physician.")
        return show("admit", "/desk/admissions", told, "admit", refusal)

    @base.get("/admissions/new")
    def admission_told() -> Response:
        return admit()

    @base.post("/admissions")
    def record_admission() -> Response:
        way = lambda: managing.admission(dump(forms.admission(request.form)), g.caller, payer)  # noqa: E731
        return act(way, lambda told: f"/desk/admissions/{told['number']}?done=recorded", admit)

    # --- demands for money back
    def one_demand(number: str, name: str = "", refusal: Refusal | None = None) -> Response:
        return show("demands_of", f"/desk/demands/{number}", managing.demanded(number, g.caller, payer), name, refusal)

    twin("/demands", "demands", lambda: managing.demands(asked(), g.caller, payer))
    twin("/demands/<number>", "demands_of", lambda number: managing.demanded(number, g.caller, payer))

    @base.post("/demands/<number>")
    def demand(number: str) -> Response:
        way = lambda: managing.demand(number, dump(forms.demand(request.form)), g.caller, payer)  # noqa: E731
        return act(way, lambda _: f"/desk/demands/{number}?done=demanded", lambda refusal: one_demand(number, "demand", refusal))

    @base.post("/demands/<number>/<int:part>")
    def became(number: str, part: int) -> Response:
        way = lambda: managing.demand_became(number, part, dump(forms.became(request.form)), g.caller, payer)  # noqa: E731
        return act(way, lambda _: f"/desk/demands/{number}?done=moved", lambda refusal: one_demand(number, f"became-{part}", refusal))

    @base.get("/demands/<number>/<int:part>.<form>")
    def demand_notice(number: str, part: int, form: str) -> Response:
        managing.demanded(number, g.caller, payer)
        return papers.letter(*managing.demand_notice(number, part, form, g.caller, payer))

    # --- follow-ups
    def to_follow_up() -> Told:
        return {**managing.follow_ups({"per_page": "25", **asked()}, g.caller, payer), "asked": asked()}

    def follow_ups(refusal: Refusal | None = None) -> Response:
        return show("follow_ups", "/desk/follow-ups", to_follow_up(), "open", refusal)

    def one_follow_up(identity: str, name: str = "", refusal: Refusal | None = None) -> Response:
        return show("follow_up", f"/desk/follow-ups/{identity}", managing.followed_up(identity, g.caller, payer), name, refusal)

    twin("/follow-ups", "follow_ups", to_follow_up)
    twin("/follow-ups/<identity>", "follow_up", lambda identity: managing.followed_up(identity, g.caller, payer))

    @base.post("/follow-ups")
    def open_follow_up() -> Response:
        way = lambda: managing.follow_up(dump(forms.follow_up(request.form)), g.caller, payer)  # noqa: E731
        return act(way, lambda told: f"/desk/follow-ups/{told['id']}?done=opened", follow_ups)

    @base.post("/follow-ups/<identity>")
    def carry(identity: str) -> Response:
        wanted = request.form.get("act", "")
        way = lambda: managing.followed(identity, dump(forms.carry(request.form)), g.caller, payer)  # noqa: E731
        return act(way, lambda _: f"/desk/follow-ups/{identity}?done={wanted}", lambda refusal: one_follow_up(identity, "carry", refusal))

    @base.post("/follow-ups/<identity>/look")
    def look(identity: str) -> Response:
        about = managing.followed_up(identity, g.caller, payer)["follow_up"].get("number", "")
        way = lambda: managing.ask_for_review(about, dump(forms.look(request.form)), g.caller, payer)  # noqa: E731
        return act(way, lambda _: f"/desk/follow-ups/{identity}?done=look", lambda refusal: one_follow_up(identity, "look", refusal))


def _by_field(refusal: Refusal | None) -> dict[str, list[str]]:
    """What is to be put right, by the field of the form; '' is for the form as a whole."""
    found: dict[str, list[str]] = defaultdict(list)
    for issue in refusal.issues if refusal else ():
        field = (issue.expression or "").partition("[")[0]
        found[field if field in forms.FIELDS else ""].append(issue.text)
    return dict(found)
