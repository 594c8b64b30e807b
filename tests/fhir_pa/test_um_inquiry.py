"""Which authorizations an inquiry finds, and who may see them."""

from dataclasses import replace
from datetime import date

import pytest

from fhir_pa.um.determination import ReviewAction
from fhir_pa.um.inquiry import InquiryCriteria, ItemCriteria, matches, may_see
from fhir_pa.um.request import Identifier
from ig_profiles.names import HCPCS, ICD10CM
from ig_profiles.reading import Coding
from tests.builders import MEMBER, authorization, certify, item, refer, request


def asking(*items, **given):
    return InquiryCriteria(**{"guide": "2.2", "member": (MEMBER,), "items": items, **given})


def code(value):
    return (Coding(HCPCS, value),)


def test_the_member_alone_finds_all_of_the_members_authorizations():
    assert matches(authorization(), asking())


def test_another_member_finds_nothing():
    assert not matches(authorization(), asking(member=(Identifier(MEMBER.system, "SYN-99"),)))


def test_the_policy_holder_asking_for_herself_does_not_find_her_dependents_cases():
    holder = Identifier(MEMBER.system, "SYN-50")
    child = replace(request().member, subscriber_identifiers=(holder,))
    case = authorization(request=request(item(), member=child))
    assert not matches(case, asking(member=(holder,)))
    assert matches(case, asking(member=(), subscriber=(holder,)))


@pytest.mark.parametrize(("wanted", "found"), [("E1390", True), ("E0431", False)])
def test_a_service_code_narrows(wanted, found):
    assert matches(authorization(), asking(ItemCriteria(code(wanted)))) is found


def test_a_range_of_codes_finds_what_lies_between():
    assert matches(authorization(), asking(ItemCriteria(code("E1300"), Coding(HCPCS, "E1399"))))
    assert not matches(authorization(), asking(ItemCriteria(code("E1300"), Coding(HCPCS, "E1310"))))


def test_any_of_several_services_is_enough():
    assert matches(authorization(), asking(ItemCriteria(code("K0861")), ItemCriteria(code("E1390"))))


def test_diagnoses_are_a_union():
    case = authorization(request=request(item(), diagnoses=(Coding(ICD10CM, "J44.9"),)))
    assert matches(case, asking(diagnoses=(Coding(ICD10CM, "C34.11"), Coding(ICD10CM, "J44.9"))))
    assert not matches(case, asking(diagnoses=(Coding(ICD10CM, "C34.11"),)))


@pytest.mark.parametrize("number", ["PA0001", "PR0001"])
def test_authorization_number_and_administrative_reference_both_find_the_case(number):
    assert matches(authorization(), asking(authorization_number=number))
    assert not matches(authorization(), asking(authorization_number="PA9999"))


def test_a_superseded_number_leads_to_the_present_case():
    case = authorization(request=request(item(authorization_number="OLD-7")))
    assert matches(case, asking(ItemCriteria(authorization_number="OLD-7")))


def test_review_action_and_certified_dates_narrow():
    case = authorization(certify())
    assert matches(case, asking(ItemCriteria(action=ReviewAction.CERTIFIED, effective=(date(2026, 12, 1), date(2026, 12, 31)))))
    assert not matches(case, asking(ItemCriteria(action=ReviewAction.NOT_CERTIFIED)))
    assert not matches(authorization(refer()), asking(ItemCriteria(effective=(date(2026, 12, 1), date(2026, 12, 31)))))


def test_the_submitter_sees_its_case_and_others_need_an_npi_of_the_case():
    case = authorization()
    assert may_see(case, asking(), "oakwood-ehr")
    assert not may_see(case, asking(), "another-ehr")
    assert may_see(case, asking(npis=("9000000023",)), "another-ehr")
