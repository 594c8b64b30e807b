"""Writing the PAS Response Bundle: decisions, numbers, reasons, notes and echoed resources, in both generations."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle

from fhir_pa.pas import extensions as ext
from fhir_pa.pas.business_error import business_errors, member_not_found, update_not_allowed
from fhir_pa.pas.intake import read
from fhir_pa.pas.response import write
from fhir_pa.pas.response_error import write_error
from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.determination import Authorized
from fhir_pa.um.deciding.request import Identifier, MemberReference
from ig_profiles.json import dump, parse
from ig_profiles.names import LOINC, NUCC, X12_ENTITY
from ig_profiles.reading import Json, extension_value, extensions, many, one, references
from tests.builders import certify, nurse
from tests.fhir_pa.pas_bundles import BASE, CLINIC, DOCTOR, GUIDES, bundle, claim, concept, item
from tests.fhir_pa.pas_cases import FORM, LATER, MISSING, OPEN, PAYER_BASE, REPORT, UNMET, every_decision, opened
from tests.fhir_pa.published_profiles import faults


def answer(guide: str, **given: Any) -> Json:
    case, received = every_decision(guide)
    return write(case, received, guide, at=LATER, base_url=PAYER_BASE, **given)


def response_of(answered: Json) -> Json:
    resource: Json = answered["entry"][0]["resource"]
    return resource


def by_sequence(answered: Json) -> dict[int, Json]:
    return {node["itemSequence"]: node for node in response_of(answered)["item"]}


def action(node: Json) -> tuple[str, str | None, list[str]]:
    """Review action code, number and reason codes of an item."""
    (review,) = extensions(node["adjudication"][0], ext.REVIEW_ACTION)
    reasons = [each["valueCodeableConcept"]["coding"][0]["code"] for each in extensions(review, "reasonCode")]
    return extension_value(review, ext.REVIEW_ACTION_CODE)["coding"][0]["code"], extension_value(review, "number"), reasons


@pytest.mark.requirement("pas-2.2.1:spec-34", "pas-2.2.1:spec-36")
@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(16, 28)
def test_each_item_bears_its_decision_and_only_a_certification_the_number(guide: str) -> None:
    told = {sequence: action(node) for sequence, node in by_sequence(answer(guide)).items()}
    assert told == {
        1: ("A1", "PA0001", []),
        2: ("A4", None, ["0U"]),
        3: ("A3", None, ["0F"]),
        4: ("A6", "PA0001", ["0L"]),
        5: ("C", None, []),
    }


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(28)
def test_a_pended_item_is_called_by_the_administrative_reference(guide: str) -> None:
    items = by_sequence(answer(guide))
    assert extension_value(items[2], ext.ADMINISTRATIVE_REFERENCE) == "PR0001"
    assert all(extension_value(items[sequence], ext.ADMINISTRATIVE_REFERENCE) is None for sequence in (1, 3, 4, 5))


@pytest.mark.parametrize("guide", GUIDES)
def test_a_pend_that_lacks_no_fact_waits_for_a_clinician(guide: str) -> None:
    asked = bundle(guide=guide)
    written = write(opened(asked, guide, UNMET), asked, guide, at=LATER, base_url=PAYER_BASE)
    assert action(by_sequence(written)[1]) == ("A4", None, ["0V"])
    assert [each["resource"]["resourceType"] for each in written["entry"] if each["resource"]["resourceType"] in ("Task", "CommunicationRequest")] == []


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(30)
def test_a_certification_says_since_when_how_long_and_who(guide: str) -> None:
    answered = answer(guide)
    certified = by_sequence(answered)[1]
    assert extension_value(certified, ext.PRE_AUTH_ISSUED) == "2026-11-20"
    assert extension_value(certified, ext.PRE_AUTH_PERIOD) == {"start": "2026-11-20", "end": "2027-02-17"}
    assert extension_value(certified, ext.REQUESTED_SERVICE_DATE) == {"start": "2026-11-22", "end": "2027-02-20"}
    assert extension_value(certified, ext.AUTHORIZED_PROVIDER, "provider") == {"reference": f"{BASE}/Practitioner/{DOCTOR['id']}"}
    assert response_of(answered)["preAuthRef"] == "PA0001"
    assert response_of(answered)["preAuthPeriod"] == {"start": "2026-11-20", "end": "2027-02-17"}
    assert extension_value(by_sequence(answered)[3], ext.PRE_AUTH_PERIOD) is None, "a denial certifies nothing"


@pytest.mark.requirement("pas-2.2.1:spec-36")
@pytest.mark.pas_trap(20)
def test_the_authorized_detail_is_what_was_authorized_in_2_0_1_and_what_was_asked_in_2_2() -> None:
    of = {guide: extension_value(by_sequence(answer(guide))[4], ext.AUTHORIZED_DETAIL, "quantity") for guide in GUIDES}
    assert (of["2.0.1"]["value"], of["2.2"]["value"]) == (Decimal("1.0"), Decimal("3.0"))


@pytest.mark.requirement("pas-2.2.1:spec-37")
@pytest.mark.pas_trap(19, 21)
def test_a_modified_item_in_2_2_says_in_add_item_what_is_authorized() -> None:
    (added,) = response_of(answer("2.2"))["addItem"]
    assert added["itemSequence"] == [4]
    assert action(added) == ("A6", "PA0001", ["0L"])
    assert added["servicedPeriod"] == {"start": "2026-11-22", "end": "2026-12-21"}
    assert (str(added["quantity"]["value"]), added["quantity"]["unit"]) == ("1.0", "month")
    assert added["productOrService"]["coding"][0]["code"] == "E1390"
    assert added["provider"][0]["reference"] == f"{BASE}/Practitioner/thorne"
    assert extension_value(added["provider"][0], ext.AUTHORIZED_PROVIDER_TYPE)["coding"][0]["code"] == "SJ"
    assert "addItem" not in response_of(answer("2.0.1"))


def test_trace_numbers_and_identifiers_are_given_back() -> None:
    answered = answer("2.2")
    assert extension_value(by_sequence(answered)[3], ext.ITEM_TRACE_NUMBER)["value"] == "T-3"
    assert [number["value"] for number in response_of(answered)["identifier"]] == ["C-1", "PR0001"]
    assert answered["identifier"] == {"system": "http://oakwood.example/message", "value": "M-1"}


@pytest.mark.parametrize("guide", GUIDES)
def test_notes_tell_why_every_finding_and_whom_to_call(guide: str) -> None:
    answered = answer(guide)
    notes = {note["number"]: note["text"] for note in response_of(answered)["processNote"]}
    said = [notes[number] for number in by_sequence(answered)[3]["noteNumber"]]
    assert said[0] == "Saturation of 89 % is above the limit."
    assert said[1] == (
        "Criterion saturation: not met. saturation. Evidence: spo2 = 89 (Observation/spo2 valueQuantity.value, 2026-11-18). Policy: home_oxygen 2026.1."
    )
    assert said[2] == "Questions about item 3: call 555-555-0142."
    assert any("Still wanted: the report of the oximetry." in notes[number] for number in by_sequence(answered)[2]["noteNumber"])
    assert not any("call" in notes[number] for number in by_sequence(answered)[1]["noteNumber"]), "a yes needs no call"
    assert sorted(notes) == list(range(1, len(notes) + 1))


def test_the_reviewer_is_told_in_2_2_and_only_when_a_person_signed() -> None:
    (reviewer,) = extensions(response_of(answer("2.2")), ext.CLAIM_RESPONSE_REVIEWER)
    assert extension_value(reviewer, "wasHumanReviewedFlag") is True
    assert extension_value(reviewer, "reviewerNPI")["value"] == "9000000031"
    assert extension_value(reviewer, "reviewerSpecialty")["coding"] == [{"system": NUCC, "code": "207RP1001X"}]
    asked = bundle()
    untouched = response_of(write(opened(asked, "2.2", certify()), asked, "2.2", at=LATER, base_url=PAYER_BASE))
    assert extensions(untouched, ext.CLAIM_RESPONSE_REVIEWER) == [
        {"url": ext.CLAIM_RESPONSE_REVIEWER, "extension": [{"url": "wasHumanReviewedFlag", "valueBoolean": False}]}
    ]
    assert extensions(response_of(answer("2.0.1")), ext.CLAIM_RESPONSE_REVIEWER) == []


def test_admission_dates_come_back_on_what_2_2_certifies() -> None:
    dates = {sequence: extension_value(node, ext.ADMISSION_DATES) for sequence, node in by_sequence(answer("2.2")).items()}
    stay = {"start": "2026-11-22", "end": "2026-11-25"}
    assert dates == {1: stay, 2: None, 3: None, 4: stay, 5: None}
    assert extension_value(response_of(answer("2.2"))["addItem"][0], ext.ADMISSION_DATES) == stay
    assert extension_value(by_sequence(answer("2.0.1"))[1], ext.ADMISSION_DATES) is None


@pytest.mark.pas_trap(18)
def test_outcome_speaks_each_generations_words() -> None:
    asked = {guide: bundle(guide=guide) for guide in GUIDES}

    def outcome(guide: str, *answers: Any) -> str:
        return str(response_of(write(opened(asked[guide], guide, *answers), asked[guide], guide, at=LATER, base_url=PAYER_BASE))["outcome"])

    assert (outcome("2.0.1", UNMET), outcome("2.2", UNMET)) == ("queued", "partial")
    assert (outcome("2.0.1", certify()), outcome("2.2", certify())) == ("complete", "complete")
    assert response_of(answer("2.0.1"))["outcome"] == response_of(answer("2.2"))["outcome"] == "partial"


def test_the_whole_event_bears_a_review_action_in_2_2() -> None:
    case, received = every_decision("2.2")
    assert action(response_of(write(case, received, "2.2", at=LATER, base_url=PAYER_BASE)))[0] == "A4", "something still waits"
    final = case.decide(Decision((2,), Verdict.CERTIFY, "Measured by telephone."), nurse(), LATER)
    whole = response_of(write(final, received, "2.2", at=LATER, base_url=PAYER_BASE))
    assert action(whole)[:2] == ("A2", "PA0001")
    assert "adjudication" not in response_of(answer("2.0.1"))


def test_the_systems_change_parts_in_the_answer() -> None:
    (told,) = extensions(response_of(answer("2.2")), ext.TRANSMISSION_IDENTIFIERS)
    assert {part["url"]: part["valueString"] for part in told["extension"]} == {
        "applicationSenderCode": "LARK",
        "applicationReceiverCode": "OAK",
        "interchangeSenderID": "LARKISA",
        "interchangeReceiverID": "OAKISA",
    }


@pytest.mark.requirement("pas-2.0.1:101", "pas-2.0.1:103", "pas-2.2.1:spec-31", "pas-2.2.1:spec-33")
@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(9, 12)
def test_echoed_resources_keep_their_names_and_every_reference_leads_somewhere(guide: str) -> None:
    answered = answer(guide)
    entries = {each["fullUrl"]: each["resource"] for each in answered["entry"]}
    assert len(entries) == len(answered["entry"]), "each once"
    for url in (f"{BASE}/Patient/orla", f"{BASE}/Organization/larkfield", f"{BASE}/Organization/oakwood", f"{BASE}/Practitioner/thorne"):
        assert entries[url]["id"] == url.rsplit("/", 1)[1]
    assert not {"Claim", "Observation", "QuestionnaireResponse"} & {resource["resourceType"] for resource in entries.values()}
    dangling = set(references([each["resource"] for each in answered["entry"]])) - set(entries)
    assert dangling == (set() if guide == "2.0.1" else {f"{BASE}/Claim/c1"}), "only the Claim itself stays where it is"


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(10)
def test_relative_references_and_urns_both_come_back_absolute(guide: str) -> None:
    asked = bundle(guide=guide)
    for number, each in enumerate(asked["entry"]):
        each["fullUrl"] = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"
    answered = write(opened(asked, guide, MISSING), asked, guide, at=LATER, base_url=PAYER_BASE)
    names = {each["fullUrl"] for each in answered["entry"]}
    assert set(references(answered)) <= names
    assert response_of(answered)["request"].get("reference") is None, "a urn means nothing outside the Bundle"
    assert response_of(answered)["request"]["identifier"]["value"] == "C-1"


@pytest.mark.requirement("pas-2.0.1:101")
def test_a_payer_inside_the_claim_gets_a_name_of_its_own() -> None:
    inner = {"resourceType": "Organization", "id": "inner", "name": "Larkfield", "active": True}
    asked = bundle(claim(contained=[inner], insurer={"reference": "#inner"}))
    answered = write(opened(asked, "2.2", MISSING), asked, "2.2", at=LATER, base_url=PAYER_BASE)
    assert response_of(answered)["insurer"]["reference"].startswith("urn:uuid:")
    assert response_of(answered)["insurer"]["reference"] in [each["fullUrl"] for each in answered["entry"]]


@pytest.mark.requirement("pas-2.0.1:101")
@pytest.mark.pas_trap(12)
def test_descendants_of_a_role_are_there() -> None:
    asked = bundle(claim(provider={"reference": "PractitionerRole/thorne-oakwood"}), guide="2.0.1")
    answered = write(opened(asked, "2.0.1", certify()), asked, "2.0.1", at=LATER, base_url=PAYER_BASE)
    kinds = [each["resource"]["resourceType"] for each in answered["entry"]]
    assert {"PractitionerRole", "Practitioner", "Organization"} <= set(kinds)
    role = next(each["resource"] for each in answered["entry"] if each["resource"]["resourceType"] == "PractitionerRole")
    assert role["practitioner"]["reference"] == f"{BASE}/Practitioner/thorne"


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(29)
def test_decimals_keep_their_digits_over_the_wire(guide: str) -> None:
    case, received = every_decision(guide)
    over_the_wire = parse(dump(write(case, parse(dump(received)), guide, at=LATER, base_url=PAYER_BASE)))
    price = extension_value(by_sequence(over_the_wire)[1], ext.AUTHORIZED_DETAIL, "unitPrice")
    assert str(price["value"]) == "100.00"


@pytest.mark.requirement("pas-2.2.1:prof-2", "pas-2.2.1:prof-3")
@pytest.mark.pas_trap(25)
def test_a_quantity_without_unit_gets_one_and_2_2_drops_codes_of_other_systems() -> None:
    bare = bundle(claim(item(quantity={"value": Decimal("2")})))
    told = extension_value(by_sequence(write(opened(bare, "2.2", certify()), bare, "2.2", at=LATER, base_url=PAYER_BASE))[1], ext.AUTHORIZED_DETAIL, "quantity")
    assert told == {"value": Decimal("2"), "unit": "units", "system": "https://codesystem.x12.org/005010/673", "code": "UN"}
    ucum = bundle(claim(item(quantity={"value": Decimal("2"), "system": "http://unitsofmeasure.org", "code": "mo"})))
    told = extension_value(by_sequence(write(opened(ucum, "2.2", certify()), ucum, "2.2", at=LATER, base_url=PAYER_BASE))[1], ext.AUTHORIZED_DETAIL, "quantity")
    assert told == {"value": Decimal("2"), "unit": "mo"}


def test_an_authorized_quantity_keeps_the_reviewers_unit_where_it_differs() -> None:
    asked = bundle(guide="2.0.1")
    case = opened(asked, "2.0.1", UNMET).decide(
        Decision((1,), Verdict.CERTIFY, "Rented.", authorized=Authorized(LATER.date(), LATER.date(), Decimal("4"), "visits")), nurse(), LATER
    )
    written = write(case, asked, "2.0.1", at=LATER, base_url=PAYER_BASE)
    assert extension_value(by_sequence(written)[1], ext.AUTHORIZED_DETAIL, "quantity") == {"value": Decimal("4"), "unit": "visits"}


@pytest.mark.parametrize("guide", GUIDES)
def test_where_no_quantity_was_asked_for_the_authorized_one_is_told(guide: str) -> None:
    bare = item()
    bare.pop("quantity")
    asked = bundle(claim(bare), guide=guide)
    written = write(opened(asked, guide, certify()), asked, guide, at=LATER, base_url=PAYER_BASE)
    assert extension_value(by_sequence(written)[1], ext.AUTHORIZED_DETAIL, "quantity") == {"value": Decimal(1), "unit": "unit"}


def test_an_item_the_last_bundle_does_not_carry_is_still_answered() -> None:
    case, received = every_decision("2.0.1")
    received["entry"][0]["resource"]["item"] = received["entry"][0]["resource"]["item"][2:]
    answered = by_sequence(write(case, received, "2.0.1", at=LATER, base_url=PAYER_BASE))
    assert sorted(answered) == [1, 2, 3, 4, 5]
    assert extension_value(answered[1], ext.ITEM_TRACE_NUMBER) == {"system": "http://oakwood.example/trace", "value": "T-1"}


@pytest.mark.requirement("pas-2.0.1:20", "pas-2.0.1:215", "pas-2.2.1:spec-44")
@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("form", ["submit", "notification", "inquiry"])
def test_every_answer_is_fhir_and_keeps_to_the_published_profiles(guide: str, form: str) -> None:
    answered = answer(guide, form=form)
    Bundle.model_validate_json(dump(answered))
    profiles = {
        "ClaimResponse": "profile-claiminquiryresponse" if form == "inquiry" else "profile-claimresponse",
        "Task": "profile-task",
        "CommunicationRequest": "profile-communicationrequest",
    }
    frame = "profile-pas-inquiry-response-bundle" if form == "inquiry" else "profile-pas-response-bundle"
    assert faults(answered, frame, guide) == []
    checked = [faults(each["resource"], profiles[kind], guide) for each in answered["entry"] if (kind := each["resource"]["resourceType"]) in profiles]
    assert checked == [[]] * len(checked) and len(checked) == (2 if form == "inquiry" else 3)


def test_the_profile_checker_sees_what_is_wrong() -> None:
    answered = answer("2.2")
    response = response_of(answered)
    del response["request"], response["processNote"][0]["number"]
    response["use"] = "claim"
    response["item"][0]["adjudication"][0]["extension"][0]["extension"][0]["url"] = "code"
    found = " ".join(faults(response, "profile-claimresponse", "2.2"))
    assert "ClaimResponse.request: 0 of at least 1" in found
    assert "ClaimResponse.processNote.number: 0 of at least 1" in found
    assert "claim is not preauthorization" in found
    assert "has no part code" in found
    assert "not defined in 2.0.1" in " ".join(faults(answer("2.2")["entry"][0]["resource"], "profile-claimresponse", "2.0.1"))


@pytest.mark.requirement("pas-2.0.1:17", "pas-2.0.1:25", "pas-2.0.1:26", "pas-2.0.1:27", "pas-2.0.1:28", "pas-2.0.1:29", "pas-2.0.1:31")
@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(26, 61, 63)
def test_what_is_missing_is_asked_for_with_a_control_number_and_an_address(guide: str) -> None:
    answered = answer(guide)
    (asked,) = [each for each in answered["entry"] if each["resource"]["resourceType"] == "CommunicationRequest"]
    (task,) = [each["resource"] for each in answered["entry"] if each["resource"]["resourceType"] == "Task"]
    resource = asked["resource"]
    assert response_of(answered)["communicationRequest"] == [{"reference": asked["fullUrl"]}]
    assert resource["identifier"][0]["value"] == "PR0001-2-52053-6"
    assert resource["payload"][0]["contentString"] == "52053-6"
    assert resource["note"][0]["text"] == "Item 2: please send: the report of the oximetry."
    assert task["description"] == "Item 2: please send: the report of the oximetry." and "spo2" not in str(asked)
    holder = resource if guide == "2.2" else resource["payload"][0]
    assert extension_value(holder, ext.SERVICE_LINE_NUMBER) == 2
    where, needed = task["input"]
    assert where["valueUrl"] == f"{PAYER_BASE}/$submit-attachment"
    assert needed["valueCodeableConcept"] == {"coding": [{"system": LOINC, "code": "52053-6"}], "text": "the report of the oximetry"}
    assert extension_value(needed, ext.SERVICE_LINE_NUMBER if guide == "2.2" else ext.LINE_NUMBER_2_0) == 2
    assert task["identifier"] == response_of(answered)["identifier"][:1]
    assert task["owner"]["identifier"]["value"] == task["requester"]["identifier"]["value"] == "9000000015"
    assert task["for"] == response_of(answered)["patient"] and task["reasonReference"] == response_of(answered)["request"]
    assert one(task, "restriction", "period", "end") == "2026-11-27T12:00:00.000+00:00", "the day the law wants the answer"


@pytest.mark.requirement("pas-2.0.1:15", "pas-2.0.1:18", "pas-2.0.1:19", "pas-2.0.1:32", "pas-2.2.1:ainfo-3")
@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(26, 61)
def test_a_form_is_asked_for_by_a_task_of_its_own_under_a_context_that_is_the_items_trace_number(guide: str) -> None:
    asked = bundle(guide=guide)
    answered = write(opened(asked, guide, replace(OPEN, asks=(FORM, REPORT))), asked, guide, at=LATER, base_url=PAYER_BASE)
    tasks = {one(each["resource"], "code", "coding", "code"): each["resource"] for each in answered["entry"] if each["resource"]["resourceType"] == "Task"}
    assert set(tasks) == {"attachment-request-code", "attachment-request-questionnaire"}
    where, needed = tasks["attachment-request-questionnaire"]["input"]
    assert where["valueUrl"] == f"{PAYER_BASE}/$submit-attachment"
    context = {"system": f"{PAYER_BASE}/CommunicationRequest", "value": "PR0001-1-102089-0"}
    word, value = ("questionnaire-context", {"valueString": context["value"]}) if guide == "2.2" else ("questionnaires-needed", {"valueIdentifier": context})
    assert one(needed, "type", "coding", "code") == word and value.items() <= needed.items()
    assert extension_value(needed, ext.SERVICE_LINE_NUMBER if guide == "2.2" else ext.LINE_NUMBER_2_0) == 1
    assert context in [each["valueIdentifier"] for each in extensions(by_sequence(answered)[1], ext.ITEM_TRACE_NUMBER)]
    requests = [each["resource"] for each in answered["entry"] if each["resource"]["resourceType"] == "CommunicationRequest"]
    assert [each["payload"][0]["contentString"] for each in requests] == ["102089-0", "52053-6"]
    assert requests[0]["identifier"] == [context]
    assert requests[0]["note"][0]["text"] == "Item 1: please fill in the plan's form, which asks: Lowest oxygen saturation, in percent."
    for each in (*tasks.values(), *requests):
        assert faults(each, {"Task": "profile-task"}.get(each["resourceType"], "profile-communicationrequest"), guide) == []


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(50)
def test_an_inquirys_answer_has_the_task_but_no_communication_request(guide: str) -> None:
    kinds = [each["resource"]["resourceType"] for each in answer(guide, form="inquiry")["entry"]]
    assert "Task" in kinds and "CommunicationRequest" not in kinds


@pytest.mark.requirement("pas-2.0.1:106", "pas-2.0.1:110")
@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(26, 32)
def test_business_errors_travel_in_the_claim_response(guide: str) -> None:
    asked = bundle(guide=guide)
    member = read(asked, guide).request.member
    answered = write_error(asked, [member_not_found(member), update_not_allowed("Item 1 was not certified.")], guide, at=LATER)
    Bundle.model_validate_json(dump(answered))
    assert faults(answered, "profile-pas-response-bundle", guide) == faults(response_of(answered), "profile-claimresponse", guide) == []
    first, second = response_of(answered)["error"]
    assert response_of(answered)["outcome"] == "error" and "item" not in response_of(answered)
    assert first["code"]["coding"][0]["code"] == "75" and second["code"]["coding"][0]["code"] == "33"
    assert [extension_value(each, ext.ERROR_FOLLOW_UP)["coding"][0]["code"] for each in (first, second)] == ["C", "N"]
    assert [extension_value(each, ext.ERROR_PATH) for each in (first, second)] == [
        "Bundle.entry[3].resource.identifier",
        "Bundle.entry[0].resource.related",
    ]
    element = extension_value(first, ext.ERROR_ELEMENT) if guide == "2.0.1" else extension_value(first, ext.ERROR_ELEMENT, "error")
    assert element == "2010C-NM109"
    assert "Check the number on the card" in response_of(answered)["processNote"][0]["text"]


def test_an_item_error_names_the_item() -> None:
    asked = bundle(claim(item(servicedPeriod={"start": "2026-12-01", "end": "2026-11-01"})))
    errors = business_errors(read(asked, "2.2"))
    (error,) = response_of(write_error(asked, errors, "2.2", at=LATER))["error"]
    assert error["itemSequence"] == 1
    assert extension_value(error, ext.ERROR_PATH) == "Bundle.entry[0].resource.item[0].servicedPeriod"


def test_writing_twice_writes_the_same() -> None:
    assert dump(answer("2.2")) == dump(answer("2.2"))


def test_nothing_in_an_answer_is_null_or_empty() -> None:
    waiting: list[Any] = [answer("2.2"), answer("2.0.1")]
    while waiting:
        node = waiting.pop()
        assert node not in (None, "", [], {})
        waiting.extend(node.values() if isinstance(node, dict) else node if isinstance(node, list) else [])


@pytest.mark.pas_trap(8)
def test_an_answer_without_a_request_identifier_has_one_in_2_2() -> None:
    asked = bundle()
    asked.pop("identifier")
    assert write(opened(asked, "2.2", certify()), asked, "2.2", at=LATER, base_url=PAYER_BASE)["identifier"]["value"].startswith("urn:uuid:")


def test_an_authorized_provider_that_is_not_in_the_bundle_is_named_by_npi() -> None:
    case, received = every_decision("2.2")
    received["entry"] = [each for each in received["entry"] if each["resource"]["resourceType"] not in ("Practitioner", "PractitionerRole")]
    assert many(case.items[0].requested.providers[0].npi) == ["9000000049"]
    told = extension_value(by_sequence(write(replace(case), received, "2.2", at=LATER, base_url=PAYER_BASE))[1], ext.AUTHORIZED_PROVIDER, "provider")
    assert told["identifier"]["value"] == "9000000049" and told["display"] == "Mae Thorne"


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.pas_trap(30)
def test_whoever_only_orders_a_service_is_not_authorized_to_give_it(guide: str) -> None:
    asked = bundle(guide=guide)
    asked["entry"][0]["resource"]["careTeam"][0]["role"] = concept(X12_ENTITY, "DK")
    written = write(opened(asked, guide, certify()), asked, guide, at=LATER, base_url=PAYER_BASE)
    said = extension_value(by_sequence(written)[1], ext.AUTHORIZED_PROVIDER, "provider")
    assert said == {"reference": f"{BASE}/Organization/{CLINIC['id']}"}, "the one who asks holds the authorization, as long as nobody else is named"
    assert DOCTOR["id"] not in [each["resource"].get("id") for each in written["entry"]]


def test_a_member_nobody_knows_is_told_by_each_number_once() -> None:
    twice = (Identifier("http://a.example", "SYN-99"), Identifier("http://b.example", "SYN-99"), Identifier("", "OAK-1"))
    assert member_not_found(MemberReference(twice)).text.startswith("This plan has no member with the number SYN-99, OAK-1. Check")


def test_a_task_speaks_in_whole_sentences() -> None:
    asked = bundle(guide="2.2")
    written = write(opened(asked, "2.2", MISSING), asked, "2.2", at=LATER, base_url=PAYER_BASE)
    (task,) = [each["resource"] for each in written["entry"] if each["resource"]["resourceType"] == "Task"]
    assert task["statusReason"]["text"] == "Item 1 of PR0001 waits for this." and task["description"].endswith(".")
