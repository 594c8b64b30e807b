"""Which browser pages may call the CDS services and read what is answered: every base, address, origin and outcome.

CDS Hooks 2.0 §cors; crd.md §1.12 and trap 39.
"""

from __future__ import annotations

import pytest

from ig_profiles.outcome import NotFound, TooMany, Unavailable, Unprocessable
from tests.fhir_pa.web_parties import Payers, hook_token

ALLOWED, OTHER = "https://ehr.oakwood.example", "https://stranger.example"
BASES = ["/cds-services", "/v2.0/cds-services", "/v2.2/cds-services"]
PLACES = ["", "/order-sign-crd", "/order-sign-crd/feedback"]
ORIGINS = [ALLOWED, OTHER, "null", "https://ehr.oakwood.example.evil.example", "http://ehr.oakwood.example", None]


@pytest.fixture
def party():
    return Payers.open(cds_origins=(ALLOWED,), max_body_bytes=1000)


def may_read(place: str, origin: str | None) -> str | None:
    """What Access-Control-Allow-Origin says: discovery is for every page, the rest for allowed origins alone."""
    return "*" if not place else origin if origin == ALLOWED else None


@pytest.mark.trap(39)
@pytest.mark.requirement("cds-hooks-2.0:208")
@pytest.mark.parametrize("origin", ORIGINS)
@pytest.mark.parametrize("place", PLACES, ids=["discovery", "service", "feedback"])
@pytest.mark.parametrize("base", BASES)
def test_a_preflight_asks_for_no_token_and_names_only_allowed_origins(party, base, place, origin):
    asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,content-type"}
    answer = party.http.options(base + place, headers={**asked, **({"Origin": origin} if origin else {})})
    assert (answer.status_code, answer.data) == (204, b"")
    assert answer.headers.get("Access-Control-Allow-Origin") == may_read(place, origin)
    assert {"GET", "POST", "OPTIONS"} == set(answer.headers["Access-Control-Allow-Methods"].split(", "))
    assert {"authorization", "content-type"} <= set(answer.headers["Access-Control-Allow-Headers"].lower().split(", "))
    assert "Origin" in answer.headers["Vary"], "a cache must not hand one origin's answer to another"
    assert party.told.heard == []


OUTCOMES = {
    "answered": (None, {}, 200),
    "no token": (None, {"Authorization": ""}, 401),
    "not JSON by its type": (None, {"Content-Type": "text/plain"}, 415),
    "accepts only XML": (None, {"Accept": "application/xml"}, 406),
    "too long": (None, {}, 413),
    "no such service": (NotFound("No such service."), {}, 404),
    "breaks the hook": (Unprocessable("hook is missing."), {}, 422),
    "too many": (TooMany("Slow down."), {}, 429),
    "down": (Unavailable("The database is busy."), {}, 503),
    "broken": (RuntimeError("inside"), {}, 500),
}


@pytest.mark.trap(39)
@pytest.mark.requirement("cds-hooks-2.0:208")
@pytest.mark.parametrize("origin", [ALLOWED, OTHER, None])
@pytest.mark.parametrize("outcome", OUTCOMES.values(), ids=OUTCOMES.keys())
def test_an_allowed_page_reads_every_outcome_and_another_reads_none(party, outcome, origin):
    raises, changed, status = outcome
    party.told.raises = raises
    path = "/v2.0/cds-services/order-sign-crd"
    headers = {**hook_token(path), "Content-Type": "application/json", **changed, **({"Origin": origin} if origin else {})}
    answer = party.http.post(path, data=b"{}" + b" " * (1000 if status == 413 else 0), headers=headers)
    assert answer.status_code == status
    assert answer.headers.get("Access-Control-Allow-Origin") == may_read("service", origin)
    assert "Origin" in answer.headers["Vary"]
    assert "Access-Control-Allow-Credentials" not in answer.headers, "tokens go in a header; cookies never"
    if origin == ALLOWED:
        assert {"Retry-After", "X-Request-Id"} == set(answer.headers["Access-Control-Expose-Headers"].split(", "))


@pytest.mark.parametrize("path", ["/v2.0/fhir/metadata", "/um/worklist", "/oauth/token", "/cds-services-of-old", "/health"])
def test_no_other_address_is_opened_to_pages_with_the_hooks(party, path):
    answer = party.http.get(path, headers={"Origin": ALLOWED})
    assert "Access-Control-Allow-Origin" not in answer.headers


def test_with_no_origin_allowed_only_discovery_is_open_to_pages():
    party = Payers.open()
    assert party.http.get("/v2.2/cds-services", headers={"Origin": ALLOWED}).headers["Access-Control-Allow-Origin"] == "*"
    path = "/v2.2/cds-services/order-sign-crd"
    answer = party.http.post(path, data=b"{}", headers={**hook_token(path), "Content-Type": "application/json", "Origin": ALLOWED})
    assert answer.status_code == 200 and "Access-Control-Allow-Origin" not in answer.headers
