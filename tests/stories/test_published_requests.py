"""Real input: the requests that HL7 published with PAS 2.0.1, posted unchanged."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from fhir_pa.wiring import Payer
from ig_profiles import json
from ig_profiles.reading import one
from tests.packages import example
from tests.stories.conftest import Caller

PAS = "hl7.fhir.us.davinci-pas-2.0.1"
REQUESTS = [
    "Bundle-HomecareAuthorizationBundleExample.json",
    "Bundle-HomecareAuthorizationDifferentialBundleExample.json",
    "Bundle-HomecareAuthorizationUpdateBundleExample.json",
    "Bundle-MedicalServicesAuthorizationBundleExample.json",
    "Bundle-ReferralAuthorizationBundleExample.json",
    "Bundle-SurgicalRequestBundleExample.json",
]


def actions(claim_response: Any) -> dict[int, str]:
    """Review action code by item sequence."""
    found = {}
    for item in claim_response["item"]:
        review = item["adjudication"][0]["extension"][0]["extension"]
        concept = next(part["valueCodeableConcept"] for part in review if part["url"].endswith("extension-reviewActionCode"))
        found[int(item["itemSequence"])] = concept["coding"][0]["code"]
    return found


def inquiry_about(bundle: Any) -> Any:
    """An inquiry by the requestor about the member and services of a request."""
    asked = copy.deepcopy(bundle)
    claim = asked["entry"][0]["resource"]
    claim["item"] = [{"sequence": item["sequence"], "productOrService": item["productOrService"]} for item in claim["item"]]
    for element in ("diagnosis", "supportingInfo", "careTeam", "related"):
        claim.pop(element, None)
    return asked


@pytest.mark.requirement("pas-2.0.1:100", "pas-2.0.1:2", "pas-2.0.1:5", "pas-2.0.1:93", "pas-2.0.1:107", "pas-2.0.1:111", "pas-2.0.1:207", "pas-2.0.1:208")
@pytest.mark.parametrize("name", REQUESTS)
def test_a_published_request_gets_a_claim_response_is_stored_and_found_again(name: str, caller_2_0: Caller, payer: Payer) -> None:
    body = example(PAS, name)
    answer = caller_2_0.post("Claim/$submit", body)
    assert answer.status_code == 200, answer.text
    response = json.parse(answer.data)["entry"][0]["resource"]
    sent = json.parse(body)
    asked = [item["sequence"] for item in sent["entry"][0]["resource"]["item"]]
    assert response["resourceType"] == "ClaimResponse" and sorted(actions(response)) == asked

    with payer.store.reading() as tx:
        (case,) = tx.pended()
        assert tx.received(case.submission).body == body

    found = json.parse(caller_2_0.post("Claim/$inquire", inquiry_about(sent)).data)
    (again,) = [entry["resource"] for entry in found["entry"] if entry["resource"]["resourceType"] == "ClaimResponse"]
    assert again["identifier"][-1] == response["identifier"][-1] and actions(again) == actions(response)


@pytest.mark.parametrize("name", REQUESTS)
def test_a_service_no_policy_mentions_follows_the_policy_for_anything_else(name: str, caller_2_0: Caller, payer: Payer) -> None:
    caller_2_0.post("Claim/$submit", example(PAS, name))
    with payer.store.reading() as tx:
        (case,) = tx.pended()
    assert {item.determination.edition.topic for item in case.pended if item.determination.edition} == {"anything_else"}


@pytest.mark.requirement("pas-2.0.1:130")
def test_the_published_inquiry_finds_the_published_request(caller_2_0: Caller) -> None:
    submitted = json.parse(caller_2_0.post("Claim/$submit", example(PAS, REQUESTS[0])).data)
    answer = caller_2_0.post("Claim/$inquire", example(PAS, "Bundle-PASClaimInquiryBundleExample.json"))
    assert answer.status_code == 200
    found = json.parse(answer.data)["entry"][0]["resource"]
    assert found["resourceType"] == "ClaimResponse"
    assert found["identifier"][-1] == submitted["entry"][0]["resource"]["identifier"][-1]


def test_an_inquiry_without_a_match_is_a_success_that_says_so(caller_2_0: Caller) -> None:
    answer = caller_2_0.post("Claim/$inquire", example(PAS, "Bundle-PASClaimInquiryBundleExample.json"))
    assert answer.status_code == 200
    assert one(json.parse(answer.data), "entry", "resource", "resourceType") == "OperationOutcome"


def test_an_update_of_a_request_on_file_is_the_same_authorization(caller_2_0: Caller, payer: Payer) -> None:
    first = json.parse(caller_2_0.post("Claim/$submit", example(PAS, "Bundle-HomecareAuthorizationBundleExample.json")).data)
    second = json.parse(caller_2_0.post("Claim/$submit", example(PAS, "Bundle-HomecareAuthorizationUpdateBundleExample.json")).data)
    before, after = (bundle["entry"][0]["resource"] for bundle in (first, second))
    assert before["identifier"][-1] == after["identifier"][-1]
    with payer.store.reading() as tx:
        (case,) = tx.pended()
    assert case.revision > 1 and len(case.items) == 3


def test_the_same_bytes_again_get_the_same_answer_and_open_nothing(caller_2_0: Caller, payer: Payer) -> None:
    body = example(PAS, "Bundle-SurgicalRequestBundleExample.json")
    first, second = (caller_2_0.post("Claim/$submit", body) for _ in range(2))
    assert first.data == second.data
    with payer.store.reading() as tx:
        assert len(tx.pended()) == 1
