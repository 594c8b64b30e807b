"""One patient's chart: the person, the insurance, what was found, and the orders waiting to be signed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone

from fhir_pa.provider.charts.practice import US_CORE, Clinician, Practice
from fhir_pa.provider.elements import checked, concept, identifier, reference
from ig_profiles.names import COVERAGE_CLASS, CRD, IDENTIFIER_TYPE, SUBSCRIBER_RELATIONSHIP
from ig_profiles.reading import Json

MEMBERS = "http://larkfield.example/members"
RECORD_NUMBERS = "http://oakwood.example/record-numbers"
CLINICAL = "http://terminology.hl7.org/CodeSystem/condition-clinical"
VERIFICATION = "http://terminology.hl7.org/CodeSystem/condition-ver-status"
LOCAL = timezone(-timedelta(hours=5))


@dataclass(frozen=True)
class Chart:
    """The resources the EHR shows of one patient, and those that exist elsewhere but have not arrived yet.

    ``orders`` are the drafts in the order they are written; ``elsewhere`` are documents another facility still holds.
    """

    patient: Json
    coverage: Json
    clinician: Clinician
    encounter: Json
    findings: tuple[Json, ...]
    orders: tuple[Json, ...]
    elsewhere: tuple[Json, ...] = ()

    def resources(self) -> tuple[Json, ...]:
        """Everything in the chart, orders included, and nothing that has not arrived."""
        return (self.patient, self.coverage, self.encounter, *self.findings, *self.orders)

    def with_kept(self, resource: Json) -> Chart:
        """The chart with this resource written into it, in the place of the one with its name if there is one."""
        name = (resource["resourceType"], resource["id"])
        if name in {(each["resourceType"], each["id"]) for each in self.orders}:
            return replace(self, orders=tuple(resource if (each["resourceType"], each["id"]) == name else each for each in self.orders))
        others = tuple(each for each in self.findings if (each["resourceType"], each["id"]) != name)
        return replace(self, findings=(*others, resource))

    def with_taken(self, kept: Iterable[Json], gone: Iterable[str]) -> Chart:
        """The chart after these were written and those (``Type/id``) went out; new drafts join the orders to be signed."""
        left = {f"{each['resourceType']}/{each['id']}" for each in self.orders}.difference(gone)
        chart = replace(self, orders=tuple(each for each in self.orders if f"{each['resourceType']}/{each['id']}" in left))
        for resource in kept:
            is_new_draft = resource.get("status") == "draft" and f"{resource['resourceType']}/{resource['id']}" not in left
            chart = replace(chart, orders=(*chart.orders, resource)) if is_new_draft else chart.with_kept(resource)
        return chart

    def with_arrived(self, document: Json) -> Chart:
        """The chart after a document held elsewhere came in."""
        left = tuple(item for item in self.elsewhere if item["id"] != document["id"])
        return replace(self, findings=(*self.findings, document), elsewhere=left)


@dataclass(frozen=True)
class Member:
    """Who the patient is, as printed on the member's card."""

    name: str
    given: str
    family: str
    gender: str
    born: date
    member_id: str
    plan: str = "Larkfield MA Gold"


def patient_of(member: Member) -> Json:
    """US Core Patient with the clinic's record number and the payer's member number."""
    record = identifier(RECORD_NUMBERS, f"OAK-{member.member_id}", concept(IDENTIFIER_TYPE, "MR"))
    card = identifier(MEMBERS, member.member_id, concept(IDENTIFIER_TYPE, "MB"))
    return checked(
        {
            "resourceType": "Patient",
            "id": member.name,
            "meta": {"profile": [f"{US_CORE}us-core-patient"]},
            "identifier": [record, card],
            "name": [{"use": "official", "family": member.family, "given": [member.given]}],
            "gender": member.gender,
            "birthDate": str(member.born),
            "telecom": [{"system": "phone", "value": "555-555-0199", "use": "home"}],
            "address": [{"line": ["9 Sparrow Court"], "city": "Maplecross", "district": "Licking", "state": "OH", "postalCode": "43004", "country": "US"}],
        }
    )


def coverage_of(member: Member, patient: Json, payer: Json, since: date) -> Json:
    """Coverage whose member number bears the type MB (CRD and US Core), the member being the subscriber (X12 1069: 18).

    It claims CRD's profile, because US Core 3.1.1, on which the 2.0.1 guides stand, has none for Coverage.
    """
    himself = {"coding": [{"system": SUBSCRIBER_RELATIONSHIP, "code": "self"}, {"system": "https://codesystem.x12.org/005010/1069", "code": "18"}]}
    return checked(
        {
            "resourceType": "Coverage",
            "id": f"{member.name}-larkfield",
            "meta": {"profile": [f"{CRD}/StructureDefinition/profile-coverage"]},
            "identifier": [identifier(MEMBERS, member.member_id, concept(IDENTIFIER_TYPE, "MB"))],
            "status": "active",
            "subscriber": reference(patient),
            "subscriberId": member.member_id,
            "beneficiary": reference(patient),
            "relationship": himself,
            "period": {"start": str(since)},
            "payor": [reference(payer)],
            "class": [{"type": concept(COVERAGE_CLASS, "plan"), "value": member.plan.lower().replace(" ", "-"), "name": member.plan}],
            "order": 1,
        }
    )


def visit_of(patient: Json, who: Clinician, practice: Practice, on: date) -> Json:
    """A finished outpatient visit with this clinician."""
    return checked(
        {
            "resourceType": "Encounter",
            "id": f"{patient['id']}-visit",
            "meta": {"profile": [f"{US_CORE}us-core-encounter"]},
            "status": "finished",
            "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "AMB"},
            "type": [{"text": "Visit in the consulting rooms"}],
            "subject": reference(patient),
            "participant": [{"individual": reference(who.practitioner)}],
            "period": {"start": moment(on, 9), "end": moment(on, 10)},
            "location": [{"location": reference(practice.place)}],
            "serviceProvider": reference(practice.clinic),
        }
    )


def condition_of(patient: Json, code: Json, name: str, since: date) -> Json:
    """An active, confirmed problem; it claims no profile, as US Core 3.1.1 and 7.0.0 have none for problems in common."""
    return checked(
        {
            "resourceType": "Condition",
            "id": f"{patient['id']}-{name}",
            "clinicalStatus": concept(CLINICAL, "active"),
            "verificationStatus": concept(VERIFICATION, "confirmed"),
            "category": [concept("http://terminology.hl7.org/CodeSystem/condition-category", "problem-list-item")],
            "code": code,
            "subject": reference(patient),
            "onsetDateTime": str(since),
            "recordedDate": str(since),
        }
    )


def moment(on: date, hour: int, minute: int = 0) -> str:
    """A FHIR dateTime in the clinic's winter time."""
    return datetime.combine(on, time(hour, minute), LOCAL).isoformat()
