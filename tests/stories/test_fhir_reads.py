"""A clinic's system reads back and searches what it submitted and what came of it, over FHIR; nobody else's."""

from __future__ import annotations

from urllib.parse import quote

import pytest

from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read
from fhir_pa.provider.pas.request import request_of
from ig_profiles import json
from ig_profiles.reading import Json, many
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit, update, withdrawn
from tests.stories.parties import SUPPLIER, Staff, System
from tests.stories.test_attachments import control, report

KINDS = ("ClaimResponse", "Claim", "Bundle", "Task", "CommunicationRequest", "Communication")


def found(clinic: System, query: str) -> list[Json]:
    return [entry["resource"] for entry in many(clinic.get(query), "entry")]


def ids(clinic: System, query: str) -> list[str]:
    return [str(each["id"]) for each in found(clinic, query)]


def test_the_answer_is_read_under_the_name_it_was_given_and_tells_how_it_stands_now(clinic: System, physician: Staff) -> None:
    answered = clinic.post("Claim/$submit", request_of(oxygen(clinic, BORDERLINE)))
    entry = answered["entry"][0]
    path = entry["fullUrl"].partition("/fhir/")[2]
    assert path.startswith("ClaimResponse/") and read(clinic.get(path)).actions == {1: PENDED}
    physician.decide(physician.worklist()[0]["number"], items=[1], decision="certify", because="Falls at night.", criteria=["group_2"])
    assert read(clinic.get(path)).actions == {1: CERTIFIED}


def test_the_request_is_read_back_as_it_was_sent(clinic: System) -> None:
    sent = request_of(oxygen(clinic))
    reference = clinic.post("Claim/$submit", sent)["entry"][0]["resource"]["id"]
    claim, original = clinic.get(f"Claim/{reference}"), sent["entry"][0]["resource"]
    assert claim["identifier"] == original["identifier"] and claim["item"][0]["quantity"] == original["item"][0]["quantity"]
    assert claim["patient"]["reference"] == f"{clinic.plan.ehr_url}/fhir/Patient/orla-penhallow"
    whole = clinic.get(f"Bundle/{reference}-request")
    assert {**whole, "id": None} == {**json.parse(json.dump(sent)), "id": None}


def test_what_is_asked_for_is_read_by_its_control_number_until_it_came(clinic: System) -> None:
    answered = clinic.post("Claim/$submit", request_of(scans(clinic)))
    asked = [each for each in many(answered, "entry", "resource") if each["resourceType"] in ("Task", "CommunicationRequest")]
    assert len(asked) == 3
    for each in asked:
        kept = clinic.get(f"{each['resourceType']}/{each['id']}")
        assert {**kept, "authoredOn": None} == {**each, "authoredOn": None}
    control = next(each["identifier"][0]["value"] for each in asked if each["resourceType"] == "CommunicationRequest")
    assert control in ids(clinic, f"CommunicationRequest?identifier={control}")


def test_what_was_said_about_a_case_is_read_and_found_documents_and_calls_to_the_provider_alike(clinic: System, physician: Staff) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    tracking = control(answer, 2)
    clinic.plan.clock.turn(minutes=5)
    clinic.post("$submit-attachment", attachment_of(asked, tracking, {2: report(clinic, "chest")}))
    clinic.plan.clock.turn(minutes=5)
    number = physician.worklist()[0]["number"]
    said = {"channel": "phone", "arrival": "reached", "said": "The neck report is still missing.", "call_back": "555-555-0142"}
    for who in ("provider", "member"):
        assert physician.call("POST", f"/um/authorizations/{number}/contacts", {**said, "who": who, "name": "Front desk"}).status_code == 200
    came, told = found(clinic, f"Communication?identifier={asked.number}")
    assert (came["status"], came["basedOn"][0]["reference"].rpartition("/")[2]) == ("completed", tracking["value"])
    assert came["identifier"][0]["value"] == tracking["value"] and "for item 2" in came["payload"][0]["contentString"]
    assert came["about"] == told["about"] and came["sender"] == told["recipient"][0]
    assert (told["medium"][0]["coding"][0]["code"], told["payload"][0]["contentString"]) == ("PHONE", "The neck report is still missing.")
    assert clinic.get(f"Communication/{told['id']}") == told and clinic.get(f"Communication?_id={came['id']}")["entry"][0]["resource"] == came
    stranger = System(clinic.plan, SUPPLIER, clinic.guide)
    assert stranger.call("GET", f"Communication/{came['id']}").status_code == 404 and ids(stranger, "Communication") == []


