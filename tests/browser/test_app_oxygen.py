"""From the chart to the payer's answer: what the app fills in, what the clinician changes, and what is kept of both."""

from __future__ import annotations

from typing import Any

import pytest

from ig_profiles.names import INFORMATION_ORIGIN, QR_CONTEXT
from ig_profiles.reading import Json, extension_value, extensions
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from questionnaires.form import items
from tests.browser.clinic import Clinic
from tests.browser.window import expect

ORLA, TEODRIC, ILSABET = "Orla Penhallow", "Teodric Amble", "Ilsabet Crane"
GUIDES = pytest.mark.parametrize("guide", ["2.0.1", "2.2"])


def answers(form: Json) -> dict[str, Json]:
    return {item["linkId"]: item["answer"][0] for item in items(form) if "answer" in item}


def source(answer: Json) -> Any:
    return extension_value(extensions(answer, INFORMATION_ORIGIN)[0], "source")


def kept(clinic: Clinic, patient: str) -> dict[str, Json]:
    """The answers the chart has now; none while no form is there."""
    return answers((clinic.forms(patient) or [{}])[0])


def faults(form: Json, guide: str) -> list[str]:
    found = validate(form, open_set(guide), strict=True)
    return [f"{each.expression}: {each.text}" for each in found if each.severity in ("fatal", "error")]


@pytest.mark.requirement(
    "dtr-2.0.1:4", "dtr-2.0.1:35", "dtr-2.0.1:173", "dtr-2.0.1:174", "dtr-2.0.1:176", "dtr-2.0.1:190", "dtr-2.0.1:207", "dtr-2.0.1:208",
    "dtr-2.0.1:216", "dtr-2.0.1:357", "dtr-2.2:conf-3", "dtr-2.2:spec-14", "dtr-2.2:spec-16", "dtr-2.2:spec-59", "dtr-2.2:spec-60", "dtr-2.2:spec-62",
    "dtr-2.2:spec-74", "dtr-2.2:spec-136", "dtr-2.2:spec-145",
)  # fmt: skip
@GUIDES
def test_the_chart_answers_and_each_answer_shows_its_evidence_and_day(opened: Any, guide: str) -> None:
    clinic, window = opened(ORLA, guide)
    spo2 = window.question("Lowest oxygen saturation")
    measured = clinic.charts.by_patient["orla-penhallow"].findings[2]["effectiveDateTime"][:10]
    day = f"{int(measured[8:])} "
    for words in ("86 %", "Chart", "Oxygen saturation at rest"):
        expect(spo2).to_contain_text(words, use_inner_text=True)
    expect(spo2.locator(".from")).to_contain_text(day)
    expect(window.page.locator(".left")).to_have_text("Nothing required is left")
    window.says("7 from the chart", at=".sources")
    window.saved()
    [form] = clinic.forms("orla-penhallow")
    assert form["status"] == "in-progress"
    assert {source(answer) for answer in answers(form).values()} == {"auto" if guide == "2.0.1" else "auto-client"}
    assert (form["subject"], form["author"]) == ({"reference": "Patient/orla-penhallow"}, {"reference": "Practitioner/halvard-brisk"})
    assert faults(form, guide) == []


@pytest.mark.requirement("dtr-2.0.1:202", "dtr-2.2:spec-82")
def test_each_question_says_what_the_payer_weighs_by_it(opened: Any) -> None:
    _, window = opened(TEODRIC)
    edema = window.question("dependent edema")
    expect(edema.locator(".why")).to_contain_text("Dependent edema that suggests heart failure", use_inner_text=True)
    expect(edema.locator(".why")).to_contain_text("NCD 240.2", use_inner_text=True)
    assert window.page.locator(".notice").count() == 0, "what the chart does not hold is no trouble"
    described = edema.get_by_role("radiogroup").get_attribute("aria-describedby")
    assert edema.locator(".why").get_attribute("id") in described


