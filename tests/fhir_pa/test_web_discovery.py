"""Where a stranger finds everything, and what the operator's probes are told."""

from __future__ import annotations

import pytest

from cds_hooks import overrides
from ig_profiles.registry import open_set
from ig_profiles.validator import validate
from tests.fhir_pa.web_parties import Payers


@pytest.mark.parametrize("base", ["", "/v2.0/fhir", "/v2.2/fhir"])
def test_smart_configuration_stands_at_the_root_and_under_each_base(base):
    answer = Payers.open().http.get(f"{base}/.well-known/smart-configuration")
    found = answer.get_json()
    assert found["token_endpoint"] == "http://127.0.0.1:8080/oauth/token"
    assert found["token_endpoint_auth_signing_alg_values_supported"] == ["ES384", "RS384"]
    assert found["grant_types_supported"] == ["client_credentials"]
    assert "client-confidential-asymmetric" in found["capabilities"]
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_davinci_configuration_names_one_endpoint_for_each_guide_and_version():
    found = Payers.open().http.get("/.well-known/davinci-configuration").get_json()
    assert found["identifier"]["value"] == "9000000007"
    assert found["endpoints"]["davinci_pas_submission_endpoint#2.0"] == "http://127.0.0.1:8080/v2.0/fhir"
    assert found["endpoints"]["davinci_crd_hook_endpoint#2.2"] == "http://127.0.0.1:8080/v2.2/cds-services"


def test_the_reasons_a_card_offers_stand_where_their_code_system_says():
    party = Payers.open()
    url = party.payer.settings.public_url
    offered = {*overrides.instead(url), *overrides.beside(url)}
    (system,) = {coding.system for coding in offered}
    answer = party.http.get(system.removeprefix(url))
    found = answer.get_json(force=True)
    assert answer.content_type.startswith("application/fhir+json")
    assert (found["resourceType"], found["url"]) == ("CodeSystem", system)
    assert {(each["code"], each["display"]) for each in found["concept"]} == {(coding.code, coding.display) for coding in offered}
    assert [issue for issue in validate(found, open_set("2.2"), strict=True) if issue.severity == "error"] == []


def test_alive_and_ready_are_two_questions():
    party = Payers.open()
    assert party.http.get("/ready").get_json() == {"status": "ready", "database": "ready", "policies": "ready"}
    party.payer.problems["database"] = "It cannot be reached."
    unready = party.http.get("/ready")
    assert (unready.status_code, unready.get_json()["database"]) == (503, "It cannot be reached.")
    assert party.http.get("/health").status_code == 200


def test_metrics_count_by_operation_guide_and_status():
    party = Payers.open()
    party.http.get("/v2.2/fhir/metadata")
    party.http.get("/v2.2/fhir/Patient/Crane")
    told = party.http.get("/metrics").text
    assert 'fhir_pa_requests_total{guide="2.2",operation="metadata",status="200"} 1.0' in told
    assert 'operation="unknown address",status="404"' in told
    assert "Crane" not in told


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("127.0.0.1:8080", 200), ("localhost", 200), ("[::1]:8080", 200), ("[::1]", 200)),
        *(("evil.example:8080", 403), ("localhost.evil.example", 403), ("[x", 403)),
    ],
)
def test_open_mode_answers_only_to_a_loopback_name(host, status):
    party = Payers.open(open=True)
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers={"Content-Type": "application/json", "Host": host})
    assert answer.status_code == status
    assert [heard[3].is_open for heard in party.told.heard] == ([True] if status == 200 else [])
