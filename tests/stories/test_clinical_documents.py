"""C-CDA documents and PDFs come with a request or after it: read and searched by section or page; one about somebody else counts for nobody."""

from __future__ import annotations

import pytest

from fhir_pa.documents import pdf
from fhir_pa.documents.pdf import Patience
from fhir_pa.operations.desk import evidence
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from ig_profiles import json
from ig_profiles.reading import Json, many
from tests.fhir_pa.clinical_documents import attached, document
from tests.fhir_pa.pdf_documents import locked
from tests.fhir_pa.pdf_documents import pages as written
from tests.stories.asking import scans, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import Staff, System
from tests.stories.test_attachments import control, report


def as_ccda(resource: Json, clinic: System, **about: str) -> Json:
    """This DocumentReference with a C-CDA in the place of its plain words."""
    patient = clinic.plan.charts.by_patient["ilsabet-crane"].patient
    who = {"given": patient["name"][0]["given"][0], "family": patient["name"][0]["family"], "born": patient["birthDate"].replace("-", "")} | about
    return {**resource, "content": [{**resource["content"][0], "attachment": attached(document(**who))}]}


def found(physician: Staff, number: str, sought: str) -> list[Json]:
    answer = physician.call("GET", f"/um/authorizations/{number}/evidence?search={sought}")
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
    (shown,) = evidence.shown(brought, number, Patience(0))["attachments"]
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


def as_pdf(resource: Json, *pages: str) -> Json:
    """This DocumentReference with a PDF in the place of its plain words."""
    return {**resource, "content": [{**resource["content"][0], "attachment": attached(written(*pages), "application/pdf", "Chest CT")}]}


def test_a_pdf_sent_for_an_item_is_searched_page_by_page_and_opens_at_the_page(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    sent = as_pdf(report(clinic, "chest"), "CT of the chest", "A nodule of 6 mm in the left upper lobe", "Stable")
    clinic.post("$submit-attachment", attachment_of(asked, control(answer, 2), {2: sent}))
    (number,) = [each["number"] for each in physician.worklist()]
    (hit,) = found(physician, number, "nodule upper LOBE")
    assert (hit["where"], hit["page"], hit["attachment"]) == ("Chest CT › page 2", 2, 0) and "nodule of 6 mm" in hit["says"]
    assert found(physician, number, "nodule stable") == [], "the words stand on two pages"

    desk = AtDesk(clinic.plan, physician.person)
    desk.sign_in()
    page = desk.page(f"/desk/cases/{number}/evidence?search=nodule+lobe")
    address = f"/desk/cases/{number}/evidence/{hit['sha256']}"
    assert f'href="{address}#document-1-page-2"' in page and "1 place found for “nodule lobe”." in words(page)
    shown = desk.page(address)
    assert 'id="document-1-page-2"' in shown and f'href="{address}/attachments/0#page=2"' in shown and "left upper lobe" in words(shown)
    opened = desk.http.get(f"{address}/attachments/0")
    assert opened.data.startswith(b"%PDF-") and opened.mimetype == "application/pdf" and opened.headers["Content-Disposition"].startswith("inline")
    assert "sandbox" not in opened.headers["Content-Security-Policy"], "a browser starts no viewer in a sandbox"
    assert f'action="/desk/cases/{number}/evidence"' in desk.page(f"/desk/cases/{number}"), "and the search is offered where the case is read"


def test_a_document_nobody_could_search_is_named_so_that_nobody_thinks_its_words_are_missing(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    sent = report(clinic, "chest")
    sent = {**sent, "content": [{**sent["content"][0], "attachment": attached(locked("A nodule", "guess"), "application/pdf", "Chest CT")}]}
    clinic.post("$submit-attachment", attachment_of(asked, control(answer, 2), {2: sent}))
    (number,) = [each["number"] for each in physician.worklist()]
    told = json.parse(physician.call("GET", f"/um/authorizations/{number}/evidence?search=nodule").data)
    (left,) = told["not_read"]
    assert told["found"] == [] and left["where"] == "Chest CT" and "Ask the sender for an unlocked copy" in left["why"]


def test_a_pdf_is_never_opened_on_the_way_of_a_request(clinic: System, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "read", lambda *_: pytest.fail("a PDF was opened while its sender waited"))
    asked = scans(clinic)
    bundle = request_of(asked)
    for entry in bundle["entry"]:
        if entry["resource"]["resourceType"] == "DocumentReference":
            entry["resource"] = as_pdf(entry["resource"], "A nodule")
    assert read_bundle(clinic.post("Claim/$submit", bundle)).actions
    answer = submit(clinic, scans(clinic))
    clinic.post("$submit-attachment", attachment_of(asked, control(answer, 2), {2: as_pdf(report(clinic, "chest"), "A nodule")}))
