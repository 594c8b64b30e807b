"""Signing in to the member page and out of it: by the member portal's accounts, or by number, birthday and a one-time code."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import IDLE, Session, Sessions, member_seats
from fhir_pa.auth.member_code import Codes
from fhir_pa.auth.oidc import Begun
from fhir_pa.auth.visitor import doors
from fhir_pa.web.offered import Payer
from fhir_pa.web.page import see
from fhir_pa.web.sign_in import AT_THE_PLAN, check_origin, plan_sign_in
from ig_profiles.outcome import NotFound, TooMany, Unauthenticated

COOKIE, BEFORE, AWAY = "fhir_pa_member", "fhir_pa_member_sign_in", "fhir_pa_member_away"
AT, DOOR = "/member", "/member/sign-in"
OPEN_TO_ALL = (DOOR, "/member/assets/")
Show = Callable[..., Response]


def attend(base: Blueprint, payer: Payer, authenticator: Authenticator, page: Show) -> None:
    """Let members in and out of the pages of this blueprint. ``page(template, status, **words)`` makes one."""
    directory, clock = payer.directory, payer.clock
    sessions = Sessions(authenticator.mint, member_seats(directory, lambda: clock().date()), payer.memory, clock)
    codes = Codes(directory, payer.memory, clock)
    portal = plan_sign_in(directory.member_accounts, list(doors(directory)) if directory.member_accounts else [], f"{DOOR}/back", payer)
    secure = payer.settings.public_url.startswith("https://")

    @base.before_request
    def guard() -> Response | None:
        if request.method == "POST":
            check_origin(payer.settings.public_url)
        if request.path.startswith(OPEN_TO_ALL):
            return None
        try:
            g.session = sessions.read(request.cookies.get(COOKIE, ""))
        except Unauthenticated:
            if request.method == "GET" and not request.path.endswith(".json"):
                return see(f"{DOOR}?next={request.path}")
            raise
        if request.method == "POST":
            g.session.check_form(request.form.get("csrf", ""))
        return None

    @base.after_request
    def renew(response: Response) -> Response:
        session: Session | None = g.get("session")
        fresh = sessions.renewed(session) if session and request.path != f"{AT}/sign-out" else None
        if fresh:
            _seat(response, fresh)
        return response

    @base.get("/sign-in")
    def sign_in() -> Response:
        return _ask()

    @base.post("/sign-in")
    def prove() -> Response:
        if not hmac.compare_digest(request.cookies.get(BEFORE, "").encode(), request.form.get("csrf", "-").encode()):
            return _ask("page too old", 403)
        number, code = request.form.get("number", "").strip(), request.form.get("code", "")
        try:
            known = codes.proven(number, _day(request.form.get("born", "")), code)
        except TooMany as refusal:
            response = _ask("too many tries", 429)
            response.headers["Retry-After"] = str(refusal.wait_seconds)
            return response
        except Unauthenticated:
            return _ask("does not fit", 401)
        response = see(_where(request.form.get("next", "")))
        _seat(response, sessions.begin(known.id))
        return response

    @base.get("/sign-in/portal")
    def leave() -> Response:
        if portal is None:
            raise NotFound("This server knows no member portal. Add [member_oidc] to its configuration.")
        begun = Begun.new()
        kept = authenticator.mint.sign_in_token(AT_THE_PLAN, **vars(begun), next=_where(request.args.get("next", "")))
        response = see(portal.address(begun))
        response.set_cookie(AWAY, kept, max_age=int(AT_THE_PLAN.total_seconds()), path=DOOR, secure=secure, httponly=True, samesite="Lax")
        return response

    @base.get("/sign-in/back")
    def come_back() -> Response:
        try:
            use, said = authenticator.mint.read(request.cookies.get(AWAY, ""))
            if portal is None or use != "sign-in":
                raise Unauthenticated("No sign-in was begun in this browser. Begin again.")
            known = portal.person(Begun(said.text("state"), said.text("nonce"), said.text("verifier")), request.args.to_dict())
        except Unauthenticated:
            return _ask("not vouched for", 401)
        response = page("arrived", next=_where(said.text("next")))
        response.delete_cookie(AWAY, path=DOOR, httponly=True, samesite="Lax")
        _seat(response, sessions.begin(known))
        return response

    @base.post("/sign-out")
    def sign_out() -> Response:
        sessions.end(g.session)
        response = see(DOOR)
        response.delete_cookie(COOKIE, path=AT, httponly=True, samesite="Strict")
        return response

    def _seat(response: Response, value: str) -> None:
        response.set_cookie(COOKIE, value, max_age=int(IDLE.total_seconds()), path=AT, secure=secure, httponly=True, samesite="Strict")

    def _ask(wrong: str = "", status: int = 200) -> Response:
        token = secrets.token_urlsafe(24)
        filled = {name: request.form.get(name, "") for name in ("number", "born")}
        response = page("sign_in", status, wrong=wrong, csrf=token, next=_where(request.values.get("next", "")), filled=filled, portal=portal is not None)
        response.set_cookie(BEFORE, token, max_age=int(AT_THE_PLAN.total_seconds()), path=DOOR, secure=secure, httponly=True, samesite="Strict")
        return response


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None


def _where(wanted: str) -> str:
    """The page to go on to; never an address of somebody else's."""
    safe = wanted.startswith("/member/requests/") and not set(wanted) & set("\\\r\n:") and "//" not in wanted
    return wanted if safe else AT
