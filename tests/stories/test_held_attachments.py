"""A document that arrives before its request is held, and counts when the request with its number comes."""

from __future__ import annotations

import pytest

from fhir_pa.operations.proofs.prove import prove
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.elements import identifier
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import TRACES, Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles.reading import Json
from tests.stories.asking import scans, submit
from tests.stories.parties import SUPPLIER, Plan, System
from tests.stories.test_attachments import report, said

ALL = {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED}
SOME = {1: CERTIFIED, 2: PENDED, 3: PENDED}


@pytest.fixture
def asked(clinic: System) -> Submission:
    return scans(clinic)


def both(clinic: System, asked: Submission, number: str) -> Json:
    """Both reports that are missing, under this number."""
    return attachment_of(asked, identifier(TRACES, number), {2: report(clinic, "chest"), 3: report(clinic, "neck")})


def test_what_was_sent_before_under_the_requests_own_number_counts_when_it_comes(clinic: System, asked: Submission) -> None:
    severity, words = said(clinic.post("$submit-attachment", both(clinic, asked, asked.number)))
    assert severity == "warning" and "It joins the request that comes with this number in the next thirty days." in words
    clinic.plan.clock.turn(hours=2)
    answer = submit(clinic, asked)
    assert answer.actions == ALL
    with clinic.plan.payer.store.reading() as tx:
        case = tx.authorization(str(answer.item(1).number))
        assert [tx.received(each).kind for each in case.received] == ["held attachment", "submit"]
    assert any("sent before the request" in event.because for event in case.trail)
    assert prove(case.number, clinic.plan.payer).holds


def test_the_control_number_a_request_announces_a_document_by_finds_it(plan: Plan) -> None:
    """Only 2.2 has a place for it (documentInformation)."""
    clinic = System(plan, CLIENT_ID, "2.2")
    asked = scans(clinic)
    clinic.post("$submit-attachment", both(clinic, asked, "PWK-7"))
    bundle = request_of(asked)
    announced = bundle["entry"][0]["resource"]["supportingInfo"][0]["extension"][0]
    announced["extension"].append({"url": "controlNumber", "valueString": "PWK-7"})
    assert read_bundle(clinic.post("Claim/$submit", bundle)).actions == ALL


def test_it_counts_for_nobody_elses_request_and_not_for_ever(clinic: System, asked: Submission) -> None:
    clinic.post("$submit-attachment", both(clinic, asked, asked.number))
    stranger = System(clinic.plan, SUPPLIER, clinic.guide)
    assert submit(stranger, asked).actions == SOME
    clinic.plan.clock.turn(days=31)
    assert submit(clinic, asked).actions[2] == PENDED
