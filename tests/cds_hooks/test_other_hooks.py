"""The hooks beside order-sign: what each is about, and what it must not ask."""

import pytest

from ig_profiles.outcome import PreconditionFailed
from tests.cds_hooks.builders import (
    OXYGEN,
    all_told,
    answered,
    bundle,
    call,
    coverage,
    device_request,
    only,
    told,
)
from tests.cds_hooks.rules import broken_rules

DIALECTS = ("2.0", "2.1", "2.2")
ENCOUNTER = {"resourceType": "Encounter", "id": "e1", "class": {"system": "http://terminology.hl7.org/CodeSystem/v3-ActCode", "code": "IMP"}}


@pytest.mark.trap(16)
@pytest.mark.requirement("crd-2.0.1:167", "crd-2.2:hook-39", "crd-2.2:resp-28")
@pytest.mark.requirement("crd-2.2:hook-19")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_order_select_tells_of_the_authorization_and_never_asks_for_documentation(dialect):
    repetition = only(call("order-select"), dialect)
    assert told(repetition, "pa-needed") == "auth-needed"
    assert all_told(repetition, "doc-needed") == all_told(repetition, "doc-purpose") == all_told(repetition, "questionnaire") == []
    assert broken_rules(repetition, dialect) == set()


@pytest.mark.requirement("crd-2.0.1:164", "crd-2.0.1:207", "crd-2.2:hook-16", "crd-2.2:hook-33", "crd-2.2:resp-26")
def test_order_dispatch_answers_the_fetched_orders():
    assert told(only(call("order-dispatch")), "pa-needed") == "auth-needed"


def test_order_dispatch_without_its_orders_asks_for_them_by_name():
    with pytest.raises(PreconditionFailed, match="DeviceRequest/order-1 did not come with the call") as caught:
        answered(call("order-dispatch", prefetch={"coverage": coverage()}))
    assert caught.value.issues[0].expression == "prefetch"


def test_order_dispatch_answers_the_orders_that_could_be_had():
    body = call("order-dispatch", device_request(), device_request(identity="gone"))
    body["prefetch"]["orders"] = bundle(device_request())
    assert [action["resource"]["id"] for action in answered(body)[0]["systemActions"]] == ["order-1"]


@pytest.mark.requirement("crd-2.0.1:164", "crd-2.0.1:184", "crd-2.2:hook-16", "crd-2.2:hook-26", "crd-2.2:resp-26")
@pytest.mark.parametrize(("dialect", "carrier"), [("2.0", "Appointment/a1"), ("2.2", "DeviceRequest/order-1")])
def test_an_appointment_is_answered_where_its_guide_has_room_for_it(dialect, carrier):
    alternate = {"url": "http://hl7.org/fhir/StructureDefinition/alternate-reference", "valueReference": {"reference": "DeviceRequest/order-1"}}
    visit = {"resourceType": "Appointment", "id": "a1", "status": "proposed", "basedOn": [{"extension": [alternate]}]}
    body, (answer,) = answered(call("appointment-book", visit, prefetch={"coverage": coverage(), "order": device_request()}), dialect)
    assert f"{body['systemActions'][0]['resource']['resourceType']}/{body['systemActions'][0]['resource']['id']}" == carrier
    assert answer.basis.edition == OXYGEN


@pytest.mark.requirement("crd-2.0.1:167", "crd-2.2:resp-28")
@pytest.mark.requirement("crd-2.2:hook-19")
@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
def test_encounters_are_answered_without_asking_for_documentation(hook):
    repetition = only(call(hook, prefetch={"coverage": coverage(), "encounter": ENCOUNTER}))
    assert all_told(repetition, "doc-needed") == []
    assert broken_rules(repetition, "2.2") == set()


def test_an_encounter_without_coverage_gets_an_empty_answer_in_2_0():
    assert answered(call("encounter-start", prefetch={"encounter": ENCOUNTER}), "2.0") == ({"cards": []}, ())
