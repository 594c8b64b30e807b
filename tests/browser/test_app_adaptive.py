"""A form that grows by questions: asked step by step by our own payer, finished by it alone."""

from __future__ import annotations

from typing import Any

import pytest

from ig_profiles.names import COVERAGE_INFORMATION
from ig_profiles.reading import Json, extension_value, extensions, many
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from questionnaires.form import items
from tests.browser.window import expect

PATIENT, CHART = "Thandeka Mwirigi", "thandeka-mwirigi"


def contained(form: Json) -> Json:
    found: Json = next(each for each in many(form, "contained") if each["resourceType"] == "Questionnaire")
    return found


@pytest.mark.requirement(
    "dtr-2.0.1:36", "dtr-2.0.1:66", "dtr-2.0.1:185", "dtr-2.0.1:244", "dtr-2.0.1:347", "dtr-2.0.1:349", "dtr-2.0.1:357", "dtr-2.2:spec-16",
    "dtr-2.2:spec-35", "dtr-2.2:spec-70",
)  # fmt: skip
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_only_what_can_still_change_the_answer_is_asked_and_the_chart_answers_what_it_can(opened: Any, guide: str) -> None:
    clinic, window = opened(PATIENT, guide)
    expect(window.page.locator(".question:visible").first).to_be_visible()
    assert window.page.locator(".question:visible").count() <= 3, window.text()
    for _ in range(6):
        if window.page.get_by_role("button", name="Review").count():
            break
        answer_what_is_open(window)
        go_on(window)
    found = {"valueDecimal": 9}
    window.until(lambda: found.items() <= answer(clinic.forms(CHART)[-1], "ahi").items(), "the sleep test was found in the chart when it was asked for")
    expect(window.page.get_by_role("button", name="Review").first).to_be_visible()
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
    done = clinic.forms(CHART)[-1]
    assert done["status"] == "completed"
    assert contained(done)["derivedFrom"][0].split("|")[0].endswith("/cpap-adaptive")
    assert done["questionnaire"] == f"#{contained(done)['id']}"
    faults = [f"{each.expression}: {each.text}" for each in validate(done, open_set(guide), strict=True) if each.severity in ("fatal", "error")]
    assert faults == []


@pytest.mark.requirement("dtr-2.0.1:66", "dtr-2.0.1:217", "dtr-2.2:spec-146")
def test_the_next_questions_come_only_when_these_are_answered_rightly(opened: Any) -> None:
    clinic, window = opened(PATIENT)
    answer_what_is_open(window)
    go_on(window)
    window.saved()
    before = clinic.forms(CHART)[-1]
    left = int(window.text(".left").split()[0])
    assert left > 1
    window.press("Next questions")
    window.says(f"{left} things need you before you can go on", at=".wrongs[role=alert]")
    assert contained(clinic.forms(CHART)[-1]) == contained(before), "the payer was not asked"


def go_on(window: Any) -> None:
    """Ask for the next questions, and wait until they are there in the place of these."""
    before = window.page.wait_for_selector(".progress")
    window.press("Next questions")
    before.wait_for_element_state("hidden")
    window.page.wait_for_selector(".progress")


def answer(form: Json, link: str) -> Json:
    return next((item["answer"][0] for item in items(form) if item["linkId"] == link and "answer" in item), {})


def answer_what_is_open(window: Any) -> None:
    """As a clinician who is asked something the chart does not know: the first option of each."""
    for question in window.page.locator(".question[data-state=open]:visible").element_handles():
        option, field = question.query_selector(".option input"), question.query_selector(".field input")
        if option:
            option.click()
        else:
            field.fill("2026-10-20" if field.get_attribute("type") == "date" else "4")
            field.evaluate("field => field.blur()")


@pytest.mark.requirement(
    "dtr-2.0.1:66", "dtr-2.0.1:229", "dtr-2.0.1:230", "dtr-2.0.1:347", "dtr-2.2:spec-46", "dtr-2.2:spec-47", "dtr-2.2:spec-154", "dtr-2.2:spec-155",
)  # fmt: skip
@pytest.mark.parametrize(("guide", "patient"), [("2.0.1", "Sunniva Adeyinka"), ("2.2", "Bertil Okonjo")])
def test_the_payer_may_authorize_at_the_last_question_and_the_number_stands_on_the_order(opened: Any, guide: str, patient: str) -> None:
    clinic, window = opened(patient, guide, unasked=True)
    authorize_at_the_last_question(window)
    window.says("Nothing has to be sent")
    [order] = clinic.charts.by_patient[patient.lower().replace(" ", "-")].orders
    [word] = extensions(order, COVERAGE_INFORMATION)
    number = extension_value(word, "satisfied-pa-id")
    assert number
    window.says(number)


def authorize_at_the_last_question(window: Any) -> None:
    """Answer all that the payer asks for a first device, let it issue its number, and finish."""
    window.pick("What is the device asked for?", "The first three months")
    go_on(window)
    window.type("seen for the sleep complaint", "2026-09-01")
    window.type("On which day was the sleep test", "2026-10-01")
    window.pick("How was it done?", "Attended study in a sleep laboratory")
    window.type("Apneas and hypopneas in an hour", "20")
    window.type("How many events", "100")
    window.pick("shown how to use the device", "Yes")
    go_on(window)
    window.pick("Shall it issue the prior authorization number now?", "Yes")
    go_on(window)
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
