"""What naive apps get wrong: each trap by its number in our reading of the guides (dtr.md §7), as far as another file does not hold it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ig_profiles.names import INFORMATION_ORIGIN
from ig_profiles.reading import Json, extension_value, extensions, many
from questionnaires.form import items
from tests.browser.any_payer import FORM
from tests.browser.test_app_adaptive import go_on
from tests.browser.test_app_after import adaptive_payer
from tests.browser.test_app_every_type import CHART, fhirpath, item, kept
from tests.browser.test_app_oxygen import ORLA, source
from tests.browser.test_app_oxygen import kept as answers_in
from tests.browser.test_app_trouble import TRUE, library, looked_up
from tests.browser.window import expect

SPOKEN = """async (values) => {
  const { spoken } = await import("/page/view/words.js");
  return values.map((value) => spoken(value));
}"""


@pytest.mark.requirement("dtr-2.0.1:12", "dtr-2.0.1:13", "dtr-2.0.1:14", "dtr-2.2:conf-5")
def test_every_type_of_answer_is_shown_in_words_below_other_answers_too(fresh: Any) -> None:
    below = {**item("string"), "linkId": "below", "text": "And below it"}
    _, window, _ = fresh({**item("boolean"), "item": [below]})
    window.pick("Give a boolean", "Yes")
    window.page.get_by_role("textbox", name="And below it").fill("deep")
    window.press("Review")
    window.says("And below it", "deep", at=".answers")
    told = {
        "Yes": {"valueBoolean": True},
        "4": {"valueInteger": 4},
        "88.5": {"valueDecimal": 88.5},
        "21 Nov 2026": {"valueDate": "2026-11-21"},
        "21 Nov 2026, 09:30": {"valueDateTime": "2026-11-21T09:30:00-05:00"},
        "09:30": {"valueTime": "09:30:00"},
        "at rest": {"valueString": "at rest"},
        "https://clinic.example/r": {"valueUri": "https://clinic.example/r"},
        "Red": {"valueCoding": {"code": "red", "display": "Red"}},
        "80 kg": {"valueQuantity": {"value": 80, "unit": "kg"}},
        "The report": {"valueReference": {"reference": "DiagnosticReport/1", "display": "The report"}},
        "scan.pdf": {"valueAttachment": {"contentType": "application/pdf", "title": "scan.pdf"}},
    }
    assert window.page.evaluate(SPOKEN, list(told.values())) == list(told)


def test_what_the_payer_wrote_of_the_patient_is_replaced_by_the_charts_own_reference(fresh: Any) -> None:
    """Trap 8."""
    theirs = {"reference": "https://payer.example/Patient/9"}
    draft = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "questionnaire": f"{FORM}|1", "subject": theirs}
    clinic, window, _ = fresh(item("boolean"), draft=draft)
    window.saved()
    assert clinic.forms(CHART)[0]["subject"] == {"reference": f"Patient/{CHART}"}


@pytest.mark.requirement("dtr-2.0.1:210")
def test_an_answer_that_is_changed_and_changed_back_stays_the_clinicians(opened: Any) -> None:
    """Trap 10."""
    clinic, window = opened(ORLA)
    for value in ("87", "86"):
        window.type("Lowest oxygen saturation", value)
    window.until(lambda: answers_in(clinic, "orla-penhallow").get("spo2", {}).get("valueDecimal") == 86, "the first value again")
    assert source(answers_in(clinic, "orla-penhallow")["spo2"]) == "override"


def test_each_of_several_answers_bears_an_origin_of_its_own(fresh: Any) -> None:
    """Trap 10: the origin is the answer's, not the question's."""
    options = [{"valueString": "one"}, {"valueString": "two"}]
    clinic, window, _ = fresh(item("choice", answerOption=options, repeats=True))
    for name in ("one", "two"):
        window.question("Give a choice").get_by_label(name).check()
    window.until(lambda: len(kept(clinic).get("choice", [])) == 2, "both are kept")
    [question] = many(clinic.forms(CHART)[-1], "item")
    assert [extension_value(extensions(each, INFORMATION_ORIGIN)[0], "source") for each in question["answer"]] == ["manual", "manual"]
    assert extensions(question, INFORMATION_ORIGIN) == []


@pytest.mark.requirement("dtr-2.0.1:91", "dtr-2.0.1:202", "dtr-2.0.1:366", "dtr-2.2:spec-82")
def test_what_the_chart_does_not_know_is_left_empty_and_is_no_fault(fresh: Any) -> None:
    """Trap 20."""
    nothing = {"name": "silent", "expression": {"type": "Null"}}
    clinic, window, payer = fresh(looked_up("sound"), looked_up("silent"), elms=(library(TRUE, nothing),))
    window.until(lambda: set(kept(clinic)) == {"sound"}, "only what is known is filled in")
    expect(window.question("About silent")).to_have_attribute("data-state", "open")
    assert window.page.locator(".notice").count() == 0 and payer.errors == []


@pytest.mark.requirement("dtr-2.0.1:222")
def test_what_is_not_asked_any_more_is_neither_checked_nor_sent(fresh: Any) -> None:
    """Trap 13."""
    steer = {"enableWhen": [{"question": "boolean", "operator": "=", "answerBoolean": True}]}
    group = {"linkId": "g", "text": "More", "type": "group", **steer, "item": [{**item("integer"), "required": True}, {**item("string"), "required": True}]}
    clinic, window, _ = fresh(item("boolean"), group)
    window.pick("Give a boolean", "Yes")
    window.type("Give a integer", "4")
    window.until(lambda: "integer" in kept(clinic), "kept while it is asked")
    window.pick("Give a boolean", "No")
    expect(window.question("Give a string")).to_be_hidden()
    window.press("Review")
    window.page.wait_for_selector(".review")
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
    assert [each["linkId"] for each in items(clinic.forms(CHART)[-1])] == ["boolean"]


@pytest.mark.requirement("dtr-2.0.1:177")
def test_the_payers_own_form_goes_back_to_it_unchanged_and_the_chart_is_read_once(fresh: Any) -> None:
    """Trap 14."""
    steps: list[Json] = []

    def following(response: Json) -> Json:
        steps.append(json.loads(json.dumps(response)))
        asked = [{**item("string"), "linkId": f"step{number}", "text": f"Step {number}", "required": True} for number in range(1, len(steps) + 1)]
        own = {"resourceType": "Questionnaire", "id": "own", "status": "active", "derivedFrom": [f"{FORM}|1"], "item": asked}
        return {**response, "questionnaire": "#own", "contained": [own], **({"status": "completed"} if len(steps) == 4 else {})}

    reads: list[str] = []
    _, window, _ = fresh(**{**adaptive_payer(), "next": following})
    window.page.on("request", lambda request: reads.append(request.url.rpartition("/")[2]))
    for number in (1, 2, 3):
        window.type(f"Step {number}", str(number))
        go_on(window)
    for before, after in zip(steps, steps[1:], strict=False):
        assert after["contained"][0]["item"][: len(steps)] == [
            {**item("string"), "linkId": f"step{number}", "text": f"Step {number}", "required": True} for number in range(1, steps.index(after) + 1)
        ]
        assert len(many(after, "item")) >= len(many(before, "item")), "no answer is lost on the way"
    assert "chart" not in reads, "it was read when the form was opened, and serves all later questions"


def test_what_is_no_search_in_the_chart_reads_nothing_and_stops_nobody(fresh: Any) -> None:
    """Trap 21: no form can have the app read anything but this patient's chart."""
    odd = {"name": "odd", "language": "application/x-fhir-query", "expression": "../../metadata"}
    form = {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/variable", "valueExpression": odd}]}
    _, window, payer = fresh(item("boolean", extension=[fhirpath("initialExpression", "%odd.entry.exists()")]), form=form)
    window.expect("status of 400")
    window.says("Some answers could not be looked up in the chart.")
    window.until(lambda: "variable odd is no search" in str(payer.errors), "the payer is told")
    window.pick("Give a boolean", "Yes")
