"""One item of an authorization -> ClaimResponse.item, in either generation.

The decision is the review action inside the adjudication (pas.md §1.4 rules 34-39). ``authorizedItemDetail`` says what
was authorized in 2.0.1, and what was requested in 2.2, where ``addItem`` holds what is authorized (traps 19-21).
"""

from __future__ import annotations

from collections.abc import Iterable

from fhir_pa.pas import codes
from fhir_pa.pas import extensions as ext
from fhir_pa.pas.answering import Answering
from fhir_pa.pas.asked import asked_for, coding_of, quantity, service_concept, spoken_diagnoses, unit_price
from fhir_pa.pas.dates import wire_period
from fhir_pa.pas.extensions import compound, simple
from fhir_pa.pas.information_request import form_contexts
from fhir_pa.pas.notes import about
from fhir_pa.pas.stay import stay
from fhir_pa.um.case.item import Item
from fhir_pa.um.deciding.determination import Determination, ReviewAction
from fhir_pa.um.deciding.request import Party
from fhir_pa.um.reviewing import appeal_answer
from fhir_pa.um.stays import ending
from ig_profiles.names import ADJUDICATION
from ig_profiles.reading import Json, extensions, many

CERTIFIES = frozenset({ReviewAction.CERTIFIED, ReviewAction.MODIFIED, ReviewAction.PARTIAL})
_EXPLAINS = frozenset({ReviewAction.NOT_CERTIFIED, ReviewAction.MODIFIED, ReviewAction.PARTIAL})


def write_item(item: Item, answering: Answering) -> Json:
    """ClaimResponse.item for one requested service."""
    asked = asked_for(item, answering)
    return {
        "extension": _extensions(item, asked, answering),
        "itemSequence": item.sequence,
        "noteNumber": answering.notes.add([*about(item), appeal_answer.about(answering.authorization, item.sequence), ending.about(answering.authorization)]),
        "adjudication": [adjudication(item.determination, number_of(item, answering))],
    }


def number_of(item: Item, answering: Answering) -> str | None:
    """The authorization number, which only a certification bears (trap 28)."""
    return answering.authorization.number if item.determination.action in CERTIFIES else None


def adjudication(determination: Determination, certified_as: str | None) -> Json:
    """The adjudication that carries the review action and, when it takes something away or waits, the reasons."""
    reasons = _reasons(determination)
    action = compound(
        ext.REVIEW_ACTION,
        simple("number", "String", certified_as),
        simple(ext.REVIEW_ACTION_CODE, "CodeableConcept", codes.review_action_concept(determination.action)),
        *(simple("reasonCode", "CodeableConcept", codes.decision_reason_concept(code)) for code in reasons),
    )
    return {"extension": [action], "category": {"coding": [{"system": ADJUDICATION, "code": "submitted"}]}}


def _reasons(determination: Determination) -> tuple[str, ...]:
    if determination.action in _EXPLAINS or determination.reason_codes:
        return determination.reason_codes
    if determination.awaits_engine:
        return (codes.NOT_FINISHED,)
    if determination.action is ReviewAction.PENDED:
        waits_for_evidence = any(finding.missing for finding in determination.findings)
        return (codes.INFORMATION_NEEDED if waits_for_evidence else codes.MEDICAL_REVIEW_NEEDED,)
    return ()


def _extensions(item: Item, asked: Json, answering: Answering) -> list[Json]:
    determination = item.determination
    certified = determination.action in CERTIFIES
    found = [
        *extensions(asked, ext.ITEM_TRACE_NUMBER),
        *form_contexts(item, answering),
        *authorized_dates(determination),
        simple(ext.AUTHORIZATION_NUMBER, "String", item.requested.authorization_number),
        simple(ext.ADMINISTRATIVE_REFERENCE, "String", administrative_reference(item, answering)),
        _requested_date(item, asked),
        *(authorized_provider(party, answering) for party in (providers(item, answering) if certified else ())),
        _detail(item, asked, answering),
        *_diagnoses(item, answering),
        *(stay(answering) if certified and answering.is_2_2 else ()),
    ]
    return [extension for extension in found if extension]


