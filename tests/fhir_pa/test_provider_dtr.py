"""The DTR app: the package in every shape, answers found by the payer's own CQL, and where each answer came from."""

import base64
import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from fhir.resources.R4B.parameters import Parameters
from fhir.resources.R4B.questionnaireresponse import QuestionnaireResponse

from fhir_pa.provider.crd.coverage_answer import CoverageAnswer
from fhir_pa.provider.dtr.answers import Occasion, answer, value_of
from fhir_pa.provider.dtr.package import Package, unpack
from fhir_pa.provider.dtr.population import prefill, queries
from fhir_pa.provider.dtr.referenced import referenced
from fhir_pa.provider.dtr_app import DtrApp
from fhir_pa.provider.elements import reference
from fhir_pa.provider.patients import charts_on
from fhir_pa.provider.search import search
from fhir_pa.provider.wire import Reply, WrongAnswer
from ig_profiles.names import INFORMATION_ORIGIN, QR_CONTEXT, QR_COVERAGE
from ig_profiles.reading import extension_value, extensions, many
from questionnaires.cql import DIST, FactEngine

TODAY = date(2026, 11, 21)
AT = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)
SHELF = Path(__file__).parents[2] / "questionnaires" / "policies"
needs_engine = pytest.mark.skipif(not (DIST / "execute.js").is_file(), reason="the CQL engine is not built (questionnaires/engine/dist)")


def shelf_package(topic):
    form = json.loads((SHELF / topic / "questionnaire.json").read_text(), parse_float=Decimal)
    elm = (SHELF / topic / "facts.elm.json").read_bytes()
    library = {"resourceType": "Library", "content": [{"contentType": "application/elm+json", "data": base64.b64encode(elm).decode()}]}
    kinds = ("Condition", "DeviceRequest", "DiagnosticReport", "DocumentReference", "Encounter", "Observation", "PractitionerRole", "ServiceRequest")
    return Package(form, ({**library, "dataRequirement": [{"type": kind} for kind in kinds]},), {}, None)


class ReaderOfMemory:
    def __init__(self, charts):
        self.charts = charts

    def found(self, asked):
        kept = []
        for query in asked:
            kind, _, rest = query.partition("?")
            wanted = dict(part.split("=", 1) for part in rest.split("&"))
            kept += search(self.charts.resources(), kind, {name: [value] for name, value in wanted.items()})
        return kept


@pytest.fixture(scope="module")
def engine():
    with FactEngine() as started:
        yield started


def filled(engine, topic, patient, said, guide="2.2"):
    charts = charts_on(TODAY)
    chart = charts.by_patient[patient]
    package = shelf_package(topic)
    found, trouble = prefill(package, chart, ReaderOfMemory(charts), engine, AT)
    assert trouble == ()
    return answer(package, Occasion(chart, chart.orders, guide, AT), found, said)


def values(response):
    return {item["linkId"]: item["answer"][0] for group in response["item"] for item in [group, *group.get("item", [])] if "answer" in item}


@needs_engine
def test_orlas_chart_answers_every_question_the_policy_weighs(engine):
    answered = filled(engine, "home_oxygen", "orla-penhallow", {})
    said = values(answered.response)
    assert said["spo2"]["valueDecimal"] == 86
    assert said["room_air"]["valueBoolean"] is True
    assert said["test_state"]["valueCoding"]["code"] == "rest"
    assert said["test_setting"]["valueCoding"]["code"] == "stable"
    assert said["tested_on"]["valueDate"] == "2026-11-16"
    assert said["treating_practitioner"]["valueBoolean"] is True
    assert said["independent_tester"]["valueBoolean"] is True
    assert answered.by_person == ()


@needs_engine
def test_a_test_done_by_the_supplier_of_the_oxygen_is_told_from_an_independent_one(engine):
    charts = charts_on(TODAY)
    chart = charts.by_patient["orla-penhallow"]
    fitter = {"reference": f"Practitioner/{charts.practice.therapist.practitioner['id']}"}
    by_supplier = tuple({**each, "performer": [fitter]} if each["id"].endswith("-saturation") else each for each in chart.findings)
    charts.by_patient["orla-penhallow"] = replace(chart, findings=by_supplier)
    found, trouble = prefill(shelf_package("home_oxygen"), chart, ReaderOfMemory(charts), engine, AT)
    assert (found["independent_tester"], trouble) == (False, ())


@needs_engine
def test_what_the_form_does_not_ask_is_not_told(engine):
    above, below = (values(filled(engine, "home_oxygen", patient, {}).response) for patient in ("teodric-amble", "orla-penhallow"))
    assert "hematocrit" in above
    assert "hematocrit" not in below
    assert "rest_spo2" not in above


