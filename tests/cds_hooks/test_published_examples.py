"""The guides' own orders, calls and rules go through every hook."""

import re

import fhirpathpy
import pytest
from fhirpathpy.models import models
from hypothesis import HealthCheck, given, settings

from cds_hooks.configuration import COVERAGE_INFO
from cds_hooks.coverage_information import write
from cds_hooks.hook import ORDER_TYPES
from cds_hooks.orders import order_of
from cds_hooks.respond import respond
from cds_hooks.services import HOOKS
from ig_profiles.json import dump
from ig_profiles.names import COVERAGE_INFORMATION
from tests.cds_hooks.any_answer import answers
from tests.cds_hooks.builders import PATIENT, bundle, call, coverage, heard, house, informed
from tests.cds_hooks.published import binary, resources
from tests.cds_hooks.rules import broken_rules

CRD = {"2.0": "hl7.fhir.us.davinci-crd-2.0.1", "2.2": "hl7.fhir.us.davinci-crd-2.2.0"}
ORDERS = (
    "Appointment", "CommunicationRequest", "DeviceRequest", "Encounter", "MedicationRequest", "NutritionOrder", "ServiceRequest", "Task", "VisionPrescription",
)  # fmt: skip


@pytest.mark.requirement("crd-2.0.1:4", "crd-2.0.1:153", "crd-2.0.1:164", "crd-2.0.1:184", "crd-2.0.1:207")
@pytest.mark.requirement("crd-2.0.1:226", "crd-2.0.1:247", "crd-2.0.1:279", "crd-2.2:hook-4", "crd-2.2:hook-16")
@pytest.mark.requirement("crd-2.2:hook-26", "crd-2.2:hook-33", "crd-2.2:hook-39", "crd-2.2:resp-14", "crd-2.2:resp-26")
@pytest.mark.requirement("crd-2.2:resp-28", "crd-2.2:resp-48")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
@pytest.mark.parametrize("hook", [hook.name for hook in HOOKS])
def test_every_published_order_goes_through_every_hook(hook, dialect):
    examples = resources(CRD["2.0"], "package/example")
    orders = [one for one in examples.values() if one["resourceType"] in ORDERS]
    assert len(orders) >= 9
    others = bundle(*(one for one in examples.values() if one["resourceType"] not in ("Patient", "Coverage", *ORDERS)))
    encounter = next(one for one in orders if one["resourceType"] == "Encounter")
    body = call(
        hook,
        *orders,
        prefetch={"patient": PATIENT, "coverage": coverage(), "others": others, "orders": bundle(*orders)},
        context={"encounterId": encounter["id"]} if hook.startswith("encounter") else {},
    )
    if hook == "order-select":
        body["context"]["selections"] = [f"{one['resourceType']}/{one['id']}" for one in orders]
    answer, told = respond(heard(body, dialect), house())
    assert dump(answer)
    assert len(told) >= 1
    for position in range(len(answer["systemActions"])):
        ours = [item for item in informed(answer, position) if any(str(part.get("valueString")).startswith("assertion-") for part in item["extension"])]
        assert [broken_rules(item, dialect) for item in ours] == [set()]


@pytest.mark.requirement("crd-2.2:resp-37")
def test_a_published_order_comes_back_unchanged_but_for_our_extension():
    for name, order in resources(CRD["2.0"], "package/example").items():
        if order["resourceType"] not in ORDER_TYPES:
            continue
        (action,) = respond(heard(call("order-sign", order), "2.0"), house())[0]["systemActions"]
        back = {**action["resource"], "extension": action["resource"]["extension"][:-1]}
        assert dump(back) == dump({**order, "extension": order.get("extension", [])}), name


@pytest.mark.trap(25)
def test_another_payers_published_annotation_is_kept():
    order = resources(CRD["2.0"], "package/example")["MedicationRequest-annotated-example.json"]
    (theirs,) = [item for item in order["extension"] if item["url"] == COVERAGE_INFORMATION]
    body, _ = respond(heard(call("order-sign", order), "2.0"), house())
    assert informed(body)[0] == theirs
    assert len(informed(body)) == 2


@pytest.mark.parametrize("number", ["", "2", "3", "4"])
def test_the_published_calls_of_2_2_are_answered(number):
    body = binary(resources(CRD["2.2"])[f"Binary-CRDServiceRequest{number}.json"])
    prefetch = body.setdefault("prefetch", {})
    prefetch["coverage"] = coverage(beneficiary={"reference": "Patient/123"})
    request = heard(body, "2.2")
    if body["hook"] == "order-dispatch":
        for reference in body["context"]["dispatchedOrders"]:
            kind, identity = reference.split("/")
            prefetch[identity] = {"resourceType": kind, "id": identity, "medicationCodeableConcept": {"text": "a medicine"}}
        request = heard(body, "2.2")
    answer, told = respond(request, house())
    assert len(told) == len(request.orders) >= 1
    wanted = request.configuration.allows(COVERAGE_INFO)  # one of the published calls switches it off
    assert len(answer.get("systemActions", [])) == (len(told) if wanted else 0)


@pytest.mark.requirement("crd-2.2:billopt-3")
def test_the_billing_options_of_the_published_mammography_are_read():
    body = binary(resources(CRD["2.2"])["Binary-CRDServiceRequest.json"])
    request = heard(body, "2.2")
    codes = [code.code for code in order_of(request.orders[0], request.index, "123").service.codes]
    assert codes == ["726551006", "77061", "77062", "77065", "77066"]


def _invariants(dialect):
    definition = resources(CRD[dialect])["StructureDefinition-ext-coverage-information.json"]
    found = [rule for element in definition["differential"]["element"] for rule in element.get("constraint", [])]
    evaluable = {rule["key"]: fhirpathpy.compile(_spelled_out(rule["expression"]), models["r4"]) for rule in found if "memberOf" not in rule["expression"]}
    assert len(evaluable) >= 5
    return evaluable


def _spelled_out(expression):
    """A collection where a boolean belongs is true when it holds one element (FHIRPath §4.5), which this engine does not do by itself."""
    return re.sub(r"(extension\.where\((?:[^()]|\([^()]*\))*\))\s+(and|implies)\b", r"\1.exists() \2", expression)


@pytest.mark.trap(5, 6)
@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_the_published_invariants_hold_for_everything_the_writer_can_be_asked(dialect):
    invariants = _invariants(dialect)

    @settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
    @given(said=answers())
    def holds(said):
        written = write(said, dialect)
        assert _broken(invariants, written) == []

    holds()


@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_the_published_invariants_would_notice(dialect):
    written = write(respond(heard(call(), dialect), house())[1][0], dialect)
    others = [part for part in written["extension"] if part["url"] != "doc-needed"]
    wrong = {**written, "extension": [*others, {"url": "satisfied-pa-id", "valueString": "PA-1"}]}
    assert _broken(_invariants(dialect), written) == []
    assert _broken(_invariants(dialect), wrong) == ["crd-ci-q1", "crd-ci-q5"]


def _broken(invariants, written):
    """The keys of the rules that are plainly false; an empty result is not (crd.md §1.7.1)."""
    return [key for key, rule in invariants.items() if rule({"resourceType": "Basic", **written}) == [False]]
