"""Claim/$inquire: a query by example; out go the authorizations that match and that this caller may see, as they stand.

Chapter: PAS, Checking the Status of a Prior Authorization.
"""

from __future__ import annotations

from fhir_pa.auth.caller import Caller
from fhir_pa.pas import inquiry, inquiry_response
from fhir_pa.storage.store import Reading
from fhir_pa.um.authorization import Authorization
from fhir_pa.um.inquiry import matches, may_see
from fhir_pa.wiring import Payer
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource


def inquire(body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """The inquiry's answer: in 2.0.1 one Bundle, in 2.2 Parameters with one Bundle for each match; no match is no error."""
    at = payer.clock()
    asked = read_resource(body, guide, payer.settings.max_body_bytes)
    criteria = inquiry.read(asked, guide)
    with payer.store.reading() as tx:
        known = tx.of_member((*criteria.member, *criteria.subscriber))
        found = [authorization for authorization in known if matches(authorization, criteria) and may_see(authorization, criteria, caller.id)]
        cases = [(authorization, request_of(authorization, tx)) for authorization in found]
    return inquiry_response.write(cases, asked, guide, at=at, base_url=payer.fhir_base(guide))


def request_of(authorization: Authorization, tx: Reading) -> Json:
    """The newest request bundle of a case, as it was received: what the answer's echoed resources come from."""
    received = tx.received(authorization.submission)
    bundle: Json = read_resource(received.body, received.guide)
    return bundle
