"""Which authorization an update is about."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from fhir_pa.pas.intake import read
from fhir_pa.pas.update import which
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.clocks.clock import Clock
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, Follows, Identifier
from tests.builders import MEMBER, NOON, authorization, item, request
from tests.fhir_pa.pas_bundles import published_requests

URL = "http://oakwood.example/fhir/Claim/c0"
TRACE = Identifier("http://oakwood.example/trace", "C-0")
CLIENT = "oakwood-ehr"


def on_file(number: str = "PA0001", hours: int = 0, **given: Any) -> Authorization:
    told = {"claim_url": URL, "trace_numbers": (TRACE,), **given}
    clock = Clock.start(NOON + timedelta(hours=hours), "medicare-advantage", urgent=False)
    return authorization(number=number, reference=number.replace("PA", "PR"), clock=clock, request=request(**told))


def update(**follows: Any) -> AuthorizationRequest:
    return request(follows=Follows(**follows), claim_url="http://oakwood.example/fhir/Claim/c1")


@pytest.mark.pas_trap(38)
def test_the_prior_claims_url_names_the_case() -> None:
    assert which(update(url=URL), [on_file()], CLIENT) == on_file()


@pytest.mark.pas_trap(38)
def test_the_prior_claims_identifier_names_the_case() -> None:
    assert which(update(identifiers=(TRACE,)), [on_file(claim_url="")], CLIENT) is not None


def test_numbers_we_gave_out_name_the_case() -> None:
    case = on_file()
    assert which(update(identifiers=(Identifier("", "PR0001"),)), [case], CLIENT) is case
    by_item = replace(update(url="http://elsewhere.example"), items=(item(authorization_number="PA0001"),))
    assert which(by_item, [case], CLIENT) is case


def test_the_url_tells_more_than_the_identifier() -> None:
    by_url, by_identifier = on_file("PA0001", trace_numbers=()), on_file("PA0002", hours=5, claim_url="")
    assert which(update(url=URL, identifiers=(TRACE,)), [by_identifier, by_url], CLIENT) is by_url


def test_of_several_alike_the_one_received_last_is_meant() -> None:
    first, second = on_file("PA0001"), on_file("PA0002", hours=1)
    assert which(update(url=URL), [second, first], CLIENT) is second


def test_another_members_or_another_clients_case_is_never_meant() -> None:
    stranger = replace(request().member, identifiers=(replace(MEMBER, value="SYN-02"),))
    assert which(update(url=URL), [on_file(member=stranger)], CLIENT) is None
    assert which(update(url=URL), [on_file()], "another-ehr") is None


def test_a_new_request_updates_nothing_though_its_identifier_is_on_file() -> None:
    assert which(request(trace_numbers=(TRACE,)), [on_file()], CLIENT) is None


def test_nothing_on_file_is_nothing() -> None:
    assert which(update(url=URL), [], CLIENT) is None
    assert which(request(certification_type=CertificationType.CANCEL), [on_file()], CLIENT) is None, "it names nothing"


def test_the_published_update_finds_the_published_request_by_its_identifier() -> None:
    examples = published_requests()
    first = read(examples["example/Bundle-HomecareAuthorizationBundleExample.json"], "2.0.1").request
    case = replace(authorization(), request=first)
    for name in ("Update", "Differential"):
        changed = read(examples[f"example/Bundle-HomecareAuthorization{name}BundleExample.json"], "2.0.1").request
        assert which(changed, [case], CLIENT) is case
