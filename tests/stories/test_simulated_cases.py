"""Cases of a synthetic year that was kept: nothing of them came over the wire, and every page and answer about them opens all the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from random import Random

import pytest

from fhir_pa.commands.prove import told
from fhir_pa.operations.proofs.prove import prove
from fhir_pa.provider.play.payer_file import CLIENT_ID, PULMONOLOGIST
from fhir_pa.synthetic.living import live, synthetic_year
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.transitions import State
from tests.stories.asking import BORDERLINE, inquire, oxygen, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.member_parties import AtMemberPage
from tests.stories.parties import Plan, Staff, System
from tests.stories.practice_parties import AtPractice

SIMULATED = "it was simulated and never came over the wire"


@pytest.fixture
def cases(plan: Plan) -> list[Authorization]:
    """A short year, as if every practice of it were Oakwood Clinic and every member Teodric Amble."""
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    with plan.payer.store.reading() as tx:
        (real,) = tx.pended()
    made: list[Authorization] = []
    year = synthetic_year(plan.payer.shelf, Random(2), datetime(2026, 10, 20, tzinfo=UTC), 20, 12, kept=made.append)
    for _ in live(year):
        pass
    parties = {"member": real.request.member, "requestor": real.request.requestor}
    with plan.payer.store.transaction() as tx:
        for each in made:
            (tx.add if each.revision == 1 else tx.save)(replace(each, client=CLIENT_ID, request=replace(each.request, **parties)))
    with plan.payer.store.reading() as tx:
        found = [tx.authorization(number) for number in year.cases]
    assert {case.is_final for case in found} == {True, False} and {State.DENIED, State.CERTIFIED} <= {item.state for case in found for item in case.items}
    return found


def test_every_page_of_a_simulated_case_opens_for_everybody_and_says_that_nothing_came(plan: Plan, cases: list[Authorization], linnet: AtPractice) -> None:
    desk = AtDesk(plan, PULMONOLOGIST)
    desk.sign_in()
    member = AtMemberPage.member(plan, "Teodric Amble").sign_in()
    for case in cases:
        number = case.number
        assert "this case was simulated and never came over the wire" in words(desk.page(f"/desk/cases/{number}"))
        assert "Nothing was found" in words(desk.page(f"/desk/cases/{number}/evidence?search=oxygen"))
        assert not any(each["way"] == "received" for each in desk.data(f"/desk/cases/{number}.json")["messages"])
        assert number in linnet.page(f"/practice/requests/{number}")
        assert member.page(f"/member/requests/{number}") and member.page(f"/member/requests/{number}/file")
        if not case.pended:
            assert desk.http.get(f"/desk/cases/{number}/letters/member.html").status_code == 200


def test_a_simulated_case_is_decided_at_the_desk_like_any_other(plan: Plan, cases: list[Authorization]) -> None:
    desk = AtDesk(plan, PULMONOLOGIST)
    desk.sign_in()
    waiting = next(case for case in cases if case.pended)
    sequence = waiting.pended[0].sequence
    filled = {"items": str(sequence), "decision": "certify", "because": "Shown on the film."}
    assert desk.act(waiting.number, "decide", status=200, step="preview", **filled).mimetype == "text/html"
    desk.act(waiting.number, "decide", step="sign", **filled)
    with plan.payer.store.reading() as tx:
        assert tx.authorization(waiting.number).item(sequence).state is State.CERTIFIED


def test_a_simulated_case_is_read_searched_and_inquired_of_over_fhir(clinic: System, cases: list[Authorization]) -> None:
    asked = oxygen(clinic, BORDERLINE)
    for case in cases:
        reference = case.reference
        answer = clinic.get(f"ClaimResponse/{reference}")
        assert [each["itemSequence"] for each in answer["item"]] == [item.sequence for item in case.items]
        for path in (f"Claim/{reference}", f"Bundle/{reference}-request", f"Bundle/{reference}-response"):
            assert clinic.get(path)["resourceType"] == path.partition("/")[0]
        for kind in ("Task", "CommunicationRequest", "Communication", "ClaimResponse"):
            assert clinic.get(f"{kind}?identifier={case.number}")["resourceType"] == "Bundle"
    everything = inquire(clinic, asked, authorizationNumber=cases[0].number)
    assert cases[0].number in {number for each in everything for number in each.numbers}


def test_the_chain_of_a_simulated_case_holds_and_its_proof_says_that_nothing_can_be_replayed(plan: Plan, cases: list[Authorization]) -> None:
    for case in cases:
        proof = prove(case.number, plan.payer)
        lines = "\n".join(told(proof))
        assert proof.holds and SIMULATED in lines and "could not be replayed" in lines and "every replay gives the same answer" not in lines


def test_a_simulated_case_is_reopened_and_weighed_anew_with_nothing(physician: Staff, cases: list[Authorization]) -> None:
    case, item = next((case, item) for case in cases for item in case.items if item.state is State.DENIED)
    answer = physician.call("POST", f"/um/authorizations/{case.number}/reopenings", {"items": [item.sequence], "because": "The practice called."})
    assert answer.status_code == 200, answer.text
    with physician.plan.payer.store.reading() as tx:
        assert tx.authorization(case.number).item(item.sequence).state is State.IN_REVIEW_PHYSICIAN
