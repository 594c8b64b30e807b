"""When something fails the clinician is told what it means and what to do, and loses nothing."""

from __future__ import annotations

from typing import Any

import pytest

from fhir_pa.provider.writing import NotWritten, Writing
from ig_profiles.reading import Json, many
from tests.browser.any_payer import FORM, SDC
from tests.browser.test_app_every_type import CHART, kept
from tests.browser.window import expect

QUESTION = {"linkId": "q", "text": "A question", "type": "boolean", "required": True}


def looked_up(define: str) -> Json:
    expression = {"url": f"{SDC}initialExpression", "valueExpression": {"language": "text/cql-identifier", "expression": f'"Broken".{define}'}}
    return {"linkId": define, "text": f"About {define}", "type": "boolean", "extension": [expression]}


def library(*defines: Json) -> Json:
    """An ELM library over FHIR whose defines are these expressions."""
    context = {"name": "Patient", "context": "Patient", "expression": {"type": "SingletonFrom", "operand": PATIENT}}
    system = {"localIdentifier": "System", "uri": "urn:hl7-org:elm-types:r1"}
    fhir = {"localIdentifier": "FHIR", "uri": "http://hl7.org/fhir", "version": "4.0.1"}
    head = {"identifier": {"id": "Broken", "version": "1"}, "schemaIdentifier": {"id": "urn:hl7-org:elm", "version": "r1"}, "usings": {"def": [system, fhir]}}
    return {"library": {**head, "statements": {"def": [context, *({"context": "Patient", "accessLevel": "Public", **each} for each in defines)]}}}


PATIENT = {"dataType": "{http://hl7.org/fhir}Patient", "templateId": "http://hl7.org/fhir/StructureDefinition/Patient", "type": "Retrieve"}
TRUE = {"name": "sound", "expression": {"type": "Literal", "valueType": "{urn:hl7-org:elm-types:r1}Boolean", "value": "true"}}
TWO = [{"type": "Literal", "valueType": "{urn:hl7-org:elm-types:r1}Boolean", "value": value} for value in ("true", "false")]
BAD = {"name": "bad", "expression": {"type": "SingletonFrom", "operand": {"type": "List", "element": TWO}}}


def test_a_payer_that_is_down_is_named_and_can_be_asked_again(fresh: Any) -> None:
    _, window, payer = fresh(QUESTION, fails=503)
    window.expect("status of 502")
    window.says("The payer answered with status 503.", "The mill is broken.")
    payer.fails = None
    window.press("Try again")
    window.page.wait_for_selector(".progress")
    expect(window.question("A question")).to_be_visible()


def test_an_unreachable_payer_is_told_from_one_that_refuses(opened: Any) -> None:
    _, window = opened("Teodric Amble", payer_base="http://127.0.0.1:9/fhir", ask=False)
    window.expect("status of 502")
    window.says("The payer cannot be reached.")


@pytest.mark.requirement(
    "dtr-2.0.1:192", "dtr-2.0.1:193", "dtr-2.0.1:197", "dtr-2.0.1:199", "dtr-2.0.1:201", "dtr-2.0.1:290", "dtr-2.2:oper-2", "dtr-2.2:spec-78",
    "dtr-2.2:spec-79",
)  # fmt: skip
def test_a_define_that_breaks_costs_only_its_own_answer_and_the_payer_is_told_without_a_word_of_the_patient(fresh: Any) -> None:
    clinic, window, payer = fresh(looked_up("sound"), looked_up("bad"), looked_up("absent"), elms=(library(TRUE, BAD),))
    window.says("Some answers could not be looked up in the chart.")
    window.until(lambda: kept(clinic).get("sound") == [{"valueBoolean": True}], "the sound one is filled in")
    window.until(lambda: bool(payer.errors), "the payer is told")
    [told] = payer.errors
    assert [part["valueCanonical"] for part in told["parameter"] if part["name"] == "questionnaire"] == [f"{FORM}|1"]
    words = str([issue["details"]["text"] for part in told["parameter"] for issue in many(part.get("resource"), "issue")])
    assert "'bad' could not be computed" in words and "no define absent" in words
    assert "Teodric" not in words and "teodric" not in words
    window.pick("About bad", "Yes")
    window.until(lambda: "bad" in kept(clinic), "it can be answered by hand")


def test_a_library_the_package_does_not_bring_stops_nobody(fresh: Any) -> None:
    _, window, payer = fresh(looked_up("sound"))
    window.until(lambda: "does not bring" in str(payer.errors), "the payer is told")
    window.pick("About sound", "No")
    window.press("Review")
    window.page.wait_for_selector(".review")


@pytest.mark.requirement("dtr-2.0.1:179", "dtr-2.2:spec-67")
def test_a_form_that_never_comes_to_rest_is_stopped_and_can_be_answered(fresh: Any) -> None:
    def adding(link: str, other: str) -> Json:
        expression = f"%resource.item.where(linkId='{other}').answer.value.first() + 1"
        sum_ = {"url": f"{SDC}calculatedExpression", "valueExpression": {"language": "text/fhirpath", "expression": expression}}
        return {"linkId": link, "text": f"Number {link}", "type": "integer", "extension": [sum_], "initial": [{"valueInteger": 1}]}

    _, window, payer = fresh(adding("a", "b"), adding("b", "a"), QUESTION)
    window.says("could not be looked up")
    window.until(lambda: "never come to rest" in str(payer.errors), "the payer is told")
    window.pick("A question", "Yes")


