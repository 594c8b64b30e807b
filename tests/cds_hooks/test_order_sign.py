"""order-sign, the main story: what the clinician's system hears, in each dialect."""

from dataclasses import replace
from datetime import date

import pytest

from cds_hooks.answer import Covered, PriorAuthorization
from cds_hooks.hook import ORDER_TYPES
from cds_hooks.membership import MemberStanding, Standing
from cds_hooks.orders import BILLING_OPTIONS
from ig_profiles.json import dump
from ig_profiles.names import COVERAGE_INFORMATION, HCPCS
from tests.cds_hooks.builders import (
    ANYTHING_ELSE,
    OXYGEN,
    OXYGEN_FORM,
    PATIENT,
    all_told,
    answered,
    bundle,
    call,
    configured,
    coverage,
    device_request,
    found,
    house,
    informed,
    only,
    shelf,
    told,
)
from tests.cds_hooks.rules import broken_rules

DIALECTS = ("2.0", "2.1", "2.2")


@pytest.mark.requirement("crd-2.0.1:164", "crd-2.0.1:226", "crd-2.0.1:247", "crd-2.2:hook-16", "crd-2.2:resp-14", "crd-2.2:resp-26")
@pytest.mark.requirement("crd-2.2:billopt-2", "crd-2.0.1:129", "crd-2.2:dev-15")
@pytest.mark.parametrize("dialect", DIALECTS)
def test_home_oxygen_needs_authorization_and_names_the_form_and_what_the_chart_lacks(dialect):
    repetition = only(call(), dialect, house(found(spo2=None)))
    assert (told(repetition, "covered"), told(repetition, "pa-needed")) == ("covered", "auth-needed")
    assert all_told(repetition, "doc-needed") == ["clinical"]
    assert all_told(repetition, "doc-purpose") == ["withpa"]
    assert all_told(repetition, "questionnaire") == [OXYGEN_FORM]
    assert "Not found in the chart: A qualifying oxygen saturation." in told(repetition, "reason")
    assert "already shows: The measurement was taken on room air" in told(repetition, "reason")
    assert told(repetition, "coverage-assertion-id").startswith("assertion-")
    assert told(repetition, "date") == "2026-11-21"
    assert broken_rules(repetition, dialect) == set()


def test_a_chart_that_meets_every_criterion_is_told_so_and_still_asks_for_the_request():
    repetition = only(call(), given=house(found("86")))
    assert (told(repetition, "pa-needed"), all_told(repetition, "doc-needed")) == ("auth-needed", ["clinical"])
    assert "The chart already meets every criterion" in told(repetition, "reason")
    assert "found: 86 % on 2026-11-16" in told(repetition, "reason")
    assert told(repetition, "satisfied-pa-id") is None


def test_a_value_outside_the_policy_goes_to_a_person_and_is_never_a_no():
    repetition = only(call(), given=house(found("89")))
    assert (told(repetition, "covered"), told(repetition, "pa-needed")) == ("covered", "auth-needed")
    assert "a person will look at it: A qualifying oxygen saturation (found: 89 %" in told(repetition, "reason")


def test_a_service_no_policy_mentions_follows_anything_else():
    repetition = only(call("order-sign", device_request("E9999")))
    assert told(repetition, "pa-needed") == "auth-needed"
    assert "No policy speaks about this service" in told(repetition, "reason")
    assert all_told(repetition, "doc-needed") == all_told(repetition, "questionnaire") == []


@pytest.mark.parametrize("dialect", DIALECTS)
def test_an_exclusion_is_not_covered_and_says_nothing_of_authorization(dialect):
    repetition = only(call("order-sign", device_request("X0001")), dialect)
    assert (told(repetition, "covered"), told(repetition, "pa-needed")) == ("not-covered", None)
    assert told(repetition, "reason").startswith("It is excluded.")


def test_a_service_that_needs_no_authorization_says_so():
    repetition = only(call("order-sign", device_request("E0130")))
    assert (told(repetition, "covered"), told(repetition, "pa-needed")) == ("covered", "no-auth")


def test_an_order_not_to_perform_needs_nothing():
    repetition = only(call("order-sign", device_request(doNotPerform=True)))
    assert told(repetition, "pa-needed") == "no-auth"


