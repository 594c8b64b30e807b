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
    assert "86 %" in spo2.inner_text() and "Chart" in spo2.inner_text() and "Oxygen saturation at rest" in spo2.inner_text()
    assert day in spo2.locator(".from").inner_text()
    assert window.text(".left") == "Nothing required is left"
    assert "7 from the chart" in window.text(".sources")
    window.saved()
    [form] = clinic.forms("orla-penhallow")
    assert form["status"] == "in-progress"
    assert {source(answer) for answer in answers(form).values()} == {"auto" if guide == "2.0.1" else "auto-client"}
    assert (form["subject"], form["author"]) == ({"reference": "Patient/orla-penhallow"}, {"reference": "Practitioner/halvard-brisk"})
    assert faults(form, guide) == []


@pytest.mark.requirement("dtr-2.0.1:202", "dtr-2.2:spec-82")
def test_each_question_says_what_the_payer_weighs_by_it(opened: Any) -> None:
    _, window = opened(TEODRIC)
    assert window.page.locator(".notice").count() == 0, "what the chart does not hold is no trouble"
    edema = window.question("dependent edema")
    assert "Dependent edema that suggests heart failure" in edema.locator(".why").inner_text()
    assert "NCD 240.2" in edema.locator(".why").inner_text()
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
    assert "The chart says 86" in question.inner_text()
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
    assert "Oxygen concentrator\nHome oxygen · saved" in again.text()
    again.press("Go on")
    again.page.wait_for_selector(".progress")
    assert "Taken away by you" in again.question("Hematocrit").inner_text()
    assert again.question("dependent edema").locator(".said").inner_text() == "No"
    assert "89 %" in again.question("Lowest oxygen saturation").inner_text()
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
    assert "Home oxygen, filled in by Halvard Brisk, MD on " in window.text(".review .lead")
    assert "86 %" in window.text(".review")
    window.press("Finish and send")
    window.page.wait_for_selector(".decision")
    assert "Authorized" in window.text(".decision.is-yes")
    assert "number " in window.text(".verdict")
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
    assert "Go on where you were" not in again.text()
    again.saved()
    assert [form["status"] for form in clinic.forms("orla-penhallow")] == ["completed", "in-progress"]


@pytest.mark.requirement("dtr-2.0.1:203", "dtr-2.0.1:222")
def test_an_answer_that_leads_to_another_question_brings_it_into_sight(opened: Any) -> None:
    _, window = opened(ORLA)
    assert not window.question("at least five minutes").is_visible()
    for state, there in (("Asleep", True), ("Awake and at rest", False)):
        window.pick("In which state", state)
        window.until(lambda there=there: window.question("at least five minutes").is_visible() is there, f"asked: {there}")


def test_one_form_for_three_orders_is_about_all_three(opened: Any) -> None:
    clinic, window = opened(ILSABET)
    window.saved()
    [form] = clinic.forms("ilsabet-crane")
    about = {extension["valueReference"]["reference"] for extension in extensions(form, QR_CONTEXT)}
    assert about == {f"ServiceRequest/{order['id']}" for order in clinic.charts.by_patient["ilsabet-crane"].orders}
    window.press("Review")
    window.press("Finish and send")
    window.page.wait_for_selector(".decision")
    assert window.page.locator(".decision").count() == 3


@pytest.mark.requirement("dtr-2.0.1:248", "dtr-2.0.1:250", "dtr-2.2:spec-121")
def test_opened_by_itself_the_app_lets_the_clinician_choose_the_chart_and_what_to_document(opened: Any) -> None:
    clinic, window = opened(ORLA)
    window.page.goto(f"{clinic.places.app}/standalone")
    window.page.get_by_label(TEODRIC).check()
    window.page.get_by_role("button", name="Open chart").click()
    window.page.wait_for_selector(".choose")
    assert window.page.get_by_role("button", name="Get the payer's form").is_enabled()
    assert "the payer was not asked yet" in window.text()
    window.press("Get the payer's form")
    window.page.wait_for_selector(".progress")
    assert "89 %" in window.question("Lowest oxygen saturation").inner_text()
    assert "Teodric Amble" in window.text("#banner")


def test_a_clinician_who_opens_no_chart_is_told_so(opened: Any) -> None:
    clinic, window = opened(ORLA)
    window.page.goto(f"{clinic.places.app}/standalone")
    window.expect("status of 403")
    window.page.get_by_role("button", name="Cancel").click()
    window.page.wait_for_selector(".alone")
    assert "The clinician did not open a chart." in window.text()


@pytest.mark.requirement("dtr-2.0.1:6", "dtr-2.0.1:8", "dtr-2.0.1:9", "dtr-2.0.1:10", "dtr-2.2:conf-5")
def test_a_form_begun_shows_its_title_its_date_who_wrote_it_and_who_told(opened: Any) -> None:
    clinic, window = opened(TEODRIC)
    window.saved()
    [form] = clinic.forms("teodric-amble")
    clinic.charts.keep("teodric-amble", {**form, "source": {"reference": "Patient/teodric-amble"}})
    _, again = opened(TEODRIC, clinic_=clinic)
    line = again.text(".row-card")
    saved = f"{int(form['authored'][8:10])} "
    assert "Home oxygen" in line and f"saved {saved}" in line and "by Halvard Brisk, MD" in line and "as told by Teodric Amble" in line
