"""The commands for authors of policies, run as they are typed."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner

from fhir_pa.cli import main
from fhir_pa.storage.form_errors import FormError
from fhir_pa.storage.store import open_store
from questionnaires.error_report import ErrorReport, Problem
from questionnaires.library import BUILT_IN


def run(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(main, ["policies", *map(str, words)])
    return result.exit_code, result.output


def test_a_new_policy_passes_the_check_and_is_not_written_over(tmp_path: Path) -> None:
    assert run("new", "bath_lift", "--shelf", tmp_path)[0] == 0
    assert run("check", tmp_path / "bath_lift") == (0, "No mistakes.\n")
    code, said = run("new", "bath_lift", "--shelf", tmp_path)
    assert code == 2 and "Choose another topic" in said


@pytest.mark.parametrize(
    ("words", "mending"),
    [(("Bath Lift",), "Use small letters, digits and '_'"), (("bath_lift", "--service", "A1"), "Write it like HCPCS:E0260")],
)
def test_what_cannot_be_begun_is_told_with_how_to_write_it(words: tuple[str, ...], mending: str, tmp_path: Path) -> None:
    code, said = run("new", *words, "--shelf", tmp_path)
    assert code == 2 and mending in said.replace("\n", " ").replace("  ", " ")


def test_a_trial_shows_every_finding_its_evidence_and_the_way_to_yes(tmp_path: Path) -> None:
    code, said = run("try", "home_oxygen", "--patient", BUILT_IN / "home_oxygen" / "cases" / "clinic-86.json", "--service", "E1390", "--on", "2026-11-21")
    assert code == 0 and "E1390: home_oxygen 2026.1 would certify." in said
    assert re.search(r"spo2 = 86.* \(auto; Observation.* of 20", said)
    empty = tmp_path / "nobody.json"
    empty.write_text(json.dumps({"resourceType": "Bundle", "entry": [{"resource": {"resourceType": "Patient", "id": "a"}}]}))
    code, said = run("try", "home_oxygen", "--patient", empty, "--service", "E1390")
    assert "would refer." in said and "The shortest way to yes: treating_practitioner" in said


def test_the_burden_of_an_adaptive_form_is_less_than_that_of_the_whole(tmp_path: Path) -> None:
    code, said = run("burden", "cpap", "hereditary_cancer_test")
    assert code == 0
    for line in said.splitlines()[1:]:
        numbers = [float(each) for each in line.split()[2:]]
        asked, minutes, stepwise, minutes_stepwise = numbers[4:8]
        assert stepwise < asked and minutes_stepwise < minutes


def test_facts_are_built_from_the_cql_and_what_does_not_compile_is_told_with_its_place(tmp_path: Path) -> None:
    run("new", "bath_lift", "--shelf", tmp_path)
    cql = tmp_path / "bath_lift" / "facts.cql"
    cql.write_text(cql.read_text() + "\n")
    code, said = run("check", tmp_path)
    assert code == 1 and "Run: fhir-pa policies build" in said
    assert run("build", tmp_path)[0] == 0 and run("check", tmp_path) == (0, "No mistakes.\n")
    cql.write_text(cql.read_text() + "\ndefin nothing:\n")
    code, said = run("build", tmp_path)
    assert code == 2 and "Mend it, and build again." in said.replace("\n", " ")
    (tmp_path / "nothing").mkdir()
    code, said = run("build", tmp_path / "nothing")
    assert code == 2 and "Name the folder of a policy" in said


def test_a_comparison_over_nothing_and_a_topic_nobody_has_are_told_and_not_counted_as_none(tmp_path: Path) -> None:
    run("new", "bath_lift", "--shelf", tmp_path)
    (tmp_path / "requests").mkdir()
    (tmp_path / "requests" / "patient.json").write_text('{"resourceType": "Patient"}')
    code, said = run("diff", tmp_path / "bath_lift", tmp_path / "bath_lift", "--over", tmp_path / "requests")
    assert code == 2 and "Name a folder of them" in said.replace("\n", " ")
    code, said = run("burden", "hoverboard")
    assert code == 2 and "No policy on hoverboard" in said and "home_oxygen" in said


def test_what_apps_reported_is_listed_for_the_operator(tmp_path: Path) -> None:
    report = ErrorReport(("urn:form|1",), (Problem("error", "exception", "MSG_BAD_SYNTAX", "item …", "could not convert"),))
    store = open_store(data_dir=tmp_path)
    with store.transaction() as tx:
        tx.keep_form_error(FormError("1", "oakwood", "2.2", datetime.now(UTC), report))
    store.close()
    code, said = run("errors", "--data-directory", tmp_path)
    assert code == 0 and "oakwood, DTR 2.2: urn:form|1" in said and "error MSG_BAD_SYNTAX at item …: could not convert" in said
