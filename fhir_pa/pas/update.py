"""Which authorization on file an update, a cancellation or an appeal is about (pas.md §1.6 rules 50, 54; trap 38).

Named by Claim.related (the prior Claim's URL or identifier), by the numbers given out earlier, or, in 2.0.1, by the same
Claim.identifier for the same member.
"""

from __future__ import annotations

from collections.abc import Iterable

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import AuthorizationRequest


def which(request: AuthorizationRequest, on_file: Iterable[Authorization], client: str) -> Authorization | None:
    """The authorization this request changes, or None when it names none of these.

    Only the client that submitted it may change it, and only for the same member. The most telling name wins (the URL of
    the prior Claim, then its identifier, then numbers we gave out); of several alike, the one received last.
    """
    if not request.is_update and not request.is_appeal:
        return None
    mine = [each for each in on_file if each.client == client and _same_member(each, request)]
    for names in (_by_url, _by_identifier, _by_number):
        found = [each for each in mine if names(each, request)]
        if found:
            return max(found, key=lambda each: (each.opening_clock.received_at, each.revision))
    return None


def _same_member(authorization: Authorization, request: AuthorizationRequest) -> bool:
    return bool(set(authorization.request.member.identifiers).intersection(request.member.identifiers))


def _by_url(authorization: Authorization, request: AuthorizationRequest) -> bool:
    named = request.follows.url if request.follows else None
    return bool(named) and named == authorization.request.claim_url


def _by_identifier(authorization: Authorization, request: AuthorizationRequest) -> bool:
    named = request.follows.identifiers if request.follows else ()
    return bool(set(named).intersection(authorization.request.trace_numbers))


def _by_number(authorization: Authorization, request: AuthorizationRequest) -> bool:
    """By the authorization number, or by the reference of the pend, in Claim.related or at an item."""
    named = {identifier.value for identifier in (request.follows.identifiers if request.follows else ())}
    named.update(number for item in request.items for number in (item.authorization_number, item.administrative_reference) if number)
    return bool(named.intersection((authorization.number, authorization.reference)))
