"""A reviewer reads a case on one screen, decides with the reason and the criteria in hand, and reads once more before signing."""

from __future__ import annotations

import re
from typing import Any

import pytest

from fhir_pa.provider.play.payer_file import CLIENT_ID, NURSE, PULMONOLOGIST
from tests.stories.asking import BORDERLINE, oxygen, submit
from tests.stories.desk_parties import AtDesk, checked, words
from tests.stories.parties import AUDITOR, CLERK, Plan, System

REASON: dict[str, Any] = {"because": "89 % is above the limit.", "reason_code": "0F", "criteria": "hypoxemia", "phone": "555-555-0142"}
DENIAL: dict[str, Any] = {"items": "1", "decision": "deny", **REASON}


@pytest.fixture
def plan(plan: Plan) -> Plan:
    return plan.set(peer_to_peer_hours=72)


@pytest.fixture
def number(plan: Plan) -> str:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    with plan.payer.store.reading() as tx:
        return tx.pended()[0].number


def at_desk(plan: Plan, person: str) -> AtDesk:
    sitting = AtDesk(plan, person)
    sitting.sign_in()
    return sitting


@pytest.fixture
def quill(plan: Plan) -> AtDesk:
    return at_desk(plan, PULMONOLOGIST)


def stands(plan: Plan, number: str) -> Any:
    with plan.payer.store.reading() as tx:
        return tx.authorization(number)


def declined(quill: AtDesk, number: str) -> None:
    quill.act(number, "decide", step="sign", **DENIAL)
    quill.act(number, "peer-to-peers/1", stage="declined", note="No time this week.")


def test_one_screen_tells_what_is_asked_what_was_found_on_which_evidence_and_by_which_wording(number: str, quill: AtDesk) -> None:
    page = quill.page(f"/desk/cases/{number}")
    told = words(page)
    assert "Teodric Amble" in told and "E1390" in told and "90" in told and "Oakwood Clinic" in told
    assert "Unknown Too little oxygen in the blood" in told
    assert "/plan/policies/home_oxygen" in page and "edition 20" in told
    assert "Everything received" in told and "Trail" in told and "Nothing else is on file." in told
    assert re.search(r"Trail .* Received service 1 ?, Oakwood Clinic EHR\.", told), told[told.rindex("Trail"):]


def test_every_piece_of_evidence_opens_as_the_very_resource_that_was_received(plan: Plan, number: str, quill: AtDesk) -> None:
    screen = quill.data(f"/desk/cases/{number}.json")
    cited = {one["sha256"] for item in screen["items"] for each in every(item["findings"]) for one in each["evidence"]}
    assert cited and cited <= {each["sha256"] for each in screen["documents"]}
    for each in screen["documents"]:
        assert each["title"] in words(quill.page(f"/desk/cases/{number}/evidence/{each['sha256']}"))
        resource = quill.data(f"/desk/cases/{number}/evidence/{each['sha256']}.json")
        assert resource["resourceType"] == each["kind"]
    quill.page(f"/desk/cases/{number}/evidence/{'0' * 64}", 404)


def every(findings: Any) -> Any:
    for each in findings:
        yield each
        yield from every(each["below"])


def test_a_denial_is_read_before_it_is_signed_and_opens_a_conversation_first(plan: Plan, number: str, quill: AtDesk) -> None:
    seen = checked(quill.act(number, "decide", status=200, step="preview", **DENIAL))
    told = words(seen)
    assert "This is not a denial yet" in told and "What the practice hears" in told and "Nothing is decided yet" in told and "ClaimResponse" in seen
    assert stands(plan, number).revision == 1, "a preview keeps nothing"
    signed = quill.act(number, "decide", step="sign", **DENIAL)
    assert signed.headers["Location"].endswith("?done=offered#main")
    case = stands(plan, number)
    assert case.item(1).state == "adverse decision intended" and case.peer_to_peers[0].stage == "offered"
    again = words(quill.page(f"/desk/cases/{number}?done=offered"))
    assert "offered a conversation first" in again and "Conversation 1: offered" in again


