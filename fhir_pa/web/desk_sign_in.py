"""Signing in to the desk and out of it: the cookie, who sends it, and the guard before every page."""

from __future__ import annotations

import hmac
import secrets
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import IDLE, Session, Sessions
from fhir_pa.web.desk_page import page, see
from fhir_pa.web.offered import Payer
from ig_profiles.outcome import Forbidden, Unauthenticated

COOKIE, BEFORE = "fhir_pa_desk", "fhir_pa_desk_sign_in"
OPEN_TO_ALL = ("/desk/sign-in", "/desk/assets/")


def attend(base: Blueprint, payer: Payer, authenticator: Authenticator, elsewhere: bool = False) -> None:
    """Let people in and out of the pages of this blueprint; ``elsewhere``: the plan's own sign-in is offered too."""
    sessions = Sessions(authenticator.mint, payer.directory, payer.memory, payer.clock)

    @base.before_request
    def guard() -> Response | None:
        if request.method == "POST":
            _check_origin(payer.settings.public_url)
        if request.path.startswith(OPEN_TO_ALL):
            return None
        try:
            g.session = sessions.read(request.cookies.get(COOKIE, ""))
        except Unauthenticated:
            if request.method == "GET" and not request.path.endswith(".json"):
                return see(f"/desk/sign-in?next={request.path}")
            raise
        g.caller = g.session.caller
        if request.method == "POST":
            g.session.check_form(request.form.get("csrf", ""))
        return None

    @base.after_request
    def renew(response: Response) -> Response:
        session: Session | None = g.get("session")
        fresh = sessions.renewed(session) if session and request.path != "/desk/sign-out" else None
        if fresh:
            set_cookie(response, fresh)
        return response

    @base.get("/sign-in")
    def sign_in() -> Response:
        return _ask()

    @base.post("/sign-in")
    def prove() -> Response:
        if not hmac.compare_digest(request.cookies.get(BEFORE, "").encode(), request.form.get("csrf", "-").encode()):
            return _ask("The page was open too long, or cookies are off. Try once more.", 403)
        try:
            person = sessions.proven(request.form.get("token", ""))
        except Unauthenticated as refusal:
            return _ask(refusal.issues[0].text, 401)
        response = see(_where(request.form.get("next", "")))
        set_cookie(response, sessions.begin(person))
        return response

    @base.post("/sign-out")
    def sign_out() -> Response:
        sessions.end(g.session)
        response = see("/desk/sign-in")
        response.delete_cookie(COOKIE, path="/desk", httponly=True, samesite="Strict")
        return response

    def set_cookie(response: Response, value: str) -> None:
        secure = payer.settings.public_url.startswith("https://")
        response.set_cookie(COOKIE, value, max_age=int(IDLE.total_seconds()), path="/desk", secure=secure, httponly=True, samesite="Strict")

    def _ask(wrong: str = "", status: int = 200) -> Response:
        token = secrets.token_urlsafe(24)
        wanted = _where(request.values.get("next", ""))
        response = page("sign_in", status, plan=payer.directory.insurer.name, wrong=wrong, csrf=token, next=wanted, elsewhere=elsewhere, session=None)
        secure = payer.settings.public_url.startswith("https://")
        response.set_cookie(BEFORE, token, max_age=900, path="/desk/sign-in", secure=secure, httponly=True, samesite="Strict")
        return response


def _where(wanted: str) -> str:
    """The page of the desk to go on to; never an address of somebody else's."""
    safe = wanted.startswith("/desk/cases/") and not set(wanted) & set("\\\r\n:") and "//" not in wanted
    return wanted if safe else "/desk"


def _check_origin(public_url: str) -> None:
    """A form of ours is posted from our own pages; a browser says where from."""
    origin = request.headers.get("Origin")
    ours = {urlsplit(public_url).netloc, request.host}
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") or (origin and urlsplit(origin).netloc not in ours):
        raise Forbidden("This form was posted from another site. Open the page here, and fill it in again.")
