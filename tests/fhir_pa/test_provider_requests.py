"""What the provider puts on the wire: request, update, inquiry, subscription and attachment, for both guides."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.parameters import Parameters

from fhir_pa.provider.charts.npi import is_npi
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.inquiry import inquiry_of
from fhir_pa.provider.pas.request import Unreachable, request_of
from fhir_pa.provider.pas.submission import Line, Submission, sign
from fhir_pa.provider.pas.subscription import subscription
from fhir_pa.provider.pas.update import with_documents
from fhir_pa.provider.patients import charts_on
from ig_profiles.names import COVERAGE_INFORMATION, NPI, PAS_PROFILE, PAS_TOPIC
from ig_profiles.reading import Index, extension_value, many, one, references
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.fhir_pa.published_profiles import faults

TODAY = date(2026, 11, 21)
GUIDES = ["2.0.1", "2.2"]
BASE = "http://127.0.0.1:9090/fhir"


def scans(guide="2.2", number="OAK-7001", who="ilsabet-crane"):
    charts = charts_on(TODAY)
    chart = charts.by_patient[who]
    orders = [sign(order, chart.coverage, guide) for order in chart.orders]
    lines = tuple(Line(order, "62", "22", TODAY + timedelta(days=9)) for order in orders)
    documents = tuple(item for item in chart.findings if item["resourceType"] == "DocumentReference")
    at = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
    return Submission(guide, number, chart, charts.practice, lines, documents, at, BASE, "9000000015", "9000000023")


@pytest.mark.parametrize("guide", GUIDES)
def test_a_request_is_a_collection_with_the_claim_first_and_its_required_elements(guide):
    bundle = request_of(scans(guide))
    Bundle.model_validate(bundle)
    assert bundle["type"] == "collection"
    assert bundle["identifier"]["value"]
    assert bundle["timestamp"]
    assert all(set(entry) == {"fullUrl", "resource"} for entry in bundle["entry"])
    claim = bundle["entry"][0]["resource"]
    assert (claim["resourceType"], claim["status"], claim["use"]) == ("Claim", "active", "preauthorization")
    for required in ("type", "patient", "created", "insurer", "provider", "priority"):
        assert claim[required], required
    assert claim["identifier"][0]["system"]
    assert claim["insurance"][0]["focal"] is True
    assert [item["sequence"] for item in claim["item"]] == [1, 2, 3]
    for item in claim["item"]:
        assert extension_value(item, f"{PAS_PROFILE}extension-serviceItemRequestType")["coding"][0]["code"] == "HS"
        assert extension_value(item, f"{PAS_PROFILE}extension-certificationType")["coding"][0]["code"] == "I"
        assert item["category"]["coding"][0]["code"] == "62"
        assert item["locationCodeableConcept"]["coding"][0]["code"] == "22"
        assert item["quantity"]["unit"]
        assert len(item["servicedDate"]) == 10
    assert one(claim, "careTeam", "extension", "valueBoolean") is True


@pytest.mark.parametrize("guide", GUIDES)
def test_everything_the_claim_reaches_is_in_the_bundle_once(guide):
    bundle = request_of(scans(guide))
    index = Index.of_bundle(bundle)
    for entry in index.entries:
        for name in references(entry.resource):
            assert index.resolve(name, entry) is not None, name
    urls = [entry["fullUrl"] for entry in bundle["entry"]]
    assert len(urls) == len(set(urls))
    pointed = {item["valueReference"]["reference"] for item in bundle["entry"][0]["resource"]["supportingInfo"]}
    assert {"DocumentReference/ilsabet-crane-oncology-note", "DocumentReference/ilsabet-crane-brain-report"} <= pointed


def test_only_2_2_names_sender_and_receiver_and_the_kind_of_each_report():
    older, newer = (request_of(scans(guide))["entry"][0]["resource"] for guide in GUIDES)
    url = f"{PAS_PROFILE}extension-TransmissionIdentifiers"
    assert extension_value(older, url, "interchangeSenderID") is None
    assert extension_value(newer, url, "interchangeSenderID") == "9000000015"
    assert extension_value(newer, url, "applicationReceiverCode") == "9000000023"
    kinds = [extension_value(item, f"{PAS_PROFILE}extension-documentInformation", "reportTypeCode") for item in newer["supportingInfo"]]
    assert all(kinds)
    assert not any("extension" in item for item in older["supportingInfo"])


def test_a_request_that_refers_to_nothing_we_hold_is_not_sent():
    submission = scans()
    stray = {**submission.documents[0], "author": [{"reference": "Practitioner/nobody"}]}
    broken = Submission(**{**submission.__dict__, "documents": (stray,)})
    with pytest.raises(Unreachable, match="Practitioner/nobody"):
        request_of(broken)


@pytest.mark.parametrize(("guide", "claims"), [("2.0.1", 1), ("2.2", 2)])
def test_an_update_keeps_every_sequence_and_marks_only_what_is_new(guide, claims):
    before = scans(guide)
    after, bundle = with_documents(before, "OAK-7002", before.chart.elsewhere)
    Bundle.model_validate(bundle)
    found = [each for each in many(bundle, "entry", "resource") if each["resourceType"] == "Claim"]
    assert len(found) == claims
    claim = found[0]
    assert claim["identifier"][0]["value"] == "OAK-7002"
    assert claim["related"][0]["relationship"]["coding"][0]["code"] == "prior"
    assert [item["sequence"] for item in claim["item"]] == [1, 2, 3]
    changed = [extension_value(item, f"{PAS_PROFILE}extension-infoChanged") for item in claim["supportingInfo"]]
    assert changed == [None] * len(before.documents) + ["added", "added"]
    named = claim["related"][0]["claim"]
    assert named.get("reference") == "Claim/oak-7001" if guide == "2.2" else named["identifier"]["value"] == "OAK-7001"
    assert len(after.documents) == len(before.documents) + 2


@pytest.mark.parametrize("guide", GUIDES)
def test_an_inquiry_names_member_payer_and_requester(guide):
    bundle = inquiry_of(scans(guide), "Q-1")
    Bundle.model_validate(bundle)
    kinds = [each["resourceType"] for each in many(bundle, "entry", "resource")]
    assert kinds[0] == "Claim"
    assert {"Patient", "Coverage", "Organization"} <= set(kinds)
    assert "Observation" not in kinds
    coverage = next(each for each in many(bundle, "entry", "resource") if each["resourceType"] == "Coverage")
    assert coverage["identifier"][0]["type"]["coding"][0]["code"] == "MB"


@pytest.mark.parametrize(
    ("guide", "filter_", "content"), [("2.0.1", "identifier=9000000015", "id-only"), ("2.2", "org-identifier=9000000015", "full-resource")]
)
def test_a_subscription_speaks_the_guides_filter_and_payload(guide, filter_, content):
    asked = subscription(guide, "9000000015", "http://127.0.0.1:9090/notifications/oakwood", "Bearer s")
    assert asked["status"] == "requested"
    assert asked["criteria"] == PAS_TOPIC
    assert asked["_criteria"]["extension"][0]["valueString"] == filter_
    assert asked["channel"]["type"] == "rest-hook"
    assert asked["channel"]["_payload"]["extension"][0]["valueCode"] == content
    assert asked["channel"]["header"] == ["Authorization: Bearer s"]


def test_attachments_say_whose_they_are_and_which_item_they_belong_to():
    submission = scans()
    chest, neck = submission.chart.elsewhere
    body = attachment_of(submission, {"system": "http://payer", "value": "PA-1"}, {2: chest, 3: neck})
    Parameters.model_validate(body)
    parts = {item["name"]: item for item in body["parameter"]}
    assert parts["AttachTo"]["valueCode"] == "preauthorization"
    assert parts["MemberId"]["valueIdentifier"]["value"] == "SYN-04"
    assert parts["Final"]["valueBoolean"] is True
    lines = [part["valueString"] for item in body["parameter"] for part in item.get("part", []) if part["name"] == "LineItem"]
    assert lines == ["2", "3"]


def test_a_document_about_somebody_else_is_not_attached():
    stranger = charts_on(TODAY).by_patient["orla-penhallow"].findings[-1]
    with pytest.raises(ValueError, match="somebody else"):
        attachment_of(scans(), {"value": "PA-1"}, {2: stranger})


@pytest.mark.parametrize(("guide", "status"), [("2.0.1", "draft"), ("2.2", "active")])
def test_signing_keeps_only_the_coverage_information_of_this_coverage(guide, status):
    chart = charts_on(TODAY).by_patient["orla-penhallow"]

    def said(coverage):
        return {"url": COVERAGE_INFORMATION, "extension": [{"url": "coverage", "valueReference": {"reference": coverage}}]}

    other = {"url": "http://elsewhere", "valueString": "kept"}
    order = {**chart.orders[0], "extension": [other, said("Coverage/another"), said("Coverage/orla-penhallow-larkfield")]}
    signed = sign(order, chart.coverage, guide)
    assert signed["status"] == status
    assert signed["meta"]["profile"] == [f"{PAS_PROFILE}profile-devicerequest"]
    assert signed["extension"] == [other, said("Coverage/orla-penhallow-larkfield")]
    assert chart.orders[0]["status"] == "draft"


def test_every_invented_party_has_an_npi_that_cannot_be_real():
    numbers = [item["value"] for each in charts_on(TODAY).resources() for item in many(each, "identifier") if item.get("system") == NPI]
    assert len(numbers) >= 6
    assert all(is_npi(number) and number.startswith("9") for number in numbers)


@pytest.mark.parametrize("today", [date(2026, 11, 21), date(2028, 2, 29), date(2027, 1, 1)])
def test_the_story_stays_true_on_any_day(today):
    for chart in charts_on(today).by_patient.values():
        latest = max(each.get("effectiveDateTime", "")[:10] for each in chart.findings)
        assert latest < str(today)
        assert chart.coverage["period"]["start"] <= str(today)
    orla = charts_on(today).by_patient["orla-penhallow"].patient
    assert 70 <= (today - date.fromisoformat(orla["birthDate"])).days / 365.25 <= 72


PROFILES = {
    "Organization": "profile-organization",
    "Patient": "profile-subscriber",
    "Coverage": "profile-coverage",
    "PractitionerRole": "profile-practitionerrole",
    "Practitioner": "profile-practitioner",
    "ServiceRequest": "profile-servicerequest",
    "Location": "profile-location",
}
NEWER = {**PROFILES, "DocumentReference": "profile-documentreference"}


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("kind", ["claim", "claim-update", "claim-inquiry"])
def test_every_request_keeps_to_the_published_profiles(guide, kind):
    submission = scans(guide)
    bundle = {
        "claim": lambda: request_of(submission),
        "claim-update": lambda: with_documents(submission, "OAK-7002", submission.chart.elsewhere)[1],
        "claim-inquiry": lambda: inquiry_of(submission, "Q-1"),
    }[kind]()
    assert faults(bundle, "profile-pas-inquiry-request-bundle" if kind == "claim-inquiry" else "profile-pas-request-bundle", guide) == []
    first, *others = many(bundle, "entry", "resource")
    assert faults(first, f"profile-{kind}", guide) == []
    for resource in others:
        profile = (NEWER if guide == "2.2" else PROFILES).get(resource["resourceType"])
        assert profile is None or faults(resource, profile, guide) == []


def test_the_2_2_subscription_keeps_to_the_published_profile():
    assert faults(subscription("2.2", "9000000015", "http://127.0.0.1:9090/notifications/oakwood", "Bearer s"), "profile-subscription", "2.2") == []


@pytest.mark.parametrize("guide", GUIDES)
@pytest.mark.parametrize("who", ["ilsabet-crane", "orla-penhallow"])
def test_everything_in_the_chart_goes_along_in_a_request_that_keeps_to_every_profile(who, guide):
    asked = scans(guide, who=who)
    documents = tuple(each for each in asked.chart.findings if each["resourceType"] != "Condition")
    bundle = request_of(replace(asked, documents=documents))
    wrong = [issue for issue in validate(bundle, open_set(guide), strict=True) if issue.severity in ("error", "fatal")]
    assert [f"{issue.expression}: {issue.text}" for issue in wrong] == []
    sent = {(each["resourceType"], each["id"]) for each in many(bundle, "entry", "resource")}
    assert {(each["resourceType"], each["id"]) for each in documents} <= sent, "what the Claim has no place for goes with the orders"
