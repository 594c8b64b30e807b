"""Everything that waits for a person is on the list, the first due first, and in somebody's hands or in the common pool."""

from __future__ import annotations

import pytest

from fhir_pa.operations.desk.fall_due import fall_due
from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, PULMONOLOGIST
from tests.stories.asking import DENIAL, scans, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import AUDITOR, Plan, Staff, System


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


@pytest.fixture
def quill(plan: Plan) -> AtDesk:
    at_desk = AtDesk(plan, PULMONOLOGIST)
    at_desk.sign_in()
    return at_desk


def listed(at_desk: AtDesk, query: str = "") -> list[str]:
    return [each["number"] for each in at_desk.data(f"/desk/worklist.json{query}")["authorizations"]]


def test_the_list_tells_what_is_left_of_the_clock_in_words(plan: Plan, number: str, quill: AtDesk) -> None:
    told = words(quill.page("/desk"))
    assert "6 days" in told or "7 days left" in told
    assert "Teodric Amble" in told and "Medicare Advantage" in told and "E1390" in told and "Decide by a physician" in told
    plan.clock.turn(days=8)
    quill.sign_in()
    assert "1 day over" in words(quill.page("/desk?overdue=true"))


def test_a_case_is_taken_handed_over_and_given_back(plan: Plan, number: str, quill: AtDesk) -> None:
    quill.post(f"/desk/cases/{number}/owner", owner=PULMONOLOGIST, then="worklist")
    assert listed(quill, f"?owner={PULMONOLOGIST}") == [number] and listed(quill, "?owner=nobody") == []
    quill.post(f"/desk/cases/{number}/owner", owner=NURSE, before=PULMONOLOGIST)
    assert "In the hands of Rowan Finch, RN" in words(quill.page(f"/desk/cases/{number}"))
    late = quill.post(f"/desk/cases/{number}/owner", owner=PULMONOLOGIST, before="", status=409)
    assert "in the hands of Rowan Finch, RN by now" in words(late.text)
    quill.post(f"/desk/cases/{number}/owner", owner="", before=NURSE)
    assert listed(quill, "?owner=nobody") == [number]
    assert [each["to"] for each in quill.data(f"/desk/cases/{number}.json")["owner"]["handovers"]] == ["Ada Quill, MD", "Rowan Finch, RN", None]


def test_the_owner_keeps_a_case_through_whatever_happens_to_it_until_it_waits_no_more(number: str, quill: AtDesk, physician: Staff) -> None:
    quill.post(f"/desk/cases/{number}/owner", owner=PULMONOLOGIST)
    assert physician.call("POST", f"/um/authorizations/{number}/questions", {"items": [1], "words": "The exercise test."}).status_code == 200
    assert listed(quill, f"?owner={PULMONOLOGIST}") == [number]
    physician.decide(number, items=[1], decision="certify", because="Falls to 84 % on stairs.")
    assert listed(quill) == []
    quill.post(f"/desk/cases/{number}/owner", owner=NURSE, status=404)


def test_whoever_only_reads_takes_nothing_and_nobody_hands_over_to_a_reader(plan: Plan, number: str, quill: AtDesk) -> None:
    vole = AtDesk(plan, AUDITOR)
    vole.sign_in()
    assert "Take" not in words(vole.page("/desk"))
    vole.post(f"/desk/cases/{number}/owner", owner=AUDITOR, status=403)
    refused = quill.post(f"/desk/cases/{number}/owner", owner=AUDITOR, status=422)
    assert "none of the plan's reviewers" in words(refused.text)


def test_an_appeal_and_evidence_after_a_denial_are_on_the_list_too(plan: Plan, number: str, quill: AtDesk, physician: Staff) -> None:
    physician.decide(number, **DENIAL)
    assert listed(quill) == []
    filed = {"items": [1], "by": "member", "name": "Teodric Amble", "because": "I am short of breath."}
    assert physician.call("POST", f"/um/authorizations/{number}/appeals", filed).status_code == 200
    assert listed(quill, "?waits_for=appeal") == [number]
    assert "Appeal by a physician" in words(quill.page("/desk"))


def test_lines_are_narrowed_and_paged_by_the_database(plan: Plan, clinic: System, number: str, quill: AtDesk) -> None:
    submit(clinic, scans(clinic))
    everything = listed(quill)
    assert len(everything) == 2
    assert listed(quill, "?q=teodric") == [number] == listed(quill, f"?q={number[2:9].lower()}")
    assert listed(quill, "?q=E1390&line=medicare-advantage") == [number] and listed(quill, "?line=medicaid") == []
    assert listed(quill, "?q=%25") == []
    first = quill.plan.http().get("/um/worklist?per_page=1&page=2", headers=Staff(plan, PULMONOLOGIST).proof()).get_json()
    assert [each["number"] for each in first["authorizations"]] == everything[1:] and (first["total"], first["pages"]) == (2, 2)


@pytest.mark.parametrize(("query", "said"), [("?line=dental", "none of: medicare-advantage"), ("?page=0", "from 1 to"), ("?waits_for=all", "none of: decide")])
def test_what_cannot_be_read_is_told(quill: AtDesk, query: str, said: str) -> None:
    assert said in words(quill.page(f"/desk{query}", 422))


def test_what_runs_out_stands_on_top_until_it_is_seen(plan: Plan, number: str, quill: AtDesk) -> None:
    plan.clock.turn(days=8)
    fall_due(number, plan.payer)
    quill.sign_in()
    assert "Deadline passed" in words(quill.page("/desk"))
    quill.post(f"/desk/cases/{number}/seen")
    assert "Deadline passed" not in words(quill.page("/desk"))
