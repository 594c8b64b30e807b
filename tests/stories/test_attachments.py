"""Documents that were asked for arrive: they join their case, are weighed at once, and are news only when the answer changes."""

from __future__ import annotations

from copy import deepcopy

import pytest

from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.elements import identifier
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import PasAnswer
from fhir_pa.provider.pas.submission import TRACES, Submission
from fhir_pa.provider.play.payer_file import ONCOLOGIST
from fhir_pa.storage.received import Received
from ig_profiles import json
from ig_profiles.names import NPI
from ig_profiles.reading import Json
from tests.stories.asking import inquire, scans, submit, update
from tests.stories.parties import SUPPLIER, Staff, System
from tests.stories.test_subscriptions import heard, status_of, subscribed, told


@pytest.fixture
def asked(clinic: System) -> Submission:
    return scans(clinic)


@pytest.fixture
def answer(clinic: System, asked: Submission) -> PasAnswer:
    return submit(clinic, asked)


def report(clinic: System, of: str) -> Json:
    """A report another facility held until now."""
    return next(each for each in clinic.plan.charts.by_patient["ilsabet-crane"].elsewhere if of in each["id"])


def control(answer: PasAnswer, sequence: int) -> Json:
    """The number under which the payer asked for this item's documents."""
    return next(each.control for each in answer.asked if each.sequence == sequence)


def said(outcome: Json) -> tuple[str, str]:
    (issue,) = outcome["issue"]
    return issue["severity"], issue["details"]["text"]


@pytest.mark.pas_trap(64)
def test_a_report_sent_under_the_payers_number_certifies_its_item_at_once_and_is_told(clinic: System, asked: Submission, answer: PasAnswer) -> None:
    identity = subscribed(clinic)
    body = attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")})
    severity, text = said(clinic.post("$submit-attachment", body))
    assert severity == "information" and "Item 2 is certified now." in text and "Item 3 waits for a reviewer." in text
    clinic.plan.tell(identity)
    assert told(heard(clinic)[-1], clinic, asked).actions == {1: CERTIFIED, 2: CERTIFIED, 3: PENDED}


def test_a_report_that_changes_nothing_joins_the_case_and_is_no_news(clinic: System, asked: Submission, answer: PasAnswer, physician: Staff) -> None:
    identity = subscribed(clinic)
    body = attachment_of(asked, control(answer, 3), {3: report(clinic, "chest") | {"id": "a-copy", "context": {}}})
    severity, text = said(clinic.post("$submit-attachment", body))
    assert severity == "information" and "certified now" not in text
    assert status_of(clinic, identity)["events-since-subscription-start"] == "0"
    (waiting,) = physician.worklist()
    case = json.parse(physician.call("GET", f"/um/authorizations/{waiting['number']}").data)
    assert any(event["what"] == "evidence received" and "1 attached" in event["because"] for event in case["trail"])


def test_what_announces_more_is_weighed_only_when_all_is_there(clinic: System, asked: Submission, answer: PasAnswer) -> None:
    first = attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")}, final=False)
    assert "Items 2, 3 wait" in said(clinic.post("$submit-attachment", first))[1]
    last = attachment_of(asked, control(answer, 3), {3: report(clinic, "neck")})
    assert "Items 2, 3 are certified now." in said(clinic.post("$submit-attachment", last))[1]


def test_the_clinics_own_number_of_any_version_leads_to_the_case(clinic: System, asked: Submission, answer: PasAnswer) -> None:
    newer, bundle = update(asked)
    clinic.post("Claim/$submit", bundle)
    for version, (sequence, of) in ((asked, (2, "chest")), (newer, (3, "neck"))):
        body = attachment_of(asked, identifier(TRACES, version.number), {sequence: report(clinic, of)})
        assert f"Item {sequence} is certified now." in said(clinic.post("$submit-attachment", body))[1]


def test_under_an_unknown_number_it_is_kept_and_the_sender_is_told_so(clinic: System, asked: Submission, answer: PasAnswer) -> None:
    body = json.dump(attachment_of(asked, identifier(TRACES, "NOBODY-1"), {2: report(clinic, "chest")}))
    fingerprint = Received("", "attachment", clinic.client, clinic.guide, clinic.plan.clock(), body).sha256
    severity, text = said(clinic.post("$submit-attachment", body))
    assert severity == "warning" and text.startswith("Kept, but no authorization") and "Give as TrackingId the number" in text
    with clinic.plan.payer.store.transaction() as tx:
        found = tx.replay(clinic.client, fingerprint, "held attachment", clinic.plan.clock())
        assert found is not None and tx.received(found).body == body
    assert [answered.actions for answered in inquire(clinic, asked)] == [{1: CERTIFIED, 2: PENDED, 3: PENDED}]


def test_a_report_does_not_turn_a_denial_but_stands_in_the_trail(clinic: System, asked: Submission, answer: PasAnswer, physician: Staff) -> None:
    (waiting,) = physician.worklist()
    because = {"because": "No report came.", "reason_code": "0F", "criteria": ["chest_ct_report"], "phone": "555-555-0142"}
    Staff(clinic.plan, ONCOLOGIST).decide(waiting["number"], items=[2], decision="deny", **because)
    clinic.post("$submit-attachment", attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")}))
    assert [found.actions for found in inquire(clinic, asked)] == [{1: CERTIFIED, 2: NOT_CERTIFIED, 3: PENDED}]
    physician.call("POST", f"/um/authorizations/{waiting['number']}/reopenings", {"items": [2], "because": "The report arrived."})
    case = json.parse(physician.call("GET", f"/um/authorizations/{waiting['number']}").data)
    reopened = {finding["criterion"]: finding["truth"] for finding in case["items"][1]["determination"]["findings"]}
    assert reopened["chest_ct_report"] == "met"


def test_a_system_that_names_no_party_of_the_case_adds_nothing_to_it(clinic: System, asked: Submission, answer: PasAnswer) -> None:
    body = deepcopy(attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")}))
    for part in body["parameter"]:
        if part["name"] in ("OrganizationId", "ProviderId"):
            part["valueIdentifier"] = identifier(NPI, "9000300036")
    severity, _ = said(System(clinic.plan, SUPPLIER, clinic.guide).post("$submit-attachment", body))
    assert severity == "warning"
    assert [found.actions for found in inquire(clinic, asked)] == [{1: CERTIFIED, 2: PENDED, 3: PENDED}]