def test_answers_are_found_by_trace_number_member_provider_and_request_the_newest_first_and_page_by_page(clinic: System) -> None:
    first, second = oxygen(clinic), scans(clinic)
    older = clinic.post("Claim/$submit", request_of(first))["entry"][0]["resource"]["id"]
    clinic.plan.clock.turn(minutes=5)
    newer = clinic.post("Claim/$submit", request_of(second))["entry"][0]["resource"]["id"]
    assert ids(clinic, "ClaimResponse") == [newer, older]
    assert ids(clinic, f"ClaimResponse?identifier={first.number}") == ids(clinic, f"ClaimResponse?identifier={first.number}-1") == [older]
    traces = quote(f"http://oakwood.example/trace-numbers|{second.number}")
    assert ids(clinic, f"ClaimResponse?identifier={traces}") == ids(clinic, "ClaimResponse?patient:identifier=SYN-04") == [newer]
    assert ids(clinic, f"Claim?identifier={first.number},{second.number}") == [newer, older]
    here = quote(f"{clinic.plan.ehr_url}/fhir/Patient/ilsabet-crane", safe="")
    for query in (f"ClaimResponse?patient={here}", "Claim?patient=Patient/ilsabet-crane", "Claim?patient=ilsabet-crane"):
        assert ids(clinic, query) == [newer], query
    assert len(ids(clinic, "Task?patient=Patient/ilsabet-crane")) == 1 and ids(clinic, "Claim?patient=Patient/nobody") == []
    url = quote(f"{clinic.plan.ehr_url}/fhir/Claim/{first.number.lower()}", safe="")
    assert ids(clinic, f"ClaimResponse?request={url}") == [older]
    assert sorted(ids(clinic, f"Bundle?identifier={first.number}")) == [f"{older}-request", f"{older}-response"]
    assert ids(clinic, f"ClaimResponse?_id={older}") == [older] and ids(clinic, "ClaimResponse?identifier=NOBODY") == []

    page = clinic.get("ClaimResponse?_count=1")
    links = {each["relation"]: each["url"] for each in page["link"]}
    assert (page["total"], len(page["entry"])) == (2, 1) and "previous" not in links
    rest = clinic.get(links["next"].partition("/fhir/")[2])
    assert [entry["resource"]["id"] for entry in rest["entry"]] == [older] and {each["relation"] for each in rest["link"]} == {"self", "previous"}


def test_an_update_leaves_one_answer_found_by_the_numbers_of_every_version(clinic: System) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    newer, bundle = update(asked)
    clinic.post("Claim/$submit", bundle)
    assert ids(clinic, f"ClaimResponse?identifier={asked.number}") == ids(clinic, f"ClaimResponse?identifier={newer.number}") != []


def test_nobody_reads_or_finds_what_another_system_submitted(clinic: System) -> None:
    asked = scans(clinic)
    answered = clinic.post("Claim/$submit", request_of(asked))
    names = [f"{each['resourceType']}/{each['id']}" for each in many(answered, "entry", "resource") if each["resourceType"] in KINDS]
    reference = answered["entry"][0]["resource"]["id"]
    stranger = System(clinic.plan, SUPPLIER, clinic.guide)
    for name in (*names, f"Claim/{reference}", f"Bundle/{reference}-request"):
        refused, missing = stranger.call("GET", name), stranger.call("GET", f"{name.partition('/')[0]}/PR0")
        assert refused.status_code == missing.status_code == 404 and "Claim/$inquire" in refused.text
    assert [ids(stranger, f"{kind}?identifier={asked.number}") for kind in KINDS] == [[], [], [], [], [], []]
    assert len(inquire(clinic, asked)) == 1


