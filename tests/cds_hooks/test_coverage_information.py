"""Whatever can be answered is written within the rules of every guide version."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings

from cds_hooks.answer import (
    Amount,
    AnsweredBy,
    Contact,
    Covered,
    Detail,
    Need,
    Particular,
    PriorAuthorization,
    Purpose,
    Reason,
    Why,
)
from cds_hooks.coverage_information import write
from cds_hooks.dialect import DIALECTS
from ig_profiles.names import COVERAGE_INFORMATION, CRD_DETAIL_CODES, CRD_TEMP_CODES
from ig_profiles.reading import many
from tests.cds_hooks.any_answer import NEEDED, answer, answers
from tests.cds_hooks.builders import all_told, told
from tests.cds_hooks.rules import broken_rules


@pytest.mark.trap(5, 6, 18, 31)
@pytest.mark.parametrize("dialect", DIALECTS)
@settings(max_examples=150, deadline=None)
@given(said=answers())
def test_the_invariants_hold_for_everything_the_writer_can_be_asked(dialect, said):
    written = write(said, dialect)
    assert written["url"] == COVERAGE_INFORMATION
    assert broken_rules(written, dialect) == set()


@pytest.mark.trap(18)
@settings(max_examples=150, deadline=None)
@given(said=answers())
def test_details_have_a_category_in_2_2_and_none_before(said):
    for dialect in DIALECTS:
        for detail in [part for part in many(write(said, dialect), "extension") if part["url"] == "detail"]:
            names = [part["url"] for part in detail["extension"]]
            assert ("category" in names) == (dialect == "2.2")
            system = next(part for part in detail["extension"] if part["url"] == "code")["valueCodeableConcept"]["coding"][0]["system"]
            assert system == (CRD_DETAIL_CODES if dialect == "2.2" else CRD_TEMP_CODES)
            assert dialect != "2.0" or not any("valueUrl" in part for part in detail["extension"])


# --- contradictions cannot be built ------------------------------------------------------------------------------------


@pytest.mark.trap(5, 6, 31)
@pytest.mark.parametrize(
    ("parts", "mending"),
    [
        ({"covered": Covered.NO, "authorization": PriorAuthorization.NEEDED}, "unless the service is not covered"),
        ({"covered": Covered.YES}, "Say whether prior authorization is needed"),
        ({**NEEDED, "needs": (Need.PERFORMER,)}, "exactly when something depends on it"),
        ({"covered": Covered.CONDITIONAL, "authorization": PriorAuthorization.CONDITIONAL, "reasons": NEEDED["reasons"]}, "what must become known"),
        ({**NEEDED, "authorization": PriorAuthorization.SATISFIED}, "Give an authorization number"),
        ({**NEEDED, "authorization_number": "PA-1"}, "exactly when the authorization is granted"),
        ({**NEEDED, "questionnaires": ("q|1",)}, "only when documentation is asked for"),
        ({**NEEDED, "documentation": (AnsweredBy.CLINICAL,)}, "what documentation is for"),
        (
            {**NEEDED, "authorization": PriorAuthorization.NOT_NEEDED, "documentation": (AnsweredBy.ADMIN,), "purposes": (Purpose.WITH_AUTHORIZATION,)},
            "that nobody needs to make",
        ),
        ({"covered": Covered.UNKNOWN, "authorization": PriorAuthorization.UNKNOWN}, "Give the reason"),
        ({**NEEDED, "reasons": (Reason(" ", Why.TECHNICAL),)}, "in words"),
    ],
)
def test_an_answer_that_contradicts_itself_cannot_be_built(parts, mending):
    with pytest.raises(ValueError, match=mending):
        answer(**parts)


# --- one state table, three manners (crd.md §1.7.4) --------------------------------------------------------------------


@pytest.mark.requirement("crd-2.2:resp-43")
def test_what_could_not_be_found_out_is_indeterminate_in_2_2_and_depends_on_other_information_before():
    said = answer(covered=Covered.UNKNOWN, authorization=PriorAuthorization.UNKNOWN, reasons=(Reason("Records are down.", Why.TECHNICAL),))
    new, old = write(said, "2.2"), write(said, "2.0")
    assert (told(new, "covered"), told(new, "pa-needed"), all_told(new, "info-needed")) == ("indeterminate", "indeterminate", [])
    assert all_told(new, "reason")[0]["coding"][0]["code"] == "technical"
    assert (told(old, "covered"), told(old, "pa-needed"), all_told(old, "info-needed")) == ("conditional", "conditional", ["OTH"])
    assert all_told(old, "reason") == [{"text": "Records are down."}]


@pytest.mark.trap(18)
def test_documentation_by_several_is_repeated_later_and_both_in_2_0():
    said = answer(**NEEDED, documentation=(AnsweredBy.CLINICAL, AnsweredBy.ADMIN), purposes=(Purpose.WITH_AUTHORIZATION,))
    assert all_told(write(said, "2.2"), "doc-needed") == ["clinical", "admin"]
    assert all_told(write(said, "2.1"), "doc-needed") == ["clinical", "admin"]
    assert all_told(write(said, "2.0"), "doc-needed") == ["both"]


def test_what_the_patient_answers_reaches_a_2_0_client_through_the_front_desk():
    said = answer(**NEEDED, documentation=(AnsweredBy.PATIENT,), purposes=(Purpose.WITH_AUTHORIZATION,))
    assert all_told(write(said, "2.0"), "doc-needed") == ["admin"]
    assert all_told(write(said, "2.2"), "doc-needed") == ["patient"]


def test_a_missing_detailed_code_is_info_needed_in_2_2_and_a_reason_before():
    reasons = (Reason("Which scanner?"),)
    said = answer(covered=Covered.CONDITIONAL, authorization=PriorAuthorization.CONDITIONAL, needs=(Need.DETAIL_CODE,), reasons=reasons)
    assert all_told(write(said, "2.2"), "info-needed") == ["detail-code"]
    assert all_told(write(said, "2.0"), "info-needed") == ["OTH"]
    assert all_told(write(said, "2.0"), "reason")[0]["coding"] == [{"system": CRD_TEMP_CODES, "code": "detail-code"}]


def test_out_of_network_is_a_reason_in_2_2_and_a_detail_before():
    reasons = (Reason("Only outside the network.", Why.OUT_OF_NETWORK),)
    said = answer(covered=Covered.YES, authorization=PriorAuthorization.CONDITIONAL, needs=(Need.PERFORMER,), reasons=reasons)
    assert all_told(write(said, "2.2"), "reason")[0]["coding"][0]["code"] == "auth-out-network"
    detail = next(part for part in write(said, "2.0")["extension"] if part["url"] == "detail")
    assert detail["extension"][0]["valueCodeableConcept"]["coding"] == [{"system": CRD_TEMP_CODES, "code": "auth-out-network-only"}]
    assert detail["extension"][1]["valueBoolean"] is True


def test_expiry_and_instructions_are_told_in_words_where_no_element_exists():
    said = answer(**NEEDED, expires_on=date(2026, 12, 31), details=(Detail(Particular.INSTRUCTIONS, "Measure on room air."),))
    assert told(write(said, "2.1"), "expiry-date") == told(write(said, "2.2"), "expiry-date") == "2026-12-31"
    assert [reason["text"] for reason in all_told(write(said, "2.0"), "reason")] == [
        "Ask first.",
        "Measure on room air.",
        "This answer holds until 2026-12-31.",
    ]


def test_the_policy_link_is_a_url_from_2_1_on_and_left_to_the_card_before():
    said = answer(**NEEDED, details=(Detail(Particular.POLICY_LINK, "https://payer.example/p#a"),))
    for dialect in ("2.1", "2.2"):
        detail = next(part for part in write(said, dialect)["extension"] if part["url"] == "detail")
        assert detail["extension"][-1] == {"url": "value", "valueUrl": "https://payer.example/p#a"}
    assert "detail" not in [part["url"] for part in write(said, "2.0")["extension"]]


@pytest.mark.trap(18)
def test_whom_to_ask_is_a_contact_point_before_2_2_and_a_contact_detail_after():
    said = answer(**NEEDED, contact=Contact("Oxygen desk", "555-555-0140"))
    phone = {"system": "phone", "value": "555-555-0140"}
    for dialect in ("2.0", "2.1"):
        assert {"url": "contact", "valueContactPoint": phone} in write(said, dialect)["extension"]
    assert {"url": "contact", "valueContactDetail": {"name": "Oxygen desk", "telecom": [phone]}} in write(said, "2.2")["extension"]


def test_amounts_keep_their_digits():
    said = answer(**NEEDED, details=(Detail(Particular.ALLOWED_QUANTITY, Amount(Decimal("2.50"), "L")),))
    detail = next(part for part in write(said, "2.2")["extension"] if part["url"] == "detail")
    assert str(detail["extension"][-1]["valueQuantity"]["value"]) == "2.50"


def test_the_rules_of_this_test_notice_what_they_are_for():
    written = write(answer(**NEEDED, documentation=(AnsweredBy.CLINICAL,), purposes=(Purpose.WITH_AUTHORIZATION,), questionnaires=("q|1",)), "2.2")

    def without(name):
        return {**written, "extension": [part for part in written["extension"] if part["url"] != name]}

    assert broken_rules(without("doc-needed"), "2.2") == {"q1"}
    assert broken_rules(without("pa-needed"), "2.2") == {"q2"}
    assert broken_rules(without("reason"), "2.2") == {"q8"}
    assert broken_rules(without("date"), "2.2") == {"required"}
    assert broken_rules({**written, "extension": [*written["extension"], {"url": "info-needed", "valueCode": "location"}]}, "2.2") == {"q3"}
    assert broken_rules({**written, "extension": [*written["extension"], {"url": "satisfied-pa-id", "valueString": "1"}]}, "2.2") == {"q5"}
