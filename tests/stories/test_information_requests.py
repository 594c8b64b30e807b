"""What a pended request still needs is asked for in human words, as a document or as the policy's form, and answers it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.dtr.answers import Occasion, answer
from fhir_pa.provider.dtr.package import Package
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Submission
from ig_profiles import json
from ig_profiles.reading import Json, many, one, text
from tests.stories.asking import inquire, oxygen, scans
from tests.stories.parties import NOW, SUPPLIER, Staff, System
from tests.stories.test_attachments import said
from tests.stories.test_packages import OPERATION, asking, packages
from tests.stories.test_subscriptions import heard, subscribed, told

FORM, REPORT = "attachment-request-questionnaire", "attachment-request-code"
SHORT_OF_OXYGEN = {
    "treating_practitioner": True,
    "tested_on": (NOW - timedelta(days=5)).date(),
    "test_setting": "stable",
    "independent_tester": True,
    "test_state": "rest",
    "room_air": True,
    "spo2": 85,
}


def undocumented(clinic: System) -> Submission:
    """Oxygen asked for with nothing but the order."""
    return replace(oxygen(clinic), documents=())


def tasks(bundle: Json) -> dict[str, Json]:
    """The Tasks of an answer by their kind."""
    return {one(each, "code", "coding", "code"): each for each in many(bundle, "entry", "resource") if each["resourceType"] == "Task"}


def context_of(task: Json) -> str:
    """The DTR context in a Task, as the generation writes it."""
    (needed,) = [each for each in task["input"] if one(each, "type", "coding", "code").startswith("questionnaire")]
    return str(needed.get("valueString") or needed["valueIdentifier"]["value"])


def filled(package: Package, asked: Submission) -> Json:
    """The clinician's answers, given by hand."""
    occasion = Occasion(asked.chart, tuple(line.order for line in asked.lines), asked.guide, NOW)
    return answer(package, occasion, {}, SHORT_OF_OXYGEN).response


@pytest.mark.requirement("pas-2.0.1:15", "pas-2.2.1:ainfo-3", "pas-2.0.1:152", "pas-2.2.1:spec-60")
def test_a_request_without_its_form_is_certified_once_the_form_asked_for_is_fetched_filled_and_sent(clinic: System) -> None:
    asked = undocumented(clinic)
    identity = subscribed(clinic)
    answered = clinic.post("Claim/$submit", request_of(asked))
    assert read_bundle(answered).actions == {1: PENDED}
    assert list(tasks(answered)) == [FORM]
    task = tasks(answered)[FORM]
    assert "the test report with its date" in task["description"] and "tested_on" not in json.dump(answered).decode()

    context = context_of(task)
    (package,) = packages(clinic, asking(asked, context=context))
    assert package.canonical.endswith("/home-oxygen|2026.1")

    tracking = next(each["identifier"][0] for each in many(answered, "entry", "resource") if each["resourceType"] == "CommunicationRequest")
    assert tracking["value"] == context
    severity, words = said(clinic.post("$submit-attachment", attachment_of(asked, tracking, {1: filled(package, asked)})))
    assert severity == "information" and "Item 1 is certified now." in words
    clinic.plan.tell(identity)
    assert told(heard(clinic)[-1], clinic, asked).actions == {1: CERTIFIED}
    assert packages(clinic, asking(asked, context=context)) != (), "the context can still be opened"


def test_a_document_is_asked_for_by_its_code_and_in_the_policys_words(clinic: System) -> None:
    answered = clinic.post("Claim/$submit", request_of(replace(scans(clinic), documents=())))
    found = tasks(answered)
    assert list(found) == [REPORT]
    wanted = [each["valueCodeableConcept"] for each in found[REPORT]["input"] if "valueCodeableConcept" in each]
    assert {text(each, "coding", "code") for each in wanted} == {"18748-4"}
    studies = ("MRI of the brain", "CT of the chest", "CT of the neck")
    assert [each["text"].split("; ")[0] for each in wanted] == [f"the report of the last {study}" for study in studies]


def test_the_context_of_a_form_opens_nothing_for_another_system(clinic: System) -> None:
    asked = undocumented(clinic)
    context = context_of(tasks(clinic.post("Claim/$submit", request_of(asked)))[FORM])
    stranger = System(clinic.plan, SUPPLIER, clinic.guide)
    for system, strange in ((stranger, context), (clinic, context.replace("-1-", "-7-")), (clinic, "PR0-1-102089-0")):
        refused = system.call("POST", OPERATION, asking(asked, context=strange))
        assert refused.status_code in (404, 422) and "no" in refused.text


def test_a_reviewers_decision_ends_the_asking(clinic: System, physician: Staff) -> None:
    asked = undocumented(clinic)
    clinic.post("Claim/$submit", request_of(asked))
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], items=[1], decision="certify", because="Seen in hospital.", criteria=["hypoxemia"])
    (found,) = inquire(clinic, asked)
    assert found.actions == {1: CERTIFIED} and found.asked == ()