@needs_engine
@pytest.mark.parametrize(("guide", "source"), [("2.0.1", "auto"), ("2.2", "auto-client")])
def test_each_answer_says_where_it_came_from(engine, guide, source):
    said = {"heart_failure_edema": False, "pulmonary_hypertension": False, "spo2": Decimal("88")}
    answered = filled(engine, "home_oxygen", "teodric-amble", {**said, "hematocrit": Decimal("44")}, guide)
    QuestionnaireResponse.model_validate(answered.response)
    got = {link: extensions(each, INFORMATION_ORIGIN)[0] for link, each in values(answered.response).items()}
    assert extension_value(got["room_air"], "source") == source
    assert extensions(got["room_air"], "author") == []
    assert extension_value(got["spo2"], "source") == "override"
    assert extension_value(got["spo2"], "author", "practitioner") == {"reference": "Practitioner/halvard-brisk"}
    assert "heart_failure_edema" not in got, "with 88 % the borderline questions are not asked"


@needs_engine
def test_a_manual_answer_bears_its_author(engine):
    answered = filled(engine, "home_oxygen", "teodric-amble", {"heart_failure_edema": False})
    origin = extensions(values(answered.response)["heart_failure_edema"], INFORMATION_ORIGIN)[0]
    assert extension_value(origin, "source") == "manual"
    assert answered.by_person == ("heart_failure_edema",)
    assert "pulmonary_hypertension" in answered.open


@needs_engine
def test_ilsabets_chart_knows_the_brain_scan_and_not_the_others(engine):
    said = values(filled(engine, "surveillance_imaging", "ilsabet-crane", {"chest_ct_on": date(2026, 8, 8)}).response)
    assert said["brain_mri_on"]["valueDate"] == "2026-05-19"
    assert said["chest_ct_on"]["valueDate"] == "2026-08-08"
    assert "neck_ct_on" not in said


@pytest.mark.parametrize(("guide", "coverages", "contexts"), [("2.0.1", 0, 2), ("2.2", 1, 1)])
def test_the_coverage_is_a_context_in_2_0_1_and_has_its_own_extension_in_2_2(guide, coverages, contexts):
    chart = charts_on(TODAY).by_patient["orla-penhallow"]
    response = answer(shelf_package("home_oxygen"), Occasion(chart, chart.orders, guide, AT), {"spo2": Decimal("86")}, {}).response
    assert len(extensions(response, QR_COVERAGE)) == coverages
    assert len(extensions(response, QR_CONTEXT)) == contexts
    assert response["questionnaire"].endswith("/home-oxygen|2026.1")
    assert response["status"] == "completed"


def said_at_signing(order, wanted=("clinical",)):
    return CoverageAnswer("Coverage/1", "covered", "auth-needed", wanted, (), ("q|1",), f"a1-{order['id']}", None, ())


class PayerWithOneForm:
    def __init__(self):
        self.asked = []

    def operation(self, path, body):
        self.asked.append(body)
        form = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Questionnaire", "url": "q", "version": "1"}}]}
        return Reply("POST", path, 200, {"resourceType": "Parameters", "parameter": [{"name": "packagebundle", "resource": form}]}, 1.0)


def fetched(payer, answered):
    chart = charts_on(TODAY).by_patient["ilsabet-crane"]
    orders = {f"ServiceRequest/{order['id']}": order for order in chart.orders}
    there = {f"{each['resourceType']}/{each['id']}": each for each in charts_on(TODAY).resources()}
    return DtrApp(payer, None).fetch(chart, orders, {name: answered(order) for name, order in orders.items()}, there.get)


@pytest.mark.requirement("dtr-2.0.1:296", "dtr-2.2:oper-6", "dtr-2.2:spec-107")
def test_each_order_is_asked_about_with_its_own_context_and_a_shared_form_comes_once():
    payer = PayerWithOneForm()
    replies, packages = fetched(payer, lambda order: (said_at_signing(order), said_at_signing(order)))
    assert [package.canonical for package in packages] == ["q|1"]
    assert len(replies) == len(payer.asked) == 3
    for body in payer.asked:
        Parameters.model_validate(body)
        parts = {part["name"]: part for part in body["parameter"]}
        assert list(parts) == ["coverage", "order", "context", "referenced"]
        assert [part["name"] for part in body["parameter"]].count("order") == 1
        assert parts["context"]["valueString"] == f"a1-{parts['order']['resource']['id']}"


@pytest.mark.requirement("dtr-2.2:spec-126")
def test_after_crd_patient_requester_performer_and_place_of_an_order_go_along_each_once_and_nothing_else():
    there = {f"{each['resourceType']}/{each['id']}": each for each in charts_on(TODAY).resources()}
    chart = charts_on(TODAY).by_patient["orla-penhallow"]
    (order,) = chart.orders
    gone = {**order, "locationReference": [{"reference": "Location/not-opened"}], "supportingInfo": [reference(each) for each in chart.findings]}
    brought = [f"{each['resourceType']}/{each['id']}" for each in referenced((gone, gone), there.get)]
    assert len(brought) == len(set(brought)) and "Patient/orla-penhallow" in brought
    assert {name.partition("/")[0] for name in brought} == {"Patient", "Practitioner", "PractitionerRole", "Organization"}


