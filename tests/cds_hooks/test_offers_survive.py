"""Odd content of orders, charts and coverages costs at most an offer, never the answer."""

from dataclasses import replace
from datetime import date

from hypothesis import given
from hypothesis import strategies as some

from cds_hooks.coverage_record import MemberRecord
from ig_profiles.json import dump
from ig_profiles.names import CPT, HCPCS, RXNORM
from ig_profiles.reading import Coding
from questionnaires.offers import Alternative, Companion
from tests.cds_hooks.builders import ANYTHING_ELSE, OXYGEN, PATIENT, answered, bundle, call, coverage, device_request, found, house, shelf

ODD = some.sampled_from(
    [None, 0, True, "", "words", [], {}, [None], ["words"], [[]], {"reference": 7}, [{"reference": []}], {"coding": "x"}, [{"coding": [0]}]]
)
OFFERING = replace(
    OXYGEN,
    alternatives=(
        Alternative(Coding(HCPCS, "E1399", "Another device"), "It serves."),
        Alternative(Coding(RXNORM, "435", "Inhaler"), "It comes first.", required=True, order="MedicationRequest"),
    ),
    companions=(
        Companion(Coding(CPT, "82803", "More"), "It helps.", order="ServiceRequest", within_days=30),
        Companion(Coding(CPT, "1", "More"), "It helps.", order="CommunicationRequest"),
    ),
)
KNOWN = MemberRecord("LF-1", "urn:members", "Silver", date(2026, 1, 1), date(2026, 12, 31))
ORDER = {"encounter", "reasonCode", "reasonReference", "insurance", "contained", "requester", "subject", "extension", "status", "authoredOn", "codeReference"}
DONE = {"resourceType": "Procedure", "id": "d", "code": {"coding": [{"system": CPT, "code": "82803"}]}}
CHART = {"status", "subject", "performedDateTime", "code"}
COVERAGE = {"identifier", "period", "class", "relationship", "subscriberId", "payor"}


def oddly(elements):
    return some.dictionaries(some.sampled_from(sorted(elements)), ODD, max_size=3)


@given(order=oddly(ORDER), done=oddly(CHART))
def test_an_order_or_chart_of_any_shape_is_answered(order, done):
    body = call("order-sign", {**device_request(), **order}, prefetch={"patient": PATIENT, "coverage": bundle(coverage()), "chart": bundle({**DONE, **done})})
    given_ = house(found("92"), shelf=shelf(OFFERING, ANYTHING_ELSE), fetch=lambda query: bundle({**DONE, **done}), forms_by_task=True)
    told, answers = answered(body, "2.2", given_)
    assert dump(told) and len(answers) == 1


@given(otherwise=oddly(COVERAGE))
def test_a_coverage_of_any_shape_is_put_right_or_left_alone(otherwise):
    body = call("encounter-start", prefetch={"patient": PATIENT, "coverage": bundle({**coverage(), **otherwise})})
    assert dump(answered(body, "2.2", house(record=lambda coverage, patient: KNOWN))[0])
