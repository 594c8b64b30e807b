"""What is on file of a case as FHIR resources of our own base: its answer, its request, both Bundles, what is asked for and what was said.

A request read back is the submitter's, under the case's reference; what it refers to keeps the submitter's own URLs.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from fhir_pa.pas.answering import Answering, claim_response_id
from fhir_pa.pas.communication import Sent, communications
from fhir_pa.pas.echo import Received, absolute
from fhir_pa.pas.information_request import requests_before
from fhir_pa.pas.response import write
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.reading import Json, many, without_empty

KINDS = ("ClaimResponse", "Claim", "Bundle", "Task", "CommunicationRequest", "Communication")
NAMED = frozenset({"Task", "CommunicationRequest", "Communication", "Bundle"})  # whose id begins with the reference of its case
REQUEST, RESPONSE = "-request", "-response"  # the two Bundles of a case


def kept(
    kind: str, authorization: Authorization, received: Json, guide: str, *, at: datetime, base_url: str, sent: Iterable[Sent] = ()
) -> list[Json]:
    """The resources of this type: one ClaimResponse and Claim, two Bundles, every request for information there ever was, and all that was said.

    ``sent`` are the documents that came after the request; only Communications tell of them.
    """
    if kind == "Claim":
        return [_claim(authorization, received)]
    answer = write(authorization, received, guide, at=at, base_url=base_url)
    identity = claim_response_id(authorization)
    if kind == "Bundle":
        return [{**answer, "id": identity + RESPONSE}, {**received, "id": identity + REQUEST}]
    if kind == "Communication":
        return communications(authorization, sent, answer["entry"][0]["resource"], base_url)
    before = requests_before(Answering(authorization, Received.of(received), guide, at, base_url.rstrip("/")), answer["entry"][0]["resource"])
    return [dict(without_empty(each)) for each in (*many(answer, "entry", "resource"), *before) if each["resourceType"] == kind]


def case_named(kind: str, identity: str) -> str:
    """The reference of the case a resource with this id belongs to.

    >>> case_named("CommunicationRequest", "PR0001-2-18748-4"), case_named("Bundle", "PR0001-response")
    ('PR0001', 'PR0001')
    """
    return identity.partition("-")[0] if kind in NAMED else identity


def _claim(authorization: Authorization, received: Json) -> Json:
    opened = Received.of(received)
    claim: Json = absolute(opened.claim.resource, opened.claim, opened.index, [])
    return {**claim, "id": claim_response_id(authorization)}
