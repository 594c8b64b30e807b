"""Claim/$inquire: a query by example; out go the authorizations that match and that this caller may see, as they stand.

Chapter: PAS, Checking the Status of a Prior Authorization.
"""

from __future__ import annotations

import uuid
from contextlib import suppress

from fhir_pa.auth.caller import Caller
from fhir_pa.operations.weighing.membership import standing
from fhir_pa.pas import business_error, inquiry, inquiry_response
from fhir_pa.pas.inquiry_response import Found
from fhir_pa.pas.stated_claim import stated_claim
from fhir_pa.storage.looks import Look
from fhir_pa.storage.queries import Query
from fhir_pa.storage.store import Reading
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import MemberReference
from fhir_pa.um.on_file.inquiry import InquiryCriteria, is_withheld, matches, may_see, named_first, narrowed
from fhir_pa.wiring import Payer
from ig_profiles.outcome import NotFound, Refusal
from ig_profiles.reading import Json
from ig_profiles.resource_text import read_resource

INQUIRED = "inquired of a case"


def inquire(body: bytes, guide: str, caller: Caller, payer: Payer) -> Json:
    """The inquiry's answer: in 2.0.1 one Bundle, in 2.2 Parameters with one Bundle for each match; no match is no error.

    About a member the plan does not know it is a business error, as in a submission. What is sensitive and somebody else's is
    withheld unless it is asked for by number, and the inquirer told whom to call.
    """
    at = payer.clock()
    asked = read_resource(body, guide, payer.settings.max_body_bytes)
    criteria = inquiry.read(asked, guide)
    numbers = (*criteria.member, *criteria.subscriber)
    if not standing(payer.directory, numbers, at.date()).known:
        return inquiry_response.write_error([business_error.member_not_found(MemberReference(numbers))], asked, guide, at=at)
    with payer.store.reading() as tx:
        known = tx.of_member(numbers)
        matching = named_first([each for each in known if matches(each, criteria) and may_see(each, criteria, caller.id)], criteria)
        shown = [each for each in matching if not is_withheld(each, criteria, caller.id)]
        found = [_found(each, criteria, tx) for each in shown]
    withheld = (payer.directory.insurer.phone or inquiry_response.ON_THE_CARD) if len(shown) < len(matching) else None
    answer = inquiry_response.write(found, asked, guide, at=at, base_url=payer.fhir_base(guide), withheld=withheld)
    with suppress(Refusal), payer.store.transaction() as tx:  # nobody goes without an answer because it could not be measured and noted
        tx.keep_query(str(uuid.uuid4()), [each.number for each in shown], Query(caller.id, at, payer.clock()))
        tx.keep_look(*(Look(str(uuid.uuid4()), at, caller.id, caller.how, INQUIRED, each.number, 1) for each in shown))
    return answer


def _found(authorization: Authorization, criteria: InquiryCriteria, tx: Reading) -> Found:
    part = narrowed(authorization, criteria)
    return Found(part, request_of(authorization, tx), len(part.items) < len(authorization.items))


def request_of(authorization: Authorization, tx: Reading) -> Json:
    """The newest request bundle of a case, as it was received: what the answer's echoed resources come from.

    A simulated case never came over the wire: then it is what the case itself states.
    """
    try:
        received = tx.received(authorization.submission)
    except NotFound:
        return stated_claim(authorization.request, authorization.clock.received_at)
    bundle: Json = read_resource(received.body, received.guide)
    return bundle
