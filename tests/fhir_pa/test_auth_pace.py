"""A client that asks faster than agreed is told when to come again; the others notice nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from fhir_pa.auth.pace import Pace
from ig_profiles.outcome import TooMany
from tests.fhir_pa.web_parties import Clock, Payers, hook_token

HOOK, SUBMIT = "/v2.2/cds-services/order-sign-crd", "/v2.0/fhir/Claim/$submit"
JSON = {"Content-Type": "application/json"}


def taken(pace, caller="oakwood", most=50):
    """How many calls in a row are let through."""
    for number in range(most):
        try:
            pace.take(caller)
        except TooMany:
            return number
    return most


def test_a_burst_is_let_through_and_then_so_many_a_second():
    clock = Clock()
    pace = Pace(2, 5, clock)
    assert taken(pace) == 5
    clock.now += timedelta(milliseconds=500)
    assert taken(pace) == 1
    clock.now += timedelta(hours=1)
    assert taken(pace) == 5, "rest never adds up to more than one burst"


def test_each_caller_has_a_bucket_of_its_own_and_a_clock_set_back_costs_nothing():
    clock = Clock()
    pace = Pace(1, 3, clock)
    assert (taken(pace, "oakwood"), taken(pace, "fernhill")) == (3, 3)
    clock.now -= timedelta(hours=1)
    assert taken(pace) == 0
    clock.now += timedelta(seconds=2)
    assert taken(pace) == 2


def test_no_limit_is_set_unless_the_payer_sets_one():
    assert taken(Pace(0, 1, Clock()), most=500) == 500


def test_the_wait_told_is_long_enough():
    clock = Clock()
    pace = Pace(1, 1, clock)
    pace.take("oakwood")
    with pytest.raises(TooMany, match="Send this one again in 1 s, or agree on more with the payer") as caught:
        pace.take("oakwood")
    clock.now += timedelta(seconds=caught.value.wait_seconds)
    pace.take("oakwood")


@pytest.mark.requirement("crd-2.0.1:158", "crd-2.2:hook-9")
def test_hooks_and_submissions_of_one_client_are_counted_together_and_refused_with_429():
    party = Payers.open(requests_per_second=1, burst=2)
    bearer = {**party.bearer(), "Content-Type": "application/fhir+json"}
    assert party.http.post(SUBMIT, data=b"{}", headers=bearer).status_code == 200
    assert party.http.post(HOOK, data=b"{}", headers={**hook_token(HOOK), **JSON}).status_code == 200
    for path, headers in ((HOOK, {**hook_token(HOOK), **JSON}), (SUBMIT, bearer)):
        answer = party.http.post(path, data=b"{}", headers=headers)
        assert (answer.status_code, answer.headers["Retry-After"]) == (429, "1")
        issue = answer.get_json()["issue"][0]
        assert issue["code"] == "throttled" and "Send this one again in 1 s" in issue["details"]["text"]
    assert len(party.told.heard) == 2
    party.payer.clock.now += timedelta(seconds=1)
    assert party.http.post(HOOK, data=b"{}", headers={**hook_token(HOOK), **JSON}).status_code == 200


def test_who_is_refused_for_haste_is_named_in_the_log(caplog):
    party = Payers.open(requests_per_second=1, burst=1)
    with caplog.at_level("INFO", logger="fhir_pa.web"):
        for _ in range(2):
            party.http.post(HOOK, data=b"{}", headers={**hook_token(HOOK), **JSON})
    assert "answered 429" in caplog.messages[-1] and "for oakwood-ehr" in caplog.messages[-1]


def test_strangers_and_the_payers_own_staff_are_not_counted():
    party = Payers.open(requests_per_second=1, burst=1)
    staff = party.person()
    assert [party.http.get("/um/worklist", headers=staff).status_code for _ in range(5)] == [200] * 5
    assert [party.http.post(HOOK, data=b"{}", headers=JSON).status_code for _ in range(5)] == [401] * 5
