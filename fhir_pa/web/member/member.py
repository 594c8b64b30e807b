"""The member page: a member's requests, each with what is awaited, decided and to be done; in two languages, each page with a JSON twin."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.caller import Caller
from fhir_pa.web import errors, fragment
from fhir_pa.web.language import language_of, remember
from fhir_pa.web.media_types import JSON, answer
from fhir_pa.web.member import file as member_file
from fhir_pa.web.member import look as member_look
from fhir_pa.web.member import sign_in as member_sign_in
from fhir_pa.web.offered import Offered, Payer
from fhir_pa.web.page import asset, retargeted, see
from ig_profiles.json import dump
from ig_profiles.outcome import Conflict, Refusal, Unprocessable

MENDABLE = (Unprocessable, Conflict)
WHY = {401: "signed out", 403: "another site", 404: "not found"}


def blueprint(payer: Payer, authenticator: Authenticator, offered: Offered) -> Blueprint:
    """The addresses under ``/member``. The log of them names nobody: a member's number is nobody else's business."""
    base = Blueprint("member", __name__, url_prefix="/member")

    def spoken() -> str:
        session = g.get("session")
        return language_of(session.caller.visitor.language if session else "")

    def page(template: str, status: int = 200, /, **words: Any) -> Response:
        return member_look.page(template, spoken(), payer.settings.time_zone, status, **{**framed(), **words})

    def part(template: str, status: int = 200, /, **words: Any) -> Response:
        return member_look.part(template, spoken(), payer.settings.time_zone, status, **{**framed(), **words})

    def framed() -> dict[str, Any]:
        session, insurer = g.get("session"), payer.directory.insurer
        return {"plan": insurer.name, "phone": insurer.phone, "session": session, "me": session and session.caller.visitor, "twin": "", "back": ""}

    member_sign_in.attend(base, payer, authenticator, page)
    member_file.attend(base, payer, offered, page, spoken)

    def show(number: str, status: int = 200, wrong: Refusal | None = None, act: str = "appeal") -> Response:
        told = offered.member_page.request(number, spoken(), caller(), payer)
        fields = {issue.expression or "" for issue in wrong.issues} if wrong else set()
        shown = {
            "titled": {each["sequence"]: each for each in told["services"]},
            "choices": [sequence for each in told["appeals_open"] if each["here"] for sequence in each["items"]],
            "done": request.args.get("done", ""),
            "refused": act if wrong is not None else "",
            "megabytes": payer.settings.max_body_bytes // 2**20,
            "wrong": fields,
            "filled": request.form,
        }
        tag = fragment.tag_of(told)
        if fragment.wanted() == fragment.NEWS:
            return fragment.news(tag, lambda: part("standing", **told))
        return page("request", status, **told, **shown, tag=tag, twin=f"/member/requests/{number}.json", back="/member")

    @base.get("")
    def member_requests() -> Response:
        wanted = _page()
        told = offered.member_page.requests(wanted, spoken(), caller(), payer)
        tag = fragment.tag_of(told)
        if fragment.wanted() == fragment.NEWS:
            return fragment.news(tag, lambda: part("news", here_at=f"/member?page={wanted}"))
        return page("requests", **told, tag=tag, twin=f"/member/requests.json?page={wanted}")

    @base.get("/requests.json")
    def member_requests_as_data() -> Response:
        return answer(offered.member_page.requests(_page(), spoken(), caller(), payer), media_type=JSON)

    @base.get("/requests/<number>")
    def member_request(number: str) -> Response:
        if number.endswith(".json"):
            return answer(offered.member_page.request(number.removesuffix(".json"), spoken(), caller(), payer), media_type=JSON)
        return show(number)

    @base.post("/requests/<number>/appeal")
    def member_appeal(number: str) -> Response:
        try:
            offered.member_acts.appeal(number, _appeal(), caller(), payer)
        except MENDABLE as refusal:
            return show(number, errors.status_of(refusal, "other"), refusal)
        return see(f"/member/requests/{number}?done=appeal#main")

    @base.post("/requests/<number>/documents")
    def member_sends(number: str) -> Response:
        files = [(each.filename or "document", each.read()) for each in request.files.getlist("file") if each.filename]
        try:
            offered.member_send(number, files, caller(), payer)
        except MENDABLE as refusal:
            return show(number, errors.status_of(refusal, "other"), refusal, "documents")
        return see(f"/member/requests/{number}?done=documents#main")

    @base.get("/assets/<name>")
    def style(name: str) -> Response:
        return asset(name)

    @base.errorhandler(Refusal)
    def refuse(refusal: Refusal) -> Response:
        status = errors.status_of(refusal, "other")
        if request.path.endswith(".json") or status >= 500:
            told = errors.refused(refusal, "other", g.request_id)
            return Response(told.body, told.status, content_type=told.media_type)
        if fragment.asked():
            return retargeted(part("trouble", status, why=WHY.get(status, "")))
        return page("stopped", status, why=WHY.get(status, ""), written=request.form.get("because", "") if status == 401 else "")

    @base.after_request
    def told_in(response: Response) -> Response:
        return remember(response, payer.settings.public_url.startswith("https://")) if "assets" not in request.path else response

    return base


def caller() -> Caller:
    """Who is signed in."""
    found: Caller = g.session.caller
    return found


def _page() -> int:
    written = request.args.get("page", "1")
    return max(1, int(written)) if written.isascii() and written.isdigit() and len(written) < 6 else 1


def _appeal() -> bytes:
    """The form as the operation reads it, with the revision the page showed."""
    form = request.form
    numbers = [int(each) for each in form.getlist("items") if each.isascii() and each.isdigit() and len(each) < 7]
    seen = form.get("revision", "")
    revision = int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 10 else None
    marks = {name: name in form for name in ("expedited", "continue_benefits")}
    return dump({"items": numbers, "because": form.get("because", ""), **marks, "revision": revision})
