"""Which authorizations an inquiry finds, and who may see them."""

from dataclasses import replace
from datetime import date

import pytest

from fhir_pa.um.deciding.determination import ReviewAction
from fhir_pa.um.deciding.request import CertificationType, Follows, Identifier, Party
from fhir_pa.um.on_file.inquiry import InquiryCriteria, ItemCriteria, asked_about, is_withheld, matches, may_see, named_first, narrowed
from ig_profiles.names import HCPCS, ICD10CM, NPI
from ig_profiles.reading import Coding
from tests.builders import EDITION, MEMBER, TODAY, authorization, certify, item, refer, request, service


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


@pytest.mark.pas_trap(46)
def test_diagnoses_are_a_union():
    case = authorization(request=request(item(), diagnoses=(Coding(ICD10CM, "J44.9"),)))
    assert matches(case, asking(diagnoses=(Coding(ICD10CM, "C34.11"), Coding(ICD10CM, "J44.9"))))
    assert not matches(case, asking(diagnoses=(Coding(ICD10CM, "C34.11"),)))


@pytest.mark.parametrize("number", ["PA0001", "PR0001"])
@pytest.mark.pas_trap(46)
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


SURGEON = Party("Jory Vale, MD", (Identifier(NPI, "9000000049"),))
DETAILED = item(
    modifiers=(Coding(HCPCS, "RR"), Coding(HCPCS, "NU")),
    revenue=Coding("https://www.nubc.org/revenue-code", "0291"),
    request_type="HS",
    certification_type=CertificationType.RENEWAL,
    trace_numbers=(Identifier("http://oakwood.example/trace", "T-1-1"),),
    providers=(SURGEON,),
    service=service(on=date(2026, 12, 1), until=date(2026, 12, 31)),
)


@pytest.mark.parametrize(
    ("fits", "differs"),
    [
        ({"modifiers": (Coding(HCPCS, "NU"),)}, {"modifiers": (Coding(HCPCS, "NU"), Coding(HCPCS, "KX"))}),
        ({"revenue": Coding("https://www.nubc.org/CodeSystem/RevenueCodes", "0291")}, {"revenue": Coding("", "0292")}),
        ({"request_type": "HS"}, {"request_type": "AR"}),
        ({"certification_type": CertificationType.RENEWAL}, {"certification_type": CertificationType.INITIAL}),
        ({"served": (date(2026, 12, 31), date(2027, 1, 5))}, {"served": (date(2027, 1, 1), date(2027, 1, 5))}),
        ({"providers": ("9000000049", "9000300036")}, {"providers": ("9000300036",)}),
        ({"trace_numbers": (Identifier("http://oakwood.example/trace", "T-1-1"),)}, {"trace_numbers": (Identifier("", "T-1-1"),)}),
    ],
)
def test_each_element_of_an_item_narrows(fits, differs):
    case = authorization(request=request(DETAILED))
    assert matches(case, asking(ItemCriteria(**fits)))
    assert not matches(case, asking(ItemCriteria(**differs)))
    assert not matches(case, asking(ItemCriteria(code("K0861"), **fits))), "all of one item's elements must fit together"


def test_an_updated_case_is_found_by_whatever_it_was_first_asked_for():
    case = authorization(request=request(item(certification_type=CertificationType.REVISION), follows=Follows(url="http://oakwood.example/fhir/Claim/1")))
    assert matches(case, asking(ItemCriteria(certification_type=CertificationType.INITIAL)))
    assert matches(case, asking(certification_type=CertificationType.EXTENSION))
    assert not matches(authorization(), asking(certification_type=CertificationType.EXTENSION))


@pytest.mark.parametrize("when", ["event", "admission", "discharge"])
def test_days_of_the_event_narrow_and_are_those_of_the_items_where_none_is_told(when):
    told = (date(2026, 11, 22), date(2026, 11, 24))
    case = authorization(request=request(item(), **{when: told}))
    assert matches(case, asking(**{when: (date(2026, 11, 24), date(2026, 12, 24))}))
    assert not matches(case, asking(**{when: (date(2026, 11, 25), date(2026, 12, 24))}))
    assert matches(authorization(), asking(**{when: (TODAY, TODAY)}))


def test_the_period_asked_about_may_be_the_items_or_the_admissions():
    case = authorization(request=request(DETAILED, admission=(date(2026, 11, 22), date(2026, 11, 24))))
    assert matches(case, asking(period=(date(2026, 11, 20), date(2026, 11, 22))))
    assert matches(case, asking(period=(date(2026, 12, 5), date(2026, 12, 6))))
    assert not matches(case, asking(period=(date(2026, 11, 26), date(2026, 11, 29))))


def test_a_care_team_named_must_have_a_part_in_the_case():
    case = authorization(request=request(DETAILED))
    assert matches(case, asking(providers=("9000000049",))) and matches(case, asking(providers=("9000000023",)))
    assert not matches(case, asking(providers=("9000300036",)))


def test_dependents_who_share_a_number_are_told_apart_by_their_birth_date():
    assert matches(authorization(), asking(birth_date=date(1955, 3, 2)))
    assert not matches(authorization(), asking(birth_date=date(1982, 3, 2)))
    nobody_knows = authorization(request=request(item(), member=replace(request().member, birth_date=None)))
    assert matches(nobody_knows, asking(birth_date=date(1982, 3, 2)))


def two_services():
    return authorization(refer(), refer(), request=request(item(1, "E1390"), item(2, "E0431")))


def test_2_0_1_answers_a_part_with_that_part_and_2_2_with_the_whole():
    part = asking(ItemCriteria(code("E0431")), guide="2.0.1")
    assert [each.sequence for each in narrowed(two_services(), part).items] == [2]
    assert narrowed(two_services(), replace(part, guide="2.2")) == two_services()
    assert len(narrowed(two_services(), asking(guide="2.0.1")).items) == 2
    with_anything = asking(ItemCriteria(code("E0431")), ItemCriteria(authorization_number="PA0001"), guide="2.0.1")
    assert asked_about(two_services(), with_anything) == (1, 2)


@pytest.mark.pas_trap(46)
def test_the_inquirys_own_number_is_a_key_in_2_0_1_only():
    mine, other = authorization(), authorization(request=request(trace_numbers=(Identifier("", "T-2"),)))
    named = asking(guide="2.0.1", trace_numbers=other.request.trace_numbers)
    assert named_first([mine, other], named) == [other]
    assert named_first([mine, other], replace(named, guide="2.2")) == [mine, other]
    assert named_first([mine, other], replace(named, trace_numbers=(Identifier("", "I-1"),))) == [mine, other]


def test_what_is_sensitive_is_for_the_submitter_and_those_who_name_it():
    case = authorization(replace(refer(), edition=replace(EDITION, sensitive=True)))
    assert is_withheld(case, asking(), "another-ehr")
    assert not is_withheld(case, asking(), "oakwood-ehr")
    assert not is_withheld(case, asking(administrative_reference="PR0001"), "another-ehr")
    assert not is_withheld(authorization(), asking(), "another-ehr")
