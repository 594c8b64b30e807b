"""Reading PAS requests of both generations: what is understood, what is refused with every fault, what is let pass."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from fhir_pa.pas import extensions as ext
from fhir_pa.pas.business_error import business_errors
from fhir_pa.pas.intake import read
from fhir_pa.um.deciding.request import CertificationType, Identifier
from ig_profiles.names import (
    DATA_ABSENT_REASON,
    HCPCS,
    ICD10CM,
    NPI,
    PAS_TEMP_CODES,
    RELATED_CLAIM,
    X12_CERTIFICATION_TYPE,
    X12_LEVEL_OF_SERVICE,
    X12_SERVICE_TYPE,
)
from ig_profiles.outcome import Issue, Refusal, Unprocessable, Unreadable
from ig_profiles.reading import Coding, Json
from tests.fhir_pa.pas_bundles import BASE, COVERAGE, GUIDES, MEMBERS, ORDER, PATIENT, TRACE, bundle, claim, concept, entry, extension, item, reference


def faults(asked: Any, guide: str = "2.2") -> dict[str | None, Issue]:
    with pytest.raises(Refusal) as refused:
        read(asked, guide)
    return {issue.expression: issue for issue in refused.value.issues}


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.requirement("pas-2.0.1:35", "pas-2.2.1:conf-4")
def test_a_request_is_told_in_the_payers_words(guide: str) -> None:
    request = read(bundle(guide=guide), guide).request
    (asked,) = request.items
    assert request.guide == guide
    assert request.trace_numbers == (Identifier(TRACE, "C-1"),)
    assert request.transaction == Identifier("http://oakwood.example/message", "M-1")
    assert request.member.identifiers[0] == Identifier(MEMBERS, "SYN-01")
    assert (request.member.name, request.member.birth_date, request.member.url) == ("Orla Penhallow", date(1955, 3, 2), f"{BASE}/Patient/orla")
    assert (request.payer.npi, request.requestor.npi, request.requestor.name) == ("9000000015", "9000000023", "Oakwood Clinic")
    assert request.created_at == datetime(2026, 11, 20, 12, tzinfo=UTC)
    assert request.claim_url == f"{BASE}/Claim/c1"
    assert request.sender == ("OAKISA" if guide == "2.2" else None)
    assert not request.is_update and not request.urgent
    assert asked.service.codes == (Coding(HCPCS, "E1390"),)
    assert asked.service.diagnoses == (Coding(ICD10CM, "J96.11"),), "the item names one of the claim's two diagnoses"
    assert request.diagnoses == (Coding(ICD10CM, "J96.11"), Coding(ICD10CM, "I10"))
    assert (asked.service.on, asked.service.until, asked.service.place) == (date(2026, 11, 22), date(2027, 2, 20), "12")
    assert (asked.service.quantity, asked.service.unit, asked.unit_price) == (Decimal("3.0"), "month", Decimal("100.00"))
    assert str(asked.unit_price) == "100.00", "digits are kept"
    assert asked.trace_numbers == (Identifier(TRACE, "T-1"),)
    assert (asked.certification_type, asked.request_type) == (CertificationType.INITIAL, "HS")
    assert [(party.name, party.npi, party.role) for party in asked.providers] == [("Mae Thorne", "9000000049", "SJ")]
    assert request.providers == (), "the care team member is for the item, not for the whole claim"


def test_member_numbers_come_from_patient_card_and_subscriber() -> None:
    member = read(bundle(), "2.2").request.member
    assert Identifier(MEMBERS, "SYN-01") in member.identifiers
    assert Identifier("", "S-900") in member.identifiers, "the member is the subscriber"
    holder = {**PATIENT, "id": "holder", "identifier": [{"system": MEMBERS, "value": "SYN-00"}]}
    card = {**COVERAGE, "subscriber": reference(holder), "relationship": concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "child")}
    asked = bundle()
    asked["entry"] = [entry(card) if each["resource"]["resourceType"] == "Coverage" else each for each in asked["entry"]] + [entry(holder)]
    dependent = read(asked, "2.2").request.member
    assert Identifier(MEMBERS, "SYN-00") in dependent.subscriber_identifiers
    assert Identifier(MEMBERS, "SYN-00") not in dependent.identifiers, "the policy holder's number is not the patient's"


@pytest.mark.parametrize(
    ("given", "is_own"),
    [
        ({"relationship": concept("https://codesystem.x12.org/005010/1069", "18"), "subscriber": None}, True),
        ({"relationship": concept("http://terminology.hl7.org/CodeSystem/subscriber-relationship", "spouse"), "subscriber": None}, False),
        ({"relationship": None, "subscriber": None}, True),
        ({"relationship": None}, True),
    ],
)
def test_the_card_number_is_the_members_own_unless_the_card_says_otherwise(given: Json, is_own: bool) -> None:
    card = {name: value for name, value in {**COVERAGE, **given}.items() if value is not None}
    asked = bundle()
    asked["entry"] = [entry(card) if each["resource"]["resourceType"] == "Coverage" else each for each in asked["entry"]]
    assert (Identifier("", "S-900") in read(asked, "2.2").request.member.identifiers) is is_own


def test_what_the_item_leaves_unsaid_comes_from_its_order() -> None:
    vague = item(productOrService=concept(X12_SERVICE_TYPE, "18"))
    for name in ("servicedPeriod", "quantity", "diagnosisSequence"):
        vague.pop(name)
    vague["extension"].append(extension(ext.REQUESTED_SERVICE, valueReference=reference(ORDER)))
    asked = claim(vague)
    asked.pop("diagnosis")
    (read_,) = read(bundle(asked), "2.2").request.items
    assert [coding.code for coding in read_.service.codes] == ["18", "E1390"]
    assert (read_.service.on, read_.service.until) == (date(2026, 11, 22), date(2027, 2, 20))
    assert [coding.code for coding in read_.service.diagnoses] == ["J96.11"]
    assert read_.order == f"{BASE}/DeviceRequest/oxygen"


@pytest.mark.parametrize(
    ("event", "on", "until"),
    [
        (["2026-11-29"], date(2026, 11, 29), None),
        (["2026-12-06", "2026-11-29T09:00:00-05:00", "2026-11"], date(2026, 11, 29), date(2026, 12, 6)),
    ],
)
def test_the_days_of_an_order_are_read_from_its_timing_which_is_what_the_profile_of_orders_allows(
    event: list[str], on: date, until: date | None
) -> None:
    order = {**{name: value for name, value in ORDER.items() if name != "occurrencePeriod"}, "occurrenceTiming": {"event": event}}
    undated = item()
    undated.pop("servicedPeriod")
    undated["extension"].append(extension(ext.REQUESTED_SERVICE, valueReference=reference(order)))
    asked = bundle(claim(undated))
    asked["entry"] = [entry(order) if each["resource"]["resourceType"] == "DeviceRequest" else each for each in asked["entry"]]
    (read_,) = read(asked, "2.2").request.items
    assert (read_.service.on, read_.service.until) == (on, until)


def test_an_order_never_adds_codes_to_an_item_that_has_its_own() -> None:
    other = item(code="E0431")
    other["extension"].append(extension(ext.REQUESTED_SERVICE, valueReference=reference(ORDER)))
    assert [coding.code for coding in read(bundle(claim(other)), "2.2").request.items[0].service.codes] == ["E0431"]


def test_an_absent_service_code_is_no_code() -> None:
    nothing = item(productOrService=concept(DATA_ABSENT_REASON, "not-applicable"))
    assert read(bundle(claim(nothing)), "2.2").request.items[0].service.codes == ()


@pytest.mark.parametrize(
    ("given", "urgent", "level"),
    [
        ({"extension": [extension(ext.LEVEL_OF_SERVICE, valueCodeableConcept=concept(X12_LEVEL_OF_SERVICE, "U"))]}, True, "urgent"),
        ({"extension": [extension(ext.LEVEL_OF_SERVICE, valueCodeableConcept=concept(X12_LEVEL_OF_SERVICE, "E"))]}, False, "elective"),
        ({"extension": [extension(ext.LEVEL_OF_SERVICE, valueCodeableConcept=concept(X12_LEVEL_OF_SERVICE, "Q9"))]}, False, "Q9"),
        ({"priority": concept("http://terminology.hl7.org/CodeSystem/processpriority", "stat")}, True, ""),
        ({"priority": concept("http://elsewhere.example/priority", "stat")}, False, ""),
    ],
)
def test_urgency_is_read_from_level_of_service_or_priority(given: Json, urgent: bool, level: str) -> None:
    request = read(bundle(claim(**given), guide="2.0.1"), "2.0.1").request
    assert (request.urgent, request.level_of_service) == (urgent, level)


@pytest.mark.pas_trap(15, 38)
def test_an_update_names_what_it_follows_by_url_and_by_the_prior_claims_identifier() -> None:
    prior = {**claim(), "id": "c0", "identifier": [{"system": TRACE, "value": "C-0"}]}
    related = {"claim": reference(prior), "relationship": concept(RELATED_CLAIM, "prior")}
    request = read(bundle(claim(related=[related]), prior), "2.2").request
    assert request.is_update and request.follows is not None
    assert request.follows.url == f"{BASE}/Claim/c0"
    assert request.follows.identifiers == (Identifier(TRACE, "C-0"),)
    assert request.follows.relationship == "prior"
    assert request.claim_url == f"{BASE}/Claim/c1", "the first Claim is the request, the second only its past"
    by_identifier = {"claim": {"identifier": {"system": TRACE, "value": "C-0"}}, "relationship": concept(RELATED_CLAIM, "replaces")}
    told = read(bundle(claim(related=[by_identifier])), "2.0.1").request.follows
    assert told is not None and told.identifiers == (Identifier(TRACE, "C-0"),)


def test_cancel_and_change_marks_are_understood() -> None:
    cancelled = item(2, modifierExtension=[extension(ext.INFO_CANCELLED, valueBoolean=True)])
    by_type = item(3)
    by_type["extension"][2] = extension(ext.CERTIFICATION_TYPE, valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, "3"))
    added = item(4)
    added["extension"].append(extension(ext.INFO_CHANGED, valueCode="added"))
    items = read(bundle(claim(item(1), cancelled, by_type, added)), "2.0.1").request.items
    assert [(each.sequence, each.cancelled, each.changed) for each in items] == [(1, False, ""), (2, True, ""), (3, True, ""), (4, False, "added")]


@pytest.mark.pas_trap(42)
def test_a_whole_request_is_withdrawn_with_or_without_items() -> None:
    all_of_it = extension(ext.CERTIFICATION_TYPE, valueCodeableConcept=concept(X12_CERTIFICATION_TYPE, "3"))
    for asked in (claim(extension=[all_of_it]), {**claim(extension=[all_of_it]), "item": []}):
        request = read(bundle(asked, guide="2.0.1"), "2.0.1").request
        assert request.certification_type is CertificationType.CANCEL and request.is_update


@pytest.mark.pas_trap(36)
def test_the_same_claim_identifier_alone_makes_no_update() -> None:
    assert read(bundle(guide="2.0.1"), "2.0.1").request.follows is None


def test_evidence_counts_whether_linked_or_merely_in_the_bundle() -> None:
    submission = read(bundle(), "2.2")
    assert [response["id"] for response in submission.responses] == ["form"]
    assert "spo2" in [resource["id"] for resource in submission.resources]
    assert submission.set_aside == ()


def test_evidence_about_somebody_else_is_not_weighed_and_that_is_told() -> None:
    other = {**PATIENT, "id": "someone-else", "identifier": [{"system": MEMBERS, "value": "SYN-99"}]}
    theirs = {"resourceType": "Observation", "id": "theirs", "status": "final", "code": concept("http://loinc.org", "59408-5"), "subject": reference(other)}
    nobodys = {**theirs, "id": "lost", "subject": {"reference": "Patient/not-here"}}
    wrong = {**theirs, "id": "wrong", "subject": reference(PATIENT), "status": "entered-in-error"}
    submission = read(bundle(None, other, theirs, nobodys, wrong), "2.2")
    assert not {"theirs", "lost", "wrong", "someone-else"} & {resource["id"] for resource in submission.resources}
    assert [issue.severity for issue in submission.set_aside] == ["warning"] * 3
    assert "not the patient of the Claim" in submission.set_aside[0].text and "entered in error" in submission.set_aside[2].text


def test_cancelled_supporting_information_takes_its_evidence_along() -> None:
    info = {"sequence": 1, "category": concept(PAS_TEMP_CODES, "additionalInformation"), "valueReference": {"reference": "QuestionnaireResponse/form"}}
    cancelled = {**info, "modifierExtension": [extension(ext.INFO_CANCELLED, valueBoolean=True)]}
    gone = read(bundle(claim(supportingInfo=[cancelled])), "2.2")
    assert gone.responses == () and "cancelled the supporting information" in gone.set_aside[0].text
    assert gone.withdrawn == ("QuestionnaireResponse/form",)
    assert gone.request.is_update, "a cancelled piece of information marks an update"
    still = read(bundle(claim(supportingInfo=[cancelled, {**info, "sequence": 3}])), "2.2")
    assert len(still.responses) == 1 and still.withdrawn == ()


def test_evidence_inside_the_claim_itself_counts() -> None:
    info = {"sequence": 1, "category": concept(PAS_TEMP_CODES, "additionalInformation"), "valueReference": {"reference": "#inner"}}
    inner = {"resourceType": "QuestionnaireResponse", "id": "inner", "status": "completed", "subject": reference(PATIENT)}
    submission = read(bundle(claim(supportingInfo=[info], contained=[inner])), "2.2")
    assert [response["id"] for response in submission.responses] == ["form", "inner"] and submission.set_aside == ()


def test_supporting_information_that_is_not_in_the_bundle_is_told() -> None:
    info = {"sequence": 1, "category": concept(PAS_TEMP_CODES, "additionalInformation"), "valueReference": {"reference": "DocumentReference/none"}}
    (issue,) = read(bundle(claim(supportingInfo=[info])), "2.2").set_aside
    assert "send it with $submit-attachment" in issue.text
    assert issue.expression == "Bundle.entry[0].resource.supportingInfo[0].valueReference"


# --- refusals ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", [[], "text", None, {"resourceType": "Parameters"}, {"resourceType": ["Bundle"]}, {}])
def test_what_is_no_bundle_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable, match="Post the PAS request Bundle itself, not wrapped in Parameters"):
        read(body, "2.2")


@pytest.mark.pas_trap(14)
def test_an_empty_bundle_is_refused_with_how_to_mend_it() -> None:
    found = faults({"resourceType": "Bundle", "type": "collection", "entry": []})
    assert "Put the Claim first" in found["Bundle.entry"].text


def test_a_bundle_without_claim_is_refused() -> None:
    asked = bundle()
    del asked["entry"][0]
    assert "Add the Claim" in faults(asked)["Bundle.entry[0]"].text


def _claim_second(asked: Json) -> None:
    asked["entry"].insert(1, asked["entry"].pop(0))


def _drop_resource(asked: Json) -> None:
    asked["entry"][3] = {"fullUrl": "urn:uuid:1"}


def _invent_type(asked: Json) -> None:
    asked["entry"][8]["resource"]["resourceType"] = "Saturation"


def _twin_url(asked: Json) -> None:
    asked["entry"][8]["fullUrl"] = asked["entry"][9]["fullUrl"]


def _in_claim(**given: Any) -> Callable[[Json], None]:
    def change(asked: Json) -> None:
        for name, value in given.items():
            if value is None:
                del asked["entry"][0]["resource"][name]
            else:
                asked["entry"][0]["resource"][name] = value

    return change


BROKEN: list[tuple[Callable[[Json], None], str, str]] = [
    (lambda asked: asked.update(type="transaction"), "Bundle.type", "set Bundle.type to 'collection'"),
    (_claim_second, "Bundle.entry[0]", "Move it to the front"),
    (_drop_resource, "Bundle.entry[3].resource", "Put one there"),
    (_invent_type, "Bundle.entry[8].resource.resourceType", "'Saturation' is no FHIR R4 resource type"),
    (_twin_url, "Bundle.entry[9].fullUrl", "each under its own fullUrl"),
    (_in_claim(use="claim"), "Bundle.entry[0].resource.use", "send claims for payment elsewhere"),
    (_in_claim(patient=None), "Bundle.entry[0].resource.patient", "Refer to the member"),
    (_in_claim(patient={"reference": "Patient/nobody"}), "Bundle.entry[0].resource.patient", "Add the member (Patient) to the Bundle"),
    (_in_claim(insurer={"reference": "Organization/none"}), "Bundle.entry[0].resource.insurer", "no entry of the Bundle has that fullUrl"),
    (_in_claim(provider=None), "Bundle.entry[0].resource.provider", "Refer to the requestor"),
    (_in_claim(insurance=None), "Bundle.entry[0].resource.insurance", "Refer to the member's Coverage"),
    (_in_claim(insurance=[{"coverage": {"reference": "Coverage/none"}}]), "Bundle.entry[0].resource.insurance[0].coverage", "Add the member's Coverage"),
    (_in_claim(item=[]), "Bundle.entry[0].resource.item", "Add an item for each service"),
    (_in_claim(item=[item(1), item(1)]), "Bundle.entry[0].resource.item[1].sequence", "Give every item its own number"),
    (_in_claim(item=[item(True)]), "Bundle.entry[0].resource.item[0].sequence", "Number the items from 1"),
    (_in_claim(item=[item(1, productOrService=None)]), "Bundle.entry[0].resource.item[0].productOrService", "e.g. a HCPCS code"),
    (
        _in_claim(item=[item(1, modifierExtension=[extension("http://elsewhere.example/not", valueBoolean=True)])]),
        "Bundle.entry[0].resource.item[0].modifierExtension[0]",
        "Send the request without it",
    ),
]


@pytest.mark.parametrize(("change", "expression", "mend"), BROKEN, ids=[f"{number}-{mend}" for number, (_, _, mend) in enumerate(BROKEN)])
def test_a_structural_fault_is_refused_where_it_stands_with_how_to_mend_it(change: Callable[[Json], None], expression: str, mend: str) -> None:
    asked = bundle()
    change(asked)
    assert mend in faults(asked)[expression].text


def test_every_fault_is_told_at_once() -> None:
    asked = bundle()
    _in_claim(patient=None, use="claim", item=[item(1), item(1)])(asked)
    asked["type"] = "message"
    assert len(faults(asked)) == 4


# --- tolerance --------------------------------------------------------------------------------------------------------


def _without_optional(asked: Json) -> None:
    for name in ("careTeam", "diagnosis", "supportingInfo", "created", "priority", "type", "identifier", "extension"):
        asked["entry"][0]["resource"].pop(name, None)
    asked["entry"][0]["resource"]["item"] = [{"sequence": 1, "productOrService": {"text": "something"}}]
    asked.pop("identifier")
    asked.pop("timestamp")


def _unknown_extensions(asked: Json) -> None:
    asked["entry"][0]["resource"]["extension"] = [{"url": "http://elsewhere.example/x", "valueString": "y"}]
    asked["entry"][0]["resource"]["item"][0]["surprise"] = {"deep": [1, 2]}


def _without_full_urls(asked: Json) -> None:
    for each in asked["entry"]:
        del each["fullUrl"]


def _urns(asked: Json) -> None:
    for number, each in enumerate(asked["entry"]):
        each["fullUrl"] = f"urn:uuid:00000000-0000-4000-8000-{number:012d}"


def _partial_dates(asked: Json) -> None:
    asked["entry"][0]["resource"]["item"][0]["servicedPeriod"] = {"start": "2026-11"}
    asked["entry"][0]["resource"]["created"] = "soon"


@pytest.mark.requirement("pas-2.0.1:89", "pas-2.2.1:spec-25", "pas-2.2.1:conf-14")
@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("change", [_without_optional, _unknown_extensions, _without_full_urls, _urns, _partial_dates])
@pytest.mark.pas_trap(32, 35)
def test_what_a_profile_lets_you_omit_or_add_is_never_refused(change: Callable[[Json], None], guide: str) -> None:
    asked = bundle(guide=guide)
    change(asked)
    assert len(read(asked, guide).request.items) == 1


def test_references_by_identifier_alone_are_enough() -> None:
    logical = {"identifier": {"system": NPI, "value": "9000000015"}, "display": "Larkfield"}
    who = {"identifier": {"system": MEMBERS, "value": "SYN-01"}}
    request = read(bundle(claim(insurer=logical, patient=who)), "2.2").request
    assert (request.payer.npi, request.payer.name) == ("9000000015", "Larkfield")
    assert request.member.identifiers[0] == Identifier(MEMBERS, "SYN-01")


# --- business errors --------------------------------------------------------------------------------------------------


@pytest.mark.pas_trap(27, 32)
def test_a_service_day_that_is_no_full_date_is_a_business_error_not_a_refusal() -> None:
    asked = bundle()
    _partial_dates(asked)
    (error,) = business_errors(read(asked, "2.2"))
    assert (error.code, error.item, error.path) == ("57", 1, "item[0].servicedPeriod")
    assert "Write year, month and day" in error.text


@pytest.mark.requirement("pas-2.2.1:conf-14")
def test_a_member_without_any_number_is_a_business_error() -> None:
    asked = deepcopy(bundle())
    for each in asked["entry"]:
        if each["resource"]["resourceType"] in ("Patient", "Coverage"):
            each["resource"].pop("identifier")
            each["resource"].pop("subscriberId", None)
    (error,) = business_errors(read(asked, "2.2"))
    assert (error.code, error.follow_up, error.path) == ("72", "C", "patient.identifier")


def test_a_request_in_order_has_no_business_errors() -> None:
    assert business_errors(read(bundle(), "2.2")) == ()


def test_unprocessable_is_what_a_structural_fault_raises() -> None:
    with pytest.raises(Unprocessable):
        read(bundle(claim(use="predetermination")), "2.2")
