"""Whom the member file may speak about: the person whose own number it is, with the same birthday, where the payer lets it."""

from datetime import date

import pytest

from cds_hooks.coverage_record import MemberRecord
from fhir_pa.auth.directory import Directory, Insurer, Member
from fhir_pa.operations.weighing.member_record import member_record
from fhir_pa.settings import read

ORLA = Member("LF-1", "urn:members", "Orla", date(1950, 2, 3), "medicare-advantage", "Silver PPO", date(2026, 1, 1), date(2026, 12, 31))
FINN = Member("LF-2", "urn:members", "Finn", date(1980, 5, 6), "medicare-advantage")
ALLOWED = Directory(Insurer(coverage_updates=True), members=(ORLA, FINN))
PATIENT = {"resourceType": "Patient", "birthDate": "1950-02-03"}
KNOWN = MemberRecord("LF-1", "urn:members", "Silver PPO", date(2026, 1, 1), date(2026, 12, 31))


def number(value):
    return {"identifier": [{"system": "urn:members", "value": value}]}


def test_the_person_is_known_by_a_number_of_the_coverage_or_of_the_patient():
    assert member_record(ALLOWED, number("LF-1"), PATIENT) == KNOWN
    assert member_record(ALLOWED, {}, {**PATIENT, **number("LF-1")}) == KNOWN
    assert member_record(ALLOWED, None, {**PATIENT, **number("LF-1")}) == KNOWN
    assert member_record(ALLOWED, {"subscriberId": "LF-1", "relationship": {"coding": [{"code": "self"}]}}, PATIENT) == KNOWN


@pytest.mark.parametrize(
    ("coverage", "patient"),
    [
        (number("LF-9"), PATIENT),
        ({"subscriberId": "LF-1", "relationship": {"coding": [{"code": "child"}]}}, PATIENT),
        ({"subscriberId": "LF-1"}, PATIENT),
        (number("LF-1"), {**PATIENT, "birthDate": "1951-02-03"}),
        (number("LF-1"), {**PATIENT, **number("LF-2")}),
    ],
)
def test_in_doubt_nothing_is_said(coverage, patient):
    assert member_record(ALLOWED, coverage, patient) is None


def test_the_file_speaks_only_where_the_payer_lets_it(tmp_path):
    assert member_record(Directory(members=(ORLA,)), number("LF-1"), PATIENT) is None
    config = tmp_path / "fhir-pa.toml"
    for text, allowed in (("", False), ("coverage_updates = true\n", True)):
        config.write_text(f'[payer]\nname = "Larkfield Health Plan"\n{text}')
        assert read({"config": str(config)}, {}).directory.insurer.coverage_updates is allowed
