"""Evidence sent once counts for the extension of its case too, as old as it is, and every decision still replays (F32), over HTTP."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from fhir_pa.commands.prove import told as told_of
from fhir_pa.operations.proofs.prove import prove
from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import PasAnswer, read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.reading import Json
from tests.stories.asking import certification, oxygen, submit, update, withdrawn
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import Plan, System, trace

EXTENSION = "4"
KEPT = ("Patient", "Organization", "Practitioner", "PractitionerRole", "Coverage", "Location", "Claim", "ServiceRequest", "DeviceRequest", "Condition")


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def extension(clinic: System, first: date) -> Json:
    """The same oxygen for a month from that day on, and not one finding with it."""
    bundle = request_of(replace(oxygen(clinic), number=trace()))
    claim = bundle["entry"][0]["resource"]
    claim["extension"] = [*claim.get("extension", []), certification(EXTENSION)]
    claim.pop("supportingInfo", None)
    for each in claim["item"]:
        each.pop("informationSequence", None)
        each["servicedPeriod"] = {"start": first.isoformat(), "end": (first + timedelta(days=29)).isoformat()}
    bundle["entry"] = [each for each in bundle["entry"] if each["resource"]["resourceType"] in KEPT]
    return bundle


def extended(clinic: System, in_days: int = 0) -> PasAnswer:
    """The answer to the extension, which begins so many days from today."""
    return read_bundle(clinic.post("Claim/$submit", extension(clinic, clinic.plan.clock().date() + timedelta(days=in_days))))


def newest(plan: Plan, number: str) -> Authorization:
    with plan.payer.store.reading() as tx:
        member = tx.authorization(number).request.member
        return tx.latest_of_member(member.identifiers, 1)[0]


def test_what_was_sent_for_the_case_counts_for_its_extension_with_its_date_and_replays(plan: Plan, clinic: System) -> None:
    first = submit(clinic, oxygen(clinic)).numbers[0]
    plan.clock.turn(days=5)
    assert extended(clinic).item(1).action == CERTIFIED
    case = newest(plan, first)
    assert case.number != first and case.brought_over is not None and case.brought_over.number == first
    assert any(each.evidence for finding in case.items[0].determination.findings for each in (finding, *finding.below))
    proof = prove(case.number, plan.payer)
    assert proof.holds, [proof.chain.broken, *(each.differences for each in proof.replays)]
    said = "\n".join(told_of(proof))
    assert f"those of {first} among them: the same" in said and "Observation/" in said
    with plan.payer.store.reading() as tx:
        (link,) = tx.links(case.number)
        sent = tx.authorization(first).received
    assert [each["id"] for each in link.document["brought_over"]["received"]] == list(sent)
    assert all(each["sha256"] for each in link.document["brought_over"]["received"]), "the chain holds the fingerprints of what came in"


def test_the_reviewer_sees_it_with_the_case_it_was_sent_for_and_opens_it(plan: Plan, clinic: System) -> None:
    first = submit(clinic, oxygen(clinic)).numbers[0]
    plan.clock.turn(days=5)
    extended(clinic)
    number, desk = newest(plan, first).number, AtDesk(plan, PULMONOLOGIST)
    desk.sign_in()
    brought = [each for each in desk.data(f"/desk/cases/{number}.json")["documents"] if each["over"] == first and each["clinical"]]
    assert brought and f"sent for {first} , which this extends" in words(desk.page(f"/desk/cases/{number}"))
    assert brought[0]["title"] in words(desk.page(f"/desk/cases/{number}/evidence/{brought[0]['sha256']}"))


def test_evidence_that_is_too_old_by_then_does_not_certify(plan: Plan, clinic: System) -> None:
    first = submit(clinic, oxygen(clinic)).numbers[0]
    plan.clock.turn(days=5)
    assert extended(clinic, in_days=60).item(1).action == PENDED
    case = newest(plan, first)
    (timely,) = [each for each in case.items[0].determination.findings if each.criterion == "time_of_need"]
    old = next(each for each in timely.below if "30 days" in each.because)
    assert old.truth != "met" and old.evidence[0].clinical_on, "the date of the evidence is shown with it"
    assert prove(case.number, plan.payer).holds


def test_nothing_comes_in_from_a_case_that_was_withdrawn(plan: Plan, clinic: System) -> None:
    asked = oxygen(clinic)
    first = submit(clinic, asked).numbers[0]
    plan.clock.turn(minutes=1)
    clinic.post("Claim/$submit", withdrawn(update(asked)[1]))
    plan.clock.turn(days=5)
    assert extended(clinic).item(1).action == PENDED
    assert newest(plan, first).brought_over is None


def test_without_a_case_that_it_extends_the_same_words_certify_nothing(plan: Plan, clinic: System) -> None:
    assert extended(clinic).item(1).action == PENDED