@pytest.mark.trap(20)
@pytest.mark.requirement("crd-2.0.1:164", "crd-2.2:hook-16", "crd-2.2:found-34", "crd-2.0.1:63", "crd-2.2:conf-12")
@pytest.mark.parametrize(("dialect", "need"), [("2.0", "OTH"), ("2.1", "OTH"), ("2.2", "detail-code")])
def test_an_order_in_words_alone_is_asked_for_its_code(dialect, need):
    order = device_request(codeCodeableConcept={"text": "That oxygen thing"})
    repetition = only(call("order-sign", order), dialect)
    assert (told(repetition, "covered"), all_told(repetition, "info-needed")) == ("conditional", [need])
    assert "The order for That oxygen thing carries no code" in told(repetition, "reason")


@pytest.mark.requirement("crd-2.0.1:262", "crd-2.2:resp-30")
def test_the_answer_holds_for_the_billing_codes_the_policy_names_and_no_other():
    order = device_request()
    order["codeCodeableConcept"]["coding"].append({"system": "urn:local", "code": "oxy"})
    assert [code["code"] for code in all_told(only(call("order-sign", order)), "billingCode")] == ["E1390"]


@pytest.mark.requirement("crd-2.2:billopt-3")
def test_a_billing_option_beside_a_local_code_brings_the_policy_that_names_it():
    option = {"url": BILLING_OPTIONS, "valueCodeableConcept": {"coding": [{"system": HCPCS, "code": "E1390"}]}}
    order = device_request(codeCodeableConcept={"coding": [{"system": "urn:local", "code": "oxy"}], "extension": [option]})
    repetition = only(call("order-sign", order))
    assert all_told(repetition, "questionnaire") == [OXYGEN_FORM]
    assert [code["code"] for code in all_told(repetition, "billingCode")] == ["E1390"]


@pytest.mark.requirement("crd-2.0.1:153", "crd-2.2:conf-12", "crd-2.2:hook-4")
@pytest.mark.parametrize("kind", ORDER_TYPES)
def test_an_order_of_any_type_that_leaves_out_everything_optional_is_answered(kind):
    assert told(only(call("order-sign", {"resourceType": kind, "id": "1"})), "covered") == "conditional"


@pytest.mark.requirement("crd-2.2:resp-29", "cds-hooks-2.0:75")
def test_every_order_gets_its_own_system_action_and_assertion():
    body, answers = answered(call("order-sign", device_request(), device_request("E0431", "order-2")))
    assert [action["resource"]["id"] for action in body["systemActions"]] == ["order-1", "order-2"]
    assert len({answer.assertion_id for answer in answers}) == 2


@pytest.mark.trap(3)
@pytest.mark.requirement("cds-hooks-2.0:75", "cds-hooks-2.0:127", "cds-hooks-2.0:128", "cds-hooks-2.0:130", "cds-hooks-2.0:132", "crd-2.0.1:279")
@pytest.mark.requirement("crd-2.2:resp-37", "crd-2.2:resp-48")
def test_the_system_action_carries_the_order_as_received_with_a_description():
    (action,) = answered(call())[0]["systemActions"]
    assert (action["type"], "resourceId" in action) == ("update", False)
    assert action["description"] == "Coverage information from Larkfield Health Plan added to DeviceRequest/order-1"
    ours = [item for item in action["resource"]["extension"] if item["url"] == COVERAGE_INFORMATION]
    assert {**action["resource"], "extension": [item for item in action["resource"]["extension"] if item not in ours]} == device_request()


@pytest.mark.requirement("crd-2.0.1:267", "crd-2.2:resp-35")
@pytest.mark.requirement("crd-2.2:hook-16", "crd-2.2:resp-29")
def test_the_assertion_id_the_order_carries_is_offered_for_reuse_and_nothing_new_is_not_sent():
    updated = answered(call())[0]["systemActions"][0]["resource"]
    seen = []

    def assertion_for(order, reference, carried):
        seen.append((reference, carried))
        return carried[0]

    body, answers = answered(call("order-sign", updated), given=house(assertion_for=assertion_for))
    assert seen == [("Coverage/cov1", (told(updated["extension"][-1], "coverage-assertion-id"),))]
    assert "systemActions" not in body
    assert len(answers) == 1


def test_new_evidence_on_a_later_call_replaces_the_earlier_information():
    updated = answered(call())[0]["systemActions"][0]["resource"]
    body, _ = answered(call("order-sign", updated), given=house(found("86")))
    (repetition,) = informed(body)
    assert "already meets every criterion" in told(repetition, "reason")


