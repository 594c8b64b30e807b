"""A member's open page: it shows how the request stands now, in the member's language, and stays as it is when nothing did happen."""

from __future__ import annotations

import pytest

from fhir_pa.auth.desk_session import IDLE
from fhir_pa.provider.play.payer_file import CLIENT_ID
from tests.stories.asking import BORDERLINE, DENIAL, oxygen, submit
from tests.stories.desk_parties import checked, words
from tests.stories.member_parties import AtMemberPage, waiting
from tests.stories.open_pages import news, part
from tests.stories.parties import Plan, Staff, System


@pytest.fixture
def number(plan: Plan) -> str:
    clinic = System(plan, CLIENT_ID, "2.2")
    submit(clinic, oxygen(clinic, BORDERLINE))
    return waiting(plan)


@pytest.fixture
def amble(plan: Plan) -> AtMemberPage:
    return AtMemberPage.member(plan, "Teodric Amble").sign_in()


def test_how_a_request_stands_becomes_final_on_the_open_page(plan: Plan, number: str, amble: AtMemberPage, physician: Staff) -> None:
    page = amble.page(f"/member/requests/{number}")
    plan.clock.turn(minutes=1)
    assert news(amble, page).status_code == 304
    physician.decide(number, **DENIAL)
    now = news(amble, page)
    told = words(checked(now))
    assert told.startswith("Where it stands Not approved") and "This is new. The rest of this page is from before. Show all of it" in told
    standing = now.text[now.text.index("<section") : now.text.index("</section>")]
    assert standing in amble.page(f"/member/requests/{number}"), "the whole page says the same"
    assert news(amble, page, tag=now.headers["ETag"]).status_code == 304


def test_it_is_told_in_the_language_of_the_page(plan: Plan, number: str, amble: AtMemberPage, physician: Staff) -> None:
    page = amble.page(f"/member/requests/{number}?lang=es")
    physician.decide(number, **DENIAL)
    now = news(amble, page)
    assert now.headers["Content-Language"] == "es" and "Esto es nuevo." in words(now.text)


def test_the_list_of_requests_says_that_one_has_changed(number: str, amble: AtMemberPage, physician: Staff) -> None:
    page = amble.page("/member")
    assert news(amble, page).status_code == 304
    physician.decide(number, **DENIAL)
    assert words(news(amble, page).text) == "Something has changed here. Show it"


def test_nobody_stays_signed_in_by_a_page_that_is_left_open(plan: Plan, number: str, amble: AtMemberPage) -> None:
    page = amble.page(f"/member/requests/{number}")
    plan.clock.turn(seconds=IDLE.total_seconds() * 0.6)
    assert not [each for each in news(amble, page).headers.getlist("Set-Cookie") if each.startswith("fhir_pa_member=")]
    plan.clock.turn(seconds=IDLE.total_seconds() * 0.6)
    looked = news(amble, page)
    assert looked.status_code == 401 and "You were signed out meanwhile" in words(looked.text) and looked.headers["HX-Retarget"] == "#trouble"
    assert part(amble, "/member", by="link", at="/member/requests/x").headers["HX-Redirect"] == "/member/sign-in?next=/member/requests/x"
