"""A clinic's system asks for authorization over HTTP: certified, pended or both in the same exchange, never twice."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit
from tests.stories.parties import Plan, Staff, System


@pytest.mark.requirement("pas-2.2.1:use-1", "pas-2.2.1:spec-26")
def test_a_request_that_meets_every_criterion_is_certified_in_the_same_exchange(clinic: System) -> None:
    asked = oxygen(clinic)
    body = json.dump(request_of(asked))
    answered = clinic.post("Claim/$submit", body)
    assert (answered["resourceType"], answered["type"]) == ("Bundle", "collection")
    answer = read_bundle(answered)
    assert (answer.outcome, answer.actions) == ("complete", {1: CERTIFIED})
    item = answer.item(1)
    assert item.number and item.number.startswith("PA") and (item.starts, item.ends) == ("2026-11-21", "2027-02-18")
    with clinic.plan.payer.store.reading() as tx:
        case = tx.authorization(item.number)
        assert tx.received(case.submission).body == body


@pytest.mark.requirement("pas-2.0.1:136", "pas-2.0.1:7")
def test_a_borderline_request_is_pended_and_becomes_final_when_a_physician_decides(clinic: System, physician: Staff) -> None:
    asked = oxygen(clinic, BORDERLINE)
    answer = submit(clinic, asked)
    assert answer.actions == {1: PENDED} and answer.outcome == {"2.0.1": "queued", "2.2": "partial"}[clinic.guide]
    assert answer.item(1).number is None and [each.sequence for each in answer.asked] == [1]
    (waiting,) = physician.worklist()
    assert waiting["reference"] in answer.numbers and waiting["pended_items"] == [1]

    physician.decide(waiting["number"], items=[1], decision="certify", because="Falls to 84 % on stairs at home.", criteria=["group_2"])
    (final,) = inquire(clinic, asked)
    assert (final.outcome, final.actions) == ("complete", {1: CERTIFIED})
    assert final.item(1).number == waiting["number"]


def test_of_three_scans_one_is_certified_and_two_are_pended_for_their_reports(clinic: System) -> None:
    answer = submit(clinic, scans(clinic))
    assert answer.actions == {1: CERTIFIED, 2: PENDED, 3: PENDED} and answer.outcome == "partial"
    assert {each.sequence: each.words for each in answer.asked} == {
        2: "Item 2: please send: the report of the last CT of the chest; the date of the last CT of the chest.",
        3: "Item 3: please send: the report of the last CT of the neck; the date of the last CT of the neck.",
    }


@pytest.mark.pas_trap(37)
def test_the_same_bytes_again_get_the_same_answer_and_open_nothing(clinic: System, physician: Staff) -> None:
    body = json.dump(request_of(oxygen(clinic, BORDERLINE)))
    first, second = (clinic.call("POST", "Claim/$submit", body) for _ in range(2))
    assert first.data == second.data
    assert len(physician.worklist()) == 1


@pytest.mark.pas_trap(36)
def test_the_same_request_sent_again_later_is_a_new_request(clinic: System, physician: Staff) -> None:
    body = json.dump(request_of(oxygen(clinic, BORDERLINE)))
    clinic.post("Claim/$submit", body)
    clinic.plan.clock.turn(hours=1)
    clinic.post("Claim/$submit", body)
    assert len(physician.worklist()) == 2


@pytest.mark.requirement("pas-2.2.1:spec-39")
def test_every_exchange_is_answered_at_once_done_refused_or_not_possible_now(clinic: System) -> None:
    done = clinic.call("POST", "Claim/$submit", request_of(oxygen(clinic)))
    refused = clinic.call("POST", "Claim/$submit", {"resourceType": "Bundle", "type": "collection", "entry": []})
    with clinic.plan.payer.store.engine.begin() as connection:
        connection.execute(sa.text("ALTER TABLE answers RENAME TO lost"))
    impossible = clinic.call("POST", "Claim/$submit", request_of(oxygen(clinic)))
    assert (done.status_code, refused.status_code, impossible.status_code) == (200, 422, 503)
    assert json.parse(refused.data)["resourceType"] == "OperationOutcome"
    assert b"OperationOutcome" not in impossible.data and "Try again later" in impossible.text


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_only_a_known_system_with_leave_to_submit_may_submit(guide: str, plan: Plan, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, guide)
    body, path = json.dump(request_of(oxygen(clinic, BORDERLINE))), f"/v{guide[:3]}/fhir/Claim/$submit"
    nobody = clinic.http.post(path, data=body, content_type="application/fhir+json")
    assert nobody.status_code == 401 and "Bearer" in nobody.headers["WWW-Authenticate"]
    assert "Send one as 'Authorization: Bearer" in nobody.text

    reader = System(plan, CLIENT_ID, guide, scope="system/Questionnaire.rs")
    refused = reader.call("POST", "Claim/$submit", body)
    assert refused.status_code == 403 and "system/Claim.c" in refused.text and "insufficient_scope" in refused.headers["WWW-Authenticate"]

    person = clinic.http.post(path, data=body, headers={"Content-Type": "application/fhir+json", **physician.proof()})
    assert person.status_code == 403 and "Use a client's access token." in person.text
    assert physician.worklist() == []
