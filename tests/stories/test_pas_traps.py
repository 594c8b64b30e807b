"""The traps of ``tests/fhir_pa/pas_traps.py`` that no other test watches, tried on a served payer; and that every trap is watched."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from decimal import Decimal
from typing import Any

import pytest

from fhir_pa.pas import extensions as ext
from fhir_pa.provider.codes import CERTIFIED
from fhir_pa.provider.elements import concept, pas_extension
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import ONCOLOGIST
from ig_profiles import json
from ig_profiles.names import CPT, HCPCS, PAS_PROFILE, X12_CERTIFICATION_TYPE
from ig_profiles.reading import Json, extension_value, extensions, many, references
from tests.fhir_pa.pas_traps import TRAPS, proofs
from tests.stories.asking import inquiry, oxygen, scans, submit, update
from tests.stories.own_words import faults
from tests.stories.parties import Staff, System
from tests.stories.test_attachments import control, report
from tests.stories.test_updates import DENIAL


def test_every_trap_is_watched_and_no_other_number_is_borne() -> None:
    assert sorted(TRAPS) == list(range(1, 71))
    assert sorted(set(TRAPS) - set(proofs())) == [], "mark the test that notices the trap with @pytest.mark.pas_trap(number), or write it"
    assert sorted(set(proofs()) - set(TRAPS)) == [], "correct the number"


def claim_of(bundle: Json) -> Json:
    """The Claim of a request."""
    found: Json = bundle["entry"][0]["resource"]
    return found


def response_of(answer: Json) -> Json:
    """The ClaimResponse of an answer."""
    found: Json = answer["entry"][0]["resource"]
    assert found["resourceType"] == "ClaimResponse"
    return found


def changed(bundle: Json, change: Callable[[Json], object]) -> Json:
    """The same request with something else in its Claim."""
    copy = deepcopy(bundle)
    change(claim_of(copy))
    return copy


# --- the operation ----------------------------------------------------------------------------------------------------
@pytest.mark.pas_trap(1, 7)
def test_a_bundle_goes_in_a_bundle_comes_out_and_nothing_of_it_is_a_transaction(clinic: System) -> None:
    body = request_of(oxygen(clinic))
    answer = clinic.post("Claim/$submit", body)
    assert (answer["resourceType"], answer["type"]) == ("Bundle", "collection")
    assert not any({"request", "response", "search"} & set(entry) for entry in answer["entry"])
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": body}]}
    refused = clinic.call("POST", "Claim/$submit", wrapped)
    assert refused.status_code == 400 and json.parse(refused.data)["resourceType"] == "OperationOutcome"


@pytest.mark.pas_trap(6)
def test_the_inquiry_is_asked_by_its_code_and_the_name_of_its_definition_leads_nowhere(clinic: System) -> None:
    asked = inquiry(oxygen(clinic))
    assert clinic.call("POST", "Claim/$inquire", asked).status_code == 200
    for wrong in ("Claim/$inquiry", "Claim-inquiry", "$inquire"):
        refused = clinic.call("POST", wrong, asked)
        assert refused.status_code in (404, 405) and json.parse(refused.data)["resourceType"] == "OperationOutcome"


@pytest.mark.pas_trap(14)
@pytest.mark.parametrize("operation", ["Claim/$submit", "Claim/$inquire"])
def test_an_empty_bundle_is_a_4xx_with_one_outcome(clinic: System, operation: str) -> None:
    nothing: list[list[Json] | None] = [[], None]
    for entries in nothing:
        empty = {**request_of(oxygen(clinic)), "entry": entries}
        refused = clinic.call("POST", operation, {name: value for name, value in empty.items() if value is not None})
        assert 400 <= refused.status_code < 500
        assert json.parse(refused.data)["resourceType"] == "OperationOutcome" and "Claim" in refused.text


# --- resources and references ---------------------------------------------------------------------------------------------
@pytest.mark.pas_trap(11)
def test_of_two_resources_with_one_id_the_one_meant_by_its_whole_address_counts(clinic: System) -> None:
    body = request_of(oxygen(clinic))
    patient = next(entry for entry in body["entry"] if entry["resource"]["resourceType"] == "Patient")
    stranger = deepcopy(patient)
    stranger["fullUrl"] = f"https://elsewhere.example/fhir/Patient/{patient['resource']['id']}"
    stranger["resource"]["identifier"] = [{"system": "https://elsewhere.example/members", "value": "NOT-OURS"}]
    for entries in ([body["entry"][0], stranger, *body["entry"][1:]], [*body["entry"], stranger]):
        answer = clinic.post("Claim/$submit", {**body, "entry": entries})
        assert read_bundle(answer).actions == {1: CERTIFIED}
        told = next(entry for entry in answer["entry"] if entry["fullUrl"] == response_of(answer)["patient"]["reference"])
        assert told["resource"]["identifier"] == patient["resource"]["identifier"]
        clinic.plan.clock.turn(minutes=6)


@pytest.mark.pas_trap(12, 13)
@pytest.mark.requirement("pas-2.0.1:102")
def test_everything_the_answer_refers_to_is_in_it_and_once(clinic: System, physician: Staff) -> None:
    body = request_of(scans(clinic))
    answer = clinic.post("Claim/$submit", body)
    there = Counter(entry["fullUrl"] for entry in answer["entry"])
    assert set(there.values()) == {1}
    contents = [json.dump({**entry["resource"], "id": "", "meta": {}}) for entry in answer["entry"]]
    assert len(contents) == len(set(contents)), "one person, one resource, whatever the roles"
    claim = body["entry"][0]["fullUrl"]
    assert {where for where in references(answer) if where != claim and not where.startswith("#")} <= set(there)


@pytest.mark.pas_trap(15)
def test_the_prior_claim_in_an_update_is_no_second_request_wherever_it_stands(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    before = request_of(asked)
    submit(clinic, asked)
    newer = update(asked, *clinic.plan.charts.by_patient["ilsabet-crane"].elsewhere)[1]
    others = [entry for entry in newer["entry"][1:] if entry["resource"]["resourceType"] != "Claim"]
    answer = clinic.post("Claim/$submit", {**newer, "entry": [newer["entry"][0], *others, before["entry"][0]]})
    assert read_bundle(answer).actions == {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED}
    assert physician.worklist() == [], "nothing was opened besides"


# --- what the ClaimResponse says ------------------------------------------------------------------------------------------------
@pytest.mark.pas_trap(16, 17, 22, 24)
def test_the_decision_stands_in_the_review_action_and_every_note_has_its_number(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    Staff(clinic.plan, ONCOLOGIST).decide(waiting["number"], 200, items=[2], **{**DENIAL, "criteria": ["chest_ct_report"]})
    body = clinic.post("Claim/$inquire", inquiry(asked))
    (bundle,) = [body] if body["resourceType"] == "Bundle" else many(body, "parameter", "resource")
    response = response_of(bundle)
    codes = []
    for item in response["item"]:
        (adjudication,) = item["adjudication"]
        assert [coding["code"] for coding in adjudication["category"]["coding"]] == ["submitted"]
        (review,) = extensions(adjudication, ext.REVIEW_ACTION)
        codes.append(extension_value(review, "http://hl7.org/fhir/us/davinci-pas/StructureDefinition/extension-reviewActionCode")["coding"][0]["code"])
    assert codes == ["A1", "A3", "A4"], "A2 is a word for the whole"
    numbers = [note.get("number") for note in response["processNote"]]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {number for item in response["item"] for number in item.get("noteNumber", [])} <= set(numbers)


# --- codes ------------------------------------------------------------------------------------------------------------
@pytest.mark.pas_trap(31)
def test_a_code_is_found_again_under_the_other_system_it_travels_by(clinic: System) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    body = inquiry(asked)
    systems = [coding for item in claim_of(body)["item"] for coding in item["productOrService"]["coding"] if coding["system"] == CPT]
    assert systems, "the scans are asked for by CPT codes"
    for coding in systems:
        coding["system"] = HCPCS
    found = clinic.post("Claim/$inquire", body)
    assert len([found] if found["resourceType"] == "Bundle" else many(found, "parameter", "resource")) == 1
    assert b'"ClaimResponse"' in json.dump(found)


# --- updates ------------------------------------------------------------------------------------------------------------
@pytest.mark.requirement("pas-2.2.1:spec-71")
@pytest.mark.pas_trap(40)
def test_what_changed_is_what_differs_from_the_file_whatever_the_flags_say(clinic: System) -> None:
    asked = scans(clinic)
    before = submit(clinic, asked)
    flagged = pas_extension("infoChanged", valueCode="changed")
    lies = deepcopy(update(asked)[1])
    first, *_ = claim_of(lies)["item"]
    first["extension"] = [*first.get("extension", []), flagged]
    same = read_bundle(clinic.post("Claim/$submit", lies))
    assert same.item(1) == before.item(1), "flagged as changed, and the same as before: its decision stands"
    silent = deepcopy(lies)
    first, *_ = claim_of(silent)["item"]
    first["extension"] = [each for each in first["extension"] if each != flagged]
    first["quantity"] = {"value": Decimal(40), "unit": "unit"}
    claim_of(silent)["identifier"][0]["value"] += "-2"
    clinic.post("Claim/$submit", silent)
    with clinic.plan.payer.store.reading() as tx:
        item = tx.authorization(str(before.item(1).number)).item(1)
    assert item.requested.service.quantity == 40 and len(item.earlier) == 1, "changed without a flag: weighed anew, once"


# --- documents asked for ------------------------------------------------------------------------------------------------
@pytest.mark.pas_trap(62)
def test_attachments_come_at_the_root_name_their_lines_as_text_and_need_no_day(clinic: System) -> None:
    asked = scans(clinic)
    body = attachment_of(asked, control(submit(clinic, asked), 2), {2: report(clinic, "chest")})
    names = {part["name"] for part in body["parameter"]}
    assert "ServiceDate" not in names
    assert clinic.call("POST", "Claim/$submit-attachment", body).status_code in (404, 405)
    numbered = deepcopy(body)
    line = next(part for each in numbered["parameter"] if each["name"] == "Attachment" for part in each["part"] if part["name"] == "LineItem")
    line["valueInteger"] = int(line.pop("valueString"))
    refused = clinic.call("POST", "$submit-attachment", numbered)
    assert refused.status_code in (200, 422), "told, or read; never broken"
    assert clinic.post("$submit-attachment", body)["issue"][0]["severity"] == "information"


# --- where the guides are wrong or run apart: nothing of it is refused, nor called an error ------------------------------------
def _on_claim(claim: Json, url: str, **value: Any) -> None:
    claim["extension"] = [*claim.get("extension", []), {"url": url, **value}]


def _on_info(claim: Json) -> None:
    first, *_ = claim["supportingInfo"]
    first["extension"] = [*first.get("extension", []), {"url": ext.INFO_CHANGED, "valueCode": "changed"}]


def _immediately(item: Json) -> None:
    now = pas_extension("certificationType", valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, "1"))
    item["extension"] = [now, *(each for each in item["extension"] if each["url"] != now["url"])]


ODD: dict[str, Callable[[Json], object]] = {
    "an administrative reference at the Claim": lambda claim: _on_claim(claim, f"{PAS_PROFILE}extension-administrationReferenceNumber", valueString="PEND1"),
    "a change mark on supporting information": _on_info,
    "immediate care without a word on its level": lambda claim: _immediately(claim["item"][0]),
    "a code of X12 nobody has a list of": lambda claim: claim["item"][0].update(category=concept("https://codesystem.x12.org/005010/1365", "ZZ9")),
}


@pytest.mark.pas_trap(65, 66, 69)
@pytest.mark.parametrize("odd", ODD)
def test_what_only_a_faulty_definition_forbids_is_served_without_a_word(clinic: System, odd: str) -> None:
    plain = request_of(oxygen(clinic))
    strange = changed(plain, ODD[odd])
    before, after = ({(issue.expression, issue.message_id) for issue in faults(body, clinic.guide)} for body in (plain, strange))
    assert after - before == set()
    assert clinic.call("POST", "Claim/$submit", strange).status_code == 200


@pytest.mark.pas_trap(67)
def test_a_member_who_is_the_subscriber_by_the_plain_code_is_served(clinic: System) -> None:
    body = request_of(oxygen(clinic))
    coverage = next(entry["resource"] for entry in body["entry"] if entry["resource"]["resourceType"] == "Coverage")
    coverage["relationship"] = concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "self")
    coverage.pop("subscriber", None)
    assert read_bundle(clinic.post("Claim/$submit", body)).actions == {1: CERTIFIED}


@pytest.mark.pas_trap(68)
def test_a_new_request_is_held_against_the_profile_of_new_requests(clinic: System) -> None:
    body = request_of(oxygen(clinic))
    assert "related" not in claim_of(body)
    assert faults(body, clinic.guide) == []


EDITIONS = [
    f"http://hl7.org/fhir/us/core/StructureDefinition/us-core-condition{kind}{version}"
    for kind in ("", "-encounter-diagnosis")
    for version in ("", "|3.1.1", "|6.1.0", "|7.0.0")
]


@pytest.mark.pas_trap(70)
@pytest.mark.parametrize("profile", EDITIONS)
def test_what_follows_another_edition_of_us_core_is_served(clinic: System, profile: str) -> None:
    body = request_of(oxygen(clinic))
    patient = claim_of(body)["patient"]["reference"]
    about = {"subject": {"reference": patient}}
    condition = {
        "resourceType": "Condition",
        "id": "older",
        "meta": {"profile": [profile]},
        "clinicalStatus": concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
        "verificationStatus": concept("http://terminology.hl7.org/CodeSystem/condition-ver-status", "confirmed"),
        "category": [concept("http://terminology.hl7.org/CodeSystem/condition-category", "encounter-diagnosis")],
        "code": concept("http://snomed.info/sct", "13645005"),
        **about,
    }
    base = body["entry"][0]["fullUrl"].rsplit("/", 2)[0]
    body["entry"].append({"fullUrl": f"{base}/Condition/older", "resource": condition})
    assert read_bundle(clinic.post("Claim/$submit", body)).actions == {1: CERTIFIED}
