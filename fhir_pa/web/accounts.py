"""Accounts elsewhere: over to the provider where the plan's people, or its members, have their accounts, and back with who it was."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from urllib.parse import urlsplit

from flask import Blueprint, Response, request

from fhir_pa.auth.directory import PlanAccounts
from fhir_pa.auth.oidc import Begun, Listed, PlanSignIn
from fhir_pa.auth.tokens import Mint
from fhir_pa.outbound.addresses import NotAllowed
from fhir_pa.outbound.guarded import Limits, NotReached, Reply, fetch, post
from fhir_pa.web.offered import Payer
from fhir_pa.web.page import see
from fhir_pa.web.seat import AT_THE_DOOR, Seat
from ig_profiles.outcome import NotFound, Unauthenticated

LOG = logging.getLogger("fhir_pa.web")
CALL = Limits(connect=3, read=5, total=8, max_bytes=512 * 1024)


def over_and_back(
    base: Blueprint,
    seat: Seat,
    accounts: PlanSignIn | None,
    mint: Mint,
    way: str,
    missing: str,
    arrived: Callable[[str], Response],
    refused: Callable[[Unauthenticated], Response],
) -> None:
    """``/sign-in/{way}`` leads over to the accounts, ``/sign-in/back`` back to a seat.

    ``missing`` is told where no accounts are registered; ``arrived(next)`` and ``refused(why)`` make the pages.
    """

    @base.get(f"/sign-in/{way}")
    def leave() -> Response:
        if accounts is None:
            raise NotFound(missing)
        begun = Begun.new()
        kept = mint.sign_in_token(AT_THE_DOOR, **vars(begun), next=seat.where(request.args.get("next", "")))
        response = see(accounts.address(begun))
        seat.leave_at_the_door(response, "away", kept, across_sites=True)
        return response

    @base.get("/sign-in/back")
    def come_back() -> Response:
        try:
            use, said = mint.read(seat.left_at_the_door("away"))
            if accounts is None or use != "sign-in":
                raise Unauthenticated("No sign-in was begun in this browser. Begin again.")
            person = accounts.person(Begun(said.text("state"), said.text("nonce"), said.text("verifier")), request.args.to_dict())
        except Unauthenticated as refusal:
            return refused(refusal)
        response = arrived(seat.where(said.text("next")))
        seat.take_from_the_door(response, "away")
        seat.take(response, seat.sessions.begin(person))
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
