"""Orders of any type -> RequestedService: what is asked for, why, when and how much (crd.md §1.2, traps 19-22)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from typing import Any

from cds_hooks.hook import Subject
from cds_hooks.moments import day, span
from ig_profiles.names import CRD, PLACE_OF_SERVICE, code_system
from ig_profiles.reading import Coding, Entry, Index, Json, code_in, codings, extension_value, extensions, many, one, text
from questionnaires.policy import RequestedService

BILLING_OPTIONS = f"{CRD}/StructureDefinition/ext-billing-options"
PAYLOAD_CONTENT = "http://hl7.org/fhir/5.0/StructureDefinition/extension-CommunicationRequest.payload.content[x]"

_CONCEPTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "Appointment": (("serviceType",), ("appointmentType",)),
    "DeviceRequest": (("codeCodeableConcept",),),
    "Encounter": (("serviceType",), ("type",), ("class",)),
    "MedicationRequest": (("medicationCodeableConcept",),),
    "NutritionOrder": (("oralDiet", "type"), ("supplement", "type"), ("enteralFormula", "baseFormulaType"), ("enteralFormula", "additiveType")),
    "ServiceRequest": (("code",),),
    "Task": (("code",),),
    "VisionPrescription": (("lensSpecification", "product"),),
}
_DESCRIBED_ELSEWHERE = {"DeviceRequest": ("codeReference",), "MedicationRequest": ("medicationReference",), "Task": ("focus",)}
_QUANTITIES = (("quantityQuantity",), ("dispenseRequest", "quantity"))
_WRITTEN = ("authoredOn", "dateTime", "dateWritten", "created")


@dataclass(frozen=True)
class Order:
    """One thing the hook asks about, in a policy's words.

    ``carrier`` is the resource that will carry the answer, exactly as received; ``label`` what a clinician calls the
    service; ``sites`` where on the body it is done. ``fingerprint`` stays the same while patient, codes, date and sites
    do: ids of drafts may be reused by the EHR for other orders (trap 43).
    """

    carrier: Json
    label: str
    service: RequestedService
    fingerprint: str
    do_not_perform: bool = False
    sites: tuple[str, ...] = ()

    @property
    def reference(self) -> str:
        """``Type/id`` of the carrier, or only the type when it has no id."""
        kind, identity = self.carrier.get("resourceType"), text(self.carrier, "id")
        return f"{kind}/{identity}" if identity else str(kind)


def order_of(subject: Subject, index: Index, patient_id: str) -> Order:
    """The order behind one subject of a hook; whatever is missing in it is left out, never an error."""
    described = subject.described_by
    concepts = list(_concepts(described, index))
    codes = tuple(dict.fromkeys(coding for concept in concepts for coding in (*codings(concept), *_billing_options(concept))))
    on, until = span(described.resource)
    on, until = day(subject.on) or on, day(subject.until, last=True) or until
    quantity, unit = _quantity(described.resource)
    service = RequestedService(
        codes=codes,
        diagnoses=tuple(_diagnoses(described, index)),
        on=on,
        until=until if until and (on is None or until >= on) else None,
        quantity=quantity,
        unit=unit,
        place=_place(described, index),
    )
    written = next((found for name in _WRITTEN if (found := day(text(described.resource, name)))), None)
    sites = sites_of(described.resource)
    return Order(
        carrier=subject.carrier.resource,
        label=_label(concepts, codes, described.resource),
        service=service,
        fingerprint=fingerprint(patient_id, codes, on or written, sites),
        do_not_perform=described.resource.get("doNotPerform") is True,
        sites=sites,
    )


def fingerprint(patient_id: str, codes: tuple[Coding, ...], on: date | None, sites: tuple[str, ...] = ()) -> str:
    """SHA-256 over patient, codes (whatever alias of their system, in whatever order), date and body sites: the left knee is not the right.

    >>> a, b = Coding("urn:oid:2.16.840.1.113883.6.285", "E1390"), Coding("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "E1390")
    >>> fingerprint("1", (a,), None) == fingerprint("1", (b,), None) != fingerprint("2", (b,), None)
    True
    """
    named = sorted(f"{code_system(coding.system)}|{coding.code}" for coding in codes)
    return sha256("\n".join([patient_id, str(on or ""), *dict.fromkeys(named), *sites]).encode()).hexdigest()


def described_by(resource: Json) -> list[Json]:
    """The references whose targets say what an order is for or why: medication, device, focus, reasons."""
    found = [item for name in _DESCRIBED_ELSEWHERE.get(str(resource.get("resourceType")), ()) for item in many(resource, name)]
    return [item for item in found + _reasons(resource) if isinstance(item, dict)]


def _concepts(described: Entry, index: Index) -> Iterator[Json]:
    """The concepts that name the service: in the order itself, or in the Medication, Device or order it points to."""
    resource = described.resource
    kind = str(resource.get("resourceType"))
    for path in _CONCEPTS.get(kind, ()):
        yield from (item for item in many(resource, *path) if isinstance(item, dict))
    if kind == "CommunicationRequest":
        contents = (extension_value(payload, PAYLOAD_CONTENT) for payload in many(resource, "payload"))
        yield from (item for item in contents if isinstance(item, dict))
    for name in _DESCRIBED_ELSEWHERE.get(kind, ()):
        target = index.resolve(one(resource, name), described)
        if target is None or target.resource is resource:
            continue
        if target.resource.get("resourceType") in ("Medication", "Device"):
            yield from (item for path in ("code", "type") for item in many(target.resource, path) if isinstance(item, dict))
        elif target.resource.get("resourceType") != "Task":
            yield from _concepts(target, index)


def sites_of(resource: Json) -> tuple[str, ...]:
    """Where on the body, by code or in words: body sites, and the eye of each lens."""
    concepts = many(resource, "bodySite")
    named = [*(f"{code.system}|{code.code}" for code in codings(concepts)), *(text(each, "text") or "" for each in concepts)]
    return tuple(sorted({*named, *(each for each in many(resource, "lensSpecification", "eye") if isinstance(each, str))} - {""}))


def _billing_options(concept: Json) -> list[Coding]:
    return [coding for item in extensions(concept, BILLING_OPTIONS) for coding in codings(item.get("valueCodeableConcept"))]


def _reasons(resource: Json) -> list[Any]:
    return many(resource, "reasonReference") + many(resource, "diagnosis", "condition")


def _diagnoses(described: Entry, index: Index) -> Iterator[Coding]:
    found = list(codings(many(described.resource, "reasonCode")))
    for reference in _reasons(described.resource):
        target = index.resolve(reference, described)
        found.extend(codings(many(target.resource, "code")) if target else ())
    yield from dict.fromkeys(found)


def _place(described: Entry, index: Index) -> str | None:
    named = many(described.resource, "locationCode")
    for reference in many(described.resource, "locationReference") + many(described.resource, "location", "location"):
        target = index.resolve(reference, described)
        named.extend(many(target.resource, "type") if target else [])
    return code_in(named, PLACE_OF_SERVICE)


def _quantity(resource: Json) -> tuple[Decimal | None, str | None]:
    for path in _QUANTITIES:
        quantity = one(resource, *path)
        try:
            return Decimal(str(one(quantity, "value"))), text(quantity, "unit") or text(quantity, "code")
        except InvalidOperation:
            continue
    times = one(resource, "occurrenceTiming", "repeat", "count")
    return (Decimal(times), None) if isinstance(times, int) and not isinstance(times, bool) else (None, None)


def _label(concepts: list[Json], codes: tuple[Coding, ...], resource: Json) -> str:
    """What a clinician calls it: the order's own text, a code's display, a code, or the kind of order."""
    said = next((found for concept in concepts if (found := text(concept, "text"))), None)
    shown = next((coding.display for coding in codes if coding.display), None)
    words = said or shown or (codes[0].code if codes else None) or str(resource.get("resourceType") or "order")
    return " ".join(words.split())
