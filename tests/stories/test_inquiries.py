"""Providers ask how an authorization stands: by example, by any number it ever had, and only for those who may see it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from fhir_pa.provider.codes import CERTIFIED, PENDED
from fhir_pa.provider.elements import identifier, pas_extension, reference
from fhir_pa.provider.pas.claim_response import PasAnswer, read_inquiry
from fhir_pa.provider.pas.submission import TRACES, Submission
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles import json
from ig_profiles.names import HCPCS, NPI
from ig_profiles.reading import Json, identifier_value, many, one
from questionnaires.library import Shelf
from tests.stories.asking import BORDERLINE, inquire, inquiry, oxygen, scans, submit, update, without_item
from tests.stories.parties import SUPPLIER, Plan, Staff, System, trace

SIX_MONTHS = 184


@pytest.fixture
def supplier(clinic: System) -> System:
    """The records system of the supplier, which submitted nothing."""
    return System(clinic.plan, SUPPLIER, clinic.guide)


def from_the_supplier(asked: Submission, npi: str) -> Json:
    """The supplier's inquiry about these services, naming a clinician by NPI."""
    bundle = inquiry(asked)
    supplier = asked.practice.supplier
    clinician = {"resourceType": "Practitioner", "id": "somebody", "identifier": [{"system": NPI, "value": npi}]}
    claim = bundle["entry"][0]["resource"]
    claim["provider"] = reference(supplier)
    claim["careTeam"] = [{"sequence": 1, "provider": reference(clinician)}]
    bundle["entry"] += [{"fullUrl": f"{asked.fhir_base}/{each['resourceType']}/{each['id']}", "resource": each} for each in (supplier, clinician)]
    return bundle


def ordered_by(asked: Submission) -> str:
    return identifier_value(asked.chart.clinician.practitioner, NPI) or ""


@pytest.mark.requirement("pas-2.0.1:124")
def test_every_authorization_that_fits_the_example_comes_back_and_no_other(clinic: System) -> None:
    first, second = oxygen(clinic, BORDERLINE), oxygen(clinic, BORDERLINE)
    numbers = [submit(clinic, asked).item(1).reference for asked in (first, second)]
    submit(clinic, scans(clinic))
    for asked, number in zip((first, second), numbers, strict=True):
        (found,) = inquire(clinic, asked)
        assert found.item(1).reference == number
    about_the_member = inquiry(first)
    about_the_member["entry"][0]["resource"].pop("item")
    by_its_own_number = read_inquiry(clinic.post("Claim/$inquire", about_the_member))
    assert {answer.item(1).reference for answer in by_its_own_number} == ({numbers[0]} if clinic.guide == "2.0.1" else set(numbers))
    about_the_member["entry"][0]["resource"]["identifier"] = [identifier(TRACES, trace())]
    all_of_the_members = read_inquiry(clinic.post("Claim/$inquire", about_the_member))
    assert {answer.item(1).reference for answer in all_of_the_members} == set(numbers)


@pytest.mark.parametrize("guide_shape", [{"2.0.1": "Bundle", "2.2": "Parameters"}])
@pytest.mark.pas_trap(2, 4)
def test_no_match_is_a_success_in_the_shape_of_the_guide(guide_shape: dict[str, str], clinic: System) -> None:
    nothing = clinic.post("Claim/$inquire", inquiry(oxygen(clinic)))
    assert nothing["resourceType"] == guide_shape[clinic.guide] and read_inquiry(nothing) == ()
    if clinic.guide == "2.0.1":
        (issue,) = nothing["entry"][0]["resource"]["issue"]
        assert issue["severity"] == "information" and "give fewer criteria" in issue["details"]["text"]
    else:
        assert nothing == {"resourceType": "Parameters"}


@pytest.mark.requirement("pas-2.0.1:133", "pas-2.2.1:spec-47", "pas-2.2.1:spec-48")
@pytest.mark.pas_trap(44)
def test_a_number_that_was_superseded_leads_to_the_authorization_as_it_stands_now(clinic: System, physician: Staff) -> None:
    asked = oxygen(clinic, BORDERLINE)
    pended = submit(clinic, asked).item(1)
    newer, bundle = update(asked)
    clinic.post("Claim/$submit", bundle)
    (waiting,) = physician.worklist()
    physician.decide(waiting["number"], items=[1], decision="certify", because="Falls to 84 % on stairs at home.", criteria=["group_2"])

    by_reference = inquire(clinic, newer, administrationReferenceNumber=str(pended.reference))
    by_number = inquire(clinic, newer, authorizationNumber=waiting["number"])
    by_replaced_request = inquire(clinic, asked)
    by_latest_request = inquire(clinic, newer)
    for found in (by_reference, by_number, by_replaced_request, by_latest_request):
        assert [(answer.actions, answer.item(1).number) for answer in found] == [({1: CERTIFIED}, waiting["number"])]


@pytest.mark.requirement("pas-2.0.1:131", "pas-2.0.1:182", "pas-2.2.1:spec-46")
def test_changed_and_cancelled_items_are_listed_beside_the_others(clinic: System) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    report = clinic.plan.charts.arrive("ilsabet-crane-chest-report")
    newer, bundle = update(asked, report)
    clinic.post("Claim/$submit", without_item(bundle, 3))
    for known in (asked, newer):
        (found,) = inquire(clinic, known)
        assert found.actions == {1: CERTIFIED, 2: CERTIFIED, 3: "C"}


