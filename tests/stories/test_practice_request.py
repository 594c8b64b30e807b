"""One request on one page: what is decided and why, what is awaited; documents and answers are sent from it, and the plan's own notes stay out."""

from __future__ import annotations

import re

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID, COORDINATOR, READER, SUPPLIERS_COORDINATOR
from tests.builders import refer
from tests.stories.asking import DENIAL, oxygen, scans, submit
from tests.stories.desk_parties import words
from tests.stories.parties import CLERK, Plan, Staff, System
from tests.stories.practice_parties import AtPractice, on_file

PDF = ("ct-chest.pdf", b"%PDF-1.7 the report of the CT of the chest")


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def test_a_denial_is_told_with_its_reason_its_criteria_and_the_letter(number: str, linnet: AtPractice, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    page = linnet.page(f"/practice/requests/{number}")
    told = words(page)
    assert "Not certified" in told and "by Ada Quill, MD" in told and "89 % is above the limit." in told and "555-555-0142" in told
    assert "Unknown Too little oxygen in the blood" in told and "/plan/policies/home_oxygen" in page
    assert "reconsideration by the plan, by" in told and f"/practice/requests/{number}/packets/1" in page
    letter = linnet.http.get(f"/practice/requests/{number}/letter.html")
    assert letter.status_code == 200 and f"Determination on authorization {number}" in words(letter.text)
    assert linnet.http.get(f"/practice/requests/{number}/letter.pdf").data.startswith(b"%PDF-")
    assert f'href="/practice/requests/{number}/letter.json">as data (JSON)' in page
    assert linnet.data(f"/practice/requests/{number}/letter.json")["lines"][0]["criteria_from"] == "Home oxygen, edition 2026.1"
    assert "Choose html or pdf or json" in linnet.http.get(f"/practice/requests/{number}/letter.docx").text


def test_evidence_behind_a_finding_opens_as_a_page(number: str, linnet: AtPractice) -> None:
    found = re.search(rf'<a href="(/practice/requests/{number}/documents/\w+)">89</a>', linnet.page(f"/practice/requests/{number}"))
    assert found
    assert "Observation: Oxygen saturation" in words(linnet.page(found[1]))
    assert linnet.data(f"{found[1]}.json")["resourceType"] == "Observation"


def test_before_a_decision_there_is_no_letter_and_the_page_says_until_when_the_answer_is_awaited(number: str, linnet: AtPractice) -> None:
    page = words(linnet.page(f"/practice/requests/{number}"))
    assert "Waits for you" in page and "the report of the oximetry" in page and "Awaited by" in page and "Read the notice" not in page
    assert linnet.http.get(f"/practice/requests/{number}/letter.html").status_code == 422


def test_a_document_sent_from_the_page_joins_the_request_and_is_on_file(number: str, linnet: AtPractice, physician: Staff) -> None:
    linnet.act(number, "documents", file=PDF, words="Saturation falls to 84 percent on stairs.")
    page = words(linnet.page(f"/practice/requests/{number}"))
    assert "Document reference: ct-chest.pdf" in page and "Written answer by Della Linnet, RN, Oakwood Clinic" in page
    assert "Della Linnet, RN Documents received" in page
    case = physician.call("GET", f"/um/authorizations/{number}").get_json()
    assert case["trail"][-2]["by"] == COORDINATOR or case["trail"][-1]["by"] == COORDINATOR
    found = re.search(rf'href="(/practice/requests/{number}/documents/\w+)">Document reference: Written', linnet.page(f"/practice/requests/{number}"))
    assert found and "Saturation falls to 84 percent on stairs." in words(linnet.page(found[1]))


def test_evidence_after_a_denial_goes_before_a_physician_and_changes_nothing_by_itself(plan: Plan, number: str, linnet: AtPractice, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    plan.clock.turn(minutes=5)
    linnet.act(number, "documents", words="The stairs test shows 84 percent.")
    assert linnet.data(f"/practice/requests/{number}.json")["action"] == "not certified"
    assert [each["waits_for"] for each in physician.worklist()] == ["new evidence"]


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({}, "Choose a document, or write your answer"),
        ({"file": ("a.exe", b"MZ\x90\x00")}, "'a.exe' cannot be opened by the plan. Send a PDF"),
        ({"file": ("a.pdf", b"")}, "'a.pdf' is empty"),
        ({"words": "Yes.", "items": "9"}, "There is no service 9 in this request"),
        ({"words": "Yes.", "document": "report"}, "'report' is no LOINC code"),
    ],
)
def test_what_cannot_be_sent_is_told_and_what_was_typed_stays(number: str, linnet: AtPractice, sent: dict[str, object], said: str) -> None:
    refused = linnet.act(number, "documents", status=422, **sent)
    assert said in words(refused.text) and "Nothing was done" in words(refused.text)
    assert str(sent.get("words", "")) in refused.text


