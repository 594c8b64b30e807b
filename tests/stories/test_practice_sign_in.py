"""Who sits at the provider desk is proven, and neither desk's token or cookie opens the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from fhir_pa.auth.directory import PlanAccounts
from fhir_pa.configuration import Misconfigured
from fhir_pa.provider.play.payer_file import COORDINATOR, PULMONOLOGIST
from fhir_pa.settings import read
from fhir_pa.web.app import authenticator_for
from tests.stories.desk_parties import AtDesk, checked, words
from tests.stories.openid_provider import CLIENT, SECRET, OpenIdProvider, openid_provider
from tests.stories.parties import Plan, Staff
from tests.stories.practice_parties import AtPractice

MAIL = "della.linnet@oakwood.example"


@pytest.fixture
def linnet(plan: Plan) -> AtPractice:
    return AtPractice(plan, COORDINATOR)


@pytest.fixture
def provider(plan: Plan) -> Iterator[OpenIdProvider]:
    with openid_provider(plan.clock) as running:
        directory = plan.payer.directory
        people = tuple(replace(each, accounts=(MAIL,)) if each.id == COORDINATOR else each for each in directory.practice_people)
        directory = replace(directory, practice_people=people, plan_accounts=PlanAccounts(running.issuer, CLIENT, SECRET))
        plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
        yield running


def test_nobody_gets_in_without_signing_in_and_comes_to_the_page_that_was_wanted(linnet: AtPractice) -> None:
    turned_away = linnet.http.get("/practice/requests/PA1")
    assert turned_away.status_code == 303 and turned_away.headers["Location"] == "/practice/sign-in?next=/practice/requests/PA1"
    assert linnet.http.get("/practice/lists/pended.json").status_code == 401
    assert linnet.sign_in(then="/practice/requests/PA1").headers["Location"] == "/practice/requests/PA1"
    assert "Della Linnet, RN Oakwood Clinic" in words(linnet.page("/practice"))


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "/desk/cases/PA1", "/practice/requests//elsewhere.example", "/practice/status"])
def test_signing_in_leads_nowhere_else(linnet: AtPractice, wanted: str) -> None:
    assert linnet.sign_in(then=wanted).headers["Location"] == "/practice"


def test_a_token_of_the_plans_staff_opens_no_provider_desk_and_a_practices_no_reviewers_desk(plan: Plan, linnet: AtPractice) -> None:
    mint = authenticator_for(plan.payer).mint
    refused = linnet.sign_in(mint.person_token(PULMONOLOGIST))
    assert refused.status_code == 401 and "not one for a practice's person" in words(refused.text)
    assert AtDesk(plan, PULMONOLOGIST).sign_in(mint.practice_token(COORDINATOR)).status_code == 401


def test_a_practices_token_and_cookie_open_no_address_of_programs(plan: Plan, linnet: AtPractice) -> None:
    linnet.sign_in()
    cookie = linnet.http.get_cookie("fhir_pa_practice", path="/practice")
    assert cookie is not None
    for token in (cookie.value, authenticator_for(plan.payer).mint.practice_token(COORDINATOR)):
        for address in ("/um/worklist", "/v2.2/fhir/ClaimResponse", "/practice/status?member=1&code=2"):
            assert plan.http().get(address, headers={"Authorization": f"Bearer {token}"}).status_code == 401, address


def test_the_cookie_of_one_desk_is_none_for_the_other(plan: Plan, linnet: AtPractice) -> None:
    linnet.sign_in()
    cookie = linnet.http.get_cookie("fhir_pa_practice", path="/practice")
    assert cookie is not None
    thief = AtDesk(plan, PULMONOLOGIST)
    thief.http.set_cookie("fhir_pa_desk", cookie.value, path="/desk")
    assert thief.http.get("/desk").status_code == 303
    quill = AtDesk(plan, PULMONOLOGIST)
    quill.sign_in()
    theirs = quill.http.get_cookie("fhir_pa_desk", path="/desk")
    assert theirs is not None
    stranger = AtPractice(plan, COORDINATOR)
    stranger.http.set_cookie("fhir_pa_practice", theirs.value, path="/practice")
    assert stranger.http.get("/practice").status_code == 303


def test_a_form_of_another_site_changes_nothing_and_signing_out_ends_the_session(plan: Plan, linnet: AtPractice) -> None:
    linnet.sign_in()
    cookie = linnet.http.get_cookie("fhir_pa_practice", path="/practice")
    assert cookie is not None and cookie.http_only and cookie.same_site == "Strict"
    linnet.post("/practice/sign-out", csrf="guessed", status=403)
    assert linnet.http.post("/practice/sign-out", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    linnet.post("/practice/sign-out")
    again = AtPractice(plan, COORDINATOR)
    again.http.set_cookie("fhir_pa_practice", cookie.value, path="/practice")
    assert again.http.get("/practice").status_code == 303


def test_whoever_leaves_the_practice_is_out_at_once(plan: Plan, linnet: AtPractice) -> None:
    linnet.sign_in()
    cookie = linnet.http.get_cookie("fhir_pa_practice", path="/practice")
    assert cookie is not None
    directory = replace(plan.payer.directory, practice_people=())
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    plan.__dict__.pop("application")
    gone = AtPractice(plan, COORDINATOR)
    gone.http.set_cookie("fhir_pa_practice", cookie.value, path="/practice")
    assert gone.http.get("/practice").status_code == 303


def test_a_practices_person_may_sign_in_with_an_account_and_comes_back_to_this_desk(provider: OpenIdProvider, linnet: AtPractice) -> None:
    provider.says = {"email": MAIL, "email_verified": True}
    assert "Sign in with your account" in words(linnet.page("/practice/sign-in"))
    address = str(linnet.http.get("/practice/sign-in/plan?next=/practice/measures").headers["Location"])
    back = linnet.http.get("/practice/sign-in/back", query_string=provider.sign_in(address))
    assert back.status_code == 200 and 'content="0; url=/practice/measures"' in checked(back)
    assert "Della Linnet, RN" in words(linnet.page("/practice"))


def test_the_plans_own_account_opens_no_provider_desk(provider: OpenIdProvider, linnet: AtPractice) -> None:
    provider.says = {"email": "ada.quill@larkfield.example", "email_verified": True}
    back = linnet.http.get("/practice/sign-in/back", query_string=provider.sign_in(str(linnet.http.get("/practice/sign-in/plan").headers["Location"])))
    assert back.status_code == 401 and "Have 'ada.quill@larkfield.example' added" in words(back.text)


def test_what_is_wrong_with_a_practice_in_the_configuration_is_named_with_how_to_mend_it(tmp_path: Path) -> None:
    config = tmp_path / "fhir-pa.toml"
    config.write_text(
        '[[person]]\nid = "finch"\nname = "Rowan Finch"\nroles = ["nurse"]\n'
        '[[practice]]\nid = "oakwood"\nname = "Oakwood"\nnpis = ["12345"]\n'
        '[[practice_person]]\nid = "finch"\nname = "Finch"\npractice = "elmwood"\nroles = ["boss"]\n'
    )
    with pytest.raises(Misconfigured) as found:
        read({"config": str(config)}, {})
    told = str(found.value)
    assert "which is not an NPI" in told and "'elmwood', which is no [[practice]] here" in told
    assert "coordinator, clinician, reader" in told and "[[practice_person]] stands twice with the id 'finch'" in told


def test_staff_are_told_that_this_desk_is_not_theirs(plan: Plan, physician: Staff) -> None:
    answer = physician.call("GET", "/practice/lists/pended.json")
    assert answer.status_code == 401
