"""A clinic that speaks SNOMED CT and a plan that is billed in HCPCS and ICD-10-CM: the plan's own map joins them, for hook and request alike."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fhir_pa.operations.proofs.prove import prove
from fhir_pa.pas import extensions as ext
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import read_bundle, read_inquiry
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.settings import read
from fhir_pa.wiring import billing_codes
from ig_profiles.names import COVERAGE_INFORMATION, ICD10CM, SNOMED
from ig_profiles.outcome import Unprocessable
from ig_profiles.reading import Json, codings, extension_value, extensions, many
from questionnaires.code_map import CodeMap
from questionnaires.translated_facts import TranslatedFacts
from tests.questionnaires.test_code_map import EXAMPLE
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN, inquiry, oxygen
from tests.stories.ehr import Ehr
from tests.stories.parties import Plan, System

CONCENTRATOR = {"coding": [{"system": SNOMED, "code": "361721008"}], "text": "Oxygen concentrator"}
COPD = {"coding": [{"system": SNOMED, "code": "13645005"}], "text": "Chronic obstructive lung disease"}


@pytest.fixture
def plan(plan: Plan, tmp_path: Path) -> Iterator[Plan]:
    """A payer with the map of the page."""
    file = tmp_path / "billing.json"
    file.write_text(EXAMPLE, encoding="utf-8")
    code_map = billing_codes(read({"code_map": file}, {}))
    with TranslatedFacts(code_map) as facts:
        plan.payer = replace(plan.payer, code_map=code_map, facts=facts)
        yield plan


def in_snomed(bundle: Json) -> Json:
    """The request as a clinic without billing codes writes it: items, orders and diagnoses."""
    claim = bundle["entry"][0]["resource"]
    for item in claim["item"]:
        item["productOrService"] = CONCENTRATOR
    for diagnosis in claim["diagnosis"]:
        diagnosis["diagnosisCodeableConcept"] = COPD
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] in ("ServiceRequest", "DeviceRequest"):
            entry["resource"] = spoken(entry["resource"])
    return bundle


def spoken(order: Json) -> Json:
    name = "codeCodeableConcept" if order["resourceType"] == "DeviceRequest" else "code"
    return {**order, name: CONCENTRATOR, "reasonCode": [COPD]}


@pytest.mark.requirement("pas-2.0.1:185")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_a_request_in_clinical_words_is_answered_by_the_policy_of_the_billing_code(plan: Plan, guide: str) -> None:
    clinic = System(plan, CLIENT_ID, guide)
    asked = in_snomed(request_of(oxygen(clinic)))
    answer = clinic.post("Claim/$submit", asked)
    assert read_bundle(answer).item(1).action == CERTIFIED
    with plan.payer.store.reading() as tx:
        (number,) = tx.numbers()
    assert prove(number, plan.payer).holds, "the evidence is what was sent, not its translation"
    plan.payer = replace(plan.payer, code_map=CodeMap())
    plan.__dict__.pop("application", None)
    untranslated = System(plan, CLIENT_ID, guide).post("Claim/$submit", in_snomed(request_of(replace(oxygen(clinic), number="OAK-PLAIN"))))
    assert read_bundle(untranslated).item(1).action == PENDED, "without the map no policy speaks about it"


@pytest.mark.requirement("pas-2.0.1:185")
def test_a_diagnosis_is_told_as_it_is_billed_and_found_by_either_code(plan: Plan) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    asked = oxygen(clinic, BORDERLINE)
    answer = clinic.post("Claim/$submit", in_snomed(request_of(asked)))
    told = [each["valueCodeableConcept"] for item in many(answer, "entry", "resource", "item") for each in extensions(item, ext.COMMUNICATED_DIAGNOSIS)]
    assert [(coding.system, coding.code) for coding in codings(told)] == [(ICD10CM, "J44.9")]
    for system, code in ((ICD10CM, "J44.9"), (SNOMED, "13645005")):
        question = inquiry(asked)
        claim = question["entry"][0]["resource"]
        claim.pop("item", None)
        claim["diagnosis"] = [{"sequence": 1, "diagnosisCodeableConcept": {"coding": [{"system": system, "code": code}]}}]
        assert len(read_inquiry(clinic.post("Claim/$inquire", question))) == 1, code


@pytest.mark.requirement("pas-2.0.1:185")
def test_the_hook_answers_the_same_order_by_the_same_billing_code(plan: Plan) -> None:
    ehr = Ehr(System(plan, CLIENT_ID, "2.2"))
    call = ehr.call(SHORT_OF_OXYGEN)
    (entry,) = call["context"]["draftOrders"]["entry"]
    entry["resource"] = spoken(entry["resource"])
    (said,) = extensions(ehr.ask(call)["systemActions"][0]["resource"], COVERAGE_INFORMATION)
    assert extension_value(said, "billingCode")["code"] == "E1390" and extension_value(said, "pa-needed") == "satisfied"


def test_a_map_that_cannot_be_read_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(Unprocessable, match="Correct the path"):
        billing_codes(read({"code_map": tmp_path / "nowhere.json"}, {}))
