"""Less than asked is certified: the practice sees what that means for payment and takes note of it, or is called (F63)."""

from __future__ import annotations

from typing import Any

from fhir_pa.operations.desk.fall_due import look
from ig_profiles import json
from tests.stories.asking import DENIAL
from tests.stories.desk_parties import words
from tests.stories.parties import CLERK, Plan, Staff
from tests.stories.practice_parties import AtPractice
from tests.stories.test_case_management import call, get

LESS: dict[str, Any] = {**DENIAL, "decision": "modify", "authorized": {"from": "2026-11-21", "until": "2026-11-28", "quantity": 1, "unit": "unit"}}


def test_the_practice_takes_note_on_its_page_and_may_appeal_all_the_same(number: str, linnet: AtPractice, physician: Staff) -> None:
    physician.decide(number, **LESS)
    before = words(linnet.page(f"/practice/requests/{number}"))
    assert "Less than you asked for. Paid is what is certified: 1 unit, from" in before and "We have taken note" in before
    linnet.act(number, "acknowledgements", items="1")
    page = words(linnet.page(f"/practice/requests/{number}"))
    assert "by Della Linnet, RN, Oakwood Clinic" in page and "We have taken note" not in page and "File an appeal" in page
    case = get(physician, f"/um/authorizations/{number}")
    (noted,) = case["acknowledgements"]
    assert noted["who"] == "provider" and case["items"][0]["payment_effect"].startswith("Paid is what is certified") and case["action"] == "modified"


def test_where_nobody_takes_note_the_desk_is_told_to_call_and_a_clerk_writes_down_who_did(plan: Plan, number: str, physician: Staff) -> None:
    physician.decide(number, **LESS)
    plan.clock.turn(days=3, minutes=1)
    look(plan.payer)
    rung = [each["says"] for each in get(physician, "/um/alerts")["alerts"] if each["matter"] == "reduction not acknowledged"]
    assert len(rung) == 1 and "Call. Paid is what is certified" in rung[0]
    clerk, path = Staff(plan, CLERK), f"/um/authorizations/{number}/acknowledgements"
    assert call(clerk, path, 200, items=[1], who="provider", name="Della Linnet, RN")["acknowledgements"][0]["by"] == CLERK
    assert "acknowledged before" in json.dump(call(clerk, path, 409, items=[1], who="provider", name="Della Linnet, RN")).decode()
    assert "Say who has taken note" in json.dump(call(clerk, path, 422, items=[1], who="nobody", name="x")).decode()