def authorized_dates(determination: Determination) -> list[Json | None]:
    """Issue date and period of a certification; nothing for anything else."""
    if determination.action not in CERTIFIES or determination.authorized is None:
        return []
    held = determination.authorized
    return [
        simple(ext.PRE_AUTH_ISSUED, "Date", determination.decided_at.date().isoformat()),
        simple(ext.PRE_AUTH_PERIOD, "Period", wire_period(held.starts_on, held.until)),
    ]


def administrative_reference(item: Item, answering: Answering) -> str | None:
    """What a pended item is called; otherwise the reference the sender gave."""
    pended = item.determination.action is ReviewAction.PENDED
    return answering.authorization.reference if pended else item.requested.administrative_reference


def providers(item: Item, answering: Answering) -> tuple[Party, ...]:
    """Who may give the service: the item's providers, else those of the whole claim, else the requestor; nobody who only orders it or sends the member."""
    request = answering.authorization.request
    return giving(item.requested.providers) or giving(request.providers) or (request.requestor,)


def giving(parties: Iterable[Party]) -> tuple[Party, ...]:
    """Those of them who give care, not only ask for it."""
    return tuple(party for party in parties if party.role not in codes.ASKING_ROLES)


def authorized_provider(party: Party, answering: Answering) -> Json | None:
    """The authorizedProvider extension, at an item or (2.2) at the ClaimResponse."""
    reference = answering.echo.provider(answering.received, party)
    if reference is None:
        return None
    kind_url = ext.AUTHORIZED_PROVIDER_TYPE if answering.is_2_2 else "providerType"
    kind = simple(kind_url, "CodeableConcept", codes.provider_type_concept(party.role)) if party.role else None
    return compound(ext.AUTHORIZED_PROVIDER, simple("provider", "Reference", reference), kind)


def _requested_date(item: Item, asked: Json) -> Json | None:
    if isinstance(asked.get("servicedPeriod"), dict):
        return simple(ext.REQUESTED_SERVICE_DATE, "Period", asked["servicedPeriod"])
    service = item.requested.service
    if service.on and service.until:
        return simple(ext.REQUESTED_SERVICE_DATE, "Period", wire_period(service.on, service.until))
    return simple(ext.REQUESTED_SERVICE_DATE, "DateTime", service.on.isoformat()) if service.on else None


def _detail(item: Item, asked: Json, answering: Answering) -> Json | None:
    determination, service = item.determination, item.requested.service
    if determination.action not in CERTIFIES:
        return None
    held = determination.authorized
    asked_amount = answering.is_2_2 and service.quantity is not None
    amount = service.quantity if asked_amount or held is None else held.quantity or service.quantity
    unit = service.unit if asked_amount or held is None else held.unit or service.unit
    return compound(
        ext.AUTHORIZED_DETAIL,
        simple("productOrServiceCode", "CodeableConcept", service_concept(asked, item.requested)),
        *extensions(asked, ext.SERVICE_CODE_END),
        *(simple("modifier", "CodeableConcept", concept) for concept in many(asked, "modifier")),
        simple("unitPrice", "Money", unit_price(asked, item.requested)),
        simple("quantity", "Quantity", quantity(amount, unit, asked, answering)),
    )


def _diagnoses(item: Item, answering: Answering) -> list[Json | None]:
    """The diagnoses a decision other than a plain yes speaks about; an inquiry's answer may name one."""
    if item.determination.action in (ReviewAction.CERTIFIED, ReviewAction.CANCELLED, ReviewAction.NO_ACTION):
        return []
    spoken = spoken_diagnoses(item.requested)[: 1 if answering.form == "inquiry" else None]
    return [simple(ext.COMMUNICATED_DIAGNOSIS, "CodeableConcept", {"coding": [coding_of(coding)]}) for coding in spoken]
