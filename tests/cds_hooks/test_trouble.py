"""Unknown members, wrong coverages, systems that are down: there is always an answer, and never a false one."""

from decimal import Decimal

import pytest

from cds_hooks.membership import Standing
from ig_profiles.outcome import Unavailable, Unprocessable
from tests.cds_hooks.builders import (
    ELM,
    all_told,
    answered,
    bundle,
    call,
    device_request,
    found,
    house,
    only,
    told,
)
from tests.cds_hooks.rules import broken_rules

DIALECTS = ("2.0", "2.1", "2.2")


@pytest.mark.trap(12)
@pytest.mark.requirement("crd-2.2:resp-44", "crd-2.2:resp-45")
@pytest.mark.parametrize(
    ("standing", "code"),
    [
        (Standing.UNKNOWN_MEMBER, "no-member-found"),
        (Standing.NOT_ACTIVE, "no-active-coverage"),
        (Standing.NOT_SINGLED_OUT, "coverage-not-found"),
    ],
)
def test_a_member_we_cannot_find_is_answered_not_refused(standing, code):
    new, old = (only(call(), dialect, house(standing=standing)) for dialect in ("2.2", "2.0"))
    for repetition, dialect in ((new, "2.2"), (old, "2.0")):
        assert (told(repetition, "covered"), told(repetition, "pa-needed")) == ("not-covered", None)
        assert broken_rules(repetition, dialect) == set()
    assert all_told(new, "reason")[0]["coding"][0]["code"] == code
    assert "coding" not in all_told(old, "reason")[0]
    assert all_told(old, "reason")[0]["text"] == all_told(new, "reason")[0]["text"] != ""


def test_another_payers_coverage_depends_on_that_payer_in_2_0_and_is_a_wrong_call_in_2_2():
    repetition = only(call(), "2.0", house(standing=Standing.ANOTHER_PAYER))
    assert (told(repetition, "covered"), all_told(repetition, "info-needed")) == ("conditional", ["OTH"])
    assert "Ask the payer it names" in told(repetition, "reason")
    with pytest.raises(Unprocessable):
        answered(call(), "2.2", house(standing=Standing.ANOTHER_PAYER))


@pytest.mark.requirement("crd-2.2:resp-43")
@pytest.mark.parametrize(("dialect", "code"), [("2.0", "conditional"), ("2.1", "conditional"), ("2.2", "indeterminate")])
def test_membership_records_that_are_down_promise_nothing_and_deny_nothing(dialect, code):
    def down(coverage, patient, on):
        raise Unavailable("the records are down")

    repetition = only(call(), dialect, house(member_standing=down))
    assert (told(repetition, "covered"), told(repetition, "pa-needed")) == (code, code)
    assert "cannot be reached at the moment" in told(repetition, "reason")
    assert (all_told(repetition, "reason")[0].get("coding", [{}])[0].get("code") == "technical") == (dialect == "2.2")
    assert broken_rules(repetition, dialect) == set()


def test_a_fact_engine_that_is_down_still_leaves_the_policys_answer():
    def down(edition, resources):
        raise Unavailable("no engine")

    repetition = only(call(), given=house(facts=down))
    assert told(repetition, "pa-needed") == "auth-needed"
    assert "The chart could not be searched at the moment." in told(repetition, "reason")


def test_a_day_before_every_policy_is_trouble_of_ours_not_a_no():
    order = device_request(occurrenceDateTime="1999-01-01")
    assert told(only(call("order-sign", order)), "covered") == "indeterminate"


@pytest.mark.requirement("crd-2.0.1:63", "crd-2.2:found-34")
def test_a_stalled_ehr_is_told_in_the_reason():
    repetition = only(call(), given=house(fetch=lambda query: None))
    assert "The EHR did not answer when asked for Observation." in told(repetition, "reason")


@pytest.mark.requirement("crd-2.0.1:42")
def test_the_facts_see_what_was_fetched_and_each_query_is_made_once_for_all_orders():
    observation = {"resourceType": "Observation", "id": "o1", "valueQuantity": {"value": Decimal("86")}}
    asked, seen = [], []

    def fetch(query):
        asked.append(query)
        return bundle(observation) if query.startswith("Observation?") else None

    def facts(edition, resources):
        seen.append([resource["id"] for resource in resources if resource["resourceType"] == "Observation"])
        return found("86")

    answered(call("order-sign", device_request(), device_request("E0431", "order-2")), given=house(facts=facts, fetch=fetch))
    assert ELM and asked == ["Observation?patient=p1&code=http%3A%2F%2Floinc.org%7C59408-5", "Practitioner/dr"]
    assert seen == [["o1"], ["o1"]]


def test_without_leave_to_query_the_call_is_answered_from_what_came():
    assert told(only(call(), given=house(found("86"), fetch=None)), "pa-needed") == "auth-needed"