def test_after_the_conversation_the_draft_is_filled_in_and_signed_with_the_letter_before_the_eyes(plan: Plan, number: str, quill: AtDesk) -> None:
    declined(quill, number)
    page = quill.page(f"/desk/cases/{number}")
    assert "the decision that was drafted may be signed" in words(page) and "89 % is above the limit." in page
    assert re.search(r'id="verdict-deny"[^>]* checked', page) and re.search(r'id="criterion-1-hypoxemia"[^>]* checked', page)
    told = words(checked(quill.act(number, "decide", status=200, step="preview", **DENIAL)))
    assert "We did not approve what your doctor asked for" in told and "You can appeal" in told and "Sign as Ada Quill, MD" in told
    quill.act(number, "decide", step="sign", **DENIAL)
    assert stands(plan, number).item(1).state == "denied"
    assert f'href="/desk/cases/{number}/letters/provider.json">as data (JSON)' in quill.page(f"/desk/cases/{number}")
    letter = quill.http.get(f"/desk/cases/{number}/letters/member.html")
    assert "89 % is above the limit." in letter.text and "style-src 'sha256-" in letter.headers["Content-Security-Policy"]


def test_a_mistake_stands_beside_its_field_and_nothing_typed_is_lost(plan: Plan, number: str, quill: AtDesk) -> None:
    answer = quill.act(number, "decide", status=422, step="preview", **{**DENIAL, "criteria": [], "because": "Too <b>high</b>."})
    page = checked(answer)
    assert re.search(r'id="decide-criteria-wrong">An adverse decision names the criteria', page)
    assert "“Too little oxygen in the blood at rest, asleep or during exercise”" in words(page) and "treating_practitioner," not in words(page)
    assert "Too &lt;b&gt;high&lt;/b&gt;." in page and re.search(r'id="verdict-deny"[^>]* checked', page)
    assert re.search(r'<option value="0F" selected', page) and 'value="555-555-0142"' in page and "<title>Not done: " in page
    quill.act(number, "decide", status=422, step="preview", **{**DENIAL, "decision": "modify"})
    gone_back = checked(quill.act(number, "decide", status=200, step="change", **DENIAL))
    assert "89 % is above the limit." in gone_back and stands(plan, number).revision == 1


def test_less_than_asked_is_certified_with_both_side_by_side(plan: Plan, number: str, quill: AtDesk) -> None:
    declined(quill, number)
    amount = {"authorized_quantity": "1", "authorized_unit": "month"}
    less: dict[str, Any] = {"authorized_from": "2026-11-21", "authorized_until": "2026-12-20", **amount}
    quill.act(number, "decide", step="sign", **{**DENIAL, "decision": "modify"}, **less)
    told = words(quill.page(f"/desk/cases/{number}"))
    assert stands(plan, number).item(1).state == "modified" and "21 Nov 2026 to 18 Feb 2027 21 Nov 2026 to 20 Dec 2026" in told


@pytest.mark.parametrize(("person", "offered"), [(NURSE, {"certify"}), (PULMONOLOGIST, {"certify", "modify", "deny"}), (CLERK, set()), (AUDITOR, set())])
def test_what_the_role_may_not_do_is_not_offered_and_refused_if_tried(plan: Plan, number: str, person: str, offered: set[str]) -> None:
    sitting = at_desk(plan, person)
    page = sitting.page(f"/desk/cases/{number}")
    assert set(re.findall(r'name="decision" value="(\w+)"', page)) == offered
    assert ("Take more time" in page) is (person == PULMONOLOGIST) and ("Propose more time" in page) is (person == NURSE)
    if "deny" not in offered:
        assert "may not deny a service" in words(sitting.act(number, "decide", status=403, step="sign", **DENIAL).text)
    if not offered:
        sitting.act(number, "ask", status=403, items="1", words="More.")
        assert "may read this case, and not decide it" in words(page)
    assert stands(plan, number).revision == 1


def test_a_form_filled_in_over_an_older_case_decides_nothing(plan: Plan, number: str, quill: AtDesk) -> None:
    quill.act(number, "ask", items="1", words="The exercise test.")
    stale = quill.post(f"/desk/cases/{number}/decide", status=409, revision=1, step="sign", items="1", decision="certify", because="Fine.")
    assert "The case changed while you looked at it" in words(stale.text) and "Fine." in stale.text
    assert stands(plan, number).pended