@pytest.mark.requirement("pas-2.0.1:138", "pas-2.0.1:139", "pas-2.0.1:198", "pas-2.2.1:spec-52", "pas-2.2.1:spec-53", "hrex-1.2:sec-20")
@pytest.mark.pas_trap(47)
def test_another_provider_sees_it_with_the_members_number_and_the_orderers_npi_alone(clinic: System, supplier: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)

    def seen(bundle: Json) -> tuple[PasAnswer, ...]:
        return read_inquiry(supplier.post("Claim/$inquire", bundle))

    (found,) = seen(from_the_supplier(asked, ordered_by(asked)))
    assert found.actions == {1: PENDED}
    assert seen(from_the_supplier(asked, "9000300036")) == ()
    another_member = oxygen(clinic)
    assert seen(from_the_supplier(another_member, ordered_by(asked))) == ()
    assert inquire(clinic, asked) != ()


@pytest.mark.requirement("pas-2.0.1:183", "pas-2.2.1:spec-73")
@pytest.mark.pas_trap(49)
def test_what_was_pended_is_found_six_months_after_the_service(clinic: System) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    ends = asked.lines[0].ends
    assert ends is not None
    clinic.plan.clock.turn(days=(ends - asked.at.date()).days + SIX_MONTHS)
    assert [answer.actions for answer in inquire(clinic, asked)] == [{1: PENDED}]


@pytest.mark.requirement("pas-2.0.1:155")
def test_nobody_is_turned_away_for_asking_often(clinic: System) -> None:
    asked = oxygen(clinic)
    submit(clinic, asked)
    assert {len(inquire(clinic, asked)) for _ in range(40)} == {1}


def test_an_inquiry_needs_a_token_that_allows_reading(clinic: System) -> None:
    writer = System(clinic.plan, clinic.client, clinic.guide, scope="system/Claim.c")
    refused = writer.call("POST", "Claim/$inquire", inquiry(oxygen(clinic)))
    assert refused.status_code == 403 and "system/Claim.r" in refused.text


@pytest.mark.requirement("pas-2.0.1:132", "pas-2.2.1:spec-46")
def test_whoever_asks_about_some_items_hears_in_2_0_1_about_those_and_in_2_2_about_all(clinic: System) -> None:
    asked = scans(clinic)
    submit(clinic, asked)
    bundle = inquiry(asked)
    claim = bundle["entry"][0]["resource"]
    claim["item"] = claim["item"][:2]
    answered = clinic.post("Claim/$inquire", bundle)
    (found,) = read_inquiry(answered)
    first = one(answered, "entry", "resource") if clinic.guide == "2.0.1" else one(answered, "parameter", "resource", "entry", "resource")
    marks = [each["code"] for each in many(first, "meta", "security")]
    assert (list(found.actions), marks) == (([1, 2], ["SUBSETTED"]) if clinic.guide == "2.0.1" else ([1, 2, 3], []))


@pytest.mark.parametrize("narrowing", [{"servicedDate": "2027-11-21"}, {"modifier": [{"coding": [{"system": HCPCS, "code": "RR"}]}]}])
def test_every_element_given_narrows(clinic: System, narrowing: Json) -> None:
    asked = oxygen(clinic, BORDERLINE)
    submit(clinic, asked)
    bundle = inquiry(asked)
    bundle["entry"][0]["resource"]["item"][0] |= narrowing
    assert read_inquiry(clinic.post("Claim/$inquire", bundle)) == ()


@pytest.fixture(params=["2.0.1", "2.2"])
def sensitive(request: pytest.FixtureRequest, plan: Plan) -> System:
    """The clinic of a plan whose policy on oxygen counts as sensitive."""
    volumes = [replace(each, edition=replace(each.edition, sensitive=each.edition.topic == "home_oxygen")) for each in plan.payer.shelf.volumes()]
    plan.payer = replace(plan.payer, shelf=Shelf(volumes))
    return System(plan, CLIENT_ID, request.param)


@pytest.mark.requirement("hrex-1.2:sec-5", "hrex-1.2:sec-17")
@pytest.mark.pas_trap(48)
def test_what_is_sensitive_is_withheld_from_others_with_a_number_to_call_unless_asked_for_by_number(sensitive: System) -> None:
    asked, supplier = oxygen(sensitive, BORDERLINE), System(sensitive.plan, SUPPLIER, sensitive.guide)
    reference = submit(sensitive, asked).item(1).reference
    assert [found.actions for found in inquire(sensitive, asked)] == [{1: PENDED}], "the submitter sees its own"

    theirs = from_the_supplier(asked, ordered_by(asked))
    answered = supplier.post("Claim/$inquire", theirs)
    assert read_inquiry(answered) == () and str(reference) not in json.dump(answered).decode()
    hint = one(answered, "entry", "resource") if sensitive.guide == "2.0.1" else one(answered, "parameter", "resource")
    assert [(issue["severity"], issue["details"]["text"]) for issue in hint["issue"]] == [
        ("warning", f"More may be on file than is shown here. Call {sensitive.plan.payer.directory.insurer.phone}.")
    ]
    theirs["entry"][0]["resource"]["extension"] = [pas_extension("administrationReferenceNumber", valueString=str(reference))]
    assert [found.actions for found in read_inquiry(supplier.post("Claim/$inquire", theirs))] == [{1: PENDED}]
