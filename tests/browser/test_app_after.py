"""After a form: a number that is not valid, further forms, what the payer asks for while it waits, a file for whoever performs the order."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from fhir_pa.provider.clinician.asked import asked_by
from fhir_pa.provider.clinician.services import line_of
from fhir_pa.provider.clinician.words import NUMBER_NOT_VALID
from fhir_pa.provider.pas.request import request_of
from fhir_pa.provider.pas.submission import Submission, sign
from fhir_pa.provider.pas_client import PasClient
from fhir_pa.provider.play.payer_file import CLIENT_ID
from ig_profiles.names import COVERAGE_INFORMATION, NPI
from ig_profiles.reading import Json, extension_value, extensions, identifier_value, many, text
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.browser.any_payer import SDC
from tests.browser.test_app_adaptive import authorize_at_the_last_question, go_on
from tests.browser.test_app_every_type import item
from tests.browser.test_app_oxygen import GUIDES
from tests.browser.window import expect

FURTHER = "http://payer.example/q2"
TEODRIC = "teodric-amble"


def ordered(clinic: Any, patient: str) -> Json:
    """The one order in the chart of somebody known by name."""
    [order] = clinic.charts.by_patient[patient.lower().replace(" ", "-")].orders
    return order


def objections(clinic: Any, patient: str) -> list[Json]:
    return extensions(ordered(clinic, patient), NUMBER_NOT_VALID)


@pytest.mark.requirement("dtr-2.0.1:55", "dtr-2.2:spec-44")
@pytest.mark.parametrize(("guide", "patient"), [("2.0.1", "Maren Quispe"), ("2.2", "Ilari Nakashima")])
def test_a_number_that_came_unasked_can_be_marked_as_not_valid(opened: Any, guide: str, patient: str) -> None:
    clinic, window = opened(patient, guide, unasked=True)
    authorize_at_the_last_question(window)
    window.page.locator("summary", has_text="This number is not valid").click()
    window.page.get_by_label("Why? (optional)").fill("It is for another service")
    window.press("Mark as not valid")
    window.page.wait_for_selector(".objection")
    [said] = objections(clinic, patient)
    number = extension_value(extensions(ordered(clinic, patient), COVERAGE_INFORMATION)[0], "satisfied-pa-id")
    assert (extension_value(said, "number"), extension_value(said, "because")) == (number, "It is for another service")
    assert extension_value(said, "who") == {"reference": "Practitioner/halvard-brisk"}
    window.page.goto(f"{clinic.places.app}/standalone")
    window.page.get_by_label(patient).check()
    window.page.get_by_role("button", name="Open chart").click()
    window.page.wait_for_selector(".choose")
    window.says(f"authorized as {number}, which was marked as not valid")


@pytest.mark.requirement("dtr-2.2:spec-44")
def test_a_number_does_not_hold_for_answers_that_change_after_it_was_given(opened: Any) -> None:
    patient, chart = "Oluwaseun Brandt", "oluwaseun-brandt"
    clinic, window = opened(patient, unasked=True)
    authorize_at_the_last_question(window)
    window.press("Change an answer")
    window.page.wait_for_selector(".progress")
    assert objections(clinic, patient) == [], "nothing changed yet"
    window.pick("What is the device asked for?", "Continued use after the first three months")
    window.until(lambda: len(objections(clinic, patient)) == 1, "the number is marked on the order")
    assert "changed after" in extension_value(objections(clinic, patient)[0], "because")
    window.until(lambda: clinic.forms(chart)[-1]["status"] == "in-progress", "the form is open again")
    assert extensions(clinic.forms(chart)[-1], COVERAGE_INFORMATION) == [], "what was decided on other answers is no part of it"
    assert len(clinic.forms(chart)) == 1, "it is the same form"


def covered(order: str, number: str | None, *forms: str) -> Json:
    """A payer's word on an order."""
    parts: list[Json] = [
        {"url": "coverage", "valueReference": {"reference": "Coverage/teodric-amble-coverage"}},
        {"url": "covered", "valueCode": "covered"},
        {"url": "pa-needed", "valueCode": "satisfied" if number else "auth-needed"},
        *({"url": "questionnaire", "valueCanonical": each} for each in forms),
        {"url": "date", "valueDate": "2026-11-22"},
        {"url": "coverage-assertion-id", "valueString": "A-1"},
        *([{"url": "satisfied-pa-id", "valueString": number}] if number else []),
    ]
    return {"url": COVERAGE_INFORMATION, "extension": parts}


