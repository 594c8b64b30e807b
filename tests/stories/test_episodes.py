"""A reviewer opens the whole episode of a case: what was asked first, what continued it, and everything that was decided (F07)."""

from __future__ import annotations

from dataclasses import replace

from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.play.payer_file import CLIENT_ID
from tests.stories.asking import certification, oxygen, submit
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import Plan, Staff, System, trace
from tests.stories.test_case_management import get


def test_an_extension_and_what_it_continues_are_one_episode_at_the_desk(plan: Plan, physician: Staff) -> None:
    clinic = System(plan, CLIENT_ID, "2.2")
    first = oxygen(clinic)
    number = submit(clinic, first).numbers[0]
    asked = request_of(replace(first, number=trace()))
    claim = asked["entry"][0]["resource"]
    claim["extension"] = [*claim.get("extension", []), certification("4")]
    plan.clock.turn(days=80)
    clinic.post("Claim/$submit", asked)
    told = get(physician, f"/um/authorizations/{number}/episode")
    assert len(told["cases"]) == 2 and told["cases"][0]["number"] == number
    assert [each["kind"] for each in told["steps"]][:3] == ["prospective review", "decision", "concurrent review"]

    desk = AtDesk(plan, physician.person)
    desk.sign_in()
    assert f"/desk/cases/{number}/episode" in desk.page(f"/desk/cases/{number}")
    shown = words(desk.page(f"/desk/cases/{number}/episode"))
    assert "2 cases of one course of care" in shown and "Request, extension." in shown
