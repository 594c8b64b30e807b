"""What the clinician's app counts of its sessions keeps to the guide's model of metrics, and can be read out and summed up."""

from __future__ import annotations

import io
import json
import tarfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from fhir_pa.provider.clinician.measured import Form, Measured
from fhir_pa.provider.clinician.measures import Measures, main, summary
from fhir_pa.provider.clinician.trouble import Trouble
from fhir_pa.provider.crd.coverage_answer import CoverageAnswer
from ig_profiles.names import NPI
from ig_profiles.reading import Json
from tests.packages import FOLDER

FORM = "http://payer.example/Questionnaire/oxygen|1"
PACKAGE = "hl7.fhir.us.davinci-dtr-2.0.1"
BEGAN = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
ROLE = {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/practitioner-role", "code": "doctor"}]}


class Clock:
    """Each look is half a second after the last."""

    def __init__(self) -> None:
        self.at = BEGAN

    def __call__(self) -> datetime:
        self.at += timedelta(seconds=0.5)
        return self.at


def session() -> Measured:
    """One in which a form was fetched, filled and kept, the payer failed once, and a word of CRD led to it."""
    word = CoverageAnswer("Coverage/1", "covered", "auth-needed", ("clinical",), ("withpa",), (FORM,), "A-1", None, ())
    measured = Measured("s1", "crdlaunch", {"system": NPI, "value": "9000000003"}, {"system": NPI, "value": "9000000011"})
    measured.payer, measured.role, measured.told, measured.purposes = {"system": NPI, "value": "9000000029"}, ROLE, (word,), ("withpa",)
    measured.orders = ({"coding": [{"system": "http://example.org/hcpcs", "code": "E1390"}]},)
    clock = Clock()
    with measured.acting("qpackage", clock):
        measured.forms[FORM] = Form(populated=True, failures=1)
    with pytest.raises(Trouble), measured.acting("nextq", clock, FORM):
        raise Trouble(502, "payer", "It is down.", "Teodric Amble waits.")
    measured.read([{"resourceType": "Observation"}, {"resourceType": "Observation"}, {"resourceType": "Patient"}])
    measured.responded(FORM, {"asked": 9, "found": 7, "manual": 1, "override": 1, "seconds": 80, "name": "Teodric"}, clock())
    return measured


def model() -> dict[str, Json]:
    """The elements of the published logical model by their path; skips the test where the package is not at hand."""
    path = FOLDER / f"{PACKAGE}.tgz"
    if not path.is_file():
        pytest.skip(f"{PACKAGE}.tgz is not in {FOLDER.name}; set FHIR_PA_PACKAGES to the folder that holds it")
    with tarfile.open(path) as archive:
        file = archive.extractfile("package/StructureDefinition-DTRMetricData.json")
        definition = json.load(io.TextIOWrapper(file, "utf-8"))  # type: ignore[arg-type]
    return {element["path"]: element for element in definition["snapshot"]["element"]}


def faults(node: Any, path: str, elements: dict[str, Json]) -> list[str]:
    """Where an instance leaves the model: elements it does not know, too few, too many."""
    below = {each.removeprefix(f"{path}."): element for each, element in elements.items() if each.rpartition(".")[0] == path}
    if not isinstance(node, dict) or not below:
        return []
    found = [f"{path}.{name} is not in the model" for name in node if name not in below]
    for name, element in below.items():
        values = node.get(name, [])
        values = values if isinstance(values, list) else [values]
        if len(values) < element["min"] or (element["max"] != "*" and len(values) > int(element["max"])):
            found.append(f"{path}.{name} occurs {len(values)} times")
        found += [fault for value in values for fault in faults(value, f"{path}.{name}", elements)]
    return found


def test_a_session_is_told_in_the_guides_model() -> None:
    assert faults(session().data("https://app.example"), "DTRMetricData", model()) == []


def test_what_is_no_figure_of_the_model_would_be_seen() -> None:
    wrong = {**session().data("https://app.example"), "patient": "Teodric"}
    del wrong["action"]
    assert faults(wrong, "DTRMetricData", model()) == ["DTRMetricData.patient is not in the model", "DTRMetricData.action occurs 0 times"]


def test_nothing_of_a_patient_is_counted() -> None:
    assert "Teodric" not in json.dumps(session().data("https://app.example"))


def test_each_call_tells_when_it_was_asked_and_answered_and_how() -> None:
    actions = session().data("https://app.example")["action"]
    assert [(each["actionDetail"], each["httpResponse"]) for each in actions] == [("qpackage", 200), ("nextq", 502), ("userresponse", 200)]
    assert actions[1]["issue"] == [{"code": "exception"}]
    assert actions[0]["requestTime"] < actions[0]["responseTime"]


def test_a_form_tells_how_much_was_found_and_changed_and_how_long_it_took() -> None:
    [form] = session().data("https://app.example")["questionnaire"]
    assert (form["enabledQuestions"], form["autoPopulated"], form["elapsedTime"], len(form["failure"])) == (9, 7, "00:01:20", 1)
    assert [(each["roleAction"], each["count"]) for each in form["roleInteraction"]] == [("override", 1), ("manual", 1)]


def test_sessions_are_kept_in_a_folder_exported_and_summed_up(tmp_path: Path) -> None:
    measures = Measures(tmp_path / "kept")
    for name in ("s1", "s2", "s1"):
        measures.keep(name, session().data("https://app.example"))
    assert sorted(path.name for path in (tmp_path / "kept").iterdir()) == ["s1.json", "s2.json"]
    printed = CliRunner().invoke(main, [str(tmp_path / "kept")]).output
    assert "found of asked          0.778" in printed and "seconds for a form      80" in printed
    exported = json.loads(CliRunner().invoke(main, [str(tmp_path / "kept"), "--export"]).output)
    assert exported == [session().data("https://app.example")] * 2


def test_a_summary_counts_forms_changes_and_failures() -> None:
    told = summary([session().data("https://app.example")])
    assert (told["forms_finished"], told["changed_by_clinicians"], told["calls_that_failed"], told["faults_told_to_payers"]) == (1, 1, 1, 1)
    assert told["seconds_for_a_package"] == 0.5