def test_an_ehr_that_does_not_take_the_form_is_asked_again_and_the_answers_stay(fresh: Any, monkeypatch: Any) -> None:
    clinic, window, _ = fresh(QUESTION)
    window.expect("status of 502")
    window.saved()

    def refuse(*_: Any) -> None:
        raise NotWritten(500, "exception", "The record is being repaired.")

    with monkeypatch.context() as broken:
        broken.setattr(Writing, "update", refuse)
        window.pick("A question", "Yes")
        window.page.wait_for_selector(".saved:has-text('The chart refused with status 500')")
        expect(window.question("A question").get_by_label("Yes")).to_be_checked()
    window.press("Try again")
    window.until(lambda: kept(clinic) == {"q": [{"valueBoolean": True}]}, "kept after all")


def test_a_form_saved_elsewhere_is_not_overwritten(fresh: Any) -> None:
    """Two windows, one form: the one that comes late is told, and saves no more."""
    clinic, window, _ = fresh(QUESTION)
    window.expect("status of 409")
    window.saved()
    [form] = clinic.forms(CHART)
    clinic.charts.keep(CHART, {**form, "meta": {**form["meta"], "versionId": "7"}})
    window.pick("A question", "No")
    window.page.wait_for_selector(".saved:has-text('saved elsewhere')")
    assert clinic.forms(CHART)[0]["meta"]["versionId"] == "7"


def test_an_ended_session_says_so(fresh: Any) -> None:
    _, window, _ = fresh(QUESTION)
    window.expect("status of 401")
    window.saved()
    window.page.context.clear_cookies()
    window.pick("A question", "Yes")
    window.page.wait_for_selector(".saved:has-text('Your session has ended')")


def test_tokens_never_reach_the_browser(fresh: Any) -> None:
    _, window, _ = fresh(QUESTION)
    cookies = window.page.context.cookies()
    assert [(each["name"], each["httpOnly"], each["sameSite"]) for each in cookies] == [("dtr_visit", True, "Strict")]
    kept_there = window.page.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert kept_there == '[{},{},""]'


STEERED = {"linkId": "more", "text": "And more", "type": "string", "required": True}


def steered(language: str, expression: str) -> Json:
    rule = {"url": f"{SDC}enableWhenExpression", "valueExpression": {"language": language, "expression": expression}}
    return {**STEERED, "extension": [rule]}


@pytest.mark.requirement("dtr-2.0.1:207", "dtr-2.2:spec-81", "dtr-2.2:spec-135")
@pytest.mark.parametrize("rule", [steered("text/cql-identifier", '"Broken".bad'), steered("text/fhirpath", "item.where(")], ids=["cql", "path"])
def test_a_form_whose_rules_are_broken_cannot_be_finished_and_that_is_said(fresh: Any, rule: Json) -> None:
    """spec-81."""
    clinic, window, payer = fresh(QUESTION, rule, elms=(library(TRUE, BAD),))
    window.pick("A question", "Yes")
    window.until(lambda: kept(clinic).get("q") == [{"valueBoolean": True}], "what is answered is kept")
    window.says("This form cannot be finished.", at=".notice.trouble")
    expect(window.page.get_by_role("button", name="Review")).to_have_count(0)
    window.page.keyboard.press("Control+Enter")
    window.until(lambda: bool(payer.errors), "the payer is told")
    assert window.page.locator(".review").count() == 0
    assert [form["status"] for form in clinic.forms(CHART)] == ["in-progress"]


@pytest.mark.requirement("dtr-2.0.1:194", "dtr-2.2:spec-79")
def test_broken_filling_alone_stops_nobody_from_finishing(fresh: Any) -> None:
    """spec-79: the clinician answers by hand."""
    _, window, _ = fresh(looked_up("bad"), elms=(library(TRUE, BAD),))
    window.pick("About bad", "No")
    window.press("Review")
    window.page.wait_for_selector(".review")


@pytest.mark.requirement("dtr-2.0.1:198", "dtr-2.0.1:199")
@pytest.mark.parametrize(("guide", "found"), [("2.0.1", {"first"}), ("2.2", {"first", "last"})])
def test_after_an_error_nothing_more_is_run_where_the_guide_says_so(fresh: Any, guide: str, found: set[str]) -> None:
    """2.0.1 lets nothing run after an error (198); 2.2 does not ask for that, so the others still find their answers."""
    sound = [{**TRUE, "name": name} for name in ("first", "last")]
    clinic, window, payer = fresh(*map(looked_up, ("first", "bad", "last")), elms=(library(*sound, BAD),), guide=guide)
    window.says("Some answers could not be looked up in the chart.")
    window.until(lambda: set(kept(clinic)) == found, f"found: {found}")
    window.until(lambda: bool(payer.errors), "the payer is told")
    window.pick("About bad", "Yes")
    window.until(lambda: set(kept(clinic)) == {*found, "bad"}, "the rest is answered by hand")
