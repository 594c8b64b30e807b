"""A reviewer, the clinic's update, its cancellation and its documents meet in one case: one after the other counts, and whoever loses hears it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from werkzeug.test import TestResponse

from fhir_pa.operations.proofs.audit import verified
from fhir_pa.provider.codes import CERTIFIED, NOT_CERTIFIED, PENDED
from fhir_pa.provider.pas.attachment import attachment_of
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID, ONCOLOGIST, PULMONOLOGIST
from fhir_pa.um.case.authorization import Authorization
from ig_profiles import json
from ig_profiles.reading import Json, many
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit, update, withdrawn
from tests.stories.parties import Lent, Plan, Staff, System, open_plan
from tests.stories.test_attachments import control, report
from tests.stories.test_same_moment import just_before_keeping
from tests.stories.test_subscriptions import heard, subscribed, told
from tests.stories.test_updates import DENIAL

ADVICE = "Read it again and repeat the act if it still holds."
YES: dict[str, Any] = {"decision": "certify", "because": "The neck is followed with the chest.", "criteria": ["neck_ct_report"]}


@pytest.fixture
def plan(tmp_path: Path, lent: Lent, database_url: str) -> Iterator[Plan]:
    """The payer on each database."""
    with open_plan(tmp_path, lent, database_url) as opened:
        yield opened


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def physician(plan: Plan) -> Staff:
    return Staff(plan, PULMONOLOGIST)


def on_file(plan: Plan, number: str) -> Authorization:
    """The case as it stands, its chain of proofs whole."""
    with plan.payer.store.reading() as tx:
        assert verified(number, tx).broken is None
        return tx.authorization(number)


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """What each act came to when all began together."""
    start = Barrier(len(acts))

    def begin(act: Callable[[], Any]) -> Any:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as threads:
        return list(threads.map(begin, acts))


# --- the moment chosen ------------------------------------------------------------------------------------------------
@pytest.mark.pas_trap(45)
def test_a_decision_on_a_case_that_was_cancelled_meanwhile_is_refused(clinic: System, physician: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    newer, bundle = update(asked)
    just_before_keeping(clinic.plan, lambda: clinic.post("Claim/$submit", withdrawn(bundle)), monkeypatch)
    refused = physician.decide(waiting["number"], status=409, items=[1], **DENIAL)
    assert ADVICE in refused["issue"][0]["details"]["text"]
    (now,) = inquire(clinic, newer)
    assert now.actions == {1: "C"} and physician.worklist() == []
    again = physician.decide(waiting["number"], status=409, items=[1], **DENIAL)
    assert "Item 1 is cancelled" in again["issue"][0]["details"]["text"]


def test_a_cancellation_that_a_denial_overtakes_is_a_business_error_and_the_denial_stands(
    clinic: System, physician: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    just_before_keeping(clinic.plan, lambda: physician.decide(waiting["number"], items=[1], **DENIAL), monkeypatch)
    response = clinic.post("Claim/$submit", withdrawn(update(asked)[1]))["entry"][0]["resource"]
    assert response["outcome"] == "error" and "it takes no update" in response["disposition"]
    assert [answer.actions for answer in inquire(clinic, asked)] == [{1: NOT_CERTIFIED}]


def test_documents_that_a_decision_overtakes_join_the_decided_case(clinic: System, physician: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    (waiting,) = physician.worklist()
    body = attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")})
    denial: dict[str, Any] = {**DENIAL, "criteria": ["chest_ct_report"]}
    just_before_keeping(clinic.plan, lambda: Staff(clinic.plan, ONCOLOGIST).decide(waiting["number"], items=[2], **denial), monkeypatch)
    clinic.post("$submit-attachment", body)
    case = on_file(clinic.plan, waiting["number"])
    assert "evidence received" in [event.what for event in case.trail[-2:]] and case.item(2).state == "denied"
    (now,) = inquire(clinic, asked)
    assert now.actions == {1: CERTIFIED, 2: NOT_CERTIFIED, 3: PENDED}


def test_a_decision_that_documents_overtake_is_refused_and_the_engines_certification_stands(
    clinic: System, physician: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = scans(clinic)
    answer = submit(clinic, asked)
    (waiting,) = physician.worklist()
    body = attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")})
    just_before_keeping(clinic.plan, lambda: clinic.post("$submit-attachment", body), monkeypatch)
    refused = Staff(clinic.plan, ONCOLOGIST).decide(waiting["number"], 409, items=[2], **{**DENIAL, "criteria": ["chest_ct_report"]})
    assert ADVICE in refused["issue"][0]["details"]["text"]
    assert on_file(clinic.plan, waiting["number"]).item(2).determination.action == "certified in total"


@pytest.mark.pas_trap(45)
def test_a_notice_on_its_way_when_the_clinic_cancels_tells_nothing_stale_afterwards(clinic: System, physician: Staff) -> None:
    identity, asked = subscribed(clinic), oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], 200, items=[1], **{**YES, "criteria": ["hypoxemia"]})
    newer, bundle = update(asked)
    clinic.post("Claim/$submit", withdrawn(bundle))
    clinic.plan.tell(identity)
    notices = [notice for notice in heard(clinic) if notice["kind"] == "event-notification"]
    assert [notice["event_number"] for notice in notices] == ["1", "2"]
    assert all(told(notice, clinic, newer).actions == {1: "C"} for notice in notices), "both tell the case as it stands: cancelled"


@pytest.mark.pas_trap(36)
def test_two_requests_under_the_same_numbers_at_the_same_moment_are_two_cases(clinic: System, physician: Staff) -> None:
    one = request_of(oxygen(clinic, BORDERLINE))
    other = deepcopy(one)
    other["entry"][0]["resource"]["item"][0]["quantity"] = {"value": 2, "unit": "month", "system": "https://codesystem.x12.org/005010/673", "code": "MO"}
    answers = at_once(*(lambda body=body: System(clinic.plan, CLIENT_ID, "2.2").post("Claim/$submit", body) for body in (one, other)))
    assert len({read_bundle(answer).item(1).reference for answer in answers}) == 2
    assert len(physician.worklist()) == 2


# --- everybody, whenever they come --------------------------------------------------------------------------------------
@pytest.mark.parametrize("round_", range(3))
def test_whoever_comes_first_everything_answered_is_kept_once_and_the_others_are_told(clinic: System, physician: Staff, round_: int) -> None:
    plan, asked = clinic.plan, scans(clinic)
    answer = submit(clinic, asked)
    (waiting,) = physician.worklist()
    number = waiting["number"]

    def decides(sequence: int, said: dict[str, Any]) -> Callable[[], TestResponse]:
        return lambda: Staff(plan, ONCOLOGIST).call("POST", f"/um/authorizations/{number}/decisions", {"items": [sequence], **said})

    def sends(path: str, body: Json) -> Callable[[], TestResponse]:
        return lambda: System(plan, CLIENT_ID, "2.2").call("POST", path, body)

    newer, changed = update(asked, *(each for each in plan.charts.by_patient["ilsabet-crane"].elsewhere if "chest" in each["id"]))
    acts = [
        decides(3, YES),
        decides(3, {**DENIAL, "criteria": ["neck_ct_report"]}),
        decides(2, {**YES, "criteria": ["chest_ct_report"]}),
        sends("Claim/$submit", changed),
        sends("$submit-attachment", attachment_of(asked, control(answer, 2), {2: report(clinic, "chest")})),
        sends("Claim/$submit", withdrawn(update(newer)[1])),
    ]
    answers = at_once(*acts)
    assert {each.status_code for each in answers} <= {200, 409}, [each.text for each in answers if each.status_code not in (200, 409)]
    for refused in (each for each in answers if each.status_code == 409):
        (issue,) = json.parse(refused.data)["issue"]
        text = issue["details"]["text"]
        assert ADVICE in text or "does not follow from that. What may follow" in text, text

    case = on_file(plan, number)
    errors = [each for each in answers if each.status_code == 200 and many(json.parse(each.data), "entry", "resource", "error")]
    assert case.revision == 1 + sum(each.status_code == 200 for each in answers) - len(errors)
    for item in case.items:
        signed = [made for made in (*item.earlier, item.determination) if made.signed_by]
        assert len(signed) <= 1, f"item {item.sequence} was decided twice"
    assert [set(found.actions) for found in inquire(clinic, asked)] == [{1, 2, 3}]
