"""A gold card spares the criteria of a policy, nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fhir_pa.um.deciding.exemption import Exemption
from fhir_pa.um.deciding.gold_card import certified, npis
from fhir_pa.um.deciding.request import AuthorizationRequest, Identifier, MemberReference, Party, RequestedItem
from ig_profiles.names import NPI
from questionnaires.policy import Certifies, RequestedService
from tests.cds_hooks.builders import ANYTHING_ELSE, COSMETIC, FREE, OXYGEN

TODAY = date(2026, 11, 21)
CARD = Exemption("9000000007", "97 % certified in twelve months.", date(2027, 3, 1))
LIMITED = replace(OXYGEN, certifies=Certifies(90, Decimal(2), "each"))
DAYS = st.none() | st.dates(TODAY, TODAY + timedelta(days=200))
AMOUNTS = st.none() | st.decimals(0, 5, places=1)


def test_what_is_asked_within_the_limits_is_certified_with_reason_date_and_card() -> None:
    found = certified(LIMITED, RequestedService((), on=TODAY, quantity=Decimal(1), unit="each"), CARD, TODAY)
    assert found is not None and found.findings == () and found.exemption == CARD
    assert found.because == (
        "Exempt from prior authorization for Home oxygen until 2027-03-01, so no criteria were weighed: "
        "97 % certified in twelve months (provider 9000000007)."
    )
    assert (found.authorized.starts_on, found.authorized.until, found.authorized.quantity) == (TODAY, date(2027, 2, 18), Decimal(1))
    assert found.edition.name == "home_oxygen 2026.1"


@pytest.mark.parametrize("edition", [COSMETIC, FREE])
def test_what_is_excluded_or_needs_no_request_is_not_certified_by_a_card(edition) -> None:
    assert certified(edition, RequestedService(()), CARD, TODAY) is None


def test_where_the_policy_sets_no_limit_the_days_asked_for_are_certified_else_those_of_the_card() -> None:
    asked = certified(ANYTHING_ELSE, RequestedService((), on=TODAY, until=date(2026, 12, 1)), CARD, TODAY)
    open_ended = certified(ANYTHING_ELSE, RequestedService(()), CARD, TODAY)
    for_ever = certified(ANYTHING_ELSE, RequestedService(()), replace(CARD, until=None), TODAY)
    assert asked is not None and open_ended is not None and for_ever is not None
    assert (asked.authorized.until, open_ended.authorized.until, for_ever.authorized.until) == (date(2026, 12, 1), CARD.until, TODAY)


@given(on=DAYS, until=DAYS, quantity=AMOUNTS)
def test_a_card_never_certifies_more_than_the_policy_does(on: date | None, until: date | None, quantity: Decimal | None) -> None:
    found = certified(LIMITED, RequestedService((), on=on, until=until, quantity=quantity, unit="each"), CARD, TODAY)
    first = on or TODAY
    too_much = (quantity or 0) > 2 or (until is not None and until > first + timedelta(days=89))
    assert (found is None) == too_much
    if found is not None:
        held = found.authorized
        assert held.starts_on == first <= held.until <= first + timedelta(days=89) and (held.quantity or 0) <= 2


def test_who_asks_and_who_is_named_for_the_item_or_the_whole_request_counts() -> None:
    def party(number: str) -> Party:
        return Party("", (Identifier(NPI, number),))

    item = RequestedItem(1, RequestedService(()), providers=(party("2"), party("1"), Party("without a number")))
    other = RequestedItem(2, RequestedService(()), providers=(party("9"),))
    request = AuthorizationRequest("2.2", (), None, MemberReference(()), Party("Plan"), party("1"), (item, other), providers=(party("3"),))
    assert npis(request, item) == ("1", "2", "3") and npis(request, other) == ("1", "9", "3")
