"""Signing in to a desk: with a token of one's own, or with the plan's accounts."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, g, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import Seats, Session, Sessions
from fhir_pa.auth.oidc import Listed
from fhir_pa.web.accounts import over_and_back, plan_sign_in
from fhir_pa.web.offered import Payer
from fhir_pa.web.page import see
from fhir_pa.web.seat import Seat
from ig_profiles.outcome import Unauthenticated

NOBODY_LOCAL = "Nobody of that name signs in here without a token. Sign in with one: fhir-pa people token ID."
NO_ACCOUNTS = "This server has no sign-in with the plan's accounts. Add [oidc] to its configuration."


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
    seat = Seat(entrance.at, entrance.cookie, entrance.cases, sessions, payer.settings.public_url)
    plan = plan_sign_in(payer.directory.plan_accounts, entrance.people, f"{seat.door}/back", payer)
    page = entrance.page

    def seated(session: Session) -> None:
        g.caller = session.caller

    seat.keep(base, seated)
    local = {each.id: each for each in entrance.people} if payer.settings.local_people else {}

    @base.get("/sign-in")
    def sign_in() -> Response:
        return _ask()

    @base.post("/sign-in")
    def prove() -> Response:
        if not hmac.compare_digest(seat.left_at_the_door("sign_in").encode(), request.form.get("csrf", "-").encode()):
            return _ask("The page was open too long, or cookies are off. Try once more.", 403)
        try:
            person = sessions.proven(request.form.get("token", ""))
        except Unauthenticated as refusal:
            return _refused(refusal)
        return _let_in(person)

    @base.post("/sign-in/local")
    def choose() -> Response:
        """Signed in as the person chosen, where the server takes the word of everybody on its machine."""
        if not hmac.compare_digest(seat.left_at_the_door("sign_in").encode(), request.form.get("csrf", "-").encode()):
            return _ask("The page was open too long, or cookies are off. Try once more.", 403)
        if request.form.get("person", "") not in local:
            return _refused(Unauthenticated(NOBODY_LOCAL))
        return _let_in(request.form["person"])

    def _let_in(person: str) -> Response:
        response = see(seat.where(request.form.get("next", "")))
        seat.take(response, sessions.begin(person))
        return response

    def _arrived(next_: str) -> Response:
        return page("arrived", **_framed(), next=next_)

    def _refused(refusal: Unauthenticated) -> Response:
        return _ask(refusal.issues[0].text, 401)

    def _framed() -> dict[str, Any]:
        return {"plan": payer.directory.insurer.name, "session": None, "here": ""}

    def _ask(wrong: str = "", status: int = 200) -> Response:
        token = secrets.token_urlsafe(24)
        wanted = seat.where(request.values.get("next", ""))
        here = {"local": local.values(), "chosen": request.args.get("as")}
        response = page("sign_in", status, **_framed(), wrong=wrong, csrf=token, next=wanted, elsewhere=plan is not None, **here)
        seat.leave_at_the_door(response, "sign_in", token)
        return response

    over_and_back(base, seat, plan, authenticator.mint, "plan", NO_ACCOUNTS, _arrived, _refused)
