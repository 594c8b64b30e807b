"""One Coverage is chosen, and a call about none of ours is refused as its guide says."""

import pytest

from cds_hooks.membership import MemberStanding, Standing, insured
from ig_profiles.outcome import PreconditionFailed, Unprocessable
from tests.cds_hooks.builders import TODAY, bundle, call, coverage, device_request, heard


def chosen(body, dialect="2.2", elsewhere=(), standing=Standing.ACTIVE):
    def look_up(one, patient, on):
        return MemberStanding(Standing.ANOTHER_PAYER if one["id"] in elsewhere else standing, "medicaid")

    return insured(heard(body, dialect), look_up, TODAY)


def covered_by(*coverages):
    return call(prefetch={"any": bundle(*coverages)})


def test_the_one_active_coverage_of_this_patient_is_taken():
    other = coverage("theirs", beneficiary={"reference": "Patient/p2"})
    told = chosen(covered_by(other, coverage("old", status="cancelled"), coverage()))
    assert (told.reference, told.standing.line_of_business) == ("Coverage/cov1", "medicaid")


def test_ours_is_taken_among_those_of_several_payers():
    assert chosen(covered_by(coverage("theirs"), coverage("ours")), elsewhere={"theirs"}).reference == "Coverage/ours"


def test_the_first_in_order_is_taken_among_several_of_ours():
    assert chosen(covered_by(coverage("second", order=2), coverage("first", order=1))).reference == "Coverage/first"


def test_several_that_cannot_be_told_apart_are_said_to_be_so_in_2_0_and_a_wrong_call_from_2_1_on():
    body = covered_by(coverage("a"), coverage("b"))
    assert chosen(body, "2.0").standing.standing is Standing.NOT_SINGLED_OUT
    for dialect in ("2.1", "2.2"):
        with pytest.raises(Unprocessable, match="Send the one the order is for"):
            chosen(body, dialect)


def test_the_reference_is_repeated_as_the_client_writes_it():
    order = device_request(insurance=[{"reference": "http://ehr.example/fhir/Coverage/cov1"}])
    assert chosen(call("order-sign", order)).reference == "http://ehr.example/fhir/Coverage/cov1"


@pytest.mark.trap(40)
@pytest.mark.parametrize("payor", [[], [{"display": "someone"}], [{"identifier": {"value": "1"}}], [{"reference": "#p"}], [{"reference": "Organization/gone"}]])
def test_a_payor_in_any_form_is_left_to_the_look_up(payor):
    assert chosen(covered_by(coverage(payor=payor))).reference == "Coverage/cov1"


def test_a_coverage_of_another_payer_is_a_wrong_call_from_2_1_on_and_answered_in_2_0():
    body = covered_by(coverage("theirs"))
    for dialect in ("2.1", "2.2"):
        with pytest.raises(Unprocessable, match="Send the call to that payer's CRD service"):
            chosen(body, dialect, elsewhere={"theirs"})
    assert chosen(body, "2.0", elsewhere={"theirs"}).standing.standing is Standing.ANOTHER_PAYER


@pytest.mark.requirement("cds-hooks-2.0:54")
@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_no_coverage_at_all_on_a_primary_hook_asks_for_it(dialect):
    with pytest.raises(PreconditionFailed, match="Send it as prefetch, or fhirServer and fhirAuthorization") as caught:
        chosen(call(prefetch={}), dialect)
    assert caught.value.issues[0].expression == "prefetch.coverage"


def test_no_coverage_on_a_supporting_hook_leaves_nothing_to_say_in_2_0():
    assert chosen(call("encounter-start", prefetch={"encounter": {"resourceType": "Encounter", "id": "e1"}}), "2.0") is None


def test_a_patient_known_to_have_no_coverage_is_a_wrong_call_in_2_2():
    with pytest.raises(Unprocessable, match="nothing to answer about"):
        chosen(call(prefetch={"coverage": None}), "2.2")


def test_a_patient_with_only_a_cancelled_coverage_is_answered_under_it():
    assert chosen(covered_by(coverage("old", status="cancelled")), standing=Standing.NOT_ACTIVE).reference == "Coverage/old"


@pytest.mark.parametrize("order", [None, True, "1", {}, 0])
def test_an_odd_rank_is_survived(order):
    assert chosen(covered_by(coverage(order=order))).reference == "Coverage/cov1"


@pytest.mark.parametrize("insurance", [True, "Coverage/cov1", 7, {}, [None, "x", {"reference": []}]])
def test_an_odd_insurance_on_the_order_is_survived(insurance):
    assert chosen(call("order-sign", device_request(insurance=insurance))).reference == "Coverage/cov1"
