"""Every order of a call is answered, whatever its type and however many there are, at every hook and in every dialect."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from cds_hooks.dialect import DIALECTS
from ig_profiles import json
from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extensions, many
from tests.cds_hooks.builders import bundle, call, told
from tests.cds_hooks.rules import broken_rules
from tests.stories.conftest import Caller
from tests.stories.ehr import searchset
from tests.stories.test_crd_hooks import DIALECT, ORDERS, PATIENT, VISITS, answered, coverage


def of_its_own(kind: str, content: Json, number: int) -> Json:
    """An order of this type for a service nobody else orders."""
    return {"resourceType": kind, "id": f"o-{kind.lower()}", **json.parse(json.dump(content).replace(b"E0130", b"E013%d" % number))}


ALL = [of_its_own(kind, content, number) for number, (kind, content) in enumerate(ORDERS.items())]
NAMES = [f"{each['resourceType']}/{each['id']}" for each in ALL]


def asked(hook: str, *resources: Json, context: Json | None = None, **more: Any) -> Json:
    """A call about these, everything else prefetched."""
    prefetch = {"patient": {"resourceType": "Patient", "id": "p1"}, "coverage": searchset(coverage()), "orders": bundle(*resources)}
    return call(hook, *deepcopy(resources), prefetch=prefetch, context=context or {}, **more)


def carriers(answer: Json, dialect: str) -> list[str]:
    """Which resources came back with one repetition each that keeps the rules of the dialect."""
    names = []
    for resource in many(answer, "systemActions", "resource"):
        (repetition,) = extensions(resource, COVERAGE_INFORMATION)
        assert broken_rules(repetition, dialect) == set()
        assert told(repetition, "covered") in ("covered", "conditional")
        names.append(f"{resource['resourceType']}/{resource['id']}")
    return names


@pytest.mark.requirement("crd-2.0.1:153", "crd-2.2:resp-29")
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("hook", ["order-sign", "order-dispatch"])
def test_orders_of_every_type_in_one_call_are_answered_each_with_an_assertion_of_its_own(hook: str, dialect: str, caller: Caller) -> None:
    answer = answered(caller, asked(hook, *ALL, extension={"davinci-crd.requestedVersion": dialect}))
    assert carriers(answer, dialect) == NAMES
    repetitions = [each for resource in many(answer, "systemActions", "resource") for each in extensions(resource, COVERAGE_INFORMATION)]
    assert len({told(each, "coverage-assertion-id") for each in repetitions}) == len(ALL)


@pytest.mark.parametrize("chosen", [NAMES[:1], NAMES[2:5], [NAMES[5], NAMES[0]], [f"http://ehr.example/fhir/{NAMES[3]}"], []])
def test_of_drafts_of_every_type_exactly_the_selected_ones_are_answered(chosen: list[str], caller: Caller) -> None:
    answer = answered(caller, asked("order-select", *ALL, context={"selections": chosen}))
    assert sorted(carriers(answer, DIALECT[caller.guide])) == sorted(name.removeprefix("http://ehr.example/fhir/") for name in chosen)


NAMINGS: dict[str, Any] = {
    "dispatchedOrders, fulfillmentTasks": lambda names, tasks: {"dispatchedOrders": names, "fulfillmentTasks": tasks},
    "dispatchedOrders, fulfillmentTask": lambda names, tasks: {"dispatchedOrders": names, "fulfillmentTask": tasks[0]},
    "dispatched-orders, fulfillment-tasks": lambda names, tasks: {"dispatched-orders": names, "fulfillment-tasks": tasks},
    "order, task": lambda names, tasks: {"order": names[0], "task": tasks[0]},
    "tasks in the place of orders": lambda names, tasks: {"dispatchedOrders": [f"Task/{task['id']}" for task in tasks], "fulfillmentTasks": tasks},
}


@pytest.mark.parametrize("kind", ORDERS)
def test_a_dispatched_order_of_every_type_is_answered_in_every_naming(kind: str, caller: Caller) -> None:
    one, other = ({**each, "status": "active"} for each in (next(each for each in ALL if each["resourceType"] == kind), {**ALL[0], "id": "another"}))
    names = [f"{each['resourceType']}/{each['id']}" for each in (one, other)]
    tasks = [{"resourceType": "Task", "id": f"t{n}", "status": "requested", "intent": "order", "focus": {"reference": name}} for n, name in enumerate(names)]
    for naming, named in NAMINGS.items():
        body = asked("order-dispatch", one, other)
        body["context"] = {"patientId": "p1", "performer": "Organization/shop", **named(names, tasks)}
        assert carriers(answered(caller, body), DIALECT[caller.guide]) == (names[:1] if naming == "order, task" else names), naming


@pytest.mark.parametrize("dialect", DIALECTS)
def test_appointments_with_and_without_an_order_are_answered_side_by_side(dialect: str, caller: Caller) -> None:
    plain = {"resourceType": "Appointment", "id": "plain", **VISITS["Appointment"]}
    alternate = {"url": "http://hl7.org/fhir/StructureDefinition/alternate-reference", "valueReference": {"reference": "DeviceRequest/o-devicerequest"}}
    ordered = {**plain, "id": "ordered", "basedOn": [{"reference": "ServiceRequest/o-servicerequest"}]}
    fitted = {**plain, "id": "fitted", "basedOn": [{"extension": [alternate]}]}
    body = asked("appointment-book", plain, ordered, fitted, extension={"davinci-crd.requestedVersion": dialect})
    body["prefetch"]["orders"] = bundle(*ALL)
    on_orders = ["Appointment/plain", "ServiceRequest/o-servicerequest", "DeviceRequest/o-devicerequest"]
    on_visits = ["Appointment/plain", "Appointment/ordered", "Appointment/fitted"]
    assert carriers(answered(caller, body), dialect) == (on_orders if dialect == "2.2" else on_visits)


@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("hook", ["encounter-start", "encounter-discharge"])
def test_a_stay_is_answered_and_drafts_at_hand_are_not(hook: str, dialect: str, caller: Caller) -> None:
    stay = {"resourceType": "Encounter", "id": "e1", **VISITS["Encounter"]}
    body = asked(hook, stay, extension={"davinci-crd.requestedVersion": dialect})
    body["prefetch"]["more"] = bundle(*ALL)
    assert carriers(answered(caller, body), dialect) == ["Encounter/e1"]


def test_what_is_no_order_among_drafts_is_passed_over(caller: Caller) -> None:
    others = [{"resourceType": kind, "id": "x", "subject": PATIENT} for kind in ("Task", "CarePlan", "SupplyRequest", "Basket")]
    assert carriers(answered(caller, asked("order-sign", *others, ALL[1])), DIALECT[caller.guide]) == NAMES[1:2]
    assert json.dump(answered(caller, asked("order-sign", *others))) == b'{"cards":[]}'


@pytest.mark.requirement("crd-2.0.1:131", "crd-2.0.1:169", "crd-2.2:hook-23", "crd-2.2:found-33", "crd-2.2:dev-17")
@pytest.mark.parametrize("hook", ["order-sign", "order-select", "order-dispatch", "appointment-book", "encounter-start", "encounter-discharge"])
def test_what_nobody_knows_changes_nothing_in_the_answer_wherever_it_stands(hook: str, caller: Caller) -> None:
    subject = {"resourceType": "Appointment", "id": "a1", **VISITS["Appointment"]} if hook == "appointment-book" else ALL[1]
    subject = {"resourceType": "Encounter", "id": "e1", **VISITS["Encounter"]} if hook.startswith("encounter") else subject
    plain = asked(hook, subject, extension={"davinci-crd.configuration": {"max-cards": 5}})
    odd: Json = {"weather": {"sky": [1, {"clear": True}]}, "_mood": "calm"}
    strange = {**deepcopy(plain), **odd, "extension": {**plain["extension"], **odd, "davinci-crd.configuration": {"max-cards": 5, "alt-drug": 3, "x": [1]}}}
    strange["context"] |= odd
    strange["prefetch"] |= {"horoscope": {"resourceType": "Basket", **odd}, "nothing": None, "list": [odd]}
    strange["prefetch"]["patient"] = {**strange["prefetch"]["patient"], **odd, "extension": [{"url": "http://ehr.example/x", "valueString": "y"}]}
    assert answered(caller, strange) == answered(caller, plain)
