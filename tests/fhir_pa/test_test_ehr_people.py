"""Everybody in the test EHR, and whatever can be ordered for them, keeps to the profiles of both generations."""

from __future__ import annotations

from datetime import date

import pytest

from fhir_pa.provider.charts.of_the_day import patients_of_the_day
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.play.payer_file import payer_file
from fhir_pa.provider.test_ehr.catalogue import CATALOGUE, drafted
from fhir_pa.provider.test_ehr.people import everybody_on
from ig_profiles.reading import Json
from ig_profiles.registry import open_set
from ig_profiles.validator import validate

TODAY = date(2026, 11, 21)
CHARTS, PEOPLE = everybody_on(TODAY)
BASE = "http://ehr.example/fhir"
ROOT = {"resourceType": "Bundle", "entry": [{"fullUrl": f"{BASE}/{each['resourceType']}/{each['id']}", "resource": each} for each in CHARTS.resources()]}


def faults(resource: Json, guide: str) -> list[str]:
    found = validate(resource, open_set(guide), strict=True, root=ROOT)
    return [f"{resource['id']} {each.expression}: {each.text}" for each in found if each.severity in ("fatal", "error")]


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
@pytest.mark.parametrize("name", PEOPLE)
def test_a_chart_and_every_order_that_can_be_placed_in_it_keep_to_their_profiles(name: str, guide: str) -> None:
    chart = CHARTS.by_patient[name]
    orders = [drafted(each, chart, CHARTS.practice, TODAY, 1) for each in CATALOGUE.values()]
    assert [fault for each in (*chart.resources(), *chart.elsewhere, *orders) for fault in faults(each, guide)] == []


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_the_charts_of_the_day_that_is_left_keep_to_their_profiles_and_wait_for_nobody_to_order(guide: str) -> None:
    charts = patients_of_the_day(CHARTS.practice, TODAY)
    assert [fault for chart in charts for each in (*chart.resources(), *chart.elsewhere) for fault in faults(each, guide)] == []
    assert not {chart.patient["id"] for chart in charts} & (set(PEOPLE) | set(charts_on(TODAY).by_patient))


def test_each_person_begins_with_an_order_of_the_catalogue_and_nobody_is_in_the_scenes() -> None:
    assert all(person.order and set(person.order) <= set(CATALOGUE) and person.story and person.see for person in PEOPLE.values())
    assert not set(PEOPLE) & set(charts_on(TODAY).by_patient)


def test_the_demonstrations_payer_insures_them_all() -> None:
    written = payer_file("http://payer.example", "http://ehr.example", Keys.new(), CHARTS, TODAY)
    assert all(f'id = "{CHARTS.by_patient[name].coverage["subscriberId"]}"' in written for name in PEOPLE)


def test_orders_of_one_service_never_share_an_id() -> None:
    chart = next(iter(CHARTS.by_patient.values()))
    assert len({drafted(CATALOGUE["oxygen"], chart, CHARTS.practice, TODAY, number)["id"] for number in range(3)}) == 3
