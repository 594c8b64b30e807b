"""Every row of the table of refusals, at every door."""

from __future__ import annotations

import json

import pytest

from fhir_pa.web.errors import STATUSES, NoSuchMethod, NotAcceptable, failed, refused, status_of
from ig_profiles import outcome
from ig_profiles.outcome import Refusal, TooMany, Unavailable
from tests.fhir_pa.web_parties import Payers, hook_token

ROWS = [
    (outcome.Unreadable, 400, 400, 400),
    (outcome.Unprocessable, 422, 422, 400),
    (outcome.OutOfProfile, 422, 422, 422),
    (outcome.TooLarge, 413, 413, 413),
    (outcome.WrongMediaType, 415, 415, 415),
    (NotAcceptable, 406, 406, 406),
    (outcome.Unauthenticated, 401, 401, 401),
    (outcome.Forbidden, 403, 403, 403),
    (outcome.NotFound, 404, 404, 404),
    (NoSuchMethod, 405, 405, 405),
    (outcome.NotSupported, 422, 422, 422),
    (outcome.Conflict, 409, 409, 409),
    (outcome.PreconditionFailed, 412, 412, 412),
    (outcome.TooMany, 429, 429, 429),
    (outcome.Unavailable, 503, 503, 503),
]


def test_the_table_has_a_row_for_every_kind_of_refusal():
    kinds = {kind for kind in vars(outcome).values() if isinstance(kind, type) and issubclass(kind, Refusal)}
    assert kinds <= STATUSES.keys()
    assert {row[0] for row in ROWS} | {Refusal} == STATUSES.keys()


@pytest.mark.requirement("cds-hooks-2.0:54")
@pytest.mark.parametrize(("kind", "fhir", "cds_2_0", "cds_2_2"), ROWS, ids=[row[0].__name__ for row in ROWS])
def test_each_kind_has_its_status_at_each_door(kind, fhir, cds_2_0, cds_2_2):
    refusal = kind("Something is wrong. Mend it.")
    assert status_of(refusal, "fhir") == status_of(refusal, "other") == fhir
    assert status_of(refusal, "cds 2.0.1") == cds_2_0
    assert status_of(refusal, "cds 2.2") == cds_2_2


@pytest.mark.requirement("pas-2.0.1:112", "pas-2.0.1:113", "pas-2.0.1:114", "pas-2.0.1:115")
@pytest.mark.parametrize("kind", [row[0] for row in ROWS], ids=[row[0].__name__ for row in ROWS])
@pytest.mark.pas_trap(33, 34)
def test_a_fhir_4xx_carries_one_outcome_and_a_5xx_none(kind):
    party = Payers.open()
    party.told.raises = kind("Something is wrong. Mend it.", expression="Bundle.entry[0]")
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers={**party.bearer(), "Content-Type": "application/fhir+json"})
    if answer.status_code >= 500:
        assert b"OperationOutcome" not in answer.data
        assert answer.mimetype == "text/plain"
    else:
        assert answer.get_json()["issue"][0]["expression"] == ["Bundle.entry[0]"]
        assert answer.mimetype == "application/fhir+json"


def test_who_must_wait_is_told_how_long():
    assert refused(TooMany("Slow down."), "fhir", "r").headers["Retry-After"]
    assert refused(Unavailable("Later."), "cds 2.2", "r").headers["Retry-After"]


def test_our_failure_at_a_hook_is_an_outcome_with_the_request_to_quote():
    body = json.loads(failed(500, "cds 2.2", "r-9").body)
    assert body["issue"][0]["diagnostics"] == "request r-9"


def test_what_breaks_inside_is_500_without_a_word_of_the_inside(caplog):
    party = Payers.open()
    party.told.raises = RuntimeError("member Ilsabet Crane")
    answer = party.http.post("/v2.0/fhir/Claim/$submit", data=b"{}", headers={**party.bearer(), "Content-Type": "application/fhir+json", "X-Request-Id": "r-1"})
    assert answer.status_code == 500
    assert b"OperationOutcome" not in answer.data
    assert b"r-1" in answer.data
    assert "Ilsabet" not in answer.text + caplog.text


def test_every_answer_bears_the_request_id_and_the_safety_headers():
    party = Payers.open()
    for path in ("/health", "/nowhere", "/v2.0/fhir/metadata"):
        headers = party.http.get(path, headers={"X-Request-Id": "abc-1"}).headers
        assert headers["X-Request-Id"] == "abc-1"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-store"
    assert party.http.get("/health", headers={"X-Request-Id": "bad id\t<script>"}).headers["X-Request-Id"] != "bad id\t<script>"


def test_over_tls_the_browser_is_told_to_stay_there():
    assert "Strict-Transport-Security" in Payers.open(public_url="https://pa.larkfield.example").http.get("/health").headers


def test_a_log_line_says_what_was_done_and_nothing_of_the_patient(caplog):
    party = Payers.open()
    with caplog.at_level("INFO", logger="fhir_pa.web"):
        party.http.get("/v2.0/fhir/Subscription?url=https://x.example/Crane", headers=party.bearer())
        path = "/v2.2/cds-services/order-sign-crd"
        party.http.post(path, data=b'{"patient":"Crane"}', headers={**hook_token(path), "Content-Type": "application/json"})
    assert "subscribe_search 2.0.1 answered 200" in caplog.text
    assert "for oakwood-ehr" in caplog.text
    assert "hook 2.2 answered 200" in caplog.text
    assert "Crane" not in caplog.text
    assert "eyJ" not in caplog.text, "a token was logged"


def test_a_log_line_can_be_json(caplog):
    party = Payers.open(log="json")
    with caplog.at_level("INFO", logger="fhir_pa.web"):
        party.http.get("/health", headers={"X-Request-Id": "r-2"})
    said = json.loads(caplog.messages[-1])
    assert (said["operation"], said["status"], said["request"]) == ("health", 200, "r-2")


@pytest.mark.requirement("hrex-1.2:sec-19")
@pytest.mark.parametrize("form", ["words", "json"])
def test_a_log_line_says_who_asked_by_what_and_with_which_rights(caplog, form):
    party = Payers.open(log=form)
    path = "/v2.2/cds-services/order-sign-crd"
    with caplog.at_level("INFO", logger="fhir_pa.web"):
        party.http.get("/v2.0/fhir/Subscription", headers=party.bearer("system/Subscription.rs"))
        party.http.post(path, data=b"{}", headers={**hook_token(path), "Content-Type": "application/json"})
        party.http.get("/um/worklist", headers=party.person())
    client, hook, person = caplog.messages[-3:]
    expected = [("oakwood-ehr", "access token", "system/subscription.rs"), ("oakwood-ehr", "CDS Hooks token", ""), ("quill", "person token", "physician")]
    for line, (who, how, rights) in zip((client, hook, person), expected, strict=True):
        if form == "json":
            said = json.loads(line)
            assert (said["caller"], said["by"]) == (who, how) and rights in said["rights"]
        else:
            assert f"for {who} by {how} (" in line and rights in line
