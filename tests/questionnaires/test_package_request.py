"""$questionnaire-package input: tolerant of names and extras, strict about what the operation cannot do without."""

from __future__ import annotations

import json
import os
import tarfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from ig_profiles.outcome import Unprocessable, Unreadable
from questionnaires.package_request import Guide, read_package_request

COVERAGE = {"name": "coverage", "resource": {"resourceType": "Coverage", "id": "c"}}
ORDER = {"name": "order", "resource": {"resourceType": "ServiceRequest", "id": "s"}}


def parameters(*parts: Any) -> Any:
    return {"resourceType": "Parameters", "parameter": list(parts)}


def test_coverage_orders_canonicals_contexts_and_time_are_read() -> None:
    body = parameters(
        COVERAGE,
        ORDER,
        {"name": "Questionnaire", "valueCanonical": "http://a.example/q|1"},
        {"name": "context", "valueString": "assertion-1"},
        {"name": "changedsince", "valueInstant": "2026-11-21T09:30:00-05:00"},
    )
    asked = read_package_request(body, "2.2")
    assert (asked.coverages[0]["id"], asked.orders[0]["id"], asked.canonicals, asked.contexts) == ("c", "s", ("http://a.example/q|1",), ("assertion-1",))
    assert asked.changed_since == datetime(2026, 11, 21, 14, 30, tzinfo=UTC)


def test_the_older_operation_definition_s_date_time_is_taken_too() -> None:
    asked = read_package_request(parameters(COVERAGE, ORDER, {"name": "changedsince", "valueDateTime": "2026-11-21"}), "2.0.1")
    assert asked.changed_since == datetime(2026, 11, 21, tzinfo=UTC)


def test_the_address_may_name_the_form() -> None:
    assert read_package_request(parameters(COVERAGE), "2.0.1", asked="http://a.example/q").canonicals == ("http://a.example/q",)


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_referenced_resources_are_no_error(guide: Guide) -> None:
    asked = read_package_request(parameters(COVERAGE, ORDER, {"name": "referenced", "resource": {"resourceType": "Patient", "id": "p"}}), guide)
    assert asked.referenced[0]["id"] == "p"


def test_an_order_nobody_understands_is_a_warning_that_says_where() -> None:
    odd = {"name": "order", "resource": {"resourceType": "Basic"}}
    (issue,) = read_package_request(parameters(COVERAGE, ORDER, odd), "2.2").issues
    assert (issue.severity, issue.expression) == ("warning", "Parameters.parameter[2].resource")
    assert "Send one of Appointment" in issue.text


def test_everything_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(Unprocessable) as refused:
        read_package_request(parameters(), "2.2")
    told = [issue.text for issue in refused.value.issues]
    assert any("Add a parameter 'coverage'" in each for each in told)
    assert any("Add 'order', 'questionnaire' or 'context'" in each for each in told)


def test_several_coverages_are_the_older_guide_s_only() -> None:
    assert len(read_package_request(parameters(COVERAGE, COVERAGE, ORDER), "2.0.1").coverages) == 2
    with pytest.raises(Unprocessable, match="send a request for each"):
        read_package_request(parameters(COVERAGE, COVERAGE, ORDER), "2.2")


@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_coverages_are_those_of_one_patient(guide: Guide) -> None:
    coverages = [
        {"name": "coverage", "resource": {"resourceType": "Coverage", "id": who, "beneficiary": {"reference": f"https://ehr.example/fhir/Patient/{who}"}}}
        for who in ("a", "b")
    ]
    with pytest.raises(Unprocessable, match="those of Patient/a and Patient/b. Forms are for one patient|send a request for each"):
        read_package_request(parameters(*coverages, ORDER), guide)
    twice = [{**each, "resource": {**each["resource"], "beneficiary": {"reference": "Patient/a"}}} for each in coverages]
    assert len(read_package_request(parameters(*twice, ORDER), "2.0.1").coverages) == 2


@pytest.mark.parametrize("body", [None, [], {"resourceType": "Bundle"}, "Parameters"])
def test_anything_but_parameters_is_unreadable(body: Any) -> None:
    with pytest.raises(Unreadable, match="Send Parameters with 'coverage'"):
        read_package_request(body, "2.2")


def test_a_time_that_is_none_says_how_to_write_one() -> None:
    with pytest.raises(Unprocessable, match="Write changedsince like 2026-11-21T09:30:00-05:00"):
        read_package_request(parameters(COVERAGE, ORDER, {"name": "changedsince", "valueInstant": "yesterday"}), "2.2")


def test_the_published_example_is_read_without_a_warning() -> None:
    folder = Path(os.environ.get("FHIR_PA_PACKAGES", Path(__file__).parents[3] / "shared" / "packages"))
    path = folder / "hl7.fhir.us.davinci-dtr-2.0.1.tgz"
    if not path.is_file():
        pytest.skip("the published DTR 2.0.1 package is not beside the repository")
    with tarfile.open(path) as package:
        member = package.extractfile("package/example/Parameters-QuestionnairePackageInputParamsExample.json")
        assert member is not None
        asked = read_package_request(json.load(member), "2.0.1")
    assert asked.coverages[0]["resourceType"] == "Coverage"
    assert [order["resourceType"] for order in asked.orders] == ["ServiceRequest"]
    assert asked.issues == ()
