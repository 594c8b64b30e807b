"""The page of one request at the provider desk, what is done from it, its documents and letter, and the appeal packet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, Response, g, request
from werkzeug.datastructures import MultiDict

from fhir_pa.web import errors, papers
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.offered import Payer
from fhir_pa.web.page import see
from fhir_pa.web.practice import forms as practice_forms
from fhir_pa.web.practice.offered import ForPractices, Json
from fhir_pa.web.practice.page import AT, framed, fresh, page
from ig_profiles.outcome import Conflict, Forbidden, Refusal, Unprocessable

DONE = {
    "attach": "Sent, and weighed at once with everything on file. What came of it stands below.",
    "book": "The call is booked. The plan’s physician calls at the number you gave.",
    "decline": "Kept: there will be no call. The physician decides on what is on file.",
    "appeal": "Your appeal is on file. When it is due stands below.",
    "own": "Kept. The plan asks for this person.",
    "acknowledge": "Kept: the plan knows that you have taken note. You may appeal all the same.",
}
MENDABLE = (Unprocessable, Conflict, Forbidden)
FIELDS = frozenset({"items", "document", "words", "file", "call_at", "clinician_name", "clinician_phone", "note", "because", "good_cause", "consent"})


def attend(base: Blueprint, payer: Payer, offered: ForPractices) -> None:
    """Join the addresses to the desk."""
    zone = ZoneInfo(payer.settings.time_zone)

    def show(number: str, act: str = "", refusal: Refusal | None = None, status: int = 200) -> Response:
        told = offered.case.screen(number, g.caller, payer)
        filled = request.form if refusal else MultiDict[str, str]()
        words = {"act": act, "wrong": _by_field(refusal), "filled": filled, "done": DONE.get(request.args.get("done", ""), "")}
        here_at = f"{AT}/requests/{number}"
        return fresh(told, here_at, lambda tag: page("request", status, **framed(payer, ""), **told, **words, tag=tag, twin=f"{here_at}.json"))

    @base.get("/requests/<number>")
    def case(number: str) -> Response:
        if number.endswith(".json"):
            return answer(offered.case.screen(number.removesuffix(".json"), g.caller, payer), media_type=JSON)
        return show(number)

    def done(number: str, act: str, form: str, way: Callable[[], Any]) -> Response:
        try:
            way()
        except MENDABLE as refusal:
            return show(number, form, refusal, errors.status_of(refusal, "other"))
        return see(f"{AT}/requests/{number}?done={act}#main")

    @base.post("/requests/<number>/documents")
    def attach(number: str) -> Response:
        files = [(each.filename or "document", each.read()) for each in request.files.getlist("file") if each.filename]
        return done(number, "attach", "attach", lambda: offered.acts.attach(number, practice_forms.attach(request.form), files, g.caller, payer))

    @base.post("/requests/<number>/calls/<int:conversation>")
    def book(number: str, conversation: int) -> Response:
        if request.form.get("act") == "decline":
            body = practice_forms.decline(request.form)
            return done(number, "decline", f"decline-{conversation}", lambda: offered.acts.decline(number, conversation, body, g.caller, payer))
        body = practice_forms.book(request.form, zone)
        return done(number, "book", f"book-{conversation}", lambda: offered.acts.book(number, conversation, body, g.caller, payer))

    @base.post("/requests/<number>/appeals")
    def appeal(number: str) -> Response:
        return done(number, "appeal", "appeal", lambda: offered.acts.appeal(number, practice_forms.appeal(request.form), g.caller, payer))

    @base.post("/requests/<number>/acknowledgements")
    def acknowledge(number: str) -> Response:
        body = practice_forms.acknowledge(request.form)
        return done(number, "acknowledge", "acknowledge", lambda: offered.acknowledge(number, body, g.caller, payer))

    @base.post("/requests/<number>/owner")
    def own(number: str) -> Response:
        return done(number, "own", "own", lambda: offered.own(number, practice_forms.own(request.form), g.caller, payer))

    @base.get("/requests/<number>/letter.<form>")
    def letter(number: str, form: str) -> Response:
        return papers.letter(*offered.case.letter(number, form, g.caller, payer))

    @base.get("/requests/<number>/documents/<sha256>")
    def document(number: str, sha256: str) -> Response:
        if sha256.endswith(".json"):
            return answer(offered.documents.resource(number, sha256.removesuffix(".json"), g.caller, payer)["resource"], media_type=JSON)
        told = offered.documents.resource(number, sha256, g.caller, payer)
        return page("document", **framed(payer, ""), **told, twin=f"{AT}/requests/{number}/documents/{sha256}.json")

    @base.get("/requests/<number>/documents/<sha256>/<int:position>")
    def attachment(number: str, sha256: str, position: int) -> Response:
        return papers.attachment(*offered.documents.attachment(number, sha256, position, g.caller, payer), f"{number}-{position + 1}")

    @base.get("/requests/<number>/packets/<int:item>")
    def packet(number: str, item: int) -> Response:
        return bound(number, item, offered.packets.packet(number, item, g.caller, payer))

    @base.get("/requests/<number>/packets/<int:item>.json")
    def packet_as_data(number: str, item: int) -> Response:
        return answer(offered.packets.packet(number, item, g.caller, payer), media_type=JSON)

    @base.post("/requests/<number>/packets/<int:item>.<form>")
    def printed(number: str, item: int, form: str) -> Response:
        words = request.form.get("words", "")
        try:
            kind, body = offered.packets.printed(number, item, words, form, g.caller, payer)
        except Unprocessable as refusal:
            told = {**offered.packets.packet(number, item, g.caller, payer), "draft": words}
            return bound(number, item, told, [each.text for each in refusal.issues], errors.status_of(refusal, "other"))
        response = papers.letter(kind, body)
        way = "inline" if form == "html" else "attachment"
        response.headers["Content-Disposition"] = f'{way}; filename="appeal-{number}-{item}.{form}"'
        return response

    def bound(number: str, item: int, told: Json, wrong: list[str] | None = None, status: int = 200) -> Response:
        return page("packet", status, **framed(payer, ""), packet=told, wrong=wrong or [], twin=f"{AT}/requests/{number}/packets/{item}.json")


def _by_field(refusal: Refusal | None) -> dict[str, list[str]]:
    """What is to be put right, by the field of the form it stands beside; '' is for the form as a whole."""
    found: dict[str, list[str]] = defaultdict(list)
    for issue in refusal.issues if refusal else ():
        field = (issue.expression or "").replace(".", "_")
        found[field if field in FIELDS else ""].append(issue.text)
    return dict(found)
