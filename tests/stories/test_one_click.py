"""One click: a clinician takes a suggestion from a card, the chart changes, and the same order asked again hears a better answer."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from unittest.mock import patch

import pytest

from fhir_pa.provider.cds_client import Answered, CdsClient, service_for
from fhir_pa.provider.charts.chart import Chart, condition_of
from fhir_pa.provider.charts.orders import Ordering, imaging_order
from fhir_pa.provider.elements import concept
from fhir_pa.provider.play.payer_file import CLIENT_ID
from fhir_pa.wiring import GENERATIONS
from ig_profiles.names import CPT, ICD10CM
from ig_profiles.reading import Json, many
from tests.cds_hooks.answer_rules import broken
from tests.cds_hooks.profiles import faults
from tests.stories.asking import BORDERLINE
from tests.stories.ehr import Ehr, searchset
from tests.stories.parties import NOW, PAYER_URL, Plan, System
from tests.stories.playing import Sent, everything_sent

DIALECT = {"2.0.1": "2.0", "2.2": "2.2"}


@dataclass
class Clinic:
    """One patient's clinician, whose EHR calls the payer with its own code."""

    plan: Plan
    guide: str
    sent: Sent
    who: str = BORDERLINE

    def __post_init__(self) -> None:
        self.cds = CdsClient(f"{PAYER_URL}/{GENERATIONS[self.guide]}", self.guide, self.plan.ehr_url, CLIENT_ID, self.plan.keys[CLIENT_ID])
        self.service = service_for(self.cds.discover().body, "order-sign")

    @property
    def chart(self) -> Chart:
        return self.plan.charts.by_patient[self.who]

    @chart.setter
    def chart(self, chart: Chart) -> None:
        self.plan.charts.by_patient[self.who] = chart

    def sign(self) -> Answered:
        """Ask about the drafts; every card keeps the rules, and what is suggested fits its profile."""
        answered = self.cds.order_sign(self.chart, self.service)
        dialect = DIALECT[self.guide]
        assert broken(answered.reply.body, dialect, "order-sign") == []
        made = many(answered.reply.body, "cards", "suggestions", "actions", "resource")
        assert [faults(resource, dialect) for resource in made] == [[] for _ in made]
        return answered

    def take(self, card: Json, label: str) -> None:
        """Click on one suggestion."""
        suggestion = next(each for each in card["suggestions"] if each["label"] == label)
        self.chart = self.cds.accept(self.chart, self.service, card, suggestion, NOW)


def card_of(answered: Answered, topic: str) -> Json | None:
    found = [card for card in answered.reply.body["cards"] if card["source"]["topic"]["code"] == topic and "suggestions" in card]
    return found[0] if found else None


def said(answered: Answered) -> list[str | None]:
    return [each.pa_needed for answers in answered.coverage.values() for each in answers]


def ordering(clinic: Clinic, *reasons: Json) -> Ordering:
    chart = clinic.chart
    return Ordering(chart.patient, chart.coverage, chart.encounter, chart.clinician, reasons, NOW.date())


@pytest.fixture(params=["2.0.1", "2.2"])
def clinic(request: pytest.FixtureRequest, plan: Plan) -> Iterator[Clinic]:
    """The clinic in each guide generation; its calls go straight to the payer's application."""
    with everything_sent(plan) as sent, patch.object(time, "time", lambda: plan.clock().timestamp()):
        yield Clinic(plan, request.param, sent)


def test_a_scan_ordered_without_contrast_instead_is_authorized_at_once(clinic: Clinic) -> None:
    nerve = condition_of(clinic.chart.patient, concept(ICD10CM, "M54.16", "Nerve root pain"), "nerve", NOW.date() - timedelta(days=20))
    foot = condition_of(clinic.chart.patient, concept(ICD10CM, "M21.371", "Foot drop"), "foot", NOW.date() - timedelta(days=6))
    scan = imaging_order(ordering(clinic, nerve, foot), clinic.plan.charts.practice.radiologist, "72158", "MRI of the lumbar spine with contrast", NOW.date())
    clinic.chart = replace(clinic.chart, findings=(*clinic.chart.findings, nerve, foot), orders=(scan,))
    first = clinic.sign()
    card = card_of(first, "therapy-alternatives-opt")
    assert said(first) == ["auth-needed"] and card is not None
    clinic.chart = replace(clinic.chart, orders=tuple(first.orders.values()))
    clinic.take(card, "MRI of the lumbar spine without contrast")
    (order,) = clinic.chart.orders
    assert [coding["code"] for coding in order["code"]["coding"]] == ["72148"] and order["id"] == scan["id"]
    assert {name: value for name, value in order.items() if name != "code"} == {name: value for name, value in scan.items() if name != "code"}
    second = clinic.sign()
    assert said(second) == ["satisfied"] and card_of(second, "therapy-alternatives-opt") is None
    (told,) = next(body["feedback"] for path, body in clinic.sent if path.endswith("/order-sign-crd/feedback"))
    assert (told["card"], told["outcome"], told["acceptedSuggestions"]) == (card["uuid"], "accepted", [{"id": card["suggestions"][0]["uuid"]}])


