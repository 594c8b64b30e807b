"""Signing in to a desk and out of it: the cookie, who sends it, and the guard before every page."""

from __future__ import annotations

import hmac
import logging
import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import IDLE, Seats, Session, Sessions
from fhir_pa.auth.directory import PlanAccounts
from fhir_pa.auth.oidc import Begun, Listed, PlanSignIn
from fhir_pa.outbound.addresses import NotAllowed
from fhir_pa.outbound.guarded import Limits, NotReached, Reply, fetch, post
from fhir_pa.web.offered import Payer
from fhir_pa.web.page import see
from ig_profiles.outcome import Forbidden, NotFound, Unauthenticated

LOG = logging.getLogger("fhir_pa.web")
AT_THE_PLAN = timedelta(minutes=15)
CALL = Limits(connect=3, read=5, total=8, max_bytes=512 * 1024)


@dataclass(frozen=True)
class Entrance:
    """The door of one desk: where it is, the name its cookies begin with, who may sit down, and how its pages are made.

    ``cases`` are the addresses below which a page may be wanted before signing in; ``page(template, status, **words)`` makes one.
    """

    at: str
    cookie: str
    cases: str | tuple[str, ...]
    seats: Seats
    people: Iterable[Listed]
    page: Callable[..., Response]


def attend(base: Blueprint, entrance: Entrance, payer: Payer, authenticator: Authenticator) -> None:
    """Let people in and out of the pages of this blueprint: by a token, and by the plan's own accounts where there are such."""
    sessions = Sessions(authenticator.mint, entrance.seats, payer.memory, payer.clock)
    plan = plan_sign_in(payer.directory.plan_accounts, entrance.people, f"{entrance.at}/sign-in/back", payer)
    at, page, cookie = entrance.at, entrance.page, entrance.cookie
    before, away = f"{cookie}_sign_in", f"{cookie}_away"
    open_to_all = (f"{at}/sign-in", f"{at}/assets/")

    def where(wanted: str) -> str:
        """The page of this desk to go on to; never an address of somebody else's."""
        safe = wanted.startswith(entrance.cases) and not set(wanted) & set("\\\r\n:") and "//" not in wanted
        return wanted if safe else at

    @base.before_request
    def guard() -> Response | None:
        if request.method == "POST":
            check_origin(payer.settings.public_url)
        if request.path.startswith(open_to_all):
            return None
        try:
            g.session = sessions.read(request.cookies.get(cookie, ""))
        except Unauthenticated:
            if request.method == "GET" and not request.path.endswith(".json"):
                return see(f"{at}/sign-in?next={request.path}")
            raise
        g.caller = g.session.caller
        if request.method == "POST":
            g.session.check_form(request.form.get("csrf", ""))
        return None

    @base.after_request
    def renew(response: Response) -> Response:
        session: Session | None = g.get("session")
        fresh = sessions.renewed(session) if session and request.path != f"{at}/sign-out" else None
        if fresh:
            set_cookie(response, fresh)
        return response

    @base.get("/sign-in")
    def sign_in() -> Response:
        return _ask()

    @base.post("/sign-in")
    def prove() -> Response:
        if not hmac.compare_digest(request.cookies.get(before, "").encode(), request.form.get("csrf", "-").encode()):
            return _ask("The page was open too long, or cookies are off. Try once more.", 403)
        try:
            person = sessions.proven(request.form.get("token", ""))
        except Unauthenticated as refusal:
            return _ask(refusal.issues[0].text, 401)
        response = see(where(request.form.get("next", "")))
        set_cookie(response, sessions.begin(person))
        return response

    @base.get("/sign-in/plan")
    def leave() -> Response:
        if plan is None:
            raise NotFound("This server has no sign-in with the plan's accounts. Add [oidc] to its configuration.")
        begun = Begun.new()
        kept = authenticator.mint.sign_in_token(AT_THE_PLAN, **vars(begun), next=where(request.args.get("next", "")))
        response = see(plan.address(begun))
        secure = payer.settings.public_url.startswith("https://")
        response.set_cookie(away, kept, max_age=900, path=f"{at}/sign-in", secure=secure, httponly=True, samesite="Lax")
        return response

    @base.get("/sign-in/back")
    def come_back() -> Response:
        try:
            use, said = authenticator.mint.read(request.cookies.get(away, ""))
            if plan is None or use != "sign-in":
                raise Unauthenticated("No sign-in was begun in this browser. Begin again.")
            person = plan.person(Begun(said.text("state"), said.text("nonce"), said.text("verifier")), request.args.to_dict())
        except Unauthenticated as refusal:
            return _ask(refusal.issues[0].text, 401)
        response = page("arrived", **_framed(), next=where(said.text("next")))
        response.delete_cookie(away, path=f"{at}/sign-in", httponly=True, samesite="Lax")
        set_cookie(response, sessions.begin(person))
        return response

    @base.post("/sign-out")
    def sign_out() -> Response:
        sessions.end(g.session)
        response = see(f"{at}/sign-in")
        response.delete_cookie(cookie, path=at, httponly=True, samesite="Strict")
        return response

    def set_cookie(response: Response, value: str) -> None:
        secure = payer.settings.public_url.startswith("https://")
        response.set_cookie(cookie, value, max_age=int(IDLE.total_seconds()), path=at, secure=secure, httponly=True, samesite="Strict")

    def _framed() -> dict[str, Any]:
        return {"plan": payer.directory.insurer.name, "session": None, "here": ""}

    def _ask(wrong: str = "", status: int = 200) -> Response:
        token = secrets.token_urlsafe(24)
        wanted = where(request.values.get("next", ""))
        response = page("sign_in", status, **_framed(), wrong=wrong, csrf=token, next=wanted, elsewhere=plan is not None)
        secure = payer.settings.public_url.startswith("https://")
        response.set_cookie(before, token, max_age=900, path=f"{at}/sign-in", secure=secure, httponly=True, samesite="Strict")
        return response


