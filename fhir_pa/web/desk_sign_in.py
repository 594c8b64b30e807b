"""Signing in to the desk and out of it: the cookie, who sends it, and the guard before every page."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import IDLE, Session, Sessions
from fhir_pa.auth.oidc import Begun, PlanSignIn
from fhir_pa.outbound.addresses import NotAllowed
from fhir_pa.outbound.guarded import Limits, NotReached, Reply, fetch, post
from fhir_pa.web.desk_page import page, see
from fhir_pa.web.offered import Payer
from ig_profiles.outcome import Forbidden, NotFound, Unauthenticated

COOKIE, BEFORE, AWAY = "fhir_pa_desk", "fhir_pa_desk_sign_in", "fhir_pa_desk_away"
AT_THE_PLAN = timedelta(minutes=15)
CALL = Limits(connect=3, read=5, total=8, max_bytes=512 * 1024)
OPEN_TO_ALL = ("/desk/sign-in", "/desk/assets/")


def attend(base: Blueprint, payer: Payer, authenticator: Authenticator) -> None:
    """Let people in and out of the pages of this blueprint: by a token, and by the plan's own accounts where there are such."""
    sessions = Sessions(authenticator.mint, payer.directory, payer.memory, payer.clock)
    plan = plan_sign_in(payer)

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

    @base.get("/sign-in/plan")
    def leave() -> Response:
        if plan is None:
            raise NotFound("This server has no sign-in with the plan's accounts. Add [oidc] to its configuration.")
        begun = Begun.new()
        kept = authenticator.mint.sign_in_token(AT_THE_PLAN, **vars(begun), next=_where(request.args.get("next", "")))
        response = see(plan.address(begun))
        secure = payer.settings.public_url.startswith("https://")
        response.set_cookie(AWAY, kept, max_age=900, path="/desk/sign-in", secure=secure, httponly=True, samesite="Lax")
        return response

    @base.get("/sign-in/back")
    def come_back() -> Response:
        try:
            use, said = authenticator.mint.read(request.cookies.get(AWAY, ""))
            if plan is None or use != "sign-in":
                raise Unauthenticated("No sign-in was begun in this browser. Begin again.")
            person = plan.person(Begun(said.text("state"), said.text("nonce"), said.text("verifier")), request.args.to_dict())
        except Unauthenticated as refusal:
            return _ask(refusal.issues[0].text, 401)
        response = page("arrived", **_framed(), next=_where(said.text("next")))
        response.delete_cookie(AWAY, path="/desk/sign-in", httponly=True, samesite="Lax")
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

    def _framed() -> dict[str, Any]:
        return {"plan": payer.directory.insurer.name, "session": None, "here": ""}

    def _ask(wrong: str = "", status: int = 200) -> Response:
        token = secrets.token_urlsafe(24)
        wanted = _where(request.values.get("next", ""))
        response = page("sign_in", status, **_framed(), wrong=wrong, csrf=token, next=wanted, elsewhere=plan is not None)
        secure = payer.settings.public_url.startswith("https://")
        response.set_cookie(BEFORE, token, max_age=900, path="/desk/sign-in", secure=secure, httponly=True, samesite="Strict")
        return response


def plan_sign_in(payer: Payer) -> PlanSignIn | None:
    """The sign-in with the plan's own accounts, calling only its registered provider; None where none is registered."""
    accounts, settings = payer.directory.plan_accounts, payer.settings
    if accounts is None:
        return None
    host = urlsplit(accounts.issuer)
    allowed = (f"{host.scheme}://{host.netloc}",)

    def read(url: str) -> bytes:
        return _reached(lambda: fetch(url, allowed, None, CALL, settings.private_networks))

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        return _reached(lambda: post(url, body, allowed, headers, CALL, settings.private_networks))

    return PlanSignIn(accounts, payer.directory, f"{settings.public_url}/desk/sign-in/back", read, send, payer.clock)


def _reached(call: Callable[[], Reply]) -> bytes:
    try:
        return call().body
    except (NotAllowed, NotReached) as trouble:
        raise Unauthenticated("The plan's accounts cannot be reached just now. Try again, or sign in with a token.") from trouble


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