def test_the_provider_is_asked_in_words_and_the_clock_runs_on(plan: Plan, number: str) -> None:
    finch = at_desk(plan, NURSE)
    due = stands(plan, number).clock.legal_due_at
    finch.act(number, "ask", status=422, items="1", words=" ")
    finch.act(number, "ask", status=422, items="1", words="The test.", document="records")
    finch.act(number, "ask", items="1", words="The exercise test with saturation.")
    case = stands(plan, number)
    assert case.item(1).determination.asks[-1].words == ("The exercise test with saturation.",) and case.clock.legal_due_at == due
    assert "The exercise test with saturation." in words(finch.page(f"/desk/cases/{number}"))


def test_more_time_needs_a_lawful_reason_and_a_nurse_proposes_it(plan: Plan, number: str, quill: AtDesk) -> None:
    finch = at_desk(plan, NURSE)
    due = stands(plan, number).clock.legal_due_at
    finch.act(number, "extend", reason="member-asked", because="She asked for it.")
    assert stands(plan, number).clock.legal_due_at == due and "More time proposed" in words(quill.page(f"/desk/cases/{number}"))
    refused = quill.act(number, "extend", status=422, reason="", because="She asked for it.")
    assert 'id="extend-reason-wrong"' in refused.text and "<details class=\"sheet\" open>" in refused.text
    quill.act(number, "extend", reason="member-asked", because="She asked for it.")
    assert stands(plan, number).clock.legal_due_at > due and "Extended once" in words(quill.page(f"/desk/cases/{number}"))


def test_a_conversation_is_booked_and_held(plan: Plan, number: str, quill: AtDesk) -> None:
    quill.act(number, "decide", step="sign", **DENIAL)
    with_whom: dict[str, Any] = {"clinician_name": "Imre Castellane, MD", "reviewer": PULMONOLOGIST}
    missing = quill.act(number, "peer-to-peers/1", status=422, stage="scheduled", **with_whom)
    assert "Say when the call takes place" in missing.text and "Imre Castellane, MD" in missing.text
    quill.act(number, "peer-to-peers/1", stage="scheduled", call_on="2026-11-23", call_hour="15:00", **with_whom)
    assert "Booked for 23 Nov 2026, 15:00 UTC with Imre Castellane, MD" in words(quill.page(f"/desk/cases/{number}"))
    plan.clock.turn(days=2)
    quill.sign_in()
    held: dict[str, Any] = {"stage": "held", "outcome": "not persuaded", "note": "No new findings.", "clinician_credentials": "pulmonary medicine"}
    quill.act(number, "peer-to-peers/1", **held, **with_whom)
    assert stands(plan, number).peer_to_peers[0].stage == "held"


def test_an_appeal_is_filed_assigned_to_somebody_new_and_decided(plan: Plan, number: str, quill: AtDesk) -> None:
    declined(quill, number)
    quill.act(number, "decide", step="sign", **DENIAL)
    tess = at_desk(plan, CLERK)
    tess.act(number, "appeals", items="1", by="member", name="Teodric Amble", because="I am short of breath.")
    page = quill.page(f"/desk/cases/{number}")
    assert "Appeal 1: reconsideration by the plan" in words(page) and "Nobody hears it yet" in words(page)
    offered = re.search(r'id="hear-1-assign-reviewer".*?</select>', page, re.S)
    assert offered and "Ines Marrow" in offered.group() and "Ada Quill" not in offered.group(), "whoever decided does not hear the appeal"
    quill.act(number, "appeals/1", act="assign", reviewer="marrow")
    marrow = at_desk(plan, "marrow")
    marrow.act(number, "appeals/1", act="decide", outcome="overturned", because="The stairs test shows it.")
    assert stands(plan, number).item(1).state == "certified"


def test_what_was_decided_is_corrected_by_reopening_only(plan: Plan, number: str, quill: AtDesk) -> None:
    declined(quill, number)
    quill.act(number, "decide", step="sign", **DENIAL)
    page = quill.page(f"/desk/cases/{number}")
    assert 'name="decision"' not in page and "Reopen what was decided against the member" in page
    quill.act(number, "reopen", items="1", because="A new test came.")
    assert stands(plan, number).item(1).state == "in review by a physician"


def test_there_is_no_case_of_that_number(quill: AtDesk) -> None:
    assert "No authorization PA-NONE is on file" in words(quill.page("/desk/cases/PA-NONE", 404))