def adaptive_payer(*forms: str) -> Json:
    """One that asks a single question step by step and then names these further forms; for ``fresh``."""

    def following(response: Json) -> Json:
        if many(response, "item"):
            return {**response, "status": "completed", "extension": [*many(response, "extension"), covered("", None, *forms)]}
        own = {"resourceType": "Questionnaire", "id": "own", "status": "active", "derivedFrom": ["http://payer.example/fhir/Questionnaire/anything|1"]}
        return {**response, "contained": [{**own, "item": [item("boolean", required=True)]}], "questionnaire": "#own"}

    marker = {"url": f"{SDC}questionnaireAdaptive", "valueBoolean": True}
    return {"next": following, "form": {"extension": [marker], "item": []}}


@pytest.mark.requirement("dtr-2.2:spec-49")
def test_further_forms_named_at_the_end_are_offered_at_once(fresh: Any) -> None:
    second = {"resourceType": "Questionnaire", "url": FURTHER, "version": "1", "title": "The second", "status": "active"}
    clinic, window, payer = fresh(**adaptive_payer(f"{FURTHER}|1"))
    window.pick("Give a boolean", "Yes")
    go_on(window)
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector("h1:has-text('One more form')")
    window.says("wants 1 further form before it decides")
    payer.questionnaire = {**second, "item": [item("string", required=True)]}
    window.press("Fill it in now")
    window.page.wait_for_selector("h1:has-text('The second')")
    asked = [part["valueCanonical"] for part in payer.asked[-1]["parameter"] if part["name"] == "questionnaire"]
    assert asked == [f"{FURTHER}|1"]
    window.type("Give a string", "x")
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector("h1:has-text('Finished')")
    assert [form["status"] for form in clinic.forms(TEODRIC)] == ["completed", "completed"]


def test_a_clinician_may_go_on_without_the_further_form(fresh: Any) -> None:
    _, window, _ = fresh(**adaptive_payer(f"{FURTHER}|1"))
    window.pick("Give a boolean", "Yes")
    go_on(window)
    window.press("Review")
    window.press("Finish, send later")
    window.press("Go on without it")
    window.page.wait_for_selector("h1:has-text('Finished')")


@pytest.fixture
def asked_for_a_form(opened: Any, keys: Any) -> Any:
    """Opens the EHR on a chart whose request went to the payer without its form, so that the payer asks for it; a Task tells so."""

    def open_(guide: str) -> Any:
        clinic, window = opened("Teodric Amble", guide)
        chart = clinic.charts.by_patient[TEODRIC]
        order = sign(chart.orders[0], chart.coverage, guide)
        now = datetime.now(UTC)
        sender, receiver = (identifier_value(each, NPI) or "" for each in (clinic.charts.practice.clinic, clinic.charts.practice.payer))
        lines = (line_of(order, now.date()),)
        submission = Submission(guide, f"OAK-{now:%H%M%S%f}", chart, clinic.charts.practice, lines, (), now, f"{clinic.places.ehr}/fhir", sender, receiver)
        pas = PasClient(f"{clinic.places.payer}/{'v2.2' if guide == '2.2' else 'v2.0'}/fhir", CLIENT_ID, keys)
        [asked] = asked_by(pas.submit(request_of(submission)).body)
        focus = {"reference": f"DeviceRequest/{order['id']}"}
        task = {**asked.task, "id": "asked", "for": {"reference": f"Patient/{TEODRIC}"}, "focus": focus, "identifier": [asked.tracking]}
        clinic.charts.keep(TEODRIC, task)
        return clinic, window, asked

    return open_


@pytest.mark.requirement("dtr-2.0.1:258", "dtr-2.0.1:260", "dtr-2.2:spec-109")
@GUIDES
def test_a_form_the_payer_asks_for_is_opened_from_its_task_and_sent_under_its_number(asked_for_a_form: Any, guide: str) -> None:
    clinic, window, asked = asked_for_a_form(guide)
    window.page.goto(f"{clinic.places.ehr}/")
    window.page.get_by_role("button", name="Answer the payer").click()
    window.page.wait_for_selector(".progress")
    expect(window.question("Lowest oxygen saturation")).to_contain_text("89 %")  # the chart answers what it can
    window.pick("dependent edema", "Yes")
    window.press("Review")
    window.press("Finish and send")
    window.page.wait_for_selector("h1:has-text('Sent')")
    window.says("has the form it asked for", "Item 1 is certified now.")
    task = next(each for each in clinic.charts.by_patient[TEODRIC].findings if each["resourceType"] == "Task")
    assert (task["status"], text(task, "output", "valueReference", "reference")) == ("completed", f"QuestionnaireResponse/{clinic.forms(TEODRIC)[-1]['id']}")
    assert asked.context == asked.tracking["value"]


