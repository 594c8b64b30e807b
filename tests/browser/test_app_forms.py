"""Several forms for one order, forms that are over, and expressions in every language a payer may write."""

from __future__ import annotations

from typing import Any

import pytest

from ig_profiles.names import INFORMATION_ORIGIN
from ig_profiles.reading import Json, extension_value, extensions, many, text
from tests.browser.any_payer import FORM, SDC
from tests.browser.test_app_every_type import CHART, HL7, fhirpath, kept
from tests.browser.test_app_trouble import TRUE, library, looked_up
from tests.browser.window import expect


def asking(link: str, kind: str, *extensions: Json) -> Json:
    return {"linkId": link, "text": f"About {link}", "type": kind, "extension": list(extensions)}


def test_forms_are_done_one_after_the_other(fresh: Any) -> None:
    head = {"resourceType": "Questionnaire", "url": "http://payer.example/q2", "version": "1", "title": "The second", "status": "active"}
    second = {**head, "item": [asking("b", "boolean")]}
    clinic, window, _ = fresh(asking("a", "boolean"), others=(second,))
    window.says("Form 1 of 2")
    window.pick("About a", "Yes")
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector("text=Form 2 of 2")
    window.pick("About b", "No")
    window.press("Review")
    window.press("Finish, send later")
    window.page.wait_for_selector(".outcome")
    assert sorted((form["status"], text(form, "item", "linkId")) for form in clinic.forms(CHART)) == [("completed", "a"), ("completed", "b")]


@pytest.mark.requirement("dtr-2.0.1:170", "dtr-2.0.1:171", "dtr-2.2:spec-123")
def test_a_form_begun_that_is_over_is_stopped_and_begun_anew(fresh: Any) -> None:
    """R170, spec-123."""
    clinic, window, payer = fresh(asking("a", "boolean"))
    window.saved()
    payer.questionnaire["effectivePeriod"] = {"end": "2020-12-31"}
    window.page.reload()
    window.page.wait_for_selector(".choose")
    window.expect("status of 410")
    window.press("Go on")
    window.says("no longer in force")
    window.until(lambda: clinic.forms(CHART)[0]["status"] == "stopped", "the form is stopped in the chart")


@pytest.mark.requirement("dtr-2.0.1:296", "dtr-2.0.1:327", "dtr-2.2:oper-20")
def test_a_form_is_asked_for_again_as_changed_since_it_was_saved(fresh: Any) -> None:
    """R327."""
    clinic, window, payer = fresh(asking("a", "boolean"))
    window.saved()
    window.page.reload()
    window.page.wait_for_selector(".choose")
    window.press("Go on")
    window.page.wait_for_selector(".progress")
    asked = {part["name"]: part for part in payer.asked[-1]["parameter"]}
    assert asked["questionnaire"]["valueCanonical"] == f"{FORM}|1"
    assert asked["changedsince"]["valueInstant"][:10] == clinic.forms(CHART)[0]["authored"][:10]


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
    "dtr-2.2:spec-60",
)  # fmt: skip
def test_variables_searches_and_paths_called_cql_fill_the_form(fresh: Any) -> None:
    """Trap 19."""
    problems = {"name": "problems", "language": "application/x-fhir-query", "expression": "Condition?patient={{%patient.id}}"}
    doubled = {"name": "twice", "language": "text/fhirpath", "expression": "%problems.entry.count() * 2"}
    variables = [{"url": f"{HL7}variable", "valueExpression": each} for each in (problems, doubled)]
    called_cql = {"url": f"{SDC}initialExpression", "valueExpression": {"language": "text/cql", "expression": "%patient.birthDate"}}
    clinic, window, payer = fresh(
        asking("count", "integer", fhirpath("initialExpression", "%twice")),
        asking("born", "date", called_cql),
        form={"extension": variables},
    )
    window.until(lambda: kept(clinic).get("count") == [{"valueInteger": 4}], "two problems, twice")
    assert payer.errors == []
    assert kept(clinic)["born"] == [{"valueDate": clinic.charts.by_patient[CHART].patient["birthDate"]}]


