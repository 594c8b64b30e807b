"""What answers rest on: what the profiles promise is used; what lies outside them may add, and its lack asks, but turns nothing.

The charts are those of the built-in policies' stories; their facts are found by the same CQL as in the world.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache

import pytest

from cds_hooks.given import Exemption
from cds_hooks.hook import itself
from cds_hooks.membership import MemberStanding, Standing
from cds_hooks.network import Network, Provider
from cds_hooks.orders import order_of
from fhir_pa.operations.hooks.given import member_identifiers
from ig_profiles.names import CPT, ICD10CM, NPI, PLACE_OF_SERVICE
from ig_profiles.reading import Index
from questionnaires.answers import merge
from questionnaires.benefits import Benefits, Limit
from questionnaires.cql import FactEngine
from questionnaires.elm import facts_of
from questionnaires.library import open_shelf
from tests.cds_hooks.builders import OXYGEN, answered, bundle, call, coverage, device_request, found, house, informed, only, shelf, told
from tests.cds_hooks.must_support import elements, least
from tests.cds_hooks.rules import broken_rules

GUIDE = {"2.0": "2.0.1", "2.2": "2.2"}
US_CORE = "http://hl7.org/fhir/us/core"
AT = datetime(2026, 11, 21, tzinfo=UTC)
SHELF = open_shelf()
ENGINE = FactEngine()
CHARTS = {f"{each.edition.topic}/{path.stem}": (each, path) for each in SHELF.volumes() if each.elm for path in sorted((each.folder / "cases").glob("*.json"))}


@cache
def chart(name):
    _, path = CHARTS[name]
    return [entry["resource"] for entry in json.loads(path.read_text("utf-8"), parse_float=Decimal)["entry"]]


def facts(name, resources):
    volume, _ = CHARTS[name]
    known = ENGINE.facts(volume.elm, resources, AT, facts_of(volume.elm))
    return {fact: tuple(answer.values) for fact, answer in known.items() if answer.values}


def least_of(resources, guide):
    return [kept for each in resources if (kept := least(each, guide)) is not None]


@pytest.mark.requirement("crd-2.2:conf-7", "crd-2.2:conf-8", "crd-2.2:hook-22")
@pytest.mark.parametrize("guide", GUIDE.values())
@pytest.mark.parametrize("name", CHARTS)
def test_what_lies_outside_the_profiles_may_answer_a_question_and_its_lack_turns_none(name, guide):
    full, kept = facts(name, chart(name)), facts(name, least_of(chart(name), guide))
    assert kept.items() <= full.items(), "a fact without its extra material is the same, or open"


@pytest.mark.requirement("crd-2.2:conf-7", "crd-2.2:conf-8", "crd-2.2:hook-22")
@pytest.mark.parametrize("dialect", GUIDE)
@pytest.mark.parametrize("name", CHARTS)
def test_the_answer_is_as_valid_for_a_chart_that_holds_what_the_profiles_ask_for_and_no_more(name, dialect):
    volume, _ = CHARTS[name]
    code = volume.edition.services[0]
    order = {**device_request(), "codeCodeableConcept": {"coding": [{"system": code.system, "code": code.code}]}}

    def answer(resources):
        given = house(shelf=SHELF, facts=lambda edition, at_hand: merge({}, ENGINE.facts(volume.elm, at_hand, AT, facts_of(volume.elm))))
        body = call("order-sign", least(order, GUIDE[dialect]) if resources is not None else order)
        body["prefetch"]["chart"] = bundle(*(each for each in resources or chart(name) if each["resourceType"] not in ("Patient", "Coverage")))
        return only(body, dialect, given)

    everything, promised = answer(None), answer(least_of(chart(name), GUIDE[dialect]))
    assert broken_rules(promised, dialect) == set()
    for each in (everything, promised):
        assert (told(each, "covered"), told(each, "pa-needed")) == ("covered", "auth-needed")
    assert told(promised, "doc-needed") == "clinical", "what the chart lacks is asked for"


@pytest.mark.parametrize("guide", GUIDE.values())
@pytest.mark.parametrize("kind", ["DeviceRequest", "MedicationRequest", "NutritionOrder", "ServiceRequest", "VisionPrescription", "Coverage", "Patient"])
def test_the_measure_of_what_is_promised_is_not_empty(kind, guide):
    assert {"subject", "patient", "beneficiary", "name"} & elements(guide)[kind]


SERVICE = {"resourceType": "ServiceRequest", "id": "s1", "status": "draft", "intent": "order", "code": {"coding": [{"system": CPT, "code": "97110"}]}}
OFFICE = {"coding": [{"system": PLACE_OF_SERVICE, "code": "12"}]}
USED = {
    "code": ({"code": {"coding": [{"system": CPT, "code": "97140"}]}}, "codes"),
    "occurrence[x]": ({"occurrenceDateTime": "2026-12-24"}, "on"),
    "quantity[x]": ({"quantityQuantity": {"value": 3}}, "quantity"),
    "reasonCode": ({"reasonCode": [{"coding": [{"system": ICD10CM, "code": "M54.16"}]}]}, "diagnoses"),
    "reasonReference": ({"reasonReference": [{"reference": "Condition/c1"}]}, "diagnoses"),
    "locationCode": ({"locationCode": [OFFICE]}, "place"),
    "locationReference": ({"locationReference": [{"reference": "Location/l1"}]}, "place"),
}


@pytest.mark.requirement("crd-2.0.1:3", "crd-2.2:conf-4")
@pytest.mark.parametrize("element", USED)
def test_what_the_order_tells_in_a_must_support_element_is_part_of_what_is_decided(element):
    index = Index()
    index.add({"resourceType": "Condition", "id": "c1", "code": {"coding": [{"system": ICD10CM, "code": "M54.16"}]}}, "", "")
    index.add({"resourceType": "Location", "id": "l1", "type": [OFFICE]}, "", "")
    added, decided = USED[element]

    def service(resource):
        index.add(resource, "", "")
        return order_of(itself(index.entries[-1]), index, "p1").service

    before, after = service(SERVICE), service({**SERVICE, "id": "s2", **added})
    assert getattr(before, decided) != getattr(after, decided)
    assert replace(after, **{decided: getattr(before, decided)}) == before, "and nothing else is"


DOCTOR = {"resourceType": "Practitioner", "id": "dr", "identifier": [{"system": NPI, "value": "9000000031"}]}
SHOP = {"resourceType": "Organization", "id": "shop", "identifier": [{"system": NPI, "value": "9000000007"}]}
TURNED = {
    "requester": (device_request(), {"exempt": lambda *asked: Exemption("97 % certified")}, "no-auth"),
    "performer": (device_request(performer={"reference": "Organization/shop"}), {"network": Network((Provider("9000000007", "Birch"),))}, "no-auth"),
    "doNotPerform": ({**SERVICE, "doNotPerform": True}, {}, "no-auth"),
}


@pytest.mark.requirement("crd-2.0.1:3", "crd-2.2:conf-4")
@pytest.mark.parametrize("element", TURNED)
def test_who_orders_who_performs_and_what_must_not_be_done_turn_the_answer(element):
    order, brought, wanted = TURNED[element]
    edition = replace(OXYGEN, benefits=Benefits(outside_network_only=True))
    given = house(found(), shelf=shelf(edition, replace(OXYGEN, topic="anything_else", services=())), **brought)
    with_it, without = (call("order-sign", each) for each in (order, {name: value for name, value in order.items() if name != element}))
    states = []
    for body in (with_it, without):
        body["prefetch"] |= {"people": bundle(DOCTOR, SHOP)}
        body["context"].pop("userId")
        states.append(told(only(body, given=given), "pa-needed"))
    assert states[0] == wanted != states[1]


@pytest.mark.requirement("crd-2.0.1:3", "crd-2.2:conf-4")
def test_the_coverage_decides_who_the_member_is():
    asked = []

    def look_up(about, patient, on):
        asked.append((about["subscriberId"], patient["id"]))
        return MemberStanding(Standing.ACTIVE)

    body = call()
    body["prefetch"]["coverage"] = bundle(coverage(subscriberId="SYN-1"))
    answered(body, "2.2", replace(house(found()), member_standing=look_up))
    assert asked == [("SYN-1", "p1")]


@pytest.mark.requirement("crd-2.2:conf-13")
@pytest.mark.parametrize("dialect", GUIDE)
def test_what_is_told_of_coverage_stands_in_the_standard_extension_alone(dialect):
    limited = replace(OXYGEN, benefits=Benefits(limit=Limit(Decimal(2), "each")))
    body, _ = answered(call(), dialect, house(found(), shelf=shelf(limited)))
    (action,) = body["systemActions"]
    (said,) = informed(body)
    assert set(body) == {"cards", "systemActions"} and set(action) == {"type", "description", "resource"}
    assert [each for each in action["resource"]["extension"] if each is not said] == device_request()["extension"]
    assert {name: value for name, value in action["resource"].items() if name != "extension"} == {
        name: value for name, value in device_request().items() if name != "extension"
    }


def _race(*parts):
    return {"url": f"{US_CORE}/StructureDefinition/us-core-race", "extension": [*parts, {"url": "text", "valueString": "Unknown"}]}


CATEGORIES = "http://terminology.hl7.org/CodeSystem/condition-category"
OF_US_CORE = f"{US_CORE}/CodeSystem/condition-category"
ASSERTED = {"url": "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", "valueDateTime": "2026-01-02"}
LINES = {  # what each line of US Core adds or words otherwise, by resource type
    "3.1.1": {
        "Patient": {"extension": [_race()], "identifier": [{"system": "urn:mrn", "value": "1"}]},
        "Condition": {"category": [{"coding": [{"system": OF_US_CORE, "code": "health-concern"}]}]},
        "MedicationRequest": {"reportedBoolean": False},
        "Encounter": {"identifier": [{"system": "urn:visit", "value": "1"}]},
    },
    "6.1.0": {
        "Patient": {"extension": [_race({"url": "ombCategory", "valueCoding": {"system": "urn:oid:2.16.840.1.113883.6.238", "code": "2106-3"}})]},
        "Condition": {"category": [{"coding": [{"system": CATEGORIES, "code": "encounter-diagnosis"}]}], "extension": [ASSERTED]},
        "MedicationRequest": {"reasonCode": [{"text": "as needed"}]},
    },
    "7.0.0": {
        "Patient": {"extension": [_race(), {"url": f"{US_CORE}/StructureDefinition/us-core-sex", "valueCode": "248152002"}]},
        "Condition": {
            "category": [
                {"coding": [{"system": CATEGORIES, "code": "problem-list-item"}]},
                {"coding": [{"system": "http://hl7.org/fhir/us/core/CodeSystem/us-core-category", "code": "sdoh"}]},
            ]
        },
        "Encounter": {"meta": {"lastUpdated": "2026-11-20T10:00:00Z"}},
    },
}


@pytest.mark.requirement("crd-2.2:conf-2")
@pytest.mark.parametrize("line", LINES)
@pytest.mark.parametrize("name", CHARTS)
def test_a_chart_says_the_same_in_the_shape_of_every_line_of_us_core(name, line):
    shaped = [{**each, **LINES[line].get(each["resourceType"], {})} for each in chart(name)]
    assert facts(name, shaped) == facts(name, chart(name))


COVERAGES = {
    "3.1.1": coverage(subscriberId="SYN-1"),
    "6.1.0": coverage(
        identifier=[{"type": {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/v2-0203", "code": "MB"}]}, "value": "SYN-1"}],
        relationship={"coding": [{"code": "self"}]},
    ),
    "7.0.0": coverage(
        subscriberId="SYN-1",
        period={"start": "2026-01-01"},
        **{"class": [{"type": {"coding": [{"code": "plan"}]}, "value": "gold", "name": "Gold"}]},
    ),
}


@pytest.mark.requirement("crd-2.2:conf-2")
@pytest.mark.parametrize("line", COVERAGES)
def test_a_coverage_is_understood_in_the_shape_of_every_line_of_us_core(line):
    body = call()
    body["prefetch"]["coverage"] = bundle(COVERAGES[line])
    assert told(only(body, given=house(found())), "pa-needed") == "auth-needed"
    assert [each.value for each in member_identifiers(COVERAGES[line], None)] == ["SYN-1"]

