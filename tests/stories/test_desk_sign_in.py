"""Who sits at the reviewers' desk is proven, for a while, and no other site can make their browser act."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.play.payer_file import NURSE, PULMONOLOGIST
from fhir_pa.web.app import authenticator_for
from tests.stories.desk_parties import AtDesk, words
from tests.stories.parties import Plan, System


@pytest.fixture
def quill(plan: Plan) -> AtDesk:
    return AtDesk(plan, PULMONOLOGIST)


def test_nobody_gets_in_without_signing_in_and_comes_to_the_page_that_was_wanted(quill: AtDesk) -> None:
    turned_away = quill.http.get("/desk/cases/PA1")
    assert turned_away.status_code == 303 and turned_away.headers["Location"] == "/desk/sign-in?next=/desk/cases/PA1"
    assert quill.http.get("/desk/worklist.json").status_code == 401
    assert quill.sign_in(then="/desk/cases/PA1").headers["Location"] == "/desk/cases/PA1"
    assert "Ada Quill, MD" in words(quill.page("/desk"))


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/desk/cases//elsewhere.example", "/um/worklist", "javascript:1"])
def test_signing_in_leads_nowhere_else(quill: AtDesk, wanted: str) -> None:
    assert quill.sign_in(then=wanted).headers["Location"] == "/desk"


def test_the_cookie_is_for_this_desk_alone_and_no_script_reads_it(plan: Plan, quill: AtDesk) -> None:
    cookie = quill.sign_in().headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/desk" in cookie and "Max-Age=1800" in cookie and "Secure" not in cookie
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, public_url="https://um.larkfield.example"))
    plan.__dict__.pop("application")
    assert "Secure" in AtDesk(plan, PULMONOLOGIST).sign_in().headers["Set-Cookie"]


def test_a_token_that_is_none_is_refused_in_words(plan: Plan, quill: AtDesk) -> None:
    refused = quill.sign_in("nonsense")
    assert refused.status_code == 401 and "not a signed JWT" in words(refused.text) and 'aria-invalid="true"' in refused.text
    client = System(plan, "oakwood-ehr", "2.2").proof()["Authorization"].removeprefix("Bearer ")
    assert "fhir-pa people token <id>" in words(quill.sign_in(client).text)


def test_a_session_ends_when_nobody_acts_and_lasts_while_somebody_does(plan: Plan, quill: AtDesk) -> None:
    quill.sign_in()
    for _ in range(4):
        plan.clock.turn(minutes=20)
        quill.page("/desk")
    plan.clock.turn(minutes=31)
    assert quill.http.get("/desk").status_code == 303


def test_no_session_lasts_longer_than_a_working_day(plan: Plan, quill: AtDesk) -> None:
    quill.sign_in()
    minutes = 0
    while quill.http.get("/desk").status_code == 200:
        plan.clock.turn(minutes=20)
        minutes += 20
        assert minutes <= 10 * 60 + 20
    assert minutes >= 9 * 60


def test_signing_out_ends_the_session_wherever_its_cookie_is(plan: Plan, quill: AtDesk) -> None:
    quill.sign_in()
    cookie = quill.http.get_cookie("fhir_pa_desk", path="/desk")
    quill.post("/desk/sign-out")
    thief = AtDesk(plan, PULMONOLOGIST)
    thief.http.set_cookie("fhir_pa_desk", cookie.value, path="/desk")
    assert thief.http.get("/desk").status_code == 303


def test_the_cookie_is_no_token_for_the_addresses_of_programs(plan: Plan, quill: AtDesk) -> None:
    quill.sign_in()
    cookie = quill.http.get_cookie("fhir_pa_desk", path="/desk").value
    assert plan.http().get("/um/worklist", headers={"Authorization": f"Bearer {cookie}"}).status_code == 401
    stranger = AtDesk(plan, PULMONOLOGIST)
    stranger.http.set_cookie("fhir_pa_desk", authenticator_for(plan.payer).mint.person_token(PULMONOLOGIST), path="/desk")
    assert stranger.http.get("/desk").status_code == 303


def test_a_form_of_another_site_changes_nothing(quill: AtDesk) -> None:
    quill.sign_in()
    quill.post("/desk/sign-out", csrf="guessed", status=403)
    elsewhere = quill.http.post("/desk/sign-out", headers={"Origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403 and "from another site" in words(elsewhere.text)
    assert quill.http.post("/desk/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert quill.http.get("/desk").status_code == 200
    assert quill.http.post("/desk/sign-in", data={"token": "x", "csrf": "guessed"}).status_code == 403


def test_a_person_taken_out_of_the_directory_is_out_at_once(plan: Plan) -> None:
    finch = AtDesk(plan, NURSE)
    finch.sign_in()
    directory = replace(plan.payer.directory, people=tuple(each for each in plan.payer.directory.people if each.id != NURSE))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    plan.__dict__.pop("application")
    cookie = finch.http.get_cookie("fhir_pa_desk", path="/desk").value
    again = AtDesk(plan, NURSE)
    again.http.set_cookie("fhir_pa_desk", cookie, path="/desk")
    assert again.http.get("/desk").status_code == 303
