"""A member's cases are found by number in anybody's numbering, the newest first, page by page, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from fhir_pa.storage.cases import about_member
from fhir_pa.storage.store import Store
from fhir_pa.um.case.authorization import Authorization
from fhir_pa.um.deciding.request import Identifier
from tests.builders import authorization, refer
from tests.fhir_pa.storage_fixtures import store

__all__ = ["store"]


def case(number: int, days_ago: int, *identifiers: Identifier) -> Authorization:
    """A case received so many days ago about the person with these numbers."""
    made = authorization(refer())
    clock = replace(made.clock, received_at=made.clock.received_at - timedelta(days=days_ago))
    member = replace(made.request.member, identifiers=identifiers, subscriber_identifiers=())
    return replace(made, number=f"PA{number:011}", reference=f"AR{number:011}", clock=clock, request=replace(made.request, member=member, claim_url=""))


@pytest.fixture
def kept(store: Store) -> Store:
    ours, theirs = Identifier("urn:plan", "M-1"), Identifier("urn:clinic", "M-1")
    cases = [case(1, 3, ours), case(2, 1, theirs), case(3, 2, Identifier("", "M-1")), case(4, 0, Identifier("urn:plan", "M-10")), case(5, 4, ours, theirs)]
    with store.transaction() as tx:
        for each in cases:
            tx.add(each)
    return store


def test_whatever_numbering_names_the_number_its_cases_come_once_the_newest_first(kept: Store) -> None:
    with kept.reading() as tx:
        total, numbers = about_member("M-1", 10, 0, tx)
    assert (total, [int(each[2:]) for each in numbers]) == (4, [2, 3, 1, 5])


def test_they_come_page_by_page_and_another_number_is_another_member(kept: Store) -> None:
    with kept.reading() as tx:
        pages = [[int(each[2:]) for each in about_member("M-1", 3, offset, tx)[1]] for offset in (0, 3, 6)]
        assert about_member("M", 3, 0, tx) == (0, [])
    assert pages == [[2, 3, 1], [5], []]
