"""``fhir-pa validate``: files, folders, lines and standard input; three ways to tell; three exit statuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.dom import minidom

import pytest
from click.testing import CliRunner, Result

from fhir_pa.cli import main

GOOD = '{"resourceType": "Basic", "text": {"status": "generated", "div": "<div xmlns=\\"http://www.w3.org/1999/xhtml\\">x</div>"}, "code": {"text": "x"}}'
BAD = '{\n "resourceType": "Patient",\n "birthDate": "yesterday"\n}'


def run(*arguments: str, given: str | None = None) -> Result:
    return CliRunner().invoke(main, ["validate", *arguments], input=given)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "good.json").write_text(GOOD)
    (tmp_path / "below").mkdir()
    (tmp_path / "below" / "bad.json").write_text(BAD)
    (tmp_path / "readme.txt").write_text("not FHIR")
    return tmp_path


def test_all_is_well(folder: Path) -> None:
    done = run(str(folder / "good.json"))
    assert done.exit_code == 0 and "1 checked, 0 with errors" in done.output


def test_a_folder_is_searched_and_each_fault_has_its_line_and_column(folder: Path) -> None:
    done = run(str(folder))
    assert done.exit_code == 1
    assert "below/bad.json:3:15: error: Patient.birthDate: 'yesterday' is no date." in done.output
    assert "2 checked, 1 with errors" in done.output and "readme" not in done.output


def test_what_cannot_be_read_ends_with_2(folder: Path) -> None:
    (folder / "broken.json").write_text('{"resourceType": ')
    for done in (run(str(folder)), run(str(folder / "missing.json"))):
        assert done.exit_code == 2


def test_standard_input_and_lines_of_resources(folder: Path) -> None:
    assert run("-", given=GOOD).exit_code == 0
    (folder / "many.ndjson").write_text(f"{GOOD}\n{json.dumps(json.loads(BAD))}\n")
    done = run(str(folder / "many.ndjson"))
    assert done.exit_code == 1 and "many.ndjson:2:1:" in done.output


def test_xml_is_read_too_and_each_fault_has_its_line_and_column(folder: Path) -> None:
    (folder / "patient.xml").write_text('<Patient xmlns="http://hl7.org/fhir">\n  <birthDate value="yesterday"/></Patient>')
    done = run(str(folder / "patient.xml"))
    assert done.exit_code == 1 and "patient.xml:2:3: error: Patient.birthDate: 'yesterday' is no date." in done.output


def test_xml_that_cannot_be_read_ends_with_2_and_says_where(folder: Path) -> None:
    (folder / "patient.xml").write_text('<Patient xmlns="http://hl7.org/fhir">\n  <birthday value="1974-03-02"/></Patient>')
    done = run(str(folder / "patient.xml"))
    assert done.exit_code == 2 and "Patient.birthday: At line 2, column 3: birthday is no element of Patient" in done.output


def test_one_json_line_for_each_file(folder: Path) -> None:
    done = run(str(folder), "--format", "json")
    told: dict[str, Any] = {line["file"].rsplit("/", 1)[1]: line for line in map(json.loads, done.stdout.splitlines())}
    assert told["good.json"]["valid"] and not told["bad.json"]["valid"]
    located = [issue["location"] for issue in told["bad.json"]["outcome"]["issue"] if issue["severity"] == "error"]
    assert located == [["Line 3, Col 15"]]


def test_junit_for_a_build_server(folder: Path) -> None:
    suite = minidom.parseString(run(str(folder), "--format", "junit").stdout).documentElement
    assert (suite.getAttribute("tests"), suite.getAttribute("failures"), suite.getAttribute("errors")) == ("2", "1", "0")


def test_a_profile_can_be_asked_for(folder: Path) -> None:
    profile = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-patient"
    (folder / "patient.json").write_text('{"resourceType": "Patient"}')
    done = run(str(folder / "patient.json"), "--profile", profile, "--guide", "2.2")
    assert done.exit_code == 1 and "identifier" in done.output and "gender" in done.output


def test_a_filled_in_form_is_held_against_the_form_it_names(tmp_path: Path) -> None:
    answer = {"linkId": "test", "item": [{"linkId": "spo2", "answer": [{"valueString": "low"}]}]}
    response = {
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "http://fhir-pa.example/fhir/Questionnaire/home-oxygen|2026.1",
        "status": "in-progress",
        "item": [answer],
    }
    file = tmp_path / "response.json"
    file.write_text(json.dumps(response))
    result = CliRunner().invoke(main, ["validate", str(file)])
    assert result.exit_code == 1 and "asks for decimal and has valueString" in result.output
