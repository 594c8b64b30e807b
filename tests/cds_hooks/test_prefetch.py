"""What the call did not bring is asked for, once, and what cannot be had becomes a sentence."""

import pytest

from cds_hooks.evidence import searches
from cds_hooks.prefetch import complete, missing
from ig_profiles.outcome import Unavailable
from tests.cds_hooks.builders import ELM, PATIENT, bundle, call, coverage, device_request, heard

EHR = "https://ehr.example/fhir"
EMPTY = {"resourceType": "Bundle", "type": "searchset", "total": 0}


class Ehr:
    """An EHR that answers from a table and remembers what it was asked."""

    def __init__(self, answers=None):
        self.answers = answers or {}
        self.asked = []

    def __call__(self, query):
        self.asked.append(query)
        answer = self.answers.get(query)
        if isinstance(answer, Exception):
            raise answer
        return answer


def without_prefetch(hook="order-sign", *orders, **more):
    return heard(call(hook, *orders, prefetch={}, fhirServer=EHR, **more))


def test_patient_and_coverage_are_missing_when_they_did_not_come():
    assert missing(without_prefetch()) == ("Patient/p1", "Coverage?patient=p1&status=active")
    assert missing(heard(call())) == ()


def test_what_the_ehr_looked_for_in_vain_is_not_asked_again():
    assert missing(heard(call(prefetch={"patient": PATIENT, "coverage": None}))) == ()


def test_a_failed_prefetch_query_is_asked_again():
    request = heard(call(prefetch={"patient": PATIENT, "coverage": {"resourceType": "OperationOutcome"}}))
    assert missing(request) == ("Coverage?patient=p1&status=active",)


def test_what_can_be_had_is_brought_and_every_query_asked_once():
    ehr = Ehr({"Patient/p1": PATIENT, "Coverage?patient=p1&status=active": bundle(coverage())})
    request = complete(without_prefetch(), ehr)
    assert request.patient == PATIENT
    assert [entry.resource["id"] for entry in request.index.of_type("Coverage")] == ["cov1"]
    assert request.troubles == ()
    assert len(ehr.asked) == len(set(ehr.asked)) == 2


def test_dispatched_orders_are_read_and_then_what_they_point_to():
    order = device_request(codeReference={"reference": "Device/d1"}, reasonReference=[{"reference": f"{EHR}/Condition/c1"}])
    ehr = Ehr({"DeviceRequest/order-1": order, "Device/d1": {"resourceType": "Device", "id": "d1"}})
    request = complete(without_prefetch("order-dispatch"), ehr)
    assert [subject.carrier.resource["id"] for subject in request.orders] == ["order-1"]
    assert ehr.asked[2:] == ["DeviceRequest/order-1", "Device/d1", "Condition/c1"]


def test_the_order_behind_an_appointment_is_read_also_through_the_alternate_reference():
    alternate = {"url": "http://hl7.org/fhir/StructureDefinition/alternate-reference", "valueReference": {"reference": "DeviceRequest/order-1"}}
    visit = {"resourceType": "Appointment", "id": "a1", "basedOn": [{"extension": [alternate]}]}
    request = complete(without_prefetch("appointment-book", visit), Ehr({"DeviceRequest/order-1": device_request()}))
    assert [subject.carrier.resource["id"] for subject in request.orders] == ["order-1"]


def test_the_encounter_is_read():
    assert "Encounter/e1" in missing(without_prefetch("encounter-discharge"))


def test_a_stalled_and_a_refusing_ehr_become_sentences():
    ehr = Ehr({"Patient/p1": None, "Coverage?patient=p1&status=active": {"resourceType": "OperationOutcome"}})
    assert complete(without_prefetch(), ehr).troubles == ("The EHR did not answer when asked for Patient.", "The EHR refused when asked for Coverage.")


def test_a_fetcher_that_refuses_counts_as_no_answer():
    ehr = Ehr({"Patient/p1": Unavailable("down"), "Coverage?patient=p1&status=active": bundle(coverage())})
    request = complete(without_prefetch(), ehr)
    assert request.troubles == ("The EHR did not answer when asked for Patient.",)


def test_an_empty_searchset_is_knowledge_not_trouble():
    request = complete(without_prefetch(), Ehr({"Patient/p1": PATIENT, "Coverage?patient=p1&status=active": EMPTY}))
    assert (request.troubles, request.absent) == ((), {"Coverage"})


def test_queries_run_together_when_the_caller_knows_how():
    batches = []

    def together(fetch, queries):
        batches.append(list(queries))
        return [fetch(query) for query in queries]

    complete(without_prefetch(), Ehr(), together)
    assert batches == [["Patient/p1", "Coverage?patient=p1&status=active"]]


@pytest.mark.trap(38)
@pytest.mark.parametrize(
    "reference",
    ["https://elsewhere.example/fhir/Condition/c1", "http://169.254.169.254/latest/meta", "../../admin", "Condition/c1?_include=*", "urn:uuid:1", "#c1", "x"],
)
def test_references_that_lead_elsewhere_are_never_followed(reference):
    request = heard(call("order-sign", device_request(reasonReference=[{"reference": reference}]), fhirServer=EHR))
    assert missing(request) == ()


def test_a_patient_id_cannot_smuggle_a_query():
    request = without_prefetch(context={"patientId": "p1&_include=*"})
    assert missing(request) == ("Patient/p1%26_include%3D%2A", "Coverage?patient=p1%26_include%3D%2A&status=active")


@pytest.mark.requirement("crd-2.0.1:42")
def test_evidence_is_searched_by_patient_and_by_the_codes_the_facts_ask_for():
    assert searches(ELM, heard(call())) == ("Observation?patient=p1&code=http%3A%2F%2Floinc.org%7C59408-5",)


def test_evidence_without_codes_is_searched_by_patient_and_people_by_the_order():
    kinds = ("Condition", "MedicationRequest", "PractitionerRole", "Patient")
    elm = {"library": [{"type": "Retrieve", "dataType": f"{{http://hl7.org/fhir}}{kind}"} for kind in kinds]}
    assert searches(elm, heard(call())) == ("Condition?patient=p1", "MedicationRequest?patient=p1&intent=order", "PractitionerRole?practitioner=dr")