def test_what_the_payer_asks_for_stands_first_where_one_chooses(asked_for_a_form: Any) -> None:
    clinic, window, _ = asked_for_a_form("2.2")
    window.page.goto(f"{clinic.places.app}/standalone")
    window.page.get_by_label("Teodric Amble").check()
    window.page.get_by_role("button", name="Open chart").click()
    window.page.wait_for_selector(".choose")
    expect(window.page.locator("h2").first).to_have_text("The payer asks for")
    window.press("Fill in the form")
    window.page.wait_for_selector(".progress")


@pytest.mark.requirement(
    "dtr-2.0.1:231", "dtr-2.0.1:232", "dtr-2.0.1:233", "dtr-2.0.1:234", "dtr-2.0.1:235", "dtr-2.0.1:236", "dtr-2.2:spec-156", "dtr-2.2:spec-157",
    "dtr-2.2:spec-158",
)  # fmt: skip
@GUIDES
def test_a_finished_form_is_one_file_for_whoever_performs_the_order(fresh: Any, guide: str) -> None:
    """DTR-QRBundle: the form first and once, with what its answers point to and nothing else."""
    query = {"url": f"{SDC}candidateExpression", "valueExpression": {"language": "application/x-fhir-query", "expression": "Condition?patient={{%patient.id}}"}}
    clinic, window, _ = fresh(item("reference", extension=[query]), guide=guide)
    box = window.question("Give a reference").get_by_role("combobox")
    box.press("ArrowDown")
    window.page.get_by_role("option", name="Long-lasting low oxygen").click()
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
    window.page.locator("summary", has_text="For whoever performs the order").click()
    with window.page.expect_download() as download:
        window.page.get_by_role("link", name="Anything").click()
    bundle = json.loads(download.value.path().read_bytes())
    assert [f"{each['resource']['resourceType']}/{each['resource']['id']}" for each in bundle["entry"]] == [
        f"QuestionnaireResponse/{clinic.forms(TEODRIC)[-1]['id']}",
        "Condition/teodric-amble-hypoxia",
    ]
    assert bundle["type"] == "collection"
    faults = [f"{each.expression}: {each.text}" for each in validate(bundle, open_set(guide), strict=True) if each.severity in ("fatal", "error")]
    assert faults == []


def test_a_session_leaves_its_figures_and_nothing_of_the_patient(opened: Any, tmp_path: Path) -> None:
    """DTR §metrics, the app's side: launch, package, chart, form kept; how many answers were found for the clinician."""
    clinic, window = opened("Orla Penhallow", measures=tmp_path)
    window.saved()
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
    [kept] = [json.loads(path.read_bytes()) for path in tmp_path.glob("*.json")]
    assert {"launch", "qpackage", "mrquery", "storeqr", "userresponse"} == {each["actionDetail"] for each in kept["action"]}
    [form] = kept["questionnaire"]
    assert (form["autoPopulated"], form["reviewPrior"], form.get("failure")) == (7, True, None)
    assert (kept["source"], kept["launchMode"]) == ("DTRApp-src", "crdlaunch")
    assert kept["assertionId"] and kept["orderItem"] and kept["providerId"]["value"].startswith("9")
    words = json.dumps(kept)
    assert not any(each in words for each in ("Orla", "Penhallow", "orla", clinic.charts.by_patient["orla-penhallow"].patient["birthDate"]))


@GUIDES
def test_documents_of_the_chart_are_chosen_to_go_along_or_to_answer_what_the_payer_asks_for(opened: Any, guide: str) -> None:
    """What nobody chose stays in the chart; what the payer asks for goes to it under its number."""
    clinic, window = opened("Ilsabet Crane", guide)
    window.press("Review")
    window.page.locator("summary", has_text="Documents to send along").click()
    window.page.wait_for_selector(".documents .option")
    window.press("Finish and send")
    window.page.wait_for_selector(".decision")
    paper = window.page.locator("li.row-card", has_text="chest").first
    paper.get_by_role("button", name="Send to the payer").click()
    expect(paper).to_contain_text("Choose a document first.", use_inner_text=True)
    report = clinic.charts.by_patient["ilsabet-crane"].elsewhere[0]
    clinic.charts.arrive(report["id"])
    paper.locator("summary").click()
    paper.locator(f"input[value='{report['resourceType']}/{report['id']}']").check()
    paper.get_by_role("button", name="Send to the payer").click()
    window.says("Sent.")
