"""What a payer may put beside a question: looks into the chart, options that open and close, pictures, pages, a form for what is missing."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ig_profiles.names import DTR_PROFILE
from ig_profiles.reading import Json, text
from tests.browser.any_payer import SDC
from tests.browser.test_app_every_type import CHART, COLOURS, HL7, control, item, kept
from tests.browser.test_app_trouble import TRUE, library
from tests.browser.window import expect

PIXEL = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
LOOKED = "http://payer.example/fhir/Questionnaire/outside-report"


def context(label: str, language: str, expression: str) -> Json:
    said = {"language": language, "expression": expression}
    return {"url": f"{SDC}contextExpression", "extension": [{"url": "label", "valueString": label}, {"url": "expression", "valueExpression": said}]}


def toggled(expression: Json, *codes: str) -> Json:
    options = [{"url": "option", "valueCoding": {"system": "s", "code": code}} for code in codes]
    return {"url": f"{SDC}answerOptionsToggleExpression", "extension": [*options, {"url": "expression", "valueExpression": expression}]}


def path(expression: str) -> Json:
    return {"language": "text/fhirpath", "expression": expression}


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
    "dtr-2.2:spec-135",
)  # fmt: skip
def test_what_helps_to_answer_is_looked_up_when_the_clinician_opens_it(fresh: Any) -> None:
    beside = context("Problems on record", "application/x-fhir-query", "Condition?patient={{%patient.id}}")
    _, window, _ = fresh(item("boolean", extension=[beside]))
    asked: list[str] = []
    window.saved()
    window.page.on("request", lambda request: asked.append(request.url))
    folded = window.question("Give a boolean").locator("details")
    expect(folded).to_have_text("Problems on record", use_inner_text=True)
    assert asked == [], "nothing is read that nobody wants to see"
    folded.locator("summary").click()
    expect(folded).to_contain_text("Long-lasting low oxygen", use_inner_text=True)
    assert [each.rpartition("/")[2] for each in asked] == ["search"]


@pytest.mark.requirement("dtr-2.0.1:207", "dtr-2.2:spec-135")
def test_a_context_may_be_a_define_or_a_path_and_one_that_finds_nothing_says_so(fresh: Any) -> None:
    nothing = context("Allergies", "application/x-fhir-query", "AllergyIntolerance?patient={{%patient.id}}")
    _, window, _ = fresh(item("boolean", extension=[context("Looked up", "text/cql-identifier", '"Broken".sound'), nothing]), elms=(library(TRUE),))
    beside = window.question("Give a boolean").locator("details")
    expect(beside).to_have_count(2)
    beside.first.locator("summary").click()
    expect(beside.first.locator("li")).to_contain_text("true")
    beside.last.locator("summary").click()
    expect(beside.last).to_contain_text("The chart holds nothing of it.", use_inner_text=True)


@pytest.mark.parametrize("shape", [(), (control("drop-down"),)], ids=["buttons", "list"])
def test_options_open_and_close_with_other_answers(fresh: Any, shape: tuple[Json, ...]) -> None:
    rule = toggled(path("%resource.item.where(linkId='boolean').answer.value = true"), "red", "green")
    colours = {**item("choice", answerOption=COLOURS), "extension": [*shape, rule]}
    clinic, window, _ = fresh(item("boolean"), colours)

    def open_options() -> list[str]:
        field = window.question("Give a choice").locator(".field")
        shown = field.locator(".option:visible").all() or field.locator("option:not([hidden]):not([value=''])").all()
        return [each.inner_text() for each in shown]

    window.until(lambda: open_options() == ["Blue"], "an option that no rule names is always open")
    window.pick("Give a boolean", "Yes")
    window.until(lambda: open_options() == ["Red", "Green", "Blue"], "all options are open")
    choose(window, "Red")
    window.until(lambda: kept(clinic).get("choice") == [{"valueCoding": COLOURS[0]["valueCoding"]}], "kept")
    window.pick("Give a boolean", "No")
    expect(window.question("Give a choice")).to_contain_text("This option is not open any more", use_inner_text=True)
    window.press("Review")
    window.says("1 thing needs you", at=".wrongs[role=alert]")


def choose(window: Any, option: str) -> None:
    field = window.question("Give a choice").locator(".field")
    if field.locator("select").count():
        field.locator("select").select_option(label=option)
    else:
        field.get_by_label(option).check()


def test_a_picture_is_shown_from_the_form_itself_and_nothing_is_fetched(fresh: Any) -> None:
    drawing = {"contentType": "image/png", "data": PIXEL, "title": "Where to measure"}
    held = {"contentType": "image/png", "url": "#pixel", "title": "The left side"}
    afar = {"contentType": "image/png", "url": "https://payer.example/drawing.png", "title": "The whole drawing"}
    sides = [{**COLOURS[0], "extension": [{"url": f"{SDC}itemAnswerMedia", "valueAttachment": held}]}, COLOURS[1]]
    asked: list[str] = []
    _, window, _ = fresh(
        item("boolean", extension=[{"url": f"{SDC}itemMedia", "valueAttachment": drawing}]),
        item("choice", answerOption=sides),
        item("string", extension=[{"url": f"{SDC}itemMedia", "valueAttachment": afar}]),
        form={"contained": [{"resourceType": "Binary", "id": "pixel", "contentType": "image/png", "data": PIXEL}]},
    )
    window.page.on("request", lambda request: asked.append(request.url))
    for words, about in (("Give a boolean", "Where to measure"), ("Give a choice", "The left side")):
        picture = window.question(words).get_by_role("img", name=about)
        window.until(lambda picture=picture: picture.evaluate("picture => picture.complete && picture.naturalWidth") == 1, "it is drawn")
    link = window.question("Give a string").get_by_role("link")
    expect(link).to_contain_text("opens another page")
    assert (link.get_attribute("href"), link.get_attribute("rel")) == ("https://payer.example/drawing.png", "noopener noreferrer")
    assert [each for each in asked if each.startswith("https")] == []


def test_a_page_of_the_form_is_rebuilt_from_the_short_list_and_markup_of_options_too(fresh: Any) -> None:
    """spec-160, trap 26."""
    page = base64.b64encode(b"<div><p>The <b>policy</b></p><script>alert(1)</script></div>").decode()
    parts = [{"url": "label", "valueString": "The policy in full"}, {"url": "link", "valueUri": "#p"}]
    link = {"url": f"{HL7}questionnaire-supportHyperlink", "extension": parts}
    italic = {"extension": [{"url": f"{HL7}rendering-xhtml", "valueString": "<i>Red</i>"}]}
    marked = {"valueCoding": {"system": "s", "code": "red", "display": "Red", "_display": italic}}
    binary = {"resourceType": "Binary", "id": "p", "contentType": "application/xhtml+xml", "data": page}
    _, window, _ = fresh(item("choice", answerOption=[marked], extension=[link]), form={"contained": [binary]})
    why = window.question("Give a choice").locator(".why")
    why.locator("summary").click()
    expect(why.locator("b")).to_have_text("policy")
    expect(window.question("Give a choice").locator(".option i")).to_have_text("Red")
    assert why.locator("script").count() == 0


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
)  # fmt: skip
def test_what_the_chart_does_not_hold_is_made_with_the_form_the_payer_names_for_it(fresh: Any) -> None:
    """lookupQuestionnaire: the answer refers to the form that was filled in for it."""
    named = {"resourceType": "Questionnaire", "url": LOOKED, "version": "3", "title": "A report from outside", "status": "active"}
    small = {**named, "item": [{"linkId": "who", "text": "Who wrote it?", "type": "string", "required": True}]}
    allowed = {"url": f"{HL7}questionnaire-referenceResource", "valueCode": "QuestionnaireResponse"}
    by_form = {"url": f"{SDC}lookupQuestionnaire", "valueCanonical": f"{LOOKED}|3"}
    clinic, window, _ = fresh(item("reference", extension=[by_form, allowed]), published=(small,))
    window.press("None of these: fill in a new one")
    window.page.wait_for_selector("legend:has-text('A report from outside')")
    window.press("Keep it and use it here")
    window.says("missing or wrong", at=".lookup")
    window.page.get_by_role("textbox", name="Who wrote it?").fill("Dr. Elsewhere")
    window.press("Keep it and use it here")
    window.until(lambda: "reference" in kept(clinic), "the answer is kept")
    [made] = [each for each in clinic.forms(CHART) if each["questionnaire"] == f"{LOOKED}|3"]
    assert kept(clinic)["reference"] == [{"valueReference": {"reference": f"QuestionnaireResponse/{made['id']}", "display": "A report from outside"}}]
    assert (made["status"], text(made, "item", "answer", "valueString")) == ("completed", "Dr. Elsewhere")
    expect(window.page.get_by_role("button", name="None of these")).to_be_visible()


def test_a_form_that_nobody_publishes_is_said_in_place(fresh: Any) -> None:
    _, window, _ = fresh(item("reference", extension=[{"url": f"{SDC}lookupQuestionnaire", "valueCanonical": LOOKED}]))
    window.expect("status of 404")
    window.press("None of these: fill in a new one")
    window.says("The payer does not publish this form.", at=".lookup .notice")


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
)  # fmt: skip
def test_questions_in_order_come_one_after_the_other_and_stay_open_to_change(fresh: Any) -> None:
    """entryMode."""
    mode = {"url": f"{SDC}entryMode", "valueCode": "sequential"}
    names = ("first", "second", "third")
    _, window, _ = fresh(*({"linkId": name, "text": f"The {name}", "type": "string", "required": True} for name in names), form={"extension": [mode]})

    def shown(count: int) -> None:
        for place, name in enumerate(names):
            expect(window.question(f"The {name}")).to_be_visible(visible=place < count)

    shown(1)
    window.says("3 of 3 left", at=".left")
    window.type("The first", "x")
    shown(2)
    window.press("Next open question")
    expect(window.page.locator(".question:focus-within")).to_contain_text("The second")
    window.type("The first", "y")
    window.type("The second", "z")
    shown(3)


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:16", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6",
    "dtr-2.2:spec-19",
)  # fmt: skip
def test_what_the_form_takes_is_said_above_it(fresh: Any) -> None:
    """Visual cues: a signature, the time it takes, who is expected to fill it in."""
    sign = {"url": f"{HL7}questionnaire-signatureRequired", "valueCodeableConcept": {"coding": [{"code": "1.2.840.10065.1.12.1.1"}]}}
    time = {"url": f"{DTR_PROFILE}estimated-completion-time", "extension": [{"url": "totalTime", "valueCode": "under-5min"}]}
    somebody = {"url": f"{SDC}performerType", "valueCode": "Patient"}
    _, window, _ = fresh(item("boolean", extension=[sign]), form={"extension": [time, somebody]})
    window.says("to be signed at the end", "less than 5 minutes", "filled in by: the patient", at=".head")
    expect(window.question("Give a boolean")).to_contain_text("You sign this answer at the end.", use_inner_text=True)


def test_a_rule_in_cql_opens_options_too(fresh: Any) -> None:
    rule = toggled({"language": "text/cql-identifier", "expression": '"Broken".sound'}, "red")
    _, window, _ = fresh({**item("choice", answerOption=COLOURS), "extension": [rule]}, elms=(library(TRUE),))
    expect(window.question("Give a choice").locator(".option:visible")).to_have_count(3)
