"""What the provider holds and says keeps to the profiles of either guide, by our own validator's strict reading."""

from datetime import date

import pytest

from fhir_pa.provider.patients import charts_on
from ig_profiles.names import CRD, PAS_PROFILE
from ig_profiles.reading import Index, many
from ig_profiles.registry import open_set
from ig_profiles.validator import validate

TODAY = date(2026, 11, 21)
BASE = "http://127.0.0.1:9090/fhir"
CHARTS = charts_on(TODAY)
PATIENTS = tuple(CHARTS.by_patient)


def errors(resource, guide, root=None, profile=None):
    found = validate(resource, open_set(guide), profile, strict=True, root=root)
    return [f"{each.expression}: {each.text}" for each in found if each.severity in ("fatal", "error")]


def chart_bundle():
    entries = [{"fullUrl": f"{BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in CHARTS.resources()]
    return {"resourceType": "Bundle", "type": "collection", "entry": entries}


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_everything_the_ehr_shows_claims_profiles_of_both_generations_and_keeps_to_them(guide):
    around = chart_bundle()
    held_elsewhere = [each for chart in CHARTS.by_patient.values() for each in chart.elsewhere]
    for resource in (*CHARTS.resources(), *held_elsewhere):
        unknown = [claimed for claimed in many(resource, "meta", "profile") if open_set(guide).profile(claimed) is None]
        assert unknown == [], resource["id"]
        assert errors(resource, guide, around) == [], resource["id"]


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_whatever_an_order_may_lead_to_keeps_to_the_profile_crd_has_for_its_type(guide):
    around, held = chart_bundle(), set()
    for resource in CHARTS.resources():
        profile = f"{CRD}/StructureDefinition/profile-{resource['resourceType'].lower()}"
        if open_set(guide).profile(profile) is not None:
            held.add(resource["resourceType"])
            assert errors(resource, guide, around, profile) == [], resource["id"]
    assert {"Patient", "Coverage", "Encounter", "Location", "Practitioner", "DeviceRequest", "ServiceRequest"} <= held


@pytest.mark.parametrize("patient", PATIENTS)
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_a_draft_order_keeps_to_its_crd_profile_and_to_that_of_pas(guide, patient):
    around = chart_bundle()
    for order in CHARTS.by_patient[patient].orders:
        profile = f"profile-{order['resourceType'].lower()}"
        assert order["meta"]["profile"] == [f"{CRD}/StructureDefinition/{profile}"]
        assert errors(order, guide, around) == []
        assert errors(order, guide, around, PAS_PROFILE + profile) == []


@pytest.mark.parametrize("patient", PATIENTS)
def test_an_order_is_performed_by_somebody_in_a_role_at_an_organization(patient):
    index = Index.of_bundle(chart_bundle())
    for order in CHARTS.by_patient[patient].orders:
        (performer,) = many(order, "performer")
        role = index.resolve(performer)
        assert role.resource["resourceType"] == "PractitionerRole"
        assert index.resolve(role.resource["practitioner"]) and index.resolve(role.resource["organization"])