def plan_sign_in(accounts: PlanAccounts | None, people: Iterable[Listed], back: str, payer: Payer) -> PlanSignIn | None:
    """The sign-in with accounts of the plan, calling only their registered provider; None where none is registered.

    What the provider's own description names is called where it lies on the issuer's host, or under a registered endpoint.
    """
    settings = payer.settings
    if accounts is None:
        return None
    host = urlsplit(accounts.issuer)
    allowed = (f"{host.scheme}://{host.netloc}", *accounts.endpoints)

    def read(url: str) -> bytes:
        return _reached(lambda: fetch(url, allowed, None, CALL, settings.private_networks))

    def send(url: str, body: bytes, headers: Mapping[str, str]) -> bytes:
        return _reached(lambda: post(url, body, allowed, headers, CALL, settings.private_networks))

    return PlanSignIn(accounts, people, f"{settings.public_url}{back}", read, send, payer.clock)


def _reached(call: Callable[[], Reply]) -> bytes:
    try:
        return call().body
    except NotAllowed as trouble:
        LOG.warning("The plan's accounts lie elsewhere than registered: %s Add the prefix to endpoints of [oidc].", trouble)
        raise Unauthenticated("The plan's accounts lie at an address that is not registered. Have it added to endpoints of [oidc].") from trouble
    except NotReached as trouble:
        raise Unauthenticated("The plan's accounts cannot be reached just now. Try again, or sign in with a token.") from trouble


def check_origin(public_url: str) -> None:
    """A form of ours is posted from our own pages; a browser says where from."""
    origin = request.headers.get("Origin")
    ours = {urlsplit(public_url).netloc, request.host}
    if request.headers.get("Sec-Fetch-Site") in ("cross-site", "same-site") or (origin and urlsplit(origin).netloc not in ours):
        raise Forbidden("This form was posted from another site. Open the page here, and fill it in again.")