@pytest.mark.parametrize("kind", KINDS)
def test_a_parameter_that_is_not_offered_is_refused_because_less_would_be_asked_than_meant(clinic: System, kind: str) -> None:
    refused = clinic.call("GET", f"{kind}?outcome=complete&_count=x")
    assert refused.status_code == 422 and f"{kind} is not searched by 'outcome'. Use _id, identifier" in refused.text


def test_the_statement_lists_exactly_the_types_and_interactions_there_are(clinic: System) -> None:
    (rest,) = clinic.get("metadata")["rest"]
    said = {(each["type"], interaction["code"]) for each in rest["resource"] for interaction in each.get("interaction", [])}
    prefix = f"/v{clinic.guide[:3]}/fhir/"
    rules = [rule for rule in clinic.plan.application.url_map.iter_rules() if rule.rule.startswith(prefix) and "$" not in rule.rule]
    codes = {("GET", False): "search-type", ("GET", True): "read", ("POST", False): "create", ("PUT", True): "update", ("DELETE", True): "delete"}
    there = set()
    for rule in rules:
        kind, _, rest_of = rule.rule.removeprefix(prefix).partition("/")
        if kind[0].isupper() and rest_of in ("", "<identity>", "<fhir_id:identity>"):
            there |= {(kind, codes[method, bool(rest_of)]) for method in rule.methods & {"GET", "POST", "PUT", "DELETE"}}
    assert said == there


def test_what_came_is_read_as_completed_and_found_by_its_status(clinic: System) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    (task,), (chest, neck) = found(clinic, "Task?status=requested"), found(clinic, "CommunicationRequest?status=active")
    clinic.plan.clock.turn(minutes=5)
    clinic.post("$submit-attachment", attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")}))
    assert clinic.get(f"CommunicationRequest/{chest['id']}")["status"] == "completed"
    assert [each["input"][1:] for each in found(clinic, "Task?status=requested")] == [task["input"][2:]], "of the Task only what is still awaited is left"
    clinic.post("$submit-attachment", attachment_of(asked, control(answer, 3), {3: report(clinic, "neck")}))
    done = clinic.get(f"Task/{task['id']}")
    assert (done["status"], done["input"]) == ("completed", task["input"]) and "and it came" in done["statusReason"]["text"]
    assert done["authoredOn"] == task["authoredOn"], "it was asked when it was asked"
    ended = found(clinic, "CommunicationRequest?status=completed")
    assert [(each["id"], "meta" in each) for each in ended] == [(chest["id"], False), (neck["id"], False)], "the guide's profile is for active ones"
    assert found(clinic, "Task?status=requested") == [] == found(clinic, "CommunicationRequest?status=active")
    said = {each["basedOn"][0]["reference"].partition("/fhir/")[2] for each in found(clinic, "Communication")}
    assert said == {f"CommunicationRequest/{each['id']}" for each in ended}, "what answers a request refers to one that is there"


def test_what_was_decided_without_the_answer_is_read_as_called_off(clinic: System, physician: Staff) -> None:
    submit(clinic, scans(clinic))
    (task,), asked = found(clinic, "Task"), found(clinic, "CommunicationRequest")
    clinic.plan.clock.turn(minutes=5)
    physician.decide(physician.worklist()[0]["number"], items=[2, 3], decision="certify", because="Seen on the film.")
    assert {clinic.get(f"CommunicationRequest/{each['id']}")["status"] for each in asked} == {"revoked"}
    ended = clinic.get(f"Task/{task['id']}")
    assert ended["status"] == "cancelled" and "wait for this no more" in ended["statusReason"]["text"]


def test_what_was_asked_for_and_then_withdrawn_is_called_off_too(clinic: System) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    clinic.plan.clock.turn(minutes=5)
    clinic.post("Claim/$submit", withdrawn(update(asked)[1]))
    assert {each["status"] for each in found(clinic, "CommunicationRequest")} == {"revoked"}
    assert [each["status"] for each in found(clinic, "Task")] == ["cancelled"]