def test_whoever_only_reads_is_offered_nothing_and_refused_when_trying(plan: Plan, number: str) -> None:
    sedge = AtPractice(plan, READER)
    sedge.sign_in()
    page = words(sedge.page(f"/practice/requests/{number}"))
    assert "Teodric Amble" in page and "Send it" not in page
    refused = sedge.act(number, "documents", status=403, words="Yes.")
    assert "Tam Sedge only reads at this desk; to send documents takes a coordinator or a clinician" in words(refused.text)
    sedge.act(number, "appeals", status=403, items="1", because="It is needed.")


def test_no_number_of_another_practice_can_be_told_from_one_that_does_not_exist(plan: Plan, number: str) -> None:
    bracken = AtPractice(plan, SUPPLIERS_COORDINATOR)
    bracken.sign_in()
    on_file(plan, "PA9", refer())
    paths = ("", ".json", "/letter.html", "/packets/1", "/documents/abc")
    for path in paths:
        theirs, nobodys = (bracken.http.get(f"/practice/requests/{each}{path}") for each in ("PA9", "PA0"))
        assert theirs.status_code == nobodys.status_code == 404
        assert words(theirs.text).replace("PA9", "PA0").split("request-id")[0] == words(nobodys.text).split("request-id")[0] or path == ".json"
    for act in ("documents", "appeals", "calls/1"):
        filled = {"words": "x", "items": "1", "because": "x", "call_on": "2026-11-22", "call_hour": "12:00", "clinician_name": "x", "clinician_phone": "1"}
        bracken.post(f"/practice/requests/PA9/{act}", status=404, **filled)


def test_who_performs_sees_what_was_decided_and_not_the_chart(plan: Plan, clinic: System, linnet: AtPractice) -> None:
    submit(clinic, oxygen(clinic))
    number = linnet.numbers("on-file")[0]
    bracken = AtPractice(plan, SUPPLIERS_COORDINATOR)
    bracken.sign_in()
    if bracken.numbers("requests"):
        told = bracken.data(f"/practice/requests/{number}.json")
        assert told["own"] is False and told["items"][0]["action"] == "certified in total" and told["items"][0]["authorized"]["until"]
        assert told["items"][0]["findings"] == [] and told["documents"] == [] and told["course"] == [] and told["messages"] == []
        document = linnet.data(f"/practice/requests/{number}.json")["documents"][0]["sha256"]
        refused = bracken.http.get(f"/practice/requests/{number}/documents/{document}")
        assert refused.status_code == 403 and "did not ask for it" in words(refused.text)
    else:
        assert bracken.http.get(f"/practice/requests/{number}").status_code == 404


def test_what_the_plan_writes_for_itself_is_not_in_the_course(plan: Plan, number: str, linnet: AtPractice, nurse: Staff) -> None:
    told = {"who": "member", "channel": "phone", "arrival": "reached", "said": "Told her that we look at it.", "items": [1], "callback": "555-555-0100"}
    nurse.call("POST", f"/um/authorizations/{number}/contacts", told)
    nurse.call("POST", f"/um/authorizations/{number}/extensions", {"reason": "more information", "because": "I doubt this practice."})
    page = linnet.page(f"/practice/requests/{number}")
    assert "doubt" not in page and "Told her" not in page and "contact" not in words(page).lower().replace("contact the plan", "")
    data = linnet.data(f"/practice/requests/{number}.json")
    assert "trail" not in data and "contacts" not in data and "finch" not in str(data)


def test_claims_are_told_one_by_one_behind_what_is_left(plan: Plan, clinic: System, linnet: AtPractice) -> None:
    submit(clinic, oxygen(clinic))
    number = linnet.numbers("on-file")[0]
    used = {"item": 1, "quantity": 1, "on": "2026-11-25", "claim": "CLM-1"}
    assert Staff(plan, CLERK).call("POST", f"/um/authorizations/{number}/uses", used).status_code == 200
    page = words(linnet.page(f"/practice/requests/{number}"))
    assert "Left: 0 of 1 unit" in page and "1 on 25 Nov 2026, claim CLM-1" in page


def test_a_services_own_page_answers_every_service_of_a_request(clinic: System, linnet: AtPractice) -> None:
    submit(clinic, scans(clinic))
    (number,) = linnet.numbers("pended")
    items = linnet.data(f"/practice/requests/{number}.json")["items"]
    assert [each["action"] for each in items] == ["certified in total", "pended", "pended"]
    assert "the report of the last CT of the neck" in words(linnet.page(f"/practice/requests/{number}"))