@pytest.mark.requirement(
    "dtr-2.0.1:204", "dtr-2.0.1:209", "dtr-2.0.1:210", "dtr-2.0.1:211", "dtr-2.0.1:360", "dtr-2.2:spec-132", "dtr-2.2:spec-137", "dtr-2.2:spec-138",
)  # fmt: skip
@GUIDES
def test_a_changed_answer_is_an_override_by_name_with_the_reason_remembered(opened: Any, guide: str) -> None:
    clinic, window = opened(ORLA, guide)
    window.type("Lowest oxygen saturation", "87")
    question = window.question("Lowest oxygen saturation")
    expect(question).to_contain_text("The chart says 86", use_inner_text=True)
    question.get_by_label("Why is it different?").fill("Measured again since")
    question.get_by_label("Why is it different?").blur()
    window.until(lambda: "Measured again" in str(kept(clinic, "orla-penhallow").get("spo2")), "the reason is kept")
    [form] = clinic.forms("orla-penhallow")
    told = answers(form)["spo2"]
    assert (told["valueDecimal"], source(told)) == (87, "override")
    origin = extensions(told, INFORMATION_ORIGIN)[0]
    assert extension_value(origin, "author", "practitioner") == {"reference": "Practitioner/halvard-brisk"}
    assert extension_value(origin, "author", "role")["coding"][0]["code"] == "doctor"
    assert faults(form, guide) == []
    question.get_by_role("button", name="Use 86 %").click()
    window.until(lambda: source(kept(clinic, "orla-penhallow")["spo2"]).startswith("auto"), "taken back")


@pytest.mark.requirement(
    "dtr-2.0.1:5", "dtr-2.0.1:136", "dtr-2.0.1:188", "dtr-2.0.1:224", "dtr-2.0.1:226", "dtr-2.2:conf-3", "dtr-2.2:spec-72", "dtr-2.2:spec-137",
    "dtr-2.2:spec-151", "dtr-2.2:spec-153",
)  # fmt: skip
def test_what_is_cleared_stays_cleared_when_the_form_is_opened_again(opened: Any) -> None:
    """R344, trap 11: sensitive or wrong data is not put back."""
    clinic, window = opened(TEODRIC)
    window.change("Hematocrit").get_by_role("button", name="Clear").click()
    window.pick("dependent edema", "No")
    window.until(lambda: "heart_failure_edema" in kept(clinic, "teodric-amble"), "kept")
    [form] = clinic.forms("teodric-amble")
    assert "hematocrit" not in answers(form)
    assert source(answers(form)["heart_failure_edema"]) == "manual"
    _, again = opened(TEODRIC, clinic_=clinic)
    again.says("Oxygen concentrator Home oxygen · saved")
    again.press("Go on")
    again.page.wait_for_selector(".progress")
    expect(again.question("Hematocrit")).to_contain_text("Taken away by you", use_inner_text=True)
    expect(again.question("dependent edema").locator(".said")).to_have_text("No")
    expect(again.question("Lowest oxygen saturation")).to_contain_text("89 %", use_inner_text=True)
    again.saved()
    [form] = clinic.forms("teodric-amble")
    assert "hematocrit" not in answers(form)
    assert int(form["meta"]["versionId"]) >= 2, "the same form was saved again, not a second one"


@pytest.mark.requirement(
    "dtr-2.0.1:5", "dtr-2.0.1:7", "dtr-2.0.1:11", "dtr-2.0.1:21", "dtr-2.0.1:204", "dtr-2.0.1:214", "dtr-2.0.1:225", "dtr-2.0.1:357",
    "dtr-2.2:conf-5", "dtr-2.2:spec-4", "dtr-2.2:spec-117", "dtr-2.2:spec-132", "dtr-2.2:spec-144", "dtr-2.2:spec-152",
)  # fmt: skip
@GUIDES
def test_a_complete_chart_is_authorized_in_three_presses(opened: Any, guide: str) -> None:
    clinic, window = opened(ORLA, guide)
    window.press("Review")
    window.says("Home oxygen, filled in by Halvard Brisk, MD on ", at=".review .lead")
    window.says("86 %", at=".review")
    window.press("Finish and send")
    window.says("Authorized", at=".decision.is-yes")
    window.says("number ", at=".verdict")
    [form] = clinic.forms("orla-penhallow")
    assert form["status"] == "completed"
    assert faults(form, guide) == []


