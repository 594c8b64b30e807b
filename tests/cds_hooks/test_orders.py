"""Orders of every type are read into what a policy understands."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from cds_hooks.hook import Subject
from cds_hooks.orders import BILLING_OPTIONS, PAYLOAD_CONTENT, Order, order_of
from ig_profiles.names import CPT, HCPCS, ICD10CM, PLACE_OF_SERVICE, RXNORM, SNOMED
from ig_profiles.reading import Coding, Entry, Index
from tests.cds_hooks.builders import device_request


def understood(resource, *others, patient="p1") -> Order:
    index = Index()
    for each in (resource, *others):
        index.add(each)
    return order_of(Subject(index.entries[0], index.entries[0]), index, patient)


def concept(system, code, **more):
    return {"coding": [{"system": system, "code": code}], **more}


CODE = concept(SNOMED, "1234")
ANY_ORDER = {
    "DeviceRequest": {"codeCodeableConcept": CODE},
    "ServiceRequest": {"code": CODE},
    "MedicationRequest": {"medicationCodeableConcept": CODE},
    "NutritionOrder": {"oralDiet": {"type": [CODE]}},
    "VisionPrescription": {"lensSpecification": [{"product": CODE, "eye": "left"}]},
    "CommunicationRequest": {"payload": [{"extension": [{"url": PAYLOAD_CONTENT, "valueCodeableConcept": CODE}]}]},
    "Appointment": {"serviceType": [CODE]},
    "Encounter": {"type": [CODE]},
    "Task": {"code": CODE},
}


@pytest.mark.trap(22)
@pytest.mark.parametrize("kind", ANY_ORDER)
def test_the_code_of_every_order_type_is_found(kind):
    order = understood({"resourceType": kind, "id": "1", **ANY_ORDER[kind]})
    assert order.service.codes == (Coding(SNOMED, "1234"),)
    assert order.reference == f"{kind}/1"


@pytest.mark.requirement("crd-2.2:conf-12")
@pytest.mark.parametrize("kind", [*ANY_ORDER, "Basket"])
def test_an_order_with_nothing_in_it_is_no_error(kind):
    order = understood({"resourceType": kind})
    assert order.service.codes == ()
    assert order.label == order.reference == kind


@pytest.mark.parametrize("odd", [None, "text", 7, [], {}, [None], {"coding": "x"}, {"coding": [None, {"code": 3}]}])
def test_odd_content_is_no_error(odd):
    for kind, content in ANY_ORDER.items():
        assert understood({"resourceType": kind, "id": "1", **dict.fromkeys(content, odd), "reasonReference": odd}).service.codes == ()


@pytest.mark.trap(20)
@pytest.mark.requirement("crd-2.2:billopt-3")
def test_every_coding_and_billing_option_counts_not_only_the_first():
    options = [{"url": BILLING_OPTIONS, "valueCodeableConcept": concept(CPT, "77065")}]
    code = {"extension": options, "coding": [{"system": "urn:local", "code": "mammo"}, {"system": SNOMED, "code": "726551006"}]}
    order = understood({"resourceType": "ServiceRequest", "id": "1", "code": code})
    assert order.service.codes == (Coding("urn:local", "mammo"), Coding(SNOMED, "726551006"), Coding(CPT, "77065"))


@pytest.mark.parametrize("reference", ["#m", "Medication/m", "http://ehr.example/fhir/Medication/m"])
def test_a_medication_is_found_contained_relative_and_absolute(reference):
    medication = {"resourceType": "Medication", "id": "m", "code": concept(RXNORM, "327361", text="Adalimumab pen")}
    request = {"resourceType": "MedicationRequest", "id": "1", "medicationReference": {"reference": reference}, "contained": [medication]}
    order = understood(request, medication)
    assert order.service.codes == (Coding(RXNORM, "327361"),)
    assert order.label == "Adalimumab pen"


def test_a_device_request_may_point_to_a_device():
    device = {"resourceType": "Device", "id": "d", "type": concept(HCPCS, "E1390")}
    order = understood({"resourceType": "DeviceRequest", "id": "1", "codeReference": {"reference": "Device/d"}}, device)
    assert order.service.codes == (Coding(HCPCS, "E1390"),)


def test_a_fulfilment_task_speaks_of_the_order_it_fulfils():
    order = understood({"resourceType": "Task", "id": "t", "focus": {"reference": "DeviceRequest/order-1"}}, device_request())
    assert [coding.code for coding in order.service.codes] == ["E1390"]


def test_two_tasks_that_point_at_each_other_do_not_turn_in_circles():
    one = {"resourceType": "Task", "id": "1", "focus": {"reference": "Task/2"}}
    other = {"resourceType": "Task", "id": "2", "focus": {"reference": "Task/1"}}
    assert understood(one, other).service.codes == ()


def test_diagnoses_come_from_reason_code_and_reason_reference():
    condition = {"resourceType": "Condition", "id": "c", "code": concept(ICD10CM, "J96.11")}
    order = understood(device_request(reasonReference=[{"reference": "Condition/c"}, {"reference": "Condition/gone"}]), condition)
    assert [coding.code for coding in order.service.diagnoses] == ["J44.9", "J96.11"]


def test_an_encounters_diagnoses_are_read_too():
    condition = {"resourceType": "Condition", "id": "c", "code": concept(ICD10CM, "A41.9")}
    order = understood({"resourceType": "Encounter", "id": "e", "diagnosis": [{"condition": {"reference": "Condition/c"}}]}, condition)
    assert [coding.code for coding in order.service.diagnoses] == ["A41.9"]


@pytest.mark.parametrize(
    ("element", "on", "until"),
    [
        ({"occurrenceDateTime": "2026-12-01T10:00:00-05:00"}, date(2026, 12, 1), None),
        ({"occurrenceDateTime": "2026-12"}, date(2026, 12, 1), None),
        ({"occurrencePeriod": {"start": "2026-12-01", "end": "2027-02"}}, date(2026, 12, 1), date(2027, 2, 28)),
        ({"occurrencePeriod": {"start": "2026-12-31", "end": "2026-12-01"}}, date(2026, 12, 31), None),
        ({"occurrenceTiming": {"repeat": {"boundsPeriod": {"start": "2026-12-01"}}}}, date(2026, 12, 1), None),
        ({"occurrenceTiming": {"event": ["2026-12-24"]}}, date(2026, 12, 24), None),
        ({"occurrenceTiming": {"event": ["2026-12-24", "2026-12-03T09:00:00Z", "2026-12-10"]}}, date(2026, 12, 3), date(2026, 12, 24)),
        ({"dispenseRequest": {"validityPeriod": {"start": "2026-12-01", "end": "2026-12-31"}}}, date(2026, 12, 1), date(2026, 12, 31)),
        ({"start": "2026-12-01T09:00:00Z", "end": "2026-12-01T10:00:00Z"}, date(2026, 12, 1), date(2026, 12, 1)),
        ({"occurrenceDateTime": "next week"}, None, None),
        ({}, None, None),
    ],
)
def test_when_is_read_from_every_form_of_time(element, on, until):
    service = understood({"resourceType": "ServiceRequest", "id": "1", **element}).service
    assert (service.on, service.until) == (on, until)


def test_quantity_and_place_are_read():
    order = understood(
        {
            "resourceType": "ServiceRequest",
            "id": "1",
            "quantityQuantity": {"value": Decimal("12"), "unit": "visits"},
            "locationCode": [concept(PLACE_OF_SERVICE, "12")],
        }
    )
    assert (order.service.quantity, order.service.unit, order.service.place) == (Decimal(12), "visits", "12")
    assert understood({"resourceType": "ServiceRequest", "quantityQuantity": {"value": "many"}}).service.quantity is None


@pytest.mark.trap(43)
def test_the_fingerprint_follows_patient_codes_and_date_and_nothing_else():
    order = device_request()
    same = {**order, "id": "other-id", "status": "active", "reasonCode": []}
    same["codeCodeableConcept"] = {"coding": [{"system": "urn:oid:2.16.840.1.113883.6.285", "code": "E1390"}]}
    assert understood(order).fingerprint == understood(same).fingerprint
    assert understood(order).fingerprint != understood(order, patient="p2").fingerprint
    assert understood(order).fingerprint != understood(device_request("E0431")).fingerprint
    assert understood(order).fingerprint != understood(device_request(occurrenceDateTime="2026-12-01")).fingerprint


def test_the_left_knee_is_not_the_right_and_either_stays_itself():
    def knee(side, **more):
        site = {"coding": [{"system": SNOMED, "code": {"left": "82169009", "right": "6757004"}[side]}]}
        return understood({"resourceType": "ServiceRequest", "id": "1", "code": CODE, "bodySite": [site], **more}).fingerprint

    assert knee("left") == knee("left", id="2", status="active") != knee("right")
    assert knee("left") != understood({"resourceType": "ServiceRequest", "id": "1", "code": CODE}).fingerprint
    lens = {"resourceType": "VisionPrescription", "id": "1", "lensSpecification": [{"product": CODE, "eye": "left"}]}
    assert understood(lens).fingerprint != understood({**lens, "lensSpecification": [{"product": CODE, "eye": "right"}]}).fingerprint


@pytest.mark.parametrize("odd", [None, "knee", 7, [None, {"coding": 1}], {"text": 3}])
def test_an_odd_body_site_is_no_error(odd):
    assert understood({"resourceType": "ServiceRequest", "id": "1", "code": CODE, "bodySite": odd, "lensSpecification": odd}).fingerprint


def test_do_not_perform_is_understood():
    assert understood({"resourceType": "ServiceRequest", "id": "1", "doNotPerform": True}).do_not_perform
    assert not understood({"resourceType": "ServiceRequest", "id": "1", "doNotPerform": "true"}).do_not_perform


def test_an_appointment_for_an_order_takes_codes_from_the_order_and_time_from_the_appointment():
    appointment = Entry("", {"resourceType": "Appointment", "id": "a"}, "")
    order = Entry("", {"resourceType": "ServiceRequest", "id": "s", "code": CODE, "occurrenceDateTime": "2026-11-01"}, "")
    read = order_of(replace(Subject(appointment, order), on="2026-12-01T09:00:00Z"), Index(), "p1")
    assert (read.reference, read.service.codes, read.service.on) == ("Appointment/a", (Coding(SNOMED, "1234"),), date(2026, 12, 1))
