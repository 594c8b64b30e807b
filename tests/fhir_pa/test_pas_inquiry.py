"""Inquiries: what is asked, and the answers of both generations."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.parameters import Parameters

from fhir_pa.pas import extensions as ext
from fhir_pa.pas import inquiry, inquiry_response
from fhir_pa.pas.inquiry_response import Found
from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.deciding.request import CertificationType, Identifier
from fhir_pa.um.on_file.inquiry import InquiryCriteria, ItemCriteria, matches, may_see
from ig_profiles.json import dump
from ig_profiles.names import DATA_ABSENT_REASON, HCPCS, ICD10CM, PAS_TEMP_CODES, X12_REVIEW_ACTION
from ig_profiles.outcome import Unprocessable, Unreadable
from ig_profiles.reading import Coding, Json
from tests.fhir_pa.pas_bundles import BASE, COVERAGE, GUIDES, MEMBERS, PATIENT, TRACE, bundle, claim, concept, entry, extension, item, published_requests
from tests.fhir_pa.pas_cases import LATER, PAYER_BASE, every_decision
from tests.fhir_pa.published_profiles import faults

REVENUE = "https://www.nubc.org/CodeSystem/RevenueCodes"
EVENTS: dict[str, Json] = {
    "patientEvent": {"timingDate": "2026-11-21"},
    "admissionDates": {"timingPeriod": {"start": "2026-11-22", "end": "2026-11-24"}},
    "dischargeDates": {"timingDate": "2026-11-30"},
}


def asks(guide: str = "2.2", *items: Json, **given: Any) -> Json:
    asked = bundle(claim(**given), guide=guide)
    asked["identifier"]["value"] = "I-1"
    asked["entry"][0]["resource"]["item"] = list(items)
    return asked


@pytest.mark.requirement("pas-2.0.1:36", "pas-2.2.1:conf-4")
def test_an_inquiry_names_the_member_the_askers_and_every_criterion() -> None:
    one = item(
        modifier=[concept(HCPCS, "NU")],
        revenue=concept(REVENUE, "0291"),
        extension=[
            *item()["extension"][1:],
            extension(ext.ITEM_TRACE_NUMBER, valueIdentifier={"system": TRACE, "value": "T-1"}),
            extension(ext.AUTHORIZATION_NUMBER, valueString="PA0001"),
            extension(ext.ADMINISTRATIVE_REFERENCE, valueString="PR0001"),
            extension(ext.CERTIFICATION_ISSUED, valueDate="2026-11-20"),
            extension(ext.CERTIFICATION_EFFECTIVE, valuePeriod={"start": "2026-11-01"}),
            extension(ext.CERTIFICATION_EXPIRES, valuePeriod={"start": "2027-01-01", "end": "2027-12-31"}),
            extension(ext.REVIEW_ACTION_CODE, valueCodeableConcept=concept(X12_REVIEW_ACTION, "A1")),
            extension(ext.SERVICE_CODE_END, valueCodeableConcept=concept(HCPCS, "E1399")),
        ]
    )
    dated = [{"sequence": n, "category": concept(PAS_TEMP_CODES, kind), **days} for n, (kind, days) in enumerate(EVENTS.items(), 1)]
    criteria = inquiry.read(asks("2.2", one, supportingInfo=dated, billablePeriod={"start": "2026-11-01", "end": "2026-12-01"}), "2.2")
    assert Identifier(MEMBERS, "SYN-01") in criteria.member
    assert criteria.npis == ("9000000023", "9000000049")
    assert criteria.trace_numbers == (Identifier(TRACE, "C-1"),)
    assert criteria.diagnoses == (Coding(ICD10CM, "J96.11"), Coding(ICD10CM, "I10"))
    assert (criteria.birth_date, criteria.providers) == (date(1955, 3, 2), ())
    assert criteria.period == (date(2026, 11, 1), date(2026, 12, 1))
    assert criteria.event == (date(2026, 11, 21), date(2026, 11, 21))
    assert (criteria.admission, criteria.discharge) == ((date(2026, 11, 22), date(2026, 11, 24)), (date(2026, 11, 30), date(2026, 11, 30)))
    assert criteria.items == (
        ItemCriteria(
            codes=(Coding(HCPCS, "E1390"),),
            code_end=Coding(HCPCS, "E1399"),
            modifiers=(Coding(HCPCS, "NU"),),
            revenue=Coding(REVENUE, "0291"),
            request_type="HS",
            certification_type=CertificationType.INITIAL,
            served=(date(2026, 11, 22), date(2027, 2, 20)),
            providers=("9000000049",),
            trace_numbers=(Identifier(TRACE, "T-1"),),
            authorization_number="PA0001",
            administrative_reference="PR0001",
            issued=(date(2026, 11, 20), date(2026, 11, 20)),
            effective=(date(2026, 11, 1), date.max),
            expires=(date(2027, 1, 1), date(2027, 12, 31)),
            action=ReviewAction.CERTIFIED,
        ),
    )


@pytest.mark.requirement("pas-2.2.1:spec-43")
@pytest.mark.pas_trap(46)
def test_a_service_that_is_not_applicable_is_no_criterion() -> None:
    anything = {"sequence": 1, "productOrService": concept(DATA_ABSENT_REASON, "not-applicable")}
    criteria = inquiry.read(asks("2.2", anything), "2.2")
    assert criteria.items == (ItemCriteria(),)
    assert matches(every_decision("2.2")[0], replace(criteria, period=None))


def test_an_inquiry_finds_what_was_submitted() -> None:
    case, _ = every_decision("2.2")
    criteria = inquiry.read(asks("2.2", {"sequence": 1, "productOrService": concept(HCPCS, "E1390")}), "2.2")
    assert matches(case, criteria) and may_see(case, criteria, "another-system")
    strange = inquiry.read(asks("2.2", {"sequence": 1, "productOrService": concept(HCPCS, "K0856")}), "2.2")
    assert not matches(case, strange)


def test_an_inquiry_without_items_is_a_question_about_the_member() -> None:
    criteria = inquiry.read(asks("2.2"), "2.2")
    assert criteria.items == ()


def test_the_policy_holders_numbers_count_only_where_the_member_has_none() -> None:
    asked = asks()
    card = {name: value for name, value in COVERAGE.items() if name != "subscriber"} | {"relationship": concept("http://example.org/relation", "child")}
    nameless = {name: value for name, value in PATIENT.items() if name != "identifier"}
    asked["entry"] = [entry({"Coverage": card}.get(each["resource"]["resourceType"], each["resource"])) for each in asked["entry"]]
    assert inquiry.read(asked, "2.2").subscriber == ()
    without = [{"Patient": nameless, "Coverage": {**card, "identifier": []}}.get(each["resource"]["resourceType"], each["resource"]) for each in asked["entry"]]
    asked["entry"] = [entry(resource) for resource in without]
    criteria = inquiry.read(asked, "2.2")
    assert (criteria.member, criteria.subscriber) == ((), (Identifier("", "S-900"),))


def test_the_published_inquiry_is_read() -> None:
    found = published_requests()["example/Bundle-PASClaimInquiryBundleExample.json"]
    criteria = inquiry.read(found, "2.0.1")
    assert isinstance(criteria, InquiryCriteria)
    assert [each.codes[0].code for each in criteria.items] == ["G0154", "B4184"]
    assert criteria.items[1].code_end == Coding(HCPCS, "B4190")
    assert criteria.items[1].action is ReviewAction.CERTIFIED
    assert criteria.items[1].expires == (date(2019, 7, 31), date(2019, 7, 31))
    assert criteria.npis == ("8189991234",)


def test_an_inquiry_is_refused_as_a_submission_is() -> None:
    with pytest.raises(Unreadable, match="not wrapped in Parameters"):
        inquiry.read({"resourceType": "Parameters"}, "2.2")
    with pytest.raises(Unprocessable, match="Refer to the member"):
        inquiry.read(asks("2.2", patient=None), "2.2")


@pytest.mark.requirement("pas-2.0.1:130")
@pytest.mark.pas_trap(2, 3)
def test_2_0_1_answers_with_one_bundle_whatever_the_number_of_matches() -> None:
    case, received = every_decision("2.0.1")
    other = replace(case, number="PA0002", reference="PR0002")
    answered = inquiry_response.write([Found(case, received), Found(other, received)], asks("2.0.1"), "2.0.1", at=LATER, base_url=PAYER_BASE)
    Bundle.model_validate_json(dump(answered))
    kinds = [each["resource"]["resourceType"] for each in answered["entry"]]
    assert kinds[:2] == ["ClaimResponse", "ClaimResponse"] and "ClaimResponse" not in kinds[2:]
    names = [each["fullUrl"] for each in answered["entry"]]
    assert len(names) == len(set(names)), "each resource once, though both cases refer to it"
    assert answered["identifier"]["value"] == "I-1", "the inquiry's own identifier"
    assert faults(answered, "profile-pas-inquiry-response-bundle", "2.0.1") == []


@pytest.mark.pas_trap(2, 3)
def test_2_2_answers_with_parameters_and_one_bundle_for_each_match() -> None:
    case, received = every_decision("2.2")
    other = replace(case, number="PA0002", reference="PR0002")
    answered = inquiry_response.write([Found(case, received), Found(other, received)], asks(), "2.2", at=LATER, base_url=PAYER_BASE)
    Parameters.model_validate_json(dump(answered))
    assert [parameter["name"] for parameter in answered["parameter"]] == ["return", "return"]
    for parameter in answered["parameter"]:
        first, *more = parameter["resource"]["entry"]
        assert first["resource"]["resourceType"] == "ClaimResponse"
        assert "ClaimResponse" not in [each["resource"]["resourceType"] for each in more]
        assert faults(parameter["resource"], "profile-pas-inquiry-response-bundle", "2.2") == []
        assert faults(first["resource"], "profile-claiminquiryresponse", "2.2") == []


@pytest.mark.pas_trap(4)
def test_no_match_is_no_error() -> None:
    assert inquiry_response.write([], asks(), "2.2", at=LATER, base_url=PAYER_BASE) == {"resourceType": "Parameters"}
    answered = inquiry_response.write([], asks("2.0.1"), "2.0.1", at=LATER, base_url=PAYER_BASE)
    Bundle.model_validate_json(dump(answered))
    (only,) = answered["entry"]
    assert only["resource"]["issue"][0]["severity"] == "information"
    assert "give fewer criteria" in only["resource"]["issue"][0]["details"]["text"]


@pytest.mark.parametrize("guide", GUIDES)
def test_the_member_in_the_answer_is_the_one_the_inquirer_sent(guide: str) -> None:
    case, received = every_decision(guide)
    asked = asks(guide)
    theirs = {**PATIENT, "id": "theirs"}
    asked["entry"] = [entry(theirs) if each["resource"]["resourceType"] == "Patient" else each for each in asked["entry"]]
    asked["entry"][0]["resource"]["patient"] = {"reference": "Patient/theirs"}
    answered = inquiry_response.write([Found(case, received)], asked, guide, at=LATER, base_url=PAYER_BASE)
    first = answered if guide == "2.0.1" else answered["parameter"][0]["resource"]
    assert first["entry"][0]["resource"]["patient"] == {"reference": f"{BASE}/Patient/theirs"}
    assert f"{BASE}/Patient/theirs" in [each["fullUrl"] for each in first["entry"]]


@pytest.mark.pas_trap(48)
def test_what_is_withheld_is_hinted_at_with_a_phone_number() -> None:
    case, received = every_decision("2.2")
    answered = inquiry_response.write([Found(case, received)], asks(), "2.2", at=LATER, base_url=PAYER_BASE, withheld="555-555-0100")
    last = answered["parameter"][0]["resource"]["entry"][-1]["resource"]
    assert last["resourceType"] == "OperationOutcome" and "Call 555-555-0100" in last["issue"][0]["details"]["text"]
    nothing_else = inquiry_response.write([], asks(), "2.2", at=LATER, base_url=PAYER_BASE, withheld="555-555-0100")
    assert [(each["name"], each["resource"]["issue"][0]["severity"]) for each in nothing_else["parameter"]] == [("outcome", "warning")]
    Parameters.model_validate_json(dump(nothing_else))
    alone = inquiry_response.write([], asks("2.0.1"), "2.0.1", at=LATER, base_url=PAYER_BASE, withheld="555-555-0100")
    assert "Call 555-555-0100" in alone["entry"][0]["resource"]["issue"][0]["details"]["text"]


@pytest.mark.requirement("pas-2.0.1:132", "pas-2.0.1:180")
def test_an_answer_that_leaves_items_out_is_marked_so() -> None:
    case, received = every_decision("2.0.1")
    part = replace(case, items=case.items[:1])
    answered = inquiry_response.write([Found(part, received, is_part=True)], asks("2.0.1"), "2.0.1", at=LATER, base_url=PAYER_BASE)
    response = answered["entry"][0]["resource"]
    assert [node["itemSequence"] for node in response["item"]] == [1]
    assert [each["code"] for each in response["meta"]["security"]] == ["SUBSETTED"]
    assert faults(answered, "profile-pas-inquiry-response-bundle", "2.0.1") == []


@pytest.mark.parametrize("odd", [{}, [{}], [[1]], "one", [None], {"a": []}])
def test_an_odd_care_team_sequence_narrows_nothing_and_breaks_nothing(odd: Any) -> None:
    criteria = inquiry.read(asks("2.2", item(careTeamSequence=odd)), "2.2")
    assert criteria.items[0].providers == ()
