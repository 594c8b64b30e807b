"""Whoever asks whether a service is authorized gets one plain answer, and no claim uses more than was certified (F12, F66)."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_pa.um.case.review import Decision, Verdict
from fhir_pa.um.deciding.request import Identifier, Party
from fhir_pa.um.on_file import units
from fhir_pa.um.on_file.status import Standing, status
from ig_profiles.names import HCPCS, NPI
from ig_profiles.outcome import Conflict, Unprocessable
from ig_profiles.reading import Coding
from tests.builders import NOON, TODAY, authorization, certify, physician, refer

DAY = timedelta(days=1)
OXYGEN = (Coding(HCPCS, "E1390"),)
DENIAL = Decision((1,), Verdict.DENY, "The saturation is above the rule.", ("saturation",), ("0F",), "555-555-0142")


def held(quantity="10"):
    case = authorization(certify())
    item = case.item(1)
    authorized = replace(item.determination.authorized, quantity=Decimal(quantity), unit="days")
    return replace(case, items=(replace(item, determination=replace(item.determination, authorized=authorized)),))


def asked(*cases, on=TODAY, npi="", codes=OXYGEN):
    return status(cases, codes, on, npi)


def used(case, quantity, claim, on=TODAY):
    return units.use(case, 1, Decimal(quantity), on, claim, "claims", NOON)


def test_none_on_file_is_said_and_says_what_to_do():
    found = asked()
    assert found.standing is Standing.NONE and "submit a request before the service" in found.says and not found.is_valid
    assert asked(held(), codes=(Coding(HCPCS, "K0823"),)).standing is Standing.NONE


def test_approved_tells_number_days_and_what_is_left():
    case = used(held(), 4, "C-1")
    found = asked(case)
    assert found.is_valid and found.number == case.number and found.left == 6 and found.unit == "days"


def test_pended_is_no_approval_and_bears_the_reference():
    case = authorization(refer())
    assert asked(case).standing is Standing.PENDED and asked(case).number == case.reference


@pytest.mark.parametrize(("days", "standing"), [(-1, Standing.NOT_YET), (0, Standing.APPROVED), (400, Standing.EXPIRED)])
def test_the_day_decides(days, standing):
    assert asked(held(), on=TODAY + days * DAY).standing is standing


def test_used_up_denied_and_another_providers_are_told_apart():
    assert asked(used(held(), 10, "C-1")).standing is Standing.EXHAUSTED
    assert asked(authorization(refer()).decide(DENIAL, physician(), NOON)).standing is Standing.DENIED
    case = held()
    supplier = Party("Fernhill Oxygen", (Identifier(NPI, "9000000017"),))
    case = replace(case, request=replace(case.request, providers=(supplier,)))
    assert asked(case, npi="9000000025").standing is Standing.ANOTHER_PROVIDER
    assert asked(case, npi="9000000017").is_valid


def test_of_several_the_one_that_says_most_is_told():
    denied = authorization(refer()).decide(DENIAL, physician(), NOON)
    assert asked(denied, held(), authorization(refer())).standing is Standing.APPROVED


def test_a_claim_uses_no_more_than_is_left_and_counts_once():
    case = used(used(held(), 4, "C-1"), 4, "C-1")
    assert units.left(case, case.item(1)).left == 6
    with pytest.raises(Conflict, match="6 days are left of item 1; 7 need an authorization of their own"):
        used(case, 7, "C-2")
    assert units.left(case, case.item(1)).runs_short is False
    case = used(case, 5, "C-3")
    assert units.left(case, case.item(1)).runs_short


def test_a_use_outside_of_what_is_certified_is_refused_with_why():
    with pytest.raises(Conflict, match="lies outside"):
        used(held(), 1, "C-1", on=TODAY + 400 * DAY)
    with pytest.raises(Conflict, match="nothing of it may be used"):
        used(authorization(refer()), 1, "C-1")
    with pytest.raises(Unprocessable, match="above zero"):
        used(held(), 0, "C-1")
    with pytest.raises(Unprocessable, match="names its claim"):
        used(held(), 1, " ")


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 8)), max_size=20))
def test_whatever_is_claimed_the_sum_never_exceeds_what_was_certified(claims):
    case = held()
    for quantity, claim in claims:
        try:
            case = used(case, quantity, f"C-{claim}")
        except Conflict:
            continue
    assert units.left(case, case.item(1)).used <= 10
    assert len({use.claim for use in case.uses}) == len(case.uses)
