"""The examples that HL7 publishes for PAS 2.0.1 are read and answered as they are."""

from __future__ import annotations

import pytest
from fhir.resources.R4B.bundle import Bundle

from fhir_pa.pas.intake import read
from fhir_pa.pas.response import write
from fhir_pa.um.case.authorization import Authorization
from ig_profiles.json import dump
from tests.builders import NOON, certify, refer
from tests.fhir_pa.pas_bundles import GUIDES, published_requests


def test_every_published_request_is_read() -> None:
    requests = published_requests()
    assert len(requests) >= 6
    for name, found in requests.items():
        request = read(found, "2.0.1").request
        assert request.items and all(item.service.codes for item in request.items), name
        assert [number.value for number in request.member.identifiers] == ["12345678901"], name
        assert request.requestor.npi == "8189991234", name


def test_published_updates_are_seen_as_updates_by_their_marks() -> None:
    updates = {name: read(found, "2.0.1").request for name, found in published_requests().items() if "Update" in name or "Differential" in name}
    assert len(updates) == 2
    for name, request in updates.items():
        assert request.is_update, name
        assert [(item.sequence, item.cancelled, item.changed) for item in request.items][-2:] == [(2, True, ""), (3, False, "added")], name


@pytest.mark.requirement("pas-2.0.1:64", "pas-2.0.1:100", "pas-2.2.1:spec-30")
@pytest.mark.parametrize("guide", GUIDES)
def test_every_published_request_is_answered_with_fhir(guide: str) -> None:
    for found in published_requests().values():
        request = read(found, guide).request
        answers = {item.sequence: certify() if item.sequence == 1 else refer() for item in request.items}
        opened = Authorization.open("PA-1", "PR-1", request, answers, "r", "c", NOON)
        answer = write(opened, found, guide, at=NOON, base_url="https://payer.example/fhir")
        Bundle.model_validate_json(dump(answer))
        assert answer["entry"][0]["resource"]["resourceType"] == "ClaimResponse"
        assert answer["identifier"] == found["identifier"]
