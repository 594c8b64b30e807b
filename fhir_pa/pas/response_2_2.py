"""What only a 2.2 ClaimResponse says: the reviewer, the systems, the decision on the whole event, and added items.

A modified item keeps what was requested; what is authorized instead stands in ``addItem`` under the same sequence.
Source: PAS 2.2.1 §specification "Returning authorized items that are different from what was requested" (spec-36, spec-37).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fhir_pa.pas import codes
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Answering
from fhir_pa.pas.asked import asked_for, coding_of, quantity, service_concept, unit_price
from fhir_pa.pas.dates import wire_period
from fhir_pa.pas.extensions import compound, simple
from fhir_pa.pas.response_item import (
    CERTIFIES,
    adjudication,
    authorized_dates,
    authorized_provider,
    giving,
    number_of,
    providers,
)
from fhir_pa.pas.stay import stay
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import Authorized, ReviewAction, Signature
from fhir_pa.um.deciding.request import Party
from ig_profiles.names import ADJUDICATION, NPI, NUCC
from ig_profiles.reading import Json, extension_value, extensions, many

_KEPT_ON_ADDED = (
    ext.ITEM_TRACE_NUMBER,
    ext.AUTHORIZATION_NUMBER,
    ext.ADMINISTRATIVE_REFERENCE,
    ext.EPSDT,
    ext.NURSING_HOME_STATUS,
    ext.NURSING_HOME_LEVEL,
    ext.SERVICE_CODE_END,
    ext.REVENUE_UNIT_RATE,
    ext.REQUEST_TYPE,
    ext.CERTIFICATION_TYPE,
)

_KEPT_ON_STEP_DOWN = frozenset({ext.ITEM_TRACE_NUMBER, ext.REQUEST_TYPE, ext.CERTIFICATION_TYPE, ext.REQUESTED_SERVICE, ext.ITEM_CATEGORY})


def claim_response_2_2(answering: Answering) -> Json:
    """The elements of ClaimResponse that 2.2 adds."""
    authorization = answering.authorization
    certified = [item for item in authorization.items if item.determination.action in CERTIFIES]
    whole_claim = giving(authorization.request.providers) if certified else ()
    return {
        "extension": [
            _transmission(answering),
            reviewer(authorization),
            *(authorized_provider(party, answering) for party in whole_claim),
        ],
        "adjudication": [_event(authorization)],
        "addItem": [added for item in authorization.items if item.determination.action is ReviewAction.MODIFIED for added in _instead(item, answering)],
    }


def reviewer(authorization: Authorization) -> Json | None:
    """Whether a person reviewed, and who signed last (claimResponseReviewer)."""
    signed = [item.determination for item in authorization.items if item.determination.signed_by is not None]
    last = max(signed, key=lambda determination: determination.decided_at).signed_by if signed else None
    return compound(ext.CLAIM_RESPONSE_REVIEWER, simple("wasHumanReviewedFlag", "Boolean", last is not None), *_credentials(last))


def _credentials(signature: Signature | None) -> list[Json | None]:
    if signature is None:
        return []
    specialty = {"coding": [{"system": NUCC, "code": signature.specialties[0]}]} if signature.specialties else None
    npi = {"system": NPI, "value": signature.npi} if signature.npi else None
    return [simple("reviewerNPI", "Identifier", npi), simple("reviewerSpecialty", "CodeableConcept", specialty)]


def _event(authorization: Authorization) -> Json:
    """The decision on the whole request, where X12 puts the event's own review action."""
    certified = any(item.determination.action in CERTIFIES for item in authorization.items)
    number = authorization.number if certified and authorization.action is not ReviewAction.PENDED else None
    action = compound(
        ext.REVIEW_ACTION,
        simple("number", "String", number),
        simple(ext.REVIEW_ACTION_CODE, "CodeableConcept", codes.review_action_concept(authorization.action)),
    )
    return {"extension": [action], "category": {"coding": [{"system": ADJUDICATION, "code": "submitted"}]}}


def _transmission(answering: Answering) -> Json | None:
    """The systems of the request with the parts changed: who received now sends."""
    claim = answering.asked.claim.resource

    def said(name: str, of: str) -> Json | None:
        return simple(name, "String", extension_value(claim, ext.TRANSMISSION_IDENTIFIERS, of))

    return compound(
        ext.TRANSMISSION_IDENTIFIERS,
        said("applicationSenderCode", "applicationReceiverCode"),
        said("applicationReceiverCode", "applicationSenderCode"),
        said("interchangeSenderID", "interchangeReceiverID"),
        said("interchangeReceiverID", "interchangeSenderID"),
    )


def _instead(item: Item, answering: Answering) -> Iterator[Json]:
    """What is authorized instead, and behind it the less intense care that follows, each as an item of its own under the same sequence."""
    first, step = _added(item, answering), item.determination.step_down
    yield first
    if step is not None:
        held = Authorized(step.starts_on, step.until, step.quantity, step.unit)
        dates = authorized_dates(replace(item.determination, authorized=held))
        kept = [each for each in first["extension"] if each and each["url"] in _KEPT_ON_STEP_DOWN]
        yield {
            **{name: first[name] for name in ("itemSequence", "provider", "adjudication")},
            "extension": [*dates, *kept],
            "productOrService": {"coding": [coding_of(step.service)]},
            "servicedPeriod": wire_period(step.starts_on, step.until),
            "quantity": quantity(step.quantity, step.unit, {}, answering),
        }


def _added(item: Item, answering: Answering) -> Json:
    """What is authorized instead of what was requested."""
    determination, asked = item.determination, asked_for(item, answering)
    held = determination.authorized
    amount = (held.quantity if held else None) or item.requested.service.quantity
    unit = (held.unit if held else None) or item.requested.service.unit
    return {
        "extension": [
            *authorized_dates(determination),
            *(extension for url in _KEPT_ON_ADDED for extension in extensions(asked, url)),
            simple(ext.REQUESTED_SERVICE, "Reference", answering.echo.mention(answering.received, extension_value(asked, ext.REQUESTED_SERVICE))),
            simple(ext.ITEM_CATEGORY, "CodeableConcept", asked.get("category")),
            simple(ext.REVENUE, "CodeableConcept", asked.get("revenue")),
            *stay(answering),
        ],
        "itemSequence": [item.sequence],
        "provider": [_provider(party, answering) for party in providers(item, answering)],
        "productOrService": service_concept(asked, item.requested),
        "modifier": many(asked, "modifier"),
        "servicedPeriod": wire_period(held.starts_on, held.until) if held else None,
        "locationCodeableConcept": asked.get("locationCodeableConcept"),
        "quantity": quantity(amount, unit, asked, answering),
        "unitPrice": unit_price(asked, item.requested),
        "adjudication": [adjudication(determination, number_of(item, answering))],
    }


def _provider(party: Party, answering: Answering) -> Json | None:
    reference = answering.echo.provider(answering.received, party)
    kind = simple(ext.AUTHORIZED_PROVIDER_TYPE, "CodeableConcept", codes.provider_type_concept(party.role)) if party.role else None
    return None if reference is None else reference | ({"extension": [kind]} if kind else {})