@pytest.mark.requirement("dtr-2.2:spec-125")
def test_a_form_that_is_complete_answers_no_later_one(opened: Any) -> None:
    """spec-125: what was true for one request is looked up anew for the next."""
    clinic, window = opened(ORLA)
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
    _, again = opened(ORLA, clinic_=clinic)
    again.saved()
    assert "Go on where you were" not in again.text()
    assert [form["status"] for form in clinic.forms("orla-penhallow")] == ["completed", "in-progress"]


@pytest.mark.requirement("dtr-2.0.1:203", "dtr-2.0.1:222")
def test_an_answer_that_leads_to_another_question_brings_it_into_sight(opened: Any) -> None:
    _, window = opened(ORLA)
    expect(window.question("In which state")).to_be_visible()
    expect(window.question("at least five minutes")).to_be_hidden()
    for state, there in (("Asleep", True), ("Awake and at rest", False)):
        window.pick("In which state", state)
        expect(window.question("at least five minutes")).to_be_visible(visible=there)


def test_one_form_for_three_orders_is_about_all_three(opened: Any) -> None:
    clinic, window = opened(ILSABET)
    window.saved()
    [form] = clinic.forms("ilsabet-crane")
    about = {extension["valueReference"]["reference"] for extension in extensions(form, QR_CONTEXT)}
    assert about == {f"ServiceRequest/{order['id']}" for order in clinic.charts.by_patient["ilsabet-crane"].orders}
    window.press("Review")
    window.press("Finish and send")
    expect(window.page.locator(".decision")).to_have_count(3)


@pytest.mark.requirement("dtr-2.0.1:248", "dtr-2.0.1:250", "dtr-2.2:spec-121")
def test_opened_by_itself_the_app_lets_the_clinician_choose_the_chart_and_what_to_document(opened: Any) -> None:
    clinic, window = opened(ORLA)
    window.page.goto(f"{clinic.places.app}/standalone")
    window.page.get_by_label(TEODRIC).check()
    window.page.get_by_role("button", name="Open chart").click()
    window.page.wait_for_selector(".choose")
    expect(window.page.get_by_role("button", name="Get the payer's form")).to_be_enabled()
    window.says("the payer was not asked yet")
    window.press("Get the payer's form")
    window.page.wait_for_selector(".progress")
    expect(window.question("Lowest oxygen saturation")).to_contain_text("89 %", use_inner_text=True)
    window.says("Teodric Amble", at="#banner")


def test_a_clinician_who_opens_no_chart_is_told_so(opened: Any) -> None:
    clinic, window = opened(ORLA)
    window.page.goto(f"{clinic.places.app}/standalone")
    window.expect("status of 403")
    window.page.get_by_role("button", name="Cancel").click()
    window.page.wait_for_selector(".alone")
    window.says("The clinician did not open a chart.")


@pytest.mark.requirement("dtr-2.0.1:6", "dtr-2.0.1:8", "dtr-2.0.1:9", "dtr-2.0.1:10", "dtr-2.2:conf-5")
def test_a_form_begun_shows_its_title_its_date_who_wrote_it_and_who_told(opened: Any) -> None:
    clinic, window = opened(TEODRIC)
    window.saved()
    [form] = clinic.forms("teodric-amble")
    clinic.charts.keep("teodric-amble", {**form, "source": {"reference": "Patient/teodric-amble"}})
    _, again = opened(TEODRIC, clinic_=clinic)
    saved = f"saved {int(form['authored'][8:10])} "
    again.says("Home oxygen", saved, "by Halvard Brisk, MD", "as told by Teodric Amble", at=".row-card")
