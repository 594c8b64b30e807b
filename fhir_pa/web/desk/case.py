"""The page of one case, and every act on it: read, fill in, read once more before signing; a mistake is told beside its field."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from fhir_pa.web import errors, fragment
from fhir_pa.web.desk.forms import Filled, body_of
from fhir_pa.web.desk.page import page, part, see
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Offered, Payer
from ig_profiles.outcome import Conflict, Forbidden, Refusal, Unprocessable

DONE = {
    "decide": "The decision is signed and everybody concerned is told.",
    "offered": "Nothing is decided yet: the treating clinician is offered a conversation first.",
    "ask": "The provider is asked; the items stay pended and the clock runs on.",
    "extend": "Kept. If a physician signed it, the time is extended; a nurse's wish stands in the trail.",
    "reopen": "Reopened, and weighed anew with everything on file.",
    "stand": "Kept: what came does not change the decision.",
    "converse": "What became of the conversation is on record.",
    "appeal": "The appeal is on file.",
    "hear": "Kept with the appeal.",
    "owner": "The case changed hands.",
}
MENDABLE = (Unprocessable, Conflict, Forbidden)


def attend(base: Blueprint, payer: Payer, offered: Offered) -> None:
    """Join the addresses to the desk."""

    def framed(number: str) -> dict[str, Any]:
        return {"here": "", "plan": payer.directory.insurer.name, "session": g.session, "me": g.caller.person, "twin": f"/desk/cases/{number}.json"}

    def show(number: str, act: str = "", refusal: Refusal | None = None, filled: Filled | None = None, status: int = 200) -> Response:
        told = offered.case_screen(number, g.caller, payer)
        wrong = _by_field(refusal, filled)
        done = DONE.get(request.args.get("done", ""), "")
        nothing = fragment.tag_of({"number": number, "events": [], "earlier": 0})
        return page("case", status, **framed(number), **told, act=act, wrong=wrong, filled=filled or MultiDict(), done=done, no_news=nothing)

    @base.get("/cases/<number>")
    def case(number: str) -> Response:
        if number.endswith(".json"):
            return answer(offered.case_screen(number.removesuffix(".json"), g.caller, payer), media_type=JSON)
        return show(number)

    @base.get("/cases/<number>/news")
    def news(number: str) -> Response:
        told = offered.heard(number, _count("events"), _count("handovers"), g.caller, payer)
        return fragment.news(fragment.tag_of(told), lambda: part("case_news", **told))

    @base.post("/cases/<number>/decide")
    def decide(number: str) -> Response:
        filled, step = request.form, request.form.get("step", "preview")
        if step == "change":
            return show(number, "decide", filled=filled)
        try:
            body = body_of("decide", filled)
            if step == "sign":
                kept = offered.review.decide(number, body, g.caller, payer)
                chosen = filled.getlist("items")
                waits = any(each["state"] == "adverse decision intended" for each in kept["items"] if str(each["sequence"]) in chosen)
                return _back(number, "offered" if waits else "decide")
            seen = offered.preview(number, body, g.caller, payer)
        except MENDABLE as refusal:
            return show(number, "decide", refusal, filled, errors.status_of(refusal, "other"))
        carried = [(name, value) for name, value in filled.items(multi=True) if name not in ("csrf", "step")]
        return page("sign", **framed(number), **seen, number=number, verdict=filled.get("decision"), filled=carried)

    def done(number: str, act: str, way: Any, *more: Any) -> Response:
        try:
            way(number, *more, body_of(act, request.form), g.caller, payer)
        except MENDABLE as refusal:
            return show(number, _named(act, *more), refusal, request.form, errors.status_of(refusal, "other"))
        return _back(number, act)

    @base.post("/cases/<number>/ask")
    def ask(number: str) -> Response:
        return done(number, "ask", offered.review.ask)

    @base.post("/cases/<number>/extend")
    def extend(number: str) -> Response:
        return done(number, "extend", offered.review.extend)

    @base.post("/cases/<number>/reopen")
    def reopen(number: str) -> Response:
        return done(number, "reopen", offered.review.reopen)

    @base.post("/cases/<number>/stand")
    def stand(number: str) -> Response:
        return done(number, "stand", offered.review.let_stand)

    @base.post("/cases/<number>/peer-to-peers/<int:conversation>")
    def converse(number: str, conversation: int) -> Response:
        return done(number, "converse", offered.peer_to_peer.record, conversation)

    @base.post("/cases/<number>/appeals")
    def appeal(number: str) -> Response:
        return done(number, "appeal", offered.appeal.file)

    @base.post("/cases/<number>/appeals/<int:filed>")
    def hear(number: str, filed: int) -> Response:
        return done(number, "hear", offered.appeal.act, filed)


def _named(act: str, *more: Any) -> str:
    """The form on the page: there is one for each conversation, and for each thing one may do with an appeal."""
    return "-".join(map(str, (act, *more, *([request.form.get("act", "")] if act == "hear" else []))))


def _count(name: str) -> int:
    """How many the page shows, which is how many are no news; a page that does not say gets all of them."""
    written = request.args.get(name, "")
    return int(written) if written.isascii() and written.isdigit() and len(written) < 10 else 0


def _back(number: str, done: str) -> Response:
    return see(f"/desk/cases/{number}?done={done}#main")


def _by_field(refusal: Refusal | None, filled: Filled | None) -> dict[str, list[str]]:
    """What is to be put right, by the field of the form it stands beside; '' is for the form as a whole."""
    found: dict[str, list[str]] = defaultdict(list)
    for issue in refusal.issues if refusal else ():
        field = (issue.expression or "").replace(".", "_")
        found[field if field in FIELDS else ""].append(issue.text)
    return dict(found)


FIELDS = frozenset(
    {"items", "decision", "because", "reason_code", "criteria", "phone", "authorized", "words", "document", "reason", "stage", "call_at", "outcome", "note"}
    | {"step_down", "step_down_from", "step_down_until", "step_down_quantity", "step_down_unit"}
    | {"clinician_name", "clinician_phone", "reviewer", "by", "name", "good_cause", "consent", "act", "second_because"}
)
