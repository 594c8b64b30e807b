"""A clinic changes its mind: documents added, items and whole requests withdrawn; and what may not be changed any more."""

from __future__ import annotations

from copy import deepcopy

import pytest

from fhir_pa.pas.extensions import INFO_CANCELLED
from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import read_bundle
from ig_profiles import json
from ig_profiles.reading import Json, codings
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit, update, withdrawn, without_item
from tests.stories.parties import SUPPLIER, Staff, System

DENIAL = {"decision": "deny", "because": "89 % is above the limit.", "reason_code": "0F", "criteria": ["hypoxemia"], "phone": "555-555-0142"}


def business_error(clinic: System, bundle: Json) -> tuple[str, str]:
    """The X12 901 code and the sentence of the one error inside a ClaimResponse that came with 200."""
    response = clinic.post("Claim/$submit", bundle)["entry"][0]["resource"]
    assert response["resourceType"] == "ClaimResponse" and response["outcome"] == "error" and "item" not in response
    (error,) = response["error"]
    return codings(error["code"])[0].code, response["disposition"]


def test_an_update_that_brings_the_reports_is_certified_at_once(clinic: System) -> None:
    asked = scans(clinic)
    before = submit(clinic, asked)
    _, bundle = update(asked, *clinic.plan.charts.by_patient["ilsabet-crane"].elsewhere)
    after = read_bundle(clinic.post("Claim/$submit", bundle))
    assert after.actions == {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED}
    assert after.item(1) == before.item(1) and after.item(2).number == before.item(1).number


@pytest.mark.requirement("pas-2.2.1:spec-70", "pas-2.0.1:180")
@pytest.mark.pas_trap(39, 41)
def test_an_item_withdrawn_is_cancelled_and_the_others_stay_as_they_were(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    before = submit(clinic, asked)
    newer, bundle = update(asked)
    after = read_bundle(clinic.post("Claim/$submit", without_item(bundle, 2)))
    assert after.actions == {1: CERTIFIED, 2: "C", 3: PENDED}
    assert after.item(1) == before.item(1)
    (waiting,) = physician.worklist()
    assert waiting["pended_items"] == [3]
    once_more = update(newer)[1]
    again = read_bundle(clinic.post("Claim/$submit", without_item(once_more, 2)))
    assert again.actions == after.actions


@pytest.mark.requirement("pas-2.2.1:spec-69", "pas-2.0.1:46")
def test_a_document_withdrawn_counts_no_more(clinic: System, physician: Staff) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    (waiting,) = physician.worklist()

    def truth(criterion: str) -> str:
        case = json.parse(physician.call("GET", f"/um/authorizations/{waiting['number']}").data)
        findings = case["items"][0]["determination"]["findings"]
        return str(next(finding["truth"] for finding in findings if finding["criterion"] == criterion))

    assert truth("room_air") == "met"
    bundle = deepcopy(update(asked)[1])
    claim = bundle["entry"][0]["resource"]
    for node in claim["supportingInfo"]:
        if node["valueReference"]["reference"].startswith("Observation/"):
            node["modifierExtension"] = [{"url": INFO_CANCELLED, "valueBoolean": True}]
    assert read_bundle(clinic.post("Claim/$submit", bundle)).actions == {1: PENDED}
    assert truth("room_air") == "unknown"


@pytest.mark.pas_trap(42)
def test_cancelling_the_whole_request_cancels_every_item_also_the_certified_ones(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    newer, bundle = update(asked)
    answer = read_bundle(clinic.post("Claim/$submit", withdrawn(bundle)))
    assert answer.actions == {1: "C", 2: "C", 3: "C"} and answer.outcome == "complete"
    assert physician.worklist() == []
    assert [found.actions for found in inquire(clinic, newer)] == [answer.actions]


@pytest.mark.pas_trap(43)
def test_an_update_after_a_denial_is_a_business_error_and_changes_nothing(clinic: System, physician: Staff) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    denied = physician.decide(waiting["number"], items=[1], **DENIAL)
    code, said = business_error(clinic, update(asked)[1])
    assert code == "33" and "Submit a new request, or appeal." in said
    case = json.parse(physician.call("GET", f"/um/authorizations/{waiting['number']}").data)
    assert case == denied
    assert [found.actions for found in inquire(clinic, asked)] == [{1: NOT_CERTIFIED}]


def test_cancelling_what_is_not_on_file_is_a_business_error_that_tells_how_to_name_it(clinic: System) -> None:
    code, said = business_error(clinic, withdrawn(update(oxygen(clinic))[1]))
    assert code == "AA" and "Name it by Claim.related" in said


def test_nobody_cancels_what_another_system_submitted(clinic: System) -> None:
    asked = oxygen(clinic)
    submit(clinic, asked)
    stranger = System(clinic.plan, SUPPLIER, clinic.guide)
    business_error(stranger, withdrawn(update(asked)[1]))
    assert [found.actions for found in inquire(clinic, asked)] == [{1: CERTIFIED}]


def test_an_update_that_names_an_older_version_changes_the_same_authorization(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    clinic.post("Claim/$submit", update(asked)[1])
    clinic.post("Claim/$submit", without_item(update(asked)[1], 2))
    (waiting,) = physician.worklist()
    assert waiting["pended_items"] == [3]
