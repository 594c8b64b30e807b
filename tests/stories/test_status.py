"""A practice asks before the service: is it authorized? Nothing on file is an answer, and claims use it up (F12, F66)."""

from __future__ import annotations

import pytest
from werkzeug.test import TestResponse

from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.reading import Json
from tests.stories.asking import BORDERLINE, SHORT_OF_OXYGEN, oxygen, submit
from tests.stories.parties import CLERK, SUPPLIER, Plan, Staff, System

CODE = "E1390"


@pytest.fixture
def clinic(plan: Plan) -> System:
    return System(plan, CLIENT_ID, "2.2")


def member(plan: Plan, who: str) -> str:
    coverage = plan.charts.by_patient[who].coverage
    return next(str(each["value"]) for each in coverage["identifier"])


def ask(system: System, **about: str) -> TestResponse:
    return system.http.get("/practice/status", query_string=about, headers=system.proof())


def told(answer: TestResponse) -> Json:
    assert answer.status_code == 200, answer.text
    return dict(json.parse(answer.data))


def test_before_any_request_none_is_on_file(plan: Plan, clinic: System) -> None:
    found = told(ask(clinic, member=member(plan, SHORT_OF_OXYGEN), code=CODE))
    assert found["standing"] == "none on file" and found["valid"] is False


def test_certified_pended_and_expired_are_told_apart(plan: Plan, clinic: System) -> None:
    submit(clinic, oxygen(clinic, SHORT_OF_OXYGEN))
    submit(clinic, oxygen(clinic, BORDERLINE))
    approved = told(ask(clinic, member=member(plan, SHORT_OF_OXYGEN), code=CODE))
    assert approved["valid"] is True and approved["number"].startswith("PA") and "It is approved until" in approved["says"]
    assert told(ask(clinic, member=member(plan, BORDERLINE), code=CODE))["standing"] == "pended"
    assert told(ask(clinic, member=member(plan, SHORT_OF_OXYGEN), code=CODE, on="2029-01-01"))["standing"] == "expired"


def test_another_practice_hears_of_it_only_with_a_provider_of_the_case(plan: Plan, clinic: System) -> None:
    submit(clinic, oxygen(clinic, SHORT_OF_OXYGEN))
    other = System(plan, SUPPLIER, "2.2")
    hidden = told(ask(other, member=member(plan, SHORT_OF_OXYGEN), code=CODE))
    assert hidden["standing"] == "none on file" and "More may be on file" in hidden["more"] and "PA" not in hidden["says"]


def test_a_claim_uses_what_was_certified_and_no_more(plan: Plan, clinic: System) -> None:
    submit(clinic, oxygen(clinic, SHORT_OF_OXYGEN))
    number = told(ask(clinic, member=member(plan, SHORT_OF_OXYGEN), code=CODE))["number"]
    clerk = Staff(plan, CLERK)
    claim = {"item": 1, "quantity": 1, "on": "2026-11-25", "claim": "CLM-1"}
    for _ in range(2):
        assert clerk.call("POST", f"/um/authorizations/{number}/uses", claim).status_code == 200
    assert told(ask(clinic, member=member(plan, SHORT_OF_OXYGEN), code=CODE))["standing"] == "used up"
    more = clerk.call("POST", f"/um/authorizations/{number}/uses", {**claim, "claim": "CLM-2"})
    assert more.status_code == 409 and "need an authorization of their own" in more.text
    wrong = clerk.call("POST", f"/um/authorizations/{number}/uses", {"item": "one", "quantity": "many", "on": "soon"})
    assert wrong.status_code == 422 and all(part in wrong.text for part in ("whole number", "as a number", "as a day"))


def test_what_cannot_be_read_is_named_all_at_once(clinic: System) -> None:
    answer = ask(clinic, on="soon")
    assert answer.status_code == 422
    assert all(part in answer.text for part in ("Say which member", "Say which code", "'soon' is no day"))