@pytest.mark.parametrize("identity", [None, 1, "", {"value": "x"}])
def test_an_order_without_an_id_that_can_be_addressed_gets_no_action(identity):
    order = {**device_request(), "id": identity}
    if identity is None:
        del order["id"]
    body, answers = answered(call() | {"context": {"patientId": "p1", "draftOrders": bundle(order)}})
    assert "systemActions" not in body
    assert answers[0].covered is Covered.YES


@pytest.mark.requirement("cds-hooks-2.0:74")
def test_no_drafts_get_an_empty_answer():
    assert answered(call() | {"context": {"patientId": "p1", "draftOrders": {"resourceType": "Bundle"}}})[0] == {"cards": []}


def test_the_line_of_business_decides_which_edition_speaks():
    medicaid = replace(OXYGEN, version="medicaid", lines_of_business=("medicaid",), authorization="not needed", documentation=(), criteria=())
    given = house(shelf=shelf(medicaid, replace(OXYGEN, lines_of_business=("medicare-advantage",)), ANYTHING_ELSE))
    assert told(only(call(), given=given), "pa-needed") == "auth-needed"
    given = replace(given, member_standing=lambda *_: MemberStanding(Standing.ACTIVE, "medicaid"))
    assert told(only(call(), given=given), "pa-needed") == "no-auth"


def test_the_edition_in_force_on_the_day_of_service_speaks():
    nothing = ANYTHING_ELSE.because
    order = device_request(occurrenceDateTime="2027-02-01")  # the oxygen edition ends with 2026
    assert nothing in told(only(call("order-sign", order)), "reason")


def test_what_the_answer_rests_on_is_handed_over_for_the_record():
    _, (answer,) = answered(call(), given=house(found("86")))
    assert (answer.basis.order, answer.basis.edition, answer.coverage) == ("DeviceRequest/order-1", OXYGEN, "Coverage/cov1")
    assert [finding.criterion for finding in answer.basis.findings] == ["room_air", "low"]
    assert answer.authorization is PriorAuthorization.NEEDED
    assert (answer.basis.coverage, answer.basis.patient) == (coverage(), PATIENT)


def test_a_coverage_that_had_to_be_fetched_is_handed_over_too():
    brought = {"Coverage?patient=p1&status=active": bundle(coverage()), "Patient/p1": PATIENT}
    _, (answer,) = answered(call(prefetch={}), given=house(fetch=brought.get))
    assert (answer.basis.coverage, answer.basis.patient) == (coverage(), PATIENT)


@pytest.mark.trap(34)
@pytest.mark.requirement("crd-2.0.1:116", "crd-2.0.1:128", "crd-2.2:dev-5")
@pytest.mark.requirement("crd-2.2:resp-28", "crd-2.2:dev-14")
def test_coverage_information_switched_off_leaves_cards_and_no_error():
    body, answers = answered(call(extension=configured(coverage_info=False)))
    assert "systemActions" not in body
    assert body["cards"]
    assert len(answers) == 1


@pytest.mark.requirement("cds-hooks-2.0:3")
@pytest.mark.parametrize("dialect", DIALECTS)
@pytest.mark.parametrize("hook", ["order-sign", "order-select", "order-dispatch"])
def test_nothing_null_and_nothing_empty_goes_out(hook, dialect):
    body, _ = answered(call(hook), dialect, house(found("86")))
    written = dump(body)
    for hole in (b"null", b"[]", b"{}", b'""'):
        assert hole not in written


@pytest.mark.trap(37)
def test_the_token_goes_nowhere():
    granted = {"access_token": "very-secret", "token_type": "Bearer"}
    body, answers = answered(call(fhirServer="https://ehr.example/fhir", fhirAuthorization=granted))
    assert b"very-secret" not in dump(body)
    assert "very-secret" not in repr(answers)


def test_the_same_call_gets_the_same_answer():
    assert answered(call())[0] == answered(call())[0]


@pytest.mark.requirement("crd-2.0.1:262", "crd-2.2:resp-30")
def test_the_expiry_of_the_edition_is_shared():
    assert told(only(call()), "expiry-date") == str(date(2026, 12, 31))
    assert "holds until 2026-12-31" in all_told(only(call(), "2.0"), "reason")[1]["text"]
