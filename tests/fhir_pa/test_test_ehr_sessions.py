"""The test EHR shows what the forms app counted: in words, in figures, as JSON; and says so while there is nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from fhir_pa.provider.clinician.measures import Measures
from fhir_pa.provider.keys import Keys
from fhir_pa.provider.test_ehr.opening import opened
from fhir_pa.provider.test_ehr.people import everybody_on
from tests.fhir_pa.test_provider_measures import FORM, session

APPS = {"2.0.1": "http://127.0.0.1:9191", "2.2": "http://127.0.0.1:9292"}


def ehr(measures: Path | None) -> FlaskClient:
    application, _ = opened(*everybody_on(date(2026, 11, 22)), Keys.new(), "http://127.0.0.1:9090", "Bearer x", "http://payer.example", APPS, measures=measures)
    return application.test_client()


def test_before_the_first_session_the_page_says_what_to_do(tmp_path: Path) -> None:
    assert "open the form, and come back" in ehr(tmp_path / "figures").get("/sessions").text


def test_a_session_stands_there_with_its_form_and_as_the_guides_own_data(tmp_path: Path) -> None:
    Measures(tmp_path).keep("s1", session().data("http://app.example"))
    there = ehr(tmp_path)
    page, data = there.get("/sessions").text, there.get("/sessions.json").json
    for words in ("<strong>78%</strong> of the questions asked", "oxygen|1", "0:01:20", "after signing"):
        assert words in page
    assert 'href="/sessions"' in there.get("/").text
    assert data is not None and data["sessions"][0]["questionnaire"][0]["reference"] == FORM and data["summary"]["forms_finished"] == 1


@pytest.mark.parametrize("path", ["/sessions", "/sessions.json"])
def test_without_a_folder_for_figures_there_is_no_such_page(path: str) -> None:
    there = ehr(None)
    assert there.get(path).status_code == 404 and 'href="/sessions"' not in there.get("/").text
