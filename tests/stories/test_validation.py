"""$validate, and what validation does to a submission: warnings by default, refusal where the payer is strict."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fhir_pa.settings import read
from fhir_pa.web.app import create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import Payer, open_payer
from ig_profiles import json
from ig_profiles.names import PAS_PROFILE
from tests.fhir_pa.pas_bundles import bundle
from tests.packages import example
from tests.stories.conftest import Caller

PROFILE = f"{PAS_PROFILE}profile-pas-request-bundle"


def spoiled(guide: str) -> Any:
    """A request that can be processed, with a fault a profile notices: the quantity's unit has no value."""
    sent = bundle(guide=guide)
    sent["meta"] = {"profile": [PROFILE]}
    sent["entry"][0]["resource"]["status"] = "draft"
    return sent


def told(answer: Any) -> list[tuple[str, str, str]]:
    return [(issue["severity"], issue.get("expression", [""])[0], issue["details"]["text"]) for issue in answer["issue"]]


def test_a_faultless_resource_is_told_so(caller: Caller) -> None:
    narrative = {"status": "generated", "div": '<div xmlns="http://www.w3.org/1999/xhtml">Orla Penhallow</div>'}
    patient = {"resourceType": "Patient", "text": narrative, "name": [{"family": "Penhallow"}], "birthDate": "1955-03-02"}
    answer = caller.post("Patient/$validate", patient)
    assert answer.status_code == 200
    assert told(json.parse(answer.data)) == [("information", "", "Nothing is wrong with it.")]


@pytest.mark.parametrize("wrapped", [False, True])
def test_every_fault_is_told_with_its_place_and_its_mending(wrapped: bool, caller: Caller) -> None:
    patient: Any = {"resourceType": "Patient", "birthDate": "2 March 1955", "gender": "lady", "nam": []}
    if wrapped:
        patient = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": patient}]}
    found = told(json.parse(caller.post("Patient/$validate", patient).data))
    places = {expression for severity, expression, _ in found if severity == "error"}
    assert {"Patient.birthDate", "Patient.gender"} <= places
    assert any("name" in text for _, expression, text in found if "nam" in expression or expression == "Patient")


def test_a_profile_can_be_asked_for(caller: Caller) -> None:
    sent = bundle(guide=caller.guide)
    sent["entry"][0]["resource"]["status"] = "draft"
    found = told(json.parse(caller.post(f"Bundle/$validate?profile={PROFILE}", sent).data))
    assert any(severity == "error" and "status" in expression for severity, expression, _ in found)


def test_another_type_than_the_address_names_is_refused(caller: Caller) -> None:
    answer = caller.post("Patient/$validate", {"resourceType": "Practitioner"})
    assert answer.status_code == 400 and "Practitioner/$validate" in json.parse(answer.data)["issue"][0]["details"]["text"]


def test_a_tolerant_payer_serves_and_warns(caller: Caller) -> None:
    answer = caller.post("Claim/$submit", spoiled(caller.guide))
    assert answer.status_code == 200
    entries = json.parse(answer.data)["entry"]
    assert entries[0]["resource"]["resourceType"] == "ClaimResponse" and entries[0]["resource"]["item"]
    warnings = told(entries[-1]["resource"])
    assert any("status" in expression for _, expression, _ in warnings)
    assert {severity for severity, _, _ in warnings} <= {"warning", "information"}


def test_a_strict_payer_refuses_and_keeps_nothing(tmp_path: Path) -> None:
    payer: Payer = open_payer(read({"data_directory": tmp_path, "open": True, "validation": "strict"}, {}))
    try:
        caller = Caller(create_app(payer, OFFERED).test_client(), "2.0.1")
        answer = caller.post("Claim/$submit", spoiled("2.0.1"))
        assert answer.status_code == 422
        assert any(severity == "error" and "status" in expression for severity, expression, _ in told(json.parse(answer.data)))
        with payer.store.reading() as tx:
            assert tx.pended() == []
        accepted = caller.post("Claim/$submit", example("hl7.fhir.us.davinci-pas-2.0.1", "Bundle-ReferralAuthorizationBundleExample.json"))
        assert accepted.status_code == 200, accepted.text
    finally:
        payer.close()