def test_no_form_is_fetched_for_an_order_that_needs_no_documentation():
    payer = PayerWithOneForm()
    fetched(payer, lambda order: (said_at_signing(order, wanted=("clinical",) if order["id"].endswith("70553") else ()),))
    assert len(payer.asked) == 1
    with pytest.raises(WrongAnswer, match="brought no form"):
        fetched(payer, lambda order: ())


@pytest.mark.requirement("dtr-2.0.1:180", "dtr-2.2:spec-68")
def test_only_what_the_libraries_require_is_fetched():
    chart = charts_on(TODAY).by_patient["orla-penhallow"]
    saturation = {"path": "code", "code": [{"system": "http://loinc.org", "code": "59408-5"}]}
    requirements = [{"type": "Patient"}, {"type": "Observation", "codeFilter": [saturation]}, {"type": "PractitionerRole"}]
    assert queries(requirements, chart.patient["id"], chart.clinician.practitioner["id"], chart.orders) == [
        "Patient?_id=orla-penhallow",
        "Observation?patient=orla-penhallow&code=http://loinc.org|59408-5",
        "PractitionerRole?practitioner=halvard-brisk",
        "PractitionerRole?_id=wick-marlow-at-fernhill",
    ]


@pytest.mark.parametrize("name", ["PackageBundle", "packagebundle", "return"])
def test_a_package_is_found_in_every_shape(name):
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": [{"resource": {"resourceType": "Questionnaire", "url": "q", "version": "1"}}]}
    wrapped = {"resourceType": "Parameters", "parameter": [{"name": name, "resource": bundle}, {"name": "outcome", "resource": {}}]}
    assert [package.canonical for package in (*unpack(bundle), *unpack(wrapped))] == ["q|1", "q|1"]


def test_an_answer_that_is_no_package_is_said_so():
    with pytest.raises(WrongAnswer, match="OperationOutcome"):
        unpack({"resourceType": "OperationOutcome"})


@pytest.mark.parametrize(
    ("kind", "value", "written"),
    [
        ("boolean", False, {"valueBoolean": False}),
        ("decimal", Decimal("86.10"), {"valueDecimal": Decimal("86.10")}),
        ("integer", Decimal(4), {"valueInteger": 4}),
        ("date", "2026-11-16T09:40:00-05:00", {"valueDate": "2026-11-16"}),
        ("string", "at rest", {"valueString": "at rest"}),
    ],
)
def test_each_value_is_written_in_its_questions_type(kind, value, written):
    assert value_of({"linkId": "x", "type": kind}, value) == written


def test_a_choice_that_is_not_offered_is_refused():
    with pytest.raises(ValueError, match="none of the choices of question 'state'"):
        value_of({"linkId": "state", "type": "choice", "answerOption": [{"valueCoding": {"code": "rest"}}]}, "running")


def test_every_answer_of_a_group_keeps_its_place_in_the_form():
    chart = charts_on(TODAY).by_patient["orla-penhallow"]
    response = answer(shelf_package("home_oxygen"), Occasion(chart, chart.orders, "2.2", AT), {"spo2": Decimal("86"), "room_air": True}, {}).response
    assert [group["linkId"] for group in response["item"]] == ["test"]
    assert [item["linkId"] for item in many(response, "item", "item")] == ["room_air", "spo2"]


@pytest.mark.parametrize(("guide", "source"), [("2.0.1", "auto"), ("2.2", "auto-server")])
def test_what_the_payer_prefilled_stays_unless_the_chart_says_otherwise(guide, source):
    chart = charts_on(TODAY).by_patient["orla-penhallow"]
    shelf = shelf_package("home_oxygen")
    prefilled = [{"linkId": "room_air", "answer": [{"valueBoolean": False}]}, {"linkId": "spo2", "answer": [{"valueDecimal": Decimal("90")}]}]
    draft = {"resourceType": "QuestionnaireResponse", "id": "d-1", "item": [{"linkId": "test", "item": prefilled}]}
    answered = answer(Package(shelf.questionnaire, shelf.libraries, {}, draft), Occasion(chart, chart.orders, guide, AT), {"spo2": Decimal("86")}, {})
    said = values(answered.response)
    assert said["room_air"]["valueBoolean"] is False
    assert extension_value(said["room_air"], INFORMATION_ORIGIN, "source") == source
    assert said["spo2"]["valueDecimal"] == 86
    assert (answered.from_payer, answered.from_chart) == (("room_air",), ("spo2",))
    assert answered.response["id"] == "d-1"
