"""What comes up of a certified course stands on the practice's page, with who answers for it; the plan asks for that person (F14, F46)."""

from __future__ import annotations

from datetime import timedelta

from fhir_pa.operations.desk.fall_due import look
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.determination import Authorized, Certify, EditionReference
from tests.builders import finding, item, request
from tests.stories.desk_parties import words
from tests.stories.parties import NOW, Plan, Staff
from tests.stories.practice_parties import AtPractice
from tests.stories.test_case_management import get

COURSE = EditionReference("infliximab", "2026.1", "0" * 64, 180, response_every=90)


def infusions(plan: Plan, linnet: AtPractice, template: str) -> str:
    """A course of infusions for half a year, certified for the practice that asked for the case named as the template."""
    held = Authorized(NOW.date(), NOW.date() + timedelta(days=179))
    with plan.payer.store.transaction() as tx:
        asked = request(item(code="Q5103"), requestor=tx.authorization(template).request.requestor)
        yes = Certify("Every criterion is met.", (finding(),), COURSE, held)
        tx.add(Authorization.open("PA-course", "PR-course", asked, {1: yes}, "r-1", "oakwood-ehr", plan.clock()))
    return "PA-course"


def test_the_practice_sees_its_calendar_names_who_answers_and_that_person_is_asked_for(plan: Plan, number: str, linnet: AtPractice, physician: Staff) -> None:
    course = infusions(plan, linnet, number)
    page = words(linnet.page(f"/practice/requests/{course}"))
    assert "What comes up" in page and "response evidence of service 1. Send how the treatment works so far" in page
    assert "Nobody of your practice is named yet" in page
    refused = linnet.act(course, "owner", status=422, owner="nobody")
    assert "Name one of the people of your practice" in words(refused.text)
    linnet.act(course, "owner", owner=linnet.person)
    assert "Della Linnet, RN, Oakwood Clinic answers for it." in words(linnet.page(f"/practice/requests/{course}"))
    plan.clock.turn(days=91)
    look(plan.payer)
    (rung,) = [each for each in get(physician, "/um/alerts")["alerts"] if each["matter"] == "response evidence due"]
    assert rung["number"] == course and rung["says"].endswith("Ask Della Linnet, RN, Oakwood Clinic.")
    case = get(physician, f"/um/authorizations/{course}")
    assert case["practice_owner"] == "Della Linnet, RN, Oakwood Clinic"
    assert [each["kind"] for each in case["checkpoints"]] == ["response evidence", "last certified day"]
    assert case["items"][0]["state"] == "certified by the engine"
