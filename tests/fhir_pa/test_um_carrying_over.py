"""Whose evidence an extension takes with it: the same person's, from the same sender or by the case's number, and nothing withdrawn (F32)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.case.brought_over import BroughtOver
from fhir_pa.um.case.transitions import State
from fhir_pa.um.deciding.request import AuthorizationRequest, CertificationType, Identifier
from fhir_pa.um.stays.carrying_over import carried_over
from tests.builders import authorization, certify, item, request

BEFORE = replace(authorization(certify()), received=("r1", "r2"))


def asked(number: str | None = None) -> AuthorizationRequest:
    return request(item(certification_type=CertificationType.EXTENSION, authorization_number=number))


def test_everything_received_for_the_case_comes_with_its_extension_in_order() -> None:
    assert carried_over(BEFORE, asked(), BEFORE.client) == BroughtOver(BEFORE.number, ("r1", "r2"))


def test_an_extension_of_an_extension_brings_what_that_one_brought() -> None:
    second = replace(BEFORE, number="PA0002", brought_over=BroughtOver("PA0001", ("r0",)))
    assert carried_over(second, asked(), second.client) == BroughtOver("PA0002", ("r0", "r1", "r2"))


@pytest.mark.parametrize("number", [BEFORE.number, BEFORE.reference])
def test_another_system_brings_it_only_by_naming_the_case(number: str) -> None:
    assert carried_over(BEFORE, asked(), "another-system") is None
    assert carried_over(BEFORE, asked(number), "another-system") is not None


def test_nothing_comes_from_a_withdrawn_case() -> None:
    gone = replace(BEFORE, items=tuple(replace(each, state=State.CANCELLED) for each in BEFORE.items))
    assert carried_over(gone, asked(), gone.client) is None


def _of(case: Authorization, **member: object) -> Authorization:
    return replace(case, request=replace(case.request, member=replace(case.request.member, **member)))  # type: ignore[arg-type]


def test_nothing_comes_from_another_member_even_of_the_same_family() -> None:
    mine = replace(asked(), member=replace(asked().member, birth_date=date(1960, 1, 1)))
    assert carried_over(_of(BEFORE, birth_date=date(1960, 1, 1)), mine, BEFORE.client) is not None
    assert carried_over(_of(BEFORE, birth_date=date(1990, 1, 1)), mine, BEFORE.client) is None
    assert carried_over(_of(BEFORE, identifiers=(Identifier("http://larkfield.example/members", "SYN-02"),)), mine, BEFORE.client) is None
