"""For trying out, on one machine: whoever sits at it signs in by choosing who to be. Nowhere else, and no other site can choose."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.play.payer_file import COORDINATOR, PULMONOLOGIST
from tests.stories.desk_parties import checked, hidden, words
from tests.stories.member_parties import member_called
from tests.stories.parties import Plan

AT = "http://127.0.0.1:8080"


@pytest.fixture
def trying_out(plan: Plan) -> Plan:
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, local_people=True))
    plan.__dict__.pop("application", None)
    return plan


@pytest.mark.parametrize(
    ("at", "person", "name"),
    [("/desk", PULMONOLOGIST, "Ada Quill, MD, physician"), ("/practice", COORDINATOR, "Della Linnet, RN, coordinator of Oakwood Clinic")],
)
def test_everybody_on_file_is_a_button_away(trying_out: Plan, at: str, person: str, name: str) -> None:
    browser = trying_out.http()
    door = checked(browser.get(f"{at}/sign-in?as={person}", base_url=AT))
    assert name in words(door)
    let_in = browser.post(f"{at}/sign-in/local", data={"csrf": hidden(door, "csrf"), "person": person}, base_url=AT)
    assert let_in.headers["Location"] == at
    assert name.split(", ")[0] in words(browser.get(at, base_url=AT).text)


def test_a_member_reads_the_page_without_a_code(trying_out: Plan) -> None:
    browser, member = trying_out.http(), member_called(trying_out, "Teodric Amble")
    door = checked(browser.get(f"/member/sign-in?as={member.id}&lang=es", base_url=AT))
    assert "¿Quién es usted?" in words(door) and f" selected>{member.name}" in door
    person = trying_out.payer.directory.visitor_id(member.id, member.birth_date)
    assert browser.post("/member/sign-in/local", data={"csrf": hidden(door, "csrf"), "person": person}, base_url=AT).status_code == 303
    assert member.name in words(browser.get("/member", base_url=AT).text)


@pytest.mark.parametrize("at", ["/desk", "/practice", "/member"])
def test_elsewhere_nobody_is_offered_and_nobody_let_in(plan: Plan, at: str) -> None:
    browser, member = plan.http(), member_called(plan, "Teodric Amble")
    door = browser.get(f"{at}/sign-in", base_url=AT).text
    assert "Who are you?" not in door and "Ada Quill" not in door and "Teodric" not in door
    for person in (PULMONOLOGIST, COORDINATOR, plan.payer.directory.visitor_id(member.id, member.birth_date)):
        refused = browser.post(f"{at}/sign-in/local", data={"csrf": hidden(door, "csrf"), "person": person}, base_url=AT)
        assert refused.status_code == 401 and browser.get(at, base_url=AT).status_code == 303
        door = refused.text


def test_no_other_site_and_no_other_name_of_this_machine_signs_anybody_in(trying_out: Plan) -> None:
    browser = trying_out.http()
    csrf = hidden(browser.get("/desk/sign-in", base_url=AT).text, "csrf")
    chosen = {"csrf": csrf, "person": PULMONOLOGIST}
    assert browser.post("/desk/sign-in/local", data={**chosen, "csrf": "guessed"}, base_url=AT).status_code == 403
    assert browser.post("/desk/sign-in/local", data=chosen, base_url=AT, headers={"Origin": "https://elsewhere.example"}).status_code == 403
    assert browser.post("/desk/sign-in/local", data=chosen, base_url="http://elsewhere.example").status_code == 403, "a page that has its own name lead here"
    assert browser.get("/desk", base_url=AT).status_code == 303
