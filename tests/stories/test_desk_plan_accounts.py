"""Reviewers sign in with the plan's own accounts (OpenID Connect), and only whom the provider truly vouches for gets in."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from joserfc.jwk import RSAKey

from fhir_pa.auth.directory import PlanAccounts
from fhir_pa.provider.play.payer_file import PULMONOLOGIST
from fhir_pa.settings import read
from tests.stories.desk_parties import AtDesk, checked, words
from tests.stories.openid_provider import CLIENT, SECRET, OpenIdProvider, openid_provider
from tests.stories.parties import Plan

MAIL = "ada.quill@larkfield.example"


@pytest.fixture
def provider(plan: Plan) -> Iterator[OpenIdProvider]:
    with openid_provider(plan.clock) as running:
        directory = plan.payer.directory
        people = tuple(replace(each, accounts=("u-1", MAIL)) if each.id == PULMONOLOGIST else each for each in directory.people)
        directory = replace(directory, people=people, plan_accounts=PlanAccounts(running.issuer, CLIENT, SECRET))
        plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
        yield running


@pytest.fixture
def quill(plan: Plan, provider: OpenIdProvider) -> AtDesk:
    return AtDesk(plan, PULMONOLOGIST)


def leave(at_desk: AtDesk) -> str:
    return str(at_desk.http.get("/desk/sign-in/plan?next=/desk/cases/PA1").headers["Location"])


def come_back(at_desk: AtDesk, answer: dict[str, str]) -> Any:
    return at_desk.http.get("/desk/sign-in/back", query_string=answer)


def test_a_person_with_an_account_of_the_plan_gets_to_the_page_that_was_wanted(quill: AtDesk, provider: OpenIdProvider) -> None:
    assert "Sign in with your plan’s account" in words(quill.page("/desk/sign-in"))
    address = leave(quill)
    assert address.startswith(f"{provider.issuer}/authorize?")
    back = come_back(quill, provider.sign_in(address))
    assert back.status_code == 200 and 'content="0; url=/desk/cases/PA1"' in checked(back)
    assert "Ada Quill, MD" in words(quill.page("/desk"))


@pytest.mark.parametrize("says", [{"sub": "other", "email": MAIL, "email_verified": True}])
def test_a_verified_address_names_the_person_too(quill: AtDesk, provider: OpenIdProvider, says: dict[str, Any]) -> None:
    provider.says = says
    assert come_back(quill, provider.sign_in(leave(quill))).status_code == 200


@pytest.mark.parametrize(
    ("says", "because"),
    [
        ({"sub": "stranger"}, "No [[person]] has your account"),
        ({"sub": "stranger", "email": MAIL, "email_verified": False}, "No [[person]] has your account"),
        ({"nonce": "of another"}, "another sign-in"),
        ({"aud": "another-app"}, "not meant for this address"),
        ({"aud": [CLIENT, "another-app"], "azp": "another-app"}, "another sign-in"),
        ({"iss": "https://elsewhere.example"}, "another issuer"),
        ({"exp": 1}, "expired"),
    ],
)
def test_nobody_else_gets_in(quill: AtDesk, provider: OpenIdProvider, says: dict[str, Any], because: str) -> None:
    provider.says = says
    refused = come_back(quill, provider.sign_in(leave(quill)))
    assert refused.status_code == 401 and because in words(refused.text)
    assert quill.http.get("/desk").status_code == 303


def test_a_signature_by_another_key_counts_for_nothing(quill: AtDesk, provider: OpenIdProvider) -> None:
    provider.signs_with = RSAKey.generate_key(2048)
    assert "not signed by a key it publishes" in words(come_back(quill, provider.sign_in(leave(quill))).text)


def test_the_answer_counts_only_in_the_browser_that_asked_and_only_once(plan: Plan, quill: AtDesk, provider: OpenIdProvider) -> None:
    answer = provider.sign_in(leave(quill))
    stranger = AtDesk(plan, PULMONOLOGIST)
    assert come_back(stranger, answer).status_code == 401
    leave(stranger)
    assert "does not belong to the sign-in begun in this browser" in words(come_back(stranger, answer).text)
    assert come_back(quill, answer).status_code == 200
    assert come_back(quill, answer).status_code == 401


def test_where_no_provider_is_registered_none_is_offered(plan: Plan) -> None:
    somebody = AtDesk(plan, PULMONOLOGIST)
    assert "plan’s account" not in words(somebody.page("/desk/sign-in"))
    assert somebody.http.get("/desk/sign-in/plan").status_code == 404


def test_a_provider_whose_tokens_and_keys_lie_on_other_hosts_is_reached_where_these_are_registered(plan: Plan, quill: AtDesk, provider: OpenIdProvider) -> None:
    elsewhere = provider.issuer.replace("127.0.0.1", "localhost")
    provider.told = {"token_endpoint": f"{elsewhere}/token", "jwks_uri": f"{elsewhere}/jwks"}
    refused = come_back(quill, provider.sign_in(leave(quill)))
    assert refused.status_code == 401 and "Have it added to endpoints of [oidc]" in words(refused.text)
    directory = replace(plan.payer.directory, plan_accounts=PlanAccounts(provider.issuer, CLIENT, SECRET, (elsewhere,)))
    plan.payer = replace(plan.payer, settings=replace(plan.payer.settings, directory=directory))
    plan.__dict__.pop("application")
    again = AtDesk(plan, PULMONOLOGIST)
    assert come_back(again, provider.sign_in(leave(again))).status_code == 200


def test_the_provider_and_the_accounts_stand_in_the_configuration(tmp_path: Any) -> None:
    config = tmp_path / "fhir-pa.toml"
    config.write_text(
        '[oidc]\nissuer = "https://accounts.larkfield.example/"\nclient_id = "fhir-pa"\nclient_secret = "s"\nendpoints = ["https://keys.larkfield.example"]\n\n'
        f'[[person]]\nid = "quill"\nname = "Ada Quill"\nroles = ["nurse"]\naccounts = ["{MAIL}"]\n'
    )
    directory = read({"config": str(config)}, {}).directory
    assert directory.plan_accounts == PlanAccounts("https://accounts.larkfield.example", "fhir-pa", "s", ("https://keys.larkfield.example",))
    assert directory.people[0].accounts == (MAIL,)
