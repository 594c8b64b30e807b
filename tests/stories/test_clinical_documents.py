"""A C-CDA document comes with a request or after it: a reviewer reads and searches it by section; one about somebody else counts for nobody."""

from __future__ import annotations

from fhir_pa.operations.desk import evidence
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from ig_profiles import json
from ig_profiles.reading import Json, many
from tests.fhir_pa.clinical_documents import attached, document
from tests.stories.asking import scans, submit
from tests.stories.parties import Staff, System
from tests.stories.test_attachments import control, report


def as_ccda(resource: Json, clinic: System, **about: str) -> Json:
    """This DocumentReference with a C-CDA in the place of its plain words."""
    patient = clinic.plan.charts.by_patient["ilsabet-crane"].patient
    who = {"given": patient["name"][0]["given"][0], "family": patient["name"][0]["family"], "born": patient["birthDate"].replace("-", "")} | about
    return {**resource, "content": [{**resource["content"][0], "attachment": attached(document(**who))}]}


def found(physician: Staff, number: str, words: str) -> list[Json]:
    answer = physician.call("GET", f"/um/authorizations/{number}/evidence?search={words}")
    assert answer.status_code == 200, answer.text
    return list(json.parse(answer.data)["found"])


def test_a_clinical_document_sent_for_an_item_is_read_by_section_and_found_by_its_words(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    clinic.post("$submit-attachment", attachment_of(asked, control(answer, 2), {2: as_ccda(report(clinic, "chest"), clinic)}))
    (number,) = [each["number"] for each in physician.worklist()]
    (hit,) = found(physician, number, "nodule upper LOBE")
    assert hit["where"] == "Chest CT › Findings" and "nodule of 6 mm in the left upper lobe" in hit["says"]
    assert found(physician, number, "nodule knee") == [] == found(physician, number, "")
    with clinic.plan.payer.store.reading() as tx:
        (brought,) = (each for each in evidence.brought(tx.authorization(number), tx) if each.sha256 == hit["sha256"])
    (shown,) = evidence.shown(brought, number)["attachments"]
    assert shown["text"].startswith("CT of the chest, follow-up\nPatient: Ilsabet Crane, born ") and "Author: Ada Quill MD" in shown["text"]


def test_a_document_about_another_patient_counts_for_nobody_and_its_sender_is_told(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    strange = as_ccda(report(clinic, "chest"), clinic, born="19200101")
    outcome = clinic.post("$submit-attachment", attachment_of(asked, control(answer, 2), {2: strange}))
    joined, noticed = outcome["issue"]
    assert "for a reviewer" in joined["details"]["text"] and noticed["severity"] == "warning"
    assert "the clinical document inside names another patient" in noticed["details"]["text"]
    (number,) = [each["number"] for each in physician.worklist()]
    assert found(physician, number, "nodule") == [], "nobody reads another person's chart"
    case = json.parse(physician.call("GET", f"/um/authorizations/{number}").data)
    assert any("names another patient" in event.get("because", "") for event in case["trail"])


def test_the_same_in_a_request_is_told_beside_the_answer(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    bundle = request_of(asked)
    entry = next(each for each in bundle["entry"] if each["resource"]["resourceType"] in ("DocumentReference", "DiagnosticReport"))
    reference = {"resourceType": "DocumentReference", "content": [{}], **report(clinic, "chest"), "id": entry["resource"]["id"]}
    entry["resource"] = {**as_ccda(reference, clinic, born="19200101"), "subject": entry["resource"]["subject"]}
    answer = clinic.post("Claim/$submit", bundle)
    told = [issue["details"]["text"] for issue in many(answer, "entry", "resource", "issue")]
    assert any("names another patient than the Claim" in text for text in told)
    assert set(read_bundle(answer).actions.values()) <= {CERTIFIED, PENDED}
