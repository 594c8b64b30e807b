"""Who a member is, is proven: by number, birthday and a code good once, or by the member portal; guessing is slow, and no other site can act."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_pa.auth.directory import PlanAccounts
from fhir_pa.auth.member_code import TRIES
from fhir_pa.auth.representative import Representative
from fhir_pa.cli import main
from fhir_pa.settings import Misconfigured, read
from fhir_pa.web.app import authenticator_for
from tests.stories.desk_parties import checked, words
from tests.stories.member_parties import AtMemberPage, changed, code_for, member_called, with_member
from tests.stories.openid_provider import CLIENT, SECRET, OpenIdProvider, openid_provider
from tests.stories.parties import Plan

TEODRIC = "Teodric Amble"


@pytest.fixture
def teodric(plan: Plan) -> AtMemberPage:
    return AtMemberPage.member(plan, TEODRIC)


def test_nobody_gets_in_without_signing_in_and_comes_to_the_page_that_was_wanted(teodric: AtMemberPage) -> None:
    turned_away = teodric.http.get("/member/requests/PA1")
    assert turned_away.status_code == 303 and turned_away.headers["Location"] == "/member/sign-in?next=/member/requests/PA1"
    assert teodric.http.get("/member/requests.json").status_code == 401
    answer = teodric.try_to_sign_in(code_for(teodric.plan, teodric.number), "/member/requests/PA1")
    assert answer.headers["Location"] == "/member/requests/PA1"
    assert TEODRIC in teodric.told()


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "/member/requests//x", "/desk", "/member/requests/a\\b"])
def test_signing_in_leads_nowhere_else(teodric: AtMemberPage, wanted: str) -> None:
    assert teodric.try_to_sign_in(code_for(teodric.plan, teodric.number), wanted).headers["Location"] == "/member"


def test_a_code_counts_once_and_for_a_quarter_of_an_hour(plan: Plan, teodric: AtMemberPage) -> None:
    code = code_for(plan, teodric.number)
    assert teodric.try_to_sign_in(f"{code[:4]} {code[4:]}").status_code == 303
    assert AtMemberPage.member(plan, TEODRIC).try_to_sign_in(code).status_code == 401
    late = code_for(plan, teodric.number)
    plan.clock.turn(minutes=16)
    assert teodric.try_to_sign_in(late).status_code == 401


def test_number_birthday_and_code_must_fit_and_what_does_not_is_not_told(plan: Plan, teodric: AtMemberPage) -> None:
    others = code_for(plan, member_called(plan, "Orla Penhallow").id)
    tries: list[dict[str, Any]] = [
        {"code": others},
        {"code": code_for(plan, teodric.number), "born": "1958-01-15"},
        {"code": code_for(plan, teodric.number), "born": "soon"},
        {"code": ""},
    ]
    said = set()
    for each in tries:
        refused = teodric.try_to_sign_in(**each)
        assert refused.status_code == 401 and 'role="alert"' in refused.text
        said.add(words(refused.text))
    nobody = teodric.try_to_sign_in("12345678", number="SYN-NOBODY")
    assert {*said, words(nobody.text)} == said and len(said) == 1


def test_guessing_is_slow_whether_there_is_such_a_member_or_not(plan: Plan, teodric: AtMemberPage) -> None:
    for number in (teodric.number, "SYN-NOBODY"):
        answers = [teodric.try_to_sign_in(f"{each:08}", number=number).status_code for each in range(TRIES + 1)]
        assert answers == [401] * TRIES + [429]
    code = code_for(plan, teodric.number)
    refused = AtMemberPage.member(plan, TEODRIC).try_to_sign_in(code)
    assert refused.status_code == 429 and int(refused.headers["Retry-After"]) > 0 and "too many tries" in words(refused.text)
    plan.clock.turn(minutes=15)
    assert teodric.try_to_sign_in(code_for(plan, teodric.number)).status_code == 303


def test_what_was_typed_is_kept_but_never_the_code(teodric: AtMemberPage) -> None:
    refused = teodric.try_to_sign_in("87654321").text
    assert f'value="{teodric.number}"' in refused and f'value="{teodric.born}"' in refused and "87654321" not in refused


def test_the_cookie_is_for_these_pages_alone_and_tells_no_number(plan: Plan, teodric: AtMemberPage) -> None:
    answer = teodric.try_to_sign_in(code_for(plan, teodric.number))
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Strict" in cookie and "Path=/member" in cookie
    _, said = authenticator_for(plan.payer).mint.read(cookie.split("=", 1)[1].split(";")[0])
    assert teodric.number not in str(said.claims) and TEODRIC not in str(said.claims)


def test_a_members_session_opens_no_other_door_and_no_other_session_this_one(plan: Plan, teodric: AtMemberPage) -> None:
    teodric.sign_in()
    cookie = teodric.http.get_cookie("fhir_pa_member", path="/member").value
    http = plan.http()
    for name, path in (("fhir_pa_desk", "/desk"), ("fhir_pa_practice", "/practice")):
        http.set_cookie(name, cookie, path=path)
        assert http.get(path).status_code in (303, 404), path
    assert http.get("/um/worklist", headers={"Authorization": f"Bearer {cookie}"}).status_code == 401
    stranger = AtMemberPage.member(plan, TEODRIC)
    stranger.http.set_cookie("fhir_pa_member", authenticator_for(plan.payer).mint.person_token("quill"), path="/member")
    assert stranger.http.get("/member").status_code == 303


def test_a_session_ends_when_nobody_acts_and_by_signing_out_wherever_its_cookie_is(plan: Plan, teodric: AtMemberPage) -> None:
    teodric.sign_in()
    for _ in range(3):
        plan.clock.turn(minutes=20)
        teodric.page()
    cookie = teodric.http.get_cookie("fhir_pa_member", path="/member").value
    csrf = teodric.page().split('name="csrf" value="')[1].split('"')[0]
    assert teodric.http.post("/member/sign-out", data={"csrf": csrf}).status_code == 303
    thief = AtMemberPage.member(plan, TEODRIC)
    thief.http.set_cookie("fhir_pa_member", cookie, path="/member")
    assert thief.http.get("/member").status_code == 303
    teodric.sign_in()
    plan.clock.turn(minutes=31)
    assert teodric.http.get("/member").status_code == 303


def test_a_form_of_another_site_changes_nothing(teodric: AtMemberPage) -> None:
    teodric.sign_in()
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}, {}):
        refused = teodric.http.post("/member/sign-out", headers=headers, data={"csrf": "guessed"})
        assert refused.status_code == 403 and "did not come from this page" in words(refused.text)
    assert teodric.http.get("/member").status_code == 200
    assert teodric.http.post("/member/sign-in", data={"number": "x", "csrf": "guessed"}).status_code == 403


def test_a_member_taken_off_the_file_is_out_at_once(plan: Plan, teodric: AtMemberPage) -> None:
    teodric.sign_in()
    cookie = teodric.http.get_cookie("fhir_pa_member", path="/member").value
    changed(plan, members=tuple(each for each in plan.payer.directory.members if each.name != TEODRIC))
    http = plan.http()
    http.set_cookie("fhir_pa_member", cookie, path="/member")
    assert http.get("/member").status_code == 303


def test_the_plan_gives_out_a_code_on_its_command_line(plan: Plan, teodric: AtMemberPage, tmp_path: Path) -> None:
    where = ["--config", str(plan.payer.settings.config), "--data-directory", str(tmp_path / "data")]
    given = CliRunner().invoke(main, ["members", "code", teodric.number, *where])
    assert given.exit_code == 0 and "Good once, for 15 minutes" in given.output
    unknown = CliRunner().invoke(main, ["members", "code", "SYN-NOBODY", *where])
    assert unknown.exit_code == 2 and "Give the number of one [[member]] or [[representative]]" in unknown.output


@pytest.fixture
def portal(plan: Plan) -> Iterator[OpenIdProvider]:
    with openid_provider(plan.clock) as running:
        with_member(plan, TEODRIC, accounts=("u-1",))
        changed(plan, member_accounts=PlanAccounts(running.issuer, CLIENT, SECRET))
        yield running


def leave(person: AtMemberPage) -> str:
    return str(person.http.get("/member/sign-in/portal?next=/member/requests/PA1").headers["Location"])


def test_the_member_portal_vouches_for_a_member(plan: Plan, portal: OpenIdProvider) -> None:
    person = AtMemberPage.member(plan, TEODRIC)
    assert "Sign in with your member account" in person.told("/member/sign-in")
    back = person.http.get("/member/sign-in/back", query_string=portal.sign_in(leave(person)))
    assert back.status_code == 200 and 'content="0; url=/member/requests/PA1"' in checked(back)
    assert TEODRIC in person.told()


@pytest.mark.parametrize("says", [{"sub": "stranger"}, {"nonce": "of another"}, {"aud": "another-app"}, {"exp": 1}])
def test_whom_the_portal_does_not_vouch_for_gets_in_nowhere(plan: Plan, portal: OpenIdProvider, says: dict[str, Any]) -> None:
    portal.says = says
    person = AtMemberPage.member(plan, TEODRIC)
    refused = person.http.get("/member/sign-in/back", query_string=portal.sign_in(leave(person)))
    assert refused.status_code == 401 and "Your account could not let you in here." in words(refused.text)
    assert person.http.get("/member").status_code == 303


def test_where_no_portal_is_registered_none_is_offered(teodric: AtMemberPage) -> None:
    assert "member account" not in teodric.told("/member/sign-in") and teodric.http.get("/member/sign-in/portal").status_code == 404


MEMBER = '[[member]]\nid = "SYN-1"\nname = "Wren Amble"\nbirth_date = 2014-05-01\nline_of_business = "medicaid"\nlanguage = "es"\naccounts = ["u-1"]\n'
HELD = '[[representative]]\nid = "R-1"\nname = "Maren Amble"\nbirth_date = 1984-02-09\nbecause = "parent of a minor"\n'


def test_members_representatives_and_their_portal_stand_in_the_configuration(tmp_path: Path) -> None:
    config = tmp_path / "fhir-pa.toml"
    portal = '[member_oidc]\nissuer = "https://portal.example/"\nclient_id = "c"\nclient_secret = "s"\n'
    config.write_text(f'{MEMBER}{HELD}member = "SYN-1"\nuntil = 2032-05-01\n{portal}')
    directory = read({"config": str(config)}, {}).directory
    assert directory.members[0].language == "es" and directory.member_accounts == PlanAccounts("https://portal.example", "c", "s")
    (held,) = directory.representatives
    assert (held.member, held.until, held.sensitive) == ("SYN-1", date(2032, 5, 1), False)


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        (f'{MEMBER}{HELD}member = "SYN-2"\n', "names no [[member]] here"),
        (f"{MEMBER}{HELD}", "Add member"),
        (MEMBER.replace('"es"', '"fr"'), "Use one of: en, es"),
        (f'{MEMBER}{MEMBER.replace("2014", "2016")}system = "urn:b"\n{HELD}member = "SYN-1"\n', "Say whose birthday"),
    ],
)
def test_a_mistake_about_who_may_act_for_whom_is_named(tmp_path: Path, text: str, mend: str) -> None:
    config = tmp_path / "fhir-pa.toml"
    config.write_text(text)
    with pytest.raises(Misconfigured) as found:
        read({"config": str(config)}, {})
    assert any(mend in str(each) for each in found.value.mistakes), found.value


def test_a_representative_of_a_past_day_is_nobody(plan: Plan) -> None:
    teodric = member_called(plan, TEODRIC)
    held = Representative("R-1", "Maren Amble", date(1984, 2, 9), teodric.id, "power of attorney", until=plan.clock().date() - timedelta(days=1))
    changed(plan, representatives=(held,))
    assert AtMemberPage(plan, "R-1", held.birth_date).try_to_sign_in(code_for(plan, "R-1")).status_code == 401
    changed(plan, representatives=(replace(held, until=None),))
    assert AtMemberPage(plan, "R-1", held.birth_date).try_to_sign_in(code_for(plan, "R-1")).status_code == 303
