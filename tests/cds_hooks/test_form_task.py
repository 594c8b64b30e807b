"""A form as a Task, for a system without DTR: with the form itself where the system lacks it, and never where DTR is possible."""

from dataclasses import replace
from pathlib import Path

import pytest

from ig_profiles.outcome import Unavailable
from questionnaires.library import BUILT_IN, Shelf, Volume, read_folder
from tests.cds_hooks.builders import ANYTHING_ELSE, PATIENT, TODAY, answered, bundle, call, configured, coverage, device_request, found, house
from tests.cds_hooks.profiles import faults

(VOLUME,), _ = read_folder(BUILT_IN / "home_oxygen")
SHELF = Shelf([replace(VOLUME, edition=replace(VOLUME.edition, companions=(), alternatives=())), Volume(ANYTHING_ELSE, None, None, None, Path())])
CANONICAL = VOLUME.edition.questionnaire
URL, _, VERSION = CANONICAL.partition("|")
EMPTY = {"resourceType": "Bundle", "type": "searchset"}
PAYER_ORGANIZATION = {"resourceType": "Organization", "identifier": [{"system": "http://hl7.org/fhir/sid/us-npi", "value": "9000000007"}]}


class Chart:
    """An EHR that has these resources and remembers what it was asked."""

    def __init__(self, *held):
        self.held, self.asked = held, []

    def __call__(self, query):
        self.asked.append(query)
        return bundle(*(each for each in self.held if query.startswith(each["resourceType"])))


def cards(chart=None, dialect="2.2", body=None, **more):
    given = house({}, shelf=SHELF, **{"forms_by_task": True, "fetch": chart or Chart(), "organization": PAYER_ORGANIZATION, **more})
    return [card for card in answered(body or call(), dialect, given)[0]["cards"] if "suggestions" in card]


def actions(chart=None, dialect="2.2", **more):
    (card,) = cards(chart, dialect, **more)
    (suggestion,) = card["suggestions"]
    return {action["resource"]["resourceType"]: action for action in suggestion["actions"]}


@pytest.mark.requirement("crd-2.0.1:299", "crd-2.2:resp-62", "crd-2.2:resp-65")
@pytest.mark.parametrize("dialect", ["2.0", "2.1", "2.2"])
def test_the_task_asks_for_the_form_of_the_policy_and_fits_the_profile_of_its_generation(dialect):
    task = actions(dialect=dialect, body=call(context={"encounterId": "e1"}))["Task"]["resource"]
    assert (task["status"], task["intent"], task["authoredOn"], task["for"]) == ("ready", "order", str(TODAY), {"reference": "Patient/p1"})
    assert (task["encounter"], task["owner"], task["basedOn"]) == (
        {"reference": "Encounter/e1"},
        {"reference": "Practitioner/dr"},
        [{"reference": "DeviceRequest/order-1"}],
    )
    assert [coding["code"] for coding in task["code"]["coding"]] == ["complete-questionnaire"]
    assert task["input"][0]["valueCanonical"] == CANONICAL and task["input"][0]["type"]["text"] == "questionnaire"
    assert faults(task, dialect) == []
    afterwards = [each["valueCodeableConcept"]["coding"][0]["code"] for each in task["input"][1:]]
    assert afterwards == ([] if dialect == "2.2" else ["prior-auth-include"])
    assert "focus" not in task


@pytest.mark.requirement("crd-2.2:dev-20", "crd-2.0.1:135")
@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_the_ehr_is_asked_for_its_copy_first_and_gets_the_form_only_when_it_has_none(dialect):
    chart = Chart()
    form = actions(chart, dialect)["Questionnaire"]
    query = next(query for query in chart.asked if query.startswith("Questionnaire?"))
    assert query == f"Questionnaire?{form['extension']['davinci-crd.if-none-exist']}"
    assert "version=2026.1" in query and "home-oxygen" in query.lower()
    assert (form["resource"]["url"], form["resource"]["version"]) == (URL, VERSION)
    has_it = {"resourceType": "Questionnaire", "id": "7", "url": URL, "version": VERSION}
    assert set(actions(Chart(has_it), dialect)) == {"Task", "Organization"}
    assert "Questionnaire" in actions(Chart({**has_it, "version": "2025.1"}), dialect), "another version is another form"


def refuse(query):
    raise Unavailable("The EHR is down.")


@pytest.mark.parametrize("fetch", [lambda query: None, lambda query: {"resourceType": "OperationOutcome"}, refuse])
def test_an_ehr_that_does_not_answer_gets_the_form_unless_it_is_there(fetch):
    assert "url=" in actions(fetch=fetch)["Questionnaire"]["extension"]["davinci-crd.if-none-exist"]


def test_without_leave_to_ask_nothing_is_sent():
    assert cards(fetch=None) == []


@pytest.mark.requirement("crd-2.2:resp-59")
@pytest.mark.parametrize("hook", ["order-sign", "order-select"])
def test_a_system_with_dtr_gets_no_task_and_is_not_asked_for_forms(hook):
    chart = Chart()
    assert cards(chart, body=call(hook), forms_by_task=False) == []
    assert not [query for query in chart.asked if query.startswith("Questionnaire?")]


def test_nothing_is_sent_where_no_documentation_is_asked_for():
    assert cards(body=call("order-select")) == [], "supporting hooks ask for none"
    assert cards(body=call("order-sign", device_request("E9999"))) == [], "no form belongs to this"
    assert cards(body=call(extension=configured(clinical_reminder=False))) == []


def test_the_requester_is_the_payer_as_the_coverage_refers_to_it():
    named = coverage(payor=[{"reference": "Organization/larkfield"}])
    made = actions(body=call(prefetch={"patient": PATIENT, "coverage": bundle(named)}))
    assert set(made) == {"Questionnaire", "Task"} and made["Task"]["resource"]["requester"] == {"reference": "Organization/larkfield"}


@pytest.mark.parametrize("dialect", ["2.0", "2.2"])
def test_a_payer_the_ehr_does_not_hold_is_added_with_the_task(dialect):
    made = actions(dialect=dialect)
    organization = made["Organization"]
    assert made["Task"]["resource"]["requester"] == {"reference": f"Organization/{organization['resource']['id']}"}
    assert organization["extension"]["davinci-crd.if-none-exist"] == "identifier=http%3A%2F%2Fhl7.org%2Ffhir%2Fsid%2Fus-npi%7C9000000007"
    assert faults(organization["resource"], dialect) == []
    unnumbered = actions(dialect=dialect, organization=None)["Organization"]
    assert unnumbered["extension"]["davinci-crd.if-none-exist"] == "identifier=https%3A%2F%2Flarkfield.example%7CLarkfield%20Health%20Plan"
    assert faults(unnumbered["resource"], dialect) == []


def test_one_form_is_one_card_however_many_orders_and_says_how_to_do_without_it():
    (card,) = cards(body=call("order-sign", device_request(), device_request("E0431", "order-2")))
    (suggestion,) = card["suggestions"]
    task = next(action["resource"] for action in suggestion["actions"] if action["resource"]["resourceType"] == "Task")
    assert [each["reference"] for each in task["basedOn"]] == ["DeviceRequest/order-1", "DeviceRequest/order-2"]
    assert card["selectionBehavior"] == "at-most-one" and suggestion["isRecommended"] is True
    assert f"({CANONICAL})" in card["detail"].replace("\\", "") and "registered with us as one without DTR" in card["detail"]


def test_a_chart_that_proves_the_order_asks_for_no_form():
    assert found("86") and cards(dialect="2.2", body=call("order-sign", device_request(doNotPerform=True))) == []
