"""Two acts at the same moment, on both databases: nothing is opened twice, and nobody's act is lost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest

from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.pas.claim_response import read_bundle
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from fhir_pa.wiring import GENERATIONS
from ig_profiles import json
from tests.stories.asking import BORDERLINE, inquire, oxygen, scans, submit, update
from tests.stories.parties import Lent, Plan, Staff, System, open_plan
from tests.stories.test_updates import DENIAL

AT_ONCE = 6


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


def just_before_keeping(plan: Plan, happens: Callable[[], object], patch: pytest.MonkeyPatch) -> None:
    """Let something happen between an act's reading of the case and its keeping: at the next transaction, once."""
    keep = plan.payer.store.transaction

    def after_it_happened() -> AbstractContextManager[Any]:
        patch.undo()
        happens()
        return keep()

    patch.setattr(plan.payer.store, "transaction", after_it_happened)


@pytest.mark.pas_trap(37)
def test_identical_posts_at_the_same_moment_open_one_authorization(clinic: System, physician: Staff) -> None:
    body, start = json.dump(request_of(oxygen(clinic, BORDERLINE))), Barrier(AT_ONCE)
    headers = {**clinic.proof(), "Content-Type": "application/fhir+json"}
    connections = [clinic.plan.http() for _ in range(AT_ONCE)]

    def post(connection: Any) -> bytes:
        start.wait()
        answer = connection.post(f"/{GENERATIONS[clinic.guide]}/fhir/Claim/$submit", data=body, headers=headers)
        assert answer.status_code == 200, answer.text
        return bytes(answer.data)

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = set(threads.map(post, connections))
    assert len(answers) == 1
    assert len(physician.worklist()) == 1


def test_a_decision_made_on_a_case_that_moved_on_is_refused_and_the_update_stays(
    clinic: System, physician: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    reports = clinic.plan.charts.by_patient["ilsabet-crane"].elsewhere
    bundle = update(asked, *(each for each in reports if "chest" in each["id"]))[1]
    decision = {"items": [3], "decision": "certify", "because": "The neck is followed with the chest.", "criteria": ["neck_ct_report"]}

    just_before_keeping(clinic.plan, lambda: clinic.post("Claim/$submit", bundle), monkeypatch)
    refused = physician.decide(waiting["number"], status=409, **decision)
    assert "Read it again and repeat the act if it still holds." in refused["issue"][0]["details"]["text"]
    (now,) = inquire(clinic, asked)
    assert now.actions == {1: CERTIFIED, 2: CERTIFIED, 3: PENDED}

    physician.decide(waiting["number"], **decision)
    (now,) = inquire(clinic, asked)
    assert now.actions == {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED}


def test_an_update_that_a_decision_overtakes_is_worked_out_anew_on_the_decided_case(
    clinic: System, physician: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    decision = {"items": [3], "decision": "certify", "because": "The neck is followed with the chest.", "criteria": ["neck_ct_report"]}
    just_before_keeping(clinic.plan, lambda: physician.decide(waiting["number"], **decision), monkeypatch)
    reports = clinic.plan.charts.by_patient["ilsabet-crane"].elsewhere
    answer = read_bundle(clinic.post("Claim/$submit", update(asked, *reports)[1]))
    assert answer.actions == {1: CERTIFIED, 2: CERTIFIED, 3: CERTIFIED}
    case = json.parse(physician.call("GET", f"/um/authorizations/{waiting['number']}").data)
    assert case["items"][2]["determination"]["signed_by"]["name"] == "Ada Quill, MD"


def test_an_update_that_a_denial_overtakes_is_told_so(clinic: System, physician: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    (waiting,) = physician.worklist()
    just_before_keeping(clinic.plan, lambda: physician.decide(waiting["number"], items=[1], **DENIAL), monkeypatch)
    response = clinic.post("Claim/$submit", update(asked)[1])["entry"][0]["resource"]
    assert response["outcome"] == "error" and "it takes no update" in response["disposition"]
