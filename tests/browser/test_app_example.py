"""The example policy's form, which uses every element a form may have, filled in to the end: whole, and asked step by step."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from ig_profiles.names import RESPONSE_SIGNATURE
from ig_profiles.reading import Json, extensions
from questionnaires.form import items
from tests.browser.clinic import Clinic, clinic
from tests.browser.test_app_access import violations
from tests.browser.test_app_adaptive import contained, go_on
from tests.browser.test_app_beside import PIXEL
from tests.browser.test_app_oxygen import answers, faults
from tests.browser.window import Window, expect
from tests.browser.wound_clinic import WOUNDED, wounded

ANSWERS = "http://fhir-pa.example/fhir/CodeSystem/wound-pump-answers"


@pytest.fixture
def wound(opened: Any, serving: Any, keys: Any, tmp_path: Path) -> Any:
    """Opens her chart in the app, the payer asking at once or step by step."""

    def open_(guide: str, step_by_step: bool) -> tuple[Clinic, Window]:
        here = serving.enter_context(wounded(keys, tmp_path, step_by_step))
        at = serving.enter_context(clinic(here.places, keys, guide, charts=here.charts))
        _, window = opened(WOUNDED.family, clinic_=at, payer_base=here.places.payer)
        return at, window

    return open_


def below(window: Window, words: str) -> Any:
    """The question with these words that stands below another."""
    return window.page.locator(".below > .question", has_text=words)


def code(answer: Json) -> Any:
    return answer["valueCoding"]["code"]


def attach(window: Window) -> None:
    field = window.change("attach a picture").locator("input[type=file]")
    field.set_input_files({"name": "wound.png", "mimeType": "image/png", "buffer": base64.b64decode(PIXEL)})
    window.says("wound.png", at=".file:has(input)")


def name_who_treats(window: Window) -> None:
    """The one clinician the chart gives is listed at a click, by name."""
    field = window.change("Who treats the wound?").locator("[role=combobox]")
    field.click()
    offered = window.page.locator("[role=listbox]:visible [role=option]")
    expect(offered).to_have_text(["Halvard Brisk, MD"])
    offered.click()
    expect(field).to_have_value("Halvard Brisk, MD")


def finish(window: Window) -> None:
    window.press("Review")
    window.page.get_by_label("have checked these answers and sign them").check()
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")


@pytest.mark.requirement("dtr-2.0.1:65", "dtr-2.2:spec-19")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_every_element_of_a_form_works_in_one_form(wound: Any, guide: str) -> None:
    here, window = wound(guide, False)
    window.says("4 of 8 left", at=".progress")
    for folded in (window.question("1.1 What kind of wound is it?"), below(window, "1.2.1 When was it measured?")):
        expect(folded.locator(":scope > .brief")).to_contain_text("Chart", use_inner_text=True)
    expect(window.question("Is sensation in the foot reduced?")).to_have_count(0)
    window.page.locator("summary", has_text="Measures of the wound on file").click()
    expect(window.page.locator(".context li")).to_contain_text("Length of wound · 4.5 cm")
    window.change("What was tried?").get_by_label("Moist dressings").check()
    window.change("What was tried?").get_by_label("Compression").check()
    window.pick("Which kind of dressing", "Foam")
    below(window, "2.3.1 Since when?").locator("input[type=date]").fill("2026-10-01")
    window.type("How often a day", "1")
    attach(window)
    name_who_treats(window)
    window.type("How much does it drain", "30")
    window.change("How much does it drain").get_by_label("Unit").select_option("g/d")
    window.pick("Which of the plan's suppliers", "Fernhill Medical Supply")
    expect(window.page.locator(".left")).to_have_text("Nothing required is left")
    assert violations(window) == []
    finish(window)
    form = here.forms(WOUNDED.name)[-1]
    said = answers(form)
    assert form["status"] == "completed" and extensions(form, RESPONSE_SIGNATURE)
    assert faults(form, guide) == []
    assert [code(each) for item in items(form) if item["linkId"] == "tried" for each in item["answer"]] == ["moist_dressing", "compression"]
    assert (code(said["wound_kind"]), said["dressing_since"]["valueDate"], said["filed_as"]["valueString"]) == ("pressure", "2026-10-01", "Wound care at home")
    assert said["treated_by"]["valueReference"]["reference"] == "Practitioner/halvard-brisk"
    assert (said["wound_length"]["valueQuantity"]["value"], said["drained"]["valueQuantity"]["code"]) == (4.5, "g/d")
    assert said["picture"]["valueAttachment"]["contentType"] == "image/png"
    assert said["supplier"]["valueReference"]["display"] == "Fernhill Medical Supply"


def test_a_form_that_names_itself_for_what_is_missing_opens_once(wound: Any) -> None:
    _, window = wound("2.2", False)
    window.press("None of these: fill in a new one")
    inner = window.question("which form was filled in for the first month").locator("fieldset").first
    expect(inner.locator(".label", has_text="which form was filled in for the first month")).to_be_visible()
    expect(inner.get_by_role("button", name="None of these")).to_have_count(0)


@pytest.mark.requirement("dtr-2.0.1:66", "dtr-2.2:spec-19")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_the_same_form_asked_step_by_step_comes_to_its_end(wound: Any, guide: str) -> None:
    here, window = wound(guide, True)
    window.saved()
    for _ in range(8):
        if window.page.get_by_role("button", name="Review").count():
            break
        for words in ("What was tried?", "How often a day", "attach a picture", "Who treats the wound?"):
            if window.question(words).locator("visible=true").count() and window.question(words).get_attribute("data-state") == "open":
                answer(window, words)
        go_on(window)
    finish(window)
    form = here.forms(WOUNDED.name)[-1]
    assert form["status"] == "completed" and faults(form, guide) == []
    assert contained(form)["derivedFrom"][0].split("|")[0].endswith("/wound-pump-adaptive")
    assert {"wound_kind", "tried", "picture", "treated_by"} <= set(answers(form))


def answer(window: Window, words: str) -> None:
    """The question with these words, as it is answered above."""
    if words == "What was tried?":
        window.pick(words, "Moist dressings")
    elif words == "How often a day":
        window.type(words, "1")
    elif words == "attach a picture":
        attach(window)
    else:
        name_who_treats(window)
