"""Signing in to the member page: by the member portal's accounts, or by number, birthday and a one-time code."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Callable
from datetime import date

from flask import Blueprint, Response, request

from fhir_pa.auth.authenticator import Authenticator
from fhir_pa.auth.desk_session import Sessions, member_seats
from fhir_pa.auth.directory import Directory
from fhir_pa.auth.member_code import Codes
from fhir_pa.auth.visitor import Visitor, doors, visitor_by_id
from fhir_pa.web.accounts import over_and_back, plan_sign_in
from fhir_pa.web.offered import Payer
from fhir_pa.web.page import see
from fhir_pa.web.seat import Seat
from ig_profiles.outcome import TooMany, Unauthenticated

AT, COOKIE, REQUESTS = "/member", "fhir_pa_member", "/member/requests/"
NO_PORTAL = "This server knows no member portal. Add [member_oidc] to its configuration."
Show = Callable[..., Response]


def attend(base: Blueprint, payer: Payer, authenticator: Authenticator, page: Show) -> None:
    """Let members in and out of the pages of this blueprint. ``page(template, status, **words)`` makes one."""
    directory, clock = payer.directory, payer.clock
    sessions = Sessions(authenticator.mint, member_seats(directory, lambda: clock().date()), payer.memory, clock)
    codes = Codes(directory, payer.memory, clock)
    seat = Seat(AT, COOKIE, REQUESTS, sessions, payer.settings.public_url)
    portal = plan_sign_in(directory.member_accounts, list(doors(directory)) if directory.member_accounts else [], f"{seat.door}/back", payer)

    seat.keep(base)
    local = _anybody(directory, clock().date()) if payer.settings.local_people else {}

    @base.get("/sign-in")
    def sign_in() -> Response:
        return _ask()

    @base.post("/sign-in")
    def prove() -> Response:
        if not hmac.compare_digest(seat.left_at_the_door("sign_in").encode(), request.form.get("csrf", "-").encode()):
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
        return _let_in(known.id)

    @base.post("/sign-in/local")
    def choose() -> Response:
        """Signed in as the person chosen, where the server takes the word of everybody on its machine."""
        if not hmac.compare_digest(seat.left_at_the_door("sign_in").encode(), request.form.get("csrf", "-").encode()):
            return _ask("page too old", 403)
        person = request.form.get("person", "")
        return _let_in(person) if person in local else _ask("does not fit", 401)

    def _let_in(person: str) -> Response:
        response = see(seat.where(request.form.get("next", "")))
        seat.take(response, sessions.begin(person))
        return response

    def _ask(wrong: str = "", status: int = 200) -> Response:
        token = secrets.token_urlsafe(24)
        filled = {name: request.form.get(name, "") for name in ("number", "born")}
        wanted = seat.where(request.values.get("next", ""))
        here = {"local": local.values(), "chosen": request.args.get("as")}
        response = page("sign_in", status, wrong=wrong, csrf=token, next=wanted, filled=filled, portal=portal is not None, **here)
        seat.leave_at_the_door(response, "sign_in", token)
        return response

    over_and_back(
        base,
        seat,
        portal,
        authenticator.mint,
        "portal",
        NO_PORTAL,
        arrived=lambda next_: page("arrived", next=next_),
        refused=lambda _: _ask("not vouched for", 401),
    )


def _anybody(directory: Directory, on: date) -> dict[str, Visitor]:
    """Everybody who could sign in on this day, by the id of the session."""
    found = (visitor_by_id(directory, door.id, on) for door in doors(directory))
    return {each.id: each for each in found if each}


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written.strip())
    except ValueError:
        return None
