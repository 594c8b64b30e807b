"""Bad input: the status the guides give, one OperationOutcome that says where, what and how to mend, and nothing kept half."""

from __future__ import annotations

import copy
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from fhir_pa.settings import read
from fhir_pa.storage import tables
from fhir_pa.web.app import create_app
from fhir_pa.web.process import OFFERED
from fhir_pa.wiring import Payer, open_payer
from ig_profiles import json
from tests.fhir_pa.pas_bundles import bundle, claim, item
from tests.stories.conftest import Caller


def kept(payer: Payer) -> int:
    """How many messages, answers and authorizations the payer holds."""
    with payer.store.engine.connect() as connection:
        return sum(connection.scalar(sa.select(sa.func.count()).select_from(table)) or 0 for table in (tables.received, tables.answers, tables.authorizations))


def spoiled(change: Callable[[Any], None], guide: str) -> Any:
    sent = copy.deepcopy(bundle(guide=guide))
    change(sent)
    return sent


def without_claim(sent: Any) -> None:
    sent["entry"].pop(0)


def without_entries(sent: Any) -> None:
    sent["entry"] = []


def strange_resource(sent: Any) -> None:
    sent["entry"][8]["resource"]["resourceType"] = "Obsevation"


def same_sequence_twice(sent: Any) -> None:
    sent["entry"][0]["resource"]["item"].append(item(1, "E0431"))


def lost_patient(sent: Any) -> None:
    sent["entry"][0]["resource"]["patient"] = {"reference": "Patient/nobody"}


def no_bundle(sent: Any) -> None:
    sent["resourceType"] = "Parameters"


UNPROCESSABLE = [
    (without_claim, "Bundle.entry", "Claim"),
    (without_entries, "Bundle.entry", "Claim"),
    (strange_resource, "Bundle.entry[8]", "Obsevation"),
    (same_sequence_twice, "item[1].sequence", "used twice"),
    (lost_patient, "patient", "Bundle"),
    (no_bundle, "Bundle", "Bundle"),
]


OPERATIONS = [("Claim/$submit", UNPROCESSABLE), ("Claim/$inquire", [row for row in UNPROCESSABLE if row[0] is not same_sequence_twice])]
CASES = [(operation, *row) for operation, rows in OPERATIONS for row in rows]  # the items of an inquiry are criteria: their numbers mean nothing


@pytest.mark.requirement("pas-2.0.1:104", "pas-2.0.1:105", "pas-2.2.1:spec-35")
@pytest.mark.parametrize(("operation", "change", "where", "what"), CASES, ids=[f"{case[0]} {case[1].__name__}" for case in CASES])
@pytest.mark.pas_trap(34)
def test_what_cannot_be_processed_is_refused_with_the_place_and_the_mending(
    operation: str, change: Callable[[Any], None], where: str, what: str, caller: Caller, payer: Payer
) -> None:
    answer = caller.post(operation, spoiled(change, caller.guide))
    assert answer.status_code in (400, 422), answer.text
    outcome = json.parse(answer.data)
    assert outcome["resourceType"] == "OperationOutcome"
    told = [(issue.get("expression", [""])[0], issue["details"]["text"]) for issue in outcome["issue"]]
    assert any(where in expression and what in text for expression, text in told), told
    assert kept(payer) == 0


RAW = [
    (b'{"resourceType": "Bundle",', {}, 400, "line 1"),
    (b'{"resourceType": "Bundle", "type": "collection", "type": "message"}', {}, 400, "stands twice"),
    (b'{"value": NaN}', {}, 400, "NaN"),
    (b"\xff\xfe", {}, 400, "UTF-8"),
    (b"[" * 5000 + b"]" * 5000, {}, 413, "nested"),
    (b"[]", {}, 400, "Bundle"),
    (b"", {}, 400, "JSON"),
    (b"<Bundle/>", {"Content-Type": "application/fhir+xml"}, 400, 'Declare xmlns="http://hl7.org/fhir"'),
    (b"<!DOCTYPE b [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><Bundle>&a;</Bundle>", {"Content-Type": "application/fhir+xml"}, 400, "DOCTYPE"),
    (b"a,b,c", {"Content-Type": "text/csv"}, 415, "application/fhir+json"),
    (b"{}", {"Accept": "text/html"}, 406, "application/fhir+json"),
]


@pytest.mark.parametrize(("body", "headers", "status", "what"), RAW, ids=[f"{row[2]} {row[3]}" for row in RAW])
def test_what_cannot_be_read_is_refused_with_a_sentence_that_helps(
    body: bytes, headers: dict[str, str], status: int, what: str, caller: Caller, payer: Payer
) -> None:
    answer = caller.post("Claim/$submit", body, **headers)
    assert answer.status_code == status, answer.text
    outcome = json.parse(answer.data)
    assert outcome["resourceType"] == "OperationOutcome" and what in outcome["issue"][0]["details"]["text"]
    assert kept(payer) == 0


def test_a_body_beyond_the_limit_is_refused_unread(tmp_path: Path) -> None:
    payer = open_payer(read({"data_directory": tmp_path, "open": True, "max_body_bytes": 2000}, {}))
    try:
        answer = Caller(create_app(payer, OFFERED).test_client(), "2.2").post("Claim/$submit", bundle(guide="2.2"))
        assert answer.status_code == 413 and "2,000" in json.parse(answer.data)["issue"][0]["details"]["text"]
        assert kept(payer) == 0
    finally:
        payer.close()


MEMBERS = """
[[member]]
id = "SYN-77"
system = "http://larkfield.example/members"
name = "Somebody Else"
birth_date = 1970-01-01
line_of_business = "medicare-advantage"
plan = "Larkfield MA Gold"
covered_from = 2026-01-01
"""


@pytest.mark.requirement("pas-2.0.1:106", "pas-2.0.1:110")
@pytest.mark.parametrize("guide", ["2.0.1", "2.2"])
def test_an_unknown_member_is_told_so_inside_the_claim_response(guide: str, tmp_path: Path) -> None:
    config = tmp_path / "fhir-pa.toml"
    config.write_text(MEMBERS)
    payer = open_payer(read({"config": str(config), "data_directory": tmp_path, "open": True}, {}))
    try:
        answer = Caller(create_app(payer, OFFERED).test_client(), guide).post("Claim/$submit", bundle(guide=guide))
        assert answer.status_code == 200
        response = json.parse(answer.data)["entry"][0]["resource"]
        assert response["outcome"] == "error" and "item" not in response
        assert response["error"][0]["code"]["coding"][0]["code"] == "75"
        assert "no member" in response["disposition"] and "Check the number" in response["disposition"]
        with payer.store.reading() as tx:
            assert tx.pended() == []
    finally:
        payer.close()


def test_two_faults_are_told_together(caller: Caller) -> None:
    sent = bundle(claim(item(1), item(1)), guide=caller.guide)
    sent["entry"][0]["resource"]["insurer"] = {"reference": "Organization/nobody"}
    outcome = json.parse(caller.post("Claim/$submit", sent).data)
    assert len(outcome["issue"]) >= 2
