"""Filled-in forms are found wherever they are, and their faults told with the place they stand at."""

from __future__ import annotations

import pytest

from ig_profiles.reading import Json
from questionnaires.responses_in import faulty_answers, form_faults

FORM: Json = {
    "resourceType": "Questionnaire",
    "id": "f",
    "url": "urn:f",
    "version": "1",
    "item": [{"linkId": "a", "text": "A", "type": "integer", "required": True}],
}
ANSWER: Json = {"linkId": "a", "answer": [{"valueString": "ten"}]}
RESPONSE: Json = {"resourceType": "QuestionnaireResponse", "questionnaire": "urn:f|1", "status": "completed", "item": [ANSWER]}


def bundle(*resources: Json) -> Json:
    return {"resourceType": "Bundle", "entry": [{"resource": each} for each in resources]}


@pytest.mark.parametrize(
    ("resource", "place"),
    [
        (RESPONSE, "QuestionnaireResponse.item[0].answer[0].valueString"),
        (bundle(FORM, RESPONSE), "Bundle.entry[1].resource.item[0].answer[0].valueString"),
        (
            {"resourceType": "Parameters", "parameter": [{"name": "resource", "resource": bundle(RESPONSE)}]},
            "Parameters.parameter[0].resource.entry[0].resource.item[0]",
        ),
        ({**RESPONSE, "questionnaire": "#f", "contained": [FORM]}, "QuestionnaireResponse.item[0].answer[0].valueString"),
    ],
)
def test_a_faulty_answer_is_told_wherever_the_form_is(resource: Json, place: str) -> None:
    (issue,) = form_faults(resource, None, {"urn:f|1": FORM}.get, {})
    assert issue.expression and issue.expression.startswith(place) and "asks for integer" in issue.text


def test_a_form_nobody_knows_is_passed_over_and_one_in_progress_may_lack_answers() -> None:
    assert form_faults(RESPONSE, None, {}.get, {}) == []
    assert form_faults({**RESPONSE, "status": "in-progress", "item": []}, None, {"urn:f|1": FORM}.get, {}) == []
    assert len(form_faults({**RESPONSE, "item": []}, None, {"urn:f|1": FORM}.get, {})) == 1


def test_the_question_of_a_faulty_answer_is_found_again() -> None:
    issues = form_faults(RESPONSE, None, {"urn:f|1": FORM}.get, {})
    assert list(faulty_answers(RESPONSE, issues)) == ["a"]
