"""The patients of the golden pairs, with the orders, stays and visits each call is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

from fhir_pa.provider.charts.chart import Chart, moment
from fhir_pa.provider.charts.npi import synthetic_npi
from fhir_pa.provider.charts.orders import Ordering, equipment_order
from fhir_pa.provider.charts.surveillance import BRAIN
from fhir_pa.provider.elements import checked, concept, reference
from fhir_pa.provider.patients import charts_on
from ig_profiles.names import ACT_CODE, CRD, HCPCS, ICD10CM, NPI, SNOMED
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, CANCER, SHORT_OF_OXYGEN
from tests.stories.parties import NOW

TODAY = NOW.date()
EVERYBODY = charts_on(TODAY)
SUPPLIER = EVERYBODY.practice.supplier
HAZEL = {**SUPPLIER, "id": "hazel-therapy", "name": "Hazel Therapy", "identifier": [{"system": NPI, "value": synthetic_npi(50_002)}]}
PARTICIPATION = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType"


def oxygen() -> Chart:
    """Orla Penhallow, 86 % at rest on room air: the policy is met."""
    return EVERYBODY.by_patient[SHORT_OF_OXYGEN]


def oxygen_again() -> Chart:
    """The same order drafted a second time, under an id of its own and for next week."""
    chart = oxygen()
    (order,) = chart.orders
    return replace(chart, orders=({**order, "id": f"{order['id']}-again", "occurrenceTiming": {"event": [str(TODAY + timedelta(days=7))]}},))


def borderline_oxygen() -> Chart:
    """Teodric Amble, 89 %: one answer short of the policy's second group."""
    return EVERYBODY.by_patient[BORDERLINE]


def scans() -> Chart:
    """Ilsabet Crane's three scans."""
    return EVERYBODY.by_patient[CANCER]


def brain_scan() -> Chart:
    """Only her MRI of the brain, signed and active."""
    chart = scans()
    return replace(chart, orders=tuple({**order, "status": "active"} for order in chart.orders if order["id"].endswith(BRAIN)))


def rollator() -> Chart:
    """A walker with wheels for Teodric Amble."""
    return _equipment("E0143", "Walker with wheels")


def bath_rail() -> Chart:
    """A rail for the bath tub, for Teodric Amble."""
    return _equipment("E0241", "Rail for the bath tub")


def two_pressures() -> Chart:
    """A device that breathes with two pressures, for Teodric Amble, who never tried one pressure."""
    return _equipment("E0470", "Device with two pressures")


def therapy(status: str = "draft") -> Chart:
    """Twelve visits of physical therapy for Teodric Amble; a therapist outside the network is known to the clinic."""
    chart = borderline_oxygen()
    ordering = Ordering(chart.patient, chart.coverage, chart.encounter, chart.clinician, (), TODAY)
    order = {**ordering.draft("ServiceRequest", "therapy", TODAY + timedelta(days=3)), "status": status}
    coded = {"code": concept(SNOMED, "91251008", "Physical therapy"), "quantityQuantity": {"value": 12, "unit": "visits"}}
    return replace(chart, orders=(checked({**order, **coded}),), findings=(*chart.findings, HAZEL))


def unmentioned() -> Chart:
    """Equipment no policy of the plan speaks about."""
    return _equipment("E0621", "Sling for a patient lift")


def in_words_alone() -> Chart:
    """An order typed as text."""
    chart = borderline_oxygen()
    (order,) = chart.orders
    return replace(chart, orders=({**order, "codeCodeableConcept": {"text": "oxygen for the night, the small machine"}},))


def of_a_stranger() -> Chart:
    """Teodric Amble with a member number the plan never gave to anybody."""
    chart = borderline_oxygen()
    number = {**chart.coverage["identifier"][0], "value": "SYN-99"}
    record = [each for each in chart.patient["identifier"] if each["system"] != number["system"]]
    return replace(
        chart,
        coverage={**chart.coverage, "identifier": [number], "subscriberId": "SYN-99"},
        patient={**chart.patient, "identifier": [*record, number]},
    )


def admission() -> Chart:
    """Teodric Amble is admitted to hospital today."""
    return _stay("in-progress", {"start": moment(TODAY, 8)})


def discharge() -> Chart:
    """The stay ends today."""
    return _stay("in-progress", {"start": moment(TODAY - timedelta(days=3), 8), "end": moment(TODAY, 11)})


def visiting() -> Chart:
    """Teodric Amble without any order."""
    return replace(borderline_oxygen(), orders=())


def scan_appointment() -> Json:
    """A proposed time for the MRI of the brain, based on its order."""
    (order,) = brain_scan().orders
    return _appointment("ilsabet-crane-scan", scans(), EVERYBODY.practice.radiologist.practitioner, basedOn=[reference(order)])


def consultation() -> Json:
    """A proposed visit that nobody ordered."""
    service = concept(HCPCS, "G0463", "Visit to the oxygen clinic")
    return _appointment("teodric-amble-visit", borderline_oxygen(), EVERYBODY.practice.pulmonologist.practitioner, serviceType=[service])


def fulfillment(order: Json, performer: Json) -> Json:
    """The Task that asks somebody to carry out an order from Monday on."""
    return checked(
        {
            "resourceType": "Task",
            "id": f"{order['id']}-task",
            "status": "draft",
            "intent": "order",
            "code": concept("http://hl7.org/fhir/CodeSystem/task-code", "fulfill"),
            "focus": reference(order),
            "for": order["subject"],
            "owner": reference(performer),
            "restriction": {"period": {"start": str(TODAY + timedelta(days=2))}},
        }
    )


def _equipment(code: str, label: str) -> Chart:
    chart = borderline_oxygen()
    reasons = tuple(each for each in chart.findings if each["resourceType"] == "Condition")
    ordering = Ordering(chart.patient, chart.coverage, chart.encounter, chart.clinician, reasons[:1], TODAY)
    return replace(chart, orders=(equipment_order(ordering, EVERYBODY.practice.therapist, code, label),))


def _stay(status: str, period: Json) -> Chart:
    chart = borderline_oxygen()
    stay = checked(
        {
            "resourceType": "Encounter",
            "id": "teodric-amble-stay",
            "meta": {"profile": [f"{CRD}/StructureDefinition/profile-encounter"]},
            "status": status,
            "class": {"system": ACT_CODE, "code": "IMP"},
            "type": [concept(SNOMED, "32485007", "Stay in hospital")],
            "subject": reference(chart.patient),
            "participant": [{"individual": reference(chart.clinician.practitioner)}],
            "period": period,
            "reasonCode": [concept(ICD10CM, "J44.1", "COPD, suddenly worse")],
            "location": [{"location": reference(EVERYBODY.practice.place)}],
        }
    )
    return replace(chart, encounter=stay, orders=())


def _appointment(name: str, chart: Chart, who: Json, **more: Any) -> Json:
    on = TODAY + timedelta(days=9)
    performer = {"type": [concept(PARTICIPATION, "PPRF")], "actor": reference(who), "status": "tentative"}
    return checked(
        {
            "resourceType": "Appointment",
            "id": name,
            "status": "proposed",
            "start": moment(on, 9),
            "end": moment(on, 10),
            "requestedPeriod": [{"start": moment(on, 8), "end": moment(on, 12)}],
            "participant": [{"actor": reference(chart.patient), "status": "accepted"}, performer],
            **more,
        }
    )
