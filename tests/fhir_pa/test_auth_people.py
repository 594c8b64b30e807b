"""The payer's staff: a person's token opens the reviewers' addresses, and roles are those of the directory now."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fhir_pa.auth.caller import Caller, open_caller
from fhir_pa.auth.directory import Directory
from fhir_pa.auth.tokens import Mint
from fhir_pa.web.app import authenticator_for
from ig_profiles.outcome import Forbidden, Unauthenticated
from tests.fhir_pa.web_parties import NOW, QUILL, URL, Clock, Memory, Payers, assertion

JSON = {"Content-Type": "application/json"}


@pytest.fixture
def party():
    return Payers.open()


def test_a_reviewer_sees_the_worklist_reads_decides_and_reopens(party):
    headers = party.person()
    assert party.http.get("/um/worklist", headers=headers).status_code == 200
    assert party.http.get("/um/authorizations/PA1", headers=headers).status_code == 200
    assert party.told.heard[-1][:2] == ("read", "PA1")
    assert party.http.post("/um/authorizations/PA1/decisions", data=b'{"items":[1]}', headers={**headers, **JSON}).status_code == 200
    assert party.told.heard[-1][:3] == ("decide", "PA1", b'{"items":[1]}')
    assert party.told.heard[-1][3].person == QUILL
    assert party.http.post("/um/authorizations/PA1/reopenings", data=b"{}", headers={**headers, **JSON}).status_code == 200


def test_a_providers_system_may_not_review(party):
    answer = party.http.get("/um/worklist", headers=party.bearer())
    assert answer.status_code == 403
    assert "fhir-pa people token" in answer.get_json()["issue"][0]["details"]["text"]


def test_without_a_token_nobody_reviews_even_in_open_mode():
    for party in (Payers.open(), Payers.open(open=True)):
        assert party.http.get("/um/worklist").status_code in (401, 403)
        assert party.told.heard == []


def test_a_persons_token_ends(party):
    headers = party.person()
    party.payer.clock.now = NOW + timedelta(hours=1, minutes=2)
    assert party.http.get("/um/worklist", headers=headers).status_code == 401


def test_nobody_gets_a_token_for_a_year():
    clock = Clock()
    mint = Mint(Memory(), URL, clock)
    token = mint.person_token("quill", timedelta(days=365))
    clock.now += timedelta(hours=13)
    with pytest.raises(Unauthenticated, match="expired"):
        mint.read(token)


def test_a_person_who_left_is_refused(party):
    headers = party.person()
    object.__setattr__(party.payer, "directory", Directory())
    with pytest.raises(Unauthenticated, match="no longer"):
        authenticator_for(party.payer).bearer(headers["Authorization"])


def test_a_client_assertion_is_not_an_access_token(party):
    assert party.http.get("/um/worklist", headers={"Authorization": f"Bearer {assertion()}"}).status_code == 401


def test_two_processes_share_one_key():
    memory, clock = Memory(), Clock()
    token = Mint(memory, URL, clock).access_token("oakwood-ehr", "system/Claim.c")
    use, said = Mint(memory, URL, clock).read(token)
    assert (use, said.text("sub")) == ("access", "oakwood-ehr")


def test_open_mode_gives_a_providers_rights_and_never_a_persons():
    anybody = open_caller()
    anybody.must_be_allowed("submit")
    with pytest.raises(Forbidden, match="staff"):
        anybody.must_be_staff()
    assert anybody.is_open


def test_staff_may_not_act_as_a_provider():
    with pytest.raises(Forbidden, match="client's access token"):
        Caller("person token", person=QUILL).must_be_allowed("submit")
