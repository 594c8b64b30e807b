"""An order, as signed, -> the PAS request Bundle that its provider need not send: what an order-time case rests on.

Kept in place of a request, so that inquiry, notification, update and review read the case as they read every other
(decision 0005). Its identifier, and the trace number of its one item, is the assertion id of the order.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fhir_pa.pas.extensions import ITEM_TRACE_NUMBER, REQUESTED_SERVICE, simple
from fhir_pa.pas.ids import stable_uuid
from fhir_pa.um.deciding.request import Identifier
from ig_profiles.names import CLAIM_TYPE, DATA_ABSENT_REASON_EXTENSION, PLACE_OF_SERVICE, PROCESS_PRIORITY
from ig_profiles.reading import Coding, Entry, Json, many, one, text, without_empty
from questionnaires.policy import RequestedService


@dataclass(frozen=True)
class SignedOrder:
    """What is certified, and the resources it rests on as the EHR gave them.

    ``service`` names the billing codes that are certified. ``fhir_base`` is the EHR's own, or empty; ``evidence`` what
    the policy's facts read, and whatever the order refers to.
    """

    trace: Identifier
    service: RequestedService
    patient: Entry
    coverage: Entry
    orderer: Entry
    order: Entry
    insurer: Json
    evidence: tuple[Entry, ...]
    fhir_base: str = ""


def order_claim(signed: SignedOrder, at: datetime) -> Json:
    """The request Bundle: the Claim first, then all it refers to, each once under the name it has."""
    parties = (signed.patient, signed.coverage, Entry("", signed.insurer, ""), signed.orderer, _requestor(signed), signed.order, *signed.evidence)
    entries = {_url(entry, signed.fhir_base): entry.resource for entry in parties}
    bundle = {
        "resourceType": "Bundle",
        "identifier": {"system": signed.trace.system, "value": signed.trace.value},
        "type": "collection",
        "timestamp": at.isoformat(timespec="milliseconds"),
        "entry": [
            {"fullUrl": f"urn:uuid:{stable_uuid('Claim', signed.trace.value)}", "resource": _claim(signed, at)},
            *({"fullUrl": url, "resource": resource} for url, resource in entries.items()),
        ],
    }
    return dict(without_empty(bundle))


def _claim(signed: SignedOrder, at: datetime) -> Json:
    identifier = {"system": signed.trace.system, "value": signed.trace.value}
    return {
        "resourceType": "Claim",
        "identifier": [identifier],
        "status": "active",
        "type": {"coding": [{"system": CLAIM_TYPE, "code": "professional"}]},
        "use": "preauthorization",
        "patient": _reference(signed.patient, signed),
        "created": at.isoformat(timespec="seconds"),
        "insurer": _reference(Entry("", signed.insurer, ""), signed),
        "provider": _reference(_requestor(signed), signed),
        "priority": {"coding": [{"system": PROCESS_PRIORITY, "code": "normal"}]},
        "diagnosis": [
            {"sequence": number, "diagnosisCodeableConcept": {"coding": [_coding(code)]}} for number, code in enumerate(signed.service.diagnoses, start=1)
        ],
        "insurance": [{"sequence": 1, "focal": True, "coverage": _reference(signed.coverage, signed)}],
        "item": [_item(signed, identifier)],
    }


def _requestor(signed: SignedOrder) -> Entry:
    """Who asks, as the guide lets a Claim name it: an organization, or somebody in a role; a bare practitioner gets one of our making."""
    orderer = signed.orderer
    if orderer.resource.get("resourceType") != "Practitioner":
        return orderer
    role: Json = {
        "resourceType": "PractitionerRole",
        "id": stable_uuid("PractitionerRole", _url(orderer, signed.fhir_base)),
        "identifier": orderer.resource.get("identifier"),
        "active": True,
        "practitioner": {**_reference(orderer, signed), "display": _name(orderer.resource)},
        "telecom": many(orderer.resource, "telecom") or [{"extension": [{"url": DATA_ABSENT_REASON_EXTENSION, "valueCode": "unknown"}]}],
    }
    return Entry(f"urn:uuid:{role['id']}", without_empty(role), "")


def _name(person: Json) -> str | None:
    name = one(person, "name")
    return text(name, "text") or " ".join([*(str(each) for each in many(name, "given")), text(name, "family") or ""]).strip() or None


def _item(signed: SignedOrder, identifier: Json) -> Json:
    service = signed.service
    on, until = service.on, service.until
    return {
        "extension": [
            {"url": ITEM_TRACE_NUMBER, "valueIdentifier": identifier},
            simple(REQUESTED_SERVICE, "Reference", _reference(signed.order, signed)),
        ],
        "sequence": 1,
        "diagnosisSequence": list(range(1, len(service.diagnoses) + 1)),
        "productOrService": {"coding": [_coding(code) for code in service.codes]},
        "servicedDate": str(on) if on and not until else None,
        "servicedPeriod": {"start": str(on) if on else None, "end": str(until)} if until else None,
        "locationCodeableConcept": {"coding": [{"system": PLACE_OF_SERVICE, "code": service.place}]} if service.place else None,
        "quantity": {"value": service.quantity, "unit": service.unit} if service.quantity is not None else None,
    }


def _reference(entry: Entry, signed: SignedOrder) -> Json:
    return {"reference": _url(entry, signed.fhir_base)}


def _url(entry: Entry, base: str) -> str:
    """The name the resource has at the EHR; one of our making where it has none, or is contained in another."""
    kind, identity = entry.resource.get("resourceType"), entry.resource.get("id")
    if entry.full_url and not entry.full_url.startswith("#"):
        return entry.full_url
    if base and identity and not entry.full_url:
        return f"{base.rstrip('/')}/{kind}/{identity}"
    return f"urn:uuid:{stable_uuid(kind, identity, entry.resource)}"


def _coding(code: Coding) -> Json:
    return {"system": code.system, "code": code.code, "display": code.display}