def sources(clinic: Any) -> dict[str, Any]:
    """Where each answer in the chart came from, with the answer, by link id."""
    found = {}
    for item in many((clinic.forms(CHART) or [{}])[-1], "item"):
        for answer in many(item, "answer"):
            origin = extensions(answer, INFORMATION_ORIGIN)[0]
            found[item["linkId"]] = (answer["valueBoolean"], extension_value(origin, "source"))
    return found


@pytest.mark.requirement("dtr-2.2:spec-65", "dtr-2.2:spec-73")
def test_what_the_chart_says_goes_before_what_the_payer_filled_in_unless_it_says_nothing(fresh: Any) -> None:
    """R189, spec-73."""
    nothing = {"name": "silent", "expression": {"type": "Null"}}
    filled = [{"linkId": name, "answer": [{"extension": [server_said()], "valueBoolean": False}]} for name in ("sound", "silent")]
    draft = {"resourceType": "QuestionnaireResponse", "status": "in-progress", "questionnaire": f"{FORM}|1", "item": filled}
    clinic, window, _ = fresh(looked_up("sound"), looked_up("silent"), elms=(library(TRUE, nothing),), draft=draft)
    window.until(lambda: sources(clinic) == {"sound": (True, "auto-client"), "silent": (False, "auto-server")}, "each with its origin")
    expect(window.question("About silent")).to_contain_text("Payer", use_inner_text=True)


@pytest.mark.requirement("dtr-2.0.1:188", "dtr-2.0.1:189", "dtr-2.0.1:210", "dtr-2.2:spec-72")
def test_what_a_person_said_stays_and_becomes_an_override_when_the_chart_knows_it_too(fresh: Any) -> None:
    """R188, spec-72."""
    clinic, window, payer = fresh(looked_up("sound"))
    window.pick("About sound", "No")
    window.until(lambda: sources(clinic) == {"sound": (False, "manual")}, "by hand")
    payer.elms = (library(TRUE),)
    window.page.reload()
    window.page.wait_for_selector(".choose")
    window.press("Go on")
    window.page.wait_for_selector(".progress")
    window.until(lambda: sources(clinic) == {"sound": (False, "override")}, "now against the chart")
    expect(window.change("About sound")).to_contain_text("The chart says Yes", use_inner_text=True)


@pytest.mark.requirement(
    "dtr-2.0.1:15", "dtr-2.0.1:65", "dtr-2.0.1:205", "dtr-2.0.1:206", "dtr-2.0.1:351", "dtr-2.0.1:363", "dtr-2.2:conf-6", "dtr-2.2:spec-19",
)  # fmt: skip
def test_a_row_is_filled_for_each_thing_the_population_context_finds(fresh: Any) -> None:
    context = {"name": "problem", "language": "application/x-fhir-query", "expression": "Condition?patient={{%patient.id}}"}
    rows = {
        "linkId": "problems",
        "text": "Problem",
        "type": "group",
        "repeats": True,
        "extension": [{"url": f"{SDC}itemPopulationContext", "valueExpression": context}],
        "item": [asking("code", "string", fhirpath("initialExpression", "%problem.code.coding.first().code"))],
    }
    clinic, window, _ = fresh(rows)

    def codes() -> list[str]:
        return many((clinic.forms(CHART) or [{}])[-1], "item", "item", "answer", "valueString")

    window.until(lambda: codes() == ["J44.9", "J96.11"], f"a row for each problem: {codes()}")
    window.says("Problem, entry 2")


def test_patient_user_and_visit_of_the_launch_are_known_to_the_form(fresh: Any) -> None:
    """launchContext."""
    paths = {"who": "%patient.id", "by": "%user.id", "seen": "%encounter.id"}
    clinic, window, _ = fresh(*(asking(link, "string", fhirpath("initialExpression", path)) for link, path in paths.items()))
    visit = clinic.charts.by_patient[CHART].encounter["id"]
    told = {"who": [{"valueString": CHART}], "by": [{"valueString": "halvard-brisk"}], "seen": [{"valueString": visit}]}
    window.until(lambda: kept(clinic) == told, f"each is known: {kept(clinic)}")


def server_said() -> Json:
    return {"url": INFORMATION_ORIGIN, "extension": [{"url": "source", "valueCode": "auto-server"}]}
