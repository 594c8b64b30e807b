"""Builders for the resources a US Core EHR holds, as short as a chart can be told; ``chart`` makes a Bundle of them."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from ig_profiles.names import CPT, HCPCS, ICD10CM, LOINC, RXNORM, SNOMED, UCUM
from ig_profiles.reading import Json

TERMINOLOGY = "http://terminology.hl7.org/CodeSystem/"
FHIR_BASE = "https://oakwood.example/fhir"
SYSTEMS = {"CPT": CPT, "HCPCS": HCPCS, "ICD10": ICD10CM, "LOINC": LOINC, "RXNORM": RXNORM, "SNOMED": SNOMED}


def concept(*codes: str) -> Json:
    """A CodeableConcept of codes told as ``ICD10:M54.16``."""
    return {"coding": [{"system": SYSTEMS[code.partition(":")[0]], "code": code.partition(":")[2]} for code in codes]}


def standard(system: str, code: str) -> Json:
    """A CodeableConcept from one of HL7's own code systems."""
    return {"coding": [{"system": TERMINOLOGY + system, "code": code}]}


def resource(kind: str, identity: str, **elements: Any) -> Json:
    """A resource; elements that are None are left out."""
    return {"resourceType": kind, "id": identity, **{key: value for key, value in elements.items() if value is not None}}


def patient(identity: str, given: str, family: str, born: str, gender: str) -> Json:
    return resource("Patient", identity, name=[{"family": family, "given": [given]}], birthDate=born, gender=gender)


def condition(identity: str, *codes: str, onset: str | None = None, recorded: str | None = None, clinical: str = "active", **more: Any) -> Json:
    state = standard("condition-clinical", clinical)
    sure = standard("condition-ver-status", "confirmed")
    category = [standard("condition-category", "problem-list-item")]
    known = {"clinicalStatus": state, "verificationStatus": sure, "category": category, "code": concept(*codes)}
    return resource("Condition", identity, **{**known, "onsetDateTime": onset, "recordedDate": recorded, **more})


def observation(identity: str, code: str, value: float, unit: str, on: str, category: str = "laboratory", **more: Any) -> Json:
    quantity = {"value": value, "unit": unit, "system": UCUM, "code": unit}
    known = {"status": "final", "category": [standard("observation-category", category)], "code": concept(code)}
    return resource("Observation", identity, **{**known, "effectiveDateTime": on, "valueQuantity": quantity, **more})


def procedure(identity: str, code: str, on: str, **more: Any) -> Json:
    return resource("Procedure", identity, **{"status": "completed", "code": concept(code), "performedDateTime": on, **more})


def visit(identity: str, on: str, *reasons: str, with_: str = "Practitioner/okafor", class_: str = "AMB", **more: Any) -> Json:
    told = {"status": "finished", "class": {"system": TERMINOLOGY + "v3-ActCode", "code": class_}, "type": [concept("SNOMED:185349003")]}
    who = [{"individual": {"reference": with_}}]
    why = [concept(reason) for reason in reasons] or None
    return resource("Encounter", identity, **{**told, "participant": who, "period": {"start": on, "end": on}, "reasonCode": why, **more})


def medication_request(identity: str, code: str, on: str, status: str = "active", **more: Any) -> Json:
    known = {"status": status, "intent": "order", "medicationCodeableConcept": concept(code), "authoredOn": on}
    return resource("MedicationRequest", identity, **{**known, **more})


def medication_statement(identity: str, code: str, start: str, end: str, *reasons: str, milligrams_a_week: float | None = None, **more: Any) -> Json:
    weekly = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "wk"}}
    dose = {"value": milligrams_a_week, "unit": "mg", "system": UCUM, "code": "mg"}
    dosage = [{"timing": weekly, "doseAndRate": [{"doseQuantity": dose}]}] if milligrams_a_week is not None else None
    known = {"status": "stopped", "medicationCodeableConcept": concept(code), "effectivePeriod": {"start": start, "end": end}, "dateAsserted": end}
    return resource("MedicationStatement", identity, **{**known, "statusReason": [concept(*reasons)] if reasons else None, "dosage": dosage, **more})


def coded_result(identity: str, code: str, value: str, on: str) -> Json:
    known = {"status": "final", "category": [standard("observation-category", "laboratory")], "code": concept(code)}
    return resource("Observation", identity, **known, effectiveDateTime=on, valueCodeableConcept=concept(value))


def administration(identity: str, code: str, on: str, status: str = "completed") -> Json:
    return resource("MedicationAdministration", identity, status=status, medicationCodeableConcept=concept(code), effectiveDateTime=on)


def service_request(identity: str, code: str, on: str, **more: Any) -> Json:
    return resource("ServiceRequest", identity, **{"status": "active", "intent": "order", "code": concept(code), "authoredOn": on, **more})


def device_request(identity: str, code: str, on: str, status: str = "active", **more: Any) -> Json:
    known = {"status": status, "intent": "order", "codeCodeableConcept": concept(code), "authoredOn": on}
    return resource("DeviceRequest", identity, **{**known, "requester": {"reference": "Practitioner/okafor"}, **more})


def report(identity: str, code: str, on: str, conclusion: str = "See the report.", **more: Any) -> Json:
    return resource("DiagnosticReport", identity, **{"status": "final", "code": concept(code), "effectiveDateTime": on, "conclusion": conclusion, **more})


def document(identity: str, code: str, on: str, **more: Any) -> Json:
    content = [{"attachment": {"contentType": "application/pdf", "url": f"{FHIR_BASE}/Binary/{identity}"}}]
    return resource("DocumentReference", identity, **{"status": "current", "type": concept(code), "date": f"{on}T12:00:00Z", "content": content, **more})


def relative(identity: str, role: str, *cancers: tuple[str, int | None], **more: Any) -> Json:
    """A FamilyMemberHistory: the relative's role in HL7's codes, and each cancer with the age at which it was found."""
    ages = ({"onsetAge": {"value": age, "unit": "years", "system": UCUM, "code": "a"}} if age is not None else {} for _, age in cancers)
    had = [{"code": concept(code), **age} for (code, _), age in zip(cancers, ages, strict=True)]
    return resource("FamilyMemberHistory", identity, **{"status": "completed", "relationship": standard("v3-RoleCode", role), "condition": had, **more})


_OF = defaultdict(lambda: "subject", {"FamilyMemberHistory": "patient", "AllergyIntolerance": "patient", "Medication": "", "PractitionerRole": ""})


def chart(person: Json, *resources: Json) -> Json:
    """A collection Bundle of the patient and resources that are all about that patient."""
    about = {"reference": f"Patient/{person['id']}"}
    theirs = [{**each, **({_OF[kind]: about} if _OF[kind] else {})} for each in resources for kind in [each["resourceType"]]]
    entries = [{"fullUrl": f"{FHIR_BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in (person, *theirs)]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}
