"""What a library reads, as FHIR DataRequirement rows."""

from __future__ import annotations

from questionnaires.elm import KeptLibrary
from questionnaires.retrieves import kinds_read, retrieves
from questionnaires.translate import translate

LIBRARY = """library Reads version '1.0.0'
using FHIR version '4.0.1'
include FHIRHelpers version '4.0.1'
codesystem "LOINC": 'http://loinc.org'
valueset "Lung disease": 'http://payer.example/ValueSet/lung-disease' version '3'
code "Pulse oximetry": '59408-5' from "LOINC" display 'SpO2'
code "Blood gas": '2708-6' from "LOINC"
concept "Saturation": { "Pulse oximetry", "Blood gas" }
context Patient
"""
PULSE = {"system": "http://loinc.org", "code": "59408-5", "display": "SpO2"}
BLOOD = {"system": "http://loinc.org", "code": "2708-6"}


def rows(body: str) -> list[dict[str, object]]:
    return [row for row in retrieves(translate(LIBRARY + body)) if row["type"] != "Patient"]


def test_a_code_is_given_with_its_system() -> None:
    assert rows('define "x": [Observation: "Pulse oximetry"]') == [{"type": "Observation", "codeFilter": [{"path": "code", "code": [PULSE]}]}]


def test_a_concept_is_given_as_its_codes() -> None:
    assert rows('define "x": [Observation: "Saturation"]') == [{"type": "Observation", "codeFilter": [{"path": "code", "code": [PULSE, BLOOD]}]}]


def test_a_value_set_is_given_by_its_canonical_and_the_path_that_is_asked() -> None:
    canonical = "http://payer.example/ValueSet/lung-disease|3"
    assert rows('define "x": [Condition: category in "Lung disease"]') == [{"type": "Condition", "codeFilter": [{"path": "category", "valueSet": canonical}]}]


def test_what_is_read_without_code_is_read_whole_and_each_row_is_given_once() -> None:
    assert rows('define "x": [Procedure] P with [Encounter] E such that true\ndefine "y": [Procedure]') == [{"type": "Procedure"}, {"type": "Encounter"}]


def test_the_patient_is_among_what_is_read() -> None:
    assert retrieves(translate(LIBRARY + 'define "x": AgeInYears()')) == [{"type": "Patient"}]


def test_the_kinds_a_library_reads_are_its_retrieves_and_the_patient():
    elm = {"library": [{"type": "Retrieve", "dataType": f"{{http://hl7.org/fhir}}{kind}"} for kind in ("Condition", "Observation")]}
    assert kinds_read(KeptLibrary(elm)) == {"Patient", "Condition", "Observation"}