def test_a_drug_replaced_by_the_one_that_comes_first_leaves_the_drafts_for_a_new_one(clinic: Clinic) -> None:
    pen = imaging_order(ordering(clinic), clinic.plan.charts.practice.radiologist, "J0139", "Adalimumab", NOW.date())
    clinic.chart = replace(clinic.chart, orders=(pen,))
    first = clinic.sign()
    card = card_of(first, "therapy-alternatives-req")
    assert card is not None and [each["label"] for each in card["suggestions"]] == ["Methotrexate", "Azathioprine"]
    clinic.take(card, "Methotrexate")
    (order,) = clinic.chart.orders
    assert (order["resourceType"], order["medicationCodeableConcept"]["text"], order["status"]) == ("MedicationRequest", "Methotrexate", "draft")
    assert order["id"] not in ("", pen["id"]) and card_of(clinic.sign(), "therapy-alternatives-req") is None


def test_a_test_ordered_with_the_oxygen_is_drafted_once(clinic: Clinic) -> None:
    first = clinic.sign()
    card = card_of(first, "clinical-reminder")
    assert said(first) == ["auth-needed"] and card is not None and card["selectionBehavior"] == "any"
    clinic.take(card, "Arterial blood gas on room air")
    oxygen, gas = clinic.chart.orders
    assert [coding["code"] for coding in gas["code"]["coding"]] == ["82803"] and gas["code"]["coding"][0]["system"] == CPT
    assert gas["supportingInfo"] == [{"reference": f"DeviceRequest/{oxygen['id']}"}]
    assert card_of(clinic.sign(), "clinical-reminder") is None


def registered_otherwise(plan: Plan, **changed: object) -> None:
    """The payer after the clinic's registration was changed."""
    settings = plan.payer.settings
    clients = tuple(replace(each, **changed) if each.id == CLIENT_ID else each for each in settings.directory.clients)  # type: ignore[arg-type]
    plan.payer = replace(plan.payer, settings=replace(settings, directory=replace(settings.directory, clients=clients)))


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_a_system_without_dtr_takes_the_task_with_its_form(plan: Plan, guide: str) -> None:
    registered_otherwise(plan, dtr=False)
    with everything_sent(plan) as sent, patch.object(time, "time", lambda: plan.clock().timestamp()):
        clinic = Clinic(plan, guide, sent)
        card = next(each for each in clinic.sign().reply.body["cards"] if "without DTR" in each.get("detail", ""))
        clinic.take(card, card["suggestions"][0]["label"])
        form, task = clinic.chart.findings[-2:]
        assert (form["resourceType"], task["resourceType"], task["status"]) == ("Questionnaire", "Task", "ready")
        assert task["input"][0]["valueCanonical"] == f"{form['url']}|{form['version']}"
        assert task["requester"] == clinic.chart.coverage["payor"][0]
        assert task["basedOn"] == [{"reference": f"DeviceRequest/{order['id']}"} for order in clinic.chart.orders]


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_the_front_desk_hears_what_the_member_file_knows_better_where_the_payer_lets_it(plan: Plan, guide: str) -> None:
    chart = plan.charts.by_patient[BORDERLINE]
    moved = {**chart.coverage, "class": [{**chart.coverage["class"][0], "value": "silver", "name": "Silver"}]}
    prefetch = {"patient": chart.patient, "coverage": searchset(moved), "encounter": chart.encounter}
    context = {"userId": "Practitioner/halvard-brisk", "patientId": BORDERLINE, "encounterId": chart.encounter["id"]}

    def suggested() -> list[Json]:
        ehr = Ehr(System(plan, CLIENT_ID, guide))
        answered = ehr.send(ehr.call(BORDERLINE, hook="encounter-start", context=context, prefetch=prefetch), "encounter-start-crd")
        assert broken(answered.get_json(), DIALECT[guide], "encounter-start") == []
        return many(answered.get_json(), "cards", "suggestions", "actions")

    assert suggested() == [], "nobody said that the member file may"
    settings = plan.payer.settings
    insurer = replace(settings.directory.insurer, coverage_updates=True)
    plan.payer = replace(plan.payer, settings=replace(settings, directory=replace(settings.directory, insurer=insurer)))
    del plan.application
    (action,) = suggested()
    assert action["type"] == "update" and action["resource"]["class"][0]["value"] == "Larkfield MA Gold"
    assert {name: value for name, value in action["resource"].items() if name != "class"} == {name: value for name, value in moved.items() if name != "class"}
